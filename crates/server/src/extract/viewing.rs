//! What the routes of maps take: styles, and positions in other systems.

use axum::extract::FromRequestParts;
use http::request::Parts;
use wangge_crs::Crs;
use wangge_tiles::Source;

use super::{CrsParam, LonLat, TileSource, TilesParams};
use crate::app::App;
use crate::language::Language;
use crate::problem::{Problem, Wanted, echo};
use crate::query::Parameters;

/// The most systems that one position is asked for in.
const MOST_SYSTEMS: usize = 16;

/// What `GET /styles/{name}.json` takes.
#[derive(Debug)]
pub(crate) struct StyleParams {
    pub(crate) language: Option<Language>,
    /// Whose tiles are drawn; the city's unless said.
    pub(crate) source: TileSource,
    pub(crate) tiles: TilesParams,
    given: Option<&'static str>,
}

/// What `GET /v1/crs` takes.
#[derive(Debug)]
pub(crate) struct SystemsParams {
    pub(crate) position: LonLat,
    pub(crate) from: Crs,
    pub(crate) to: Vec<Crs>,
}

impl FromRequestParts<App> for StyleParams {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        const TAKEN: &[&str] = &["source", "plan", "at", "crs", "lang"];
        const ROUTE: Parameters = Parameters {
            taken: TAKEN,
            not_offered: &[],
        };
        let query = ROUTE.read(parts.uri.query())?;
        let source = query.get("source");
        Ok(Self {
            language: match query.get("lang") {
                None => None,
                Some(text) => Some(text.parse().map_err(|_| Problem::BadParameter {
                    name: "lang",
                    value: echo(text),
                    wanted: Wanted::OneOf(&["zh", "en"]),
                })?),
            },
            source: match source {
                None => TileSource::City(Source::City),
                Some(name) => TileSource::named(name, app)?,
            },
            tiles: TilesParams::of(&query)?,
            given: TAKEN.iter().copied().find(|name| query.get(name).is_some()),
        })
    }
}

impl StyleParams {
    /// Refuses every parameter: the sprite takes none.
    pub(crate) fn none(&self) -> Result<(), Problem> {
        match self.given {
            None => Ok(()),
            Some(name) => Err(Problem::UnknownParameter {
                name: name.to_owned(),
                known: &[],
            }),
        }
    }
}

impl FromRequestParts<App> for SystemsParams {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Problem> {
        const ROUTE: Parameters = Parameters {
            taken: &["lon", "lat", "from", "to"],
            not_offered: &[],
        };
        let query = ROUTE.read(parts.uri.query())?;
        let from = CrsParam::said(&query, "from")?.0;
        let names = query.need("to")?;
        if names.is_empty() || names.split(',').count() > MOST_SYSTEMS {
            return Err(Problem::BadParameter {
                name: "to",
                value: echo(names),
                wanted: Wanted::Systems { most: MOST_SYSTEMS },
            });
        }
        let systems = names
            .split(',')
            .map(|name| CrsParam::named(name).map(|system| system.0));
        Ok(Self {
            position: LonLat::of(&query, &from)?,
            to: systems.collect::<Result<_, _>>()?,
            from,
        })
    }
}
