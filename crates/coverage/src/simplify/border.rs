//! One border thinned: the vertex of the smallest triangle goes first.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use wangge_plane::{Extent, Point, cross, ellipsoid};

use crate::simplify::row::{Row, place};

/// Up to so many vertices of its own, and so many of others around it, a border looks at each of
/// them for each triangle.
const FEW: usize = 64;

/// What thinning a border came to.
pub(super) struct Thinned {
    /// The places of the vertices that went.
    pub(super) gone: Vec<u32>,
    /// For each vertex that is held back by another, the place of that one.
    pub(super) blockers: Vec<u32>,
    /// How many vertices within the tolerance stay.
    pub(super) held_back: usize,
}

/// Room to work in, used again for border after border.
#[derive(Default)]
pub(super) struct Desk {
    /// Of each vertex of the border: the one before it that stands, and the one after.
    before: Vec<u32>,
    after: Vec<u32>,
    stands: Vec<bool>,
    /// Square metres to half a square lattice unit at its latitude.
    half_unit_m2: Vec<f64>,
    /// The bits of its triangle's area in square metres, which order like the areas.
    area: Vec<u64>,
    /// The place of the vertex that holds it back.
    blocker: Vec<Option<u32>>,
    /// The smallest triangle first; of equal ones, the first along the border. Entries whose area
    /// is no longer the vertex's are passed over.
    queue: BinaryHeap<Reverse<(u64, u32)>>,
    /// What may lie in a triangle of this border; `None` when the row itself is asked.
    near: Option<Near>,
}

/// Vertices that may lie in a triangle of a border.
#[derive(Default)]
struct Near {
    /// Those of other borders, with their places.
    others: Vec<(u32, Point)>,
    /// Where the border's own vertices are, those that stand, and then the others: coordinates
    /// apart, so that several are compared at once.
    x: Vec<i32>,
    y: Vec<i32>,
}

impl Near {
    /// In place of a coordinate: in no box.
    const NOWHERE: i32 = i32::MAX;

    fn of(others: Vec<(u32, Point)>, points: &[Point], stands: &[bool]) -> Self {
        let own = points.iter().zip(stands);
        let own = own.map(|(p, stands)| (if *stands { p.x() } else { Self::NOWHERE }, p.y()));
        let of_others = others.iter().map(|(_, p)| (p.x(), p.y()));
        let (x, y) = own.chain(of_others).unzip();
        Self { others, x, y }
    }

    /// How many are in a box.
    fn count(&self, within: Extent) -> usize {
        let (low, high) = (within.min(), within.max());
        let vertices = self.x.iter().zip(&self.y);
        let inside = vertices
            .map(|(&x, &y)| (low.x() <= x) & (x <= high.x()) & (low.y() <= y) & (y <= high.y()));
        inside.map(usize::from).sum()
    }
}

impl Desk {
    /// Takes vertices out of a border as long as there are triangles within the tolerance, and
    /// more vertices than `least` (ends included). The others stand as the row says.
    pub(super) fn thin(&mut self, row: &Row, arc: usize, least: usize, area_m2: f64) -> Thinned {
        let points = row.points(arc);
        let limit = area_m2.to_bits();
        let mut standing = self.lay_out(row, arc, limit);
        let mut gone = Vec::new();
        let first = row.places(arc).start;
        while standing > least
            && let Some(Reverse((area, at))) = self.queue.pop()
        {
            let i = at as usize;
            if !self.stands[i] || self.area[i] != area {
                continue;
            }
            let (a, b) = (self.before[i] as usize, self.after[i] as usize);
            self.blocker[i] = self.in_the_way(row, arc, [points[a], points[i], points[b]]);
            if self.blocker[i].is_some() {
                continue;
            }
            self.stands[i] = false;
            if let Some(near) = &mut self.near {
                near.x[i] = Near::NOWHERE;
            }
            standing -= 1;
            gone.push(first + at);
            self.after[a] = self.after[i];
            self.before[b] = self.before[i];
            for neighbour in [a, b] {
                self.measure(points, neighbour, limit);
            }
        }
        let inner = 1..points.len() - 1;
        let staying = |i: &usize| self.stands[*i] && self.area[*i] <= limit;
        Thinned {
            gone,
            held_back: inner.clone().filter(staying).count(),
            blockers: inner
                .filter(staying)
                .filter_map(|i| self.blocker[i])
                .collect(),
        }
    }

