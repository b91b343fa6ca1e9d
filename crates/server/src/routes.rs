//! The routes, and what their answers have in common.

mod batch;
mod components;
mod duties;
mod grids;
mod health;
mod locate;
mod plan_diff;
mod plan_edits;
mod plans;
mod scheme;
mod styles;
mod systems;
mod tables;
mod tile_json;
mod tiles;
mod tracks;
mod viewer;

pub(crate) use self::tables::brings_file;
use axum::Router;
use axum::body::Body;
use axum::extract::MatchedPath;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri, header};
use std::fmt::Write as _;
use std::sync::Arc;
use std::task::{Context, Poll};
use tower::{Layer, Service};
use wangge_city::City;

use crate::app::App;
use crate::front::RequestNote;
use crate::language::Language;
use crate::problem::Problem;
use crate::whole::Whole;

/// Whose point is this.
const LOCATE: &str = "/v1/locate";

/// The process runs.
const HEALTHZ: &str = "/healthz";

/// Sources of tiles, and tiles.
const TILES: &str = "/tiles/{*tile}";
const BELOW_TILES: &[u8] = b"/tiles/";

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const GEOJSON: HeaderValue = HeaderValue::from_static("application/geo+json");
const CSV: HeaderValue = HeaderValue::from_static("text/csv; charset=utf-8");

/// Answers about positions are for who asked, and are asked again when the version may have
/// changed.
const REVALIDATE: HeaderValue = HeaderValue::from_static("private, no-cache");

/// The routes, and what is answered before them.
#[must_use]
pub struct Routes {
    router: Router,
    app: App,
}

impl Routes {
    pub(crate) fn of(app: App) -> Self {
        let router = router(app.clone());
        Self { router, app }
    }

    /// These and others. What both have is a panic, as with [`Router::merge`].
    pub fn and(self, others: Router) -> Self {
        Self {
            router: self.router.merge(others),
            app: self.app,
        }
    }

    pub(crate) const fn app(&self) -> &App {
        &self.app
    }

    pub(crate) fn router(&self) -> Router {
        self.router.clone()
    }

    /// Whether an answer to a `GET` of this path may be at hand.
    pub(crate) fn may_have(path: &[u8]) -> bool {
        path.starts_with(BELOW_TILES) || [LOCATE, HEALTHZ].map(str::as_bytes).contains(&path)
    }

    /// The answer to a `GET` that is at hand, and the route that would have given it. Most requests of
    /// a map are for tiles that are kept, most others for lookups; the router and what it needs would
    /// take as long as all the rest.
    pub(crate) fn at_hand(&self, uri: &Uri, headers: &HeaderMap) -> Option<(&'static str, Whole)> {
        Some(match uri.path() {
            LOCATE => (LOCATE, locate::at_hand(&self.app, uri, headers)?.into()),
            HEALTHZ => (HEALTHZ, health::at_hand(uri)?.into()),
            _ => (TILES, tiles::at_hand(&self.app, uri, headers)?),
        })
    }
}

fn router(app: App) -> Router {
    Router::new()
        .route(LOCATE, get(locate::one).post(batch::many))
        .route("/v1/grids", get(grids::list))
        .route("/v1/grids/{code}", get(grids::one))
        .route("/v1/scheme", get(scheme::scheme))
        .route("/v1/components", get(components::list))
        .route("/v1/components/{code}", get(components::one))
        .route("/v1/crs", get(systems::convert))
        .route("/v1/tracks", post(tracks::visits))
        .route("/v1/classes", get(duties::classes))
        .route("/v1/departments", get(duties::departments))
        .route("/v1/rules", get(duties::rules))
        .route("/v1/plans", get(plans::list).post(plans::make))
        .route("/v1/plans/{id}", get(plans::one).delete(plans::remove))
        .route("/v1/plans/{id}/validation", get(plans::validation))
        .route("/v1/plans/{id}/readiness", get(plans::readiness))
        .route("/v1/plans/{id}/diff", get(plan_diff::diff))
        .route(
            "/v1/plans/{id}/diff/{list}",
            get(plan_diff::list).post(plan_diff::cases),
        )
        .route("/v1/plans/{id}/check", post(plans::check))
        .route("/v1/plans/{id}/publish", post(plans::publish))
        .route("/v1/plans/{id}/split", post(plan_edits::split))
        .route("/v1/plans/{id}/merge", post(plan_edits::merge))
        .route("/v1/plans/{id}/move-border", post(plan_edits::move_border))
        .route("/v1/plans/{id}/balance", post(plan_edits::balance))
        .route(
            "/v1/plans/{id}/grids",
            post(plans::take).delete(plans::remove_units),
        )
        .route("/styles/{file}", get(styles::file))
        .route("/", get(viewer::page))
        .route("/viewer/{*path}", get(viewer::asset))
        .route(TILES, get(tiles::source_or_tile))
        .route(HEALTHZ, get(health::alive))
        .route("/readyz", get(health::ready))
        .layer(NoteRoute)
        .method_not_allowed_fallback(other_method)
        .fallback(|| async { Problem::UnknownRoute })
        .with_state(app)
}

