//! The application: a published city as an immutable snapshot that resolves locations, and the
//! pointer by which a newer one takes its place.

mod adjacency;
mod answer;
mod convert;
mod error;
mod feature_id;
mod geojson;
mod grids;
mod handling;
mod published;
mod responsibility;
mod snapshot;
mod units;
mod unsettled;
pub mod work;

pub use adjacency::{Bordering, Sides};
pub use answer::{AskedPoint, Chain, GridRef, LocateAnswer, LocateRequest, Status, UnitRef};
pub use convert::{is_cheap, to_degrees_of, to_lattice};
pub use error::CityError;
pub use feature_id::feature_id;
pub use geojson::{Feature, Geometry};
pub use grids::{Cursor, GridDetail, GridPage, GridQuery};
pub use handling::{DepartmentRef, HandlerRef, PostRef, Shown, Subject, class_name};
pub use published::{Published, Watch};
pub use responsibility::{ListMistake, Nameable, Responsibility};
pub use snapshot::{City, CityParts};
pub use unsettled::{NEAR_BORDER_M, UnsettledBorder};
