//! Tiles of this service against Martin's, on one machine in one run: warm, over the archives that
//! `wangge tiles export` writes, and cold, over the same grids in a `PostGIS` table.
//!
//! `WANGGE_MARTIN` names Martin's program and `WANGGE_POSTGRES` the folder of `PostgreSQL`'s, as
//! `make bench-peers` does. Servers are processes of their own; the client's CPU is not counted.
//! `warm` or `cold` on the command line measures that part alone, a number as many grids. Linux only: it reads
//! `/proc`.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![expect(
    clippy::cast_precision_loss,
    reason = "counts and nanoseconds far below 2^53"
)]

mod listing;
mod load;
mod material;
mod postgis;
mod server;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use wangge_tiles::TileAddress;

use listing::{Peer, hold_against_archive, list_sizes};
use load::{CLIENTS, answer, ask, request};
use material::Material;
use postgis::{Cluster, succeeds};
use server::Server;

/// Grids of the city, unless the command line says otherwise.
const GRIDS: usize = 10_000;

const RUNS: usize = 5;

/// Requests to each warm server in a turn, and turns in a run.
const WARM_REQUESTS: usize = 10_000;
const WARM_TURNS: usize = 4;

/// Warm tiles of each zoom, at most.
const WARM_OF_A_ZOOM: usize = 200;

/// Cold tiles of each zoom, at most.
const COLD_OF_A_ZOOM: usize = 2_000;

/// The tiles of the compared source are packed ahead of need, all of them.
const ALL_AHEAD: &str = "[tiles]\nahead = [\"grids\"]\nahead_zoom = 16\n";

const COLD_NAMES: [&str; 3] = ["wangge", "wangge, at once", "Martin, PostGIS"];

/// Tiles of each zoom whose sizes are listed, at most.
const LISTED_OF_A_ZOOM: usize = 50;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> Outcome<()> {
    let (Ok(martin), Ok(programs)) = (
        std::env::var("WANGGE_MARTIN"),
        std::env::var("WANGGE_POSTGRES"),
    ) else {
        println!(
            "skipped: WANGGE_MARTIN and WANGGE_POSTGRES name no programs (`make bench-peers` does)"
        );
        return Ok(());
    };
    let (martin, programs) = (PathBuf::from(martin), PathBuf::from(programs));
    let mut sizes: Vec<usize> = std::env::args()
        .skip(1)
        .filter_map(|argument| argument.parse().ok())
        .collect();
    if sizes.is_empty() {
        sizes.push(GRIDS);
    }
    let cluster = Cluster::start(&programs)?;
    tell_versions(&martin, &cluster)?;
    for grids in sizes {
        let material = Material::make(grids)?;
        println!("\n== a city of {grids} grids, source `grids`");
        let only = |part: &str| std::env::args().any(|argument| argument == part);
        if !only("cold") {
            warm(&martin, &material)?;
        }
        if !only("warm") {
            cold(&martin, &material, &cluster)?;
        }
    }
    println!("load of the machine at the end: {}", machine_load()?);
    Ok(())
}

fn tell_versions(martin: &Path, cluster: &Cluster) -> Outcome<()> {
    let processors = std::fs::read_to_string("/proc/cpuinfo")?;
    let model = processors
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("an unknown CPU", |(_, model)| model);
    let cores = std::thread::available_parallelism()?;
    println!("{model}, {cores} cores; load before: {}", machine_load()?);
    println!(
        "{}; commit {}",
        succeeds(Command::new("rustc").arg("--version"))?,
        succeeds(Command::new("git").args(["rev-parse", "--short", "HEAD"]))?
    );
    println!(
        "{}; PostgreSQL {}, PostGIS {}",
        succeeds(Command::new(martin).arg("--version"))?,
        cluster.sql("show server_version")?,
        cluster.sql("select postgis_lib_version()")?
    );
    println!(
        "{CLIENTS} connections that are kept, Accept-Encoding: gzip; all servers log warnings only"
    );
    Ok(())
}

/// The load averages of 1, 5 and 15 minutes.
fn machine_load() -> Outcome<String> {
    let loads = std::fs::read_to_string("/proc/loadavg")?;
    Ok(loads.split(' ').take(3).collect::<Vec<_>>().join(" "))
}

/// Requests per second of the clock, and per second of the server's processors.
#[derive(Default, Clone, Copy)]
struct Measured {
    requests: usize,
    wall_s: f64,
    cpu_s: f64,
}

