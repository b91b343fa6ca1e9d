//! City components: what stands in a city and somebody looks after.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use wangge_plane::Figure;

use crate::list::{ListFault, ListRow, RowFault, date, figure_at};
use crate::{AccuracyClass, ClassGeometry, ClassTable, Code, CodeSplit, Departments, ObjectKind};

/// A city component (部件), GB/T 30428.2: a manhole cover, a lamp, a guard rail, a lawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Component {
    /// Its code (标识码), unique in the city. Stays when grids are redrawn.
    pub code: Code,
    /// Its class, a minor one (小类).
    pub class: Code,
    /// Its name.
    pub name: Option<String>,
    /// In what state it was last seen.
    pub state: Option<ComponentState>,
    /// Its own departments.
    pub departments: OwnDepartments,
    /// The grid that the file says it is in (所在单元网格, BGID). Where it really is, its place tells.
    pub grid: Option<Code>,
    /// When it was surveyed first (初始日期).
    pub surveyed: Option<Date>,
    /// When it was changed last (变更日期).
    pub changed: Option<Date>,
    /// How well its place is known, metres.
    pub accuracy_m: Option<f64>,
    /// Where the record comes from (数据来源): a survey, another system.
    pub source: Option<String>,
    /// A note.
    pub note: Option<String>,
    /// Where it stands.
    pub figure: Figure,
}

/// The departments of one component.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OwnDepartments {
    /// In charge of it (主管部门).
    pub in_charge: Option<Code>,
    /// Whose it is (权属单位).
    pub owner: Option<Code>,
    /// Keeps it in order (养护单位).
    pub maintainer: Option<Code>,
}

/// What a department is to a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DepartmentRole {
    /// In charge of it (主管部门).
    InCharge,
    /// Whose it is (权属单位).
    Owner,
    /// Keeps it in order (养护单位).
    Maintainer,
}

/// The state of a component (部件状态).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ComponentState {
    /// In order (完好).
    Intact,
    /// Damaged (破损).
    Damaged,
    /// Lost (丢失).
    Lost,
    /// Built over or parked on (占用).
    Occupied,
    /// Taken away (移除).
    Removed,
    /// No longer in use (废弃).
    Abandoned,
}

/// What components are checked against.
#[derive(Debug, Clone, Copy, Default)]
pub struct ComponentRules<'a> {
    /// How codes are made up; `None` where they are opaque.
    pub split: Option<CodeSplit>,
    /// The class of all that do not say theirs.
    pub class: Option<&'a Code>,
    /// The classes there are; nothing is said of classes where it is not there.
    pub classes: Option<&'a ClassTable>,
    /// The departments there are; likewise.
    pub departments: Option<&'a Departments>,
}

