//! Leaves: the edges through one cell, as a run of words.
//!
//! The first three words of a leaf are its head, the face at the nudged south-western corner, and one that depends on
//! its kind. The head says whether the edges part only two faces (a pair) or more, and whether all ends are so near to the
//! corner that 16 bits hold their offsets from it ([`REACH`]), or some are far.
//!
//! | faces, ends | third word | each edge | behind the edges |
//! |---|---|---|---|
//! | two, near | the other face | 8 bytes: the offsets of its ends, and a bit in the head | |
//! | two, far | the other face | 16 bytes: its ends, and a bit in the head | |
//! | more, near | how many edges | 8 bytes: the offsets of its ends, and 2 to 8: the numbers of its faces | the faces |
//! | more, far | how many edges | 4 to 16 bytes: the numbers of its ends and faces | the faces, the ends |
//!
//! Faces and ends behind the edges form a table that holds each of them once. The number of one is the place of its
//! (first) word in the table, and takes no more bits than the table needs: 8 up to 256 words, 16 up to 65,536, and 32
//! beyond ([`Width`]). So no record is longer than 16 bytes, and where three grids meet, one takes 10, or 4 if it is far. All ends
//! are exact. Edges are stored upward ([`Upward`]), the left side before the right one; the bit of an edge of a pair is set
//! where the other face is on its left.

mod numbers;

use crate::crossing::{Ends, REACH, TOGETHER, crossed, packed, rightward_crossings_near, unpacked};
use crate::path::{Edge, OUTSIDE, Place, Upward, rightward_crossings};
use numbers::{Numbers, Table, Width, narrow, place_of, words_of};

/// Marks a leaf whose edges reach far; below the bit that marks a grid.
const FAR: u32 = 1 << 30;

/// Marks a leaf of two faces.
const PAIR: u32 = 1 << 29;

/// Edges of a leaf of two faces, at most: each has a bit in the head.
const MOST_OF_PAIR: usize = 16;

/// Where these bits start; below them is the number of edges.
const SIDES_SHIFT: u32 = 8;

/// Words before the edges.
pub(crate) const HEAD_WORDS: usize = 3;

/// Words of both ends of an edge near the corner.
pub(crate) const NEAR_WORDS: usize = 2;

/// Words of both ends of an edge that reaches far.
pub(crate) const FAR_WORDS: usize = 4;

/// Numbers of an edge near the corner: its faces.
const NEAR_NUMBERS: usize = 2;

/// Numbers of an edge that reaches far: its ends and its faces.
const FAR_NUMBERS: usize = 4;

/// Words that are read of a leaf of two faces, however many edges it has.
pub(crate) const SLACK: usize = HEAD_WORDS + NEAR_WORDS * TOGETHER;

/// Words of a leaf with so many edges, at most: all far, with no end or face in common.
pub(crate) const fn leaf_words(edges: usize) -> usize {
    let table = edges * (FAR_WORDS + 2);
    HEAD_WORDS + Width::of_table(table).words(edges * FAR_NUMBERS) + table
}

/// Appends the words of a leaf over a cell of `2^bits` units.
pub(crate) fn write(
    words: &mut Vec<u32>,
    corner: Place,
    bits: u32,
    reference_face: u32,
    edges: impl ExactSizeIterator<Item = Edge> + Clone,
) {
    let other = other_face(reference_face, edges.clone());
    let count = narrow(edges.len());
    let edges = edges.map(Edge::upward);
    let is_far = |edge| near_ends(corner, bits, &edge).is_none();
    let far = edges.clone().any(is_far);
    let mark = if far { FAR } else { 0 };
    if let Some(other) = other {
        let on_left = edges
            .clone()
            .zip(0..)
            .map(|(edge, k)| u32::from(edge.left != reference_face) << (SIDES_SHIFT + k));
        let sides = on_left.fold(0, |all, bit| all | bit);
        words.extend([mark | PAIR | sides | count, reference_face, other]);
        if far {
            words.extend(edges.flat_map(|edge| [edge.a, edge.b]).flat_map(words_of));
        } else {
            words.extend(
                edges
                    .filter_map(|edge| near_ends(corner, bits, &edge))
                    .flatten(),
            );
        }
        return;
    }
    let table = Table::of(edges.clone(), far);
    let width = table.width();
    words.extend([mark | width.code, reference_face, count]);
    let sides = |edge: Upward| [table.face(edge.left), table.face(edge.right)];
    if far {
        let ends = |edge: Upward| [table.end(edge.a), table.end(edge.b)];
        let numbers = edges.flat_map(|edge| ends(edge).into_iter().chain(sides(edge)));
        width.write(numbers, words);
    } else {
        words.extend(
            edges
                .clone()
                .filter_map(|edge| near_ends(corner, bits, &edge))
                .flatten(),
        );
        width.write(edges.flat_map(sides), words);
    }
    table.write(words);
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

/// The edges through one cell and the face at its reference corner.
#[derive(Clone, Copy)]
pub(crate) struct Leaf<'a> {
    head: u32,
    words: &'a [u32],
}

