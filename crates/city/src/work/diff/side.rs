//! One of the two plans, read from files or from a store.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use wangge_coverage::Coverage;
use wangge_exchange::{Reader, Skip};
use wangge_model::{Code, Grid, LevelIndex, Scheme, Unit};
use wangge_plane::Shape;
use wangge_store::{PlanContents, PlanRecord, Store};

use crate::CityError;
use crate::work::evidence::members_of;
use crate::work::examine::left_out;
use crate::work::import::{GridFiles, Stage, level_named, read_drafts};
use crate::work::{WorkError, plan_to_export};

/// Where a plan comes from.
#[derive(Debug, Clone)]
pub enum PlanSource {
    /// Files of its grids.
    Files(GridFiles),
    /// A plan of a store.
    Store {
        /// The store.
        path: PathBuf,
        /// The plan's name; the one in force unless it is given.
        plan: Option<String>,
        /// The level whose units are compared; the lowest unless it is given. Units of an upper
        /// level are drawn from their grids, and nothing is told of them beyond their ground.
        level: Option<String>,
    },
}

/// A grid of a plan.
#[derive(Debug, Clone)]
pub struct PlanGrid {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Option<String>,
    /// Its ground.
    pub shape: Shape,
    /// Households, as its record says.
    pub households: Option<u32>,
    /// People, as its record says.
    pub population: Option<u32>,
    /// The code of its parent, as its record says.
    pub parent: Option<String>,
    /// Its kind, in the record's word.
    pub kind: Option<String>,
}

/// One of the two plans.
#[derive(Debug)]
pub struct PlanSide {
    /// What it is called: the files' names, or the store's and the plan's.
    pub name: String,
    /// Its grids; a plan of a store has them by code.
    pub grids: Vec<PlanGrid>,
    /// What a store knows beyond the grids; `None` for files.
    pub store: Option<StoreSide>,
    /// Rows of files that were left out.
    pub left_out: Vec<(String, Skip)>,
}

/// What a store knows of a plan beyond its grids.
#[derive(Debug)]
pub struct StoreSide {
    /// The plan.
    pub plan: PlanRecord,
    /// The levels.
    pub scheme: Scheme,
    /// Everything else; its grids have gone to the side's.
    pub contents: PlanContents,
}

impl PlanSource {
    /// What a person wrote: `STORE#plan`, a store, or else a file, to be read as `files` says.
    ///
    /// A file that is there under the whole name is meant, whatever is in it; a store without a plan
    /// means the one in force.
    pub fn named(text: &Path, files: &GridFiles) -> Self {
        let of_files = || {
            Self::Files(GridFiles {
                paths: vec![text.to_owned()],
                ..files.clone()
            })
        };
        if text.exists() {
            return if Store::open_read_only(text).is_ok() {
                Self::Store {
                    path: text.to_owned(),
                    plan: None,
                    level: None,
                }
            } else {
                of_files()
            };
        }
        match text.to_str().and_then(|text| text.rsplit_once('#')) {
            Some((store, plan)) if !store.is_empty() && !plan.is_empty() => Self::Store {
                path: PathBuf::from(store),
                plan: Some(plan.to_owned()),
                level: None,
            },
            _ => of_files(),
        }
    }

    /// The same at a level; `None` for files, which do not know of levels.
    #[must_use]
    pub fn at_level(self, id: &str) -> Option<Self> {
        match self {
            Self::Files(_) => None,
            Self::Store { path, plan, .. } => Some(Self::Store {
                path,
                plan,
                level: Some(id.to_owned()),
            }),
        }
    }

    /// The files and stores that are read.
    pub fn paths(&self) -> Vec<&Path> {
        match self {
            Self::Files(files) => files.paths.iter().map(PathBuf::as_path).collect(),
            Self::Store { path, .. } => vec![path],
        }
    }
}

/// Reads a plan.
///
/// # Errors
/// [`WorkError`] where the files cannot be read as grids, or there is no such store or plan.
pub fn read_plan(
    reader: &Reader,
    source: &PlanSource,
    progress: &mut dyn FnMut(Stage),
) -> Result<PlanSide, WorkError> {
    match source {
        PlanSource::Files(files) => of_files(reader, files, progress),
        PlanSource::Store { path, plan, level } => {
            of_store(path, plan.as_deref(), level.as_deref())
        }
    }
}

