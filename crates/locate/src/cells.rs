//! The top cells of the face index, and the way down from them.
//!
//! A cell is one word of four bytes: the number of the face that fills it, or, with the highest bit set, where its
//! [`node`](crate::node) is.

use wangge_plane::{Extent, Point};

use crate::leaf::Leaf;
use crate::node::{Arena, Cell, Grid, Node};
use crate::pages::{
    PAGE_BITS, Words, pages, place_in_page, place_in_page_of_many, row_by_row, slots,
};
use crate::path::{OUTSIDE, Place};
use crate::sweep::Frame;

/// The top cells over the extent of all edges, in [`pages`](crate::pages) that lie row by row from the south-west,
/// and their nodes in the same order. A last word stands for all that is beyond.
#[derive(Debug)]
pub(crate) struct Cells {
    frame: Frame,
    width: u32,
    height: u32,
    pages_across: u32,
    /// The place of the word for all that is beyond.
    last_slot: u32,
    words: Words,
    arena: Arena,
}

impl Cells {
    /// Of the cells, page by page, and the nodes that they lead to.
    pub(crate) fn new(extent: Extent, frame: Frame, mut words: Words, mut arena: Arena) -> Self {
        words.extend([OUTSIDE]);
        arena.close();
        let across = extent.max().from_origin(extent.min());
        Self::of_words(frame, (side(across.dx), side(across.dy)), words, arena)
    }

    /// Of words as they lie in memory, the last one included.
    pub(crate) const fn of_words(
        frame: Frame,
        (width, height): (u32, u32),
        words: Words,
        arena: Arena,
    ) -> Self {
        Self {
            frame,
            width,
            height,
            pages_across: pages(frame.columns),
            last_slot: slots(frame),
            words,
            arena,
        }
    }

    /// The face that answers for a point: that of the nudged point, or on a rim the lowest grid
    /// whose border holds the point.
    #[inline]
    pub(crate) fn face_at(&self, p: Point) -> u32 {
        let offset = self.offset(p);
        match Cell::of(self.word(self.slot_of(offset))) {
            Cell::Face(face) => face,
            Cell::Node(at) => self.face_below(at, offset),
        }
    }

    /// Apart, so that the most frequent way, which does not come here, is short.
    #[inline(never)]
    fn face_below(&self, at: usize, offset: Offset) -> u32 {
        match self.reached(at, offset) {
            Reached::Face(face) => face,
            Reached::Leaf(leaf, bits) => self.face_in(leaf, offset, bits),
        }
    }

    /// The same within a leaf over a cell of `2^bits` units.
    #[inline]
    pub(crate) fn face_in(&self, leaf: Leaf<'_>, offset: Offset, bits: u32) -> u32 {
        let (corner, p) = self.places(offset, bits);
        let face = leaf.face_at(corner, p);
        if face == OUTSIDE {
            leaf.lowest_grid_on(corner, p)
        } else {
            face
        }
    }

    /// The face of the nudged point: on a rim it may be the outside.
    pub(crate) fn nudged_face_at(&self, p: Point) -> u32 {
        let offset = self.offset(p);
        let at = match Cell::of(self.word(self.slot_of(offset))) {
            Cell::Face(face) => return face,
            Cell::Node(at) => at,
        };
        match self.reached(at, offset) {
            Reached::Face(face) => face,
            Reached::Leaf(leaf, bits) => {
                let (corner, p) = self.places(offset, bits);
                leaf.face_at(corner, p)
            }
        }
    }

