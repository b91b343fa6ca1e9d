//! Edges over a frame of square cells: which cells they run through, and which face each cell's
//! corner lies in. Whole-number arithmetic throughout, so the frame is as exact as a lookup.

use std::ops::Range;

use crate::path::{Edge, Place};

/// Bits of a cell's side, at most: two such cells span the lattice, and shifts by so many bits need no care.
pub(crate) const MOST_BITS: u32 = u32::BITS - 1;

/// Columns and rows of square cells of `2^bits` lattice units, from a south-western corner.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    pub(crate) origin: Place,
    pub(crate) bits: u32,
    pub(crate) columns: u32,
    pub(crate) rows: u32,
}

/// What is known before a sweep.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Known {
    /// All edges that there are lie in the frame: to its west is the outside.
    FarWest,
    /// The face of the nudged south-western corner of the frame.
    Corner(u32),
}

impl Frame {
    /// The south-western corner of a cell.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a cell's corner lies in the extent of lattice points"
    )]
    pub(crate) fn corner(self, column: u32, row: u32) -> Place {
        Place {
            x: (i64::from(self.origin.x) + (i64::from(column) << self.bits)) as i32,
            y: (i64::from(self.origin.y) + (i64::from(row) << self.bits)) as i32,
        }
    }

    /// The rows that the edge runs through, of those wanted.
    pub(crate) fn rows_of(self, edge: &Edge, wanted: &Range<u32>) -> Range<u32> {
        let climb = Climb::of(edge);
        let row = |y: i64| (y - i64::from(self.origin.y)) >> self.bits;
        clip(row(climb.low_y)..row(climb.high_y) + 1, wanted)
    }

    /// Calls `visit(row, first column, last column)` for the cells that the edge runs through.
    ///
    /// A cell holds its western and southern side but not the others, so that the cells cover
    /// the plane without overlap; the last cells of a row may be met without being run through.
    pub(crate) fn cells_of(
        self,
        edge: &Edge,
        wanted: &Range<u32>,
        mut visit: impl FnMut(u32, u32, u32),
    ) {
        let climb = Climb::of(edge);
        let column = |x: i64| (x - i64::from(self.origin.x)) >> self.bits;
        for row in self.rows_of(edge, wanted) {
            let floor = i64::from(self.origin.y) + (i64::from(row) << self.bits);
            let ceiling = floor + (1 << self.bits);
            let (one, other) = if climb.low_y == climb.high_y {
                (climb.low_x, climb.high_x)
            } else {
                (
                    climb.floor_x(floor.max(climb.low_y)),
                    climb.floor_x(ceiling.min(climb.high_y)),
                )
            };
            let columns = clip(
                column(one.min(other))..column(one.max(other)) + 1,
                &(0..self.columns),
            );
            if !columns.is_empty() {
                visit(row, columns.start, columns.end - 1);
            }
        }
    }

    /// The faces of the nudged south-western corners of the wanted rows' cells, row by row.
    ///
    /// The path of the module [`path`](crate::path), from corner to corner: an edge is felt from the first corner on
    /// that lies behind it, which whole-number division finds. With [`Known::Corner`] all edges
    /// that run through the frame must be given, and all rows wanted.
    pub(crate) fn corner_faces(
        self,
        edges: impl Iterator<Item = Edge>,
        wanted: &Range<u32>,
        known: Known,
    ) -> Vec<u32> {
        let columns = self.columns as usize;
        let mut faces = vec![0u32; columns * wanted.len()];
        let mut climbs = vec![0u32; wanted.len()];
        let first_at_or_after = |offset: i64| (offset + (1 << self.bits) - 1) >> self.bits;
        let (x0, y0) = (i64::from(self.origin.x), i64::from(self.origin.y));
        for edge in edges {
            let climb = Climb::of(&edge);
            let rows = first_at_or_after(climb.low_y - y0)..first_at_or_after(climb.high_y - y0);
            let eastward = if edge.a.y < edge.b.y {
                edge.rightward()
            } else {
                edge.rightward().wrapping_neg()
            };
            for row in clip(rows, wanted) {
                let y = y0 + (i64::from(row) << self.bits);
                let offset = climb.ceil_x(y) - x0;
                if offset <= 0 && matches!(known, Known::Corner(_)) {
                    continue;
                }
                let column = first_at_or_after(offset).max(0);
                if column < i64::from(self.columns) {
                    let cell = (row - wanted.start) as usize * columns + index(column);
                    faces[cell] = faces[cell].wrapping_add(eastward);
                }
            }
            if matches!(known, Known::Corner(_))
                && edge.a.x <= self.origin.x
                && self.origin.x < edge.b.x
            {
                let row = first_at_or_after(first_y_above(&edge, x0) - y0);
                if 0 < row && row < i64::from(self.rows) {
                    let change = &mut climbs[index(row)];
                    *change = change.wrapping_sub(edge.rightward());
                }
            }
        }
        let mut west = match known {
            Known::FarWest => 0,
            Known::Corner(face) => face,
        };
        for (row, change) in faces.chunks_exact_mut(columns).zip(climbs) {
            west = west.wrapping_add(change);
            let mut face = west;
            for cell in row {
                face = face.wrapping_add(*cell);
                *cell = face;
            }
        }
        faces
    }
}

/// An edge from its lower to its upper end.
struct Climb {
    low_x: i64,
    low_y: i64,
    high_x: i64,
    high_y: i64,
}

impl Climb {
    fn of(edge: &Edge) -> Self {
        let (low, high) = if edge.a.y <= edge.b.y {
            (edge.a, edge.b)
        } else {
            (edge.b, edge.a)
        };
        Self {
            low_x: i64::from(low.x),
            low_y: i64::from(low.y),
            high_x: i64::from(high.x),
            high_y: i64::from(high.y),
        }
    }

    /// The last whole x at or west of the edge at a height that it reaches; not for level edges.
    fn floor_x(&self, y: i64) -> i64 {
        self.low_x + self.rise(y).div_euclid(self.high_y - self.low_y)
    }

    /// The first whole x at or east of the edge at a height that it reaches; not for level edges.
    fn ceil_x(&self, y: i64) -> i64 {
        self.low_x - (-self.rise(y)).div_euclid(self.high_y - self.low_y)
    }

    /// Fits: a width times a height of the lattice is at most 6.48e18.
    fn rise(&self, y: i64) -> i64 {
        (self.high_x - self.low_x) * (y - self.low_y)
    }
}

/// The first whole height at which the nudged point on `x` is above an edge that passes there.
fn first_y_above(edge: &Edge, x: i64) -> i64 {
    let dx = i64::from(edge.b.x) - i64::from(edge.a.x);
    let dy = i64::from(edge.b.y) - i64::from(edge.a.y);
    let rise = dy * (x - i64::from(edge.a.x));
    let a_y = i64::from(edge.a.y);
    if dy > 0 {
        a_y + rise.div_euclid(dx) + 1
    } else {
        a_y - (-rise).div_euclid(dx)
    }
}

fn clip(range: Range<i64>, to: &Range<u32>) -> Range<u32> {
    let start = range.start.max(i64::from(to.start));
    let end = range.end.min(i64::from(to.end));
    if start < end {
        narrow(start)..narrow(end)
    } else {
        to.start..to.start
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clipped to a range of u32"
)]
const fn narrow(value: i64) -> u32 {
    value as u32
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a column or row of a frame, counted in u32"
)]
const fn index(value: i64) -> usize {
    value as usize
}
