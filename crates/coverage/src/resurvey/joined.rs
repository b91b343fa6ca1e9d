//! Disjoint sets.

use std::collections::BTreeMap;

/// Numbers from 0, in sets that can be joined.
#[derive(Debug)]
pub(super) struct Joined {
    parent: Vec<u32>,
}

impl Joined {
    /// So many sets of one.
    pub(super) fn new(count: usize) -> Self {
        Self {
            parent: (0u32..).take(count).collect(),
        }
    }

    /// The number that [`Joined::grow`] adds.
    pub(super) fn next(&self) -> u32 {
        u32::try_from(self.parent.len())
            .unwrap_or_else(|_| unreachable!("2^32 numbers are more than a city has"))
    }

    /// Adds a set of one.
    pub(super) fn grow(&mut self) {
        self.parent.push(self.next());
    }

    fn root(&mut self, mut at: u32) -> u32 {
        while self.parent[at as usize] != at {
            let up = self.parent[at as usize];
            self.parent[at as usize] = self.parent[up as usize];
            at = up;
        }
        at
    }

    pub(super) fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        self.parent[a.max(b) as usize] = a.min(b);
    }

    /// The sets, each in order.
    pub(super) fn sets(&mut self) -> Vec<Vec<u32>> {
        let mut sets: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for at in (0u32..).take(self.parent.len()) {
            let root = self.root(at);
            sets.entry(root).or_default().push(at);
        }
        sets.into_values().collect()
    }
}
