//! The border nearest to a point: down a pyramid of blocks of cells, leaving out what lies too far.

use std::cmp::Ordering;

use wangge_coverage::Owner;
use wangge_plane::Point;

use crate::cells::{Arena, Cell, Cells, Node};
use crate::metric::{AROUND, Scale, distance_m};
use crate::path::{self, Edge};
use crate::sweep::Frame;

/// A grid and how far away it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    /// The grid.
    pub owner: Owner,
    /// Metres from the point to the grid, zero inside and on its border.
    pub distance_m: f64,
}

/// Cells of one side of a block, as a power of two.
const BLOCK_BITS: u32 = 3;

/// Bounds are taken a little smaller than they are, so that their rounding leaves nothing out.
const ROUNDING: f64 = 1.0 - 1e-12;

/// Which cells have edges: a bit per cell in blocks of 8 by 8, a bit per block in the level above, and
/// so on up to one block.
#[derive(Debug)]
pub(crate) struct Blocks {
    levels: Vec<Level>,
}

#[derive(Debug)]
struct Level {
    columns: u32,
    masks: Vec<u64>,
}

impl Blocks {
    pub(crate) fn over(cells: &Cells) -> Self {
        let frame = cells.frame();
        let mut levels = vec![Level::over(frame.columns, frame.rows, |column, row| {
            matches!(cells.top(column, row), Cell::Node(_))
        })];
        while let Some(below) = levels.last()
            && below.masks.len() > 1
        {
            let above = Level::over(below.columns, below.rows(), |column, row| {
                below.mask(column, row) != 0
            });
            levels.push(above);
        }
        Self { levels }
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        self.levels
            .iter()
            .map(|level| level.masks.capacity() * size_of::<u64>())
            .sum()
    }
}

impl Level {
    fn over(columns: u32, rows: u32, occupied: impl Fn(u32, u32) -> bool) -> Self {
        let side = 1u32 << BLOCK_BITS;
        let (block_columns, block_rows) = (columns.div_ceil(side), rows.div_ceil(side));
        let mut masks = vec![0u64; block_columns as usize * block_rows as usize];
        for row in 0..rows {
            for column in 0..columns {
                if occupied(column, row) {
                    let block =
                        (row / side) as usize * block_columns as usize + (column / side) as usize;
                    masks[block] |= 1 << ((row % side) * side + column % side);
                }
            }
        }
        Self {
            columns: block_columns,
            masks,
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "rows are counted in u32")]
    fn rows(&self) -> u32 {
        (self.masks.len() / self.columns as usize) as u32
    }

    fn mask(&self, column: u32, row: u32) -> u64 {
        self.masks[row as usize * self.columns as usize + column as usize]
    }
}

/// One search for the nearest border.
pub(crate) struct Search<'a> {
    cells: &'a Cells,
    blocks: &'a Blocks,
    frame: Frame,
    point: Point,
    /// The point, or the same place once around the earth.
    x: i64,
    y: i64,
    here: Scale,
    floor: Scale,
    best_m: f64,
    best_face: Option<u32>,
}

/// A square of cells, its corner and side in lattice units.
#[derive(Clone, Copy)]
struct Square {
    x: i64,
    y: i64,
    side: i64,
}

impl<'a> Search<'a> {
    pub(crate) fn new(cells: &'a Cells, blocks: &'a Blocks, point: Point, within_m: f64) -> Self {
        let y = f64::from(point.y());
        Self {
            cells,
            blocks,
            frame: cells.frame(),
            point,
            x: i64::from(point.x()),
            y: i64::from(point.y()),
            here: Scale::at(y),
            floor: Scale::floor(y, within_m.max(0.0)),
            best_m: within_m,
            best_face: None,
        }
    }

    /// The nearest grid; where one border is as near as another, the lowest grid of all beside them.
    pub(crate) fn run(mut self) -> Option<Near> {
        let own = self.x;
        for x in [own, own - AROUND, own + AROUND] {
            self.x = x;
            let top = self.blocks.levels.len() - 1;
            self.block(top, 0, 0);
        }
        Some(Near {
            owner: path::owner(self.best_face?)?,
            distance_m: self.best_m,
        })
    }

    fn block(&mut self, level: usize, column: u32, row: u32) {
        const MOST: usize = 1 << (2 * BLOCK_BITS);
        let blocks = self.blocks;
        let side = 1u32 << BLOCK_BITS;
        let mut occupied = blocks.levels[level].mask(column, row);
        let mut found = [(0.0, 0.0, 0, 0); MOST];
        let mut count = 0;
        while occupied != 0 {
            let bit = occupied.trailing_zeros();
            occupied &= occupied - 1;
            let (inner_column, inner_row) = (column * side + bit % side, row * side + bit / side);
            let square = self.square(level, inner_column, inner_row);
            let bound = self.bound_m(square);
            if bound <= self.best_m {
                found[count] = (self.guess_m(square), bound, inner_column, inner_row);
                count += 1;
            }
        }
        let found = &mut found[..count];
        found.sort_unstable_by(|(one, ..), (other, ..)| one.total_cmp(other));
        for &mut (_, bound, column, row) in found {
            // may be nearer by now
            if bound > self.best_m {
                continue;
            }
            if level > 0 {
                self.block(level - 1, column, row);
            } else {
                let square = self.square(0, column, row);
                self.cell(self.cells.top(column, row), square);
            }
        }
    }

