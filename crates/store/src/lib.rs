//! Keeping schemes, plans and grids in a GeoPackage file, which QGIS and GDAL open as it is.
//!
//! A [`Store`] is one SQLite file. Every change is one transaction that happens whole or not at
//! all; what is published is guarded against changes and carries a hash of its contents. Several
//! processes may have a store open; a [`Store`] itself is used from one thread at a time.

mod audit;
mod backup;
mod check;
mod components;
mod contents;
mod create;
mod digest;
mod drafts;
mod error;
mod geometry;
mod import;
mod lists;
mod plans;
mod schema;
mod store;

pub use audit::AuditEntry;
pub use backup::BackedUp;
pub use check::Fault;
pub use components::{ComponentVersion, ImportComponents, ImportedComponents};
pub use contents::{PlanContents, PlanUnits, Surroundings};
pub use digest::Digest;
pub use drafts::{Accepted, AcceptedRecord, EditUnits, Elsewhere};
pub use error::StoreError;
pub use geometry::{GeometryFault, decode, decode_figure, encode, encode_figure};
pub use import::{Existing, ImportUnits, Imported, SourceFile};
pub use lists::{ImportList, ImportedList, Lists};
pub use plans::PlanRecord;
pub use store::{ChangeCounter, Store};
