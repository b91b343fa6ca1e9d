//! Cross-origin reading by web pages: which origins, and what a browser is told.

use std::str::FromStr;

use http::{HeaderMap, HeaderName, HeaderValue, Method, header};

/// The origins whose pages may read answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Origins {
    /// No other origin.
    #[default]
    None,
    /// Every origin (`*`); answers carry nothing that a browser would keep secret.
    Any,
    /// These, as a browser writes them: `https://map.example.cn`.
    List(Vec<String>),
}

/// An origin that no browser would send.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not an origin: scheme://host[:port] without a path, or * for all")]
pub struct BadOrigin {
    given: String,
}

/// Reads `ORIGIN,…` or `*`.
impl FromStr for Origins {
    type Err = BadOrigin;

    fn from_str(text: &str) -> Result<Self, BadOrigin> {
        if text.trim() == "*" {
            return Ok(Self::Any);
        }
        let mut origins = Vec::new();
        for origin in text
            .split(',')
            .map(str::trim)
            .filter(|origin| !origin.is_empty())
        {
            let rest = origin.split_once("://").map(|(_, rest)| rest);
            let good =
                rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(crate::head::is_host));
            if !good {
                return Err(BadOrigin {
                    given: origin.to_owned(),
                });
            }
            origins.push(origin.to_ascii_lowercase());
        }
        Ok(if origins.is_empty() {
            Self::None
        } else {
            Self::List(origins)
        })
    }
}

const EXPOSED: HeaderValue =
    HeaderValue::from_static("etag, link, retry-after, wangge-version, x-request-id");
const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, DELETE, OPTIONS");
const HEADERS: HeaderValue = HeaderValue::from_static(
    "accept, accept-language, content-type, if-modified-since, if-none-match",
);
const MAX_AGE: HeaderValue = HeaderValue::from_static("3600");

impl Origins {
    /// Whether the request is a browser asking what it may send.
    pub(crate) fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
        method == Method::OPTIONS
            && headers.contains_key(header::ORIGIN)
            && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
    }

    /// Says with an answer what the page that asked may do with it.
    pub(crate) fn mark(
        &self,
        origin: Option<&HeaderValue>,
        preflight: bool,
        mut say: impl FnMut(HeaderName, HeaderValue),
    ) {
        let allowed = match self {
            Self::None => return,
            Self::Any => origin.map(|_| HeaderValue::from_static("*")),
            Self::List(list) => {
                say(header::VARY, HeaderValue::from_name(header::ORIGIN));
                origin
                    .filter(|origin| {
                        list.iter()
                            .any(|own| origin.as_bytes().eq_ignore_ascii_case(own.as_bytes()))
                    })
                    .cloned()
            }
        };
        let Some(allowed) = allowed else { return };
        say(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
        if preflight {
            say(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
            say(header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
            say(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
        } else {
            say(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(origins: &Origins, origin: &'static str) -> HeaderMap {
        let mut answer = HeaderMap::new();
        let origin = HeaderValue::from_static(origin);
        origins.mark(Some(&origin), false, |name, value| {
            answer.append(name, value);
        });
        answer
    }

    #[test]
    fn only_listed_origins_may_read() {
        let origins: Origins = "https://map.cn, http://localhost:3000".parse().unwrap();
        let allow = header::ACCESS_CONTROL_ALLOW_ORIGIN;
        assert_eq!(marked(&origins, "https://map.cn")[&allow], "https://map.cn");
        assert_eq!(
            marked(&origins, "http://localhost:3000")[&allow],
            "http://localhost:3000"
        );
        assert!(!marked(&origins, "https://map.cn.evil").contains_key(&allow));
        assert!(!marked(&origins, "null").contains_key(&allow));
        assert!(marked(&Origins::None, "https://map.cn").is_empty());
        assert_eq!(marked(&"*".parse().unwrap(), "null")[&allow], "*");
    }

    #[test]
    fn an_answer_that_depends_on_the_origin_says_so_to_caches() {
        let origins: Origins = "https://map.cn".parse().unwrap();
        assert_eq!(marked(&origins, "https://other.cn")[header::VARY], "origin");
    }

    #[test]
    fn an_origin_with_a_path_is_refused() {
        assert!("https://map.cn/".parse::<Origins>().is_err());
        assert!("map.cn".parse::<Origins>().is_err());
    }
}
