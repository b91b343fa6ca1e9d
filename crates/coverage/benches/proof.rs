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

use std::time::Instant;

use wangge_coverage::{Coverage, Member, Outline, prove};
use wangge_plane::{Point, Polygon, Ring, Shape};

/// Vertices on each side of a block.
const PER_SIDE: i32 = 8;
/// The width of a block in lattice units, about 110 m.
const BLOCK: i32 = 10_000;

fn main() {
    println!("blocks of {} vertices each", 4 * PER_SIDE);
    table(&[2_500, 10_000, 90_000], blocks);
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

/// A wobble of a vertex that depends on its place alone, so that neighbours agree.
fn wobbled(x: i32, y: i32) -> Point {
    let hash = (x as u32)
        .wrapping_mul(0x9e37_79b1)
        .wrapping_add((y as u32).wrapping_mul(0x85eb_ca6b));
    let hash = (hash ^ (hash >> 15)).wrapping_mul(0x2c1b_3c6d);
    let part = |bits: u32| (bits % 801) as i32 - 400;
    Point::new(x + part(hash), y + part(hash >> 12)).unwrap()
}

fn block(x: i32, y: i32) -> Ring {
    let step = BLOCK / PER_SIDE;
    let (x, y) = (x * BLOCK, y * BLOCK);
    let sides = (0..PER_SIDE)
        .map(|i| (x + i * step, y))
        .chain((0..PER_SIDE).map(|i| (x + BLOCK, y + i * step)))
        .chain((0..PER_SIDE).map(|i| (x + BLOCK - i * step, y + BLOCK)))
        .chain((0..PER_SIDE).map(|i| (x, y + BLOCK - i * step)));
    Ring::new(sides.map(|(x, y)| wobbled(x, y)).collect()).unwrap()
}

fn one(shell: Ring, holes: Vec<Ring>) -> Shape {
    Shape::new(vec![Polygon::new(shell, holes)]).unwrap()
}

fn blocks(count: usize) -> Vec<Shape> {
    let side = (count as f64).sqrt() as i32;
    (0..side * side)
        .map(|i| one(block(i % side, i / side), vec![]))
        .collect()
}

fn villages(count: usize) -> Vec<Shape> {
    let side = (count as f64).sqrt() as i32;
    let rings: Vec<Ring> = (0..side * side)
        .map(|i| block(2 * (i % side), 2 * (i / side)))
        .collect();
    let (low, high) = (-2 * BLOCK, (2 * side + 2) * BLOCK);
    let rim = [(low, low), (high, low), (high, high), (low, high)]
        .map(|(x, y)| Point::new(x, y).unwrap());
    let remainder = one(Ring::new(rim.to_vec()).unwrap(), rings.clone());
    let mut shapes: Vec<Shape> = rings.into_iter().map(|ring| one(ring, vec![])).collect();
    shapes.push(remainder);
    shapes
}
