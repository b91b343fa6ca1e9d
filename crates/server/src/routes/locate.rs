//! `GET /v1/locate`: whose point is this.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Uri};
use wangge_city::{City, LocateRequest, Shown, is_cheap};

use super::{JSON, etag, etag_in, mark_language, not_modified, versioned};
use crate::app::App;
use crate::extract::{IfNoneMatch, LocateParams, NearestParam, Spoken, SubjectParam};
use crate::language::Language;
use crate::problem::Problem;

/// Room for an answer with a chain of five levels.
const ANSWER_BYTES: usize = 768;

/// A circle that reaches farther, metres, is worked out by threads of its own.
const SMALL_M: f64 = 300.0;

pub(super) async fn one(
    State(app): State<App>,
    params: LocateParams,
    Spoken(language): Spoken,
    known: IfNoneMatch,
) -> Result<Response, Problem> {
    let city = app.city_at(params.at).await?;
    let head = Head::of(&city, &params, language)?;
    if known.holds(&head.etag) {
        return Ok(not_modified(head.etag));
    }
    let shown = app.shown(language);
    let body = if is_quick(&params) {
        answer(&city, &params, shown)?
    } else {
        let city = Arc::clone(&city);
        app.workers()
            .run(move || answer(&city, &params, shown))
            .await??
    };
    Ok(head.answer(body))
}

/// The answer where nothing must be waited for. `None` says nothing of the request: then [`one`]
/// answers.
pub(super) fn at_hand(app: &App, uri: &Uri, headers: &HeaderMap) -> Option<http::Response<Bytes>> {
    let params = LocateParams::of(uri, app).ok()?;
    if params.at.is_some() || !is_quick(&params) {
        return None;
    }
    let language = Spoken::of(headers, app).0;
    let city = app.city().ok()?;
    let head = Head::of(&city, &params, language).ok()?;
    if IfNoneMatch::of(headers).holds(&head.etag) {
        return Some(not_modified(head.etag));
    }
    let body = answer(&city, &params, app.shown(language)).ok()?;
    Some(head.answer(body))
}

/// Whether an answer takes no longer than handing it to another thread.
fn is_quick(params: &LocateParams) -> bool {
    let mut accuracy = params.accuracy.iter();
    accuracy.all(|accuracy| accuracy.reach_m() <= SMALL_M) && is_cheap(&params.crs)
}

/// What an answer says besides its body.
struct Head {
    etag: HeaderValue,
    /// Where reasons and names of classes are told.
    language: Option<Language>,
}

impl Head {
    fn of(city: &City, params: &LocateParams, language: Language) -> Result<Self, Problem> {
        let speaks = params.subject.is_some() || params.components.is_some();
        Ok(Self {
            etag: if speaks {
                etag_in(city, language)?
            } else {
                etag(city)?
            },
            language: speaks.then_some(language),
        })
    }

    fn answer<B: From<Vec<u8>>>(self, body: Vec<u8>) -> http::Response<B> {
        let mut response = versioned(body, JSON, self.etag);
        if let Some(language) = self.language {
            mark_language(&mut response, language);
        }
        response
    }
}

fn answer(city: &City, params: &LocateParams, shown: Shown) -> Result<Vec<u8>, Problem> {
    let answer = city.locate(&LocateRequest {
        lon: params.position.lon,
        lat: params.position.lat,
        crs: &params.crs,
        near_m: Some(params.near_m),
        components: params.components.as_ref().map(NearestParam::as_nearest),
        accuracy: params.accuracy,
        subject: params.subject.as_ref().map(SubjectParam::as_subject),
        shown,
    })?;
    let mut body = Vec::with_capacity(ANSWER_BYTES);
    answer.write_json(&mut body);
    Ok(body)
}
