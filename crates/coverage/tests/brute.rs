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

use proptest::prelude::*;
use slabs::judge::{crosses_itself_harmlessly, judge};
use spoilt::{arbitrary_shapes, spoilt_pictures};
use wangge_plane::Shape;

fn check(shapes: &[Shape], outline: Option<&Shape>) -> Result<(), TestCaseError> {
    prop_assume!(!shapes.iter().chain(outline).any(crosses_itself_harmlessly));
    judge(shapes, outline).map_err(TestCaseError::fail)
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
