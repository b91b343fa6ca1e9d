//! The ground of a polygon: its edges in a plane, and what a circle in it can rest on.

use std::f64::consts::PI;

use wangge_plane::ellipsoid::metres_per_degree;
use wangge_plane::{Extent, LATTICE_UNIT_DEG, Point, Polygon, Ring, Segment, cross};

use super::ball::{Edge, Seat, Xy};

/// A polygon's ground in the plane at its middle latitude.
///
/// Positions are in lattice units from the middle of its shell, which `f64` holds exactly;
/// multiplied by the scale they are metres.
pub(super) struct Ground {
    segments: Vec<Segment>,
    edges: Vec<Edge>,
    middle: Xy,
    scale: Xy,
    area_m2: f64,
    rings: Vec<usize>,
}

impl Ground {
    /// The ground of this polygon.
    pub(super) fn of(polygon: &Polygon) -> Self {
        let extent = polygon.shell().extent();
        let (min, max) = (extent.min(), extent.max());
        let middle = (
            f64::from(min.x().midpoint(max.x())),
            f64::from(min.y().midpoint(max.y())),
        );
        let degree = metres_per_degree(middle.1 * LATTICE_UNIT_DEG);
        let scale = (
            degree.east * LATTICE_UNIT_DEG,
            degree.north * LATTICE_UNIT_DEG,
        );
        let doubled: i128 = polygon.rings().map(Ring::doubled_area).sum();
        #[expect(
            clippy::cast_precision_loss,
            reason = "an area to sixteen digits is a measure all the same"
        )]
        let area_m2 = doubled.max(0) as f64 / 2.0 * scale.0 * scale.1;
        let mut ground = Self {
            segments: polygon.rings().flat_map(Ring::segments).collect(),
            edges: Vec::new(),
            middle,
            scale,
            area_m2,
            rings: polygon.rings().map(|ring| ring.points().len()).collect(),
        };
        ground.edges = ground
            .segments
            .iter()
            .map(|s| (ground.position(s.start()), ground.position(s.end())))
            .collect();
        ground
    }

    /// The edges of all rings, the ground to their left.
    pub(super) fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The same edges as positions.
    pub(super) fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// Metres per lattice unit, east and north.
    pub(super) const fn scale(&self) -> Xy {
        self.scale
    }

    /// The area in square metres, in the same plane as the circles.
    pub(super) const fn area_m2(&self) -> f64 {
        self.area_m2
    }

    /// The length of all rings, metres.
    pub(super) fn perimeter_m(&self) -> f64 {
        self.edges.iter().map(|&edge| self.length_m(edge)).sum()
    }

    /// How many holes there are.
    pub(super) fn holes(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let holes = (self.rings.len() - 1) as f64;
        holes
    }

    /// A radius that no circle in it exceeds, metres: that of a circle of the same area.
    pub(super) fn most_m(&self) -> f64 {
        // no less for what rounding takes
        (self.area_m2 / PI).sqrt() * (1.0 + 1e-9)
    }

    /// The distance in metres, squared, from a position to the nearest point of a box.
    #[inline]
    pub(super) fn square_distance(&self, p: Xy, extent: Extent) -> f64 {
        let (min, max) = (self.position(extent.min()), self.position(extent.max()));
        let dx = (min.0 - p.0).max(p.0 - max.0).max(0.0) * self.scale.0;
        let dy = (min.1 - p.1).max(p.1 - max.1).max(0.0) * self.scale.1;
        dx * dx + dy * dy
    }

    /// The distance in metres from a position to the nearest edge.
    pub(super) fn clearance_m(&self, p: Xy) -> f64 {
        self.edges
            .iter()
            .map(|&(a, b)| {
                let (ax, ay) = self.metres(p, a);
                let (dx, dy) = self.metres(a, b);
                let along = (-(ax * dx + ay * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
                (ax + along * dx).hypot(ay + along * dy)
            })
            .fold(f64::INFINITY, f64::min)
    }

    /// Everything with ground above it: every edge that does not go west, and every vertex whose
    /// ground has more than half of the turn.
    pub(super) fn seats(&self) -> Vec<Seat> {
        let mut seats = Vec::with_capacity(self.segments.len());
        for (after, &before) in (0u32..).zip(&self.befores()) {
            let (s, t) = (
                self.segments[before as usize],
                self.segments[after as usize],
            );
            if t.end().x() >= t.start().x() {
                seats.push(Seat::Edge {
                    edge: after,
                    length_m: self.length_m(self.edges[after as usize]),
                });
            }
            let turn = cross(s.start(), s.end(), t.end());
            if turn < 0 || (turn == 0 && turns_back(s, t)) {
                let up = |(a, b): Edge| {
                    let (dx, dy) = self.metres(a, b);
                    dx.atan2(-dy)
                };
                let from = up(self.edges[before as usize]);
                let to = up(self.edges[after as usize]);
                seats.extend(Seat::above(before, after, from, to));
            }
        }
        seats
    }

    /// For every edge the one that ends where it starts, with ground between them on the left.
    fn befores(&self) -> Vec<u32> {
        let mut befores: Vec<u32> = Vec::with_capacity(self.segments.len());
        for &edges in &self.rings {
            let first = by_index(befores.len());
            let last = first + by_index(edges) - 1;
            befores.push(last);
            befores.extend(first..last);
        }
        let start = |edge: u32| self.segments[edge as usize].start();
        let mut by_start: Vec<u32> = (0u32..).take(befores.len()).collect();
        by_start.sort_unstable_by_key(|&edge| (start(edge), edge));
        for at_vertex in by_start.chunk_by(|&a, &b| start(a) == start(b)) {
            if at_vertex.len() > 1 {
                self.pair_again(at_vertex, &mut befores);
            }
        }
        befores
    }

    /// Where rings touch, ground lies between the edges of two of them: an edge that ends there
    /// goes with the next one clockwise that starts there.
    fn pair_again(&self, starting: &[u32], befores: &mut [u32]) {
        let vertex = self.segments[starting[0] as usize].start();
        // the far end of each edge, whether the edge starts at the vertex, and which it is
        let mut ends: Vec<(Point, bool, u32)> = Vec::with_capacity(2 * starting.len());
        for &edge in starting {
            let before = befores[edge as usize];
            ends.push((self.segments[edge as usize].end(), true, edge));
            ends.push((self.segments[before as usize].start(), false, before));
        }
        let below = |p: Point| (p.y(), p.x()) < (vertex.y(), vertex.x());
        ends.sort_by(|a, b| {
            below(a.0)
                .cmp(&below(b.0))
                .then_with(|| 0.cmp(&cross(vertex, a.0, b.0)))
        });
        let clockwise = ends.iter().cycle().skip(ends.len() - 1);
        for (&(_, starts, before), &(_, next_starts, edge)) in ends.iter().zip(clockwise) {
            if !starts && next_starts {
                befores[edge as usize] = before;
            }
        }
    }

    #[inline]
    fn position(&self, p: Point) -> Xy {
        (
            f64::from(p.x()) - self.middle.0,
            f64::from(p.y()) - self.middle.1,
        )
    }

    /// The lattice point nearest to a position; `None` beyond the lattice.
    pub(super) fn point(&self, p: Xy) -> Option<Point> {
        let [x, y] = [p.0 + self.middle.0, p.1 + self.middle.1].map(|v| {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "saturates, and the lattice ends sooner"
            )]
            let nearest = v.round_ties_even() as i32;
            nearest
        });
        Point::new(x, y).ok()
    }

    fn metres(&self, a: Xy, b: Xy) -> Xy {
        ((b.0 - a.0) * self.scale.0, (b.1 - a.1) * self.scale.1)
    }

    fn length_m(&self, (a, b): Edge) -> f64 {
        let (dx, dy) = self.metres(a, b);
        dx.hypot(dy)
    }
}

/// Whether `t` goes back over `s`, given that the two lie on one line.
fn turns_back(s: Segment, t: Segment) -> bool {
    (s.end() > s.start()) != (t.end() > t.start())
}

fn by_index(i: usize) -> u32 {
    u32::try_from(i).unwrap_or_else(|_| unreachable!("2^32 edges are 64 GB of them"))
}
