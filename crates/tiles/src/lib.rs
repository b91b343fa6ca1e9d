//! Vector tiles of a city that never come apart: the borders of each zoom are drawn once, put on
//! that zoom's lattice together, and only then cut into tiles.

mod address;
mod apart;
pub mod archive;
pub mod check;
mod content;
mod cut;
mod drawing;
mod encode;
mod features;
mod figures;
mod labels;
mod layers;
mod lines;
mod made;
mod mercator;
mod source_tiles;
mod thinning;
mod tile_set;
mod units;
mod vanished;

/// Counts the changes of the program after which a tile of the same content may hold other bytes:
/// addresses of tiles that are kept for good must change with it.
pub const DRAWING: u32 = 2;

pub use address::{MAX_ZOOM, Shift, Source, TileAddress};
pub use content::{
    BaseContent, ComponentContent, Content, LevelContent, OverlayContent, UnitContent,
};
pub use layers::{FieldType, LayerNote};
pub use made::{Made, ahead};
pub use source_tiles::SourceTiles;
pub use tile_set::{Format, TileSet};
