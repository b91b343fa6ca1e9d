//! Tiles exported and checked by the real program: exit codes, messages, and an export that is killed.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use support::{Desk, ONE_LEVEL, publish, run, run_in};

/// A published store of nine square grids, side by side in three rows.
fn store(desk: &Desk, width_deg: f64) -> PathBuf {
    let features: Vec<String> = (0..9)
        .map(|i| {
            let [west, south] = [i % 3, i / 3].map(|at| f64::from(at) * width_deg);
            let (west, south) = (120.8 + west, 40.7 + south);
            let (east, north) = (west + width_deg, south + width_deg);
            format!(
                r#"{{"type":"Feature","properties":{{"code":"g{i}"}},"geometry":{{"type":"Polygon","coordinates":[[[{west:.7},{south:.7}],[{east:.7},{south:.7}],[{east:.7},{north:.7}],[{west:.7},{north:.7}],[{west:.7},{south:.7}]]]}}}}"#
            )
        })
        .collect();
    let file = desk.write(
        "grids.geojson",
        &format!(
            r#"{{"type":"FeatureCollection","features":[{}]}}"#,
            features.join(",")
        ),
    );
    let store = desk.store("city.gpkg", ONE_LEVEL);
    publish(&store, &file, &[]);
    store
}

fn words(words: &[&str], paths: &[(&str, &Path)]) -> Vec<OsString> {
    let mut all: Vec<OsString> = words.iter().map(OsString::from).collect();
    for (option, path) in paths {
        if !option.is_empty() {
            all.push(option.into());
        }
        all.push(path.into());
    }
    all
}

#[test]
fn an_exported_archive_is_sound_and_so_is_the_store() {
    let desk = Desk::new();
    let store = store(&desk, 0.01);
    let checked = run(&words(
        &["tiles", "check", "--json"],
        &[("--store", &store)],
    ))
    .expect_code(0);
    let of_store: serde_json::Value = serde_json::from_str(&checked.out).unwrap();
    assert_eq!(of_store["sound"], true);
    let zooms = of_store["zooms"].as_array().unwrap();
    assert_eq!(zooms.last().unwrap()["zoom"], 16);
    for name in ["city.pmtiles", "city.mbtiles"] {
        let path = desk.path(name);
        let export = words(&["tiles", "export"], &[("--store", &store), ("-o", &path)]);
        let told = run(&export).expect_code(0);
        assert!(
            told.message().contains("tiles of zooms 6 to 16"),
            "{}",
            told.err
        );
        let checked = run(&words(&["tiles", "check", "--json"], &[("", &path)])).expect_code(0);
        let of_archive: serde_json::Value = serde_json::from_str(&checked.out).unwrap();
        assert_eq!(of_archive["zooms"], of_store["zooms"], "{name}");
        let text =
            run_in("zh_CN.UTF-8", &words(&["tiles", "check"], &[("", &path)])).expect_code(0);
        assert!(text.out.ends_with("没有问题。\n"), "{}", text.out);
        assert!(
            text.out.contains("grid_grid：9 个单元，缺 0；空缺面积 0"),
            "{}",
            text.out
        );
    }
}

/// A tile of another place in the middle of the city: its neighbours disagree, and grids are missing.
#[test]
fn an_archive_with_a_wrong_tile_is_not_sound() {
    let desk = Desk::new();
    let store = store(&desk, 0.01);
    let path = desk.path("city.mbtiles");
    let zooms = [
        "tiles",
        "export",
        "--source",
        "grids",
        "--minzoom",
        "14",
        "--maxzoom",
        "14",
    ];
    run(&words(&zooms, &[("--store", &store), ("-o", &path)])).expect_code(0);
    let archive = rusqlite::Connection::open(&path).unwrap();
    let changed = archive
        .execute(
            "DELETE FROM tiles WHERE rowid = (SELECT rowid FROM tiles ORDER BY length(tile_data) DESC LIMIT 1)",
            [],
        )
        .unwrap();
    assert_eq!(changed, 1);
    drop(archive);
    let checked = run(&words(&["tiles", "check"], &[("", &path)])).expect_code(1);
    assert!(
        checked.out.contains("disagrees with the tile"),
        "{}",
        checked.out
    );
    assert!(checked.out.contains("faults:"), "{}", checked.out);
}

#[test]
fn what_cannot_be_done_is_said() {
    let desk = Desk::new();
    let store = store(&desk, 0.01);
    let cases: [(Vec<OsString>, &str, &str); 5] = [
        (
            words(&["tiles", "check"], &[("", &desk.path("none.pmtiles"))]),
            "cannot read",
            "文件或文件夹不存在",
        ),
        (
            words(
                &["tiles", "check"],
                &[("", &desk.write("text.pmtiles", "no tiles"))],
            ),
            "is not a whole PMTiles archive",
            "不是完好的 PMTiles 归档",
        ),
        (
            words(
                &["tiles", "export"],
                &[("--store", &store), ("-o", &desk.path("city.zip"))],
            ),
            ".pmtiles or .mbtiles",
            "应以 .pmtiles 或 .mbtiles 结尾",
        ),
        (
            words(
                &["tiles", "export", "--minzoom", "9", "--maxzoom", "8"],
                &[("--store", &store), ("-o", &desk.path("city.pmtiles"))],
            ),
            "--minzoom is 9, more than --maxzoom",
            "--minzoom 的值 9 大于",
        ),
        (
            words(
                &["tiles", "export", "--source", "overlays"],
                &[("--store", &store), ("-o", &desk.path("city.pmtiles"))],
            ),
            "the source overlays has no tiles",
            "数据源 overlays 在这些级别没有瓦片",
        ),
    ];
    for (arguments, english, chinese) in cases {
        let said = run(&arguments).expect_code(2);
        assert!(said.message().contains(english), "{}", said.err);
        let said = run_in("zh_CN.UTF-8", &arguments).expect_code(2);
        assert!(said.message().contains(chinese), "{}", said.err);
    }
    assert!(!desk.path("city.pmtiles").exists());
}

/// Killed without a warning while it draws; the next run goes on and comes to the same bytes.
#[test]
fn an_export_that_was_killed_goes_on() {
    let desk = Desk::new();
    let store = store(&desk, 0.25);
    let (path, whole) = (desk.path("city.pmtiles"), desk.path("whole.pmtiles"));
    let export = words(&["tiles", "export"], &[("--store", &store), ("-o", &path)]);
    let work = desk.path(".city.pmtiles.wangge-work");
    // one that is killed before its first batch is kept begins anew: then a later moment is tried
    let went_on = (1..=30).any(|turn| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_wangge"))
            .args(&export)
            .env("LC_ALL", "C.UTF-8")
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let started = Instant::now();
        while work.metadata().map_or(0, |file| file.len()) < turn * 100_000
            && started.elapsed() < Duration::from_mins(2)
            && child.try_wait().unwrap().is_none()
        {
            std::thread::sleep(Duration::from_millis(2));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!path.exists(), "it was done before it could be killed");
        assert!(work.exists());
        let told = run(&export).expect_code(0);
        let went_on = told.message().contains("went on with an export");
        if !went_on {
            std::fs::remove_file(&path).unwrap();
        }
        went_on
    });
    assert!(went_on);
    assert!(!work.exists());
    run(&words(
        &["tiles", "export"],
        &[("--store", &store), ("-o", &whole)],
    ))
    .expect_code(0);
    assert!(std::fs::read(&path).unwrap() == std::fs::read(&whole).unwrap());
}