    /// Goes down from the node of a top cell to the cell of a point that is not cut.
    #[inline]
    fn reached(&self, mut at: usize, offset: Offset) -> Reached<'_> {
        let mut bits = self.frame.bits;
        loop {
            match self.arena.node(at) {
                Node::Leaf(leaf) => return Reached::Leaf(leaf, bits),
                Node::Grid(grid) => match part(grid, offset, bits) {
                    (Cell::Face(face), _) => return Reached::Face(face),
                    (Cell::Node(below), part_bits) => (at, bits) = (below, part_bits),
                },
            }
        }
    }

    /// How far a point is from the south-western end. Beyond the other ends, and beyond this one (where the
    /// difference wraps around), it is more than the width or height.
    #[inline]
    pub(crate) fn offset(&self, p: Point) -> Offset {
        Offset {
            x: p.x().wrapping_sub(self.frame.origin.x).cast_unsigned(),
            y: p.y().wrapping_sub(self.frame.origin.y).cast_unsigned(),
        }
    }

    /// The reference corner of a cell of `2^bits` units, and the point in it that is so far from the south-western end.
    #[inline]
    const fn places(&self, offset: Offset, bits: u32) -> (Place, Place) {
        let origin = self.frame.origin;
        let whole = u32::MAX.wrapping_shl(bits);
        let corner = Place {
            x: origin.x.wrapping_add((offset.x & whole).cast_signed()),
            y: origin.y.wrapping_add((offset.y & whole).cast_signed()),
        };
        let p = Place {
            x: origin.x.wrapping_add(offset.x.cast_signed()),
            y: origin.y.wrapping_add(offset.y.cast_signed()),
        };
        (corner, p)
    }

    /// Where the word of a point's cell is; beyond the extent, the last one.
    #[inline]
    fn slot_of(&self, offset: Offset) -> u32 {
        self.slot_or_last(offset, place_in_page)
    }

    /// The same for many points.
    #[inline]
    pub(crate) fn slots_of<const POINTS: usize>(
        &self,
        offsets: &[Offset; POINTS],
    ) -> [u32; POINTS] {
        offsets.map(|offset| self.slot_or_last(offset, place_in_page_of_many))
    }

    #[expect(
        clippy::needless_bitwise_bool,
        reason = "two comparisons cost less than a branch for each"
    )]
    #[inline]
    fn slot_or_last(&self, offset: Offset, place_in_page: impl Fn(u32, u32) -> u32) -> u32 {
        let bits = self.frame.bits;
        let (column, row) = (offset.x.wrapping_shr(bits), offset.y.wrapping_shr(bits));
        let slot = self.page(column, row) | place_in_page(column, row);
        let beyond = (offset.x > self.width) | (offset.y > self.height);
        if beyond { self.last_slot } else { slot }
    }

    /// Where the page of a cell starts. Of cells in the frame it fits, and of others it does not matter.
    #[inline]
    const fn page(&self, column: u32, row: u32) -> u32 {
        let row_of_pages = (row >> PAGE_BITS).wrapping_mul(self.pages_across);
        row_of_pages.wrapping_add(column >> PAGE_BITS) << (2 * PAGE_BITS)
    }

    #[inline]
    pub(crate) fn word(&self, slot: u32) -> u32 {
        self.words.get(slot)
    }

    /// The frame that the top cells are in.
    pub(crate) const fn frame(&self) -> Frame {
        self.frame
    }

    /// Width and height of the extent.
    pub(crate) const fn sides(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// The words of the cells, in their order in memory.
    pub(crate) fn words(&self) -> &[u32] {
        self.words.all()
    }

    /// A top cell.
    pub(crate) fn top(&self, column: u32, row: u32) -> Cell {
        Cell::of(self.word(self.page(column, row) | place_in_page(column, row)))
    }

    /// Which cells of an aligned square of 8 by 8, given by its first, have edges: row by row, a bit each.
    pub(crate) fn nodes_in_block(&self, column: u32, row: u32) -> u64 {
        let first = (self.page(column, row) | place_in_page(column, row)) as usize;
        let words = self.words.all().get(first..first + 64).unwrap_or(&[]);
        let nodes = words.iter().enumerate().fold(0, |nodes, (place, &word)| {
            nodes | u64::from(matches!(Cell::of(word), Cell::Node(_))) << place
        });
        // what is beyond the last column and row is of no cell
        let columns = (self.frame.columns - column).min(8);
        let rows = (self.frame.rows - row).min(8);
        let of_row = u64::MAX >> (64 - columns) & 0xff;
        let inside = (of_row * 0x0101_0101_0101_0101) & u64::MAX >> (64 - 8 * rows);
        row_by_row(nodes) & inside
    }

    pub(crate) const fn arena(&self) -> &Arena {
        &self.arena
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        self.words.memory_bytes() + self.arena.memory_bytes()
    }
}

