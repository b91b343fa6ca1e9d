//! From the rows of a table to drafts of grids on the lattice.

use wangge_crs::{Crs, CrsError, Policy, Transform};
use wangge_plane::{PlaneError, Point, Shape};

use crate::densify::Densifier;
use crate::fields::Places;
use crate::merge::{Draft, merge};
use crate::report::{CrsBy, CrsUsed, ImportReport, Skip, SkipKind};
use crate::{DeclaredCrs, ExchangeError, Format, Mapping, Note, Row, RowGeometry, Table, Value};

/// How the rows of a table become grids.
#[derive(Debug, Clone, Default)]
pub struct GridRequest {
    /// Which column holds which field.
    pub mapping: Mapping,
    /// The coordinate system, when the person says it; it outweighs the file's word.
    pub crs: Option<Crs>,
    /// What conversions may do.
    pub policy: Policy,
    /// Leave out rows that cannot become grids, and list them, instead of refusing the file.
    pub skip_invalid: bool,
    /// Make rows that share a code parts of one grid, instead of refusing the file.
    pub merge_parts: bool,
}

/// Grids as a file has them, on the lattice, not yet checked against a scheme.
#[derive(Debug, Clone, PartialEq)]
pub struct GridDraft {
    /// The columns of the file, for rules that name one.
    pub columns: Vec<String>,
    /// The grids, in the order of the file.
    pub rows: Vec<GridRow>,
    /// What happened on the way.
    pub report: ImportReport,
}

/// One grid.
#[derive(Debug, Clone, PartialEq)]
pub struct GridRow {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Option<String>,
    /// Its name in Latin letters.
    pub name_en: Option<String>,
    /// The code of its parent, where the file has it.
    pub parent: Option<String>,
    /// Its kind, in the file's word.
    pub kind: Option<String>,
    /// Households.
    pub households: Option<u32>,
    /// Inhabitants.
    pub population: Option<u32>,
    /// Its area as the file states it, square metres.
    pub area_m2: Option<f64>,
    /// A note.
    pub note: Option<String>,
    /// The values of its (first) row, as [`GridDraft::columns`].
    pub values: Vec<Value>,
    /// Its ground.
    pub shape: Shape,
    /// Vertices that its rings have several times in a row.
    pub repeated: Vec<Point>,
    /// The rows of the file that it came from.
    pub source_rows: Vec<u64>,
}

impl GridDraft {
    /// The value of a grid's column as a code; `None` when there is no such column or no value.
    pub fn column_text(&self, row: &GridRow, column: &str) -> Option<String> {
        let place = self.columns.iter().position(|name| name == column)?;
        row.values.get(place)?.to_code_text()
    }
}

