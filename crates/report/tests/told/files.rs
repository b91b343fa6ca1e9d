//! Reading and writing files: errors, refusals and notes.

use wangge_crs::CrsError;
use wangge_exchange::{ChildEnd, EncodingBy, ExchangeError, Format, Quantity, Refusal, Skip};
use wangge_report::Told;

use crate::{Values, assert_told, missing, path, text, texts};

#[test]
fn notes_of_files_are_told() {
    use wangge_exchange::Note;
    let encoding = |by| Note::Encoding {
        encoding: text("GBK"),
        by,
    };
    assert_told(&[
        (&encoding(EncodingBy::Person), &["GBK"]),
        (&encoding(EncodingBy::CodePageFile), &["GBK", ".cpg"]),
        (&encoding(EncodingBy::LanguageByte), &["GBK", ".dbf"]),
        (&encoding(EncodingBy::Content), &["GBK", "--encoding"]),
        (&Note::CutText { values: 17 }, &["17"]),
        (
            &Note::CrsLinkIgnored {
                href: text("http://a.cn/x"),
            },
            &["http://a.cn/x", "--crs"],
        ),
        (
            &Note::HeightsDropped {
                with_z: 12,
                with_m: 5,
            },
            &["12", "5"],
        ),
        (
            &Note::RepeatedColumn {
                column: text("名称"),
            },
            &["名称"],
        ),
        (
            &Note::ArchiveMember {
                member: text("界/grids.shp"),
            },
            &["界/grids.shp"],
        ),
        (
            &Note::OtherLayers {
                layers: texts(&["roads", "lakes"]),
            },
            &["roads", "lakes"],
        ),
        (
            &Note::Library {
                message: text("GDAL: 1"),
            },
            &["GDAL: 1"],
        ),
        (
            &Note::LockMissing {
                what: text("seccomp could not be used: 22"),
            },
            &["seccomp", "22"],
        ),
        (&Note::NoDeclaredCrs, &[]),
    ]);
}

#[test]
fn refusals_of_the_reading_process_are_told() {
    let limit = |what| Refusal::Limit {
        what,
        found: 4_000,
        limit: 1_000,
    };
    let mut all: Vec<(Refusal, Values)> = [
        Quantity::InputBytes,
        Quantity::ArchiveEntries,
        Quantity::UnpackedBytes,
        Quantity::UnpackedRatio,
        Quantity::Rows,
        Quantity::Vertices,
        Quantity::Columns,
        Quantity::TextBytes,
        Quantity::RowBytes,
    ]
    .into_iter()
    .map(|what| (limit(what), &["4000", "1000"] as Values))
    .collect();
    all.extend([
        (
            Refusal::Malformed {
                format: text("Shapefile"),
                why: text(
                    "the .shx lists 8 shapes and the .dbf 7 records: they are not of one file",
                ),
            },
            &["Shapefile", "8", "7", ".dbf"] as Values,
        ),
        (Refusal::IsTopoJson, &["TopoJSON", ".topojson"]),
        (
            Refusal::Truncated {
                what: text("the .shp has 96 bytes, its header alone takes 100"),
            },
            &["96", "100", ".shp"],
        ),
        (
            Refusal::Forbidden {
                what: text("the archive has the link \"a.shp\": pack the file itself"),
            },
            &["a.shp"],
        ),
        (
            Refusal::Empty {
                why: text("it has no layer"),
            },
            &[],
        ),
        (
            Refusal::SeveralLayers {
                layers: texts(&["grids", "streets"]),
            },
            &["2", "grids", "streets", "--layer"],
        ),
        (
            Refusal::NoSuchLayer {
                layer: text("gird"),
                layers: texts(&["grids"]),
            },
            &["gird", "grids"],
        ),
        (
            Refusal::Encoding {
                place: text("row 3, column NAME"),
                encoding: text("UTF-8"),
            },
            &["3", "NAME", "UTF-8", "--encoding"],
        ),
        (
            Refusal::UnknownEncoding { label: text("gbq") },
            &["gbq", "GB18030"],
        ),
        (
            Refusal::System {
                doing: text("opening the input"),
                why: text("No such file or directory (os error 2)"),
            },
            &[],
        ),
        (
            Refusal::NoDriver {
                format: text("FileGDB"),
                drivers: texts(&["OpenFileGDB"]),
            },
            &["FileGDB", "OpenFileGDB"],
        ),
        (
            Refusal::NotLocked {
                missing: text("seccomp could not be used: 22; Landlock could not be used: 5"),
            },
            &["seccomp", "Landlock", "22", "5"],
        ),
    ]);
    let all: Vec<(&dyn Told, Values)> = all
        .iter()
        .map(|(refusal, values)| (refusal as &dyn Told, *values))
        .collect();
    assert_told(&all);
}

#[test]
fn ends_of_the_reading_process_are_told() {
    let last_words = || text("GDAL 3.6");
    assert_told(&[
        (&ChildEnd::WallClock { limit_s: 300 }, &["300"]),
        (&ChildEnd::CpuTime { limit_s: 120 }, &["120"]),
        (
            &ChildEnd::Memory {
                limit_bytes: 512 << 20,
            },
            &["512 MiB"],
        ),
        (&ChildEnd::FileSize, &[]),
        (
            &ChildEnd::Signal {
                signal: 9,
                last_words: String::new(),
            },
            &[],
        ),
        (
            &ChildEnd::Signal {
                signal: 11,
                last_words: last_words(),
            },
            &["11", "GDAL 3.6"],
        ),
        (
            &ChildEnd::Exit {
                code: 101,
                last_words: last_words(),
            },
            &["101", "GDAL 3.6"],
        ),
    ]);
}

