//! GeoPackage out, by SQLite: OGC 12-128r19, version 1.3, one table of features.

use std::path::Path;

use gdal::spatial_ref::SpatialRef;
use rusqlite::{Connection, params_from_iter, types::Value as Sql};
use wangge_crs::Crs;

use super::{ColumnKind, OutputLayer, WriteResult};
use crate::{RowGeometry, Value, wkb};

/// "GPKG", as the SQLite header holds it.
const APPLICATION_ID: i64 = 0x4750_4B47;

const TABLES: &str = "
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
INSERT INTO gpkg_spatial_ref_sys VALUES
  ('Undefined Cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined Cartesian coordinate reference system'),
  ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system');
";

pub(super) fn write(path: &Path, layer: &OutputLayer) -> WriteResult {
    let mut file = Connection::open(path)?;
    file.pragma_update(None, "application_id", APPLICATION_ID)?;
    file.pragma_update(None, "user_version", 10_300)?;
    file.pragma_update(None, "synchronous", "FULL")?;
    let transaction = file.transaction()?;
    transaction.execute_batch(TABLES)?;
    let srs_id = reference_systems(&transaction, &layer.crs)?;
    features(&transaction, layer, srs_id)?;
    transaction.commit()?;
    file.close().map_err(|(_, error)| error)?;
    Ok(())
}

/// Lists WGS 84, which every GeoPackage must, and the layer's system; gives the latter's number.
fn reference_systems(file: &Connection, crs: &Crs) -> WriteResult<i64> {
    let code = crs.epsg();
    for listed in [Some(4326), code.filter(|&code| code != 4326)]
        .into_iter()
        .flatten()
    {
        let srs = SpatialRef::from_epsg(listed)?;
        file.execute(
            "INSERT INTO gpkg_spatial_ref_sys VALUES (?1, ?2, 'EPSG', ?2, ?3, NULL)",
            (srs.name().unwrap_or_default(), listed, srs.to_wkt()?),
        )?;
    }
    Ok(match (code, crs) {
        (Some(code), _) => i64::from(code),
        (None, Crs::Gcj02 | Crs::Bd09) => 0,
        (None, _) => -1,
    })
}

fn features(file: &Connection, layer: &OutputLayer, srs_id: i64) -> WriteResult {
    let table = quoted(&layer.name);
    let kinds: Vec<ColumnKind> = (0..layer.columns.len()).map(|c| layer.kind(c)).collect();
    let geometry_type = if layer.only_polygons() {
        "MULTIPOLYGON"
    } else {
        "GEOMETRY"
    };
    let (key, geometry) = own_columns(layer);
    let mut definitions = vec![
        format!(
            "{} INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL",
            quoted(&key)
        ),
        format!("{} {geometry_type}", quoted(&geometry)),
    ];
    for (column, kind) in layer.columns.iter().zip(&kinds) {
        let kind = match kind {
            ColumnKind::Text => "TEXT",
            ColumnKind::Integer => "INTEGER",
            ColumnKind::Real => "DOUBLE",
            ColumnKind::Bool => "BOOLEAN",
        };
        definitions.push(format!("{} {kind}", quoted(column)));
    }
    file.execute_batch(&format!(
        "CREATE TABLE {table} ({})",
        definitions.join(", ")
    ))?;
    let mut names = vec![quoted(&geometry)];
    names.extend(layer.columns.iter().map(|column| quoted(column)));
    let places = vec!["?"; names.len()].join(", ");
    let mut insert = file.prepare(&format!(
        "INSERT INTO {table} ({}) VALUES ({places})",
        names.join(", ")
    ))?;
    let mut extent: Option<[f64; 4]> = None;
    for row in &layer.rows {
        let mut values = Vec::with_capacity(names.len());
        values.push(match blob(&row.geometry, srs_id) {
            Some((blob, around)) => {
                extent = Some(extent.map_or(around, |so_far| union(so_far, around)));
                Sql::Blob(blob)
            }
            None => Sql::Null,
        });
        for (value, kind) in row.values.iter().zip(&kinds) {
            values.push(sql(value, *kind));
        }
        insert.execute(params_from_iter(values))?;
    }
    let [min_x, max_x, min_y, max_y] = extent.unwrap_or_default();
    let bound = |value: f64| extent.map(|_| value);
    file.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, min_x, min_y, max_x, max_y, srs_id)
         VALUES (?1, 'features', ?1, ?2, ?3, ?4, ?5, ?6)",
        (&layer.name, bound(min_x), bound(min_y), bound(max_x), bound(max_y), srs_id),
    )?;
    file.execute(
        "INSERT INTO gpkg_geometry_columns VALUES (?1, ?2, ?3, ?4, 0, 0)",
        (&layer.name, &geometry, geometry_type, srs_id),
    )?;
    Ok(())
}

