//! `wangge simplify` and `wangge dissolve`: fewer vertices, upper levels, and seamless still.

use std::collections::BTreeMap;
use std::path::Path;

use rstest::rstest;
use serde_json::{Value, json};
use wangge_generate::mosaic::mosaic;

use crate::support::drawing::{CELL, Grid, at, board, board_with_strip, geojson, rectangle};
use crate::support::{Desk, run};
use crate::{parsed, text, validated};

/// Blocks in columns and rows with wobbling sides of 25 vertices each; `street` is the column.
fn blocks(columns: usize, rows: usize) -> Vec<Grid> {
    let blocks = mosaic(columns, rows, 100, 7).unwrap();
    let drawn = blocks.into_iter().zip(0..).map(|((code, shape), number)| {
        let ring = shape.parts()[0].shell().points().iter();
        let place = |p: &wangge_plane::Point| {
            (
                i64::from(p.x()) - 1_208_000_000,
                i64::from(p.y()) - 407_000_000,
            )
        };
        let mut ring: Vec<(i64, i64)> = ring.map(place).collect();
        ring.push(ring[0]);
        Grid::new(&code, ring).with("street", format!("s{}", number % columns))
    });
    drawn.collect()
}

/// How many positions there are in nested lists of coordinates.
fn pairs(value: &Value) -> usize {
    match value.as_array() {
        Some(list) if list.first().is_some_and(Value::is_number) => 1,
        Some(list) => list.iter().map(pairs).sum(),
        None => 0,
    }
}

fn vertices(file: &Path) -> usize {
    let file: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let features = file["features"].as_array().unwrap().iter();
    features
        .map(|feature| pairs(&feature["geometry"]["coordinates"]))
        .sum()
}

#[test]
fn a_lighter_coverage_is_seamless_still_and_has_its_certificate() {
    let desk = Desk::new();
    let file = desk.write("grids.geojson", &geojson(&blocks(12, 8)));
    let (before, _) = validated(&file, &[]);
    let mut last = vertices(&file);
    for tolerance in ["0.5", "5", "50"] {
        let out = desk.path(&format!("light-{tolerance}.geojson"));
        let light = run(&[
            "simplify",
            text(&file),
            "--tolerance",
            tolerance,
            "-o",
            text(&out),
            "--json",
        ]);
        let light = parsed(&light.expect_code(0));
        assert_eq!(light["vertices_before"], before["vertices"]);
        let (after, code) = validated(&out, &[]);
        assert_eq!((code, &after["grids"]), (0, &json!(96)));
        assert_eq!(after["vertices"], light["vertices_after"]);
        assert!(after["certificate"]["canonical_sha256"].is_string());
        // it is one border for both neighbours, so no vertex is on one side only
        assert_eq!(after["noded"], true);
        let fewer = vertices(&out);
        assert!(fewer < last, "{tolerance}: {fewer} of {last}");
        last = fewer;
        assert!(light["largest_shift_m"].as_f64().unwrap() > 0.0);
    }
    // some 240 by 280 m with corners kept: nearly all that is left are the corners
    assert!(last < 96 * 12, "{last}");
}

/// An island keeps a triangle and a small grid its ground, whatever the tolerance.
#[test]
fn no_grid_is_lost_however_coarse() {
    let desk = Desk::new();
    let mut grids = board(4, 3);
    let island = vec![
        (CELL + 100, CELL + 100),
        (CELL + 130, CELL + 100),
        (CELL + 140, CELL + 120),
        (CELL + 120, CELL + 140),
        (CELL + 100, CELL + 130),
        (CELL + 100, CELL + 100),
    ];
    at(&mut grids, "c1r1").parts[0].push(island.clone());
    grids.push(Grid::new("island", island));
    let file = desk.write("grids.geojson", &geojson(&grids));
    let out = desk.path("light.geojson");
    run(&[
        "simplify",
        text(&file),
        "--tolerance",
        "100000",
        "-o",
        text(&out),
    ])
    .expect_code(0);
    let (after, code) = validated(&out, &["--tiny-area", "0", "--thin-width", "0"]);
    assert_eq!(
        (code, &after["grids"], &after["defects"]),
        (0, &json!(13), &json!([]))
    );
    let nothing = desk.path("same.geojson");
    run(&[
        "simplify",
        text(&file),
        "--tolerance",
        "0",
        "-o",
        text(&nothing),
    ])
    .expect_code(0);
    assert_eq!(vertices(&nothing), vertices(&file));
}

