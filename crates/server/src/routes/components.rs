//! `GET /v1/components` and `GET /v1/components/{code}`: components as GeoJSON.

use std::sync::Arc;

use axum::extract::{Extension, RawQuery, State};
use axum::response::Response;
use http::{HeaderMap, HeaderValue, header};
use serde::Serialize;
use wangge_city::{Around, City, ComponentFeature, ComponentQuery, Shown, to_lattice};

use super::{GEOJSON, etag_in, mark_language, next_url, not_modified, to_json, versioned};
use crate::address::base_url;
use crate::app::App;
use crate::extract::{CodeParam, ComponentsParams, IfNoneMatch, Spoken, ViewParams};
use crate::front::RequestNote;
use crate::problem::Problem;

/// Room for a page of a hundred components.
const PAGE_BYTES: usize = 48 << 10;

#[derive(Serialize)]
struct Collection<'a> {
    r#type: &'static str,
    version: &'a str,
    #[serde(rename = "numberReturned")]
    number_returned: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    links: Vec<Link>,
    features: Vec<ComponentFeature<'a>>,
}

#[derive(Serialize)]
struct Link {
    rel: &'static str,
    r#type: &'static str,
    href: String,
}

pub(super) async fn list(
    State(app): State<App>,
    params: ComponentsParams,
    Spoken(language): Spoken,
    known: IfNoneMatch,
    RawQuery(query): RawQuery,
    Extension(note): Extension<Arc<RequestNote>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let city = app.city_at(params.at).await?;
    let etag = etag_in(&city, language)?;
    // a cursor of another version has no page in this one: it must not be called unchanged
    if params.cursor.is_none() && known.holds(&etag) {
        return Ok(not_modified(etag));
    }
    let config = app.config();
    let base = base_url(
        config.public_url.as_ref(),
        &config.trusted_peers,
        note.peer,
        &headers,
    );
    let own = query.unwrap_or_default();
    let shown = app.shown(language);
    let (body, next) = app
        .workers()
        .run(move || page(&city, params, shown, &base, &own))
        .await??;
    let mut response = versioned(body, GEOJSON, etag);
    mark_language(&mut response, language);
    if let Some(next) = next
        && let Ok(link) = HeaderValue::from_str(&format!("<{next}>; rel=\"next\""))
    {
        response.headers_mut().insert(header::LINK, link);
    }
    Ok(response)
}

pub(super) async fn one(
    State(app): State<App>,
    CodeParam(code): CodeParam,
    ViewParams { crs, at }: ViewParams,
    Spoken(language): Spoken,
    known: IfNoneMatch,
) -> Result<Response, Problem> {
    let city = app.city_at(at).await?;
    let etag = etag_in(&city, language)?;
    let shown = app.shown(language);
    let body = app
        .workers()
        .run(move || to_json(&city.component(&code, &crs, shown)?, 2048))
        .await??;
    if known.holds(&etag) {
        return Ok(not_modified(etag));
    }
    let mut response = versioned(body, GEOJSON, etag);
    mark_language(&mut response, language);
    Ok(response)
}

/// The collection, and the address of the one that follows.
fn page(
    city: &City,
    params: ComponentsParams,
    shown: Shown,
    base: &str,
    own: &str,
) -> Result<(Vec<u8>, Option<String>), Problem> {
    let crs = params.crs;
    let around = params
        .near
        .map(|(position, radius_m)| -> Result<_, Problem> {
            let point = to_lattice(&crs, position.lon, position.lat)?;
            Ok(Around { point, radius_m })
        });
    let page = city.components(&ComponentQuery {
        around: around.transpose()?,
        bbox: params.bbox.map(|bbox| bbox.extent(&crs)).transpose()?,
        unit: params.grid,
        class: params.class,
        department: params.department,
        limit: params.limit,
        cursor: params.cursor,
    })?;
    let next = page.next.as_ref();
    let next = next.map(|cursor| next_url(base, "components", own, cursor));
    let links = next.clone().map(|href| Link {
        rel: "next",
        r#type: "application/geo+json",
        href,
    });
    let features = (0..page.len()).map(|at| city.component_feature(&page, at, &crs, shown));
    let collection = Collection {
        r#type: "FeatureCollection",
        version: city.version_text(),
        number_returned: page.len(),
        links: links.into_iter().collect(),
        features: features.collect::<Result<_, _>>()?,
    };
    Ok((to_json(&collection, PAGE_BYTES)?, next))
}
