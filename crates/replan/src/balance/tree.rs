//! Blocks cut into parts in range along a spanning tree.

use rustc_hash::FxHashMap;

use super::BalanceTerms;
use super::area::Area;
use crate::edit::overlay::Joined;

/// Weights are counted in so many steps at most; finer differences are looked at afterwards.
const STEPS: u64 = 1 << 14;

/// Numbers that look random and are the same every time (Steele, Lea and Flood 2014: `SplitMix64`).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// The next number.
    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 to 1.
    pub(crate) fn share(&mut self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a share need not be exact")]
        let share = (self.roll() >> 11) as f64 / (1u64 << 53) as f64;
        share
    }
}

/// A spanning tree of blocks that hang together, as places in a list: each after the one above it.
pub(crate) struct Tree {
    /// The blocks, the root first.
    pub(crate) atoms: Vec<u32>,
    /// The place of the one above; that of the root is its own.
    pub(crate) above: Vec<usize>,
    /// Whether the block and the one above are of one grid now.
    is_inner: Vec<bool>,
}

impl Tree {
    /// A tree along borders, long ones and those inside grids by preference: `dice` says how much.
    pub(crate) fn of(
        area: &Area,
        piece: &[u32],
        part: &[u32],
        dice: &mut Dice,
        looseness: f64,
    ) -> Self {
        let place: FxHashMap<u32, u32> = piece.iter().copied().zip(0..).collect();
        // by places in the piece
        let mut borders: Vec<(f64, u32, u32)> = Vec::new();
        for (&atom, at) in piece.iter().zip(0u32..) {
            for (other, length) in &area.near[atom as usize] {
                if let Some(&to) = place.get(other)
                    && at < to
                {
                    let is_inner = part[atom as usize] == part[*other as usize];
                    let rank = if is_inner { 0.0 } else { 1.0 };
                    // a border of 100 m counts as usual
                    let short = 1.0 / (1.0 + length / 100.0);
                    borders.push((rank + short + looseness * dice.share(), at, to));
                }
            }
        }
        borders.sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        let mut joined = Joined::new(piece.len());
        let mut links: Vec<Vec<u32>> = vec![Vec::new(); piece.len()];
        for (_, a, b) in borders {
            if joined.root(a) != joined.root(b) {
                joined.join(a, b);
                links[a as usize].push(b);
                links[b as usize].push(a);
            }
        }
        let first = u32::try_from(dice.roll() % piece.len() as u64).unwrap_or_default();
        let mut order = vec![first];
        let mut above = vec![0];
        let mut at = 0;
        while at < order.len() {
            for &next in &links[order[at] as usize] {
                if at == 0 || next != order[above[at]] {
                    order.push(next);
                    above.push(at);
                }
            }
            at += 1;
        }
        let atoms: Vec<u32> = order.iter().map(|&at| piece[at as usize]).collect();
        let grid = |at: usize| part[atoms[at] as usize];
        Self {
            is_inner: (0..atoms.len())
                .map(|at| grid(at) == grid(above[at]))
                .collect(),
            atoms,
            above,
        }
    }

    /// Parts in range, or of one block above it, that edges of the tree cut it into; `None` when there
    /// are none. Grids are kept together where that can be.
    pub(crate) fn cut(
        &self,
        area: &Area,
        terms: BalanceTerms,
        dice: &mut Dice,
    ) -> Option<Vec<Vec<u32>>> {
        Cutting::of(self, area, terms).parts(dice)
    }
}

/// What weights the part that holds a block may have, of the tree below it, with all other parts in
/// range: counted from the leaves up.
struct Cutting<'a> {
    tree: &'a Tree,
    below: Vec<Vec<usize>>,
    /// Whether a block alone is above the range.
    is_heavy: Vec<bool>,
    /// After each block below was added, the block itself first.
    open: Vec<Vec<Bits>>,
    /// Whether the part may end at the block.
    closes: Vec<bool>,
    low: usize,
    high: usize,
}

impl<'a> Cutting<'a> {
    fn of(tree: &'a Tree, area: &Area, terms: BalanceTerms) -> Self {
        let step = terms.high / STEPS + 1;
        let count = |weight: u64| usize::try_from(weight / step).unwrap_or(usize::MAX);
        let n = tree.atoms.len();
        let mut below = vec![Vec::new(); n];
        for at in 1..n {
            below[tree.above[at]].push(at);
        }
        let mut cutting = Self {
            tree,
            below,
            is_heavy: vec![false; n],
            open: vec![Vec::new(); n],
            closes: vec![false; n],
            low: count(terms.low.next_multiple_of(step)),
            high: count(terms.high),
        };
        for at in (0..n).rev() {
            let weight = area.weight[tree.atoms[at] as usize];
            cutting.is_heavy[at] = weight > terms.high;
            cutting.count(at, count(weight + step / 2));
        }
        cutting
    }

