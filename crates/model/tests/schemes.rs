//! Schemes as people write them, right and wrong.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use rstest::rstest;
use wangge_model::{Code, Level, LevelIndex, ModelError, ParentRule, Scheme, SizeRange, Unit};

fn code(text: &str) -> Code {
    Code::new(text).unwrap()
}

fn longgang() -> Scheme {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../data/schemes/longgang.toml"
    );
    Scheme::from_toml(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn the_scheme_of_longgang_is_read() {
    let scheme = longgang();
    assert_eq!(
        (scheme.city(), scheme.name()),
        ("longgang", "葫芦岛市龙港区")
    );
    assert_eq!(scheme.code(), Some(&code("211403")));
    let ids: Vec<_> = scheme.levels().iter().map(Level::id).collect();
    assert_eq!(ids, ["district", "street", "community", "grid"]);
    let parents: Vec<_> = scheme.levels().iter().map(Level::parent).collect();
    assert_eq!(
        parents,
        [
            None,
            Some(&ParentRule::Prefix(6)),
            Some(&ParentRule::Prefix(9)),
            Some(&ParentRule::Column("parent".to_owned())),
        ]
    );
    assert_eq!(scheme.lowest(), LevelIndex(3));
    let grid = scheme.level_at(scheme.lowest()).unwrap();
    assert_eq!(grid.name(), "基础网格");
    assert_eq!(grid.limits().households, SizeRange::new(300, 500));
    assert_eq!(grid.limits().population, SizeRange::new(0, 1000));
    assert_eq!(grid.posts().len(), 5);
    let tiers: Vec<_> = scheme
        .tiers()
        .iter()
        .map(|tier| (tier.number, tier.level.0))
        .collect();
    assert_eq!(tiers, [(1, 2), (2, 1), (3, 0)]);
    assert_eq!(scheme.level("community"), Some(LevelIndex(2)));
    assert_eq!(scheme.level("Community"), None);
}

/// Streets and towns of 龙港区 as the statistical bureau lists them (2023).
#[rstest]
#[case("211403", 0, true)]
#[case("211403001", 1, true)]
#[case("211403402", 1, true)]
#[case("211403001", 0, false)]
#[case("211403001001", 2, true)]
#[case("211403001002014", 3, true)]
#[case("２１１４０３００１００２０１４", 3, false)]
fn the_scheme_of_longgang_knows_its_codes(
    #[case] text: &str,
    #[case] level: usize,
    #[case] matches: bool,
) {
    let scheme = longgang();
    assert_eq!(
        scheme.levels()[level].pattern().matches(&code(text)),
        matches
    );
}

/// A scheme whose text is cut at the place that a test changes.
const HEAD: &str = "city = \"c\"\nname = \"城\"\n"; // lines 1 and 2
const TOP: &str = "[[level]]\nid = \"top\"\nname = \"上\"\ncode = '^\\d{6}$'\n"; // lines 3 to 6
const LOW: &str = "[[level]]\nid = \"low\"\nname = \"下\"\ncode = '^\\d{9}$'\n"; // lines 7 to 10

#[rstest]
#[case::no_levels(
    HEAD.to_owned(),
    "the scheme has no levels: write one [[level]] table for each, from the top to the grids"
)]
#[case::not_toml(
    format!("{HEAD}{TOP}posts = ["),
    "scheme, line 7: unclosed array, expected `]`"
)]
#[case::unknown_key(
    format!("{HEAD}{TOP}colour = 'red'\n"),
    "scheme, line 7: unknown field `colour`, expected one of `id`, `name`, `name_en`, `code`, \
     `parent`, `limits`, `posts`"
)]
#[case::unknown_key_on_top(
    format!("colour = 'red'\n{HEAD}{TOP}"),
    "scheme, line 1: unknown field `colour`, expected one of `city`, `name`, `name_en`, `code`, \
     `level`, `tiers`, `components`"
)]
#[case::unknown_key_in_the_parent_rule(
    format!("{HEAD}{TOP}{LOW}parent = {{ prefix = 6, suffix = 3 }}"),
    "scheme, line 11: unknown field `suffix`, expected one of `prefix`, `column`, `segments`"
)]
#[case::missing_key(
    format!("{HEAD}[[level]]\nid = 'top'\nname = '上'\n"),
    "scheme, line 3: missing field `code`"
)]
#[case::empty_name(
    format!("city = \"c\"\nname = \" \"\n{TOP}"),
    "scheme, line 2: `name` is empty"
)]
#[case::code_with_a_line_break(
    format!("{HEAD}code = \"21\\n14\"\n{TOP}"),
    "scheme, line 3: the city's `code`: the code \"21\\u{a}14\" has an invisible or control \
     character at position 3: remove it"
)]
#[case::level_id_in_chinese(
    format!("{HEAD}[[level]]\nid = '街道'\nname = '街道'\ncode = '^1$'\n"),
    "scheme, line 4: the level id \"街道\" may only have lower-case Latin letters, digits, - and \
     _, and begins with a letter; the name for people goes to `name`"
)]
#[case::level_id_twice(
    format!("{HEAD}{TOP}{}", TOP.replace("\ncode", "\nparent = { prefix = 3 }\ncode")),
    "scheme, line 8: the level id \"top\" is already used in line 4"
)]
#[case::pattern_not_closed(
    format!("{HEAD}{}", TOP.replace(r"^\d{6}$", r"^(\d{6}$")),
    "scheme, line 6: the code pattern ^(\\d{6}$ of level \"top\" cannot be used: unclosed group \
     (at its character 2)"
)]
#[case::pattern_not_anchored(
    format!("{HEAD}{}", TOP.replace(r"^\d{6}$", r"\d{6}")),
    "scheme, line 6: the code pattern \\d{6} of level \"top\" could match a part of a code: it \
     must begin with ^ and end with $, as ^\\d{6}$ does"
)]
#[case::pattern_too_large(
    format!("{HEAD}{}", TOP.replace(r"\d{6}", r"(\d{1,1000}){1000}")),
    "scheme, line 6: the code pattern ^(\\d{1,1000}){1000}$ of level \"top\" cannot be used: it \
     repeats too much to be compiled: use smaller counts"
)]
#[case::pattern_longer_than_any_code(
    format!("{HEAD}{}", TOP.replace(r"\d{6}", r"\d{65}")),
    "scheme, line 6: the code pattern ^\\d{65}$ of level \"top\" matches only codes of 65 or more \
     characters, and a code has at most 64"
)]
#[case::parent_on_top(
    format!("{HEAD}{TOP}parent = {{ prefix = 4 }}\n"),
    "scheme, line 7: level \"top\" is the top level, which has no parent: remove `parent`, or \
     put the level above it first"
)]
#[case::parent_missing(
    format!("{HEAD}{TOP}{LOW}"),
    "scheme, line 8: level \"low\" does not say how its units find their parent: add \
     parent = { prefix = … }, parent = { column = \"…\" } or parent = { segments = [\"…\"] }"
)]
#[case::two_rules(
    format!("{HEAD}{TOP}{LOW}parent = {{ prefix = 6, column = 'p' }}"),
    "scheme, line 11: `parent` of level \"low\" must have exactly one of prefix, column and \
     segments, and has 2"
)]
#[case::no_rule(
    format!("{HEAD}{TOP}{LOW}parent = {{}}"),
    "scheme, line 11: `parent` of level \"low\" must have exactly one of prefix, column and \
     segments, and has 0"
)]
#[case::prefix_zero(
    format!("{HEAD}{TOP}{LOW}parent = {{ prefix = 0 }}"),
    "scheme, line 11: the parent prefix of level \"low\" is 0; it counts the characters of the \
     parent's code and is at least 1"
)]
#[case::prefix_is_the_whole_code(
    format!("{HEAD}{TOP}{LOW}parent = {{ prefix = 9 }}"),
    "scheme, line 11: a parent prefix of 9 characters does not fit level \"low\": its codes, \
     ^\\d{9}$, have at most 9, and the prefix must be shorter"
)]
#[case::prefix_is_no_parent(
    format!("{HEAD}{TOP}{LOW}parent = {{ prefix = 4 }}"),
    "scheme, line 11: a parent prefix of 4 characters cannot be a code of the level above, \
     \"top\", whose pattern is ^\\d{6}$"
)]
#[case::empty_column(
    format!("{HEAD}{TOP}{LOW}parent = {{ column = '' }}"),
    "scheme, line 11: `column` is empty"
)]
#[case::no_segments(
    format!("{HEAD}{TOP}{LOW}parent = {{ segments = [] }}"),
    "scheme, line 11: `segments` is empty"
)]
#[case::unknown_segment(
    format!("{HEAD}{TOP}{}parent = {{ segments = ['street'] }}",
        LOW.replace(r"\d{9}", r"(?<district>\d{6})(?<town>\d{3})")),
    "scheme, line 11: the code pattern of level \"low\" has no segment \"street\"; it has \
     district, town. A segment is a named group, as in (?<street>\\d{9})"
)]
#[case::limits_reversed(
    format!("{HEAD}{TOP}limits = {{ households = [500, 300] }}"),
    "scheme, line 7: the limits of `households` of level \"top\" run from 500 down to 300: write \
     [smallest, largest]"
)]
#[case::post_twice(
    format!("{HEAD}{TOP}posts = ['head', 'police', 'head']"),
    "scheme, line 7: level \"top\" names the post \"head\" twice"
)]
#[case::tier_without_a_number(
    format!("{HEAD}{TOP}[tiers]\nfirst = 'top'"),
    "scheme, line 8: the tier \"first\" is not a number: tiers are 1, 2, 3…, the first to act \
     being 1"
)]
#[case::tier_with_a_leading_zero(
    format!("{HEAD}{TOP}[tiers]\n01 = 'top'"),
    "scheme, line 8: the tier \"01\" is not a number: tiers are 1, 2, 3…, the first to act being 1"
)]
#[case::tier_of_no_level(
    format!("{HEAD}{TOP}[tiers]\n1 = 'street'"),
    "scheme, line 8: tier 1 names the level \"street\", which the scheme does not have; it has top"
)]
#[case::two_tiers_of_a_level(
    format!("{HEAD}{TOP}[tiers]\n1 = 'top'\n2 = 'top'"),
    "scheme, line 9: tier 2 names the level \"top\", as tier 1 does: each tier has a level of its \
     own"
)]
fn every_mistake_is_told_with_its_line_and_what_would_be_right(
    #[case] text: String,
    #[case] message: &str,
) {
    assert_eq!(Scheme::from_toml(&text).unwrap_err().to_string(), message);
}

