//! All polygons of a file as one ground: an outline that grids are measured against.

use wangge_crs::{Crs, Transform};
use wangge_plane::Shape;

use crate::densify::Densifier;
use crate::grids::crs;
use crate::{ExchangeError, GridRequest, RowGeometry, SkipKind, Table};

/// All polygons of a table as one shape on the lattice, whatever their attributes; `None` when it
/// has no polygon. Of the request, its coordinate system and policy are used.
///
/// # Errors
/// [`ExchangeError::MissingCrs`] and [`ExchangeError::Crs`], and [`ExchangeError::BadRows`] for a
/// geometry that is not usable.
pub fn outline(table: &Table, request: &GridRequest) -> Result<Option<Shape>, ExchangeError> {
    let (crs, _) = crs(table, request.crs.as_ref())?;
    let transform = Transform::new(&crs, &Crs::Lattice, &request.policy).map_err(|source| {
        ExchangeError::Crs {
            file: table.source.clone(),
            source,
        }
    })?;
    let mut densifier = Densifier::new(&transform, crs.is_lattice_equal());
    let mut parts = Vec::new();
    for row in &table.rows {
        let bad = |why: String| ExchangeError::BadRows {
            file: table.source.clone(),
            count: 1,
            rows: vec![crate::Skip {
                row: row.number,
                kind: SkipKind::NotPolygon,
                why,
            }],
        };
        let polygons = match &row.geometry {
            RowGeometry::Polygons(polygons) => polygons,
            RowGeometry::Refused(why) => return Err(bad(why.clone())),
            _ => continue,
        };
        let polygons = densifier
            .polygons(polygons)
            .map_err(|error| bad(error.to_string()))?;
        let landed = Shape::land(&polygons).map_err(|error| bad(error.to_string()))?;
        parts.extend(landed.shape.iter().flat_map(Shape::parts).cloned());
    }
    Ok(Shape::new(parts))
}
