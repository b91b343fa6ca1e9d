//! Archives of tiles that are served, beside a city and alone.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what helps tests may panic as tests do"
)]

mod house;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{FileTimes, OpenOptions};
use std::io::Read;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use house::{Answer, House, drawing};
use rstest::rstest;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use wangge_city::{City, Published};
use wangge_server::{Archives, ServerConfig, ServerError};
use wangge_tiles::archive::{Archive, ArchiveNote, export};
use wangge_tiles::{Format, Shift, Source, SourceTiles, TileAddress};

// where the town is, by the formulas of Web Mercator in Python:
// at zoom 12 column 3422.44 to 3422.66, row 1539.91 to 1540.21
const SOUTH: &str = "12/3422/1540";

/// A folder with archives in it, gone at the end of the test.
struct Shelf {
    folder: TempDir,
}

impl Shelf {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The town's tiles of zooms 0 to 13, in a file of this name.
    fn town(&self, name: &str) -> PathBuf {
        self.archive(name, &drawing::town(), Source::City, Shift::None)
    }

    fn archive(&self, name: &str, city: &City, source: Source, shift: Shift) -> PathBuf {
        let path = self.path(name);
        let tiles = SourceTiles::new(city.tiles(shift), source, 0..=13);
        let layers = tiles.tile_set().layers(source);
        let note = ArchiveNote {
            name: "小城 <b>".to_owned(),
            description: "the town".to_owned(),
            version: "3.17".to_owned(),
            bounds: tiles.tile_set().bounds(source).unwrap(),
            min_zoom: *tiles.zooms().start(),
            max_zoom: *tiles.zooms().end(),
            layers: layers
                .into_iter()
                .filter(|layer| layer.min_zoom <= 13)
                .collect(),
            holes: Vec::new(),
            shift,
        };
        export(&tiles, &note, &path, "key", &|_| {}).unwrap();
        path
    }
}

fn opened(files: &[(Option<&str>, &Path)]) -> Result<Archives, ServerError> {
    Archives::open(files.iter().copied())
}

fn with(archives: Archives) -> ServerConfig {
    ServerConfig {
        archives,
        ..ServerConfig::default()
    }
}

fn beside(path: &Path) -> House {
    House::with(with(opened(&[(Some("old"), path)]).unwrap()))
}

fn alone(path: &Path) -> House {
    let archives = opened(&[(Some("old"), path)]).unwrap();
    House::serving(Published::empty(), with(archives))
}

