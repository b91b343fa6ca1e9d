//! Codes for new units: the next number under a parent, by the level's rule.

use std::collections::BTreeSet;

use crate::template::Template;
use crate::{Code, Level, ParentRule};

/// Why no code can be issued.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IssueError {
    /// The level has parents and none was named.
    #[error("a new unit of the level {level} needs a parent to be numbered under: name it")]
    ParentMissing {
        /// The level's id.
        level: String,
    },
    /// The parent's code can begin no code of the level, or none has a number to count.
    #[error(
        "codes of the level {level} ({pattern}) have no number that can be counted under {parent}: \
         give the code by hand"
    )]
    NotCountable {
        /// The level's id.
        level: String,
        /// Its code pattern, as the scheme writes it.
        pattern: String,
        /// The parent's code; empty on the top level.
        parent: String,
    },
    /// The last number is used.
    #[error(
        "the numbers under {parent} run out: {last} was the last of the level {level} ({pattern}), \
         and a code is never issued again; give a code by hand, or widen the pattern"
    )]
    RunOut {
        /// The level's id.
        level: String,
        /// Its code pattern, as the scheme writes it.
        pattern: String,
        /// The parent's code; empty on the top level.
        parent: String,
        /// The highest code in use, living or retired.
        last: Code,
    },
}

/// Issues codes of one level under one parent: the next number after the highest that was ever used
/// there, with as many digits. A code that was ever used is never issued again.
///
/// ```
/// use wangge_model::{Code, CodeIssuer, Scheme};
///
/// let scheme = Scheme::from_toml(r#"
///     city = "longgang"
///     name = "葫芦岛市龙港区"
///     [[level]]
///     id = "community"
///     name = "社区"
///     code = '^\d{12}$'
///     [[level]]
///     id = "grid"
///     name = "基础网格"
///     code = '^\d{15}$'
///     parent = { column = "parent" }
/// "#)?;
/// let parent: Code = "211403001002".parse()?;
/// let used: Vec<Code> = vec!["211403001002014".parse()?, "211403001003090".parse()?];
/// let level = &scheme.levels()[1];
/// let mut issuer = CodeIssuer::new(level, Some(&parent), used.iter().map(|code| (code, None)))?;
/// assert_eq!(issuer.issue()?.as_str(), "211403001002015");
/// assert_eq!(issuer.issue()?.as_str(), "211403001002016");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct CodeIssuer {
    level: String,
    pattern: String,
    parent: String,
    used: BTreeSet<Code>,
    /// What codes under this parent look like, the characters that none of them may change fixed.
    template: Template,
    /// The places that are counted, from the first to the one after the last.
    counted: (usize, usize),
    /// The highest code so far.
    last: Option<Code>,
    /// The characters of the last code, in their places.
    at: Vec<char>,
    /// Whether these are not a last code yet, but the first to issue.
    is_first: bool,
}

impl CodeIssuer {
    /// An issuer for a level and a parent. `used` are all codes that the level ever had, living and
    /// retired, each with its parent where that is known and the code does not tell.
    ///
    /// What is counted is the last row of digits of a code, after what the parent's code determines;
    /// all before and after it is as in the highest code under the parent.
    ///
    /// # Errors
    /// [`IssueError::ParentMissing`], [`IssueError::NotCountable`].
    pub fn new<'a>(
        level: &Level,
        parent: Option<&Code>,
        used: impl IntoIterator<Item = (&'a Code, Option<&'a Code>)>,
    ) -> Result<Self, IssueError> {
        if level.parent().is_some() && parent.is_none() {
            return Err(IssueError::ParentMissing {
                level: level.id().to_owned(),
            });
        }
        let mut all = BTreeSet::new();
        let mut siblings = Siblings::default();
        for (code, of) in used {
            all.insert(code.clone());
            siblings.gather(level, parent, code, of);
        }
        let templates = level.pattern().templates().into_iter();
        let start = templates
            .filter_map(|template| Start::of(template, level.parent(), parent, &siblings))
            // of those that codes have already the longest, else the shortest
            .reduce(|best, next| if next.last.is_some() { next } else { best })
            .ok_or_else(|| IssueError::NotCountable {
                level: level.id().to_owned(),
                pattern: level.pattern().source().to_owned(),
                parent: parent.map_or("", Code::as_str).to_owned(),
            })?;
        let is_first = start.last.is_none() && !start.is_zero();
        Ok(Self {
            level: level.id().to_owned(),
            pattern: level.pattern().source().to_owned(),
            parent: parent.map_or("", Code::as_str).to_owned(),
            used: all,
            template: start.template,
            counted: start.counted,
            is_first,
            last: start.last,
            at: start.at,
        })
    }

    /// The next code, which counts as used from now on.
    ///
    /// # Errors
    /// [`IssueError::RunOut`] when no number is left.
    pub fn issue(&mut self) -> Result<Code, IssueError> {
        loop {
            if !std::mem::take(&mut self.is_first) && !self.count() {
                return Err(self.run_out());
            }
            let text: String = self.at.iter().collect();
            let Ok(code) = Code::new(&text) else {
                return Err(self.run_out());
            };
            if self.used.insert(code.clone()) {
                self.last = Some(code.clone());
                return Ok(code);
            }
        }
    }

    /// Goes to the next number; whether there is one.
    fn count(&mut self) -> bool {
        for place in (self.counted.0..self.counted.1).rev() {
            let digits = self.template.slots[place].digits();
            let higher = digits.iter().copied().find(|&d| d > self.at[place]);
            if let Some(higher) = higher {
                self.at[place] = higher;
                return true;
            }
            self.at[place] = digits.first().copied().unwrap_or('0');
        }
        false
    }

    fn run_out(&self) -> IssueError {
        let text: String = self.at.iter().collect();
        let last = self.last.clone().or_else(|| Code::new(&text).ok());
        match last {
            Some(last) => IssueError::RunOut {
                level: self.level.clone(),
                pattern: self.pattern.clone(),
                parent: self.parent.clone(),
                last,
            },
            None => IssueError::NotCountable {
                level: self.level.clone(),
                pattern: self.pattern.clone(),
                parent: self.parent.clone(),
            },
        }
    }
}

