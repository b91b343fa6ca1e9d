//! What one file may cost to read, and what is done where the kernel cannot lock the child.

use serde::{Deserialize, Serialize};

/// The most that reading one file may take. Every limit ends in one error that names it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of the file and of those that belong to it, together.
    pub input_bytes: u64,
    /// Entries of an archive, counted before any is unpacked.
    pub archive_entries: u64,
    /// Bytes that an archive may unpack to, counted while they come out.
    pub unpacked_bytes: u64,
    /// How many times its packed size an entry above 1 MiB may unpack to.
    pub unpacked_ratio: u64,
    /// Rows of the layer.
    pub rows: u64,
    /// Vertices of all rows together.
    pub vertices: u64,
    /// Columns of the layer.
    pub columns: usize,
    /// Bytes of one text value, in UTF-8.
    pub text_bytes: usize,
    /// Address space of the child, bytes (`RLIMIT_AS`).
    pub memory_bytes: u64,
    /// Processor time of the child, seconds (`RLIMIT_CPU`).
    pub cpu_s: u64,
    /// Wall clock from start to the last row, seconds.
    pub wall_s: u64,
    /// What to do where a lock is missing.
    pub policy: Policy,
}

/// What to do on a system that cannot lock the child as intended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Policy {
    /// Go on, with a [`Note`](crate::Note) that says what is missing: a person chose the file.
    GoOnWithNote,
    /// Refuse to read: the file came from somebody else (an upload).
    Require,
}

impl Default for Limits {
    /// Ample for the boundaries of a province at survey precision, small for a server.
    fn default() -> Self {
        Self {
            input_bytes: 2 << 30,
            archive_entries: 10_000,
            unpacked_bytes: 4 << 30,
            unpacked_ratio: 200,
            rows: 5_000_000,
            vertices: 100_000_000,
            columns: 2_000,
            text_bytes: 1 << 20,
            memory_bytes: 6 << 30,
            cpu_s: 600,
            wall_s: 900,
            policy: Policy::GoOnWithNote,
        }
    }
}

impl Limits {
    /// Tighter limits for files that arrive over HTTP, ample for the boundaries of a city with all
    /// its lower levels; the lock is required.
    pub fn for_uploads() -> Self {
        Self {
            input_bytes: 256 << 20,
            archive_entries: 1_000,
            unpacked_bytes: 1 << 30,
            unpacked_ratio: 100,
            rows: 1_000_000,
            vertices: 50_000_000,
            columns: 500,
            text_bytes: 64 << 10,
            memory_bytes: 3 << 30,
            cpu_s: 180,
            wall_s: 240,
            policy: Policy::Require,
        }
    }

    /// Bytes of the longest frame that a child within these limits may send.
    pub(crate) fn frame_bytes(&self) -> u64 {
        // a row is at worst all vertices and every text value at its longest, within its memory
        let geometry = self.vertices.saturating_mul(20);
        let values = (self.columns as u64).saturating_mul(self.text_bytes as u64 + 5);
        geometry
            .saturating_add(values)
            .saturating_add(1 << 16)
            .min(self.memory_bytes)
            .min(u64::from(u32::MAX))
    }
}
