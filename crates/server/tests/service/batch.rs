//! Many points at once.

use std::io::BufRead;

use crate::house::{Answer, House};
use rstest::rstest;
use serde_json::{Value, json};
use wangge_server::{Limits, ServerConfig};

const ROWS: [&str; 5] = [
    r#"{"id": "a", "lon": 120.805, "lat": 40.705}"#,
    r#"{"id": 7, "lon": 1e2, "lat": 10}"#,
    r#"{"lon": 120.815, "lat": 40.715, "note": "whatever else a row has"}"#,
    r#"{"id": "bad", "lon": "120.8", "lat": 40.7}"#,
    r#"{"id": "turned", "lon": 40.7, "lat": 120.8}"#,
];

fn check(answers: &[Value]) {
    assert_eq!(answers.len(), 5);
    assert_eq!(answers[0]["id"], "a");
    assert_eq!(answers[0]["grid"]["code"], "211403001001");
    assert_eq!(answers[1]["id"], 7);
    assert_eq!(answers[1]["status"], "outside");
    assert_eq!(answers[2].get("id"), None);
    assert_eq!(answers[2]["grid"]["code"], "211403001003");
    assert_eq!(answers[3]["id"], "bad");
    assert_eq!(answers[3]["status"], "error");
    assert_eq!(answers[3]["row"], 4);
    assert_eq!(
        answers[3]["problem"]["type"],
        "urn:wangge:problem:malformed-row"
    );
    assert_eq!(
        answers[4]["problem"]["type"],
        "urn:wangge:problem:out-of-range"
    );
    assert!(answers.iter().all(|answer| answer["version"] == "1.1"));
}

fn lines(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.headers["content-type"], "application/x-ndjson");
    assert!(answer.text().ends_with('\n'));
    answer
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn an_array_is_answered_in_order_with_bad_rows_in_their_places() {
    let body = format!("[{}]", ROWS.join(","));
    let answer = House::of_town()
        .connect()
        .post("/v1/locate", "application/json", &body);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(answer.headers["etag"], "\"1.1\"");
    check(answer.json().as_array().unwrap());
}

#[test]
fn lines_are_answered_in_order_with_bad_rows_in_their_places() {
    let body = format!("\n{}", ROWS.join("\r\n\n"));
    let answer = House::of_town()
        .connect()
        .post("/v1/locate", "application/x-ndjson", &body);
    check(&lines(&answer));
}

#[test]
fn a_row_answers_what_a_single_lookup_answers() {
    let house = House::of_town();
    let single = house
        .get("/v1/locate?lon=120.8051&lat=40.7051&near=10")
        .json();
    let row = r#"[{"lon": 120.8051, "lat": 40.7051}]"#;
    let batch = house
        .connect()
        .post("/v1/locate?near=10", "application/json", row);
    assert_eq!(batch.json(), json!([single]));
}

#[test]
fn an_empty_batch_has_an_empty_answer() {
    let house = House::of_town();
    assert_eq!(
        house
            .connect()
            .post("/v1/locate", "application/json", " [ ] ")
            .text(),
        "[]"
    );
    let none = house
        .connect()
        .post("/v1/locate", "application/x-ndjson", "\n\n");
    assert_eq!((none.status, none.text()), (200, ""));
}

