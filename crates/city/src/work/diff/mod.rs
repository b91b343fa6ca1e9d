//! What a redesign changes between two plans: files, plans of stores, or one of each.

mod beside;
mod duties;
mod evidence;
mod handling;
mod lists;
mod located;
mod new_border;
mod side;

use wangge_coverage::Member;
use wangge_replan::{Diff, DiffTerms};
use wangge_report::{DiffEvidence, DiffReport, DiffSide, DiffSource, Language, MapGrid};

use crate::management::today;

pub use beside::{Beside, BesideFiles, OpenCase, Standing};
pub use lists::{WorkListTerms, WorkLists};
pub use side::{PlanGrid, PlanSide, PlanSource, StoreSide, read_plan};

/// Two plans, and what changes from the one to the other.
#[derive(Debug)]
pub struct Comparison {
    /// The plan as it was.
    pub old: PlanSide,
    /// The plan as it is to be.
    pub new: PlanSide,
    /// What counts as a change.
    pub terms: DiffTerms,
    /// What changes. Grids are places in the lists of the two sides.
    pub diff: Diff,
}

impl Comparison {
    /// Compares two plans.
    pub fn of(old: PlanSide, new: PlanSide, terms: DiffTerms) -> Self {
        let diff = wangge_replan::diff(&members(&old), &members(&new), &terms);
        Self {
            old,
            new,
            terms,
            diff,
        }
    }

    /// The report, with what is known beyond the ground.
    pub fn report(&self, evidence: &DiffEvidence) -> DiffReport {
        self.with_sides(|old, new| DiffReport::new(&self.diff, old, new, &self.terms, evidence))
    }

    /// The report as a page, with the day of today.
    pub fn html(&self, report: &DiffReport, language: Language) -> String {
        let date = today().to_string();
        self.with_sides(|old, new| {
            let source = DiffSource {
                diff: &self.diff,
                old,
                new,
                date: &date,
            };
            report.html(language, &source)
        })
    }

    /// What a store knows: that of the new plan first.
    fn store(&self) -> Option<&StoreSide> {
        self.new.store.as_ref().or(self.old.store.as_ref())
    }

    /// Hands the two sides over as reports take them.
    fn with_sides<T>(&self, work: impl FnOnce(DiffSide<'_>, DiffSide<'_>) -> T) -> T {
        let (old, new) = (map_grids(&self.old), map_grids(&self.new));
        let side = |name, grids| DiffSide { name, grids };
        work(side(&self.old.name, &old), side(&self.new.name, &new))
    }
}

fn members(side: &PlanSide) -> Vec<Member<'_>> {
    side.grids
        .iter()
        .map(|grid| Member {
            code: &grid.code,
            shape: &grid.shape,
        })
        .collect()
}

fn map_grids(side: &PlanSide) -> Vec<MapGrid<'_>> {
    side.grids
        .iter()
        .map(|grid| MapGrid {
            code: &grid.code,
            name: grid.name.as_deref(),
            shape: &grid.shape,
        })
        .collect()
}
