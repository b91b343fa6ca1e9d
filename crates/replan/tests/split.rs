//! Grids cut by lines.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that panics has failed"
)]

mod board;

use board::{
    after, assert_seamless, coverage, doubled_area, ground, line, noded, picture, point, points,
    wobble,
};
use proptest::prelude::*;
use wangge_plane::{Line, Shape, Side};
use wangge_replan::{CutTerms, EditError, EditNote, Edited, merge, split};

const NO_REACH: CutTerms = CutTerms { reach_m: 0.0 };

fn still(_: i32, _: i32) -> (i32, i32) {
    (0, 0)
}

fn areas(edited: &Edited) -> Vec<i128> {
    edited
        .parts
        .iter()
        .map(|part| part.doubled_area() / 2)
        .collect()
}

/// Cuts grid `a` of a picture with cells of 100 units.
fn cut(rows: &[&str], line: &Line) -> Result<Edited, EditError> {
    let grids = picture(rows, (100, 100), still);
    let coverage = coverage(&grids).unwrap();
    let edited = split(&coverage, "a", line, NO_REACH)?;
    let grids = noded(&coverage);
    let made = after(&grids, &edited, "a");
    assert_seamless(&grids, &made, (400, 400));
    assert_eq!(doubled_area(&made), doubled_area(&grids));
    Ok(edited)
}

