//! Tiles of plans and of times: a store that the server follows.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::house::drawing::{grid, scheme, shape, square, town_grids};
use crate::house::{Answer, House};
use jiff::Timestamp;
use wangge_city::{City, Published, Watch};
use wangge_model::{Grid, LevelIndex};
use wangge_server::ServerConfig;
use wangge_store::{Existing, ImportUnits, Store};
use wangge_tiles::{Format, Shift, Source, TileAddress};

// the southern part of the town, see `tiles.rs`
const SOUTH: (u8, u32, u32) = (12, 3422, 1540);

/// A store with the town in force, and who serves it.
struct Town {
    house: House,
    path: PathBuf,
    _watch: Watch,
    _folder: tempfile::TempDir,
}

impl Town {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("town.gpkg");
        drop(Store::create(&path, &scheme()).unwrap());
        draft(&path, "2026", town_grids());
        publish(&path, "2026");
        let house = House::serving(Published::empty(), ServerConfig::default());
        let watch = house
            .published
            .follow(&path, Duration::from_millis(20))
            .unwrap();
        Self {
            house,
            path,
            _watch: watch,
            _folder: folder,
        }
    }

    fn store(&self) -> Store {
        Store::open(&self.path).unwrap()
    }

    fn tile(&self, query: &str) -> Answer {
        let (z, x, y) = SOUTH;
        self.house.get(&format!("/tiles/grids/{z}/{x}/{y}{query}"))
    }

    /// The address of the same tile that the `TileJSON` leads to.
    fn target(&self, query: &str) -> String {
        let json = self.house.get(&format!("/tiles/grids{query}"));
        assert_eq!(json.status, 200, "{}", json.text());
        let url = json.json()["tiles"][0].as_str().unwrap().to_owned();
        let (z, x, y) = SOUTH;
        let target = url.strip_prefix("http://test").unwrap();
        target.replace("{z}/{x}/{y}", &format!("{z}/{x}/{y}"))
    }
}

fn draft(path: &Path, plan: &str, grids: Vec<Grid>) {
    let mut store = Store::open(path).unwrap();
    store
        .import_units(ImportUnits {
            plan,
            level: LevelIndex(2),
            units: grids
                .into_iter()
                .map(|grid| {
                    let mut unit = grid.unit;
                    unit.parent = store.scheme().parent_of(&unit, None).unwrap();
                    (unit, Some(grid.shape))
                })
                .collect(),
            existing: Existing::Update,
            sources: vec![],
            report_json: "{}",
        })
        .unwrap();
}

fn publish(path: &Path, plan: &str) {
    let mut store = Store::open(path).unwrap();
    let hash = store.contents(plan).unwrap().content_hash;
    store.mark_checked(plan, &hash).unwrap();
    store.publish(plan, &hash, None).unwrap();
}

/// What a plan of the store shows alone.
fn alone(path: &Path, plan: &str) -> Vec<u8> {
    let contents = Store::open(path).unwrap().contents(plan).unwrap();
    let city = City::compile(contents).unwrap();
    let (z, x, y) = SOUTH;
    let address = TileAddress::new(z, x, y).unwrap();
    let tiles = city.tiles(Shift::None);
    tiles.tile(Source::Grids, address, Format::Mvt).unwrap()
}

/// The town with a border moved to the east in its south.
fn redrawn() -> Vec<Grid> {
    vec![
        grid("211403001001", shape(square(0.0, 0.0, 1.5, 1.0), vec![])),
        grid("211403001002", shape(square(1.5, 0.0, 2.0, 1.0), vec![])),
    ]
}

fn with_draft() -> Town {
    let town = Town::new();
    let mut store = town.store();
    store.create_plan("2027", Some("2026"), None).unwrap();
    drop(store);
    draft(&town.path, "2027", redrawn());
    town
}

#[test]
fn a_draft_has_tiles_under_an_address_of_its_own() {
    let town = with_draft();
    let commits = town.store().change_counter().unwrap().commits;
    let version = town.store().plan("2027").unwrap().version();
    let target = town.target("?plan=2");
    let edition = target
        .strip_prefix("/tiles/grids/")
        .and_then(|rest| rest.strip_suffix("/12/3422/1540?plan=2"))
        .unwrap_or_else(|| panic!("{target}"));
    let (numbers, mark) = edition.rsplit_once('.').unwrap();
    assert_eq!(numbers, format!("{version}-{commits}"));
    assert_eq!(mark.len(), 8, "{mark}");
    let json = town.house.get("/tiles/grids?plan=2027").json();
    assert_eq!(json["version"], format!("{version}.{commits}"));

    let drawn = alone(&town.path, "2027");
    let kept = town.house.get(&target);
    assert_eq!(kept.status, 200, "{}", kept.text());
    assert_eq!(kept.body, drawn);
    assert!(kept.headers["cache-control"].contains("immutable"));
    let now = town.tile("?plan=2027");
    assert_eq!((now.status, &now.body), (200, &drawn));
    assert_eq!(
        now.headers["wangge-version"],
        format!("{version}-{commits}")
    );
    assert!(
        !now.headers.contains_key("last-modified"),
        "a draft changes without a version"
    );
    assert_eq!(town.tile("").body, alone(&town.path, "2026"));
    assert_ne!(town.tile("").body, drawn);

    // somebody goes on drawing: the address that was given out keeps what it had
    draft(&town.path, "2027", town_grids());
    let later = town.tile("?plan=2");
    assert_ne!(
        later.headers["wangge-version"],
        now.headers["wangge-version"]
    );
    assert_eq!(
        later.headers["etag"],
        town.tile("").headers["etag"],
        "as in the plan in force"
    );
    assert_eq!(town.house.get(&target).body, drawn);
    // nothing is kept of an address that never was
    let (before, after) = target.split_once('-').unwrap();
    let after = after.split_once('/').unwrap().1;
    let gone = town.house.get(&format!("{before}-1/{after}"));
    assert_eq!(
        (gone.status, gone.problem().as_str()),
        (404, "unknown-version")
    );
}

