//! Units against their scheme: codes, parents, sizes.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use proptest::prelude::*;
use rstest::rstest;
use wangge_model::{Code, LevelIndex, Scheme, Severity, Unit, UnitDefect};

const SCHEME: &str = r#"
city = "test"
name = "试验市"

[[level]]
id = "district"
name = "区"
code = '^\d{6}$'

[[level]]
id = "street"
name = "街道"
code = '^\d{9}$'
parent = { prefix = 6 }

[[level]]
id = "grid"
name = "网格"
code = '^\d{11,15}$'
parent = { column = "parent" }
limits = { households = [300, 500], population = [0, 1000] }
"#;

fn scheme() -> Scheme {
    Scheme::from_toml(SCHEME).unwrap()
}

fn code(text: &str) -> Code {
    Code::new(text).unwrap()
}

fn unit(level: usize, text: &str, parent: Option<&str>) -> Unit {
    let mut unit = Unit::new(code(text), LevelIndex(level));
    unit.parent = parent.map(code);
    unit
}

fn sized(households: u32, population: u32) -> Unit {
    let mut unit = unit(2, "211403001001", Some("211403001"));
    unit.households = Some(households);
    unit.population = Some(population);
    unit
}

/// One district, two streets, two grids: nothing wrong.
fn sound() -> Vec<Unit> {
    vec![
        unit(0, "211403", None),
        unit(1, "211403001", Some("211403")),
        unit(1, "211403005", Some("211403")),
        unit(2, "211403001001", Some("211403001")),
        unit(2, "211403001002", Some("211403005")),
    ]
}

#[test]
fn a_sound_set_of_units_has_no_defects() {
    assert_eq!(scheme().check(&sound()), []);
    assert_eq!(scheme().check(&[]), []);
    // grids alone: their streets are known from them
    assert_eq!(scheme().check(&sound()[3..]), []);
}

#[rstest]
#[case::malformed(
    unit(2, "2114030010A1", Some("211403001")),
    "code-malformed",
    "the code 2114030010A1 is not one of level \"grid\": it does not match ^\\d{11,15}$"
)]
#[case::the_same_code_twice(
    unit(2, "211403001001", Some("211403005")),
    "code-duplicate",
    "2 units have the code 211403001001 (levels: grid, grid); a code belongs to one unit"
)]
#[case::no_parent(
    unit(2, "211403001003", None),
    "code-parent",
    "211403001003 of level \"grid\" names no parent of level \"street\""
)]
#[case::unknown_parent(
    unit(2, "211403001003", Some("211403009")),
    "code-parent",
    "211403001003 of level \"grid\" names 211403009 as its parent, and level \"street\" has no \
     such unit"
)]
#[case::straight_under_the_district(
    unit(2, "211403001003", Some("211403")),
    "code-parent",
    "211403001003 of level \"grid\" names 211403 as its parent, and level \"street\" has no such \
     unit; it is one of level \"district\""
)]
#[case::under_another_grid(
    unit(2, "211403001003", Some("211403001001")),
    "code-parent",
    "211403001003 of level \"grid\" names 211403001001 as its parent, and level \"street\" has \
     no such unit; it is one of level \"grid\""
)]
#[case::against_the_prefix(
    unit(1, "211404001", Some("211403")),
    "code-parent",
    "211404001 of level \"street\" names 211403 as its parent, but by the scheme's rule it is \
     211404"
)]
#[case::parent_on_top(
    unit(0, "211404", Some("211400")),
    "code-parent",
    "211404 is of the top level, \"district\", and names 211400 as its parent"
)]
fn one_wrong_unit_is_one_defect(#[case] wrong: Unit, #[case] kind: &str, #[case] message: &str) {
    let mut units = sound();
    let wrong_code = wrong.code.clone();
    units.push(wrong);
    let defects = scheme().check(&units);
    let said: Vec<_> = defects.iter().map(UnitDefect::to_string).collect();
    assert_eq!(said, [message]);
    assert_eq!(defects[0].kind(), kind);
    assert_eq!(defects[0].severity(), Severity::Error);
    assert_eq!(defects[0].codes()[0], &wrong_code);
}

#[test]
fn a_code_used_on_two_levels_is_a_duplicate() {
    let scheme = Scheme::from_toml(
        "city = 'c'\nname = 'c'\n[[level]]\nid = 'ward'\nname = 'w'\ncode = '^\\d$'\n\
         [[level]]\nid = 'grid'\nname = 'g'\ncode = '^\\d$'\nparent = { column = 'WARD' }",
    )
    .unwrap();
    let units = [unit(1, "1", Some("1")), unit(0, "1", None)];
    let said: Vec<_> = scheme
        .check(&units)
        .iter()
        .map(UnitDefect::to_string)
        .collect();
    assert_eq!(
        said,
        ["2 units have the code 1 (levels: ward, grid); a code belongs to one unit"]
    );
}

#[test]
fn a_parent_of_a_level_without_units_must_look_like_one() {
    let said: Vec<_> = scheme()
        .check(&[unit(2, "211403001003", Some("21140300"))])
        .iter()
        .map(UnitDefect::to_string)
        .collect();
    assert_eq!(
        said,
        [
            "211403001003 of level \"grid\" names 21140300 as its parent, which is no code of level \
          \"street\": it does not match ^\\d{9}$"
        ]
    );
}

