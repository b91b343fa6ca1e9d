//! How many households and people live in each unit, counted from addresses and buildings.

use serde::Serialize;
use wangge_coverage::Owner;
use wangge_model::Dwelling;
use wangge_plane::Point;

use crate::City;
use crate::units::Place;

/// What is counted in each grid.
#[derive(Debug, Default)]
pub(crate) struct Dwellings {
    /// By grid; empty where no such list was imported.
    households: Vec<Counted>,
    buildings: Vec<Counted>,
}

/// Addresses or buildings on some ground, and who lives in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counted {
    /// How many rows of the list lie there.
    pub count: u64,
    /// The households at them; an address that does not say how many is one.
    pub households: u64,
    /// The people at them, as far as the list says.
    pub population: u64,
}

impl Dwellings {
    /// Counts by the grid of each one's middle. `grid_at` says which grid holds a point.
    pub(crate) fn count(
        households: &[Dwelling],
        buildings: &[Dwelling],
        grids: usize,
        grid_at: impl Fn(Point) -> Option<Owner>,
    ) -> Self {
        let count = |dwellings: &[Dwelling], unsaid: u32| {
            if dwellings.is_empty() {
                return Vec::new();
            }
            let mut counts = vec![Counted::default(); grids];
            for dwelling in dwellings {
                if let Some(owner) = grid_at(dwelling.figure.middle()) {
                    let counted = &mut counts[owner.0 as usize];
                    counted.count += 1;
                    counted.households += u64::from(dwelling.households.unwrap_or(unsaid));
                    counted.population += u64::from(dwelling.population.unwrap_or(0));
                }
            }
            counts
        };
        Self {
            households: count(households, 1),
            buildings: count(buildings, 0),
        }
    }
}

impl City {
    /// What the list of households has in a unit; nothing where none was imported.
    pub(crate) fn households_in(&self, unit: Place) -> Option<Counted> {
        self.counted(&self.dwellings.households, unit)
    }

    /// What the list of buildings has in a unit; nothing where none was imported.
    pub(crate) fn buildings_in(&self, unit: Place) -> Option<Counted> {
        self.counted(&self.dwellings.buildings, unit)
    }

    fn counted(&self, counts: &[Counted], unit: Place) -> Option<Counted> {
        if counts.is_empty() {
            return None;
        }
        let mut sum = Counted::default();
        for owner in self.owners_in(unit) {
            let here = counts[owner.0 as usize];
            sum.count += here.count;
            sum.households += here.households;
            sum.population += here.population;
        }
        Some(sum)
    }
}
