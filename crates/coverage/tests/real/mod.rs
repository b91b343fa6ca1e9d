//! Real boundaries, where they are at hand.
#![allow(dead_code, reason = "each test file uses its own part of them")]

use std::path::{Path, PathBuf};

use wangge_plane::Shape;

/// Their folder; without it the test passes and says so.
pub(crate) fn real_data() -> Option<PathBuf> {
    let folder = std::env::var_os("WANGGE_REAL_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    if folder.is_dir() {
        Some(folder)
    } else {
        println!("skipped: no real data");
        None
    }
}

/// Codes and shapes of a file of polygons, features without geometry left out.
pub(crate) fn read(path: &Path, key: &str) -> Vec<(String, Shape)> {
    let text = std::fs::read_to_string(path).unwrap();
    let geojson::GeoJson::FeatureCollection(collection) = text.parse().unwrap() else {
        panic!("{} is no feature collection", path.display())
    };
    collection
        .features
        .into_iter()
        .enumerate()
        .filter_map(|(i, feature)| {
            let code = match feature.property(key) {
                Some(value) => value.to_string().trim_matches('"').to_owned(),
                None => format!("{i:05}"),
            };
            let polygons: geo_types::MultiPolygon<f64> =
                match geo_types::Geometry::try_from(feature.geometry?).unwrap() {
                    geo_types::Geometry::Polygon(polygon) => polygon.into(),
                    geo_types::Geometry::MultiPolygon(polygons) => polygons,
                    other => panic!("{other:?} is no polygon"),
                };
            Some((code, Shape::land(&polygons).unwrap().shape.unwrap()))
        })
        .collect()
}
