//! Things that stand for themselves: each drawn on its own, found by tile.

use geo::SimplifyVwIdx;
use geo_types::LineString;
use rustc_hash::FxHashMap;
use wangge_arrange::FinePoint;
use wangge_plane::{Extent, Figure, Point, Polygon, Ring, Shape};

use crate::apart::apart;
use crate::drawing::{Border, Drawing};
use crate::made::Made;
use crate::mercator::{Window, World};
use crate::{MAX_ZOOM, TileAddress};

/// The smallest bend that is drawn below the finest zoom: a square of so many units' side has as much
/// area. Eight units are a pixel.
pub(crate) const DETAIL: f64 = 4.0;

/// Areas with more vertices than this are drawn once for each zoom and kept.
const MANY: usize = 128;

/// What of a thing is in a tile's window.
#[derive(Debug)]
pub(crate) enum Piece {
    Point(Point),
    Lines(Vec<Vec<Point>>),
    Ground(Vec<Polygon>),
}

/// Many things of one layer.
#[derive(Debug)]
pub(crate) struct Figures {
    /// The first zoom at which each is shown.
    first_zoom: Vec<u8>,
    zooms: Vec<Made<AtZoom>>,
}

#[derive(Debug)]
struct AtZoom {
    /// The things that a tile shows, by column and row, in order.
    by_tile: FxHashMap<(u32, u32), Vec<u32>>,
    /// The drawings of large areas.
    drawings: FxHashMap<u32, Made<Drawing>>,
}

impl Figures {
    pub(crate) fn of(first_zoom: Vec<u8>) -> Self {
        Self {
            first_zoom,
            zooms: (0..=MAX_ZOOM).map(|_| Made::default()).collect(),
        }
    }

    /// The first zoom that shows anything.
    pub(crate) fn min_zoom(&self) -> Option<u8> {
        self.first_zoom.iter().copied().min()
    }

    /// What a tile shows, in order. `figure` tells the place of each thing.
    pub(crate) fn shown<'a>(
        &self,
        world: World,
        tile: TileAddress,
        figure: impl Fn(u32) -> &'a Figure,
    ) -> Vec<(u32, Piece)> {
        let zoom = self.zooms[usize::from(tile.z())].get_or_make(|| self.at(world, &figure));
        let window = world.window(tile);
        let places = zoom.by_tile.get(&(tile.x(), tile.y()));
        let pieces = places.into_iter().flatten().filter_map(|&at| {
            let piece = match figure(at) {
                Figure::Point(point) => Piece::Point(world.point(*point)?),
                Figure::Line(line) => {
                    let parts = line.parts().flat_map(|part| lines_in(world, window, part));
                    let lines: Vec<_> = parts.collect();
                    (!lines.is_empty()).then_some(Piece::Lines(lines))?
                }
                Figure::Area(shape) => {
                    let ground = match zoom.drawings.get(&at) {
                        Some(kept) => {
                            let drawn = || apart(|| drawn(world, shape));
                            ground_in(kept.get_or_make(drawn), tile)
                        }
                        None => ground_in(&drawn(world, shape), tile),
                    };
                    (!ground.is_empty()).then_some(Piece::Ground(ground))?
                }
            };
            Some((at, piece))
        });
        pieces.collect()
    }

    fn at<'a>(&self, world: World, figure: &impl Fn(u32) -> &'a Figure) -> AtZoom {
        let mut by_tile: FxHashMap<(u32, u32), Vec<u32>> = FxHashMap::default();
        let mut drawings = FxHashMap::default();
        for (at, &first) in (0u32..).zip(&self.first_zoom) {
            if first > world.zoom() {
                continue;
            }
            let figure = figure(at);
            let Some(extent) = extent_on(world, figure) else {
                continue;
            };
            for tile in world.tiles_meeting(extent.min(), extent.max()) {
                by_tile.entry(tile).or_default().push(at);
            }
            if let Figure::Area(shape) = figure
                && shape.segments().nth(MANY).is_some()
            {
                drawings.insert(at, Made::default());
            }
        }
        AtZoom { by_tile, drawings }
    }
}

/// The box around a thing on a map.
pub(crate) fn extent_on(world: World, figure: &Figure) -> Option<Extent> {
    match figure {
        Figure::Point(point) => Extent::of(world.point(*point)),
        Figure::Line(line) => Extent::of(line.parts().flatten().filter_map(|&p| world.point(p))),
        Figure::Area(shape) => {
            let shells = shape.parts().iter().map(Polygon::shell);
            let points = shells.flat_map(Ring::points);
            Extent::of(points.filter_map(|&p| world.point(p)))
        }
    }
}

/// The parts of a line that are in a window.
fn lines_in(world: World, window: Window, line: &[Point]) -> Vec<Vec<Point>> {
    let path = world.path(&simplified(world, line));
    let mut points: Vec<Point> = path.into_iter().filter_map(FinePoint::pixel).collect();
    points.dedup();
    let mut parts: Vec<Vec<Point>> = Vec::new();
    let mut is_going_on = false;
    for ends in points.windows(2) {
        let is_shown = window.holds(ends[0])
            && window.holds(ends[1])
            && !window.has_along_side(ends[0], ends[1]);
        match parts.last_mut() {
            Some(part) if is_shown && is_going_on => part.push(ends[1]),
            _ if is_shown => parts.push(ends.to_vec()),
            _ => {}
        }
        is_going_on = is_shown;
    }
    parts
}

fn ground_in(drawing: &Drawing, tile: TileAddress) -> Vec<Polygon> {
    let shown = drawing.shown(tile);
    shown.ground(|owner| owner).remove(&0).unwrap_or_default()
}

/// One area alone on a map.
fn drawn(world: World, shape: &Shape) -> Drawing {
    let rings: Vec<Vec<Point>> = shape
        .rings()
        .map(|ring| closed(ring, |points| simplified(world, points)))
        .collect();
    let borders: Vec<Border<'_>> = rings
        .iter()
        .map(|ring| Border {
            points: ring,
            left: Some(0),
            right: None,
        })
        .collect();
    Drawing::of(world, &borders, 1)
}

/// A ring with its first point at its end again, with fewer vertices where that leaves a ring.
fn closed(ring: &Ring, fewer: impl Fn(&[Point]) -> Vec<Point>) -> Vec<Point> {
    let mut points = ring.points().to_vec();
    points.extend(ring.points().first());
    let less = fewer(&points);
    if less.len() < 4 { points } else { less }
}

/// A path without the bends that its map does not show.
fn simplified(world: World, points: &[Point]) -> Vec<Point> {
    if world.zoom() == MAX_ZOOM || points.len() < 3 {
        return points.to_vec();
    }
    let places = points.iter().map(|p| world.place(p.lon(), p.lat()));
    let line: LineString<f64> = places.collect();
    let kept = line.simplify_vw_idx(DETAIL * DETAIL);
    kept.into_iter().map(|at| points[at]).collect()
}
