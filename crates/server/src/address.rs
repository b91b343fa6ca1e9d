//! The address that links in answers are written with, and whose word about it is taken.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use http::{HeaderMap, HeaderName, header};

use crate::head::is_host;

/// The address clients reach the service by: `https://grid.example.cn/wangge`, without a slash at
/// the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

/// Which peers may say, in `X-Forwarded-Proto`, `X-Forwarded-Host` and `X-Forwarded-Prefix`, how
/// the client reached us. From anybody else these headers are ignored.
///
/// The rule for a link in an answer: the configured public URL; else, from a trusted peer, what
/// the forwarded headers say; for what they do not say, `http` and the request's `Host`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedPeers(Vec<Network>);

/// Addresses that share their first bits: `10.0.0.0/8`, `::1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

/// Why an address in the configuration was not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// Not an http or https address.
    #[error(
        "{given:?} is not a public URL: http://host[:port][/path] or https://…, nothing after the path"
    )]
    PublicUrl {
        /// As given.
        given: String,
    },
    /// Not a network.
    #[error(
        "{given:?} is not a network: an address such as 10.1.2.3, or with a prefix length, 10.0.0.0/8"
    )]
    Network {
        /// As given.
        given: String,
    },
}

impl FromStr for PublicUrl {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let refused = || AddressError::PublicUrl {
            given: text.to_owned(),
        };
        let (scheme, rest) = text.split_once("://").ok_or_else(refused)?;
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let path = path.trim_end_matches('/');
        if !matches!(scheme, "http" | "https") || !good_host(host) || !good_prefix(path) {
            return Err(refused());
        }
        Ok(Self(format!("{scheme}://{host}{path}")))
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Network {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let refused = || AddressError::Network {
            given: text.to_owned(),
        };
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| refused())?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            Some(bits) => bits.parse().map_err(|_| refused())?,
            None => longest,
        };
        if bits > longest {
            return Err(refused());
        }
        Ok(Self { address, bits })
    }
}

impl Network {
    fn holds(self, peer: IpAddr) -> bool {
        match (self.address, peer.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(peer)) => {
                let mask = u32::MAX.checked_shl(32 - self.bits).unwrap_or(0);
                own.to_bits() & mask == peer.to_bits() & mask
            }
            (IpAddr::V6(own), IpAddr::V6(peer)) => {
                let mask = u128::MAX.checked_shl(128 - self.bits).unwrap_or(0);
                own.to_bits() & mask == peer.to_bits() & mask
            }
            _ => false,
        }
    }
}

/// The loopback networks.
impl Default for TrustedPeers {
    fn default() -> Self {
        Self(vec![
            Network {
                address: IpAddr::from([127, 0, 0, 0]),
                bits: 8,
            },
            Network {
                address: IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1]),
                bits: 128,
            },
        ])
    }
}

impl TrustedPeers {
    /// These networks and no others.
    pub const fn new(networks: Vec<Network>) -> Self {
        Self(networks)
    }

    fn trust(&self, peer: SocketAddr) -> bool {
        self.0.iter().any(|network| network.holds(peer.ip()))
    }
}

/// The start of every link in the answer to this request, without a slash at the end.
pub(crate) fn base_url(
    public: Option<&PublicUrl>,
    trusted: &TrustedPeers,
    peer: SocketAddr,
    headers: &HeaderMap,
) -> String {
    const PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
    const HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
    const PREFIX: HeaderName = HeaderName::from_static("x-forwarded-prefix");

    if let Some(PublicUrl(url)) = public {
        return url.clone();
    }
    let believed = trusted.trust(peer);
    // a chain of proxies appends to the list: the first entry is what the client used
    let said = |name: HeaderName| {
        let value = believed
            .then(|| headers.get(name))
            .flatten()?
            .to_str()
            .ok()?;
        value.split(',').next().map(str::trim)
    };
    let scheme = said(PROTO)
        .filter(|proto| matches!(*proto, "http" | "https"))
        .unwrap_or("http");
    let host = said(HOST)
        .filter(|host| good_host(host))
        .or_else(|| headers.get(header::HOST)?.to_str().ok())
        .filter(|host| good_host(host))
        .unwrap_or("localhost");
    let prefix = said(PREFIX)
        .map(|prefix| prefix.trim_end_matches('/'))
        .filter(|prefix| good_prefix(prefix))
        .unwrap_or_default();
    format!("{scheme}://{host}{prefix}")
}

