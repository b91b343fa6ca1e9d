//! A pyramid over the top cells that tells where edges are, so that a search can leave out the rest.

use rayon::prelude::*;

use crate::cells::Cells;
use crate::node::Cell;

/// Cells of one side of a block, as a power of two.
pub(crate) const BLOCK_BITS: u32 = 3;

/// Which cells have edges: a bit per cell in blocks of 8 by 8, a bit per block in the level above, and
/// so on up to one block.
#[derive(Debug)]
pub(crate) struct Blocks {
    levels: Vec<Level>,
}

#[derive(Debug)]
struct Level {
    columns: u32,
    masks: Vec<u64>,
}

impl Blocks {
    pub(crate) fn over(cells: &Cells) -> Self {
        let frame = cells.frame();
        let mut levels = vec![Level::over(frame.columns, frame.rows, |column, row| {
            matches!(cells.top(column, row), Cell::Node(_))
        })];
        while let Some(below) = levels.last()
            && below.masks.len() > 1
        {
            let above = Level::over(below.columns, below.rows(), |column, row| {
                below.mask(column, row) != 0
            });
            levels.push(above);
        }
        Self { levels }
    }

    /// How many levels there are, at least one.
    pub(crate) const fn levels(&self) -> usize {
        self.levels.len()
    }

    /// Which cells, or blocks of the level below, of a block have edges: row by row, a bit each.
    #[inline]
    pub(crate) fn mask(&self, level: usize, column: u32, row: u32) -> u64 {
        self.levels[level].mask(column, row)
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        self.levels
            .iter()
            .map(|level| level.masks.capacity() * size_of::<u64>())
            .sum()
    }
}

impl Level {
    fn over(columns: u32, rows: u32, occupied: impl Fn(u32, u32) -> bool + Sync) -> Self {
        let side = 1u32 << BLOCK_BITS;
        let (block_columns, block_rows) = (columns.div_ceil(side), rows.div_ceil(side));
        let mut masks = vec![0u64; block_columns as usize * block_rows as usize];
        let rows_of_blocks = masks.par_chunks_mut(block_columns as usize);
        let starts = (0..block_rows).into_par_iter().map(|row| row * side);
        rows_of_blocks.zip(starts).for_each(|(masks, start)| {
            for row in start..rows.min(start + side) {
                for column in 0..columns {
                    let bit = (row % side) * side + column % side;
                    masks[(column / side) as usize] |= u64::from(occupied(column, row)) << bit;
                }
            }
        });
        Self {
            columns: block_columns,
            masks,
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "rows are counted in u32")]
    fn rows(&self) -> u32 {
        (self.masks.len() / self.columns as usize) as u32
    }

    fn mask(&self, column: u32, row: u32) -> u64 {
        self.masks[row as usize * self.columns as usize + column as usize]
    }
}
