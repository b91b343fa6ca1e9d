//! The index as bytes: written once, and opened again without being built.
//!
//! A header of 18 words, each of four bytes with the lowest first: the magic (two words), the version of the form, bits of a
//! page, bits and origin of the frame, its columns and rows, width and height of the extent, how many words of cells and
//! of nodes follow (two words each), a word that is zero, a CRC-32 of what follows and one of the header before it. Then the words of the
//! cells and of the nodes as they lie in memory. A file of another version, a shorter or longer one and a damaged one are refused.
//!
//! A checksum does not tell who wrote a file. Whatever words one holds, a lookup stays within them, ends and does not
//! panic (see [`node`](crate::node)); only the answers are then worth nothing.

use std::collections::TryReserveError;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use crc32fast::Hasher;

use crate::cells::Cells;
use crate::node::{Arena, MOST_WORDS};
use crate::pages::{PAGE_BITS, Words, slots};
use crate::path::Place;
use crate::sweep::{Frame, MOST_BITS};

/// The first eight bytes, `wg-faces`.
const MAGIC: [u32; 2] = [u32::from_le_bytes(*b"wg-f"), u32::from_le_bytes(*b"aces")];

/// Of the form; any change of what words mean gets another one.
const VERSION: u32 = 3;

const HEADER_WORDS: usize = 18;

/// What is read and summed up at once, so that it is still in the cache then.
const CHUNK_WORDS: usize = 1 << 16;

/// Why bytes are not opened as an index.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoredIndexError {
    /// The bytes could not be read.
    #[error("the index could not be read")]
    Read {
        /// What went wrong.
        #[source]
        source: io::Error,
    },
    /// The bytes are something else.
    #[error("this is no index of grids: it begins with other bytes")]
    NotAnIndex,
    /// The form is one that this program does not know.
    #[error("the index has the form {found}, this program reads {known} only: build it anew")]
    UnknownVersion {
        /// The version of the form.
        found: u32,
        /// The version that is read.
        known: u32,
    },
    /// There are fewer bytes than the header says, or more.
    #[error("the index should have {expected} bytes and does not")]
    WrongLength {
        /// By the header; of the header alone where that is cut.
        expected: u64,
    },
    /// The bytes are not those that were written.
    #[error("the {part} of the index is damaged: build it anew")]
    Damaged {
        /// Header or body.
        part: &'static str,
    },
    /// There is not so much memory.
    #[error("the index needs {bytes} bytes of memory, and there is not so much")]
    TooLarge {
        /// Of cells or nodes.
        bytes: u64,
    },
}

/// Writes the cells; none where there are no edges.
pub(crate) fn write(cells: Option<&Cells>, out: &mut impl Write) -> io::Result<()> {
    let (mut header, body) = match cells {
        Some(cells) => (header_of(cells), [cells.words(), cells.arena().words()]),
        None => ([0; HEADER_WORDS], [[].as_slice(); 2]),
    };
    let mut sum = Hasher::new();
    for_each_chunk(body, |bytes| {
        sum.update(bytes);
        Ok(())
    })?;
    [header[0], header[1]] = MAGIC;
    header[2] = VERSION;
    header[16] = sum.finalize();
    header[17] = sum_of_header(&header);
    for word in header {
        out.write_all(&word.to_le_bytes())?;
    }
    for_each_chunk(body, |bytes| out.write_all(bytes))
}

fn header_of(cells: &Cells) -> [u32; HEADER_WORDS] {
    let frame = cells.frame();
    let (width, height) = cells.sides();
    let [of_cells, of_nodes] =
        [cells.words(), cells.arena().words()].map(|words| halves(words.len() as u64));
    [
        0,
        0,
        0,
        PAGE_BITS,
        frame.bits,
        frame.origin.x.cast_unsigned(),
        frame.origin.y.cast_unsigned(),
        frame.columns,
        frame.rows,
        width,
        height,
        of_cells.0,
        of_cells.1,
        of_nodes.0,
        of_nodes.1,
        0,
        0,
        0,
    ]
}

