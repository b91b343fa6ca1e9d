//! Conversions by formula alone: no PROJ, no allocation, any thread.

use crate::gcj::{bd09_to_gcj02, gcj02_to_bd09, gcj02_to_wgs84, wgs84_to_gcj02};
use crate::{ChinaBounds, Crs, CrsError, EqualSystem, Hint, Policy};

/// A conversion between systems whose degrees are the lattice's, GCJ-02 and BD-09. It costs
/// nothing to make, allocates nothing unless it fails, and may be shared by threads.
///
/// ```
/// use wangge_crs::{Crs, Formula, Policy};
/// let formula = Formula::new(&Crs::wgs84(), &Crs::Gcj02, &Policy::default()).unwrap();
/// let (lon, lat) = formula.convert(116.404, 39.915)?;
/// assert!((lon - 116.410244).abs() < 1e-6 && (lat - 39.916404).abs() < 1e-6);
/// # Ok::<(), wangge_crs::CrsError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Formula {
    from: Degrees,
    to: Degrees,
    margin_deg: f64,
}

/// A system of degrees that formulas lead to the lattice.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Degrees {
    Lattice,
    Equal(EqualSystem),
    Gcj02(ChinaBounds),
    Bd09(ChinaBounds),
}

impl Formula {
    /// The conversion from one system to another; `None` when one of them needs PROJ (then make a
    /// [`Transform`](crate::Transform)).
    pub fn new(from: &Crs, to: &Crs, policy: &Policy) -> Option<Self> {
        Some(Self {
            from: Degrees::of(from, policy)?,
            to: Degrees::of(to, policy)?,
            margin_deg: policy.area_margin_deg,
        })
    }

    /// Converts a position, longitude and latitude in degrees.
    ///
    /// # Errors
    /// [`CrsError::NotFinite`], [`CrsError::NotDegrees`] beyond 180 or 90 degrees,
    /// [`CrsError::OutsideArea`] outside the area of use of either system.
    pub fn convert(&self, lon: f64, lat: f64) -> Result<(f64, f64), CrsError> {
        let (lon, lat) = self.from.to_lattice(lon, lat, self.margin_deg)?;
        self.to.out_of_lattice(lon, lat, self.margin_deg)
    }
}

impl Degrees {
    pub(crate) const fn of(crs: &Crs, policy: &Policy) -> Option<Self> {
        match crs {
            Crs::Lattice => Some(Self::Lattice),
            Crs::Equal(system) => Some(Self::Equal(*system)),
            Crs::Gcj02 => Some(Self::Gcj02(policy.china)),
            Crs::Bd09 => Some(Self::Bd09(policy.china)),
            Crs::Epsg(_) | Crs::Local(_) => None,
        }
    }

    pub(crate) fn to_lattice(
        self,
        lon: f64,
        lat: f64,
        margin_deg: f64,
    ) -> Result<(f64, f64), CrsError> {
        check_degrees(lon, lat)?;
        let back = match self {
            Self::Lattice => return Ok((lon, lat)),
            Self::Equal(system) => {
                check_area(system, lon, lat, margin_deg)?;
                return Ok((lon, lat));
            }
            Self::Gcj02(bounds) => gcj02_to_wgs84(lon, lat, bounds),
            Self::Bd09(bounds) => {
                bd09_to_gcj02(lon, lat).and_then(|(lon, lat)| gcj02_to_wgs84(lon, lat, bounds))
            }
        };
        back.filter(|(lon, lat)| are_degrees(*lon, *lat))
            .ok_or_else(|| self.no_position(lon, lat))
    }

    pub(crate) fn out_of_lattice(
        self,
        lon: f64,
        lat: f64,
        margin_deg: f64,
    ) -> Result<(f64, f64), CrsError> {
        check_degrees(lon, lat)?;
        let there = match self {
            Self::Lattice => return Ok((lon, lat)),
            Self::Equal(system) => {
                check_area(system, lon, lat, margin_deg)?;
                return Ok((lon, lat));
            }
            Self::Gcj02(bounds) => wgs84_to_gcj02(lon, lat, bounds),
            Self::Bd09(bounds) => {
                let (lon, lat) = wgs84_to_gcj02(lon, lat, bounds);
                gcj02_to_bd09(lon, lat)
            }
        };
        if are_degrees(there.0, there.1) {
            Ok(there)
        } else {
            Err(self.no_position(lon, lat))
        }
    }

    fn no_position(self, east: f64, north: f64) -> CrsError {
        let crs = match self {
            Self::Lattice => Crs::Lattice,
            Self::Equal(system) => Crs::Equal(system),
            Self::Gcj02(_) => Crs::Gcj02,
            Self::Bd09(_) => Crs::Bd09,
        };
        CrsError::NoPosition {
            system: crs.to_string(),
            east,
            north,
            hint: None,
        }
    }
}

/// Checks that the numbers are a longitude and a latitude.
pub(crate) fn check_degrees(lon: f64, lat: f64) -> Result<(), CrsError> {
    if !(lon.is_finite() && lat.is_finite()) {
        return Err(CrsError::NotFinite {
            east: lon,
            north: lat,
        });
    }
    if are_degrees(lon, lat) {
        return Ok(());
    }
    Err(CrsError::NotDegrees {
        lon,
        lat,
        hint: Hint::for_degrees(lon, lat, are_degrees),
    })
}

fn check_area(system: EqualSystem, lon: f64, lat: f64, margin_deg: f64) -> Result<(), CrsError> {
    if system.covers(lon, lat, margin_deg) {
        return Ok(());
    }
    Err(CrsError::OutsideArea {
        system: Crs::Equal(system).to_string(),
        east: lon,
        north: lat,
        area: Box::new(system.area()),
        hint: Hint::for_degrees(lon, lat, |lon, lat| system.covers(lon, lat, margin_deg)),
    })
}

fn are_degrees(lon: f64, lat: f64) -> bool {
    lon.abs() <= 180.0 && lat.abs() <= 90.0
}
