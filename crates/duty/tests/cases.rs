//! Named cases of the order in which rules come first, in the order of the doc of `Duty`.

mod rulebook;

use rstest::rstest;
use rulebook::{compiled, departments, rules, unit_of};
use wangge_duty::{Duty, DutyError, Ground, Handler, LostBy};
use wangge_model::{GridKind, ObjectKind};

/// The grid u30 of the community u20 of the street u10 of the district u0.
const CHAIN: &[u32] = &[0, 10, 20, 30];

/// Urban, in [`CHAIN`].
fn urban() -> Ground<'static> {
    Ground {
        chain: CHAIN,
        kind: Some(&GridKind::Urban),
    }
}

/// Who handles a component of this class at tier 1, by row.
fn row_for(lines: &[&str], class: &str, ground: Ground<'_>) -> Option<usize> {
    let duty = compiled(&rules(lines)).expect("rules name what is there");
    let handler = duty.handler(1, ObjectKind::Component, class, ground)?;
    Some(handler.rule + 1)
}

#[rstest]
#[case::a_longer_class_before_a_lower_area(&["1 * 01 u30 *", "1 * 0101 u0 *"], Some(2))]
#[case::a_longer_class_before_area_kind_and_object(&["1 component 010 u30 urban", "1 * 0101 * *"], Some(2))]
#[case::a_lower_area_before_kind_and_object(&["1 component 01 u10 urban", "1 * 01 u20 *"], Some(2))]
#[case::any_area_before_none(&["1 component 01 * urban", "1 * 01 u0 *"], Some(2))]
#[case::kind_before_object(&["1 component 01 u20 *", "1 * 01 u20 urban"], Some(2))]
#[case::object_before_none(&["1 * 01 u20 urban", "1 component 01 u20 urban"], Some(2))]
#[case::a_class_before_the_fallback(&["1 component * u30 urban", "1 * 0 * *"], Some(2))]
#[case::the_fallback_where_no_class_matches(&["1 * 0102 * *", "1 * * * *"], Some(2))]
#[case::an_open_object_is_for_both(&["1 * 0101 * *"], Some(1))]
#[case::another_object(&["1 event 0101 * *"], None)]
#[case::another_kind(&["1 * 0101 * rural"], None)]
#[case::another_area(&["1 * 0101 u21 *"], None)]
#[case::a_class_longer_than_the_one_asked_for(&["1 * 010101 * *"], None)]
#[case::another_tier(&["2 * 0101 * *"], None)]
#[case::no_rules(&[], None)]
fn the_most_specific_rule_that_matches_handles(#[case] lines: &[&str], #[case] row: Option<usize>) {
    assert_eq!(row_for(lines, "0101", urban()), row);
    let turned: Vec<&str> = lines.iter().rev().copied().collect();
    let row_turned = row.map(|row| lines.len() + 1 - row);
    assert_eq!(
        row_for(&turned, "0101", urban()),
        row_turned,
        "whatever their order"
    );
}

#[rstest]
#[case::known("0101", Some(1))]
#[case::unknown_below_a_known_prefix("0109", Some(2))]
#[case::longer_than_any("01019", Some(1))]
#[case::of_no_prefix("7", Some(3))]
#[case::none("", Some(3))]
#[case::cut_within_a_character("网", Some(3))]
fn a_class_that_no_rule_names_falls_to_the_longest_prefix(
    #[case] class: &str,
    #[case] row: Option<usize>,
) {
    let lines = ["1 * 0101 * *", "1 * 01 * *", "1 * * u0 *"];
    assert_eq!(row_for(&lines, class, urban()), row);
}

#[rstest]
#[case::urban(Some(GridKind::Urban), Some(1))]
#[case::a_kind_of_the_citys_own(Some(GridKind::Other("微网格".to_owned())), Some(2))]
#[case::a_kind_that_no_rule_names(Some(GridKind::Special), Some(3))]
#[case::not_known(None, Some(3))]
fn a_rule_for_a_kind_is_for_grids_of_that_kind(
    #[case] kind: Option<GridKind>,
    #[case] row: Option<usize>,
) {
    let lines = [
        "1 * 01 * urban",
        "1 * 01 * 微网格",
        "1 * 01 * *",
        "1 event 01 * urban",
    ];
    let ground = Ground {
        chain: CHAIN,
        kind: kind.as_ref(),
    };
    assert_eq!(row_for(&lines, "0101", ground), row);
}

#[test]
fn a_place_above_the_grids_has_handlers_too() {
    let lines = ["1 * * u30 *", "1 * * u10 *"];
    let street = Ground {
        chain: &[0, 10],
        kind: None,
    };
    assert_eq!(row_for(&lines, "0101", street), Some(2));
    let nowhere = Ground {
        chain: &[],
        kind: None,
    };
    assert_eq!(row_for(&lines, "0101", nowhere), None);
}

