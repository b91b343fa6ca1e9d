//! Exported archives as GDAL reads them: layers, features, codes, and ground by area.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that panics has failed"
)]

mod support;

use std::collections::BTreeMap;
use std::f64::consts::TAU;
use std::io::Read;
use std::path::{Path, PathBuf};

use fast_mvt::{MvtReaderRef, MvtValue};
use flate2::read::GzDecoder;
use gdal::vector::LayerAccess;
use gdal::{Dataset, DatasetOptions, DriverManager, GdalOpenFlags};
use support::drawing::{CELL, Grid, Ring, at, board, geojson, rectangle};
use support::{Desk, ONE_LEVEL, publish, run};

/// Cells along a side: 0.012 degrees, some three tiles of zoom 16.
const SIDE: i64 = 12;

/// The origin of drawings, degrees.
const ORIGIN: (f64, f64) = (120.8, 40.7);

/// The circumference of the sphere of Web Mercator (EPSG:3857), metres.
const AROUND: f64 = TAU * 6_378_137.0;

/// The layers of a city of one level without components.
const LAYERS: [&str; 3] = ["border", "grid_grid", "label"];

/// By layer: the code and the ground in square metres of the map of each of its features.
type Read3857 = BTreeMap<String, Vec<(String, f64)>>;

/// A board with a slanted border, a hole, and an enclave: the hole in `c5r5` belongs to `c9r9`.
fn drawn() -> Vec<Grid> {
    let mut grids = board(SIDE, SIDE);
    let slanted = CELL + 3000;
    at(&mut grids, "c0r0").parts = vec![vec![vec![
        (0, 0),
        (CELL, 0),
        (slanted, CELL),
        (CELL, CELL),
        (0, CELL),
        (0, 0),
    ]]];
    at(&mut grids, "c1r0").parts = vec![vec![vec![
        (CELL, 0),
        (2 * CELL, 0),
        (2 * CELL, CELL),
        (slanted, CELL),
        (CELL, 0),
    ]]];
    let hole = rectangle(5 * CELL + 2000, 5 * CELL + 3000, 5000, 4000);
    let around = rectangle(5 * CELL, 5 * CELL, CELL, CELL);
    at(&mut grids, "c5r5").parts = vec![vec![around, hole.iter().rev().copied().collect()]];
    let own = rectangle(9 * CELL, 9 * CELL, CELL, CELL);
    at(&mut grids, "c9r9").parts = vec![vec![own], vec![hole]];
    grids
}

/// A corner of a drawing on the map, in metres, by the formulas of Web Mercator.
#[expect(clippy::cast_precision_loss, reason = "a drawing is small")]
fn on_the_map((x, y): (i64, i64)) -> (f64, f64) {
    let (lon, lat) = (ORIGIN.0 + x as f64 / 1e7, ORIGIN.1 + y as f64 / 1e7);
    let turns = lat.to_radians().tan().asinh() / TAU;
    (lon / 360.0 * AROUND, turns * AROUND)
}

