//! The file as other programs see it.

use gdal::vector::LayerAccess;
use gdal::{Dataset, DatasetOptions, GdalOpenFlags};
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use tempfile::tempdir;
use wangge_model::Unit;
use wangge_store::Store;

use crate::city::{GRID, STREET, code, grids, import, publish, scheme, shape};

/// GDAL, an independent reader, lists the layers and reads names, geometries and the system.
/// No connection of ours is open meanwhile: GDAL would drop its locks.
#[test]
fn gdal_opens_the_store_as_it_is() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    let mut store = Store::create(&path, &scheme()).unwrap();
    store
        .import_units(import("first", GRID, grids(12, 2)))
        .unwrap();
    publish(&mut store, "first");
    store
        .import_units(import("second", GRID, grids(5, 2)))
        .unwrap();
    let street = vec![(Unit::new(code("211403001"), STREET), Some(shape(0, 0, 0)))];
    store
        .import_units(import("second", STREET, street))
        .unwrap();
    drop(store);

    let dataset = Dataset::open_ex(
        &path,
        DatasetOptions {
            open_flags: GdalOpenFlags::GDAL_OF_VECTOR | GdalOpenFlags::GDAL_OF_READONLY,
            allowed_drivers: Some(&["GPKG"]),
            ..DatasetOptions::default()
        },
    )
    .unwrap();
    let names: Vec<_> = dataset.layers().map(|layer| layer.name()).collect();
    assert_eq!(
        names,
        [
            "current_grids",
            "grids",
            "boundaries",
            "current_components",
            "current_overlays",
            "current_streets",
            "current_households",
            "current_buildings",
            "current_base",
            "plans",
            "units",
            "imports",
            "lists",
            "classes",
            "departments",
            "rules",
            "posts",
            "borders",
            "layers",
            "parents",
            "devices",
            "component_imports",
            "origins",
            "accepted",
            "audit"
        ]
    );
    let counts: Vec<_> = dataset
        .layers()
        .map(|layer| layer.feature_count())
        .collect();
    assert_eq!(counts[..3], [12, 17, 1]);
    assert_eq!(counts[3..9], [0; 6]);
    assert_eq!(counts[9..12], [2, 18, 3]);
    assert_eq!(counts[12..24], [0; 12]);
    // a line of the log for every import, and one for the plan that was begun
    assert_eq!(counts[24..], [4]);

    let mut layer = dataset.layer_by_name("current_grids").unwrap();
    assert_eq!(layer.spatial_ref().unwrap().auth_code().unwrap(), 4490);
    let extent = layer.get_extent().unwrap();
    // 12 cells of 0.001 degree from 120.83, 40.7
    assert!((extent.MinX, extent.MinY) == (120.83, 40.7), "{extent:?}");
    assert!(
        (extent.MaxX, extent.MaxY) == (120.842, 40.701),
        "{extent:?}"
    );
    let feature = layer
        .features()
        .find(|feature| {
            let index = feature.field_index("code").unwrap();
            feature.field_as_string(index).unwrap().as_deref() == Some("211403001000003")
        })
        .unwrap();
    // the row of the unit: plan 1 was imported first
    assert_eq!(feature.fid(), Some(4));
    let name = feature.field_index("name").unwrap();
    assert_eq!(
        feature.field_as_string(name).unwrap().as_deref(),
        Some("第3网格")
    );
    let households = feature.field_index("households").unwrap();
    assert_eq!(feature.field_as_integer(households).unwrap(), Some(303));
    let wkt = feature.geometry().unwrap().wkt().unwrap();
    assert_eq!(
        wkt,
        "MULTIPOLYGON (((120.833 40.7,120.8333333 40.7,120.8336666 40.7,120.834 40.7,\
         120.834 40.701,120.833 40.701,120.833 40.7)))"
    );
}

#[test]
fn the_file_says_that_it_is_a_geopackage() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    let mut store = Store::create(&path, &scheme()).unwrap();
    store
        .import_units(import("first", GRID, grids(2, 0)))
        .unwrap();
    let bytes = std::fs::read(&path).unwrap();
    // SQLite's header: user version at 60, application id at 68, both big-endian
    assert_eq!(&bytes[68..72], b"GPKG");
    assert_eq!(
        u32::from_be_bytes(bytes[60..64].try_into().unwrap()),
        10_300
    );
    let file = Connection::open(&path).unwrap();
    let systems: Vec<i64> = file
        .prepare("SELECT srs_id FROM gpkg_spatial_ref_sys ORDER BY 1")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(systems, [-1, 0, 4326, 4490]);
    let change: String = file
        .query_row(
            "SELECT last_change FROM gpkg_contents WHERE table_name = 'grids'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    let time: Timestamp = change.parse().unwrap();
    let age = Timestamp::now().duration_since(time);
    assert!(age < SignedDuration::from_secs(60), "{change}");
    assert_eq!(change.len(), "2026-11-22T06:48:29.123Z".len(), "{change}");
}

#[test]
fn the_layer_of_current_grids_follows_the_calendar() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    let mut store = Store::create(&path, &scheme()).unwrap();
    let file = Connection::open(&path).unwrap();
    let count = || -> i64 {
        file.query_row("SELECT count(*) FROM current_grids", [], |row| row.get(0))
            .unwrap()
    };
    store
        .import_units(import("first", GRID, grids(3, 0)))
        .unwrap();
    assert_eq!(count(), 0);
    publish(&mut store, "first");
    assert_eq!(count(), 3);
    store
        .import_units(import("second", GRID, grids(4, 0)))
        .unwrap();
    let hash = store.contents("second").unwrap().content_hash;
    let soon = Timestamp::now() + SignedDuration::from_secs(2);
    store.publish("second", &hash, Some(soon)).unwrap();
    assert_eq!(count(), 3);
    while Timestamp::now() <= soon {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert_eq!(count(), 4);
}
