//! What one tile shows, found without looking at its neighbours.

use rustc_hash::FxHashMap;
use wangge_plane::{Segment, winding_nudged};

use super::ground::LayerGround;
use super::lines::drawn_twice;
use super::rings::UnitRings;
use super::tile::{EXTENT, Label, Tile};
use crate::TileAddress;

/// What one tile shows.
#[derive(Debug)]
pub(super) struct Findings {
    pub(super) tile: TileAddress,
    pub(super) bytes: u64,
    pub(super) vertices: u64,
    pub(super) layers: Vec<LayerGround>,
    pub(super) labels: Vec<PlacedLabel>,
    pub(super) borders_twice: Vec<Segment>,
    pub(super) unreadable: Vec<(String, String)>,
}

/// A label, and whether it lies where it should.
#[derive(Debug)]
pub(super) struct PlacedLabel {
    pub(super) label: Label,
    pub(super) is_astray: bool,
}

impl Findings {
    pub(super) fn of(address: TileAddress, bytes: &[u8]) -> Self {
        let tile = Tile::read(bytes);
        let mut grounds: FxHashMap<(String, String), Vec<Segment>> = FxHashMap::default();
        let labels = tile
            .labels
            .into_iter()
            .map(|label| {
                let layer = format!("grid_{}", label.level);
                let edges = grounds
                    .entry((layer, label.code.clone()))
                    .or_insert_with_key(|(layer, code)| {
                        let layers = tile.grids.iter().filter(|grid| grid.name == *layer);
                        let units = layers.flat_map(|grid| &grid.units);
                        let units = units.filter(|unit| unit.code == *code);
                        units.flat_map(|unit| UnitRings::of(unit).edges).collect()
                    });
                PlacedLabel {
                    is_astray: is_astray(&label, edges),
                    label,
                }
            })
            .collect();
        Self {
            tile: address,
            bytes: bytes.len() as u64,
            vertices: tile.vertices,
            layers: tile.grids.iter().map(LayerGround::of).collect(),
            labels,
            borders_twice: drawn_twice(&tile.borders),
            unreadable: tile.unreadable,
        }
    }

    /// A tile that could not even be fetched.
    pub(super) fn unreadable(tile: TileAddress, what: String) -> Self {
        Self {
            tile,
            bytes: 0,
            vertices: 0,
            layers: Vec::new(),
            labels: Vec::new(),
            borders_twice: Vec::new(),
            unreadable: vec![(String::new(), what)],
        }
    }
}

fn is_astray(label: &Label, ground: &[Segment]) -> bool {
    let at = label.at;
    let in_tile = (0..=EXTENT).contains(&at.x()) && (0..=EXTENT).contains(&at.y());
    let on_ground =
        winding_nudged(ground.iter().copied(), at) > 0 || ground.iter().any(|edge| edge.holds(at));
    !(in_tile && on_ground)
}
