//! The short lane: requests whose answer is at hand are read and answered without hyper, by a quarter
//! fewer instructions.
//!
//! It takes what it understands whole, and leaves everything else as it is. What it answers is what
//! [`Front`] says, so the two ways cannot say different things.

use std::cell::{Cell, RefCell};
use std::io::IoSlice;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::{Buf, Bytes};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;

use crate::front::{Front, Record};
use crate::head::lines;
use crate::routes::Routes;
use crate::whole::Whole;

/// Room for the head of an answer.
const HEAD_BYTES: usize = 640;

/// The lane of one connection.
pub(crate) struct Lane {
    front: Arc<Front>,
    peer: SocketAddr,
}

/// An answer on its way out.
pub(crate) struct Outgoing {
    head: Vec<u8>,
    /// How many bytes of the head have left.
    sent: usize,
    body: Bytes,
    record: Record,
}

impl Lane {
    pub(crate) const fn of(front: Arc<Front>, peer: SocketAddr) -> Self {
        Self { front, peer }
    }

    /// The answer to a request that has no body, if it is at hand. The head has been judged; the
    /// connection goes on after it.
    pub(crate) fn answer(&self, head: &[u8]) -> Option<Outgoing> {
        // what no route has at hand is not read for nothing
        if !Routes::may_have(path_of(head)?) {
            return None;
        }
        let mut headers = HEADERS.take();
        let uri = read(head, &mut headers)?;
        let found = self.front.at_hand(&uri, &headers, self.peer);
        headers.clear();
        HEADERS.set(headers);
        let (answer, record) = found?;
        Some(Outgoing {
            head: written(&answer),
            sent: 0,
            body: answer.body,
            record,
        })
    }
}

impl Outgoing {
    /// What has not left yet.
    pub(crate) fn left(&self) -> [IoSlice<'_>; 2] {
        [
            IoSlice::new(&self.head[self.sent..]),
            IoSlice::new(&self.body),
        ]
    }

    /// The rest after this many bytes have left; `None` when nothing is left.
    pub(crate) fn after(mut self, bytes: usize) -> Option<Self> {
        let of_head = bytes.min(self.head.len() - self.sent);
        let of_body = (bytes - of_head).min(self.body.len());
        self.sent += of_head;
        self.body.advance(of_body);
        let all = self.sent == self.head.len() && self.body.is_empty();
        self.record.left(of_body, all);
        (!all).then_some(self)
    }
}

/// The target of a `GET`, up to its query.
fn path_of(head: &[u8]) -> Option<&[u8]> {
    let target = head.strip_prefix(b"GET ")?;
    let end = target.iter().position(|byte| matches!(byte, b' ' | b'?'))?;
    Some(&target[..end])
}

/// Reads a request that asks for nothing but an answer on a connection that goes on.
fn read(head: &[u8], headers: &mut HeaderMap) -> Option<Uri> {
    // one piece of memory for all that is kept of it
    let head = Bytes::copy_from_slice(head.strip_suffix(b"\r\n")?);
    let mut lines = lines(&head);
    let target = lines
        .next()?
        .strip_prefix(b"GET ")?
        .strip_suffix(b" HTTP/1.1")?;
    let uri = Uri::from_maybe_shared(head.slice_ref(target)).ok()?;
    for line in lines {
        let colon = memchr::memchr(b':', line)?;
        let name = HeaderName::from_bytes(&line[..colon]).ok()?;
        let value = trimmed(&line[colon + 1..]);
        match name {
            header::CONNECTION if !value.eq_ignore_ascii_case(b"keep-alive") => return None,
            header::UPGRADE | header::EXPECT => return None,
            _ => {}
        }
        headers.append(
            name,
            HeaderValue::from_maybe_shared(head.slice_ref(value)).ok()?,
        );
    }
    Some(uri)
}

/// A value without the white space around it (RFC 9112, section 5).
fn trimmed(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

/// The head of an answer, as it is written.
fn written(answer: &Whole) -> Vec<u8> {
    let status = answer.status;
    let mut head = Vec::with_capacity(HEAD_BYTES);
    head.extend_from_slice(b"HTTP/1.1 ");
    head.extend_from_slice(status.as_str().as_bytes());
    head.extend_from_slice(b" ");
    head.extend_from_slice(status.canonical_reason().unwrap_or_default().as_bytes());
    head.extend_from_slice(b"\r\n");
    let mut line = |name: &[u8], value: &[u8]| {
        for part in [name, b": ", value, b"\r\n"] {
            head.extend_from_slice(part);
        }
    };
    for (name, value) in &answer.headers {
        line(name.as_str().as_bytes(), value.as_bytes());
    }
    // neither may say how long a body is that it does not have (RFC 9110, sections 8.6 and 15.4.5)
    if !matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) {
        line(b"content-length", decimal(answer.body.len(), &mut [0; 20]));
    }
    DATE.with_borrow_mut(|date| line(b"date", date.now()));
    head.extend_from_slice(b"\r\n");
    head
}

