//! Real files, through the locked process.
#![expect(
    clippy::panic,
    clippy::print_stdout,
    reason = "clippy's leave for tests does not reach the helpers of a test file"
)]

use std::path::PathBuf;

use wangge_exchange::{
    ChildProgram, DeclaredCrs, ExchangeError, Format, Limits, Note, ReadRequest, Reader,
    RowGeometry, Table, Value,
};

fn real_data() -> Option<PathBuf> {
    let folder = std::env::var_os("WANGGE_REAL_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: no real data");
    None
}

fn reader() -> Reader {
    let program = ChildProgram::at(env!("CARGO_BIN_EXE_wangge-exchange-child"));
    Reader::new(program, Limits::default())
}

fn read(path: PathBuf) -> Table {
    reader()
        .read(&ReadRequest::of(path))
        .unwrap_or_else(|error: ExchangeError| panic!("{error}"))
}

fn vertices(table: &Table) -> usize {
    table
        .rows
        .iter()
        .map(|row| match &row.geometry {
            RowGeometry::Polygons(polygons) => polygons
                .iter()
                .flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()))
                .map(|ring| ring.0.len())
                .sum(),
            _ => 0,
        })
        .sum()
}

#[test]
fn the_counties_of_chongqing_have_chinese_names_without_being_told() {
    let Some(data) = real_data() else { return };
    let table = read(data.join("chongqing-gbk/区县界_area.shp"));
    assert_eq!(table.format, Format::Shapefile);
    assert_eq!(table.rows.len(), 38);
    let name = table.column("NAME").unwrap();
    // the first county by the file's own bytes: B7 EE BD DA CF D8 in GBK
    assert_eq!(table.rows[0].values[name], Value::Text("奉节县".into()));
    assert_eq!(table.declared_crs, DeclaredCrs::Epsg(4326));
    assert_eq!(table.sandbox.missing, Vec::<String>::new());
}

#[test]
fn the_neighbourhoods_of_tottori_have_japanese_names_without_being_told() {
    let Some(data) = real_data() else { return };
    let table = read(data.join("tottori-chome/31-tottori-all.shp"));
    assert_eq!(table.rows.len(), 2504);
    assert!(table.notes.iter().any(|note| matches!(
        note,
        Note::Encoding { encoding, .. } if encoding == "Shift_JIS"
    )));
    let prefecture = table.column("KEN_NAME").unwrap();
    for row in &table.rows {
        assert_eq!(row.values[prefecture], Value::Text("鳥取県".into()));
    }
    assert_eq!(table.declared_crs, DeclaredCrs::Epsg(4612));
}

#[test]
fn the_villages_of_taiwan_come_with_468_missing_geometries() {
    let Some(data) = real_data() else { return };
    let table = read(data.join("tw-villages/twVillage1982.topo.json"));
    assert_eq!(table.format, Format::TopoJson);
    assert_eq!(table.rows.len(), 8067);
    let missing = table
        .rows
        .iter()
        .filter(|row| row.geometry == RowGeometry::Missing)
        .count();
    assert_eq!(missing, 468);
}

#[test]
fn the_districts_of_washington_come_whole() {
    let Some(data) = real_data() else { return };
    let table = read(data.join("dc-grids/single-member-district-2013.geojson"));
    assert_eq!(table.rows.len(), 296);
    // counted with GEOS 3.13, by the README beside the data
    assert_eq!(vertices(&table), 92_685);
    assert!(table.sandbox.is_whole());
}