#[test]
fn lines_are_told_right_behind_a_byte_order_mark_and_with_windows_line_ends() {
    let text = format!("\u{feff}{HEAD}{TOP}posts = ['a', 'a']\n").replace('\n', "\r\n");
    assert!(
        matches!(
            Scheme::from_toml(&text).unwrap_err(),
            ModelError::DuplicatePost { line: 7, .. }
        ),
        "{:?}",
        Scheme::from_toml(&text)
    );
    let text = format!("\u{feff}{HEAD}[[level]]\nid = 'top'\nname = '上'\n");
    let error = Scheme::from_toml(&text).unwrap_err();
    assert!(
        matches!(error, ModelError::SchemeSyntax { line: 3, .. }),
        "{error}"
    );
}

#[test]
fn a_file_that_cannot_be_a_scheme_is_not_parsed() {
    let text = "#\n".repeat(1 << 20);
    assert!(matches!(
        Scheme::from_toml(&text).unwrap_err(),
        ModelError::SchemeTooLarge { .. }
    ));
}

fn unit(level: usize, text: &str) -> Unit {
    Unit::new(code(text), LevelIndex(level))
}

#[test]
fn a_parent_by_prefix_is_counted_in_characters() {
    let scheme = Scheme::from_toml(
        "city = 'c'\nname = '城'\n[[level]]\nid = 'street'\nname = '街'\ncode = '^..$'\n\
         [[level]]\nid = 'grid'\nname = '网格'\ncode = '^..-\\d+$'\nparent = { prefix = 2 }",
    )
    .unwrap();
    let parent = scheme.parent_of(&unit(1, "东街-17"), None).unwrap();
    assert_eq!(parent, Some(code("东街")));
    let short = scheme.parent_of(&unit(1, "东街"), None).unwrap_err();
    assert_eq!(
        short.to_string(),
        "the code 东街 of level \"grid\" should begin with the 2 characters of its parent's code \
         and has only 2"
    );
}