    /// Lays a border out as it stands, and says how many vertices it has.
    fn lay_out(&mut self, row: &Row, arc: usize, limit: u64) -> usize {
        let points = row.points(arc);
        let n = points.len();
        self.stands.clear();
        self.stands.extend_from_slice(row.standing(arc));
        for list in [&mut self.before, &mut self.after] {
            list.clear();
            list.resize(n, 0);
        }
        self.half_unit_m2.clear();
        self.half_unit_m2
            .extend(points.iter().map(|&p| ellipsoid::square_unit_m2(p) / 2.0));
        self.area.clear();
        self.area.resize(n, u64::MAX);
        self.blocker.clear();
        self.blocker.resize(n, None);
        self.queue.clear();
        self.near = others_near(row, arc).map(|others| Near::of(others, points, &self.stands));
        let mut standing = 1;
        let mut last = 0;
        for i in 1..n {
            if self.stands[i] {
                self.before[i] = place(last);
                self.after[last] = place(i);
                last = i;
                standing += 1;
            }
        }
        for i in 1..n - 1 {
            if self.stands[i] {
                self.measure(points, i, limit);
            }
        }
        standing
    }

    /// Measures the triangle of a vertex; ends have none.
    fn measure(&mut self, points: &[Point], i: usize, limit: u64) {
        if i == 0 || i == points.len() - 1 {
            return;
        }
        let (a, b) = (self.before[i] as usize, self.after[i] as usize);
        #[expect(
            clippy::cast_precision_loss,
            reason = "a measure, and rounding keeps the order"
        )]
        let doubled = cross(points[a], points[i], points[b]).unsigned_abs() as f64;
        let area = (doubled * self.half_unit_m2[i]).to_bits();
        self.area[i] = area;
        self.blocker[i] = None;
        if area <= limit {
            self.queue.push(Reverse((area, place(i))));
        }
    }

    /// A vertex that keeps the middle one of these three from going.
    ///
    /// It goes when no other vertex lies in the closed triangle. That is enough for the borders to
    /// stay as they are to each other. Edges meet at common ends only, to begin with. Suppose that
    /// some edge other than `av` and `vb` has a point of the triangle. Its ends are not in the
    /// triangle, but for `a` and `b`. It does not meet `av` or `vb` elsewhere than there. So it
    /// passes through the side `ab`, or runs along it. Passing through, it is inside the triangle
    /// next to `ab`, and would have to leave through the other sides, or end. Running along `ab`,
    /// it has a vertex on it, or has `a` or `b` inside, or is `ab` itself. Only the last can be, and
    /// then `a` and `b` are nodes, the border is down to its last bend, and another that is straight
    /// joins the same two nodes: what `least` rules out. So the triangle is empty, edges still meet at common
    /// ends only, nothing passes from one side of the border to the other, and around `a` and `b`
    /// edges have the same order. The ground on the triangle's side was more than the triangle,
    /// since `ab` was no edge, and keeps area.
    ///
    /// Other borders are thinned at the same time, and this looks at their vertices as they stood
    /// before. What stands of them later is less, so that the removals of all borders, done in any
    /// order one after the other, are each allowed when their turn comes.
    fn in_the_way(&self, row: &Row, arc: usize, [a, v, b]: [Point; 3]) -> Option<u32> {
        let turn = cross(a, v, b).signum();
        if turn == 0 {
            // straight on: no vertex can lie on the two edges
            return None;
        }
        let extent = Extent::of([a, v, b])?;
        let own = row.places(arc);
        let inside = |p| {
            let beside = |from, to| cross(from, to, p).signum() * turn >= 0;
            p != a && p != v && p != b && beside(a, v) && beside(v, b) && beside(b, a)
        };
        let Some(near) = &self.near else {
            return row.find(extent, |at, p| {
                extent.contains(p)
                    && inside(p)
                    && if own.contains(&at) {
                        self.stands[(at - own.start) as usize]
                    } else {
                        row.stands(at)
                    }
            });
        };
        // the three themselves are
        if near.count(extent) <= 3 {
            return None;
        }
        let stands = own
            .clone()
            .zip(row.points(arc).iter().copied())
            .zip(&self.stands);
        stands
            .filter_map(|(vertex, stands)| stands.then_some(vertex))
            .chain(near.others.iter().copied())
            .find(|&(_, p)| extent.contains(p) && inside(p))
            .map(|(at, _)| at)
    }
}

/// The standing vertices of other borders in the box around a border, if all these are few.
fn others_near(row: &Row, arc: usize) -> Option<Vec<(u32, Point)>> {
    let (own, points) = (row.places(arc), row.points(arc));
    let (first, last) = (points[0], points[points.len() - 1]);
    if points.len() > FEW {
        return None;
    }
    let extent = Extent::of(points.iter().copied())?;
    let mut near = Vec::new();
    let too_many = row.find(extent, |at, p| {
        let ends = p == first || p == last;
        if !ends && extent.contains(p) && !own.contains(&at) && row.stands(at) {
            near.push((at, p));
        }
        near.len() > FEW
    });
    too_many.is_none().then_some(near)
}
