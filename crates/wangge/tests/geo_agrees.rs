//! Lookups against an independent engine, the `geo` crate: a million random points per data set.
//!
//! Away from borders the two must agree on every point. A point nearer to a border than the
//! lattice's rounding moves point and border is not compared, and counted.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that panics has failed"
)]

mod support;

use std::path::Path;

use geo::algorithm::indexed::IntervalTreeMultiPolygon;
use geo::{BoundingRect, Contains, Coord, Distance, Euclidean, MultiPolygon, Point};
use rayon::prelude::*;
use rstest::rstest;
use support::{Desk, ONE_LEVEL, publish, real_data, run};
use wangge_city::City;
use wangge_store::Store;

const POINTS: u64 = 1_000_000;

/// A point and a vertex of a border each move by half a lattice unit per axis at most.
const NEAR_BORDER_DEG: f64 = 2e-7;

#[rstest]
#[case("dc-grids/ward-2012.geojson", "WARD_ID")]
#[case("dc-grids/advisory-neighborhood-commission-2013.geojson", "ANC_ID")]
#[case("dc-grids/single-member-district-2013.geojson", "SMD_ID")]
#[case("dc-grids/voting-precinct-2008.geojson", "NAME")]
#[case("cn-counties/211400_counties.geojson", "adcode")]
#[case("cn-counties/360700_counties.geojson", "adcode")]
#[case("calgary-wards/wards-2013.geojson", "ward_num")]
#[case("calgary-wards/wards-2017.geojson", "ward_num")]
fn a_million_random_points_of_a_real_city(#[case] file: &str, #[case] column: &str) {
    let Some(data) = real_data() else { return };
    compare(&data.join(file), column);
}

#[test]
fn a_million_random_points_of_a_synthetic_city() {
    let desk = Desk::new();
    let folder = desk.path("city");
    let scheme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/schemes/longgang.toml");
    run(&[
        "generate",
        "city",
        "--scheme",
        scheme.to_str().unwrap(),
        "-o",
        folder.to_str().unwrap(),
    ])
    .expect_code(0);
    compare(&folder.join("grids.geojson"), "code");
}

fn compare(file: &Path, column: &str) {
    let desk = Desk::new();
    let store = desk.store("store.gpkg", ONE_LEVEL);
    publish(&store, file, &["--map", &format!("code={column}")]);
    let store = Store::open_read_only(&store).unwrap();
    let plan = store.current().unwrap().unwrap();
    let city = City::compile(store.contents(&plan.name).unwrap()).unwrap();

    let shapes = read(file, column);
    let bounds: Vec<_> = shapes
        .iter()
        .map(|(_, s)| s.bounding_rect().unwrap())
        .collect();
    let indexed: Vec<_> = shapes
        .iter()
        .map(|(_, s)| IntervalTreeMultiPolygon::new(s))
        .collect();
    let min = bounds.iter().fold((180f64, 90f64), |m, b| {
        (m.0.min(b.min().x), m.1.min(b.min().y))
    });
    let max = bounds.iter().fold((-180f64, -90f64), |m, b| {
        (m.0.max(b.max().x), m.1.max(b.max().y))
    });
    let (disagree, near) = (0..POINTS)
        .into_par_iter()
        .map(|i| {
            let at = Coord {
                x: min.0 + (max.0 - min.0) * unit(2 * i),
                y: min.1 + (max.1 - min.1) * unit(2 * i + 1),
            };
            let point = wangge_plane::Point::from_degrees(at.x, at.y).unwrap();
            let ours = city.locate_point(point).map(|owner| city.grid_code(owner));
            let theirs = (0..shapes.len())
                .find(|&s| {
                    let (low, high) = (bounds[s].min(), bounds[s].max());
                    (low.x..=high.x).contains(&at.x)
                        && (low.y..=high.y).contains(&at.y)
                        && indexed[s].contains(&at)
                })
                .map(|s| shapes[s].0.as_str());
            if ours == theirs {
                return (0, 0);
            }
            let on_border = shapes
                .iter()
                .filter(|(code, _)| Some(code.as_str()) == ours || Some(code.as_str()) == theirs)
                .any(|(_, shape)| border_distance(shape, at) <= NEAR_BORDER_DEG);
            if on_border { (0, 1) } else { (1, 0) }
        })
        .reduce(|| (0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    println!(
        "{}: {near} points on a border within rounding",
        file.display()
    );
    assert_eq!(disagree, 0, "points answered otherwise than by geo");
    assert!(
        near < 1000,
        "{near} points on borders are too many to be chance"
    );
}

fn border_distance(shape: &MultiPolygon, at: Coord) -> f64 {
    shape
        .iter()
        .flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()))
        .map(|ring| Euclidean.distance(&Point::from(at), ring))
        .fold(f64::INFINITY, f64::min)
}

/// A number from 0 to 1 that depends on `i` alone (a 64-bit mixing function).
#[allow(
    clippy::cast_precision_loss,
    reason = "53 bits are what a double holds"
)]
fn unit(i: u64) -> f64 {
    let mut z = i.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
}

fn read(file: &Path, column: &str) -> Vec<(String, MultiPolygon)> {
    let text = std::fs::read_to_string(file).unwrap();
    let geojson::GeoJson::FeatureCollection(collection) = text.parse().unwrap() else {
        panic!("no feature collection")
    };
    collection
        .features
        .into_iter()
        .map(|feature| {
            let code = feature.property(column).unwrap().to_string();
            let shape = match geo::Geometry::try_from(feature.geometry.unwrap()).unwrap() {
                geo::Geometry::Polygon(polygon) => polygon.into(),
                geo::Geometry::MultiPolygon(shape) => shape,
                other => panic!("{other:?} is no polygon"),
            };
            (code.trim_matches('"').to_owned(), shape)
        })
        .collect()
}
