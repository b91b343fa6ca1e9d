//! The lines of the map for drawing: streets with names and classes, water.

use serde::Serialize;
use wangge_plane::{Point, Polygon, Ring};

use crate::GenerateError;
use crate::arcs::Arcs;
use crate::board::{Earth, Spot, area_and_centroid, index};
use crate::dice::Landscape;
use crate::mesh::{Half, Mesh, OUTSIDE};
use crate::names::Names;
use crate::terrain::{LineClass, Terrain};

/// A street, road or railway by its centre line.
#[derive(Debug, Clone)]
pub struct StreetLine {
    /// Its invented name; field tracks have none.
    pub name: Option<String>,
    /// The same in pinyin and English.
    pub name_en: Option<String>,
    /// What kind of way it is.
    pub class: StreetClass,
    /// Its centre line: mostly one path, of at least two points each.
    pub paths: Vec<Vec<Point>>,
}

/// The kinds of ways, by the classes of the city's street register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum StreetClass {
    /// 铁路.
    Railway,
    /// 主干道.
    Trunk,
    /// 次干道.
    Main,
    /// 支路.
    Street,
    /// 街坊路.
    Lane,
    /// 村道.
    Track,
}

/// A river or lake, or the sea.
#[derive(Debug, Clone)]
pub struct Water {
    /// Its invented name.
    pub name: String,
    /// The same in pinyin and English.
    pub name_en: String,
    /// River, coast, lake or sea.
    pub class: WaterClass,
    /// What is drawn.
    pub form: WaterForm,
}

/// The kinds of water.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum WaterClass {
    /// A river by its middle.
    River,
    /// The coast line, land to its left.
    Coast,
    /// A lake or reservoir inside a grid.
    Lake,
    /// The sea off the coast, as far as a map of the city shows it.
    Sea,
}

/// Lines or ground.
#[derive(Debug, Clone)]
pub enum WaterForm {
    /// Paths of at least two points.
    Lines(Vec<Vec<Point>>),
    /// A polygon.
    Area(Polygon),
}

/// The named streets of the map, and its water.
pub(crate) fn trace(
    terrain: &Terrain,
    arcs: &Arcs,
    earth: &Earth,
    names: &mut Names,
    seed: u64,
) -> Result<(Vec<StreetLine>, Vec<Water>), GenerateError> {
    let mesh = &terrain.mesh;
    let mut edges_of: Vec<Vec<Half>> = vec![Vec::new(); terrain.classes.len()];
    for edge in 0..index(mesh.edges()) {
        edges_of[mesh.line(2 * edge) as usize].push(2 * edge);
    }
    let (mut streets, mut water) = (Vec::new(), Vec::new());
    for (edges, &class) in edges_of.iter().zip(&terrain.classes) {
        if edges.is_empty() {
            continue;
        }
        let paths = || -> Vec<Vec<Point>> {
            trails(mesh, edges)
                .into_iter()
                .map(|trail| points_of(mesh, arcs, &trail))
                .collect()
        };
        let (class, name) = match class {
            LineClass::Rim => continue,
            LineClass::Coast => {
                water.extend(coast(terrain, earth, paths())?);
                continue;
            }
            LineClass::River => {
                let name = names.road(("河", "River"));
                water.push(Water {
                    name: name.zh,
                    name_en: name.en,
                    class: WaterClass::River,
                    form: WaterForm::Lines(paths()),
                });
                continue;
            }
            LineClass::Railway => (StreetClass::Railway, Some(names.road(("线", "Railway")))),
            LineClass::Trunk => (StreetClass::Trunk, Some(names.road(("大道", "Avenue")))),
            LineClass::Main => (StreetClass::Main, Some(names.road(("路", "Road")))),
            LineClass::Street => (StreetClass::Street, Some(names.road(("街", "Street")))),
            LineClass::Lane => (StreetClass::Lane, Some(names.lane())),
            LineClass::Track => (StreetClass::Track, None),
        };
        let (name, name_en) = name.map_or((None, None), |name| (Some(name.zh), Some(name.en)));
        streets.push(StreetLine {
            name,
            name_en,
            class,
            paths: paths(),
        });
    }
    water.extend(reservoirs(terrain, arcs, earth, names, seed)?);
    Ok((streets, water))
}

/// Some of the largest blocks of the country, with the middle of each: reservoirs are in them.
pub(crate) fn reservoir_blocks(terrain: &Terrain, arcs: &Arcs) -> Vec<(Spot, u32)> {
    let mesh = &terrain.mesh;
    let mut blocks: Vec<(f64, Spot, u32)> = (OUTSIDE + 1..index(mesh.faces()))
        .filter(|face| !terrain.islands.contains(face) && arcs.is_open(*face))
        .map(|face| {
            let (area, middle) = area_and_centroid(&mesh.corners(face));
            (area, middle, face)
        })
        .filter(|&(_, middle, _)| terrain.density.is_country(middle))
        .collect();
    blocks.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.2.cmp(&b.2)));
    let wanted = blocks.len().div_ceil(120);
    let largest = blocks.into_iter().take(wanted);
    largest.map(|(_, middle, face)| (middle, face)).collect()
}