#[test]
fn a_parent_by_segments_is_joined_from_them() {
    // the Shanghai code ZH31010101301: ZH, district, street, number
    let scheme = Scheme::from_toml(
        "city = 'sh'\nname = '上海'\n[[level]]\nid = 'street'\nname = '街道'\ncode = '^\\d{9}$'\n\
         [[level]]\nid = 'grid'\nname = '综合网格'\n\
         code = '^ZH(?<district>\\d{6})(?<street>\\d{3})(?<number>\\d{2})$'\n\
         parent = { segments = ['district', 'street'] }",
    )
    .unwrap();
    let grid = unit(1, "ZH31010101301");
    assert_eq!(
        scheme.parent_of(&grid, None).unwrap(),
        Some(code("310101013"))
    );
    let malformed = scheme.parent_of(&unit(1, "31010101301"), None).unwrap_err();
    assert!(matches!(malformed, ModelError::CodeMalformed { .. }));
    let other = scheme
        .parent_of(&grid, Some(&code("310101014")))
        .unwrap_err();
    assert_eq!(
        other.to_string(),
        "unit ZH31010101301 of level \"grid\" names 310101014 as its parent, but by the scheme's \
         rule it is 310101013: correct one of them, or let the scheme read the column with \
         parent = { column = \"…\" }"
    );
}

#[test]
fn a_parent_by_column_is_what_the_file_gives() {
    let scheme = longgang();
    let grid = unit(3, "211403001002014");
    // merged communities: the grid keeps its code under another community
    let given = code("211403001601");
    assert_eq!(scheme.parent_of(&grid, Some(&given)).unwrap(), Some(given));
    assert_eq!(
        scheme.parent_of(&grid, None).unwrap_err().to_string(),
        "unit 211403001002014 of level \"grid\" names no parent: its column \"parent\" must hold \
         the code of a unit of level \"community\""
    );
}

#[test]
fn the_top_level_has_no_parent_whatever_the_file_gives() {
    let scheme = longgang();
    let city = code("211400");
    assert_eq!(
        scheme.parent_of(&unit(0, "211403"), Some(&city)).unwrap(),
        None
    );
    assert_eq!(
        scheme.parent_of(&unit(4, "211403"), None).unwrap_err(),
        ModelError::NoSuchLevel {
            index: 4,
            levels: 4
        }
    );
}
