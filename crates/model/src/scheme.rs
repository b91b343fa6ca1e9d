//! Schemes: the levels of one city, top to bottom, each with its code rule.

use std::fmt;

use crate::{Code, CodePattern, CodeSplit, ModelError, Unit, scheme_file};

/// The levels of one city and what holds for the units of each.
///
/// Invariant: at least one level, ids unique; the top level has no parent rule, every other has
/// one; segments and tiers name what there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    pub(crate) source: String,
    pub(crate) city: String,
    pub(crate) name: String,
    pub(crate) name_en: Option<String>,
    pub(crate) code: Option<Code>,
    pub(crate) levels: Vec<Level>,
    pub(crate) tiers: Vec<Tier>,
    pub(crate) components: ComponentScheme,
}

/// What a scheme says of city components (部件).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ComponentScheme {
    /// How their codes are made up; `None` where they are opaque.
    pub split: Option<CodeSplit>,
    /// The tier at which a component's own department acts; the last one unless the scheme says.
    pub own_tier: Option<u32>,
}

/// A level of a scheme by its place: 0 is the top.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LevelIndex(pub usize);

/// One level: districts, streets, communities, grids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) name_en: Option<String>,
    pub(crate) pattern: CodePattern,
    pub(crate) parent: Option<ParentRule>,
    pub(crate) limits: Limits,
    pub(crate) posts: Vec<String>,
}

/// How a unit's parent, a unit of the level above, is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParentRule {
    /// The parent's code is this many first characters of the unit's.
    Prefix(usize),
    /// A column of the file holds the parent's code.
    Column(String),
    /// The parent's code is these named groups of the unit's code pattern, joined.
    Segments(Vec<String>),
}

/// Sizes that the units of a level should keep to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// Households (户数).
    pub households: Option<SizeRange>,
    /// Persons.
    pub population: Option<SizeRange>,
}

/// A range of counts, both ends allowed.
///
/// Invariant: `low` is at most `high`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SizeRange {
    low: u32,
    high: u32,
}

/// A tier of handling: who acts first, who is asked next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tier {
    /// 1 acts first.
    pub number: u32,
    /// The level whose department acts.
    pub level: LevelIndex,
}

impl Scheme {
    /// The scheme that a TOML text describes: `city`, `name`, one `[[level]]` each from the top
    /// to the lowest, `[tiers]`.
    ///
    /// # Errors
    /// Every mistake is an error that names the line: see [`ModelError`].
    pub fn from_toml(text: &str) -> Result<Self, ModelError> {
        scheme_file::read(text)
    }

    /// The TOML text as it was given.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The short name of the city, for files and addresses.
    pub fn city(&self) -> &str {
        &self.city
    }

    /// The city's name for people.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The city's name in Latin letters.
    pub fn name_en(&self) -> Option<&str> {
        self.name_en.as_deref()
    }

    /// The city's own administrative code. It need not be a unit of the top level.
    pub const fn code(&self) -> Option<&Code> {
        self.code.as_ref()
    }

    /// What holds for city components.
    pub const fn components(&self) -> ComponentScheme {
        self.components
    }

    /// The levels, top to bottom, at least one.
    pub fn levels(&self) -> &[Level] {
        &self.levels
    }

    /// The place of the level with this id.
    pub fn level(&self, id: &str) -> Option<LevelIndex> {
        self.levels
            .iter()
            .position(|level| level.id == id)
            .map(LevelIndex)
    }

    /// The level at a place.
    ///
    /// # Errors
    /// [`ModelError::NoSuchLevel`].
    pub fn level_at(&self, index: LevelIndex) -> Result<&Level, ModelError> {
        self.levels.get(index.0).ok_or(ModelError::NoSuchLevel {
            index: index.0,
            levels: self.levels.len(),
        })
    }

    /// The lowest level: the one that owns geometry.
    pub fn lowest(&self) -> LevelIndex {
        LevelIndex(self.levels.len() - 1)
    }

    /// The tiers of handling, by number.
    pub fn tiers(&self) -> &[Tier] {
        &self.tiers
    }

