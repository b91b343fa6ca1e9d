//! The city as a planar map: nodes, streets between them, faces. Faces are only ever split, so
//! that neighbours share their border by construction, T-junctions included.

use crate::board::{Spot, index};

/// A half of an edge: its twin has the lowest bit flipped.
pub(crate) type Half = u32;

/// The face around everything.
pub(crate) const OUTSIDE: u32 = 0;

/// A planar map. The face to the left of a half-edge is its own.
#[derive(Default)]
pub(crate) struct Mesh {
    spots: Vec<Spot>,
    halves: Vec<HalfEdge>,
    /// By edge, that is by half >> 1.
    lines: Vec<u32>,
    /// One half of each face's ring. The outside may have several rings and has no use for this.
    first: Vec<Half>,
}

#[derive(Clone, Copy)]
struct HalfEdge {
    from: u32,
    next: Half,
    prev: Half,
    face: u32,
}

impl Mesh {
    pub(crate) fn new() -> Self {
        Self {
            first: vec![0],
            ..Self::default()
        }
    }

    /// A new piece of land in the outside: a counter-clockwise ring, the line of each of its
    /// edges beside the spot it starts from. Returns its face.
    pub(crate) fn add_land(&mut self, ring: &[(Spot, u32)]) -> u32 {
        let n = index(ring.len());
        let (node, half, face) = (
            index(self.spots.len()),
            index(self.halves.len()),
            index(self.first.len()),
        );
        for (i, &(spot, line)) in (0..n).zip(ring) {
            let (after, before) = ((i + 1) % n, (i + n - 1) % n);
            self.spots.push(spot);
            self.lines.push(line);
            self.halves.push(HalfEdge {
                from: node + i,
                next: half + 2 * after,
                prev: half + 2 * before,
                face,
            });
            self.halves.push(HalfEdge {
                from: node + after,
                next: half + 2 * before + 1,
                prev: half + 2 * after + 1,
                face: OUTSIDE,
            });
        }
        self.first.push(half);
        face
    }

    /// How many faces there are, the outside counted.
    pub(crate) const fn faces(&self) -> usize {
        self.first.len()
    }

    pub(crate) const fn nodes(&self) -> usize {
        self.spots.len()
    }

    pub(crate) const fn edges(&self) -> usize {
        self.lines.len()
    }

    pub(crate) fn spot(&self, node: u32) -> Spot {
        self.spots[node as usize]
    }

    pub(crate) fn from(&self, half: Half) -> u32 {
        self.halves[half as usize].from
    }

    pub(crate) fn face(&self, half: Half) -> u32 {
        self.halves[half as usize].face
    }

    pub(crate) fn next(&self, half: Half) -> Half {
        self.halves[half as usize].next
    }

    pub(crate) fn line(&self, half: Half) -> u32 {
        self.lines[(half >> 1) as usize]
    }

    /// Makes an edge part of another line.
    pub(crate) fn set_line(&mut self, half: Half, line: u32) {
        self.lines[(half >> 1) as usize] = line;
    }

    /// The two ends of a half-edge.
    pub(crate) fn ends(&self, half: Half) -> (Spot, Spot) {
        (self.spot(self.from(half)), self.spot(self.from(half ^ 1)))
    }