impl Component {
    /// The columns of a list of components, their place apart.
    pub const COLUMNS: &'static [&'static str] = &[
        "code",
        "class",
        "name",
        "state",
        "dept_in_charge",
        "dept_owner",
        "dept_maintainer",
        "grid",
        "surveyed",
        "changed",
        "accuracy_m",
        "source",
        "note",
    ];

    /// The names that these columns have in the data tables of GB/T 30428.2, as far as they have
    /// one, in the same order.
    pub const STANDARD_COLUMNS: &'static [Option<&'static str>] = &[
        Some("ObjID"),
        None,
        Some("ObjName"),
        Some("ObjState"),
        Some("DeptCode1"),
        Some("DeptCode2"),
        Some("DeptCode3"),
        Some("BGID"),
        Some("ORDate"),
        Some("CHDate"),
        None,
        Some("DataSource"),
        Some("Note"),
    ];

    /// The component of a row; everything that is wrong with it goes to the faults. Of a row with
    /// faults nothing is to be used.
    pub fn read(
        row: &ListRow,
        rules: &ComponentRules<'_>,
        faults: &mut Vec<RowFault>,
    ) -> Option<Self> {
        let code: Option<Code> = row.required("code", faults);
        let class = class_of(row, code.as_ref(), rules, faults);
        let mut department = |column: &str| {
            let code: Code = row.optional(column, faults)?;
            let all = rules.departments;
            if all.is_some_and(|all| all.get(code.as_str()).is_none()) {
                faults.push(row.fault(column, ListFault::NoDepartment(code)));
                return None;
            }
            Some(code)
        };
        let departments = OwnDepartments {
            in_charge: department("dept_in_charge"),
            owner: department("dept_owner"),
            maintainer: department("dept_maintainer"),
        };
        let text = |column: &str| row.get(column).map(str::to_owned);
        let state = row.optional("state", faults);
        let grid = row.optional("grid", faults);
        let surveyed = date(row, "surveyed", faults);
        let changed = date(row, "changed", faults);
        let accuracy_m = metres(row, "accuracy_m", faults);
        let figure = figure_at(row, &ClassGeometry::ALL, faults)?.clone();
        Some(Self {
            code: code?,
            class: class?,
            name: text("name"),
            state,
            departments,
            grid,
            surveyed,
            changed,
            accuracy_m,
            source: text("source"),
            note: text("note"),
            figure,
        })
    }

    /// This component with what an earlier version of it says in columns that the file of this one
    /// does not have: an update need not repeat what stays.
    #[must_use]
    pub fn keeping(mut self, before: &Self, columns: &[&str]) -> Self {
        let has = |column: &str| columns.contains(&column);
        let keep = |own: &mut Option<String>, column: &str, other: &Option<String>| {
            if !has(column) {
                own.clone_from(other);
            }
        };
        keep(&mut self.name, "name", &before.name);
        keep(&mut self.source, "source", &before.source);
        keep(&mut self.note, "note", &before.note);
        let departments = &before.departments;
        for (own, column, other) in [
            (
                &mut self.departments.in_charge,
                "dept_in_charge",
                &departments.in_charge,
            ),
            (
                &mut self.departments.owner,
                "dept_owner",
                &departments.owner,
            ),
            (
                &mut self.departments.maintainer,
                "dept_maintainer",
                &departments.maintainer,
            ),
            (&mut self.grid, "grid", &before.grid),
        ] {
            if !has(column) {
                own.clone_from(other);
            }
        }
        if !has("state") {
            self.state = before.state;
        }
        if !has("surveyed") {
            self.surveyed = before.surveyed;
        }
        if !has("changed") {
            self.changed = before.changed;
        }
        if !has("accuracy_m") {
            self.accuracy_m = before.accuracy_m;
        }
        self
    }

    /// The value of a column of [`Component::COLUMNS`], as files and stores keep it.
    pub fn cell(&self, column: &str) -> Option<String> {
        let code = |code: &Option<Code>| code.as_ref().map(ToString::to_string);
        match column {
            "code" => Some(self.code.to_string()),
            "class" => Some(self.class.to_string()),
            "name" => self.name.clone(),
            "state" => self.state.map(|state| state.as_str().to_owned()),
            "dept_in_charge" => code(&self.departments.in_charge),
            "dept_owner" => code(&self.departments.owner),
            "dept_maintainer" => code(&self.departments.maintainer),
            "grid" => code(&self.grid),
            "surveyed" => self.surveyed.map(|date| date.to_string()),
            "changed" => self.changed.map(|date| date.to_string()),
            "accuracy_m" => self.accuracy_m.map(|metres| metres.to_string()),
            "source" => self.source.clone(),
            "note" => self.note.clone(),
            _ => None,
        }
    }
}

