//! Laws of simplified coverages over random cities, against the slow way.
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
mod ragged;

use std::collections::BTreeSet;

use kept::{all_points, check, holes, is_path_along, prove_shapes, simplified, thinned_slowly};
use proptest::prelude::*;
use ragged::cities;
use wangge_plane::{Segment, Shape};

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
