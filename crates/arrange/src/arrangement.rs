//! The planar arrangement of boundaries: faces, and who owns them.

use rustc_hash::FxHashMap;
use wangge_plane::{Polygon, Segment};

use crate::chain::Chains;
use crate::faces::{Face, Faces, polygon_of};
use crate::noding::Met;
use crate::{Share, Use};

/// Boundaries laid over each other: noded edges, the faces between them, and how often each
/// owner's boundary winds around each face.
#[derive(Debug)]
pub struct Arrangement {
    chains: Chains,
    met: Met,
    faces: Faces,
    /// The owners of face `f` are those from `start[f]` to `start[f + 1]`.
    start: Vec<u32>,
    owners: Vec<Share>,
}

/// A piece of the boundary of a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoundaryEdge {
    /// The place of the edge among the arrangement's.
    pub edge: u32,
    /// The edge with the region to its left.
    pub directed: Segment,
    /// The face on the other side.
    pub beyond: Face,
}

/// Faces that hang together by edges and were given the same label.
#[derive(Debug, Clone)]
pub struct Region<L> {
    /// The label.
    pub label: L,
    /// The faces, in order.
    pub faces: Vec<Face>,
    /// The ground: one shell, and holes.
    pub polygon: Polygon,
    /// Every edge between the region and what is not of it.
    pub boundary: Vec<BoundaryEdge>,
}

impl Arrangement {
    /// Lays boundaries over each other. Each owner's uses are closed paths.
    pub fn of(uses: Vec<Use>) -> Self {
        let (chains, met) = Chains::of(uses);
        Self::over(chains, met)
    }

    /// The arrangement of chains, with where their edges met.
    pub fn over(chains: Chains, met: Met) -> Self {
        let faces = Faces::of(chains.segments());
        let (start, owners) = windings(&chains, &faces);
        Self {
            chains,
            met,
            faces,
            start,
            owners,
        }
    }

    /// The noded edges.
    pub const fn chains(&self) -> &Chains {
        &self.chains
    }

    /// Where edges met other than at common ends, before they were noded.
    pub const fn met(&self) -> &Met {
        &self.met
    }

    /// How many faces there are, the unbounded one counted.
    pub const fn face_count(&self) -> usize {
        self.faces.count()
    }

    /// Every face, the unbounded one first.
    pub fn faces(&self) -> impl Iterator<Item = Face> {
        (0u32..).take(self.face_count()).map(Face)
    }

    /// The face to the left of an edge.
    pub fn left(&self, edge: usize) -> Face {
        self.faces.left(edge)
    }

    /// The face to the right of an edge.
    pub fn right(&self, edge: usize) -> Face {
        self.faces.right(edge)
    }

    /// The owners whose boundaries wind around a face, and how often, in order of owners.
    pub fn owners(&self, face: Face) -> &[Share] {
        let face = face.0 as usize;
        &self.owners[self.start[face] as usize..self.start[face + 1] as usize]
    }

    /// How often one owner's boundary winds around a face.
    pub fn winding(&self, face: Face, owner: u32) -> i32 {
        self.owners(face)
            .iter()
            .find(|s| s.owner == owner)
            .map_or(0, |s| s.multiplicity)
    }

    /// The regions of bounded faces with equal labels, in order of their first face; a face
    /// without a label belongs to none. A wall between faces with equal labels is no border.
    pub fn regions<L: Clone + PartialEq>(
        &self,
        label: impl Fn(Face) -> Option<L>,
    ) -> Vec<Region<L>> {
        self.regions_joined(label, |_| true)
    }

    /// The same, with faces apart that only hang together by walls.
    pub fn walled_regions<L: Clone + PartialEq>(
        &self,
        label: impl Fn(Face) -> Option<L>,
    ) -> Vec<Region<L>> {
        self.regions_joined(label, |edge| !self.chains.shares(edge).is_empty())
    }

