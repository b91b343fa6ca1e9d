//! Files of points in, answers out: CSV, newline-delimited JSON, GeoJSON, Parquet and Arrow.
//!
//! One thread cuts the input into pieces at the ends of rows, all cores read, look up and write the pieces, and the answers come
//! out in the order of the rows. No more than a few pieces are held at a time, whatever the size of the
//! file; where the output is slow, the reading waits. A row that is no position is answered as such, in its place.
//!
//! What answers is a [`Resolver`]: this crate knows nothing of cities.

mod answer;
mod columns;
mod declared;
mod error;
mod format;
mod pipeline;
mod place;
mod problem;
mod run;
mod text;

pub use answer::{
    Answer, Asked, Catalogue, Circle, ComponentTexts, More, NearComponent, Resolver, Status,
};
pub use columns::UnitColumn;
pub use error::PointsError;
pub use format::PointsFormat;
pub use place::Systems;
pub use problem::RowProblem;
pub use run::{
    Batch, Done, Options, Progress, Size, Suspicion, answer_file, answer_rows, answer_stream,
};
pub use text::{Decoded, MOST_ROW_BYTES};
