//! Real boundaries, where they are at hand.

use std::path::{Path, PathBuf};

use wangge_plane::Shape;

use crate::board::Grids;

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

/// The polygons of a file by a property.
pub(crate) fn read(path: &Path, key: &str) -> Grids {
    features(path)
        .filter_map(|feature| {
            let code = feature
                .property(key)?
                .to_string()
                .trim_matches('"')
                .to_owned();
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

/// The points of a file.
pub(crate) fn points(path: &Path) -> Vec<wangge_plane::Point> {
    features(path)
        .filter_map(
            |feature| match geo_types::Geometry::try_from(feature.geometry?).ok()? {
                geo_types::Geometry::Point(p) => {
                    wangge_plane::Point::from_degrees(p.x(), p.y()).ok()
                }
                _ => None,
            },
        )
        .collect()
}

fn features(path: &Path) -> impl Iterator<Item = geojson::Feature> {
    let text = std::fs::read_to_string(path).unwrap();
    let geojson::GeoJson::FeatureCollection(collection) = text.parse().unwrap() else {
        panic!("{} is no feature collection", path.display())
    };
    collection.features.into_iter()
}
