//! Which plan is meant when nobody names one.

use jiff::Timestamp;
use wangge_model::PlanState;
use wangge_store::{PlanRecord, Store};

use super::WorkError;
use crate::City;
use crate::background::Pace;
use crate::management::day_of;
use crate::reading::{of_plan, of_time};

/// The plan that an import goes into: the one named, else the one draft there is, else a new one
/// named after its number.
///
/// # Errors
/// [`WorkError::SeveralDrafts`], and the store's.
pub fn draft_for_import(store: &Store, named: Option<&str>) -> Result<String, WorkError> {
    if let Some(name) = named {
        return Ok(name.to_owned());
    }
    let plans = store.plans()?;
    match drafts(&plans).as_slice() {
        [] => Ok(format!("plan-{}", plans.len() + 1)),
        [one] => Ok(one.name.clone()),
        several => Err(several_drafts(several)),
    }
}

/// The draft to change: the one named, else the one there is.
///
/// # Errors
/// [`WorkError::NoDraft`], [`WorkError::SeveralDrafts`], and the store's.
pub fn draft_to_change(store: &Store, named: Option<&str>) -> Result<String, WorkError> {
    match plan_to_publish(store, named) {
        Err(WorkError::NothingToPublish) => Err(WorkError::NoDraft),
        other => other,
    }
}

/// The plan to publish: the one named, else the one draft there is.
///
/// # Errors
/// [`WorkError::NothingToPublish`], [`WorkError::SeveralDrafts`], and the store's.
pub fn plan_to_publish(store: &Store, named: Option<&str>) -> Result<String, WorkError> {
    if let Some(name) = named {
        return Ok(name.to_owned());
    }
    let plans = store.plans()?;
    match drafts(&plans).as_slice() {
        [] => Err(WorkError::NothingToPublish),
        [one] => Ok(one.name.clone()),
        several => Err(several_drafts(several)),
    }
}

/// The plan to validate: the one named, else the one draft there is, else the current plan.
///
/// # Errors
/// [`WorkError::NoPlans`], [`WorkError::SeveralDrafts`], and the store's.
pub fn plan_to_validate(store: &Store, named: Option<&str>) -> Result<String, WorkError> {
    match plan_to_publish(store, named) {
        Err(WorkError::NothingToPublish) => plan_to_export(store, None),
        other => other,
    }
}

/// The plan to export: the one named, else the current one.
///
/// # Errors
/// [`WorkError::NoPlans`], and the store's.
pub fn plan_to_export(store: &Store, named: Option<&str>) -> Result<String, WorkError> {
    if let Some(name) = named {
        return Ok(name.to_owned());
    }
    store
        .current()?
        .map(|plan| plan.name)
        .ok_or(WorkError::NoPlans)
}

/// The city in force now, or at a time.
///
/// # Errors
/// [`WorkError::NoPlans`], those of [`city_at`], the store's, and those of [`City::compile`].
pub fn city_in_force(store: &Store, at: Option<Timestamp>) -> Result<City, WorkError> {
    if let Some(at) = at {
        return city_at(store, at);
    }
    city_of(store, &plan_to_export(store, None)?)
}

/// The city of a plan.
///
/// # Errors
/// The store's, and those of [`City::compile`].
pub fn city_of(store: &Store, plan: &str) -> Result<City, WorkError> {
    let read = of_plan(store, plan, &[], Pace::AllCores)?;
    Ok(read.compile(None, Pace::AllCores)?)
}

/// A time with its offset, as a person writes it: `2026-12-01T00:00:00+08:00`.
///
/// # Errors
/// [`WorkError::Time`].
pub fn time(text: &str) -> Result<Timestamp, WorkError> {
    text.parse().map_err(|_| WorkError::Time {
        text: text.chars().take(40).collect(),
    })
}

/// The city of a time: the plan in force then, with the lists and components of then.
///
/// # Errors
/// [`WorkError::NotInForce`], the store's, and those of [`City::compile`].
pub fn city_at(store: &Store, at: Timestamp) -> Result<City, WorkError> {
    let read = of_time(store, at, &[], Pace::AllCores)?;
    let read = read.ok_or(WorkError::NotInForce { at })?;
    Ok(read.compile(Some(day_of(at)), Pace::AllCores)?)
}

fn drafts(plans: &[PlanRecord]) -> Vec<&PlanRecord> {
    plans
        .iter()
        .filter(|plan| matches!(plan.state, PlanState::Draft | PlanState::Checked))
        .collect()
}

fn several_drafts(drafts: &[&PlanRecord]) -> WorkError {
    WorkError::SeveralDrafts {
        names: drafts.iter().map(|plan| plan.name.clone()).collect(),
    }
}