/// Names for key and geometry that no column of the layer has.
fn own_columns(layer: &OutputLayer) -> (String, String) {
    let free = |wanted: &str| {
        let mut name = wanted.to_owned();
        while layer
            .columns
            .iter()
            .any(|column| column.eq_ignore_ascii_case(&name))
        {
            name.push('_');
        }
        name
    };
    (free("fid"), free("geom"))
}

fn sql(value: &Value, kind: ColumnKind) -> Sql {
    match (value, kind) {
        (Value::Null, _) => Sql::Null,
        (value, ColumnKind::Text) => value.to_code_text().map_or(Sql::Null, |text| match value {
            Value::Text(whole) => Sql::Text(whole.clone()),
            _ => Sql::Text(text),
        }),
        (Value::Text(text), _) => Sql::Text(text.clone()),
        (Value::Integer(number), ColumnKind::Real) => {
            value.to_number().map_or(Sql::Integer(*number), Sql::Real)
        }
        (Value::Integer(number), _) => Sql::Integer(*number),
        (Value::Real(number), _) => Sql::Real(*number),
        (Value::Bool(truth), _) => Sql::Integer(i64::from(*truth)),
    }
}

/// A GeoPackage geometry with its envelope: min x, max x, min y, max y.
fn blob(geometry: &RowGeometry, srs_id: i64) -> Option<(Vec<u8>, [f64; 4])> {
    let body = wkb::encode(geometry)?;
    let around = envelope(geometry)?;
    let mut blob = Vec::with_capacity(40 + body.len());
    // version 0; little-endian with an envelope of x and y
    blob.extend_from_slice(b"GP\x00\x03");
    let srs_id = i32::try_from(srs_id).unwrap_or(-1);
    blob.extend_from_slice(&srs_id.to_le_bytes());
    for side in around {
        blob.extend_from_slice(&side.to_le_bytes());
    }
    blob.extend_from_slice(&body);
    Some((blob, around))
}

fn envelope(geometry: &RowGeometry) -> Option<[f64; 4]> {
    let mut extent: Option<[f64; 4]> = None;
    let mut take = |x: f64, y: f64| {
        let point = [x, x, y, y];
        extent = Some(extent.map_or(point, |so_far| union(so_far, point)));
    };
    match geometry {
        RowGeometry::Point(c) => take(c.x, c.y),
        RowGeometry::Lines(lines) => lines.iter().flatten().for_each(|c| take(c.x, c.y)),
        RowGeometry::Polygons(polygons) => polygons
            .iter()
            .flat_map(|polygon| &polygon.exterior().0)
            .for_each(|c| take(c.x, c.y)),
        RowGeometry::Missing | RowGeometry::Refused(_) => {}
    }
    extent
}

fn union(a: [f64; 4], b: [f64; 4]) -> [f64; 4] {
    [
        a[0].min(b[0]),
        a[1].max(b[1]),
        a[2].min(b[2]),
        a[3].max(b[3]),
    ]
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
