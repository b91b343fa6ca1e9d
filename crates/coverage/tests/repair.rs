//! Repairs: what they may do, what they never do, and what real files come out as.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::print_stdout,
    reason = "a test that panics has failed, and its numbers are small"
)]

mod drawing;
mod real;
mod spoilt;

use drawing::{codes, members, picture, ring, shape, square};
use proptest::prelude::*;
use real::{read, real_data};
use rstest::rstest;
use spoilt::{arbitrary_shapes, spoilt_pictures};
use wangge_coverage::{
    ChangeKind, Defect, DefectKind, Member, RepairTerms, Repaired, Terms, repair, survey,
};
use wangge_plane::{Point, Shape, cross};

fn mended(shapes: &[Shape], terms: &RepairTerms<'_>) -> Repaired {
    let codes = codes(shapes.len());
    repair(&members(&codes, shapes), terms)
}

fn defects(shapes: &[Shape]) -> Vec<Defect> {
    let codes = codes(shapes.len());
    survey(&members(&codes, shapes), &Terms::default()).defects
}

fn breaking(shapes: &[Shape]) -> Vec<Defect> {
    defects(shapes).into_iter().filter(Defect::breaks).collect()
}

const WIDE: RepairTerms<'static> = RepairTerms {
    snap_m: 0.0,
    max_gap_width_m: 1e9,
    priority: None,
    locked: &[],
    move_rim: false,
    measure: Terms {
        outline: wangge_coverage::Outline::OwnRim,
        sliver_width_m: 1.0,
        inlet_width_m: 1.0,
        tiny_area_m2: 0.0,
        thin_width_m: 0.0,
        allowed_ground: None,
        allowed_ids: &[],
    },
};

/// ```text
/// a a b b     the hole has three edges with a and one with c
/// a . c c
/// a a c c
/// ```
#[test]
fn a_gap_is_given_to_the_longest_border() {
    let (_, shapes) = picture(&["aabb", "a.cc", "aacc"], 1000, |_, _| (0, 0));
    let mended = mended(&shapes, &WIDE);
    assert!(breaking(&mended.shapes).is_empty());
    let [change] = mended.changes.as_slice() else {
        panic!("{:#?}", mended.changes)
    };
    assert_eq!((change.kind, change.to), (ChangeKind::GapClosed, Some(0)));
    assert_eq!(mended.shapes[0].doubled_area(), 2 * 6 * 1000 * 1000);
    assert_eq!(
        mended.shapes[1], shapes[1],
        "what needs no change is as it was"
    );
}

#[test]
fn a_gap_wider_than_asked_for_is_left_and_named() {
    let (_, shapes) = picture(&["abb", "a.b", "acc"], 1000, |_, _| (0, 0));
    let mended = mended(&shapes, &RepairTerms::default());
    assert_eq!(mended.shapes, shapes);
    assert!(mended.changes.is_empty());
    assert_eq!(mended.left, defects(&shapes));
}

#[test]
fn rank_comes_before_the_border_and_a_lock_before_both() {
    let (_, shapes) = picture(&["aabb", "a.cc", "aacc"], 1000, |_, _| (0, 0));
    let by_rank = RepairTerms {
        priority: Some(&[0.0, 0.0, 5.0]),
        ..WIDE
    };
    assert_eq!(mended(&shapes, &by_rank).changes[0].to, Some(2));
    let locked = RepairTerms {
        locked: &[true, false, true],
        ..by_rank
    };
    let mended = mended(&shapes, &locked);
    assert!(
        mended.changes.is_empty(),
        "the third grid has no border with it"
    );
    assert_eq!(mended.shapes, shapes);
}

#[test]
fn an_enclave_over_its_parent_keeps_its_ground() {
    let shapes = [square((0, 300), (0, 300)), square((100, 200), (100, 200))];
    let mended = mended(&shapes, &WIDE);
    assert!(breaking(&mended.shapes).is_empty());
    assert_eq!(mended.shapes[1], shapes[1]);
    assert_eq!(mended.shapes[0].doubled_area(), 2 * 80_000);
}

#[test]
fn two_grids_of_the_same_ground_are_left_to_a_person() {
    let shapes = [
        square((0, 100), (0, 100)),
        square((0, 100), (0, 100)),
        square((100, 200), (0, 100)),
    ];
    let mended = mended(&shapes, &WIDE);
    assert_eq!(mended.shapes, shapes);
    assert_eq!(mended.left.len(), 1);
    assert_eq!(mended.left[0].kind, DefectKind::DuplicateGrid);
}

#[test]
fn a_bow_tie_a_spike_and_a_missing_vertex_are_drawn_anew() {
    let shapes = [
        shape(ring(&[(0, 0), (100, 100), (100, 0), (0, 100)]), vec![]),
        shape(
            ring(&[
                (200, 0),
                (300, 0),
                (300, 100),
                (250, 100),
                (250, 150),
                (250, 100),
                (200, 100),
            ]),
            vec![],
        ),
        square((300, 400), (0, 50)),
        square((300, 400), (50, 100)),
    ];
    let mended = mended(&shapes, &WIDE);
    let kinds: Vec<(ChangeKind, Option<usize>)> =
        mended.changes.iter().map(|c| (c.kind, c.to)).collect();
    assert_eq!(
        kinds,
        [
            (ChangeKind::Uncrossed, Some(0)),
            (ChangeKind::SpikeRemoved, Some(1)),
            (ChangeKind::VerticesInserted, Some(1)),
        ]
    );
    assert_eq!(mended.shapes[0].doubled_area(), 2 * 2 * 2500);
    assert!(
        defects(&mended.shapes)
            .iter()
            .all(|d| d.kind == DefectKind::MultiPart)
    );
}

