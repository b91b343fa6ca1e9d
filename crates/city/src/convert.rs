//! Positions from the system a request names onto the lattice, and back.

use wangge_crs::{Crs, Formula, Policy, Transform};
use wangge_plane::Point;

use crate::CityError;

/// Whether positions of this system are converted by formulas: at once, on any thread. Others
/// need PROJ, whose transformations take about 100 ms to make; each thread keeps its last ones.
pub fn is_cheap(crs: &Crs) -> bool {
    is_cheap_between(crs, &Crs::Lattice)
}

/// The same for two systems.
pub fn is_cheap_between(from: &Crs, to: &Crs) -> bool {
    Formula::new(from, to, &Policy::default()).is_some()
}

/// The lattice point of a position: `lon` east and `lat` north, in the system's own units.
///
/// # Errors
/// [`CityError::Crs`] where the system does not exist, has no good way to the lattice's, or does
/// not hold the position; [`CityError::Plane`].
pub fn to_lattice(crs: &Crs, lon: f64, lat: f64) -> Result<Point, CityError> {
    if *crs == Crs::Lattice {
        return Ok(Point::from_degrees(lon, lat)?);
    }
    let (lon, lat) = convert_position(crs, &Crs::Lattice, lon, lat)?;
    Ok(Point::from_degrees(lon, lat)?)
}

/// A lattice point in the units of another system, east and north.
///
/// # Errors
/// [`CityError::Crs`] where the system does not exist or does not hold the point.
pub fn to_degrees_of(crs: &Crs, point: Point) -> Result<(f64, f64), CityError> {
    convert_position(&Crs::Lattice, crs, point.lon(), point.lat())
}

/// A position of one system in another, each east and north in its own units. Nothing is rounded.
///
/// # Errors
/// [`CityError::Crs`] where a system does not exist, or one does not hold the position, or there is
/// no good way between them.
pub fn convert_position(
    from: &Crs,
    to: &Crs,
    east: f64,
    north: f64,
) -> Result<(f64, f64), CityError> {
    let policy = Policy::default();
    match Formula::new(from, to, &policy) {
        Some(formula) => Ok(formula.convert(east, north)?),
        None => Ok(Transform::of_this_thread(from, to, &policy)?.convert(east, north)?),
    }
}
