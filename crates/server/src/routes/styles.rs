//! `GET /styles/{name}.json` and the sprite: how a map draws the tiles.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Extension, Path, State};
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use sha2::{Digest, Sha256};
use wangge_city::City;
use wangge_tiles::{LayerNote, Source};

use super::tile_json::query;
use super::{JSON, to_json};
use crate::address::base_url;
use crate::app::App;
use crate::extract::{IfNoneMatch, StyleParams};
use crate::front::RequestNote;
use crate::language::Language;
use crate::problem::Problem;
use crate::style::{LevelDrawn, StyleOrder, Theme, sprite};

const PNG: HeaderValue = HeaderValue::from_static("image/png");

/// A style has the addresses of the day in it, and may change with the city.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// A sprite changes with the program only.
const FOR_AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");

pub(super) async fn file(
    State(app): State<App>,
    Path(file): Path<String>,
    params: StyleParams,
    Extension(note): Extension<Arc<RequestNote>>,
    known: IfNoneMatch,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    match file.as_str() {
        "sprite.json" => return params.none().and_then(|()| sheet(&known, false, false)),
        "sprite@2x.json" => return params.none().and_then(|()| sheet(&known, true, false)),
        "sprite.png" => return params.none().and_then(|()| sheet(&known, false, true)),
        "sprite@2x.png" => return params.none().and_then(|()| sheet(&known, true, true)),
        _ => {}
    }
    let theme = file
        .strip_suffix(".json")
        .and_then(Theme::named)
        .ok_or(Problem::UnknownRoute)?;
    let city = app.snapshot(&params.which).await?;
    let tile_layers = {
        let (city, shift) = (Arc::clone(&city), params.shift);
        app.tiles()
            .run(move || city.tiles(shift).layers(Source::City))
            .await?
    };
    let config = app.config();
    let base = base_url(
        config.public_url.as_ref(),
        &config.trusted_peers,
        note.peer,
        &headers,
    );
    let scheme = city.scheme();
    let language = params.language.unwrap_or(Language::Zh);
    let order = StyleOrder {
        theme,
        language,
        base_url: &base,
        query: &query(&params.which, params.shift),
        shift: params.shift,
        levels: &levels(&city, &tile_layers),
        tile_layers: &tile_layers,
        city: match language {
            Language::Zh => scheme.name(),
            Language::En => scheme.name_en().unwrap_or_else(|| scheme.name()),
        },
        bounds: bounds(&city),
        base_maps: &config.base_maps,
    };
    let style = order.style().map_err(|error| {
        tracing::error!(%error, "a style could not be made");
        Problem::Internal
    })?;
    let body = Bytes::from(to_json(&style, 16 << 10)?);
    answer(&known, body, JSON, ASK_AGAIN)
}

fn sheet(known: &IfNoneMatch, double: bool, picture: bool) -> Result<Response, Problem> {
    let sprite = sprite::sheet(double)?;
    if picture {
        answer(known, sprite.png.clone(), PNG, FOR_AN_HOUR)
    } else {
        answer(known, sprite.json.clone(), JSON, FOR_AN_HOUR)
    }
}

/// An answer that is told from others by the hash of its content.
fn answer(
    known: &IfNoneMatch,
    body: Bytes,
    content_type: HeaderValue,
    caching: HeaderValue,
) -> Result<Response, Problem> {
    let hash = Sha256::digest(&body);
    let tag = hash.iter().take(8).fold(String::new(), |mut tag, byte| {
        use std::fmt::Write as _;
        // writing to a text does not fail
        let _ = write!(tag, "{byte:02x}");
        tag
    });
    let etag = HeaderValue::from_str(&format!("\"{tag}\"")).map_err(|_| Problem::Internal)?;
    let mut response = Response::new(Body::empty());
    if known.holds(&etag) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        *response.body_mut() = Body::from(body);
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, content_type);
    }
    let headers = response.headers_mut();
    headers.insert(header::ETAG, etag);
    headers.insert(header::CACHE_CONTROL, caching);
    Ok(response)
}

fn levels(city: &City, tile_layers: &[LayerNote]) -> Vec<LevelDrawn> {
    let levels = city.scheme().levels().iter();
    let drawn = levels.map(|level| {
        let name = format!("grid_{}", level.id());
        let layer = tile_layers.iter().find(|layer| layer.id == name);
        LevelDrawn {
            id: level.id().to_owned(),
            min_zoom: layer.map_or(0, |layer| layer.min_zoom),
        }
    });
    drawn.collect()
}

fn bounds(city: &City) -> Option<[f64; 4]> {
    city.extent().map(|extent| {
        let (min, max) = (extent.min(), extent.max());
        [min.lon(), min.lat(), max.lon(), max.lat()]
    })
}
