//! Bodies that are too long, end early, or are of no kind that is taken.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use rstest::rstest;

use super::{Door, GEOJSON, grids, refused};
use crate::json;

/// Sends a request as it is written and no more, and gives what comes back.
fn sent(door: &Door, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(door.service.address()).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    stream.write_all(request).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer
}

/// The head of a request, with more lines.
fn head(target: &str, lines: &str) -> String {
    format!(
        "POST {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: {GEOJSON}\r\n{lines}\r\n"
    )
}

#[test]
fn a_body_of_no_kind_that_is_taken_is_told_so() {
    let wanted = (415, "unsupported-media-type", "application/geo+json");
    refused("text/plain", b"001001", wanted);
}

#[test]
fn a_file_over_the_limit_is_told_by_its_announcement_or_when_it_passes_it() {
    let door = Door::open_within("[limits]\nupload_bytes = 1000\n");
    let wanted = (413, "body-too-large", "1000");
    door.refuses("", "text/csv", &[b'x'; 1001], wanted);
    let [made, _] = door.answers("", "text/csv", &[b'x'; 1000]);
    assert_eq!(made.status, 422, "{}", made.body);
    for target in ["/v1/plans?name=x", "/v1/plans/2/grids?existing=update"] {
        let chunks = format!("64\r\n{}\r\n", "x".repeat(100)).repeat(11);
        let request = head(target, "Transfer-Encoding: chunked\r\n") + &chunks + "0\r\n\r\n";
        let answer = sent(&door, request.as_bytes());
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    }
    door.is_unchanged();
    door.close();
}

#[rstest]
#[case::half_of_what_was_announced("Content-Length: 999999\r\n", false)]
#[case::chunks_that_break_off("Transfer-Encoding: chunked\r\n", true)]
fn a_file_that_breaks_off_changes_nothing(#[case] lines: &str, #[case] chunked: bool) {
    let door = Door::open();
    let text = String::from_utf8(grids()).unwrap();
    for target in ["/v1/plans?name=x", "/v1/plans/2/grids?existing=update"] {
        let body = if chunked {
            format!("{:x}\r\n{text}\r\n", text.len())
        } else {
            text.clone()
        };
        let answer = sent(&door, (head(target, lines) + &body).as_bytes());
        assert!(!answer.starts_with("HTTP/1.1 2"), "{answer}");
    }
    let list = json(&door.service.get("/v1/plans").body);
    assert_eq!(list["plans"].as_array().unwrap().len(), 2);
    door.is_unchanged();
    door.close();
}

#[test]
fn a_file_that_stalls_is_given_up() {
    let door = Door::open_within("[limits]\nstall_timeout_s = 1\n");
    let mut stream = TcpStream::connect(door.service.address()).unwrap();
    let begun = head("/v1/plans?name=x", "Content-Length: 1000\r\n") + "{";
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    stream.write_all(begun.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    door.is_unchanged();
    door.close();
}

#[test]
fn a_file_whose_head_states_two_lengths_is_refused() {
    let door = Door::open();
    let lines = "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n";
    for target in ["/v1/plans?name=x", "/v1/plans/2/grids?existing=update"] {
        let answer = sent(&door, (head(target, lines) + "0\r\n\r\n").as_bytes());
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    }
    door.is_unchanged();
    door.close();
}
