//! The vertices of all borders in one row, which of them still stand, and what lies where.

use std::ops::Range;

use rayon::prelude::*;
use wangge_plane::{Extent, Point, ellipsoid};

use crate::Arc;
use crate::cancel::place_on_curve;

/// Vertices of one border that are found together.
const RUN: usize = 16;

/// Boxes under one box.
const FAN: usize = 16;

/// All borders one after the other, ends included; a place is a place in this row.
pub(super) struct Row {
    points: Vec<Point>,
    /// Border `i` has the places from `start[i]` to `start[i + 1]`.
    start: Vec<u32>,
    /// Whether the vertex still stands.
    stands: Vec<bool>,
    /// Places from a first to a last, one border's, in order along a curve that keeps neighbours
    /// together.
    runs: Vec<Range<u32>>,
    /// The boxes around the runs; then, level by level, around so many boxes of the level before.
    boxes: Vec<Vec<Extent>>,
}

impl Row {
    pub(super) fn of(arcs: &[Arc]) -> Self {
        let mut points = Vec::with_capacity(arcs.iter().map(|arc| arc.points().len()).sum());
        let mut start = Vec::with_capacity(arcs.len() + 1);
        for arc in arcs {
            start.push(place(points.len()));
            points.extend_from_slice(arc.points());
        }
        start.push(place(points.len()));
        let mut runs: Vec<(u64, Extent, Range<u32>)> = start
            .par_windows(2)
            .flat_map_iter(|ends| {
                let end = ends[1];
                (ends[0]..end)
                    .step_by(RUN)
                    .map(move |from| from..end.min(from + place(RUN)))
            })
            .filter_map(|run| {
                let extent = Extent::of(points[indices(&run)].iter().copied())?;
                Some((place_on_curve(extent), extent, run))
            })
            .collect();
        runs.par_sort_unstable_by_key(|(along, _, run)| (*along, run.start));
        let mut boxes = vec![
            runs.iter()
                .map(|&(_, extent, _)| extent)
                .collect::<Vec<_>>(),
        ];
        while let Some(below) = boxes.last()
            && below.len() > FAN
        {
            let around = below
                .chunks(FAN)
                .filter_map(|few| few.iter().copied().reduce(Extent::union))
                .collect();
            boxes.push(around);
        }
        Self {
            stands: vec![true; points.len()],
            points,
            start,
            runs: runs.into_iter().map(|(_, _, run)| run).collect(),
            boxes,
        }
    }

    /// How many borders there are.
    pub(super) fn borders(&self) -> usize {
        self.start.len() - 1
    }

    /// The places of a border.
    pub(super) fn places(&self, arc: usize) -> Range<u32> {
        self.start[arc]..self.start[arc + 1]
    }

    /// The vertices of a border, those included that no longer stand.
    pub(super) fn points(&self, arc: usize) -> &[Point] {
        &self.points[indices(&self.places(arc))]
    }

    /// Which of a border's vertices still stand.
    pub(super) fn standing(&self, arc: usize) -> &[bool] {
        &self.stands[indices(&self.places(arc))]
    }

    pub(super) fn stands(&self, at: u32) -> bool {
        self.stands[at as usize]
    }

    pub(super) fn leave_out(&mut self, at: u32) {
        self.stands[at as usize] = false;
    }

    /// The place of a vertex in a box that `found` takes.
    ///
    /// It is asked for every vertex in the box, and for some beyond it, by place and point.
    pub(super) fn find(
        &self,
        within: Extent,
        mut found: impl FnMut(u32, Point) -> bool,
    ) -> Option<u32> {
        self.search(self.boxes.len() - 1, 0..usize::MAX, within, &mut found)
    }

    fn search(
        &self,
        level: usize,
        range: Range<usize>,
        within: Extent,
        found: &mut impl FnMut(u32, Point) -> bool,
    ) -> Option<u32> {
        let boxes = &self.boxes[level];
        let range = range.start..range.end.min(boxes.len());
        for at in range {
            if !boxes[at].meets(within) {
                continue;
            }
            let hit = if level > 0 {
                self.search(level - 1, at * FAN..(at + 1) * FAN, within, found)
            } else {
                let mut run = self.runs[at].clone();
                run.find(|&place| found(place, self.points[place as usize]))
            };
            if hit.is_some() {
                return hit;
            }
        }
        None
    }

