//! The formats of files of points.

use std::path::Path;

/// A format that points are read from and answers are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PointsFormat {
    /// Comma-separated values with a header row (RFC 4180).
    Csv,
    /// A JSON object on each line; GeoJSON features on each line too.
    NdJson,
    /// A `FeatureCollection` of points (RFC 7946).
    GeoJson,
    /// Apache Parquet.
    Parquet,
    /// An Arrow stream, or an Arrow file (Feather).
    Arrow,
}

impl PointsFormat {
    /// The names of formats, as options take them.
    pub const NAMES: &str = "csv, ndjson, geojson, parquet, arrow";

    /// The format that a file's name says.
    pub fn of_path(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "csv" => Some(Self::Csv),
            "ndjson" | "jsonl" | "geojsonl" | "geojsons" | "ndgeojson" => Some(Self::NdJson),
            "geojson" | "json" => Some(Self::GeoJson),
            "parquet" | "geoparquet" | "pq" => Some(Self::Parquet),
            "arrow" | "arrows" | "feather" | "ipc" => Some(Self::Arrow),
            _ => None,
        }
    }

    /// The name, as options take it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::NdJson => "ndjson",
            Self::GeoJson => "geojson",
            Self::Parquet => "parquet",
            Self::Arrow => "arrow",
        }
    }
}

impl std::str::FromStr for PointsFormat {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [
            Self::Csv,
            Self::NdJson,
            Self::GeoJson,
            Self::Parquet,
            Self::Arrow,
        ]
        .into_iter()
        .find(|format| format.as_str() == text)
        .ok_or(())
    }
}
