//! What the routes of tiles take.

use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use http::request::Parts;
use http::{HeaderMap, header};
use jiff::Timestamp;
use wangge_tiles::{Format, Shift, Source, TileAddress};

use super::at;
use crate::app::App;
use crate::archives::ServedArchive;
use crate::problem::{Problem, Wanted, echo};
use crate::query::{Parameters, Query};
use crate::tiles::weighed;

/// The type of MVT, and of MLT.
const MVT: &str = "application/vnd.mapbox-vector-tile";
const MLT: &str = "application/vnd.maplibre-tile";

/// The finest zoom that any tile address has; ours end earlier.
const FINEST_ZOOM: u8 = 30;

/// A source of tiles.
#[derive(Debug, Clone)]
pub(crate) enum TileSource {
    /// Of the city.
    City(Source),
    /// An archive.
    Archive(Arc<ServedArchive>),
}

/// The source that a path names.
#[derive(Debug)]
pub(crate) struct SourceParam(pub(crate) TileSource);

/// Which tile is meant.
#[derive(Debug)]
pub(crate) struct TileParam {
    pub(crate) source: TileSource,
    /// The edition in the path.
    pub(crate) edition: Option<String>,
    /// `None` nearer than the finest zoom that there is.
    pub(crate) address: Option<TileAddress>,
    pub(crate) format: Format,
}

/// Which snapshot is meant, in which system.
#[derive(Debug)]
pub(crate) struct TilesParams {
    pub(crate) which: Which,
    pub(crate) shift: Shift,
}

/// Which snapshot is meant.
#[derive(Debug, Clone)]
pub(crate) enum Which {
    /// The one that answers now.
    Now,
    /// That of a time.
    At(Timestamp),
    /// That of a plan, by its number or its name.
    Plan(String),
}

impl FromRequestParts<App> for SourceParam {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let path = path(parts, app).await?;
        source(&path, app).map(Self)
    }
}

impl FromRequestParts<App> for TileParam {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let path = path(parts, app).await?;
        let of = |wanted: &str| {
            let mut all = path.iter();
            all.find_map(|(name, value)| (name == wanted).then_some(value))
        };
        let (row, by_name) = row(of("y").unwrap_or_default());
        let refused = || Problem::BadTileAddress {
            given: echo(parts.uri.path()),
        };
        let z = number(of("z")).and_then(|z| u8::try_from(z).ok());
        let z = z.filter(|z| *z <= FINEST_ZOOM).ok_or_else(refused)?;
        let along = |text| number(text).filter(|at| at >> z == 0).ok_or_else(refused);
        let (x, y) = (along(of("x"))?, along(Some(row))?);
        let source = source(&path, app)?;
        let format = match (&source, by_name) {
            (TileSource::City(_), by_name) => by_name.unwrap_or_else(|| format(&parts.headers)),
            (TileSource::Archive(_), Some(Format::Mlt)) => return Err(Problem::FormatNotOffered),
            (TileSource::Archive(_), _) => Format::Mvt,
        };
        Ok(Self {
            source,
            edition: of("edition").map(str::to_owned),
            address: TileAddress::new(z, x, y),
            format,
        })
    }
}

impl FromRequestParts<App> for TilesParams {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Problem> {
        const ROUTE: Parameters = Parameters {
            taken: &["plan", "at", "crs"],
            not_offered: &[],
        };
        Self::of(&ROUTE.read(parts.uri.query())?)
    }
}

impl TilesParams {
    /// What `plan`, `at` and `crs` say.
    pub(super) fn of(query: &Query<'_>) -> Result<Self, Problem> {
        let shift = match query.get("crs") {
            None => Shift::None,
            Some("gcj02") => Shift::Gcj02,
            Some(other) => {
                return Err(Problem::bad_value("crs", other, Wanted::OneOf(&["gcj02"])));
            }
        };
        let which = match (query.get("plan"), at(query)?) {
            (None, None) => Which::Now,
            (None, Some(at)) => Which::At(at),
            (Some(plan), None) => Which::Plan(plan.to_owned()),
            (Some(plan), Some(_)) => {
                return Err(Problem::bad_value(
                    "plan",
                    plan,
                    Wanted::NotBoth { other: "at" },
                ));
            }
        };
        Ok(Self { which, shift })
    }

