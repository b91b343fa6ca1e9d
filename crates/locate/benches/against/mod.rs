//! One table of figures per coverage: the face index against what one would otherwise write, in the same run.

mod places;
mod trees;

use std::fs::File;
use std::hint::black_box;
use std::io::{BufWriter, Write};
use std::time::Instant;

use wangge_coverage::BorderEdge;
use wangge_locate::{FaceIndex, Layout};
use wangge_plane::Point;

use crate::patchwork::{Patchwork, Recipe};
use crate::process::{resident_bytes, thread_time_ns};
use places::Places;
use trees::TreeOfPolygons;

/// A coverage to measure on, and how hard.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) recipe: Recipe,
    /// Points to look up.
    pub(crate) lookups: usize,
    /// Whether to hold polygons with an index of their own against it as well.
    pub(crate) with_indexed: bool,
    /// What the index must be faster by on uniform points.
    pub(crate) uniform: Wanted,
    /// What it must be faster by along streets.
    pub(crate) along_streets: Wanted,
}

/// Ratios to the baseline.
#[derive(Clone, Copy, Default)]
pub(crate) struct Wanted {
    pub(crate) single: Option<f64>,
    pub(crate) batch: Option<f64>,
}

impl Wanted {
    pub(crate) const fn of(batch: f64, single: f64) -> Self {
        Self {
            single: Some(single),
            batch: Some(batch),
        }
    }
}

/// Runs of each side over all points, taken in turns; the median counts.
const RUNS: usize = 5;

/// Lookups of one run of ours, at least: of fewer the clock is too coarse.
const LOOKUPS_PER_RUN: usize = 1_000_000;

/// Measures a case and prints its figures.
pub(crate) fn measure(case: &Case) {
    let patchwork = Patchwork::sew(case.recipe.clone());
    let edges = patchwork.edges();
    let shapes = patchwork.shapes();
    drop(patchwork);

    let start = Instant::now();
    let index = FaceIndex::build(&edges, Layout::default());
    let index_built = start.elapsed();
    let before = resident_bytes();
    let start = Instant::now();
    let tree = TreeOfPolygons::build(&shapes);
    let tree_built = start.elapsed();
    let tree_bytes = resident_bytes().saturating_sub(before);
    let indexed = case
        .with_indexed
        .then(|| TreeOfPolygons::build_indexed(&shapes));
    let grids = shapes.len();
    drop(shapes);

    println!("\n{}: {grids} grids, {} edges", case.name, edges.len());
    println!(
        "  built in {:.3} s, {:.1} MB ({:.1} MB expected, {:.0} bytes per edge); the R-tree with its polygons in {:.3} s, {:.1} MB resident",
        index_built.as_secs_f64(),
        megabytes(index.memory_bytes()),
        FaceIndex::expected_bytes(&edges, Layout::default()) as f64 / 1e6,
        index.memory_bytes() as f64 / edges.len() as f64,
        tree_built.as_secs_f64(),
        megabytes(tree_bytes),
    );
    stored(&index);
    let kinds = [
        (
            "uniform",
            places::uniform(&edges, case.lookups),
            case.uniform,
        ),
        (
            "along streets",
            places::along_streets(&edges, case.lookups),
            case.along_streets,
        ),
        (
            "on borders",
            places::on_borders(&edges, case.lookups),
            Wanted::default(),
        ),
    ];
    for (name, places, wanted) in kinds {
        compare(name, &places, wanted, &index, &tree, indexed.as_ref());
    }
    border_distances(&index, &edges);
}

type Tree = TreeOfPolygons<geo::MultiPolygon>;
type IndexedTree = TreeOfPolygons<geo::indexed::IntervalTreeMultiPolygon<f64>>;

