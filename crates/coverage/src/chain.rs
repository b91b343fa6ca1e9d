//! Boundaries as chains: directed edges with integer multiplicities, noded.

use rustc_hash::FxHashMap;
use wangge_plane::{Meeting, Point, Segment, Shape, meetings};

/// The outline's place among the members of a chain sum.
const OUTLINE: u32 = u32::MAX;

/// What one member adds to one noded edge: how often its boundary runs along the edge's canonical
/// direction less how often it runs against it. Never zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Share {
    pub(crate) member: u32,
    pub(crate) multiplicity: i32,
}

/// A noded edge in canonical direction, and the members whose boundaries use it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChainEdge {
    pub(crate) segment: Segment,
    /// In order of members.
    pub(crate) shares: Vec<Share>,
    /// What the outline's boundary adds.
    pub(crate) outline: i32,
}

impl ChainEdge {
    /// The sum of all members' boundaries along this edge.
    pub(crate) fn sum(&self) -> i32 {
        self.shares.iter().map(|share| share.multiplicity).sum()
    }

    /// The one member on each side, left then right; `None` when some side has several, or one
    /// member runs along the edge more than once.
    pub(crate) fn sides(&self) -> Option<(Option<u32>, Option<u32>)> {
        match self.shares.as_slice() {
            [] => Some((None, None)),
            [one] => match one.multiplicity {
                1 => Some((Some(one.member), None)),
                -1 => Some((None, Some(one.member))),
                _ => None,
            },
            [a, b] => match (a.multiplicity, b.multiplicity) {
                (1, -1) => Some((Some(a.member), Some(b.member))),
                (-1, 1) => Some((Some(b.member), Some(a.member))),
                _ => None,
            },
            _ => None,
        }
    }
}

/// Two edges that cross, with the members that own them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawCrossing {
    pub(crate) edges: [Segment; 2],
    /// Members of the one edge and of the other; the outline is left out.
    pub(crate) members: [Vec<u32>; 2],
}

/// A vertex that lies inside an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct InnerVertex {
    pub(crate) vertex: Point,
    pub(crate) edge: Segment,
}

/// All boundaries of a set of shapes, split at every vertex that lies on them, and summed.
#[derive(Debug, Default)]
pub(crate) struct Chains {
    /// Directed edges as the shapes have them.
    pub(crate) directed_edges: usize,
    /// Noded edges that anything is left on, by their canonical segment.
    pub(crate) edges: Vec<ChainEdge>,
    /// Edges that one member runs along both ways.
    pub(crate) spikes: Vec<(Segment, u32)>,
    /// Where edges had to be split.
    pub(crate) inner_vertices: Vec<InnerVertex>,
    /// Edges that cross between lattice points: these cannot be noded.
    pub(crate) crossings: Vec<RawCrossing>,
}

/// One use of an edge by one member, before summing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Use {
    segment: Segment,
    member: u32,
    forward: bool,
}

impl Chains {
    /// The chains of these shapes, in their order, and of the outline.
    ///
    /// # Panics
    /// With `u32::MAX` shapes or more.
    pub(crate) fn of<'a>(
        shapes: impl IntoIterator<Item = &'a Shape>,
        outline: Option<&Shape>,
    ) -> Self {
        let mut uses = Vec::new();
        for (member, shape) in (0u32..).zip(shapes) {
            push_uses(&mut uses, shape, member);
        }
        let directed_edges = uses.len();
        if let Some(outline) = outline {
            push_uses(&mut uses, outline, OUTLINE);
        }
        uses.sort_unstable();

        let mut unique: Vec<Segment> = uses.iter().map(|u| u.segment).collect();
        unique.dedup();
        let (inner_vertices, crossing_pairs) = meet(&unique);
        let crossings = crossing_pairs
            .into_iter()
            .map(|edges| RawCrossing {
                edges,
                members: edges.map(|edge| members_of(&uses, edge)),
            })
            .collect();
        if !inner_vertices.is_empty() {
            uses = split(uses, &inner_vertices);
            uses.sort_unstable();
        }
        let (edges, spikes) = sum(&uses);
        Self {
            directed_edges,
            edges,
            spikes,
            inner_vertices,
            crossings,
        }
    }
}

