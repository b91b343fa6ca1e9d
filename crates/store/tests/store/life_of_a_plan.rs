//! Plans from draft to superseded, and what an import does.

use jiff::{SignedDuration, Timestamp};
use rstest::rstest;
use tempfile::tempdir;
use wangge_model::{PlanState, Unit};
use wangge_store::{Digest, Existing, ImportUnits, Store, StoreError};

use crate::city::{GRID, STREET, code, grids, import, publish, scheme, shape, store_with_grids};

#[test]
fn what_was_imported_is_read_back_in_order_of_codes() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    let mut store = Store::create(&path, &scheme()).unwrap();
    let mut units = grids(250, 3);
    units.reverse();
    let done = store.import_units(import("first", GRID, units)).unwrap();
    assert_eq!((done.units, done.removed, done.new_shapes), (250, 0, 250));
    let mut street = Unit::new(code("211403001"), STREET);
    street.name = Some("葫芦岛街道".to_owned());
    let boundary = shape(0, 0, 0);
    let upper = vec![
        (street.clone(), Some(boundary.clone())),
        (Unit::new(code("211403005"), STREET), None),
    ];
    store.import_units(import("first", STREET, upper)).unwrap();
    drop(store);

    let store = Store::open_read_only(&path).unwrap();
    let contents = store.contents("first").unwrap();
    let expected: Vec<_> = grids(250, 3)
        .into_iter()
        .map(|(unit, shape)| (unit, shape.unwrap()))
        .collect();
    let read: Vec<_> = contents
        .grids
        .into_iter()
        .map(|grid| (grid.unit, grid.shape))
        .collect();
    assert_eq!(read, expected);
    assert_eq!(contents.upper[0], (street, Some(boundary)));
    assert_eq!(contents.upper.len(), 2);
    assert_eq!(contents.scheme, scheme());
    assert_eq!(store.grids_in(&contents.plan).unwrap(), 250);
    assert_eq!(contents.plan.revision, 2);
    assert_eq!(contents.plan.state, PlanState::Draft);
    assert_eq!(store.check().unwrap(), []);
}

#[test]
fn a_plan_is_published_with_what_was_checked_and_supersedes_the_one_before() {
    let dir = tempdir().unwrap();
    let mut store = store_with_grids(&dir.path().join("city.gpkg"), 4);
    assert_eq!(store.current().unwrap(), None);
    let hash = store.contents("first").unwrap().content_hash;
    let checked = store.mark_checked("first", &hash).unwrap();
    assert_eq!(checked.state, PlanState::Checked);
    let version = store.publish("first", &hash, None).unwrap();
    assert_eq!(version.to_string(), "1.3");
    assert_eq!(store.current().unwrap().unwrap().version(), version);

    let second = store
        .create_plan("second", Some("first"), Some("merges two"))
        .unwrap();
    assert_eq!((second.id, second.revision), (2, 1));
    assert_eq!(store.grids_in(&second).unwrap(), 4);
    publish(&mut store, "second");
    let plans = store.plans().unwrap();
    assert_eq!(plans[0].state, PlanState::Superseded);
    assert_eq!(plans[0].ended, plans[1].effective);
    assert_eq!(plans[1].state, PlanState::Published);
    assert_eq!(store.current().unwrap().unwrap().name, "second");
    assert_eq!(store.check().unwrap(), []);
}

#[test]
fn the_hash_of_contents_depends_on_every_field() {
    type Change = fn(&mut Unit);
    let dir = tempdir().unwrap();
    let mut store = Store::create(dir.path().join("city.gpkg"), &scheme()).unwrap();
    let changes: [(&str, Change); 9] = [
        ("as it is", |_| ()),
        ("name", |unit| unit.name = Some("别名".to_owned())),
        ("no name", |unit| unit.name = None),
        // the same letters in the neighbouring field
        ("name in English", |unit| {
            unit.name_en = unit.name.take();
        }),
        ("parent", |unit| unit.parent = Some(code("211403002"))),
        ("kind", |unit| unit.kind = None),
        ("households", |unit| unit.households = Some(1)),
        ("population", |unit| unit.population = Some(300)),
        ("note", |unit| unit.note = Some(String::new())),
    ];
    let mut hashes = Vec::new();
    for (plan, change) in changes {
        let mut units = grids(2, 0);
        change(&mut units[1].0);
        store.import_units(import(plan, GRID, units)).unwrap();
        hashes.push(store.contents(plan).unwrap().content_hash);
    }
    let mut units = grids(2, 0);
    units[1].1 = Some(shape(1, 0, 1));
    store.import_units(import("shape", GRID, units)).unwrap();
    hashes.push(store.contents("shape").unwrap().content_hash);
    let mut different = hashes.clone();
    different.sort();
    different.dedup();
    assert_eq!(different.len(), hashes.len());

    // and on nothing else: the same units in another order, in a store of their own
    let mut other = Store::create(dir.path().join("other.gpkg"), &scheme()).unwrap();
    let mut units = grids(2, 0);
    units.reverse();
    other.import_units(import("any name", GRID, units)).unwrap();
    assert_eq!(other.contents("any name").unwrap().content_hash, hashes[0]);
}