    fn square(&self, level: usize, column: u32, row: u32) -> Square {
        let mut bits = self.frame.bits;
        for _ in 0..level {
            bits += BLOCK_BITS;
        }
        Square {
            x: i64::from(self.frame.origin.x) + (i64::from(column) << bits),
            y: i64::from(self.frame.origin.y) + (i64::from(row) << bits),
            side: 1 << bits,
        }
    }

    fn cell(&mut self, cell: Cell, square: Square) {
        let arena: &'a Arena = self.cells.arena();
        let Cell::Node(at) = cell else { return };
        match arena.node(at) {
            Node::Leaf(leaf) => {
                for edge in leaf.edges() {
                    self.edge(&edge);
                }
            }
            Node::Grid(grid) => {
                let cut = 1u32 << grid.bits();
                let side = square.side >> grid.bits();
                let part = |column: u32, row: u32| Square {
                    x: square.x + i64::from(column) * side,
                    y: square.y + i64::from(row) * side,
                    side,
                };
                let nearest = |at: i64, start: i64| {
                    u32::try_from(((at - start) / side).clamp(0, i64::from(cut) - 1)).unwrap_or(0)
                };
                // the part towards the point first: it leaves most others too far
                let (first_column, first_row) =
                    (nearest(self.x, square.x), nearest(self.y, square.y));
                self.cell(
                    grid.cell(first_column, first_row),
                    part(first_column, first_row),
                );
                for row in 0..cut {
                    for column in 0..cut {
                        let cell = grid.cell(column, row);
                        let part = part(column, row);
                        if matches!(cell, Cell::Node(_))
                            && (column, row) != (first_column, first_row)
                            && self.bound_m(part) <= self.best_m
                        {
                            self.cell(cell, part);
                        }
                    }
                }
            }
        }
    }

    fn edge(&mut self, edge: &Edge) {
        let Some(face) = edge.lowest_grid() else {
            return;
        };
        if self.edge_bound_m(edge) > self.best_m {
            return;
        }
        let distance_m = self.edge_distance_m(edge);
        match distance_m.total_cmp(&self.best_m) {
            Ordering::Less => {
                self.best_m = distance_m;
                self.best_face = Some(face);
                self.floor = Scale::floor(units(self.y), distance_m);
            }
            Ordering::Equal => {
                self.best_face = Some(self.best_face.map_or(face, |best| best.min(face)));
            }
            Ordering::Greater => {}
        }
    }

    fn edge_distance_m(&self, edge: &Edge) -> f64 {
        if edge.holds(self.point.into()) {
            return 0.0;
        }
        let a = (
            units(i64::from(edge.a.x) - self.x),
            units(i64::from(edge.a.y) - self.y),
        );
        let b = (
            units(i64::from(edge.b.x) - self.x),
            units(i64::from(edge.b.y) - self.y),
        );
        let along = (b.0 - a.0, b.1 - a.1);
        let y = units(self.y);
        // the foot of the perpendicular moves a little with the scale, which it sets itself
        let foot = |scale: Scale| {
            let (ex, ey) = (along.0 * scale.east, along.1 * scale.north);
            let (ax, ay) = (a.0 * scale.east, a.1 * scale.north);
            -(ax * ex + ay * ey) / (ex * ex + ey * ey)
        };
        let halfway = |share: f64| {
            let rise = share * along.1;
            Scale::at(y + 0.5 * (a.1 + rise))
        };
        let mut share = foot(self.here).clamp(0.0, 1.0);
        for _ in 0..2 {
            share = foot(halfway(share)).clamp(0.0, 1.0);
        }
        if share <= 0.0 {
            return distance_m(y, a.0, a.1);
        }
        if share >= 1.0 {
            return distance_m(y, b.0, b.1);
        }
        let scale = halfway(share);
        let cross = a.0 * along.1 - a.1 * along.0;
        cross.abs() * scale.east * scale.north / scale.length(along.0, along.1)
    }

    /// No place in the closed square is nearer.
    fn bound_m(&self, square: Square) -> f64 {
        let dx = gap(square.x, square.x + square.side, self.x);
        let dy = gap(square.y, square.y + square.side, self.y);
        self.floor.length(dx, dy) * ROUNDING
    }

    /// About how far the square is.
    fn guess_m(&self, square: Square) -> f64 {
        let dx = gap(square.x, square.x + square.side, self.x);
        let dy = gap(square.y, square.y + square.side, self.y);
        self.here.length(dx, dy)
    }

    fn edge_bound_m(&self, edge: &Edge) -> f64 {
        let (low, high) = (edge.a.y.min(edge.b.y), edge.a.y.max(edge.b.y));
        let dx = gap(i64::from(edge.a.x), i64::from(edge.b.x), self.x);
        let dy = gap(i64::from(low), i64::from(high), self.y);
        self.floor.length(dx, dy) * ROUNDING
    }
}

/// How far a number is from a closed range.
fn gap(low: i64, high: i64, at: i64) -> f64 {
    units((low - at).max(at - high).max(0))
}

/// Exact: lattice units stay far below 2^53.
#[expect(clippy::cast_precision_loss, reason = "lattice units are below 2^53")]
const fn units(value: i64) -> f64 {
    value as f64
}
