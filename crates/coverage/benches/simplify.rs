//! How long it takes to build a coverage, to simplify it and to dissolve it.
//!
//! Reads the coverage from `--read FILE` or draws one of `--grids COUNT`; `--tolerance METRES`;
//! `--write FILE` and `--out FILE` keep the coverage and the simplified one, as well-known binary,
//! for another program to be measured on the same boundaries.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "a benchmark prints, and its numbers are small"
)]

mod parcels;
mod wkb;

use std::time::Instant;

use wangge_coverage::{Coverage, Member, Outline, Tolerance, prove};

fn main() {
    let asked = |name: &str| {
        let mut args = std::env::args().skip_while(|arg| arg != name);
        args.nth(1)
    };
    let shapes = match asked("--read") {
        Some(file) => wkb::read(&std::fs::read(file).unwrap()),
        None => parcels::draw(asked("--grids").map_or(10_000, |count| count.parse().unwrap())),
    };
    if let Some(file) = asked("--write") {
        std::fs::write(file, wkb::written(&shapes)).unwrap();
    }
    let codes: Vec<String> = (0..shapes.len()).map(|i| format!("{i:09}")).collect();
    let members: Vec<Member<'_>> = codes
        .iter()
        .zip(&shapes)
        .map(|(code, shape)| Member { code, shape })
        .collect();
    println!("{:<12} {:>9} {:>9}", "", "wall s", "cpu s");
    let verdict = timed("prove", || prove(&members, Outline::OwnRim));
    assert!(verdict.seamless);
    println!(
        "{:<12} {} grids, {} vertices of rings, {} different",
        "", verdict.grids, verdict.edges, verdict.vertices
    );
    let coverage = timed("build", || Coverage::build(&members).unwrap());
    println!("{:<12} {} arcs", "", coverage.arcs().len());
    let groups = (shapes.len() / 100).max(1);
    let group_of: Vec<u32> = (0..shapes.len())
        .map(|i| (i * groups / shapes.len()) as u32)
        .collect();
    timed("dissolve", || coverage.dissolve(&group_of, groups));
    let ground = timed("shapes", || coverage.shapes());
    assert_eq!(ground.len(), shapes.len());
    drop(ground);
    println!("{:<12} {}", "", peak());

    let metres = asked("--tolerance").map_or(10.0, |metres| metres.parse().unwrap());
    let tolerance = Tolerance::of_metres(metres).unwrap();
    let simplified = timed("simplify", || coverage.simplify(tolerance));
    println!(
        "{:<12} {} of {} vertices left, {} held back, largest shift {:.1} m",
        "",
        simplified.vertices_after,
        simplified.vertices_before,
        simplified.held_back,
        simplified.largest_shift_m
    );
    let left = timed("shapes", || simplified.coverage.shapes());
    println!(
        "{:<12} {} vertices of rings left",
        "",
        left.iter()
            .map(|shape| shape.segments().count())
            .sum::<usize>()
    );
    let members: Vec<Member<'_>> = codes
        .iter()
        .zip(&left)
        .map(|(code, shape)| Member { code, shape })
        .collect();
    let verdict = timed("prove", || prove(&members, Outline::OwnRim));
    assert!(verdict.seamless && verdict.noded);
    println!("{:<12} {}", "", peak());
    if let Some(file) = asked("--out") {
        std::fs::write(file, wkb::written(&left)).unwrap();
    }
}

/// Does some work, and prints how long it took.
fn timed<T>(name: &str, work: impl FnOnce() -> T) -> T {
    let (cpu, wall) = (cpu_s(), Instant::now());
    let done = work();
    let wall = wall.elapsed().as_secs_f64();
    println!("{name:<12} {wall:>9.3} {:>9.2}", cpu_s() - cpu);
    done
}

/// Seconds of processor time so far, where the system tells (in hundredths).
fn cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 = after_name
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<u64>().ok())
        .sum();
    ticks as f64 / 100.0
}

/// The most memory the program has had, as the system tells it.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .map_or_else(String::new, |most| format!("peak memory {}", most.trim()))
}
