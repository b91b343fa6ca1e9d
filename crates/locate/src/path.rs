//! The path from a cell's reference corner to a point, and the edges it crosses.
//!
//! # Why the answer is exact
//!
//! Every point `p` stands for the nudged point `p' = p + (e, e^2)` with an infinitesimal `e > 0`:
//! a step to the east and a far smaller one to the north. No edge between lattice points holds a
//! nudged lattice point: a line through `p` would have to rise by `e^2` over `e`, by the slope `e`,
//! and a line past `p` stays away from it by more than `e`. So each nudged point lies in one
//! face. Faces are numbered: 0 is outside, grid `g` is `g + 1`.
//!
//! A cell knows the face of its nudged reference corner `r = (x0, y0)`, its south-western lattice
//! point. For a point `p = (x, y)` of the cell, `x >= x0` and `y >= y0`, let `q = (x0, y)`. The path
//! runs from `r'` north to `q'` and from there east to `p'`. Both legs are axis-parallel, because all
//! three points are nudged alike: the first runs on `x0 + e`, the second on `y + e^2`. No
//! vertex lies on either line, so the path crosses each edge properly or not at all. Where it crosses
//! an edge, the number of the face it is in changes by (number behind - number before), and
//! the sum of these changes telescopes:
//!
//! > face(p') = face(r') + sum over all crossings of (number behind - number before)
//!
//! A sum does not ask for the order of the crossings, so no two crossings are ever compared and no
//! crossing is ever constructed. What remains is to decide, per edge and leg, whether it is crossed.
//!
//! **Which side.** Let each edge run upward, from `a` to `b` with `a.y < b.y`, and a level one to the west, so
//! that `a.y = b.y` and `a.x > b.x`. Let `d = b - a` and `c(s) = cross(a, b, s)`; then `c(s') = c(s) + d.x e^2 - d.y e`.
//! Where `c(s) = 0`, the rest is below zero: by `-d.y e`, or where `d.y = 0`, by `d.x e^2`. So `s'` is to the
//! left of the edge where `c(s) > 0`, and to its right otherwise, without an exception.
//!
//! **East on `y + e^2`.** The edge meets this line when one end is at or below `y` and the other
//! is above: `(a.y <= y) != (b.y <= y)`. It meets it once, so the leg crosses the edge exactly when `q'` and `p'`
//! are on different sides of it.
//!
//! **North on `x0 + e`.** In the same way the edge meets this line when `(a.x <= x0) != (b.x <= x0)`, and the leg
//! crosses it when `r'` and `q'` are on different sides.
//!
//! A crossing from left to right adds `right - left`, one from right to left `left - right`. An edge may be crossed
//! by both legs (it cuts the corner at `q`): then `r'` and `p'` are on one side of it, and the two changes cancel.
//! So an edge counts +1, 0 or -1 times, and not at all exactly when it is crossed an even number of times.
//!
//! **Two faces.** Where all edges of a cell part the same two faces, of which one is that of `r'`, each crossing
//! leads from one to the other: the parity of the number of crossings says which one holds `p'`.
//!
//! **Which edges matter.** As `e` goes to zero the path runs into the closed box of the cell's lattice
//! points, so an edge that it crosses for every small `e` meets that box. An index that hands in
//! all edges that meet the box, and any others, in any number of cells, gets the same sum: an edge that
//! the path does not cross adds nothing. Edges are kept with their own ends and never cut.
//!
//! **Nothing else is assumed.** Every `c` is of three lattice points inside the lattice's bounds and fits
//! `i64` (see [`wangge_plane::cross`]). Numbers add modulo 2^32, and the sum ends at the number of a face.

use wangge_coverage::{BorderEdge, Owner};
use wangge_plane::Point;

/// The number of the face outside of all grids.
pub(crate) const OUTSIDE: u32 = 0;

/// Face numbers stay below this.
pub(crate) const FACE_LIMIT: u32 = 1 << 31;

/// A place on the lattice, free of a point's constructor. In order by x, then y.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) x: i32,
    pub(crate) y: i32,
}

impl From<Point> for Place {
    fn from(p: Point) -> Self {
        Self { x: p.x(), y: p.y() }
    }
}

/// A border edge with the numbers of the faces on its two sides.
///
/// Invariant: `a` is before `b` by x, then y.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Edge {
    pub(crate) a: Place,
    pub(crate) b: Place,
    pub(crate) left: u32,
    pub(crate) right: u32,
}

