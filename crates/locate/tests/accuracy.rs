//! Shares of positions that are known to some metres agree with drawing many such positions and asking
//! the slow exact way whose they are.

mod patchwork;

use std::collections::BTreeMap;
use std::f64::consts::TAU;

use geographiclib_rs::{DirectGeodesic, Geodesic};
use patchwork::{Dice, Patchwork, Recipe, lattice_points_on, slowly};
use wangge_coverage::{BorderEdge, Owner};
use wangge_locate::{Accuracy, FaceIndex, Layout, Share, Spread};
use wangge_plane::{Point, Segment};

fn recipe(seed: u64, origin: (i64, i64)) -> Recipe {
    let mut dice = Dice(seed ^ 7);
    let owners = (0..30)
        .map(|_| (dice.share() >= 0.2).then(|| u32::try_from(dice.within(0, 5)).expect("few")))
        .collect();
    Recipe {
        columns: 6,
        rows: 5,
        step: (4_000, 3_000),
        spread: 1.5,
        pieces: 3,
        scale: 1,
        origin,
        seed,
        owners: Some(owners),
    }
}

/// The shares of positions that are drawn: one in each of so many rings and rays, at a random place of it. Ways are geodesics.
fn drawn(
    rings: u32,
    centre: Point,
    radius_m: f64,
    spread: Spread,
    dice: &mut Dice,
    mut whose: impl FnMut(Point) -> Option<Owner>,
) -> BTreeMap<Option<Owner>, f64> {
    // CGCS2000, GB/T 2021
    let earth = Geodesic::new(6_378_137.0, 1.0 / 298.257_222_101);
    let mut counts = BTreeMap::new();
    // so that 68.3 of 100 are within the radius, and none beyond three
    let deviation = radius_m / 1.515;
    let whole = 1.0 - (-0.5 * (3.0 * radius_m / deviation).powi(2)).exp();
    for ring in 0..rings {
        for ray in 0..rings {
            let within = (f64::from(ring) + dice.share()) / f64::from(rings);
            let metres = match spread {
                Spread::Uniform => radius_m * within.sqrt(),
                Spread::Gaussian => deviation * (-2.0 * (1.0 - within * whole).ln()).sqrt(),
            };
            let direction = TAU * (f64::from(ray) + dice.share()) / f64::from(rings);
            let (lat, lon, _): (f64, f64, f64) =
                earth.direct(centre.lat(), centre.lon(), direction.to_degrees(), metres);
            let at = Point::from_degrees(lon, lat).expect("near the centre");
            *counts.entry(whose(at)).or_insert(0.0) += 1.0;
        }
    }
    let all = f64::from(rings * rings);
    counts
        .into_iter()
        .map(|(owner, count)| (owner, count / all))
        .collect()
}

fn assert_close(
    shares: &[Share],
    drawn: &BTreeMap<Option<Owner>, f64>,
    tolerance: f64,
    what: &str,
) {
    let sum: f64 = shares.iter().map(|share| share.share).sum();
    assert!((sum - 1.0).abs() < 1e-9, "{what}: the sum is {sum}");
    assert!(
        shares.iter().all(|share| share.share > 0.0),
        "{what}: {shares:?}"
    );
    assert!(
        shares.is_sorted_by(|a, b| a.share >= b.share),
        "{what}: {shares:?}"
    );
    let mut own: BTreeMap<Option<Owner>, f64> = shares
        .iter()
        .map(|share| (share.owner, share.share))
        .collect();
    assert_eq!(own.len(), shares.len(), "{what}: a grid twice");
    for (owner, expected) in drawn {
        let share = own.remove(owner).unwrap_or(0.0);
        assert!(
            (share - expected).abs() < tolerance,
            "{what}: {owner:?} has {share}, drawn {expected}"
        );
    }
    for (owner, share) in own {
        assert!(
            share < tolerance,
            "{what}: {owner:?} has {share}, none drawn"
        );
    }
}

