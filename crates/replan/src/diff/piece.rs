//! Pieces of ground from the edges around them.

use wangge_arrange::{Faces, polygon_of};
use wangge_plane::{Polygon, Ring, Segment, ellipsoid};

use crate::Piece;

/// A piece of the crosswalk, and what it says about its grids.
pub(super) struct Laid {
    pub(super) piece: Piece,
    /// What the piece is to its grids.
    pub(super) bond: Bond,
    /// How far a border moved, metres; 0 of a piece wider than the tolerance.
    pub(super) shift_m: f64,
    /// Whether it is the old grid's border that moved: not where that grid has the ground still.
    pub(super) leaves_old: bool,
    /// Whether it is the new grid's border that moved: not where that grid had the ground before.
    pub(super) comes_to_new: bool,
}

/// What a piece is to the grids that it lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bond {
    /// No more than the border drawn anew.
    Narrow,
    /// The old grid's ground is the new one's now.
    Link,
    /// The new grid has it beside the one that keeps it, or nobody had it.
    Gained,
    /// The old grid had it beside the one that keeps it, or nobody has it now.
    GivenUp,
    /// The two grids overlapped before and overlap still.
    Overlap,
}

/// An edge around ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Side {
    /// The edge with the ground to its left.
    pub(super) directed: Segment,
    /// Whether it is a border of the old plan.
    pub(super) of_old: bool,
    /// Whether it is a border of the new plan.
    pub(super) of_new: bool,
}

/// A connected part of ground, with its sides.
pub(super) struct Part {
    pub(super) polygon: Polygon,
    pub(super) sides: Vec<Side>,
}

/// The connected parts of the ground that these edges enclose.
pub(super) fn parts(mut sides: Vec<Side>) -> Vec<Part> {
    sides.sort_unstable_by_key(|side| side.directed.canonical().0);
    let edges: Vec<Segment> = sides.iter().map(|s| s.directed.canonical().0).collect();
    let faces = Faces::of(&edges);
    let mut by_face: Vec<Vec<Side>> = vec![Vec::new(); faces.count()];
    for (at, side) in sides.into_iter().enumerate() {
        let (_, forward) = side.directed.canonical();
        let face = if forward {
            faces.left(at)
        } else {
            faces.right(at)
        };
        by_face[face.0 as usize].push(side);
    }
    by_face
        .into_iter()
        .filter_map(|sides| {
            let boundary: Vec<Segment> = sides.iter().map(|side| side.directed).collect();
            Some(Part {
                polygon: polygon_of(&boundary)?,
                sides,
            })
        })
        .collect()
}

/// Twice the area of parts, in square lattice units.
pub(super) fn doubled_area(parts: &[Part]) -> i128 {
    let rings = parts.iter().flat_map(|part| part.polygon.rings());
    rings.map(Ring::doubled_area).sum()
}

/// The area of parts on the ellipsoid, square metres.
pub(super) fn area_m2(parts: &[Part]) -> f64 {
    let sides = parts.iter().flat_map(|part| &part.sides);
    sides
        .map(|side| ellipsoid::area_under_m2(side.directed))
        .sum()
}
