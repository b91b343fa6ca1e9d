//! Rows of text: CSV, a JSON object on each line, GeoJSON.

mod cut;
mod decode;
mod delimited;
mod feature;
mod members;
mod split;

use std::io::{Read, Write};
use std::ops::Range;

use wangge_report::{Language, Told};

use self::cut::{Cutter, PIECE_BYTES, Piece, Rows};
pub use self::decode::Decoded;
use self::delimited::Delimited;
use self::members::Objects;
use crate::answer::{
    Answer, Asked, ComponentTexts, NearComponent, Resolver, Status, push_json, resolved,
};
use crate::place::{NamedSystems, Placer};
use crate::problem::{RowProblem, shown};
use crate::run::{Batch, Done, Progress};
use crate::{PointsError, PointsFormat, pipeline};

/// The longest row, bytes.
pub const MOST_ROW_BYTES: usize = 1 << 20;

/// A row of a piece: where it is, and what it is asked.
pub(crate) struct Row {
    pub(crate) at: Range<usize>,
    pub(crate) asked: Result<(), RowProblem>,
}

/// How rows of one format are read and written.
pub(crate) trait TextRows {
    /// Finds the rows of a piece, and appends a position for each that is one.
    fn read(
        &mut self,
        piece: &Piece,
        placer: &mut Placer<'_>,
        rows: &mut Vec<Row>,
        asked: &mut Vec<Asked>,
    );

    /// Appends a row with its answer, or what is wrong with it.
    fn write(
        &mut self,
        piece: &Piece,
        row: &Row,
        answer: Option<&Answer>,
        resolver: &dyn Resolver,
        out: &mut Vec<u8>,
    );
}

/// A piece, answered.
struct Answered {
    bytes: Vec<u8>,
    read_bytes: u64,
    done: Done,
}

/// Answers a text.
pub(crate) fn answer(
    input: impl Read + Send,
    mut output: impl Write,
    batch: &Batch,
    resolver: &impl Resolver,
    progress: Progress<'_>,
) -> Result<Done, PointsError> {
    let (decoded, encoding) = Decoded::new(input, batch.encoding.as_deref())?;
    let systems = &batch.systems;
    // an answer with many components is far longer than its row
    let piece_bytes = PIECE_BYTES / (1 + resolver.most_components());
    let (mut cutter, frame, header) = match batch.format {
        PointsFormat::Csv => {
            let mut cutter = Cutter::new(decoded, Rows::Delimited, systems, piece_bytes);
            let header = delimited::header(&mut cutter, batch, resolver)?;
            let mut head = Vec::new();
            header.write(&mut head);
            (cutter, Frame::lines(head), Some(header))
        }
        PointsFormat::GeoJson => (
            Cutter::new(decoded, Rows::Features, systems, piece_bytes),
            Frame::collection(),
            None,
        ),
        _ => (
            Cutter::new(decoded, Rows::Lines, systems, piece_bytes),
            Frame::lines(Vec::new()),
            None,
        ),
    };
    output.write_all(&frame.head).map_err(PointsError::Write)?;
    let mut done = Done {
        encoding,
        ..Done::default()
    };
    let next = || cutter.next();
    let named = NamedSystems::default();
    let worker = || {
        let mut placer = Placer::new(&batch.systems, &named)?;
        let mut rows: Box<dyn TextRows> = match &header {
            Some(header) => Box::new(Delimited::new(header, batch.language)),
            None => Box::new(Objects::new(batch, resolver)),
        };
        Ok(move |piece: Piece| {
            let rows = rows.as_mut();
            answered(&piece, &mut placer, rows, resolver, frame.between)
        })
    };
    let (mut read, mut is_first) = (0, true);
    pipeline::in_order(batch.threads, next, worker, |answered: Answered| {
        read += answered.read_bytes;
        done.add(answered.done, batch.strict)?;
        if !answered.bytes.is_empty() {
            if !std::mem::take(&mut is_first) {
                output
                    .write_all(frame.between)
                    .map_err(PointsError::Write)?;
            }
            output
                .write_all(&answered.bytes)
                .map_err(PointsError::Write)?;
        }
        progress(read);
        Ok(())
    })?;
    output.write_all(frame.tail).map_err(PointsError::Write)?;
    output.flush().map_err(PointsError::Write)?;
    Ok(done)
}

/// What stands before, between and behind rows.
struct Frame {
    head: Vec<u8>,
    between: &'static [u8],
    tail: &'static [u8],
}

impl Frame {
    const fn lines(head: Vec<u8>) -> Self {
        Self {
            head,
            between: b"",
            tail: b"",
        }
    }

    fn collection() -> Self {
        Self {
            head: b"{\"type\":\"FeatureCollection\",\"features\":[\n".to_vec(),
            between: b",\n",
            tail: b"\n]}\n",
        }
    }
}

