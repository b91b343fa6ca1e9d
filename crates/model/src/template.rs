//! The codes that a pattern allows, place by place.

use regex_syntax::hir::{Class, Hir, HirKind};

use crate::MAX_CODE_CHARS;

/// The most templates that a pattern is taken apart into.
const MOST: usize = 256;

/// Codes of one length: what may stand in each place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template {
    pub(crate) slots: Vec<Slot>,
}

/// One place of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Slot {
    /// The characters that may stand here, as ranges, both ends allowed.
    ranges: Vec<(char, char)>,
    /// The segment of the pattern that the place belongs to.
    segment: Option<String>,
}

impl Template {
    /// The templates of a pattern, the shortest first; none for one that has too many.
    pub(crate) fn all_of(pattern: &Hir) -> Vec<Self> {
        let mut all: Vec<Self> = expanded(pattern, None)
            .unwrap_or_default()
            .into_iter()
            .map(|slots| Self { slots })
            .collect();
        all.sort_by_key(|template| template.slots.len());
        all
    }

    /// The same with the first places fixed to these characters; `None` where one may not stand there.
    pub(crate) fn beginning_with(mut self, text: &str) -> Option<Self> {
        if text.chars().count() > self.slots.len() {
            return None;
        }
        for (slot, c) in self.slots.iter_mut().zip(text.chars()) {
            slot.fix(c)?;
        }
        Some(self)
    }

    /// The same with the places of these segments, one after the other, fixed to these characters.
    pub(crate) fn with_segments(mut self, names: &[String], text: &str) -> Option<Self> {
        let mut chars = text.chars();
        for name in names {
            let mine = |slot: &&mut Slot| slot.segment.as_ref() == Some(name);
            for slot in self.slots.iter_mut().filter(mine) {
                slot.fix(chars.next()?)?;
            }
        }
        chars.next().is_none().then_some(self)
    }

    /// Whether a code is one of these.
    pub(crate) fn holds(&self, code: &str) -> bool {
        code.chars().count() == self.slots.len()
            && self
                .slots
                .iter()
                .zip(code.chars())
                .all(|(slot, c)| slot.allows(c))
    }

    /// The last row of places where digits can be counted, from its first place to the one after its
    /// last.
    pub(crate) fn counted(&self) -> Option<(usize, usize)> {
        let counts = |slot: &Slot| slot.digits().len() > 1;
        let end = self.slots.iter().rposition(counts)? + 1;
        let start = self.slots[..end].iter().rposition(|slot| !counts(slot));
        Some((start.map_or(0, |before| before + 1), end))
    }
}

impl Slot {
    /// The digits that may stand here, in order.
    pub(crate) fn digits(&self) -> Vec<char> {
        ('0'..='9').filter(|&digit| self.allows(digit)).collect()
    }

    /// The only character that may stand here; `None` where there are several.
    pub(crate) fn only(&self) -> Option<char> {
        match self.ranges[..] {
            [(low, high)] if low == high => Some(low),
            _ => None,
        }
    }

    fn allows(&self, c: char) -> bool {
        self.ranges.iter().any(|&(low, high)| low <= c && c <= high)
    }

    fn fix(&mut self, c: char) -> Option<()> {
        if !self.allows(c) {
            return None;
        }
        self.ranges = vec![(c, c)];
        Some(())
    }
}

/// The rows of places that a part of a pattern can stand for; `None` where there are too many.
fn expanded(hir: &Hir, segment: Option<&str>) -> Option<Vec<Vec<Slot>>> {
    let slot = |ranges: Vec<(char, char)>| Slot {
        ranges,
        segment: segment.map(str::to_owned),
    };
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(vec![Vec::new()]),
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).ok()?;
            Some(vec![text.chars().map(|c| slot(vec![(c, c)])).collect()])
        }
        HirKind::Class(Class::Unicode(class)) => {
            let ranges = class.iter().map(|range| (range.start(), range.end()));
            Some(vec![vec![slot(ranges.collect())]])
        }
        HirKind::Class(Class::Bytes(_)) => None,
        HirKind::Capture(capture) => expanded(&capture.sub, capture.name.as_deref().or(segment)),
        HirKind::Concat(parts) => parts.iter().try_fold(vec![Vec::new()], |so_far, part| {
            followed_by(&so_far, &expanded(part, segment)?)
        }),
        HirKind::Alternation(parts) => {
            let mut all = Vec::new();
            for part in parts {
                all.extend(expanded(part, segment)?);
            }
            (all.len() <= MOST).then_some(all)
        }
        HirKind::Repetition(repetition) => {
            let once = expanded(&repetition.sub, segment)?;
            let most = repetition.max.map_or(MAX_CODE_CHARS, |max| max as usize);
            let mut rows = vec![Vec::new()];
            let mut all = Vec::new();
            for times in 0..=most {
                if times >= repetition.min as usize {
                    all.extend(rows.iter().cloned());
                }
                rows = followed_by(&rows, &once)?;
                if rows.is_empty() {
                    break;
                }
            }
            (all.len() <= MOST).then_some(all)
        }
    }
}

/// Each row with each other after it, those left out that are too long for a code.
fn followed_by(rows: &[Vec<Slot>], others: &[Vec<Slot>]) -> Option<Vec<Vec<Slot>>> {
    if rows.len() * others.len() > MOST {
        return None;
    }
    let both = |row: &Vec<Slot>, other: &Vec<Slot>| [row.as_slice(), other].concat();
    Some(
        rows.iter()
            .flat_map(|row| others.iter().map(move |other| both(row, other)))
            .filter(|row| row.len() <= MAX_CODE_CHARS)
            .collect(),
    )
}
