//! The service as its clients meet it, over real connections. In one program, as each takes long to
//! link; what sets the log of its process stands beside it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what helps tests may panic as tests do"
)]

mod archives;
mod batch;
mod house;
mod lane;
mod routes;
mod styles;
mod switching;
mod tables;
mod tiles;
mod tiles_changing;
mod tiles_of_plans;
mod tracks;
mod wire;
