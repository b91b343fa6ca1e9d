//! GeoJSON out: RFC 7946, numbers with all the digits that they need to come back the same.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use geo_types::{Coord, LineString};
use geojson::{Feature, GeometryValue, JsonObject, Position};
use serde_json::{Value as Json, json};
use wangge_crs::Crs;

use super::{OutputLayer, OutputRow, WriteResult};
use crate::{RowGeometry, Value};

pub(super) fn write_document(path: &Path, layer: &OutputLayer) -> WriteResult {
    let mut out = BufWriter::new(File::create(path)?);
    out.write_all(b"{\"type\":\"FeatureCollection\",\n\"name\":")?;
    serde_json::to_writer(&mut out, &layer.name)?;
    if let Some(crs) = crs_member(&layer.crs) {
        out.write_all(b",\n\"crs\":")?;
        serde_json::to_writer(&mut out, &crs)?;
    }
    out.write_all(b",\n\"features\":[")?;
    for (index, row) in layer.rows.iter().enumerate() {
        out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut out, &feature(layer, row))?;
    }
    out.write_all(b"\n]}\n")?;
    out.flush()?;
    Ok(())
}

pub(super) fn write_sequence(path: &Path, layer: &OutputLayer) -> WriteResult {
    if crs_member(&layer.crs).is_some() {
        return Err(format!(
            "lines of GeoJSON can only be WGS 84 or CGCS2000 degrees, not {}",
            layer.crs
        )
        .into());
    }
    let mut out = BufWriter::new(File::create(path)?);
    for row in &layer.rows {
        serde_json::to_writer(&mut out, &feature(layer, row))?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(())
}

/// What GeoJSON 2008 says of other systems; the lattice's degrees need nothing said.
fn crs_member(crs: &Crs) -> Option<Json> {
    if crs.is_lattice_equal() {
        return None;
    }
    Some(match crs.epsg() {
        Some(code) => json!({
            "type": "name",
            "properties": {"name": format!("urn:ogc:def:crs:EPSG::{code}")},
        }),
        // "no system may be assumed": GCJ-02, BD-09 and local systems have no name there
        None => Json::Null,
    })
}

fn feature(layer: &OutputLayer, row: &OutputRow) -> Feature {
    let properties: JsonObject = layer
        .columns
        .iter()
        .zip(&row.values)
        .map(|(column, value)| (column.clone(), json_value(value)))
        .collect();
    Feature {
        bbox: None,
        geometry: geometry(&row.geometry).map(geojson::Geometry::new),
        id: None,
        properties: Some(properties),
        foreign_members: None,
    }
}

fn json_value(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Text(text) => json!(text),
        Value::Integer(number) => json!(number),
        Value::Real(number) => json!(number),
        Value::Bool(truth) => json!(truth),
    }
}

fn geometry(geometry: &RowGeometry) -> Option<GeometryValue> {
    Some(match geometry {
        RowGeometry::Point(c) => GeometryValue::new_point(position(*c)),
        RowGeometry::Lines(lines) => GeometryValue::MultiLineString {
            coordinates: lines.iter().map(positions).collect(),
        },
        RowGeometry::Polygons(polygons) => {
            let mut parts: Vec<Vec<Vec<Position>>> = polygons
                .iter()
                .map(|polygon| {
                    std::iter::once(polygon.exterior())
                        .chain(polygon.interiors())
                        .map(positions)
                        .collect()
                })
                .collect();
            match (parts.pop(), parts.is_empty()) {
                (Some(only), true) => GeometryValue::Polygon { coordinates: only },
                (Some(last), false) => {
                    parts.push(last);
                    GeometryValue::MultiPolygon { coordinates: parts }
                }
                (None, _) => return None,
            }
        }
        RowGeometry::Missing | RowGeometry::Refused(_) => return None,
    })
}

fn positions(line: &LineString<f64>) -> Vec<Position> {
    line.0.iter().map(|&c| position(c)).collect()
}

fn position(c: Coord<f64>) -> Position {
    Position::from([c.x, c.y])
}
