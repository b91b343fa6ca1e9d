//! The rings of a rim, walked with uncovered ground to the right.

use rayon::prelude::*;
use rustc_hash::{FxBuildHasher, FxHashMap};
use wangge_plane::{Point, Segment, cross, ellipsoid};

use super::RimEdge;

/// All rings behind each other: edge `i` runs from vertex `i` to the next of its ring.
pub(super) struct Rings {
    edges: Vec<RimEdge>,
    ring_of: Vec<usize>,
    /// Where each ring's edges begin, and an end.
    starts: Vec<usize>,
    /// Length of the edges before each, and the sum of their cross products, from the first edge
    /// of all.
    lengths_m: Vec<f64>,
    doubled: Vec<i128>,
}

/// A place on an edge.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) edge: usize,
    pub(super) point: Point,
}

impl Rings {
    pub(super) fn of(rim: &[RimEdge]) -> Self {
        let mut out: Vec<(Point, usize)> = rim.iter().map(|e| e.segment.start()).zip(0..).collect();
        out.par_sort_unstable();
        // where the ways on from each vertex begin
        let mut first_way: FxHashMap<Point, usize> =
            FxHashMap::with_capacity_and_hasher(out.len(), FxBuildHasher);
        for (at, &(vertex, _)) in out.iter().enumerate() {
            first_way.entry(vertex).or_insert(at);
        }
        let mut walked = vec![false; rim.len()];
        let mut rings = Self {
            edges: Vec::with_capacity(rim.len()),
            ring_of: Vec::with_capacity(rim.len()),
            starts: vec![0],
            lengths_m: vec![0.0],
            doubled: vec![0],
        };
        for first in 0..rim.len() {
            let mut next = (!walked[first]).then_some(first);
            while let Some(at) = next {
                walked[at] = true;
                rings.push(rim[at]);
                let segment = rim[at].segment;
                // of several ways on, the one furthest to the right has the outside next to it
                let ways = first_way.get(&segment.end()).map(|&at| &out[at..]);
                let ways = ways.unwrap_or_default().iter();
                next = ways
                    .take_while(|(vertex, _)| *vertex == segment.end())
                    .map(|&(_, way)| way)
                    .filter(|&way| !walked[way])
                    .reduce(|best, way| {
                        let (a, b) = (rim[way].segment.end(), rim[best].segment.end());
                        if is_further_right(segment, a, b) {
                            way
                        } else {
                            best
                        }
                    });
            }
            if rings.edges.len() > rings.starts[rings.starts.len() - 1] {
                rings.starts.push(rings.edges.len());
            }
        }
        rings
    }

    fn push(&mut self, edge: RimEdge) {
        let (a, b) = (edge.segment.start(), edge.segment.end());
        let last = self.edges.len();
        self.lengths_m
            .push(self.lengths_m[last] + ellipsoid::distance_m(a, b));
        self.doubled.push(self.doubled[last] + twice(a, b));
        self.ring_of.push(self.starts.len() - 1);
        self.edges.push(edge);
    }

    pub(super) fn len(&self) -> usize {
        self.edges.len()
    }

    pub(super) fn edge(&self, at: usize) -> Segment {
        self.edges[at].segment
    }

    pub(super) fn vertex(&self, at: usize) -> Point {
        self.edges[at].segment.start()
    }

    pub(super) fn ring_of(&self, at: usize) -> usize {
        self.ring_of[at]
    }

    pub(super) fn place_of_vertex(&self, at: usize) -> Place {
        Place {
            edge: at,
            point: self.vertex(at),
        }
    }