/// `OPTIONS` is answered for every route; axum adds the methods in `Allow`.
async fn other_method(method: Method) -> Response {
    if method == Method::OPTIONS {
        StatusCode::NO_CONTENT.into_response()
    } else {
        Problem::MethodNotAllowed.into_response()
    }
}

/// The version as an entity tag: an answer changes with its address and the version only.
fn etag(city: &City) -> Result<HeaderValue, Problem> {
    HeaderValue::from_str(&format!("\"{}\"", city.version_text())).map_err(|_| Problem::Internal)
}

/// The same, of an answer that holds sentences.
fn etag_in(city: &City, language: Language) -> Result<HeaderValue, Problem> {
    let (version, language) = (city.version_text(), language.tag());
    HeaderValue::from_str(&format!("\"{version}-{language}\"")).map_err(|_| Problem::Internal)
}

/// Says in which language an answer's sentences are.
fn mark_language<B>(response: &mut http::Response<B>, language: Language) {
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_LANGUAGE,
        HeaderValue::from_static(language.tag()),
    );
    headers.append(
        header::VARY,
        HeaderValue::from_name(header::ACCEPT_LANGUAGE),
    );
}

/// An answer about boundaries.
fn versioned<B>(
    body: impl Into<B>,
    content_type: HeaderValue,
    etag: HeaderValue,
) -> http::Response<B> {
    let mut response = http::Response::new(body.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, content_type);
    headers.insert(header::ETAG, etag);
    headers.insert(header::CACHE_CONTROL, REVALIDATE);
    response
}

/// The type that a body says it is of, without its parameters.
fn media_type(headers: &HeaderMap) -> Option<&str> {
    let stated = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    stated.split(';').next().map(str::trim)
}

/// The form of an answer that the client ranks highest, of those that these names of types and ranges mean; `own`
/// where it does not mind. `None` where it takes none of them.
fn accepted<T: Copy>(headers: &HeaderMap, own: T, of: impl Fn(&str) -> Option<T>) -> Option<T> {
    let stated = headers.get(header::ACCEPT);
    let Some(accept) = stated.and_then(|value| value.to_str().ok()) else {
        return Some(own);
    };
    let mut best: Option<(f32, T)> = None;
    for range in accept.split(',').take(32) {
        let mut parts = range.split(';');
        let Some(form) = of(parts.next().unwrap_or_default().trim()) else {
            continue;
        };
        let weight = parts
            .find_map(|part| part.trim().strip_prefix("q="))
            .map_or(1.0, |weight| weight.parse().unwrap_or(0.0));
        if weight > best.map_or(0.0, |(weight, _)| weight) {
            best = Some((weight, form));
        }
    }
    best.map(|(_, form)| form)
}

/// The client has this version already.
fn not_modified<B: Default>(etag: HeaderValue) -> http::Response<B> {
    let mut response = http::Response::new(B::default());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    let headers = response.headers_mut();
    headers.insert(header::ETAG, etag);
    headers.insert(header::CACHE_CONTROL, REVALIDATE);
    response
}

fn to_json(value: &impl serde::Serialize, expected_bytes: usize) -> Result<Vec<u8>, Problem> {
    let mut body = Vec::with_capacity(expected_bytes);
    match serde_json::to_writer(&mut body, value) {
        Ok(()) => Ok(body),
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            Err(Problem::Internal)
        }
    }
}

/// The address of the next page: this one's, with the cursor put in. What the client wrote is kept
/// only where it is made of characters that need no escaping here.
fn next_url(base: &str, list: &str, query: &str, cursor: &impl std::fmt::Display) -> String {
    let mut url = format!("{base}/v1/{list}?");
    for pair in query.split('&').filter(|pair| {
        !pair.is_empty() && pair.split('=').next() != Some("cursor") && pair.bytes().all(is_plain)
    }) {
        url.push_str(pair);
        url.push('&');
    }
    let _ = write!(url, "cursor={cursor}");
    url
}

/// Characters of a query (RFC 3986) that neither JSON nor a `Link` header gives a meaning.
const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'-' | b'.' | b'_' | b'~' | b'%' | b'+' | b'=' | b':' | b',' | b'/' | b'!' | b'*'
        )
}

/// Writes down which route took a request, for its line in the log.
#[derive(Clone)]
struct NoteRoute;

#[derive(Clone)]
struct Noted<S>(S);

impl<S> Layer<S> for NoteRoute {
    type Service = Noted<S>;

    fn layer(&self, inner: S) -> Noted<S> {
        Noted(inner)
    }
}

impl<S: Service<Request<Body>>> Service<Request<Body>> for Noted<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> S::Future {
        let extensions = request.extensions();
        if let Some(note) = extensions.get::<Arc<RequestNote>>()
            && let Some(route) = extensions.get::<MatchedPath>()
        {
            // a request is taken by one route; the first note stands
            let _ = note.route.set(route.clone());
        }
        self.0.call(request)
    }
}