#[rstest]
#[case("application/json", "application/x-ndjson")]
#[case(
    "application/json",
    "text/html, application/x-ndjson;q=0.9, application/json;q=0.5"
)]
fn the_answer_is_written_as_accept_says(#[case] content_type: &str, #[case] accept: &str) {
    let house = House::of_town();
    let body = format!("[{}]", ROWS.join(","));
    let mut connection = house.connect();
    connection.say(format!(
        "POST /v1/locate HTTP/1.1\r\nHost: test\r\nContent-Type: {content_type}\r\nAccept: {accept}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    ));
    check(&lines(&connection.answer()));
}

#[test]
fn lines_can_be_answered_as_an_array() {
    let house = House::of_town();
    for (body, expected) in [(ROWS.join("\n"), 5), (String::new(), 0)] {
        let mut connection = house.connect();
        connection.say(format!(
            "POST /v1/locate HTTP/1.1\r\nHost: test\r\nContent-Type: application/x-ndjson\r\nAccept: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ));
        let answer = connection.answer();
        assert_eq!(answer.json().as_array().unwrap().len(), expected);
    }
}

#[rstest]
#[case::form("application/x-www-form-urlencoded", "", 415, "unsupported-media-type")]
#[case::html("application/json", "Accept: text/html\r\n", 406, "not-acceptable")]
fn other_types_are_refused(
    #[case] content_type: &str,
    #[case] header: &str,
    #[case] status: u16,
    #[case] problem: &str,
) {
    let house = House::of_town();
    let mut connection = house.connect();
    connection.say(format!(
        "POST /v1/locate HTTP/1.1\r\nHost: test\r\nContent-Type: {content_type}\r\n{header}Content-Length: 2\r\n\r\n[]"
    ));
    let answer = connection.answer();
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (status, problem)
    );
}

#[rstest]
#[case::object(r#"{"lon": 1}"#)]
#[case::broken(r#"[{"lon": 1"#)]
#[case::nested(&"[".repeat(100_000))]
#[case::more_behind("[] []")]
#[case::nothing("")]
fn a_body_that_is_no_array_is_a_problem(#[case] body: &str) {
    let house = House::of_town();
    let mut connection = house.connect();
    let answer = connection.post("/v1/locate", "application/json", body);
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (400, "malformed-body")
    );
    assert_eq!(
        connection.get("/healthz").status,
        200,
        "the connection goes on"
    );
}

#[rstest]
#[case::not_offered(
    r#"{"lon": 120.805, "lat": 40.705, "near": 5}"#,
    "parameter-not-offered"
)]
#[case::no_accuracy(r#"{"lon": 120.805, "lat": 40.705, "accuracy": 0}"#, "bad-parameter")]
#[case::model_of_a_row(
    r#"{"lon": 120.805, "lat": 40.705, "accuracy": 5, "accuracy_model": "uniform"}"#,
    "parameter-not-offered"
)]
#[case::accuracy_is_a_text(r#"{"lon": 120.805, "lat": 40.705, "accuracy": "5"}"#, "malformed-row")]
#[case::id_is_an_object(r#"{"id": {}, "lon": 120.805, "lat": 40.705}"#, "malformed-row")]
#[case::no_latitude(r#"{"lon": 120.805}"#, "malformed-row")]
#[case::overflow(r#"{"lon": 1e400, "lat": 40.705}"#, "malformed-row")]
#[case::null(r#"{"lon": null, "lat": 40.705}"#, "malformed-row")]
#[case::no_object("[1, 2]", "malformed-row")]
#[case::no_json("lon=1", "malformed-row")]
fn a_bad_row_says_why(#[case] row: &str, #[case] problem: &str) {
    let house = House::of_town();
    let answer = house
        .connect()
        .post("/v1/locate", "application/x-ndjson", row);
    let rows = lines(&answer);
    assert_eq!(rows[0]["status"], "error");
    assert_eq!(
        rows[0]["problem"]["type"],
        format!("urn:wangge:problem:{problem}")
    );
}

#[test]
fn rows_may_bring_their_own_accuracy() {
    let house = House::of_town();
    // 40 m from a border, and where four grids meet
    let rows = concat!(
        r#"{"lon": 120.8095, "lat": 40.705, "accuracy": 1}"#,
        "\n",
        r#"{"lon": 120.8095, "lat": 40.705}"#,
        "\n",
    );
    let target = "/v1/locate?accuracy=100&accuracy_model=uniform";
    let answer = house.connect().post(target, "application/x-ndjson", rows);
    let rows = lines(&answer);
    assert_eq!(rows[0]["certain"], true);
    assert_eq!(rows[0]["candidates"][0]["share"], 1.0);
    assert_eq!(rows[1]["certain"], false);
    assert_eq!(rows[1]["candidates"][1]["code"], "211403001002");
    let plain = house.connect().post(
        "/v1/locate",
        "application/x-ndjson",
        "{\"lon\": 120.8095, \"lat\": 40.705}\n",
    );
    assert_eq!(lines(&plain)[0].get("candidates"), None);
}

#[test]
fn a_line_over_the_limit_is_a_bad_row_and_the_next_is_answered() {
    let house = House::limited(Limits {
        line_bytes: 100,
        ..Limits::default()
    });
    for length in [90, 200, 100_000] {
        let body = format!("{{\"id\": \"{}\"}}\n{}\n", "x".repeat(length), ROWS[0]);
        let answer = house
            .connect()
            .post("/v1/locate", "application/x-ndjson", &body);
        let rows = lines(&answer);
        assert_eq!(rows.len(), 2, "{length}");
        let expected = if length < 100 {
            "malformed-row"
        } else {
            "row-too-long"
        };
        assert_eq!(
            rows[0]["problem"]["type"],
            format!("urn:wangge:problem:{expected}")
        );
        assert_eq!(rows[1]["grid"]["code"], "211403001001");
    }
}