    /// The vertices of a border that still stand.
    pub(super) fn path(&self, arc: usize) -> Box<[Point]> {
        let points = self.points(arc).iter().zip(self.standing(arc));
        points
            .filter(|(_, stands)| **stands)
            .map(|(p, _)| *p)
            .collect()
    }

    /// How many different vertices stand: of all borders' ends, those that differ.
    pub(super) fn vertices(&self) -> usize {
        let standing = self.stands.iter().filter(|stands| **stands).count();
        let borders = self.borders();
        let mut ends: Vec<Point> = (0..borders)
            .flat_map(|arc| {
                let points = self.points(arc);
                [points[0], points[points.len() - 1]]
            })
            .collect();
        ends.par_sort_unstable();
        ends.dedup();
        standing + ends.len() - 2 * borders
    }

    /// How far the farthest vertex that no longer stands lies from its border as it is now,
    /// metres, in the plane that fits the ellipsoid at the vertex before it that stands.
    pub(super) fn largest_shift_m(&self, arc: usize) -> f64 {
        let (points, stands) = (self.points(arc), self.standing(arc));
        let mut largest = 0.0;
        let mut from = 0;
        for to in 1..points.len() {
            if !stands[to] {
                continue;
            }
            let edge = [points[from], points[to]];
            let gone = &points[from + 1..to];
            let most_m2 = gone.iter().map(|&p| square_of_shift_at_most_m2(edge, p));
            if most_m2.fold(0.0, f64::max) > largest * largest {
                largest = f64::max(largest, shift_m(edge, gone));
            }
            from = to;
        }
        largest
    }
}

/// How far the farthest of these vertices lies from an edge, metres.
fn shift_m([from, to]: [Point; 2], gone: &[Point]) -> f64 {
    let scale = ellipsoid::metres_per_degree(from.lat());
    let way = |p: Point| {
        let east = (p.lon() - from.lon()) * scale.east;
        (east, (p.lat() - from.lat()) * scale.north)
    };
    let (dx, dy) = way(to);
    gone.iter()
        .map(|&p| {
            let (x, y) = way(p);
            let along = ((x * dx + y * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
            (x - along * dx).hypot(y - along * dy)
        })
        .fold(0.0, f64::max)
}

/// The square of more than a vertex can lie from an edge, square metres, without asking at which
/// latitude.
fn square_of_shift_at_most_m2([from, to]: [Point; 2], p: Point) -> f64 {
    // a degree of the meridian at the poles has 111,694 m, and none is longer
    const UNIT_M: f64 = 0.011_17;
    let way = |p: Point| {
        let way = p.from_origin(from);
        #[expect(clippy::cast_precision_loss, reason = "33 bits fit")]
        (way.dx as f64, way.dy as f64)
    };
    let ((x, y), (dx, dy)) = (way(p), way(to));
    let along = ((x * dx + y * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
    // the nearest point in lattice units is no nearer than the nearest in metres
    let (east, north) = (x - along * dx, y - along * dy);
    (east * east + north * north) * (UNIT_M * UNIT_M)
}

fn indices(places: &Range<u32>) -> Range<usize> {
    places.start as usize..places.end as usize
}

pub(super) fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or_else(|_| unreachable!("2^32 vertices are 32 GB of them"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn point() -> impl Strategy<Value = Point> {
        let near = |size: i32| (-size..size, -size..size);
        prop_oneof![near(20), near(1000), near(100_000_000)]
            .prop_map(|(x, y)| Point::new(x, y).unwrap())
    }

    proptest! {
        #[test]
        fn every_vertex_in_a_box_is_found(
            paths in proptest::collection::vec(proptest::collection::vec(point(), 2..70), 1..90),
            corners in [point(), point()],
        ) {
            let arcs: Vec<Arc> = paths
                .iter()
                .map(|path| Arc { points: path[..].into(), left: None, right: None })
                .collect();
            let row = Row::of(&arcs);
            let within = Extent::of(corners).unwrap();
            let mut found = Vec::new();
            let last = row.find(within, |at, p| {
                if within.contains(p) {
                    found.push((at, p));
                }
                false
            });
            found.sort_unstable();
            let all = (0u32..).zip(paths.into_iter().flatten());
            let expected: Vec<(u32, Point)> = all.filter(|&(_, p)| within.contains(p)).collect();
            prop_assert_eq!(last, None);
            prop_assert_eq!(&found, &expected);
            let first = row.find(within, |_, p| within.contains(p));
            prop_assert_eq!(first.is_some(), !expected.is_empty());
        }
    }
}