fn good_host(host: &str) -> bool {
    (1..=255).contains(&host.len()) && host.bytes().all(is_host)
}

/// Empty, or `/a/b`: nothing that could leave the path or start another host.
fn good_prefix(path: &str) -> bool {
    path.is_empty()
        || (path.len() <= 255
            && path.starts_with('/')
            && !path.starts_with("//")
            && path.bytes().all(|byte| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.' | b'~')
            }))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::plain("http://a:8080", Some("http://a:8080"))]
    #[case::slash_at_the_end("https://a.cn/x/", Some("https://a.cn/x"))]
    #[case::no_scheme("a.cn", None)]
    #[case::other_scheme("ftp://a", None)]
    #[case::user_info("http://a@b", None)]
    #[case::query("http://a/x?y", None)]
    #[case::empty_host("http:///x", None)]
    fn a_public_url_is_scheme_host_and_path(#[case] given: &str, #[case] read: Option<&str>) {
        assert_eq!(
            given
                .parse::<PublicUrl>()
                .ok()
                .map(|url| url.to_string())
                .as_deref(),
            read
        );
    }

    #[rstest]
    #[case("10.0.0.0/8", "10.255.0.1", true)]
    #[case("10.0.0.0/8", "11.0.0.1", false)]
    #[case("10.1.2.3", "10.1.2.3", true)]
    #[case("10.1.2.3", "10.1.2.4", false)]
    #[case("0.0.0.0/0", "8.8.8.8", true)]
    #[case("10.0.0.0/8", "::ffff:10.0.0.1", true)]
    #[case("fd00::/8", "fd12::1", true)]
    #[case("fd00::/8", "fe80::1", false)]
    fn a_network_holds_the_addresses_that_share_its_bits(
        #[case] network: Network,
        #[case] peer: IpAddr,
        #[case] held: bool,
    ) {
        assert_eq!(network.holds(peer), held);
    }

    #[rstest]
    #[case("10.0.0.0/33")]
    #[case("10.0.0/8")]
    #[case("host")]
    fn what_is_no_network_is_refused(#[case] text: &str) {
        assert!(text.parse::<Network>().is_err());
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|&(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_str(value).unwrap(),
                )
            })
            .collect()
    }

    #[rstest]
    #[case::nothing_said(&[("host", "a:81")], "http://a:81")]
    #[case::proxy(&[("host", "inner"), ("x-forwarded-proto", "https"), ("x-forwarded-host", "grid.cn"), ("x-forwarded-prefix", "/w/")], "https://grid.cn/w")]
    #[case::chain(&[("host", "inner"), ("x-forwarded-host", "grid.cn, inner2")], "http://grid.cn")]
    #[case::nonsense(&[("host", "a"), ("x-forwarded-proto", "javascript"), ("x-forwarded-host", "b/c"), ("x-forwarded-prefix", "//evil")], "http://a")]
    fn a_trusted_peer_says_how_the_client_came(
        #[case] pairs: &[(&'static str, &str)],
        #[case] url: &str,
    ) {
        let peer = "127.0.0.1:5".parse().unwrap();
        assert_eq!(
            base_url(None, &TrustedPeers::default(), peer, &headers(pairs)),
            url
        );
    }

    #[test]
    fn a_stranger_is_not_believed() {
        let peer = "192.0.2.7:5".parse().unwrap();
        let said = headers(&[
            ("host", "a"),
            ("x-forwarded-host", "evil"),
            ("x-forwarded-proto", "https"),
        ]);
        assert_eq!(
            base_url(None, &TrustedPeers::default(), peer, &said),
            "http://a"
        );
    }

    #[test]
    fn a_configured_address_overrules_everything() {
        let peer = "127.0.0.1:5".parse().unwrap();
        let url: PublicUrl = "https://grid.cn".parse().unwrap();
        let said = headers(&[("host", "a"), ("x-forwarded-host", "b")]);
        assert_eq!(
            base_url(Some(&url), &TrustedPeers::default(), peer, &said),
            "https://grid.cn"
        );
    }
}
