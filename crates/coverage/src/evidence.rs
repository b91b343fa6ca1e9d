//! A boundary that a file gives for an upper level, held against what its grids make of it.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use rayon::prelude::*;
use wangge_arrange::{Arrangement, Use};
use wangge_plane::{Point, Segment, Shape, ellipsoid, winding_nudged};

use crate::proof::Member;

/// The owner that stands for the given boundary.
const GIVEN: u32 = u32::MAX;

/// What comparing a given boundary with its children found.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The given boundary is exactly the children's common boundary.
    pub equal: bool,
    /// Children that have ground outside the given boundary, by place in the list.
    pub straddlers: Vec<Straddler>,
    /// How far the furthest vertex of the given boundary lies outside all children, metres.
    pub uncovered_depth_m: f64,
    /// Noded edges of the given boundary that are not on the children's common boundary, or the
    /// other way round.
    pub differing_edges: usize,
    /// Area of the given boundary on the ellipsoid, square metres.
    pub given_area_m2: f64,
    /// The children's area on the ellipsoid, square metres.
    pub children_area_m2: f64,
}

/// A child that has ground outside the boundary given for its parent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Straddler {
    /// Its place in the list of children.
    pub member: usize,
    /// How far its furthest vertex lies outside, in metres (0 when only an edge does).
    pub depth_m: f64,
}

/// Compares the boundary given for a parent with its children.
///
/// A child straddles when one of its edges crosses the given boundary, one of its vertices lies
/// outside, or ground of it does. Exact, but for the depth, which is a measure for people.
///
/// ```
/// use wangge_coverage::{Member, compare};
/// # use wangge_plane::{PlaneError, Point, Polygon, Ring, Shape};
/// # fn block(west: i32, east: i32) -> Result<Shape, PlaneError> {
/// #     let corners = [(west, 0), (east, 0), (east, 1_000_000), (west, 1_000_000)];
/// #     let points = corners.iter().map(|&(x, y)| Point::new(x, y)).collect::<Result<_, _>>()?;
/// #     Ok(Shape::new(vec![Polygon::new(Ring::new(points)?, vec![])]).expect("one part"))
/// # }
/// let (west, east) = (block(0, 1_000_000)?, block(1_000_000, 2_000_000)?);
/// let members = [Member { code: "1", shape: &west }, Member { code: "2", shape: &east }];
/// assert!(compare(&members, &block(0, 2_000_000)?).equal);
/// // a parent that ends a lattice unit short of its second child
/// let evidence = compare(&members, &block(0, 1_999_999)?);
/// assert_eq!(evidence.straddlers[0].member, 1);
/// # Ok::<(), PlaneError>(())
/// ```
pub fn compare(children: &[Member<'_>], given: &Shape) -> Evidence {
    let uses = (0u32..)
        .zip(children)
        .flat_map(|(child, member)| Use::of_shape(member.shape, child))
        .chain(Use::of_shape(given, GIVEN));
    let arrangement = Arrangement::of(uses.collect());
    let chains = arrangement.chains();
    let differing_edges = (0..chains.len())
        .filter(|&edge| children_sum(&arrangement, edge) != chains.share_of(edge, GIVEN))
        .count();
    let straddling: BTreeSet<u32> = arrangement
        .faces()
        .filter(|&face| arrangement.winding(face, GIVEN) == 0)
        .flat_map(|face| arrangement.owners(face))
        .map(|share| share.owner)
        .collect();
    let mut straddlers = Vec::new();
    let mut uncovered_depth_m = 0.0;
    if differing_edges > 0 {
        let boundary: Vec<Segment> = given.segments().collect();
        let rim = rim_of(&arrangement);
        uncovered_depth_m = deepest_outside(given, &rim);
        for (member, child) in (0u32..).zip(children) {
            let depth_m = deepest_outside(child.shape, &boundary);
            if depth_m > 0.0 || straddling.contains(&member) {
                straddlers.push(Straddler {
                    member: member as usize,
                    depth_m,
                });
            }
        }
    }
    Evidence {
        equal: arrangement.met().crossings.is_empty() && differing_edges == 0,
        straddlers,
        uncovered_depth_m,
        differing_edges,
        given_area_m2: given.area_m2(),
        children_area_m2: children.iter().map(|m| m.shape.area_m2()).sum(),
    }
}

/// What all children add to an edge together.
fn children_sum(arrangement: &Arrangement, edge: usize) -> i32 {
    let chains = arrangement.chains();
    chains.sum(edge) - chains.share_of(edge, GIVEN)
}

/// The children's common boundary, with their ground to the left.
fn rim_of(arrangement: &Arrangement) -> Vec<Segment> {
    let segments = arrangement.chains().segments();
    (0..segments.len())
        .filter_map(|edge| match children_sum(arrangement, edge).cmp(&0) {
            Ordering::Greater => Some(segments[edge]),
            Ordering::Less => Some(segments[edge].reversed()),
            Ordering::Equal => None,
        })
        .collect()
}

/// How far the vertex of a shape that lies furthest outside a boundary is from it, metres.
fn deepest_outside(shape: &Shape, boundary: &[Segment]) -> f64 {
    let on_boundary: BTreeSet<Point> = boundary.iter().map(|s| s.start()).collect();
    let vertices: Vec<Point> = shape
        .rings()
        .flat_map(wangge_plane::Ring::points)
        .copied()
        .filter(|p| !on_boundary.contains(p))
        .collect();
    vertices
        .par_iter()
        .filter(|&&p| {
            winding_nudged(boundary.iter().copied(), p) == 0 && !boundary.iter().any(|s| s.holds(p))
        })
        .map(|&p| {
            boundary
                .iter()
                .map(|&s| ellipsoid::distance_to_segment_m(p, s))
                .fold(f64::INFINITY, f64::min)
        })
        .filter(|depth| depth.is_finite())
        .reduce(|| 0.0, f64::max)
}
