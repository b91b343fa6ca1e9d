//! `POST /v1/locate` with a table, answered in the same form: CSV, GeoJSON and Arrow streams while they arrive, Parquet files once
//! they are there, as they have to be read from their end.
//!
//! A table is read and written by threads of its own, as a file is; two short queues lead to them and back. Where the client
//! reads slowly, the queue of answers is full, the threads wait, and nothing more is read of the body.

use std::io::{self, ErrorKind, Read, Write};
use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream::unfold;
use http::{HeaderMap, HeaderValue, Request, header};
use http_body_util::BodyExt;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::{timeout, timeout_at};
use wangge_city::{BatchQuery, City, NearestComponents};
use wangge_crs::Policy;
use wangge_exchange::{ExchangeError, Reader};
use wangge_points::{
    Answer, Asked, Batch, Catalogue, ComponentTexts, Options, PointsError, PointsFormat, Resolver,
    Systems, answer_stream,
};
use wangge_report::Told;

use super::{accepted, batch, etag, mark_language, media_type, versioned};
use crate::app::App;
use crate::extract::BatchParams;
use crate::language::Language;
use crate::problem::Problem;
use crate::upload::{Spooled, announced, broken, spooled};

const ARROW_TYPE: &str = "application/vnd.apache.arrow.stream";
const PARQUET_TYPE: &str = "application/vnd.apache.parquet";
const GEOJSON_TYPE: &str = "application/geo+json";

/// The route that takes tables.
const LOCATE: &str = "/v1/locate";

/// Pieces of a body, or of its answer, that wait at most.
const WAITING: usize = 4;

/// Threads that answer one table beside the one that reads and the one that writes.
const THREADS: usize = 2;

/// Bytes of answers that are sent together.
const PIECE_BYTES: usize = 64 << 10;

const KNOWN_TYPES: &[&str] = &[
    "text/csv",
    GEOJSON_TYPE,
    "application/x-ndjson",
    ARROW_TYPE,
    PARQUET_TYPE,
];

/// The format of a table that a body says it is; `None` for bodies of other kinds. Lines of JSON are a table where the
/// request says what only tables have, and answered in full otherwise.
pub(super) fn format_of(
    headers: &HeaderMap,
    params: &BatchParams,
    app: &App,
) -> Option<PointsFormat> {
    let format = named(media_type(headers)?)?;
    match format {
        PointsFormat::NdJson => params.table.said().is_some(),
        PointsFormat::Parquet => app.config().reader.is_some(),
        _ => true,
    }
    .then_some(format)
}

/// Whether a request brings a table that has to be there, as a file, before it is answered.
pub(crate) fn brings_file<B>(request: &Request<B>) -> bool {
    let is_parquet =
        || media_type(request.headers()).and_then(named) == Some(PointsFormat::Parquet);
    request.uri().path() == LOCATE && is_parquet()
}

fn named(name: &str) -> Option<PointsFormat> {
    match name.to_ascii_lowercase().as_str() {
        "text/csv" => Some(PointsFormat::Csv),
        GEOJSON_TYPE => Some(PointsFormat::GeoJson),
        ARROW_TYPE => Some(PointsFormat::Arrow),
        PARQUET_TYPE => Some(PointsFormat::Parquet),
        name => {
            (batch::Format::of(name) == Some(batch::Format::Lines)).then_some(PointsFormat::NdJson)
        }
    }
}

const fn content_type(format: PointsFormat) -> HeaderValue {
    HeaderValue::from_static(match format {
        PointsFormat::Csv => "text/csv; charset=utf-8",
        PointsFormat::NdJson => "application/x-ndjson",
        PointsFormat::GeoJson => GEOJSON_TYPE,
        PointsFormat::Parquet => PARQUET_TYPE,
        PointsFormat::Arrow => ARROW_TYPE,
    })
}

