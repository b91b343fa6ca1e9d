//! Shapes that may overlap: every one that holds a point.

use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use wangge_plane::{Extent, Point, Shape};

/// An index over shapes that need not cover the ground and may overlap: specialised grids
/// (专业网格), areas of a task, water.
///
/// ```
/// use wangge_locate::OverlayIndex;
/// use wangge_plane::{PlaneError, Point, Polygon, Ring, Shape};
/// fn block(west: i32, east: i32) -> Result<Shape, PlaneError> {
///     let corners = [(west, 0), (east, 0), (east, 10), (west, 10)];
///     let points = corners.iter().map(|&(x, y)| Point::new(x, y)).collect::<Result<_, _>>()?;
///     Ok(Shape::new(vec![Polygon::new(Ring::new(points)?, vec![])]).expect("one part"))
/// }
/// let index = OverlayIndex::build(vec![block(0, 20)?, block(10, 30)?]);
/// assert_eq!(index.holding(Point::new(15, 5)?), [0, 1]);
/// assert_eq!(index.holding(Point::new(30, 5)?), [1], "borders belong to their shapes");
/// # Ok::<(), PlaneError>(())
/// ```
#[derive(Debug)]
pub struct OverlayIndex {
    shapes: Vec<Shape>,
    tree: RTree<GeomWithData<Rectangle<[i64; 2]>, usize>>,
}

impl OverlayIndex {
    /// An index that owns the shapes, numbered as they come.
    pub fn build(shapes: Vec<Shape>) -> Self {
        let boxes = shapes
            .iter()
            .map(Shape::extent)
            .enumerate()
            .map(|(number, extent)| GeomWithData::new(rectangle(extent), number))
            .collect();
        Self {
            tree: RTree::bulk_load(boxes),
            shapes,
        }
    }

    /// The numbers of all shapes that hold the point, in ascending order. Exact. Shapes are
    /// closed: their borders belong to them, those of their holes too. Where parts of one shape overlap, it
    /// holds the point like any other.
    pub fn holding(&self, p: Point) -> Vec<usize> {
        let at = AABB::from_point([i64::from(p.x()), i64::from(p.y())]);
        let mut found: Vec<usize> = self
            .tree
            .locate_in_envelope_intersecting(at)
            .map(|entry| entry.data)
            .filter(|&number| holds(&self.shapes[number], p))
            .collect();
        found.sort_unstable();
        found
    }

    /// The shapes, by number.
    pub fn shapes(&self) -> &[Shape] {
        &self.shapes
    }
}

fn holds(shape: &Shape, p: Point) -> bool {
    shape.winding_nudged(p) != 0 || shape.segments().any(|segment| segment.holds(p))
}

fn rectangle(extent: Extent) -> Rectangle<[i64; 2]> {
    let corner = |p: Point| [i64::from(p.x()), i64::from(p.y())];
    Rectangle::from_corners(corner(extent.min()), corner(extent.max()))
}
