//! The index: from a point to the grid that holds it, exactly.
//!
//! [`FaceIndex`] answers for a seamless coverage: one point, one grid. [`OverlayIndex`] answers for
//! shapes that may overlap, [`ComponentIndex`] for city components near a place. What the border rule says and how the index
//! works is told in `docs/lookup.md`; why its answers are exact is proved in the module `path`.
//!
//! ```
//! use wangge_coverage::{BorderEdge, Owner};
//! use wangge_locate::{FaceIndex, Layout};
//! use wangge_plane::{Point, Segment};
//!
//! // a square of two grids, 0 in the west and 1 in the east
//! let at = |x, y| Point::new(x, y);
//! let (west, east) = (Some(Owner(0)), Some(Owner(1)));
//! let edge = |start, end, left, right| {
//!     Segment::new(start, end).map(|segment| BorderEdge { segment, left, right })
//! };
//! let edges: Vec<BorderEdge> = [
//!     edge(at(0, 0)?, at(10, 0)?, west, None),
//!     edge(at(10, 0)?, at(20, 0)?, east, None),
//!     edge(at(0, 20)?, at(10, 20)?, None, west),
//!     edge(at(10, 20)?, at(20, 20)?, None, east),
//!     edge(at(0, 0)?, at(0, 20)?, None, west),
//!     edge(at(10, 0)?, at(10, 20)?, west, east),
//!     edge(at(20, 0)?, at(20, 20)?, east, None),
//! ]
//! .into_iter()
//! .flatten()
//! .collect();
//!
//! let index = FaceIndex::build(&edges, Layout::default());
//! assert_eq!(index.locate(at(3, 3)?), west);
//! assert_eq!(index.locate(at(10, 3)?), east, "a shared border belongs to its east");
//! assert_eq!(index.locate(at(20, 3)?), east, "the rim belongs to the grid it bounds");
//! assert_eq!(index.locate(at(21, 3)?), None);
//!
//! // many at once, in degrees
//! let mut owners = [0; 3];
//! index.locate_degrees(&[3e-7, 10e-7, 21e-7], &[3e-7; 3], &mut owners).expect("slices of one length");
//! assert_eq!(owners, [0, 1, FaceIndex::OUTSIDE]);
//! # Ok::<(), wangge_plane::PlaneError>(())
//! ```

/// The page of the documentation about these crates as libraries, whose examples are tried with the others.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/libraries.md")]
struct Libraries;

mod accuracy;
mod batch;
mod blocks;
mod bracket;
mod build;
mod cells;
mod components;
mod crossing;
mod face_index;
mod figures;
mod foot;
mod groups;
mod layout;
mod leaf;
mod metric;
mod nearest;
mod node;
mod overlay;
mod packed;
mod pages;
mod path;
mod shortlist;
mod square;
mod stored;
mod sweep;
mod swept;
mod track;
mod walk;

pub use accuracy::{Accuracy, Share, Spread};
pub use batch::LengthsDiffer;
pub use components::{ComponentIndex, ComponentNear, IndexedComponent, Nearby};
pub use face_index::FaceIndex;
pub use groups::Groups;
pub use layout::Layout;
pub use nearest::Near;
pub use overlay::OverlayIndex;
pub use shortlist::Shortlist;
pub use stored::StoredIndexError;
pub use swept::Swept;
pub use track::{Fix, Leg, RejectedFix, Rejection, Track, TrackRules, Visit, VisitEnd};
pub use walk::{Fraction, Stretch};
