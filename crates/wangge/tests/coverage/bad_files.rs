//! Bad files: an error that names the place, or a defect; never a crash, and never "seamless".

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::drawing::{
    CELL, Grid, Ring, at, board, collection, feature, geojson, rectangle,
};
use crate::support::{Desk, run};
use crate::{kinds, of_kind, text, validated};

/// Every command that reads a coverage refuses the file, says so much, and writes nothing.
#[track_caller]
fn refused(desk: &Desk, file: &Path, options: &[&str], said: &[&str]) {
    for command in [
        &["validate"][..],
        &["repair"],
        &["simplify", "--tolerance", "1"],
        &["dissolve", "--by", "street"],
    ] {
        let out = desk.path("out.geojson");
        let mut arguments = command.to_vec();
        arguments.extend([text(file), "-o", text(&out)]);
        arguments.extend(options);
        let started = Instant::now();
        let ran = run(&arguments);
        assert_eq!(ran.code, 2, "{command:?}: {}{}", ran.out, ran.err);
        assert!(started.elapsed() < Duration::from_mins(1), "{command:?}");
        let message = ran.message();
        assert!(!message.contains("panicked"), "{message}");
        for said in said {
            assert!(
                message.contains(said),
                "{command:?}: {said} is not in {message}"
            );
        }
        assert!(!out.exists(), "{command:?}");
    }
}

/// The board with a feature of this geometry after its twelve.
fn board_and(desk: &Desk, geometry: &str) -> PathBuf {
    let mut features: Vec<String> = board(4, 3).iter().map(Grid::feature).collect();
    features.push(feature(&json!({"code": "extra", "street": "s0"}), geometry));
    desk.write("grids.geojson", &collection(&features))
}