fn of_files(
    reader: &Reader,
    files: &GridFiles,
    progress: &mut dyn FnMut(Stage),
) -> Result<PlanSide, WorkError> {
    let drafts = read_drafts(reader, files, None, progress)?;
    let names: Vec<String> = files.paths.iter().map(|path| file_name(path)).collect();
    let grids = drafts.rows.into_iter().map(|(_, row)| PlanGrid {
        code: row.code,
        name: row.name,
        shape: row.shape,
        households: row.households,
        population: row.population,
        parent: row.parent,
        kind: row.kind,
    });
    Ok(PlanSide {
        name: names.join(", "),
        grids: grids.collect(),
        store: None,
        left_out: left_out(&drafts.reports),
    })
}

fn of_store(path: &Path, plan: Option<&str>, level: Option<&str>) -> Result<PlanSide, WorkError> {
    let store = Store::open_read_only(path)?;
    let plan = plan_to_export(&store, plan)?;
    let contents = store.contents(&plan)?;
    let name = format!("{}#{plan}", file_name(path));
    let level = level.map(|id| level_named(&contents.scheme, Some(id)));
    if let Some(level) = level.transpose()?
        && level < contents.scheme.lowest()
    {
        return Ok(PlanSide {
            name,
            grids: upper_units(&contents, level)?,
            store: None,
            left_out: Vec::new(),
        });
    }
    Ok(PlanSide::of_contents(name, contents))
}

impl PlanSide {
    /// A plan as a store gave it, under a name for reports.
    pub fn of_contents(name: String, mut contents: PlanContents) -> Self {
        let grids = std::mem::take(&mut contents.grids);
        Self {
            name,
            grids: grids.into_iter().map(PlanGrid::of_unit).collect(),
            store: Some(StoreSide {
                plan: contents.plan.clone(),
                scheme: contents.scheme.clone(),
                contents,
            }),
            left_out: Vec::new(),
        }
    }
}

/// The units of an upper level, each drawn from its grids.
fn upper_units(contents: &PlanContents, level: LevelIndex) -> Result<Vec<PlanGrid>, WorkError> {
    let coverage = Coverage::build_around_gaps(&members_of(&contents.grids))
        .map_err(|verdict| CityError::NotSeamless { verdict })?;
    let known: HashMap<&Code, &Unit> = contents
        .upper
        .iter()
        .map(|(unit, _)| (&unit.code, unit))
        .collect();
    let scheme = &contents.scheme;
    let mut units: BTreeMap<Code, Unit> = BTreeMap::new();
    let mut of_grid = Vec::with_capacity(contents.grids.len());
    for grid in &contents.grids {
        let mut unit = grid.unit.clone();
        while unit.level > level {
            let Some(above) = scheme.parent_of(&unit, unit.parent.as_ref())? else {
                break;
            };
            let upper = LevelIndex(unit.level.0 - 1);
            let known = known.get(&above).map(|unit| (*unit).clone());
            unit = known.unwrap_or_else(|| Unit::new(above, upper));
        }
        of_grid.push(unit.code.clone());
        units.entry(unit.code.clone()).or_insert(unit);
    }
    let number: HashMap<&Code, u32> = units.keys().zip(0u32..).collect();
    // grids stand by code, as the owners of their coverage do
    let groups: Vec<u32> = of_grid.iter().map(|code| number[code]).collect();
    let shapes = coverage.dissolve(&groups, units.len());
    let drawn = units.into_values().zip(shapes);
    Ok(drawn
        .filter_map(|(unit, shape)| {
            Some(PlanGrid::of_unit(Grid {
                unit,
                shape: shape?,
            }))
        })
        .collect())
}

impl PlanGrid {
    fn of_unit(grid: Grid) -> Self {
        let Grid { unit, shape } = grid;
        let Unit {
            code,
            name,
            parent,
            kind,
            households,
            population,
            ..
        } = unit;
        Self {
            code: code.to_string(),
            name,
            shape,
            households,
            population,
            parent: parent.map(|code| code.to_string()),
            kind: kind.map(|kind| kind.as_str().to_owned()),
        }
    }
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}
