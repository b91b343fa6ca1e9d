//! Where labels stand on the map of a zoom: each on the ground that its unit has there.

use rustc_hash::FxHashMap;
use wangge_arrange::polygons_of;
use wangge_coverage::inscribed_circle;
use wangge_plane::{Point, Polygon, Ring, Segment, winding_nudged};

use crate::lines::SidedEdge;

/// The label of a unit, on the map of a zoom.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Label {
    pub(crate) level: usize,
    pub(crate) unit: u32,
    pub(crate) at: Point,
}

/// The ground of the units of one level on the map of a zoom.
pub(crate) struct Grounds {
    /// For each unit the edges around its ground, which is to their left.
    edges: FxHashMap<u32, Vec<Segment>>,
}

impl Grounds {
    /// From a drawing's edges, whose owners have these units.
    pub(crate) fn of(edges: &[SidedEdge], unit: impl Fn(u32) -> u32) -> Self {
        let mut grounds: FxHashMap<u32, Vec<Segment>> = FxHashMap::default();
        for edge in edges {
            let (left, right) = (edge.left.map(&unit), edge.right.map(&unit));
            let Some(segment) = Segment::new(edge.from, edge.to).filter(|_| left != right) else {
                continue;
            };
            for (side, directed) in [(left, segment), (right, segment.reversed())] {
                if let Some(side) = side {
                    grounds.entry(side).or_default().push(directed);
                }
            }
        }
        Self { edges: grounds }
    }

    /// Where the label of a unit stands that would best stand at a point: there, if the unit has that
    /// ground on this map. Where borders were simplified and rounded so far that it has not, the
    /// label moves into what is left.
    pub(crate) fn stand(&self, unit: u32, wished: Point) -> Point {
        let Some(edges) = self.edges.get(&unit) else {
            return wished;
        };
        if is_on(edges, wished) {
            return wished;
        }
        let parts = polygons_of(edges);
        let largest = parts.iter().max_by_key(|part| doubled_area(part));
        let middle = largest
            .and_then(inscribed_circle)
            .map(|(middle, _)| middle)
            .filter(|&middle| is_on(edges, middle));
        // a triangle of half a square unit has its corners alone
        let corner = || edges.iter().map(|edge| edge.start()).min();
        middle.or_else(corner).unwrap_or(wished)
    }
}

/// Whether a point is in what edges enclose, or on one of them.
fn is_on(edges: &[Segment], at: Point) -> bool {
    winding_nudged(edges.iter().copied(), at) > 0 || edges.iter().any(|edge| edge.holds(at))
}

fn doubled_area(part: &Polygon) -> i128 {
    part.rings().map(Ring::doubled_area).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: i32, y: i32) -> Point {
        Point::new(x, y).unwrap()
    }

    /// The edges around grounds that are given counter-clockwise, each of the owner of its place.
    fn around(grounds: &[&[(i32, i32)]]) -> Vec<SidedEdge> {
        let mut edges = Vec::new();
        for (owner, ring) in (0u32..).zip(grounds) {
            for (place, &(x, y)) in ring.iter().enumerate() {
                let (to_x, to_y) = ring[(place + 1) % ring.len()];
                edges.push(SidedEdge {
                    from: at(x, y),
                    to: at(to_x, to_y),
                    left: Some(owner),
                    right: None,
                });
            }
        }
        edges
    }

    const SQUARE: &[(i32, i32)] = &[(0, 0), (10, 0), (10, 10), (0, 10)];

    #[test]
    fn a_label_stays_where_its_unit_is() {
        let grounds = Grounds::of(&around(&[SQUARE]), |owner| owner);
        for inside in [at(3, 7), at(0, 5), at(10, 10)] {
            assert_eq!(grounds.stand(0, inside), inside);
        }
    }

    #[test]
    fn a_label_beside_its_unit_moves_into_the_widest_part() {
        let small = &[(20, 0), (24, 0), (24, 4), (20, 4)];
        let both = Grounds::of(&around(&[SQUARE, small]), |_| 7);
        assert_eq!(both.stand(7, at(15, 5)), at(5, 5));
        let each = Grounds::of(&around(&[SQUARE, small]), |owner| owner);
        assert_eq!(each.stand(1, at(15, 5)), at(22, 2));
    }

    #[test]
    fn a_label_of_a_triangle_without_a_point_inside_stands_on_its_corner() {
        let triangle = &[(5, 5), (6, 5), (6, 6)];
        let grounds = Grounds::of(&around(&[triangle]), |owner| owner);
        let stands = grounds.stand(0, at(0, 0));
        assert!(
            [at(5, 5), at(6, 5), at(6, 6)].contains(&stands),
            "{stands:?}"
        );
    }

    #[test]
    fn a_unit_that_is_not_drawn_keeps_its_place() {
        let grounds = Grounds::of(&around(&[SQUARE]), |owner| owner);
        assert_eq!(grounds.stand(4, at(1, 2)), at(1, 2));
    }
}
