//! Many points as a table: CSV and Arrow streams.

use std::io::{Cursor, Read};
use std::sync::Arc;
use std::time::{Duration, Instant};

use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch};
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::StreamWriter;
use rstest::rstest;
use wangge_city::{City, Published};
use wangge_model::{ClassTable, Component, ComponentState, ListRow, OwnDepartments};
use wangge_plane::{Figure, Point};
use wangge_server::{Limits, ServerConfig};

use crate::house::{Answer, Connection, House, drawing};

const ARROW: &str = "application/vnd.apache.arrow.stream";

const ROWS: &str =
    "id,lon,lat\na,120.805,40.705\n7,100,10\n,120.815,40.715\nbad,east,40.7\nshort,1\n";

fn post(house: &House, target: &str, content_type: &str, body: &[u8]) -> Answer {
    let mut connection = house.connect();
    say(&mut connection, target, content_type, body);
    connection.answer()
}

fn say(connection: &mut Connection, target: &str, content_type: &str, body: &[u8]) {
    connection.say(format!(
        "POST {target} HTTP/1.1\r\nHost: test\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    ));
    connection.say(body);
}

#[test]
fn a_csv_is_answered_in_order_with_bad_rows_in_their_places() {
    let house = House::of_town();
    let answer = post(&house, "/v1/locate", "text/csv", ROWS.as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.headers["content-type"], "text/csv; charset=utf-8");
    assert_eq!(answer.headers["etag"], "\"1.1\"");
    assert_eq!(answer.headers["cache-control"], "private, no-cache");
    let lines: Vec<&str> = answer.text().lines().collect();
    assert_eq!(lines.len(), 6);
    assert!(lines[0].starts_with("id,lon,lat,status,"), "{}", lines[0]);
    assert!(
        lines[1].starts_with("a,120.805,40.705,inside,"),
        "{}",
        lines[1]
    );
    assert!(lines[1].contains("211403001001"), "{}", lines[1]);
    assert!(lines[2].starts_with("7,100,10,outside,"), "{}", lines[2]);
    assert!(lines[3].contains("211403001003"), "{}", lines[3]);
    assert!(
        lines[4].contains("invalid") && lines[4].contains("east"),
        "{}",
        lines[4]
    );
    assert!(lines[5].starts_with("short,1,,invalid,"), "{}", lines[5]);
    // in Chinese
    let answer = {
        let mut connection = house.connect();
        connection.say(format!(
            "POST /v1/locate HTTP/1.1\r\nHost: test\r\nContent-Type: text/csv\r\nAccept-Language: zh\r\nContent-Length: {}\r\n\r\n{ROWS}",
            ROWS.len()
        ));
        connection.answer()
    };
    assert!(answer.text().contains("不是数字"), "{}", answer.text());
}

fn table(count: i64) -> Vec<u8> {
    let numbers = || 0..count;
    let lon = numbers().map(|n| if n % 3 == 1 { 100.0 } else { 120.805 });
    let columns: [(&str, ArrayRef); 3] = [
        ("n", Arc::new(Int64Array::from_iter_values(numbers()))),
        ("lon", Arc::new(Float64Array::from_iter_values(lon))),
        (
            "lat",
            Arc::new(Float64Array::from_iter_values(numbers().map(|_| 40.705))),
        ),
    ];
    let rows = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer = StreamWriter::try_new(Vec::new(), &rows.schema()).unwrap();
    for from in (0..rows.num_rows()).step_by(10_000) {
        let length = 10_000.min(rows.num_rows() - from);
        writer.write(&rows.slice(from, length)).unwrap();
    }
    writer.finish().unwrap();
    writer.into_inner().unwrap()
}

#[test]
fn an_arrow_stream_is_answered_with_one() {
    let house = House::of_town();
    let answer = post(&house, "/v1/locate?crs=wgs84", ARROW, &table(100_000));
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["content-type"], ARROW);
    let mut count = 0;
    for rows in StreamReader::try_new(Cursor::new(answer.body), None).unwrap() {
        let rows = rows.unwrap();
        let status = rows.column_by_name("status").unwrap();
        let status = status
            .as_dictionary::<Int32Type>()
            .downcast_dict::<arrow_array::StringArray>();
        let status = status.unwrap();
        for (row, status) in status.into_iter().enumerate() {
            let expected = if (count + row) % 3 == 1 {
                "outside"
            } else {
                "inside"
            };
            assert_eq!(status, Some(expected));
        }
        count += rows.num_rows();
    }
    assert_eq!(count, 100_000);
}

#[rstest]
#[case::no_longitude("text/csv", b"id,x,lat\n1,2,3\n", 400, "unreadable-table", "lon")]
#[case::empty("text/csv", b"", 400, "unreadable-table", "empty")]
#[case::no_text(
    "text/csv",
    b"lon,lat\n\xff\xff\xff,1\n",
    400,
    "unreadable-table",
    "encoding"
)]
#[case::no_arrow(ARROW, b"lon,lat\n1,2\n", 400, "unreadable-table", "Arrow")]
#[case::other("text/html", b"<p>", 415, "unsupported-media-type", "text/csv")]
fn what_cannot_be_read_is_told(
    #[case] content_type: &str,
    #[case] body: &[u8],
    #[case] status: u16,
    #[case] problem: &str,
    #[case] word: &str,
) {
    let answer = post(&House::of_town(), "/v1/locate", content_type, body);
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (status, problem)
    );
    assert!(answer.text().contains(word), "{}", answer.text());
}

