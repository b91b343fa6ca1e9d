//! The kinds of defects that are planted, and the kinds that a report answers with.

use std::fmt;

use serde::{Serialize, Serializer};

/// What is done to a grid.
///
/// Each kind has a rule for the kinds that a report answers with:
///
/// | planted | what is done | a report says |
/// |---|---|---|
/// | `dropped-vertex` | one grid of two lacks a vertex of their border | `gap` where that takes ground from the grid, `overlap` where it gives it the neighbour's; `unmatched-vertex` where the vertex lies exactly on the line between its neighbours |
/// | `moved-vertex` | one grid of two has a vertex of their border elsewhere | `gap` or `overlap` in the same way; `unmatched-vertex`, of both places, where the vertex moved along a straight border |
/// | `extra-vertex` | one grid of two has a further vertex in their border | `gap` or `overlap` in the same way; `unmatched-vertex` where it lies exactly on the border |
/// | `narrow-gap` | a stretch of one grid's border is drawn back | `gap` |
/// | `narrow-overlap` | a stretch of one grid's border is pushed over the neighbour | `overlap` |
/// | `duplicate` | the same ground once more under another code | `duplicate-grid` |
/// | `spike` | the border goes out from a vertex and back the same way | `spike` |
/// | `bow-tie` | two neighbouring vertices of a bump in the border are swapped, so that the ring crosses itself | `self-intersection`; beside it `gap`, `overlap` and `hairline` may stand |
///
/// Where this says gap or overlap, a misfit that holds no circle wider than two lattice units is
/// a `hairline` instead. How wide that is depends on whether circles are drawn on the lattice or
/// on the ground, where a unit to the east is shorter than one to the north: where the ways of
/// measuring disagree, either kind is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlantedKind {
    /// One grid lacks a vertex of a shared border.
    DroppedVertex,
    /// One grid has a vertex of a shared border elsewhere.
    MovedVertex,
    /// One grid has a vertex more in a shared border.
    ExtraVertex,
    /// A stretch of one grid's border is drawn back.
    NarrowGap,
    /// A stretch of one grid's border is pushed over the neighbour.
    NarrowOverlap,
    /// The same ground under two codes.
    Duplicate,
    /// A way out and back, without width.
    Spike,
    /// Two neighbouring vertices swapped: the ring crosses itself.
    BowTie,
}

impl PlantedKind {
    /// Every kind, in the order of truth files.
    pub const ALL: [Self; 8] = [
        Self::DroppedVertex,
        Self::MovedVertex,
        Self::ExtraVertex,
        Self::NarrowGap,
        Self::NarrowOverlap,
        Self::Duplicate,
        Self::Spike,
        Self::BowTie,
    ];

    /// The word that truth files carry.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DroppedVertex => "dropped-vertex",
            Self::MovedVertex => "moved-vertex",
            Self::ExtraVertex => "extra-vertex",
            Self::NarrowGap => "narrow-gap",
            Self::NarrowOverlap => "narrow-overlap",
            Self::Duplicate => "duplicate",
            Self::Spike => "spike",
            Self::BowTie => "bow-tie",
        }
    }

    /// What a report answers, as the table of [`PlantedKind`] says it.
    pub const fn rule(self) -> &'static str {
        match self {
            Self::DroppedVertex => {
                "gap where the grid loses ground, overlap where it takes the neighbour's (hairline \
                 where that holds no circle wider than two lattice units); unmatched-vertex where \
                 the vertex lies on the line between its neighbours"
            }
            Self::MovedVertex => {
                "gap where the grid loses ground, overlap where it takes the neighbour's (hairline \
                 where that holds no circle wider than two lattice units); unmatched-vertex, of \
                 both places, where the vertex moved along a straight border"
            }
            Self::ExtraVertex => {
                "gap where the grid loses ground, overlap where it takes the neighbour's (hairline \
                 where that holds no circle wider than two lattice units); unmatched-vertex where \
                 the vertex lies exactly on the border"
            }
            Self::NarrowGap => {
                "gap (hairline where it holds no circle wider than two lattice units)"
            }
            Self::NarrowOverlap => {
                "overlap (hairline where it holds no circle wider than two lattice units)"
            }
            Self::Duplicate => "duplicate-grid",
            Self::Spike => "spike",
            Self::BowTie => "self-intersection; gap, overlap and hairline may stand beside it",
        }
    }

    /// Its place in [`PlantedKind::ALL`].
    pub(super) const fn place(self) -> usize {
        self as usize
    }
}

/// What a report calls a defect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ReportKind {
    /// Ground that nobody covers.
    Gap,
    /// Ground that is covered twice.
    Overlap,
    /// A gap or an overlap that holds no circle wider than two lattice units.
    Hairline,
    /// A vertex exactly on the edge of a neighbour that lacks it.
    UnmatchedVertex,
    /// A ring that crosses itself.
    SelfIntersection,
    /// An edge that a grid uses both ways.
    Spike,
    /// Two grids of the same ground.
    DuplicateGrid,
}

impl ReportKind {
    /// The word that reports carry.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gap => "gap",
            Self::Overlap => "overlap",
            Self::Hairline => "hairline",
            Self::UnmatchedVertex => "unmatched-vertex",
            Self::SelfIntersection => "self-intersection",
            Self::Spike => "spike",
            Self::DuplicateGrid => "duplicate-grid",
        }
    }
}

impl fmt::Display for PlantedKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for ReportKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for PlantedKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Serialize for ReportKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
