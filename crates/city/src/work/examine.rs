//! Examining grids: are they seamless, and do their units follow the scheme.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use wangge_coverage::{
    Coverage, Defect, Member, Object, Outline, Survey, Terms, cut_objects, detached_defects,
    duplicate_vertices, survey,
};
use wangge_exchange::{ImportReport, Reader, Skip, objects, outline};
use wangge_model::{Grid, Unit, UnitDefect};
use wangge_plane::{Line, Point, Shape};
use wangge_report::{LatticeMoves, LeftOut, UpperDefect, Validation};
use wangge_store::Store;

use super::evidence::{UnitEvidence, UpperMisfit, evidence_of, members_of, upper_misfits};
use super::import::{GridFiles, Stage, read_drafts, read_table};
use super::readiness::outline_of;
use super::{WorkError, plan_to_validate};

/// What grids are held against.
#[derive(Debug, Clone)]
pub struct Measure {
    /// A boundary that they must cover exactly.
    pub outline: Option<Shape>,
    /// Ground that may be uncovered.
    pub allowed_ground: Option<Shape>,
    /// Defects that may be, by their ids.
    pub allowed_ids: Vec<String>,
    /// Gaps and overlaps narrower than this, metres, are slivers.
    pub sliver_width_m: f64,
    /// Openings of the rim narrower than this, metres, are suspects.
    pub inlet_width_m: f64,
    /// Grids of less ground than this, square metres, are named.
    pub tiny_area_m2: f64,
    /// Grids that are nowhere this many metres wide are named.
    pub thin_width_m: f64,
    /// What boundaries should not cut.
    pub objects: Vec<Object>,
}

impl Measure {
    /// The terms of a survey.
    pub fn terms(&self) -> Terms<'_> {
        Terms {
            outline: self
                .outline
                .as_ref()
                .map_or(Outline::OwnRim, Outline::Shape),
            sliver_width_m: self.sliver_width_m,
            inlet_width_m: self.inlet_width_m,
            tiny_area_m2: self.tiny_area_m2,
            thin_width_m: self.thin_width_m,
            allowed_ground: self.allowed_ground.as_ref(),
            allowed_ids: &self.allowed_ids,
        }
    }
}

impl Default for Measure {
    /// The coverage's own rim, and the widths and areas below which defects are slivers or worth a
    /// look: 1 m, 100 m2, 2 m.
    fn default() -> Self {
        Self {
            outline: None,
            allowed_ground: None,
            allowed_ids: Vec::new(),
            sliver_width_m: 1.0,
            inlet_width_m: 1.0,
            tiny_area_m2: 100.0,
            thin_width_m: 2.0,
            objects: Vec::new(),
        }
    }
}

/// A grid as it was examined.
#[derive(Debug, Clone)]
pub struct ExaminedGrid {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Option<String>,
    /// Its ground.
    pub shape: Shape,
}

/// The units of an upper level.
#[derive(Debug, Clone)]
pub struct UpperLevel {
    /// The level's id.
    pub id: String,
    /// For each unit its code, and the places of its grids.
    pub units: Vec<(String, Vec<usize>)>,
}

/// What an examination found.
#[derive(Debug)]
pub struct Examined {
    /// The grids, in the order of the survey's members.
    pub grids: Vec<ExaminedGrid>,
    /// The verdict, and everything that is wrong or worth knowing.
    pub survey: Survey,
    /// Rows that were left out, with their files.
    pub left_out: Vec<(String, Skip)>,
    /// What is wrong with the units by the scheme's rules; nothing for files without one.
    pub unit_defects: Vec<UnitDefect>,
    /// Boundaries given for upper levels that are not those of their units.
    pub evidence: Vec<UnitEvidence>,
    /// Where they are not, as ground.
    pub upper: Vec<UpperMisfit>,
    /// Upper levels, top to bottom.
    pub levels: Vec<UpperLevel>,
    /// How the files were read; nothing for a store.
    pub reports: Vec<ImportReport>,
}

