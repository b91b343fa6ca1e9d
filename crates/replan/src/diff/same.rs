//! Grids whose ground is the same in both plans, however their rings are written down.

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use wangge_plane::{Point, Ring, Segment, Shape, cross};

use super::Plans;

/// The grids of two plans, those with the same ground in pairs.
pub(super) struct Matched {
    /// Places in the old and in the new list.
    pub(super) same: Vec<(u32, u32)>,
    /// The other grids of the old plan, in order.
    pub(super) old: Vec<u32>,
    /// The other grids of the new plan, in order.
    pub(super) new: Vec<u32>,
}

/// Pairs grids with the same ground: those that are known, then those with one code, then the rest
/// in order of the lists.
pub(super) fn matched(plans: Plans<'_>, known: &[(u32, u32)]) -> Matched {
    let mut pairing = Pairing {
        same: Vec::new(),
        old_taken: vec![false; plans.old.len()],
        new_taken: vec![false; plans.new.len()],
    };
    for &(old, new) in known {
        let is_there = (old as usize) < plans.old.len() && (new as usize) < plans.new.len();
        if is_there && pairing.is_free(old, new) {
            pairing.take(old, new);
        }
    }
    let by_code: FxHashMap<&str, u32> = plans.old.iter().map(|m| m.code).zip(0u32..).collect();
    let with_code: Vec<(u32, u32)> = (0u32..)
        .zip(plans.new)
        .filter_map(|(new, member)| Some((*by_code.get(member.code)?, new)))
        .collect();
    let shapes =
        |old: u32, new: u32| (plans.old[old as usize].shape, plans.new[new as usize].shape);
    // most grids are written down the same, and that is soon seen
    pairing.take_if(&with_code, |old, new| {
        let (old, new) = shapes(old, new);
        old == new
    });
    let (old_marks, new_marks) = rayon::join(
        || marks(plans.old.iter().map(|m| m.shape), &pairing.old_taken),
        || marks(plans.new.iter().map(|m| m.shape), &pairing.new_taken),
    );
    let is_same = |old: u32, new: u32| {
        let (old_shape, new_shape) = shapes(old, new);
        old_marks[old as usize] == new_marks[new as usize] && is_same_boundary(old_shape, new_shape)
    };
    pairing.take_if(&with_code, is_same);
    let mut by_mark: FxHashMap<Mark, Vec<u32>> = FxHashMap::default();
    for old in left(&pairing.old_taken) {
        by_mark
            .entry(old_marks[old as usize])
            .or_default()
            .push(old);
    }
    for new in left(&pairing.new_taken) {
        let candidates = by_mark.get_mut(&new_marks[new as usize]);
        let Some(candidates) = candidates else {
            continue;
        };
        if let Some(at) = candidates.iter().position(|&old| is_same(old, new)) {
            pairing.take(candidates.remove(at), new);
        }
    }
    Matched {
        old: left(&pairing.old_taken),
        new: left(&pairing.new_taken),
        same: pairing.same,
    }
}

struct Pairing {
    same: Vec<(u32, u32)>,
    old_taken: Vec<bool>,
    new_taken: Vec<bool>,
}

impl Pairing {
    fn is_free(&self, old: u32, new: u32) -> bool {
        !self.old_taken[old as usize] && !self.new_taken[new as usize]
    }

    /// Takes those of these pairs that are the same.
    fn take_if(&mut self, pairs: &[(u32, u32)], is_same: impl Fn(u32, u32) -> bool + Sync) {
        let same: Vec<(u32, u32)> = pairs
            .par_iter()
            .copied()
            .filter(|&(old, new)| self.is_free(old, new) && is_same(old, new))
            .collect();
        for (old, new) in same {
            if self.is_free(old, new) {
                self.take(old, new);
            }
        }
    }

    fn take(&mut self, old: u32, new: u32) {
        self.old_taken[old as usize] = true;
        self.new_taken[new as usize] = true;
        self.same.push((old, new));
    }
}

fn left(taken: &[bool]) -> Vec<u32> {
    (0u32..)
        .zip(taken)
        .filter(|&(_, &taken)| !taken)
        .map(|(at, _)| at)
        .collect()
}

/// The sum over a boundary's edges of two numbers for each: the same for every way to write the
/// boundary down. An edge that runs both ways adds nothing.
type Mark = (u64, u64);

fn marks<'a>(shapes: impl Iterator<Item = &'a Shape>, taken: &[bool]) -> Vec<Mark> {
    let shapes: Vec<(&Shape, bool)> = shapes.zip(taken.iter().copied()).collect();
    shapes
        .par_iter()
        .map(|&(shape, taken)| if taken { (0, 0) } else { mark(shape) })
        .collect()
}

fn mark(shape: &Shape) -> Mark {
    let mut sum: Mark = (0, 0);
    for edge in shape.rings().flat_map(straight_edges) {
        let (canonical, forward) = edge.canonical();
        let (a, b) = (packed(canonical.start()), packed(canonical.end()));
        let (one, other) = (mixed(a, b), mixed(b, a));
        sum = if forward {
            (sum.0.wrapping_add(one), sum.1.wrapping_add(other))
        } else {
            (sum.0.wrapping_sub(one), sum.1.wrapping_sub(other))
        };
    }
    sum
}

