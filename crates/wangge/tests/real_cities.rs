//! Real cities the whole way: files in, an answer out. Skipped where the boundaries are not there.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that panics has failed"
)]

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use rstest::rstest;
use serde_json::Value;
use support::{Desk, ONE_LEVEL, publish, real_data, run};

fn json(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The city wrote its own ward on every case: each must resolve to that ward.
#[test]
fn every_case_resolves_to_the_ward_that_the_city_wrote() {
    let Some(data) = real_data() else { return };
    let desk = Desk::new();
    let store = desk.store("wards.gpkg", ONE_LEVEL);
    publish(
        &store,
        &data.join("dc-grids/ward-2012.geojson"),
        &["--map", "code=WARD_ID,name=NAME"],
    );
    let cases = json(&data.join("dc-grids/bulk-collection-last-30-days.geojson"));
    let mut points = "id,lon,lat,ward\n".to_owned();
    let mut count = 0;
    for (id, case) in (0..).zip(cases["features"].as_array().unwrap()) {
        let position = case["geometry"]["coordinates"].as_array().unwrap();
        let ward = case["properties"]["WARD"].to_string();
        let ward = ward.trim_matches('"').trim_start_matches("Ward ");
        writeln!(points, "{id},{},{},{ward}", position[0], position[1]).unwrap();
        count += 1;
    }
    assert_eq!(count, 4280);
    let points = desk.write("cases.csv", &points);
    let answers = desk.path("answers.csv");
    run(&[
        "locate",
        "--store",
        store.to_str().unwrap(),
        "--points",
        points.to_str().unwrap(),
        "-o",
        answers.to_str().unwrap(),
    ])
    .expect_code(0);
    let mut answered = csv::Reader::from_path(&answers).unwrap();
    let header = answered.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|h| h == name).unwrap();
    let (ward, grid, status) = (column("ward"), column("grid"), column("status"));
    let mut agree = 0;
    for (row, id) in answered.records().zip(0..) {
        let row = row.unwrap();
        assert_eq!(&row[0], id.to_string(), "in order");
        assert_eq!(
            (&row[status], &row[grid]),
            ("inside", &row[ward]),
            "{row:?}"
        );
        agree += 1;
    }
    assert_eq!(agree, 4280);

    // and counted by ward they are as many as the city wrote
    let ran = run(&[
        "aggregate",
        points.to_str().unwrap(),
        "--store",
        store.to_str().unwrap(),
    ])
    .expect_code(0);
    let mut written = BTreeMap::<String, usize>::new();
    let mut rows = csv::Reader::from_path(&points).unwrap();
    for row in rows.records() {
        *written.entry(row.unwrap()[3].to_owned()).or_default() += 1;
    }
    let mut rows = csv::Reader::from_reader(ran.out.as_bytes());
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 8 + 2);
    for row in &rows {
        let count = written.get(&row[1]).copied().unwrap_or(0);
        assert_eq!(row[3], count.to_string(), "{row:?}");
    }
}

/// Every litter can of the city is counted in one district or outside of all.
#[test]
fn counts_of_litter_cans_add_up() {
    let Some(data) = real_data() else { return };
    let desk = Desk::new();
    let store = desk.store("districts.gpkg", ONE_LEVEL);
    publish(
        &store,
        &data.join("dc-grids/single-member-district-2013.geojson"),
        &["--map", "code=SMD_ID,name=NAME"],
    );
    let cans = json(&data.join("dc-grids/litter-cans.geojson"));
    let mut points = "lon,lat,one\n".to_owned();
    for can in cans["features"].as_array().unwrap() {
        let position = can["geometry"]["coordinates"].as_array().unwrap();
        writeln!(points, "{},{},0.1", position[0], position[1]).unwrap();
    }
    let points = desk.write("cans.csv", &points);
    let ran = run(&[
        "aggregate",
        points.to_str().unwrap(),
        "--store",
        store.to_str().unwrap(),
        "--sum",
        "one",
    ])
    .expect_code(0);
    let mut rows = csv::Reader::from_reader(ran.out.as_bytes());
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 296 + 2);
    let count = |row: &csv::StringRecord| row[3].parse::<usize>().unwrap();
    assert_eq!(rows.iter().map(count).sum::<usize>(), 5265);
    // tenths, exactly
    for row in &rows {
        let tenths = count(row);
        let expected = match tenths % 10 {
            0 => format!("{}", tenths / 10),
            rest => format!("{}.{rest}", tenths / 10),
        };
        assert_eq!(row[5], expected, "{row:?}");
    }
}

