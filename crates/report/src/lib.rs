//! Verdicts, errors and notes for people and programs, in Chinese and English.

mod diff;
mod diff_evidence;
mod diff_ground;
mod diff_html;
mod diff_text;
mod html;
mod language;
mod number;
mod reason;
mod repair;
mod told;
mod validation;
mod validation_html;
mod validation_text;

pub use diff::{ChangeRow, CrosswalkRow, DiffReport, DiffSide, RoundingRow};
pub use diff_evidence::{
    CountedBy, DepartmentChange, DiffEvidence, GridMeasure, MeasuredGrid, PieceEvidence, PostOfGrid,
};
pub use diff_html::DiffSource;
pub use html::MapGrid;
pub use language::Language;
pub use number::{area, counted, grouped, length_m};
pub use reason::{own_reason, reason};
pub use repair::{ChangedGrid, RepairChange, RepairReport};
pub use told::{
    Told, brief, fault_advice, fault_kind, fault_place, field_name, list_name, phrase, with_causes,
};
pub use validation::{Defect, LatticeMoves, LeftOut, UpperDefect, Validation};
pub use validation_html::MapSource;
pub use validation_text::kind_words;