fn packed(p: Point) -> u64 {
    u64::from(p.x().cast_unsigned()) << 32 | u64::from(p.y().cast_unsigned())
}

/// A number for two, by the finalizer of `SplitMix64` (Steele, Lea and Flood 2014).
const fn mixed(a: u64, b: u64) -> u64 {
    let z = a
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .wrapping_add(b.rotate_left(32));
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Whether two boundaries are the same edges, the same way round.
fn is_same_boundary(a: &Shape, b: &Shape) -> bool {
    a == b || boundary(a) == boundary(b)
}

/// The edges of which something is left, in order.
fn boundary(shape: &Shape) -> Vec<(Segment, i32)> {
    let mut edges: Vec<(Segment, i32)> = shape
        .rings()
        .flat_map(straight_edges)
        .map(|edge| match edge.canonical() {
            (edge, true) => (edge, 1),
            (edge, false) => (edge, -1),
        })
        .collect();
    edges.sort_unstable();
    edges.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    edges.retain(|&(_, times)| times != 0);
    edges
}

/// The edges of a ring from corner to corner: vertices at which it runs straight on are left out.
fn straight_edges(ring: &Ring) -> impl Iterator<Item = Segment> + '_ {
    let points = ring.points();
    let count = points.len();
    let is_corner = move |at: usize| {
        let before = points[if at == 0 { count - 1 } else { at - 1 }];
        let after = points[if at + 1 == count { 0 } else { at + 1 }];
        !runs_straight(before, points[at], after)
    };
    let mut corners = (0..count)
        .filter(move |&at| is_corner(at))
        .map(|at| points[at]);
    let first = corners.next();
    let mut from = first;
    corners
        .map(Some)
        .chain([first])
        .filter_map(move |to| Segment::new(from.replace(to?)?, to?))
}

fn runs_straight(before: Point, at: Point, after: Point) -> bool {
    if cross(before, at, after) != 0 {
        return false;
    }
    // on one line it goes on or turns back
    let (into, on) = (at.from_origin(before), after.from_origin(at));
    into.dx.signum() == on.dx.signum() && into.dy.signum() == on.dy.signum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wangge_plane::Polygon;

    fn ring(corners: &[(i32, i32)]) -> Ring {
        let points = corners.iter().map(|&(x, y)| Point::new(x, y).unwrap());
        Ring::new(points.collect()).unwrap()
    }

    fn shape(rings: &[&[(i32, i32)]]) -> Shape {
        let shell = ring(rings[0]);
        let holes = rings[1..].iter().map(|hole| ring(hole)).collect();
        Shape::new(vec![Polygon::new(shell, holes)]).unwrap()
    }

    const SQUARE: &[(i32, i32)] = &[(0, 0), (9, 0), (9, 9), (0, 9)];
    const HOLE: &[(i32, i32)] = &[(2, 2), (4, 2), (4, 4), (2, 4)];
    const OTHER_HOLE: &[(i32, i32)] = &[(5, 5), (7, 5), (7, 7), (5, 7)];

    #[test]
    fn ground_is_the_same_however_its_rings_are_written_down() {
        let plain = shape(&[SQUARE, HOLE, OTHER_HOLE]);
        let noded_and_turned: &[(i32, i32)] = &[
            (0, 4),
            (0, 9),
            (5, 9),
            (9, 9),
            (9, 1),
            (9, 0),
            (0, 0),
            (0, 1),
        ];
        for other in [
            shape(&[SQUARE, OTHER_HOLE, HOLE]),
            shape(&[noded_and_turned, HOLE, OTHER_HOLE]),
            shape(&[SQUARE, &[(4, 4), (2, 4), (2, 2), (4, 2)], OTHER_HOLE]),
        ] {
            assert_eq!(mark(&plain), mark(&other));
            assert!(is_same_boundary(&plain, &other));
        }
    }

    /// A square with a roof on its whole east side, in one part and in two.
    #[test]
    fn a_border_between_two_parts_of_a_grid_is_none() {
        let whole = shape(&[&[(0, 0), (9, 0), (15, 4), (9, 9), (0, 9)]]);
        let parts = [SQUARE, &[(9, 0), (15, 4), (9, 9)]];
        let parts = parts.map(|part| Polygon::new(ring(part), vec![]));
        let parts = Shape::new(parts.into()).unwrap();
        assert_eq!(mark(&whole), mark(&parts));
        assert!(is_same_boundary(&whole, &parts));
    }

    #[test]
    fn other_ground_is_not_the_same() {
        let plain = shape(&[SQUARE, HOLE]);
        for other in [
            shape(&[SQUARE]),
            shape(&[SQUARE, OTHER_HOLE]),
            shape(&[&[(0, 0), (9, 0), (9, 9), (5, 8), (0, 9)], HOLE]),
            // the same ground, which a closer look finds: here a spike is an edge like others
            shape(&[&[(0, 0), (9, 0), (9, 9), (9, 12), (9, 9), (0, 9)], HOLE]),
        ] {
            assert_ne!(mark(&plain), mark(&other), "{other:?}");
            assert!(!is_same_boundary(&plain, &other), "{other:?}");
        }
    }
}
