//! Two plans of one city: what changes between them, and edits that keep a coverage seamless.

mod change;
mod diff;

pub use change::{Change, ChangeKind, Diff, DiffTerms, Piece, Rounding};
pub use diff::{diff, diff_known};