#[test]
fn the_plan_in_force_is_the_same_by_its_number() {
    let town = Town::new();
    assert_eq!(
        town.target("?plan=1"),
        format!("{}?plan=1", town.target(""))
    );
    let (now, by_name) = (town.tile(""), town.tile("?plan=2026"));
    assert_eq!(now.headers["etag"], by_name.headers["etag"]);
    assert_eq!(
        now.headers["wangge-version"],
        by_name.headers["wangge-version"]
    );
}

#[test]
fn a_plan_that_cannot_be_drawn_says_why() {
    let town = Town::new();
    let mut holed = town_grids();
    holed.remove(2);
    draft(&town.path, "holed", holed);
    town.store().create_plan("nothing", None, None).unwrap();
    for (plan, said) in [("holed", "exactly once"), ("nothing", "no grids")] {
        for target in [
            format!("/tiles/grids?plan={plan}"),
            format!("/tiles/grids/12/3422/1540?plan={plan}"),
        ] {
            let answer = town.house.get(&target);
            assert_eq!(
                (answer.status, answer.problem().as_str()),
                (409, "plan-not-drawable"),
                "{target}"
            );
            let detail = answer.json()["detail"].as_str().unwrap().to_owned();
            assert!(
                detail.contains(said) && detail.contains("validation"),
                "{detail}"
            );
            let zh = town
                .house
                .get_with(&target, &[("Accept-Language", "zh")])
                .json();
            assert!(
                zh["detail"].as_str().unwrap().contains("还没有瓦片"),
                "{zh}"
            );
        }
    }
    let unknown = town.house.get("/tiles/grids?plan=2099");
    assert_eq!(
        (unknown.status, unknown.problem().as_str()),
        (404, "unknown-plan")
    );
    // one that cannot be drawn stands in nobody's way
    assert_eq!(town.tile("").status, 200);
}

#[test]
fn a_time_is_drawn_as_the_city_was_then() {
    let town = with_draft();
    let then = Timestamp::now();
    let before = town.tile("");
    std::thread::sleep(Duration::from_millis(5));
    publish(&town.path, "2027");
    let start = std::time::Instant::now();
    while town.tile("").body == before.body {
        assert!(
            start.elapsed() < Duration::from_secs(5),
            "the new plan does not answer"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
    let query = format!("?at={then}");
    let again = town.tile(&query);
    assert_eq!((again.status, &again.body), (200, &before.body));
    assert_eq!(
        again.headers["wangge-version"],
        before.headers["wangge-version"]
    );
    let target = town.target(&query);
    assert!(target.ends_with(&query), "{target}");
    assert_eq!(town.house.get(&target).body, before.body);
    let never = town.house.get("/tiles/grids?at=2000-01-01T00:00:00Z");
    assert_eq!(
        (never.status, never.problem().as_str()),
        (404, "not-in-force")
    );
    // what is published for a time to come may still change, so its address counts commits
    let to_come = town.target("?at=2100-01-01T00:00:00Z");
    assert!(to_come.contains('-'), "{to_come}");
    let now = town.tile("");
    assert_eq!(town.house.get(&to_come).body, now.body);
}

#[test]
fn a_version_is_as_old_as_its_publication() {
    let town = Town::new();
    let answer = town.tile("");
    let audit = town.store().audit().unwrap();
    let line = audit
        .iter()
        .find(|line| line.action == "plan-published")
        .unwrap();
    let date = line.at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    assert_eq!(answer.headers["last-modified"], date);

    let (z, x, y) = SOUTH;
    let target = format!("/tiles/grids/{z}/{x}/{y}");
    let asked = |headers: &[(&str, &str)]| town.house.get_with(&target, headers).status;
    assert_eq!(asked(&[("If-Modified-Since", &date)]), 304);
    assert_eq!(
        asked(&[("If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT")]),
        200
    );
    assert_eq!(asked(&[("If-Modified-Since", "yesterday")]), 200);
    let other = ("If-None-Match", "\"other\"");
    assert_eq!(
        asked(&[("If-Modified-Since", &date), other]),
        200,
        "the tag decides"
    );
}

#[test]
fn a_second_with_two_versions_dates_neither_twice() {
    let town = Town::new();
    let since = |plan: &str| town.store().contents(plan).unwrap().since;
    let first = since("2026").unwrap();
    // the same boundaries published again and again: some of these share a second
    let (mut dates, mut undated) = (vec![first], 0);
    for turn in 0..30 {
        let plan = format!("again-{turn}");
        town.store().create_plan(&plan, Some("2026"), None).unwrap();
        publish(&town.path, &plan);
        match since(&plan) {
            Some(date) => dates.push(date),
            None => undated += 1,
        }
        std::thread::sleep(Duration::from_millis(60));
    }
    assert!(
        undated > 0 && dates.len() > 1,
        "{undated} undated, {dates:?}"
    );
    let mut seconds: Vec<i64> = dates.iter().map(|date| date.as_second()).collect();
    seconds.dedup();
    assert_eq!(seconds.len(), dates.len(), "{dates:?}");
}
