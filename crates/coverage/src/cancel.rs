//! Summing the boundaries of all grids: edges that run both ways cancel, the residual is left.

use std::collections::hash_map::Entry;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use wangge_arrange::Use;
use wangge_plane::{Extent, Point, Segment, Shape};

/// Grids that are summed as one piece of work.
const PIECE: usize = 512;

/// The sum of all boundaries as they are drawn, before any edge is cut.
#[derive(Debug)]
pub(crate) struct Sum {
    /// Directed edges.
    pub(crate) edges: usize,
    /// Different vertices.
    pub(crate) vertices: usize,
    /// Pairs of equal edges that run opposite ways.
    pub(crate) cancelled: usize,
    /// Every use of an edge of which something is left, in order of edges and owners: which of an
    /// edge's many uses cancel each other is nobody's to say.
    pub(crate) residual: Vec<Use>,
}

/// Sums the boundaries of these shapes, whose owners are their places in the list.
///
/// Neighbours are taken together, so that most edges meet their other side while few are waiting.
pub(crate) fn sum(shapes: &[&Shape], extents: &[Extent]) -> Sum {
    let mut order: Vec<(u64, u32)> = (0u32..)
        .zip(extents)
        .map(|(owner, extent)| (place_on_curve(*extent), owner))
        .collect();
    order.par_sort_unstable();
    let pieces: Vec<Piece> = order
        .par_chunks(PIECE)
        .map(|owners| Piece::of(shapes, owners.iter().map(|&(_, owner)| owner)))
        .collect();
    let mut vertices: Vec<Point> = pieces
        .iter()
        .flat_map(|p| p.vertices.iter().copied())
        .collect();
    let edges = pieces.iter().map(|piece| piece.edges).sum();
    let mut cancelled = pieces.iter().map(|piece| piece.cancelled).sum();
    let waiting: Vec<Use> = pieces.into_iter().flat_map(|piece| piece.waiting).collect();
    vertices.par_sort_unstable();
    vertices.dedup();
    let left = settle(waiting, &mut cancelled);
    let residual = uses_of(&left, shapes);
    Sum {
        edges,
        vertices: vertices.len(),
        cancelled,
        residual,
    }
}

/// The sum over some neighbours.
struct Piece {
    edges: usize,
    cancelled: usize,
    vertices: Vec<Point>,
    waiting: Vec<Use>,
}

impl Piece {
    fn of(shapes: &[&Shape], owners: impl Iterator<Item = u32>) -> Self {
        let mut vertices = Vec::new();
        let mut waiting: FxHashMap<Segment, Use> = FxHashMap::default();
        // a second use of an edge the same way waits apart
        let mut more = Vec::new();
        let mut cancelled = 0;
        for owner in owners {
            for directed in shapes[owner as usize].segments() {
                vertices.push(directed.start());
                let this = Use::of(directed, owner);
                match waiting.entry(this.segment()) {
                    Entry::Vacant(place) => {
                        place.insert(this);
                    }
                    Entry::Occupied(place) if place.get().multiplicity() == this.multiplicity() => {
                        more.push(this);
                    }
                    Entry::Occupied(place) => {
                        place.remove();
                        cancelled += 1;
                    }
                }
            }
        }
        let edges = vertices.len();
        vertices.sort_unstable();
        vertices.dedup();
        more.extend(waiting.into_values());
        Self {
            edges,
            cancelled,
            vertices,
            waiting: more,
        }
    }
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
    let of_shape = |(owner, shape): (usize, &&Shape)| -> Vec<Use> {
        let owner = u32::try_from(owner).unwrap_or(u32::MAX);
        Use::of_shape(shape, owner)
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
