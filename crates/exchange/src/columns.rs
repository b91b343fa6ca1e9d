//! The columns of a Parquet file, as an Arrow stream from a reading process.

use std::io::{self, BufReader, Read};
use std::process::ChildStdout;

use crate::process::{Process, Said, ask};
use crate::staging::Staged;
use crate::wire::{Kind, PIECE_BYTES, Request, take_frame};
use crate::{ExchangeError, Limits, Refusal};

/// An Arrow stream of the columns of one file, as a reading process makes it. It is no more trustworthy than the file.
///
/// Errors of reading it hold an [`ExchangeError`] that says what was wrong; after one, and dropped, the process has ended.
pub struct ColumnStream {
    file: String,
    limits: Limits,
    pipe: BufReader<ChildStdout>,
    process: Option<Process>,
    /// Of the stream, what came last and how much of it was given.
    piece: Vec<u8>,
    given: usize,
    is_locked: bool,
    /// Holds the file until the process has it open: whatever becomes of this program, its name does not stay.
    staged: Option<Staged>,
}

/// Bytes of a frame: a piece, or why there is none.
const MOST_FRAME_BYTES: u64 = 2 * PIECE_BYTES as u64;

/// What came next.
enum Next {
    Piece(Vec<u8>),
    Other,
    End(Said),
}

impl ColumnStream {
    pub(crate) fn start(
        file: String,
        limits: Limits,
        staged: Staged,
        asked: &Request,
        (mut process, stdin, stdout): crate::process::Started,
    ) -> Result<Self, ExchangeError> {
        if let Err(what) = ask(stdin, asked) {
            process.stop();
            return process.end().conclude(Err(what), &file, &limits);
        }
        Ok(Self {
            file,
            limits,
            pipe: BufReader::with_capacity(1 << 16, stdout),
            process: Some(process),
            piece: Vec::new(),
            given: 0,
            is_locked: false,
            staged: Some(staged),
        })
    }

    /// The next piece; `None` at the end.
    fn piece(&mut self) -> Result<Option<Vec<u8>>, ExchangeError> {
        loop {
            let told = match self.next() {
                Ok(Next::Piece(piece)) => return Ok(Some(piece)),
                Ok(Next::Other) => continue,
                Ok(Next::End(said)) => Ok(((), said)),
                Err(what) => Err(what),
            };
            let Some(mut process) = self.process.take() else {
                return Ok(None);
            };
            if told.is_err() {
                process.stop();
            }
            process.end().conclude(told, &self.file, &self.limits)?;
            return Ok(None);
        }
    }

    fn next(&mut self) -> Result<Next, String> {
        let ended = |refusal: Option<Refusal>, is_whole| Next::End(Said { refusal, is_whole });
        if self.process.is_none() {
            return Ok(ended(None, true));
        }
        let Some((kind, payload)) = take_frame(&mut self.pipe, MOST_FRAME_BYTES)? else {
            return Ok(ended(None, false));
        };
        let json = |error: serde_json::Error| error.to_string();
        Ok(match kind {
            Kind::Sandbox => {
                self.is_locked = true;
                Next::Other
            }
            Kind::Refusal => ended(Some(serde_json::from_slice(&payload).map_err(json)?), false),
            Kind::Piece if self.is_locked => {
                self.staged = None;
                Next::Piece(payload)
            }
            Kind::End if self.is_locked => ended(None, true),
            _ if !self.is_locked => return Err("it reads before it is locked".to_owned()),
            _ => return Err("it tells what was not asked for".to_owned()),
        })
    }
}

impl Read for ColumnStream {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.given == self.piece.len() {
            match self.piece().map_err(io::Error::other)? {
                Some(piece) => (self.piece, self.given) = (piece, 0),
                None => return Ok(0),
            }
        }
        let count = to.len().min(self.piece.len() - self.given);
        to[..count].copy_from_slice(&self.piece[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}
