//! The certificate of a seamless file, checked again by a program that shares no code with this
//! one, on the same file.

use std::path::Path;
use std::process::Command;

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::drawing::{CELL, Grid, at, board, board_with_strip, geojson, rectangle};
use crate::support::{Desk, run};
use crate::{parsed, text, validated};

/// What `tests/check_certificate.py` says: its lines that are wrong, and its exit code.
fn checked(file: &Path, report: &Path, options: &[&str]) -> (Vec<String>, i32) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/check_certificate.py");
    let ran = Command::new("python3")
        .args([text(&script), text(file), text(report)])
        .args(options)
        .output()
        .unwrap();
    let said = String::from_utf8(ran.stdout).unwrap();
    assert!(
        ran.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    assert!(said.lines().count() > 15, "{said}");
    let wrong = said.lines().filter(|line| line.starts_with("WRONG"));
    (
        wrong.map(str::to_owned).collect(),
        ran.status.code().unwrap(),
    )
}

/// Writes the JSON report of a file that must be sound.
fn certified(desk: &Desk, file: &Path, options: &[&str]) -> std::path::PathBuf {
    let report = desk.path("report.json");
    let mut arguments = vec![
        "validate",
        text(file),
        "--format",
        "json",
        "-o",
        text(&report),
    ];
    arguments.extend(options);
    run(&arguments).expect_code(0);
    report
}

/// A board with a lake's hole filled by an island, and a grid of two parts.
fn town() -> Vec<Grid> {
    let mut grids = board(4, 3);
    let island = rectangle(CELL + 3000, CELL + 3000, 2000, 2000);
    let cell = at(&mut grids, "c1r1");
    cell.parts[0].push(island.clone());
    grids.push(Grid::new("island", island));
    let far = at(&mut grids, "c3r2").parts.remove(0);
    grids.retain(|grid| grid.code() != "c3r2");
    at(&mut grids, "c0r0").parts.push(far);
    grids
}

#[test]
fn another_program_comes_to_the_same_certificate() {
    let desk = Desk::new();
    let file = desk.write("grids.geojson", &geojson(&town()));
    let report = certified(&desk, &file, &[]);
    assert_eq!(checked(&file, &report, &[]), (Vec::new(), 0));
    let report: Value = serde_json::from_str(&std::fs::read_to_string(&report).unwrap()).unwrap();
    let certificate = &report["certificate"];
    // counted by hand: 5 by 4 corners and the island's 4; 31 edges and the island's 4
    assert_eq!(certificate["vertices"], 24);
    assert_eq!(certificate["edges"], 35);
    assert_eq!(certificate["faces"], 14);
    assert_eq!(certificate["components"], 2);
    assert_eq!(certificate["residual_edges"], 14);
}

#[test]
fn against_an_outline_the_certificate_holds_the_outline_too() {
    let desk = Desk::new();
    let file = desk.write("grids.geojson", &geojson(&town()));
    let rim = rectangle(0, 0, 4 * CELL, 3 * CELL);
    let outline = desk.write("outline.geojson", &geojson(&[Grid::new("all", rim)]));
    let report = certified(&desk, &file, &["--within", text(&outline)]);
    let against = ["--outline", text(&outline)];
    assert_eq!(checked(&file, &report, &against), (Vec::new(), 0));
    // another outline is another certificate
    let other = rectangle(0, 0, 4 * CELL, 3 * CELL + 1);
    let other = desk.write("other.geojson", &geojson(&[Grid::new("all", other)]));
    let (wrong, code) = checked(&file, &report, &["--outline", text(&other)]);
    assert_eq!(code, 1);
    assert!(
        wrong.iter().any(|line| line.contains("outline")),
        "{wrong:?}"
    );
}

/// One vertex moves by one lattice unit, 1 cm, in one grid or in all that have it.
#[rstest]
#[case::in_one_grid_inside(&["c1r1"], (CELL, CELL))]
#[case::in_all_grids_that_have_it(&["c0r0", "c1r0", "c0r1", "c1r1"], (CELL, CELL))]
#[case::at_the_rim(&["c3r0"], (4 * CELL, 0))]
#[case::of_the_island(&["island"], (CELL + 3000, CELL + 3000))]
fn a_certificate_does_not_fit_a_file_of_which_one_vertex_moved(
    #[case] codes: &[&str],
    #[case] corner: (i64, i64),
) {
    let desk = Desk::new();
    let mut grids = town();
    let file = desk.write("grids.geojson", &geojson(&grids));
    let report = certified(&desk, &file, &[]);
    let mut moved = 0;
    for code in codes {
        for ring in at(&mut grids, code).parts.iter_mut().flatten() {
            for vertex in ring.iter_mut().filter(|vertex| **vertex == corner) {
                *vertex = (corner.0 + 1, corner.1);
                moved += 1;
            }
        }
    }
    assert!(moved >= codes.len());
    let tampered = desk.write("tampered.geojson", &geojson(&grids));
    let (wrong, code) = checked(&tampered, &report, &[]);
    assert_eq!(code, 1);
    assert!(
        wrong.iter().any(|line| line.contains("canonical_sha256")),
        "{wrong:?}"
    );
    let sound = codes.len() != 1 || corner == (4 * CELL, 0);
    // the program itself says whether the tampered file is still seamless
    assert_eq!(validated(&tampered, &[]).0["seamless"], sound);
}

#[test]
fn what_is_not_seamless_gets_no_certificate() {
    let desk = Desk::new();
    for (name, grids, expected) in [
        ("strip", board_with_strip(1), false),
        ("town", town(), true),
    ] {
        let file = desk.write(&format!("{name}.geojson"), &geojson(&grids));
        let (report, _) = validated(&file, &[]);
        assert_eq!(report["seamless"], expected);
        assert_eq!(report.get("certificate").is_some(), expected, "{name}");
    }
}

const STREETS_AND_GRIDS: &str = r#"
city = "test"
name = "测试"
[[level]]
id = "street"
name = "街道"
code = '^s\d$'
[[level]]
id = "grid"
name = "网格"
code = '^c\dr\d$'
parent = { column = "street" }
"#;

#[test]
fn the_certificate_of_a_store_has_its_upper_levels() {
    let desk = Desk::new();
    let file = desk.write("grids.geojson", &geojson(&board(4, 3)));
    let store = desk.store("city.gpkg", STREETS_AND_GRIDS);
    run(&["import", "grids", text(&file), "--store", text(&store)]).expect_code(0);
    let ran = run(&["validate", "--store", text(&store), "--format", "json"]).expect_code(0);
    let report = desk.write("report.json", &ran.out);
    assert_eq!(checked(&file, &report, &[]), (Vec::new(), 0));
    let mut forged = parsed(&ran);
    let level = &mut forged["certificate"]["levels"][0];
    let units = level["units"].as_array().unwrap();
    assert_eq!((&level["level"], units.len()), (&json!("street"), 4));
    assert_eq!(units[1]["grids"], json!(["c1r0", "c1r1", "c1r2"]));
    // a grid goes to the neighbouring street on paper
    let grid = level["units"][1]["grids"]
        .as_array_mut()
        .unwrap()
        .pop()
        .unwrap();
    level["units"][2]["grids"]
        .as_array_mut()
        .unwrap()
        .push(grid);
    let report = desk.write("forged.json", &forged.to_string());
    let (wrong, code) = checked(&file, &report, &[]);
    assert_eq!((wrong.len(), code), (1, 1), "{wrong:?}");
    assert!(
        wrong[0].contains("level street: doubled areas"),
        "{wrong:?}"
    );
}