#[test]
fn snapping_joins_vertices_and_leaves_the_rim() {
    // the east grid's corner inside stands 3 units beside the west grid's
    let shapes = [
        shape(
            ring(&[(0, 0), (100, 0), (100, 50), (100, 100), (0, 100)]),
            vec![],
        ),
        shape(
            ring(&[(100, 0), (200, 0), (200, 100), (100, 100), (103, 52)]),
            vec![],
        ),
    ];
    let snap = RepairTerms {
        snap_m: 0.1,
        ..RepairTerms::default()
    };
    let mended = mended(&shapes, &snap);
    assert!(breaking(&mended.shapes).is_empty());
    let snapped: Vec<_> = mended
        .changes
        .iter()
        .filter(|c| c.kind == ChangeKind::Snapped)
        .collect();
    assert_eq!(snapped.len(), 1, "{:#?}", mended.changes);
    // one of the two has moved to the other
    let total: i128 = mended.shapes.iter().map(Shape::doubled_area).sum();
    assert_eq!(total, 2 * 200 * 100);
}

/// Points outside all grids that hang together with the outside stay outside.
fn outside(shapes: &[Shape], p: Point) -> bool {
    shapes.iter().all(|s| s.winding_nudged(p) == 0)
}

/// Whether a boundary comes within two units of a point: it may move by one where edges cross.
fn comes_near(shape: &Shape, p: Point) -> bool {
    shape.segments().any(|s| {
        let along = s.end().from_origin(s.start());
        let twice = cross(s.start(), s.end(), p).unsigned_abs();
        let length = (along.dx * along.dx + along.dy * along.dy)
            .unsigned_abs()
            .isqrt();
        twice <= 2 * (length + 1)
    })
}

fn laws(shapes: &[Shape]) -> Result<(), TestCaseError> {
    let before = breaking(shapes);
    let mended = mended(shapes, &WIDE);
    prop_assert_eq!(mended.shapes.len(), shapes.len());
    prop_assert_eq!(&mended.left, &defects(&mended.shapes));
    let after = breaking(&mended.shapes);
    for defect in &after {
        prop_assert!(
            matches!(
                defect.kind,
                DefectKind::DuplicateGrid
                    | DefectKind::Overlap
                    | DefectKind::Empty
                    | DefectKind::Hairline
            ) || before.iter().any(|b| b.kind == defect.kind),
            "{:#?} is new",
            defect
        );
    }
    for (old, new) in shapes.iter().zip(&mended.shapes) {
        prop_assert!(old.doubled_area() <= 0 || new.doubled_area() > 0, "emptied");
    }
    // ground that was covered is covered
    for x in -2..12 {
        for y in -2..12 {
            let p = Point::new(x * 100 + 50, y * 100 + 50).unwrap();
            if !outside(shapes, p) && !shapes.iter().any(|s| comes_near(s, p)) {
                prop_assert!(!outside(&mended.shapes, p), "{:?} is lost", p);
            }
        }
    }
    let codes = codes(shapes.len());
    let again = repair(&members(&codes, &mended.shapes), &WIDE);
    prop_assert!(again.changes.is_empty(), "{:#?}", again.changes);
    prop_assert_eq!(&again.shapes, &mended.shapes);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn arbitrary_polygons_are_mended_as_far_as_they_can_be(shapes in arbitrary_shapes(4, 100)) {
        laws(&shapes)?;
    }

    #[test]
    fn spoilt_pictures_are_mended(shapes in spoilt_pictures(4, 100)) {
        laws(&shapes)?;
    }
}

#[rstest]
#[case::precincts_2012("dc-grids/voting-precinct-2012.geojson")]
#[case::precincts_2002("dc-grids/voting-precinct-2002.geojson")]
#[case::tracts_2000("dc-grids/census-tracts-2000.geojson")]
#[case::snow_areas("dc-grids/snow-removal-areas.geojson")]
#[case::bangalore_2012("india-wards/Bangalore_BBMP_oldWards.geojson")]
#[case::bangalore_2022("india-wards/Bangalore_BBMP.geojson")]
#[case::bhopal("india-wards/Bhopal_Bhopal_wards.geojson")]
fn a_real_defective_file_is_mended_and_what_is_left_is_named(#[case] file: &str) {
    let Some(folder) = real_data() else { return };
    let grids = read(&folder.join(file), "");
    let members: Vec<Member<'_>> = grids
        .iter()
        .map(|(code, shape)| Member { code, shape })
        .collect();
    let before = survey(&members, &Terms::default());
    let terms = RepairTerms {
        max_gap_width_m: 5.0,
        ..RepairTerms::default()
    };
    let mended = repair(&members, &terms);
    let after: Vec<Member<'_>> = members
        .iter()
        .zip(&mended.shapes)
        .map(|(member, shape)| Member { shape, ..*member })
        .collect();
    let after = survey(&after, &Terms::default());
    let count = |defects: &[Defect]| defects.iter().filter(|d| d.breaks()).count();
    println!(
        "{file}: {} defects, {} left, {} changes",
        count(&before.defects),
        count(&after.defects),
        mended.changes.len()
    );
    assert_eq!(mended.left, after.defects);
    // what is left is gaps wider than asked for, and nothing else
    for defect in after.defects.iter().filter(|d| d.breaks()) {
        assert_eq!(defect.kind, DefectKind::Gap, "{defect:#?}");
        assert!(defect.width_m.unwrap() > 5.0 || before.defects.iter().any(|d| d.id == defect.id));
    }
}
