//! `POST /v1/locate`: many points, answered in order; newline-delimited JSON while it arrives.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Instant;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use bytes::{Buf, Bytes, BytesMut};
use futures_util::stream::try_unfold;
use http::{HeaderMap, HeaderValue};
use http_body_util::BodyExt;
use memchr::memchr;
use memchr::memmem::Finder;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;
use wangge_city::{Accuracy, City, LocateRequest, Shown, Spread, is_cheap};
use wangge_crs::Crs;

use super::{JSON, accepted, etag, mark_language, media_type, tables, versioned};
use crate::app::App;
use crate::extract::{
    BatchParams, CrsParam, LonLat, NearestParam, Spoken, SubjectParam, bad_accuracy,
};
use crate::language::Language;
use crate::problem::{Problem, Told, Wanted};
use crate::upload::{announced, broken, whole};

const NDJSON: HeaderValue = HeaderValue::from_static("application/x-ndjson");

const KNOWN_TYPES: &[&str] = &[
    "application/json",
    "application/x-ndjson",
    "text/csv",
    "application/geo+json",
    "application/vnd.apache.arrow.stream",
    "application/vnd.apache.parquet",
];

/// Rows of an array that are answered in one go.
const ROWS_AT_ONCE: usize = 256;

/// An array of more bytes is taken apart by a thread of its own: others wait on the connection's.
const SMALL_BODY: usize = 256 << 10;

/// Of so many rows or more, a thread beside the connection's answers half.
const ROWS_TO_SHARE: usize = 128;

/// Systems that the rows of one request may name, of those that take long to make: as many as a thread keeps.
const MOST_SYSTEMS: usize = 8;

/// Longest id of a row, bytes as written.
const MOST_ID_BYTES: usize = 256;

/// How rows are written one after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// One JSON array.
    Array,
    /// One row on each line.
    Lines,
}

pub(super) async fn many(
    State(app): State<App>,
    params: BatchParams,
    Spoken(language): Spoken,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    if let Some(format) = tables::format_of(&headers, &params, &app) {
        return tables::table(app, format, params, language, &headers, body).await;
    }
    let from = Format::of_body(&headers)?;
    if let Some(name) = params.table.said() {
        // an array is answered by objects, in full
        return Err(Problem::ParameterNotOffered { name });
    }
    let to = Format::accepted(&headers, from)?;
    let city = app.city_at(params.at).await?;
    let etag = etag(&city)?;
    // reasons are told in a language
    let speaks = params.subject.is_some() || params.components.is_some();
    if let Some(subject) = &params.subject {
        // once, instead of in every row
        city.class_of(subject.as_subject())?;
    }
    if let Some(nearest) = &params.components {
        city.has_classes(&nearest.as_nearest())?;
    }
    let answers = Answers {
        rows: Arc::new(RowAnswers {
            city,
            crs: params.crs,
            near_m: params.near_m,
            components: params.components,
            accuracy: params.accuracy,
            spread: params.spread,
            subject: params.subject,
            shown: app.shown(language),
            language,
            line_bytes: app.config().limits.line_bytes,
            systems: Mutex::default(),
        }),
        to,
        app: app.clone(),
        written: 0,
    };
    let body = match from {
        Format::Array => {
            let body = whole(&app, &headers, body).await?;
            let rows = if body.len() <= SMALL_BODY {
                rows_of(&body)?
            } else {
                let body = body.clone();
                app.workers().run(move || rows_of(&body)).await??
            };
            answer_array(answers, body, rows)
        }
        Format::Lines => {
            let limit = app.config().limits.stream_bytes;
            if announced(&headers).is_some_and(|length| length > limit) {
                return Err(Problem::BodyTooLarge { limit });
            }
            let permit = app.stream()?;
            answer_lines(answers, body, permit)
        }
    };
    let content_type = match to {
        Format::Array => JSON,
        Format::Lines => NDJSON,
    };
    let mut response = versioned(body, content_type, etag);
    if speaks {
        mark_language(&mut response, language);
    }
    Ok(response)
}

impl Format {
    pub(super) fn of(media_type: &str) -> Option<Self> {
        match media_type.to_ascii_lowercase().as_str() {
            "application/json" => Some(Self::Array),
            "application/x-ndjson" | "application/ndjson" | "application/jsonl" => {
                Some(Self::Lines)
            }
            _ => None,
        }
    }

