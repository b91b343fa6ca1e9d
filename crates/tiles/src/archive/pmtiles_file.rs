//! `PMTiles` version 3, in and out.

use std::fs::File;
use std::future::Future;
use std::io::ErrorKind;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use futures_util::Stream;
use moka::sync::Cache;
use pmtiles::{
    AsyncBackend, AsyncPmTilesReader, BackendResponse, Compression, DirEntry, Directory,
    DirectoryCache, PmTilesStreamWriter, PmTilesWriter, PmtError, PmtResult, TileCoord, TileId,
    TileType,
};

use super::{ArchiveError, ArchiveNote, TOO_MANY};
use crate::TileAddress;

/// Directories of an archive that are kept unpacked, at most so many bytes: those of a planet are
/// several hundred times as many.
const KEPT_DIRECTORIES: u64 = 16 << 20;

/// A `PMTiles` archive that is read.
pub(super) struct PmtilesFile {
    path: PathBuf,
    reader: Arc<AsyncPmTilesReader<ReadAt, Directories>>,
}

/// The directories of one archive that were read last, by their places in it.
struct Directories(Cache<u64, Arc<Directory>>);

impl Directories {
    fn new() -> Self {
        let kept = Cache::builder().max_capacity(KEPT_DIRECTORIES).weigher(
            |_, directory: &Arc<Directory>| {
                u32::try_from(directory.get_approx_byte_size()).unwrap_or(u32::MAX)
            },
        );
        Self(kept.build())
    }
}

// nothing here waits for another thread, as everything about a file is done at once: two threads may read
// the same directory
impl DirectoryCache for Directories {
    async fn get_dir_entry_or_insert(
        &self,
        offset: u64,
        tile: TileId,
        read: impl Future<Output = PmtResult<Directory>> + Send,
    ) -> PmtResult<Option<DirEntry>> {
        if let Some(kept) = self.0.get(&offset) {
            return Ok(kept.find_tile_id(tile).copied());
        }
        let directory = Arc::new(read.await?);
        let entry = directory.find_tile_id(tile).copied();
        self.0.insert(offset, directory);
        Ok(entry)
    }
}

/// The archive's bytes, read where they are wanted: a file that is cut short while it is read ends
/// in an error and not in a signal.
struct ReadAt(File);

impl AsyncBackend for ReadAt {
    async fn read(&self, offset: u64, length: usize) -> PmtResult<BackendResponse> {
        let size = self.0.metadata()?.len();
        let there = usize::try_from(size.saturating_sub(offset)).unwrap_or(usize::MAX);
        let mut bytes = vec![0; length.min(there)];
        self.0.read_exact_at(&mut bytes, offset)?;
        Ok(BackendResponse::new(Bytes::from(bytes)))
    }
}

impl PmtilesFile {
    pub(super) fn open(path: &Path, file: File) -> Result<Self, ArchiveError> {
        if let Some(reason) = cut_short(&file) {
            return Err(ArchiveError::NotAnArchive {
                path: path.to_owned(),
                kind: "PMTiles",
                reason,
            });
        }
        let reader = at_once(AsyncPmTilesReader::try_from_cached_source(
            ReadAt(file),
            Directories::new(),
        ))
        .map_err(|error| broken(path, &error))?;
        let header = reader.get_header();
        if header.tile_type != TileType::Mvt {
            return Err(ArchiveError::NotVector {
                path: path.to_owned(),
                found: format!("{:?}", header.tile_type).to_lowercase(),
            });
        }
        if !matches!(
            header.tile_compression,
            Compression::Gzip | Compression::None
        ) {
            return Err(ArchiveError::Compression {
                path: path.to_owned(),
                found: format!("{:?}", header.tile_compression).to_lowercase(),
            });
        }
        Ok(Self {
            path: path.to_owned(),
            reader: Arc::new(reader),
        })
    }

    /// The metadata as it stands in the archive.
    pub(super) fn metadata(&self) -> Result<serde_json::Value, ArchiveError> {
        let text =
            at_once(self.reader.get_metadata()).map_err(|error| broken(&self.path, &error))?;
        serde_json::from_str(&text).map_err(|error| ArchiveError::NotAnArchive {
            path: self.path.clone(),
            kind: "PMTiles",
            reason: format!("its metadata is no JSON ({error})"),
        })
    }

    /// The bounds and zooms of the header.
    pub(super) fn frame(&self) -> ([f64; 4], u8, u8) {
        let header = self.reader.get_header();
        let bounds = [
            header.min_longitude,
            header.min_latitude,
            header.max_longitude,
            header.max_latitude,
        ];
        (bounds, header.min_zoom, header.max_zoom)
    }

