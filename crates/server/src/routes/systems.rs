//! `GET /v1/crs`: one position in other systems.

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use wangge_city::{convert_position, is_cheap_between};
use wangge_crs::Crs;

use super::plans::in_language;
use crate::app::App;
use crate::extract::{LonLat, Spoken, SystemsParams};
use crate::language::Language;
use crate::problem::Problem;

/// A position in a system: degrees, or metres east and north.
#[derive(Serialize)]
struct Position {
    crs: String,
    lon: f64,
    lat: f64,
}

#[derive(Serialize)]
struct SystemsAnswer {
    from: Position,
    /// In the order in which they were asked for.
    to: Vec<serde_json::Value>,
}

pub(super) async fn convert(
    State(app): State<App>,
    params: SystemsParams,
    Spoken(language): Spoken,
) -> Result<Response, Problem> {
    let cheap = params
        .to
        .iter()
        .all(|to| is_cheap_between(&params.from, to));
    let converted = if cheap {
        converted(&params, language)
    } else {
        app.workers()
            .run(move || converted(&params, language))
            .await?
    };
    in_language(&converted, language)
}

/// What cannot be written in one of the systems is a problem in its place.
fn converted(params: &SystemsParams, language: Language) -> SystemsAnswer {
    let LonLat { lon, lat } = params.position;
    let in_system = |to: &Crs| match convert_position(&params.from, to, lon, lat) {
        Ok((lon, lat)) => serde_json::json!(Position {
            crs: to.to_string(),
            lon,
            lat,
        }),
        Err(error) => serde_json::json!({
            "crs": to.to_string(),
            "problem": Problem::from(error).told(language),
        }),
    };
    SystemsAnswer {
        from: Position {
            crs: params.from.to_string(),
            lon,
            lat,
        },
        to: params.to.iter().map(in_system).collect(),
    }
}
