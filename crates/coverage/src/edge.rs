//! Border edges: what lies to the left and to the right.

use wangge_plane::Segment;

/// Index of a grid in the coverage. Grids are numbered in bytewise order of their codes, so that
/// the lower owner has the lower code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Owner(pub u32);

/// One noded edge of a seamless coverage and the grids on its two sides; `None` is outside.
///
/// Invariant: the two sides differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BorderEdge {
    /// The edge, in canonical direction (from its lesser end).
    pub segment: Segment,
    /// The grid to the left of the direction.
    pub left: Option<Owner>,
    /// The grid to the right of the direction.
    pub right: Option<Owner>,
}
