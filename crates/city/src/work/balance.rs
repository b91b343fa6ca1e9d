//! A balance proposal: grids get as many households as they should have, by whole blocks.

use std::collections::BTreeMap;

use wangge_model::{Code, Dwelling};
use wangge_replan::{Atom, BalanceTerms, Balanced, Blocks, Board, Target, UnmetReason, balance};
use wangge_store::{PlanContents, Store};

use super::WorkError;
use super::edit::{
    Draft, Drawing, EditedPlan, Numbering, Outcome, coverage_of, draft_of, grid_of, kept,
    recounted, still_covers,
};
use crate::responsibility::Responsibility;

/// A proposal that was made.
#[derive(Debug)]
pub struct BalancedPlan {
    /// What was drawn; `None` where every grid is in range, or nothing can be done.
    pub edited: Option<EditedPlan>,
    /// Grids that change, or are out of range: the code, the households before and after.
    pub grids: Vec<GridHouseholds>,
    /// Grids that stay out of range, and why.
    pub unmet: Vec<(Code, u64, UnmetReason)>,
    /// The households that change their grid.
    pub moved: u64,
    /// How many blocks the streets cut out.
    pub blocks: usize,
    /// Households that lie in no grid.
    pub outside: u64,
}

/// The households of a grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GridHouseholds {
    /// The grid.
    pub code: Code,
    /// How many it had; `None` for a new grid.
    pub before: Option<u64>,
    /// How many it has; `None` for one that is gone.
    pub after: Option<u64>,
}

/// Proposes grids of so many households each, in a draft as [`edit_plan`](super::edit_plan) finds it
/// or begins it: the streets of the store cut its grids into blocks, and blocks go to other grids
/// under the same parent, or to new ones, as a whole.
///
/// # Errors
/// [`WorkError::Balance`] for a range that is none, and for a store without streets or households;
/// otherwise as [`edit_plan`](super::edit_plan).
pub fn balance_plan(
    store: &mut Store,
    named: Option<&str>,
    low: u32,
    high: u32,
) -> Result<BalancedPlan, WorkError> {
    let terms = BalanceTerms::new(low, high).ok_or(WorkError::Balance {
        why: NoBalance::Range { low, high },
    })?;
    let (name, from) = draft_of(store, named)?;
    let contents = store.contents(from.as_deref().unwrap_or(&name))?;
    let lists = Responsibility::read(&contents.lists).unwrap_or_default();
    if lists.streets.is_empty() {
        return Err(WorkError::Balance {
            why: NoBalance::Streets,
        });
    }
    let places = places(&lists);
    if places.is_empty() {
        return Err(WorkError::Balance {
            why: NoBalance::Households,
        });
    }
    let coverage = coverage_of(&contents)?;
    let streets: Vec<_> = lists
        .streets
        .iter()
        .map(|street| street.line.clone())
        .collect();
    let blocks = Blocks::of(&coverage, &streets);
    let (weights, outside) = blocks.weights(&places);
    let atoms: Vec<Atom> = blocks
        .grids()
        .iter()
        .zip(&weights)
        .map(|(owner, weight)| Atom {
            weight: u32::try_from(*weight).unwrap_or(u32::MAX),
            grid: owner.0,
        })
        .collect();
    let parents = parents(&contents);
    let numbers: BTreeMap<&Option<Code>, u32> = parents.iter().zip(0u32..).collect();
    let parent_of_grid: Vec<u32> = parents.iter().map(|parent| numbers[parent]).collect();
    let found = balance(
        &Board {
            atoms: &atoms,
            adjacent: &blocks.adjacent(),
            parent_of_grid: &parent_of_grid,
        },
        terms,
    );
    let new = new_codes(store, &contents, &found, &parents, &parent_of_grid)?;
    let code_of = |target: Target| match target {
        Target::Grid(grid) => contents.grids[grid as usize].unit.code.clone(),
        Target::New(number) => new[number as usize].clone(),
    };
    let grids: Vec<GridHouseholds> = found
        .grids
        .iter()
        .filter(|grid| grid.before != grid.after)
        .map(|grid| GridHouseholds {
            code: code_of(grid.target),
            before: grid.before,
            after: grid.after,
        })
        .collect();
    let unmet = found.unmet.iter();
    let unmet = unmet.map(|unmet| (code_of(unmet.target), unmet.weight, unmet.reason));
    let unmet = unmet.collect();
    let redrawn = blocks.redraw(&coverage, &found.targets)?;
    let nothing = redrawn.changed.is_empty() && redrawn.parts.is_empty();
    let edited = if nothing {
        None
    } else {
        still_covers(&coverage, &redrawn)?;
        let households: BTreeMap<Code, u64> = found
            .grids
            .iter()
            .filter_map(|grid| Some((code_of(grid.target), grid.after?)))
            .collect();
        let outcome = outcome(&contents, &redrawn, &new, &households, &found)?;
        let draft = Draft { name, from };
        let drawing = Drawing {
            action: "grids-balanced",
            outcome,
            notes: redrawn.notes,
        };
        Some(kept(store, draft, &contents, &coverage, drawing)?)
    };
    Ok(BalancedPlan {
        edited,
        grids,
        unmet,
        moved: found.moved,
        blocks: atoms.len(),
        outside,
    })
}

