//! A slow exact way to see how boundaries wind: vertical slabs between all vertices and crossings,
//! and in them the cells between edges, in fractions.

pub(crate) mod judge;

use std::cmp::Ordering;

use wangge_plane::{Segment, Shape};

/// A fraction with a positive denominator; numbers here stay far below 128 bits.
#[derive(Clone, Copy, Debug)]
struct Fraction(i128, i128);

impl Fraction {
    fn new(num: i128, den: i128) -> Self {
        let (mut a, mut b) = (num.abs(), den.abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let by = a.max(1) * den.signum();
        Self(num / by, den / by)
    }

    fn middle(self, other: Self) -> Self {
        Self::new(self.0 * other.1 + other.0 * self.1, 2 * self.1 * other.1)
    }
}

impl PartialEq for Fraction {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Fraction {}
impl PartialOrd for Fraction {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Fraction {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.0 * other.1).cmp(&(other.0 * self.1))
    }
}

/// A cell between two edges (or beyond all) in one slab, and how everybody winds around it.
struct Cell {
    slab: usize,
    below: Option<Segment>,
    above: Option<Segment>,
    windings: Vec<i32>,
}

/// The cells of all slabs. The outline is the last of the windings, if there is one.
pub(crate) struct Slabs {
    cells: Vec<Cell>,
    borders: Vec<Fraction>,
    shapes: usize,
    has_outline: bool,
    empty: bool,
}

impl Slabs {
    pub(crate) fn of(shapes: &[Shape], outline: Option<&Shape>) -> Self {
        let edges: Vec<(usize, Segment)> = shapes
            .iter()
            .chain(outline)
            .enumerate()
            .flat_map(|(i, shape)| shape.segments().map(move |s| (i, s)))
            .collect();
        let mut borders: Vec<Fraction> = edges
            .iter()
            .map(|(_, s)| Fraction::new(i128::from(s.start().x()), 1))
            .collect();
        for (i, (_, a)) in edges.iter().enumerate() {
            for (_, b) in &edges[i + 1..] {
                borders.extend(crossing_x(*a, *b));
            }
        }
        borders.sort_unstable();
        borders.dedup();
        let count = shapes.len() + usize::from(outline.is_some());
        let mut cells = Vec::new();
        for (slab, pair) in borders.windows(2).enumerate() {
            let x = pair[0].middle(pair[1]);
            let mut over: Vec<(Fraction, usize, Segment)> = edges
                .iter()
                .filter_map(|&(i, s)| Some((y_at(s, x)?, i, s)))
                .collect();
            over.sort_by_key(|&(y, ..)| y);
            let mut windings = vec![0; count];
            let mut below = None;
            let mut at = 0;
            loop {
                let above = over.get(at).map(|&(.., s)| s);
                cells.push(Cell {
                    slab,
                    below,
                    above,
                    windings: windings.clone(),
                });
                let Some(&(y, ..)) = over.get(at) else {
                    break;
                };
                while let Some(&(_, i, s)) = over.get(at).filter(|next| next.0 == y) {
                    windings[i] += if s.end().x() > s.start().x() { 1 } else { -1 };
                    at += 1;
                }
                below = above;
            }
        }
        Self {
            cells,
            borders,
            shapes: shapes.len(),
            has_outline: outline.is_some(),
            empty: shapes.iter().any(|shape| shape.doubled_area() <= 0),
        }
    }

    /// How many shapes wind other than 0 or 1 times somewhere.
    pub(crate) fn broken(shapes: &[Shape]) -> usize {
        shapes
            .iter()
            .filter(|shape| {
                let alone = Self::of(std::slice::from_ref(*shape), None);
                alone
                    .cells
                    .iter()
                    .any(|cell| !(0..=1).contains(&cell.windings[0]))
            })
            .count()
    }

    /// Every cell is covered once, or lies outside: beyond the outline, or with the unbounded.
    pub(crate) fn is_seamless(&self) -> bool {
        if self.empty {
            return false;
        }
        let outside = self.unbounded();
        self.cells.iter().zip(outside).all(|(cell, unbounded)| {
            let (members, outline) = cell.windings.split_at(self.shapes);
            let once = members.iter().all(|w| (0..=1).contains(w));
            let sum: i32 = members.iter().sum();
            let expected = if self.has_outline {
                sum == outline[0] && sum <= 1
            } else {
                sum == 1 || (sum == 0 && unbounded)
            };
            once && expected
        })
    }

