//! CSV out: a WKT column first, UTF-8 with a byte order mark, which spreadsheets need to see.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use geo_types::{Geometry, Point};
use wkt::ToWkt;

use super::{OutputLayer, WriteResult};
use crate::{RowGeometry, Value};

pub(super) fn write(path: &Path, layer: &OutputLayer) -> WriteResult {
    let mut out = BufWriter::new(File::create(path)?);
    out.write_all("\u{feff}".as_bytes())?;
    let mut rows = ::csv::Writer::from_writer(out);
    rows.write_record(std::iter::once("WKT").chain(layer.columns.iter().map(String::as_str)))?;
    for row in &layer.rows {
        let geometry = wkt_text(&row.geometry);
        let cells = row.values.iter().map(|value| match value {
            Value::Null => String::new(),
            Value::Text(text) => text.clone(),
            Value::Integer(number) => number.to_string(),
            Value::Real(number) => number.to_string(),
            Value::Bool(truth) => truth.to_string(),
        });
        rows.write_record(std::iter::once(geometry).chain(cells))?;
    }
    rows.flush()?;
    Ok(())
}

fn wkt_text(geometry: &RowGeometry) -> String {
    match geometry {
        RowGeometry::Point(c) => Geometry::Point(Point(*c)).wkt_string(),
        RowGeometry::Lines(lines) => lines.wkt_string(),
        RowGeometry::Polygons(polygons) => polygons.wkt_string(),
        RowGeometry::Missing | RowGeometry::Refused(_) => String::new(),
    }
}
