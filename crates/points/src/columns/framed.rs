//! The frame of an Arrow stream, looked at before its reader believes it.
//!
//! A stream is a run of messages: four bytes of a mark, four of the length of what describes the message, that
//! description, and a body whose length it says. The reader sets memory aside as these lengths want it.

use std::io::{self, ErrorKind, Read};

use arrow_ipc::{MessageHeader, root_as_message};

/// What stands before each message.
const MARK: [u8; 4] = [0xff; 4];

/// What messages may ask for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Bytes of a description.
    description: usize,
    /// Bytes of a body.
    body: i64,
    /// Rows of a message.
    rows: i64,
    /// Whether bodies may be compressed, so that they become far larger.
    compressed: bool,
}

impl Bounds {
    /// Of what comes from anybody.
    pub(crate) const FOREIGN: Self = Self {
        description: 4 << 20,
        body: 64 << 20,
        rows: 4 << 20,
        compressed: false,
    };

    /// Of a file of one's own.
    pub(crate) const OWN: Self = Self {
        description: 64 << 20,
        body: 4 << 30,
        rows: 1 << 30,
        compressed: true,
    };
}

/// A stream whose messages stay within bounds.
pub(crate) struct Framed<R> {
    stream: R,
    bounds: Bounds,
    /// The start of a message that was looked at.
    start: Vec<u8>,
    given: usize,
    body_left: u64,
}

impl<R: Read> Framed<R> {
    pub(crate) const fn new(stream: R, bounds: Bounds) -> Self {
        Self {
            stream,
            bounds,
            start: Vec::new(),
            given: 0,
            body_left: 0,
        }
    }

    /// Reads the start of the next message.
    fn next_message(&mut self) -> io::Result<()> {
        self.start.clear();
        self.given = 0;
        Read::by_ref(&mut self.stream)
            .take(4)
            .read_to_end(&mut self.start)?;
        if self.start == MARK {
            Read::by_ref(&mut self.stream)
                .take(4)
                .read_to_end(&mut self.start)?;
        }
        // what is cut here is told by the reader
        let Some(length) = self
            .start
            .last_chunk::<4>()
            .filter(|_| self.start.len().is_multiple_of(4))
        else {
            return Ok(());
        };
        let length = usize::try_from(i32::from_le_bytes(*length))
            .map_err(|_| refused("a length below zero"))?;
        if length == 0 {
            return Ok(());
        }
        if length > self.bounds.description {
            return Err(refused("a description that is too long"));
        }
        let prefix = self.start.len();
        Read::by_ref(&mut self.stream)
            .take(length as u64)
            .read_to_end(&mut self.start)?;
        let message = root_as_message(&self.start[prefix..])
            .map_err(|_| refused("a description that cannot be read"))?;
        let body = message.bodyLength();
        if !(0..=self.bounds.body).contains(&body) {
            return Err(refused("a body that is too long"));
        }
        let rows = match message.header_type() {
            MessageHeader::RecordBatch => message.header_as_record_batch(),
            MessageHeader::DictionaryBatch => message
                .header_as_dictionary_batch()
                .and_then(|dictionary| dictionary.data()),
            _ => None,
        };
        if let Some(rows) = rows {
            if !(0..=self.bounds.rows).contains(&rows.length()) {
                return Err(refused("too many rows in one batch"));
            }
            if rows.compression().is_some() && !self.bounds.compressed {
                return Err(refused("a compressed body, which is not taken here"));
            }
        }
        self.body_left = body.unsigned_abs();
        Ok(())
    }
}

fn refused(what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, format!("the stream has {what}"))
}

impl<R: Read> Read for Framed<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.given == self.start.len() && self.body_left == 0 {
            self.next_message()?;
        }
        if self.given < self.start.len() {
            let count = to.len().min(self.start.len() - self.given);
            to[..count].copy_from_slice(&self.start[self.given..self.given + count]);
            self.given += count;
            return Ok(count);
        }
        let most = usize::try_from(self.body_left)
            .unwrap_or(usize::MAX)
            .min(to.len());
        let count = self.stream.read(&mut to[..most])?;
        self.body_left -= count as u64;
        if count == 0 && most > 0 {
            // cut in the middle of a body
            self.body_left = 0;
        }
        Ok(count)
    }
}
