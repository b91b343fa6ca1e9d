//! Tiles of whole cities: the ground of each level covers every window once, at every zoom.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that panics has failed"
)]

mod support;

use std::collections::BTreeSet;

use rayon::prelude::*;
use support::{decoded, ground, plain, synthetic};
use wangge_coverage::{Member, Outline, prove};
use wangge_generate::{CitySpec, city};
use wangge_tiles::{Content, MAX_ZOOM, Shift, Source, TileAddress, TileSet};

/// Every tile that a source covers at a zoom.
fn tiles(set: &TileSet, zoom: u8) -> Vec<TileAddress> {
    let mut tiles = vec![TileAddress::new(0, 0, 0).unwrap()];
    for z in 1..=zoom {
        tiles = tiles
            .into_iter()
            .flat_map(|t| {
                [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(x, y)| (2 * t.x() + x, 2 * t.y() + y))
            })
            .filter_map(|(x, y)| TileAddress::new(z, x, y))
            .filter(|&tile| set.covers(Source::Grids, tile))
            .collect();
    }
    tiles
}

fn check(content: Content, shift: Shift) {
    let levels: Vec<(String, BTreeSet<String>)> = content
        .levels
        .iter()
        .map(|level| {
            let codes = level
                .units
                .iter()
                .map(|unit| format!("{:?}", fast_mvt::MvtValue::String(unit.code.to_string())));
            (format!("grid_{}", level.id), codes.collect())
        })
        .collect();
    let set = TileSet::of(content, shift);
    let first_zooms = set.first_zooms();
    println!("first zooms {first_zooms:?}");
    for zoom in 0..=MAX_ZOOM {
        let start = std::time::Instant::now();
        let tiles = tiles(&set, zoom);
        let seen: Vec<(usize, String)> = tiles
            .par_iter()
            .flat_map_iter(|&tile| {
                let decoded = decoded(&set, Source::Grids, tile);
                let mut seen = Vec::new();
                for (level, (layer, _)) in levels.iter().enumerate() {
                    let ground = decoded
                        .as_ref()
                        .map(|d| ground(d, layer))
                        .unwrap_or_default();
                    assert!(first_zooms[level] <= zoom || ground.is_empty());
                    let members: Vec<Member<'_>> = ground
                        .iter()
                        .map(|(code, shape)| Member { code, shape })
                        .collect();
                    if !members.is_empty() {
                        let verdict = prove(&members, Outline::OwnRim);
                        assert!(
                            verdict.seamless && verdict.noded,
                            "{tile} {layer} {verdict:?}"
                        );
                    }
                    seen.extend(ground.into_iter().map(|(code, _)| (level, code)));
                }
                seen
            })
            .collect();
        for (level, (layer, codes)) in levels.iter().enumerate() {
            if first_zooms[level] <= zoom {
                let seen: BTreeSet<String> = seen
                    .iter()
                    .filter(|(l, _)| *l == level)
                    .map(|(_, code)| code.clone())
                    .collect();
                assert_eq!(&seen, codes, "zoom {zoom} {layer}");
            }
        }
        println!(
            "zoom {zoom}: {} tiles, {} triangles, {:?}",
            tiles.len(),
            set.triangles(zoom).len(),
            start.elapsed()
        );
    }
}

#[test]
fn a_mosaic_is_seamless_at_every_zoom() {
    check(
        plain(&wangge_generate::mosaic::mosaic(12, 9, 40, 3).unwrap()),
        Shift::None,
    );
}

#[test]
fn a_synthetic_city_is_seamless_at_every_zoom_and_level() {
    let spec = CitySpec::sized(200).unwrap();
    check(synthetic(&city(&spec, 5).unwrap()), Shift::None);
}

#[test]
fn so_it_is_when_it_is_shifted() {
    let spec = CitySpec::sized(200).unwrap();
    check(synthetic(&city(&spec, 6).unwrap()), Shift::Gcj02);
}
