//! Rows of the lists that people keep: classes, departments, rules, posts, borders.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::str::FromStr;

use crate::{Border, ClassTable, Code, Departments, ModelError, Post, Rules};

/// The lists that people keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ListKind {
    /// Classes of components and events.
    Classes,
    /// Departments.
    Departments,
    /// Rules of responsibility.
    Rules,
    /// Posts.
    Posts,
    /// Borders that are not sure.
    Borders,
}

impl ListKind {
    /// Every list, each after those that it names things of.
    pub const ALL: [Self; 5] = [
        Self::Classes,
        Self::Departments,
        Self::Rules,
        Self::Posts,
        Self::Borders,
    ];

    /// The word that commands and tables carry.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Classes => "classes",
            Self::Departments => "departments",
            Self::Rules => "rules",
            Self::Posts => "posts",
            Self::Borders => "borders",
        }
    }

    /// The columns of its files, in order.
    pub const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Classes => ClassTable::COLUMNS,
            Self::Departments => Departments::COLUMNS,
            Self::Rules => Rules::COLUMNS,
            Self::Posts => Post::COLUMNS,
            Self::Borders => Border::COLUMNS,
        }
    }

    /// Those of its columns that a file must have.
    pub const fn required(self) -> &'static [&'static str] {
        match self {
            Self::Classes => &["object", "code", "name"],
            Self::Departments => &["code", "name"],
            Self::Rules => &["tier", "department"],
            Self::Posts => &["grid", "post"],
            Self::Borders => &["grid", "other", "status"],
        }
    }
}

impl fmt::Display for ListKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A row of a list: its filled cells by column, white space around them taken away.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListRow {
    /// The row's number in its file: 1 is the first below the header.
    pub number: u64,
    cells: BTreeMap<String, String>,
}

/// Something wrong with one row of a list.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("row {row}, column \"{column}\": {fault}")]
pub struct RowFault {
    /// The row's number in its file: 1 is the first below the header.
    pub row: u64,
    /// The column.
    pub column: String,
    /// What is wrong, and what would be right.
    pub fault: ListFault,
}

/// What is wrong with a cell of a list.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ListFault {
    /// A cell that must be filled is not.
    #[error("the cell is empty: fill it in")]
    Missing,
    /// A code that is none.
    #[error(transparent)]
    Code(#[from] ModelError),
    /// A word that is none of those there are.
    #[error("\"{given}\" is none of {known}")]
    NotOneOf {
        /// What the cell says.
        given: String,
        /// Those there are.
        known: &'static str,
    },
    /// Not the number of a tier.
    #[error("\"{0}\" is no tier: write 1, 2, 3…, the first to act being 1")]
    NotANumber(String),
    /// A code that an earlier row has.
    #[error("the code {code} is in {first} too: give each its own")]
    Twice {
        /// The code.
        code: Code,
        /// The earlier row.
        first: EarlierRow,
    },
    /// A rule that an earlier row has, for the same or another department.
    #[error(
        "the rule says what {first} says: of two rules for the same tier, object, class, area \
         and kind of grid neither comes first, so keep one"
    )]
    SameRule {
        /// The earlier row.
        first: EarlierRow,
    },
    /// A parent that is not in the list.
    #[error("the department {0} is not in the list: add its row, or correct the code")]
    NoDepartment(Code),
    /// A parent that is below its own child.
    #[error("the department is above itself, {0}: correct one of these parents, or leave it empty")]
    Circle(String),
    /// A tier that the scheme does not have.
    #[error("the scheme has no tier {tier}, it has {known}: choose one, or add it to the scheme")]
    NoTier {
        /// The tier.
        tier: u32,
        /// Those there are.
        known: String,
    },
    /// A class that no table has, nor any that begins with it.
    #[error(
        "no {object} has the class {class}, nor one that begins with it: correct the code, or \
         import the class"
    )]
    NoClass {
        /// `component` or `event`, or both.
        object: String,
        /// The class or its prefix.
        class: Code,
    },
    /// A kind that no grid of the plan is of, for which a rule would never apply.
    #[error(
        "no grid of the plan is of kind {kind}, they are {known}: correct the kind, or leave it empty"
    )]
    NoKind {
        /// The kind.
        kind: String,
        /// Those there are.
        known: String,
    },
    /// A unit that is not in the plan.
    #[error("the plan has no unit {0}: correct the code, or import the unit")]
    NoUnit(Code),
    /// A code that is no grid's.
    #[error("the plan has no grid {0}: correct the code, or import the grid")]
    NoGrid(Code),
    /// A border of a grid with itself.
    #[error("a border lies between two grids, and {0} is on both sides: correct one of them")]
    OneGrid(Code),
    /// A border that an earlier row has, either way round.
    #[error("{first} has the border of these two grids already: keep one")]
    SameBorder {
        /// The earlier row.
        first: EarlierRow,
    },
    /// Two grids that do not touch along a line.
    #[error("{grid} and {other} have no border in common: correct one of them")]
    NoBorder {
        /// A grid.
        grid: Code,
        /// The other.
        other: Code,
    },
    /// A post that the scheme does not name for the unit's level.
    #[error(
        "level \"{level}\" has no post \"{post}\", it has {known}: choose one, or add it to the scheme"
    )]
    NoPost {
        /// The level's id.
        level: String,
        /// The post.
        post: String,
        /// Those there are.
        known: String,
    },
}

