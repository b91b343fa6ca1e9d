//! The border nearest to a point: down a pyramid of blocks of cells, leaving out what lies too far.

use std::cmp::Ordering;

use wangge_coverage::Owner;
use wangge_plane::Point;

use crate::blocks::{BLOCK_BITS, Blocks};
use crate::cells::Cells;
use crate::metric::{AROUND, Ruler, Scale};
use crate::node::{Arena, Cell, Node};
use crate::path::{self, Edge};
use crate::square::{Square, gap, units};
use crate::sweep::Frame;

/// A grid and how far away it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    /// The grid.
    pub owner: Owner,
    /// Metres from the point to the grid, zero inside and on its border.
    pub distance_m: f64,
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
    ruler: Ruler,
    /// What a unit is worth at least, as far as the best.
    floor: Scale,
    best_m: f64,
    best_face: Option<u32>,
}

/// A cell or block within reach.
#[derive(Clone, Copy, Default)]
struct Within {
    bound_m2: f64,
    guess_m2: f64,
    column: u32,
    row: u32,
}

impl<'a> Search<'a> {
    pub(crate) fn new(cells: &'a Cells, blocks: &'a Blocks, point: Point, within_m: f64) -> Self {
        let ruler = Ruler::at(f64::from(point.y()));
        Self {
            cells,
            blocks,
            frame: cells.frame(),
            point,
            x: i64::from(point.x()),
            y: i64::from(point.y()),
            ruler,
            floor: ruler.floor(within_m),
            best_m: within_m,
            best_face: None,
        }
    }

    /// The nearest grid; where one border is as near as another, the lowest grid of all beside them.
    pub(crate) fn run(mut self) -> Option<Near> {
        self.climb();
        let top = self.blocks.levels() - 1;
        let own = self.x;
        for x in [own - AROUND, own + AROUND] {
            self.x = x;
            self.block(top, 0, 0);
        }
        Some(Near {
            owner: path::owner(self.best_face?)?,
            distance_m: self.best_m,
        })
    }

    /// From the block around the point, or the one next to it, to larger ones, until one holds all
    /// that can be as near as the best.
    fn climb(&mut self) {
        let clamped = |at: i64, origin: i32, count: u32| {
            let offset = (at - i64::from(origin)) >> self.frame.bits;
            u32::try_from(offset.max(0)).map_or(count - 1, |offset| offset.min(count - 1))
        };
        let mut column = clamped(self.x, self.frame.origin.x, self.frame.columns);
        let mut row = clamped(self.y, self.frame.origin.y, self.frame.rows);
        for level in 0..self.blocks.levels() {
            (column, row) = (column >> BLOCK_BITS, row >> BLOCK_BITS);
            self.block(level, column, row);
            let block = self.square(level + 1, column, row);
            let (reach_x, reach_y) = self.reach();
            if self.x - reach_x > block.x
                && self.x + reach_x < block.x + block.side
                && self.y - reach_y > block.y
                && self.y + reach_y < block.y + block.side
            {
                return;
            }
        }
    }

    /// Lattice units east and north beyond which all is further than the best, and not too many for
    /// sums of them.
    #[expect(clippy::cast_possible_truncation, reason = "clamped")]
    fn reach(&self) -> (i64, i64) {
        const FAR: f64 = 1e12;
        let units = |scale: f64| (self.best_m / scale).min(FAR) as i64 + 1;
        (units(self.floor.east), units(self.floor.north))
    }

