//! A coverage the whole way through the program: checked, mended, made lighter, dissolved, and
//! bad files refused.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that panics has failed"
)]

mod bad_files;
mod certificate;
mod large;
mod lighter;
mod mended_cities;
mod mending;
mod messages;
mod page;
#[path = "../support/mod.rs"]
mod support;
mod validating;

use std::path::Path;

use serde_json::Value;
use support::{Ran, run};

/// A path as an argument.
fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A validation of a file as JSON, with its exit code.
#[track_caller]
fn validated(file: &Path, options: &[&str]) -> (Value, i32) {
    let mut arguments = vec!["validate", text(file), "--format", "json"];
    arguments.extend(options);
    let ran = run(&arguments);
    let report = parsed(&ran);
    let exit = i32::from(report["sound"] != true);
    assert_eq!(ran.code, exit, "the exit code is the verdict: {}", ran.out);
    (report, ran.code)
}

/// Standard output as JSON.
#[track_caller]
fn parsed(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}\n{}", ran.out, ran.err))
}

/// The defects of a report of one kind.
fn of_kind<'a>(report: &'a Value, kind: &str) -> Vec<&'a Value> {
    let defects = report["defects"].as_array().unwrap();
    defects.iter().filter(|d| d["kind"] == kind).collect()
}

/// The kinds in a report, each with its severity, in order.
fn kinds(report: &Value) -> Vec<(&str, &str)> {
    let defects = report["defects"].as_array().unwrap();
    defects
        .iter()
        .map(|d| (d["kind"].as_str().unwrap(), d["severity"].as_str().unwrap()))
        .collect()
}

/// Everything that a validation found.
fn all_defects(report: &Value) -> Vec<&Value> {
    report["defects"].as_array().unwrap().iter().collect()
}

/// Whether a measure is what it was worked out to be, within a share.
fn near(value: &Value, expected: f64, share: f64) -> bool {
    let value = value.as_f64().unwrap();
    (value - expected).abs() <= expected * share
}
