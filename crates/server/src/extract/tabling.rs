//! Where a table's positions are, and what is written of it.

use crate::query::Query;

/// The parameters of tables, as routes name them.
const NAMES: [&str; 7] = [
    "lon",
    "lat",
    "geometry",
    "accuracy_column",
    "crs_column",
    "columns",
    "encoding",
];

/// What is said about a table beside the columns that are looked for anyway.
#[derive(Debug, Default)]
pub(crate) struct TableParams {
    pub(crate) lon: Option<String>,
    pub(crate) lat: Option<String>,
    pub(crate) geometry: Option<String>,
    pub(crate) accuracy_column: Option<String>,
    pub(crate) crs_column: Option<String>,
    /// What is written, in this order; empty for all.
    pub(crate) columns: Vec<String>,
    pub(crate) encoding: Option<String>,
    /// The first of them that the request has.
    said: Option<&'static str>,
}

impl TableParams {
    pub(super) fn of(query: &Query<'_>) -> Self {
        let text = |name| query.get(name).map(str::to_owned);
        let columns = query.get("columns").into_iter();
        Self {
            lon: text("lon"),
            lat: text("lat"),
            geometry: text("geometry"),
            accuracy_column: text("accuracy_column"),
            crs_column: text("crs_column"),
            columns: columns
                .flat_map(|columns| columns.split(','))
                .map(|name| name.trim().to_owned())
                .collect(),
            encoding: text("encoding"),
            said: NAMES.into_iter().find(|name| query.get(name).is_some()),
        }
    }

    /// The first parameter that only tables have, where the request has one.
    pub(crate) const fn said(&self) -> Option<&'static str> {
        self.said
    }
}
