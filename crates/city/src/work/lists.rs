//! Importing lists: of classes, departments, rules and posts, and of what lies on the map beside
//! the grids. Whole or not at all.

use std::path::PathBuf;

use wangge_crs::{Crs, Policy};
use wangge_exchange::{
    Columns, ListColumns, PlacedRequest, Progress, ReadRequest, Reader, list_rows, placed_rows,
};
use wangge_model::{ListKind, ListRow, PlanState};
use wangge_store::{ImportList, ImportedList, PlanContents, SourceFile, Store};

use super::component_check::refused_places;
use super::import::digest_of;
use super::{Stage, WorkError};
use crate::City;
use crate::responsibility::{ListMistake, Nameable, Responsibility};
use crate::snapshot::check_components;

/// Files of one list, and how to read them.
#[derive(Debug, Clone)]
pub struct ListFiles {
    /// What they are a list of.
    pub kind: ListKind,
    /// The files, in order: together they are the list.
    pub paths: Vec<PathBuf>,
    /// The encoding, where it is not to be found out.
    pub encoding: Option<String>,
    /// The sheet of a workbook, where it has several.
    pub layer: Option<String>,
    /// Which columns hold what.
    pub columns: ListColumns,
    /// The coordinate system, of a list of what lies on the map, where the files do not say it.
    pub crs: Option<Crs>,
    /// What conversions are allowed.
    pub policy: Policy,
}

impl ListFiles {
    /// Files of a list, of which nothing is said.
    pub fn of(kind: ListKind, paths: Vec<PathBuf>) -> Self {
        Self {
            kind,
            paths,
            encoding: None,
            layer: None,
            columns: ListColumns::default(),
            crs: None,
            policy: Policy::default(),
        }
    }
}

/// Where the rows of a file stand among those of a list.
struct FileRows {
    name: String,
    /// What is added to the numbers of its rows.
    before: u64,
}

/// Imports a list, in the place of the one before.
///
/// The list is checked together with the others and with the units of the plan in force, or of the
/// newest plan where none is: a list of departments that leaves out one that a rule names is
/// refused.
///
/// # Errors
/// [`WorkError::List`] with everything that is wrong; the store is then as it was.
pub fn import_list(
    store: &mut Store,
    reader: &Reader,
    files: &ListFiles,
    progress: &mut dyn FnMut(Stage),
) -> Result<ImportedList, WorkError> {
    let read = read_files(reader, files, progress)?;
    let lists = store.lists()?.with(files.kind, read.rows.clone());
    let plan = match store.current()? {
        Some(plan) => Some(plan),
        None => store.plans()?.pop(),
    };
    let contents = plan.map(|plan| store.contents(&plan.name)).transpose()?;
    let nameable = contents.as_ref().map(Nameable::of).unwrap_or_default();
    let mut checked = match Responsibility::read_checked(&lists, store.scheme(), &nameable) {
        Ok(responsibility) => {
            if let Some(contents) = &contents {
                check_components(&contents.components, &responsibility)?;
            }
            Ok(())
        }
        Err(mistakes) => Err(mistakes),
    };
    if let (ListKind::Borders, Ok(()), Some(contents)) = (files.kind, &checked, contents) {
        checked = with_borders(store, PlanContents { lists, ..contents })?;
    }
    if !read.refused.is_empty() {
        let mut mistakes = checked.err().unwrap_or_default();
        mistakes.extend(read.refused);
        mistakes.sort_by_key(|mistake| (mistake.list, mistake.fault.row));
        checked = Err(mistakes);
    }
    if let Err(mistakes) = checked {
        let place = |mistake| in_its_file(files.kind, &read.ranges, mistake);
        return Err(WorkError::List {
            mistakes: mistakes.into_iter().map(place).collect(),
        });
    }
    progress(Stage::Storing);
    Ok(store.import_list(&ImportList {
        kind: files.kind,
        rows: read.rows,
        sources: read.sources,
    })?)
}

