//! A whole file or stream from its rows to their answers.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::{Schema, SchemaRef};

use wangge_crs::Crs;
use wangge_report::Language;

use crate::answer::{Answer, Asked, Resolver, Status, resolved};
use crate::place::{NamedSystems, Placer, Systems};
use crate::problem::RowProblem;
use crate::{PointsError, PointsFormat, columns, text};

/// The first bytes of an Arrow file.
const ARROW_FILE: &[u8] = b"ARROW1";

/// Positions of a piece, and of all pieces, by which it is guessed what is wrong with a file.
const SAMPLED: usize = 1000;

/// So many are always somewhere else.
const FEW: usize = 5;

/// Called with what is answered so far, in the steps of [`Size`].
pub type Progress<'a> = &'a dyn Fn(u64);

/// How much a file has to be answered, in the steps by which progress is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// Bytes that are read.
    Bytes(u64),
    /// Rows.
    Rows(u64),
}

impl Size {
    /// The size of a file; `None` where it has none that is known beforehand, as a pipe.
    pub fn of(input: &File, format: PointsFormat) -> Option<Self> {
        if format == PointsFormat::Parquet {
            return columns::rows_of_parquet(input).map(Self::Rows);
        }
        let metadata = input.metadata().ok()?;
        metadata.is_file().then_some(Self::Bytes(metadata.len()))
    }
}

/// What is read, how, and what is written.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Of the input and of the answers.
    pub format: PointsFormat,
    /// The column, or member, of the longitude.
    pub lon: String,
    /// That of the latitude.
    pub lat: String,
    /// That of the accuracy in metres.
    pub accuracy: Option<String>,
    /// The column of points of a Parquet or Arrow table; looked for where it is not said and there are no two numbers.
    pub geometry: Option<String>,
    /// That of the coordinate system, where rows say theirs.
    pub crs_column: Option<String>,
    /// What is written, in this order: columns of the input and of answers; empty for all.
    pub columns: Vec<String>,
    /// The encoding of a text; recognised where it is not said.
    pub encoding: Option<String>,
    /// Whether the first row that is no position ends everything.
    pub strict: bool,
    /// Whether the input comes from anybody: then no part of an Arrow stream may ask for much memory.
    pub is_foreign: bool,
    /// How what is asked for is named in errors.
    pub options: Options,
    /// Of positions.
    pub systems: Systems,
    /// What is told of rows that are no positions is told in.
    pub language: Language,
    /// Threads that read, look up and write; one cuts the input beside them.
    pub threads: usize,
}

/// How the fields of a [`Batch`] are named where whoever asks says them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Options {
    /// As options of a command line: `--crs-column`.
    Command,
    /// As parameters: `crs_column`.
    Parameters,
}

impl Options {
    pub(crate) fn named(self, parameter: &str) -> String {
        match self {
            Self::Command => format!("--{}", parameter.replace('_', "-")),
            Self::Parameters => parameter.to_owned(),
        }
    }
}

/// What a batch came to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Done {
    /// Rows of the input.
    pub rows: u64,
    /// Of them in a grid.
    pub inside: u64,
    /// Outside, but near a grid.
    pub near: u64,
    /// Outside.
    pub outside: u64,
    /// Those that are no positions.
    pub invalid: u64,
    /// The number of the first of them, from 1, and what is wrong with it.
    pub first_invalid: Option<(u64, RowProblem)>,
    /// The encoding that the text was read in, where that is not UTF-8.
    pub encoding: Option<&'static str>,
    /// What is likely wrong with the whole.
    pub suspicion: Option<Suspicion>,
    /// Positions as given, some that are in a grid and some that are not.
    pub(crate) sampled: Sampled,
}

/// What is likely wrong with a whole file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suspicion {
    /// Longitude and latitude seem to be exchanged.
    Exchanged,
    /// Positions seem to be shifted as maps in GCJ-02 (火星坐标) have them.
    Gcj02,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Sampled {
    inside: Vec<(f64, f64)>,
    missed: Vec<(f64, f64)>,
}

impl Done {
    pub(crate) fn count(&mut self, status: Status) {
        self.rows += 1;
        match status {
            Status::Inside => self.inside += 1,
            Status::Near => self.near += 1,
            Status::Outside => self.outside += 1,
        }
    }

    pub(crate) fn invalid(&mut self, problem: &RowProblem) {
        self.rows += 1;
        self.invalid += 1;
        if self.first_invalid.is_none() {
            self.first_invalid = Some((self.rows, problem.clone()));
        }
    }

    /// Keeps some of the positions.
    pub(crate) fn sample(&mut self, asked: &[Asked], answers: &[Answer]) {
        let most = |count: u64| usize::try_from(count).unwrap_or(SAMPLED).min(SAMPLED);
        let (inside, missed) = (most(self.inside), most(self.near + self.outside));
        for (asked, answer) in asked.iter().zip(answers) {
            if self.sampled.inside.len() >= inside && self.sampled.missed.len() >= missed {
                return;
            }
            let to = match answer.status {
                Status::Inside => &mut self.sampled.inside,
                Status::Near | Status::Outside => &mut self.sampled.missed,
            };
            if to.len() < SAMPLED {
                to.push(asked.given);
            }
        }
    }

    /// The same for numbers that are no position.
    pub(crate) fn sample_refused(&mut self, refused: &mut Vec<(f64, f64)>) {
        let room = SAMPLED.saturating_sub(self.sampled.missed.len());
        refused.truncate(room);
        self.sampled.missed.append(refused);
    }

