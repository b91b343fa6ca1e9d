//! A boundary that a file gives for an upper level, held against what its grids make of it.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use rayon::prelude::*;
use wangge_plane::{Point, Segment, Shape, ellipsoid, winding_nudged};

use crate::chain::Chains;
use crate::faces::{Face, Faces};
use crate::proof::Member;

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
/// outside, or one of its faces does. Exact, but for the depth, which is a measure for people.
pub fn compare(children: &[Member<'_>], given: &Shape) -> Evidence {
    let chains = Chains::of(children.iter().map(|m| m.shape), Some(given));
    let differing_edges = chains
        .edges
        .iter()
        .filter(|edge| edge.sum() != edge.outline)
        .count();
    let mut straddling: BTreeSet<u32> = BTreeSet::new();
    for crossing in &chains.crossings {
        // one of the two edges is the outline's, or two children cross each other
        let [a, b] = &crossing.members;
        if a.is_empty() || b.is_empty() {
            straddling.extend(a.iter().chain(b));
        }
    }
    if chains.crossings.is_empty() {
        straddling.extend(outside_by_faces(&chains));
    }
    let mut straddlers = Vec::new();
    let mut uncovered_depth_m = 0.0;
    if differing_edges > 0 {
        let boundary: Vec<Segment> = given.segments().collect();
        let rim = rim_of(&chains);
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
        equal: chains.crossings.is_empty() && differing_edges == 0,
        straddlers,
        uncovered_depth_m,
        differing_edges,
        given_area_m2: given.area_m2(),
        children_area_m2: children.iter().map(|m| m.shape.area_m2()).sum(),
    }
}

/// The children that lie on faces around which the given boundary does not wind.
fn outside_by_faces(chains: &Chains) -> BTreeSet<u32> {
    let segments: Vec<Segment> = chains.edges.iter().map(|e| e.segment).collect();
    let faces = Faces::of(&segments);
    // the winding number of the given boundary changes by its multiplicity across each edge
    let mut winding: Vec<Option<i32>> = vec![None; faces.count()];
    winding[Faces::OUTER.0 as usize] = Some(0);
    let mut across: Vec<Vec<(Face, i32)>> = vec![Vec::new(); faces.count()];
    for (i, edge) in chains.edges.iter().enumerate() {
        let (left, right) = (faces.left(i), faces.right(i));
        across[left.0 as usize].push((right, -edge.outline));
        across[right.0 as usize].push((left, edge.outline));
    }
    let mut open = vec![Faces::OUTER];
    while let Some(face) = open.pop() {
        let here = winding[face.0 as usize].unwrap_or(0);
        for &(next, change) in &across[face.0 as usize] {
            if winding[next.0 as usize].is_none() {
                winding[next.0 as usize] = Some(here + change);
                open.push(next);
            }
        }
    }
    let mut outside = BTreeSet::new();
    for (i, edge) in chains.edges.iter().enumerate() {
        for share in &edge.shares {
            let inner = if share.multiplicity > 0 {
                faces.left(i)
            } else {
                faces.right(i)
            };
            if winding[inner.0 as usize] == Some(0) {
                outside.insert(share.member);
            }
        }
    }
    outside
}

/// The children's common boundary, with their ground to the left.
fn rim_of(chains: &Chains) -> Vec<Segment> {
    chains
        .edges
        .iter()
        .filter_map(|edge| match edge.sum().cmp(&0) {
            Ordering::Greater => Some(edge.segment),
            Ordering::Less => Some(edge.segment.reversed()),
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
