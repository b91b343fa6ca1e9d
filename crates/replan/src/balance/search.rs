//! Grids out of range repaired one after the other, with as few neighbours as will do.

use std::collections::BTreeSet;

use super::BalanceTerms;
use super::area::Area;
use super::tree::{Dice, Tree};

/// Spanning trees that are tried for each choice of grids.
const TREES: u32 = 12;

/// The same for few blocks, where each is cut quickly.
const TREES_OF_FEW: u32 = 48;

/// The same where nothing smaller has done.
const TREES_AT_LAST: u32 = 256;

/// So many blocks are few.
const FEW: usize = 24;

/// The most blocks that are cut anew together.
pub(crate) const MOST_ATOMS: usize = 4000;

/// The part of each block: parts of equal numbers are one grid.
pub(crate) fn balanced(area: &Area, terms: BalanceTerms) -> Vec<u32> {
    let mut parting = Parting::of(area, terms);
    parting.repair();
    parting.ease();
    parting.settle_back();
    parting.part
}

/// Blocks shared out to parts.
pub(crate) struct Parting<'a> {
    pub(crate) area: &'a Area,
    pub(crate) terms: BalanceTerms,
    pub(crate) part: Vec<u32>,
    /// The blocks of each part; none for a part that was given up.
    pub(crate) members: Vec<Vec<u32>>,
    dice: Dice,
}

/// Some parts shared out anew: what there would be instead, and what it costs.
struct Offer {
    parts: Vec<Vec<u32>>,
    violation: u64,
    moved: u64,
    border_m: f64,
}

impl Offer {
    fn is_better_than(&self, other: &Self) -> bool {
        (self.violation, self.moved)
            .cmp(&(other.violation, other.moved))
            .then(self.border_m.total_cmp(&other.border_m))
            .is_lt()
    }
}

impl<'a> Parting<'a> {
    fn of(area: &'a Area, terms: BalanceTerms) -> Self {
        let mut grids: Vec<u32> = area.grid.clone();
        grids.sort_unstable();
        grids.dedup();
        let mut members = vec![Vec::new(); grids.len()];
        let mut part = Vec::with_capacity(area.grid.len());
        for (grid, atom) in area.grid.iter().zip(0u32..) {
            let place = grids.partition_point(|known| known < grid);
            members[place].push(atom);
            part.push(u32::try_from(place).unwrap_or(u32::MAX));
        }
        Self {
            area,
            terms,
            part,
            members,
            dice: Dice(u64::from(area.parent)),
        }
    }

    fn violation(&self, part: u32) -> u64 {
        self.area
            .violation(&self.members[part as usize], self.terms)
    }

    /// The parts out of range, the furthest first.
    fn out_of_range(&self) -> Vec<u32> {
        let parts = (0u32..).take(self.members.len());
        let mut out: Vec<(u64, u32)> = parts
            .map(|part| (self.violation(part), part))
            .filter(|&(violation, part)| violation > 0 && !self.members[part as usize].is_empty())
            .collect();
        out.sort_unstable_by_key(|&(violation, part)| (std::cmp::Reverse(violation), part));
        out.into_iter().map(|(_, part)| part).collect()
    }

    /// Brings parts into range, each with as few others as will do.
    fn repair(&mut self) {
        let mut in_vain: BTreeSet<u32> = BTreeSet::new();
        while let Some(part) = self
            .out_of_range()
            .into_iter()
            .find(|part| !in_vain.contains(part))
        {
            let found = (0..Self::RINGS).find_map(|ring| {
                let mut best: Option<(Vec<u32>, Offer)> = None;
                for choice in self.choices(part, ring) {
                    if let Some(offer) = self.cut_anew(&choice, ring)
                        && best
                            .as_ref()
                            .is_none_or(|(_, known)| offer.is_better_than(known))
                    {
                        best = Some((choice, offer));
                    }
                }
                best
            });
            match found {
                Some((choice, offer)) => {
                    self.take(&choice, offer);
                    for near in self.neighbours(&choice) {
                        in_vain.remove(&near);
                    }
                }
                None => {
                    in_vain.insert(part);
                }
            }
        }
    }