/// Hands on words as bytes, some at a time.
fn for_each_chunk(
    body: [&[u32]; 2],
    mut visit: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut lowest_first = Vec::new();
    for chunk in body.into_iter().flat_map(|words| words.chunks(CHUNK_WORDS)) {
        if cfg!(target_endian = "little") {
            visit(bytemuck::cast_slice(chunk))?;
        } else {
            lowest_first.clear();
            lowest_first.extend(chunk.iter().map(|word| word.to_le()));
            visit(bytemuck::cast_slice(&lowest_first))?;
        }
    }
    Ok(())
}

/// The cells of a file that holds them and nothing else.
pub(crate) fn open(path: &Path) -> Result<Option<Cells>, StoredIndexError> {
    let mut file = File::open(path).map_err(read_error)?;
    let length = file.metadata().map_err(read_error)?.len();
    let header = Header::read(&mut file)?;
    let expected = header.bytes();
    if length != expected {
        return Err(StoredIndexError::WrongLength { expected });
    }
    header.body(&mut file)
}

/// The cells that the next bytes hold.
pub(crate) fn read(input: &mut impl Read) -> Result<Option<Cells>, StoredIndexError> {
    Header::read(input)?.body(input)
}

/// A header whose figures agree with one another.
struct Header {
    frame: Frame,
    width: u32,
    height: u32,
    cell_words: u64,
    node_words: u64,
    sum: u32,
}

impl Header {
    fn read(input: &mut impl Read) -> Result<Self, StoredIndexError> {
        let mut header = [0u32; HEADER_WORDS];
        let expected = (HEADER_WORDS * size_of::<u32>()) as u64;
        input
            .read_exact(bytemuck::cast_slice_mut(&mut header))
            .map_err(|source| cut(source, expected))?;
        let header = header.map(u32::from_le);
        if header[..2] != MAGIC {
            return Err(StoredIndexError::NotAnIndex);
        }
        if header[2] != VERSION {
            return Err(StoredIndexError::UnknownVersion {
                found: header[2],
                known: VERSION,
            });
        }
        let [
            _,
            _,
            _,
            page_bits,
            bits,
            x,
            y,
            columns,
            rows,
            width,
            height,
            counts @ ..,
        ] = header;
        let [
            cells_low,
            cells_high,
            nodes_low,
            nodes_high,
            free,
            sum,
            own_sum,
        ] = counts;
        let header_read = Self {
            frame: Frame {
                origin: Place {
                    x: x.cast_signed(),
                    y: y.cast_signed(),
                },
                bits,
                columns,
                rows,
            },
            width,
            height,
            cell_words: whole(cells_low, cells_high),
            node_words: whole(nodes_low, nodes_high),
            sum,
        };
        let is_whole = own_sum == sum_of_header(&header) && free == 0;
        let is_empty = header[3..16].iter().all(|&word| word == 0);
        if is_whole && (is_empty || page_bits == PAGE_BITS && header_read.agrees()) {
            Ok(header_read)
        } else {
            Err(StoredIndexError::Damaged { part: "header" })
        }
    }

    /// Whether the cells are as many as the frame has, over the extent, and the nodes no more than a cell can count.
    fn agrees(&self) -> bool {
        let Frame {
            bits,
            columns,
            rows,
            ..
        } = self.frame;
        let count = |side: u32| u64::from(side.unbounded_shr(bits)) + 1;
        let padded = |cells: u32| u64::from(cells).next_multiple_of(1 << PAGE_BITS);
        bits <= MOST_BITS
            && count(self.width) == u64::from(columns)
            && count(self.height) == u64::from(rows)
            && padded(columns)
                .checked_mul(padded(rows))
                .is_some_and(|cells| cells <= 1 << 31 && cells == slots(self.frame).into())
            && self.cell_words == u64::from(slots(self.frame)) + 1
            && self.node_words <= MOST_WORDS as u64
    }

