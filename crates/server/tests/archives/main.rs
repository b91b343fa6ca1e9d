//! Archives of tiles that are served, beside a city and alone.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what helps tests may panic as tests do"
)]

mod files;
#[path = "../house/mod.rs"]
mod house;
mod shelf;
mod tiles;
mod told;
