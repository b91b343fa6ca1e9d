//! Tiles compressed and not.

use std::io::{self, Read, Write};

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;

/// A larger tile is refused, packed or not.
pub(super) const MOST: u64 = 64 << 20;

/// The same bytes give the same bytes: neither time nor name is written.
pub(super) fn packed(tile: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(tile.len() / 2), Compression::default());
    encoder.write_all(tile)?;
    encoder.finish()
}

/// Whether bytes begin as gzip does.
pub(super) fn is_packed(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
}

pub(super) fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut tile = Vec::new();
    let mut decoder = MultiGzDecoder::new(bytes).take(MOST + 1);
    decoder
        .read_to_end(&mut tile)
        .map_err(|error| format!("it does not unpack ({error})"))?;
    if tile.len() as u64 > MOST {
        return Err(format!("it unpacks to more than {MOST} bytes"));
    }
    Ok(tile)
}
