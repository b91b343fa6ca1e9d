//! Who handles something somewhere: the most specific rule of each tier.

use std::ops::{ControlFlow, Range};

use wangge_model::{GridKind, ObjectKind};

use crate::compile::{ANY_KIND, Compiled, TierRules};
use crate::{Duty, Reason};

/// What rules know of a grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ground<'a> {
    /// The numbers of the units that the grid lies in, from the top to the grid itself, each once.
    /// Of two units in it the later one is the lower.
    pub chain: &'a [u32],
    /// What sort of ground it is, if that is known.
    pub kind: Option<&'a GridKind>,
}

/// Who acts at one tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handler<'a> {
    /// The number of the tier.
    pub tier: u32,
    /// The place of the rule in [`Rules::all`](wangge_model::Rules::all).
    pub rule: usize,
    /// The place of the department in [`Departments::all`](wangge_model::Departments::all).
    pub department: usize,
    /// Why this rule and no other.
    pub reason: Reason<'a>,
}

/// What is asked for, its kind of grid as the rules number it.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'q> {
    pub(crate) object: ObjectKind,
    pub(crate) class: &'q str,
    pub(crate) chain: &'q [u32],
    pub(crate) kind: Option<usize>,
}

/// A rule that matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Match<'a> {
    pub(crate) rule: &'a Compiled,
    /// The place of the rule's area in the chain.
    pub(crate) depth: Option<usize>,
}

impl Duty {
    /// Who handles something of this class here: one for each tier that has a rule for it, by
    /// number of the tier. Allocates nothing.
    ///
    /// The class need not be in any table: a class that rules do not know falls to the longest
    /// prefix they name, or to the fallback of the territory.
    pub fn handlers<'a, 'q>(
        &'a self,
        object: ObjectKind,
        class: &'q str,
        ground: Ground<'q>,
    ) -> impl Iterator<Item = Handler<'a>> + use<'a, 'q> {
        let asked = self.asked(object, class, ground);
        let tiers = self.tiers.iter();
        tiers.filter_map(move |tier| self.handler_at(tier, asked))
    }

    /// Who handles it at the tier of this number, if a rule says so.
    pub fn handler(
        &self,
        tier: u32,
        object: ObjectKind,
        class: &str,
        ground: Ground<'_>,
    ) -> Option<Handler<'_>> {
        let tier = self.tiers.iter().find(|of| of.number == tier)?;
        self.handler_at(tier, self.asked(object, class, ground))
    }

    pub(crate) fn asked<'q>(
        &self,
        object: ObjectKind,
        class: &'q str,
        ground: Ground<'q>,
    ) -> Asked<'q> {
        Asked {
            object,
            class,
            chain: ground.chain,
            kind: ground.kind.and_then(|kind| self.kinds.get(kind)).copied(),
        }
    }

    /// Shows the rules of the tier that match, the most specific first, until `seen` breaks off.
    /// Loops, because a lazy chain of iterators over the same takes twice as long.
    #[inline]
    pub(crate) fn matches<'a>(
        &'a self,
        tier: &'a TierRules,
        asked: Asked<'_>,
        mut seen: impl FnMut(Match<'a>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        for of_length in &tier.by_length {
            let prefix = asked.class.get(..of_length.length);
            let Some(of_class) = prefix.and_then(|prefix| of_length.classes.get(prefix)) else {
                continue;
            };
            if !of_class.by_area.is_empty() {
                for (depth, unit) in asked.chain.iter().enumerate().rev() {
                    if let Some(stretch) = of_class.by_area.get(unit) {
                        self.of_kind(stretch, Some(depth), asked, &mut seen)?;
                    }
                }
            }
            self.of_kind(&of_class.everywhere, None, asked, &mut seen)?;
        }
        ControlFlow::Continue(())
    }

    /// Of the rules of one class and area those for grids of the kind asked for, then those for
    /// all.
    #[inline]
    fn of_kind<'a>(
        &'a self,
        stretch: &Range<usize>,
        depth: Option<usize>,
        asked: Asked<'_>,
        mut seen: impl FnMut(Match<'a>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let rules = &self.rules[stretch.clone()];
        for kind in asked.kind.into_iter().chain([ANY_KIND]) {
            let from = rules.partition_point(|rule| rule.kind_number < kind);
            for rule in &rules[from..] {
                if rule.kind_number != kind {
                    break;
                }
                if rule.object.is_none_or(|of| of == asked.object) {
                    seen(Match { rule, depth })?;
                }
            }
        }
        ControlFlow::Continue(())
    }

    fn handler_at<'a>(&'a self, tier: &'a TierRules, asked: Asked<'_>) -> Option<Handler<'a>> {
        let (mut won, mut next) = (None, None);
        let _ = self.matches(tier, asked, |found| {
            if won.is_none() {
                won = Some(found);
                return ControlFlow::Continue(());
            }
            next = Some(found);
            ControlFlow::Break(())
        });
        let won = won?;
        Some(Handler {
            tier: tier.number,
            rule: won.rule.rule,
            department: won.rule.department,
            reason: Reason::new(won, next),
        })
    }
}
