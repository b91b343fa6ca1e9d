//! The city as a planar map: nodes, streets between them, faces. Faces are only ever split, so
//! that neighbours share their border by construction, T-junctions included.

use crate::board::{Spot, area_and_centroid, index};

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
    /// split. What of it stays in a face without leaving it again is left out, and so is what
    /// would split off a sliver: two borders that close could meet once they are bent.
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
                at = off_the_ends(at + (to - at) * share, self.ends(half));
                let onward = self.split_edge(half, at);
                match entry {
                    None => entry = Some(onward),
                    Some(start) => {
                        if self.leaves_room(start, onward, &path) {
                            self.split_face(start, onward, &path, line);
                        }
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

    /// Whether both parts of a face are wide, on the mean, when it is split along a path, and the
    /// path comes close to no corner.
    fn leaves_room(&self, a: Half, b: Half, path: &[Spot]) -> bool {
        const WIDTH_M: f64 = 25.0;
        const CLEAR_M: f64 = 3.0;
        let part = |from: Half, to: Half| {
            let mut ring = Vec::new();
            let mut half = from;
            while half != to {
                ring.push(self.spot(self.from(half)));
                half = self.next(half);
            }
            ring.push(self.spot(self.from(to)));
            ring
        };
        let (mut one, mut other) = (part(a, b), part(b, a));
        let course: Vec<Spot> = std::iter::once(one[0])
            .chain(path.iter().copied())
            .chain([other[0]])
            .collect();
        let near = one[1..one.len() - 1]
            .iter()
            .chain(&other[1..other.len() - 1])
            .any(|&corner| {
                let clear = |ends: &[Spot]| distance(corner, ends[0], ends[1]) > CLEAR_M;
                !course.windows(2).all(clear)
            });
        one.extend(path.iter().rev());
        other.extend(path);
        !near
            && [one, other].iter().all(|ring| {
                let around: f64 = ring
                    .iter()
                    .zip(ring.iter().cycle().skip(1))
                    .map(|(&from, &to)| (to - from).length())
                    .sum();
                2.0 * area_and_centroid(ring).0 > WIDTH_M * around
            })
    }

    fn join(&mut self, one: Half, next: Half) {
        self.halves[one as usize].next = next;
        self.halves[next as usize].prev = one;
    }
}

/// A spot of an edge, moved away from an end that is so near that the borders would touch.
fn off_the_ends(spot: Spot, (from, to): (Spot, Spot)) -> Spot {
    const APART_M: f64 = 16.0;
    let length = (to - from).length();
    let apart = APART_M.min(length / 2.0);
    let along = (spot - from).dot(to - from) / length;
    from + (to - from) * (along.clamp(apart, length - apart) / length)
}

/// How near a corner comes to the straight way from `a` to `b`.
pub(crate) fn distance(corner: Spot, a: Spot, b: Spot) -> f64 {
    let way = b - a;
    let share = ((corner - a).dot(way) / way.dot(way)).clamp(0.0, 1.0);
    (corner - (a + way * share)).length()
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

    /// A square kilometre.
    fn square() -> Mesh {
        let mut mesh = Mesh::new();
        let ring = [(0.0, 0.0), (1000.0, 0.0), (1000.0, 1000.0), (0.0, 1000.0)]
            .map(|(x, y)| (Spot::new(x, y), 0));
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
        let a = mesh.split_edge(0, Spot::new(500.0, 0.0));
        let b = mesh.split_edge(4, Spot::new(500.0, 1000.0));
        let new = mesh.split_face(a, b, &[Spot::new(600.0, 500.0)], 1);
        assert_eq!(mesh.ring(new).count(), 5);
        assert_eq!(areas(&mesh), [550_000.0, 450_000.0]);
        // Euler: nodes - edges + faces = 2
        assert_eq!(mesh.nodes() + mesh.faces(), mesh.edges() + 2);
    }

    #[test]
    fn lines_that_cross_cut_each_other_into_quarters() {
        let mut mesh = square();
        let bent = [(400.0, -100.0), (500.0, 550.0), (500.0, 1200.0)];
        mesh.draw(&bent.map(|(x, y)| Spot::new(x, y)), 1);
        mesh.draw(&[Spot::new(-100.0, 500.0), Spot::new(2000.0, 500.0)], 2);
        assert_eq!(mesh.faces(), 5);
        assert!((areas(&mesh).iter().sum::<f64>() - 1e6).abs() < 1e-3);
        assert!(areas(&mesh).iter().all(|&area| area > 150_000.0));
        assert_eq!(mesh.nodes() + mesh.faces(), mesh.edges() + 2);
    }

    #[test]
    fn a_line_that_would_split_off_a_sliver_is_left_out_there() {
        let mut mesh = square();
        mesh.draw(&[Spot::new(-100.0, 500.0), Spot::new(2000.0, 500.0)], 1);
        mesh.draw(&[Spot::new(-100.0, 495.0), Spot::new(2000.0, 506.0)], 2);
        assert_eq!(mesh.faces(), 3);
        assert_eq!(mesh.nodes() + mesh.faces(), mesh.edges() + 2);
    }
}
