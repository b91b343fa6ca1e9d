//! Boundaries given for upper levels, held against what their units make of them.

use std::collections::HashMap;

use serde::Serialize;
use wangge_coverage::{Coverage, Defect, DefectKind, Member, Outline, Terms, compare, survey};
use wangge_model::{Code, Grid, LevelIndex, Scheme, Unit};
use wangge_plane::Shape;
use wangge_store::PlanContents;

use super::examine::Measure;

/// A boundary given for a unit of an upper level that is not exactly that of its children.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UnitEvidence {
    /// The unit's level.
    pub level: String,
    /// Its code.
    pub code: String,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The area of the given boundary, ellipsoidal square metres.
    pub given_area_m2: f64,
    /// The area of its children together, ellipsoidal square metres.
    pub children_area_m2: f64,
    /// The level of its children.
    pub child_level: String,
    /// How far the given boundary reaches beyond its children, metres.
    pub uncovered_depth_m: f64,
    /// Children with ground outside the given boundary, the furthest out first.
    pub straddlers: Vec<Misfit>,
}

/// A child that has ground outside the boundary given for its parent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Misfit {
    /// Its code.
    pub code: String,
    /// How far its furthest vertex lies outside, metres.
    pub depth_m: f64,
}

impl UnitEvidence {
    /// How far the two boundaries lie apart, metres: the furthest child beyond the given one, or
    /// the given one beyond the children.
    pub fn depth_m(&self) -> f64 {
        self.straddlers
            .iter()
            .map(|misfit| misfit.depth_m)
            .fold(self.uncovered_depth_m, f64::max)
    }
}

/// Compares each boundary given for an upper level with the units of the level below, in order of
/// levels' ids and codes.
pub(super) fn evidence_of(contents: &PlanContents) -> Vec<UnitEvidence> {
    let levels = contents.scheme.levels();
    let mut found = Vec::new();
    for_each_given(contents, |level, unit, members, given| {
        let compared = compare(members, given);
        if compared.equal {
            return;
        }
        let mut straddlers: Vec<Misfit> = compared
            .straddlers
            .iter()
            .map(|straddler| Misfit {
                code: members[straddler.member].code.to_owned(),
                depth_m: straddler.depth_m,
            })
            .collect();
        straddlers.sort_by(|a, b| b.depth_m.total_cmp(&a.depth_m));
        found.push(UnitEvidence {
            level: level.to_owned(),
            code: unit.code.to_string(),
            name: unit.name.clone(),
            given_area_m2: compared.given_area_m2,
            children_area_m2: compared.children_area_m2,
            child_level: levels[unit.level.0 + 1].id().to_owned(),
            uncovered_depth_m: compared.uncovered_depth_m,
            straddlers,
        });
    });
    found.sort_by(|a, b| (&a.level, &a.code).cmp(&(&b.level, &b.code)));
    found
}

