//! Synthetic cities: seamless boundaries of all levels with streets, a river and a coast, for
//! demonstrations, tests and measurements. The same seed gives the same bytes on every machine.
//!
//! A planar map is cut by streets into blocks, whose borders are made once and shared; blocks are
//! gathered into grids, grids into communities and villages, these into streets. Departments,
//! rules and people in posts say who is responsible. Nothing made here exists.

mod along;
mod arcs;
mod blocks;
mod board;
mod census;
mod city;
mod classes;
mod components;
mod departments;
mod described;
mod devices;
mod dice;
mod dissolve;
mod dwellings;
mod error;
mod fixtures;
mod footprints;
mod functional;
mod gather;
mod greens;
mod hierarchy;
mod institutions;
mod lines;
mod lists;
mod mesh;
pub mod mosaic;
mod names;
mod object_files;
mod patrols;
mod plant;
mod posts;
mod readme;
mod register;
mod rules;
mod spec;
mod spec_file;
mod specialised;
mod terrain;
mod truth;
mod ways;
mod write;

pub use city::{City, city};
pub use described::DescribedCity;
pub use devices::Reading;
pub use error::GenerateError;
pub use greens::{Green, GreenClass};
pub use lines::{StreetClass, StreetLine, Water, WaterClass, WaterForm};
pub use patrols::Fix;
pub use plant::{
    LackedVertex, PlantSpec, Planted, PlantedDefect, PlantedKind, ReportKind, Sizes, plant,
};
pub use spec::CitySpec;
pub use truth::{Probe, ProbePlace};
