//! File formats in and out.
//!
//! Every file is read by a process that holds nothing but pipes to its parent and locks itself
//! before it looks at the file ([`Reader`], [`child_main`]). What comes back is a [`Table`];
//! [`grids`] makes drafts of grids of its rows, on the lattice, [`list_rows`] rows of a list, [`placed_rows`] rows of what lies on the map, and [`write()`]
//! puts layers into files.

mod child;
mod columns;
mod densify;
mod error;
mod fields;
mod format;
mod grids;
mod heard;
mod limits;
mod lists;
mod mapping;
mod merge;
mod note;
mod objects;
mod outline;
mod placed;
mod process;
mod reader;
mod refusal;
mod report;
mod staging;
mod table;
mod wire;
mod wkb;
mod write;

pub use child::{CHILD_ARGUMENT, Lock, Sandbox, child_main};
#[doc(hidden)]
pub use child::{Probe, Switches, child_main_with_switches};
pub use columns::ColumnStream;
pub use error::{ChildEnd, ExchangeError};
pub use format::Format;
pub use grids::{GridDraft, GridRequest, GridRow, grids};
pub use limits::{Limits, Policy};
pub use lists::{Columns, ListColumns, list_rows};
pub use mapping::{Field, Mapping};
pub use note::{EncodingBy, Note};
pub use objects::{DrawnObject, objects};
pub use outline::outline;
pub use placed::{PlacedReport, PlacedRequest, PlacedRow, PlacedRows, placed_rows};
pub use reader::{ChildProgram, ReadRequest, Reader};
pub use refusal::{Quantity, Refusal};
pub use report::{CrsBy, CrsUsed, ImportReport, MergedRows, RepeatedCode, Skip, SkipKind};
pub use table::{DeclaredCrs, Row, RowGeometry, Table, Value};
pub use wire::Progress;
pub use write::{OutputLayer, OutputRow, Sheet, write};
