//! Publishing while tiles are fetched: none is stale under a new version, none is mixed of two.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::house::drawing::{grid, marked_city, parts, shape, square};
use crate::house::{Connection, House};
use wangge_city::{City, Published};
use wangge_model::Version;
use wangge_server::ServerConfig;
use wangge_tiles::{Format, Shift, Source, TileAddress};

const SIDE: u32 = 8;

const fn version(revision: i64) -> Version {
    Version { plan: 1, revision }
}

// where 8 by 8 hundredths of a degree from 120.80 E 40.70 N are, by the formulas of Web Mercator in
// Python: at zoom 13 columns 6844 to 6846 and rows 3078 to 3080, at zoom 8 column 213 and row 96
fn addresses() -> Vec<TileAddress> {
    let near = (6844..=6846).flat_map(|x| (3078..=3080).map(move |y| (13, x, y)));
    near.chain([(8, 213, 96)])
        .map(|(z, x, y)| TileAddress::new(z, x, y).unwrap())
        .collect()
}

/// The same city, but for the name of one grid in its north-eastern corner.
fn renamed(revision: i64, name: &str) -> City {
    let mut grids = Vec::new();
    for row in 0..SIDE {
        for column in 0..SIDE {
            let (x, y) = (f64::from(column), f64::from(row));
            let code = format!("211403{:03}{:03}", row + 1, column + 1);
            grids.push(grid(&code, shape(square(x, y, x + 1.0, y + 1.0), vec![])));
        }
    }
    grids.last_mut().unwrap().unit.name = Some(name.to_owned());
    City::of_parts(parts(version(revision), grids)).unwrap()
}

#[test]
fn tiles_that_a_plan_touches_change_their_tags_and_the_others_keep_theirs() {
    let house = House::serving(Published::of(renamed(1, "旧")), ServerConfig::default());
    let tags = || -> BTreeMap<TileAddress, String> {
        let mut connection = house.connect();
        let mut tag = |address: TileAddress| {
            let answer = connection.get(&format!("/tiles/grids/{address}"));
            assert_eq!(answer.status, 200, "{address}");
            answer.headers["etag"].clone()
        };
        addresses()
            .into_iter()
            .map(|address| (address, tag(address)))
            .collect()
    };
    let before = tags();
    house.published.publish(renamed(2, "新"));
    let after = tags();
    let changed: Vec<String> = addresses()
        .into_iter()
        .filter(|address| before[address] != after[address])
        .map(|address| address.to_string())
        .collect();
    // the grid is 0.01 degrees wide: 120.87 to 120.88 E is column 6846.46 to 6846.69 at zoom 13,
    // 40.77 to 40.78 N row 3078.02 to 3078.32; at zoom 8 it would be 4 pixels wide, and grids are
    // shown from 8 pixels on
    assert_eq!(changed, ["13/6846/3078"]);
}

#[test]
fn the_last_versions_stay_under_their_addresses() {
    let house = House::serving(Published::of(renamed(1, "一")), ServerConfig::default());
    let tile = |edition: &str| house.get(&format!("/tiles/grids/{edition}13/6846/3078"));
    let first = tile("1.1/");
    for (revision, name) in [(2, "二"), (3, "三")] {
        house.published.publish(renamed(revision, name));
        let kept = tile("1.1/");
        assert_eq!(
            (kept.status, &kept.headers["wangge-version"]),
            (200, &"1.1".to_owned())
        );
        assert_eq!(kept.body, first.body);
        let now = tile("");
        assert_eq!(now.headers["wangge-version"], format!("1.{revision}"));
        assert_ne!(now.body, first.body);
        assert_eq!(now.body, tile(&format!("1.{revision}/")).body);
    }
    house.published.publish(renamed(4, "四"));
    let gone = tile("1.1/");
    assert_eq!(
        (gone.status, gone.problem().as_str()),
        (404, "unknown-version")
    );
    assert!(gone.json()["detail"].as_str().unwrap().contains("TileJSON"));
    assert_eq!(tile("1.2/").status, 200);
}

/// What each version gives alone: from a city of its own that nobody serves.
#[derive(Default)]
struct Alone(Mutex<BTreeMap<i64, Arc<City>>>);

impl Alone {
    fn tile(&self, revision: i64, address: TileAddress) -> Vec<u8> {
        let city = {
            let mut cities = self.0.lock().unwrap();
            let city = cities
                .entry(revision)
                .or_insert_with(|| Arc::new(marked_city(version(revision), SIDE)));
            Arc::clone(city)
        };
        let tiles = city.tiles(Shift::None);
        tiles.tile(Source::Grids, address, Format::Mvt).unwrap()
    }
}

