//! Why an archive could not be written or read.

use std::io;
use std::path::PathBuf;

use crate::{Source, TileAddress};

/// Why an archive of tiles could not be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// The name does not say which kind of archive it is.
    #[error("{path} is not named as an archive of tiles: the name ends in .pmtiles or .mbtiles", path = path.display())]
    Extension {
        /// The file.
        path: PathBuf,
    },
    /// The system refused.
    #[error("cannot {doing} {path}: {source}", path = path.display())]
    Io {
        /// What was tried: `read`, `write`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// `SQLite` refused.
    #[error("cannot {doing} {path}: {source}", path = path.display())]
    Database {
        /// What was tried: `read`, `write`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What `SQLite` said.
        source: rusqlite::Error,
    },
    /// The file is something else, or damaged.
    #[error("{path} is not a whole {kind} archive: {reason}", path = path.display())]
    NotAnArchive {
        /// The file.
        path: PathBuf,
        /// `PMTiles` or `MBTiles`.
        kind: &'static str,
        /// Why not.
        reason: String,
    },
    /// The archive holds images, or tiles of another kind.
    #[error("{path} holds tiles of the kind {found}: only Mapbox vector tiles (mvt, pbf) can be read", path = path.display())]
    NotVector {
        /// The file.
        path: PathBuf,
        /// What it says of its tiles.
        found: String,
    },
    /// Tiles are compressed in a way that is not read.
    #[error("the tiles of {path} are compressed by {found}: only gzip and none can be read", path = path.display())]
    Compression {
        /// The file.
        path: PathBuf,
        /// How they are compressed.
        found: String,
    },
    /// Another program is not done with the file.
    #[error("{path} is being written, or its writer was ended: {beside} stands beside it", path = path.display(), beside = beside.display())]
    BeingWritten {
        /// The file.
        path: PathBuf,
        /// What `SQLite` has not put into it yet.
        beside: PathBuf,
    },
    /// The file is another one than the one that was opened.
    #[error("{path} was changed after it had been opened", path = path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// More tiles than can be gone through.
    #[error("{path} says that it has more than {limit} tiles", path = path.display())]
    TooMany {
        /// The file.
        path: PathBuf,
        /// The most that are gone through.
        limit: usize,
    },
    /// One tile cannot be read.
    #[error("tile {tile} of {path} cannot be read: {reason}", path = path.display())]
    Tile {
        /// The file.
        path: PathBuf,
        /// The tile.
        tile: TileAddress,
        /// Why not.
        reason: String,
    },
    /// There is nothing to write.
    #[error("the source {source_name} has no tiles at these zooms", source_name = source_asked.name())]
    Nothing {
        /// The source.
        source_asked: Source,
    },
    /// Another process is writing the same archive.
    #[error("another export to the same file is running: {path} is in use", path = path.display())]
    Busy {
        /// The work file.
        path: PathBuf,
    },
    /// What stands in the place of the work file is none.
    #[error("{path} stands where tiles are kept until the archive is whole, and is something else: move it away", path = path.display())]
    NotWork {
        /// The file.
        path: PathBuf,
    },
}
