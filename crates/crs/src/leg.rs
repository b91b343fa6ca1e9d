//! Between one system and degrees, by PROJ: axis order, area of use, and what may be wrong.

use std::rc::Rc;

use crate::declared::{Declared, Way};
use crate::formula::check_degrees;
use crate::proj::{Context, Kind, Object};
use crate::{Area, CrsError, GaussKruger, Hint, LocalDefinition};

/// Systems without an area of use are checked by going there and back, which catches positions on
/// the far side of the Earth. This much may be lost, degrees: a change of datum without heights
/// leads back to about a millimetre.
const LOST_DEG: f64 = 1e-6;

/// The same in the units of a projected system, metres or feet.
const LOST: f64 = 0.1;

/// A conversion between a system of PROJ and longitude and latitude in degrees.
#[derive(Debug)]
pub(crate) struct Leg {
    label: String,
    operation: Object,
    direction: Direction,
    /// Axes of the system.
    here: Axes,
    /// Axes of the degrees.
    there: Axes,
    area: Option<Area>,
    margin_deg: f64,
    projected: bool,
    zone: Option<GaussKruger>,
}

/// Which way an operation of PROJ leads.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Direction {
    /// From the system to degrees.
    ToDegrees,
    /// From degrees to the system.
    OutOfDegrees,
    /// From radians to the system.
    OutOfRadians,
}

/// How (east, north) lie in the two numbers that PROJ takes.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Axes {
    north_first: bool,
    east_sign: f64,
    north_sign: f64,
}

impl Leg {
    pub(crate) fn new(
        declared: &Declared,
        way: Way,
        zone: Option<GaussKruger>,
        margin_deg: f64,
    ) -> Result<Self, CrsError> {
        let axes = |object: &Object| {
            object
                .axis_directions()
                .and_then(|directions| Axes::of(&directions))
                .ok_or_else(|| CrsError::Unsupported {
                    system: declared.label.clone(),
                    kind: "a system whose axes do not run east and north",
                })
        };
        Ok(Self {
            here: axes(&declared.base)?,
            there: axes(&way.target)?,
            label: declared.label.clone(),
            operation: way.operation,
            direction: Direction::ToDegrees,
            area: declared.area.clone().or(way.area),
            margin_deg,
            projected: declared.projected,
            zone,
        })
    }

    /// The leg that a person gives as a pipeline of PROJ, which leads from longitude and latitude
    /// on the lattice's datum to the east and north of their system.
    pub(crate) fn by_pipeline(
        context: &Rc<Context>,
        definition: &LocalDefinition,
    ) -> Result<Self, CrsError> {
        let label = definition.to_string();
        let operation = context
            .create(&definition.for_proj())
            .filter(|operation| operation.kind() == Kind::Operation)
            .ok_or_else(|| CrsError::Unreadable {
                system: label.clone(),
            })?;
        Ok(Self {
            label,
            direction: if operation.takes_radians() {
                Direction::OutOfRadians
            } else {
                Direction::OutOfDegrees
            },
            operation,
            here: Axes::EAST_NORTH,
            there: Axes::EAST_NORTH,
            area: None,
            margin_deg: 0.0,
            projected: true,
            zone: None,
        })
    }

    pub(crate) const fn is_projected(&self) -> bool {
        self.projected
    }

    pub(crate) fn label(&self) -> &str {
        &self.label
    }

    /// From the system's east and north, in its own units, to longitude and latitude.
    pub(crate) fn to_degrees(&self, east: f64, north: f64) -> Result<(f64, f64), CrsError> {
        if !(east.is_finite() && north.is_finite()) {
            return Err(CrsError::NotFinite { east, north });
        }
        match self.position(east, north) {
            Some((lon, lat)) if self.covers(lon, lat) => Ok((lon, lat)),
            _ => Err(self.not_here(east, north, self.hint(east, north))),
        }
    }

    /// From longitude and latitude to the system's east and north, in its own units.
    pub(crate) fn out_of_degrees(&self, lon: f64, lat: f64) -> Result<(f64, f64), CrsError> {
        check_degrees(lon, lat)?;
        if !self.covers(lon, lat) {
            let hint = self.covers(lat, lon).then_some(Hint::LatitudeFirst);
            return Err(self.not_here(lon, lat, hint));
        }
        self.enter(lon, lat)
            .filter(|(east, north)| {
                self.area.is_some()
                    || self
                        .leave(*east, *north)
                        .is_some_and(|back| near(back, (lon, lat), LOST_DEG))
            })
            .ok_or_else(|| self.not_here(lon, lat, None))
    }

