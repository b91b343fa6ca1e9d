//! Disjoint sets.

/// Numbers from 0, joined to sets.
pub(super) struct Joined {
    parent: Vec<u32>,
}

impl Joined {
    pub(super) fn new(count: usize) -> Self {
        Self {
            parent: (0u32..).take(count).collect(),
        }
    }

    /// The least number of a set.
    pub(super) fn root(&mut self, mut at: u32) -> u32 {
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
}