/// A row that another one repeats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierRow {
    /// Its number in its file.
    pub row: u64,
    /// The file, where that is another one than the file of the row at fault.
    pub file: Option<String>,
}

impl ListFault {
    /// The row that the row at fault repeats.
    pub const fn earlier_row_mut(&mut self) -> Option<&mut EarlierRow> {
        match self {
            Self::Twice { first, .. } | Self::SameRule { first } | Self::SameBorder { first } => {
                Some(first)
            }
            _ => None,
        }
    }
}

/// `row 3`, or `row 3 of first.csv`
impl fmt::Display for EarlierRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(file) => write!(f, "row {} of {file}", self.row),
            None => write!(f, "row {}", self.row),
        }
    }
}

impl From<u64> for EarlierRow {
    fn from(row: u64) -> Self {
        Self { row, file: None }
    }
}

impl ListRow {
    /// A row of these cells; what is empty is left out.
    pub fn new<K: Into<String>, V: AsRef<str>>(
        number: u64,
        cells: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let cells = cells
            .into_iter()
            .map(|(column, cell)| (column.into(), cell.as_ref().trim().to_owned()))
            .filter(|(_, cell)| !cell.is_empty());
        Self {
            number,
            cells: cells.collect(),
        }
    }

    /// Whether no cell is filled.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The cell of a column, if it is filled.
    pub fn get(&self, column: &str) -> Option<&str> {
        self.cells.get(column).map(String::as_str)
    }

    /// What is wrong with the cell of a column.
    pub(crate) fn fault(&self, column: &str, fault: impl Into<ListFault>) -> RowFault {
        RowFault {
            row: self.number,
            column: column.to_owned(),
            fault: fault.into(),
        }
    }

    /// The cell of a column that must be filled.
    pub(crate) fn text(&self, column: &str, faults: &mut Vec<RowFault>) -> Option<&str> {
        let text = self.get(column);
        if text.is_none() {
            faults.push(self.fault(column, ListFault::Missing));
        }
        text
    }

    /// What the cell of a column says; nothing where it is empty, or at fault.
    pub(crate) fn optional<T: FromStr<Err: Into<ListFault>>>(
        &self,
        column: &str,
        faults: &mut Vec<RowFault>,
    ) -> Option<T> {
        let read = self.get(column)?.parse();
        read.map_err(|error: T::Err| faults.push(self.fault(column, error)))
            .ok()
    }

    /// What the cell of a column says, which must be filled; nothing where it is at fault.
    pub(crate) fn required<T: FromStr<Err: Into<ListFault>>>(
        &self,
        column: &str,
        faults: &mut Vec<RowFault>,
    ) -> Option<T> {
        self.text(column, faults)?;
        self.optional(column, faults)
    }
}

impl fmt::Display for ListRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}", self.number)
    }
}

/// Those there are, for a message.
pub(crate) fn known<T: fmt::Display>(all: impl IntoIterator<Item = T>) -> String {
    let all: Vec<String> = all.into_iter().map(|one| one.to_string()).collect();
    if all.is_empty() {
        "none".to_owned()
    } else {
        all.join(", ")
    }
}

/// Codes that come a second time.
pub(crate) fn codes_differ<'a>(codes: impl Iterator<Item = (u64, &'a Code)>) -> Vec<RowFault> {
    let mut seen: HashMap<&Code, u64> = HashMap::new();
    let mut faults = Vec::new();
    for (row, code) in codes {
        if let Some(&first) = seen.get(code) {
            faults.push(RowFault {
                row,
                column: "code".to_owned(),
                fault: ListFault::Twice {
                    code: code.clone(),
                    first: first.into(),
                },
            });
        } else {
            seen.insert(code, row);
        }
    }
    faults
}
