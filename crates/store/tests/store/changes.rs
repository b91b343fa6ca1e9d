//! Several programs at one store: locks, and the counter that tells of changes.

use std::fs;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, TransactionBehavior};
use tempfile::tempdir;
use wangge_store::{Store, StoreError};

use crate::city::{GRID, grids, import, publish, scheme, store_with_grids};

#[test]
fn the_second_writer_is_told_after_its_patience() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    let mut store = store_with_grids(&path, 1);
    store.set_patience(Duration::from_millis(300)).unwrap();
    let mut other = Connection::open(&path).unwrap();
    let writing = other
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .unwrap();
    writing.execute("UPDATE plans SET note = 'x'", []).unwrap();
    let begun = Instant::now();
    let refused = store
        .import_units(import("second", GRID, grids(2, 0)))
        .unwrap_err();
    assert!(begun.elapsed() >= Duration::from_millis(250));
    assert!(
        matches!(refused, StoreError::Locked { waited, .. } if waited == Duration::from_millis(300)),
        "{refused}"
    );
    // reading goes on meanwhile
    assert_eq!(store.contents("first").unwrap().grids.len(), 1);
    drop(writing);
    store
        .import_units(import("second", GRID, grids(2, 0)))
        .unwrap();
}

#[test]
fn a_writer_that_is_done_in_time_lets_the_second_in() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    drop(store_with_grids(&path, 1));
    let threads: Vec<_> = (0..4)
        .map(|i| {
            let path = path.clone();
            thread::spawn(move || {
                let mut store = Store::open(&path).unwrap();
                store.set_patience(Duration::from_mins(1)).unwrap();
                for j in 0..5 {
                    let plan = format!("{i} {j}");
                    store
                        .import_units(import(&plan, GRID, grids(20, 0)))
                        .unwrap();
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    let store = Store::open(&path).unwrap();
    assert_eq!(store.plans().unwrap().len(), 21);
    assert_eq!(store.change_counter().unwrap().commits, 21);
    assert_eq!(store.check().unwrap(), []);
}

/// An import that does not fit SQLite's cache must not lock readers out before it commits.
#[test]
fn readers_read_while_a_large_import_runs() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    drop(store_with_grids(&path, 10));
    let (done, is_done) = mpsc::channel();
    let writer = {
        let path = path.clone();
        thread::spawn(move || {
            let mut store = Store::open(&path).unwrap();
            // about 9 MB; the cache holds 2 MB
            let units = grids(3_000, 180);
            store.import_units(import("second", GRID, units)).unwrap();
            done.send(()).unwrap();
        })
    };
    let mut reader = Store::open_read_only(&path).unwrap();
    reader.set_patience(Duration::from_secs(30)).unwrap();
    let hash = reader.contents("first").unwrap().content_hash;
    let mut reads = 0;
    while is_done.try_recv().is_err() {
        let contents = reader.contents("first").unwrap();
        assert_eq!(contents.content_hash, hash);
        // a commit is seen whole or not at all
        let plans = reader.plans().unwrap();
        let second = plans.get(1).map(|plan| reader.grids_in(plan).unwrap());
        assert!(second.is_none_or(|grids| grids == 3_000), "{second:?}");
        reads += 1;
        thread::sleep(Duration::from_millis(1));
    }
    writer.join().unwrap();
    assert!(reads > 5, "{reads}");
}

#[test]
fn the_counter_changes_with_every_commit_of_anybody() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    let mut store = store_with_grids(&path, 2);
    let watching = Store::open_read_only(&path).unwrap();
    let mut last = watching.change_counter().unwrap();
    let mut changed = |what: &str, yes: bool| {
        let now = watching.change_counter().unwrap();
        assert_eq!(now != last, yes, "{what}");
        last = now;
    };
    changed("nothing", false);
    store.contents("first").unwrap();
    store.check().unwrap();
    changed("reading", false);
    publish(&mut store, "first");
    changed("publishing in another process", true);
    let qgis = Connection::open(&path).unwrap();
    qgis.execute("UPDATE plans SET note = 'x' WHERE id = 1", [])
        .unwrap();
    changed("an edit in another program", true);
    store
        .import_units(import("first", GRID, vec![]))
        .unwrap_err();
    changed("a change that was refused", false);
    drop((store, qgis));
    changed("others leaving", false);

    fs::rename(&path, dir.path().join("old.gpkg")).unwrap();
    changed("the file is gone", true);
    drop(Store::create(&path, &scheme()).unwrap());
    changed("another file is there", true);
    changed("nothing more", false);
}

#[test]
fn the_counter_changes_with_the_stores_own_commits() {
    let dir = tempdir().unwrap();
    let mut store = store_with_grids(&dir.path().join("city.gpkg"), 2);
    let before = store.change_counter().unwrap();
    store.create_plan("second", None, None).unwrap();
    let after = store.change_counter().unwrap();
    assert_eq!(after.commits, before.commits + 1);
}
