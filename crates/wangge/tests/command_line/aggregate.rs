//! Points counted by the grids that hold them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use crate::support::{Desk, Ran, publish, run};
use crate::{squares, text};

/// Rows of a table by their first two columns.
fn table(csv: &str) -> BTreeMap<(String, String), Vec<String>> {
    let mut rows = csv::Reader::from_reader(csv.as_bytes());
    let rows = rows.records().map(Result::unwrap);
    rows.map(|row| {
        let rest = row.iter().skip(2).map(str::to_owned).collect();
        ((row[0].to_owned(), row[1].to_owned()), rest)
    })
    .collect()
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
code = '^\d\d\d$'
parent = { prefix = 1 }
"#;

/// How many points, and what their values add up to, thousandths.
#[derive(Clone, Copy, Default)]
struct Counted {
    points: u64,
    thousandths: i64,
}

/// A town of three by three squares with a street for each row, and points in it that are counted here.
struct CountedTown {
    desk: Desk,
    store: PathBuf,
    points: PathBuf,
    squares: [Counted; 9],
    outside: Counted,
}

/// The code of a square.
fn square_code(i: usize) -> String {
    format!("{}{:02}", i / 3, i % 3)
}

impl CountedTown {
    fn new() -> Self {
        let desk = Desk::new();
        let store = desk.store("city.gpkg", TWO_LEVELS);
        let file = desk.write(
            "grids.geojson",
            &squares(9, 3, |i| format!(r#""code":"{}""#, square_code(i))),
        );
        publish(&store, &file, &[]);
        let mut csv = "id,value,lon,lat\n".to_owned();
        let mut counted = [Counted::default(); 9];
        let mut outside = Counted::default();
        let mut seed = 1u64;
        let mut dice = |sides: u64| {
            // Knuth's MMIX constants
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % sides
        };
        for id in 0..3_000 {
            // lattice units from 120.8 E, 40.7 N; often on borders, and on the rim
            let [x, y] = [0, 1].map(|_| match dice(3) {
                0 => dice(4) * 10_000,
                _ => dice(31_000),
            });
            let value = dice(2_000_000).cast_signed() - 1_000_000;
            let sign = if value < 0 { "-" } else { "" };
            let (whole, behind) = (value.unsigned_abs() / 1000, value.unsigned_abs() % 1000);
            let (east, north) = (8_000_000 + x, 7_000_000 + y);
            writeln!(
                csv,
                "{id},{sign}{whole}.{behind:03},120.{east:07},40.{north:07}"
            )
            .unwrap();
            // a shared border is its east's and its north's; where that is outside, the lowest code's
            let on_rim = x == 30_000 || y == 30_000;
            let square = |at: u64| {
                let at = if on_rim { at.saturating_sub(1) } else { at };
                usize::try_from(at / 10_000).unwrap()
            };
            let count = if x.max(y) <= 30_000 {
                &mut counted[square(y) * 3 + square(x)]
            } else {
                &mut outside
            };
            count.points += 1;
            count.thousandths += value;
        }
        csv.push_str(
            "bad,1.5,x,40.7\nworse,n/a,120.8005,40.7005\nnone,,120.8005,40.7005\nshort,1\n",
        );
        let points = desk.write("points.csv", &csv);
        Self {
            desk,
            store,
            points,
            squares: counted,
            outside,
        }
    }

    fn aggregate(&self, more: &[&str]) -> Ran {
        let (points, store) = (text(&self.points), text(&self.store));
        let arguments = ["aggregate", points, "--store", store, "--lang", "en"];
        run(&[&arguments[..], more].concat())
    }
}

/// A decimal number of up to three places.
fn in_thousandths(text: &str) -> i64 {
    let (whole, behind) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{behind:0<3}").parse().unwrap()
}

#[test]
fn every_point_is_counted_once_and_sums_are_exact() {
    let town = CountedTown::new();
    let ran = town.aggregate(&["--sum", "value"]).expect_code(0);
    let rows = table(&ran.out);
    assert_eq!(rows.len(), 11);
    for (i, square) in town.squares.iter().enumerate() {
        let row = &rows[&("inside".to_owned(), square_code(i))];
        // two more have no number there
        let more = if i == 0 { 2 } else { 0 };
        assert_eq!(row[1], (square.points + more).to_string(), "{i}");
        assert_eq!(row[2], square.points.to_string(), "{i}");
        assert_eq!(in_thousandths(&row[3]), square.thousandths, "{i}");
    }
    let rest = |status: &str| rows[&(status.to_owned(), String::new())].clone();
    let outside = town.outside;
    assert_eq!(rest("outside")[1], outside.points.to_string());
    assert_eq!(in_thousandths(&rest("outside")[3]), outside.thousandths);
    // a field of the row that is too short is not where it should be
    assert_eq!(rest("invalid")[1..], ["2", "1", "1.5"]);
    let held: u64 = town.squares.iter().map(|square| square.points).sum();
    for told in [
        format!(
            "3004 points: {} in 9 units, {} outside, 2 without a position",
            held + 2,
            outside.points
        ),
        "1 rows have no number in \"value\" that can be added (first row 3002, \"n/a\")".to_owned(),
    ] {
        assert!(ran.err.contains(&told), "{told}: {}", ran.err);
    }
}

#[test]
fn points_are_counted_by_any_level() {
    let town = CountedTown::new();
    let ran = town.aggregate(&["--level", "street", "--sum", "value"]);
    let rows = table(&ran.expect_code(0).out);
    assert_eq!(rows.len(), 5);
    for (street, squares) in town.squares.chunks(3).enumerate() {
        let row = &rows[&("inside".to_owned(), street.to_string())];
        let count: u64 = squares.iter().map(|square| square.points).sum();
        assert_eq!(row[2], count.to_string());
        let sum: i64 = squares.iter().map(|square| square.thousandths).sum();
        assert_eq!(in_thousandths(&row[3]), sum);
    }
}

#[test]
fn what_cannot_be_counted_is_refused() {
    let town = CountedTown::new();
    let refused = town.aggregate(&["--level", "village"]).expect_code(2);
    assert!(refused.err.contains("village"), "{}", refused.err);
    let refused = town.aggregate(&["--sum", "values"]).expect_code(2);
    let told = "no column \"values\"";
    assert!(refused.err.contains(told), "{}", refused.err);
    let before = std::fs::read(&town.points).unwrap();
    let points = text(&town.points);
    town.aggregate(&["-o", points]).expect_code(2);
    assert_eq!(std::fs::read(&town.points).unwrap(), before);
    let made = town.desk.path("made.csv");
    town.aggregate(&["-o", text(&made)]).expect_code(0);
    let made = std::fs::read_to_string(&made).unwrap();
    assert!(made.starts_with("status,code,name,points\n"), "{made}");
}

#[test]
fn a_row_that_does_not_end_is_told_before_it_fills_memory() {
    let town = CountedTown::new();
    // an open quote, and far more behind it than a row may have
    let mut rows = "id,lon,lat\n1,120.8005,40.7005\n2,\"120.8005,40.7005\n".to_owned();
    for n in 0..200_000 {
        writeln!(rows, "{n},120.8005,40.7005").unwrap();
    }
    let points = town.desk.write("open.csv", &rows);
    for command in ["aggregate", "track"] {
        let asked = [
            command,
            text(&points),
            "--store",
            text(&town.store),
            "--lang",
            "en",
        ];
        let more: &[&str] = match command {
            "track" => &["--device", "id", "--time", "id"],
            _ => &[],
        };
        let refused = run(&[&asked[..], more].concat()).expect_code(2);
        let told = refused.message();
        assert!(
            told.contains("line 3 does not end within 1048576 bytes"),
            "{told}"
        );
    }
    let wide = town
        .desk
        .write("wide.csv", &format!("lon,lat,{}", "x".repeat(3 << 20)));
    let refused = run(&[
        "aggregate",
        text(&wide),
        "--store",
        text(&town.store),
        "--lang",
        "en",
    ]);
    assert!(
        refused
            .expect_code(2)
            .message()
            .contains("line 1 does not end")
    );
}
