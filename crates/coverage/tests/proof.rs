//! What the proof accepts and what it refuses, in small drawings.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::print_stdout,
    reason = "a test that panics has failed, and its numbers are small"
)]

mod drawing;

use drawing::{box_ring, codes, members, picture, ring, shape, square};
use rstest::rstest;
use wangge_coverage::{
    Defect, DefectKind, Member, Outline, Place, Survey, Terms, Verdict, prove, survey,
};
use wangge_plane::{Polygon, Shape};

fn verdict(shapes: &[Shape]) -> Verdict {
    let codes = codes(shapes.len());
    let verdict = prove(&members(&codes, shapes), Outline::OwnRim);
    assert_eq!(verdict.seamless, look(shapes).verdict.seamless);
    verdict
}

fn verdict_within(shapes: &[Shape], outline: &Shape) -> Verdict {
    let codes = codes(shapes.len());
    let verdict = prove(&members(&codes, shapes), Outline::Shape(outline));
    assert_eq!(
        verdict.seamless,
        look_within(shapes, outline).verdict.seamless
    );
    verdict
}

fn look(shapes: &[Shape]) -> Survey {
    let codes = codes(shapes.len());
    survey(&members(&codes, shapes), &Terms::default())
}

fn look_within(shapes: &[Shape], outline: &Shape) -> Survey {
    let codes = codes(shapes.len());
    let terms = Terms {
        outline: Outline::Shape(outline),
        ..Terms::default()
    };
    survey(&members(&codes, shapes), &terms)
}

/// The kinds and grids of the defects that break the coverage, with their exact doubled areas.
fn broken(survey: &Survey) -> Vec<(DefectKind, Vec<usize>, i128)> {
    let breaking = survey.defects.iter().filter(|d| d.breaks());
    let mut found: Vec<_> = breaking
        .map(|d| {
            (
                d.kind,
                d.members.clone(),
                d.doubled_area.unwrap_or_default(),
            )
        })
        .collect();
    found.sort_unstable();
    found
}

fn only(survey: &Survey) -> &Defect {
    match survey.defects.as_slice() {
        [one] => one,
        other => panic!("one defect: {other:#?}"),
    }
}

#[rstest]
#[case::two_squares(&["ab"])]
#[case::an_enclave_in_its_hole(&["aaa", "aba", "aaa"])]
#[case::an_enclave_of_another_grid_in_two_parts(&["aab", "aba", "bba"])]
#[case::parts_that_touch_at_a_vertex(&["ab", "ba"])]
#[case::an_island_apart(&["aa..b", "ca..b"])]
#[case::rings_in_rings(&["aaaaa", "abbba", "abcba", "abbba", "aaaaa"])]
#[case::holes_that_touch_at_a_vertex(&["aaaa", "abaa", "aaca", "aaaa"])]
#[case::a_hole_that_touches_the_shell(&["aaaa", "aaba", "abba", "caaa"])]
#[case::holes_that_cut_the_interior_in_two(&["aaaaa", "aabaa", "abaca", "aacaa", "aaaaa"])]
fn a_picture_without_gaps_is_seamless(#[case] rows: &[&str]) {
    let (_, shapes) = picture(rows, 10, |_, _| (0, 0));
    let verdict = verdict(&shapes);
    assert!(verdict.seamless, "{verdict:#?}");
    assert_eq!(verdict.simple, shapes.len());
    assert!(
        look(&shapes)
            .defects
            .iter()
            .all(|d| d.kind == DefectKind::MultiPart)
    );
    let cells = rows.join("").matches(|c| c != '.').count();
    assert_eq!(verdict.doubled_area, cells as i128 * 200);
    assert_eq!(
        verdict.edges,
        2 * verdict.cancelled_edges + verdict.residual_edges
    );
}

