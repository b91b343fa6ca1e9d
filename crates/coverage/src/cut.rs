//! Boundaries that cut objects in two: buildings, components.

use rayon::prelude::*;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use wangge_plane::{Extent, Meeting, Point, Segment, Shape, Side, side_towards};

use crate::defect::{Defect, DefectKind, Place, Weight};
use crate::proof::Member;

/// An object that a boundary should go around.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// Its code or name.
    pub name: String,
    /// Its edges: of lines, one after the other, or of a polygon's boundary.
    pub edges: Vec<Segment>,
    /// Its ground, if it has some.
    pub ground: Option<Shape>,
}

impl Object {
    fn extent(&self) -> Option<Extent> {
        Extent::of(self.edges.iter().flat_map(|e| [e.start(), e.end()]))
    }

    /// Those edges of a grid's boundary, of all that come near the object, by which the grid cuts
    /// it: on which ground of the object lies to both sides, or by which a line goes from inside
    /// the grid to outside.
    fn cut_by(&self, grid: &Shape, near: &[Segment]) -> Vec<Segment> {
        if self.ground.is_some() {
            let runs_through = |edge: &&Segment| runs_through(&self.edges, **edge);
            return near.iter().filter(runs_through).copied().collect();
        }
        let meeting = |edge: Segment| self.edges.iter().map(move |own| own.meeting(edge));
        let (mut found, others): (Vec<Segment>, Vec<Segment>) = near
            .iter()
            .partition(|edge| meeting(**edge).any(|met| met == Meeting::Crossing));
        let touching: Vec<Segment> = others
            .into_iter()
            .filter(|edge| meeting(*edge).any(|met| met != Meeting::Apart))
            .collect();
        if !touching.is_empty() {
            for line in self.edges.chunk_by(|a, b| a.end() == b.start()) {
                found.extend(passed(line, &touching, grid));
            }
        }
        found
    }
}

