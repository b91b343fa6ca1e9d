//! Planted defects: seamless grids made wrong in known places, with the truth about each.

mod bend;
mod borders;
mod crossed;
mod defect;
mod draft;
mod files;
mod frame;
mod kind;
mod spec;
mod strip;
mod vertex;
mod width;

use rustc_hash::FxHashSet;
use wangge_model::{Code, Grid};
use wangge_plane::{Polygon, Ring, Shape};

use crate::GenerateError;
use crate::board::real;
use crate::dice::{Dice, Subject};
use borders::Borders;
use draft::{Draft, Site, Target, Wish};

pub use defect::{LackedVertex, PlantedDefect};
pub use kind::{PlantedKind, ReportKind};
pub use spec::{PlantSpec, Sizes};

/// Grids with planted defects, and the truth.
#[derive(Debug, Clone)]
pub struct Planted {
    /// The grids as they were given, in their order, with the defects in them; copies follow.
    pub grids: Vec<Grid>,
    /// The defects, by kind.
    pub truth: Vec<PlantedDefect>,
    /// What they were planted from.
    pub seed: u64,
    /// How large they were asked to be.
    pub sizes: Sizes,
}

/// Plants defects in seamless grids. The same grids, spec and seed give the same defects on every
/// machine.
///
/// Every defect but a duplicate lies on a border of exactly two grids, so far from its ends that
/// the touched edges and the edges beside these belong to the same two grids. A duplicate is of a
/// grid away from the rim. No two defects have a grid in common, and no grid of one is a neighbour
/// of a grid of another: each stands alone, and the truth is exact. All of that is checked with
/// exact predicates; a place that does not do is left for the next. Ground is missing or covered
/// twice, never both at one defect, but for the loop of a bow-tie.
///
/// The grids must be seamless, with every vertex of a border on both sides of it, as
/// [`city`](crate::city()) makes them. What is wrong before is not looked for.
///
/// # Errors
/// [`GenerateError::OutOfRange`] for sizes that make no defects, [`GenerateError::NoRoom`] when
/// the grids are too few for so many.
///
/// ```
/// use wangge_generate::{CitySpec, PlantSpec, city, plant};
///
/// let city = city(&CitySpec::sized(300)?, 1)?;
/// let planted = plant(&city.grids, &PlantSpec::each(1), 1)?;
/// assert_eq!(planted.truth.len(), 8);
/// // one of them is a duplicate
/// assert_eq!(planted.grids.len(), 301);
/// # Ok::<(), wangge_generate::GenerateError>(())
/// ```
pub fn plant(grids: &[Grid], spec: &PlantSpec, seed: u64) -> Result<Planted, GenerateError> {
    spec.check()?;
    let mut dice = Dice::new(seed, Subject::Planting);
    let wishes = wishes(spec, &mut dice);
    let mut planter = Planter {
        grids,
        borders: Borders::of(grids),
        codes: grids.iter().map(|grid| grid.unit.code.as_str()).collect(),
        taken: vec![false; grids.len()],
        dice,
        drafts: Vec::new(),
    };
    // a long stretch is hardest to find: strips choose first
    let (strips, others): (Vec<Wish>, Vec<Wish>) = wishes.into_iter().partition(|wish| {
        matches!(
            wish.kind,
            PlantedKind::NarrowGap | PlantedKind::NarrowOverlap
        )
    });
    for wish in strips.iter().chain(&others) {
        if !planter.grant(wish) {
            return Err(planter.no_room(spec, wish.kind));
        }
    }
    Ok(planter.planted(spec, seed))
}

/// What is wished for, one wish for each defect.
fn wishes(spec: &PlantSpec, dice: &mut Dice) -> Vec<Wish> {
    let mut wishes = Vec::new();
    for kind in PlantedKind::ALL {
        let count = spec.count(kind);
        let is_on_line = |place: usize| match kind {
            PlantedKind::ExtraVertex => place % 2 == 1,
            PlantedKind::DroppedVertex => place % 5 == 3,
            // no step of one unit leads along an edge that is not parallel to an axis
            PlantedKind::MovedVertex => place % 5 == 3 && spec.sizes() != Sizes::LatticeUnit,
            _ => false,
        };
        let sized = (0..count).filter(|&place| !is_on_line(place)).count();
        let mut nth = 0;
        for place in 0..count {
            let on_line = is_on_line(place);
            let unit = dice.unit();
            let share = if on_line {
                unit
            } else {
                nth += 1;
                spec::share_of(nth - 1, sized, unit)
            };
            let target = match spec.sizes() {
                Sizes::LatticeUnit => Target::Unit,
                Sizes::Metres { min_m, max_m } => Target::Metres {
                    wanted: spec::size_at(share, min_m, max_m),
                    min: min_m,
                    max: max_m,
                    within: f64::INFINITY,
                },
            };
            wishes.push(Wish {
                kind,
                target,
                inward: match kind {
                    PlantedKind::NarrowGap => true,
                    PlantedKind::NarrowOverlap => false,
                    // of two in a row one each way, whether vertices on the line stand between or not
                    _ => nth % 2 == 0,
                },
                on_line,
                chance: dice.unit(),
            });
        }
    }
    wishes
}

struct Planter<'a> {
    grids: &'a [Grid],
    borders: Borders<'a>,
    codes: FxHashSet<&'a str>,
    /// By grid: whether it has to do with a defect, or is the neighbour of one that has.
    taken: Vec<bool>,
    dice: Dice,
    drafts: Vec<Draft>,
}

