//! Shapes for tests, drawn by hand or at random.
#![allow(
    dead_code,
    reason = "each test file uses its own part of the drawing tools"
)]

use wangge_coverage::{Coverage, Member};
use wangge_plane::{Point, Polygon, Ring, Shape};

/// A ring through these corners.
pub(crate) fn ring(corners: &[(i32, i32)]) -> Ring {
    let points = corners
        .iter()
        .map(|&(x, y)| Point::new(x, y).unwrap())
        .collect();
    Ring::new(points).unwrap()
}

/// A ring around a box.
pub(crate) fn box_ring(x: (i32, i32), y: (i32, i32)) -> Ring {
    ring(&[(x.0, y.0), (x.1, y.0), (x.1, y.1), (x.0, y.1)])
}

/// A shape of one part.
pub(crate) fn shape(shell: Ring, holes: Vec<Ring>) -> Shape {
    Shape::new(vec![Polygon::new(shell, holes)]).unwrap()
}

/// A box without holes.
pub(crate) fn square(x: (i32, i32), y: (i32, i32)) -> Shape {
    shape(box_ring(x, y), vec![])
}

/// Members with codes "000", "001", … in the order of the shapes.
pub(crate) fn members<'a>(codes: &'a [String], shapes: &'a [Shape]) -> Vec<Member<'a>> {
    codes
        .iter()
        .zip(shapes)
        .map(|(code, shape)| Member { code, shape })
        .collect()
}

/// Codes that sort like their numbers.
pub(crate) fn codes(n: usize) -> Vec<String> {
    (0..n).map(|i| format!("{i:03}")).collect()
}

/// A drawing with one letter per square cell, the northernmost row first, as shapes in order of
/// the letters; a dot is outside. Cells are `size` wide, and the vertices of the cells' corners
/// are moved by `jitter` (less than half of `size`).
pub(crate) fn picture(
    rows: &[&str],
    size: i32,
    jitter: impl Fn(i32, i32) -> (i32, i32),
) -> (Vec<char>, Vec<Shape>) {
    let corner = |x: i32, y: i32| {
        let (dx, dy) = jitter(x, y);
        (x * size + dx, y * size + dy)
    };
    let mut cells = Vec::new();
    for (y, row) in (0..).zip(rows.iter().rev()) {
        for (x, letter) in (0..).zip(row.chars()) {
            if letter != '.' {
                let corners = [
                    corner(x, y),
                    corner(x + 1, y),
                    corner(x + 1, y + 1),
                    corner(x, y + 1),
                ];
                cells.push((letter, shape(ring(&corners), vec![])));
            }
        }
    }
    let mut letters: Vec<char> = cells.iter().map(|(letter, _)| *letter).collect();
    letters.sort_unstable();
    letters.dedup();
    let cell_codes: Vec<String> = (0..cells.len()).map(|i| format!("{i:06}")).collect();
    let cell_members: Vec<Member<'_>> = cell_codes
        .iter()
        .zip(&cells)
        .map(|(code, (_, shape))| Member { code, shape })
        .collect();
    // holes of the drawing keep the cells from being seamless within their own rim, so each
    // dot inside becomes a cell of a letter of its own that is left out again
    let coverage = Coverage::build(&cell_members);
    if let Ok(coverage) = coverage {
        let group_of: Vec<u32> = cells
            .iter()
            .map(|(letter, _)| letters.binary_search(letter).unwrap() as u32)
            .collect();
        let shapes = coverage
            .dissolve(&group_of, letters.len())
            .into_iter()
            .map(Option::unwrap)
            .collect();
        return (letters, shapes);
    }
    let filled: Vec<String> = rows.iter().map(|row| row.replace('.', "~")).collect();
    let filled: Vec<&str> = filled.iter().map(String::as_str).collect();
    let (mut letters, mut shapes) = picture(&filled, size, jitter);
    let at = letters.iter().position(|&l| l == '~').unwrap();
    letters.remove(at);
    shapes.remove(at);
    (letters, shapes)
}
