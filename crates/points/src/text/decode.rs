//! Texts of other encodings, as UTF-8.

use std::io::{self, Read};

use encoding_rs::{CoderResult, Decoder, Encoding, GB18030, UTF_8};

use crate::PointsError;

/// Bytes by which an encoding is recognised.
const SAMPLE_BYTES: u64 = 1 << 20;

/// Bytes that are decoded at once.
const CHUNK_BYTES: usize = 1 << 16;

/// A text as UTF-8, without its mark of byte order.
pub struct Decoded<R> {
    /// What was read for recognising the encoding.
    sample: io::Cursor<Vec<u8>>,
    rest: R,
    /// `None` where the text is UTF-8 already.
    decoder: Option<Decoder>,
    chunk: Vec<u8>,
    text: Vec<u8>,
    taken: usize,
    has_ended: bool,
}

impl<R: Read> Decoded<R> {
    /// Recognises the encoding by the first megabyte, unless one is said, and tells it where it is not UTF-8.
    ///
    /// # Errors
    /// [`PointsError::UnknownEncoding`]; [`PointsError::NotUtf8`] where nothing is said and it is neither UTF-8 nor GBK;
    /// [`PointsError::Read`].
    pub fn new(
        mut text: R,
        said: Option<&str>,
    ) -> Result<(Self, Option<&'static str>), PointsError> {
        let said = match said {
            None => None,
            Some(name) => Some(Encoding::for_label(name.trim().as_bytes()).ok_or_else(|| {
                PointsError::UnknownEncoding {
                    name: name.to_owned(),
                }
            })?),
        };
        let mut sample = Vec::new();
        text.by_ref()
            .take(SAMPLE_BYTES)
            .read_to_end(&mut sample)
            .map_err(PointsError::Read)?;
        let marked = Encoding::for_bom(&sample);
        let encoding = match (marked, said) {
            (Some((encoding, length)), _) => {
                sample.drain(..length);
                encoding
            }
            (None, Some(encoding)) => encoding,
            (None, None) => recognised(&sample)?,
        };
        let decoder = (encoding != UTF_8).then(|| encoding.new_decoder_without_bom_handling());
        let decoded = Self {
            sample: io::Cursor::new(sample),
            rest: text,
            decoder,
            chunk: vec![0; CHUNK_BYTES],
            text: Vec::new(),
            taken: 0,
            has_ended: false,
        };
        Ok((decoded, (encoding != UTF_8).then(|| encoding.name())))
    }

    fn read_raw(
        sample: &mut io::Cursor<Vec<u8>>,
        rest: &mut R,
        to: &mut [u8],
    ) -> io::Result<usize> {
        match sample.read(to)? {
            0 => rest.read(to),
            count => Ok(count),
        }
    }

    fn decode(&mut self) -> io::Result<()> {
        let Some(decoder) = &mut self.decoder else {
            return Ok(());
        };
        let count = Self::read_raw(&mut self.sample, &mut self.rest, &mut self.chunk)?;
        self.has_ended = count == 0;
        self.text.clear();
        self.taken = 0;
        let mut raw = &self.chunk[..count];
        loop {
            let room = decoder
                .max_utf8_buffer_length(raw.len())
                .unwrap_or(CHUNK_BYTES);
            let before = self.text.len();
            self.text.resize(before + room, 0);
            let (result, read, written, _) =
                decoder.decode_to_utf8(raw, &mut self.text[before..], self.has_ended);
            self.text.truncate(before + written);
            raw = &raw[read..];
            if result == CoderResult::InputEmpty {
                return Ok(());
            }
        }
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.decoder.is_none() {
            return Self::read_raw(&mut self.sample, &mut self.rest, to);
        }
        while self.taken == self.text.len() && !self.has_ended {
            self.decode()?;
        }
        let count = to.len().min(self.text.len() - self.taken);
        to[..count].copy_from_slice(&self.text[self.taken..self.taken + count]);
        self.taken += count;
        Ok(count)
    }
}

/// UTF-8 where it is that, else GBK where it is that.
fn recognised(sample: &[u8]) -> Result<&'static Encoding, PointsError> {
    let is_cut_only = |error: std::str::Utf8Error| error.error_len().is_none();
    match std::str::from_utf8(sample) {
        Ok(_) => return Ok(UTF_8),
        Err(error) if is_cut_only(error) => return Ok(UTF_8),
        Err(_) => {}
    }
    let mut decoder = GB18030.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(
        decoder
            .max_utf8_buffer_length_without_replacement(sample.len())
            .unwrap_or(0),
    );
    let (result, _) = decoder.decode_to_string_without_replacement(sample, &mut text, false);
    match result {
        encoding_rs::DecoderResult::InputEmpty => Ok(GB18030),
        _ => Err(PointsError::NotUtf8),
    }
}