/// Calls back for each boundary given for an upper level with the id of its level, its unit, and
/// the units of the level below that are its own.
///
/// Without a seamless coverage there is nothing to dissolve, and nothing is called.
fn for_each_given(
    contents: &PlanContents,
    mut with: impl FnMut(&str, &Unit, &[Member<'_>], &Shape),
) {
    let (scheme, grids, upper) = (&contents.scheme, &contents.grids, &contents.upper);
    let any_given = upper.iter().any(|(_, shape)| shape.is_some());
    if !any_given || grids.is_empty() {
        return;
    }
    let Ok(coverage) = Coverage::build(&members_of(grids)) else {
        return;
    };
    let lowest = scheme.lowest().0;
    // from the grids upwards: the shapes of one level are the children of the next
    let mut children: Vec<(Code, Option<Code>, Shape)> = grids
        .iter()
        .map(|grid| {
            let unit = &grid.unit;
            (unit.code.clone(), unit.parent.clone(), grid.shape.clone())
        })
        .collect();
    let mut group_of_owner: Vec<Option<Code>> =
        grids.iter().map(|grid| grid.unit.parent.clone()).collect();
    for level in (0..lowest).rev() {
        let given: Vec<(&Unit, &Shape)> = upper
            .iter()
            .filter(|(unit, _)| unit.level == LevelIndex(level))
            .filter_map(|(unit, shape)| Some((unit, shape.as_ref()?)))
            .collect();
        let mut by_parent: HashMap<&Code, Vec<Member<'_>>> = HashMap::new();
        for (code, parent, shape) in &children {
            if let Some(parent) = parent {
                by_parent.entry(parent).or_default().push(Member {
                    code: code.as_str(),
                    shape,
                });
            }
        }
        for (unit, shape) in given {
            let members = by_parent.remove(&unit.code).unwrap_or_default();
            with(scheme.levels()[level].id(), unit, &members, shape);
        }
        if level > 0 {
            children = dissolved(scheme, level, upper, &group_of_owner, &coverage);
            let parents: HashMap<&Code, &Option<Code>> = children
                .iter()
                .map(|(code, parent, _)| (code, parent))
                .collect();
            for group in &mut group_of_owner {
                *group = group
                    .as_ref()
                    .and_then(|code| parents.get(code).and_then(|parent| (*parent).clone()));
            }
        }
    }
}

/// Ground where a boundary given for a unit of an upper level and its units do not fit.
#[derive(Debug, Clone)]
pub struct UpperMisfit {
    /// The unit's level.
    pub level: String,
    /// Its code.
    pub code: String,
    /// The codes of the units below it that are concerned.
    pub below: Vec<String>,
    /// What is wrong.
    pub defect: Defect,
}

/// Holds each boundary given for an upper level against the units of the level below: ground of
/// theirs outside it, and ground of it that they leave uncovered.
pub(super) fn upper_misfits(contents: &PlanContents, measure: &Measure) -> Vec<UpperMisfit> {
    let mut found = Vec::new();
    for_each_given(contents, |level, unit, members, given| {
        let terms = Terms {
            outline: Outline::Shape(given),
            ..measure.terms()
        };
        let against = [
            DefectKind::OutsideParent,
            DefectKind::ParentUncovered,
            DefectKind::Inlet,
            DefectKind::Hairline,
        ];
        for defect in survey(members, &terms).defects {
            if against.contains(&defect.kind) {
                found.push(UpperMisfit {
                    level: level.to_owned(),
                    code: unit.code.to_string(),
                    below: defect
                        .members
                        .iter()
                        .map(|&member| members[member].code.to_owned())
                        .collect(),
                    defect,
                });
            }
        }
    });
    found
}

/// Grids as the proof takes them, in their order.
pub(super) fn members_of(grids: &[Grid]) -> Vec<Member<'_>> {
    grids
        .iter()
        .map(|grid| Member {
            code: grid.unit.code.as_str(),
            shape: &grid.shape,
        })
        .collect()
}

/// The units of a level with their parents and dissolved ground.
fn dissolved(
    scheme: &Scheme,
    level: usize,
    upper: &[(Unit, Option<Shape>)],
    group_of_owner: &[Option<Code>],
    coverage: &Coverage,
) -> Vec<(Code, Option<Code>, Shape)> {
    let mut codes: Vec<Code> = group_of_owner.iter().flatten().cloned().collect();
    codes.sort_unstable();
    codes.dedup();
    // grids without a parent at this level fall into a last group that is left out
    let nobody = codes.len();
    let place = |code: &Option<Code>| {
        let place = code
            .as_ref()
            .and_then(|code| codes.binary_search(code).ok())
            .unwrap_or(nobody);
        u32::try_from(place).unwrap_or(u32::MAX)
    };
    let groups: Vec<u32> = group_of_owner.iter().map(place).collect();
    let shapes = coverage.dissolve(&groups, nobody + 1);
    let known: HashMap<&Code, &Unit> = upper
        .iter()
        .filter(|(unit, _)| unit.level == LevelIndex(level))
        .map(|(unit, _)| (&unit.code, unit))
        .collect();
    codes
        .iter()
        .zip(shapes)
        .filter_map(|(code, shape)| {
            let parent = match known.get(code) {
                Some(unit) => unit.parent.clone(),
                None => scheme
                    .parent_of(&Unit::new(code.clone(), LevelIndex(level)), None)
                    .ok()
                    .flatten(),
            };
            Some((code.clone(), parent, shape?))
        })
        .collect()
}
