//! What is said of redesigns that are drawn for it, one for each kind of change and its corners.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_precision_loss,
    reason = "a test that panics has failed, and its numbers are small"
)]

mod boards;

use boards::{CELL, Plan, diff_of, drawn, members, polygon, strips, told};
use rstest::rstest;
use wangge_plane::Shape;
use wangge_replan::{ChangeKind, Diff, DiffTerms, diff, diff_known};

/// How wide a lattice unit is at the equator, metres: 6,378,137 m times the angle.
const UNIT_M: f64 = 6_378_137.0 * std::f64::consts::PI / 180.0 * 1e-7;

#[rstest]
#[case::nothing("AAB", "AAB", &[], "AB")]
#[case::another_code("AB", "AC", &["renamed B > C"], "A")]
#[case::two_codes_swapped("AB", "BA", &["renamed A > B", "renamed B > A"], "")]
#[case::transfer("AAB", "ABB", &["transfer A B > A B"], "")]
#[case::transfers_from_one("BAAAC", "BBACC", &["transfer A B C > A B C"], "")]
#[case::transfers_to_one("BBACC", "BAAAC", &["transfer A B C > A B C"], "")]
#[case::transfers_from_two("ABBCC AAAAA", "AABCA AAAAA", &["transfer A B C > A B C"], "")]
#[case::exchange("AABB AABB", "AAAB ABBB", &["recut A B > A B"], "")]
#[case::passed_on("AAABBBCCC", "AABBBCCCC", &["recut A B C > A B C"], "")]
#[case::transfer_with_another_code("AAB", "ACC", &["recut A B > A C"], "")]
#[case::split_under_its_code("AAB", "ACB", &["split A > A C"], "B")]
#[case::split_under_new_codes("AAB", "CDB", &["split A > C D"], "B")]
#[case::merge_under_a_code_of_theirs("ABC", "AAC", &["merge A B > A"], "C")]
#[case::merge_under_a_new_code("ABC", "DDC", &["merge A B > D"], "C")]
#[case::cut_anew("AABB", "CDDE", &["recut A B > C D E"], "")]
#[case::two_changes_apart("AABCD", "AEBCC", &["split A > A E", "merge C D > C"], "B")]
#[case::new_grid("A.", "AB", &["new > B"], "A")]
#[case::grid_given_up("AB", "A.", &["gone B >"], "A")]
#[case::hole_filled("AAA A.A AAA", "AAA ABA AAA", &["new > B"], "A")]
#[case::enclave_swallowed("AAA ABA AAA", "AAA AAA AAA", &["merge A B > A"], "")]
#[case::enclave_elsewhere("AAABBB AACBBB", "AAABBB AAABBC", &["split B > B C", "merge A C > A"], "")]
#[case::parts("ABA BAB", "ABA BAB", &[], "AB")]
#[case::new_ground_of_one_that_stays("A.B", "AAB", &["new > A"], "B")]
#[case::ground_given_up("AAB", "A.B", &["gone A >"], "B")]
#[case::moved_on("A.", ".A", &["new > A", "gone A >"], "")]
#[case::transfer_and_new_ground("AAB.", "ABBB", &["transfer A B > A B", "new > B"], "")]
fn a_redesign_is_what_a_person_calls_it(
    #[case] old: &str,
    #[case] new: &str,
    #[case] changes: &[&str],
    #[case] unchanged: &str,
) {
    let (old, new) = (drawn(old), drawn(new));
    let diff = diff_of(&old, &new);
    let (found, kept) = told(&old, &new, &diff);
    assert_eq!(found, changes);
    assert_eq!(kept.concat(), unchanged);
    assert!(diff.rounding.is_empty(), "{:?}", diff.rounding);
}

