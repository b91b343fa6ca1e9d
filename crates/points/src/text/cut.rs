//! Cutting a text into pieces of whole rows, holding no more than one piece and one row.

use std::io::Read;
use std::ops::Range;

use super::MOST_ROW_BYTES;
use super::split::Quotes;
use crate::place::Systems;
use crate::{PointsError, declared};

/// Bytes of a piece, about, where little is answered.
pub(crate) const PIECE_BYTES: usize = 1 << 20;

/// Bytes that are read at once.
const READ_BYTES: usize = 1 << 18;

/// The name of the array in a GeoJSON text.
const FEATURES: &[u8] = b"features";

/// How rows end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rows {
    /// At the ends of lines outside of quotes.
    Delimited,
    /// At the ends of lines.
    Lines,
    /// They are the objects of a GeoJSON text's features.
    Features,
}

/// Some whole rows.
#[derive(Debug, Default)]
pub(crate) struct Piece {
    pub(crate) bytes: Vec<u8>,
    /// Where rows are, of features.
    pub(crate) features: Vec<Range<usize>>,
    /// In place of one row that is longer than allowed.
    pub(crate) is_too_long: bool,
    /// Bytes of the text that it stands for.
    pub(crate) read_bytes: u64,
}

/// A text on its way into pieces.
pub(crate) struct Cutter<R> {
    text: R,
    rows: Rows,
    pending: Vec<u8>,
    has_ended: bool,
    /// Of the first byte that is pending, from 1.
    line: u64,
    /// What follows features through the text.
    features: Features,
    piece_bytes: usize,
}

impl<R: Read> Cutter<R> {
    /// A text that declares another system than positions are taken for is refused. Pieces have about so many bytes.
    pub(crate) fn new(text: R, rows: Rows, systems: &Systems, piece_bytes: usize) -> Self {
        Self {
            text,
            rows,
            pending: Vec::new(),
            has_ended: false,
            line: 1,
            features: Features::new(systems.clone(), piece_bytes),
            piece_bytes,
        }
    }

