//! Lists of classes, departments, rules and posts, and of what lies on the map.

use rstest::rstest;
use rusqlite::Connection;
use tempfile::tempdir;
use wangge_model::{ListKind, ListRow};
use wangge_plane::{Figure, Line, Point, Polygon, Ring, Shape};
use wangge_store::{Digest, Fault, ImportList, ImportedList, Lists, SourceFile, Store};

use crate::city::{publish, store_with_grids};

pub(crate) fn departments(names: &[&str]) -> Vec<ListRow> {
    (1..)
        .zip(names)
        .map(|(number, name)| {
            ListRow::new(number, [("code", *name), ("name", *name), ("phone", "")])
        })
        .collect()
}

pub(crate) fn taken(store: &mut Store, kind: ListKind, rows: Vec<ListRow>) -> ImportedList {
    let sources = vec![SourceFile::new("folder/list.csv", Digest::of(b"x"))];
    store
        .import_list(&ImportList {
            kind,
            rows,
            sources,
        })
        .unwrap()
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

fn streets() -> Vec<ListRow> {
    let point = |x, y| Point::new(x, y).unwrap();
    let line = Line::new([vec![point(0, 0), point(50, 70), point(90, 0)]]).unwrap();
    let named = ListRow::new(1, [("name", "五指峰路"), ("class", "主干道")]);
    let lane = ListRow::new(2, [("class", "巷")]);
    vec![
        named.at(Some(Figure::Line(line.clone()))),
        lane.at(Some(Figure::Line(line))),
    ]
}

fn base() -> Vec<ListRow> {
    let point = |x, y| Point::new(x, y).unwrap();
    let river = Line::new([vec![point(0, 0), point(50, 70)]]).unwrap();
    let shore = Ring::new(vec![point(0, 0), point(9, 0), point(9, 9)]).unwrap();
    let lake = Shape::new(vec![Polygon::new(shore, vec![])]).unwrap();
    let row = |number, class| ListRow::new(number, [("kind", "water"), ("class", class)]);
    vec![
        row(1, "river").at(Some(Figure::Line(river))),
        row(2, "lake").at(Some(Figure::Area(lake))),
    ]
}

#[test]
fn the_base_map_comes_back_with_its_lines_and_areas() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    let mut store = store_with_grids(&path, 2);
    taken(&mut store, ListKind::Base, base());
    taken(&mut store, ListKind::Base, base()[1..].to_vec());
    assert_eq!(store.lists().unwrap().rows(ListKind::Base), &base()[1..]);
    assert_eq!(store.check().unwrap(), []);
    drop(store);
    let file = Connection::open(&path).unwrap();
    let count = |table: &str| -> i64 {
        let sql = format!("SELECT count(*) FROM {table}");
        file.query_row(&sql, [], |row| row.get(0)).unwrap()
    };
    // the list before is kept, and not shown
    assert_eq!((count("base"), count("current_base")), (3, 1));
    for change in [
        "UPDATE base SET kind = 'x'",
        "DELETE FROM base",
        "INSERT OR REPLACE INTO base (list, row, kind) VALUES (1, 1, 'x')",
    ] {
        let refused = file.execute_batch(change).unwrap_err().to_string();
        assert!(refused.contains("a list stays"), "{change}: {refused}");
    }
}

#[test]
fn what_lies_on_the_map_comes_back_with_its_place() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    let mut store = store_with_grids(&path, 2);
    publish(&mut store, "first");
    let before = store.current().unwrap().unwrap();
    taken(&mut store, ListKind::Streets, streets());
    let from = ListRow::new(
        1,
        [("unit", "A"), ("from", "2020-01-01"), ("relation", "代管")],
    );
    taken(&mut store, ListKind::Parents, vec![from.clone()]);
    let lists = store.lists().unwrap();
    assert_eq!(lists.rows(ListKind::Streets), streets());
    assert_eq!(lists.rows(ListKind::Parents), [from]);
    let after = store.current().unwrap().unwrap();
    assert_eq!(after.revision, before.revision + 2);
    assert_eq!(store.check().unwrap(), []);
    drop(store);
    let file = Connection::open(&path).unwrap();
    let shown: i64 = file
        .query_row("SELECT count(*) FROM current_streets", [], |row| row.get(0))
        .unwrap();
    assert_eq!(shown, 2);
    let refused = file
        .execute_batch("UPDATE streets SET name = 'x'")
        .unwrap_err();
    assert!(refused.to_string().contains("stays as it was imported"));
    // what a program does that takes the guard away is found
    file.execute_batch("DROP TRIGGER streets_stay; UPDATE streets SET geom = x'00'")
        .unwrap();
    let faults = Store::open(&path).unwrap().check().unwrap();
    let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(told[0], "\"streets_stay\" is missing");
    assert!(
        told[1].starts_with("import 1 of streets cannot be read"),
        "{told:?}"
    );
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
