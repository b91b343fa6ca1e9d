//! The ground as a file: written once, and read again without being proved and built.
//!
//! A header with the magic, the form, the id of the ground, and of each part where it lies, its bytes
//! and their CRC-32; then a CRC-32 of the header itself. Then the parts: lists, as
//! [`lists`](super::lists) has them, and the index as [`FaceIndex::write_to`] writes it. A file of
//! another form or another ground, a shorter or longer one and a damaged one are refused.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, Write};
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;
use wangge_coverage::{Arc as Border, Coverage, Owner};
use wangge_locate::{FaceIndex, StoredIndexError};
use wangge_model::{Code, LevelIndex, Scheme, Unit};
use wangge_plane::{Extent, Point};
use wangge_store::{Digest, PlanRecord};

use super::lists::{ListsIn, ListsOut, Optional, Stretch, Texts, Word, coordinates};
use super::{Ground, Shapes};
use crate::contested::Contested;
use crate::units::{Entry, Units};

const MAGIC: [u8; 8] = *b"wgground";

/// Of the form, and of how a ground is built: any change of what bytes mean, or of what the proof,
/// the index or the areas come to, gets another one.
const FORM: u32 = 2;

const PARTS: usize = 4;

/// Bytes with which an index begins: among them the sum of all others, but not that of the head, with which every head has the
/// same sum.
const INDEX_HEAD_BYTES: u64 = 68;

const HEADER_BYTES: usize = MAGIC.len() + 4 + 32 + PARTS * PART_BYTES + 4;
const PART_BYTES: usize = 8 + 8 + 4;

/// What tells the ground of a published plan from every other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GroundId(Digest);

impl GroundId {
    /// Of a plan that was published: what it holds never changes from then on. The numbers of its
    /// codes are of its store alone, which its times tell from others.
    pub(crate) fn of(plan: &PlanRecord) -> Option<Self> {
        let (published, contents) = plan.published.zip(plan.content_hash)?;
        let mut bytes = b"wangge ground\n".to_vec();
        FORM.put(&mut bytes);
        bytes.extend_from_slice(env!("CARGO_PKG_VERSION").as_bytes());
        plan.id.cast_unsigned().put(&mut bytes);
        for time in [plan.created, published] {
            bytes.extend_from_slice(&time.as_nanosecond().to_le_bytes());
        }
        bytes.extend_from_slice(contents.as_bytes());
        Some(Self(Digest::of(&bytes)))
    }
}

