//! The verdict against a slow exact way: every face of the full arrangement is sampled.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a test that panics has failed, and its numbers are small"
)]

mod drawing;
mod slabs;
mod spoilt;

use drawing::{codes, members};
use proptest::prelude::*;
use slabs::Slabs;
use spoilt::{arbitrary_shapes, spoilt_pictures};
use wangge_coverage::{DefectKind, Outline, Terms, prove, survey};
use wangge_plane::{Meeting, Shape};

/// Whether three edges of one boundary cross at one point, so that it winds 0 or 1 times all the
/// same: a boundary that crosses itself is refused whatever it winds.
fn crosses_itself_harmlessly(shape: &Shape) -> bool {
    let edges: Vec<_> = shape.segments().collect();
    let crosses = edges
        .iter()
        .any(|a| edges.iter().any(|b| a.meeting(*b) == Meeting::Crossing));
    crosses && Slabs::broken(std::slice::from_ref(shape)) == 0
}

fn check(shapes: &[Shape], outline: Option<&Shape>) -> Result<(), TestCaseError> {
    prop_assume!(!shapes.iter().chain(outline).any(crosses_itself_harmlessly));
    let codes = codes(shapes.len());
    let members = members(&codes, shapes);
    let terms = Terms {
        outline: outline.map_or(Outline::OwnRim, Outline::Shape),
        ..Terms::default()
    };
    let slow = Slabs::of(shapes, outline).is_seamless();
    let verdict = prove(&members, terms.outline);
    prop_assert_eq!(verdict.seamless, slow, "prove: {:?}", shapes);
    let survey = survey(&members, &terms);
    prop_assert_eq!(survey.verdict.seamless, slow, "survey: {:#?}", survey);
    let broken = survey
        .defects
        .iter()
        .filter(|d| d.kind == DefectKind::SelfIntersection && !d.members.is_empty())
        .count();
    prop_assert_eq!(broken, Slabs::broken(shapes));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn arbitrary_polygons_are_judged_as_the_slow_way_judges_them(shapes in arbitrary_shapes(4, 1)) {
        check(&shapes, None)?;
    }

    #[test]
    fn arbitrary_polygons_in_an_outline_are_judged_as_the_slow_way_judges_them(
        shapes in arbitrary_shapes(3, 1),
    ) {
        let (outline, shapes) = shapes.split_last().unwrap();
        check(shapes, Some(outline))?;
    }

    #[test]
    fn spoilt_pictures_are_judged_as_the_slow_way_judges_them(shapes in spoilt_pictures(4, 1)) {
        check(&shapes, None)?;
    }
}