/// A number in decimal digits.
fn decimal(mut number: usize, room: &mut [u8; 20]) -> &[u8] {
    let mut from = room.len();
    loop {
        from -= 1;
        #[expect(clippy::cast_possible_truncation, reason = "a digit")]
        let digit = (number % 10) as u8;
        room[from] = b'0' + digit;
        number /= 10;
        if number == 0 {
            return &room[from..];
        }
    }
}

thread_local! {
    /// Room for the headers of the request that the thread is at.
    static HEADERS: Cell<HeaderMap> = Cell::default();
    static DATE: RefCell<Date> = const { RefCell::new(Date { second: 0, text: String::new() }) };
}

/// The time as headers have it, written once a second.
struct Date {
    second: u64,
    text: String,
}

impl Date {
    fn now(&mut self) -> &[u8] {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let second = since.map_or(0, |since| since.as_secs());
        if second != self.second || self.text.is_empty() {
            let time = i64::try_from(second).ok();
            let time = time.and_then(|second| Timestamp::from_second(second).ok());
            let printed =
                DateTimePrinter::new().timestamp_to_rfc9110_string(&time.unwrap_or_default());
            self.text = printed.unwrap_or_default();
            self.second = second;
        }
        self.text.as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// What is read of a head, as lines.
    fn taken(head: &str) -> Option<Vec<String>> {
        let mut headers = HeaderMap::new();
        let uri = read(head.as_bytes(), &mut headers)?;
        let lines = headers
            .iter()
            .map(|(name, value)| format!("{name}={}", value.to_str().unwrap()));
        Some(std::iter::once(uri.to_string()).chain(lines).collect())
    }

    #[test]
    fn a_plain_request_is_read_as_it_is_written() {
        let head = "GET /a?b=1 HTTP/1.1\r\nHost: h:80\r\nACCEPT:\t a, b \r\nAccept:c\r\nConnection: Keep-Alive\r\nX:\r\n\r\n";
        assert_eq!(
            taken(head).unwrap(),
            [
                "/a?b=1",
                "host=h:80",
                "accept=a, b",
                "accept=c",
                "connection=Keep-Alive",
                "x="
            ]
        );
    }

    #[rstest]
    #[case::older("GET /a HTTP/1.0\r\n\r\n")]
    #[case::other_method("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n")]
    #[case::last_of_its_connection("GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")]
    #[case::last_among_others(
        "GET /a HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, close\r\n\r\n"
    )]
    #[case::upgrade("GET /a HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n\r\n")]
    #[case::expects("GET /a HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n\r\n")]
    fn all_others_are_left(#[case] head: &str) {
        assert_eq!(taken(head), None);
    }

    #[rstest]
    #[case("GET /tiles/a/1/2/3?x HTTP/1.1", Some("/tiles/a/1/2/3"))]
    #[case("GET /v1/locate HTTP/1.1", Some("/v1/locate"))]
    #[case("POST /v1/locate HTTP/1.1", None)]
    #[case("GET ", None)]
    fn the_path_ends_where_the_query_begins(#[case] line: &str, #[case] path: Option<&str>) {
        assert_eq!(path_of(line.as_bytes()), path.map(str::as_bytes));
    }

    #[test]
    fn numbers_are_written_in_all_their_digits() {
        for number in [0, 7, 10, 9_999, 10_000, usize::MAX] {
            let mut room = [0; 20];
            assert_eq!(decimal(number, &mut room), number.to_string().as_bytes());
        }
    }

    // a date of RFC 9110, section 5.6.7
    #[test]
    fn the_date_is_of_the_form_that_headers_have() {
        let mut date = Date {
            second: 0,
            text: String::new(),
        };
        let now = String::from_utf8(date.now().to_vec()).unwrap();
        assert!(now.len() == 29 && now.ends_with(" GMT"), "{now}");
        // written anew in another second
        (date.second, date.text) = (1, "of before".to_owned());
        assert_eq!(date.now().len(), 29);
    }
}
