//! Grids that hang together by ground that went from one to the other.

use rustc_hash::FxHashMap;

use super::Plans;
use super::joined::Joined;
use super::piece::{Bond, Laid};
use crate::ChangeKind;

/// The pieces of each changed grid, as places in the list of pieces.
pub(super) struct Rows {
    pub(super) of_old: FxHashMap<u32, Vec<usize>>,
    pub(super) of_new: FxHashMap<u32, Vec<usize>>,
}

/// Changed grids that hang together by links.
#[derive(Debug, Default)]
pub(super) struct Component {
    /// In order of codes.
    pub(super) old: Vec<u32>,
    /// In order of codes.
    pub(super) new: Vec<u32>,
    /// Pieces that link them, in order.
    pub(super) links: Vec<usize>,
}

impl Rows {
    pub(super) fn of(old: &[u32], new: &[u32], pieces: &[Laid]) -> Self {
        let empty = |grids: &[u32]| grids.iter().map(|&at| (at, Vec::new())).collect();
        let mut rows = Self {
            of_old: empty(old),
            of_new: empty(new),
        };
        for (at, laid) in pieces.iter().enumerate() {
            if let Some(old) = laid.piece.old {
                rows.of_old.entry(old).or_default().push(at);
            }
            if let Some(new) = laid.piece.new {
                rows.of_new.entry(new).or_default().push(at);
            }
        }
        rows
    }
}

/// The components, in order of codes.
///
/// What links is ground that went from a grid to another, wider than the tolerance. A grid that has
/// no wide piece at all is not lost: it hangs on the piece with the grid of its code, or else on its
/// largest.
pub(super) fn components(
    plans: Plans<'_>,
    (old, new): (&[u32], &[u32]),
    pieces: &[Laid],
    rows: &Rows,
) -> Vec<Component> {
    let mut links: Vec<usize> = (0..pieces.len())
        .filter(|&at| pieces[at].bond == Bond::Link)
        .collect();
    let lonely = old.iter().map(|at| &rows.of_old[at]);
    let lonely = lonely.chain(new.iter().map(|at| &rows.of_new[at]));
    links.extend(lonely.filter_map(|row| hold(plans, pieces, row)));
    links.sort_unstable();
    links.dedup();

    let place = |grids: &[u32], from: usize| -> FxHashMap<u32, u32> {
        let grids = grids.iter().copied();
        grids.zip((0u32..).skip(from)).collect()
    };
    let (of_old, of_new) = (place(old, 0), place(new, old.len()));
    let mut joined = Joined::new(old.len() + new.len());
    for &link in &links {
        let piece = &pieces[link].piece;
        if let (Some(o), Some(n)) = (piece.old, piece.new) {
            joined.join(of_old[&o], of_new[&n]);
        }
    }
    let mut by_root: FxHashMap<u32, Component> = FxHashMap::default();
    for &at in old {
        let root = joined.root(of_old[&at]);
        by_root.entry(root).or_default().old.push(at);
    }
    for &at in new {
        let root = joined.root(of_new[&at]);
        by_root.entry(root).or_default().new.push(at);
    }
    for &link in &links {
        if let Some(o) = pieces[link].piece.old {
            let root = joined.root(of_old[&o]);
            by_root.entry(root).or_default().links.push(link);
        }
    }
    let mut components: Vec<Component> = by_root.into_values().collect();
    for component in &mut components {
        component
            .old
            .sort_unstable_by_key(|&at| (plans.old_code(at), at));
        component
            .new
            .sort_unstable_by_key(|&at| (plans.new_code(at), at));
    }
    components
}

/// The piece on which a grid hangs that has no wide one.
fn hold(plans: Plans<'_>, pieces: &[Laid], row: &[usize]) -> Option<usize> {
    if row.iter().any(|&at| pieces[at].bond != Bond::Narrow) {
        return None;
    }
    let codes = |at: usize| {
        let piece = &pieces[at].piece;
        Some((plans.old_code(piece.old?), plans.new_code(piece.new?)))
    };
    let own = |at: &usize| codes(*at).is_some_and(|(old, new)| old == new);
    let largest = |a: &usize, b: &usize| {
        let area = |at: usize| pieces[at].piece.doubled_area;
        area(*a)
            .cmp(&area(*b))
            .then_with(|| codes(*b).cmp(&codes(*a)))
    };
    let held = row.iter().copied().find(own);
    held.or_else(|| row.iter().copied().max_by(largest))
        .filter(|&at| codes(at).is_some())
}

impl Component {
    /// What happened to its grids; of one grid that became one, [`ChangeKind::Renamed`] or
    /// [`ChangeKind::Redigitised`].
    pub(super) fn kind(&self, plans: Plans<'_>, pieces: &[Laid]) -> ChangeKind {
        match (self.old.as_slice(), self.new.as_slice()) {
            ([], _) => ChangeKind::New,
            (_, []) => ChangeKind::Gone,
            (&[old], &[new]) if plans.is_one_code(old, new) => ChangeKind::Redigitised,
            ([_], [_]) => ChangeKind::Renamed,
            ([_], _) => ChangeKind::Split,
            (_, [_]) => ChangeKind::Merge,
            _ if self.is_transfer(plans, pieces) => ChangeKind::Transfer,
            _ => ChangeKind::Recut,
        }
    }

    /// Whether every grid goes on under its code on some of its ground, and either gives or takes.
    fn is_transfer(&self, plans: Plans<'_>, pieces: &[Laid]) -> bool {
        let ends = |&at: &usize| Some((pieces[at].piece.old?, pieces[at].piece.new?));
        let links = || self.links.iter().filter_map(ends);
        let goes_on = links().filter(|&(o, n)| plans.is_one_code(o, n)).count();
        if self.old.len() != self.new.len() || goes_on != self.old.len() {
            return false;
        }
        let moved = || links().filter(|&(o, n)| !plans.is_one_code(o, n));
        let takers: Vec<&str> = moved().map(|(_, n)| plans.new_code(n)).collect();
        moved().all(|(o, _)| !takers.contains(&plans.old_code(o)))
    }

    /// The grid that goes on for an old one: the only new one; in a split and a transfer the one with
    /// its code, otherwise the one that has most of its ground.
    pub(super) fn heir(
        &self,
        plans: Plans<'_>,
        pieces: &[Laid],
        kind: ChangeKind,
        old: u32,
    ) -> Option<u32> {
        if let [only] = self.new.as_slice() {
            return Some(*only);
        }
        let same_code = self
            .new
            .iter()
            .copied()
            .find(|&n| plans.is_one_code(old, n));
        let by_code = matches!(kind, ChangeKind::Split | ChangeKind::Transfer);
        let most = || {
            let links = self.links.iter().map(|&at| &pieces[at].piece);
            let own = links.filter(|piece| piece.old == Some(old));
            let most = own.max_by(|a, b| {
                let is_own = |n: Option<u32>| n.is_some() && n == same_code;
                a.doubled_area
                    .cmp(&b.doubled_area)
                    .then_with(|| is_own(a.new).cmp(&is_own(b.new)))
                    .then_with(|| b.new.cmp(&a.new))
            });
            most.and_then(|piece| piece.new)
        };
        same_code.filter(|_| by_code).or_else(most)
    }
}
