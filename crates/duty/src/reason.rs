//! Why one rule handles and no other.

use std::fmt;

use wangge_model::{Code, GridKind, ObjectKind};

use crate::resolve::Match;

/// Why a rule won: what it names, and by what the next best one fell behind.
///
/// As text it is a sentence in plain English, without a full stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reason<'a> {
    won: Match<'a>,
    runner_up: Option<Match<'a>>,
}

/// The area that a rule names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NamedArea<'a> {
    /// The code of the unit.
    pub code: &'a Code,
    /// Its place in the chain: 0 is the top.
    pub depth: usize,
}

/// The next best of the rules that match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunnerUp {
    /// The place of the rule in [`Rules::all`](wangge_model::Rules::all).
    pub rule: usize,
    /// Its row in its list.
    pub row: u64,
    /// In what it is less specific.
    pub lost_by: LostBy,
}

/// In what a rule that matches is less specific than the one that won. All that stands above is
/// the same in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LostBy {
    /// It names a shorter class prefix, or none.
    Class,
    /// It names a higher area, or none.
    Area,
    /// It names no kind of grid.
    Kind,
    /// It names no object.
    Object,
}

impl<'a> Reason<'a> {
    pub(crate) const fn new(won: Match<'a>, runner_up: Option<Match<'a>>) -> Self {
        Self { won, runner_up }
    }

    /// The class prefix that the rule names.
    pub fn class(&self) -> Option<&'a Code> {
        self.won.rule.class.as_ref()
    }

    /// The area that the rule names.
    pub fn area(&self) -> Option<NamedArea<'a>> {
        let code = &self.won.rule.area.as_ref()?.code;
        let depth = self.won.depth?;
        Some(NamedArea { code, depth })
    }

    /// The kind of grid that the rule names.
    pub fn kind(&self) -> Option<&'a GridKind> {
        self.won.rule.kind.as_ref()
    }

    /// The object that the rule names.
    pub const fn object(&self) -> Option<ObjectKind> {
        self.won.rule.object
    }

    /// Whether the rule is a fallback of the territory (属地兜底): it names no class.
    pub const fn is_fallback(&self) -> bool {
        self.won.rule.class.is_none()
    }

    /// The next best of the rules that match; `None` where no other does.
    pub fn runner_up(&self) -> Option<RunnerUp> {
        let lost = self.runner_up?;
        Some(RunnerUp {
            rule: lost.rule.rule,
            row: lost.rule.row,
            lost_by: LostBy::between(self.won, lost),
        })
    }
}

impl LostBy {
    /// The first difference; that the winner is the more specific one is known.
    fn between(won: Match<'_>, lost: Match<'_>) -> Self {
        if won.rule.class != lost.rule.class {
            Self::Class
        } else if won.depth != lost.depth {
            Self::Area
        } else if won.rule.kind != lost.rule.kind {
            Self::Kind
        } else {
            Self::Object
        }
    }
}

/// `class 0101 is named; the next best rule, row 7, names a shorter class or none`
impl fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.class() {
            Some(class) => write!(f, "class {class} is named")?,
            None => f.write_str("no class is named, it is the fallback of the territory")?,
        }
        if let Some(area) = self.area() {
            write!(f, ", in {}", area.code)?;
        }
        if let Some(kind) = self.kind() {
            write!(f, ", for {kind} grids")?;
        }
        if let Some(object) = self.object() {
            write!(f, ", for {object}s")?;
        }
        match self.runner_up() {
            None => f.write_str("; no other rule matches"),
            Some(next) => {
                let fell_behind = match next.lost_by {
                    LostBy::Class if self.runner_up.is_some_and(|m| m.rule.class.is_none()) => {
                        "names no class"
                    }
                    LostBy::Class => "names a shorter class",
                    LostBy::Area if self.runner_up.is_some_and(|m| m.depth.is_none()) => {
                        "names no area"
                    }
                    LostBy::Area => "names a higher area",
                    LostBy::Kind => "names no kind of grid",
                    LostBy::Object => "names neither components nor events",
                };
                write!(f, "; the next best rule, row {}, {fell_behind}", next.row)
            }
        }
    }
}
