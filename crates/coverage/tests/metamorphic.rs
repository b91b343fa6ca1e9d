//! What a known change of a coverage must change in what is found, and nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a test that panics has failed, and its numbers are small"
)]

mod drawing;
mod spoilt;

use std::collections::BTreeSet;

use drawing::{codes, members, picture};
use proptest::prelude::*;
use spoilt::spoilt_pictures;
use wangge_coverage::{Coverage, Defect, DefectKind, Outline, Owner, Survey, Terms, prove, survey};
use wangge_plane::{Point, Polygon, Ring, Shape};

/// A mosaic of blocks with wobbling corners, about 50 m wide each, near 龙港.
fn mosaic(columns: usize, rows: usize, seed: u64) -> Vec<Shape> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let rows: Vec<String> = (0..rows)
        .map(|row| {
            let at = row * columns;
            LETTERS[at..at + columns]
                .iter()
                .map(|&b| b as char)
                .collect()
        })
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let wobble = move |x: i32, y: i32| {
        let hash = (x as u64)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .wrapping_add((y as u64).wrapping_mul(0xc2b2_ae3d_27d4_eb4f))
            .wrapping_add(seed)
            .wrapping_mul(0xd6e8_feb8_6659_fd93);
        (
            ((hash >> 20) % 1501) as i32 - 750,
            ((hash >> 40) % 1501) as i32 - 750,
        )
    };
    let (_, shapes) = picture(&rows, 5000, wobble);
    shapes
        .iter()
        .map(|s| mapped(s, 1, (1_208_000_000, 407_000_000)))
        .collect()
}

/// Every vertex times a factor, and moved.
fn mapped(shape: &Shape, factor: i32, by: (i32, i32)) -> Shape {
    let ring = |ring: &Ring| {
        let points = ring.points().iter();
        let moved = points.map(|p| Point::new(p.x() * factor + by.0, p.y() * factor + by.1));
        Ring::new(moved.collect::<Result<_, _>>().unwrap()).unwrap()
    };
    let parts = shape
        .parts()
        .iter()
        .map(|part| Polygon::new(ring(part.shell()), part.holes().iter().map(ring).collect()));
    Shape::new(parts.collect()).unwrap()
}

/// Openings of the rim are measured in metres, which scale: they are not looked for.
fn look(shapes: &[Shape]) -> Survey {
    let codes = codes(shapes.len());
    let terms = Terms {
        inlet_width_m: 0.0,
        ..Terms::default()
    };
    survey(&members(&codes, shapes), &terms)
}

fn breaking(survey: &Survey) -> Vec<&Defect> {
    survey.defects.iter().filter(|d| d.breaks()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn children_merged_are_the_parent(seed in any::<u64>(), groups in 1u32..6) {
        let shapes = mosaic(7, 7, seed);
        let codes = codes(shapes.len());
        let members = members(&codes, &shapes);
        let coverage = Coverage::build(&members).unwrap();
        let group_of: Vec<u32> = (0..49).map(|i| (i * 7 + i / 5) % groups).collect();
        let parents = coverage.dissolve(&group_of, groups as usize);
        for (group, parent) in (0u32..).zip(parents.iter().flatten()) {
            let children: Vec<_> = members
                .iter()
                .zip(&group_of)
                .filter(|(_, of)| **of == group)
                .map(|(member, _)| *member)
                .collect();
            prop_assert!(prove(&children, Outline::Shape(parent)).seamless);
            // and no other parent's
            let other = parents[((group + 1) % groups) as usize].as_ref().unwrap();
            prop_assert_eq!(prove(&children, Outline::Shape(other)).seamless, groups == 1);
        }
        let together: Vec<Shape> = parents.into_iter().flatten().collect();
        prop_assert!(look(&together).verdict.seamless);
    }

    #[test]
    fn a_grid_left_out_is_one_gap_with_its_area(seed in any::<u64>(), x in 1usize..6, y in 1usize..6) {
        let mut shapes = mosaic(7, 7, seed);
        let gone = shapes.remove(y * 7 + x);
        let survey = look(&shapes);
        let found = breaking(&survey);
        prop_assert_eq!(found.len(), 1);
        prop_assert_eq!(found[0].kind, DefectKind::Gap);
        prop_assert_eq!(found[0].doubled_area, Some(gone.doubled_area()));
        prop_assert!((found[0].area_m2.unwrap() / gone.area_m2() - 1.0).abs() < 1e-9);
        prop_assert_eq!(found[0].members.len(), 4);
    }

    /// Moved by one unit, a grid misfits each of its four neighbours by a hairline, but for those
    /// whose border runs along the way, and nothing else is found.
    #[test]
    fn a_grid_moved_by_one_unit_misfits_along_its_border_only(
        seed in any::<u64>(),
        (x, y) in (1usize..6, 1usize..6),
        way in proptest::sample::select(vec![(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1)]),
    ) {
        let mut shapes = mosaic(7, 7, seed);
        let at = y * 7 + x;
        let before = shapes[at].clone();
        shapes[at] = mapped(&before, 1, way);
        let survey = look(&shapes);
        prop_assert!(!survey.verdict.seamless);
        let neighbours: BTreeSet<usize> = [at - 7, at - 1, at + 1, at + 7].into();
        let mut seen = BTreeSet::new();
        for defect in breaking(&survey) {
            prop_assert_eq!(defect.kind, DefectKind::Hairline, "{:?}", defect);
            prop_assert!(defect.members.contains(&at), "{:?}", defect);
            seen.extend(defect.members.iter().copied().filter(|&m| m != at));
        }
        // a corner may touch the grid across it
        prop_assert!(seen.is_superset(&neighbours), "{:?} of {:?}", seen, neighbours);
        let others = survey.defects.iter().filter(|d| d.kind != DefectKind::Hairline);
        for other in others {
            prop_assert_eq!(other.kind, DefectKind::UnmatchedVertex);
        }
    }

    /// Everything moved, or everything three times as large: the same defects of the same grids.
    /// Gaps and overlaps may become, and hairlines cease to be, what their width makes them.
    #[test]
    fn scale_and_translation_change_nothing(
        shapes in spoilt_pictures(4, 100),
        by in (-1000i32..1000, -1000i32..1000),
    ) {
        let kinds = |survey: &Survey| {
            let mut kinds: Vec<(DefectKind, Vec<usize>, Option<i128>)> = survey
                .defects
                .iter()
                .map(|d| (d.kind, d.members.clone(), d.doubled_area))
                .collect();
            kinds.sort_unstable();
            kinds
        };
        let before = look(&shapes);
        let moved: Vec<Shape> = shapes.iter().map(|s| mapped(s, 1, by)).collect();
        prop_assert_eq!(kinds(&look(&moved)), kinds(&before));
        let larger: Vec<Shape> = shapes.iter().map(|s| mapped(s, 3, (0, 0))).collect();
        let after = look(&larger);
        prop_assert_eq!(after.verdict.seamless, before.verdict.seamless);
        let names = |survey: &Survey| -> Vec<(DefectKind, Vec<usize>)> {
            kinds(survey).into_iter().map(|(kind, members, _)| (kind, members)).collect()
        };
        prop_assert_eq!(names(&after), names(&before));
    }
}

#[test]
fn the_owners_of_a_mosaic_are_its_grids() {
    let shapes = mosaic(3, 2, 1);
    let codes = codes(shapes.len());
    let coverage = Coverage::build(&members(&codes, &shapes)).unwrap();
    assert_eq!(coverage.owners(), 6);
    assert_eq!(coverage.code(Owner(5)), "005");
}
