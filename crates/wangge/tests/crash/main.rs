//! The store when something goes wrong: the power fails, a program is killed, two write at once,
//! the disk is full. And the two commands for it: `wangge store check` and `wangge store backup`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that panics has failed"
)]

mod backups;
mod chance;
mod checks;
mod city;
mod disk;
mod images;
mod killed;
mod power;
mod recorder;
mod refused;
#[path = "../support/mod.rs"]
mod support;
mod told;
mod writers;
