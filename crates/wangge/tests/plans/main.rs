//! The life of a plan, the whole way through the program: drafts, publication, what was true when.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that panics has failed"
)]

mod as_of;
mod codes;
mod edits;
mod http;
mod life;
mod refusals;
mod stories;
#[path = "../support/mod.rs"]
mod support;
mod uploads;

use std::path::{Path, PathBuf};

use serde_json::Value;

use support::drawing::{CELL, Grid, geojson, rectangle};
use support::{Desk, Ran, publish, run};

/// Streets of three digits over grids of six.
const SCHEME: &str = r#"
city = "test"
name = "试验市"

[[level]]
id = "street"
name = "街道"
code = '^\d{3}$'

[[level]]
id = "grid"
name = "网格"
code = '^\d{6}$'
parent = { prefix = 3 }
"#;

/// A path as an argument.
fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[track_caller]
fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A cell of the board under a code.
fn cell(code: &str, column: i64, row: i64) -> Grid {
    Grid::new(code, rectangle(column * CELL, row * CELL, CELL, CELL))
}

/// ```text
/// 002001 002002 002003
/// 001001 001002 001003
/// ```
fn six() -> Vec<Grid> {
    (0..6)
        .map(|at| {
            let (column, row) = (at % 3, at / 3);
            cell(&format!("00{}00{}", row + 1, column + 1), column, row)
        })
        .collect()
}

/// A store with the six grids published as the plan "2026".
fn city(desk: &Desk) -> PathBuf {
    let store = desk.store("city.gpkg", SCHEME);
    let grids = desk.write("grids.geojson", &geojson(&six()));
    publish(&store, &grids, &["--plan", "2026"]);
    store
}

/// `wangge plan …` on a store.
fn plan(store: &Path, arguments: &[&str]) -> Ran {
    let all = [&["plan"], arguments, &["--store", text(store)]].concat();
    run(&all)
}

fn import_into(store: &Path, plan: &str, file: &Path, options: &[&str]) -> Ran {
    let all = [
        &[
            "import",
            "grids",
            text(file),
            "--store",
            text(store),
            "--plan",
            plan,
        ][..],
        options,
    ]
    .concat();
    run(&all)
}

/// The code of the grid in the middle of a cell.
fn grid_at(store: &Path, column: i64, row: i64, options: &[&str]) -> String {
    let (lon, lat) = middle(column, row);
    let all = [
        &["locate", "--store", text(store), &lon, &lat, "--json"][..],
        options,
    ]
    .concat();
    let answer = json(&run(&all).expect_code(0).out);
    answer["grid"]["code"]
        .as_str()
        .unwrap_or("outside")
        .to_owned()
}

/// The middle of a cell of the board, as degrees.
fn middle(column: i64, row: i64) -> (String, String) {
    (
        format!("120.{}5", 800 + column),
        format!("40.{}5", 700 + row),
    )
}

/// The six with 001001 and 001002 merged under the code of the first.
fn merged() -> Grid {
    Grid::new("001001", rectangle(0, 0, 2 * CELL, CELL))
}