    fn of_body(headers: &HeaderMap) -> Result<Self, Problem> {
        media_type(headers)
            .and_then(Self::of)
            .ok_or(Problem::UnsupportedType { known: KNOWN_TYPES })
    }

    /// The one that the client ranks highest; the body's own where it does not mind.
    fn accepted(headers: &HeaderMap, own: Self) -> Result<Self, Problem> {
        let of = |range: &str| match range {
            "*/*" | "application/*" => Some(own),
            named => Self::of(named),
        };
        accepted(headers, own, of).ok_or(Problem::NotAcceptable { known: KNOWN_TYPES })
    }
}

/// The rows of an array, each as it is written.
pub(super) fn array(body: &[u8]) -> Result<Vec<&RawValue>, Problem> {
    serde_json::from_slice(body).map_err(|error| Problem::MalformedBody {
        line: error.line(),
        column: error.column(),
    })
}

/// Where the rows of an array stand in its text.
fn rows_of(body: &Bytes) -> Result<Vec<(u32, u32)>, Problem> {
    let start = body.as_ptr().addr();
    array(body)?
        .into_iter()
        .map(|row| {
            let text = row.get();
            let from = text.as_ptr().addr() - start;
            Ok((
                u32::try_from(from).map_err(|_| Problem::Internal)?,
                u32::try_from(from + text.len()).map_err(|_| Problem::Internal)?,
            ))
        })
        .collect()
}

fn answer_array(answers: Answers, body: Bytes, rows: Vec<(u32, u32)>) -> Body {
    let stream = try_unfold(
        (answers, body, rows.into_iter(), false),
        |(mut answers, body, mut rows, ended)| async move {
            if ended {
                return Ok::<_, BatchBroken>(None);
            }
            let some: Vec<Row> = rows
                .by_ref()
                .take(ROWS_AT_ONCE)
                .map(|(from, to)| Row::Text(body.slice(from as usize..to as usize)))
                .collect();
            let ended = rows.len() == 0;
            let mut piece = answers.answer(some).await?;
            if ended {
                answers.end(&mut piece);
            }
            Ok(Some((Bytes::from(piece), (answers, body, rows, ended))))
        },
    );
    Body::from_stream(stream)
}

fn answer_lines(answers: Answers, body: Body, permit: OwnedSemaphorePermit) -> Body {
    let limits = &answers.app.config().limits;
    let reading = Reading {
        body,
        lines: Lines {
            pending: BytesMut::new(),
            searched: 0,
            skipping: false,
            limit: limits.line_bytes,
        },
        bytes_left: limits.stream_bytes,
        limit: limits.stream_bytes,
        deadline: Instant::now() + limits.stream_timeout,
        state: ReadingState::Open,
        _permit: permit,
    };
    let stream = try_unfold(
        (answers, reading),
        |(mut answers, mut reading)| async move {
            match reading.state {
                ReadingState::Open => {}
                ReadingState::Ended => return Ok(None),
                ReadingState::Broken => {
                    // hyper flushes when a body is pending, but not always at the first time: what
                    // says why gets out first, then the answer must not look complete
                    for _ in 0..2 {
                        tokio::task::yield_now().await;
                    }
                    return Err(BatchBroken);
                }
            }
            let mut piece = Vec::new();
            while piece.is_empty() && matches!(reading.state, ReadingState::Open) {
                let rows = reading.rows().await;
                piece = answers.answer(rows).await?;
            }
            if matches!(reading.state, ReadingState::Ended) {
                answers.end(&mut piece);
            }
            Ok(Some((Bytes::from(piece), (answers, reading))))
        },
    );
    Body::from_stream(stream)
}

/// A batch that could not be answered to its end.
#[derive(Debug, thiserror::Error)]
#[error("the batch broke off")]
struct BatchBroken;

/// One row as it came.
enum Row {
    Text(Bytes),
    /// It was longer than the limit, and was thrown away as it came.
    TooLong,
    /// Nothing came any more: why.
    Lost(Problem),
}

/// A body of lines while it arrives.
struct Reading {
    body: Body,
    lines: Lines,
    bytes_left: u64,
    limit: u64,
    deadline: Instant,
    state: ReadingState,
    _permit: OwnedSemaphorePermit,
}

enum ReadingState {
    Open,
    Ended,
    Broken,
}

