//! Specialised grids: ground that somebody looks after besides the grids.

use wangge_plane::{Figure, Shape};

use crate::list::{ListFault, ListRow, RowFault, codes_differ, figure_at};
use crate::{ClassGeometry, Code, LevelIndex};

/// A specialised grid (专业网格): a market, a park, a section of a river, a fire district. It lies
/// across the levels, need not meet their borders, and may overlap others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlay {
    /// Its row in the list: 1 is the first below the header.
    pub row: u64,
    /// Its code, which no unit has.
    pub code: Code,
    /// Its name.
    pub name: Option<String>,
    /// Its name in Latin letters.
    pub name_en: Option<String>,
    /// What it is: a word of the city's own.
    pub kind: Option<String>,
    /// A note.
    pub note: Option<String>,
    /// Its ground.
    pub shape: Shape,
}

impl Overlay {
    /// The columns of a list of specialised grids, their ground apart.
    pub const COLUMNS: &'static [&'static str] = &["code", "name", "name_en", "kind", "note"];

    /// The specialised grids of those rows in which nothing is wrong, and all that is wrong with
    /// the others.
    pub fn read_sound(rows: &[ListRow]) -> (Vec<Self>, Vec<RowFault>) {
        let mut faults = Vec::new();
        let mut overlays = Vec::with_capacity(rows.len());
        for row in rows {
            let code = row.required("code", &mut faults);
            let figure = figure_at(row, &[ClassGeometry::Area], &mut faults);
            let (Some(code), Some(Figure::Area(shape))) = (code, figure) else {
                continue;
            };
            overlays.push(Self {
                row: row.number,
                code,
                name: row.get("name").map(str::to_owned),
                name_en: row.get("name_en").map(str::to_owned),
                kind: row.get("kind").map(str::to_owned),
                note: row.get("note").map(str::to_owned),
                shape: shape.clone(),
            });
        }
        let codes = overlays.iter().map(|overlay| (overlay.row, &overlay.code));
        faults.extend(codes_differ(codes));
        (overlays, faults)
    }

    /// What is wrong with it in a city: its code is a unit's.
    pub fn check(&self, level_of: impl Fn(&Code) -> Option<LevelIndex>) -> Option<RowFault> {
        level_of(&self.code)?;
        Some(RowFault {
            row: self.row,
            column: "code".to_owned(),
            fault: ListFault::UnitCode(self.code.clone()),
        })
    }
}
