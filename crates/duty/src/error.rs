//! What rules can name that is not there.

use wangge_model::Code;

/// Why rules could not be compiled. [`Rules::check`](wangge_model::Rules::check) finds all of
/// these before, with their columns.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DutyError {
    /// A tier that the scheme does not have.
    #[error("row {row} of the rules: the scheme has no tier {tier}, its tiers are {known:?}")]
    NoTier {
        /// The rule's row.
        row: u64,
        /// The tier it names.
        tier: u32,
        /// Those there are.
        known: Vec<u32>,
    },
    /// A unit that is not in the plan.
    #[error(
        "row {row} of the rules: the plan has no unit {area}; correct the code, or import the unit"
    )]
    NoUnit {
        /// The rule's row.
        row: u64,
        /// The unit it names.
        area: Code,
    },
    /// A department that is not in the list.
    #[error(
        "row {row} of the rules: the department {department} is not in the list; add it, or \
         correct the code"
    )]
    NoDepartment {
        /// The rule's row.
        row: u64,
        /// The department it names.
        department: Code,
    },
}
