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

mod borders;
mod cancel;
mod certificate;
mod cut;
mod defect;
mod edge;
mod edge_tree;
mod evidence;
mod form;
mod ground;
mod inlet;
mod misfit;
mod neighbourhood;
mod noded;
mod proof;
mod repair;
mod resurvey;
mod simple;
mod simplify;
mod survey;
mod topology;
mod total;
mod width;

pub use certificate::{Certificate, Group, Level, LevelAreas, UnitArea};
pub use cut::{Object, cut_objects};
pub use defect::{Defect, DefectKind, Place, Weight, defect_id};
pub use edge::{BorderEdge, Owner};
pub use evidence::{Evidence, Straddler, compare};
pub use form::{detached, detached_defects, duplicate_vertices};
pub use proof::{Against, Member, Outline, Verdict, prove};
pub use repair::{Change, ChangeKind, RepairTerms, Repaired, repair};
pub use resurvey::{Edit, Resurvey};
pub use simplify::{Simplified, Tolerance};
pub use survey::{Survey, Terms, survey};
pub use topology::{Arc, Coverage};
pub use width::{inscribed_circle, inscribed_width_m, is_narrower_than};
