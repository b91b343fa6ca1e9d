//! What reports of a redesign say.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that panics has failed"
)]

#[path = "../page/markup.rs"]
mod markup;
mod page;
mod redesign;

use rstest::rstest;
use serde_json::{Value, json};
use wangge_report::Language;

use redesign::{Redesign, block};

fn every_kind() -> Redesign {
    Redesign::of_every_kind(ToString::to_string)
}

fn json_of(redesign: &Redesign) -> Value {
    serde_json::to_value(redesign.report()).unwrap()
}

#[test]
fn the_report_counts_changes_by_kind_and_names_both_plans() {
    let report = json_of(&every_kind());
    assert_eq!(report["old"], "old.geojson");
    assert_eq!(report["new"], "new.geojson");
    assert_eq!(report["survey_tolerance_m"], 1.0);
    let summary = &report["summary"];
    let counts = [
        ("unchanged", 2),
        ("renamed", 1),
        ("redigitised", 0),
        ("transfer", 1),
        ("split", 1),
        ("merge", 1),
        ("recut", 0),
        ("new", 1),
        ("gone", 1),
    ];
    for (kind, count) in counts {
        assert_eq!(summary[kind], count, "{kind}");
    }
    assert_eq!(summary["changed_share"], 0.1625);
    assert!(summary["changed_area_m2"].as_f64().unwrap() > 0.0);
    assert!(report.get("measures").is_none(), "nothing was measured");
}

#[test]
fn a_change_has_the_ground_that_comes_under_another_code() {
    let report = json_of(&every_kind());
    let ring = |shape: &wangge_plane::Shape| {
        let points = shape.parts()[0].shell().points();
        let closed = points.iter().chain(points.first());
        json!([closed.map(|p| [p.lon(), p.lat()]).collect::<Vec<_>>()])
    };
    let of = |kind: &str| {
        let changes = report["changes"].as_array().unwrap();
        changes.iter().find(|c| c["kind"] == kind).unwrap().clone()
    };
    // the west of C, and nothing of what B had
    let transfer = of("transfer");
    assert_eq!(transfer["old"], json!(["B", "C"]));
    assert_eq!(transfer["new"], json!(["B", "C"]));
    assert_eq!(
        transfer["geometry"]["coordinates"],
        ring(&block(40, 20, 50, 40))
    );
    assert_eq!(
        of("split")["geometry"]["coordinates"],
        ring(&block(25, 0, 40, 20))
    );
    assert_eq!(
        of("merge")["geometry"]["coordinates"],
        ring(&block(60, 0, 80, 20))
    );
    assert_eq!(
        of("renamed")["geometry"]["coordinates"],
        ring(&block(60, 20, 80, 40))
    );
    assert_eq!(of("gone")["new"], json!([]));
    assert_eq!(of("new")["old"], json!([]));
}

#[test]
fn doubled_areas_are_strings_and_exact() {
    let report = json_of(&every_kind());
    // 10 steps by 20 steps of 1000 units, twice
    assert_eq!(report["crosswalk"][1]["doubled_area"], "400000000");
    assert_eq!(report["crosswalk"][1]["old"], "C");
    assert_eq!(report["crosswalk"][1]["new"], "B");
    assert_eq!(
        report["rounding"],
        json!([{"old": "C", "doubled_area": "-3"}])
    );
    let outside = report["crosswalk"][9].as_object().unwrap();
    assert!(!outside.contains_key("old") && outside["new"] == "N");
}

#[test]
fn households_say_what_they_were_counted_by() {
    let report = json_of(&every_kind().with_evidence());
    let row = &report["crosswalk"][1];
    assert_eq!(row["households"], json!(312));
    assert_eq!(row["households_by"], "points");
    assert_eq!(row["components"], 2);
    assert_eq!(row["component_codes"], json!(["c-1", "c-2"]));
    let stays = &report["crosswalk"][2];
    assert_eq!(
        (&stays["households"], &stays["households_by"]),
        (&json!(15.25), &json!("area"))
    );
    assert!(
        stays.get("component_codes").is_none(),
        "they stay where they were"
    );
    assert!(report["crosswalk"][0].get("households").is_none());
    assert_eq!(
        report["measures"][0]["new"]["outside_limits"],
        json!(["households"])
    );
}

#[test]
fn a_map_gets_every_piece_with_where_it_comes_from_and_goes_to() {
    let collection = every_kind().report().geojson();
    let told: Vec<(Value, Value, Value)> = collection["features"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| {
            let of = &f["properties"];
            (of["from"].clone(), of["to"].clone(), of["kind"].clone())
        })
        .collect();
    let expected = [
        (json!("E"), json!("G"), json!("renamed")),
        (json!("C"), json!("B"), json!("transfer")),
        (json!("H"), json!("M"), json!("split")),
        (json!("K"), json!("J"), json!("merge")),
        (Value::Null, json!("N"), json!("new")),
        (json!("L"), Value::Null, json!("gone")),
    ];
    assert_eq!(told, expected);
    let area = &collection["features"][1]["properties"]["area_m2"];
    let square_m = block(40, 20, 50, 40).area_m2();
    assert!((area.as_f64().unwrap() - square_m).abs() < 1e-6);
}

#[test]
fn a_person_is_told_what_becomes_of_which_grids() {
    let text = every_kind().with_evidence().report().text(Language::En);
    insta::assert_snapshot!(text);
}

#[test]
fn the_same_is_said_in_chinese() {
    let text = every_kind().with_evidence().report().text(Language::Zh);
    insta::assert_snapshot!(text);
}

#[rstest]
#[case(
    Language::En,
    "Nothing changes: 9 grids have the same code and ground."
)]
#[case(Language::Zh, "没有变化：9 个网格的编码和范围都相同。")]
fn where_nothing_changes_the_text_says_so_and_no_more(
    #[case] language: Language,
    #[case] line: &str,
) {
    let report = Redesign::of_nothing().report();
    assert!(report.is_same());
    let text = report.text(language);
    assert_eq!(text.lines().nth(1), Some(line));
    assert_eq!(text.lines().count(), 2, "{text}");
}