    /// The place of an edge that is nearest to a point, rounded to the lattice.
    pub(super) fn place_nearest(&self, at: usize, p: Point) -> Place {
        let edge = self.edge(at);
        let scale = ellipsoid::metres_per_degree(p.lat());
        let metres = |q: Point| {
            (
                (q.lon() - p.lon()) * scale.east,
                (q.lat() - p.lat()) * scale.north,
            )
        };
        let (a, b) = (metres(edge.start()), metres(edge.end()));
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let along = (-(a.0 * dx + a.1 * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
        let between = |from: f64, to: f64| from + along * (to - from);
        let point = Point::from_degrees(
            between(edge.start().lon(), edge.end().lon()),
            between(edge.start().lat(), edge.end().lat()),
        )
        .unwrap_or(edge.start());
        Place { edge: at, point }
    }

    /// Whether the way from a vertex to a point begins over uncovered ground.
    pub(super) fn opens_towards(&self, at: usize, to: Point) -> bool {
        let p = self.vertex(at);
        let before = self.edge(self.before(at)).start();
        let after = self.edge(at).end();
        // uncovered is what lies clockwise from the way on to the way back
        let (on, back) = (cross(p, after, to), cross(p, before, to));
        if cross(before, p, after) > 0 {
            // a corner of the ground: more than half of what is around it is uncovered
            on < 0 || back > 0
        } else {
            on < 0 && back > 0
        }
    }

    /// Whether the way from a place of an edge to a point begins over uncovered ground.
    pub(super) fn lies_outside(&self, at: usize, place: Point, p: Point) -> bool {
        let edge = self.edge(at);
        if place == edge.start() {
            self.opens_towards(at, p)
        } else if place == edge.end() {
            self.opens_towards(self.after(at), p)
        } else {
            cross(edge.start(), edge.end(), p) < 0
        }
    }

    /// Twice the area to the left of the walk from one place to another, closed by the way back.
    pub(super) fn doubled_area_between(&self, from: &Place, to: &Place) -> i128 {
        let inner = if self.comes_before(from, to) {
            self.doubled[to.edge] - self.doubled[from.edge]
        } else {
            let ring = self.ring_of[from.edge];
            let (first, end) = (self.starts[ring], self.starts[ring + 1]);
            self.doubled[end] - self.doubled[from.edge] + self.doubled[to.edge]
                - self.doubled[first]
        };
        // the first edge counts from the place on, the last up to the place
        inner - twice(self.vertex(from.edge), from.point)
            + twice(self.vertex(to.edge), to.point)
            + twice(to.point, from.point)
    }

    /// The length of the walk from one place to another of the same ring, metres.
    pub(super) fn length_between(&self, from: &Place, to: &Place) -> f64 {
        let at = |place: &Place| {
            self.lengths_m[place.edge] + ellipsoid::distance_m(self.vertex(place.edge), place.point)
        };
        let way = at(to) - at(from);
        if self.comes_before(from, to) {
            way
        } else {
            let ring = self.ring_of[from.edge];
            way + self.lengths_m[self.starts[ring + 1]] - self.lengths_m[self.starts[ring]]
        }
    }

    /// The edges of the walk from one place to another, those that it only touches left out.
    pub(super) fn edges_between(&self, from: &Place, to: &Place) -> Vec<usize> {
        let mut edges = Vec::new();
        let mut at = from.edge;
        if self.edge(at).end() == from.point {
            at = self.after(at);
        }
        // once over the ring's beginning, the way ends where it meets the other edge
        let mut over = self.comes_before(from, to) || at < from.edge;
        while edges.len() <= self.edges.len() {
            if at == to.edge && over {
                if to.point != self.vertex(at) {
                    edges.push(at);
                }
                break;
            }
            edges.push(at);
            let next = self.after(at);
            over |= next <= at;
            at = next;
        }
        edges
    }

    /// The points of the walk from one place to another.
    pub(super) fn path_between(&self, from: &Place, to: &Place) -> Vec<Point> {
        let mut path = vec![from.point];
        path.extend(
            self.edges_between(from, to)
                .into_iter()
                .skip(1)
                .map(|at| self.vertex(at)),
        );
        path.push(to.point);
        path
    }

    /// The members along edges, in order.
    pub(super) fn members(&self, edges: &[usize]) -> Vec<u32> {
        let mut members: Vec<u32> = edges.iter().map(|&at| self.edges[at].member).collect();
        members.sort_unstable();
        members.dedup();
        members
    }

    fn comes_before(&self, from: &Place, to: &Place) -> bool {
        let way = |place: &Place| ellipsoid::distance_m(self.vertex(place.edge), place.point);
        from.edge < to.edge || (from.edge == to.edge && way(from) <= way(to))
    }

    fn before(&self, at: usize) -> usize {
        let ring = self.ring_of[at];
        if at == self.starts[ring] {
            self.starts[ring + 1] - 1
        } else {
            at - 1
        }
    }

    /// The edge after an edge of the same ring.
    pub(super) fn after(&self, at: usize) -> usize {
        let ring = self.ring_of[at];
        if at + 1 == self.starts[ring + 1] {
            self.starts[ring]
        } else {
            at + 1
        }
    }
}

fn twice(a: Point, b: Point) -> i128 {
    i128::from(a.x()) * i128::from(b.y()) - i128::from(b.x()) * i128::from(a.y())
}

/// Whether, coming along `edge`, turning to `a` is further to the right than turning to `b`.
fn is_further_right(edge: Segment, a: Point, b: Point) -> bool {
    let (back, centre) = (edge.start(), edge.end());
    // counter-clockwise from the way back: the right side comes first
    let sector = |p: Point| match cross(centre, back, p) {
        1.. => 0,
        0 if p != back => 1,
        ..0 => 2,
        _ => 3,
    };
    match sector(a).cmp(&sector(b)) {
        std::cmp::Ordering::Less => true,
        std::cmp::Ordering::Greater => false,
        std::cmp::Ordering::Equal => cross(centre, a, b) > 0,
    }
}
