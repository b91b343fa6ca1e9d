//! The ground of units: the borders of their blocks, those between two blocks of one unit gone.

use rustc_hash::FxHashMap;
use wangge_plane::{Point, Polygon, Ring, Shape, Side};

use crate::GenerateError;
use crate::arcs::Arcs;
use crate::board::index;
use crate::mesh::{Half, Mesh, OUTSIDE};

/// The shape of each of so many groups, given the group of every face. Exact: half-edges whose
/// twin belongs to the same group cancel, the others are joined to rings.
pub(crate) fn dissolve(
    mesh: &Mesh,
    arcs: &Arcs,
    group_of: &[u32],
    groups: usize,
) -> Result<Vec<Shape>, GenerateError> {
    let group = |half: Half| match mesh.face(half) {
        OUTSIDE => None,
        face => Some(group_of[face as usize]),
    };
    let is_border = |half: Half| group(half) != group(half ^ 1);
    let mut walked = vec![false; mesh.edges() * 2];
    let mut rings: Vec<Vec<Ring>> = vec![Vec::new(); groups];
    for start in 0..index(mesh.edges() * 2) {
        let Some(owner) = group(start) else { continue };
        if walked[start as usize] || !is_border(start) {
            continue;
        }
        let mut path = Vec::new();
        let mut half = start;
        while !walked[half as usize] {
            walked[half as usize] = true;
            path.push(half);
            // around the node inside the group, to the next half that is border
            half = mesh.next(half);
            while !is_border(half) {
                half = mesh.next(half ^ 1);
            }
        }
        for ring in simple_rings(mesh, &path) {
            let mut points = Vec::new();
            for half in ring {
                arcs.walk(mesh, half, &mut points);
            }
            rings[owner as usize].push(Ring::new(points)?);
        }
    }
    Ok(rings
        .into_iter()
        .map(|rings| {
            Shape::new(polygons(rings)).unwrap_or_else(|| unreachable!("every unit has a block"))
        })
        .collect())
}

/// Cuts a closed path where it comes to a node for the second time.
fn simple_rings(mesh: &Mesh, path: &[Half]) -> Vec<Vec<Half>> {
    let mut rings = Vec::new();
    let mut open: Vec<Half> = Vec::new();
    let mut place: FxHashMap<u32, usize> = FxHashMap::default();
    for &half in path {
        let node = mesh.from(half);
        if let Some(&back) = place.get(&node) {
            let ring = open.split_off(back);
            for &half in &ring {
                place.remove(&mesh.from(half));
            }
            rings.push(ring);
        }
        place.insert(node, open.len());
        open.push(half);
    }
    rings.push(open);
    rings
}

/// Rings with the land to their left: the counter-clockwise ones are shells, the others holes of
/// the smallest shell around them.
fn polygons(rings: Vec<Ring>) -> Vec<Polygon> {
    let (mut shells, holes): (Vec<_>, Vec<_>) = rings
        .into_iter()
        .map(|ring| (ring.doubled_area(), ring))
        .partition(|&(area, _)| area > 0);
    shells.sort_by_key(|&(area, _)| area);
    let mut holes_of = vec![Vec::new(); shells.len()];
    for (_, hole) in holes {
        let home = match shells.len() {
            1 => 0,
            _ => shells
                .iter()
                .position(|(_, shell)| within(&hole, shell))
                .unwrap_or_else(|| unreachable!("a hole has a shell around it")),
        };
        holes_of[home].push(hole);
    }
    let mut parts: Vec<Polygon> = shells
        .into_iter()
        .zip(holes_of)
        .map(|((_, shell), holes)| Polygon::new(shell, holes))
        .collect();
    parts.reverse();
    parts
}

/// Whether a ring lies in another, given that they do not cross: by the first vertex that is not
/// on both.
fn within(hole: &Ring, shell: &Ring) -> bool {
    let side = |&p: &Point| match shell.side(p) {
        Side::On => None,
        Side::Inside => Some(true),
        Side::Outside => Some(false),
    };
    hole.points().iter().find_map(side).unwrap_or(false)
}