/// The class that a row's column, its code or the rules say; they must not contradict each other.
fn class_of(
    row: &ListRow,
    code: Option<&Code>,
    rules: &ComponentRules<'_>,
    faults: &mut Vec<RowFault>,
) -> Option<Code> {
    let given: Option<Code> = row.optional("class", faults);
    let wrong = row.get("class").is_some() && given.is_none();
    let mut by_code = None;
    if let (Some(split), Some(code)) = (rules.split, code) {
        let Some(class) = split.class(code.as_str()) else {
            let fault = ListFault::NotInSplit {
                code: code.clone(),
                split,
            };
            faults.push(row.fault("code", fault));
            return None;
        };
        by_code = Code::new(class).ok();
    }
    if wrong {
        return None;
    }
    let class = match (given, by_code) {
        (Some(given), Some(by_code)) if given != by_code => {
            faults.push(row.fault("class", ListFault::OtherClass { given, by_code }));
            return None;
        }
        (Some(class), _) | (None, Some(class)) => class,
        (None, None) => {
            // without its code a row has been named already
            if rules.class.is_none() && code.is_some() {
                faults.push(row.fault("class", ListFault::Missing));
            }
            rules.class?.clone()
        }
    };
    if let Some(classes) = rules.classes
        && !classes.is_minor(ObjectKind::Component, class.as_str())
    {
        let fault = if classes.has_prefix(ObjectKind::Component, class.as_str()) {
            ListFault::NotMinor(class)
        } else {
            ListFault::NoClass {
                object: ObjectKind::Component.to_string(),
                class,
            }
        };
        faults.push(row.fault("class", fault));
        return None;
    }
    Some(class)
}

fn metres(row: &ListRow, column: &str, faults: &mut Vec<RowFault>) -> Option<f64> {
    let text = row.get(column)?;
    match text.parse::<f64>() {
        Ok(metres) if metres.is_finite() && metres >= 0.0 => Some(metres),
        _ => {
            faults.push(row.fault(column, ListFault::NotMetres(text.to_owned())));
            None
        }
    }
}

impl OwnDepartments {
    /// Each that there is, with what it is to the component; who is in charge comes first.
    pub fn all(&self) -> impl Iterator<Item = (DepartmentRole, &Code)> {
        [
            (DepartmentRole::InCharge, &self.in_charge),
            (DepartmentRole::Owner, &self.owner),
            (DepartmentRole::Maintainer, &self.maintainer),
        ]
        .into_iter()
        .filter_map(|(role, code)| Some((role, code.as_ref()?)))
    }
}

impl DepartmentRole {
    /// The word that answers carry.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InCharge => "in_charge",
            Self::Owner => "owner",
            Self::Maintainer => "maintainer",
        }
    }
}

impl ComponentState {
    /// Every state.
    pub const ALL: [Self; 6] = [
        Self::Intact,
        Self::Damaged,
        Self::Lost,
        Self::Occupied,
        Self::Removed,
        Self::Abandoned,
    ];

    /// The word that files and answers carry.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Intact => "intact",
            Self::Damaged => "damaged",
            Self::Lost => "lost",
            Self::Occupied => "occupied",
            Self::Removed => "removed",
            Self::Abandoned => "abandoned",
        }
    }

    /// The word of the standard.
    pub const fn in_chinese(self) -> &'static str {
        match self {
            Self::Intact => "完好",
            Self::Damaged => "破损",
            Self::Lost => "丢失",
            Self::Occupied => "占用",
            Self::Removed => "移除",
            Self::Abandoned => "废弃",
        }
    }
}

impl fmt::Display for ComponentState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The English words in any case, and the Chinese ones.
impl FromStr for ComponentState {
    type Err = ListFault;

    fn from_str(text: &str) -> Result<Self, ListFault> {
        let word = text.to_ascii_lowercase();
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == word || state.in_chinese() == word)
            .ok_or_else(|| ListFault::NotOneOf {
                given: text.to_owned(),
                known: "intact, damaged, lost, occupied, removed, abandoned",
            })
    }
}

impl AccuracyClass {
    /// The largest error that places of the class may have, metres (GB/T 30428.2).
    pub const fn metres(self) -> f64 {
        match self {
            Self::A => 0.5,
            Self::B => 1.0,
            Self::C => 10.0,
        }
    }
}
