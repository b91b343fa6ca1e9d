//! Rules, laid out so that the most specific one is found without a search through all.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::Range;

use rustc_hash::FxHashMap;
use wangge_model::{Code, Departments, GridKind, ObjectKind, Rule, Rules};

use crate::DutyError;

/// Which kind of grid a rule is for, numbered; this number where the rule leaves it open.
pub(crate) const ANY_KIND: usize = usize::MAX;

/// The rules of a city, compiled. Its size grows linearly with the rules.
///
/// Of the rules that match, the most specific one handles: first the one that names the longer
/// class prefix, then the one whose area is lower (none is above all), then the one that names a
/// kind of grid, then the one that names an object.
///
/// **No two rules that match are equally specific.** Prefixes of one class that are equally long
/// are the same prefix. Areas are equally low when they stand at the same place of one chain, and
/// then they are the same unit. A kind that is named and matches is the grid's own, an object that
/// is named and matches is the one asked for. So two rules of one tier that match and are equally
/// specific have the same [`RuleKey`](wangge_model::RuleKey), which [`Rules`] excludes.
#[derive(Debug, Clone)]
pub struct Duty {
    pub(crate) tiers: Vec<TierRules>,
    pub(crate) kinds: FxHashMap<GridKind, usize>,
    /// By tier, class, area, kind and object, so that [`OfClass`] can name stretches of it.
    pub(crate) rules: Vec<Compiled>,
}

/// The rules of one tier.
#[derive(Debug, Clone)]
pub(crate) struct TierRules {
    pub(crate) number: u32,
    /// Longest first; rules that name no class stand under the empty prefix, last.
    pub(crate) by_length: Vec<OfLength>,
}

/// The rules of one tier that name a class of one length.
#[derive(Debug, Clone)]
pub(crate) struct OfLength {
    /// Bytes of the class.
    pub(crate) length: usize,
    pub(crate) classes: FxHashMap<Box<str>, OfClass>,
}

/// The rules of one tier that name one class, as stretches of [`Duty::rules`].
#[derive(Debug, Clone, Default)]
pub(crate) struct OfClass {
    pub(crate) by_area: FxHashMap<u32, Range<usize>>,
    pub(crate) everywhere: Range<usize>,
}

/// One rule, with what it names as numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Compiled {
    pub(crate) object: Option<ObjectKind>,
    pub(crate) class: Option<Code>,
    pub(crate) area: Option<Area>,
    pub(crate) kind: Option<GridKind>,
    /// The number of `kind`, or [`ANY_KIND`].
    pub(crate) kind_number: usize,
    /// Its place among all rules.
    pub(crate) rule: usize,
    /// Its row in its list.
    pub(crate) row: u64,
    /// The department's place among all departments.
    pub(crate) department: usize,
}

/// The unit that a rule is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Area {
    pub(crate) code: Code,
    pub(crate) unit: u32,
}

impl Duty {
    /// Compiles rules. `tiers` are the numbers of the scheme's tiers, in any order. `unit_of`
    /// gives the number of the unit with a code, the one that chains carry: units of all levels
    /// are numbered together, no two alike.
    ///
    /// # Errors
    /// The first rule that names a tier, unit or department that is not there.
    pub fn compile(
        rules: &Rules,
        departments: &Departments,
        tiers: impl IntoIterator<Item = u32>,
        unit_of: impl Fn(&Code) -> Option<u32>,
    ) -> Result<Self, DutyError> {
        let mut numbers: Vec<u32> = tiers.into_iter().collect();
        numbers.sort_unstable();
        numbers.dedup();
        let mut kinds = FxHashMap::default();
        let mut compiled = Vec::with_capacity(rules.all().len());
        for (place, rule) in rules.all().iter().enumerate() {
            let Ok(tier) = numbers.binary_search(&rule.tier) else {
                let (row, tier) = (rule.row, rule.tier);
                let known = numbers;
                return Err(DutyError::NoTier { row, tier, known });
            };
            let kind_number = rule.grid_kind.as_ref().map_or(ANY_KIND, |kind| {
                let next = kinds.len();
                *kinds.entry(kind.clone()).or_insert(next)
            });
            let rule = compiled_of(place, rule, kind_number, departments, &unit_of)?;
            compiled.push((tier, rule));
        }
        compiled
            .sort_unstable_by(|(tier, a), (other, b)| (tier, a.order()).cmp(&(other, b.order())));
        let tier_of: Vec<usize> = compiled.iter().map(|&(tier, _)| tier).collect();
        let rules: Vec<Compiled> = compiled.into_iter().map(|(_, rule)| rule).collect();
        let mut start = 0;
        let tiers = numbers.into_iter().enumerate().map(|(tier, number)| {
            let end = tier_of.partition_point(|&of| of <= tier);
            let by_length = by_length(&rules, start..end);
            start = end;
            TierRules { number, by_length }
        });
        Ok(Self {
            tiers: tiers.collect(),
            kinds,
            rules,
        })
    }

    /// The numbers of the tiers, 1 acts first.
    pub fn tiers(&self) -> impl Iterator<Item = u32> {
        self.tiers.iter().map(|tier| tier.number)
    }
}

impl Compiled {
    /// The unit that the rule is for.
    pub(crate) fn unit(&self) -> Option<u32> {
        self.area.as_ref().map(|area| area.unit)
    }

    /// What rules of one tier are laid out by: those of one class and area together, those of one
    /// kind of grid together in there, those for any kind last; and of these those that name an
    /// object first.
    fn order(&self) -> impl Ord {
        let object = (self.object.is_none(), self.object);
        (self.class.as_ref(), self.unit(), self.kind_number, object)
    }
}

fn compiled_of(
    place: usize,
    rule: &Rule,
    kind_number: usize,
    departments: &Departments,
    unit_of: impl Fn(&Code) -> Option<u32>,
) -> Result<Compiled, DutyError> {
    let row = rule.row;
    let area = rule.area.clone().map(|code| match unit_of(&code) {
        Some(unit) => Ok(Area { code, unit }),
        None => Err(DutyError::NoUnit { row, area: code }),
    });
    let Some(department) = departments.place(rule.department.as_str()) else {
        let department = rule.department.clone();
        return Err(DutyError::NoDepartment { row, department });
    };
    Ok(Compiled {
        object: rule.object,
        class: rule.class.clone(),
        area: area.transpose()?,
        kind: rule.grid_kind.clone(),
        kind_number,
        rule: place,
        row,
        department,
    })
}

/// The rules of one tier, which stand together, under their classes and areas.
fn by_length(rules: &[Compiled], of_tier: Range<usize>) -> Vec<OfLength> {
    let mut lengths: HashMap<usize, FxHashMap<Box<str>, OfClass>> = HashMap::new();
    let mut start = of_tier.start;
    let alike = |a: &Compiled, b: &Compiled| a.class == b.class && a.unit() == b.unit();
    for together in rules[of_tier].chunk_by(alike) {
        let stretch = start..start + together.len();
        start = stretch.end;
        let class = together[0].class.as_ref().map_or("", Code::as_str);
        let classes = lengths.entry(class.len()).or_default();
        let of_class = classes.entry(class.into()).or_default();
        match together[0].unit() {
            Some(unit) => {
                of_class.by_area.insert(unit, stretch);
            }
            None => of_class.everywhere = stretch,
        }
    }
    let lengths = lengths.into_iter();
    let mut by_length: Vec<OfLength> = lengths
        .map(|(length, classes)| OfLength { length, classes })
        .collect();
    by_length.sort_unstable_by_key(|of| Reverse(of.length));
    by_length
}
