//! A small city with two plans: the one in force, and one that draws and names it anew.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use wangge_model::PlanState;
use wangge_store::{Digest, Store, StoreError};

use crate::support::drawing::{Grid, board, geojson};
use crate::support::{Desk, ONE_LEVEL, run};

/// Columns and rows of its grids.
const SIDES: (i64, i64) = (12, 10);

/// A folder with a store in which plan `old` is in force, and with the files of both plans.
pub(crate) struct City {
    pub(crate) desk: Desk,
    pub(crate) store: PathBuf,
    /// The grids of plan `new`.
    pub(crate) redrawn: PathBuf,
}

impl City {
    /// With plan `old` in force.
    pub(crate) fn new() -> Self {
        let desk = Desk::new();
        let store = desk.store("city.gpkg", ONE_LEVEL);
        let old = board(SIDES.0, SIDES.1);
        let old = desk.write("old.geojson", &geojson(&named(old, "旧")));
        crate::support::publish(&store, &old, &["--plan", "old"]);
        let redrawn = desk.write("new.geojson", &geojson(&redrawn()));
        Self {
            desk,
            store,
            redrawn,
        }
    }

    /// The same, with plan `new` as a draft beside it.
    pub(crate) fn with_draft() -> Self {
        let city = Self::new();
        run(&city.import(&city.store)).expect_code(0);
        city
    }

    /// Imports plan `new` into a store.
    pub(crate) fn import(&self, store: &Path) -> Vec<OsString> {
        let redrawn = self.redrawn.as_os_str();
        words(&["import", "grids"], &[redrawn, "--store".as_ref()], store)
            .into_iter()
            .chain(["--plan".into(), "new".into()])
            .collect()
    }

    /// Publishes plan `new` of a store.
    pub(crate) fn publish(store: &Path) -> Vec<OsString> {
        words(&["publish", "--plan", "new"], &["--store".as_ref()], store)
    }

    /// A copy of the store in a folder of its own.
    pub(crate) fn copy_to(&self, folder: &Path) -> PathBuf {
        fs::create_dir_all(folder).unwrap();
        let copy = folder.join("city.gpkg");
        fs::copy(&self.store, &copy).unwrap();
        copy
    }
}

fn words(first: &[&str], then: &[&std::ffi::OsStr], last: &Path) -> Vec<OsString> {
    let first = first.iter().map(OsString::from);
    first
        .chain(then.iter().map(OsString::from))
        .chain([last.into()])
        .collect()
}

/// The same ground with three more vertices on every side, and other names.
fn redrawn() -> Vec<Grid> {
    let mut grids = named(board(SIDES.0, SIDES.1), "新");
    for grid in &mut grids {
        for ring in grid.parts.iter_mut().flatten() {
            let corners = ring.clone();
            *ring = vec![corners[0]];
            for side in corners.windows(2) {
                let ((x, y), (to_x, to_y)) = (side[0], side[1]);
                let part = |of: i64| (x + (to_x - x) * of / 4, y + (to_y - y) * of / 4);
                ring.extend([part(1), part(2), part(3), part(4)]);
            }
        }
    }
    grids
}

fn named(grids: Vec<Grid>, word: &str) -> Vec<Grid> {
    let names = (1..).map(|number| format!("{word}第{number}网格"));
    grids
        .into_iter()
        .zip(names)
        .map(|(grid, name)| grid.with("name", name))
        .collect()
}

/// What a store holds, down to the digest of every plan's contents. Times are left out, which
/// differ from one run to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State {
    plans: Vec<Plan>,
    commits: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Plan {
    name: String,
    state: PlanState,
    revision: i64,
    in_force: bool,
    contents: Digest,
}

impl State {
    /// Opens a store as a program does that will write, which undoes what was cut off, has it
    /// checked, and reads it. An error says what is wrong with it.
    pub(crate) fn of(store: &Path) -> Result<Self, String> {
        let told = |error: StoreError| error.to_string();
        let store = Store::open(store).map_err(told)?;
        if let Some(fault) = store.check().map_err(told)?.first() {
            return Err(fault.to_string());
        }
        Self::read(&store).map_err(told)
    }

    fn read(store: &Store) -> Result<Self, StoreError> {
        let current = store.current()?.map(|plan| plan.id);
        let plans = store.plans()?.into_iter().map(|plan| {
            Ok(Plan {
                contents: store.contents(&plan.name)?.content_hash,
                in_force: current == Some(plan.id),
                name: plan.name,
                state: plan.state,
                revision: plan.revision,
            })
        });
        Ok(Self {
            plans: plans.collect::<Result<_, _>>()?,
            commits: store.change_counter()?.commits,
        })
    }

    /// The names of the plans, oldest first.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.plans.iter().map(|plan| plan.name.as_str()).collect()
    }

    /// Where a file is left beside a store in this state that opening it did not need for putting
    /// things right, the next write takes it away, and changes nothing else.
    pub(crate) fn goes_on(&self, store: &Path) -> Result<(), String> {
        let files = || fs::read_dir(store.parent().unwrap()).unwrap().count();
        if files() == 1 {
            return Ok(());
        }
        let begun = Store::open(store).and_then(|mut store| store.create_plan("next", None, None));
        begun.map_err(|error| error.to_string())?;
        let after = Self::of(store)?;
        if after.plans.len() != self.plans.len() + 1 || !after.plans.starts_with(&self.plans) {
            return Err(format!("{self:?} became {after:?}"));
        }
        match files() {
            1 => Ok(()),
            count => Err(format!("{count} files are left")),
        }
    }

    /// The plan in force.
    pub(crate) fn in_force(&self) -> Option<&str> {
        let mut in_force = self.plans.iter().filter(|plan| plan.in_force);
        in_force.next().map(|plan| plan.name.as_str())
    }
}
