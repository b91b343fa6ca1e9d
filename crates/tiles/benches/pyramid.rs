//! Tiles of a synthetic city of 10,000 grids: each zoom drawn, each tile cut and written.
//!
//! For each zoom: how long its borders took to draw, how many tiles it has, how long one takes (the
//! median and the 99th of 100, one thread), the largest tile, and how many units were kept as a
//! triangle. Then the whole pyramid once more on all cores.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a benchmark prints, and its numbers are small"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::time::{Duration, Instant};

use rayon::prelude::*;
use support::{covered, synthetic};
use wangge_generate::{CitySpec, city};
use wangge_tiles::{Format, MAX_ZOOM, Shift, Source, TileSet};

fn main() {
    let grids = std::env::args()
        .skip(1)
        .find_map(|arg| arg.parse().ok())
        .unwrap_or(10_000);
    let spec = CitySpec::sized(grids).unwrap();
    let content = std::sync::Arc::new(synthetic(&city(&spec, 1).unwrap()));
    let edges: usize = content
        .coverage
        .arcs()
        .iter()
        .map(|arc| arc.points().len() - 1)
        .sum();
    println!(
        "{grids} grids, {edges} edges, {} cores",
        rayon::current_num_threads()
    );
    let set = TileSet::of(std::sync::Arc::clone(&content), Shift::None);
    let start = Instant::now();
    println!(
        "levels from zooms {:?} ({:.2?} to find out)",
        set.first_zooms(),
        start.elapsed()
    );
    println!("zoom    drawn    tiles   p50/us   p99/us   largest/B  in all/MB  triangles");
    let mut all = Vec::new();
    for zoom in 0..=MAX_ZOOM {
        let tiles = covered(&set, Source::Grids, zoom);
        let start = Instant::now();
        set.tile(Source::Grids, tiles[0], Format::Mvt);
        let drawn = start.elapsed();
        let mut times = Vec::with_capacity(tiles.len());
        let (mut largest, mut bytes) = (0, 0);
        for &tile in &tiles {
            let start = Instant::now();
            let made = set.tile(Source::Grids, tile, Format::Mvt);
            times.push(start.elapsed());
            let size = made.map_or(0, |made| made.len());
            largest = largest.max(size);
            bytes += size;
        }
        times.sort_unstable();
        let of = |share: f64| {
            let at = ((times.len() - 1) as f64 * share) as usize;
            times[at].as_secs_f64() * 1e6
        };
        println!(
            "{zoom:4} {:>8} {:8} {:8.0} {:8.0} {largest:11} {:10.2} {:10}",
            format!("{:.0?}", round(drawn)),
            tiles.len(),
            of(0.5),
            of(0.99),
            bytes as f64 / 1e6,
            set.triangles(zoom).len(),
        );
        all.extend(tiles);
    }
    let fresh = TileSet::of(content, Shift::None);
    let start = Instant::now();
    let bytes: usize = all
        .par_iter()
        .map(|&tile| {
            fresh
                .tile(Source::Grids, tile, Format::Mvt)
                .map_or(0, |made| made.len())
        })
        .sum();
    println!(
        "the whole pyramid: {} tiles, {:.1} MB, {:.2?} on all cores",
        all.len(),
        bytes as f64 / 1e6,
        start.elapsed()
    );
}

fn round(time: Duration) -> Duration {
    Duration::from_millis(time.as_millis() as u64)
}
