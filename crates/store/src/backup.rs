//! A copy of a store while others read and write it.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, ErrorCode};

use crate::create::NewFile;
use crate::store::file_behind;
use crate::{Store, StoreError};

/// Pages of a step: 2 MB with the usual pages. A commit has to wait for one step at most.
const STEP_PAGES: i32 = 512;

/// How often commits of others may send the copying back to the first page, and how long it may
/// take with them, before the rest is done in one step that they wait for.
const RESTARTS: u32 = 8;
const COURTESY: Duration = Duration::from_secs(20);

/// What a copy came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackedUp {
    /// The bytes of the copy.
    pub bytes: u64,
    /// How often the copying began anew because somebody had committed.
    pub restarts: u32,
}

impl Store {
    /// Copies the store, as of one moment, to another file, while others read it and write to it.
    /// The copy is one file whatever mode the store is in, is checked ([`Store::check`]), and gets
    /// its name, with `replace` that of a file that is there, only when it is whole and has
    /// reached the disk.
    ///
    /// A commit of another program waits for a step of 2 MB at most, and begins the copying anew.
    /// When that happens too often, the copying is finished in one step.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when there is a file of this name and it is not to be replaced;
    /// [`StoreError::OntoItself`]; [`StoreError::Leftover`]; [`StoreError::CopyNotWhole`] when the
    /// check finds faults; [`StoreError::Locked`] when a writer does not come to an end;
    /// [`StoreError::File`], [`StoreError::DiskFull`] and the like.
    pub fn backup(&self, path: impl AsRef<Path>, replace: bool) -> Result<BackedUp, StoreError> {
        let path = path.as_ref();
        if same_file(&self.path, path) {
            return Err(StoreError::OntoItself {
                path: path.to_owned(),
            });
        }
        let new = if replace {
            NewFile::instead_of(path)?
        } else {
            NewFile::beside(path)?
        };
        let of = |error: rusqlite::Error| {
            StoreError::of_sqlite(&error, path, "copying the store", self.patience)
        };
        let mut copy = new.open().map_err(of)?;
        // nobody sees the file before it is whole, and then it is synced at once
        copy.pragma_update(None, "journal_mode", "OFF")
            .and_then(|()| copy.pragma_update(None, "synchronous", "OFF"))
            .map_err(of)?;
        let restarts = self.copy_pages(&mut copy, path)?;
        copy.close().map_err(|(_, error)| of(error))?;
        leave_wal(&new).map_err(of)?;
        let copied = Self::open_read_only(new.path())?;
        if let Some(first) = copied.check()?.into_iter().next() {
            return Err(StoreError::CopyNotWhole {
                path: self.path.clone(),
                first: Box::new(first),
            });
        }
        drop(copied);
        let bytes = new.length()?;
        new.place(path)?;
        Ok(BackedUp { bytes, restarts })
    }

    /// Copies all pages as they are at one moment, and tells how often that began anew.
    fn copy_pages(&self, copy: &mut Connection, path: &Path) -> Result<u32, StoreError> {
        let of_store = self.sqlite("copying the store");
        let of_copy = |error: rusqlite::Error| {
            // what is read is the store, what fills a disk is the copy
            let damaged = error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt);
            let path = if damaged { &self.path } else { path };
            StoreError::of_sqlite(&error, path, "copying the store", self.patience)
        };
        let mode: String = self
            .connection
            .query_row("PRAGMA journal_mode", [], |row| row.get(0))
            .map_err(&of_store)?;
        // who reads keeps no writer out of write-ahead logging, and sees one moment throughout
        let moment = (mode == "wal")
            .then(|| {
                let moment = self.connection.unchecked_transaction()?;
                moment.query_row("SELECT id FROM wangge_store", [], |_| Ok(()))?;
                Ok(moment)
            })
            .transpose()
            .map_err(&of_store)?;
        let backup = Backup::new(&self.connection, copy).map_err(of_copy)?;
        let begun = Instant::now();
        let (mut restarts, mut remaining) = (0, i32::MAX);
        let mut pages = if moment.is_some() { -1 } else { STEP_PAGES };
        loop {
            match backup.step(pages).map_err(of_copy)? {
                StepResult::Done => return Ok(restarts),
                StepResult::More => {}
                // the wait for it is over
                _ => {
                    return Err(StoreError::Locked {
                        path: self.path.clone(),
                        waited: self.patience,
                    });
                }
            }
            let now = backup.progress().remaining;
            restarts += u32::from(now >= remaining);
            remaining = now;
            if restarts >= RESTARTS || begun.elapsed() > COURTESY {
                pages = -1;
            }
        }
    }
}

/// The copy of a store in write-ahead logging says that it is so too, and is one file in the other
/// mode only. A connection sees the mode when it first reads.
fn leave_wal(new: &NewFile) -> rusqlite::Result<()> {
    let copy = new.open()?;
    // without this, two more files would lie beside it for a while
    copy.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    copy.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
    copy.close().map_err(|(_, error)| error)
}

/// Whether two paths lead to one file.
fn same_file(a: &Path, b: &Path) -> bool {
    match (file_behind(a), file_behind(b)) {
        (Some(a), Some(b)) => a == b,
        _ => false,
    }
}
