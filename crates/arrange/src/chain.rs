//! Boundaries as chains: noded edges, and what each owner's boundary adds to them.

use wangge_plane::Segment;

use crate::noding::{Collapsed, Met, Noding};
use crate::{Share, Use};

/// The sum of boundaries: different noded edges in canonical direction, sorted, that meet at
/// common ends only, and for each what every owner's boundary adds.
///
/// An edge on which nothing is left of any owner is not kept, but for walls: where edges that were
/// apart came to lie together as they were drawn to the lattice, and nothing is left of what was
/// between them, the edge stays, with no shares. So what was apart is apart still.
#[derive(Debug, Clone, Default)]
pub struct Chains {
    segments: Vec<Segment>,
    /// The shares of edge `i` are those from `start[i]` to `start[i + 1]`.
    start: Vec<u32>,
    shares: Vec<Share>,
}

impl Chains {
    /// The chains of these uses, and where their edges met.
    ///
    /// Edges are cut at vertices first and summed; what crosses is looked for among the edges on
    /// which anything is left, so that a boundary that runs out and back crosses nothing.
    ///
    /// # Panics
    /// With 2^32 uses or more.
    pub fn of(uses: Vec<Use>) -> (Self, Met) {
        let uses = summed(uses);
        let edges = edges_of(&uses);
        let met = Met::of(&edges);
        let cut = Noding::at_vertices(&met);
        let uses = noded(uses, &cut);
        if met.crossings.is_empty() {
            return (Self::gathered(&uses), met);
        }
        let edges = edges_of(&uses);
        let Met { crossings, .. } = Met::of(&edges);
        let drawn = Noding::drawn(&edges, &crossings);
        let collapsed = drawn.collapsed(&uses);
        let chains = Self::gathered(&noded(uses, &drawn)).walled(&collapsed);
        let met = Met {
            crossings,
            collapsed,
            ..met
        };
        (chains, met)
    }

    /// The same edges with other owners, whose shares are added up; of an edge on which nothing is
    /// left, only walls are kept. `met` is what these chains came with.
    pub fn with_owners(&self, met: &Met, owner: impl Fn(u32) -> u32) -> Self {
        let uses = self
            .segments
            .iter()
            .enumerate()
            .flat_map(|(edge, &segment)| {
                let shares = self.shares(edge).iter();
                let owner = &owner;
                shares.map(move |share| Use {
                    segment,
                    owner: owner(share.owner),
                    multiplicity: share.multiplicity,
                })
            });
        Self::gathered(&summed(uses.collect())).walled(&met.collapsed)
    }

    /// How many edges there are.
    pub fn len(&self) -> usize {
        self.segments.len()
    }

    /// Whether nothing is left of any boundary.
    pub fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// The edges, sorted, in canonical direction.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// What each owner adds to an edge, by the edge's place; in order of owners. Nothing, of a wall.
    pub fn shares(&self, edge: usize) -> &[Share] {
        &self.shares[self.start[edge] as usize..self.start[edge + 1] as usize]
    }

    /// What all owners together add to an edge.
    pub fn sum(&self, edge: usize) -> i32 {
        self.shares(edge).iter().map(|s| s.multiplicity).sum()
    }

    /// What one owner adds to an edge.
    pub fn share_of(&self, edge: usize, owner: u32) -> i32 {
        self.shares(edge)
            .iter()
            .find(|s| s.owner == owner)
            .map_or(0, |s| s.multiplicity)
    }

    /// With those edges that are missing put in, without shares; both are in order.
    fn walled(self, collapsed: &[Collapsed]) -> Self {
        let missing = |at: &&Collapsed| self.segments.binary_search(&at.edge).is_err();
        let walls: Vec<Segment> = collapsed.iter().filter(missing).map(|at| at.edge).collect();
        if walls.is_empty() {
            return self;
        }
        let mut edges: Vec<(Segment, Option<usize>)> =
            walls.iter().map(|&wall| (wall, None)).collect();
        edges.extend(self.segments.iter().copied().zip((0..).map(Some)));
        edges.sort_unstable();
        let mut all = Self::default();
        for (segment, edge) in edges {
            all.segments.push(segment);
            all.start.push(place(all.shares.len()));
            all.shares
                .extend(edge.map(|edge| self.shares(edge)).unwrap_or_default());
        }
        all.start.push(place(all.shares.len()));
        all
    }

    fn gathered(uses: &[Use]) -> Self {
        let mut chains = Self {
            segments: Vec::with_capacity(uses.len() / 2),
            start: Vec::with_capacity(uses.len() / 2 + 1),
            shares: Vec::with_capacity(uses.len()),
        };
        for group in uses.chunk_by(|a, b| a.segment == b.segment) {
            chains.segments.push(group[0].segment);
            chains.start.push(place(chains.shares.len()));
            chains.shares.extend(group.iter().map(|u| Share {
                owner: u.owner,
                multiplicity: u.multiplicity,
            }));
        }
        chains.start.push(place(chains.shares.len()));
        chains
    }
}

/// The different edges of uses that are in order.
fn edges_of(uses: &[Use]) -> Vec<Segment> {
    let mut edges: Vec<Segment> = uses.iter().map(|u| u.segment).collect();
    edges.dedup();
    edges
}

fn noded(uses: Vec<Use>, noding: &Noding) -> Vec<Use> {
    if noding.is_whole() {
        return uses;
    }
    let pieces = uses.iter().flat_map(|whole| {
        noding
            .pieces(whole.segment)
            .map(|piece| Use::times(piece, whole.owner, whole.multiplicity))
    });
    summed(pieces.collect())
}

/// The uses of one owner on one edge taken together, in order; what comes to nothing is left out.
fn summed(mut uses: Vec<Use>) -> Vec<Use> {
    uses.sort_unstable_by_key(|u| (u.segment, u.owner));
    uses.dedup_by(|next, kept| {
        let same = next.segment == kept.segment && next.owner == kept.owner;
        if same {
            kept.multiplicity += next.multiplicity;
        }
        same
    });
    uses.retain(|u| u.multiplicity != 0);
    uses
}

fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or_else(|_| unreachable!("2^32 uses are 96 GB of them"))
}
