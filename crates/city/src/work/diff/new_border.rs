//! How near a point is to a border that a redesign draws.

use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use wangge_plane::ellipsoid::{distance_to_segment_m, metres_per_degree};
use wangge_plane::{Extent, Point, Segment, UNITS_PER_DEGREE};

use super::Comparison;
use crate::streets::{reach, rectangle};

/// Edges by where they are.
type Edges = RTree<GeomWithData<Rectangle<[i32; 2]>, Segment>>;

/// The borders of the grids that are new or changed, and those that were there before.
pub(super) struct NewBorders {
    new: Edges,
    old: Edges,
    /// Borders that moved less than this are the old ones.
    tolerance_m: f64,
}

impl NewBorders {
    pub(super) fn of(comparison: &Comparison) -> Self {
        let (old, new) = (&comparison.old.grids, &comparison.new.grids);
        let mut is_same = vec![false; new.len()];
        for &(_, at) in &comparison.diff.unchanged {
            is_same[at as usize] = true;
        }
        let changed = || new.iter().zip(&is_same).filter(|(_, same)| !**same);
        let boxes = changed().map(|(grid, _)| rectangle(grid.shape.extent()));
        let boxes: RTree<Rectangle<[i32; 2]>> = RTree::bulk_load(boxes.collect());
        let is_near = |extent: Extent| {
            let mut near = boxes.locate_in_envelope_intersecting(envelope(extent));
            near.next().is_some()
        };
        let before = old.iter().filter(|grid| is_near(grid.shape.extent()));
        Self {
            new: edges(changed().flat_map(|(grid, _)| grid.shape.segments())),
            old: edges(before.flat_map(|grid| grid.shape.segments())),
            tolerance_m: comparison.terms.survey_tolerance_m.max(0.1),
        }
    }

    /// Metres to the nearest new border, if it is no further than this.
    ///
    /// A border is new where none of before is within the survey's tolerance.
    pub(super) fn within_m(&self, point: Point, reach_m: f64) -> Option<f64> {
        let near = near(&self.new, point, reach_m);
        let found = near.into_iter().find(|(_, edge)| {
            foot(point, *edge).is_some_and(|foot| {
                let before = self::near(&self.old, foot, self.tolerance_m);
                before.is_empty()
            })
        });
        found.map(|(away_m, _)| away_m)
    }
}

fn edges(edges: impl Iterator<Item = Segment>) -> Edges {
    let boxes = edges.map(|edge| GeomWithData::new(rectangle(edge.extent()), edge));
    RTree::bulk_load(boxes.collect())
}

fn envelope(extent: Extent) -> AABB<[i32; 2]> {
    let corner = |p: Point| [p.x(), p.y()];
    AABB::from_corners(corner(extent.min()), corner(extent.max()))
}

/// The edges within so many metres of a point, the nearest first.
fn near(edges: &Edges, point: Point, reach_m: f64) -> Vec<(f64, Segment)> {
    let scale = metres_per_degree(point.lat());
    let units = |per_degree: f64| reach(reach_m / per_degree * f64::from(UNITS_PER_DEGREE));
    let Some(around) = Extent::of([point]) else {
        return Vec::new();
    };
    let around = around.widened(units(scale.east), units(scale.north));
    let mut near: Vec<(f64, Segment)> = edges
        .locate_in_envelope_intersecting(envelope(around))
        .map(|entry| (distance_to_segment_m(point, entry.data), entry.data))
        .filter(|(away_m, _)| *away_m <= reach_m)
        .collect();
    near.sort_by(|a, b| a.0.total_cmp(&b.0));
    near
}

/// The point of an edge that is nearest to a point.
fn foot(point: Point, edge: Segment) -> Option<Point> {
    let scale = metres_per_degree(point.lat());
    let metres = |p: Point| {
        (
            (p.lon() - point.lon()) * scale.east,
            (p.lat() - point.lat()) * scale.north,
        )
    };
    let (a, b) = (metres(edge.start()), metres(edge.end()));
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let along = (-(a.0 * dx + a.1 * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
    let (start, end) = (edge.start(), edge.end());
    let between = |a: f64, b: f64| a + along * (b - a);
    let lon = between(start.lon(), end.lon());
    Point::from_degrees(lon, between(start.lat(), end.lat())).ok()
}