/// The objects that boundaries cut, each with the grids whose boundaries they are and the edges.
///
/// Exact, for objects and grids whose boundaries do not run along themselves. Touching is no cut:
/// an object may lie along a boundary, end at it, or meet it in a point.
pub fn cut_objects(members: &[Member<'_>], objects: &[Object]) -> Vec<Defect> {
    let boxes = objects
        .iter()
        .enumerate()
        .filter_map(|(at, object)| {
            let [low, high] = corners(object.extent()?);
            Some(GeomWithData::new(Rectangle::from_corners(low, high), at))
        })
        .collect();
    let tree: RTree<GeomWithData<Rectangle<[f64; 2]>, usize>> = RTree::bulk_load(boxes);
    let mut near: Vec<(usize, usize, Segment)> = members
        .par_iter()
        .enumerate()
        .flat_map_iter(|(member, m)| {
            let tree = &tree;
            m.shape.segments().flat_map(move |edge| {
                let [low, high] = corners(edge.extent());
                tree.locate_in_envelope_intersecting(AABB::from_corners(low, high))
                    .map(move |near| (near.data, member, edge))
            })
        })
        .collect();
    near.par_sort_unstable();
    let cuts: Vec<(usize, usize, Vec<Segment>)> = near
        .par_chunk_by(|a, b| (a.0, a.1) == (b.0, b.1))
        .map(|near| {
            let (object, member, _) = near[0];
            let edges: Vec<Segment> = near.iter().map(|&(.., edge)| edge).collect();
            let cuts = objects[object].cut_by(members[member].shape, &edges);
            (object, member, cuts)
        })
        .filter(|(.., cuts)| !cuts.is_empty())
        .collect();
    let code = |member: usize| members[member].code.to_owned();
    cuts.chunk_by(|a, b| a.0 == b.0)
        .map(|cuts| {
            let cutting = cuts.iter().map(|&(_, member, _)| member).collect();
            let edges = cuts.iter().flat_map(|(.., edges)| edges);
            let mut edges: Vec<Segment> = edges.map(|edge| edge.canonical().0).collect();
            edges.sort_unstable();
            edges.dedup();
            let (count, place) = (edges.len(), Place::Edges(edges));
            Defect::new(DefectKind::CutObject, Weight::Suspect, cutting, place, code).of_object(
                &objects[cuts[0].0].name,
                count,
                code,
            )
        })
        .collect()
}

/// Whether an edge runs through the inside of a boundary.
fn runs_through(boundary: &[Segment], edge: Segment) -> bool {
    let touched = boundary
        .iter()
        .map(|own| own.start())
        .filter(|&p| p != edge.end() && edge.holds(p));
    boundary
        .iter()
        .any(|own| own.meeting(edge) == Meeting::Crossing)
        || std::iter::once(edge.start()).chain(touched).any(|from| {
            let edges = boundary.iter().copied();
            side_towards(edges, from, edge.end()) == Side::Inside
        })
}

/// A place where a line touches a boundary.
struct Stop {
    at: Point,
    /// Where the line comes from, and where it goes; nowhere at its ends.
    from: Option<Point>,
    to: Option<Point>,
}

/// Those edges of a grid's boundary, of all that a line touches and does not cross, by which it
/// goes from one side of the boundary to the other, having run along it or not.
fn passed(line: &[Segment], touching: &[Segment], grid: &Shape) -> Vec<Segment> {
    let side_of =
        |stop: &Stop, towards: Point| match side_towards(grid.segments(), stop.at, towards) {
            Side::On => None,
            side => Some(side),
        };
    let mut found = Vec::new();
    // the side that the line was on last, and what it has touched since
    let mut last: Option<Side> = None;
    let mut touched: Vec<Segment> = Vec::new();
    for stop in stops(line, touching) {
        if let Some(side) = stop.from.and_then(|from| side_of(&stop, from)) {
            last = Some(side);
            touched.clear();
        }
        touched.extend(touching.iter().filter(|edge| edge.holds(stop.at)));
        if let Some(side) = stop.to.and_then(|to| side_of(&stop, to)) {
            if last.is_some_and(|last| last != side) {
                found.append(&mut touched);
            }
            last = None;
            touched.clear();
        }
    }
    found
}

/// Where a line touches edges, in order: at their ends and at its own. A closed line does not stop
/// at its last point, which is its first.
fn stops(line: &[Segment], touching: &[Segment]) -> Vec<Stop> {
    let ends: Vec<Point> = touching
        .iter()
        .flat_map(|edge| [edge.start(), edge.end()])
        .collect();
    let is_touched = |p: Point| touching.iter().any(|edge| edge.holds(p));
    let closing = line
        .last()
        .zip(line.first())
        .filter(|(last, first)| last.end() == first.start())
        .map(|(last, _)| last.start());
    let before = |at: usize| match at {
        0 => closing,
        _ => Some(line[at - 1].start()),
    };
    let mut stops = Vec::new();
    for (at, &edge) in line.iter().enumerate() {
        let (start, end) = (edge.start(), edge.end());
        if is_touched(start) {
            stops.push(Stop {
                at: start,
                from: before(at),
                to: Some(end),
            });
        }
        let inner = |p: &&Point| **p != start && **p != end && edge.holds(**p);
        let mut inner: Vec<Point> = ends.iter().filter(inner).copied().collect();
        inner.sort_unstable();
        inner.dedup();
        if start > end {
            inner.reverse();
        }
        stops.extend(inner.into_iter().map(|at| Stop {
            at,
            from: Some(start),
            to: Some(end),
        }));
    }
    if let Some(last) = line.last()
        && closing.is_none()
        && is_touched(last.end())
    {
        stops.push(Stop {
            at: last.end(),
            from: Some(last.start()),
            to: None,
        });
    }
    stops
}

fn corners(extent: Extent) -> [[f64; 2]; 2] {
    [extent.min(), extent.max()].map(|p| [f64::from(p.x()), f64::from(p.y())])
}
