//! A city follows its store: what another connection publishes is answered soon after.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what helps tests may panic as tests do"
)]

mod drawing;

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use drawing::{grid, scheme, shape, square, town_grids};
use wangge_city::work::WorkError;
use wangge_city::{City, CityError, Published};
use wangge_model::{Grid, LevelIndex};
use wangge_store::{Existing, ImportUnits, Store};
use wangge_tiles::MAX_ZOOM;

const EVERY: Duration = Duration::from_millis(50);

fn draft(store: &mut Store, plan: &str, grids: Vec<Grid>) {
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

fn publish(path: &Path, plan: &str, grids: Vec<Grid>) {
    let mut store = Store::open(path).unwrap();
    draft(&mut store, plan, grids);
    let hash = store.contents(plan).unwrap().content_hash;
    store.mark_checked(plan, &hash).unwrap();
    store.publish(plan, &hash, None).unwrap();
}

fn within_two_seconds(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(
            start.elapsed() < Duration::from_secs(2),
            "not within 2 s: {what}"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn what_another_connection_publishes_answers_within_two_seconds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("town.gpkg");
    drop(Store::create(&path, &scheme()).unwrap());

    let published = Arc::new(Published::empty());
    let watch = published.follow(&path, EVERY).unwrap();
    assert!(published.load().is_none(), "nothing is published yet");

    publish(&path, "first", town_grids());
    within_two_seconds("the first plan", || published.load().is_some());
    let first = published.load().unwrap();
    assert_eq!(first.grid_count(), 5);

    let mut more = town_grids();
    more.push(grid(
        "211403001004",
        shape(square(2.0, 0.0, 3.0, 1.0), vec![]),
    ));
    publish(&path, "second", more);
    within_two_seconds("the second plan", || {
        published.load().is_some_and(|city| city.grid_count() == 6)
    });
    let second = published.load().unwrap();
    assert!(second.version() > first.version());
    assert_eq!(
        first.grid_count(),
        5,
        "a request that has begun keeps its city"
    );
    let id = |city: &wangge_city::City| {
        city.locate(&wangge_city::LocateRequest {
            lon: 120.805,
            lat: 40.705,
            crs: &wangge_crs::Crs::Lattice,
            near_m: None,
            subject: None,
            accuracy: None,
            components: None,
            shown: wangge_city::Shown::default(),
        })
        .unwrap()
        .grid
        .unwrap()
        .id
    };
    assert_eq!(
        id(&first),
        id(&second),
        "the number of a code outlives versions"
    );
    drop(watch);
}

#[test]
fn a_plan_that_does_not_compile_leaves_the_one_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("town.gpkg");
    drop(Store::create(&path, &scheme()).unwrap());
    publish(&path, "sound", town_grids());

    let published = Arc::new(Published::empty());
    let _watch = published.follow(&path, EVERY).unwrap();
    let sound = published.load().unwrap().version();

    let mut overlapping = town_grids();
    overlapping.push(grid(
        "211403001004",
        shape(square(0.5, 0.5, 1.5, 1.5), vec![]),
    ));
    publish(&path, "unsound", overlapping);
    std::thread::sleep(10 * EVERY);
    assert_eq!(published.load().unwrap().version(), sound);
    assert!(published.store_is_reachable());

    publish(&path, "repaired", town_grids());
    within_two_seconds("the repaired plan", || {
        published.load().unwrap().version() > sound
    });
}

#[test]
fn a_store_that_goes_away_and_comes_back_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("town.gpkg");
    drop(Store::create(&path, &scheme()).unwrap());
    publish(&path, "first", town_grids());
    let published = Arc::new(Published::empty());
    let _watch = published.follow(&path, EVERY).unwrap();

    let away = folder.path().join("away.gpkg");
    std::fs::rename(&path, &away).unwrap();
    within_two_seconds("that it is gone", || !published.store_is_reachable());
    assert!(
        published.load().is_some(),
        "the last city goes on answering"
    );

    // another file under the name, with another content under its own first version
    drop(Store::create(&path, &scheme()).unwrap());
    publish(&path, "first", town_grids().into_iter().take(2).collect());
    within_two_seconds("the other store", || {
        published.store_is_reachable() && published.load().unwrap().grid_count() == 2
    });
}

