//! Tracks of devices to visits.

use std::fmt::Write as _;

use crate::house::{Answer, House};
use rstest::rstest;
use serde_json::{Value, json};
use wangge_server::Limits;

/// Over a border half-way in the first minute: unordered, with a position that is told twice, one that
/// nobody reaches, one that is known badly, and one that is elsewhere at the same moment.
const ROWS: [&str; 7] = [
    r#"{"device":"a","time":"2026-05-01T08:01:00+08:00","lon":120.811,"lat":40.705}"#,
    r#"{"device":"a","time":"2026-05-01T00:00:00Z","lon":120.809,"lat":40.705,"battery":97}"#,
    r#"{"device":"a","time":"2026-05-01T08:01:00+08:00","lon":120.811,"lat":40.705}"#,
    r#"{"device":"a","time":"2026-05-01T08:00:30+08:00","lon":121.5,"lat":40.705,"accuracy":5}"#,
    r#"{"device":"a","time":"2026-05-01T08:02:00+08:00","lon":120.812,"lat":40.705,"accuracy":500}"#,
    r#"{"device":"a","time":"2026-05-01T08:02:30+08:00","lon":120.812,"lat":40.705,"accuracy":null}"#,
    r#"{"device":"a","time":"2026-05-01T08:01:00+08:00","lon":120.9,"lat":40.705}"#,
];

/// The same as a spreadsheet writes it.
const TABLE: &str = "\u{feff}time, device ,lat,lon,accuracy,note\r\n\
    2026-05-01T08:01:00+08:00,a,40.705,120.811,,\"two\r\nlines\"\r\n\
    2026-05-01T00:00:00Z,a,40.705,120.809,,\r\n\
    2026-05-01T08:01:00+08:00,a,40.705,120.811,,\r\n\
    2026-05-01T08:00:30+08:00,a,40.705,121.5,5,\r\n\
    2026-05-01T08:02:00+08:00,a,40.705,120.812,500,\r\n\
    2026-05-01T08:02:30+08:00,a,40.705,120.812,,\r\n\
    2026-05-01T08:01:00+08:00,a,40.705,120.9,,\r\n";

const ARRAY: &str = "application/json";
const LINES: &str = "application/x-ndjson";
const CSV: &str = "text/csv";

/// A post with more header lines.
fn post_with(
    house: &House,
    target: &str,
    content_type: &str,
    headers: &str,
    body: impl AsRef<[u8]>,
) -> Answer {
    let body = body.as_ref();
    let mut connection = house.connect();
    connection.say(format!(
        "POST {target} HTTP/1.1\r\nHost: test\r\nContent-Type: {content_type}\r\n{headers}Content-Length: {}\r\n\r\n",
        body.len()
    ));
    connection.say(body);
    connection.answer()
}

