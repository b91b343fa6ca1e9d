//! Do tiles hold: a check that decodes a whole pyramid and knows nothing of how it was made.
//!
//! Of each zoom and each layer of grids it says what nobody covers, what several units cover, which
//! units are missing, which rings are none, and where neighbouring tiles disagree. Polygons and the
//! tile are laid over each other in an exact arrangement; ground that is open is put together over
//! the sides of tiles, and what does not reach the outside is a gap unless the coverage has a hole
//! there.

mod expected;
mod findings;
mod ground;
mod layer;
mod lines;
mod openings;
mod report;
mod rings;
mod side;
mod tile;
mod zoom;

use std::fmt;

use rayon::prelude::*;

use crate::TileAddress;
use expected::Known;
use findings::Findings;
use report::Faults;
use zoom::{Ids, Zoom};

pub use expected::{Expected, WorldBox, WorldEdge, world};
pub use report::{FaultKind, LargestTile, LayerReport, TileFault, TilesReport, ZoomReport};
pub use rings::RingFault;

/// Tiles that are looked at together; whole rows are.
const TOGETHER: usize = 512;

/// Tiles by their addresses: what is made on demand, and what an archive holds.
pub trait Pyramid: Sync {
    /// Why a tile cannot be had.
    type Error: fmt::Display + Send;

    /// The zooms that may have tiles.
    fn zooms(&self) -> Result<Vec<u8>, Self::Error>;

    /// The addresses of a zoom where there may be a tile, in any order.
    fn addresses(&self, zoom: u8) -> Result<Vec<TileAddress>, Self::Error>;

    /// A tile as Mapbox Vector Tile, not compressed; `None` where there is nothing.
    fn tile(&self, tile: TileAddress) -> Result<Option<Vec<u8>>, Self::Error>;
}

/// Decodes all tiles of a pyramid and says what is wrong with them. `looked_at` is told how many
/// tiles were looked at, now and then.
///
/// A tile that cannot be had is a fault like others.
///
/// # Errors
/// When the zooms or the addresses of a zoom cannot be had.
pub fn check_tiles<P: Pyramid>(
    pyramid: &P,
    expected: Expected,
    looked_at: &dyn Fn(u64),
) -> Result<TilesReport, P::Error> {
    let zooms = pyramid.zooms()?;
    // a zoom between others that has no tiles at all is lost
    let (first, last) = (zooms.iter().min(), zooms.iter().max());
    let zooms: Vec<u8> = first
        .zip(last)
        .map(|(&first, &last)| (first..=last).collect())
        .unwrap_or_default();
    let mut report = TilesReport {
        sound: true,
        fault_count: 0,
        zooms: Vec::new(),
        faults: Vec::new(),
    };
    let mut known = Known::new(expected);
    let mut ids = Ids::default();
    let mut done = 0;
    // the finest first: it says what the others should show
    for &zoom in zooms.iter().rev() {
        let mut addresses = pyramid.addresses(zoom)?;
        addresses.sort_unstable_by_key(|tile| (tile.y(), tile.x()));
        addresses.dedup();
        let mut drawn = Zoom::new(zoom);
        for batch in batches(&addresses) {
            let found: Vec<Findings> = batch
                .par_iter()
                .filter_map(|&tile| match pyramid.tile(tile) {
                    Ok(bytes) => bytes.map(|bytes| Findings::of(tile, &bytes)),
                    Err(error) => Some(Findings::unreadable(tile, error.to_string())),
                })
                .collect();
            for row in found.chunk_by(|a, b| a.tile.y() == b.tile.y()) {
                drawn.take_row(row, &mut ids);
            }
            done += batch.len() as u64;
            looked_at(done);
        }
        let (zoom_report, faults, layers) = drawn.finish(&known);
        for layer in layers {
            known.learn(&layer.name, layer.codes, layer.rim);
        }
        report.fault_count += faults.count;
        report.faults.extend(faults.listed);
        report.zooms.push(zoom_report);
    }
    report.zooms.reverse();
    let empty = report
        .zooms
        .iter()
        .take_while(|zoom| zoom.tiles == 0)
        .count();
    report.zooms.drain(..empty);
    find_missing_layers(&mut report, &known);
    report.faults.sort_by_key(|fault| fault.zoom);
    report.sound = report.fault_count == 0;
    Ok(report)
}

/// A layer is in every zoom from the first that has it to the finest.
fn find_missing_layers(report: &mut TilesReport, known: &Known) {
    let Some(finest) = report.zooms.last().map(|zoom| zoom.zoom) else {
        return;
    };
    for (name, codes) in &known.codes {
        let has = |zoom: &&ZoomReport| zoom.layers.iter().any(|layer| layer.layer == *name);
        let first = report
            .zooms
            .iter()
            .find(has)
            .map_or(finest, |zoom| zoom.zoom);
        for zoom in &mut report.zooms {
            if zoom.zoom < first || zoom.layers.iter().any(|layer| layer.layer == *name) {
                continue;
            }
            let mut faults = Faults::default();
            for code in codes {
                let fault = TileFault::new(FaultKind::MissingGrid, zoom.zoom);
                faults.add(fault.of(name, [code.as_str()]));
            }
            zoom.fault_count += faults.count;
            zoom.layers.push(LayerReport {
                layer: name.clone(),
                missing_grids: faults.count,
                ..LayerReport::default()
            });
            report.fault_count += faults.count;
            report.faults.extend(faults.listed);
        }
    }
}

/// Whole rows, some hundred tiles together.
fn batches(addresses: &[TileAddress]) -> Vec<&[TileAddress]> {
    let mut batches = Vec::new();
    let mut rest = addresses;
    while !rest.is_empty() {
        let last = rest[TOGETHER.min(rest.len()) - 1].y();
        let end = rest.partition_point(|tile| tile.y() <= last);
        let (batch, others) = rest.split_at(end);
        batches.push(batch);
        rest = others;
    }
    batches
}
