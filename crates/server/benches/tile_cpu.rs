//! Server CPU of a gzip tile that is kept, against a body of the same size that the same server has
//! at hand, and of a 304 against the health route. The server is a process of its own, so that the
//! load client's CPU is not counted.
//!
//! The medians of the ratios of five runs should be at most 1.15.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![expect(
    clippy::cast_precision_loss,
    reason = "counts and nanoseconds far below 2^53"
)]

use std::io::Write;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header;
use wangge_city::Published;
use wangge_server::{Routes, ServerConfig, routes};
use wangge_tiles::{Format, Shift, Source, TileAddress};

use server_cpu::{Outcome, Server, beside, request};

#[path = "../../city/tests/drawing/mod.rs"]
mod drawing;
mod server_cpu;

/// Grids on a side of the city: 441, about as many as a district has.
const SIDE: u32 = 21;

/// Zoom, column and row of a tile in the middle of the city.
const TILE: (u8, u32, u32) = (11, 1711, 769);

const GZIP: &str = "Accept-Encoding: gzip\r\n";

fn main() -> Outcome<()> {
    beside(router, measure)
}

fn router(config: &Arc<ServerConfig>) -> Outcome<Routes> {
    let city = drawing::marked_city(drawing::V1, SIDE);
    let (z, x, y) = TILE;
    let address = TileAddress::new(z, x, y).ok_or("no tile")?;
    let tiles = city.tiles(Shift::None);
    let tile = tiles
        .tile(Source::Grids, address, Format::Mvt)
        .ok_or("an empty tile")?;
    let mut packed = GzEncoder::new(Vec::new(), Compression::new(6));
    packed.write_all(&tile)?;
    let packed = Bytes::from(packed.finish()?);
    let fixed = Router::new().route(
        "/fixed",
        get(move || {
            let headers = [
                (header::CONTENT_TYPE, "application/vnd.mapbox-vector-tile"),
                (header::CONTENT_ENCODING, "gzip"),
                (header::ETAG, "\"fixed\""),
                (header::CACHE_CONTROL, "public, no-cache"),
            ];
            std::future::ready((headers, packed.clone()))
        }),
    );
    Ok(routes(Arc::new(Published::of(city)), None, Arc::clone(config))?.and(fixed))
}

fn measure(server: &Server) -> Outcome<()> {
    let (z, x, y) = TILE;
    let target = format!("/tiles/grids/{z}/{x}/{y}");
    let of_version = format!("/tiles/grids/{}/{z}/{x}/{y}", drawing::V1);
    let tile = server.answer(&request(&target, GZIP))?;
    let fixed = [request("/fixed", GZIP)];
    server.compare(
        ("fixed body", &fixed),
        ("warm gzip tile", &[request(&target, GZIP)]),
        1.15,
    )?;
    server.compare(
        ("fixed body", &fixed),
        ("versioned gzip tile", &[request(&of_version, GZIP)]),
        1.15,
    )?;
    let held = format!("{GZIP}If-None-Match: {}\r\n", header_of(&tile, "etag")?);
    server.compare(
        ("GET /healthz", &[request("/healthz", "")]),
        ("304 of a tile", &[request(&target, &held)]),
        1.15,
    )
}

fn head(answer: &[u8]) -> Outcome<&str> {
    let head = answer.windows(4).position(|end| end == b"\r\n\r\n");
    Ok(std::str::from_utf8(&answer[..head.ok_or("no head")?])?)
}

fn header_of<'a>(answer: &'a [u8], name: &str) -> Outcome<&'a str> {
    let mut lines = head(answer)?.lines();
    let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    Ok(value.ok_or("a header is missing")?)
}
