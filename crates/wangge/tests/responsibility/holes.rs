//! `wangge rules check`: covered, and with a rule taken away.

use rstest::rstest;
use serde_json::json as value;

use crate::city::{RULES, put, whole, without_row};
use crate::support::{Desk, run, run_in};
use crate::{json, text};

/// Minor classes: 3 of components, 3 of events.
const MINORS: usize = 6;

#[test]
fn a_city_that_is_covered_says_so() {
    let desk = Desk::new();
    let store = whole(&desk);
    let checked = ["rules", "check", "--store", text(&store)];
    let english = run(&checked).expect_code(0).out;
    assert_eq!(
        english,
        "17 rules, 6 classes, 8 grids, 3 tiers\n\
         Every class has a department in every grid at every tier.\n"
    );
    let chinese = run_in("zh_CN.UTF-8", &checked).expect_code(0).out;
    assert_eq!(
        chinese,
        "17 条规则，6 个类别，8 个网格，3 个处置层次\n\
         每个类别在每个网格的每个层次都有部门负责。\n"
    );
    let report = run(&[&checked[..], &["--json"]].concat()).expect_code(0);
    let report = json(&report.out);
    assert_eq!(report["covered"], true);
    assert_eq!(report["holes"], value!([]));
    assert_eq!(
        (&report["rules"], &report["classes"], &report["grids"]),
        (&value!(17), &value!(MINORS), &value!(8))
    );
}

/// One hole: tier, object, class, its names, how many grids, the first.
type Hole = (
    u32,
    &'static str,
    &'static str,
    [&'static str; 2],
    usize,
    &'static str,
);

// 甲社区 has two grids, and without its fallback nobody handles any of the six classes there
#[rstest]
#[case::the_fallback_of_a_community(1, 6, (1, "component", "0101", ["water manhole", "上水井盖"], 2, "211403001001001"))]
// in 东街道 four grids, less: 0102 of events in the urban one, and 0201 of both objects
#[case::the_fallback_of_a_street(5, 4, (2, "event", "0102", ["exposed rubbish", "暴露垃圾"], 3, "211403002001002"))]
// the whole city at tier 3: components 0101 and 0102 and event 0102 have rules of their own
#[case::the_fallback_of_the_city(6, 3, (3, "component", "0201", ["parking", "停车设施"], 8, "211403001001001"))]
fn a_rule_taken_away_leaves_the_holes_that_it_filled(
    #[case] row: usize,
    #[case] count: usize,
    #[case] hole: Hole,
) {
    let desk = Desk::new();
    let store = whole(&desk);
    put(&desk, &store, "rules", &without_row(RULES, row));
    let (tier, object, class, names, grids, first) = hole;
    let checked = ["rules", "check", "--store", text(&store)];
    let report = run(&[&checked[..], &["--json"]].concat()).expect_code(1);
    let report = json(&report.out);
    assert_eq!(report["covered"], false);
    let holes = report["holes"].as_array().unwrap();
    assert_eq!(holes.len(), count, "{report}");
    let found = holes
        .iter()
        .find(|hole| hole["object"] == object && hole["class"] == class)
        .unwrap();
    assert_eq!(found["tier"], tier);
    assert_eq!(found["name"], names[1]);
    assert_eq!(found["grids"], grids);
    assert_eq!(found["first"][0], first);
    assert_eq!(found["first"].as_array().unwrap().len(), grids);
    let everywhere = grids == 8;
    let english = run(&checked).expect_code(1).out;
    let where_ = if everywhere {
        "in every grid".to_owned()
    } else {
        format!("in {grids} grids, such as {first}")
    };
    let line = format!("  tier {tier}, {object} {class} {}: {where_}\n", names[0]);
    assert!(english.contains(&line), "{english}");
    assert!(english.contains(&format!("{count} holes:")), "{english}");
    let chinese = run_in("zh_CN.UTF-8", &checked).expect_code(1).out;
    let where_ = if everywhere {
        "所有网格".to_owned()
    } else {
        format!("{grids} 个网格，如 {first}")
    };
    let object = if object == "event" {
        "事件"
    } else {
        "部件"
    };
    let line = format!("  第 {tier} 层 {object} {class} {}：{where_}\n", names[1]);
    assert!(chinese.contains(&line), "{chinese}");
    assert!(
        chinese.contains(&format!("{count} 处没有部门负责：")),
        "{chinese}"
    );
}

#[test]
fn a_class_that_comes_later_is_a_hole_where_no_fallback_stands() {
    let desk = Desk::new();
    let store = whole(&desk);
    // without the fallback of the city, tier 3 knows three classes only
    put(&desk, &store, "rules", &without_row(RULES, 6));
    let more = format!("{}event,99,其他,,,\n", crate::city::CLASSES);
    put(&desk, &store, "classes", &more);
    let checked = ["rules", "check", "--store", text(&store), "--json"];
    let report = json(&run(&checked).expect_code(1).out);
    let holes = report["holes"].as_array().unwrap().iter();
    let named: Vec<String> = holes
        .map(|hole| format!("{} {}", hole["object"], hole["class"]).replace('"', ""))
        .collect();
    assert_eq!(
        named,
        ["component 0201", "event 0101", "event 0201", "event 99"]
    );
}

#[test]
fn what_nobody_handles_is_answered_as_such() {
    let desk = Desk::new();
    let store = whole(&desk);
    // without the three fallbacks of tier 3, tier 2 and tier 1 that hold in the north-east
    let rules = [17, 6, 5, 3]
        .iter()
        .fold(RULES.to_owned(), |rules, &row| without_row(&rules, row));
    put(&desk, &store, "rules", &rules);
    let asked = ["locate", "--store", text(&store), "120.8035", "40.7015"];
    let asked = [&asked[..], &["--event", "0101"]].concat();
    let english = run(&asked).expect_code(0).out;
    assert!(
        english.contains("nobody handles it: `wangge rules check`"),
        "{english}"
    );
    let chinese = run_in("zh_CN.UTF-8", &asked).expect_code(0).out;
    assert!(
        chinese.contains("没有部门负责：`wangge rules check`"),
        "{chinese}"
    );
    let answer = json(&run(&[&asked[..], &["--json"]].concat()).expect_code(0).out);
    assert_eq!(answer["handlers"], value!([]));
}
