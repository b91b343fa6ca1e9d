//! `MBTiles` 1.3, in and out.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, PoisonError};

use rusqlite::{Connection, OpenFlags, OptionalExtension as _, params};
use serde_json::{Map, Value};

use super::{ArchiveError, ArchiveNote, TOO_MANY};
use crate::TileAddress;

/// An `MBTiles` archive that is read.
pub(super) struct MbtilesFile {
    path: PathBuf,
    /// Connections that nobody is using; each reader takes one. There are never more than those
    /// that it was opened with: another file may stand by the name by then.
    idle: Mutex<Vec<Connection>>,
    given_back: Condvar,
}

/// `MBTiles` 1.3 says so of its files: "MPBX".
const APPLICATION_ID: i32 = 0x4d50_4258;

impl MbtilesFile {
    pub(super) fn open(path: &Path) -> Result<Self, ArchiveError> {
        for ending in ["-wal", "-journal"] {
            let mut beside = OsString::from(path);
            beside.push(ending);
            let beside = PathBuf::from(beside);
            if beside.metadata().is_ok_and(|file| file.len() > 0) {
                return Err(ArchiveError::BeingWritten {
                    path: path.to_owned(),
                    beside,
                });
            }
        }
        let readers = std::thread::available_parallelism().map_or(2, usize::from);
        let idle: rusqlite::Result<_> = (0..readers).map(|_| open_to_read(path)).collect();
        let archive = Self {
            path: path.to_owned(),
            idle: Mutex::new(idle.map_err(|source| read_failed(path, source))?),
            given_back: Condvar::new(),
        };
        archive.with(|connection| {
            connection
                .prepare("SELECT zoom_level, tile_column, tile_row, tile_data FROM tiles")
                .map(|_| ())
        })?;
        let format = archive.value("format")?;
        match format.as_deref() {
            Some("pbf" | "mvt") => Ok(archive),
            found => Err(ArchiveError::NotVector {
                path: path.to_owned(),
                found: found.unwrap_or("unknown").to_owned(),
            }),
        }
    }

    /// The rows of the table `metadata`; what is JSON as JSON.
    pub(super) fn metadata(&self) -> Result<Value, ArchiveError> {
        let rows: Vec<(String, String)> = self.with(|connection| {
            let mut rows = connection.prepare("SELECT name, value FROM metadata ORDER BY name")?;
            let rows = rows.query_map([], |row| Ok((text(row, 0)?, text(row, 1)?)))?;
            rows.collect()
        })?;
        let mut metadata = Map::new();
        for (name, value) in rows {
            if name == "json" {
                if let Ok(Value::Object(inner)) = serde_json::from_str(&value) {
                    metadata.extend(inner);
                }
            } else if name == super::note::HOLES {
                metadata.extend(serde_json::from_str(&value).ok().map(|holes| (name, holes)));
            } else {
                metadata.insert(name, Value::from(value));
            }
        }
        Ok(Value::Object(metadata))
    }

    /// The bounds and zooms, as far as they are told.
    pub(super) fn frame(&self) -> Result<([f64; 4], u8, u8), ArchiveError> {
        let number = |text: Option<String>| text.and_then(|text| text.trim().parse::<u8>().ok());
        let bounds: Option<Vec<f64>> = self.value("bounds")?.and_then(|text| {
            let numbers = text.split(',').map(|number| number.trim().parse().ok());
            numbers.collect()
        });
        let bounds = bounds
            .and_then(|numbers| <[f64; 4]>::try_from(numbers).ok())
            .unwrap_or([-180.0, -85.051_128_78, 180.0, 85.051_128_78]);
        let min = number(self.value("minzoom")?).unwrap_or(0);
        let max = number(self.value("maxzoom")?).unwrap_or(crate::MAX_ZOOM);
        Ok((bounds, min, max))
    }

    /// The addresses of all tiles.
    pub(super) fn addresses(&self) -> Result<Vec<TileAddress>, ArchiveError> {
        let limit = i64::try_from(TOO_MANY).unwrap_or(i64::MAX) + 1;
        let addresses: Vec<Option<TileAddress>> = self.with(|connection| {
            let mut rows = connection
                .prepare("SELECT zoom_level, tile_column, tile_row FROM tiles LIMIT ?1")?;
            let rows = rows.query_map([limit], |row| {
                let (zoom, column, row): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
                Ok(address(zoom, column, row))
            })?;
            rows.collect()
        })?;
        if addresses.len() > TOO_MANY {
            return Err(ArchiveError::TooMany {
                path: self.path.clone(),
                limit: TOO_MANY,
            });
        }
        Ok(addresses.into_iter().flatten().collect())
    }

    /// A tile as it is stored.
    pub(super) fn stored(&self, tile: TileAddress) -> Result<Option<Vec<u8>>, ArchiveError> {
        self.with(|connection| {
            let mut row = connection.prepare_cached(
                "SELECT tile_data FROM tiles WHERE zoom_level = ?1 AND tile_column = ?2 AND tile_row = ?3",
            )?;
            row.query_row(params![tile.z(), tile.x(), from_south(tile)], |row| row.get(0))
                .optional()
        })
    }

