//! What is opened, what is refused, and in which words.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rusqlite::Connection;
use tempfile::tempdir;
use wangge_store::{Store, StoreError};

use crate::city::{GRID, grids, import, publish, scheme, store_with_grids};

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_store_that_is_not_there_is_not_made_by_opening_it() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    for opened in [Store::open(&path), Store::open_read_only(&path)] {
        let refused = opened.unwrap_err();
        assert!(matches!(refused, StoreError::Missing { .. }), "{refused}");
        assert!(refused.to_string().contains("wangge init"), "{refused}");
    }
    assert_eq!(names(dir.path()), [""; 0]);
}

#[test]
fn a_store_is_never_made_over_a_file() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    fs::write(&path, "mine").unwrap();
    let refused = Store::create(&path, &scheme()).unwrap_err();
    assert!(matches!(refused, StoreError::Exists { .. }), "{refused}");
    assert_eq!(fs::read(&path).unwrap(), b"mine");
    let dangling = dir.path().join("link.gpkg");
    std::os::unix::fs::symlink("nowhere", &dangling).unwrap();
    let refused = Store::create(&dangling, &scheme()).unwrap_err();
    assert!(matches!(refused, StoreError::Exists { .. }), "{refused}");
    assert_eq!(names(dir.path()), ["city.gpkg", "link.gpkg"]);
}

#[test]
fn a_new_store_is_one_file() {
    let dir = tempdir().unwrap();
    let store = Store::create(dir.path().join("city.gpkg"), &scheme()).unwrap();
    assert_eq!(names(dir.path()), ["city.gpkg"]);
    assert_eq!(store.scheme(), &scheme());
    assert_eq!(store.plans().unwrap(), []);
    assert_eq!(store.check().unwrap(), []);
    let nowhere = dir.path().join("no folder/city.gpkg");
    let refused = Store::create(&nowhere, &scheme()).unwrap_err();
    assert!(matches!(refused, StoreError::File { .. }), "{refused}");
}

#[test]
fn a_copy_is_the_same_store() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    let copy = dir.path().join("copy.gpkg");
    let mut store = store_with_grids(&path, 30);
    publish(&mut store, "first");
    let reading = Store::open_read_only(&path).unwrap();
    reading.backup(&copy, false).unwrap();
    store.create_plan("second", None, None).unwrap();
    let copied = Store::open(&copy).unwrap();
    assert_eq!(copied.check().unwrap(), []);
    assert_eq!(copied.plans().unwrap(), store.plans().unwrap()[..1]);
    let [a, b] = [&copied, &store].map(|store| store.contents("first").unwrap());
    assert_eq!((a.content_hash, a.grids), (b.content_hash, b.grids));
    let refused = store.backup(&copy, false).unwrap_err();
    assert!(matches!(refused, StoreError::Exists { .. }), "{refused}");
    assert_eq!(names(dir.path()), ["city.gpkg", "copy.gpkg"]);
}

#[test]
fn of_many_that_make_the_same_store_one_does() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    let made = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| Store::create(&path, &scheme())))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .filter(|made| match made {
                Ok(_) => true,
                Err(StoreError::Exists { .. }) => false,
                Err(other) => panic!("{other}"),
            })
            .count()
    });
    assert_eq!(made, 1);
    assert_eq!(names(dir.path()), ["city.gpkg"]);
    assert_eq!(Store::open(&path).unwrap().check().unwrap(), []);
}

