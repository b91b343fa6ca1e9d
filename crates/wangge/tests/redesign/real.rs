//! Real redesigns, where this machine has them.

use crate::support::real_data;
use crate::{changes, compared, text};

/// How many changes there are of each kind that is more than a border drawn anew.
fn kinds(report: &serde_json::Value) -> Vec<(String, usize)> {
    let mut kinds: Vec<(String, usize)> = Vec::new();
    for (kind, _, _) in changes(report) {
        match kinds.last_mut() {
            _ if kind == "redigitised" => {}
            Some((last, count)) if *last == kind => *count += 1,
            _ => kinds.push((kind, 1)),
        }
    }
    kinds
}

#[test]
fn census_tracts_of_1990_to_2000_are_four_merges() {
    let Some(data) = real_data() else { return };
    let (old, new) = (
        data.join("dc-grids/census-tracts-1990.geojson"),
        data.join("dc-grids/census-tracts-2000.geojson"),
    );
    let report = compared(text(&old), text(&new), &["--code", "TRACTNO"]);
    // ten tracts have other numbers in the file of 2000: 3.1 is 3, 84.1 is 84.01
    let expected = [("renamed".to_owned(), 10), ("merge".to_owned(), 4)];
    assert_eq!(kinds(&report), expected);
    assert_eq!(report["summary"]["changed_area_m2"], 0.0);
}

#[test]
fn precincts_of_2008_to_2012_have_the_share_that_changed_hands() {
    let Some(data) = real_data() else { return };
    let (old, new) = (
        data.join("dc-grids/voting-precinct-2008.geojson"),
        data.join("dc-grids/voting-precinct-2012.geojson"),
    );
    let report = compared(text(&old), text(&new), &["--code", "NAME"]);
    // 125 of 143 are those of before, 1.63 % of the area changed hands (another engine's figures)
    let summary = &report["summary"];
    let same = summary["unchanged"].as_u64().unwrap() + summary["redigitised"].as_u64().unwrap();
    assert_eq!(same, 125);
    let share = summary["changed_share"].as_f64().unwrap();
    assert!((share - 0.0163).abs() < 0.0002, "{share}");
}

#[test]
fn all_wards_of_calgary_were_cut_anew() {
    let Some(data) = real_data() else { return };
    let (old, new) = (
        data.join("calgary-wards/wards-2013.geojson"),
        data.join("calgary-wards/wards-2017.geojson"),
    );
    let report = compared(text(&old), text(&new), &["--code", "ward_num"]);
    let cut = changes(&report)
        .into_iter()
        .find(|c| c.0 == "recut")
        .unwrap();
    assert_eq!(
        (cut.1.split(' ').count(), cut.2.split(' ').count()),
        (14, 14)
    );
    let share = report["summary"]["changed_share"].as_f64().unwrap();
    assert!((share - 0.209).abs() < 0.0005, "{share}");
}
