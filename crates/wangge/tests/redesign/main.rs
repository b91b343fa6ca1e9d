//! What a redesign changes, the whole way through the program: files and plans compared, reports
//! and work lists written, bad inputs refused.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that panics has failed"
)]

mod bad_inputs;
mod files;
mod plans;
mod real;
#[path = "../responsibility/city.rs"]
#[allow(
    dead_code,
    reason = "its lists of what is secret and wrong are for others"
)]
mod small_city;
#[path = "../support/mod.rs"]
mod support;

use std::path::Path;

use serde_json::Value;
use support::{Ran, run};

/// A path as an argument.
fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A comparison as JSON.
#[track_caller]
fn compared(old: &str, new: &str, options: &[&str]) -> Value {
    let ran = diff(old, new, &[options, &["--format", "json"]].concat()).expect_code(0);
    serde_json::from_str(&ran.out).unwrap()
}

fn diff(old: &str, new: &str, options: &[&str]) -> Ran {
    run(&[&["diff", old, new], options].concat())
}

/// The changes of a report in few words: kind, old codes, new codes.
fn changes(report: &Value) -> Vec<(String, String, String)> {
    let words = |codes: &Value| {
        let codes = codes.as_array().unwrap().iter();
        codes
            .map(|code| code.as_str().unwrap())
            .collect::<Vec<_>>()
            .join(" ")
    };
    let all = report["changes"].as_array().unwrap().iter();
    all.map(|c| {
        (
            c["kind"].as_str().unwrap().to_owned(),
            words(&c["old"]),
            words(&c["new"]),
        )
    })
    .collect()
}

/// The rows of a list, each a line without its header; the file must begin with the mark that
/// spreadsheets need.
#[track_caller]
fn rows(folder: &Path, name: &str) -> (String, Vec<String>) {
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    let text = text.strip_prefix('\u{feff}').expect("a byte order mark");
    let mut lines = text.lines().map(str::to_owned);
    (lines.next().unwrap(), lines.collect())
}
