//! The numbers that map tiles and answers carry for a code.

use sha2::{Digest, Sha256};

/// From here on ids are derived from codes; below are the store's own small numbers.
const DERIVED: u64 = 1 << 52;

/// The feature id of a code that the store keeps no number for (a unit that only its children
/// name): 2^52 plus the first 52 bits of the SHA-256 of the code's UTF-8 bytes.
///
/// Like the store's numbers it is the same in every version, zoom and tile, and below 2^53, so
/// that readers of JSON keep it exactly. Two codes of one city may share it only by chance (1e-4
/// for a million codes); a snapshot with such a pair is refused.
///
/// ```
/// // printf 211403001 | sha256sum
/// assert_eq!(wangge_city::feature_id("211403001"), (1 << 52) + 0x2_4727_98cc_cfa7);
/// ```
pub fn feature_id(code: &str) -> u64 {
    let digest = Sha256::digest(code.as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    DERIVED + (u64::from_be_bytes(first) >> 12)
}
