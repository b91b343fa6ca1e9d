//! Borders and ground the slow way: every edge is noded with every other, and faces are swept.

use std::collections::BTreeMap;

use wangge_arrange::{Chains, Face, Faces, Use, polygon_of};
use wangge_plane::{Point, Segment, Shape};

/// The vertices of a border, and the grids to its left and right.
pub(crate) type Border = (Vec<Point>, Option<u32>, Option<u32>);

struct Edge {
    segment: Segment,
    left: Option<u32>,
    right: Option<u32>,
}

/// The borders of seamless shapes.
pub(crate) fn borders(shapes: &[Shape]) -> Vec<Border> {
    let mut uses = Vec::new();
    for (owner, shape) in (0u32..).zip(shapes) {
        // each boundary by itself first: spikes fall away
        let (own, met) = Chains::of(Use::of_shape(shape, owner).collect());
        assert!(met.crossings.is_empty());
        for (edge, &segment) in own.segments().iter().enumerate() {
            uses.push(Use::times(segment, owner, own.sum(edge)));
        }
    }
    let (chains, met) = Chains::of(uses);
    assert!(met.crossings.is_empty());
    let edges: Vec<Edge> = (0..chains.len())
        .map(|edge| {
            let with = |multiplicity: i32| {
                let mut shares = chains.shares(edge).iter();
                shares
                    .find(|s| s.multiplicity == multiplicity)
                    .map(|s| s.owner)
            };
            assert!(chains.shares(edge).len() <= 2);
            Edge {
                segment: chains.segments()[edge],
                left: with(1),
                right: with(-1),
            }
        })
        .collect();
    walked(&edges)
}

/// Joins edges to borders, which end where other than two edges meet.
fn walked(edges: &[Edge]) -> Vec<Border> {
    let mut at: BTreeMap<Point, Vec<usize>> = BTreeMap::new();
    for (i, edge) in edges.iter().enumerate() {
        at.entry(edge.segment.start()).or_default().push(i);
        at.entry(edge.segment.end()).or_default().push(i);
    }
    let mut used = vec![false; edges.len()];
    let mut borders = Vec::new();
    let nodes = at.iter().filter(|(_, edges)| edges.len() != 2);
    // what is on no way from a node is closed, and walked from its least vertex
    for (&start, around) in nodes.chain(at.iter().filter(|(_, edges)| edges.len() == 2)) {
        for &first in around {
            if used[first] {
                continue;
            }
            let edge = &edges[first];
            let forward = edge.segment.start() == start;
            let (left, right) = if forward {
                (edge.left, edge.right)
            } else {
                (edge.right, edge.left)
            };
            let mut points = vec![start];
            let mut next = Some(first);
            let mut here = start;
            while let Some(edge) = next {
                used[edge] = true;
                let segment = edges[edge].segment;
                here = if segment.start() == here {
                    segment.end()
                } else {
                    segment.start()
                };
                points.push(here);
                let on = &at[&here];
                next = (on.len() == 2 && here != start)
                    .then(|| on.iter().copied().find(|&e| e != edge).unwrap());
            }
            borders.push(turned((points, left, right)));
        }
    }
    borders.sort_unstable();
    borders
}

fn turned((mut points, left, right): Border) -> Border {
    let last = points.len() - 1;
    let backwards = if points[0] == points[last] {
        points[last - 1] < points[1]
    } else {
        points[last] < points[0]
    };
    if backwards {
        points.reverse();
        (points, right, left)
    } else {
        (points, left, right)
    }
}

/// The ground of groups of grids, by one sweep over all borders that are left.
pub(crate) fn dissolved(borders: &[Border], group_of: &[u32], groups: usize) -> Vec<Option<Shape>> {
    let group = |owner: Option<u32>| owner.map(|owner| group_of[owner as usize]);
    let mut kept: Vec<(Segment, Option<u32>, Option<u32>)> = Vec::new();
    for (points, left, right) in borders {
        let (left, right) = (group(*left), group(*right));
        if left == right {
            continue;
        }
        for pair in points.windows(2) {
            let (segment, forward) = Segment::new(pair[0], pair[1]).unwrap().canonical();
            kept.push(if forward {
                (segment, left, right)
            } else {
                (segment, right, left)
            });
        }
    }
    kept.sort_unstable_by_key(|edge| edge.0);
    let segments: Vec<Segment> = kept.iter().map(|edge| edge.0).collect();
    let faces = Faces::of(&segments);
    let mut boundaries: Vec<(Option<u32>, Vec<Segment>)> = vec![(None, Vec::new()); faces.count()];
    for (i, &(segment, left, right)) in kept.iter().enumerate() {
        for (Face(face), group, directed) in [
            (faces.left(i), left, segment),
            (faces.right(i), right, segment.reversed()),
        ] {
            boundaries[face as usize].0 = group;
            boundaries[face as usize].1.push(directed);
        }
    }
    let mut parts = vec![Vec::new(); groups];
    for (group, boundary) in boundaries {
        if let Some(group) = group {
            parts[group as usize].push(polygon_of(&boundary).unwrap());
        }
    }
    parts.into_iter().map(Shape::new).collect()
}