impl Reading {
    /// The rows that the next bytes complete.
    async fn rows(&mut self) -> Vec<Row> {
        let mut rows = Vec::new();
        let time = self.deadline.saturating_duration_since(Instant::now());
        match timeout(time, self.body.frame()).await {
            Ok(Some(Ok(frame))) => {
                if let Ok(data) = frame.into_data() {
                    match self.bytes_left.checked_sub(data.len() as u64) {
                        Some(left) => {
                            self.bytes_left = left;
                            self.lines.take_in(&data, &mut rows);
                        }
                        None => self.lose(Problem::BodyTooLarge { limit: self.limit }, &mut rows),
                    }
                }
            }
            Ok(Some(Err(error))) => self.lose(broken(&error), &mut rows),
            Ok(None) => {
                self.lines.end(&mut rows);
                self.state = ReadingState::Ended;
            }
            Err(_elapsed) => self.lose(Problem::BodyTimeout, &mut rows),
        }
        rows
    }

    fn lose(&mut self, problem: Problem, rows: &mut Vec<Row>) {
        rows.push(Row::Lost(problem));
        self.state = ReadingState::Broken;
    }
}

/// Cuts bytes into lines, holding no more than one of them.
struct Lines {
    pending: BytesMut,
    searched: usize,
    skipping: bool,
    limit: usize,
}

impl Lines {
    fn take_in(&mut self, bytes: &[u8], rows: &mut Vec<Row>) {
        self.pending.extend_from_slice(bytes);
        while let Some(at) = self.pending[self.searched..]
            .iter()
            .position(|&b| b == b'\n')
        {
            let line = self.pending.split_to(self.searched + at + 1).freeze();
            self.searched = 0;
            self.complete(&line, rows);
        }
        self.searched = self.pending.len();
        if self.pending.len() > self.limit + 1 {
            self.pending.advance(self.pending.len());
            self.searched = 0;
            self.skipping = true;
        }
    }

    fn end(&mut self, rows: &mut Vec<Row>) {
        let line = self.pending.split().freeze();
        self.complete(&line, rows);
    }

    fn complete(&mut self, line: &Bytes, rows: &mut Vec<Row>) {
        let text = line.trim_ascii();
        if std::mem::take(&mut self.skipping) || text.len() > self.limit {
            rows.push(Row::TooLong);
        } else if !text.is_empty() {
            rows.push(Row::Text(line.slice_ref(text)));
        }
    }
}

/// Writes answers one after another.
struct Answers {
    rows: Arc<RowAnswers>,
    to: Format,
    app: App,
    written: u64,
}

impl Answers {
    async fn answer(&mut self, rows: Vec<Row>) -> Result<Vec<u8>, BatchBroken> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        if self.rows.take_long(&rows) {
            return self.answer_slowly(rows).await;
        }
        let (answers, to, first) = (Arc::clone(&self.rows), self.to, self.written);
        self.written += rows.len() as u64;
        if rows.len() < ROWS_TO_SHARE {
            // other connections get their turn between pieces
            tokio::task::yield_now().await;
            return Ok(answers.write(&rows, to, first));
        }
        let half = rows.len() / 2;
        let (rows, behind) = (Arc::new(rows), first + half as u64);
        let theirs = self.app.workers().run({
            let (answers, rows) = (Arc::clone(&answers), Arc::clone(&rows));
            move || answers.write(&rows[half..], to, behind)
        });
        let ours = async {
            tokio::task::yield_now().await;
            answers.write(&rows[..half], to, first)
        };
        let (theirs, mut piece) = tokio::join!(theirs, ours);
        match theirs {
            Ok(theirs) => piece.extend_from_slice(&theirs),
            // the threads have too much to do
            Err(_) => piece.append(&mut answers.write(&rows[half..], to, behind)),
        }
        Ok(piece)
    }

    /// The same on the threads for what takes long, a few rows at a time, as others wait for these threads too.
    async fn answer_slowly(&mut self, rows: Vec<Row>) -> Result<Vec<u8>, BatchBroken> {
        let patience = self.app.config().limits.work_timeout;
        let rows = Arc::new(rows);
        let mut piece = Vec::new();
        for from in (0..rows.len()).step_by(ROWS_AT_ONCE) {
            let until = rows.len().min(from + ROWS_AT_ONCE);
            let (answers, rows) = (Arc::clone(&self.rows), Arc::clone(&rows));
            let (to, first) = (self.to, self.written);
            let work = move || answers.write(&rows[from..until], to, first);
            let answered = self.app.workers().run_within(patience, work).await;
            piece.append(&mut answered.map_err(|_| BatchBroken)?);
            self.written += (until - from) as u64;
        }
        Ok(piece)
    }

    fn end(&self, piece: &mut Vec<u8>) {
        if self.to == Format::Array {
            if self.written == 0 {
                piece.push(b'[');
            }
            piece.extend_from_slice(b"]");
        }
    }
}

