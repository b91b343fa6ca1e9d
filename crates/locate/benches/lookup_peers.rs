//! Lookups beside those of S2 (C++) and shapely (Python over GEOS), which are run over the same polygons and points.
//! `make bench-lookup-peers` installs and builds what this needs.
#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]
#![expect(clippy::cast_precision_loss, reason = "figures for people")]

#[path = "../tests/patchwork/mod.rs"]
mod patchwork;
#[path = "against/places.rs"]
mod places;
mod process;

use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::process::Command;

use patchwork::{Patchwork, Recipe};
use places::Places;
use process::{provenance, thread_time_ns};
use wangge_locate::{FaceIndex, Layout};
use wangge_plane::Point;

const RUNS: usize = 5;

/// A peer: what to run, and its answers.
struct Peer {
    name: &'static str,
    command: Vec<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("{}", provenance());
    let peers = peers();
    if peers.is_empty() {
        println!("neither WANGGE_S2_LOOKUP nor WANGGE_PYTHON is set: run make bench-lookup-peers");
        return Ok(());
    }
    let folder = std::env::temp_dir().join(format!("wangge-lookup-peers-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    for (name, columns, rows, lookups) in [
        ("448 grids", 28, 16, 40_000),
        ("10,000 grids", 100, 100, 200_000),
    ] {
        println!("\n{name}");
        compare(columns, rows, lookups, &peers, &folder)?;
    }
    fs::remove_dir_all(&folder)?;
    Ok(())
}

fn peers() -> Vec<Peer> {
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/benches/peers/strtree_lookup.py"
    );
    let s2 = std::env::var("WANGGE_S2_LOOKUP").map(|program| Peer {
        name: "S2",
        command: vec![program],
    });
    let shapely = std::env::var("WANGGE_PYTHON").map(|python| Peer {
        name: "shapely STRtree, bulk",
        command: vec![python, script.to_owned()],
    });
    [s2, shapely].into_iter().flatten().collect()
}

fn compare(
    columns: usize,
    rows: usize,
    lookups: usize,
    peers: &[Peer],
    folder: &Path,
) -> Result<(), Box<dyn Error>> {
    let patchwork = Patchwork::sew(Recipe {
        columns,
        rows,
        // as in the bench lookup
        step: (30_000, 22_000),
        spread: 1.0,
        pieces: 10,
        scale: 1,
        origin: (1_208_000_000, 406_000_000),
        seed: 20,
        owners: None,
    });
    let edges = patchwork.edges();
    let mut text = String::new();
    for (_, shape) in patchwork.shapes() {
        for p in shape.rings().flat_map(wangge_plane::Ring::points) {
            write!(text, "{} {} ", p.lon(), p.lat())?;
        }
        text.push('\n');
    }
    fs::write(folder.join("polygons.txt"), text)?;
    let index = FaceIndex::build(&edges, Layout::default());
    for (kind, places) in [
        ("uniform", places::uniform(&edges, lookups)),
        ("along streets", places::along_streets(&edges, lookups)),
    ] {
        let mut text = String::new();
        for (lon, lat) in places.iter() {
            writeln!(text, "{lon} {lat}")?;
        }
        fs::write(folder.join("points.txt"), text)?;
        let mut owners = vec![0; places.len()];
        let batch = median_of_runs(&places, |places| {
            let looked_up = index.locate_degrees(&places.lons, &places.lats, &mut owners);
            black_box((&owners, looked_up.is_ok()));
        });
        let single = median_of_runs(&places, |places| {
            for (lon, lat) in places.iter() {
                let p = Point::of_degrees(black_box(lon), black_box(lat));
                black_box(p.and_then(|p| index.locate(p)));
            }
        });
        println!("  {kind}: one point {single:.1} ns, batch {batch:.1} ns");
        for peer in peers {
            let (figures, answers) = run(peer, folder)?;
            let differing = answers.lines().zip(&owners).filter(|&(theirs, &ours)| {
                let theirs: i64 = theirs.parse().unwrap_or(-2);
                theirs
                    != if ours == FaceIndex::OUTSIDE {
                        -1
                    } else {
                        i64::from(ours)
                    }
            });
            let nanoseconds = figures.first().copied().unwrap_or(f64::NAN);
            println!(
                "    {} {nanoseconds:.1} ns, {:.1}x and {:.1}x as long (built in {:.1} ms, {:.1} MB): {} of {} answers differ",
                peer.name,
                nanoseconds / single,
                nanoseconds / batch,
                figures.get(1).copied().unwrap_or(f64::NAN),
                figures.get(2).copied().unwrap_or(f64::NAN),
                differing.count(),
                places.len(),
            );
        }
    }
    Ok(())
}

/// The figures that a peer prints, and what it answers.
fn run(peer: &Peer, folder: &Path) -> Result<(Vec<f64>, String), Box<dyn Error>> {
    let answers = folder.join("answers.txt");
    let output = Command::new(&peer.command[0])
        .args(&peer.command[1..])
        .args([folder.join("polygons.txt"), folder.join("points.txt")])
        .arg(&answers)
        .output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{}: {said}", peer.name).into());
    }
    let figures = String::from_utf8_lossy(&output.stdout);
    let figures = figures
        .split_whitespace()
        .map(str::parse)
        .collect::<Result<_, _>>()?;
    Ok((figures, fs::read_to_string(&answers)?))
}

fn median_of_runs(places: &Places, mut lookups: impl FnMut(&Places)) -> f64 {
    let passes = 1_000_000usize.div_ceil(places.len());
    let mut runs: Vec<f64> = (0..RUNS)
        .map(|_| {
            lookups(places);
            let start = thread_time_ns();
            for _ in 0..passes {
                lookups(places);
            }
            (thread_time_ns() - start) / (passes * places.len()) as f64
        })
        .collect();
    runs.sort_by(f64::total_cmp);
    runs[RUNS / 2]
}
