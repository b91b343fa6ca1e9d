//! Who handles what before and after: the city of either plan, with the lists of a store.

use std::collections::{HashMap, HashSet};

use wangge_model::{Code, Grid, ListKind, ObjectKind, ParentRule, Scheme, Unit};
use wangge_plane::Point;
use wangge_store::{Lists, PlanContents};

use super::{Comparison, PlanSide, StoreSide};
use crate::handling::{Shown, Subject};
use crate::responsibility::{ListMistake, Nameable, Responsibility};
use crate::work::WorkError;
use crate::{City, CityError, Review};

/// The two cities.
pub(super) struct Handling {
    pub(super) old: City,
    pub(super) new: City,
    /// The tiers, first to last.
    pub(super) tiers: Vec<u32>,
}

/// The departments of a point at every tier, in order of tiers; nobody where the cell is empty.
pub(super) type Departments = Vec<Option<String>>;

impl Handling {
    /// Compiles both plans; `None` where neither is a store's, and nobody knows who handles what.
    ///
    /// What the lists name and a plan does not have (the post of a grid that is to be) is left out
    /// of that plan's city.
    ///
    /// # Errors
    /// [`WorkError::City`] for a plan that is not seamless, [`WorkError::Model`] for codes that are
    /// none of the scheme.
    pub(super) fn of(comparison: &Comparison) -> Result<Option<Self>, WorkError> {
        let (old, new) = (&comparison.old, &comparison.new);
        let Some(store) = new.store.as_ref().or(old.store.as_ref()) else {
            return Ok(None);
        };
        let parents = parents(comparison);
        let city = |side: &PlanSide, is_new: bool| {
            let parents = if is_new { &parents } else { &HashMap::new() };
            compiled(side, store, parents)
        };
        let tiers = store.scheme.tiers().iter().map(|tier| tier.number);
        Ok(Some(Self {
            tiers: tiers.collect(),
            old: city(old, false)?,
            new: city(new, true)?,
        }))
    }

    /// Who handles something at a point, before and after: a component by its code where it has one,
    /// else what is of a class.
    pub(super) fn at(
        &self,
        point: Point,
        code: Option<&str>,
        class: Option<&str>,
    ) -> (Departments, Departments) {
        let of = |city: &City| self.departments(city, point, code, class);
        (of(&self.old), of(&self.new))
    }

    fn departments(
        &self,
        city: &City,
        point: Point,
        code: Option<&str>,
        class: Option<&str>,
    ) -> Departments {
        let nobody = || vec![None; self.tiers.len()];
        let Some(owner) = city.locate_point(point) else {
            return nobody();
        };
        let component = |class| Subject {
            object: ObjectKind::Component,
            class,
        };
        let event = |class| Subject {
            object: ObjectKind::Event,
            class,
        };
        // a case is of an event, or of a component
        let subjects = match code {
            Some(code) => [Some(component(code)), class.map(component)],
            None => [class.map(event), class.map(component)],
        };
        let found = subjects.into_iter().flatten().find_map(|subject| {
            let handlers = city.handlers(owner, Some(point), subject, Shown::default());
            handlers.ok()
        });
        let Some(found) = found else { return nobody() };
        self.tiers
            .iter()
            .map(|tier| {
                let handler = found.iter().find(|handler| handler.tier == *tier)?;
                Some(handler.department.code.to_owned())
            })
            .collect()
    }
}

/// For new grids whose files do not name a parent, that of the old grid of most of their ground.
fn parents(comparison: &Comparison) -> HashMap<&str, &str> {
    let (old, new) = (&comparison.old.grids, &comparison.new.grids);
    let mut pieces: Vec<_> = comparison.diff.pieces.iter().collect();
    pieces.sort_by(|a, b| a.area_m2.total_cmp(&b.area_m2));
    let shared = pieces
        .iter()
        .filter_map(|piece| Some((piece.old?, piece.new?)));
    shared
        .chain(comparison.diff.unchanged.iter().copied())
        .filter_map(|(o, n)| {
            let parent = old[o as usize].parent.as_deref()?;
            Some((new[n as usize].code.as_str(), parent))
        })
        .collect()
}

