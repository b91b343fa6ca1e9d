//! Codes, schemes and units: errors and defects.

use wangge_model::{Code, ModelError, Scheme, UnitDefect};
use wangge_report::{Language, Told};

use crate::{Values, assert_told, english_in, text, texts};

fn code(value: &str) -> Code {
    value.parse().unwrap()
}

#[test]
fn errors_of_codes_and_schemes_are_told() {
    let level = || text("street");
    let pattern = || text("^\\d{9}$");
    assert_told(&[
        (&ModelError::CodeEmpty, &[]),
        (
            &ModelError::CodeTooLong {
                start: text("2114030"),
                chars: 70,
            },
            &["2114030", "70", "64"],
        ),
        (
            &ModelError::CodeUnprintable {
                shown: text("21\\u{7}"),
                position: 3,
            },
            &["21\\u{7}", "3"],
        ),
        (
            &ModelError::CodeMalformed {
                code: code("21X"),
                level: level(),
                pattern: pattern(),
            },
            &["21X", "street", "^\\d{9}$"],
        ),
        (
            &ModelError::ParentNotGiven {
                code: code("21X"),
                level: level(),
                column: text("SSJD"),
                parent_level: text("district"),
            },
            &["21X", "street", "SSJD", "district"],
        ),
        (
            &ModelError::ParentPrefix {
                code: code("21X"),
                level: level(),
                prefix: 6,
                chars: 3,
            },
            &["21X", "street", "6", "3"],
        ),
        (
            &ModelError::ParentSegments {
                code: code("21X"),
                level: level(),
                segments: text("a + b"),
            },
            &["21X", "street", "a + b"],
        ),
        (
            &ModelError::ParentDisagrees {
                code: code("21X"),
                level: level(),
                given: code("22"),
                derived: code("21"),
            },
            &["21X", "street", "22", "21", "parent = { column = \"…\" }"],
        ),
        (
            &ModelError::NoSuchLevel {
                index: 7,
                levels: 4,
            },
            &["7", "4"],
        ),
        (
            &ModelError::NotAPlanState {
                value: text("done"),
            },
            &["done", "draft", "superseded"],
        ),
        (
            &ModelError::NotAVersion { value: text("3-1") },
            &["3-1", "3.17"],
        ),
        (
            &ModelError::SchemeTooLarge {
                bytes: 9_000_000,
                limit: 1_000_000,
            },
            &["9000000", "1000000"],
        ),
        (
            &ModelError::SchemeSyntax {
                line: 4,
                message: text("unknown field `nme`, expected one of `city`, `name`"),
            },
            &["4", "`nme`", "`city`, `name`"],
        ),
        (&ModelError::NoLevels, &["[[level]]"]),
        (
            &ModelError::EmptyText {
                line: 2,
                key: "city",
            },
            &["2", "`city`"],
        ),
        (
            &ModelError::SchemeCode {
                line: 3,
                reason: Box::new(ModelError::CodeEmpty),
            },
            &["3", "`code`"],
        ),
        (
            &ModelError::LevelId {
                line: 5,
                id: text("街道"),
            },
            &["5", "街道", "`name`"],
        ),
        (
            &ModelError::DuplicateLevel {
                line: 9,
                id: level(),
                first_line: 5,
            },
            &["9", "street", "5"],
        ),
        (
            &ModelError::BadPattern {
                line: 5,
                level: level(),
                pattern: text("("),
                reason: text("error: unclosed group"),
            },
            &["5", "street", "("],
        ),
        (
            &ModelError::PatternNotAnchored {
                line: 5,
                level: level(),
                pattern: text("\\d{9}"),
                anchored: pattern(),
            },
            &["5", "street", "^\\d{9}$"],
        ),
        (
            &ModelError::PatternTooLong {
                line: 5,
                level: level(),
                pattern: pattern(),
                min_chars: 99,
            },
            &["5", "street", "99", "64"],
        ),
        (
            &ModelError::ParentOnTop {
                line: 5,
                level: level(),
            },
            &["5", "street", "`parent`"],
        ),
        (
            &ModelError::ParentMissing {
                line: 5,
                level: level(),
            },
            &["5", "street", "parent = { prefix = … }"],
        ),
        (
            &ModelError::ParentRuleForm {
                line: 5,
                level: level(),
                given: 2,
            },
            &["5", "street", "prefix", "segments", "2"],
        ),
        (
            &ModelError::PrefixTooLong {
                line: 5,
                level: level(),
                prefix: 12,
                pattern: pattern(),
                max_chars: 9,
            },
            &["5", "street", "12", "9"],
        ),
        (
            &ModelError::PrefixZero {
                line: 5,
                level: level(),
            },
            &["5", "street", "0"],
        ),
        (
            &ModelError::PrefixNotParent {
                line: 5,
                prefix: 7,
                parent_level: text("district"),
                parent_pattern: text("^\\d{6}$"),
            },
            &["5", "7", "district", "^\\d{6}$"],
        ),
        (
            &ModelError::NoSuchSegment {
                line: 5,
                level: level(),
                segment: text("town"),
                known: text("none"),
            },
            &["5", "street", "town", "(?<street>\\d{9})"],
        ),
        (
            &ModelError::LimitsReversed {
                line: 5,
                level: level(),
                quantity: "households",
                low: 500,
                high: 300,
            },
            &["5", "street", "households", "500", "300"],
        ),
        (
            &ModelError::DuplicatePost {
                line: 5,
                level: level(),
                post: text("head"),
            },
            &["5", "street", "head"],
        ),
        (
            &ModelError::ComponentCode { line: 5 },
            &["5", "[6, 2, 2, 6]"],
        ),
        (&ModelError::ComponentTier { line: 5, tier: 7 }, &["5", "7"]),
        (
            &ModelError::TierNumber {
                line: 5,
                tier: text("一"),
            },
            &["5", "一"],
        ),
        (
            &ModelError::TierLevel {
                line: 5,
                tier: 2,
                level: text("town"),
                known: text("district, street"),
            },
            &["5", "2", "town", "district, street"],
        ),
        (
            &ModelError::TierTwice {
                line: 5,
                tier: 2,
                level: level(),
                other: 1,
            },
            &["5", "2", "street", "1"],
        ),
    ]);
}

