//! The library's verdict against the slow way's.

use wangge_coverage::{DefectKind, Member, Outline, Terms, prove, survey};
use wangge_plane::{Meeting, Shape};

use super::Slabs;

/// Whether three edges of one boundary cross at one point, so that it winds 0 or 1 times all the
/// same: a boundary that crosses itself is refused whatever it winds.
pub(crate) fn crosses_itself_harmlessly(shape: &Shape) -> bool {
    let edges: Vec<_> = shape.segments().collect();
    let crosses = edges
        .iter()
        .any(|a| edges.iter().any(|b| a.meeting(*b) == Meeting::Crossing));
    crosses && Slabs::broken(std::slice::from_ref(shape)) == 0
}

/// Asks the proof, the survey and the slow way whether these shapes are seamless.
///
/// # Errors
/// What they do not agree on, with what was asked. Shapes that cross themselves harmlessly must be
/// left out.
pub(crate) fn judge(shapes: &[Shape], outline: Option<&Shape>) -> Result<(), String> {
    let codes: Vec<String> = (0..shapes.len()).map(|i| format!("{i:03}")).collect();
    let members: Vec<Member<'_>> = codes
        .iter()
        .zip(shapes)
        .map(|(code, shape)| Member { code, shape })
        .collect();
    let terms = Terms {
        outline: outline.map_or(Outline::OwnRim, Outline::Shape),
        ..Terms::default()
    };
    let slow = Slabs::of(shapes, outline).is_seamless();
    let proved = prove(&members, terms.outline).seamless;
    let survey = survey(&members, &terms);
    let surveyed = survey.verdict.seamless;
    let named = survey
        .defects
        .iter()
        .filter(|d| d.kind == DefectKind::SelfIntersection && !d.members.is_empty())
        .count();
    let broken = Slabs::broken(shapes);
    if (proved, surveyed, named) == (slow, slow, broken) {
        return Ok(());
    }
    Err(format!(
        "seamless: {slow} the slow way, {proved} proved, {surveyed} surveyed; \
         broken: {broken} the slow way, {named} surveyed\n\
         shapes: {shapes:?}\noutline: {outline:?}\n{survey:#?}"
    ))
}
