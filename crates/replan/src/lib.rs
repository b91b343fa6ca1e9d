//! Two plans of one city: what changes between them, and edits that keep a coverage seamless.

mod change;
mod diff;
mod edit;

pub use change::{Change, ChangeKind, Diff, DiffTerms, Piece, Rounding};
pub use diff::{diff, diff_known};
pub use edit::{CutTerms, EditError, EditNote, Edited, Redrawn, give, merge, move_border, split};
