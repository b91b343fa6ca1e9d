//! Which grid of a plan holds a point, for plans that are not proven seamless.

use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use wangge_plane::Point;

use super::PlanGrid;
use crate::streets::rectangle;

/// The grids of a plan by where they are.
pub(super) struct Located<'a> {
    tree: RTree<GeomWithData<Rectangle<[i32; 2]>, u32>>,
    grids: &'a [PlanGrid],
}

impl<'a> Located<'a> {
    pub(super) fn of(grids: &'a [PlanGrid]) -> Self {
        let boxes = grids.iter().zip(0u32..).map(|(grid, at)| {
            let extent = grid.shape.extent();
            GeomWithData::new(rectangle(extent), at)
        });
        Self {
            tree: RTree::bulk_load(boxes.collect()),
            grids,
        }
    }

    /// The grid that holds a point, by the half-open rule of lookups: on a shared border the one to
    /// the north-east, at the rim the one whose border it is; of several the lowest code.
    pub(super) fn at(&self, point: Point) -> Option<u32> {
        let near: Vec<u32> = self
            .tree
            .locate_in_envelope_intersecting(AABB::from_point([point.x(), point.y()]))
            .map(|entry| entry.data)
            .collect();
        let lowest = |places: &mut dyn Iterator<Item = u32>| {
            places.min_by(|&a, &b| self.code(a).cmp(self.code(b)))
        };
        let shape = |at: u32| &self.grids[at as usize].shape;
        let mut holding = near
            .iter()
            .copied()
            .filter(|&at| shape(at).winding_nudged(point) > 0);
        let found = lowest(&mut holding);
        found.or_else(|| {
            let on_rim = |at: &u32| shape(*at).segments().any(|edge| edge.holds(point));
            lowest(&mut near.iter().copied().filter(on_rim))
        })
    }

    fn code(&self, at: u32) -> &str {
        &self.grids[at as usize].code
    }
}

#[cfg(test)]
mod tests {
    use wangge_plane::{Polygon, Ring, Shape};

    use super::*;

    fn block(code: &str, west: i32, east: i32) -> PlanGrid {
        let corners = [(west, 0), (east, 0), (east, 10), (west, 10)];
        let points = corners.map(|(x, y)| Point::new(x, y).unwrap()).to_vec();
        PlanGrid {
            code: code.to_owned(),
            name: None,
            shape: Shape::new(vec![Polygon::new(Ring::new(points).unwrap(), vec![])]).unwrap(),
            households: None,
            population: None,
            parent: None,
            kind: None,
        }
    }

    #[test]
    fn a_point_belongs_to_one_grid() {
        let grids = [block("B", 10, 20), block("A", 0, 10), block("C", 5, 8)];
        let located = Located::of(&grids);
        let code = |x: i32, y: i32| {
            let found = located.at(Point::new(x, y).unwrap());
            found.map(|at| grids[at as usize].code.as_str())
        };
        assert_eq!(code(3, 3), Some("A"));
        // on the border the one to the east, at the rim whose border it is
        assert_eq!(code(10, 5), Some("B"));
        assert_eq!(code(20, 5), Some("B"));
        assert_eq!(code(3, 10), Some("A"));
        // in an overlap the lowest code
        assert_eq!(code(6, 5), Some("A"));
        assert_eq!(code(21, 5), None);
    }
}
