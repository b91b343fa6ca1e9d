//! Rings: closed paths of the lattice, and where a point lies to them.

use crate::{Extent, Meeting, MeetingPair, PlaneError, Point, Segment, cross, meetings};

/// A closed path of at least three vertices, the last joined to the first.
///
/// Invariant: neighbouring vertices differ, the closing pair too. A ring may still touch or cross
/// itself: see [`Ring::defects`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Ring {
    points: Box<[Point]>,
}

/// Where a point lies to a closed curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// In the interior.
    Inside,
    /// On the curve itself.
    On,
    /// In the exterior.
    Outside,
}

impl Ring {
    /// A ring through these vertices. A repeated first vertex at the end, as most formats write
    /// it, and equal neighbours are taken once.
    ///
    /// # Errors
    /// [`PlaneError::RingTooShort`] when fewer than three vertices are left.
    pub fn new(mut points: Vec<Point>) -> Result<Self, PlaneError> {
        points.dedup();
        while points.len() > 1 && points.first() == points.last() {
            points.pop();
        }
        if points.len() < 3 {
            return Err(PlaneError::RingTooShort {
                distinct: points.len(),
            });
        }
        Ok(Self {
            points: points.into_boxed_slice(),
        })
    }

    /// The vertices in order, the first not repeated at the end.
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// The directed edges, the closing one last.
    pub fn segments(&self) -> impl ExactSizeIterator<Item = Segment> + Clone + '_ {
        let n = self.points.len();
        (0..n).map(move |i| {
            // a division would cost more than all else here
            let next = if i + 1 == n { 0 } else { i + 1 };
            Segment::new(self.points[i], self.points[next])
                .unwrap_or_else(|| unreachable!("neighbouring vertices of a ring differ"))
        })
    }

    /// The box around it.
    pub fn extent(&self) -> Extent {
        Extent::of(self.points.iter().copied())
            .unwrap_or_else(|| unreachable!("a ring has vertices"))
    }

    /// Twice the signed area in square lattice units, positive when counter-clockwise. Exact.
    pub fn doubled_area(&self) -> i128 {
        let origin = self.points[0];
        self.points
            .windows(2)
            .map(|w| i128::from(cross(origin, w[0], w[1])))
            .sum()
    }

    /// The same ring the other way round, from the same first vertex.
    pub fn reversed(&self) -> Self {
        let mut points = self.points.clone();
        points[1..].reverse();
        Self { points }
    }

    /// Where the point lies, by the even-odd rule. Exact.
    pub fn side(&self, p: Point) -> Side {
        if self.segments().any(|s| s.holds(p)) {
            Side::On
        } else if self.winding_nudged(p) % 2 == 0 {
            Side::Outside
        } else {
            Side::Inside
        }
    }

    /// How often the ring winds counter-clockwise around the point, once the point is moved by an
    /// infinitesimal to the east and a smaller one to the north.
    ///
    /// The moved point lies on no edge, so that the windings of the rings of a coverage add up
    /// to one everywhere inside it: this is the half-open rule of a shared border.
    pub fn winding_nudged(&self, p: Point) -> i32 {
        winding_nudged(self.segments(), p)
    }

    /// The places where the ring is not simple: it crosses itself, an edge runs over another, or
    /// a vertex lies inside another edge. Vertices that coincide (touching at a point) are no
    /// defect. Indices count the ring's segments.
    pub fn defects(&self) -> Vec<MeetingPair> {
        let segments: Vec<_> = self.segments().collect();
        meetings(&segments)
            .into_iter()
            .filter(|pair| pair.meeting != Meeting::AtEnds)
            .collect()
    }
}

/// How often closed paths of directed edges wind counter-clockwise around a point, once the point
/// is nudged as [`Ring::winding_nudged`] does.
pub fn winding_nudged(edges: impl IntoIterator<Item = Segment>, p: Point) -> i32 {
    edges.into_iter().map(|s| west_crossing(s, p)).sum()
}

/// Where a path that leaves `from` straight towards another point is at first, by the even-odd rule
/// over closed paths of edges. Exact, for any point, one on the edges too; it looks at every edge.
pub fn side_towards(edges: impl IntoIterator<Item = Segment>, from: Point, towards: Point) -> Side {
    let way = towards.from_origin(from);
    let leads_on = |p: Point| {
        let v = p.from_origin(from);
        (v.dx.signum(), v.dy.signum()) == (way.dx.signum(), way.dy.signum())
    };
    // what is at the height of `from` is below a path that goes up, and one that goes level is
    // moved up a little
    let is_below = |p: Point| p.y() < from.y() || (p.y() == from.y() && way.dy >= 0);
    let mut side = Side::Outside;
    for s in edges {
        let at_first = match cross(s.start(), s.end(), from) {
            0 => cross(s.start(), s.end(), towards),
            side => side,
        };
        if at_first == 0 && s.holds(from) && (leads_on(s.start()) || leads_on(s.end())) {
            return Side::On;
        }
        let goes_up = is_below(s.start());
        if goes_up == is_below(s.end()) {
            continue;
        }
        // a ray to the west meets the edge
        if (goes_up && at_first < 0) || (!goes_up && at_first > 0) {
            side = match side {
                Side::Outside => Side::Inside,
                _ => Side::Outside,
            };
        }
    }
    side
}

/// What an edge adds to the winding number of the nudged point, on a ray from the point to the
/// west: an edge that goes down to the west of the point has its left side there.
#[inline]
fn west_crossing(s: Segment, p: Point) -> i32 {
    let up = s.start().y() <= p.y();
    if up == (s.end().y() <= p.y()) {
        return 0;
    }
    // the nudged point is to the east of an edge that holds the point itself
    let side = cross(s.start(), s.end(), p);
    match (up, side) {
        (true, ..=0) => -1,
        (false, 0..) => 1,
        _ => 0,
    }
}
