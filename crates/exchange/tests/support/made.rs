//! Files that another program makes: GDAL.

use std::path::{Path, PathBuf};

use encoding_rs::Encoding;
use gdal::DriverManager;
use gdal::spatial_ref::{AxisMappingStrategy, SpatialRef};
use gdal::vector::{Defn, Feature, FieldDefn, Geometry, LayerOptions, OGRFieldType};

use crate::support::Files;

/// One square with a name, by a driver of GDAL.
pub fn by_gdal(path: &Path, driver: &str, options: &[&str], epsg: Option<u32>) {
    by_gdal_named(path, driver, options, epsg, "龙港");
}

pub fn by_gdal_named(path: &Path, driver: &str, options: &[&str], epsg: Option<u32>, name: &str) {
    let mut dataset = DriverManager::get_driver_by_name(driver)
        .unwrap()
        .create_vector_only(path)
        .unwrap();
    let srs = epsg.map(|code| {
        let mut srs = SpatialRef::from_epsg(code).unwrap();
        srs.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
        srs
    });
    let layer = dataset
        .create_layer(LayerOptions {
            name: "grids",
            srs: srs.as_ref(),
            ty: gdal::vector::OGRwkbGeometryType::wkbPolygon,
            options: Some(options),
        })
        .unwrap();
    for field in ["Name", "Code"] {
        let field = FieldDefn::new(field, OGRFieldType::OFTString).unwrap();
        field.set_width(40);
        field.add_to_layer(&layer).unwrap();
    }
    let defn = Defn::from_layer(&layer);
    let mut feature = Feature::new(&defn).unwrap();
    feature.set_field_string(0, name).unwrap();
    feature.set_field_string(1, "01").unwrap();
    feature
        .set_geometry(
            Geometry::from_wkt("POLYGON ((120 40, 120.1 40, 120.1 40.1, 120 40.1, 120 40))")
                .unwrap(),
        )
        .unwrap();
    feature.create(&layer).unwrap();
    dataset.close().unwrap();
}

/// A Shapefile whose text has an encoding that nothing states.
pub fn silent_shapefile(files: &Files, encoding: &'static Encoding, name: &str) -> PathBuf {
    let path = files.path("区县.shp");
    // GDAL writes the bytes as they are when told they are Latin-1
    let bytes: String = encoding
        .encode(name)
        .0
        .iter()
        .map(|&b| char::from(b))
        .collect();
    by_gdal_named(
        &path,
        "ESRI Shapefile",
        &["ENCODING=ISO-8859-1"],
        None,
        &bytes,
    );
    std::fs::remove_file(files.path("区县.cpg")).unwrap_or(());
    let table = files.path("区县.dbf");
    let mut content = std::fs::read(&table).unwrap();
    content[29] = 0;
    std::fs::write(&table, content).unwrap();
    path
}