/// The version that a file has: the beginning of its SHA-256.
fn version_of(path: &Path) -> String {
    let digest = Sha256::digest(std::fs::read(path).unwrap());
    digest[..8].iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

fn gunzipped(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    flate2::read::GzDecoder::new(bytes)
        .read_to_end(&mut out)
        .unwrap();
    out
}

fn outcome(answer: &Answer) -> (u16, String) {
    (answer.status, answer.problem())
}

#[rstest]
#[case::pmtiles("a.pmtiles")]
#[case::mbtiles("a.mbtiles")]
fn an_archive_describes_itself_by_tilejson_3(#[case] name: &str) {
    let shelf = Shelf::new();
    let path = shelf.town(name);
    let version = version_of(&path);
    let house = beside(&path);
    let answer = house.get("/tiles/old");
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(answer.headers["wangge-version"], version);
    let mut body = answer.json();
    let mut take = |key: &str| body.as_object_mut().unwrap().remove(key).unwrap();
    let layers = take("vector_layers");
    let city = house.get("/tiles/city").json();
    assert_eq!(take("minzoom"), city["minzoom"]);
    assert_eq!(
        body,
        json!({
            "tilejson": "3.0.0",
            "name": "小城 <b>",
            "version": "3.17.0",
            "scheme": "xyz",
            "tiles": [format!("http://test/tiles/old/{version}/{{z}}/{{x}}/{{y}}")],
            "maxzoom": 13,
            "bounds": [120.8, 40.7, 120.82, 40.72],
            "center": [120.81, 40.71, 13],
        })
    );
    let ids = |layers: &serde_json::Value| {
        let layers = layers.as_array().unwrap().iter();
        layers
            .map(|layer| (layer["id"].clone(), layer["fields"].clone()))
            .collect::<Vec<_>>()
    };
    assert!(ids(&layers).len() > 3);
    assert_eq!(ids(&layers), ids(&city["vector_layers"]));
    let tag = &answer.headers["etag"];
    let again = house.get_with("/tiles/old", &[("If-None-Match", tag)]);
    assert_eq!(again.status, 304);
}

/// What is there, what is empty and what is outside, and every byte.
#[rstest]
#[case::pmtiles("a.pmtiles")]
#[case::mbtiles("a.mbtiles")]
fn an_archive_answers_what_the_city_answers(#[case] name: &str) {
    let shelf = Shelf::new();
    let path = shelf.town(name);
    let house = beside(&path);
    let version = version_of(&path);
    let mut connection = house.connect();
    let mut counted = BTreeMap::<u16, usize>::new();
    for z in 0..=13_u8 {
        // the town's tile, and two more on each side of it
        let (x, y) = (3422_u32 << 1 >> (13 - z), 1540_u32 << 1 >> (13 - z));
        for (x, y) in (x.saturating_sub(2)..=x + 2)
            .flat_map(|x| (y.saturating_sub(2)..=y + 2).map(move |y| (x, y)))
            .filter(|&(x, y)| x >> z == 0 && y >> z == 0)
        {
            let tile = format!("{z}/{x}/{y}");
            let drawn = connection.get(&format!("/tiles/city/{tile}"));
            let stored = connection.get(&format!("/tiles/old/{tile}"));
            assert_eq!(drawn.status, stored.status, "{tile}");
            *counted.entry(stored.status).or_default() += 1;
            if stored.status == 404 {
                assert_eq!(drawn.problem(), stored.problem());
                continue;
            }
            assert!(drawn.body == stored.body, "{tile}");
            let packed = connection.get_with(
                &format!("/tiles/old/{version}/{tile}"),
                &[("Accept-Encoding", "gzip")],
            );
            assert_eq!(packed.status, stored.status);
            if packed.status == 200 {
                assert_eq!(packed.headers["content-encoding"], "gzip");
                assert!(gunzipped(&packed.body) == drawn.body, "{tile}");
            }
        }
    }
    assert!(
        counted[&200] > 10 && counted[&404] > 100,
        "tiles by status: {counted:?}"
    );
}

#[test]
fn what_is_stored_goes_out_as_it_is_to_who_takes_it() {
    let shelf = Shelf::new();
    let path = shelf.town("a.pmtiles");
    let archive = Archive::open(&path).unwrap();
    let address = TileAddress::new(12, 3422, 1540).unwrap();
    let stored = archive.stored(address).unwrap().unwrap();
    let plain = drawing::town()
        .tiles(Shift::None)
        .tile(Source::City, address, Format::Mvt)
        .unwrap();
    let version = version_of(&path);
    let house = alone(&path);
    let mut tags = Vec::new();
    for (accepted, coding) in [
        ("", None),
        ("br, zstd", None),
        ("gzip;q=0", None),
        ("gzip, deflate, br, zstd", Some("gzip")),
        ("br, gzip;q=0.1", Some("gzip")),
    ] {
        let asked = ("Accept-Encoding", accepted);
        let answer = house.get_with(&format!("/tiles/old/{SOUTH}"), &[asked]);
        assert_eq!(answer.status, 200);
        let said = answer.headers.get("content-encoding").map(String::as_str);
        assert_eq!(said, coding, "{accepted}");
        let bytes = match coding {
            Some(_) => &stored.bytes,
            None => &plain,
        };
        assert!(&answer.body == bytes, "{accepted}");
        assert_eq!(
            answer.headers["content-type"],
            "application/vnd.mapbox-vector-tile"
        );
        assert_eq!(answer.headers["vary"], "accept, accept-encoding");
        assert_eq!(answer.headers["cache-control"], "public, no-cache");
        assert_eq!(answer.headers["wangge-version"], version);
        let tag = answer.headers["etag"].clone();
        assert!(tag.starts_with('"'), "a strong tag: {tag}");
        for target in [
            format!("/tiles/old/{SOUTH}"),
            format!("/tiles/old/{version}/{SOUTH}.mvt"),
        ] {
            let known = house.get_with(&target, &[asked, ("If-None-Match", &tag)]);
            assert_eq!((known.status, &known.headers["etag"]), (304, &tag));
        }
        tags.push((coding, tag));
    }
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), 2, "one tag for each coding: {tags:?}");
    let kept = house.get(&format!("/tiles/old/{version}/{SOUTH}"));
    assert_eq!(
        kept.headers["cache-control"],
        "public, max-age=31536000, immutable"
    );
}

