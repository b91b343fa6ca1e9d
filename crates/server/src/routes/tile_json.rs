//! `GET /tiles/{source}`: what a source of tiles has and where its tiles are, as `TileJSON` 3.0.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::response::Response;
use http::HeaderValue;
use http::request::Parts;
use serde::Serialize;
use wangge_city::City;
use wangge_tiles::{Shift, Source};

use super::tiles::WANGGE_VERSION;
use super::{JSON, not_modified, to_json, versioned};
use crate::address::base_url;
use crate::app::App;
use crate::archives::ServedArchive;
use crate::extract::{IfNoneMatch, TileJsonParams, TileSource, TilesParams, Which};
use crate::front::RequestNote;
use crate::problem::Problem;
use crate::tiles::{Coding, ContentHash, EditionHead, reach};
use crate::vector_layer::VectorLayer;

/// `TileJSON` 3.0.0.
#[derive(Debug, Serialize)]
struct TileJson<'a> {
    tilejson: &'static str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    attribution: Option<&'a str>,
    /// By the rules of semver.org, as the specification wants it.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'a str>,
    scheme: &'static str,
    tiles: [String; 1],
    minzoom: u8,
    maxzoom: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    bounds: Option<[f64; 4]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    center: Option<(f64, f64, u8)>,
    vector_layers: &'a [VectorLayer],
}

/// What is told of a source.
struct Described {
    name: String,
    attribution: Option<String>,
    version: Option<String>,
    /// What stands behind `/tiles/`: the source and its version, and behind the address of a tile.
    path: String,
    query: String,
    header: Option<HeaderValue>,
    layers: Vec<VectorLayer>,
    zooms: (u8, u8),
    bounds: Option<[f64; 4]>,
}

pub(super) async fn source(app: &App, parts: Parts) -> Result<Response, Problem> {
    let note = parts.extensions.get::<Arc<RequestNote>>().cloned();
    let note = note.ok_or(Problem::Internal)?;
    let TileJsonParams {
        source,
        of: params,
        headers,
    } = TileJsonParams::of(parts, app)?;
    let described = match source {
        TileSource::City(source) => {
            let city = app.snapshot(&params.which).await?;
            let describing = move || Described::of(&city, source, &params);
            app.tiles().run(describing).await?
        }
        TileSource::Archive(archive) => {
            params.suit_archives()?;
            Described::of_archive(&archive)
        }
    };
    let config = app.config();
    let base = base_url(
        config.public_url.as_ref(),
        &config.trusted_peers,
        note.peer,
        &headers,
    );
    let (minzoom, maxzoom) = described.zooms;
    let attribution = described.attribution.as_deref();
    let body = TileJson {
        tilejson: "3.0.0",
        name: &described.name,
        attribution: attribution.or(config.tiles.attribution.as_deref()),
        version: described.version.as_deref(),
        scheme: "xyz",
        tiles: [format!(
            "{base}/tiles/{}/{{z}}/{{x}}/{{y}}{}",
            described.path, described.query
        )],
        minzoom,
        maxzoom,
        bounds: described.bounds,
        center: described
            .bounds
            .map(|bounds| center(bounds, minzoom, maxzoom)),
        vector_layers: &described.layers,
    };
    let body = to_json(&body, 2048)?;
    let etag = ContentHash::of(&body).etag(Coding::Identity)?;
    let mut response = if IfNoneMatch::of(&headers).holds(&etag) {
        not_modified(etag)
    } else {
        versioned(body, JSON, etag)
    };
    if let Some(version) = described.header {
        response.headers_mut().insert(WANGGE_VERSION, version);
    }
    Ok(response)
}

impl Described {
    fn of(city: &City, source: Source, params: &TilesParams) -> Self {
        let shift = params.shift;
        let tiles = city.tiles(shift);
        let zooms = tiles.zooms(source);
        let edition = city.edition();
        Self {
            name: city.scheme().name().to_owned(),
            attribution: None,
            version: Some(semver(city)),
            path: format!("{source}/{}", edition.address()),
            query: query(&params.which, shift),
            header: EditionHead::of(edition.text(), None).version,
            layers: tiles
                .layers(source)
                .into_iter()
                .map(VectorLayer::of)
                .collect(),
            zooms: (*zooms.start(), *zooms.end()),
            bounds: tiles
                .bounds(reach(city, source, shift))
                .map(|bounds| bounds.map(lattice_digits)),
        }
    }

