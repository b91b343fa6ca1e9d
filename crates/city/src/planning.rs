//! Plans for those who come over a protocol: drafts begun, filled from files, checked and published
//! in one store.

mod view;

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use wangge_exchange::Reader;
use wangge_model::{Code, Version};
use wangge_replan::DiffTerms;
use wangge_report::Validation;
use wangge_store::{Existing, PlanRecord, Store};

pub use self::view::{AcceptedView, PlanView, state_words};
use crate::work::{
    Acceptance, BalancedPlan, Beside, BesideFiles, Comparison, EditedPlan, GridFiles, Measure,
    PlanEdit, PlanSource, PublishOrder, Readiness, WorkError, balance_plan, check_plan, edit_plan,
    examine_plan, import_grids, publish, read_plan, readiness,
};

/// The plans of one store.
///
/// Every method opens the store for itself and may take as long as its work does: none is for a
/// thread that answers others.
#[derive(Debug)]
pub struct Planning {
    store: PathBuf,
    reader: Reader,
    /// One writes at a time: who comes second finds what the first left.
    writing: Mutex<()>,
}

/// A draft that somebody begins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewDraft {
    /// Its name.
    pub name: String,
    /// The plan to begin from; empty without one.
    pub from: Option<String>,
    /// Remarks.
    pub note: Option<String>,
}

/// A comparison that somebody asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct AskedDiff {
    /// The plan as it is to be, by its number or name.
    pub plan: String,
    /// The plan as it was; the one that it was begun from, else the one in force, unless given.
    pub against: Option<String>,
    /// The level whose units are compared; the lowest unless given.
    pub level: Option<String>,
    /// Ground nowhere this wide, metres, is the same border drawn anew.
    pub survey_tolerance_m: f64,
    /// A file of open cases.
    pub cases: Option<PathBuf>,
}

/// A file of units that somebody sends.
#[derive(Debug)]
pub struct SentUnits {
    /// The file, and how it is read.
    pub files: GridFiles,
    /// The plan that it goes into.
    pub plan: String,
    /// The level that it holds; the lowest unless given.
    pub level: Option<String>,
    /// What happens to units that the plan has.
    pub existing: Existing,
}

/// What came of a file of units.
#[derive(Debug)]
pub struct TakenUnits {
    /// The plan, as it is now.
    pub plan: PlanView,
    /// Units taken in.
    pub units: usize,
    /// Units that gave way.
    pub removed: usize,
    /// What was done to their rows.
    pub reports: Vec<wangge_exchange::ImportReport>,
}

/// A publication as it happened.
#[derive(Debug)]
pub struct PublishedPlan {
    /// The plan, as it is now.
    pub plan: PlanView,
    /// The version that answers carry from then on.
    pub version: Version,
    /// The earlier plan whose boundaries it brings back.
    pub again: Option<String>,
}

impl Planning {
    /// The plans of the store at this path; files of others are read by this reader.
    pub const fn new(store: PathBuf, reader: Reader) -> Self {
        Self {
            store,
            reader,
            writing: Mutex::new(()),
        }
    }

    /// All plans, oldest first.
    ///
    /// # Errors
    /// The store's.
    pub fn list(&self) -> Result<Vec<PlanView>, WorkError> {
        let store = self.reading()?;
        let plans = store.plans()?;
        let views = plans.iter().map(|plan| PlanView::of(&store, plan));
        Ok(views.collect::<Result<_, _>>()?)
    }

    /// A plan by its number or its name.
    ///
    /// # Errors
    /// [`WorkError::Store`] where there is none.
    pub fn view(&self, id: &str) -> Result<PlanView, WorkError> {
        let store = self.reading()?;
        Ok(PlanView::of(&store, &found(&store, id)?)?)
    }

    /// Begins a draft.
    ///
    /// # Errors
    /// The store's.
    pub fn begin(&self, draft: &NewDraft, who: &str) -> Result<PlanView, WorkError> {
        self.change(who, |store| {
            let from = draft.from.as_deref().map(|from| found(store, from));
            let from = from.transpose()?.map(|plan| plan.name);
            let plan = store.create_plan(&draft.name, from.as_deref(), draft.note.as_deref())?;
            Ok(PlanView::of(store, &plan)?)
        })
    }

    /// Takes the units of a file into a draft; one is begun where there is none of this name.
    ///
    /// # Errors
    /// Those of reading, and the store's; the store is then as it was.
    pub fn take(&self, sent: &SentUnits, who: &str) -> Result<TakenUnits, WorkError> {
        self.change(who, |store| {
            let taken = import_grids(
                store,
                &self.reader,
                &sent.files,
                Some(&sent.plan),
                sent.level.as_deref(),
                sent.existing,
                &mut |_| {},
            )?;
            Ok(TakenUnits {
                plan: PlanView::of(store, &taken.stored.plan)?,
                units: taken.stored.units,
                removed: taken.stored.removed,
                reports: taken.reports,
            })
        })
    }

    /// Takes units out of a draft.
    ///
    /// # Errors
    /// The store's.
    pub fn remove_units(&self, id: &str, codes: &[Code], who: &str) -> Result<PlanView, WorkError> {
        self.change(who, |store| {
            let plan = found(store, id)?;
            let plan = store.remove_units(&plan.name, codes)?;
            Ok(PlanView::of(store, &plan)?)
        })
    }