impl std::fmt::Display for GroundId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Why a file is not read as a ground.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GroundFault {
    #[error("it could not be read")]
    Read {
        #[source]
        source: io::Error,
    },
    #[error("it begins with other bytes")]
    NotAGround,
    #[error("it has the form {found}, this program reads {FORM} only")]
    UnknownForm { found: u32 },
    #[error("it is the ground of another plan, or of another version of the program")]
    OtherGround,
    #[error("it has {found} bytes and should have {expected}")]
    WrongLength { found: u64, expected: u64 },
    #[error("its {part} is damaged")]
    Damaged { part: &'static str },
    #[error("its index cannot be read")]
    Index {
        #[source]
        source: StoredIndexError,
    },
}

impl GroundFault {
    pub(super) fn of_read(source: io::Error) -> Self {
        if source.kind() == io::ErrorKind::UnexpectedEof {
            return Self::Damaged { part: "end" };
        }
        Self::Read { source }
    }
}

/// Where a part lies in the file.
#[derive(Debug, Clone, Copy, Default)]
struct Part {
    start: u64,
    bytes: u64,
    /// Of the index that of its first bytes: these have one of the others.
    sum: u32,
}

/// The parts of a ground that a file has, which is no ground's yet.
pub(crate) struct Unsealed([Part; PARTS]);

/// Writes a ground to an empty file, all but the header.
pub(crate) fn write(ground: &Ground, file: &File) -> io::Result<Unsealed> {
    let mut out = BufWriter::with_capacity(1 << 20, file);
    out.write_all(&[0; HEADER_BYTES])?;
    let mut at = HEADER_BYTES as u64;
    let mut parts = [Part::default(); PARTS];
    let mut place = |(bytes, sum)| {
        let start = at;
        at += bytes;
        Part { start, bytes, sum }
    };
    parts[0] = place(lists(&mut out, |lists| write_units(&ground.units, lists))?);
    parts[1] = place(lists(&mut out, |lists| {
        write_shapes(ground.units.parts().2, lists)?;
        write_contested(&ground.contested, lists)
    })?);
    parts[2] = place(lists(&mut out, |lists| {
        write_borders(ground.coverage.arcs(), lists)
    })?);
    let before = out.stream_position()?;
    ground.index.write_to(&mut out)?;
    let bytes = out.stream_position()? - before;
    out.flush()?;
    parts[3] = place((bytes, sum_of_head(file, before, bytes)?));
    Ok(Unsealed(parts))
}

/// The sum of the first bytes of an index.
fn sum_of_head(file: &File, start: u64, bytes: u64) -> io::Result<u32> {
    let mut head = Vec::new();
    Stretch::of(file, start, bytes.min(INDEX_HEAD_BYTES)).read_to_end(&mut head)?;
    Ok(crc32fast::hash(&head))
}

impl Unsealed {
    /// Writes the header: from then on the file is that of a ground.
    pub(crate) fn seal(self, id: GroundId, file: &File) -> io::Result<()> {
        file.write_all_at(&header(id, self.0), 0)
    }
}

fn header(id: GroundId, parts: [Part; PARTS]) -> Vec<u8> {
    let mut header = MAGIC.to_vec();
    FORM.put(&mut header);
    header.extend_from_slice(id.0.as_bytes());
    for part in parts {
        part.start.put(&mut header);
        part.bytes.put(&mut header);
        part.sum.put(&mut header);
    }
    crc32fast::hash(&header).put(&mut header);
    header
}

fn lists<W: Write>(
    out: W,
    write: impl FnOnce(&mut ListsOut<W>) -> io::Result<()>,
) -> io::Result<(u64, u32)> {
    let mut lists = ListsOut::to(out);
    write(&mut lists)?;
    Ok(lists.finish())
}

/// Reads the ground with this id, on as many cores as there are. Lists are looked at for whether they go together; what they
/// and the index say of the ground is taken on trust.
pub(crate) fn read(file: &File, id: GroundId, scheme: &Scheme) -> Result<Ground, GroundFault> {
    let [units, shapes, borders, index] = parts_of(file, id)?;
    let lists = |part: Part, name| ListsIn::of(Stretch::of(file, part.start, part.bytes), name);
    let load_index = || {
        let head = sum_of_head(file, index.start, index.bytes).map_err(GroundFault::of_read)?;
        if head != index.sum {
            return Err(GroundFault::Damaged { part: "index" });
        }
        let mut bytes = Stretch::of(file, index.start, index.bytes);
        FaceIndex::read_from(&mut bytes).map_err(|source| GroundFault::Index { source })
    };
    let load_shapes = || {
        let mut lists = lists(shapes, "ground of units");
        let read = (read_shapes(&mut lists)?, read_contested(&mut lists)?);
        lists.finish(shapes.sum).map(|()| read)
    };
    let load_units = || {
        let mut lists = lists(units, "list of units");
        let read = read_units(&mut lists)?;
        lists.finish(units.sum).map(|()| read)
    };
    let load_borders = || {
        let mut lists = lists(borders, "borders");
        let read = read_borders(&mut lists)?;
        lists.finish(borders.sum).map(|()| read)
    };
    let ((index, shapes), (units, borders)) = rayon::join(
        || rayon::join(load_index, load_shapes),
        || rayon::join(load_units, load_borders),
    );
    let ((entries, counts), (ground, contested), arcs) = (units?, shapes?, borders?);
    let lowest = entries.len() - counts.last().map_or(0, |count| entries.len().min(*count));
    let codes: Vec<Box<str>> = entries[lowest..]
        .par_iter()
        .map(|entry| entry.unit.code.as_str().into())
        .collect();
    let (units, coverage) = rayon::join(
        || Units::restored(scheme, entries, &counts, ground),
        || Coverage::restored(codes, arcs),
    );
    let damaged = |part| GroundFault::Damaged { part };
    let units = units.ok_or(damaged("list of units"))?;
    let coverage = coverage.ok_or(damaged("borders"))?;
    let is_there = |owner: &Owner| (owner.0 as usize) < coverage.owners();
    if !contested.pieces().all(|(_, all)| all.iter().all(is_there)) {
        return Err(damaged("ground of units"));
    }
    Ok(Ground {
        id: Some(id),
        units,
        coverage: Arc::new(coverage),
        contested,
        index: index?,
        borders: OnceLock::new(),
    })
}

/// Where the parts lie in a file whose header is sound, and which is as long as it says.
fn parts_of(file: &File, id: GroundId) -> Result<[Part; PARTS], GroundFault> {
    let found = file
        .metadata()
        .map_err(|source| GroundFault::Read { source })?
        .len();
    let mut header = [0; HEADER_BYTES];
    Stretch::of(file, 0, found)
        .read_exact(&mut header)
        .map_err(GroundFault::of_read)?;
    let (own, sum) = header.split_at(HEADER_BYTES - 4);
    let (magic, rest) = own.split_at(MAGIC.len());
    if magic != MAGIC {
        return Err(GroundFault::NotAGround);
    }
    let (form, rest) = rest.split_at(4);
    let form = u32::of(form);
    if form != FORM {
        return Err(GroundFault::UnknownForm { found: form });
    }
    if crc32fast::hash(own) != u32::of(sum) {
        return Err(GroundFault::Damaged { part: "header" });
    }
    let (of, rest) = rest.split_at(32);
    if of != id.0.as_bytes() {
        return Err(GroundFault::OtherGround);
    }
    let mut parts = [Part::default(); PARTS];
    let mut expected = HEADER_BYTES as u64;
    for (part, bytes) in parts.iter_mut().zip(rest.chunks_exact(PART_BYTES)) {
        *part = Part {
            start: u64::of(&bytes[..8]),
            bytes: u64::of(&bytes[8..16]),
            sum: u32::of(&bytes[16..]),
        };
        // one behind the other, so that none reaches beyond the end
        if part.start != expected {
            return Err(GroundFault::Damaged { part: "header" });
        }
        expected = expected.saturating_add(part.bytes);
    }
    if found == expected {
        Ok(parts)
    } else {
        Err(GroundFault::WrongLength { found, expected })
    }
}

fn write_units<W: Write>(units: &Units, out: &mut ListsOut<W>) -> io::Result<()> {
    let (entries, counts, _) = units.parts();
    let entries = entries.iter();
    let units = entries.clone().map(|entry| &entry.unit);
    out.list(counts.into_iter().map(|count| count as u64))?;
    out.texts(units.clone().map(|unit| Some(unit.code.as_str())))?;
    out.texts(units.clone().map(|unit| unit.name.as_deref()))?;
    out.texts(units.clone().map(|unit| unit.name_en.as_deref()))?;
    out.texts(
        units
            .clone()
            .map(|unit| unit.parent.as_ref().map(Code::as_str)),
    )?;
    out.texts(
        units
            .clone()
            .map(|unit| unit.kind.as_ref().map(wangge_model::GridKind::as_str)),
    )?;
    out.texts(units.clone().map(|unit| unit.note.as_deref()))?;
    out.optional(units.clone().map(|unit| unit.households))?;
    out.optional(units.clone().map(|unit| unit.population))?;
    out.optional(units.map(|unit| unit.area_m2))?;
    out.list(entries.clone().map(|entry| entry.id))?;
    out.optional(entries.clone().map(|entry| entry.parent))?;
    out.list(entries.clone().map(|entry| entry.area_m2))?;
    out.optional(entries.map(|entry| {
        let extent = entry.extent?;
        Some([extent.min(), extent.max()].map(coordinates))
    }))
}

/// The entries of all units, and how many there are on each level.
fn read_units(lists: &mut ListsIn<'_>) -> Result<(Vec<Entry>, Vec<usize>), GroundFault> {
    let counts = lists.list_of(|count: u64| usize::try_from(count).ok())?;
    let total = counts
        .iter()
        .try_fold(0, |sum: usize, count| sum.checked_add(*count));
    let total = total.ok_or_else(|| lists.damaged())?;
    let columns = UnitColumns::read(lists, total)?;
    let ends = counts.iter().scan(0, |end, count| {
        *end += count;
        Some(*end)
    });
    let ends: Vec<usize> = ends.collect();
    let sound = AtomicBool::new(true);
    let entries: Vec<Entry> = (0..total)
        .into_par_iter()
        .map(|at| {
            let level = LevelIndex(ends.partition_point(|end| *end <= at));
            // straight into their places: to look at all of them once more would take as long
            columns.entry(at, level).unwrap_or_else(|| {
                sound.store(false, Ordering::Relaxed);
                Entry::unknown(level)
            })
        })
        .collect();
    if sound.into_inner() {
        Ok((entries, counts))
    } else {
        Err(lists.damaged())
    }
}

/// What the lists say of units, each of the same number of them.
struct UnitColumns {
    code: Texts,
    name: Texts,
    name_en: Texts,
    parent_code: Texts,
    kind: Texts,
    note: Texts,
    households: Optional<u32>,
    population: Optional<u32>,
    declared_m2: Optional<f64>,
    id: Vec<u64>,
    parent: Optional<u32>,
    area_m2: Vec<f64>,
    extent: Optional<[[i32; 2]; 2]>,
}

impl UnitColumns {
    fn read(lists: &mut ListsIn<'_>, units: usize) -> Result<Self, GroundFault> {
        let read = Self {
            code: lists.texts(units)?,
            name: lists.texts(units)?,
            name_en: lists.texts(units)?,
            parent_code: lists.texts(units)?,
            kind: lists.texts(units)?,
            note: lists.texts(units)?,
            households: lists.optional(units)?,
            population: lists.optional(units)?,
            declared_m2: lists.optional(units)?,
            id: lists.list()?,
            parent: lists.optional(units)?,
            area_m2: lists.list()?,
            extent: lists.optional(units)?,
        };
        let is_whole = read.id.len() == units && read.area_m2.len() == units;
        // every unit has a code, and a number of 32 bits
        if is_whole && (units == 0 || read.code.is_there()) && u32::try_from(units).is_ok() {
            Ok(read)
        } else {
            Err(lists.damaged())
        }
    }

