//! Checking units as a set against their scheme, and finding those that they imply.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::{Code, LevelIndex, Quantity, Scheme, Unit, UnitDefect};

impl Scheme {
    /// What is wrong with these units by the scheme's rules, ordered by code, then kind.
    ///
    /// A level of which no unit is given at all is known from the parents that the units below
    /// name: there, a parent's code must only look right. As soon as a level has units, every
    /// parent of that level must be one of them.
    ///
    /// A unit whose level the scheme does not have is left out: no reader makes one.
    pub fn check(&self, units: &[Unit]) -> Vec<UnitDefect> {
        let mut given = vec![false; self.levels().len()];
        let mut by_code: HashMap<&str, Vec<LevelIndex>> = HashMap::with_capacity(units.len());
        let known = || {
            units
                .iter()
                .filter(|unit| unit.level.0 < self.levels().len())
        };
        for unit in known() {
            given[unit.level.0] = true;
            by_code
                .entry(unit.code.as_str())
                .or_default()
                .push(unit.level);
        }
        let mut defects = Vec::new();
        for unit in known() {
            self.check_code(unit, &mut defects);
            self.check_parent(unit, &given, &by_code, &mut defects);
            self.check_size(unit, &mut defects);
        }
        let mut repeated: BTreeMap<&Code, Vec<LevelIndex>> = BTreeMap::new();
        for unit in known() {
            let levels = &by_code[unit.code.as_str()];
            if levels.len() > 1 {
                repeated.insert(&unit.code, levels.clone());
            }
        }
        for (code, mut levels) in repeated {
            levels.sort_unstable();
            defects.push(UnitDefect::Duplicate {
                code: code.clone(),
                levels: levels.iter().map(|level| self.id(*level)).collect(),
            });
        }
        defects.sort_by(|a, b| {
            let order = (a.code(), a.kind()).cmp(&(b.code(), b.kind()));
            order.then_with(|| a.to_string().cmp(&b.to_string()))
        });
        defects
    }

    /// The units of upper levels that are named as parents and not given, up to the top where
    /// the rules say how: units of which only the code, level and parent are known. Ordered from
    /// the level above the lowest to the top, by code in each.
    pub fn implied(&self, units: &[Unit]) -> Vec<Unit> {
        let levels = self.levels().len();
        let mut known = vec![BTreeSet::new(); levels];
        let mut wanted = known.clone();
        for unit in units.iter().filter(|unit| unit.level.0 < levels) {
            known[unit.level.0].insert(unit.code.clone());
            if let (Some(parent), 1..) = (&unit.parent, unit.level.0) {
                wanted[unit.level.0 - 1].insert(parent.clone());
            }
        }
        let mut implied = Vec::new();
        for index in (0..levels).rev() {
            let codes = std::mem::take(&mut wanted[index]);
            for code in codes.difference(&known[index]) {
                let mut unit = Unit::new(code.clone(), LevelIndex(index));
                unit.parent = self.parent_of(&unit, None).ok().flatten();
                if let Some(parent) = &unit.parent {
                    wanted[index - 1].insert(parent.clone());
                }
                implied.push(unit);
            }
        }
        implied
    }

    fn id(&self, level: LevelIndex) -> String {
        self.levels()[level.0].id().to_owned()
    }

    fn check_code(&self, unit: &Unit, defects: &mut Vec<UnitDefect>) {
        let level = &self.levels()[unit.level.0];
        if !level.pattern().matches(&unit.code) {
            defects.push(UnitDefect::Malformed {
                code: unit.code.clone(),
                level: level.id().to_owned(),
                pattern: level.pattern().source().to_owned(),
            });
        }
    }

    fn check_parent(
        &self,
        unit: &Unit,
        given: &[bool],
        by_code: &HashMap<&str, Vec<LevelIndex>>,
        defects: &mut Vec<UnitDefect>,
    ) {
        let (code, level) = (unit.code.clone(), self.id(unit.level));
        let above = unit.level.0.checked_sub(1).map(LevelIndex);
        let (above, parent) = match (above, &unit.parent) {
            (None, None) => return,
            (None, Some(parent)) => {
                defects.push(UnitDefect::ParentOnTop {
                    code,
                    level,
                    parent: parent.clone(),
                });
                return;
            }
            (Some(above), None) => {
                defects.push(UnitDefect::NoParent {
                    code,
                    level,
                    parent_level: self.id(above),
                });
                return;
            }
            (Some(above), Some(parent)) => (above, parent),
        };
        // a column is what the unit itself carries; the other rules read it from the code
        let by_rule = self.parent_of(unit, Some(parent));
        if by_rule.is_err() {
            defects.push(UnitDefect::OtherParent {
                code,
                level,
                parent: parent.clone(),
                by_rule: self.parent_of(unit, None).ok().flatten(),
            });
            return;
        }
        let levels = by_code.get(parent.as_str());
        if given[above.0] {
            if !levels.is_some_and(|levels| levels.contains(&above)) {
                defects.push(UnitDefect::UnknownParent {
                    code,
                    level,
                    parent: parent.clone(),
                    parent_level: self.id(above),
                    found_in: levels
                        .and_then(|levels| levels.iter().min())
                        .map(|l| self.id(*l)),
                });
            }
            return;
        }
        let pattern = self.levels()[above.0].pattern();
        if !pattern.matches(parent) {
            defects.push(UnitDefect::MalformedParent {
                code,
                level,
                parent: parent.clone(),
                parent_level: self.id(above),
                pattern: pattern.source().to_owned(),
            });
        }
    }

    fn check_size(&self, unit: &Unit, defects: &mut Vec<UnitDefect>) {
        let level = &self.levels()[unit.level.0];
        let counts = [
            (
                Quantity::Households,
                unit.households,
                level.limits().households,
            ),
            (
                Quantity::Population,
                unit.population,
                level.limits().population,
            ),
        ];
        for (quantity, count, limits) in counts {
            if let (Some(count), Some(limits)) = (count, limits)
                && !limits.contains(count)
            {
                defects.push(UnitDefect::Size {
                    code: unit.code.clone(),
                    level: level.id().to_owned(),
                    quantity,
                    count,
                    limits,
                });
            }
        }
    }
}
