//! What is compiled says what a search through all rules says, rule by rule and grid by grid.

mod rulebook;

use std::cmp::Reverse;
use std::collections::HashSet;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use rulebook::{compiled, rules, unit_of};
use wangge_duty::{Ground, Hole, LostBy};
use wangge_model::{ClassTable, GridKind, ListRow, ObjectKind, Rule, Rules};

const PREFIXES: &[&str] = &[
    "0", "01", "010", "0101", "0102", "02", "1", "网", "网格", "网1", "é",
];

const ASKED: &[&str] = &[
    "", "0", "01", "0101", "01011", "0102", "0109", "02", "029", "1", "7", "网", "网格", "网格9",
    "网1", "é", "éé",
];

/// The units of each level, top to bottom: numbers do not tell the level.
const UNITS: [&[u32]; 4] = [&[7], &[3, 12], &[9, 0, 4], &[1, 8, 2, 11]];

const KINDS: &[&str] = &["urban", "rural", "微网格"];

const OBJECTS: [ObjectKind; 2] = [ObjectKind::Component, ObjectKind::Event];

/// Rules that all differ in what they are for.
fn some_rules() -> impl Strategy<Value = Rules> {
    let area = UNITS.concat();
    let line = (
        1u32..=3,
        option::of(select(&OBJECTS[..])),
        option::weighted(0.8, select(PREFIXES)),
        option::of(select(area)),
        option::weighted(0.4, select(KINDS)),
    );
    vec(line, 0..60).prop_map(|lines| {
        let mut seen = HashSet::new();
        let lines: Vec<String> = lines
            .into_iter()
            .map(|(tier, object, class, area, kind)| {
                let object = object.map_or("*", ObjectKind::as_str);
                let area = area.map_or("*".to_owned(), |unit| format!("u{unit}"));
                let (class, kind) = (class.unwrap_or("*"), kind.unwrap_or("*"));
                format!("{tier} {object} {class} {area} {kind}")
            })
            .filter(|line| seen.insert(line.clone()))
            .collect();
        rules(&lines)
    })
}

/// A chain from the top down to some level, and a kind that rules may not know.
fn some_ground() -> impl Strategy<Value = (Vec<u32>, Option<GridKind>)> {
    let chain =
        (UNITS.map(select), 0usize..=4).prop_map(|(units, levels)| units[..levels].to_vec());
    let kind = option::of(select(&["urban", "rural", "微网格", "special"][..]));
    (
        chain,
        kind.prop_map(|kind| kind.and_then(|kind| kind.parse().ok())),
    )
}

/// How specific a rule is that matches: class, area, kind, object.
fn specificity(
    rule: &Rule,
    object: ObjectKind,
    class: &str,
    (chain, kind): &(Vec<u32>, Option<GridKind>),
) -> Option<[usize; 4]> {
    let length = match &rule.class {
        Some(prefix) if class.starts_with(prefix.as_str()) => prefix.as_str().len(),
        Some(_) => return None,
        None => 0,
    };
    let depth = match &rule.area {
        Some(area) => 1 + chain.iter().position(|unit| unit_of(area) == Some(*unit))?,
        None => 0,
    };
    let matches = rule.object.is_none_or(|of| of == object)
        && (rule.grid_kind.is_none() || rule.grid_kind == *kind);
    let named = [rule.grid_kind.is_some(), rule.object.is_some()].map(usize::from);
    matches.then_some([length, depth, named[0], named[1]])
}

/// All rules of the tier that match, the most specific first.
fn slowly(
    rules: &Rules,
    tier: u32,
    object: ObjectKind,
    class: &str,
    ground: &(Vec<u32>, Option<GridKind>),
) -> Vec<(usize, [usize; 4])> {
    let of_tier = rules
        .all()
        .iter()
        .enumerate()
        .filter(|(_, rule)| rule.tier == tier);
    let mut matching: Vec<(usize, [usize; 4])> = of_tier
        .filter_map(|(at, rule)| Some((at, specificity(rule, object, class, ground)?)))
        .collect();
    matching.sort_by_key(|&(_, specificity)| Reverse(specificity));
    matching
}

