//! What simplifying keeps, and what it takes away.
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
mod ragged;
mod real;

use std::collections::BTreeSet;

use drawing::{codes, members, ring, shape};
use proptest::prelude::*;
use ragged::{built, cities};
use rstest::rstest;
use wangge_coverage::{Arc, Coverage, Member, Outline, Owner, Simplified, Tolerance, prove};
use wangge_plane::{Point, Ring, Segment, Shape, cross, ellipsoid};

fn simplified(coverage: &Coverage, metres: f64) -> Simplified {
    coverage.simplify(Tolerance::of_metres(metres).unwrap())
}

fn prove_shapes(shapes: &[Shape]) -> wangge_coverage::Verdict {
    let codes = codes(shapes.len());
    prove(&members(&codes, shapes), Outline::OwnRim)
}

/// The area of a triangle by the lengths of its sides east and north, square metres.
fn triangle_m2(a: Point, v: Point, b: Point) -> f64 {
    let scale = ellipsoid::metres_per_degree(v.lat());
    let way = |p: Point| {
        let east = f64::from(p.x() - v.x()) * 1e-7 * scale.east;
        (east, f64::from(p.y() - v.y()) * 1e-7 * scale.north)
    };
    let ((ax, ay), (bx, by)) = (way(a), way(b));
    (ax * by - ay * bx).abs() / 2.0
}

fn in_triangle(p: Point, [a, b, c]: [Point; 3]) -> bool {
    let sides = [cross(a, b, p), cross(b, c, p), cross(c, a, p)];
    sides.iter().all(|&s| s >= 0) || sides.iter().all(|&s| s <= 0)
}

fn all_points(coverage: &Coverage) -> BTreeSet<Point> {
    let points = coverage.arcs().iter().flat_map(Arc::points);
    points.copied().collect()
}

/// Whether the one path is the other with vertices left out.
fn is_path_along(path: &[Point], whole: &[Point]) -> bool {
    let mut whole = whole.iter();
    path.iter().all(|p| whole.any(|q| q == p))
}

/// The holes of each part of a shape, in order of number.
fn holes(shape: &Shape) -> Vec<usize> {
    let mut holes: Vec<usize> = shape
        .parts()
        .iter()
        .map(|part| part.holes().len())
        .collect();
    holes.sort_unstable();
    holes
}

/// What must hold of every simplified coverage.
fn check(before: &Coverage, after: &Simplified, tolerance_m: f64) {
    let Simplified { coverage, .. } = after;
    let shapes = coverage.shapes();
    let verdict = prove_shapes(&shapes);
    assert!(verdict.seamless && verdict.noded, "{verdict:?}");
    assert_eq!(verdict.simple, before.owners());

    // the same borders, with vertices left out, and none but vertices between ends
    assert_eq!(before.arcs().len(), coverage.arcs().len());
    for (old, new) in before.arcs().iter().zip(coverage.arcs()) {
        assert_eq!((old.left(), old.right()), (new.left(), new.right()));
        assert_eq!(old.points().first(), new.points().first());
        assert_eq!(old.points().last(), new.points().last());
        assert!(is_path_along(new.points(), old.points()));
    }
    // each grid keeps its ground's form, and areas are those of the ground
    let grounds = before.shapes().into_iter().zip(&shapes);
    for (owner, (old, new)) in (0u32..).zip(grounds) {
        assert_eq!(holes(&old), holes(new));
        assert!(new.doubled_area() > 0);
        assert!((coverage.area_m2(Owner(owner)) - new.area_m2()).abs() < 1e-5);
        assert!(coverage.arcs_of(Owner(owner)).count() == before.arcs_of(Owner(owner)).count());
    }
    // built anew from its ground, it has the same borders
    let mut anew: Vec<_> = built(&shapes)
        .unwrap()
        .arcs()
        .iter()
        .map(undirected)
        .collect();
    let mut kept: Vec<_> = coverage.arcs().iter().map(undirected).collect();
    anew.sort();
    kept.sort();
    assert_eq!(anew, kept);

    let (old, new) = (all_points(before), all_points(coverage));
    assert_eq!(
        (after.vertices_before, after.vertices_after),
        (old.len(), new.len())
    );
    assert_eq!(after.held_back, held_back(coverage, &new, tolerance_m));
    let shift_m = largest_shift_m(before, coverage);
    assert!((after.largest_shift_m - shift_m).abs() <= 1e-3 * shift_m + 1e-9);
}

