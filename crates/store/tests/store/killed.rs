//! Imports that are killed on their way.

use std::env;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::tempdir;
use wangge_store::{Digest, Store, StoreError};

use crate::city::{GRID, grids, import, store_with_grids};

const CHILD: &str = "WANGGE_STORE_TEST_CHILD";
const ROUNDS: u32 = 20;

/// Not a test by itself: what the child process of the next test runs.
#[test]
fn child_that_imports() {
    let Ok(path) = env::var(CHILD) else {
        return;
    };
    let mut store = Store::open(&path).unwrap();
    let units = grids(2_500, 100);
    println!("ready");
    store.import_units(import("second", GRID, units)).unwrap();
    println!("done");
}

fn child(path: &std::path::Path) -> (Child, BufReader<std::process::ChildStdout>) {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "killed::child_that_imports", "--nocapture"])
        .env(CHILD, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap());
    wait_for(&mut said, "ready");
    (child, said)
}

fn wait_for(said: &mut impl BufRead, word: &str) {
    let mut line = String::new();
    loop {
        line.clear();
        assert!(
            said.read_line(&mut line).unwrap() > 0,
            "the child never said {word}"
        );
        if line.contains(word) {
            return;
        }
    }
}

#[test]
fn a_killed_import_leaves_the_store_as_it_was() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    let clean = dir.path().join("clean.gpkg");
    drop(store_with_grids(&clean, 50));
    let fresh = || {
        std::fs::copy(&clean, &path).unwrap();
        let _ = std::fs::remove_file(dir.path().join("city.gpkg-journal"));
    };
    let before = contents(&Store::open(&clean).unwrap());

    // once to the end: what it makes, and how long it takes
    fresh();
    let (mut whole, mut said) = child(&path);
    let begun = Instant::now();
    wait_for(&mut said, "done");
    let takes = begun.elapsed();
    assert!(whole.wait().unwrap().success());
    let after = contents(&Store::open(&path).unwrap());
    assert_eq!((before.len(), after.len()), (1, 2));

    let (mut undone, mut hot) = (0, 0);
    for round in 0..ROUNDS {
        fresh();
        let (mut process, _said) = child(&path);
        // from the first moment to after the end, thrice through the last third
        let share = f64::from(round * 7 % ROUNDS) / f64::from(ROUNDS);
        let share = if round % 4 == 0 {
            share
        } else {
            0.6 + share * 0.5
        };
        thread::sleep(takes.mul_f64(share));
        process.kill().unwrap();
        process.wait().unwrap();
        let journal = path.with_file_name("city.gpkg-journal");
        let is_hot = journal.metadata().is_ok_and(|metadata| metadata.len() > 0);
        hot += usize::from(is_hot);

        let mut store = Store::open(&path).unwrap();
        let found = contents(&store);
        assert!(
            found == before || found == after,
            "round {round}: {found:?}"
        );
        undone += usize::from(found == before);
        assert_eq!(store.check().unwrap(), [], "round {round}");
        // and work goes on
        store.create_plan("third", Some("first"), None).unwrap();
        assert!(!journal.exists(), "round {round}");
    }
    println!("{ROUNDS} killed: {undone} undone, {hot} with a journal to roll back");
    assert!(undone > 0);
}

#[test]
fn an_interrupted_write_is_put_right_by_the_next_writer_only() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    drop(store_with_grids(&path, 50));
    let before = contents(&Store::open(&path).unwrap());
    // what a crash leaves: the file half written, the journal with what was there
    let other = rusqlite::Connection::open(&path).unwrap();
    other.pragma_update(None, "cache_size", 1).unwrap();
    other
        .execute_batch("BEGIN; UPDATE units SET name = name || hex(zeroblob(500))")
        .unwrap();
    let crashed = dir.path().join("crashed.gpkg");
    std::fs::copy(&path, &crashed).unwrap();
    let journal = dir.path().join("crashed.gpkg-journal");
    std::fs::copy(dir.path().join("city.gpkg-journal"), &journal).unwrap();
    assert_ne!(std::fs::read(&crashed).unwrap(), {
        other.execute_batch("ROLLBACK").unwrap();
        std::fs::read(&path).unwrap()
    });

    match Store::open_read_only(&crashed) {
        Err(StoreError::Interrupted { .. }) => {}
        other => panic!("{other:?}"),
    }
    let store = Store::open(&crashed).unwrap();
    assert_eq!(contents(&store), before);
    assert_eq!(store.check().unwrap(), []);
    assert!(!journal.exists());
    assert_eq!(contents(&Store::open_read_only(&crashed).unwrap()), before);
}

fn contents(store: &Store) -> Vec<(String, i64, Digest)> {
    store
        .plans()
        .unwrap()
        .into_iter()
        .map(|plan| {
            let hash = store.contents(&plan.name).unwrap().content_hash;
            (plan.name, plan.revision, hash)
        })
        .collect()
}

#[test]
fn waiting_never_takes_longer_than_the_patience() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    let mut store = store_with_grids(&path, 1);
    store.set_patience(Duration::ZERO).unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let refused = store.contents("first").unwrap_err();
    assert!(matches!(refused, StoreError::Locked { .. }), "{refused}");
}
