//! Grids made one, and ground that goes from one to another.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that panics has failed"
)]

mod board;

use board::{
    Grids, after, assert_seamless, coverage, doubled_area, ground, line, noded, picture, points,
    wobble,
};
use proptest::prelude::*;
use wangge_plane::Line;
use wangge_replan::{CutTerms, EditError, EditNote, Edited, give, merge, move_border};

fn still(_: i32, _: i32) -> (i32, i32) {
    (0, 0)
}

/// What an edit makes of a picture with cells of 100 units, seamless still.
fn made(
    rows: &[&str],
    edit: impl Fn(&wangge_coverage::Coverage) -> Result<Edited, EditError>,
) -> Result<(Grids, Edited), EditError> {
    let grids = picture(rows, (100, 100), still);
    let coverage = coverage(&grids).unwrap();
    let edited = edit(&coverage)?;
    let before = noded(&coverage);
    let made = after(&before, &edited, "new");
    assert_seamless(&before, &made, (500, 500));
    assert_eq!(doubled_area(&made), doubled_area(&before));
    Ok((made, edited))
}

#[test]
fn grids_become_one_under_the_code_of_one_of_them() {
    let (made, edited) = made(&["abc"], |c| merge(c, &["a", "b"], "b")).unwrap();
    assert_eq!(made["b"].doubled_area(), 2 * 2 * 100 * 100);
    assert_eq!(made.len(), 2);
    // the border between them is gone: four corners, and two vertices where it met the rim
    assert_eq!(made["b"].segments().count(), 6);
    assert!(edited.notes.is_empty());
}

#[test]
fn grids_become_one_under_a_new_code() {
    let (made, edited) = made(&["abc"], |c| merge(c, &["a", "b"], "n")).unwrap();
    assert_eq!(made["n"].doubled_area(), 2 * 2 * 100 * 100);
    assert_eq!(edited.removed, ["a".into(), "b".into()]);
}

#[test]
fn grids_that_lie_apart_become_a_grid_of_two_pieces_which_is_told() {
    let (made, edited) = made(&["abc"], |c| merge(c, &["a", "c"], "a")).unwrap();
    assert_eq!(made["a"].parts().len(), 2);
    assert_eq!(
        edited.notes,
        [EditNote::SeveralPieces {
            code: Some("a".into()),
            pieces: 2
        }]
    );
}

#[test]
fn an_enclave_and_what_lies_around_it_become_one_without_a_hole() {
    let rows = ["aaa", "aba", "aaa"];
    let (made, _) = made(&rows, |c| merge(c, &["a", "b"], "a")).unwrap();
    assert_eq!(made["a"].rings().count(), 1);
}

#[test]
fn a_merge_that_cannot_be_is_refused() {
    let refused = |codes: &[&str], into| made(&["abc"], |c| merge(c, codes, into)).unwrap_err();
    assert_eq!(
        refused(&["a", "b"], "c"),
        EditError::CodeTaken {
            code: "c".to_owned()
        }
    );
    assert_eq!(
        refused(&["a", "a"], "a"),
        EditError::OneGridOnly {
            code: "a".to_owned()
        }
    );
    assert_eq!(
        refused(&["a", "x"], "a"),
        EditError::NoSuchGrid {
            code: "x".to_owned()
        }
    );
    assert_eq!(
        refused(&[], "a"),
        EditError::OneGridOnly {
            code: String::new()
        }
    );
}

const NO_REACH: CutTerms = CutTerms { reach_m: 0.0 };

#[test]
fn a_border_moves_to_a_line_and_the_old_one_goes() {
    // from x = 100 to x = 80
    let new = line(&[(80, 90), (80, 210)]);
    let edit = |c: &_| move_border(c, "a", "b", &new, NO_REACH);
    let (made, edited) = made(&["ab", "cc"], edit).unwrap();
    assert_eq!(made["a"].doubled_area(), 2 * 80 * 100);
    assert_eq!(made["b"].doubled_area(), 2 * 120 * 100);
    let changed: Vec<&str> = edited.changed.iter().map(|c| &*c.code).collect();
    // c has the new node
    assert_eq!(changed, ["a", "b", "c"]);
    assert_eq!(made["c"].doubled_area(), 2 * 200 * 100);
    assert!(edited.removed.is_empty() && edited.parts.is_empty());
}

#[test]
fn each_piece_goes_to_the_grid_that_had_more_of_it() {
    // the line crosses both grids twice: a keeps the west, b the east and the notch that was half a's
    let new = line(&[(-10, 50), (120, 50), (120, 110)]);
    let (made, _) = made(&["ab"], |c| move_border(c, "a", "b", &new, NO_REACH)).unwrap();
    // the piece in the north-west is 100 x 50 of a and 20 x 50 of b; the other 100 x 50 of a and
    // 80 x 50 + 100 x 50 of b
    assert_eq!(made["a"].doubled_area(), 2 * 120 * 50);
    assert_eq!(made["b"].doubled_area(), 2 * (200 * 100 - 120 * 50));
}

