//! Who belongs to whom: blocks to grids, grids to communities and villages, these to streets.

use crate::GenerateError;
use crate::blocks::Core;
use crate::board::{Spot, area_and_centroid, index, real};
use crate::dice::{Dice, Subject};
use crate::gather::{Divider, Neighbourhood, Wanted};
use crate::mesh::{Mesh, OUTSIDE};
use crate::spec::CitySpec;
use crate::spec_file::Street;
use crate::terrain::Terrain;

const NONE: u32 = u32::MAX;

/// The units above each block, by their places in these lists. Units follow each other in the
/// order in which they were made, which is not that of their codes.
pub(crate) struct Hierarchy {
    /// By face; of no meaning for the outside.
    pub(crate) grid_of: Vec<u32>,
    pub(crate) grids: Vec<GridPlan>,
    pub(crate) communities: Vec<CommunityPlan>,
}

/// A grid before it has a code.
pub(crate) struct GridPlan {
    pub(crate) community: u32,
    /// Its load against the mean of all.
    pub(crate) load: f64,
}

/// A community or village before it has a code.
pub(crate) struct CommunityPlan {
    /// Its street's place in the spec.
    pub(crate) street: usize,
    pub(crate) village: bool,
}

impl Hierarchy {
    pub(crate) fn new(
        spec: &CitySpec,
        terrain: &Terrain,
        cores: &[Core],
        seed: u64,
    ) -> Result<Self, GenerateError> {
        let lots = Lots::new(terrain, cores, seed);
        let mean = lots.around.loads.iter().sum::<f64>() / real(spec.grids()).max(1.0);
        // a settlement in the fields counts like a grid where whole grids are dealt out
        let mut upper = lots.around.loads.clone();
        for (core, &lot) in lots.lot_around_core.iter().enumerate() {
            if !is_enclave(core) {
                upper[lot as usize] += mean;
            }
        }
        let all: Vec<u32> = (0..index(upper.len())).collect();
        let mut street_of = vec![NONE; upper.len()];
        let mut community_of = vec![NONE; upper.len()];
        let mut grid_of = vec![NONE; upper.len()];
        let mut communities = Vec::new();
        let mut grids = Vec::new();
        let mut core_grid = vec![NONE; cores.len()];

        let mut upper_divider = Divider::new(&lots.around, &upper);
        let wanted = wanted_streets(spec, terrain);
        upper_divider.divide(all, wanted, &mut street_of)?;
        for (street, members) in by_mark(&street_of, spec.streets.len())
            .into_iter()
            .enumerate()
        {
            let first = communities.len();
            let counts = grids_per_community(&spec.streets[street], spec.village_grids);
            let mut wanted = Vec::new();
            for &(village, count) in &counts {
                wanted.push(Wanted {
                    mark: index(communities.len()),
                    share: real(count),
                    least: count,
                    country: village,
                    at: None,
                });
                communities.push(CommunityPlan { street, village });
            }
            upper_divider.divide(members.clone(), wanted, &mut community_of)?;
            let mut divider = Divider::new(&lots.around, &lots.around.loads);
            let local: Vec<u32> = members
                .iter()
                .map(|&lot| community_of[lot as usize] - index(first))
                .collect();
            let mut parts = vec![Vec::new(); counts.len()];
            for (&lot, &part) in members.iter().zip(&local) {
                parts[part as usize].push(lot);
            }
            for (part, &(_, count)) in parts.into_iter().zip(&counts) {
                let community = community_of[part[0] as usize];
                let inside: Vec<usize> = (0..cores.len())
                    .filter(|&core| !is_enclave(core))
                    .filter(|&core| community_of[lots.lot_around_core[core] as usize] == community)
                    .take(count - 1)
                    .collect();
                for &core in &inside {
                    core_grid[core] = index(grids.len());
                    grids.push(GridPlan {
                        community,
                        load: 1.0,
                    });
                }
                let wanted = (0..count - inside.len())
                    .map(|_| {
                        grids.push(GridPlan {
                            community,
                            load: 0.0,
                        });
                        Wanted {
                            mark: index(grids.len() - 1),
                            share: 1.0,
                            least: 1,
                            country: false,
                            at: None,
                        }
                    })
                    .collect();
                divider.divide(part, wanted, &mut grid_of)?;
            }
        }
        for (lot, &grid) in grid_of.iter().enumerate() {
            grids[grid as usize].load += lots.around.loads[lot] / mean;
        }
        let mut hierarchy = Self {
            grid_of: lots
                .lot_of
                .iter()
                .map(|&lot| {
                    if lot == NONE {
                        NONE
                    } else {
                        grid_of[lot as usize]
                    }
                })
                .collect(),
            grids,
            communities,
        };
        hierarchy.place_cores(&terrain.mesh, cores, &core_grid, &lots, &grid_of);
        hierarchy.place_islands(terrain, &lots, &grid_of);
        Ok(hierarchy)
    }

