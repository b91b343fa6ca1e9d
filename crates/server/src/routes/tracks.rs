//! `POST /v1/tracks`: positions of devices to visits by unit.

mod positions;

use std::io;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream::try_unfold;
use http::HeaderMap;
use serde::Serialize;
use tokio::sync::OwnedSemaphorePermit;
use wangge_city::{City, Clock, DeviceTrack, VisitTable};

use self::positions::{Form, InvalidRow, Reading};
use super::{CSV, JSON, accepted, etag, mark_language, versioned};
use crate::app::App;
use crate::extract::{Spoken, TracksParams};
use crate::language::Language;
use crate::problem::{Problem, Told};
use crate::upload::whole;

/// How often all tracks of a request may go from one grid into another. Positions ten minutes apart may be a whole city
/// apart, and each then comes to dozens of visits.
const MOST_STAYS: usize = 500_000;

/// Invalid rows that are told in one go. A row of two bytes takes hundreds of bytes to say what is wrong with it, so
/// that many are told while they are sent.
const ROWS_AT_ONCE: usize = 1000;

/// How visits are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Json,
    Csv,
}

pub(super) async fn visits(
    State(app): State<App>,
    params: TracksParams,
    Spoken(language): Spoken,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let form = Form::of_body(&headers)?;
    let shape = Shape::accepted(&headers)?;
    let city = app.city_at(params.at).await?;
    let etag = etag(&city)?;
    // told before the body is read
    city.level_or_lowest(params.level.as_deref())?;
    let permit = app.stream()?;
    let body = whole(&app, &headers, body).await?;
    let asked = Asked {
        city,
        params,
        shape,
        language,
        line_bytes: app.config().limits.line_bytes,
    };
    let answer = app
        .workers()
        .run(move || asked.answer(form, &body))
        .await??;
    let has_sentences = !answer.invalid.is_empty();
    let content_type = match shape {
        Shape::Json => JSON,
        Shape::Csv => CSV,
    };
    let body = answer.into_body(permit).map_err(|_| Problem::Internal)?;
    let mut response = versioned(body, content_type, etag);
    if has_sentences {
        mark_language(&mut response, language);
    }
    Ok(response)
}

impl Shape {
    /// What the client ranks highest; JSON where it does not mind.
    fn accepted(headers: &HeaderMap) -> Result<Self, Problem> {
        const KNOWN: &[&str] = &["application/json", "text/csv"];
        let of = |range: &str| match range {
            "application/json" | "application/*" | "*/*" => Some(Self::Json),
            "text/csv" | "text/*" => Some(Self::Csv),
            _ => None,
        };
        accepted(headers, Self::Json, of).ok_or(Problem::NotAcceptable { known: KNOWN })
    }
}

/// A request whose body is there.
struct Asked {
    city: Arc<City>,
    params: TracksParams,
    shape: Shape,
    language: Language,
    line_bytes: usize,
}

/// An answer: what comes before its invalid rows, these, and what comes behind.
struct Answer {
    head: Vec<u8>,
    invalid: Vec<InvalidRow>,
    end: Vec<u8>,
    shape: Shape,
    language: Language,
    clock: Clock,
}

#[derive(Serialize)]
struct VisitRow<'a> {
    device: &'a str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    entered: String,
    left: String,
    dwell_s: f64,
    distance_m: f64,
    fixes: u32,
    end: &'static str,
}

#[derive(Serialize)]
struct RejectedRow<'a> {
    device: &'a str,
    row: u32,
    time: String,
    problem: &'static str,
}

#[derive(Serialize)]
struct InvalidTold<'a> {
    row: u32,
    problem: Told<'a>,
}

impl Asked {
    /// Reads the body and follows its devices, on this thread.
    fn answer(self, form: Form, body: &[u8]) -> Result<Answer, Problem> {
        let params = &self.params;
        let reading = Reading {
            crs: &params.crs,
            clock: &params.clock,
            line_bytes: self.line_bytes,
        };
        let mut positions = reading.read(form, body)?;
        let level = params.level.as_deref();
        let followed =
            positions
                .tracks
                .follow_here(&self.city, &params.rules, level, MOST_STAYS)?;
        let written = match self.shape {
            Shape::Json => self.json(&followed),
            Shape::Csv => self.csv(&followed),
        };
        let (head, end) = written.map_err(|error| {
            tracing::error!(%error, "an answer could not be written");
            Problem::Internal
        })?;
        Ok(Answer {
            head,
            end,
            invalid: positions.invalid,
            shape: self.shape,
            language: self.language,
            clock: self.params.clock,
        })
    }

