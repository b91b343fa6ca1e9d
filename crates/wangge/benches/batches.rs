//! Files of points end to end: CSV, Parquet and Arrow, and Arrow and lines of JSON over HTTP, in rows per second and memory. The program runs as its
//! users run it, loading of the city included. Linux only: it reads `/proc`.
//!
//! `WANGGE_BENCH_ROWS` says how many rows (5 million unless told; lines of JSON a tenth).

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![expect(
    clippy::cast_precision_loss,
    reason = "rows and milliseconds far below 2^53"
)]

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch};
use arrow_ipc::writer::StreamWriter;
use parquet::arrow::ArrowWriter;
use wangge_generate::{CitySpec, city};

/// Goes of each; the one in the middle counts.
const GOES: usize = 5;

/// A streamed body, at most, with the configuration that there is without one.
const MOST_BODY_BYTES: u64 = 1 << 30;

/// Rows of one batch of columns.
const ROWS_AT_ONCE: usize = 1 << 16;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> Outcome<()> {
    let rows: usize = match std::env::var("WANGGE_BENCH_ROWS") {
        Ok(text) => text.parse()?,
        Err(_) => 5_000_000,
    };
    let folder = tempfile::tempdir()?;
    let store = folder.path().join("city.gpkg");
    let points = Points::drawn(made(folder.path(), &store)?, rows);
    let few = Points {
        lons: points.lons[..rows / 10].to_vec(),
        lats: points.lats[..rows / 10].to_vec(),
    };
    let of = |name: &str| folder.path().join(name);
    points.write_csv(&of("points.csv"))?;
    points.write_parquet(&of("points.parquet"))?;
    points.write_arrow(&of("points.arrows"))?;
    few.write_lines(&of("points.ndjson"))?;
    println!("448 grids, {rows} points uniform over their extent, medians of {GOES} goes");
    println!("                                   million rows/s   memory, MB");
    for (name, options, wanted) in [
        ("points.csv", &[][..], 3.0),
        ("points.parquet", &[], 8.0),
        ("points.parquet", &["--columns", "n,grid,status"], 8.0),
        ("points.arrows", &[], f64::NAN),
    ] {
        let one = || answered(&store, &of(name), &of(&format!("answers-{name}")), options);
        let what = format!("{name} {}", options.join(" "));
        tell(&what, rows, wanted, one)?;
    }
    let service = Service::over(&store)?;
    for (name, kind, count, wanted) in [
        (
            "points.arrows",
            "application/vnd.apache.arrow.stream",
            rows,
            5.0,
        ),
        ("points.csv", "text/csv", rows, f64::NAN),
        ("points.ndjson", "application/x-ndjson", rows / 10, 0.5),
    ] {
        if std::fs::metadata(of(name))?.len() >= MOST_BODY_BYTES {
            println!("{name} is longer than the service takes unless it is told");
            continue;
        }
        let one = || service.post(kind, &of(name));
        tell(&format!("{name} over HTTP"), count, wanted, one)?;
    }
    Ok(())
}

/// Prints the median of some goes.
fn tell(
    what: &str,
    rows: usize,
    wanted: f64,
    one: impl Fn() -> Outcome<(Duration, u64)>,
) -> Outcome<()> {
    let mut goes = (0..GOES).map(|_| one()).collect::<Outcome<Vec<_>>>()?;
    goes.sort_unstable();
    let (time, kilobytes) = goes[GOES / 2];
    let speed = rows as f64 / time.as_secs_f64() / 1e6;
    let verdict = if wanted.is_nan() {
        String::new()
    } else {
        let missed = if speed < wanted { ": MISSED" } else { "" };
        format!("  {wanted} wanted{missed}")
    };
    println!("{what:<34} {speed:>14.2} {:>12}{verdict}", kilobytes / 1000);
    Ok(())
}

/// The box around the grids of a city that is in force in a store.
fn made(folder: &Path, store: &Path) -> Outcome<[f64; 4]> {
    let files = folder.join("city");
    city(&CitySpec::sized(448)?, 1)?.write(&files)?;
    let of = |name: &str| files.join(name).display().to_string();
    let at = store.display().to_string();
    wangge(&["init", &at, "--scheme", &of("scheme.toml")])?;
    wangge(&["import", "grids", &of("grids.geojson"), "--store", &at])?;
    for list in ["classes", "departments", "rules", "posts"] {
        wangge(&["import", list, &of(&format!("{list}.csv")), "--store", &at])?;
    }
    wangge(&["publish", "--store", &at])?;
    let grids: geojson::FeatureCollection = std::fs::read_to_string(of("grids.geojson"))?
        .parse::<geojson::GeoJson>()?
        .try_into()?;
    let mut around = [
        f64::INFINITY,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NEG_INFINITY,
    ];
    for feature in grids {
        let geometry = feature.geometry.ok_or("a grid without ground")?;
        let ground: geo::Geometry = geometry.try_into()?;
        for place in geo::CoordsIter::coords_iter(&ground) {
            around[0] = around[0].min(place.x);
            around[1] = around[1].min(place.y);
            around[2] = around[2].max(place.x);
            around[3] = around[3].max(place.y);
        }
    }
    Ok(around)
}

fn wangge(arguments: &[&str]) -> Outcome<()> {
    let ran = Command::new(env!("CARGO_BIN_EXE_wangge"))
        .args(arguments)
        .output()?;
    if ran.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&ran.stderr).into())
    }
}

/// Points in degrees.
struct Points {
    lons: Vec<f64>,
    lats: Vec<f64>,
}