#[test]
fn what_tables_do_not_take_is_refused() {
    let house = House::of_town();
    let answer = post(&house, "/v1/locate?event=0402", "text/csv", ROWS.as_bytes());
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (400, "parameter-not-offered")
    );
    let mut connection = house.connect();
    connection.say(format!(
        "POST /v1/locate HTTP/1.1\r\nHost: test\r\nContent-Type: text/csv\r\nAccept: {ARROW}\r\nContent-Length: {}\r\n\r\n{ROWS}",
        ROWS.len()
    ));
    assert_eq!(connection.answer().status, 406);
}

#[test]
fn a_table_that_is_longer_than_allowed_is_refused_or_broken_off() {
    let house = House::limited(Limits {
        stream_bytes: 1_000_000,
        ..Limits::default()
    });
    let body = "lon,lat\n".to_owned() + &"120.805,40.705\n".repeat(200_000);
    let mut connection = house.connect();
    connection.say(format!(
        "POST /v1/locate HTTP/1.1\r\nHost: test\r\nContent-Type: text/csv\r\nContent-Length: {}\r\n\r\n",
        body.len()
    ));
    let answer = connection.answer();
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (413, "body-too-large")
    );
}

/// A chunk of a body.
fn chunk(bytes: &[u8]) -> Vec<u8> {
    let mut chunk = format!("{:x}\r\n", bytes.len()).into_bytes();
    chunk.extend_from_slice(bytes);
    chunk.extend_from_slice(b"\r\n");
    chunk
}

