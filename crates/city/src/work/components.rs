//! Importing components (部件): checked against classes, departments and the ground, whole or not
//! at all.

use std::collections::HashMap;
use std::path::PathBuf;

use wangge_crs::{Crs, Policy};
use wangge_exchange::{
    Columns, ListColumns, PlacedReport, PlacedRequest, Progress, ReadRequest, Reader, Table,
    placed_rows,
};
use wangge_model::{Code, EarlierRow, ListFault, RowFault};
use wangge_store::{ImportComponents, ImportedComponents, SourceFile, Store};

use super::component_check::{Check, ComponentFinding, Draft};
use super::import::digest_of;
use super::{Stage, WorkError, city_of};
use crate::City;

/// Files of components, and how to read them.
#[derive(Debug, Clone, Default)]
pub struct ComponentFiles {
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
    /// Which columns hold what.
    pub columns: ListColumns,
    /// The class of all components that do not say theirs.
    pub class: Option<Code>,
    /// A code that the store has for another class is not a mistake, but moves to this one.
    pub reclassify: bool,
    /// They are all there are: components of the store that are not among them end.
    pub complete: bool,
    /// Rows in which something is wrong are left out, for the caller to put aside.
    pub put_aside: bool,
}

/// What an import of components did.
#[derive(Debug)]
pub struct ComponentImport {
    /// What the store took; nothing when every row was wrong.
    pub stored: ImportedComponents,
    /// For each file, how it was read.
    pub files: Vec<PlacedReport>,
    /// Rows in which something is wrong, which were left out.
    pub aside: Vec<BadRow>,
    /// What disagrees, but kept no row out.
    pub findings: Vec<ComponentFinding>,
}

/// A row that was left out.
#[derive(Debug, Clone)]
pub struct BadRow {
    /// The file, by its place among the files.
    pub file: usize,
    /// Its number in the file.
    pub row: u64,
    /// Everything that is wrong with it.
    pub faults: Vec<RowFault>,
}

/// Puts rows of tables aside before the others are taken in.
pub type PutAside<'a> = dyn FnMut(&[Table], &[BadRow]) -> Result<(), WorkError> + 'a;

/// Everything that files hold, as far as it is read.
#[derive(Default)]
struct Read {
    /// Kept for rows that are put aside.
    tables: Vec<Table>,
    reports: Vec<PlacedReport>,
    sources: Vec<SourceFile>,
    drafts: Vec<Draft>,
    bad: Vec<BadRow>,
}

/// Imports components by code: what the store has of a code already gets a new version where
/// anything differs.
///
/// They are checked against the classes, departments and scheme of the store, and against the
/// grids of the plan in force, or of the newest plan where none is. `aside` gets the tables of the
/// files and the rows that were left out, before anything is stored.
///
/// # Errors
/// [`WorkError::Rows`] with everything that is wrong, unless such rows are to be put aside;
/// [`WorkError::NoPlans`]; the store is then as it was.
pub fn import_components(
    store: &mut Store,
    reader: &Reader,
    files: &ComponentFiles,
    aside: &mut PutAside<'_>,
    progress: &mut dyn FnMut(Stage),
) -> Result<ComponentImport, WorkError> {
    let city = city_to_place_on(store)?;
    let check = Check::of(&city, files);
    let mut read = read_files(reader, files, &check, progress)?;
    let drafts = once_each(read.drafts, &read.reports, &mut read.bad);
    read.bad.sort_by_key(|bad| (bad.file, bad.row));
    if !read.bad.is_empty() && !files.put_aside {
        return Err(WorkError::Rows {
            count: read.bad.len(),
            list: "components",
            mistakes: mistakes(&read.bad, &read.reports),
        });
    }
    let findings = check.findings(&drafts, &read.reports);
    if !read.bad.is_empty() {
        aside(&read.tables, &read.bad)?;
    }
    progress(Stage::Storing);
    let report = serde_json::json!({
        "files": read.reports,
        "findings": findings.len(),
        "aside": read.bad.len(),
    });
    let stored = store.import_components(ImportComponents {
        components: drafts.into_iter().map(|draft| draft.component).collect(),
        complete: files.complete,
        sources: read.sources,
        report_json: &report.to_string(),
    })?;
    Ok(ComponentImport {
        stored,
        files: read.reports,
        aside: read.bad,
        findings,
    })
}

/// Reads all files, and tells sound rows from wrong ones.
fn read_files(
    reader: &Reader,
    files: &ComponentFiles,
    check: &Check<'_>,
    progress: &mut dyn FnMut(Stage),
) -> Result<Read, WorkError> {
    let mut read = Read::default();
    for (file, path) in files.paths.iter().enumerate() {
        let request = ReadRequest {
            path: path.clone(),
            layer: files.layer.clone(),
            encoding: files.encoding.clone(),
            format: None,
            plain: false,
        };
        let mut tell = |at: Progress| progress(Stage::Reading(at.rows));
        let table = reader.read_with(&request, &mut tell)?;
        let request = PlacedRequest {
            columns: files.columns.clone(),
            crs: files.crs.clone(),
            policy: files.policy,
        };
        let placed = placed_rows(&table, &Columns::of_components(), &request)?;
        for row in placed.rows {
            match check.row(&row, &placed.report) {
                Ok(component) => read.drafts.push(Draft {
                    file,
                    row: row.row.number,
                    component,
                    decimals: row.decimals.filter(|_| placed.report.in_degrees),
                }),
                Err(faults) => read.bad.push(BadRow {
                    file,
                    row: row.row.number,
                    faults,
                }),
            }
        }
        read.sources.push(SourceFile::new(path, digest_of(path)));
        read.reports.push(placed.report);
        if files.put_aside {
            read.tables.push(table);
        }
    }
    Ok(read)
}

/// The city of the plan in force, or of the newest one, with the store's components.
fn city_to_place_on(store: &Store) -> Result<City, WorkError> {
    let plan = match store.current()? {
        Some(plan) => Some(plan),
        None => store.plans()?.pop(),
    };
    let plan = plan.ok_or(WorkError::NoPlanToPlaceOn)?;
    city_of(store, &plan.name)
}

/// Every fault with the name of its file.
fn mistakes(bad: &[BadRow], files: &[PlacedReport]) -> Vec<(String, RowFault)> {
    let mut all: Vec<(usize, &RowFault)> = bad
        .iter()
        .flat_map(|bad| bad.faults.iter().map(|fault| (bad.file, fault)))
        .collect();
    all.sort_by_key(|(file, fault)| (*file, fault.row));
    all.into_iter()
        .map(|(file, fault)| (files[file].source.clone(), fault.clone()))
        .collect()
}

/// The drafts whose codes no earlier one has; the others are bad rows.
fn once_each(drafts: Vec<Draft>, files: &[PlacedReport], bad: &mut Vec<BadRow>) -> Vec<Draft> {
    let mut first: HashMap<Code, (usize, u64)> = HashMap::with_capacity(drafts.len());
    let mut kept = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let code = &draft.component.code;
        let Some(&(file, row)) = first.get(code) else {
            first.insert(code.clone(), (draft.file, draft.row));
            kept.push(draft);
            continue;
        };
        let other = (file != draft.file).then(|| files[file].source.clone());
        let fault = ListFault::Twice {
            code: code.clone(),
            first: EarlierRow { row, file: other },
        };
        bad.push(BadRow {
            file: draft.file,
            row: draft.row,
            faults: vec![RowFault {
                row: draft.row,
                column: "code".to_owned(),
                fault,
            }],
        });
    }
    kept
}
