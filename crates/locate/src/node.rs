//! Nodes: the cells that edges run through, as runs of words in one arena.
//!
//! The first word of a node, its head, says what it is. Then follow
//!
//! - in a leaf whose edges all part the same two faces: the face at the nudged south-western corner, the other
//!   one, and the edges; a bit per edge in the head says which of both faces is on its left;
//! - in any other leaf: the face at that corner, the edges, and the faces on the left and right of each;
//! - in a grid, a cell that is cut: its cells row by row, whose nodes are counted from the start of this one.
//!
//! Edges are stored upward ([`Upward`]) and with their own ends: two words an edge where all of a leaf are so near
//! that 16 bits hold their offsets from the corner ([`REACH`]), four words otherwise.
//!
//! Reading is total: words that no builder has written give some answer, but no panic.

use crate::crossing::{Ends, REACH, TOGETHER, crossed, packed, rightward_crossings_near, unpacked};
use crate::path::{Edge, OUTSIDE, Place, Upward, rightward_crossings};

/// Marks a word that leads to a node (in a cell), or a node that is a grid (in its head).
const MARK: u32 = 1 << 31;

/// Marks a leaf whose edges reach far.
const FAR: u32 = 1 << 30;

/// Marks a leaf of two faces.
const PAIR: u32 = 1 << 29;

/// Edges of a leaf of two faces, at most: each has a bit in the head.
const MOST_OF_PAIR: usize = 16;

/// Where these bits start.
const SIDES_SHIFT: u32 = 8;

/// Words before the ends of a leaf of two faces.
const PAIR_HEAD: usize = 3;

/// Words before the ends of any other leaf.
const LEAF_HEAD: usize = 2;

/// Words before the cells of a grid.
const GRID_HEAD: usize = 1;

/// Words of both ends of an edge near the corner.
const NEAR_WORDS: usize = 2;

/// Words of both ends of an edge that reaches far.
const FAR_WORDS: usize = 4;

/// Words for the faces beside an edge.
const SIDE_WORDS: usize = 2;

/// A grid is cut by so many bits at most.
pub(crate) const MOST_CUT_BITS: u32 = 7;

/// Free words at the end, so that the last leaf can be read as if it had four edges.
pub(crate) const SLACK: usize = PAIR_HEAD + NEAR_WORDS * TOGETHER;

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

/// Words of a leaf with so many edges, at most.
pub(crate) const fn leaf_words(edges: usize) -> usize {
    LEAF_HEAD + edges * (FAR_WORDS + SIDE_WORDS)
}

/// Bytes that so many cells take, if their nodes hold so many edges of such a length (lattice units).
pub(crate) const fn expected_bytes(cells: u64, edges: u64, length: u64) -> u64 {
    // of edges half as long as an offset reaches, most are near
    let end_words = if length < REACH.cast_unsigned() / 2 {
        NEAR_WORDS
    } else {
        FAR_WORDS
    };
    // a head for three of five edges, and faces where three grids meet
    let edge_words = 10 * end_words + 6 * PAIR_HEAD + SIDE_WORDS;
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

/// The edges through one cell and the face at its reference corner.
#[derive(Clone, Copy)]
pub(crate) struct Leaf<'a> {
    head: u32,
    words: &'a [u32],
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
            Node::Leaf(Leaf { head, words })
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
        let other = other_face(reference_face, edges.clone());
        let edges = edges.map(Edge::upward);
        let far = edges
            .clone()
            .any(|edge| near_ends(corner, bits, &edge).is_none());
        let mut head = count(edges.len()) | if far { FAR } else { 0 };
        if other.is_some() {
            let on_left = edges
                .clone()
                .zip(0..)
                .map(|(edge, k)| u32::from(edge.left != reference_face) << (SIDES_SHIFT + k));
            head |= PAIR | on_left.fold(0, |all, bit| all | bit);
        }
        self.words.extend([head, reference_face]);
        self.words.extend(other);
        for edge in edges.clone() {
            match near_ends(corner, bits, &edge) {
                Some(ends) if !far => self.words.extend(ends),
                _ => self.words.extend(far_ends(&edge)),
            }
        }
        if other.is_none() {
            self.words
                .extend(edges.flat_map(|edge| [edge.left, edge.right]));
        }
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

/// The face beside the one at the corner, where the edges part only these two and are not too many.
fn other_face(reference: u32, edges: impl ExactSizeIterator<Item = Edge> + Clone) -> Option<u32> {
    if edges.len() > MOST_OF_PAIR {
        return None;
    }
    let first = edges.clone().next()?;
    let other = if first.left == reference {
        first.right
    } else {
        first.left
    };
    let parts = |edge: Edge| {
        (edge.left, edge.right) == (reference, other)
            || (edge.left, edge.right) == (other, reference)
    };
    (other != reference && edges.into_iter().all(parts)).then_some(other)
}

/// Both ends as offsets from a corner, where the box around them and a cell of `2^bits` units is within [`REACH`].
fn near_ends(corner: Place, bits: u32, edge: &Upward) -> Option<[u32; NEAR_WORDS]> {
    let last = (1i64 << bits) - 1;
    let fit = |a: i32, b: i32, corner: i32| {
        let (a, b) = (
            i64::from(a) - i64::from(corner),
            i64::from(b) - i64::from(corner),
        );
        let across = a.max(b).max(last) - a.min(b).min(0);
        if across > REACH {
            return None;
        }
        Some((i16::try_from(a).ok()?, i16::try_from(b).ok()?))
    };
    let (ax, bx) = fit(edge.a.x, edge.b.x, corner.x)?;
    let (ay, by) = fit(edge.a.y, edge.b.y, corner.y)?;
    Some([packed(ax, ay), packed(bx, by)])
}

const fn far_ends(edge: &Upward) -> [u32; FAR_WORDS] {
    [
        edge.a.x.cast_unsigned(),
        edge.a.y.cast_unsigned(),
        edge.b.x.cast_unsigned(),
        edge.b.y.cast_unsigned(),
    ]
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "edges of one leaf are fewer than the words of an arena"
)]
const fn count(edges: usize) -> u32 {
    edges as u32
}

