//! `GET /tiles/{source}/{z}/{x}/{y}` and `GET /tiles/{source}/{edition}/{z}/{x}/{y}`: vector tiles.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use wangge_tiles::Format;

use super::tile_json;
use crate::app::App;
use crate::extract::{IfNoneMatch, TileParams, TileSource, is_of_source};
use crate::problem::{Problem, echo};
use crate::tiles::{AskedTile, Coding, EditionHead, Known, Packed, WantedTile};

const MVT: HeaderValue = HeaderValue::from_static("application/vnd.mapbox-vector-tile");
const MLT: HeaderValue = HeaderValue::from_static("application/vnd.maplibre-tile");

/// What an address with an edition holds never changes.
const FOR_GOOD: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// Tiles are the same for everybody; whether they still hold is asked each time.
const REVALIDATE: HeaderValue = HeaderValue::from_static("public, no-cache");

const VARY: HeaderValue = HeaderValue::from_static("accept, accept-encoding");

/// Headers that an answer has when it leaves, so that they are given room once.
const MOST_HEADERS: usize = 12;

pub(super) const WANGGE_VERSION: HeaderName = HeaderName::from_static("wangge-version");

/// Whatever is below `/tiles/`.
pub(super) async fn source_or_tile(
    State(app): State<App>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, _) = request.into_parts();
    if is_of_source(parts.uri.path()) {
        // boxed: it is larger than what a tile takes
        Box::pin(tile_json::source(&app, parts)).await
    } else {
        tile(&app, TileParams::of(parts, &app)?).await
    }
}

async fn tile(app: &App, params: TileParams) -> Result<Response, Problem> {
    let headers = &params.headers;
    let known = IfNoneMatch::of(headers);
    let date = headers.get(header::IF_MODIFIED_SINCE);
    let (wanted, frame) = wanted(app, &params).await?;
    let coding = Coding::accepted(headers, wanted.codings());
    let (found, fresh) = app.tiles().look(&wanted, coding).await?;
    let hash = match found {
        Known::Outside => return Err(Problem::TileOutside),
        Known::Empty => return Ok(frame.answer(StatusCode::NO_CONTENT, Body::empty())),
        Known::Full(hash) => hash,
    };
    let is_of_date = !known.is_given() && frame.is_of(date);
    if known.is_given() || is_of_date {
        let etag = hash.etag(coding)?;
        if is_of_date || known.holds(&etag) {
            let mut response = frame.answer(StatusCode::NOT_MODIFIED, Body::empty());
            response.headers_mut().insert(header::ETAG, etag);
            return Ok(response);
        }
    }
    let Packed { etag, body } = match fresh {
        Some(packed) => packed,
        None => app.tiles().packed(&wanted, hash, coding).await?,
    };
    let mut response = frame.answer(StatusCode::OK, Body::from(body));
    let headers = response.headers_mut();
    headers.insert(header::ETAG, etag);
    let content_type = match wanted.format() {
        Format::Mvt => MVT,
        Format::Mlt => MLT,
    };
    headers.insert(header::CONTENT_TYPE, content_type);
    if let Some(coding) = coding.header() {
        headers.insert(header::CONTENT_ENCODING, coding);
    }
    Ok(response)
}

/// The tile that is asked for, and what is said with it whatever it holds.
async fn wanted(app: &App, params: &TileParams) -> Result<(WantedTile, Frame), Problem> {
    let edition = params.edition.as_deref();
    let for_good = edition.is_some();
    let address = || params.address.ok_or(Problem::TileOutside);
    match &params.source {
        TileSource::City(source) => {
            // the one snapshot that this answer is from
            let city = app.tiles_of(edition, &params.of.which).await?;
            let frame = Frame {
                head: app.tiles().head(city.edition()),
                dates_tell: true,
                for_good,
            };
            let asked = AskedTile {
                source: *source,
                shift: params.of.shift,
                address: address()?,
                format: params.format,
            };
            Ok((WantedTile::Drawn(city, asked), frame))
        }
        TileSource::Archive(archive) => {
            params.of.suit_archives()?;
            if let Some(edition) = edition
                && edition != archive.version()
            {
                return Err(Problem::UnknownVersion {
                    version: echo(edition),
                });
            }
            let frame = Frame {
                head: Arc::clone(archive.head()),
                // files that are copied or unpacked often keep the time of others
                dates_tell: false,
                for_good,
            };
            Ok((WantedTile::Stored(Arc::clone(archive), address()?), frame))
        }
    }
}

/// What all answers about the tiles of a snapshot or an archive say.
struct Frame {
    head: Arc<EditionHead>,
    /// Whether nothing else has been told with that date.
    dates_tell: bool,
    for_good: bool,
}

impl Frame {
    /// Whether a date is that of this snapshot. A later one is not: it would be that of a store
    /// which another one has taken the place of.
    fn is_of(&self, date: Option<&HeaderValue>) -> bool {
        let modified = self.head.modified.as_ref();
        self.dates_tell && modified.is_some() && modified == date
    }

    fn answer(&self, status: StatusCode, body: Body) -> Response {
        let mut response = Response::new(body);
        *response.status_mut() = status;
        let headers = response.headers_mut();
        *headers = HeaderMap::with_capacity(MOST_HEADERS);
        let caching = if self.for_good { FOR_GOOD } else { REVALIDATE };
        headers.insert(header::CACHE_CONTROL, caching);
        headers.insert(header::VARY, VARY);
        if let Some(version) = &self.head.version {
            headers.insert(WANGGE_VERSION, version.clone());
        }
        if let Some(modified) = &self.head.modified {
            headers.insert(header::LAST_MODIFIED, modified.clone());
        }
        response
    }
}