/// A border's points and sides, whichever way it runs.
fn undirected(arc: &Arc) -> (Vec<Point>, Option<Owner>, Option<Owner>) {
    let backwards: Vec<Point> = arc.points().iter().rev().copied().collect();
    let ways = [
        (arc.points().to_vec(), arc.left(), arc.right()),
        (backwards, arc.right(), arc.left()),
    ];
    ways.into_iter().min().unwrap()
}

/// Counts the vertices within the tolerance that are left, and sees that each has a reason to be.
fn held_back(coverage: &Coverage, all: &BTreeSet<Point>, tolerance_m: f64) -> usize {
    let arcs = coverage.arcs();
    let ends = |arc: &Arc| {
        let (a, b) = (arc.points()[0], arc.points()[arc.points().len() - 1]);
        (a.min(b), a.max(b))
    };
    let mut count = 0;
    for arc in arcs {
        for three in arc.points().windows(3) {
            let &[a, v, b] = three else { unreachable!() };
            if triangle_m2(a, v, b) > tolerance_m * tolerance_m {
                continue;
            }
            count += 1;
            let (first, last) = ends(arc);
            let last_triangle = first == last && arc.points().len() == 4;
            // another border joins the same nodes, so that one of them has to bend
            let last_bend = arc.points().len() == 3
                && arcs
                    .iter()
                    .filter(|other| ends(other) == (first, last))
                    .count()
                    > 1;
            let in_the_way = |p: &&Point| ![a, v, b].contains(p) && in_triangle(**p, [a, v, b]);
            assert!(
                last_triangle || last_bend || all.iter().any(|p| in_the_way(&p)),
                "{v:?} could go"
            );
        }
    }
    count
}

/// How far a vertex that went lies from the part of its border that took its place.
fn largest_shift_m(before: &Coverage, after: &Coverage) -> f64 {
    let mut largest = 0.0;
    for (old, new) in before.arcs().iter().zip(after.arcs()) {
        let mut segments = new.segments().peekable();
        for &p in &old.points()[1..old.points().len() - 1] {
            let segment = *segments.peek().unwrap();
            if p == segment.end() {
                segments.next();
            } else {
                largest = f64::max(largest, ellipsoid::distance_to_segment_m(p, segment));
            }
        }
    }
    largest
}

/// A border thinned the slow way, with nothing in its way: the smallest triangle of all goes,
/// again and again. `None` where something was in the way of it.
fn thinned_slowly(arc: &Arc, all: &BTreeSet<Point>, tolerance_m: f64) -> Option<Vec<Point>> {
    let mut points = arc.points().to_vec();
    while points.len() > 2 {
        let smallest = points
            .windows(3)
            .map(|t| triangle_m2(t[0], t[1], t[2]))
            .zip(1usize..)
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .unwrap();
        if smallest.0 > tolerance_m * tolerance_m {
            return Some(points);
        }
        let (_, at) = smallest;
        let [a, v, b] = [points[at - 1], points[at], points[at + 1]];
        let closed = points[0] == points[points.len() - 1];
        let free = |p: &Point| [a, v, b].contains(p) || !in_triangle(*p, [a, v, b]);
        if (closed && points.len() == 4) || !all.iter().all(free) {
            return None;
        }
        points.remove(at);
    }
    Some(points)
}

