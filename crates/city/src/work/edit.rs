//! What-if edits of a plan: the grids are drawn anew in a draft, seamless by construction.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

use wangge_coverage::{Coverage, Member, Outline, Owner, prove};
use wangge_model::{Code, CodeIssuer, Grid, PlanState, Unit};
use wangge_plane::{Line, Shape};
use wangge_replan::{CutTerms, EditNote, Edited, merge, move_border, split};
use wangge_store::{EditUnits, PlanContents, PlanRecord, Store};

use super::WorkError;
use super::choice::plan_to_publish;
use super::evidence::members_of;
use crate::CityError;

/// What is to be done to the grids of a plan.
#[derive(Debug, Clone, PartialEq)]
pub enum PlanEdit {
    /// One grid is cut along a line. Its largest part goes on under its code, the others get new
    /// ones.
    Split {
        /// The grid.
        code: Code,
        /// The line, of one part or several that cut together.
        line: Line,
        /// How far an end that stops short is prolonged at most, metres.
        reach_m: f64,
        /// Codes for the new parts, the largest first; issued by the scheme's rule where they are
        /// not given.
        codes: Vec<Code>,
    },
    /// Several grids become one.
    Merge {
        /// The grids.
        codes: Vec<Code>,
        /// The code that they have together: that of one of them, or a new one. Issued by the
        /// scheme's rule where it is not given.
        into: Option<Code>,
    },
    /// The border between two grids runs along a line from now on.
    MoveBorder {
        /// The one.
        one: Code,
        /// The other.
        other: Code,
        /// The line.
        line: Line,
        /// How far an end that stops short is prolonged at most, metres.
        reach_m: f64,
    },
}

/// An edit that was made.
#[derive(Debug)]
pub struct EditedPlan {
    /// The draft, as it is now.
    pub plan: PlanRecord,
    /// The plan that the draft was begun from for this.
    pub begun_from: Option<String>,
    /// Grids that go on and are drawn otherwise: their areas before and after, square metres.
    pub changed: Vec<(Code, f64, f64)>,
    /// Grids that are new, with their areas.
    pub added: Vec<(Code, f64)>,
    /// Codes that have no ground any more.
    pub removed: Vec<Code>,
    /// What a person should know.
    pub notes: Vec<EditNote>,
}

/// Makes an edit in a draft: the one named, which is begun from the plan in force where there is
/// none of this name; else the one draft there is; else a new one.
///
/// The draft must be seamless within its own rim. What comes out covers exactly the ground that
/// the grids concerned covered before, which is proved on the spot: the rest of the city need not
/// be looked at.
///
/// # Errors
/// [`WorkError::Edit`] where the edit cannot be made, [`WorkError::Issue`] where no code can be
/// issued, [`WorkError::City`] for a draft that is not seamless, and the store's.
pub fn edit_plan(
    store: &mut Store,
    named: Option<&str>,
    edit: &PlanEdit,
) -> Result<EditedPlan, WorkError> {
    let (draft, from) = draft_of(store, named)?;
    let contents = store.contents(from.as_deref().unwrap_or(&draft))?;
    let coverage = coverage_of(&contents)?;
    let edited = drawn(&coverage, edit)?;
    still_covers(&coverage, &edited)?;
    let issued = issued(store, &contents, edit, edited.parts.len())?;
    let outcome = Outcome::of(&contents, edit, &edited, &issued)?;
    let draft = Draft { name: draft, from };
    kept(
        store,
        draft,
        &contents,
        &coverage,
        Drawing {
            action: edit.action(),
            outcome,
            notes: edited.notes,
        },
    )
}

/// The draft that an edit goes into.
pub(super) struct Draft {
    pub(super) name: String,
    /// The plan that it is to be begun from; `None` where it is there.
    pub(super) from: Option<String>,
}

