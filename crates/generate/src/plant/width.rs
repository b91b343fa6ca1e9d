//! How wide a misfit is: the largest circle that it holds.

use std::collections::BinaryHeap;

use wangge_plane::{Point, Ring};

use super::frame::{Frame, rounded_m};
use crate::board::Spot;

/// The diameter of the largest circle in a misfit, in lattice units, between two bounds that
/// hold whether circles are drawn on the lattice or on the ground, and with a unit as long as it
/// is to the east or to the north.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Width {
    low: f64,
    high: f64,
    ground_m: f64,
}

/// A hairline is at most so many lattice units wide.
const HAIRLINE: f64 = 2.0;

/// How exactly a width is wanted, lattice units.
const FINENESS: f64 = 0.15;

impl Width {
    /// The width of the ground in a simple ring.
    pub(super) fn of(ring: &Ring) -> Self {
        let frame = Frame::at(ring.points()[0]);
        let (shortest, longest) = (
            frame.east_m.min(frame.north_m),
            frame.east_m.max(frame.north_m),
        );
        let scale = Spot::new(frame.east_m, frame.north_m);
        let (low_m, high_m) = inscribed(ring, scale, FINENESS * shortest);
        Self {
            // a circle on the ground is an oval on the lattice: the circle in it and the circle
            // around it bound the width there
            low: low_m / longest,
            high: high_m / shortest,
            ground_m: rounded_m(f64::midpoint(low_m, high_m)),
        }
    }

    /// On the ground, metres, to a hundredth of itself or a millimetre.
    pub(super) const fn ground_m(self) -> f64 {
        self.ground_m
    }

    /// Whether some way of measuring makes it a hairline.
    pub(super) fn may_be_hairline(self) -> bool {
        self.low <= HAIRLINE
    }

    /// Whether every way of measuring makes it a hairline.
    pub(super) fn must_be_hairline(self) -> bool {
        self.high <= HAIRLINE
    }
}

/// A square that may hold the middle of the largest circle, ordered by the best it can have.
struct Cell {
    middle: Spot,
    half: f64,
    at_best: f64,
}

impl PartialEq for Cell {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Cell {}

impl PartialOrd for Cell {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Cell {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.at_best.total_cmp(&other.at_best)
    }
}

/// Two bounds of the diameter of the largest circle in a ring whose coordinates are scaled, no
/// further apart than `fineness` or a fiftieth of itself.
///
/// Squares are quartered, the most promising first, until none can hold a circle that is larger
/// by more than that.
fn inscribed(ring: &Ring, scale: Spot, fineness: f64) -> (f64, f64) {
    let origin = ring.points()[0];
    let corners: Vec<Spot> = ring
        .points()
        .iter()
        .map(|&point| {
            let way = point.from_origin(origin);
            Spot::new(units(way.dx) * scale.x, units(way.dy) * scale.y)
        })
        .collect();
    let extent = ring.extent();
    let corner = |p: Point| {
        let way = p.from_origin(origin);
        Spot::new(units(way.dx) * scale.x, units(way.dy) * scale.y)
    };
    let (low, high) = (corner(extent.min()), corner(extent.max()));
    let half = (high.x - low.x).max(high.y - low.y) / 2.0;
    let cell = |middle: Spot, half: f64| {
        let radius = room(&corners, middle);
        (
            radius,
            Cell {
                middle,
                half,
                at_best: radius + half * std::f64::consts::SQRT_2,
            },
        )
    };
    let (mut best, first) = cell((low + high) * 0.5, half);
    let mut cells = BinaryHeap::from([first]);
    let mut bound = best.max(0.0);
    while let Some(next) = cells.pop() {
        bound = next.at_best.max(best);
        if (bound - best) * 2.0 <= fineness.max(best * 0.02) {
            break;
        }
        let half = next.half / 2.0;
        for (x, y) in [(-half, -half), (half, -half), (-half, half), (half, half)] {
            let (radius, quarter) = cell(next.middle + Spot::new(x, y), half);
            best = best.max(radius);
            cells.push(quarter);
        }
    }
    (best.max(0.0) * 2.0, bound * 2.0)
}

/// The distance to the nearest edge, negative outside.
fn room(corners: &[Spot], spot: Spot) -> f64 {
    let mut inside = false;
    let mut nearest = f64::INFINITY;
    let before = corners.iter().cycle().skip(corners.len() - 1);
    for (&a, &b) in before.zip(corners) {
        if (a.y > spot.y) != (b.y > spot.y)
            && spot.x < (b.x - a.x) * (spot.y - a.y) / (b.y - a.y) + a.x
        {
            inside = !inside;
        }
        let along = b - a;
        let share = ((spot - a).dot(along) / along.dot(along)).clamp(0.0, 1.0);
        nearest = nearest.min((spot - a - along * share).length());
    }
    if inside { nearest } else { -nearest }
}

fn units(value: i64) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "33 bits at most, which fit a double exactly"
    )]
    let value = value as f64;
    value
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn ring(corners: &[(i32, i32)]) -> Ring {
        let points = corners.iter().map(|&(x, y)| Point::new(x, y).unwrap());
        Ring::new(points.collect()).unwrap()
    }

    /// Diameters by hand: of a triangle four times its area by its perimeter, of a rectangle the
    /// shorter side.
    #[rstest]
    #[case::triangle_3_4_5(&[(0, 0), (4000, 0), (0, 3000)], 2000.0)]
    #[case::flat_triangle(&[(0, 0), (1500, 0), (750, 3)], 4.0 * 2250.0 / (1500.0 + 2.0 * 750.006_f64))]
    #[case::strip(&[(0, 0), (6000, 0), (6000, 30), (0, 30)], 30.0)]
    #[case::l_shape(&[(0, 0), (100, 0), (100, 10), (10, 10), (10, 100), (0, 100)], 11.715_7)]
    fn a_circle_is_as_wide_as_by_hand(#[case] corners: &[(i32, i32)], #[case] diameter: f64) {
        let (low, high) = inscribed(&ring(corners), Spot::new(1.0, 1.0), FINENESS);
        assert!(
            low <= diameter + 1e-3 && diameter <= high + 1e-3,
            "{low} {high}"
        );
        assert!(high - low <= (diameter * 0.021).max(0.151), "{low} {high}");
    }

    #[test]
    fn near_two_units_either_way_of_measuring_counts() {
        // at 41 degrees a unit to the east is 0.76 of one to the north
        let strip = |height: i32, turned: bool| {
            let (w, h) = if turned {
                (height, 5000)
            } else {
                (5000, height)
            };
            let (x, y) = (1_208_500_000, 410_000_000);
            Width::of(&ring(&[(x, y), (x + w, y), (x + w, y + h), (x, y + h)]))
        };
        assert!(strip(1, false).must_be_hairline());
        assert!(strip(1, true).must_be_hairline());
        assert!(strip(2, false).may_be_hairline() && !strip(2, false).must_be_hairline());
        assert!(!strip(3, false).may_be_hairline());
        let width = strip(3, false).ground_m();
        assert!((width - 0.033_3).abs() < 0.000_5, "{width}");
    }
}