/// Makes grids of the rows of a table: fields by the mapping, edges kept within 1 cm of where they
/// were straight, vertices on the lattice.
///
/// # Errors
/// [`ExchangeError::Workbook`] of a workbook,
/// [`ExchangeError::MissingCrs`] when neither file nor request says the coordinate system,
/// [`ExchangeError::Crs`] when it cannot be used, [`ExchangeError::NoColumn`] and
/// [`ExchangeError::NoCodeColumn`], [`ExchangeError::BadRows`] unless they are to be skipped,
/// [`ExchangeError::RepeatedCodes`] unless they are to be merged,
/// [`ExchangeError::Contradiction`], [`ExchangeError::Antimeridian`],
/// [`ExchangeError::NoGrids`].
pub fn grids(table: &Table, request: &GridRequest) -> Result<GridDraft, ExchangeError> {
    if table.format == Format::Xlsx {
        let file = table.source.clone();
        return Err(ExchangeError::Workbook { file });
    }
    let failed = |source: CrsError| ExchangeError::Crs {
        file: table.source.clone(),
        source,
    };
    let (crs, used) = crs(table, request.crs.as_ref())?;
    let transform = Transform::new(&crs, &Crs::Lattice, &request.policy).map_err(failed)?;
    let places = Places::of(table, &request.mapping)?;
    let extent = extent(table);
    across_in_degrees(table, &transform, extent)?;

    let mut drafting = Drafting {
        places: &places,
        densifier: Densifier::new(&transform, crs.is_lattice_equal()),
        drafts: Vec::new(),
        skipped: Vec::new(),
    };
    for row in &table.rows {
        drafting.row(row);
    }
    let densified_vertices = drafting.densifier.added;
    let (mut drafts, mut skipped) = (drafting.drafts, drafting.skipped);
    across(table, &drafts)?;
    let merged = merge(table, &mut drafts, request.merge_parts)?;

    let mut report = ImportReport {
        source: table.source.clone(),
        format: table.format,
        layer: table.layer.clone(),
        crs: used,
        crs_notes: transform.notes().to_vec(),
        plausibility: extent.and_then(|extent| transform.plausibility(extent)),
        rows: table.rows.len(),
        grids: 0,
        vertices: 0,
        moved: 0,
        max_move_m: 0.0,
        densified_vertices,
        collapsed_rings: 0,
        skipped: Vec::new(),
        merged,
        notes: table.notes.clone(),
        sandbox: table.sandbox.clone(),
    };
    let mut rows = Vec::with_capacity(drafts.len());
    for draft in drafts {
        match land(draft, &mut report) {
            Ok(row) => rows.push(row),
            Err(skip) => skipped.push(skip),
        }
    }
    skipped.sort_by_key(|skip| skip.row);
    if !skipped.is_empty() && !request.skip_invalid {
        return Err(ExchangeError::BadRows {
            file: table.source.clone(),
            count: skipped.len(),
            rows: skipped,
        });
    }
    if rows.is_empty() {
        return Err(ExchangeError::NoGrids {
            file: table.source.clone(),
            rows: table.rows.len(),
            skipped,
        });
    }
    report.grids = rows.len();
    report.skipped = skipped;
    Ok(GridDraft {
        columns: table.columns.clone(),
        rows,
        report,
    })
}

/// The person's word first, then the file's; never a guess.
pub(crate) fn crs(table: &Table, given: Option<&Crs>) -> Result<(Crs, CrsUsed), ExchangeError> {
    let file = || table.source.clone();
    let declared = match &table.declared_crs {
        DeclaredCrs::Epsg(code) => Ok(Some((Crs::from_epsg(*code), CrsBy::File))),
        DeclaredCrs::Named(text) | DeclaredCrs::Proj(text) => {
            text.parse().map(|crs| Some((crs, CrsBy::File)))
        }
        DeclaredCrs::Wkt(text) => Crs::from_wkt(text).map(|crs| Some((crs, CrsBy::File))),
        DeclaredCrs::GeoJsonDefault => Ok(Some((Crs::wgs84(), CrsBy::GeoJson))),
        DeclaredCrs::None => Ok(None),
    };
    if let Some(given) = given {
        let other = match declared {
            Ok(Some((crs, CrsBy::File))) if crs != *given => Some(crs.to_string()),
            _ => None,
        };
        let used = CrsUsed {
            system: given.to_string(),
            by: CrsBy::Person,
            file_says: other,
        };
        return Ok((given.clone(), used));
    }
    let (crs, by) = declared
        .map_err(|source| ExchangeError::Crs {
            file: file(),
            source,
        })?
        .ok_or_else(|| ExchangeError::MissingCrs {
            file: file(),
            link: table.notes.iter().find_map(|note| match note {
                Note::CrsLinkIgnored { href } => Some(href.clone()),
                _ => None,
            }),
        })?;
    let used = CrsUsed {
        system: crs.to_string(),
        by,
        file_says: None,
    };
    Ok((crs, used))
}

struct Drafting<'a> {
    places: &'a Places,
    densifier: Densifier<'a>,
    drafts: Vec<Draft>,
    skipped: Vec<Skip>,
}

