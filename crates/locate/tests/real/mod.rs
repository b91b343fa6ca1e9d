//! Real data, where there is any.
#![expect(clippy::print_stdout, reason = "a test that is skipped says so")]

use std::path::PathBuf;

use geojson::{FeatureCollection, GeoJson};

/// The features of a GeoJSON file in the folder that `WANGGE_REAL_DATA` names.
pub(crate) fn read(file: &str) -> Option<FeatureCollection> {
    let folder = std::env::var_os("WANGGE_REAL_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let Ok(text) = std::fs::read_to_string(folder.join(file)) else {
        println!("skipped: no real data ({file})");
        return None;
    };
    let geojson: GeoJson = text.parse().expect("GeoJSON");
    Some(FeatureCollection::try_from(geojson).expect("a feature collection"))
}
