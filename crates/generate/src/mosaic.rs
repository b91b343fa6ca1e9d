//! Plain seamless coverages of a known form and size, quickly made: for measurements and tests.
//!
//! Nothing in them looks like a city; [`city`](crate::city()) makes those.
//!
//! ```
//! use wangge_generate::mosaic::mosaic;
//!
//! let grids = mosaic(4, 3, 85, 1)?;
//! let vertices: usize = grids
//!     .iter()
//!     .flat_map(|(_, shape)| shape.rings())
//!     .map(|ring| ring.points().len())
//!     .sum();
//! assert_eq!((grids.len(), vertices), (12, 12 * 85));
//! # Ok::<(), wangge_generate::GenerateError>(())
//! ```

use wangge_plane::{Point, Polygon, Ring, Shape};

use crate::GenerateError;
use crate::board::real;
use crate::dice::mixed;

/// The south-west corner of everything made here, lattice units: 120 degrees east, 30 north.
const ORIGIN: (i64, i64) = (1_200_000_000, 300_000_000);

/// The width and height of a block, lattice units: some 240 by 280 m.
const BLOCK: i64 = 25_000;

/// The width and height of a tooth, lattice units: some 24 by 56 m.
const TOOTH: (i64, i64) = (2_500, 5_000);

/// Blocks in columns and rows, four of which meet at each inner corner: by row, from the
/// south-west, each with a number of seven digits as its code.
///
/// Each block has exactly so many vertices, evenly along its four wobbling sides; neighbours have
/// those of their common side in common. 400 columns of 250 rows with 85 vertices each make
/// 100,000 grids with 8,500,000 vertices.
///
/// # Errors
/// [`GenerateError::OutOfRange`] for fewer than 1 or more than 20,000 columns or rows, or fewer
/// than 4 or more than 2,000 vertices.
pub fn mosaic(
    columns: usize,
    rows: usize,
    vertices: usize,
    seed: u64,
) -> Result<Vec<(String, Shape)>, GenerateError> {
    within("columns", columns, 1, 20_000, "between 1 and 20,000")?;
    within("rows", rows, 1, 20_000, "between 1 and 20,000")?;
    let weave = Weave::new((BLOCK, BLOCK), vertices, seed)?;
    let blocks = (0..rows).flat_map(|row| (0..columns).map(move |column| (column, row)));
    Ok(blocks
        .zip(0..)
        .map(|((column, row), number)| (code(number), one(weave.block(column, row), Vec::new())))
        .collect())
}

/// Islands in one remainder, which comes first and has a hole for each of them.
///
/// Each island has so many vertices, all in common with the remainder's hole; the islands lie in
/// as many columns as rows, apart from each other.
///
/// # Errors
/// [`GenerateError::OutOfRange`] for fewer than 1 or more than 1,000,000 islands, or fewer than 4
/// or more than 2,000 vertices.
pub fn donut(
    islands: usize,
    vertices: usize,
    seed: u64,
) -> Result<Vec<(String, Shape)>, GenerateError> {
    within("islands", islands, 1, 1_000_000, "between 1 and 1,000,000")?;
    let root = islands.isqrt();
    let side = root + usize::from(root * root < islands);
    // every island is a block among blocks twice as many, with one between any two
    let weave = Weave::new((BLOCK / 2, BLOCK / 2), vertices, seed)?;
    let holes: Vec<Ring> = (0..islands)
        .map(|number| weave.block(number % side * 2 + 1, number / side * 2 + 1))
        .collect();
    let blocks = side * 2 + 1;
    let mut rim = Vec::new();
    rim.extend((0..blocks).map(|step| weave.corner(step, 0)));
    rim.extend((0..blocks).map(|step| weave.corner(blocks, step)));
    rim.extend((0..blocks).map(|step| weave.corner(blocks - step, blocks)));
    rim.extend((0..blocks).map(|step| weave.corner(0, blocks - step)));
    let islands = holes.iter().map(|hole| one(hole.clone(), Vec::new()));
    let islands: Vec<Shape> = islands.collect();
    let remainder = one(ring(rim), holes);
    Ok(std::iter::once(remainder)
        .chain(islands)
        .zip(0..)
        .map(|(shape, number)| (code(number), shape))
        .collect())
}

/// Teeth side by side on one long back, which comes first and borders all of them.
///
/// Each tooth has so many vertices, those of its foot in common with the back, those of its sides
/// with the next teeth.
///
/// # Errors
/// [`GenerateError::OutOfRange`] for fewer than 1 or more than 200,000 teeth, or fewer than 4 or
/// more than 2,000 vertices.
pub fn comb(
    teeth: usize,
    vertices: usize,
    seed: u64,
) -> Result<Vec<(String, Shape)>, GenerateError> {
    within("teeth", teeth, 1, 200_000, "between 1 and 200,000")?;
    let weave = Weave::new(TOOTH, vertices, seed)?;
    // the teeth stand in row 1, the back is all of row 0
    let mut back = vec![weave.corner(0, 0), weave.corner(teeth, 0)];
    let foot = back.len();
    (0..teeth).for_each(|column| weave.along(column, 1, &mut back));
    back.push(weave.corner(teeth, 1));
    back[foot..].reverse();
    let teeth = (0..teeth).map(|column| one(weave.block(column, 1), Vec::new()));
    Ok(std::iter::once(one(ring(back), Vec::new()))
        .chain(teeth)
        .zip(0..)
        .map(|(shape, number)| (code(number), shape))
        .collect())
}