    /// Which cells nobody covers and hang together with the unbounded.
    fn unbounded(&self) -> Vec<bool> {
        let bare = |cell: &Cell| cell.windings[..self.shapes].iter().all(|&w| w == 0);
        let last = self.borders.len().saturating_sub(2);
        let mut found: Vec<bool> = self
            .cells
            .iter()
            .map(|c| {
                let open = c.below.is_none() || c.above.is_none();
                bare(c) && (open || self.opens_west(c) || (c.slab == last && self.opens_east(c)))
            })
            .collect();
        loop {
            let mut grown = false;
            for i in 0..self.cells.len() {
                for j in 0..self.cells.len() {
                    let (a, b) = (&self.cells[i], &self.cells[j]);
                    if found[i] && !found[j] && bare(b) && self.hang_together(a, b) {
                        found[j] = true;
                        grown = true;
                    }
                }
            }
            if !grown {
                return found;
            }
        }
    }

    fn opens_west(&self, cell: &Cell) -> bool {
        let x = self.borders[cell.slab];
        cell.slab == 0 && Self::opening(cell, x).is_none_or(|(low, high)| low < high)
    }

    fn opens_east(&self, cell: &Cell) -> bool {
        let x = self.borders[cell.slab + 1];
        Self::opening(cell, x).is_none_or(|(low, high)| low < high)
    }

    /// The cell's sides at a border of its slab; `None` for one without a side.
    fn opening(cell: &Cell, x: Fraction) -> Option<(Fraction, Fraction)> {
        Some((line_at(cell.below?, x), line_at(cell.above?, x)))
    }

    fn hang_together(&self, a: &Cell, b: &Cell) -> bool {
        if a.slab == b.slab {
            // edges of nobody's or coinciding ones lie between neighbours in a slab
            return a.above.is_some() && a.above == b.below
                || b.above.is_some() && b.above == a.below;
        }
        let (west, east) = if a.slab + 1 == b.slab {
            (a, b)
        } else if b.slab + 1 == a.slab {
            (b, a)
        } else {
            return false;
        };
        let x = self.borders[east.slab];
        let low = [west.below, east.below]
            .into_iter()
            .flatten()
            .map(|s| line_at(s, x))
            .max();
        let high = [west.above, east.above]
            .into_iter()
            .flatten()
            .map(|s| line_at(s, x))
            .min();
        match (low, high) {
            // where neither side is covered an upright between belongs to a spike and closes nothing
            (Some(low), Some(high)) => low < high,
            _ => true,
        }
    }
}

fn crossing_x(a: Segment, b: Segment) -> Option<Fraction> {
    let (r, s) = (
        a.end().from_origin(a.start()),
        b.end().from_origin(b.start()),
    );
    let q = b.start().from_origin(a.start());
    let den = i128::from(r.dx * s.dy - r.dy * s.dx);
    if den == 0 {
        return None;
    }
    let t = i128::from(q.dx * s.dy - q.dy * s.dx);
    let u = i128::from(q.dx * r.dy - q.dy * r.dx);
    let within = |v: i128| v.signum() * den.signum() >= 0 && v.abs() <= den.abs();
    (within(t) && within(u))
        .then(|| Fraction::new(i128::from(a.start().x()) * den + i128::from(r.dx) * t, den))
}

/// The height of an edge inside a slab; `None` for one that does not pass it.
fn y_at(s: Segment, x: Fraction) -> Option<Fraction> {
    let (low, high) = (
        s.start().x().min(s.end().x()),
        s.start().x().max(s.end().x()),
    );
    let after = |v: i32| Fraction::new(i128::from(v), 1) < x;
    (after(low) && !after(high)).then(|| line_at(s, x))
}

fn line_at(s: Segment, x: Fraction) -> Fraction {
    let v = s.end().from_origin(s.start());
    let (dx, dy) = (i128::from(v.dx), i128::from(v.dy));
    let (x0, y0) = (i128::from(s.start().x()), i128::from(s.start().y()));
    // y0 + (x - x0) dy / dx
    Fraction::new(y0 * dx * x.1 + (x.0 - x0 * x.1) * dy, dx * x.1)
}