    fn entry(&self, at: usize, level: LevelIndex) -> Option<Entry> {
        let text = |texts: &Texts| texts.get(at).map(str::to_owned);
        let extent = self.extent.get(at).map(|corners| {
            let corners = corners.map(|[x, y]| Point::new(x, y).ok());
            Extent::of(corners.into_iter().flatten())
                .filter(|_| corners.iter().all(Option::is_some))
        });
        let kind = self.kind.get(at).map(|word| {
            word.parse()
                .unwrap_or_else(|never: std::convert::Infallible| match never {})
        });
        Some(Entry {
            unit: Unit {
                code: code(self.code.get(at)?)?,
                name: text(&self.name),
                name_en: text(&self.name_en),
                level,
                parent: match self.parent_code.get(at) {
                    None => None,
                    Some(text) => Some(code(text)?),
                },
                kind,
                households: self.households.get(at),
                population: self.population.get(at),
                area_m2: self.declared_m2.get(at),
                note: text(&self.note),
            },
            id: self.id[at],
            parent: self.parent.get(at),
            children: Vec::new(),
            extent: match extent {
                None => None,
                Some(extent) => Some(extent?),
            },
            area_m2: self.area_m2[at],
        })
    }
}

/// A code as it was written, to the letter.
fn code(text: &str) -> Option<Code> {
    Code::new(text).ok().filter(|code| code.as_str() == text)
}

fn write_shapes<W: Write>(shapes: &Shapes, out: &mut ListsOut<W>) -> io::Result<()> {
    let (points, ends) = shapes.lists();
    out.list(points.iter().copied().map(coordinates))?;
    for ends in ends {
        out.list(ends.iter().copied())?;
    }
    Ok(())
}

fn read_shapes(lists: &mut ListsIn<'_>) -> Result<Shapes, GroundFault> {
    let shapes = Shapes::restored(lists.points()?, lists.list()?, lists.list()?, lists.list()?);
    shapes.ok_or_else(|| lists.damaged())
}

fn write_contested<W: Write>(contested: &Contested, out: &mut ListsOut<W>) -> io::Result<()> {
    let mut shapes = Shapes::with_capacity(contested.pieces().len(), 0);
    for (ground, _) in contested.pieces() {
        shapes.push(Some(ground));
    }
    write_shapes(&shapes, out)?;
    for (_, owners) in contested.pieces() {
        out.list(owners.iter().map(|owner| owner.0))?;
    }
    Ok(())
}

fn read_contested(lists: &mut ListsIn<'_>) -> Result<Contested, GroundFault> {
    let shapes = read_shapes(lists)?;
    let mut pieces = Vec::new();
    for piece in 0..shapes.len() {
        let ground = shapes.get(piece).ok_or_else(|| lists.damaged())?;
        pieces.push((ground, lists.list_of(|owner| Some(Owner(owner)))?));
    }
    Ok(Contested::of(pieces))
}

fn write_borders<W: Write>(arcs: &[Border], out: &mut ListsOut<W>) -> io::Result<()> {
    let side = |owner: Option<Owner>| owner.map(|owner| owner.0);
    let ends = arcs.iter().scan(0, |end, arc| {
        *end += arc.points().len() as u64;
        Some(*end)
    });
    let ends: Vec<u64> = ends.collect();
    let points = arcs.iter().flat_map(Border::points).copied();
    let count = usize::try_from(ends.last().copied().unwrap_or(0)).unwrap_or(usize::MAX);
    out.list(ends.into_iter())?;
    out.optional(arcs.iter().map(|arc| side(arc.left())))?;
    out.optional(arcs.iter().map(|arc| side(arc.right())))?;
    out.list(Counted(points.map(coordinates), count))
}

fn read_borders(lists: &mut ListsIn<'_>) -> Result<Vec<Border>, GroundFault> {
    let side = |owner: Option<u32>| owner.map(Owner);
    let ends = lists.list_of(|end: u64| usize::try_from(end).ok())?;
    let left: Optional<u32> = lists.optional(ends.len())?;
    let right: Optional<u32> = lists.optional(ends.len())?;
    let points = lists.points()?;
    if !ends.is_sorted() || ends.last().copied().unwrap_or(0) != points.len() {
        return Err(lists.damaged());
    }
    let arcs: Vec<Option<Border>> = (0..ends.len())
        .into_par_iter()
        .map(|at| {
            let start = at.checked_sub(1).map_or(0, |before| ends[before]);
            Border::restored(
                points[start..ends[at]].into(),
                side(left.get(at)),
                side(right.get(at)),
            )
        })
        .collect();
    let arcs: Option<Vec<Border>> = arcs.into_iter().collect();
    arcs.ok_or_else(|| lists.damaged())
}

/// An iterator whose length is known otherwise.
struct Counted<I>(I, usize);

impl<I: Iterator> Iterator for Counted<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        let next = self.0.next()?;
        self.1 = self.1.saturating_sub(1);
        Some(next)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.1, Some(self.1))
    }
}

