//! What the reading process says, frame by frame, believed no further than its limits.

use std::io::Read;

use serde::de::DeserializeOwned;

use crate::wire::{self, Kind, Opened};
use crate::{
    ExchangeError, Limits, Note, Policy, Progress, Quantity, Refusal, Row, Sandbox, Table, Value,
    wkb,
};

/// What has come through the pipe so far.
#[derive(Default)]
pub(crate) struct Heard {
    pub(crate) sandbox: Option<Sandbox>,
    pub(crate) opened: Option<Opened>,
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Row>,
    pub(crate) vertices: u64,
    pub(crate) notes: Vec<Note>,
    pub(crate) refusal: Option<Refusal>,
    pub(crate) ended: bool,
}

/// More notes than this are no help to a person.
const NOTES_LIMIT: usize = 1000;

impl Heard {
    /// Listens to the end of the pipe.
    ///
    /// # Errors
    /// What was not an answer, in words.
    pub(crate) fn all(
        pipe: &mut impl Read,
        limits: &Limits,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Self, String> {
        let mut heard = Self::default();
        while let Some((kind, payload)) = wire::take_frame(pipe, limits.frame_bytes())? {
            if heard.ended || heard.refusal.is_some() {
                return Err("it goes on after its end".to_owned());
            }
            if heard.sandbox.is_none() && !matches!(kind, Kind::Sandbox | Kind::Refusal) {
                return Err("it reads before it is locked".to_owned());
            }
            match kind {
                Kind::Sandbox => heard.lock(json(&payload)?, limits.policy)?,
                Kind::Opened => heard.opened = Some(json(&payload)?),
                Kind::Column => heard.column(json(&payload)?, limits)?,
                Kind::Row => heard.row(&payload, limits)?,
                Kind::Note if heard.notes.len() < NOTES_LIMIT => heard.notes.push(json(&payload)?),
                Kind::Note => {}
                Kind::Progress => progress(json(&payload)?),
                Kind::Refusal => heard.refusal = Some(json(&payload)?),
                Kind::End => heard.end(json(&payload)?)?,
                Kind::Piece => return Err("it tells what was not asked for".to_owned()),
            }
        }
        Ok(heard)
    }

    fn lock(&mut self, sandbox: Sandbox, policy: Policy) -> Result<(), String> {
        if policy == Policy::GoOnWithNote {
            for what in &sandbox.missing {
                self.notes.push(Note::LockMissing { what: what.clone() });
            }
        }
        match self.sandbox.replace(sandbox) {
            None => Ok(()),
            Some(_) => Err("it locks itself twice".to_owned()),
        }
    }

    fn column(&mut self, name: String, limits: &Limits) -> Result<(), String> {
        above(
            Quantity::Columns,
            self.columns.len() as u64 + 1,
            limits.columns as u64,
        )?;
        above(
            Quantity::TextBytes,
            name.len() as u64,
            limits.text_bytes as u64,
        )?;
        self.columns.push(name);
        Ok(())
    }

    fn row(&mut self, payload: &[u8], limits: &Limits) -> Result<(), String> {
        above(Quantity::Rows, self.rows.len() as u64 + 1, limits.rows)?;
        let row = wire::row_of(payload, self.columns.len(), limits)?;
        self.vertices += wkb::vertices(&row.geometry);
        above(Quantity::Vertices, self.vertices, limits.vertices)?;
        self.rows.push(row);
        Ok(())
    }

    fn end(&mut self, rows: u64) -> Result<(), String> {
        if rows != self.rows.len() as u64 {
            return Err(format!(
                "it sent {} rows and counts {rows}",
                self.rows.len()
            ));
        }
        self.ended = true;
        Ok(())
    }

    /// The table that was told.
    pub(crate) fn table(self, file: &str) -> Result<Table, ExchangeError> {
        let (Some(opened), Some(sandbox)) = (self.opened, self.sandbox) else {
            return Err(ExchangeError::Answer {
                file: file.to_owned(),
                what: "it does not say what it opened".to_owned(),
            });
        };
        let mut rows = self.rows;
        for row in &mut rows {
            // columns that were first met in a later row
            row.values.resize(self.columns.len(), Value::Null);
        }
        Ok(Table {
            source: file.to_owned(),
            format: opened.format,
            layer: opened.layer,
            declared_crs: opened.declared_crs,
            columns: self.columns,
            rows,
            notes: self.notes,
            sandbox,
        })
    }
}

fn json<T: DeserializeOwned>(payload: &[u8]) -> Result<T, String> {
    serde_json::from_slice(payload).map_err(|error| error.to_string())
}

fn above(what: Quantity, found: u64, limit: u64) -> Result<(), String> {
    Refusal::above(what, found, limit).map_err(|refusal| refusal.to_string())
}
