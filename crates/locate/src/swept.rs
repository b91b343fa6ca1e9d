//! What lies within some metres of the ways that were gone.
//!
//! A way and what is within reach of it have no dents, so a straight edge is within reach of one way along
//! one piece at most. Its ends are where the edge enters and leaves the two discs around the ends of the way and
//! the strip beside it: roots of three equations, and no steps along the edge.

use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use wangge_plane::ellipsoid::metres_per_degree;
use wangge_plane::{Extent, LATTICE_UNIT_DEG, Point, Segment};

use crate::track::Leg;

/// A way, by the box around what it reaches.
type Boxed = GeomWithData<Rectangle<[i32; 2]>, Leg>;

/// The ground within reach of ways.
///
/// ```
/// use wangge_locate::{Leg, Swept};
/// use wangge_plane::{Point, Segment};
/// // along the first half of a street, 10 m beside it
/// let leg = Leg { from: Point::from_degrees(0.0, 0.00009)?, to: Point::from_degrees(0.001, 0.00009)? };
/// let street = Segment::new(Point::from_degrees(0.0, 0.0)?, Point::from_degrees(0.002, 0.0)?);
/// let pieces = Swept::by([leg], 25.0).along(street.expect("two points"));
/// assert_eq!(pieces.len(), 1);
/// // 111.3 m, and as far as a disc of 25 m reaches beyond: 23 m of 222.6
/// assert!((pieces[0].1 - (111.3 + 22.9) / 222.6).abs() < 0.002);
/// # Ok::<(), wangge_plane::PlaneError>(())
/// ```
#[derive(Debug)]
pub struct Swept {
    reach_m: f64,
    ways: RTree<Boxed>,
}

impl Swept {
    /// The ground within `reach_m` metres of these ways, in the plane that fits the ellipsoid there. Meant for some ten metres.
    pub fn by(legs: impl IntoIterator<Item = Leg>, reach_m: f64) -> Self {
        let boxed = |leg: Leg| {
            let extent = Extent::of([leg.from, leg.to])?;
            let scale = Scale::at(poleward(extent));
            let units = |per_unit_m: f64| count((reach_m * 1.001 / per_unit_m).max(0.0));
            let around = extent.widened(units(scale.east), units(scale.north));
            Some(GeomWithData::new(rectangle(around), leg))
        };
        Self {
            reach_m,
            ways: RTree::bulk_load(legs.into_iter().filter_map(boxed).collect()),
        }
    }

    /// The pieces of an edge within reach, as shares of it from 0 to 1, in order and apart from each other.
    pub fn along(&self, edge: Segment) -> Vec<(f64, f64)> {
        let corner = |p: Point| [p.x(), p.y()];
        let around = edge.extent();
        let around = AABB::from_corners(corner(around.min()), corner(around.max()));
        let mut pieces: Vec<(f64, f64)> = self
            .ways
            .locate_in_envelope_intersecting(around)
            .filter_map(|way| self.beside(way.data, edge))
            .collect();
        pieces.sort_by(|one, other| one.0.total_cmp(&other.0));
        let mut apart: Vec<(f64, f64)> = Vec::with_capacity(pieces.len());
        for (from, to) in pieces {
            match apart.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                _ => apart.push((from, to)),
            }
        }
        apart
    }

    /// The piece of an edge within reach of one way.
    fn beside(&self, leg: Leg, edge: Segment) -> Option<(f64, f64)> {
        // all in metres from the start of the edge
        let start = edge.start();
        let scale = Scale::at(start);
        let metres = |p: Point| {
            let way = p.from_origin(start);
            (units(way.dx) * scale.east, units(way.dy) * scale.north)
        };
        let (edge_end, a, b) = (metres(edge.end()), metres(leg.from), metres(leg.to));
        let way = (b.0 - a.0, b.1 - a.1);
        let pieces = [
            self.in_disc(a, edge_end),
            self.in_disc(b, edge_end),
            self.in_strip(a, way, edge_end),
        ];
        let piece = pieces
            .into_iter()
            .flatten()
            .reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))?;
        let piece = (piece.0.max(0.0), piece.1.min(1.0));
        (piece.0 < piece.1).then_some(piece)
    }

    /// Where the line to `end` from the origin is in the disc around a place.
    fn in_disc(&self, middle: (f64, f64), end: (f64, f64)) -> Option<(f64, f64)> {
        let length2 = dot(end, end);
        let foot = dot(middle, end) / length2;
        let away2 = dot(middle, middle) - foot * foot * length2;
        let half2 = (self.reach_m * self.reach_m - away2) / length2;
        (half2 >= 0.0).then(|| (foot - half2.sqrt(), foot + half2.sqrt()))
    }

    /// Where the line to `end` from the origin is beside a way, not before its start or behind its end.
    fn in_strip(&self, a: (f64, f64), way: (f64, f64), end: (f64, f64)) -> Option<(f64, f64)> {
        let length = dot(way, way).sqrt();
        if length <= 0.0 {
            return None;
        }
        let way = (way.0 / length, way.1 / length);
        // both grow evenly along the line
        let aside = |p: (f64, f64)| way.0 * (p.1 - a.1) - way.1 * (p.0 - a.0);
        let along = |p: (f64, f64)| dot(way, (p.0 - a.0, p.1 - a.1));
        let origin = (0.0, 0.0);
        let beside = within(aside(origin), aside(end), -self.reach_m, self.reach_m)?;
        let between = within(along(origin), along(end), 0.0, length)?;
        let both = (beside.0.max(between.0), beside.1.min(between.1));
        (both.0 <= both.1).then_some(both)
    }
}

