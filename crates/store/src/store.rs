//! Opening stores, and the transactions that everything else goes through.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, TransactionBehavior};
use wangge_model::Scheme;

use crate::{StoreError, schema};

/// How long to wait for another program's transaction.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// A store: a GeoPackage file with a scheme, plans and their units.
///
/// The file is in SQLite's rollback-journal mode, so that it is one file whenever nobody writes,
/// and opens from read-only places. Commits reach the disk before they are reported, with
/// `synchronous=EXTRA`: what FULL does, and the folder's entry of the journal too.
#[derive(Debug)]
pub struct Store {
    pub(crate) connection: Connection,
    pub(crate) path: PathBuf,
    pub(crate) scheme: Scheme,
    pub(crate) patience: Duration,
    /// The form of the file, which a store that is only read may be behind with.
    pub(crate) form: i64,
    read_only: bool,
    actor: String,
}

/// What a store looked like at one moment: it differs from an earlier one of the same [`Store`]
/// when any program committed a change in between, or another file took the store's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChangeCounter {
    /// Transactions that wangge committed to this store, in any process.
    pub commits: i64,
    /// SQLite's count of what other connections, QGIS's too, did to the file.
    data_version: i64,
    /// Device and inode behind the path; `None` when nothing is there any more.
    file: Option<(u64, u64)>,
}

impl Store {
    /// Opens a store for reading and writing.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::NotAStore`], [`StoreError::Newer`],
    /// [`StoreError::ReadOnly`], [`StoreError::Locked`], [`StoreError::Damaged`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::open_as(path.as_ref(), false)
    }

    /// Opens a store that will only be read. Needs no right to write.
    ///
    /// # Errors
    /// As [`Store::open`], and [`StoreError::Interrupted`] where a write that was cut off must be
    /// rolled back first.
    pub fn open_read_only(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::open_as(path.as_ref(), true)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The scheme that the store was made for. It never changes.
    pub const fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// Says who makes the changes from now on, for the log: an account, or where a request came
    /// from. Unless told it is "unknown".
    pub fn act_as(&mut self, who: &str) {
        who.trim().clone_into(&mut self.actor);
    }

    /// Sets how long to wait for another program's transaction, 5 seconds unless told.
    pub fn set_patience(&mut self, patience: Duration) -> Result<(), StoreError> {
        self.connection
            .busy_timeout(patience)
            .map_err(|error| self.sqlite("setting the time to wait")(error))?;
        self.patience = patience;
        Ok(())
    }

    /// Where the store stands: compare with an earlier one to learn whether anything changed.
    /// Costs two small reads.
    pub fn change_counter(&self) -> Result<ChangeCounter, StoreError> {
        let read = || -> rusqlite::Result<(i64, i64)> {
            Ok((
                self.connection
                    .query_row("SELECT commits FROM wangge_store", [], |row| row.get(0))?,
                self.connection
                    .query_row("PRAGMA data_version", [], |row| row.get(0))?,
            ))
        };
        let (commits, data_version) = read().map_err(self.sqlite("reading the change counter"))?;
        Ok(ChangeCounter {
            commits,
            data_version,
            file: file_behind(&self.path),
        })
    }

    /// Runs a change as one transaction that begins by taking the write lock, and counts it.
    pub(crate) fn change<T>(
        &mut self,
        doing: &'static str,
        change: impl FnOnce(&Change<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if self.read_only {
            return Err(StoreError::OpenedReadOnly {
                path: self.path.clone(),
            });
        }
        let waited = self.patience;
        let (path, scheme) = (&self.path, &self.scheme);
        let of = |error: rusqlite::Error| StoreError::of_sqlite(&error, path, doing, waited);
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(of)?;
        let change_in = Change {
            transaction: &transaction,
            path,
            scheme,
            doing,
            waited,
            actor: &self.actor,
        };
        // an error drops the transaction, which rolls it back
        let done = change(&change_in)?;
        transaction
            .execute("UPDATE wangge_store SET commits = commits + 1", [])
            .map_err(of)?;
        transaction.commit().map_err(of)?;
        Ok(done)
    }

    /// Turns SQLite's errors into ours.
    pub(crate) fn sqlite(
        &self,
        doing: &'static str,
    ) -> impl Fn(rusqlite::Error) -> StoreError + use<'_> {
        move |error| StoreError::of_sqlite(&error, &self.path, doing, self.patience)
    }

    fn open_as(path: &Path, read_only: bool) -> Result<Self, StoreError> {
        if fs::metadata(path).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound) {
            return Err(StoreError::Missing {
                path: path.to_owned(),
            });
        }
        if path.is_dir() {
            return Err(StoreError::NotAStore {
                path: path.to_owned(),
                found: "but a folder",
            });
        }
        let access = if read_only {
            OpenFlags::SQLITE_OPEN_READ_ONLY
        } else {
            OpenFlags::SQLITE_OPEN_READ_WRITE
        };
        // neither SQLITE_OPEN_CREATE nor SQLITE_OPEN_URI: the path is a path
        let of = |error: rusqlite::Error| {
            StoreError::of_sqlite(&error, path, "opening the store", PATIENCE)
        };
        let connection =
            Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)
                .map_err(of)?;
        connection.busy_timeout(PATIENCE).map_err(of)?;
        // SQLite falls back to reading when it may not write
        if !read_only && connection.is_readonly("main").map_err(of)? {
            return Err(StoreError::ReadOnly {
                path: path.to_owned(),
            });
        }
        configure(&connection).map_err(of)?;
        let (scheme, form) = recognise(&connection, path)?;
        if !read_only {
            leave_wal(&connection).map_err(of)?;
        }
        let mut store = Self {
            connection,
            path: path.to_owned(),
            scheme,
            patience: PATIENCE,
            form,
            read_only,
            actor: "unknown".to_owned(),
        };
        if form < schema::FORM && !read_only {
            store.upgrade()?;
            store.form = schema::FORM;
        }
        Ok(store)
    }

    /// Brings a store of an earlier form to this one, unless another program just did.
    fn upgrade(&mut self) -> Result<(), StoreError> {
        self.change("bringing the store to its present form", |change| {
            let form: i64 = change
                .transaction
                .query_row("SELECT form FROM wangge_store", [], |row| row.get(0))
                .map_err(|error| change.sqlite(&error))?;
            if form == schema::FORM {
                return Ok(());
            }
            let now = crate::plans::stamp(jiff::Timestamp::now());
            schema::upgrade(change.transaction, form, &now).map_err(|error| change.sqlite(&error))
        })
    }
}