fn answered(
    piece: &Piece,
    placer: &mut Placer<'_>,
    format: &mut dyn TextRows,
    resolver: &impl Resolver,
    between: &[u8],
) -> Result<Answered, PointsError> {
    let mut rows = Vec::new();
    let mut asked = Vec::new();
    if piece.is_too_long {
        rows.push(Row {
            at: 0..0,
            asked: Err(RowProblem::TooLong),
        });
    } else {
        format.read(piece, placer, &mut rows, &mut asked);
    }
    let answers = resolved(resolver, &asked)?;
    let mut bytes = Vec::with_capacity(piece.bytes.len() + rows.len() * 64);
    let mut done = Done::default();
    let mut next = answers.iter();
    for row in &rows {
        let answer = match &row.asked {
            Ok(()) => next.next(),
            Err(problem) => {
                done.invalid(problem);
                None
            }
        };
        if let Some(answer) = answer {
            done.count(answer.status);
        }
        if !bytes.is_empty() {
            bytes.extend_from_slice(between);
        }
        format.write(piece, row, answer, resolver, &mut bytes);
    }
    done.sample(&asked, &answers);
    done.sample_refused(placer.refused());
    Ok(Answered {
        read_bytes: piece.read_bytes,
        bytes,
        done,
    })
}

/// One value of an answer that is not of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Status,
    /// A column of the catalogue.
    Unit(usize),
    Distance,
    Certain,
    Candidates,
    /// Of the components near it, by their place from 0.
    Component(usize),
    ComponentClass(usize),
    ComponentState(usize),
    ComponentDistance(usize),
    Problem,
}

/// The columns of answers, in order, with their names.
pub(crate) fn answer_columns(resolver: &impl Resolver) -> Vec<(String, Part)> {
    let mut columns = vec![("status".to_owned(), Part::Status)];
    let units = resolver.catalogue().columns().iter().cloned();
    columns.extend(units.zip((0..).map(Part::Unit)));
    columns.push(("distance_m".to_owned(), Part::Distance));
    if resolver.has_circles() {
        columns.push(("certain".to_owned(), Part::Certain));
        columns.push(("candidates".to_owned(), Part::Candidates));
    }
    for place in 0..resolver.most_components() {
        let name = format!("component_{}", place + 1);
        let parts = [
            (String::new(), Part::Component(place)),
            ("_class".to_owned(), Part::ComponentClass(place)),
            ("_state".to_owned(), Part::ComponentState(place)),
            ("_m".to_owned(), Part::ComponentDistance(place)),
        ];
        columns.extend(parts.map(|(end, part)| (name.clone() + &end, part)));
    }
    columns.push(("problem".to_owned(), Part::Problem));
    columns
}

/// What is told of the component at a place in order of distance.
pub(crate) fn component_at<'r>(
    answer: Option<&Answer>,
    place: usize,
    resolver: &'r dyn Resolver,
) -> Option<ComponentTexts<'r>> {
    resolver.component(nearest(answer, place)?.number)
}

/// The component at a place in order of distance.
pub(crate) fn nearest(answer: Option<&Answer>, place: usize) -> Option<NearComponent> {
    answer?.components().get(place).copied()
}

/// What stands before the name of an answer's column where the file has one of its name.
const PREFIX: &str = "grid_";

/// A name for an answer's column that is not taken.
pub(crate) fn free_name(name: String, is_taken: impl Fn(&str) -> bool) -> String {
    let mut name = name;
    while is_taken(&name) {
        name.insert_str(0, PREFIX);
    }
    name
}

/// Some of a file's names of columns, as far as a message tells them.
pub(crate) fn some_names(names: &[String]) -> Vec<String> {
    const MOST: usize = 16;
    let visible = |name: &String| {
        let visible = |c: char| if c.is_control() { '\u{fffd}' } else { c };
        shown(name).chars().map(visible).collect()
    };
    let mut told: Vec<String> = names.iter().take(MOST).map(visible).collect();
    if names.len() > MOST {
        told.push("…".to_owned());
    }
    told
}

/// The word for a row's status.
pub(crate) fn status_word(answer: Option<&Answer>) -> &'static str {
    answer.map_or("invalid", |answer| answer.status.as_str())
}

/// Appends the members of an answer to a JSON object, each with a comma before it.
pub(crate) fn push_members(
    answer: Option<&Answer>,
    problem: Option<&RowProblem>,
    resolver: &dyn Resolver,
    language: Language,
    out: &mut Vec<u8>,
) {
    out.extend_from_slice(b",\"status\":\"");
    out.extend_from_slice(status_word(answer).as_bytes());
    out.push(b'"');
    if let Some(answer) = answer {
        if answer.status != Status::Outside {
            let units = resolver.catalogue().json(answer.grid);
            out.extend_from_slice(units.unwrap_or_default());
        }
        if let Some(distance_m) = answer.distance_m() {
            out.extend_from_slice(b",\"distance_m\":");
            // a vector always takes it
            let _ = write!(out, "{distance_m:.2}");
        }
        if let Some(circle) = answer.circle() {
            let certain: &[u8] = if circle.certain { b"true" } else { b"false" };
            out.extend_from_slice(b",\"certain\":");
            out.extend_from_slice(certain);
            out.extend_from_slice(b",\"candidates\":");
            push_json(out, &circle.candidates);
        }
        for (place, near) in answer.components().iter().enumerate() {
            let Some(texts) = resolver.component(near.number) else {
                continue;
            };
            let name = place + 1;
            // a vector always takes it
            let _ = write!(out, ",\"component_{name}\":");
            push_json(out, texts.code);
            let _ = write!(out, ",\"component_{name}_class\":");
            push_json(out, texts.class);
            if let Some(state) = texts.state {
                let _ = write!(out, ",\"component_{name}_state\":");
                push_json(out, state);
            }
            let _ = write!(out, ",\"component_{name}_m\":{:.2}", near.distance_m);
        }
    }
    if let Some(problem) = problem {
        out.extend_from_slice(b",\"problem\":");
        push_json(out, &problem.told(language));
    }
}
