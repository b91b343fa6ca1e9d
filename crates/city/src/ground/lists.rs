//! Lists of numbers and texts as bytes, one after the other, with a checksum over all of them.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::fs::FileExt;

use crc32fast::Hasher;
use wangge_plane::Point;

use super::stored::GroundFault;

/// What is read, or written, at once, so that it is still in the cache when it is looked at.
const CHUNK_BYTES: usize = 1 << 18;

/// The length of a text that is not there.
const NO_TEXT: u32 = u32::MAX;

/// A number that has the same bytes on every machine: those of the least worth come first.
pub(super) trait Word: Copy {
    const BYTES: usize;
    fn put(self, bytes: &mut Vec<u8>);
    /// Of [`Word::BYTES`] bytes.
    fn of(bytes: &[u8]) -> Self;
}

macro_rules! words {
    ($($word:ty),*) => {$(
        impl Word for $word {
            const BYTES: usize = size_of::<Self>();

            fn put(self, bytes: &mut Vec<u8>) {
                bytes.extend_from_slice(&self.to_le_bytes());
            }

            fn of(bytes: &[u8]) -> Self {
                let mut own = [0; size_of::<Self>()];
                own.copy_from_slice(bytes);
                Self::from_le_bytes(own)
            }
        }
    )*};
}

words!(u8, u32, u64, i32, f64);

impl<W: Word, const N: usize> Word for [W; N] {
    const BYTES: usize = N * W::BYTES;

    fn put(self, bytes: &mut Vec<u8>) {
        for word in self {
            word.put(bytes);
        }
    }

    fn of(bytes: &[u8]) -> Self {
        std::array::from_fn(|at| W::of(&bytes[at * W::BYTES..(at + 1) * W::BYTES]))
    }
}

/// A point as its coordinates.
pub(super) const fn coordinates(point: Point) -> [i32; 2] {
    [point.x(), point.y()]
}

/// Takes lists, and sums them up.
pub(super) struct ListsOut<W> {
    out: W,
    sum: Hasher,
    bytes: u64,
    chunk: Vec<u8>,
}

impl<W: Write> ListsOut<W> {
    pub(super) fn to(out: W) -> Self {
        Self {
            out,
            sum: Hasher::new(),
            bytes: 0,
            chunk: Vec::with_capacity(CHUNK_BYTES + 64),
        }
    }

    pub(super) fn list<T: Word>(
        &mut self,
        list: impl ExactSizeIterator<Item = T>,
    ) -> io::Result<()> {
        (list.len() as u64).put(&mut self.chunk);
        for word in list {
            word.put(&mut self.chunk);
            if self.chunk.len() >= CHUNK_BYTES {
                self.flush()?;
            }
        }
        self.flush()
    }

    /// Numbers some of which are not there.
    pub(super) fn optional<T: Word + Default>(
        &mut self,
        list: impl ExactSizeIterator<Item = Option<T>> + Clone,
    ) -> io::Result<()> {
        let anything = list.clone().any(|number| number.is_some());
        self.flag(anything);
        if anything {
            self.list(list.clone().map(|number| u8::from(number.is_some())))?;
            self.list(list.map(Option::unwrap_or_default))?;
        }
        self.flush()
    }

    /// Texts some of which are not there.
    pub(super) fn texts<'t>(
        &mut self,
        texts: impl ExactSizeIterator<Item = Option<&'t str>> + Clone,
    ) -> io::Result<()> {
        self.flag(texts.clone().any(|text| text.is_some()));
        if texts.clone().all(|text| text.is_none()) {
            return self.flush();
        }
        let too_long = || io::Error::other("a text of 4 GB or more");
        let mut lengths = Vec::with_capacity(texts.len());
        let mut bytes = 0;
        for text in texts.clone() {
            let length = text.map_or(Ok(NO_TEXT), |text| u32::try_from(text.len()));
            lengths.push(length.map_err(|_| too_long())?);
            bytes += text.map_or(0, |text| text.len() as u64);
        }
        self.list(lengths.into_iter())?;
        bytes.put(&mut self.chunk);
        for text in texts.flatten() {
            self.chunk.extend_from_slice(text.as_bytes());
            if self.chunk.len() >= CHUNK_BYTES {
                self.flush()?;
            }
        }
        self.flush()
    }

    /// Whether anything is there: of most columns nothing is, and nothing follows then.
    fn flag(&mut self, anything: bool) {
        u8::from(anything).put(&mut self.chunk);
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sum.update(&self.chunk);
        self.bytes += self.chunk.len() as u64;
        self.out.write_all(&self.chunk)?;
        self.chunk.clear();
        Ok(())
    }

    /// How many bytes there were, and their sum.
    pub(super) fn finish(self) -> (u64, u32) {
        (self.bytes, self.sum.finalize())
    }
}