/// Why nothing can be balanced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoBalance {
    /// The range is none.
    Range {
        /// Its lower end.
        low: u32,
        /// Its upper end.
        high: u32,
    },
    /// The store has no streets to cut along.
    Streets,
    /// The store knows of no households.
    Households,
}

/// Where households are, and how many: by the list of households, else by that of buildings.
fn places(lists: &Responsibility) -> Vec<(wangge_plane::Point, u32)> {
    let of = |dwellings: &[Dwelling], unsaid: u32| -> Vec<(wangge_plane::Point, u32)> {
        let places = dwellings.iter();
        places
            .map(|one| (one.figure.middle(), one.households.unwrap_or(unsaid)))
            .collect()
    };
    if lists.households.is_empty() {
        of(&lists.buildings, 0)
    } else {
        of(&lists.households, 1)
    }
}

fn parents(contents: &PlanContents) -> Vec<Option<Code>> {
    let grids = contents.grids.iter();
    grids.map(|grid| grid.unit.parent.clone()).collect()
}

/// A code for each new grid, under its parent.
fn new_codes(
    store: &Store,
    contents: &PlanContents,
    found: &Balanced,
    parents: &[Option<Code>],
    parent_of_grid: &[u32],
) -> Result<Vec<Code>, WorkError> {
    let mut numbering = Numbering::of(store, contents)?;
    let new = found
        .grids
        .iter()
        .filter(|grid| matches!(grid.target, Target::New(_)));
    new.map(|grid| {
        let sibling = parent_of_grid
            .iter()
            .position(|parent| *parent == grid.parent);
        let parent = sibling.and_then(|sibling| parents[sibling].as_ref());
        numbering.next(parent)
    })
    .collect()
}

fn outcome(
    contents: &PlanContents,
    redrawn: &wangge_replan::Edited,
    new: &[Code],
    households: &BTreeMap<Code, u64>,
    found: &Balanced,
) -> Result<Outcome, WorkError> {
    let counted = |code: &Code| {
        let count = households.get(code).copied();
        count.and_then(|count| u32::try_from(count).ok())
    };
    let touched = |code: &Code| {
        let place = contents
            .grids
            .binary_search_by(|grid| grid.unit.code.cmp(code));
        place.is_ok_and(|place| {
            let grid = &found.grids[place];
            grid.before != grid.after || grid.came > 0
        })
    };
    let mut units = Vec::new();
    for grid in &redrawn.changed {
        let code = Code::new(&grid.code)?;
        let mut unit = grid_of(contents, &code)?.unit.clone();
        // a neighbour that only got a vertex keeps what was counted
        if touched(&code) {
            unit = recounted(unit);
            unit.households = counted(&code);
        }
        units.push((unit, grid.shape.clone()));
    }
    let of_new = found
        .grids
        .iter()
        .filter(|grid| matches!(grid.target, Target::New(_)));
    for ((code, shape), grid) in new.iter().zip(&redrawn.parts).zip(of_new) {
        let sibling = contents.grids.iter().zip(&found.grids);
        let mut siblings = sibling.filter(|(_, of)| of.parent == grid.parent);
        let Some((sibling, _)) = siblings.next() else {
            continue;
        };
        let mut unit = recounted(sibling.unit.clone());
        unit.code = code.clone();
        (unit.name, unit.name_en, unit.note) = (None, None, None);
        unit.households = counted(code);
        units.push((unit, shape.clone()));
    }
    let removed = redrawn.removed.iter().map(|code| Code::new(code));
    Ok(Outcome {
        units,
        removed: removed.collect::<Result<_, _>>()?,
    })
}
