//! Chance that comes out the same on every machine.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// Numbers drawn from one seed. Each subject draws from a stream of its own, so that more draws
/// for one leave the others as they were.
pub(crate) struct Dice(ChaCha8Rng);

/// What the numbers are drawn for.
#[derive(Clone, Copy)]
pub(crate) enum Subject {
    Outline = 1,
    Lines,
    Blocks,
    Cores,
    Households,
    Names,
    Truth,
    Loads,
    Planting,
    Posts,
    Institutions,
    Components,
    Dwellings,
    Readings,
    Patrols,
    Greens,
}

impl Dice {
    pub(crate) fn new(seed: u64, subject: Subject) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(subject as u64);
        Self(generator)
    }

    /// A number from 0 up to, not including, 1.
    pub(crate) fn unit(&mut self) -> f64 {
        unit_of(self.0.next_u64())
    }

    /// A number from `low` up to `high`.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// A whole number below `bound`, which is not 0. The bias of the remainder is below 2^-32.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let bound = bound.max(1) as u64;
        usize::try_from(self.0.next_u64() % bound).unwrap_or(0)
    }

    /// The numbers below `count` in a random order (Fisher and Yates).
    pub(crate) fn order(&mut self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        for left in (1..count).rev() {
            order.swap(left, self.below(left + 1));
        }
        order
    }

    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }
}

/// The highest 53 bits as a number from 0 up to, not including, 1.
fn unit_of(bits: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit a double exactly")]
    let whole = (bits >> 11) as f64;
    whole / 9_007_199_254_740_992.0
}

/// A smooth random landscape with values from -1 to 1 (value noise with quintic blending).
#[derive(Clone, Copy)]
pub(crate) struct Landscape {
    seed: u64,
    wavelength: f64,
}

impl Landscape {
    pub(crate) const fn new(seed: u64, salt: u64, wavelength: f64) -> Self {
        Self {
            seed: mixed(seed ^ salt.wrapping_mul(0x9e37_79b9_7f4a_7c15)),
            wavelength,
        }
    }

    pub(crate) fn at(self, x: f64, y: f64) -> f64 {
        let (column, u) = cell(x / self.wavelength);
        let (row, v) = cell(y / self.wavelength);
        let south = mix(self.corner(column, row), self.corner(column + 1, row), u);
        let north = mix(
            self.corner(column, row + 1),
            self.corner(column + 1, row + 1),
            u,
        );
        mix(south, north, v)
    }

    fn corner(self, column: i64, row: i64) -> f64 {
        let place =
            column.cast_unsigned().wrapping_mul(0xd6e8_feb8_6659_fd93) ^ mixed(row.cast_unsigned());
        unit_of(mixed(self.seed ^ mixed(place))) * 2.0 - 1.0
    }
}

fn cell(value: f64) -> (i64, f64) {
    let floor = value.floor();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a city is no wider than some thousands of wavelengths"
    )]
    let whole = floor as i64;
    let t = value - floor;
    (whole, t * t * t * (t * (t * 6.0 - 15.0) + 10.0))
}

fn mix(a: f64, b: f64, share: f64) -> f64 {
    a + (b - a) * share
}

/// Scrambles 64 bits (the finishing step of splitmix64, Steele and others 2014).
pub(crate) const fn mixed(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_landscape_stays_between_its_bounds_and_has_no_jumps() {
        let land = Landscape::new(7, 1, 100.0);
        for step in 0..4000 {
            let x = f64::from(step) * 0.9 - 1800.0;
            let here = land.at(x, x * 0.37);
            assert!(here.abs() <= 1.0);
            assert!((land.at(x + 0.01, x * 0.37) - here).abs() < 0.001);
        }
    }

    #[test]
    fn a_random_order_has_every_number_once() {
        let mut dice = Dice::new(1, Subject::Planting);
        let order = dice.order(500);
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert!(sorted.into_iter().eq(0..500));
        // five hundred numbers in order, or twice in the same, are no chance
        assert!(!order.is_sorted());
        assert_ne!(order, dice.order(500));
    }

    #[test]
    fn subjects_draw_different_numbers_from_one_seed() {
        let mut one = Dice::new(1, Subject::Outline);
        let mut other = Dice::new(1, Subject::Names);
        assert_ne!(
            (one.below(1_000_000), one.below(1_000_000)),
            (other.below(1_000_000), other.below(1_000_000))
        );
    }
}
