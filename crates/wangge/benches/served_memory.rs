//! The memory of a served city of 10,000 grids and 100,000 components, in a process of its own:
//! once it answers, when all zooms are drawn and tiles packed ahead, and after tiles of everything have filled the cache.
//! Linux only: it reads `/proc`.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![expect(
    clippy::cast_precision_loss,
    reason = "bytes and milliseconds far below 2^53"
)]

use std::fs::File;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use wangge_generate::{CitySpec, city};

const GRIDS: usize = 10_000;
const COMPONENTS: usize = 100_000;

/// The finest zoom that all tiles are asked of; 16 would ask for 60,000.
const ASKED_TO: u8 = 14;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let store = folder.path().join("city.gpkg");
    let components = made(folder.path(), &store)?;
    println!(
        "{GRIDS} grids, {components} components; the store has {:.0} MB",
        std::fs::metadata(&store)?.len() as f64 / 1e6
    );
    let service = Service::over(&store)?;
    println!("                                      resident  at most, MB");
    service.tell("once it answers")?;
    service.rest()?;
    service.tell("drawn and packed ahead")?;
    let json: serde_json::Value = serde_json::from_slice(&service.get("/tiles/city")?)?;
    let corner = |at: usize| json["bounds"][at].as_f64().ok_or("no bounds");
    let (west, south, east, north) = (corner(0)?, corner(1)?, corner(2)?, corner(3)?);
    let (mut tiles, mut bytes) = (0, 0);
    for zoom in 0..=ASKED_TO {
        let [left, top] = column_and_row(zoom, west, north);
        let [right, bottom] = column_and_row(zoom, east, south);
        for (x, y) in (left..=right).flat_map(|x| (top..=bottom).map(move |y| (x, y))) {
            bytes += service.get(&format!("/tiles/city/{zoom}/{x}/{y}"))?.len();
            tiles += 1;
        }
    }
    service.tell("tiles of all kinds asked for")?;
    println!(
        "{tiles} tiles of zooms to {ASKED_TO}, {:.0} MB by gzip, of 256 MiB that are kept",
        bytes as f64 / 1e6
    );
    Ok(())
}

/// The city in force in a store, with so many of its components, or all that it has.
fn made(folder: &Path, store: &Path) -> Outcome<usize> {
    let files = folder.join("city");
    city(&CitySpec::sized(GRIDS)?, 1)?.write(&files)?;
    let of = |name: &str| files.join(name).display().to_string();
    let at = store.display().to_string();
    wangge(&["init", &at, "--scheme", &of("scheme.toml")])?;
    wangge(&["import", "grids", &of("grids.geojson"), "--store", &at])?;
    for list in ["classes", "departments", "rules", "posts"] {
        wangge(&["import", list, &of(&format!("{list}.csv")), "--store", &at])?;
    }
    wangge(&["publish", "--store", &at])?;
    // evenly over the city
    let text = std::fs::read_to_string(files.join("components.csv"))?;
    let mut lines = text.lines();
    let head = lines.next().ok_or("no components")?;
    let rows: Vec<&str> = lines.collect();
    let taken = rows.len().min(COMPONENTS);
    let rows = (0..taken).map(|at| rows[at * rows.len() / taken]);
    let some = folder.join("some.csv");
    let text: Vec<&str> = std::iter::once(head).chain(rows).collect();
    std::fs::write(&some, text.join("\n"))?;
    wangge(&[
        "import",
        "components",
        &some.display().to_string(),
        "--store",
        &at,
        "--crs",
        "EPSG:4490",
    ])?;
    Ok(taken)
}

/// The tile that a place is in (EPSG Guidance Note 7-2, 1024).
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "columns and rows of a zoom"
)]
fn column_and_row(zoom: u8, lon: f64, lat: f64) -> [u32; 2] {
    let side = f64::from(1_u32 << zoom);
    let x = lon / 360.0 + 0.5;
    let y = 0.5 - lat.to_radians().tan().asinh() / (2.0 * std::f64::consts::PI);
    [(x * side) as u32, (y * side) as u32]
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
            .stderr(File::create(store.with_extension("log"))?)
            .spawn()?;
        let mut service = Self { child, address };
        let started = Instant::now();
        while service.get("/readyz").is_err() {
            if service.child.try_wait()?.is_some() || started.elapsed() > Duration::from_mins(5) {
                return Err(std::fs::read_to_string(store.with_extension("log"))?.into());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(service)
    }

    /// Waits until it takes no processor time for two seconds.
    fn rest(&self) -> Outcome<()> {
        let (mut known, mut since) = (self.ticks()?, Instant::now());
        while since.elapsed() < Duration::from_secs(2) {
            std::thread::sleep(Duration::from_millis(200));
            let now = self.ticks()?;
            if now > known + 1 {
                (known, since) = (now, Instant::now());
            }
        }
        Ok(())
    }

    /// Processor time, in ticks.
    fn ticks(&self) -> Outcome<u64> {
        let stat = self.proc("stat")?;
        let (_, rest) = stat.rsplit_once(") ").ok_or("an empty stat")?;
        let mut fields = rest.split(' ').skip(11);
        let mut next = || fields.next().unwrap_or_default().parse::<u64>();
        Ok(next()? + next()?)
    }

    fn tell(&self, when: &str) -> Outcome<()> {
        let status = self.proc("status")?;
        let megabytes = |key: &str| -> Outcome<f64> {
            let line = status.lines().find(|line| line.starts_with(key));
            let kib = line.and_then(|line| line.split_ascii_whitespace().nth(1));
            Ok(kib.ok_or("no such line")?.parse::<f64>()? * 1024.0 / 1e6)
        };
        let (now, most) = (megabytes("VmRSS:")?, megabytes("VmHWM:")?);
        println!("{when:<36}{now:>10.0}{most:>10.0}");
        Ok(())
    }

    fn proc(&self, what: &str) -> Outcome<String> {
        Ok(std::fs::read_to_string(format!(
            "/proc/{}/{what}",
            self.child.id()
        ))?)
    }

    /// The body of an answer, which must be 200, or 204 or 404 of a tile without contents.
    fn get(&self, target: &str) -> Outcome<Vec<u8>> {
        let mut socket = TcpStream::connect(self.address)?;
        write!(
            socket,
            "GET {target} HTTP/1.1\r\nHost: bench\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n"
        )?;
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer)?;
        let status = answer.get(9..12).unwrap_or_default();
        let body = answer.windows(4).position(|four| four == b"\r\n\r\n");
        match (status, body) {
            (b"200", Some(at)) => Ok(answer.split_off(at + 4)),
            (b"204" | b"404", Some(_)) => Ok(Vec::new()),
            _ => Err(format!("{target}: {}", String::from_utf8_lossy(status)).into()),
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // it may have ended by itself
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs the program, which must succeed.
fn wangge(arguments: &[&str]) -> Outcome<()> {
    let ran = Command::new(env!("CARGO_BIN_EXE_wangge"))
        .args(arguments)
        .output()?;
    if ran.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&ran.stderr).into_owned().into())
}