#[test]
fn errors_of_files_are_told() {
    let file = || text("grids.shp");
    let skip = || Skip {
        row: 14,
        kind: wangge_exchange::SkipKind::NotPolygon,
        why: text("it is a point, not a polygon"),
    };
    assert_told(&[
        (
            &ExchangeError::Open {
                path: path(),
                source: missing(),
            },
            &["/数据/longgang.gpkg"],
        ),
        (
            &ExchangeError::NotAFile {
                path: path(),
                wanted: "a .gdb folder",
            },
            &["/数据/longgang.gpkg", ".gdb"],
        ),
        (
            &ExchangeError::UnknownFormat {
                name: text("a.docx"),
            },
            &["a.docx", "GeoPackage", "MapInfo"],
        ),
        (
            &ExchangeError::TooLarge {
                file: file(),
                what: Quantity::InputBytes,
                found: 5_000,
                limit: 4_000,
            },
            &["grids.shp", "5000", "4000"],
        ),
        (
            &ExchangeError::MissingCompanion {
                file: file(),
                missing: text("grids.shx"),
            },
            &["grids.shp", "grids.shx"],
        ),
        (
            &ExchangeError::UnfinishedDatabase {
                file: text("a.gpkg"),
                journal: text("a.gpkg-wal"),
            },
            &["a.gpkg-wal", "QGIS"],
        ),
        (
            &ExchangeError::Start {
                file: file(),
                doing: "copy the input",
                source: missing(),
            },
            &["grids.shp"],
        ),
        (
            &ExchangeError::Refused {
                file: file(),
                refusal: Refusal::IsTopoJson,
            },
            &["grids.shp", ".topojson"],
        ),
        (
            &ExchangeError::Ended {
                file: file(),
                how: ChildEnd::WallClock { limit_s: 30 },
            },
            &["grids.shp", "30"],
        ),
        (
            &ExchangeError::Answer {
                file: file(),
                what: text("it sent 3 rows and counts 4"),
            },
            &["grids.shp", "3", "4"],
        ),
        (
            &ExchangeError::Mapping {
                text: text("cod=A"),
                why: text("\"cod\" is not a field of a grid: use code, name"),
            },
            &["cod=A", "code, name"],
        ),
        (
            &ExchangeError::NoColumn {
                file: file(),
                field: "code",
                column: text("BM"),
                columns: texts(&["编码", "NAME"]),
            },
            &["grids.shp", "BM", "编码", "NAME"],
        ),
        (
            &ExchangeError::NoCodeColumn {
                file: file(),
                columns: texts(&["BM", "NAME"]),
            },
            &["grids.shp", "--map code=", "BM", "NAME"],
        ),
        (
            &ExchangeError::NoListColumn {
                file: file(),
                list: "rules",
                column: "tier",
                columns: texts(&["BM", "NAME"]),
            },
            &["grids.shp", "--map tier=", "BM", "NAME"],
        ),
        (
            &ExchangeError::MissingCrs {
                file: file(),
                link: Some(text("http://a.cn/x")),
            },
            &["grids.shp", "--crs", "EPSG:4490", "http://a.cn/x"],
        ),
        (
            &ExchangeError::Crs {
                file: file(),
                source: CrsError::UnknownCode { code: 99 },
            },
            &["grids.shp", "EPSG:99"],
        ),
        (
            &ExchangeError::BadRows {
                file: file(),
                count: 1,
                rows: vec![skip()],
            },
            &["grids.shp", "--skip-invalid", "14"],
        ),
        (
            &ExchangeError::RepeatedCodes {
                file: file(),
                repeats: vec![wangge_exchange::RepeatedCode {
                    code: text("2114"),
                    rows: vec![3, 8],
                }],
            },
            &["grids.shp", "--merge-parts", "2114", "3", "8"],
        ),
        (
            &ExchangeError::Contradiction {
                file: file(),
                code: text("2114"),
                field: "parent",
                rows: vec![3, 8],
            },
            &["grids.shp", "2114", "parent", "3", "8"],
        ),
        (
            &ExchangeError::Antimeridian {
                file: file(),
                west: 179.5,
                east: 181.5,
            },
            &["grids.shp", "179.5", "181.5", "180"],
        ),
        (
            &ExchangeError::NoGrids {
                file: file(),
                rows: 7,
                skipped: vec![skip()],
            },
            &["grids.shp", "7", "14"],
        ),
        (
            &ExchangeError::NotWritten {
                format: Format::Kml,
            },
            &["KML", "GeoPackage"],
        ),
        (
            &ExchangeError::Unwritable {
                path: path(),
                format: Format::Shapefile,
                why: text("it has no column, and a Shapefile needs one"),
            },
            &["/数据/longgang.gpkg", "Shapefile"],
        ),
        (
            &ExchangeError::Write {
                path: path(),
                source: Box::new(missing()),
            },
            &["/数据/longgang.gpkg"],
        ),
    ]);
}
