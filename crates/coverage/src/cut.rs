//! Boundaries that cut objects in two: buildings, components.

use std::collections::BTreeMap;

use rayon::prelude::*;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use wangge_plane::{Extent, Meeting, Segment, Shape, Side};

use crate::defect::{Defect, DefectKind, Place, Weight};
use crate::proof::Member;

/// An object that a boundary should go around.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// Its code or name.
    pub name: String,
    /// Its edges: of a line, or of a polygon's boundary.
    pub edges: Vec<Segment>,
    /// Its ground, if it has some.
    pub ground: Option<Shape>,
}

impl Object {
    fn extent(&self) -> Option<Extent> {
        Extent::of(self.edges.iter().flat_map(|e| [e.start(), e.end()]))
    }

    /// Whether an edge crosses one of the object's or ends in its ground, by exact predicates.
    /// Touching is no cut: an edge that passes exactly through vertices of the object is not seen.
    fn is_cut_by(&self, edge: Segment) -> bool {
        let inside = |ground: &Shape| {
            [edge.start(), edge.end()]
                .into_iter()
                .any(|p| ground.side(p) == Side::Inside)
        };
        self.edges
            .iter()
            .any(|own| own.meeting(edge) == Meeting::Crossing)
            || self.ground.as_ref().is_some_and(inside)
    }
}

/// The objects that boundaries cut, each with the grids whose boundaries they are and the edges.
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
    let cuts: Vec<(usize, usize, Segment)> = members
        .par_iter()
        .enumerate()
        .flat_map_iter(|(member, m)| {
            let tree = &tree;
            m.shape.segments().flat_map(move |edge| {
                let [low, high] = corners(edge.extent());
                tree.locate_in_envelope_intersecting(AABB::from_corners(low, high))
                    .filter(move |near| objects[near.data].is_cut_by(edge))
                    .map(move |near| (near.data, member, edge.canonical().0))
            })
        })
        .collect();
    let mut by_object: BTreeMap<usize, (Vec<usize>, Vec<Segment>)> = BTreeMap::new();
    for (object, member, edge) in cuts {
        let (cutting, edges) = by_object.entry(object).or_default();
        cutting.push(member);
        edges.push(edge);
    }
    by_object
        .into_iter()
        .map(|(object, (cutting, mut edges))| {
            edges.sort_unstable();
            edges.dedup();
            let count = edges.len();
            Defect::new(
                DefectKind::CutObject,
                Weight::Suspect,
                cutting,
                Place::Edges(edges),
                |member| members[member].code.to_owned(),
            )
            .of_object(&objects[object].name, count, |member| {
                members[member].code.to_owned()
            })
        })
        .collect()
}

fn corners(extent: Extent) -> [[f64; 2]; 2] {
    [extent.min(), extent.max()].map(|p| [f64::from(p.x()), f64::from(p.y())])
}
