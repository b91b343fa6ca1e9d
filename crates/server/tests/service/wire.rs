//! What comes over the wire: slow, endless, ambiguous and crowded clients.

use std::io::Read;
use std::time::{Duration, Instant};

use crate::house::{Connection, House};
use rstest::rstest;
use wangge_server::Limits;

const LOOKUP: &str = "GET /v1/locate?lon=120.815&lat=40.715 HTTP/1.1\r\nHost: test\r\n\r\n";

fn short() -> Limits {
    Limits {
        head_timeout: Duration::from_millis(300),
        idle_timeout: Duration::from_millis(300),
        stall_timeout: Duration::from_millis(300),
        body_timeout: Duration::from_millis(900),
        linger: Duration::from_millis(200),
        ..Limits::default()
    }
}

fn took(start: Instant, at_least_ms: u64, at_most_ms: u64) {
    let ms = u64::try_from(start.elapsed().as_millis()).unwrap();
    assert!((at_least_ms..at_most_ms).contains(&ms), "{ms} ms");
}

// facts of hyper 1.x as measured: it accepts the first four by itself
#[rstest]
#[case::both_lengths(
    "POST /v1/locate HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    400,
    "malformed-request"
)]
#[case::no_host("GET /healthz HTTP/1.1\r\n\r\n", 400, "malformed-request")]
#[case::bare_lf("GET /healthz HTTP/1.1\nHost: a\n\n", 400, "malformed-request")]
#[case::bare_lf_in_one_line(
    "GET /healthz HTTP/1.1\r\nHost: a\nX: b\r\n\r\n",
    400,
    "malformed-request"
)]
#[case::two_lengths(
    "POST /v1/locate HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n[]",
    400,
    "malformed-request"
)]
#[case::obs_fold(
    "GET /healthz HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n",
    400,
    "malformed-request"
)]
#[case::http_2("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "http-version")]
#[case::tls(
    "\x16\x03\x01\x02\x00\x01\x00\x01\u{fc}\x03\n",
    400,
    "malformed-request"
)]
fn what_can_be_read_in_two_ways_is_refused_and_the_connection_closed(
    #[case] request: &str,
    #[case] status: u16,
    #[case] problem: &str,
) {
    let house = House::of_town();
    let mut connection = house.connect();
    connection.say(request);
    let answer = connection.answer();
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (status, problem)
    );
    assert_eq!(answer.headers["connection"], "close");
    assert!(connection.is_closed());
}

#[test]
fn a_smuggled_request_is_not_answered() {
    let house = House::of_town();
    let mut connection = house.connect();
    // a reader that goes by Content-Length sees one request, one that goes by the chunks two
    connection.say(
        "POST /v1/locate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 48\r\nTransfer-Encoding: chunked\r\n\r\n\
         0\r\n\r\nGET /v1/scheme HTTP/1.1\r\nHost: a\r\n\r\n",
    );
    assert_eq!(connection.answer().status, 400);
    assert!(connection.is_closed());
}

#[test]
fn a_refusal_waits_for_the_answers_before_it() {
    let house = House::of_town();
    let mut connection = house.connect();
    connection.say(format!("{LOOKUP}{LOOKUP}GET / HTTP/1.1\n\n{LOOKUP}"));
    assert_eq!(connection.answer().json()["status"], "inside");
    assert_eq!(connection.answer().json()["status"], "inside");
    assert_eq!(connection.answer().problem(), "malformed-request");
    assert!(connection.is_closed());
}

#[rstest]
#[case::target(format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "x".repeat(5000)), 414, "target-too-long")]
#[case::headers(format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "x".repeat(20_000)), 431, "head-too-large")]
#[case::endless_headers(format!("GET / HTTP/1.1\r\nHost: a\r\n{}", "X: y\r\n".repeat(10_000)), 431, "head-too-large")]
#[case::many_headers(format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", "X: y\r\n".repeat(150)), 431, "head-too-large")]
fn a_head_over_its_limit_is_refused(
    #[case] request: String,
    #[case] status: u16,
    #[case] problem: &str,
) {
    let house = House::of_town();
    let mut connection = house.connect();
    connection.say(request);
    let answer = connection.answer();
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (status, problem)
    );
    assert!(connection.is_closed());
}

#[rstest]
#[case::one_by_one(1)]
#[case::seven_by_seven(7)]
fn a_request_is_understood_however_it_is_cut(#[case] size: usize) {
    let house = House::of_town();
    let mut connection = house.connect();
    let row = r#"[{"lon":120.815,"lat":40.715}]"#;
    let chunked = format!(
        "\r\nPOST /v1/locate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n[\r\n{:x};a=b\r\n{}\r\n0\r\nTrailer: x\r\n\r\n",
        row.len() - 1,
        &row[1..]
    );
    let text = format!("{LOOKUP}{chunked}{LOOKUP}");
    for piece in text.as_bytes().chunks(size) {
        connection.say(piece);
    }
    assert_eq!(connection.answer().json()["status"], "inside");
    assert_eq!(connection.answer().json()[0]["status"], "inside");
    assert_eq!(connection.answer().json()["status"], "inside");
}

