//! Blocks for tests, drawn by letters, and what must hold of every proposal.

use std::collections::{BTreeMap, BTreeSet};

use wangge_replan::{Adjacent, Atom, BalanceTerms, Balanced, Board, Target, balance};

/// Blocks in rows, weights and grids by letters; a dot is no block. Neighbours share 100 m.
pub(crate) struct Drawn {
    pub(crate) atoms: Vec<Atom>,
    pub(crate) adjacent: Vec<Adjacent>,
    pub(crate) parents: Vec<u32>,
}

impl Drawn {
    pub(crate) fn new(weights: &[&[u32]], grids: &[&str], parents: &[u32]) -> Self {
        let mut place = BTreeMap::new();
        let mut atoms = Vec::new();
        for (y, row) in grids.iter().enumerate() {
            for (x, letter) in row
                .bytes()
                .enumerate()
                .filter(|(_, letter)| *letter != b'.')
            {
                place.insert((x, y), u32::try_from(atoms.len()).unwrap());
                atoms.push(Atom {
                    weight: weights[y][x],
                    grid: u32::from(letter - b'a'),
                });
            }
        }
        let mut adjacent = Vec::new();
        for (&(x, y), &atom) in &place {
            for next in [(x + 1, y), (x, y + 1)] {
                if let Some(&other) = place.get(&next) {
                    adjacent.push(Adjacent {
                        atoms: [atom, other],
                        length_m: 100.0,
                    });
                }
            }
        }
        Self {
            atoms,
            adjacent,
            parents: parents.to_vec(),
        }
    }

    pub(crate) fn board(&self) -> Board<'_> {
        Board {
            atoms: &self.atoms,
            adjacent: &self.adjacent,
            parent_of_grid: &self.parents,
        }
    }

    pub(crate) fn balanced(&self, low: u32, high: u32) -> Balanced {
        let balanced = balance(&self.board(), BalanceTerms::new(low, high).unwrap());
        self.assert_sound(&balanced, low, high);
        balanced
    }

    pub(crate) fn near(&self, atom: u32) -> impl Iterator<Item = u32> + '_ {
        self.adjacent
            .iter()
            .filter_map(move |pair| match pair.atoms {
                [a, b] if a == atom => Some(b),
                [b, a] if a == atom => Some(b),
                _ => None,
            })
    }

    /// In how many pieces some blocks are.
    pub(crate) fn pieces(&self, atoms: &BTreeSet<u32>) -> usize {
        let mut left = atoms.clone();
        let mut pieces = 0;
        while let Some(first) = left.pop_first() {
            pieces += 1;
            let mut open = vec![first];
            while let Some(atom) = open.pop() {
                open.extend(
                    self.near(atom)
                        .filter(|next| left.contains(next))
                        .collect::<Vec<_>>(),
                );
                for next in &open {
                    left.remove(next);
                }
            }
        }
        pieces
    }

    /// What must hold of every proposal.
    pub(crate) fn assert_sound(&self, balanced: &Balanced, low: u32, high: u32) {
        let mut before: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        let mut after: BTreeMap<Target, BTreeSet<u32>> = BTreeMap::new();
        assert_eq!(balanced.targets.len(), self.atoms.len());
        for ((atom, at), target) in self.atoms.iter().zip(0u32..).zip(&balanced.targets) {
            before.entry(atom.grid).or_default().insert(at);
            after.entry(*target).or_default().insert(at);
        }
        let weight = |atoms: &BTreeSet<u32>| -> u64 {
            atoms
                .iter()
                .map(|&a| u64::from(self.atoms[a as usize].weight))
                .sum()
        };
        let parent = |atom: u32| self.parents[self.atoms[atom as usize].grid as usize];
        let mut unmet = BTreeSet::new();
        for (target, atoms) in &after {
            let first = *atoms.first().unwrap();
            let of = match target {
                Target::Grid(grid) => self.parents[*grid as usize],
                Target::New(_) => parent(first),
            };
            assert!(
                atoms.iter().all(|&atom| parent(atom) == of),
                "{target:?} mixes parents"
            );
            // pieces that lay apart before may stay together
            let pieces = self.pieces(atoms);
            let before_pieces: usize = before.values().map(|b| self.pieces(b) - 1).sum();
            assert!(
                pieces <= 1 + before_pieces,
                "{target:?} is in {pieces} pieces"
            );
            let told = balanced
                .grids
                .iter()
                .find(|grid| grid.target == *target)
                .unwrap();
            assert_eq!(
                (told.after, told.atoms, told.parent),
                (Some(weight(atoms)), atoms.len(), of)
            );
            if !(u64::from(low)..=u64::from(high)).contains(&weight(atoms)) {
                unmet.insert(*target);
            }
        }
        let told: BTreeSet<Target> = balanced.unmet.iter().map(|unmet| unmet.target).collect();
        assert_eq!(told, unmet);
        let moved: u64 = self
            .atoms
            .iter()
            .zip(&balanced.targets)
            .filter(|(atom, target)| Target::Grid(atom.grid) != **target)
            .map(|(atom, _)| u64::from(atom.weight))
            .sum();
        assert_eq!(moved, balanced.moved);
        let news: Vec<Target> = after
            .keys()
            .filter(|t| matches!(t, Target::New(_)))
            .copied()
            .collect();
        let numbered: Vec<Target> = (0u32..).take(news.len()).map(Target::New).collect();
        assert_eq!(news, numbered);
        assert_eq!(balanced.grids.len(), self.parents.len() + news.len());
    }
}
