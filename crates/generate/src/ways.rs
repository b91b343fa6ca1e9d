//! Ways and waters from junction to junction, with the grids beside them.

use wangge_plane::Point;

use crate::arcs::Arcs;
use crate::board::{Spot, index};
use crate::mesh::{Mesh, OUTSIDE};
use crate::terrain::{LineClass, Terrain};

/// Every stretch of a city. The rim, along which nothing runs, is left out.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ways {
    stretches: Vec<StretchPlan>,
    points: Vec<Point>,
}

#[derive(Debug, Clone, Copy)]
struct StretchPlan {
    class: LineClass,
    country: bool,
    ends: [u32; 2],
    /// Its grids to the left and right, by their places among the city's grids.
    sides: [Option<u32>; 2],
    first_point: u32,
}

/// A way from one junction to the next.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stretch<'a> {
    pub(crate) class: LineClass,
    /// Whether it runs through the country.
    pub(crate) country: bool,
    /// The junctions at its start and end.
    pub(crate) ends: [u32; 2],
    /// The grid to its left and that to its right, by their places among the city's grids; none is
    /// outside.
    pub(crate) sides: [Option<u32>; 2],
    /// At least two.
    pub(crate) points: &'a [Point],
}

impl Ways {
    /// The ways of a terrain; `grid_of` says which grid a face is in.
    pub(crate) fn new(
        terrain: &Terrain,
        arcs: &Arcs,
        grid_of: impl Fn(u32) -> Option<u32>,
    ) -> Self {
        let mesh: &Mesh = &terrain.mesh;
        let side = |face: u32| (face != OUTSIDE).then(|| grid_of(face)).flatten();
        let mut ways = Self::default();
        for edge in 0..index(mesh.edges()) {
            let half = 2 * edge;
            let class = terrain.classes[mesh.line(half) as usize];
            if class == LineClass::Rim {
                continue;
            }
            let (from, to): (Spot, Spot) = mesh.ends(half);
            ways.stretches.push(StretchPlan {
                class,
                country: terrain.density.is_country((from + to) * 0.5),
                ends: [mesh.from(half), mesh.from(half ^ 1)],
                sides: [side(mesh.face(half)), side(mesh.face(half ^ 1))],
                first_point: index(ways.points.len()),
            });
            arcs.walk(mesh, half, &mut ways.points);
            ways.points.push(arcs.node(mesh.from(half ^ 1)));
        }
        ways
    }

    /// The stretches in the order in which they were drawn.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = Stretch<'_>> + Clone {
        (0..self.stretches.len()).map(|at| self.get(at))
    }

    /// A stretch by its place.
    pub(crate) fn get(&self, at: usize) -> Stretch<'_> {
        let plan = self.stretches[at];
        let end = self
            .stretches
            .get(at + 1)
            .map_or(self.points.len(), |next| next.first_point as usize);
        Stretch {
            class: plan.class,
            country: plan.country,
            ends: plan.ends,
            sides: plan.sides,
            points: &self.points[plan.first_point as usize..end],
        }
    }
}

impl LineClass {
    /// How far its kerb is from its middle, metres; `None` for what nobody walks or drives on.
    pub(crate) const fn half_width_m(self) -> Option<f64> {
        match self {
            Self::Rim | Self::Coast | Self::River | Self::Railway => None,
            Self::Trunk => Some(15.0),
            Self::Main => Some(10.0),
            Self::Street => Some(6.0),
            Self::Lane => Some(3.5),
            Self::Track => Some(2.5),
        }
    }
}