    fn bytes(&self) -> u64 {
        (HEADER_WORDS as u64 + self.cell_words + self.node_words) * size_of::<u32>() as u64
    }

    fn body(self, input: &mut impl Read) -> Result<Option<Cells>, StoredIndexError> {
        let mut sum = Hasher::new();
        let expected = self.bytes();
        let mut cells = room(self.cell_words, Words::try_with_capacity)?;
        read_words(input, self.cell_words, &mut cells, &mut sum, expected)?;
        let mut nodes = room(self.node_words, |count| {
            let mut nodes = Vec::new();
            nodes.try_reserve_exact(count).map(|()| nodes)
        })?;
        read_words(input, self.node_words, &mut nodes, &mut sum, expected)?;
        if sum.finalize() != self.sum {
            return Err(StoredIndexError::Damaged { part: "body" });
        }
        Ok((self.cell_words > 0).then(|| {
            Cells::of_words(
                self.frame,
                (self.width, self.height),
                cells,
                Arena::of(nodes),
            )
        }))
    }
}

/// Memory for so many words; it is taken as they come, so that a wrong count takes none.
fn room<Room>(
    count: u64,
    reserved: impl FnOnce(usize) -> Result<Room, TryReserveError>,
) -> Result<Room, StoredIndexError> {
    let reserved = usize::try_from(count).ok().map(reserved);
    reserved
        .and_then(Result::ok)
        .ok_or(StoredIndexError::TooLarge {
            bytes: count * size_of::<u32>() as u64,
        })
}

/// Appends so many words, some at a time.
fn read_words(
    input: &mut impl Read,
    count: u64,
    words: &mut impl Extend<u32>,
    sum: &mut Hasher,
    expected: u64,
) -> Result<(), StoredIndexError> {
    let mut chunk = vec![0u32; CHUNK_WORDS];
    let mut left = count;
    while left > 0 {
        let some = usize::try_from(left).map_or(CHUNK_WORDS, |left| left.min(CHUNK_WORDS));
        let chunk = &mut chunk[..some];
        let bytes = bytemuck::cast_slice_mut(chunk);
        input
            .read_exact(bytes)
            .map_err(|source| cut(source, expected))?;
        sum.update(bytes);
        words.extend(chunk.iter().map(|&word| u32::from_le(word)));
        left -= some as u64;
    }
    Ok(())
}

fn cut(source: io::Error, expected: u64) -> StoredIndexError {
    if source.kind() == io::ErrorKind::UnexpectedEof {
        StoredIndexError::WrongLength { expected }
    } else {
        read_error(source)
    }
}

const fn read_error(source: io::Error) -> StoredIndexError {
    StoredIndexError::Read { source }
}

fn sum_of_header(header: &[u32; HEADER_WORDS]) -> u32 {
    let mut sum = Hasher::new();
    for word in &header[..HEADER_WORDS - 1] {
        sum.update(&word.to_le_bytes());
    }
    sum.finalize()
}

#[expect(clippy::cast_possible_truncation, reason = "the two halves of a word")]
const fn halves(count: u64) -> (u32, u32) {
    (count as u32, (count >> 32) as u32)
}