impl<'a> Leaf<'a> {
    /// The leaf of words that begin with its head, which has been read.
    #[inline]
    pub(crate) const fn of(head: u32, words: &'a [u32]) -> Self {
        Self { head, words }
    }

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
        match (self.head & FAR != 0, self.head & PAIR != 0) {
            (true, true) => self.face_of_far_pair(corner, p),
            (false, false) => self.face_among_many_near(corner, p),
            _ => self.upward(corner).fold(self.word(1), |face, edge| {
                let crossings = rightward_crossings(edge.a, edge.b, corner, p);
                face.wrapping_add(change(edge.left, edge.right, crossings))
            }),
        }
    }

    /// In a far leaf of two faces: which of them, the parity of the crossings says.
    fn face_of_far_pair(self, corner: Place, p: Place) -> u32 {
        let crossings = self.ends::<FAR_WORDS>().iter().map(|&ends| {
            let (a, b) = far_places(ends);
            rightward_crossings(a, b, corner, p)
        });
        let odd = crossings.sum::<i32>() & 1 != 0;
        self.word(if odd { 2 } else { 1 })
    }

    /// In a near leaf where more than two faces meet.
    fn face_among_many_near(self, corner: Place, p: Place) -> u32 {
        let edges = self.ends::<NEAR_WORDS>();
        let numbers = self.numbers();
        let p = offset(corner, p);
        let mut face = self.word(1);
        for (four, start) in edges.chunks(TOGETHER).zip((0..).step_by(TOGETHER)) {
            let mut odd = crossed(&filled_up(four), p);
            while odd != 0 {
                let edge = odd.trailing_zeros() as usize;
                odd &= odd - 1;
                let Some(&ends) = four.get(edge) else { break };
                let (left, right) = numbers.sides((start + edge) * NEAR_NUMBERS);
                face = face.wrapping_add(change(left, right, rightward_crossings_near(ends, p)));
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
        let (is_far, is_pair) = (self.head & FAR != 0, self.head & PAIR != 0);
        let (near, far) = (self.ends::<NEAR_WORDS>(), self.ends::<FAR_WORDS>());
        let numbers = self.numbers();
        (0..self.count()).map(move |edge| {
            let (a, b) = match (is_far, is_pair) {
                (false, _) => near_places(near.get(edge).copied().unwrap_or_default(), corner),
                (true, true) => far_places(far.get(edge).copied().unwrap_or_default()),
                (true, false) => numbers.ends(edge * FAR_NUMBERS),
            };
            let (left, right) = match (is_far, is_pair) {
                (_, true) => self.sides_of_pair(edge),
                (false, false) => numbers.sides(edge * NEAR_NUMBERS),
                (true, false) => numbers.sides(edge * FAR_NUMBERS + 2),
            };
            Upward { a, b, left, right }
        })
    }

    /// Both ends of each edge, where they are kept with it.
    #[inline]
    fn ends<const WORDS: usize>(self) -> &'a [[u32; WORDS]] {
        let words = self
            .words
            .get(HEAD_WORDS..HEAD_WORDS + self.count() * WORDS);
        words.unwrap_or(&[]).as_chunks().0
    }

    /// The faces on the left and right of an edge of a leaf of two faces.
    #[inline]
    fn sides_of_pair(self, edge: usize) -> (u32, u32) {
        let (reference, other) = (self.word(1), self.word(2));
        if self.head >> SIDES_SHIFT >> edge & 1 == 0 {
            (reference, other)
        } else {
            (other, reference)
        }
    }

    /// The numbers of a leaf of more than two faces.
    #[inline]
    fn numbers(self) -> Numbers<'a> {
        let width = Width::in_head(self.head);
        let (start, numbers) = if self.head & FAR == 0 {
            (
                HEAD_WORDS + self.count() * NEAR_WORDS,
                self.count() * NEAR_NUMBERS,
            )
        } else {
            (HEAD_WORDS, self.count() * FAR_NUMBERS)
        };
        Numbers::of(width, self.words.get(start..).unwrap_or(&[]), numbers)
    }

    /// How many edges there are: no more than the words that follow, so that what is counted of them fits.
    #[inline]
    fn count(self) -> usize {
        if self.head & PAIR == 0 {
            (self.word(2) as usize).min(self.words.len())
        } else {
            ((self.head & ((1 << SIDES_SHIFT) - 1)) as usize).min(MOST_OF_PAIR)
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
const fn far_places([ax, ay, bx, by]: [u32; FAR_WORDS]) -> (Place, Place) {
    (place_of([ax, ay]), place_of([bx, by]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    const ORIGIN: Place = Place { x: 0, y: 0 };

    fn edge((ax, ay): (i32, i32), (bx, by): (i32, i32), left: u32, right: u32) -> Edge {
        let (a, b) = (Place { x: ax, y: ay }, Place { x: bx, y: by });
        assert!(a < b, "canonical");
        Edge { a, b, left, right }
    }

    fn words_of_leaf(bits: u32, reference: u32, edges: &[Edge]) -> Vec<u32> {
        let mut words = Vec::new();
        write(&mut words, ORIGIN, bits, reference, edges.iter().copied());
        words
    }

    /// As in an arena: with words behind the last leaf.
    fn read(words: &mut Vec<u32>) -> Leaf<'_> {
        words.resize(words.len() + SLACK, OUTSIDE);
        Leaf::of(words[0], words)
    }

    /// Bytes behind the head and before the table, each edge's share.
    fn bytes_an_edge(words: &[u32], table: usize, edges: usize) -> f64 {
        let bytes = size_of_val(&words[HEAD_WORDS..words.len() - table]);
        #[expect(clippy::cast_precision_loss, reason = "few")]
        let share = bytes as f64 / edges as f64;
        share
    }

    /// Three sides that meet at (64, 64) and leave the cell in the west, east and north: face 1 in the south, where the
    /// corner is, 2 in the east, 3 in the west.
    ///
    /// ```text
    ///      3 | 2
    ///    ____+____
    ///        1
    /// ```
    fn meeting(scale: i32) -> [Edge; 3] {
        let at = |x: i32, y: i32| (x * scale, y * scale);
        [
            edge(at(0, 20), at(64, 64), 3, 1),
            edge(at(64, 64), at(130, 30), 2, 1),
            edge(at(60, 130), at(64, 64), 2, 3),
        ]
    }

    #[rstest]
    // three of 8 bytes with 2 numbers, six of which take two words, and three faces
    #[case::near(1, 7, 3 + 6 + 2 + 3)]
    // three words of four numbers, three faces and four ends
    #[case::far(1 << 12, 19, 3 + 3 + 3 + 8)]
    fn three_faces_that_meet_are_told_apart(
        #[case] scale: i32,
        #[case] bits: u32,
        #[case] length: usize,
    ) {
        let edges = meeting(scale);
        let mut words = words_of_leaf(bits, 1, &edges);
        assert_eq!(words.len(), length);
        let leaf = read(&mut words);
        assert_eq!(leaf.edges(ORIGIN).collect::<Vec<_>>(), edges);
        for ((x, y), face) in [
            ((0, 0), 1),
            ((127, 0), 1),
            ((64, 63), 1),
            ((127, 127), 2),
            ((65, 64), 2),
            ((0, 127), 3),
            ((0, 21), 3),
            // on a border and on the vertex: whose is to the east, or else to the north
            ((64, 64), 2),
            ((0, 20), 1),
        ] {
            let p = Place {
                x: x * scale,
                y: y * scale,
            };
            assert_eq!(leaf.face_at(ORIGIN, p), face, "{p:?}");
        }
    }

    /// Edges with no end and no face in common.
    fn apart(edges: u32) -> Vec<Edge> {
        (0..edges)
            .map(|k| {
                let (x, y) = (k.cast_signed() % 100, k.cast_signed() / 100);
                edge((2 * x, y), (2 * x + 1, y + 1), 2 * k, 2 * k + 1)
            })
            .collect()
    }

    #[rstest]
    #[case::near_8_bits(128, 8, 10.0)]
    #[case::near_16_bits(130, 8, 12.0)]
    #[case::near_32_bits(32_770, 8, 16.0)]
    #[case::far_8_bits(42, 20, 4.0)]
    #[case::far_16_bits(44, 20, 8.0)]
    #[case::far_32_bits(10_924, 20, 16.0)]
    fn numbers_are_as_wide_as_their_table_needs(
        #[case] count: u32,
        #[case] bits: u32,
        #[case] bytes: f64,
    ) {
        let edges = apart(count);
        let mut words = words_of_leaf(bits, 0, &edges);
        let table = edges.len() * if bits > 14 { 6 } else { 2 };
        let share = bytes_an_edge(&words, table, edges.len());
        assert!((share - bytes).abs() < 1e-9, "{share} bytes an edge");
        assert!(words.len() <= leaf_words(edges.len()));
        let leaf = read(&mut words);
        assert!(leaf.edges(ORIGIN).eq(edges));
    }

    #[test]
    fn edges_apart_take_the_most_words_that_a_leaf_can() {
        for count in [1, 2, 41, 42, 43, 44, 10_922, 10_923, 10_924] {
            let edges = apart(count);
            let words = words_of_leaf(20, u32::MAX >> 1, &edges);
            assert_eq!(words.len(), leaf_words(edges.len()), "{count}");
        }
    }

    fn any_edge(side: i32) -> impl Strategy<Value = Edge> {
        let place = move || (-side..2 * side, -side..2 * side);
        let faces = prop_oneof![
            (0u32..3, 0u32..3),
            (0u32..600, 0u32..600),
            (0u32..2, 0u32..2)
        ];
        (place(), place(), faces).prop_filter_map("no length", |(a, b, (left, right))| {
            let (a, b) = if a < b { (a, b) } else { (b, a) };
            (a < b).then(|| edge(a, b, left, right))
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

        /// The same edges near and far: the cell of the second leaf is too wide for offsets.
        #[test]
        fn a_leaf_holds_its_edges_and_answers_alike_near_and_far(
            edges in proptest::collection::vec(any_edge(100), 1..40),
            reference in 0u32..3,
            points in proptest::collection::vec((0i32..100, 0i32..100), 20),
        ) {
            let mut of_near = words_of_leaf(7, reference, &edges);
            let mut of_far = words_of_leaf(20, reference, &edges);
            prop_assert!(of_near.len().max(of_far.len()) <= leaf_words(edges.len()));
            let (near, far) = (read(&mut of_near), read(&mut of_far));
            prop_assert_eq!((near.head & FAR, far.head & FAR), (0, FAR));
            prop_assert_eq!(near.edges(ORIGIN).collect::<Vec<_>>(), edges.clone());
            prop_assert_eq!(far.edges(ORIGIN).collect::<Vec<_>>(), edges);
            for (x, y) in points {
                let p = Place { x, y };
                prop_assert_eq!(near.face_at(ORIGIN, p), far.face_at(ORIGIN, p), "{:?}", p);
                prop_assert_eq!(near.lowest_grid_on(ORIGIN, p), far.lowest_grid_on(ORIGIN, p), "{:?}", p);
            }
        }

        #[test]
        fn words_that_nobody_has_written_are_read_without_a_panic(
            kind in 0u32..4,
            width in 0u32..4,
            count in prop_oneof![0u32..40, any::<u32>()],
            mut words in proptest::collection::vec(prop_oneof![any::<u32>(), 0u32..300], 3..200),
            (x, y) in any::<(i32, i32)>(),
        ) {
            words[0] = kind << 29 | count << 4 & (FAR - 1) >> 1 | width;
            words[2] = count;
            let leaf = Leaf::of(words[0], &words);
            let corner = Place { x: 1_800_000_000, y: -900_000_000 };
            leaf.face_at(corner, Place { x, y });
            leaf.lowest_grid_on(corner, Place { x, y });
            prop_assert!(leaf.edges(corner).count() <= words.len().max(MOST_OF_PAIR));
        }
    }
}