#[test]
fn a_hole_in_the_rim_is_a_gap_with_its_ground_and_its_neighbours() {
    let (_, shapes) = picture(&["abb", "a.b", "acc"], 10, |_, _| (0, 0));
    let survey = look(&shapes);
    assert!(!survey.verdict.seamless);
    let gap = only(&survey);
    assert_eq!((gap.kind, gap.doubled_area), (DefectKind::Gap, Some(200)));
    assert_eq!(gap.members, [0, 1, 2]);
    let Place::Ground(ground) = &gap.place else {
        panic!("{gap:?}")
    };
    assert_eq!(
        ground[0].shell().extent(),
        box_ring((10, 20), (10, 20)).extent()
    );
}

#[test]
fn an_island_in_a_gap_leaves_a_gap_with_a_hole() {
    let (_, shapes) = picture(
        &["aaaaa", "a...a", "a.b.a", "a...a", "aaaaa"],
        10,
        |_, _| (0, 0),
    );
    let survey = look(&shapes);
    let gap = only(&survey);
    assert_eq!(gap.doubled_area, Some(8 * 200));
    let Place::Ground(ground) = &gap.place else {
        panic!("{gap:?}")
    };
    assert_eq!(ground[0].holes().len(), 1);
}

/// Two holes of one grid overlap, and two overlapping grids fill them: the chains cancel.
///
/// ```text
/// +-----------------+
/// |   +-----+       |
/// |   | +---+---+   |
/// |   | |   |   |   |
/// |   +-+---+   |   |
/// |     +-------+   |
/// +-----------------+
/// ```
#[test]
fn overlapping_holes_filled_by_overlapping_grids_are_not_seamless() {
    let (one, two) = (box_ring((10, 50), (30, 60)), box_ring((30, 80), (10, 45)));
    let shapes = [
        shape(box_ring((0, 100), (0, 70)), vec![one.clone(), two.clone()]),
        shape(one, vec![]),
        shape(two, vec![]),
    ];
    let verdict = verdict(&shapes);
    assert!(!verdict.seamless);
    assert_eq!(verdict.simple, 2, "the grid with two holes is not sound");
    let twice = 2 * 20 * 15;
    assert_eq!(
        broken(&look(&shapes)),
        [
            (DefectKind::SelfIntersection, vec![0], twice),
            (DefectKind::Overlap, vec![0, 1, 2], twice)
        ]
    );
}

/// The same with the one hole inside the other: nothing crosses, and the chains cancel.
#[test]
fn a_hole_in_a_hole_filled_by_overlapping_grids_is_not_seamless() {
    let (outer, inner) = (box_ring((10, 60), (10, 60)), box_ring((20, 40), (20, 40)));
    let shapes = [
        shape(
            box_ring((0, 100), (0, 70)),
            vec![outer.clone(), inner.clone()],
        ),
        shape(outer, vec![]),
        shape(inner, vec![]),
    ];
    let verdict = verdict(&shapes);
    assert!(!verdict.seamless);
    assert_eq!(verdict.simple, 2);
    assert!(broken(&look(&shapes)).contains(&(DefectKind::Overlap, vec![0, 1, 2], 800)));
}

#[test]
fn the_same_square_three_times_once_reversed_is_not_seamless() {
    let ground = box_ring((0, 10), (0, 10));
    let shapes = [
        shape(ground.clone(), vec![]),
        shape(ground.clone(), vec![]),
        shape(ground.reversed(), vec![]),
    ];
    let verdict = verdict(&shapes);
    assert!(!verdict.seamless);
    assert_eq!(
        broken(&look(&shapes)),
        [(DefectKind::DuplicateGrid, vec![0, 1, 2], 200)]
    );
    assert!(!verdict_within(&shapes, &square((0, 10), (0, 10))).seamless);
}

#[test]
fn a_triple_cover_is_not_seamless() {
    // three halves of the same square, each with the other side's missing half covered once more
    let shapes = [
        square((0, 20), (0, 10)),
        square((0, 10), (0, 10)),
        square((10, 20), (0, 10)),
        square((0, 20), (0, 10)),
    ];
    let verdict = verdict(&shapes);
    assert!(!verdict.seamless);
    assert_eq!(verdict.simple, 4);
}