/// ```text
/// A A A B      A goes on under its code on one cell and gives two,
/// A A . .      of which B gets one, and one is nobody's.
/// ```
#[test]
fn the_ground_of_a_change_is_what_changes_hands() {
    let (old, new) = (drawn("AAAB"), drawn("A.BB"));
    let diff = diff_of(&old, &new);
    let doubled = i128::from(CELL) * i128::from(CELL) * 2;
    let pieces: Vec<(&str, &str, i128)> = diff
        .pieces
        .iter()
        .map(|piece| {
            let code = |plan, at: Option<u32>| at.map_or("-", |at| code_of(plan, at));
            let (from, to) = (code(&old, piece.old), code(&new, piece.new));
            (from, to, piece.doubled_area / doubled)
        })
        .collect();
    let expected = [("A", "A", 1), ("A", "B", 1), ("A", "-", 1), ("B", "B", 1)];
    assert_eq!(pieces, expected);
    let [transfer, gone] = diff.changes.as_slice() else {
        panic!("{:?}", diff.changes)
    };
    assert_eq!(
        (transfer.kind, gone.kind),
        (ChangeKind::Transfer, ChangeKind::Gone)
    );
    assert_eq!(
        (&transfer.pieces[..], &gone.pieces[..]),
        (&[0, 1, 3][..], &[2][..])
    );
    // a cell at the equator, by the radii of the ellipsoid there: a (1 - e2) to the north
    let cell_m2 = f64::from(CELL * CELL) * UNIT_M * UNIT_M * (1.0 - 0.006_694_380_022_9);
    for area in [transfer.area_m2, gone.area_m2, diff.changed_area_m2] {
        assert!((area / cell_m2 - 1.0).abs() < 1e-6, "{area} and {cell_m2}");
    }
    assert!((diff.changed_share - 0.25).abs() < 1e-6);
}

fn code_of(plan: &Plan, at: u32) -> &str {
    &plan[at as usize].0
}

/// The heir of a grid: the one with its code where codes tell, or else who has most of it.
#[rstest]
#[case::renamed("AB", "AC", 0)]
#[case::merge("AABC", "AAAC", 0)]
#[case::split_under_its_code("AAAA", "ABBB", 3)]
#[case::split_under_new_codes("AAAA", "BCCC", 1)]
#[case::transfer("AAAAB", "ABBBB", 3)]
#[case::cut_anew("AAAAB", "BBBAA", 1)]
fn ground_changes_hands_that_does_not_go_to_the_heir(
    #[case] old: &str,
    #[case] new: &str,
    #[case] cells: u32,
) {
    let (old, new) = (drawn(old), drawn(new));
    let diff = diff_of(&old, &new);
    let all: f64 = old.iter().map(|(_, shape)| shape.area_m2()).sum();
    let count: i128 = old.iter().map(|(_, shape)| shape.doubled_area()).sum();
    let cell_m2 = all / (count / 2 / i128::from(CELL) / i128::from(CELL)) as f64;
    assert!(
        (diff.changed_area_m2 / cell_m2 - f64::from(cells)).abs() < 1e-6,
        "{diff:?}"
    );
}

/// Thirty units to the east are 0.33 m, two hundred are 2.2 m.
#[test]
fn a_border_that_moves_by_less_than_the_tolerance_is_drawn_anew() {
    let at = |border| strips(&[("A", 0, border), ("B", border, 3000)]);
    let little = diff_of(&at(1000), &at(1030));
    let told_little = told(&at(1000), &at(1030), &little).0;
    assert_eq!(told_little, ["redigitised A > A", "redigitised B > B"]);
    for change in &little.changes {
        assert!((change.max_shift_m - 30.0 * UNIT_M).abs() < 1e-6);
        assert!(change.area_m2 == 0.0);
    }
    assert!(little.changed_area_m2 == 0.0);
    assert_eq!(little.pieces.len(), 3);
    assert!(!little.pieces[1].wider_than_tolerance);

    let far = diff_of(&at(1000), &at(1200));
    assert_eq!(told(&at(1000), &at(1200), &far).0, ["transfer A B > A B"]);
    let terms = DiffTerms {
        survey_tolerance_m: 3.0,
    };
    let coarse = diff(&members(&at(1000)), &members(&at(1200)), &terms);
    let told_coarse = told(&at(1000), &at(1200), &coarse).0;
    assert_eq!(told_coarse, ["redigitised A > A", "redigitised B > B"]);
}

