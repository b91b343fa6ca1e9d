//! All tiles of one snapshot of a city, in one system.

use std::ops::RangeInclusive;

use crate::{Content, LayerNote, MAX_ZOOM, Shift, Source, TileAddress};

/// How a tile is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Format {
    /// Mapbox Vector Tile 2.1.
    #[default]
    Mvt,
    /// MapLibre Tile.
    Mlt,
}

/// All tiles of one snapshot of a city, in one system.
#[derive(Debug)]
pub struct TileSet {
    content: Content,
    shift: Shift,
}

impl TileSet {
    /// The tiles of this content. Nothing is drawn before it is asked for.
    pub fn of(content: Content, shift: Shift) -> Self {
        Self { content, shift }
    }

    /// West, south, east and north of everything that a source shows, degrees; `None` of nothing.
    pub fn bounds(&self, _source: Source) -> Option<[f64; 4]> {
        let _ = (&self.content, self.shift);
        None
    }

    /// The zooms that a source has tiles of.
    pub fn zooms(&self, _source: Source) -> RangeInclusive<u8> {
        0..=MAX_ZOOM
    }

    /// The layers of a source.
    pub fn layers(&self, _source: Source) -> Vec<LayerNote> {
        Vec::new()
    }

    /// Whether a tile lies, with its buffer, where the source has anything at all. What does not is outside.
    pub fn covers(&self, _source: Source, _tile: TileAddress) -> bool {
        true
    }

    /// The tile, uncompressed; `None` when nothing is on it.
    ///
    /// The same content gives the same bytes.
    pub fn tile(&self, _source: Source, _tile: TileAddress, _format: Format) -> Option<Vec<u8>> {
        None
    }
}
