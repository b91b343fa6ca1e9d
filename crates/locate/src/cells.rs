//! The memory layout of the face index: cells of four bytes, and nodes for the cells that edges run through.
//!
//! A cell is one word: the number of the face that fills it, or, with the highest bit set, where its node
//! is, in units of two words. A node is a run of words in one arena:
//!
//! - a leaf: how many edges, the face at the nudged south-western corner, then the edges, each with both
//!   ends and the faces on its left and right: four words where all ends are so near to the corner that
//!   16 bits hold their offsets (about 360 m), six words otherwise, and the second-highest bit is set;
//! - a grid: the highest bit and the number of bits it cuts each side by, a free word, then its
//!   cells row by row, whose nodes are counted from the start of this one.

use wangge_plane::{Extent, Point};

use crate::path::{Edge, OUTSIDE, Place};
use crate::sweep::Frame;

/// Marks a word that leads to a node (in a cell), or a node that is a grid (in its head).
const MARK: u32 = 1 << 31;

/// Words before a leaf's edges and a grid's cells.
const HEAD_WORDS: usize = 2;

/// Marks a leaf whose edges reach far.
const FAR: u32 = 1 << 30;

/// Words of an edge near the corner: two ends as pairs of offsets, two faces.
const NEAR_WORDS: usize = 4;

/// Words of an edge that reaches far: two ends, two faces.
const FAR_WORDS: usize = 6;

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
                reason = "an arena ends at 2^32 words, which the builder sees to"
            )]
            Self::Node(at) => MARK | (at / 2) as u32,
        }
    }

    #[inline]
    pub(crate) const fn of(word: u32) -> Self {
        if word & MARK == 0 {
            Self::Face(word)
        } else {
            Self::Node((word & !MARK) as usize * 2)
        }
    }
}

/// Words of a leaf with so many edges, at most.
pub(crate) const fn leaf_words(edges: usize) -> usize {
    HEAD_WORDS + edges * FAR_WORDS
}

/// Bytes that so many cells take, if their nodes hold so many edges of such a length (lattice units).
pub(crate) const fn expected_bytes(cells: u64, edges: u64, length: u64) -> u64 {
    // of edges half as long as an offset reaches, most are near
    let edge_words = if length < 1 << 14 {
        NEAR_WORDS
    } else {
        FAR_WORDS
    };
    // a leaf's head for every other edge
    (cells + edges * (edge_words + HEAD_WORDS / 2) as u64) * size_of::<u32>() as u64
}

/// The top cells over the extent of all edges, row by row from the south-west, and their nodes.
#[derive(Debug)]
pub(crate) struct Cells {
    origin: Place,
    width: u64,
    height: u64,
    bits: u32,
    columns: u32,
    words: Vec<u32>,
    arena: Arena,
}

impl Cells {
    pub(crate) fn new(extent: Extent, frame: Frame, words: Vec<u32>, arena: Arena) -> Self {
        let across = extent.max().from_origin(extent.min());
        Self {
            origin: frame.origin,
            width: across.dx.unsigned_abs(),
            height: across.dy.unsigned_abs(),
            bits: frame.bits,
            columns: frame.columns,
            words,
            arena,
        }
    }

    /// The face that answers for a point: that of the nudged point, or on a rim the lowest grid
    /// whose border holds the point.
    #[inline]
    pub(crate) fn face_at(&self, p: Point) -> u32 {
        match self.reached(p) {
            Reached::Face(face) => face,
            Reached::Leaf(leaf, corner) => {
                let face = leaf.face_at(corner, p.into());
                if face == OUTSIDE {
                    leaf.lowest_grid_on(corner, p.into())
                } else {
                    face
                }
            }
        }
    }

    /// The face of the nudged point: on a rim it may be the outside.
    pub(crate) fn nudged_face_at(&self, p: Point) -> u32 {
        match self.reached(p) {
            Reached::Face(face) => face,
            Reached::Leaf(leaf, corner) => leaf.face_at(corner, p.into()),
        }
    }

