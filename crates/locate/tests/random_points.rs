//! Random points in random coverages with random cells, held against the slow exact way: a million each time, and a
//! hundred million by
//! `cargo test --release -p wangge-locate --test random_points -- --ignored --nocapture`.

#![expect(
    clippy::print_stderr,
    reason = "what the long form has met is recorded"
)]

mod patchwork;

use std::sync::atomic::{AtomicUsize, Ordering};

use patchwork::{Dice, Patchwork, Recipe, lattice_points_on, slowly};
use rayon::prelude::*;
use wangge_coverage::{BorderEdge, Owner};
use wangge_locate::{FaceIndex, Layout};
use wangge_plane::{Extent, Point};

/// Points in each coverage.
const POINTS: usize = 10_000;

/// Layouts of each coverage: the default, and some at random.
const LAYOUTS: usize = 4;

#[test]
fn a_million_random_points_are_in_the_grids_of_the_slow_exact_way() {
    assert_all_agree(1_000_000);
}

#[test]
#[ignore = "takes minutes"]
fn a_hundred_million_random_points_are_in_the_grids_of_the_slow_exact_way() {
    assert_all_agree(100_000_000);
}

fn assert_all_agree(points: usize) {
    let [inside, outside, on_borders] = [(); 3].map(|()| AtomicUsize::new(0));
    let coverages = points / POINTS;
    (0..coverages).into_par_iter().for_each(|seed| {
        let met = assert_one_agrees(seed as u64);
        inside.fetch_add(met.inside, Ordering::Relaxed);
        outside.fetch_add(met.outside, Ordering::Relaxed);
        on_borders.fetch_add(met.on_borders, Ordering::Relaxed);
    });
    let [inside, outside, on_borders] = [inside, outside, on_borders].map(AtomicUsize::into_inner);
    assert_eq!(inside + outside, points);
    assert!(
        outside > points / 20 && on_borders > points / 10,
        "{outside} outside, {on_borders} on borders"
    );
    eprintln!(
        "{points} points in {coverages} coverages, {LAYOUTS} layouts each: {inside} inside, {outside} outside, {on_borders} drawn on borders"
    );
}

struct Met {
    inside: usize,
    outside: usize,
    on_borders: usize,
}

fn assert_one_agrees(seed: u64) -> Met {
    let mut dice = Dice(seed);
    let patchwork = Patchwork::sew(recipe(&mut dice));
    let edges = patchwork.edges();
    let shapes = patchwork.shapes();
    let (points, on_borders) = points(&edges, &mut dice);
    let truth: Vec<Option<Owner>> = points.iter().map(|&p| slowly(&shapes, p)).collect();
    let lons: Vec<f64> = points.iter().map(|p| p.lon()).collect();
    let lats: Vec<f64> = points.iter().map(|p| p.lat()).collect();
    let mut owners = vec![0; points.len()];
    for k in 0..LAYOUTS {
        let layout = layout(k, &mut dice);
        let index = FaceIndex::build(&edges, layout);
        index
            .locate_degrees(&lons, &lats, &mut owners)
            .expect("one length");
        for ((&p, &expected), &owner) in points.iter().zip(&truth).zip(&owners) {
            let number = expected.map_or(FaceIndex::OUTSIDE, |owner| owner.0);
            assert_eq!(owner, number, "{p:?} in a batch, {layout:?}, seed {seed}");
            assert_eq!(index.locate(p), expected, "{p:?}, {layout:?}, seed {seed}");
        }
    }
    let outside = truth.iter().filter(|owner| owner.is_none()).count();
    Met {
        inside: truth.len() - outside,
        outside,
        on_borders,
    }
}

fn recipe(dice: &mut Dice) -> Recipe {
    let size = |dice: &mut Dice| usize::try_from(dice.within(1, 7)).expect("few");
    let (columns, rows) = (size(dice), size(dice));
    // from patches of a few units to such as no offset of 16 bits spans
    let step = |dice: &mut Dice| 1i64 << dice.within(3, 17) | dice.within(0, 7);
    let step = (step(dice), step(dice));
    let pieces = if step.0.min(step.1) < 100 {
        1
    } else {
        usize::try_from(dice.within(1, 8)).expect("few")
    };
    let holes = 0.4 * dice.share();
    let mut owners: Vec<Option<u32>> = (0..columns * rows)
        .map(|_| (dice.share() >= holes).then(|| u32::try_from(dice.within(0, 11)).expect("few")))
        .collect();
    owners[0] = Some(3);
    Recipe {
        columns,
        rows,
        step,
        spread: 1.0 + 4.0 * dice.share(),
        pieces,
        scale: dice.within(1, 4),
        origin: (
            dice.within(-1_790_000_000, 1_760_000_000),
            dice.within(-890_000_000, 860_000_000),
        ),
        seed: dice.next(),
        owners: Some(owners),
    }
}

fn layout(k: usize, dice: &mut Dice) -> Layout {
    let small = |dice: &mut Dice, high: i64| u32::try_from(dice.within(0, high)).expect("small");
    match k {
        0 => Layout::default(),
        1 => Layout {
            cells_per_edge: small(dice, 20),
            leaf_edges: small(dice, 20),
            ..Layout::default()
        },
        _ => Layout {
            cell_bits: u8::try_from(dice.within(0, 31)).ok(),
            leaf_edges: small(dice, 9),
            ..Layout::default()
        },
    }
}

/// A half anywhere in the extent and a little beyond, a quarter on edges, and a quarter within three units of
/// such places; and how many are on edges for certain.
fn points(edges: &[BorderEdge], dice: &mut Dice) -> (Vec<Point>, usize) {
    let extents = edges.iter().map(|edge| edge.segment.extent());
    let extent = extents.reduce(Extent::union).expect("there are edges");
    let around = extent.widened(20, 20);
    let (min, max) = (around.min(), around.max());
    let point = |x: i64, y: i64| {
        let (x, y) = (i32::try_from(x).ok()?, i32::try_from(y).ok()?);
        Point::new(x, y).ok()
    };
    let on_edge = |dice: &mut Dice| {
        let edge = edges[usize::try_from(dice.next() % edges.len() as u64).expect("an index")];
        let most = usize::try_from(dice.within(0, 30)).expect("few");
        lattice_points_on(edge.segment)
            .take(most + 1)
            .last()
            .expect("an edge has ends")
    };
    let mut points = Vec::with_capacity(POINTS);
    let mut on_borders = 0;
    while points.len() < POINTS {
        let p = match dice.next() % 4 {
            0 | 1 => point(
                dice.within(min.x().into(), max.x().into()),
                dice.within(min.y().into(), max.y().into()),
            ),
            2 => {
                on_borders += 1;
                Some(on_edge(dice))
            }
            _ => {
                let p = on_edge(dice);
                point(
                    i64::from(p.x()) + dice.within(-3, 3),
                    i64::from(p.y()) + dice.within(-3, 3),
                )
            }
        };
        points.extend(p);
    }
    (points, on_borders)
}