/// Area, counter-clockwise positive, and length of a ring.
fn measured(ring: &Ring) -> (f64, f64) {
    let corners: Vec<(f64, f64)> = ring.iter().map(|&corner| on_the_map(corner)).collect();
    let (west, south) = corners[0];
    corners.windows(2).fold((0.0, 0.0), |(area, length), edge| {
        let [(ax, ay), (bx, by)] = [edge[0], edge[1]].map(|(x, y)| (x - west, y - south));
        (
            area + (ax * by - bx * ay) / 2.0,
            length + (bx - ax).hypot(by - ay),
        )
    })
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn exported(desk: &Desk, store: &Path, name: &str) -> PathBuf {
    let path = desk.path(name);
    let words = [
        "tiles",
        "export",
        "--store",
        text(store),
        "--minzoom",
        "14",
        "-o",
        text(&path),
    ];
    run(&words).expect_code(0);
    path
}

fn store(desk: &Desk) -> PathBuf {
    let file = desk.write("grids.geojson", &geojson(&drawn()));
    let store = desk.store("city.gpkg", ONE_LEVEL);
    publish(&store, &file, &[]);
    store
}

/// Every layer as GDAL reads it.
fn read(path: &Path, driver: &str, options: &[&str]) -> Read3857 {
    let dataset = Dataset::open_ex(
        path,
        DatasetOptions {
            open_flags: GdalOpenFlags::GDAL_OF_VECTOR | GdalOpenFlags::GDAL_OF_VERBOSE_ERROR,
            allowed_drivers: Some(&[driver]),
            open_options: Some(options),
            sibling_files: None,
        },
    )
    .unwrap();
    let mut read = Read3857::new();
    for mut layer in dataset.layers() {
        let name = layer.name();
        let features = layer.features().map(|feature| {
            let code = feature.field_index("code").ok();
            let code = code.and_then(|place| feature.field_as_string(place).unwrap());
            // lines and points have none, and GDAL says so on standard error
            let ground = if name == "grid_grid" {
                feature.geometry().unwrap().area()
            } else {
                0.0
            };
            (code.unwrap_or_default(), ground)
        });
        let features = features.collect();
        read.insert(name, features);
    }
    read
}

/// The tiles of a zoom, taken from the archive by `SQLite`: column, row from the north, bytes.
fn tiles(path: &Path, zoom: u32) -> Vec<(u32, u32, Vec<u8>)> {
    let archive = rusqlite::Connection::open(path).unwrap();
    let mut rows = archive
        .prepare("SELECT tile_column, tile_row, tile_data FROM tiles WHERE zoom_level = ?1")
        .unwrap();
    let rows = rows
        .query_map([zoom], |row| {
            let (x, y, stored): (u32, u32, Vec<u8>) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let mut tile = Vec::new();
            GzDecoder::new(stored.as_slice())
                .read_to_end(&mut tile)
                .unwrap();
            Ok((x, (1 << zoom) - 1 - y, tile))
        })
        .unwrap();
    rows.map(Result::unwrap).collect()
}

/// The codes of each layer's features in some tiles, as the crate `fast-mvt` decodes them, in order.
fn codes_in<'a>(tiles: impl IntoIterator<Item = &'a [u8]>) -> BTreeMap<String, Vec<String>> {
    let mut codes = BTreeMap::<String, Vec<String>>::new();
    for tile in tiles {
        let reader = MvtReaderRef::new(tile).unwrap();
        for layer in reader.layers() {
            let known = codes.entry(layer.name().to_owned()).or_default();
            for feature in layer.features() {
                let properties = feature.properties_vec().unwrap();
                let code = properties.iter().find(|(name, _)| *name == "code");
                known.push(match code.map(|(_, value)| (*value).into_owned()) {
                    Some(MvtValue::String(code)) => code,
                    _ => String::new(),
                });
            }
        }
    }
    for codes in codes.values_mut() {
        codes.sort();
    }
    codes
}

fn codes_of(read: &Read3857) -> BTreeMap<String, Vec<String>> {
    let layers = read.iter().map(|(name, features)| {
        let mut codes: Vec<String> = features.iter().map(|(code, _)| code.clone()).collect();
        codes.sort();
        (name.clone(), codes)
    });
    layers.collect()
}

