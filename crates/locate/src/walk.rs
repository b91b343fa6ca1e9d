//! A straight way cut where it leaves one face for another.
//!
//! # Why the cuts are exact
//!
//! The border rule moves every point of the way from `p` to `q` by `(e, e^2)` for a small `e`, see the module
//! `path`: the way itself is moved. Moved, it meets no vertex and runs along no edge. With `c(s)` twice
//! the area of the triangle of an edge's ends and `s`, the ends `p'` and `q'` of the moved way are on the edge's left
//! where `c` is above 0, on its right where it is below, and where it is 0, `c(s')` has the sign of
//! `-dy` or, for a level edge, is positive (an edge starts at its western end). In the same way the ends
//! of the edge are on the left or the right of the moved way: `k(s')` has the sign of `k`, or of the way's `dy`,
//! or of minus its `dx`. The way crosses the edge where both pairs are on different sides.
//!
//! As `e` goes to zero, the crossing comes to the share `c(p) / (c(p) - c(q))` of the way. Both are whole numbers, each at
//! most twice the area of a triangle in the lattice's bounds, 6.48e18, so that the difference fits 64
//! bits without a sign, and two shares are compared by products of 128 bits.
//!
//! Where several edges are crossed at one share (at a vertex), the order does not matter: the number of the face behind all
//! of them is the number before, and for each the number on its far side less that on its near side.
//!
//! **Rims.** A way along a rim with the covered ground in the west or south is outside by the moved points, and yet
//! each of its points belongs to the grid beside it. Edges that lie in the way's line are therefore kept, and
//! what is outside along one of them belongs to its grid. Where a way only touches a rim, nothing is cut:
//! that moment has no length.

use std::cmp::Ordering;

use wangge_coverage::Owner;
use wangge_plane::Point;

use crate::FaceIndex;
use crate::cells::Cells;
use crate::node::{Cell, Node};
use crate::path::{self, Edge, OUTSIDE, Place};
use crate::square::Square;
use crate::sweep::Frame;

/// An exact share of a way, from 0 at its start to 1 at its end.
#[derive(Debug, Clone, Copy)]
pub struct Fraction {
    numerator: u64,
    /// Above 0, and not below the numerator.
    denominator: u64,
}

/// A part of a way that lies in one grid, or outside of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// The grid; `None` outside.
    pub owner: Option<Owner>,
    /// Where it begins.
    pub from: Fraction,
    /// Where it ends: where the next begins.
    pub to: Fraction,
}

impl Fraction {
    /// The start of a way.
    pub const START: Self = Self {
        numerator: 0,
        denominator: 1,
    };

    /// The end of a way.
    pub const END: Self = Self {
        numerator: 1,
        denominator: 1,
    };

    /// `part` of `part + rest`; `None` where both are 0.
    fn of(part: u64, rest: u64) -> Option<Self> {
        let denominator = part.checked_add(rest)?;
        (denominator > 0).then_some(Self {
            numerator: part,
            denominator,
        })
    }

    /// The share as the nearest number, or one of its neighbours.
    #[expect(clippy::cast_precision_loss, reason = "said so")]
    pub fn as_f64(self) -> f64 {
        self.numerator as f64 / self.denominator as f64
    }

    /// The whole number this far between two, halves towards the second; the greater share never gives less.
    pub fn between(self, from: i64, to: i64) -> i64 {
        let (part, whole) = (u128::from(self.numerator), u128::from(self.denominator));
        // both factors fit 64 bits; the half added is below 2^64, and the product is not above 2^128 - 2^65
        let gone = (u128::from(from.abs_diff(to)) * part + whole / 2) / whole;
        let gone = u64::try_from(gone).unwrap_or(u64::MAX);
        if from <= to {
            from.saturating_add_unsigned(gone)
        } else {
            from.saturating_sub_unsigned(gone)
        }
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
        let product = |a: u64, b: u64| u128::from(a) * u128::from(b);
        product(self.numerator, other.denominator).cmp(&product(other.numerator, self.denominator))
    }
}

