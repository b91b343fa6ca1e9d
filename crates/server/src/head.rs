//! One request head, judged before hyper sees it: what RFC 9112 lets two readers understand
//! differently is refused, so that no proxy in front of us can disagree about where a request ends.

use memchr::memchr;

use crate::config::Limits;

/// Header lines of a request, at most: what hyper takes too.
const MOST_HEADERS: usize = 100;

/// How the body after a head is delimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// This many bytes follow (0 without a body).
    Length(u64),
    /// Chunks follow.
    Chunked,
}

/// Why a request is refused before it reaches a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Refusal {
    /// A line ends in LF without CR, or a CR stands alone.
    BareLineFeed = 1,
    /// The request line is not `METHOD SP target SP HTTP/1.x`.
    RequestLine,
    /// The version is not HTTP/1.0 or HTTP/1.1.
    Version,
    /// A header line has no name, a space before the colon, a folded value or a control character.
    HeaderLine,
    /// HTTP/1.1 without `Host`.
    NoHost,
    /// `Host` twice, or with characters that no host has.
    BadHost,
    /// `Content-Length` together with `Transfer-Encoding`.
    LengthAndEncoding,
    /// `Content-Length` twice, or not a plain number.
    BadLength,
    /// `Transfer-Encoding` other than one `chunked`, or in HTTP/1.0.
    BadEncoding,
    /// The head is larger than the limit.
    HeadTooLarge,
    /// The request target is longer than the limit.
    TargetTooLong,
    /// The head did not arrive in time.
    HeadTimeout,
}

impl Refusal {
    pub(crate) const ALL: [Self; 12] = [
        Self::BareLineFeed,
        Self::RequestLine,
        Self::Version,
        Self::HeaderLine,
        Self::NoHost,
        Self::BadHost,
        Self::LengthAndEncoding,
        Self::BadLength,
        Self::BadEncoding,
        Self::HeadTooLarge,
        Self::TargetTooLong,
        Self::HeadTimeout,
    ];
}

/// What is known after looking at the bytes so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Judgement {
    /// The head is not complete yet.
    Incomplete,
    /// The head is complete and sound: its length in bytes with the empty line, and what follows.
    Sound { length: usize, framing: Framing },
    /// The request is refused.
    Refused(Refusal),
}

/// Judges the bytes of a connection from the start of a request. `scanned` is how many of them
/// an earlier call has already looked through for the end of the head; it is moved forward.
///
/// Empty lines before the request line must be gone already.
pub(crate) fn judge(bytes: &[u8], scanned: &mut usize, limits: &Limits) -> Judgement {
    let mut at = *scanned;
    let end = loop {
        let Some(offset) = memchr(b'\n', &bytes[at..]) else {
            *scanned = bytes.len();
            return if bytes.len() > limits.head_bytes {
                Judgement::Refused(too_large(bytes, limits))
            } else {
                Judgement::Incomplete
            };
        };
        let feed = at + offset;
        if feed == 0 || bytes[feed - 1] != b'\r' {
            return Judgement::Refused(Refusal::BareLineFeed);
        }
        at = feed + 1;
        if feed >= 3 && bytes[feed - 3..feed] == *b"\r\n\r" {
            break at;
        }
    };
    if end > limits.head_bytes {
        return Judgement::Refused(too_large(bytes, limits));
    }
    match framing(&bytes[..end - 2], limits) {
        Ok(framing) => Judgement::Sound {
            length: end,
            framing,
        },
        Err(refusal) => Judgement::Refused(refusal),
    }
}

/// Which limit an oversized head breaks: the target's, when the request line alone is too long.
fn too_large(bytes: &[u8], limits: &Limits) -> Refusal {
    match bytes.iter().position(|&byte| byte == b'\n') {
        Some(first) if first <= limits.target_bytes => Refusal::HeadTooLarge,
        _ => Refusal::TargetTooLong,
    }
}

