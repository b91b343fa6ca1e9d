//! Every error, defect and note of the crates before this one has a Chinese text that says what
//! the English one says.

use std::fmt::Write as _;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use wangge_crs::{Area, CrsError, DatumChangeReason, GaussKruger, Hint};
use wangge_exchange::{ChildEnd, EncodingBy, ExchangeError, Format, Quantity, Refusal, Skip};
use wangge_model::{Code, ModelError, PlanState, Scheme, UnitDefect};
use wangge_plane::{Axis, PlaneError};
use wangge_report::{Language, Told, brief, phrase};
use wangge_store::{Digest, StoreError};

/// What must stand in the Chinese text as it stands in the English one.
type Values = &'static [&'static str];

fn missing() -> io::Error {
    io::Error::from(io::ErrorKind::NotFound)
}

fn text(value: &str) -> String {
    value.to_owned()
}

fn texts(values: &[&str]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

fn code(value: &str) -> Code {
    value.parse().unwrap()
}

fn path() -> PathBuf {
    PathBuf::from("/数据/longgang.gpkg")
}

fn assert_told(all: &[(&dyn Told, Values)]) {
    let mut faults = String::new();
    for (told, values) in all {
        let (zh, en) = (told.told(Language::Zh), told.told(Language::En));
        if zh == en || !zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)) {
            let _ = writeln!(faults, "not in Chinese: {zh}");
        }
        for value in *values {
            for (text, language) in [(&zh, "Chinese"), (&en, "English")] {
                if !text.contains(value) {
                    let _ = writeln!(faults, "the {language} without {value:?}: {text}");
                }
            }
        }
        if let Some(sentence) = english_in(&zh) {
            let _ = writeln!(faults, "English left over ({sentence}): {zh}");
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

/// Three English words in a row that are no names; of names, systems, programs and sources there
/// may be any number.
fn english_in(chinese: &str) -> Option<String> {
    let mut row: Vec<&str> = Vec::new();
    for word in chinese.split(|c: char| !c.is_ascii_alphabetic() && c != ' ') {
        row.clear();
        for part in word.split(' ') {
            if part.len() > 1 && part.bytes().all(|b| b.is_ascii_lowercase()) {
                row.push(part);
            } else {
                row.clear();
            }
            if row.len() == 3 {
                return Some(row.join(" "));
            }
        }
    }
    None
}

#[test]
fn english_in_a_chinese_text_is_found() {
    assert!(english_in("第 3 行：it has no geometry").is_some());
    assert!(english_in("“pub”不是 Xian 1980 to WGS 84 (9)").is_none());
}

#[test]
fn coordinates_are_told() {
    assert_told(&[
        (
            &PlaneError::NotFinite {
                axis: Axis::Longitude,
                value: f64::NAN,
            },
            &["NaN"],
        ),
        (
            &PlaneError::OutOfRange {
                axis: Axis::Latitude,
                value: 120.5,
            },
            &["120.5", "90"],
        ),
        (&PlaneError::RingTooShort { distinct: 2 }, &["2", "3"]),
    ]);
}

fn china() -> Box<Area> {
    Box::new(Area::new(73.62, 16.7, 134.77, 53.56, "China - onshore"))
}

#[test]
fn coordinate_systems_are_told() {
    let system = || text("EPSG:4610");
    let datum_change = |reason| CrsError::DatumChange {
        system: system(),
        datum: text("Xian 1980"),
        reason,
    };
    let at = |hint| CrsError::OutsideArea {
        system: text("EPSG:4549"),
        east: 571_817.5,
        north: 1.25,
        area: china(),
        hint,
    };
    let zone = GaussKruger::of(4528).unwrap();
    assert_told(&[
        (
            &CrsError::NotASystem {
                given: text("\"epgs 4549\""),
            },
            &["epgs 4549", "EPSG:n", "wgs84", "+proj=…"],
        ),
        (
            &CrsError::NotASystem {
                given: text("the definition given"),
            },
            &["EPSG:n"],
        ),
        (
            &CrsError::NotChinaBounds { given: text("all") },
            &["all", "narrow-box", "everywhere"],
        ),
        (&CrsError::UnknownCode { code: 999_999 }, &["EPSG:999999"]),
        (
            &CrsError::Unreadable {
                system: text("the PROJ string given"),
            },
            &["PROJ"],
        ),
        (
            &CrsError::GridPath {
                system: text("the WKT given"),
            },
            &["WKT", "PROJ"],
        ),
        (
            &CrsError::Unsupported {
                system: text("EPSG:4978"),
                kind: "geocentric (X, Y, Z)",
            },
            &["EPSG:4978"],
        ),
        (
            &datum_change(DatumChangeReason::Nothing),
            &["EPSG:4610", "Xian 1980", "+towgs84=…", "--allow-ballpark"],
        ),
        (&datum_change(DatumChangeReason::PartsOnly), &["EPSG:4610"]),
        (
            &datum_change(DatumChangeReason::Inexact {
                operation: text("Xian 1980 to WGS 84 (9)"),
                accuracy_m: 25.0,
            }),
            &["Xian 1980 to WGS 84 (9)", "25"],
        ),
        (&datum_change(DatumChangeReason::TiedByZeros), &["WGS 84"]),
        (
            &datum_change(DatumChangeReason::TiedElsewhere),
            &["CGCS2000"],
        ),
        (
            &CrsError::NotFinite {
                east: f64::INFINITY,
                north: 2.5,
            },
            &["inf", "2.5"],
        ),
        (
            &CrsError::NotDegrees {
                lon: 40.5,
                lat: 120.5,
                hint: Some(Hint::LatitudeFirst),
            },
            &["40.5", "120.5"],
        ),
        (
            &at(None),
            &["571817.5", "1.25", "EPSG:4549", "73.62", "53.56"],
        ),
        (&at(Some(Hint::NorthingFirst)), &["EPSG:4549"]),
        (&at(Some(Hint::Degrees)), &["cgcs2000"]),
        (&at(Some(Hint::Lengths)), &["EPSG:4549"]),
        (&at(Some(Hint::ZonePrefix { zone })), &["EPSG:4528", "40"]),
        (&at(Some(Hint::NoZonePrefix { zone })), &["EPSG:4528"]),
        (
            &CrsError::NoPosition {
                system: text("EPSG:4549"),
                east: 1e12,
                north: 3.5,
                hint: None,
            },
            &["1000000000000", "3.5", "EPSG:4549"],
        ),
        (
            &CrsError::Proj {
                problem: "its database proj.db has no EPSG:4326",
            },
            &["PROJ", "proj.db", "EPSG:4326"],
        ),
    ]);
}

/// Errors that stand as text in a row's reason or in a note are told alike.
#[test]
fn an_error_in_a_text_is_told_as_the_error_is() {
    for error in [
        CrsError::NotDegrees {
            lon: 40.5,
            lat: 120.5,
            hint: Some(Hint::LatitudeFirst),
        },
        CrsError::OutsideArea {
            system: text("EPSG:4549"),
            east: 571_817.5,
            north: 1.25,
            area: china(),
            hint: Some(Hint::Degrees),
        },
        CrsError::NoPosition {
            system: text("EPSG:4549"),
            east: 5.0,
            north: 3.5,
            hint: None,
        },
        CrsError::NotFinite {
            east: f64::INFINITY,
            north: 2.5,
        },
    ] {
        assert_eq!(phrase(&error.to_string()), error.told(Language::Zh));
    }
    let error = PlaneError::OutOfRange {
        axis: Axis::Longitude,
        value: 190.5,
    };
    assert_eq!(phrase(&error.to_string()), error.told(Language::Zh));
}

#[test]
fn notes_of_conversions_are_told() {
    use wangge_crs::Note;
    let system = || text("EPSG:4326");
    assert_told(&[
        (
            &Note::DatumTakenAsEqual {
                system: system(),
                datum: "World Geodetic System 1984 ensemble",
                error_m: 2.0,
                source: "EPSG:6326",
            },
            &["EPSG:4326", "2", "EPSG:6326"],
        ),
        (
            &Note::DatumTransformed {
                system: system(),
                operation: text("Tokyo to WGS 84 (108)"),
                accuracy_m: 9.0,
            },
            &["Tokyo to WGS 84 (108)", "9"],
        ),
        (
            &Note::GivenParameters {
                system: text("the PROJ string given"),
            },
            &["PROJ"],
        ),
        (
            &Note::Ballpark {
                system: system(),
                accuracy_m: Some(25.0),
            },
            &["EPSG:4326", "25"],
        ),
        (
            &Note::Ballpark {
                system: system(),
                accuracy_m: None,
            },
            &["EPSG:4326"],
        ),
        (
            &Note::ShiftedDegrees {
                system: text("gcj02"),
            },
            &["gcj02", "0.7"],
        ),
        (&Note::HeightDropped { system: system() }, &["EPSG:4326"]),
        (
            &Note::Implausible {
                system: text("EPSG:4549"),
                why: Hint::Degrees.to_string(),
            },
            &["EPSG:4549", "wgs84"],
        ),
    ]);
}

#[test]
fn the_brief_note_of_a_datum_says_what_it_costs_and_no_source() {
    let note = wangge_crs::Note::DatumTakenAsEqual {
        system: text("EPSG:4326"),
        datum: "World Geodetic System 1984 ensemble",
        error_m: 2.0,
        source: "EPSG:6326, accuracy of the ensemble",
    };
    for language in [Language::Zh, Language::En] {
        let brief = brief(&note, language);
        assert!(
            brief.contains("EPSG:4326") && brief.contains('2'),
            "{brief}"
        );
        assert!(!brief.contains("ensemble"), "{brief}");
        assert!(brief.chars().count() < 60, "{brief}");
    }
}

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
#[expect(clippy::too_many_lines, reason = "a table: one entry for each error")]
fn errors_of_files_are_told() {
    let file = || text("grids.shp");
    let skip = || Skip {
        row: 14,
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

#[test]
#[expect(clippy::too_many_lines, reason = "a table: one entry for each error")]
fn errors_of_the_store_are_told() {
    let plan = || text("2026 年方案");
    let detail = || text("database disk image is malformed");
    let time = |year: i16| wangge_store_time(year);
    assert_told(&[
        (&StoreError::Missing { path: path() }, &["wangge init"]),
        (&StoreError::Exists { path: path() }, &["longgang.gpkg"]),
        (
            &StoreError::NotAStore {
                path: path(),
                found: "but another SQLite database",
            },
            &["wangge init", "wangge import", "SQLite"],
        ),
        (
            &StoreError::Newer {
                path: path(),
                found: 9,
                supported: 1,
            },
            &["9", "1"],
        ),
        (&StoreError::ReadOnly { path: path() }, &["longgang.gpkg"]),
        (
            &StoreError::OpenedReadOnly { path: path() },
            &["longgang.gpkg"],
        ),
        (
            &StoreError::CannotOpen {
                path: path(),
                detail: text("unable to open database file"),
            },
            &["longgang.gpkg"],
        ),
        (
            &StoreError::Interrupted { path: path() },
            &["longgang.gpkg"],
        ),
        (
            &StoreError::Locked {
                path: path(),
                waited: Duration::from_secs(5),
            },
            &["longgang.gpkg", "5s", "QGIS"],
        ),
        (&StoreError::DiskFull { path: path() }, &["longgang.gpkg"]),
        (
            &StoreError::Damaged {
                path: path(),
                detail: detail(),
            },
            &["longgang.gpkg"],
        ),
        (
            &StoreError::Row {
                path: path(),
                table: "units",
                row: 31,
                what: text("its number is negative"),
            },
            &["units", "31"],
        ),
        (
            &StoreError::Scheme {
                path: path(),
                source: ModelError::NoLevels,
            },
            &["longgang.gpkg", "[[level]]"],
        ),
        (
            &StoreError::NoPlan {
                plan: plan(),
                known: text("2025"),
            },
            &["2026 年方案", "2025"],
        ),
        (&StoreError::PlanExists { plan: plan() }, &["2026 年方案"]),
        (&StoreError::PlanName { plan: text(" x") }, &[" x", "100"]),
        (
            &StoreError::PlanGuarded {
                plan: plan(),
                state: PlanState::Published,
            },
            &["2026 年方案", "published"],
        ),
        (
            &StoreError::PlanChanged {
                plan: plan(),
                expected: Digest::of(b"a"),
                found: Digest::of(b"b"),
            },
            // SHA-256 of "a" and of "b", by sha256sum
            &["2026 年方案", "ca978112ca1bbdca", "3e23e8160039594a"],
        ),
        (&StoreError::PlanEmpty { plan: plan() }, &["2026 年方案"]),
        (
            &StoreError::EffectiveTooEarly {
                plan: plan(),
                effective: time(2026),
                other: text("2027 年方案"),
                other_effective: time(2027),
            },
            &["2026 年方案", "2026-01-01", "2027 年方案", "2027-01-01"],
        ),
        (
            &StoreError::EffectiveOutOfRange {
                plan: plan(),
                effective: time(1850),
            },
            &["2026 年方案", "1850-01-01", "1900", "9998"],
        ),
        (
            &StoreError::WrongLevel {
                code: text("211403"),
                level: text("street"),
                expected: text("grid"),
            },
            &["211403", "street", "grid"],
        ),
        (
            &StoreError::NoShape {
                code: text("211403"),
                level: text("grid"),
            },
            &["211403", "grid"],
        ),
        (
            &StoreError::NotFinite {
                code: text("211403"),
                value: f64::INFINITY,
            },
            &["211403", "inf"],
        ),
        (
            &StoreError::CodesRepeated {
                count: 3,
                codes: text("a, b, c"),
            },
            &["3", "a, b, c"],
        ),
        (
            &StoreError::CodesTaken {
                plan: plan(),
                count: 3,
                codes: text("a, b, c"),
            },
            &["2026 年方案", "3", "a, b, c"],
        ),
        (
            &StoreError::NotADigest { value: text("xyz") },
            &["xyz", "SHA-256", "64"],
        ),
        (
            &StoreError::File {
                doing: "naming",
                path: path(),
                source: missing(),
            },
            &["longgang.gpkg"],
        ),
        (
            &StoreError::Database {
                doing: "importing units",
                path: path(),
                detail: text("column 3 holds Text"),
            },
            &["longgang.gpkg", "3", "Text"],
        ),
    ]);
}

fn wangge_store_time(year: i16) -> jiff::Timestamp {
    format!("{year}-01-01T00:00:00Z").parse().unwrap()
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table: one entry for each error")]
fn errors_of_codes_and_schemes_are_told() {
    let level = || text("street");
    let pattern = || text("^\\d{9}$");
    assert_told(&[
        (&ModelError::CodeEmpty, &[]),
        (
            &ModelError::CodeTooLong {
                start: text("2114030"),
                chars: 70,
            },
            &["2114030", "70", "64"],
        ),
        (
            &ModelError::CodeUnprintable {
                shown: text("21\\u{7}"),
                position: 3,
            },
            &["21\\u{7}", "3"],
        ),
        (
            &ModelError::CodeMalformed {
                code: code("21X"),
                level: level(),
                pattern: pattern(),
            },
            &["21X", "street", "^\\d{9}$"],
        ),
        (
            &ModelError::ParentNotGiven {
                code: code("21X"),
                level: level(),
                column: text("SSJD"),
                parent_level: text("district"),
            },
            &["21X", "street", "SSJD", "district"],
        ),
        (
            &ModelError::ParentPrefix {
                code: code("21X"),
                level: level(),
                prefix: 6,
                chars: 3,
            },
            &["21X", "street", "6", "3"],
        ),
        (
            &ModelError::ParentSegments {
                code: code("21X"),
                level: level(),
                segments: text("a + b"),
            },
            &["21X", "street", "a + b"],
        ),
        (
            &ModelError::ParentDisagrees {
                code: code("21X"),
                level: level(),
                given: code("22"),
                derived: code("21"),
            },
            &["21X", "street", "22", "21", "parent = { column = \"…\" }"],
        ),
        (
            &ModelError::NoSuchLevel {
                index: 7,
                levels: 4,
            },
            &["7", "4"],
        ),
        (
            &ModelError::NotAPlanState {
                value: text("done"),
            },
            &["done", "draft", "superseded"],
        ),
        (
            &ModelError::NotAVersion { value: text("3-1") },
            &["3-1", "3.17"],
        ),
        (
            &ModelError::SchemeTooLarge {
                bytes: 9_000_000,
                limit: 1_000_000,
            },
            &["9000000", "1000000"],
        ),
        (
            &ModelError::SchemeSyntax {
                line: 4,
                message: text("unknown field `nme`, expected one of `city`, `name`"),
            },
            &["4", "`nme`", "`city`, `name`"],
        ),
        (&ModelError::NoLevels, &["[[level]]"]),
        (
            &ModelError::EmptyText {
                line: 2,
                key: "city",
            },
            &["2", "`city`"],
        ),
        (
            &ModelError::SchemeCode {
                line: 3,
                reason: Box::new(ModelError::CodeEmpty),
            },
            &["3", "`code`"],
        ),
        (
            &ModelError::LevelId {
                line: 5,
                id: text("街道"),
            },
            &["5", "街道", "`name`"],
        ),
        (
            &ModelError::DuplicateLevel {
                line: 9,
                id: level(),
                first_line: 5,
            },
            &["9", "street", "5"],
        ),
        (
            &ModelError::BadPattern {
                line: 5,
                level: level(),
                pattern: text("("),
                reason: text("error: unclosed group"),
            },
            &["5", "street", "("],
        ),
        (
            &ModelError::PatternNotAnchored {
                line: 5,
                level: level(),
                pattern: text("\\d{9}"),
                anchored: pattern(),
            },
            &["5", "street", "^\\d{9}$"],
        ),
        (
            &ModelError::PatternTooLong {
                line: 5,
                level: level(),
                pattern: pattern(),
                min_chars: 99,
            },
            &["5", "street", "99", "64"],
        ),
        (
            &ModelError::ParentOnTop {
                line: 5,
                level: level(),
            },
            &["5", "street", "`parent`"],
        ),
        (
            &ModelError::ParentMissing {
                line: 5,
                level: level(),
            },
            &["5", "street", "parent = { prefix = … }"],
        ),
        (
            &ModelError::ParentRuleForm {
                line: 5,
                level: level(),
                given: 2,
            },
            &["5", "street", "prefix", "segments", "2"],
        ),
        (
            &ModelError::PrefixTooLong {
                line: 5,
                level: level(),
                prefix: 12,
                pattern: pattern(),
                max_chars: 9,
            },
            &["5", "street", "12", "9"],
        ),
        (
            &ModelError::PrefixZero {
                line: 5,
                level: level(),
            },
            &["5", "street", "0"],
        ),
        (
            &ModelError::PrefixNotParent {
                line: 5,
                prefix: 7,
                parent_level: text("district"),
                parent_pattern: text("^\\d{6}$"),
            },
            &["5", "7", "district", "^\\d{6}$"],
        ),
        (
            &ModelError::NoSuchSegment {
                line: 5,
                level: level(),
                segment: text("town"),
                known: text("none"),
            },
            &["5", "street", "town", "(?<street>\\d{9})"],
        ),
        (
            &ModelError::LimitsReversed {
                line: 5,
                level: level(),
                quantity: "households",
                low: 500,
                high: 300,
            },
            &["5", "street", "households", "500", "300"],
        ),
        (
            &ModelError::DuplicatePost {
                line: 5,
                level: level(),
                post: text("head"),
            },
            &["5", "street", "head"],
        ),
        (
            &ModelError::TierNumber {
                line: 5,
                tier: text("一"),
            },
            &["5", "一"],
        ),
        (
            &ModelError::TierLevel {
                line: 5,
                tier: 2,
                level: text("town"),
                known: text("district, street"),
            },
            &["5", "2", "town", "district, street"],
        ),
        (
            &ModelError::TierTwice {
                line: 5,
                tier: 2,
                level: level(),
                other: 1,
            },
            &["5", "2", "street", "1"],
        ),
    ]);
}

/// Mistakes as planners make them in a scheme, in the words of the real reader.
#[test]
fn mistakes_in_a_scheme_are_told_in_chinese() {
    for (toml, wanted) in [
        ("city", "应写成 键 = 值"),
        ("city = 龙港", "须加英文引号"),
        ("city = \"a\"\ncity = \"b\"", "键重复"),
        (
            "city = \"a\"\nname = \"b\"\nlevels = 3",
            "未知的键 `levels`",
        ),
        ("city = 1\nname = \"b\"", "现为整数 1，应为文本"),
        ("city = \"a\"\nname = \"b\"\n[[level]\n", "缺少 ]]"),
        ("city = \"a\"", "缺少键 `name`"),
    ] {
        let told = Scheme::from_toml(toml).unwrap_err().told(Language::Zh);
        assert!(told.contains(wanted), "{toml}: {told}");
        assert_eq!(english_in(&told), None, "{told}");
    }
}

#[test]
fn defects_of_units_are_told() {
    let scheme = Scheme::from_toml(
        "city = \"a\"\nname = \"a\"\n[[level]]\nid = \"grid\"\nname = \"网格\"\ncode = '^\\d$'\nlimits = { households = [300, 500] }\n",
    )
    .unwrap();
    let mut unit = wangge_model::Unit::new(code("7"), wangge_model::LevelIndex(0));
    unit.households = Some(12);
    let sizes = scheme.check(&[unit]);
    let level = || text("grid");
    let parent_level = || text("street");
    let mut all: Vec<(UnitDefect, Values)> = vec![
        (
            UnitDefect::Malformed {
                code: code("21X"),
                level: level(),
                pattern: text("^\\d$"),
            },
            &["21X", "grid", "^\\d$"],
        ),
        (
            UnitDefect::Duplicate {
                code: code("21X"),
                levels: texts(&["grid", "street"]),
            },
            &["2", "21X", "grid", "street"],
        ),
        (
            UnitDefect::NoParent {
                code: code("21X"),
                level: level(),
                parent_level: parent_level(),
            },
            &["21X", "grid", "street"],
        ),
        (
            UnitDefect::UnknownParent {
                code: code("21X"),
                level: level(),
                parent: code("22"),
                parent_level: parent_level(),
                found_in: Some(text("district")),
            },
            &["21X", "grid", "22", "street", "district"],
        ),
        (
            UnitDefect::MalformedParent {
                code: code("21X"),
                level: level(),
                parent: code("22"),
                parent_level: parent_level(),
                pattern: text("^\\d$"),
            },
            &["21X", "grid", "22", "street", "^\\d$"],
        ),
        (
            UnitDefect::OtherParent {
                code: code("21X"),
                level: level(),
                parent: code("22"),
                by_rule: Some(code("23")),
            },
            &["21X", "grid", "22", "23"],
        ),
        (
            UnitDefect::OtherParent {
                code: code("21X"),
                level: level(),
                parent: code("22"),
                by_rule: None,
            },
            &["21X", "grid", "22"],
        ),
        (
            UnitDefect::ParentOnTop {
                code: code("21X"),
                level: level(),
                parent: code("22"),
            },
            &["21X", "grid", "22"],
        ),
    ];
    assert_eq!(sizes.len(), 1);
    all.extend(
        sizes
            .into_iter()
            .map(|size| (size, &["7", "grid", "12", "300", "500"] as Values)),
    );
    let all: Vec<(&dyn Told, Values)> = all
        .iter()
        .map(|(defect, values)| (defect as &dyn Told, *values))
        .collect();
    assert_told(&all);
}