fn tolerances() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), 0.1f64..20.0, 10.0f64..300.0, Just(1e6)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_simplified_city_is_seamless_and_has_lost_nothing_but_vertices(
        city in cities(),
        tolerance_m in tolerances(),
    ) {
        let coverage = city.coverage();
        check(&coverage, &simplified(&coverage, tolerance_m), tolerance_m);
    }

    #[test]
    fn simplifying_again_changes_nothing(city in cities(), tolerance_m in tolerances()) {
        let once = simplified(&city.coverage(), tolerance_m);
        let twice = simplified(&once.coverage, tolerance_m);
        prop_assert_eq!(once.coverage.arcs(), twice.coverage.arcs());
        prop_assert_eq!(once.held_back, twice.held_back);
    }

    #[test]
    fn upper_units_have_the_same_lines(city in cities(), tolerance_m in tolerances()) {
        let coverage = city.coverage();
        let group_of: Vec<u32> = (0..coverage.owners()).map(|owner| owner as u32 % 3).collect();
        let upper = simplified(&coverage, tolerance_m).coverage.dissolve(&group_of, 3);
        let edges: BTreeSet<Segment> = simplified(&coverage, tolerance_m)
            .coverage
            .edges()
            .map(|edge| edge.segment)
            .collect();
        let upper: Vec<Shape> = upper.into_iter().flatten().collect();
        for shape in &upper {
            for edge in shape.segments() {
                prop_assert!(edges.contains(&edge.canonical().0));
            }
        }
        prop_assert!(prove_shapes(&upper).seamless);
        let before: Vec<Shape> = coverage.dissolve(&group_of, 3).into_iter().flatten().collect();
        prop_assert_eq!(
            before.iter().map(holes).collect::<Vec<_>>(),
            upper.iter().map(holes).collect::<Vec<_>>()
        );
    }

    #[test]
    fn where_nothing_is_in_the_way_the_smallest_triangle_goes_first(
        city in cities(),
        tolerance_m in 1.0f64..60.0,
    ) {
        let coverage = city.coverage();
        let all = all_points(&coverage);
        let after = simplified(&coverage, tolerance_m).coverage;
        for (old, new) in coverage.arcs().iter().zip(after.arcs()) {
            if let Some(expected) = thinned_slowly(old, &all, tolerance_m)
                // the second of two borders between the same nodes keeps a bend
                && (expected.len() > 2)
            {
                prop_assert_eq!(new.points(), expected);
            }
        }
    }

    #[test]
    fn levels_made_one_from_another_hold_the_next(
        city in cities(),
        mut steps in proptest::collection::vec(prop_oneof![0.1f64..8.0, 5.0f64..200.0], 3),
    ) {
        steps.sort_by(f64::total_cmp);
        let coverage = city.coverage();
        let mut finer = coverage.clone();
        let mut free = true;
        for step in steps {
            let level = simplified(&finer, step);
            for (old, new) in finer.arcs().iter().zip(level.coverage.arcs()) {
                prop_assert!(is_path_along(new.points(), old.points()));
            }
            // where nothing was ever in the way, the way there makes no difference
            let at_once = simplified(&coverage, step);
            let all = all_points(&coverage);
            let slowly = |arc| thinned_slowly(arc, &all, step).is_some();
            free &= coverage.arcs().iter().all(slowly);
            if free {
                prop_assert_eq!(level.coverage.arcs(), at_once.coverage.arcs());
            }
            finer = level.coverage;
        }
    }

    #[test]
    fn the_number_of_threads_makes_no_difference(city in cities(), tolerance_m in tolerances()) {
        let coverage = city.coverage();
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| simplified(&coverage, tolerance_m))
        };
        let (one, five) = (with(1), with(5));
        prop_assert_eq!(one.coverage.arcs(), five.coverage.arcs());
        prop_assert_eq!(one.held_back, five.held_back);
    }
}

#[test]
fn the_cities_put_vertices_in_the_way_of_others() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut held, mut free, mut freed, mut long) = (0, 0, 0, 0);
    for _ in 0..300 {
        let coverage = cities().new_tree(&mut runner).unwrap().current().coverage();
        let all = all_points(&coverage);
        let unhindered = |tolerance_m| {
            let slowly = |arc| thinned_slowly(arc, &all, tolerance_m).is_some();
            coverage.arcs().iter().all(slowly)
        };
        let (fine, coarse) = (simplified(&coverage, 4.0), simplified(&coverage, 200.0));
        free += usize::from(unhindered(4.0) && fine.vertices_after < fine.vertices_before);
        held += usize::from(coarse.held_back > 0);
        freed += usize::from(!unhindered(200.0) && coarse.held_back == 0);
        long += usize::from(coverage.arcs().iter().any(|arc| arc.points().len() > 64));
    }
    println!("held back {held}, free {free}, freed {freed}, long borders {long}");
    assert!(held > 50 && free > 50 && freed > 50 && long > 15);
}

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
