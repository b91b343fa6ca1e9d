//! `wangge repair`: who gets the ground in question, what is never touched, and a report that says
//! all of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::drawing::{CELL, Grid, at, board, board_with_strip, geojson, rectangle};
use crate::support::{Desk, run};
use crate::{all_defects, kinds, near, parsed, text, validated};

/// 50 units of a cell in row 1, by the authalic latitudes of GRS 80.
const STRIP_M2: f64 = 46.9254;

/// Mends a file; what it printed as JSON, what it wrote, and its exit code.
#[track_caller]
fn mended(desk: &Desk, file: &Path, options: &[&str]) -> (Value, PathBuf, i32) {
    let out = desk.path("mended.geojson");
    let mut arguments = vec!["repair", text(file), "-o", text(&out), "--json"];
    arguments.extend(options);
    let ran = run(&arguments);
    (parsed(&ran), out, ran.code)
}

/// `[code, change of area in m2]` of the grids whose area changed by more than rounding.
fn gains(report: &Value) -> Vec<(String, f64)> {
    let grids = report["changed_grids"].as_array().unwrap().iter();
    grids
        .map(|grid| {
            let area = |when: &str| grid[when].as_f64().unwrap();
            let gain = area("area_after_m2") - area("area_before_m2");
            (grid["code"].as_str().unwrap().to_owned(), gain)
        })
        .filter(|(_, gain)| gain.abs() > 1e-4)
        .collect()
}

/// The change of a kind, of which there must be one.
#[track_caller]
fn change<'a>(report: &'a Value, kind: &str) -> &'a Value {
    let changes = report["changes"].as_array().unwrap().iter();
    let of_kind: Vec<&Value> = changes.filter(|change| change["kind"] == kind).collect();
    assert_eq!(of_kind.len(), 1, "{report}");
    of_kind[0]
}

/// The features of a file by their codes.
fn features(file: &Path) -> BTreeMap<String, Value> {
    let file: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let features = file["features"].as_array().unwrap().iter().cloned();
    features
        .map(|feature| {
            (
                feature["properties"]["code"].as_str().unwrap().to_owned(),
                feature,
            )
        })
        .collect()
}

/// A gap between `c0r1` and `c1r1`, and an overlap of the two: whoever is named takes the ground.
#[rstest]
#[case::gap_by_rank(50, &["--priority", "rank"], "c1r1")]
#[case::gap_by_rank_turned_round(50, &["--priority", "turned"], "c0r1")]
#[case::gap_beside_a_locked_grid(50, &["--priority", "rank", "--lock", "c1r1"], "c0r1")]
#[case::gap_beside_another(50, &["--priority", "turned", "--lock", "c0r1"], "c1r1")]
#[case::overlap_by_rank(-50, &["--priority", "rank"], "c1r1")]
#[case::overlap_by_rank_turned_round(-50, &["--priority", "turned"], "c0r1")]
#[case::overlap_with_a_locked_grid(-50, &["--priority", "rank", "--lock", "c0r1"], "c0r1")]
fn ground_in_question_goes_to_one_grid(
    #[case] units: i64,
    #[case] options: &[&str],
    #[case] expected: &str,
) {
    let desk = Desk::new();
    let mut grids = board_with_strip(units);
    for (code, rank, turned) in [("c0r1", 1, 7), ("c1r1", 2, 6)] {
        let grid = at(&mut grids, code).clone();
        *at(&mut grids, code) = grid.with("rank", rank).with("turned", turned);
    }
    let file = desk.write("grids.geojson", &geojson(&grids));
    let (report, out, code) = mended(&desk, &file, options);
    assert_eq!(code, 0, "{report}");
    let other = if expected == "c0r1" { "c1r1" } else { "c0r1" };
    let (done, gain) = if units > 0 {
        ("gap-closed", (expected, STRIP_M2))
    } else {
        ("overlap-settled", (other, -STRIP_M2))
    };
    let done = change(&report, done);
    assert_eq!(done["to"], expected);
    assert!(near(&done["area_m2"], STRIP_M2, 1e-5), "{done}");
    assert_eq!(done["geometry"]["type"], "Polygon");
    let gains = gains(&report);
    assert_eq!(gains.len(), 1, "{gains:?}");
    assert_eq!(gains[0].0, gain.0);
    assert!((gains[0].1 - gain.1).abs() < 1e-3, "{gains:?}");
    assert_eq!(validated(&out, &[]).0["seamless"], true);
}