const DISTRICTS_IN_COMMISSIONS: &str = r#"
city = "dc"
name = "Washington DC"
[[level]]
id = "commission"
name = "commission"
code = '^\d[A-Z]$'
[[level]]
id = "district"
name = "single-member district"
code = '^\d[A-Z]\d\d$'
parent = { column = "ANC_ID" }
"#;

#[test]
fn districts_and_commissions_make_one_scheme() {
    let Some(data) = real_data() else { return };
    let desk = Desk::new();
    let store = desk.store("dc.gpkg", DISTRICTS_IN_COMMISSIONS);
    let store_text = store.to_str().unwrap();
    let commissions = data.join("dc-grids/advisory-neighborhood-commission-2013.geojson");
    run(&[
        "import",
        "grids",
        commissions.to_str().unwrap(),
        "--store",
        store_text,
        "--level",
        "commission",
        "--map",
        "code=ANC_ID,name=NAME",
    ])
    .expect_code(0);
    publish(
        &store,
        &data.join("dc-grids/single-member-district-2013.geojson"),
        &["--map", "code=SMD_ID,name=NAME"],
    );
    // the White House is in ANC 2A, and 2A07 by the city's own map of 2013
    let answer = run(&[
        "locate",
        "--store",
        store_text,
        "-77.03656",
        "38.89768",
        "--json",
    ]);
    let answer: Value = serde_json::from_str(&answer.expect_code(0).out).unwrap();
    assert_eq!(answer["chain"][0]["name"], "ANC 2A");
    assert_eq!(answer["chain"][0]["level"], "commission");
    assert!(
        answer["chain"][1]["code"]
            .as_str()
            .unwrap()
            .starts_with("2A")
    );
    assert_eq!(answer["status"], "inside");
}

/// An independent overlay finds that commissions 3G and 6D straddle two wards.
#[test]
fn wards_tried_above_commissions_name_the_commissions_that_cross_a_ward() {
    let Some(data) = real_data() else { return };
    let desk = Desk::new();
    let scheme = format!(
        "{}\nparent = {{ prefix = 1 }}\n{}",
        DISTRICTS_IN_COMMISSIONS.split("[[level]]\nid = \"district\"").next().unwrap().replace(
            "[[level]]\nid = \"commission\"",
            "[[level]]\nid = \"ward\"\nname = \"ward\"\ncode = '^\\d$'\n[[level]]\nid = \"commission\"",
        ),
        "[[level]]\nid = \"district\"".to_owned()
            + DISTRICTS_IN_COMMISSIONS.split("[[level]]\nid = \"district\"").nth(1).unwrap(),
    );
    let store = desk.store("dc.gpkg", &scheme);
    let store = store.to_str().unwrap();
    let import = |file: &str, level: &str, map: &str| {
        let file = data.join("dc-grids").join(file);
        let file = file.to_str().unwrap();
        run(&[
            "import", "grids", file, "--store", store, "--level", level, "--map", map, "--json",
        ])
        .expect_code(0)
    };
    import(
        "single-member-district-2013.geojson",
        "district",
        "code=SMD_ID,name=NAME",
    );
    let wards = import("ward-2012.geojson", "ward", "code=WARD_ID,name=NAME");
    let report: Value = serde_json::from_str(&wards.out).unwrap();
    let mut crossing: Vec<&str> = report["evidence"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|unit| unit["level"] == "ward")
        .flat_map(|unit| unit["straddlers"].as_array().unwrap())
        .filter(|straddler| straddler["depth_m"].as_f64().unwrap() > 30.0)
        .map(|straddler| straddler["code"].as_str().unwrap())
        .collect();
    crossing.sort_unstable();
    assert_eq!(crossing, ["3G", "6D"]);
}

