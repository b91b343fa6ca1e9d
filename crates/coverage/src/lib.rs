//! A coverage of grids: built, proved seamless, dissolved.
//!
//! ```
//! use wangge_coverage::{Member, Outline, prove};
//! use wangge_plane::{Point, Polygon, Ring, Shape};
//!
//! let square = |x: i32| -> Result<Shape, wangge_plane::PlaneError> {
//!     let corners = [(x, 0), (x + 10, 0), (x + 10, 10), (x, 10)];
//!     let points = corners.iter().map(|&(x, y)| Point::new(x, y)).collect::<Result<_, _>>()?;
//!     Ok(Shape::new(vec![Polygon::new(Ring::new(points)?, vec![])]).expect("one part"))
//! };
//! let (west, east) = (square(0)?, square(10)?);
//! let members = [Member { code: "1", shape: &west }, Member { code: "2", shape: &east }];
//! let verdict = prove(&members, Outline::OwnRim);
//! assert!(verdict.seamless);
//! assert_eq!((verdict.cancelled_edges, verdict.residual_edges), (1, 6));
//! # Ok::<(), wangge_plane::PlaneError>(())
//! ```

mod chain;
mod edge;
mod evidence;
mod faces;
mod proof;
mod rim;
mod topology;

pub use edge::{BorderEdge, Owner};
pub use evidence::{Evidence, Straddler, compare};
pub use proof::{
    Against, Crossing, Gap, Member, Outline, Reason, UnmatchedEdge, UnmatchedVertex, Verdict, prove,
};
pub use topology::{Arc, Coverage};
