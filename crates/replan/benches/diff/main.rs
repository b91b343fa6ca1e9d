//! The diff of two plans of 100,000 grids of which one in a hundred changed, against GEOS (through
//! shapely) overlaying everything, in the same run on the same boundaries.
//!
//! `WANGGE_PYTHON` names a Python that has shapely; `make bench` installs it into a virtual
//! environment. Both sides have the boundaries in memory before the clock starts. GEOS runs on one
//! core, the diff on all there are: wall time is what counts.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "a benchmark prints, and its numbers are small"
)]

#[path = "../../../coverage/benches/blocks/mod.rs"]
mod blocks;
mod redesign;
#[path = "../../../coverage/benches/against_geos/wkb.rs"]
mod wkb;

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use blocks::blocks;
use redesign::{Plan, members, redesigned, turned};
use wangge_plane::Shape;
use wangge_replan::{ChangeKind, Diff, DiffTerms, diff, diff_known};

const GRIDS: usize = 100_000;
/// Vertices on each side of a block: 84 for each grid, as the grids of real cities have.
const PER_SIDE: i32 = 21;
/// The middle time counts.
const TIMES: usize = 7;

fn main() {
    let shapes = blocks(GRIDS, PER_SIDE);
    let codes = (0..).map(|i: usize| format!("{i:07}"));
    let old: Plan = codes.zip(shapes).collect();
    let new = redesigned(&old, PER_SIDE as usize);
    let terms = DiffTerms::default();

    let (diff_s, found) = timed(|| diff(&members(&old), &members(&new), &terms));
    let turned = turned(&new);
    let (turned_s, found_turned) = timed(|| diff(&members(&old), &members(&turned), &terms));
    assert!(found.pieces.len() == found_turned.pieces.len());
    let same = found.unchanged.clone();
    let (known_s, found_known) =
        timed(|| diff_known(&members(&old), &members(&new), &terms, &same));
    assert!(found == found_known);

    let changed = old.len() - found.unchanged.len();
    println!(
        "{} grids of {} vertices, {changed} changed: {}",
        old.len(),
        4 * PER_SIDE,
        counts(&found)
    );
    println!("{:<44} {:>9} {:>8}", "", "median s", "GEOS x");
    let geos_s = geos(&old, &new, &found);
    let row = |what: &str, taken_s: f64| {
        let ratio = geos_s.map_or("-".to_owned(), |geos_s| format!("{:.0}", geos_s / taken_s));
        println!("{what:<44} {taken_s:>9.3} {ratio:>8}");
    };
    row("diff", diff_s);
    row("diff, rings written from other vertices", turned_s);
    row("diff, unchanged grids known by digests", known_s);
    match geos_s {
        Some(geos_s) => println!(
            "{:<44} {geos_s:>9.3} {:>8}",
            "GEOS, STRtree and intersections", 1
        ),
        None => println!("skipped: WANGGE_PYTHON names no Python with shapely (`make bench` does)"),
    }
}

/// Does some work so many times, and says how long the middle one took.
fn timed(work: impl Fn() -> Diff) -> (f64, Diff) {
    let mut done = None;
    let mut taken: Vec<f64> = (0..TIMES)
        .map(|_| {
            drop(done.take());
            let start = Instant::now();
            done = Some(work());
            start.elapsed().as_secs_f64()
        })
        .collect();
    taken.sort_by(f64::total_cmp);
    (taken[TIMES / 2], done.unwrap())
}

fn counts(diff: &Diff) -> String {
    let count = |kind| diff.changes.iter().filter(|c| c.kind == kind).count();
    let told = ChangeKind::ALL.map(|kind| (kind.name(), count(kind)));
    let told = told.iter().filter(|(_, count)| *count > 0);
    let told: Vec<String> = told
        .map(|(name, count)| format!("{count} {name}"))
        .collect();
    told.join(", ")
}

/// How long GEOS takes, once; it finds the same pairs and the same area.
fn geos(old: &Plan, new: &Plan, found: &Diff) -> Option<f64> {
    let python = std::env::var("WANGGE_PYTHON").ok()?;
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, plan: &Plan| {
        let shapes: Vec<Shape> = plan.iter().map(|(_, shape)| shape.clone()).collect();
        let file = folder.path().join(name);
        std::fs::write(&file, wkb::written(&shapes)).unwrap();
        file
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/diff/geos.py");
    let mut command = Command::new(python);
    command
        .arg(script)
        .arg(write("old.wkb", old))
        .arg(write("new.wkb", new));
    let done = command.output().unwrap();
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    let told = String::from_utf8(done.stdout).unwrap();
    let told: Vec<f64> = told
        .split_whitespace()
        .map(|n| n.parse().unwrap())
        .collect();
    let &[taken_s, pairs, all] = told.as_slice() else {
        unreachable!("the script prints three numbers")
    };
    let ours = found.unchanged.len() + found.pieces.len();
    assert!(
        (pairs - ours as f64).abs() < 0.5,
        "{pairs} and {ours} pairs"
    );
    let area: i128 = old.iter().map(|(_, shape)| shape.doubled_area()).sum();
    assert!((all / (area as f64 / 2.0) - 1.0).abs() < 1e-9, "{all}");
    Some(taken_s)
}