impl<'a> Leaf<'a> {
    /// The face of the nudged point, from this cell's reference corner.
    #[inline]
    pub(crate) fn face_at(self, corner: Place, p: Place) -> u32 {
        const NEAR_PAIR: u32 = PAIR;
        if self.head & (FAR | PAIR) == NEAR_PAIR
            && let Some([_, reference, other, ends @ ..]) = self.words.first_chunk::<SLACK>()
        {
            // always four edges, so that no read waits for the head
            let edges = self.head & ((1 << SIDES_SHIFT) - 1);
            let mut odd = crossed(ends, offset(corner, p)) & !u32::MAX.unbounded_shl(edges);
            if edges as usize > TOGETHER {
                odd ^= self.parity_of_rest(corner, p);
            }
            // without a branch, which would be mispredicted every other time
            let taken = u32::from(is_odd(odd)).wrapping_neg();
            return reference ^ ((reference ^ other) & taken);
        }
        self.face_the_long_way(corner, p)
    }

    /// A word with an odd number of bits where the edges after the first four are crossed oddly.
    fn parity_of_rest(self, corner: Place, p: Place) -> u32 {
        let ends = self.ends::<NEAR_WORDS>();
        let rest = ends.get(TOGETHER..).unwrap_or(&[]);
        u32::from(is_odd(Self::crossed_among(rest, offset(corner, p))))
    }

    /// Which of any number of near edges are crossed: at least the parity of how many.
    fn crossed_among(edges: &[[u32; NEAR_WORDS]], p: u32) -> u32 {
        let mut odd = 0;
        for some in edges.chunks(TOGETHER) {
            odd ^= crossed(&filled_up(some), p);
        }
        odd
    }

    /// As [`Leaf::face_at`], for all kinds of leaves.
    fn face_the_long_way(self, corner: Place, p: Place) -> u32 {
        let reference = self.word(1);
        if self.head & PAIR != 0 {
            let crossings = self.upward(corner);
            let crossings = crossings.map(|edge| rightward_crossings(edge.a, edge.b, corner, p));
            let odd = crossings.sum::<i32>() & 1 != 0;
            return if odd { self.word(2) } else { reference };
        }
        if self.head & FAR == 0 {
            return self.face_among_many_near(corner, p);
        }
        self.upward(corner).fold(reference, |face, edge| {
            let crossings = rightward_crossings(edge.a, edge.b, corner, p);
            face.wrapping_add(change(edge.left, edge.right, crossings))
        })
    }

    /// In a near leaf where more than two faces meet.
    fn face_among_many_near(self, corner: Place, p: Place) -> u32 {
        let edges = self.ends::<NEAR_WORDS>();
        let sides = LEAF_HEAD + edges.len() * NEAR_WORDS;
        let p = offset(corner, p);
        let mut face = self.word(1);
        for (four, start) in edges.chunks(TOGETHER).zip((0..).step_by(TOGETHER)) {
            let mut odd = crossed(&filled_up(four), p);
            while odd != 0 {
                let edge = odd.trailing_zeros() as usize;
                odd &= odd - 1;
                let Some(&ends) = four.get(edge) else { break };
                let at = sides + (start + edge) * SIDE_WORDS;
                let crossings = rightward_crossings_near(ends, p);
                face = face.wrapping_add(change(self.word(at), self.word(at + 1), crossings));
            }
        }
        face
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
        self.upward(corner).map(Upward::canonical)
    }

