//! Tiles of this service against Martin's, on one machine in one run: warm, over the archives that
//! `wangge tiles export` writes, and cold, over the same grids in a `PostGIS` table.
//!
//! `WANGGE_MARTIN` names Martin's program and `WANGGE_POSTGRES` the folder of `PostgreSQL`'s, as
//! `make bench-peers` does. Servers are processes of their own; the client's CPU is not counted.
//! Linux only: it reads `/proc`.

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

use wangge_tiles::TileAddress;

use listing::{Peer, hold_against_archive, list_sizes};
use load::{CLIENTS, ask};
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
        warm(&martin, &material)?;
        cold(&martin, &material, &cluster)?;
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
        self.cpu_s += (server.cpu()? - before).as_secs_f64();
        self.requests += count;
        Ok(())
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
    let tiles = material.tiles(0, WARM_OF_A_ZOOM)?;
    println!(
        "\nwarm: {} tiles of all zooms, at most {WARM_OF_A_ZOOM} of each; each server keeps up to 256 MiB of tiles, its default",
        tiles.len()
    );
    let served = Server::wangge(&material.store())?;
    let [pmtiles, mbtiles] = material.archives();
    let peer = Server::martin_of_archives(martin, [&pmtiles, &mbtiles])?;
    let peers = [
        own(&served, material),
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
    tell(&names, &runs, 2.0);
    Ok(())
}

/// Each tile once, by servers that have just started and keep none.
fn cold(martin: &Path, material: &Material, cluster: &Cluster) -> Outcome<()> {
    cluster.load(&material.features())?;
    let start_peer = || {
        let config = |listen| cluster.martin_config(listen, CLIENTS);
        Server::martin_of_tables(martin, config, cluster.process())
    };
    let start_own = || Server::wangge(&material.store());
    println!(
        "\ncold: Martin's cache is off and the table is in the database's memory; wangge is started anew for each run"
    );
    let listed = material.tiles(material.first_zoom, LISTED_OF_A_ZOOM)?;
    let (started, of_table) = (start_own()?, start_peer()?);
    list_sizes(&[own(&started, material), of_grids(&of_table)], &listed)?;
    println!(
        "wangge answered {:.2} s after its start, Martin {:.2} s; not counted below",
        started.started_in.as_secs_f64(),
        of_table.started_in.as_secs_f64()
    );
    drop((started, of_table));

    let tiles: Vec<TileAddress> = material.tiles(material.first_zoom, usize::MAX)?;
    println!(
        "{} tiles, all of zooms {} to 16: those that show grids on both sides",
        tiles.len(),
        material.first_zoom
    );
    let mut runs = Vec::new();
    for _ in 0..RUNS {
        let mut run = [Measured::default(); 2];
        {
            let server = start_own()?;
            let requests = own(&server, material).requests(&tiles);
            run[0].ask(&server, &requests, tiles.len())?;
        }
        {
            let server = start_peer()?;
            let requests = of_grids(&server).requests(&tiles);
            run[1].ask(&server, &requests, tiles.len())?;
        }
        runs.push(run.to_vec());
    }
    tell(&["wangge", "Martin, PostGIS"], &runs, 10.0);
    cluster.sql("drop table grids")?;
    Ok(())
}

/// This program at the addresses that its `TileJSON` leads to.
fn own<'a>(server: &'a Server, material: &Material) -> Peer<'a> {
    Peer {
        name: "wangge",
        server,
        prefix: format!("/tiles/grids/{}", material.version),
    }
}

/// Martin with the table of grids.
fn of_grids(server: &Server) -> Peer<'_> {
    Peer {
        name: "Martin, PostGIS",
        server,
        prefix: "/grids".to_owned(),
    }
}

/// Prints the runs, and the medians of their ratios to what is first.
fn tell(names: &[&str], runs: &[Vec<Measured>], wanted: f64) {
    let kinds: [(&str, fn(&Measured) -> f64); 2] = [
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
        for (peer, name) in names.iter().enumerate().skip(1) {
            let mut ratios: Vec<f64> = runs
                .iter()
                .map(|run| rate(&run[0]) / rate(&run[peer]))
                .collect();
            ratios.sort_by(f64::total_cmp);
            let median = ratios[ratios.len() / 2];
            let met = if median >= wanted { "met" } else { "not met" };
            println!(
                "{} against {name}: median ratio {median:.2}, at least {wanted} wanted: {met}",
                names[0]
            );
        }
    }
}