impl FaceIndex {
    /// The straight way between two points, cut exactly where it goes from one grid into another: at least one
    /// stretch, one behind the other from the start to the end, no two neighbours in one grid.
    ///
    /// Every point within a stretch has the stretch's grid by [`FaceIndex::locate`], but for single points where the
    /// way touches a rim from outside. The way between points of different hemispheres is the one that does not
    /// cross 180 degrees.
    ///
    /// ```
    /// # use wangge_coverage::{BorderEdge, Owner};
    /// # use wangge_locate::{FaceIndex, Layout};
    /// # use wangge_plane::{Point, Segment};
    /// # let at = |x, y| Point::new(x, y);
    /// # let west = Some(Owner(0));
    /// // one grid, from 0 to 10 in both directions
    /// # let sides = [
    /// #     (at(0, 0)?, at(10, 0)?, west, None),
    /// #     (at(0, 10)?, at(10, 10)?, None, west),
    /// #     (at(0, 0)?, at(0, 10)?, None, west),
    /// #     (at(10, 0)?, at(10, 10)?, west, None),
    /// # ];
    /// # let edges: Vec<BorderEdge> = sides
    /// #     .into_iter()
    /// #     .filter_map(|(a, b, left, right)| {
    /// #         Some(BorderEdge { segment: Segment::new(a, b)?, left, right })
    /// #     })
    /// #     .collect();
    /// let index = FaceIndex::build(&edges, Layout::default());
    /// let ways = index.walk(at(5, 5)?, at(20, 5)?);
    /// assert_eq!(ways.len(), 2);
    /// assert_eq!((ways[0].owner, ways[1].owner), (Some(Owner(0)), None));
    /// // a way of 15 seconds leaves the grid after 5
    /// assert_eq!(ways[0].to.between(0, 15_000_000), 5_000_000);
    /// # Ok::<(), wangge_plane::PlaneError>(())
    /// ```
    pub fn walk(&self, from: Point, to: Point) -> Vec<Stretch> {
        let Some(cells) = self.cells().filter(|_| from != to) else {
            return vec![Stretch {
                owner: self.locate(from),
                from: Fraction::START,
                to: Fraction::END,
            }];
        };
        let way = Way {
            from: from.into(),
            to: to.into(),
        };
        let (starts, ends) = (cells.nudged_face_at(from), cells.nudged_face_at(to));
        way.cut(cells, starts, ends)
    }
}

/// A way from one point to another.
#[derive(Clone, Copy)]
struct Way {
    from: Place,
    to: Place,
}

/// What a way meets.
#[derive(Default)]
struct Met {
    /// Where edges are crossed, and what is added there to the number of the face.
    crossings: Vec<(Fraction, u32)>,
    /// Rims that the way runs along, and the number of their grid.
    rims: Vec<(Fraction, Fraction, u32)>,
}

impl Way {
    fn cut(self, cells: &Cells, starts: u32, ends: u32) -> Vec<Stretch> {
        let mut met = Met::default();
        for edge in self.edges(cells) {
            self.meet(&edge, &mut met);
        }
        met.crossings.sort_unstable_by_key(|&(at, _)| at);
        met.rims.sort_unstable_by_key(|&(from, _, _)| from);
        let mut cut = Cut {
            stretches: Vec::new(),
            rims: met.rims,
        };
        let mut face = starts;
        let mut begun = Fraction::START;
        for (at, change) in met.crossings {
            cut.add(face, begun, at);
            face = face.wrapping_add(change);
            begun = at;
        }
        cut.add(face, begun, Fraction::END);
        debug_assert_eq!(face, ends, "the edges crossed lead to the face at the end");
        cut.stretches
    }

    /// Every edge that the way can meet, once.
    fn edges(self, cells: &Cells) -> Vec<Edge> {
        let mut edges = Vec::new();
        self.gather_frame(cells, cells.frame(), &mut edges, |column, row| {
            cells.top(column, row)
        });
        let ends = |edge: &Edge| (edge.a.x, edge.a.y, edge.b.x, edge.b.y);
        edges.sort_unstable_by_key(ends);
        edges.dedup();
        edges
    }

    fn gather_frame(
        self,
        cells: &Cells,
        frame: Frame,
        edges: &mut Vec<Edge>,
        cell: impl Fn(u32, u32) -> Cell,
    ) {
        let (a, b) = if (self.from.x, self.from.y) <= (self.to.x, self.to.y) {
            (self.from, self.to)
        } else {
            (self.to, self.from)
        };
        let as_edge = Edge {
            a,
            b,
            left: OUTSIDE,
            right: OUTSIDE,
        };
        frame.cells_of(&as_edge, &(0..frame.rows), |row, first, last| {
            for column in first..=last {
                let Cell::Node(at) = cell(column, row) else {
                    continue;
                };
                let square = Square {
                    x: i64::from(frame.origin.x) + (i64::from(column) << frame.bits),
                    y: i64::from(frame.origin.y) + (i64::from(row) << frame.bits),
                    side: 1 << frame.bits,
                };
                match cells.arena().node(at) {
                    Node::Leaf(leaf) => edges.extend(leaf.edges(square.corner())),
                    Node::Grid(grid) => {
                        let within = Frame {
                            origin: square.corner(),
                            bits: frame.bits - grid.bits(),
                            columns: 1 << grid.bits(),
                            rows: 1 << grid.bits(),
                        };
                        self.gather_part(cells, within, edges, &|column, row| {
                            grid.cell(column, row)
                        });
                    }
                }
            }
        });
    }