impl<I: Iterator> ExactSizeIterator for Counted<I> {}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::io::Write;

    use proptest::prelude::*;
    use rstest::rstest;
    use wangge_model::{Grid, GridKind, Version};
    use wangge_plane::{Polygon, Ring, Shape};

    use super::*;
    use crate::Review;
    use crate::ground::GroundParts;

    const SCHEME: &str = r#"
city = "longgang"
name = "龙港区"

[[level]]
id = "street"
name = "街道"
code = '^\d{3}$'

[[level]]
id = "grid"
name = "网格"
code = '^\d{6}$'
parent = { prefix = 3 }
"#;

    fn scheme() -> Scheme {
        Scheme::from_toml(SCHEME).unwrap()
    }

    fn square(x: i32, y: i32, side: i32) -> Ring {
        let corners = [(x, y), (x + side, y), (x + side, y + side), (x, y + side)];
        let corners = corners.map(|(x, y)| Point::new(x, y).unwrap());
        Ring::new(corners.to_vec()).unwrap()
    }

    /// A street for each row of squares; the first grid has a hole with an enclave in it, and where two
    /// may overlap the last one reaches over the one before.
    fn grids(rows: u32, columns: u32, overlap: bool) -> Vec<Grid> {
        let mut grids = Vec::new();
        for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |c| (row, c))) {
            let code: Code = format!("{row:03}{column:03}").parse().unwrap();
            let (x, y) = (column.cast_signed() * 1_000, row.cast_signed() * 1_000);
            let is_first = (row, column) == (0, 0);
            let is_last = (row + 1, column + 1) == (rows, columns);
            let mut unit = Unit::new(code, LevelIndex(1));
            unit.name = (column % 2 == 0).then(|| format!("第{column}网格"));
            unit.kind = match column % 4 {
                0 => None,
                1 => Some(GridKind::Urban),
                _ => Some(GridKind::Other("微网格".to_owned())),
            };
            unit.households = (row % 2 == 1).then_some(row * 100 + column);
            unit.area_m2 = is_first.then_some(0.1 + 0.2);
            unit.note = is_last.then(|| "备注\n两行".to_owned());
            let holes = if is_first {
                vec![square(x + 200, y + 200, 300)]
            } else {
                Vec::new()
            };
            let mut parts = vec![Polygon::new(square(x, y, 1_000), holes)];
            if is_last {
                parts.push(Polygon::new(square(200, 200, 300), Vec::new()));
                if overlap {
                    let more = square(x - 100, y + 10, 50);
                    parts.push(Polygon::new(more, Vec::new()));
                }
            }
            let shape = Shape::new(parts).unwrap();
            grids.push(Grid { unit, shape });
        }
        grids
    }

    fn ground(rows: u32, columns: u32, overlap: bool) -> Ground {
        let parts = GroundParts {
            grids: grids(rows, columns, overlap),
            upper: vec![Unit {
                name: Some("西街道".to_owned()),
                ..Unit::new("000".parse().unwrap(), LevelIndex(0))
            }],
            feature_ids: HashMap::from([("000000".parse().unwrap(), 77)]),
        };
        let version = Version {
            plan: 1,
            revision: 1,
        };
        let built = Ground::build(version, &scheme(), parts, Review::Overlaps).unwrap();
        built.with_id(Some(ID))
    }

    const ID: GroundId = GroundId(Digest::from_bytes([7; 32]));

    fn bytes_of(ground: &Ground) -> Vec<u8> {
        let mut file = tempfile::tempfile().unwrap();
        write(ground, &file).unwrap().seal(ID, &file).unwrap();
        let mut bytes = Vec::new();
        file.rewind().unwrap();
        file.read_to_end(&mut bytes).unwrap();
        bytes
    }

    fn read_bytes(bytes: &[u8], id: GroundId) -> Result<Ground, GroundFault> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        read(&file, id, &scheme())
    }

    /// All that a ground knows, as text; the coverage measures areas when it is asked.
    fn told(ground: &Ground) -> String {
        let codes: Vec<&str> = (0u32..)
            .take(ground.coverage.owners())
            .map(|owner| ground.coverage.code(Owner(owner)))
            .collect();
        let mut index = Vec::new();
        ground.index.write_to(&mut index).unwrap();
        format!(
            "{:?} {:?} {codes:?} {:?} {:?} {:?} {index:?}",
            ground.id,
            ground.units,
            ground.coverage.arcs(),
            ground.contested,
            ground.borders(),
        )
    }

    #[rstest]
    #[case::one(1, 1, false)]
    #[case::town(3, 5, false)]
    #[case::with_an_overlap(2, 3, true)]
    fn a_ground_comes_back_as_it_was_written(
        #[case] rows: u32,
        #[case] columns: u32,
        #[case] overlap: bool,
    ) {
        let ground = ground(rows, columns, overlap);
        assert_eq!(ground.contested.pieces().len(), usize::from(overlap));
        let again = read_bytes(&bytes_of(&ground), ID).unwrap();
        assert!(told(&again) == told(&ground));
        for owner in (0u32..).take(ground.coverage.owners()).map(Owner) {
            let areas = [&ground, &again].map(|one| one.coverage.area_m2(owner).to_bits());
            assert_eq!(areas[0], areas[1]);
            assert_eq!(again.coverage.shape(owner), ground.coverage.shape(owner));
        }
        for place in (0..1_000).map(|k| Point::new(k * 7 - 40, k * 5 - 40).unwrap()) {
            assert_eq!(again.index.locate(place), ground.index.locate(place));
        }
    }

    #[test]
    fn a_byte_that_has_changed_anywhere_is_found() {
        let bytes = bytes_of(&ground(2, 2, true));
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 0x10;
            assert!(read_bytes(&changed, ID).is_err(), "byte {at}");
        }
    }

    /// Two sound files, and a third that somebody made of their parts.
    #[test]
    fn the_index_of_another_ground_is_refused() {
        let bytes = bytes_of(&ground(2, 2, false));
        let mut other = Vec::new();
        let index = &ground(3, 3, false).index;
        index.write_to(&mut other).unwrap();
        let place = HEADER_BYTES - 4 - PART_BYTES;
        let start = usize::try_from(u64::of(&bytes[place..][..8])).unwrap();
        let mut spliced = [&bytes[..start], &other].concat();
        spliced[place + 8..][..8].copy_from_slice(&(other.len() as u64).to_le_bytes());
        summed_anew(&mut spliced);
        let refused = read_bytes(&spliced, ID);
        let refused = refused.map(drop).unwrap_err().to_string();
        assert_eq!(refused, "its index is damaged");
    }

    #[test]
    fn a_file_that_was_cut_or_has_more_is_refused() {
        let bytes = bytes_of(&ground(2, 2, false));
        for length in (0..bytes.len()).step_by(13) {
            assert!(read_bytes(&bytes[..length], ID).is_err(), "{length} bytes");
        }
        let longer = read_bytes(&[bytes.as_slice(), &[0]].concat(), ID);
        assert!(
            matches!(longer, Err(GroundFault::WrongLength { found, expected }) if found == expected + 1)
        );
    }

    #[test]
    fn another_ground_form_or_file_is_told_apart() {
        let bytes = bytes_of(&ground(1, 2, false));
        let other = GroundId(Digest::from_bytes([8; 32]));
        assert!(matches!(
            read_bytes(&bytes, other),
            Err(GroundFault::OtherGround)
        ));
        let mut newer = bytes.clone();
        newer[MAGIC.len()] += 1;
        assert!(matches!(
            read_bytes(&newer, ID),
            Err(GroundFault::UnknownForm { found }) if found == FORM + 1
        ));
        let mut text = bytes;
        text[..8].copy_from_slice(b"SQLite f");
        assert!(matches!(
            read_bytes(&text, ID),
            Err(GroundFault::NotAGround)
        ));
    }

    /// As if whoever changed the bytes had set the checksums right.
    fn summed_anew(bytes: &mut [u8]) {
        let at = |part: usize| HEADER_BYTES - 4 - (PARTS - part) * PART_BYTES;
        for part in 0..PARTS - 1 {
            let of = |bytes: &[u8], from: usize| {
                usize::try_from(u64::of(&bytes[at(part) + from..][..8])).unwrap()
            };
            let (start, length) = (of(bytes, 0), of(bytes, 8));
            let sum = crc32fast::hash(&bytes[start..start + length]);
            bytes[at(part) + 16..][..4].copy_from_slice(&sum.to_le_bytes());
        }
        let own = crc32fast::hash(&bytes[..HEADER_BYTES - 4]);
        bytes[HEADER_BYTES - 4..HEADER_BYTES].copy_from_slice(&own.to_le_bytes());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

        #[test]
        fn whatever_lists_with_right_sums_hold_nothing_panics(
            changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0u8..3), 1..4),
        ) {
            static SOUND: OnceLock<(Vec<u8>, usize)> = OnceLock::new();
            let (sound, of_lists) = SOUND.get_or_init(|| {
                let bytes = bytes_of(&ground(2, 2, true));
                let index = u64::of(&bytes[HEADER_BYTES - 4 - PART_BYTES..][..8]);
                (bytes, usize::try_from(index).unwrap())
            });
            let mut bytes = sound.clone();
            for (at, value, kind) in changes {
                let at = HEADER_BYTES + at.index(of_lists - HEADER_BYTES);
                bytes[at] = match kind {
                    0 => value,
                    1 => bytes[at] ^ (1 << (value % 8)),
                    _ => bytes[at].wrapping_add(value % 5),
                };
            }
            summed_anew(&mut bytes);
            if let Ok(read) = read_bytes(&bytes, ID) {
                let (entries, ..) = read.units.parts();
                for (place, entry) in (0..).zip(entries) {
                    read.units.shape(place);
                    prop_assert_eq!(read.units.by_code(entry.unit.code.as_str()), Some(place));
                }
                for owner in (0u32..).take(read.coverage.owners()).map(Owner) {
                    prop_assert_eq!(read.units.chain(owner).count(), 2);
                    read.coverage.arcs_of(owner).for_each(drop);
                }
                read.borders();
                for owner in read.contested.pieces().flat_map(|(_, owners)| owners.to_vec()) {
                    read.coverage.code(owner);
                }
            }
        }
    }
}
