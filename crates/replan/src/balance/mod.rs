//! A proposal that brings the weights of grids into a range by moving whole blocks.
//!
//! A block (atom) is a whole lower unit, or a piece of a grid that streets cut out
//! ([`Blocks`](crate::Blocks)). Grids are repaired where they are out of range: split, merged, or cut
//! anew together with neighbours, few at first and more where few do not do. Each is cut along spanning
//! trees of the blocks, on which the ways to cut off weights in range can be counted exactly.

mod area;
mod blocks;
mod choice;
mod naming;
mod search;
mod tree;

use rayon::prelude::*;

use area::Area;
pub use blocks::{Blocks, adjacent_units};

/// A block that goes to a grid as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Atom {
    /// Its weight: households.
    pub weight: u32,
    /// The grid that has it now.
    pub grid: u32,
}

/// Two blocks that share a border.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adjacent {
    /// The blocks.
    pub atoms: [u32; 2],
    /// The border's length, metres.
    pub length_m: f64,
}

/// Blocks, the grids they are in, and what grids must not mix.
#[derive(Debug, Clone, Copy)]
pub struct Board<'a> {
    /// The blocks.
    pub atoms: &'a [Atom],
    /// Which of them are neighbours; a pair may be named several times.
    pub adjacent: &'a [Adjacent],
    /// The parent of each grid, by the grid's number: a block never leaves its parent.
    pub parent_of_grid: &'a [u32],
}

/// The weights that grids shall have.
///
/// Invariant: `low` is at most `high`, and `high` is not 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BalanceTerms {
    low: u64,
    high: u64,
}

impl BalanceTerms {
    /// From `low` to `high`, both allowed; `None` when they are the wrong way round, or both 0.
    pub fn new(low: u32, high: u32) -> Option<Self> {
        (low <= high && high > 0).then_some(Self {
            low: low.into(),
            high: high.into(),
        })
    }

    /// How far a weight is out of range.
    pub(crate) fn violation(self, weight: u64) -> u64 {
        (self.low.saturating_sub(weight)).max(weight.saturating_sub(self.high))
    }
}

/// Where a block goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// To a grid that there is.
    Grid(u32),
    /// To a new grid, which has no code yet: they are numbered from 0.
    New(u32),
}

/// One grid before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GridBalance {
    /// The grid.
    pub target: Target,
    /// Its parent.
    pub parent: u32,
    /// Its weight before; `None` for a new grid.
    pub before: Option<u64>,
    /// Its weight after; `None` for one that was merged into others.
    pub after: Option<u64>,
    /// How many blocks it has after.
    pub atoms: usize,
    /// The weight that came to it from other grids.
    pub came: u64,
}

/// A grid that is out of range after all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unmet {
    /// The grid.
    pub target: Target,
    /// Its weight after.
    pub weight: u64,
    /// Why.
    pub reason: UnmetReason,
}

/// Why a grid stays out of range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnmetReason {
    /// One block alone is above the range: only cutting the block would help.
    BlockTooHeavy,
    /// All blocks that hang together under the parent are below the range.
    ParentTooLight,
    /// No way was found to share the blocks here out; there may be none.
    NothingFound,
}

impl UnmetReason {
    /// The name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BlockTooHeavy => "block-too-heavy",
            Self::ParentTooLight => "parent-too-light",
            Self::NothingFound => "nothing-found",
        }
    }
}

/// A proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balanced {
    /// Where each block goes.
    pub targets: Vec<Target>,
    /// Every grid: those that there are in their order, then the new ones.
    pub grids: Vec<GridBalance>,
    /// Grids out of range after all, in the same order.
    pub unmet: Vec<Unmet>,
    /// The weight that changes its grid.
    pub moved: u64,
}

/// Proposes which blocks go to which grids, so that the weights of grids come into a range.
///
/// Grids stay as connected as they are: a new one hangs together, and an old one is in no more pieces
/// than before. Grids in range that no neighbour needs keep all their blocks. Of what was found, that
/// is taken by which the least weight changes its grid, then that with the shortest borders; the largest
/// share of a grid keeps its code. The same input gives the same proposal.
///
/// # Panics
/// When a block names a grid without a parent, or a neighbour that there is not.
pub fn balance(board: &Board<'_>, terms: BalanceTerms) -> Balanced {
    let areas = Area::all_of(board);
    let parts: Vec<Vec<u32>> = areas
        .par_iter()
        .map(|area| search::balanced(area, terms))
        .collect();
    naming::named(board, &areas, &parts, terms)
}
