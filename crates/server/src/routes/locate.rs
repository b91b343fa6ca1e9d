//! `GET /v1/locate`: whose point is this.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use wangge_city::{City, LocateRequest, is_cheap};

use super::{JSON, etag, not_modified, versioned};
use crate::app::App;
use crate::extract::{IfNoneMatch, LocateParams};
use crate::problem::Problem;

/// Room for an answer with a chain of five levels.
const ANSWER_BYTES: usize = 768;

pub(super) async fn one(
    State(app): State<App>,
    params: LocateParams,
    known: IfNoneMatch,
) -> Result<Response, Problem> {
    let city = app.city()?;
    let etag = etag(&city)?;
    if known.holds(&etag) {
        return Ok(not_modified(etag));
    }
    let body = if is_cheap(&params.crs) {
        answer(&city, &params)?
    } else {
        let city = Arc::clone(&city);
        app.workers().run(move || answer(&city, &params)).await??
    };
    Ok(versioned(body, JSON, etag))
}

fn answer(city: &City, params: &LocateParams) -> Result<Vec<u8>, Problem> {
    let answer = city.locate(&LocateRequest {
        lon: params.position.lon,
        lat: params.position.lat,
        crs: &params.crs,
        near_m: Some(params.near_m),
    })?;
    let mut body = Vec::with_capacity(ANSWER_BYTES);
    answer.write_json(&mut body);
    Ok(body)
}
