//! Rings cut into the borders that they share.

use std::borrow::Cow;

use rayon::prelude::*;
use wangge_plane::{Point, Ring, Shape};

use crate::cancel::{Walk, packed};
use crate::{Arc, Owner};

/// Vertices of rings that are walked as one piece of work.
const PIECE: usize = 1 << 15;

/// Rings that are laid out as one piece of work.
const ROOM: usize = 1024;

/// The borders of these shapes, in order of their vertices.
///
/// A border ends where other than two edges meet. Two edges meet where a ring passes a vertex and
/// another passes it the other way, or where one ring alone passes it along the rim.
///
/// `plain` says of each shape whether its boundary comes to no vertex twice.
pub(crate) fn borders(shapes: &[Cow<'_, Shape>], order: &[u32], plain: &[bool]) -> Vec<Arc> {
    let rings = Rings::of(shapes, order);
    let inner = rings.inner_vertices(plain);
    let mut sides: Vec<Side> = rings
        .rings
        .par_chunks(1024)
        .flat_map_iter(|chunk| {
            let mut sides = Vec::new();
            for &ring in chunk {
                rings.sides(ring, &inner, &mut sides);
            }
            sides
        })
        .collect();
    sides.par_sort_unstable_by_key(|side| (side.key, !side.forward));
    let borders: Vec<&[Side]> = sides.chunk_by(|a, b| a.key == b.key).collect();
    borders
        .par_iter()
        .map(|sides| {
            let owner = |forward| {
                let side = sides.iter().find(|side| side.forward == forward);
                side.map(|side| side.ring.owner)
            };
            Arc {
                points: rings.path(&sides[0]),
                left: owner(true),
                right: owner(false),
            }
        })
        .collect()
}

/// All rings in one row, each with its last vertex again before it and its first after it: what
/// comes before and after a vertex stands beside it.
struct Rings {
    points: Vec<Point>,
    rings: Vec<Placed>,
}

/// A ring in the row.
#[derive(Clone, Copy)]
struct Placed {
    owner: Owner,
    /// The place of its first vertex.
    first: u32,
    vertices: u32,
}

/// One grid's side of a border: the way of its ring from node to node.
struct Side {
    /// The first two vertices of the border: no other border begins with this edge.
    key: (Point, Point),
    ring: Placed,
    /// The place where the way begins.
    from: u32,
    /// How many edges it has.
    edges: u32,
    /// Whether the ring runs along the border's direction.
    forward: bool,
}

/// A ring passing a vertex: the vertex as a number, and its place in the row.
type Pass = (u64, u32);

impl Rings {
    /// Lays out the rings, the owners in this order.
    fn of(shapes: &[Cow<'_, Shape>], order: &[u32]) -> Self {
        let rings: Vec<(u32, &Ring)> = order
            .iter()
            .flat_map(|&owner| {
                shapes[owner as usize]
                    .rings()
                    .map(move |ring| (owner, ring))
            })
            .collect();
        let mut length = 0;
        let placed = rings.iter().map(|&(owner, ring)| {
            let vertices = ring.points().len();
            length += vertices + 2;
            Placed {
                owner: Owner(owner),
                first: place(length - vertices - 1),
                vertices: place(vertices),
            }
        });
        let placed: Vec<Placed> = placed.collect();
        let any = rings.first().map(|(_, ring)| ring.points()[0]);
        let mut points = any.map_or_else(Vec::new, |any| vec![any; length]);
        let mut rest = &mut points[..];
        let mut rooms = Vec::with_capacity(rings.len() / ROOM + 1);
        for some in rings.chunks(ROOM) {
            let length = some.iter().map(|(_, ring)| ring.points().len() + 2).sum();
            let (room, others) = std::mem::take(&mut rest).split_at_mut(length);
            rooms.push((some, room));
            rest = others;
        }
        rooms.into_par_iter().for_each(|(some, mut room)| {
            for (_, ring) in some {
                let points = ring.points();
                let (of_ring, others) = room.split_at_mut(points.len() + 2);
                of_ring[0] = points[points.len() - 1];
                of_ring[1..=points.len()].copy_from_slice(points);
                of_ring[points.len() + 1] = points[0];
                room = others;
            }
        });
        Self {
            points,
            rings: placed,
        }
    }

    /// For each place, whether just two edges meet at its vertex.
    ///
    /// Most vertices are settled by walking along the borders: where two boundaries that come to no
    /// vertex twice pass one along the same two edges and opposite ways, they have all the ground
    /// around it. What is left is looked at together.
    fn inner_vertices(&self, plain: &[bool]) -> Vec<bool> {
        let mut pieces = Vec::new();
        let mut inner = vec![false; self.points.len()];
        let (mut rest, mut begun) = (&mut inner[..], 0);
        let mut rings = &self.rings[..];
        while let Some(first) = rings.first() {
            let until = first.first as usize + PIECE;
            let begins = |ring: &Placed| (ring.first as usize) < until;
            let (piece, later) = rings.split_at(rings.partition_point(begins));
            let end = later
                .first()
                .map_or(self.points.len(), |ring| ring.first as usize - 1);
            let (marks, after) = std::mem::take(&mut rest).split_at_mut(end - begun);
            pieces.push((piece, marks, begun));
            (rest, begun, rings) = (after, end, later);
        }
        let mut left: Vec<Pass> = pieces
            .into_par_iter()
            .flat_map_iter(|(rings, marks, begun)| {
                self.mark_mirrored(rings, plain, marks, begun);
                rings
                    .iter()
                    .flat_map(|ring| ring.first..ring.first + ring.vertices)
                    .filter(|&at| !marks[at as usize - begun])
                    .map(|at| (packed(self.points[at as usize]), at))
                    .collect::<Vec<Pass>>()
            })
            .collect();
        left.par_sort_unstable();
        for at_vertex in left.chunk_by(|a, b| a.0 == b.0) {
            if at_vertex.len() == 1 || self.mirrored(at_vertex) {
                for &(_, at) in at_vertex {
                    inner[at as usize] = true;
                }
            }
        }
        inner
    }

    /// Marks the places where two of these rings pass a vertex along the same two edges and
    /// opposite ways, and come to it no second time. The first mark is that of place `begun`.
    fn mark_mirrored(&self, rings: &[Placed], plain: &[bool], marks: &mut [bool], begun: usize) {
        let rings = rings.iter().filter(|ring| plain[ring.owner.0 as usize]);
        let mut walk = Walk::of(rings.clone().map(|ring| {
            let first = ring.first as usize;
            let points = &self.points[first..first + ring.vertices as usize];
            (points, ring.owner.0)
        }));
        walk.cancel_along_borders();
        let mut mirrored = walk.mirrored();
        for ring in rings {
            let (of_ring, others) = mirrored.split_at(ring.vertices as usize);
            let first = ring.first as usize - begun;
            marks[first..first + of_ring.len()].copy_from_slice(of_ring);
            mirrored = others;
        }
    }

    /// Whether just two rings pass a vertex, along the same two edges and opposite ways: they have
    /// all the ground around it.
    fn mirrored(&self, passes: &[Pass]) -> bool {
        let &[(_, a), (_, b)] = passes else {
            return false;
        };
        let (a, b) = (a as usize, b as usize);
        let points = &self.points;
        points[a - 1] == points[b + 1] && points[a + 1] == points[b - 1]
    }

    /// Cuts a ring at its nodes; one without is a side by itself, from its least vertex.
    fn sides(&self, ring: Placed, inner: &[bool], sides: &mut Vec<Side>) {
        let places = ring.first..ring.first + ring.vertices;
        let is_node = |at: &u32| !inner[*at as usize];
        let Some(first) = places.clone().find(is_node) else {
            let least = places.min_by_key(|&at| self.points[at as usize]);
            sides.extend(least.map(|from| self.side(ring, from, ring.vertices)));
            return;
        };
        let mut from = first;
        for node in (first + 1..places.end).filter(is_node) {
            sides.push(self.side(ring, from, node - from));
            from = node;
        }
        sides.push(self.side(ring, from, first + ring.vertices - from));
    }

    fn side(&self, ring: Placed, from: u32, edges: u32) -> Side {
        let to = ring.on(from, edges);
        let at = |place: u32| self.points[place as usize];
        let (start, end) = (at(from), at(to));
        let (second, before) = (at(from + 1), at(to - 1));
        let forward = if start == end {
            second < before
        } else {
            start < end
        };
        Side {
            key: if forward {
                (start, second)
            } else {
                (end, before)
            },
            ring,
            from,
            edges,
            forward,
        }
    }

    /// The vertices of the border that this is a side of, in its direction.
    fn path(&self, side: &Side) -> Box<[Point]> {
        let (from, edges) = (side.from as usize, side.edges as usize);
        let first = side.ring.first as usize;
        let end = first + side.ring.vertices as usize;
        let mut path = Vec::with_capacity(edges + 1);
        let straight = (end - from).min(edges + 1);
        path.extend_from_slice(&self.points[from..from + straight]);
        path.extend_from_slice(&self.points[first..first + edges + 1 - straight]);
        if !side.forward {
            path.reverse();
        }
        path.into_boxed_slice()
    }
}

impl Placed {
    /// The place so many edges further on along the ring.
    fn on(self, from: u32, edges: u32) -> u32 {
        self.first + (from - self.first + edges) % self.vertices
    }
}

fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or_else(|_| unreachable!("2^32 vertices are 32 GB of them"))
}
