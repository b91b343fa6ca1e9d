//! The store, through its public face.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod changes;
mod city;
mod components;
mod earlier_forms;
mod guards;
mod killed;
mod layers;
mod life_of_a_plan;
mod lists;
mod opening;
mod redesigns;
mod speed;
