//! The log has one line for each request, and nothing in it that is about a person.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what helps tests may panic as tests do"
)]

#[path = "service/house/mod.rs"]
mod house;

use std::io::Write;
use std::sync::{Arc, Mutex};

use house::House;
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Kept {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[test]
fn each_request_is_one_line_without_positions() {
    let kept = Kept::default();
    tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(kept.clone())
        .init();
    let mut house = House::of_town();
    let mut connection = house.connect();
    let id = connection.get("/v1/locate?lon=120.815&lat=40.715").headers["x-request-id"].clone();
    connection.get("/v1/locate?lon=120.8secret&lat=40.7");
    connection.get("/v1/grids/211403001001");
    connection.get("/nowhere/120.815");
    connection.post(
        "/v1/locate",
        "application/json",
        r#"[{"lon":120.815,"lat":40.715}]"#,
    );
    connection.say("GET / HTTP/1.1\r\nHost: 120.815\n\r\n");
    assert_eq!(connection.answer().status, 400);
    house.stop();
    house.wait();

    let log = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<&str> = log.lines().filter(|line| line.contains("route=")).collect();
    assert_eq!(lines.len(), 6, "{log}");
    assert!(lines[0].contains(&format!("id=\"{id}\"")), "{log}");
    for (line, expected) in lines.iter().zip([
        r#"method="GET" route="/v1/locate" status=200"#,
        r#"method="GET" route="/v1/locate" status=400"#,
        r#"method="GET" route="/v1/grids/{code}" status=200"#,
        r#"method="GET" route="(none)" status=404"#,
        r#"method="POST" route="/v1/locate" status=200"#,
        r#"method="-" route="(refused)" status=400"#,
    ]) {
        assert!(line.contains(expected), "{expected} in {line}");
        assert!(line.contains(" ms=") && line.contains(" bytes="), "{line}");
    }
    for personal in ["120.8", "40.7", "211403", "secret", "127.0.0.1"] {
        assert!(!log.contains(personal), "{personal} in {log}");
    }
    assert!(!log.contains("WARN") && !log.contains("ERROR"), "{log}");
}
