//! Tracks of devices: visits against a slow reference on real ones, and by hand.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use geo::{Coord, LineString, MultiPolygon, Polygon};

use crate::support::{Desk, ONE_LEVEL, Ran, publish, real_data, run, run_in};
use crate::track_reference::{Position, Reference};

/// Rows of a table as maps from column to field.
fn rows(csv: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let header = reader.headers().unwrap().clone();
    let rows = reader.records().map(Result::unwrap);
    rows.map(|row| {
        let fields = header.iter().zip(row.iter());
        fields
            .map(|(column, field)| (column.to_owned(), field.to_owned()))
            .collect()
    })
    .collect()
}

/// A coverage of crooked cells over the extent of the trucks; its corners are whole ten-millionths of a degree.
fn crooked_cells() -> Vec<(String, Vec<[f64; 2]>)> {
    let corner = |i: u32, j: u32| {
        // some way off the mesh, the same at each call
        let off = |n: u32| f64::from((i * 37 + j * 61 + n * 17) % 29) / 29.0 * 0.003;
        let round = |degrees: f64| (degrees * 1e7).round() / 1e7;
        [
            round(-74.125 + f64::from(i) * 0.0065 + off(1)),
            round(40.655 + f64::from(j) * 0.0065 + off(2)),
        ]
    };
    let mut cells = Vec::new();
    for j in 0..15 {
        for i in 0..16 {
            // the trucks go beyond these corners
            if i + j > 17 || i + j < 5 {
                continue;
            }
            let ring = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1), (i, j)];
            let ring = ring.iter().map(|&(i, j)| corner(i, j)).collect();
            cells.push((format!("{i:02}{j:02}"), ring));
        }
    }
    cells
}

fn geojson(cells: &[(String, Vec<[f64; 2]>)]) -> String {
    let mut text = r#"{"type":"FeatureCollection","features":["#.to_owned();
    for (n, (code, ring)) in cells.iter().enumerate() {
        let comma = if n == 0 { "" } else { "," };
        write!(
            text,
            r#"{comma}{{"type":"Feature","properties":{{"code":"{code}"}},"geometry":{{"type":"Polygon","coordinates":[{ring:?}]}}}}"#
        )
        .unwrap();
    }
    text + "]}"
}

fn published(desk: &Desk, cells: &[(String, Vec<[f64; 2]>)]) -> PathBuf {
    let store = desk.store("city.gpkg", ONE_LEVEL);
    publish(&store, &desk.write("cells.geojson", &geojson(cells)), &[]);
    store
}

