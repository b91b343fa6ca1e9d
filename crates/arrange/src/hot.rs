//! Hot pixels: the unit squares around lattice points that edges are drawn to.

use wangge_plane::{Point, Segment};

/// Below this many points a box is not halved further.
const FEW: usize = 12;

/// The lattice point whose pixel holds the place where two segments cross.
///
/// The pixel of a point is half open: it reaches half a unit to each side and holds its west and
/// south rims. Exact: the place is a fraction of 128-bit integers, rounded once.
pub fn pixel_of_crossing(a: Segment, b: Segment) -> Point {
    let (r, s) = (
        a.end().from_origin(a.start()),
        b.end().from_origin(b.start()),
    );
    let q = b.start().from_origin(a.start());
    let cross = |u: wangge_plane::Vector, v: wangge_plane::Vector| {
        i128::from(u.dx) * i128::from(v.dy) - i128::from(u.dy) * i128::from(v.dx)
    };
    let mut along = cross(q, s);
    let mut all = cross(r, s);
    if all < 0 {
        (along, all) = (-along, -all);
    }
    let coordinate = |from: i32, way: i64| -> i32 {
        let moved = (2 * i128::from(way) * along + all).div_euclid(2 * all);
        i32::try_from(i128::from(from) + moved)
            .unwrap_or_else(|_| unreachable!("a crossing lies between the ends of a segment"))
    };
    Point::new(
        coordinate(a.start().x(), r.dx),
        coordinate(a.start().y(), r.dy),
    )
    .unwrap_or_else(|_| unreachable!("a crossing lies between the ends of a segment"))
}

/// A straight stroke, on the lattice or finer than it.
///
/// Invariant: the start lies west of the end, or due south of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stroke {
    start: (i64, i64),
    end: (i64, i64),
    /// Of how many parts of a lattice unit its coordinates are.
    per_unit: i64,
}

impl Stroke {
    /// The stroke between two places in so many parts of a lattice unit, from the western end;
    /// coordinates below 2^40.
    pub(crate) fn between(a: (i64, i64), b: (i64, i64), per_unit: i64) -> Self {
        let (start, end) = if a <= b { (a, b) } else { (b, a) };
        Self {
            start,
            end,
            per_unit,
        }
    }

    /// Whether it meets the half-open pixel of a point, ends included. Exact.
    fn passes(self, p: Point) -> bool {
        // twice the coordinates, from the pixel's centre: the pixel is -half to half, its east and
        // north rims left out
        let half = self.per_unit;
        let from_centre = |q: (i64, i64)| {
            let centre = |v: i32| i64::from(v) * self.per_unit;
            (2 * (q.0 - centre(p.x())), 2 * (q.1 - centre(p.y())))
        };
        let (a, b) = (from_centre(self.start), from_centre(self.end));
        if a.0.min(b.0) >= half
            || a.0.max(b.0) < -half
            || a.1.min(b.1) >= half
            || a.1.max(b.1) < -half
        {
            return false;
        }
        let side = |corner: (i64, i64)| {
            let u = (i128::from(b.0 - a.0), i128::from(b.1 - a.1));
            let v = (i128::from(corner.0 - a.0), i128::from(corner.1 - a.1));
            (u.0 * v.1 - u.1 * v.0).signum()
        };
        let south_west = side((-half, -half));
        let corners = [
            south_west,
            side((half, -half)),
            side((half, half)),
            side((-half, half)),
        ];
        // of a line that has the pixel on one side, only the south-west corner belongs to the pixel
        (corners.contains(&1) && corners.contains(&-1)) || south_west == 0
    }
}

impl From<Segment> for Stroke {
    fn from(segment: Segment) -> Self {
        let place = |p: Point| (i64::from(p.x()), i64::from(p.y()));
        Self::between(place(segment.start()), place(segment.end()), 1)
    }
}

/// Whether a closed segment meets the half-open pixel of a point. Exact.
#[cfg(test)]
fn passes(s: Segment, p: Point) -> bool {
    Stroke::from(s).passes(p)
}

/// Points, arranged so that those near a segment are found without looking at all of them.
pub(crate) struct HotPixels {
    /// In halves by turns: by x, then by y.
    points: Vec<Point>,
}

impl HotPixels {
    pub(crate) fn new(mut points: Vec<Point>) -> Self {
        points.sort_unstable();
        points.dedup();
        halve(&mut points, true);
        Self { points }
    }

    /// The points whose pixels a stroke passes, in the order in which it passes them from its
    /// start.
    pub(crate) fn along(&self, stroke: Stroke) -> Vec<Point> {
        let mut found = Vec::new();
        search(&self.points, true, stroke, &mut found);
        // a monotone path visits pixels in monotone order
        let down = stroke.end.1 < stroke.start.1;
        found.sort_unstable_by_key(|p| {
            let y = i64::from(p.y());
            (p.x(), if down { -y } else { y })
        });
        found
    }
}

