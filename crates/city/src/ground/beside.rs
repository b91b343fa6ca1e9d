//! The files of grounds beside a store: `<store>.compiled/<id>.ground`.
//!
//! They save time and hold nothing of their own: whoever has none, or one that is not read, builds
//! the ground from the store.

use std::ffi::OsString;
use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rustix::fs::OFlags;
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

/// The file of a ground beside a store, if there is one that nobody else than who may write the store can have made.
pub(crate) fn open(store: &Path, id: GroundId) -> Option<File> {
    match opened(store, id) {
        Ok(file) => Some(file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                file = %format_args!("{id}{ENDING}"),
                "a file beside the store is not read, and the city compiled anew"
            );
            None
        }
    }
}

fn opened(store: &Path, id: GroundId) -> io::Result<File> {
    let folder = folder(store);
    let of_store = fs::metadata(store)?;
    safe(&Entered::at(&folder)?.0, &of_store)?;
    // a pipe of that name must not hold anybody up
    let file = File::options()
        .read(true)
        .custom_flags((OFlags::NONBLOCK | OFlags::NOFOLLOW).bits().cast_signed())
        .open(file_in(&folder, id))?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::from(io::ErrorKind::InvalidInput));
    }
    safe(&file, &of_store)?;
    Ok(file)
}

/// A folder that is open, and is where its name says, not where a link leads.
struct Entered(File);

impl Entered {
    fn at(folder: &Path) -> io::Result<Self> {
        let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW;
        let options = File::options()
            .read(true)
            .custom_flags(flags.bits().cast_signed())
            .open(folder);
        options.map(Self)
    }
}

/// Refuses what others than those who may write the store can have made or changed.
fn safe(file: &File, store: &fs::Metadata) -> io::Result<()> {
    owned(file, store)?;
    let about = file.metadata()?;
    let others = about.mode() & 0o022;
    let is_safe =
        others & !store.mode() == 0 && (others & 0o020 == 0 || about.gid() == store.gid());
    is_safe.then_some(()).ok_or_else(unsafe_one)
}

/// Refuses what somebody made who need not be allowed to write the store. To a group only its members give anything.
fn owned(file: &File, store: &fs::Metadata) -> io::Result<()> {
    let about = file.metadata()?;
    let may_own = [store.uid(), 0, rustix::process::geteuid().as_raw()];
    let is_of_writer = may_own.contains(&about.uid())
        || (store.mode() & 0o020 != 0 && about.gid() == store.gid())
        || store.mode() & 0o002 != 0;
    is_of_writer.then_some(()).ok_or_else(unsafe_one)
}

fn unsafe_one() -> io::Error {
    let why = "others than those who may write the store may have made it";
    io::Error::new(io::ErrorKind::PermissionDenied, why)
}

/// Gives a file the owner and group of the store as far as that is allowed, and its permissions; none for a group that could
/// not be made that of the store.
fn make_like(file: &File, store: &fs::Metadata) -> io::Result<()> {
    let given = fchown(file, Some(store.uid()), Some(store.gid()))
        .or_else(|_| fchown(file, None, Some(store.gid())));
    let mut mode = store.mode() & 0o666;
    if given.is_err() {
        mode &= !0o070;
    }
    if file.metadata()?.is_dir() {
        // who may read may enter
        mode |= (mode & 0o444) >> 2;
    }
    file.set_permissions(Permissions::from_mode(mode))
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

/// Writes a ground that is worth it beside the store. Whoever may read the store at this time may read it, and
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
    let of_store = fs::metadata(store)?;
    match fs::DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let entered = Entered::at(folder)?.0;
    owned(&entered, &of_store)?;
    // one that somebody else made may have to stay as it is
    let _ = make_like(&entered, &of_store);
    safe(&entered, &of_store)?;
    remove_abandoned(folder);
    let file = tempfile::Builder::new()
        .prefix(BEGUN)
        .permissions(Permissions::from_mode(0o600))
        .tempfile_in(folder)?;
    // held until it is closed: whoever finds one that nobody holds may remove it. Where there are no locks nothing is removed
    let _ = file.as_file().try_lock();
    make_like(file.as_file(), &of_store)?;
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
        // what is left over harms nobody. Whoever names a file has committed its plan before: those that are there now and are
        // not wanted afterwards are of no use
        let there = names(&self.folder);
        if let Ok(wanted) = wanted(store) {
            let wanted: Vec<String> = wanted.iter().map(|id| format!("{id}{ENDING}")).collect();
            for name in there {
                if name.ends_with(ENDING) && !wanted.contains(&name) {
                    let _ = fs::remove_file(self.folder.join(name));
                }
            }
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

/// The names of the files of a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect()
}

/// Removes what processes have begun that ended before they were done.
fn remove_abandoned(folder: &Path) {
    for name in names(folder) {
        let path = folder.join(&name);
        if name.starts_with(BEGUN) && File::open(&path).is_ok_and(|file| file.try_lock().is_ok()) {
            let _ = fs::remove_file(path);
        }
    }
}
