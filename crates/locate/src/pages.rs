//! The order of the top cells in memory: pages of 32 by 32 cells, row by row, and in a page the order of Morton.
//!
//! A cell's word takes four bytes, so that such a page fills one of memory (4 KiB), at whose start it lies: looking up points of
//! one neighbourhood, a processor needs few entries of its table of pages. In a page the bits of column and row take turns, so that the
//! words of every aligned square of 2, 4, 8 or 16 cells a side lie together; those of 4 by 4 are a line of the cache (64 bytes).

use std::collections::TryReserveError;

use crate::path::OUTSIDE;
use crate::sweep::Frame;

/// Cells of one side of a page, as a power of two.
pub(crate) const PAGE_BITS: u32 = 5;

/// Cells, and words, of a page.
pub(crate) const PAGE_CELLS: usize = 1 << (2 * PAGE_BITS);

/// The bits of a column or row that tell its place in a page.
const WITHIN: u32 = (1 << PAGE_BITS) - 1;

/// Pages that so many columns or rows of cells take.
pub(crate) const fn pages(cells: u32) -> u32 {
    cells.div_ceil(1 << PAGE_BITS)
}

/// Words that the cells of a frame take in pages: a frame is never made of more than 2^31.
pub(crate) const fn slots(frame: Frame) -> u32 {
    (pages(frame.columns) * pages(frame.rows)) << (2 * PAGE_BITS)
}

/// The place of a cell in its page: the bits of the column, each followed by that of the row. By a table, in the fewest
/// steps for one cell.
#[inline]
pub(crate) const fn place_in_page(column: u32, row: u32) -> u32 {
    let (column, row) = ((column & WITHIN) as usize, (row & WITHIN) as usize);
    SPREAD[column] | SPREAD[row] << 1
}

/// The same without a table, so that a processor works it out for several cells at once.
#[inline]
pub(crate) const fn place_in_page_of_many(column: u32, row: u32) -> u32 {
    // both in one word, so that they are spread together
    let mut both = column & WITHIN | (row & WITHIN) << 16;
    both = (both | both << 4) & 0x010f_010f;
    both = (both | both << 2) & 0x0133_0133;
    both = (both | both << 1) & 0x0155_0155;
    both & 0x0155 | both >> 15
}

/// Of a column or row in its page, the bits at every other place.
static SPREAD: [u32; 1 << PAGE_BITS] = {
    let mut spread = [0; 1 << PAGE_BITS];
    let mut number = 0;
    while number <= WITHIN {
        let mut bit = 0;
        while bit < PAGE_BITS {
            spread[number as usize] |= (number >> bit & 1) << (2 * bit);
            bit += 1;
        }
        number += 1;
    }
    spread
};

/// The bits of 8 by 8 cells, which stand in the order of Morton, row by row.
#[inline]
pub(crate) const fn row_by_row(bits: u64) -> u64 {
    // the bits of a place are, from the lowest, column, row, column, row, column, row
    let bits = places_swapped(bits, 1, 2);
    let bits = places_swapped(bits, 3, 4);
    places_swapped(bits, 2, 3)
}

/// Bits whose places have two of their own bits swapped.
const fn places_swapped(bits: u64, low: u32, high: u32) -> u64 {
    let (low_bit, high_bit) = (1u32 << low, 1u32 << high);
    let shift = high_bit - low_bit;
    let mut of_low = 0;
    let mut place = 0;
    while place < u64::BITS {
        if place & low_bit != 0 && place & high_bit == 0 {
            of_low |= 1 << place;
        }
        place += 1;
    }
    let differ = (bits >> shift ^ bits) & of_low;
    bits ^ differ ^ differ << shift
}

/// Columns and rows of the cells of a page, in their order.
pub(crate) fn cells_of_page() -> impl Iterator<Item = (u32, u32)> {
    let every_other =
        |place: u32| (0..PAGE_BITS).fold(0, |bits, bit| bits | (place >> (2 * bit) & 1) << bit);
    (0..1 << (2 * PAGE_BITS)).map(move |place| (every_other(place), every_other(place >> 1)))
}

/// The words of cells, of which the first is at the start of a page of memory.
#[derive(Debug)]
pub(crate) struct Words {
    /// Some that are not used, and those of the cells.
    words: Vec<u32>,
    first: usize,
}