impl Points {
    fn drawn([west, south, east, north]: [f64; 4], count: usize) -> Self {
        let mut state = 1_u64;
        let mut share = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        let seven = |degrees: f64| (degrees * 1e7).round() / 1e7;
        let (mut lons, mut lats) = (Vec::with_capacity(count), Vec::with_capacity(count));
        for _ in 0..count {
            lons.push(seven(west + (east - west) * share()));
            lats.push(seven(south + (north - south) * share()));
        }
        Self { lons, lats }
    }

    fn each(&self) -> impl Iterator<Item = (usize, f64, f64)> {
        let places = self.lons.iter().zip(&self.lats);
        places.enumerate().map(|(n, (&lon, &lat))| (n, lon, lat))
    }

    fn write_csv(&self, path: &Path) -> Outcome<()> {
        let mut file = BufWriter::new(File::create(path)?);
        writeln!(file, "n,lon,lat")?;
        for (n, lon, lat) in self.each() {
            writeln!(file, "{n},{lon},{lat}")?;
        }
        Ok(file.flush()?)
    }

    fn write_lines(&self, path: &Path) -> Outcome<()> {
        let mut file = BufWriter::new(File::create(path)?);
        for (n, lon, lat) in self.each() {
            writeln!(file, "{{\"id\":{n},\"lon\":{lon},\"lat\":{lat}}}")?;
        }
        Ok(file.flush()?)
    }

    fn batches(&self) -> impl Iterator<Item = Outcome<RecordBatch>> {
        let starts = (0..self.lons.len()).step_by(ROWS_AT_ONCE);
        starts.map(|from| {
            let to = self.lons.len().min(from + ROWS_AT_ONCE);
            let numbers = i64::try_from(from)?..i64::try_from(to)?;
            let columns: [(&str, ArrayRef); 3] = [
                ("n", Arc::new(Int64Array::from_iter_values(numbers))),
                (
                    "lon",
                    Arc::new(Float64Array::from(self.lons[from..to].to_vec())),
                ),
                (
                    "lat",
                    Arc::new(Float64Array::from(self.lats[from..to].to_vec())),
                ),
            ];
            Ok(RecordBatch::try_from_iter(columns)?)
        })
    }

    fn write_parquet(&self, path: &Path) -> Outcome<()> {
        let schema = self.batches().next().ok_or("no rows")??.schema();
        let mut writer = ArrowWriter::try_new(File::create(path)?, schema, None)?;
        for rows in self.batches() {
            writer.write(&rows?)?;
        }
        writer.close()?;
        Ok(())
    }

    fn write_arrow(&self, path: &Path) -> Outcome<()> {
        let schema = self.batches().next().ok_or("no rows")??.schema();
        let mut writer = StreamWriter::try_new(BufWriter::new(File::create(path)?), &schema)?;
        for rows in self.batches() {
            writer.write(&rows?)?;
        }
        Ok(writer.finish()?)
    }
}

/// How long a file takes, and the most memory of the program, kB.
fn answered(
    store: &Path,
    points: &Path,
    answers: &PathBuf,
    options: &[&str],
) -> Outcome<(Duration, u64)> {
    let begun = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_wangge"))
        .args(["locate", "--lang", "en", "--store"])
        .arg(store)
        .arg("--points")
        .arg(points)
        .arg("-o")
        .arg(answers)
        .args(options)
        .stderr(Stdio::piped())
        .spawn()?;
    let mut most = 0;
    loop {
        if let Some(status) = child.try_wait()? {
            let time = begun.elapsed();
            if !status.success() {
                let mut said = String::new();
                if let Some(mut errors) = child.stderr.take() {
                    errors.read_to_string(&mut said)?;
                }
                return Err(said.into());
            }
            std::fs::remove_file(answers)?;
            return Ok((time, most));
        }
        most = most.max(most_kilobytes(child.id()));
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn most_kilobytes(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

struct Service {
    child: Child,
    address: SocketAddr,
}

impl Service {
    fn over(store: &Path) -> Outcome<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let child = Command::new(env!("CARGO_BIN_EXE_wangge"))
            .args(["serve", "--lang", "en", "--listen", &address.to_string()])
            .arg("--store")
            .arg(store)
            .env("RUST_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let service = Self { child, address };
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            if begun.elapsed() > Duration::from_mins(1) {
                return Err("the service does not answer".into());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(service)
    }

    /// How long a body and its answer take, both ways at once, and the most memory of the service so far, kB.
    fn post(&self, kind: &str, body: &Path) -> Outcome<(Duration, u64)> {
        let mut file = File::open(body)?;
        let length = file.metadata()?.len();
        let begun = Instant::now();
        let mut sending = TcpStream::connect(self.address)?;
        let receiving = sending.try_clone()?;
        write!(
            sending,
            "POST /v1/locate HTTP/1.1\r\nHost: bench\r\nConnection: close\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
        )?;
        let sender = std::thread::spawn(move || std::io::copy(&mut file, &mut sending));
        let mut receiving = BufReader::with_capacity(1 << 20, receiving);
        let mut status = String::new();
        receiving.read_line(&mut status)?;
        let mut last = [0; 5];
        let mut piece = vec![0; 1 << 20];
        loop {
            let count = receiving.read(&mut piece)?;
            if count == 0 {
                break;
            }
            let kept = [&last[..], &piece[..count]].concat();
            last.copy_from_slice(&kept[kept.len() - 5..]);
        }
        sender.join().map_err(|_| "the sender panicked")??;
        // the last chunk: the answer is whole
        if !status.starts_with("HTTP/1.1 200") || &last != b"0\r\n\r\n" {
            return Err(format!("not answered whole: {status}").into());
        }
        Ok((begun.elapsed(), most_kilobytes(self.child.id())))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // it may have ended by itself
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