/// The refuse trucks of a real city, out of order and with moments told twice, over cells that are made up.
#[test]
fn visits_of_real_trucks_are_those_of_a_slow_reference() {
    let Some(data) = real_data() else { return };
    let trucks = data.join("jersey-trucks/garbage-trucks.csv");
    let desk = Desk::new();
    let cells = crooked_cells();
    let store = published(&desk, &cells);
    let ran = run(&[
        "track",
        trucks.to_str().unwrap(),
        "--store",
        store.to_str().unwrap(),
        "--device",
        "truck",
        "--time",
        "time_local",
        "--zone",
        "America/New_York",
    ])
    .expect_code(0);
    let told = rows(&ran.out);

    let polygon = |ring: &Vec<[f64; 2]>| {
        let ring: Vec<Coord> = ring.iter().map(|&[x, y]| Coord { x, y }).collect();
        MultiPolygon::from(Polygon::new(LineString(ring), Vec::new()))
    };
    let reference = Reference {
        grids: cells
            .iter()
            .map(|(code, ring)| (code.clone(), polygon(ring)))
            .collect(),
    };
    let mut positions: BTreeMap<String, Vec<Position>> = BTreeMap::new();
    let mut reader = csv::Reader::from_path(&trucks).unwrap();
    for row in reader.records().map(Result::unwrap) {
        let degrees = |text: &str| (text.parse::<f64>().unwrap() * 1e7).round() / 1e7;
        let moment: jiff::Timestamp = format!("{}-05:00", &row[3]).parse().unwrap();
        let position = Position {
            second: seconds(moment),
            place: Coord {
                x: degrees(&row[1]),
                y: degrees(&row[2]),
            },
        };
        positions
            .entry(row[0].to_owned())
            .or_default()
            .push(position);
    }
    assert_eq!(positions.len(), 34);
    assert_eq!(positions.values().map(Vec::len).sum::<usize>(), 3813);
    let (mut visits, mut unused) = (0, 0);
    for (truck, positions) in &positions {
        let (expected, expected_unused) = reference.visits(positions);
        let of_truck = told.iter().filter(|row| row["device"] == *truck);
        let (rejected, of_truck): (Vec<_>, Vec<_>) =
            of_truck.partition(|row| row["status"] == "rejected");
        assert_eq!(rejected.len(), expected_unused, "{truck}");
        assert_eq!(of_truck.len(), expected.len(), "{truck}");
        for (row, (grid, entered, left)) in of_truck.iter().zip(&expected) {
            assert_eq!(row["code"], grid.clone().unwrap_or_default(), "{row:?}");
            for (column, expected) in [("entered", entered), ("left", left)] {
                let moment: jiff::Timestamp = row[column].parse().unwrap();
                assert!(
                    (seconds(moment) - expected).abs() < 2e-3,
                    "{row:?} {expected}"
                );
            }
            assert!(row["entered"].ends_with("-05:00"), "{row:?}");
        }
        visits += expected.len();
        unused += expected_unused;
    }
    println!(
        "{visits} visits of 34 trucks, {unused} positions not used: {}",
        ran.err.trim()
    );
    assert!(visits > 400, "{visits}");
}

fn seconds(moment: jiff::Timestamp) -> f64 {
    moment.as_duration().as_secs_f64()
}

/// Two squares of 0.01 degree side by side, with the border at longitude 120.01.
fn pair(desk: &Desk) -> PathBuf {
    let square = |west: f64| {
        let east = west + 0.01;
        vec![
            [west, 40.0],
            [east, 40.0],
            [east, 40.01],
            [west, 40.01],
            [west, 40.0],
        ]
    };
    published(
        desk,
        &[
            ("W".to_owned(), square(120.0)),
            ("E".to_owned(), square(120.01)),
        ],
    )
}

fn track(desk: &Desk, store: &Path, csv: &str, options: &[&str]) -> Ran {
    let file = desk.write("tracks.csv", csv);
    let mut arguments = vec![
        "track",
        file.to_str().unwrap(),
        "--store",
        store.to_str().unwrap(),
    ];
    arguments.extend(options);
    run(&arguments)
}

