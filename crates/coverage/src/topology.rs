//! A seamless coverage as nodes, arcs and owners.

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use wangge_plane::{Point, Segment, Shape};

use crate::chain::Chains;
use crate::faces::{Face, Faces, polygon_of};
use crate::proof::{Member, Verdict, judge};
use crate::{BorderEdge, Owner};

/// A shared border: a path between two nodes with the same two sides all along.
///
/// Invariant: at least two points, neighbours differ, and the sides differ. It runs from its
/// lesser end; a closed arc starts and ends at its least vertex and turns to the lesser neighbour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arc {
    points: Box<[Point]>,
    left: Option<Owner>,
    right: Option<Owner>,
}

impl Arc {
    /// The vertices, ends included; the first is repeated at the end of a closed arc.
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// The grid to the left of the direction; `None` is outside.
    pub const fn left(&self) -> Option<Owner> {
        self.left
    }

    /// The grid to the right of the direction.
    pub const fn right(&self) -> Option<Owner> {
        self.right
    }

    /// The directed edges.
    pub fn segments(&self) -> impl Iterator<Item = Segment> + '_ {
        self.points
            .windows(2)
            .filter_map(|pair| Segment::new(pair[0], pair[1]))
    }
}

/// A seamless coverage: every border once, with the grid on either side.
///
/// Invariant: it has been proved seamless, within its own rim at least.
#[derive(Debug, Clone)]
pub struct Coverage {
    /// In bytewise order: an owner is a place in this list.
    codes: Vec<Box<str>>,
    arcs: Vec<Arc>,
    /// The arcs of each owner: places in `arcs` from `arc_start[o]` to `arc_start[o + 1]`.
    arcs_by_owner: Vec<u32>,
    arc_start: Vec<u32>,
    area_m2: Vec<f64>,
}

impl Coverage {
    /// Builds the topology of these grids, and proves it.
    ///
    /// # Errors
    /// The verdict, when the grids are not seamless within their own rim.
    pub fn build(members: &[Member<'_>]) -> Result<Self, Box<Verdict>> {
        let mut members = members.to_vec();
        members.sort_by_key(|member| member.code);
        let chains = Chains::of(members.iter().map(|m| m.shape), None);
        let verdict = judge(&members, None, &chains);
        if !verdict.seamless {
            return Err(Box::new(verdict));
        }
        let edges: Vec<BorderEdge> = chains
            .edges
            .iter()
            .filter_map(|edge| {
                let (left, right) = edge.sides()?;
                Some(BorderEdge {
                    segment: edge.segment,
                    left: left.map(Owner),
                    right: right.map(Owner),
                })
            })
            .collect();
        let arcs = arcs_of(&edges);
        let (arc_start, arcs_by_owner) = by_owner(&arcs, members.len());
        Ok(Self {
            codes: members.iter().map(|member| member.code.into()).collect(),
            area_m2: members.par_iter().map(|m| m.shape.area_m2()).collect(),
            arcs,
            arcs_by_owner,
            arc_start,
        })
    }

    /// How many grids there are.
    pub fn owners(&self) -> usize {
        self.codes.len()
    }

    /// The code of an owner.
    ///
    /// # Panics
    /// With an owner of another coverage.
    pub fn code(&self, owner: Owner) -> &str {
        &self.codes[owner.0 as usize]
    }

    /// The owner with this code.
    pub fn owner(&self, code: &str) -> Option<Owner> {
        let place = self.codes.binary_search_by(|c| (**c).cmp(code)).ok()?;
        u32::try_from(place).ok().map(Owner)
    }

    /// A grid's area on the ellipsoid, square metres.
    ///
    /// # Panics
    /// With an owner of another coverage.
    pub fn area_m2(&self, owner: Owner) -> f64 {
        self.area_m2[owner.0 as usize]
    }

    /// Every border, once.
    pub fn arcs(&self) -> &[Arc] {
        &self.arcs
    }

    /// The borders of one grid.
    ///
    /// # Panics
    /// With an owner of another coverage.
    pub fn arcs_of(&self, owner: Owner) -> impl Iterator<Item = &Arc> {
        let owner = owner.0 as usize;
        let range = self.arc_start[owner] as usize..self.arc_start[owner + 1] as usize;
        self.arcs_by_owner[range]
            .iter()
            .map(|&arc| &self.arcs[arc as usize])
    }

    /// Every noded edge, once, in canonical direction.
    pub fn edges(&self) -> impl Iterator<Item = BorderEdge> + '_ {
        self.arcs.iter().flat_map(|arc| {
            arc.segments().map(|directed| {
                let (segment, forward) = directed.canonical();
                let (left, right) = if forward {
                    (arc.left, arc.right)
                } else {
                    (arc.right, arc.left)
                };
                BorderEdge {
                    segment,
                    left,
                    right,
                }
            })
        })
    }

