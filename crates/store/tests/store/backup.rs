//! Copies while others commit.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::tempdir;
use wangge_store::{Store, StoreError};

use crate::city::{GRID, grids, import, store_with_grids};

/// More than one step of 2 MB, and commits all the time.
#[test]
fn commits_that_follow_each_other_neither_stop_a_copy_nor_wait_long_for_it() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    let mut store = store_with_grids(&path, 1);
    store
        .import_units(import("large", GRID, grids(5_000, 150)))
        .unwrap();
    assert!(path.metadata().unwrap().len() > 10_000_000);
    let (ended, commits) = (AtomicBool::new(false), AtomicU32::new(0));
    let longest = thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let (mut longest, started) = (Duration::ZERO, Instant::now());
            // the test may fail before it says that it has ended
            while started.elapsed() < Duration::from_mins(1) && !ended.load(Ordering::Relaxed) {
                let number = commits.fetch_add(1, Ordering::Relaxed);
                let begun = Instant::now();
                let name = format!("plan {number}");
                store.create_plan(&name, None, None).unwrap();
                longest = longest.max(begun.elapsed());
                thread::sleep(Duration::from_millis(1));
            }
            longest
        });
        let reading = Store::open_read_only(&path).unwrap();
        let (mut restarts, mut copies) = (0, 0);
        let begun = Instant::now();
        // a quick machine copies between two commits: until one of them fell into a copy
        while copies < 4 || (restarts == 0 && begun.elapsed() < Duration::from_secs(40)) {
            let copy = dir.path().join(format!("{copies}.gpkg"));
            copies += 1;
            let before = commits.load(Ordering::Relaxed);
            restarts += reading.backup(&copy, false).unwrap().restarts;
            let plans = Store::open(&copy).unwrap().plans().unwrap().len();
            // "first", "large", and what was committed, at a moment between begin and end
            let after = commits.load(Ordering::Relaxed);
            let committed = u32::try_from(plans).unwrap() - 2;
            assert!(
                (before.saturating_sub(1)..=after).contains(&committed),
                "{before} {committed} {after}"
            );
        }
        ended.store(true, Ordering::Relaxed);
        let longest = writer.join().unwrap();
        println!(
            "{copies} copies began anew {restarts} times; the longest commit took {longest:?}"
        );
        assert!(restarts > 0);
        longest
    });
    // far below the patience of a writer, 5 s
    assert!(longest < Duration::from_secs(3), "{longest:?}");
}

#[test]
fn a_copy_waits_for_a_writer_no_longer_than_its_patience() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    let mut store = store_with_grids(&path, 1);
    store.set_patience(Duration::ZERO).unwrap();
    let writer = rusqlite::Connection::open(&path).unwrap();
    writer.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let copy = dir.path().join("copy.gpkg");
    let refused = store.backup(&copy, false).unwrap_err();
    assert!(matches!(refused, StoreError::Locked { .. }), "{refused}");
    assert!(!copy.exists());
    assert_eq!(dir.path().read_dir().unwrap().count(), 1);
}

/// SQLite would take a journal of that name for the rest of a write to the new file.
#[test]
fn a_store_is_not_made_beside_what_is_left_of_another() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    let left = dir.path().join("city.gpkg-journal");
    std::fs::write(&left, "what is left").unwrap();
    let refused = Store::create(&path, &crate::city::scheme()).unwrap_err();
    assert!(matches!(refused, StoreError::Leftover { .. }), "{refused}");
    assert!(!path.exists());
    // an empty one says nothing
    std::fs::write(&left, "").unwrap();
    Store::create(&path, &crate::city::scheme()).unwrap();
}
