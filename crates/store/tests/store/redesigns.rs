//! Drafts that are edited and dropped, what is accepted, what was true when, and the log of it all.

use jiff::{Timestamp, ToSpan};
use rstest::rstest;
use rusqlite::Connection;
use tempfile::tempdir;
use wangge_model::{Code, ListKind};
use wangge_store::{Accepted, Existing, Fault, Store, StoreError};

use crate::city::{GRID, code, grids, import, publish, shape, store_with_grids};
use crate::lists::{departments, taken};

const SECOND: &str = "211403001000002";

fn moment() -> Timestamp {
    // the store's times have milliseconds
    std::thread::sleep(std::time::Duration::from_millis(3));
    let now = Timestamp::now();
    std::thread::sleep(std::time::Duration::from_millis(3));
    now
}

fn codes_of(store: &Store, plan: &str) -> Vec<String> {
    let grids = store.contents(plan).unwrap().grids;
    grids
        .iter()
        .map(|grid| grid.unit.code.to_string())
        .collect()
}

#[test]
fn grids_are_removed_from_a_draft_and_replaced_in_it() {
    let dir = tempdir().unwrap();
    let mut store = store_with_grids(dir.path().join("city.gpkg").as_path(), 4);
    publish(&mut store, "first");
    store.create_plan("second", Some("first"), None).unwrap();
    let refused = store
        .remove_units("second", &[code(SECOND), code("999")])
        .unwrap_err();
    assert!(
        matches!(refused, StoreError::NoSuchUnits { count: 1, .. }),
        "{refused}"
    );
    assert_eq!(codes_of(&store, "second").len(), 4);
    store.remove_units("second", &[code(SECOND)]).unwrap();
    assert_eq!(codes_of(&store, "second").len(), 3);
    assert_eq!(codes_of(&store, "first").len(), 4);
    let mut again = grids(4, 0).remove(2);
    again.1 = Some(shape(50, 50, 0));
    let mut change = import("second", GRID, vec![again.clone()]);
    change.existing = Existing::Update;
    store.import_units(change).unwrap();
    let ground = |store: &Store| store.contents("second").unwrap().grids[2].shape.clone();
    assert_eq!(Some(ground(&store)), again.1);
    let refused = store.remove_units("first", &[code(SECOND)]).unwrap_err();
    assert!(
        matches!(refused, StoreError::PlanGuarded { .. }),
        "{refused}"
    );
    assert_eq!(store.check().unwrap(), []);
}

#[test]
fn a_draft_can_be_dropped_and_leaves_nothing_but_its_line_in_the_log() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    let mut store = store_with_grids(&path, 4);
    publish(&mut store, "first");
    let shapes = || -> i64 {
        let file = Connection::open(&path).unwrap();
        let count = "SELECT count(*) FROM shapes";
        file.query_row(count, [], |row| row.get(0)).unwrap()
    };
    let before = shapes();
    store.create_plan("second", Some("first"), None).unwrap();
    let mut more = grids(5, 0).remove(4);
    more.1 = Some(shape(70, 70, 0));
    store
        .import_units(import("second", GRID, vec![more]))
        .unwrap();
    assert_eq!(shapes(), before + 1);
    store.remove_plan("second").unwrap();
    assert_eq!(shapes(), before);
    assert!(matches!(
        store.plan("second"),
        Err(StoreError::NoPlan { .. })
    ));
    let refused = store.remove_plan("first").unwrap_err();
    assert!(
        matches!(refused, StoreError::PlanGuarded { .. }),
        "{refused}"
    );
    let log = store.audit().unwrap();
    let last = log.last().unwrap();
    assert_eq!(
        (last.action.as_str(), last.plan.as_deref()),
        ("plan-removed", Some("second"))
    );
    assert_eq!(store.check().unwrap(), []);
    // a name is free again, a number never is
    assert_eq!(store.create_plan("second", None, None).unwrap().id, 3);
}