#[test]
fn a_line_from_beyond_to_beyond_cuts_only_what_is_inside() {
    let edited = cut(&["bac"], &line(&[(-50, 30), (350, 30)])).unwrap();
    assert_eq!(areas(&edited), [7000, 3000]);
    assert_eq!(&*edited.removed, ["a".into()]);
    // both neighbours get the vertex where the line meets their border, and nothing else
    let changed: Vec<&str> = edited.changed.iter().map(|c| &*c.code).collect();
    assert_eq!(changed, ["b", "c"]);
    for grid in &edited.changed {
        assert_eq!(grid.shape.segments().count(), 5);
        assert_eq!(grid.shape.doubled_area(), 2 * 100 * 100);
    }
    let offs: Vec<_> = edited
        .notes
        .iter()
        .map(|note| match note {
            EditNote::VertexPutIn { at, off_m, .. } => (*at, *off_m),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(offs, [(point(100, 30), 0.0), (point(200, 30), 0.0)]);
}

#[test]
fn a_line_from_vertex_to_vertex_changes_no_neighbour() {
    let edited = cut(&["bac"], &line(&[(100, 0), (200, 100)])).unwrap();
    assert_eq!(areas(&edited), [5000, 5000]);
    assert!(
        edited.changed.is_empty() && edited.notes.is_empty(),
        "{edited:?}"
    );
}

#[test]
fn a_line_that_crosses_several_times_leaves_as_many_parts() {
    // in at the south, out at the north, in again and out at the south
    let there_and_back = line(&[(130, -20), (130, 120), (170, 120), (170, -20)]);
    let edited = cut(&["bac"], &there_and_back).unwrap();
    assert_eq!(areas(&edited), [4000, 3000, 3000]);
}

#[test]
fn a_closed_line_cuts_out_what_it_goes_around() {
    let around = line(&[(120, 20), (180, 20), (180, 60), (120, 60), (120, 20)]);
    let edited = cut(&["bac"], &around).unwrap();
    assert_eq!(areas(&edited), [100 * 100 - 60 * 40, 60 * 40]);
    assert!(edited.changed.is_empty());
    assert_eq!(edited.parts[0].parts()[0].holes().len(), 1);
}

#[test]
fn parts_of_a_line_that_end_on_each_other_cut_together() {
    let tee = Line::new([
        points(&[(90, 50), (210, 50)]),
        points(&[(150, 50), (150, 110)]),
    ])
    .unwrap();
    let edited = cut(&["bac"], &tee).unwrap();
    assert_eq!(areas(&edited), [5000, 2500, 2500]);
}

#[test]
fn a_line_from_the_border_to_an_enclave_and_on_cuts() {
    let rows = ["aaa", "aba", "aaa"];
    let through = line(&[(150, -10), (150, 310)]);
    let edited = cut(&rows, &through).unwrap();
    assert_eq!(areas(&edited), [40000, 40000]);
    assert_eq!(edited.changed.len(), 1);
    let only_in = cut(&rows, &line(&[(150, -10), (150, 150)])).unwrap_err();
    assert_eq!(
        only_in,
        EditError::NothingApart {
            code: "a".to_owned()
        }
    );
}

#[test]
fn pieces_that_lay_apart_stay_with_the_largest_part() {
    let edited = cut(&["aba", "bba"], &line(&[(250, -10), (250, 250)])).unwrap();
    // the piece in the west is no part of its own
    assert_eq!(areas(&edited), [20000, 10000]);
    assert!(
        edited
            .notes
            .contains(&EditNote::PiecesUntouched { pieces: 1 })
    );
    assert!(edited.notes.contains(&EditNote::SeveralPieces {
        code: None,
        pieces: 2
    }));
}

#[test]
fn a_border_with_no_lattice_point_near_is_drawn_off_by_less_than_a_unit() {
    // the border from (100, 0) to (103, 101) has no lattice point inside it
    let grids = [
        ("a", ground(&[(0, 0), (100, 0), (103, 101), (0, 101)])),
        ("b", ground(&[(100, 0), (200, 0), (200, 101), (103, 101)])),
    ];
    let grids = grids
        .into_iter()
        .map(|(code, shape)| (code.to_owned(), shape))
        .collect();
    let coverage = coverage(&grids).unwrap();
    let edited = split(&coverage, "a", &line(&[(-10, 50), (150, 50)]), NO_REACH).unwrap();
    let made = after(&grids, &edited, "a");
    assert_seamless(&grids, &made, (200, 101));
    // the crossing is at x = 101.485 and becomes (101, 50): the triangle of the border's ends and it
    // goes from a to b, twice 49 units
    let b = &edited.changed[0];
    assert_eq!(
        (&*b.code, b.shape.doubled_area() - grids["b"].doubled_area()),
        ("b", 49)
    );
    assert_eq!(doubled_area(&made), doubled_area(&grids));
    let put_in = edited.notes.iter().any(|note| {
        matches!(note, EditNote::VertexPutIn { at, off_m, between: [Some(left), Some(right)] }
            if *at == point(101, 50) && (0.001..0.011).contains(off_m) && **left == *"a" && **right == *"b")
    });
    assert!(put_in, "{:?}", edited.notes);
}

#[test]
fn an_end_that_stops_short_is_told_by_how_much() {
    // 10 units of longitude at the equator: 1.113 m in 100 units
    let short = line(&[(90, 50), (190, 50)]);
    let refused = cut(&["bac"], &short).unwrap_err();
    let EditError::EndsInside { end, misses_m, .. } = &refused else {
        panic!("{refused:?}")
    };
    assert_eq!(*end, point(190, 50));
    assert!((misses_m - 0.1113).abs() < 1e-4, "{misses_m}");
    assert!(refused.to_string().contains("0.11 m"), "{refused}");
}

#[test]
fn an_end_within_reach_is_prolonged_straight_on() {
    let grids = picture(&["bac"], (100, 100), still);
    let coverage = coverage(&grids).unwrap();
    // slanted: goes on from (190, 45) to (200, 50)
    let short = line(&[(90, -5), (190, 45)]);
    let terms = CutTerms { reach_m: 0.2 };
    let edited = split(&coverage, "a", &short, terms).unwrap();
    let made = after(&grids, &edited, "a");
    assert_seamless(&grids, &made, (300, 100));
    assert_eq!(areas(&edited), [7500, 2500]);
    assert!(edited.notes.iter().any(
        |note| matches!(note, EditNote::EndProlonged { end, by_m } if *end == point(190, 45) && (0.12..0.13).contains(by_m))
    ));
    let refused = split(&coverage, "a", &short, CutTerms { reach_m: 0.12 }).unwrap_err();
    assert!(
        matches!(refused, EditError::EndsInside { .. }),
        "{refused:?}"
    );
}

#[test]
fn a_line_that_misses_is_told_by_how_much() {
    let refused = cut(&["bac"], &line(&[(250, -10), (250, 110)])).unwrap_err();
    let EditError::LineMisses { distance_m, .. } = refused else {
        panic!("{refused:?}")
    };
    assert!((distance_m - 0.5566).abs() < 1e-3, "{distance_m}");
    let along = cut(&["bac"], &line(&[(100, -10), (100, 110)])).unwrap_err();
    assert_eq!(
        along,
        EditError::LineMisses {
            code: "a".to_owned(),
            distance_m: 0.0
        }
    );
}

#[test]
fn a_grid_that_is_not_there_is_named() {
    let grids = picture(&["ab"], (100, 100), still);
    let coverage = coverage(&grids).unwrap();
    let refused = split(&coverage, "x", &line(&[(0, 0), (9, 9)]), NO_REACH).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "there is no grid x: name one of the plan's grids"
    );
}

/// Rows of letters, and a seed for the corners.
fn boards() -> impl Strategy<Value = (Vec<String>, u64)> {
    (2usize..5, 2usize..5).prop_flat_map(|(w, h)| {
        let letters = proptest::sample::select(vec!['a', 'a', 'b', 'c', 'd']);
        let row = proptest::collection::vec(letters, w).prop_map(|row| row.into_iter().collect());
        (proptest::collection::vec(row, h), any::<u64>())
    })
}

fn polyline(span: i32) -> impl Strategy<Value = Vec<(i32, i32)>> {
    proptest::collection::vec((-20..span, -20..span), 2..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn what_was_seamless_is_seamless_after_a_cut(
        (rows, seed) in boards(),
        size in proptest::sample::select(board::SIZES.to_vec()),
        lines in proptest::collection::vec(polyline(200), 1..3),
        reach_m in proptest::sample::select(vec![0.0, 100.0]),
    ) {
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let grids = picture(&rows, size, wobble(seed, (size.0 / 3, size.1 / 3)));
        let Some(coverage) = coverage(&grids) else { return Ok(()) };
        let scale = |p: &(i32, i32)| point(p.0 * size.0 / 40, p.1 * size.1 / 40);
        let Some(line) = Line::new(lines.iter().map(|part| part.iter().map(scale).collect())) else { return Ok(()) };
        let Ok(edited) = split(&coverage, "a", &line, CutTerms { reach_m }) else { return Ok(()) };
        let before = noded(&coverage);
        let made = after(&before, &edited, "a");
        assert_seamless(&before, &made, (4 * size.0, 4 * size.1));
        prop_assert!(edited.parts.len() > 1);
        // what the rim lost or gained is all that changed
        let rim_area = |grids: &board::Grids| board::rim(grids).iter().map(|s| {
            i128::from(wangge_plane::cross(point(0, 0), s.start(), s.end()))
        }).sum::<i128>();
        prop_assert_eq!(doubled_area(&made) - doubled_area(&before), rim_area(&made) - rim_area(&before));
        // a border is drawn off by less than a unit: ground further away keeps its owner
        for p in board::samples(size, 4) {
            for (code, shape) in &before {
                if shape.winding_nudged(p) == 0 || shape.segments().any(|s| board::within(p, s, 1)) {
                    continue;
                }
                if code == "a" {
                    let holds = edited.parts.iter().filter(|part| part.side(p) != Side::Outside);
                    prop_assert!(holds.count() > 0, "{:?} lost", p);
                } else {
                    prop_assert_eq!(made[code].winding_nudged(p), 1, "{:?} of {}", p, code);
                }
            }
        }
    }

    #[test]
    fn what_was_cut_and_merged_again_is_as_it_was_but_for_vertices(
        (rows, seed) in boards(),
        lines in proptest::collection::vec(polyline(200), 1..3),
    ) {
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let grids = picture(&rows, (40, 40), wobble(seed, (13, 13)));
        let Some(whole) = coverage(&grids) else { return Ok(()) };
        let Some(line) = Line::new(lines.iter().map(|part| points(part))) else { return Ok(()) };
        let Ok(edited) = split(&whole, "a", &line, CutTerms { reach_m: 10.0 }) else { return Ok(()) };
        let before = noded(&whole);
        let made = after(&before, &edited, "a");
        let cut = coverage(&made).unwrap();
        let codes: Vec<String> = (0..edited.parts.len()).map(|i| format!("a+{i}")).collect();
        let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
        let again = merge(&cut, &codes, "a").unwrap();
        prop_assert_eq!(again.removed.len(), codes.len());
        let joined = after(&made, &again, "");
        assert_seamless(&before, &joined, (160, 160));
        prop_assert_eq!(doubled_area(&joined), doubled_area(&made));
        let a: &Shape = &joined["a"];
        let moved = a.doubled_area() - before["a"].doubled_area();
        let length: usize = before["a"].segments().count();
        // each of its edges takes with it less than a unit times its length
        prop_assert!(moved.unsigned_abs() <= 2 * 80 * length as u128, "{}", moved);
    }
}
