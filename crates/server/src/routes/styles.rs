//! `GET /styles/{name}.json` and the sprite: how a map draws the tiles.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Extension, Path, State};
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use wangge_city::City;
use wangge_tiles::{Shift, Source};

use super::tile_json::query;
use super::{JSON, to_json};
use crate::address::base_url;
use crate::app::App;
use crate::archives::ServedArchive;
use crate::extract::{IfNoneMatch, StyleParams, TileSource, TilesParams};
use crate::front::RequestNote;
use crate::language::Language;
use crate::problem::Problem;
use crate::style::{StyleOrder, Theme, sprite};
use crate::tiles::{Coding, ContentHash};
use crate::vector_layer::VectorLayer;

const PNG: HeaderValue = HeaderValue::from_static("image/png");

/// A style has the addresses of the day in it, and may change with the city.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// A sprite changes with the program only.
const FOR_AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");

/// What a style draws.
struct Drawn {
    source: String,
    query: String,
    shift: Shift,
    layers: Vec<VectorLayer>,
    title: String,
    bounds: Option<[f64; 4]>,
}

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
    let language = params.language.unwrap_or(Language::Zh);
    let drawn = match params.source {
        TileSource::City(source) => {
            let city = app.snapshot(&params.tiles.which).await?;
            let reading = move || Drawn::of(&city, source, &params.tiles, language);
            app.tiles().run(reading).await?
        }
        TileSource::Archive(archive) => {
            params.tiles.suit_archives()?;
            Drawn::of_archive(&archive)
        }
    };
    let config = app.config();
    let base = base_url(
        config.public_url.as_ref(),
        &config.trusted_peers,
        note.peer,
        &headers,
    );
    let order = StyleOrder {
        theme,
        language,
        base_url: &base,
        source: &drawn.source,
        query: &drawn.query,
        shift: drawn.shift,
        tile_layers: &drawn.layers,
        title: &drawn.title,
        bounds: drawn.bounds,
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
    let etag = ContentHash::of(&body).etag(Coding::Identity)?;
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

impl Drawn {
    fn of(city: &City, source: Source, params: &TilesParams, language: Language) -> Self {
        let layers = city.tiles(params.shift).layers(source);
        let scheme = city.scheme();
        let title = match language {
            Language::Zh => scheme.name(),
            Language::En => scheme.name_en().unwrap_or_else(|| scheme.name()),
        };
        Self {
            source: source.name().to_owned(),
            query: query(&params.which, params.shift),
            shift: params.shift,
            layers: layers.into_iter().map(VectorLayer::of).collect(),
            title: title.to_owned(),
            bounds: bounds(city),
        }
    }

    fn of_archive(archive: &ServedArchive) -> Self {
        Self {
            source: archive.name().to_owned(),
            query: String::new(),
            shift: archive.shift(),
            layers: archive.layers().to_vec(),
            title: archive.title().to_owned(),
            bounds: Some(archive.bounds()),
        }
    }
}

fn bounds(city: &City) -> Option<[f64; 4]> {
    city.extent().map(|extent| {
        let (min, max) = (extent.min(), extent.max());
        [min.lon(), min.lat(), max.lon(), max.lat()]
    })
}
