//! A static tree of boxes over entries that lie in the order of the tree: no pointers, full nodes.

use wangge_plane::{Extent, Point};

/// Entries under a leaf and children under a node, as a power of two.
const FAN_BITS: u32 = 4;

/// Entries under a leaf, and children under a node.
pub(crate) const FAN: usize = 1 << FAN_BITS;

/// Above this many entries the two sides of a cut go to two cores.
const MANY: usize = 1 << 14;

/// A closed box in lattice units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Box4 {
    pub(crate) west: i32,
    pub(crate) south: i32,
    pub(crate) east: i32,
    pub(crate) north: i32,
}

impl Box4 {
    pub(crate) fn of(extent: Extent) -> Self {
        Self {
            west: extent.min().x(),
            south: extent.min().y(),
            east: extent.max().x(),
            north: extent.max().y(),
        }
    }

    pub(crate) const fn at(p: Point) -> Self {
        Self {
            west: p.x(),
            south: p.y(),
            east: p.x(),
            north: p.y(),
        }
    }

    pub(crate) fn union(self, other: Self) -> Self {
        Self {
            west: self.west.min(other.west),
            south: self.south.min(other.south),
            east: self.east.max(other.east),
            north: self.north.max(other.north),
        }
    }

    pub(crate) const fn meets(&self, other: &Self) -> bool {
        self.west <= other.east
            && other.west <= self.east
            && self.south <= other.north
            && other.south <= self.north
    }

    pub(crate) const fn holds(&self, other: &Self) -> bool {
        self.west <= other.west
            && other.east <= self.east
            && self.south <= other.south
            && other.north <= self.north
    }
}

/// What is to be put in order: a box, and what it is the box of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) around: Box4,
    pub(crate) number: u32,
    pub(crate) group: u16,
}

/// The nodes over entries in the order of [`sorted`], level by level from the leaves. Node `i` of a level
/// holds nodes (or entries) `FAN * i` to `FAN * i + FAN` of the level below.
#[derive(Debug, Default)]
pub(crate) struct Packed {
    entries: usize,
    levels: Vec<Level>,
}

#[derive(Debug)]
struct Level {
    boxes: Vec<Box4>,
    /// The buckets of groups below each node, see `groups::Buckets`.
    buckets: Vec<u64>,
}

/// A node of the tree, by level (0 for leaves) and place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Node {
    pub(crate) level: usize,
    pub(crate) at: usize,
}

impl Packed {
    /// The nodes over entries that are sorted already.
    pub(crate) fn over(sorted: &[Entry], bucket: impl Fn(u16) -> u64) -> Self {
        let of_entries = sorted.chunks(FAN).map(|leaf| {
            let around = leaf.iter().map(|entry| entry.around).reduce(Box4::union);
            (
                around,
                leaf.iter().fold(0, |set, entry| set | bucket(entry.group)),
            )
        });
        let mut level = Level::of(of_entries);
        let mut levels = Vec::new();
        while level.boxes.len() > 1 {
            let above = level.boxes.chunks(FAN).zip(level.buckets.chunks(FAN));
            let above = Level::of(above.map(|(boxes, buckets)| {
                let around = boxes.iter().copied().reduce(Box4::union);
                (around, buckets.iter().fold(0, |set, below| set | below))
            }));
            levels.push(std::mem::replace(&mut level, above));
        }
        levels.push(level);
        Self {
            entries: sorted.len(),
            levels,
        }
    }

    /// The node over all; `None` without entries.
    pub(crate) fn root(&self) -> Option<Node> {
        let level = self.levels.len().checked_sub(1)?;
        (!self.levels[level].boxes.is_empty()).then_some(Node { level, at: 0 })
    }

    /// The box of a node.
    pub(crate) fn around(&self, node: Node) -> &Box4 {
        &self.levels[node.level].boxes[node.at]
    }

    /// The boxes of the nodes below a node that is no leaf, and the number of the first.
    pub(crate) fn below(&self, node: Node) -> (&[Box4], usize) {
        let boxes = &self.levels[node.level - 1].boxes;
        let first = node.at << FAN_BITS;
        (&boxes[first..boxes.len().min(first + FAN)], first)
    }

    /// The buckets of groups below a node.
    pub(crate) fn buckets(&self, node: Node) -> u64 {
        self.levels[node.level].buckets[node.at]
    }

