//! The file formats that are read and written, and how a path names one.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ExchangeError;

/// A file format. A zip archive is not one: it holds one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Format {
    /// GeoJSON, RFC 7946: one feature collection, feature or geometry.
    GeoJson,
    /// One GeoJSON feature per line, or RFC 8142 text sequences.
    GeoJsonSeq,
    /// OGC GeoPackage, a SQLite file.
    GeoPackage,
    /// Comma-separated values with a WKT column or longitude and latitude columns.
    Csv,
    /// ESRI Shapefile: `.shp`, `.shx`, `.dbf`, `.prj`, `.cpg`.
    Shapefile,
    /// FlatGeobuf.
    FlatGeobuf,
    /// KML, also zipped as KMZ.
    Kml,
    /// TopoJSON.
    TopoJson,
    /// ESRI file geodatabase: a `.gdb` folder.
    FileGdb,
    /// GPX.
    Gpx,
    /// DXF, the exchange format of drawing programs.
    Dxf,
    /// `MapInfo`, as `.tab` or `.mif`.
    MapInfo,
    /// A workbook of Office Open XML: lists, without geometry.
    Xlsx,
}

/// What a path says about its content before anything is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Container {
    Plain,
    Zip,
}

impl Format {
    /// Every format, in the order messages list them.
    pub const ALL: [Self; 13] = [
        Self::GeoJson,
        Self::GeoJsonSeq,
        Self::GeoPackage,
        Self::Shapefile,
        Self::FlatGeobuf,
        Self::Csv,
        Self::Kml,
        Self::TopoJson,
        Self::FileGdb,
        Self::Gpx,
        Self::Dxf,
        Self::MapInfo,
        Self::Xlsx,
    ];

    /// The format that a file's name stands for; `None` for an unknown extension and for `.zip`,
    /// whose content decides.
    pub fn of_path(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        if name.ends_with(".topo.json") {
            return Some(Self::TopoJson);
        }
        let (_, extension) = name.rsplit_once('.')?;
        Self::of_extension(extension)
    }

    pub(crate) fn of_extension(extension: &str) -> Option<Self> {
        Some(match extension.to_ascii_lowercase().as_str() {
            "geojson" | "json" => Self::GeoJson,
            "geojsonl" | "geojsons" | "geojsonseq" | "ndjson" | "ndgeojson" | "jsonl" => {
                Self::GeoJsonSeq
            }
            "gpkg" => Self::GeoPackage,
            "csv" | "tsv" => Self::Csv,
            "shp" => Self::Shapefile,
            "fgb" => Self::FlatGeobuf,
            "kml" => Self::Kml,
            "topojson" => Self::TopoJson,
            "gdb" => Self::FileGdb,
            "gpx" => Self::Gpx,
            "dxf" => Self::Dxf,
            "tab" | "mif" => Self::MapInfo,
            "xlsx" => Self::Xlsx,
            _ => return None,
        })
    }

    /// The extension that its main file carries, without the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::GeoJson => "geojson",
            Self::GeoJsonSeq => "geojsonl",
            Self::GeoPackage => "gpkg",
            Self::Csv => "csv",
            Self::Shapefile => "shp",
            Self::FlatGeobuf => "fgb",
            Self::Kml => "kml",
            Self::TopoJson => "topojson",
            Self::FileGdb => "gdb",
            Self::Gpx => "gpx",
            Self::Dxf => "dxf",
            Self::MapInfo => "tab",
            Self::Xlsx => "xlsx",
        }
    }

    /// The name of the format as its users write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::GeoJson => "GeoJSON",
            Self::GeoJsonSeq => "GeoJSONSeq",
            Self::GeoPackage => "GeoPackage",
            Self::Csv => "CSV",
            Self::Shapefile => "Shapefile",
            Self::FlatGeobuf => "FlatGeobuf",
            Self::Kml => "KML",
            Self::TopoJson => "TopoJSON",
            Self::FileGdb => "FileGDB",
            Self::Gpx => "GPX",
            Self::Dxf => "DXF",
            Self::MapInfo => "MapInfo",
            Self::Xlsx => "XLSX",
        }
    }

    /// The GDAL drivers that may open it, best first; none where the reader is our own.
    pub(crate) const fn drivers(self) -> &'static [&'static str] {
        match self {
            Self::GeoJson | Self::GeoJsonSeq | Self::GeoPackage | Self::Csv | Self::TopoJson => &[],
            Self::Shapefile => &["ESRI Shapefile"],
            Self::FlatGeobuf => &["FlatGeobuf"],
            Self::Kml => &["LIBKML", "KML"],
            Self::FileGdb => &["OpenFileGDB"],
            Self::Gpx => &["GPX"],
            Self::Dxf => &["DXF"],
            Self::MapInfo => &["MapInfo File"],
            Self::Xlsx => &["XLSX"],
        }
    }

    /// The extensions of the files that belong to the main one, without which it is not whole or
    /// loses something.
    pub(crate) fn companions(self, main_extension: &str) -> &'static [&'static str] {
        match self {
            Self::Shapefile => &["shx", "dbf", "prj", "cpg"],
            Self::MapInfo if main_extension.eq_ignore_ascii_case("mif") => &["mid"],
            Self::MapInfo => &["dat", "map", "id", "ind"],
            _ => &[],
        }
    }
}

impl Container {
    pub(crate) fn of_path(path: &Path) -> Self {
        let zipped = path
            .extension()
            .and_then(|e| e.to_str())
            .is_some_and(|e| e.eq_ignore_ascii_case("zip") || e.eq_ignore_ascii_case("kmz"));
        if zipped { Self::Zip } else { Self::Plain }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Reads a format's name or its extension, in any case.
impl FromStr for Format {
    type Err = ExchangeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wanted = text.trim().trim_start_matches('.');
        Self::ALL
            .into_iter()
            .find(|format| format.name().eq_ignore_ascii_case(wanted))
            .or_else(|| Self::of_extension(wanted))
            .ok_or_else(|| ExchangeError::UnknownFormat {
                name: text.to_owned(),
            })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("区县界_area.SHP", Some(Format::Shapefile))]
    #[case("a.topo.json", Some(Format::TopoJson))]
    #[case("a.json", Some(Format::GeoJson))]
    #[case("a.ndjson", Some(Format::GeoJsonSeq))]
    #[case("city.gdb", Some(Format::FileGdb))]
    #[case("a.vrt", None)]
    #[case("a.zip", None)]
    #[case("noextension", None)]
    fn a_name_stands_for_one_format(#[case] name: &str, #[case] expected: Option<Format>) {
        assert_eq!(Format::of_path(Path::new(name)), expected);
    }

    #[test]
    fn every_name_and_extension_reads_back() {
        for format in Format::ALL {
            assert_eq!(format.name().parse::<Format>().unwrap(), format);
            assert_eq!(format.extension().parse::<Format>().unwrap(), format);
        }
        assert!("GPKG:/etc/passwd".parse::<Format>().is_err());
    }
}
