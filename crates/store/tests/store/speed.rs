//! Bounds on time, far above what is usual and far below what a slip would cost.

use std::time::{Duration, Instant};

use tempfile::tempdir;
use wangge_store::Store;

use crate::city::{GRID, grids, import, scheme};

#[test]
fn ten_thousand_grids_are_kept_and_read_in_little_time() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("city.gpkg");
    let mut store = Store::create(&path, &scheme()).unwrap();
    let units = grids(10_000, 100);
    let begun = Instant::now();
    store.import_units(import("first", GRID, units)).unwrap();
    let imported = begun.elapsed();
    drop(store);
    let begun = Instant::now();
    let store = Store::open(&path).unwrap();
    let contents = store.contents("first").unwrap();
    let read = begun.elapsed();
    assert_eq!(contents.grids.len(), 10_000);
    println!("10,000 grids of 104 vertices: imported in {imported:?}, read in {read:?}");
    assert!(imported < Duration::from_secs(20), "{imported:?}");
    assert!(read < Duration::from_secs(2), "{read:?}");
}