    /// As [`Way::gather_frame`], with one type for all depths.
    fn gather_part(
        self,
        cells: &Cells,
        frame: Frame,
        edges: &mut Vec<Edge>,
        cell: &dyn Fn(u32, u32) -> Cell,
    ) {
        self.gather_frame(cells, frame, edges, cell);
    }

    /// What an edge is to the way.
    fn meet(self, edge: &Edge, met: &mut Met) {
        let (at_from, at_to) = (edge.cross(self.from), edge.cross(self.to));
        if at_from == 0 && at_to == 0 {
            self.run_along(edge, met);
            return;
        }
        let is_left = |c: i64| match c.cmp(&0) {
            Ordering::Greater => true,
            Ordering::Less => false,
            // a level edge leads east, and the point is moved north of it
            Ordering::Equal => edge.b.y <= edge.a.y,
        };
        let rightward = match (is_left(at_from), is_left(at_to)) {
            (true, false) => edge.rightward(),
            (false, true) => edge.rightward().wrapping_neg(),
            _ => return,
        };
        if self.has_on_left(edge.a) == self.has_on_left(edge.b) {
            return;
        }
        if let Some(at) = Fraction::of(at_from.unsigned_abs(), at_to.unsigned_abs()) {
            met.crossings.push((at, rightward));
        }
    }

    /// Whether the moved way has a place on its left.
    fn has_on_left(self, place: Place) -> bool {
        let (dx, dy) = (
            i64::from(self.to.x) - i64::from(self.from.x),
            i64::from(self.to.y) - i64::from(self.from.y),
        );
        let sx = i64::from(place.x) - i64::from(self.from.x);
        let sy = i64::from(place.y) - i64::from(self.from.y);
        // each product is below 2^63, and so is their difference; see `wangge_plane::cross`
        let k = (dx * sy).wrapping_sub(dy * sx);
        (k, dy, -dx) > (0, 0, 0)
    }

    /// Keeps the part of the way that an edge in its line covers, where that is a rim.
    fn run_along(self, edge: &Edge, met: &mut Met) {
        let (Some(grid), true) = (
            edge.lowest_grid(),
            edge.left == OUTSIDE || edge.right == OUTSIDE,
        ) else {
            return;
        };
        // along the axis that the way changes most in
        let dx = i64::from(self.to.x) - i64::from(self.from.x);
        let dy = i64::from(self.to.y) - i64::from(self.from.y);
        let (length, offset): (i64, fn(Place, Place) -> i64) = if dx.abs() >= dy.abs() {
            (dx, |place, from| i64::from(place.x) - i64::from(from.x))
        } else {
            (dy, |place, from| i64::from(place.y) - i64::from(from.y))
        };
        let share = |place: Place| {
            let gone = offset(place, self.from) * length.signum();
            let gone = gone.clamp(0, length.abs());
            Fraction::of(gone.unsigned_abs(), (length.abs() - gone).unsigned_abs())
        };
        if let (Some(one), Some(other)) = (share(edge.a), share(edge.b))
            && one != other
        {
            met.rims.push((one.min(other), one.max(other), grid));
        }
    }
}

/// The stretches so far.
struct Cut {
    stretches: Vec<Stretch>,
    rims: Vec<(Fraction, Fraction, u32)>,
}

impl Cut {
    /// Adds a stretch in a face, or several where the outside is a rim in parts.
    fn add(&mut self, face: u32, from: Fraction, to: Fraction) {
        let mut begun = from;
        if face == OUTSIDE {
            for (start, end, grid) in std::mem::take(&mut self.rims) {
                if start < to && from < end {
                    self.push(OUTSIDE, begun, start.max(begun));
                    self.push(grid, start.max(begun), end.min(to));
                    begun = end.min(to);
                }
                self.rims.push((start, end, grid));
            }
        }
        self.push(face, begun, to);
    }

    fn push(&mut self, face: u32, from: Fraction, to: Fraction) {
        if from >= to {
            return;
        }
        let owner = path::owner(face);
        match self.stretches.last_mut() {
            Some(last) if last.owner == owner => last.to = to,
            _ => self.stretches.push(Stretch { owner, from, to }),
        }
    }
}
