//! Publishing 100,000 grids, starting a program over them, and switching a running service to a redesign of
//! them under a load of lookups. The service and the publication are processes of the program itself.
//! Linux only: it reads `/proc`.
//!
//! `WANGGE_BENCH_SIDE=1000` takes that many grids on a side, of 20 vertices; beyond 400 nothing is switched.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![expect(
    clippy::cast_precision_loss,
    reason = "counts and nanoseconds far below 2^53"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use wangge_model::{Code, LevelIndex, Scheme, Unit};
use wangge_plane::{Point, Polygon, Ring, Shape};
use wangge_store::{EditUnits, Existing, ImportUnits, Store};

/// The width of a grid in lattice units, about 110 m.
const WIDTH: i32 = 10_000;

/// How often each start is timed.
const STARTS: usize = 5;

const CLIENTS: u64 = 2;

/// Where clients ask, degrees from the south-west: most of the 100,000 grids.
const EXTENT_DEG: f64 = 0.316;

/// How long the load runs before anything happens.
const BEFORE: Duration = Duration::from_secs(8);

const SCHEME: &str =
    "city = 'bench'\nname = '基准'\n[[level]]\nid = 'grid'\nname = '网格'\ncode = '^\\d{7}$'";

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Grids on a side of the city, and vertices on a side of a grid.
#[derive(Clone, Copy)]
struct Size {
    side: i32,
    per_side: i32,
}

fn main() -> Outcome<()> {
    let side = std::env::var("WANGGE_BENCH_SIDE").map_or(Ok(316), |side| side.parse())?;
    let is_large = side > 400;
    let size = Size {
        side,
        per_side: if is_large { 5 } else { 10 },
    };
    let folder = tempfile::tempdir()?;
    let store = folder.path().join("city.gpkg");
    fill(&store, size)?;
    println!(
        "{} grids of {} vertices; wanted: 100,000 published in under 10 s",
        side * side,
        4 * size.per_side
    );
    timed("the first plan, published", || publish(&store, "first"))?;
    starts(&store)?;
    if is_large {
        return Ok(());
    }
    timed("a draft with 1 % merged", || redesign(&store, size))?;
    let mut service = serve(&store)?;
    let switched = switch(&mut service, &store);
    service.kill()?;
    service.wait()?;
    switched
}

fn timed(what: &str, work: impl FnOnce() -> Outcome<()>) -> Outcome<()> {
    let started = Instant::now();
    work()?;
    println!("{what}: {:.2} s", started.elapsed().as_secs_f64());
    Ok(())
}

/// How long one lookup takes, the start of the program included, with the file that a publication leaves
/// beside the store and without it.
fn starts(store: &Path) -> Outcome<()> {
    let compiled = store.with_file_name("city.gpkg.compiled");
    let aside = store.with_file_name("aside");
    let started = || -> Outcome<f64> {
        let started = Instant::now();
        let output = Command::new(env!("CARGO_BIN_EXE_wangge"))
            .args(["locate", "120.81", "30.01", "--store"])
            .arg(store)
            .output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
        }
        Ok(started.elapsed().as_secs_f64())
    };
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        with.push(started()?);
        std::fs::rename(&compiled, &aside)?;
        without.push(started()?);
        std::fs::rename(&aside, &compiled)?;
    }
    let median = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[STARTS / 2]
    };
    let (with, without) = (median(&mut with), median(&mut without));
    println!(
        "one lookup, the start of the program included: {with:.2} s, compiled of the store (the baseline) {without:.2} s, {:.1}x; wanted: a million grids in under 1 s",
        without / with
    );
    Ok(())
}

/// A vertex moved by its place alone, so that neighbours agree.
fn wobbled(x: i32, y: i32) -> Outcome<Point> {
    let mix = (x.wrapping_mul(73_856_093) ^ y.wrapping_mul(19_349_663)).rem_euclid(601);
    Ok(Point::new(
        1_208_000_000 + x + mix - 300,
        300_000_000 + y + (mix * 7) % 601 - 300,
    )?)
}

