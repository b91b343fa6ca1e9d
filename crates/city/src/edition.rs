//! What tells one snapshot from every other.

use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use wangge_model::Version;

/// What tells a snapshot from every other: what stands in the addresses of its tiles.
///
/// Invariant: two snapshots of one store with the same text show the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    text: Box<str>,
    since: Option<Timestamp>,
    number: u64,
}

impl Edition {
    /// The snapshot of a version of the city, which answers since a time.
    pub(crate) fn of_version(version: Version, since: Option<Timestamp>) -> Self {
        static SNAPSHOTS: AtomicU64 = AtomicU64::new(0);
        Self {
            text: version.to_string().into(),
            since,
            number: SNAPSHOTS.fetch_add(1, Ordering::Relaxed),
        }
    }

    /// The snapshot of what is not, or not yet, in force: its lists and components are those of
    /// the store after so many commits, whatever its version.
    pub(crate) fn after_commits(self, commits: i64) -> Self {
        Self {
            text: format!("{}-{commits}", self.text).into(),
            since: None,
            ..self
        }
    }

    /// The version, as `3.17`; of what is not in force with the store's count of commits behind
    /// it, as `7.3-120`.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// From when on the city was so; `None` where it is not known to the second, so that a time
    /// could not tell this snapshot from the one before.
    pub const fn since(&self) -> Option<Timestamp> {
        self.since
    }

    /// A number that no other snapshot of this process has.
    pub const fn number(&self) -> u64 {
        self.number
    }
}