/// The framing of a complete head: lines that each end in CRLF, without the empty one.
fn framing(head: &[u8], limits: &Limits) -> Result<Framing, Refusal> {
    let mut lines = lines(head);
    let first = lines.next().ok_or(Refusal::RequestLine)?;
    let is_1_1 = version_of(first, limits)?;

    let mut hosts = 0_usize;
    let mut length = None;
    let mut encodings = 0_usize;
    for (number, line) in lines.enumerate() {
        if number == MOST_HEADERS {
            return Err(Refusal::HeadTooLarge);
        }
        let colon = memchr(b':', line).ok_or(Refusal::HeaderLine)?;
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if name.is_empty() || !name.iter().all(|&byte| is_token(byte)) {
            return Err(Refusal::HeaderLine);
        }
        if any(value, |byte| byte == 0x7f || (byte < 0x20 && byte != b'\t')) {
            return Err(if value.contains(&b'\r') {
                Refusal::BareLineFeed
            } else {
                Refusal::HeaderLine
            });
        }
        if name.eq_ignore_ascii_case(b"host") {
            hosts += 1;
            if !value.iter().all(|&byte| is_host(byte)) {
                return Err(Refusal::BadHost);
            }
        } else if name.eq_ignore_ascii_case(b"content-length") {
            if length.is_some() {
                return Err(Refusal::BadLength);
            }
            length = Some(plain_number(value).ok_or(Refusal::BadLength)?);
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            encodings += 1;
            if !value.eq_ignore_ascii_case(b"chunked") {
                return Err(Refusal::BadEncoding);
            }
        }
    }
    match (hosts, is_1_1) {
        (0, true) => return Err(Refusal::NoHost),
        (0 | 1, _) => {}
        _ => return Err(Refusal::BadHost),
    }
    match (length, encodings) {
        (Some(_), 1..) => Err(Refusal::LengthAndEncoding),
        (length, 0) => Ok(Framing::Length(length.unwrap_or(0))),
        (None, 1) if is_1_1 => Ok(Framing::Chunked),
        (None, _) => Err(Refusal::BadEncoding),
    }
}

/// The lines of a complete head, without the CRLF that each ends in.
pub(crate) fn lines(head: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = head;
    std::iter::from_fn(move || {
        let feed = memchr(b'\n', rest)?;
        let line = rest[..feed].strip_suffix(b"\r");
        rest = &rest[feed + 1..];
        line
    })
}

/// Whether the request line says HTTP/1.1 (or 1.0).
fn version_of(line: &[u8], limits: &Limits) -> Result<bool, Refusal> {
    let mut words = line.split(|&byte| byte == b' ');
    let (Some(method), Some(target), Some(version), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(Refusal::RequestLine);
    };
    if method.is_empty() || !method.iter().all(|&byte| is_token(byte)) || target.is_empty() {
        return Err(Refusal::RequestLine);
    }
    if any(target, |byte| byte <= 0x20 || byte >= 0x7f) {
        return Err(Refusal::RequestLine);
    }
    if target.len() > limits.target_bytes {
        return Err(Refusal::TargetTooLong);
    }
    match version {
        b"HTTP/1.1" => Ok(true),
        b"HTTP/1.0" => Ok(false),
        _ if version.starts_with(b"HTTP/") => Err(Refusal::Version),
        _ => Err(Refusal::RequestLine),
    }
}

/// Whether any byte is so. All are looked at, which the processor does many at a time.
fn any(bytes: &[u8], is_so: impl Fn(u8) -> bool) -> bool {
    bytes.iter().fold(false, |any, &byte| any | is_so(byte))
}

/// Characters of a token (RFC 9110, section 5.6.2): method and header names.
const fn is_token(byte: u8) -> bool {
    matches!(byte, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'0'..=b'9' | b'A'..=b'Z'
        | b'^'..=b'z' | b'|' | b'~')
}

/// Characters that a host with a port may have (RFC 3986, without userinfo and escapes).
pub(crate) const fn is_host(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'.' | b'_' | b':' | b'[' | b']')
}

