//! The sum of all boundaries, kept so that a boundary can be taken out again.

use std::collections::hash_map::Entry;

use rustc_hash::FxHashMap;
use wangge_arrange::Use;
use wangge_plane::{Point, Segment, Shape};

/// In place of an owner where there is none.
const NOBODY: u32 = u32::MAX;

/// Every edge of every boundary, by owner, and what comes of them together.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    edges: usize,
    cancelled: usize,
    /// How many directed edges start at each vertex.
    vertices: FxHashMap<Point, u32>,
    /// The edges that one owner at most runs along each way.
    pairs: FxHashMap<Segment, Pair>,
    /// All uses of the other edges.
    crowded: FxHashMap<Segment, Vec<Use>>,
}

/// Who runs along an edge each way; not nobody both ways.
#[derive(Debug, Clone, Copy)]
struct Pair {
    along: u32,
    against: u32,
}

impl Ledger {
    /// Makes room for so many directed edges, of which most have a neighbour's against them.
    pub(super) fn reserve(&mut self, edges: usize) {
        self.vertices.reserve(edges / 2);
        self.pairs.reserve(edges / 2);
    }

    /// Directed edges.
    pub(super) const fn edges(&self) -> usize {
        self.edges
    }

    /// Different vertices.
    pub(super) fn vertices(&self) -> usize {
        self.vertices.len()
    }

    /// Pairs of equal edges that run opposite ways.
    pub(super) const fn cancelled(&self) -> usize {
        self.cancelled
    }

    /// Adds a boundary.
    pub(super) fn add(&mut self, shape: &Shape, owner: u32) {
        for directed in shape.segments() {
            self.edges += 1;
            *self.vertices.entry(directed.start()).or_default() += 1;
            self.add_use(Use::of(directed, owner));
        }
    }

    /// Takes out a boundary that was added.
    pub(super) fn take(&mut self, shape: &Shape, owner: u32) {
        for directed in shape.segments() {
            self.edges -= 1;
            if let Entry::Occupied(mut count) = self.vertices.entry(directed.start()) {
                *count.get_mut() -= 1;
                if *count.get() == 0 {
                    count.remove();
                }
            }
            self.take_use(Use::of(directed, owner));
        }
    }

    /// Every use of an edge, in order, if the edge does not cancel.
    pub(super) fn left(&self, edge: Segment) -> Vec<Use> {
        let mut uses = self.uses(edge);
        if uses.iter().map(Use::multiplicity).sum::<i32>() == 0 {
            uses.clear();
        }
        uses.sort_unstable();
        uses
    }

    /// The edges that do not cancel.
    pub(super) fn unsettled(&self) -> impl Iterator<Item = Segment> + '_ {
        let alone = self.pairs.iter().filter(|(_, pair)| !pair.cancels());
        let sum = |uses: &[Use]| uses.iter().map(Use::multiplicity).sum::<i32>();
        let crowded = self.crowded.iter().filter(move |(_, uses)| sum(uses) != 0);
        alone
            .map(|(&edge, _)| edge)
            .chain(crowded.map(|(&edge, _)| edge))
    }

    fn uses(&self, edge: Segment) -> Vec<Use> {
        if let Some(uses) = self.crowded.get(&edge) {
            return uses.clone();
        }
        self.pairs
            .get(&edge)
            .map_or_else(Vec::new, |pair| pair.uses(edge))
    }

    fn add_use(&mut self, this: Use) {
        let edge = this.segment();
        if self.crowded.contains_key(&edge) {
            return self.crowd(edge, |uses| uses.push(this));
        }
        match self.pairs.entry(edge) {
            Entry::Vacant(place) => {
                place.insert(Pair::of(this));
            }
            Entry::Occupied(mut pair) => {
                let side = pair.get_mut().side(this);
                if *side == NOBODY {
                    *side = this.owner();
                    self.cancelled += 1;
                } else {
                    self.crowd(edge, |uses| uses.push(this));
                }
            }
        }
    }

    fn take_use(&mut self, this: Use) {
        let edge = this.segment();
        if self.crowded.contains_key(&edge) {
            return self.crowd(edge, |uses| {
                if let Some(at) = uses.iter().position(|&use_| use_ == this) {
                    uses.swap_remove(at);
                }
            });
        }
        if let Entry::Occupied(mut pair) = self.pairs.entry(edge) {
            self.cancelled -= usize::from(pair.get().cancels());
            *pair.get_mut().side(this) = NOBODY;
            if pair.get().uses(edge).is_empty() {
                pair.remove();
            }
        }
    }

    /// Changes the uses of an edge that are, or come to be, more than a pair.
    fn crowd(&mut self, edge: Segment, change: impl FnOnce(&mut Vec<Use>)) {
        let mut uses = self.uses(edge);
        self.crowded.remove(&edge);
        self.pairs.remove(&edge);
        self.cancelled -= cancelled(&uses);
        change(&mut uses);
        self.cancelled += cancelled(&uses);
        let ways = |way: i32| uses.iter().filter(|u| u.multiplicity() == way).count();
        if ways(1) > 1 || ways(-1) > 1 {
            self.crowded.insert(edge, uses);
            return;
        }
        if let Some((&first, others)) = uses.split_first() {
            let mut pair = Pair::of(first);
            for &other in others {
                *pair.side(other) = other.owner();
            }
            self.pairs.insert(edge, pair);
        }
    }
}

impl Pair {
    fn of(this: Use) -> Self {
        let mut pair = Self {
            along: NOBODY,
            against: NOBODY,
        };
        *pair.side(this) = this.owner();
        pair
    }

    fn side(&mut self, this: Use) -> &mut u32 {
        if this.multiplicity() > 0 {
            &mut self.along
        } else {
            &mut self.against
        }
    }

    const fn cancels(self) -> bool {
        self.along != NOBODY && self.against != NOBODY
    }

    fn uses(self, edge: Segment) -> Vec<Use> {
        [(self.along, 1), (self.against, -1)]
            .into_iter()
            .filter(|&(owner, _)| owner != NOBODY)
            .map(|(owner, way)| Use::times(edge, owner, way))
            .collect()
    }
}

/// How many pairs of opposite uses there are.
fn cancelled(uses: &[Use]) -> usize {
    let along = uses.iter().filter(|u| u.multiplicity() > 0).count();
    along.min(uses.len() - along)
}
