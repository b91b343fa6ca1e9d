//! Verdicts for people and programs, in Chinese and English.

mod language;
mod number;
mod validation;
mod validation_text;

pub use language::Language;
pub use number::{area, grouped, length_m};
pub use validation::{Defect, LatticeMoves, PairOfEdges, UnmatchedGroup, Validation};
