//! The faces of a noded set of edges, by one sweep from west to east.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::ops::Bound;

use rustc_hash::FxHashMap;
use wangge_plane::{Point, Polygon, Ring, Segment, Side, cross};

/// A face of the plane cut by edges: a connected open region. [`Faces::OUTER`] is the unbounded one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Face(pub u32);

/// Which faces lie to the left and right of each edge.
#[derive(Debug)]
pub struct Faces {
    left: Vec<Face>,
    right: Vec<Face>,
    count: usize,
}

/// An edge on the sweep line. Two of them compare by which is above the other; that order does
/// not change as long as both are on the line, since noded edges do not cross.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Active {
    segment: Segment,
    id: u32,
}

impl Ord for Active {
    fn cmp(&self, other: &Self) -> Ordering {
        let (e, f) = (self.segment, other.segment);
        if e == f {
            return Ordering::Equal;
        }
        if e.start() >= f.start() {
            above(e, f)
        } else {
            above(f, e).reverse()
        }
    }
}

impl PartialOrd for Active {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// How `late`, which starts no earlier than `early`, lies to it.
fn above(late: Segment, early: Segment) -> Ordering {
    let at_start = cross(early.start(), early.end(), late.start());
    at_start
        .cmp(&0)
        .then_with(|| cross(early.start(), early.end(), late.end()).cmp(&0))
}

impl Faces {
    /// The unbounded face.
    pub const OUTER: Face = Face(0);

    /// The faces of these edges.
    ///
    /// The edges are different, in canonical direction, sorted, and meet at common ends only. The
    /// sweep line stands a little askew (points in order of x, then y), so that an edge straight
    /// north is one like the others: its left side, the west, is above it.
    ///
    /// At each vertex the pairs of edges that become neighbours on the line bound one face
    /// between them; joining these pairs joins the whole boundary of every face, the holes' as
    /// well as the shell's, because the trapezoids of a face hang together by the edges above and
    /// below them. Exact; n log n.
    pub fn of(edges: &[Segment]) -> Self {
        let mut sides = Sides::new(edges.len());
        let mut line = BTreeSet::new();
        let mut by_end: Vec<u32> = (0u32..).take(edges.len()).collect();
        by_end.sort_unstable_by_key(|&id| edges[id as usize].end());

        let mut starting: Vec<Active> = Vec::new();
        let (mut next_start, mut next_end) = (0, 0);
        while next_end < edges.len() {
            let end = edges[by_end[next_end] as usize].end();
            let vertex = edges
                .get(next_start)
                .map_or(end, |edge| edge.start().min(end));
            let mut removed = None;
            while let Some(&id) = by_end.get(next_end)
                && edges[id as usize].end() == vertex
            {
                let active = Active {
                    segment: edges[id as usize],
                    id,
                };
                line.remove(&active);
                removed = Some(active);
                next_end += 1;
            }
            starting.clear();
            while let Some(&segment) = edges.get(next_start)
                && segment.start() == vertex
            {
                starting.push(Active {
                    segment,
                    id: by_index(next_start),
                });
                next_start += 1;
            }
            starting.sort_unstable();
            line.extend(starting.iter().copied());
            let Some((lowest, highest)) = starting
                .first()
                .zip(starting.last())
                .or(removed.as_ref().map(|active| (active, active)))
            else {
                unreachable!("an event is a start or an end");
            };
            let below = line
                .range((Bound::Unbounded, Bound::Excluded(*lowest)))
                .next_back()
                .copied();
            let over = line
                .range((Bound::Excluded(*highest), Bound::Unbounded))
                .next()
                .copied();
            let mut under = Sides::above(below);
            for edge in &starting {
                sides.join(under, Sides::below(Some(*edge)));
                under = Sides::above(Some(*edge));
            }
            sides.join(under, Sides::below(over));
        }
        sides.into_faces()
    }

    /// The face to the left of an edge, by the edge's place in the input.
    pub fn left(&self, edge: usize) -> Face {
        self.left[edge]
    }

    /// The face to the right of an edge.
    pub fn right(&self, edge: usize) -> Face {
        self.right[edge]
    }

