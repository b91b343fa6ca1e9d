//! `GET /v1/locate`: whose point is this.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use wangge_city::{City, LocateRequest, Shown, is_cheap};

use super::{JSON, etag, etag_in, mark_language, not_modified, versioned};
use crate::app::App;
use crate::extract::{IfNoneMatch, LocateParams, Spoken, SubjectParam};
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
    // reasons and names of classes are told in a language
    let speaks = params.subject.is_some() || params.components_m.is_some();
    let etag = if speaks {
        etag_in(&city, language)?
    } else {
        etag(&city)?
    };
    if known.holds(&etag) {
        return Ok(not_modified(etag));
    }
    let shown = app.shown(language);
    let is_small = params
        .accuracy
        .is_none_or(|accuracy| accuracy.reach_m() <= SMALL_M);
    let body = if is_small && is_cheap(&params.crs) {
        answer(&city, &params, shown)?
    } else {
        let city = Arc::clone(&city);
        app.workers()
            .run(move || answer(&city, &params, shown))
            .await??
    };
    let mut response = versioned(body, JSON, etag);
    if speaks {
        mark_language(&mut response, language);
    }
    Ok(response)
}

fn answer(city: &City, params: &LocateParams, shown: Shown) -> Result<Vec<u8>, Problem> {
    let answer = city.locate(&LocateRequest {
        lon: params.position.lon,
        lat: params.position.lat,
        crs: &params.crs,
        near_m: Some(params.near_m),
        components_m: params.components_m,
        accuracy: params.accuracy,
        subject: params.subject.as_ref().map(SubjectParam::as_subject),
        shown,
    })?;
    let mut body = Vec::with_capacity(ANSWER_BYTES);
    answer.write_json(&mut body);
    Ok(body)
}
