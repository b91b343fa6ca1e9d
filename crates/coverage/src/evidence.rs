//! A boundary that a file gives for an upper level, held against what its grids make of it.

use std::collections::BTreeSet;

use wangge_plane::{Point, Segment, Shape, Side, ellipsoid};

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
    let rim: Vec<Segment> = given.segments().collect();
    let mut straddlers = Vec::new();
    for (member, child) in (0u32..).zip(children) {
        if differing_edges == 0 {
            break;
        }
        let depth_m = deepest_outside(child.shape, given, &rim);
        if depth_m > 0.0 || straddling.contains(&member) {
            straddlers.push(Straddler {
                member: member as usize,
                depth_m,
            });
        }
    }
    Evidence {
        equal: chains.crossings.is_empty() && differing_edges == 0,
        straddlers,
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

/// How far the vertex of a child that lies furthest outside is from the given boundary, metres.
fn deepest_outside(child: &Shape, given: &Shape, rim: &[Segment]) -> f64 {
    let mut on_rim: BTreeSet<Point> = BTreeSet::new();
    on_rim.extend(rim.iter().map(|s| s.start()));
    child
        .rings()
        .flat_map(wangge_plane::Ring::points)
        .filter(|p| !on_rim.contains(p) && given.side(**p) == Side::Outside)
        .map(|&p| {
            rim.iter()
                .map(|&s| ellipsoid::distance_to_segment_m(p, s))
                .fold(f64::INFINITY, f64::min)
        })
        .fold(0.0, f64::max)
}