/// What comes back where an Arrow stream of 20,000 rows in two batches breaks off after so many bytes.
fn answer_to_the_first(bytes: usize) -> String {
    let house = House::of_town();
    let mut connection = house.connect();
    connection.say(format!(
        "POST /v1/locate?crs=wgs84 HTTP/1.1\r\nHost: test\r\nContent-Type: {ARROW}\r\nTransfer-Encoding: chunked\r\n\r\n"
    ));
    connection.say(chunk(&table(20_000)[..bytes]));
    connection.say("no chunk at all\r\n");
    let mut answer = Vec::new();
    // the connection may be reset once all of the answer was taken
    let _ = connection.reader.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn an_arrow_stream_that_breaks_off_between_or_in_messages_is_not_answered_as_whole() {
    let rows = table(20_000);
    // where the second batch begins: its mark is followed by a length, as the first one's
    let marks: Vec<usize> = (8..rows.len())
        .step_by(8)
        .filter(|&at| rows[at..at + 4] == [0xff; 4])
        .collect();
    let [_, second, _] = marks.try_into().unwrap();
    for bytes in [
        second,
        second + 4,
        second + 88,
        second + 10_000,
        rows.len() - 8,
    ] {
        let answer = answer_to_the_first(bytes);
        let is_whole = answer.starts_with("HTTP/1.1 200") && answer.ends_with("0\r\n\r\n");
        assert!(!is_whole, "{bytes} of {}", rows.len());
        let is_refused = answer.contains("urn:wangge:problem:body-broken");
        assert!(
            answer.starts_with("HTTP/1.1 200") || is_refused,
            "{bytes}: {}",
            &answer[..answer.len().min(400)]
        );
    }
    let whole = answer_to_the_first(rows.len());
    assert!(whole.starts_with("HTTP/1.1 200"));
}

#[test]
fn a_client_that_stops_reading_slows_the_reading_and_one_that_goes_ends_it() {
    let house = House::of_town();
    let rows = "120.805,40.705\n".repeat(20_000);
    let mut connection = house.connect();
    connection.say(
        "POST /v1/locate HTTP/1.1\r\nHost: test\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n",
    );
    connection.say(chunk(b"lon,lat\n"));
    let socket = connection.reader.get_ref();
    socket
        .set_write_timeout(Some(Duration::from_millis(500)))
        .unwrap();
    // nothing of the answer is read: after some megabytes nothing more is taken
    let mut taken = 0;
    while taken < 400 && connection.try_to_say(chunk(rows.as_bytes())) {
        taken += 1;
    }
    assert!(
        taken < 400,
        "120 MB were taken of a client that reads nothing"
    );
    assert!(threads_of_tables() > 0, "nothing is under way");
    // others are answered meanwhile, and when it goes its threads end
    assert_eq!(house.get("/v1/locate?lon=120.805&lat=40.705").status, 200);
    drop(connection);
    let begun = Instant::now();
    while threads_of_tables() > 0 {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "its threads go on"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    let answer = post(&house, "/v1/locate", "text/csv", ROWS.as_bytes());
    assert_eq!(answer.status, 200);
}

/// Whoever takes an answer too slowly does not hold its threads and places for good.
#[test]
fn an_answer_that_is_not_taken_in_time_ends() {
    let house = House::limited(Limits {
        stream_timeout: Duration::from_secs(2),
        stall_timeout: Duration::from_mins(2),
        ..Limits::default()
    });
    let rows = "120.805,40.705\n".repeat(20_000);
    let mut connection = house.connect();
    connection.say(
        "POST /v1/locate HTTP/1.1\r\nHost: test\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n",
    );
    connection.say(chunk(b"lon,lat\n"));
    wait_for_a_table();
    let socket = connection.reader.get_ref();
    socket
        .set_write_timeout(Some(Duration::from_millis(500)))
        .unwrap();
    let mut taken = 0;
    while taken < 400 && connection.try_to_say(chunk(rows.as_bytes())) {
        taken += 1;
    }
    let begun = Instant::now();
    while threads_of_tables() > 0 {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "its threads go on"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    drop(connection);
}

/// Until a table is under way.
fn wait_for_a_table() {
    let begun = Instant::now();
    while threads_of_tables() == 0 {
        assert!(begun.elapsed() < Duration::from_secs(20), "no table");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Threads of this process that answer tables, where the system tells names.
fn threads_of_tables() -> usize {
    let Ok(tasks) = std::fs::read_dir("/proc/self/task") else {
        return 0;
    };
    tasks
        .flatten()
        .filter(|task| {
            let mut name = String::new();
            let comm = std::fs::File::open(task.path().join("comm"));
            comm.is_ok_and(|mut comm| comm.read_to_string(&mut name).is_ok())
                && name.trim() == "wangge-table"
        })
        .count()
}

/// The town with three lamps along a parallel and a lid, a few metres apart.
fn house_with_components() -> House {
    let rows = |columns: &'static [&'static str], text: &'static str| -> Vec<ListRow> {
        let lines = text.lines().zip(1..);
        lines
            .map(|(line, number)| {
                ListRow::new(number, columns.iter().copied().zip(line.split('|')))
            })
            .collect()
    };
    let classes = "component|01|公用设施\ncomponent|0101|上水井盖\ncomponent|0118|路灯";
    let mut parts = drawing::parts(drawing::V1, drawing::town_grids());
    parts.responsibility.classes = ClassTable::read(&rows(ClassTable::COLUMNS, classes)).unwrap();
    let component = |code: &str, class: &str, lon: f64| Component {
        code: code.parse().unwrap(),
        class: class.parse().unwrap(),
        name: None,
        state: None,
        departments: OwnDepartments::default(),
        grid: None,
        surveyed: None,
        changed: None,
        accuracy_m: None,
        source: None,
        note: None,
        figure: Figure::Point(Point::from_degrees(lon, 40.705).unwrap()),
    };
    parts.components = vec![
        Component {
            state: Some(ComponentState::Lost),
            ..component("L1", "0118", 120.8051)
        },
        component("L2", "0118", 120.8052),
        component("L3", "0118", 120.8060),
        component("W1", "0101", 120.80501),
    ];
    House::serving(
        Published::of(City::of_parts(parts).unwrap()),
        ServerConfig::default(),
    )
}

#[test]
fn the_nearest_components_are_columns_of_a_table_and_members_of_a_row() {
    let house = house_with_components();
    let rows = "lon,lat\n120.805,40.705\n120.9,40.705\n";
    let two = "/v1/locate?nearest=2&nearest_class=0118&nearest_within=50";
    let answer = post(&house, two, "text/csv", rows.as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text());
    let lines: Vec<&str> = answer.text().lines().collect();
    assert!(
        lines[0].ends_with(
            ",distance_m,component_1,component_1_class,component_1_state,component_1_m,component_2,component_2_class,component_2_state,component_2_m,problem"
        ),
        "{}",
        lines[0]
    );
    // a ten-thousandth of a degree at 40.705 degrees north: cos 40.705° of 11.132 m, 8.45 m (on the ellipsoid)
    assert!(
        lines[1].ends_with(",L1,0118,lost,8.45,L2,0118,,16.90,"),
        "{}",
        lines[1]
    );
    assert!(lines[2].ends_with(",,,,,,,,,"), "{}", lines[2]);
    let answer = post(
        &house,
        "/v1/locate?nearest=3&nearest_class=01",
        "application/x-ndjson",
        b"{\"lon\":120.805,\"lat\":40.705}\n",
    );
    let row: serde_json::Value = serde_json::from_str(answer.text()).unwrap();
    let codes: Vec<&str> = row["components"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["W1", "L1", "L2"]);
    let one = house
        .get("/v1/locate?lon=120.805&lat=40.705&nearest=1&nearest_class=0118")
        .json();
    assert_eq!(one["components"].as_array().unwrap().len(), 1);
    assert_eq!(one["components"][0]["code"], "L1");
    let of_row = post(
        &house,
        "/v1/locate",
        "application/x-ndjson",
        b"{\"lon\":120.805,\"lat\":40.705,\"nearest\":2}\n",
    );
    assert!(
        of_row.text().contains("parameter-not-offered"),
        "{}",
        of_row.text()
    );
    for (wrong, name) in [
        ("nearest=0", "nearest"),
        ("nearest=21", "nearest"),
        ("nearest=2&nearest_within=10001", "nearest_within"),
        ("nearest=2&nearest_class=0119", "nearest_class"),
        ("nearest_class=0118", "nearest"),
    ] {
        for content_type in ["text/csv", "application/x-ndjson"] {
            let target = format!("/v1/locate?{wrong}");
            let answer = post(&house, &target, content_type, rows.as_bytes());
            assert_eq!(answer.status, 400, "{wrong} {}", answer.text());
            assert!(answer.text().contains(name), "{wrong} {}", answer.text());
        }
        let answer = house.get(&format!("/v1/locate?lon=120.805&lat=40.705&{wrong}"));
        assert_eq!(answer.status, 400, "{wrong} {}", answer.text());
    }
}

/// Positions as features.
const FEATURES: &str = r#"{"type":"FeatureCollection","name":"reports","features":[
{"type":"Feature","id":1,"properties":{"note":"lid"},"geometry":{"type":"Point","coordinates":[120.805,40.705]}},
{"type":"Feature","id":2,"properties":null,"geometry":{"type":"LineString","coordinates":[[1,2],[3,4]]}},
{"type":"Feature","id":3,"properties":{},"geometry":{"type":"Point","coordinates":[100,10]}}]}"#;

#[test]
fn features_are_answered_with_features() {
    let house = House::of_town();
    let answer = post(
        &house,
        "/v1/locate",
        "application/geo+json",
        FEATURES.as_bytes(),
    );
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.headers["content-type"], "application/geo+json");
    let answered = answer.json();
    assert_eq!(answered["type"], "FeatureCollection");
    let told = |row: usize, member: &str| answered["features"][row]["properties"][member].clone();
    assert_eq!(
        (told(0, "note"), told(0, "status")),
        ("lid".into(), "inside".into())
    );
    assert_eq!(told(0, "grid"), "211403001001");
    assert_eq!(told(1, "status"), "invalid");
    assert!(told(1, "problem").as_str().unwrap().contains("no point"));
    assert_eq!(told(2, "status"), "outside");
    assert_eq!(answered["features"][1]["id"], 2);
}

