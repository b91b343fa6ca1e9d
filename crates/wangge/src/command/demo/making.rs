//! Making the store of a demonstration city.

use std::path::Path;

use wangge_city::work::{self, BadRow, ComponentFiles, GridFiles, ListFiles, PublishOrder};
use wangge_crs::Crs;
use wangge_exchange::{Reader, Table};
use wangge_generate::DescribedCity;
use wangge_model::ListKind;
use wangge_store::{Existing, Store};

use crate::command::import::reader;
use crate::failure::Failure;

/// The lists that a synthetic city may have files of, each after those that it names things of.
const LISTS: [(ListKind, &[&str]); 9] = [
    (ListKind::Classes, &["classes.csv"]),
    (ListKind::Departments, &["departments.csv"]),
    (ListKind::Overlays, &["overlays.geojson"]),
    (ListKind::Rules, &["rules.csv"]),
    (ListKind::Posts, &["posts.csv"]),
    (ListKind::Streets, &["streets-network.geojson"]),
    (ListKind::Households, &["households.csv"]),
    (ListKind::Base, &["green.geojson", "water.geojson"]),
    (ListKind::Devices, &["devices.csv"]),
];

/// The files of its components: points, and what is drawn otherwise. Devices sit in some.
const COMPONENTS: [&str; 2] = ["components.csv", "component-shapes.geojson"];

/// The seed of the demonstration cities.
const SEED: u64 = 1;

/// Generates the city's files, imports them and publishes the plan: grids, the lists of who is
/// responsible in them, and what stands there. The store appears when all of that is done.
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
            Existing::Refuse,
            &mut |_| {},
        )?;
    }
    for (kind, names) in LISTS {
        if kind == ListKind::Devices {
            take_components(&mut made, &reader, files)?;
        }
        let paths = names.iter().map(|name| files.join(name));
        let paths: Vec<_> = paths.filter(|path| path.exists()).collect();
        if !paths.is_empty() {
            let list = ListFiles {
                crs: Some(Crs::Lattice),
                ..ListFiles::of(kind, paths)
            };
            work::import_list(&mut made, &reader, &list, &mut |_| {})?;
        }
    }
    let order = PublishOrder {
        plan: Some("demo".to_owned()),
        ..PublishOrder::default()
    };
    work::publish(&mut made, &order)?;
    drop(made);
    std::fs::rename(&beside, store).map_err(|error| Failure::io("写入", "write", store, &error))
}

fn take_components(store: &mut Store, reader: &Reader, files: &Path) -> Result<(), Failure> {
    let paths = COMPONENTS.map(|name| files.join(name)).into_iter();
    let components = ComponentFiles {
        paths: paths.filter(|path| path.exists()).collect(),
        crs: Some(Crs::Lattice),
        ..ComponentFiles::default()
    };
    if !components.paths.is_empty() {
        let mut nothing_aside = |_: &[Table], _: &[BadRow]| Ok(());
        work::import_components(store, reader, &components, &mut nothing_aside, &mut |_| {})?;
    }
    Ok(())
}
