//! What simplifying keeps and takes away, in small drawings and in real cities.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a test that panics has failed, and its numbers are small"
)]

mod drawing;
mod kept;
mod real;

use drawing::{ring, shape};
use kept::{built, check, holes, prove_shapes, simplified};
use rstest::rstest;
use wangge_coverage::{Arc, Coverage, Member, Owner, Tolerance};
use wangge_plane::{Point, Ring, Shape};

/// The unit of the drawings: 1,000 lattice units, some 11 m north and 8 m east.
fn at(x: i32, y: i32) -> Point {
    Point::new(1_208_000_000 + 1000 * x, 407_000_000 + 1000 * y).unwrap()
}

fn drawn(rings: &[&[(i32, i32)]]) -> Coverage {
    let shapes: Vec<Shape> = rings
        .iter()
        .map(|corners| {
            let points = corners.iter().map(|&(x, y)| at(x, y)).collect();
            shape(Ring::new(points).unwrap(), vec![])
        })
        .collect();
    built(&shapes).unwrap()
}

/// The borders between two grids, or a grid and the outside.
fn between(coverage: &Coverage, one: u32, other: Option<u32>) -> Vec<Vec<Point>> {
    let sides = |arc: &&Arc| {
        let sides = [arc.left(), arc.right()];
        sides.contains(&Some(Owner(one))) && sides.contains(&other.map(Owner))
    };
    let arcs = coverage.arcs().iter().filter(sides);
    arcs.map(|arc| arc.points().to_vec()).collect()
}

/// Whatever the tolerance, an island keeps three vertices, the westernmost among them.
#[test]
fn an_island_keeps_a_triangle() {
    let coverage = drawn(&[&[(0, 0), (3, -2), (6, 0), (7, 3), (4, 6), (1, 5)]]);
    let after = simplified(&coverage, 1e9);
    let [ring] = between(&after.coverage, 0, None).try_into().unwrap();
    assert_eq!(ring.len(), 4);
    assert_eq!((ring[0], ring[3]), (at(0, 0), at(0, 0)));
    assert_eq!((after.vertices_before, after.vertices_after), (6, 3));
    assert_eq!(after.held_back, 2);
}

/// A grid between two nodes, bounded by two bends: it would be nothing if both became straight.
///
/// ```text
///     .-----+-----.
///     |   .' '.   |
///     | a | l | b |
///     |   '. .'   |
///     '-----+-----'
/// ```
#[test]
fn of_two_borders_between_the_same_nodes_one_keeps_a_bend() {
    let coverage = drawn(&[
        &[
            (0, -20),
            (0, -9),
            (-4, -5),
            (-5, 0),
            (-4, 5),
            (0, 9),
            (0, 20),
            (-20, 20),
            (-20, -20),
        ],
        &[
            (0, -20),
            (20, -20),
            (20, 20),
            (0, 20),
            (0, 9),
            (4, 5),
            (5, 0),
            (4, -5),
            (0, -9),
        ],
        &[
            (0, -9),
            (4, -5),
            (5, 0),
            (4, 5),
            (0, 9),
            (-4, 5),
            (-5, 0),
            (-4, -5),
        ],
    ]);
    let after = simplified(&coverage, 1e9);
    let sides = [0, 1].map(|side| between(&after.coverage, 2, Some(side))[0].len());
    assert_eq!(sides[0].min(sides[1]), 2);
    assert_eq!(sides[0].max(sides[1]), 3);
    check(&coverage, &after, 1e9);
}

/// The bend of the border between a and b goes around a corner of another border, which stays.
///
/// ```text
///      a   ____
///  ______.'    '.______
///         c /\
///   _______/  \_______
///          b
/// ```
#[test]
fn a_bend_around_the_corner_of_another_border_stays() {
    let border = [(-20, 0), (-4, 1), (0, 9), (4, 1), (20, 0)];
    let corner = [(-20, -2), (-3, -2), (0, 7), (3, -2), (20, -2)];
    let ring = |north: &[(i32, i32)], south: &[(i32, i32)]| {
        let south = south.iter().copied();
        south.chain(north.iter().rev().copied()).collect::<Vec<_>>()
    };
    let (top, bottom) = ([(-20, 30), (20, 30)], [(-20, -30), (20, -30)]);
    let coverage = drawn(&[
        &ring(&top, &border),
        &ring(&corner, &bottom),
        &ring(&border, &corner),
    ]);
    // the bend is 8 by 8 units, some 3,000 m2, and its corner of 3 by 9 is 2,500 m2
    let after = simplified(&coverage, 30.0);
    assert_eq!(
        between(&after.coverage, 0, Some(2)),
        [border.map(|(x, y)| at(x, y))]
    );
    // once the corner may go, so may the bend that went around it
    let after = simplified(&coverage, 140.0);
    assert_eq!(
        between(&after.coverage, 1, Some(2)),
        [[at(-20, -2), at(20, -2)]]
    );
    assert_eq!(
        between(&after.coverage, 0, Some(2)),
        [[at(-20, 0), at(20, 0)]]
    );
    assert_eq!(after.held_back, 0);
}

