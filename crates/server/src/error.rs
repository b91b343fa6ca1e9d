//! Why the server does not start.

use std::path::PathBuf;

use wangge_tiles::MAX_ZOOM;
use wangge_tiles::archive::ArchiveError;

/// What can go wrong with the server itself.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServerError {
    /// The threads for conversions could not be started.
    #[error("a thread of the server could not be started")]
    Thread {
        /// Why.
        source: std::io::Error,
    },
    /// The signals to stop cannot be listened to.
    #[error("the signals to stop (SIGTERM, SIGINT) cannot be listened to")]
    Signal {
        /// Why.
        source: std::io::Error,
    },
    /// A name that cannot stand in an address.
    #[error("{path} cannot be served as {name:?}: a name in addresses has 1 to 64 ASCII letters, digits, - and _", path = path.display())]
    ArchiveName {
        /// As given, or as the file has it.
        name: String,
        /// The file.
        path: PathBuf,
    },
    /// A name that a source of the city has.
    #[error("{path} cannot be served as {name:?}: tiles of a city have this name", path = path.display())]
    ArchiveNameOfOurs {
        /// The name.
        name: String,
        /// The file.
        path: PathBuf,
    },
    /// Two archives of one name.
    #[error("{path} cannot be served as {name:?}: {other} is", path = path.display(), other = other.display())]
    ArchiveNameTwice {
        /// The name.
        name: String,
        /// The file.
        path: PathBuf,
        /// The file that has the name.
        other: PathBuf,
    },
    /// An archive that cannot be read.
    #[error(transparent)]
    Archive {
        /// Why.
        source: ArchiveError,
    },
    /// An archive of zooms that no address has.
    #[error("{path} cannot be served: it has tiles of zooms {min} to {max}, and none of 0 to {MAX_ZOOM}", path = path.display())]
    ArchiveZooms {
        /// The file.
        path: PathBuf,
        /// Its first zoom.
        min: u8,
        /// Its last.
        max: u8,
    },
    /// An archive whose layers are not told as they should be.
    #[error("{path} cannot be served: its vector_layers are not as TileJSON 3.0 has them ({reason})", path = path.display())]
    ArchiveLayers {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// An archive whose bounds are no box on the map.
    #[error("{path} cannot be served: its bounds {bounds:?} are not west, south, east and north in degrees", path = path.display())]
    ArchiveBounds {
        /// The file.
        path: PathBuf,
        /// The bounds.
        bounds: [f64; 4],
    },
}
