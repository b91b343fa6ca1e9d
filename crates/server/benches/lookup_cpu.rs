//! Server CPU of one `GET /v1/locate` against a route of the same server that answers the same
//! bytes without looking anything up. The server is a process of its own, so that the load
//! client's CPU is not counted.
//!
//! The median of the ratios of five runs should be at most 1.15. Then how long answers take at steady rates, to the
//! 99.9th percentile.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![expect(
    clippy::cast_precision_loss,
    reason = "counts and nanoseconds far below 2^53"
)]

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use bytes::Bytes;
use http::header;
use wangge_city::{LocateRequest, Published, Shown};
use wangge_crs::Crs;
use wangge_server::{Routes, ServerConfig, routes};

use server_cpu::{Outcome, Server, beside, request};

#[path = "../../city/tests/drawing/mod.rs"]
mod drawing;
mod server_cpu;

/// Grids on a side of the city: 441, about as many as a district has.
const SIDE: u32 = 21;

fn main() -> Outcome<()> {
    beside(router, measure)
}

fn router(config: &Arc<ServerConfig>) -> Outcome<Routes> {
    let city = drawing::marked_city(drawing::V1, SIDE);
    let (lon, lat) = places()[0];
    let answer = Bytes::from(serde_json::to_vec(&city.locate(&LocateRequest {
        lon,
        lat,
        crs: &Crs::Lattice,
        near_m: None,
        subject: None,
        accuracy: None,
        components: None,
        shown: Shown::default(),
    })?)?);
    let fixed = Router::new().route(
        "/fixed",
        get(move || {
            let headers = [
                (header::CONTENT_TYPE, "application/json"),
                (header::ETAG, "\"1.1\""),
                (header::CACHE_CONTROL, "private, no-cache"),
            ];
            std::future::ready((headers, answer.clone()))
        }),
    );
    Ok(routes(Arc::new(Published::of(city)), None, Arc::clone(config))?.and(fixed))
}

fn measure(server: &Server) -> Outcome<()> {
    let lookups: Vec<String> = places()
        .iter()
        .map(|(lon, lat)| request(&format!("/v1/locate?lon={lon:.6}&lat={lat:.6}"), ""))
        .collect();
    let fixed = [request("/fixed", "")];
    let (base, own) = (
        ("fixed answer", &fixed[..]),
        ("GET /v1/locate", &lookups[..]),
    );
    server.compare(base, own, 1.15)?;
    server.latencies(base, own, &[1_000, 5_000, 20_000, 40_000])
}

/// A thousand places all over the city, by the golden ratio's sequence.
fn places() -> Vec<(f64, f64)> {
    (1..=1000_u32)
        .map(|i| {
            let along = |ratio: f64| (f64::from(i) * ratio).fract() * f64::from(SIDE) / 100.0;
            (120.8 + along(0.754_877_666), 40.7 + along(0.569_840_291))
        })
        .collect()
}