/// The codes under one parent.
#[derive(Default)]
struct Siblings<'a> {
    codes: Vec<&'a Code>,
    /// Whether some code of the level, under whatever parent, begins with its parent's code.
    codes_begin_with_parents: bool,
}

impl<'a> Siblings<'a> {
    fn gather(&mut self, level: &Level, parent: Option<&Code>, code: &'a Code, of: Option<&Code>) {
        let begins_with = |parent: &Code| code.as_str().starts_with(parent.as_str());
        self.codes_begin_with_parents |= of.is_some_and(begins_with);
        let Some(parent) = parent else {
            self.codes.push(code);
            return;
        };
        let is_under = match level.parent() {
            Some(ParentRule::Segments(names)) => level
                .pattern()
                .join_segments(code, names)
                .is_some_and(|of| of == parent.as_str()),
            Some(ParentRule::Prefix(_)) => begins_with(parent),
            Some(ParentRule::Column(_)) | None => of == Some(parent) || begins_with(parent),
        };
        if is_under {
            self.codes.push(code);
        }
    }

    /// Whether new codes begin with the parent's, where no rule says so: they do unless those that
    /// there are speak against it.
    fn begin_with(&self, parent: &Code) -> bool {
        let begins = |code: &&Code| code.as_str().starts_with(parent.as_str());
        self.codes_begin_with_parents || self.codes.is_empty() || self.codes.iter().any(begins)
    }
}

/// Where counting starts.
struct Start {
    template: Template,
    counted: (usize, usize),
    last: Option<Code>,
    at: Vec<char>,
}

impl Start {
    fn of(
        template: Template,
        rule: Option<&ParentRule>,
        parent: Option<&Code>,
        siblings: &Siblings<'_>,
    ) -> Option<Self> {
        let template = match (rule, parent) {
            (Some(ParentRule::Segments(names)), Some(parent)) => {
                template.with_segments(names, parent.as_str())?
            }
            (Some(ParentRule::Prefix(_)), Some(parent)) => {
                template.beginning_with(parent.as_str())?
            }
            (Some(ParentRule::Column(_)), Some(parent)) if siblings.begin_with(parent) => {
                template.beginning_with(parent.as_str())?
            }
            _ => template,
        };
        let counted = template.counted()?;
        let fitting = siblings
            .codes
            .iter()
            .filter(|code| template.holds(code.as_str()));
        let last = fitting.max().map(|&code| code.clone());
        let of_last: Option<Vec<char>> = last.as_ref().map(|code| code.as_str().chars().collect());
        let mut at = Vec::with_capacity(template.slots.len());
        for (place, slot) in template.slots.iter().enumerate() {
            let is_counted = (counted.0..counted.1).contains(&place);
            let c = match &of_last {
                Some(last) => last[place],
                None if is_counted => *slot.digits().first()?,
                None => slot.only()?,
            };
            at.push(c);
        }
        Some(Self {
            template,
            counted,
            last,
            at,
        })
    }

    fn is_zero(&self) -> bool {
        self.at[self.counted.0..self.counted.1]
            .iter()
            .all(|&c| c == '0')
    }
}
