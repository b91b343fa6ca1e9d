//! Guessing what is wrong with a point that is not where its system is used.

use std::fmt;

use crate::GaussKruger;

/// Beyond this no degree goes, also not when longitudes are counted to 360.
const NO_DEGREES: f64 = 360.0;

/// What is likely wrong with a point that is not where its system is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Hint {
    /// With the two coordinates exchanged it would fit; they are projected.
    NorthingFirst,
    /// With the two coordinates exchanged it would fit; they are degrees.
    LatitudeFirst,
    /// The easting starts with a zone number that the system does not have, or another one.
    ZonePrefix {
        /// The zone the number names, in the system that has it.
        zone: GaussKruger,
    },
    /// The easting has no zone number, which the system needs.
    NoZonePrefix {
        /// The same zone without the number.
        zone: GaussKruger,
    },
    /// The numbers are degrees, and the system is projected.
    Degrees,
    /// The numbers are lengths, and the system is geographic.
    Lengths,
}

impl Hint {
    /// What is likely wrong with numbers declared as degrees; `fits` says whether a longitude and
    /// a latitude would be right.
    pub(crate) fn for_degrees(
        east: f64,
        north: f64,
        fits: impl Fn(f64, f64) -> bool,
    ) -> Option<Self> {
        if fits(north, east) {
            return Some(Self::LatitudeFirst);
        }
        if east.abs().max(north.abs()) <= NO_DEGREES {
            return None;
        }
        match GaussKruger::of_easting(east).or_else(|| GaussKruger::of_easting(north)) {
            Some(zone) => Some(Self::ZonePrefix { zone }),
            None => Some(Self::Lengths),
        }
    }

    /// What is likely wrong with numbers declared as projected; `fits` says whether an easting and
    /// a northing would be right.
    pub(crate) fn for_lengths(
        east: f64,
        north: f64,
        zone: Option<GaussKruger>,
        fits: impl Fn(f64, f64) -> bool,
    ) -> Option<Self> {
        if fits(north, east) {
            return Some(Self::NorthingFirst);
        }
        if let Some(zone) = zone {
            if let Some(other) = zone
                .sibling_of_easting(east)
                .or_else(|| zone.sibling_of_easting(north))
            {
                return (other != zone).then_some(Self::ZonePrefix { zone: other });
            }
            if zone.has_prefix() && (100e3..900e3).contains(&east) {
                return Some(Self::NoZonePrefix {
                    zone: zone.without_prefix(),
                });
            }
        }
        (east.abs() <= 180.0 && north.abs() <= 180.0).then_some(Self::Degrees)
    }
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NorthingFirst => f.write_str("northing and easting look swapped"),
            Self::LatitudeFirst => f.write_str("longitude and latitude look swapped"),
            Self::ZonePrefix { zone } => write!(
                f,
                "this looks like zone {} with prefix: try EPSG:{}",
                zone.number(),
                zone.epsg()
            ),
            Self::NoZonePrefix { zone } => write!(
                f,
                "the easting has no zone prefix: try EPSG:{}",
                zone.epsg()
            ),
            Self::Degrees => f.write_str("these look like degrees: try cgcs2000, wgs84 or gcj02"),
            Self::Lengths => f.write_str("these look like metres of a projected system"),
        }
    }
}
