//! Publishing: a plan that has been proved sound becomes the city's.

use jiff::Timestamp;
use wangge_model::{Severity, Unit, Version};
use wangge_store::Store;

use super::WorkError;
use super::choice::plan_to_publish;
use crate::City;
use crate::responsibility::{Nameable, Responsibility};

/// A publication that has happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// The plan's name.
    pub plan: String,
    /// The version that answers carry from now on.
    pub version: Version,
    /// From when on it is in force.
    pub effective: Option<Timestamp>,
    /// Its grids.
    pub grids: usize,
}

/// Publishes a plan: the one named, else the one draft there is.
///
/// The plan is compiled as the service would compile it, which proves it seamless, and its units
/// are checked against the scheme. The store then refuses if the contents have changed since.
///
/// # Errors
/// [`WorkError::City`] with the verdict where the plan is not seamless, [`WorkError::Rules`] where
/// its units break rules of the scheme,
/// [`WorkError::List`] where rules or posts name units that it does not have, and the store's.
pub fn publish(
    store: &mut Store,
    named: Option<&str>,
    effective: Option<Timestamp>,
) -> Result<Publication, WorkError> {
    let plan = plan_to_publish(store, named)?;
    let contents = store.contents(&plan)?;
    let content_hash = contents.content_hash;
    let scheme = contents.scheme.clone();
    let units: Vec<Unit> = contents
        .grids
        .iter()
        .map(|grid| grid.unit.clone())
        .chain(contents.upper.iter().map(|(unit, _)| unit.clone()))
        .collect();
    let errors: Vec<_> = scheme
        .check(&units)
        .into_iter()
        .filter(|defect| defect.severity() == Severity::Error)
        .collect();
    if !errors.is_empty() {
        return Err(WorkError::Rules { defects: errors });
    }
    let nameable = Nameable::of(&contents);
    if let Err(mistakes) = Responsibility::read_checked(&contents.lists, &scheme, &nameable) {
        return Err(WorkError::List {
            mistakes: mistakes
                .into_iter()
                .map(|mistake| (None, mistake))
                .collect(),
        });
    }
    let grids = contents.grids.len();
    City::compile(contents)?;
    let version = store.publish(&plan, &content_hash, effective)?;
    Ok(Publication {
        effective: store.plan(&plan)?.effective,
        plan,
        version,
        grids,
    })
}