    /// The entries below a node.
    pub(crate) fn entries(&self, node: Node) -> std::ops::Range<usize> {
        let bits = FAN_BITS as usize * (node.level + 1);
        let first = node.at << bits;
        first..self.entries.min(first + (1 << bits))
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        let of_level = |level: &Level| {
            level.boxes.capacity() * size_of::<Box4>() + level.buckets.capacity() * size_of::<u64>()
        };
        self.levels.iter().map(of_level).sum()
    }
}

impl Level {
    fn of(nodes: impl ExactSizeIterator<Item = (Option<Box4>, u64)>) -> Self {
        let mut level = Self {
            boxes: Vec::with_capacity(nodes.len()),
            buckets: Vec::with_capacity(nodes.len()),
        };
        for (around, buckets) in nodes {
            level.boxes.extend(around);
            level.buckets.push(buckets);
        }
        level
    }
}

/// Puts entries into the order of a tree: cut in two along the longer side of their middles, over and over, each
/// time so that the first side fills whole nodes.
pub(crate) fn sort(entries: &mut [Entry]) {
    if entries.len() <= FAN {
        return;
    }
    // the largest power of two that leaves something for the other side
    let first = 1 << (entries.len() - 1).ilog2();
    let middles = entries.iter().map(Entry::middle);
    let (mut low, mut high) = ((i64::MAX, i64::MAX), (i64::MIN, i64::MIN));
    for (x, y) in middles {
        low = (low.0.min(x), low.1.min(y));
        high = (high.0.max(x), high.1.max(y));
    }
    if wider_than_high(low, high) {
        entries.select_nth_unstable_by_key(first, |entry| {
            let (x, y) = entry.middle();
            (x, y, entry.number)
        });
    } else {
        entries.select_nth_unstable_by_key(first, |entry| {
            let (x, y) = entry.middle();
            (y, x, entry.number)
        });
    }
    let many = entries.len() > MANY;
    let (one, other) = entries.split_at_mut(first);
    if many {
        rayon::join(|| sort(one), || sort(other));
    } else {
        sort(one);
        sort(other);
    }
}

impl Entry {
    /// Twice the middle of the box.
    const fn middle(&self) -> (i64, i64) {
        (
            self.around.west as i64 + self.around.east as i64,
            self.around.south as i64 + self.around.north as i64,
        )
    }
}

/// In metres, about, of boxes given by twice their corners: it decides about speed only.
#[expect(clippy::cast_precision_loss, reason = "a guess")]
fn wider_than_high(low: (i64, i64), high: (i64, i64)) -> bool {
    let middle_deg = low.1.midpoint(high.1) as f64 * 0.5e-7;
    (high.0 - low.0) as f64 * middle_deg.to_radians().cos() > (high.1 - low.1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(count: u32) -> Vec<Entry> {
        let mut state = 5_u64;
        let mut next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            i32::try_from(state >> 44).expect("20 bits")
        };
        (0..count)
            .map(|number| {
                let (west, south) = (next(), next());
                Entry {
                    around: Box4 {
                        west,
                        south,
                        east: west + next() / 1000,
                        north: south + next() / 1000,
                    },
                    number,
                    group: u16::try_from(number % 50).expect("small"),
                }
            })
            .collect()
    }

    #[test]
    fn every_entry_is_under_each_node_that_should_hold_it() {
        for count in [0, 1, 15, 16, 17, 255, 256, 257, 5000, 40_000] {
            let mut sorted = entries(count);
            sort(&mut sorted);
            let mut numbers: Vec<u32> = sorted.iter().map(|entry| entry.number).collect();
            numbers.sort_unstable();
            assert!(numbers.into_iter().eq(0..count), "none lost, none twice");
            let tree = Packed::over(&sorted, |group| 1 << group);
            let Some(root) = tree.root() else {
                assert_eq!(count, 0);
                continue;
            };
            assert_eq!(tree.entries(root), 0..sorted.len());
            let mut open = vec![root];
            let mut under_leaves = 0;
            while let Some(node) = open.pop() {
                let held = &sorted[tree.entries(node)];
                let around = held.iter().map(|entry| entry.around).reduce(Box4::union);
                assert_eq!(Some(*tree.around(node)), around);
                let buckets = held.iter().fold(0, |set, entry| set | 1_u64 << entry.group);
                assert_eq!(tree.buckets(node), buckets);
                if node.level == 0 {
                    under_leaves += held.len();
                } else {
                    let (boxes, first) = tree.below(node);
                    let level = node.level - 1;
                    open.extend((first..first + boxes.len()).map(|at| Node { level, at }));
                }
            }
            assert_eq!(under_leaves, sorted.len());
        }
    }
}