    #[inline]
    fn upward(self, corner: Place) -> impl Iterator<Item = Upward> {
        let (near, far): (&[_], &[_]) = if self.head & FAR == 0 {
            (self.ends::<NEAR_WORDS>(), &[])
        } else {
            (&[], self.ends::<FAR_WORDS>())
        };
        let near = near.iter().map(move |&ends| near_places(ends, corner));
        let ends = near.chain(far.iter().map(far_places));
        ends.zip(self.sides())
            .map(|((a, b), (left, right))| Upward { a, b, left, right })
    }

    /// Both ends of each edge.
    #[inline]
    fn ends<const WORDS: usize>(self) -> &'a [[u32; WORDS]] {
        let start = self.ends_start();
        let words = self.words.get(start..start + self.count() * WORDS);
        words.unwrap_or(&[]).as_chunks().0
    }

    /// The faces on the left and right of each edge.
    #[inline]
    fn sides(self) -> impl Iterator<Item = (u32, u32)> {
        let (reference, other) = (self.word(1), self.word(2));
        let of_pair = self.head & PAIR != 0;
        let words = if self.head & FAR == 0 {
            NEAR_WORDS
        } else {
            FAR_WORDS
        };
        let start = LEAF_HEAD + self.count() * words;
        (0..self.count()).map(move |edge| {
            if of_pair {
                if self.head >> SIDES_SHIFT >> edge & 1 == 0 {
                    (reference, other)
                } else {
                    (other, reference)
                }
            } else {
                let at = start + edge * SIDE_WORDS;
                (self.word(at), self.word(at + 1))
            }
        })
    }

    #[inline]
    fn count(self) -> usize {
        if self.head & PAIR == 0 {
            (self.head & !(MARK | FAR | PAIR)) as usize
        } else {
            ((self.head & ((1 << SIDES_SHIFT) - 1)) as usize).min(MOST_OF_PAIR)
        }
    }

    #[inline]
    fn ends_start(self) -> usize {
        if self.head & PAIR == 0 {
            LEAF_HEAD
        } else {
            PAIR_HEAD
        }
    }

    #[inline]
    fn word(self, at: usize) -> u32 {
        self.words.get(at).copied().unwrap_or(OUTSIDE)
    }
}

/// Four edges of these; an edge of no length, as those that fill up, is never crossed.
#[inline]
fn filled_up(some: &[[u32; NEAR_WORDS]]) -> Ends {
    let mut ends: Ends = [0; NEAR_WORDS * TOGETHER];
    for (place, edge) in ends.as_chunks_mut().0.iter_mut().zip(some) {
        *place = *edge;
    }
    ends
}

/// How crossings from left to right change the number of the face.
#[inline]
const fn change(left: u32, right: u32, crossings: i32) -> u32 {
    right
        .wrapping_sub(left)
        .wrapping_mul(crossings.cast_unsigned())
}

/// Whether an odd number of the lowest four bits is set.
#[inline]
const fn is_odd(bits: u32) -> bool {
    0x6996 >> (bits & 15) & 1 != 0
}

/// A point of a near leaf's cell, from its corner: less than [`REACH`] away.
#[inline]
#[expect(
    clippy::cast_possible_truncation,
    reason = "a cell with near edges is at most 2^15 units wide"
)]
const fn offset(corner: Place, p: Place) -> u32 {
    packed(
        p.x.wrapping_sub(corner.x) as i16,
        p.y.wrapping_sub(corner.y) as i16,
    )
}

#[inline]
fn near_places([a, b]: [u32; NEAR_WORDS], corner: Place) -> (Place, Place) {
    let place = |word: u32| {
        let (x, y) = unpacked(word);
        Place {
            x: corner.x.wrapping_add(x.into()),
            y: corner.y.wrapping_add(y.into()),
        }
    };
    (place(a), place(b))
}

#[inline]
fn far_places(&[ax, ay, bx, by]: &[u32; FAR_WORDS]) -> (Place, Place) {
    let place = |x: u32, y: u32| Place {
        x: x.cast_signed(),
        y: y.cast_signed(),
    };
    (place(ax, ay), place(bx, by))
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