    /// Settlements in the fields: a grid of their own, an enclave (飞地) of a grid elsewhere, or,
    /// where their community had no grid to spare, part of the grid around them.
    fn place_cores(
        &mut self,
        mesh: &Mesh,
        cores: &[Core],
        own: &[u32],
        lots: &Lots,
        grid_of_lot: &[u32],
    ) {
        const BEYOND_M: f64 = 1500.0;
        for (number, core) in cores.iter().enumerate() {
            let around = grid_of_lot[lots.lot_around_core[number] as usize];
            let mut grid = if own[number] == NONE {
                around
            } else {
                own[number]
            };
            if is_enclave(number) {
                let (_, middle) = area_and_centroid(&mesh.corners(core.face));
                let home = self.grids[around as usize].community;
                let elsewhere = grid_of_lot
                    .iter()
                    .zip(&lots.around.spots)
                    .filter(|&(&grid, _)| self.grids[grid as usize].community != home)
                    .map(|(&grid, &spot)| ((spot - middle).length(), grid))
                    .filter(|&(distance, _)| distance > BEYOND_M)
                    .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
                grid = elsewhere.map_or(around, |(_, grid)| grid);
            }
            self.grid_of[core.face as usize] = grid;
        }
    }

    /// Islands belong to the grid on the nearest shore.
    fn place_islands(&mut self, terrain: &Terrain, lots: &Lots, grid_of_lot: &[u32]) {
        let mesh = &terrain.mesh;
        for &island in &terrain.islands {
            let (_, middle) = area_and_centroid(&mesh.corners(island));
            let nearest = grid_of_lot
                .iter()
                .zip(&lots.around.spots)
                .map(|(&grid, &spot)| ((spot - middle).length(), grid))
                .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            self.grid_of[island as usize] = nearest.map_or(0, |(_, grid)| grid);
        }
    }
}

/// Every third settlement is an enclave of a grid elsewhere.
const fn is_enclave(core: usize) -> bool {
    core % 3 == 2
}

/// The blocks as they are dealt out: the fields around a settlement stay together, settlements
/// and islands are left for later.
struct Lots {
    /// By face.
    lot_of: Vec<u32>,
    around: Neighbourhood,
    lot_around_core: Vec<u32>,
}

