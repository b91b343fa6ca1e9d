//! SHA-256 digests: of files, of shapes, of whole plans.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use wangge_model::{ListKind, ListRow, Unit};

use crate::{StoreError, geometry};

/// A SHA-256 digest, written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// A digest worked out elsewhere, as its 32 bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0 {
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl FromStr for Digest {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        let refused = || StoreError::NotADigest {
            value: text.chars().take(80).collect(),
        };
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(refused());
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| refused())?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| refused())?;
        }
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for Digest {
    type Error = StoreError;

    fn try_from(text: String) -> Result<Self, StoreError> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

/// The digest of a plan's contents, fed unit by unit in bytewise order of codes.
///
/// Input: a line that names the form, the digest of the scheme's text, then each unit's fields in
/// the order of [`ContentHash::unit`]. Texts and digests go in behind a byte that tells absent
/// (0) from present (1); texts behind their length in bytes (`u64`). Numbers are little-endian.
pub(crate) struct ContentHash(Sha256);

impl ContentHash {
    pub(crate) fn new(scheme_source: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"wangge plan contents, form 1\n");
        hash.update(Digest::of(scheme_source.as_bytes()).0);
        Self(hash)
    }

    /// The digest of a list, fed with each cell of its columns row by row.
    pub(crate) fn of_list(kind: ListKind) -> Self {
        let mut hash = Self(Sha256::new());
        hash.0.update(b"wangge list, form 1\n");
        hash.text(Some(kind.as_str()));
        hash
    }

    /// The digest of the versions of components that an import wrote, fed with each in the order
    /// of their codes.
    pub(crate) fn of_components() -> Self {
        let mut hash = Self(Sha256::new());
        hash.0.update(b"wangge components, form 1\n");
        hash
    }

    /// A version of a component: its cells in the order of their columns, and its geometry.
    pub(crate) fn component<'a>(
        &mut self,
        cells: impl IntoIterator<Item = Option<&'a str>>,
        geometry: &[u8],
    ) {
        for cell in cells {
            self.text(cell);
        }
        self.geometry(geometry);
    }

    pub(crate) fn row(&mut self, kind: ListKind, row: &ListRow) {
        self.bytes(Some(row.number.to_le_bytes()));
        for column in kind.columns() {
            let cell = row.get(column);
            // lists that were written before there was the column keep their digest
            if (kind, *column) != (ListKind::Posts, "department") || cell.is_some() {
                self.text(cell);
            }
        }
        if let Some(place) = &row.place {
            self.geometry(&geometry::encode_figure(place));
        }
    }

    fn geometry(&mut self, bytes: &[u8]) {
        self.bytes(Some((bytes.len() as u64).to_le_bytes()));
        self.0.update(bytes);
    }

    pub(crate) fn unit(&mut self, level: &str, unit: &Unit, shape: Option<&Digest>) {
        self.text(Some(level));
        self.text(Some(unit.code.as_str()));
        self.text(unit.name.as_deref());
        self.text(unit.name_en.as_deref());
        self.text(unit.parent.as_ref().map(AsRef::as_ref));
        self.text(unit.kind.as_ref().map(wangge_model::GridKind::as_str));
        self.bytes(unit.households.map(u32::to_le_bytes));
        self.bytes(unit.population.map(u32::to_le_bytes));
        self.bytes(unit.area_m2.map(f64::to_le_bytes));
        self.text(unit.note.as_deref());
        self.bytes(shape.map(|digest| digest.0));
    }

    pub(crate) fn finish(self) -> Digest {
        Digest(self.0.finalize().into())
    }

    fn text(&mut self, text: Option<&str>) {
        self.bytes(text.map(|text| (text.len() as u64).to_le_bytes()));
        if let Some(text) = text {
            self.0.update(text.as_bytes());
        }
    }

    fn bytes<const N: usize>(&mut self, bytes: Option<[u8; N]>) {
        match bytes {
            None => self.0.update([0]),
            Some(bytes) => {
                self.0.update([1]);
                self.0.update(bytes);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // FIPS 180-4's example for the message "abc"
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn a_digest_reads_as_it_is_written() {
        assert_eq!(Digest::of(b"abc").to_string(), ABC);
        assert_eq!(ABC.parse::<Digest>().unwrap(), Digest::of(b"abc"));
        ABC[1..].parse::<Digest>().unwrap_err();
        format!("+{}", &ABC[1..]).parse::<Digest>().unwrap_err();
    }
}
