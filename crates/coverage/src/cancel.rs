//! Summing the boundaries of all grids: edges that run both ways cancel, the residual is left.

mod walk;

#[cfg(test)]
mod laws;

use rayon::prelude::*;
use rustc_hash::FxHashSet;
use wangge_arrange::Use;
use wangge_plane::{Extent, Point, Ring, Segment, Shape};

pub(crate) use walk::Walk;

/// Rings that are summed as one piece of work, at least and at most.
const PIECE: (usize, usize) = (64, 512);

/// The sum of all boundaries as they are drawn, before any edge is cut.
#[derive(Debug)]
pub(crate) struct Sum {
    /// Directed edges.
    pub(crate) edges: usize,
    pub(crate) vertices: Vertices,
    /// Pairs of equal edges that run opposite ways.
    pub(crate) cancelled: usize,
    /// Every use of an edge of which something is left, in order of edges and owners: which of an
    /// edge's many uses cancel each other is nobody's to say.
    pub(crate) residual: Vec<Use>,
}

/// A ring and whose it is.
#[derive(Debug, Clone, Copy)]
struct Owned<'a> {
    ring: &'a Ring,
    owner: u32,
}

/// Sums the boundaries of these shapes, whose owners are their places in the list.
///
/// Rings that lie together are taken together, so that most edges meet their other side while few
/// are waiting: a hole and what fills it, too.
pub(crate) fn sum(shapes: &[&Shape], extents: &[Extent]) -> Sum {
    let mut order: Vec<(u64, Owned<'_>)> = shapes
        .par_iter()
        .zip(extents)
        .enumerate()
        .flat_map_iter(|(owner, (shape, extent))| rings_of(owner, shape, *extent))
        .collect();
    order.par_sort_unstable_by_key(|&(place, Owned { owner, .. })| (place, owner));
    let piece = order.len() / (4 * rayon::current_num_threads());
    let pieces: Vec<Piece> = order
        .par_chunks(piece.clamp(PIECE.0, PIECE.1))
        .map(Piece::of)
        .collect();
    let edges = pieces.iter().map(|piece| piece.edges).sum();
    let mut cancelled = pieces.iter().map(|piece| piece.cancelled).sum();
    let mut vertices = Vertices::default();
    let mut waiting: Vec<Use> = Vec::new();
    for piece in pieces {
        vertices.lists.push(piece.vertices);
        waiting.extend(piece.waiting);
    }
    let left = settle(waiting, &mut cancelled);
    let residual = uses_of(&left, shapes);
    Sum {
        edges,
        vertices,
        cancelled,
        residual,
    }
}

/// The vertices of all boundaries, as [`packed`], each once or several times.
#[derive(Debug, Default)]
pub(crate) struct Vertices {
    lists: Vec<Vec<u64>>,
}

impl Vertices {
    /// How many different ones there are.
    pub(crate) fn count(&self) -> usize {
        // most are of one list only
        let different: Vec<Vec<u64>> = self
            .lists
            .par_iter()
            .map(|list| {
                let mut list = list.clone();
                list.sort_unstable();
                list.dedup();
                list
            })
            .collect();
        let mut vertices = different.concat();
        vertices.par_sort_unstable();
        vertices.dedup();
        vertices.len()
    }
}

/// The sum over some neighbours.
struct Piece {
    edges: usize,
    cancelled: usize,
    /// Each at least once.
    vertices: Vec<u64>,
    /// What did not cancel here.
    waiting: Vec<Use>,
}

impl Piece {
    fn of(rings: &[(u64, Owned<'_>)]) -> Self {
        let rings = rings.iter().map(|(_, of)| (of.ring.points(), of.owner));
        let mut walk = Walk::of(rings);
        let mut cancelled = walk.cancel_along_borders();
        let waiting = walk.cancel_one_by_one(&mut cancelled);
        Self {
            edges: walk.edges(),
            cancelled,
            vertices: walk.vertices(),
            waiting,
        }
    }
}

/// The rings of a shape, each with its place on the curve.
fn rings_of(owner: usize, shape: &Shape, extent: Extent) -> Vec<(u64, Owned<'_>)> {
    let owner = u32::try_from(owner).unwrap_or(u32::MAX);
    let is_alone = shape.rings().nth(1).is_none();
    let rings = shape.rings().map(|ring| {
        let within = if is_alone { extent } else { ring.extent() };
        (place_on_curve(within), Owned { ring, owner })
    });
    rings.collect()
}

/// Cancels what the pieces left to each other, and names the edges of which something is left.
fn settle(mut waiting: Vec<Use>, cancelled: &mut usize) -> FxHashSet<Segment> {
    waiting.par_sort_unstable();
    let mut left = FxHashSet::default();
    for uses in waiting.chunk_by(|a, b| a.segment() == b.segment()) {
        let sum: i32 = uses.iter().map(Use::multiplicity).sum();
        *cancelled += (uses.len() - sum.unsigned_abs() as usize) / 2;
        if sum != 0 {
            left.insert(uses[0].segment());
        }
    }
    left
}

/// Every use of these edges, in order.
fn uses_of(edges: &FxHashSet<Segment>, shapes: &[&Shape]) -> Vec<Use> {
    if edges.is_empty() {
        return Vec::new();
    }
    let sieve = Sieve::of(edges);
    let of_shape = |(owner, shape): (usize, &&Shape)| -> Vec<Use> {
        let owner = u32::try_from(owner).unwrap_or(u32::MAX);
        shape
            .segments()
            .filter(|&directed| sieve.lets_through(directed))
            .map(|directed| Use::of(directed, owner))
            .filter(|this| edges.contains(&this.segment()))
            .collect()
    };
    let mut uses: Vec<Use> = shapes
        .par_iter()
        .enumerate()
        .flat_map_iter(of_shape)
        .collect();
    uses.par_sort_unstable();
    uses
}

/// Lets through every edge of a set, and few others (Bloom 1970, with one hash).
struct Sieve {
    bits: Vec<u64>,
}

impl Sieve {
    /// Bits for each edge.
    const BITS: usize = 16;

    fn of(edges: &FxHashSet<Segment>) -> Self {
        let words = (edges.len() * Self::BITS / 64 + 1).next_power_of_two();
        let mut sieve = Self {
            bits: vec![0; words],
        };
        for &edge in edges {
            let (word, bit) = sieve.place(edge);
            sieve.bits[word] |= bit;
        }
        sieve
    }

    fn lets_through(&self, directed: Segment) -> bool {
        let (word, bit) = self.place(directed);
        self.bits[word] & bit != 0
    }

    /// The same for both ways along an edge.
    fn place(&self, edge: Segment) -> (usize, u64) {
        let hash = hash_both_ways(packed(edge.start()), packed(edge.end()));
        let word = usize::try_from(hash >> 6).unwrap_or_default() & (self.bits.len() - 1);
        (word, 1 << (hash & 63))
    }
}

/// A vertex as one number; different vertices have different ones.
pub(crate) fn packed(p: Point) -> u64 {
    u64::from(p.x().cast_unsigned()) << 32 | u64::from(p.y().cast_unsigned())
}

/// A number of 32 bits by the ends of an edge, the same for both ways along it.
const fn hash_both_ways(a: u64, b: u64) -> u64 {
    // Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4)
    a.wrapping_add(b).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32
}

/// Where the middle of a box lies on a curve that keeps neighbours together (Morton 1966).
pub(crate) fn place_on_curve(extent: Extent) -> u64 {
    let spread = |low: i32, high: i32| {
        let middle = low.midpoint(high);
        let mut v = u64::from(middle.abs_diff(i32::MIN));
        v = (v | v << 16) & 0x0000_ffff_0000_ffff;
        v = (v | v << 8) & 0x00ff_00ff_00ff_00ff;
        v = (v | v << 4) & 0x0f0f_0f0f_0f0f_0f0f;
        v = (v | v << 2) & 0x3333_3333_3333_3333;
        (v | v << 1) & 0x5555_5555_5555_5555
    };
    let (min, max) = (extent.min(), extent.max());
    spread(min.x(), max.x()) | spread(min.y(), max.y()) << 1
}
