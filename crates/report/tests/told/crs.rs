//! Coordinate systems: errors and notes.

use wangge_crs::{Area, CrsError, DatumChangeReason, GaussKruger, Hint};
use wangge_plane::{Axis, PlaneError};
use wangge_report::{Language, Told, brief, phrase};

use crate::{assert_told, text};

fn china() -> Area {
    Area::new(73.62, 16.7, 134.77, 53.56, "China - onshore")
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
        area: Box::new(china()),
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
            area: Box::new(china()),
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
