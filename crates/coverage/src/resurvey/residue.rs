//! What the sum of all boundaries leaves, in patches that are laid out apart from each other.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use rstar::{AABB, RTree, RTreeObject};
use rustc_hash::FxHashMap;
use wangge_arrange::Use;
use wangge_plane::{Extent, Point, Segment, cross};

use super::joined::Joined;
use super::patch::{OUTLINE, Patch, Setting, Windings, is_covered};
use super::roster::Roster;
use crate::neighbourhood::corners;

/// The edges that do not cancel and those of the outline.
///
/// Edges whose boxes meet are in one patch: whatever cuts, crosses or draws an edge is of its
/// patch. And so are those around ground that is covered other than once: where pieces of edges
/// that hang together lie in ground like that, they bound it together with what lies around them.
/// A patch that lies in ground covered as it should be, or outside of everything, has nothing to
/// do with the others but that they wind around it.
#[derive(Debug, Default)]
pub(super) struct Residue {
    has_outline: bool,
    strands: FxHashMap<Segment, Strand>,
    tree: RTree<Line>,
    patches: BTreeMap<u32, Patch>,
    next: u32,
}

/// An edge and who runs along it.
#[derive(Debug)]
struct Strand {
    /// In order; the outline comes last.
    uses: Vec<Use>,
    patch: u32,
}

/// No patch yet.
const NONE: u32 = u32::MAX;

/// An edge as the tree has it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Line(Segment);

impl RTreeObject for Line {
    type Envelope = AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        let [low, high] = corners(self.0.extent());
        AABB::from_corners(low, high)
    }
}

/// Edges that hang together by their boxes.
struct Piece {
    edges: Vec<Segment>,
    least: Point,
    windings: Windings,
    /// The next edge to the west, where the piece lies in ground that is not covered as it should
    /// be.
    west: Option<Segment>,
}

/// What an update did.
#[derive(Debug, Default)]
pub(super) struct Renewed {
    pub(super) gone: Vec<(u32, Patch)>,
    pub(super) fresh: Vec<u32>,
    /// The box around all edges that changed.
    pub(super) changed: Option<Extent>,
}

