//! Is a plan fit to be published: everything that speaks against it, and what a person accepts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use wangge_coverage::{Coverage, DefectKind, Member, Outline, Terms, defect_id, prove, survey};
use wangge_model::{Code, Grid, LevelIndex, PlanState, Severity, Unit};
use wangge_plane::{Polygon, Shape};
use wangge_store::{Accepted, Digest, PlanContents, PlanRecord, Store};

use super::evidence::members_of;
use super::{Objection, WorkError};
use crate::ground::Ground;
use crate::responsibility::{Nameable, Responsibility, levels_of, with_levels};
use crate::{City, CityError, Review};

/// What a plan is measured by, and what of it a person accepts.
#[derive(Debug, Clone, Default)]
pub struct Acceptance {
    /// The boundary that the grids must cover exactly. Without one it is that of the top level,
    /// where a file gave it; else the rim of the plan published last; else their own.
    pub outline: Option<Shape>,
    /// What may be, by the objection's id or kind, each with the reason.
    pub reasons: Vec<(String, String)>,
}

/// What came of looking through a plan.
#[derive(Debug)]
pub struct Readiness {
    /// The plan.
    pub plan: PlanRecord,
    /// The digest of what was looked through.
    pub content_hash: Digest,
    /// How many grids it has.
    pub grids: usize,
    /// What speaks against it and was not accepted.
    pub objections: Vec<Objection>,
    /// What does and was.
    pub accepted: Vec<(Objection, Accepted)>,
    /// What it was found to be servable with.
    pub(super) ground: Option<Arc<Ground>>,
}

impl Readiness {
    /// Whether the plan may be published.
    pub fn is_ready(&self) -> bool {
        self.objections.is_empty()
    }

    /// What the store writes down of what was accepted.
    pub fn accepted_records(&self) -> Vec<Accepted> {
        let accepted = self.accepted.iter();
        accepted.map(|(_, accepted)| accepted.clone()).collect()
    }
}

/// Looks through a plan: is it seamless against its outline, do its units follow the scheme, do
/// the lists fit it, does it bring back a retired code for other ground, does every class have a
/// handler in it, and can it be served.
///
/// # Errors
/// [`WorkError::NothingToAccept`] where a reason is given for what there is not, and the store's.
pub fn readiness(
    store: &Store,
    plan: &str,
    acceptance: &Acceptance,
) -> Result<Readiness, WorkError> {
    let contents = store.contents(plan)?;
    let (record, content_hash) = (contents.plan.clone(), contents.content_hash);
    if contents.grids.is_empty() {
        return Err(CityError::NoGrids { plan: record.name }.into());
    }
    let mut objections = match &acceptance.outline {
        Some(outline) => boundaries(&contents.grids, Some(outline)),
        None if covers_what_was_covered(store, &contents)? => Vec::new(),
        None => {
            let mut found = boundaries(&contents.grids, outline_of(store, &contents)?.as_ref());
            if !given_outline(&contents).is_empty() {
                // the file of an upper level was rounded apart from that of the grids
                found.retain(|one| !is_hairline_of_the_rim(one));
            }
            found
        }
    };
    objections.extend(units(&contents));
    let nameable = Nameable::of(&contents);
    let scheme = &contents.scheme;
    let lists = Responsibility::read_checked(&contents.lists, scheme, &nameable);
    let lists_are_sound = lists.is_ok();
    objections.extend(lists.err().into_iter().flatten().map(Objection::List));
    objections.extend(retired(store, &contents)?);
    let grids = contents.grids.len();
    let is_servable = objections.iter().all(Objection::may_be_accepted);
    let mut ground = None;
    if lists_are_sound && is_servable {
        match City::compile_as(contents, Review::Overlaps, None) {
            Ok(city) => {
                objections.extend(duty(&city));
                ground = Some(city.ground);
            }
            Err(error) => objections.push(Objection::City(Box::new(error))),
        }
    }
    let (objections, accepted) = sorted_out(objections, &acceptance.reasons)?;
    Ok(Readiness {
        plan: record,
        content_hash,
        grids,
        objections,
        accepted,
        ground,
    })
}

/// The boundary that files gave for the top level; nothing where one of its units has none.
fn given_outline(contents: &PlanContents) -> Vec<Polygon> {
    let top = LevelIndex(0);
    let given = contents.upper.iter().filter(|(unit, _)| unit.level == top);
    let shapes: Option<Vec<&Shape>> = given.map(|(_, shape)| shape.as_ref()).collect();
    let shapes = shapes.into_iter().flatten();
    shapes.flat_map(|shape| shape.parts().to_vec()).collect()
}

