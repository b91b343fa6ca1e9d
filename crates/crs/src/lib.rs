//! Coordinate systems: any system that PROJ knows, the Gauss-Kruger zones of China, GCJ-02 and
//! BD-09, to and from the degrees of the lattice (CGCS2000, EPSG:4490). Coordinates are east
//! first, north second, always.
//!
//! A change of datum is never silent. Datums that are taken as equal to the lattice's stand in a
//! table with the error this makes ([`EqualDatum`]); any other change needs a published
//! transformation that is good to 3 m over the whole area of use, or the parameters of the person
//! who declares the system, or is refused ([`CrsError::DatumChange`]).
//!
//! PROJ runs in contexts of its own: silent, and without network.

mod area;
mod declared;
mod equal;
mod error;
mod formula;
mod gauss_kruger;
mod gcj;
mod hint;
mod leg;
mod note;
mod policy;
mod proj;
mod system;
mod transform;

pub use area::Area;
pub use equal::{EqualDatum, EqualSystem};
pub use error::{CrsError, DatumChangeReason};
pub use formula::Formula;
pub use gauss_kruger::GaussKruger;
pub use gcj::{ChinaBounds, bd09_to_gcj02, gcj02_to_bd09, gcj02_to_wgs84, wgs84_to_gcj02};
pub use hint::Hint;
pub use note::Note;
pub use policy::Policy;
pub use system::{Crs, LocalDefinition};
pub use transform::Transform;
