//! Sums of areas that come out the same in any order.

/// Units of a total in one square metre.
const PER_M2: f64 = 1_099_511_627_776.0;

/// A sum of areas on the ellipsoid, kept in whole units of 2^-40 square metres.
///
/// Whole numbers add up to the same in any order, and what was added can be taken away again.
/// An area is rounded to a unit when it comes in: a picometre squared, below what an `f64` can
/// tell of any grid of more than a third of a hectare.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Total {
    units: i128,
}

impl Total {
    /// Adds an area, square metres.
    pub(crate) fn add(&mut self, area_m2: f64) {
        self.units += units(area_m2);
    }

    /// Takes away an area that was added, square metres.
    pub(crate) fn take(&mut self, area_m2: f64) {
        self.units -= units(area_m2);
    }

    /// The sum, square metres.
    #[expect(
        clippy::cast_precision_loss,
        reason = "the nearest f64 is what is asked for"
    )]
    pub(crate) fn area_m2(self) -> f64 {
        self.units as f64 / PER_M2
    }
}

impl FromIterator<f64> for Total {
    fn from_iter<I: IntoIterator<Item = f64>>(areas: I) -> Self {
        let mut total = Self::default();
        for area_m2 in areas {
            total.add(area_m2);
        }
        total
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a whole number; the earth has 6e26 of these units, far below the end of i128"
)]
fn units(area_m2: f64) -> i128 {
    (area_m2 * PER_M2).round_ties_even() as i128
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_total_does_not_depend_on_the_order_and_gives_back_what_was_added() {
        let areas = [1e9, 0.1, 1e-3, 12_345.678_9, 3.3e14];
        let there: Total = areas.into_iter().collect();
        let back: Total = areas.into_iter().rev().collect();
        assert_eq!(there, back);
        let mut left = there;
        left.take(3.3e14);
        left.take(1e9);
        // 0.1 + 0.001 + 12345.6789
        assert!((left.area_m2() - 12_345.779_9).abs() < 1e-9, "{left:?}");
    }
}