#[test]
fn a_draft_knows_the_published_plan_that_it_was_begun_from() {
    let dir = tempdir().unwrap();
    let mut store = store_with_grids(dir.path().join("city.gpkg").as_path(), 2);
    publish(&mut store, "first");
    store.create_plan("second", Some("first"), None).unwrap();
    store.create_plan("third", Some("second"), None).unwrap();
    store.create_plan("fourth", None, None).unwrap();
    let origin = |plan: &str| store.origin(plan).unwrap().map(|plan| plan.name);
    assert_eq!(origin("second").as_deref(), Some("first"));
    assert_eq!(origin("third").as_deref(), Some("first"));
    assert_eq!(origin("fourth"), None);
    store.remove_plan("second").unwrap();
    assert_eq!(store.origin("third").unwrap().unwrap().name, "first");
}

#[test]
fn codes_that_come_back_are_told_with_the_ground_that_they_had() {
    let dir = tempdir().unwrap();
    let mut store = store_with_grids(dir.path().join("city.gpkg").as_path(), 3);
    publish(&mut store, "first");
    store.create_plan("second", Some("first"), None).unwrap();
    store.remove_units("second", &[code(SECOND)]).unwrap();
    publish(&mut store, "second");
    store.create_plan("third", Some("first"), None).unwrap();
    let back = store.retired_codes_in("third").unwrap();
    assert_eq!(back.len(), 1);
    assert_eq!(
        (back[0].code.as_str(), back[0].plan.as_str()),
        (SECOND, "first")
    );
    assert!(back[0].same);
    let mut elsewhere = grids(3, 0).remove(2);
    elsewhere.1 = Some(shape(50, 50, 0));
    let mut change = import("third", GRID, vec![elsewhere]);
    change.existing = Existing::Update;
    store.import_units(change).unwrap();
    let back = store.retired_codes_in("third").unwrap();
    assert!(!back[0].same);
    assert_eq!(back[0].ground, Some(shape(2, 0, 3)));
    // it is no plan of this city's yet that the second draft names
    assert_eq!(
        store.contents("second").unwrap().elsewhere[0].code,
        code(SECOND)
    );
    assert_eq!(store.contents("third").unwrap().elsewhere, []);
}

#[test]
fn what_was_accepted_is_kept_with_who_and_why() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    let mut store = store_with_grids(&path, 2);
    store.act_as("li.wei");
    let hash = store.contents("first").unwrap().content_hash;
    let accepted = Accepted {
        defect: "g-0123456789ab".to_owned(),
        kind: "gap".to_owned(),
        reason: "水库".to_owned(),
    };
    let accepting = [accepted.clone()];
    store
        .publish_accepting("first", &hash, None, &accepting)
        .unwrap();
    let kept = store.accepted("first").unwrap();
    assert_eq!((kept.len(), &kept[0].accepted), (1, &accepted));
    assert_eq!(kept[0].who, "li.wei");
    assert_eq!(
        store.contents("first").unwrap().accepted,
        ["g-0123456789ab"]
    );
    let file = Connection::open(&path).unwrap();
    for statement in ["DELETE FROM accepted", "UPDATE accepted SET reason = ''"] {
        file.execute(statement, []).unwrap_err();
    }
}

#[test]
fn a_time_tells_the_plan_the_lists_and_the_version_of_then() {
    let dir = tempdir().unwrap();
    let mut store = store_with_grids(dir.path().join("city.gpkg").as_path(), 3);
    let before_all = moment();
    publish(&mut store, "first");
    let first = moment();
    taken(&mut store, ListKind::Departments, departments(&["D1"]));
    let with_list = moment();
    taken(
        &mut store,
        ListKind::Departments,
        departments(&["D1", "D2"]),
    );
    let with_both = moment();
    store.create_plan("second", Some("first"), None).unwrap();
    store.remove_units("second", &[code(SECOND)]).unwrap();
    let hash = store.contents("second").unwrap().content_hash;
    let later = Timestamp::now() + 1.hour();
    store.publish("second", &hash, Some(later)).unwrap();
    let scheduled = moment();

    assert_eq!(
        store.contents_at(before_all).unwrap().map(|c| c.plan.name),
        None
    );
    let told = |at: Timestamp| {
        let contents = store.contents_at(at).unwrap().unwrap();
        (
            contents.plan.version().to_string(),
            contents.grids.len(),
            contents.lists.rows(ListKind::Departments).len(),
        )
    };
    // its import and its publication are its first two revisions
    assert_eq!(told(first), ("1.2".to_owned(), 3, 0));
    assert_eq!(told(with_list), ("1.3".to_owned(), 3, 1));
    assert_eq!(told(with_both), ("1.4".to_owned(), 3, 2));
    // superseded, and in force until the other takes effect
    assert_eq!(told(scheduled), ("1.5".to_owned(), 3, 2));
    assert_eq!(
        store.current().unwrap().unwrap().version().to_string(),
        "1.5"
    );
    assert_eq!(told(later + 1.second()).1, 2);
    assert_eq!(
        store.upcoming(Timestamp::now()).unwrap().unwrap().name,
        "second"
    );
    assert_eq!(store.upcoming(later).unwrap(), None);
}

