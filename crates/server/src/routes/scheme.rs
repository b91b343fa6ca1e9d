//! `GET /v1/scheme`: the levels that codes and answers speak of.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use wangge_city::City;
use wangge_model::{Level, LevelIndex, ParentRule, SizeRange};

use super::{JSON, etag, not_modified, to_json, versioned};
use crate::app::App;
use crate::extract::{AtParam, IfNoneMatch};
use crate::problem::Problem;

#[derive(Serialize)]
struct SchemeAnswer<'a> {
    version: &'a str,
    city: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name_en: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    /// Top to bottom.
    levels: Vec<LevelAnswer<'a>>,
    /// Tier to the id of its level.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    tiers: BTreeMap<String, &'a str>,
    /// West, south, east, north.
    #[serde(skip_serializing_if = "Option::is_none")]
    bbox: Option<[f64; 4]>,
}

#[derive(Serialize)]
struct LevelAnswer<'a> {
    id: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name_en: Option<&'a str>,
    /// The pattern of its codes.
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<ParentAnswer<'a>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    limits: BTreeMap<&'static str, [u32; 2]>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    posts: &'a [String],
    /// How many units the published plan has on it.
    units: usize,
}

/// As in the scheme's file.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum ParentAnswer<'a> {
    Prefix(usize),
    Column(&'a str),
    Segments(&'a [String]),
}

pub(super) async fn scheme(
    State(app): State<App>,
    AtParam(at): AtParam,
    known: IfNoneMatch,
) -> Result<Response, Problem> {
    let city = app.city_at(at).await?;
    let etag = etag(&city)?;
    if known.holds(&etag) {
        return Ok(not_modified(etag));
    }
    Ok(versioned(to_json(&answer(&city), 1024)?, JSON, etag))
}

fn answer(city: &City) -> SchemeAnswer<'_> {
    let scheme = city.scheme();
    let levels = scheme.levels();
    SchemeAnswer {
        version: city.version_text(),
        city: scheme.city(),
        name: scheme.name(),
        name_en: scheme.name_en(),
        code: scheme.code().map(AsRef::as_ref),
        levels: (0..)
            .zip(levels)
            .map(|(at, level)| level_answer(city, LevelIndex(at), level))
            .collect(),
        tiers: scheme
            .tiers()
            .iter()
            .map(|tier| (tier.number.to_string(), levels[tier.level.0].id()))
            .collect(),
        bbox: city.extent().map(|extent| {
            let (min, max) = (extent.min(), extent.max());
            [min.lon(), min.lat(), max.lon(), max.lat()]
        }),
    }
}

fn level_answer<'a>(city: &City, at: LevelIndex, level: &'a Level) -> LevelAnswer<'a> {
    let limits = level.limits();
    let range = |range: SizeRange| [range.low(), range.high()];
    LevelAnswer {
        id: level.id(),
        name: level.name(),
        name_en: level.name_en(),
        code: level.pattern().source(),
        parent: level.parent().map(|rule| match rule {
            ParentRule::Prefix(chars) => ParentAnswer::Prefix(*chars),
            ParentRule::Column(column) => ParentAnswer::Column(column),
            ParentRule::Segments(names) => ParentAnswer::Segments(names),
        }),
        limits: [
            ("households", limits.households),
            ("population", limits.population),
        ]
        .into_iter()
        .filter_map(|(name, size)| Some((name, range(size?))))
        .collect(),
        posts: level.posts(),
        units: city.unit_count(at),
    }
}