#[rstest]
#[case::no_collection("application/geo+json", b"{\"type\":\"Topology\"}", "features")]
#[case::cut(
    "application/geo+json",
    b"{\"type\":\"FeatureCollection\",\"features\":[{\"type\"",
    ""
)]
#[case::no_json("application/geo+json", b"lon,lat\n1,2\n", "")]
#[case::another_system(
    "application/geo+json",
    br#"{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:4549"}},"features":[]}"#,
    "EPSG:4549"
)]
fn what_are_no_features_is_told(
    #[case] content_type: &str,
    #[case] body: &[u8],
    #[case] word: &str,
) {
    let answer = post(&House::of_town(), "/v1/locate", content_type, body);
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (400, "unreadable-table"),
        "{}",
        answer.text()
    );
    assert!(answer.text().contains(word), "{}", answer.text());
}

#[test]
fn rows_say_their_own_system_accuracy_and_columns() {
    let house = House::of_town();
    let target = "/v1/locate?lon=x&lat=y&crs_column=system&accuracy_column=metres&columns=id,grid,certain,problem";
    let rows = "id,x,y,system,metres\na,120.805,40.705,,5\nb,120.805,40.705,EPSG:4490,\nc,120.805,40.705,mars,5\nd,120.805,40.705,,0\n";
    let answer = post(&house, target, "text/csv", rows.as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text());
    let lines: Vec<&str> = answer.text().lines().collect();
    assert_eq!(lines[0], "id,grid,certain,problem");
    assert_eq!(lines[1], "a,211403001001,true,");
    assert_eq!(lines[2], "b,211403001001,,");
    assert!(
        lines[3].starts_with("c,,,") && lines[3].contains("mars"),
        "{}",
        lines[3]
    );
    assert!(
        lines[4].starts_with("d,,,") && lines[4].contains("accuracy"),
        "{}",
        lines[4]
    );

    // lines of JSON are a table where columns are asked for, and answered in full otherwise
    let row = "{\"id\":1,\"x\":120.805,\"y\":40.705}\n{\"id\":2,\"x\":\"east\",\"y\":1}\n";
    let answer = post(
        &house,
        "/v1/locate?lon=x&lat=y&columns=id,status,grid",
        "application/x-ndjson",
        row.as_bytes(),
    );
    assert_eq!(answer.headers["content-type"], "application/x-ndjson");
    assert_eq!(
        answer.text(),
        "{\"id\":1,\"status\":\"inside\",\"grid\":\"211403001001\"}\n{\"id\":2,\"status\":\"invalid\"}\n"
    );
    let array = post(
        &house,
        "/v1/locate?columns=grid",
        "application/json",
        b"[{\"lon\":120.805,\"lat\":40.705}]",
    );
    assert_eq!(array.problem(), "parameter-not-offered");
    assert!(array.text().contains("columns"), "{}", array.text());

    // what is not there is told by the names of parameters
    for (target, word) in [
        ("/v1/locate?lon=east", "with lon."),
        ("/v1/locate?columns=grid,colour", "with columns."),
        ("/v1/locate?crs_column=system", "with crs_column."),
    ] {
        let answer = post(&house, target, "text/csv", ROWS.as_bytes());
        assert_eq!(answer.problem(), "unreadable-table");
        assert!(answer.text().contains(word), "{target} {}", answer.text());
    }
}