/// A bow-tie whose lobes are filled by two triangles; its crossing is a vertex, so nothing
/// crosses and the chain of the lobe that runs the wrong way cancels against its neighbour's.
#[test]
fn a_bow_tie_whose_chain_cancels_is_not_seamless() {
    // the square 0..40 with centre (20, 20): the bow-tie has the west and east quarters
    let bow_tie = ring(&[(0, 0), (20, 20), (40, 40), (40, 0), (20, 20), (0, 40)]);
    let north = ring(&[(0, 40), (20, 20), (40, 40)]);
    let south = ring(&[(0, 0), (40, 0), (20, 20)]);
    let shapes = [
        shape(bow_tie.clone(), vec![]),
        shape(north, vec![]),
        shape(south, vec![]),
    ];
    let verdict = verdict(&shapes);
    assert!(!verdict.seamless, "{verdict:#?}");
    assert_eq!(bow_tie.doubled_area(), 0);
    assert_eq!(verdict.simple, 2);
}

#[test]
fn a_bow_tie_that_crosses_between_its_vertices_is_not_seamless() {
    let shapes = [shape(ring(&[(0, 0), (10, 10), (10, 0), (0, 11)]), vec![])];
    let verdict = verdict(&shapes);
    assert!(!verdict.seamless);
    assert_eq!(verdict.simple, 0);
    assert_eq!(broken(&look(&shapes))[0].0, DefectKind::SelfIntersection);
}

/// Two triangles that cross far away do not keep a gap from being found.
#[test]
fn a_gap_is_found_beside_crossings() {
    let (_, mut shapes) = picture(&["abb", "a.b", "acc"], 10, |_, _| (0, 0));
    shapes.push(shape(ring(&[(100, 0), (120, 0), (110, 12)]), vec![]));
    shapes.push(shape(ring(&[(100, 6), (110, -6), (120, 6)]), vec![]));
    let found = broken(&look(&shapes));
    assert!(
        found.contains(&(DefectKind::Gap, vec![0, 1, 2], 200)),
        "{found:?}"
    );
    // the hexagon 10 wide at the height of 0 and 6, 15 wide at 3; its tips fall between points
    let overlap = found.iter().find(|d| d.0 == DefectKind::Overlap).unwrap();
    assert_eq!(overlap.1, [3, 4]);
    assert!((overlap.2 - 150).abs() <= 20, "{overlap:?}");
}

#[test]
fn an_enclave_drawn_over_its_parent_is_not_seamless() {
    let shapes = [square((0, 30), (0, 30)), square((10, 20), (10, 20))];
    let verdict = verdict(&shapes);
    assert!(!verdict.seamless);
    assert_eq!(verdict.simple, 2);
    assert_eq!(
        broken(&look(&shapes)),
        [(DefectKind::Overlap, vec![0, 1], 200)]
    );
}

#[test]
fn a_duplicate_and_a_stranger_are_not_seamless() {
    let ground = [square((0, 10), (0, 10)), square((10, 20), (0, 10))];
    let mut with_duplicate = ground.to_vec();
    with_duplicate.push(ground[1].clone());
    assert!(!verdict(&with_duplicate).seamless);
    assert_eq!(
        broken(&look(&with_duplicate)),
        [(DefectKind::DuplicateGrid, vec![1, 2], 200)]
    );
    let mut with_stranger = ground.to_vec();
    with_stranger.push(square((5, 15), (-5, 15)));
    assert!(!verdict(&with_stranger).seamless);
    assert_eq!(
        broken(&look(&with_stranger)),
        [
            (DefectKind::Overlap, vec![0, 2], 100),
            (DefectKind::Overlap, vec![1, 2], 100)
        ]
    );
}

#[test]
fn a_grid_without_area_is_not_seamless() {
    let shapes = [
        square((0, 10), (0, 10)),
        shape(ring(&[(20, 0), (30, 0), (25, 0)]), vec![]),
    ];
    let verdict = verdict(&shapes);
    assert!(!verdict.seamless);
    assert_eq!(broken(&look(&shapes)), [(DefectKind::Empty, vec![1], 0)]);
}

