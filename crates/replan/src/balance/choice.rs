//! Which parts might be shared out anew for one that is out of range.

use std::collections::BTreeSet;

use super::search::{MOST_ATOMS, Parting};

/// The most choices of grids that are tried of one size.
const MOST_CHOICES: usize = 48;

impl Parting<'_> {
    /// The parts next to some parts, in order.
    pub(crate) fn neighbours(&self, parts: &[u32]) -> Vec<u32> {
        let members = parts.iter().flat_map(|&part| &self.members[part as usize]);
        let near = members.flat_map(|&atom| &self.area.near[atom as usize]);
        let found: BTreeSet<u32> = near
            .map(|&(atom, _)| self.part[atom as usize])
            .filter(|part| !parts.contains(part))
            .collect();
        found.into_iter().collect()
    }

    /// How many sizes of choices there are.
    pub(crate) const RINGS: usize = 5;

    /// Which parts might be shared out anew for one: itself or with one neighbour, with two, with all,
    /// with theirs, and everything that hangs together.
    pub(crate) fn choices(&self, part: u32, ring: usize) -> Vec<Vec<u32>> {
        let with_near = |parts: &[u32]| [parts, &self.neighbours(parts)].concat();
        let mut choices: Vec<Vec<u32>> = match ring {
            0 => {
                let pairs = self
                    .neighbours(&[part])
                    .into_iter()
                    .map(|near| vec![part, near]);
                std::iter::once(vec![part]).chain(pairs).collect()
            }
            1 => {
                let mut triples: BTreeSet<Vec<u32>> = BTreeSet::new();
                for near in self.neighbours(&[part]) {
                    for third in self.neighbours(&[part, near]) {
                        let mut triple = vec![part, near, third];
                        triple.sort_unstable();
                        triples.insert(triple);
                    }
                }
                triples.into_iter().collect()
            }
            2 => vec![with_near(&[part])],
            3 => vec![with_near(&with_near(&[part]))],
            _ => {
                let mut all = with_near(&[part]);
                loop {
                    let more = with_near(&all);
                    if more.len() == all.len() || self.atoms_of(&all) > MOST_ATOMS {
                        break vec![all];
                    }
                    all = more;
                }
            }
        };
        choices.retain(|choice| self.might_do(choice));
        choices.truncate(MOST_CHOICES);
        choices
    }

    pub(crate) fn atoms_of(&self, parts: &[u32]) -> usize {
        parts
            .iter()
            .map(|&part| self.members[part as usize].len())
            .sum()
    }

    /// Whether there are not too many blocks, and some number of parts would have them in range.
    fn might_do(&self, choice: &[u32]) -> bool {
        let members = choice.iter().flat_map(|&part| &self.members[part as usize]);
        let weights = members.map(|&atom| self.area.weight[atom as usize]);
        let light: u64 = weights.filter(|&weight| weight <= self.terms.high).sum();
        let fewest = light.div_ceil(self.terms.high);
        self.atoms_of(choice) <= MOST_ATOMS && fewest * self.terms.low <= light
    }
}