    /// The ground of each group of grids, as one shape: borders inside a group fall away.
    ///
    /// `group_of` names each owner's group, `groups` says how many there are; a group without
    /// grids has no shape. Each polygon of a shape is one connected piece of ground; its rings
    /// touch at vertices at most. Exact: borders keep their vertices.
    ///
    /// # Panics
    /// When `group_of` is shorter than the owners or names a group beyond `groups`.
    pub fn dissolve(&self, group_of: &[u32], groups: usize) -> Vec<Option<Shape>> {
        let group = |owner: Option<Owner>| owner.map(|o| group_of[o.0 as usize]);
        let mut kept: Vec<BorderEdge> = self
            .edges()
            .filter(|edge| group(edge.left) != group(edge.right))
            .collect();
        kept.par_sort_unstable_by_key(|edge| edge.segment);
        let segments: Vec<Segment> = kept.iter().map(|edge| edge.segment).collect();
        let faces = Faces::of(&segments);
        let mut boundaries: Vec<(Option<u32>, Vec<Segment>)> =
            vec![(None, Vec::new()); faces.count()];
        let mut put = |face: Face, owner: Option<Owner>, directed: Segment| {
            if let Some(group) = group(owner) {
                let boundary = &mut boundaries[face.0 as usize];
                boundary.0 = Some(group);
                boundary.1.push(directed);
            }
        };
        for (i, edge) in kept.iter().enumerate() {
            put(faces.left(i), edge.left, edge.segment);
            put(faces.right(i), edge.right, edge.segment.reversed());
        }
        let polygons: Vec<_> = boundaries
            .par_iter()
            .filter_map(|(group, boundary)| group.zip(polygon_of(boundary)))
            .collect();
        let mut parts = vec![Vec::new(); groups];
        for (group, polygon) in polygons {
            parts[group as usize].push(polygon);
        }
        parts.into_iter().map(Shape::new).collect()
    }
}

/// Joins edges to arcs. An arc ends where other than two edges meet.
fn arcs_of(edges: &[BorderEdge]) -> Vec<Arc> {
    let mut at: FxHashMap<Point, Vec<u32>> = FxHashMap::default();
    for (i, edge) in (0u32..).zip(edges) {
        at.entry(edge.segment.start()).or_default().push(i);
        at.entry(edge.segment.end()).or_default().push(i);
    }
    // where two edges meet, both sides go on: boundaries are closed
    let is_node = |p: Point| at[&p].len() != 2;
    let mut walked = vec![false; edges.len()];
    let mut arcs = Vec::new();
    let walk = |from: Point, first: u32, walked: &mut Vec<bool>| -> Arc {
        let (left, right) = leaving(&edges[first as usize], from);
        let mut points = vec![from];
        let (mut here, mut edge) = (from, first);
        loop {
            walked[edge as usize] = true;
            let segment = edges[edge as usize].segment;
            here = if segment.start() == here {
                segment.end()
            } else {
                segment.start()
            };
            points.push(here);
            if here == from || is_node(here) {
                break;
            }
            match at[&here].iter().find(|&&e| e != edge) {
                Some(&next) => edge = next,
                None => break,
            }
        }
        Arc {
            points: points.into_boxed_slice(),
            left,
            right,
        }
    };
    let mut nodes: Vec<Point> = at.keys().copied().filter(|&p| is_node(p)).collect();
    nodes.sort_unstable();
    for node in nodes {
        for &edge in &at[&node] {
            if !walked[edge as usize] {
                arcs.push(walk(node, edge, &mut walked));
            }
        }
    }
    // what is left is closed; edges are sorted, so the first of a cycle starts at its least vertex
    for (i, edge) in (0u32..).zip(edges) {
        if !walked[i as usize] {
            arcs.push(walk(edge.segment.start(), i, &mut walked));
        }
    }
    for arc in &mut arcs {
        turn_to_canonical(arc);
    }
    arcs.sort_unstable_by(|a, b| a.points.cmp(&b.points));
    arcs
}

/// The sides of an edge, left then right, when one walks along it away from `p`.
fn leaving(edge: &BorderEdge, p: Point) -> (Option<Owner>, Option<Owner>) {
    if edge.segment.start() == p {
        (edge.left, edge.right)
    } else {
        (edge.right, edge.left)
    }
}

fn turn_to_canonical(arc: &mut Arc) {
    let [first, second, .., before, last] = *arc.points else {
        // two or three points: an open arc, since a closed one has three vertices at least
        if arc.points.first() > arc.points.last() {
            reverse(arc);
        }
        return;
    };
    let backwards = if first == last {
        before < second
    } else {
        last < first
    };
    if backwards {
        reverse(arc);
    }
}

fn reverse(arc: &mut Arc) {
    arc.points.reverse();
    std::mem::swap(&mut arc.left, &mut arc.right);
}

fn by_owner(arcs: &[Arc], owners: usize) -> (Vec<u32>, Vec<u32>) {
    let mut pairs: Vec<(Owner, u32)> = (0u32..)
        .zip(arcs)
        .flat_map(|(i, arc)| {
            [arc.left, arc.right]
                .into_iter()
                .flatten()
                .map(move |o| (o, i))
        })
        .collect();
    pairs.sort_unstable();
    let mut start = Vec::with_capacity(owners + 1);
    let mut at = 0usize;
    for owner in (0u32..).take(owners + 1) {
        at += pairs[at..].partition_point(|(o, _)| o.0 < owner);
        start.push(u32::try_from(at).unwrap_or(u32::MAX));
    }
    (start, pairs.into_iter().map(|(_, arc)| arc).collect())
}
