//! File formats in and out.
//!
//! Every file is read by a process that holds nothing but pipes to its parent and locks itself
//! before it looks at the file ([`Reader`], [`child_main`]). What comes back is a [`Table`].

mod child;
mod error;
mod format;
mod limits;
mod note;
mod reader;
mod refusal;
mod report;
mod staging;
mod table;
mod wire;
mod wkb;

pub use child::{CHILD_ARGUMENT, Lock, Sandbox, child_main};
#[doc(hidden)]
pub use child::{Probe, Switches, child_main_with_switches};
pub use error::{ChildEnd, ExchangeError};
pub use format::Format;
pub use limits::{Limits, Policy};
pub use note::{EncodingBy, Note};
pub use reader::{ChildProgram, ReadRequest, Reader};
pub use refusal::{Quantity, Refusal};
pub use report::{RepeatedCode, Skip};
pub use table::{DeclaredCrs, Row, RowGeometry, Table, Value};
pub use wire::Progress;