impl Words {
    /// Room for so many.
    pub(crate) fn with_capacity(words: usize) -> Self {
        Self::in_room(Vec::with_capacity(words + PAGE_CELLS))
    }

    /// The same where there may not be so much memory.
    pub(crate) fn try_with_capacity(words: usize) -> Result<Self, TryReserveError> {
        let mut room = Vec::new();
        room.try_reserve_exact(words.saturating_add(PAGE_CELLS))?;
        Ok(Self::in_room(room))
    }

    fn in_room(mut words: Vec<u32>) -> Self {
        let to_page = words.as_ptr().align_offset(PAGE_CELLS * size_of::<u32>());
        let first = to_page.min(PAGE_CELLS);
        words.resize(first, OUTSIDE);
        Self { words, first }
    }

    #[inline]
    pub(crate) fn get(&self, slot: u32) -> u32 {
        let word = self.words.get(self.first + slot as usize);
        word.copied().unwrap_or(OUTSIDE)
    }

    pub(crate) fn all(&self) -> &[u32] {
        &self.words[self.first..]
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        self.words.capacity() * size_of::<u32>()
    }
}

/// As long as there is room, the words stay where they are.
impl Extend<u32> for Words {
    fn extend<I: IntoIterator<Item = u32>>(&mut self, words: I) {
        self.words.extend(words);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const SIDE: u32 = 1 << PAGE_BITS;

    #[test]
    fn every_cell_of_a_page_has_a_place_of_its_own() {
        let places: HashSet<u32> = (0..SIDE)
            .flat_map(|row| (0..SIDE).map(move |column| place_in_page(column, row)))
            .collect();
        assert_eq!(places.len(), PAGE_CELLS);
        assert!(
            places
                .into_iter()
                .all(|place| (place as usize) < PAGE_CELLS)
        );
    }

    #[test]
    fn the_bits_of_column_and_row_take_turns() {
        assert_eq!(place_in_page(0b11111, 0), 0b01_0101_0101);
        assert_eq!(place_in_page(0, 0b11111), 0b10_1010_1010);
        assert_eq!(place_in_page(0b00101, 0b10010), 0b10_0001_1001);
        for (place, (column, row)) in (0..).zip(cells_of_page()) {
            assert_eq!(place_in_page(column, row), place);
        }
        assert_eq!(cells_of_page().count(), PAGE_CELLS);
    }

    #[test]
    fn bits_of_a_block_come_row_by_row() {
        for (column, row) in cells_of_page().filter(|(column, row)| (column | row) < 8) {
            let bit = 1 << place_in_page(column, row);
            assert_eq!(row_by_row(bit), 1 << (row * 8 + column), "{column} {row}");
        }
    }

    #[test]
    fn of_an_aligned_square_the_words_lie_together() {
        for bits in 0..=PAGE_BITS {
            for (column, row) in cells_of_page() {
                let start = place_in_page(column >> bits << bits, row >> bits << bits);
                let place = place_in_page(column, row);
                assert_eq!(place >> (2 * bits), start >> (2 * bits));
                assert_eq!(start % (1 << (2 * bits)), 0);
            }
        }
    }

    #[test]
    fn one_by_one_and_together_places_are_the_same_in_every_page() {
        for (column, row) in cells_of_page() {
            for (page, other) in [(0, 0), (1, 7), (0x07ff_ffff, 3)] {
                let (column, row) = (column + page * SIDE, row + other * SIDE);
                let place = place_in_page(column, row);
                assert_eq!(place, place_in_page(column % SIDE, row % SIDE));
                assert_eq!(place, place_in_page_of_many(column, row));
            }
        }
    }

    #[test]
    fn words_start_at_a_page_of_memory_and_stay_there() {
        for count in [1usize, 15, 1_025, 300_000] {
            for mut words in [
                Words::with_capacity(count),
                Words::try_with_capacity(count).expect("enough memory"),
            ] {
                words.extend((0..).take(count));
                assert_eq!(words.all().len(), count);
                assert_eq!(words.all().as_ptr().align_offset(4_096), 0, "{count}");
                for (slot, &word) in (0..).zip(words.all()) {
                    assert_eq!((words.get(slot), word), (slot, slot));
                }
                assert_eq!(words.get(u32::MAX), OUTSIDE);
                assert!(words.memory_bytes() <= (count + PAGE_CELLS) * 4);
            }
        }
    }
}