#[test]
fn a_wgs84_point_finds_its_county_in_boundaries_declared_as_gcj02() {
    let Some(data) = real_data() else { return };
    let desk = Desk::new();
    let counties = data.join("cn-counties/211400_counties.geojson");
    let map = ["--map", "code=adcode,name=name"];
    let declared = desk.store("gcj02.gpkg", ONE_LEVEL);
    publish(
        &declared,
        &counties,
        &[&map[..], &["--crs", "gcj02"]].concat(),
    );
    let taken_as_wgs84 = desk.store("wgs84.gpkg", ONE_LEVEL);
    publish(&taken_as_wgs84, &counties, &map);
    let ask = |store: &Path, lon: &str, lat: &str, crs: &str| -> Value {
        let store = store.to_str().unwrap();
        let ran = run(&["locate", "--store", store, lon, lat, "--crs", crs, "--json"]);
        serde_json::from_str(&ran.expect_code(0).out).unwrap()
    };
    // the district's seat in WGS 84 and in GCJ-02, published by a map library as test data
    let wgs84 = ask(&declared, "120.8317499", "40.7095826", "wgs84");
    assert_eq!(wgs84["grid"]["code"], "211403");
    assert_eq!(wgs84["grid"]["name"], "龙港区");
    let gcj02 = ask(&declared, "120.8369425", "40.7110444", "gcj02");
    assert_eq!(gcj02["grid"]["code"], "211403");
    // the seat's numbers in the two systems are as far apart as a published table says: 463 m
    let shifted = run(&[
        "crs",
        "120.8317499",
        "40.7095826",
        "--from",
        "wgs84",
        "--to",
        "gcj02",
    ]);
    let numbers: Vec<f64> = shifted
        .expect_code(0)
        .out
        .split_whitespace()
        .map(|number| number.parse().unwrap())
        .collect();
    let (east, north) = (
        (numbers[0] - 120.831_749_9) * 84_470.0,
        (numbers[1] - 40.709_582_6) * 111_050.0,
    );
    let shift_m = east.hypot(north);
    println!("the same numbers read in the other system are {shift_m:.0} m away");
    assert!((shift_m - 463.0).abs() < 5.0, "{shift_m}");
    // so numbers near a border, read as WGS 84 where they are GCJ-02, land in the neighbour
    let mut points = "id,lon,lat\n".to_owned();
    for id in 0..10_000 {
        let (x, y) = (f64::from(id % 100), f64::from(id / 100));
        writeln!(
            points,
            "{id},{:.4},{:.4}",
            120.6 + x * 0.005,
            40.5 + y * 0.004
        )
        .unwrap();
    }
    let points = desk.write("points.csv", &points);
    let counties_of = |store: &Path| -> Vec<String> {
        let points = points.to_str().unwrap();
        let ran = run(&[
            "locate",
            "--store",
            store.to_str().unwrap(),
            "--points",
            points,
        ]);
        let out = ran.expect_code(0).out;
        let mut answers = csv::Reader::from_reader(out.as_bytes());
        let grid = answers
            .headers()
            .unwrap()
            .iter()
            .position(|h| h == "grid")
            .unwrap();
        answers
            .records()
            .map(|row| row.unwrap()[grid].to_owned())
            .collect()
    };
    let (right, wrong) = (counties_of(&declared), counties_of(&taken_as_wgs84));
    let elsewhere = right.iter().zip(&wrong).filter(|(a, b)| a != b).count();
    println!("{elsewhere} of 10,000 points land in another county");
    assert!(elsewhere > 20, "{elsewhere}");
}

#[test]
fn a_gbk_shapefile_gives_chinese_names_without_being_told() {
    let Some(data) = real_data() else { return };
    let desk = Desk::new();
    let store = desk.store("chongqing.gpkg", ONE_LEVEL);
    publish(
        &store,
        &data.join("chongqing-gbk/区县界_area.shp"),
        &["--map", "code=ADMINCODE"],
    );
    let store = store.to_str().unwrap();
    // the People's Liberation Monument of 渝中区
    let answer = run(&["locate", "--store", store, "106.5770", "29.5570", "--json"]);
    let answer: Value = serde_json::from_str(&answer.expect_code(0).out).unwrap();
    assert_eq!(answer["grid"]["name"], "渝中区");
}

