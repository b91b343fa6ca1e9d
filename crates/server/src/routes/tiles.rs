//! `GET /tiles/{source}/{z}/{x}/{y}` and `GET /tiles/{source}/{edition}/{z}/{x}/{y}`: vector tiles.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use jiff::fmt::rfc2822::DateTimePrinter;
use wangge_city::{City, Edition};
use wangge_tiles::Format;

use crate::app::App;
use crate::archives::ServedArchive;
use crate::extract::{IfNoneMatch, TileParam, TileSource, TilesParams};
use crate::problem::{Problem, echo};
use crate::tiles::{AskedTile, Coding, ContentHash, Known, WantedTile};

const MVT: HeaderValue = HeaderValue::from_static("application/vnd.mapbox-vector-tile");
const MLT: HeaderValue = HeaderValue::from_static("application/vnd.maplibre-tile");

/// What an address with an edition holds never changes.
const FOR_GOOD: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// Tiles are the same for everybody; whether they still hold is asked each time.
const REVALIDATE: HeaderValue = HeaderValue::from_static("public, no-cache");

const VARY: HeaderValue = HeaderValue::from_static("accept, accept-encoding");

pub(super) const WANGGE_VERSION: HeaderName = HeaderName::from_static("wangge-version");

pub(super) async fn tile(
    State(app): State<App>,
    tile: TileParam,
    params: TilesParams,
    known: IfNoneMatch,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (wanted, frame) = wanted(&app, tile, params).await?;
    let coding = Coding::accepted(&headers, wanted.codings());
    let (found, fresh) = app.tiles().look(&wanted, coding).await?;
    let hash = match found {
        Known::Outside => return Err(Problem::TileOutside),
        Known::Empty => return Ok(frame.answer(StatusCode::NO_CONTENT, Body::empty())),
        Known::Full(hash) => hash,
    };
    let etag = etag(hash, coding)?;
    if known.holds(&etag)
        || (!known.is_given() && frame.is_of(headers.get(header::IF_MODIFIED_SINCE)))
    {
        let mut response = frame.answer(StatusCode::NOT_MODIFIED, Body::empty());
        response.headers_mut().insert(header::ETAG, etag);
        return Ok(response);
    }
    let body = match fresh {
        Some(body) => body,
        None => app.tiles().body(&wanted, hash, coding).await?,
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
async fn wanted(
    app: &App,
    tile: TileParam,
    params: TilesParams,
) -> Result<(WantedTile, Frame), Problem> {
    let for_good = tile.edition.is_some();
    match tile.source {
        TileSource::City(source) => {
            // the one snapshot that this answer is from
            let city = match &tile.edition {
                None => app.snapshot(&params.which).await?,
                Some(edition) => app.edition(edition, &params.which).await?,
            };
            let frame = Frame::of(&city, for_good);
            let asked = AskedTile {
                source,
                shift: params.shift,
                address: tile.address.ok_or(Problem::TileOutside)?,
                format: tile.format,
            };
            Ok((WantedTile::Drawn(city, asked), frame))
        }
        TileSource::Archive(archive) => {
            params.suit_archives()?;
            if let Some(edition) = tile.edition
                && edition != archive.version()
            {
                return Err(Problem::UnknownVersion {
                    version: echo(&edition),
                });
            }
            let frame = Frame::of_archive(&archive, for_good);
            let address = tile.address.ok_or(Problem::TileOutside)?;
            Ok((WantedTile::Stored(archive, address), frame))
        }
    }
}

/// What all answers about the tiles of a snapshot or an archive say.
struct Frame {
    edition: Option<HeaderValue>,
    modified: Option<HeaderValue>,
    /// Whether nothing else has been told with that date.
    dates_tell: bool,
    for_good: bool,
}

impl Frame {
    fn of(city: &Arc<City>, for_good: bool) -> Self {
        let edition = city.edition();
        Self {
            edition: version_header(edition),
            modified: modified(edition),
            dates_tell: true,
            for_good,
        }
    }

    fn of_archive(archive: &ServedArchive, for_good: bool) -> Self {
        Self {
            edition: archive_header(archive),
            modified: archive.modified().cloned(),
            // files that are copied or unpacked often keep the time of others
            dates_tell: false,
            for_good,
        }
    }

    /// Whether a date is that of this snapshot. A later one is not: it would be that of a store
    /// which another one has taken the place of.
    fn is_of(&self, date: Option<&HeaderValue>) -> bool {
        self.dates_tell && self.modified.is_some() && self.modified.as_ref() == date
    }

    fn answer(self, status: StatusCode, body: Body) -> Response {
        let mut response = Response::new(body);
        *response.status_mut() = status;
        let headers = response.headers_mut();
        let caching = if self.for_good { FOR_GOOD } else { REVALIDATE };
        headers.insert(header::CACHE_CONTROL, caching);
        headers.insert(header::VARY, VARY);
        if let Some(edition) = self.edition {
            headers.insert(WANGGE_VERSION, edition);
        }
        if let Some(modified) = self.modified {
            headers.insert(header::LAST_MODIFIED, modified);
        }
        response
    }
}

pub(super) fn version_header(edition: &Edition) -> Option<HeaderValue> {
    HeaderValue::from_str(edition.text()).ok()
}

pub(super) fn archive_header(archive: &ServedArchive) -> Option<HeaderValue> {
    HeaderValue::from_str(archive.version()).ok()
}

fn modified(edition: &Edition) -> Option<HeaderValue> {
    let printer = DateTimePrinter::new();
    let date = printer
        .timestamp_to_rfc9110_string(&edition.since()?)
        .ok()?;
    HeaderValue::try_from(date).ok()
}

/// The tag of some bytes in a coding.
pub(super) fn etag(hash: ContentHash, coding: Coding) -> Result<HeaderValue, Problem> {
    let mut tag = String::with_capacity(40);
    tag.push('"');
    hash.write(&mut tag);
    tag.push_str(coding.suffix());
    tag.push('"');
    HeaderValue::try_from(tag).map_err(|_| Problem::Internal)
}