    fn block(&mut self, level: usize, column: u32, row: u32) {
        const MOST: usize = 1 << (2 * BLOCK_BITS);
        let blocks = self.blocks;
        let side = 1u32 << BLOCK_BITS;
        let mut occupied =
            blocks.mask(level, column, row) & self.mask_within_reach(level, column, row);
        let mut found = [Within::default(); MOST];
        let mut count = 0;
        while occupied != 0 {
            let bit = occupied.trailing_zeros();
            occupied &= occupied - 1;
            let (column, row) = (column * side + bit % side, row * side + bit / side);
            let square = self.square(level, column, row);
            let bound_m2 = self.bound_m2(square);
            if bound_m2 <= self.best_m * self.best_m {
                found[count] = Within {
                    bound_m2,
                    guess_m2: self.guess_m2(square),
                    column,
                    row,
                };
                count += 1;
            }
        }
        let found = &mut found[..count];
        found.sort_unstable_by(|one, other| one.guess_m2.total_cmp(&other.guess_m2));
        for &mut Within {
            bound_m2,
            column,
            row,
            ..
        } in found
        {
            // the best may be nearer by now
            if bound_m2 > self.best_m * self.best_m {
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

    /// The bits of a block's columns and rows that are not too far east, west, north or south.
    fn mask_within_reach(&self, level: usize, column: u32, row: u32) -> u64 {
        const COLUMNS: u64 = 0x0101_0101_0101_0101;
        let block = self.square(level + 1, column, row);
        let bits = self.bits(level);
        let (reach_x, reach_y) = self.reach();
        let last = (1i64 << BLOCK_BITS) - 1;
        let span = |at: i64, reach: i64, start: i64| {
            let low = ((at - reach - start) >> bits).max(0);
            let high = ((at + reach - start) >> bits).min(last);
            (low, high)
        };
        let (west, east) = span(self.x, reach_x, block.x);
        let (south, north) = span(self.y, reach_y, block.y);
        if west > east || south > north {
            return 0;
        }
        let columns = ((1u64 << (east - west + 1)) - 1) << west;
        let rows = u64::MAX >> (8 * (last - (north - south))) << (8 * south);
        (columns * COLUMNS) & rows
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "eleven levels span the lattice"
    )]
    const fn bits(&self, level: usize) -> u32 {
        self.frame.bits + BLOCK_BITS * level as u32
    }

    fn square(&self, level: usize, column: u32, row: u32) -> Square {
        let bits = self.bits(level);
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
                for edge in leaf.edges(square.corner()) {
                    self.edge(&edge);
                }
            }
            // nothing that was built is cut below one unit
            Node::Grid(grid) if square.side >> grid.bits() == 0 => {}
            Node::Grid(grid) => {
                let cut = 1u32 << grid.bits();
                let side = square.side >> grid.bits();
                let part = |column: u32, row: u32| square.part(grid.bits(), column, row);
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
                            && self.bound_m2(part) <= self.best_m * self.best_m
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
        if self.edge_bound_m2(edge) > self.best_m * self.best_m {
            return;
        }
        let distance_m = self.edge_distance_m(edge);
        match distance_m.total_cmp(&self.best_m) {
            Ordering::Less => {
                self.best_m = distance_m;
                self.best_face = Some(face);
                self.floor = self.ruler.floor(distance_m);
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
        let share = self.ruler.foot(a, along);
        if share <= 0.0 {
            return self.ruler.distance_m(a.0, a.1);
        }
        if share >= 1.0 {
            return self.ruler.distance_m(b.0, b.1);
        }
        let scale = self.ruler.scale_halfway(a.1 + share * along.1);
        let cross = a.0 * along.1 - a.1 * along.0;
        cross.abs() * scale.east * scale.north / scale.length(along.0, along.1)
    }

    /// The square of a distance that no place in the closed square comes below.
    fn bound_m2(&self, square: Square) -> f64 {
        let (dx, dy) = self.way_to(square);
        self.floor.squared(dx, dy)
    }

    /// About how far the square is, squared.
    fn guess_m2(&self, square: Square) -> f64 {
        let (dx, dy) = self.way_to(square);
        self.ruler.scale(0.0).squared(dx, dy)
    }

    fn way_to(&self, square: Square) -> (f64, f64) {
        square.gap(self.x, self.y)
    }

    fn edge_bound_m2(&self, edge: &Edge) -> f64 {
        let (low, high) = (edge.a.y.min(edge.b.y), edge.a.y.max(edge.b.y));
        let dx = gap(i64::from(edge.a.x), i64::from(edge.b.x), self.x);
        let dy = gap(i64::from(low), i64::from(high), self.y);
        self.floor.squared(dx, dy)
    }
}
