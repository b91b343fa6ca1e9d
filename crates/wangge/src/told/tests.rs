//! Every error that is told here has a Chinese text with the same values.

use std::io;
use std::path::PathBuf;

use wangge_model::UnitDefect;
use wangge_plane::{Axis, Point};

use super::*;

fn assert_told(error: impl Into<Failure>, values: &[&str]) {
    let Failure::CouldNot { what, .. } = error.into() else {
        panic!("it is a failure");
    };
    let (zh, en) = (
        what.told(wangge_report::Language::Zh),
        what.told(wangge_report::Language::En),
    );
    assert!(
        zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)),
        "{zh}"
    );
    for value in values {
        assert!(zh.contains(value), "{value} is not in {zh}");
        assert!(en.contains(value), "{value} is not in {en}");
    }
}

fn texts(values: &[&str]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

fn missing() -> io::Error {
    io::Error::from(io::ErrorKind::NotFound)
}

#[test]
fn what_stops_a_piece_of_work_is_told() {
    let code = || "2114".parse().unwrap();
    assert_told(
        WorkError::Row {
            file: "grids.shp".to_owned(),
            row: 14,
            source: ModelError::CodeEmpty,
        },
        &["grids.shp", "14"],
    );
    let defect = UnitDefect::NoParent {
        code: code(),
        level: "grid".to_owned(),
        parent_level: "street".to_owned(),
    };
    assert_told(
        WorkError::Rules {
            defects: vec![defect; 12],
        },
        &["12", "2114", "grid", "street", "2"],
    );
    assert_told(
        WorkError::CodeInTwoFiles {
            code: "2114".to_owned(),
            first: "a.shp".to_owned(),
            second: "b.shp".to_owned(),
        },
        &["2114", "a.shp", "b.shp", "--merge-parts"],
    );
    assert_told(
        WorkError::NoOutline {
            file: "city.shp".to_owned(),
        },
        &["city.shp"],
    );
    assert_told(
        WorkError::UnknownLevel {
            level: "town".to_owned(),
            known: texts(&["street", "grid"]),
        },
        &["town", "street", "grid"],
    );
    assert_told(
        WorkError::SeveralDrafts {
            names: texts(&["甲", "乙"]),
        },
        &["--plan", "甲", "乙"],
    );
    assert_told(
        WorkError::NothingToPublish,
        &["wangge import grids", "--plan"],
    );
    assert_told(WorkError::NoPlans, &["wangge publish", "--plan"]);
    assert_told(
        WorkError::Time {
            text: "明天".to_owned(),
        },
        &["明天", "2026-12-01T00:00:00+08:00"],
    );
    assert_told(
        WorkError::Plane(PlaneError::OutOfRange {
            axis: Axis::Latitude,
            value: 120.8,
        }),
        &["120.8", "90"],
    );
    assert_told(
        WorkError::City(CityError::CodeTwice { code: code() }),
        &["2114"],
    );
}

#[test]
fn what_is_wrong_with_a_city_is_told() {
    let code = |text: &str| text.parse().unwrap();
    let text = str::to_owned;
    assert_told(
        CityError::NoGrids { plan: text("甲") },
        &["甲", "wangge import grids"],
    );
    assert_told(
        CityError::TooManyGrids {
            grids: 5_000_000_000,
        },
        &["5000000000", "4,294,967,294"],
    );
    assert_told(
        CityError::Model {
            source: ModelError::NoSuchLevel {
                index: 9,
                levels: 4,
            },
        },
        &["9", "4"],
    );
    assert_told(
        CityError::FeatureIdTwice {
            first: code("a1"),
            second: code("b2"),
            id: 77,
        },
        &["a1", "b2", "77"],
    );
    assert_told(
        CityError::UnknownLevel {
            level: text("town"),
            known: text("street, grid"),
        },
        &["town", "street, grid"],
    );
    assert_told(CityError::TooManyStays { most: 500 }, &["500"]);
    assert_told(
        CityError::UnknownCode {
            code: text("a1"),
            version: text("3.17"),
        },
        &["a1", "3.17"],
    );
    assert_told(
        CityError::NotAbove {
            code: text("a1"),
            level: text("grid"),
        },
        &["a1", "grid"],
    );
    assert_told(CityError::BadCursor, &[]);
    assert_told(
        CityError::CursorExpired {
            issued: text("3.16"),
            current: text("3.17"),
        },
        &["3.16", "3.17"],
    );
    assert_told(
        CityError::Store {
            source: StoreError::Missing {
                path: PathBuf::from("a.gpkg"),
            },
        },
        &["a.gpkg", "wangge init"],
    );
    assert_told(CityError::Watch { source: missing() }, &[]);
    assert_told(ServerError::Thread { source: missing() }, &[]);
    assert_told(ServerError::Signal { source: missing() }, &["SIGTERM"]);
    assert_told(
        AddressError::PublicUrl {
            given: text("x.cn"),
        },
        &["x.cn", "https://…"],
    );
    assert_told(
        AddressError::Network {
            given: text("10/8"),
        },
        &["10/8", "10.0.0.0/8"],
    );
}

#[test]
fn why_a_city_cannot_be_made_is_told() {
    let text = str::to_owned;
    assert_told(
        GenerateError::SpecUnreadable {
            reason: text("missing field `street`"),
        },
        &["`street`"],
    );
    assert_told(
        GenerateError::Scheme {
            source: ModelError::NoLevels,
        },
        &["[[level]]"],
    );
    assert_told(
        GenerateError::Levels {
            city: text("test"),
            levels: 2,
        },
        &["test", "2"],
    );
    assert_told(
        GenerateError::NoCode { city: text("test") },
        &["test", "code = "],
    );
    assert_told(
        GenerateError::CodeRefused {
            city: text("test"),
            code: text("211403"),
            level: text("street"),
        },
        &["test", "211403", "street", "6 + 3 + 3 + 3"],
    );
    assert_told(
        GenerateError::TooMany {
            what: "the villages",
            code: text("211403"),
            limit: 799,
            asked: 900,
        },
        &["211403", "799", "900"],
    );
    assert_told(
        GenerateError::TooFewGrids {
            code: text("211403"),
            communities: 12,
            grids: 7,
        },
        &["211403", "12", "7"],
    );
    assert_told(
        GenerateError::OutOfRange {
            field: "area_km2",
            value: 0.5,
            right: "between 0.01 and 1,000,000 square kilometres",
        },
        &["area_km2", "0.5", "1,000,000"],
    );
    assert_told(
        GenerateError::TooFewBlocks {
            blocks: 8,
            units: 13,
        },
        &["8", "13"],
    );
    assert_told(
        GenerateError::Unsound {
            place: Point::from_degrees(120.5, 40.5).unwrap(),
        },
        &["120.5", "40.5"],
    );
    assert_told(
        GenerateError::Write {
            path: PathBuf::from("demo/grids.geojson"),
            source: missing(),
        },
        &["demo/grids.geojson"],
    );
}

#[test]
fn what_is_wrong_in_the_description_of_a_city_is_told() {
    let text = str::to_owned;
    let code = |code: &str| code.parse().unwrap();
    assert_told(
        GenerateError::GridsLeft {
            code: text("421087101"),
            villages: 26,
            each: 1,
            grids: 31,
        },
        &["421087101", "26", "31"],
    );
    assert_told(
        GenerateError::NoClass {
            department: code("421087-SL"),
            handled: text("event:0699"),
        },
        &["421087-SL", "event:0699"],
    );
    assert_told(
        GenerateError::HandledTwice {
            handled: text("event:0402"),
            first: code("421087-SL"),
            second: code("421087-ZJ"),
        },
        &["event:0402", "421087-SL", "421087-ZJ"],
    );
    assert_told(
        GenerateError::NoDepartment {
            named: text("饮水水利"),
            department: code("421087-SL"),
        },
        &["饮水水利", "421087-SL"],
    );
    assert_told(
        GenerateError::ClassTwice {
            class: text("event:2101"),
        },
        &["event:2101"],
    );
    assert_told(
        GenerateError::NoPost {
            post: text("institution"),
        },
        &["institution"],
    );
    assert_told(
        GenerateError::DepartmentTwice {
            code: code("421087-SL"),
        },
        &["421087-SL"],
    );
}

#[test]
fn what_keeps_an_archive_from_being_served_is_told() {
    let (name, path) = (|| "old".to_owned(), || PathBuf::from("tiles/old.mbtiles"));
    let values = ["old", "tiles/old.mbtiles"];
    assert_told(
        ServerError::ArchiveName {
            name: name(),
            path: path(),
        },
        &values,
    );
    assert_told(
        ServerError::ArchiveNameOfOurs {
            name: name(),
            path: path(),
        },
        &values,
    );
    assert_told(
        ServerError::ArchiveNameTwice {
            name: name(),
            path: path(),
            other: PathBuf::from("new.pmtiles"),
        },
        &["old", "tiles/old.mbtiles", "new.pmtiles"],
    );
    assert_told(
        ServerError::Archive {
            source: ArchiveError::Changed { path: path() },
        },
        &["tiles/old.mbtiles"],
    );
    assert_told(
        ArchiveError::BeingWritten {
            path: path(),
            beside: PathBuf::from("tiles/old.mbtiles-wal"),
        },
        &["tiles/old.mbtiles", "tiles/old.mbtiles-wal"],
    );
    assert_told(
        ServerError::ArchiveZooms {
            path: path(),
            min: 17,
            max: 19,
        },
        &["tiles/old.mbtiles", "17", "19", "16"],
    );
    assert_told(
        ServerError::ArchiveLayers {
            path: path(),
            reason: "invalid type".to_owned(),
        },
        &["tiles/old.mbtiles", "invalid type"],
    );
    assert_told(
        ServerError::ArchiveBounds {
            path: path(),
            bounds: [200.0, 0.0, 201.0, 1.0],
        },
        &["tiles/old.mbtiles", "200", "201"],
    );
}
