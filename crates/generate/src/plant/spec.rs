//! What shall be planted: how many of each kind, and how large.

use super::PlantedKind;
use crate::GenerateError;
use crate::board::real;

/// How large planted defects are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sizes {
    /// From the one to the other, every doubling of the size equally likely, both ends included.
    Metres {
        /// The smallest, metres.
        min_m: f64,
        /// The largest, metres.
        max_m: f64,
    },
    /// As small as the lattice has them: a moved vertex is one unit away along one axis, a
    /// dropped or extra one at most a unit beside the border, a strip is one unit wide, a spike one
    /// unit long, and the swapped vertices of a bow-tie are a few units apart.
    LatticeUnit,
}

/// How many defects of each kind are planted, and how large they are.
///
/// ```
/// use wangge_generate::{PlantSpec, PlantedKind};
///
/// let usual = PlantSpec::default();
/// assert_eq!(usual.total(), 80);
/// let few = PlantSpec::each(0).with(PlantedKind::Spike, 3).of_one_lattice_unit();
/// assert_eq!(few.total(), 3);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PlantSpec {
    counts: [usize; PlantedKind::ALL.len()],
    sizes: Sizes,
}

/// Ten of each kind, 3 cm to 3 m.
impl Default for PlantSpec {
    fn default() -> Self {
        Self::each(10)
    }
}

impl PlantSpec {
    /// So many of each kind, 3 cm to 3 m.
    pub const fn each(count: usize) -> Self {
        Self {
            counts: [count; PlantedKind::ALL.len()],
            sizes: Sizes::Metres {
                min_m: 0.03,
                max_m: 3.0,
            },
        }
    }

    /// The same with so many of one kind.
    pub const fn with(mut self, kind: PlantedKind, count: usize) -> Self {
        self.counts[kind.place()] = count;
        self
    }

    /// The same with sizes from one to another, in metres.
    pub const fn between_m(mut self, min_m: f64, max_m: f64) -> Self {
        self.sizes = Sizes::Metres { min_m, max_m };
        self
    }

    /// The same with defects of one lattice unit.
    pub const fn of_one_lattice_unit(mut self) -> Self {
        self.sizes = Sizes::LatticeUnit;
        self
    }

    /// How many of a kind are planted.
    pub const fn count(&self, kind: PlantedKind) -> usize {
        self.counts[kind.place()]
    }

    /// How many are planted in all.
    pub fn total(&self) -> usize {
        self.counts.iter().sum()
    }

    /// How large they are.
    pub const fn sizes(&self) -> Sizes {
        self.sizes
    }

    /// # Errors
    /// [`GenerateError::OutOfRange`] for sizes that leave no room between them.
    pub(super) fn check(&self) -> Result<(), GenerateError> {
        let Sizes::Metres { min_m, max_m } = self.sizes else {
            return Ok(());
        };
        if !(0.025..=100.0).contains(&min_m) {
            return Err(GenerateError::OutOfRange {
                field: "min_m",
                value: min_m,
                right: "between 0.025 and 100 m: smaller defects are those of one lattice unit",
            });
        }
        if !(min_m * 2.0..=100.0).contains(&max_m) {
            return Err(GenerateError::OutOfRange {
                field: "max_m",
                value: max_m,
                right: "between twice the smallest size and 100 m",
            });
        }
        Ok(())
    }
}

/// The size at a share of the way from `min` to `max`, measured in doublings.
///
/// Between two powers it runs straight, so that products are all that is needed: powers of a
/// mathematical library may differ in the last bit between machines.
pub(super) fn size_at(share: f64, min: f64, max: f64) -> f64 {
    let (mut doublings, mut rest) = (0.0, max / min);
    while rest >= 2.0 {
        rest /= 2.0;
        doublings += 1.0;
    }
    let mut way = share.clamp(0.0, 1.0) * (doublings + rest - 1.0);
    let mut size = min;
    while way >= 1.0 {
        way -= 1.0;
        size *= 2.0;
    }
    (size * (1.0 + way)).clamp(min, max)
}

/// The share of the way for the one at `place` of `count`: the ends for the first and the last,
/// between them evenly with a jitter of `unit`, from 0 to 1.
pub(super) fn share_of(place: usize, count: usize, unit: f64) -> f64 {
    match place {
        _ if count < 2 => unit,
        0 => 0.0,
        _ if place + 1 == count => 1.0,
        _ => (real(place) + unit - 0.5) / real(count - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_run_from_end_to_end_by_doublings() {
        let about = |size: f64, right: f64| (size - right).abs() < 1e-12;
        assert!(about(size_at(0.0, 0.03, 3.0), 0.03));
        assert!(about(size_at(1.0, 0.03, 3.0), 3.0));
        // of 1 to 16, four doublings, half of the way is two of them
        assert!(about(size_at(0.5, 1.0, 16.0), 4.0));
        let sizes: Vec<f64> = (0..=50)
            .map(|step| size_at(f64::from(step) / 50.0, 0.03, 3.0))
            .collect();
        assert!(sizes.is_sorted());
        // ten times is a half of a hundred times
        assert!((0.27..0.33).contains(&size_at(0.5, 0.03, 3.0)));
    }

    #[test]
    fn the_first_and_the_last_take_the_ends() {
        for unit in [0.0, 0.5, 0.999] {
            assert!(share_of(0, 10, unit) <= 0.0);
            assert!(share_of(9, 10, unit) >= 1.0);
            let between: Vec<f64> = (0..10).map(|place| share_of(place, 10, unit)).collect();
            assert!(between.is_sorted(), "{between:?}");
        }
    }

    #[test]
    fn sizes_without_room_are_refused() {
        for (min, max, field) in [
            (0.001, 3.0, "min_m"),
            (f64::NAN, 3.0, "min_m"),
            (1.0, 1.5, "max_m"),
            (1.0, f64::INFINITY, "max_m"),
        ] {
            let error = PlantSpec::each(1).between_m(min, max).check().unwrap_err();
            assert!(error.to_string().starts_with(field), "{error}");
        }
    }
}
