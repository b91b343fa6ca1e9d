//! What a redesign changes: pieces of ground, and the changes that they make up.

use wangge_plane::Polygon;

/// What counts as a change.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DiffTerms {
    /// Ground nowhere this wide, metres, is the same border drawn anew and no change of hands. With 0
    /// no ground is.
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
    /// The same ground under another code, its border as it was or drawn anew within the survey's
    /// tolerance.
    Renamed,
    /// The same ground under the same code, its border drawn anew: what that moved is nowhere as
    /// wide as the survey's tolerance.
    Redigitised,
    /// Ground went from grids to others; all of them go on under their codes on some of their ground,
    /// and each either gives or receives.
    Transfer,
    /// One grid became several.
    Split,
    /// Several grids became one.
    Merge,
    /// Several grids became several others.
    Recut,
    /// Ground that no grid gave: a grid where none was, or what a grid that goes on gained. Where the
    /// new plan overlaps itself, a grid gains what another keeps.
    New,
    /// Ground that no grid got: a grid of which nothing goes on, or what a grid that goes on gave up.
    /// Where the old plan overlapped itself, a grid gives up what another had already.
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
/// Grids are places in the two lists of members. Pieces are drawn to the lattice where borders of
/// the two plans cross: there, and only there, a border moves by less than a lattice unit. Ground
/// under several grids of one plan is part of a piece for each of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// Whose it was; `None` for ground outside all changed grids of the old plan.
    pub old: Option<u32>,
    /// Whose it is; `None` for ground outside all changed grids of the new plan.
    pub new: Option<u32>,
    /// Twice its area in square lattice units, exact for the piece as it is drawn.
    pub doubled_area: i128,
    /// Its area on the ellipsoid, square metres.
    pub area_m2: f64,
    /// Whether it is as wide as the survey's tolerance somewhere: a circle of that diameter fits in.
    pub wider_than_tolerance: bool,
    /// The ground, in one or more connected parts.
    pub ground: Vec<Polygon>,
}

/// What the pieces of one grid miss to its exact area: the cost of drawing crossings to the lattice,
/// less than one lattice unit times the length of the grid's border.
///
/// Of a plan that overlaps itself, it also holds what counts more than once.
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
///
/// Grids belong together when a piece wider than the tolerance went from the one to the other,
/// directly or over others; narrow pieces link nothing. A grid that is narrower than the tolerance
/// everywhere is not lost for that: it belongs to the grid of its code if they share ground, or else
/// to the one with which it shares most.
///
/// Each changed grid is in one change of another kind than [`ChangeKind::New`] and
/// [`ChangeKind::Gone`] at most; those name what it gained or gave up beside.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What happened.
    pub kind: ChangeKind,
    /// Grids of the old plan, in order of codes; none for [`ChangeKind::New`].
    pub old: Vec<u32>,
    /// Grids of the new plan, in order of codes; none for [`ChangeKind::Gone`].
    pub new: Vec<u32>,
    /// The pieces between the grids of this change, as places in [`Diff::pieces`]; of
    /// [`ChangeKind::New`] and [`ChangeKind::Gone`], the ground gained or given up.
    pub pieces: Vec<u32>,
    /// The ground that changes hands, square metres on the ellipsoid: what goes to a grid that is not
    /// the heir of the one that had it, see [`Diff::changed_area_m2`]; of [`ChangeKind::New`] and
    /// [`ChangeKind::Gone`], the ground gained or given up.
    pub area_m2: f64,
    /// How far the borders of these grids moved where they were drawn anew, metres; 0 where they were
    /// not. Of a grid that stays, with no ground gained or given up, it is the greatest distance from
    /// a vertex of its old or its new border to the nearest point of the other. Of other grids it is
    /// that around their pieces narrower than the tolerance, to whichever border of the other plan is
    /// nearest. Along a narrow spike that is the spike's length, and so it may be more than the
    /// tolerance.
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
    /// The ground that changes hands, square metres on the ellipsoid: what goes to a grid that is not
    /// the heir of the one that had it, in pieces wider than the tolerance. New ground and ground
    /// given up do not count.
    ///
    /// The heir of a grid is the only new grid of its change, if there is one (renamed, redigitised,
    /// merged); in a transfer and a split the new grid with its code; otherwise, in a re-cut, where
    /// codes may have been dealt anew, and in a split under new codes, the new grid with most of its
    /// ground.
    pub changed_area_m2: f64,
    /// That, over the area of the old plan.
    pub changed_share: f64,
}
