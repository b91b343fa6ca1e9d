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
//! Let the edge run from `a` to `b` in canonical direction, so that `a.x <= b.x`, and let
//! `c(s) = cross(a, b, s)`; then `c(s') = c(s) + dx e^2 - dy e`.
//!
//! **East on `y + e^2`.** The edge meets this line when one end is at or below `y` and the other
//! is above: `(a.y <= y) != (b.y <= y)`. Then `dy != 0`, and `c(s')` has the sign of `c(s)`, or that
//! of `-dy` where `c(s) = 0`. For a rising edge `s'` is to the east, on the right, when
//! `c(s') < 0`: when `c(s) <= 0`. For a falling one `s'` is to the east, on the left, when
//! `c(s) >= 0`. The leg crosses the edge when `p'` is to the east and `q'` is not; it goes from
//! the left to the right of a rising edge, and from the right to the left of a falling one.
//!
//! **North on `x0 + e`.** The edge meets this line when `a.x <= x0 < b.x`. Then `dx > 0`, and `s'` is
//! above the edge, on its left, when `c(s') > 0`: when `c(s) > 0`, or `c(s) = 0` and
//! `dx e^2 - dy e > 0`, which is `dy <= 0`. The leg crosses the edge when `q'` is above and `r'`
//! is not, from the right to the left.
//!
//! An edge may be crossed by both legs (it cuts the corner at `q`): the two changes cancel.
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

/// A place on the lattice, free of a point's constructor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

    /// What the path from the reference corner `r` to `p` adds to the face number where it crosses
    /// this edge. Worked out without a branch: which edges are crossed is as good as random.
    #[expect(
        clippy::needless_bitwise_bool,
        reason = "a branch would be mispredicted every other time"
    )]
    #[inline]
    pub(crate) fn added_on_path(&self, r: Place, p: Place) -> u32 {
        let dx = i64::from(self.b.x) - i64::from(self.a.x);
        let dy = i64::from(self.b.y) - i64::from(self.a.y);
        // wrapping: what passes through the end of i64 comes back
        let at_p = self.cross(p);
        let at_q = at_p.wrapping_add(dy.wrapping_mul(i64::from(p.x) - i64::from(r.x)));
        let at_r = at_q.wrapping_sub(dx.wrapping_mul(i64::from(p.y) - i64::from(r.y)));

        let rising = self.a.y <= p.y;
        let level_with_p = rising != (self.b.y <= p.y);
        let east_of = |c: i64| if rising { c <= 0 } else { c >= 0 };
        let crossed_east = level_with_p & east_of(at_p) & !east_of(at_q);

        let over_or_under_r = (self.a.x <= r.x) & (r.x < self.b.x);
        let falls = self.b.y <= self.a.y;
        let above = |c: i64| (c > 0) | ((c == 0) & falls);
        let crossed_north = over_or_under_r & above(at_q) & !above(at_r);

        // from left to right, rising, counts +1; from right to left -1
        let east = if rising {
            i32::from(crossed_east)
        } else {
            -i32::from(crossed_east)
        };
        let rightward = (east - i32::from(crossed_north)).cast_unsigned();
        self.rightward().wrapping_mul(rightward)
    }

    /// Whether the closed edge holds the point.
    #[inline]
    pub(crate) fn holds(&self, p: Place) -> bool {
        self.a.x <= p.x
            && p.x <= self.b.x
            && self.a.y.min(self.b.y) <= p.y
            && p.y <= self.a.y.max(self.b.y)
            && self.cross(p) == 0
    }

    /// The lowest number of a grid beside the edge.
    pub(crate) fn lowest_grid(&self) -> Option<u32> {
        [self.left, self.right]
            .into_iter()
            .filter(|&face| face != OUTSIDE)
            .min()
    }

    #[inline]
    pub(crate) fn cross(&self, s: Place) -> i64 {
        let dx = i64::from(self.b.x) - i64::from(self.a.x);
        let dy = i64::from(self.b.y) - i64::from(self.a.y);
        let sx = i64::from(s.x) - i64::from(self.a.x);
        let sy = i64::from(s.y) - i64::from(self.a.y);
        (dx * sy).wrapping_sub(dy * sx)
    }
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
