//! Rings side by side along the borders that they share.

use std::collections::hash_map::Entry;

use rustc_hash::FxHashMap;
use wangge_arrange::Use;
use wangge_plane::{Point, Segment};

use super::{hash_both_ways, packed};

/// Of so many edges one is remembered by itself; the others are met from there, along the border.
/// A power of two.
const ONE_IN: u64 = 4;

/// Rings that lie together, walked side by side; their edges are numbered through, and so are the
/// vertices that these begin at.
pub(crate) struct Walk<'a> {
    rings: Vec<Path<'a>>,
    /// Which edges cancelled.
    done: Vec<bool>,
    /// Which vertices are counted by another ring.
    known: Vec<bool>,
    /// At which vertices two rings go the same two edges, opposite ways.
    mirrored: Vec<bool>,
}

#[derive(Debug, Clone, Copy)]
struct Path<'a> {
    points: &'a [Point],
    owner: u32,
    /// The number of its first edge.
    base: usize,
}

/// An edge of a ring: the one that begins at this vertex.
#[derive(Debug, Clone, Copy)]
struct Spot {
    ring: u32,
    at: u32,
}

impl<'a> Walk<'a> {
    /// Rings, each by its vertices and with its owner.
    pub(crate) fn of(all: impl Iterator<Item = (&'a [Point], u32)>) -> Self {
        let mut base = 0;
        let mut rings = Vec::with_capacity(all.size_hint().0);
        for (points, owner) in all {
            rings.push(Path {
                points,
                owner,
                base,
            });
            base += points.len();
        }
        Self {
            rings,
            done: vec![false; base],
            known: vec![false; base],
            mirrored: vec![false; base],
        }
    }

    /// How many edges there are.
    pub(crate) const fn edges(&self) -> usize {
        self.done.len()
    }

    /// Of each vertex, by its number, whether two rings were found to pass it along the same two
    /// edges and opposite ways.
    pub(crate) fn mirrored(&self) -> &[bool] {
        &self.mirrored
    }

    /// Cancels edges against each other: from an edge that two rings are found to share both go on
    /// side by side, the one forward and the other back, as long as they agree. Gives the number
    /// of pairs.
    ///
    /// A border without an edge that is remembered is not found here.
    pub(crate) fn cancel_along_borders(&mut self) -> usize {
        let mut remembered: FxHashMap<(u64, u64), Spot> = FxHashMap::default();
        let mut pairs = 0;
        for ring in 0..self.rings.len() {
            let path = self.rings[ring];
            for at in 0..path.points.len() {
                let (a, b) = (packed(path.points[at]), packed(path.point_after(at)));
                if !is_remembered(a, b) || self.done[path.base + at] {
                    continue;
                }
                let here = Spot {
                    ring: number(ring),
                    at: number(at),
                };
                match remembered.entry((a.min(b), a.max(b))) {
                    Entry::Vacant(place) => {
                        place.insert(here);
                    }
                    Entry::Occupied(mut place) => {
                        let other = *place.get();
                        let path = self.rings[other.ring as usize];
                        if self.done[path.base + other.at as usize] {
                            place.insert(here);
                        } else if packed(path.points[other.at as usize]) == b {
                            place.remove();
                            pairs += self.cancel_from(here, other);
                        }
                    }
                }
            }
        }
        pairs
    }

    /// Cancels two opposite edges, and the others on both sides of them.
    fn cancel_from(&mut self, here: Spot, other: Spot) -> usize {
        let (a, b) = (
            self.rings[here.ring as usize],
            self.rings[other.ring as usize],
        );
        let (start_a, start_b) = (here.at as usize, other.at as usize);
        self.done[a.base + start_a] = true;
        self.done[b.base + start_b] = true;
        let mut pairs = 1;
        let (mut i, mut j) = (start_a, start_b);
        loop {
            // the vertex where the one goes on is where the other came from
            let (next, before) = (a.after(i), b.before(j));
            if self.done[a.base + next]
                || self.done[b.base + before]
                || a.point_after(next) != b.points[before]
            {
                break;
            }
            self.known[b.base + j] = true;
            self.mirrored[b.base + j] = true;
            self.mirrored[a.base + next] = true;
            self.done[a.base + next] = true;
            self.done[b.base + before] = true;
            pairs += 1;
            (i, j) = (next, before);
        }
        (i, j) = (start_a, start_b);
        loop {
            let (before, next) = (a.before(i), b.after(j));
            if self.done[a.base + before]
                || self.done[b.base + next]
                || a.points[before] != b.point_after(next)
            {
                break;
            }
            self.known[b.base + next] = true;
            self.mirrored[b.base + next] = true;
            self.mirrored[a.base + i] = true;
            self.done[a.base + before] = true;
            self.done[b.base + next] = true;
            pairs += 1;
            (i, j) = (before, next);
        }
        pairs
    }

    /// Cancels the edges that are left, whatever their order. Gives those that found none.
    pub(crate) fn cancel_one_by_one(&mut self, pairs: &mut usize) -> Vec<Use> {
        let mut waiting: FxHashMap<Segment, Use> = FxHashMap::default();
        // a second use of an edge the same way waits apart
        let mut more = Vec::new();
        for path in &self.rings {
            for at in 0..path.points.len() {
                if self.done[path.base + at] {
                    continue;
                }
                let this = Use::of(path.edge(at), path.owner);
                match waiting.entry(this.segment()) {
                    Entry::Vacant(place) => {
                        place.insert(this);
                    }
                    Entry::Occupied(place) if place.get().multiplicity() == this.multiplicity() => {
                        more.push(this);
                    }
                    Entry::Occupied(place) => {
                        place.remove();
                        *pairs += 1;
                    }
                }
            }
        }
        more.extend(waiting.into_values());
        more
    }

    /// The vertices, as [`packed`], each at least once. Each edge is in one pair at most, so that of
    /// two vertices that are one the one that is not of the later ring's side stays, and counts.
    pub(crate) fn vertices(&self) -> Vec<u64> {
        let mut vertices = Vec::with_capacity(self.done.len() / 2);
        for path in &self.rings {
            let known = &self.known[path.base..][..path.points.len()];
            let unknown = path.points.iter().zip(known).filter(|(_, known)| !**known);
            vertices.extend(unknown.map(|(point, _)| packed(*point)));
        }
        vertices
    }
}

impl Path<'_> {
    const fn after(&self, at: usize) -> usize {
        if at + 1 == self.points.len() {
            0
        } else {
            at + 1
        }
    }

    const fn before(&self, at: usize) -> usize {
        if at == 0 {
            self.points.len() - 1
        } else {
            at - 1
        }
    }

    const fn point_after(&self, at: usize) -> Point {
        self.points[self.after(at)]
    }

    fn edge(&self, at: usize) -> Segment {
        Segment::new(self.points[at], self.point_after(at))
            .unwrap_or_else(|| unreachable!("neighbouring vertices of a ring differ"))
    }
}

/// Whether an edge is remembered by itself, the same for both ways along it.
const fn is_remembered(a: u64, b: u64) -> bool {
    hash_both_ways(a, b) & (ONE_IN - 1) == 0
}

fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or_else(|_| unreachable!("a piece has fewer than 2^32 vertices"))
}
