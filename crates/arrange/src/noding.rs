//! Noding: edges cut at every vertex that lies on them, and drawn to the lattice where they cross.

use rustc_hash::{FxHashMap, FxHashSet};
use wangge_plane::{Meeting, Point, Segment, meetings};

use crate::Use;
use crate::hot::{HotPixels, pixel_of_crossing};

/// A vertex that lies inside an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct InnerVertex {
    /// The edge, in canonical direction.
    pub edge: Segment,
    /// The vertex.
    pub vertex: Point,
}

/// Where edges meet other than at common ends.
#[derive(Debug, Clone, Default)]
pub struct Met {
    /// Where edges have a vertex of another inside them, in order.
    pub inner_vertices: Vec<InnerVertex>,
    /// Pairs of edges that cross between their ends.
    pub crossings: Vec<[Segment; 2]>,
    /// Noded edges on which edges came to lie together that were apart before they were drawn to
    /// the lattice, and the owners of those: what was between them is narrower than the lattice.
    pub collapsed: Vec<Collapsed>,
}

/// A noded edge on which edges of several owners came to lie together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collapsed {
    /// The edge, in canonical direction.
    pub edge: Segment,
    /// The owners, in order.
    pub owners: Vec<u32>,
}

/// The pieces that edges are cut into, so that they meet at common ends only.
#[derive(Debug, Default)]
pub struct Noding {
    /// The paths of edges that were cut, ends included; neighbours differ.
    paths: FxHashMap<Segment, Vec<Point>>,
}

impl Noding {
    /// Edges cut at the vertices that lie on them; they stay where they are.
    pub fn at_vertices(met: &Met) -> Self {
        Self {
            paths: cut_at(&met.inner_vertices),
        }
    }

    /// Edges drawn to the lattice where they cross.
    ///
    /// The edges are different, in canonical direction, and cut at vertices already. One that
    /// crosses another is snap-rounded (Hobby 1999; Guibas and Marimont 1998): it is drawn to
    /// every vertex and to every crossing, rounded to the lattice, whose pixel it passes, and so
    /// moves by less than a unit. Edges that come to be crossed by one that moved are drawn too,
    /// until none cross; in the end all are, and snap-rounded edges never cross.
    pub fn drawn(edges: &[Segment], crossings: &[[Segment; 2]]) -> Self {
        if crossings.is_empty() {
            return Self::default();
        }
        Self {
            paths: snap(edges, crossings),
        }
    }

    /// The pieces of an edge, in the direction of the edge.
    pub fn pieces(&self, edge: Segment) -> impl Iterator<Item = Segment> + '_ {
        let path = self.paths.get(&edge).map_or(&[][..], Vec::as_slice);
        let whole = path.is_empty().then_some(edge);
        whole.into_iter().chain(
            path.windows(2)
                .filter_map(|pair| Segment::new(pair[0], pair[1])),
        )
    }

    /// The pieces on which different edges came to lie, with the owners of those; the uses are in
    /// order of edges.
    pub(crate) fn collapsed(&self, uses: &[Use]) -> Vec<Collapsed> {
        let mut origins: Vec<(Segment, Segment, u32)> = uses
            .iter()
            .flat_map(|this| {
                self.pieces(this.segment)
                    .map(|piece| (piece.canonical().0, this.segment, this.owner))
            })
            .collect();
        origins.sort_unstable();
        origins
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|pieces| pieces[0].1 != pieces[pieces.len() - 1].1)
            .map(|pieces| {
                let mut owners: Vec<u32> = pieces.iter().map(|piece| piece.2).collect();
                owners.sort_unstable();
                owners.dedup();
                Collapsed {
                    edge: pieces[0].0,
                    owners,
                }
            })
            .collect()
    }

    /// Whether every edge stays whole.
    pub fn is_whole(&self) -> bool {
        self.paths.is_empty()
    }
}