/// What an edit came to.
pub(super) struct Drawing {
    pub(super) action: &'static str,
    pub(super) outcome: Outcome,
    pub(super) notes: Vec<EditNote>,
}

/// Writes an edit into its draft, which is begun for it where there is none.
pub(super) fn kept(
    store: &mut Store,
    draft: Draft,
    contents: &PlanContents,
    coverage: &Coverage,
    drawing: Drawing,
) -> Result<EditedPlan, WorkError> {
    let Drawing {
        action,
        outcome,
        notes,
    } = drawing;
    if let Some(from) = &draft.from {
        store.create_plan(&draft.name, Some(from), None)?;
    }
    let done = store.edit_units(&EditUnits {
        plan: &draft.name,
        action,
        level: contents.scheme.lowest(),
        units: outcome.units.clone(),
        removed: outcome.removed.clone(),
    });
    let plan = match done {
        Ok(plan) => plan,
        Err(error) => {
            if draft.from.is_some() {
                // what was begun for this alone goes with it
                store.remove_plan(&draft.name)?;
            }
            return Err(error.into());
        }
    };
    let (mut changed, mut added) = (Vec::new(), Vec::new());
    for (unit, shape) in outcome.units {
        let (code, area_m2) = (unit.code, shape.area_m2());
        match coverage.owner(code.as_str()) {
            Some(owner) => changed.push((code, coverage.area_m2(owner), area_m2)),
            None => added.push((code, area_m2)),
        }
    }
    changed.sort_by(|(a, ..), (b, ..)| a.cmp(b));
    let mut removed = outcome.removed;
    removed.sort_unstable();
    Ok(EditedPlan {
        plan,
        begun_from: draft.from,
        changed,
        added,
        removed,
        notes,
    })
}

impl PlanEdit {
    /// What the log calls it.
    const fn action(&self) -> &'static str {
        match self {
            Self::Split { .. } => "grid-split",
            Self::Merge { .. } => "grids-merged",
            Self::MoveBorder { .. } => "border-moved",
        }
    }
}

/// The draft to edit, and the plan that it is to be begun from where there is none yet.
pub(super) fn draft_of(
    store: &Store,
    named: Option<&str>,
) -> Result<(String, Option<String>), WorkError> {
    let current =
        || -> Result<String, WorkError> { Ok(store.current()?.ok_or(WorkError::NoPlans)?.name) };
    let plans = store.plans()?;
    if let Some(name) = named {
        return Ok(match plans.iter().find(|plan| plan.name == name) {
            Some(_) => (name.to_owned(), None),
            None => (name.to_owned(), Some(current()?)),
        });
    }
    match plan_to_publish(store, None) {
        Ok(draft) => Ok((draft, None)),
        Err(WorkError::NothingToPublish) => {
            Ok((format!("plan-{}", plans.len() + 1), Some(current()?)))
        }
        Err(error) => Err(error),
    }
}

pub(super) fn coverage_of(contents: &PlanContents) -> Result<Coverage, WorkError> {
    let published = matches!(
        contents.plan.state,
        PlanState::Published | PlanState::Superseded
    );
    let members = members_of(&contents.grids);
    let coverage = if published {
        Coverage::build_around_gaps(&members)
    } else {
        Coverage::build(&members)
    };
    Ok(coverage.map_err(|verdict| CityError::NotSeamless { verdict })?)
}

fn drawn(coverage: &Coverage, edit: &PlanEdit) -> Result<Edited, WorkError> {
    Ok(match edit {
        PlanEdit::Split {
            code,
            line,
            reach_m,
            ..
        } => {
            let terms = CutTerms { reach_m: *reach_m };
            split(coverage, code.as_str(), line, terms)?
        }
        PlanEdit::Merge { codes, into } => {
            let codes: Vec<&str> = codes.iter().map(Code::as_str).collect();
            // without a code of its own the first one's stands for the whole until one is issued
            let into = into.as_ref().map_or(codes[0], Code::as_str);
            merge(coverage, &codes, into)?
        }
        PlanEdit::MoveBorder {
            one,
            other,
            line,
            reach_m,
        } => {
            let terms = CutTerms { reach_m: *reach_m };
            move_border(coverage, one.as_str(), other.as_str(), line, terms)?
        }
    })
}