fn halve(points: &mut [Point], by_x: bool) {
    if points.len() <= FEW {
        return;
    }
    let middle = points.len() / 2;
    if by_x {
        points.select_nth_unstable_by_key(middle, |p| (p.x(), p.y()));
    } else {
        points.select_nth_unstable_by_key(middle, |p| (p.y(), p.x()));
    }
    let (low, high) = points.split_at_mut(middle);
    halve(low, !by_x);
    halve(&mut high[1..], !by_x);
}

fn search(points: &[Point], by_x: bool, s: Stroke, found: &mut Vec<Point>) {
    if points.len() <= FEW {
        found.extend(points.iter().copied().filter(|&p| s.passes(p)));
        return;
    }
    let middle = points.len() / 2;
    let at = points[middle];
    if s.passes(at) {
        found.push(at);
    }
    let (lowest, highest, cut) = if by_x {
        (s.start.0, s.end.0, at.x())
    } else {
        (s.start.1.min(s.end.1), s.start.1.max(s.end.1), at.y())
    };
    // a pixel reaches half a unit beyond its point
    if lowest <= (i64::from(cut) + 1) * s.per_unit {
        search(&points[..middle], !by_x, s, found);
    }
    if highest >= (i64::from(cut) - 1) * s.per_unit {
        search(&points[middle + 1..], !by_x, s, found);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn point(x: i32, y: i32) -> Point {
        Point::new(x, y).unwrap()
    }

    fn near() -> impl Strategy<Value = Point> {
        (-6i32..=6, -6i32..=6).prop_map(|(x, y)| point(x, y))
    }

    /// The slow way: the segment is cut by the lines of the pixel's rims, and a point of every
    /// piece, as a fraction, is asked whether it is in the pixel.
    fn passes_slowly(s: Segment, p: Point) -> bool {
        let (ax, ay) = (i64::from(s.start().x()), i64::from(s.start().y()));
        let v = s.end().from_origin(s.start());
        // fractions of the way with a common denominator
        let den = 4 * (v.dx.abs().max(1)) * (v.dy.abs().max(1));
        let mut cuts = vec![0, den];
        for rim in [-1, 1] {
            if v.dx != 0 {
                let num = (2 * i64::from(p.x()) + rim - 2 * ax) * den;
                if num % (2 * v.dx) == 0 {
                    cuts.push(num / (2 * v.dx));
                }
            }
            if v.dy != 0 {
                let num = (2 * i64::from(p.y()) + rim - 2 * ay) * den;
                if num % (2 * v.dy) == 0 {
                    cuts.push(num / (2 * v.dy));
                }
            }
        }
        cuts.retain(|&t| (0..=den).contains(&t));
        cuts.sort_unstable();
        let middles: Vec<i64> = cuts.windows(2).map(|w| w[0] + w[1]).collect();
        let inside = |twice: i64| {
            // twice the place less twice the centre, times the denominator
            let x = 2 * (ax - i64::from(p.x())) * den + v.dx * twice;
            let y = 2 * (ay - i64::from(p.y())) * den + v.dy * twice;
            (-den..den).contains(&x) && (-den..den).contains(&y)
        };
        middles
            .into_iter()
            .chain(cuts.iter().map(|t| 2 * t))
            .any(inside)
    }

    proptest! {
        #[test]
        fn a_segment_passes_the_pixels_it_has_a_point_in(a in near(), b in near(), p in near()) {
            if let Some(s) = Segment::new(a, b) {
                prop_assert_eq!(passes(s.canonical().0, p), passes_slowly(s, p));
            }
        }

        #[test]
        fn the_pixel_of_a_crossing_is_passed_by_both(a in near(), b in near(), c in near(), d in near()) {
            if let (Some(s), Some(t)) = (Segment::new(a, b), Segment::new(c, d))
                && s.meeting(t) == wangge_plane::Meeting::Crossing
            {
                let p = pixel_of_crossing(s, t);
                prop_assert_eq!(p, pixel_of_crossing(t.reversed(), s));
                prop_assert!(passes(s, p) && passes(t, p));
            }
        }

        #[test]
        fn every_pixel_along_a_segment_is_found_in_order(
            points in proptest::collection::vec(near(), 0..60),
            a in near(),
            b in near(),
        ) {
            if let Some(s) = Segment::new(a, b) {
                let s = s.canonical().0;
                let mut points = points;
                points.extend([a, b]);
                let along = HotPixels::new(points.clone()).along(s.into());
                points.sort_unstable();
                points.dedup();
                points.retain(|&p| passes(s, p));
                let mut sorted = along.clone();
                sorted.sort_unstable();
                prop_assert_eq!(sorted, points);
                prop_assert_eq!(along.first(), Some(&s.start()));
                prop_assert_eq!(along.last(), Some(&s.end()));
                let v = s.end().from_origin(s.start());
                let progress: Vec<i64> = along
                    .iter()
                    .map(|p| {
                        let w = p.from_origin(s.start());
                        w.dx * v.dx + w.dy * v.dy
                    })
                    .collect();
                prop_assert!(progress.windows(2).all(|w| w[0] < w[1]), "{:?}", along);
            }
        }
    }
}
