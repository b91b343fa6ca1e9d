//! Archives of tiles that are served: beside the city, or alone.

mod served;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use wangge_tiles::Source;

use crate::error::ServerError;

pub(crate) use self::served::ServedArchive;

/// The longest name of an archive in addresses.
const LONGEST_NAME: usize = 64;

/// Archives of tiles by the names that they have in addresses. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Archives {
    by_name: Arc<BTreeMap<String, Arc<ServedArchive>>>,
}

impl Archives {
    /// Opens archives, each under the name that is asked for, or else under the stem of its file's. Each is read once from
    /// end to end: its version is a digest of what is in it.
    ///
    /// # Errors
    /// [`ServerError::ArchiveName`], [`ServerError::ArchiveNameOfOurs`] and [`ServerError::ArchiveNameTwice`] where
    /// a name cannot stand in addresses, [`ServerError::Archive`], [`ServerError::ArchiveZooms`],
    /// [`ServerError::ArchiveLayers`] and [`ServerError::ArchiveBounds`] where a file cannot be served.
    pub fn open<'a>(
        asked: impl IntoIterator<Item = (Option<&'a str>, &'a Path)>,
    ) -> Result<Self, ServerError> {
        let mut by_name = BTreeMap::<String, Arc<ServedArchive>>::new();
        for (place, (name, path)) in asked.into_iter().enumerate() {
            let name = name_of(name, path)?;
            if let Some(other) = by_name.get(&name) {
                return Err(ServerError::ArchiveNameTwice {
                    name,
                    path: path.to_owned(),
                    other: other.path().to_owned(),
                });
            }
            let archive = ServedArchive::open(place, &name, path)?;
            by_name.insert(name, Arc::new(archive));
        }
        Ok(Self {
            by_name: Arc::new(by_name),
        })
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }

    pub(crate) fn get(&self, name: &str) -> Option<Arc<ServedArchive>> {
        self.by_name.get(name).cloned()
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &ServedArchive> {
        self.by_name.values().map(Arc::as_ref)
    }
}

fn name_of(name: Option<&str>, path: &Path) -> Result<String, ServerError> {
    let name = match name {
        Some(name) => name.to_owned(),
        None => path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
    };
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if name.is_empty() || name.len() > LONGEST_NAME || !name.bytes().all(is_plain) {
        return Err(ServerError::ArchiveName {
            name,
            path: path.to_owned(),
        });
    }
    if name.parse::<Source>().is_ok() {
        return Err(ServerError::ArchiveNameOfOurs {
            name,
            path: path.to_owned(),
        });
    }
    Ok(name)
}
