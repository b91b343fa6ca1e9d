//! What one would otherwise write: an R-tree of boxes (`rstar`) and a test of the polygons that it finds (`geo`).

use geo::indexed::IntervalTreeMultiPolygon;
use geo::{Contains, MultiPolygon};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use wangge_coverage::Owner;
use wangge_plane::Shape;

/// An R-tree over polygons, plain ones or each with an index of its own.
pub(crate) struct TreeOfPolygons<P> {
    tree: RTree<GeomWithData<Rectangle<[f64; 2]>, u32>>,
    polygons: Vec<P>,
}

impl TreeOfPolygons<MultiPolygon> {
    pub(crate) fn build(shapes: &[(Owner, Shape)]) -> Self {
        Self::over(shapes, |polygon| polygon)
    }
}

impl TreeOfPolygons<IntervalTreeMultiPolygon<f64>> {
    pub(crate) fn build_indexed(shapes: &[(Owner, Shape)]) -> Self {
        Self::over(shapes, |polygon| IntervalTreeMultiPolygon::new(&polygon))
    }
}

impl<P: Contains<geo::Point>> TreeOfPolygons<P> {
    fn over(shapes: &[(Owner, Shape)], polygon: impl Fn(MultiPolygon) -> P) -> Self {
        let polygons = shapes.iter().map(|(_, shape)| polygon(shape.to_degrees()));
        let boxes = shapes.iter().zip(0u32..).map(|((_, shape), number)| {
            let (min, max) = (shape.extent().min(), shape.extent().max());
            let corners = ([min.lon(), min.lat()], [max.lon(), max.lat()]);
            GeomWithData::new(Rectangle::from_corners(corners.0, corners.1), number)
        });
        Self {
            tree: RTree::bulk_load(boxes.collect()),
            polygons: polygons.collect(),
        }
    }

    pub(crate) fn locate(&self, lon: f64, lat: f64) -> Option<u32> {
        self.tree
            .locate_in_envelope_intersecting(AABB::from_point([lon, lat]))
            .map(|entry| entry.data)
            .find(|&number| self.polygons[number as usize].contains(&geo::Point::new(lon, lat)))
    }
}
