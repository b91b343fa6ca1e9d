//! `GET /healthz` and `GET /readyz`: for what watches and balances.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};

use super::{JSON, to_json};
use crate::app::App;
use crate::archives::ServedArchive;
use crate::extract::NoParams;
use crate::problem::Problem;

/// The process runs.
pub(super) async fn alive(_: NoParams) -> Response {
    #[derive(serde::Serialize)]
    struct Alive {
        status: &'static str,
    }
    now(&Alive { status: "ok" })
}

/// The process can answer: a city is loaded, and its store can be read. Archives that are served
/// alone are open since the start, and ready until one is found changed.
pub(super) async fn ready(State(app): State<App>, _: NoParams) -> Result<Response, Problem> {
    #[derive(serde::Serialize)]
    struct Ready<'a> {
        status: &'static str,
        version: &'a str,
        grids: usize,
    }
    #[derive(serde::Serialize)]
    struct ReadyAlone {
        status: &'static str,
        archives: usize,
    }
    if !app.has_city() {
        if app.config().archives.all().any(ServedArchive::is_changed) {
            return Err(Problem::ArchiveChanged);
        }
        return Ok(now(&ReadyAlone {
            status: "ready",
            archives: app.config().archives.names().count(),
        }));
    }
    if !app.store_is_reachable() {
        return Err(Problem::StoreUnreachable);
    }
    let city = app.city()?;
    Ok(now(&Ready {
        status: "ready",
        version: city.version_text(),
        grids: city.grid_count(),
    }))
}

fn now(state: &impl serde::Serialize) -> Response {
    let body = match to_json(state, 64) {
        Ok(body) => body,
        Err(problem) => return problem.into_response(),
    };
    let mut response = Response::new(body.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, JSON);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