/// Bytes of a file from a place on, as many as there are said to be. Several may be read at a time.
pub(super) struct Stretch<'f> {
    file: &'f File,
    at: u64,
    left: u64,
}

impl<'f> Stretch<'f> {
    pub(super) const fn of(file: &'f File, at: u64, bytes: u64) -> Self {
        Self {
            file,
            at,
            left: bytes,
        }
    }
}

impl Read for Stretch<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left)
            .unwrap_or(usize::MAX)
            .min(bytes.len());
        let read = self.file.read_at(&mut bytes[..most], self.at)?;
        self.at += read as u64;
        self.left -= read as u64;
        Ok(read)
    }
}

/// Gives lists back, in the order in which they were written.
///
/// What it gives is not known to be what was written before [`ListsIn::finish`] has said so.
pub(super) struct ListsIn<'f> {
    bytes: Stretch<'f>,
    sum: Hasher,
    part: &'static str,
    chunk: Vec<u8>,
}

impl<'f> ListsIn<'f> {
    pub(super) fn of(bytes: Stretch<'f>, part: &'static str) -> Self {
        Self {
            bytes,
            sum: Hasher::new(),
            part,
            chunk: vec![0; CHUNK_BYTES],
        }
    }

    pub(super) const fn damaged(&self) -> GroundFault {
        GroundFault::Damaged { part: self.part }
    }

    pub(super) fn list<T: Word>(&mut self) -> Result<Vec<T>, GroundFault> {
        self.each(|word: T| word)
    }

    /// A list of what numbers stand for.
    pub(super) fn list_of<T: Word, U>(
        &mut self,
        of: impl Fn(T) -> Option<U>,
    ) -> Result<Vec<U>, GroundFault> {
        let list: Option<Vec<U>> = self.list()?.into_iter().map(of).collect();
        list.ok_or_else(|| self.damaged())
    }

    pub(super) fn points(&mut self) -> Result<Vec<Point>, GroundFault> {
        let origin = Point::new(0, 0).unwrap_or_else(|_| unreachable!("it is on the lattice"));
        let mut sound = true;
        // one that is none does not end the list: looking for that would take longer than all else
        let points = self.each(|[x, y]: [i32; 2]| {
            let point = Point::at(x, y);
            sound &= point.is_some();
            point.unwrap_or(origin)
        })?;
        if sound {
            Ok(points)
        } else {
            Err(self.damaged())
        }
    }

    /// A list of what each number is made into.
    fn each<T: Word, U>(&mut self, mut of: impl FnMut(T) -> U) -> Result<Vec<U>, GroundFault> {
        let count = self.count(T::BYTES)?;
        let mut list = Vec::new();
        // a file may be far longer than what it holds
        list.try_reserve_exact(count).map_err(|_| self.damaged())?;
        let at_once = CHUNK_BYTES / T::BYTES;
        while list.len() < count {
            let words = at_once.min(count - list.len());
            let chunk = &mut self.chunk[..words * T::BYTES];
            let bytes = read(&mut self.bytes, &mut self.sum, chunk)?;
            list.extend(bytes.chunks_exact(T::BYTES).map(|word| of(T::of(word))));
        }
        Ok(list)
    }

