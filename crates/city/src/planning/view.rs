//! A plan as people and programs see it.

use serde::Serialize;
use wangge_model::PlanState;
use wangge_report::Language;
use wangge_store::{AcceptedRecord, PlanRecord, Store, StoreError};

/// A plan, its life and what was accepted in it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlanView {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub plan: String,
    /// `draft`, `checked`, `published` or `superseded`.
    pub state: &'static str,
    /// The version that answers from it carry.
    pub version: String,
    /// Whether it is in force now.
    pub in_force: bool,
    /// How many units of the lowest level it has.
    pub grids: u64,
    /// The published plan that it was begun from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// When it was begun.
    pub begun: String,
    /// When its contents were found fit to be published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked: Option<String>,
    /// When it was published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    /// From when on it is in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective: Option<String>,
    /// From when on another is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<String>,
    /// Remarks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The SHA-256 of what was checked or published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// What spoke against it and was accepted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accepted: Vec<AcceptedView>,
}

/// Something that was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AcceptedView {
    /// The defect's id.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// Why it may be.
    pub reason: String,
    /// When that was said.
    pub at: String,
}

impl PlanView {
    /// A plan of a store.
    ///
    /// # Errors
    /// The store's.
    pub fn of(store: &Store, plan: &PlanRecord) -> Result<Self, StoreError> {
        let text = |at: Option<jiff::Timestamp>| at.map(|at| at.to_string());
        let current = store.current()?;
        let accepted = store.accepted(&plan.name)?.into_iter();
        Ok(Self {
            id: plan.id,
            plan: plan.name.clone(),
            state: plan.state.as_str(),
            version: plan.version().to_string(),
            in_force: current.is_some_and(|current| current.id == plan.id),
            grids: store.grids_in(plan)?,
            from: store.origin(&plan.name)?.map(|plan| plan.name),
            begun: plan.created.to_string(),
            checked: text(plan.checked),
            published: text(plan.published),
            effective: text(plan.effective),
            ended: text(plan.ended),
            note: plan.note.clone(),
            digest: plan.content_hash.map(|hash| hash.to_string()),
            accepted: accepted.map(AcceptedView::of).collect(),
        })
    }
}

impl AcceptedView {
    fn of(record: AcceptedRecord) -> Self {
        Self {
            id: record.accepted.defect,
            kind: record.accepted.kind,
            reason: record.accepted.reason,
            at: record.at.to_string(),
        }
    }
}

/// What a state is called by people.
pub const fn state_words(state: PlanState, language: Language) -> &'static str {
    match (language, state) {
        (Language::Zh, PlanState::Draft) => "草案",
        (Language::Zh, PlanState::Checked) => "已检查",
        (Language::Zh, PlanState::Published) => "已发布",
        (Language::Zh, PlanState::Superseded) => "已被取代",
        (Language::En, state) => state.as_str(),
    }
}
