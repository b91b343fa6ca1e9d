//! `GET /tiles/{source}/{z}/{x}/{y}` and `GET /tiles/{source}/{edition}/{z}/{x}/{y}`: vector tiles.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use wangge_city::City;
use wangge_tiles::{Format, Source};

use super::tile_json;
use crate::app::App;
use crate::extract::{IfNoneMatch, TileParams, TileSource, is_of_source};
use crate::problem::{Problem, echo};
use crate::tiles::{AskedTile, Coding, ContentHash, EditionHead, Known, Packed, WantedTile};
use crate::whole::Whole;

const MVT: HeaderValue = HeaderValue::from_static("application/vnd.mapbox-vector-tile");
const MLT: HeaderValue = HeaderValue::from_static("application/vnd.maplibre-tile");

/// What an address with an edition holds never changes.
const FOR_GOOD: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// Tiles are the same for everybody; whether they still hold is asked each time.
const REVALIDATE: HeaderValue = HeaderValue::from_static("public, no-cache");

const VARY: HeaderValue = HeaderValue::from_static("accept, accept-encoding");

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
        Ok(tile(&app, &parts.uri, &parts.headers).await?.into())
    }
}

/// The answer to who asks for a tile, if all of it is at hand. `None` says nothing of the tile, nor
/// of the path: then [`source_or_tile`] answers.
pub(super) fn at_hand(app: &App, uri: &Uri, headers: &HeaderMap) -> Option<Whole> {
    let params = TileParams::of(uri, headers, app).ok()?;
    let (wanted, frame) = wanted_at_hand(app, &params).ok()??;
    let coding = Coding::accepted(headers, wanted.codings());
    let known = app.tiles().known_at_hand(&wanted)?;
    match frame.judge(known, headers, coding).ok()? {
        Judged::Answered(response) => Some(response),
        Judged::Wanted(hash) => {
            let packed = app.tiles().packed_at_hand(hash, coding)?;
            Some(frame.tile(packed, wanted.format(), coding))
        }
    }
}

async fn tile(app: &App, uri: &Uri, headers: &HeaderMap) -> Result<Whole, Problem> {
    let params = TileParams::of(uri, headers, app)?;
    let (wanted, frame) = match wanted_at_hand(app, &params)? {
        Some(wanted) => wanted,
        None => wanted_of_city(app, &params).await?,
    };
    let coding = Coding::accepted(headers, wanted.codings());
    let (known, fresh) = app.tiles().look(&wanted, coding).await?;
    match frame.judge(known, headers, coding)? {
        Judged::Answered(response) => Ok(response),
        Judged::Wanted(hash) => {
            let packed = match fresh {
                Some(packed) => packed,
                None => app.tiles().packed(&wanted, hash, coding).await?,
            };
            Ok(frame.tile(packed, wanted.format(), coding))
        }
    }
}

/// The tile that is asked for, and what is said with it whatever it holds; `None` where its snapshot
/// must be waited for.
fn wanted_at_hand(
    app: &App,
    params: &TileParams<'_>,
) -> Result<Option<(WantedTile, Frame)>, Problem> {
    let edition = params.edition.as_deref();
    match &params.source {
        TileSource::City(source) => {
            // the one snapshot that this answer is from
            let city = app.tiles_at_hand(edition, &params.of.which)?;
            city.map(|city| drawn(app, params, *source, city))
                .transpose()
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
                for_good: edition.is_some(),
            };
            let address = params.address.ok_or(Problem::TileOutside)?;
            Ok(Some((
                WantedTile::Stored(Arc::clone(archive), address),
                frame,
            )))
        }
    }
}

/// The same, of a snapshot that is waited for.
async fn wanted_of_city(
    app: &App,
    params: &TileParams<'_>,
) -> Result<(WantedTile, Frame), Problem> {
    let TileSource::City(source) = &params.source else {
        return Err(Problem::Internal);
    };
    let edition = params.edition.as_deref();
    let city = app.tiles_of(edition, &params.of.which).await?;
    drawn(app, params, *source, city)
}

/// A tile of a snapshot.
fn drawn(
    app: &App,
    params: &TileParams<'_>,
    source: Source,
    city: Arc<City>,
) -> Result<(WantedTile, Frame), Problem> {
    let frame = Frame {
        head: app.tiles().head(city.edition()),
        dates_tell: true,
        for_good: params.edition.is_some(),
    };
    let asked = AskedTile {
        source,
        shift: params.of.shift,
        address: params.address.ok_or(Problem::TileOutside)?,
        format: params.format,
    };
    Ok((WantedTile::Drawn(city, asked), frame))
}

/// What follows from what a tile holds and what the client has of it.
enum Judged {
    /// The answer needs no tile.
    Answered(Whole),
    /// The tile that holds this is sent.
    Wanted(ContentHash),
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

    /// Whether the client needs the tile.
    fn judge(&self, known: Known, headers: &HeaderMap, coding: Coding) -> Result<Judged, Problem> {
        let hash = match known {
            Known::Outside => return Err(Problem::TileOutside),
            Known::Empty => {
                let nothing = self.answer(StatusCode::NO_CONTENT, Bytes::new());
                return Ok(Judged::Answered(nothing));
            }
            Known::Full(hash) => hash,
        };
        let held = IfNoneMatch::of(headers);
        let is_of_date = !held.is_given() && self.is_of(headers.get(header::IF_MODIFIED_SINCE));
        if held.is_given() || is_of_date {
            let etag = hash.etag(coding)?;
            if is_of_date || held.holds(&etag) {
                let mut response = self.answer(StatusCode::NOT_MODIFIED, Bytes::new());
                response.say(header::ETAG, etag);
                return Ok(Judged::Answered(response));
            }
        }
        Ok(Judged::Wanted(hash))
    }

    /// The answer with the tile.
    fn tile(&self, packed: Packed, format: Format, coding: Coding) -> Whole {
        let mut answer = self.answer(StatusCode::OK, packed.body);
        answer.say(header::ETAG, packed.etag);
        let content_type = match format {
            Format::Mvt => MVT,
            Format::Mlt => MLT,
        };
        answer.say(header::CONTENT_TYPE, content_type);
        if let Some(coding) = coding.header() {
            answer.say(header::CONTENT_ENCODING, coding);
        }
        answer
    }

    fn answer(&self, status: StatusCode, body: Bytes) -> Whole {
        let mut answer = Whole::new(status, body);
        let caching = if self.for_good { FOR_GOOD } else { REVALIDATE };
        answer.say(header::CACHE_CONTROL, caching);
        answer.say(header::VARY, VARY);
        if let Some(version) = &self.head.version {
            answer.say(WANGGE_VERSION, version.clone());
        }
        if let Some(modified) = &self.head.modified {
            answer.say(header::LAST_MODIFIED, modified.clone());
        }
        answer
    }
}
