//! Points of the lattice, and the one way from degrees onto it.

use std::fmt;

use crate::{Axis, PlaneError};

/// Lattice units in one degree.
pub const UNITS_PER_DEGREE: i32 = 10_000_000;

/// The size of one lattice unit, in degrees.
pub const LATTICE_UNIT_DEG: f64 = 1e-7;

const X_LIMIT: i32 = 180 * UNITS_PER_DEGREE;
const Y_LIMIT: i32 = 90 * UNITS_PER_DEGREE;

/// A point of the lattice: `x` east and `y` north, in units of 1e-7 degree.
///
/// Invariant: |x| <= 1,800,000,000 and |y| <= 900,000,000. The constructors are the only way in,
/// so that [`cross`](crate::cross) of any three points fits `i64`.
///
/// Points order by `x`, then `y`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Point {
    x: i32,
    y: i32,
}

/// The difference of two points, in lattice units. Components fit 33 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Vector {
    /// East, lattice units.
    pub dx: i64,
    /// North, lattice units.
    pub dy: i64,
}

impl Point {
    /// The point with these lattice coordinates.
    ///
    /// # Errors
    /// [`PlaneError::OutOfRange`] beyond 180 degrees of longitude or 90 of latitude.
    pub fn new(x: i32, y: i32) -> Result<Self, PlaneError> {
        if !(-X_LIMIT..=X_LIMIT).contains(&x) {
            return Err(PlaneError::OutOfRange {
                axis: Axis::Longitude,
                value: f64::from(x) / f64::from(UNITS_PER_DEGREE),
            });
        }
        if !(-Y_LIMIT..=Y_LIMIT).contains(&y) {
            return Err(PlaneError::OutOfRange {
                axis: Axis::Latitude,
                value: f64::from(y) / f64::from(UNITS_PER_DEGREE),
            });
        }
        Ok(Self { x, y })
    }

    /// As [`Point::new`], where what is wrong need not be told: for many points one after the other.
    #[inline]
    pub const fn at(x: i32, y: i32) -> Option<Self> {
        if x.unsigned_abs() <= X_LIMIT.unsigned_abs() && y.unsigned_abs() <= Y_LIMIT.unsigned_abs()
        {
            Some(Self { x, y })
        } else {
            None
        }
    }

    /// The lattice point nearest to a position in degrees; halves go to the even neighbour.
    ///
    /// This is the only rounding onto the lattice: boundaries and query points share it.
    ///
    /// # Errors
    /// [`PlaneError::NotFinite`] for NaN and infinities, [`PlaneError::OutOfRange`] beyond
    /// 180 degrees of longitude or 90 of latitude.
    ///
    /// ```
    /// use wangge_plane::Point;
    /// let point = Point::from_degrees(120.837_112_34, 40.711_2)?;
    /// assert_eq!((point.x(), point.y()), (1_208_371_123, 407_112_000));
    /// assert!(Point::from_degrees(f64::NAN, 0.0).is_err());
    /// # Ok::<(), wangge_plane::PlaneError>(())
    /// ```
    pub fn from_degrees(lon: f64, lat: f64) -> Result<Self, PlaneError> {
        Ok(Self {
            x: lattice_coordinate(lon, Axis::Longitude)?,
            y: lattice_coordinate(lat, Axis::Latitude)?,
        })
    }

    /// As [`Point::from_degrees`], where what is wrong need not be told: for many positions one after the other.
    ///
    /// The rounding is the same. At magnitudes between 2^52 and 2^53 neighbouring floating-point numbers are 1
    /// apart, so that adding 1.5 * 2^52 to a small number rounds it to a whole one, halves to the even
    /// neighbour, and leaves it in the lowest bits. Without a call, a branch or an instruction that not all processors have.
    ///
    /// ```
    /// use wangge_plane::Point;
    /// assert_eq!(Point::of_degrees(120.837_112_34, 40.711_2), Point::new(1_208_371_123, 407_112_000).ok());
    /// assert_eq!(Point::of_degrees(180.000_000_01, 0.0), None);
    /// ```
    #[inline]
    pub fn of_degrees(lon: f64, lat: f64) -> Option<Self> {
        let within =
            (lon.abs() <= Axis::Longitude.limit_deg()) & (lat.abs() <= Axis::Latitude.limit_deg());
        within.then(|| Self {
            x: nearest_whole(lon * f64::from(UNITS_PER_DEGREE)),
            y: nearest_whole(lat * f64::from(UNITS_PER_DEGREE)),
        })
    }

    /// East, in lattice units.
    pub const fn x(self) -> i32 {
        self.x
    }