    fn of_archive(archive: &ServedArchive) -> Self {
        Self {
            name: archive.title().to_owned(),
            attribution: archive.attribution().map(str::to_owned),
            version: archive.told_version().and_then(semver_of),
            path: format!("{}/{}", archive.name(), archive.version()),
            query: String::new(),
            header: archive.head().version.clone(),
            layers: archive.layers().to_vec(),
            zooms: archive.zooms(),
            bounds: Some(archive.bounds().map(lattice_digits)),
        }
    }
}

/// `3.17.0` of version 3.17 of a plan, `1.2.3` of the same; of other texts nothing.
fn semver_of(version: &str) -> Option<String> {
    let numbers: Option<Vec<u64>> = version
        .split('.')
        .map(|number| number.parse().ok())
        .collect();
    match numbers?.as_slice() {
        [major, minor] => Some(format!("{major}.{minor}.0")),
        [major, minor, patch] => Some(format!("{major}.{minor}.{patch}")),
        _ => None,
    }
}

/// `3.17.0` of version 3.17; of what is not in force, the third number counts the commits.
fn semver(city: &City) -> String {
    let version = city.version_text();
    let commits = city.edition().text().split_once('-');
    format!("{version}.{}", commits.map_or("0", |(_, commits)| commits))
}

/// What leads to the snapshot again when it is no longer kept, and to its system.
pub(super) fn query(which: &Which, shift: Shift) -> String {
    let mut pairs = Vec::new();
    match which {
        Which::Now => {}
        Which::At(at) => pairs.push(format!("at={at}")),
        Which::Plan(plan) => pairs.push(format!("plan={}", escaped(plan))),
    }
    if shift == Shift::Gcj02 {
        pairs.push("crs=gcj02".to_owned());
    }
    if pairs.is_empty() {
        String::new()
    } else {
        format!("?{}", pairs.join("&"))
    }
}

/// In percent-encoding, but for what RFC 3986 leaves alone.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            // writing to a text does not fail
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Degrees to the lattice's own step.
fn lattice_digits(degrees: f64) -> f64 {
    (degrees * 1e7).round() / 1e7
}

/// The middle, and the zoom at which everything is about as wide as two tiles.
fn center([west, south, east, north]: [f64; 4], minzoom: u8, maxzoom: u8) -> (f64, f64, u8) {
    const TILES: f64 = 2.0;

    let (lon, lat) = (f64::midpoint(west, east), f64::midpoint(south, north));
    // a degree of latitude is longer on the map than one of longitude
    let span = (east - west).max((north - south) / lat.to_radians().cos());
    let zoom = (minzoom..=maxzoom)
        .rev()
        .find(|zoom| span / 360.0 * f64::from(*zoom).exp2() <= TILES);
    (
        lattice_digits(lon),
        lattice_digits(lat),
        zoom.unwrap_or(minzoom),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plans_name_stays_within_its_parameter() {
        let which = Which::Plan("2027 草案&crs=x#".to_owned());
        assert_eq!(
            query(&which, Shift::Gcj02),
            "?plan=2027%20%E8%8D%89%E6%A1%88%26crs%3Dx%23&crs=gcj02"
        );
        let at = Which::At("2026-12-01T08:00:00+08:00".parse().unwrap());
        assert_eq!(query(&at, Shift::None), "?at=2026-12-01T00:00:00Z");
        assert_eq!(query(&Which::Now, Shift::None), "");
    }

    #[test]
    fn a_version_that_an_archive_tells_is_passed_on_where_it_is_one() {
        assert_eq!(semver_of("3.17").as_deref(), Some("3.17.0"));
        assert_eq!(semver_of("1.2.3").as_deref(), Some("1.2.3"));
        for other in ["", "2", "2026-11", "1.2.3.4", "a.b", "1.-2"] {
            assert_eq!(semver_of(other), None, "{other}");
        }
    }

    // at zoom 10 a tile is 0.3515625 degrees wide
    #[test]
    fn the_center_comes_with_a_zoom_that_shows_all() {
        assert_eq!(center([120.0, 0.0, 120.7, 0.1], 0, 16), (120.35, 0.05, 10));
        assert_eq!(center([120.0, 0.0, 120.71, 0.1], 0, 16).2, 9);
        assert_eq!(center([-180.0, -80.0, 180.0, 80.0], 3, 16).2, 3);
        // at 60 degrees north twice as high as wide
        assert_eq!(center([120.0, 59.85, 120.1, 60.15], 0, 16).2, 10);
    }
}
