//! The outer rim of boundaries whose edges may cross, for naming what is not part of it.

use std::cmp::Ordering;

use rustc_hash::{FxHashMap, FxHashSet};
use wangge_plane::{Point, Segment, cross};

use crate::chain::ChainEdge;

/// The edges that a walk around the outside passes, with the covered ground to its left: what the
/// sum of all boundaries leaves where there is nothing but the end of the city.
///
/// Each walk starts at the westernmost vertex not yet walked and keeps to the right. A walk that
/// goes round clockwise is the rim of a hole and not counted. Where edges cross between vertices
/// the walk does not see it, so the result sorts edges for a report and proves nothing.
pub(crate) fn rim_edges(edges: &[ChainEdge]) -> FxHashSet<Segment> {
    let mut out: FxHashMap<Point, Vec<Segment>> = FxHashMap::default();
    let mut directed = Vec::new();
    for edge in edges {
        let along = match edge.sum().cmp(&0) {
            Ordering::Greater => edge.segment,
            Ordering::Less => edge.segment.reversed(),
            Ordering::Equal => continue,
        };
        out.entry(along.start()).or_default().push(along);
        directed.push(along);
    }
    directed.sort_unstable();
    let mut walked: FxHashSet<Segment> = FxHashSet::default();
    let mut rim = FxHashSet::default();
    for &first in &directed {
        if walked.contains(&first) {
            continue;
        }
        let mut walk = Vec::new();
        let mut edge = first;
        while walked.insert(edge) {
            walk.push(edge);
            let next = out.get(&edge.end()).and_then(|next| {
                next.iter()
                    .copied()
                    .filter(|candidate| *candidate == first || !walked.contains(candidate))
                    .reduce(|best, candidate| {
                        if right_of(edge, candidate.end(), best.end()) {
                            candidate
                        } else {
                            best
                        }
                    })
            });
            match next {
                Some(next) => edge = next,
                None => break,
            }
        }
        let origin = first.start();
        let doubled: i128 = walk
            .iter()
            .map(|e| i128::from(cross(origin, e.start(), e.end())))
            .sum();
        if doubled > 0 {
            rim.extend(walk.into_iter().map(|e| e.canonical().0));
        }
    }
    rim
}

/// Whether, coming along `edge`, turning to `a` is further to the right than turning to `b`.
fn right_of(edge: Segment, a: Point, b: Point) -> bool {
    let (back, centre) = (edge.start(), edge.end());
    // counter-clockwise from the way back: the right side comes first
    let sector = |p: Point| match cross(centre, back, p).cmp(&0) {
        Ordering::Greater => 0,
        Ordering::Equal if p != back => 1,
        Ordering::Less => 2,
        Ordering::Equal => 3,
    };
    match sector(a).cmp(&sector(b)) {
        Ordering::Less => true,
        Ordering::Greater => false,
        Ordering::Equal => cross(centre, a, b) > 0,
    }
}
