//! The components of a city: what stands along its ways, class by class, with what a survey notes.

use jiff::ToSpan;
use jiff::civil::{Date, date};
use rustc_hash::FxHashMap;
use wangge_model::{
    AccuracyClass, Code, Component, ComponentState, GridKind, LevelIndex, ObjectKind,
    OwnDepartments, Unit,
};
use wangge_plane::{Extent, Figure, Point};

use crate::along::{Course, Ground};
use crate::dice::{Dice, Subject};
use crate::fixtures::{COUNTRY, Fixture, PER_COUNTRY_KM2, PER_TOWN_KM2, TOWN};
use crate::footprints::{beside, is_inside, to_left};
use crate::functional::Functional;
use crate::terrain::LineClass;
use crate::ways::Stretch;
use crate::{City, GenerateError};

/// What stands in the note of every component.
const NOTE: &str = "合成数据 synthetic";

/// Digits of the number of a component within its class.
const NUMBER_DIGITS: usize = 6;

/// A component before it has a code.
struct Placed {
    class: &'static str,
    figure: Figure,
    /// Its grid, by its place among the city's grids.
    grid: u32,
}

impl City {
    /// The city's components by code: points, lines and areas along its ways, about 200 per square
    /// kilometre of urban grids and few elsewhere, each in one grid, which it names. Their codes are
    /// the city's, the class and a number (6 + 2 + 2 + 6 digits). They are drawn anew at each call,
    /// and come out the same.
    ///
    /// # Errors
    /// None that a city which was made would show: [`GenerateError::Scheme`] for a code that is none.
    pub fn components(&self) -> Result<Vec<Component>, GenerateError> {
        let Some(ground) = self.ground() else {
            return Ok(Vec::new());
        };
        let mut dice = Dice::new(self.seed, Subject::Components);
        let mut placed = self.along_ways(&ground, &mut dice);
        placed.extend(self.at_junctions(&ground, &mut dice));
        // by class, and within one in the order in which they were placed
        placed.sort_by_key(|one| one.class);
        let mut register = Register::new(self, dice);
        placed
            .into_iter()
            .map(|one| register.entered(one))
            .collect()
    }

    /// A plane in metres around the middle of the city; `None` without grids.
    pub(crate) fn ground(&self) -> Option<Ground> {
        let extents = self.grids.iter().map(|grid| grid.shape.extent());
        let extent: Extent = extents.reduce(Extent::union)?;
        let (min, max) = (extent.min(), extent.max());
        let middle = Point::new(min.x().midpoint(max.x()), min.y().midpoint(max.y()));
        middle.ok().map(Ground::around)
    }

    /// The head of all codes: that of the city, cut or filled up to six digits.
    pub(crate) fn county(&self) -> String {
        let code = self.scheme.code().map_or("", Code::as_str);
        let digits = code
            .chars()
            .filter(char::is_ascii_digit)
            .chain("000000".chars());
        digits.take(6).collect()
    }

    fn along_ways(&self, ground: &Ground, dice: &mut Dice) -> Vec<Placed> {
        let courses: Vec<Course> = self
            .ways
            .iter()
            .map(|stretch| Course::new(ground, stretch.points))
            .collect();
        let denser = self.denser(&courses);
        let mut placed = Vec::new();
        for (stretch, course) in self.ways.iter().zip(&courses) {
            let half_width_m = stretch.class.half_width_m();
            let (fixtures, denser): (&[Fixture], f64) = if stretch.country {
                (&COUNTRY, denser.country)
            } else {
                (&TOWN, denser.town)
            };
            for fixture in fixtures {
                let (Some(spacing_m), Some(half_width_m)) =
                    (fixture.spacing_m(stretch.class), half_width_m)
                else {
                    continue;
                };
                let spacing_m = spacing_m / denser;
                let mut at_m = spacing_m * dice.unit();
                while at_m < course.length() {
                    let side = dice.below(2);
                    let across_m = fixture.stands.metres_from_middle(half_width_m);
                    let spot = course.at(at_m, to_left(side, across_m));
                    let point = ground.point(spot).map(Figure::Point);
                    placed.extend(self.placed(fixture.class, point, stretch.sides[side]));
                    at_m += spacing_m * dice.between(0.8, 1.2);
                }
            }
            if !stretch.country {
                for (class, figure, side) in beside(&stretch, course, ground, dice) {
                    placed.extend(self.placed(class, Some(figure), stretch.sides[side]));
                }
            }
        }
        placed
    }

    /// Something in the grid beside a way, if it is all in there.
    fn placed(
        &self,
        class: &'static str,
        figure: Option<Figure>,
        grid: Option<u32>,
    ) -> Option<Placed> {
        let (figure, grid) = (figure?, grid?);
        let within = is_inside(&figure, &self.grids[grid as usize].shape);
        within.then_some(Placed {
            class,
            figure,
            grid,
        })
    }

