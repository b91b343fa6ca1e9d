//! What a geodesic measures at least and at most, without measuring it.
//!
//! # Why the bounds hold
//!
//! On the ellipsoid, a step along the meridian is `M dφ` and one along the parallel `r dλ`, with the radius of
//! curvature `M`, which grows with the absolute latitude, and the radius of the parallel `r`, which falls
//! with it. `M` is nowhere less than at the equator. So a way of length `s` that starts at latitude
//! `φ` stays in the band of latitudes within `s / M(0)` of `φ`.
//!
//! *At least.* Let the geodesic from `p` to `q` be no longer than the reach. It stays in the band
//! of the reach; there each of its steps is at least as long as with the least `M` and the least `r` of the band.
//! With these two the ground is a plane, where no way is shorter than the straight one. If the band ends
//! beyond a pole, the least `r` is zero.
//!
//! *At most.* If `q` lies in the band, so does the way from `p` to `q` that is straight in longitude and latitude,
//! and it is at most as long as with the greatest `M` and `r` of the band. The geodesic is no longer than any way.
//! A `q` outside the band is further north or south than the reach, which its lower bound tells.
//!
//! Longitudes count the way around the earth that is given; the shorter one has the lower bound.
//! Over 500 m in the middle latitudes both bounds are within 0.02 % of one another.

use wangge_plane::{LATTICE_UNIT_DEG, UNITS_PER_DEGREE, ellipsoid};

use crate::metric::{SHORTEST_LATITUDE_DEGREE_M, Scale};

/// What a bound gives away, so that rounding does not turn it.
const CAUTION: f64 = 1e-9;

const POLE: f64 = 90.0 * UNITS_PER_DEGREE as f64;

/// Metres per lattice unit at least and at most within reach of a place, and at the place itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bracket {
    pub(crate) floor: Scale,
    pub(crate) ceiling: Scale,
}

impl Bracket {
    /// Around a latitude in lattice units.
    pub(crate) fn around(y: f64, reach_m: f64) -> Self {
        let reach = reach_m / (SHORTEST_LATITUDE_DEGREE_M * LATTICE_UNIT_DEG);
        let poleward = y.abs() + reach;
        let equatorward = (y.abs() - reach).max(0.0);
        let (far, near) = (scale(poleward.min(POLE)), scale(equatorward));
        let shy = |value: f64| value * (1.0 - CAUTION);
        let ample = |value: f64| value * (1.0 + CAUTION);
        Self {
            floor: Scale {
                east: if poleward < POLE { shy(far.east) } else { 0.0 },
                north: shy(near.north),
            },
            ceiling: Scale {
                east: ample(near.east),
                north: ample(far.north),
            },
        }
    }
}

fn scale(y: f64) -> Scale {
    let degree = ellipsoid::metres_per_degree(y * LATTICE_UNIT_DEG);
    Scale {
        east: degree.east * LATTICE_UNIT_DEG,
        north: degree.north * LATTICE_UNIT_DEG,
    }
}

/// The square of the distance from the origin to the segment between two places, each as lattice units east
/// and north, where a unit is worth so much.
pub(crate) fn to_segment_m2(scale: Scale, a: (f64, f64), b: (f64, f64)) -> f64 {
    let (ax, ay) = (a.0 * scale.east, a.1 * scale.north);
    let (bx, by) = (b.0 * scale.east, b.1 * scale.north);
    let (dx, dy) = (bx - ax, by - ay);
    let length_m2 = dx * dx + dy * dy;
    let along = if length_m2 > 0.0 {
        (-(ax * dx + ay * dy) / length_m2).clamp(0.0, 1.0)
    } else {
        0.0
    };
    let (x, y) = (ax + along * dx, ay + along * dy);
    x * x + y * y
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pseudo-random number from -1 to 1.
    fn next(state: &mut u64) -> f64 {
        *state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        #[expect(clippy::cast_precision_loss, reason = "any number will do")]
        let share = (*state >> 11) as f64 / (1_u64 << 53) as f64;
        2.0 * share - 1.0
    }

    #[test]
    fn geodesics_lie_between_the_bounds() {
        let mut state = 7;
        for lat in [
            -90.0, -89.9999, -60.0, -0.001, 0.0, 23.5, 40.7, 80.0, 89.99, 90.0,
        ] {
            for reach_m in [0.02, 30.0, 500.0, 20_000.0, 1e6, 3e7, f64::INFINITY] {
                let bracket = Bracket::around(lat * 1e7, reach_m);
                for _ in 0..300 {
                    let far = reach_m.min(2e7) / 0.009;
                    let dy = (next(&mut state) * far).clamp(-9e8 - lat * 1e7, 9e8 - lat * 1e7);
                    let narrow = (lat + dy * 1e-7).to_radians().cos().max(1e-3);
                    let dx = (next(&mut state) * far / narrow).clamp(-1.8e9, 1.8e9);
                    // a geodesic by another name: GRS 80 as `geo` has it is the ellipsoid of CGCS2000
                    let measure = geo::GeodesicMeasure::new(6_378_137.0, 1.0 / 298.257_222_101);
                    let (from, to) = (
                        geo::Point::new(0.0, lat),
                        geo::Point::new(dx * 1e-7, lat + dy * 1e-7),
                    );
                    let distance_m = geo::Distance::distance(&measure, from, to);
                    // the 15 nanometres by which the geodesic itself may err
                    if distance_m <= reach_m {
                        let least_m = bracket.floor.length(dx, dy);
                        let most_m = bracket.ceiling.length(dx, dy);
                        assert!(
                            least_m <= distance_m + 1.5e-8,
                            "{lat} {dx} {dy}: {least_m} {distance_m}"
                        );
                        assert!(
                            most_m >= distance_m - 1.5e-8,
                            "{lat} {dx} {dy}: {most_m} {distance_m}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn in_a_town_the_bounds_are_close() {
        let bracket = Bracket::around(40.7e7, 500.0);
        let share = |low: f64, high: f64| (high - low) / low;
        assert!(share(bracket.floor.east, bracket.ceiling.east) < 2e-4);
        assert!(share(bracket.floor.north, bracket.ceiling.north) < 2e-4);
    }
}
