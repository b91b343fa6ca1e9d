//! Verdicts, errors and notes for people and programs, in Chinese and English.

mod language;
mod number;
mod told;
mod validation;
mod validation_text;

pub use language::Language;
pub use number::{area, counted, grouped, length_m};
pub use told::{Told, brief, field_name, phrase, with_causes};
pub use validation::{Defect, LatticeMoves, PairOfEdges, UnmatchedGroup, Validation};