#[test]
fn every_row_is_in_a_visit_or_told_why_not() {
    let desk = Desk::new();
    let store = pair(&desk);
    let csv = "device,time,lon,lat,accuracy\n\
        a,2026-05-01T08:00:00+08:00,120.009,40.005,5\n\
        a,2026-05-01T08:01:00+08:00,120.011,40.005,5\n\
        a,2026-05-01T08:01:00+08:00,120.011,40.005,5\n\
        a,2026-05-01T08:00:30+08:00,120.5,40.005,5\n\
        a,2026-05-01T08:02:00+08:00,120.012,40.005,500\n\
        a,2026-05-01T08:02:30+08:00,120.012,40.005,\n\
        b,2026-05-01 08:00:00,120.002,40.002,\n\
        ,2026-05-01T08:00:00Z,120.002,40.002,\n\
        b,noon,120.002,40.002,\n\
        b,2026-05-01T08:00:00Z,east,40.002,\n\
        b,2026-05-01T08:00:00Z,NaN,40.002,\n\
        b,2026-05-01T08:00:00Z,120.002,40.002,-3\n\
        b,2026-05-01T08:00:00Z,120.002\n";
    let ran = track(&desk, &store, csv, &[]).expect_code(0);
    let told = rows(&ran.out);
    let of_status = |status: &str| {
        let rows = told.iter().filter(|row| row["status"] == status);
        rows.map(|row| (row["row"].clone(), row["problem"].clone()))
            .collect::<Vec<_>>()
    };
    let invalid = of_status("invalid");
    let numbers: Vec<&str> = invalid.iter().map(|(row, _)| row.as_str()).collect();
    assert_eq!(numbers, ["7", "8", "9", "10", "11", "12", "13"]);
    for (at, word) in [
        (0, "--zone"),
        (1, "no device"),
        (2, "\"noon\""),
        (3, "\"east\""),
        (4, "NaN"),
        (5, "\"-3\""),
        (6, "3 fields"),
    ] {
        assert!(invalid[at].1.contains(word), "{:?} {word}", invalid[at]);
    }
    let rejected = of_status("rejected");
    let expected = [("4", "impossible-speed"), ("5", "inaccurate")];
    assert!(
        rejected
            .iter()
            .map(|(row, why)| (row.as_str(), why.as_str()))
            .eq(expected)
    );
    let visits: Vec<_> = told
        .iter()
        .filter(|row| row["status"] == "inside")
        .collect();
    assert_eq!(visits.len(), 2);
    // half-way between the two positions, to the millisecond, in UTC as no zone is stated
    assert_eq!(visits[0]["left"], "2026-05-01T00:00:30Z");
    assert_eq!((&*visits[0]["code"], &*visits[1]["code"]), ("W", "E"));
    assert_eq!(
        (&*visits[0]["dwell_s"], &*visits[1]["dwell_s"]),
        ("30.000", "120.000")
    );
    assert_eq!(
        (&*visits[0]["end"], &*visits[1]["end"]),
        ("crossed", "track-end")
    );
    assert!(
        ran.err.contains("13 rows, 1 devices: 2 visits; 1 repeated"),
        "{}",
        ran.err
    );

    // with a zone the row without one counts, and times are told in it
    let ran = track(&desk, &store, csv, &["--zone", "Asia/Shanghai"]).expect_code(0);
    assert!(ran.out.contains("2026-05-01T08:00:30+08:00"), "{}", ran.out);
    assert!(ran.err.contains("2 devices: 3 visits"), "{}", ran.err);
}

#[test]
fn what_cannot_be_done_is_said_before_the_file_is_read() {
    let desk = Desk::new();
    let store = pair(&desk);
    let csv = "device,time,lon,lat\na,2026-05-01T08:00:00Z,120.009,40.005\n";
    for (options, word) in [
        (&["--zone", "Asia/Nowhere"][..], "Asia/Nowhere"),
        (&["--level", "street"], "street"),
        (&["--device", "truck"], "truck"),
        (&["--accuracy", "hdop"], "hdop"),
        (&["--max-speed", "-1"], "--max-speed"),
        (&["--max-gap", "NaN"], "--max-gap"),
    ] {
        let ran = track(&desk, &store, csv, options).expect_code(2);
        assert!(ran.message().contains(word), "{options:?}: {}", ran.err);
        assert!(ran.out.is_empty(), "{options:?}: {}", ran.out);
    }
}

const TWO_LEVELS: &str = r#"
city = "town"
name = "town"
[[level]]
id = "street"
name = "street"
code = '^\d$'
[[level]]
id = "grid"
name = "grid"
code = '^\d\d$'
parent = { prefix = 1 }
"#;

