//! Streets that borders run along: what the four sides of a unit are described by.

use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use rustc_hash::FxHashMap;
use wangge_model::Street;
use wangge_plane::ellipsoid::{distance_m, distance_to_segment_m, metres_per_degree};
use wangge_plane::{Extent, Point, Segment, UNITS_PER_DEGREE};

/// A border within so many metres of a street's centre line runs along the street: half of a broad
/// one, as borders stand at the kerb or in the middle.
const ALONG_M: f64 = 25.0;

/// A border is looked at every so many metres.
const STEP_M: f64 = 10.0;

/// The box around an edge, with the number of its street and its place among the edges.
type EdgeBox = GeomWithData<Rectangle<[i32; 2]>, (u32, u32)>;

/// The edges of named streets, by where they are.
#[derive(Debug, Default)]
pub(crate) struct Streets {
    tree: RTree<EdgeBox>,
    edges: Vec<Segment>,
}

impl Streets {
    pub(crate) fn of(streets: &[Street]) -> Self {
        let mut edges = Vec::new();
        let mut boxes = Vec::new();
        for (street, number) in streets.iter().zip(0..) {
            if street.name.is_none() {
                continue;
            }
            for edge in street.line.segments() {
                let place = u32::try_from(edges.len()).unwrap_or(u32::MAX);
                boxes.push(GeomWithData::new(rectangle(edge.extent()), (number, place)));
                edges.push(edge);
            }
        }
        Self {
            tree: RTree::bulk_load(boxes),
            edges,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.edges.is_empty()
    }

    /// Metres of a path that run along each street, by the number of the street.
    pub(crate) fn along(&self, path: &[Point], lengths: &mut FxHashMap<u32, f64>) {
        for ends in path.windows(2) {
            let length = distance_m(ends[0], ends[1]);
            let steps = (length / STEP_M).ceil().max(1.0);
            let mut step = 0.5;
            while step < steps {
                let at = between(ends[0], ends[1], step / steps);
                if let Some(street) = at.and_then(|at| self.nearest(at)) {
                    *lengths.entry(street).or_default() += length / steps;
                }
                step += 1.0;
            }
        }
    }

    /// The street nearest to a point, if one is near enough.
    fn nearest(&self, point: Point) -> Option<u32> {
        let scale = metres_per_degree(point.lat());
        let units = |metres_per_degree: f64| {
            reach(ALONG_M / metres_per_degree * f64::from(UNITS_PER_DEGREE))
        };
        let around = Extent::of([point])?.widened(units(scale.east), units(scale.north));
        let corner = |p: Point| [p.x(), p.y()];
        let around = AABB::from_corners(corner(around.min()), corner(around.max()));
        let near = self.tree.locate_in_envelope_intersecting(around);
        let distances = near.map(|entry| {
            let (street, edge) = entry.data;
            let away_m = distance_to_segment_m(point, self.edges[edge as usize]);
            (away_m, street)
        });
        let nearest = distances.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)))?;
        (nearest.0 <= ALONG_M).then_some(nearest.1)
    }
}

fn between(a: Point, b: Point, share: f64) -> Option<Point> {
    let lon = a.lon() + share * (b.lon() - a.lon());
    let lat = a.lat() + share * (b.lat() - a.lat());
    Point::from_degrees(lon, lat).ok()
}

/// Lattice units that reach at least so far.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped"
)]
pub(crate) fn reach(units: f64) -> u32 {
    units.clamp(0.0, f64::from(u32::MAX)) as u32 + 1
}

/// A box as the tree takes it.
pub(crate) fn rectangle(extent: Extent) -> Rectangle<[i32; 2]> {
    let corner = |p: Point| [p.x(), p.y()];
    Rectangle::from_corners(corner(extent.min()), corner(extent.max()))
}
