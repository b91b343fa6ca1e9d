//! One table of figures per coverage: the face index against what one would otherwise write, an R-tree
//! of boxes (`rstar`) and a test of the candidates' polygons (`geo`), in the same run.

use std::hint::black_box;
use std::time::Instant;

use geo::Contains;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use wangge_coverage::{BorderEdge, Owner};
use wangge_locate::{FaceIndex, Layout};
use wangge_plane::{Extent, Point, Shape};

use crate::patchwork::{Dice, Patchwork, Recipe};
use crate::process::{resident_bytes, thread_time_ns};

/// A coverage to measure on, and how hard.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) recipe: Recipe,
    /// Points to look up.
    pub(crate) lookups: usize,
    /// What the index must be faster by.
    pub(crate) wanted: Option<f64>,
}

/// Rounds of each side over all points, taken in turns. The fastest counts, which neighbours disturbed
/// least.
const ROUNDS: usize = 20;

/// The baseline.
struct TreeOfPolygons {
    tree: RTree<GeomWithData<Rectangle<[f64; 2]>, u32>>,
    polygons: Vec<geo::MultiPolygon<f64>>,
}

impl TreeOfPolygons {
    fn build(shapes: &[(Owner, Shape)]) -> Self {
        let polygons: Vec<_> = shapes.iter().map(|(_, shape)| shape.to_degrees()).collect();
        let boxes = shapes.iter().zip(0u32..).map(|((_, shape), number)| {
            let (min, max) = (shape.extent().min(), shape.extent().max());
            let corners = ([min.lon(), min.lat()], [max.lon(), max.lat()]);
            GeomWithData::new(Rectangle::from_corners(corners.0, corners.1), number)
        });
        Self {
            tree: RTree::bulk_load(boxes.collect()),
            polygons,
        }
    }

    fn locate(&self, lon: f64, lat: f64) -> Option<u32> {
        self.tree
            .locate_in_envelope_intersecting(AABB::from_point([lon, lat]))
            .map(|entry| entry.data)
            .find(|&number| self.polygons[number as usize].contains(&geo::Point::new(lon, lat)))
    }
}

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

    for (points, wanted, name) in [
        (uniform(&edges, case.lookups), case.wanted, "uniform points"),
        (
            crowded(&edges, case.lookups),
            None,
            "points where edges are",
        ),
    ] {
        let differing: Vec<Point> = points
            .iter()
            .filter(|(lon, lat)| tree.locate(*lon, *lat) != locate(&index, *lon, *lat))
            .filter_map(|&(lon, lat)| Point::from_degrees(lon, lat).ok())
            .collect();
        let off_border_m = differing
            .iter()
            .filter_map(|&p| index.border_distance_m(p))
            .fold(0.0, f64::max);
        let (mut ours, mut theirs) = (f64::INFINITY, f64::INFINITY);
        for _ in 0..ROUNDS {
            ours = ours.min(per_lookup(&points, |lon, lat| locate(&index, lon, lat)));
            theirs = theirs.min(per_lookup(&points, |lon, lat| tree.locate(lon, lat)));
        }
        let ratio = theirs / ours;
        let verdict = match wanted {
            None => String::new(),
            Some(wanted) if ratio >= wanted => format!(", at least {wanted}x wanted"),
            Some(wanted) => format!(", {wanted}x wanted: MISSED"),
        };
        println!(
            "  {name}: {ours:.1} ns per lookup, rstar + geo {theirs:.1} ns: {ratio:.1}x{verdict}; {} of {} answers differ, {:.0} mm at most from a border",
            differing.len(),
            points.len(),
            off_border_m * 1e3
        );
    }

    let points = uniform(&edges, 20_000);
    let border = per_lookup(&points, |lon, lat| {
        Point::from_degrees(lon, lat)
            .ok()
            .and_then(|p| index.border_distance_m(p))
    });
    println!("  distance to the nearest border: {border:.0} ns");
}

fn locate(index: &FaceIndex, lon: f64, lat: f64) -> Option<u32> {
    let p = Point::from_degrees(lon, lat).ok()?;
    index.locate(p).map(|owner| owner.0)
}

/// Nanoseconds of this thread's processor time: what other programs take does not count. A first pass
/// brings back into the caches what the other side has pushed out.
fn per_lookup<T>(points: &[(f64, f64)], lookup: impl Fn(f64, f64) -> T) -> f64 {
    for &(lon, lat) in points {
        black_box(lookup(black_box(lon), black_box(lat)));
    }
    let start = thread_time_ns();
    for &(lon, lat) in points {
        black_box(lookup(black_box(lon), black_box(lat)));
    }
    (thread_time_ns() - start) / points.len() as f64
}

/// Anywhere in the extent, in degrees, off the lattice.
fn uniform(edges: &[BorderEdge], count: usize) -> Vec<(f64, f64)> {
    let Some(extent) = edges
        .iter()
        .map(|edge| edge.segment.extent())
        .reduce(Extent::union)
    else {
        return Vec::new();
    };
    let (min, max) = (extent.min(), extent.max());
    let mut dice = Dice(1);
    (0..count)
        .map(|_| {
            (
                min.lon() + (max.lon() - min.lon()) * dice.share(),
                min.lat() + (max.lat() - min.lat()) * dice.share(),
            )
        })
        .collect()
}

/// Near the middles of edges drawn at random (within 0.0005 degree), as people and borders crowd in the same places.
fn crowded(edges: &[BorderEdge], count: usize) -> Vec<(f64, f64)> {
    let mut dice = Dice(2);
    let most = i64::try_from(edges.len()).unwrap_or(i64::MAX) - 1;
    (0..count)
        .map(|_| {
            let at = usize::try_from(dice.within(0, most)).unwrap_or(0);
            let (a, b) = (edges[at].segment.start(), edges[at].segment.end());
            (
                a.lon().midpoint(b.lon()) + 0.001 * (dice.share() - 0.5),
                a.lat().midpoint(b.lat()) + 0.001 * (dice.share() - 0.5),
            )
        })
        .collect()
}

fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}