/// How each row is answered; one city from the first row to the last.
struct RowAnswers {
    city: Arc<City>,
    crs: Crs,
    near_m: f64,
    components: Option<NearestParam>,
    /// Of rows that say none.
    accuracy: Option<Accuracy>,
    spread: Spread,
    subject: Option<SubjectParam>,
    shown: Shown,
    language: Language,
    line_bytes: usize,
    /// Those of rows that take long to make.
    systems: Mutex<Vec<Crs>>,
}

/// A row that is understood.
#[derive(Deserialize)]
struct RowText<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    lon: f64,
    lat: f64,
    accuracy: Option<f64>,
    accuracy_model: Option<IgnoredAny>,
    event: Option<IgnoredAny>,
    component: Option<IgnoredAny>,
    at: Option<IgnoredAny>,
    /// Its own system, where it is not that of the request.
    #[serde(borrow)]
    crs: Option<Cow<'a, str>>,
    near: Option<IgnoredAny>,
    nearest: Option<IgnoredAny>,
    nearest_class: Option<IgnoredAny>,
    nearest_within: Option<IgnoredAny>,
}

/// What is kept of a row that is not.
#[derive(Deserialize)]
struct RowId<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
}

#[derive(Serialize)]
struct BadRow<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a RawValue>,
    version: &'a str,
    status: &'static str,
    /// From 1; blank lines are not counted.
    row: u64,
    problem: Told<'a>,
}

impl RowAnswers {
    fn write(&self, rows: &[Row], to: Format, first: u64) -> Vec<u8> {
        let mut piece = Vec::with_capacity(rows.len() * 512);
        for (number, row) in (first + 1..).zip(rows) {
            if to == Format::Array {
                piece.extend_from_slice(if number == 1 { b"[" } else { b",\n" });
            }
            self.write_row(row, number, &mut piece);
            if to == Format::Lines {
                piece.push(b'\n');
            }
        }
        piece
    }

