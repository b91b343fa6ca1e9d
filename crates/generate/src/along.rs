//! Places along a way, so many metres from its start and beside its middle.

use wangge_plane::{Point, UNITS_PER_DEGREE};

use crate::board::{Spot, metres_per_degree};

/// A plane in metres around a place, true enough over a city.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ground {
    origin: Point,
    metres_per_unit: Spot,
}

impl Ground {
    pub(crate) fn around(origin: Point) -> Self {
        let metres = metres_per_degree(origin.lat());
        Self {
            origin,
            metres_per_unit: metres * (1.0 / f64::from(UNITS_PER_DEGREE)),
        }
    }

    pub(crate) fn spot(&self, p: Point) -> Spot {
        let way = |to: i32, from: i32| f64::from(to) - f64::from(from);
        Spot::new(
            way(p.x(), self.origin.x()) * self.metres_per_unit.x,
            way(p.y(), self.origin.y()) * self.metres_per_unit.y,
        )
    }

    /// The lattice point at a spot; `None` beyond the lattice.
    pub(crate) fn point(&self, spot: Spot) -> Option<Point> {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "saturates far beyond a city, which the lattice then refuses"
        )]
        let whole = |metres: f64, scale: f64| (metres / scale).round_ties_even() as i32;
        Point::new(
            self.origin
                .x()
                .saturating_add(whole(spot.x, self.metres_per_unit.x)),
            self.origin
                .y()
                .saturating_add(whole(spot.y, self.metres_per_unit.y)),
        )
        .ok()
    }
}

/// A way in metres.
#[derive(Debug, Clone)]
pub(crate) struct Course {
    spots: Vec<Spot>,
    /// How far from the start each spot is.
    reached: Vec<f64>,
}

impl Course {
    /// A way through at least one point.
    pub(crate) fn new(ground: &Ground, points: &[Point]) -> Self {
        let spots: Vec<Spot> = points.iter().map(|&p| ground.spot(p)).collect();
        let mut reached = Vec::with_capacity(spots.len());
        let mut length = 0.0;
        for (place, &spot) in spots.iter().enumerate() {
            if place > 0 {
                length += (spot - spots[place - 1]).length();
            }
            reached.push(length);
        }
        Self { spots, reached }
    }

    pub(crate) fn length(&self) -> f64 {
        self.reached.last().copied().unwrap_or(0.0)
    }

    /// The spot so many metres from the start and so many to the left of the middle; to the right
    /// below zero.
    pub(crate) fn at(&self, along: f64, left: f64) -> Spot {
        let next = self
            .reached
            .partition_point(|&reached| reached < along)
            .clamp(1, self.spots.len().max(2) - 1);
        let (Some(&from), Some(&to)) = (self.spots.get(next - 1), self.spots.get(next)) else {
            return self.spots[0];
        };
        let direction = (to - from).direction();
        let beyond = along.clamp(0.0, self.length()) - self.reached[next - 1];
        from + direction * beyond + direction.left() * left
    }

    /// The spots of the way between two places on it, ends included, moved to the left.
    pub(crate) fn between(&self, from: f64, to: f64, left: f64) -> Vec<Spot> {
        let inner = self.reached.iter().copied();
        let inner = inner.filter(|&reached| reached > from && reached < to);
        std::iter::once(from)
            .chain(inner)
            .chain([to])
            .map(|along| self.at(along, left))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: Spot, b: Spot) -> bool {
        (a - b).length() < 0.02
    }

    #[test]
    fn places_along_a_corner_are_where_a_ruler_puts_them() {
        let ground = Ground::around(Point::from_degrees(120.8, 40.7).unwrap());
        // 100 m east, then 50 m north
        let spots = [
            Spot::new(0.0, 0.0),
            Spot::new(100.0, 0.0),
            Spot::new(100.0, 50.0),
        ];
        let points: Vec<Point> = spots.iter().map(|&s| ground.point(s).unwrap()).collect();
        let course = Course::new(&ground, &points);
        assert!((course.length() - 150.0).abs() < 0.05);
        assert!(near(course.at(30.0, 0.0), Spot::new(30.0, 0.0)));
        assert!(near(course.at(30.0, 4.0), Spot::new(30.0, 4.0)));
        assert!(near(course.at(120.0, -2.0), Spot::new(102.0, 20.0)));
        assert!(near(course.at(1e6, 0.0), spots[2]));
        assert!(near(course.at(-5.0, 0.0), spots[0]));
        let part = course.between(90.0, 110.0, 0.0);
        assert_eq!(part.len(), 3);
        assert!(near(part[1], spots[1]));
        // a metre is a metre
        let metres = wangge_plane::ellipsoid::distance_m(points[0], points[2]);
        assert!((metres - 12_500_f64.sqrt()).abs() < 0.05, "{metres}");
    }
}
