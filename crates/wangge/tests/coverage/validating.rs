//! What a person may say to `wangge validate`: what is allowed, what is too narrow, what is held
//! against what.

use std::path::Path;

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::drawing::{
    CELL, Grid, at, board, board_with_strip, collection, feature, geojson, rectangle, without,
};
use crate::support::{Desk, run, run_in};
use crate::{kinds, near, of_kind, parsed, text, validated};

/// The area of the cell in row 1, by the authalic latitudes of GRS 80.
const CELL_M2: f64 = 9385.0796;
/// How wide a cell is in row 1, by the radii of curvature of GRS 80.
const CELL_WIDTH_M: f64 = 84.5136;

#[test]
fn a_gap_is_allowed_by_its_id_whatever_is_edited_elsewhere() {
    let desk = Desk::new();
    let mut grids = without(board(4, 3), "c1r1");
    let file = desk.write("grids.geojson", &geojson(&grids));
    let (report, code) = validated(&file, &[]);
    assert_eq!((code, kinds(&report)), (1, vec![("gap", "error")]));
    let gap = &report["defects"][0];
    assert!(near(&gap["area_m2"], CELL_M2, 1e-6), "{gap}");
    assert!(near(&gap["width_m"], CELL_WIDTH_M, 1e-3), "{gap}");
    let id = gap["id"].as_str().unwrap();

    let (report, code) = validated(&file, &["--allow", id]);
    assert_eq!((code, kinds(&report)), (0, vec![("gap", "info")]));
    assert_eq!(report["defects"][0]["allowed"], true);
    assert_eq!(
        (&report["seamless"], &report["sound"]),
        (&json!(true), &json!(true))
    );

    // a corner of the rim moves, a grid goes and one comes: none of them at the gap
    at(&mut grids, "c3r2").parts[0][0][2] = (4 * CELL + 77, 3 * CELL + 31);
    let mut grids = without(grids, "c3r0");
    grids.insert(0, Grid::new("new", rectangle(4 * CELL, CELL, CELL, CELL)));
    let edited = desk.write("edited.geojson", &geojson(&grids));
    let (report, code) = validated(&edited, &["--allow", id]);
    assert_eq!((code, report["defects"][0]["id"].as_str()), (0, Some(id)));

    // ground of a neighbour changes hands: another gap than the one that was allowed
    at(&mut grids, "c1r0").parts = vec![vec![rectangle(CELL, 0, CELL, CELL - 500)]];
    let other = desk.write("other.geojson", &geojson(&grids));
    let (report, code) = validated(&other, &["--allow", &format!("g-000000000000,{id}")]);
    assert_eq!((code, kinds(&report)[0]), (1, ("gap", "error")));
    assert_ne!(report["defects"][0]["id"].as_str(), Some(id));
}