/// East and north of the south-western end, lattice units.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Offset {
    pub(crate) x: u32,
    pub(crate) y: u32,
}

impl Offset {
    /// Beyond every extent, which are at most 3.6e9 wide.
    pub(crate) const BEYOND: Self = Self {
        x: u32::MAX,
        y: u32::MAX,
    };
}

/// The part of a cut cell of `2^bits` units that holds a point, and the bits of its side.
///
/// Each cut takes bits away and none is made below one unit, so that every way down ends.
#[inline]
pub(crate) fn part(grid: Grid<'_>, offset: Offset, bits: u32) -> (Cell, u32) {
    let Some(bits) = bits.checked_sub(grid.bits()) else {
        return (Cell::Face(OUTSIDE), 0);
    };
    let within = !u32::MAX.wrapping_shl(grid.bits());
    let at = |offset: u32| offset.wrapping_shr(bits) & within;
    (grid.cell(at(offset.x), at(offset.y)), bits)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the sides of an extent are below 2^32"
)]
const fn side(across: i64) -> u32 {
    across as u32
}

/// Where a way down to a point ends.
enum Reached<'a> {
    /// In a cell that one face fills.
    Face(u32),
    /// In a leaf over a cell of so many bits.
    Leaf(Leaf<'a>, u32),
}

#[cfg(test)]
mod tests {
    use wangge_coverage::{BorderEdge, Owner};
    use wangge_plane::Segment;

    use super::*;
    use crate::Layout;

    /// Twelve strips of 10 by 120 units over cells of one unit: 121 by 121 cells in 4 by 4 pages, the last ones not full.
    fn strips() -> Cells {
        let at = |x: i32, y: i32| Point::new(x, y).expect("on earth");
        let edges: Vec<BorderEdge> = (0u32..=12)
            .map(|k| {
                let x = k.cast_signed() * 10;
                BorderEdge {
                    segment: Segment::new(at(x, 0), at(x, 120)).expect("120 long"),
                    left: k.checked_sub(1).map(Owner),
                    right: (k < 12).then_some(Owner(k)),
                }
            })
            .collect();
        let layout = Layout {
            cell_bits: Some(0),
            ..Layout::default()
        };
        crate::build::cells(&edges, layout).expect("there are edges")
    }

    #[test]
    fn every_cell_has_a_word_of_its_own_and_the_last_one_is_beyond() {
        let cells = strips();
        let mut taken = vec![false; cells.words().len()];
        assert_eq!(taken.len(), 16 * 1_024 + 1);
        for (x, y) in (0..=120).flat_map(|y| (0..=120).map(move |x| (x, y))) {
            let offset = Offset { x, y };
            let slot = cells.slot_of(offset);
            assert_eq!(cells.slots_of(&[offset]), [slot]);
            assert_eq!(slot >> 10, y / 32 * 4 + x / 32, "pages lie row by row");
            assert!(
                !std::mem::replace(&mut taken[slot as usize], true),
                "{x} {y}"
            );
        }
        for (x, y) in [
            (121, 0),
            (0, 121),
            (u32::MAX, 0),
            (5, u32::MAX),
            (1 << 31, 1 << 31),
        ] {
            let slot = cells.slot_of(Offset { x, y });
            assert_eq!(slot as usize, taken.len() - 1);
            assert_eq!(cells.slots_of(&[Offset { x, y }]), [slot]);
        }
    }

    #[test]
    fn nodes_follow_the_order_of_the_cells() {
        let cells = strips();
        for (column, row) in (0..119).flat_map(|row| (0..120).map(move |column| (column, row))) {
            let is_on_border = column % 10 == 0;
            let cell = cells.top(column, row);
            assert!(
                match cell {
                    Cell::Face(face) => !is_on_border && face == column / 10 + 1,
                    Cell::Node(_) => is_on_border,
                },
                "{column} {row}: {cell:?}"
            );
        }
        let nodes = cells
            .words()
            .iter()
            .filter_map(|&word| match Cell::of(word) {
                Cell::Face(_) => None,
                Cell::Node(at) => Some(at),
            });
        assert!(nodes.clone().count() > 1_000);
        assert!(nodes.is_sorted());
    }
}
