//! What tells one snapshot from every other.

use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use wangge_model::Version;
use wangge_tiles::DRAWING;

/// What tells a snapshot from every other: what stands in the addresses of its tiles.
///
/// Invariant: two snapshots of one store with the same text show the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    text: Box<str>,
    mark: Option<Box<str>>,
    address: Box<str>,
    since: Option<Timestamp>,
    number: u64,
}

impl Edition {
    /// The snapshot of a version of the city, which answers since a time.
    pub(crate) fn of_version(version: Version, since: Option<Timestamp>) -> Self {
        static SNAPSHOTS: AtomicU64 = AtomicU64::new(0);
        let text: Box<str> = version.to_string().into();
        Self {
            address: text.clone(),
            text,
            mark: None,
            since,
            number: SNAPSHOTS.fetch_add(1, Ordering::Relaxed),
        }
    }

    /// The snapshot of what is not, or not yet, in force: its lists and components are those of
    /// the store after so many commits, whatever its version.
    pub(crate) fn after_commits(self, commits: i64) -> Self {
        let text: Box<str> = format!("{}-{commits}", self.text).into();
        Self {
            address: address(&text, self.mark.as_deref()),
            text,
            since: None,
            ..self
        }
    }

    /// The same of a store with these contents: another store that has come to the same numbers, as
    /// one that was made again or restored from a copy, and a program that draws otherwise, have
    /// another address.
    pub(crate) fn of_store(self, content_hash: &[u8]) -> Self {
        let mut hash = Sha256::new();
        hash.update(DRAWING.to_be_bytes());
        let since = self.since.map_or(0, Timestamp::as_nanosecond);
        hash.update(since.to_be_bytes());
        hash.update(content_hash);
        let digest = hash.finalize();
        let mark = digest[..4].iter().map(|byte| format!("{byte:02x}"));
        let mark: Box<str> = mark.collect::<String>().into();
        Self {
            address: address(&self.text, Some(&mark)),
            mark: Some(mark),
            ..self
        }
    }

    /// The version, as `3.17`; of what is not in force with the store's count of commits behind
    /// it, as `7.3-120`.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What stands in the addresses of tiles: the text, and where a store is served a mark of that
    /// store behind it, as `3.17.5f2a91c0`.
    pub fn address(&self) -> &str {
        &self.address
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

fn address(text: &str, mark: Option<&str>) -> Box<str> {
    mark.map_or_else(|| text.into(), |mark| format!("{text}.{mark}").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edition(at: &str) -> Edition {
        let version = Version {
            plan: 3,
            revision: 17,
        };
        Edition::of_version(version, Some(at.parse().unwrap()))
    }

    #[test]
    fn stores_that_came_to_the_same_numbers_have_other_addresses() {
        let first = edition("2026-11-26T03:32:45.231Z").of_store(b"grids");
        let again = edition("2026-11-26T03:32:45.231Z").of_store(b"grids");
        let later = edition("2026-11-26T03:32:45.232Z").of_store(b"grids");
        let other = edition("2026-11-26T03:32:45.231Z").of_store(b"other grids");
        assert_eq!(first.address(), again.address());
        assert_ne!(first.address(), later.address());
        assert_ne!(first.address(), other.address());
        assert!(first.address().starts_with("3.17."), "{first:?}");
        assert_eq!(first.text(), "3.17");
        let to_come = first.after_commits(120);
        assert!(to_come.address().starts_with("3.17-120."), "{to_come:?}");
        assert_eq!(to_come.text(), "3.17-120");
    }
}
