//! Lookups in cities of 448 and of 10,000 grids.
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
    let city = |columns, rows, spread| Recipe {
        columns,
        rows,
        // patches of about 250 m, 40 vertices each
        step: (30_000, 22_000),
        spread,
        pieces: 10,
        scale: 1,
        origin: (1_208_000_000, 406_000_000),
        seed: 20,
        owners: None,
    };
    for (name, recipe, lookups, [uniform, along_streets]) in [
        // fewer, so that the points themselves do not push so small an index out of the cache
        (
            "448 grids",
            city(28, 16, 1.0),
            40_000,
            [Wanted::of(30.0, 20.0), Wanted::of(12.0, 10.0)],
        ),
        (
            "10,000 grids",
            city(100, 100, 1.0),
            200_000,
            [Wanted::of(20.0, 10.0), Wanted::of(10.0, 5.0)],
        ),
        (
            "10,000 grids, a dense core in wide country",
            city(100, 100, 30.0),
            200_000,
            [Wanted::default(); 2],
        ),
    ] {
        measure(&Case {
            name,
            recipe,
            lookups,
            with_indexed: true,
            uniform,
            along_streets,
        });
    }
}
