//! Where the reading process puts what it reads: frames to the parent, counted against limits.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::time::{Duration, Instant};

use rustix::io::dup;
use serde::Serialize;

use crate::wire::{Kind, Opened, PIECE_BYTES, Progress, put_frame, row_bytes};
use crate::{Limits, Note, Quantity, Refusal, Row, RowGeometry, Value, wkb};

/// The way to the parent.
pub(crate) struct Sink {
    out: BufWriter<File>,
    limits: Limits,
    columns: Vec<String>,
    rows: u64,
    vertices: u64,
    with_z: u64,
    with_m: u64,
    told: Option<Instant>,
}

const BETWEEN_PROGRESS: Duration = Duration::from_millis(100);

impl Sink {
    /// Takes standard output for frames, and lets whatever else is printed go to standard error.
    pub(crate) fn on_standard_output() -> io::Result<Self> {
        let out = dup(io::stdout())?;
        rustix::stdio::dup2_stdout(io::stderr())?;
        Ok(Self {
            out: BufWriter::with_capacity(1 << 16, File::from(out)),
            limits: Limits::default(),
            columns: Vec::new(),
            rows: 0,
            vertices: 0,
            with_z: 0,
            with_m: 0,
            told: None,
        })
    }

    pub(crate) fn limit(&mut self, limits: &Limits) {
        self.limits = limits.clone();
    }

    pub(crate) fn opened(&mut self, opened: &Opened) -> Result<(), Refusal> {
        self.frame_json(Kind::Opened, opened)
    }

    /// Adds a column and gives its place.
    pub(crate) fn column(&mut self, name: &str) -> Result<usize, Refusal> {
        let place = self.columns.len();
        Refusal::above(
            Quantity::Columns,
            place as u64 + 1,
            self.limits.columns as u64,
        )?;
        self.text_fits(name)?;
        if self.columns.iter().any(|column| column == name) {
            self.note(&Note::RepeatedColumn {
                column: name.to_owned(),
            })?;
        }
        self.columns.push(name.to_owned());
        self.frame_json(Kind::Column, &name)?;
        Ok(place)
    }

    pub(crate) fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Sends a row. A row has as many values as there are columns so far, or fewer.
    pub(crate) fn row(
        &mut self,
        number: u64,
        geometry: RowGeometry,
        values: Vec<Value>,
    ) -> Result<(), Refusal> {
        self.rows += 1;
        Refusal::above(Quantity::Rows, self.rows, self.limits.rows)?;
        self.expect_vertices(wkb::vertices(&geometry))?;
        self.vertices += wkb::vertices(&geometry);
        for value in &values {
            if let Value::Text(text) = value {
                self.text_fits(text)?;
            }
        }
        let geometry = match geometry {
            RowGeometry::Refused(mut why) => {
                truncate(&mut why, self.limits.text_bytes.min(4096));
                RowGeometry::Refused(why)
            }
            usable => usable,
        };
        let bytes = row_bytes(&Row {
            number,
            geometry,
            values,
        });
        self.frame(Kind::Row, &bytes)
    }

    /// Refuses before `more` vertices are even built.
    pub(crate) fn expect_vertices(&self, more: u64) -> Result<(), Refusal> {
        Refusal::above(
            Quantity::Vertices,
            self.vertices.saturating_add(more),
            self.limits.vertices,
        )
    }

    pub(crate) fn heights(&mut self, had_z: bool, had_m: bool) {
        self.with_z += u64::from(had_z);
        self.with_m += u64::from(had_m);
    }

    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    pub(crate) fn note(&mut self, note: &Note) -> Result<(), Refusal> {
        self.frame_json(Kind::Note, note)
    }

    /// Tells how far it is, a few times a second.
    pub(crate) fn progress(
        &mut self,
        bytes: Option<u64>,
        total: Option<u64>,
    ) -> Result<(), Refusal> {
        // the clock is looked at rarely: rows can be tiny
        if !self.rows.is_multiple_of(64) && bytes.is_none() {
            return Ok(());
        }
        let now = Instant::now();
        if self
            .told
            .is_some_and(|told| now.duration_since(told) < BETWEEN_PROGRESS)
        {
            return Ok(());
        }
        self.told = Some(now);
        let rows = self.rows;
        self.frame_json(Kind::Progress, &Progress { rows, bytes, total })?;
        self.flush()
    }

    /// Ends the answer.
    pub(crate) fn end(&mut self) -> Result<(), Refusal> {
        let (with_z, with_m) = (self.with_z, self.with_m);
        if with_z + with_m > 0 {
            self.note(&Note::HeightsDropped { with_z, with_m })?;
        }
        let rows = self.rows;
        self.frame_json(Kind::End, &rows)?;
        self.flush()
    }

    pub(crate) fn frame_json(
        &mut self,
        kind: Kind,
        content: &impl Serialize,
    ) -> Result<(), Refusal> {
        let bytes =
            serde_json::to_vec(content).map_err(|error| Refusal::system("answering", error))?;
        self.frame(kind, &bytes)
    }

    pub(crate) fn flush(&mut self) -> Result<(), Refusal> {
        self.out
            .flush()
            .map_err(|error| Refusal::system("answering", error))
    }

    /// Sends the first bytes of a stream of columns, and says how many.
    pub(crate) fn piece(&mut self, bytes: &[u8]) -> Result<usize, Refusal> {
        let count = bytes.len().min(PIECE_BYTES);
        self.frame(Kind::Piece, &bytes[..count])?;
        Ok(count)
    }

    fn frame(&mut self, kind: Kind, payload: &[u8]) -> Result<(), Refusal> {
        put_frame(&mut self.out, kind, payload).map_err(|error| Refusal::system("answering", error))
    }

    fn text_fits(&self, text: &str) -> Result<(), Refusal> {
        Refusal::above(
            Quantity::TextBytes,
            text.len() as u64,
            self.limits.text_bytes as u64,
        )
    }
}

fn truncate(text: &mut String, bytes: usize) {
    if text.len() > bytes {
        let end = (0..=bytes).rev().find(|&at| text.is_char_boundary(at));
        text.truncate(end.unwrap_or(0));
    }
}
