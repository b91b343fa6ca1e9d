//! Areas of zones from the equator, from a table: what measuring every edge of a city asks for.

use std::sync::LazyLock;

use super::{ECCENTRICITY_SQUARED, ZONE_M2, zone_per_radian};
use crate::{Point, UNITS_PER_DEGREE};

/// Lattice units from one latitude of the table to the next: a 64th of a degree.
const STEP: i32 = UNITS_PER_DEGREE / 64;

/// Latitudes from the equator to a pole.
const STEPS: i32 = 90 * 64;

/// Half a lattice unit, radians.
const HALF_UNIT: f64 = std::f64::consts::PI / 180.0 / UNITS_PER_DEGREE as f64 / 2.0;

/// The area of the zone from the equator to a latitude, per radian of longitude, and its first
/// three derivatives by latitude, square metres.
type Zone = [f64; 4];

/// From the south pole to the north pole.
static ZONES: LazyLock<Box<[Zone]>> = LazyLock::new(|| (-STEPS..=STEPS).map(zone).collect());

fn zone(step: i32) -> Zone {
    let latitude = f64::from(step) / 64.0;
    let (s, c) = latitude.to_radians().sin_cos();
    let e2 = ECCENTRICITY_SQUARED;
    let w = 1.0 - e2 * s * s;
    let (w2, w3, w4) = (w * w, w * w * w, w * w * w * w);
    [
        zone_per_radian(s),
        // that of a parallel's length times a meridian's (Snyder 1987, equations 4-18 to 4-21)
        ZONE_M2 * c / w2,
        ZONE_M2 * s * (4.0 * e2 * c * c - w) / w3,
        ZONE_M2
            * c
            * (-1.0 / w2
                + 4.0 * e2 * (c * c - 3.0 * s * s) / w3
                + 24.0 * e2 * e2 * s * s * c * c / w4),
    ]
}

/// Mean over the latitudes of a short edge of the zones' areas, per radian of longitude: by the
/// series around the table's nearest latitude. From there to the edge's middle it is less than
/// 0.00014 radians, of which the fourth power is less than an f64 can tell.
pub(super) fn mean_zone_of_short(a: Point, b: Point) -> f64 {
    let doubled = a.y() + b.y();
    let nearest = (doubled + STEP * doubled.signum()) / (2 * STEP);
    let from = f64::from(doubled - 2 * nearest * STEP) * HALF_UNIT;
    let height = f64::from(b.y() - a.y()) * (2.0 * HALF_UNIT);
    let [zone, first, second, third] = ZONES[usize::try_from(nearest + STEPS).unwrap_or_default()];
    let bend = second + third * from;
    zone + from * (first + from * (second / 2.0 + from * (third / 6.0)))
        + bend * (height * height / 24.0)
}

/// Square metres of a square lattice unit at a latitude: how fast the zones grow.
pub(super) fn square_unit_m2(p: Point) -> f64 {
    const UNIT: f64 = 2.0 * HALF_UNIT;
    let nearest = (2 * p.y() + STEP * p.y().signum()) / (2 * STEP);
    let from = f64::from(p.y() - nearest * STEP) * UNIT;
    let [_, first, second, third] = ZONES[usize::try_from(nearest + STEPS).unwrap_or_default()];
    (first + from * (second + from * (third / 2.0))) * (UNIT * UNIT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ellipsoid::{metres_per_degree, tests::closed_form};

    /// The mean by Simpson's rule over two hundred steps.
    fn slow_mean(low: f64, high: f64) -> f64 {
        let zone = |i: i32| closed_form(low + (high - low) * (f64::from(i) / 200.0));
        let weighed = |i: i32| if i % 2 == 0 { 2.0 } else { 4.0 } * zone(i);
        let inner: f64 = (1..200).map(weighed).sum();
        (zone(0) + inner + zone(200)) / 600.0
    }

    #[test]
    fn a_short_edge_has_the_mean_of_its_zones() {
        for latitude in -9000..=8999 {
            // at, between and beside the latitudes of the table
            let y = latitude * 100_000 + latitude % 7 * 11_111;
            for height in [0, 100, 30_000, 99_999] {
                let (a, b) = (Point::new(0, y), Point::new(5, y + height));
                let (Ok(a), Ok(b)) = (a, b) else { continue };
                let error = (mean_zone_of_short(a, b) - slow_mean(a.lat(), b.lat())).abs();
                // the sum of two hundred numbers has lost as much itself
                assert!(error <= 5e-15 * ZONE_M2, "{y} {height}: {error}");
            }
        }
    }

    #[test]
    fn a_square_unit_is_as_large_as_its_sides_say() {
        for latitude in -8999..=8999 {
            let y = latitude * 100_000 + latitude % 7 * 11_111;
            let Ok(p) = Point::new(0, y) else { continue };
            let scale = metres_per_degree(p.lat());
            let sides = scale.east * scale.north * 1e-14;
            // the fourth derivative of the zones, times the cube of a 128th of a degree
            let error = (square_unit_m2(p) - sides).abs();
            assert!(error <= 1e-11 * 1e-4, "{y}: {error}");
        }
    }

    #[test]
    fn a_level_edge_has_its_zone_whichever_latitude_is_nearest() {
        for step in -STEPS..STEPS {
            for beside in [0, 1, STEP / 2, STEP / 2 + 1, STEP - 1] {
                let y = step * STEP + beside;
                let (Ok(a), Ok(b)) = (Point::new(0, y), Point::new(5, y)) else {
                    continue;
                };
                let error = (mean_zone_of_short(a, b) - closed_form(a.lat())).abs();
                assert!(error <= 1e-15 * ZONE_M2, "{y}: {error}");
            }
        }
    }
}