fn post(house: &House, target: &str, content_type: &str, body: impl AsRef<[u8]>) -> Value {
    let answer = post_with(house, target, content_type, "", body);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn array() -> String {
    format!("[{}]", ROWS.join(","))
}

/// The type of the problem of a row, without its common start.
fn kind(row: &Value) -> &str {
    let kind = row["problem"]["type"].as_str().unwrap();
    kind.strip_prefix("urn:wangge:problem:").unwrap()
}

#[test]
fn a_track_over_a_border_is_two_visits_that_meet_half_way() {
    let house = House::of_town();
    let answer = post_with(&house, "/v1/tracks", ARRAY, "", array());
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(answer.headers["etag"], "\"1.1\"");
    assert_eq!(answer.headers["cache-control"], "private, no-cache");
    // a thousandth of a degree is 84.509 m long there: a cos(φ) π / 180,000 √(1 - e² sin²(φ))
    let expected = json!({
        "version": "1.1",
        "level": "grid",
        "visits": [
            {
                "device": "a", "status": "inside", "code": "211403001001", "name": "网格001",
                "entered": "2026-05-01T00:00:00Z", "left": "2026-05-01T00:00:30Z",
                "dwell_s": 30.0, "distance_m": 84.5, "fixes": 1, "end": "crossed",
            },
            {
                "device": "a", "status": "inside", "code": "211403001002", "name": "网格002",
                "entered": "2026-05-01T00:00:30Z", "left": "2026-05-01T00:02:30Z",
                "dwell_s": 120.0, "distance_m": 169.0, "fixes": 2, "end": "track-end",
            },
        ],
        "rejected": [
            {"device": "a", "row": 4, "time": "2026-05-01T00:00:30Z", "problem": "impossible-speed"},
            {"device": "a", "row": 7, "time": "2026-05-01T00:01:00Z", "problem": "same-time"},
            {"device": "a", "row": 5, "time": "2026-05-01T00:02:00Z", "problem": "inaccurate"},
        ],
        "invalid": [],
        "repeated": 1,
    });
    assert_eq!(answer.json(), expected);
}

#[test]
fn the_three_forms_of_a_body_have_the_same_answer() {
    let house = House::of_town();
    let expected = post(&house, "/v1/tracks", ARRAY, array());
    let lines = format!("\n{}\n", ROWS.join("\r\n\n"));
    for content_type in [LINES, "application/jsonl", "APPLICATION/NDJSON;charset=x"] {
        assert_eq!(post(&house, "/v1/tracks", content_type, &lines), expected);
    }
    for content_type in [CSV, "Text/CSV; charset=utf-8"] {
        assert_eq!(post(&house, "/v1/tracks", content_type, TABLE), expected);
    }
}

#[test]
fn devices_are_told_by_name_and_a_number_is_one() {
    let house = House::of_town();
    let rows = r#"[
        {"device":"b","time":"2026-05-01T00:00:00Z","lon":120.5,"lat":40.705},
        {"device":7,"time":"2026-05-01T00:00:00Z","lon":120.805,"lat":40.715},
        {"device":" 7 ","time":"2026-05-01T00:11:00Z","lon":120.805,"lat":40.715},
        {"device":"7\u002c0","time":"2026-05-01T00:00:00Z","lon":120.815,"lat":40.715}
    ]"#;
    let answer = post(&house, "/v1/tracks", ARRAY, rows);
    let visits: Vec<_> = answer["visits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|visit| {
            let word = |name: &str| visit[name].as_str();
            (word("device"), word("status"), word("code"), word("end"))
        })
        .collect();
    let (inside, outside) = (Some("inside"), Some("outside"));
    let grid = Some("211403002001");
    assert_eq!(
        visits,
        [
            (Some("7"), inside, grid, Some("gap")),
            (Some("7"), inside, grid, Some("track-end")),
            (Some("7,0"), inside, Some("211403001003"), Some("track-end")),
            (Some("b"), outside, None, Some("track-end")),
        ]
    );
    assert_eq!(answer["visits"][3].get("name"), None);
}

#[test]
fn visits_may_be_of_another_level() {
    let house = House::of_town();
    let answer = post(&house, "/v1/tracks?level=street", ARRAY, array());
    assert_eq!(answer["level"], "street");
    let visits = answer["visits"].as_array().unwrap();
    assert_eq!(visits.len(), 1, "{visits:?}");
    assert_eq!(visits[0]["code"], "211403001");
    assert_eq!(visits[0]["name"], "西街道");
    assert_eq!(visits[0]["dwell_s"], 150.0);
    let district = post(&house, "/v1/tracks?level=district", ARRAY, array());
    assert_eq!(district["visits"][0]["code"], "211403");
}

#[rstest]
#[case::by_name("Asia/Shanghai")]
#[case::by_offset("%2B08:00")]
#[case::by_an_offset_that_was_not_escaped("+08:00")]
fn times_are_in_the_zone_that_is_stated(#[case] zone: &str) {
    let house = House::of_town();
    let table = "device,time,lon,lat\n\
        a,2026-05-01 08:00:00,120.809,40.705\n\
        a,2026/05/01 08:01,120.811,40.705\n\
        a,2026-05-01T00:02:30Z,120.812,40.705\n";
    let answer = post(&house, &format!("/v1/tracks?zone={zone}"), CSV, table);
    let visits = answer["visits"].as_array().unwrap();
    assert_eq!(visits[0]["left"], "2026-05-01T08:00:30+08:00");
    assert_eq!(visits[1]["left"], "2026-05-01T08:02:30+08:00");
    let without = post(&house, "/v1/tracks", CSV, table);
    let rows = without["invalid"].as_array().unwrap();
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert_eq!(rows[1]["problem"]["parameter"], "time");
    let detail = rows[0]["problem"]["detail"].as_str().unwrap();
    assert!(detail.contains("`zone`"), "{detail}");
}

