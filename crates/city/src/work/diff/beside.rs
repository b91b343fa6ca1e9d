//! What is known beside the grids of two plans: components, households, streets, open cases; from
//! files, else from the store of a plan.

use std::path::{Path, PathBuf};

use wangge_crs::{Crs, Policy};
use wangge_exchange::{
    Columns, ListColumns, PlacedRequest, PlacedRows, Progress, ReadRequest, Reader, placed_rows,
};
use wangge_model::{Component, Dwelling, Limits, ListKind, Street};
use wangge_plane::Point;

use super::Comparison;
use crate::responsibility::Responsibility;
use crate::work::{Stage, WorkError};

/// Files with what is known beside the grids, and how to read them.
#[derive(Debug, Clone, Default)]
pub struct BesideFiles {
    /// Components.
    pub components: Option<PathBuf>,
    /// Which of its columns hold what.
    pub component_columns: ListColumns,
    /// Households.
    pub households: Option<PathBuf>,
    /// Open cases.
    pub cases: Option<PathBuf>,
    /// Which of its columns hold what.
    pub case_columns: ListColumns,
    /// The coordinate system, where a file does not say it; that of the lattice unless given.
    pub crs: Option<Crs>,
    /// What conversions are allowed.
    pub policy: Policy,
}

/// A component, as far as a redesign asks about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// Its code.
    pub code: String,
    /// Its class.
    pub class: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// The point that stands for it.
    pub at: Point,
}

/// A case that is open.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenCase {
    /// Its number.
    pub id: String,
    /// The class of what is reported.
    pub class: Option<String>,
    /// When it was opened, as the file says it.
    pub opened: Option<String>,
    /// Where.
    pub at: Point,
}

/// What is known beside the grids.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    /// Components; `None` where nobody knows of any.
    pub components: Option<Vec<Standing>>,
    /// Addresses or buildings with who lives there; empty where nobody knows of any.
    pub dwellings: Vec<Dwelling>,
    /// Streets; empty where nobody knows of any.
    pub streets: Vec<Street>,
    /// What the scheme wants grids to keep to.
    pub limits: Option<Limits>,
    /// Open cases.
    pub cases: Vec<OpenCase>,
    /// Rows of files that have no place or no code: the file's name and how many.
    pub left_out: Vec<(String, usize)>,
}

const CASE_COLUMNS: &[&str] = &["id", "class", "opened"];

impl Beside {
    /// Reads the files, and takes from the store of a plan (of the new one first) what they do not
    /// say.
    ///
    /// # Errors
    /// [`WorkError`] where a file cannot be read or has not the columns it needs.
    pub fn gather(
        comparison: &Comparison,
        reader: &Reader,
        files: &BesideFiles,
        progress: &mut dyn FnMut(Stage),
    ) -> Result<Self, WorkError> {
        let mut known = Self::of_stores(comparison);
        if let Some(path) = &files.components {
            let columns = (Columns::of_components(), &files.component_columns);
            let placed = read_placed(reader, files, path, columns, progress)?;
            let found = known.kept(&placed, |get, at| {
                Some(Standing {
                    code: get("code")?,
                    class: get("class"),
                    name: get("name"),
                    at,
                })
            });
            known.components = Some(found);
        }
        if let Some(path) = &files.households {
            let columns = (Columns::of(ListKind::Households), &ListColumns::default());
            let placed = read_placed(reader, files, path, columns, progress)?;
            let rows: Vec<_> = placed.rows.iter().map(|row| row.row.clone()).collect();
            let drawn = ListKind::Households.drawn().unwrap_or_default();
            let (dwellings, faults) = Dwelling::read_sound(&rows, drawn);
            if !faults.is_empty() {
                let left = rows.len() - dwellings.len();
                known.left_out.push((placed.report.source.clone(), left));
            }
            known.dwellings = dwellings;
        }
        if let Some(path) = &files.cases {
            let columns = Columns {
                list: "cases",
                names: CASE_COLUMNS,
                required: &["id"],
                standard: &[],
            };
            let placed = read_placed(
                reader,
                files,
                path,
                (columns, &files.case_columns),
                progress,
            )?;
            known.cases = known.kept(&placed, |get, at| {
                Some(OpenCase {
                    id: get("id")?,
                    class: get("class"),
                    opened: get("opened"),
                    at,
                })
            });
        }
        Ok(known)
    }

    fn of_stores(comparison: &Comparison) -> Self {
        let stores = [&comparison.new, &comparison.old];
        let Some(store) = stores.into_iter().find_map(|side| side.store.as_ref()) else {
            return Self::default();
        };
        let lists = &store.contents.lists;
        let read = Responsibility::read(lists).unwrap_or_default();
        let components: Vec<Standing> = store.contents.components.iter().map(standing).collect();
        let lowest = store.scheme.lowest();
        let level = store.scheme.level_at(lowest).ok();
        Self {
            components: (!components.is_empty()).then_some(components),
            dwellings: if read.households.is_empty() {
                read.buildings
            } else {
                read.households
            },
            streets: read.streets,
            limits: level.map(wangge_model::Level::limits),
            ..Self::default()
        }
    }

    /// What the rows with a place are; the others are counted.
    fn kept<T>(
        &mut self,
        placed: &PlacedRows,
        of: impl Fn(&dyn Fn(&str) -> Option<String>, Point) -> Option<T>,
    ) -> Vec<T> {
        let found: Vec<T> = placed
            .rows
            .iter()
            .filter_map(|row| {
                let at = row.row.place.as_ref()?.middle();
                of(&|column| row.row.get(column).map(str::to_owned), at)
            })
            .collect();
        let left = placed.rows.len() - found.len();
        if left > 0 {
            self.left_out.push((placed.report.source.clone(), left));
        }
        found
    }
}

fn standing(component: &Component) -> Standing {
    Standing {
        code: component.code.to_string(),
        class: Some(component.class.to_string()),
        name: component.name.clone(),
        at: component.figure.middle(),
    }
}

fn read_placed(
    reader: &Reader,
    files: &BesideFiles,
    path: &Path,
    (columns, chosen): (Columns, &ListColumns),
    progress: &mut dyn FnMut(Stage),
) -> Result<PlacedRows, WorkError> {
    let request = ReadRequest {
        path: path.to_owned(),
        layer: None,
        encoding: None,
        format: None,
        plain: false,
    };
    let mut tell = |at: Progress| progress(Stage::Reading(at.rows));
    let table = reader.read_with(&request, &mut tell)?;
    // a list of longitudes and latitudes has no place to say a system
    let is_list = path.extension().is_some_and(|extension| {
        let extension = extension.to_ascii_lowercase();
        extension == "csv" || extension == "xlsx"
    });
    let request = PlacedRequest {
        columns: chosen.clone(),
        crs: files.crs.clone().or(is_list.then_some(Crs::Lattice)),
        policy: files.policy,
    };
    Ok(placed_rows(&table, &columns, &request)?)
}
