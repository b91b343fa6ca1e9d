//! What is counted of all grids and patches, and which of them have something to tell.

use std::collections::BTreeSet;

use super::patch::Patch;
use super::roster::Grid;
use crate::total::Total;

/// What is counted of all grids and patches.
#[derive(Debug, Default)]
pub(super) struct Sums {
    pub(super) simple: usize,
    pub(super) doubled_area: i128,
    pub(super) area: Total,
    /// Noded edges that are left.
    pub(super) left: usize,
    /// Noded edges that cancel once they are cut.
    pub(super) cancelled: usize,
    /// Patches on which the grids wind other than the outline.
    pub(super) off_outline: usize,
    /// Grids with remarks.
    pub(super) remarked: BTreeSet<u32>,
    pub(super) unsound: BTreeSet<u32>,
    /// Patches with something wrong.
    pub(super) wrong: BTreeSet<u32>,
    /// Patches with unmatched vertices.
    pub(super) unmatched: BTreeSet<u32>,
    /// Patches with edges that cross.
    pub(super) crossed: BTreeSet<u32>,
    /// Patches with a part of the outer rim.
    pub(super) rims: BTreeSet<u32>,
}

impl Sums {
    pub(super) fn add_grid(&mut self, slot: u32, grid: &Grid) {
        self.simple += usize::from(grid.is_simple());
        self.doubled_area += grid.doubled_area;
        self.area.add(grid.area_m2);
        note(&mut self.remarked, slot, !grid.remarks.is_empty());
        note(&mut self.unsound, slot, !grid.is_sound);
    }

    pub(super) fn take_grid(&mut self, slot: u32, grid: &Grid) {
        self.simple -= usize::from(grid.is_simple());
        self.doubled_area -= grid.doubled_area;
        self.area.take(grid.area_m2);
        self.remarked.remove(&slot);
        self.unsound.remove(&slot);
    }

    pub(super) fn add_patch(&mut self, id: u32, patch: &Patch) {
        self.left += patch.left;
        self.cancelled += patch.cancelled;
        self.off_outline += usize::from(!patch.matches_outline);
        note(&mut self.wrong, id, !patch.wrong.is_nothing());
        note(&mut self.unmatched, id, !patch.unmatched.is_empty());
        note(&mut self.crossed, id, !patch.crossings.is_empty());
        note(&mut self.rims, id, !patch.rim.is_empty());
    }

    pub(super) fn take_patch(&mut self, id: u32, patch: &Patch) {
        self.left -= patch.left;
        self.cancelled -= patch.cancelled;
        self.off_outline -= usize::from(!patch.matches_outline);
        for told in [
            &mut self.wrong,
            &mut self.unmatched,
            &mut self.crossed,
            &mut self.rims,
        ] {
            told.remove(&id);
        }
    }
}

fn note(told: &mut BTreeSet<u32>, id: u32, tells: bool) {
    if tells {
        told.insert(id);
    }
}
