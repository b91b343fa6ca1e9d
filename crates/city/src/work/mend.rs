//! Files of a coverage in, and a coverage made of it out: mended, simplified, dissolved.

use std::collections::BTreeMap;
use std::path::Path;

use wangge_coverage::{
    Coverage, Member, Outline, RepairTerms, Repaired, Tolerance, Verdict, prove, repair,
};
use wangge_crs::Crs;
use wangge_exchange::{
    ExchangeError, Format, ImportReport, OutputLayer, OutputRow, Reader, RowGeometry, Skip, Value,
    write,
};
use wangge_plane::Shape;

use super::WorkError;
use super::examine::Measure;
use super::import::{GridFiles, Stage, read_drafts};

/// The grids of files, with every column that the files have.
#[derive(Debug)]
pub struct CoverageFile {
    columns: Vec<String>,
    rows: Vec<CoverageRow>,
    /// For each file, what came of its rows.
    pub reports: Vec<ImportReport>,
}

/// One grid of a file.
#[derive(Debug)]
struct CoverageRow {
    code: String,
    values: Vec<Value>,
    shape: Shape,
}

/// What a repair may do, in the words of a person.
#[derive(Debug, Clone, Default)]
pub struct RepairOrder {
    /// Vertices this near to each other, metres, become one.
    pub snap_m: f64,
    /// Gaps up to this wide, metres, are given to a neighbour.
    pub max_gap_width_m: f64,
    /// The column by which grids rank: the greater number takes ground in question.
    pub priority: Option<String>,
    /// Codes of grids that are never changed.
    pub locked: Vec<String>,
    /// Whether the outer rim may move.
    pub move_rim: bool,
}

/// Grids drawn with fewer vertices.
#[derive(Debug, Clone)]
pub struct Light {
    /// Their ground, in the order of the files.
    pub shapes: Vec<Shape>,
    /// Different vertices before.
    pub vertices_before: usize,
    /// Different vertices after.
    pub vertices_after: usize,
    /// Vertices that were kept so that borders do not cross.
    pub held_back: usize,
    /// How far a border moved at most, metres.
    pub largest_shift_m: f64,
}

impl CoverageFile {
    /// Reads grids with all columns of their files. Of several files the columns are joined by
    /// name.
    ///
    /// # Errors
    /// [`WorkError`] where the files cannot be read as grids.
    pub fn read(
        reader: &Reader,
        files: &GridFiles,
        progress: &mut dyn FnMut(Stage),
    ) -> Result<Self, WorkError> {
        let drafts = read_drafts(reader, files, None, progress)?;
        let rows = drafts.rows.into_iter().map(|(_, row)| CoverageRow {
            code: row.code,
            values: row.values,
            shape: row.shape,
        });
        Ok(Self {
            rows: rows.collect(),
            columns: drafts.columns,
            reports: drafts.reports,
        })
    }

