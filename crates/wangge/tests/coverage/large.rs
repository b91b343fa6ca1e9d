//! Large files with one fault in them: it is found, by name, in bounded time; and what is larger
//! than may be read is refused before it is.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rstest::rstest;
use serde_json::json;

use crate::support::drawing::{CELL, Grid, Ring, geojson, rectangle};
use crate::support::{Desk, run};
use crate::{kinds, of_kind, text, validated};

/// How many steps a side of a cell has in a large file.
const STEPS: i64 = 25;

/// What is wrong with one ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// The last position is left out.
    Unclosed,
    /// Two corners stand in each other's places.
    BowTie,
}

/// The ring of a cell whose sides go in steps, all of them shared with its neighbours.
fn stepped(column: i64, row: i64) -> Ring {
    let (west, south) = (column * CELL, row * CELL);
    let step = CELL / STEPS;
    let wobble = |along: i64, line: i64| (along * 7919 + line * 104_729).rem_euclid(120) - 60;
    let across = |line: i64, i: i64| {
        let bend = if i % STEPS == 0 {
            0
        } else {
            wobble(west / step + i, line)
        };
        (west + i * step, line + bend)
    };
    let up = |line: i64, i: i64| {
        let bend = if i % STEPS == 0 {
            0
        } else {
            wobble(south / step + i, line)
        };
        (line + bend, south + i * step)
    };
    let mut ring = Vec::new();
    ring.extend((0..STEPS).map(|i| across(south, i)));
    ring.extend((0..STEPS).map(|i| up(west + CELL, i)));
    ring.extend((1..=STEPS).rev().map(|i| across(south + CELL, i)));
    ring.extend((1..=STEPS).rev().map(|i| up(west, i)));
    ring.push(ring[0]);
    ring
}

/// Streams a file of cells until it has so many bytes; the cell three quarters through has the
/// fault. Gives the place of that cell and the number of cells.
fn large(path: &Path, bytes: u64, fault: Fault) -> (String, u64, u64) {
    const COLUMNS: u64 = 200;
    let one = Grid::new("c100r100", stepped(100, 100)).feature().len() as u64;
    let cells = (bytes / one / COLUMNS).max(1) * COLUMNS;
    // in the middle of its row of cells
    let broken = cells / COLUMNS * 3 / 4 * COLUMNS + COLUMNS / 2;
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path).unwrap());
    out.write_all(b"{\"type\":\"FeatureCollection\",\"features\":[\n")
        .unwrap();
    let mut named = String::new();
    for cell in 0..cells {
        let (column, row) = (cell % COLUMNS, cell / COLUMNS);
        let code = format!("c{column}r{row}");
        let mut ring = stepped(i64::try_from(column).unwrap(), i64::try_from(row).unwrap());
        let mut ends = if cell + 1 == cells { "\n" } else { ",\n" }.to_owned();
        if cell == broken {
            let side = usize::try_from(STEPS).unwrap();
            match fault {
                Fault::Unclosed => drop(ring.pop()),
                Fault::BowTie => ring.swap(side + 3, 3 * side + 3),
            }
            named.clone_from(&code);
        }
        ends.insert_str(0, &Grid::new(&code, ring).feature());
        out.write_all(ends.as_bytes()).unwrap();
    }
    out.write_all(b"]}\n").unwrap();
    out.into_inner().unwrap();
    (named, broken + 1, cells)
}

/// Checks that the fault of a file of so many bytes is named within a time.
fn found(bytes: u64, fault: Fault, limit: Duration) {
    let desk = Desk::new();
    let file: PathBuf = desk.path("large.geojson");
    let (code, row, cells) = large(&file, bytes, fault);
    let size = std::fs::metadata(&file).unwrap().len();
    assert!(size.abs_diff(bytes) < bytes / 10, "{size}");
    let started = Instant::now();
    if fault == Fault::BowTie {
        let (report, exit) = validated(&file, &[]);
        assert_eq!(
            (exit, &report["grids"], &report["seamless"]),
            (1, &json!(cells), &json!(false))
        );
        let crossing = of_kind(&report, "self-intersection");
        assert!(!crossing.is_empty());
        assert!(
            crossing
                .iter()
                .all(|defect| defect["grids"] == json!([code])),
            "{crossing:?}"
        );
        // nobody else is to blame for more than what is around it
        for defect in report["defects"].as_array().unwrap() {
            assert!(
                defect["grids"].to_string().contains(&format!("\"{code}\"")),
                "{defect}"
            );
        }
    } else {
        let ran = run(&["validate", text(&file)]).expect_code(2);
        for said in ["large.geojson", &format!("row {row}"), "not closed"] {
            assert!(ran.message().contains(said), "{said} is not in {}", ran.err);
        }
    }
    let took = started.elapsed();
    println!("{size} bytes, {cells} grids, {fault:?}: {took:?}");
    assert!(took < limit, "{took:?}");
}

