//! What is known of the ground that changes: who lives there, what stands there, and what the grids
//! measure before and after.

use std::collections::{BTreeSet, HashMap};
use std::f64::consts::PI;

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use wangge_model::{Dwelling, SizeRange};
use wangge_plane::{Point, Shape, ellipsoid};
use wangge_replan::ChangeKind;
use wangge_report::{CountedBy, DiffEvidence, GridMeasure, MeasuredGrid, PieceEvidence};

use super::duties::Duties;
use super::located::Located;
use super::{Beside, Comparison, PlanGrid};
use crate::streets::Streets;

/// An old grid and a new one, by their places; `None` is outside all that changed.
type Pair = (Option<u32>, Option<u32>);

/// Households and people.
#[derive(Debug, Clone, Copy, Default)]
struct Lived {
    households: f64,
    population: f64,
}

/// Where points lie in both plans.
pub(super) struct Both<'a> {
    pub(super) old: Located<'a>,
    pub(super) new: Located<'a>,
}

impl<'a> Both<'a> {
    pub(super) fn of(comparison: &'a Comparison) -> Self {
        Self {
            old: Located::of(&comparison.old.grids),
            new: Located::of(&comparison.new.grids),
        }
    }

    pub(super) fn at(&self, point: Point) -> Pair {
        (self.old.at(point), self.new.at(point))
    }
}

/// What points say: of pairs, and of the grids of both plans.
#[derive(Default)]
struct Tally {
    pairs: FxHashMap<Pair, Lived>,
    old: FxHashMap<u32, Lived>,
    new: FxHashMap<u32, Lived>,
}

impl Comparison {
    /// What is known of the pieces and of the grids that change.
    pub fn evidence(&self, beside: &Beside) -> DiffEvidence {
        let both = Both::of(self);
        let lived = self.lived(&both, &beside.dwellings);
        let standing = self.standing(&both, beside);
        let has_people = beside.dwellings.iter().any(|d| d.population.is_some());
        let has_points = !beside.dwellings.is_empty();
        let Duties { departments, posts } = Duties::of(self);
        let pieces: Vec<PieceEvidence> = self
            .diff
            .pieces
            .iter()
            .zip(departments)
            .zip(posts)
            .map(|((piece, departments), posts)| {
                let pair = (piece.old, piece.new);
                let counted = lived.pairs.get(&pair).copied().unwrap_or_default();
                let share = |record: fn(&PlanGrid) -> Option<u32>| {
                    let grid = &self.old.grids[piece.old? as usize];
                    let share = piece.area_m2 / grid.shape.area_m2();
                    Some((f64::from(record(grid)?) * share, CountedBy::Area))
                };
                PieceEvidence {
                    households: if has_points {
                        Some((counted.households, CountedBy::Points))
                    } else {
                        share(|grid| grid.households)
                    },
                    population: if has_people {
                        Some((counted.population, CountedBy::Points))
                    } else {
                        share(|grid| grid.population)
                    },
                    components: beside
                        .components
                        .as_ref()
                        .map(|_| standing.pairs.get(&pair).cloned().unwrap_or_default()),
                    departments,
                    posts,
                }
            })
            .collect();
        let measures = Measures {
            comparison: self,
            beside,
            streets: Streets::of(&beside.streets),
            lived: &lived,
            standing: &standing,
            pieces: &pieces,
            has_points,
            has_people,
        };
        let grids = measures.all();
        DiffEvidence { pieces, grids }
    }

    fn lived(&self, both: &Both<'_>, dwellings: &[Dwelling]) -> Tally {
        let changed = Changed::of(self);
        let placed: Vec<Pair> = dwellings
            .par_iter()
            .map(|dwelling| both.at(dwelling.figure.middle()))
            .collect();
        let mut tally = Tally::default();
        for (dwelling, pair) in dwellings.iter().zip(placed) {
            // an address that does not say how many is one household
            let households = match dwelling.households {
                Some(count) => f64::from(count),
                None => 1.0,
            };
            let add = |lived: &mut Lived| {
                lived.households += households;
                lived.population += dwelling.population.map_or(0.0, f64::from);
            };
            add(tally.pairs.entry(changed.pair(pair)).or_default());
            if let Some(old) = pair.0 {
                add(tally.old.entry(old).or_default());
            }
            if let Some(new) = pair.1 {
                add(tally.new.entry(new).or_default());
            }
        }
        tally
    }

    fn standing(&self, both: &Both<'_>, beside: &Beside) -> Stood {
        let changed = Changed::of(self);
        let components = beside.components.as_deref().unwrap_or_default();
        let placed: Vec<Pair> = components.par_iter().map(|it| both.at(it.at)).collect();
        let mut stood = Stood::default();
        for (component, pair) in components.iter().zip(placed) {
            let there = stood.pairs.entry(changed.pair(pair)).or_default();
            there.push(component.code.clone());
            if let Some(old) = pair.0 {
                *stood.old.entry(old).or_default() += 1;
            }
            if let Some(new) = pair.1 {
                *stood.new.entry(new).or_default() += 1;
            }
        }
        for codes in stood.pairs.values_mut() {
            codes.sort_unstable();
        }
        stood
    }
}

/// Components: their codes by pair, and how many by grid.
#[derive(Default)]
struct Stood {
    pairs: FxHashMap<Pair, Vec<String>>,
    old: FxHashMap<u32, usize>,
    new: FxHashMap<u32, usize>,
}

/// Which grids changed: pieces know no others.
struct Changed {
    old: Vec<bool>,
    new: Vec<bool>,
}

