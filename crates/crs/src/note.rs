//! What a conversion gives away, for the report of an import.

use std::fmt;

use serde::Serialize;

/// Something a person should know about a conversion or about the numbers declared to be in a
/// system. It never holds a person's own parameters.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Note {
    /// The datum is taken as the lattice's.
    DatumTakenAsEqual {
        /// The system.
        system: String,
        /// The datum's name.
        datum: &'static str,
        /// How far a position may be off, metres.
        error_m: f64,
        /// Where the figure is from.
        source: &'static str,
    },
    /// The datum is changed by a published transformation.
    DatumTransformed {
        /// The system.
        system: String,
        /// The transformation's name.
        operation: String,
        /// Its accuracy, metres.
        accuracy_m: f64,
    },
    /// The datum is changed by the parameters that the definition gives.
    GivenParameters {
        /// The system.
        system: String,
    },
    /// The datum is another one, and the person accepted that it is only taken as the lattice's,
    /// or changed by an inexact transformation.
    Ballpark {
        /// The system.
        system: String,
        /// The transformation's accuracy, metres, if there is any.
        accuracy_m: Option<f64>,
    },
    /// Positions come from the published formula of GCJ-02 or BD-09.
    ShiftedDegrees {
        /// "gcj02" or "bd09".
        system: String,
    },
    /// The system has heights, which are not used.
    HeightDropped {
        /// The system.
        system: String,
    },
    /// The numbers do not look like numbers of the declared system.
    Implausible {
        /// The system.
        system: String,
        /// What does not fit, and what is likely.
        why: String,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DatumTakenAsEqual {
                system,
                datum,
                error_m,
                source,
            } => write!(
                f,
                "{system}: the datum {datum} is taken as equal to CGCS2000; positions may be off by {error_m} m ({source})"
            ),
            Self::DatumTransformed {
                system,
                operation,
                accuracy_m,
            } => write!(
                f,
                "{system}: transformed by \"{operation}\", published as good to {accuracy_m} m"
            ),
            Self::GivenParameters { system } => write!(
                f,
                "{system}: transformed by the parameters it gives; their accuracy is not known here"
            ),
            Self::Ballpark {
                system,
                accuracy_m: Some(accuracy_m),
            } => write!(
                f,
                "{system}: transformed by a transformation good to {accuracy_m} m only, as was allowed"
            ),
            Self::Ballpark {
                system,
                accuracy_m: None,
            } => write!(
                f,
                "{system}: the change of datum is left out, as was allowed; positions can be tens to hundreds of metres off"
            ),
            Self::ShiftedDegrees { system } => write!(
                f,
                "{system}: converted by the published formula, from which map services differ by about 0.7 m; not survey data"
            ),
            Self::HeightDropped { system } => write!(f, "{system}: heights are not used"),
            Self::Implausible { system, why } => write!(f, "{system}: {why}"),
        }
    }
}