#[test]
fn a_border_that_cannot_move_so_is_refused() {
    let refused = |one, other, at: &Line| {
        made(&["abc"], |c| move_border(c, one, other, at, NO_REACH)).unwrap_err()
    };
    let across = line(&[(80, -10), (80, 110)]);
    assert_eq!(
        refused("a", "c", &across),
        EditError::NotNeighbours {
            one: "a".to_owned(),
            other: "c".to_owned()
        }
    );
    assert_eq!(
        refused("a", "a", &across),
        EditError::OneGridOnly {
            code: "a".to_owned()
        }
    );
    let beside = line(&[(280, -10), (280, 110)]);
    assert!(matches!(
        refused("a", "b", &beside),
        EditError::LineMisses { .. }
    ));
    // most of what lies east of the line was a's too
    let in_the_west = made(&["aab"], |c| {
        move_border(c, "a", "b", &line(&[(50, -10), (50, 110)]), NO_REACH)
    });
    assert_eq!(
        in_the_west.unwrap_err(),
        EditError::NoGroundLeft {
            code: "b".to_owned()
        }
    );
    let loop_inside = line(&[(40, 40), (60, 40), (60, 60)]);
    assert!(matches!(
        refused("a", "b", &loop_inside),
        EditError::EndsInside { .. }
    ));
    let bridge = made(&["aab", "axb", "aab"], |c| {
        move_border(c, "a", "b", &line(&[(-10, 150), (150, 150)]), NO_REACH)
    });
    assert!(
        matches!(bridge, Err(EditError::NothingApart { .. })),
        "{bridge:?}"
    );
}

#[test]
fn ground_in_a_polygon_goes_to_another_grid() {
    // the polygon reaches into b and beyond the rim: only what a has there is given
    let piece = ground(&[(70, -20), (150, -20), (150, 40), (70, 40)]);
    let (made, edited) = made(&["abc"], |c| give(c, "a", "b", &piece)).unwrap();
    assert_eq!(made["a"].doubled_area(), 2 * (100 * 100 - 30 * 40));
    assert_eq!(made["b"].doubled_area(), 2 * (100 * 100 + 30 * 40));
    // the polygon's edges inside b and beyond the rim leave no vertex
    assert_eq!(made["b"].segments().count(), 7);
    assert_eq!(edited.changed.len(), 2);
}

#[test]
fn ground_may_be_given_to_a_grid_far_away_which_is_told() {
    let piece = ground(&[(0, 0), (100, 0), (0, 50)]);
    let (made, edited) = made(&["abc"], |c| give(c, "a", "c", &piece)).unwrap();
    assert_eq!(made["c"].parts().len(), 2);
    let note = EditNote::SeveralPieces {
        code: Some("c".into()),
        pieces: 2,
    };
    assert!(edited.notes.contains(&note), "{:?}", edited.notes);
}

#[test]
fn a_gift_of_nothing_or_of_all_is_refused() {
    let refused = |piece| made(&["abc"], |c| give(c, "a", "b", &piece)).unwrap_err();
    let elsewhere = ground(&[(100, 0), (150, 0), (150, 50)]);
    assert_eq!(
        refused(elsewhere),
        EditError::NothingToGive {
            code: "a".to_owned()
        }
    );
    let all = ground(&[(-10, -10), (150, -10), (150, 150), (-10, 150)]);
    assert_eq!(
        refused(all),
        EditError::NoGroundLeft {
            code: "a".to_owned()
        }
    );
}

fn boards() -> impl Strategy<Value = (Vec<String>, u64)> {
    (2usize..5, 2usize..5).prop_flat_map(|(w, h)| {
        let letters = proptest::sample::select(vec!['a', 'a', 'b', 'b', 'c', 'd']);
        let row = proptest::collection::vec(letters, w).prop_map(|row| row.into_iter().collect());
        (proptest::collection::vec(row, h), any::<u64>())
    })
}

fn polyline() -> impl Strategy<Value = Vec<(i32, i32)>> {
    proptest::collection::vec((-20..180, -20..180), 3..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn what_was_seamless_is_seamless_after_a_border_moved(
        (rows, seed) in boards(),
        size in proptest::sample::select(board::SIZES.to_vec()),
        path in polyline(),
        is_polygon in any::<bool>(),
    ) {
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let grids = picture(&rows, size, wobble(seed, (size.0 / 3, size.1 / 3)));
        let Some(coverage) = coverage(&grids) else { return Ok(()) };
        let path: Vec<(i32, i32)> = path.iter().map(|p| (p.0 * size.0 / 40, p.1 * size.1 / 40)).collect();
        let edited = if is_polygon {
            let Ok(ring) = wangge_plane::Ring::new(points(&path)) else { return Ok(()) };
            if ring.doubled_area() == 0 || !ring.defects().is_empty() {
                return Ok(());
            }
            give(&coverage, "a", "b", &ground(&path))
        } else {
            let Some(line) = Line::new([points(&path)]) else { return Ok(()) };
            move_border(&coverage, "a", "b", &line, CutTerms { reach_m: 100.0 })
        };
        let Ok(edited) = edited else { return Ok(()) };
        let before = noded(&coverage);
        let made = after(&before, &edited, "");
        prop_assert_eq!(made.len(), before.len());
        assert_seamless(&before, &made, (4 * size.0, 4 * size.1));
        // all but the two keep their ground, but for what their borders were drawn off
        for p in board::samples(size, 4) {
            for (code, shape) in &before {
                if shape.winding_nudged(p) == 0 || shape.segments().any(|s| board::within(p, s, 1)) {
                    continue;
                }
                let both = made["a"].winding_nudged(p) + made["b"].winding_nudged(p);
                let now = if code == "a" || code == "b" { both } else { made[code].winding_nudged(p) };
                prop_assert_eq!(now, 1, "{:?} of {}", p, code);
                if is_polygon && code == "b" {
                    prop_assert_eq!(made["b"].winding_nudged(p), 1, "{:?} of b", p);
                }
            }
        }
    }
}