impl Edge {
    pub(crate) fn of(border: &BorderEdge) -> Self {
        let (segment, forward) = border.segment.canonical();
        let (left, right) = if forward {
            (border.left, border.right)
        } else {
            (border.right, border.left)
        };
        Self {
            a: segment.start().into(),
            b: segment.end().into(),
            left: face(left),
            right: face(right),
        }
    }

    /// The change of the face number when the edge is crossed from its left to its right.
    #[inline]
    pub(crate) fn rightward(&self) -> u32 {
        self.right.wrapping_sub(self.left)
    }

    /// The edge as a lookup wants it.
    pub(crate) const fn upward(self) -> Upward {
        let Self { a, b, left, right } = self;
        if a.y < b.y {
            Upward { a, b, left, right }
        } else {
            Upward {
                a: b,
                b: a,
                left: right,
                right: left,
            }
        }
    }

    /// Above zero where a place is on the left of the edge, zero where it is in its line.
    #[inline]
    pub(crate) fn cross(&self, place: Place) -> i64 {
        cross(self.a, self.b, place)
    }

    /// Whether the closed edge holds the point.
    #[inline]
    pub(crate) fn holds(&self, p: Place) -> bool {
        self.a.x <= p.x
            && p.x <= self.b.x
            && self.a.y.min(self.b.y) <= p.y
            && p.y <= self.a.y.max(self.b.y)
            && cross(self.a, self.b, p) == 0
    }

    /// The lowest number of a grid beside the edge.
    pub(crate) fn lowest_grid(&self) -> Option<u32> {
        [self.left, self.right]
            .into_iter()
            .filter(|&face| face != OUTSIDE)
            .min()
    }
}

/// A border edge that runs upward, or level to the west.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Upward {
    pub(crate) a: Place,
    pub(crate) b: Place,
    pub(crate) left: u32,
    pub(crate) right: u32,
}

impl Upward {
    /// The same edge in canonical direction.
    pub(crate) fn canonical(self) -> Edge {
        let Self { a, b, left, right } = self;
        if (a.x, a.y) < (b.x, b.y) {
            Edge { a, b, left, right }
        } else {
            Edge {
                a: b,
                b: a,
                left: right,
                right: left,
            }
        }
    }
}

/// How often the path from the reference corner `r` to `p` leads from the left to the right of the upward edge
/// from `a` to `b`, less how often it leads back: 1, 0 or -1. Worked out without a branch: which edges are
/// crossed is as good as random.
#[inline]
pub(crate) fn rightward_crossings(a: Place, b: Place, r: Place, p: Place) -> i32 {
    let q = Place { x: r.x, y: p.y };
    let is_left = |s: Place| i32::from(cross(a, b, s) > 0);
    let (at_p, at_q, at_r) = (is_left(p), is_left(q), is_left(r));
    let meets_east = i32::from((a.y <= p.y) != (b.y <= p.y));
    let meets_north = i32::from((a.x <= r.x) != (b.x <= r.x));
    meets_east * (at_q - at_p) + meets_north * (at_r - at_q)
}

/// Above zero where `s` is to the left of the way from `a` to `b`. Of three lattice points it fits; should the
/// difference pass through the end of `i64`, it comes back.
#[inline]
fn cross(a: Place, b: Place, s: Place) -> i64 {
    let dx = i64::from(b.x) - i64::from(a.x);
    let dy = i64::from(b.y) - i64::from(a.y);
    let sx = i64::from(s.x) - i64::from(a.x);
    let sy = i64::from(s.y) - i64::from(a.y);
    dx.wrapping_mul(sy).wrapping_sub(dy.wrapping_mul(sx))
}

/// The number of the face of a grid, or of the outside.
pub(crate) fn face(owner: Option<Owner>) -> u32 {
    match owner {
        None => OUTSIDE,
        Some(Owner(number)) if number < FACE_LIMIT - 1 => number + 1,
        Some(Owner(number)) => {
            unreachable!("owners are numbered from 0, {number} would be the last of 2^31 grids")
        }
    }
}

/// The grid of a face.
#[inline]
pub(crate) fn owner(face: u32) -> Option<Owner> {
    face.checked_sub(1).map(Owner)
}