/// The encoding that a text says of itself.
fn charset(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    value.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let is_charset = name.trim().eq_ignore_ascii_case("charset");
        is_charset.then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// Answers a table.
pub(super) async fn table(
    app: App,
    format: PointsFormat,
    mut params: BatchParams,
    language: Language,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    if params.table.encoding.is_none() {
        params.table.encoding = charset(headers);
    }
    if params.subject.is_some() {
        return Err(Problem::ParameterNotOffered { name: "event" });
    }
    let of = |range: &str| match range {
        "*/*" | "application/*" | "text/*" => Some(format),
        name => named(name),
    };
    if accepted(headers, format, of) != Some(format) {
        return Err(Problem::NotAcceptable { known: KNOWN_TYPES });
    }
    let limits = &app.config().limits;
    let (limit, patience) = if format == PointsFormat::Parquet {
        (limits.upload_bytes, limits.work_timeout / 2)
    } else {
        (limits.stream_bytes, limits.answer_timeout / 2)
    };
    if announced(headers).is_some_and(|length| length > limit) {
        return Err(Problem::BodyTooLarge { limit });
    }
    let city = app.city_at(params.at).await?;
    if let Some(nearest) = nearest(&params) {
        city.has_classes(&nearest)?;
    }
    let etag = etag(&city)?;
    let permit = app.stream()?;
    let deadline = Instant::now() + limits.stream_timeout;
    let reader = app.config().reader.as_ref();
    let input = if let (PointsFormat::Parquet, Some(reader)) = (format, reader) {
        let place = app.table_file()?;
        let file = spooled(&app, headers, body, "points.parquet", place).await?;
        Input::File(file, Box::new(reader.clone()))
    } else {
        let (give, take) = channel(WAITING);
        tokio::spawn(feed(body, limit, deadline, give));
        Input::Stream(take)
    };
    let (give_answer, mut take_answer) = channel(WAITING);
    let answering = Answering {
        city,
        format,
        params,
        language,
    };
    let runtime = Handle::current();
    std::thread::Builder::new()
        .name("wangge-table".to_owned())
        .spawn(move || {
            let _permit = permit;
            let giving = Giving {
                answer: give_answer,
                runtime,
                deadline: deadline.into(),
            };
            answering.run(input, &giving);
        })
        .map_err(|error| {
            tracing::error!(%error, "a thread for a table could not be started");
            Problem::Internal
        })?;
    // what is wrong before anything is answered has a status of its own; whoever sends slowly is answered slowly, but at all
    let first = match timeout(patience, take_answer.recv()).await {
        Ok(Some(Ok(first))) => Some(first),
        Ok(Some(Err(error))) => return Err(problem(&error, limit)),
        Ok(None) => return Err(Problem::Internal),
        Err(_elapsed) => None,
    };
    let rest = unfold((first, take_answer), |(first, mut rest)| async move {
        let piece = match first {
            Some(first) => Ok(first),
            None => match rest.recv().await {
                // an empty piece is the end; without it the answer must not look complete
                Some(Ok(piece)) if piece.is_empty() => return None,
                Some(Ok(piece)) => Ok(piece),
                Some(Err(error)) => {
                    tracing::info!(%error, "a table broke off");
                    Err(broke_off())
                }
                None => Err(broke_off()),
            },
        };
        Some((piece, (None, rest)))
    });
    let mut response = versioned(Body::from_stream(rest), content_type(format), etag);
    mark_language(&mut response, language);
    Ok(response)
}

/// So that what is not whole does not look so.
fn broke_off() -> io::Error {
    io::Error::other("the table broke off")
}

/// Hands a body on piece by piece, as fast as it is taken.
async fn feed(mut body: Body, limit: u64, deadline: Instant, to: Sender<io::Result<Bytes>>) {
    let mut left = limit;
    loop {
        let time = deadline.saturating_duration_since(Instant::now());
        let piece = match timeout(time, body.frame()).await {
            Err(_elapsed) => Err(io::Error::from(ErrorKind::TimedOut)),
            Ok(None) => return,
            Ok(Some(Err(error))) => Err(match broken(&error) {
                Problem::BodyTimeout => io::Error::from(ErrorKind::TimedOut),
                // not the end of a file: a reader of Arrow takes that for the regular end of a stream
                _ => io::Error::from(ErrorKind::ConnectionAborted),
            }),
            Ok(Some(Ok(frame))) => match frame.into_data() {
                Err(_trailers) => continue,
                Ok(data) => match left.checked_sub(data.len() as u64) {
                    Some(rest) => {
                        left = rest;
                        Ok(data)
                    }
                    None => Err(io::Error::from(ErrorKind::FileTooLarge)),
                },
            },
        };
        let is_last = piece.is_err();
        if to.send(piece).await.is_err() || is_last {
            return;
        }
    }
}

/// The components that a table has columns for.
fn nearest(params: &BatchParams) -> Option<NearestComponents<'_>> {
    params.components.as_ref()?.as_columns()
}

/// Where a table comes from.
enum Input {
    Stream(Receiver<io::Result<Bytes>>),
    File(Spooled, Box<Reader>),
}

/// What a table is answered by.
struct Answering {
    city: Arc<City>,
    format: PointsFormat,
    params: BatchParams,
    language: Language,
}

impl Answering {
    fn run(self, input: Input, answer: &Giving) {
        let done = match input {
            Input::Stream(body) => {
                let piece = Bytes::new();
                self.answer(Incoming { body, piece }, answer)
            }
            Input::File(file, reader) => {
                let columns = reader.columns(file.path());
                let _place = file.into_place();
                match columns {
                    Ok(columns) => self.answer(columns, answer),
                    Err(error) => Err(PointsError::Read(io::Error::other(error))),
                }
            }
        };
        // nobody reads any more, or this is the end, or why it breaks off
        let _ = answer.give(done.map(|()| Bytes::new()));
    }

