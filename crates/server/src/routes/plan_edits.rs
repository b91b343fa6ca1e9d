//! `POST /v1/plans/{id}/split`, `…/merge` and `…/move-border`: what-if edits of a draft.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Extension, State};
use axum::response::Response;
use http::HeaderMap;
use serde::Deserialize;
use serde_json::json;
use wangge_city::PlanView;
use wangge_city::to_lattice;
use wangge_city::work::{EditedPlan, PlanEdit};
use wangge_crs::Crs;
use wangge_model::Code;
use wangge_plane::Line;
use wangge_report::Told as _;

use super::plans::{Changing, in_language, parsed};
use crate::app::App;
use crate::extract::{NoParams, PlanParam, Spoken};
use crate::front::RequestNote;
use crate::language::Language;
use crate::problem::{Problem, Wanted};
use crate::upload::whole;

/// How far an end of a line may be prolonged at most, metres.
const MOST_REACH_M: f64 = 1000.0;

/// Points of a line.
const MOST_POINTS: usize = 100_000;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Split {
    code: String,
    line: Drawn,
    #[serde(default)]
    reach_m: f64,
    #[serde(default)]
    codes: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Merge {
    codes: Vec<String>,
    #[serde(default)]
    into: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MoveBorder {
    one: String,
    other: String,
    line: Drawn,
    #[serde(default)]
    reach_m: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Balance {
    /// The fewest and the most.
    households: [u32; 2],
}

/// A line as GeoJSON has it, in EPSG:4490.
#[derive(Debug, Deserialize)]
#[serde(tag = "type")]
enum Drawn {
    LineString { coordinates: Vec<[f64; 2]> },
    MultiLineString { coordinates: Vec<Vec<[f64; 2]>> },
}

pub(super) async fn split(
    State(app): State<App>,
    PlanParam(id): PlanParam,
    _: NoParams,
    Extension(note): Extension<Arc<RequestNote>>,
    Spoken(language): Spoken,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let planning = Changing::of(&app, &note)?;
    let body = whole(&app, &headers, body).await?;
    let asked: Split = parsed(&body)?;
    let edit = PlanEdit::Split {
        code: code("code", &asked.code)?,
        line: asked.line.landed()?,
        reach_m: reach_m(asked.reach_m)?,
        codes: asked
            .codes
            .iter()
            .map(|text| code("codes", text))
            .collect::<Result<_, _>>()?,
    };
    made(planning, id, edit, language).await
}

pub(super) async fn merge(
    State(app): State<App>,
    PlanParam(id): PlanParam,
    _: NoParams,
    Extension(note): Extension<Arc<RequestNote>>,
    Spoken(language): Spoken,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let planning = Changing::of(&app, &note)?;
    let body = whole(&app, &headers, body).await?;
    let asked: Merge = parsed(&body)?;
    if asked.codes.is_empty() {
        return Err(Problem::bad_value("codes", "", Wanted::Codes));
    }
    let edit = PlanEdit::Merge {
        codes: asked
            .codes
            .iter()
            .map(|text| code("codes", text))
            .collect::<Result<_, _>>()?,
        into: asked
            .into
            .as_deref()
            .map(|text| code("into", text))
            .transpose()?,
    };
    made(planning, id, edit, language).await
}

pub(super) async fn move_border(
    State(app): State<App>,
    PlanParam(id): PlanParam,
    _: NoParams,
    Extension(note): Extension<Arc<RequestNote>>,
    Spoken(language): Spoken,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let planning = Changing::of(&app, &note)?;
    let body = whole(&app, &headers, body).await?;
    let asked: MoveBorder = parsed(&body)?;
    let edit = PlanEdit::MoveBorder {
        one: code("one", &asked.one)?,
        other: code("other", &asked.other)?,
        line: asked.line.landed()?,
        reach_m: reach_m(asked.reach_m)?,
    };
    made(planning, id, edit, language).await
}

pub(super) async fn balance(
    State(app): State<App>,
    PlanParam(id): PlanParam,
    _: NoParams,
    Extension(note): Extension<Arc<RequestNote>>,
    Spoken(language): Spoken,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let mut planning = Changing::of(&app, &note)?;
    let body = whole(&app, &headers, body).await?;
    let Balance {
        households: [low, high],
    } = parsed(&body)?;
    let (plan, done) = planning
        .run(move |planning, who| planning.balance(&id, (low, high), who))
        .await?;
    let grids = done.grids.iter().map(
        |grid| json!({ "code": grid.code.as_str(), "before": grid.before, "after": grid.after }),
    );
    let unmet = done.unmet.iter().map(|(code, households, reason)| {
        json!({ "code": code.as_str(), "households": households, "reason": reason.name() })
    });
    let answer = json!({
        "plan": plan, "low": low, "high": high, "blocks": done.blocks, "moved": done.moved,
        "outside": done.outside,
        "grids": grids.collect::<Vec<_>>(), "unmet": unmet.collect::<Vec<_>>(),
        "edited": done.edited.as_ref().map(|edited| edited_json(&plan, edited, language)),
    });
    in_language(&answer, language)
}

async fn made(
    mut planning: Changing,
    id: String,
    edit: PlanEdit,
    language: Language,
) -> Result<Response, Problem> {
    let (plan, done) = planning
        .run(move |planning, who| planning.edit(&id, &edit, who))
        .await?;
    in_language(&edited_json(&plan, &done, language), language)
}

fn edited_json(plan: &PlanView, done: &EditedPlan, language: Language) -> serde_json::Value {
    let notes = done.notes.iter().map(|note| note.told(language.into()));
    json!({
        "plan": plan,
        "changed": done.changed.iter().map(|(code, before, after)| json!({
            "code": code.as_str(), "area_before_m2": before, "area_after_m2": after,
        })).collect::<Vec<_>>(),
        "added": done.added.iter().map(|(code, area_m2)| json!({
            "code": code.as_str(), "area_m2": area_m2,
        })).collect::<Vec<_>>(),
        "removed": done.removed.iter().map(Code::as_str).collect::<Vec<_>>(),
        "notes": notes.collect::<Vec<_>>(),
    })
}

impl Drawn {
    fn landed(self) -> Result<Line, Problem> {
        let parts = match self {
            Self::LineString { coordinates } => vec![coordinates],
            Self::MultiLineString { coordinates } => coordinates,
        };
        if parts.iter().map(Vec::len).sum::<usize>() > MOST_POINTS {
            let count = parts.iter().map(Vec::len).sum::<usize>().to_string();
            return Err(Problem::bad_value("line", &count, Wanted::Line));
        }
        let landed = parts.into_iter().map(|part| {
            let points = part.into_iter();
            let points = points.map(|[lon, lat]| to_lattice(&Crs::Lattice, lon, lat));
            points.collect::<Result<Vec<_>, _>>()
        });
        let landed: Vec<_> = landed.collect::<Result<_, _>>()?;
        Line::new(landed).ok_or_else(|| Problem::bad_value("line", "", Wanted::Line))
    }
}

fn code(name: &'static str, text: &str) -> Result<Code, Problem> {
    Code::new(text).map_err(|_| Problem::bad_value(name, text, Wanted::Codes))
}

fn reach_m(reach_m: f64) -> Result<f64, Problem> {
    if (0.0..=MOST_REACH_M).contains(&reach_m) {
        return Ok(reach_m);
    }
    let wanted = Wanted::Distance { most: 1000 };
    Err(Problem::bad_value("reach_m", &reach_m.to_string(), wanted))
}