    /// The grids as the coverage's work takes them, in the order of the files.
    pub fn members(&self) -> Vec<Member<'_>> {
        self.rows
            .iter()
            .map(|row| Member {
                code: &row.code,
                shape: &row.shape,
            })
            .collect()
    }

    /// Rows that were left out, with their files.
    pub fn left_out(&self) -> Vec<(String, Skip)> {
        super::examine::left_out(&self.reports)
    }

    /// Proposes how to mend the coverage.
    ///
    /// # Errors
    /// [`WorkError::UnknownCodes`] for locked codes that no grid has, [`WorkError::NoSuchColumn`]
    /// and [`WorkError::NotANumber`] for a priority that is no number.
    pub fn repair(&self, order: &RepairOrder, measure: &Measure) -> Result<Repaired, WorkError> {
        let unknown: Vec<String> = order
            .locked
            .iter()
            .filter(|code| !self.rows.iter().any(|row| row.code == **code))
            .cloned()
            .collect();
        if !unknown.is_empty() {
            return Err(WorkError::UnknownCodes { codes: unknown });
        }
        let locked: Vec<bool> = self
            .rows
            .iter()
            .map(|row| order.locked.contains(&row.code))
            .collect();
        let priority = match &order.priority {
            Some(column) => Some(self.numbers(column)?),
            None => None,
        };
        Ok(repair(
            &self.members(),
            &RepairTerms {
                snap_m: order.snap_m,
                max_gap_width_m: order.max_gap_width_m,
                priority: priority.as_deref(),
                locked: &locked,
                move_rim: order.move_rim,
                measure: measure.terms(),
            },
        ))
    }

    /// The coverage, proved seamless.
    ///
    /// # Errors
    /// The verdict, when the grids are not seamless within their own rim.
    pub fn coverage(&self) -> Result<Coverage, Box<Verdict>> {
        Coverage::build(&self.members())
    }

    /// The coverage with fewer vertices, proved seamless again.
    ///
    /// # Errors
    /// [`WorkError::City`] when the grids are not seamless.
    pub fn simplify(&self, tolerance: Tolerance) -> Result<Light, WorkError> {
        let not_seamless = |verdict| crate::CityError::NotSeamless { verdict };
        let coverage = self.coverage().map_err(not_seamless)?;
        let simplified = coverage.simplify(tolerance);
        let by_owner = simplified.coverage.shapes();
        let shapes: Vec<Shape> = self
            .rows
            .iter()
            .filter_map(|row| Some(by_owner[coverage.owner(&row.code)?.0 as usize].clone()))
            .collect();
        let members = self.members();
        let light: Vec<Member<'_>> = members
            .iter()
            .zip(&shapes)
            .map(|(member, shape)| Member { shape, ..*member })
            .collect();
        let verdict = prove(&light, Outline::OwnRim);
        if !verdict.seamless {
            return Err(not_seamless(Box::new(verdict)).into());
        }
        Ok(Light {
            shapes,
            vertices_before: simplified.vertices_before,
            vertices_after: simplified.vertices_after,
            held_back: simplified.held_back,
            largest_shift_m: simplified.largest_shift_m,
        })
    }

    /// The ground of each group of grids that have one value of a column, by that value.
    ///
    /// # Errors
    /// [`WorkError::NoSuchColumn`], and [`WorkError::City`] when the grids are not seamless.
    pub fn dissolve(&self, column: &str) -> Result<Vec<(String, usize, Shape)>, WorkError> {
        let place = self.column(column)?;
        let mut groups: BTreeMap<String, u32> = BTreeMap::new();
        for row in &self.rows {
            groups.insert(group_of(row, place), 0);
        }
        for (number, group) in (0u32..).zip(groups.values_mut()) {
            *group = number;
        }
        let coverage = self
            .coverage()
            .map_err(|verdict| crate::CityError::NotSeamless { verdict })?;
        let mut of_owner = vec![0; coverage.owners()];
        let mut counts = vec![0; groups.len()];
        for row in &self.rows {
            let group = groups[&group_of(row, place)];
            counts[group as usize] += 1;
            if let Some(owner) = coverage.owner(&row.code) {
                of_owner[owner.0 as usize] = group;
            }
        }
        let shapes = coverage.dissolve(&of_owner, groups.len());
        Ok(groups
            .into_keys()
            .zip(counts)
            .zip(shapes)
            .filter_map(|((value, count), shape)| Some((value, count, shape?)))
            .collect())
    }

    /// Writes the grids with all their columns and other ground, in the order of the files.
    ///
    /// # Errors
    /// [`WorkError`]; nothing is left half-written.
    pub fn write(&self, shapes: &[Shape], crs: &Crs, path: &Path) -> Result<(), WorkError> {
        let rows = self.rows.iter().zip(shapes).map(|(row, shape)| OutputRow {
            geometry: RowGeometry::Polygons(shape.to_degrees()),
            values: row.values.clone(),
        });
        write_layer(self.columns.clone(), rows.collect(), crs, path)
    }

    fn column(&self, name: &str) -> Result<usize, WorkError> {
        self.columns
            .iter()
            .position(|column| column == name)
            .ok_or_else(|| WorkError::NoSuchColumn {
                column: name.to_owned(),
                columns: self.columns.clone(),
            })
    }

    fn numbers(&self, column: &str) -> Result<Vec<f64>, WorkError> {
        let place = self.column(column)?;
        self.rows
            .iter()
            .map(|row| {
                let value = row.values.get(place).unwrap_or(&Value::Null);
                let number = match value {
                    Value::Null => Some(f64::NEG_INFINITY),
                    #[expect(
                        clippy::cast_precision_loss,
                        reason = "ranks beyond 2^53 are no ranks that a person gives"
                    )]
                    Value::Integer(n) => Some(*n as f64),
                    Value::Real(n) => Some(*n),
                    other => other
                        .to_code_text()
                        .and_then(|text| text.trim().parse().ok()),
                };
                number
                    .filter(|n| !n.is_nan())
                    .ok_or_else(|| WorkError::NotANumber {
                        column: column.to_owned(),
                        code: row.code.clone(),
                        value: value.to_code_text().unwrap_or_default(),
                    })
            })
            .collect()
    }
}

/// Writes dissolved ground, with the number of grids that each is made of.
///
/// # Errors
/// [`WorkError`]; nothing is left half-written.
pub fn write_dissolved(
    column: &str,
    groups: &[(String, usize, Shape)],
    crs: &Crs,
    path: &Path,
) -> Result<(), WorkError> {
    let rows = groups.iter().map(|(value, count, shape)| OutputRow {
        geometry: RowGeometry::Polygons(shape.to_degrees()),
        values: vec![
            Value::Text(value.clone()),
            Value::Integer(i64::try_from(*count).unwrap_or(i64::MAX)),
            Value::Real(shape.area_m2()),
        ],
    });
    let columns = [column, "grids", "area_m2"].map(str::to_owned).to_vec();
    write_layer(columns, rows.collect(), crs, path)
}

fn group_of(row: &CoverageRow, place: usize) -> String {
    let value = row.values.get(place).and_then(Value::to_code_text);
    value.unwrap_or_default()
}

fn write_layer(
    columns: Vec<String>,
    rows: Vec<OutputRow>,
    crs: &Crs,
    path: &Path,
) -> Result<(), WorkError> {
    let format = Format::of_path(path).ok_or_else(|| ExchangeError::UnknownFormat {
        name: path.display().to_string(),
    })?;
    let layer = OutputLayer {
        name: "grids".to_owned(),
        crs: Crs::Lattice,
        columns,
        rows,
    };
    write(
        path,
        format,
        &layer.in_crs(crs, &wangge_crs::Policy::default())?,
    )?;
    Ok(())
}
