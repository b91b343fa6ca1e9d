//! Points whose grid is known because they were put there.

use wangge_model::Code;
use wangge_plane::{Extent, Point, Ring, Side};

use crate::GenerateError;
use crate::arcs::Arcs;
use crate::board::index;
use crate::dice::{Dice, Subject};
use crate::mesh::{Half, Mesh, OUTSIDE};

/// A point to look up, and the right answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// Where it is.
    pub point: Point,
    /// The grid it belongs to; `None` outside.
    pub grid: Option<Code>,
    /// How it lies to the borders.
    pub place: ProbePlace,
}

/// How a probe lies to the borders of grids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProbePlace {
    /// In the interior of a block.
    Inside,
    /// On a border between two grids or more: the half-open rule decides.
    Border,
    /// On the outer rim: the lowest code of those that meet there, unless the half-open rule
    /// finds land.
    Rim,
    /// Off the city.
    Outside,
}

impl ProbePlace {
    /// The word that files carry.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inside => "inside",
            Self::Border => "border",
            Self::Rim => "rim",
            Self::Outside => "outside",
        }
    }
}

/// Puts probes on the map: most of them inside of blocks, some on borders, nodes and the rim, a
/// few outside.
pub(crate) fn probes(
    mesh: &Mesh,
    arcs: &Arcs,
    code_of: impl Fn(u32) -> Code,
    count: usize,
    seed: u64,
) -> Result<Vec<Probe>, GenerateError> {
    let mut dice = Dice::new(seed, Subject::Truth);
    let mut probes = Vec::new();
    let faces = mesh.faces() - 1;
    while probes.len() < count {
        let face = 1 + index(dice.below(faces));
        let ring = arcs.ring(mesh, face)?;
        if let Some(point) = inside(&ring, &mut dice)? {
            probes.push(Probe {
                point,
                grid: Some(code_of(face)),
                place: ProbePlace::Inside,
            });
        }
    }
    let rim: Vec<Half> = (0..index(mesh.edges() * 2))
        .filter(|&half| mesh.face(half ^ 1) == OUTSIDE)
        .collect();
    while probes.len() < count + count / 8 {
        let half = if dice.chance(0.2) {
            rim[dice.below(rim.len())]
        } else {
            index(dice.below(mesh.edges() * 2))
        };
        let mut points = Vec::new();
        arcs.walk(mesh, half, &mut points);
        let which = dice.below(points.len());
        let around = faces_around(mesh, half, which == 0);
        probes.extend(on_border(mesh, arcs, points[which], &around, &code_of)?);
    }
    let Some(extent) = Extent::of((0..index(mesh.nodes())).map(|node| arcs.node(node))) else {
        return Ok(probes);
    };
    // well beyond what an edge strays from its ends
    let margin = (extent.max().x() - extent.min().x()) / 8 + 50_000;
    for step in 0..count / 32 {
        let up = along(extent.min().y(), extent.max().y(), &mut dice);
        let x = if step % 2 == 0 {
            extent.min().x() - margin
        } else {
            extent.max().x() + margin
        };
        probes.push(Probe {
            point: Point::new(x, up)?,
            grid: None,
            place: ProbePlace::Outside,
        });
    }
    Ok(probes)
}

/// A point in the interior of a ring, found by trying; `None` when no try hits.
fn inside(ring: &Ring, dice: &mut Dice) -> Result<Option<Point>, GenerateError> {
    let extent = ring.extent();
    for _ in 0..16 {
        let point = Point::new(
            along(extent.min().x(), extent.max().x(), dice),
            along(extent.min().y(), extent.max().y(), dice),
        )?;
        if ring.side(point) == Side::Inside {
            return Ok(Some(point));
        }
    }
    Ok(None)
}

fn along(low: i32, high: i32, dice: &mut Dice) -> i32 {
    let width = usize::try_from(i64::from(high) - i64::from(low)).unwrap_or(0);
    low.saturating_add(i32::try_from(dice.below(width + 1)).unwrap_or(0))
}

/// The faces that touch the start of a half-edge or, when the point is not at the start, the two
/// faces beside it. The outside is among them.
fn faces_around(mesh: &Mesh, half: Half, at_node: bool) -> Vec<u32> {
    if !at_node {
        return vec![mesh.face(half), mesh.face(half ^ 1)];
    }
    let mut faces = Vec::new();
    let mut spoke = half;
    loop {
        faces.push(mesh.face(spoke));
        spoke = mesh.next(spoke ^ 1);
        if spoke == half {
            return faces;
        }
    }
}

/// The probe at a point that these faces touch; `None` where all of them are one grid, on its
/// inside.
fn on_border(
    mesh: &Mesh,
    arcs: &Arcs,
    point: Point,
    around: &[u32],
    code_of: &impl Fn(u32) -> Code,
) -> Result<Option<Probe>, GenerateError> {
    let at_rim = around.contains(&OUTSIDE);
    let mut codes = Vec::new();
    let mut holder = None;
    for &face in around.iter().filter(|&&face| face != OUTSIDE) {
        codes.push(code_of(face));
        if arcs.ring(mesh, face)?.winding_nudged(point) == 1 {
            holder = Some(code_of(face));
        }
    }
    codes.sort();
    codes.dedup();
    if !at_rim && codes.len() < 2 {
        return Ok(None);
    }
    Ok(Some(Probe {
        point,
        grid: holder.or_else(|| codes.into_iter().next()),
        place: if at_rim {
            ProbePlace::Rim
        } else {
            ProbePlace::Border
        },
    }))
}
