//! The files of grounds beside a store: `<store>.compiled/<id>.ground`.
//!
//! They save time and hold nothing of their own: whoever has none, or one that is not read, builds
//! the ground from the store.

use std::ffi::OsString;
use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use tempfile::NamedTempFile;
use wangge_model::Scheme;
use wangge_store::Store;

use super::Ground;
use super::stored::{self, GroundId, Unsealed};

/// Grounds of fewer grids are built in less time than it takes a person to see, and have no file.
const WORTH_A_FILE: usize = if cfg!(test) { 4 } else { 20_000 };

/// What the names of the files end with.
const ENDING: &str = ".ground";

/// What the names of those begin with that are being written.
const BEGUN: &str = "begun-";

/// A file that nobody has written to for so long was left by a process that was killed.
const ABANDONED: Duration = Duration::from_hours(1);

/// A ground's file could not be written.
#[derive(Debug, thiserror::Error)]
#[error("{} could not be written", path.display())]
pub(crate) struct Unwritten {
    path: PathBuf,
    source: io::Error,
}

/// The folder beside a store.
fn folder(store: &Path) -> PathBuf {
    let mut name = OsString::from(store);
    name.push(".compiled");
    name.into()
}

fn file_in(folder: &Path, id: GroundId) -> PathBuf {
    folder.join(format!("{id}{ENDING}"))
}

/// The file of a ground beside a store, if there is one.
pub(crate) fn open(store: &Path, id: GroundId) -> Option<File> {
    File::open(file_in(&folder(store), id)).ok()
}

/// The ground that such a file holds. One that is not read is told to the log.
pub(crate) fn read(file: &File, id: GroundId, scheme: &Scheme) -> Option<Ground> {
    let ground = stored::read(file, id, scheme);
    if let Err(fault) = &ground {
        tracing::warn!(
            error = fault as &dyn std::error::Error,
            file = %format_args!("{id}{ENDING}"),
            "a file beside the store is not read, and the city compiled anew"
        );
    }
    ground.ok()
}

/// Whether building a ground takes so long that it is to be kept.
pub(crate) fn is_worth_a_file(ground: &Ground) -> bool {
    ground.coverage.owners() >= WORTH_A_FILE
}

/// A ground that is written, and whose plan is not known yet: gone with this unless it is kept.
pub(crate) struct Prepared {
    folder: PathBuf,
    file: NamedTempFile,
    unsealed: Unsealed,
}

/// Writes a ground that is worth it beside the store. Whoever may read the store may read it, and
/// nobody else. `None` of one that is not worth it.
///
/// # Errors
/// Where it cannot be written; then nothing of it is left.
pub(crate) fn prepare(store: &Path, ground: &Ground) -> Result<Option<Prepared>, Unwritten> {
    if !is_worth_a_file(ground) {
        return Ok(None);
    }
    let folder = folder(store);
    let prepared = prepared(store, &folder, ground);
    prepared.map(Some).map_err(|source| Unwritten {
        path: folder,
        source,
    })
}

fn prepared(store: &Path, folder: &Path, ground: &Ground) -> io::Result<Prepared> {
    let mode = fs::metadata(store)?.mode() & 0o666;
    // who may read may enter
    let enter = (mode & 0o444) >> 2;
    match fs::DirBuilder::new().mode(mode | enter).create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let file = tempfile::Builder::new()
        .prefix(BEGUN)
        .permissions(Permissions::from_mode(mode))
        .tempfile_in(folder)?;
    let unsealed = stored::write(ground, file.as_file())?;
    file.as_file().sync_all()?;
    Ok(Prepared {
        folder: folder.to_owned(),
        file,
        unsealed,
    })
}

impl Prepared {
    /// Lets it be the ground of a plan, for whoever opens the store next. Files of plans that will not
    /// answer again go.
    ///
    /// # Errors
    /// Where the file cannot be written or named; then nothing of it is left.
    pub(crate) fn keep(self, store: &Store, id: GroundId) -> Result<(), Unwritten> {
        let path = file_in(&self.folder, id);
        let file = self.file;
        let sealed = self.unsealed.seal(id, file.as_file());
        sealed
            .and_then(|()| file.as_file().sync_all())
            .and_then(|()| file.persist(&path).map_err(|error| error.error))
            .map_err(|source| Unwritten { path, source })?;
        // what is left over harms nobody
        if let Ok(wanted) = wanted(store) {
            remove_others(&self.folder, &wanted);
        }
        Ok(())
    }
}

/// Writes the ground of a plan that was published, if it is worth it.
///
/// # Errors
/// As [`prepare`] and [`Prepared::keep`].
pub(crate) fn keep(store: &Store, ground: &Ground) -> Result<(), Unwritten> {
    let Some(id) = ground.id() else {
        return Ok(());
    };
    match prepare(store.path(), ground)? {
        Some(prepared) => prepared.keep(store, id),
        None => Ok(()),
    }
}

/// The ids of the plans that answer, or will.
fn wanted(store: &Store) -> Result<Vec<GroundId>, wangge_store::StoreError> {
    let now = Timestamp::now();
    let plans = store.plans()?.into_iter();
    let answers = plans.filter(|plan| plan.ended.is_none_or(|ended| ended > now));
    Ok(answers.filter_map(|plan| GroundId::of(&plan)).collect())
}

/// Whether a file was begun so long ago that whoever did has ended.
fn is_old(file: &fs::DirEntry) -> bool {
    let written = file.metadata().and_then(|about| about.modified());
    written.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > ABANDONED))
}

fn remove_others(folder: &Path, wanted: &[GroundId]) {
    let Ok(files) = fs::read_dir(folder) else {
        return;
    };
    let wanted: Vec<String> = wanted.iter().map(|id| format!("{id}{ENDING}")).collect();
    for file in files.flatten() {
        let name = file.file_name();
        let Some(name) = name.to_str() else {
            continue;
        };
        let is_over = name.ends_with(ENDING) && !wanted.iter().any(|one| one == name);
        let is_left = name.starts_with(BEGUN) && is_old(&file);
        if is_over || is_left {
            let _ = fs::remove_file(file.path());
        }
    }
}
