//! A batch of any length and order says what one lookup after the other says.

mod patchwork;

use patchwork::{Dice, Patchwork, Recipe};
use rstest::rstest;
use wangge_coverage::BorderEdge;
use wangge_locate::{FaceIndex, Layout, LengthsDiffer};
use wangge_plane::Point;

/// A town with holes, and with lanes so narrow that cells are cut more than once.
fn town() -> Vec<BorderEdge> {
    let mut dice = Dice(5);
    let owners = (0..1_600)
        .map(|_| (dice.share() > 0.15).then(|| u32::try_from(dice.within(0, 99)).expect("few")))
        .collect();
    Patchwork::sew(Recipe {
        columns: 40,
        rows: 40,
        step: (900, 700),
        spread: 40.0,
        pieces: 7,
        scale: 1,
        origin: (1_208_000_000, 406_000_000),
        seed: 5,
        owners: Some(owners),
    })
    .edges()
}

fn positions(count: usize) -> (Vec<f64>, Vec<f64>) {
    let mut dice = Dice(6);
    // the town and some of the country around it
    let mut at = |low: f64, wide: f64| low + wide * dice.share();
    (0..count)
        .map(|_| (at(120.79, 0.2), at(40.59, 0.15)))
        .unzip()
}

#[rstest]
#[case::nothing(0)]
#[case::one(1)]
#[case::less_than_a_block(255)]
#[case::a_block(256)]
#[case::more_than_a_block(257)]
#[case::two_blocks_less_one(511)]
#[case::many(100_003)]
fn a_batch_of_any_length_says_what_single_lookups_say(#[case] length: usize) {
    let edges = town();
    for layout in [
        Layout::default(),
        Layout {
            cell_bits: Some(20),
            leaf_edges: 1,
            ..Layout::default()
        },
    ] {
        let index = FaceIndex::build(&edges, layout);
        let (lons, lats) = positions(length);
        let points: Vec<Point> = lons
            .iter()
            .zip(&lats)
            .map(|(&lon, &lat)| Point::from_degrees(lon, lat).expect("on earth"))
            .collect();
        let mut order: Vec<usize> = (0..length).collect();
        for sorted in [false, true] {
            if sorted {
                order.sort_by_key(|&k| points[k]);
            }
            let points: Vec<Point> = order.iter().map(|&k| points[k]).collect();
            let lons: Vec<f64> = order.iter().map(|&k| lons[k]).collect();
            let lats: Vec<f64> = order.iter().map(|&k| lats[k]).collect();
            let single: Vec<u32> = points
                .iter()
                .map(|&p| index.locate(p).map_or(FaceIndex::OUTSIDE, |owner| owner.0))
                .collect();
            let mut owners = vec![0; length];
            index
                .locate_batch(&points, &mut owners)
                .expect("one length");
            assert_eq!(owners, single, "sorted: {sorted}");
            owners.fill(0);
            index
                .locate_degrees(&lons, &lats, &mut owners)
                .expect("one length");
            assert_eq!(owners, single, "in degrees, sorted: {sorted}");
            if length > 1_000 {
                let outside = owners
                    .iter()
                    .filter(|&&owner| owner == FaceIndex::OUTSIDE)
                    .count();
                assert!(
                    outside > length / 10 && outside < length * 9 / 10,
                    "{outside} outside"
                );
            }
        }
    }
}

#[test]
fn what_is_no_position_is_told_apart_from_what_is_outside() {
    let lons = [120.9, f64::NAN, 120.9, 180.000_000_1, f64::INFINITY, 0.0];
    let lats = [40.66, 40.66, f64::NEG_INFINITY, 40.66, 40.66, -90.000_000_1];
    let index = FaceIndex::build(&town(), Layout::default());
    let first = Point::from_degrees(lons[0], lats[0]).expect("on earth");
    let first = index
        .locate(first)
        .map_or(FaceIndex::OUTSIDE, |owner| owner.0);
    let mut owners = [7; 6];
    index
        .locate_degrees(&lons, &lats, &mut owners)
        .expect("one length");
    assert_eq!(owners[0], first);
    assert_eq!(owners[1..], [FaceIndex::NO_POSITION; 5]);

    let nothing = FaceIndex::build(&[], Layout::default());
    nothing
        .locate_degrees(&lons, &lats, &mut owners)
        .expect("one length");
    assert_eq!(owners[0], FaceIndex::OUTSIDE);
    assert_eq!(owners[1..], [FaceIndex::NO_POSITION; 5]);
    let mut owner = [7];
    nothing
        .locate_batch(&[Point::new(0, 0).expect("on earth")], &mut owner)
        .expect("one length");
    assert_eq!(owner, [FaceIndex::OUTSIDE]);
}

#[test]
fn slices_of_different_lengths_are_refused_and_nothing_is_written() {
    let index = FaceIndex::build(&town(), Layout::default());
    let p = Point::new(0, 0).expect("on earth");
    let mut owners = [7; 3];
    let refused = index
        .locate_batch(&[p; 2], &mut owners)
        .expect_err("too few points");
    assert_eq!(
        refused,
        LengthsDiffer {
            positions: 2,
            latitudes: 2,
            owners: 3
        }
    );
    let refused = index
        .locate_degrees(&[0.0; 3], &[0.0; 2], &mut owners)
        .expect_err("too few latitudes");
    assert_eq!(
        refused.to_string(),
        "a batch needs as many longitudes as latitudes and places for answers, not 3, 2 and 3"
    );
    assert_eq!(owners, [7; 3]);
}