impl Measured {
    fn ask(&mut self, server: &Server, requests: &[String], count: usize) -> Outcome<()> {
        let before = server.cpu()?;
        self.wall_s += ask(server.address, requests, count)?.as_secs_f64();
        self.cpu_s += server.cpu()?.saturating_sub(before).as_secs_f64();
        self.requests += count;
        Ok(())
    }

    fn and(self, other: Self) -> Self {
        Self {
            requests: self.requests + other.requests,
            wall_s: self.wall_s + other.wall_s,
            cpu_s: self.cpu_s + other.cpu_s,
        }
    }

    fn per_second(&self) -> f64 {
        self.requests as f64 / self.wall_s
    }

    fn per_cpu_second(&self) -> f64 {
        self.requests as f64 / self.cpu_s
    }
}

/// Everything asked for before, by each server from its own memory.
fn warm(martin: &Path, material: &Material) -> Outcome<()> {
    let tiles = material.tiles(WARM_OF_A_ZOOM)?;
    println!(
        "\nwarm: {} tiles of all zooms, at most {WARM_OF_A_ZOOM} of each; each server keeps up to 256 MiB of tiles, its default",
        tiles.len()
    );
    let served = Server::wangge(&material.store(), "")?;
    // what it does in the background is the cold part's
    served.settle()?;
    let [pmtiles, mbtiles] = material.archives();
    let peer = Server::martin_of_archives(martin, [&pmtiles, &mbtiles])?;
    let peers = [
        own(&served)?,
        Peer {
            name: "Martin, PMTiles",
            server: &peer,
            prefix: "/p".to_owned(),
        },
        Peer {
            name: "Martin, MBTiles",
            server: &peer,
            prefix: "/m".to_owned(),
        },
    ];
    hold_against_archive(material, &peers, &tiles)?;
    let requests: Vec<Vec<String>> = peers.iter().map(|peer| peer.requests(&tiles)).collect();
    for (peer, requests) in peers.iter().zip(&requests) {
        ask(peer.server.address, requests, WARM_REQUESTS)?;
    }
    let mut runs = Vec::new();
    for _ in 0..RUNS {
        let mut run = vec![Measured::default(); peers.len()];
        for _ in 0..WARM_TURNS {
            for ((peer, requests), measured) in peers.iter().zip(&requests).zip(&mut run) {
                measured.ask(peer.server, requests, WARM_REQUESTS)?;
            }
        }
        runs.push(run);
    }
    let names: Vec<&str> = peers.iter().map(|peer| peer.name).collect();
    tell(&names, &[(0, 1), (0, 2)], &runs, 2.0);
    Ok(())
}

/// Each tile once, by servers that have sent none: this program right after its start, and when it has
/// packed its tiles as it does in the background; Martin over the table, without its cache.
fn cold(martin: &Path, material: &Material, cluster: &Cluster) -> Outcome<()> {
    let began = Instant::now();
    cluster.load(&material.features())?;
    let loaded = began.elapsed();
    let start_peer = || {
        let config = |listen| cluster.martin_config(listen, CLIENTS);
        Server::martin_of_tables(martin, config, cluster.process())
    };
    let start_own = || Server::wangge(&material.store(), ALL_AHEAD);
    println!(
        "\ncold: Martin's cache is off and the table is in the database's memory; wangge is started anew for each run, keeps 256 MiB and packs the tiles of `grids` ahead, gzip and brotli, in a half of that"
    );
    {
        let (started, of_table) = (start_own()?, start_peer()?);
        let listed = material.tiles(LISTED_OF_A_ZOOM)?;
        list_sizes(&[own(&started)?, of_grids(&of_table)], &listed)?;
    }
    {
        let started = start_own()?;
        let answers_in = started.started_in;
        let drawn_in = answers_in + started.settle()?;
        println!(
            "not counted: loading the table {:.1} s; wangge answers {:.1} s after its start, has packed all tiles ahead in the background after {:.1} s and {:.1} s of CPU",
            loaded.as_secs_f64(),
            answers_in.as_secs_f64(),
            drawn_in.as_secs_f64(),
            started.cpu()?.as_secs_f64()
        );
    }
    let zooms = material.by_zoom(COLD_OF_A_ZOOM)?;
    println!(
        "{} tiles, at most {COLD_OF_A_ZOOM} of each zoom; from zoom {} on both sides show grids",
        zooms.iter().map(|(_, tiles)| tiles.len()).sum::<usize>(),
        material.first_zoom
    );
    let mut runs: Vec<[Vec<Measured>; 3]> = Vec::new();
    for _ in 0..RUNS {
        // each server ends before the next one starts
        let drawn = {
            let server = start_own()?;
            server.settle()?;
            of_zooms(&own(&server)?, &zooms)?
        };
        let at_once = {
            let server = start_own()?;
            of_zooms(&own(&server)?, &zooms)?
        };
        let peer = {
            let server = start_peer()?;
            of_zooms(&of_grids(&server), &zooms)?
        };
        runs.push([drawn, at_once, peer]);
    }
    tell_zooms(&zooms, &runs);
    for (what, from) in [
        ("zooms that show grids on both sides", material.first_zoom),
        ("all zooms", 0),
    ] {
        println!("{what}:");
        let sums: Vec<Vec<Measured>> = runs
            .iter()
            .map(|run| {
                let of = |measured: &Vec<Measured>| {
                    let counted = zooms.iter().zip(measured);
                    counted
                        .filter(|((zoom, _), _)| *zoom >= from)
                        .map(|(_, measured)| *measured)
                        .fold(Measured::default(), Measured::and)
                };
                run.iter().map(of).collect()
            })
            .collect();
        tell(&COLD_NAMES, &[(0, 2), (1, 2)], &sums, 10.0);
    }
    cluster.sql("drop table grids")?;
    Ok(())
}

