//! The service as a front-end and an operator meet it: the real program on a free port.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that panics has failed"
)]

mod support;

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;
use support::service::Service;
use support::{Desk, ONE_LEVEL, publish, run};

/// Two squares of 0.01 degree beside each other, with these codes.
fn two_squares(west: &str, east: &str) -> String {
    let square = |code: &str, x: f64| {
        let (a, b) = (x, x + 0.01);
        format!(
            r#"{{"type":"Feature","properties":{{"code":"{code}","name":"网格{code}"}},"geometry":{{"type":"Polygon","coordinates":[[[{a},40.7],[{b},40.7],[{b},40.71],[{a},40.71],[{a},40.7]]]}}}}"#
        )
    };
    format!(
        r#"{{"type":"FeatureCollection","features":[{},{}]}}"#,
        square(west, 120.8),
        square(east, 120.81)
    )
}

fn published(desk: &Desk, name: &str) -> std::path::PathBuf {
    let store = desk.store(name, ONE_LEVEL);
    let file = desk.write("first.geojson", &two_squares("A", "B"));
    publish(&store, &file, &["--plan", "first"]);
    store
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_lookup_over_http_is_the_lookup_of_the_command_line() {
    let desk = Desk::new();
    let store = published(&desk, "city.gpkg");
    let service = Service::start(&store, &[]);
    for (lon, lat) in [
        ("120.8051", "40.7012"),
        ("120.81", "40.705"),
        ("120.83", "40.7"),
    ] {
        let over_http = service.get(&format!("/v1/locate?lon={lon}&lat={lat}"));
        assert_eq!(over_http.status, 200);
        let line = run(&[
            "locate",
            "--store",
            store.to_str().unwrap(),
            lon,
            lat,
            "--json",
        ]);
        assert_eq!(json(&over_http.body), json(&line.expect_code(0).out));
    }
    // a border belongs to its east
    let on_border = json(&service.get("/v1/locate?lon=120.81&lat=40.705").body);
    assert_eq!(on_border["grid"]["code"], "B");
    let (status, log) = service.stop();
    assert!(status.success());
    assert!(!log.contains("WARN") && !log.contains("ERROR"), "{log}");
    assert!(!log.contains("120.8"), "positions are personal data: {log}");
}

#[test]
fn a_publication_by_another_process_answers_soon_without_a_restart() {
    let desk = Desk::new();
    let store = published(&desk, "city.gpkg");
    let service = Service::start(&store, &[]);
    let target = "/v1/locate?lon=120.805&lat=40.705";
    let before = json(&service.get(target).body);
    assert_eq!(before["grid"]["code"], "A");
    let second = desk.write("second.geojson", &two_squares("C", "D"));
    publish(&store, &second, &["--plan", "second"]);
    let published_at = Instant::now();
    // two seconds are promised; a machine that is busy with other things may take longer
    let after = service.await_answer(target, Duration::from_secs(15), |answer| {
        json(&answer.body)["grid"]["code"] == "C"
    });
    println!("the service switched after {:?}", published_at.elapsed());
    let after_json = json(&after.body);
    assert_ne!(before["version"], after_json["version"]);
    let version = after_json["version"].as_str().unwrap();
    assert!(
        after.head.to_lowercase().contains("etag:") && after.head.contains(version),
        "{}",
        after.head
    );
    service.stop();
}

#[test]
fn bad_requests_are_problems_that_say_what_to_do() {
    let desk = Desk::new();
    let store = published(&desk, "city.gpkg");
    let service = Service::start(&store, &[]);
    for (target, status, word) in [
        ("/v1/locate?lat=40.7", 400, "lon"),
        ("/v1/locate?lon=NaN&lat=40.7", 400, "lon"),
        ("/v1/locate?lon=200&lat=40.7", 400, "180"),
        (
            "/v1/locate?lon=120.8&lat=40.7&crs=EPSG:99999",
            400,
            "EPSG:99999",
        ),
        ("/v1/grids/no-such-code", 404, "no-such-code"),
        ("/v1/nothing", 404, ""),
    ] {
        let answer = service.get(target);
        assert_eq!(answer.status, status, "{target}: {}", answer.body);
        assert!(
            answer.head.contains("application/problem+json"),
            "{}",
            answer.head
        );
        let problem = json(&answer.body);
        assert_eq!(problem["status"], status);
        assert!(problem["type"].is_string() && problem["title"].is_string());
        assert!(answer.body.contains(word), "{target}: {}", answer.body);
    }
    let write = service.post("/v1/plans", "application/geo+json", "{}");
    assert_eq!(write.status, 403, "{}", write.body);
    let (status, log) = service.stop();
    assert!(status.success());
    assert!(!log.contains("ERROR"), "{log}");
}

#[test]
fn many_points_are_answered_in_order_with_bad_rows_in_their_places() {
    let desk = Desk::new();
    let store = published(&desk, "city.gpkg");
    let service = Service::start(&store, &[]);
    let rows =
        "{\"lon\":120.805,\"lat\":40.705}\n{\"lon\":\"x\"}\n{\"lon\":120.815,\"lat\":40.705}\n";
    let answer = service.post("/v1/locate", "application/x-ndjson", rows);
    assert_eq!(answer.status, 200, "{}", answer.body);
    let lines: Vec<Value> = answer
        .body
        .lines()
        .filter(|line| line.starts_with('{'))
        .map(json)
        .collect();
    assert_eq!(lines.len(), 3, "{}", answer.body);
    assert_eq!(lines[0]["grid"]["code"], "A");
    assert!(lines[1].get("grid").is_none());
    assert_eq!(lines[2]["grid"]["code"], "B");
    service.stop();
}

#[test]
fn serving_what_is_not_there_says_what_to_do() {
    let desk = Desk::new();
    let missing = run(&["serve", "--store", "/nowhere/city.gpkg"]).expect_code(2);
    assert!(
        missing.message().contains("/nowhere/city.gpkg"),
        "{}",
        missing.err
    );
    let text = desk.write("not-a-store.gpkg", "plain text");
    let refused = run(&["serve", "--store", text.to_str().unwrap()]).expect_code(2);
    assert!(
        refused.message().contains("not-a-store.gpkg"),
        "{}",
        refused.err
    );
    let store = published(&desk, "city.gpkg");
    let service = Service::start(&store, &[]);
    // the port is taken now
    let address = service.address().to_string();
    let taken = run(&["serve", "--store", path(&store), "--listen", &address]).expect_code(2);
    assert!(taken.message().contains("--listen"), "{}", taken.err);
    service.stop();
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_configuration_file_is_taken_and_a_wrong_one_refused() {
    let desk = Desk::new();
    let store = published(&desk, "city.gpkg");
    let file = desk.write(
        "wangge.toml",
        "near_m = 20\npublic_url = \"https://grid.example.cn/wangge\"\n[limits]\npage_grids = 1\n",
    );
    let service = Service::start(&store, &["--config", path(&file)]);
    // 0.0001 degree west of the rim, 8.4 m
    let near = json(&service.get("/v1/locate?lon=120.7999&lat=40.705").body);
    assert_eq!(near["status"], "near");
    let page = service.get("/v1/grids?level=grid");
    assert!(
        page.body
            .contains("https://grid.example.cn/wangge/v1/grids"),
        "{}",
        page.body
    );
    service.stop();
    let wrong = desk.write("wrong.toml", "[limits]\nconections = 1\n");
    let refused = run(&["serve", "--store", path(&store), "--config", path(&wrong)]).expect_code(2);
    assert!(refused.message().contains("conections"), "{}", refused.err);
}
