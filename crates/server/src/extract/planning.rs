//! What the routes of plans take.

use axum::extract::{FromRequestParts, Path};
use http::request::Parts;
use wangge_crs::Crs;
use wangge_exchange::{Format, Mapping};
use wangge_model::Code;
use wangge_store::Existing;

use super::{CrsParam, asked_m};
use crate::app::App;
use crate::problem::{Problem, Wanted, echo};
use crate::query::Parameters;

/// A plan in a path, by its number or its name.
#[derive(Debug)]
pub(crate) struct PlanParam(pub(crate) String);

/// Codes of units.
#[derive(Debug)]
pub(crate) struct CodesParam(pub(crate) Vec<Code>);

/// What the routes of a comparison take.
#[derive(Debug)]
pub(crate) struct DiffParams {
    pub(crate) against: Option<String>,
    pub(crate) level: Option<String>,
    pub(crate) survey_tolerance_m: f64,
    pub(crate) unclear_within_m: f64,
}

/// How a file of units that is sent is read.
#[derive(Debug)]
pub(crate) struct UploadParams {
    pub(crate) name: Option<String>,
    pub(crate) format: Option<Format>,
    pub(crate) level: Option<String>,
    pub(crate) crs: Option<Crs>,
    pub(crate) layer: Option<String>,
    pub(crate) encoding: Option<String>,
    pub(crate) mapping: Mapping,
    pub(crate) merge_parts: bool,
    pub(crate) existing: Existing,
}

impl FromRequestParts<App> for PlanParam {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match Path::<String>::from_request_parts(parts, app).await {
            Ok(Path(id)) => Ok(Self(id)),
            // an escape that is no text is no name either
            Err(_) => Err(Problem::unknown_plan(parts.uri.path())),
        }
    }
}

impl FromRequestParts<App> for CodesParam {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Problem> {
        const ROUTE: Parameters = Parameters {
            taken: &["codes"],
            not_offered: &[],
        };
        let query = ROUTE.read(parts.uri.query())?;
        let codes = query.need("codes")?.split(',').map(|text| {
            text.parse().map_err(|_| Problem::BadParameter {
                name: "codes",
                value: echo(text),
                wanted: Wanted::Codes,
            })
        });
        codes.collect::<Result<_, _>>().map(Self)
    }
}

impl FromRequestParts<App> for DiffParams {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Problem> {
        const ROUTE: Parameters = Parameters {
            taken: &["against", "level", "survey_tolerance", "unclear_within"],
            not_offered: &[],
        };
        let query = ROUTE.read(parts.uri.query())?;
        Ok(Self {
            against: query.get("against").map(str::to_owned),
            level: query.get("level").map(str::to_owned),
            survey_tolerance_m: asked_m(&query, "survey_tolerance")?.unwrap_or(1.0),
            unclear_within_m: asked_m(&query, "unclear_within")?.unwrap_or(5.0),
        })
    }
}

impl FromRequestParts<App> for UploadParams {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Problem> {
        const ROUTE: Parameters = Parameters {
            taken: &[
                "name",
                "format",
                "level",
                "crs",
                "layer",
                "encoding",
                "map",
                "merge_parts",
                "existing",
            ],
            not_offered: &[],
        };
        let query = ROUTE.read(parts.uri.query())?;
        let wrong = |name: &'static str, text: &str, wanted| Problem::BadParameter {
            name,
            value: echo(text),
            wanted,
        };
        let format = query.get("format").map(|text| {
            let format = text.parse::<Format>().ok();
            // a workbook holds lists, and no ground
            let format = format.filter(|format| *format != Format::Xlsx);
            format.ok_or_else(|| wrong("format", text, Wanted::Format))
        });
        let mapping = query.get("map").map(|text| {
            text.parse::<Mapping>()
                .map_err(|_| wrong("map", text, Wanted::Mapping))
        });
        let crs = match query.get("crs") {
            None => None,
            Some(_) => Some(CrsParam::of(&query)?.0),
        };
        Ok(Self {
            name: query.get("name").map(str::to_owned),
            format: format.transpose()?,
            level: query.get("level").map(str::to_owned),
            crs,
            layer: query.get("layer").map(str::to_owned),
            encoding: query.get("encoding").map(str::to_owned),
            mapping: mapping.transpose()?.unwrap_or_default(),
            merge_parts: match query.get("merge_parts") {
                None | Some("false") => false,
                Some("true" | "") => true,
                Some(text) => {
                    return Err(wrong(
                        "merge_parts",
                        text,
                        Wanted::OneOf(&["true", "false"]),
                    ));
                }
            },
            existing: match query.get("existing") {
                None | Some("refuse") => Existing::Refuse,
                Some("update") => Existing::Update,
                Some("replace") => Existing::ReplaceLevel,
                Some(text) => {
                    let known = &["refuse", "update", "replace"];
                    return Err(wrong("existing", text, Wanted::OneOf(known)));
                }
            },
        })
    }
}
