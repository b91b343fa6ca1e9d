//! Publishing while serving: no answer is dropped, none is mixed of two versions.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::house::{Connection, House, drawing::marked_city};
use serde_json::Value;
use wangge_city::Published;
use wangge_model::Version;
use wangge_server::ServerConfig;

const SIDE: u32 = 8;

fn version(revision: i64) -> Version {
    Version { plan: 1, revision }
}

/// Grids are named after their version, so each part of an answer shows where it is from.
fn check(answer: &Value, seen: &mut i64) {
    let named = answer["version"].as_str().unwrap();
    assert_eq!(answer["grid"]["name"], named, "{answer}");
    let chain = answer["chain"].as_array().unwrap();
    assert_eq!(chain.last().unwrap()["name"], named);
    let revision = named.parse::<Version>().unwrap().revision;
    assert!(
        revision >= *seen,
        "{revision} after {seen}: versions never go back"
    );
    *seen = revision;
}

#[test]
fn publishing_while_serving_drops_and_mixes_nothing() {
    let house = House::serving(
        Published::of(marked_city(version(1), SIDE)),
        ServerConfig::default(),
    );
    let done = Arc::new(AtomicBool::new(false));
    let answered = Arc::new(AtomicU64::new(0));
    let address = house.address;

    let lookups = (0..6_u32).map(|client| {
        let (done, answered) = (Arc::clone(&done), Arc::clone(&answered));
        std::thread::spawn(move || {
            let mut connection = Connection::to(address);
            let mut seen = 0;
            let mut i = client;
            while !done.load(Ordering::Relaxed) {
                i = (i + 7) % (SIDE * SIDE);
                let lon = 120.805 + f64::from(i % SIDE) / 100.0;
                let lat = 40.705 + f64::from(i / SIDE) / 100.0;
                let answer = connection.get(&format!("/v1/locate?lon={lon}&lat={lat}"));
                assert_eq!(answer.status, 200);
                let body = answer.json();
                assert_eq!(
                    answer.headers["etag"],
                    format!("\"{}\"", body["version"].as_str().unwrap())
                );
                check(&body, &mut seen);
                answered.fetch_add(1, Ordering::Relaxed);
            }
            seen
        })
    });
    let batches = (0..2_u32).map(|client| {
        let (done, answered) = (Arc::clone(&done), Arc::clone(&answered));
        std::thread::spawn(move || {
            let rows: Vec<String> = (0..SIDE * SIDE * 20)
                .map(|i| {
                    let i = i % (SIDE * SIDE);
                    let lon = 120.805 + f64::from(i % SIDE) / 100.0;
                    let lat = 40.705 + f64::from(i / SIDE) / 100.0;
                    format!("{{\"lon\":{lon},\"lat\":{lat}}}")
                })
                .collect();
            let body = rows.join("\n");
            let mut connection = Connection::to(address);
            let mut seen = 0;
            while !done.load(Ordering::Relaxed) {
                if client == 0 {
                    let answer = connection.post("/v1/locate", "application/x-ndjson", &body);
                    assert_eq!(answer.status, 200);
                    let rows: Vec<Value> = answer
                        .text()
                        .lines()
                        .map(|line| serde_json::from_str(line).unwrap())
                        .collect();
                    assert_eq!(rows.len(), (SIDE * SIDE * 20) as usize);
                    assert!(
                        rows.iter().all(|row| row["version"] == rows[0]["version"]),
                        "one version from the first row to the last"
                    );
                    check(&rows[0], &mut seen);
                } else {
                    let answer = connection.get("/v1/grids?limit=100");
                    let page = answer.json();
                    for feature in page["features"].as_array().unwrap() {
                        assert_eq!(feature["properties"]["name"], page["version"]);
                    }
                }
                answered.fetch_add(1, Ordering::Relaxed);
            }
            seen
        })
    });
    let clients: Vec<_> = lookups.chain(batches).collect();

    let start = Instant::now();
    let mut revision = 1;
    while start.elapsed() < Duration::from_secs(3) {
        revision += 1;
        house
            .published
            .publish(marked_city(version(revision), SIDE));
    }
    let last = house.get("/v1/locate?lon=120.805&lat=40.705").json();
    assert_eq!(last["version"], version(revision).to_string());
    done.store(true, Ordering::Relaxed);
    let seen: Vec<i64> = clients
        .into_iter()
        .map(|client| client.join().unwrap())
        .collect();
    assert!(revision > 20, "{revision} publications");
    assert!(answered.load(Ordering::Relaxed) > 500);
    assert!(
        seen.iter().take(6).all(|seen| *seen > 2),
        "every client saw newer versions: {seen:?}"
    );
}