/// Mistakes as planners make them in a scheme, in the words of the real reader.
#[test]
fn mistakes_in_a_scheme_are_told_in_chinese() {
    for (toml, wanted) in [
        ("city", "应写成 键 = 值"),
        ("city = 龙港", "须加英文引号"),
        ("city = \"a\"\ncity = \"b\"", "键重复"),
        (
            "city = \"a\"\nname = \"b\"\nlevels = 3",
            "未知的键 `levels`",
        ),
        ("city = 1\nname = \"b\"", "现为整数 1，应为文本"),
        ("city = \"a\"\nname = \"b\"\n[[level]\n", "缺少 ]]"),
        ("city = \"a\"", "缺少键 `name`"),
    ] {
        let told = Scheme::from_toml(toml).unwrap_err().told(Language::Zh);
        assert!(told.contains(wanted), "{toml}: {told}");
        assert_eq!(english_in(&told), None, "{told}");
    }
}

#[test]
fn defects_of_units_are_told() {
    let scheme = Scheme::from_toml(
        "city = \"a\"\nname = \"a\"\n[[level]]\nid = \"grid\"\nname = \"网格\"\ncode = '^\\d$'\nlimits = { households = [300, 500] }\n",
    )
    .unwrap();
    let mut unit = wangge_model::Unit::new(code("7"), wangge_model::LevelIndex(0));
    unit.households = Some(12);
    let sizes = scheme.check(&[unit]);
    let level = || text("grid");
    let parent_level = || text("street");
    let mut all: Vec<(UnitDefect, Values)> = vec![
        (
            UnitDefect::Malformed {
                code: code("21X"),
                level: level(),
                pattern: text("^\\d$"),
            },
            &["21X", "grid", "^\\d$"],
        ),
        (
            UnitDefect::Duplicate {
                code: code("21X"),
                levels: texts(&["grid", "street"]),
            },
            &["2", "21X", "grid", "street"],
        ),
        (
            UnitDefect::NoParent {
                code: code("21X"),
                level: level(),
                parent_level: parent_level(),
            },
            &["21X", "grid", "street"],
        ),
        (
            UnitDefect::UnknownParent {
                code: code("21X"),
                level: level(),
                parent: code("22"),
                parent_level: parent_level(),
                found_in: Some(text("district")),
            },
            &["21X", "grid", "22", "street", "district"],
        ),
        (
            UnitDefect::MalformedParent {
                code: code("21X"),
                level: level(),
                parent: code("22"),
                parent_level: parent_level(),
                pattern: text("^\\d$"),
            },
            &["21X", "grid", "22", "street", "^\\d$"],
        ),
        (
            UnitDefect::OtherParent {
                code: code("21X"),
                level: level(),
                parent: code("22"),
                by_rule: Some(code("23")),
            },
            &["21X", "grid", "22", "23"],
        ),
        (
            UnitDefect::OtherParent {
                code: code("21X"),
                level: level(),
                parent: code("22"),
                by_rule: None,
            },
            &["21X", "grid", "22"],
        ),
        (
            UnitDefect::ParentOnTop {
                code: code("21X"),
                level: level(),
                parent: code("22"),
            },
            &["21X", "grid", "22"],
        ),
    ];
    assert_eq!(sizes.len(), 1);
    all.extend(
        sizes
            .into_iter()
            .map(|size| (size, &["7", "grid", "12", "300", "500"] as Values)),
    );
    let all: Vec<(&dyn Told, Values)> = all
        .iter()
        .map(|(defect, values)| (defect as &dyn Told, *values))
        .collect();
    assert_told(&all);
}
