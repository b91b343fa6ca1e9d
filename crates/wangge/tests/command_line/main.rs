//! The command line as an operator meets it: exit codes, messages, whole or not at all.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a test that panics has failed"
)]

mod accuracy;
mod aggregate;
#[path = "../support/mod.rs"]
mod support;
mod track_reference;
mod tracks;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use rstest::rstest;
use serde_json::Value;
use support::{Desk, ONE_LEVEL, publish, run};

/// Squares of 0.001 degree in rows of `width`, as GeoJSON; each takes the attributes it is given.
fn squares(count: usize, width: usize, properties: impl Fn(usize) -> String) -> String {
    let mut features = Vec::with_capacity(count);
    for i in 0..count {
        // whole thousandths divided once, so that neighbours have the same numbers
        let lon = |x: usize| (120_800 + x) as f64 / 1000.0;
        let lat = |y: usize| (40_700 + y) as f64 / 1000.0;
        let (x, y) = (i % width, i / width);
        let (west, east, south, north) = (lon(x), lon(x + 1), lat(y), lat(y + 1));
        features.push(format!(
            r#"{{"type":"Feature","properties":{{{}}},"geometry":{{"type":"Polygon","coordinates":[[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]]}}}}"#,
            properties(i)
        ));
    }
    format!(
        r#"{{"type":"FeatureCollection","features":[{}]}}"#,
        features.join(",")
    )
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_plan_goes_from_a_file_to_an_answer() {
    let desk = Desk::new();
    let store = desk.store("city.gpkg", ONE_LEVEL);
    let file = desk.write(
        "grids.geojson",
        &squares(12, 4, |i| format!(r#""code":"G{i:02}","name":"第{i}网格""#)),
    );
    publish(&store, &file, &["--plan", "one"]);
    let inside = run(&["locate", "--store", text(&store), "120.8015", "40.7005"]).expect_code(0);
    assert!(inside.out.contains("G01\t第1网格"), "{}", inside.out);
    let outside = run(&["locate", "--store", text(&store), "120.7", "40.7"]).expect_code(0);
    assert!(outside.out.contains("outside all grids"), "{}", outside.out);
    // 0.0001 degree west of the rim at 40.7005 N: 8.45 m by the length of a degree there
    let near = run(&[
        "locate",
        "--store",
        text(&store),
        "120.7999",
        "40.7005",
        "--near",
        "10",
        "--json",
    ])
    .expect_code(0);
    let near: Value = serde_json::from_str(&near.out).unwrap();
    assert_eq!(
        (&near["status"], &near["grid"]["code"]),
        (&"near".into(), &"G00".into())
    );
    assert!(
        (near["distance_m"].as_f64().unwrap() - 8.45).abs() < 0.02,
        "{near}"
    );
}

#[test]
fn a_file_of_points_is_answered_in_order_with_bad_rows_in_their_places() {
    let desk = Desk::new();
    let store = desk.store("city.gpkg", ONE_LEVEL);
    let file = desk.write(
        "grids.geojson",
        &squares(4, 2, |i| format!(r#""code":"{i}""#)),
    );
    publish(&store, &file, &[]);
    // a byte-order mark, as spreadsheets write it, and columns of the person's own
    let points = desk.write(
        "points.csv",
        "\u{feff}who,x,y\n甲,120.8005,40.7005\n乙,nowhere,40.7\n丙,120.8015,40.7015\n丁,500,40\n戊,120.8\n",
    );
    let ran = run(&[
        "locate",
        "--store",
        text(&store),
        "--points",
        text(&points),
        "--lon",
        "x",
        "--lat",
        "y",
    ])
    .expect_code(0);
    let mut rows = csv::Reader::from_reader(ran.out.as_bytes());
    let rows: Vec<Vec<String>> = rows
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect();
    let short: Vec<(&str, &str, &str)> = rows
        .iter()
        .map(|row| (row[0].as_str(), row[3].as_str(), row[4].as_str()))
        .collect();
    assert_eq!(
        short,
        [
            ("甲", "inside", "0"),
            ("乙", "invalid", ""),
            ("丙", "inside", "3"),
            ("丁", "invalid", ""),
            ("戊", "invalid", ""),
        ]
    );
    assert!(rows[1].last().unwrap().contains("nowhere"));
    assert!(rows[3].last().unwrap().contains("500"));
}

const STREETS_AND_GRIDS: &str = r#"
city = "test"
name = "test"
[[level]]
id = "street"
name = "街道"
code = '^\d{3}$'
[[level]]
id = "grid"
name = "网格"
code = '^(?<street>\d{3})\d{3}$'
parent = { prefix = 3 }
"#;

#[rstest]
#[case::a_code_that_is_none_of_the_scheme("12", "12")]
#[case::a_code_of_letters("ABCDEF", "ABCDEF")]
fn an_import_that_breaks_the_scheme_leaves_the_store_as_it_was(
    #[case] code: &str,
    #[case] named: &str,
) {
    let desk = Desk::new();
    let store = desk.store("city.gpkg", STREETS_AND_GRIDS);
    let before = std::fs::read(&store).unwrap();
    let file = desk.write(
        "grids.geojson",
        &squares(3, 3, |i| {
            let code = if i == 2 {
                code.to_owned()
            } else {
                format!("00100{i}")
            };
            format!(r#""code":"{code}""#)
        }),
    );
    let refused = run(&["import", "grids", text(&file), "--store", text(&store)]).expect_code(2);
    assert!(refused.message().contains(named), "{}", refused.err);
    assert_eq!(std::fs::read(&store).unwrap(), before);
}

#[test]
fn upper_levels_are_dissolved_and_named() {
    let desk = Desk::new();
    let store = desk.store("city.gpkg", STREETS_AND_GRIDS);
    let grids = desk.write(
        "grids.geojson",
        &squares(6, 3, |i| format!(r#""code":"00{}00{i}""#, i / 3)),
    );
    let streets = desk.write(
        "streets.csv",
        "code,name,wkt\n\
         000,南街,\"POLYGON((120.8 40.7,120.803 40.7,120.803 40.701,120.8 40.701,120.8 40.7))\"\n\
         001,北街,\"POLYGON((120.8 40.701,120.803 40.701,120.803 40.7025,120.8 40.7025,120.8 40.701))\"\n",
    );
    publish_two_levels(&store, &grids, &streets);
    let answer = run(&[
        "locate",
        "--store",
        text(&store),
        "120.8005",
        "40.7015",
        "--json",
    ]);
    let answer: Value = serde_json::from_str(&answer.expect_code(0).out).unwrap();
    assert_eq!(answer["chain"][0]["name"], "北街");
    // what is exported for a street is the ground of its grids, not what the file drew
    let exported = desk.path("streets.geojson");
    run(&[
        "export",
        "grids",
        "--store",
        text(&store),
        "--level",
        "street",
        "-o",
        text(&exported),
    ])
    .expect_code(0);
    let exported: Value =
        serde_json::from_str(&std::fs::read_to_string(exported).unwrap()).unwrap();
    let north = exported["features"]
        .as_array()
        .unwrap()
        .iter()
        .find(|f| f["properties"]["code"] == "001")
        .unwrap();
    let top = north["geometry"].to_string();
    assert!(top.contains("40.702") && !top.contains("40.7025"), "{top}");
}

fn publish_two_levels(store: &Path, grids: &Path, streets: &Path) {
    run(&["import", "grids", text(grids), "--store", text(store)]).expect_code(0);
    let imported = run(&[
        "import",
        "grids",
        text(streets),
        "--store",
        text(store),
        "--level",
        "street",
        "--crs",
        "wgs84",
    ])
    .expect_code(0);
    // 北街 is drawn half a grid too far north: its grids do not fill it
    assert!(imported.out.contains("001"), "{}", imported.out);
    // and what is drawn for the top level is what they must cover
    let refused = run(&["publish", "--store", text(store)]).expect_code(2);
    assert!(
        refused.err.contains("parent-uncovered") || refused.err.contains("is not covered"),
        "{}",
        refused.err
    );
    run(&[
        "publish",
        "--store",
        text(store),
        "--accept",
        "parent-uncovered=图上多画了半格",
    ])
    .expect_code(0);
}

#[test]
fn a_plan_with_a_gap_is_not_published_and_says_where() {
    let desk = Desk::new();
    let store = desk.store("city.gpkg", ONE_LEVEL);
    let text_of_all = squares(9, 3, |i| format!(r#""code":"{i}""#));
    let mut all: Value = serde_json::from_str(&text_of_all).unwrap();
    all["features"].as_array_mut().unwrap().remove(4);
    let file = desk.write("grids.geojson", &all.to_string());
    run(&["import", "grids", text(&file), "--store", text(&store)]).expect_code(0);
    run(&["publish", "--store", text(&store)]).expect_code(2);
    let verdict = run(&["validate", "--store", text(&store), "--format", "json"]).expect_code(1);
    let verdict: Value = serde_json::from_str(&verdict.out).unwrap();
    assert_eq!(verdict["defects"][0]["kind"], "gap");
    assert_eq!(
        verdict["defects"][0]["grids"].as_array().unwrap().len(),
        4,
        "the four neighbours of the hole"
    );
    // nothing is served
    run(&["locate", "--store", text(&store), "120.8005", "40.7005"]).expect_code(2);
    // within an outline that has the hole, the same grids are sound
    let outline = desk.write(
        "outline.geojson",
        r#"{"type":"Polygon","coordinates":[[[120.8,40.7],[120.803,40.7],[120.803,40.703],[120.8,40.703],[120.8,40.7]],[[120.801,40.701],[120.801,40.702],[120.802,40.702],[120.802,40.701],[120.801,40.701]]]}"#,
    );
    let within = run(&[
        "validate",
        "--store",
        text(&store),
        "--within",
        text(&outline),
    ]);
    assert!(within.expect_code(0).out.contains("within the outline"));
}

#[rstest]
#[case("geojson")]
#[case("ndjson")]
#[case("gpkg")]
#[case("shp")]
#[case("fgb")]
#[case("csv")]
fn what_is_exported_can_be_imported_again_and_is_the_same(#[case] extension: &str) {
    let desk = Desk::new();
    let store = desk.store("city.gpkg", ONE_LEVEL);
    let file = desk.write(
        "grids.geojson",
        &squares(20, 5, |i| {
            format!(r#""code":"{i:02}","name":"第{i}网格","kind":"urban","households":{i}"#)
        }),
    );
    publish(&store, &file, &[]);
    let out = desk.path(&format!("out.{extension}"));
    run(&["export", "grids", "--store", text(&store), "-o", text(&out)]).expect_code(0);
    let again = desk.store("again.gpkg", ONE_LEVEL);
    publish(&again, &out, &["--crs", "EPSG:4490"]);
    let grids = |store: &Path| -> Vec<(String, Option<String>, Option<u32>)> {
        let base = rusqlite::Connection::open(store).unwrap();
        let mut rows = base
            .prepare(
                "SELECT code, name, households FROM units
                 JOIN shapes ON shapes.id = units.shape ORDER BY code",
            )
            .unwrap();
        rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect()
    };
    let (there, here) = (grids(&store), grids(&again));
    assert_eq!(there.len(), 20);
    assert_eq!(there, here);
    let ask = |store: &Path| {
        run(&[
            "locate",
            "--store",
            text(store),
            "120.8025",
            "40.7035",
            "--json",
        ])
        .expect_code(0)
        .out
    };
    let code = |answer: &str| -> Value {
        serde_json::from_str::<Value>(answer).unwrap()["grid"]["code"].clone()
    };
    assert_eq!(code(&ask(&store)), code(&ask(&again)));
}

#[test]
fn a_projected_file_comes_back_seamless_from_its_own_system() {
    let desk = Desk::new();
    let store = desk.store("city.gpkg", ONE_LEVEL);
    let file = desk.write(
        "grids.geojson",
        &squares(30, 6, |i| format!(r#""code":"{i:02}""#)),
    );
    publish(&store, &file, &[]);
    let out = desk.path("out.gpkg");
    run(&[
        "export",
        "grids",
        "--store",
        text(&store),
        "--crs",
        "EPSG:4549",
        "-o",
        text(&out),
    ])
    .expect_code(0);
    let verdict = run(&["validate", text(&out), "--format", "json"]).expect_code(0);
    let verdict: Value = serde_json::from_str(&verdict.out).unwrap();
    assert_eq!(verdict["seamless"], true);
    assert_eq!(verdict["grids"], 30);
}

/// Whenever it is killed, the plan is there as a whole or not at all.
#[test]
fn a_killed_import_is_there_as_a_whole_or_not_at_all() {
    let desk = Desk::new();
    let store = desk.store("city.gpkg", ONE_LEVEL);
    let first = desk.write(
        "first.geojson",
        &squares(4, 2, |i| format!(r#""code":"{i}""#)),
    );
    publish(&store, &first, &["--plan", "first"]);
    let large = desk.write(
        "large.geojson",
        &squares(8_000, 100, |i| format!(r#""code":"{i}""#)),
    );
    let plans = || -> Vec<(String, u64)> {
        let base = rusqlite::Connection::open(&store).unwrap();
        let whole: String = base
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .unwrap();
        assert_eq!(whole, "ok");
        let mut rows = base
            .prepare("SELECT name, (SELECT count(*) FROM units WHERE plan = plans.id) FROM plans")
            .unwrap();
        rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect()
    };
    let before = plans();
    assert_eq!(before, [("first".to_owned(), 4)]);
    let mut killed = 0;
    for round in 0..12u64 {
        let mut import = Command::new(env!("CARGO_BIN_EXE_wangge"))
            .args(["import", "grids", text(&large), "--store", text(&store)])
            .args(["--plan", "second"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(60 * round + 20));
        import.kill().unwrap();
        let ended = import.wait().unwrap().success();
        let after = plans();
        if after != before {
            // it was committed before it ended or was killed: then all of it is there
            let whole = ("second".to_owned(), 8_000);
            assert_eq!(after, [before[0].clone(), whole], "round {round}");
            break;
        }
        assert!(!ended, "an import that succeeds is there");
        killed += 1;
    }
    assert!(killed > 0);
    run(&["locate", "--store", text(&store), "120.8005", "40.7005"]).expect_code(0);
}

#[test]
fn positions_are_converted_one_by_one_and_as_a_stream() {
    // EPSG:4490 to EPSG:4549, a vector worked out with PROJ 9.5.1 for another program
    let one = run(&[
        "crs",
        "120.85",
        "40.72",
        "--from",
        "cgcs2000",
        "--to",
        "EPSG:4549",
    ]);
    let numbers = |text: &str| -> Vec<f64> {
        text.split_whitespace()
            .map(|n| n.parse().unwrap())
            .collect()
    };
    let one = numbers(&one.expect_code(0).out);
    assert!((one[0] - 571_817.089).abs() < 0.001 && (one[1] - 4_509_826.491).abs() < 0.001);
    let mut stream = Command::new(env!("CARGO_BIN_EXE_wangge"))
        .args(["crs", "--from", "cgcs2000", "--to", "EPSG:4549"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(
        &mut stream.stdin.take().unwrap(),
        b"120.85 40.72\n\n120.71,36.98\n",
    )
    .unwrap();
    let out = String::from_utf8(stream.wait_with_output().unwrap().stdout).unwrap();
    let lines: Vec<Vec<f64>> = out.lines().map(numbers).collect();
    assert_eq!(lines[0], one);
    assert!(
        (lines[1][0] - 563_215.287).abs() < 0.001 && (lines[1][1] - 4_094_527.040).abs() < 0.001
    );
}

#[test]
fn a_local_system_keeps_its_parameters_to_itself() {
    let secret = "+proj=tmerc +lat_0=0 +lon_0=120.123456 +k=1 +x_0=51234.5 +y_0=-4000000 +ellps=GRS80 +towgs84=0,0,0";
    let out_of_range = run(&["crs", "--from", secret, "--to", "wgs84", "1e12", "1e12"]);
    assert_eq!(out_of_range.code, 2, "{}", out_of_range.err);
    for parameter in ["120.123456", "51234.5"] {
        assert!(
            !out_of_range.err.contains(parameter),
            "{}",
            out_of_range.err
        );
    }
}

#[test]
fn every_command_helps_with_an_example() {
    for command in [
        vec!["demo"],
        vec!["init"],
        vec!["import", "grids"],
        vec!["validate"],
        vec!["publish"],
        vec!["locate"],
        vec!["aggregate"],
        vec!["serve"],
        vec!["export", "grids"],
        vec!["crs"],
        vec!["generate", "city"],
    ] {
        let mut arguments = command.clone();
        arguments.push("--help");
        let help = run(&arguments).expect_code(0);
        assert!(help.out.contains("Example"), "{command:?}: {}", help.out);
        let example = format!("wangge {}", command.join(" "));
        assert!(help.out.contains(&example), "{command:?}: {}", help.out);
    }
}

/// A store that a city of 10,000 grids fits into, and how long that takes, for the log.
#[test]
fn ten_thousand_grids_go_in_and_answer() {
    let desk = Desk::new();
    let store = desk.store("city.gpkg", ONE_LEVEL);
    let file: PathBuf = desk.write(
        "grids.geojson",
        &squares(10_000, 100, |i| format!(r#""code":"{i:05}""#)),
    );
    publish(&store, &file, &[]);
    let mut points = "id,lon,lat\n".to_owned();
    for i in 0..10_000usize {
        writeln!(
            points,
            "{i},{:.4},{:.4}",
            120.8005 + (i % 100) as f64 / 1000.0,
            40.7005 + (i / 100) as f64 / 1000.0
        )
        .unwrap();
    }
    let points = desk.write("points.csv", &points);
    let ran = run(&["locate", "--store", text(&store), "--points", text(&points)]).expect_code(0);
    let mut rows = csv::Reader::from_reader(ran.out.as_bytes());
    let wrong = rows
        .records()
        .zip(0..)
        .filter(|(row, i)| row.as_ref().unwrap()[4] != format!("{i:05}"))
        .count();
    assert_eq!(wrong, 0);
}

#[test]
fn an_output_never_takes_the_place_of_a_store_or_of_what_is_read() {
    let desk = Desk::new();
    let store = desk.store("city.gpkg", ONE_LEVEL);
    let file = desk.write(
        "grids.geojson",
        &squares(4, 2, |i| format!(r#""code":"{i}""#)),
    );
    publish(&store, &file, &[]);
    let points = desk.write("points.csv", "id,lon,lat\n1,120.8005,40.7005\n");
    let alias = desk.path("alias.csv");
    std::os::unix::fs::symlink(&points, &alias).unwrap();
    let other = desk.store("other.gpkg", ONE_LEVEL);
    let before: Vec<Vec<u8>> = [&store, &file, &points, &other]
        .map(|path| std::fs::read(path).unwrap())
        .to_vec();
    let (store_text, points_text) = (text(&store), text(&points));
    for command in [
        vec![
            "locate",
            "--store",
            store_text,
            "--points",
            points_text,
            "-o",
            store_text,
        ],
        vec![
            "locate",
            "--store",
            store_text,
            "--points",
            points_text,
            "-o",
            points_text,
        ],
        vec![
            "locate",
            "--store",
            store_text,
            "--points",
            points_text,
            "-o",
            text(&alias),
        ],
        vec!["export", "grids", "--store", store_text, "-o", store_text],
        vec!["export", "grids", "--store", store_text, "-o", text(&other)],
        vec!["validate", "--store", store_text, "-o", store_text],
        vec!["validate", text(&file), "-o", text(&file)],
    ] {
        let refused = run(&command).expect_code(2);
        assert!(
            refused.message().contains("-o"),
            "{command:?}: {}",
            refused.err
        );
    }
    for (path, before) in [&store, &file, &points, &other].into_iter().zip(before) {
        assert_eq!(std::fs::read(path).unwrap(), before, "{}", path.display());
    }
    // a device is written to and stays one
    run(&[
        "locate",
        "--store",
        store_text,
        "--points",
        points_text,
        "-o",
        "/dev/null",
    ])
    .expect_code(0);
    let null = std::fs::metadata("/dev/null").unwrap();
    assert!(!null.is_file());
    // what stands there otherwise gives way, as a whole
    let answers = desk.write("answers.csv", "old");
    run(&[
        "locate",
        "--store",
        store_text,
        "--points",
        points_text,
        "-o",
        text(&answers),
    ])
    .expect_code(0);
    assert!(
        std::fs::read_to_string(&answers)
            .unwrap()
            .contains("inside")
    );
}

/// A `.prj` that stays behind would put the new numbers into the old system.
#[test]
fn a_shapefile_that_is_written_over_loses_what_belonged_to_the_old_one() {
    let desk = Desk::new();
    let store = desk.store("city.gpkg", ONE_LEVEL);
    let file = desk.write(
        "grids.geojson",
        &squares(4, 2, |i| format!(r#""code":"{i}""#)),
    );
    publish(&store, &file, &[]);
    let out = desk.path("out.shp");
    run(&["export", "grids", "--store", text(&store), "-o", text(&out)]).expect_code(0);
    assert!(desk.path("out.prj").exists());
    run(&[
        "export",
        "grids",
        "--store",
        text(&store),
        "-o",
        text(&out),
        "--crs",
        "gcj02",
    ])
    .expect_code(0);
    assert!(!desk.path("out.prj").exists());
    let silent = run(&["validate", text(&out)]).expect_code(2);
    assert!(silent.message().contains("--crs"), "{}", silent.err);
}

/// A field of fifteen decimals has no room for the area of a district: GDAL then cuts the number
/// and says so on standard error.
#[test]
fn the_area_of_a_district_has_room_in_a_shapefile() {
    let desk = Desk::new();
    let store = desk.store("city.gpkg", ONE_LEVEL);
    let file = desk.write(
        "grids.geojson",
        r#"{"type":"Feature","properties":{"code":"A"},"geometry":{"type":"Polygon","coordinates":[[[120,40],[121,40],[121,41],[120,41],[120,40]]]}}"#,
    );
    publish(&store, &file, &[]);
    let out = desk.path("out.shp");
    let ran = run(&["export", "grids", "--store", text(&store), "-o", text(&out)]).expect_code(0);
    assert!(!ran.err.contains("Warning"), "{}", ran.err);
}
