//! Squares of cells, and how far numbers are from them.

use crate::path::Place;

/// A square of cells, its corner and side in lattice units.
#[derive(Clone, Copy)]
pub(crate) struct Square {
    pub(crate) x: i64,
    pub(crate) y: i64,
    pub(crate) side: i64,
}

impl Square {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a corner of a cell is on the lattice"
    )]
    pub(crate) const fn corner(self) -> Place {
        Place {
            x: self.x as i32,
            y: self.y as i32,
        }
    }

    /// A part of the square, cut `2^bits` by `2^bits`.
    pub(crate) fn part(self, bits: u32, column: u32, row: u32) -> Self {
        let side = self.side >> bits;
        Self {
            x: self.x + i64::from(column) * side,
            y: self.y + i64::from(row) * side,
            side,
        }
    }

    /// How far east or west, and north or south, the closed square is from a place, lattice units.
    pub(crate) fn gap(self, x: i64, y: i64) -> (f64, f64) {
        (
            gap(self.x, self.x + self.side, x),
            gap(self.y, self.y + self.side, y),
        )
    }
}

/// How far a number is from a closed range.
pub(crate) fn gap(low: i64, high: i64, at: i64) -> f64 {
    units((low - at).max(at - high).max(0))
}

/// Exact: lattice units stay far below 2^53.
#[expect(clippy::cast_precision_loss, reason = "lattice units are below 2^53")]
pub(crate) const fn units(value: i64) -> f64 {
    value as f64
}