    /// The halves around a face, counter-clockwise.
    pub(crate) fn ring(&self, face: u32) -> impl Iterator<Item = Half> + '_ {
        let first = self.first[face as usize];
        let mut at = Some(first);
        std::iter::from_fn(move || {
            let half = at?;
            let next = self.next(half);
            at = (next != first).then_some(next);
            Some(half)
        })
    }

    /// The corners of a face, counter-clockwise: where its halves start.
    pub(crate) fn corners(&self, face: u32) -> Vec<Spot> {
        self.ring(face)
            .map(|half| self.spot(self.from(half)))
            .collect()
    }

    /// Puts a node on an edge and returns the half that now starts there, in the direction of
    /// the half that was given; that half now ends there.
    pub(crate) fn split_edge(&mut self, half: Half, spot: Spot) -> Half {
        let twin = half ^ 1;
        let node = index(self.spots.len());
        let onward = index(self.halves.len());
        let end = self.from(twin);
        let (after, before) = (self.next(half), self.halves[twin as usize].prev);
        self.spots.push(spot);
        self.lines.push(self.line(half));
        self.halves.push(HalfEdge {
            from: node,
            next: after,
            prev: half,
            face: self.face(half),
        });
        self.halves.push(HalfEdge {
            from: end,
            next: twin,
            prev: before,
            face: self.face(twin),
        });
        self.halves[after as usize].prev = onward;
        self.halves[before as usize].next = onward ^ 1;
        self.halves[half as usize].next = onward;
        self.halves[twin as usize].from = node;
        self.halves[twin as usize].prev = onward ^ 1;
        onward
    }

    /// Cuts a face in two along a path from the start of `a` over `path` to the start of `b`,
    /// both halves of its ring. The part with `a` becomes a new face, which is returned.
    pub(crate) fn split_face(&mut self, a: Half, b: Half, path: &[Spot], line: u32) -> u32 {
        let old = self.face(a);
        let new = index(self.first.len());
        let (before_a, before_b) = (self.halves[a as usize].prev, self.halves[b as usize].prev);
        let nodes: Vec<u32> = std::iter::once(self.from(a))
            .chain((index(self.spots.len())..).take(path.len()))
            .chain([self.from(b)])
            .collect();
        self.spots.extend_from_slice(path);
        let first = index(self.halves.len());
        for ends in nodes.windows(2) {
            let forth = index(self.halves.len());
            self.lines.push(line);
            self.halves.push(HalfEdge {
                from: ends[0],
                next: forth + 2,
                prev: forth.wrapping_sub(2),
                face: old,
            });
            self.halves.push(HalfEdge {
                from: ends[1],
                next: forth.wrapping_sub(1),
                prev: forth + 3,
                face: new,
            });
        }
        let last = index(self.halves.len()) - 2;
        self.join(before_a, first);
        self.join(last, b);
        self.join(before_b, last + 1);
        self.join(first + 1, a);
        self.first[old as usize] = first;
        self.first.push(a);
        let mut half = a;
        while self.face(half) == old {
            self.halves[half as usize].face = new;
            half = self.next(half);
        }
        new
    }

    /// Draws a course across the land, from outside to outside: every face that it crosses is
    /// split. What of it stays in a face without leaving it again is left out.
    pub(crate) fn draw(&mut self, course: &[Spot], line: u32) {
        let mut entry: Option<Half> = None;
        let mut path = Vec::new();
        for ends in course.windows(2) {
            let (mut at, to) = (ends[0], ends[1]);
            loop {
                let halves: Vec<Half> = match entry {
                    Some(half) => self.ring(self.face(half)).collect(),
                    None => (0..index(self.halves.len()))
                        .filter(|&half| self.face(half ^ 1) == OUTSIDE)
                        .collect(),
                };
                // leaving from a node, the edges that start there are no hit
                let here = entry
                    .filter(|_| path.is_empty())
                    .map(|half| self.from(half));
                let hit = halves
                    .into_iter()
                    .filter(|&half| {
                        here != Some(self.from(half)) && here != Some(self.from(half ^ 1))
                    })
                    .filter_map(|half| Some((crossing(at, to, self.ends(half))?, half)))
                    .min_by(|a, b| a.0.total_cmp(&b.0));
                let Some((share, half)) = hit else {
                    if entry.is_some() {
                        path.push(to);
                    }
                    break;
                };
                at = at + (to - at) * share;
                let onward = self.split_edge(half, at);
                match entry {
                    None => entry = Some(onward),
                    Some(start) => {
                        self.split_face(start, onward, &path, line);
                        path.clear();
                        if self.face(half ^ 1) == OUTSIDE {
                            return;
                        }
                        entry = Some(half ^ 1);
                    }
                }
            }
        }
    }

    fn join(&mut self, one: Half, next: Half) {
        self.halves[one as usize].next = next;
        self.halves[next as usize].prev = one;
    }
}

/// Where on the way from `a` to `b` an edge is crossed, as a share of the way.
pub(crate) fn crossing(a: Spot, b: Spot, (from, to): (Spot, Spot)) -> Option<f64> {
    let (way, edge) = (b - a, to - from);
    let turn = way.cross(edge);
    if turn == 0.0 {
        return None;
    }
    let share = (from - a).cross(edge) / turn;
    let along = (from - a).cross(way) / turn;
    ((0.0..=1.0).contains(&share) && (0.0..=1.0).contains(&along)).then_some(share)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::board::area_and_centroid;

    fn square() -> Mesh {
        let mut mesh = Mesh::new();
        let ring =
            [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)].map(|(x, y)| (Spot::new(x, y), 0));
        mesh.add_land(&ring);
        mesh
    }

    fn areas(mesh: &Mesh) -> Vec<f64> {
        (1..index(mesh.faces()))
            .map(|face| area_and_centroid(&mesh.corners(face)).0)
            .collect()
    }

    #[test]
    fn a_path_across_a_square_leaves_two_faces_that_share_it() {
        let mut mesh = square();
        let a = mesh.split_edge(0, Spot::new(5.0, 0.0));
        let b = mesh.split_edge(4, Spot::new(5.0, 10.0));
        let new = mesh.split_face(a, b, &[Spot::new(6.0, 5.0)], 1);
        assert_eq!(mesh.ring(new).count(), 5);
        assert_eq!(areas(&mesh), [55.0, 45.0]);
        // Euler: nodes - edges + faces = 2
        assert_eq!(mesh.nodes() + mesh.faces(), mesh.edges() + 2);
    }

    #[test]
    fn lines_that_cross_cut_each_other_into_quarters() {
        let mut mesh = square();
        mesh.draw(
            &[
                Spot::new(4.0, -1.0),
                Spot::new(5.0, 5.5),
                Spot::new(5.0, 12.0),
            ],
            1,
        );
        mesh.draw(&[Spot::new(-1.0, 5.0), Spot::new(20.0, 5.0)], 2);
        assert_eq!(mesh.faces(), 5);
        assert!((areas(&mesh).iter().sum::<f64>() - 100.0).abs() < 1e-9);
        assert!(areas(&mesh).iter().all(|&area| area > 15.0));
        assert_eq!(mesh.nodes() + mesh.faces(), mesh.edges() + 2);
    }
}
