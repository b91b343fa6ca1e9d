//! What is at hand is answered without hyper: as hyper would have it, in its turn, and whole.

use std::collections::HashMap;
use std::io::Read;
use std::time::{Duration, Instant};

use rstest::rstest;
use wangge_city::Published;
use wangge_server::{Limits, Origins, ServerConfig};

use crate::house::{Answer, Connection, House, drawing};

const TILE: &str = "/tiles/city/12/3422/1540";
const LOCATE: &str = "/v1/locate?lon=120.815&lat=40.715";

/// A city whose tiles are larger than what a socket takes at a time.
fn large(limits: Limits) -> House {
    let config = ServerConfig {
        limits,
        ..ServerConfig::default()
    };
    House::serving(Published::of(drawing::marked_city(drawing::V1, 21)), config)
}

const LARGE_TILE: &str = "/tiles/grids/11/1711/769";

fn asked(connection: &mut Connection, target: &str, lines: &str) -> Answer {
    connection.say(format!(
        "GET {target} HTTP/1.1\r\nHost: test\r\n{lines}\r\n"
    ));
    connection.answer()
}

/// What an answer says, without what no two answers say alike.
fn said(mut answer: Answer) -> (u16, HashMap<String, String>, Vec<u8>, String) {
    answer.headers.remove("connection");
    let date = answer.headers.remove("date").unwrap();
    // RFC 9110, section 5.6.7: Sun, 06 Nov 1994 08:49:37 GMT
    assert!(date.len() == 29 && date.ends_with(" GMT"), "{date}");
    let id = answer.headers.remove("x-request-id").unwrap();
    (answer.status, answer.headers, answer.body, id)
}

#[rstest]
#[case::tile(TILE, "Accept-Encoding: gzip\r\n", 200)]
#[case::tile_as_it_is(TILE, "", 200)]
#[case::tile_in_another_format(
    TILE,
    "Accept: application/vnd.maplibre-tile\r\nAccept-Encoding: br\r\n",
    200
)]
#[case::tile_of_a_version("/tiles/city/1.1/12/3422/1540.mvt", "accept-encoding:\tzstd \r\n", 200)]
#[case::tile_for_others(TILE, "Origin: https://map.example.cn\r\n", 200)]
#[case::tile_with_nothing("/tiles/components/12/3422/1540", "", 204)]
#[case::tile_that_is_held(TILE, "If-None-Match: *\r\n", 304)]
#[case::lookup(LOCATE, "", 200)]
#[case::lookup_that_is_held(
    LOCATE,
    "If-None-Match: *\r\nOrigin: https://other.example.cn\r\n",
    304
)]
#[case::no_tile("/tiles/city/30/0/0", "", 404)]
#[case::no_lookup("/v1/locate?lon=x&lat=40.715", "Accept-Language: en\r\n", 400)]
fn both_ways_say_the_same(#[case] target: &str, #[case] lines: &str, #[case] status: u16) {
    let house = House::with(ServerConfig {
        cors: Origins::List(vec!["https://map.example.cn".to_owned()]),
        ..ServerConfig::default()
    });
    let mut connection = house.connect();
    // the first answer finds out what the others have at hand
    asked(&mut connection, target, lines);
    let (own_status, headers, body, id) = said(asked(&mut connection, target, lines));
    assert_eq!(own_status, status);
    assert_eq!(
        headers.contains_key("access-control-allow-origin"),
        lines.contains("map.example")
    );
    // a connection that ends is hyper's
    let closing = format!("Connection: close\r\n{lines}");
    let (by_hyper, its_headers, its_body, its_id) = said(asked(&mut connection, target, &closing));
    assert_eq!((own_status, headers), (by_hyper, its_headers));
    assert!(body == its_body);
    assert_ne!(id, its_id);
    assert!(connection.is_closed());
}

