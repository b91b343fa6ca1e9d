//! How the proof grows with the city: grids in blocks, and one remainder around many villages.
//!
//! Prints, for each size, the time, the time per edge, and that time's ratio to the smallest
//! size's: near 1 when the work is near-linear.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "a benchmark prints, and its numbers are small"
)]

mod blocks;

use std::time::Instant;

use blocks::{BLOCK, block, blocks, one};
use wangge_coverage::{Coverage, Member, Outline, prove};
use wangge_plane::{Point, Ring, Shape};

/// Vertices on each side of a block.
const PER_SIDE: i32 = 8;
fn main() {
    println!("blocks of {} vertices each", 4 * PER_SIDE);
    table(&[2_500, 10_000, 90_000], |count| blocks(count, PER_SIDE));
    println!("one remainder around villages");
    table(&[2_500, 10_000, 40_000], villages);
}

fn table(sizes: &[usize], draw: impl Fn(usize) -> Vec<Shape>) {
    println!(
        "{:>9} {:>10} {:>10} {:>10} {:>7}",
        "grids", "edges", "proof s", "build s", "ratio"
    );
    let mut base = None;
    for &size in sizes {
        let shapes = draw(size);
        let codes: Vec<String> = (0..shapes.len()).map(|i| format!("{i:07}")).collect();
        let members: Vec<Member<'_>> = codes
            .iter()
            .zip(&shapes)
            .map(|(code, shape)| Member { code, shape })
            .collect();
        let start = Instant::now();
        let verdict = prove(&members, Outline::OwnRim);
        let proof_s = start.elapsed().as_secs_f64();
        assert!(verdict.seamless);
        let start = Instant::now();
        let coverage = Coverage::build(&members).unwrap();
        let build_s = start.elapsed().as_secs_f64();
        assert_eq!(coverage.owners(), shapes.len());
        let per_edge = proof_s / verdict.edges as f64;
        let ratio = per_edge / *base.get_or_insert(per_edge);
        println!(
            "{:>9} {:>10} {proof_s:>10.3} {build_s:>10.3} {ratio:>7.2}",
            shapes.len(),
            verdict.edges
        );
    }
}

fn villages(count: usize) -> Vec<Shape> {
    let side = (count as f64).sqrt() as i32;
    let rings: Vec<Ring> = (0..side * side)
        .map(|i| block(2 * (i % side), 2 * (i / side), PER_SIDE))
        .collect();
    let (low, high) = (-2 * BLOCK, (2 * side + 2) * BLOCK);
    let rim = [(low, low), (high, low), (high, high), (low, high)]
        .map(|(x, y)| Point::new(x, y).unwrap());
    let remainder = one(Ring::new(rim.to_vec()).unwrap(), rings.clone());
    let mut shapes: Vec<Shape> = rings.into_iter().map(|ring| one(ring, vec![])).collect();
    shapes.push(remainder);
    shapes
}