    /// Goes down to the cell of a point that is not cut.
    #[inline]
    fn reached(&self, p: Point) -> Reached<'_> {
        let dx = (i64::from(p.x()) - i64::from(self.origin.x)).cast_unsigned();
        let dy = (i64::from(p.y()) - i64::from(self.origin.y)).cast_unsigned();
        if dx > self.width || dy > self.height {
            return Reached::Face(OUTSIDE);
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the sides of an extent are below 2^32"
        )]
        let (dx, dy) = (dx as u32, dy as u32);
        let (column, row) = (dx.unbounded_shr(self.bits), dy.unbounded_shr(self.bits));
        let word = self.words[row as usize * self.columns as usize + column as usize];
        let mut cell = Cell::of(word);
        let mut bits = self.bits;
        loop {
            let at = match cell {
                Cell::Face(face) => return Reached::Face(face),
                Cell::Node(at) => at,
            };
            match self.arena.node(at) {
                Node::Leaf(leaf) => {
                    let below = !u32::MAX.unbounded_shl(bits);
                    let corner = Place {
                        x: p.x().wrapping_sub((dx & below).cast_signed()),
                        y: p.y().wrapping_sub((dy & below).cast_signed()),
                    };
                    return Reached::Leaf(leaf, corner);
                }
                Node::Grid(grid) => {
                    bits -= grid.bits();
                    let within = !u32::MAX.unbounded_shl(grid.bits());
                    cell = grid.cell((dx >> bits) & within, (dy >> bits) & within);
                }
            }
        }
    }

    /// The frame that the top cells are in.
    pub(crate) fn frame(&self) -> Frame {
        Frame {
            origin: self.origin,
            bits: self.bits,
            columns: self.columns,
            #[expect(clippy::cast_possible_truncation, reason = "rows are counted in u32")]
            rows: (self.words.len() / self.columns as usize) as u32,
        }
    }

    /// A top cell.
    pub(crate) fn top(&self, column: u32, row: u32) -> Cell {
        Cell::of(self.words[row as usize * self.columns as usize + column as usize])
    }

    pub(crate) fn arena(&self) -> &Arena {
        &self.arena
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        self.words.capacity() * size_of::<u32>() + self.arena.memory_bytes()
    }
}

/// Where a way down to a point ends.
enum Reached<'a> {
    /// In a cell that one face fills.
    Face(u32),
    /// In a leaf, with its reference corner.
    Leaf(Leaf<'a>, Place),
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

/// The edges through one cell and the face at its reference corner.
#[derive(Clone, Copy)]
pub(crate) struct Leaf<'a> {
    reference_face: u32,
    edges: Edges<'a>,
}

#[derive(Clone, Copy)]
enum Edges<'a> {
    Near(&'a [[u32; NEAR_WORDS]]),
    Far(&'a [[u32; FAR_WORDS]]),
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
            words: Vec::with_capacity(words),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.words.len()
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        self.words.capacity() * size_of::<u32>()
    }

    /// The node at a position that a cell gave.
    #[inline]
    pub(crate) fn node(&self, at: usize) -> Node<'_> {
        let words = &self.words[at..];
        let (head, second) = (words[0], words[1]);
        if head & MARK == 0 {
            let count = (head & !FAR) as usize;
            let edges = if head & FAR == 0 {
                let end = HEAD_WORDS + count * NEAR_WORDS;
                Edges::Near(words[HEAD_WORDS..end].as_chunks().0)
            } else {
                let end = HEAD_WORDS + count * FAR_WORDS;
                Edges::Far(words[HEAD_WORDS..end].as_chunks().0)
            };
            Node::Leaf(Leaf {
                reference_face: second,
                edges,
            })
        } else {
            let bits = head & !MARK;
            Node::Grid(Grid {
                at,
                bits,
                cells: &words[HEAD_WORDS..HEAD_WORDS + (1 << (2 * bits))],
            })
        }
    }

    /// Appends a leaf and says where it is.
    pub(crate) fn push_leaf(
        &mut self,
        corner: Place,
        reference_face: u32,
        edges: impl ExactSizeIterator<Item = Edge> + Clone,
    ) -> usize {
        let at = self.words.len();
        #[expect(
            clippy::cast_possible_truncation,
            reason = "edges of one coverage are counted in u32, which the builder sees to"
        )]
        let count = edges.len() as u32;
        self.words.extend([count, reference_face]);
        for edge in edges.clone() {
            let (Some(a), Some(b)) = (offset(corner, edge.a), offset(corner, edge.b)) else {
                self.words.truncate(at);
                self.words.extend([FAR | count, reference_face]);
                self.extend_far(edges);
                return at;
            };
            self.words.extend([a, b, edge.left, edge.right]);
        }
        at
    }

    fn extend_far(&mut self, edges: impl Iterator<Item = Edge>) {
        for edge in edges {
            self.words.extend([
                edge.a.x.cast_unsigned(),
                edge.a.y.cast_unsigned(),
                edge.b.x.cast_unsigned(),
                edge.b.y.cast_unsigned(),
                edge.left,
                edge.right,
            ]);
        }
    }

    /// Appends a grid whose cells are to be set, and says where it is.
    pub(crate) fn push_grid(&mut self, bits: u32) -> usize {
        let at = self.words.len();
        self.words.extend([MARK | bits, 0]);
        self.words
            .resize(at + HEAD_WORDS + (1 << (2 * bits)), OUTSIDE);
        at
    }

    /// Sets a cell of the grid at `grid`; a node is given by its position in the arena.
    pub(crate) fn set(&mut self, grid: usize, cell: usize, to: Cell) {
        let relative = match to {
            Cell::Face(_) => to,
            Cell::Node(at) => Cell::Node(at - grid),
        };
        self.words[grid + HEAD_WORDS + cell] = relative.word();
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
}

