//! The units of all levels on all zooms: which level is shown from where, drawn once for each zoom.

use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use wangge_coverage::{Coverage, Member, Owner, Tolerance, inscribed_circle};
use wangge_plane::{Extent, Figure, Point};

use crate::apart::apart;
use crate::drawing::{Border, Drawing};
use crate::figures::DETAIL;
use crate::labels::{Grounds, Label};
use crate::made::Made;
use crate::mercator::World;
use crate::{LevelContent, MAX_ZOOM, Shift, TileAddress};

/// The top level is shown from the zoom on where its units are so large on average, square units:
/// a pixel.
const TOP_AREA: f64 = 8.0 * 8.0;

/// The others are shown from the zoom on where their units are so large: 8 pixels by 8.
const MEAN_AREA: f64 = 64.0 * 64.0;

/// Of so many units of a level, one may come to nothing where the level is shown first.
const ONE_OF: usize = 200;

/// A tile shows no more edges than this; where it would, vertices are left out.
const MOST_EDGES: usize = 60_000;

/// Coarser than this, units, nothing is drawn.
const COARSEST: f64 = 1024.0;

/// The units of a city on the map.
#[derive(Debug)]
pub(crate) struct Units {
    levels: Vec<Level>,
    shift: Shift,
    plan: Made<Plan>,
    zooms: Vec<Made<Arc<Drawing>>>,
    /// For each zoom the labels in each tile.
    placed: Vec<Made<FxHashMap<TileAddress, Vec<Label>>>>,
}

/// One level on its own.
#[derive(Debug)]
struct Level {
    /// Seamless; the owners' order is that of codes.
    coverage: Arc<Coverage>,
    /// The unit of each owner, as its place among the level's units.
    unit: Vec<u32>,
    /// For each level above this one, the place of the unit that each owner lies in.
    above: Vec<Vec<u32>>,
    /// Square metres of the average unit.
    mean_m2: f64,
    /// Where the label of each owner stands.
    labels: Made<Vec<Point>>,
}

/// Which level is shown from which zoom.
#[derive(Debug)]
struct Plan {
    first_zoom: Vec<u8>,
    tried: FxHashMap<(u8, usize), Arc<Drawing>>,
}

impl Units {
    /// The units of these levels, top to bottom; the coverage is the lowest level's.
    pub(crate) fn of(coverage: &Arc<Coverage>, contents: &[LevelContent], shift: Shift) -> Self {
        let levels = apart(|| {
            let levels = (0..contents.len()).filter_map(|at| Level::of(coverage, contents, at));
            levels.collect()
        });
        Self {
            levels,
            shift,
            plan: Made::default(),
            zooms: (0..=MAX_ZOOM).map(|_| Made::default()).collect(),
            placed: (0..=MAX_ZOOM).map(|_| Made::default()).collect(),
        }
    }

    /// The first zoom that shows a level.
    pub(crate) fn first_zoom(&self, level: usize) -> u8 {
        self.plan().first_zoom[level]
    }

    /// The lowest level that a zoom shows; `None` where it shows none.
    pub(crate) fn lowest_at(&self, zoom: u8) -> Option<usize> {
        let mut levels = self.plan().first_zoom.iter();
        levels.rposition(|&first| first <= zoom)
    }

    /// The unit of an owner of a zoom's drawing on a level, as its place among that level's units.
    pub(crate) fn unit(&self, lowest: usize, owner: u32, level: usize) -> u32 {
        let of = &self.levels[lowest];
        let units = of.above.get(level).unwrap_or(&of.unit);
        units[owner as usize]
    }

