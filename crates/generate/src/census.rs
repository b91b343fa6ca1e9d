//! Households, persons and kinds of grids.

use wangge_model::{GridKind, SizeRange, Unit};

use crate::board::count;
use crate::dice::{Dice, Subject};
use crate::spec::CitySpec;

/// Households and persons, within the scheme's limits but for a few grids: a planner finds some
/// to be looked at in every city.
pub(crate) struct Census {
    dice: Dice,
    households: SizeRange,
    population: Option<SizeRange>,
}

impl Census {
    pub(crate) fn new(spec: &CitySpec, seed: u64) -> Self {
        let limits = spec.scheme.levels()[3].limits();
        // GB/T 34300-2017 speaks of 300 to 500 households, where a scheme says nothing
        let usual = SizeRange::new(300, 500).unwrap_or_else(|| unreachable!("300 is below 500"));
        Self {
            dice: Dice::new(seed, Subject::Households),
            households: limits.households.unwrap_or(usual),
            population: limits.population,
        }
    }

    pub(crate) fn count(&mut self, unit: &mut Unit, load: f64, village: bool) {
        let (low, high) = (
            f64::from(self.households.low()),
            f64::from(self.households.high()),
        );
        let dice = &mut self.dice;
        let guess = low.midpoint(high) * load * dice.between(0.93, 1.07);
        let edge = (high - low) * dice.between(0.0, 0.3);
        let mut households = guess.clamp(low + edge, high - edge);
        if dice.chance(0.016) {
            households = if dice.chance(0.5) {
                low * dice.between(0.8, 0.98)
            } else {
                high * dice.between(1.02, 1.12)
            };
        }
        let per_household = dice.between(1.75, 2.3);
        let mut persons = households * per_household;
        if let Some(limit) = self.population {
            persons = persons.min(f64::from(limit.high()) * dice.between(0.95, 1.0));
        }
        let special = dice.chance(0.02);
        let whole = |value: f64| u32::try_from(count(value)).unwrap_or(u32::MAX);
        unit.households = Some(whole(households));
        unit.population = Some(whole(persons));
        unit.kind = Some(match (village, special) {
            (true, _) => GridKind::Rural,
            (false, true) => GridKind::Special,
            (false, false) => GridKind::Urban,
        });
    }
}
