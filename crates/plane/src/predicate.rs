//! Exact predicates on points and segments.

use std::cmp::Ordering;

use crate::{Extent, Point};

/// Twice the signed area of the triangle `a`, `b`, `c`: positive when `c` lies to the left of the
/// way from `a` to `b`.
///
/// Exact for all lattice points. The triangle lies in a box of 3.6e9 by 1.8e9 units, so twice its
/// area is at most 6.48e18 and fits `i64`; each product is bounded by the same number, and should
/// their difference pass through the end of `i64`, two's complement brings it back.
#[inline]
pub fn cross(a: Point, b: Point, c: Point) -> i64 {
    let u = b.from_origin(a);
    let v = c.from_origin(a);
    (u.dx * v.dy).wrapping_sub(u.dy * v.dx)
}

/// Which way a path turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Turn {
    /// Counter-clockwise.
    Left,
    /// The three points lie on one line (or coincide).
    Straight,
    /// Clockwise.
    Right,
}

/// Which way the path from `a` over `b` to `c` turns. Exact.
#[inline]
pub fn turn(a: Point, b: Point, c: Point) -> Turn {
    match cross(a, b, c).cmp(&0) {
        Ordering::Greater => Turn::Left,
        Ordering::Equal => Turn::Straight,
        Ordering::Less => Turn::Right,
    }
}

/// A directed edge between two different lattice points.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Segment {
    start: Point,
    end: Point,
}

/// How two segments meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Meeting {
    /// They share no point.
    Apart,
    /// They share one point, which is an end of both.
    AtEnds,
    /// They share one point, an end of one in the interior of the other.
    EndOnInterior,
    /// They cross at one point in the interior of both.
    Crossing,
    /// They lie on one line and share more than a point.
    Overlapping,
}

impl Segment {
    /// The segment from `start` to `end`; `None` when they are one point.
    pub fn new(start: Point, end: Point) -> Option<Self> {
        (start != end).then_some(Self { start, end })
    }

    /// Where it starts.
    pub const fn start(self) -> Point {
        self.start
    }

    /// Where it ends.
    pub const fn end(self) -> Point {
        self.end
    }

    /// The same segment the other way.
    pub const fn reversed(self) -> Self {
        Self {
            start: self.end,
            end: self.start,
        }
    }

    /// The segment from its lesser to its greater end, and whether that is its own direction.
    pub fn canonical(self) -> (Self, bool) {
        if self.start < self.end {
            (self, true)
        } else {
            (self.reversed(), false)
        }
    }

    /// The box around it.
    pub fn extent(self) -> Extent {
        Extent::of([self.start, self.end]).unwrap_or_else(|| unreachable!("two points have a box"))
    }

    /// Whether the point lies on the closed segment. Exact.
    #[inline]
    pub fn holds(self, p: Point) -> bool {
        between(self.start.x(), p.x(), self.end.x())
            && between(self.start.y(), p.y(), self.end.y())
            && cross(self.start, self.end, p) == 0
    }

    /// How this segment and another meet. Exact.
    ///
    /// ```
    /// use wangge_plane::{Meeting, Point, Segment};
    /// let at = Point::new;
    /// let road = Segment::new(at(0, 0)?, at(10, 4)?).expect("two points");
    /// let side = Segment::new(at(5, 2)?, at(5, 9)?).expect("two points");
    /// assert_eq!(road.meeting(side), Meeting::EndOnInterior);
    /// let beside = Segment::new(at(5, 3)?, at(5, 9)?).expect("two points");
    /// assert_eq!(road.meeting(beside), Meeting::Apart, "a lattice unit apart is apart");
    /// # Ok::<(), wangge_plane::PlaneError>(())
    /// ```
    pub fn meeting(self, other: Self) -> Meeting {
        let shared = usize::from(self.start == other.start || self.start == other.end)
            + usize::from(self.end == other.start || self.end == other.end);
        let inner = [
            self.holds_inside(other.start),
            self.holds_inside(other.end),
            other.holds_inside(self.start),
            other.holds_inside(self.end),
        ]
        .into_iter()
        .filter(|&holds| holds)
        .count();
        match (shared, inner) {
            (2, _) | (_, 2..) | (1, 1) => Meeting::Overlapping,
            (_, 1) => Meeting::EndOnInterior,
            (1, _) => Meeting::AtEnds,
            _ => {
                let apart = same_side(self, other) || same_side(other, self);
                if apart {
                    Meeting::Apart
                } else {
                    Meeting::Crossing
                }
            }
        }
    }

    /// Whether the closed segment shares a point with the closed box. Exact.
    pub fn meets(self, extent: Extent) -> bool {
        let (low, high) = (extent.min(), extent.max());
        if !self.extent().meets(extent) {
            return false;
        }
        // all four corners strictly on one side of the line keep the segment out of the box
        let corners = [low, low.with_y_of(high), high, high.with_y_of(low)];
        let sides = corners.map(|corner| cross(self.start, self.end, corner).signum());
        !(sides.iter().all(|&side| side > 0) || sides.iter().all(|&side| side < 0))
    }

    /// Whether the point lies on the segment and is none of its ends.
    fn holds_inside(self, p: Point) -> bool {
        p != self.start && p != self.end && self.holds(p)
    }
}

/// Whether both ends of `other` lie on one side of the line through `base`, or on it.
fn same_side(base: Segment, other: Segment) -> bool {
    let a = cross(base.start, base.end, other.start).signum();
    let b = cross(base.start, base.end, other.end).signum();
    a * b >= 0
}

fn between(a: i32, v: i32, b: i32) -> bool {
    (a <= v && v <= b) || (b <= v && v <= a)
}
