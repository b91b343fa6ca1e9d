//! `GET /` and what its page loads: the viewer, which is built from `tiles/viewer` and carried in
//! the program. A program that was built without it has a plain page in its place.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Extension, Path, State};
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::address::base_url;
use crate::app::App;
use crate::archives::Archives;
use crate::extract::{IfNoneMatch, NoParams};
use crate::front::RequestNote;
use crate::problem::Problem;

/// What `npm run build` wrote: `index.html`, and `viewer/` with the hash of each file in its name,
/// each beside its `.gz`.
#[derive(RustEmbed)]
#[folder = "../../tiles/viewer/dist"]
#[allow_missing = true]
struct Built;

const PLAIN_PAGE: &str = include_str!("viewer/plain.html");

/// The page of a service that has archives only: the viewer looks at a city.
const ARCHIVES_PAGE: &str = include_str!("viewer/archives.html");

/// Where the archives stand in that page.
const LIST: &str = "<!-- archives -->";

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// The page is asked for again each time; what it loads has a name of its own for each content.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

pub(super) async fn page(
    State(app): State<App>,
    _: NoParams,
    Extension(note): Extension<Arc<RequestNote>>,
    known: IfNoneMatch,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let config = app.config();
    let base = base_url(
        config.public_url.as_ref(),
        &config.trusted_peers,
        note.peer,
        &headers,
    );
    let rasters = config.base_maps.iter().flat_map(|map| &map.tiles);
    let policy = policy([&base].into_iter().chain(rasters).map(String::as_str));
    let mut response = if !app.has_city() {
        html(ARCHIVES_PAGE.replace(LIST, &listed(&config.archives)))
    } else if let Some(file) = Built::get("index.html") {
        answer("index.html", &file, &known, &headers)?
    } else {
        html(PLAIN_PAGE)
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, ASK_AGAIN);
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_str(&policy).map_err(|_| Problem::Internal)?,
    );
    headers.insert(
        HeaderName::from_static("referrer-policy"),
        HeaderValue::from_static("same-origin"),
    );
    Ok(response)
}

fn html(page: impl Into<Body>) -> Response {
    let mut response = Response::new(page.into());
    response.headers_mut().insert(header::CONTENT_TYPE, HTML);
    response
}

/// A line for each archive: what it shows, its layers, and where its `TileJSON` and styles are.
fn listed(archives: &Archives) -> String {
    let mut list = String::new();
    for archive in archives.all() {
        let name = archive.name();
        let (min, max) = archive.zooms();
        list.push_str("<li>");
        escape(archive.title(), &mut list);
        // writing to a text does not fail
        let _ = writeln!(
            list,
            " ({min}–{max}): <a href=\"tiles/{name}\">tiles/{name}</a> \
             <a href=\"styles/day.json?source={name}\">styles/day.json?source={name}</a> \
             <a href=\"styles/plain.json?source={name}\">styles/plain.json?source={name}</a></li>"
        );
    }
    list
}

/// A text as it stands between tags.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
}

pub(super) async fn asset(
    Path(path): Path<String>,
    _: NoParams,
    known: IfNoneMatch,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let name = format!("viewer/{path}");
    let file = Built::get(&name).ok_or(Problem::UnknownRoute)?;
    let mut response = answer(&name, &file, &known, &headers)?;
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, FOR_EVER);
    Ok(response)
}

/// A file as it is, or its `.gz` for clients that take it.
fn answer(
    name: &str,
    file: &EmbeddedFile,
    known: &IfNoneMatch,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let packed = if takes_gzip(headers) {
        Built::get(&format!("{name}.gz"))
    } else {
        None
    };
    let mut tag = String::from("\"");
    for byte in &file.metadata.sha256_hash()[..8] {
        // writing to a text does not fail
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push_str(if packed.is_some() { "-gz\"" } else { "\"" });
    let etag = HeaderValue::from_str(&tag).map_err(|_| Problem::Internal)?;
    let mut response = Response::new(Body::empty());
    if known.holds(&etag) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        let zipped = packed.is_some();
        *response.body_mut() = Body::from(
            match packed.map_or_else(|| file.data.clone(), |packed| packed.data) {
                Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                Cow::Owned(bytes) => Bytes::from(bytes),
            },
        );
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, content_type(name));
        if zipped {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
    }
    let headers = response.headers_mut();
    headers.insert(header::ETAG, etag);
    headers.append(
        header::VARY,
        HeaderValue::from_name(header::ACCEPT_ENCODING),
    );
    Ok(response)
}

/// Whether gzip is named without being ruled out.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok());
    accepted.flat_map(|text| text.split(',')).any(|coding| {
        let mut parts = coding.split(';');
        let named = parts
            .next()
            .is_some_and(|name| name.trim().eq_ignore_ascii_case("gzip"));
        named
            && parts
                .find_map(|part| part.trim().strip_prefix("q="))
                .is_none_or(|weight| weight.trim().parse::<f32>().is_ok_and(|q| q > 0.0))
    })
}

fn content_type(name: &str) -> HeaderValue {
    HeaderValue::from_static(match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "json" | "map" => "application/json",
        _ => "application/octet-stream",
    })
}

/// Scripts and styles of our own only; data from us and from the raster maps that were configured.
fn policy<'a>(addresses: impl Iterator<Item = &'a str>) -> String {
    let mut hosts = String::new();
    for address in addresses {
        let origin = origin(address);
        if !hosts.split(' ').any(|host| host == origin) {
            hosts.push(' ');
            hosts.push_str(origin);
        }
    }
    format!(
        "default-src 'none'; script-src 'self'; worker-src 'self' blob:; style-src 'self'; \
         img-src 'self' data: blob:{hosts}; connect-src 'self'{hosts}; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'self'"
    )
}

/// Scheme, host and port of an address.
fn origin(address: &str) -> &str {
    let host = address.find("://").map_or(0, |at| at + 3);
    let end = address[host..]
        .find('/')
        .map_or(address.len(), |at| host + at);
    &address[..end]
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("gzip, deflate, br", true)]
    #[case("br;q=1, GZIP;q=0.5", true)]
    #[case("gzip;q=0", false)]
    #[case("identity", false)]
    #[case("", false)]
    fn gzip_is_sent_to_those_who_take_it(#[case] accepted: &str, #[case] taken: bool) {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::ACCEPT_ENCODING,
            HeaderValue::from_str(accepted).unwrap(),
        );
        assert_eq!(takes_gzip(&headers), taken);
    }

    #[test]
    fn the_policy_names_each_host_once() {
        let policy = policy(
            [
                "http://a.cn:81/w",
                "https://t.cn/{z}/{x}/{y}",
                "https://t.cn/2/{z}/{x}/{y}",
            ]
            .into_iter(),
        );
        assert!(
            policy.contains("connect-src 'self' http://a.cn:81 https://t.cn; "),
            "{policy}"
        );
    }
}
