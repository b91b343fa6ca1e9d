//! What the routes of tiles take.

use std::borrow::Cow;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderMap, Uri, header};
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
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

/// What the paths of tiles begin with.
const TILES: &str = "/tiles/";

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

/// What a request for the `TileJSON` of a source says.
#[derive(Debug)]
pub(crate) struct TileJsonParams {
    pub(crate) source: TileSource,
    pub(crate) of: TilesParams,
    pub(crate) headers: HeaderMap,
}

/// What a request for a tile says.
#[derive(Debug)]
pub(crate) struct TileParams<'r> {
    pub(crate) source: TileSource,
    /// The edition in the path.
    pub(crate) edition: Option<Cow<'r, str>>,
    /// `None` nearer than the finest zoom that there is.
    pub(crate) address: Option<TileAddress>,
    pub(crate) format: Format,
    pub(crate) of: TilesParams,
}

/// The path of a tile, in its parts.
#[derive(Debug)]
struct TilePath<'p> {
    source: Cow<'p, str>,
    edition: Option<Cow<'p, str>>,
    place: [Cow<'p, str>; 3],
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

/// Whether a path below `/tiles/` is that of a source, and not of a tile.
pub(crate) fn is_of_source(path: &str) -> bool {
    let rest = path.strip_prefix(TILES).unwrap_or_default();
    !rest.as_bytes().contains(&b'/')
}

impl TileJsonParams {
    pub(crate) fn of(parts: Parts, app: &App) -> Result<Self, Problem> {
        let name = parts.uri.path().strip_prefix(TILES);
        let name = percent_decode_str(name.unwrap_or_default()).decode_utf8();
        // an escape that is no text is no source either
        let name = name.map_err(|_| Problem::UnknownRoute)?;
        Ok(Self {
            source: TileSource::named(&name, app)?,
            of: TilesParams::read(&parts.uri)?,
            headers: parts.headers,
        })
    }
}

// what a path holds is read here and not by the router, which takes four pieces of memory for each
// part of a path that it names
impl<'r> TileParams<'r> {
    pub(crate) fn of(uri: &'r Uri, headers: &HeaderMap, app: &App) -> Result<Self, Problem> {
        let path = TilePath::of(uri.path()).ok_or(Problem::UnknownRoute)?;
        let [z, x, last] = &path.place;
        let (row, by_name) = row(last);
        let refused = || Problem::BadTileAddress {
            given: echo(uri.path()),
        };
        let z = number(z).and_then(|z| u8::try_from(z).ok());
        let z = z.filter(|z| *z <= FINEST_ZOOM).ok_or_else(refused)?;
        let along = |text| number(text).filter(|at| at >> z == 0).ok_or_else(refused);
        let (x, y) = (along(x)?, along(row)?);
        let source = TileSource::named(&path.source, app)?;
        let format = match (&source, by_name) {
            (TileSource::City(_), by_name) => by_name.unwrap_or_else(|| format(headers)),
            (TileSource::Archive(_), Some(Format::Mlt)) => return Err(Problem::FormatNotOffered),
            (TileSource::Archive(_), _) => Format::Mvt,
        };
        Ok(Self {
            source,
            edition: path.edition,
            address: TileAddress::new(z, x, y),
            format,
            of: TilesParams::read(uri)?,
        })
    }
}

impl<'p> TilePath<'p> {
    /// `None` of what is no path of a tile: it has other parts, or an escape that is no text.
    fn of(path: &'p str) -> Option<Self> {
        let (mut parts, mut count) = ([""; 5], 0);
        for part in path.strip_prefix(TILES)?.split('/') {
            *parts.get_mut(count)? = part;
            count += 1;
        }
        let parts = &parts[..count];
        let (source, edition, place) = match *parts {
            [source, z, x, y] => (source, None, [z, x, y]),
            [source, edition, z, x, y] => (source, Some(edition), [z, x, y]),
            _ => return None,
        };
        if parts.contains(&"") {
            return None;
        }
        let has_escapes = path.as_bytes().contains(&b'%');
        let text = |part| {
            if has_escapes {
                percent_decode_str(part).decode_utf8().ok()
            } else {
                Some(Cow::Borrowed(part))
            }
        };
        let [z, x, y] = place.map(text);
        Some(Self {
            source: text(source)?,
            edition: match edition {
                None => None,
                Some(edition) => Some(text(edition)?),
            },
            place: [z?, x?, y?],
        })
    }
}

impl FromRequestParts<App> for TilesParams {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Problem> {
        Self::read(&parts.uri)
    }
}

impl TilesParams {
    fn read(uri: &Uri) -> Result<Self, Problem> {
        const ROUTE: Parameters = Parameters {
            taken: &["plan", "at", "crs"],
            not_offered: &[],
        };
        match uri.query() {
            None => Ok(Self {
                which: Which::Now,
                shift: Shift::None,
            }),
            query => Self::of(&ROUTE.read(query)?),
        }
    }

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

/// Digits only: no sign, no space.
fn number(text: &str) -> Option<u32> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| text.parse().ok())?
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

    #[test]
    fn a_path_has_four_parts_or_five() {
        let parts = |path| {
            let path = TilePath::of(path)?;
            Some((path.edition.is_some(), path.place.join(" ")))
        };
        let place = "3 4 5.mvt".to_owned();
        assert_eq!(parts("/tiles/a/3/4/5.mvt"), Some((false, place.clone())));
        assert_eq!(parts("/tiles/a/1.2/3/4/5%2Emvt"), Some((true, place)));
        for other in [
            "/tiles/a/3/4",
            "/tiles/a//3/4",
            "/tiles/a/3/4/",
            "/tiles/a/3/4/5/",
            "/tiles/a/1.2/3/4/5/6",
            "/tiles/a/1.2/3/4/5/",
            "/tiles/%FF/3/4/5",
            "/other/a/3/4/5",
        ] {
            assert_eq!(parts(other), None, "{other}");
        }
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
