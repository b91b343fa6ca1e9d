//! What is known of a redesign beyond its ground: who lives there, what stands there, and what the
//! grids measure before and after.

use serde::{Serialize, Serializer};

/// What households and people were counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CountedBy {
    /// Points of households or buildings that lie there.
    Points,
    /// The share of the old grid's ground, as if all of it were lived on alike.
    Area,
}

/// What is known of a piece of the crosswalk.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PieceEvidence {
    /// Households, and what they were counted by.
    pub households: Option<(f64, CountedBy)>,
    /// People, and what they were counted by.
    pub population: Option<(f64, CountedBy)>,
    /// The codes of the components there, in order.
    pub components: Option<Vec<String>>,
    /// Departments that take over from others, where the code is another; nothing where nobody
    /// knows who handles what.
    pub departments: Vec<DepartmentChange>,
    /// The posts of the old grid, where the code is another.
    pub posts: Vec<PostOfGrid>,
}

/// A department that takes over from another at a tier, for some classes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct DepartmentChange {
    /// The tier.
    pub tier: u32,
    /// The code of the department before; absent where nobody handled it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// The code of the department after; absent where nobody handles it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
    /// For how many classes of components and events.
    pub classes: usize,
}

/// A post of a grid, without who stands there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PostOfGrid {
    /// Which of those that the scheme names.
    pub post: String,
    /// Nobody stands there.
    pub vacant: bool,
}

/// What a grid measures in one of the two plans.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GridMeasure {
    /// Its area, ellipsoidal square metres.
    pub area_m2: f64,
    /// Four pi times its area over its perimeter squared: 1 of a circle, less of all else.
    pub compactness: f64,
    /// Households.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "count")]
    pub households: Option<f64>,
    /// People.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "count")]
    pub population: Option<f64>,
    /// What of these lies outside the limits of the scheme: `households`, `population`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub outside_limits: Vec<&'static str>,
    /// Components.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub components: Option<usize>,
    /// How much of its border lies on streets, metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street_border_m: Option<f64>,
}

/// A code of a grid that changes, with what it measures before and after.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeasuredGrid {
    /// The code.
    pub code: String,
    /// In the old plan, if it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<GridMeasure>,
    /// In the new plan, if it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<GridMeasure>,
}

/// Everything that is known beyond the ground.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DiffEvidence {
    /// For each piece of the diff what is known of it; empty where nothing is.
    pub pieces: Vec<PieceEvidence>,
    /// The grids that change, by code.
    pub grids: Vec<MeasuredGrid>,
}

/// A count that may be a share: whole where it is whole, else to the hundredth.
#[expect(clippy::ref_option, reason = "serde hands a field over like this")]
pub(crate) fn count<S: Serializer>(value: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    let Some(value) = value else {
        return serializer.serialize_none();
    };
    let rounded = (value * 100.0).round() / 100.0;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number of people of one city, and a cast of floats saturates"
    )]
    let whole = rounded as u64;
    if rounded >= 0.0 && rounded.fract() == 0.0 {
        serializer.serialize_u64(whole)
    } else {
        serializer.serialize_f64(rounded)
    }
}