    /// Where nothing brings a part into range, brings it nearer.
    fn ease(&mut self) {
        loop {
            let eased = self.out_of_range().into_iter().find_map(|part| {
                let alone = std::iter::once(vec![part]);
                let others = self.neighbours(&[part]).into_iter();
                let choices = alone.chain(others.map(|other| vec![part, other]));
                let mut best: Option<(Vec<u32>, Offer)> = None;
                for choice in choices {
                    let before: u64 = choice.iter().map(|&part| self.violation(part)).sum();
                    if let Some(offer) = self.cut_in_two(&choice)
                        && offer.violation < before
                        && best
                            .as_ref()
                            .is_none_or(|(_, known)| offer.is_better_than(known))
                    {
                        best = Some((choice, offer));
                    }
                }
                best
            });
            match eased {
                Some((choice, offer)) => self.take(&choice, offer),
                None => return,
            }
        }
    }

    /// Gives blocks back to the part that has most of their grid, where all stays in range.
    fn settle_back(&mut self) {
        let homes = self.homes();
        let mut goes_on = true;
        while std::mem::take(&mut goes_on) {
            for atom in (0u32..).take(self.part.len()) {
                let from = self.part[atom as usize];
                let Some(&home) = homes.get(&self.area.grid[atom as usize]) else {
                    continue;
                };
                if home == from || self.area.weight[atom as usize] == 0 || !self.may_go(atom, home)
                {
                    continue;
                }
                self.members[from as usize].retain(|&other| other != atom);
                self.members[home as usize].push(atom);
                self.members[home as usize].sort_unstable();
                self.part[atom as usize] = home;
                goes_on = true;
            }
        }
    }

    /// The part that has most of each grid; each part is home to one grid at most.
    fn homes(&self) -> std::collections::BTreeMap<u32, u32> {
        super::naming::homes(self.area, &self.part)
            .into_iter()
            .map(|(part, grid)| (grid, part))
            .collect()
    }

    /// Whether a block may go to a part next to it, so that neither gets worse.
    fn may_go(&self, atom: u32, to: u32) -> bool {
        let from = self.part[atom as usize];
        let is_next = |&(near, _): &(u32, f64)| self.part[near as usize] == to;
        if !self.area.near[atom as usize].iter().any(is_next) {
            return false;
        }
        let rest: Vec<u32> = self.members[from as usize]
            .iter()
            .copied()
            .filter(|&other| other != atom)
            .collect();
        let mut more = self.members[to as usize].clone();
        more.push(atom);
        let before = self.violation(from) + self.violation(to);
        let after = self.area.violation(&rest, self.terms) + self.area.violation(&more, self.terms);
        !rest.is_empty() && after <= before && self.area.pieces(&rest).len() == 1
    }

    /// The best way found to share these parts out anew with all in range.
    fn cut_anew(&mut self, choice: &[u32], ring: usize) -> Option<Offer> {
        let pieces = self.pieces_of(choice);
        let atoms: usize = pieces.iter().map(Vec::len).sum();
        let trees = match atoms <= FEW {
            true if ring + 1 == Self::RINGS => TREES_AT_LAST,
            true => TREES_OF_FEW,
            false => TREES,
        };
        let mut best: Option<Offer> = None;
        for tree in 0..trees {
            let looseness = [0.0, 0.5, 1.5, 4.0][tree as usize % 4];
            let mut parts = Vec::new();
            let mut is_whole = true;
            for piece in &pieces {
                let cut = if self.area.excuse(piece, self.terms).is_some() {
                    Some(vec![piece.clone()])
                } else {
                    Tree::of(self.area, piece, &self.part, &mut self.dice, looseness).cut(
                        self.area,
                        self.terms,
                        &mut self.dice,
                    )
                };
                is_whole &= cut.is_some();
                parts.extend(cut.unwrap_or_default());
            }
            if !is_whole {
                continue;
            }
            let offer = self.offer(parts);
            if offer.violation == 0
                && best
                    .as_ref()
                    .is_none_or(|known| offer.is_better_than(known))
            {
                best = Some(offer);
            }
        }
        best
    }

