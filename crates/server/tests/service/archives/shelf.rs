//! Archives of a town in a folder, and services that have them.

use std::fmt::Write as _;
use std::io::Read;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use wangge_city::{City, Published};
use wangge_server::{Archives, ServerConfig, ServerError};
use wangge_tiles::archive::{ArchiveNote, export};
use wangge_tiles::{Shift, Source, SourceTiles};

use crate::house::{Answer, House, drawing};

// where the town is, by the formulas of Web Mercator in Python:
// at zoom 12 column 3422.44 to 3422.66, row 1539.91 to 1540.21
pub(crate) const SOUTH: &str = "12/3422/1540";

/// A folder with archives in it, gone at the end of the test.
pub(crate) struct Shelf {
    folder: TempDir,
}

impl Shelf {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The town's tiles of zooms 0 to 13, in a file of this name.
    pub(crate) fn town(&self, name: &str) -> PathBuf {
        self.archive(name, &drawing::town(), Source::City, Shift::None)
    }

    pub(crate) fn archive(&self, name: &str, city: &City, source: Source, shift: Shift) -> PathBuf {
        let path = self.path(name);
        let tiles = SourceTiles::new(city.tiles(shift), source, 0..=13);
        let layers = tiles.tile_set().layers(source);
        let note = ArchiveNote {
            name: "小城 <b>".to_owned(),
            description: "the town".to_owned(),
            version: "3.17".to_owned(),
            bounds: tiles.tile_set().bounds(source).unwrap(),
            min_zoom: *tiles.zooms().start(),
            max_zoom: *tiles.zooms().end(),
            layers: layers
                .into_iter()
                .filter(|layer| layer.min_zoom <= 13)
                .collect(),
            holes: Vec::new(),
            shift,
        };
        export(&tiles, &note, &path, "key", &|_| {}).unwrap();
        path
    }
}

pub(crate) fn opened(files: &[(Option<&str>, &Path)]) -> Result<Archives, ServerError> {
    Archives::open(files.iter().copied())
}

pub(crate) fn with(archives: Archives) -> ServerConfig {
    ServerConfig {
        archives,
        ..ServerConfig::default()
    }
}

pub(crate) fn beside(path: &Path) -> House {
    House::with(with(opened(&[(Some("old"), path)]).unwrap()))
}

pub(crate) fn alone(path: &Path) -> House {
    let archives = opened(&[(Some("old"), path)]).unwrap();
    House::serving(Published::empty(), with(archives))
}

/// The version that a file has: the beginning of its SHA-256.
pub(crate) fn version_of(path: &Path) -> String {
    let digest = Sha256::digest(std::fs::read(path).unwrap());
    digest[..8].iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

pub(crate) fn gunzipped(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    flate2::read::GzDecoder::new(bytes)
        .read_to_end(&mut out)
        .unwrap();
    out
}

pub(crate) fn outcome(answer: &Answer) -> (u16, String) {
    (answer.status, answer.problem())
}