impl Examined {
    /// The grids as a survey takes them.
    pub fn members(&self) -> Vec<Member<'_>> {
        members(&self.grids)
    }

    /// What was found, as a report.
    pub fn validation(&self) -> Validation {
        let codes: Vec<&str> = self.grids.iter().map(|grid| grid.code.as_str()).collect();
        let upper: Vec<UpperDefect> = self
            .upper
            .iter()
            .map(|misfit| UpperDefect {
                level: misfit.level.clone(),
                code: misfit.code.clone(),
                below: misfit.below.clone(),
                defect: misfit.defect.clone(),
            })
            .collect();
        let left_out: Vec<LeftOut> = self
            .left_out
            .iter()
            .map(|(file, skip)| LeftOut {
                file: file.clone(),
                row: skip.row,
                kind: skip.kind.name(),
                why: skip.why.clone(),
            })
            .collect();
        let moves = LatticeMoves {
            moved: self.reports.iter().map(|report| report.moved).sum(),
            max_move_m: self
                .reports
                .iter()
                .map(|report| report.max_move_m)
                .fold(0.0, f64::max),
        };
        Validation::new(&self.survey, &codes, moves)
            .with_units(&self.unit_defects)
            .with_upper(&upper)
            .with_left_out(&left_out)
    }
}

