//! Examining grids: are they seamless, and do their units follow the scheme.

use std::path::Path;

use wangge_coverage::{Member, Outline, Verdict, prove};
use wangge_exchange::{ImportReport, Reader, outline};
use wangge_model::{Unit, UnitDefect};
use wangge_plane::Shape;
use wangge_store::Store;

use super::evidence::{UnitEvidence, evidence_of, members_of};
use super::import::{GridFiles, Stage, read_drafts, read_table};
use super::{WorkError, plan_to_validate};

/// What an examination found.
#[derive(Debug)]
pub struct Examined {
    /// Codes of the grids, in the order of the verdict's members.
    pub codes: Vec<String>,
    /// The proof, or where it fails.
    pub verdict: Verdict,
    /// What is wrong with the units by the scheme's rules; nothing for files without one.
    pub unit_defects: Vec<UnitDefect>,
    /// Boundaries given for upper levels that are not those of their units.
    pub evidence: Vec<UnitEvidence>,
    /// How the files were read; nothing for a store.
    pub reports: Vec<ImportReport>,
}

/// Examines the grids of files.
///
/// # Errors
/// [`WorkError`] where the files cannot be read as grids.
pub fn examine_files(
    reader: &Reader,
    files: &GridFiles,
    outline: Option<&Shape>,
    progress: &mut dyn FnMut(Stage),
) -> Result<Examined, WorkError> {
    let drafts = read_drafts(reader, files, None, progress)?;
    let members: Vec<Member<'_>> = drafts
        .rows
        .iter()
        .map(|(_, row)| Member {
            code: &row.code,
            shape: &row.shape,
        })
        .collect();
    let verdict = prove(&members, against(outline));
    Ok(Examined {
        codes: drafts
            .rows
            .iter()
            .map(|(_, row)| row.code.clone())
            .collect(),
        verdict,
        unit_defects: Vec::new(),
        evidence: Vec::new(),
        reports: drafts.reports,
    })
}

/// Examines a plan of a store: the one named, else the one draft, else the current plan.
///
/// # Errors
/// [`WorkError`] where there is no such plan.
pub fn examine_store(
    store: &Store,
    named: Option<&str>,
    outline: Option<&Shape>,
) -> Result<Examined, WorkError> {
    let plan = plan_to_validate(store, named)?;
    let contents = store.contents(&plan)?;
    let verdict = prove(&members_of(&contents.grids), against(outline));
    let units: Vec<Unit> = contents
        .grids
        .iter()
        .map(|grid| grid.unit.clone())
        .chain(contents.upper.iter().map(|(unit, _)| unit.clone()))
        .collect();
    Ok(Examined {
        codes: contents
            .grids
            .iter()
            .map(|grid| grid.unit.code.to_string())
            .collect(),
        unit_defects: contents.scheme.check(&units),
        evidence: evidence_of(&contents),
        verdict,
        reports: Vec::new(),
    })
}

/// All polygons of a file as one outline.
///
/// # Errors
/// [`WorkError::NoOutline`] for a file without polygons, and those of reading.
pub fn read_outline(
    reader: &Reader,
    files: &GridFiles,
    path: &Path,
    progress: &mut dyn FnMut(Stage),
) -> Result<Shape, WorkError> {
    let table = read_table(reader, files, path, progress)?;
    outline(&table, &files.request())?.ok_or_else(|| WorkError::NoOutline {
        file: table.source.clone(),
    })
}

fn against(outline: Option<&Shape>) -> Outline<'_> {
    outline.map_or(Outline::OwnRim, Outline::Shape)
}