#[test]
fn a_half_sent_head_times_out_however_slowly_it_drips() {
    let house = House::limited(short());
    let start = Instant::now();
    let mut silent = house.connect();
    let mut half = house.connect();
    half.say("GET /healthz HTTP/1.1\r\nHos");
    let mut dripping = house.connect();
    let mut writer = dripping.reader.get_ref().try_clone().unwrap();
    let drip = std::thread::spawn(move || {
        use std::io::Write;
        for byte in b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Long-Header: xxxxxxxxxxxxxxxxxx" {
            if writer.write_all(&[*byte]).is_err() {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    for connection in [&mut half, &mut dripping] {
        let answer = connection.answer();
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (408, "head-timeout")
        );
        assert!(connection.is_closed());
    }
    took(start, 290, 2500);
    assert!(
        silent.is_closed(),
        "a connection that never spoke is closed without a word"
    );
    drip.join().unwrap();
}

#[test]
fn an_idle_connection_is_closed_and_a_used_one_kept() {
    let house = House::limited(short());
    let mut connection = house.connect();
    for _ in 0..4 {
        connection.say(LOOKUP);
        assert_eq!(connection.answer().status, 200);
        std::thread::sleep(Duration::from_millis(150));
    }
    let start = Instant::now();
    assert!(connection.is_closed());
    took(start, 50, 2000);
}

#[test]
fn a_body_that_stalls_is_given_up() {
    let house = House::limited(short());
    let mut connection = house.connect();
    let start = Instant::now();
    connection.say("POST /v1/locate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n[{");
    let answer = connection.answer();
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (408, "body-timeout")
    );
    took(start, 290, 2000);
    assert!(connection.is_closed());
}

#[test]
fn a_body_that_drips_is_given_up() {
    let house = House::limited(short());
    let mut connection = house.connect();
    let start = Instant::now();
    connection.say("POST /v1/locate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n[");
    let mut writer = connection.reader.get_ref().try_clone().unwrap();
    let drip = std::thread::spawn(move || {
        use std::io::Write;
        while start.elapsed() < Duration::from_secs(3) && writer.write_all(b" ").is_ok() {
            std::thread::sleep(Duration::from_millis(100));
        }
    });
    let answer = connection.answer();
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (408, "body-timeout")
    );
    took(start, 890, 2800);
    assert!(connection.is_closed());
    drop(connection);
    drip.join().unwrap();
}

#[test]
fn a_client_that_takes_nothing_of_its_answer_is_given_up() {
    let house = House::limited(short());
    let mut connection = house.connect();
    connection.say("POST /v1/locate HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n");
    let rows = "{\"lon\":120.805,\"lat\":40.705}\n".repeat(1000);
    let chunk = format!("{:x}\r\n{rows}\r\n", rows.len());
    let start = Instant::now();
    // its answers fill the buffers between us, then nothing moves, then the server gives up
    while connection.try_to_say(&chunk) {
        assert!(start.elapsed() < Duration::from_secs(9), "still taking");
    }
}

#[test]
fn a_body_over_the_limit_is_refused_before_and_while_it_comes() {
    let house = House::limited(Limits {
        body_bytes: 1000,
        ..short()
    });
    let mut announced = house.connect();
    announced.say("POST /v1/locate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1001\r\n\r\n");
    let answer = announced.answer();
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (413, "body-too-large")
    );
    assert!(announced.is_closed());

    let mut endless = house.connect();
    endless.say("POST /v1/locate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
    for _ in 0..40 {
        if !endless.try_to_say(format!("400\r\n{}\r\n", " ".repeat(1024))) {
            break;
        }
    }
    // what was sent behind is read on for a while, so that the answer is not lost to a reset
    let answer = endless.answer();
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (413, "body-too-large")
    );
    assert!(endless.is_closed());
}

#[test]
fn a_body_over_the_limit_is_refused_without_asking_for_it() {
    let house = House::limited(Limits {
        body_bytes: 1000,
        ..short()
    });
    let mut connection = house.connect();
    connection.say("POST /v1/locate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 5000\r\n\r\n");
    assert_eq!(connection.answer().status, 413);
    let mut welcome = house.connect();
    welcome.say("POST /v1/locate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    assert_eq!(welcome.answer().status, 100);
    welcome.say("[]");
    assert_eq!(welcome.answer().text(), "[]");
}

#[rstest]
#[case::bare_lf("5\n[    \n]\r\n0\r\n\r\n")]
#[case::longer_than_said("1\r\n[]\r\n0\r\n\r\n")]
#[case::no_number("x\r\n[]\r\n0\r\n\r\n")]
fn broken_chunks_are_a_problem(#[case] chunks: &str) {
    let house = House::of_town();
    let mut connection = house.connect();
    connection.say(format!("POST /v1/locate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}"));
    let answer = connection.answer();
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (400, "body-broken")
    );
    assert!(connection.is_closed());
}

