//! `/v1/plans…`: boundary redesigns. What would change data is refused first, unless the server
//! was started to take changes.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Extension, State};
use axum::response::Response;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use wangge_city::work::{GridFiles, Readiness, WorkError};
use wangge_city::{NewDraft, PlanView, Planning, SentUnits, TakenUnits};
use wangge_report::Told as _;
use wangge_store::Existing;

use super::{JSON, mark_language, to_json};
use crate::app::App;
use crate::extract::{CodesParam, NoParams, PlanParam, Spoken, UploadParams};
use crate::front::RequestNote;
use crate::language::Language;
use crate::problem::{ObjectionTold, Problem};
use crate::upload::{Upload, received, whole};

/// What `POST /v1/plans` takes as JSON: a draft to begin.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Draft {
    name: String,
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    note: Option<String>,
}

/// What `…/publish` takes.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Publication {
    #[serde(default)]
    effective: Option<String>,
    /// Reasons by the ids or kinds of what is accepted.
    #[serde(default)]
    accept: BTreeMap<String, String>,
}

pub(super) async fn list(State(app): State<App>, _: NoParams) -> Result<Response, Problem> {
    let plans = work(&app, Planning::list).await?;
    let current = plans.iter().find(|plan| plan.in_force).map(|plan| plan.id);
    fresh(
        &json!({ "plans": plans, "current": current }),
        StatusCode::OK,
    )
}

pub(super) async fn one(
    State(app): State<App>,
    PlanParam(id): PlanParam,
    _: NoParams,
) -> Result<Response, Problem> {
    let plan = work(&app, move |planning| planning.view(&id)).await?;
    fresh(&plan, StatusCode::OK)
}

/// Begins a draft from another plan, as JSON says, or from a file that is the body.
pub(super) async fn make(
    State(app): State<App>,
    params: UploadParams,
    Extension(note): Extension<Arc<RequestNote>>,
    Spoken(language): Spoken,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let mut planning = Changing::of(&app, &note)?;
    if is_json(&headers) {
        let body = whole(&app, &headers, body).await?;
        let draft: Draft = parsed(&body)?;
        let draft = NewDraft {
            name: draft.name,
            from: draft.from,
            note: draft.note,
        };
        let plan = planning
            .run(move |planning, who| planning.begin(&draft, who))
            .await?;
        return made(&plan, &plan);
    }
    let name = params
        .name
        .clone()
        .ok_or(Problem::MissingParameter { name: "name" })?;
    let upload = received(&app, &headers, body, params.format).await?;
    let taken = planning.run(move |planning, who| {
        // a file begins a plan: one of this name is somebody else's
        match planning.view(&name) {
            Ok(plan) => Err(wangge_store::StoreError::PlanExists { plan: plan.plan }.into()),
            Err(_) => planning.take(&sent(params, name, Existing::Refuse, &upload), who),
        }
    });
    let taken = taken.await?;
    made(&taken_json(&taken, language), &taken.plan)
}

/// Takes changed units into a draft, from a file that is the body.
pub(super) async fn take(
    State(app): State<App>,
    PlanParam(id): PlanParam,
    params: UploadParams,
    Extension(note): Extension<Arc<RequestNote>>,
    Spoken(language): Spoken,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let mut planning = Changing::of(&app, &note)?;
    let upload = received(&app, &headers, body, params.format).await?;
    let taken = planning.run(move |planning, who| {
        let plan = planning.view(&id)?.plan;
        let existing = params.existing;
        planning.take(&sent(params, plan, existing, &upload), who)
    });
    let mut response = fresh(&taken_json(&taken.await?, language), StatusCode::OK)?;
    mark_language(&mut response, language);
    Ok(response)
}

/// Takes units out of a draft.
pub(super) async fn remove_units(
    State(app): State<App>,
    PlanParam(id): PlanParam,
    CodesParam(codes): CodesParam,
    Extension(note): Extension<Arc<RequestNote>>,
) -> Result<Response, Problem> {
    let mut planning = Changing::of(&app, &note)?;
    let plan = planning.run(move |planning, who| planning.remove_units(&id, &codes, who));
    fresh(&plan.await?, StatusCode::OK)
}

pub(super) async fn remove(
    State(app): State<App>,
    PlanParam(id): PlanParam,
    _: NoParams,
    Extension(note): Extension<Arc<RequestNote>>,
) -> Result<Response, Problem> {
    let mut planning = Changing::of(&app, &note)?;
    planning
        .run(move |planning, who| planning.remove(&id, who))
        .await?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    Ok(response)
}

/// The report of a validation, as `wangge validate` writes it.
pub(super) async fn validation(
    State(app): State<App>,
    PlanParam(id): PlanParam,
    _: NoParams,
) -> Result<Response, Problem> {
    let body = work(&app, move |planning| {
        let (plan, validation) = planning.validation(&id)?;
        let mut report = serde_json::to_value(&validation).unwrap_or_default();
        if let Some(report) = report.as_object_mut() {
            report.insert("plan".to_owned(), json!(plan.plan));
            report.insert("version".to_owned(), json!(plan.version));
        }
        Ok(report)
    });
    fresh(&body.await?, StatusCode::OK)
}

