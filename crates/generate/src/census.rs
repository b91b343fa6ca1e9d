//! Households, persons and kinds of grids.

use serde::Deserialize;
use wangge_model::{GridKind, SizeRange, Unit};

use crate::board::count;
use crate::dice::{Dice, Subject};
use crate::spec::CitySpec;

/// What a description says of people.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct CensusSpec {
    /// The share of grids with more or fewer households than they should have: a planner finds
    /// some to be looked at in every city.
    off_limits: f64,
    /// The share of the urban grids that are of kind `special`.
    special: f64,
    urban: Settled,
    rural: Settled,
}

/// How people live in grids of one kind. What is not said is as the scheme's limits are.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Settled {
    households: Option<[u32; 2]>,
    population: Option<[u32; 2]>,
    persons_per_household: Option<[f64; 2]>,
}

impl Default for CensusSpec {
    fn default() -> Self {
        Self {
            off_limits: 0.016,
            special: 0.02,
            urban: Settled::default(),
            rural: Settled::default(),
        }
    }
}

/// Households, persons and kind of one grid after the other.
pub(crate) struct Census {
    dice: Dice,
    spec: CensusSpec,
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
            spec: spec.census,
            households: limits.households.unwrap_or(usual),
            population: limits.population,
        }
    }

    pub(crate) fn count(&mut self, unit: &mut Unit, load: f64, village: bool) {
        let CensusSpec {
            off_limits,
            special,
            urban,
            rural,
        } = self.spec;
        let settled = if village { rural } else { urban };
        let range = settled.households;
        let [low, high] = range
            .unwrap_or([self.households.low(), self.households.high()])
            .map(f64::from);
        let dice = &mut self.dice;
        let guess = low.midpoint(high) * load * dice.between(0.93, 1.07);
        let edge = (high - low) * dice.between(0.0, 0.3);
        let mut households = guess.clamp(low + edge, high - edge);
        if dice.chance(off_limits) {
            households = if dice.chance(0.5) {
                low * dice.between(0.8, 0.98)
            } else {
                high * dice.between(1.02, 1.12)
            };
        }
        let [fewest, most] = settled.persons_per_household.unwrap_or([1.75, 2.3]);
        let mut persons = households * dice.between(fewest, most);
        let limit = settled.population.map(|[low, high]| (low, high));
        let limit = limit.or(self.population.map(|range| (range.low(), range.high())));
        if let Some((least, limit)) = limit {
            persons = persons.min(f64::from(limit) * dice.between(0.95, 1.0));
            persons = persons.max(f64::from(least));
        }
        let special = dice.chance(special);
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

#[cfg(test)]
mod tests {
    use wangge_model::{Code, LevelIndex};

    use super::*;

    /// Households and persons of many grids, whatever share of the land they have.
    fn counted(census: &str, village: bool) -> Vec<(u32, u32, GridKind)> {
        let mut spec = CitySpec::sized(1).unwrap();
        spec.census = toml::from_str(census).unwrap();
        let mut census = Census::new(&spec, 5);
        let loads = [0.3, 0.7, 1.0, 1.4, 2.5];
        let counts = loads.into_iter().cycle().take(2000).map(|load| {
            let mut unit = Unit::new(Code::new("1").unwrap(), LevelIndex(3));
            census.count(&mut unit, load, village);
            let (households, persons) = (unit.households.unwrap(), unit.population.unwrap());
            (households, persons, unit.kind.unwrap())
        });
        counts.collect()
    }

    #[test]
    fn a_few_grids_are_off_limits_unless_the_description_says_none() {
        let within = |(households, persons, _): &(u32, u32, GridKind)| {
            (300..=500).contains(households) && *persons <= 1000
        };
        let usual = counted("", false);
        let off = usual.iter().filter(|grid| !within(grid)).count();
        assert!((10..80).contains(&off), "{off}");
        assert!(usual.iter().any(|grid| grid.2 == GridKind::Special));
        let strict = counted("off_limits = 0.0\nspecial = 0.0", false);
        assert!(strict.iter().all(within));
        assert!(strict.iter().all(|grid| grid.2 == GridKind::Urban));
    }

    #[test]
    fn villages_keep_to_their_own_ranges() {
        let census = "off_limits = 0.0\n[rural]\nhouseholds = [120, 170]\npopulation = [440, 560]\n\
                      persons_per_household = [3.0, 3.6]";
        for (households, persons, kind) in counted(census, true) {
            assert!((120..=170).contains(&households), "{households}");
            assert!((440..=560).contains(&persons), "{persons}");
            assert_eq!(kind, GridKind::Rural);
        }
        for (households, _, _) in counted(census, false) {
            assert!((300..=500).contains(&households), "{households}");
        }
    }
}
