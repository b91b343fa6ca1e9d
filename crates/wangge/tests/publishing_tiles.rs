//! Plans published by one process while clients fetch tiles from another: nothing stale under a new
//! version, nothing mixed of two, and what did not change keeps its tag.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that panics has failed"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use flate2::read::GzDecoder;
use serde_json::Value;
use support::drawing::{CELL, Grid, at, board, geojson, rectangle};
use support::service::{Fetched, Service};
use support::{Desk, ONE_LEVEL, run};

/// Cells along a side: 0.012 degrees, some three tiles of zoom 16.
const SIDE: i64 = 12;

/// The zooms that clients look at. Cells are 12 pixels wide at zoom 13, where two tiles hold the
/// city; at zoom 16 each of sixteen holds a part.
const ZOOMS: [&str; 2] = ["13", "16"];

const PLANS: usize = 5;
const CLIENTS: usize = 4;

/// What a tile holds; `None` of nothing.
type Held = Option<Vec<u8>>;

/// A client's memory: by version and tile, what it held and its tag.
type Seen = BTreeMap<(String, String), (Held, Option<String>)>;

/// The board, with the border between two cells of the north-eastern corner moved a little further
/// with each plan.
fn boundaries(plan: usize) -> Vec<Grid> {
    let mut grids = board(SIDE, SIDE);
    let moved = i64::try_from(plan).unwrap() * 500;
    let (west, east) = (SIDE - 2, SIDE - 1);
    let south = (SIDE - 1) * CELL;
    at(&mut grids, &format!("c{west}r{}", SIDE - 1)).parts =
        vec![vec![rectangle(west * CELL, south, CELL - moved, CELL)]];
    at(&mut grids, &format!("c{east}r{}", SIDE - 1)).parts = vec![vec![rectangle(
        east * CELL - moved,
        south,
        CELL + moved,
        CELL,
    )]];
    grids
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Brings a plan into the store; the current one stays.
fn import(desk: &Desk, store: &Path, plan: usize) {
    let file = desk.write(&format!("{plan}.geojson"), &geojson(&boundaries(plan)));
    let name = format!("p{plan}");
    run(&[
        "import",
        "grids",
        text(&file),
        "--store",
        text(store),
        "--plan",
        &name,
    ])
    .expect_code(0);
}

/// Publishes a plan, and gives its version.
fn publish(store: &Path, plan: usize) -> String {
    let name = format!("p{plan}");
    let words = ["publish", "--store", text(store), "--plan", &name, "--json"];
    let said: Value = serde_json::from_str(&run(&words).expect_code(0).out).unwrap();
    said["version"].as_str().unwrap().to_owned()
}

/// Every tile that a plan has at the zooms looked at, as an export of it wrote them.
fn exported(desk: &Desk, store: &Path, plan: usize) -> BTreeMap<String, Vec<u8>> {
    let path: PathBuf = desk.path(&format!("{plan}.mbtiles"));
    let name = format!("p{plan}");
    let [min, max] = ZOOMS;
    run(&[
        "tiles",
        "export",
        "--store",
        text(store),
        "--plan",
        &name,
        "--source",
        "grids",
        "--minzoom",
        min,
        "--maxzoom",
        max,
        "-o",
        text(&path),
    ])
    .expect_code(0);
    let archive = rusqlite::Connection::open(&path).unwrap();
    let mut rows = archive
        .prepare("SELECT zoom_level, tile_column, tile_row, tile_data FROM tiles")
        .unwrap();
    let rows = rows
        .query_map([], |row| {
            let (z, x, y): (u32, u32, u32) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let stored: Vec<u8> = row.get(3)?;
            Ok((format!("{z}/{x}/{}", (1 << z) - 1 - y), gunzipped(&stored)))
        })
        .unwrap();
    rows.map(Result::unwrap).collect()
}

fn gunzipped(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut out).unwrap();
    out
}

fn held(answer: &Fetched) -> Held {
    match (answer.status, answer.header("content-encoding")) {
        (200, "gzip") => Some(gunzipped(&answer.body)),
        (200, "") => Some(answer.body.clone()),
        (204, _) => None,
        _ => panic!("{}", answer.head),
    }
}

/// `3.17` as numbers, to tell which of two is later.
fn in_order(version: &str) -> (u64, u64) {
    let (plan, revision) = version.split_once('.').unwrap();
    (plan.parse().unwrap(), revision.parse().unwrap())
}