/// Examines the grids of files.
///
/// # Errors
/// [`WorkError`] where the files cannot be read as grids.
pub fn examine_files(
    reader: &Reader,
    files: &GridFiles,
    measure: &Measure,
    progress: &mut dyn FnMut(Stage),
) -> Result<Examined, WorkError> {
    let drafts = read_drafts(reader, files, None, progress)?;
    let mut repeated = Vec::new();
    let grids: Vec<ExaminedGrid> = drafts
        .rows
        .into_iter()
        .map(|(_, row)| {
            repeated.push(row.repeated);
            ExaminedGrid {
                code: row.code,
                name: row.name,
                shape: row.shape,
            }
        })
        .collect();
    let mut survey = surveyed(&grids, measure);
    for (at, (grid, vertices)) in grids.iter().zip(repeated).enumerate() {
        survey
            .defects
            .extend(duplicate_vertices(at, &grid.code, vertices));
    }
    Ok(Examined {
        survey,
        grids,
        left_out: left_out(&drafts.reports),
        unit_defects: Vec::new(),
        evidence: Vec::new(),
        upper: Vec::new(),
        levels: Vec::new(),
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
    measure: &Measure,
) -> Result<Examined, WorkError> {
    let plan = plan_to_validate(store, named)?;
    let contents = store.contents(&plan)?;
    let grids: Vec<ExaminedGrid> = contents
        .grids
        .iter()
        .map(|grid| ExaminedGrid {
            code: grid.unit.code.to_string(),
            name: grid.unit.name.clone(),
            shape: grid.shape.clone(),
        })
        .collect();
    let mut survey = surveyed(&grids, measure);
    survey.defects.extend(cut_off(&contents.grids));
    let units: Vec<Unit> = contents
        .grids
        .iter()
        .map(|grid| grid.unit.clone())
        .chain(contents.upper.iter().map(|(unit, _)| unit.clone()))
        .collect();
    Ok(Examined {
        grids,
        survey,
        left_out: Vec::new(),
        unit_defects: contents.scheme.check(&units),
        evidence: evidence_of(&contents),
        upper: upper_misfits(&contents, measure),
        levels: levels(&contents.grids, &contents.scheme, &units),
        reports: Vec::new(),
    })
}

/// Examines a plan of a store as it would be published: against the outline that it would be
/// measured by, unless the measure has one.
///
/// # Errors
/// The store's.
pub fn examine_plan(
    store: &Store,
    plan: &str,
    measure: Measure,
) -> Result<(Examined, Measure), WorkError> {
    let outline = match measure.outline {
        Some(outline) => Some(outline),
        None => outline_of(store, &store.contents(plan)?)?,
    };
    let measure = Measure { outline, ..measure };
    Ok((examine_store(store, Some(plan), &measure)?, measure))
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

/// All lines and polygons of files as objects that boundaries should not cut.
///
/// # Errors
/// Those of reading.
pub fn read_objects(
    reader: &Reader,
    files: &GridFiles,
    paths: &[PathBuf],
    progress: &mut dyn FnMut(Stage),
) -> Result<Vec<Object>, WorkError> {
    let mut found = Vec::new();
    for path in paths {
        let table = read_table(reader, files, path, progress)?;
        let drawn = objects(&table, &files.request())?;
        found.extend(drawn.into_iter().map(|object| Object {
            name: object.name,
            edges: object.edges,
            ground: object.ground,
        }));
    }
    Ok(found)
}

/// All lines of a file as one of several parts.
///
/// # Errors
/// [`WorkError::NoLine`] for a file without lines, and those of reading.
pub fn read_line(
    reader: &Reader,
    files: &GridFiles,
    path: &Path,
    progress: &mut dyn FnMut(Stage),
) -> Result<Line, WorkError> {
    let table = read_table(reader, files, path, progress)?;
    let drawn = objects(&table, &files.request())?;
    let mut parts: Vec<Vec<Point>> = Vec::new();
    for object in drawn.iter().filter(|object| object.ground.is_none()) {
        let mut end = None;
        for edge in &object.edges {
            // edges that go on from each other are one part
            match parts.last_mut().filter(|_| end == Some(edge.start())) {
                Some(part) => part.push(edge.end()),
                None => parts.push(vec![edge.start(), edge.end()]),
            }
            end = Some(edge.end());
        }
    }
    Line::new(parts).ok_or_else(|| WorkError::NoLine {
        file: table.source.clone(),
    })
}

fn members(grids: &[ExaminedGrid]) -> Vec<Member<'_>> {
    grids
        .iter()
        .map(|grid| Member {
            code: &grid.code,
            shape: &grid.shape,
        })
        .collect()
}

fn surveyed(grids: &[ExaminedGrid], measure: &Measure) -> Survey {
    let members = members(grids);
    let mut survey = survey(&members, &measure.terms());
    if !measure.objects.is_empty() {
        survey
            .defects
            .extend(cut_objects(&members, &measure.objects));
    }
    survey
}

pub(super) fn left_out(reports: &[ImportReport]) -> Vec<(String, Skip)> {
    reports
        .iter()
        .flat_map(|report| {
            let rows = report.skipped.iter().cloned();
            rows.map(|skip| (report.source.clone(), skip))
        })
        .collect()
}

/// Grids that are cut off from the rest of their parent's ground.
fn cut_off(grids: &[Grid]) -> Vec<Defect> {
    let Ok(coverage) = Coverage::build(&members_of(grids)) else {
        return Vec::new();
    };
    let place_of: HashMap<&str, usize> = grids
        .iter()
        .enumerate()
        .map(|(at, grid)| (grid.unit.code.as_str(), at))
        .collect();
    let mut groups: HashMap<Option<&str>, u32> = HashMap::new();
    let mut group_of = vec![0; coverage.owners()];
    for grid in grids {
        let parent = grid.unit.parent.as_ref().map(wangge_model::Code::as_str);
        let fresh = u32::try_from(groups.len()).unwrap_or(u32::MAX);
        let group = *groups.entry(parent).or_insert(fresh);
        if let Some(owner) = coverage.owner(grid.unit.code.as_str()) {
            group_of[owner.0 as usize] = group;
        }
    }
    detached_defects(&coverage, &group_of, |owner| place_of[coverage.code(owner)])
}

/// The grids of each unit of each upper level, top to bottom.
fn levels(grids: &[Grid], scheme: &wangge_model::Scheme, units: &[Unit]) -> Vec<UpperLevel> {
    let parent_of: HashMap<&str, &str> = units
        .iter()
        .filter_map(|unit| Some((unit.code.as_str(), unit.parent.as_ref()?.as_str())))
        .collect();
    let lowest = scheme.lowest().0;
    let mut of_level: Vec<std::collections::BTreeMap<String, Vec<usize>>> =
        vec![std::collections::BTreeMap::new(); lowest];
    for (at, grid) in grids.iter().enumerate() {
        let mut code = grid.unit.code.as_str();
        for level in (0..lowest).rev() {
            let Some(&parent) = parent_of.get(code) else {
                break;
            };
            of_level[level]
                .entry(parent.to_owned())
                .or_default()
                .push(at);
            code = parent;
        }
    }
    scheme
        .levels()
        .iter()
        .zip(of_level)
        .filter(|(_, units)| !units.is_empty())
        .map(|(level, units)| UpperLevel {
            id: level.id().to_owned(),
            units: units.into_iter().collect(),
        })
        .collect()
}
