//! Metres between places given in lattice units, in the plane that fits the ellipsoid at their
//! middle latitude.

use wangge_plane::{LATTICE_UNIT_DEG, UNITS_PER_DEGREE, ellipsoid};

/// Lattice units once around the earth.
pub(crate) const AROUND: i64 = 360 * UNITS_PER_DEGREE as i64;

/// A degree of latitude is nowhere shorter than at the equator, where it is 110,574.28 m.
const SHORTEST_LATITUDE_DEGREE_M: f64 = 110_574.0;

/// Metres per lattice unit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale {
    pub(crate) east: f64,
    pub(crate) north: f64,
}

impl Scale {
    /// At a latitude in lattice units.
    pub(crate) fn at(y: f64) -> Self {
        let degree = ellipsoid::metres_per_degree(y * LATTICE_UNIT_DEG);
        Self {
            // a cosine of the pole that is a hair below nothing is nothing
            east: degree.east.max(0.0) * LATTICE_UNIT_DEG,
            north: degree.north * LATTICE_UNIT_DEG,
        }
    }

    /// No unit is shorter than this on the way from latitude `y` (lattice units) to any place within
    /// `reach_m`.
    pub(crate) fn floor(y: f64, reach_m: f64) -> Self {
        let reach = reach_m / (SHORTEST_LATITUDE_DEGREE_M * LATTICE_UNIT_DEG);
        let pole = 90.0 * f64::from(UNITS_PER_DEGREE);
        let middle = y.abs() + reach / 2.0;
        Self {
            // `reach` may be infinite
            east: if middle < pole {
                Self::at(middle).east
            } else {
                0.0
            },
            north: SHORTEST_LATITUDE_DEGREE_M * LATTICE_UNIT_DEG,
        }
    }

    pub(crate) fn length(self, dx: f64, dy: f64) -> f64 {
        (dx * self.east).hypot(dy * self.north)
    }
}

/// Metres between a place at latitude `y` and one that is `dx`, `dy` lattice units away.
pub(crate) fn distance_m(y: f64, dx: f64, dy: f64) -> f64 {
    Scale::at(y + dy / 2.0).length(dx, dy)
}
