//! The blocks under one parent, as a graph.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::{BalanceTerms, Board, UnmetReason};

/// The blocks under one parent, numbered from 0.
pub(crate) struct Area {
    pub(crate) parent: u32,
    /// Their numbers on the board.
    pub(crate) atoms: Vec<u32>,
    pub(crate) weight: Vec<u64>,
    /// The grid that has each now, by its number on the board.
    pub(crate) grid: Vec<u32>,
    /// The neighbours of each, with the border's length. Pieces of one grid that lie apart are
    /// neighbours too, by a border of no length: they may stay together.
    pub(crate) near: Vec<Vec<(u32, f64)>>,
    /// The weight of all that hangs together with each.
    pub(crate) hanging_together: Vec<u64>,
}

impl Area {
    /// The blocks of every parent, in order of parents.
    pub(crate) fn all_of(board: &Board<'_>) -> Vec<Self> {
        let mut of_parent: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (atom, at) in board.atoms.iter().zip(0u32..) {
            let parent = board.parent_of_grid[atom.grid as usize];
            of_parent.entry(parent).or_default().push(at);
        }
        let mut place = vec![(0u32, 0u32); board.atoms.len()];
        for (area, atoms) in (0u32..).zip(of_parent.values()) {
            for (local, &atom) in (0u32..).zip(atoms) {
                place[atom as usize] = (area, local);
            }
        }
        let mut lengths: Vec<BTreeMap<(u32, u32), f64>> = vec![BTreeMap::new(); of_parent.len()];
        for adjacent in board.adjacent {
            let [a, b] = adjacent.atoms.map(|atom| place[atom as usize]);
            if a.0 == b.0 && a.1 != b.1 {
                let pair = (a.1.min(b.1), a.1.max(b.1));
                *lengths[a.0 as usize].entry(pair).or_insert(0.0) += adjacent.length_m;
            }
        }
        of_parent
            .into_iter()
            .zip(lengths)
            .map(|((parent, atoms), lengths)| Self::of(board, parent, atoms, &lengths))
            .collect()
    }

    fn of(
        board: &Board<'_>,
        parent: u32,
        atoms: Vec<u32>,
        lengths: &BTreeMap<(u32, u32), f64>,
    ) -> Self {
        let mut near: Vec<Vec<(u32, f64)>> = vec![Vec::new(); atoms.len()];
        for (&(a, b), &length) in lengths {
            near[a as usize].push((b, length));
            near[b as usize].push((a, length));
        }
        let of_board = |atom: &u32| board.atoms[*atom as usize];
        let mut area = Self {
            parent,
            weight: atoms
                .iter()
                .map(|atom| of_board(atom).weight.into())
                .collect(),
            grid: atoms.iter().map(|atom| of_board(atom).grid).collect(),
            atoms,
            near,
            hanging_together: Vec::new(),
        };
        area.tie_pieces();
        let all: Vec<u32> = (0u32..).take(area.atoms.len()).collect();
        area.hanging_together = vec![0; all.len()];
        for piece in area.pieces(&all) {
            let weight = area.weight_of(&piece);
            for atom in piece {
                area.hanging_together[atom as usize] = weight;
            }
        }
        area
    }

    /// Makes the pieces of each grid neighbours.
    fn tie_pieces(&mut self) {
        let mut of_grid: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (&grid, atom) in self.grid.iter().zip(0u32..) {
            of_grid.entry(grid).or_default().push(atom);
        }
        for atoms in of_grid.values() {
            let mut pieces = self.pieces(atoms);
            pieces.sort_by_key(|piece| std::cmp::Reverse(self.weight_of(piece)));
            let firsts: Vec<u32> = pieces.iter().map(|piece| piece[0]).collect();
            for &other in &firsts[1..] {
                self.near[firsts[0] as usize].push((other, 0.0));
                self.near[other as usize].push((firsts[0], 0.0));
            }
        }
    }

    /// The weight of some blocks.
    pub(crate) fn weight_of(&self, atoms: &[u32]) -> u64 {
        atoms.iter().map(|&atom| self.weight[atom as usize]).sum()
    }

    /// Those of some blocks that hang together, each with its least first, in order of these.
    pub(crate) fn pieces(&self, atoms: &[u32]) -> Vec<Vec<u32>> {
        let mut left: FxHashSet<u32> = atoms.iter().copied().collect();
        let mut sorted = atoms.to_vec();
        sorted.sort_unstable();
        let mut pieces = Vec::new();
        for first in sorted {
            if !left.remove(&first) {
                continue;
            }
            let mut piece = vec![first];
            let mut at = 0;
            while at < piece.len() {
                for (next, _) in &self.near[piece[at] as usize] {
                    if left.remove(next) {
                        piece.push(*next);
                    }
                }
                at += 1;
            }
            pieces.push(piece);
        }
        pieces
    }

    /// Why some blocks that hang together cannot do better as a grid; `None` when they are in range,
    /// or when they might.
    pub(crate) fn excuse(&self, atoms: &[u32], terms: BalanceTerms) -> Option<UnmetReason> {
        let weight = self.weight_of(atoms);
        match atoms {
            [_] if weight > terms.high => Some(UnmetReason::BlockTooHeavy),
            [first, ..]
                if weight < terms.low && weight == self.hanging_together[*first as usize] =>
            {
                Some(UnmetReason::ParentTooLight)
            }
            _ => None,
        }
    }

    /// How far some blocks are out of range as a grid, where they could do better.
    pub(crate) fn violation(&self, atoms: &[u32], terms: BalanceTerms) -> u64 {
        if self.excuse(atoms, terms).is_some() {
            0
        } else {
            terms.violation(self.weight_of(atoms))
        }
    }
}
