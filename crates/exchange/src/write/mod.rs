//! Layers into files: written beside, made durable, renamed into place.

mod csv;
mod geojson;
mod gpkg;
mod ogr;
mod sheet;

use std::error::Error;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use geo_types::{Coord, LineString, MultiLineString, MultiPolygon, Polygon};
use tempfile::TempDir;
use wangge_crs::{Crs, CrsError, Policy, Transform};

pub use sheet::Sheet;

use crate::{ExchangeError, Format, RowGeometry, Value};

/// A layer to write.
#[derive(Debug, Clone, PartialEq)]
pub struct OutputLayer {
    /// Its name, for formats that name layers.
    pub name: String,
    /// The system of its coordinates; stated in the file where the format can.
    pub crs: Crs,
    /// Column names.
    pub columns: Vec<String>,
    /// Its rows.
    pub rows: Vec<OutputRow>,
}

/// A row to write.
#[derive(Debug, Clone, PartialEq)]
pub struct OutputRow {
    /// Its geometry, in the coordinates of the layer.
    pub geometry: RowGeometry,
    /// One value per column.
    pub values: Vec<Value>,
}

/// What a column holds, by its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ColumnKind {
    Text,
    Integer,
    Real,
    Bool,
}

type WriteResult<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

impl OutputLayer {
    /// The layer with its vertices in another system. Edges stay straight between their vertices.
    ///
    /// # Errors
    /// As [`Transform::new`] and [`Transform::convert`].
    pub fn in_crs(mut self, crs: &Crs, policy: &Policy) -> Result<Self, CrsError> {
        let transform = Transform::new(&self.crs, crs, policy)?;
        let convert = |c: Coord<f64>| -> Result<Coord<f64>, CrsError> {
            let (x, y) = transform.convert(c.x, c.y)?;
            Ok(Coord { x, y })
        };
        let line = |line: &LineString<f64>| -> Result<LineString<f64>, CrsError> {
            line.0
                .iter()
                .map(|&c| convert(c))
                .collect::<Result<_, _>>()
                .map(LineString)
        };
        for row in &mut self.rows {
            row.geometry = match &row.geometry {
                RowGeometry::Point(c) => RowGeometry::Point(convert(*c)?),
                RowGeometry::Lines(lines) => RowGeometry::Lines(MultiLineString(
                    lines.iter().map(line).collect::<Result<_, _>>()?,
                )),
                RowGeometry::Polygons(polygons) => {
                    let mut parts = Vec::with_capacity(polygons.0.len());
                    for polygon in polygons {
                        parts.push(Polygon::new(
                            line(polygon.exterior())?,
                            polygon
                                .interiors()
                                .iter()
                                .map(line)
                                .collect::<Result<_, _>>()?,
                        ));
                    }
                    RowGeometry::Polygons(MultiPolygon(parts))
                }
                other => other.clone(),
            };
        }
        self.crs = crs.clone();
        Ok(self)
    }

    /// The kind that fits every value of a column.
    fn kind(&self, column: usize) -> ColumnKind {
        let mut kind = None;
        for row in &self.rows {
            let this = match row.values.get(column) {
                None | Some(Value::Null) => continue,
                Some(Value::Text(_)) => ColumnKind::Text,
                Some(Value::Integer(_)) => ColumnKind::Integer,
                Some(Value::Real(_)) => ColumnKind::Real,
                Some(Value::Bool(_)) => ColumnKind::Bool,
            };
            kind = Some(match kind {
                None => this,
                Some(before) if before == this => this,
                Some(ColumnKind::Integer | ColumnKind::Real)
                    if matches!(this, ColumnKind::Integer | ColumnKind::Real) =>
                {
                    ColumnKind::Real
                }
                Some(_) => ColumnKind::Text,
            });
        }
        kind.unwrap_or(ColumnKind::Text)
    }

    fn only_polygons(&self) -> bool {
        self.rows.iter().all(|row| {
            matches!(
                row.geometry,
                RowGeometry::Polygons(_) | RowGeometry::Missing
            )
        })
    }
}

/// Writes a layer as a file of the format: GeoJSON, GeoJSON lines, GeoPackage, Shapefile,
/// FlatGeobuf or CSV with WKT.
///
/// The file appears whole or not at all: it is written in a folder beside, made durable, and
/// renamed over whatever stood there. A Shapefile is several files; its `.shp` comes last.
///
/// # Errors
/// [`ExchangeError::NotWritten`] for a format that is only read, [`ExchangeError::Unwritable`]
/// when the format cannot hold the layer, [`ExchangeError::Write`] when writing failed.
pub fn write(path: &Path, format: Format, layer: &OutputLayer) -> Result<(), ExchangeError> {
    let failed = |source: Box<dyn Error + Send + Sync>| ExchangeError::Write {
        path: path.to_owned(),
        source,
    };
    let stem = path
        .file_stem()
        .and_then(|stem| stem.to_str())
        .filter(|stem| !stem.is_empty())
        .ok_or_else(|| failed("its name is not a file name in UTF-8".into()))?;
    if let Some(why) = misfit(format, layer) {
        return Err(ExchangeError::Unwritable {
            path: path.to_owned(),
            format,
            why,
        });
    }
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let beside = tempfile::Builder::new()
        .prefix(".wangge-write-")
        .tempdir_in(folder)
        .map_err(|error| failed(error.into()))?;
    let main = beside.path().join(format!("{stem}.{}", format.extension()));
    match format {
        Format::GeoJson => geojson::write_document(&main, layer),
        Format::GeoJsonSeq => geojson::write_sequence(&main, layer),
        Format::GeoPackage => gpkg::write(&main, layer),
        Format::Csv => csv::write(&main, layer),
        Format::Shapefile => ogr::write_shapefile(&main, stem, layer),
        Format::FlatGeobuf => ogr::write_flatgeobuf(&main, layer),
        _ => return Err(ExchangeError::NotWritten { format }),
    }
    .and_then(|()| put_in_place(&beside, &main, path).map_err(Into::into))
    .map_err(failed)
}

/// What of a layer a format cannot hold.
fn misfit(format: Format, layer: &OutputLayer) -> Option<String> {
    if let Some(row) = layer
        .rows
        .iter()
        .position(|row| row.values.len() != layer.columns.len())
    {
        return Some(format!(
            "row {} has {} values for {} columns",
            row + 1,
            layer.rows[row].values.len(),
            layer.columns.len()
        ));
    }
    if format == Format::Shapefile {
        return ogr::shapefile_misfit(layer);
    }
    None
}

/// Makes the files durable and renames them, the main one last.
fn put_in_place(beside: &TempDir, main: &Path, path: &Path) -> io::Result<()> {
    let mut written: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(beside.path())? {
        let file = entry?.path();
        File::open(&file)?.sync_all()?;
        if file != main {
            written.push(file);
        }
    }
    if main.extension().is_some_and(|extension| extension == "shp") {
        // what belonged to a Shapefile that stood there would be wrong about the new one
        for stale in ["prj", "cpg", "qpj", "qix", "sbn", "sbx"] {
            match fs::remove_file(path.with_extension(stale)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
    }
    for file in written {
        if let Some(extension) = file.extension() {
            fs::rename(&file, path.with_extension(extension))?;
        }
    }
    fs::rename(main, path)?;
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    File::open(folder)?.sync_all()
}
