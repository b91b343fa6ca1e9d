//! The fields of one CSV record.

use std::ops::Range;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder, Terminator};

/// The fields of a record, where they stand in it, or unquoted.
pub(crate) struct Fields {
    reader: Reader,
    places: Vec<Range<usize>>,
    unquoted: Vec<u8>,
    ends: Vec<usize>,
    is_unquoted: bool,
}

impl Fields {
    pub(crate) fn new() -> Self {
        Self {
            // the end of the line is taken off already, and CR alone ends none
            reader: ReaderBuilder::new()
                .terminator(Terminator::Any(b'\n'))
                .build(),
            places: Vec::new(),
            unquoted: Vec::new(),
            ends: Vec::new(),
            is_unquoted: false,
        }
    }

    /// Takes a record apart, without the end of its line.
    pub(crate) fn split(&mut self, record: &[u8]) {
        self.places.clear();
        self.is_unquoted = memchr::memchr(b'"', record).is_some();
        if self.is_unquoted {
            self.unquote(record);
            return;
        }
        let mut start = 0;
        for comma in memchr::memchr_iter(b',', record) {
            self.places.push(start..comma);
            start = comma + 1;
        }
        self.places.push(start..record.len());
    }

    fn unquote(&mut self, record: &[u8]) {
        self.reader.reset();
        self.unquoted.resize(record.len().max(1), 0);
        self.ends.resize(record.len() + 2, 0);
        let (mut read, mut written, mut fields) = (0, 0, 0);
        loop {
            // at its end, nothing more to read ends the record
            let (result, nin, nout, nend) = self.reader.read_record(
                &record[read..],
                &mut self.unquoted[written..],
                &mut self.ends[fields..],
            );
            read += nin;
            written += nout;
            fields += nend;
            match result {
                ReadRecordResult::InputEmpty => {}
                _ => break,
            }
        }
        let mut start = 0;
        for &end in &self.ends[..fields] {
            self.places.push(start..end);
            start = end;
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// A field of the record that was taken apart last; empty where there is none.
    pub(crate) fn get<'a>(&'a self, record: &'a [u8], place: usize) -> &'a [u8] {
        let bytes = if self.is_unquoted {
            &self.unquoted
        } else {
            record
        };
        self.places
            .get(place)
            .map_or(&[], |place| &bytes[place.clone()])
    }
}

/// Where the records of a piece are, without the ends of their lines; empty lines are none.
pub(crate) fn records(bytes: &[u8], mut each: impl FnMut(Range<usize>)) {
    if memchr::memchr(b'"', bytes).is_none() {
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]) {
            record(bytes, start, end, &mut each);
            start = end + 1;
        }
        return;
    }
    let mut quotes = Quotes::default();
    let mut start = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if quotes.ends_record(byte) {
            record(bytes, start, at, &mut each);
            start = at + 1;
        }
    }
    record(bytes, start, bytes.len(), &mut each);
}

fn record(bytes: &[u8], start: usize, end: usize, each: &mut impl FnMut(Range<usize>)) {
    let mut end = end;
    while end > start && bytes[end - 1] == b'\r' {
        end -= 1;
    }
    if start < end {
        each(start..end);
    }
}

/// Follows quotes, as RFC 4180 has them; a quote within a field that does not begin with one is a letter.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) enum Quotes {
    /// At the start of a field.
    #[default]
    Start,
    /// In a field without quotes, or behind its closing quote.
    Plain,
    /// Between quotes.
    Within,
    /// After a quote between quotes: it closes, or is the first of two.
    Closing,
}

impl Quotes {
    /// Follows one byte; `true` where it ends the record.
    pub(crate) fn ends_record(&mut self, byte: u8) -> bool {
        *self = match (*self, byte) {
            (Self::Within, b'"') => Self::Closing,
            (Self::Within, _) | (Self::Start | Self::Closing, b'"') => Self::Within,
            (_, b'\n') => {
                *self = Self::Start;
                return true;
            }
            (_, b',') => Self::Start,
            // the line may end with CR alone nowhere but before LF
            _ => Self::Plain,
        };
        false
    }

    pub(crate) const fn is_within(self) -> bool {
        matches!(self, Self::Within)
    }
}