fn push_uses(uses: &mut Vec<Use>, shape: &Shape, member: u32) {
    uses.extend(shape.segments().map(|directed| {
        let (segment, forward) = directed.canonical();
        Use {
            segment,
            member,
            forward,
        }
    }));
}

/// The vertices inside other edges, by edge, and the pairs that cross.
fn meet(unique: &[Segment]) -> (Vec<InnerVertex>, Vec<[Segment; 2]>) {
    let mut inner = Vec::new();
    let mut crossings = Vec::new();
    for pair in meetings(unique) {
        let (a, b) = (unique[pair.first as usize], unique[pair.second as usize]);
        if pair.meeting == Meeting::Crossing {
            crossings.push([a, b]);
            continue;
        }
        for (edge, other) in [(a, b), (b, a)] {
            for vertex in [other.start(), other.end()] {
                if vertex != edge.start() && vertex != edge.end() && edge.holds(vertex) {
                    inner.push(InnerVertex { vertex, edge });
                }
            }
        }
    }
    inner.sort_unstable_by_key(|i| (i.edge, i.vertex));
    inner.dedup();
    (inner, crossings)
}

fn members_of(uses: &[Use], edge: Segment) -> Vec<u32> {
    let from = uses.partition_point(|u| u.segment < edge);
    let mut members: Vec<u32> = uses[from..]
        .iter()
        .take_while(|u| u.segment == edge)
        .map(|u| u.member)
        .filter(|&member| member != OUTLINE)
        .collect();
    members.dedup();
    members
}

/// Every use cut at the vertices inside its edge. Vertices of an edge come sorted, and an edge in
/// canonical direction meets them in that order.
fn split(uses: Vec<Use>, inner: &[InnerVertex]) -> Vec<Use> {
    let mut cuts: FxHashMap<Segment, &[InnerVertex]> = FxHashMap::default();
    for group in inner.chunk_by(|a, b| a.edge == b.edge) {
        cuts.insert(group[0].edge, group);
    }
    let mut pieces = Vec::with_capacity(uses.len() + inner.len());
    for whole in uses {
        let Some(cut) = cuts.get(&whole.segment) else {
            pieces.push(whole);
            continue;
        };
        let mut from = whole.segment.start();
        let ends = cut.iter().map(|i| i.vertex);
        for to in ends.chain([whole.segment.end()]) {
            pieces.extend(Segment::new(from, to).map(|segment| Use { segment, ..whole }));
            from = to;
        }
    }
    pieces
}

fn sum(uses: &[Use]) -> (Vec<ChainEdge>, Vec<(Segment, u32)>) {
    let mut edges = Vec::new();
    let mut spikes = Vec::new();
    for group in uses.chunk_by(|a, b| a.segment == b.segment) {
        let segment = group[0].segment;
        let mut edge = ChainEdge {
            segment,
            shares: Vec::with_capacity(2),
            outline: 0,
        };
        for of_member in group.chunk_by(|a, b| a.member == b.member) {
            let member = of_member[0].member;
            let multiplicity: i32 = of_member
                .iter()
                .map(|u| if u.forward { 1 } else { -1 })
                .sum();
            if member == OUTLINE {
                edge.outline = multiplicity;
                continue;
            }
            let both_ways =
                of_member.first().map(|u| u.forward) != of_member.last().map(|u| u.forward);
            if both_ways {
                spikes.push((segment, member));
            }
            if multiplicity != 0 {
                edge.shares.push(Share {
                    member,
                    multiplicity,
                });
            }
        }
        if !edge.shares.is_empty() || edge.outline != 0 {
            edges.push(edge);
        }
    }
    (edges, spikes)
}