#[test]
fn positions_may_come_in_a_system_of_their_own() {
    let house = House::of_town();
    let ring = house.get("/v1/grids/211403001003?crs=EPSG:4528").json();
    let corner = ring["geometry"]["coordinates"][0][0].clone();
    let degree = |axis: usize| corner[axis].as_f64().unwrap() + 5.0;
    let row = format!(
        r#"[{{"device":"a","time":"2026-05-01T00:00:00Z","lon":{},"lat":{}}}]"#,
        degree(0),
        degree(1)
    );
    let answer = post(&house, "/v1/tracks?crs=EPSG:4528", ARRAY, row);
    assert_eq!(answer["visits"][0]["code"], "211403001003", "{answer}");
}

/// Every rule has its effect.
#[rstest]
#[case::unless_told("", 2, 3)]
#[case::one_is_never_deep_enough("hysteresis=200&least_stay=60", 1, 3)]
#[case::but_stays_long_enough("hysteresis=200&least_stay=30", 2, 3)]
#[case::the_worst_is_taken("max_accuracy=500", 2, 2)]
#[case::so_fast_is_nobody("max_speed=0.5", 1, 5)]
#[case::all_is_a_gap("max_gap=59", 3, 3)]
fn tracks_are_taken_for_what_the_address_says(
    #[case] query: &str,
    #[case] visits: usize,
    #[case] rejected: usize,
) {
    let house = House::of_town();
    let answer = post(&house, &format!("/v1/tracks?{query}"), ARRAY, array());
    let count = |name: &str| answer[name].as_array().unwrap().len();
    assert_eq!(
        (count("visits"), count("rejected")),
        (visits, rejected),
        "{answer}"
    );
}

#[rstest]
#[case::malformed("{\"device\":1", "malformed-row", None, "\"time\"", "“time”")]
#[case::no_object("[1,2]", "malformed-row", None, "must be an object", "对象")]
#[case::no_time(
    r#"{"device":1,"lon":120.8,"lat":40.7}"#,
    "malformed-row",
    None,
    "\"time\"",
    "“time”"
)]
#[case::null_device(
    r#"{"device":null,"time":"2026-05-01T00:00:00Z","lon":120.8,"lat":40.7}"#,
    "malformed-row",
    None,
    "\"device\"",
    "“device”"
)]
#[case::text_for_a_number(
    r#"{"device":1,"time":"2026-05-01T00:00:00Z","lon":"120.8","lat":40.7}"#,
    "malformed-row",
    None,
    "\"lon\"",
    "“lon”"
)]
#[case::overflow(
    r#"{"device":1,"time":"2026-05-01T00:00:00Z","lon":1e400,"lat":40.7}"#,
    "malformed-row",
    None,
    "\"lon\"",
    "“lon”"
)]
#[case::nameless(
    r#"{"device":" ","time":"2026-05-01T00:00:00Z","lon":120.8,"lat":40.7}"#,
    "bad-parameter",
    Some("device"),
    "1 to 256 bytes",
    "256 字节"
)]
#[case::no_moment(
    r#"{"device":1,"time":"noon","lon":120.8,"lat":40.7}"#,
    "bad-parameter",
    Some("time"),
    "\"noon\"",
    "“noon”"
)]
#[case::turned(
    r#"{"device":1,"time":"2026-05-01T00:00:00Z","lon":40.7,"lat":120.8}"#,
    "out-of-range",
    Some("lat"),
    "exchanged",
    "写反"
)]
#[case::below_zero(
    r#"{"device":1,"time":"2026-05-01T00:00:00Z","lon":120.8,"lat":40.7,"accuracy":-1}"#,
    "bad-parameter",
    Some("accuracy"),
    "metres, 0 or more",
    "米数"
)]
#[case::beyond_all(
    r#"{"device":1,"time":"2026-05-01T00:00:00Z","lon":120.8,"lat":40.7,"accuracy":1e300}"#,
    "bad-parameter",
    Some("accuracy"),
    "metres, 0 or more",
    "米数"
)]
#[case::a_system_of_its_own(
    r#"{"device":1,"time":"2026-05-01T00:00:00Z","lon":120.8,"lat":40.7,"crs":"gcj02"}"#,
    "parameter-not-offered",
    Some("crs"),
    "\"crs\"",
    "“crs”"
)]
#[case::a_zone_of_its_own(
    r#"{"device":1,"time":"2026-05-01T00:00:00Z","lon":120.8,"lat":40.7,"zone":"+08:00"}"#,
    "parameter-not-offered",
    Some("zone"),
    "\"zone\"",
    "“zone”"
)]
fn a_bad_row_says_why_in_its_place_and_the_others_are_answered(
    #[case] row: &str,
    #[case] expected: &str,
    #[case] parameter: Option<&str>,
    #[case] en: &str,
    #[case] zh: &str,
) {
    let house = House::of_town();
    let body = format!("{}\n\n{row}\n{}\n", ROWS[1], ROWS[0]);
    for (language, word) in [("en", en), ("zh", zh)] {
        let header = format!("Accept-Language: {language}\r\n");
        let answer = post_with(&house, "/v1/tracks", LINES, &header, &body);
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.headers["content-language"], language);
        let answer = answer.json();
        let invalid = answer["invalid"].as_array().unwrap();
        assert_eq!(invalid.len(), 1);
        assert_eq!(invalid[0]["row"], 2);
        assert_eq!(kind(&invalid[0]), expected);
        assert_eq!(invalid[0]["problem"]["parameter"].as_str(), parameter);
        let detail = invalid[0]["problem"]["detail"].as_str().unwrap();
        assert!(detail.contains(word), "{detail}");
        assert_eq!(answer["visits"].as_array().unwrap().len(), 2);
    }
}

