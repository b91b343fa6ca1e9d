//! The rows of a table as rows of what lies on the map: components, streets, households.

use geo_types::Coord;
use serde::Serialize;
use wangge_crs::{Crs, CrsError, Policy, Transform};
use wangge_model::ListRow;
use wangge_plane::{Figure, Line, Point, Shape};

use crate::densify::Densifier;
use crate::grids::crs;
use crate::lists::{Columns, ListColumns};
use crate::report::CrsUsed;
use crate::{ExchangeError, Format, Note, Row, RowGeometry, Sandbox, Table};

/// How the rows of a table come onto the map.
#[derive(Debug, Clone, Default)]
pub struct PlacedRequest {
    /// Which columns hold what.
    pub columns: ListColumns,
    /// The coordinate system, when the person says it; it outweighs the file's word.
    pub crs: Option<Crs>,
    /// What conversions may do.
    pub policy: Policy,
}

/// The rows of a file that are not empty.
#[derive(Debug, Clone)]
pub struct PlacedRows {
    /// In the order of the file.
    pub rows: Vec<PlacedRow>,
    /// What happened on the way.
    pub report: PlacedReport,
}

/// A row, and what there is to say of its place.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedRow {
    /// The row, at its place where it has one that can be used.
    pub row: ListRow,
    /// Why it has none.
    pub refused: Option<String>,
    /// Of a point, how many decimals the better of its two numbers has in the file.
    pub decimals: Option<u32>,
}

/// What happened between a file and its rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlacedReport {
    /// The file's name.
    pub source: String,
    /// What it was read as.
    pub format: Format,
    /// The layer, where the format has layers.
    pub layer: Option<String>,
    /// The coordinate system that its numbers were taken in.
    pub crs: CrsUsed,
    /// Whether that counts degrees.
    pub in_degrees: bool,
    /// What the conversion gives away: datums taken as equal, with the error.
    pub crs_notes: Vec<wangge_crs::Note>,
    /// That extent and declared system do not fit each other.
    pub plausibility: Option<wangge_crs::Note>,
    /// The columns of the list that the file has.
    pub columns: Vec<&'static str>,
    /// Rows of the file.
    pub rows: usize,
    /// What the reading process noted.
    pub notes: Vec<Note>,
    /// What held the reading process.
    pub sandbox: Sandbox,
}

/// Puts the rows of a table onto the lattice. A row whose geometry cannot be used comes without a
/// place, and says why.
///
/// # Errors
/// What [`list_rows`](crate::list_rows) says of columns; [`ExchangeError::MissingCrs`] when neither
/// file nor request says the coordinate system, [`ExchangeError::Crs`] when it cannot be used.
pub fn placed_rows(
    table: &Table,
    columns: &Columns,
    request: &PlacedRequest,
) -> Result<PlacedRows, ExchangeError> {
    let places = columns.places(table, &request.columns)?;
    let (system, used) = crs(table, request.crs.as_ref())?;
    let transform = Transform::new(&system, &Crs::Lattice, &request.policy).map_err(|source| {
        ExchangeError::Crs {
            file: table.source.clone(),
            source,
        }
    })?;
    let mut landing = Landing {
        transform: &transform,
        densifier: Densifier::new(&transform, system.is_lattice_equal()),
    };
    let mut rows = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        let (place, refused) = match landing.figure(&row.geometry) {
            Ok(figure) => (Some(figure), None),
            Err(why) => (None, Some(why)),
        };
        let listed = places.row(row).at(place);
        if !listed.is_empty() || listed.place.is_some() {
            rows.push(PlacedRow {
                row: listed,
                refused,
                decimals: decimals(row),
            });
        }
    }
    let report = PlacedReport {
        source: table.source.clone(),
        format: table.format,
        layer: table.layer.clone(),
        crs: used,
        in_degrees: !transform.is_projected(),
        crs_notes: transform.notes().to_vec(),
        plausibility: extent(table).and_then(|extent| transform.plausibility(extent)),
        columns: places.columns(),
        rows: table.rows.len(),
        notes: table.notes.clone(),
        sandbox: table.sandbox.clone(),
    };
    Ok(PlacedRows { rows, report })
}

struct Landing<'t> {
    transform: &'t Transform,
    densifier: Densifier<'t>,
}

impl Landing<'_> {
    /// The figure of a geometry, or why there is none.
    fn figure(&mut self, geometry: &RowGeometry) -> Result<Figure, String> {
        let told = |error: CrsError| error.to_string();
        match geometry {
            RowGeometry::Point(at) => {
                let (lon, lat) = self.transform.convert(at.x, at.y).map_err(told)?;
                let point = Point::from_degrees(lon, lat).map_err(|error| error.to_string())?;
                Ok(Figure::Point(point))
            }
            RowGeometry::Lines(lines) => {
                let mut parts = Vec::with_capacity(lines.0.len());
                for line in lines {
                    let line = self.densifier.line(line).map_err(told)?;
                    let points = line.0.iter().map(|at| Point::from_degrees(at.x, at.y));
                    let part: Result<Vec<Point>, _> = points.collect();
                    parts.push(part.map_err(|error| error.to_string())?);
                }
                Line::new(parts)
                    .map(Figure::Line)
                    .ok_or_else(|| "the line is shorter than the lattice (1e-7 degree)".to_owned())
            }
            RowGeometry::Polygons(polygons) => {
                let polygons = self.densifier.polygons(polygons).map_err(told)?;
                let landed = Shape::land(&polygons).map_err(|error| error.to_string())?;
                landed.shape.map(Figure::Area).ok_or_else(|| {
                    "it is smaller than the lattice (1e-7 degree, about 1 cm)".to_owned()
                })
            }
            RowGeometry::Missing => Err("it has no geometry".to_owned()),
            RowGeometry::Refused(why) => Err(why.clone()),
        }
    }
}

/// Decimals of the better of a point's two numbers, as they are written shortest.
fn decimals(row: &Row) -> Option<u32> {
    let RowGeometry::Point(at) = &row.geometry else {
        return None;
    };
    let of = |number: f64| {
        let text = format!("{number}");
        let behind = text.split_once('.').map_or(0, |(_, behind)| behind.len());
        u32::try_from(behind).unwrap_or(u32::MAX)
    };
    Some(of(at.x).max(of(at.y)))
}

/// West, south, east and north of the numbers as they stand in the file.
fn extent(table: &Table) -> Option<[f64; 4]> {
    let mut extent: Option<[f64; 4]> = None;
    let mut take = |at: &Coord<f64>| {
        let [west, south, east, north] = extent.unwrap_or([at.x, at.y, at.x, at.y]);
        let (west, east) = (west.min(at.x), east.max(at.x));
        extent = Some([west, south.min(at.y), east, north.max(at.y)]);
    };
    for row in &table.rows {
        match &row.geometry {
            RowGeometry::Point(at) => take(at),
            RowGeometry::Lines(lines) => {
                lines.0.iter().flat_map(|line| &line.0).for_each(&mut take);
            }
            RowGeometry::Polygons(polygons) => {
                let shells = polygons.0.iter().map(geo_types::Polygon::exterior);
                shells.flat_map(|shell| &shell.0).for_each(&mut take);
            }
            RowGeometry::Missing | RowGeometry::Refused(_) => {}
        }
    }
    extent
}