/// Proves that what the edit drew covers exactly what its grids covered before. The grids that it
/// did not touch cover the rest, as they did.
pub(super) fn still_covers(coverage: &Coverage, edited: &Edited) -> Result<(), WorkError> {
    let kept = edited.changed.iter().map(|grid| &*grid.code);
    let touched: BTreeSet<&str> = kept
        .chain(edited.removed.iter().map(|code| &**code))
        .collect();
    let group_of: Vec<u32> = (0u32..)
        .take(coverage.owners())
        .map(|owner| u32::from(!touched.contains(coverage.code(Owner(owner)))))
        .collect();
    let Some(before) = coverage.dissolve(&group_of, 2).swap_remove(0) else {
        return Ok(());
    };
    let changed = edited.changed.iter().map(|grid| (&*grid.code, &grid.shape));
    let parts = edited.parts.iter().map(|shape| ("", shape));
    let members: Vec<Member<'_>> = changed
        .chain(parts)
        .map(|(code, shape)| Member { code, shape })
        .collect();
    let verdict = prove(&members, Outline::Shape(&before));
    if verdict.seamless {
        Ok(())
    } else {
        Err(CityError::NotSeamless {
            verdict: Box::new(verdict),
        }
        .into())
    }
}

/// The codes of grids that are new: those that a person gave, then those that the scheme's rule
/// issues.
fn issued(
    store: &Store,
    contents: &PlanContents,
    edit: &PlanEdit,
    parts: usize,
) -> Result<Vec<Code>, WorkError> {
    let (of, given, wanted) = match edit {
        PlanEdit::Split { code, codes, .. } => (code, codes.as_slice(), parts.saturating_sub(1)),
        PlanEdit::Merge { codes, into: None } => (&codes[0], &[][..], 1),
        PlanEdit::Merge { .. } | PlanEdit::MoveBorder { .. } => return Ok(Vec::new()),
    };
    if given.len() > wanted {
        return Err(WorkError::TooManyCodes {
            given: given.len(),
            wanted,
        });
    }
    let mut codes = given.to_vec();
    let grid = grid_of(contents, of)?;
    let parent = contents
        .scheme
        .parent_of(&grid.unit, grid.unit.parent.as_ref())?;
    let mut numbering = Numbering::of(store, contents)?;
    while codes.len() < wanted {
        let code = numbering.next(parent.as_ref())?;
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    Ok(codes)
}

/// New codes for grids. A code that any plan ever had, a draft too, is never issued again.
pub(super) struct Numbering<'a> {
    contents: &'a PlanContents,
    every: Vec<Code>,
    issuers: HashMap<Option<Code>, CodeIssuer>,
}

impl<'a> Numbering<'a> {
    pub(super) fn of(store: &Store, contents: &'a PlanContents) -> Result<Self, WorkError> {
        let every = store.codes()?;
        Ok(Self {
            contents,
            every: every
                .iter()
                .filter_map(|text| Code::new(text).ok())
                .collect(),
            issuers: HashMap::new(),
        })
    }

    /// The next code under a unit of the level above.
    pub(super) fn next(&mut self, parent: Option<&Code>) -> Result<Code, WorkError> {
        let issuer = match self.issuers.entry(parent.cloned()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let parents = parents_of(self.contents);
                let used = self.every.iter();
                let used = used.map(|code| (code, parents.get(code).copied()));
                let scheme = &self.contents.scheme;
                let level = scheme.level_at(scheme.lowest())?;
                place.insert(CodeIssuer::new(level, parent, used)?)
            }
        };
        Ok(issuer.issue()?)
    }
}

