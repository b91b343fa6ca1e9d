//! What people can do to the file with other programs, and what `check` finds of it.

use std::path::Path;

use rstest::rstest;
use rusqlite::Connection;
use tempfile::tempdir;
use wangge_store::{Fault, Store, StoreError};

use crate::city::{GRID, import, publish, store_with_grids};

/// A store with plan 1 published and plan 2 a draft with the same units.
fn published(path: &Path) -> Store {
    let mut store = store_with_grids(path, 3);
    publish(&mut store, "first");
    store.create_plan("second", Some("first"), None).unwrap();
    store
}

#[rstest]
#[case::rename_a_grid("UPDATE units SET name = 'x' WHERE plan = 1")]
#[case::remove_a_grid("DELETE FROM units WHERE plan = 1")]
#[case::add_a_grid(
    "INSERT INTO units (plan, level, code_id, code, shape) VALUES (1, 'grid', 1, 'x', 1)"
)]
#[case::move_a_grid_in("UPDATE units SET plan = 1, code = 'x' WHERE fid = 4")]
#[case::move_a_grid_out("UPDATE units SET plan = 2, code = 'x' WHERE fid = 1")]
#[case::replace_a_grid(
    "INSERT OR REPLACE INTO units (fid, plan, level, code_id, code, shape)
     VALUES (1, 2, 'grid', 1, 'x', 1)"
)]
#[case::redraw("UPDATE shapes SET geom = x'00' WHERE id = 1")]
#[case::redraw_by_replacing(
    "INSERT OR REPLACE INTO shapes (id, sha256, geom) VALUES (1, zeroblob(32), x'00')"
)]
#[case::redraw_under_another_number(
    "INSERT OR REPLACE INTO shapes (id, sha256, geom)
     SELECT 99, sha256, x'00' FROM shapes WHERE id = 1"
)]
#[case::remove_a_shape("DELETE FROM shapes WHERE id = 1")]
#[case::unpublish("UPDATE plans SET state = 'draft' WHERE id = 1")]
#[case::move_the_date("UPDATE plans SET effective = '2000-01-01T00:00:00.000Z' WHERE id = 1")]
#[case::rename_the_plan("UPDATE plans SET name = 'x' WHERE id = 1")]
#[case::another_hash("UPDATE plans SET content_sha256 = zeroblob(32) WHERE id = 1")]
#[case::remove_the_plan("DELETE FROM plans WHERE id = 1")]
#[case::replace_the_plan(
    "INSERT OR REPLACE INTO plans (id, name, created) VALUES (1, 'x', '2000-01-01T00:00:00.000Z')"
)]
#[case::publish_by_hand(
    "INSERT INTO plans (name, state, created, published, effective, content_sha256)
     VALUES ('x', 'published', '', '', '2000-01-01T00:00:00.000Z', zeroblob(32))"
)]
#[case::another_scheme("UPDATE wangge_store SET scheme = 'x'")]
#[case::no_scheme("DELETE FROM wangge_store")]
#[case::another_number_for_a_code("UPDATE codes SET id = 100 WHERE id = 1")]
#[case::rewrite_the_journal("UPDATE imports SET report = '{}'")]
#[case::forget_an_import("DELETE FROM imports")]
#[case::write_through_the_view("UPDATE current_grids SET name = 'x'")]
fn other_programs_cannot_change_what_is_published(#[case] statement: &str) {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    let store = published(&path);
    let before = store.contents("first").unwrap();
    // another program may not even know of foreign keys
    let other = Connection::open(&path).unwrap();
    other.execute(statement, []).unwrap_err();
    let after = store.contents("first").unwrap();
    assert_eq!(after.plan, before.plan);
    assert_eq!(after.content_hash, before.content_hash);
    assert_eq!(store.check().unwrap(), []);
}

#[test]
fn other_programs_may_change_a_draft() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    let store = published(&path);
    let hash = store.contents("second").unwrap().content_hash;
    let other = Connection::open(&path).unwrap();
    let changed = other
        .execute("UPDATE units SET name = '别名' WHERE plan = 2", [])
        .unwrap();
    assert_eq!(changed, 3);
    let contents = store.contents("second").unwrap();
    assert_eq!(contents.grids[0].unit.name.as_deref(), Some("别名"));
    assert_ne!(contents.content_hash, hash);
    assert_eq!(store.check().unwrap(), []);
}

