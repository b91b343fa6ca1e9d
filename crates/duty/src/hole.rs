//! Holes of duty: classes that nobody handles somewhere.

use std::ops::ControlFlow;

use rustc_hash::{FxHashMap, FxHashSet};
use wangge_model::{ClassTable, Code, ObjectKind};

use crate::compile::TierRules;
use crate::resolve::Asked;
use crate::{Duty, Ground};

/// A class that no rule of a tier covers, in one grid or more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hole {
    /// The number of the tier.
    pub tier: u32,
    /// What the class is of.
    pub object: ObjectKind,
    /// The class, one that no other is a part of.
    pub class: Code,
    /// How many grids nobody handles it in.
    pub grids: usize,
    /// The first of them, at most [`Hole::FIRST`], as places among the grids that were checked.
    pub first: Vec<usize>,
}

/// Grids that the rules of a tier cannot tell apart.
struct Alike {
    count: usize,
    /// The places of the first of them, at most [`Hole::FIRST`].
    first: Vec<usize>,
}

impl Hole {
    /// How many grids a hole names.
    pub const FIRST: usize = 16;
}

impl Duty {
    /// Every minor class of the table that nobody handles in some of the grids, for each tier: by
    /// tier, then in the order of the table. Empty when duty has no hole.
    ///
    /// Grids that rules cannot tell apart are looked at once: the time is that of a walk over the
    /// grids for each tier, and of a resolution for each class and area that rules name.
    pub fn check(&self, classes: &ClassTable, grids: &[Ground<'_>]) -> Vec<Hole> {
        let holes = self.tiers.iter();
        holes
            .flat_map(|tier| self.holes_of(tier, classes, grids))
            .collect()
    }

    fn holes_of(&self, tier: &TierRules, classes: &ClassTable, grids: &[Ground<'_>]) -> Vec<Hole> {
        let mut holes: Vec<Hole> = classes
            .minors()
            .map(|class| Hole {
                tier: tier.number,
                object: class.object,
                class: class.code.clone(),
                grids: 0,
                first: Vec::new(),
            })
            .collect();
        let events = holes.partition_point(|hole| hole.object == ObjectKind::Component);
        for alike in self.alike(tier, grids) {
            let ground = grids[alike.first[0]];
            let (components, events) = holes.split_at_mut(events);
            for of_object in [components, events] {
                let Some(object) = of_object.first().map(|hole| hole.object) else {
                    continue;
                };
                // a rule that names no class is for every one
                if self.is_handled(tier, self.asked(object, "", ground)) {
                    continue;
                }
                for hole in of_object {
                    if !self.is_handled(tier, self.asked(object, hole.class.as_str(), ground)) {
                        hole.grow(&alike);
                    }
                }
            }
        }
        holes.retain(|hole| hole.grids > 0);
        holes
    }

    fn is_handled(&self, tier: &TierRules, asked: Asked<'_>) -> bool {
        self.matches(tier, asked, |_| ControlFlow::Break(()))
            .is_break()
    }

    /// The grids by the units of their chain that rules of this tier name, and by their kind;
    /// those that begin first come first.
    fn alike(&self, tier: &TierRules, grids: &[Ground<'_>]) -> Vec<Alike> {
        let of_classes = tier.by_length.iter().flat_map(|of| of.classes.values());
        let named: FxHashSet<u32> = of_classes
            .flat_map(|of_class| of_class.by_area.keys().copied())
            .collect();
        let mut groups: Vec<Alike> = Vec::new();
        // kinds that no rule names are one
        let mut group_of: FxHashMap<Option<usize>, FxHashMap<Box<[u32]>, usize>> =
            FxHashMap::default();
        let mut units = Vec::new();
        for (place, ground) in grids.iter().enumerate() {
            units.clear();
            units.extend(ground.chain.iter().filter(|unit| named.contains(unit)));
            let kind = ground.kind.and_then(|kind| self.kinds.get(kind)).copied();
            let of_kind = group_of.entry(kind).or_default();
            let group = of_kind.get(units.as_slice()).copied().unwrap_or_else(|| {
                of_kind.insert(units.as_slice().into(), groups.len());
                groups.push(Alike {
                    count: 0,
                    first: Vec::new(),
                });
                groups.len() - 1
            });
            let group = &mut groups[group];
            group.count += 1;
            if group.first.len() < Hole::FIRST {
                group.first.push(place);
            }
        }
        groups
    }
}

impl Hole {
    /// Adds grids that nobody handles the class in. Those that begin first are added first, so
    /// that few of them change which ones are named.
    fn grow(&mut self, by: &Alike) {
        self.grids += by.count;
        let is_full = self.first.len() == Self::FIRST;
        if is_full && self.first.last() < by.first.first() {
            return;
        }
        self.first.extend(&by.first);
        self.first.sort_unstable();
        self.first.truncate(Self::FIRST);
    }
}