    /// The regions of faces with equal labels, joined over these edges.
    fn regions_joined<L: Clone + PartialEq>(
        &self,
        label: impl Fn(Face) -> Option<L>,
        is_open: impl Fn(usize) -> bool,
    ) -> Vec<Region<L>> {
        let labels: Vec<Option<L>> = self
            .faces()
            .map(|face| (face != Faces::OUTER).then(|| label(face)).flatten())
            .collect();
        let same = |a: Face, b: Face| labels[a.0 as usize] == labels[b.0 as usize];
        let mut of_face = Joined::new(self.face_count());
        for edge in 0..self.chains.len() {
            let (left, right) = (self.left(edge), self.right(edge));
            if same(left, right) && is_open(edge) {
                of_face.join(left.0, right.0);
            }
        }
        let mut boundaries: FxHashMap<u32, Vec<BoundaryEdge>> = FxHashMap::default();
        for (edge, &segment) in (0u32..).zip(self.chains.segments()) {
            let (left, right) = (self.left(edge as usize), self.right(edge as usize));
            if of_face.root(left.0) == of_face.root(right.0) {
                continue;
            }
            for (face, beyond, directed) in
                [(left, right, segment), (right, left, segment.reversed())]
            {
                if labels[face.0 as usize].is_some() {
                    boundaries
                        .entry(of_face.root(face.0))
                        .or_default()
                        .push(BoundaryEdge {
                            edge,
                            directed,
                            beyond,
                        });
                }
            }
        }
        let mut faces: FxHashMap<u32, Vec<Face>> = FxHashMap::default();
        for face in self.faces() {
            if labels[face.0 as usize].is_some() {
                faces.entry(of_face.root(face.0)).or_default().push(face);
            }
        }
        let mut regions: Vec<Region<L>> = faces
            .into_iter()
            .filter_map(|(root, faces)| {
                let boundary = boundaries.remove(&root)?;
                let directed: Vec<Segment> = boundary.iter().map(|b| b.directed).collect();
                Some(Region {
                    label: labels[root as usize].clone()?,
                    polygon: polygon_of(&directed)?,
                    faces,
                    boundary,
                })
            })
            .collect();
        regions.sort_unstable_by_key(|region| region.faces.first().copied());
        regions
    }
}

/// The windings of all owners around all faces: none around the unbounded one, and from face to
/// face what the edge between them adds.
fn windings(chains: &Chains, faces: &Faces) -> (Vec<u32>, Vec<Share>) {
    let count = faces.count();
    let mut by_face: Vec<(Face, Face, u32)> = (0u32..)
        .take(chains.len())
        .flat_map(|edge| {
            let (left, right) = (faces.left(edge as usize), faces.right(edge as usize));
            [(left, right, edge), (right, left, edge)]
        })
        .collect();
    by_face.sort_unstable();
    // one edge is enough to cross to a face
    by_face.dedup_by_key(|&mut (from, to, _)| (from, to));
    let around = |face: Face| {
        let from = by_face.partition_point(|&(f, ..)| f < face);
        by_face[from..]
            .iter()
            .take_while(move |&&(f, ..)| f == face)
    };
    let mut known: Vec<Option<Vec<Share>>> = vec![None; count];
    known[Faces::OUTER.0 as usize] = Some(Vec::new());
    let mut open = vec![Faces::OUTER];
    while let Some(face) = open.pop() {
        for &(_, next, edge) in around(face) {
            if known[next.0 as usize].is_some() {
                continue;
            }
            let edge = edge as usize;
            let sign = if faces.left(edge) == next { 1 } else { -1 };
            let here = known[face.0 as usize].as_deref().unwrap_or_default();
            let there = added(here, chains.shares(edge), sign);
            known[next.0 as usize] = Some(there);
            open.push(next);
        }
    }
    let mut start = Vec::with_capacity(count + 1);
    let mut owners = Vec::new();
    for shares in known {
        start.push(u32::try_from(owners.len()).unwrap_or(u32::MAX));
        owners.extend(shares.unwrap_or_default());
    }
    start.push(u32::try_from(owners.len()).unwrap_or(u32::MAX));
    (start, owners)
}

/// Two lists in order of owners, added; what comes to nothing is left out.
fn added(a: &[Share], b: &[Share], sign: i32) -> Vec<Share> {
    let mut sum: Vec<Share> = a
        .iter()
        .copied()
        .chain(b.iter().map(|share| Share {
            multiplicity: sign * share.multiplicity,
            ..*share
        }))
        .collect();
    sum.sort_unstable_by_key(|share| share.owner);
    sum.dedup_by(|next, kept| {
        let same = next.owner == kept.owner;
        if same {
            kept.multiplicity += next.multiplicity;
        }
        same
    });
    sum.retain(|share| share.multiplicity != 0);
    sum
}

/// Disjoint sets of faces.
struct Joined {
    parent: Vec<u32>,
}

impl Joined {
    fn new(count: usize) -> Self {
        Self {
            parent: (0u32..).take(count).collect(),
        }
    }

    fn root(&mut self, mut at: u32) -> u32 {
        while self.parent[at as usize] != at {
            let up = self.parent[at as usize];
            self.parent[at as usize] = self.parent[up as usize];
            at = up;
        }
        at
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        self.parent[a.max(b) as usize] = a.min(b);
    }
}
