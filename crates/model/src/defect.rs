//! What is wrong with units as a set: malformed and repeated codes, parents, sizes.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use crate::{Code, LevelIndex, Scheme, SizeRange, Unit};

/// How much a defect matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Good to know.
    Info,
    /// A person should look at it.
    Warning,
    /// It keeps a plan from being sound.
    Error,
}

/// A count that a scheme limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quantity {
    /// Households (户数).
    Households,
    /// Persons.
    Population,
}

/// One thing that is wrong with the units of a plan, apart from their ground.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnitDefect {
    /// `code-malformed`: the code does not look like those of its level.
    Malformed {
        /// The unit.
        code: Code,
        /// Its level's id.
        level: String,
        /// The level's pattern.
        pattern: String,
    },
    /// `code-duplicate`: several units have this code.
    Duplicate {
        /// The code.
        code: Code,
        /// The ids of their levels, one for each unit, top to bottom.
        levels: Vec<String>,
    },
    /// `code-parent`: a unit below the top names no parent.
    NoParent {
        /// The unit.
        code: Code,
        /// Its level's id.
        level: String,
        /// The id of the level above.
        parent_level: String,
    },
    /// `code-parent`: there is no unit of the parent's code in the level above.
    UnknownParent {
        /// The unit.
        code: Code,
        /// Its level's id.
        level: String,
        /// The parent it names.
        parent: Code,
        /// The id of the level above.
        parent_level: String,
        /// The id of the level that does have a unit of this code.
        found_in: Option<String>,
    },
    /// `code-parent`: the parent's code does not look like those of the level above.
    MalformedParent {
        /// The unit.
        code: Code,
        /// Its level's id.
        level: String,
        /// The parent it names.
        parent: Code,
        /// The id of the level above.
        parent_level: String,
        /// Its pattern.
        pattern: String,
    },
    /// `code-parent`: the code says another parent than the unit names.
    OtherParent {
        /// The unit.
        code: Code,
        /// Its level's id.
        level: String,
        /// The parent it names.
        parent: Code,
        /// The parent by the level's rule; `None` when the code holds none.
        by_rule: Option<Code>,
    },
    /// `code-parent`: a unit of the top level names a parent.
    ParentOnTop {
        /// The unit.
        code: Code,
        /// Its level's id.
        level: String,
        /// The parent it names.
        parent: Code,
    },
    /// `size`: more or fewer than the scheme allows.
    Size {
        /// The unit.
        code: Code,
        /// Its level's id.
        level: String,
        /// What was counted.
        quantity: Quantity,
        /// The count.
        count: u32,
        /// The scheme's limits.
        limits: SizeRange,
    },
}

impl UnitDefect {
    /// The kind as reports name it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Malformed { .. } => "code-malformed",
            Self::Duplicate { .. } => "code-duplicate",
            Self::NoParent { .. }
            | Self::UnknownParent { .. }
            | Self::MalformedParent { .. }
            | Self::OtherParent { .. }
            | Self::ParentOnTop { .. } => "code-parent",
            Self::Size { .. } => "size",
        }
    }

    /// Sizes are warnings: a yard with one owner stays whole. The rest are errors.
    pub const fn severity(&self) -> Severity {
        match self {
            Self::Size { .. } => Severity::Warning,
            _ => Severity::Error,
        }
    }

    /// The code of the unit, or of the units, that are wrong.
    pub const fn code(&self) -> &Code {
        match self {
            Self::Malformed { code, .. }
            | Self::Duplicate { code, .. }
            | Self::NoParent { code, .. }
            | Self::UnknownParent { code, .. }
            | Self::MalformedParent { code, .. }
            | Self::OtherParent { code, .. }
            | Self::ParentOnTop { code, .. }
            | Self::Size { code, .. } => code,
        }
    }

    /// Every code the defect is about: the unit's, and its parent's where that is in question.
    pub fn codes(&self) -> Vec<&Code> {
        let parent = match self {
            Self::UnknownParent { parent, .. }
            | Self::MalformedParent { parent, .. }
            | Self::OtherParent { parent, .. }
            | Self::ParentOnTop { parent, .. } => Some(parent),
            _ => None,
        };
        std::iter::once(self.code()).chain(parent).collect()
    }
}

impl fmt::Display for UnitDefect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed {
                code,
                level,
                pattern,
            } => write!(
                f,
                "the code {code} is not one of level \"{level}\": it does not match {pattern}"
            ),
            Self::Duplicate { code, levels } => write!(
                f,
                "{} units have the code {code} (levels: {}); a code belongs to one unit",
                levels.len(),
                levels.join(", ")
            ),
            Self::NoParent {
                code,
                level,
                parent_level,
            } => write!(
                f,
                "{code} of level \"{level}\" names no parent of level \"{parent_level}\""
            ),
            Self::UnknownParent {
                code,
                level,
                parent,
                parent_level,
                found_in,
            } => {
                write!(
                    f,
                    "{code} of level \"{level}\" names {parent} as its parent, and level \
                     \"{parent_level}\" has no such unit"
                )?;
                match found_in {
                    Some(other) => write!(f, "; it is one of level \"{other}\""),
                    None => Ok(()),
                }
            }
            Self::MalformedParent {
                code,
                level,
                parent,
                parent_level,
                pattern,
            } => write!(
                f,
                "{code} of level \"{level}\" names {parent} as its parent, which is no code of \
                 level \"{parent_level}\": it does not match {pattern}"
            ),
            Self::OtherParent {
                code,
                level,
                parent,
                by_rule: Some(by_rule),
            } => write!(
                f,
                "{code} of level \"{level}\" names {parent} as its parent, but by the scheme's \
                 rule it is {by_rule}"
            ),
            Self::OtherParent {
                code,
                level,
                parent,
                by_rule: None,
            } => write!(
                f,
                "{code} of level \"{level}\" names {parent} as its parent, and by the scheme's \
                 rule its code holds none"
            ),
            Self::ParentOnTop {
                code,
                level,
                parent,
            } => write!(
                f,
                "{code} is of the top level, \"{level}\", and names {parent} as its parent"
            ),
            Self::Size {
                code,
                level,
                quantity,
                count,
                limits,
            } => {
                let what = match quantity {
                    Quantity::Households => "households",
                    Quantity::Population => "persons",
                };
                write!(
                    f,
                    "{code} of level \"{level}\" has {count} {what}; the scheme allows {limits}"
                )
            }
        }
    }
}

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
        defects.sort_by(|a, b| (a.code(), a.kind()).cmp(&(b.code(), b.kind())));
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
                        .and_then(|levels| levels.first())
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
