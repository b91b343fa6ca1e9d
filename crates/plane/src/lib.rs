//! The integer lattice that every boundary of wangge lives on.
//!
//! A lattice point has whole coordinates in units of 1e-7 degree (about 1.1 cm) of geographic
//! CGCS2000 / WGS 84. Edges are straight in longitude and latitude. Every predicate here is exact:
//! there is no tolerance anywhere, and no constructed point is ever taken as exact.
//!
//! ```
//! use wangge_plane::{Point, Ring, Turn, turn};
//!
//! let a = Point::from_degrees(120.85, 40.72)?;
//! let b = Point::from_degrees(120.86, 40.72)?;
//! let c = Point::from_degrees(120.86, 40.73)?;
//! assert_eq!(turn(a, b, c), Turn::Left);
//!
//! let ring = Ring::new(vec![a, b, c])?;
//! assert_eq!(ring.doubled_area(), 100_000 * 100_000);
//! # Ok::<(), wangge_plane::PlaneError>(())
//! ```

pub mod ellipsoid;
mod error;
mod figure;
mod point;
mod predicate;
mod ring;
mod shape;
mod touching;

pub use error::{Axis, PlaneError};
pub use figure::{Figure, Line};
pub use point::{Extent, LATTICE_UNIT_DEG, Point, UNITS_PER_DEGREE, Vector};
pub use predicate::{Meeting, Segment, Turn, cross, turn};
pub use ring::{Ring, Side, side_towards, winding_nudged};
pub use shape::{Landed, Polygon, Shape};
pub use touching::{MeetingPair, meetings};
