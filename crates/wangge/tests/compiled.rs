//! A large plan leaves its compiled ground beside the store: answers are the same with it and without.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that panics has failed"
)]

mod support;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use support::drawing::{board, geojson};
use support::service::Service;
use support::{Desk, ONE_LEVEL, publish, run};

/// 20,164 grids: as few as have a file, and some more.
const SIDE: i64 = 142;

fn files(store: &Path) -> Vec<PathBuf> {
    let folder = store.with_file_name("city.gpkg.compiled");
    let Ok(files) = fs::read_dir(folder) else {
        return Vec::new();
    };
    files.map(|file| file.unwrap().path()).collect()
}

/// What the program says of places all over the board, and of a grid.
fn told(store: &str, points: &Path, code: &str) -> (String, String) {
    let points = points.to_str().unwrap();
    let located = run(&["locate", "--store", store, "--points", points]).expect_code(0);
    let grid = run(&["grid", code, "--store", store, "--json"]).expect_code(0);
    (located.out, grid.out)
}

#[test]
fn answers_are_the_same_with_the_file_without_it_and_with_a_damaged_one() {
    let desk = Desk::new();
    let store = desk.store("city.gpkg", ONE_LEVEL);
    let grids = board(SIDE, SIDE);
    let code = grids[777].code().to_owned();
    let file = desk.write("grids.geojson", &geojson(&grids));
    publish(&store, &file, &["--plan", "first"]);
    let name = store.to_str().unwrap();
    let [kept] = files(&store).try_into().unwrap();
    let mut points = "id,lon,lat\n".to_owned();
    for (number, grid) in grids.iter().enumerate().step_by(31) {
        let feature: serde_json::Value = serde_json::from_str(&grid.feature()).unwrap();
        // a corner belongs to one of four grids
        let corner = &feature["geometry"]["coordinates"][0][0][0];
        writeln!(points, "{number},{},{}", corner[0], corner[1]).unwrap();
    }
    let points = desk.write("points.csv", &points);
    let with = told(name, &points, &code);
    let inside = with.0.lines().filter(|line| line.contains("inside"));
    assert_eq!(inside.count(), grids.len().div_ceil(31));

    let sound = fs::read(&kept).unwrap();
    fs::write(&kept, &sound[..sound.len() - 1]).unwrap();
    assert!(told(name, &points, &code) == with);
    fs::remove_file(&kept).unwrap();
    assert!(told(name, &points, &code) == with);
    assert_eq!(
        files(&store),
        Vec::<PathBuf>::new(),
        "a command writes none"
    );

    let served = |store: &Path| {
        let service = Service::start(store, &[]);
        let answer = service.get(&format!("/v1/grids/{code}"));
        assert_eq!(answer.status, 200);
        (service, answer.body)
    };
    let (service, compiled) = served(&store);
    let start = Instant::now();
    while fs::read(&kept).ok().as_ref() != Some(&sound) {
        assert!(
            start.elapsed() < Duration::from_secs(30),
            "nothing is written"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    let (_, log) = service.stop();
    assert!(log.contains("compiled=true"), "{log}");
    let (service, read) = served(&store);
    assert_eq!(compiled, read);
    let (status, log) = service.stop();
    assert!(status.success(), "{log}");
    assert!(log.contains("compiled=false"), "{log}");
}
