//! What lies in a tile's window: the ground of each, and the lines between.

use std::collections::BTreeMap;

use wangge_arrange::polygons_of;
use wangge_plane::{Point, Polygon, Segment, cross};

use crate::drawing::Shown;
use crate::mercator::Window;

/// Where something ends at the window's rim, and who has the rim from there on, counter-clockwise.
#[derive(Debug, Clone, Copy)]
struct Stop {
    /// Along the rim, counter-clockwise from the south-western corner.
    at: i64,
    point: Point,
    /// The edge that was met first, turning counter-clockwise from the rim: its other end.
    first: Option<Point>,
    /// Whose the rim is from here on; only with an edge.
    then: Option<u32>,
}

impl Shown<'_> {
    /// The ground of each in the window, with ground put together by `group`. Exact: the parts of all lie side by side, and
    /// nothing was moved.
    pub(crate) fn ground(&self, group: impl Fn(u32) -> u32) -> BTreeMap<u32, Vec<Polygon>> {
        let mut boundaries: BTreeMap<u32, Vec<Segment>> = BTreeMap::new();
        let mut stops: Vec<Stop> = self.window.corners().collect();
        for edge in &self.edges {
            let (left, right) = (edge.left.map(&group), edge.right.map(&group));
            let Some(segment) = Segment::new(edge.from, edge.to).filter(|_| left != right) else {
                continue;
            };
            for (side, directed) in [(left, segment), (right, segment.reversed())] {
                if let Some(side) = side {
                    boundaries.entry(side).or_default().push(directed);
                }
            }
            for (point, first, then) in [(edge.from, edge.to, right), (edge.to, edge.from, left)] {
                stops.extend(self.window.along_rim(point).map(|at| Stop {
                    at,
                    point,
                    first: Some(first),
                    then,
                }));
            }
        }
        stops.sort_unstable_by_key(|stop| stop.at);
        let mut owner = self.corner.map(&group);
        let mut before: Option<Point> = None;
        // the rim ends where it began
        let start = self.window.corners().next();
        for stop in stops.chunk_by(|a, b| a.at == b.at) {
            let point = stop[0].point;
            if let (Some(owner), Some(edge)) =
                (owner, before.and_then(|before| Segment::new(before, point)))
            {
                boundaries.entry(owner).or_default().push(edge);
            }
            before = Some(point);
            let with_edge = stop
                .iter()
                .filter_map(|stop| Some((stop.first?, stop.then)));
            let next = with_edge.reduce(|a, b| {
                // the edges at a point of the rim are within half a turn of each other
                if cross(point, a.0, b.0) < 0 { b } else { a }
            });
            if let Some((_, then)) = next {
                owner = then;
            }
        }
        if let (Some(owner), Some(edge)) = (
            owner,
            before
                .zip(start)
                .and_then(|(before, start)| Segment::new(before, start.point)),
        ) {
            boundaries.entry(owner).or_default().push(edge);
        }
        boundaries
            .into_iter()
            .map(|(owner, boundary)| (owner, polygons_of(&boundary)))
            .filter(|(_, polygons)| !polygons.is_empty())
            .collect()
    }

    /// The lines between the ground of two that `keep` wants, each as the points of its parts.
    pub(crate) fn lines<K: Ord>(
        &self,
        keep: impl Fn(Option<u32>, Option<u32>) -> Option<K>,
    ) -> BTreeMap<K, Vec<Vec<Point>>> {
        let mut lines: BTreeMap<K, Vec<Vec<Point>>> = BTreeMap::new();
        for edge in &self.edges {
            let Some(key) = keep(edge.left, edge.right) else {
                continue;
            };
            let parts = lines.entry(key).or_default();
            match parts.last_mut() {
                Some(part) if part.last() == Some(&edge.from) => part.push(edge.to),
                _ => parts.push(vec![edge.from, edge.to]),
            }
        }
        lines
    }
}

impl Window {
    fn corners(self) -> impl Iterator<Item = Stop> {
        let corners = [
            (self.west, self.south),
            (self.east, self.south),
            (self.east, self.north),
            (self.west, self.north),
        ];
        corners.into_iter().filter_map(move |(x, y)| {
            let point = Point::new(x, y).ok()?;
            Some(Stop {
                at: self.along_rim(point)?,
                point,
                first: None,
                then: None,
            })
        })
    }

    /// How far along the rim a point is, counter-clockwise from the south-western corner; `None`
    /// of a point that is not on it.
    fn along_rim(self, p: Point) -> Option<i64> {
        let (width, height) = (
            i64::from(self.east - self.west),
            i64::from(self.north - self.south),
        );
        let (x, y) = (i64::from(p.x() - self.west), i64::from(p.y() - self.south));
        if y == 0 {
            Some(x)
        } else if x == width {
            Some(width + y)
        } else if y == height {
            Some(2 * width + height - x)
        } else if x == 0 {
            Some(2 * width + 2 * height - y)
        } else {
            None
        }
    }
}