#[test]
fn bad_rows_of_a_table_are_told_by_their_numbers() {
    let house = House::of_town();
    let mut table = b"device,time,lon,lat,accuracy,crs\n\
        a,2026-05-01T00:00:00Z,120.809,40.705,,\n\
        b,2026-05-01T00:00:00Z,120.809\n\
        b,2026-05-01T00:00:00Z,east,40.705,,\n\
        b,2026-05-01T00:00:00Z,NaN,40.705,,\n\
        b,2026-05-01T00:00:00Z,120.809,40.705,far,\n\
        b,2026-05-01T00:00:00Z,120.809,40.705,,gcj02\n\
        b,,120.809,40.705,,\n"
        .to_vec();
    // a name in GBK
    table.extend_from_slice(b"\xb3\xb5,2026-05-01T00:00:00Z,120.809,40.705,,\n");
    let long = "x".repeat(257);
    table.extend_from_slice(format!("{long},2026-05-01T00:00:00Z,120.809,40.705,,\n").as_bytes());
    table.extend_from_slice(b"a,2026-05-01T00:01:00Z,120.811,40.705,,\n");
    let answer = post(&house, "/v1/tracks", CSV, &table);
    assert_eq!(answer["visits"].as_array().unwrap().len(), 2, "{answer}");
    let told: Vec<_> = answer["invalid"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let parameter = row["problem"]["parameter"].as_str().unwrap_or_default();
            (row["row"].as_u64().unwrap(), kind(row), parameter)
        })
        .collect();
    assert_eq!(
        told,
        [
            (2, "malformed-row", ""),
            (3, "bad-parameter", "lon"),
            (4, "bad-parameter", "lon"),
            (5, "bad-parameter", "accuracy"),
            (6, "parameter-not-offered", "crs"),
            (7, "bad-parameter", "time"),
            (8, "bad-parameter", "device"),
            (9, "bad-parameter", "device"),
        ]
    );
    let detail = answer["invalid"][0]["problem"]["detail"].as_str().unwrap();
    assert_eq!(detail, "The row has 3 fields, the header 6.");
}

#[test]
fn a_line_over_the_limit_is_a_bad_row() {
    let house = House::limited(Limits {
        line_bytes: 100,
        ..Limits::default()
    });
    let body = format!("{{\"note\":\"{}\"}}\n{}\n", "x".repeat(100), ROWS[0]);
    let answer = post(&house, "/v1/tracks", LINES, body);
    assert_eq!(kind(&answer["invalid"][0]), "row-too-long");
    assert_eq!(answer["visits"].as_array().unwrap().len(), 1);
}