    /// The next piece; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Piece>, PointsError> {
        if self.rows == Rows::Features {
            return self.next_features();
        }
        loop {
            while self.pending.len() < self.piece_bytes && !self.has_ended {
                self.read()?;
            }
            if self.pending.is_empty() {
                return Ok(None);
            }
            if self.has_ended {
                let rest = self.pending.len();
                let (last_line, is_within) = self.last_record();
                if is_within {
                    return Err(PointsError::Endless { line: last_line });
                }
                if self.is_row_too_long(rest) {
                    return self.skip_row().map(Some);
                }
                return Ok(Some(self.take(rest)));
            }
            match self.last_end() {
                Some(end) => return Ok(Some(self.take(end))),
                None if self.pending.len() > MOST_ROW_BYTES => return self.skip_row().map(Some),
                None => self.read()?,
            }
        }
    }

    /// The first record of the text, taken out of it; `None` where there is none.
    pub(crate) fn first_record(&mut self) -> Result<Option<Vec<u8>>, PointsError> {
        loop {
            let mut quotes = Quotes::default();
            let end = self
                .pending
                .iter()
                .position(|&byte| quotes.ends_record(byte));
            let end = match end {
                Some(end) => end + 1,
                None if self.pending.len() > MOST_ROW_BYTES => {
                    return Err(PointsError::Endless { line: self.line });
                }
                None if !self.has_ended => {
                    self.read()?;
                    continue;
                }
                None if self.pending.is_empty() => return Ok(None),
                None if quotes.is_within() => return Err(PointsError::Endless { line: self.line }),
                None => self.pending.len(),
            };
            let mut record = self.take(end).bytes;
            while record
                .last()
                .is_some_and(|byte| matches!(byte, b'\n' | b'\r'))
            {
                record.pop();
            }
            if !record.is_empty() {
                return Ok(Some(record));
            }
        }
    }

    /// Where the last whole row of what is pending ends.
    fn last_end(&self) -> Option<usize> {
        let is_plain = self.rows == Rows::Lines || memchr::memchr(b'"', &self.pending).is_none();
        if is_plain {
            return memchr::memrchr(b'\n', &self.pending).map(|at| at + 1);
        }
        let mut quotes = Quotes::default();
        let mut last = None;
        for (at, &byte) in self.pending.iter().enumerate() {
            if quotes.ends_record(byte) {
                last = Some(at + 1);
            }
        }
        last
    }

    /// Whether what is left is one row that is too long.
    fn is_row_too_long(&self, rest: usize) -> bool {
        rest > MOST_ROW_BYTES && self.last_end().is_none()
    }

    /// In which line the last record of what is pending begins, and whether it is in quotes at its end.
    fn last_record(&self) -> (u64, bool) {
        if self.rows != Rows::Delimited || memchr::memchr(b'"', &self.pending).is_none() {
            return (self.line, false);
        }
        let mut quotes = Quotes::default();
        let (mut line, mut begun) = (self.line, self.line);
        for &byte in &self.pending {
            line += u64::from(byte == b'\n');
            if quotes.ends_record(byte) {
                begun = line;
            }
        }
        (begun, quotes.is_within())
    }

    /// Throws a row away that is too long, up to its end.
    fn skip_row(&mut self) -> Result<Piece, PointsError> {
        let (begun, is_within) = self.last_record();
        if is_within {
            return Err(PointsError::Endless { line: begun });
        }
        let mut quotes = Quotes::default();
        let mut read_bytes = 0;
        loop {
            let end = if self.rows == Rows::Delimited {
                let mut bytes = self.pending.iter();
                bytes.position(|&byte| quotes.ends_record(byte))
            } else {
                memchr::memchr(b'\n', &self.pending)
            };
            let end = end.map(|at| at + 1);
            let skipped = self.take(end.unwrap_or(self.pending.len()));
            read_bytes += skipped.read_bytes;
            if end.is_none() && self.has_ended && quotes.is_within() {
                return Err(PointsError::Endless { line: begun });
            }
            if end.is_some() || self.has_ended {
                return Ok(Piece {
                    is_too_long: true,
                    read_bytes,
                    ..Piece::default()
                });
            }
            self.read()?;
        }
    }

    /// Takes so many bytes from the front of what is pending.
    fn take(&mut self, count: usize) -> Piece {
        let rest = self.pending.split_off(count);
        let bytes = std::mem::replace(&mut self.pending, rest);
        self.line += memchr::memchr_iter(b'\n', &bytes).count() as u64;
        Piece {
            read_bytes: bytes.len() as u64,
            bytes,
            ..Piece::default()
        }
    }

    fn read(&mut self) -> Result<(), PointsError> {
        let before = self.pending.len();
        self.pending.resize(before + READ_BYTES, 0);
        let count = loop {
            match self.text.read(&mut self.pending[before..]) {
                Ok(count) => break count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(PointsError::Read(error)),
            }
        };
        self.pending.truncate(before + count);
        self.has_ended = count == 0;
        Ok(())
    }

    fn next_features(&mut self) -> Result<Option<Piece>, PointsError> {
        let mut piece = Piece::default();
        loop {
            let followed = self.features.follow(&self.pending, &mut piece)?;
            self.pending.drain(..followed);
            if piece.bytes.len() >= self.piece_bytes {
                return Ok(Some(piece));
            }
            if self.features.object.len() > MOST_ROW_BYTES {
                return Err(PointsError::Endless {
                    line: self.features.line,
                });
            }
            if self.has_ended {
                self.features.ended()?;
                return Ok((piece.read_bytes > 0).then_some(piece));
            }
            self.read()?;
        }
    }
}

/// Follows a GeoJSON text byte by byte up to the objects of its features.
#[derive(Debug)]
struct Features {
    stage: Stage,
    depth: u32,
    in_string: bool,
    escaped: bool,
    /// The last name at the top, as far as it may be that of the array.
    name: Vec<u8>,
    /// The object that has begun.
    object: Vec<u8>,
    lines: u64,
    /// Where the object has begun, from 1.
    line: u64,
    systems: Systems,
    piece_bytes: usize,
    /// What stands before the features, and then what stands behind them, as far as it is short.
    beside: Vec<u8>,
}

/// What is kept of a text beside its features.
const MOST_BESIDE_BYTES: usize = 1 << 16;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Head,
    Array,
    Tail,
}

impl Features {
    const fn new(systems: Systems, piece_bytes: usize) -> Self {
        Self {
            stage: Stage::Head,
            depth: 0,
            in_string: false,
            escaped: false,
            name: Vec::new(),
            object: Vec::new(),
            lines: 0,
            line: 0,
            systems,
            piece_bytes,
            beside: Vec::new(),
        }
    }

