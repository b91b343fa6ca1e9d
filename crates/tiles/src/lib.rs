//! Vector tiles of a city that never come apart: the borders of each zoom are drawn once, put on
//! that zoom's lattice together, and only then cut into tiles.

mod address;
mod apart;
mod content;
mod cut;
mod drawing;
mod encode;
mod features;
mod figures;
mod layers;
mod lines;
mod mercator;
mod thinning;
mod tile_set;
mod units;
mod vanished;

pub use address::{MAX_ZOOM, Shift, Source, TileAddress};
pub use content::{
    BaseContent, ComponentContent, Content, LevelContent, OverlayContent, UnitContent,
};
pub use layers::{FieldType, LayerNote};
pub use tile_set::{Format, TileSet};