    fn count(&mut self, at: usize, weight: usize) {
        let mut so_far = Bits::none(self.high);
        if !self.is_heavy[at] && weight <= self.high {
            so_far.set(weight);
        }
        let mut open = vec![so_far];
        let mut all_close = true;
        for &child in &self.below[at] {
            let before = &open[open.len() - 1];
            let mut after = if self.closes[child] {
                before.clone()
            } else {
                Bits::none(self.high)
            };
            all_close &= self.closes[child];
            if let Some(of_child) = self.open[child].last() {
                let (few, many) = if of_child.count() < before.count() {
                    (of_child, before)
                } else {
                    (before, of_child)
                };
                for weight in few.ones() {
                    after.add_shifted(many, weight);
                }
            }
            open.push(after);
        }
        let last = &open[open.len() - 1];
        self.closes[at] = if self.is_heavy[at] {
            all_close
        } else {
            last.ones().any(|weight| weight >= self.low)
        };
        self.open[at] = open;
    }

    fn parts(&self, dice: &mut Dice) -> Option<Vec<Vec<u32>>> {
        if !self.closes[0] {
            return None;
        }
        let mut parts: Vec<Vec<u32>> = Vec::new();
        // where parts begin, and blocks whose part is known, with the weight that is left to it there
        let mut begin = vec![0];
        while let Some(top) = begin.pop() {
            let number = parts.len();
            parts.push(Vec::new());
            let mut left = vec![(top, self.weight_to_take(top, dice))];
            while let Some((at, weight)) = left.pop() {
                parts[number].push(self.tree.atoms[at]);
                let mut weight = weight;
                for (before, &child) in self.below[at].iter().enumerate().rev() {
                    let open = &self.open[at][before];
                    let may_close = self.closes[child] && (self.is_heavy[at] || open.has(weight));
                    let joined = if self.is_heavy[at] {
                        None
                    } else {
                        self.joined(child, open, weight, may_close)
                    };
                    match joined {
                        Some(of_child) => {
                            left.push((child, of_child));
                            weight -= of_child;
                        }
                        None => begin.push(child),
                    }
                }
            }
        }
        Some(parts)
    }

    /// The weight with which a block below is joined to the part; `None` to close it off.
    fn joined(&self, child: usize, open: &Bits, weight: usize, may_close: bool) -> Option<usize> {
        let of_child = self.open[child].last()?;
        let fits = |taken: &usize| *taken <= weight && open.has(weight - taken);
        let most = of_child.ones().filter(fits).max();
        if self.tree.is_inner[child] || !may_close {
            most
        } else {
            None
        }
    }

    fn weight_to_take(&self, top: usize, dice: &mut Dice) -> usize {
        let Some(open) = self.open[top].last() else {
            return 0;
        };
        let in_range: Vec<usize> = open.ones().filter(|&w| w >= self.low).collect();
        match (in_range.last(), dice.roll() % 2) {
            (Some(&most), 0) => most,
            (Some(_), roll) => {
                let some = (roll / 2 + dice.roll()) % in_range.len() as u64;
                in_range[usize::try_from(some).unwrap_or_default()]
            }
            (None, _) => 0,
        }
    }
}

/// A set of numbers up to a limit.
#[derive(Clone)]
struct Bits {
    words: Vec<u64>,
    most: usize,
}

impl Bits {
    fn none(most: usize) -> Self {
        Self {
            words: vec![0; most / 64 + 1],
            most,
        }
    }

    fn set(&mut self, number: usize) {
        self.words[number / 64] |= 1 << (number % 64);
    }

    fn has(&self, number: usize) -> bool {
        number <= self.most && self.words[number / 64] >> (number % 64) & 1 == 1
    }

    fn count(&self) -> u32 {
        self.words.iter().map(|word| word.count_ones()).sum()
    }

    fn ones(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(at, &word)| {
            let mut left = word;
            std::iter::from_fn(move || {
                (left != 0).then(|| {
                    let bit = left.trailing_zeros() as usize;
                    left &= left - 1;
                    64 * at + bit
                })
            })
        })
    }

    /// Adds the numbers of another set, each greater by so much.
    fn add_shifted(&mut self, other: &Self, by: usize) {
        let (skip, bits) = (by / 64, by % 64);
        for at in skip..self.words.len() {
            let mut word = other.words[at - skip] << bits;
            if bits > 0 && at > skip {
                word |= other.words[at - skip - 1] >> (64 - bits);
            }
            self.words[at] |= word;
        }
        // numbers beyond the limit
        let above = (self.most + 1) % 64;
        if above > 0
            && let Some(last) = self.words.last_mut()
        {
            *last &= (1 << above) - 1;
        }
    }
}
