//! Importing grids: files in, one transaction, whole or not at all.

use std::collections::HashMap;
use std::path::PathBuf;

use serde::Serialize;
use wangge_crs::{Crs, Policy};
use wangge_exchange::{
    Format, GridRequest, GridRow, ImportReport, Mapping, Progress, ReadRequest, Reader, Table,
    Value, grids,
};
use wangge_model::{Code, LevelIndex, ParentRule, Scheme, Severity, Unit};
use wangge_plane::Shape;
use wangge_store::{Digest, Existing, ImportUnits, Imported, SourceFile, Store};

use super::evidence::{UnitEvidence, evidence_of};
use super::{WorkError, draft_for_import};

/// Files of one level, and how to read them.
#[derive(Debug, Clone, Default)]
pub struct GridFiles {
    /// The files, in order.
    pub paths: Vec<PathBuf>,
    /// The coordinate system, where the files do not say it.
    pub crs: Option<Crs>,
    /// What conversions are allowed.
    pub policy: Policy,
    /// The encoding of attributes, where it is not to be found out.
    pub encoding: Option<String>,
    /// The layer, where a file has several.
    pub layer: Option<String>,
    /// The format, where the name does not say it, or is not to be believed.
    pub format: Option<Format>,
    /// Which columns hold which fields.
    pub mapping: Mapping,
    /// Leave out rows that cannot become grids.
    pub skip_invalid: bool,
    /// Rows of one code become parts of one grid.
    pub merge_parts: bool,
}

impl GridFiles {
    /// How the rows of these files become grids.
    pub(super) fn request(&self) -> GridRequest {
        GridRequest {
            mapping: self.mapping.clone(),
            crs: self.crs.clone(),
            policy: self.policy,
            skip_invalid: self.skip_invalid,
            merge_parts: self.merge_parts,
        }
    }
}

/// What a long piece of work is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Reading a file: rows read so far.
    Reading(u64),
    /// Writing to the store.
    Storing,
}

/// What an import did.
#[derive(Debug)]
pub struct ImportedGrids {
    /// What the store took.
    pub stored: Imported,
    /// The level's id.
    pub level: String,
    /// For each file, what came of its rows.
    pub reports: Vec<ImportReport>,
    /// Boundaries given for upper levels that are not those of their units. Looked for when the
    /// grids are there and seamless.
    pub evidence: Vec<UnitEvidence>,
}

/// The drafts of all files, before codes are looked at.
pub(super) struct Drafts {
    pub(super) rows: Vec<(String, GridRow)>,
    /// The columns of all files by name; the values of every row are in this order.
    pub(super) columns: Vec<String>,
    pub(super) reports: Vec<ImportReport>,
    pub(super) sources: Vec<SourceFile>,
}

/// Imports files of one level into a plan: the one named, else the one draft, else a new one.
///
/// `existing` says what happens to units that the plan has: a redesign imports what it changes.
/// Units of the lowest level and of upper levels follow the same rules; a boundary given for an
/// upper level is kept as evidence and compared with the units below.
///
/// # Errors
/// [`WorkError`]; the store is then as it was.
pub fn import_grids(
    store: &mut Store,
    reader: &Reader,
    files: &GridFiles,
    plan: Option<&str>,
    level: Option<&str>,
    existing: Existing,
    progress: &mut dyn FnMut(Stage),
) -> Result<ImportedGrids, WorkError> {
    let scheme = store.scheme().clone();
    let level = level_named(&scheme, level)?;
    let plan = draft_for_import(store, plan)?;
    let parent_column = match scheme.level_at(level)?.parent() {
        Some(ParentRule::Column(column)) => Some(column.as_str()),
        _ => None,
    };
    let drafts = read_drafts(reader, files, parent_column, progress)?;
    let mut units = Vec::with_capacity(drafts.rows.len());
    for (file, row) in drafts.rows {
        units.push(unit_of(&scheme, level, &file, row)?);
    }
    let defects: Vec<_> = scheme
        .check(
            &units
                .iter()
                .map(|(unit, _)| unit.clone())
                .collect::<Vec<_>>(),
        )
        .into_iter()
        .filter(|defect| defect.severity() == Severity::Error)
        .collect();
    if !defects.is_empty() {
        return Err(WorkError::Rules { defects });
    }
    progress(Stage::Storing);
    let report_json = serde_json::to_string(&Journal {
        reports: &drafts.reports,
    })
    .unwrap_or_default();
    let stored = store.import_units(ImportUnits {
        plan: &plan,
        level,
        units: units
            .into_iter()
            .map(|(unit, shape)| (unit, Some(shape)))
            .collect(),
        existing,
        sources: drafts.sources,
        report_json: &report_json,
    })?;
    Ok(ImportedGrids {
        stored,
        level: scheme.level_at(level)?.id().to_owned(),
        reports: drafts.reports,
        evidence: evidence_of(&store.contents(&plan)?),
    })
}

#[derive(Serialize)]
struct Journal<'a> {
    reports: &'a [ImportReport],
}