#[test]
fn a_batch_may_come_in_a_system_of_its_own() {
    let house = House::of_town();
    let own = house.get("/v1/grids/211403001003?crs=EPSG:4528").json()["geometry"]["coordinates"]
        [0][0]
        .clone();
    let row = format!(
        r#"{{"lon": {}, "lat": {}}}"#,
        own[0].as_f64().unwrap() + 5.0,
        own[1].as_f64().unwrap() + 5.0
    );
    let answer = house
        .connect()
        .post("/v1/locate?crs=EPSG:4528", "application/x-ndjson", &row);
    let rows = lines(&answer);
    assert_eq!(rows[0]["grid"]["code"], "211403001003", "{rows:?}");
    assert_eq!(rows[0]["point"]["crs"], "EPSG:4528");
}

#[test]
fn lines_are_answered_while_they_arrive() {
    let house = House::of_town();
    let mut connection = house.connect();
    connection.say(
        "POST /v1/locate HTTP/1.1\r\nHost: test\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n",
    );
    let line = format!("{}\n", ROWS[0]);
    let chunk = format!("{:x}\r\n{line}\r\n", line.len());
    connection.say(&chunk);
    // the head and the first answer are there before the second line is said
    let mut text = String::new();
    while !text.ends_with("}\n") || !text.contains("211403001001") {
        assert!(
            connection.reader.read_line(&mut text).unwrap() > 0,
            "{text}"
        );
    }
    connection.say(&chunk);
    connection.say("0\r\n\r\n");
    while !text.ends_with("\r\n0\r\n") {
        assert!(
            connection.reader.read_line(&mut text).unwrap() > 0,
            "{text}"
        );
    }
    assert_eq!(
        text.matches("211403001001").count(),
        4,
        "code and chain of two rows"
    );
}

#[test]
fn a_long_stream_is_answered_whole() {
    let house = House::of_town();
    let rows = 50_000;
    let mut connection = house.connect();
    let mut writer = connection.reader.get_ref().try_clone().unwrap();
    let said = std::thread::spawn(move || {
        use std::io::Write;
        writer
            .write_all(b"POST /v1/locate HTTP/1.1\r\nHost: test\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n")
            .unwrap();
        for start in (0..rows).step_by(1000) {
            let rows: Vec<String> = (start..start + 1000)
                .map(|id| format!("{{\"id\":{id},\"lon\":120.805,\"lat\":40.705}}\n"))
                .collect();
            let text = rows.concat();
            writer
                .write_all(format!("{:x}\r\n{text}\r\n", text.len()).as_bytes())
                .unwrap();
        }
        writer.write_all(b"0\r\n\r\n").unwrap();
    });
    let answer = connection.answer();
    said.join().unwrap();
    let answers = lines(&answer);
    assert_eq!(answers.len(), rows);
    for (id, answer) in answers.iter().enumerate() {
        assert_eq!(answer["id"], id);
    }
}

#[test]
fn a_stream_that_breaks_off_does_not_look_whole() {
    let house = House::limited(Limits {
        stall_timeout: std::time::Duration::from_millis(200),
        ..Limits::default()
    });
    let mut connection = house.connect();
    connection.say(format!(
        "POST /v1/locate HTTP/1.1\r\nHost: test\r\nContent-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n{}\n",
        ROWS[0]
    ));
    let mut text = Vec::new();
    std::io::Read::read_to_end(&mut connection.reader, &mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains("211403001001"), "{text}");
    assert!(text.contains("urn:wangge:problem:body-timeout"), "{text}");
    assert!(!text.ends_with("0\r\n\r\n"), "{text}");
}

#[test]
fn streams_over_their_number_are_told_to_come_again() {
    let house = House::with(ServerConfig {
        limits: Limits {
            streams: 1,
            ..Limits::default()
        },
        ..ServerConfig::default()
    });
    let head = "POST /v1/locate HTTP/1.1\r\nHost: test\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n";
    let line = format!("{}\n", ROWS[0]);
    let mut first = house.connect();
    first.say(format!("{head}{:x}\r\n{line}\r\n", line.len()));
    let mut status = String::new();
    first.reader.read_line(&mut status).unwrap();
    assert!(status.contains("200"), "{status}");
    let answer = house
        .connect()
        .post("/v1/locate", "application/x-ndjson", &line);
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (503, "overloaded")
    );
    drop(first);
    let start = std::time::Instant::now();
    while house
        .connect()
        .post("/v1/locate", "application/x-ndjson", &line)
        .status
        != 200
    {
        assert!(start.elapsed().as_secs() < 5, "the place is not given back");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}
