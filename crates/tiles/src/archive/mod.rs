//! Archives: a whole pyramid in one file, `PMTiles` version 3 or `MBTiles` 1.3.

mod error;
mod export;
mod gzip;
mod mbtiles_file;
mod note;
mod pmtiles_file;
mod work;

use std::fmt;
use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::SystemTime;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::check::Pyramid;
use crate::{Shift, TileAddress};
use mbtiles_file::MbtilesFile;
use pmtiles_file::PmtilesFile;

pub use error::ArchiveError;
pub use export::{ExportStep, Exported, export};
pub use note::ArchiveNote;

/// The most tiles that an archive is gone through for.
const TOO_MANY: usize = 50_000_000;

/// The kinds of archives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArchiveKind {
    /// `PMTiles` version 3.
    Pmtiles,
    /// `MBTiles` 1.3: an `SQLite` file.
    Mbtiles,
}

impl ArchiveKind {
    /// The kind that a file's name says.
    ///
    /// # Errors
    /// [`ArchiveError::Extension`] when it ends in neither.
    pub fn of(path: &Path) -> Result<Self, ArchiveError> {
        let extension = path.extension().unwrap_or_default();
        if extension.eq_ignore_ascii_case("pmtiles") {
            Ok(Self::Pmtiles)
        } else if extension.eq_ignore_ascii_case("mbtiles") {
            Ok(Self::Mbtiles)
        } else {
            Err(ArchiveError::Extension {
                path: path.to_owned(),
            })
        }
    }
}

/// An archive of vector tiles that is read. Any number of threads may.
pub struct Archive {
    path: PathBuf,
    file: ArchiveFile,
    /// The file itself: another one may come to stand by its name.
    opened: File,
    modified: Option<SystemTime>,
    contents: Mutex<Contents>,
    addresses: OnceLock<Vec<TileAddress>>,
}

/// What is known of the bytes of a file.
#[derive(Debug)]
struct Contents {
    /// How the file was when they were as they were.
    stamp: Stamp,
    digest: Option<[u8; 32]>,
    /// Whether they were found to be others.
    changed: bool,
}

/// Changes with every writing to a file, and with much else. The time of the last change of the file's
/// notes is in it: a program can put back the time of the last writing, and not that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    bytes: u64,
    written: (i64, i64),
    noted: (i64, i64),
}

impl Stamp {
    fn of(file: &Metadata) -> Self {
        Self {
            bytes: file.len(),
            written: (file.mtime(), file.mtime_nsec()),
            noted: (file.ctime(), file.ctime_nsec()),
        }
    }
}

enum ArchiveFile {
    Pmtiles(PmtilesFile),
    Mbtiles(MbtilesFile),
}

/// A tile as an archive holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTile {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Whether they are compressed by gzip.
    pub is_gzip: bool,
}

impl Archive {
    /// Opens an archive, whose name says its kind.
    ///
    /// # Errors
    /// When it is no archive, or not one of Mapbox vector tiles that are compressed by gzip or not
    /// at all.
    pub fn open(path: &Path) -> Result<Self, ArchiveError> {
        // a folder or a missing file is told by the system's words, whatever the kind
        let failed = |source| cannot("read", path, source);
        let there = path.metadata().map_err(failed)?;
        let kind = ArchiveKind::of(path)?;
        if there.is_dir() {
            return Err(failed(io::ErrorKind::IsADirectory.into()));
        }
        if !there.is_file() {
            // opening a pipe waits for somebody who writes
            return Err(failed(io::ErrorKind::Unsupported.into()));
        }
        let opened = File::open(path).map_err(failed)?;
        let found = opened.metadata().map_err(failed)?;
        let file = match kind {
            ArchiveKind::Pmtiles => {
                let file = opened.try_clone().map_err(failed)?;
                ArchiveFile::Pmtiles(PmtilesFile::open(path, file)?)
            }
            ArchiveKind::Mbtiles => ArchiveFile::Mbtiles(MbtilesFile::open(path)?),
        };
        // SQLite opens by name: what it opened must be this file
        let there = path.metadata().map_err(failed)?;
        if (there.dev(), there.ino()) != (found.dev(), found.ino()) {
            return Err(ArchiveError::Changed {
                path: path.to_owned(),
            });
        }
        Ok(Self {
            path: path.to_owned(),
            file,
            opened,
            modified: found.modified().ok(),
            contents: Mutex::new(Contents {
                stamp: Stamp::of(&found),
                digest: None,
                changed: false,
            }),
            addresses: OnceLock::new(),
        })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// When the file was written, where the system keeps such a time.
    pub const fn modified(&self) -> Option<SystemTime> {
        self.modified
    }

    /// SHA-256 of the file as it was opened, whatever stands by its name now.
    ///
    /// # Errors
    /// When it cannot be read, or was changed since.
    pub fn digest(&self) -> Result<[u8; 32], ArchiveError> {
        let mut contents = self.contents();
        if let Some(known) = contents.digest {
            return Ok(known);
        }
        let digest = self.digest_now()?;
        if contents.changed || self.stamp()? != contents.stamp {
            return Err(self.changed());
        }
        contents.digest = Some(digest);
        Ok(digest)
    }

    /// Makes sure that the file holds what it held when it was opened: then what was read before is
    /// that too. A file that another one took the name of does.
    ///
    /// Where the file was touched and its [digest](Self::digest) is known, it is read again from end to
    /// end. A file that was found changed once stays so.
    ///
    /// # Errors
    /// [`ArchiveError::Changed`].
    pub fn unchanged(&self) -> Result<(), ArchiveError> {
        let stamp = self.stamp()?;
        let mut contents = self.contents();
        if contents.changed {
            return Err(self.changed());
        }
        if stamp == contents.stamp {
            return Ok(());
        }
        // by the stamp from before: what is written while it is read is found the next time
        match contents.digest {
            Some(known) if self.digest_now()? == known => {
                contents.stamp = stamp;
                Ok(())
            }
            _ => {
                contents.changed = true;
                Err(self.changed())
            }
        }
    }

    /// Whether the file was found changed. It is not looked at for that.
    pub fn is_known_changed(&self) -> bool {
        self.contents().changed
    }

    fn contents(&self) -> MutexGuard<'_, Contents> {
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stamp(&self) -> Result<Stamp, ArchiveError> {
        let now = self.opened.metadata();
        let now = now.map_err(|source| cannot("read", &self.path, source))?;
        Ok(Stamp::of(&now))
    }

    fn digest_now(&self) -> Result<[u8; 32], ArchiveError> {
        let mut hash = Sha256::new();
        let mut bytes = vec![0; 1 << 20];
        let mut at = 0;
        loop {
            let read = self.opened.read_at(&mut bytes, at);
            let count = match read {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(source) => return Err(cannot("read", &self.path, source)),
            };
            hash.update(&bytes[..count]);
            at += count as u64;
        }
        Ok(hash.finalize().into())
    }

    fn changed(&self) -> ArchiveError {
        ArchiveError::Changed {
            path: self.path.clone(),
        }
    }

    /// What the archive says of itself: a JSON object, with `vector_layers` where it has them.
    ///
    /// # Errors
    /// When it cannot be read, or is no JSON.
    pub fn metadata(&self) -> Result<Value, ArchiveError> {
        match &self.file {
            ArchiveFile::Pmtiles(file) => file.metadata(),
            ArchiveFile::Mbtiles(file) => file.metadata(),
        }
    }

    /// West, south, east and north in degrees, the first zoom and the last, as the archive says.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn frame(&self) -> Result<([f64; 4], u8, u8), ArchiveError> {
        match &self.file {
            ArchiveFile::Pmtiles(file) => Ok(file.frame()),
            ArchiveFile::Mbtiles(file) => file.frame(),
        }
    }