/// GDAL cuts what it reads to the tiles proper: the pieces of a grid add up to its ground, as far
/// as its corners are rounded to whole units.
fn assert_ground(read: &Read3857, zoom: i32) {
    let mut ground = BTreeMap::<&str, f64>::new();
    for (code, area) in &read["grid_grid"] {
        *ground.entry(code).or_default() += area;
    }
    let grids = drawn();
    assert_eq!(ground.len(), grids.len(), "zoom {zoom}");
    let unit = AROUND / f64::from(zoom).exp2() / 4096.0;
    for grid in &grids {
        let (area, length) = grid
            .parts
            .iter()
            .flatten()
            .map(measured)
            .fold((0.0, 0.0), |(area, length), (a, l)| (area + a, length + l));
        let found = ground[grid.code()];
        // a side moves by half a unit each way at most; what is left over is the sides' own ends
        let slack = length * unit / std::f64::consts::SQRT_2 + unit * unit;
        assert!(
            (found - area).abs() <= slack,
            "{} at zoom {zoom}: {found} of {area} m2, {slack} allowed",
            grid.code()
        );
    }
    let labels = read["label"].iter().map(|(code, _)| code.as_str());
    let mut labels: Vec<&str> = labels.collect();
    labels.sort_unstable();
    let mut codes: Vec<&str> = grids.iter().map(Grid::code).collect();
    codes.sort_unstable();
    assert_eq!(labels, codes, "one label for each grid");
}

#[test]
fn gdal_reads_the_grids_of_the_store_from_an_mbtiles_archive() {
    let desk = Desk::new();
    let store = store(&desk);
    let path = exported(&desk, &store, "city.mbtiles");
    for zoom in [15, 16] {
        let at = format!("ZOOM_LEVEL={zoom}");
        let whole = read(&path, "MBTiles", &[&at, "CLIP=NO"]);
        let tiles = tiles(&path, zoom);
        assert!(tiles.len() > 3, "{}", tiles.len());
        let expected = codes_in(tiles.iter().map(|(_, _, tile)| tile.as_slice()));
        assert_eq!(
            expected.keys().map(String::as_str).collect::<Vec<_>>(),
            LAYERS
        );
        assert_eq!(codes_of(&whole), expected, "zoom {zoom}");
        let cut = read(&path, "MBTiles", &[&at, "CLIP=YES"]);
        assert_ground(&cut, i32::try_from(zoom).unwrap());
    }
}

#[test]
fn gdal_reads_the_same_tile_by_itself() {
    let desk = Desk::new();
    let store = store(&desk);
    let path = exported(&desk, &store, "city.mbtiles");
    let (x, y, tile) = tiles(&path, 16)
        .into_iter()
        .max_by_key(|(_, _, tile)| tile.len())
        .unwrap();
    let alone = desk.path("tile.mvt");
    std::fs::write(&alone, &tile).unwrap();
    let [x, y] = [("X", x), ("Y", y)].map(|(name, at)| format!("{name}={at}"));
    let read = read(&alone, "MVT", &["Z=16", &x, &y, "CLIP=NO"]);
    assert_eq!(codes_of(&read), codes_in([tile.as_slice()]));
    // the largest tile has a whole cell on it somewhere
    let cell = rectangle(3 * CELL, 3 * CELL, CELL, CELL);
    let (area, length) = measured(&cell);
    let unit = AROUND / f64::from(16).exp2() / 4096.0;
    let largest = read["grid_grid"].iter().map(|(_, ground)| *ground);
    let near = |ground: f64| (ground - area).abs() < 0.01 * area + length * unit;
    assert!(largest.into_iter().any(near), "{:?}", read["grid_grid"]);
}

#[test]
fn gdal_reads_a_pmtiles_archive_where_it_can() {
    if DriverManager::get_driver_by_name("PMTiles").is_err() {
        println!("skipped: this GDAL has no PMTiles driver (3.8 has)");
        return;
    }
    let desk = Desk::new();
    let store = store(&desk);
    let mbtiles = exported(&desk, &store, "city.mbtiles");
    let pmtiles = exported(&desk, &store, "city.pmtiles");
    let of = |options: &[&str]| {
        (
            codes_of(&read(&pmtiles, "PMTiles", options)),
            codes_of(&read(&mbtiles, "MBTiles", options)),
        )
    };
    let (found, expected) = of(&["ZOOM_LEVEL=16", "CLIP=NO"]);
    assert_eq!(found, expected);
    assert_ground(&read(&pmtiles, "PMTiles", &["ZOOM_LEVEL=16"]), 16);
}
