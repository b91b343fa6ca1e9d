//! Tiles that are done while the archive is not: a file beside it, so that an export that was
//! ended goes on where it was.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OptionalExtension as _, params};

use super::{ArchiveError, cannot};
use crate::TileAddress;

/// What is of this program: "wgtw".
const APPLICATION_ID: i32 = 0x7767_7477;

/// A tile that is drawn and compressed.
pub(super) struct PackedTile {
    /// Where it stands in the archive.
    pub(super) place: u64,
    pub(super) tile: TileAddress,
    pub(super) packed: Vec<u8>,
}

/// A file that keeps finished tiles.
pub(super) struct WorkFile {
    path: PathBuf,
    connection: Connection,
}

impl WorkFile {
    /// Opens the work file beside an archive. What was done for another `key` is thrown away.
    pub(super) fn beside(archive: &Path, key: &str) -> Result<Self, ArchiveError> {
        let name = archive.file_name().unwrap_or_default().to_string_lossy();
        let path = archive.with_file_name(format!(".{name}.wangge-work"));
        let work = Self {
            connection: Connection::open(&path).map_err(|source| failed(&path, source))?,
            path,
        };
        work.prepare(key)
            .map_err(|source| failed(&work.path, source))?;
        Ok(work)
    }

    fn prepare(&self, key: &str) -> rusqlite::Result<()> {
        let connection = &self.connection;
        connection.busy_timeout(Duration::ZERO)?;
        // one export at a time
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        connection.execute_batch("BEGIN EXCLUSIVE;")?;
        let id: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
        let tables: i64 =
            connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))?;
        if id != APPLICATION_ID && tables > 0 {
            return Err(rusqlite::Error::InvalidQuery);
        }
        connection.pragma_update(None, "application_id", APPLICATION_ID)?;
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS key (key TEXT NOT NULL);
             CREATE TABLE IF NOT EXISTS done (batch INTEGER PRIMARY KEY);
             CREATE TABLE IF NOT EXISTS tile (place INTEGER PRIMARY KEY, zoom INTEGER NOT NULL,
                 x INTEGER NOT NULL, y INTEGER NOT NULL, packed BLOB NOT NULL);",
        )?;
        let known: Option<String> = connection
            .query_row("SELECT key FROM key", [], |row| row.get(0))
            .optional()?;
        if known.as_deref() != Some(key) {
            connection.execute_batch("DELETE FROM key; DELETE FROM done; DELETE FROM tile;")?;
            connection.execute("INSERT INTO key (key) VALUES (?1)", [key])?;
        }
        connection.execute_batch("COMMIT;")
    }

    /// Whether a batch of tiles is done.
    pub(super) fn has(&self, batch: u64) -> Result<bool, ArchiveError> {
        self.connection
            .prepare_cached("SELECT 1 FROM done WHERE batch = ?1")
            .and_then(|mut row| row.exists([batch.cast_signed()]))
            .map_err(|source| failed(&self.path, source))
    }

    /// Keeps a batch: the tiles that have something on them, each with its place in the archive.
    pub(super) fn keep(&mut self, batch: u64, tiles: &[PackedTile]) -> Result<(), ArchiveError> {
        let mut kept = || {
            let transaction = self.connection.transaction()?;
            let mut insert = transaction.prepare_cached(
                "INSERT OR REPLACE INTO tile (place, zoom, x, y, packed) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?;
            for PackedTile {
                place,
                tile,
                packed,
            } in tiles
            {
                insert.execute(params![
                    place.cast_signed(),
                    tile.z(),
                    tile.x(),
                    tile.y(),
                    packed
                ])?;
            }
            drop(insert);
            transaction.execute(
                "INSERT INTO done (batch) VALUES (?1)",
                [batch.cast_signed()],
            )?;
            transaction.commit()
        };
        kept().map_err(|source| failed(&self.path, source))
    }

    /// Gives every tile in order of its place.
    pub(super) fn each(
        &self,
        mut take: impl FnMut(TileAddress, &[u8]) -> Result<(), ArchiveError>,
    ) -> Result<(), ArchiveError> {
        let wrong = |source| failed(&self.path, source);
        let mut tiles = self
            .connection
            .prepare("SELECT zoom, x, y, packed FROM tile ORDER BY place")
            .map_err(wrong)?;
        let mut rows = tiles.query([]).map_err(wrong)?;
        while let Some(row) = rows.next().map_err(wrong)? {
            let address = (
                row.get(0).map_err(wrong)?,
                row.get(1).map_err(wrong)?,
                row.get(2).map_err(wrong)?,
            );
            let packed = row.get_ref(3).map_err(wrong)?;
            let packed = packed.as_blob().map_err(|error| wrong(error.into()))?;
            if let Some(tile) = TileAddress::new(address.0, address.1, address.2) {
                take(tile, packed)?;
            }
        }
        Ok(())
    }

    /// The archive is whole: what was done for it goes away.
    pub(super) fn remove(self) -> Result<(), ArchiveError> {
        let Self { path, connection } = self;
        drop(connection);
        std::fs::remove_file(&path).map_err(|source| cannot("remove", &path, source))
    }
}

fn failed(path: &Path, source: rusqlite::Error) -> ArchiveError {
    let path = path.to_owned();
    match source.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => ArchiveError::Busy { path },
        Some(ErrorCode::NotADatabase) => ArchiveError::NotWork { path },
        _ if source == rusqlite::Error::InvalidQuery => ArchiveError::NotWork { path },
        _ => ArchiveError::Database {
            doing: "write",
            path,
            source,
        },
    }
}
