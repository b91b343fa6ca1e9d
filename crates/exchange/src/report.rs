//! What an import did to the rows of a file: what a person reads before publishing.

use serde::Serialize;

/// A row that did not become a grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skip {
    /// Its place in the file, from 1.
    pub row: u64,
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
