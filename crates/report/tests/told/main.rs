//! Every error, defect and note of the crates before this one has a Chinese text that says what
//! the English one says.
#![expect(
    clippy::unwrap_used,
    clippy::too_many_lines,
    reason = "a test that panics has failed, and these are tables: one entry for each error"
)]

mod crs;
mod files;
mod model;
mod store;

use std::fmt::Write as _;
use std::io;
use std::path::PathBuf;

use wangge_plane::{Axis, PlaneError};
use wangge_report::{Language, Told};

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
    // what stands between backquotes is to be typed
    let told = chinese.split('`').step_by(2);
    for word in told.flat_map(|told| told.split(|c: char| !c.is_ascii_alphabetic() && c != ' ')) {
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
    assert!(english_in("用 `wangge store check` 检查").is_none());
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
