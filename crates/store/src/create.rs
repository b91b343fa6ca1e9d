//! Making files: new stores and copies, which appear whole or not at all.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use rusqlite::backup::{Backup, StepResult};
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

    /// Copies the store, as of one moment, to a new file, while others go on using it.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when there is a file of this name; [`StoreError::Locked`] while
    /// somebody commits; [`StoreError::File`], [`StoreError::DiskFull`] and the like.
    pub fn back_up(&self, path: impl AsRef<Path>) -> Result<(), StoreError> {
        let path = path.as_ref();
        let new = NewFile::beside(path)?;
        let of = |error: rusqlite::Error| {
            StoreError::of_sqlite(&error, path, "copying the store", PATIENCE)
        };
        let mut copy = new.open().map_err(of)?;
        // -1: all pages in one step, under one lock
        let step = Backup::new(&self.connection, &mut copy)
            .and_then(|backup| backup.step(-1))
            .map_err(of)?;
        if step != StepResult::Done {
            return Err(StoreError::Locked {
                path: self.path.clone(),
                waited: self.patience,
            });
        }
        copy.close().map_err(|(_, error)| of(error))?;
        new.place(path)
    }
}

/// A file in the making, under a name of its own beside the one it will have. Goes away unless it
/// is placed.
struct NewFile {
    path: PathBuf,
}

impl NewFile {
    /// Claims a name beside `path`, which must be free.
    fn beside(path: &Path) -> Result<Self, StoreError> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        if path.symlink_metadata().is_ok() {
            return Err(StoreError::Exists {
                path: path.to_owned(),
            });
        }
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
        Ok(Self { path: beside })
    }

    fn open(&self) -> rusqlite::Result<Connection> {
        Connection::open_with_flags(&self.path, OpenFlags::SQLITE_OPEN_READ_WRITE)
    }

    /// Gives the finished file its name, unless somebody took it meanwhile, and makes that last.
    fn place(self, path: &Path) -> Result<(), StoreError> {
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
        match fs::hard_link(&self.path, path) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                return Err(StoreError::Exists {
                    path: path.to_owned(),
                });
            }
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