/// The limits themselves are allowed.
#[rstest]
#[case(300, 0, &[])]
#[case(500, 1000, &[])]
#[case(299, 900, &["211403001001 of level \"grid\" has 299 households; the scheme allows 300 to 500"])]
#[case(501, 1001, &[
    "211403001001 of level \"grid\" has 1001 persons; the scheme allows 0 to 1000",
    "211403001001 of level \"grid\" has 501 households; the scheme allows 300 to 500",
])]
fn sizes_outside_the_limits_are_warnings(
    #[case] households: u32,
    #[case] population: u32,
    #[case] said: &[&str],
) {
    let defects = scheme().check(&[sized(households, population)]);
    let found: Vec<_> = defects.iter().map(UnitDefect::to_string).collect();
    assert_eq!(found, said);
    for defect in &defects {
        assert_eq!(
            (defect.kind(), defect.severity()),
            ("size", Severity::Warning)
        );
    }
}

#[test]
fn the_units_above_are_implied_by_the_parents_that_are_named() {
    let grids = &sound()[3..];
    assert_eq!(
        scheme().implied(grids),
        [
            unit(1, "211403001", Some("211403")),
            unit(1, "211403005", Some("211403")),
            unit(0, "211403", None),
        ]
    );
    // what is given is not implied
    assert_eq!(scheme().implied(&sound()), []);
    // up to where a rule needs a column
    let column = SCHEME.replace("prefix = 6", "column = 'district'");
    let implied = Scheme::from_toml(&column).unwrap().implied(grids);
    assert_eq!(
        implied,
        [unit(1, "211403001", None), unit(1, "211403005", None)]
    );
}

fn codes() -> impl Strategy<Value = String> {
    prop_oneof!["[1-3]{6}", "[1-3]{9}", "[1-3]{11}", "[1-3a]{1,3}", "[12]"]
}

fn units() -> impl Strategy<Value = Vec<Unit>> {
    let unit = (
        0..3usize,
        codes(),
        proptest::option::of(codes()),
        proptest::option::of(250..550u32),
    )
        .prop_map(|(level, text, parent, households)| {
            let mut unit = unit(level, &text, parent.as_deref());
            unit.households = households;
            unit
        });
    proptest::collection::vec(unit, 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// The slow definitions of the four kinds, one unit and one code at a time.
    #[test]
    fn the_check_agrees_with_the_definitions(units in units()) {
        let scheme = scheme();
        let defects = scheme.check(&units);
        let lengths = [6..=6, 9..=9, 11..=15];
        let looks_right = |text: &str, level: usize| {
            lengths[level].contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
        };
        for unit in &units {
            let (text, level) = (unit.code.as_str(), unit.level.0);
            let same: Vec<_> = units.iter().filter(|other| other.code == unit.code).collect();
            let has = |kind: &str| {
                defects.iter().any(|defect| defect.kind() == kind && defect.code() == &unit.code)
            };
            prop_assert_eq!(
                has("code-malformed"),
                same.iter().any(|unit| !looks_right(text, unit.level.0))
            );
            prop_assert_eq!(has("code-duplicate"), same.len() > 1);
            let parent_is_wrong = |unit: &Unit| match (unit.level.0, &unit.parent) {
                (0, parent) => parent.is_some(),
                (_, None) => true,
                (level, Some(parent)) => {
                    let above: Vec<_> =
                        units.iter().filter(|other| other.level.0 == level - 1).collect();
                    let known = if above.is_empty() {
                        looks_right(parent.as_str(), level - 1)
                    } else {
                        above.iter().any(|above| above.code == *parent)
                    };
                    let by_rule = level != 1
                        || (text.len() > 6 && text[..6] == *parent.as_str());
                    !known || !by_rule
                }
            };
            prop_assert_eq!(
                has("code-parent"),
                same.iter().any(|unit| parent_is_wrong(unit)),
                "{} of level {}", text, level
            );
            let too_large = |unit: &&Unit| {
                unit.level.0 == 2 && unit.households.is_some_and(|n| !(300..=500).contains(&n))
            };
            prop_assert_eq!(has("size"), same.iter().any(too_large));
        }
    }

    /// Defects name units that are there, in order, whatever the order of the units.
    #[test]
    fn the_check_does_not_depend_on_the_order_of_units(units in units()) {
        let scheme = scheme();
        let mut turned = units.clone();
        turned.reverse();
        prop_assert_eq!(scheme.check(&units), scheme.check(&turned));
        let defects = scheme.check(&units);
        prop_assert!(defects.is_sorted_by_key(|defect| defect.code().clone()));
    }

    /// With what is implied put in, no unit has an unknown parent.
    #[test]
    fn what_is_implied_is_enough(units in units()) {
        let scheme = scheme();
        let mut all = units.clone();
        all.extend(scheme.implied(&units));
        for defect in scheme.check(&all) {
            let unknown = matches!(&defect, UnitDefect::UnknownParent { .. });
            prop_assert!(!unknown, "{}", defect);
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "[\\[\\]a-z\"'=\\n{}0-9^$\\\\. ]{0,120}") {
        let _ = Scheme::from_toml(&text);
        let _ = Scheme::from_toml(&format!(
            "city = 'c'\nname = 'c'\n[[level]]\nid = 'g'\nname = 'g'\ncode = '''{text}'''"
        ));
    }
}