#[test]
fn an_archive_is_of_the_time_that_its_file_was_written() {
    let shelf = Shelf::new();
    let path = shelf.town("a.mbtiles");
    // 2026-01-02T03:04:05Z, which was a Friday
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_323_045);
    let file = OpenOptions::new().write(true).open(&path).unwrap();
    file.set_times(FileTimes::new().set_modified(time)).unwrap();
    let house = alone(&path);
    let date = "Fri, 02 Jan 2026 03:04:05 GMT";
    let target = format!("/tiles/old/{SOUTH}");
    assert_eq!(house.get(&target).headers["last-modified"], date);
    let since = |date: &str| {
        house
            .get_with(&target, &[("If-Modified-Since", date)])
            .status
    };
    assert_eq!(since(date), 304);
    assert_eq!(since("Fri, 02 Jan 2026 03:04:06 GMT"), 200);
}

#[rstest]
#[case::other_version("/tiles/old/0123456789abcdef/12/3422/1540", 404, "unknown-version")]
#[case::of_the_city("/tiles/old/1.1/12/3422/1540", 404, "unknown-version")]
#[case::far_away("/tiles/old/12/0/0", 404, "tile-outside")]
#[case::beyond_its_zooms("/tiles/old/14/13690/6160", 404, "tile-outside")]
#[case::beyond_all_zooms("/tiles/old/17/109522/49279", 404, "tile-outside")]
#[case::no_zoom("/tiles/old/31/0/0", 400, "bad-tile-address")]
#[case::row_too_far("/tiles/old/0/0/1", 400, "bad-tile-address")]
#[case::text("/tiles/old/a/b/c", 400, "bad-tile-address")]
#[case::other_form("/tiles/old/12/3422/1540.png", 400, "bad-tile-address")]
#[case::mlt("/tiles/old/12/3422/1540.mlt", 404, "format-not-offered")]
#[case::plan("/tiles/old/12/3422/1540?plan=2027", 400, "bad-parameter")]
#[case::time("/tiles/old?at=2026-12-01T00:00:00Z", 400, "bad-parameter")]
#[case::system("/tiles/old?crs=gcj02", 400, "bad-parameter")]
#[case::style_of_a_plan("/styles/day.json?source=old&plan=1", 400, "bad-parameter")]
#[case::style_in_a_system("/styles/day.json?source=old&crs=gcj02", 400, "bad-parameter")]
#[case::style_of_nothing("/styles/day.json?source=older", 404, "unknown-source")]
#[case::other_name("/tiles/older", 404, "unknown-source")]
#[case::other_case("/tiles/OLD/12/3422/1540", 404, "unknown-source")]
fn what_an_archive_cannot_answer_is_a_problem(
    #[case] target: &str,
    #[case] status: u16,
    #[case] problem: &str,
) {
    let shelf = Shelf::new();
    let path = shelf.town("a.pmtiles");
    for house in [beside(&path), alone(&path)] {
        for language in ["en", "zh"] {
            let answer = house.get_with(target, &[("Accept-Language", language)]);
            assert_eq!(outcome(&answer), (status, problem.to_owned()), "{target}");
            assert_eq!(answer.headers["cache-control"], "no-store");
        }
    }
}

#[test]
fn who_asks_for_an_unknown_source_is_told_of_those_there_are() {
    let shelf = Shelf::new();
    let path = shelf.town("a.pmtiles");
    let detail = |house: &House| {
        let answer = house.get("/tiles/roads").json();
        answer["detail"].as_str().unwrap().to_owned()
    };
    assert!(
        detail(&beside(&path)).ends_with("there are: city, grids, components, overlays, base, old.")
    );
    assert!(detail(&alone(&path)).ends_with("there are: old."));
}

#[test]
fn mvt_is_answered_whatever_accept_says() {
    let shelf = Shelf::new();
    let house = alone(&shelf.town("a.pmtiles"));
    let asked = [("Accept", "application/vnd.maplibre-tile")];
    let answer = house.get_with(&format!("/tiles/old/{SOUTH}"), &asked);
    assert_eq!(
        answer.headers["content-type"],
        "application/vnd.mapbox-vector-tile"
    );
}

