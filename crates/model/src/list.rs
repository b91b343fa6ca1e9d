//! Rows of the lists that people keep: classes, departments, rules, posts, borders, and what lies
//! on the map beside the grids.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use wangge_plane::Figure;

use crate::{
    BaseFeature, Border, ClassGeometry, ClassTable, Code, CodeSplit, Departments, Device, Dwelling,
    ModelError, Overlay, ParentLink, Post, Rules, Street,
};

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
    /// Parents that units have had: by administration, by management.
    Parents,
    /// Specialised grids.
    Overlays,
    /// Streets.
    Streets,
    /// Households.
    Households,
    /// Buildings.
    Buildings,
    /// What a map shows beneath the grids: water, green.
    Base,
    /// Devices that report.
    Devices,
}

impl ListKind {
    /// Every list, each after those that it names things of.
    pub const ALL: [Self; 12] = [
        Self::Classes,
        Self::Departments,
        Self::Rules,
        Self::Posts,
        Self::Borders,
        Self::Parents,
        Self::Overlays,
        Self::Streets,
        Self::Households,
        Self::Buildings,
        Self::Base,
        Self::Devices,
    ];

    /// The word that commands and tables carry.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Classes => "classes",
            Self::Departments => "departments",
            Self::Rules => "rules",
            Self::Posts => "posts",
            Self::Borders => "borders",
            Self::Parents => "parents",
            Self::Overlays => "overlays",
            Self::Streets => "streets",
            Self::Households => "households",
            Self::Buildings => "buildings",
            Self::Base => "base",
            Self::Devices => "devices",
        }
    }

    /// What its rows are on the map; `None` where they have no place.
    pub const fn drawn(self) -> Option<&'static [ClassGeometry]> {
        match self {
            Self::Overlays => Some(&[ClassGeometry::Area]),
            Self::Streets => Some(&[ClassGeometry::Line]),
            Self::Households => Some(&[ClassGeometry::Point]),
            Self::Buildings => Some(&[ClassGeometry::Area, ClassGeometry::Point]),
            Self::Base => Some(&[ClassGeometry::Area, ClassGeometry::Line]),
            _ => None,
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
            Self::Parents => ParentLink::COLUMNS,
            Self::Overlays => Overlay::COLUMNS,
            Self::Streets => Street::COLUMNS,
            Self::Households => Dwelling::COLUMNS,
            Self::Buildings => Dwelling::BUILDING_COLUMNS,
            Self::Base => BaseFeature::COLUMNS,
            Self::Devices => Device::COLUMNS,
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
            Self::Parents => &["unit", "relation", "parent"],
            Self::Overlays => &["code"],
            Self::Streets | Self::Households | Self::Buildings => &[],
            Self::Base => &["kind"],
            Self::Devices => &["id"],
        }
    }
}