/// The ground of cells in a row, from west to east.
fn cells(size: Size, column: i32, row: i32, columns: i32) -> Outcome<Shape> {
    let per_side = size.per_side;
    let step = WIDTH / per_side;
    let (x, y, along) = (column * WIDTH, row * WIDTH, columns * per_side);
    let (east, north) = (x + columns * WIDTH, y + WIDTH);
    let south = (0..along).map(|i| (x + i * step, y));
    let right = (0..per_side).map(|i| (east, y + i * step));
    let top = (0..along).map(|i| (east - i * step, north));
    let left = (0..per_side).map(|i| (x, north - i * step));
    let ring = south.chain(right).chain(top).chain(left);
    let points: Outcome<Vec<Point>> = ring.map(|(x, y)| wobbled(x, y)).collect();
    let shell = Ring::new(points?)?;
    Ok(Shape::new(vec![Polygon::new(shell, Vec::new())]).ok_or("a shape has a part")?)
}

fn unit(size: Size, column: i32, row: i32) -> Outcome<Unit> {
    let code: Code = format!("{:07}", row * size.side + column).parse()?;
    Ok(Unit::new(code, LevelIndex(0)))
}

fn fill(path: &Path, size: Size) -> Outcome<()> {
    let mut store = Store::create(path, &Scheme::from_toml(SCHEME)?)?;
    let mut units = Vec::new();
    for row in 0..size.side {
        for column in 0..size.side {
            units.push((unit(size, column, row)?, Some(cells(size, column, row, 1)?)));
        }
    }
    store.import_units(ImportUnits {
        plan: "first",
        level: LevelIndex(0),
        units,
        existing: Existing::Refuse,
        sources: Vec::new(),
        report_json: "{}",
    })?;
    Ok(())
}

/// Every hundredth grid takes the one east of it.
fn redesign(path: &Path, size: Size) -> Outcome<()> {
    let mut store = Store::open(path)?;
    store.create_plan("second", Some("first"), None)?;
    let (mut units, mut removed) = (Vec::new(), Vec::new());
    for row in 0..size.side {
        for column in (row % 100..size.side - 1).step_by(100) {
            units.push((unit(size, column, row)?, cells(size, column, row, 2)?));
            removed.push(unit(size, column + 1, row)?.code);
        }
    }
    store.edit_units(&EditUnits {
        plan: "second",
        action: "grids-merged",
        level: LevelIndex(0),
        units,
        removed,
    })?;
    Ok(())
}

fn publish(store: &Path, plan: &str) -> Outcome<()> {
    let output = Command::new(env!("CARGO_BIN_EXE_wangge"))
        .args(["publish", "--plan", plan, "--store"])
        .arg(store)
        .output()?;
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned().into())
    }
}

fn serve(store: &Path) -> Outcome<Child> {
    Ok(Command::new(env!("CARGO_BIN_EXE_wangge"))
        .args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--lang",
            "en",
            "--store",
        ])
        .arg(store)
        .env("RUST_LOG", "warn")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?)
}

