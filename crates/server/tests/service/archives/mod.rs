//! Archives of tiles that are served, beside a city and alone.

mod files;
mod shelf;
mod tiles;
mod told;