impl Leaf<'_> {
    /// The face of the nudged point, from this cell's reference corner.
    #[inline]
    pub(crate) fn face_at(self, corner: Place, p: Place) -> u32 {
        match self.edges {
            Edges::Near(edges) => {
                let origin = Place { x: 0, y: 0 };
                let p = Place {
                    x: p.x.wrapping_sub(corner.x),
                    y: p.y.wrapping_sub(corner.y),
                };
                edges.iter().fold(self.reference_face, |face, words| {
                    face.wrapping_add(near_edge(words, origin).added_on_path(origin, p))
                })
            }
            Edges::Far(edges) => edges.iter().fold(self.reference_face, |face, words| {
                face.wrapping_add(far_edge(words).added_on_path(corner, p))
            }),
        }
    }

    /// The lowest grid beside the edges that hold the point: who owns it on a rim.
    #[cold]
    pub(crate) fn lowest_grid_on(self, corner: Place, p: Place) -> u32 {
        self.edges(corner)
            .filter(|edge| edge.holds(p))
            .filter_map(|edge| edge.lowest_grid())
            .min()
            .unwrap_or(OUTSIDE)
    }

    /// The edges, from the reference corner.
    pub(crate) fn edges(self, corner: Place) -> impl Iterator<Item = Edge> {
        let (near, far): (&[_], &[_]) = match self.edges {
            Edges::Near(edges) => (edges, &[]),
            Edges::Far(edges) => (&[], edges),
        };
        let near = near.iter().map(move |words| near_edge(words, corner));
        near.chain(far.iter().map(far_edge))
    }
}

/// A place as a pair of 16-bit offsets from a corner, where they fit.
fn offset(corner: Place, place: Place) -> Option<u32> {
    let x = i16::try_from(i64::from(place.x) - i64::from(corner.x)).ok()?;
    let y = i16::try_from(i64::from(place.y) - i64::from(corner.y)).ok()?;
    Some(u32::from(x.cast_unsigned()) | u32::from(y.cast_unsigned()) << 16)
}

/// An edge by its offsets from a corner.
#[inline]
fn near_edge(&[a, b, left, right]: &[u32; NEAR_WORDS], corner: Place) -> Edge {
    #[expect(clippy::cast_possible_truncation, reason = "the two halves of a word")]
    let place = |word: u32| Place {
        x: corner.x + i32::from((word as u16).cast_signed()),
        y: corner.y + i32::from(((word >> 16) as u16).cast_signed()),
    };
    Edge {
        a: place(a),
        b: place(b),
        left,
        right,
    }
}

#[inline]
fn far_edge(&[ax, ay, bx, by, left, right]: &[u32; FAR_WORDS]) -> Edge {
    let place = |x: u32, y: u32| Place {
        x: x.cast_signed(),
        y: y.cast_signed(),
    };
    Edge {
        a: place(ax, ay),
        b: place(bx, by),
        left,
        right,
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
        match Cell::of(self.cells[((row << self.bits) | column) as usize]) {
            Cell::Node(offset) => Cell::Node(self.at + offset),
            face @ Cell::Face(_) => face,
        }
    }
}