/// Their sentences take far more room than they do themselves.
#[rstest]
#[case::as_many_as_are_told_at_once(1000)]
#[case::one_more(1001)]
#[case::many(12_345)]
#[case::whole_pieces(3000)]
fn all_bad_rows_are_told(#[case] rows: u64) {
    let house = House::of_town();
    let body = "1\n".repeat(usize::try_from(rows).unwrap());
    let answer = post(&house, "/v1/tracks", LINES, &body);
    assert_eq!(answer["repeated"], 0);
    let invalid = answer["invalid"].as_array().unwrap();
    assert!(invalid.iter().map(|row| &row["row"]).eq(1..=rows));
    let accept = "Accept: text/csv\r\n";
    let table = post_with(&house, "/v1/tracks", LINES, accept, &body);
    let lines: Vec<&str> = table.text().lines().collect();
    assert_eq!(lines.len() as u64, rows + 1);
    assert!(lines[0].starts_with("device,status,"));
    assert!(lines[1..].iter().all(|line| line.starts_with(",invalid,")));
}

#[test]
fn a_body_without_positions_has_no_visits() {
    let house = House::of_town();
    for (content_type, body) in [
        (ARRAY, " [ ] "),
        (LINES, ""),
        (LINES, "\n\n"),
        (CSV, "device,time,lon,lat"),
    ] {
        let answer = post(&house, "/v1/tracks", content_type, body);
        for name in ["visits", "rejected", "invalid"] {
            assert_eq!(answer[name], json!([]), "{content_type}");
        }
    }
}

#[rstest]
#[case::nothing("")]
#[case::object(ROWS[0])]
#[case::broken("[{]")]
#[case::nested(&"[".repeat(100_000))]
#[case::a_table(TABLE)]
fn a_body_that_is_no_array_is_a_problem(#[case] body: &str) {
    let house = House::of_town();
    let answer = post_with(&house, "/v1/tracks", ARRAY, "", body);
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (400, "malformed-body")
    );
}

#[rstest]
#[case::nothing("", "device, time, lon, lat; it has: .")]
#[case::other_names("id,time,x,lat\n1,2,3,4\n", "device, lon; it has: id, time, x, lat.")]
#[case::semicolons(
    "device;time;lon;lat\n",
    "device, time, lon, lat; it has: device;time;lon;lat."
)]
fn a_table_without_its_columns_is_told_which(#[case] table: &str, #[case] expected: &str) {
    let house = House::of_town();
    let answer = post_with(&house, "/v1/tracks", CSV, "", table);
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (400, "missing-columns")
    );
    let detail = answer.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.ends_with(expected), "{detail}");
}

#[rstest]
#[case("crs=EPSG:1", "unknown-crs", "crs")]
#[case("crs=%2Bproj=utm", "unknown-crs", "crs")]
#[case("at=yesterday", "bad-parameter", "at")]
#[case("level=town", "bad-parameter", "level")]
#[case("zone=Asia/Nowhere", "bad-parameter", "zone")]
#[case("zone=", "bad-parameter", "zone")]
#[case("zone=../../etc/passwd", "bad-parameter", "zone")]
#[case("zone=%00", "bad-parameter", "zone")]
#[case("hysteresis=-1", "bad-parameter", "hysteresis")]
#[case("least_stay=1m", "bad-parameter", "least_stay")]
#[case("max_accuracy=inf", "bad-parameter", "max_accuracy")]
#[case("max_speed=1e999", "bad-parameter", "max_speed")]
#[case("max_gap=NaN", "bad-parameter", "max_gap")]
#[case("max_gap=1&max_gap=2", "repeated-parameter", "max_gap")]
#[case("accuracy=5", "unknown-parameter", "accuracy")]
fn a_parameter_that_is_none_is_told(
    #[case] query: &str,
    #[case] expected: &str,
    #[case] parameter: &str,
) {
    let house = House::of_town();
    let answer = post_with(
        &house,
        &format!("/v1/tracks?{query}"),
        ARRAY,
        "",
        "is not looked at",
    );
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (400, expected),
        "{}",
        answer.text()
    );
    assert_eq!(answer.json()["parameter"], parameter);
}

#[test]
fn parameters_may_be_as_large_as_numbers_are() {
    let house = House::of_town();
    let most = "1e308";
    let target = format!(
        "/v1/tracks?hysteresis={most}&least_stay={most}&max_accuracy={most}&max_speed={most}&max_gap={most}"
    );
    let answer = post(&house, &target, ARRAY, array());
    assert_eq!(answer["visits"].as_array().unwrap().len(), 1, "{answer}");
}

