//! Where people live: households at their address, and buildings.

use wangge_plane::Figure;

use crate::list::{ListFault, ListRow, RowFault, figure_at};
use crate::{ClassGeometry, Code};

/// An address with its households (户), or a building.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dwelling {
    /// Its code, where it has one.
    pub code: Option<Code>,
    /// How many households are at it, where that is known.
    pub households: Option<u32>,
    /// How many people live at it, where that is known.
    pub population: Option<u32>,
    /// Where it is.
    pub figure: Figure,
}

impl Dwelling {
    /// The columns of a list of households, their places apart.
    pub const COLUMNS: &'static [&'static str] = &["code", "households", "population"];

    /// The columns of a list of buildings, their places apart.
    pub const BUILDING_COLUMNS: &'static [&'static str] =
        &["code", "name", "households", "population"];

    /// The dwellings of those rows in which nothing is wrong, and all that is wrong with the others.
    pub fn read_sound(rows: &[ListRow], drawn: &[ClassGeometry]) -> (Vec<Self>, Vec<RowFault>) {
        let mut faults = Vec::new();
        let mut dwellings = Vec::with_capacity(rows.len());
        for row in rows {
            let before = faults.len();
            let code = row.optional("code", &mut faults);
            let households = count(row, "households", &mut faults);
            let population = count(row, "population", &mut faults);
            let figure = figure_at(row, drawn, &mut faults);
            let (Some(figure), true) = (figure, faults.len() == before) else {
                continue;
            };
            dwellings.push(Self {
                code,
                households,
                population,
                figure: figure.clone(),
            });
        }
        (dwellings, faults)
    }
}

/// A count; spreadsheets write `3.0` for it.
fn count(row: &ListRow, column: &str, faults: &mut Vec<RowFault>) -> Option<u32> {
    let text = row.get(column)?;
    let whole = text.split_once('.').map_or(text, |(whole, rest)| {
        if rest.bytes().all(|digit| digit == b'0') {
            whole
        } else {
            text
        }
    });
    let read = whole.parse();
    read.map_err(|_| faults.push(row.fault(column, ListFault::NotACount(text.to_owned()))))
        .ok()
}