impl Drafting<'_> {
    fn row(&mut self, row: &Row) {
        match self.draft(row) {
            Ok(draft) => self.drafts.push(draft),
            Err((kind, why)) => self.skipped.push(Skip {
                row: row.number,
                kind,
                why,
            }),
        }
    }

    fn draft(&mut self, row: &Row) -> Result<Draft, (SkipKind, String)> {
        let no_polygon = |why: String| (SkipKind::NotPolygon, why);
        let polygons = match &row.geometry {
            RowGeometry::Polygons(polygons) => polygons,
            RowGeometry::Missing => return Err(no_polygon("it has no geometry".to_owned())),
            RowGeometry::Refused(why) if row.geometry.is_not_finite() => {
                return Err((SkipKind::NotFinite, why.clone()));
            }
            RowGeometry::Refused(why) => return Err(no_polygon(why.clone())),
            other => {
                return Err(no_polygon(format!(
                    "it is a {}, not a polygon",
                    other.kind()
                )));
            }
        };
        let fields = self
            .places
            .fields(row)
            .map_err(|why| (SkipKind::Attributes, why))?;
        let added = self.densifier.added;
        let polygons = self.densifier.polygons(polygons).map_err(|error| {
            self.densifier.added = added;
            (SkipKind::OutOfRange, error.to_string())
        })?;
        Ok(Draft { fields, polygons })
    }
}

/// West, south, east and north of the numbers as they stand in the file.
fn extent(table: &Table) -> Option<[f64; 4]> {
    table
        .rows
        .iter()
        .filter_map(|row| match &row.geometry {
            RowGeometry::Polygons(polygons) => Some(polygons),
            _ => None,
        })
        .flatten()
        .flat_map(|polygon| &polygon.exterior().0)
        .fold(None, |extent: Option<[f64; 4]>, c| {
            let [west, south, east, north] = extent.unwrap_or([c.x, c.y, c.x, c.y]);
            Some([west.min(c.x), south.min(c.y), east.max(c.x), north.max(c.y)])
        })
}

/// Refuses longitudes counted on beyond the 180th meridian.
fn across_in_degrees(
    table: &Table,
    transform: &Transform,
    extent: Option<[f64; 4]>,
) -> Result<(), ExchangeError> {
    match extent {
        Some([west, south, east, north])
            if !transform.is_projected()
                && south >= -90.0
                && north <= 90.0
                && ((west < 180.0 && east > 180.0 && east <= 360.0)
                    || ((-360.0..-180.0).contains(&west) && east > -180.0)) =>
        {
            Err(antimeridian(table, west, east))
        }
        _ => Ok(()),
    }
}

/// Refuses areas on both sides of the 180th meridian: together they are wider than half the Earth.
fn across(table: &Table, drafts: &[Draft]) -> Result<(), ExchangeError> {
    let longitudes = || {
        drafts
            .iter()
            .flat_map(|draft| &draft.polygons)
            .flat_map(|polygon| polygon.exterior().0.iter().map(|c| c.x))
    };
    let west = longitudes().fold(f64::INFINITY, f64::min);
    let east = longitudes().fold(f64::NEG_INFINITY, f64::max);
    if east - west > 180.0 {
        return Err(antimeridian(table, west, east));
    }
    Ok(())
}

fn antimeridian(table: &Table, west: f64, east: f64) -> ExchangeError {
    ExchangeError::Antimeridian {
        file: table.source.clone(),
        west,
        east,
    }
}

fn land(draft: Draft, report: &mut ImportReport) -> Result<GridRow, Skip> {
    let row = draft
        .fields
        .source_rows
        .first()
        .copied()
        .unwrap_or_default();
    let landed = Shape::land(&draft.polygons).map_err(|error| Skip {
        row,
        kind: match error {
            PlaneError::NotFinite { .. } => SkipKind::NotFinite,
            PlaneError::OutOfRange { .. } => SkipKind::OutOfRange,
            _ => SkipKind::NotPolygon,
        },
        why: error.to_string(),
    })?;
    let shape = landed.shape.ok_or_else(|| Skip {
        row,
        kind: SkipKind::NotPolygon,
        why: "it is smaller than the lattice (1e-7 degree, about 1 cm)".to_owned(),
    })?;
    report.vertices += landed.vertices;
    report.moved += landed.moved;
    report.max_move_m = report.max_move_m.max(landed.max_move_m);
    report.collapsed_rings += landed.collapsed_rings;
    let fields = draft.fields;
    Ok(GridRow {
        code: fields.code,
        name: fields.name,
        name_en: fields.name_en,
        parent: fields.parent,
        kind: fields.kind,
        households: fields.households,
        population: fields.population,
        area_m2: fields.area_m2,
        note: fields.note,
        values: fields.values,
        shape,
        repeated: landed.repeated,
        source_rows: fields.source_rows,
    })
}
