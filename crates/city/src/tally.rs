//! Points counted, and numbers added up, by the grids that hold them.

mod decimal;

use wangge_plane::Point;

pub use self::decimal::{Decimal, NotDecimal};
use crate::answer::UnitRef;
use crate::{City, CityError};

/// Points counted by grid. Every point belongs to one grid, by the border rule, or lies outside: so the
/// counts of the units of one level and of the outside add up to the number of points, and the sums to the sums.
#[derive(Debug)]
pub struct Tally<'a> {
    city: &'a City,
    /// Of each grid, by its number.
    grids: Vec<Count>,
    outside: Count,
}

/// How many points, and what their numbers add up to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Count {
    /// Points.
    pub points: u64,
    /// Of each column of numbers.
    pub sums: Vec<Sum>,
}

/// Numbers that were added up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    /// How many.
    pub values: u64,
    /// What they add up to; exact.
    pub total: Decimal,
}

impl<'a> Tally<'a> {
    /// Nothing counted yet; with so many columns of numbers.
    pub fn new(city: &'a City, columns: usize) -> Self {
        let none = Count::of_columns(columns);
        Self {
            city,
            grids: vec![none.clone(); city.grid_count()],
            outside: none,
        }
    }

    /// Counts a point, with its number in each column, where it has one. `false` outside of all grids.
    pub fn add(&mut self, point: Point, numbers: &[Option<Decimal>]) -> bool {
        let owner = self.city.locate_point(point);
        let count = match owner {
            Some(owner) => &mut self.grids[owner.0 as usize],
            None => &mut self.outside,
        };
        count.add(numbers);
        owner.is_some()
    }

    /// The units of a level in the order of their codes, with what was counted in each; also where that is
    /// nothing. Of the lowest level unless one is named.
    ///
    /// # Errors
    /// [`CityError::UnknownLevel`].
    pub fn of_level(&self, id: Option<&str>) -> Result<Vec<(UnitRef<'a>, Count)>, CityError> {
        let level = self.city.level_or_lowest(id)?;
        let units = &self.city.ground.units;
        let range = units.level(level);
        let first = range.start;
        let none = Count::of_columns(self.outside.sums.len());
        let mut counts = vec![none; range.len()];
        for (grid, count) in units.lowest().zip(&self.grids) {
            let unit = units.ancestor(grid, level);
            let unit =
                unit.unwrap_or_else(|| unreachable!("every grid lies in a unit of every level"));
            counts[(unit - first) as usize].merge(count);
        }
        let units = range.map(|place| self.city.unit_ref(units.entry(place)));
        let mut counted: Vec<_> = units.zip(counts).collect();
        counted.sort_by(|(one, _), (other, _)| one.code.cmp(other.code));
        Ok(counted)
    }

    /// What was counted outside of all grids.
    pub const fn outside(&self) -> &Count {
        &self.outside
    }
}

impl Count {
    /// Nothing, with so many columns of numbers.
    pub fn of_columns(columns: usize) -> Self {
        Self {
            points: 0,
            sums: vec![Sum::default(); columns],
        }
    }

    /// Counts one more, with its number in each column, where it has one.
    pub fn add(&mut self, numbers: &[Option<Decimal>]) {
        self.points += 1;
        for (sum, number) in self.sums.iter_mut().zip(numbers) {
            if let Some(number) = number {
                sum.values += 1;
                sum.total += *number;
            }
        }
    }

    fn merge(&mut self, other: &Self) {
        self.points += other.points;
        for (sum, other) in self.sums.iter_mut().zip(&other.sums) {
            sum.values += other.values;
            sum.total += other.total;
        }
    }
}