/// A change in the making: the transaction, and what its steps need.
pub(crate) struct Change<'a> {
    pub(crate) transaction: &'a Transaction<'a>,
    pub(crate) path: &'a Path,
    pub(crate) scheme: &'a Scheme,
    pub(crate) actor: &'a str,
    doing: &'static str,
    waited: Duration,
}

impl Change<'_> {
    /// Turns SQLite's errors into ours.
    pub(crate) fn sqlite(&self, error: &rusqlite::Error) -> StoreError {
        StoreError::of_sqlite(error, self.path, self.doing, self.waited)
    }
}

/// Every connection's settings; none of them is kept in the file.
pub(crate) fn configure(connection: &Connection) -> rusqlite::Result<()> {
    // a store may come by mail: its views and triggers get no more than they need
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "synchronous", "EXTRA")?;
    // readers are kept out while the file is written, which a spill would begin too early
    connection.pragma_update(None, "cache_spill", false)
}

/// Reads what the file is: its scheme, and its form.
fn recognise(connection: &Connection, path: &Path) -> Result<(Scheme, i64), StoreError> {
    let of =
        |error: rusqlite::Error| StoreError::of_sqlite(&error, path, "opening the store", PATIENCE);
    let not_a_store = |found: &'static str| StoreError::NotAStore {
        path: path.to_owned(),
        found,
    };
    let application: i64 = connection
        .query_row("PRAGMA application_id", [], |row| row.get(0))
        .map_err(of)?;
    if application != schema::APPLICATION_ID {
        return Err(not_a_store("but another SQLite database"));
    }
    let described: Option<String> = connection
        .query_row(
            "SELECT type FROM sqlite_schema WHERE name = 'wangge_store'",
            [],
            |row| row.get(0),
        )
        .optional()
        .map_err(of)?;
    if described.as_deref() != Some("table") {
        return Err(not_a_store("but a GeoPackage of another program"));
    }
    let form: i64 = connection
        .query_row("SELECT form FROM wangge_store WHERE id = 1", [], |row| {
            row.get(0)
        })
        .map_err(of)?;
    if form > schema::FORM {
        return Err(StoreError::Newer {
            path: path.to_owned(),
            found: form,
            supported: schema::FORM,
        });
    }
    if form < 1 {
        return Err(not_a_store("but a GeoPackage of another program"));
    }
    let text: String = connection
        .query_row("SELECT scheme FROM wangge_store WHERE id = 1", [], |row| {
            row.get(0)
        })
        .map_err(of)?;
    let scheme = Scheme::from_toml(&text).map_err(|source| StoreError::Scheme {
        path: path.to_owned(),
        source,
    })?;
    Ok((scheme, form))
}

