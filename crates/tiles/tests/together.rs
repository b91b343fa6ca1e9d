//! Tiles asked for by many at once, before anything is drawn.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use std::sync::Arc;

use rayon::prelude::*;
use support::{covered, synthetic};
use wangge_generate::{CitySpec, city};
use wangge_tiles::{Format, Shift, Source, TileSet};

/// Threads that share out tiles among them must not come to wait for each other: one that draws a
/// zoom could be handed a tile of that zoom meanwhile.
#[test]
fn drawing_waits_for_nobody_who_waits_for_it() {
    let spec = CitySpec::sized(120).unwrap();
    let content = Arc::new(synthetic(&city(&spec, 3).unwrap()));
    let one = TileSet::of(Arc::clone(&content), Shift::None);
    let mut all: Vec<_> = (0..=13)
        .flat_map(|zoom| covered(&one, Source::City, zoom))
        .collect();
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