/// Whether the grids cover what those of the plan published last do, by a look at what changed
/// alone: where the grids that are new or redrawn cover exactly the ground of those that are gone
/// or redrawn, each point once, the others cover the rest as they did.
///
/// False says nothing: the whole must be looked at.
fn covers_what_was_covered(store: &Store, contents: &PlanContents) -> Result<bool, WorkError> {
    let Some(last) = store.last_published()? else {
        return Ok(false);
    };
    let has_outline = !given_outline(contents).is_empty();
    if has_outline || last.id == contents.plan.id || !store.accepted(&last.name)?.is_empty() {
        return Ok(false);
    }
    let before = store.grids(&last.name)?;
    let unlike = |grids: &[Grid], others: &[Grid]| -> Vec<usize> {
        let is_there = |grid: &Grid| {
            let place = others.binary_search_by(|other| other.unit.code.cmp(&grid.unit.code));
            place.is_ok_and(|place| others[place].shape == grid.shape)
        };
        let places = grids.iter().enumerate();
        let changed = places.filter(|(_, grid)| !is_there(grid));
        changed.map(|(place, _)| place).collect()
    };
    let members = |grids: &'_ [Grid], places: &[usize]| -> Vec<Grid> {
        places.iter().map(|&place| grids[place].clone()).collect()
    };
    let gone = members(&before, &unlike(&before, &contents.grids));
    let come = members(&contents.grids, &unlike(&contents.grids, &before));
    if gone.is_empty() || come.is_empty() {
        return Ok(gone.is_empty() && come.is_empty());
    }
    let Ok(coverage) = Coverage::build_around_gaps(&members_of(&gone)) else {
        return Ok(false);
    };
    let one = vec![0; coverage.owners()];
    let Some(ground) = coverage.dissolve(&one, 1).pop().flatten() else {
        return Ok(false);
    };
    Ok(prove(&members_of(&come), Outline::Shape(&ground)).seamless)
}

/// What the grids must cover: the boundary that a file gave for the top level, else the rim of the
/// plan published last.
pub(super) fn outline_of(
    store: &Store,
    contents: &PlanContents,
) -> Result<Option<Shape>, WorkError> {
    let parts = given_outline(contents);
    if let Some(outline) = Shape::new(parts) {
        return Ok(Some(outline));
    }
    let Some(last) = store.last_published()? else {
        return Ok(None);
    };
    if last.id == contents.plan.id {
        return Ok(None);
    }
    let last = store.grids(&last.name)?;
    // one of overlaps that were accepted has no rim to hold others against
    let Ok(coverage) = Coverage::build_around_gaps(&members_of(&last)) else {
        return Ok(None);
    };
    let one = vec![0; coverage.owners()];
    Ok(coverage.dissolve(&one, 1).pop().flatten())
}

fn boundaries(grids: &[Grid], outline: Option<&Shape>) -> Vec<Objection> {
    let members = members_of(grids);
    let terms = Terms {
        outline: outline.map_or(Outline::OwnRim, Outline::Shape),
        ..Terms::default()
    };
    let found = survey(&members, &terms).defects.into_iter();
    found
        .filter(wangge_coverage::Defect::breaks)
        .map(|defect| Objection::Boundary {
            codes: defect
                .members
                .iter()
                .map(|&member| members[member].code.to_owned())
                .collect(),
            defect: Box::new(defect),
        })
        .collect()
}

/// Whether an objection is that a grid misses the outline by two lattice units at most.
fn is_hairline_of_the_rim(objection: &Objection) -> bool {
    match objection {
        Objection::Boundary { defect, .. } => {
            defect.kind == DefectKind::Hairline && defect.members.len() < 2
        }
        _ => false,
    }
}

fn units(contents: &PlanContents) -> impl Iterator<Item = Objection> + use<> {
    let grids = contents.grids.iter().map(|grid| grid.unit.clone());
    let upper = contents.upper.iter().map(|(unit, _)| unit.clone());
    let units: Vec<Unit> = grids.chain(upper).collect();
    let defects = contents.scheme.check(&units).into_iter();
    let errors = defects.filter(|defect| defect.severity() == Severity::Error);
    errors.map(Objection::Unit)
}

fn duty(city: &City) -> Vec<Objection> {
    if city.responsibility().rules.all().is_empty() {
        return Vec::new();
    }
    let holes = city.holes_of_duty().into_iter();
    holes
        .map(|hole| {
            let first = hole.first.first().map(|&place| city.code_at(place));
            let place = format!("{} {}", hole.tier, hole.object);
            Objection::Duty {
                id: defect_id("hole-of-duty", &[hole.class.to_string()], place.as_bytes()),
                tier: hole.tier,
                object: hole.object,
                class: hole.class,
                grids: hole.grids,
                first: first.unwrap_or_default().to_owned(),
            }
        })
        .collect()
}

