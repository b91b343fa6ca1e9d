//! Grids before and after, and what can be seen of them without the planter: chains of directed
//! edges, winding numbers.

use std::collections::BTreeMap;

use wangge_generate::{Planted, PlantedDefect};
use wangge_model::Grid;
use wangge_plane::{Point, Ring, Segment, Shape, cross};

/// Grids before and after, by code.
pub(crate) struct Case {
    pub(crate) clean: BTreeMap<String, Shape>,
    pub(crate) planted: BTreeMap<String, Shape>,
    pub(crate) truth: Vec<PlantedDefect>,
}

impl Case {
    pub(crate) fn of(clean: &[Grid], planted: &Planted) -> Self {
        let by_code = |grids: &[Grid]| {
            let shapes: BTreeMap<String, Shape> = grids
                .iter()
                .map(|grid| (grid.unit.code.to_string(), grid.shape.clone()))
                .collect();
            assert_eq!(shapes.len(), grids.len(), "a code twice");
            shapes
        };
        Self {
            clean: by_code(clean),
            planted: by_code(&planted.grids),
            truth: planted.truth.clone(),
        }
    }

    pub(crate) fn before(&self, code: impl AsRef<str>) -> &Shape {
        &self.clean[code.as_ref()]
    }

    pub(crate) fn after(&self, code: impl AsRef<str>) -> &Shape {
        &self.planted[code.as_ref()]
    }
}

/// How often each edge is used forward less backward, where that is not 0, with every edge split
/// at these vertices.
pub(crate) fn chain(
    edges: impl Iterator<Item = Segment>,
    splits: &[Point],
) -> BTreeMap<Segment, i64> {
    let mut chain = BTreeMap::new();
    for edge in edges {
        let mut stops: Vec<Point> = splits
            .iter()
            .copied()
            .filter(|&p| edge.holds(p))
            .chain([edge.start(), edge.end()])
            .collect();
        stops.sort_by_key(|p| {
            let way = p.from_origin(edge.start());
            way.dx.abs() + way.dy.abs()
        });
        stops.dedup();
        for pair in stops.windows(2) {
            let (piece, forward) = Segment::new(pair[0], pair[1]).unwrap().canonical();
            *chain.entry(piece).or_default() += if forward { 1 } else { -1 };
        }
    }
    chain.retain(|_, times| *times != 0);
    chain
}

pub(crate) fn difference(
    a: &BTreeMap<Segment, i64>,
    b: &BTreeMap<Segment, i64>,
) -> BTreeMap<Segment, i64> {
    let mut rest = a.clone();
    for (&edge, times) in b {
        *rest.entry(edge).or_default() -= times;
    }
    rest.retain(|_, times| *times != 0);
    rest
}

/// A spot between lattice points: coordinates in sixtieths of a unit.
pub(crate) type Spot = (i128, i128);

/// The winding number of edges around a spot that lies on none of them, by a ray to the east.
pub(crate) fn winding(edges: impl Iterator<Item = Segment>, (x, y): Spot) -> i32 {
    let fine = |p: Point| (i128::from(p.x()) * 60, i128::from(p.y()) * 60);
    edges
        .map(|edge| {
            let ((ax, ay), (bx, by)) = (fine(edge.start()), fine(edge.end()));
            let left = (bx - ax) * (y - ay) - (by - ay) * (x - ax);
            match (ay <= y, by <= y) {
                (true, false) if left > 0 => 1,
                (false, true) if left < 0 => -1,
                _ => 0,
            }
        })
        .sum()
}

/// A spot in the interior of a simple counter-clockwise ring: in the middle of a corner that holds
/// no other vertex.
pub(crate) fn inner_spot(ring: &Ring) -> Spot {
    let points = ring.points();
    let count = points.len();
    let fine = |p: Point| (i128::from(p.x()) * 20, i128::from(p.y()) * 20);
    (0..count)
        .map(|i| [points[i], points[(i + 1) % count], points[(i + 2) % count]])
        .find(|&[a, b, c]| {
            cross(a, b, c) > 0
                && points.iter().all(|&p| {
                    [a, b, c].contains(&p)
                        || cross(a, b, p) < 0
                        || cross(b, c, p) < 0
                        || cross(c, a, p) < 0
                })
        })
        .map(|corner| {
            let [a, b, c] = corner.map(fine);
            (a.0 + b.0 + c.0, a.1 + b.1 + c.1)
        })
        .unwrap()
}
