//! Streets: what borders are described by.

use wangge_plane::{Figure, Line};

use crate::ClassGeometry;
use crate::list::{ListRow, RowFault, figure_at};

/// A street (街路巷), or a part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Street {
    /// Its name; lanes may have none.
    pub name: Option<String>,
    /// Its name in Latin letters.
    pub name_en: Option<String>,
    /// What sort of street: a word of the city's own.
    pub class: Option<String>,
    /// Its centre line.
    pub line: Line,
}

impl Street {
    /// The columns of a list of streets, their lines apart.
    pub const COLUMNS: &'static [&'static str] = &["name", "name_en", "class"];

    /// The streets of those rows in which nothing is wrong, and all that is wrong with the others.
    pub fn read_sound(rows: &[ListRow]) -> (Vec<Self>, Vec<RowFault>) {
        let mut faults = Vec::new();
        let mut streets = Vec::with_capacity(rows.len());
        for row in rows {
            let Some(Figure::Line(line)) = figure_at(row, &[ClassGeometry::Line], &mut faults)
            else {
                continue;
            };
            streets.push(Self {
                name: row.get("name").map(str::to_owned),
                name_en: row.get("name_en").map(str::to_owned),
                class: row.get("class").map(str::to_owned),
                line: line.clone(),
            });
        }
        (streets, faults)
    }
}