#[test]
fn the_log_tells_every_change() {
    let dir = tempdir().unwrap();
    let mut store = store_with_grids(dir.path().join("city.gpkg").as_path(), 3);
    store.act_as("zhang.min");
    publish(&mut store, "first");
    taken(&mut store, ListKind::Departments, departments(&["D1"]));
    store.create_plan("second", Some("first"), None).unwrap();
    store.remove_units("second", &[code(SECOND)]).unwrap();
    publish(&mut store, "second");
    let log = store.audit().unwrap();
    let told: Vec<String> = log
        .iter()
        .map(|line| {
            let text = |cell: &Option<String>| cell.clone().unwrap_or_default();
            format!(
                "{} {} {}>{}",
                line.action,
                text(&line.plan),
                text(&line.before),
                text(&line.after)
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "units-imported first >1.1",
            "plan-published first 1.1>1.2",
            "list-imported first 1.2>1.3",
            "plan-begun second >2.1",
            "units-removed second 2.1>2.2",
            "plan-superseded first 1.3>1.4",
            "plan-published second 2.2>2.3",
        ]
    );
    assert_eq!(log[0].who, "unknown");
    assert!(log[1..].iter().all(|line| line.who == "zhang.min"));
    assert_eq!(
        log[4].detail.as_deref(),
        Some(r#"{"codes":["211403001000002"]}"#)
    );
}

#[rstest]
#[case::another_account("UPDATE audit SET who = 'x' WHERE id = 2", 2)]
#[case::a_missing_line("DELETE FROM audit WHERE id = 1", 2)]
#[case::a_line_put_in(
    "UPDATE audit SET id = 3 WHERE id = 2;
     INSERT INTO audit SELECT 2, at, who, action, plan, plan_name, before, after, detail, sha256
     FROM audit WHERE id = 1",
    2
)]
fn who_takes_the_guards_away_and_changes_the_log_is_found_out(
    #[case] statements: &str,
    #[case] line: i64,
) {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    let mut store = store_with_grids(&path, 3);
    publish(&mut store, "first");
    assert_eq!(store.audit().unwrap().len(), 2);
    let file = Connection::open(&path).unwrap();
    file.execute_batch(statements).unwrap_err();
    let guards = ["audit_stay", "audit_kept", "audit_new"].map(|name| -> String {
        let find = "SELECT sql FROM sqlite_schema WHERE name = ?1";
        file.query_row(find, [name], |row| row.get(0)).unwrap()
    });
    file.execute_batch("DROP TRIGGER audit_stay; DROP TRIGGER audit_kept; DROP TRIGGER audit_new")
        .unwrap();
    file.execute_batch(statements).unwrap();
    for guard in guards {
        file.execute_batch(&guard).unwrap();
    }
    assert_eq!(store.check().unwrap(), [Fault::Log { line }]);
}

#[test]
fn codes_are_remembered_when_their_plan_is_dropped() {
    let dir = tempdir().unwrap();
    let mut store = store_with_grids(dir.path().join("city.gpkg").as_path(), 2);
    store.remove_plan("first").unwrap();
    let codes: Vec<Code> = store
        .codes()
        .unwrap()
        .iter()
        .map(|text| code(text))
        .collect();
    assert!(codes.contains(&code("211403001000001")));
}
