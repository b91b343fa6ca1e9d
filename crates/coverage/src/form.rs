//! Grids of unusual form: very small, very thin, of several parts, cut off from their parent.

use std::collections::BTreeMap;

use rayon::prelude::*;
use wangge_plane::{Point, Polygon, Ring, ellipsoid};

use crate::defect::{Defect, DefectKind, Place, Weight};
use crate::proof::Member;
use crate::survey::measure;
use crate::width::inscribed_width_m;
use crate::{Coverage, Owner};

/// Grids of several parts, of less than so many square metres, and those nowhere so many metres
/// wide.
pub(crate) fn unusual(members: &[Member<'_>], tiny_m2: f64, thin_m: f64) -> Vec<Defect> {
    let look = |(at, member): (usize, &Member<'_>)| -> Vec<Defect> {
        let parts = member.shape.parts();
        let mut found = Vec::new();
        let defect = |kind, weight, place| {
            Defect::new(kind, weight, vec![at], place, |_| member.code.to_owned())
        };
        if parts.len() > 1 {
            let place = Place::Points(parts.iter().map(|p| p.shell().points()[0]).collect());
            found.push(Defect {
                count: Some(parts.len()),
                ..defect(DefectKind::MultiPart, Weight::Information, place)
            });
        }
        if member.shape.doubled_area() <= 0 || (tiny_m2 <= 0.0 && thin_m <= 0.0) {
            return found;
        }
        let area_m2 = member.shape.area_m2();
        if area_m2 < tiny_m2 {
            let mut tiny = defect(
                DefectKind::Tiny,
                Weight::Suspect,
                Place::Ground(parts.to_vec()),
            );
            measure(&mut tiny, parts);
            found.push(tiny);
        } else if let Some(width_m) = width_below(parts, area_m2, thin_m) {
            let mut thin = defect(
                DefectKind::Thin,
                Weight::Suspect,
                Place::Ground(parts.to_vec()),
            );
            measure(&mut thin, parts);
            thin.width_m = Some(width_m);
            found.push(thin);
        }
        found
    };
    members.par_iter().enumerate().flat_map_iter(look).collect()
}

/// The width of the widest part, where that is below a limit.
fn width_below(parts: &[Polygon], area_m2: f64, limit_m: f64) -> Option<f64> {
    let around_m: f64 = parts
        .iter()
        .flat_map(Polygon::rings)
        .flat_map(Ring::segments)
        .map(|edge| ellipsoid::distance_m(edge.start(), edge.end()))
        .sum();
    // ground lies nowhere further from its boundary than the inscribed radius r, so that its area
    // is at most r times the boundary's length (Bonnesen): most grids need no closer look
    if 2.0 * area_m2 >= limit_m * around_m {
        return None;
    }
    let width_m = parts.iter().map(inscribed_width_m).fold(0.0, f64::max);
    (width_m < limit_m).then_some(width_m)
}

/// Vertices that the rings of a file had several times in a row: no harm, a ring on the lattice has
/// each once.
pub fn duplicate_vertices(member: usize, code: &str, mut vertices: Vec<Point>) -> Option<Defect> {
    let count = vertices.len();
    vertices.sort_unstable();
    vertices.dedup();
    (count > 0).then(|| Defect {
        count: Some(count),
        ..Defect::new(
            DefectKind::DuplicateVertex,
            Weight::Information,
            vec![member],
            Place::Points(vertices),
            |_| code.to_owned(),
        )
    })
}

/// Names the grids that are cut off from their parent, see [`detached`]. `place_of` says where in
/// the list of members an owner stands.
pub fn detached_defects(
    coverage: &Coverage,
    group_of: &[u32],
    place_of: impl Fn(Owner) -> usize,
) -> Vec<Defect> {
    detached(coverage, group_of)
        .into_iter()
        .map(|owner| Defect {
            area_m2: Some(coverage.area_m2(owner)),
            ..Defect::new(
                DefectKind::Detached,
                Weight::Suspect,
                vec![place_of(owner)],
                coverage
                    .arcs_of(owner)
                    .next()
                    .map_or(Place::Nowhere, |arc| Place::Points(vec![arc.points()[0]])),
                |_| coverage.code(owner).to_owned(),
            )
        })
        .collect()
}

/// Grids that share no border, directly or over others of their parent, with the largest piece of
/// their parent's ground. `group_of` names each owner's parent.
///
/// # Panics
/// When `group_of` is shorter than the owners.
pub fn detached(coverage: &Coverage, group_of: &[u32]) -> Vec<Owner> {
    let owners = coverage.owners();
    let mut piece: Vec<usize> = (0..owners).collect();
    for arc in coverage.arcs() {
        if let (Some(a), Some(b)) = (arc.left(), arc.right())
            && group_of[a.0 as usize] == group_of[b.0 as usize]
        {
            let (a, b) = (
                root(&mut piece, a.0 as usize),
                root(&mut piece, b.0 as usize),
            );
            piece[a.max(b)] = a.min(b);
        }
    }
    let pieces: Vec<usize> = (0..owners).map(|at| root(&mut piece, at)).collect();
    let mut area_of_piece = vec![0.0; owners];
    for (owner, &of) in (0u32..).map(Owner).zip(&pieces) {
        area_of_piece[of] += coverage.area_m2(owner);
    }
    let mut largest: BTreeMap<u32, usize> = BTreeMap::new();
    for (&group, &of) in group_of.iter().zip(&pieces) {
        let best = largest.entry(group).or_insert(of);
        if area_of_piece[of] > area_of_piece[*best] {
            *best = of;
        }
    }
    (0u32..)
        .map(Owner)
        .zip(group_of.iter().zip(&pieces))
        .filter(|(_, (group, of))| largest[group] != **of)
        .map(|(owner, _)| owner)
        .collect()
}

/// The piece that an owner's piece has become part of.
fn root(piece: &mut [usize], mut at: usize) -> usize {
    while piece[at] != at {
        piece[at] = piece[piece[at]];
        at = piece[at];
    }
    at
}