    /// North, in lattice units.
    pub const fn y(self) -> i32 {
        self.y
    }

    /// Longitude in degrees: the `f64` nearest to the lattice coordinate.
    pub fn lon(self) -> f64 {
        f64::from(self.x) / f64::from(UNITS_PER_DEGREE)
    }

    /// Latitude in degrees: the `f64` nearest to the lattice coordinate.
    pub fn lat(self) -> f64 {
        f64::from(self.y) / f64::from(UNITS_PER_DEGREE)
    }

    /// The point below or above, as far north as another.
    pub(crate) const fn with_y_of(self, other: Self) -> Self {
        Self { y: other.y, ..self }
    }

    /// The way from `origin` to this point.
    pub fn from_origin(self, origin: Self) -> Vector {
        Vector {
            dx: i64::from(self.x) - i64::from(origin.x),
            dy: i64::from(self.y) - i64::from(origin.y),
        }
    }
}

impl fmt::Debug for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({}, {})", self.x, self.y)
    }
}

/// Prints longitude and latitude in degrees with the lattice's seven decimals.
impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.7} {:.7}", self.lon(), self.lat())
    }
}

fn lattice_coordinate(degrees: f64, axis: Axis) -> Result<i32, PlaneError> {
    if !degrees.is_finite() {
        return Err(PlaneError::NotFinite {
            axis,
            value: degrees,
        });
    }
    if degrees.abs() > axis.limit_deg() {
        return Err(PlaneError::OutOfRange {
            axis,
            value: degrees,
        });
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a whole number of magnitude at most 1.8e9, checked above"
    )]
    let units = (degrees * f64::from(UNITS_PER_DEGREE)).round_ties_even() as i32;
    Ok(units)
}

/// The whole number nearest to one of magnitude below 2^31, halves to the even neighbour.
#[inline]
#[expect(
    clippy::cast_possible_truncation,
    reason = "the sum is 2^52 and 2^51 more than a number of 32 bits, which its lowest bits hold"
)]
fn nearest_whole(value: f64) -> i32 {
    const ONES_APART: f64 = 6_755_399_441_055_744.0;
    ((value + ONES_APART).to_bits() as u32).cast_signed()
}

/// A closed box of the lattice, sides along the axes.
///
/// Invariant: `min` is nowhere greater than `max`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    min: Point,
    max: Point,
}

impl Extent {
    /// The smallest box that holds all points; `None` without any.
    pub fn of(points: impl IntoIterator<Item = Point>) -> Option<Self> {
        let mut points = points.into_iter();
        let first = points.next()?;
        let mut extent = Self {
            min: first,
            max: first,
        };
        for p in points {
            extent.min.x = extent.min.x.min(p.x);
            extent.min.y = extent.min.y.min(p.y);
            extent.max.x = extent.max.x.max(p.x);
            extent.max.y = extent.max.y.max(p.y);
        }
        Some(extent)
    }

    /// The south-west corner.
    pub const fn min(self) -> Point {
        self.min
    }

    /// The north-east corner.
    pub const fn max(self) -> Point {
        self.max
    }

    /// The smallest box that holds both.
    pub fn union(self, other: Self) -> Self {
        Self {
            min: Point {
                x: self.min.x.min(other.min.x),
                y: self.min.y.min(other.min.y),
            },
            max: Point {
                x: self.max.x.max(other.max.x),
                y: self.max.y.max(other.max.y),
            },
        }
    }

    /// The box with so many units more to each side, as far as the lattice goes.
    pub fn widened(self, by_x: u32, by_y: u32) -> Self {
        let to = |limit: i32| move |v: i32| v.clamp(-limit, limit);
        let (x, y) = (to(X_LIMIT), to(Y_LIMIT));
        Self {
            min: Point {
                x: x(self.min.x.saturating_sub_unsigned(by_x)),
                y: y(self.min.y.saturating_sub_unsigned(by_y)),
            },
            max: Point {
                x: x(self.max.x.saturating_add_unsigned(by_x)),
                y: y(self.max.y.saturating_add_unsigned(by_y)),
            },
        }
    }

    /// Whether the point lies in the box or on its rim.
    pub fn contains(self, p: Point) -> bool {
        self.min.x <= p.x && p.x <= self.max.x && self.min.y <= p.y && p.y <= self.max.y
    }

    /// Whether the two closed boxes share a point.
    pub fn meets(self, other: Self) -> bool {
        self.min.x <= other.max.x
            && other.min.x <= self.max.x
            && self.min.y <= other.max.y
            && other.min.y <= self.max.y
    }
}
