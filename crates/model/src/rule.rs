//! Rules of responsibility: which department handles what, where, at which tier.

use std::collections::HashMap;
use std::fmt;
use std::num::NonZeroU32;

use crate::list::{ListFault, ListRow, RowFault, known};
use crate::{ClassTable, Code, Departments, GridKind, ObjectKind, Scheme};

/// A rule (责任规则). What it leaves open it says of all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its row in the list: 1 is the first below the header.
    pub row: u64,
    /// When the department acts: 1 acts first.
    pub tier: u32,
    /// Of components or of events; of both when open.
    pub object: Option<ObjectKind>,
    /// A class, or the first characters of some.
    pub class: Option<Code>,
    /// A unit of any level: the rule is for all grids in it.
    pub area: Option<Code>,
    /// Grids of this kind.
    pub grid_kind: Option<GridKind>,
    /// The department that handles it.
    pub department: Code,
    /// Remarks.
    pub note: Option<String>,
}

/// What a rule is for. No two rules of a city are for the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RuleKey {
    tier: u32,
    object: Option<ObjectKind>,
    class: Option<Code>,
    area: Option<Code>,
    grid_kind: Option<GridKind>,
}

/// The rules of a city, in the order of their list.
///
/// Invariant: no two have the same [`RuleKey`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rules {
    all: Vec<Rule>,
}

impl Rule {
    /// What it is for.
    pub fn key(&self) -> RuleKey {
        RuleKey {
            tier: self.tier,
            object: self.object,
            class: self.class.clone(),
            area: self.area.clone(),
            grid_kind: self.grid_kind.clone(),
        }
    }

    /// Whether it is a fallback of the territory (属地兜底): for whatever is not ruled otherwise.
    pub const fn is_fallback(&self) -> bool {
        self.class.is_none()
    }
}

/// `2:component:0101:211403001:urban`, with `*` for what is open.
impl fmt::Display for RuleKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or_any = |code: &Option<Code>| code.as_ref().map_or("*", Code::as_str).to_owned();
        write!(
            f,
            "{}:{}:{}:{}:{}",
            self.tier,
            self.object.map_or("*", ObjectKind::as_str),
            or_any(&self.class),
            or_any(&self.area),
            self.grid_kind.as_ref().map_or("*", GridKind::as_str),
        )
    }
}

impl Rules {
    /// The columns of a list of rules.
    pub const COLUMNS: &'static [&'static str] = &[
        "tier",
        "object",
        "class",
        "area",
        "grid_kind",
        "department",
        "note",
    ];

    /// Reads a list of rules.
    ///
    /// # Errors
    /// Everything that is wrong with its rows.
    pub fn read(rows: &[ListRow]) -> Result<Self, Vec<RowFault>> {
        let (rules, faults) = Self::read_sound(rows);
        if faults.is_empty() {
            Ok(rules)
        } else {
            Err(faults)
        }
    }

    /// The rules of those rows in which nothing is wrong, and all that is wrong with the others.
    pub fn read_sound(rows: &[ListRow]) -> (Self, Vec<RowFault>) {
        let mut faults = Vec::new();
        let mut seen: HashMap<RuleKey, u64> = HashMap::new();
        let mut all = Vec::new();
        for row in rows {
            let Some(rule) = rule_of(row, &mut faults) else {
                continue;
            };
            if let Some(&first) = seen.get(&rule.key()) {
                faults.push(row.fault(
                    "department",
                    ListFault::SameRule {
                        first: first.into(),
                    },
                ));
            } else {
                seen.insert(rule.key(), row.number);
                all.push(rule);
            }
        }
        (Self { all }, faults)
    }

    /// All rules, in the order of their list.
    pub fn all(&self) -> &[Rule] {
        &self.all
    }

    /// Whether a rule is for grids of one kind.
    pub fn name_kinds(&self) -> bool {
        self.all.iter().any(|rule| rule.grid_kind.is_some())
    }

    /// Kinds of grids that rules name and that no grid is of: such a rule would never apply.
    pub fn check_kinds(&self, kinds: &[GridKind]) -> Vec<RowFault> {
        let named = self
            .all
            .iter()
            .filter_map(|rule| Some((rule, rule.grid_kind.as_ref()?)));
        named
            .filter(|(_, kind)| !kinds.contains(kind))
            .map(|(rule, kind)| RowFault {
                row: rule.row,
                column: "grid_kind".to_owned(),
                fault: ListFault::NoKind {
                    kind: kind.to_string(),
                    known: known(kinds.iter()),
                },
            })
            .collect()
    }

    /// Departments, tiers, classes and units that rules name and that are not there.
    pub fn check(
        &self,
        scheme: &Scheme,
        departments: &Departments,
        classes: &ClassTable,
        is_unit: impl Fn(&Code) -> bool,
    ) -> Vec<RowFault> {
        let mut faults = Vec::new();
        for rule in &self.all {
            let mut wrong = |column: &str, fault| {
                faults.push(RowFault {
                    row: rule.row,
                    column: column.to_owned(),
                    fault,
                });
            };
            if !scheme.tiers().iter().any(|tier| tier.number == rule.tier) {
                let tiers = scheme.tiers().iter().map(|tier| tier.number);
                let (tier, known) = (rule.tier, known(tiers));
                wrong("tier", ListFault::NoTier { tier, known });
            }
            if let Some(class) = &rule.class {
                let kinds = [ObjectKind::Component, ObjectKind::Event];
                let known = kinds
                    .into_iter()
                    .filter(|&kind| rule.object.is_none_or(|object| object == kind))
                    .any(|kind| classes.has_prefix(kind, class.as_str()));
                if !known {
                    let object = rule.object.map_or("component or event", ObjectKind::as_str);
                    let (object, class) = (object.to_owned(), class.clone());
                    wrong("class", ListFault::NoClass { object, class });
                }
            }
            if let Some(area) = rule.area.as_ref().filter(|area| !is_unit(area)) {
                wrong("area", ListFault::NoUnit(area.clone()));
            }
            if departments.get(rule.department.as_str()).is_none() {
                let department = rule.department.clone();
                wrong("department", ListFault::NoDepartment(department));
            }
        }
        faults
    }
}

/// The rule of a row in which nothing is wrong: what a faulty cell leaves open is not known.
fn rule_of(row: &ListRow, faults: &mut Vec<RowFault>) -> Option<Rule> {
    let before = faults.len();
    let tier = row.text("tier", faults).and_then(|text| {
        let number = text.parse().ok().map(NonZeroU32::get);
        if number.is_none() {
            faults.push(row.fault("tier", ListFault::NotANumber(text.to_owned())));
        }
        number
    });
    let object = row.optional("object", faults);
    let class = row.optional("class", faults);
    let area = row.optional("area", faults);
    let department = row.required("department", faults);
    if faults.len() > before {
        return None;
    }
    Some(Rule {
        row: row.number,
        tier: tier?,
        object,
        class,
        area,
        grid_kind: row.get("grid_kind").and_then(|kind| kind.parse().ok()),
        department: department?,
        note: row.get("note").map(str::to_owned),
    })
}
