//! Where the households of a city live: buildings along the ways of each grid.

use wangge_model::{Code, Dwelling, Grid, GridKind};
use wangge_plane::{Figure, Point, Side};

use crate::along::{Course, Ground};
use crate::board::{count, real};
use crate::dice::{Dice, Subject};
use crate::footprints::to_left;
use crate::{City, GenerateError};

impl City {
    /// The dwelling buildings of every grid, grids by code: their households and persons add up to those
    /// of the grid. Towns have large houses, villages small ones. They are drawn anew at each call, and come
    /// out the same.
    ///
    /// # Errors
    /// None that a city which was made would show: [`GenerateError::Scheme`] for a code that is none.
    pub fn dwellings(&self) -> Result<Vec<Dwelling>, GenerateError> {
        Ok(self.dwellings_by_grid()?.concat())
    }

    /// The dwelling buildings, by grid.
    pub(crate) fn dwellings_by_grid(&self) -> Result<Vec<Vec<Dwelling>>, GenerateError> {
        let Some(ground) = self.ground() else {
            return Ok(Vec::new());
        };
        let mut dice = Dice::new(self.seed, Subject::Dwellings);
        let beside = self.ways_by_grid();
        let mut by_grid = Vec::with_capacity(self.grids.len());
        for (grid, ways) in self.grids.iter().zip(&beside) {
            let households = grid.unit.households.unwrap_or(0) as usize;
            let persons = grid.unit.population.unwrap_or(0) as usize;
            let per_house = match grid.unit.kind {
                Some(GridKind::Rural) => 2.4,
                _ => 34.0,
            };
            let wanted = count(real(households) / per_house).clamp(1, households.max(1));
            let places = self.places(grid, ways, wanted, &ground, &mut dice);
            let (mut lived, mut left) = (0, households);
            let mut dwellings = Vec::with_capacity(places.len());
            for (number, &place) in places.iter().enumerate() {
                let here = share(left, places.len() - number, &mut dice);
                left -= here;
                let before = persons * lived / households.max(1);
                lived += here;
                let after = match left {
                    0 if number + 1 == places.len() => persons,
                    _ => persons * lived / households.max(1),
                };
                let whole = |value: usize| u32::try_from(value).ok();
                dwellings.push(Dwelling {
                    code: Some(Code::new(&format!("{}{:04}", grid.unit.code, number + 1))?),
                    households: whole(here),
                    population: whole(after - before),
                    figure: Figure::Point(place),
                });
            }
            by_grid.push(dwellings);
        }
        Ok(by_grid)
    }

    /// By grid: the ways along it and through it that one can live at, each with its side.
    pub(crate) fn ways_by_grid(&self) -> Vec<Vec<(usize, usize)>> {
        let mut beside = vec![Vec::new(); self.grids.len()];
        for (number, stretch) in self.ways.iter().enumerate() {
            if stretch.class.half_width_m().is_none() {
                continue;
            }
            for (side, grid) in stretch.sides.into_iter().enumerate() {
                if let Some(grid) = grid {
                    beside[grid as usize].push((number, side));
                }
            }
        }
        beside
    }

    /// So many places inside of a grid, behind the kerbs of its ways where there is room.
    fn places(
        &self,
        grid: &Grid,
        ways: &[(usize, usize)],
        wanted: usize,
        ground: &Ground,
        dice: &mut Dice,
    ) -> Vec<Point> {
        // a place far off the ways is rarely missed: most of a grid's extent is the grid
        const TRIES: usize = 400;
        let courses: Vec<(Course, f64, usize)> = ways
            .iter()
            .map(|&(number, side)| {
                let stretch = self.ways.get(number);
                let kerb = stretch.class.half_width_m().unwrap_or(0.0);
                (Course::new(ground, stretch.points), kerb, side)
            })
            .collect();
        let mut places: Vec<Point> = Vec::with_capacity(wanted);
        let mut tries = 0;
        while places.len() < wanted && tries < TRIES + 4 * wanted {
            tries += 1;
            let beside_a_way = !courses.is_empty() && (tries < wanted * 3 || dice.chance(0.5));
            let place = if beside_a_way {
                let (course, kerb, side) = &courses[dice.below(courses.len())];
                let along = course.length() * dice.unit();
                let behind = kerb + dice.between(7.0, 32.0);
                ground.point(course.at(along, to_left(*side, behind)))
            } else {
                anywhere(grid, dice)
            };
            places.extend(place.filter(|&place| grid.shape.side(place) == Side::Inside));
        }
        places
    }
}

/// A place in the box around a grid.
fn anywhere(grid: &Grid, dice: &mut Dice) -> Option<Point> {
    let extent = grid.shape.extent();
    let mut within = |low: i32, high: i32| {
        let width = usize::try_from(i64::from(high) - i64::from(low)).unwrap_or(0);
        low.saturating_add(i32::try_from(dice.below(width + 1)).unwrap_or(0))
    };
    let x = within(extent.min().x(), extent.max().x());
    let y = within(extent.min().y(), extent.max().y());
    Point::new(x, y).ok()
}

/// What the first of so many houses has of what is left: about as much as each other, at least one where
/// there are enough, and all in the last.
fn share(left: usize, houses: usize, dice: &mut Dice) -> usize {
    if houses <= 1 {
        return left;
    }
    let even = real(left) / real(houses);
    let most = left.saturating_sub(houses - 1);
    count(even * dice.between(0.6, 1.4)).clamp(1.min(most), most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up_and_leave_one_for_each_house() {
        let mut dice = Dice::new(1, Subject::Dwellings);
        for (households, houses) in [(100, 3), (7, 7), (1, 1), (0, 1), (423, 190)] {
            let mut left = households;
            let mut shares = Vec::new();
            for house in 0..houses {
                shares.push(share(left, houses - house, &mut dice));
                left -= shares[house];
            }
            assert_eq!(shares.iter().sum::<usize>(), households);
            assert!(households < houses || shares.iter().all(|&share| share > 0));
        }
    }
}
