//! Metres around a place of the lattice, and the lattice points near a wanted one.

use wangge_plane::Point;

use crate::board::{self, Spot};

/// How long a lattice unit is around a place, metres.
///
/// The proportions come from products and sums alone, so that the same vertex is chosen on every
/// machine; they are good to 1e-5.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) east_m: f64,
    pub(super) north_m: f64,
}

impl Frame {
    pub(super) fn at(place: Point) -> Self {
        let metres = board::metres_per_degree(place.lat());
        let units = f64::from(wangge_plane::UNITS_PER_DEGREE);
        Self {
            east_m: metres.x / units,
            north_m: metres.y / units,
        }
    }

    /// The way between two points, metres.
    pub(super) fn way(self, from: Point, to: Point) -> Spot {
        let (dx, dy) = (
            f64::from(to.x()) - f64::from(from.x()),
            f64::from(to.y()) - f64::from(from.y()),
        );
        Spot::new(dx * self.east_m, dy * self.north_m)
    }

    /// The distance of two points, metres.
    pub(super) fn distance(self, from: Point, to: Point) -> f64 {
        self.way(from, to).length()
    }

    /// A way in metres as one in lattice units, not rounded.
    pub(super) fn units(self, way: Spot) -> Spot {
        Spot::new(way.x / self.east_m, way.y / self.north_m)
    }

    /// The lattice point nearest to the end of a way from `from`, of those nine around it that are
    /// accepted.
    pub(super) fn end(
        self,
        from: Point,
        way: Spot,
        accepts: impl Fn(Point) -> bool,
    ) -> Option<Point> {
        let ideal = self.units(way);
        let (x, y) = (whole(ideal.x), whole(ideal.y));
        let mut around: Vec<(f64, Point)> = (-1..=1)
            .flat_map(|dx| (-1..=1).map(move |dy| (x + dx, y + dy)))
            .filter_map(|(dx, dy)| moved(from, dx, dy))
            .map(|point| ((self.way(from, point) - way).length(), point))
            .collect();
        around.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        around
            .into_iter()
            .map(|(_, point)| point)
            .find(|&point| accepts(point))
    }
}

/// The lattice point one unit from `from` along the axis that leads most in the direction of `way`.
pub(super) fn stepped(from: Point, way: Spot) -> Option<Point> {
    let (dx, dy) = if way.x.abs() >= way.y.abs() {
        (if way.x > 0.0 { 1 } else { -1 }, 0)
    } else {
        (0, if way.y > 0.0 { 1 } else { -1 })
    };
    moved(from, dx, dy)
}

/// The lattice point so many units to the east and north; `None` beyond the lattice.
pub(super) fn moved(from: Point, dx: i64, dy: i64) -> Option<Point> {
    let x = i32::try_from(i64::from(from.x()) + dx).ok()?;
    let y = i32::try_from(i64::from(from.y()) + dy).ok()?;
    Point::new(x, y).ok()
}

/// The nearest whole number.
pub(super) fn whole(value: f64) -> i64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "saturates; the lattice refuses what is beyond it"
    )]
    let whole = value.round_ties_even() as i64;
    whole
}

/// A measure as truth files carry it: to a tenth of a millimetre.
pub(super) fn rounded_m(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}