    /// How many faces there are, the outer one counted.
    pub const fn count(&self) -> usize {
        self.count
    }
}

/// The two sides of all edges, joined to faces as the sweep learns of them. Node 0 is the
/// unbounded face, 2 i + 1 the left of edge i, 2 i + 2 its right.
struct Sides {
    parent: Vec<u32>,
}

impl Sides {
    fn new(edges: usize) -> Self {
        Self {
            parent: (0..=by_index(2 * edges)).collect(),
        }
    }

    /// The region above an edge on the line, or above nothing.
    fn above(edge: Option<Active>) -> u32 {
        edge.map_or(0, |active| 2 * active.id + 1)
    }

    /// The region below an edge on the line, or below nothing.
    fn below(edge: Option<Active>) -> u32 {
        edge.map_or(0, |active| 2 * active.id + 2)
    }

    fn root(&mut self, mut node: u32) -> u32 {
        while self.parent[node as usize] != node {
            let up = self.parent[node as usize];
            self.parent[node as usize] = self.parent[up as usize];
            node = up;
        }
        node
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        // the lesser root stays, so that the unbounded face keeps node 0
        self.parent[a.max(b) as usize] = a.min(b);
    }

    fn into_faces(mut self) -> Faces {
        let nodes = self.parent.len();
        let mut face_of_root: FxHashMap<u32, u32> = FxHashMap::default();
        face_of_root.insert(0, Faces::OUTER.0);
        let mut left = Vec::with_capacity(nodes / 2);
        let mut right = Vec::with_capacity(nodes / 2);
        for node in 1..by_index(nodes) {
            let root = self.root(node);
            let fresh = by_index(face_of_root.len());
            let face = Face(*face_of_root.entry(root).or_insert(fresh));
            if node % 2 == 1 {
                left.push(face);
            } else {
                right.push(face);
            }
        }
        Faces {
            left,
            right,
            count: face_of_root.len(),
        }
    }
}

/// The polygon of one face, from the directed edges that have it to their left.
///
/// The rings touch at vertices at most: one shell, counter-clockwise, and the holes. `None` for an
/// unbounded face, which has no shell.
pub fn polygon_of(boundary: &[Segment]) -> Option<Polygon> {
    let rings = rings_of(boundary);
    let (shells, holes): (Vec<Ring>, Vec<Ring>) =
        rings.into_iter().partition(|ring| ring.doubled_area() > 0);
    let [shell] = <[Ring; 1]>::try_from(shells).ok()?;
    Some(Polygon::new(shell, holes))
}

/// The polygons of ground from the directed edges that have it to their left, each edge once.
///
/// Each polygon is one connected piece of ground: one shell, counter-clockwise, and the holes in it.
/// Rings touch at vertices at most, and pass each vertex once. The edges meet at common ends only,
/// and as many end at each vertex as start there. What is not enclosed by a shell is left out.
pub fn polygons_of(boundary: &[Segment]) -> Vec<Polygon> {
    let (mut parts, mut loose): (Vec<(Ring, Vec<Ring>)>, Vec<Ring>) = Default::default();
    let mut edges = boundary.to_vec();
    edges.sort_unstable();
    // where no vertex is passed twice, as nearly always, the walks are the rings
    let is_simple = edges.windows(2).all(|two| two[0].start() != two[1].start());
    for cycle in cycles_of(&edges) {
        let rings = if is_simple {
            let vertices = cycle.iter().map(|edge| edge.start()).collect();
            Vec::from_iter(Ring::new(vertices).ok())
        } else {
            rings_of(&cycle)
        };
        let (mut shells, holes): (Vec<Ring>, Vec<Ring>) =
            rings.into_iter().partition(|ring| ring.doubled_area() > 0);
        match shells.pop() {
            Some(shell) if shells.is_empty() => parts.push((shell, holes)),
            Some(shell) => {
                debug_assert!(false, "one face has one shell");
                shells.push(shell);
                parts.extend(shells.into_iter().map(|shell| (shell, Vec::new())));
            }
            None => loose.extend(holes),
        }
    }
    for hole in loose {
        let holds = |shell: &Ring| {
            let mut sides = hole.points().iter().map(|&p| shell.side(p));
            sides.find(|side| *side != Side::On) == Some(Side::Inside)
        };
        let around = parts.iter_mut().filter(|(shell, _)| holds(shell));
        if let Some((_, holes)) = around.min_by_key(|(shell, _)| shell.doubled_area()) {
            holes.push(hole);
        }
    }
    parts
        .into_iter()
        .map(|(shell, holes)| Polygon::new(shell, holes))
        .collect()
}

/// The closed walks along the boundary that keep to one face each: from each edge on to the first
/// one clockwise from where it came. The edges are in order.
fn cycles_of(edges: &[Segment]) -> Vec<Vec<Segment>> {
    let mut used = vec![false; edges.len()];
    let mut cycles = Vec::new();
    for first in 0..edges.len() {
        let mut cycle = Vec::new();
        let mut next = (!used[first]).then_some(first);
        while let Some(edge) = next {
            used[edge] = true;
            cycle.push(edges[edge]);
            let (from, at) = (edges[edge].start(), edges[edge].end());
            let out = edges.partition_point(|e| e.start() < at);
            let on = (out..edges.len())
                .take_while(|&i| edges[i].start() == at)
                .reduce(|best, i| {
                    let (a, b) = (edges[best].end(), edges[i].end());
                    if is_sooner_clockwise(at, from, b, a) {
                        i
                    } else {
                        best
                    }
                });
            // the walk ends where it began: no two edges go on in the same one
            next = on.filter(|&i| !used[i]);
        }
        if !cycle.is_empty() {
            cycles.push(cycle);
        }
    }
    cycles
}

/// Whether, turning clockwise around a vertex from one direction, another comes before a third. The direction itself
/// comes last.
fn is_sooner_clockwise(at: Point, from: Point, a: Point, b: Point) -> bool {
    // in the first half turn clockwise, or in the second, the direction back with the latter
    let half = |p: Point| match cross(at, from, p).signum() {
        -1 => 0,
        1 => 2,
        _ if is_opposite(at, from, p) => 1,
        _ => 3,
    };
    let (of_a, of_b) = (half(a), half(b));
    of_a < of_b || (of_a == of_b && cross(at, a, b) < 0)
}

/// Whether two points on one line through a vertex lie to its two sides.
fn is_opposite(at: Point, a: Point, b: Point) -> bool {
    (a < at) != (b < at)
}

/// The boundary of one face as rings that pass each vertex once.
///
/// A walk takes any edge on from each vertex, and where it comes back to a vertex the loop is cut
/// off. Which edge it takes makes no difference: two cycles of a face's boundary share one vertex
/// at most, since with two they would cut the face apart, so the boundary falls into simple cycles
/// in one way only.
fn rings_of(boundary: &[Segment]) -> Vec<Ring> {
    let mut edges = boundary.to_vec();
    edges.sort_unstable();
    let mut used = vec![false; edges.len()];
    let mut rings = Vec::new();
    for first in 0..edges.len() {
        // the walk so far, and where in it each vertex stands
        let mut walk: Vec<Point> = Vec::new();
        let mut place: FxHashMap<Point, usize> = FxHashMap::default();
        let mut next = (!used[first]).then_some(first);
        while let Some(edge) = next {
            used[edge] = true;
            let from = edges[edge].start();
            if let Some(&at) = place.get(&from) {
                let cut = walk.split_off(at);
                for vertex in &cut {
                    place.remove(vertex);
                }
                rings.extend(Ring::new(cut).ok());
            }
            place.insert(from, walk.len());
            walk.push(from);
            let to = edges[edge].end();
            let out = edges.partition_point(|e| e.start() < to);
            next = (out..edges.len())
                .take_while(|&i| edges[i].start() == to)
                .find(|&i| !used[i]);
        }
        rings.extend(Ring::new(walk).ok());
    }
    rings
}

fn by_index(i: usize) -> u32 {
    u32::try_from(i).unwrap_or_else(|_| unreachable!("2^31 edges are 32 GB of them"))
}