/// The units above units, as this plan and the others say.
fn parents_of(contents: &PlanContents) -> HashMap<&Code, &Code> {
    let others = contents.elsewhere.iter();
    let others = others.filter_map(|unit| Some((&unit.code, unit.parent.as_ref()?)));
    let own = contents.grids.iter().map(|grid| &grid.unit);
    let own = own.filter_map(|unit| Some((&unit.code, unit.parent.as_ref()?)));
    others.chain(own).collect()
}

/// The units that an edit leaves, with their ground.
pub(super) struct Outcome {
    pub(super) units: Vec<(Unit, Shape)>,
    pub(super) removed: Vec<Code>,
}

impl Outcome {
    fn of(
        contents: &PlanContents,
        edit: &PlanEdit,
        edited: &Edited,
        issued: &[Code],
    ) -> Result<Self, WorkError> {
        let mut units = Vec::new();
        let mut removed = Vec::new();
        for code in &edited.removed {
            removed.push(Code::new(code)?);
        }
        for redrawn in &edited.changed {
            let code = Code::new(&redrawn.code)?;
            let unit = match edit {
                PlanEdit::Merge { codes, into }
                    if codes.contains(&code) || into.as_ref() == Some(&code) =>
                {
                    let under = into.as_ref().or(issued.first()).unwrap_or(&code);
                    if *under != code {
                        removed.push(code.clone());
                    }
                    merged(contents, codes, under)?
                }
                PlanEdit::MoveBorder { one, other, .. } if code == *one || code == *other => {
                    recounted(grid_of(contents, &code)?.unit.clone())
                }
                // a neighbour that only got a vertex
                _ => grid_of(contents, &code)?.unit.clone(),
            };
            units.push((unit, redrawn.shape.clone()));
        }
        if let PlanEdit::Split { code, .. } = edit {
            let whole = &grid_of(contents, code)?.unit;
            let codes = std::iter::once(code).chain(issued);
            for (shape, under) in edited.parts.iter().zip(codes) {
                let mut unit = recounted(whole.clone());
                if under != code {
                    unit.code = under.clone();
                    (unit.name, unit.name_en, unit.note) = (None, None, None);
                }
                units.push((unit, shape.clone()));
            }
            removed.retain(|gone| gone != code);
        }
        Ok(Self { units, removed })
    }
}

/// One unit of several, which live in it together.
fn merged(contents: &PlanContents, codes: &[Code], under: &Code) -> Result<Unit, WorkError> {
    let units: Vec<&Unit> = codes
        .iter()
        .map(|code| Ok(&grid_of(contents, code)?.unit))
        .collect::<Result<_, WorkError>>()?;
    let mut unit = match units.iter().find(|unit| unit.code == *under) {
        Some(unit) => (*unit).clone(),
        None => Unit {
            code: under.clone(),
            name: None,
            name_en: None,
            note: None,
            ..units[0].clone()
        },
    };
    let sum = |of: fn(&Unit) -> Option<u32>| units.iter().map(|unit| of(unit)).sum::<Option<u32>>();
    unit.households = sum(|unit| unit.households);
    unit.population = sum(|unit| unit.population);
    unit.area_m2 = None;
    Ok(unit)
}

/// A unit whose ground changed: what was counted on the old ground does not hold for the new.
pub(super) fn recounted(unit: Unit) -> Unit {
    Unit {
        households: None,
        population: None,
        area_m2: None,
        ..unit
    }
}

pub(super) fn grid_of<'a>(contents: &'a PlanContents, code: &Code) -> Result<&'a Grid, WorkError> {
    let place = contents
        .grids
        .binary_search_by(|grid| grid.unit.code.cmp(code));
    match place {
        Ok(place) => Ok(&contents.grids[place]),
        Err(_) => Err(WorkError::UnknownCodes {
            codes: vec![code.to_string()],
        }),
    }
}