impl Lots {
    fn new(terrain: &Terrain, cores: &[Core], seed: u64) -> Self {
        let mesh = &terrain.mesh;
        let mut dice = Dice::new(seed, Subject::Loads);
        let mut lot_of = vec![NONE; mesh.faces()];
        let mut later = vec![false; mesh.faces()];
        let mut lots = 0;
        for &island in &terrain.islands {
            later[island as usize] = true;
        }
        let mut lot_around_core = Vec::new();
        for core in cores {
            later[core.face as usize] = true;
            for &face in &core.ring {
                lot_of[face as usize] = lots;
            }
            lot_around_core.push(lots);
            lots += 1;
        }
        for face in 1..mesh.faces() {
            if !later[face] && lot_of[face] == NONE {
                lot_of[face] = lots;
                lots += 1;
            }
        }
        let lots = lots as usize;
        let mut around = Neighbourhood {
            first: vec![0],
            beside: Vec::new(),
            spots: vec![Spot::new(0.0, 0.0); lots],
            loads: vec![0.0; lots],
            widths: vec![0.0; lots],
        };
        let mut faces = vec![Vec::new(); lots];
        for (face, &lot) in (0..).zip(&lot_of) {
            if lot != NONE {
                faces[lot as usize].push(face);
            }
        }
        for (lot, faces) in faces.iter().enumerate() {
            let (mut area, mut sum) = (0.0, Spot::new(0.0, 0.0));
            for &face in faces {
                let (part, middle) = area_and_centroid(&mesh.corners(face));
                area += part;
                sum = sum + middle * part;
                for half in mesh.ring(face) {
                    let other = mesh.face(half ^ 1);
                    let other_lot = lot_of[other as usize];
                    if other != OUTSIDE && other_lot != NONE && other_lot as usize != lot {
                        let (from, to) = mesh.ends(half);
                        let class = terrain.classes[mesh.line(half) as usize];
                        let cost = (to - from).length() * class.border_cost();
                        around.beside.push((other_lot, cost));
                    }
                }
            }
            around.first.push(index(around.beside.len()));
            let middle = sum * (1.0 / area);
            let usual = terrain.density.block_area_m2(middle);
            around.spots[lot] = middle;
            around.widths[lot] = usual;
            around.loads[lot] = (area / usual * dice.between(0.85, 1.15)).clamp(0.4, 2.2);
        }
        Self {
            lot_of,
            around,
            lot_around_core,
        }
    }
}

fn wanted_streets(spec: &CitySpec, terrain: &Terrain) -> Vec<Wanted> {
    spec.streets
        .iter()
        .enumerate()
        .map(|(number, street)| Wanted {
            mark: index(number),
            share: real(street.grids),
            least: street.grids,
            country: street.villages > street.communities,
            at: street.at.map(|place| terrain.place(place)),
        })
        .collect()
}

/// How many grids each community and village of a street gets: a village as many as asked for or,
/// without a word, half as many as a community, at least one each. Communities first.
fn grids_per_community(street: &Street, village_grids: Option<usize>) -> Vec<(bool, usize)> {
    let (least, share) = match village_grids {
        Some(each) => (each, 0),
        None => (1, 1),
    };
    let weights = (street.communities * 2 + street.villages * share).max(1);
    let mut counts = Vec::new();
    let mut passed = 0;
    // the least for each, the rest by weight
    let rest = street.grids - (street.communities + street.villages * least);
    for number in 0..street.communities + street.villages {
        let village = number >= street.communities;
        let before = rest * passed / weights;
        passed += if village { share } else { 2 };
        let least = if village { least } else { 1 };
        counts.push((village, least + rest * passed / weights - before));
    }
    counts
}

/// The lots of each mark, in order.
fn by_mark(marks: &[u32], count: usize) -> Vec<Vec<u32>> {
    let mut parts = vec![Vec::new(); count];
    for (lot, &mark) in (0..).zip(marks) {
        parts[mark as usize].push(lot);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DescribedCity;

    #[test]
    fn the_grids_of_a_street_are_dealt_out_to_the_last() {
        for city in DescribedCity::ALL {
            let spec = city.spec().unwrap();
            for street in &spec.streets {
                let counts = grids_per_community(street, spec.village_grids);
                assert_eq!(
                    counts.iter().map(|&(_, count)| count).sum::<usize>(),
                    street.grids
                );
                assert!(counts.iter().all(|&(_, count)| count > 0));
                assert_eq!(counts.len(), street.communities + street.villages);
            }
        }
    }

    #[test]
    fn villages_have_as_many_grids_as_asked_for_and_communities_share_the_rest() {
        let mut street = CitySpec::sized(40).unwrap().streets.remove(0);
        (street.communities, street.villages, street.grids) = (3, 2, 13);
        let counts = |village_grids| -> Vec<usize> {
            let counts = grids_per_community(&street, village_grids);
            counts.into_iter().map(|(_, count)| count).collect()
        };
        assert_eq!(counts(Some(1)), [3, 4, 4, 1, 1]);
        assert_eq!(counts(Some(3)), [2, 2, 3, 3, 3]);
        // two shares for a community, one for a village: 8 grids beside the first ones
        assert_eq!(counts(None), [3, 3, 3, 2, 2]);
    }
}