    /// Adds what the next piece came to.
    pub(crate) fn add(&mut self, next: Self, strict: bool) -> Result<(), PointsError> {
        if self.first_invalid.is_none() {
            self.first_invalid = next
                .first_invalid
                .map(|(row, problem)| (self.rows + row, problem));
        }
        self.rows += next.rows;
        self.inside += next.inside;
        self.near += next.near;
        self.outside += next.outside;
        self.invalid += next.invalid;
        let keep = |kept: &mut Vec<(f64, f64)>, more: Vec<(f64, f64)>| {
            let room = SAMPLED.saturating_sub(kept.len());
            kept.extend(more.into_iter().take(room));
        };
        keep(&mut self.sampled.inside, next.sampled.inside);
        keep(&mut self.sampled.missed, next.sampled.missed);
        match &self.first_invalid {
            Some((row, problem)) if strict => Err(PointsError::Strict {
                row: *row,
                problem: Box::new(problem.clone()),
            }),
            _ => Ok(()),
        }
    }

    /// Guesses what is wrong with a file of which much is not in a grid.
    fn suspect(&mut self, batch: &Batch, resolver: &impl Resolver) {
        let Sampled { inside, missed } = std::mem::take(&mut self.sampled);
        if missed.len() < FEW {
            return;
        }
        let exchanged = missed.iter().map(|&(lon, lat)| (lat, lon));
        if missed.len() > inside.len() && mostly_inside(exchanged, &batch.systems, resolver) {
            self.suspicion = Some(Suspicion::Exchanged);
            return;
        }
        // a shift shows at the rim only
        if matches!(batch.systems.crs, Crs::Gcj02 | Crs::Bd09) {
            return;
        }
        let shifted = Systems {
            crs: Crs::Gcj02,
            ..batch.systems.clone()
        };
        let all = inside.iter().copied();
        if mostly_inside(missed.iter().copied(), &shifted, resolver)
            && mostly_inside(all, &shifted, resolver)
        {
            self.suspicion = Some(Suspicion::Gcj02);
        }
    }
}

/// Whether nine of ten positions, none of them left out, are in a grid; of none so are all.
fn mostly_inside(
    given: impl Iterator<Item = (f64, f64)>,
    systems: &Systems,
    resolver: &impl Resolver,
) -> bool {
    let none_named = NamedSystems::default();
    let Ok(mut placer) = Placer::new(systems, &none_named) else {
        return false;
    };
    let mut count = 0usize;
    let asked: Vec<Asked> = given
        .filter_map(|position| {
            count += 1;
            placer.place(position, None, None).ok()
        })
        .collect();
    let Ok(answers) = resolved(resolver, &asked) else {
        return false;
    };
    let inside = answers
        .iter()
        .filter(|answer| answer.status == Status::Inside)
        .count();
    inside * 10 >= count * 9
}

/// Answers a stream with a stream of the same format. Parquet files have to be read from their end: in their place an Arrow stream
/// of their columns is read, and a Parquet file written.
///
/// # Errors
/// Every variant of [`PointsError`].
pub fn answer_stream(
    input: impl Read + Send,
    output: impl Write + Send,
    batch: &Batch,
    resolver: &impl Resolver,
    progress: Progress<'_>,
) -> Result<Done, PointsError> {
    let mut done = match batch.format {
        PointsFormat::Parquet => {
            columns::answer_stream_as_parquet(input, output, batch, resolver, progress)?
        }
        PointsFormat::Arrow => {
            columns::answer_arrow_stream(input, output, batch, resolver, progress)?
        }
        _ => text::answer(input, output, batch, resolver, progress)?,
    };
    done.suspect(batch, resolver);
    Ok(done)
}

/// Answers rows that are in memory, or come from elsewhere: a table of the rows with their answers, in order.
/// `goes_on` is asked now and then, on the calling thread, whether it is to go on.
///
/// # Errors
/// Those of [`PointsError`] that are not of reading or writing.
pub fn answer_rows(
    rows: impl RecordBatchReader + Send,
    batch: &Batch,
    resolver: &impl Resolver,
    mut goes_on: impl FnMut() -> bool,
) -> Result<(SchemaRef, Vec<RecordBatch>, Done), PointsError> {
    let mut schema = Arc::new(Schema::empty());
    let mut answered = Vec::new();
    let mut done = columns::answer_batches(rows, batch, resolver, |of_answers| {
        schema = Arc::new(of_answers.clone());
        |rows| {
            answered.push(rows);
            goes_on().then_some(()).ok_or(PointsError::Stopped)
        }
    })?;
    done.suspect(batch, resolver);
    Ok((schema, answered, done))
}

/// Answers a file with a file of the same format.
///
/// # Errors
/// Every variant of [`PointsError`].
pub fn answer_file(
    mut input: File,
    output: impl Write + Send,
    batch: &Batch,
    resolver: &impl Resolver,
    progress: Progress<'_>,
) -> Result<Done, PointsError> {
    let mut done = match batch.format {
        PointsFormat::Parquet => columns::answer_parquet(input, output, batch, resolver, progress)?,
        PointsFormat::Arrow if is_arrow_file(&mut input).map_err(PointsError::Read)? => {
            columns::answer_arrow_file(input, output, batch, resolver, progress)?
        }
        _ => return answer_stream(input, output, batch, resolver, progress),
    };
    done.suspect(batch, resolver);
    Ok(done)
}

/// Whether it begins as an Arrow file does; streams have no mark.
fn is_arrow_file(input: &mut File) -> std::io::Result<bool> {
    if !input.metadata()?.is_file() {
        // a pipe cannot be read twice
        return Ok(false);
    }
    let mut first = Vec::new();
    Read::by_ref(input)
        .take(ARROW_FILE.len() as u64)
        .read_to_end(&mut first)?;
    input.seek(SeekFrom::Start(0))?;
    Ok(first == ARROW_FILE)
}