    fn write_row(&self, row: &Row, number: u64, piece: &mut Vec<u8>) {
        let start = piece.len();
        let (id, problem) = match row {
            Row::TooLong => (
                None,
                Problem::RowTooLong {
                    limit: self.line_bytes,
                },
            ),
            Row::Lost(problem) => (None, problem.clone()),
            Row::Text(text) => match serde_json::from_slice::<RowText<'_>>(text) {
                Ok(row) => match self.locate(&row, piece) {
                    Ok(()) => return,
                    Err(problem) => (good_id(row.id), problem),
                },
                Err(_) => (
                    serde_json::from_slice::<RowId<'_>>(text)
                        .ok()
                        .and_then(|row| good_id(row.id)),
                    Problem::MalformedRow,
                ),
            },
        };
        piece.truncate(start);
        let bad = BadRow {
            id,
            version: self.city.version_text(),
            status: "error",
            row: number,
            problem: problem.told(self.language),
        };
        if serde_json::to_writer(&mut *piece, &bad).is_err() {
            unreachable!("texts and numbers are always JSON");
        }
    }

    /// Whether answering takes long: positions with an accuracy, as a large circle takes as long as thousands of lookups, or
    /// in systems that have to be made first.
    fn take_long(&self, rows: &[Row]) -> bool {
        // made once: rows are as short as making a search takes
        static NAMES: LazyLock<[Finder<'static>; 2]> =
            LazyLock::new(|| [Finder::new("\"accuracy\""), Finder::new("\"crs\"")]);
        let names = &*NAMES;
        // names of members may be written with escapes
        let has_sign = |text: &[u8]| {
            memchr(b'\\', text).is_some() || names.iter().any(|name| name.find(text).is_some())
        };
        self.accuracy.is_some()
            || !is_cheap(&self.crs)
            || rows.iter().any(|row| match row {
                Row::Text(text) => has_sign(text) && takes_long(text),
                _ => false,
            })
    }

    /// The system that a row names. Those that take long to make are few in one request.
    fn system(&self, name: &str) -> Result<Crs, Problem> {
        let CrsParam(crs) = CrsParam::named(name)?;
        if crs == self.crs || is_cheap(&crs) {
            return Ok(crs);
        }
        let mut made = self.systems.lock().unwrap_or_else(PoisonError::into_inner);
        if !made.contains(&crs) {
            if made.len() >= MOST_SYSTEMS {
                let wanted = Wanted::FewSystems { most: MOST_SYSTEMS };
                return Err(Problem::bad_value("crs", name, wanted));
            }
            made.push(crs.clone());
        }
        Ok(crs)
    }

    /// Appends the answer to one row: its id, then what a single lookup answers.
    fn locate(&self, row: &RowText<'_>, piece: &mut Vec<u8>) -> Result<(), Problem> {
        let others = [
            ("accuracy_model", &row.accuracy_model),
            ("event", &row.event),
            ("component", &row.component),
            ("at", &row.at),
            ("near", &row.near),
            ("nearest", &row.nearest),
            ("nearest_class", &row.nearest_class),
            ("nearest_within", &row.nearest_within),
        ];
        if let Some((name, _)) = others.into_iter().find(|(_, given)| given.is_some()) {
            return Err(Problem::ParameterNotOffered { name });
        }
        if row.id.is_some() && good_id(row.id).is_none() {
            return Err(Problem::MalformedRow);
        }
        let accuracy = match row.accuracy {
            None => self.accuracy,
            Some(metres) => Some(
                Accuracy::new(metres, self.spread)
                    .ok_or_else(|| bad_accuracy(&metres.to_string()))?,
            ),
        };
        let of_row = row.crs.as_deref().map(|name| self.system(name));
        let of_row = of_row.transpose()?;
        let crs = of_row.as_ref().unwrap_or(&self.crs);
        let LonLat { lon, lat } = LonLat::checked(row.lon, row.lat, crs)?;
        let answer = self.city.locate(&LocateRequest {
            lon,
            lat,
            crs,
            near_m: Some(self.near_m),
            components: self.components.as_ref().map(NearestParam::as_nearest),
            accuracy,
            subject: self.subject.as_ref().map(SubjectParam::as_subject),
            shown: self.shown,
        })?;
        if let Some(id) = row.id {
            piece.extend_from_slice(b"{\"id\":");
            piece.extend_from_slice(id.get().as_bytes());
        }
        let at = piece.len();
        answer.write_json(piece);
        if row.id.is_some() {
            // the answer's own opening brace becomes the comma behind the id
            piece[at] = b',';
        }
        Ok(())
    }
}

/// Whether answering a row takes long, by what it says of itself.
fn takes_long(text: &[u8]) -> bool {
    let Ok(row) = serde_json::from_slice::<RowText<'_>>(text) else {
        return false;
    };
    let is_slow = |name: &str| match CrsParam::named(name) {
        Ok(CrsParam(crs)) => !is_cheap(&crs),
        Err(_) => false,
    };
    row.accuracy.is_some() || row.crs.as_deref().is_some_and(is_slow)
}

/// A text or a number of bounded length.
fn good_id(id: Option<&RawValue>) -> Option<&RawValue> {
    id.filter(|id| {
        let text = id.get();
        text.len() <= MOST_ID_BYTES
            && text.starts_with(|c: char| c == '"' || c == '-' || c.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::takes_long;

    /// What sends all rows of a piece to the threads for slow work, which all requests share.
    #[rstest]
    #[case::accuracy(r#"{"lon":1,"lat":2,"accuracy":30}"#, true)]
    #[case::a_system_to_be_made(r#"{"lon":1,"lat":2,"crs":"EPSG:4549"}"#, true)]
    #[case::the_same_with_escapes(r#"{"lon":1,"lat":2,"\u0063rs":"EPSG:454\u0039"}"#, true)]
    #[case::a_formula(r#"{"lon":1,"lat":2,"crs":"gcj02"}"#, false)]
    #[case::no_system(r#"{"lon":1,"lat":2,"crs":"mars"}"#, false)]
    #[case::an_escape(r#"{"lon":1,"lat":2,"id":"a\\b"}"#, false)]
    #[case::a_text_that_looks_like_a_name(r#"{"lon":1,"lat":2,"id":"\"accuracy\":1"}"#, false)]
    #[case::no_row(r#"{"accuracy":30"#, false)]
    fn rows_take_long_for_what_they_ask(#[case] row: &str, #[case] slow: bool) {
        assert_eq!(takes_long(row.as_bytes()), slow);
    }
}
