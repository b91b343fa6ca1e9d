//! What a person decides about conversions.

use serde::{Deserialize, Serialize};

use crate::ChinaBounds;

/// Choices that change what a conversion does. The default refuses what would be wrong silently.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// Accept a change of datum that PROJ can only guess (it leaves it out) or make inexactly.
    pub allow_ballpark: bool,
    /// Which positions GCJ-02 shifts.
    pub china: ChinaBounds,
    /// How far beyond the area of use of its system a point may lie, degrees. Zero refuses every
    /// point outside; a city that is surveyed in one Gauss-Kruger zone and reaches into the next
    /// needs more.
    pub area_margin_deg: f64,
}