    fn answer(&self, input: impl Read + Send, answer: &Giving) -> Result<(), PointsError> {
        let table = &self.params.table;
        let resolver = self.city.batch(BatchQuery {
            near_m: (self.params.near_m > 0.0).then_some(self.params.near_m),
            accuracy: self.params.accuracy,
            spread: (table.accuracy_column.is_some()).then_some(self.params.spread),
            components: nearest(&self.params),
        });
        // the classes were looked at before
        let Ok(resolver) = resolver else {
            return Err(PointsError::Stopped);
        };
        let named = |name: &Option<String>, usual: &str| {
            let name = name.as_deref();
            name.unwrap_or(usual).to_owned()
        };
        let batch = Batch {
            format: self.format,
            lon: named(&table.lon, "lon"),
            lat: named(&table.lat, "lat"),
            accuracy: table.accuracy_column.clone(),
            geometry: table.geometry.clone(),
            crs_column: table.crs_column.clone(),
            columns: table.columns.clone(),
            encoding: table.encoding.clone(),
            strict: false,
            is_foreign: true,
            options: Options::Parameters,
            systems: Systems {
                crs: self.params.crs.clone(),
                is_said: self.params.is_crs_said,
                policy: Policy::default(),
            },
            language: self.language.into(),
            threads: THREADS,
        };
        let output = Outgoing {
            answer,
            piece: Vec::with_capacity(PIECE_BYTES),
        };
        let resolver = Awaited { resolver, answer };
        answer_stream(input, output, &batch, &resolver, &|_| {}).map(|_| ())
    }
}

/// A body as a thread reads it.
struct Incoming {
    body: Receiver<io::Result<Bytes>>,
    piece: Bytes,
}

impl Read for Incoming {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.body.blocking_recv() {
                Some(piece) => self.piece = piece?,
                None => return Ok(0),
            }
        }
        let count = to.len().min(self.piece.len());
        to[..count].copy_from_slice(&self.piece.split_to(count));
        Ok(count)
    }
}

/// The way of an answer to its client, open for a time.
struct Giving {
    answer: Sender<Result<Bytes, PointsError>>,
    runtime: Handle,
    deadline: tokio::time::Instant,
}

impl Giving {
    /// Whether anybody waits for what comes next.
    fn is_open(&self) -> bool {
        !self.answer.is_closed() && tokio::time::Instant::now() < self.deadline
    }

    /// Gives what comes next, as soon as there is room for it.
    fn give(&self, next: Result<Bytes, PointsError>) -> io::Result<()> {
        let giving = async { timeout_at(self.deadline, self.answer.send(next)).await };
        match self.runtime.block_on(giving) {
            Ok(given) => given.map_err(|_| io::Error::from(ErrorKind::BrokenPipe)),
            Err(_elapsed) => Err(io::Error::from(ErrorKind::TimedOut)),
        }
    }
}

/// What answers a table as long as its client waits.
struct Awaited<'a, R> {
    resolver: R,
    answer: &'a Giving,
}

impl<R: Resolver> Resolver for Awaited<'_, R> {
    fn catalogue(&self) -> &Catalogue {
        self.resolver.catalogue()
    }

    fn has_circles(&self) -> bool {
        self.resolver.has_circles()
    }

    fn most_components(&self) -> usize {
        self.resolver.most_components()
    }

    fn component(&self, number: u32) -> Option<ComponentTexts<'_>> {
        self.resolver.component(number)
    }

    fn resolve(&self, asked: &[Asked], answers: &mut Vec<Answer>) {
        self.resolver.resolve(asked, answers);
    }

    fn goes_on(&self) -> bool {
        self.answer.is_open()
    }
}

/// An answer as a thread writes it.
struct Outgoing<'a> {
    answer: &'a Giving,
    piece: Vec<u8>,
}

impl Outgoing<'_> {
    fn send(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE_BYTES));
        self.answer.give(Ok(piece.into()))
    }
}

impl Write for Outgoing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE_BYTES {
            self.send()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send()
    }
}

/// What was wrong with a file, where it was one that could not be read.
fn of_file(error: &io::Error) -> Option<&ExchangeError> {
    error.get_ref()?.downcast_ref()
}

/// Why a table has no answer at all.
fn problem(error: &PointsError, limit: u64) -> Problem {
    match error {
        PointsError::Read(error) => match (of_file(error), error.kind()) {
            (Some(error), _) => Problem::of_table_file(error),
            (None, ErrorKind::TimedOut) => Problem::BodyTimeout,
            (None, ErrorKind::FileTooLarge) => Problem::BodyTooLarge { limit },
            _ => Problem::BodyBroken,
        },
        PointsError::Write(_) => Problem::Internal,
        error => Problem::UnreadableTable {
            zh: error.in_chinese(),
            en: error.in_english(),
        },
    }
}
