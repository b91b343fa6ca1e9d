//! Who is responsible, the whole way through the program: lists in, rules checked, lookups on the
//! command line and over HTTP.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that panics has failed"
)]

mod bad_components;
mod bad_rows;
mod city;
mod components;
mod contacts;
mod demo;
mod demonstration;
mod erdao;
mod handlers;
mod holes;
mod laiyang;
mod layers;
mod lists;
mod longgang;
mod real_components;
mod serving;
mod songzi;
#[path = "../support/mod.rs"]
mod support;
mod workbook;
mod zhanggong;

use std::path::Path;

use serde_json::Value;

/// A path as an argument.
fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[track_caller]
fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The middle of a cell of the board, as degrees.
fn middle(column: i64, row: i64) -> (String, String) {
    (
        format!("120.{}5", 800 + column),
        format!("40.{}5", 700 + row),
    )
}
