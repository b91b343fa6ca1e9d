//! The application: a published city as an immutable snapshot that resolves locations, and the
//! pointer by which a newer one takes its place.

mod adjacency;
mod answer;
mod areas;
mod background;
mod batch;
mod candidates;
mod components;
mod contested;
mod convert;
mod dwellings;
mod edition;
mod error;
mod feature_id;
mod follow;
mod geojson;
mod grids;
mod ground;
mod handling;
mod history;
mod management;
mod overlays;
mod planning;
mod published;
mod reading;
mod responsibility;
mod snapshot;
mod streets;
mod tally;
mod tiles;
mod told;
mod tracks;
mod units;
mod unsettled;
pub mod work;

pub use adjacency::{Bordering, Sides};
pub use answer::{AskedPoint, Chain, GridRef, LocateAnswer, LocateRequest, Status, UnitRef};
pub use batch::{BatchQuery, BatchResolver};
pub use candidates::Candidate;
pub use components::{
    Around, ComponentCursor, ComponentDetail, ComponentFeature, ComponentPage, ComponentQuery,
    ComponentRef, GridShare, NearbyComponent, NearestComponents,
};
pub use convert::{convert_position, is_cheap, is_cheap_between, to_degrees_of, to_lattice};
pub use dwellings::Counted;
pub use edition::Edition;
pub use error::CityError;
pub use feature_id::feature_id;
pub use follow::Watch;
pub use geojson::{Feature, FigureGeometry, Geometry};
pub use grids::{ClassCount, Cursor, GridDetail, GridPage, GridQuery};
pub use handling::{DepartmentRef, HandlerRef, PostRef, Shown, Subject, class_name};
pub use management::{ManagedBy, ParentRef};
pub use overlays::OverlayRef;
pub use planning::{
    AcceptedView, AskedDiff, NewDraft, PlanView, Planning, PublishedPlan, SentUnits, TakenUnits,
    state_words,
};
pub use published::Published;
pub use responsibility::{Elsewhere, Known, ListMistake, Nameable, Responsibility};
pub use snapshot::{City, CityParts, Review};
pub use tally::{Count, Decimal, NotDecimal, Sum, Tally};
pub use tracks::{
    Clock, DeviceTrack, MOST_DEVICE_BYTES, NotAMoment, Patrol, PatrolledUnit, STREET_REACH_M,
    Tracks, UnitVisit, VisitTable, micros, seconds,
};
pub use unsettled::{NEAR_BORDER_M, UnsettledBorder};
pub use wangge_locate::{Accuracy, RejectedFix, Rejection, Spread, TrackRules, VisitEnd};
