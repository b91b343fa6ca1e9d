//! Codes for new units: the next number, of the right form, never one that was used.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that panics has failed"
)]

use std::collections::BTreeSet;
use std::path::Path;

use proptest::prelude::*;
use rstest::rstest;
use wangge_model::{Code, CodeIssuer, IssueError, Scheme};

/// A scheme of two levels: units of up to 12 digits, and those under them.
fn scheme(pattern: &str, parent: &str) -> Scheme {
    Scheme::from_toml(&format!(
        "city = 'test'\nname = '测试'\n\
         [[level]]\nid = 'upper'\nname = '上'\ncode = '^\\w{{1,12}}$'\n\
         [[level]]\nid = 'lower'\nname = '下'\ncode = '{pattern}'\nparent = {parent}\n"
    ))
    .unwrap()
}

fn code(text: &str) -> Code {
    text.parse().unwrap()
}

/// The next codes under a parent; `used` are codes, or `code<parent`.
fn issued(
    scheme: &Scheme,
    parent: &str,
    used: &[&str],
    count: usize,
) -> Result<Vec<String>, IssueError> {
    let used: Vec<(Code, Option<Code>)> = used
        .iter()
        .map(|text| match text.split_once('<') {
            Some((own, parent)) => (code(own), Some(code(parent))),
            None => (code(text), None),
        })
        .collect();
    let used = used.iter().map(|(own, parent)| (own, parent.as_ref()));
    let mut issuer = CodeIssuer::new(&scheme.levels()[1], Some(&code(parent)), used)?;
    (0..count)
        .map(|_| issuer.issue().map(|code| code.to_string()))
        .collect()
}

const BY_COLUMN: &str = "{ column = 'parent' }";

#[rstest]
// grids of a community (社区): 12 digits and 3 of their own
#[case::first(r"^\d{15}$", BY_COLUMN, "211403001002", &[], &["211403001002001", "211403001002002"])]
#[case::after_the_highest(r"^\d{15}$", BY_COLUMN, "211403001002",
    &["211403001002003", "211403001002041", "211403001003077"], &["211403001002042"])]
#[case::over_the_tens(r"^\d{15}$", BY_COLUMN, "211403001002", &["211403001002099"], &["211403001002100"])]
#[case::by_prefix(r"^\d{9}$", "{ prefix = 6 }", "211403", &["211403004", "211404009"], &["211403005"])]
// a grid that came from another community and kept its code counts in neither's numbers
#[case::moved_here(r"^\d{15}$", BY_COLUMN, "211403001002",
    &["211403001002003<211403001002", "211403009009900<211403001002"], &["211403001002004"])]
#[case::all_moved_here(r"^\d{15}$", BY_COLUMN, "211403001002",
    &["211403009009001<211403009009", "211403009009900<211403001002"], &["211403001002001"])]
// the last three digits begin with 0 to 8
#[case::some_digits_only(r"^\d{12}[0-8]\d{2}$", BY_COLUMN, "370682001002",
    &["370682001002799"], &["370682001002800"])]
#[case::a_letter_between(r"^\d{12}WG\d{2}$", BY_COLUMN, "211403001002",
    &["211403001002WG07"], &["211403001002WG08"])]
#[case::a_letter_behind(r"^\d{6}-\d{2}[AB]$", BY_COLUMN, "211403",
    &["211403-07A", "211403-08B"], &["211403-09B", "211403-10B"])]
#[case::no_zero(r"^\d{6}[1-9]{2}$", BY_COLUMN, "211403", &[], &["21140311", "21140312"])]
#[case::no_zero_carried(r"^\d{6}[1-9]{2}$", BY_COLUMN, "211403", &["21140319"], &["21140321"])]
#[case::width_is_kept(r"^\d{6}\d{1,3}$", BY_COLUMN, "211403", &["21140307", "21140312"], &["21140313"])]
#[case::one_of_two_forms(r"^(?:G\d{4}|\d{9})$", BY_COLUMN, "211403", &["211403001"], &["211403002"])]
// codes that do not begin with their parents'
#[case::numbered_through(r"^W\d{4}$", BY_COLUMN, "211403", &["W0017<211403", "W0019<211404"], &["W0018", "W0020"])]
#[case::segments(r"^(?<district>\d{2})-(?<number>\d{3})-(?<street>\d{2})$",
    "{ segments = ['district', 'street'] }", "0714", &["07-005-14", "07-009-15"], &["07-006-14"])]
#[case::first_of_segments(r"^(?<district>\d{2})-(?<number>\d{3})-(?<street>\d{2})$",
    "{ segments = ['district', 'street'] }", "0714", &[], &["07-001-14"])]
fn the_next_codes_are(
    #[case] pattern: &str,
    #[case] parent_rule: &str,
    #[case] parent: &str,
    #[case] used: &[&str],
    #[case] next: &[&str],
) {
    let scheme = scheme(pattern, parent_rule);
    assert_eq!(issued(&scheme, parent, used, next.len()).unwrap(), next);
}