fn ground_of((chain, kind): &(Vec<u32>, Option<GridKind>)) -> Ground<'_> {
    Ground {
        chain,
        kind: kind.as_ref(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_compiled_rule_is_the_one_that_a_search_finds(
        rules in some_rules(),
        ground in some_ground(),
        object in select(&OBJECTS[..]),
        class in select(ASKED),
    ) {
        let duty = compiled(&rules).unwrap();
        let departments = rulebook::departments(rules.all().len());
        let mut acting = duty.handlers(object, class, ground_of(&ground)).peekable();
        for tier in 1..=3 {
            let matching = slowly(&rules, tier, object, class, &ground);
            let fast = acting.next_if(|handler| handler.tier == tier);
            prop_assert_eq!(fast, duty.handler(tier, object, class, ground_of(&ground)));
            let Some(&(won, best)) = matching.first() else {
                prop_assert_eq!(fast, None);
                continue;
            };
            let fast = fast.unwrap();
            prop_assert_eq!(fast.rule, won);
            let rule = &rules.all()[won];
            prop_assert_eq!(&departments.all()[fast.department].code, &rule.department);
            let reason = fast.reason;
            prop_assert_eq!(reason.class(), rule.class.as_ref());
            prop_assert_eq!(reason.kind(), rule.grid_kind.as_ref());
            prop_assert_eq!(reason.object(), rule.object);
            prop_assert_eq!(reason.is_fallback(), rule.is_fallback());
            let area = reason.area().map(|area| (area.code, area.depth + 1));
            prop_assert_eq!(area, rule.area.as_ref().map(|code| (code, best[1])));
            let next = matching.get(1).map(|&(next, specificity)| {
                let lost = (0..4).find(|&at| specificity[at] < best[at]).unwrap();
                let by = [LostBy::Class, LostBy::Area, LostBy::Kind, LostBy::Object];
                (next, rules.all()[next].row, by[lost])
            });
            let fast_next = reason.runner_up().map(|next| (next.rule, next.row, next.lost_by));
            prop_assert_eq!(fast_next, next);
        }
        prop_assert_eq!(acting.next(), None);
    }

    #[test]
    fn no_two_rules_that_match_are_equally_specific(
        rules in some_rules(),
        ground in some_ground(),
        object in select(&OBJECTS[..]),
        class in select(ASKED),
    ) {
        for tier in 1..=3 {
            let matching = slowly(&rules, tier, object, class, &ground);
            let ranks: HashSet<[usize; 4]> = matching.iter().map(|&(_, rank)| rank).collect();
            prop_assert_eq!(ranks.len(), matching.len());
        }
    }

    #[test]
    fn holes_are_those_that_a_look_at_every_grid_finds(
        rules in some_rules(),
        grounds in vec(some_ground(), 0..80),
        classes in vec((select(&OBJECTS[..]), select(PREFIXES)), 0..12),
    ) {
        let duty = compiled(&rules).unwrap();
        let classes: HashSet<(ObjectKind, &str)> = classes.into_iter().collect();
        let rows = classes.iter().zip(1u64..).map(|((object, code), row)| {
            ListRow::new(row, [("object", object.as_str()), ("code", code), ("name", code)])
        });
        let table = ClassTable::read(&rows.collect::<Vec<_>>()).unwrap();
        let mut holes = Vec::new();
        for tier in 1..=3 {
            for class in table.minors() {
                let code = class.code.as_str();
                let open: Vec<usize> = (0..grounds.len())
                    .filter(|&at| slowly(&rules, tier, class.object, code, &grounds[at]).is_empty())
                    .collect();
                if !open.is_empty() {
                    holes.push(Hole {
                        tier,
                        object: class.object,
                        class: class.code.clone(),
                        grids: open.len(),
                        first: open.into_iter().take(16).collect(),
                    });
                }
            }
        }
        let grids: Vec<Ground<'_>> = grounds.iter().map(ground_of).collect();
        prop_assert_eq!(duty.check(&table, &grids), holes);
    }
}
