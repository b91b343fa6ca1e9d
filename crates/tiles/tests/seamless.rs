//! Tiles of whole cities: the ground of each level covers every window once, at every zoom.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a test that panics has failed"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;
use rstest::rstest;
use support::{covered, decoded, ground, mended, plain, read, real_data, synthetic};
use wangge_coverage::{Member, Outline, Owner, prove};
use wangge_generate::{CitySpec, city};
use wangge_plane::{Extent, Point, Shape};
use wangge_tiles::{Content, MAX_ZOOM, Shift, Source, TileAddress, TileSet};

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
        let tiles = covered(&set, Source::Grids, zoom);
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

/// Whoever clicks into the finest tiles sees the grid that a lookup answers, but for points within
/// the rounding of a border: a tile's unit and a half.
#[test]
fn a_click_and_a_lookup_agree() {
    let spec = CitySpec::sized(60).unwrap();
    let content = Arc::new(synthetic(&city(&spec, 7).unwrap()));
    let coverage = Arc::clone(&content.coverage);
    let grids: Vec<(String, Shape)> = (0u32..)
        .take(coverage.owners())
        .map(|owner| {
            (
                coverage.code(Owner(owner)).to_owned(),
                coverage.shape(Owner(owner)),
            )
        })
        .collect();
    let set = TileSet::of(content, Shift::None);
    let extent = grids
        .iter()
        .map(|(_, shape)| shape.extent())
        .reduce(Extent::union)
        .unwrap();
    let mut tiles = BTreeMap::new();
    let (mut agreed, mut near) = (0, 0);
    for turn in 0..4000i64 {
        // a walk that comes everywhere: multiples of irrational steps
        let along = |step: i64, low: i32, high: i32| {
            let width = i64::from(high) - i64::from(low);
            low + i32::try_from((turn * step).rem_euclid(width)).unwrap()
        };
        let (low, high) = (extent.min(), extent.max());
        let point = Point::new(
            along(618_033_989, low.x(), high.x()),
            along(414_213_562, low.y(), high.y()),
        )
        .unwrap();
        let found = grids
            .iter()
            .find(|(_, shape)| shape.winding_nudged(point) > 0);
        // the formulas of Web Mercator, EPSG Guidance Note 7-2, 1024
        let world = f64::from(1 << 16) * 4096.0;
        let x = (point.lon() / 360.0 + 0.5) * world;
        let y =
            (0.5 - point.lat().to_radians().tan().asinh() / (2.0 * std::f64::consts::PI)) * world;
        let (column, row) = ((x / 4096.0).floor(), (y / 4096.0).floor());
        let tile = TileAddress::new(16, column as u32, row as u32).unwrap();
        let ground = tiles.entry(tile).or_insert_with(|| {
            decoded(&set, Source::Grids, tile)
                .map(|d| ground(&d, "grid_grid"))
                .unwrap_or_default()
        });
        let local = Point::new(
            (x - column * 4096.0).round() as i32,
            -(y - row * 4096.0).round() as i32,
        )
        .unwrap();
        let clicked = ground
            .iter()
            .find(|(_, shape)| shape.winding_nudged(local) > 0);
        let is = found.map(|(code, _)| format!("{:?}", fast_mvt::MvtValue::String(code.clone())));
        if clicked.map(|(code, _)| code.clone()) == is {
            agreed += 1;
            continue;
        }
        // 1.5 units are 13.4 lattice units east, fewer north
        let reach = Extent::of([point]).unwrap().widened(21, 21);
        let is_near = grids
            .iter()
            .any(|(_, shape)| shape.segments().any(|edge| edge.meets(reach)));
        assert!(is_near, "{point:?} in {found:?}");
        near += 1;
    }
    println!("{agreed} agree, {near} near a border do not");
    assert!(agreed > 3900);
}

/// Real boundaries, mended where they are not seamless.
#[rstest]
#[case("dc-grids/census-tracts-2000.geojson", "FEDTRACTNO", 188)]
#[case("dc-grids/voting-precinct-2012.geojson", "NAME", 143)]
#[case("calgary-wards/wards-2017.geojson", "ward_num", 14)]
#[case("cn-counties/360700_counties.geojson", "adcode", 17)]
fn real_boundaries_are_seamless_at_every_zoom(
    #[case] file: &str,
    #[case] code: &str,
    #[case] count: usize,
) {
    let Some(folder) = real_data() else { return };
    let grids = read(&folder.join(file), code);
    assert_eq!(grids.len(), count);
    check(plain(&mended(&grids)), Shift::None);
}
