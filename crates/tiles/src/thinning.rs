//! From which zoom on each thing is shown.

use rustc_hash::FxHashMap;
use wangge_plane::{Figure, Point};

use crate::figures::extent_on;
use crate::mercator::World;
use crate::{BaseContent, ComponentContent, MAX_ZOOM, Shift};

/// The side of the squares of which each shows one component, units: 16 pixels.
const SQUARE: i32 = 128;

/// From the zoom on where no tile has more components than this, all are shown.
const ALL_FIT: usize = 4096;

/// How large a thing of the base map must be to be shown, units: 16 pixels.
const VISIBLE: i64 = 128;

/// The first zoom that shows each component.
///
/// All are shown from the zoom on where no tile has more than 4096 of them, and at the finest
/// zoom. Before, each square of 16 pixels shows the one whose feature id is the least. So one that
/// is shown stays when the map is enlarged.
pub(crate) fn of_components(components: &[ComponentContent], shift: Shift) -> Vec<u8> {
    let middles: Vec<Point> = components.iter().map(|c| c.figure.middle()).collect();
    let all_from = (0..MAX_ZOOM)
        .find(|&zoom| most_in_a_tile(World::of(zoom, shift), &middles) <= ALL_FIT)
        .unwrap_or(MAX_ZOOM);
    let mut first_zoom = vec![all_from; components.len()];
    for zoom in 0..all_from {
        let world = World::of(zoom, shift);
        let mut least: FxHashMap<(i32, i32), usize> = FxHashMap::default();
        for (at, middle) in middles.iter().enumerate() {
            let Some(p) = world.point(*middle) else {
                continue;
            };
            let square = (p.x().div_euclid(SQUARE), p.y().div_euclid(SQUARE));
            let held = least.entry(square).or_insert(at);
            if components[at].id < components[*held].id {
                *held = at;
            }
        }
        for at in least.into_values() {
            first_zoom[at] = first_zoom[at].min(zoom);
        }
    }
    first_zoom
}

fn most_in_a_tile(world: World, middles: &[Point]) -> usize {
    let mut counts: FxHashMap<_, usize> = FxHashMap::default();
    let tiles = middles
        .iter()
        .filter_map(|&p| world.tile_of(world.point(p)?));
    for tile in tiles {
        *counts.entry(tile).or_default() += 1;
    }
    counts.into_values().max().unwrap_or(0)
}

/// The first zoom that shows each thing of the base map: where it is 16 pixels from end to end.
pub(crate) fn of_base(base: &[BaseContent], shift: Shift) -> Vec<u8> {
    // each zoom is twice as large as the one before
    let world = World::of(MAX_ZOOM, shift);
    base.iter()
        .map(|thing| {
            if matches!(thing.figure, Figure::Point(_)) {
                return MAX_ZOOM;
            }
            let Some(extent) = extent_on(world, &thing.figure) else {
                return MAX_ZOOM;
            };
            let (low, high) = (extent.min(), extent.max());
            let width = i64::from(high.x()) - i64::from(low.x());
            let height = i64::from(high.y()) - i64::from(low.y());
            let across = width.max(height);
            (0..MAX_ZOOM)
                .find(|zoom| across >> (MAX_ZOOM - zoom) >= VISIBLE)
                .unwrap_or(MAX_ZOOM)
        })
        .collect()
}