    /// So many numbers, some of which are not there.
    pub(super) fn optional<T: Word>(&mut self, count: usize) -> Result<Optional<T>, GroundFault> {
        if !self.flag()? {
            return Ok(Optional(None));
        }
        let there: Vec<u8> = self.list()?;
        let numbers: Vec<T> = self.list()?;
        if there.len() != count || numbers.len() != count {
            return Err(self.damaged());
        }
        Ok(Optional(Some((there, numbers))))
    }

    /// So many texts, some of which are not there.
    pub(super) fn texts(&mut self, count: usize) -> Result<Texts, GroundFault> {
        if !self.flag()? {
            return Ok(Texts::default());
        }
        let lengths: Vec<u32> = self.list()?;
        let mut end = 0;
        let starts = lengths.iter().map(|&length| {
            let start = end;
            end += if length == NO_TEXT {
                0
            } else {
                u64::from(length)
            };
            start
        });
        let starts: Vec<u64> = starts.collect();
        let bytes = self.count(1)?;
        if lengths.len() != count || end != bytes as u64 {
            return Err(self.damaged());
        }
        let mut all = Vec::new();
        all.try_reserve_exact(bytes).map_err(|_| self.damaged())?;
        all.resize(bytes, 0);
        for part in all.chunks_mut(CHUNK_BYTES) {
            read(&mut self.bytes, &mut self.sum, part)?;
        }
        let all = String::from_utf8(all).map_err(|_| self.damaged())?;
        // none begins, and so none ends, within a letter
        let whole = |start: &u64| usize::try_from(*start).is_ok_and(|at| all.is_char_boundary(at));
        if !starts.iter().all(whole) {
            return Err(self.damaged());
        }
        Ok(Texts {
            all,
            starts,
            lengths,
        })
    }

    fn flag(&mut self) -> Result<bool, GroundFault> {
        match read(&mut self.bytes, &mut self.sum, &mut self.chunk[..1])? {
            [0] => Ok(false),
            [1] => Ok(true),
            _ => Err(self.damaged()),
        }
    }

    /// How many words of so many bytes follow: never more than there are bytes left.
    fn count(&mut self, bytes: usize) -> Result<usize, GroundFault> {
        let count = u64::of(read(&mut self.bytes, &mut self.sum, &mut self.chunk[..8])?);
        let fits = count <= self.bytes.left / bytes as u64;
        let count = usize::try_from(count).ok().filter(|_| fits);
        count.ok_or_else(|| self.damaged())
    }

    /// Whether there was no byte more, and all of them were those that were written.
    pub(super) fn finish(self, sum: u32) -> Result<(), GroundFault> {
        if self.bytes.left == 0 && self.sum.clone().finalize() == sum {
            Ok(())
        } else {
            Err(self.damaged())
        }
    }
}

/// Fills a chunk.
fn read<'c>(
    bytes: &mut Stretch<'_>,
    sum: &mut Hasher,
    chunk: &'c mut [u8],
) -> Result<&'c [u8], GroundFault> {
    bytes.read_exact(chunk).map_err(GroundFault::of_read)?;
    sum.update(chunk);
    Ok(chunk)
}

/// Numbers some of which are not there, or none of which is.
pub(super) struct Optional<T>(Option<(Vec<u8>, Vec<T>)>);

impl<T: Word> Optional<T> {
    pub(super) fn get(&self, at: usize) -> Option<T> {
        let (there, numbers) = self.0.as_ref()?;
        (there[at] != 0).then(|| numbers[at])
    }
}

/// Texts in one piece of memory, some of which are not there, or none of which is.
#[derive(Default)]
pub(super) struct Texts {
    all: String,
    starts: Vec<u64>,
    lengths: Vec<u32>,
}

impl Texts {
    /// Whether any of them may be there.
    pub(super) const fn is_there(&self) -> bool {
        !self.lengths.is_empty()
    }

    pub(super) fn get(&self, at: usize) -> Option<&str> {
        let length = self.lengths.get(at).filter(|length| **length != NO_TEXT)?;
        let start = usize::try_from(self.starts[at]).ok()?;
        let end = start.checked_add(usize::try_from(*length).ok()?)?;
        self.all.get(start..end)
    }
}