#[test]
fn a_grid_with_another_code_and_another_border_is_renamed_and_says_how_far_it_moved() {
    let old = strips(&[("A", 0, 1000), ("B", 1000, 3000)]);
    let new = strips(&[("A", 0, 1030), ("C", 1030, 3000)]);
    let diff = diff_of(&old, &new);
    let (found, _) = told(&old, &new, &diff);
    assert_eq!(found, ["renamed B > C", "redigitised A > A"]);
    assert!((diff.changes[0].max_shift_m - 30.0 * UNIT_M).abs() < 1e-6);
}

/// A grid of 0.44 m, half of the tolerance.
#[rstest]
#[case::swallowed(&[("A", 0, 1040), ("B", 1040, 2000)], &["merge A T > A"])]
#[case::drawn_anew(&[("A", 0, 1020), ("T", 1020, 1060), ("B", 1060, 2000)],
    &["redigitised A > A", "redigitised B > B", "redigitised T > T"])]
#[case::grown(&[("A", 0, 1000), ("T", 1000, 1500), ("B", 1500, 2000)], &["transfer B T > B T"])]
#[case::given_up(&[("A", 0, 1000), ("B", 1040, 2000)], &["gone T >"])]
fn a_grid_thinner_than_the_tolerance_is_not_lost(
    #[case] new: &[(&str, i32, i32)],
    #[case] changes: &[&str],
) {
    let old = strips(&[("A", 0, 1000), ("B", 1040, 2000), ("T", 1000, 1040)]);
    let new = strips(new);
    assert_eq!(told(&old, &new, &diff_of(&old, &new)).0, changes);
}

#[test]
fn thin_ground_that_comes_or_goes_is_named() {
    let (alone, both) = (
        strips(&[("A", 0, 1000)]),
        strips(&[("A", 0, 1000), ("T", 1000, 1040)]),
    );
    for (old, new, told_as) in [(&alone, &both, "new > T"), (&both, &alone, "gone T >")] {
        let diff = diff_of(old, new);
        assert_eq!(told(old, new, &diff).0, [told_as]);
        assert_eq!(diff.changes[0].pieces, [0]);
        assert_eq!(diff.pieces[0].doubled_area, 2 * 40 * 2000);
        assert!(!diff.pieces[0].wider_than_tolerance);
        assert!((diff.changes[0].area_m2 - diff.pieces[0].area_m2).abs() < 1e-9);
    }
}

/// ```text
/// +---+---+---+     A and B are merged, and where their border to C was straight, it has a corner
/// | A | B | C |     thirty units to the east now: 0.33 m
/// +---+---+---+
/// ```
#[test]
fn a_corner_that_only_one_of_the_borders_has_is_how_far_it_moved() {
    let straight = strips(&[("A", 0, 1000), ("B", 1000, 2000), ("C", 2000, 3000)]);
    let one = |corners: &[(i32, i32)]| Shape::new(vec![polygon(corners)]).unwrap();
    let west = one(&[(0, 0), (2000, 0), (2030, 1000), (2000, 2000), (0, 2000)]);
    let east = one(&[
        (2000, 0),
        (3000, 0),
        (3000, 2000),
        (2000, 2000),
        (2030, 1000),
    ]);
    let bent = vec![("A".to_owned(), west), ("C".to_owned(), east)];
    for (old, new, told_as) in [
        (&straight, &bent, ["redigitised C > C", "merge A B > A"]),
        (&bent, &straight, ["redigitised C > C", "split A > A B"]),
    ] {
        let diff = diff_of(old, new);
        assert_eq!(told(old, new, &diff).0, told_as);
        for change in &diff.changes {
            assert!(
                (change.max_shift_m - 30.0 * UNIT_M).abs() < 1e-6,
                "{change:?}"
            );
        }
    }
}