#[rstest]
#[case::all_used(r"^\d{8}$", "211403", &["21140399"])]
#[case::all_that_are_allowed(r"^\d{6}[0-8]\d$", "211403", &["21140389"])]
fn numbers_run_out(#[case] pattern: &str, #[case] parent: &str, #[case] used: &[&str]) {
    let scheme = scheme(pattern, BY_COLUMN);
    let refused = issued(&scheme, parent, used, 1).unwrap_err();
    let IssueError::RunOut { last, .. } = &refused else {
        panic!("{refused:?}")
    };
    assert_eq!(last.as_str(), used[0]);
    assert!(
        refused.to_string().contains("give a code by hand"),
        "{refused}"
    );
}

#[rstest]
#[case::letters_only(r"^[A-Z]{3}$", "211403", &["ABC<211403"])]
#[case::free_letters_and_none_used(r"^\d{6}[A-Z]\d{2}$", "211403", &[])]
#[case::parent_too_long(r"^\d{6}$", "211403", &[])]
#[case::parent_of_another_form(r"^\d{9}$", "21140X", &[])]
fn codes_without_a_number_are_given_by_hand(
    #[case] pattern: &str,
    #[case] parent: &str,
    #[case] used: &[&str],
) {
    let scheme = scheme(pattern, BY_COLUMN);
    let refused = issued(&scheme, parent, used, 1).unwrap_err();
    assert!(
        matches!(refused, IssueError::NotCountable { .. }),
        "{refused:?}"
    );
    assert!(refused.to_string().contains("by hand"));
}

#[test]
fn a_level_with_parents_needs_one() {
    let scheme = scheme(r"^\d{15}$", BY_COLUMN);
    let refused = CodeIssuer::new(&scheme.levels()[1], None, []).unwrap_err();
    assert_eq!(
        refused,
        IssueError::ParentMissing {
            level: "lower".to_owned()
        }
    );
}

/// The schemes of the demonstration cities, with a unit of each level that has a parent.
#[rstest]
#[case::erdao("erdao")]
#[case::laiyang("laiyang")]
#[case::longgang("longgang")]
#[case::songzi("songzi")]
#[case::zhanggong("zhanggong")]
fn every_level_of_a_demonstration_city_can_be_numbered(#[case] city: &str) {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../data/schemes/{city}.toml"));
    let scheme = Scheme::from_toml(&std::fs::read_to_string(file).unwrap()).unwrap();
    let mut parent = scheme.code().unwrap().clone();
    for level in &scheme.levels()[1..] {
        let mut issuer = CodeIssuer::new(level, Some(&parent), []).unwrap();
        let first = issuer.issue().unwrap();
        assert_eq!(first.to_string(), format!("{parent}001"));
        assert!(level.pattern().matches(&first));
        parent = first;
    }
}

/// Patterns with the codes that a parent may have; the last part of each is counted.
const PATTERNS: [(&str, &str); 5] = [
    (r"^\d{8}$", "211403"),
    (r"^\d{6}[0-8]\d$", "211403"),
    (r"^\d{6}[13579][2468]$", "211403"),
    (r"^\d{6}X\d{1,2}$", "211403"),
    (r"^(?:\d{6}-\d{2}|[A-Z]{3})$", "211403"),
];

proptest! {
    #[test]
    fn an_issued_code_is_of_its_form_and_was_never_used(
        (pattern, parent) in proptest::sample::select(PATTERNS.to_vec()),
        numbers in proptest::collection::btree_set(0u32..95, 0..40),
        others in proptest::collection::btree_set(0u32..100, 0..10),
        count in 1usize..12,
    ) {
        let scheme = scheme(pattern, BY_COLUMN);
        let level = &scheme.levels()[1];
        let of_form = |prefix: &str, number: &u32| {
            [format!("{prefix}{number:02}"), format!("{prefix}X{number}"), format!("{prefix}-{number:02}")]
                .iter()
                .map(|text| code(text))
                .find(|code| level.pattern().matches(code))
        };
        let mine: BTreeSet<Code> = numbers.iter().filter_map(|n| of_form(parent, n)).collect();
        let mut used: BTreeSet<Code> = others.iter().filter_map(|n| of_form("211404", n)).collect();
        used.extend(mine.iter().cloned());
        let mut issuer =
            CodeIssuer::new(level, Some(&code(parent)), used.iter().map(|code| (code, None))).unwrap();
        let width = mine.iter().map(|code| code.as_str().len()).max();
        for _ in 0..count {
            match issuer.issue() {
                Ok(next) => {
                    prop_assert!(level.pattern().matches(&next), "{}", next);
                    prop_assert!(next.as_str().starts_with(parent));
                    // above all of its width that were ever used under the parent
                    let same_width = mine.iter().filter(|code| code.as_str().len() == next.as_str().len());
                    for lower in same_width {
                        prop_assert!(*lower < next, "{} after {}", next, lower);
                    }
                    prop_assert!(width.is_none_or(|width| width == next.as_str().len()));
                    prop_assert!(used.insert(next.clone()), "{} was used", next);
                }
                Err(IssueError::RunOut { last, .. }) => {
                    // every number after it would be of no form
                    let number: u32 = last.as_str()[parent.len()..].trim_start_matches(['X', '-']).parse().unwrap();
                    let width = last.as_str().len();
                    let after = (number + 1..100).filter_map(|n| of_form(parent, &n));
                    prop_assert!(after.filter(|code| code.as_str().len() == width).count() == 0);
                    break;
                }
                Err(other) => prop_assert!(false, "{other:?}"),
            }
        }
    }
}
