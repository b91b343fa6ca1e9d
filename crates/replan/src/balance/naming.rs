//! Which part keeps the code of which grid, and what a proposal comes to.

use std::collections::BTreeMap;

use super::area::Area;
use super::{BalanceTerms, Balanced, Board, GridBalance, Target, Unmet, UnmetReason};

/// What parts have of grids: (weight, blocks) by grid and part, the most first.
fn shares(area: &Area, parts: impl Iterator<Item = (u32, u32)>) -> Vec<(u64, usize, u32, u32)> {
    let mut of_pair: BTreeMap<(u32, u32), (u64, usize)> = BTreeMap::new();
    for (atom, part) in parts {
        let share = of_pair.entry((area.grid[atom as usize], part)).or_default();
        share.0 += area.weight[atom as usize];
        share.1 += 1;
    }
    let mut shares: Vec<(u64, usize, u32, u32)> = of_pair
        .into_iter()
        .map(|((grid, part), (weight, atoms))| (weight, atoms, grid, part))
        .collect();
    shares.sort_by_key(|&(weight, atoms, grid, part)| {
        (std::cmp::Reverse((weight, atoms)), grid, part)
    });
    shares
}

/// The grid whose code each part keeps: the largest shares first, each grid and each part once.
fn matched(shares: &[(u64, usize, u32, u32)]) -> (BTreeMap<u32, u32>, u64) {
    let mut grid_of: BTreeMap<u32, u32> = BTreeMap::new();
    let mut taken = std::collections::BTreeSet::new();
    let mut kept = 0;
    for &(weight, _, grid, part) in shares {
        if !grid_of.contains_key(&part) && taken.insert(grid) {
            grid_of.insert(part, grid);
            kept += weight;
        }
    }
    (grid_of, kept)
}

/// The grid whose code each part keeps.
pub(crate) fn homes(area: &Area, part: &[u32]) -> BTreeMap<u32, u32> {
    matched(&shares(area, (0u32..).zip(part.iter().copied()))).0
}

/// The weight that some parts take from the grids whose codes they do not keep.
pub(crate) fn moved(area: &Area, parts: &[Vec<u32>]) -> u64 {
    let numbered = parts.iter().zip(0u32..);
    let pairs = numbered.flat_map(|(atoms, part)| atoms.iter().map(move |&atom| (atom, part)));
    let all: u64 = parts.iter().map(|part| area.weight_of(part)).sum();
    all - matched(&shares(area, pairs)).1
}

/// The proposal that these parts make.
pub(crate) fn named(
    board: &Board<'_>,
    areas: &[Area],
    parts: &[Vec<u32>],
    terms: BalanceTerms,
) -> Balanced {
    let mut targets = vec![Target::New(0); board.atoms.len()];
    let mut grids: Vec<GridBalance> = (0u32..)
        .zip(board.parent_of_grid)
        .map(|(grid, &parent)| GridBalance {
            target: Target::Grid(grid),
            parent,
            before: Some(0),
            after: None,
            atoms: 0,
            came: 0,
        })
        .collect();
    for atom in board.atoms {
        let before = &mut grids[atom.grid as usize].before;
        *before = before.map(|weight| weight + u64::from(atom.weight));
    }
    let mut unmet = Vec::new();
    let mut new = 0u32;
    for (area, part) in areas.iter().zip(parts) {
        let homes = homes(area, part);
        let mut members: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (atom, &part) in (0u32..).zip(part) {
            members.entry(part).or_default().push(atom);
        }
        for (part, atoms) in members {
            let target = homes.get(&part).map_or_else(
                || {
                    new += 1;
                    Target::New(new - 1)
                },
                |&grid| Target::Grid(grid),
            );
            let weight = area.weight_of(&atoms);
            let stays = atoms
                .iter()
                .filter(|&&a| Target::Grid(area.grid[a as usize]) == target);
            let came = weight - stays.map(|&a| area.weight[a as usize]).sum::<u64>();
            let balance = GridBalance {
                target,
                parent: area.parent,
                before: None,
                after: Some(weight),
                atoms: atoms.len(),
                came,
            };
            match target {
                Target::Grid(grid) => {
                    let before = grids[grid as usize].before;
                    grids[grid as usize] = GridBalance { before, ..balance };
                }
                Target::New(_) => grids.push(balance),
            }
            if terms.violation(weight) > 0 {
                unmet.push(Unmet {
                    target,
                    weight,
                    reason: area
                        .excuse(&atoms, terms)
                        .unwrap_or(UnmetReason::NothingFound),
                });
            }
            for atom in atoms {
                targets[area.atoms[atom as usize] as usize] = target;
            }
        }
    }
    unmet.sort_unstable_by_key(|unmet| unmet.target);
    Balanced {
        moved: grids.iter().map(|grid| grid.came).sum(),
        targets,
        grids,
        unmet,
    }
}
