//! What an edit costs: a survey brought up to date against one made anew, in a city of blocks.
//!
//! Prints, for each size and kind of edit, the time of an edit with the survey after it, and how
//! many times as long the survey of all grids takes.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    dead_code,
    reason = "a benchmark prints, its numbers are small, and it needs blocks only"
)]

mod blocks;

use std::time::Instant;

use blocks::{blocks, one};
use wangge_coverage::{Edit, Member, Resurvey, Survey, Terms, survey};
use wangge_plane::{Point, Ring, Shape};

/// Vertices on each side of a block: 84 for each grid, as the grids of real cities have.
const PER_SIDE: i32 = 21;
/// Edits of each kind; the middle time counts.
const TIMES: usize = 20;
/// Grids that are spoilt for the city with defects.
const SPOILT: usize = 80;

fn main() {
    println!(
        "{:>8} {:>10} {:<36} {:>8} {:>10} {:>10} {:>8}",
        "grids", "edges", "edit", "defects", "edit s", "anew s", "ratio"
    );
    for count in [10_000, 100_000] {
        measure(count);
    }
    println!("most memory: {} MB", most_memory_mb());
}

fn measure(count: usize) {
    let shapes = blocks(count, PER_SIDE);
    let side = (shapes.len() as f64).sqrt() as usize;
    let codes: Vec<String> = (0..shapes.len()).map(|i| format!("{i:07}")).collect();
    let start = Instant::now();
    let mut city = Resurvey::new(
        codes.iter().cloned().zip(shapes.iter().cloned()),
        &Terms::default(),
    );
    println!(
        "{:>8} {:>10} {:<36} {:>8} {:>10.3}",
        shapes.len(),
        city.survey().verdict.edges,
        "(first survey)",
        city.survey().defects.len(),
        start.elapsed().as_secs_f64()
    );
    let inner = |i: usize| (side / 4 + i) * side + side / 2;
    let on_rim = |i: usize| side / 4 + i;
    let row = |kind: &str, city: &mut Resurvey, at: &dyn Fn(usize) -> usize, vertex: usize| {
        let mut times: Vec<f64> = (0..TIMES)
            .map(|i| {
                let grid = at(i);
                let edit = |shape: Shape| Edit::Put {
                    code: codes[grid].clone(),
                    shape,
                };
                let start = Instant::now();
                city.edit([edit(pushed(&shapes[grid], vertex))]);
                let after = city.survey();
                let time_s = start.elapsed().as_secs_f64();
                assert_eq!(after.verdict.grids, shapes.len());
                city.edit([edit(shapes[grid].clone())]);
                time_s
            })
            .collect();
        times.sort_by(f64::total_cmp);
        let edit_s = times[TIMES / 2];
        let start = Instant::now();
        let anew = anew(city);
        let anew_s = start.elapsed().as_secs_f64();
        assert!(city.survey() == anew, "{kind}");
        println!(
            "{:>8} {:>10} {kind:<36} {:>8} {edit_s:>10.6} {anew_s:>10.3} {:>8.0}",
            shapes.len(),
            anew.verdict.edges,
            anew.defects.len(),
            anew_s / edit_s,
        );
    };
    row("a vertex in the city", &mut city, &inner, 5);
    row("a vertex of the rim", &mut city, &on_rim, 5);
    let every = shapes.len() / SPOILT;
    let spoilt = (0..SPOILT)
        .map(|i| i * every + every / 3)
        .map(|grid| Edit::Put {
            code: codes[grid].clone(),
            shape: pushed(&shapes[grid], 30 + grid % 20),
        });
    city.edit(spoilt);
    row("a vertex in the city, many defects", &mut city, &inner, 5);
    row("a vertex of the rim, many defects", &mut city, &on_rim, 5);
}

/// The survey made anew.
fn anew(city: &Resurvey) -> Survey {
    let members: Vec<Member<'_>> = city.members();
    survey(&members, &Terms::default())
}

/// The same block with one vertex moved by half a metre.
fn pushed(shape: &Shape, vertex: usize) -> Shape {
    let mut points = shape.parts()[0].shell().points().to_vec();
    let at = points[vertex];
    points[vertex] = Point::new(at.x() + 50, at.y() + 30).unwrap();
    one(Ring::new(points).unwrap(), vec![])
}

/// The most memory that this process has had, where the system says it.
fn most_memory_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kb = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kb.unwrap_or_default() / 1024
}