/// Three squares in a row, two of them of one street; a street along the middle of them.
#[test]
fn a_day_of_patrol_by_unit_and_street() {
    let desk = Desk::new();
    let store = desk.store("town.gpkg", TWO_LEVELS);
    let square = |n: u32| {
        let west = 120.0 + f64::from(n) * 0.01;
        let east = 120.0 + f64::from(n + 1) * 0.01;
        vec![
            [west, 40.0],
            [east, 40.0],
            [east, 40.01],
            [west, 40.01],
            [west, 40.0],
        ]
    };
    let cells: Vec<_> = (0..3)
        .map(|n| (["11", "12", "23"][n as usize].to_owned(), square(n)))
        .collect();
    publish(&store, &desk.write("cells.geojson", &geojson(&cells)), &[]);
    let patrol = |level: &str, date: &str| {
        let csv = "device,time,lon,lat\n\
            a,2026-05-01T08:00:00+08:00,120.002,40.005\n\
            a,2026-05-01T08:05:00+08:00,120.012,40.005\n\
            b,2026-05-01T09:00:00+08:00,120.012,40.005\n\
            b,2026-05-01T09:01:40+08:00,120.012,40.005\n\
            b,2026-05-02T00:00:00+08:00,120.025,40.005\n";
        let file = desk.write("tracks.csv", csv);
        run(&[
            "patrol",
            file.to_str().unwrap(),
            "--store",
            store.to_str().unwrap(),
            "--level",
            level,
            "--date",
            date,
        ])
    };
    let told = rows(&patrol("grid", "2026-05-01").expect_code(0).out);
    assert!(
        !told[0].contains_key("street_m"),
        "no streets were imported"
    );
    let visited: Vec<_> = told
        .iter()
        .map(|row| (&*row["code"], &*row["visited"], &*row["visits"]))
        .collect();
    assert_eq!(
        visited,
        [
            ("11", "true", "1"),
            ("12", "true", "2"),
            ("23", "false", "0")
        ]
    );
    // 300 s over 0.01 degree, 0.008 of them in the first square
    assert_eq!(told[0]["devices"], "a=240.000");
    assert_eq!(told[1]["devices"], "a=60.000 b=100.000");
    assert_eq!(
        (&*told[1]["dwell_s"], &*told[2]["dwell_s"]),
        ("160.000", "0.000")
    );
    assert_eq!(told[1]["first"], "2026-05-01T08:04:00+08:00");
    assert_eq!((&*told[2]["first"], &*told[2]["devices"]), ("", ""));

    // a street 20 m north of the way, from one end of the town to the other
    let street = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"A"},
        "geometry":{"type":"LineString","coordinates":[[120.0,40.00518],[120.03,40.00518]]}}]}"#;
    let street = desk.write("streets.geojson", street);
    run(&[
        "import",
        "streets",
        street.to_str().unwrap(),
        "--store",
        store.to_str().unwrap(),
    ])
    .expect_code(0);
    let told = rows(&patrol("street", "2026-05-01").expect_code(0).out);
    let number = |row: usize, column: &str| told[row][column].parse::<f64>().unwrap();
    // a hundredth of a degree of longitude at 40 degrees is 853.9 m on the ellipsoid
    let hundredth_m = 853.939;
    assert!(
        (number(0, "street_m") - 2.0 * hundredth_m).abs() < 0.3,
        "{told:?}"
    );
    // along the way, and 15 m beyond each of its ends: 25 m at 20 m aside
    assert!(
        (number(0, "walked_m") - (hundredth_m + 30.0)).abs() < 0.7,
        "{told:?}"
    );
    assert_eq!(
        (&*told[1]["walked_m"], &*told[1]["street_share"]),
        ("0.0", "0.0000")
    );
    assert_eq!(told[0]["devices"], "a=300.000 b=100.000");

    // the other day
    let told = rows(&patrol("grid", "2026-05-02").expect_code(0).out);
    let visited: Vec<_> = told.iter().map(|row| &*row["visits"]).collect();
    assert_eq!(visited, ["0", "0", "1"]);
    for date in ["yesterday", "2026-02-30"] {
        let refused = patrol("grid", date).expect_code(2);
        assert!(refused.message().contains(date), "{}", refused.err);
    }
    let help = run_in("zh_CN.UTF-8", &["patrol", "--help"]).expect_code(0);
    assert!(help.out.contains("--date"), "{}", help.out);
}