#[rstest]
#[case::negative("-1")]
#[case::negative_and_joined("=-1")]
#[case::no_number("much")]
#[case::not_a_number("NaN")]
#[case::endless("inf")]
#[case::too_large_for_a_number("1e999")]
#[case::empty("")]
fn a_tolerance_that_is_none_is_refused(#[case] tolerance: &str) {
    let desk = Desk::new();
    let file = desk.write("grids.geojson", &geojson(&board(4, 3)));
    let out = desk.path("light.geojson");
    let mut arguments = vec!["simplify", text(&file), "-o", text(&out)];
    let joined = format!("--tolerance{tolerance}");
    if tolerance.starts_with('=') {
        arguments.push(&joined);
    } else {
        arguments.extend(["--tolerance", tolerance]);
    }
    let refused = run(&arguments).expect_code(2);
    for said in [
        "--tolerance",
        "a number of 0 or more",
        tolerance.trim_start_matches('='),
    ] {
        assert!(
            refused.message().contains(said),
            "{said} is not in {}",
            refused.err
        );
    }
    assert!(!out.exists());
}

#[rstest]
#[case(&["simplify", "--tolerance", "5"])]
#[case(&["dissolve", "--by", "street"])]
fn what_is_not_seamless_is_neither_simplified_nor_dissolved(#[case] command: &[&str]) {
    let desk = Desk::new();
    let file = desk.write("grids.geojson", &geojson(&board_with_strip(1)));
    let out = desk.path("out.geojson");
    let mut arguments = command.to_vec();
    arguments.extend([text(&file), "-o", text(&out)]);
    let refused = run(&arguments).expect_code(2);
    for said in ["12 grids", "wangge validate", "wangge repair"] {
        assert!(refused.message().contains(said), "{}", refused.err);
    }
    assert!(!out.exists());
}

/// Each unit's ground is its grids': areas add up, and the units are seamless.
#[rstest]
#[case("geojson")]
#[case("gpkg")]
#[case("shp")]
fn grids_are_dissolved_by_a_column(#[case] extension: &str) {
    let desk = Desk::new();
    let mut grids = blocks(6, 5);
    // one grid of s0 lies among those of s3: an enclave
    grids[15] = grids[15].clone().with("street", "s0");
    let file = desk.write("grids.geojson", &geojson(&grids));
    let out = desk.path(&format!("streets.{extension}"));
    let told = run(&[
        "dissolve",
        text(&file),
        "--by",
        "street",
        "-o",
        text(&out),
        "--json",
    ]);
    assert_eq!(
        parsed(&told.expect_code(0)),
        json!({"by": "street", "grids": 30, "units": 6})
    );
    let (before, _) = validated(&file, &[]);
    let (after, code) = validated(&out, &["--code", "street"]);
    assert_eq!((code, &after["grids"]), (0, &json!(6)));
    assert!(after["certificate"].is_object());
    let (doubled, before) = (
        &after["proof"]["doubled_area"],
        &before["proof"]["doubled_area"],
    );
    assert_eq!(doubled, before);
    if extension == "geojson" {
        let units: Value = serde_json::from_str(&std::fs::read_to_string(&out).unwrap()).unwrap();
        let units = units["features"]
            .as_array()
            .unwrap()
            .iter()
            .map(|unit| &unit["properties"]);
        let counts: BTreeMap<&str, i64> = units
            .map(|unit| {
                (
                    unit["street"].as_str().unwrap(),
                    unit["grids"].as_i64().unwrap(),
                )
            })
            .collect();
        let expected = [
            ("s0", 6),
            ("s1", 5),
            ("s2", 5),
            ("s3", 4),
            ("s4", 5),
            ("s5", 5),
        ];
        assert_eq!(counts, BTreeMap::from(expected));
    }
}

/// In the steps of a person: what is drawn with fewer vertices is dissolved, and the other way
/// round; the upper level's lines are the same.
#[test]
fn streets_of_a_lighter_coverage_have_its_lines() {
    let desk = Desk::new();
    let file = desk.write("grids.geojson", &geojson(&blocks(6, 5)));
    let light = desk.path("light.geojson");
    run(&[
        "simplify",
        text(&file),
        "--tolerance",
        "20",
        "-o",
        text(&light),
    ])
    .expect_code(0);
    let streets = desk.path("streets.geojson");
    run(&[
        "dissolve",
        text(&light),
        "--by",
        "street",
        "-o",
        text(&streets),
    ])
    .expect_code(0);
    // the rim of the streets is the rim of the grids: held against it, nothing is missing
    let (report, code) = validated(&light, &["--within", text(&streets)]);
    assert_eq!(code, 0, "{}", report["defects"]);
    let far = Grid::new("all", rectangle(0, 0, CELL, CELL));
    let far = desk.write("far.geojson", &geojson(&[far]));
    assert_eq!(validated(&light, &["--within", text(&far)]).1, 1);
}