#[test]
fn repeated_codes_are_listed_and_refused_or_become_parts_of_one_grid() {
    let Some(data) = real_data() else { return };
    let desk = Desk::new();
    let file = data.join("tottori-chome/31-tottori-all.shp");
    let store = desk.store("tottori.gpkg", ONE_LEVEL);
    let import = |more: &[&str]| {
        let mut arguments = vec![
            "import",
            "grids",
            file.to_str().unwrap(),
            "--store",
            store.to_str().unwrap(),
            "--map",
            "code=KEY_CODE,name=MOJI",
        ];
        arguments.extend(more);
        run(&arguments)
    };
    let refused = import(&[]).expect_code(2).message();
    assert!(
        refused.contains("14 codes stand on several rows"),
        "{refused}"
    );
    assert!(
        refused.contains("312012130 on rows 15, 16, 17, 18"),
        "{refused}"
    );
    let merged = import(&["--merge-parts", "--json"]).expect_code(0);
    let report: Value = serde_json::from_str(&merged.out).unwrap();
    assert_eq!(report["files"][0]["rows"], 2504);
    assert_eq!(report["files"][0]["merged"].as_array().unwrap().len(), 14);
    assert_eq!(report["files"][0]["crs"]["system"], "EPSG:4612");
    run(&["publish", "--store", store.to_str().unwrap()]).expect_code(0);
    // 鳥取駅 (Tottori station) stands in 東品治町
    let answer = run(&[
        "locate",
        "--store",
        store.to_str().unwrap(),
        "134.2277",
        "35.4938",
        "--json",
    ]);
    let answer: Value = serde_json::from_str(&answer.expect_code(0).out).unwrap();
    assert_eq!(answer["grid"]["name"], "東品治町");
}

/// The states are those of an independent check with GEOS 3.13.
#[rstest]
#[case("dc-grids/ward-2012.geojson", "WARD_ID", 0)]
#[case("dc-grids/advisory-neighborhood-commission-2013.geojson", "ANC_ID", 0)]
#[case("dc-grids/single-member-district-2013.geojson", "SMD_ID", 0)]
#[case("dc-grids/voting-precinct-2008.geojson", "NAME", 0)]
#[case("dc-grids/voting-precinct-2012.geojson", "NAME", 1)]
#[case("cn-counties/211400_counties.geojson", "adcode", 0)]
#[case("cn-counties/360700_counties.geojson", "adcode", 0)]
#[case("chongqing-gbk/区县界_area.shp", "ADMINCODE", 0)]
#[case("chongqing-gbk/adcode-gcj02.geojson", "adcode", 1)]
#[case("calgary-wards/wards-2013.geojson", "ward_num", 0)]
#[case("calgary-wards/wards-2017.geojson", "ward_num", 0)]
#[case("india-wards/Bhopal_Bhopal_wards.geojson", "Ward_Number", 1)]
fn a_real_coverage_is_validated_as_an_independent_engine_says(
    #[case] file: &str,
    #[case] code: &str,
    #[case] expected: i32,
) {
    let Some(data) = real_data() else { return };
    let file = data.join(file);
    let file = file.to_str().unwrap();
    // Bhopal has its ward 76 on two rows, and a ring that is not closed
    let ran = run(&[
        "validate",
        file,
        "--code",
        code,
        "--merge-parts",
        "--skip-invalid",
        "--format",
        "json",
    ])
    .expect_code(expected);
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(report["seamless"], expected == 0);
    assert_eq!(report["against"], "own-rim");
    if file.ends_with("adcode-gcj02.geojson") {
        let gaps = report["defects"].as_array().unwrap();
        assert_eq!(gaps.iter().filter(|d| d["kind"] == "gap").count(), 4);
    }
}