impl Residue {
    pub(super) fn new(has_outline: bool) -> Self {
        Self {
            has_outline,
            ..Self::default()
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.strands.is_empty()
    }

    pub(super) fn patches(&self) -> &BTreeMap<u32, Patch> {
        &self.patches
    }

    pub(super) const fn has_outline(&self) -> bool {
        self.has_outline
    }

    /// The patch of an edge that is left.
    pub(super) fn patch_of(&self, edge: Segment) -> u32 {
        self.strands[&edge].patch
    }

    /// Every use of a patch's edges.
    pub(super) fn uses_of(&self, patch: &Patch) -> impl Iterator<Item = Use> {
        patch
            .edges
            .iter()
            .flat_map(|edge| self.strands[edge].uses.iter().copied())
    }

    /// The patches with an edge whose box meets a box.
    pub(super) fn near(&self, extent: Extent) -> impl Iterator<Item = u32> {
        self.lines(extent).map(|edge| self.strands[&edge].patch)
    }

    fn lines(&self, extent: Extent) -> impl Iterator<Item = Segment> {
        let [low, high] = corners(extent);
        self.tree
            .locate_in_envelope_intersecting(AABB::from_corners(low, high))
            .map(|line| line.0)
    }

    /// Puts in place of each edge's uses those given, none for an edge that cancels, and lays out
    /// what that touches.
    pub(super) fn update(&mut self, changes: Vec<(Segment, Vec<Use>)>, roster: &Roster) -> Renewed {
        let (fresh, mut touched, changed) = self.change(changes);
        for edge in &fresh {
            for near in self.near(edge.extent()) {
                if near != NONE {
                    touched.insert(near);
                }
            }
        }
        if let Some(changed) = changed {
            touched.extend(self.moved(changed));
        }
        let mut pieces: Vec<Piece> = Vec::new();
        let mut gone: Vec<(u32, Patch)> = Vec::new();
        let mut pool = fresh;
        loop {
            for id in std::mem::take(&mut touched) {
                let Some(patch) = self.patches.remove(&id) else {
                    continue;
                };
                for edge in &patch.edges {
                    if let Some(strand) = self.strands.get_mut(edge)
                        && strand.patch == id
                    {
                        strand.patch = NONE;
                        pool.push(*edge);
                    }
                }
                gone.push((id, patch));
            }
            if pool.is_empty() {
                break;
            }
            for edges in self.hanging_together(std::mem::take(&mut pool)) {
                let piece = self.piece(edges);
                let west = piece.west.map(|edge| self.strands[&edge].patch);
                touched.extend(west.filter(|&patch| patch != NONE));
                pieces.push(piece);
            }
        }
        let fresh = self.lay_out(&pieces, roster);
        Renewed {
            gone,
            fresh,
            changed,
        }
    }

    /// Changes the uses of edges. Gives the edges that have new ones, the patches that had the
    /// old, and the box around all that changed.
    fn change(
        &mut self,
        changes: Vec<(Segment, Vec<Use>)>,
    ) -> (Vec<Segment>, BTreeSet<u32>, Option<Extent>) {
        let is_first = self.strands.is_empty();
        let mut fresh = Vec::new();
        let mut touched = BTreeSet::new();
        let mut changed: Option<Extent> = None;
        for (edge, uses) in changes {
            let old = self.strands.get(&edge);
            if old.map_or(&[][..], |strand| &strand.uses) == uses.as_slice() {
                continue;
            }
            let extent = edge.extent();
            changed = Some(changed.map_or(extent, |all| all.union(extent)));
            touched.extend(old.map(|strand| strand.patch));
            if uses.is_empty() {
                self.strands.remove(&edge);
                self.tree.remove(&Line(edge));
                continue;
            }
            if old.is_none() && !is_first {
                self.tree.insert(Line(edge));
            }
            self.strands.insert(edge, Strand { uses, patch: NONE });
            fresh.push(edge);
        }
        if is_first {
            self.tree = RTree::bulk_load(fresh.iter().copied().map(Line).collect());
        }
        (fresh, touched, changed)
    }

    /// The patches of which a piece lies in other ground than before, after a change inside a box,
    /// or that came to be enclosed.
    fn moved(&self, changed: Extent) -> Vec<u32> {
        let is_moved = |&(least, windings): &(Point, Windings)| {
            changed.contains(least) && self.west_of(least).0 != windings
        };
        let is_enclosed = |least: Point| self.west_of(least).1.is_some();
        self.patches
            .iter()
            .filter(|(_, patch)| {
                patch.homes.iter().any(is_moved) || patch.outside.is_some_and(is_enclosed)
            })
            .map(|(&id, _)| id)
            .collect()
    }

    /// Takes edges apart into those that hang together by their boxes.
    fn hanging_together(&self, mut pool: Vec<Segment>) -> Vec<Vec<Segment>> {
        pool.sort_unstable();
        pool.dedup();
        let place: FxHashMap<Segment, u32> = pool.iter().copied().zip(0u32..).collect();
        let mut joined = Joined::new(pool.len());
        let mut at_vertex: FxHashMap<Point, u32> = FxHashMap::default();
        for (edge, at) in pool.iter().zip(0u32..) {
            for end in [edge.start(), edge.end()] {
                joined.join(*at_vertex.entry(end).or_insert(at), at);
            }
        }
        // those of the largest chain are found by the others
        let chains = joined.sets();
        let largest = chains.iter().map(Vec::len).enumerate().max_by_key(|c| c.1);
        let largest = largest.map_or(0, |(chain, _)| chain);
        for (chain, edges) in chains.iter().enumerate() {
            if chain == largest {
                continue;
            }
            for &at in edges {
                for near in self.lines(pool[at as usize].extent()) {
                    if let Some(&near) = place.get(&near) {
                        joined.join(at, near);
                    }
                }
            }
        }
        let edges = |set: Vec<u32>| set.iter().map(|&at| pool[at as usize]).collect();
        joined.sets().into_iter().map(edges).collect()
    }

    fn piece(&self, edges: Vec<Segment>) -> Piece {
        // edges are canonical: they start at their lesser ends
        let least = edges
            .iter()
            .map(|edge| edge.start())
            .min()
            .unwrap_or_else(|| unreachable!("a piece has edges"));
        let (windings, west) = self.west_of(least);
        Piece {
            edges,
            least,
            windings,
            west: west.filter(|_| !is_covered(windings, self.has_outline)),
        }
    }

    /// How often all grids, and the outline, wind around a point that is moved by an infinitesimal
    /// to the west and a smaller one to the south, and the next edge to the west of it.
    ///
    /// Of a set of edges the least vertex is taken: then none of the set lies west of it.
    pub(super) fn west_of(&self, p: Point) -> (Windings, Option<Segment>) {
        let mut windings = (0, 0);
        let mut next: Option<Segment> = None;
        let ray = AABB::from_corners(
            [f64::from(i32::MIN), f64::from(p.y())],
            [f64::from(p.x()), f64::from(p.y())],
        );
        for &Line(edge) in self.tree.locate_in_envelope_intersecting(ray) {
            let way = west_crossing(edge, p);
            if way == 0 {
                continue;
            }
            for this in &self.strands[&edge].uses {
                if this.owner() == OUTLINE {
                    windings.1 += way * this.multiplicity();
                } else {
                    windings.0 += way * this.multiplicity();
                }
            }
            if next.is_none_or(|next| further_west(next, edge, p.y()) == Ordering::Less) {
                next = Some(edge);
            }
        }
        (windings, next)
    }

    /// Makes patches of pieces.
    fn lay_out(&mut self, pieces: &[Piece], roster: &Roster) -> Vec<u32> {
        let of_edge: FxHashMap<Segment, u32> = (0u32..)
            .zip(pieces)
            .flat_map(|(at, piece)| piece.edges.iter().map(move |&edge| (edge, at)))
            .collect();
        let mut joined = Joined::new(pieces.len());
        for (at, piece) in (0u32..).zip(pieces) {
            if let Some(west) = piece.west {
                joined.join(at, of_edge[&west]);
            }
        }
        let groups: Vec<Vec<&Piece>> = joined
            .sets()
            .into_iter()
            .map(|set| set.into_iter().map(|at| &pieces[at as usize]).collect())
            .collect();
        let patches: Vec<Patch> = groups
            .par_iter()
            .map(|pieces| self.patch(pieces, roster))
            .collect();
        let mut fresh = Vec::with_capacity(patches.len());
        for patch in patches {
            let id = self.next;
            self.next += 1;
            for edge in &patch.edges {
                if let Some(strand) = self.strands.get_mut(edge) {
                    strand.patch = id;
                }
            }
            self.patches.insert(id, patch);
            fresh.push(id);
        }
        fresh
    }

    fn patch(&self, pieces: &[&Piece], roster: &Roster) -> Patch {
        let outermost = pieces
            .iter()
            .min_by_key(|piece| piece.least)
            .unwrap_or_else(|| unreachable!("a patch has pieces"));
        let setting = Setting {
            ambient: outermost.windings,
            has_outline: self.has_outline,
        };
        let edges: Vec<Segment> = pieces
            .iter()
            .flat_map(|piece| piece.edges.iter().copied())
            .collect();
        let uses: Vec<Use> = edges
            .iter()
            .flat_map(|edge| self.strands[edge].uses.iter().copied())
            .collect();
        Patch {
            outside: (!setting.is_covered()).then_some(outermost.least),
            homes: pieces.iter().map(|p| (p.least, p.windings)).collect(),
            ..Patch::of(edges, &uses, setting, roster)
        }
    }
}

/// What an edge adds to the winding number around a point, see [`Residue::west_of`]: an edge that
/// goes down to the west of the point has the point to its left.
fn west_crossing(edge: Segment, p: Point) -> i32 {
    let up = edge.start().y() < p.y();
    if up == (edge.end().y() < p.y()) {
        return 0;
    }
    let side = cross(edge.start(), edge.end(), p);
    match (up, side) {
        (true, ..0) => -1,
        (false, 1..) => 1,
        _ => 0,
    }
}

/// How two edges that are not level lie to each other at a height, the lesser further west.
fn further_west(a: Segment, b: Segment, y: i32) -> Ordering {
    // where an edge is, as a fraction
    let at = |edge: Segment| {
        let way = edge.end().from_origin(edge.start());
        let up = i128::from(y) - i128::from(edge.start().y());
        let (dx, dy) = (i128::from(way.dx), i128::from(way.dy));
        let x = i128::from(edge.start().x()) * dy + dx * up;
        if dy < 0 { (-x, -dy) } else { (x, dy) }
    };
    let ((x, of), (other_x, other_of)) = (at(a), at(b));
    (x * other_of).cmp(&(other_x * of))
}
