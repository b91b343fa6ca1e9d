//! The tiles of one source, as a pyramid.

use std::convert::Infallible;
use std::ops::RangeInclusive;

use wangge_plane::{Polygon, Shape};

use crate::check::{Expected, Pyramid, WorldBox, world};
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

impl SourceTiles<'_> {
    /// What the tiles should show, by the city and not by its tiles: the codes of all units, and the
    /// rim of the coverage. Of a source without grids, nothing.
    pub fn expected(&self) -> Expected {
        if !matches!(self.source, Source::Grids | Source::City) {
            return Expected::default();
        }
        let content = self.tiles.content();
        let levels = content.levels.iter().zip(self.tiles.first_zooms());
        let shown = levels.filter(|(_, first)| *first <= *self.zooms.end());
        let codes = shown.map(|(level, _)| {
            let codes = level.units.iter().map(|unit| unit.code.to_string());
            (format!("grid_{}", level.id), codes.collect())
        });
        let shift = self.tiles.shift();
        let edges = content.coverage.edges();
        let rim = edges.filter(|edge| edge.left.is_none() || edge.right.is_none());
        let rim = rim.map(|edge| {
            [edge.segment.start(), edge.segment.end()].map(|p| {
                let (lon, lat) = shift.place(p.lon(), p.lat());
                world(lon, lat)
            })
        });
        Expected {
            codes: codes.collect(),
            rim: Some(rim.collect()),
            holes: None,
        }
    }

    /// The holes of the coverage: west, south, east and north of each, degrees.
    pub fn holes(&self) -> Vec<[f64; 4]> {
        let coverage = &self.tiles.content().coverage;
        let shift = self.tiles.shift();
        let whole = coverage.dissolve(&vec![0; coverage.owners()], 1);
        let parts = whole.iter().flatten().flat_map(Shape::parts);
        parts
            .flat_map(Polygon::holes)
            .map(|hole| {
                let extent = hole.extent();
                let [low, high] =
                    [extent.min(), extent.max()].map(|p| shift.place(p.lon(), p.lat()));
                [low.0, low.1, high.0, high.1]
            })
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