    /// Traffic lights where a main road meets another, one on the right of each way that comes in,
    /// and their cabinet.
    fn at_junctions(&self, ground: &Ground, dice: &mut Dice) -> Vec<Placed> {
        const FROM_JUNCTION_M: f64 = 12.0;
        let mut ways_in: Vec<(u32, usize, bool)> = Vec::new();
        for (number, stretch) in self.ways.iter().enumerate() {
            if stretch.class.half_width_m().is_some() && !stretch.country {
                ways_in.push((stretch.ends[0], number, false));
                ways_in.push((stretch.ends[1], number, true));
            }
        }
        ways_in.sort_unstable();
        let mut placed = Vec::new();
        for junction in ways_in.chunk_by(|one, other| one.0 == other.0) {
            let class = |&(_, number, _): &(u32, usize, bool)| self.ways.get(number).class;
            let large = |way: &&(u32, usize, bool)| class(way) <= LineClass::Main;
            let others = junction
                .iter()
                .filter(|way| class(way) <= LineClass::Street);
            if junction.iter().filter(large).count() < 2 || others.count() < 3 {
                continue;
            }
            let cabinet_at = dice.below(junction.len());
            for (place, &(_, number, at_end)) in junction.iter().enumerate() {
                let stretch: Stretch<'_> = self.ways.get(number);
                let course = Course::new(ground, stretch.points);
                let kerb = stretch.class.half_width_m().unwrap_or(0.0);
                // who comes in drives on the right of the way, which is on its left where it starts here
                let side = usize::from(at_end);
                let mut stand = |class, from_junction_m: f64, behind_m: f64| {
                    let along = from_junction_m.min(course.length() / 2.0);
                    let along = if at_end {
                        course.length() - along
                    } else {
                        along
                    };
                    let spot = course.at(along, to_left(side, kerb + behind_m));
                    let point = ground.point(spot).map(Figure::Point);
                    placed.extend(self.placed(class, point, stretch.sides[side]));
                };
                if class(&(0, number, at_end)) <= LineClass::Street {
                    stand("0210", FROM_JUNCTION_M, 0.6);
                    stand("0213", FROM_JUNCTION_M + 6.0, 1.8);
                }
                if place == cabinet_at {
                    stand("0214", FROM_JUNCTION_M + 3.0, 2.5);
                }
            }
        }
        placed
    }

    /// How much closer than usual fixtures stand, so that their number comes out.
    fn denser(&self, courses: &[Course]) -> Denser {
        let is_urban = |grid: u32| {
            let kind = self.grids[grid as usize].unit.kind.as_ref();
            matches!(kind, Some(GridKind::Urban | GridKind::Special))
        };
        let (mut town, mut country) = (0.0, 0.0);
        for (stretch, course) in self.ways.iter().zip(courses) {
            let fixtures: &[Fixture] = if stretch.country { &COUNTRY } else { &TOWN };
            let spacings = fixtures
                .iter()
                .filter_map(|fixture| fixture.spacing_m(stretch.class));
            let usual: f64 = spacings.map(|spacing_m| course.length() / spacing_m).sum();
            for grid in stretch.sides.into_iter().flatten() {
                if !stretch.country && is_urban(grid) {
                    town += usual / 2.0;
                }
                if stretch.country && !is_urban(grid) {
                    country += usual / 2.0;
                }
            }
        }
        let km2 = |urban: bool| {
            let grids = (0..)
                .zip(&self.grids)
                .filter(|&(place, _)| is_urban(place) == urban);
            grids
                .map(|(_, grid)| grid.unit.area_m2.unwrap_or(0.0))
                .sum::<f64>()
                / 1e6
        };
        let ratio = |wanted: f64, usual: f64| if usual > 0.0 { wanted / usual } else { 0.0 };
        Denser {
            town: ratio(PER_TOWN_KM2 * km2(true), town),
            country: ratio(PER_COUNTRY_KM2 * km2(false), country),
        }
    }
}

/// As multiples of the usual number per metre; nothing stands where it is 0.
struct Denser {
    town: f64,
    country: f64,
}

/// Gives each component its code and what a survey notes of it.
struct Register<'a> {
    city: &'a City,
    dice: Dice,
    county: String,
    /// By class: its name, and how well places are known.
    classes: FxHashMap<String, (String, Option<AccuracyClass>)>,
    /// By community: the street above it.
    street_of: FxHashMap<&'a str, &'a Unit>,
    class: &'static str,
    number: usize,
}

