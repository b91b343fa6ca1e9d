//! Shapefile and FlatGeobuf out, by GDAL.

use std::path::Path;

use gdal::DriverManager;
use gdal::spatial_ref::{AxisMappingStrategy, SpatialRef};
use gdal::vector::OGRwkbGeometryType;
use gdal::vector::{Defn, Feature, FieldDefn, Geometry, LayerOptions, OGRFieldType};
use wangge_crs::Crs;

use super::{ColumnKind, OutputLayer, WriteResult};
use crate::{RowGeometry, Value, wkb};

/// Bytes of a column name in a `.dbf`.
const DBF_NAME_BYTES: usize = 10;

/// Bytes of a text value in a `.dbf`.
const DBF_TEXT_BYTES: usize = 254;

/// The width of a number in a `.dbf`, sign and point included.
const DBF_NUMBER_BYTES: usize = 24;

/// What a Shapefile cannot hold: long names, long text, mixed geometry, large numbers.
pub(super) fn shapefile_misfit(layer: &OutputLayer) -> Option<String> {
    if let Some(column) = layer
        .columns
        .iter()
        .find(|column| column.len() > DBF_NAME_BYTES)
    {
        return Some(format!(
            "the column name \"{column}\" is longer than {DBF_NAME_BYTES} bytes: write a GeoPackage instead"
        ));
    }
    if layer.columns.is_empty() {
        return Some("it has no column, and a Shapefile needs one".to_owned());
    }
    let kind = |geometry: &RowGeometry| match geometry {
        RowGeometry::Polygons(_) => Some(0),
        RowGeometry::Lines(_) => Some(1),
        RowGeometry::Point(_) => Some(2),
        RowGeometry::Missing | RowGeometry::Refused(_) => None,
    };
    let mut kinds = layer.rows.iter().filter_map(|row| kind(&row.geometry));
    if let Some(first) = kinds.next()
        && kinds.any(|other| other != first)
    {
        return Some("it mixes points, lines and polygons: write a GeoPackage instead".to_owned());
    }
    for (index, row) in layer.rows.iter().enumerate() {
        for (value, column) in row.values.iter().zip(&layer.columns) {
            if let Value::Text(text) = value
                && text.len() > DBF_TEXT_BYTES
            {
                return Some(format!(
                    "row {}, column {column}: the text has {} bytes, a Shapefile holds {DBF_TEXT_BYTES}: write a GeoPackage instead",
                    index + 1,
                    text.len()
                ));
            }
        }
    }
    None
}

pub(super) fn write_shapefile(path: &Path, stem: &str, layer: &OutputLayer) -> WriteResult {
    write(path, "ESRI Shapefile", stem, &["ENCODING=UTF-8"], layer)
}

pub(super) fn write_flatgeobuf(path: &Path, layer: &OutputLayer) -> WriteResult {
    write(path, "FlatGeobuf", &layer.name, &[], layer)
}

fn write(
    path: &Path,
    driver: &str,
    name: &str,
    options: &[&str],
    layer: &OutputLayer,
) -> WriteResult {
    let driver = DriverManager::get_driver_by_name(driver)?;
    let mut dataset = driver.create_vector_only(path)?;
    let srs = spatial_ref(&layer.crs)?;
    let out = dataset.create_layer(LayerOptions {
        name,
        srs: srs.as_ref(),
        ty: geometry_type(layer),
        options: Some(options),
    })?;
    let kinds: Vec<ColumnKind> = (0..layer.columns.len()).map(|c| layer.kind(c)).collect();
    for (column, name) in layer.columns.iter().enumerate() {
        let kind = kinds[column];
        let field = FieldDefn::new(name, field_type(kind))?;
        if kind == ColumnKind::Text {
            let widest = layer
                .rows
                .iter()
                .filter_map(|row| row.values.get(column)?.to_code_text())
                .map(|text| text.len())
                .max();
            let width = widest.unwrap_or(1).clamp(1, DBF_TEXT_BYTES);
            field.set_width(i32::try_from(width).unwrap_or(1));
        }
        if kind == ColumnKind::Real {
            // a .dbf keeps numbers as text: what the whole part needs is not there for decimals
            let largest = layer
                .rows
                .iter()
                .filter_map(|row| row.values.get(column)?.to_number())
                .fold(0.0, |largest: f64, number| largest.max(number.abs()));
            let whole_digits = format!("{largest:.0}").len();
            let decimals = DBF_NUMBER_BYTES.saturating_sub(whole_digits + 2).min(15);
            field.set_width(i32::try_from(DBF_NUMBER_BYTES).unwrap_or(24));
            field.set_precision(i32::try_from(decimals).unwrap_or(0));
        }
        field.add_to_layer(&out)?;
    }
    let defn = Defn::from_layer(&out);
    for row in &layer.rows {
        let mut feature = Feature::new(&defn)?;
        for (index, value) in row.values.iter().enumerate() {
            put(&mut feature, index, value, kinds[index])?;
        }
        if let Some(bytes) = wkb::encode(&row.geometry) {
            feature.set_geometry(Geometry::from_wkb(&bytes)?)?;
        }
        feature.create(&out)?;
    }
    dataset.close()?;
    Ok(())
}

fn spatial_ref(crs: &Crs) -> WriteResult<Option<SpatialRef>> {
    let Some(code) = crs.epsg() else {
        return Ok(None);
    };
    let mut srs = SpatialRef::from_epsg(code)?;
    srs.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
    Ok(Some(srs))
}

fn geometry_type(layer: &OutputLayer) -> OGRwkbGeometryType::Type {
    let only = |test: fn(&RowGeometry) -> bool| {
        layer
            .rows
            .iter()
            .all(|row| matches!(row.geometry, RowGeometry::Missing) || test(&row.geometry))
    };
    if layer.only_polygons() {
        OGRwkbGeometryType::wkbMultiPolygon
    } else if only(|geometry| matches!(geometry, RowGeometry::Lines(_))) {
        OGRwkbGeometryType::wkbMultiLineString
    } else if only(|geometry| matches!(geometry, RowGeometry::Point(_))) {
        OGRwkbGeometryType::wkbPoint
    } else {
        OGRwkbGeometryType::wkbUnknown
    }
}

fn field_type(kind: ColumnKind) -> OGRFieldType::Type {
    match kind {
        ColumnKind::Text => OGRFieldType::OFTString,
        ColumnKind::Integer => OGRFieldType::OFTInteger64,
        ColumnKind::Real => OGRFieldType::OFTReal,
        ColumnKind::Bool => OGRFieldType::OFTInteger,
    }
}

fn put(
    feature: &mut Feature<'_>,
    index: usize,
    value: &Value,
    kind: ColumnKind,
) -> gdal::errors::Result<()> {
    match (value, kind) {
        (Value::Null, _) => feature.set_field_null(index),
        (Value::Text(text), _) => feature.set_field_string(index, text),
        (value, ColumnKind::Text) => {
            feature.set_field_string(index, &value.to_code_text().unwrap_or_default())
        }
        (Value::Integer(number), ColumnKind::Integer) => {
            feature.set_field_integer64(index, *number)
        }
        (Value::Bool(truth), _) => feature.set_field_integer(index, i32::from(*truth)),
        (value, _) => feature.set_field_double(index, value.to_number().unwrap_or_default()),
    }
}
