//! `GET /v1/plans/{id}/diff` and the lists below it: what a redesign changes, and what is to be done.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use wangge_city::AskedDiff;
use wangge_city::work::{Beside, Comparison, WorkError, WorkListTerms};
use wangge_exchange::Sheet;

use super::plans::{fresh, work};
use super::{CSV, GEOJSON, accepted, mark_language};
use crate::app::App;
use crate::extract::{DiffParams, Spoken};
use crate::language::Language;
use crate::problem::Problem;
use crate::upload::received;

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// The lists that there are, by the names of their files.
const LISTS: [&str; 4] = ["components.csv", "cases.csv", "posts.csv", "codes.csv"];

/// A page loads nothing, and nothing may be put into it.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; \
     frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
);

/// The forms of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Json,
    GeoJson,
    Html,
    Text,
}

pub(super) async fn diff(
    State(app): State<App>,
    Path(id): Path<String>,
    params: DiffParams,
    Spoken(language): Spoken,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let form = Form::accepted(&headers)?;
    let asked = asked(id, &params);
    let told = work(&app, move |planning| {
        let (comparison, beside) = planning.diff(&asked)?;
        Ok(told(&comparison, &beside, form, language))
    });
    let told = told.await??;
    let mut response = match told {
        ReportTold::Json(value) => fresh(&value, StatusCode::OK)?,
        ReportTold::Text(text, content_type) => bytes(text.into_bytes(), content_type),
    };
    if form == Form::Html {
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    }
    mark_language(&mut response, language);
    response
        .headers_mut()
        .append(header::VARY, HeaderValue::from_name(header::ACCEPT));
    Ok(response)
}

/// One of the lists of what is to be done.
pub(super) async fn list(
    State(app): State<App>,
    Path((id, name)): Path<(String, String)>,
    params: DiffParams,
) -> Result<Response, Problem> {
    let place = place_of(&name)?;
    listed(&app, asked(id, &params), place, &params).await
}

/// The list of open cases, which are the body.
pub(super) async fn cases(
    State(app): State<App>,
    Path((id, name)): Path<(String, String)>,
    params: DiffParams,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let place = place_of(&name)?;
    if LISTS[place] != "cases.csv" {
        return Err(Problem::MethodNotAllowed);
    }
    let upload = received(&app, &headers, body, None).await?;
    let asked = AskedDiff {
        cases: Some(upload.path().to_owned()),
        ..asked(id, &params)
    };
    let listed = listed(&app, asked, place, &params).await;
    drop(upload);
    listed
}

async fn listed(
    app: &App,
    asked: AskedDiff,
    place: usize,
    params: &DiffParams,
) -> Result<Response, Problem> {
    let terms = WorkListTerms {
        unclear_within_m: params.unclear_within_m,
        show_contacts: app.config().show_contacts,
        date: None,
    };
    let text = work(app, move |planning| {
        let (comparison, beside) = planning.diff(&asked)?;
        let lists = comparison.work_lists(&beside, &terms)?;
        let (_, sheet) = lists.all()[place];
        csv(sheet)
    });
    Ok(bytes(text.await?, CSV))
}

fn csv(sheet: &Sheet) -> Result<Vec<u8>, WorkError> {
    Ok(sheet.to_csv()?)
}

enum ReportTold {
    Json(serde_json::Value),
    Text(String, HeaderValue),
}

fn told(
    comparison: &Comparison,
    beside: &Beside,
    form: Form,
    language: Language,
) -> Result<ReportTold, Problem> {
    let report = comparison.report(&comparison.evidence(beside));
    Ok(match form {
        Form::Json => {
            ReportTold::Json(serde_json::to_value(&report).map_err(|_| Problem::Internal)?)
        }
        Form::GeoJson => ReportTold::Text(report.geojson().to_string(), GEOJSON),
        Form::Html => ReportTold::Text(comparison.html(&report, language.into()), HTML),
        Form::Text => ReportTold::Text(
            report.text(language.into()),
            HeaderValue::from_static("text/plain; charset=utf-8"),
        ),
    })
}

impl Form {
    /// What the client ranks highest; JSON where it does not mind.
    fn accepted(headers: &HeaderMap) -> Result<Self, Problem> {
        const KNOWN: &[&str] = &[
            "application/json",
            "application/geo+json",
            "text/html",
            "text/plain",
        ];
        let of = |range: &str| match range {
            "application/json" | "application/*" | "*/*" => Some(Self::Json),
            "application/geo+json" => Some(Self::GeoJson),
            "text/html" => Some(Self::Html),
            "text/plain" | "text/*" => Some(Self::Text),
            _ => None,
        };
        accepted(headers, Self::Json, of).ok_or(Problem::NotAcceptable { known: KNOWN })
    }
}

fn asked(id: String, params: &DiffParams) -> AskedDiff {
    AskedDiff {
        plan: id,
        against: params.against.clone(),
        level: params.level.clone(),
        survey_tolerance_m: params.survey_tolerance_m,
        cases: None,
    }
}

fn place_of(name: &str) -> Result<usize, Problem> {
    let place = LISTS.iter().position(|list| *list == name);
    place.ok_or(Problem::UnknownRoute)
}

fn bytes(body: Vec<u8>, content_type: HeaderValue) -> Response {
    let mut response = Response::new(Body::from(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, content_type);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
