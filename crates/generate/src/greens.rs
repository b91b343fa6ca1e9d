//! The green of the map: parks in blocks of the towns, woods in the country.

use serde::Serialize;
use wangge_model::Dwelling;
use wangge_plane::{Figure, Polygon, Shape, Side};

use crate::arcs::Arcs;
use crate::board::{Earth, area_and_centroid, index};
use crate::dice::{Dice, Landscape, Subject};
use crate::footprints::is_inside;
use crate::lines::reservoir_blocks;
use crate::mesh::OUTSIDE;
use crate::names::Names;
use crate::terrain::Terrain;
use crate::{City, GenerateError};

/// A park or a wood.
#[derive(Debug, Clone)]
pub struct Green {
    /// The invented name of a park; woods have none.
    pub name: Option<String>,
    /// The same in pinyin and English.
    pub name_en: Option<String>,
    /// Park or wood.
    pub class: GreenClass,
    /// Its ground, inside of one block and off the water.
    pub ground: Shape,
}

/// The kinds of green.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum GreenClass {
    /// 公园.
    Park,
    /// 林地.
    Wood,
}

/// A block that may be green, in the grid with this place in the order of codes.
#[derive(Debug, Clone)]
pub(crate) struct GreenBlock {
    grid: u32,
    green: Green,
}

/// Blocks that may be green: of the towns some by chance, of the country those on its wooded
/// hills, without those that a reservoir is in. `grid_of` gives the place of a block's grid.
pub(crate) fn green_blocks(
    terrain: &Terrain,
    arcs: &Arcs,
    earth: &Earth,
    names: &mut Names,
    seed: u64,
    grid_of: impl Fn(u32) -> u32,
) -> Result<Vec<GreenBlock>, GenerateError> {
    const PARKS: f64 = 0.16;
    const WOODED: f64 = 0.3;
    // the ways around a park have a pavement, and woods end in fields
    const OF_A_BLOCK: f64 = 0.84;
    const OF_THE_COUNTRY: f64 = 0.66;
    let mesh = &terrain.mesh;
    let mut dice = Dice::new(seed, Subject::Greens);
    let hills = Landscape::new(seed, 1001, 2400.0);
    let edges = Landscape::new(seed, 1002, 22_000.0);
    let flooded: Vec<u32> = reservoir_blocks(terrain, arcs)
        .iter()
        .map(|&(_, face)| face)
        .collect();
    let mut blocks = Vec::new();
    for face in OUTSIDE + 1..index(mesh.faces()) {
        let (_, middle) = area_and_centroid(&mesh.corners(face));
        let class = if terrain.density.is_country(middle) {
            GreenClass::Wood
        } else {
            GreenClass::Park
        };
        let chosen = match class {
            GreenClass::Park => dice.chance(PARKS),
            GreenClass::Wood => hills.at(middle.x, middle.y) > WOODED,
        };
        if !chosen || !arcs.is_open(face) || flooded.contains(&face) {
            continue;
        }
        let block = arcs.ring(mesh, face)?;
        let ground = arcs.shrunk(mesh, face, earth.point(middle)?, |p| match class {
            GreenClass::Park => OF_A_BLOCK,
            GreenClass::Wood => {
                OF_THE_COUNTRY + 0.16 * edges.at(f64::from(p.x()), f64::from(p.y()))
            }
        })?;
        let is_simple = ground.defects().is_empty();
        let of = |ring| Shape::new(vec![Polygon::new(ring, Vec::new())]);
        let (Some(ground), Some(block)) = (of(ground), of(block)) else {
            continue;
        };
        if !is_simple || !is_inside(&Figure::Area(ground.clone()), &block) {
            continue;
        }
        let name = (class == GreenClass::Park).then(|| names.road(("公园", "Park")));
        let (name, name_en) = name.map_or((None, None), |name| (Some(name.zh), Some(name.en)));
        blocks.push(GreenBlock {
            grid: grid_of(face),
            green: Green {
                name,
                name_en,
                class,
                ground,
            },
        });
    }
    Ok(blocks)
}

impl City {
    /// The parks and woods: blocks, smaller than they are, in which nobody lives. They are chosen anew
    /// at each call, and come out the same.
    ///
    /// # Errors
    /// As [`City::dwellings`].
    pub fn greens(&self) -> Result<Vec<Green>, GenerateError> {
        if self.green_blocks.is_empty() {
            return Ok(Vec::new());
        }
        let dwellings = self.dwellings_by_grid()?;
        let lies_in = |dwelling: &Dwelling, ground: &Shape| {
            ground.side(dwelling.figure.middle()) != Side::Outside
        };
        let empty = self.green_blocks.iter().filter(|block| {
            let ground = &block.green.ground;
            let here = dwellings.get(block.grid as usize);
            !here.is_some_and(|here| here.iter().any(|dwelling| lies_in(dwelling, ground)))
        });
        Ok(empty.map(|block| block.green.clone()).collect())
    }
}
