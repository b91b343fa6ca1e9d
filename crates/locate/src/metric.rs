//! Metres between places given in lattice units, in the plane that fits the ellipsoid at their
//! middle latitude.

use wangge_plane::{LATTICE_UNIT_DEG, UNITS_PER_DEGREE, ellipsoid};

/// Lattice units once around the earth.
pub(crate) const AROUND: i64 = 360 * UNITS_PER_DEGREE as i64;

/// A degree of latitude is nowhere shorter than at the equator, where it is 110,574.28 m.
pub(crate) const SHORTEST_LATITUDE_DEGREE_M: f64 = 110_574.0;

/// Within so many lattice units (0.05 degree) a scale is taken as linear in latitude. The cosine
/// strays less than 5e-7 from that, up to 89.5 degrees.
const LINEAR: f64 = 500_000.0;

/// What a lower bound gives away, so that rounding does not make it too high.
const CAUTION: f64 = 1.0 - 1e-9;

/// Metres per lattice unit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale {
    pub(crate) east: f64,
    pub(crate) north: f64,
}

impl Scale {
    /// At a latitude in lattice units.
    fn at(y: f64) -> Self {
        let degree = ellipsoid::metres_per_degree(y * LATTICE_UNIT_DEG);
        Self {
            east: degree.east * LATTICE_UNIT_DEG,
            north: degree.north * LATTICE_UNIT_DEG,
        }
    }

    pub(crate) fn length(self, dx: f64, dy: f64) -> f64 {
        self.squared(dx, dy).sqrt()
    }

    pub(crate) fn squared(self, dx: f64, dy: f64) -> f64 {
        let (east, north) = (dx * self.east, dy * self.north);
        east * east + north * north
    }
}

/// Measures from places of one latitude.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ruler {
    y: f64,
    here: Scale,
    /// Change of the scale per lattice unit to the north.
    change: Scale,
}

impl Ruler {
    /// From a latitude in lattice units.
    pub(crate) fn at(y: f64) -> Self {
        const STEP: f64 = 200_000.0;
        let (south, north) = (Scale::at(y - STEP), Scale::at(y + STEP));
        Self {
            y,
            here: Scale::at(y),
            change: Scale {
                east: (north.east - south.east) / (2.0 * STEP),
                north: (north.north - south.north) / (2.0 * STEP),
            },
        }
    }

    /// The scale so many lattice units to the north.
    pub(crate) fn scale(&self, dy: f64) -> Scale {
        let scale = if dy.abs() <= LINEAR {
            Scale {
                east: self.here.east + dy * self.change.east,
                north: self.here.north + dy * self.change.north,
            }
        } else {
            Scale::at(self.y + dy)
        };
        Scale {
            // a hair beyond the pole there is no length
            east: scale.east.max(0.0),
            ..scale
        }
    }

    /// Metres to a place `dx`, `dy` lattice units away.
    pub(crate) fn distance_m(&self, dx: f64, dy: f64) -> f64 {
        self.scale_halfway(dy).length(dx, dy)
    }

    /// Where on the segment that starts at `a` and goes `along` (lattice units) the foot of the perpendicular from
    /// here is, as a share of the segment.
    pub(crate) fn foot(&self, a: (f64, f64), along: (f64, f64)) -> f64 {
        let in_plane = |scale: Scale| {
            let (ex, ey) = (along.0 * scale.east, along.1 * scale.north);
            let (ax, ay) = (a.0 * scale.east, a.1 * scale.north);
            let length_m2 = ex * ex + ey * ey;
            // on a pole an edge along the parallel has no length
            if length_m2 > 0.0 {
                (-(ax * ex + ay * ey) / length_m2).clamp(0.0, 1.0)
            } else {
                0.0
            }
        };
        // the foot moves a little with the scale, which it sets itself
        let mut share = in_plane(self.scale(0.0));
        for _ in 0..2 {
            share = in_plane(self.scale_halfway(a.1 + share * along.1));
        }
        share
    }

    /// The scale half-way to a place so many lattice units to the north.
    pub(crate) fn scale_halfway(&self, dy: f64) -> Scale {
        self.scale(0.5 * dy)
    }

    /// No unit on the way to a place within `reach_m` is shorter than this.
    ///
    /// The cosine falls towards the pole, and lies below its tangent: so this holds whether the one or
    /// the other scale is the linear one.
    pub(crate) fn floor(&self, reach_m: f64) -> Scale {
        const POLE: f64 = 90.0 * UNITS_PER_DEGREE as f64;
        let north = SHORTEST_LATITUDE_DEGREE_M * LATTICE_UNIT_DEG;
        let poleward = (0.5 * reach_m / north).copysign(self.y);
        // beyond the pole, or with no end to the reach, no length is sure
        let east = if (self.y + poleward).abs() < POLE {
            self.scale(poleward).east
        } else {
            0.0
        };
        Scale {
            east: east * CAUTION,
            north: north * CAUTION,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(value: f64, expected: f64, relative: f64) -> bool {
        (value - expected).abs() <= relative * expected
    }

    #[test]
    fn a_degree_is_as_long_as_the_tables_say() {
        // Snyder, Map Projections - A Working Manual, 1987, table 4 is for Clarke 1866; these are GRS 80's
        // lengths of a degree at 0, 45 and 60 degrees, whose ellipsoid is CGCS2000's to 0.1 mm
        for (lat, east, north) in [
            (0.0, 111_319.49, 110_574.28),
            (45.0, 78_846.81, 111_131.75),
            (60.0, 55_800.0, 111_412.24),
        ] {
            let scale = Ruler::at(lat * 1e7).scale(0.0);
            assert!(close(scale.east * 1e7, east, 1e-5), "{lat}: {scale:?}");
            assert!(close(scale.north * 1e7, north, 1e-6), "{lat}: {scale:?}");
        }
    }

    #[test]
    fn the_linear_scale_strays_less_than_five_parts_in_ten_million() {
        for lat in [-89.0, -60.0, -1.0, 0.0, 23.5, 40.7, 60.0, 80.0, 89.0] {
            let ruler = Ruler::at(lat * 1e7);
            for dy in [-LINEAR, -0.5 * LINEAR, 1.0, 0.7 * LINEAR, LINEAR] {
                let (linear, exact) = (ruler.scale(dy), Scale::at(lat * 1e7 + dy));
                assert!(close(linear.east, exact.east, 5e-7), "{lat} {dy}");
                assert!(close(linear.north, exact.north, 5e-7), "{lat} {dy}");
            }
        }
    }

    #[test]
    fn nothing_within_reach_is_shorter_than_the_floor_says() {
        for lat in [-90.0, -89.0, -40.0, 0.0, 23.5, 40.7, 80.0, 89.99, 90.0] {
            let ruler = Ruler::at(lat * 1e7);
            for (dx, dy) in [
                (0.0, 3e5),
                (1e6, 1e6),
                (-4e7, 2e7),
                (3e8, -3e8),
                (1.8e9, -9e8),
            ] {
                if f64::abs(lat * 1e7 + dy) > 9e8 {
                    continue;
                }
                let distance_m = ruler.distance_m(dx, dy);
                let floor = ruler.floor(distance_m);
                assert!(floor.length(dx, dy) <= distance_m, "{lat} {dx} {dy}");
            }
        }
    }
}
