//! Plans: whole sets of boundaries, and the versions that answers carry.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ModelError;

/// Where a plan is in its life. It only moves forward, but that a changed plan is a draft again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PlanState {
    /// Being drawn.
    Draft,
    /// Found sound, and not changed since.
    Checked,
    /// The city's boundaries, from its effective time on.
    Published,
    /// Published once, replaced by another.
    Superseded,
}

impl PlanState {
    /// All states, in the order of a plan's life.
    pub const ALL: [Self; 4] = [
        Self::Draft,
        Self::Checked,
        Self::Published,
        Self::Superseded,
    ];

    /// The word that stores and answers carry.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Checked => "checked",
            Self::Published => "published",
            Self::Superseded => "superseded",
        }
    }
}

impl fmt::Display for PlanState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for PlanState {
    type Err = ModelError;

    fn from_str(text: &str) -> Result<Self, ModelError> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| ModelError::NotAPlanState {
                value: text.to_owned(),
            })
    }
}

/// What an answer was worked out from: the plan, and how often its data had changed.
///
/// Written `plan.revision`, as in `3.17`; versions order by plan, then revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version {
    /// The plan's number in its store.
    pub plan: i64,
    /// Grows with every committed change.
    pub revision: i64,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.plan, self.revision)
    }
}

impl FromStr for Version {
    type Err = ModelError;

    fn from_str(text: &str) -> Result<Self, ModelError> {
        // parse() alone would take a sign
        let number = |digits: &str| -> Option<i64> {
            (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
                .then(|| digits.parse().ok())
                .flatten()
        };
        text.split_once('.')
            .and_then(|(plan, revision)| {
                Some(Self {
                    plan: number(plan)?,
                    revision: number(revision)?,
                })
            })
            .ok_or_else(|| ModelError::NotAVersion {
                value: text.to_owned(),
            })
    }
}

impl TryFrom<String> for Version {
    type Error = ModelError;

    fn try_from(text: String) -> Result<Self, ModelError> {
        text.parse()
    }
}

impl From<Version> for String {
    fn from(version: Version) -> Self {
        version.to_string()
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn a_version_reads_as_it_is_written() {
        let version = Version {
            plan: 3,
            revision: 17,
        };
        assert_eq!(version.to_string(), "3.17");
        assert_eq!("3.17".parse::<Version>().unwrap(), version);
    }

    #[rstest]
    #[case("")]
    #[case("3")]
    #[case("3.")]
    #[case(".17")]
    #[case("3.17.1")]
    #[case("+3.17")]
    #[case("3.-17")]
    #[case("3 .17")]
    #[case("99999999999999999999.1")]
    fn anything_else_is_no_version(#[case] text: &str) {
        text.parse::<Version>().unwrap_err();
    }

    #[test]
    fn versions_order_by_plan_and_revision_as_numbers() {
        let parse = |text: &str| text.parse::<Version>().unwrap();
        assert!(parse("3.9") < parse("3.17"));
        assert!(parse("3.17") < parse("10.1"));
    }

    #[test]
    fn a_state_reads_as_it_is_written() {
        for state in PlanState::ALL {
            assert_eq!(state.as_str().parse::<PlanState>().unwrap(), state);
        }
        "Published".parse::<PlanState>().unwrap_err();
    }
}
