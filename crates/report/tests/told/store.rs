//! The store: errors.

use std::time::Duration;

use wangge_model::{ModelError, PlanState};
use wangge_store::{Digest, StoreError};

use crate::{assert_told, missing, path, text};

#[test]
fn errors_of_the_store_are_told() {
    let plan = || text("2026 年方案");
    let detail = || text("database disk image is malformed");
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
