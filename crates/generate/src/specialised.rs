//! Specialised grids (专业网格) across the levels: a market, a park, a section of a river.

use serde::Deserialize;
use wangge_model::{Code, Overlay};

use crate::GenerateError;
use crate::arcs::Arcs;
use crate::board::{Spot, area_and_centroid, index};
use crate::city::NOTE;
use crate::dissolve::dissolve;
use crate::functional::Handled;
use crate::mesh::{Mesh, OUTSIDE};
use crate::spec::CitySpec;
use crate::spec_file::Place;
use crate::terrain::{LineClass, Terrain};

/// What a description says of a specialised grid.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SpecialisedSpec {
    code: Code,
    pub(crate) name: String,
    name_en: String,
    #[serde(default = "SpecialisedSpec::usual_kind")]
    kind: String,
    at: Place,
    /// Blocks are taken until they have about this area.
    area_km2: f64,
    /// Whether only blocks beside a river are taken.
    #[serde(default)]
    river: bool,
    /// Who handles what in it, at the tier of the district, in place of whoever does elsewhere.
    department: Option<Code>,
    #[serde(default)]
    handles: Vec<Handled>,
}

impl SpecialisedSpec {
    fn usual_kind() -> String {
        "special".to_owned()
    }

    pub(crate) const fn code(&self) -> &Code {
        &self.code
    }

    /// The department that handles some classes in it.
    pub(crate) fn handled(&self) -> Option<(&Code, &[Handled])> {
        Some((self.department.as_ref()?, &self.handles))
    }
}

/// The specialised grids of a spec, in its order.
pub(crate) fn overlays(
    spec: &CitySpec,
    terrain: &Terrain,
    arcs: &Arcs,
) -> Result<Vec<Overlay>, GenerateError> {
    let mesh = &terrain.mesh;
    let mut all = Vec::new();
    for wanted in &spec.specialised {
        let may = |face: u32| !wanted.river || beside_river(terrain, face);
        let area_m2 = wanted.area_km2 * 1e6;
        let blocks = grown(mesh, terrain.place(wanted.at), area_m2, may);
        let mut group_of = vec![1; mesh.faces()];
        for &block in &blocks {
            group_of[block as usize] = 0;
        }
        let groups = if blocks.len() + 1 < mesh.faces() {
            2
        } else {
            1
        };
        let shape = dissolve(mesh, arcs, &group_of, groups)?.swap_remove(0);
        all.push(Overlay {
            row: all.len() as u64 + 1,
            code: wanted.code.clone(),
            name: Some(wanted.name.clone()),
            name_en: Some(wanted.name_en.clone()),
            kind: Some(wanted.kind.clone()),
            note: Some(NOTE.to_owned()),
            shape,
        });
    }
    Ok(all)
}

fn beside_river(terrain: &Terrain, face: u32) -> bool {
    let mesh = &terrain.mesh;
    mesh.ring(face)
        .any(|half| terrain.classes[mesh.line(half) as usize] == LineClass::River)
}

/// The block nearest to a spot, and of those that touch what is taken the nearest ones, until
/// they have the area.
fn grown(mesh: &Mesh, spot: Spot, area_m2: f64, may: impl Fn(u32) -> bool) -> Vec<u32> {
    let measured = |face: u32| {
        let (area, middle) = area_and_centroid(&mesh.corners(face));
        ((middle - spot).length(), area)
    };
    let faces = OUTSIDE + 1..index(mesh.faces());
    let mut near: Vec<(f64, f64, u32)> = faces
        .filter(|&face| may(face))
        .map(|face| {
            let (distance, area) = measured(face);
            (distance, area, face)
        })
        .collect();
    near.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.2.cmp(&b.2)));
    let mut taken: Vec<u32> = Vec::new();
    let mut area = 0.0;
    while area < area_m2 {
        let touches = |face: u32| {
            taken.is_empty()
                || mesh
                    .ring(face)
                    .any(|half| taken.contains(&mesh.face(half ^ 1)))
        };
        let Some(place) = near.iter().position(|&(_, _, face)| touches(face)) else {
            break;
        };
        let (_, its, face) = near.remove(place);
        taken.push(face);
        area += its;
    }
    taken
}