#[test]
fn a_draft_that_does_not_compile_is_tried_again_once_something_has_changed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("town.gpkg");
    drop(Store::create(&path, &scheme()).unwrap());
    publish(&path, "first", town_grids());
    let published = Arc::new(Published::empty());
    let _watch = published.follow(&path, EVERY).unwrap();
    let refused = || match published.plan("holed") {
        Err(WorkError::Uncompiled(error)) => error,
        other => panic!("{other:?}"),
    };

    let mut holed = town_grids();
    let missing = holed.remove(2);
    draft(&mut Store::open(&path).unwrap(), "holed", holed);
    let first = refused();
    assert!(matches!(*first, CityError::NotSeamless { .. }), "{first:?}");
    assert!(Arc::ptr_eq(&first, &refused()), "it is not tried again");

    let mut store = Store::open(&path).unwrap();
    store.create_plan("another", None, None).unwrap();
    assert!(!Arc::ptr_eq(&first, &refused()), "something has changed");

    draft(&mut store, "holed", vec![missing]);
    let city = published.plan("holed").unwrap().unwrap();
    assert_eq!(city.grid_count(), 5);
}

#[test]
fn each_zoom_is_told_of_once_it_is_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("town.gpkg");
    drop(Store::create(&path, &scheme()).unwrap());
    publish(&path, "first", town_grids());

    let published = Arc::new(Published::empty());
    let watch = published.follow(&path, EVERY).unwrap();
    let told: Arc<Mutex<Vec<(u64, u8)>>> = Arc::default();
    let note = Arc::clone(&told);
    published.when_drawn(move |city, zoom| {
        let number = city.edition().number();
        note.lock().unwrap().push((number, zoom));
    });
    // what is said a second time is not heard
    published.when_drawn(|_, _| unreachable!("the first one stands"));

    let all_zooms_of = |city: &City| {
        let number = city.edition().number();
        let told = told.lock().unwrap();
        (0..=MAX_ZOOM).all(|zoom| told.contains(&(number, zoom)))
    };
    let first = published.load().unwrap();
    within_two_seconds("the first plan's zooms", || all_zooms_of(&first));

    publish(&path, "second", town_grids());
    within_two_seconds("the second plan", || !published.answers_with(&first));
    let second = published.load().unwrap();
    within_two_seconds("the second plan's zooms", || all_zooms_of(&second));
    let numbers = told
        .lock()
        .unwrap()
        .iter()
        .map(|(number, _)| *number)
        .collect::<Vec<_>>();
    assert!(
        numbers.is_sorted(),
        "one snapshot after the other: {numbers:?}"
    );
    drop(watch);
}

#[test]
fn a_snapshot_that_answers_no_more_is_not_drawn_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("town.gpkg");
    drop(Store::create(&path, &scheme()).unwrap());
    publish(&path, "first", town_grids());

    let published = Arc::new(Published::empty());
    let _watch = published.follow(&path, EVERY).unwrap();
    let first = published.load().unwrap().edition().number();
    let (told, hears) = std::sync::mpsc::channel();
    let (go_on, may_go_on) = std::sync::mpsc::channel::<()>();
    let may_go_on = Mutex::new(may_go_on);
    published.when_drawn(move |city, zoom| {
        let _ = told.send((city.edition().number(), zoom));
        if city.edition().number() == first {
            // bounded, so that a fault is a failure and not a hang
            let _ = may_go_on
                .lock()
                .unwrap()
                .recv_timeout(Duration::from_secs(20));
        }
    });
    let begun = hears.recv_timeout(Duration::from_secs(20)).unwrap();
    assert_eq!(begun.0, first);
    publish(&path, "second", town_grids());
    within_two_seconds("the second plan", || {
        published.load().unwrap().edition().number() != first
    });
    go_on.send(()).unwrap();
    let next = hears.recv_timeout(Duration::from_secs(20)).unwrap();
    assert_ne!(next.0, first, "the first one is drawn on");
}