/// West of the gap is one grid over its whole length, east of it are two.
#[test]
fn without_a_rank_the_longest_border_decides() {
    let desk = Desk::new();
    let mut grids = board(4, 4);
    grids.retain(|grid| grid.code() != "c0r2");
    at(&mut grids, "c0r1").parts = vec![vec![rectangle(0, CELL, CELL - 50, 2 * CELL)]];
    let file = desk.write("grids.geojson", &geojson(&grids));
    let (report, _, code) = mended(&desk, &file, &[]);
    assert_eq!(
        (code, &change(&report, "gap-closed")["to"]),
        (0, &json!("c0r1"))
    );
    // the same where two small grids lie in the west
    let mut grids = board(4, 4);
    grids.retain(|grid| grid.code() != "c1r2");
    at(&mut grids, "c1r1").parts = vec![vec![rectangle(CELL + 50, CELL, CELL - 50, 2 * CELL)]];
    let file = desk.write("grids.geojson", &geojson(&grids));
    let (report, _, code) = mended(&desk, &file, &[]);
    assert_eq!(
        (code, &change(&report, "gap-closed")["to"]),
        (0, &json!("c1r1"))
    );
}

#[test]
fn what_needed_no_change_comes_out_as_it_was_with_all_its_columns() {
    let desk = Desk::new();
    let mut grids = board_with_strip(50);
    for grid in &mut grids {
        *grid = grid
            .clone()
            .with("网格长", "王「五」")
            .with("户数", 300)
            .with("率", 0.5);
    }
    let file = desk.write("grids.geojson", &geojson(&grids));
    let (report, out, _) = mended(&desk, &file, &["--lock", "c1r1"]);
    let changed: Vec<&str> = report["changed_grids"]
        .as_array()
        .unwrap()
        .iter()
        .map(|grid| grid["code"].as_str().unwrap())
        .collect();
    let (before, after) = (features(&file), features(&out));
    assert_eq!((before.len(), after.len()), (12, 12));
    assert!(!changed.contains(&"c1r1") && changed.contains(&"c0r1"));
    for (code, before) in &before {
        let after = &after[code];
        assert_eq!(before["properties"], after["properties"]);
        let was = &before["geometry"]["coordinates"][0];
        let is = &after["geometry"]["coordinates"];
        assert_eq!(was == is, !changed.contains(&code.as_str()), "{code}");
    }
}