#[test]
fn keep_alive_and_pipelining_work() {
    let house = House::of_town();
    let mut connection = house.connect();
    let targets: Vec<String> = (0..200)
        .map(|i| format!("/v1/locate?lon=120.{}&lat=40.705", 8001 + i))
        .collect();
    for target in &targets {
        connection.say(format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n"));
    }
    for i in 0..200_u32 {
        let lon = connection.answer().json()["point"]["lon"].as_f64().unwrap();
        assert!(
            (lon - (120.8001 + f64::from(i) * 1e-4)).abs() < 1e-9,
            "{i}: {lon}"
        );
    }
    connection.say("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert_eq!(connection.answer().status, 200);
    assert!(connection.is_closed());
    let mut old = house.connect();
    old.say("GET /healthz HTTP/1.0\r\n\r\n");
    let mut text = String::new();
    old.reader.read_to_string(&mut text).unwrap();
    assert!(
        text.contains("200 OK") && text.ends_with("{\"status\":\"ok\"}"),
        "{text}"
    );
}

#[test]
fn connections_over_the_limit_are_told_to_come_again() {
    let house = House::limited(Limits {
        connections: 3,
        ..Limits::default()
    });
    let mut kept: Vec<Connection> = (0..3).map(|_| house.connect()).collect();
    for connection in &mut kept {
        assert_eq!(connection.get("/healthz").status, 200);
    }
    for _ in 0..5 {
        let mut over = house.connect();
        let answer = over.answer();
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (503, "overloaded")
        );
        assert_eq!(answer.headers["retry-after"], "1");
        assert!(over.is_closed());
    }
    assert_eq!(kept[0].get("/healthz").status, 200, "the others go on");
    kept.pop();
    let start = Instant::now();
    while house.connect().get("/healthz").status != 200 {
        assert!(
            start.elapsed() < Duration::from_secs(5),
            "the place is not given back"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn requests_over_the_limit_are_told_to_come_again_and_health_is_not() {
    let house = House::limited(Limits {
        requests: 1,
        ..Limits::default()
    });
    let mut busy = house.connect();
    busy.say("POST /v1/locate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n");
    std::thread::sleep(Duration::from_millis(100));
    let mut other = house.connect();
    other.say(LOOKUP);
    let answer = other.answer();
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (503, "overloaded")
    );
    assert_eq!(answer.headers["retry-after"], "1");
    assert_eq!(other.get("/healthz").status, 200);
    assert_eq!(other.get("/readyz").status, 200);
    busy.say("[]");
    assert_eq!(busy.answer().status, 200);
    other.say(LOOKUP);
    assert_eq!(other.answer().status, 200);
}

#[test]
fn a_server_that_stops_ends_what_it_has_begun() {
    let mut house = House::of_town();
    let mut idle = house.connect();
    assert_eq!(idle.get("/healthz").status, 200);
    let mut busy = house.connect();
    busy.say("POST /v1/locate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 30\r\n\r\n");
    std::thread::sleep(Duration::from_millis(100));
    house.stop();
    assert!(idle.is_closed(), "an idle connection is closed at once");
    std::thread::sleep(Duration::from_millis(100));
    assert!(
        std::net::TcpStream::connect(house.address).is_err(),
        "nobody is let in any more"
    );
    busy.say(r#"[{"lon":120.815,"lat":40.715}]"#);
    let answer = busy.answer();
    assert_eq!(answer.json()[0]["status"], "inside");
    assert_eq!(answer.headers["connection"], "close");
    let start = Instant::now();
    house.wait();
    took(start, 0, 3000);
}

#[test]
fn a_server_that_stops_does_not_wait_for_ever() {
    let mut house = House::limited(Limits {
        shutdown_grace: Duration::from_millis(300),
        ..Limits::default()
    });
    let mut busy = house.connect();
    busy.say("POST /v1/locate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 30\r\n\r\n[");
    std::thread::sleep(Duration::from_millis(100));
    let start = Instant::now();
    house.stop();
    house.wait();
    took(start, 290, 3000);
    assert!(busy.is_closed());
}

/// 10,000 half-sent requests, scaled down: they cost little, and others are answered meanwhile.
#[test]
fn many_half_sent_requests_do_not_keep_others_from_answers() {
    let house = House::limited(Limits {
        connections: 600,
        ..short()
    });
    let half = (0..300).map(|_| {
        let mut connection = house.connect();
        connection.say("GET /healthz HTTP/1.1\r\nHo");
        connection
    });
    let mut half: Vec<Connection> = half.collect();
    let start = Instant::now();
    assert_eq!(house.get("/v1/locate?lon=120.815&lat=40.715").status, 200);
    took(start, 0, 300);
    for connection in &mut half {
        assert_eq!(connection.answer().status, 408);
    }
    took(start, 0, 5000);
}
