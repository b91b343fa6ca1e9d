//! Lines and polygons of a file as objects that boundaries should go around.

use geo_types::{Coord, LineString};
use wangge_crs::{Crs, Transform};
use wangge_plane::{Point, Segment, Shape};

use crate::densify::Densifier;
use crate::grids::crs;
use crate::{ExchangeError, Field, GridRequest, Row, RowGeometry, Skip, SkipKind, Table};

/// One line or polygon on the lattice.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawnObject {
    /// The value of its code column, else of its name column, else the number of its row.
    pub name: String,
    /// Its edges.
    pub edges: Vec<Segment>,
    /// Its ground, for a polygon.
    pub ground: Option<Shape>,
}

/// Every line and polygon of a table on the lattice; points and rows without geometry are passed
/// over. Of the request, its coordinate system and policy are used.
///
/// # Errors
/// [`ExchangeError::MissingCrs`] and [`ExchangeError::Crs`], and [`ExchangeError::BadRows`] for a
/// geometry that is not usable.
pub fn objects(table: &Table, request: &GridRequest) -> Result<Vec<DrawnObject>, ExchangeError> {
    let (crs, _) = crs(table, request.crs.as_ref())?;
    let transform = Transform::new(&crs, &Crs::Lattice, &request.policy).map_err(|source| {
        ExchangeError::Crs {
            file: table.source.clone(),
            source,
        }
    })?;
    let mut densifier = Densifier::new(&transform, crs.is_lattice_equal());
    let names = [Field::Code, Field::Name]
        .into_iter()
        .flat_map(Field::standard_columns)
        .filter_map(|name| table.column(name))
        .collect::<Vec<usize>>();
    let mut objects = Vec::new();
    for row in &table.rows {
        let bad = |why: String| ExchangeError::BadRows {
            file: table.source.clone(),
            count: 1,
            rows: vec![Skip {
                row: row.number,
                kind: SkipKind::NotPolygon,
                why,
            }],
        };
        let name = name_of(row, &names);
        match &row.geometry {
            RowGeometry::Polygons(polygons) => {
                let polygons = densifier
                    .polygons(polygons)
                    .map_err(|error| bad(error.to_string()))?;
                let landed = Shape::land(&polygons).map_err(|error| bad(error.to_string()))?;
                if let Some(ground) = landed.shape {
                    objects.push(DrawnObject {
                        name,
                        edges: ground.segments().collect(),
                        ground: Some(ground),
                    });
                }
            }
            RowGeometry::Lines(lines) => {
                let mut edges = Vec::new();
                for line in lines {
                    edges.extend(landed_line(line, &transform).map_err(bad)?);
                }
                objects.push(DrawnObject {
                    name,
                    edges,
                    ground: None,
                });
            }
            RowGeometry::Refused(why) => return Err(bad(why.clone())),
            RowGeometry::Point(_) | RowGeometry::Missing => {}
        }
    }
    Ok(objects)
}

fn name_of(row: &Row, places: &[usize]) -> String {
    places
        .iter()
        .filter_map(|&place| row.values.get(place)?.to_code_text())
        .find(|text| !text.is_empty())
        .unwrap_or_else(|| row.number.to_string())
}

fn landed_line(line: &LineString<f64>, transform: &Transform) -> Result<Vec<Segment>, String> {
    let mut points = Vec::with_capacity(line.0.len());
    for &Coord { x, y } in &line.0 {
        let (lon, lat) = transform.convert(x, y).map_err(|error| error.to_string())?;
        points.push(Point::from_degrees(lon, lat).map_err(|error| error.to_string())?);
    }
    Ok(points
        .windows(2)
        .filter_map(|ends| Segment::new(ends[0], ends[1]))
        .collect())
}
