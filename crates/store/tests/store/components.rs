//! City components: taken in by code, with every version kept.

use rstest::rstest;
use rusqlite::Connection;
use tempfile::tempdir;
use wangge_model::{Component, ComponentState, OwnDepartments};
use wangge_plane::{Figure, Line, Point, Polygon, Ring, Shape};
use wangge_store::{Fault, ImportComponents, ImportedComponents, Store};

use crate::city::{code, publish, store_with_grids};

fn point(x: i32, y: i32) -> Point {
    Point::new(x, y).unwrap()
}

fn component(name: &str, figure: Figure) -> Component {
    Component {
        code: code(name),
        class: code("0101"),
        name: Some("上水井盖".to_owned()),
        state: Some(ComponentState::Intact),
        departments: OwnDepartments {
            in_charge: Some(code("水务")),
            ..OwnDepartments::default()
        },
        grid: None,
        surveyed: Some(jiff::civil::date(2024, 5, 6)),
        changed: None,
        accuracy_m: Some(0.5),
        source: None,
        note: None,
        figure,
    }
}

fn cover(name: &str, x: i32) -> Component {
    component(name, Figure::Point(point(x, 7)))
}

fn taken(store: &mut Store, components: Vec<Component>, complete: bool) -> ImportedComponents {
    let import = ImportComponents {
        components,
        complete,
        sources: vec![],
        report_json: "{}",
    };
    store.import_components(import).unwrap()
}

fn counts(done: ImportedComponents) -> [usize; 4] {
    [done.added, done.changed, done.unchanged, done.ended]
}

#[test]
fn points_lines_and_areas_come_back_by_code() {
    let dir = tempdir().unwrap();
    let mut store = store_with_grids(&dir.path().join("city.gpkg"), 2);
    let line = Line::new([
        vec![point(0, 0), point(9, 9)],
        vec![point(20, 0), point(20, 5)],
    ]);
    let ring = Ring::new(vec![point(0, 0), point(9, 0), point(9, 9)]).unwrap();
    let area = Shape::new(vec![Polygon::new(ring, vec![])]);
    let all = vec![
        component("A", Figure::Area(area.unwrap())),
        cover("B", 3),
        component("C", Figure::Line(line.unwrap())),
    ];
    let mixed = vec![all[2].clone(), all[0].clone(), all[1].clone()];
    assert_eq!(counts(taken(&mut store, mixed, false)), [3, 0, 0, 0]);
    assert_eq!(store.components().unwrap(), all);
    assert_eq!(store.check().unwrap(), []);
}

#[test]
fn a_code_that_is_there_gets_a_new_version_where_anything_differs() {
    let dir = tempdir().unwrap();
    let mut store = store_with_grids(&dir.path().join("city.gpkg"), 2);
    publish(&mut store, "first");
    let revision = |store: &Store| store.current().unwrap().unwrap().revision;
    let first = revision(&store);
    taken(
        &mut store,
        vec![cover("A", 1), cover("B", 2), cover("C", 3)],
        false,
    );
    assert_eq!(revision(&store), first + 1);
    let moved = cover("A", 9);
    let damaged = Component {
        state: Some(ComponentState::Damaged),
        ..cover("B", 2)
    };
    let update = vec![damaged.clone(), moved.clone(), cover("C", 3), cover("D", 4)];
    assert_eq!(
        counts(taken(&mut store, update.clone(), false)),
        [1, 2, 1, 0]
    );
    assert_eq!(revision(&store), first + 2);
    // the same once more changes nothing, which is no revision
    assert_eq!(counts(taken(&mut store, update, false)), [0, 0, 4, 0]);
    assert_eq!(revision(&store), first + 2);
    assert_eq!(
        store.components().unwrap(),
        [moved.clone(), damaged, cover("C", 3), cover("D", 4)]
    );
    let history = store.component_history("A").unwrap();
    let versions: Vec<&Component> = history.iter().map(|version| &version.component).collect();
    assert_eq!(versions, [&cover("A", 1), &moved]);
    assert_eq!(history[0].until, Some(history[1].since));
    assert_eq!(history[1].until, None);
    assert_eq!(store.component_history("Z").unwrap(), []);
    assert_eq!(store.check().unwrap(), []);
}

#[test]
fn what_a_complete_survey_lacks_ends_and_may_come_back() {
    let dir = tempdir().unwrap();
    let mut store = store_with_grids(&dir.path().join("city.gpkg"), 2);
    taken(&mut store, vec![cover("A", 1), cover("B", 2)], true);
    assert_eq!(
        counts(taken(&mut store, vec![cover("B", 2)], true)),
        [0, 0, 1, 1]
    );
    assert_eq!(store.components().unwrap(), [cover("B", 2)]);
    assert_eq!(
        counts(taken(&mut store, vec![cover("A", 1)], false)),
        [1, 0, 0, 0]
    );
    assert_eq!(store.components().unwrap().len(), 2);
    let history = store.component_history("A").unwrap();
    assert_eq!(history.len(), 2);
    assert!(
        history[0]
            .until
            .is_some_and(|until| until <= history[1].since)
    );
    assert_eq!(store.check().unwrap(), []);
}

#[rstest]
#[case("UPDATE components SET name = 'x'", "history of components is kept")]
#[case("UPDATE components SET until = NULL", "history of components is kept")]
#[case("DELETE FROM components", "history of components is kept")]
#[case(
    "INSERT OR REPLACE INTO components (fid, code, since, class, geom)
       VALUES (1, 'x', 1, '0101', zeroblob(1))",
    "history of components is kept"
)]
#[case(
    "INSERT INTO components (code, since, class, geom) VALUES ('A', 1, '0101', zeroblob(1))",
    "UNIQUE constraint failed"
)]
#[case("DELETE FROM component_imports", "journal of imports is not changed")]
fn other_programs_cannot_change_components(#[case] statement: &str, #[case] why: &str) {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    let mut store = store_with_grids(&path, 2);
    taken(&mut store, vec![cover("A", 1)], false);
    drop(store);
    let file = Connection::open(&path).unwrap();
    let refused = file.execute_batch(statement).unwrap_err().to_string();
    assert!(refused.contains(why), "{refused}");
}

#[test]
fn a_component_added_by_hand_is_found() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    let mut store = store_with_grids(&path, 2);
    taken(&mut store, vec![cover("A", 1)], false);
    let file = Connection::open(&path).unwrap();
    file.execute_batch(
        "INSERT INTO components (code, since, class, geom)
           SELECT 'B', since, class, geom FROM components",
    )
    .unwrap();
    let faults = store.check().unwrap();
    assert!(
        matches!(faults[..], [Fault::Components { import: 1, .. }]),
        "{faults:?}"
    );
}