#[rstest]
#[case::name(
    "units",
    "UPDATE units SET name = 'x' WHERE fid = 1",
    "plan \"first\" was changed"
)]
#[case::parent(
    "units",
    "UPDATE units SET parent = NULL WHERE fid = 2",
    "plan \"first\" was changed"
)]
#[case::missing_grid(
    "units",
    "DELETE FROM units WHERE fid = 1",
    "plan \"first\" was changed"
)]
#[case::exchanged_grounds(
    "units",
    "UPDATE units SET shape = 4 - shape WHERE plan = 1 AND shape <> 2",
    "plan \"first\" was changed"
)]
#[case::code_with_space(
    "units",
    "UPDATE units SET code = code || ' ' WHERE fid = 1",
    "plan \"first\" cannot be read: row 1 of table units"
)]
#[case::number_out_of_range(
    "units",
    "UPDATE units SET households = -1 WHERE fid = 1",
    "its households is of the wrong type or out of range"
)]
#[case::unknown_level(
    "units",
    "UPDATE units SET level = 'x' WHERE fid = 1",
    "its level \"x\" is none of the scheme's"
)]
#[case::coordinate(
    "shapes",
    "UPDATE shapes SET geom = CAST(substr(geom, 1, 100) || x'00' || substr(geom, 102) AS BLOB)
     WHERE id = 3",
    "shape 3 was changed"
)]
#[case::cut(
    "shapes",
    "UPDATE shapes SET geom = substr(geom, 1, 99) WHERE id = 3",
    "shape 3 cannot be read: the geometry has 99 bytes and ends too early"
)]
#[case::scheme(
    "wangge_store",
    "UPDATE wangge_store SET scheme = scheme || ' '",
    "the scheme was changed"
)]
fn what_was_changed_with_the_guards_off_is_found(
    #[case] table: &str,
    #[case] statement: &str,
    #[case] expected: &str,
) {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    drop(published(&path));
    let other = Connection::open(&path).unwrap();
    let guards: Vec<(String, String)> = other
        .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?1")
        .unwrap()
        .query_map([table], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    for (name, _) in &guards {
        other.execute(&format!("DROP TRIGGER {name}"), []).unwrap();
    }
    assert!(other.execute(statement, []).unwrap() > 0);
    for (_, sql) in &guards {
        other.execute(sql, []).unwrap();
    }
    let store = Store::open(&path).unwrap();
    let faults: Vec<String> = store
        .check()
        .unwrap()
        .iter()
        .map(Fault::to_string)
        .collect();
    assert!(
        faults.iter().any(|fault| fault.contains(expected)),
        "{faults:#?}"
    );
}

#[test]
fn a_plan_whose_shape_was_redrawn_behind_its_digest_is_not_published() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    let mut store = store_with_grids(&path, 3);
    let hash = store.contents("first").unwrap().content_hash;
    let other = Connection::open(&path).unwrap();
    other
        .execute_batch(
            "DROP TRIGGER shapes_stay;
             UPDATE shapes SET geom = (SELECT geom FROM shapes WHERE id = 2) WHERE id = 1",
        )
        .unwrap();
    let refused = store.publish("first", &hash, None).unwrap_err();
    assert!(
        matches!(refused, StoreError::PlanChanged { .. }),
        "{refused}"
    );
}

#[test]
fn a_missing_guard_and_a_changed_view_are_found() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    let store = published(&path);
    let other = Connection::open(&path).unwrap();
    other
        .execute_batch(
            "DROP TRIGGER shapes_stay; DROP VIEW grids;
             CREATE VIEW grids AS SELECT fid AS OGC_FID, NULL AS geom FROM units;
             DELETE FROM gpkg_geometry_columns WHERE table_name = 'boundaries'",
        )
        .unwrap();
    let faults: Vec<String> = store
        .check()
        .unwrap()
        .iter()
        .map(Fault::to_string)
        .collect();
    assert_eq!(
        faults,
        [
            "\"grids\" is not as it was made",
            "\"shapes_stay\" is missing",
            "the layer \"boundaries\" is not in gpkg_contents",
        ]
    );
}

#[test]
fn a_damaged_file_is_found_or_refused() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    drop(published(&path));
    let whole = std::fs::read(&path).unwrap();
    let mut noticed = 0;
    // every page but the first: a byte in the middle of each turned over
    for page in 1..whole.len() / 4096 {
        let mut bytes = whole.clone();
        for byte in &mut bytes[page * 4096..][..64] {
            *byte ^= 0xff;
        }
        std::fs::write(&path, &bytes).unwrap();
        let found = match Store::open(&path) {
            Err(_) => true,
            Ok(store) => store.check().map_or(true, |faults| !faults.is_empty()),
        };
        noticed += usize::from(found);
    }
    // a page may be free, or its first bytes unused
    assert!(noticed * 10 > (whole.len() / 4096 - 1) * 8, "{noticed}");
}

#[test]
fn the_journal_keeps_file_names_without_folders() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    let mut store = store_with_grids(&path, 1);
    store.import_units(import("second", GRID, vec![])).unwrap();
    let other = Connection::open(&path).unwrap();
    let (name, sha256, units, report): (String, String, i64, String) = other
        .query_row(
            "SELECT f.name, f.sha256, i.units, i.report
             FROM imports i JOIN import_files f ON f.import = i.id WHERE i.id = 1",
            [],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
        )
        .unwrap();
    assert_eq!(name, "grids.geojson");
    assert_eq!(sha256, wangge_store::Digest::of(b"the file").to_string());
    assert_eq!((units, report.as_str()), (1, r#"{"vertices": 4}"#));
}
