//! Making files: new stores and copies appear whole or not at all.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use rusqlite::{Connection, OpenFlags};
use wangge_model::Scheme;

use crate::store::{PATIENCE, configure};
use crate::{Store, StoreError, plans, schema};

impl Store {
    /// Makes a store for this scheme in a new file, without plans. The file appears whole or not
    /// at all.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when there is a file of this name; [`StoreError::File`],
    /// [`StoreError::DiskFull`] and the like.
    pub fn create(path: impl AsRef<Path>, scheme: &Scheme) -> Result<Self, StoreError> {
        let path = path.as_ref();
        let new = NewFile::beside(path)?;
        let of = |error: rusqlite::Error| {
            StoreError::of_sqlite(&error, path, "making the store", PATIENCE)
        };
        let mut connection = new.open().map_err(of)?;
        configure(&connection).map_err(of)?;
        let transaction = connection.transaction().map_err(of)?;
        let now = plans::stamp(jiff::Timestamp::now());
        schema::create(&transaction, scheme, &now).map_err(of)?;
        transaction.commit().map_err(of)?;
        connection.close().map_err(|(_, error)| of(error))?;
        new.place(path)?;
        Self::open(path)
    }
}

/// A file in the making, under a name of its own beside the one it will have. Goes away unless it
/// is placed.
pub(crate) struct NewFile {
    path: PathBuf,
    /// Whether it may take the place of a file.
    replaces: bool,
}

impl NewFile {
    /// Claims a name beside `path`, which must be free.
    pub(crate) fn beside(path: &Path) -> Result<Self, StoreError> {
        if path.symlink_metadata().is_ok() {
            return Err(StoreError::Exists {
                path: path.to_owned(),
            });
        }
        Self::named_after(path, false)
    }

    /// Claims a name beside `path`, where there may be a file that will give way.
    pub(crate) fn instead_of(path: &Path) -> Result<Self, StoreError> {
        if path.is_dir() {
            return Err(StoreError::Exists {
                path: path.to_owned(),
            });
        }
        Self::named_after(path, true)
    }

    fn named_after(path: &Path, replaces: bool) -> Result<Self, StoreError> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        refuse_leftovers(path)?;
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let mut name = OsString::from(".");
        name.push(path.file_name().unwrap_or_default());
        name.push(format!(".{}-{number}.new", std::process::id()));
        let beside = path.with_file_name(name);
        File::create_new(&beside).map_err(|source| StoreError::File {
            doing: "making a file beside",
            path: path.to_owned(),
            source,
        })?;
        Ok(Self {
            path: beside,
            replaces,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn length(&self) -> Result<u64, StoreError> {
        let metadata = fs::metadata(&self.path).map_err(|source| StoreError::File {
            doing: "reading",
            path: self.path.clone(),
            source,
        })?;
        Ok(metadata.len())
    }

    pub(crate) fn open(&self) -> rusqlite::Result<Connection> {
        Connection::open_with_flags(&self.path, OpenFlags::SQLITE_OPEN_READ_WRITE)
    }

    /// Gives the finished file its name, unless it is to replace nothing and somebody took the name
    /// meanwhile, and makes that last.
    pub(crate) fn place(self, path: &Path) -> Result<(), StoreError> {
        let failed = |doing: &'static str| {
            move |source: std::io::Error| StoreError::File {
                doing,
                path: path.to_owned(),
                source,
            }
        };
        File::open(&self.path)
            .and_then(|file| file.sync_all())
            .map_err(failed("writing"))?;
        let named = if self.replaces {
            fs::rename(&self.path, path)
        } else {
            fs::hard_link(&self.path, path)
        };
        match named {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                return Err(StoreError::Exists {
                    path: path.to_owned(),
                });
            }
            Err(error) if self.replaces => return Err(failed("naming")(error)),
            // some file systems know no hard links
            Err(_) => fs::rename(&self.path, path).map_err(failed("naming"))?,
        }
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(failed("keeping the name of"))
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        // once it is placed this is its second name, or already gone
        let _ = fs::remove_file(&self.path);
    }
}

/// Refuses a name beside which lies what is left of an earlier file of that name: SQLite would
/// take it for the rest of a write to the new one, and spoil that.
fn refuse_leftovers(path: &Path) -> Result<(), StoreError> {
    for ending in ["-journal", "-wal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        let leftover = PathBuf::from(name);
        // SQLite leaves an empty one in some modes, which says nothing
        if leftover.metadata().is_ok_and(|left| left.len() > 0) {
            return Err(StoreError::Leftover {
                path: path.to_owned(),
                leftover,
            });
        }
    }
    Ok(())
}
