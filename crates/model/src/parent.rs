//! The two kinds of parent that a unit has: by administration, and by management.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

use crate::list::{ListFault, ListRow, RowFault, date};
use crate::{Code, Departments, LevelIndex};

/// What a parent is to a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// 隶属: the unit is a part of it by law.
    Administrative,
    /// 代管: it runs the unit, which lies in another one.
    Managing,
}

/// A parent of a unit or a department, from one day to another: a zone that runs a town, the
/// county that the town belongs to all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParentLink {
    /// Its row in the list: 1 is the first below the header.
    pub row: u64,
    /// The unit or department that has the parent.
    pub unit: Code,
    /// What the parent is to it.
    pub relation: Relation,
    /// The parent: a unit, a department, or one outside the city, which then has a name here.
    pub parent: Code,
    /// The parent's name.
    pub name: Option<String>,
    /// The first day; ever since where there is none.
    pub from: Option<Date>,
    /// The first day on which it no longer holds; for good where there is none.
    pub until: Option<Date>,
    /// A note.
    pub note: Option<String>,
}

impl ParentLink {
    /// The columns of a list of parents.
    pub const COLUMNS: &'static [&'static str] = &[
        "unit", "relation", "parent", "name", "from", "until", "note",
    ];

    /// The links of those rows in which nothing is wrong, and all that is wrong with the others.
    pub fn read_sound(rows: &[ListRow]) -> (Vec<Self>, Vec<RowFault>) {
        let mut faults = Vec::new();
        let mut links: Vec<Self> = Vec::with_capacity(rows.len());
        let mut places: HashMap<(Code, Relation), Vec<usize>> = HashMap::new();
        for row in rows {
            let Some(link) = link_of(row, &mut faults) else {
                continue;
            };
            let others = places
                .entry((link.unit.clone(), link.relation))
                .or_default();
            let at_once = others.iter().map(|&at| &links[at]);
            if let Some(other) = at_once.into_iter().find(|other| other.overlaps(&link)) {
                let first = other.row.into();
                faults.push(row.fault("from", ListFault::SecondParent { first }));
                continue;
            }
            others.push(links.len());
            links.push(link);
        }
        (links, faults)
    }

    /// Whether it holds on this day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }

    /// What it names that is not there.
    pub fn check(
        &self,
        level_of: impl Fn(&Code) -> Option<LevelIndex>,
        departments: &Departments,
    ) -> Vec<RowFault> {
        let is_known =
            |code: &Code| level_of(code).is_some() || departments.get(code.as_str()).is_some();
        let mut faults = Vec::new();
        let mut fault = |column: &str, fault| {
            faults.push(RowFault {
                row: self.row,
                column: column.to_owned(),
                fault,
            });
        };
        if !is_known(&self.unit) {
            fault("unit", ListFault::NoUnit(self.unit.clone()));
        }
        if self.name.is_none() && !is_known(&self.parent) {
            fault("parent", ListFault::NoParent(self.parent.clone()));
        }
        faults
    }

    fn overlaps(&self, other: &Self) -> bool {
        let before = |one: Option<Date>, two: Option<Date>| match (one, two) {
            (Some(until), Some(from)) => until <= from,
            _ => false,
        };
        !before(self.until, other.from) && !before(other.until, self.from)
    }
}

/// The link of a row in which nothing is wrong.
fn link_of(row: &ListRow, faults: &mut Vec<RowFault>) -> Option<ParentLink> {
    let before = faults.len();
    let unit = row.required("unit", faults);
    let relation = row.required("relation", faults);
    let parent = row.required("parent", faults);
    let from = date(row, "from", faults);
    let until = date(row, "until", faults);
    if let (Some(from), Some(until)) = (from, until)
        && until <= from
    {
        let fault = ListFault::EndsEarly {
            from: from.to_string(),
            until: until.to_string(),
        };
        faults.push(row.fault("until", fault));
    }
    if faults.len() > before {
        return None;
    }
    Some(ParentLink {
        row: row.number,
        unit: unit?,
        relation: relation?,
        parent: parent?,
        name: row.get("name").map(str::to_owned),
        from,
        until,
        note: row.get("note").map(str::to_owned),
    })
}

impl Relation {
    /// The word that files and answers carry.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Administrative => "administrative",
            Self::Managing => "managing",
        }
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// `administrative` and `managing` in any case, and 隶属 and 代管.
impl FromStr for Relation {
    type Err = ListFault;

    fn from_str(text: &str) -> Result<Self, ListFault> {
        match text.to_ascii_lowercase().as_str() {
            "administrative" | "隶属" => Ok(Self::Administrative),
            "managing" | "代管" => Ok(Self::Managing),
            _ => Err(ListFault::NotOneOf {
                given: text.to_owned(),
                known: "administrative, managing",
            }),
        }
    }
}
