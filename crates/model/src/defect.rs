//! What can be wrong with a unit among others: malformed and repeated codes, parents, sizes.

use std::fmt;

use crate::{Code, SizeRange};

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