#[test]
fn shares_are_those_of_many_positions() {
    let mut dice = Dice(5);
    for (seed, origin) in [
        (1, (1_208_000_000, 407_000_000)),
        (2, (-700_000_000, -330_000_000)),
        (3, (1_799_990_000, 2_000)),
        (4, (100_000_000, 700_000_000)),
    ] {
        let patchwork = Patchwork::sew(recipe(seed, origin));
        let (edges, shapes) = (patchwork.edges(), patchwork.shapes());
        let index = FaceIndex::build(&edges, Layout::default());
        let mut centres = Vec::new();
        for _ in 0..4 {
            let dx = dice.within(-2_000, 26_000);
            let dy = dice.within(-2_000, 17_000);
            centres.push((origin.0 + dx, origin.1 + dy));
            let edge = &edges[usize::try_from(dice.next() % edges.len() as u64).expect("an index")];
            // a vertex, and a place on an edge where there is one
            for p in [
                Some(edge.segment.start()),
                lattice_points_on(edge.segment).nth(1),
            ]
            .into_iter()
            .flatten()
            {
                centres.push((i64::from(p.x()), i64::from(p.y())));
            }
        }
        for (number, (x, y)) in centres.into_iter().enumerate() {
            let narrow = |at: i64| i32::try_from(at).expect("on the lattice");
            // east of the antimeridian nothing is asked
            let Ok(centre) = Point::new(narrow(x.min(1_800_000_000)), narrow(y)) else {
                continue;
            };
            let radius = [9.0, 25.0, 70.0][number % 3];
            for spread in [Spread::Uniform, Spread::Gaussian] {
                let accuracy = Accuracy::new(radius, spread).expect("a radius");
                let shares = index.shares(centre, accuracy);
                let drawn = drawn(160, centre, radius, spread, &mut dice, |p| {
                    slowly(&shapes, p)
                });
                // 25,600 positions are off by so much; the lattice moves each by up to 7 mm
                let tolerance = 0.003 + 0.007 / radius;
                let what = format!("{seed} {centre:?} {radius} m {spread:?}");
                assert_close(&shares, &drawn, tolerance, &what);
            }
        }
    }
}

#[test]
fn shares_are_off_by_less_than_a_thousandth() {
    let mut dice = Dice(6);
    let origin = (1_208_000_000, 407_000_000);
    let patchwork = Patchwork::sew(recipe(11, origin));
    let (edges, shapes) = (patchwork.edges(), patchwork.shapes());
    let index = FaceIndex::build(&edges, Layout::default());
    for spread in [Spread::Uniform, Spread::Gaussian] {
        for _ in 0..2 {
            let at = |origin: i64, size: i64, dice: &mut Dice| {
                i32::try_from(origin + dice.within(0, size)).expect("on the lattice")
            };
            let centre = Point::new(
                at(origin.0, 24_000, &mut dice),
                at(origin.1, 15_000, &mut dice),
            )
            .expect("on the lattice");
            let accuracy = Accuracy::new(80.0, spread).expect("a radius");
            let shares = index.shares(centre, accuracy);
            assert!(shares.len() > 4, "{shares:?}");
            // a million positions
            let drawn = drawn(1_000, centre, 80.0, spread, &mut dice, |p| {
                slowly(&shapes, p)
            });
            assert_close(&shares, &drawn, 0.001, &format!("{centre:?} {spread:?}"));
        }
    }
}

#[test]
fn shares_do_not_depend_on_the_cells() {
    let patchwork = Patchwork::sew(recipe(9, (1_208_000_000, 407_000_000)));
    let edges = patchwork.edges();
    let usual = FaceIndex::build(&edges, Layout::default());
    let mut dice = Dice(10);
    for (cell_bits, leaf_edges) in [(5, 1), (9, 1_000), (14, 1), (31, 2)] {
        let index = FaceIndex::build(
            &edges,
            Layout {
                cell_bits: Some(cell_bits),
                leaf_edges,
                ..Layout::default()
            },
        );
        for _ in 0..40 {
            let at = |origin: i32, dice: &mut Dice| {
                origin + i32::try_from(dice.within(-3_000, 26_000)).expect("small")
            };
            let centre = Point::new(at(1_208_000_000, &mut dice), at(407_000_000, &mut dice))
                .expect("on the lattice");
            let accuracy = Accuracy::new(40.0, Spread::Gaussian).expect("a radius");
            let (one, other) = (
                usual.shares(centre, accuracy),
                index.shares(centre, accuracy),
            );
            assert_eq!(one.len(), other.len());
            for (one, other) in one.iter().zip(&other) {
                assert!((one.share - other.share).abs() < 1e-9, "{one:?} {other:?}");
            }
        }
    }
}

/// A square of four grids: whoever stands where they meet may be in each alike.
fn four() -> FaceIndex {
    let patchwork = Patchwork::sew(Recipe {
        columns: 2,
        rows: 2,
        step: (10_000_000, 10_000_000),
        spread: 1.0,
        pieces: 1,
        scale: 1,
        origin: (1_200_000_000, 400_000_000),
        seed: 0,
        owners: None,
    });
    FaceIndex::build(&patchwork.edges(), Layout::default())
}