impl fmt::Display for ListKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A row of a list: its filled cells by column, white space around them taken away, and where on
/// the map it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListRow {
    /// The row's number in its file: 1 is the first below the header.
    pub number: u64,
    /// Its place, in a list of what lies on the map.
    pub place: Option<Figure>,
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
    /// A component's code that is not made up as the scheme says.
    #[error(
        "the code {code} is not of the {} digits ({split}: county, major class, minor class, \
         number) that the scheme asks for: correct it", split.digits()
    )]
    NotInSplit {
        /// The code.
        code: Code,
        /// How codes are made up.
        split: CodeSplit,
    },
    /// A class that is not the one in the component's code.
    #[error("the column says class {given}, the code says {by_code}: correct one of them")]
    OtherClass {
        /// What the column says.
        given: Code,
        /// What the digits of the code say.
        by_code: Code,
    },
    /// A code that the store has for a component of another class.
    #[error(
        "the store has {code} as a component of class {stored}: correct the code, or say \
         --reclassify where it was of the wrong class"
    )]
    OtherClassBefore {
        /// The code.
        code: Code,
        /// The class that the store has.
        stored: Code,
    },
    /// A class that others are a part of.
    #[error("{0} is a major class: write the minor class that the component is of")]
    NotMinor(Code),
    /// A code that something else has.
    #[error("the code {0} is a grid's or another unit's already: give this one a code of its own")]
    UnitCode(Code),
    /// Something that is not drawn as it must be.
    #[error("it is drawn as {given}, and must be {wanted}")]
    NotDrawn {
        /// What it is.
        given: &'static str,
        /// What it should be: `area`, or `area or line`.
        wanted: String,
    },
    /// Neither a unit nor told by a name.
    #[error(
        "{0} is no unit of the plan and no department: correct the code, or write its name in the \
         column \"name\""
    )]
    NoParent(Code),
    /// Times that end before they begin.
    #[error("it ends on {until}, before it begins on {from}: correct one of them")]
    EndsEarly {
        /// The first day.
        from: String,
        /// The day after the last.
        until: String,
    },
    /// A second parent of one kind at the same time.
    #[error(
        "{first} gives it a parent of this kind for some of the same time: let one end before the \
         other begins"
    )]
    SecondParent {
        /// The earlier row.
        first: EarlierRow,
    },
    /// A component that is not there.
    #[error("there is no component {0}: correct the code, or import the component")]
    NoComponent(Code),
    /// Not a date.
    #[error("\"{0}\" is no date: write 2026-11-26")]
    NotADate(String),
    /// Not a length.
    #[error("\"{0}\" is no number of metres: write 0.5, or leave it empty")]
    NotMetres(String),
    /// Not a count.
    #[error("\"{0}\" is no count: write a whole number, or leave it empty")]
    NotACount(String),
    /// No place, or none that can be used.
    #[error("it has no place that can be used: {0}")]
    NoPlace(String),
    /// A place outside the city.
    #[error(
        "it lies outside all grids{}: correct its place, or the coordinate system that was said",
        distance_m.map(|metres| format!(", {metres:.1} m from {grid}")).unwrap_or_default()
    )]
    Outside {
        /// The nearest grid.
        grid: String,
        /// How far it is away, metres; `None` when it is far.
        distance_m: Option<f64>,
    },
    /// A place whose numbers were cut short.
    #[error(
        "its place is given to {decimals} decimals of a degree, which is {about_m:.0} m: ask for \
         the numbers with 6 decimals or more"
    )]
    Truncated {
        /// Decimals that the better of the two numbers has.
        decimals: u32,
        /// What the last decimal is worth, metres.
        about_m: f64,
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
            Self::Twice { first, .. }
            | Self::SameRule { first }
            | Self::SameBorder { first }
            | Self::SecondParent { first } => Some(first),
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
            place: None,
            cells: cells.collect(),
        }
    }

    /// The same row at this place.
    #[must_use]
    pub fn at(mut self, place: Option<Figure>) -> Self {
        self.place = place;
        self
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

/// A date as people write it: `2026-11-26`, `2026/11/26`, `20261126`, with a time behind it or not.
pub(crate) fn date(row: &ListRow, column: &str, faults: &mut Vec<RowFault>) -> Option<Date> {
    let text = row.get(column)?;
    let read = read_date(text);
    if read.is_none() {
        faults.push(row.fault(column, ListFault::NotADate(text.to_owned())));
    }
    read
}

fn read_date(text: &str) -> Option<Date> {
    let day = text.split([' ', 'T']).next().unwrap_or_default();
    let parts: Vec<&str> = match day.split(['-', '/', '.']).collect::<Vec<_>>()[..] {
        [all] if all.len() == 8 && all.is_ascii() => vec![&all[..4], &all[4..6], &all[6..]],
        [year, month, day] if year.len() == 4 => vec![year, month, day],
        _ => return None,
    };
    if !parts
        .iter()
        .all(|part| part.bytes().all(|b| b.is_ascii_digit()))
    {
        return None;
    }
    let year = parts[0].parse().ok()?;
    Date::new(year, parts[1].parse().ok()?, parts[2].parse().ok()?).ok()
}

/// The place of a row that must have one of these kinds.
pub(crate) fn figure_at<'a>(
    row: &'a ListRow,
    drawn: &[ClassGeometry],
    faults: &mut Vec<RowFault>,
) -> Option<&'a Figure> {
    let figure = row.place.as_ref()?;
    let given = ClassGeometry::of(figure);
    if drawn.contains(&given) {
        return Some(figure);
    }
    let fault = ListFault::NotDrawn {
        given: given.as_str(),
        wanted: drawn
            .iter()
            .map(|geometry| geometry.as_str())
            .collect::<Vec<_>>()
            .join(" or "),
    };
    faults.push(row.fault("geometry", fault));
    None
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("2026-11-26", Some((2026, 11, 26)))]
    #[case("2026/1/5", Some((2026, 1, 5)))]
    #[case("20261126", Some((2026, 11, 26)))]
    #[case("2026-11-26 08:30:00", Some((2026, 11, 26)))]
    #[case("2026-11-26T00:00:00Z", Some((2026, 11, 26)))]
    #[case("2026-02-30", None)]
    #[case("26-11-2026", None)]
    #[case("2026-11", None)]
    #[case("2026-+1-02", None)]
    #[case("二〇二六年一", None)]
    #[case("", None)]
    fn dates_are_read_as_people_write_them(
        #[case] text: &str,
        #[case] expected: Option<(i16, i8, i8)>,
    ) {
        let expected = expected.map(|(year, month, day)| Date::new(year, month, day).unwrap());
        assert_eq!(read_date(text), expected);
    }
}