const fn whole(low: u32, high: u32) -> u64 {
    low as u64 | (high as u64) << 32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use wangge_coverage::{BorderEdge, Owner};
    use wangge_plane::{Point, Segment};

    use super::*;
    use crate::{Accuracy, FaceIndex, Layout, Spread};

    /// Rows and columns of squares so small that cells are cut, with an edge that reaches far.
    fn board() -> Vec<BorderEdge> {
        let at = |x: i32, y: i32| Point::new(x, y).unwrap();
        let mut edges = Vec::new();
        let mut edge = |a, b, left, right| {
            let segment = Segment::new(a, b).unwrap();
            edges.push(BorderEdge {
                segment,
                left: Some(Owner(left)),
                right: Some(Owner(right)),
            });
        };
        for k in 0..12 {
            edge(
                at(k * 10, 0),
                at(k * 10, 120),
                k.cast_unsigned(),
                k.cast_unsigned() + 1,
            );
        }
        edge(at(120, 0), at(900_000, 70_000), 3, 4);
        edges
    }

    fn bytes_of(edges: &[BorderEdge], layout: Layout) -> Vec<u8> {
        let mut bytes = Vec::new();
        FaceIndex::build(edges, layout)
            .write_to(&mut bytes)
            .unwrap();
        bytes
    }

    /// As if whoever damaged the bytes had set the checksums right.
    fn summed_anew(bytes: &mut [u8]) {
        let (header, body) = bytes.split_at_mut(HEADER_WORDS * 4);
        header[64..68].copy_from_slice(&crc32fast::hash(body).to_le_bytes());
        let own = crc32fast::hash(&header[..68]);
        header[68..].copy_from_slice(&own.to_le_bytes());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

        #[test]
        fn whatever_a_file_with_right_sums_holds_lookups_end_without_a_panic(
            cell_bits in prop_oneof![Just(3u8), Just(7), Just(31)],
            changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u32>(), 0u8..3), 1..8),
        ) {
            let mut bytes = bytes_of(&board(), Layout { cell_bits: Some(cell_bits), leaf_edges: 1, ..Layout::default() });
            for (at, value, kind) in changes {
                let words = bytes.len() / 4 - HEADER_WORDS;
                let at = (HEADER_WORDS + at.index(words)) * 4;
                let old = u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
                let new = match kind {
                    0 => value,
                    1 => old ^ 1 << (value % 32),
                    // a grid of some bits, or a node that is somewhere near
                    _ => (1 << 31) | (value % 64),
                };
                bytes[at..at + 4].copy_from_slice(&new.to_le_bytes());
            }
            summed_anew(&mut bytes);
            let index = FaceIndex::read_from(&mut bytes.as_slice()).unwrap();
            let points: Vec<Point> = (0..1_000)
                .map(|k| Point::new(k * 7 % 130, k * 11 % 123).unwrap())
                .chain((0..1_000).map(|k| Point::new(k * 901, k * 71).unwrap()))
                .collect();
            let mut owners = vec![0; points.len()];
            index.locate_batch(&points, &mut owners).unwrap();
            for (&p, &owner) in points.iter().zip(&owners) {
                prop_assert_eq!(index.locate(p).map_or(FaceIndex::OUTSIDE, |owner| owner.0), owner);
            }
            for &p in points.iter().step_by(100) {
                index.border_distance_m(p);
                index.nearest(p, 100.0);
            }
        }
    }

    #[test]
    fn figures_of_a_header_that_contradict_one_another_are_refused() {
        let good = bytes_of(&board(), Layout::default());
        assert!(FaceIndex::read_from(&mut good.as_slice()).is_ok());
        for word in 3..16 {
            for value in [0u32, 1, 33, 0x7fff_ffff, u32::MAX] {
                let mut bytes = good.clone();
                let old = u32::from_le_bytes(bytes[word * 4..][..4].try_into().unwrap());
                // the origin may be anywhere
                if old == value || word == 5 || word == 6 {
                    continue;
                }
                bytes[word * 4..][..4].copy_from_slice(&value.to_le_bytes());
                summed_anew(&mut bytes);
                let refused = FaceIndex::read_from(&mut bytes.as_slice());
                let accuracy = Accuracy::new(1.0, Spread::Uniform).unwrap();
                if let Ok(index) = refused {
                    // a width that has the same number of columns
                    assert!(word == 9 || word == 10, "word {word} is {value}");
                    index.shares(Point::new(0, 0).unwrap(), accuracy);
                }
            }
        }
    }
}