/// One client: by turns as a map does, under the version that the `TileJSON` names, and without a
/// version, knowing what it had.
fn client(
    service: &Service,
    tiles: &[String],
    number: usize,
    (done, rounds): (&AtomicBool, &AtomicUsize),
) -> Seen {
    let mut seen = Seen::new();
    let mut known: BTreeMap<&String, (String, Held)> = BTreeMap::new();
    let mut latest = (0, 0);
    let mut turn = number * 7;
    let packed = if number.is_multiple_of(2) {
        "Accept-Encoding: gzip\r\n"
    } else {
        ""
    };
    while !done.load(Ordering::Relaxed) {
        turn += 1;
        let tile = &tiles[turn % tiles.len()];
        let described = service.fetch("/tiles/grids", "");
        let version = described.header("wangge-version").to_owned();
        assert!(in_order(&version) >= latest, "{version} after {latest:?}");
        latest = in_order(&version);
        let json: Value = serde_json::from_slice(&described.body).unwrap();
        let url = json["tiles"][0].as_str().unwrap();
        // the mark of the store stands behind the version
        assert!(url.contains(&format!("/{version}.")), "{url} of {version}");
        let target = url.split_once("localhost").unwrap().1;
        let answer = service.fetch(&target.replace("{z}/{x}/{y}", tile), packed);
        assert_eq!(answer.header("wangge-version"), version);
        remember(&mut seen, &version, tile, &held(&answer), None);

        let (head, had) = match known.get(tile) {
            Some((tag, had)) => (format!("{packed}If-None-Match: {tag}\r\n"), Some(had)),
            None => (packed.to_owned(), None),
        };
        let answer = service.fetch(&format!("/tiles/grids/{tile}"), &head);
        let version = answer.header("wangge-version").to_owned();
        assert!(in_order(&version) >= latest, "{version} after {latest:?}");
        latest = in_order(&version);
        let now = match (answer.status, had) {
            (304, Some(had)) => had.clone(),
            _ => held(&answer),
        };
        let tag = answer.header("etag").to_owned();
        if !tag.is_empty() {
            known.insert(tile, (tag.clone(), now.clone()));
        }
        remember(&mut seen, &version, tile, &now, Some(tag));
        rounds.fetch_add(1, Ordering::Relaxed);
    }
    seen
}

/// Ends the clients, also when the test has failed.
struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Waits until something has come true.
fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let begin = Instant::now();
    while !holds() {
        assert!(begin.elapsed() < Duration::from_mins(1), "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// What a version holds does not change while it answers.
fn remember(seen: &mut Seen, version: &str, tile: &str, now: &Held, tag: Option<String>) {
    let key = (version.to_owned(), tile.to_owned());
    let known = seen.entry(key).or_insert_with(|| (now.clone(), None));
    assert!(known.0 == *now, "{tile} of {version} is not what it was");
    if tag.is_some() {
        assert!(known.1.is_none() || known.1 == tag, "{tile} of {version}");
        known.1 = tag;
    }
}

#[test]
fn publishing_by_another_process_mixes_no_tiles() {
    let desk = Desk::new();
    let store = desk.store("city.gpkg", ONE_LEVEL);
    for plan in 0..PLANS {
        import(&desk, &store, plan);
    }
    let mut versions = vec![publish(&store, 0)];
    let first = exported(&desk, &store, 0);
    let tiles: Vec<String> = first.keys().cloned().collect();
    assert!(tiles.len() > 8, "{tiles:?}");

    let service = Service::start(&store, &[]);
    let (done, rounds) = (AtomicBool::new(false), AtomicUsize::new(0));
    let seen: Vec<Seen> = std::thread::scope(|scope| {
        let end = End(&done);
        let clients: Vec<_> = (0..CLIENTS)
            .map(|number| {
                let (service, tiles, shared) = (&service, &tiles, (&done, &rounds));
                scope.spawn(move || client(service, tiles, number, shared))
            })
            .collect();
        // each client looks at each tile of each version
        let look_around = || {
            let before = rounds.load(Ordering::Relaxed);
            let all = (CLIENTS + 1) * tiles.len();
            wait_until("the clients are slow", || {
                rounds.load(Ordering::Relaxed) >= before + all
            });
        };
        look_around();
        for plan in 1..PLANS {
            let version = publish(&store, plan);
            wait_until("the service goes on with the last version", || {
                service.get("/tiles/grids").header("wangge-version") == version
            });
            look_around();
            versions.push(version);
        }
        drop(end);
        clients
            .into_iter()
            .map(|client| client.join().unwrap())
            .collect()
    });
    let (status, log) = service.stop();
    assert!(status.success());
    assert!(!log.contains("ERROR") && !log.contains("WARN"), "{log}");

    let exports: Vec<_> = (0..PLANS)
        .map(|plan| exported(&desk, &store, plan))
        .collect();
    assert!(exports[0] == first, "a plan that is no longer in force");
    let mut fetched = 0;
    let mut of_version = vec![BTreeSet::new(); PLANS];
    for ((version, tile), (now, _)) in seen.iter().flatten() {
        let plan = versions.iter().position(|known| known == version);
        let plan = plan.unwrap_or_else(|| panic!("nobody published {version}"));
        assert!(
            exports[plan].get(tile) == now.as_ref(),
            "{tile} of {version}"
        );
        of_version[plan].insert(tile);
        fetched += 1;
    }
    assert!(fetched > 5 * tiles.len(), "{fetched} tiles");
    for (plan, known) in of_version.iter().enumerate() {
        assert!(
            known.len() * 2 > tiles.len(),
            "plan {plan}: {}",
            known.len()
        );
    }

    // a tag changes where the tile does, and only there
    let (mut kept, mut changed) = (0, 0);
    for client in &seen {
        for plan in 1..PLANS {
            for tile in &tiles {
                let tag = |plan: usize| {
                    let key = (versions[plan].clone(), tile.clone());
                    client.get(&key).and_then(|(_, tag)| tag.clone())
                };
                let (Some(before), Some(after)) = (tag(plan - 1), tag(plan)) else {
                    continue;
                };
                let same = exports[plan - 1].get(tile) == exports[plan].get(tile);
                assert_eq!(before == after, same, "{tile} of {}", versions[plan]);
                if same {
                    kept += 1;
                } else {
                    changed += 1;
                }
            }
        }
    }
    assert!(kept > 20 && changed > 5, "{kept} kept, {changed} changed");
}