    /// Makes a what-if edit in a draft.
    ///
    /// # Errors
    /// As [`edit_plan`].
    pub fn edit(
        &self,
        id: &str,
        edit: &PlanEdit,
        who: &str,
    ) -> Result<(PlanView, EditedPlan), WorkError> {
        self.change(who, |store| {
            let plan = found(store, id)?;
            let done = edit_plan(store, Some(&plan.name), edit)?;
            Ok((PlanView::of(store, &done.plan)?, done))
        })
    }

    /// Proposes grids of so many households in a draft.
    ///
    /// # Errors
    /// As [`balance_plan`].
    pub fn balance(
        &self,
        id: &str,
        (low, high): (u32, u32),
        who: &str,
    ) -> Result<(PlanView, BalancedPlan), WorkError> {
        self.change(who, |store| {
            let plan = found(store, id)?;
            let done = balance_plan(store, Some(&plan.name), low, high)?;
            let plan = store.plan(&plan.name)?;
            Ok((PlanView::of(store, &plan)?, done))
        })
    }

    /// Drops a draft.
    ///
    /// # Errors
    /// The store's.
    pub fn remove(&self, id: &str, who: &str) -> Result<(), WorkError> {
        self.change(who, |store| {
            let plan = found(store, id)?;
            store.remove_plan(&plan.name)?;
            Ok(())
        })
    }

    /// What a validation of a plan finds, measured by the outline that it would be published
    /// against.
    ///
    /// # Errors
    /// The store's.
    pub fn validation(&self, id: &str) -> Result<(PlanView, Validation), WorkError> {
        let store = self.reading()?;
        let plan = found(&store, id)?;
        let (examined, _) = examine_plan(&store, &plan.name, Measure::default())?;
        Ok((PlanView::of(&store, &plan)?, examined.validation()))
    }

    /// What speaks against publishing a plan.
    ///
    /// # Errors
    /// As [`readiness`].
    pub fn readiness(&self, id: &str) -> Result<Readiness, WorkError> {
        let store = self.reading()?;
        let plan = found(&store, id)?;
        readiness(&store, &plan.name, &Acceptance::default())
    }

    /// The same, and marks the plan as checked where nothing does.
    ///
    /// # Errors
    /// As [`check_plan`].
    pub fn check(&self, id: &str, who: &str) -> Result<Readiness, WorkError> {
        self.change(who, |store| {
            let plan = found(store, id)?;
            check_plan(store, Some(&plan.name), &Acceptance::default())
        })
    }

    /// Publishes a plan, now or for a time, with what is accepted of its defects.
    ///
    /// # Errors
    /// As [`publish`].
    pub fn publish(
        &self,
        id: &str,
        effective: Option<Timestamp>,
        reasons: Vec<(String, String)>,
        who: &str,
    ) -> Result<PublishedPlan, WorkError> {
        self.change(who, |store| {
            let plan = found(store, id)?;
            let order = PublishOrder {
                plan: Some(plan.name),
                effective,
                acceptance: Acceptance {
                    outline: None,
                    reasons,
                },
            };
            let done = publish(store, &order)?;
            let plan = store.plan(&done.plan)?;
            Ok(PublishedPlan {
                plan: PlanView::of(store, &plan)?,
                version: done.version,
                again: done.again,
            })
        })
    }

    /// What changes from one plan to another, with what the store knows beside the grids, and the
    /// open cases of a file.
    ///
    /// # Errors
    /// The store's, and those of reading.
    pub fn diff(&self, asked: &AskedDiff) -> Result<(Comparison, Beside), WorkError> {
        let (old, new) = {
            let store = self.reading()?;
            let new = found(&store, &asked.plan)?;
            let old = match &asked.against {
                Some(against) => found(&store, against)?,
                None => match store.origin(&new.name)? {
                    Some(origin) => origin,
                    None => store.current()?.ok_or(WorkError::NoPlans)?,
                },
            };
            (old.name, new.name)
        };
        let side = |plan: String| {
            let source = PlanSource::Store {
                path: self.store.clone(),
                plan: Some(plan),
                level: asked.level.clone(),
            };
            read_plan(&self.reader, &source, &mut |_| {})
        };
        let terms = DiffTerms {
            survey_tolerance_m: asked.survey_tolerance_m,
        };
        let comparison = Comparison::of(side(old)?, side(new)?, terms);
        let files = BesideFiles {
            cases: asked.cases.clone(),
            ..BesideFiles::default()
        };
        let beside = Beside::gather(&comparison, &self.reader, &files, &mut |_| {})?;
        Ok((comparison, beside))
    }

    pub(crate) fn reading(&self) -> Result<Store, WorkError> {
        Ok(Store::open_read_only(&self.store)?)
    }

    pub(crate) fn change<T>(
        &self,
        who: &str,
        change: impl FnOnce(&mut Store) -> Result<T, WorkError>,
    ) -> Result<T, WorkError> {
        let _one = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut store = Store::open(&self.store)?;
        store.act_as(who);
        change(&mut store)
    }
}

/// The plan of this number or name.
pub(crate) fn found(store: &Store, id: &str) -> Result<PlanRecord, WorkError> {
    let number = id.parse::<i64>().ok();
    let plans = store.plans()?;
    let by_number = plans.into_iter().find(|plan| Some(plan.id) == number);
    match by_number {
        Some(plan) => Ok(plan),
        None => Ok(store.plan(id)?),
    }
}