/// The rows of all files of a list, their numbers counted on from file to file.
#[derive(Default)]
struct Read {
    rows: Vec<ListRow>,
    /// Rows whose place cannot be used.
    refused: Vec<ListMistake>,
    ranges: Vec<FileRows>,
    sources: Vec<SourceFile>,
}

fn read_files(
    reader: &Reader,
    files: &ListFiles,
    progress: &mut dyn FnMut(Stage),
) -> Result<Read, WorkError> {
    let mut read = Read::default();
    let is_drawn = files.kind.drawn().is_some();
    for path in &files.paths {
        let request = ReadRequest {
            path: path.clone(),
            layer: files.layer.clone(),
            encoding: files.encoding.clone(),
            format: None,
            plain: !is_drawn,
        };
        let mut tell = |at: Progress| progress(Stage::Reading(at.rows));
        let table = reader.read_with(&request, &mut tell)?;
        let before = read.rows.last().map_or(0, |row| row.number);
        let mut of_file = if is_drawn {
            let request = PlacedRequest {
                columns: files.columns.clone(),
                crs: files.crs.clone(),
                policy: files.policy,
            };
            let placed = placed_rows(&table, &Columns::of(files.kind), &request)?;
            let refused = refused_places(files.kind, &placed.rows).into_iter();
            read.refused.extend(refused.map(|mut fault| {
                fault.row += before;
                ListMistake {
                    list: files.kind,
                    fault,
                }
            }));
            placed.rows.into_iter().map(|placed| placed.row).collect()
        } else {
            list_rows(&table, files.kind, &files.columns)?
        };
        for row in &mut of_file {
            row.number += before;
        }
        read.rows.append(&mut of_file);
        read.ranges.push(FileRows {
            name: table.source,
            before,
        });
        read.sources.push(SourceFile::new(path, digest_of(path)));
    }
    Ok(read)
}

/// Whether the grids of all borders have one in common in the plan of these contents or in a
/// draft, which takes the proof to see.
fn with_borders(
    store: &Store,
    contents: PlanContents,
) -> Result<Result<(), Vec<ListMistake>>, WorkError> {
    let (lists, plan) = (contents.lists.clone(), contents.plan.id);
    let mut missing = City::compile(contents)?.borders_that_are_none().to_vec();
    for draft in store.plans()? {
        let open = matches!(draft.state, PlanState::Draft | PlanState::Checked);
        if missing.is_empty() || !open || draft.id == plan {
            continue;
        }
        let lists = lists.clone();
        let contents = PlanContents {
            lists,
            ..store.contents(&draft.name)?
        };
        // a draft may be unsound, and then says nothing about borders
        if let Ok(city) = City::compile(contents) {
            missing.retain(|mistake| city.borders_that_are_none().contains(mistake));
        }
    }
    Ok(if missing.is_empty() {
        Ok(())
    } else {
        Err(missing)
    })
}

/// A mistake with the file that its row is of, and the row's number there; no file for a list
/// that the store has already.
fn in_its_file(
    kind: ListKind,
    files: &[FileRows],
    mistake: ListMistake,
) -> (Option<String>, ListMistake) {
    if mistake.list != kind {
        return (None, mistake);
    }
    let ListMistake { list, mut fault } = mistake;
    let file_of = |row: u64| files.iter().rev().find(|file| file.before < row);
    let file = file_of(fault.row);
    if let Some(earlier) = fault.fault.earlier_row_mut()
        && let Some(of) = file_of(earlier.row)
    {
        earlier.row -= of.before;
        let is_other = file.is_none_or(|file| file.before != of.before);
        earlier.file = is_other.then(|| of.name.clone());
    }
    fault.row -= file.map_or(0, |file| file.before);
    let name = file.map(|file| file.name.clone());
    (name, ListMistake { list, fault })
}
