//! The geodesic distance from a place to an edge that is straight in longitude and latitude.

use wangge_plane::{LATTICE_UNIT_DEG, Point, Segment, ellipsoid};

use crate::bracket::{Bracket, to_segment_m2};
use crate::metric::Ruler;
use crate::square::units;

/// What the search for the nearest place of an edge gives away, in metres: far above the rounding of
/// any bound, far below a millimetre.
pub(crate) const SLACK_M: f64 = 1e-7;

/// Up to so far, and so far from the poles, the foot of the perpendicular in the plane is the nearest place of
/// an edge: it misses by less than 2 m along the edge at the worst of both, which makes 0.1 mm.
const PLANE_M: f64 = 20_000.0;
const PLANE_LATITUDE_DEG: f64 = 85.0;

/// An edge is one on the plane up to this size (a degree), and one of a search up to a tenth of it.
const PLANE_UNITS: f64 = 1e7;
const SEARCH_UNITS: f64 = 1e6;

/// A place to measure from, as the edges see it: its longitude may be once around the earth.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standpoint {
    point: Point,
    x: i64,
}

/// A place as lattice units east and north of the standpoint.
type Offset = (f64, f64);

impl Standpoint {
    pub(crate) const fn new(point: Point, x: i64) -> Self {
        Self { point, x }
    }

    /// The lattice point that the standpoint is on, if its longitude is one.
    pub(crate) fn place(self) -> Option<Point> {
        Point::new(i32::try_from(self.x).ok()?, self.point.y()).ok()
    }

    /// The ends of an edge.
    pub(crate) fn ends(self, edge: Segment) -> (Offset, Offset) {
        (self.offset(edge.start()), self.offset(edge.end()))
    }

    /// Metres to the nearest place of an edge along the geodesic, to a tenth of a millimetre; or something
    /// greater than `best_m`, if it is further.
    pub(crate) fn geodesic_to_edge_m(self, edge: Segment, best_m: f64) -> f64 {
        if self.place().is_some_and(|place| edge.holds(place)) {
            return 0.0;
        }
        let (a, b) = self.ends(edge);
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let steepest_deg = self
            .lat_deg(0.0)
            .abs()
            .max(edge.start().lat().abs())
            .max(edge.end().lat().abs());
        if best_m <= PLANE_M
            && steepest_deg <= PLANE_LATITUDE_DEG
            && dx.abs().max(dy.abs()) <= PLANE_UNITS
        {
            let share = Ruler::at(f64::from(self.point.y())).foot(a, (dx, dy));
            return self.geodesic_m((a.0 + share * dx, a.1 + share * dy));
        }
        let mut search = Search {
            from: self,
            bracket: Bracket::around(f64::from(self.point.y()), best_m + SLACK_M),
            best_m,
            found_m: f64::INFINITY,
        };
        search.edge(a, b);
        search.found_m
    }

    fn geodesic_m(self, to: Offset) -> f64 {
        let lon = (units(self.x) + to.0) * LATTICE_UNIT_DEG;
        ellipsoid::geodesic_between_m(
            [self.point.lon(), self.point.lat()],
            [lon, self.lat_deg(to.1)],
        )
    }

    fn lat_deg(self, north: f64) -> f64 {
        ((f64::from(self.point.y()) + north) * LATTICE_UNIT_DEG).clamp(-90.0, 90.0)
    }

    fn offset(self, p: Point) -> Offset {
        (
            units(i64::from(p.x()) - self.x),
            f64::from(p.y()) - f64::from(self.point.y()),
        )
    }
}

/// The search where no plane fits: far away, near a pole, along an edge that spans degrees.
struct Search {
    from: Standpoint,
    bracket: Bracket,
    best_m: f64,
    found_m: f64,
}

impl Search {
    /// Cuts an edge in halves, until a piece is far off or its distance has one lowest place.
    fn edge(&mut self, a: Offset, b: Offset) {
        let limit_m = self.best_m.min(self.found_m) + SLACK_M;
        if to_segment_m2(self.bracket.floor, a, b) > limit_m * limit_m {
            return;
        }
        if self.has_one_lowest(a, b) {
            self.descend(a, b);
            return;
        }
        let middle = (a.0.midpoint(b.0), a.1.midpoint(b.1));
        let nearer_first = self.from.geodesic_m(a) <= self.from.geodesic_m(b);
        let (one, other) = if nearer_first { (a, b) } else { (b, a) };
        self.edge(one, middle);
        self.edge(middle, other);
    }

    /// Along a geodesic, the squared distance to a place is convex up to a quarter around the earth, and beyond
    /// that the distance itself is concave. An edge is no geodesic: it curves by at most 1.09 times the curvature of
    /// its parallel. So a piece has one lowest place (inside, or at its ends) where the distance is less than half
    /// the radius of that curvature, or where the piece bulges from its chord by less than can be told.
    fn has_one_lowest(&self, a: Offset, b: Offset) -> bool {
        const MOST_BULGE_M: f64 = 1e-4;
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        if dx.abs().max(dy.abs()) > SEARCH_UNITS {
            return false;
        }
        let lats = [self.from.lat_deg(a.1).abs(), self.from.lat_deg(b.1).abs()];
        let east = ellipsoid::metres_per_degree(lats[0].min(lats[1])).east;
        let length_m = (dx * east).hypot(dy * 111_700.0) * LATTICE_UNIT_DEG;
        let steep = lats[0].max(lats[1]).to_radians();
        let curvature = 1.2 * steep.tan() / ellipsoid::SEMI_MAJOR_M;
        let furthest_m = self.best_m.min(self.found_m);
        length_m < MOST_BULGE_M
            || furthest_m * curvature < 0.5
            || length_m * length_m * curvature < 8.0 * MOST_BULGE_M
    }

    /// The lowest place of a piece, by the golden section.
    fn descend(&mut self, a: Offset, b: Offset) {
        const GOLDEN: f64 = 0.618_033_988_749_894_9;
        // 11 km come down to less than a tenth of a millimetre
        const STEPS: usize = 40;
        let from = self.from;
        let at =
            |share: f64| from.geodesic_m((a.0 + share * (b.0 - a.0), a.1 + share * (b.1 - a.1)));
        let (mut low, mut high) = (0.0, 1.0);
        let (mut left, mut right) = (1.0 - GOLDEN, GOLDEN);
        let (mut at_left, mut at_right) = (at(left), at(right));
        for _ in 0..STEPS {
            if at_left < at_right {
                high = right;
                (right, at_right) = (left, at_left);
                left = high - GOLDEN * (high - low);
                at_left = at(left);
            } else {
                low = left;
                (left, at_left) = (right, at_right);
                right = low + GOLDEN * (high - low);
                at_right = at(right);
            }
        }
        let lowest_m = at_left.min(at_right).min(at(0.0)).min(at(1.0));
        self.found_m = self.found_m.min(lowest_m);
    }
}