/// QGIS turns files that it opens to write-ahead logging, and may leave them so. Both modes are
/// safe; when somebody else has the file open it stays as it is.
fn leave_wal(connection: &Connection) -> rusqlite::Result<()> {
    let mode: String = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0))?;
    if mode != "wal" {
        return Ok(());
    }
    connection.busy_timeout(Duration::ZERO)?;
    let left = connection.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()));
    connection.busy_timeout(PATIENCE)?;
    match left.as_ref().map_err(rusqlite::Error::sqlite_error_code) {
        Err(Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked)) => {
            Ok(())
        }
        _ => left,
    }
}

#[cfg(unix)]
fn file_behind(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn file_behind(path: &Path) -> Option<(u64, u64)> {
    fs::metadata(path).ok().map(|_| (0, 0))
}

#[cfg(test)]
mod tests {
    use wangge_model::{Code, LevelIndex, Unit};
    use wangge_plane::{Point, Polygon, Ring, Shape};

    use super::*;
    use crate::{Existing, ImportUnits};

    #[test]
    fn a_full_disk_leaves_the_store_as_it_was() {
        let scheme = Scheme::from_toml(
            "city = 'c'\nname = 'c'\n[[level]]\nid = 'grid'\nname = 'g'\ncode = '^.*$'",
        )
        .unwrap();
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("city.gpkg");
        let mut store = Store::create(&path, &scheme).unwrap();
        let before = fs::read(&path).unwrap();
        // SQLite reports its own bound as it reports the disk's: SQLITE_FULL
        let pages: i64 = store
            .connection
            .query_row("PRAGMA page_count", [], |row| row.get(0))
            .unwrap();
        store
            .connection
            .query_row(
                &format!("PRAGMA max_page_count = {}", pages + 20),
                [],
                |_| Ok(()),
            )
            .unwrap();
        let mut units = |count: i32| {
            let units = (0..count).map(|i| {
                let corners = [(i, 0), (i + 1, 0), (i, 1)];
                let points = corners.map(|(x, y)| Point::new(x, y).unwrap());
                let ring = Ring::new(points.to_vec()).unwrap();
                let code = Code::new(&i.to_string()).unwrap();
                let shape = Shape::new(vec![Polygon::new(ring, vec![])]);
                (Unit::new(code, LevelIndex(0)), shape)
            });
            store.import_units(ImportUnits {
                plan: "first",
                level: LevelIndex(0),
                units: units.collect(),
                existing: Existing::Refuse,
                sources: vec![],
                report_json: "{}",
            })
        };
        let refused = units(2_000).unwrap_err();
        assert!(matches!(refused, StoreError::DiskFull { .. }), "{refused}");
        assert_eq!(fs::read(&path).unwrap(), before);
        // what does fit goes in
        units(20).unwrap();
        assert_eq!(store.check().unwrap(), []);
    }

    #[test]
    fn commits_reach_the_disk_and_foreign_keys_hold() {
        let scheme = Scheme::from_toml(
            "city = 'c'\nname = 'c'\n[[level]]\nid = 'grid'\nname = 'g'\ncode = '^.*$'",
        )
        .unwrap();
        let dir = tempfile::tempdir().unwrap();
        let store = Store::create(dir.path().join("city.gpkg"), &scheme).unwrap();
        let setting = |name: &str| -> String {
            store
                .connection
                .query_row(
                    &format!("SELECT CAST({name} AS TEXT) FROM pragma_{name}"),
                    [],
                    |row| row.get(0),
                )
                .unwrap()
        };
        // 3 is EXTRA: https://www.sqlite.org/pragma.html#pragma_synchronous
        assert_eq!(setting("synchronous"), "3");
        assert_eq!(setting("journal_mode"), "delete");
        assert_eq!(setting("foreign_keys"), "1");
        assert_eq!(setting("trusted_schema"), "0");
    }

    /// With SQLite's default, the rows below would not fit its cache, and would go to the file.
    #[test]
    fn a_large_change_keeps_no_reader_out_before_it_commits() {
        let scheme = Scheme::from_toml(
            "city = 'c'\nname = 'c'\n[[level]]\nid = 'grid'\nname = 'g'\ncode = '^.*$'",
        )
        .unwrap();
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("city.gpkg");
        let mut store = Store::create(&path, &scheme).unwrap();
        let before = fs::read(&path).unwrap();
        store
            .change("filling the store", |change| {
                change.run(
                    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
                     INSERT INTO shapes (sha256, geom) SELECT randomblob(32), zeroblob(4000) FROM n",
                    [],
                )?;
                let mut reader = Store::open_read_only(&path)?;
                reader.set_patience(Duration::ZERO)?;
                assert_eq!(reader.plans()?, []);
                assert_eq!(fs::read(&path).unwrap(), before);
                Ok(())
            })
            .unwrap();
        assert!(fs::read(&path).unwrap().len() > 8_000_000);
    }
}
