//! A pyramid over the top cells that tells where edges are, so that a search can leave out the rest.

use rayon::prelude::*;

use crate::cells::Cells;

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
            cells.nodes_in_block(column, row)
        })];
        while let Some(below) = levels.last()
            && below.masks.len() > 1
        {
            let above = Level::over(below.columns, below.rows(), |column, row| {
                below.occupied_in_block(column, row)
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
    /// The level above so many columns and rows. `in_block` tells which of a block, given by its first,
    /// are occupied.
    fn over(columns: u32, rows: u32, in_block: impl Fn(u32, u32) -> u64 + Sync) -> Self {
        let side = 1u32 << BLOCK_BITS;
        let (block_columns, block_rows) = (columns.div_ceil(side), rows.div_ceil(side));
        let mut masks = vec![0u64; block_columns as usize * block_rows as usize];
        let rows_of_blocks = masks.par_chunks_mut(block_columns as usize);
        let starts = (0..block_rows).into_par_iter().map(|row| row * side);
        rows_of_blocks.zip(starts).for_each(|(masks, start)| {
            for (mask, column) in masks.iter_mut().zip((0..).step_by(side as usize)) {
                *mask = in_block(column, start);
            }
        });
        Self {
            columns: block_columns,
            masks,
        }
    }

    /// Which of 8 by 8 blocks, given by the first, have edges: row by row, a bit each.
    fn occupied_in_block(&self, column: u32, row: u32) -> u64 {
        let side = 1u32 << BLOCK_BITS;
        let mut occupied = 0;
        for row in row..self.rows().min(row + side) {
            for column in column..self.columns.min(column + side) {
                let bit = (row % side) * side + column % side;
                occupied |= u64::from(self.mask(column, row) != 0) << bit;
            }
        }
        occupied
    }

    #[expect(clippy::cast_possible_truncation, reason = "rows are counted in u32")]
    fn rows(&self) -> u32 {
        (self.masks.len() / self.columns as usize) as u32
    }

    fn mask(&self, column: u32, row: u32) -> u64 {
        self.masks[row as usize * self.columns as usize + column as usize]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use wangge_coverage::{BorderEdge, Owner};
    use wangge_plane::{Point, Segment};

    use super::*;
    use crate::node::Cell;
    use crate::{Layout, build};

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        #[test]
        fn blocks_tell_of_each_cell_whether_edges_run_through_it(
            ends in proptest::collection::vec((0..2_000, 0..900, 0..2_000, 0..900), 1..12),
            cell_bits in 2u8..8,
        ) {
            let edges: Vec<BorderEdge> = ends
                .iter()
                .filter_map(|&(a, b, c, d)| {
                    let end = |x, y| Point::new(x, y).unwrap();
                    Some(BorderEdge {
                        segment: Segment::new(end(a, b), end(c, d))?,
                        left: Some(Owner(0)),
                        right: Some(Owner(1)),
                    })
                })
                .collect();
            let layout = Layout { cell_bits: Some(cell_bits), ..Layout::default() };
            let Some(cells) = build::cells(&edges, layout) else {
                return Ok(());
            };
            let blocks = Blocks::over(&cells);
            let frame = cells.frame();
            for row in 0..frame.rows.next_multiple_of(8) {
                for column in 0..frame.columns.next_multiple_of(8) {
                    let is_there = column < frame.columns && row < frame.rows;
                    let expected = is_there && matches!(cells.top(column, row), Cell::Node(_));
                    let (mut column, mut row) = (column, row);
                    for level in 0..blocks.levels() {
                        let mask = blocks.mask(level, column / 8, row / 8);
                        let told = mask >> (row % 8 * 8 + column % 8) & 1 == 1;
                        // a block of the levels above may have others
                        prop_assert!(told == expected || told && level > 0, "{level} {column} {row}");
                        (column, row) = (column / 8, row / 8);
                    }
                }
            }
        }
    }
}
