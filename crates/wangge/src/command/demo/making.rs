//! Making the store of a demonstration city.

use std::path::Path;

use wangge_city::work::{self, GridFiles, ListFiles};
use wangge_generate::DescribedCity;
use wangge_model::ListKind;
use wangge_store::Store;

use crate::command::import::reader;
use crate::failure::Failure;

/// The lists that a synthetic city has files of.
const LISTS: [ListKind; 4] = [
    ListKind::Classes,
    ListKind::Departments,
    ListKind::Rules,
    ListKind::Posts,
];

/// The seed of the demonstration cities.
const SEED: u64 = 1;

/// Generates the city's files, imports them and publishes the plan: grids, the lists of who is
/// responsible in them, specialised grids. The store appears when all of that is done.
pub(super) fn make(described: DescribedCity, files: &Path, store: &Path) -> Result<(), Failure> {
    let city = wangge_generate::city(&described.spec()?, SEED)?;
    city.write(files)?;
    let beside = store.with_extension("making.gpkg");
    // what an interrupted run left is nobody's
    match std::fs::remove_file(&beside) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(Failure::io("删除", "remove", &beside, &error));
        }
        _ => {}
    }
    let mut made = Store::create(&beside, &city.scheme)?;
    let reader = reader()?;
    for (file, level) in city.level_files() {
        let grids = GridFiles {
            paths: vec![files.join(file)],
            ..GridFiles::default()
        };
        work::import_grids(
            &mut made,
            &reader,
            &grids,
            Some("demo"),
            Some(level),
            &mut |_| {},
        )?;
    }
    for kind in LISTS {
        let list = ListFiles::of(kind, vec![files.join(format!("{kind}.csv"))]);
        work::import_list(&mut made, &reader, &list, &mut |_| {})?;
    }
    if !city.overlays.is_empty() {
        let overlays = ListFiles::of(ListKind::Overlays, vec![files.join("overlays.geojson")]);
        work::import_list(&mut made, &reader, &overlays, &mut |_| {})?;
    }
    work::publish(&mut made, Some("demo"), None)?;
    drop(made);
    std::fs::rename(&beside, store).map_err(|error| Failure::io("写入", "write", store, &error))
}
