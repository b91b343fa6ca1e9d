//! The store: errors.

use std::time::Duration;

use wangge_model::{ListKind, ModelError, PlanState};
use wangge_report::{Language, fault_advice, fault_kind, fault_place};
use wangge_store::{Digest, Fault, StoreError};

use crate::{assert_told, missing, path, text};

#[test]
fn errors_of_the_store_are_told() {
    let plan = || text("2026 年方案");
    let detail = || text("database disk image is malformed");
    assert_told(&[
        (&StoreError::Missing { path: path() }, &["wangge init"]),
        (&StoreError::Exists { path: path() }, &["longgang.gpkg"]),
        (
            &StoreError::Leftover {
                path: path(),
                leftover: "/数据/longgang.gpkg-journal".into(),
            },
            &["longgang.gpkg-journal"],
        ),
        (&StoreError::OntoItself { path: path() }, &["longgang.gpkg"]),
        (
            &StoreError::CopyNotWhole {
                path: path(),
                first: Box::new(Fault::Shape {
                    shape: 7,
                    what: text("it has no geometry"),
                }),
            },
            &["longgang.gpkg", "7", "wangge store check"],
        ),
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
                effective: new_year(2026),
                other: text("2027 年方案"),
                other_effective: new_year(2027),
            },
            &["2026 年方案", "2026-01-01", "2027 年方案", "2027-01-01"],
        ),
        (
            &StoreError::EffectiveOutOfRange {
                plan: plan(),
                effective: new_year(1850),
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

fn new_year(year: i16) -> jiff::Timestamp {
    format!("{year}-01-01T00:00:00Z").parse().unwrap()
}

#[test]
fn faults_of_the_store_are_told_with_their_places_and_what_to_do() {
    let (expected, found) = (Digest::of(b"a"), Digest::of(b"b"));
    let plan = || text("2026");
    let malformed = || text("database disk image is malformed");
    let name = "codes_stay";
    let faults: [(Fault, &'static [&'static str], &str, Option<&str>); 15] = [
        (
            Fault::File {
                message: malformed(),
            },
            &[],
            "file",
            None,
        ),
        (
            Fault::File {
                message: text("row 3 of units refers to a row of shapes that is missing"),
            },
            &["3", "units", "shapes"],
            "file",
            None,
        ),
        (
            Fault::Schema {
                name,
                present: true,
            },
            &["codes_stay"],
            "schema",
            Some("codes_stay"),
        ),
        (
            Fault::Schema {
                name,
                present: false,
            },
            &["codes_stay"],
            "schema",
            Some("codes_stay"),
        ),
        (
            Fault::Unregistered { layer: "grids" },
            &["grids", "gpkg_contents"],
            "unregistered",
            Some("gpkg_contents/grids"),
        ),
        (
            Fault::Scheme { expected, found },
            &["ca978112", "3e23e816"],
            "scheme",
            Some("wangge_store/1"),
        ),
        (
            Fault::ShapeDigest {
                shape: 7,
                expected,
                found,
            },
            &["7", "ca978112", "3e23e816"],
            "shape",
            Some("shapes/7"),
        ),
        (
            Fault::Shape {
                shape: 7,
                what: text("it has no geometry"),
            },
            &["7"],
            "shape",
            Some("shapes/7"),
        ),
        (
            Fault::PlanContents {
                plan: plan(),
                expected,
                found,
            },
            &["2026", "ca978112", "3e23e816"],
            "plan",
            Some("plans/2026"),
        ),
        (
            Fault::Plan {
                plan: plan(),
                what: malformed(),
            },
            &["2026"],
            "plan",
            Some("plans/2026"),
        ),
        (
            Fault::List {
                kind: ListKind::Posts,
                list: 4,
                expected,
                found,
            },
            &["4", "ca978112", "3e23e816"],
            "list",
            Some("posts/4"),
        ),
        (
            Fault::Unreadable {
                table: "streets",
                list: 4,
                what: malformed(),
            },
            &["4", "streets"],
            "list",
            Some("streets/4"),
        ),
        (
            Fault::Components {
                import: 5,
                expected,
                found,
            },
            &["5", "ca978112", "3e23e816"],
            "components",
            Some("component_imports/5"),
        ),
        (Fault::Log { line: 6 }, &["6"], "log", Some("audit/6")),
        (
            Fault::File {
                message: text("row 1 missing from index units_by_shape"),
            },
            &["1", "units_by_shape"],
            "file",
            None,
        ),
    ];
    for (fault, values, kind, place) in &faults {
        assert_told(&[(fault, values)]);
        assert_eq!(fault_kind(fault), *kind);
        assert_eq!(fault_place(fault).as_deref(), *place);
        let [zh, en] = [Language::Zh, Language::En].map(|to| fault_advice(fault, to));
        assert!(zh.contains("备份") && en.contains("backup"), "{zh} {en}");
    }
}