    /// Where the label of each unit of a level would best stand, by owner, and the unit.
    fn labels(&self, level: usize) -> impl Iterator<Item = (u32, Point)> + '_ {
        let level = &self.levels[level];
        let points = level
            .labels
            .get_or_make(|| apart(|| labels_of(&level.coverage)));
        level.unit.iter().copied().zip(points.iter().copied())
    }

    /// The labels of all levels that a zoom shows, by tile.
    pub(crate) fn placed(&self, zoom: u8) -> &FxHashMap<TileAddress, Vec<Label>> {
        self.placed[usize::from(zoom)].get_or_make(|| {
            let world = World::of(zoom, self.shift);
            let mut placed: FxHashMap<TileAddress, Vec<Label>> = FxHashMap::default();
            let Some((lowest, drawing)) = self.at(zoom) else {
                return placed;
            };
            let wished: Vec<Vec<(u32, Point)>> = (0..=lowest)
                .map(|level| {
                    let labels = self.labels(level);
                    let on_map = labels.filter_map(|(unit, at)| Some((unit, world.point(at)?)));
                    on_map.collect()
                })
                .collect();
            let stand = |level: usize, wished: &[(u32, Point)]| -> Vec<Label> {
                let unit_of = |owner| self.unit(lowest, owner, level);
                let grounds = Grounds::of(drawing.edges(), unit_of);
                let labels = wished.par_iter().map(|&(unit, wished)| {
                    let at = grounds.stand(unit, wished);
                    Label { level, unit, at }
                });
                labels.collect()
            };
            let levels: Vec<Vec<Label>> = apart(|| {
                let levels = wished.par_iter().enumerate();
                levels.map(|(level, wished)| stand(level, wished)).collect()
            });
            for label in levels.into_iter().flatten() {
                if let Some(tile) = world.tile_of(label.at) {
                    placed.entry(tile).or_default().push(label);
                }
            }
            placed
        })
    }

    /// The lowest level that a zoom shows and its drawing, which has all borders of those above;
    /// `None` where it shows none.
    pub(crate) fn at(&self, zoom: u8) -> Option<(usize, &Drawing)> {
        let lowest = self.lowest_at(zoom)?;
        let drawing = self.zooms[usize::from(zoom)].get_or_make(|| {
            let tried = self.plan().tried.get(&(zoom, lowest));
            tried.map_or_else(|| Arc::new(apart(|| self.draw(zoom, lowest))), Arc::clone)
        });
        Some((lowest, drawing))
    }

    /// The box around everything, degrees.
    pub(crate) fn extent(&self) -> Option<Extent> {
        let top = self.levels.first()?;
        Extent::of(
            top.coverage
                .arcs()
                .iter()
                .filter(|arc| arc.left().is_none() || arc.right().is_none())
                .flat_map(|arc| arc.points().iter().copied()),
        )
    }

    fn plan(&self) -> &Plan {
        self.plan.get_or_make(|| {
            let mut tried = FxHashMap::default();
            let mut first_zoom: Vec<u8> = Vec::with_capacity(self.levels.len());
            for (at, level) in self.levels.iter().enumerate() {
                let above = first_zoom.last().copied();
                let least = above.map_or(TOP_AREA, |_| MEAN_AREA);
                let from = (above.unwrap_or(0)..MAX_ZOOM).find(|&zoom| {
                    if level.mean_area(self.world(zoom)) < least {
                        return false;
                    }
                    let drawing = Arc::new(apart(|| self.draw(zoom, at)));
                    let vanished = drawing.triangles().len();
                    tried.insert((zoom, at), drawing);
                    vanished * ONE_OF <= level.unit.len()
                });
                first_zoom.push(from.unwrap_or(MAX_ZOOM));
            }
            Plan { first_zoom, tried }
        })
    }

    const fn world(&self, zoom: u8) -> World {
        World::of(zoom, self.shift)
    }

    /// Draws a level on a zoom: every bend on the finest one, otherwise those that are seen, and
    /// fewer where a tile would show too much.
    fn draw(&self, zoom: u8, level: usize) -> Drawing {
        let (world, level) = (self.world(zoom), &self.levels[level]);
        let unit_m = world.unit_m(level.latitude());
        let mut detail = if zoom == MAX_ZOOM { 0.0 } else { DETAIL };
        loop {
            let fewer = Tolerance::of_metres(detail * unit_m)
                .filter(|_| detail > 0.0)
                .map(|tolerance| level.coverage.simplify(tolerance).coverage);
            let drawing = draw_borders(world, fewer.as_ref().unwrap_or(&level.coverage));
            if drawing.most_edges() <= MOST_EDGES || detail > COARSEST {
                return drawing;
            }
            detail = (2.0 * detail).max(DETAIL);
        }
    }
}