/// Asks a server for each tile once, zoom after zoom.
fn of_zooms(peer: &Peer<'_>, zooms: &[(u8, Vec<TileAddress>)]) -> Outcome<Vec<Measured>> {
    let mut all = Vec::new();
    for (_, tiles) in zooms {
        let mut measured = Measured::default();
        measured.ask(peer.server, &peer.requests(tiles), tiles.len())?;
        all.push(measured);
    }
    Ok(all)
}

/// Prints the medians of each zoom by the clock; a zoom of few tiles is too short for CPU ticks.
fn tell_zooms(zooms: &[(u8, Vec<TileAddress>)], runs: &[[Vec<Measured>; 3]]) {
    println!("requests per second of wall time, medians");
    print!("zoom  tiles");
    for name in COLD_NAMES {
        print!(" {name:>16}");
    }
    println!("  first to last");
    for (at, (zoom, tiles)) in zooms.iter().enumerate() {
        print!("{zoom:>4} {:>6}", tiles.len());
        let rate = |run: &[Vec<Measured>; 3], who: usize| run[who][at].per_second();
        for who in 0..3 {
            print!(" {:>16.0}", median(runs.iter().map(|run| rate(run, who))));
        }
        let ratio = median(runs.iter().map(|run| rate(run, 0) / rate(run, 2)));
        println!("  {ratio:>13.2}");
    }
}

/// This program at the addresses that its `TileJSON` leads to.
fn own(server: &Server) -> Outcome<Peer<'_>> {
    let told = answer(server.address, &request("/tiles/grids"))?;
    let json: serde_json::Value = serde_json::from_slice(&told.body)?;
    let prefix = json["tiles"][0]
        .as_str()
        .and_then(|url| url.strip_suffix("/{z}/{x}/{y}"))
        .and_then(|url| Some(&url[url.find("/tiles/")?..]))
        .ok_or("no address of tiles")?;
    Ok(Peer {
        name: "wangge",
        server,
        prefix: prefix.to_owned(),
    })
}

/// Martin with the table of grids.
fn of_grids(server: &Server) -> Peer<'_> {
    Peer {
        name: "Martin, PostGIS",
        server,
        prefix: "/grids".to_owned(),
    }
}

type Rate = fn(&Measured) -> f64;

/// Prints the runs, and the medians of the ratios of some pairs.
fn tell(names: &[&str], pairs: &[(usize, usize)], runs: &[Vec<Measured>], wanted: f64) {
    let kinds: [(&str, Rate); 2] = [
        ("second of wall time", Measured::per_second),
        ("second of server CPU", Measured::per_cpu_second),
    ];
    for (kind, rate) in kinds {
        println!("requests per {kind}");
        print!("run");
        for name in names {
            print!(" {name:>16}");
        }
        println!();
        for (number, run) in runs.iter().enumerate() {
            print!("{:>3}", number + 1);
            for measured in run {
                print!(" {:>16.0}", rate(measured));
            }
            println!();
        }
        for &(own, peer) in pairs {
            let ratio = median(runs.iter().map(|run| rate(&run[own]) / rate(&run[peer])));
            let met = if ratio >= wanted { "met" } else { "not met" };
            println!(
                "{} against {}: median ratio {ratio:.2}, at least {wanted} wanted: {met}",
                names[own], names[peer]
            );
        }
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