/// The gap is 0.4226 m wide. What is left is what a validation of the proposal reports.
#[rstest]
#[case::wide_enough(&["--max-gap-width", "0.43"], 0)]
#[case::too_narrow(&["--max-gap-width", "0.42"], 1)]
#[case::none(&["--max-gap-width", "0"], 1)]
#[case::nobody_may_have_it(&["--lock", "c0r0,c0r1,c0r2,c1r1"], 1)]
#[case::allowed(&["--max-gap-width", "0", "--allow", "ID"], 0)]
fn what_is_left_is_what_a_validation_reports(#[case] options: &[&str], #[case] expected: i32) {
    let desk = Desk::new();
    let file = desk.write("grids.geojson", &geojson(&board_with_strip(50)));
    let id = validated(&file, &[]).0["defects"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let options: Vec<&str> = options
        .iter()
        .map(|&o| if o == "ID" { &id } else { o })
        .collect();
    let (report, out, code) = mended(&desk, &file, &options);
    assert_eq!(code, expected);
    let allowed: Vec<&str> = options
        .iter()
        .copied()
        .skip_while(|&o| o != "--allow")
        .collect();
    let (after, again) = validated(&out, &allowed);
    assert_eq!(json!(all_defects(&after)), report["left"]);
    assert_eq!(again, expected);
    let severity = kinds(&after)
        .first()
        .map(|&(kind, severity)| (kind, severity));
    let left = match (expected, allowed.is_empty()) {
        (0, true) => None,
        (0, false) => Some(("gap", "info")),
        _ => Some(("gap", "error")),
    };
    assert_eq!(severity, left);
}

#[test]
fn vertices_near_each_other_become_one_when_asked() {
    let desk = Desk::new();
    let mut grids = board(4, 3);
    // 3 units east and 2 north of the corner that three others have: 3.4 cm
    for place in [0, 4] {
        at(&mut grids, "c1r1").parts[0][0][place] = (CELL + 3, CELL + 2);
    }
    let file = desk.write("grids.geojson", &geojson(&grids));
    let (report, out, code) = mended(&desk, &file, &["--snap", "0.05", "--max-gap-width", "0"]);
    assert_eq!(code, 0, "{report}");
    assert_eq!(change(&report, "snapped")["to"], "c1r1");
    assert_eq!(report["changes"].as_array().unwrap().len(), 1);
    assert_eq!(validated(&out, &[]).0["noded"], true);
    let corner = &features(&out)["c1r1"]["geometry"]["coordinates"][0][0];
    assert_eq!(corner, &json!([120.801, 40.701]));
    let (report, _, code) = mended(&desk, &file, &["--snap", "0.03", "--max-gap-width", "0"]);
    assert_eq!((code, report["changes"].as_array().unwrap().len()), (1, 0));
}

/// `c3r0` reaches 1,000 units beyond the outline, 938.52 m2; `c0r0` leaves 100 of it uncovered.
#[test]
fn the_rim_moves_to_the_outline_only_when_told() {
    let desk = Desk::new();
    let mut grids = board(4, 3);
    at(&mut grids, "c3r0").parts = vec![vec![rectangle(3 * CELL, 0, CELL + 1000, CELL)]];
    at(&mut grids, "c0r0").parts = vec![vec![rectangle(100, 0, CELL - 100, CELL)]];
    let file = desk.write("grids.geojson", &geojson(&grids));
    let all = Grid::new("all", rectangle(0, 0, 4 * CELL, 3 * CELL));
    let outline = desk.write("outline.geojson", &geojson(&[all]));
    let within = ["--within", text(&outline)];
    let (report, out, code) = mended(&desk, &file, &within);
    assert_eq!((code, gains(&report)), (1, Vec::new()));
    let (after, _) = validated(&out, &within);
    assert_eq!(json!(all_defects(&after)), report["left"]);
    assert_eq!(
        kinds(&after)[..2],
        [("outside-parent", "error"), ("parent-uncovered", "error")]
    );

    let (report, out, code) = mended(&desk, &file, &["--move-rim", within[0], within[1]]);
    assert_eq!(code, 0, "{report}");
    let cut = change(&report, "cut-to-outline");
    assert_eq!(cut["from"], json!(["c3r0"]));
    assert!(near(&cut["area_m2"], 938.5218, 1e-5), "{cut}");
    assert_eq!(change(&report, "gap-closed")["to"], "c0r0");
    assert_eq!(validated(&out, &within).1, 0);
}

#[test]
fn nothing_that_is_read_is_written_over() {
    let desk = Desk::new();
    let file = desk.write("grids.geojson", &geojson(&board_with_strip(50)));
    let all = Grid::new("all", rectangle(0, 0, 4 * CELL, 3 * CELL));
    let other = desk.write("outline.geojson", &geojson(&[all]));
    let link = desk.path("link.geojson");
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let store = desk.store("city.gpkg", crate::support::ONE_LEVEL);
    let before: Vec<Vec<u8>> = [&file, &other, &store]
        .map(|f| std::fs::read(f).unwrap())
        .to_vec();
    let (input, outline, new) = (text(&file), text(&other), desk.path("new.geojson"));
    let new = text(&new);
    for arguments in [
        vec!["repair", input, "-o", input],
        vec!["repair", input, "-o", text(&link)],
        vec!["repair", input, "-o", text(&store)],
        vec!["repair", input, "-o", outline, "--within", outline],
        vec!["repair", input, "-o", outline, "--allowed", outline],
        vec!["repair", input, "-o", new, "--report", input],
        vec!["repair", input, "-o", new, "--report", text(&link)],
        vec![
            "repair", input, "-o", new, "--report", outline, "--within", outline,
        ],
        vec!["repair", input, "-o", new, "--report", text(&store)],
        // the report would be lost under the proposal
        vec!["repair", input, "-o", new, "--report", new],
        vec!["simplify", input, "--tolerance", "1", "-o", text(&link)],
        vec!["dissolve", input, "--by", "street", "-o", text(&link)],
        vec!["validate", input, "--within", outline, "-o", outline],
        vec!["validate", input, "--objects", outline, "-o", outline],
        vec!["validate", input, "--allowed", outline, "-o", outline],
    ] {
        let refused = run(&arguments);
        assert_eq!(refused.code, 2, "{arguments:?}: {}", refused.out);
        assert!(
            refused.message().contains("name another file with"),
            "{}",
            refused.err
        );
        assert!(!Path::new(new).exists(), "{arguments:?}");
    }
    for (path, before) in [&file, &other, &store].into_iter().zip(before) {
        assert_eq!(std::fs::read(path).unwrap(), before, "{}", path.display());
    }
    // a proposal leaves its input as it was, too
    let before = std::fs::read(&file).unwrap();
    run(&["repair", input, "-o", new]).expect_code(0);
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[rstest]
#[case("json")]
#[case("geojson")]
#[case("txt")]
fn the_report_is_written_as_its_name_says(#[case] extension: &str) {
    let desk = Desk::new();
    let file = desk.write("grids.geojson", &geojson(&board_with_strip(50)));
    let report = desk.path(&format!("changes.{extension}"));
    let (printed, _, _) = mended(&desk, &file, &["--report", text(&report)]);
    let written = std::fs::read_to_string(&report).unwrap();
    if extension == "txt" {
        assert!(
            written.contains("Gaps given to a neighbour: 1, 46.93 m2 together"),
            "{written}"
        );
        assert!(written.contains("+46.93 m2"), "{written}");
        return;
    }
    let written: Value = serde_json::from_str(&written).unwrap();
    if extension == "json" {
        assert_eq!(written, printed);
        return;
    }
    let kinds: Vec<&Value> = written["features"]
        .as_array()
        .unwrap()
        .iter()
        .map(|feature| &feature["properties"]["kind"])
        .collect();
    assert_eq!(
        kinds,
        ["gap-closed", "vertices-inserted", "vertices-inserted"]
    );
}