impl Met {
    /// The vertices inside other edges, and the pairs that cross. The edges are different and in
    /// canonical direction.
    pub fn of(edges: &[Segment]) -> Self {
        let mut inner = Vec::new();
        let mut crossings = Vec::new();
        for pair in meetings(edges) {
            let (a, b) = (edges[pair.first as usize], edges[pair.second as usize]);
            if pair.meeting == Meeting::Crossing {
                crossings.push([a, b]);
                continue;
            }
            for (edge, other) in [(a, b), (b, a)] {
                for vertex in [other.start(), other.end()] {
                    if vertex != edge.start() && vertex != edge.end() && edge.holds(vertex) {
                        inner.push(InnerVertex { edge, vertex });
                    }
                }
            }
        }
        inner.sort_unstable();
        inner.dedup();
        Self {
            inner_vertices: inner,
            crossings,
            collapsed: Vec::new(),
        }
    }
}

/// Paths over the vertices inside edges; an edge in canonical direction meets them in order.
fn cut_at(inner: &[InnerVertex]) -> FxHashMap<Segment, Vec<Point>> {
    inner
        .chunk_by(|a, b| a.edge == b.edge)
        .map(|group| {
            let edge = group[0].edge;
            let path = std::iter::once(edge.start())
                .chain(group.iter().map(|i| i.vertex))
                .chain([edge.end()])
                .collect();
            (edge, path)
        })
        .collect()
}

fn snap(edges: &[Segment], crossings: &[[Segment; 2]]) -> FxHashMap<Segment, Vec<Point>> {
    let mut paths: FxHashMap<Segment, Vec<Point>> = FxHashMap::default();
    let hot = HotPixels::new(
        edges
            .iter()
            .flat_map(|e| [e.start(), e.end()])
            .chain(crossings.iter().map(|&[a, b]| pixel_of_crossing(a, b)))
            .collect(),
    );
    let mut drawn: FxHashSet<Segment> = FxHashSet::default();
    let mut to_draw: Vec<Segment> = crossings.iter().flatten().copied().collect();
    loop {
        let mut grown = false;
        for edge in to_draw.drain(..) {
            if drawn.insert(edge) {
                grown = true;
                paths.insert(edge, hot.along(edge.into()));
            }
        }
        // which edges a piece came from
        let mut origins: FxHashMap<Segment, Vec<Segment>> = FxHashMap::default();
        for &edge in edges {
            let path = paths.get(&edge).map_or(&[][..], Vec::as_slice);
            if path.is_empty() {
                origins.entry(edge).or_default().push(edge);
            }
            for pair in path.windows(2) {
                if let Some(piece) = Segment::new(pair[0], pair[1]) {
                    origins.entry(piece.canonical().0).or_default().push(edge);
                }
            }
        }
        let mut pieces: Vec<Segment> = origins.keys().copied().collect();
        pieces.sort_unstable();
        let Met {
            inner_vertices,
            crossings,
            ..
        } = Met::of(&pieces);
        if inner_vertices.is_empty() && crossings.is_empty() {
            return paths;
        }
        // a vertex exactly on a piece cuts it and moves nothing
        for cut in cut_at(&inner_vertices) {
            for &edge in &origins[&cut.0] {
                let path = paths
                    .entry(edge)
                    .or_insert_with(|| vec![edge.start(), edge.end()]);
                refine(path, &cut.1);
            }
        }
        to_draw.extend(
            crossings
                .iter()
                .flatten()
                .flat_map(|piece| origins[piece].iter().copied()),
        );
        if !to_draw.is_empty() && !grown {
            // what crosses are edges that were drawn already: now all are
            debug_assert!(drawn.len() < edges.len(), "snap-rounded edges do not cross");
            if drawn.len() == edges.len() {
                return paths;
            }
            to_draw.extend(edges);
        }
    }
}

/// Puts the inner points of a cut into the path that has the cut's ends as neighbours.
fn refine(path: &mut Vec<Point>, cut: &[Point]) {
    let (Some(&first), Some(&last)) = (cut.first(), cut.last()) else {
        return;
    };
    let inner = &cut[1..cut.len() - 1];
    let mut at = 0;
    while at + 1 < path.len() {
        let (a, b) = (path[at], path[at + 1]);
        if (a, b) == (first, last) {
            let rest = path.split_off(at + 1);
            path.extend(inner);
            path.extend(rest);
            at += inner.len();
        } else if (a, b) == (last, first) {
            let rest = path.split_off(at + 1);
            path.extend(inner.iter().rev());
            path.extend(rest);
            at += inner.len();
        }
        at += 1;
    }
}
