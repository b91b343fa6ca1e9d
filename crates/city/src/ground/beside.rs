//! The files of grounds beside a store: `<store>.compiled/<id>.ground`.
//!
//! They save time and hold nothing of their own: whoever has none, or one that is not read, builds
//! the ground from the store.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use wangge_model::Scheme;
use wangge_store::Store;

use super::Ground;
use super::stored::{self, GroundId};

/// Grounds of fewer grids are built in less time than it takes a person to see, and have no file.
const WORTH_A_FILE: usize = if cfg!(test) { 4 } else { 20_000 };

/// What the names of the files end with.
const ENDING: &str = ".ground";

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

/// Writes a ground that is worth it beside the store, for whoever opens that next. Whoever may read
/// the store may read it, and nobody else. Files of plans that will not answer again go.
///
/// # Errors
/// Where it cannot be written; then nothing of it is left.
pub(crate) fn keep(store: &Store, ground: &Ground) -> Result<(), Unwritten> {
    let Some(id) = ground.id() else {
        return Ok(());
    };
    if !is_worth_a_file(ground) {
        return Ok(());
    }
    let folder = folder(store.path());
    let path = file_in(&folder, id);
    written(store.path(), &folder, &path, ground, id)
        .map_err(|source| Unwritten { path, source })?;
    // what is left over harms nobody
    if let Ok(wanted) = wanted(store) {
        remove_others(&folder, &wanted);
    }
    Ok(())
}

fn written(
    store: &Path,
    folder: &Path,
    path: &Path,
    ground: &Ground,
    id: GroundId,
) -> io::Result<()> {
    let mode = fs::metadata(store)?.mode() & 0o666;
    // who may read may enter
    let enter = (mode & 0o444) >> 2;
    match fs::DirBuilder::new().mode(mode | enter).create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let begun = folder.join(format!("{id}.{}", std::process::id()));
    let done = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(mode)
        .open(&begun)
        .and_then(|file| {
            stored::write(ground, id, &file)?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&begun, path));
    if done.is_err() {
        // a disk that is full shall not stay so
        let _ = fs::remove_file(&begun);
    }
    done
}

/// The ids of the plans that answer, or will.
fn wanted(store: &Store) -> Result<Vec<GroundId>, wangge_store::StoreError> {
    let now = Timestamp::now();
    let plans = store.plans()?.into_iter();
    let answers = plans.filter(|plan| plan.ended.is_none_or(|ended| ended > now));
    Ok(answers.filter_map(|plan| GroundId::of(&plan)).collect())
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
        if name.ends_with(ENDING) && !wanted.iter().any(|one| one == name) {
            let _ = fs::remove_file(file.path());
        }
    }
}