    /// The holes of the coverage, west, south, east and north of each, where the archive tells them.
    ///
    /// # Errors
    /// When the metadata cannot be read.
    pub fn holes(&self) -> Result<Option<Vec<[f64; 4]>>, ArchiveError> {
        let metadata = self.metadata()?;
        let holes = metadata.get(note::HOLES).cloned();
        Ok(holes.and_then(|holes| serde_json::from_value(holes).ok()))
    }

    /// The system that the tiles are drawn in, where the archive tells it: other programs draw
    /// things where they are.
    ///
    /// # Errors
    /// When the metadata cannot be read.
    pub fn shift(&self) -> Result<Shift, ArchiveError> {
        Ok(note::shift_of(&self.metadata()?))
    }

    /// A stored tile without its compression, which makes sure that it is whole. One of more than
    /// 64 MiB is refused.
    ///
    /// # Errors
    /// [`ArchiveError::Tile`].
    pub fn unpacked(
        &self,
        tile: TileAddress,
        stored: &StoredTile,
    ) -> Result<Vec<u8>, ArchiveError> {
        let unpacked = if stored.is_gzip {
            gzip::unpacked(&stored.bytes)
        } else if stored.bytes.len() as u64 > gzip::MOST {
            Err(format!("it has more than {} bytes", gzip::MOST))
        } else {
            return Ok(stored.bytes.clone());
        };
        unpacked.map_err(|reason| ArchiveError::Tile {
            path: self.path.clone(),
            tile,
            reason,
        })
    }

    /// A tile as it is stored; `None` where the archive has none.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn stored(&self, tile: TileAddress) -> Result<Option<StoredTile>, ArchiveError> {
        let bytes = match &self.file {
            ArchiveFile::Pmtiles(file) => file.stored(tile)?.map(Vec::from),
            ArchiveFile::Mbtiles(file) => file.stored(tile)?,
        };
        Ok(bytes.map(|bytes| StoredTile {
            is_gzip: gzip::is_packed(&bytes),
            bytes,
        }))
    }

    /// Every address that has a tile, zooms up to 16.
    ///
    /// # Errors
    /// When the directories cannot be read, or list more tiles than can be gone through.
    pub fn all_addresses(&self) -> Result<&[TileAddress], ArchiveError> {
        if let Some(known) = self.addresses.get() {
            return Ok(known);
        }
        let addresses = match &self.file {
            ArchiveFile::Pmtiles(file) => file.addresses()?,
            ArchiveFile::Mbtiles(file) => file.addresses()?,
        };
        Ok(self.addresses.get_or_init(|| addresses))
    }
}

impl fmt::Debug for Archive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Archive")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl Pyramid for Archive {
    type Error = ArchiveError;

    fn zooms(&self) -> Result<Vec<u8>, ArchiveError> {
        let mut zooms: Vec<u8> = self.all_addresses()?.iter().map(|tile| tile.z()).collect();
        zooms.sort_unstable();
        zooms.dedup();
        Ok(zooms)
    }

    fn addresses(&self, zoom: u8) -> Result<Vec<TileAddress>, ArchiveError> {
        let all = self.all_addresses()?.iter();
        Ok(all.copied().filter(|tile| tile.z() == zoom).collect())
    }

    fn tile(&self, tile: TileAddress) -> Result<Option<Vec<u8>>, ArchiveError> {
        let Some(stored) = self.stored(tile)? else {
            return Ok(None);
        };
        self.unpacked(tile, &stored).map(Some)
    }
}

fn cannot(doing: &'static str, path: &Path, source: io::Error) -> ArchiveError {
    ArchiveError::Io {
        doing,
        path: path.to_owned(),
        source,
    }
}
