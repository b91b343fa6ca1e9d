//! Lists of rules, and what they name.

use rstest::rstest;
use wangge_model::{GridKind, ObjectKind, Rule, Rules, Scheme};

use super::{SCHEME, classes, code, departments, level_of, messages, rows, rules, told};

#[test]
fn rules_are_read_in_their_order() {
    let all = Rules::read(&rows(
        Rules::COLUMNS,
        "2 | 部件 | 01A1 | 211403001 | 城市 | DEPT1 | 井盖
         01 | | | | | DEPT2 |
         1 | Event | 01 | | 微网格 | DEPT1 |",
    ))
    .unwrap();
    let [first, second, third] = all.all() else {
        panic!("three rules");
    };
    assert_eq!((first.row, first.tier), (1, 2));
    assert_eq!(first.object, Some(ObjectKind::Component));
    assert_eq!(first.class, Some(code("01A1")));
    assert_eq!(first.area, Some(code("211403001")));
    assert_eq!(first.grid_kind, Some(GridKind::Urban));
    assert_eq!(first.department, code("DEPT1"));
    assert_eq!(first.note.as_deref(), Some("井盖"));
    assert_eq!(first.key().to_string(), "2:component:01A1:211403001:urban");
    assert_eq!((second.tier, second.object), (1, None));
    assert_eq!((&second.class, &second.note), (&None, &None));
    assert_eq!(second.key().to_string(), "1:*:*:*:*");
    assert_eq!(third.key().to_string(), "1:event:01:*:微网格");
    let fallbacks = all.all().iter().map(Rule::is_fallback);
    assert_eq!(fallbacks.collect::<Vec<_>>(), [false, true, false]);
}

#[rstest]
#[case::zero("0")]
#[case::word("two")]
#[case::below_zero("-1")]
#[case::half("1.5")]
#[case::too_large("4294967296")]
#[case::full_width("１")]
fn a_tier_is_a_whole_number_above_0(#[case] tier: &str) {
    assert_eq!(
        told(rules(&format!("{tier} | | | | | A"))),
        [format!(
            "row 1, column \"tier\": \"{tier}\" is no tier: write 1, 2, 3…, the first to act \
             being 1"
        )]
    );
}

#[test]
fn all_faults_of_rules_are_told_in_the_order_of_rows() {
    let faults = rules(
        "1 | event | 0101 | S1 | urban | A
         | thing | 01\u{200b} | S\u{1}1 | | B\u{feff}C
         1 | 事件 | 0101 | S1 | 城市 | B
         x | event | 0101 | S1 | urban | A
         01 | event | 0101 | S1 | urban |
         1 | event | 0101 | S1 | URBAN | A
         1 | event | 0101 | S1 | | A
         1 | | 0101 | S1 | urban | A
         1 | ? | 0101 | S1 | urban | A",
    );
    let same = "the rule says what row 1 says: of two rules for the same tier, object, class, \
                area and kind of grid neither comes first, so keep one";
    let invisible = "an invisible or control character";
    assert_eq!(
        told(faults),
        [
            "row 2, column \"tier\": the cell is empty: fill it in".to_owned(),
            "row 2, column \"object\": \"thing\" is none of component, event".to_owned(),
            format!(
                "row 2, column \"class\": the code \"01\\u{{200b}}\" has {invisible} at position \
                 3: remove it"
            ),
            format!(
                "row 2, column \"area\": the code \"S\\u{{1}}1\" has {invisible} at position 2: \
                 remove it"
            ),
            format!(
                "row 2, column \"department\": the code \"B\\u{{feff}}C\" has {invisible} at \
                 position 2: remove it"
            ),
            format!("row 3, column \"department\": {same}"),
            "row 4, column \"tier\": \"x\" is no tier: write 1, 2, 3…, the first to act being 1"
                .to_owned(),
            "row 5, column \"department\": the cell is empty: fill it in".to_owned(),
            format!("row 6, column \"department\": {same}"),
            "row 9, column \"object\": \"?\" is none of component, event".to_owned(),
        ]
    );
}

fn checked(scheme: &str, text: &str) -> Vec<String> {
    let classes = classes(
        "component | 01 | 公用设施 | | |
         component | 0101 | 上水井盖 | | |
         event | 02 | 宣传广告 | | |
         event | 02A1 | 非法小广告 | | |",
    );
    let departments = departments("A | 城管局 |");
    let faults = rules(text).unwrap().check(
        &Scheme::from_toml(scheme).unwrap(),
        &departments.unwrap(),
        &classes.unwrap(),
        |unit| level_of(unit).is_some(),
    );
    messages(&faults)
}

#[test]
fn rules_of_what_is_there_pass() {
    let faults = checked(
        SCHEME,
        "1 | component | 0101 | S1 | urban | A
         2 | event | 02A | S1G1 | rural | A
         2 | | 02A1 | | | A
         2 | | 0 | | 农村 | A
         1 | | | | | A",
    );
    assert_eq!(faults, [""; 0]);
}

#[test]
fn rules_of_what_is_not_there_are_told() {
    let faults = checked(
        SCHEME,
        "3 | event | 0101 | S2 | | B
         1 | component | 02 | | | A
         1 | | 02a1 | | | A
         1 | | 0102 | | | A
         2 | component | 01 | S2 | | A",
    );
    let remedy = "nor one that begins with it: correct the code, or import the class";
    let no_unit = "the plan has no unit S2: correct the code, or import the unit";
    assert_eq!(
        faults,
        [
            "row 1, column \"tier\": the scheme has no tier 3, it has 1, 2: choose one, or add \
             it to the scheme"
                .to_owned(),
            format!("row 1, column \"class\": no event has the class 0101, {remedy}"),
            format!("row 1, column \"area\": {no_unit}"),
            "row 1, column \"department\": the department B is not in the list: add its row, or \
             correct the code"
                .to_owned(),
            format!("row 2, column \"class\": no component has the class 02, {remedy}"),
            format!("row 3, column \"class\": no component or event has the class 02a1, {remedy}"),
            format!("row 4, column \"class\": no component or event has the class 0102, {remedy}"),
            format!("row 5, column \"area\": {no_unit}"),
        ]
    );
}

#[test]
fn a_scheme_without_tiers_has_none() {
    let (without, _) = SCHEME.split_once("[tiers]").unwrap();
    assert_eq!(
        checked(without, "1 | | | | | A"),
        [
            "row 1, column \"tier\": the scheme has no tier 1, it has none: choose one, or add it \
             to the scheme"
        ]
    );
}

#[test]
fn a_kind_that_no_grid_is_of_is_told() {
    let rules = rules(
        "1 | | | | urban | A
         1 | | | | urbn | A
         2 | | | | * | A
         2 | | | | 城市 | A",
    )
    .unwrap();
    let kinds = [GridKind::Urban, GridKind::Rural];
    assert_eq!(
        messages(&rules.check_kinds(&kinds)),
        [
            "row 2, column \"grid_kind\": no grid of the plan is of kind urbn, they are urban, rural: \
             correct the kind, or leave it empty",
            "row 3, column \"grid_kind\": no grid of the plan is of kind *, they are urban, rural: \
             correct the kind, or leave it empty",
        ]
    );
    assert_eq!(rules.check_kinds(&[]).len(), 4);
}