/// The level that a person named; the lowest unless told.
pub(super) fn level_named(scheme: &Scheme, level: Option<&str>) -> Result<LevelIndex, WorkError> {
    let Some(id) = level else {
        return Ok(scheme.lowest());
    };
    scheme.level(id).ok_or_else(|| WorkError::UnknownLevel {
        level: id.to_owned(),
        known: scheme.levels().iter().map(|l| l.id().to_owned()).collect(),
    })
}

/// Reads all files and puts their rows on the lattice.
pub(super) fn read_drafts(
    reader: &Reader,
    files: &GridFiles,
    parent_column: Option<&str>,
    progress: &mut dyn FnMut(Stage),
) -> Result<Drafts, WorkError> {
    let mut drafts = Drafts {
        rows: Vec::new(),
        columns: Vec::new(),
        reports: Vec::new(),
        sources: Vec::new(),
    };
    let request = files.request();
    for path in &files.paths {
        let table = read_table(reader, files, path, progress)?;
        let mut draft = grids(&table, &request)?;
        let rows = std::mem::take(&mut draft.rows);
        let places = places_among(&mut drafts.columns, &draft.columns);
        for mut row in rows {
            // a column that a person mapped comes before the one that the scheme names
            if let (None, Some(column)) = (&row.parent, parent_column) {
                row.parent = draft.column_text(&row, column);
            }
            row.values = laid_out(row.values, &places, drafts.columns.len());
            drafts.rows.push((table.source.clone(), row));
        }
        drafts.sources.push(SourceFile::new(path, digest_of(path)));
        drafts.reports.push(draft.report);
    }
    for (_, row) in &mut drafts.rows {
        row.values.resize(drafts.columns.len(), Value::Null);
    }
    drafts.rows = merged_across_files(drafts.rows, files.merge_parts)?;
    Ok(drafts)
}

/// Where the columns of one file stand among those of all, new ones put at the end.
fn places_among(all: &mut Vec<String>, columns: &[String]) -> Vec<usize> {
    columns
        .iter()
        .map(|column| {
            if let Some(place) = all.iter().position(|known| known == column) {
                return place;
            }
            all.push(column.clone());
            all.len() - 1
        })
        .collect()
}

fn laid_out(values: Vec<Value>, places: &[usize], width: usize) -> Vec<Value> {
    let mut row = vec![Value::Null; width];
    for (value, &place) in values.into_iter().zip(places) {
        row[place] = value;
    }
    row
}

pub(super) fn read_table(
    reader: &Reader,
    files: &GridFiles,
    path: &std::path::Path,
    progress: &mut dyn FnMut(Stage),
) -> Result<Table, WorkError> {
    let request = ReadRequest {
        path: path.to_owned(),
        layer: files.layer.clone(),
        encoding: files.encoding.clone(),
        format: files.format,
        plain: false,
    };
    let mut tell = |at: Progress| progress(Stage::Reading(at.rows));
    Ok(reader.read_with(&request, &mut tell)?)
}

/// The digest of a file for the journal; of a folder's name where the input is a folder.
pub(super) fn digest_of(path: &std::path::Path) -> Digest {
    match std::fs::read(path) {
        Ok(bytes) => Digest::of(&bytes),
        Err(_) => Digest::of(path.as_os_str().as_encoded_bytes()),
    }
}

/// A code may stand in several files only when its rows are to be parts of one grid.
fn merged_across_files(
    rows: Vec<(String, GridRow)>,
    merge_parts: bool,
) -> Result<Vec<(String, GridRow)>, WorkError> {
    let mut place_of: HashMap<String, usize> = HashMap::with_capacity(rows.len());
    let mut merged: Vec<(String, GridRow)> = Vec::with_capacity(rows.len());
    for (file, row) in rows {
        let Some(&place) = place_of.get(&row.code) else {
            place_of.insert(row.code.clone(), merged.len());
            merged.push((file, row));
            continue;
        };
        let (first, kept) = &mut merged[place];
        if !merge_parts {
            return Err(WorkError::CodeInTwoFiles {
                code: row.code,
                first: first.clone(),
                second: file,
            });
        }
        let parts = kept.shape.parts().iter().chain(row.shape.parts());
        if let Some(shape) = Shape::new(parts.cloned().collect()) {
            kept.shape = shape;
        }
    }
    Ok(merged)
}

/// A row as a unit of the scheme.
fn unit_of(
    scheme: &Scheme,
    level: LevelIndex,
    file: &str,
    row: GridRow,
) -> Result<(Unit, Shape), WorkError> {
    let number = row.source_rows.first().copied().unwrap_or_default();
    let in_row = |source| WorkError::Row {
        file: file.to_owned(),
        row: number,
        source,
    };
    let mut unit = Unit::new(Code::new(&row.code).map_err(in_row)?, level);
    unit.name = row.name;
    unit.name_en = row.name_en;
    unit.kind = row.kind.as_deref().and_then(|kind| kind.parse().ok());
    unit.households = row.households;
    unit.population = row.population;
    unit.area_m2 = row.area_m2;
    unit.note = row.note;
    let given = row
        .parent
        .as_deref()
        .map(Code::new)
        .transpose()
        .map_err(in_row)?;
    unit.parent = scheme.parent_of(&unit, given.as_ref()).map_err(in_row)?;
    Ok((unit, row.shape))
}
