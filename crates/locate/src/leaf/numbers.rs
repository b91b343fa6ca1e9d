//! Numbers that are local to a leaf: places in a table that holds each face, and each end of far edges, once.

use crate::path::{OUTSIDE, Place, Upward};

/// How many bits a number takes: `8 << code`, so that a word holds four, two or one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Width {
    /// 0 to 2, as the head of a leaf has it.
    pub(super) code: u32,
}

impl Width {
    const WIDEST: u32 = 2;

    /// As wide as the places in a table of so many words need.
    pub(super) const fn of_table(words: usize) -> Self {
        let code = match words {
            0..=0x100 => 0,
            0x101..=0x1_0000 => 1,
            _ => Self::WIDEST,
        };
        Self { code }
    }

    /// As the head of a leaf says.
    #[inline]
    pub(super) fn in_head(head: u32) -> Self {
        Self {
            code: (head & 3).min(Self::WIDEST),
        }
    }

    /// How many numbers a word holds, as a power of two.
    #[inline]
    const fn per_word_bits(self) -> u32 {
        Self::WIDEST - self.code
    }

    /// Words of so many numbers.
    #[inline]
    pub(super) const fn words(self, numbers: usize) -> usize {
        numbers.div_ceil(1 << self.per_word_bits())
    }

    /// Where a number starts in its word.
    #[inline]
    const fn shift(self, at: usize) -> usize {
        (at & ((1 << self.per_word_bits()) - 1)) << (3 + self.code)
    }

    /// The number at a place.
    #[inline]
    fn read(self, words: &[u32], at: usize) -> usize {
        let word = words.get(at >> self.per_word_bits()).copied().unwrap_or(0);
        (word >> self.shift(at) & u32::MAX >> (u32::BITS - (8 << self.code))) as usize
    }

    /// Appends numbers, the first of a word in its lowest bits.
    pub(super) fn write(self, numbers: impl Iterator<Item = u32>, words: &mut Vec<u32>) {
        for (number, at) in numbers.zip(0..) {
            let shift = self.shift(at);
            match words.last_mut() {
                Some(word) if shift > 0 => *word |= number << shift,
                _ => words.push(number),
            }
        }
    }
}

/// The faces beside the edges of a leaf and, where these reach far, their ends: each once.
pub(super) struct Table {
    faces: Vec<u32>,
    ends: Vec<Place>,
}

impl Table {
    pub(super) fn of(edges: impl Iterator<Item = Upward> + Clone, far: bool) -> Self {
        let mut faces: Vec<u32> = edges.clone().flat_map(|e| [e.left, e.right]).collect();
        faces.sort_unstable();
        faces.dedup();
        let mut ends = Vec::new();
        if far {
            ends.extend(edges.flat_map(|edge| [edge.a, edge.b]));
            ends.sort_unstable();
            ends.dedup();
        }
        Self { faces, ends }
    }

    pub(super) fn face(&self, face: u32) -> u32 {
        narrow(self.faces.partition_point(|&before| before < face))
    }

    pub(super) fn end(&self, end: Place) -> u32 {
        let before = self.ends.partition_point(|&before| before < end);
        narrow(self.faces.len() + 2 * before)
    }

    pub(super) fn width(&self) -> Width {
        Width::of_table(self.faces.len() + 2 * self.ends.len())
    }

    pub(super) fn write(self, words: &mut Vec<u32>) {
        words.extend(self.faces);
        words.extend(self.ends.into_iter().flat_map(words_of));
    }
}

/// The numbers of a leaf, and the table that they are places in.
#[derive(Clone, Copy)]
pub(super) struct Numbers<'a> {
    width: Width,
    words: &'a [u32],
    table: &'a [u32],
}

impl<'a> Numbers<'a> {
    /// So many numbers at the start of words, and the table behind them.
    #[inline]
    pub(super) fn of(width: Width, words: &'a [u32], numbers: usize) -> Self {
        let table = words.get(width.words(numbers)..).unwrap_or(&[]);
        Self {
            width,
            words,
            table,
        }
    }

    /// The faces whose numbers are at a place and behind it.
    #[inline]
    pub(super) fn sides(self, at: usize) -> (u32, u32) {
        let face = |at| {
            let number = self.width.read(self.words, at);
            self.table.get(number).copied().unwrap_or(OUTSIDE)
        };
        (face(at), face(at + 1))
    }

    /// The ends whose numbers are at a place and behind it.
    #[inline]
    pub(super) fn ends(self, at: usize) -> (Place, Place) {
        let end = |at| {
            let number = self.width.read(self.words, at);
            let words = self.table.get(number..).and_then(<[u32]>::first_chunk);
            place_of(*words.unwrap_or(&[0; 2]))
        };
        (end(at), end(at + 1))
    }
}

pub(super) const fn words_of(end: Place) -> [u32; 2] {
    [end.x.cast_unsigned(), end.y.cast_unsigned()]
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the edges of a leaf and the words of its table are fewer than the words of an arena"
)]
pub(super) const fn narrow(count: usize) -> u32 {
    count as u32
}

#[inline]
pub(super) const fn place_of([x, y]: [u32; 2]) -> Place {
    Place {
        x: x.cast_signed(),
        y: y.cast_signed(),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(1, 8)]
    #[case(256, 8)]
    #[case(257, 16)]
    #[case(65_536, 16)]
    #[case(65_537, 32)]
    fn the_last_place_in_a_table_fits_a_number(#[case] table: u32, #[case] bits: usize) {
        let width = Width::of_table(table as usize);
        let mut words = Vec::new();
        let numbers = [table - 1, 0, table - 1, table / 2, table - 1];
        width.write(numbers.into_iter(), &mut words);
        assert_eq!(words.len(), (numbers.len() * bits).div_ceil(32));
        assert_eq!(words.len(), width.words(numbers.len()));
        for (at, number) in numbers.into_iter().enumerate() {
            assert_eq!(width.read(&words, at), number as usize);
        }
    }
}
