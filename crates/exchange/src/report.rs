//! What an import did to the rows of a file: what a person reads before publishing.

use serde::Serialize;

use crate::{Format, Note, Sandbox};

/// Everything that happened between a file and its grids.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ImportReport {
    /// The file's name.
    pub source: String,
    /// What it was read as.
    pub format: Format,
    /// The layer, where the format has layers.
    pub layer: Option<String>,
    /// The coordinate system that its numbers were taken in.
    pub crs: CrsUsed,
    /// What the conversion gives away: datums taken as equal, with the error.
    pub crs_notes: Vec<wangge_crs::Note>,
    /// That extent and declared system do not fit each other.
    pub plausibility: Option<wangge_crs::Note>,
    /// Rows of the file.
    pub rows: usize,
    /// Grids that came of them.
    pub grids: usize,
    /// Vertices that came onto the lattice, closing ones not counted.
    pub vertices: usize,
    /// How many of them were not on it before.
    pub moved: usize,
    /// The largest of these moves, metres.
    pub max_move_m: f64,
    /// Vertices that were added so that edges stay where they were straight.
    pub densified_vertices: usize,
    /// Rings smaller than the lattice, left out.
    pub collapsed_rings: usize,
    /// Rows that were skipped, because it was asked for.
    pub skipped: Vec<Skip>,
    /// Grids of several rows, because it was asked for.
    pub merged: Vec<MergedRows>,
    /// What the reading process noted.
    pub notes: Vec<Note>,
    /// What held the reading process.
    pub sandbox: Sandbox,
}

/// A coordinate system, and who said that it is the one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CrsUsed {
    /// The system, as messages show it.
    pub system: String,
    /// Who said so.
    pub by: CrsBy,
    /// What the file says, where a person said something else.
    pub file_says: Option<String>,
}

/// Who said which coordinate system a file is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CrsBy {
    /// The person, with `--crs`.
    Person,
    /// The file.
    File,
    /// RFC 7946: GeoJSON that says nothing is WGS 84.
    GeoJson,
}

/// What kept a row from becoming a grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SkipKind {
    /// It has no geometry, or none that is a polygon of the lattice's size.
    NotPolygon,
    /// A coordinate is NaN or infinite.
    NotFinite,
    /// A coordinate is beyond the poles or the antimeridian, or beyond its system's area.
    OutOfRange,
    /// A value is not one of its column.
    Attributes,
}

impl SkipKind {
    /// The name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotPolygon => "not-polygon",
            Self::NotFinite => "not-finite",
            Self::OutOfRange => "out-of-range",
            Self::Attributes => "attributes",
        }
    }
}

/// A row that did not become a grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skip {
    /// Its place in the file, from 1.
    pub row: u64,
    /// What kept it from becoming one.
    pub kind: SkipKind,
    /// Why not.
    pub why: String,
}

/// A code that stands on several rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RepeatedCode {
    /// The code.
    pub code: String,
    /// The rows, in the order of the file.
    pub rows: Vec<u64>,
}

/// Several rows that became the parts of one grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MergedRows {
    /// The code they share.
    pub code: String,
    /// The rows, in the order of the file.
    pub rows: Vec<u64>,
    /// Fields in which they differ; the first row's value was taken.
    pub differ_in: Vec<&'static str>,
}