#[rstest]
#[case::no_feature("[]", &["there is no feature in it"])]
#[case::only_a_point(r#"[{"type":"Feature","properties":{"code":"1"},"geometry":{"type":"Point","coordinates":[120.8,40.7]}}]"#, &["row 1", "point"])]
#[case::no_geometry(r#"[{"type":"Feature","properties":{"code":"1"},"geometry":null}]"#, &["row 1", "no geometry"])]
#[case::an_empty_polygon(r#"[{"type":"Feature","properties":{"code":"1"},"geometry":{"type":"Polygon","coordinates":[]}}]"#, &["row 1"])]
fn a_file_without_a_polygon_is_no_coverage(#[case] features: &str, #[case] said: &[&str]) {
    let desk = Desk::new();
    let text = format!(r#"{{"type":"FeatureCollection","features":{features}}}"#);
    let file = desk.write("grids.geojson", &text);
    refused(&desk, &file, &[], said);
    let skipping = run(&["validate", crate::text(&file), "--skip-invalid"]).expect_code(2);
    assert!(
        skipping.message().contains("grids.geojson"),
        "{}",
        skipping.err
    );
}

#[rstest]
#[case::point("Point", "[120.8,40.7]", "point")]
#[case::points("MultiPoint", "[[120.8,40.7]]", "point")]
#[case::line("LineString", "[[120.8,40.7],[120.9,40.7],[120.8,40.7]]", "line")]
#[case::lines("MultiLineString", "[[[120.8,40.7],[120.9,40.7]]]", "line")]
fn a_row_of_another_geometry_is_named(
    #[case] kind: &str,
    #[case] coordinates: &str,
    #[case] said: &str,
) {
    let desk = Desk::new();
    let geometry = format!(r#"{{"type":"{kind}","coordinates":{coordinates}}}"#);
    let file = board_and(&desk, &geometry);
    refused(&desk, &file, &[], &["grids.geojson", "row 13", said]);
    let (report, code) = validated(&file, &["--skip-invalid"]);
    assert_eq!((code, kinds(&report)), (1, vec![("not-polygon", "error")]));
}

/// Numbers that are none, or nowhere, as the second longitude of the second grid.
#[rstest]
#[case::nan("NaN", &["line 2 column"])]
#[case::infinity("Infinity", &["line 2 column"])]
#[case::minus_infinity("-Infinity", &["line 2 column"])]
#[case::beyond_numbers("1e999", &["row 2", "out of range"])]
#[case::beyond_the_earth("1e300", &["row 2", "-180 to 180"])]
#[case::metres("512345.6", &["row 2", "projected"])]
#[case::metres_with_a_zone("40512345.6", &["row 2", "EPSG:4528"])]
#[case::text("\"120.802\"", &["row 2", "expected"])]
#[case::null("null", &["row 2", "expected"])]
#[case::a_list("[120.802]", &["row 2", "expected"])]
#[case::beyond_180("200.5", &["180th meridian"])]
fn a_coordinate_that_is_none_is_named(#[case] number: &str, #[case] said: &[&str]) {
    let desk = Desk::new();
    let sound = geojson(&board(4, 3));
    let spoilt = sound.replacen("120.8020000", number, 1);
    assert_ne!(sound, spoilt);
    let file = desk.write("grids.geojson", &spoilt);
    refused(&desk, &file, &[], &[&["grids.geojson"], said].concat());
    // left out, it is not forgotten; a file that cannot be read has no rows to leave out
    let skipping = run(&["validate", text(&file), "--skip-invalid"]);
    assert_ne!(skipping.code, 0, "{}", skipping.out);
}

/// The same in binary, where no parser stands before: eight bytes of a vertex are overwritten.
#[rstest]
#[case::nan(f64::NAN, "not-finite")]
#[case::infinity(f64::INFINITY, "not-finite")]
#[case::minus_infinity(f64::NEG_INFINITY, "not-finite")]
#[case::largest(f64::MAX, "out-of-range")]
#[case::beyond_the_pole(1e4, "out-of-range")]
fn a_coordinate_that_is_none_is_named_in_a_geopackage_too(#[case] number: f64, #[case] kind: &str) {
    let desk = Desk::new();
    let drawn = desk.write("grids.geojson", &geojson(&board(4, 3)));
    let file = desk.path("grids.gpkg");
    // a proposal for what is sound is the same in another format
    run(&["repair", text(&drawn), "-o", text(&file)]).expect_code(0);
    let base = rusqlite::Connection::open(&file).unwrap();
    let mut shape: Vec<u8> = base
        .query_row("SELECT geom FROM grids WHERE code = 'c1r0'", [], |row| {
            row.get(0)
        })
        .unwrap();
    // the last vertex but one: x and y of the last are the last 16 bytes
    let place = shape.len() - 32;
    shape[place..place + 8].copy_from_slice(&number.to_le_bytes());
    // the index follows no change that is made here
    base.execute_batch(
        "DROP TRIGGER IF EXISTS rtree_grids_geom_update6;
         DROP TRIGGER IF EXISTS rtree_grids_geom_update7;
         DROP TRIGGER IF EXISTS rtree_grids_geom_update1;
         DROP TRIGGER IF EXISTS rtree_grids_geom_update2;",
    )
    .unwrap();
    base.execute("UPDATE grids SET geom = ?1 WHERE code = 'c1r0'", [shape])
        .unwrap();
    drop(base);
    refused(&desk, &file, &[], &["grids.gpkg", "row 2"]);
    let (report, code) = validated(&file, &["--skip-invalid"]);
    assert_eq!((code, kinds(&report)[0]), (1, (kind, "error")));
}

#[rstest]
#[case("geojson", 11)]
#[case("gpkg", 5)]
#[case("fgb", 7)]
#[case("shp", 5)]
fn a_file_that_is_cut_off_is_refused(#[case] extension: &str, #[case] cuts: u64) {
    let desk = Desk::new();
    let drawn = desk.write("drawn.geojson", &geojson(&board(4, 3)));
    let file = desk.path(&format!("grids.{extension}"));
    run(&["repair", text(&drawn), "-o", text(&file)]).expect_code(0);
    let crs = ["--crs", "EPSG:4490"];
    let (report, code) = validated(&file, &crs);
    assert_eq!((code, &report["grids"]), (0, &json!(12)));
    let whole = std::fs::read(&file).unwrap();
    for cut in 1..=cuts {
        let length = usize::try_from(whole.len() as u64 * cut / (cuts + 1)).unwrap();
        std::fs::write(&file, &whole[..length]).unwrap();
        let ran = run(&[&["validate", text(&file)], &crs[..]].concat());
        assert_eq!(
            ran.code,
            2,
            "{length} of {} bytes: {}{}",
            whole.len(),
            ran.out,
            ran.err
        );
        assert!(!ran.err.contains("panicked"), "{}", ran.err);
    }
    std::fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    refused(&desk, &file, &crs, &[&format!("grids.{extension}")]);
}

/// Of text in rows, what is cut within a boundary. That rows are missing behind the last, nobody
/// can see.
#[rstest]
#[case("csv")]
#[case("geojsonl")]
fn a_row_that_is_cut_off_is_refused(#[case] extension: &str) {
    let desk = Desk::new();
    let drawn = desk.write("drawn.geojson", &geojson(&board(4, 3)));
    let file = desk.path(&format!("grids.{extension}"));
    run(&["repair", text(&drawn), "-o", text(&file)]).expect_code(0);
    let whole = std::fs::read_to_string(&file).unwrap();
    for (place, _) in whole.match_indices("120.80").skip(2).step_by(13) {
        std::fs::write(&file, &whole[..place + 4]).unwrap();
        refused(
            &desk,
            &file,
            &["--crs", "EPSG:4490"],
            &[&format!("grids.{extension}")],
        );
    }
}

/// What a ring may be: each takes the place of the cell in the middle.
#[rstest]
// two halves that touch at a point, one ring through it twice
#[case::touching_itself(vec![vec![(CELL, CELL), (CELL + 5000, CELL + 5000), (2 * CELL, CELL), (2 * CELL, 2 * CELL), (CELL + 5000, CELL + 5000), (CELL, 2 * CELL), (CELL, CELL)]], &["gap"])]
// a hole that touches its shell at one point
#[case::hole_at_the_shell(vec![rectangle(CELL, CELL, CELL, CELL), vec![(CELL, CELL), (CELL + 3000, CELL + 1000), (CELL + 1000, CELL + 3000), (CELL, CELL)]], &["gap"])]
// the same drawn as one ring
#[case::hole_in_the_shell(vec![vec![(CELL, CELL), (2 * CELL, CELL), (2 * CELL, 2 * CELL), (CELL, 2 * CELL), (CELL, CELL), (CELL + 1000, CELL + 3000), (CELL + 3000, CELL + 1000), (CELL, CELL)]], &["gap"])]
#[case::repeated_vertex(vec![vec![(CELL, CELL), (2 * CELL, CELL), (2 * CELL, CELL), (2 * CELL, CELL), (2 * CELL, 2 * CELL), (CELL, 2 * CELL), (CELL, CELL)]], &[])]
#[case::clockwise(vec![rectangle(CELL, CELL, CELL, CELL).into_iter().rev().collect()], &[])]
#[case::bow_tie(vec![vec![(CELL, CELL), (2 * CELL, 2 * CELL), (2 * CELL, CELL), (CELL, 2 * CELL), (CELL, CELL)]], &["empty", "self-intersection", "gap"])]
#[case::twice_around(vec![[rectangle(CELL, CELL, CELL, CELL), rectangle(CELL, CELL, CELL, CELL)[1..].to_vec()].concat()], &["self-intersection"])]
#[case::shell_twice(vec![rectangle(CELL, CELL, CELL, CELL), rectangle(CELL, CELL, CELL, CELL)], &["empty", "gap"])]
#[case::hole_outside(vec![rectangle(CELL, CELL, CELL, CELL), rectangle(3 * CELL + 10, 10, 20, 20)], &["self-intersection"])]
#[case::without_area(vec![vec![(CELL, CELL), (2 * CELL, CELL), (2 * CELL, 2 * CELL), (2 * CELL, CELL), (CELL, CELL)]], &["empty", "gap"])]
fn a_ring_is_judged_by_the_ground_it_goes_around(
    #[case] rings: Vec<Ring>,
    #[case] errors: &[&str],
) {
    let desk = Desk::new();
    let mut grids = board(4, 3);
    at(&mut grids, "c1r1").parts = vec![rings];
    let file = desk.write("grids.geojson", &geojson(&grids));
    let (report, code) = validated(&file, &[]);
    assert_eq!(code, i32::from(!errors.is_empty()), "{report}");
    assert_eq!(report["seamless"], errors.is_empty());
    let mut found: Vec<&str> = kinds(&report)
        .into_iter()
        .filter(|&(_, severity)| severity == "error")
        .map(|(kind, _)| kind)
        .collect();
    found.dedup();
    for error in errors {
        assert!(found.contains(error), "{error} is not in {found:?}");
    }
    for defect in report["defects"].as_array().unwrap() {
        let grids = defect["grids"].to_string();
        let beside = ["c1r0", "c0r1", "c2r1", "c1r2"];
        let near = grids.contains("c1r1") || beside.iter().any(|code| grids.contains(code));
        assert!(near || defect["kind"] == "self-intersection", "{defect}");
    }
    if code == 0 {
        assert_eq!(
            report["area_m2"],
            validated(&desk.write("b.geojson", &geojson(&board(4, 3))), &[]).0["area_m2"]
        );
    }
}

#[test]
fn a_vertex_that_stands_several_times_in_a_row_is_told_and_is_no_harm() {
    let desk = Desk::new();
    let mut grids = board(4, 3);
    let ring = &mut at(&mut grids, "c1r1").parts[0][0];
    ring.splice(1..2, [(2 * CELL, CELL); 4]);
    let file = desk.write("grids.geojson", &geojson(&grids));
    let (report, code) = validated(&file, &[]);
    assert_eq!(
        (code, kinds(&report)),
        (0, vec![("duplicate-vertex", "info")])
    );
    let repeated: &Value = of_kind(&report, "duplicate-vertex")[0];
    assert_eq!(repeated["grids"], json!(["c1r1"]));
    assert_eq!(
        repeated["geometry"]["coordinates"],
        json!([120.802, 40.701])
    );
}

#[rstest]
#[case::unclosed(r#"{"type":"Polygon","coordinates":[[[120.81,40.7],[120.811,40.7],[120.811,40.701],[120.81,40.701]]]}"#, "not closed")]
#[case::three_positions(
    r#"{"type":"Polygon","coordinates":[[[120.81,40.7],[120.811,40.7],[120.81,40.7]]]}"#,
    ""
)]
#[case::one_place(r#"{"type":"Polygon","coordinates":[[[120.81,40.7],[120.81,40.7],[120.81,40.7],[120.81,40.7]]]}"#, "")]
#[case::an_empty_ring(r#"{"type":"Polygon","coordinates":[[]]}"#, "")]
#[case::one_number(
    r#"{"type":"Polygon","coordinates":[[[120.81],[120.811,40.7],[120.811,40.701],[120.81]]]}"#,
    ""
)]
#[case::unknown_type(r#"{"type":"Circle","coordinates":[120.81,40.7]}"#, "Circle")]
#[case::no_coordinates(r#"{"type":"Polygon"}"#, "")]
fn a_polygon_that_is_none_is_named_by_its_row(#[case] geometry: &str, #[case] said: &str) {
    let desk = Desk::new();
    let file = board_and(&desk, geometry);
    refused(&desk, &file, &[], &["grids.geojson", "row 13", said]);
    let (report, code) = validated(&file, &["--skip-invalid"]);
    assert_eq!((code, kinds(&report)), (1, vec![("not-polygon", "error")]));
}
