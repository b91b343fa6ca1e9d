//! `GET /healthz` and `GET /readyz`: for what watches and balances.

use axum::body::Body;
use axum::extract::State;
use bytes::Bytes;
use http::{HeaderValue, Response, Uri, header};

use super::{JSON, to_json};
use crate::app::App;
use crate::archives::ServedArchive;
use crate::extract::NoParams;
use crate::problem::Problem;

/// The process runs.
pub(super) async fn alive(_: NoParams) -> Response<Body> {
    runs().map(Body::from)
}

/// The same, which nothing must be waited for.
pub(super) fn at_hand(uri: &Uri) -> Option<Response<Bytes>> {
    uri.query().is_none().then(runs)
}

fn runs() -> Response<Bytes> {
    now(br#"{"status":"ok"}"#.as_slice())
}

/// The process can answer: a city is loaded, and its store can be read. Archives that are served
/// alone are open since the start, and ready until one is found changed.
pub(super) async fn ready(State(app): State<App>, _: NoParams) -> Result<Response<Body>, Problem> {
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
        let archives = app.config().archives.names().count();
        let status = "ready";
        return Ok(now(to_json(&ReadyAlone { status, archives }, 64)?));
    }
    if !app.store_is_reachable() {
        return Err(Problem::StoreUnreachable);
    }
    let city = app.city()?;
    let ready = Ready {
        status: "ready",
        version: city.version_text(),
        grids: city.grid_count(),
    };
    Ok(now(to_json(&ready, 64)?))
}

fn now<B>(body: impl Into<B>) -> Response<B> {
    let mut response = Response::new(body.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, JSON);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