impl Planter<'_> {
    /// Finds a place for a wish, the first of a random order that will do; `false` without any.
    fn grant(&mut self, wish: &Wish) -> bool {
        // first of nearly the wished size, then of any size that is allowed
        for closeness in [1.2, 2.0, f64::INFINITY] {
            let mut wish = *wish;
            if let Target::Metres { within, .. } = &mut wish.target {
                *within = closeness;
            }
            for grid in self.dice.order(self.grids.len()) {
                let start = self.dice.unit();
                if self.taken[grid] {
                    continue;
                }
                if let Some(draft) = self.try_grid(&wish, grid, start) {
                    self.take(draft);
                    return true;
                }
            }
        }
        false
    }

    /// A draft in one grid, tried from a share of the way around each of its rings on.
    fn try_grid(&self, wish: &Wish, grid: usize, start: f64) -> Option<Draft> {
        if wish.kind == PlantedKind::Duplicate {
            return self.duplicate(grid);
        }
        self.borders.rings_of(grid).find_map(|ring| {
            let length = self.borders.points(ring).len();
            let first = crate::board::count(start * real(length));
            (first..first + length).find_map(|at| {
                let site = Site {
                    grids: self.grids,
                    borders: &self.borders,
                    taken: &self.taken,
                    ring,
                    at: at % length,
                };
                match wish.kind {
                    _ if wish.on_line => vertex::on_line(&site, wish),
                    PlantedKind::DroppedVertex => vertex::dropped(&site, wish),
                    PlantedKind::MovedVertex => vertex::moved_across(&site, wish),
                    PlantedKind::ExtraVertex => vertex::extra_beside(&site, wish),
                    PlantedKind::NarrowGap | PlantedKind::NarrowOverlap => {
                        strip::strip(&site, wish)
                    }
                    PlantedKind::Spike => crossed::spike(&site, wish),
                    PlantedKind::BowTie => crossed::bow_tie(&site, wish),
                    PlantedKind::Duplicate => None,
                }
            })
        })
    }

    /// A copy of an inland grid under another code.
    fn duplicate(&self, grid: usize) -> Option<Draft> {
        let Grid { unit, shape } = &self.grids[grid];
        let code = Code::new(&format!("{}-copy", unit.code)).ok()?;
        if self.codes.contains(code.as_str()) || !self.borders.is_inland(grid) {
            return None;
        }
        let place = shape.parts()[0].shell().points()[0];
        let mut defect = PlantedDefect::new(PlantedKind::Duplicate, code.clone(), place);
        defect.grids = vec![unit.code.clone(), code];
        defect.grids.sort();
        defect.doubled_twice = shape.doubled_area();
        defect.expect = vec![ReportKind::DuplicateGrid];
        Some(Draft {
            edits: Vec::new(),
            copied: Some(grid),
            concerned: vec![grid],
            defect,
        })
    }

    fn take(&mut self, draft: Draft) {
        for &grid in &draft.concerned {
            self.taken[grid] = true;
            for neighbour in self.borders.neighbours(grid) {
                self.taken[neighbour] = true;
            }
        }
        self.drafts.push(draft);
    }

    fn no_room(&self, spec: &PlantSpec, kind: PlantedKind) -> GenerateError {
        let of_kind = |draft: &&Draft| draft.defect.kind == kind;
        GenerateError::NoRoom {
            kind: kind.as_str(),
            asked: spec.count(kind),
            planted: self.drafts.iter().filter(of_kind).count(),
            grids: self.grids.len(),
        }
    }

    fn planted(self, spec: &PlantSpec, seed: u64) -> Planted {
        let mut drafts = self.drafts;
        // stable: defects of one kind stay in the order of their wishes
        drafts.sort_by_key(|draft| draft.defect.kind);
        let mut grids = self.grids.to_vec();
        let mut truth = Vec::new();
        for (draft, number) in drafts.into_iter().zip(1..) {
            let mut defect = draft.defect;
            defect.number = number;
            for (ring, drawn) in draft.edits {
                let grid = self.borders.grid_of(ring);
                let first = self.borders.rings_of(grid).start;
                let Grid { unit, shape } = &mut grids[grid];
                *shape = with_ring(shape, ring - first, &drawn);
                unit.area_m2 = unit.area_m2.map(|_| shape.area_m2().round());
            }
            if let Some(original) = draft.copied {
                let mut copy = self.grids[original].clone();
                copy.unit.code = defect.grid.clone();
                grids.push(copy);
            }
            truth.push(defect);
        }
        Planted {
            grids,
            truth,
            seed,
            sizes: spec.sizes(),
        }
    }
}

/// A shape with one of its rings, counted as [`Shape::rings`] does, replaced.
fn with_ring(shape: &Shape, place: usize, drawn: &Ring) -> Shape {
    let mut number = 0;
    let mut chosen = |ring: &Ring| {
        number += 1;
        if number == place + 1 { drawn } else { ring }.clone()
    };
    let parts = shape
        .parts()
        .iter()
        .map(|part| {
            let shell = chosen(part.shell());
            Polygon::new(shell, part.holes().iter().map(&mut chosen).collect())
        })
        .collect();
    Shape::new(parts).unwrap_or_else(|| unreachable!("a shape has a part"))
}
