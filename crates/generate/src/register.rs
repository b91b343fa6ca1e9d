//! Codes and names of the units.

use wangge_plane::Point;

use crate::GenerateError;
use crate::board::{Earth, Spot, area_and_centroid, index};
use crate::hierarchy::Hierarchy;
use crate::mesh::{Mesh, OUTSIDE};
use crate::names::Names;
use crate::spec::CitySpec;

/// Codes and names, given in the order in which people number: from west to east, row by row
/// from north to south.
pub(crate) struct Register {
    pub(crate) streets: Vec<Entry>,
    /// By community as it was made.
    pub(crate) communities: Vec<Entry>,
    /// By grid as it was made.
    pub(crate) grids: Vec<Entry>,
    /// Place in order of codes, by grid as it was made.
    pub(crate) place_of_grid: Vec<u32>,
}

/// Code and names of a unit.
#[derive(Clone, Default)]
pub(crate) struct Entry {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) name_en: String,
}

impl Register {
    pub(crate) fn new(
        spec: &CitySpec,
        mesh: &Mesh,
        earth: &Earth,
        hierarchy: &Hierarchy,
        names: &mut Names,
    ) -> Result<Self, GenerateError> {
        let streets: Vec<Entry> = spec
            .streets
            .iter()
            .map(|street| Entry {
                code: street.code.clone(),
                name: street.name.clone(),
                name_en: street.name_en.clone(),
            })
            .collect();
        let middles = Middles::new(mesh, earth, hierarchy)?;
        let mut communities = vec![Entry::default(); hierarchy.communities.len()];
        let mut of_street = vec![Vec::new(); streets.len()];
        for (number, community) in (0..).zip(&hierarchy.communities) {
            of_street[community.street].push(number);
        }
        for (street, members) in of_street.iter().enumerate() {
            let (mut community, mut village) = (0, 199);
            for number in reading_order(members, &middles.communities) {
                let is_village = hierarchy.communities[number as usize].village;
                let (sequence, name) = if is_village {
                    village += 1;
                    (village, names.village())
                } else {
                    community += 1;
                    (community, names.community())
                };
                communities[number as usize] = Entry {
                    code: format!("{}{sequence:03}", streets[street].code),
                    name: name.zh,
                    name_en: name.en,
                };
            }
        }
        let mut grids = vec![Entry::default(); hierarchy.grids.len()];
        let mut of_community = vec![Vec::new(); communities.len()];
        for (number, grid) in (0..).zip(&hierarchy.grids) {
            of_community[grid.community as usize].push(number);
        }
        for (community, members) in of_community.iter().enumerate() {
            let above = &communities[community];
            for (number, sequence) in reading_order(members, &middles.grids).into_iter().zip(1..) {
                grids[number as usize] = Entry {
                    code: format!("{}{sequence:03}", above.code),
                    name: format!("{}第{sequence}网格", above.name),
                    name_en: format!("{} Grid {sequence}", above.name_en),
                };
            }
        }
        let order = by_code(&grids);
        let mut place_of_grid = vec![0; grids.len()];
        for (place, &number) in (0..).zip(&order) {
            place_of_grid[number as usize] = place;
        }
        Ok(Self {
            streets,
            communities,
            grids,
            place_of_grid,
        })
    }
}

/// The middles of units on the lattice, the mean of their blocks' by area.
struct Middles {
    grids: Vec<Point>,
    communities: Vec<Point>,
}

impl Middles {
    fn new(mesh: &Mesh, earth: &Earth, hierarchy: &Hierarchy) -> Result<Self, GenerateError> {
        let origin = Spot::new(0.0, 0.0);
        let mut grids = vec![(origin, 0.0); hierarchy.grids.len()];
        let mut communities = vec![(origin, 0.0); hierarchy.communities.len()];
        for face in OUTSIDE + 1..index(mesh.faces()) {
            let (area, middle) = area_and_centroid(&mesh.corners(face));
            let grid = hierarchy.grid_of[face as usize] as usize;
            let community = hierarchy.grids[grid].community as usize;
            for sum in [&mut grids[grid], &mut communities[community]] {
                sum.0 = sum.0 + middle * area;
                sum.1 += area;
            }
        }
        let landed = |sums: Vec<(Spot, f64)>| {
            sums.into_iter()
                .map(|(sum, area)| earth.point(sum * (1.0 / area)))
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(Self {
            grids: landed(grids)?,
            communities: landed(communities)?,
        })
    }
}

/// The members from west to east, row by row from north to south. A row is as high as a member
/// would be if they were squares.
fn reading_order(members: &[u32], middles: &[Point]) -> Vec<u32> {
    let at = |member: u32| middles[member as usize];
    let mut order = members.to_vec();
    order.sort_by_key(|&member| (-at(member).y(), at(member).x(), member));
    let (Some(&north), Some(&south)) = (order.first(), order.last()) else {
        return order;
    };
    let many = i64::from(index(members.len()));
    let mut rows = 1;
    while (rows + 1) * (rows + 1) <= many {
        rows += 1;
    }
    let height = i64::from(at(north).y()) - i64::from(at(south).y());
    let row = |member: u32| {
        let below = i64::from(at(north).y()) - i64::from(at(member).y());
        below * rows / (height + 1)
    };
    order.sort_by_key(|&member| (row(member), at(member).x(), member));
    order
}

/// Places of the entries in bytewise order of their codes.
pub(crate) fn by_code(entries: &[Entry]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..index(entries.len())).collect();
    order.sort_by(|&a, &b| entries[a as usize].code.cmp(&entries[b as usize].code));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ```text
    ///  2   0
    ///                first row above, second below
    ///             1
    ///     4
    ///  3    5
    /// ```
    #[test]
    fn people_number_from_west_to_east_and_row_by_row_to_the_south() {
        let middles = [(40, 98), (90, 30), (0, 100), (0, 0), (20, 20), (30, 5)]
            .map(|(x, y)| Point::new(x, y).unwrap());
        let members = [0, 1, 2, 3, 4, 5];
        assert_eq!(reading_order(&members, &middles), [2, 0, 3, 4, 5, 1]);
    }
}
