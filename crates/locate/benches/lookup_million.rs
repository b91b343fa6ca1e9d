//! Lookups in a country of a million grids.
#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]
#![expect(clippy::cast_precision_loss, reason = "figures for people")]

mod against;
#[path = "../tests/patchwork/mod.rs"]
mod patchwork;
mod process;

use against::{Case, Wanted, measure};
use patchwork::Recipe;
use process::provenance;

fn main() {
    println!("{}", provenance());
    measure(&Case {
        name: "1,000,000 grids",
        recipe: Recipe {
            columns: 1_000,
            rows: 1_000,
            // patches of about 250 m, 16 vertices each
            step: (30_000, 22_000),
            spread: 1.0,
            pieces: 4,
            scale: 1,
            origin: (1_100_000_000, 250_000_000),
            seed: 20,
            owners: None,
        },
        lookups: 1_000_000,
        with_indexed: false,
        uniform: Wanted::of(30.0, 8.0),
        along_streets: Wanted::of(20.0, 5.0),
    });
}
