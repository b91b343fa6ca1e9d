//! Tiles asked for by many at once, before anything is drawn.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use std::sync::Arc;

use rayon::prelude::*;
use support::synthetic;
use wangge_generate::{CitySpec, city};
use wangge_tiles::{Format, Shift, Source, TileAddress, TileSet};

/// Threads that share out tiles among them must not come to wait for each other: one that draws a
/// zoom could be handed a tile of that zoom meanwhile.
#[test]
fn drawing_waits_for_nobody_who_waits_for_it() {
    let spec = CitySpec::sized(120).unwrap();
    let content = Arc::new(synthetic(&city(&spec, 3).unwrap()));
    let one = TileSet::of(Arc::clone(&content), Shift::None);
    let mut tiles = vec![TileAddress::new(0, 0, 0).unwrap()];
    let mut all = tiles.clone();
    for z in 1..=13 {
        let children = tiles.iter().flat_map(|t| {
            [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(x, y)| (2 * t.x() + x, 2 * t.y() + y))
        });
        tiles = children
            .filter_map(|(x, y)| TileAddress::new(z, x, y))
            .filter(|&tile| one.covers(Source::City, tile))
            .collect();
        all.extend(&tiles);
    }
    // the finest first: there drawing takes longest
    all.reverse();
    let alone: Vec<_> = all
        .iter()
        .map(|&t| one.tile(Source::City, t, Format::Mvt))
        .collect();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(6)
        .build()
        .unwrap();
    for _ in 0..10 {
        let set = TileSet::of(Arc::clone(&content), Shift::None);
        let together: Vec<_> = pool.install(|| {
            all.par_iter()
                .with_max_len(1)
                .map(|&t| set.tile(Source::City, t, Format::Mvt))
                .collect()
        });
        assert!(together == alone, "the same bytes, whoever asks");
    }
}
