//! Two plans of one city: what changes between them, and edits that keep a coverage seamless.

mod balance;
mod change;
mod diff;
mod edit;

pub use balance::{
    Adjacent, Atom, BalanceTerms, Balanced, Blocks, Board, GridBalance, Target, Unmet, UnmetReason,
    adjacent_units, balance,
};
pub use change::{Change, ChangeKind, Diff, DiffTerms, Piece, Rounding};
pub use diff::{diff, diff_known};
pub use edit::{CutTerms, EditError, EditNote, Edited, Redrawn, give, merge, move_border, split};