fn compare(
    name: &str,
    places: &Places,
    wanted: Wanted,
    index: &FaceIndex,
    tree: &Tree,
    indexed: Option<&IndexedTree>,
) {
    let differing: Vec<Point> = places
        .iter()
        .filter(|&(lon, lat)| tree.locate(lon, lat) != locate(index, lon, lat))
        .filter_map(|(lon, lat)| Point::of_degrees(lon, lat))
        .collect();
    let off_border_m = differing
        .iter()
        .filter_map(|&p| index.border_distance_m(p))
        .fold(0.0, f64::max);
    let sorted = places.sorted();
    let mut owners = vec![0u32; places.len()];
    let passes = LOOKUPS_PER_RUN.div_ceil(places.len());
    let mut times: [Vec<f64>; 5] = Default::default();
    for _ in 0..RUNS {
        let mut batch = |places: &Places| {
            per_lookup(places, passes, |places| {
                let looked_up = index.locate_degrees(&places.lons, &places.lats, &mut owners);
                black_box(looked_up.is_ok());
                black_box(&owners);
            })
        };
        times[0].push(batch(places));
        times[1].push(batch(&sorted));
        times[2].push(per_lookup(
            places,
            passes,
            one_by_one(|lon, lat| locate(index, lon, lat)),
        ));
        times[3].push(per_lookup(
            places,
            1,
            one_by_one(|lon, lat| tree.locate(lon, lat)),
        ));
        if let Some(indexed) = indexed {
            times[4].push(per_lookup(
                places,
                1,
                one_by_one(|lon, lat| indexed.locate(lon, lat)),
            ));
        }
    }
    let [batch, in_order, single, baseline, polygons] = times.map(median);
    let verdict = |ours: f64, wanted: Option<f64>| {
        let ratio = baseline / ours;
        match wanted {
            None => format!("{ratio:.1}x"),
            Some(wanted) if ratio >= wanted => format!("{ratio:.1}x, at least {wanted}x wanted"),
            Some(wanted) => format!("{ratio:.1}x, {wanted}x wanted: MISSED"),
        }
    };
    println!("  {name}: rstar + geo {baseline:.1} ns");
    if indexed.is_some() {
        println!("    rstar + geo's polygons with interval trees {polygons:.1} ns");
    }
    for (way, ours, wanted) in [
        ("one point", single, wanted.single),
        ("batch", batch, wanted.batch),
        ("sorted batch", in_order, None),
    ] {
        println!(
            "    {way}: {ours:.1} ns, {:.1} million a second: {}",
            1e3 / ours,
            verdict(ours, wanted)
        );
    }
    println!(
        "    {} of {} answers differ, {:.0} mm at most from a border",
        differing.len(),
        places.len(),
        off_border_m * 1e3
    );
}

/// Writes the index to a file and opens it again, as a program does when it starts.
fn stored(index: &FaceIndex) {
    let path = std::env::temp_dir().join(format!("wangge-bench-{}.index", std::process::id()));
    let start = Instant::now();
    let written = File::create(&path).and_then(|file| {
        let mut file = BufWriter::new(file);
        index.write_to(&mut file)?;
        file.flush()
    });
    let write_s = start.elapsed().as_secs_f64();
    if let Err(error) = written {
        println!("  not written to {}: {error}", path.display());
        return;
    }
    let mut opened: Vec<f64> = Vec::new();
    for _ in 0..RUNS {
        let start = Instant::now();
        if let Ok(index) = FaceIndex::open(&path) {
            opened.push(start.elapsed().as_secs_f64());
            black_box(index);
        }
    }
    let length = std::fs::metadata(&path).map_or(0, |file| file.len());
    println!(
        "  a file of {:.1} MB, written in {write_s:.3} s, opened in {:.3} s (from the page cache)",
        length as f64 / 1e6,
        median(opened)
    );
    let _ = std::fs::remove_file(&path);
}

fn border_distances(index: &FaceIndex, edges: &[BorderEdge]) {
    let places = places::uniform(edges, 20_000);
    let border = per_lookup(
        &places,
        1,
        one_by_one(|lon, lat| Point::of_degrees(lon, lat).and_then(|p| index.border_distance_m(p))),
    );
    println!("  distance to the nearest border: {border:.0} ns");
}

#[inline]
fn locate(index: &FaceIndex, lon: f64, lat: f64) -> Option<u32> {
    let p = Point::of_degrees(lon, lat)?;
    index.locate(p).map(|owner| owner.0)
}

fn one_by_one<T>(lookup: impl Fn(f64, f64) -> T) -> impl FnMut(&Places) {
    move |places| {
        for (lon, lat) in places.iter() {
            black_box(lookup(black_box(lon), black_box(lat)));
        }
    }
}

/// Nanoseconds of this thread's processor time: what other programs take does not count. A first pass
/// brings back into the caches what the other side has pushed out.
fn per_lookup(places: &Places, passes: usize, mut lookups: impl FnMut(&Places)) -> f64 {
    lookups(places);
    let start = thread_time_ns();
    for _ in 0..passes {
        lookups(places);
    }
    (thread_time_ns() - start) / (passes * places.len()) as f64
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}
