//! Borders that are disputed or to be surveyed: a lookup near one says so.

use rustc_hash::FxHashMap;
use serde::Serialize;
use wangge_coverage::{Coverage, Owner};
use wangge_model::{Border, BorderStatus, ListFault, ListKind, RowFault};
use wangge_plane::{Point, ellipsoid};

use crate::City;
use crate::answer::UnitRef;
use crate::responsibility::ListMistake;

/// How near to a border that is not sure a lookup says so, metres: what terminals are off by, and
/// a width of a street.
pub const NEAR_BORDER_M: f64 = 20.0;

/// The borders that are not sure, by the grids on their sides.
#[derive(Debug, Default)]
pub(crate) struct Unsettled {
    /// Rows of grids that have no border in common in this plan.
    pub(crate) missing: Vec<ListMistake>,
    of_grid: FxHashMap<u32, Vec<Stretch>>,
}

/// A border of a grid.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    status: BorderStatus,
    /// The place of the arc in the coverage.
    arc: usize,
    /// The grid on the other side.
    other: Owner,
}

/// A border near a point that is not sure.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct UnsettledBorder<'a> {
    /// `disputed` or `unsurveyed`.
    pub status: &'static str,
    /// The grid on the other side.
    pub other: UnitRef<'a>,
    /// How far away it is, metres, to the centimetre.
    pub distance_m: f64,
}

impl Unsettled {
    /// The borders of a list along a coverage.
    ///
    /// # Errors
    /// Rows of grids that have no border in common.
    pub(crate) fn along(borders: &[Border], coverage: &Coverage) -> Self {
        let mut wanted: FxHashMap<[u32; 2], (BorderStatus, bool)> = FxHashMap::default();
        let sides = |border: &Border| {
            let [grid, other] = border
                .between
                .each_ref()
                .map(|code| coverage.owner(code.as_str()));
            let (grid, other) = (grid?.0, other?.0);
            Some([grid.min(other), grid.max(other)])
        };
        for border in borders {
            if let Some(sides) = sides(border) {
                wanted.insert(sides, (border.status, false));
            }
        }
        let mut of_grid: FxHashMap<u32, Vec<Stretch>> = FxHashMap::default();
        for (arc, drawn) in coverage.arcs().iter().enumerate() {
            let (Some(left), Some(right)) = (drawn.left(), drawn.right()) else {
                continue;
            };
            let sides = [left.0.min(right.0), left.0.max(right.0)];
            let Some((status, found)) = wanted.get_mut(&sides) else {
                continue;
            };
            *found = true;
            if *status == BorderStatus::Confirmed {
                continue;
            }
            for (grid, other) in [(left, right), (right, left)] {
                of_grid.entry(grid.0).or_default().push(Stretch {
                    status: *status,
                    arc,
                    other,
                });
            }
        }
        let is_missing = |border: &&Border| {
            let found = sides(border).and_then(|sides| wanted.get(&sides));
            !found.is_some_and(|&(_, found)| found)
        };
        Self {
            missing: borders.iter().filter(is_missing).map(no_border).collect(),
            of_grid,
        }
    }
}

fn no_border(border: &Border) -> ListMistake {
    let [grid, other] = border.between.clone();
    ListMistake {
        list: ListKind::Borders,
        fault: RowFault {
            row: border.row,
            column: "other".to_owned(),
            fault: ListFault::NoBorder { grid, other },
        },
    }
}

impl City {
    /// The borders of the list whose grids have none in common in this plan.
    pub fn borders_that_are_none(&self) -> &[ListMistake] {
        &self.unsettled.missing
    }

    /// The nearest border of a grid that is not sure, if a point in the grid is within
    /// [`NEAR_BORDER_M`] of one.
    pub fn unsettled_border(&self, owner: Owner, point: Point) -> Option<UnsettledBorder<'_>> {
        let stretches = self.unsettled.of_grid.get(&owner.0)?;
        let distance = |stretch: &Stretch| {
            let edges = self.ground.coverage.arcs()[stretch.arc].segments();
            edges
                .map(|edge| ellipsoid::distance_to_segment_m(point, edge))
                .fold(f64::INFINITY, f64::min)
        };
        let (stretch, distance_m) = stretches
            .iter()
            .map(|stretch| (stretch, distance(stretch)))
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .filter(|&(_, distance_m)| distance_m <= NEAR_BORDER_M)?;
        Some(UnsettledBorder {
            status: stretch.status.as_str(),
            other: self.unit_ref(self.grid_entry(stretch.other)),
            distance_m: (distance_m * 100.0).round() / 100.0,
        })
    }
}
