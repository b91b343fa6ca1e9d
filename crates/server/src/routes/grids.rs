//! `GET /v1/grids` and `GET /v1/grids/{code}`: units as GeoJSON.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Extension, RawQuery, State};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream::try_unfold;
use http::{HeaderMap, HeaderValue, header};
use wangge_city::{City, GridPage, GridQuery, is_cheap};
use wangge_crs::Crs;

use super::{GEOJSON, etag, etag_in, mark_language, next_url, not_modified, to_json, versioned};
use crate::address::base_url;
use crate::app::App;
use crate::extract::{CodeParam, GridsParams, IfNoneMatch, Spoken, ViewParams};
use crate::front::RequestNote;
use crate::problem::Problem;

/// Features are written out once this much is ready.
const CHUNK_BYTES: usize = 64 << 10;

pub(super) async fn list(
    State(app): State<App>,
    params: GridsParams,
    known: IfNoneMatch,
    RawQuery(query): RawQuery,
    Extension(note): Extension<Arc<RequestNote>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let city = app.city_at(params.at).await?;
    let etag = etag(&city)?;
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
    let found = {
        let city = Arc::clone(&city);
        app.workers().run(move || find(city, params)).await??
    };
    let next = found
        .page
        .next
        .as_ref()
        .map(|cursor| next_url(&base, "grids", &own, cursor));
    let start = opening(&city, &found.page, next.as_deref());
    let pages = Pages {
        app,
        found: Arc::new(found),
        written: 0,
        start: Some(start),
    };
    // the first piece before the head of the answer: what fails in it is a problem of its own
    let (first, pages) = match pages.piece().await? {
        Some((first, pages)) => (first, Some(pages)),
        None => (Bytes::new(), None),
    };
    let body = match pages {
        Some(pages) if !pages.is_done() => {
            let rest = try_unfold((Some(first), pages), |(first, pages)| async move {
                match first {
                    Some(first) => Ok(Some((first, (None, pages)))),
                    None => Ok::<_, Problem>(
                        pages
                            .piece()
                            .await?
                            .map(|(piece, pages)| (piece, (None, pages))),
                    ),
                }
            });
            Body::from_stream(futures_util::TryStreamExt::map_err(rest, |_| Broken))
        }
        _ => Body::from(first),
    };
    let mut response = versioned(body, GEOJSON, etag);
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
    // classes have names in both languages
    let etag = etag_in(&city, language)?;
    let shown = app.shown(language);
    let body = {
        let city = Arc::clone(&city);
        app.workers()
            .run(move || to_json(&city.grid(&code, &crs, shown)?, 4096))
            .await??
    };
    if known.holds(&etag) {
        return Ok(not_modified(etag));
    }
    let mut response = versioned(body, GEOJSON, etag);
    mark_language(&mut response, language);
    Ok(response)
}

/// What a list's query found.
struct Found {
    city: Arc<City>,
    page: GridPage,
    crs: Crs,
    ground: bool,
}

fn find(city: Arc<City>, params: GridsParams) -> Result<Found, Problem> {
    let page = city.grids(&GridQuery {
        level: params.level,
        parent: params.parent,
        text: params.text,
        bbox: params
            .bbox
            .map(|bbox| bbox.extent(&params.crs))
            .transpose()?,
        limit: params.limit,
        cursor: params.cursor,
    })?;
    Ok(Found {
        city,
        page,
        crs: params.crs,
        ground: params.ground,
    })
}

/// The collection up to its first feature.
fn opening(city: &City, page: &GridPage, next: Option<&str>) -> Vec<u8> {
    let mut start = String::from("{\"type\":\"FeatureCollection\"");
    // writing to a text does not fail; versions and addresses need no escaping
    let _ = write!(
        start,
        ",\"version\":\"{}\",\"numberReturned\":{}",
        city.version_text(),
        page.len()
    );
    if let Some(next) = next {
        let _ = write!(
            start,
            ",\"links\":[{{\"rel\":\"next\",\"type\":\"application/geo+json\",\"href\":\"{next}\"}}]"
        );
    }
    start.push_str(",\"features\":[");
    start.into_bytes()
}

/// A list on its way out, in pieces.
struct Pages {
    app: App,
    found: Arc<Found>,
    written: usize,
    start: Option<Vec<u8>>,
}

impl Pages {
    fn is_done(&self) -> bool {
        self.written > self.found.page.len()
    }

    /// The next piece of the collection; `None` behind its end.
    async fn piece(mut self) -> Result<Option<(Bytes, Self)>, Problem> {
        if self.is_done() {
            return Ok(None);
        }
        let (found, from) = (Arc::clone(&self.found), self.written);
        let mut piece = self.start.take().unwrap_or_default();
        let work = move || -> Result<(Vec<u8>, usize), Problem> {
            let mut at = from;
            while at < found.page.len() && piece.len() < CHUNK_BYTES {
                if at > 0 {
                    piece.push(b',');
                }
                let mut feature = found.city.page_feature(
                    &found.page,
                    at,
                    if found.ground {
                        &found.crs
                    } else {
                        &Crs::Lattice
                    },
                )?;
                if !found.ground {
                    feature.geometry = None;
                }
                serde_json::to_writer(&mut piece, &feature).map_err(|_| Problem::Internal)?;
                at += 1;
            }
            if at == found.page.len() {
                piece.extend_from_slice(b"]}");
                at += 1;
            }
            Ok((piece, at))
        };
        let (piece, written) = if is_cheap(&self.found.crs) {
            work()?
        } else {
            self.app.workers().run(work).await??
        };
        self.written = written;
        Ok(Some((Bytes::from(piece), self)))
    }
}

/// A list that broke off: the client sees the connection close before the end.
#[derive(Debug, thiserror::Error)]
#[error("the list broke off")]
struct Broken;
