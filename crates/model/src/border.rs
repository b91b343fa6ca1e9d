//! Borders between grids that people have not agreed on.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use crate::list::{ListFault, ListRow, RowFault};
use crate::{Code, LevelIndex, Scheme};

/// How sure a border (界线) is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BorderStatus {
    /// 已确认: agreed on. What is not said otherwise is.
    Confirmed,
    /// 争议: the two sides say different things.
    Disputed,
    /// 待勘: to be surveyed.
    Unsurveyed,
}

/// The status of the border between two grids, along all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Border {
    /// Its row in the list: 1 is the first below the header.
    pub row: u64,
    /// The grids on its two sides.
    pub between: [Code; 2],
    /// How sure it is.
    pub status: BorderStatus,
    /// Remarks.
    pub note: Option<String>,
}

impl Border {
    /// The columns of a list of borders.
    pub const COLUMNS: &'static [&'static str] = &["grid", "other", "status", "note"];

    /// Reads a list of borders.
    ///
    /// # Errors
    /// Everything that is wrong with its rows.
    pub fn read(rows: &[ListRow]) -> Result<Vec<Self>, Vec<RowFault>> {
        let (borders, faults) = Self::read_sound(rows);
        if faults.is_empty() {
            Ok(borders)
        } else {
            Err(faults)
        }
    }

    /// The borders of those rows in which nothing is wrong, and all that is wrong with the others.
    pub fn read_sound(rows: &[ListRow]) -> (Vec<Self>, Vec<RowFault>) {
        let mut faults = Vec::new();
        let mut seen: HashMap<[Code; 2], u64> = HashMap::new();
        let mut borders = Vec::with_capacity(rows.len());
        for row in rows {
            let Some(border) = border_of(row, &mut faults) else {
                continue;
            };
            let mut between = border.between.clone();
            between.sort_unstable();
            if let Some(&first) = seen.get(&between) {
                faults.push(row.fault(
                    "other",
                    ListFault::SameBorder {
                        first: first.into(),
                    },
                ));
            } else {
                seen.insert(between, row.number);
                borders.push(border);
            }
        }
        (borders, faults)
    }

    /// What is wrong with the border, in a city of this scheme: one of its grids is none.
    pub fn check(
        &self,
        scheme: &Scheme,
        level_of: impl Fn(&Code) -> Option<LevelIndex>,
    ) -> Vec<RowFault> {
        let columns = ["grid", "other"].into_iter().zip(&self.between);
        columns
            .filter(|(_, code)| level_of(code) != Some(scheme.lowest()))
            .map(|(column, code)| RowFault {
                row: self.row,
                column: column.to_owned(),
                fault: ListFault::NoGrid(code.clone()),
            })
            .collect()
    }
}

/// The border of a row in which nothing is wrong.
fn border_of(row: &ListRow, faults: &mut Vec<RowFault>) -> Option<Border> {
    let grid: Option<Code> = row.required("grid", faults);
    let other: Option<Code> = row.required("other", faults);
    let status = row.required("status", faults);
    let (grid, other, status) = (grid?, other?, status?);
    if grid == other {
        faults.push(row.fault("other", ListFault::OneGrid(other)));
        return None;
    }
    Some(Border {
        row: row.number,
        between: [grid, other],
        status,
        note: row.get("note").map(str::to_owned),
    })
}

impl BorderStatus {
    /// The word that files and answers carry.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Disputed => "disputed",
            Self::Unsurveyed => "unsurveyed",
        }
    }
}

impl fmt::Display for BorderStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// `confirmed`, `disputed` and `unsurveyed` in any case, and 已确认 (确认), 争议 and 待勘.
impl FromStr for BorderStatus {
    type Err = ListFault;

    fn from_str(text: &str) -> Result<Self, ListFault> {
        match text.to_ascii_lowercase().as_str() {
            "confirmed" | "已确认" | "确认" => Ok(Self::Confirmed),
            "disputed" | "争议" => Ok(Self::Disputed),
            "unsurveyed" | "待勘" => Ok(Self::Unsurveyed),
            _ => Err(ListFault::NotOneOf {
                given: text.to_owned(),
                known: "confirmed, disputed, unsurveyed",
            }),
        }
    }
}