#[test]
fn other_files_are_refused_with_what_they_are() {
    let dir = tempdir().unwrap();
    let refused = |path: &Path| match Store::open(path) {
        Err(StoreError::NotAStore { found, .. }) => found,
        other => panic!("{other:?}"),
    };
    let text = dir.path().join("grids.geojson");
    fs::write(
        &text,
        "{\"type\": \"FeatureCollection\", \"features\": []}".repeat(100),
    )
    .unwrap();
    assert_eq!(refused(&text), "not even a database");
    let empty = dir.path().join("empty.gpkg");
    fs::write(&empty, "").unwrap();
    assert_eq!(refused(&empty), "but another SQLite database");
    assert_eq!(refused(dir.path()), "but a folder");
    let sqlite = dir.path().join("other.db");
    let other = Connection::open(&sqlite).unwrap();
    other.execute_batch("CREATE TABLE t (a)").unwrap();
    assert_eq!(refused(&sqlite), "but another SQLite database");
    other
        .pragma_update(None, "application_id", 0x4750_4B47)
        .unwrap();
    assert_eq!(refused(&sqlite), "but a GeoPackage of another program");
    // a view could run anything when it is read
    other
        .execute_batch("CREATE VIEW wangge_store AS SELECT 1 AS form, 1 AS id")
        .unwrap();
    assert_eq!(refused(&sqlite), "but a GeoPackage of another program");
}

#[test]
fn a_store_of_a_later_version_is_left_alone() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    drop(store_with_grids(&path, 1));
    let other = Connection::open(&path).unwrap();
    other
        .execute_batch("DROP TRIGGER scheme_stays; UPDATE wangge_store SET form = 6")
        .unwrap();
    let refused = Store::open(&path).unwrap_err();
    assert_eq!(
        refused.to_string(),
        format!(
            "{} is a store of form 6, and this version of wangge knows forms up to 5: use the \
             newer version that wrote it",
            path.display()
        )
    );
}

#[test]
fn a_store_that_was_opened_for_reading_is_not_changed() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    drop(store_with_grids(&path, 1));
    let before = fs::read(&path).unwrap();
    let mut store = Store::open_read_only(&path).unwrap();
    let refused = store
        .import_units(import("second", GRID, grids(2, 0)))
        .unwrap_err();
    assert!(
        matches!(refused, StoreError::OpenedReadOnly { .. }),
        "{refused}"
    );
    assert_eq!(store.contents("first").unwrap().grids.len(), 1);
    drop(store);
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(names(dir.path()), ["city.gpkg"]);
}

#[test]
fn a_file_without_the_right_to_write_is_told_at_once() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    drop(store_with_grids(&path, 1));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    if fs::OpenOptions::new().append(true).open(&path).is_ok() {
        println!("skipped: this account may write everything");
        return;
    }
    let refused = Store::open(&path).unwrap_err();
    assert!(matches!(refused, StoreError::ReadOnly { .. }), "{refused}");
    assert_eq!(
        Store::open_read_only(&path).unwrap().plans().unwrap().len(),
        1
    );
}

#[test]
fn names_with_signs_of_addresses_are_only_names() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("file:城市 50%?mode=memory#1.gpkg");
    drop(store_with_grids(&path, 1));
    assert_eq!(Store::open(&path).unwrap().plans().unwrap().len(), 1);
    assert_eq!(names(dir.path()), ["file:城市 50%?mode=memory#1.gpkg"]);
}

#[test]
fn a_file_that_qgis_left_in_write_ahead_logging_is_one_file_again() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    drop(store_with_grids(&path, 1));
    let qgis = Connection::open(&path).unwrap();
    qgis.pragma_update(None, "journal_mode", "WAL").unwrap();
    let count = |qgis: &Connection| -> i64 {
        qgis.query_row("SELECT count(*) FROM units", [], |row| row.get(0))
            .unwrap()
    };
    assert_eq!(count(&qgis), 1);
    // while it is open elsewhere it works as it is
    let mut store = Store::open(&path).unwrap();
    store
        .import_units(import("second", GRID, grids(2, 0)))
        .unwrap();
    assert_eq!(count(&qgis), 3);
    drop((store, qgis));
    let store = Store::open(&path).unwrap();
    assert_eq!(store.plans().unwrap().len(), 2);
    assert_eq!(names(dir.path()), ["city.gpkg"]);
    let mode: String = Connection::open(&path)
        .unwrap()
        .query_row("PRAGMA journal_mode", [], |row| row.get(0))
        .unwrap();
    assert_eq!(mode, "delete");
}