    /// The code of the unit's parent by its level's rule; `None` on the top level, whatever the
    /// file gives there. `given` is what the file says: the column of the rule, or a column that
    /// claims to hold the parent.
    ///
    /// # Errors
    /// [`ModelError::ParentNotGiven`] where the rule needs the column; [`ModelError::ParentPrefix`],
    /// [`ModelError::CodeMalformed`] and [`ModelError::ParentSegments`] where the code holds no
    /// parent; [`ModelError::ParentDisagrees`] where the code and the file name two different
    /// ones; [`ModelError::NoSuchLevel`].
    pub fn parent_of(&self, unit: &Unit, given: Option<&Code>) -> Result<Option<Code>, ModelError> {
        let level = self.level_at(unit.level)?;
        let derived = match &level.parent {
            None => return Ok(None),
            Some(ParentRule::Column(column)) => {
                return match given {
                    Some(parent) => Ok(Some(parent.clone())),
                    None => Err(ModelError::ParentNotGiven {
                        code: unit.code.clone(),
                        level: level.id.clone(),
                        column: column.clone(),
                        parent_level: self.levels[unit.level.0 - 1].id.clone(),
                    }),
                };
            }
            Some(ParentRule::Prefix(prefix)) => level.prefix_of(&unit.code, *prefix)?,
            Some(ParentRule::Segments(names)) => level.segments_of(&unit.code, names)?,
        };
        match given {
            Some(given) if *given != derived => Err(ModelError::ParentDisagrees {
                code: unit.code.clone(),
                level: level.id.clone(),
                given: given.clone(),
                derived,
            }),
            _ => Ok(Some(derived)),
        }
    }
}

impl Level {
    /// The id: lower-case Latin, for options, addresses and answers.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The name for people: 街道, 社区, 基础网格.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name in Latin letters.
    pub fn name_en(&self) -> Option<&str> {
        self.name_en.as_deref()
    }

    /// What its codes look like.
    pub const fn pattern(&self) -> &CodePattern {
        &self.pattern
    }

    /// How its units find their parents; `None` on the top level.
    pub const fn parent(&self) -> Option<&ParentRule> {
        self.parent.as_ref()
    }

    /// The sizes its units should keep to.
    pub const fn limits(&self) -> Limits {
        self.limits
    }

    /// The posts that stand in each of its units (网格长, 网格员, …), as the scheme names them.
    pub fn posts(&self) -> &[String] {
        &self.posts
    }

    fn prefix_of(&self, code: &Code, prefix: usize) -> Result<Code, ModelError> {
        let text = code.as_str();
        // the prefix must leave something of the unit's own
        match text.char_indices().nth(prefix) {
            Some((end, _)) => Code::new(&text[..end]),
            None => Err(ModelError::ParentPrefix {
                code: code.clone(),
                level: self.id.clone(),
                prefix,
                chars: text.chars().count(),
            }),
        }
    }

    fn segments_of(&self, code: &Code, names: &[String]) -> Result<Code, ModelError> {
        if !self.pattern.matches(code) {
            return Err(ModelError::CodeMalformed {
                code: code.clone(),
                level: self.id.clone(),
                pattern: self.pattern.source().to_owned(),
            });
        }
        self.pattern
            .join_segments(code, names)
            .and_then(|text| Code::new(&text).ok())
            .ok_or_else(|| ModelError::ParentSegments {
                code: code.clone(),
                level: self.id.clone(),
                segments: names.join(" + "),
            })
    }
}

impl SizeRange {
    /// From `low` to `high`; `None` when they are the wrong way round.
    pub const fn new(low: u32, high: u32) -> Option<Self> {
        if low <= high {
            Some(Self { low, high })
        } else {
            None
        }
    }

    /// The smallest count allowed.
    pub const fn low(self) -> u32 {
        self.low
    }

    /// The largest count allowed.
    pub const fn high(self) -> u32 {
        self.high
    }

    /// Whether the count is allowed.
    pub const fn contains(self, count: u32) -> bool {
        self.low <= count && count <= self.high
    }
}

impl fmt::Display for SizeRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.low, self.high)
    }
}
