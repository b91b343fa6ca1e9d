//! `POST /v1/locate` with a table: CSV or an Arrow stream, answered in the same form while it arrives.
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
use http::{HeaderMap, HeaderValue};
use http_body_util::BodyExt;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::timeout;
use wangge_city::{BatchQuery, City, NearestComponents};
use wangge_crs::Policy;
use wangge_points::{Batch, PointsError, PointsFormat, Systems, answer_stream};
use wangge_report::Told;

use super::{accepted, etag, mark_language, media_type, versioned};
use crate::app::App;
use crate::extract::BatchParams;
use crate::language::Language;
use crate::problem::Problem;
use crate::upload::{announced, broken};

const CSV: HeaderValue = HeaderValue::from_static("text/csv; charset=utf-8");
const ARROW: HeaderValue = HeaderValue::from_static(ARROW_TYPE);
const ARROW_TYPE: &str = "application/vnd.apache.arrow.stream";

/// Pieces of a body, or of its answer, that wait at most.
const WAITING: usize = 4;

/// Threads that answer one table beside the one that reads and the one that writes.
const THREADS: usize = 2;

/// Bytes of answers that are sent together.
const PIECE_BYTES: usize = 64 << 10;

const KNOWN_TYPES: &[&str] = &["text/csv", ARROW_TYPE];

/// The format of a table that a body says it is; `None` for bodies of other kinds.
pub(super) fn format_of(headers: &HeaderMap) -> Option<PointsFormat> {
    named(media_type(headers)?)
}

fn named(name: &str) -> Option<PointsFormat> {
    match name.to_ascii_lowercase().as_str() {
        "text/csv" => Some(PointsFormat::Csv),
        ARROW_TYPE => Some(PointsFormat::Arrow),
        _ => None,
    }
}

/// Answers a table.
pub(super) async fn table(
    app: App,
    format: PointsFormat,
    params: BatchParams,
    language: Language,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
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
    let limit = limits.stream_bytes;
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

    let (give_body, take_body) = channel(WAITING);
    let (give_answer, mut take_answer) = channel(WAITING);
    tokio::spawn(feed(body, limit, deadline, give_body));
    let answering = Answering {
        city,
        format,
        params,
        language,
    };
    std::thread::Builder::new()
        .name("wangge-table".to_owned())
        .spawn(move || {
            let _permit = permit;
            answering.run(take_body, &give_answer);
        })
        .map_err(|error| {
            tracing::error!(%error, "a thread for a table could not be started");
            Problem::Internal
        })?;
    // what is wrong before anything is answered has a status of its own
    let first = match take_answer.recv().await {
        Some(Ok(first)) => first,
        Some(Err(error)) => return Err(problem(&error, limit)),
        None => return Err(Problem::Internal),
    };
    let rest = unfold((Some(first), take_answer), |(first, mut rest)| async move {
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
    let content_type = if format == PointsFormat::Csv {
        CSV
    } else {
        ARROW
    };
    let mut response = versioned(Body::from_stream(rest), content_type, etag);
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
                _ => io::Error::from(ErrorKind::UnexpectedEof),
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

/// What a table is answered by.
struct Answering {
    city: Arc<City>,
    format: PointsFormat,
    params: BatchParams,
    language: Language,
}

impl Answering {
    fn run(self, body: Receiver<io::Result<Bytes>>, answer: &Sender<Result<Bytes, PointsError>>) {
        let resolver = self.city.batch(BatchQuery {
            near_m: (self.params.near_m > 0.0).then_some(self.params.near_m),
            accuracy: self.params.accuracy,
            spread: None,
            components: nearest(&self.params),
        });
        // the classes were looked at before
        let Ok(resolver) = resolver else { return };
        let batch = Batch {
            format: self.format,
            lon: "lon".to_owned(),
            lat: "lat".to_owned(),
            accuracy: None,
            geometry: None,
            crs_column: None,
            columns: Vec::new(),
            encoding: None,
            strict: false,
            is_foreign: true,
            systems: Systems {
                crs: self.params.crs.clone(),
                is_said: self.params.is_crs_said,
                policy: Policy::default(),
            },
            language: self.language.into(),
            threads: THREADS,
        };
        let input = Incoming {
            body,
            piece: Bytes::new(),
        };
        let output = Outgoing {
            answer: answer.clone(),
            piece: Vec::with_capacity(PIECE_BYTES),
        };
        let done = answer_stream(input, output, &batch, &resolver, &|_| {});
        // nobody reads any more, or this is the end, or why it breaks off
        let _ = answer.blocking_send(done.map(|_| Bytes::new()));
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

/// An answer as a thread writes it.
struct Outgoing {
    answer: Sender<Result<Bytes, PointsError>>,
    piece: Vec<u8>,
}

impl Outgoing {
    fn send(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE_BYTES));
        self.answer
            .blocking_send(Ok(piece.into()))
            .map_err(|_| io::Error::from(ErrorKind::BrokenPipe))
    }
}

impl Write for Outgoing {
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

/// Why a table has no answer at all.
fn problem(error: &PointsError, limit: u64) -> Problem {
    match error {
        PointsError::Read(error) => match error.kind() {
            ErrorKind::TimedOut => Problem::BodyTimeout,
            ErrorKind::FileTooLarge => Problem::BodyTooLarge { limit },
            _ => Problem::BodyBroken,
        },
        PointsError::Write(_) => Problem::Internal,
        error => Problem::UnreadableTable {
            zh: error.in_chinese(),
            en: error.in_english(),
        },
    }
}