/// Reservoirs, well inside of their blocks.
fn reservoirs(
    terrain: &Terrain,
    arcs: &Arcs,
    earth: &Earth,
    names: &mut Names,
    seed: u64,
) -> Result<Vec<Water>, GenerateError> {
    let shores = Landscape::new(seed, 71, 22_000.0);
    reservoir_blocks(terrain, arcs)
        .into_iter()
        .map(|(middle, face)| {
            let middle = earth.point(middle)?;
            // the block again, smaller and uneven, around its middle
            let uneven = arcs.shrunk(&terrain.mesh, face, middle, |p| {
                let uneven = shores.at(f64::from(p.x()), f64::from(p.y()));
                (512.0 + 230.0 * uneven) / 1024.0
            })?;
            // in a large block an uneven shore may cross itself
            let shore = if uneven.defects().is_empty() {
                uneven
            } else {
                arcs.shrunk(&terrain.mesh, face, middle, |_| 0.5)?
            };
            let name = names.road(("水库", "Reservoir"));
            Ok(Water {
                name: name.zh,
                name_en: name.en,
                class: WaterClass::Lake,
                form: WaterForm::Area(Polygon::new(shore, Vec::new())),
            })
        })
        .collect()
}

/// The coast line and the sea before it, islands taken out.
fn coast(
    terrain: &Terrain,
    earth: &Earth,
    paths: Vec<Vec<Point>>,
) -> Result<Vec<Water>, GenerateError> {
    let is_ring = |path: &&Vec<Point>| path.first() == path.last();
    let mut sea = Vec::new();
    if let Some(main) = paths.iter().find(|path| !is_ring(path)) {
        let [north_east, south_west] = terrain.offshore();
        let mut shell: Vec<Point> = main.iter().rev().copied().collect();
        shell.push(earth.point(south_west)?);
        shell.push(earth.point(north_east)?);
        let holes = paths
            .iter()
            .filter(is_ring)
            .map(|ring| Ring::new(ring.clone()))
            .collect::<Result<Vec<_>, _>>()?;
        sea.push(Water {
            name: "海".to_owned(),
            name_en: "Sea".to_owned(),
            class: WaterClass::Sea,
            form: WaterForm::Area(Polygon::new(Ring::new(shell)?, holes)),
        });
    }
    sea.push(Water {
        name: "海岸线".to_owned(),
        name_en: "Coast line".to_owned(),
        class: WaterClass::Coast,
        form: WaterForm::Lines(paths),
    });
    Ok(sea)
}

/// The edges of one line as few paths as a walk along them gives, each from an end where there is
/// one, in the direction of its first edge.
fn trails(mesh: &Mesh, edges: &[Half]) -> Vec<Vec<Half>> {
    let mut at: rustc_hash::FxHashMap<u32, Vec<Half>> = rustc_hash::FxHashMap::default();
    for &half in edges {
        for half in [half, half ^ 1] {
            at.entry(mesh.from(half)).or_default().push(half);
        }
    }
    let mut used: rustc_hash::FxHashSet<Half> = rustc_hash::FxHashSet::default();
    let mut trails = Vec::new();
    // from the ends first, then whatever is left, which is rings
    let from_end = |&&half: &&Half| at[&mesh.from(half)].len() != 2;
    let to_end = |&&half: &&Half| at[&mesh.from(half ^ 1)].len() != 2;
    let starts: Vec<Half> = edges
        .iter()
        .filter(from_end)
        .copied()
        .chain(edges.iter().filter(to_end).map(|half| half ^ 1))
        .chain(edges.iter().copied())
        .collect();
    for start in starts {
        if used.contains(&(start >> 1)) {
            continue;
        }
        let mut trail = vec![start];
        used.insert(start >> 1);
        let mut end = mesh.from(start ^ 1);
        while at[&end].len() == 2
            && let Some(&next) = at[&end].iter().find(|&&half| !used.contains(&(half >> 1)))
        {
            used.insert(next >> 1);
            trail.push(next);
            end = mesh.from(next ^ 1);
        }
        trails.push(trail);
    }
    trails
}

fn points_of(mesh: &Mesh, arcs: &Arcs, trail: &[Half]) -> Vec<Point> {
    let mut points = Vec::new();
    for &half in trail {
        arcs.walk(mesh, half, &mut points);
    }
    points.extend(trail.last().map(|&half| arcs.node(mesh.from(half ^ 1))));
    points
}