    fn value(&self, name: &str) -> Result<Option<String>, ArchiveError> {
        self.with(|connection| {
            connection
                .query_row(
                    "SELECT value FROM metadata WHERE name = ?1",
                    [name],
                    |row| text(row, 0),
                )
                .optional()
        })
    }

    fn with<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, ArchiveError> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let connection = loop {
            match idle.pop() {
                Some(connection) => break connection,
                None => {
                    idle = self
                        .given_back
                        .wait(idle)
                        .unwrap_or_else(PoisonError::into_inner);
                }
            }
        };
        drop(idle);
        let outcome = work(&connection);
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(connection);
        self.given_back.notify_one();
        outcome.map_err(|source| read_failed(&self.path, source))
    }
}

/// Writes an archive: the tiles, compressed, in the order they come.
pub(super) struct MbtilesOut {
    path: PathBuf,
    connection: Connection,
}

impl MbtilesOut {
    /// A new file: an empty one is there.
    pub(super) fn create(path: &Path, note: &ArchiveNote) -> Result<Self, ArchiveError> {
        let made = || {
            let connection = Connection::open(path)?;
            // the file appears by its new name when it is whole: no journal is needed
            connection.pragma_update(None, "journal_mode", "OFF")?;
            connection.pragma_update(None, "synchronous", "OFF")?;
            connection.pragma_update(None, "application_id", APPLICATION_ID)?;
            connection.execute_batch(
                "BEGIN;
                 CREATE TABLE metadata (name TEXT NOT NULL, value TEXT NOT NULL);
                 CREATE TABLE tiles (zoom_level INTEGER NOT NULL, tile_column INTEGER NOT NULL,
                     tile_row INTEGER NOT NULL, tile_data BLOB NOT NULL);
                 CREATE UNIQUE INDEX metadata_name ON metadata (name);
                 CREATE UNIQUE INDEX tile_index ON tiles (zoom_level, tile_column, tile_row);",
            )?;
            for (name, value) in note.as_mbtiles() {
                connection.execute(
                    "INSERT INTO metadata (name, value) VALUES (?1, ?2)",
                    params![name, value],
                )?;
            }
            Ok(connection)
        };
        Ok(Self {
            connection: made().map_err(|source| write_failed(path, source))?,
            path: path.to_owned(),
        })
    }

    pub(super) fn add(&mut self, tile: TileAddress, packed: &[u8]) -> Result<(), ArchiveError> {
        self.connection
            .prepare_cached(
                "INSERT INTO tiles (zoom_level, tile_column, tile_row, tile_data) VALUES (?1, ?2, ?3, ?4)",
            )
            .and_then(|mut insert| {
                insert.execute(params![tile.z(), tile.x(), from_south(tile), packed])
            })
            .map(|_| ())
            .map_err(|source| write_failed(&self.path, source))
    }

    pub(super) fn finish(self) -> Result<(), ArchiveError> {
        let ended = self.connection.execute_batch("COMMIT;");
        ended
            .and_then(|()| self.connection.close().map_err(|(_, error)| error))
            .map_err(|source| write_failed(&self.path, source))
    }
}

/// Reads the file itself, whatever stands beside it, and takes no locks: who changes it all the
/// same is found out by its time.
fn open_to_read(path: &Path) -> rusqlite::Result<Connection> {
    let mut address = String::from("file:");
    for &byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'.' | b'_' | b'~') {
            address.push(char::from(byte));
        } else {
            // writing to a text does not fail
            let _ = write!(address, "%{byte:02X}");
        }
    }
    address.push_str("?immutable=1");
    Connection::open_with_flags(
        address,
        OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_URI
            | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
}

/// Text, or a number as others write it there.
fn text(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<String> {
    use rusqlite::types::ValueRef;
    Ok(match row.get_ref(column)? {
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) | ValueRef::Blob(text) => String::from_utf8_lossy(text).into_owned(),
        ValueRef::Null => String::new(),
    })
}

/// Rows of `MBTiles` count from the south.
fn from_south(tile: TileAddress) -> u32 {
    (1u32 << tile.z()) - 1 - tile.y()
}

/// `None` of what is beyond the pyramid.
fn address(zoom: i64, column: i64, row: i64) -> Option<TileAddress> {
    let zoom = u8::try_from(zoom)
        .ok()
        .filter(|&zoom| zoom <= crate::MAX_ZOOM)?;
    let row = (1i64 << zoom).checked_sub(row)?.checked_sub(1)?;
    TileAddress::new(zoom, u32::try_from(column).ok()?, u32::try_from(row).ok()?)
}

fn read_failed(path: &Path, source: rusqlite::Error) -> ArchiveError {
    use rusqlite::ErrorCode::{CannotOpen, DatabaseBusy, DatabaseLocked, SystemIoFailure};
    let is_of_system = matches!(
        source.sqlite_error_code(),
        Some(CannotOpen | DatabaseBusy | DatabaseLocked | SystemIoFailure)
    );
    if is_of_system {
        return ArchiveError::Database {
            doing: "read",
            path: path.to_owned(),
            source,
        };
    }
    ArchiveError::NotAnArchive {
        path: path.to_owned(),
        kind: "MBTiles",
        reason: source.to_string(),
    }
}

fn write_failed(path: &Path, source: rusqlite::Error) -> ArchiveError {
    ArchiveError::Database {
        doing: "write",
        path: path.to_owned(),
        source,
    }
}