/// With no tolerance, only vertices go that change nothing.
#[test]
fn without_a_tolerance_straight_vertices_go_and_nothing_moves() {
    let coverage = drawn(&[
        &[(0, 0), (5, 0), (10, 0), (10, 4), (10, 10), (0, 10)],
        &[(10, 0), (20, 0), (20, 10), (15, 11), (10, 10), (10, 4)],
    ]);
    let after = simplified(&coverage, 0.0);
    assert_eq!((after.vertices_before, after.vertices_after), (9, 7));
    assert_eq!(after.held_back, 0);
    assert!(after.largest_shift_m < 1e-9);
    for owner in [0, 1].map(Owner) {
        assert_eq!(
            after.coverage.shape(owner).doubled_area(),
            coverage.shape(owner).doubled_area()
        );
    }
}

/// A tooth of a border that is 1,000 units wide at 40.7 degrees north, 8.452 m, and 1,000 high,
/// 11.105 m (by the radii of curvature): a triangle of 46.93 m2, the square of 6.851 m.
#[test]
fn the_tolerance_is_the_side_of_a_square_in_metres() {
    let coverage = drawn(&[
        &[
            (0, 0),
            (90, 0),
            (90, 50),
            (46, 50),
            (45, 51),
            (45, 50),
            (0, 50),
        ],
        &[
            (0, 50),
            (45, 50),
            (45, 51),
            (46, 50),
            (90, 50),
            (90, 99),
            (0, 99),
        ],
    ]);
    let tooth_stays = |metres| {
        let border = between(&simplified(&coverage, metres).coverage, 0, Some(1));
        border[0].contains(&at(45, 51))
    };
    assert!(tooth_stays(6.84));
    assert!(!tooth_stays(6.86));
}

#[test]
fn a_tolerance_is_a_number_of_metres() {
    for wrong in [-1.0, -1e-300, f64::NAN, f64::INFINITY] {
        assert!(Tolerance::of_metres(wrong).is_none());
    }
    let zero = Tolerance::of_metres(0.0).unwrap();
    assert!(zero < Tolerance::of_metres(2.5).unwrap() && zero.metres() < 1e-300);
}

/// A strip some 3 m wide wound into a spiral: long borders that are close all along.
#[test]
fn a_narrow_spiral_stays_seamless() {
    let bank = |from: f64| -> Vec<Point> {
        (0..1500)
            .map(|i| {
                let angle = f64::from(i) / 60.0;
                let wave = f64::from(i * i % 7) - 3.0;
                let radius = from + 700.0 * angle + 40.0 * wave;
                let (x, y) = (radius * angle.cos(), radius * angle.sin());
                Point::new(1_208_000_000 + x as i32, 407_000_000 + y as i32).unwrap()
            })
            .collect()
    };
    // out along the one bank and back along the other
    let (one, other) = (bank(2300.0), bank(2000.0));
    let spiral: Vec<Point> = one.iter().chain(other.iter().rev()).copied().collect();
    let spiral = Ring::new(spiral).unwrap();
    assert!(spiral.defects().is_empty());
    let around = ring(&[
        (1_207_900_000, 406_900_000),
        (1_208_100_000, 406_900_000),
        (1_208_100_000, 407_100_000),
        (1_207_900_000, 407_100_000),
    ]);
    let coverage = built(&[shape(around, vec![spiral.clone()]), shape(spiral, vec![])]).unwrap();
    for tolerance_m in [1.0, 10.0, 50.0, 1000.0] {
        let after = simplified(&coverage, tolerance_m);
        check(&coverage, &after, tolerance_m);
        assert!(after.vertices_after < after.vertices_before);
    }
}

#[rstest]
#[case::districts("dc-grids/single-member-district-2013.geojson")]
#[case::wards("calgary-wards/wards-2017.geojson")]
fn a_real_city_stays_seamless(#[case] file: &str, #[values(3.0, 30.0, 300.0)] tolerance_m: f64) {
    let Some(folder) = real::real_data() else {
        return;
    };
    let grids = real::read(&folder.join(file), "none: they are numbered");
    let members: Vec<Member<'_>> = grids
        .iter()
        .map(|(code, shape)| Member { code, shape })
        .collect();
    let coverage = Coverage::build(&members).unwrap();
    let after = simplified(&coverage, tolerance_m);
    println!(
        "{} of {} vertices, {} held back, moved by {:.1} m",
        after.vertices_after, after.vertices_before, after.held_back, after.largest_shift_m
    );
    let shapes = after.coverage.shapes();
    let verdict = prove_shapes(&shapes);
    assert!(verdict.seamless && verdict.noded);
    assert_eq!(coverage.arcs().len(), after.coverage.arcs().len());
    let parts = |shapes: &[Shape]| shapes.iter().map(holes).collect::<Vec<_>>();
    assert_eq!(parts(&coverage.shapes()), parts(&shapes));
    assert!(after.vertices_after * 2 < after.vertices_before);
}