#[rstest]
#[case::form("application/x-www-form-urlencoded", "", 415, "unsupported-media-type")]
#[case::html(ARRAY, "Accept: text/html\r\n", 406, "not-acceptable")]
#[case::lines(ARRAY, "Accept: application/x-ndjson\r\n", 406, "not-acceptable")]
fn other_types_are_refused(
    #[case] content_type: &str,
    #[case] header: &str,
    #[case] status: u16,
    #[case] problem: &str,
) {
    let house = House::of_town();
    let answer = post_with(&house, "/v1/tracks", content_type, header, "[]");
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (status, problem)
    );
    assert_eq!(house.get("/v1/tracks").problem(), "method-not-allowed");
}

#[test]
fn a_body_over_the_limit_is_refused() {
    let house = House::limited(Limits {
        body_bytes: 100,
        ..Limits::default()
    });
    let answer = post_with(&house, "/v1/tracks", ARRAY, "", array());
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (413, "body-too-large")
    );
}

#[test]
fn tracks_over_their_number_are_told_to_come_again() {
    let house = House::limited(Limits {
        streams: 0,
        ..Limits::default()
    });
    let answer = post_with(&house, "/v1/tracks", ARRAY, "", array());
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (503, "overloaded")
    );
}

/// The table of `wangge track`.
#[test]
fn visits_are_a_table_where_accept_says_so() {
    let house = House::of_town();
    let body = format!("[{},7]", ROWS.join(","));
    let accept = "Accept: text/csv, application/json;q=0.5\r\nAccept-Language: en\r\n";
    let answer = post_with(&house, "/v1/tracks?zone=%2B08:00", ARRAY, accept, body);
    assert_eq!(answer.headers["content-type"], "text/csv; charset=utf-8");
    assert_eq!(answer.headers["etag"], "\"1.1\"");
    let lines: Vec<&str> = answer.text().lines().collect();
    assert_eq!(
        lines[0],
        "device,status,code,name,entered,left,dwell_s,distance_m,fixes,end,row,problem"
    );
    assert!(
        lines[1].starts_with(",invalid,,,,,,,,,8,\"A row must be"),
        "{}",
        lines[1]
    );
    assert_eq!(
        lines[2..],
        [
            "a,inside,211403001001,网格001,2026-05-01T08:00:00+08:00,2026-05-01T08:00:30+08:00,30.000,84.5,1,crossed,,",
            "a,inside,211403001002,网格002,2026-05-01T08:00:30+08:00,2026-05-01T08:02:30+08:00,120.000,169.0,2,track-end,,",
            "a,rejected,,,2026-05-01T08:00:30+08:00,2026-05-01T08:00:30+08:00,,,,,4,impossible-speed",
            "a,rejected,,,2026-05-01T08:01:00+08:00,2026-05-01T08:01:00+08:00,,,,,7,same-time",
            "a,rejected,,,2026-05-01T08:02:00+08:00,2026-05-01T08:02:00+08:00,,,,,5,inaccurate",
        ]
    );
}

/// Somebody who goes to and fro over a border, a position every minute.
fn to_and_fro(positions: u32, places: [&str; 2]) -> String {
    let start: jiff::Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let mut table = "device,time,lon,lat\n".to_owned();
    for n in 0..positions {
        let time = start + jiff::SignedDuration::from_mins(n.into());
        let lon = places[usize::from(n % 2 == 1)];
        writeln!(table, "a,{time},{lon},40.705").unwrap();
    }
    table
}

#[test]
fn a_long_track_is_answered_whole() {
    let house = House::of_town();
    let table = to_and_fro(50_000, ["120.809", "120.811"]);
    let answer = post(&house, "/v1/tracks", CSV, table);
    let visits = answer["visits"].as_array().unwrap();
    assert_eq!(visits.len(), 50_000);
    assert!(
        visits[1..49_999]
            .iter()
            .all(|visit| visit["dwell_s"] == 60.0)
    );
    assert_eq!(answer["rejected"], json!([]));
}

/// Within the limit of the body, each way goes into three grids or out of all.
#[test]
fn tracks_through_more_grids_than_an_answer_holds_are_refused() {
    let house = House::of_town();
    let table = to_and_fro(170_000, ["120.79", "120.83"]);
    let target = "/v1/tracks?max_speed=100";
    let answer = post_with(&house, target, CSV, "", &table);
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (413, "too-many-visits")
    );
    let half = &table[..table.len() / 2];
    let answer = post(&house, target, CSV, half);
    assert!(answer["visits"].as_array().unwrap().len() > 200_000);
}
