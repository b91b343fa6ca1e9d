//! Edges that do not cancel and hang together, laid out.

use wangge_arrange::Use;
use wangge_plane::{Point, Segment};

use super::roster::{Cast, Roster};
use crate::defect::Defect;
use crate::neighbourhood::Wrong;
use crate::proof::Rest;
use crate::survey::{rim_of, unmatched_vertices};

/// The owner that stands for the outline.
pub(super) const OUTLINE: u32 = u32::MAX;

/// How often all grids, and the outline, wind around something.
pub(super) type Windings = (i32, i32);

/// Where a patch lies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting {
    /// The windings around all of it by edges of others.
    pub(super) ambient: Windings,
    /// Whether there is an outline.
    pub(super) has_outline: bool,
}

impl Setting {
    /// Whether this is ground that is covered as it should be.
    pub(super) fn is_covered(self) -> bool {
        is_covered(self.ambient, self.has_outline)
    }
}

/// Whether windings are those of ground that is covered as it should be.
pub(super) fn is_covered((all, given): Windings, has_outline: bool) -> bool {
    all == 1 && (!has_outline || given == 1)
}

/// Edges left by the sum of all boundaries, and edges of the outline, that no others touch, and
/// what follows from them. Grids are named by their slots.
#[derive(Debug, Default)]
pub(super) struct Patch {
    /// The edges as drawn.
    pub(super) edges: Vec<Segment>,
    /// The least vertex of each piece that hangs together by itself, with the windings there.
    pub(super) homes: Vec<(Point, Windings)>,
    /// Its least vertex, if it lies outside of everything.
    pub(super) outside: Option<Point>,
    /// Noded edges that are left.
    pub(super) left: usize,
    /// Noded edges that cancel after all.
    pub(super) cancelled: usize,
    pub(super) crossings: Vec<[Segment; 2]>,
    pub(super) matches_outline: bool,
    pub(super) unmatched: Vec<Defect>,
    /// Its part of the outer rim without an outline, each edge with a grid on it.
    pub(super) rim: Vec<(Segment, u32)>,
    pub(super) wrong: Wrong,
}

impl Patch {
    /// Lays out edges by their uses; the outline's owner is [`OUTLINE`].
    pub(super) fn of(edges: Vec<Segment>, uses: &[Use], setting: Setting, roster: &Roster) -> Self {
        let owners = uses
            .iter()
            .map(Use::owner)
            .filter(|&owner| owner != OUTLINE);
        let cast = Cast::of(owners.collect(), roster);
        let mut residual = Vec::with_capacity(uses.len());
        let mut outline = Vec::new();
        for this in uses {
            if this.owner() == OUTLINE {
                outline.push(*this);
            } else {
                let place = cast.place(this.owner());
                residual.push(Use::times(this.segment(), place, this.multiplicity()));
            }
        }
        residual.sort_unstable();
        let rest = Rest::of(
            residual.iter().copied().chain(outline).collect(),
            setting.ambient,
        );
        let slot = |member: u32| cast.slot(member);
        let code = |member: usize| roster.grid(cast.slots()[member]).code.to_string();
        let mut rim = Vec::new();
        if !setting.has_outline && !setting.is_covered() {
            let edges = rim_of(&rest).into_iter();
            rim = edges.map(|e| (e.segment, slot(e.member))).collect();
        }
        let mut wrong = Wrong::of(&rest, setting.has_outline);
        for member in &mut wrong.members {
            *member = slot(*member);
        }
        Self {
            left: rest.left(),
            cancelled: rest.cancelled(),
            matches_outline: rest.matches_outline(),
            unmatched: cast.by_slots(unmatched_vertices(&rest, &residual, &code)),
            crossings: rest.met.crossings,
            rim,
            wrong,
            edges,
            ..Self::default()
        }
    }
}
