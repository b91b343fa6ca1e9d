//! Archives of tiles served by the real program: exported by it, written by others, damaged, misnamed.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that panics has failed"
)]

mod support;

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use support::drawing::{board, geojson};
use support::service::{Fetched, Service};
use support::{Desk, ONE_LEVEL, publish, run, run_in};

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A published store of three by three cells of 0.001 degree.
fn store(desk: &Desk) -> PathBuf {
    let file = desk.write("grids.geojson", &geojson(&board(3, 3)));
    let store = desk.store("city.gpkg", ONE_LEVEL);
    publish(&store, &file, &[]);
    store
}

fn exported(desk: &Desk, store: &Path, name: &str) -> PathBuf {
    let path = desk.path(name);
    let words = ["tiles", "export", "--store", text(store), "-o", text(&path)];
    run(&words).expect_code(0);
    path
}

fn gunzipped(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut out).unwrap();
    out
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn json_of(answer: &Fetched) -> Value {
    assert_eq!(
        answer.status,
        200,
        "{}",
        String::from_utf8_lossy(&answer.body)
    );
    serde_json::from_slice(&answer.body).unwrap()
}

/// Tiles of an `MBTiles` archive, read without the program: address and bytes as they are stored.
fn tiles_in(path: &Path) -> Vec<(String, Vec<u8>)> {
    let archive = rusqlite::Connection::open(path).unwrap();
    let mut rows = archive
        .prepare("SELECT zoom_level, tile_column, tile_row, tile_data FROM tiles")
        .unwrap();
    let rows = rows
        .query_map([], |row| {
            let (z, x, y): (u32, u32, u32) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok((format!("{z}/{x}/{}", (1 << z) - 1 - y), row.get(3)?))
        })
        .unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn an_exported_archive_is_served_without_its_store() {
    let desk = Desk::new();
    let store = store(&desk);
    let mbtiles = exported(&desk, &store, "nine.mbtiles");
    let pmtiles = exported(&desk, &store, "nine-pm.pmtiles");
    std::fs::remove_file(&store).unwrap();
    let tiles = tiles_in(&mbtiles);
    assert!(tiles.len() > 8, "{}", tiles.len());
    let second = format!("again={}", text(&mbtiles));
    let service = Service::with(&[
        "--archive",
        text(&mbtiles),
        "--archive",
        text(&pmtiles),
        "--archive",
        &second,
    ]);
    for name in ["nine", "nine-pm", "again"] {
        let described = json_of(&service.fetch(&format!("/tiles/{name}"), ""));
        assert_eq!(described["tilejson"], "3.0.0");
        assert_eq!(described["maxzoom"], 16);
        let url = described["tiles"][0].as_str().unwrap();
        let path = url.split_once("localhost").unwrap().1.to_owned();
        for (tile, stored) in &tiles {
            let target = path.replace("{z}/{x}/{y}", tile);
            let packed = service.fetch(&target, "Accept-Encoding: gzip, br\r\n");
            assert_eq!(packed.status, 200, "{target}");
            assert_eq!(packed.header("content-encoding"), "gzip");
            assert!(&packed.body == stored, "{target}: as it is stored");
            let plain = service.fetch(&format!("/tiles/{name}/{tile}"), "");
            assert_eq!(plain.header("content-encoding"), "");
            assert!(plain.body == gunzipped(stored), "{target}");
            let tag = packed.header("etag");
            assert_ne!(tag, plain.header("etag"));
            let head = format!("Accept-Encoding: gzip\r\nIf-None-Match: {tag}\r\n");
            assert_eq!(service.fetch(&target, &head).status, 304);
        }
    }
    let again = json_of(&service.fetch("/tiles/again", ""));
    let nine = json_of(&service.fetch("/tiles/nine", ""));
    let version = |json: &Value| {
        let url = json["tiles"][0].as_str().unwrap().to_owned();
        url.split('/').nth(5).unwrap().to_owned()
    };
    assert_eq!(version(&again), version(&nine), "the same file");
    let style = json_of(&service.fetch("/styles/day.json?source=nine", ""));
    assert_eq!(style["metadata"]["wangge:levels"], json!(["grid"]));
    assert_eq!(service.fetch("/readyz", "").status, 200);
    let page = service.get("/");
    assert_eq!(page.status, 200);
    assert!(page.body.contains("tiles/nine-pm"), "{}", page.body);
    assert_eq!(service.get("/v1/locate?lon=120.8&lat=40.7").status, 404);
    let (status, log) = service.stop();
    assert!(status.success());
    assert!(!log.contains("ERROR") && !log.contains("WARN"), "{log}");
}

#[test]
fn an_archive_is_served_beside_a_store() {
    let desk = Desk::new();
    let store = store(&desk);
    let path = exported(&desk, &store, "nine.pmtiles");
    let service = Service::start(&store, &["--archive", text(&path)]);
    let of_store = json_of(&service.fetch("/tiles/city", ""));
    let of_archive = json_of(&service.fetch("/tiles/nine", ""));
    for key in ["name", "version", "minzoom", "maxzoom", "vector_layers"] {
        assert_eq!(of_store[key], of_archive[key], "{key}");
    }
    assert_eq!(
        service.get("/v1/locate?lon=120.8005&lat=40.7005").status,
        200
    );
    service.stop();
}

/// As other programs may write one: without bounds and zooms, tiles of both kinds, an empty one,
/// one beyond our zooms, one that is cut short, and one that unpacks to more than is taken.
#[test]
fn an_archive_of_another_program_is_served_as_far_as_it_goes() {
    let desk = Desk::new();
    let store = store(&desk);
    let (_, tile) = tiles_in(&exported(&desk, &store, "nine.mbtiles"))
        .pop()
        .unwrap();
    let path = desk.path("other.mbtiles");
    let archive = rusqlite::Connection::open(&path).unwrap();
    archive
        .execute_batch(
            "CREATE TABLE metadata (name TEXT, value TEXT);
             CREATE TABLE tiles (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_data BLOB);
             INSERT INTO metadata VALUES ('format', 'pbf'),
                 ('json', '{\"vector_layers\": [{\"id\": \"roads\", \"fields\": {\"lanes\": \"Number\"}}]}');",
        )
        .unwrap();
    let put = |z: u32, x: u32, y: u32, bytes: &[u8]| {
        archive
            .execute(
                "INSERT INTO tiles VALUES (?1, ?2, ?3, ?4)",
                rusqlite::params![z, x, (1 << z) - 1 - y, bytes],
            )
            .unwrap();
    };
    let plain = gunzipped(&tile);
    put(1, 0, 0, &tile);
    put(1, 1, 0, &plain);
    put(1, 0, 1, &[]);
    put(1, 1, 1, &tile[..tile.len() / 2]);
    put(2, 0, 0, &gzipped(&vec![0; (64 << 20) + 1]));
    put(18, 0, 0, &tile);
    drop(archive);
    let service = Service::with(&["--archive", text(&path)]);
    let described = json_of(&service.fetch("/tiles/other", ""));
    assert_eq!(described["name"], "other");
    assert_eq!(
        (&described["minzoom"], &described["maxzoom"]),
        (&json!(0), &json!(16))
    );
    assert_eq!(described["bounds"][0], -180.0);
    assert!(described.get("version").is_none());
    assert_eq!(
        described["vector_layers"],
        json!([{"id": "roads", "minzoom": 0, "maxzoom": 16, "fields": {"lanes": "Number"}}])
    );
    let fetch = |tile: &str, head: &str| service.fetch(&format!("/tiles/other/{tile}"), head);
    for (tile, status) in [
        ("1/0/0", 200),
        ("1/1/0", 200),
        ("1/0/1", 204),
        ("1/1/1", 500),
        ("2/0/0", 500),
        ("2/3/3", 204),
        ("18/0/0", 404),
    ] {
        for head in ["", "Accept-Encoding: gzip\r\n"] {
            let answer = fetch(tile, head);
            assert_eq!(answer.status, status, "{tile}");
            if status == 200 {
                let packed = answer.header("content-encoding") == "gzip";
                assert_eq!(packed, !head.is_empty());
                let bytes = if packed {
                    gunzipped(&answer.body)
                } else {
                    answer.body
                };
                assert!(bytes == plain, "{tile}");
            }
        }
    }
    // its layers are none of ours
    let style = json_of(&service.fetch("/styles/day.json?source=other", ""));
    let layers = style["layers"].as_array().unwrap();
    assert!(layers.iter().all(|layer| layer["type"] == "background"));
    let (_, log) = service.stop();
    assert!(
        log.contains("a tile could not be read") && log.contains("tile 2/0/0"),
        "{log}"
    );
}

#[test]
#[allow(clippy::too_many_lines, reason = "a table: one entry for each refusal")]
fn what_cannot_be_served_is_said_before_the_service_starts() {
    let desk = Desk::new();
    let store = store(&desk);
    let good = exported(&desk, &store, "nine.pmtiles");
    let city = exported(&desk, &store, "city.pmtiles");
    let mbtiles = exported(&desk, &store, "whole.mbtiles");
    let copy = |name: &str| {
        let path = desk.path(name);
        std::fs::copy(&mbtiles, &path).unwrap();
        path
    };
    let changed = |name: &str, statement: &str| {
        let path = copy(name);
        let archive = rusqlite::Connection::open(&path).unwrap();
        archive.execute_batch(statement).unwrap();
        path
    };
    let text_file = desk.write("text.pmtiles", "some text that is no archive at all");
    let cut = desk.path("cut.pmtiles");
    let whole = std::fs::read(&good).unwrap();
    std::fs::write(&cut, &whole[..100]).unwrap();
    let images = changed(
        "images.mbtiles",
        "UPDATE metadata SET value = 'png' WHERE name = 'format'",
    );
    let box_of_nothing = changed(
        "box.mbtiles",
        "UPDATE metadata SET value = '200,0,201,1' WHERE name = 'bounds'",
    );
    let fine = changed(
        "fine.mbtiles",
        "UPDATE metadata SET value = '17' WHERE name = 'minzoom';
         UPDATE metadata SET value = '18' WHERE name = 'maxzoom';",
    );
    let layers = changed(
        "layers.mbtiles",
        "UPDATE metadata SET value = '{\"vector_layers\": [7]}' WHERE name = 'json'",
    );
    let in_use = copy("used.mbtiles");
    desk.write(
        "used.mbtiles-wal",
        "what another program has not put in yet",
    );
    let spaced = desk.path("nine squares.pmtiles");
    std::fs::copy(&good, &spaced).unwrap();
    let named = |name: &str| format!("{name}={}", text(&good));
    let (mine, empty, chinese) = (named("grids"), named(""), named("小城"));
    let missing = desk.path("none.pmtiles");
    let no_archive = format!("x={}", text(&store));
    let cases: [(&[&str], &[&str], &str); 15] = [
        (&[], &["--store <STORE>"], "缺少必需的参数"),
        (
            &[text(&missing)],
            &["none.pmtiles", "cannot read"],
            "文件或文件夹不存在",
        ),
        (
            &[&no_archive],
            &[".pmtiles or .mbtiles"],
            ".pmtiles 或 .mbtiles",
        ),
        (
            &[text(&text_file)],
            &["text.pmtiles", "PMTiles"],
            "不是完好的 PMTiles",
        ),
        (
            &[text(&cut)],
            &["cut.pmtiles", "PMTiles"],
            "不是完好的 PMTiles",
        ),
        (&[text(&images)], &["images.mbtiles", "png"], "png"),
        (&[text(&box_of_nothing)], &["box.mbtiles", "bounds"], "范围"),
        (&[text(&fine)], &["17 to 18", "0 to 16"], "17 到 18 级"),
        (
            &[text(&layers)],
            &["layers.mbtiles", "vector_layers"],
            "不合 TileJSON",
        ),
        (&[text(&in_use)], &["used.mbtiles-wal"], "正在被写入"),
        (
            &[text(&city)],
            &["\"city\"", "--archive NAME=FILE"],
            "--archive 名称=文件",
        ),
        (
            &[&mine],
            &["\"grids\"", "--archive NAME=FILE"],
            "--archive 名称=文件",
        ),
        (&[&empty], &["\"\"", "ASCII letters"], "ASCII 字母"),
        (&[&chinese], &["\"小城\"", "ASCII letters"], "ASCII 字母"),
        (
            &[text(&spaced)],
            &["\"nine squares\"", "--archive NAME=FILE"],
            "“nine squares”",
        ),
    ];
    for (archives, english, chinese) in cases {
        let mut words = vec!["serve", "--listen", "127.0.0.1:0"];
        for archive in archives {
            words.extend(["--archive", archive]);
        }
        let said = run(&words).expect_code(2);
        for wanted in english {
            assert!(said.message().contains(wanted), "{wanted}: {}", said.err);
        }
        let said = run_in("zh_CN.UTF-8", &words).expect_code(2);
        assert!(said.message().contains(chinese), "{chinese}: {}", said.err);
    }
    let twice = ["serve", "--archive", text(&good), "--archive", text(&good)];
    let said = run(&twice).expect_code(2);
    assert!(said.message().contains("\"nine\""), "{}", said.err);
    let said = run_in("zh_CN.UTF-8", &twice).expect_code(2);
    assert!(said.message().contains("已用此名"), "{}", said.err);
}
