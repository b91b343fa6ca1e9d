//! Ground that rounding brought to nothing, kept as one triangle each.

use rustc_hash::FxHashMap;
use wangge_plane::{Extent, Meeting, Point, Segment, cross};

use crate::lines::SidedEdge;

/// How far from where ground was its triangle may be, units.
const REACH: u32 = 32;

/// The eight triangles of half a square unit that a point is a corner of, as steps to the other
/// two corners, counter-clockwise.
const AROUND: [(i32, i32); 8] = [
    (1, 0),
    (1, 1),
    (0, 1),
    (-1, 1),
    (-1, 0),
    (-1, -1),
    (0, -1),
    (1, -1),
];

/// A triangle of half a square unit, counter-clockwise.
type Triangle = [Point; 3];

/// Who is left without ground, and how much the others have.
pub(crate) struct Vanished {
    /// Twice the area in square units.
    doubled: Vec<i128>,
}

impl Vanished {
    /// Among so many whose ground these edges bound.
    pub(crate) fn among(edges: &[SidedEdge], count: usize) -> Self {
        let mut doubled = vec![0; count];
        for edge in edges {
            let under = i128::from(edge.from.x()) * i128::from(edge.to.y())
                - i128::from(edge.to.x()) * i128::from(edge.from.y());
            for (side, part) in [(edge.left, under), (edge.right, -under)] {
                if let Some(owner) = side {
                    doubled[owner as usize] += part;
                }
            }
        }
        Self { doubled }
    }

    /// Gives each of them a triangle from the ground of another who keeps some, as near as can be
    /// to where his was: `places` says where. Who they are is answered, in order.
    pub(crate) fn settle(
        mut self,
        edges: &mut Vec<SidedEdge>,
        places: impl Fn(u32) -> Vec<Point>,
    ) -> Vec<u32> {
        let vanished: Vec<u32> = (0u32..)
            .zip(&self.doubled)
            .filter(|(_, doubled)| **doubled <= 0)
            .map(|(owner, _)| owner)
            .collect();
        if vanished.is_empty() {
            return vanished;
        }
        let mut by_ends: FxHashMap<(Point, Point), usize> = FxHashMap::default();
        for (at, edge) in edges.iter().enumerate() {
            by_ends.insert(ends(*edge), at);
        }
        for &owner in &vanished {
            if let Some((triangle, donor)) = self.find(edges, &places(owner)) {
                self.doubled[owner as usize] += 1;
                self.doubled[donor as usize] -= 1;
                give(edges, &mut by_ends, triangle, (owner, donor));
            }
        }
        edges.retain(|edge| edge.left != edge.right);
        vanished
    }

    /// A free triangle, and whose ground it is.
    fn find(&self, edges: &[SidedEdge], places: &[Point]) -> Option<(Triangle, u32)> {
        let around = Extent::of(places.iter().copied())?.widened(REACH + 2, REACH + 2);
        let near: Vec<SidedEdge> = edges
            .iter()
            .filter(|edge| {
                let segment = Segment::new(edge.from, edge.to);
                segment.is_some_and(|segment| segment.extent().meets(around))
            })
            .copied()
            .collect();
        let first = places[places.len() / 2];
        let further = (1..=i32::try_from(REACH).ok()?).flat_map(|r| ring_around(first, r));
        places.iter().copied().chain(further).find_map(|corner| {
            triangles_at(corner).find_map(|triangle| {
                let is_free = near
                    .iter()
                    .filter(|edge| edge.left != edge.right)
                    .all(|edge| leaves_free(*edge, triangle));
                let donor = is_free.then(|| owner_of(edges, triangle)).flatten()?;
                (self.doubled[donor as usize] > 1).then_some((triangle, donor))
            })
        })
    }
}

/// The points of a square's rim around a point, from the south-west, counter-clockwise.
fn ring_around(middle: Point, r: i32) -> impl Iterator<Item = Point> {
    let south = (-r..r).map(move |d| (d, -r));
    let east = (-r..r).map(move |d| (r, d));
    let north = (-r..r).map(move |d| (-d, r));
    let west = (-r..r).map(move |d| (-r, -d));
    south
        .chain(east)
        .chain(north)
        .chain(west)
        .filter_map(move |step| stepped(middle, step))
}

fn stepped(from: Point, (dx, dy): (i32, i32)) -> Option<Point> {
    Point::new(from.x().checked_add(dx)?, from.y().checked_add(dy)?).ok()
}

fn triangles_at(corner: Point) -> impl Iterator<Item = Triangle> {
    (0..AROUND.len()).filter_map(move |at| {
        let second = stepped(corner, AROUND[at])?;
        let third = stepped(corner, AROUND[(at + 1) % AROUND.len()])?;
        Some([corner, second, third])
    })
}

