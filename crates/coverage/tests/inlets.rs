//! Openings of the outer rim, in small drawings of lattice units near the equator: 90 are a metre.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "a test that panics has failed, and its numbers are small"
)]

mod drawing;
mod spoilt;

use drawing::{codes, members, ring, shape, square};
use proptest::prelude::*;
use spoilt::arbitrary_shapes;
use wangge_coverage::{Defect, DefectKind, Terms, Weight, survey};
use wangge_plane::Shape;

fn openings(shapes: &[Shape], width_m: f64) -> Vec<Defect> {
    let codes = codes(shapes.len());
    let terms = Terms {
        inlet_width_m: width_m,
        ..Terms::default()
    };
    let survey = survey(&members(&codes, shapes), &terms);
    let found = survey.defects.into_iter();
    found.filter(|d| d.kind == DefectKind::Inlet).collect()
}

fn one(shapes: &[Shape], width_m: f64) -> Defect {
    let mut found = openings(shapes, width_m);
    assert_eq!(found.len(), 1, "{found:#?}");
    let inlet = found.remove(0);
    assert_eq!(inlet.weight, Weight::Suspect);
    inlet
}

/// ```text
/// +-----+ +-----+
/// |  0  | |  1  |   half a metre apart, joined at the south
/// |     +-+     |
/// +------+------+
/// ```
fn slot(width: i32) -> [Shape; 2] {
    let west = ring(&[
        (0, 0),
        (1000, 0),
        (1000, 100),
        (1000 - width, 100),
        (1000 - width, 2000),
        (0, 2000),
    ]);
    [shape(west, vec![]), square((1000, 2000), (0, 2000))]
}

#[test]
fn a_slot_between_two_grids_is_found_when_it_is_narrower_than_asked() {
    let inlet = one(&slot(45), 1.0);
    assert_eq!(inlet.members, [0, 1]);
    assert_eq!(inlet.doubled_area, Some(2 * 45 * 1900));
    assert!((inlet.width_m.unwrap() - 0.5).abs() < 0.01, "{inlet:?}");
    assert!(openings(&slot(45), 0.3).is_empty());
}

#[test]
fn a_slot_of_one_unit_is_found() {
    assert_eq!(one(&slot(1), 1.0).doubled_area, Some(2 * 1900));
}

#[test]
fn two_islands_that_nearly_touch_are_parted_by_one_inlet() {
    let shapes = [
        square((0, 1000), (0, 1000)),
        square((1036, 2000), (0, 1000)),
    ];
    let inlet = one(&shapes, 1.0);
    assert_eq!(
        (inlet.doubled_area, &*inlet.members),
        (Some(2 * 36 * 1000), &[0, 1][..])
    );
}

#[test]
fn a_corner_of_sixty_degrees_is_no_inlet() {
    let notched = ring(&[
        (0, 0),
        (4000, 0),
        (4000, 2000),
        (2578, 2000),
        (2000, 1000),
        (1422, 2000),
        (0, 2000),
    ]);
    assert!(openings(&[shape(notched, vec![])], 1.0).is_empty());
}

/// ```text
/// +---+ +---+
/// |  +   +  |
/// |  +---+  |
/// +---------+
/// ```
#[test]
fn a_pond_with_a_narrow_mouth_is_an_inlet() {
    let around = ring(&[
        (0, 0),
        (4000, 0),
        (4000, 4000),
        (2030, 4000),
        (2030, 3500),
        (3000, 3500),
        (3000, 1000),
        (1000, 1000),
        (1000, 3500),
        (1970, 3500),
        (1970, 4000),
        (0, 4000),
    ]);
    let inlet = one(&[shape(around, vec![])], 1.0);
    assert_eq!(inlet.doubled_area, Some(2 * (2000 * 2500 + 60 * 500)));
}

#[test]
fn a_wide_bay_and_a_plain_rim_are_none() {
    let bay = ring(&[
        (0, 0),
        (4000, 0),
        (4000, 4000),
        (3000, 4000),
        (3000, 1000),
        (1000, 1000),
        (1000, 4000),
        (0, 4000),
    ]);
    assert!(openings(&[shape(bay, vec![])], 1.0).is_empty());
    assert!(openings(&[square((0, 10), (0, 10))], 1.0).is_empty());
}

#[test]
fn a_winding_slot_is_one_inlet() {
    let mut east = vec![(2000, 0), (2000, 4000)];
    let mut west = Vec::new();
    for step in 0..20 {
        let x = 1000 + if step % 2 == 0 { 0 } else { 60 };
        west.push((x, 4000 - step * 200));
        east.push((x + 40, 4000 - step * 200));
    }
    let west_side: Vec<(i32, i32)> = [(0, 4000), (0, 0), (1000, 0)]
        .into_iter()
        .chain(west.iter().rev().copied())
        .collect();
    east.push((1000, 0));
    let shapes = [shape(ring(&west_side), vec![]), shape(ring(&east), vec![])];
    assert_eq!(one(&shapes, 1.0).members, [0, 1]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_rim_can_be_looked_at(shapes in arbitrary_shapes(4, 20), width in 0.01f64..3.0) {
        for inlet in openings(&shapes, width) {
            prop_assert!(inlet.width_m.unwrap() <= width);
            prop_assert!(!inlet.members.is_empty());
        }
    }
}