/// As a map does: the version once, then a tile under its address. The revision with the tile, or
/// alone when it is gone already.
fn by_version(
    connection: &mut Connection,
    tile: TileAddress,
    at_least: i64,
) -> Result<(i64, Vec<u8>), i64> {
    let json = connection.get("/tiles/grids");
    assert_eq!(json.status, 200);
    let named = json.headers["wangge-version"].clone();
    let url = json.json()["tiles"][0].as_str().unwrap().to_owned();
    let revision = named.parse::<Version>().unwrap().revision;
    assert!(
        revision >= at_least,
        "{revision} after {at_least} was published"
    );
    let target = url.strip_prefix("http://test").unwrap();
    let answer = connection.get(&target.replace("{z}/{x}/{y}", &tile.to_string()));
    if answer.status == 404 {
        assert_eq!(answer.problem(), "unknown-version");
        return Err(revision);
    }
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["wangge-version"], named);
    Ok((revision, answer.body))
}

#[test]
fn fetching_while_publishing_finds_no_stale_and_no_mixed_tile() {
    let house = House::serving(
        Published::of(marked_city(version(1), SIDE)),
        ServerConfig::default(),
    );
    let done = Arc::new(AtomicBool::new(false));
    let (answered, gone) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let latest = Arc::new(AtomicI64::new(1));
    let alone = Arc::new(Alone::default());
    let address = house.address;
    let clients: Vec<_> = (0..6_usize)
        .map(|client| {
            let (done, answered, gone) =
                (Arc::clone(&done), Arc::clone(&answered), Arc::clone(&gone));
            let (latest, alone) = (Arc::clone(&latest), Arc::clone(&alone));
            std::thread::spawn(move || {
                let mut connection = Connection::to(address);
                let all = addresses();
                let mut seen = BTreeMap::new();
                let mut tags: BTreeMap<TileAddress, (String, Vec<u8>)> = BTreeMap::new();
                let mut turn = client;
                while !done.load(Ordering::Relaxed) {
                    turn += 1;
                    let tile = all[turn % all.len()];
                    let at_least = latest.load(Ordering::SeqCst);
                    if client % 2 == 0 {
                        match by_version(&mut connection, tile, at_least) {
                            Ok((revision, body)) => {
                                seen.insert((revision, tile), body);
                            }
                            Err(revision) => {
                                // two more publications since the TileJSON was read
                                assert!(latest.load(Ordering::SeqCst) >= revision + 2);
                                gone.fetch_add(1, Ordering::Relaxed);
                                continue;
                            }
                        }
                    } else {
                        let known = tags.get(&tile).cloned();
                        let held = known.as_ref().map_or("\"none\"", |(tag, _)| tag);
                        let target = format!("/tiles/grids/{tile}");
                        let answer = connection.get_with(&target, &[("If-None-Match", held)]);
                        let named = answer.headers["wangge-version"].parse::<Version>().unwrap();
                        assert!(named.revision >= at_least, "a stale tile");
                        let body = match (answer.status, known) {
                            (304, Some((_, body))) => body,
                            (200, _) => answer.body,
                            (status, _) => panic!("{status}"),
                        };
                        tags.insert(tile, (answer.headers["etag"].clone(), body.clone()));
                        seen.insert((named.revision, tile), body);
                    }
                    answered.fetch_add(1, Ordering::Relaxed);
                }
                for ((revision, tile), body) in &seen {
                    assert!(
                        alone.tile(*revision, *tile) == *body,
                        "{tile} of 1.{revision}"
                    );
                }
                seen.keys()
                    .map(|(revision, _)| *revision)
                    .collect::<std::collections::BTreeSet<_>>()
                    .len()
            })
        })
        .collect();

    let start = Instant::now();
    let mut revision = 1;
    while start.elapsed() < Duration::from_secs(4) {
        revision += 1;
        house
            .published
            .publish(marked_city(version(revision), SIDE));
        latest.store(revision, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(40));
    }
    done.store(true, Ordering::Relaxed);
    let versions: Vec<usize> = clients
        .into_iter()
        .map(|client| client.join().unwrap())
        .collect();
    assert!(revision > 10, "{revision} publications");
    assert!(
        versions.iter().all(|seen| *seen > 3),
        "versions that each client saw: {versions:?}"
    );
    let (answered, gone) = (
        answered.load(Ordering::Relaxed),
        gone.load(Ordering::Relaxed),
    );
    assert!(
        answered > 100 && gone * 10 < answered,
        "{answered} tiles, {gone} of versions gone"
    );
}
