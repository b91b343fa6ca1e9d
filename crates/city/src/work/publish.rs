//! Publishing: a plan that nothing speaks against becomes the city's.

use jiff::Timestamp;
use wangge_model::{PlanState, Version};
use wangge_store::{PlanRecord, Store};

use super::choice::plan_to_publish;
use super::readiness::{Acceptance, Readiness, readiness};
use super::{Objection, WorkError};
use crate::ground::GroundId;
use crate::ground::beside::{self, Prepared, Unwritten};

/// A publication that has happened.
#[derive(Debug)]
pub struct Publication {
    /// The plan's name.
    pub plan: String,
    /// The version that answers carry from now on.
    pub version: Version,
    /// From when on it is in force.
    pub effective: Option<Timestamp>,
    /// Its grids.
    pub grids: usize,
    /// The earlier plan whose boundaries it brings back.
    pub again: Option<String>,
    /// What spoke against it and was accepted.
    pub accepted: Vec<Objection>,
}

/// A publication that somebody asks for.
#[derive(Debug, Clone, Default)]
pub struct PublishOrder {
    /// The plan: the one named, else the one draft there is. An earlier plan is published again
    /// under a name of its own, as what was published stays as it was.
    pub plan: Option<String>,
    /// From when on it is in force; now unless given.
    pub effective: Option<Timestamp>,
    /// What it is measured by, and what is accepted.
    pub acceptance: Acceptance,
}

/// Publishes a plan.
///
/// It is looked through as by [`readiness`], which proves it seamless against its outline. The
/// store then refuses if the contents have changed since.
///
/// # Errors
/// [`WorkError::Refused`] with everything that speaks against it, and the store's.
pub fn publish(store: &mut Store, order: &PublishOrder) -> Result<Publication, WorkError> {
    let named = plan_to_publish(store, order.plan.as_deref())?;
    let record = store.plan(&named)?;
    let again = matches!(record.state, PlanState::Superseded).then(|| record.name.clone());
    let plan = match &again {
        None => named,
        Some(earlier) => begun_again(store, &record, earlier)?,
    };
    let done = publish_draft(store, &plan, order);
    if done.is_err() && again.is_some() {
        // what was begun for this alone goes with it
        store.remove_plan(&plan)?;
    }
    done.map(|publication| Publication {
        again,
        ..publication
    })
}

/// Looks through a plan, and marks it as checked where nothing speaks against it.
///
/// # Errors
/// As [`readiness`], and the store's.
pub fn check_plan(
    store: &mut Store,
    named: Option<&str>,
    acceptance: &Acceptance,
) -> Result<Readiness, WorkError> {
    let plan = plan_to_publish(store, named)?;
    let mut found = readiness(store, &plan, acceptance)?;
    if found.is_ready() && found.accepted.is_empty() && found.plan.state == PlanState::Draft {
        found.plan = store.mark_checked(&plan, &found.content_hash)?;
    }
    Ok(found)
}

fn publish_draft(
    store: &mut Store,
    plan: &str,
    order: &PublishOrder,
) -> Result<Publication, WorkError> {
    let found = readiness(store, plan, &order.acceptance)?;
    if !found.is_ready() {
        return Err(WorkError::Refused {
            plan: plan.to_owned(),
            objections: found.objections,
        });
    }
    let accepted = found.accepted_records();
    // before it is published, so that who serves the store finds it at once
    let prepared = found
        .ground
        .as_ref()
        .map_or(Ok(None), |ground| beside::prepare(store.path(), ground));
    let version = store.publish_accepting(plan, &found.content_hash, order.effective, &accepted)?;
    let record = store.plan(plan)?;
    keep_ground(store, prepared, &record);
    Ok(Publication {
        effective: record.effective,
        plan: plan.to_owned(),
        version,
        grids: found.grids,
        again: None,
        accepted: found.accepted.into_iter().map(|(one, _)| one).collect(),
    })
}

/// Lets what was written be the ground of a plan that was just published.
fn keep_ground(store: &Store, prepared: Result<Option<Prepared>, Unwritten>, plan: &PlanRecord) {
    let kept = prepared.and_then(|prepared| match prepared.zip(GroundId::of(plan)) {
        Some((prepared, id)) => prepared.keep(store, id),
        None => Ok(()),
    });
    // publishing has happened, whether or not it can be written
    if let Err(error) = kept {
        tracing::info!(
            error = &error as &dyn std::error::Error,
            "whoever serves the plan first compiles it"
        );
    }
}

/// A draft with the units of an earlier plan, under the first free name after its own.
fn begun_again(store: &mut Store, record: &PlanRecord, earlier: &str) -> Result<String, WorkError> {
    let names: Vec<String> = store.plans()?.into_iter().map(|plan| plan.name).collect();
    let free = (2..=names.len() + 2)
        .map(|number| format!("{earlier} ({number})"))
        .find(|name| !names.contains(name));
    let name = free.unwrap_or_else(|| earlier.to_owned());
    let note = format!("{} again", record.version());
    Ok(store.create_plan(&name, Some(earlier), Some(&note))?.name)
}