    /// The addresses of all tiles that the directories list, in their order.
    pub(super) fn addresses(&self) -> Result<Vec<TileAddress>, ArchiveError> {
        let mut entries = Arc::clone(&self.reader).entries();
        let mut addresses = Vec::new();
        while let Some(entry) = next_at_once(&mut entries) {
            let entry = entry.map_err(|error| broken(&self.path, &error))?;
            for id in entry.iter_coords() {
                let coord = TileCoord::from(id);
                addresses.extend(TileAddress::new(coord.z(), coord.x(), coord.y()));
                if addresses.len() > TOO_MANY || coord.z() > crate::MAX_ZOOM {
                    break;
                }
            }
            if addresses.len() > TOO_MANY {
                return Err(ArchiveError::TooMany {
                    path: self.path.clone(),
                    limit: TOO_MANY,
                });
            }
        }
        Ok(addresses)
    }

    /// A tile as it is stored.
    pub(super) fn stored(&self, tile: TileAddress) -> Result<Option<Bytes>, ArchiveError> {
        let coord =
            TileCoord::new(tile.z(), tile.x(), tile.y()).map_err(|error| self.bad(tile, &error))?;
        at_once(self.reader.get_tile(coord)).map_err(|error| self.bad(tile, &error))
    }

    fn bad(&self, tile: TileAddress, error: &PmtError) -> ArchiveError {
        ArchiveError::Tile {
            path: self.path.clone(),
            tile,
            reason: error.to_string(),
        }
    }
}

/// What a file lacks of the four parts that its header tells the places of; a file without a
/// header is for the reader to refuse.
fn cut_short(file: &File) -> Option<String> {
    /// Where the header has the first part's place and length, each in 8 bytes.
    const PARTS: usize = 8;
    let mut header = [0; 72];
    file.read_exact_at(&mut header, 0).ok()?;
    if !header.starts_with(b"PMTiles") {
        return None;
    }
    let length = file.metadata().ok()?.len();
    let ends = header[PARTS..].chunks_exact(16).map(|part| {
        let number = |at: usize| {
            let bytes = part[at..at + 8].iter().rev();
            bytes.fold(0, |number, byte| (number << 8) | u64::from(*byte))
        };
        number(0).saturating_add(number(8))
    });
    let wanted = ends.max()?;
    (wanted > length).then(|| format!("it has {length} bytes of {wanted}: it was cut short"))
}

/// A `PMTiles` archive that is written: clustered, tiles with the same content once.
pub(super) struct PmtilesOut {
    path: PathBuf,
    writer: PmTilesStreamWriter<File>,
}

impl PmtilesOut {
    pub(super) fn create(
        path: &Path,
        file: File,
        note: &ArchiveNote,
    ) -> Result<Self, ArchiveError> {
        let [west, south, east, north] = note.bounds;
        let [lon, lat] = note.center();
        let writer = PmTilesWriter::new(TileType::Mvt)
            .precompressed(Compression::Gzip)
            .internal_compression(Compression::Gzip)
            .min_zoom(note.min_zoom)
            .max_zoom(note.max_zoom)
            .bounds(west, south, east, north)
            .center(lon, lat)
            .center_zoom(note.center_zoom())
            .metadata(note.as_pmtiles())
            .create(file)
            .map_err(|error| unwritten(path, error))?;
        Ok(Self {
            path: path.to_owned(),
            writer,
        })
    }

    /// Adds a tile, compressed; tiles come in order of [`order`].
    pub(super) fn add(&mut self, tile: TileAddress, packed: &[u8]) -> Result<(), ArchiveError> {
        TileCoord::new(tile.z(), tile.x(), tile.y())
            .and_then(|coord| self.writer.add_tile(coord, packed))
            .map_err(|error| unwritten(&self.path, error))
    }

    pub(super) fn finish(self) -> Result<(), ArchiveError> {
        self.writer
            .finalize()
            .map_err(|error| unwritten(&self.path, error))
    }
}

/// The place of a tile in the archive: along a Hilbert curve, zoom by zoom.
pub(super) fn order(tile: TileAddress) -> u64 {
    TileCoord::new(tile.z(), tile.x(), tile.y())
        .map_or(u64::MAX, |coord| pmtiles::TileId::from(coord).value())
}

/// What is read from a file is there at once, or not at all.
fn at_once<T>(work: impl Future<Output = PmtResult<T>>) -> PmtResult<T> {
    match pin!(work).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => Err(PmtError::Reading(ErrorKind::WouldBlock.into())),
    }
}

fn next_at_once<S: Stream + ?Sized>(stream: &mut Pin<Box<S>>) -> Option<S::Item> {
    match stream
        .as_mut()
        .poll_next(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(item) => item,
        Poll::Pending => None,
    }
}

fn broken(path: &Path, error: &PmtError) -> ArchiveError {
    ArchiveError::NotAnArchive {
        path: path.to_owned(),
        kind: "PMTiles",
        reason: error.to_string(),
    }
}

fn unwritten(path: &Path, error: PmtError) -> ArchiveError {
    let source = match error {
        PmtError::Reading(source) => source,
        other => std::io::Error::other(other),
    };
    super::cannot("write", path, source)
}