    fn json(&self, followed: &[DeviceTrack<'_>]) -> io::Result<(Vec<u8>, Vec<u8>)> {
        let clock = &self.params.clock;
        let scheme = self.city.scheme();
        let level = self.params.level.as_deref();
        let level = level.unwrap_or_else(|| scheme.levels()[scheme.lowest().0].id());
        let visits = followed.iter().flat_map(|track| {
            track.visits.iter().map(|visit| VisitRow {
                device: track.device,
                status: visit.status(),
                code: visit.unit.map(|unit| unit.code),
                name: visit.unit.and_then(|unit| unit.name),
                entered: clock.told(visit.entered_us),
                left: clock.told(visit.left_us),
                dwell_s: to_millis(visit.dwell_us()),
                distance_m: (visit.distance_m * 10.0).round() / 10.0,
                fixes: visit.fixes,
                end: visit.end.as_str(),
            })
        });
        let rejected = followed.iter().flat_map(|track| {
            track.rejected.iter().map(|rejected| RejectedRow {
                device: track.device,
                row: rejected.fix.number,
                time: clock.told(rejected.fix.time_us),
                problem: rejected.why.as_str(),
            })
        });
        let repeated: u64 = followed.iter().map(|track| u64::from(track.repeated)).sum();
        let mut head = b"{\"version\":".to_vec();
        serde_json::to_writer(&mut head, self.city.version_text())?;
        head.extend_from_slice(b",\"level\":");
        serde_json::to_writer(&mut head, level)?;
        head.extend_from_slice(b",\"visits\":[");
        write_rows(&mut head, visits)?;
        head.extend_from_slice(b"],\"rejected\":[");
        write_rows(&mut head, rejected)?;
        head.extend_from_slice(b"],\"invalid\":[");
        let end = format!("],\"repeated\":{repeated}}}");
        Ok((head, end.into_bytes()))
    }

    /// As `wangge track` writes it.
    fn csv(&self, followed: &[DeviceTrack<'_>]) -> io::Result<(Vec<u8>, Vec<u8>)> {
        let clock = &self.params.clock;
        let (mut head, mut end) = (Vec::new(), Vec::new());
        VisitTable::new(&mut head, clock)?.finish()?;
        let mut table = VisitTable::without_header(&mut end, clock);
        for track in followed {
            table.track(track)?;
        }
        table.finish()?;
        Ok((head, end))
    }
}

impl Answer {
    /// Few invalid rows are told at once, many while they are sent; until then the request keeps its place.
    fn into_body(mut self, permit: OwnedSemaphorePermit) -> io::Result<Body> {
        let mut piece = std::mem::take(&mut self.head);
        if self.invalid.len() <= ROWS_AT_ONCE {
            self.write_invalid(0, &mut piece)?;
            piece.append(&mut self.end);
            return Ok(Body::from(piece));
        }
        let stream = try_unfold(
            (self, piece, 0, permit),
            |(mut answer, mut piece, told, permit)| async move {
                if told > answer.invalid.len() {
                    return Ok::<_, io::Error>(None);
                }
                // other connections get their turn between pieces
                tokio::task::yield_now().await;
                answer.write_invalid(told, &mut piece)?;
                let mut told = told + ROWS_AT_ONCE;
                if told >= answer.invalid.len() {
                    piece.append(&mut answer.end);
                    told = usize::MAX;
                }
                let next = (answer, Vec::new(), told, permit);
                Ok(Some((Bytes::from(piece), next)))
            },
        );
        Ok(Body::from_stream(stream))
    }

    /// The next rows from this one on.
    fn write_invalid(&self, from: usize, piece: &mut Vec<u8>) -> io::Result<()> {
        let rows = self.invalid.iter().skip(from).take(ROWS_AT_ONCE);
        match self.shape {
            Shape::Json => {
                if from > 0 {
                    piece.push(b',');
                }
                write_rows(
                    piece,
                    rows.map(|invalid| InvalidTold {
                        row: invalid.row,
                        problem: invalid.problem.told(self.language),
                    }),
                )
            }
            Shape::Csv => {
                let mut table = VisitTable::without_header(piece, &self.clock);
                for invalid in rows {
                    let told = invalid.problem.told(self.language);
                    table.invalid(invalid.row.into(), &invalid.device, told.detail())?;
                }
                table.finish()
            }
        }
    }
}

/// Rows of a JSON array.
fn write_rows<T: Serialize>(out: &mut Vec<u8>, rows: impl Iterator<Item = T>) -> io::Result<()> {
    for (at, row) in rows.enumerate() {
        if at > 0 {
            out.push(b',');
        }
        serde_json::to_writer(&mut *out, &row)?;
    }
    Ok(())
}

/// Seconds to the millisecond.
#[expect(
    clippy::cast_precision_loss,
    reason = "all milliseconds of the calendar are below 2^53"
)]
const fn to_millis(micros: i64) -> f64 {
    (micros + 500).div_euclid(1000) as f64 / 1000.0
}