#[test]
fn a_text_says_its_encoding() {
    let house = House::of_town();
    // 網格 in Big5
    let rows = b"id,lon,lat,\xba\xf4\xae\xe6\n\xba\xf4\xae\xe6,120.805,40.705,1\n";
    for (target, content_type) in [
        ("/v1/locate", "text/csv; charset=Big5"),
        ("/v1/locate?encoding=big5", "text/csv"),
    ] {
        let answer = post(&house, target, content_type, rows);
        assert!(answer.text().contains("網格,120.805"), "{}", answer.text());
    }
    let answer = post(&house, "/v1/locate", "text/csv; charset=klingon", rows);
    assert_eq!(answer.problem(), "unreadable-table");
    assert!(answer.text().contains("klingon"), "{}", answer.text());
}

#[test]
fn rows_of_an_array_say_their_own_system() {
    let house = House::of_town();
    let rows = r#"[{"lon":120.805,"lat":40.705,"crs":"EPSG:4490"},{"lon":120.805,"lat":40.705,"crs":"gcj02"},
{"lon":120.805,"lat":40.705,"crs":"mars"},{"lon":120.805,"lat":40.705,"crs":null}]"#;
    let answer = post(&house, "/v1/locate", "application/json", rows.as_bytes());
    let answers = answer.json();
    assert_eq!(answers[0]["point"]["crs"], "EPSG:4490");
    assert_eq!(answers[1]["point"]["crs"], "gcj02");
    assert_eq!(
        answers[2]["problem"]["type"],
        "urn:wangge:problem:unknown-crs"
    );
    assert_eq!(answers[3]["grid"], answers[0]["grid"]);
    // a name of a member may be written with escapes
    let escaped = r#"[{"lon":120.805,"lat":40.705,"\u0063rs":"gcj02"}]"#;
    let escaped = post(&house, "/v1/locate", "application/json", escaped.as_bytes());
    assert_eq!(escaped.json()[0]["point"]["crs"], "gcj02");
    // those that take long to make are few
    let rows: Vec<String> = (4534..4544)
        .chain([4534])
        .map(|code| format!(r#"{{"lon":1,"lat":2,"crs":"EPSG:{code}"}}"#))
        .collect();
    let rows = format!("[{}]", rows.join(","));
    let many = post(&house, "/v1/locate", "application/json", rows.as_bytes()).json();
    let is_refused = |row: usize| {
        let detail = many[row]["problem"]["detail"].as_str().unwrap_or_default();
        detail.contains("that PROJ converts")
    };
    let refused: Vec<usize> = (0..11).filter(|&row| is_refused(row)).collect();
    assert_eq!(refused, [8, 9]);
    let one = house
        .get("/v1/locate?lon=120.805&lat=40.705&crs=gcj02")
        .json();
    assert_eq!(answers[1]["grid"], one["grid"]);
    assert_eq!(answers[1]["status"], one["status"]);
}

/// A service that has nothing to read files with says so before a body comes.
#[test]
fn parquet_is_refused_where_nothing_reads_it() {
    let answer = post(
        &House::of_town(),
        "/v1/locate",
        "application/vnd.apache.parquet",
        b"PAR1",
    );
    assert_eq!(answer.problem(), "unsupported-media-type");
}

/// Whoever sends rows slowly is answered, in the end.
#[test]
fn a_table_that_comes_slowly_is_answered_while_it_comes() {
    let house = House::limited(Limits {
        answer_timeout: Duration::from_secs(1),
        body_timeout: Duration::from_secs(1),
        ..Limits::default()
    });
    let mut connection = house.connect();
    connection.say(
        "POST /v1/locate HTTP/1.1\r\nHost: test\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n",
    );
    connection.say(chunk(b"id,lon,lat\n"));
    for _ in 0..12 {
        std::thread::sleep(Duration::from_millis(250));
        connection.say(chunk(b"a,120.805,40.705\n"));
    }
    connection.say("0\r\n\r\n");
    let answer = connection.answer();
    assert_eq!(answer.status, 200);
    assert_eq!(answer.text().matches("211403001001").count(), 12);
}