#[rstest]
#[case::all_of_it(rectangle(CELL - 50, CELL - 50, CELL + 100, CELL + 100), 0)]
#[case::exactly_it(rectangle(CELL, CELL, CELL, CELL), 0)]
#[case::all_but_one_unit(rectangle(CELL, CELL, CELL - 1, CELL), 1)]
#[case::other_ground(rectangle(0, 0, CELL, CELL), 1)]
fn a_gap_is_allowed_when_a_lake_holds_all_of_it(
    #[case] lake: Vec<(i64, i64)>,
    #[case] expected: i32,
) {
    let desk = Desk::new();
    let file = desk.write("grids.geojson", &geojson(&without(board(4, 3), "c1r1")));
    // the file needs no codes, and what is no polygon is passed over
    let lake = Grid::new("", lake).feature().replace(r#""code":"""#, "");
    let well = feature(
        &json!({}),
        r#"{"type":"Point","coordinates":[120.8005,40.7005]}"#,
    );
    let lakes = desk.write("lakes.geojson", &collection(&[lake, well]));
    let (report, code) = validated(&file, &["--allowed", text(&lakes)]);
    assert_eq!(code, expected);
    assert_eq!(of_kind(&report, "gap")[0]["allowed"], expected == 0);
}

#[test]
fn a_building_on_a_border_is_told_and_does_not_count() {
    let desk = Desk::new();
    let file = desk.write("grids.geojson", &geojson(&board(4, 3)));
    let objects = [
        // on both sides of the border of c0r0 and c1r0; in c0r0 alone; up to that border
        Grid::new("hall", rectangle(CELL - 100, 100, 200, 200)).feature(),
        Grid::new("shed", rectangle(100, 100, 200, 200)).feature(),
        Grid::new("barn", rectangle(CELL - 200, 500, 200, 200)).feature(),
        // along row 1 through three grids
        feature(
            &json!({"name": "pipe"}),
            r#"{"type":"LineString","coordinates":[[120.8005,40.7015],[120.8025,40.7015]]}"#,
        ),
        feature(
            &json!({"code": "lamp"}),
            r#"{"type":"Point","coordinates":[120.801,40.7005]}"#,
        ),
    ];
    let objects = desk.write("objects.geojson", &collection(&objects));
    let (report, code) = validated(&file, &["--objects", text(&objects)]);
    assert_eq!(code, 0);
    let mut cut: Vec<(&str, &Value)> = of_kind(&report, "cut-object")
        .into_iter()
        .inspect(|defect| assert_eq!(defect["severity"], "warning"))
        .map(|defect| (defect["detail"].as_str().unwrap(), &defect["grids"]))
        .collect();
    cut.sort_unstable_by_key(|&(name, _)| name);
    let (hall, pipe) = (json!(["c0r0", "c1r0"]), json!(["c0r1", "c1r1", "c2r1"]));
    assert_eq!(cut, [("hall", &hall), ("pipe", &pipe)]);
    assert_eq!(report["defects"].as_array().unwrap().len(), 2);
}

/// 50 units in row 1 are 0.4226 m.
#[rstest]
#[case("0.43", true)]
#[case("0.42", false)]
#[case("0", false)]
fn a_sliver_is_marked_and_never_dropped(#[case] width: &str, #[case] sliver: bool) {
    let desk = Desk::new();
    let file = desk.write("grids.geojson", &geojson(&board_with_strip(50)));
    let (report, code) = validated(&file, &["--sliver-width", width]);
    assert_eq!(code, 1);
    let gaps = of_kind(&report, "gap");
    assert_eq!(gaps.len(), 1);
    assert_eq!(gaps[0]["sliver"], sliver);
    assert!(near(&gaps[0]["area_m2"], CELL_M2 * 50.0 / 10_000.0, 1e-6));
    let told = run(&["validate", text(&file), "--sliver-width", width]).expect_code(1);
    assert_eq!(told.out.contains("a sliver"), sliver, "{}", told.out);
}

/// An opening of 60 units, 0.507 m, between two grids of the southern rim.
#[test]
fn an_opening_is_a_suspect_that_counts_only_against_an_outline() {
    let desk = Desk::new();
    let mut grids = board(4, 3);
    at(&mut grids, "c0r0").parts = vec![vec![rectangle(0, 0, CELL - 60, CELL)]];
    let file = desk.write("grids.geojson", &geojson(&grids));
    let outline = Grid::new("all", rectangle(0, 0, 4 * CELL, 3 * CELL));
    let outline = desk.write("outline.geojson", &geojson(&[outline]));
    for (options, expected) in [
        (&[][..], Some(("warning", 0))),
        (&["--inlet-width", "0.52"], Some(("warning", 0))),
        (&["--inlet-width", "0.49"], None),
        (&["--inlet-width", "0"], None),
        (&["--within", text(&outline)], Some(("error", 1))),
        (
            &["--within", text(&outline), "--inlet-width", "0"],
            Some(("error", 1)),
        ),
    ] {
        let (report, code) = validated(&file, options);
        let inlets = of_kind(&report, "inlet");
        let found = inlets
            .first()
            .map(|inlet| (inlet["severity"].as_str().unwrap(), code));
        assert_eq!(
            (found, inlets.len()),
            (expected, usize::from(expected.is_some())),
            "{options:?}"
        );
        assert_eq!(report["seamless"], code == 0);
    }
}

/// 100 units of a cell of row 0: 93.852 m2, 0.845 m wide.
#[rstest]
// what is small is not called thin as well
#[case(&[], true, false)]
#[case(&["--tiny-area", "93.8"], false, true)]
#[case(&["--tiny-area", "93.9", "--thin-width", "0.84"], true, false)]
#[case(&["--tiny-area", "0", "--thin-width", "0"], false, false)]
fn a_small_or_thin_grid_is_told_and_does_not_count(
    #[case] options: &[&str],
    #[case] tiny: bool,
    #[case] thin: bool,
) {
    let desk = Desk::new();
    let mut grids = board(4, 3);
    at(&mut grids, "c0r0").parts = vec![vec![rectangle(0, 0, CELL - 100, CELL)]];
    grids.push(Grid::new("narrow", rectangle(CELL - 100, 0, 100, CELL)));
    let file = desk.write("grids.geojson", &geojson(&grids));
    let (report, code) = validated(&file, options);
    assert_eq!(code, 0);
    for (kind, expected) in [("tiny", tiny), ("thin", thin)] {
        let found = of_kind(&report, kind);
        assert_eq!(found.len(), usize::from(expected), "{kind}");
        for defect in found {
            assert_eq!(
                (&defect["grids"], &defect["severity"]),
                (&json!(["narrow"]), &json!("warning"))
            );
        }
    }
}

/// Outlines that are the board's, wider by 100 units in the east, and narrower by as much. By the
/// authalic latitudes, 100 units of three rows are 281.553 m2.
#[rstest]
#[case(0, None)]
#[case(100, Some("parent-uncovered"))]
#[case(-100, Some("outside-parent"))]
fn grids_are_held_against_an_outline(#[case] wider: i64, #[case] kind: Option<&str>) {
    let desk = Desk::new();
    let file = desk.write("grids.geojson", &geojson(&board(4, 3)));
    let outline = Grid::new("", rectangle(0, 0, 4 * CELL + wider, 3 * CELL));
    let outline = desk.write("outline.geojson", &geojson(&[outline]));
    let (report, code) = validated(&file, &["--within", text(&outline)]);
    assert_eq!(
        (&report["against"], code),
        (&json!("outline"), i32::from(kind.is_some()))
    );
    let errors = report["defects"].as_array().unwrap().iter();
    let errors: Vec<&Value> = errors.filter(|d| d["severity"] == "error").collect();
    assert!(
        errors
            .iter()
            .all(|d| Some(d["kind"].as_str().unwrap()) == kind)
    );
    let ground: f64 = errors.iter().map(|d| d["area_m2"].as_f64().unwrap()).sum();
    let expected = if kind.is_some() { 281.553 } else { 0.0 };
    assert!((ground - expected).abs() < 0.001, "{ground}");
}

#[test]
fn the_same_report_is_told_in_two_languages_and_drawn_as_geojson() {
    let desk = Desk::new();
    let file = desk.write("grids.geojson", &geojson(&board_with_strip(50)));
    let (report, _) = validated(&file, &[]);
    let gap = of_kind(&report, "gap")[0]["id"].as_str().unwrap();

    let zh = run_in("zh_CN.UTF-8", &["validate", text(&file)])
        .expect_code(1)
        .out;
    for said in [
        "不是无缝覆盖：12 个网格",
        "空隙（无人负责的地面） gap：1 处，共 46.93 m2",
        "狭长",
        gap,
    ] {
        assert!(zh.contains(said), "{said} is not in {zh}");
    }
    let en = run(&["validate", text(&file)]).expect_code(1).out;
    for said in [
        "NOT seamless: 12 grids",
        "gap: 1, 46.93 m2 together",
        "a sliver",
        gap,
    ] {
        assert!(en.contains(said), "{said} is not in {en}");
    }
    assert!(en.is_ascii(), "{en}");
    assert_eq!(zh.lines().count(), en.lines().count());

    let out = desk.path("defects.geojson");
    let silent = run(&[
        "validate",
        text(&file),
        "--format",
        "geojson",
        "-o",
        text(&out),
    ]);
    assert_eq!((silent.expect_code(1).out.as_str()), "");
    let drawn: Value = serde_json::from_str(&std::fs::read_to_string(&out).unwrap()).unwrap();
    assert_eq!(drawn["type"], "FeatureCollection");
    let features = drawn["features"].as_array().unwrap();
    for (feature, defect) in features.iter().zip(report["defects"].as_array().unwrap()) {
        assert_eq!(feature["geometry"], defect["geometry"]);
        assert_eq!(feature["properties"]["id"], defect["id"]);
        assert_eq!(feature["properties"]["grids"], defect["grids"]);
    }
    assert_eq!(features.len(), report["defects"].as_array().unwrap().len());
}

/// A row that was left out covered ground that nobody knows, so nothing is sound without it.
#[rstest]
#[case::no_polygon(
    r#"{"type":"Point","coordinates":[120.8,40.7]}"#,
    "x",
    "not-polygon",
    "row 13"
)]
#[case::households("", "many", "attributes", "households \"many\"")]
fn a_row_that_is_left_out_is_listed_and_keeps_the_rest_from_being_sound(
    #[case] geometry: &str,
    #[case] households: &str,
    #[case] kind: &str,
    #[case] said: &str,
) {
    let desk = Desk::new();
    let mut features: Vec<String> = board(4, 3).iter().map(Grid::feature).collect();
    let extra =
        Grid::new("extra", rectangle(4 * CELL, 0, CELL, CELL)).with("households", households);
    features.push(if geometry.is_empty() {
        extra.feature()
    } else {
        feature(&json!({"code": "extra"}), geometry)
    });
    let file = desk.write("grids.geojson", &collection(&features));
    run(&["validate", text(&file)]).expect_code(2);
    let json = run(&[
        "validate",
        text(&file),
        "--skip-invalid",
        "--format",
        "json",
    ])
    .expect_code(1);
    let report = parsed(&json);
    assert_eq!(
        (&report["seamless"], &report["sound"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(kinds(&report), [(kind, "error")]);
    for locale in ["C.UTF-8", "zh_CN.UTF-8"] {
        let told = run_in(locale, &["validate", text(&file), "--skip-invalid"]).expect_code(1);
        let said = if locale == "C.UTF-8" { said } else { kind };
        assert!(told.out.contains(said), "{said} is not in {}", told.out);
    }
}

/// Of three defects of each of eight kinds every one is reported, by a kind that its truth allows
/// and with its grids.
#[test]
fn every_planted_defect_of_a_generated_city_is_reported() {
    let desk = Desk::new();
    let scheme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/schemes/longgang.toml");
    let city = desk.path("city");
    let arguments = [
        "generate",
        "city",
        "--scheme",
        text(&scheme),
        "--defects",
        "3",
        "-o",
    ];
    run(&[&arguments[..], &[text(&city)]].concat()).expect_code(0);
    assert_eq!(validated(&city.join("grids.geojson"), &[]).1, 0);
    let truth = std::fs::read_to_string(city.join("defective/truth.json")).unwrap();
    let truth: Value = serde_json::from_str(&truth).unwrap();
    let truth = truth["defects"].as_array().unwrap();
    assert_eq!(truth.len(), 24);
    let (report, code) = validated(&city.join("defective/grids.geojson"), &[]);
    assert_eq!(code, 1);
    let reported = report["defects"].as_array().unwrap();
    for planted in truth {
        let has = |all: &Value, one: &Value| all.as_array().unwrap().contains(one);
        let fits = |defect: &&Value| {
            has(&planted["expect"], &defect["kind"]) && has(&defect["grids"], &planted["grid"])
        };
        let unmatched = planted["unmatched"].as_array().unwrap().first();
        let lacks = |defect: &&Value| {
            defect["kind"] == "unmatched-vertex"
                && unmatched.is_some_and(|vertex| has(&defect["grids"], &vertex["lacks"]))
        };
        assert!(reported.iter().any(|d| fits(&d) || lacks(&d)), "{planted}");
    }
}

#[test]
fn more_defects_than_there_is_room_for_are_refused_and_nothing_is_written() {
    let desk = Desk::new();
    let scheme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/schemes/longgang.toml");
    let city = desk.path("city");
    let arguments = [
        "--lang",
        "zh",
        "generate",
        "city",
        "--scheme",
        text(&scheme),
    ];
    let rest = ["--defects", "30", "-o", text(&city)];
    let ran = run(&[&arguments[..], &rest[..]].concat()).expect_code(2);
    assert!(ran.err.contains("请减少数量"), "{}", ran.err);
    assert!(!city.exists());
}