/// What speaks against publishing a plan.
pub(super) async fn readiness(
    State(app): State<App>,
    PlanParam(id): PlanParam,
    _: NoParams,
    Spoken(language): Spoken,
) -> Result<Response, Problem> {
    let found = work(&app, move |planning| planning.readiness(&id)).await?;
    in_language(&readiness_json(&found, language), language)
}

/// The same, and marks the plan as checked where nothing does.
pub(super) async fn check(
    State(app): State<App>,
    PlanParam(id): PlanParam,
    _: NoParams,
    Extension(note): Extension<Arc<RequestNote>>,
    Spoken(language): Spoken,
) -> Result<Response, Problem> {
    let mut planning = Changing::of(&app, &note)?;
    let found = planning
        .run(move |planning, who| planning.check(&id, who))
        .await?;
    in_language(&readiness_json(&found, language), language)
}

pub(super) async fn publish(
    State(app): State<App>,
    PlanParam(id): PlanParam,
    _: NoParams,
    Extension(note): Extension<Arc<RequestNote>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let mut planning = Changing::of(&app, &note)?;
    let body = whole(&app, &headers, body).await?;
    let order: Publication = if body.is_empty() {
        Publication::default()
    } else {
        parsed(&body)?
    };
    let effective = order.effective.as_deref().map(|text| {
        text.parse::<Timestamp>().map_err(|_| WorkError::Time {
            text: text.chars().take(40).collect(),
        })
    });
    let effective = effective.transpose()?;
    let reasons: Vec<(String, String)> = order.accept.into_iter().collect();
    let done = planning
        .run(move |planning, who| planning.publish(&id, effective, reasons, who))
        .await?;
    let mut answer = serde_json::to_value(&done.plan).unwrap_or_default();
    if let (Some(answer), Some(again)) = (answer.as_object_mut(), done.again) {
        answer.insert("again".to_owned(), json!(again));
    }
    fresh(&answer, StatusCode::OK)
}

/// The right to change plans, and in whose name.
pub(super) struct Changing {
    app: App,
    who: String,
}

impl Changing {
    pub(super) fn of(app: &App, note: &RequestNote) -> Result<Self, Problem> {
        if !app.config().allow_writes {
            return Err(Problem::WritesNotAllowed);
        }
        let peer: SocketAddr = note.peer;
        Ok(Self {
            app: app.clone(),
            who: format!("http {}", peer.ip()),
        })
    }

    pub(super) async fn run<T: Send + 'static>(
        &mut self,
        job: impl FnOnce(&Planning, &str) -> Result<T, WorkError> + Send + 'static,
    ) -> Result<T, Problem> {
        let who = std::mem::take(&mut self.who);
        work(&self.app, move |planning| job(planning, &who)).await
    }
}

/// Does something with the plans of the store, on a thread for what takes long.
pub(super) async fn work<T: Send + 'static>(
    app: &App,
    job: impl FnOnce(&Planning) -> Result<T, WorkError> + Send + 'static,
) -> Result<T, Problem> {
    let planning = app.planning()?;
    Ok(app.planners().run(move || job(&planning)).await??)
}

fn sent(params: UploadParams, plan: String, existing: Existing, upload: &Upload) -> SentUnits {
    SentUnits {
        files: GridFiles {
            paths: vec![upload.path().to_owned()],
            crs: params.crs,
            encoding: params.encoding,
            layer: params.layer,
            mapping: params.mapping,
            merge_parts: params.merge_parts,
            format: upload.format(),
            ..GridFiles::default()
        },
        plan,
        level: params.level,
        existing,
    }
}

fn taken_json(taken: &TakenUnits, language: Language) -> serde_json::Value {
    let notes = taken.reports.iter().flat_map(|report| {
        let notes = report.notes.iter();
        notes.map(|note| note.told(language.into()))
    });
    json!({
        "plan": taken.plan,
        "units": taken.units,
        "removed": taken.removed,
        "notes": notes.collect::<Vec<_>>(),
    })
}

fn readiness_json(found: &Readiness, language: Language) -> serde_json::Value {
    let objections = found.objections.iter().map(ObjectionTold::of);
    json!({
        "plan": found.plan.name,
        "version": found.plan.version().to_string(),
        "state": found.plan.state.as_str(),
        "grids": found.grids,
        "ready": found.is_ready(),
        "objections": objections.map(|one| json!(one.row(language))).collect::<Vec<_>>(),
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    let media_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next());
    media_type.is_some_and(|name| name.trim().eq_ignore_ascii_case("application/json"))
}

pub(super) fn parsed<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| Problem::MalformedBody {
        line: error.line(),
        column: error.column(),
    })
}

/// An answer about plans, which may change at any moment.
pub(super) fn fresh(value: &impl Serialize, status: StatusCode) -> Result<Response, Problem> {
    let mut response = Response::new(Body::from(to_json(value, 1024)?));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, JSON);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

pub(super) fn in_language(value: &impl Serialize, language: Language) -> Result<Response, Problem> {
    let mut response = fresh(value, StatusCode::OK)?;
    mark_language(&mut response, language);
    Ok(response)
}

fn made(answer: &impl Serialize, plan: &PlanView) -> Result<Response, Problem> {
    let mut response = fresh(answer, StatusCode::CREATED)?;
    if let Ok(place) = HeaderValue::from_str(&format!("/v1/plans/{}", plan.id)) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}