#[test]
fn a_plan_that_changed_since_it_was_checked_is_not_published() {
    let dir = tempdir().unwrap();
    let mut store = store_with_grids(&dir.path().join("city.gpkg"), 4);
    let hash = store.contents("first").unwrap().content_hash;
    store.mark_checked("first", &hash).unwrap();
    let mut changed = grids(5, 3);
    changed.drain(..4);
    store.import_units(import("first", GRID, changed)).unwrap();
    let plan = store.plan("first").unwrap();
    assert_eq!((plan.state, plan.content_hash), (PlanState::Draft, None));
    match store.publish("first", &hash, None) {
        Err(StoreError::PlanChanged {
            expected, found, ..
        }) => {
            assert_eq!(expected, hash);
            assert_eq!(found, store.contents("first").unwrap().content_hash);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(store.current().unwrap(), None);
    assert_eq!(store.plan("first").unwrap(), plan);
}

#[test]
fn a_plan_for_later_takes_over_at_its_time() {
    let dir = tempdir().unwrap();
    let mut store = store_with_grids(&dir.path().join("city.gpkg"), 4);
    publish(&mut store, "first");
    store.create_plan("second", Some("first"), None).unwrap();
    let hash = store.contents("second").unwrap().content_hash;
    let later = Timestamp::now() + SignedDuration::from_hours(48);
    store.publish("second", &hash, Some(later)).unwrap();
    assert_eq!(store.current().unwrap().unwrap().name, "first");
    let then = later + SignedDuration::from_secs(1);
    assert_eq!(store.current_at(then).unwrap().unwrap().name, "second");
    let long_ago = Timestamp::UNIX_EPOCH;
    assert_eq!(store.current_at(long_ago).unwrap(), None);

    // plans follow each other in time
    store.create_plan("third", Some("first"), None).unwrap();
    let refused = store.publish("third", &hash, None).unwrap_err();
    assert!(
        matches!(&refused, StoreError::EffectiveTooEarly { other, .. } if other == "second"),
        "{refused}"
    );
    let absurd = "-005000-01-01T00:00:00Z".parse().unwrap();
    let refused = store.publish("third", &hash, Some(absurd)).unwrap_err();
    assert!(
        matches!(refused, StoreError::EffectiveOutOfRange { .. }),
        "{refused}"
    );
}

#[test]
fn publications_in_one_moment_still_follow_each_other() {
    let dir = tempdir().unwrap();
    let mut store = store_with_grids(&dir.path().join("city.gpkg"), 1);
    publish(&mut store, "first");
    for i in 0..5 {
        let name = format!("next {i}");
        store.create_plan(&name, Some("first"), None).unwrap();
        publish(&mut store, &name);
    }
    let times: Vec<_> = store
        .plans()
        .unwrap()
        .iter()
        .map(|plan| plan.effective.unwrap())
        .collect();
    assert!(times.is_sorted_by(|a, b| a < b), "{times:?}");
}

#[test]
fn a_published_plan_is_not_changed() {
    let dir = tempdir().unwrap();
    let mut store = store_with_grids(&dir.path().join("city.gpkg"), 4);
    publish(&mut store, "first");
    let hash = store.contents("first").unwrap().content_hash;
    let before = store.plan("first").unwrap();
    for refused in [
        store
            .import_units(import("first", GRID, vec![]))
            .map(|_| ()),
        store.mark_checked("first", &hash).map(|_| ()),
        store.publish("first", &hash, None).map(|_| ()),
    ] {
        assert!(
            matches!(
                refused,
                Err(StoreError::PlanGuarded {
                    state: PlanState::Published,
                    ..
                })
            ),
            "{refused:?}"
        );
    }
    assert_eq!(store.plan("first").unwrap(), before);
}

#[rstest]
#[case::refuse(Existing::Refuse, None)]
// 0 and 1 are new, 2 and 3 are updated, 4 and 5 stay
#[case::update(Existing::Update, Some((6, 2)))]
#[case::replace(Existing::ReplaceLevel, Some((4, 4)))]
fn units_that_are_there_give_way_as_asked(
    #[case] existing: Existing,
    #[case] expected: Option<(u64, usize)>,
) {
    let dir = tempdir().unwrap();
    let mut store = Store::create(dir.path().join("city.gpkg"), &scheme()).unwrap();
    let old: Vec<_> = grids(6, 3).drain(2..).collect();
    let new: Vec<_> = grids(4, 7);
    store.import_units(import("first", GRID, old)).unwrap();
    let street = vec![(Unit::new(code("211403001"), STREET), None)];
    store.import_units(import("first", STREET, street)).unwrap();
    let before = store.contents("first").unwrap();
    let done = store.import_units(ImportUnits {
        existing,
        ..import("first", GRID, new)
    });
    let after = store.contents("first").unwrap();
    match (done, expected) {
        (Ok(done), Some((grids, removed))) => {
            let there = store.grids_in(&done.plan).unwrap();
            assert_eq!((there, done.removed), (grids, removed));
            assert_eq!(after.grids[2].shape, shape(2, 0, 7));
            assert_eq!(after.upper.len(), 1, "another level stays");
            // a code keeps its number
            assert_eq!(
                after.feature_ids[&code("211403001000002")],
                before.feature_ids[&code("211403001000002")]
            );
        }
        (Err(StoreError::CodesTaken { count, codes, .. }), None) => {
            assert_eq!(count, 2);
            assert_eq!(codes, "211403001000002, 211403001000003");
            assert_eq!(after.plan, before.plan);
            assert_eq!(after.content_hash, before.content_hash);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(store.check().unwrap(), []);
}

#[test]
fn a_plan_of_unchanged_grids_shares_their_shapes() {
    let dir = tempdir().unwrap();
    let mut store = store_with_grids(&dir.path().join("city.gpkg"), 10);
    let mut units = grids(10, 3);
    units[7].1 = Some(shape(7, 0, 5));
    let done = store.import_units(import("second", GRID, units)).unwrap();
    assert_eq!(done.new_shapes, 1);
    let numbers = |plan| store.contents(plan).unwrap().feature_ids;
    assert_eq!(numbers("first"), numbers("second"));
}

#[test]
fn an_import_with_one_bad_unit_leaves_nothing_behind() {
    let dir = tempdir().unwrap();
    let mut store = store_with_grids(&dir.path().join("city.gpkg"), 3);
    let counter = store.change_counter().unwrap();
    let mut twice = grids(4, 0);
    twice.push(twice[1].clone());
    let mut shapeless = grids(4, 0);
    shapeless[3].1 = None;
    let mut misplaced = grids(4, 0);
    misplaced[3].0.level = STREET;
    let mut endless = grids(4, 0);
    endless[3].0.area_m2 = Some(f64::INFINITY);
    for (units, said) in [
        (
            twice,
            "1 code stands more than once among the units to import: 211403001000001",
        ),
        (
            shapeless,
            "grid 211403001000003 has no shape: a unit of the lowest level, \"grid\", needs one",
        ),
        (
            misplaced,
            "unit 211403001000003 is of level \"street\", and the import is of level \"grid\"",
        ),
        (
            endless,
            "the area of unit 211403001000003 is inf: it must be a finite number of square metres",
        ),
    ] {
        let refused = store
            .import_units(import("second", GRID, units))
            .unwrap_err();
        assert_eq!(refused.to_string(), said);
    }
    assert_eq!(store.change_counter().unwrap(), counter);
    assert_eq!(store.plans().unwrap().len(), 1);
}

#[rstest]
#[case::empty("")]
#[case::space_at_the_end("plan ")]
#[case::line_break("plan\n2")]
#[case::long(&"p".repeat(101))]
fn a_plan_needs_a_name_that_people_can_type(#[case] name: &str) {
    let dir = tempdir().unwrap();
    let mut store = Store::create(dir.path().join("city.gpkg"), &scheme()).unwrap();
    let refused = store.create_plan(name, None, None).unwrap_err();
    assert!(matches!(refused, StoreError::PlanName { .. }), "{refused}");
    assert_eq!(store.plans().unwrap(), []);
}

#[test]
fn a_plan_that_is_not_there_is_named_with_those_that_are() {
    let dir = tempdir().unwrap();
    let mut store = store_with_grids(&dir.path().join("city.gpkg"), 1);
    store.create_plan("2027", None, None).unwrap();
    assert_eq!(
        store.contents("2026").unwrap_err().to_string(),
        "there is no plan \"2026\" in the store; it has first, 2027"
    );
    let empty = store.contents("2027").unwrap();
    let refused = store
        .publish("2027", &empty.content_hash, None)
        .unwrap_err();
    assert!(matches!(refused, StoreError::PlanEmpty { .. }), "{refused}");
}

#[test]
fn errors_do_not_tell_names_or_notes() {
    let dir = tempdir().unwrap();
    let mut store = store_with_grids(&dir.path().join("city.gpkg"), 1);
    let mut units = grids(2, 0);
    for (unit, _) in &mut units {
        unit.name = Some("王某某".to_owned());
        unit.note = Some("13900000000".to_owned());
    }
    let refused = store
        .import_units(import("first", GRID, units))
        .unwrap_err();
    let said = format!("{refused} {refused:?}");
    assert!(
        !said.contains("王某某") && !said.contains("13900000000"),
        "{said}"
    );
}

#[test]
fn the_wrong_hash_is_told_with_both() {
    let dir = tempdir().unwrap();
    let mut store = store_with_grids(&dir.path().join("city.gpkg"), 1);
    let wrong = Digest::of(b"something else");
    let refused = store.mark_checked("first", &wrong).unwrap_err();
    assert!(refused.to_string().contains(&wrong.to_string()));
    assert_eq!(store.plan("first").unwrap().state, PlanState::Draft);
}