#[rstest]
#[case::unclosed(Fault::Unclosed)]
#[case::bow_tie(Fault::BowTie)]
fn one_broken_ring_in_a_large_file_is_named(#[case] fault: Fault) {
    found(60_000_000, fault, Duration::from_mins(2));
}

/// As large as may be read. Takes minutes and some gigabytes of memory and disk.
#[rstest]
#[case::unclosed(Fault::Unclosed)]
#[case::bow_tie(Fault::BowTie)]
#[ignore = "takes minutes, and gigabytes of memory and disk"]
fn one_broken_ring_in_two_gigabytes_is_named(#[case] fault: Fault) {
    found(2_000_000_000, fault, Duration::from_mins(30));
}

/// The limit is of the file, before a byte of it is read: this one has no block on disk.
#[rstest]
#[case("geojson")]
#[case("gpkg")]
#[case("csv")]
fn a_file_above_the_limit_is_refused_with_the_limit(#[case] extension: &str) {
    let desk = Desk::new();
    let file = desk.path(&format!("grids.{extension}"));
    File::create(&file).unwrap().set_len((2 << 30) + 1).unwrap();
    let started = Instant::now();
    let refused = run(&["validate", text(&file)]).expect_code(2);
    for said in ["2147483649 bytes", "the limit is 2147483648"] {
        assert!(refused.message().contains(said), "{}", refused.err);
    }
    assert!(started.elapsed() < Duration::from_secs(10));
}

/// A grid of every other cell of 448 by 448: 100,352 parts that meet at corners only. The other
/// grid is the rest.
fn chequered() -> Vec<Grid> {
    const SIDE: i64 = 448;
    let parts = |odd: i64| -> Vec<Vec<Ring>> {
        let cells = (0..SIDE).flat_map(|y| (0..SIDE).map(move |x| (x, y)));
        let cells = cells.filter(|(x, y)| (x + y) % 2 == odd);
        cells
            .map(|(x, y)| vec![rectangle(x * 100, y * 100, 100, 100)])
            .collect()
    };
    vec![
        Grid::of_parts("black", parts(0)),
        Grid::of_parts("white", parts(1)),
    ]
}

#[test]
fn a_grid_of_a_hundred_thousand_parts_is_judged_in_seconds() {
    let desk = Desk::new();
    let started = Instant::now();
    let file = desk.write("grids.geojson", &geojson(&chequered()));
    let (report, code) = validated(&file, &["--thin-width", "0"]);
    assert_eq!((code, &report["seamless"]), (0, &json!(true)));
    assert_eq!(
        kinds(&report),
        [("multi-part", "info"), ("multi-part", "info")]
    );
    assert_eq!(report["defects"][0]["count"], 100_352);
    assert!(
        started.elapsed() < Duration::from_mins(1),
        "{:?}",
        started.elapsed()
    );
}

/// Cells of 317 by 317 apart from each other: 100,489 parts.
fn islands() -> Grid {
    const SIDE: i64 = 317;
    let cells = (0..SIDE).flat_map(|y| (0..SIDE).map(move |x| (x, y)));
    let parts = cells.map(|(x, y)| vec![rectangle(x * 200, y * 200, 100, 100)]);
    Grid::of_parts("islands", parts.collect())
}

#[rstest]
#[case::a_part_twice("islands", (200 * 200, 200 * 100), "self-intersection")]
#[case::another_grid_over_its_side("boat", (200 * 200 + 90, 200 * 100), "overlap")]
fn one_wrong_part_of_a_hundred_thousand_is_found_in_seconds(
    #[case] code: &str,
    #[case] (west, south): (i64, i64),
    #[case] kind: &str,
) {
    let desk = Desk::new();
    let started = Instant::now();
    let mut islands = islands();
    let part = vec![rectangle(west, south, 100, 100)];
    let grids = if code == islands.code() {
        islands.parts.push(part);
        vec![islands]
    } else {
        vec![islands, Grid::of_parts(code, vec![part])]
    };
    let file = desk.write("grids.geojson", &geojson(&grids));
    let (report, exit) = validated(&file, &["--tiny-area", "0", "--thin-width", "0"]);
    assert_eq!((exit, kinds(&report)[0].0), (1, kind));
    let codes: &[&str] = match kind {
        "overlap" => &["boat", "islands"],
        _ => &["islands"],
    };
    let named = report["defects"][0]["grids"].as_array().unwrap();
    assert!(codes.iter().all(|code| named.contains(&json!(code))) && named.len() == codes.len());
    assert!(
        started.elapsed() < Duration::from_mins(1),
        "{:?}",
        started.elapsed()
    );
}