/// Where a value that goes evenly from `start` at 0 to `end` at 1 is within bounds.
fn within(start: f64, end: f64, low: f64, high: f64) -> Option<(f64, f64)> {
    let change = end - start;
    if change == 0.0 {
        let inside = (low..=high).contains(&start);
        return inside.then_some((f64::NEG_INFINITY, f64::INFINITY));
    }
    let (one, other) = ((low - start) / change, (high - start) / change);
    Some((one.min(other), one.max(other)))
}

/// Metres of a lattice unit.
struct Scale {
    east: f64,
    north: f64,
}

impl Scale {
    fn at(p: Point) -> Self {
        let degree = metres_per_degree(p.lat());
        Self {
            east: degree.east * LATTICE_UNIT_DEG,
            north: degree.north * LATTICE_UNIT_DEG,
        }
    }
}

/// The corner where a unit to the east is shortest.
fn poleward(extent: Extent) -> Point {
    let (south, north) = (extent.min(), extent.max());
    if south.y().abs() > north.y().abs() {
        south
    } else {
        north
    }
}

const fn dot(a: (f64, f64), b: (f64, f64)) -> f64 {
    a.0 * b.0 + a.1 * b.1
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped by the cast, rounded up"
)]
const fn count(units: f64) -> u32 {
    (units as u32).saturating_add(1)
}

#[expect(clippy::cast_precision_loss, reason = "lattice units are below 2^53")]
const fn units(value: i64) -> f64 {
    value as f64
}

fn rectangle(extent: Extent) -> Rectangle<[i32; 2]> {
    let corner = |p: Point| [p.x(), p.y()];
    Rectangle::from_corners(corner(extent.min()), corner(extent.max()))
}

#[cfg(test)]
mod tests {
    use wangge_plane::ellipsoid::distance_to_segment_m;

    use super::*;

    /// A pseudo-random number from 0 up to a bound.
    fn next(state: &mut u64, below: u64) -> i32 {
        *state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        i32::try_from((*state >> 33) % below).unwrap_or(0)
    }

    /// Against many places along each edge, measured one by one.
    #[test]
    fn pieces_are_those_that_steps_along_the_edge_find() {
        let mut state = 9;
        let mut point = |spread: u64| {
            let (x, y) = (next(&mut state, spread), next(&mut state, spread));
            Point::new(1_208_000_000 + x, 406_000_000 + y).unwrap_or_else(|_| unreachable!())
        };
        let mut touched = 0;
        for _ in 0..60 {
            let legs: Vec<Leg> = (0..6)
                .map(|n| {
                    let (from, to) = (point(30_000), point(30_000));
                    // somebody who stands, too
                    Leg {
                        from,
                        to: if n == 0 { from } else { to },
                    }
                })
                .collect();
            let Some(edge) = Segment::new(point(30_000), point(30_000)) else {
                continue;
            };
            let swept = Swept::by(legs.iter().copied(), 25.0);
            let pieces = swept.along(edge);
            assert!(pieces.windows(2).all(|pair| pair[0].1 < pair[1].0));
            touched += usize::from(!pieces.is_empty());
            for step in 0..=200 {
                let share = f64::from(step) / 200.0;
                let (start, end) = (edge.start(), edge.end());
                let place = Point::from_degrees(
                    start.lon() + share * (end.lon() - start.lon()),
                    start.lat() + share * (end.lat() - start.lat()),
                )
                .unwrap_or_else(|_| unreachable!());
                let away_m = legs
                    .iter()
                    .map(|leg| match Segment::new(leg.from, leg.to) {
                        Some(way) => distance_to_segment_m(place, way),
                        None => wangge_plane::ellipsoid::distance_m(place, leg.from),
                    })
                    .fold(f64::INFINITY, f64::min);
                let told = pieces
                    .iter()
                    .any(|&(from, to)| from <= share && share <= to);
                // places are rounded, and each is measured in a plane of its own
                if (away_m - 25.0).abs() > 0.05 {
                    assert_eq!(told, away_m < 25.0, "{legs:?} {edge:?} {share} {away_m}");
                }
            }
        }
        assert!(touched > 30, "{touched}");
    }
}