/// Lines along and up a board of blocks, with vertices that wobble around even distances.
///
/// A vertex strays at most a fifth of the distance to the next along either axis: lines along
/// rise and fall by less than they go on, lines up the other way, so that they meet at the
/// corners alone.
struct Weave {
    block: (i64, i64),
    /// Steps along a side of a block on even and odd lines.
    along: [usize; 2],
    up: [usize; 2],
    stray: i64,
    seed: u64,
}

impl Weave {
    fn new(block: (i64, i64), vertices: usize, seed: u64) -> Result<Self, GenerateError> {
        within("vertices", vertices, 4, 2_000, "between 4 and 2,000")?;
        let side = vertices / 4;
        // a block lies between an even line and an odd one both ways: what four sides do not share
        // evenly goes to the odd lines first
        let more = |at_least: usize| side + usize::from(vertices % 4 >= at_least);
        let (along, up) = ([more(3), more(1)], [side, more(2)]);
        let most = along[1].max(up[1]);
        let steps = i64::try_from(most).unwrap_or(i64::MAX);
        Ok(Self {
            block,
            along,
            up,
            stray: block.0.min(block.1) / steps / 5,
            seed,
        })
    }

    /// The ring of a block, counter-clockwise from its south-west corner.
    fn block(&self, column: usize, row: usize) -> Ring {
        let mut points = Vec::new();
        self.along(column, row, &mut points);
        self.up(column + 1, row, &mut points);
        // the other two sides run the other way, from their ends
        let mut back = Vec::new();
        self.up(column, row, &mut back);
        self.along(column, row + 1, &mut back);
        back.push(self.corner(column + 1, row + 1));
        points.extend(back[1..].iter().rev());
        ring(points)
    }

    /// The vertices of the line below a block, the last corner left out.
    fn along(&self, column: usize, row: usize, onto: &mut Vec<Point>) {
        let steps = self.along[row % 2];
        onto.extend((0..steps).map(|step| self.vertex((column, step, steps), (row, 0, 1))));
    }

    /// The vertices of the line to the left of a block, the last corner left out.
    fn up(&self, column: usize, row: usize, onto: &mut Vec<Point>) {
        let steps = self.up[column % 2];
        onto.extend((0..steps).map(|step| self.vertex((column, 0, 1), (row, step, steps))));
    }

    fn corner(&self, column: usize, row: usize) -> Point {
        self.vertex((column, 0, 1), (row, 0, 1))
    }

    /// The vertex after so many of so many steps from a corner. Where it strays to depends on its
    /// place alone, so that all blocks that have it agree.
    fn vertex(&self, x: (usize, usize, usize), y: (usize, usize, usize)) -> Point {
        let place = |(blocks, step, steps): (usize, usize, usize), block: i64| {
            let part = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
            part(blocks) * block + part(step) * block / part(steps)
        };
        let (x, y) = (place(x, self.block.0), place(y, self.block.1));
        let bits =
            mixed(self.seed ^ mixed(x.cast_unsigned()) ^ mixed(y.cast_unsigned()).rotate_left(32));
        let stray = |bits: u64| (bits % (2 * self.stray.cast_unsigned() + 1)).cast_signed();
        let x = ORIGIN.0 + x + stray(bits & 0xffff_ffff) - self.stray;
        let y = ORIGIN.1 + y + stray(bits >> 32) - self.stray;
        i32::try_from(x)
            .ok()
            .zip(i32::try_from(y).ok())
            .and_then(|(x, y)| Point::new(x, y).ok())
            .unwrap_or_else(|| {
                unreachable!("the counts are limited to what the earth has room for")
            })
    }
}

fn within(
    field: &'static str,
    value: usize,
    least: usize,
    most: usize,
    right: &'static str,
) -> Result<(), GenerateError> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(GenerateError::OutOfRange {
        field,
        value: real(value),
        right,
    })
}

fn ring(points: Vec<Point>) -> Ring {
    Ring::new(points).unwrap_or_else(|_| unreachable!("a block has four corners"))
}

fn one(shell: Ring, holes: Vec<Ring>) -> Shape {
    Shape::new(vec![Polygon::new(shell, holes)])
        .unwrap_or_else(|| unreachable!("there is one polygon"))
}

fn code(number: usize) -> String {
    format!("{number:07}")
}
