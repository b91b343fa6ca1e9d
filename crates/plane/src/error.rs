//! What can be wrong with coordinates before they are on the lattice.

use std::fmt;

/// One of the two coordinate axes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    /// East, degrees, -180 to 180.
    Longitude,
    /// North, degrees, -90 to 90.
    Latitude,
}

impl Axis {
    /// The largest magnitude a coordinate of this axis may have, in degrees.
    pub const fn limit_deg(self) -> f64 {
        match self {
            Self::Longitude => 180.0,
            Self::Latitude => 90.0,
        }
    }
}

impl fmt::Display for Axis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Longitude => "longitude",
            Self::Latitude => "latitude",
        })
    }
}

/// Why coordinates are not a point, ring or polygon of the lattice.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PlaneError {
    /// A coordinate is NaN or infinite.
    #[error("the {axis} is {value}, not a finite number")]
    NotFinite {
        /// The axis of the coordinate.
        axis: Axis,
        /// The coordinate as given.
        value: f64,
    },
    /// A coordinate is beyond the poles or the antimeridian.
    #[error("the {axis} {value} is outside -{limit} to {limit} degrees", limit = axis.limit_deg())]
    OutOfRange {
        /// The axis of the coordinate.
        axis: Axis,
        /// The coordinate as given, in degrees.
        value: f64,
    },
    /// A ring needs three different vertices.
    #[error("a ring needs at least 3 different vertices on the lattice, this one has {distinct}")]
    RingTooShort {
        /// How many vertices are left once equal neighbours are one.
        distinct: usize,
    },
}