#[test]
fn each_tier_is_ruled_by_itself_and_comes_by_number() {
    let lines = [
        "3 * 01 * *",
        "1 * * u20 *",
        "3 * 0101 * *",
        "1 event 0101 u30 *",
    ];
    let rules = rules(&lines);
    let departments = departments(4);
    let duty = Duty::compile(&rules, &departments, [3, 2, 1], unit_of).unwrap();
    let acting: Vec<(u32, usize, &str)> = duty
        .handlers(ObjectKind::Component, "0101", urban())
        .map(|handler: Handler<'_>| {
            let department = &departments.all()[handler.department];
            (handler.tier, handler.rule, department.code.as_str())
        })
        .collect();
    assert_eq!(acting, [(1, 1, "D2"), (3, 2, "D3")]);
    assert_eq!(duty.tiers().collect::<Vec<_>>(), [1, 2, 3]);
    assert!(
        duty.handler(2, ObjectKind::Event, "0101", urban())
            .is_none()
    );
    assert!(
        duty.handler(4, ObjectKind::Event, "0101", urban())
            .is_none()
    );
}

#[rstest]
#[case::alone(
    &["1 * * * *"], None,
    "no class is named, it is the fallback of the territory; no other rule matches"
)]
#[case::longer_class(
    &["1 component 0101 u20 urban", "1 * 01 u30 *"], Some((1, LostBy::Class)),
    "class 0101 is named, in u20, for urban grids, for components; \
     the next best rule, row 2, names a shorter class"
)]
#[case::a_class_at_all(
    &["1 * 01 * *", "1 * * u30 *"], Some((1, LostBy::Class)),
    "class 01 is named; the next best rule, row 2, names no class"
)]
#[case::lower_area(
    &["1 * * u20 *", "1 * * u10 urban"], Some((1, LostBy::Area)),
    "no class is named, it is the fallback of the territory, in u20; \
     the next best rule, row 2, names a higher area"
)]
#[case::an_area_at_all(
    &["1 * 01 u0 *", "1 * 01 * urban", "1 * 01 * *"], Some((1, LostBy::Area)),
    "class 01 is named, in u0; the next best rule, row 2, names no area"
)]
#[case::kind(
    &["1 * 01 * urban", "1 component 01 * *"], Some((1, LostBy::Kind)),
    "class 01 is named, for urban grids; the next best rule, row 2, names no kind of grid"
)]
#[case::object(
    &["1 component 01 * *", "1 * 01 * *"], Some((1, LostBy::Object)),
    "class 01 is named, for components; \
     the next best rule, row 2, names neither components nor events"
)]
fn a_reason_says_what_the_rule_names_and_what_it_beat(
    #[case] lines: &[&str],
    #[case] runner_up: Option<(usize, LostBy)>,
    #[case] text: &str,
) {
    let duty = compiled(&rules(lines)).unwrap();
    let handler = duty
        .handler(1, ObjectKind::Component, "0101", urban())
        .unwrap();
    assert_eq!(handler.rule, 0);
    let next = handler.reason.runner_up();
    assert_eq!(next.map(|next| (next.rule, next.lost_by)), runner_up);
    assert_eq!(handler.reason.to_string(), text);
}

#[test]
fn a_reason_can_be_taken_apart() {
    let duty = compiled(&rules(&["1 component 0101 u20 urban", "2 * * * *"])).unwrap();
    let reasons: Vec<_> = duty
        .handlers(ObjectKind::Component, "0101", urban())
        .map(|handler| handler.reason)
        .collect();
    let named = reasons[0];
    assert_eq!(named.class().unwrap().as_str(), "0101");
    let area = named.area().unwrap();
    assert_eq!((area.code.as_str(), area.depth), ("u20", 2));
    assert_eq!(named.kind(), Some(&GridKind::Urban));
    assert_eq!(named.object(), Some(ObjectKind::Component));
    assert!(!named.is_fallback());
    let open = reasons[1];
    assert!(open.is_fallback());
    assert_eq!((open.class(), open.area(), open.kind()), (None, None, None));
    assert_eq!((open.object(), open.runner_up()), (None, None));
}

#[rstest]
#[case::tier(
    "4 * * * *",
    "row 2 of the rules: the scheme has no tier 4, its tiers are [1, 2, 3]"
)]
#[case::unit(
    "1 * * v9 *",
    "row 2 of the rules: the plan has no unit v9; correct the code, or import the unit"
)]
fn a_rule_that_names_what_is_not_there_is_named(#[case] line: &str, #[case] text: &str) {
    let error = compiled(&rules(&["1 * * * *", line])).unwrap_err();
    assert_eq!(error.to_string(), text);
}

#[test]
fn a_department_that_is_not_there_is_named() {
    let rules = rules(&["1 * * * *", "2 * * * *"]);
    let error = Duty::compile(&rules, &departments(1), [1, 2], unit_of).unwrap_err();
    let DutyError::NoDepartment { row, department } = error else {
        panic!("{error}");
    };
    assert_eq!((row, department.as_str()), (2, "D2"));
}