#[test]
fn far_from_any_border_one_grid_is_certain() {
    let index = four();
    let centre = Point::new(1_205_000_000, 405_000_000).expect("on the lattice");
    let accuracy = Accuracy::new(1000.0, Spread::Gaussian).expect("a radius");
    let shares = index.shares(centre, accuracy);
    assert_eq!(shares.len(), 1);
    assert_eq!(shares[0].owner, index.locate(centre));
    assert!((shares[0].share - 1.0).abs() < 1e-12);
    let outside = Point::new(-1_000_000_000, 0).expect("on the lattice");
    let everything = Share {
        owner: None,
        share: 1.0,
    };
    assert_eq!(index.shares(outside, accuracy), [everything]);
    let nothing = FaceIndex::build(&[], Layout::default());
    assert_eq!(nothing.shares(outside, accuracy), [everything]);
}

#[test]
fn a_place_on_a_long_border_is_in_both_halves() {
    // an edge of kilometres: the place is on it to the lattice unit, and so are the shares
    let index = four();
    let mut dice = Dice(3);
    let patchwork = Patchwork::sew(Recipe {
        columns: 2,
        rows: 1,
        step: (2_000_000, 2_000_000),
        spread: 1.0,
        pieces: 1,
        scale: 2,
        origin: (1_200_000_000, 400_000_000),
        seed: 12,
        owners: None,
    });
    let edges = patchwork.edges();
    let border = edges
        .iter()
        .find(|edge| edge.left.is_some() && edge.right.is_some())
        .expect("a shared border");
    let long = FaceIndex::build(&edges, Layout::default());
    for spread in [Spread::Uniform, Spread::Gaussian] {
        for radius in [0.5, 5.0, 300.0] {
            let accuracy = Accuracy::new(radius, spread).expect("a radius");
            // coordinates are even: its middle is on the lattice
            let (start, end) = (border.segment.start(), border.segment.end());
            let middle = |a: i32, b: i32| a + (b - a) / 2;
            let centre = Point::new(middle(start.x(), end.x()), middle(start.y(), end.y()))
                .expect("on the lattice");
            let shares = long.shares(centre, accuracy);
            assert_eq!(shares.len(), 2, "{shares:?}");
            for share in &shares {
                assert!(
                    (share.share - 0.5).abs() < 1e-6,
                    "{radius} {spread:?} {shares:?}"
                );
            }
            let far = Point::new(
                1_202_000_000 + i32::try_from(dice.within(0, 1_000)).expect("small"),
                402_000_000,
            );
            assert_eq!(
                index.shares(far.expect("on the lattice"), accuracy).len(),
                1
            );
        }
    }
}

/// Two squares that meet at 180 degrees.
#[test]
fn both_sides_of_the_antimeridian_count() {
    let at = |x: i64, y: i64| {
        let narrow = |at: i64| i32::try_from(at).expect("on the lattice");
        Point::new(narrow(x), narrow(y)).expect("on the lattice")
    };
    let (east_end, size) = (1_800_000_000, 1_000_000);
    let edge = |a: (i64, i64), b: (i64, i64), left: Option<u32>, right: Option<u32>| BorderEdge {
        segment: Segment::new(at(a.0, a.1), at(b.0, b.1)).expect("an edge"),
        left: left.map(Owner),
        right: right.map(Owner),
    };
    let square = |x: i64, owner: u32| {
        let corners = [(x, -size), (x + size, -size), (x + size, size), (x, size)];
        (0..4).map(move |i| edge(corners[i], corners[(i + 1) % 4], Some(owner), None))
    };
    for owners in [[0, 1], [0, 0]] {
        let edges: Vec<BorderEdge> = square(east_end - size, owners[0])
            .chain(square(-east_end, owners[1]))
            .collect();
        let index = FaceIndex::build(&edges, Layout::default());
        for (x, nearer) in [(east_end, 0.5), (-east_end, 0.5), (east_end - 500, 0.8)] {
            let accuracy = Accuracy::new(10.0, Spread::Gaussian).expect("a radius");
            let shares = index.shares(at(x, 0), accuracy);
            assert!(
                shares.iter().all(|share| share.owner.is_some()),
                "{x}: {shares:?}"
            );
            if owners == [0, 0] {
                assert_eq!(shares.len(), 1, "{x}: {shares:?}");
            } else {
                assert_eq!(shares.len(), 2, "{x}: {shares:?}");
                let is_near = (shares[0].share - nearer).abs() < 0.1;
                assert!(is_near, "{x}: {shares:?}");
            }
        }
    }
}
