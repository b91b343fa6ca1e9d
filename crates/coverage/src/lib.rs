//! A coverage of grids: built, proved seamless, dissolved.

mod edge;

pub use edge::{BorderEdge, Owner};
