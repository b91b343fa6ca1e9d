//! What a map shows beneath the grids: water, green, and what else a city draws.

use wangge_plane::Figure;

use crate::ListKind;
use crate::list::{ListRow, RowFault, figure_at};

/// A line or an area of the base map (底图). Streets and buildings have lists of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseFeature {
    /// What it is: `water`, `green`, or a word of the city's own.
    pub kind: String,
    /// A finer word of the city's own: `river`, `park`.
    pub class: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Its name in Latin letters.
    pub name_en: Option<String>,
    /// A line or an area.
    pub figure: Figure,
}

impl BaseFeature {
    /// The columns of a list of the base map, lines and areas apart.
    pub const COLUMNS: &'static [&'static str] = &["kind", "class", "name", "name_en"];

    /// The features of those rows in which nothing is wrong, and all that is wrong with the others.
    pub fn read_sound(rows: &[ListRow]) -> (Vec<Self>, Vec<RowFault>) {
        let mut faults = Vec::new();
        let mut features = Vec::with_capacity(rows.len());
        let drawn = ListKind::Base.drawn().unwrap_or_default();
        for row in rows {
            let kind = row.text("kind", &mut faults).map(kind_of);
            let figure = figure_at(row, drawn, &mut faults);
            let (Some(kind), Some(figure)) = (kind, figure) else {
                continue;
            };
            features.push(Self {
                kind,
                class: row.get("class").map(str::to_owned),
                name: row.get("name").map(str::to_owned),
                name_en: row.get("name_en").map(str::to_owned),
                figure: figure.clone(),
            });
        }
        (features, faults)
    }
}

/// `water` and `green` in any case, and 水系, 水域, 水面 and 绿地, 绿化; other words as they are.
fn kind_of(text: &str) -> String {
    match text.to_ascii_lowercase().as_str() {
        "water" | "水系" | "水域" | "水面" => "water".to_owned(),
        "green" | "绿地" | "绿化" => "green".to_owned(),
        _ => text.to_owned(),
    }
}
