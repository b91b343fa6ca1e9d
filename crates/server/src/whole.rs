//! Answers all of which is there before the first byte leaves.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode};

/// Header lines that an answer has when it leaves, so that they are given room once.
const MOST_HEADERS: usize = 14;

/// A whole answer. Its header lines are a list: they are only ever added to and written.
#[derive(Debug)]
pub(crate) struct Whole {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Bytes,
}

impl Whole {
    pub(crate) fn new(status: StatusCode, body: Bytes) -> Self {
        Self {
            status,
            headers: Vec::with_capacity(MOST_HEADERS),
            body,
        }
    }

    /// Adds a line.
    pub(crate) fn say(&mut self, name: HeaderName, value: HeaderValue) {
        self.headers.push((name, value));
    }
}

impl From<Whole> for Response {
    fn from(whole: Whole) -> Self {
        let mut response = Self::new(Body::from(whole.body));
        *response.status_mut() = whole.status;
        let headers = response.headers_mut();
        headers.reserve(MOST_HEADERS);
        for (name, value) in whole.headers {
            headers.append(name, value);
        }
        response
    }
}

impl From<http::Response<Bytes>> for Whole {
    fn from(response: http::Response<Bytes>) -> Self {
        let (parts, body) = response.into_parts();
        let mut whole = Self::new(parts.status, body);
        let mut last = None;
        for (name, value) in parts.headers {
            // a line with the name of the one before has none of its own
            last = name.or(last);
            if let Some(name) = &last {
                whole.say(name.clone(), value);
            }
        }
        whole
    }
}

#[cfg(test)]
mod tests {
    use http::header;

    use super::*;

    #[test]
    fn lines_of_one_name_stay_lines_of_their_own() {
        let mut response = http::Response::new(Bytes::from_static(b"body"));
        let headers = response.headers_mut();
        headers.append(header::VARY, HeaderValue::from_static("accept"));
        headers.append(header::ETAG, HeaderValue::from_static("\"1\""));
        headers.append(header::VARY, HeaderValue::from_static("origin"));
        let whole = Whole::from(response);
        let lines: Vec<_> = whole
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
            .collect();
        assert_eq!(
            lines,
            [("vary", "accept"), ("vary", "origin"), ("etag", "\"1\"")]
        );
        let back = Response::from(whole);
        assert_eq!(back.headers().get_all(header::VARY).iter().count(), 2);
    }
}