impl Changed {
    fn of(comparison: &Comparison) -> Self {
        let mut old = vec![true; comparison.old.grids.len()];
        let mut new = vec![true; comparison.new.grids.len()];
        for &(o, n) in &comparison.diff.unchanged {
            old[o as usize] = false;
            new[n as usize] = false;
        }
        Self { old, new }
    }

    fn pair(&self, (old, new): Pair) -> Pair {
        (
            old.filter(|&at| self.old[at as usize]),
            new.filter(|&at| self.new[at as usize]),
        )
    }
}

struct Measures<'a> {
    comparison: &'a Comparison,
    beside: &'a Beside,
    streets: Streets,
    lived: &'a Tally,
    standing: &'a Stood,
    pieces: &'a [PieceEvidence],
    has_points: bool,
    has_people: bool,
}

impl Measures<'_> {
    /// Every grid that has a part in a change that is more than a border drawn anew, by code.
    fn all(&self) -> Vec<MeasuredGrid> {
        let comparison = self.comparison;
        let (old, new) = (&comparison.old.grids, &comparison.new.grids);
        let mut changed: BTreeSet<&str> = BTreeSet::new();
        for change in &comparison.diff.changes {
            if change.kind != ChangeKind::Redigitised {
                changed.extend(change.old.iter().map(|&at| old[at as usize].code.as_str()));
                changed.extend(change.new.iter().map(|&at| new[at as usize].code.as_str()));
            }
        }
        // what a grid gained or gave up names one side of it only
        let (in_old, in_new) = (codes(old), codes(new));
        changed
            .into_iter()
            .map(|code| MeasuredGrid {
                code: code.to_owned(),
                old: in_old.get(code).map(|&at| self.old_grid(at)),
                new: in_new.get(code).map(|&at| self.new_grid(at)),
            })
            .collect()
    }

    fn old_grid(&self, at: u32) -> GridMeasure {
        let grid = &self.comparison.old.grids[at as usize];
        let counted = self.lived.old.get(&at).copied().unwrap_or_default();
        let components = self.standing.old.get(&at).copied();
        let households = self.has_points.then_some(counted.households);
        let population = self.has_people.then_some(counted.population);
        self.measure(
            grid,
            households.or(grid.households.map(f64::from)),
            population.or(grid.population.map(f64::from)),
            components,
        )
    }

    fn new_grid(&self, at: u32) -> GridMeasure {
        let grid = &self.comparison.new.grids[at as usize];
        let counted = self.lived.new.get(&at).copied().unwrap_or_default();
        let components = self.standing.new.get(&at).copied();
        let households = self.has_points.then_some(counted.households);
        let population = self.has_people.then_some(counted.population);
        let shares = |of: fn(&PieceEvidence) -> Option<f64>| {
            let pieces = self.comparison.diff.pieces.iter().zip(self.pieces);
            let own = pieces.filter(|(piece, _)| piece.new == Some(at));
            own.filter_map(|(_, known)| of(known)).reduce(|a, b| a + b)
        };
        self.measure(
            grid,
            households
                .or(grid.households.map(f64::from))
                .or_else(|| shares(|known| known.households.map(|(count, _)| count))),
            population
                .or(grid.population.map(f64::from))
                .or_else(|| shares(|known| known.population.map(|(count, _)| count))),
            components,
        )
    }

    fn measure(
        &self,
        grid: &PlanGrid,
        households: Option<f64>,
        population: Option<f64>,
        components: Option<usize>,
    ) -> GridMeasure {
        let area_m2 = grid.shape.area_m2();
        let perimeter_m = perimeter_m(&grid.shape);
        let mut outside_limits = Vec::new();
        if let Some(limits) = &self.beside.limits {
            let is_outside = |count: Option<f64>, range: Option<SizeRange>| {
                count.zip(range).is_some_and(|(count, range)| {
                    count < f64::from(range.low()) || count > f64::from(range.high())
                })
            };
            if is_outside(households, limits.households) {
                outside_limits.push("households");
            }
            if is_outside(population, limits.population) {
                outside_limits.push("population");
            }
        }
        let has_components = self.beside.components.is_some();
        GridMeasure {
            area_m2,
            compactness: 4.0 * PI * area_m2 / (perimeter_m * perimeter_m),
            households,
            population,
            outside_limits,
            components: has_components.then(|| components.unwrap_or(0)),
            street_border_m: (!self.streets.is_empty()).then(|| self.street_border_m(&grid.shape)),
        }
    }

    fn street_border_m(&self, shape: &Shape) -> f64 {
        let mut lengths: FxHashMap<u32, f64> = FxHashMap::default();
        for ring in shape.rings() {
            let points = ring.points();
            let closed: Vec<Point> = points.iter().chain(points.first()).copied().collect();
            self.streets.along(&closed, &mut lengths);
        }
        let mut lengths: Vec<(u32, f64)> = lengths.into_iter().collect();
        // in order, so that the sum is the same in every run
        lengths.sort_unstable_by_key(|(street, _)| *street);
        lengths.iter().map(|(_, length_m)| length_m).sum()
    }
}

fn codes(grids: &[PlanGrid]) -> HashMap<&str, u32> {
    grids
        .iter()
        .map(|grid| grid.code.as_str())
        .zip(0u32..)
        .collect()
}

fn perimeter_m(shape: &Shape) -> f64 {
    shape
        .segments()
        .map(|edge| ellipsoid::distance_m(edge.start(), edge.end()))
        .sum()
}