/// ```text
/// A A A A      the new plan has B on ground that A keeps
///     B B B B
/// ```
#[test]
fn what_a_grid_has_beside_the_one_that_keeps_it_is_gained() {
    let apart = strips(&[("A", 0, 1000), ("B", 1000, 2000)]);
    for west in [0, 2] {
        // A the same, or drawn anew
        let over = strips(&[("A", west, 1000), ("B", 500, 2000)]);
        let diff = diff_of(&apart, &over);
        let (found, kept) = told(&apart, &over, &diff);
        assert_eq!(found.last().unwrap(), "new > B");
        assert_eq!(found.len(), 1 + usize::from(west != 0));
        assert_eq!(kept.len(), usize::from(west == 0));
        assert!(diff.changed_area_m2 == 0.0);
        let back = diff_of(&over, &apart);
        assert_eq!(told(&over, &apart, &back).0.last().unwrap(), "gone B >");
    }
    // and if both have it before and after, nothing comes of it
    let old = strips(&[("A", 0, 1000), ("B", 500, 2000)]);
    let new = strips(&[("A", 2, 1000), ("B", 500, 2002)]);
    let diff = diff_of(&old, &new);
    let (found, _) = told(&old, &new, &diff);
    assert_eq!(found, ["redigitised A > A", "redigitised B > B"]);
    // what counts twice stands in the rounding
    let twice = |d: &Diff| d.rounding.iter().all(|r| r.doubled_area == -2 * 500 * 2000);
    assert!(
        !diff.rounding.is_empty() && twice(&diff),
        "{:?}",
        diff.rounding
    );
}

/// ```text
/// +---+---+     the same ground with a vertex in its side, from another corner; with a spike; and in
/// |   |   |     two parts whose common border has vertices on one side only
/// +---+---+
/// ```
#[test]
fn ground_is_unchanged_however_it_is_noded() {
    let plain: Plan = vec![(
        "A".into(),
        Shape::new(vec![polygon(&[(0, 0), (2000, 0), (2000, 2000), (0, 2000)])]).unwrap(),
    )];
    let noded = polygon(&[
        (2000, 500),
        (2000, 2000),
        (700, 2000),
        (0, 2000),
        (0, 0),
        (2000, 0),
    ]);
    let spiked = polygon(&[
        (0, 0),
        (2000, 0),
        (2000, 2000),
        (2000, 2900),
        (2000, 2000),
        (0, 2000),
    ]);
    let halves = [
        polygon(&[(0, 0), (2000, 0), (2000, 1000), (0, 1000)]),
        polygon(&[
            (0, 1000),
            (600, 1000),
            (2000, 1000),
            (2000, 2000),
            (0, 2000),
        ]),
    ];
    for parts in [vec![noded], vec![spiked], halves.into()] {
        let other = vec![("A".into(), Shape::new(parts).unwrap())];
        let diff = diff_of(&plain, &other);
        assert_eq!(diff.unchanged, [(0, 0)]);
        assert!(diff.changes.is_empty() && diff.pieces.is_empty() && diff.rounding.is_empty());
    }
}

#[test]
fn what_is_known_to_be_the_same_is_not_looked_at() {
    let (old, new) = (drawn("AAB"), drawn("ABB"));
    let terms = DiffTerms::default();
    // it is not so, but it was said
    let same = [(0, 0), (0, 1), (7, 1), (1, 7)];
    let diff = diff_known(&members(&old), &members(&new), &terms, &same);
    assert_eq!(diff.unchanged, [(0, 0)]);
    assert_eq!(told(&old, &new, &diff).0, ["new > B"]);
    let same = [(0, 1), (1, 0)];
    let diff = diff_known(&members(&old), &members(&new), &terms, &same);
    assert_eq!(
        told(&old, &new, &diff).0,
        ["renamed A > B", "renamed B > A"]
    );
}

#[test]
fn plans_without_grids_and_grids_without_ground_are_no_trouble() {
    let nothing: Plan = vec![];
    assert_eq!(
        told(&nothing, &nothing, &diff_of(&nothing, &nothing))
            .0
            .len(),
        0
    );
    let flat = polygon(&[(0, 0), (500, 0), (900, 0)]);
    let flat: Plan = vec![("A".into(), Shape::new(vec![flat]).unwrap())];
    assert_eq!(
        told(&flat, &nothing, &diff_of(&flat, &nothing)).0,
        ["gone A >"]
    );
    assert_eq!(
        told(&nothing, &flat, &diff_of(&nothing, &flat)).0,
        ["new > A"]
    );
    assert_eq!(diff_of(&flat, &flat).unchanged, [(0, 0)]);
    let (found, _) = told(&flat, &drawn("A"), &diff_of(&flat, &drawn("A")));
    assert_eq!(found, ["new > A", "gone A >"]);
}
