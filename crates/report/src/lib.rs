//! Verdicts, errors and notes for people and programs, in Chinese and English.

mod language;
mod number;
mod reason;
mod repair;
mod told;
mod validation;
mod validation_html;
mod validation_text;

pub use language::Language;
pub use number::{area, counted, grouped, length_m};
pub use reason::{own_reason, reason};
pub use repair::{ChangedGrid, RepairChange, RepairReport};
pub use told::{
    Told, brief, fault_advice, fault_kind, fault_place, field_name, list_name, phrase, with_causes,
};
pub use validation::{Defect, LatticeMoves, LeftOut, UpperDefect, Validation};
pub use validation_html::{MapGrid, MapSource};
pub use validation_text::kind_words;