#[test]
fn a_vertex_on_one_side_only_is_noded_and_named() {
    let shapes = [
        square((0, 10), (0, 20)),
        square((10, 20), (0, 13)),
        square((10, 20), (13, 20)),
    ];
    let verdict = verdict(&shapes);
    assert!(verdict.seamless);
    assert!(!verdict.noded);
    let survey = look(&shapes);
    let lacking = only(&survey);
    assert_eq!(
        (lacking.kind, &*lacking.members),
        (DefectKind::UnmatchedVertex, &[0][..])
    );
    assert_eq!(lacking.point().unwrap().y(), 13);
}

#[test]
fn a_misfit_of_one_lattice_unit_is_found() {
    let shapes = [
        shape(ring(&[(0, 0), (10, 0), (10, 5), (10, 10), (0, 10)]), vec![]),
        shape(
            ring(&[(10, 0), (20, 0), (20, 10), (10, 10), (11, 5)]),
            vec![],
        ),
    ];
    assert_eq!(
        broken(&look(&shapes)),
        [(DefectKind::Hairline, vec![0, 1], 10)]
    );
}

#[test]
fn a_spike_is_named_and_does_no_harm() {
    let shapes = [shape(
        ring(&[(0, 0), (10, 0), (10, 10), (5, 10), (5, 5), (5, 10), (0, 10)]),
        vec![],
    )];
    let verdict = verdict(&shapes);
    assert!(verdict.seamless);
    let survey = look(&shapes);
    assert_eq!(only(&survey).kind, DefectKind::Spike);
}

#[test]
fn an_outline_with_holes_and_parts_is_matched_exactly() {
    let (_, shapes) = picture(&["abb..d", "a.b..d", "acc..d"], 10, |_, _| (0, 0));
    let outline = Shape::new(vec![
        Polygon::new(
            box_ring((0, 30), (0, 30)),
            vec![box_ring((10, 20), (10, 20))],
        ),
        Polygon::new(box_ring((50, 60), (0, 30)), vec![]),
    ])
    .unwrap();
    let sound = verdict_within(&shapes, &outline);
    assert!(sound.seamless, "{sound:#?}");
    assert_eq!(sound.outline_matches, Some(true));

    let without_hole = Shape::new(vec![
        Polygon::new(box_ring((0, 30), (0, 30)), vec![]),
        Polygon::new(box_ring((50, 60), (0, 30)), vec![]),
    ])
    .unwrap();
    let gap = verdict_within(&shapes, &without_hole);
    assert!(!gap.seamless);
    assert_eq!(
        broken(&look_within(&shapes, &without_hole)),
        [(DefectKind::Gap, vec![0, 1, 2], 200)]
    );

    let too_small = square((0, 30), (0, 30));
    let beyond = verdict_within(&shapes, &too_small);
    assert!(!beyond.seamless);
    assert!(broken(&look_within(&shapes, &too_small)).contains(&(
        DefectKind::OutsideParent,
        vec![3],
        600
    )));
}

#[test]
fn an_outline_with_more_vertices_than_the_rim_matches() {
    let shapes = [square((0, 10), (0, 10)), square((10, 20), (0, 10))];
    let outline = shape(
        ring(&[(0, 0), (3, 0), (20, 0), (20, 7), (20, 10), (0, 10)]),
        vec![],
    );
    let verdict = verdict_within(&shapes, &outline);
    assert!(verdict.seamless);
    assert!(!verdict.noded);
}

#[test]
fn an_outline_that_winds_twice_is_not_matched() {
    let shapes = [square((0, 10), (0, 10))];
    let twice = Shape::new(vec![
        Polygon::new(box_ring((0, 10), (0, 10)), vec![]),
        Polygon::new(box_ring((0, 10), (0, 10)), vec![]),
    ])
    .unwrap();
    assert!(!verdict_within(&shapes, &twice).seamless);
    let twice_covered = [shapes[0].clone(), shapes[0].clone()];
    assert!(!verdict_within(&twice_covered, &twice).seamless);
}

#[test]
fn an_empty_list_covers_nothing_and_is_trivially_seamless() {
    let nothing: [Member<'_>; 0] = [];
    assert!(prove(&nothing, Outline::OwnRim).seamless);
    assert!(!prove(&nothing, Outline::Shape(&square((0, 1), (0, 1)))).seamless);
}
