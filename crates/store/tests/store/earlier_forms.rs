//! Stores that earlier versions made: read as they are, brought on when they are written.

use std::path::Path;

use rstest::rstest;
use rusqlite::Connection;
use tempfile::tempdir;
use wangge_model::{ListKind, ListRow};
use wangge_store::{Lists, Store};

use crate::city::store_with_grids;
use crate::lists::{departments, taken};

/// The tables that form 2 brought.
const SINCE_2: &[&str] = &[
    "lists",
    "classes",
    "departments",
    "rules",
    "posts",
    "borders",
];

/// The tables and views that form 3 brought.
const SINCE_3: &[&str] = &[
    "layers",
    "parents",
    "overlays",
    "streets",
    "households",
    "buildings",
    "devices",
    "component_imports",
    "components",
    "current_overlays",
    "current_streets",
    "current_households",
    "current_buildings",
    "current_components",
];

/// The tables that form 4 brought, and its guards and indexes of tables of form 1.
const SINCE_4: &[&str] = &["origins", "accepted", "audit"];
const MADE_BY_4: &str = "DROP TRIGGER imports_kept; DROP INDEX units_by_code;";
const JOURNAL_OF_3: &str = "CREATE TRIGGER imports_stay_delete BEFORE DELETE ON imports
BEGIN SELECT RAISE(ABORT, 'the journal of imports is not changed'); END";

/// The table and the view that form 5 brought.
const SINCE_5: &[&str] = &["base", "current_base"];

/// Posts as form 2 had them.
const POSTS: &str = "CREATE TABLE posts (
  list INTEGER NOT NULL REFERENCES lists (id),
  row INTEGER NOT NULL,
  grid TEXT,
  post TEXT,
  name TEXT,
  phone TEXT,
  PRIMARY KEY (list, row)
)";

/// A store as the version of an earlier form made it.
fn old_store(path: &Path, form: i64) {
    drop(store_with_grids(path, 2));
    let file = Connection::open(path).unwrap();
    let mut gone: Vec<&str> = SINCE_5.to_vec();
    if form < 4 {
        gone.extend(SINCE_4);
    }
    if form < 3 {
        gone.extend(SINCE_3);
    }
    if form < 2 {
        gone.extend(SINCE_2);
    }
    let quoted: Vec<String> = gone.iter().map(|name| format!("'{name}'")).collect();
    let quoted = quoted.join(", ");
    let mut made = file
        .prepare(&format!(
            "SELECT type, name FROM sqlite_schema WHERE tbl_name IN ({quoted})
             AND sql IS NOT NULL ORDER BY type DESC"
        ))
        .unwrap();
    let made: Vec<(String, String)> = made
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert!(made.len() > 4);
    // a table takes its indexes along
    for (kind, name) in made.iter().filter(|(kind, _)| kind != "index") {
        file.execute_batch(&format!("DROP {kind} {name}")).unwrap();
    }
    if form < 4 {
        file.execute_batch(MADE_BY_4).unwrap();
        file.execute_batch(JOURNAL_OF_3).unwrap();
    }
    let sql = |name: &str| -> String {
        file.query_row(
            "SELECT sql FROM sqlite_schema WHERE name = ?1",
            [name],
            |row| row.get(0),
        )
        .unwrap()
    };
    if form == 2 {
        let guards = ["posts_stay", "posts_kept", "posts_new"].map(sql);
        file.execute_batch("DROP TABLE posts").unwrap();
        file.execute_batch(POSTS).unwrap();
        for guard in guards {
            file.execute_batch(&guard).unwrap();
        }
    }
    let guard = sql("scheme_stays");
    file.execute_batch(&format!(
        "DROP TRIGGER scheme_stays; UPDATE wangge_store SET form = {form};
         DELETE FROM gpkg_geometry_columns WHERE table_name IN ({quoted});
         DELETE FROM gpkg_contents WHERE table_name IN ({quoted})"
    ))
    .unwrap();
    file.execute_batch(&guard).unwrap();
}

fn form_of(path: &Path) -> i64 {
    let file = Connection::open(path).unwrap();
    file.query_row("SELECT form FROM wangge_store", [], |row| row.get(0))
        .unwrap()
}

#[rstest]
fn a_store_of_an_earlier_form_can_be_read_and_is_brought_on_when_it_is_written(
    #[values(1, 2, 3, 4)] form: i64,
) {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    old_store(&path, form);
    let bytes = std::fs::read(&path).unwrap();
    let store = Store::open_read_only(&path).unwrap();
    assert_eq!(store.lists().unwrap(), Lists::default());
    assert_eq!(store.component_history("x").unwrap(), []);
    let plan = store.plans().unwrap().remove(0).name;
    assert_eq!(store.contents(&plan).unwrap().lists, Lists::default());
    assert_eq!(store.contents(&plan).unwrap().components, []);
    // of the one import that made it, since form 4
    assert_eq!(store.audit().unwrap().len(), usize::from(form >= 4));
    assert_eq!(store.accepted(&plan).unwrap(), []);
    assert_eq!(store.origin(&plan).unwrap(), None);
    assert_eq!(store.check().unwrap(), []);
    // it is checked and copied as what it is
    assert_eq!(store.check().unwrap(), []);
    let copy = dir.path().join("copy.gpkg");
    store.backup(&copy, false).unwrap();
    assert_eq!(form_of(&copy), form);
    drop(store);
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
    let mut store = Store::open(&path).unwrap();
    assert_eq!(store.check().unwrap(), []);
    taken(&mut store, ListKind::Departments, departments(&["D1"]));
    let post = ListRow::new(1, [("grid", "1"), ("post", "head"), ("department", "D1")]);
    taken(&mut store, ListKind::Posts, vec![post.clone()]);
    taken(
        &mut store,
        ListKind::Devices,
        vec![ListRow::new(1, [("id", "T1")])],
    );
    let base = ListRow::new(1, [("kind", "water")]);
    taken(&mut store, ListKind::Base, vec![base.clone()]);
    assert_eq!(store.lists().unwrap().rows(ListKind::Posts), [post]);
    assert_eq!(store.lists().unwrap().rows(ListKind::Base), [base]);
    assert_eq!(store.contents(&plan).unwrap().grids.len(), 2);
    assert_eq!(store.check().unwrap(), []);
    drop(store);
    // the second time there is nothing to do
    let commits = || {
        Store::open(&path)
            .unwrap()
            .change_counter()
            .unwrap()
            .commits
    };
    assert_eq!(commits(), commits());
}

/// A list of posts that was written before there was their column of departments keeps its digest.
#[test]
fn posts_of_form_2_are_whole_after_the_store_was_brought_on() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    old_store(&path, 2);
    let file = Connection::open(&path).unwrap();
    // the digest of the row below, worked out as digest.rs tells: with hashlib, apart from this
    // program
    let digest = "2e840561a9716f28b659186a276f25e9aff739fb67d5eb4d866cd989021081c9";
    file.execute_batch(&format!(
        "INSERT INTO lists (kind, at, rows, sha256, files)
           VALUES ('posts', '2026-11-26T00:00:00.000Z', 1, x'{digest}', '');
         INSERT INTO posts (list, row, grid, post) VALUES (1, 1, '1', 'head')"
    ))
    .unwrap();
    drop(file);
    let store = Store::open(&path).unwrap();
    assert_eq!(store.check().unwrap(), []);
    assert_eq!(
        store.lists().unwrap().rows(ListKind::Posts),
        [ListRow::new(1, [("grid", "1"), ("post", "head")])]
    );
}
