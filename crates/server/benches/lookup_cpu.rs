//! Server CPU of one `GET /v1/locate` against a route of the same server that answers the same
//! bytes without looking anything up. The server is a process of its own, so that the load
//! client's CPU is not counted. Linux only: it reads `/proc`.
//!
//! Five runs, in each of which the two routes take turns, so that what else the machine does falls
//! on both alike; the median of their ratios should be at most 1.3.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![expect(
    clippy::cast_precision_loss,
    reason = "counts and nanoseconds far below 2^53"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::routing::get;
use bytes::Bytes;
use http::header;
use wangge_city::{LocateRequest, Published, Shown};
use wangge_crs::Crs;
use wangge_server::{ServerConfig, routes, serve_router};

#[path = "../../city/tests/drawing/mod.rs"]
mod drawing;

/// The argument with which this program runs as the server.
const AS_SERVER: &str = "--as-server";

const RUNS: usize = 5;
const CLIENTS: usize = 4;
const TURNS: usize = 10;
const REQUESTS_PER_CLIENT: usize = 2_500;

/// Grids on a side of the city: 441, about as many as a district has.
const SIDE: u32 = 21;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> Outcome<()> {
    if std::env::args().any(|argument| argument == AS_SERVER) {
        return serve();
    }
    let mut server = Command::new(std::env::current_exe()?)
        .arg(AS_SERVER)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let measured = measure(&mut server);
    drop(server.stdin.take());
    server.wait()?;
    measured
}

/// Serves until its standard input ends.
fn serve() -> Outcome<()> {
    let city = drawing::marked_city(drawing::V1, SIDE);
    let (lon, lat) = places()[0];
    let answer = Bytes::from(serde_json::to_vec(&city.locate(&LocateRequest {
        lon,
        lat,
        crs: &Crs::Lattice,
        near_m: None,
        subject: None,
        components_m: None,
        shown: Shown::default(),
    })?)?);
    let config = Arc::new(ServerConfig::default());
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
    let router = routes(Arc::new(Published::of(city)), None, Arc::clone(&config))?.merge(fixed);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?);
        let stopped = tokio::task::spawn_blocking(|| {
            let mut rest = Vec::new();
            std::io::stdin().read_to_end(&mut rest)
        });
        serve_router(listener, router, config, async {
            let _ = stopped.await;
        })
        .await;
        Ok(())
    })
}

fn measure(server: &mut Child) -> Outcome<()> {
    let output = server.stdout.take().ok_or("the server has no output")?;
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line)?;
    let address: SocketAddr = line.trim().parse()?;
    let lookups: Vec<String> = places()
        .iter()
        .map(|(lon, lat)| format!("/v1/locate?lon={lon:.6}&lat={lat:.6}"))
        .collect();
    let fixed = vec!["/fixed".to_owned()];

    turn(server, address, &fixed)?;
    turn(server, address, &lookups)?;
    println!(
        "run   fixed answer   GET /v1/locate   ratio   (server CPU, microseconds per request)"
    );
    let mut ratios = Vec::new();
    for number in 1..=RUNS {
        let (mut base, mut lookup) = (0.0, 0.0);
        for _ in 0..TURNS {
            base += turn(server, address, &fixed)? / TURNS as f64;
            lookup += turn(server, address, &lookups)? / TURNS as f64;
        }
        ratios.push(lookup / base);
        println!(
            "{number:>3} {base:>14.2} {lookup:>16.2} {:>7.3}",
            lookup / base
        );
    }
    ratios.sort_by(f64::total_cmp);
    let median = ratios[RUNS / 2];
    println!("median ratio {median:.3}, at most 1.3 wanted");
    Ok(())
}

/// The server's CPU for one request, in microseconds.
fn turn(server: &Child, address: SocketAddr, targets: &[String]) -> Outcome<f64> {
    let before = cpu_ns(server.id())?;
    let started = Instant::now();
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| scope.spawn(move || ask(address, targets, client)))
            .collect();
        clients
            .into_iter()
            .try_for_each(|client| client.join().map_err(|_| "a client panicked")?)
    })?;
    let used = cpu_ns(server.id())? - before;
    let requests = CLIENTS * REQUESTS_PER_CLIENT;
    if started.elapsed().as_secs() > 300 {
        return Err("the machine is too busy to measure on".into());
    }
    Ok(used as f64 / 1e3 / requests as f64)
}

/// One connection, one request after another.
fn ask(address: SocketAddr, targets: &[String], client: usize) -> Outcome<()> {
    let mut socket = TcpStream::connect(address)?;
    socket.set_nodelay(true)?;
    let mut buffer = vec![0; 16 << 10];
    for number in 0..REQUESTS_PER_CLIENT {
        let target = &targets[(client + number * CLIENTS) % targets.len()];
        let request = format!("GET {target} HTTP/1.1\r\nHost: bench\r\n\r\n");
        socket.write_all(request.as_bytes())?;
        let mut read = 0;
        loop {
            let bytes = socket.read(&mut buffer[read..])?;
            read += bytes;
            if bytes == 0 || is_whole(&buffer[..read])? {
                break;
            }
        }
        if !buffer.starts_with(b"HTTP/1.1 200 ") {
            return Err(String::from_utf8_lossy(&buffer[..read]).into_owned().into());
        }
    }
    Ok(())
}

/// Whether the head and as many bytes as it announces are there.
fn is_whole(answer: &[u8]) -> Outcome<bool> {
    let Some(head) = answer.windows(4).position(|end| end == b"\r\n\r\n") else {
        return Ok(false);
    };
    let length: usize = std::str::from_utf8(&answer[..head])?
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .ok_or("no length")?
        .parse()?;
    Ok(answer.len() >= head + 4 + length)
}

/// CPU time of all threads of a process, nanoseconds.
fn cpu_ns(process: u32) -> Outcome<u64> {
    let mut sum = 0;
    for task in std::fs::read_dir(format!("/proc/{process}/task"))? {
        let stat = std::fs::read_to_string(task?.path().join("schedstat"))?;
        sum += stat
            .split(' ')
            .next()
            .ok_or("an empty schedstat")?
            .parse::<u64>()?;
    }
    Ok(sum)
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
