//! Lists of classes, departments, rules and posts.

use std::path::Path;

use rstest::rstest;
use rusqlite::Connection;
use tempfile::tempdir;
use wangge_model::{ListKind, ListRow};
use wangge_store::{Digest, Fault, ImportList, ImportedList, Lists, SourceFile, Store};

use crate::city::{publish, store_with_grids};

fn departments(names: &[&str]) -> Vec<ListRow> {
    (1..)
        .zip(names)
        .map(|(number, name)| {
            ListRow::new(number, [("code", *name), ("name", *name), ("phone", "")])
        })
        .collect()
}

fn taken(store: &mut Store, kind: ListKind, rows: Vec<ListRow>) -> ImportedList {
    let sources = vec![SourceFile::new("folder/list.csv", Digest::of(b"x"))];
    store
        .import_list(&ImportList {
            kind,
            rows,
            sources,
        })
        .unwrap()
}

/// A store of form 1, as the version before lists made it.
fn old_store(path: &Path) {
    drop(store_with_grids(path, 2));
    let file = Connection::open(path).unwrap();
    let mut made = file
        .prepare("SELECT type, name FROM sqlite_schema WHERE tbl_name IN
           ('lists', 'classes', 'departments', 'rules', 'posts', 'borders') AND sql IS NOT NULL ORDER BY type DESC")
        .unwrap();
    let made: Vec<(String, String)> = made
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert!(made.len() > 5);
    for (kind, name) in &made {
        file.execute_batch(&format!("DROP {kind} {name}")).unwrap();
    }
    let guard: String = file
        .query_row(
            "SELECT sql FROM sqlite_schema WHERE name = 'scheme_stays'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    file.execute_batch("DROP TRIGGER scheme_stays; UPDATE wangge_store SET form = 1;
       DELETE FROM gpkg_contents WHERE table_name IN ('lists', 'classes', 'departments', 'rules', 'posts', 'borders')")
        .unwrap();
    file.execute_batch(&guard).unwrap();
}

#[test]
fn a_list_comes_back_as_it_was_taken_in_and_the_next_takes_its_place() {
    let dir = tempdir().unwrap();
    let mut store = store_with_grids(&dir.path().join("city.gpkg"), 2);
    assert_eq!(store.lists().unwrap(), Lists::default());
    let first = departments(&["D1", "D2"]);
    let done = taken(&mut store, ListKind::Departments, first.clone());
    assert_eq!((done.rows, done.before), (2, None));
    assert_eq!(store.lists().unwrap().rows(ListKind::Departments), first);
    assert_eq!(store.lists().unwrap().rows(ListKind::Rules), []);
    let second = departments(&["D3"]);
    let done = taken(&mut store, ListKind::Departments, second.clone());
    assert_eq!((done.rows, done.before), (1, Some(2)));
    let plan = store.plans().unwrap().remove(0).name;
    let contents = store.contents(&plan).unwrap();
    assert_eq!(contents.lists.rows(ListKind::Departments), second);
    assert_eq!(store.check().unwrap(), []);
}

#[test]
fn an_empty_list_takes_the_place_of_one_with_rows() {
    let dir = tempdir().unwrap();
    let mut store = store_with_grids(&dir.path().join("city.gpkg"), 2);
    taken(&mut store, ListKind::Departments, departments(&["D1"]));
    taken(&mut store, ListKind::Departments, vec![]);
    assert_eq!(store.lists().unwrap().rows(ListKind::Departments), []);
}

#[test]
fn a_list_makes_a_new_revision_of_the_plan_in_force() {
    let dir = tempdir().unwrap();
    let mut store = store_with_grids(&dir.path().join("city.gpkg"), 2);
    publish(&mut store, "first");
    let before = store.current().unwrap().unwrap();
    taken(&mut store, ListKind::Departments, departments(&["D1"]));
    let after = store.current().unwrap().unwrap();
    assert_eq!(after.revision, before.revision + 1);
    assert_eq!(after.content_hash, before.content_hash);
    assert_eq!(store.check().unwrap(), []);
}

#[rstest]
#[case("UPDATE departments SET name = 'x'")]
#[case("DELETE FROM departments")]
#[case("INSERT OR REPLACE INTO departments (list, row, code) VALUES (1, 1, 'x')")]
#[case("UPDATE lists SET kind = 'rules'")]
#[case("DELETE FROM lists")]
#[case(
    "INSERT OR REPLACE INTO lists (id, kind, at, rows, sha256, files)
        VALUES (1, 'rules', '', 0, zeroblob(32), '')"
)]
fn other_programs_cannot_change_a_list(#[case] statement: &str) {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    let mut store = store_with_grids(&path, 2);
    taken(&mut store, ListKind::Departments, departments(&["D1"]));
    drop(store);
    let file = Connection::open(&path).unwrap();
    let refused = file.execute_batch(statement).unwrap_err().to_string();
    assert!(refused.contains("stays as it was imported"), "{refused}");
}

#[test]
fn a_row_added_by_hand_is_found() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    let mut store = store_with_grids(&path, 2);
    let list = taken(&mut store, ListKind::Posts, vec![]).id;
    let file = Connection::open(&path).unwrap();
    file.execute(
        "INSERT INTO posts (list, row, post) VALUES (?1, 9, 'head')",
        [list],
    )
    .unwrap();
    let faults = store.check().unwrap();
    let [
        Fault::List {
            kind: ListKind::Posts,
            list: found,
            ..
        },
    ] = faults.as_slice()
    else {
        unreachable!("{faults:?}")
    };
    assert_eq!(*found, list);
    assert!(
        faults[0]
            .to_string()
            .starts_with("list 1 of posts was changed")
    );
}

#[test]
fn a_store_of_form_1_can_be_read_and_is_brought_on_when_it_is_written() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    old_store(&path);
    let bytes = std::fs::read(&path).unwrap();
    let store = Store::open_read_only(&path).unwrap();
    assert_eq!(store.lists().unwrap(), Lists::default());
    let plan = store.plans().unwrap().remove(0).name;
    assert_eq!(store.contents(&plan).unwrap().lists, Lists::default());
    drop(store);
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
    let mut store = Store::open(&path).unwrap();
    assert_eq!(store.check().unwrap(), []);
    taken(&mut store, ListKind::Departments, departments(&["D1"]));
    assert_eq!(store.contents(&plan).unwrap().grids.len(), 2);
    drop(store);
    // the second time there is nothing to do
    let commits = Store::open(&path)
        .unwrap()
        .change_counter()
        .unwrap()
        .commits;
    assert_eq!(
        Store::open(&path)
            .unwrap()
            .change_counter()
            .unwrap()
            .commits,
        commits
    );
}