/// Codes that a superseded plan has and the one published last has not, on other ground than they
/// had: what is meant by a code must not change while nobody looks.
fn retired(store: &Store, contents: &PlanContents) -> Result<Vec<Objection>, WorkError> {
    let Some(last) = store.last_published()? else {
        return Ok(Vec::new());
    };
    let scheme = &contents.scheme;
    let living = levels_of(scheme, &store.named_units(&last.name)?);
    let mut missing: BTreeSet<Code> = with_levels(contents).into_keys().collect();
    missing.retain(|code| !living.contains_key(code));
    let mut objections = Vec::new();
    let mut plans = store.plans()?;
    plans.sort_by_key(|plan| std::cmp::Reverse(plan.effective));
    for plan in plans {
        if missing.is_empty() || plan.state != PlanState::Superseded {
            continue;
        }
        let had = levels_of(scheme, &store.named_units(&plan.name)?);
        let back: Vec<Code> = missing
            .iter()
            .filter(|code| had.contains_key(*code))
            .cloned()
            .collect();
        if back.is_empty() {
            continue;
        }
        let before = store.contents(&plan.name)?;
        let (then, now) = (grounds(&before, &back), grounds(contents, &back));
        for code in back {
            let same = match (then.get(&code), now.get(&code)) {
                (Some(then), Some(now)) => same_ground(then, now),
                (then, now) => then.is_none() && now.is_none(),
            };
            if !same {
                objections.push(Objection::retired(&code, &plan.name));
            }
            missing.remove(&code);
        }
    }
    Ok(objections)
}

/// The ground of some units of a plan, upper ones dissolved from their grids; nothing for those
/// without grids.
fn grounds(contents: &PlanContents, wanted: &[Code]) -> BTreeMap<Code, Shape> {
    let mut grounds = BTreeMap::new();
    let mut of_group: BTreeMap<&Code, Vec<Member<'_>>> = BTreeMap::new();
    let parent_of: BTreeMap<&Code, &Unit> = contents
        .upper
        .iter()
        .map(|(unit, _)| (&unit.code, unit))
        .collect();
    for grid in &contents.grids {
        let mut unit = grid.unit.clone();
        loop {
            if let Some(code) = wanted.iter().find(|code| **code == unit.code) {
                of_group.entry(code).or_default().push(Member {
                    code: grid.unit.code.as_str(),
                    shape: &grid.shape,
                });
            }
            let above = contents.scheme.parent_of(&unit, unit.parent.as_ref());
            let (Ok(Some(above)), Some(level)) = (above, unit.level.0.checked_sub(1)) else {
                break;
            };
            unit = match parent_of.get(&above) {
                Some(known) => (*known).clone(),
                None => Unit::new(above, LevelIndex(level)),
            };
        }
    }
    for (code, members) in of_group {
        let parts = members.iter().flat_map(|member| member.shape.parts());
        let together = match Coverage::build_around_gaps(&members) {
            Ok(coverage) => {
                let one = vec![0; coverage.owners()];
                coverage.dissolve(&one, 1).pop().flatten()
            }
            // unsound ground has other objections
            Err(_) => Shape::new(parts.cloned().collect()),
        };
        grounds.extend(together.map(|shape| (code.clone(), shape)));
    }
    grounds
}

/// Whether two shapes are the same ground, however it is drawn.
fn same_ground(one: &Shape, other: &Shape) -> bool {
    let member = Member {
        code: "",
        shape: one,
    };
    one == other || prove(&[member], Outline::Shape(other)).seamless
}

type SortedOut = (Vec<Objection>, Vec<(Objection, Accepted)>);

fn sorted_out(
    objections: Vec<Objection>,
    reasons: &[(String, String)],
) -> Result<SortedOut, WorkError> {
    let mut used = BTreeSet::new();
    let (mut left, mut accepted) = (Vec::new(), Vec::new());
    for objection in objections {
        let names = |key: &str| objection.id() == Some(key) || objection.kind() == key;
        let reason = reasons.iter().find(|(key, _)| names(key));
        used.extend(reason.map(|(key, _)| key.clone()));
        match (reason, objection.id()) {
            (Some((_, reason)), Some(id)) if objection.may_be_accepted() => {
                let record = Accepted {
                    defect: id.to_owned(),
                    kind: objection.kind().to_owned(),
                    reason: reason.clone(),
                };
                accepted.push((objection, record));
            }
            _ => left.push(objection),
        }
    }
    let unused: Vec<String> = reasons
        .iter()
        .map(|(key, _)| key.clone())
        .filter(|key| !used.contains(key))
        .collect();
    if unused.is_empty() {
        Ok((left, accepted))
    } else {
        Err(WorkError::NothingToAccept { ids: unused })
    }
}