fn compiled(
    side: &PlanSide,
    store: &StoreSide,
    parents: &HashMap<&str, &str>,
) -> Result<City, WorkError> {
    let own = side.store.as_ref().unwrap_or(store);
    let contents = PlanContents {
        plan: own.plan.clone(),
        scheme: own.scheme.clone(),
        grids: units(side, &own.scheme, parents)?,
        upper: own.contents.upper.clone(),
        feature_ids: own.contents.feature_ids.clone(),
        lists: store.contents.lists.clone(),
        components: store.contents.components.clone(),
        elsewhere: own.contents.elsewhere.clone(),
        commits: own.contents.commits,
        since: own.contents.since,
        accepted: own.contents.accepted.clone(),
        content_hash: own.contents.content_hash,
    };
    // what was accepted in a plan of the store says nothing of a file
    let review = match &side.store {
        Some(store) => Review::of(&store.contents),
        None => Review::None,
    };
    Ok(City::compile_as(with_known_lists(contents), review, None)?)
}

/// The grids of a side as units of the scheme.
fn units(
    side: &PlanSide,
    scheme: &Scheme,
    parents: &HashMap<&str, &str>,
) -> Result<Vec<Grid>, WorkError> {
    // where codes say the parent, nothing is to be guessed
    let rule = scheme.level_at(scheme.lowest())?.parent();
    let by_column = matches!(rule, Some(ParentRule::Column(_)));
    side.grids
        .iter()
        .map(|grid| {
            let mut unit = Unit::new(Code::new(&grid.code)?, scheme.lowest());
            unit.name.clone_from(&grid.name);
            unit.kind = grid.kind.as_deref().and_then(|kind| kind.parse().ok());
            let given = grid.parent.as_deref().or_else(|| {
                parents
                    .get(grid.code.as_str())
                    .copied()
                    .filter(|_| by_column)
            });
            let given = given.map(Code::new).transpose()?;
            unit.parent = scheme.parent_of(&unit, given.as_ref())?;
            Ok(Grid {
                unit,
                shape: grid.shape.clone(),
            })
        })
        .collect()
}

/// The contents without the rows of lists that name what they do not have.
fn with_known_lists(mut contents: PlanContents) -> PlanContents {
    /// A row that is left out can be named by others, and those by others again.
    const ROUNDS: usize = 8;
    // whose borders meet takes the proof to see, and nobody asks
    contents.lists = contents.lists.with(ListKind::Borders, Vec::new());
    let nameable = Nameable::of(&contents);
    for _ in 0..ROUNDS {
        match Responsibility::read_checked(&contents.lists, &contents.scheme, &nameable) {
            Ok(_) => break,
            Err(mistakes) => contents.lists = without(contents.lists, &mistakes),
        }
    }
    contents
}

fn without(mut lists: Lists, mistakes: &[ListMistake]) -> Lists {
    let kinds: HashSet<ListKind> = mistakes.iter().map(|mistake| mistake.list).collect();
    for kind in kinds {
        let wrong: HashSet<u64> = mistakes
            .iter()
            .filter(|mistake| mistake.list == kind)
            .map(|mistake| mistake.fault.row)
            .collect();
        let rows = lists.rows(kind).iter();
        let kept = rows.filter(|row| !wrong.contains(&row.number));
        let kept = kept.cloned().collect();
        lists = lists.with(kind, kept);
    }
    lists
}

/// Whether a plan cannot have a city because it is not seamless, which is no reason not to compare
/// it.
pub(super) const fn is_not_seamless(error: &WorkError) -> bool {
    matches!(error, WorkError::City(CityError::NotSeamless { .. }))
}
