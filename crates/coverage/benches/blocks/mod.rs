//! Cities of blocks with wobbling borders.

use wangge_plane::{Point, Polygon, Ring, Shape};

/// The width of a block in lattice units, about 110 m; a little less where its vertices would not
/// lie on the lattice.
pub(crate) const BLOCK: i32 = 10_000;

/// A wobble of a vertex that depends on its place alone, so that neighbours agree, by up to a third
/// of the way to the next.
fn wobbled(x: i32, y: i32, step: i32) -> Point {
    let most = step * 8 / 25;
    let hash = (x as u32)
        .wrapping_mul(0x9e37_79b1)
        .wrapping_add((y as u32).wrapping_mul(0x85eb_ca6b));
    let hash = (hash ^ (hash >> 15)).wrapping_mul(0x2c1b_3c6d);
    let part = |bits: u32| (bits as i32).rem_euclid(2 * most + 1) - most;
    Point::new(x + part(hash), y + part(hash >> 12)).unwrap()
}

/// A block with so many vertices on each side, in this column and row.
pub(crate) fn block(x: i32, y: i32, per_side: i32) -> Ring {
    let step = BLOCK / per_side;
    let width = step * per_side;
    let (x, y) = (x * width, y * width);
    let sides = (0..per_side)
        .map(|i| (x + i * step, y))
        .chain((0..per_side).map(|i| (x + width, y + i * step)))
        .chain((0..per_side).map(|i| (x + width - i * step, y + width)))
        .chain((0..per_side).map(|i| (x, y + width - i * step)));
    Ring::new(sides.map(|(x, y)| wobbled(x, y, step)).collect()).unwrap()
}

/// A shape of one part.
pub(crate) fn one(shell: Ring, holes: Vec<Ring>) -> Shape {
    Shape::new(vec![Polygon::new(shell, holes)]).unwrap()
}

/// So many blocks in a square, row by row, with so many vertices on each side.
pub(crate) fn blocks(count: usize, per_side: i32) -> Vec<Shape> {
    let side = (count as f64).sqrt() as i32;
    (0..side * side)
        .map(|i| one(block(i % side, i / side, per_side), vec![]))
        .collect()
}
