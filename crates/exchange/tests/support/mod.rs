//! Readers and files for the tests of this crate.
#![expect(
    dead_code,
    unreachable_pub,
    clippy::panic,
    clippy::unwrap_used,
    reason = "each test file takes the part that it needs"
)]

pub mod made;

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use wangge_exchange::{
    ChildProgram, ExchangeError, Limits, ReadRequest, Reader, Refusal, Switches, Table,
};

/// The test program as reading process.
pub fn program() -> ChildProgram {
    ChildProgram::at(env!("CARGO_BIN_EXE_wangge-exchange-child"))
}

pub fn reader() -> Reader {
    reader_within(Limits::default())
}

pub fn reader_within(limits: Limits) -> Reader {
    Reader::new(program(), limits)
}

pub fn reader_with(limits: Limits, switches: Switches) -> Reader {
    reader_within(limits).with_switches(switches)
}

/// A folder of files for one test.
pub struct Files {
    folder: TempDir,
}

impl Files {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        path
    }
}

pub fn read(path: &Path) -> Result<Table, ExchangeError> {
    reader().read(&ReadRequest::of(path))
}

/// Reads GeoJSON text.
pub fn read_geojson(text: &str) -> Result<Table, ExchangeError> {
    let files = Files::new();
    read(&files.write("a.geojson", text))
}

/// What the reading process said.
pub fn refusal(outcome: Result<Table, ExchangeError>) -> Refusal {
    match outcome {
        Err(ExchangeError::Refused { refusal, .. }) => refusal,
        Err(other) => panic!("not a refusal: {other}"),
        Ok(table) => panic!("it was read: {} rows", table.rows.len()),
    }
}

/// A square of one degree as a GeoJSON geometry.
pub fn square_json(west: f64, south: f64) -> String {
    let (east, north) = (west + 1.0, south + 1.0);
    format!(
        r#"{{"type":"Polygon","coordinates":[[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]]}}"#
    )
}

/// A collection of squares beside each other, with these codes.
pub fn squares_json(codes: &[&str]) -> String {
    let features: Vec<String> = codes
        .iter()
        .zip(0_u32..)
        .map(|(code, place)| {
            let geometry = square_json(110.0 + f64::from(place), 30.0);
            format!(
                r#"{{"type":"Feature","properties":{{"code":"{code}","name":"格{code}"}},"geometry":{geometry}}}"#
            )
        })
        .collect();
    format!(
        r#"{{"type":"FeatureCollection","features":[{}]}}"#,
        features.join(",")
    )
}
