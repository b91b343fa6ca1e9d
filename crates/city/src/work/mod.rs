//! The work of an operator and a planner: importing, examining, publishing and exporting plans.

mod balance;
mod choice;
mod component_check;
mod components;
mod diff;
mod edit;
mod error;
mod evidence;
mod examine;
mod export;
mod import;
mod lists;
mod mend;
mod objection;
mod publish;
mod readiness;

pub use balance::{BalancedPlan, GridHouseholds, NoBalance, balance_plan};
pub use choice::{
    city_at, city_in_force, city_of, draft_for_import, draft_to_change, plan_to_export,
    plan_to_publish, plan_to_validate, time,
};
pub use component_check::{ComponentFinding, Finding};
pub use components::{BadRow, ComponentFiles, ComponentImport, PutAside, import_components};
pub use diff::{
    Beside, BesideFiles, Comparison, OpenCase, PlanGrid, PlanSide, PlanSource, Standing, StoreSide,
    WorkListTerms, WorkLists, read_plan,
};
pub use edit::{EditedPlan, PlanEdit, edit_plan};
pub use error::WorkError;
pub use evidence::{Misfit, UnitEvidence, UpperMisfit};
pub use examine::{
    Examined, ExaminedGrid, Measure, UpperLevel, examine_files, examine_plan, examine_store,
    read_line, read_objects, read_outline,
};
pub use export::{export_components, export_grids};
pub use import::{GridFiles, ImportedGrids, Stage, import_grids};
pub use lists::{ListFiles, import_list};
pub use mend::{CoverageFile, Light, RepairOrder, write_dissolved};
pub use objection::Objection;
pub use publish::{Publication, PublishOrder, check_plan, publish};
pub use readiness::{Acceptance, Readiness, readiness};
