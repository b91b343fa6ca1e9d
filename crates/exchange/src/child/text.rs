//! The text of an input: decoded where a person says so, and metered for progress.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::encoding;
use super::sink::Sink;
use crate::wire::Request;
use crate::{EncodingBy, Note, Refusal};

/// Text as UTF-8.
pub(super) type Input = Box<dyn Read>;

/// Opens the text, as UTF-8 whatever it was, and a meter of what has been read of it.
pub(super) fn open(
    path: &Path,
    request: &Request,
    sink: &mut Sink,
) -> Result<(Input, Meter), Refusal> {
    let fail = |error| Refusal::system("opening the input", error);
    let file = File::open(path).map_err(fail)?;
    let total = file.metadata().map_err(fail)?.len();
    let meter = Meter {
        read: Arc::default(),
        total,
    };
    let metered = Metered {
        inner: file,
        read: Arc::clone(&meter.read),
    };
    let mut input: Input = Box::new(BufReader::with_capacity(1 << 16, metered));
    if let Some(label) = &request.encoding {
        let found = encoding::of_label(label)?;
        sink.note(&Note::Encoding {
            encoding: found.name().to_owned(),
            by: EncodingBy::Person,
        })?;
        let mut bytes = Vec::new();
        input.read_to_end(&mut bytes).map_err(fail)?;
        let (text, _, wrong) = found.decode(&bytes);
        if wrong {
            return Err(Refusal::Encoding {
                place: "the file".to_owned(),
                encoding: found.name().to_owned(),
            });
        }
        let text = text.into_owned().into_bytes();
        return Ok((Box::new(std::io::Cursor::new(text)), meter));
    }
    let mut start = Vec::new();
    input
        .by_ref()
        .take(3)
        .read_to_end(&mut start)
        .map_err(fail)?;
    if start == [0xEF, 0xBB, 0xBF] {
        start.clear();
    }
    Ok((Box::new(std::io::Cursor::new(start).chain(input)), meter))
}

/// How much of a file has been read.
pub(super) struct Meter {
    read: Arc<AtomicU64>,
    pub(super) total: u64,
}

impl Meter {
    pub(super) fn bytes(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }
}

struct Metered {
    inner: File,
    read: Arc<AtomicU64>,
}

impl Read for Metered {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// Makes record separators white space.
pub(super) struct Separators(pub(super) Input);

impl Read for Separators {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.0.read(buffer)?;
        for byte in &mut buffer[..count] {
            if *byte == 0x1E {
                *byte = b'\n';
            }
        }
        Ok(count)
    }
}
