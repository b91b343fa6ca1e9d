//! Nodes: the cells that edges run through, as runs of words in one arena.
//!
//! The first word of a node, its head, says what it is. A [`leaf`](crate::leaf) holds edges. A grid, a cell that is cut, holds
//! behind its head its cells row by row, whose nodes are counted from the start of this one.
//!
//! Reading is total: words that no builder has written give some answer, but no panic.

use crate::crossing::REACH;
use crate::leaf::{self, FAR_WORDS, HEAD_WORDS, Leaf, NEAR_WORDS, SLACK};
use crate::path::{Edge, OUTSIDE, Place};

/// Marks a word that leads to a node (in a cell), or a node that is a grid (in its head).
const MARK: u32 = 1 << 31;

/// Words before the cells of a grid.
const GRID_HEAD: usize = 1;

/// A grid is cut by so many bits at most.
pub(crate) const MOST_CUT_BITS: u32 = 7;

/// Words of an arena, at most: as many as a cell can count.
pub(crate) const MOST_WORDS: usize = MARK as usize;

/// What fills one cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cell {
    /// One face all over.
    Face(u32),
    /// A node, by its position in words: in the arena for a top cell, from the parent node for others.
    Node(usize),
}

impl Cell {
    pub(crate) const fn word(self) -> u32 {
        match self {
            Self::Face(face) => face,
            #[expect(
                clippy::cast_possible_truncation,
                reason = "an arena ends at 2^31 words, which the builder sees to"
            )]
            Self::Node(at) => MARK | at as u32,
        }
    }

    #[inline]
    pub(crate) const fn of(word: u32) -> Self {
        if word & MARK == 0 {
            Self::Face(word)
        } else {
            Self::Node((word & !MARK) as usize)
        }
    }
}

/// Bytes that so many cells take, if their nodes hold so many edges of such a length (lattice units).
pub(crate) const fn expected_bytes(cells: u64, edges: u64, length: u64) -> u64 {
    // of edges half as long as an offset reaches, most are near
    let end_words = if length < REACH.cast_unsigned() / 2 {
        NEAR_WORDS
    } else {
        FAR_WORDS
    };
    // a head for three of five edges, and numbers and faces where three grids meet
    let edge_words = 10 * end_words + 6 * HEAD_WORDS + 2;
    (cells + edges * edge_words as u64 / 10) * size_of::<u32>() as u64
}

/// The nodes of many cells, one after the other.
#[derive(Debug, Default)]
pub(crate) struct Arena {
    words: Vec<u32>,
}

/// A node as it is read.
pub(crate) enum Node<'a> {
    Leaf(Leaf<'a>),
    Grid(Grid<'a>),
}

/// A cell cut into `2^bits` by `2^bits`.
#[derive(Clone, Copy)]
pub(crate) struct Grid<'a> {
    at: usize,
    bits: u32,
    cells: &'a [u32],
}

impl Arena {
    pub(crate) fn with_capacity(words: usize) -> Self {
        Self {
            words: Vec::with_capacity(words + SLACK),
        }
    }

    /// The arena of words as they lie in memory, closed.
    pub(crate) const fn of(words: Vec<u32>) -> Self {
        Self { words }
    }

    pub(crate) fn words(&self) -> &[u32] {
        &self.words
    }

    pub(crate) fn len(&self) -> usize {
        self.words.len()
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        self.words.capacity() * size_of::<u32>()
    }

    /// The head of the node at a position, which brings it into the cache.
    #[inline]
    pub(crate) fn head(&self, at: usize) -> u32 {
        self.words.get(at).copied().unwrap_or(OUTSIDE)
    }

    /// The node at a position that a cell gave.
    #[inline]
    pub(crate) fn node(&self, at: usize) -> Node<'_> {
        self.node_with(self.head(at), at)
    }

    /// The same where its head has been read.
    #[inline]
    pub(crate) fn node_with(&self, head: u32, at: usize) -> Node<'_> {
        let words = self.words.get(at..).unwrap_or(&[]);
        if head & MARK == 0 {
            Node::Leaf(Leaf::of(head, words))
        } else {
            let bits = (head & !MARK).clamp(1, MOST_CUT_BITS);
            let end = GRID_HEAD + (1 << (2 * bits));
            Node::Grid(Grid {
                at,
                bits,
                cells: words.get(GRID_HEAD..end).unwrap_or(&[]),
            })
        }
    }

    /// Appends a leaf over a cell of `2^bits` units, and says where it is.
    pub(crate) fn push_leaf(
        &mut self,
        corner: Place,
        bits: u32,
        reference_face: u32,
        edges: impl ExactSizeIterator<Item = Edge> + Clone,
    ) -> usize {
        let at = self.words.len();
        leaf::write(&mut self.words, corner, bits, reference_face, edges);
        at
    }

    /// Appends a grid whose cells are to be set, and says where it is.
    pub(crate) fn push_grid(&mut self, bits: u32) -> usize {
        let at = self.words.len();
        self.words.push(MARK | bits);
        self.words
            .resize(at + GRID_HEAD + (1 << (2 * bits)), OUTSIDE);
        at
    }

    /// Sets a cell of the grid at `grid`; a node is given by its position in the arena.
    pub(crate) fn set(&mut self, grid: usize, cell: usize, to: Cell) {
        let relative = match to {
            Cell::Face(_) => to,
            Cell::Node(at) => Cell::Node(at - grid),
        };
        self.words[grid + GRID_HEAD + cell] = relative.word();
    }

    /// Forgets all nodes from a position on.
    pub(crate) fn truncate(&mut self, at: usize) {
        self.words.truncate(at);
    }

    /// Appends another arena, whose nodes then start at the position returned.
    pub(crate) fn append(&mut self, other: &Self) -> usize {
        let at = self.words.len();
        self.words.extend_from_slice(&other.words);
        at
    }

    /// Makes the last leaf readable.
    pub(crate) fn close(&mut self) {
        self.words.resize(self.words.len() + SLACK, OUTSIDE);
    }
}

impl Grid<'_> {
    /// By how many bits each side is cut.
    #[inline]
    pub(crate) const fn bits(self) -> u32 {
        self.bits
    }

    /// The cell in a column and row, its node by the position in the arena.
    #[inline]
    pub(crate) fn cell(self, column: u32, row: u32) -> Cell {
        let at = ((row << self.bits) | column) as usize;
        match Cell::of(self.cells.get(at).copied().unwrap_or(OUTSIDE)) {
            Cell::Node(offset) => Cell::Node(self.at.saturating_add(offset)),
            face @ Cell::Face(_) => face,
        }
    }
}
