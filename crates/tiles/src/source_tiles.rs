//! The tiles of one source, as a pyramid.

use std::convert::Infallible;
use std::ops::RangeInclusive;

use crate::check::{Pyramid, WorldBox};
use crate::{Format, Source, TileAddress, TileSet};

/// The tiles of one source over some zooms.
#[derive(Debug, Clone)]
pub struct SourceTiles<'a> {
    tiles: &'a TileSet,
    source: Source,
    zooms: RangeInclusive<u8>,
}

impl<'a> SourceTiles<'a> {
    /// The tiles of a source, of those of its zooms that are asked for.
    pub fn new(tiles: &'a TileSet, source: Source, asked: RangeInclusive<u8>) -> Self {
        let all = tiles.zooms(source);
        let first = *asked.start().max(all.start());
        let last = *asked.end().min(all.end());
        Self {
            tiles,
            source,
            zooms: first..=last,
        }
    }

    /// The zooms.
    pub fn zooms(&self) -> RangeInclusive<u8> {
        self.zooms.clone()
    }

    /// The source.
    pub const fn source(&self) -> Source {
        self.source
    }

    /// The set that the tiles are of.
    pub const fn tile_set(&self) -> &'a TileSet {
        self.tiles
    }

    /// Every tile that shows a part of the box around everything, row by row.
    pub fn addresses(&self, zoom: u8) -> Vec<TileAddress> {
        let Some(bounds) = self.tiles.bounds(self.source) else {
            return Vec::new();
        };
        let WorldBox([west, north, east, south]) = WorldBox::of_degrees(bounds);
        let count = 1u32 << zoom;
        // one more to each side: the buffers of tiles reach there
        let around = |low: f64, high: f64| {
            let first = place(low, count).saturating_sub(1);
            let last = place(high, count).saturating_add(1).min(count - 1);
            first..=last
        };
        around(north, south)
            .flat_map(|y| around(west, east).filter_map(move |x| TileAddress::new(zoom, x, y)))
            .filter(|&tile| self.tiles.covers(self.source, tile))
            .collect()
    }
}

impl Pyramid for SourceTiles<'_> {
    type Error = Infallible;

    fn zooms(&self) -> Result<Vec<u8>, Infallible> {
        Ok(self.zooms.clone().collect())
    }

    fn addresses(&self, zoom: u8) -> Result<Vec<TileAddress>, Infallible> {
        Ok(self.addresses(zoom))
    }

    fn tile(&self, tile: TileAddress) -> Result<Option<Vec<u8>>, Infallible> {
        Ok(self.tiles.tile(self.source, tile, Format::Mvt))
    }
}

/// The column or row of a place between 0 and 1.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and the count, by the clamp"
)]
fn place(at: f64, count: u32) -> u32 {
    (at * f64::from(count)).clamp(0.0, f64::from(count - 1)) as u32
}