    /// The best way found to make one or two parts of these.
    fn cut_in_two(&mut self, choice: &[u32]) -> Option<Offer> {
        let pieces = self.pieces_of(choice);
        let [piece] = &pieces[..] else { return None };
        if piece.len() > MOST_ATOMS {
            return None;
        }
        let mut best = (choice.len() > 1).then(|| self.offer(vec![piece.clone()]));
        for looseness in [0.0, 0.5, 1.5] {
            let tree = Tree::of(self.area, piece, &self.part, &mut self.dice, looseness);
            // by weight first: to write out every cut would take long
            let mut below: Vec<u64> = tree
                .atoms
                .iter()
                .map(|&a| self.area.weight[a as usize])
                .collect();
            for at in (1..below.len()).rev() {
                below[tree.above[at]] += below[at];
            }
            let violation = |weight| self.terms.violation(weight);
            let least = (1..below.len())
                .min_by_key(|&at| (violation(below[at]) + violation(below[0] - below[at]), at));
            let Some(top) = least else { continue };
            let mut is_below = vec![false; tree.atoms.len()];
            for at in top..is_below.len() {
                is_below[at] = at == top || is_below[tree.above[at]];
            }
            let side = |wanted: bool| -> Vec<u32> {
                let of_side = tree.atoms.iter().zip(&is_below);
                of_side
                    .filter(|(_, below)| **below == wanted)
                    .map(|(&atom, _)| atom)
                    .collect()
            };
            let offer = self.offer(vec![side(false), side(true)]);
            if best
                .as_ref()
                .is_none_or(|known| offer.is_better_than(known))
            {
                best = Some(offer);
            }
        }
        best
    }

    fn pieces_of(&self, choice: &[u32]) -> Vec<Vec<u32>> {
        let members = choice.iter().flat_map(|&part| &self.members[part as usize]);
        self.area.pieces(&members.copied().collect::<Vec<u32>>())
    }

    /// What parts would cost.
    fn offer(&self, parts: Vec<Vec<u32>>) -> Offer {
        let mut number: rustc_hash::FxHashMap<u32, u32> = rustc_hash::FxHashMap::default();
        for (part, at) in parts.iter().zip(0u32..) {
            number.extend(part.iter().map(|&atom| (atom, at)));
        }
        let borders = number.iter().flat_map(|(&atom, &of)| {
            let number = &number;
            let others = self.area.near[atom as usize].iter();
            others.filter(move |(other, _)| number.get(other).is_some_and(|&part| part != of))
        });
        // from both sides, in whole millimetres so that their order makes no difference
        let border_mm: f64 = borders.map(|(_, length)| (length * 1000.0).round()).sum();
        let violation = parts
            .iter()
            .map(|part| self.area.violation(part, self.terms))
            .sum();
        Offer {
            violation,
            moved: super::naming::moved(self.area, &parts),
            border_m: border_mm / 2000.0,
            parts,
        }
    }

    /// Puts new parts in the place of some.
    fn take(&mut self, choice: &[u32], offer: Offer) {
        for &part in choice {
            self.members[part as usize].clear();
        }
        let mut free = choice.iter().copied();
        for mut atoms in offer.parts {
            let number = free.next().unwrap_or_else(|| {
                self.members.push(Vec::new());
                u32::try_from(self.members.len() - 1).unwrap_or(u32::MAX)
            });
            atoms.sort_unstable();
            for &atom in &atoms {
                self.part[atom as usize] = number;
            }
            self.members[number as usize] = atoms;
        }
    }
}
