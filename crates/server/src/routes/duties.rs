//! `GET /v1/classes`, `/v1/departments` and `/v1/rules`: what answers about who is responsible are
//! made of.

use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use serde::Serialize;
use wangge_city::{City, Shown};

use super::{JSON, etag, not_modified, to_json, versioned};
use crate::app::App;
use crate::extract::{AtParam, IfNoneMatch};
use crate::problem::Problem;

/// Room for a list of a hundred rows.
const LIST_BYTES: usize = 16 << 10;

#[derive(Serialize)]
struct Classes<'a> {
    version: &'a str,
    classes: Vec<ClassRow<'a>>,
}

#[derive(Serialize)]
struct ClassRow<'a> {
    object: &'static str,
    code: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name_en: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    geometry: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accuracy: Option<&'static str>,
}

#[derive(Serialize)]
struct Departments<'a> {
    version: &'a str,
    departments: Vec<DepartmentRow<'a>>,
}

#[derive(Serialize)]
struct DepartmentRow<'a> {
    code: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<&'a str>,
}

#[derive(Serialize)]
struct Rules<'a> {
    version: &'a str,
    rules: Vec<RuleRow<'a>>,
}

#[derive(Serialize)]
struct RuleRow<'a> {
    rule: String,
    tier: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    area: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    grid_kind: Option<&'a str>,
    department: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
}

pub(super) async fn classes(
    State(app): State<App>,
    AtParam(at): AtParam,
    known: IfNoneMatch,
) -> Result<Response, Problem> {
    answer(&app, at, &known, |city| {
        to_json(&classes_of(city), LIST_BYTES)
    })
    .await
}

pub(super) async fn departments(
    State(app): State<App>,
    AtParam(at): AtParam,
    known: IfNoneMatch,
) -> Result<Response, Problem> {
    let shown = Shown {
        contacts: app.config().show_contacts,
        ..Shown::default()
    };
    answer(&app, at, &known, |city| {
        to_json(&departments_of(city, shown), LIST_BYTES)
    })
    .await
}

pub(super) async fn rules(
    State(app): State<App>,
    AtParam(at): AtParam,
    known: IfNoneMatch,
) -> Result<Response, Problem> {
    answer(&app, at, &known, |city| {
        to_json(&rules_of(city), LIST_BYTES)
    })
    .await
}

async fn answer(
    app: &App,
    at: Option<Timestamp>,
    known: &IfNoneMatch,
    body: impl Fn(&City) -> Result<Vec<u8>, Problem>,
) -> Result<Response, Problem> {
    let city = app.city_at(at).await?;
    let etag = etag(&city)?;
    if known.holds(&etag) {
        return Ok(not_modified(etag));
    }
    Ok(versioned(body(&city)?, JSON, etag))
}

fn classes_of(city: &City) -> Classes<'_> {
    let classes = city.responsibility().classes.classes().iter();
    Classes {
        version: city.version_text(),
        classes: classes
            .map(|class| ClassRow {
                object: class.object.as_str(),
                code: class.code.as_str(),
                name: &class.name,
                name_en: class.name_en.as_deref(),
                geometry: class.geometry.map(wangge_model::ClassGeometry::as_str),
                accuracy: class.accuracy.map(wangge_model::AccuracyClass::as_str),
            })
            .collect(),
    }
}

fn departments_of(city: &City, shown: Shown) -> Departments<'_> {
    let departments = city.responsibility().departments.all().iter();
    Departments {
        version: city.version_text(),
        departments: departments
            .map(|department| DepartmentRow {
                code: department.code.as_str(),
                name: &department.name,
                parent: department.parent.as_ref().map(AsRef::as_ref),
                kind: department.kind.as_deref(),
                phone: department.phone.as_deref().filter(|_| shown.contacts),
            })
            .collect(),
    }
}

fn rules_of(city: &City) -> Rules<'_> {
    let rules = city.responsibility().rules.all().iter();
    Rules {
        version: city.version_text(),
        rules: rules
            .map(|rule| RuleRow {
                rule: rule.key().to_string(),
                tier: rule.tier,
                object: rule.object.map(wangge_model::ObjectKind::as_str),
                class: rule.class.as_ref().map(AsRef::as_ref),
                area: rule.area.as_ref().map(AsRef::as_ref),
                grid_kind: rule.grid_kind.as_ref().map(wangge_model::GridKind::as_str),
                department: rule.department.as_str(),
                note: rule.note.as_deref(),
            })
            .collect(),
    }
}