impl<'a> Register<'a> {
    fn new(city: &'a City, dice: Dice) -> Self {
        let units = city.upper.iter().map(|(unit, _)| unit);
        let streets: FxHashMap<&str, &Unit> = units
            .clone()
            .filter(|unit| unit.level == LevelIndex(1))
            .map(|unit| (unit.code.as_str(), unit))
            .collect();
        let street_of = units.filter_map(|unit| {
            let street = streets.get(unit.parent.as_ref()?.as_str())?;
            Some((unit.code.as_str(), *street))
        });
        Self {
            city,
            dice,
            county: city.county(),
            classes: classes(&city.classes.csv()),
            street_of: street_of.collect(),
            class: "",
            number: 0,
        }
    }

    fn entered(&mut self, placed: Placed) -> Result<Component, GenerateError> {
        if placed.class != self.class {
            (self.class, self.number) = (placed.class, 0);
        }
        self.number += 1;
        let code = format!(
            "{}{}{:0NUMBER_DIGITS$}",
            self.county, self.class, self.number
        );
        let grid = &self.city.grids[placed.grid as usize].unit;
        let (name, accuracy) = self.classes.get(self.class).cloned().unwrap_or_default();
        let state = self.state();
        let surveyed = self.day(date(2022, 3, 1), 900);
        let altered = state != ComponentState::Intact || self.dice.chance(0.08);
        let changed = self.day(date(2024, 9, 1), 420);
        let source = if self.dice.chance(0.93) {
            "实测"
        } else {
            "巡查上报"
        };
        Ok(Component {
            code: Code::new(&code)?,
            class: Code::new(self.class)?,
            name: (!name.is_empty()).then_some(name),
            state: Some(state),
            departments: self.departments(grid)?,
            grid: Some(grid.code.clone()),
            surveyed: Some(surveyed),
            changed: altered.then_some(changed),
            accuracy_m: accuracy.map(AccuracyClass::metres),
            source: Some(source.to_owned()),
            note: Some(NOTE.to_owned()),
            figure: placed.figure,
        })
    }

    fn state(&mut self) -> ComponentState {
        match self.dice.unit() {
            ..0.940 => ComponentState::Intact,
            ..0.968 => ComponentState::Damaged,
            ..0.979 => ComponentState::Lost,
            ..0.987 => ComponentState::Occupied,
            ..0.993 => ComponentState::Removed,
            _ => ComponentState::Abandoned,
        }
    }

    /// A day within so many from another.
    fn day(&mut self, first: Date, within: usize) -> Date {
        let days = i64::try_from(self.dice.below(within)).unwrap_or(0);
        first.checked_add(days.days()).unwrap_or(first)
    }

    /// The department that handles the class is in charge, mostly owns it and keeps it in order, or leaves
    /// that to its branch in the street. A list of real components has empty places, and so has this.
    fn departments(&mut self, grid: &Unit) -> Result<OwnDepartments, GenerateError> {
        let (owned, kept, known) = (self.dice.unit(), self.dice.unit(), self.dice.unit());
        let Some(handler) = self.city.handler(ObjectKind::Component, self.class) else {
            return Ok(OwnDepartments::default());
        };
        let code = || Some(handler.code.clone());
        let street = grid
            .parent
            .as_ref()
            .and_then(|parent| self.street_of.get(parent.as_str()));
        let branch = match (handler.branch(), street) {
            (Some((branch, _)), Some(street)) => Some(branch.code(street)?),
            _ => None,
        };
        Ok(OwnDepartments {
            in_charge: if known < 0.98 { code() } else { None },
            owner: if owned < 0.85 { code() } else { None },
            maintainer: match kept {
                ..0.7 => branch.or_else(code),
                ..0.9 => code(),
                _ => None,
            },
        })
    }
}

impl City {
    /// The functional department that handles a class everywhere: the one with the longest beginning of
    /// its code.
    pub(crate) fn handler(&self, object: ObjectKind, class: &str) -> Option<&Functional> {
        let handles = |functional: &Functional| {
            let of_object = functional.handles.iter().filter(|one| one.object == object);
            let begins = of_object.filter(|one| class.starts_with(one.class.as_str()));
            begins.map(|one| one.class.as_str().len()).max()
        };
        let all = self
            .functional
            .iter()
            .filter_map(|one| Some((handles(one)?, one)));
        all.max_by_key(|&(length, _)| length).map(|(_, one)| one)
    }
}

/// Names and accuracies by class, from the list `classes.csv`, which quotes no cell.
fn classes(csv: &str) -> FxHashMap<String, (String, Option<AccuracyClass>)> {
    let rows = csv.lines().filter_map(|line| {
        let mut cells = line.split(',');
        let object = cells.next()?;
        let (code, name) = (cells.next()?, cells.next()?);
        let accuracy = match cells.nth(2)? {
            "A" => Some(AccuracyClass::A),
            "B" => Some(AccuracyClass::B),
            "C" => Some(AccuracyClass::C),
            _ => None,
        };
        let of_components = object == ObjectKind::Component.as_str();
        of_components.then(|| (code.to_owned(), (name.to_owned(), accuracy)))
    });
    rows.collect()
}