    /// Makes sure that nothing is asked of an archive that it cannot be asked: it has one plan, of
    /// one time, in one system.
    pub(crate) fn suit_archives(&self) -> Result<(), Problem> {
        let (name, value) = match (&self.which, self.shift) {
            (Which::Plan(plan), _) => ("plan", plan.clone()),
            (Which::At(at), _) => ("at", at.to_string()),
            (Which::Now, Shift::Gcj02) => ("crs", "gcj02".to_owned()),
            (Which::Now, Shift::None) => return Ok(()),
        };
        Err(Problem::bad_value(name, &value, Wanted::NotOfArchive))
    }
}

impl TileSource {
    /// The source of this name.
    pub(super) fn named(name: &str, app: &App) -> Result<Self, Problem> {
        if let Ok(source) = name.parse() {
            return Ok(Self::City(source));
        }
        let archives = &app.config().archives;
        let archive = archives.get(name).map(Self::Archive);
        archive.ok_or_else(|| Problem::UnknownSource {
            name: echo(name),
            known: Source::ALL
                .iter()
                .filter(|_| app.has_city())
                .map(|source| source.name())
                .chain(archives.names())
                .map(str::to_owned)
                .collect(),
        })
    }
}

async fn path(parts: &mut Parts, app: &App) -> Result<RawPathParams, Problem> {
    // an escape that is no text is no source and no number either
    let path = RawPathParams::from_request_parts(parts, app).await;
    path.map_err(|_| Problem::UnknownRoute)
}

fn source(path: &RawPathParams, app: &App) -> Result<TileSource, Problem> {
    let mut all = path.iter();
    let name = all.find_map(|(name, value)| (name == "source").then_some(value));
    TileSource::named(name.unwrap_or_default(), app)
}

/// Digits only: no sign, no space.
fn number(text: Option<&str>) -> Option<u32> {
    let text = text.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
    text.parse().ok()
}

/// The row of the last part of a path, and the format that its ending names.
fn row(last: &str) -> (&str, Option<Format>) {
    match last.split_once('.') {
        Some((row, "mvt" | "pbf")) => (row, Some(Format::Mvt)),
        Some((row, "mlt")) => (row, Some(Format::Mlt)),
        _ => (last, None),
    }
}

/// MLT for those who ask for it by name, and do not like MVT better.
fn format(headers: &HeaderMap) -> Format {
    let (mut mvt, mut mlt) = (None, None);
    let lines = headers.get_all(header::ACCEPT).into_iter();
    let entries = lines.filter_map(|line| line.to_str().ok());
    for entry in entries.flat_map(|line| line.split(',')).take(32) {
        let (name, weight) = weighed(entry);
        if name.eq_ignore_ascii_case(MLT) {
            mlt = Some(weight);
        } else if name.eq_ignore_ascii_case(MVT) {
            mvt = Some(weight);
        }
    }
    match mlt {
        Some(mlt) if mlt > 0.0 && mlt >= mvt.unwrap_or(0.0) => Format::Mlt,
        _ => Format::Mvt,
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::nothing_said(None, Format::Mvt)]
    #[case::anything(Some("*/*"), Format::Mvt)]
    #[case::by_name(Some("application/vnd.maplibre-tile"), Format::Mlt)]
    #[case::first_of_all(Some("application/vnd.maplibre-tile, */*;q=0.1"), Format::Mlt)]
    #[case::both(
        Some("application/vnd.mapbox-vector-tile, application/vnd.maplibre-tile"),
        Format::Mlt
    )]
    #[case::less(
        Some("application/vnd.mapbox-vector-tile, application/vnd.maplibre-tile;q=0.9"),
        Format::Mvt
    )]
    #[case::refused(Some("application/vnd.maplibre-tile;q=0"), Format::Mvt)]
    fn mlt_is_for_those_who_ask_for_it(
        #[case] accept: Option<&'static str>,
        #[case] wanted: Format,
    ) {
        let mut headers = HeaderMap::new();
        if let Some(accept) = accept {
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
        }
        assert_eq!(format(&headers), wanted);
    }

    #[rstest]
    #[case("12", ("12", None))]
    #[case("12.pbf", ("12", Some(Format::Mvt)))]
    #[case("12.mvt", ("12", Some(Format::Mvt)))]
    #[case("12.mlt", ("12", Some(Format::Mlt)))]
    #[case("12.png", ("12.png", None))]
    #[case("12.5.mvt", ("12.5.mvt", None))]
    fn the_ending_names_the_format(#[case] last: &str, #[case] read: (&str, Option<Format>)) {
        assert_eq!(row(last), read);
    }
}
