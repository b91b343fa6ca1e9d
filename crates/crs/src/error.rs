//! Why a coordinate system cannot be used, or a point cannot be converted.

use std::fmt;

use crate::{Area, Hint};

/// What can be wrong with a declared system or a point in it.
///
/// Messages never hold a PROJ string or WKT that a person gave: such parameters may be classified.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CrsError {
    /// The text names no coordinate system.
    #[error(
        "{given} is not a coordinate system: give EPSG:n, wgs84, cgcs2000, gcj02, bd09, a PROJ string (+proj=…) or WKT"
    )]
    NotASystem {
        /// The text in quotation marks, or a description where it may hold parameters.
        given: String,
    },
    /// The text names no rule for what GCJ-02 shifts.
    #[error("\"{given}\" is not a rule for what GCJ-02 shifts: give box, narrow-box or everywhere")]
    NotChinaBounds {
        /// The text.
        given: String,
    },
    /// PROJ's database has no system with this code.
    #[error("there is no coordinate system EPSG:{code} in the database of the installed PROJ")]
    UnknownCode {
        /// The EPSG code.
        code: u32,
    },
    /// PROJ cannot read the definition.
    #[error("{system} cannot be read as a coordinate system: check its spelling and parameters")]
    Unreadable {
        /// "the PROJ string given" or "the WKT given".
        system: String,
    },
    /// A definition names a grid file by its path.
    #[error(
        "{system} names a grid file by a path: put the file into PROJ's data directory and give its name alone"
    )]
    GridPath {
        /// "the PROJ string given" or "the WKT given".
        system: String,
    },
    /// A system that does not give positions on the ground in two coordinates.
    #[error("{system} is {kind}: give a geographic or projected system")]
    Unsupported {
        /// The system.
        system: String,
        /// What it is.
        kind: &'static str,
    },
    /// The datum is another than the lattice's, and no transformation is good enough.
    #[error(
        "{system} is on the datum {datum}, and {reason}. Used as it is, positions can be tens to hundreds of metres off. \
         Give the parameters of the local survey authority (a PROJ string with +towgs84=…, or WKT with TOWGS84 or BOUNDCRS), \
         or accept the error with --allow-ballpark"
    )]
    DatumChange {
        /// The system.
        system: String,
        /// The datum's name; "of its own" where the definition is a person's.
        datum: String,
        /// What PROJ knows instead.
        reason: DatumChangeReason,
    },
    /// A coordinate is NaN or infinite.
    #[error("the point (east {east}, north {north}) is not finite")]
    NotFinite {
        /// East coordinate as given.
        east: f64,
        /// North coordinate as given.
        north: f64,
    },
    /// Degrees beyond the poles or the antimeridian.
    #[error(
        "the point (lon {lon}, lat {lat}) is outside -180 to 180 and -90 to 90 degrees{}", Because(hint.as_ref())
    )]
    NotDegrees {
        /// Longitude as given.
        lon: f64,
        /// Latitude as given.
        lat: f64,
        /// What is likely wrong.
        hint: Option<Hint>,
    },
    /// The point is outside the area of use of its system.
    #[error(
        "the point ({east}, {north}) is outside the area of use of {system}: {area}{}", Because(hint.as_ref())
    )]
    OutsideArea {
        /// The system.
        system: String,
        /// East coordinate (or longitude) as given.
        east: f64,
        /// North coordinate (or latitude) as given.
        north: f64,
        /// Where the system is used.
        area: Box<Area>,
        /// What is likely wrong.
        hint: Option<Hint>,
    },
    /// The projection has no answer there, or one that does not lead back.
    #[error("the point ({east}, {north}) has no position in {system}{}", Because(hint.as_ref()))]
    NoPosition {
        /// The system.
        system: String,
        /// East coordinate (or longitude) as given.
        east: f64,
        /// North coordinate (or latitude) as given.
        north: f64,
        /// What is likely wrong.
        hint: Option<Hint>,
    },
    /// PROJ does not work on this machine.
    #[error("PROJ cannot be used: {problem}")]
    Proj {
        /// What is missing.
        problem: &'static str,
    },
}

/// What PROJ knows about a datum change that is refused.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum DatumChangeReason {
    /// Nothing, or only the assumption that the two datums are the same.
    Nothing,
    /// Transformations, each for a part of the area only.
    PartsOnly,
    /// A transformation, but an inexact one.
    Inexact {
        /// Its name.
        operation: String,
        /// Its accuracy, metres.
        accuracy_m: f64,
    },
    /// The definition ties it to WGS 84 by zeros, on an ellipsoid that is not WGS 84's.
    TiedByZeros,
    /// The definition ties it to a system that is not the lattice's either.
    TiedElsewhere,
}

impl fmt::Display for DatumChangeReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("PROJ knows no transformation from it to CGCS2000 / WGS 84"),
            Self::PartsOnly => f.write_str(
                "PROJ knows transformations from it to CGCS2000 / WGS 84 for parts of its area only",
            ),
            Self::Inexact {
                operation,
                accuracy_m,
            } => write!(
                f,
                "the best transformation that PROJ can use, {operation}, is good to {accuracy_m} m only (a grid file may be missing)"
            ),
            Self::TiedByZeros => f.write_str(
                "the definition ties it to WGS 84 by parameters that are all zero, which cannot be right on its ellipsoid",
            ),
            Self::TiedElsewhere => {
                f.write_str("the definition ties it to a system that is neither CGCS2000 nor WGS 84")
            }
        }
    }
}

/// A hint after its message.
struct Because<'a>(Option<&'a Hint>);

impl fmt::Display for Because<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}
