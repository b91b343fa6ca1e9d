//! What one defect would be: a wish, a place to try it, and what comes of it.

use wangge_model::{Code, Grid};
use wangge_plane::{Point, Ring, Turn, ellipsoid};

use super::bend::Bend;
use super::borders::{Borders, Stretch};
use super::frame::rounded_m;
use super::{PlantedDefect, PlantedKind};
use crate::board::Spot;

/// How large a defect shall be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Target {
    /// As near to `wanted` as `within` times it, and in any case from `min` to `max`. Metres.
    Metres {
        wanted: f64,
        min: f64,
        max: f64,
        within: f64,
    },
    /// One step of the lattice.
    Unit,
}

impl Target {
    /// Whether a defect of so many metres will do.
    pub(super) fn takes(self, size_m: f64) -> bool {
        match self {
            Self::Metres {
                wanted,
                min,
                max,
                within,
            } => {
                (min..=max).contains(&size_m)
                    && size_m <= wanted * within
                    && size_m * within >= wanted
            }
            Self::Unit => true,
        }
    }
}

/// What is wished for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    pub(super) kind: PlantedKind,
    pub(super) target: Target,
    /// Whether the grid gives ground up, and does not take its neighbour's.
    pub(super) inward: bool,
    /// Whether the vertex stays exactly on the border.
    pub(super) on_line: bool,
    /// A number from 0 up to 1 for what the wish leaves open.
    pub(super) chance: f64,
}

impl Wish {
    /// The direction across a border whose ring runs along `way`: the grid's ground is to its left.
    pub(super) fn across(&self, way: Spot) -> Spot {
        let left = way.direction().left();
        if self.inward { left } else { left * -1.0 }
    }

    /// The turn to the side that the defect lies on.
    pub(super) const fn side(&self) -> Turn {
        if self.inward { Turn::Left } else { Turn::Right }
    }
}

/// A vertex of a ring where a defect may be planted.
#[derive(Clone, Copy)]
pub(super) struct Site<'a> {
    pub(super) grids: &'a [Grid],
    pub(super) borders: &'a Borders<'a>,
    /// By grid: whether it has to do with another defect.
    pub(super) taken: &'a [bool],
    pub(super) ring: usize,
    pub(super) at: usize,
}

impl Site<'_> {
    /// `count` vertices from here on that are shared with one neighbour alone, which has nothing
    /// to do with another defect.
    pub(super) fn stretch(&self, count: usize) -> Option<Stretch> {
        self.borders
            .stretch(self.ring, self.at, count)
            .filter(|stretch| !self.taken[stretch.neighbour])
    }

    pub(super) fn code(&self, grid: usize) -> &Code {
        &self.grids[grid].unit.code
    }

    /// A defect with the ground between the two paths of a bend, if it lies on the wished side and
    /// stands alone there.
    pub(super) fn misfit(
        &self,
        wish: &Wish,
        stretch: &Stretch,
        bend: &Bend,
        place: Point,
        size_m: f64,
    ) -> Option<Draft> {
        let misfit = bend.misfit(self.borders)?;
        if misfit.missing != wish.inward {
            return None;
        }
        let mut defect = PlantedDefect::new(wish.kind, self.code(stretch.grid).clone(), place);
        defect.size_m = Some(rounded_m(size_m));
        defect.grids = self.both(stretch);
        defect.set_misfit(misfit);
        Some(Draft {
            edits: vec![(bend.ring(), bend.redrawn(self.borders)?)],
            copied: None,
            concerned: vec![stretch.grid, stretch.neighbour],
            defect,
        })
    }

    /// The codes on both sides of a stretch, in order.
    pub(super) fn both(&self, stretch: &Stretch) -> Vec<Code> {
        let mut codes = vec![
            self.code(stretch.grid).clone(),
            self.code(stretch.neighbour).clone(),
        ];
        codes.sort();
        codes
    }
}

/// A defect that can be planted, and what it changes.
pub(super) struct Draft {
    /// Rings by their place among all, and what takes their place.
    pub(super) edits: Vec<(usize, Ring)>,
    /// The grid to copy under the defect's code.
    pub(super) copied: Option<usize>,
    /// The grids that have to do with it: no other defect may have to do with them, or with their
    /// neighbours.
    pub(super) concerned: Vec<usize>,
    pub(super) defect: PlantedDefect,
}

/// The distance of two points on the ellipsoid, metres.
pub(super) fn distance_m(a: Point, b: Point) -> f64 {
    ellipsoid::distance_m(a, b)
}