#[test]
fn what_is_asked_all_at_once_is_answered_in_turn() {
    let house = House::of_town();
    let mut connection = house.connect();
    connection.get(TILE);
    let tile = format!("GET {TILE} HTTP/1.1\r\nHost: a\r\n\r\n");
    let rows = r#"[{"lon":120.815,"lat":40.715}]"#;
    let batch = format!(
        "POST /v1/locate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{rows}",
        rows.len()
    );
    let one = format!("GET {LOCATE} HTTP/1.1\r\nHost: a\r\n\r\n");
    let cold = "GET /tiles/city/13/6845/3080 HTTP/1.1\r\nHost: a\r\n\r\n";
    let scheme = "GET /v1/scheme HTTP/1.1\r\nHost: a\r\n\r\n";
    let head = format!("HEAD {TILE} HTTP/1.1\r\nHost: a\r\n\r\n");
    let turns = [
        &tile, &batch, &tile, &one, cold, &tile, scheme, &one, &head, &tile,
    ];
    for _ in 0..20 {
        connection.say(turns.concat());
        for turn in turns {
            let answer = connection.answer_to(turn.starts_with("HEAD"));
            assert_eq!(answer.status, 200);
            let kind = answer.headers["content-type"].as_str();
            let is_tile = kind == "application/vnd.mapbox-vector-tile";
            assert_eq!(is_tile, turn.contains("/tiles/"), "{turn} {kind}");
            if !is_tile {
                let json = answer.json();
                let (list, levels) = (json.is_array(), json["levels"].is_array());
                assert_eq!(
                    (list, levels),
                    (turn.starts_with("POST"), turn.contains("scheme")),
                    "{turn}"
                );
            }
        }
    }
}

#[test]
fn who_takes_answers_slowly_gets_them_whole() {
    let house = large(Limits::default());
    let mut connection = house.connect();
    let tile = connection.get(LARGE_TILE);
    assert_eq!(tile.status, 200);
    // far more than the system holds between two sockets
    let count = 64 * 1024 * 1024 / tile.body.len();
    let mut sender = Connection {
        reader: std::io::BufReader::new(connection.reader.get_ref().try_clone().unwrap()),
    };
    let asking = std::thread::spawn(move || {
        let tile = format!("GET {LARGE_TILE} HTTP/1.1\r\nHost: a\r\n\r\n");
        for _ in 0..count {
            sender.say(&tile);
        }
    });
    std::thread::sleep(Duration::from_millis(300));
    for _ in 0..count {
        assert!(connection.answer().body == tile.body);
    }
    asking.join().unwrap();
}

#[test]
fn who_takes_answers_slowly_keeps_nobody_else_out() {
    let house = large(Limits {
        requests: 1,
        ..Limits::default()
    });
    let mut slow = house.connect();
    assert_eq!(slow.get(LARGE_TILE).status, 200);
    slow.say(format!("GET {LARGE_TILE} HTTP/1.1\r\nHost: a\r\n\r\n").repeat(400));
    std::thread::sleep(Duration::from_millis(300));
    for _ in 0..20 {
        assert_eq!(house.get(LARGE_TILE).status, 200);
    }
}

#[test]
fn who_takes_nothing_is_given_up() {
    let house = large(Limits {
        stall_timeout: Duration::from_millis(300),
        linger: Duration::from_millis(100),
        ..Limits::default()
    });
    let mut connection = house.connect();
    let tile = connection.get(LARGE_TILE);
    let start = Instant::now();
    let asking = format!("GET {LARGE_TILE} HTTP/1.1\r\nHost: a\r\n\r\n").repeat(200);
    // more than fits between the two: the server stops reading, and gives up
    while connection.try_to_say(&asking) {
        assert!(start.elapsed() < Duration::from_secs(8), "it is still read");
    }
    let mut rest = Vec::new();
    let ended = connection.reader.read_to_end(&mut rest);
    assert!(ended.is_err() || rest.len() % tile.body.len() != 0);
}

#[test]
fn an_answer_that_has_begun_ends_before_the_server_does() {
    let mut house = large(Limits::default());
    let mut connection = house.connect();
    let tile = connection.get(LARGE_TILE);
    // one answer more than fits between the two is under way when the server is stopped
    let count = 400;
    connection.say(format!("GET {LARGE_TILE} HTTP/1.1\r\nHost: a\r\n\r\n").repeat(count));
    std::thread::sleep(Duration::from_millis(300));
    house.stop();
    std::thread::sleep(Duration::from_millis(100));
    let mut bytes = Vec::new();
    connection.reader.read_to_end(&mut bytes).unwrap();
    house.wait();
    let mut rest = bytes.as_slice();
    let mut whole = 0;
    while !rest.is_empty() {
        let head = rest.windows(4).position(|end| end == b"\r\n\r\n").unwrap() + 4;
        assert!(rest.starts_with(b"HTTP/1.1 200 OK\r\n"));
        assert!(rest[head..head + tile.body.len()] == tile.body);
        rest = &rest[head + tile.body.len()..];
        whole += 1;
    }
    assert!((1..count).contains(&whole), "{whole} answers");
}