#[test]
fn a_service_of_archives_alone_is_ready_and_says_what_it_has_not() {
    let shelf = Shelf::new();
    let house = alone(&shelf.town("a.pmtiles"));
    assert_eq!(house.get("/healthz").status, 200);
    let ready = house.get("/readyz");
    assert_eq!(ready.status, 200);
    assert_eq!(ready.json(), json!({"status": "ready", "archives": 1}));
    for target in [
        "/v1/locate?lon=120.81&lat=40.71",
        "/v1/scheme",
        "/tiles/city",
        "/styles/day.json",
    ] {
        let answer = house.get(target);
        assert_eq!(
            outcome(&answer),
            (503, "not-published".to_owned()),
            "{target}"
        );
        assert!(answer.text().contains("without a store"));
    }
    let plans = house.get("/v1/plans");
    assert_eq!(outcome(&plans), (404, "route-not-offered".to_owned()));

    let page = house.get("/");
    assert_eq!(page.status, 200);
    assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
    let text = page.text();
    for wanted in [
        "href=\"tiles/old\"",
        "href=\"styles/day.json?source=old\"",
        "href=\"styles/plain.json?source=old\"",
        "小城 &lt;b&gt; (",
        "–13)",
        "瓦片归档",
        "archives of tiles",
    ] {
        assert!(text.contains(wanted), "{wanted} in {text}");
    }
    assert!(!text.contains("<b>") && !text.contains("<script"), "{text}");
}

#[test]
fn a_service_with_a_city_is_ready_when_the_city_is() {
    let shelf = Shelf::new();
    let house = beside(&shelf.town("a.pmtiles"));
    assert_eq!(house.get("/readyz").json()["version"], "1.1");
    assert!(!house.get("/").text().contains("tiles/old"));
}

