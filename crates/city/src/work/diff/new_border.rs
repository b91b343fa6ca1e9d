//! How near a point is to a border that a redesign draws.

use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use wangge_plane::ellipsoid::{distance_to_segment_m, metres_per_degree};
use wangge_plane::{Extent, Point, Segment, UNITS_PER_DEGREE};

use super::Comparison;
use super::evidence::Both;
use super::located::rectangle;

/// The borders of the grids that are new or changed.
pub(super) struct NewBorders<'a> {
    tree: RTree<GeomWithData<Rectangle<[i32; 2]>, Segment>>,
    both: &'a Both<'a>,
    /// Borders that moved less than this are the old ones.
    tolerance_m: f64,
}

impl<'a> NewBorders<'a> {
    pub(super) fn of(comparison: &Comparison, both: &'a Both<'a>) -> Self {
        let mut is_same = vec![false; comparison.new.grids.len()];
        for &(_, new) in &comparison.diff.unchanged {
            is_same[new as usize] = true;
        }
        let changed = comparison.new.grids.iter().zip(is_same);
        let edges = changed
            .filter(|(_, is_same)| !is_same)
            .flat_map(|(grid, _)| grid.shape.segments());
        let boxes = edges.map(|edge| GeomWithData::new(rectangle(edge.extent()), edge));
        Self {
            tree: RTree::bulk_load(boxes.collect()),
            both,
            tolerance_m: comparison.terms.survey_tolerance_m.max(0.1),
        }
    }

    /// Metres to the nearest new border, if it is no further than this.
    ///
    /// A border is new where the ground on both of its sides belonged together before.
    pub(super) fn within_m(&self, point: Point, reach_m: f64) -> Option<f64> {
        let scale = metres_per_degree(point.lat());
        let units = |per_degree: f64| reach(reach_m / per_degree * f64::from(UNITS_PER_DEGREE));
        let around = Extent::of([point])?.widened(units(scale.east), units(scale.north));
        let corner = |p: Point| [p.x(), p.y()];
        let around = AABB::from_corners(corner(around.min()), corner(around.max()));
        let mut near: Vec<(f64, Segment)> = self
            .tree
            .locate_in_envelope_intersecting(around)
            .map(|entry| (distance_to_segment_m(point, entry.data), entry.data))
            .filter(|(away_m, _)| *away_m <= reach_m)
            .collect();
        near.sort_by(|a, b| a.0.total_cmp(&b.0));
        let found = near.into_iter().find(|(_, edge)| self.is_new(point, *edge));
        found.map(|(away_m, _)| away_m)
    }

    /// Whether an edge is new where it is nearest to a point.
    fn is_new(&self, point: Point, edge: Segment) -> bool {
        let scale = metres_per_degree(point.lat());
        let metres = |p: Point| {
            (
                (p.lon() - point.lon()) * scale.east,
                (p.lat() - point.lat()) * scale.north,
            )
        };
        let (a, b) = (metres(edge.start()), metres(edge.end()));
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let length = dx.hypot(dy);
        if length == 0.0 {
            return false;
        }
        let along = (-(a.0 * dx + a.1 * dy) / (length * length)).clamp(0.0, 1.0);
        let foot = (a.0 + along * dx, a.1 + along * dy);
        let side = |sign: f64| {
            let off = sign * self.tolerance_m / length;
            let (x, y) = (foot.0 - off * dy, foot.1 + off * dx);
            let lon = point.lon() + x / scale.east;
            let lat = point.lat() + y / scale.north;
            let at = Point::from_degrees(lon, lat).ok();
            at.map(|at| self.both.old.at(at))
        };
        side(1.0) == side(-1.0)
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped"
)]
fn reach(units: f64) -> u32 {
    units.clamp(0.0, f64::from(u32::MAX)) as u32 + 1
}