/// Asks all the time, publishes, and asks on until every client sees the new plan.
fn switch(service: &mut Child, store: &Path) -> Outcome<()> {
    let mut lines = BufReader::new(service.stderr.take().ok_or("no output")?).lines();
    let address: SocketAddr = loop {
        let line = lines.next().ok_or("the service ended")??;
        if let Some(rest) = line.strip_prefix("serving on http://") {
            break rest
                .split_whitespace()
                .next()
                .ok_or("no address")?
                .parse()?;
        }
    };
    let load = Arc::new(Load::default());
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let load = Arc::clone(&load);
            std::thread::spawn(move || load.ask(address, client))
        })
        .collect();
    std::thread::sleep(Duration::from_secs(2));
    let quiet = load.measured(service.id(), || {
        std::thread::sleep(BEFORE);
        Ok(())
    })?;
    let mut seen_after = Duration::ZERO;
    let during = load.measured(service.id(), || {
        publish(store, "second")?;
        let published = Instant::now();
        while load.newer.load(Ordering::Relaxed) < CLIENTS {
            if published.elapsed() > Duration::from_mins(2) {
                return Err("the new plan does not come".into());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        seen_after = published.elapsed();
        Ok(())
    })?;
    load.stop.store(true, Ordering::Relaxed);
    for client in clients {
        client.join().map_err(|_| "a client panicked")??;
    }
    println!(
        "the new plan answers {:.2} s after its publication returned",
        seen_after.as_secs_f64()
    );
    for (what, measured) in [("before", &quiet), ("during the switch", &during)] {
        println!(
            "{what}: {:.0} lookups/s, {:.1} microseconds of server CPU each (compiling not counted)",
            measured.per_second, measured.cpu_us
        );
    }
    println!(
        "ratio {:.2}, at most 1.3 wanted; requests lost: {}",
        during.cpu_us / quiet.cpu_us,
        load.lost.load(Ordering::Relaxed)
    );
    Ok(())
}

#[derive(Default)]
struct Load {
    stop: AtomicBool,
    answered: AtomicU64,
    lost: AtomicU64,
    /// Clients that were answered by the new plan.
    newer: AtomicU64,
}

struct Measured {
    per_second: f64,
    cpu_us: f64,
}

impl Load {
    /// One connection, one request after another.
    fn ask(&self, address: SocketAddr, client: u64) -> Outcome<()> {
        let mut socket = TcpStream::connect(address)?;
        socket.set_nodelay(true)?;
        let mut buffer = vec![0; 16 << 10];
        let (mut number, mut is_newer) = (client, false);
        while !self.stop.load(Ordering::Relaxed) {
            number += CLIENTS;
            let along = |ratio: f64| (number as f64 * ratio).fract() * EXTENT_DEG;
            let (lon, lat) = (120.8 + along(0.754_877_666), 30.0 + along(0.569_840_291));
            let target = format!("/v1/locate?lon={lon:.6}&lat={lat:.6}");
            write!(socket, "GET {target} HTTP/1.1\r\nHost: bench\r\n\r\n")?;
            let mut read = 0;
            let whole = loop {
                let bytes = socket.read(&mut buffer[read..])?;
                read += bytes;
                if bytes == 0 {
                    break false;
                }
                if is_whole(&buffer[..read]) {
                    break true;
                }
            };
            let is_answered = whole && buffer.starts_with(b"HTTP/1.1 200 ");
            let counted = if is_answered {
                &self.answered
            } else {
                &self.lost
            };
            counted.fetch_add(1, Ordering::Relaxed);
            let version = b"\"version\":\"2.";
            if !is_newer
                && buffer[..read]
                    .windows(version.len())
                    .any(|part| part == version)
            {
                is_newer = true;
                self.newer.fetch_add(1, Ordering::Relaxed);
            }
        }
        Ok(())
    }

    fn measured(&self, process: u32, work: impl FnOnce() -> Outcome<()>) -> Outcome<Measured> {
        let (started, answered, cpu) = (
            Instant::now(),
            self.answered.load(Ordering::Relaxed),
            answering_ns(process)?,
        );
        work()?;
        let lookups = (self.answered.load(Ordering::Relaxed) - answered) as f64;
        Ok(Measured {
            per_second: lookups / started.elapsed().as_secs_f64(),
            cpu_us: (answering_ns(process)? - cpu) as f64 / 1e3 / lookups,
        })
    }
}

fn is_whole(answer: &[u8]) -> bool {
    let Some(head) = answer.windows(4).position(|end| end == b"\r\n\r\n") else {
        return false;
    };
    let length = std::str::from_utf8(&answer[..head])
        .ok()
        .and_then(|head| {
            head.lines()
                .find_map(|line| line.strip_prefix("content-length: "))
        })
        .and_then(|length| length.parse::<usize>().ok());
    length.is_some_and(|length| answer.len() >= head + 4 + length)
}

/// CPU time of the threads of a process that answer requests, nanoseconds.
fn answering_ns(process: u32) -> Outcome<u64> {
    let mut sum = 0;
    for task in std::fs::read_dir(format!("/proc/{process}/task"))? {
        let path = task?.path();
        let name = std::fs::read_to_string(path.join("comm"))?;
        if name.starts_with("wangge-compile") || name.starts_with("wangge-store") {
            continue;
        }
        let stat = std::fs::read_to_string(path.join("schedstat"))?;
        let spent = stat.split(' ').next().ok_or("an empty schedstat")?;
        sum += spent.parse::<u64>()?;
    }
    Ok(sum)
}