#[rstest]
#[case::day("day")]
#[case::plain("plain")]
fn the_style_of_an_archive_is_that_of_the_city_it_was_made_from(#[case] theme: &str) {
    let shelf = Shelf::new();
    let house = beside(&shelf.town("a.mbtiles"));
    let mut of_city = house.get(&format!("/styles/{theme}.json")).json();
    let answer = house.get(&format!("/styles/{theme}.json?source=old&lang=zh"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let mut of_archive = answer.json();
    assert_eq!(
        of_archive["sources"]["city"]["url"],
        "http://test/tiles/old"
    );
    assert!(
        of_archive["name"]
            .as_str()
            .unwrap()
            .starts_with("小城 <b> (")
    );
    assert!(of_archive["layers"].as_array().unwrap().len() > 5);
    for style in [&mut of_city, &mut of_archive] {
        let style = style.as_object_mut().unwrap();
        style.remove("name");
        style.remove("sources");
    }
    assert_eq!(of_city, of_archive);
}

#[test]
fn a_style_may_be_of_one_source_of_the_city() {
    let house = House::of_town();
    let style = house.get("/styles/day.json?source=components").json();
    assert_eq!(
        style["sources"]["city"]["url"],
        "http://test/tiles/components"
    );
    // the town has none
    let layers = style["layers"].as_array().unwrap();
    assert!(layers.iter().all(|layer| layer["type"] == "background"));
    let grids = house
        .get("/styles/day.json?source=grids&crs=gcj02&lang=en")
        .json();
    assert_eq!(
        grids["sources"]["city"]["url"],
        "http://test/tiles/grids?crs=gcj02"
    );
}

#[test]
fn an_archive_in_gcj_02_is_drawn_on_maps_of_that_system() {
    let shelf = Shelf::new();
    let path = shelf.archive(
        "a.mbtiles",
        &drawing::town(),
        Source::Grids,
        Shift::Gcj02,
    );
    let style = alone(&path).get("/styles/day.json?source=old").json();
    assert_eq!(style["metadata"]["wangge:crs"], "gcj02");
    let path = shelf.archive("b.pmtiles", &drawing::town(), Source::Grids, Shift::None);
    let style = alone(&path).get("/styles/day.json?source=old").json();
    assert_eq!(style["metadata"]["wangge:crs"], "EPSG:4490");
}

/// Where the bytes of a tile stand in a file.
fn place_of(path: &Path, tile: TileAddress) -> u64 {
    let stored = Archive::open(path).unwrap().stored(tile).unwrap().unwrap();
    let file = std::fs::read(path).unwrap();
    let found = file
        .windows(stored.bytes.len())
        .position(|window| window == stored.bytes);
    found.unwrap() as u64 + stored.bytes.len() as u64 / 2
}

fn spoil(path: &Path, place: u64) {
    let file = OpenOptions::new().read(true).write(true).open(path).unwrap();
    let mut byte = [0];
    file.read_exact_at(&mut byte, place).unwrap();
    file.write_all_at(&[byte[0] ^ 0x55], place).unwrap();
}

#[test]
fn a_tile_that_is_damaged_is_an_error_of_the_server_and_the_others_are_answered() {
    let shelf = Shelf::new();
    let path = shelf.town("a.pmtiles");
    spoil(&path, place_of(&path, TileAddress::new(12, 3422, 1540).unwrap()));
    let house = alone(&path);
    for accepted in ["", "gzip"] {
        let asked = [("Accept-Encoding", accepted)];
        let answer = house.get_with(&format!("/tiles/old/{SOUTH}"), &asked);
        assert_eq!(outcome(&answer), (500, "internal".to_owned()));
        let other = house.get_with("/tiles/old/12/3422/1539", &asked);
        assert_eq!(other.status, 200);
    }
}

#[rstest]
#[case::pmtiles("a.pmtiles")]
#[case::mbtiles("a.mbtiles")]
fn a_file_that_is_changed_while_it_is_served_answers_no_more_and_the_service_goes_on(
    #[case] name: &str,
) {
    let shelf = Shelf::new();
    let path = shelf.town(name);
    let house = alone(&path);
    let before = house.get(&format!("/tiles/old/{SOUTH}"));
    assert_eq!(before.status, 200);
    let file = OpenOptions::new().append(true).open(&path).unwrap();
    file.set_len(file.metadata().unwrap().len() / 2).unwrap();
    // what is known stays true: the version's contents
    let known = house.get(&format!("/tiles/old/{SOUTH}"));
    assert_eq!((known.status, &known.body), (200, &before.body));
    let unknown = house.get("/tiles/old/12/3422/1539");
    assert_eq!(outcome(&unknown), (500, "internal".to_owned()));
    assert_eq!(house.get("/tiles/old").status, 200);
    assert_eq!(house.get("/healthz").status, 200);
}

/// As an export to the same name does it.
#[rstest]
#[case::pmtiles("a.pmtiles")]
#[case::mbtiles("a.mbtiles")]
fn a_file_that_another_takes_the_place_of_is_served_on(#[case] name: &str) {
    let shelf = Shelf::new();
    let path = shelf.town(name);
    let house = alone(&path);
    let version = version_of(&path);
    let tile = |z: u8, x: u32, y: u32| {
        let address = TileAddress::new(z, x, y).unwrap();
        let town = drawing::town();
        let tiles = town.tiles(Shift::None);
        tiles.tile(Source::City, address, Format::Mvt).unwrap()
    };
    let other = shelf.archive(
        &format!("other-{name}"),
        &drawing::town(),
        Source::Grids,
        Shift::Gcj02,
    );
    std::fs::rename(other, &path).unwrap();
    assert_ne!(version_of(&path), version);
    std::thread::scope(|scope| {
        for y in [1539, 1540] {
            for _ in 0..4 {
                scope.spawn(|| {
                    let target = format!("/tiles/old/{version}/12/3422/{y}");
                    let answer = house.get(&target);
                    assert_eq!(answer.status, 200);
                    assert!(answer.body == tile(12, 3422, y));
                });
            }
        }
    });
    let restarted = alone(&path);
    assert_eq!(
        restarted.get("/tiles/old").headers["wangge-version"],
        version_of(&path)
    );
}

#[test]
fn names_are_words_that_stand_in_addresses_once() {
    let shelf = Shelf::new();
    let good = shelf.town("grids-2026_1.pmtiles");
    let archives = opened(&[(None, &good), (Some("Old"), &good)]).unwrap();
    assert_eq!(archives.names().collect::<Vec<_>>(), ["Old", "grids-2026_1"]);
    for name in ["", "a b", "小城", "a/b", "a.b", "..", "%41", &"a".repeat(65)] {
        let refused = opened(&[(Some(name), &good)]);
        assert!(
            matches!(refused, Err(ServerError::ArchiveName { .. })),
            "{name}: {refused:?}"
        );
    }
    opened(&[(Some(&"a".repeat(64)), &good)]).unwrap();
    for name in ["city", "grids", "components", "overlays", "base"] {
        let refused = opened(&[(Some(name), &good)]);
        assert!(
            matches!(refused, Err(ServerError::ArchiveNameOfOurs { .. })),
            "{name}: {refused:?}"
        );
    }
    let refused = opened(&[(None, &good), (Some("grids-2026_1"), &good)]);
    assert!(
        matches!(refused, Err(ServerError::ArchiveNameTwice { .. })),
        "{refused:?}"
    );
}