    /// Follows bytes up to the end of a piece, and says how many.
    fn follow(&mut self, bytes: &[u8], piece: &mut Piece) -> Result<usize, PointsError> {
        for (at, &byte) in bytes.iter().enumerate() {
            piece.read_bytes += 1;
            self.lines += u64::from(byte == b'\n');
            let in_object = self.stage == Stage::Array && self.depth > 2;
            if in_object {
                self.object.push(byte);
            }
            if self.stage != Stage::Array && self.beside.len() < MOST_BESIDE_BYTES {
                self.beside.push(byte);
            }
            if self.in_string {
                self.in_text(byte);
                continue;
            }
            let is_foreign = match self.stage {
                Stage::Array => self.depth == 2 && !matches!(byte, b'{' | b',' | b']'),
                Stage::Tail => self.depth == 0,
                Stage::Head => false,
            };
            if is_foreign && !byte.is_ascii_whitespace() {
                return Err(malformed(match self.stage {
                    Stage::Tail => "something follows its end",
                    _ => "among its features is something that is no object",
                }));
            }
            match byte {
                b'"' => {
                    self.in_string = true;
                    if self.stage != Stage::Array && self.depth == 1 {
                        self.name.clear();
                    }
                }
                b'{' | b'[' => self.opened(byte)?,
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if in_object && self.depth == 2 {
                        let start = piece.bytes.len();
                        piece.bytes.append(&mut self.object);
                        piece.features.push(start..piece.bytes.len());
                        if piece.bytes.len() >= self.piece_bytes {
                            return Ok(at + 1);
                        }
                    } else if self.stage == Stage::Array && self.depth == 1 {
                        self.stage = Stage::Tail;
                        // as if the text began here
                        self.beside = b"{".to_vec();
                    }
                }
                _ if self.depth == 0
                    && self.stage == Stage::Head
                    && !byte.is_ascii_whitespace() =>
                {
                    return Err(malformed("it does not begin with a bracket"));
                }
                _ => {}
            }
        }
        Ok(bytes.len())
    }

    fn in_text(&mut self, byte: u8) {
        if self.escaped {
            self.escaped = false;
        } else if byte == b'\\' {
            self.escaped = true;
        } else if byte == b'"' {
            self.in_string = false;
            return;
        }
        if self.stage != Stage::Array && self.depth == 1 && self.name.len() <= FEATURES.len() {
            self.name.push(byte);
        }
    }

    fn opened(&mut self, byte: u8) -> Result<(), PointsError> {
        match (self.stage, self.depth, byte) {
            (Stage::Head, 1, b'[') if self.name == FEATURES => {
                self.stage = Stage::Array;
                self.beside.extend_from_slice(b"]}");
                self.check_system()?;
            }
            (Stage::Tail, 1, b'[') if self.name == FEATURES => {
                return Err(malformed("it has two arrays of features"));
            }
            (Stage::Array, 2, b'{') => {
                self.object.push(byte);
                self.line = self.lines + 1;
            }
            _ => {}
        }
        self.depth = self.depth.saturating_add(1);
        Ok(())
    }

    /// Looks whether what stands beside the features declares another system than positions are taken for: the member
    /// `crs` of GeoJSON before RFC 7946, which programs still write.
    fn check_system(&self) -> Result<(), PointsError> {
        let beside = self.beside.trim_ascii();
        // behind the features it begins with a comma
        let beside: Vec<u8> = match beside.strip_prefix(b"{") {
            Some(rest) if rest.trim_ascii_start().starts_with(b",") => {
                [b"{", &rest.trim_ascii_start()[1..]].concat()
            }
            _ => beside.to_vec(),
        };
        let beside = serde_json::from_slice::<serde_json::Value>(&beside).ok();
        let system = beside
            .as_ref()
            .and_then(|beside| beside.get("crs")?.get("properties")?.get("name"));
        declared::check(system, &self.systems, "crs")
    }

    /// Whether the text may end here.
    fn ended(&self) -> Result<(), PointsError> {
        match self.stage {
            Stage::Head => Err(malformed("it has no array of features")),
            Stage::Array => Err(malformed("it breaks off in the middle")),
            Stage::Tail if self.depth > 0 => Err(malformed("it breaks off before its end")),
            Stage::Tail => self.check_system(),
        }
    }
}

fn malformed(why: &str) -> PointsError {
    PointsError::Malformed {
        format: "GeoJSON",
        why: why.to_owned(),
    }
}