/// Digits only: no sign, no list, nothing that overflows.
fn plain_number(value: &[u8]) -> Option<u64> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(value).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn judged(bytes: &[u8]) -> Judgement {
        judge(bytes, &mut 0, &Limits::default())
    }

    #[rstest]
    #[case::no_body("GET / HTTP/1.1\r\nHost: a\r\n\r\n", Framing::Length(0))]
    #[case::http_1_0_needs_no_host("GET / HTTP/1.0\r\n\r\n", Framing::Length(0))]
    #[case::length(
        "POST / HTTP/1.1\r\nhost:a:80\r\ncontent-LENGTH:  12 \r\n\r\n",
        Framing::Length(12)
    )]
    #[case::chunked(
        "POST / HTTP/1.1\r\nHost: [::1]:80\r\nTransfer-Encoding: Chunked\r\n\r\n",
        Framing::Chunked
    )]
    fn a_sound_head_tells_how_its_body_ends(#[case] head: &str, #[case] framing: Framing) {
        let length = head.len();
        assert_eq!(
            judged(head.as_bytes()),
            Judgement::Sound { length, framing }
        );
        let followed = format!("{head}more");
        assert_eq!(
            judged(followed.as_bytes()),
            Judgement::Sound { length, framing }
        );
    }

    // the cases of RFC 9112, sections 2.2, 3, 3.2, 5.1, 5.2, 6.1 and 6.3
    #[rstest]
    #[case::bare_lf("GET / HTTP/1.1\nHost: a\n\n", Refusal::BareLineFeed)]
    #[case::bare_lf_after_good_line("GET / HTTP/1.1\r\nHost: a\n\r\n", Refusal::BareLineFeed)]
    #[case::bare_cr("GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", Refusal::BareLineFeed)]
    #[case::no_host("GET / HTTP/1.1\r\nAccept: */*\r\n\r\n", Refusal::NoHost)]
    #[case::two_hosts("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", Refusal::BadHost)]
    #[case::host_with_path("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", Refusal::BadHost)]
    #[case::both(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        Refusal::LengthAndEncoding
    )]
    #[case::two_lengths(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n",
        Refusal::BadLength
    )]
    #[case::length_list(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\n",
        Refusal::BadLength
    )]
    #[case::signed_length(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\n",
        Refusal::BadLength
    )]
    #[case::huge_length(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
        Refusal::BadLength
    )]
    #[case::gzip_chunked(
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        Refusal::BadEncoding
    )]
    #[case::chunked_twice(
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
        Refusal::BadEncoding
    )]
    #[case::chunked_1_0(
        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
        Refusal::BadEncoding
    )]
    #[case::space_before_colon("GET / HTTP/1.1\r\nHost : a\r\n\r\n", Refusal::HeaderLine)]
    #[case::folded("GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n", Refusal::HeaderLine)]
    #[case::nul_in_value("GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n", Refusal::HeaderLine)]
    #[case::no_colon("GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", Refusal::HeaderLine)]
    #[case::two_spaces("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", Refusal::RequestLine)]
    #[case::http_0_9("GET /\r\n\r\n", Refusal::RequestLine)]
    #[case::tls_hello("\x16\x03\x01\r\n\r\n", Refusal::RequestLine)]
    #[case::http_2("PRI * HTTP/2.0\r\n\r\n", Refusal::Version)]
    fn what_readers_understand_differently_is_refused(
        #[case] head: &str,
        #[case] refusal: Refusal,
    ) {
        assert_eq!(judged(head.as_bytes()), Judgement::Refused(refusal));
    }

    #[test]
    fn a_head_is_judged_the_same_however_it_is_cut() {
        let head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\n";
        for cut in 0..head.len() {
            let mut scanned = 0;
            assert_eq!(
                judge(&head[..cut], &mut scanned, &Limits::default()),
                Judgement::Incomplete,
                "cut at {cut}"
            );
            assert_eq!(
                judge(head, &mut scanned, &Limits::default()),
                Judgement::Sound {
                    length: head.len(),
                    framing: Framing::Length(7)
                },
                "cut at {cut}"
            );
        }
    }

    #[test]
    fn an_endless_head_and_an_endless_target_are_refused_by_their_limits() {
        let limits = Limits {
            head_bytes: 100,
            target_bytes: 50,
            ..Limits::default()
        };
        let head = format!("GET / HTTP/1.1\r\nHost: {}", "a".repeat(200));
        assert_eq!(
            judge(head.as_bytes(), &mut 0, &limits),
            Judgement::Refused(Refusal::HeadTooLarge)
        );
        let target = format!("GET /{}", "a".repeat(200));
        assert_eq!(
            judge(target.as_bytes(), &mut 0, &limits),
            Judgement::Refused(Refusal::TargetTooLong)
        );
        let whole = format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "a".repeat(55));
        assert_eq!(
            judge(whole.as_bytes(), &mut 0, &limits),
            Judgement::Refused(Refusal::TargetTooLong)
        );
    }
}
