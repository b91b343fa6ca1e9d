//! What the routes of maps take: styles, and positions in other systems.

use axum::extract::FromRequestParts;
use http::request::Parts;
use wangge_crs::Crs;
use wangge_tiles::Shift;

use super::{CrsParam, LonLat, TilesParams, Which};
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
    pub(crate) which: Which,
    pub(crate) shift: Shift,
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

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Problem> {
        const TAKEN: &[&str] = &["plan", "at", "crs", "lang"];
        const ROUTE: Parameters = Parameters {
            taken: TAKEN,
            not_offered: &[],
        };
        let query = ROUTE.read(parts.uri.query())?;
        let TilesParams { which, shift } = TilesParams::of(&query)?;
        Ok(Self {
            language: match query.get("lang") {
                None => None,
                Some(text) => Some(text.parse().map_err(|_| Problem::BadParameter {
                    name: "lang",
                    value: echo(text),
                    wanted: Wanted::OneOf(&["zh", "en"]),
                })?),
            },
            which,
            shift,
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
        let from = CrsParam::named(query.get("from"))?.0;
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
            .map(|name| CrsParam::named(Some(name)).map(|system| system.0));
        Ok(Self {
            position: LonLat::of(&query, &from)?,
            to: systems.collect::<Result<_, _>>()?,
            from,
        })
    }
}