    fn position(&self, east: f64, north: f64) -> Option<(f64, f64)> {
        let (lon, lat) = self.leave(east, north)?;
        if lon.abs() > 180.0 || lat.abs() > 90.0 {
            return None;
        }
        let lost = if self.projected { LOST } else { LOST_DEG };
        let leads_back = || {
            self.enter(lon, lat)
                .is_some_and(|back| near(back, (east, north), lost))
        };
        (self.area.is_some() || leads_back()).then_some((lon, lat))
    }

    /// Out of the system, to degrees.
    fn leave(&self, east: f64, north: f64) -> Option<(f64, f64)> {
        let (first, second) = self.here.to_numbers(east, north);
        let (first, second) = match self.direction {
            Direction::ToDegrees => self.operation.forward(first, second)?,
            Direction::OutOfDegrees => self.operation.backward(first, second)?,
            Direction::OutOfRadians => {
                let (lon, lat) = self.operation.backward(first, second)?;
                (lon.to_degrees(), lat.to_degrees())
            }
        };
        Some(self.there.out_of_numbers(first, second))
    }

    /// Into the system, from degrees.
    fn enter(&self, lon: f64, lat: f64) -> Option<(f64, f64)> {
        let (first, second) = self.there.to_numbers(lon, lat);
        let (first, second) = match self.direction {
            Direction::ToDegrees => self.operation.backward(first, second)?,
            Direction::OutOfDegrees => self.operation.forward(first, second)?,
            Direction::OutOfRadians => self
                .operation
                .forward(first.to_radians(), second.to_radians())?,
        };
        Some(self.here.out_of_numbers(first, second))
    }

    fn covers(&self, lon: f64, lat: f64) -> bool {
        self.area
            .as_ref()
            .is_none_or(|area| area.contains(lon, lat, self.margin_deg))
    }

    fn hint(&self, east: f64, north: f64) -> Option<Hint> {
        let fits = |east, north| {
            self.position(east, north)
                .is_some_and(|(lon, lat)| self.covers(lon, lat))
        };
        if self.projected {
            Hint::for_lengths(east, north, self.zone, fits)
        } else {
            Hint::for_degrees(east, north, fits)
        }
    }

    /// The error for a point (east and north, or degrees) that the system does not hold.
    fn not_here(&self, east: f64, north: f64, hint: Option<Hint>) -> CrsError {
        let system = self.label.clone();
        if let Some(area) = &self.area {
            return CrsError::OutsideArea {
                system,
                east,
                north,
                area: Box::new(area.clone()),
                hint,
            };
        }
        CrsError::NoPosition {
            system,
            east,
            north,
            hint,
        }
    }
}

impl Axes {
    const EAST_NORTH: Self = Self {
        north_first: false,
        east_sign: 1.0,
        north_sign: 1.0,
    };

    fn of(directions: &[String; 2]) -> Option<Self> {
        let sign = |direction: &str, positive: &str, negative: &str| match direction {
            d if d.eq_ignore_ascii_case(positive) => Some(1.0),
            d if d.eq_ignore_ascii_case(negative) => Some(-1.0),
            _ => None,
        };
        let [first, second] = directions;
        if let (Some(east_sign), Some(north_sign)) =
            (sign(first, "east", "west"), sign(second, "north", "south"))
        {
            return Some(Self {
                north_first: false,
                east_sign,
                north_sign,
            });
        }
        Some(Self {
            north_first: true,
            north_sign: sign(first, "north", "south")?,
            east_sign: sign(second, "east", "west")?,
        })
    }

    fn to_numbers(self, east: f64, north: f64) -> (f64, f64) {
        let (east, north) = (east * self.east_sign, north * self.north_sign);
        if self.north_first {
            (north, east)
        } else {
            (east, north)
        }
    }

    fn out_of_numbers(self, first: f64, second: f64) -> (f64, f64) {
        let (east, north) = if self.north_first {
            (second, first)
        } else {
            (first, second)
        };
        (east * self.east_sign, north * self.north_sign)
    }
}

fn near(a: (f64, f64), b: (f64, f64), lost: f64) -> bool {
    (a.0 - b.0).abs() <= lost && (a.1 - b.1).abs() <= lost
}