/// Whether an edge stays out of a triangle's inside and has none of its corners within it.
///
/// No lattice point but its corners is in the triangle, so an edge that is inside of it either
/// crosses a side of it or leads there from a corner.
fn leaves_free(edge: SidedEdge, [p, q, r]: Triangle) -> bool {
    let Some(segment) = Segment::new(edge.from, edge.to) else {
        return true;
    };
    let is_end = |corner: Point| corner == edge.from || corner == edge.to;
    if [p, q, r]
        .into_iter()
        .any(|corner| !is_end(corner) && segment.holds(corner))
    {
        return false;
    }
    [(p, q, r), (q, r, p), (r, p, q)]
        .into_iter()
        .all(|(a, b, c)| {
            let leads_inside = [(edge.from, edge.to), (edge.to, edge.from)]
                .into_iter()
                .any(|(from, to)| from == a && cross(a, b, to) > 0 && cross(a, c, to) < 0);
            let crosses = Segment::new(a, b).is_some_and(|side| {
                side.canonical().0.meeting(segment.canonical().0) == Meeting::Crossing
            });
            !leads_inside && !crosses
        })
}

/// Whose ground a free triangle is: what lies above the highest edge below its middle.
fn owner_of(edges: &[SidedEdge], triangle: Triangle) -> Option<u32> {
    // thrice the coordinates: the middle is whole, and no vertex is due north or south of it
    let thrice = |v: i32| 3 * i64::from(v);
    let sum = |of: fn(Point) -> i32| triangle.iter().map(|&p| i64::from(of(p))).sum::<i64>();
    let (x, y) = (sum(Point::x), sum(Point::y));
    let mut nearest: Option<((i128, i128), Option<u32>)> = None;
    for edge in edges.iter().filter(|edge| edge.left != edge.right) {
        let east = if edge.from.x() < edge.to.x() {
            *edge
        } else {
            edge.reversed()
        };
        let (a, b) = (east.from, east.to);
        if !(thrice(a.x()) < x && x < thrice(b.x())) {
            continue;
        }
        // where the edge is due south or north: a fraction
        let (dx, dy) = (thrice(b.x()) - thrice(a.x()), thrice(b.y()) - thrice(a.y()));
        let at = (
            i128::from(thrice(a.y())) * i128::from(dx)
                + i128::from(dy) * i128::from(x - thrice(a.x())),
            i128::from(dx),
        );
        let is_below = at.0 < i128::from(y) * at.1;
        let is_higher = nearest.is_none_or(|(best, _)| at.0 * best.1 > best.0 * at.1);
        if is_below && is_higher {
            nearest = Some((at, east.left));
        }
    }
    nearest?.1
}

fn give(
    edges: &mut Vec<SidedEdge>,
    by_ends: &mut FxHashMap<(Point, Point), usize>,
    [p, q, r]: Triangle,
    (owner, donor): (u32, u32),
) {
    for (from, to) in [(p, q), (q, r), (r, p)] {
        let side = SidedEdge {
            from,
            to,
            left: Some(owner),
            right: Some(donor),
        };
        if let Some(&at) = by_ends.get(&ends(side)) {
            let edge = &mut edges[at];
            if edge.from == from {
                edge.left = Some(owner);
            } else {
                edge.right = Some(owner);
            }
        } else {
            by_ends.insert(ends(side), edges.len());
            edges.push(side);
        }
    }
}

fn ends(edge: SidedEdge) -> (Point, Point) {
    (edge.from.min(edge.to), edge.from.max(edge.to))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(from: (i32, i32), to: (i32, i32)) -> SidedEdge {
        let point = |(x, y)| Point::new(x, y).unwrap();
        SidedEdge {
            from: point(from),
            to: point(to),
            left: Some(0),
            right: Some(1),
        }
    }

    #[test]
    fn a_triangle_is_free_of_what_only_touches_it() {
        let triangle = [(0, 0), (1, 0), (1, 1)].map(|(x, y)| Point::new(x, y).unwrap());
        for (from, to) in [
            // its own sides, what leaves its corners outwards, what passes by
            ((0, 0), (1, 0)),
            ((1, 1), (1, 0)),
            ((0, 0), (-3, 1)),
            ((1, 0), (4, 3)),
            ((0, 1), (1, 2)),
        ] {
            assert!(leaves_free(edge(from, to), triangle), "{from:?} {to:?}");
        }
        for (from, to) in [
            // through two sides, from a corner inwards, through a corner, along a side and on
            ((0, -2), (2, 3)),
            ((2, 3), (0, -2)),
            ((0, 0), (3, 1)),
            ((3, 1), (0, 0)),
            ((0, 1), (2, -1)),
            ((-1, 0), (2, 0)),
        ] {
            assert!(!leaves_free(edge(from, to), triangle), "{from:?} {to:?}");
        }
    }
}
