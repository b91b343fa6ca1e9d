//! A pyramid written to an archive: on all cores, resumable, whole or not at all.

use std::fs::{File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rayon::prelude::*;

use super::mbtiles_file::MbtilesOut;
use super::pmtiles_file::{PmtilesOut, order};
use super::work::{PackedTile, WorkFile};
use super::{ArchiveError, ArchiveKind, ArchiveNote, cannot, gzip};
use crate::check::Pyramid as _;
use crate::{SourceTiles, TileAddress};

/// Tiles that are drawn together and kept together.
const TOGETHER: usize = 1024;

/// What an export came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exported {
    /// Tiles in the archive.
    pub tiles: u64,
    /// Bytes of the archive.
    pub bytes: u64,
    /// Addresses that an earlier run, which did not come to its end, had seen to.
    pub resumed: u64,
}

/// How far an export is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportStep {
    /// So many addresses of so many are seen to.
    Drawn {
        /// Of these.
        done: u64,
        /// All of them.
        of: u64,
    },
    /// Everything is drawn, and is put into the archive.
    Writing,
}

/// Writes the tiles of a source to an archive, whose name says its kind. The file appears when it
/// is whole. Tiles that are drawn are kept in a file beside it until then: a run with the same
/// `key` goes on where an earlier one ended. The same tiles and note give the same bytes.
///
/// # Errors
/// See [`ArchiveError`]. Nothing appears then by the archive's name.
pub fn export(
    tiles: &SourceTiles<'_>,
    note: &ArchiveNote,
    path: &Path,
    key: &str,
    step: &dyn Fn(ExportStep),
) -> Result<Exported, ArchiveError> {
    let kind = ArchiveKind::of(path)?;
    folder_of(path)
        .metadata()
        .map_err(|source| cannot("write", path, source))?;
    let mut addresses: Vec<TileAddress> = tiles
        .zooms()
        .flat_map(|zoom| tiles.addresses(zoom))
        .collect();
    addresses.sort_by_cached_key(|&tile| order(tile));
    let mut work = WorkFile::beside(path, key)?;
    let (mut done, mut resumed) = (0, 0);
    let of = addresses.len() as u64;
    step(ExportStep::Drawn { done, of });
    for (batch, together) in (0..).zip(addresses.chunks(TOGETHER)) {
        if work.has(batch)? {
            resumed += together.len() as u64;
        } else {
            work.keep(batch, &drawn(tiles, together, path)?)?;
        }
        done += together.len() as u64;
        step(ExportStep::Drawn { done, of });
    }
    step(ExportStep::Writing);
    let written = written(&work, kind, note, path)?;
    work.remove()?;
    let (tiles, bytes) = written.ok_or(ArchiveError::Nothing {
        source_asked: tiles.source(),
    })?;
    Ok(Exported {
        tiles,
        bytes,
        resumed,
    })
}

/// The tiles at these addresses that have something on them, compressed.
fn drawn(
    tiles: &SourceTiles<'_>,
    addresses: &[TileAddress],
    path: &Path,
) -> Result<Vec<PackedTile>, ArchiveError> {
    let drawn: io::Result<Vec<Option<PackedTile>>> = addresses
        .par_iter()
        .map(|&tile| {
            let Ok(bytes) = tiles.tile(tile);
            let packed = bytes.map(|bytes| gzip::packed(&bytes)).transpose()?;
            Ok(packed.map(|packed| PackedTile {
                place: order(tile),
                tile,
                packed,
            }))
        })
        .collect();
    let drawn = drawn.map_err(|source| cannot("write", path, source))?;
    Ok(drawn.into_iter().flatten().collect())
}

/// Puts everything into the archive: its tiles and bytes; `None` of nothing.
fn written(
    work: &WorkFile,
    kind: ArchiveKind,
    note: &ArchiveNote,
    path: &Path,
) -> Result<Option<(u64, u64)>, ArchiveError> {
    let failed = |source| cannot("write", path, source);
    let beside = tempfile::Builder::new()
        .prefix(".wangge-")
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(folder_of(path))
        .map_err(failed)?;
    let mut count = 0;
    match kind {
        ArchiveKind::Pmtiles => {
            let file = beside.as_file().try_clone().map_err(failed)?;
            let mut out = PmtilesOut::create(path, file, note)?;
            work.each(|tile, packed| {
                count += 1;
                out.add(tile, packed)
            })?;
            out.finish()?;
        }
        ArchiveKind::Mbtiles => {
            let mut out = MbtilesOut::create(beside.path(), note)?;
            work.each(|tile, packed| {
                count += 1;
                out.add(tile, packed)
            })?;
            out.finish()?;
        }
    }
    if count == 0 {
        return Ok(None);
    }
    beside.as_file().sync_all().map_err(failed)?;
    let file: File = beside.persist(path).map_err(|error| failed(error.error))?;
    let bytes = file.metadata().map_err(failed)?.len();
    Ok(Some((count, bytes)))
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}
