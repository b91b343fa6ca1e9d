//! What the route of tracks takes.

use axum::extract::FromRequestParts;
use http::request::Parts;
use jiff::Timestamp;
use wangge_city::{Clock, TrackRules, micros};
use wangge_crs::Crs;

use super::{CrsParam, at, number};
use crate::app::App;
use crate::problem::{Measure, Problem, Wanted};
use crate::query::{Parameters, Query};

/// What `POST /v1/tracks` takes besides its body.
#[derive(Debug)]
pub(crate) struct TracksParams {
    pub(crate) crs: Crs,
    pub(crate) at: Option<Timestamp>,
    pub(crate) level: Option<String>,
    pub(crate) clock: Clock,
    pub(crate) rules: TrackRules,
}

impl FromRequestParts<App> for TracksParams {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Problem> {
        const ROUTE: Parameters = Parameters {
            taken: &[
                "crs",
                "at",
                "level",
                "zone",
                "hysteresis",
                "least_stay",
                "max_accuracy",
                "max_speed",
                "max_gap",
            ],
            not_offered: &[],
        };
        let query = ROUTE.read(parts.uri.query())?;
        Ok(Self {
            crs: CrsParam::of(&query)?.0,
            at: at(&query)?,
            level: query.get("level").map(str::to_owned),
            clock: clock(&query)?,
            rules: rules(&query)?,
        })
    }
}

/// The clock of the zone. A `+` that was not escaped has become a space.
fn clock(query: &Query<'_>) -> Result<Clock, Problem> {
    let Some(text) = query.get("zone") else {
        return Ok(Clock::UTC);
    };
    let clock = Clock::in_zone(&text.replace(' ', "+"));
    clock.ok_or_else(|| Problem::bad_value("zone", text, Wanted::Zone))
}

fn rules(query: &Query<'_>) -> Result<TrackRules, Problem> {
    let asked = |name, measure| amount(query, name, measure);
    let unless_told = TrackRules::default();
    let asked_us = |name, unless_told_us| {
        let seconds = asked(name, Measure::Seconds)?;
        Ok::<_, Problem>(seconds.map_or(unless_told_us, micros))
    };
    Ok(TrackRules {
        hysteresis_m: asked("hysteresis", Measure::Metres)?.unwrap_or(unless_told.hysteresis_m),
        least_stay_us: asked_us("least_stay", unless_told.least_stay_us)?,
        most_accuracy_m: asked("max_accuracy", Measure::Metres)?
            .unwrap_or(unless_told.most_accuracy_m),
        most_speed_m_s: asked("max_speed", Measure::Speed)?.unwrap_or(unless_told.most_speed_m_s),
        most_gap_us: asked_us("max_gap", unless_told.most_gap_us)?,
    })
}

/// A number of 0 or more, where the request gives it.
fn amount(query: &Query<'_>, name: &'static str, measure: Measure) -> Result<Option<f64>, Problem> {
    let Some(text) = query.get(name) else {
        return Ok(None);
    };
    let given = number(name, text).ok().filter(|number| *number >= 0.0);
    let wanted = Wanted::NotNegative(measure);
    given
        .map(Some)
        .ok_or_else(|| Problem::bad_value(name, text, wanted))
}