impl Level {
    fn of(lowest: &Arc<Coverage>, contents: &[LevelContent], at: usize) -> Option<Self> {
        let content = &contents[at];
        let (coverage, unit, first) = if at + 1 == contents.len() {
            let all: Vec<u32> = (0u32..).take(lowest.owners()).collect();
            (Arc::clone(lowest), content.unit_of.clone(), all)
        } else {
            dissolved(lowest, content)?
        };
        let above = contents[..at]
            .iter()
            .map(|upper| {
                first
                    .iter()
                    .map(|&owner| upper.unit_of[owner as usize])
                    .collect()
            })
            .collect();
        let areas = unit
            .iter()
            .map(|&unit| content.units[unit as usize].area_m2);
        #[expect(clippy::cast_precision_loss, reason = "a count of units")]
        let mean_m2 = areas.sum::<f64>() / unit.len().max(1) as f64;
        Some(Self {
            coverage,
            unit,
            above,
            mean_m2,
            labels: Made::default(),
        })
    }

    /// A latitude in the midst of it, degrees.
    fn latitude(&self) -> f64 {
        let arcs = self.coverage.arcs();
        let extent = Extent::of(arcs.iter().filter_map(|arc| arc.points().first().copied()));
        extent.map_or(0.0, |extent| {
            extent.min().lat().midpoint(extent.max().lat())
        })
    }

    /// Square units of the average unit.
    fn mean_area(&self, world: World) -> f64 {
        let unit_m = world.unit_m(self.latitude());
        self.mean_m2 / (unit_m * unit_m)
    }
}

fn draw_borders(world: World, coverage: &Coverage) -> Drawing {
    let side = |owner: Option<Owner>| owner.map(|Owner(owner)| owner);
    let borders: Vec<Border<'_>> = coverage
        .arcs()
        .iter()
        .map(|arc| Border {
            points: arc.points(),
            left: side(arc.left()),
            right: side(arc.right()),
        })
        .collect();
    Drawing::of(world, &borders, coverage.owners())
}

/// The coverage of an upper level: for each of its owners the unit, and the first owner of the lowest
/// level that lies in it. `None` where the level has no ground.
fn dissolved(
    lowest: &Coverage,
    content: &LevelContent,
) -> Option<(Arc<Coverage>, Vec<u32>, Vec<u32>)> {
    let shapes = lowest.dissolve(&content.unit_of, content.units.len());
    let members: Vec<Member<'_>> = content
        .units
        .iter()
        .zip(&shapes)
        .filter_map(|(unit, shape)| {
            let code = &unit.code;
            shape.as_ref().map(|shape| Member { code, shape })
        })
        .collect();
    // what a seamless coverage dissolves to covers no more and nothing twice
    let coverage = Coverage::build_around_gaps(&members).ok()?;
    let places: FxHashMap<&str, u32> = (0u32..)
        .zip(&content.units)
        .map(|(place, unit)| (&*unit.code, place))
        .collect();
    let unit: Vec<u32> = (0u32..)
        .take(coverage.owners())
        .map(|owner| places[coverage.code(Owner(owner))])
        .collect();
    let mut first: FxHashMap<u32, u32> = FxHashMap::default();
    for (owner, &unit) in (0u32..).zip(&content.unit_of) {
        first.entry(unit).or_insert(owner);
    }
    let first = unit.iter().map(|unit| first[unit]).collect();
    Some((Arc::new(coverage), unit, first))
}

/// The middle of the largest circle in the largest part of each unit: the circle of its widest part.
fn labels_of(coverage: &Coverage) -> Vec<Point> {
    (0u32..)
        .take(coverage.owners())
        .collect::<Vec<u32>>()
        .into_par_iter()
        .map(|owner| {
            let shape = coverage.shape(Owner(owner));
            let circles = shape.parts().iter().filter_map(inscribed_circle);
            let widest = circles.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
            widest.map_or_else(|| Figure::Area(shape).middle(), |(middle, _)| middle)
        })
        .collect()
}
