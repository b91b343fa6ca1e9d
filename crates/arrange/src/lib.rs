//! Noding, snap rounding and the planar arrangement of boundaries: faces with owners.
//!
//! Boundaries are chains of directed edges with integer multiplicities, each edge with an owner.
//! What an owner is, a grid, an outline or the rest of a city, is for the caller to say.
//!
//! ```
//! use wangge_arrange::{Arrangement, Use};
//! use wangge_plane::{Point, Ring};
//!
//! let square = |x: i32| {
//!     let corners = [(x, 0), (x + 20, 0), (x + 20, 20), (x, 20)];
//!     Ring::new(corners.iter().map(|&(x, y)| Point::new(x, y)).collect::<Result<_, _>>()?)
//! };
//! let uses = square(0)?
//!     .segments()
//!     .map(|s| Use::of(s, 0))
//!     .chain(square(15)?.segments().map(|s| Use::of(s, 1)))
//!     .collect();
//! let arrangement = Arrangement::of(uses);
//! // outside, the first alone, both, the second alone
//! assert_eq!(arrangement.face_count(), 4);
//! # Ok::<(), wangge_plane::PlaneError>(())
//! ```

mod arrangement;
mod chain;
mod faces;
mod hot;
mod noding;
mod rounding;
mod uses;

pub use arrangement::{Arrangement, BoundaryEdge, Region};
pub use chain::Chains;
pub use faces::{Face, Faces, polygon_of, polygons_of};
pub use hot::pixel_of_crossing;
pub use noding::{Collapsed, InnerVertex, Met, Noding};
pub use rounding::{FinePoint, rounded};
pub use uses::{Share, Use};
