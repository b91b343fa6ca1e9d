//! What a redesign changes: pieces of ground, and the changes that they make up.

use wangge_plane::Polygon;

/// What counts as a change.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DiffTerms {
    /// Ground nowhere this wide, metres, is the same border drawn anew and no change of hands.
    pub survey_tolerance_m: f64,
}

impl Default for DiffTerms {
    fn default() -> Self {
        Self {
            survey_tolerance_m: 1.0,
        }
    }
}

/// What happened to some grids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ChangeKind {
    /// The same ground under another code.
    Renamed,
    /// The same ground, its border drawn anew within the survey's tolerance.
    Redigitised,
    /// Ground went from grids to others; all of them go on under their codes, and each either gives
    /// or receives.
    Transfer,
    /// One grid became several.
    Split,
    /// Several grids became one.
    Merge,
    /// Several grids became several others.
    Recut,
    /// Ground that no grid had.
    New,
    /// Ground that no grid has any more.
    Gone,
}

impl ChangeKind {
    /// Every kind, in the order of reports.
    pub const ALL: [Self; 8] = [
        Self::Renamed,
        Self::Redigitised,
        Self::Transfer,
        Self::Split,
        Self::Merge,
        Self::Recut,
        Self::New,
        Self::Gone,
    ];

    /// The name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Renamed => "renamed",
            Self::Redigitised => "redigitised",
            Self::Transfer => "transfer",
            Self::Split => "split",
            Self::Merge => "merge",
            Self::Recut => "recut",
            Self::New => "new",
            Self::Gone => "gone",
        }
    }
}

/// The ground that one grid of the old plan has in common with one of the new.
///
/// Grids are places in the two lists of members.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// Whose it was; `None` for ground outside all grids of the old plan.
    pub old: Option<u32>,
    /// Whose it is; `None` for ground outside all grids of the new plan.
    pub new: Option<u32>,
    /// Twice its area in square lattice units, exact for the piece as it is drawn.
    pub doubled_area: i128,
    /// Its area on the ellipsoid, square metres.
    pub area_m2: f64,
    /// The width of its widest part, metres: the largest circle that fits, measured until it is known
    /// to be above the survey's tolerance.
    pub wider_than_tolerance: bool,
    /// The ground, in one or more connected parts.
    pub ground: Vec<Polygon>,
}

/// What the pieces of one grid miss to its exact area: the cost of drawing crossings to the lattice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rounding {
    /// The grid of the old plan whose pieces these are.
    pub old: Option<u32>,
    /// The grid of the new plan, when `old` is none.
    pub new: Option<u32>,
    /// Twice the grid's exact area, less that of its pieces, in square lattice units.
    pub doubled_area: i128,
}

/// One change: the grids that have a part in it, and the ground that changes hands.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What happened.
    pub kind: ChangeKind,
    /// Grids of the old plan, in order of codes; none for [`ChangeKind::New`].
    pub old: Vec<u32>,
    /// Grids of the new plan, in order of codes; none for [`ChangeKind::Gone`].
    pub new: Vec<u32>,
    /// The pieces between the grids of this change, as places in [`Diff::pieces`].
    pub pieces: Vec<u32>,
    /// The ground that changes hands, square metres on the ellipsoid.
    pub area_m2: f64,
    /// How far borders moved within the survey's tolerance at most, metres; 0 where they did not.
    pub max_shift_m: f64,
}

/// What changes from one plan to another.
#[derive(Debug, Clone, PartialEq)]
pub struct Diff {
    /// Grids whose code and ground stay: places in the old and in the new list.
    pub unchanged: Vec<(u32, u32)>,
    /// Everything else, in order of kinds and codes.
    pub changes: Vec<Change>,
    /// The crosswalk of all grids that changed, in order of old and new codes; what is outside comes
    /// last.
    pub pieces: Vec<Piece>,
    /// Where pieces do not add up to their grid exactly; grids that are not named do.
    pub rounding: Vec<Rounding>,
    /// The ground that changes hands, square metres: what goes to a grid that is not the heir of the
    /// one that had it.
    pub changed_area_m2: f64,
    /// That, over the area of the old plan.
    pub changed_share: f64,
}
