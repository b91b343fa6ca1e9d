//! The adaptive face grid of a coverage.

use std::io::{self, Read, Write};
use std::path::Path;

use wangge_coverage::{BorderEdge, Owner};
use wangge_plane::Point;

use crate::accuracy::{self, Accuracy, Share};
use crate::batch::{self, LengthsDiffer};
use crate::blocks::Blocks;
use crate::build;
use crate::cells::Cells;
use crate::nearest::{Near, Search};
use crate::stored::{self, StoredIndexError};
use crate::{Layout, path};

/// An index over the border edges of a seamless coverage: from a point to the one grid that holds
/// it, exactly.
///
/// The ground is cut into square cells. A cell holds one face, or the few edges that run through
/// it and the face at its corner; a crowded cell is cut again. A lookup finds the cell, and counts
/// which of its edges lie between the corner and the point. Nothing is rounded and nothing is
/// compared within a tolerance: the answer does not depend on the [`Layout`].
///
/// A point on a shared border belongs to the grid to its east, and where the border itself runs
/// east, to the one to its north (the point is moved by an infinitesimal to the east and a
/// smaller one to the north). Where that is outside but the point lies on a border, the answer is
/// the lowest grid whose border holds it. So every point of the closed covered area has one answer.
#[derive(Debug)]
pub struct FaceIndex {
    index: Option<Index>,
}

#[derive(Debug)]
struct Index {
    cells: Cells,
    blocks: Blocks,
}

impl FaceIndex {
    /// Builds the index on all cores.
    ///
    /// The edges must be those of a coverage: around every vertex the faces follow one another without
    /// contradiction. Which edges are given first does not matter.
    ///
    /// A cell that is cut takes at most five times what its edges alone could, so that memory stays
    /// within a small multiple of [`FaceIndex::expected_bytes`]. While it is built, the index takes about twice its
    /// own memory.
    pub fn build(edges: &[BorderEdge], layout: Layout) -> Self {
        Self::of(build::cells(edges, layout))
    }

    fn of(cells: Option<Cells>) -> Self {
        Self {
            index: cells.map(|cells| Index {
                blocks: Blocks::over(&cells),
                cells,
            }),
        }
    }

    /// Writes the index, so that [`FaceIndex::open`] or [`FaceIndex::read_from`] need not build it. It takes about as many
    /// bytes as memory, and knows owners by their numbers alone: it is of use with the coverage that it was built of.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write_to(&self, out: &mut impl Write) -> io::Result<()> {
        stored::write(self.cells(), out)
    }

    /// The index that the next bytes hold, and no byte more. On any processor, whichever wrote them.
    ///
    /// # Errors
    /// [`StoredIndexError`] where the bytes cannot be read, are no index, are cut or damaged, or have a form that is not known.
    ///
    /// ```
    /// # use wangge_coverage::{BorderEdge, Coverage, Member};
    /// # use wangge_locate::{FaceIndex, Layout};
    /// # use wangge_plane::{PlaneError, Point, Polygon, Ring, Shape};
    /// # fn block(west: i32, east: i32) -> Result<Shape, PlaneError> {
    /// #     let corners = [(west, 0), (east, 0), (east, 1_000_000), (west, 1_000_000)];
    /// #     let points = corners.iter().map(|&(x, y)| Point::new(x, y)).collect::<Result<_, _>>()?;
    /// #     Ok(Shape::new(vec![Polygon::new(Ring::new(points)?, vec![])]).expect("one part"))
    /// # }
    /// # let (west, east) = (block(0, 1_000_000)?, block(1_000_000, 2_000_000)?);
    /// # let members = [Member { code: "1", shape: &west }, Member { code: "2", shape: &east }];
    /// # let coverage = Coverage::build(&members).expect("seamless");
    /// # let edges: Vec<BorderEdge> = coverage.edges().collect();
    /// // blocks of a tenth of a degree, 0 in the west and 1 in the east, whose border is at 0.1 degrees
    /// let index = FaceIndex::build(&edges, Layout::default());
    /// let mut bytes = Vec::new();
    /// index.write_to(&mut bytes).expect("a vector takes everything");
    /// let again = FaceIndex::read_from(&mut bytes.as_slice()).expect("it was written so");
    /// let place = Point::new(1_000_000, 5)?;
    /// assert_eq!(again.locate(place), index.locate(place));
    /// // a bit that has changed is found
    /// let middle = bytes.len() / 2;
    /// bytes[middle] ^= 1;
    /// assert!(FaceIndex::read_from(&mut bytes.as_slice()).is_err());
    /// # Ok::<(), PlaneError>(())
    /// ```
    pub fn read_from(input: &mut impl Read) -> Result<Self, StoredIndexError> {
        Ok(Self::of(stored::read(input)?))
    }

    /// The index of a file that holds nothing else.
    ///
    /// # Errors
    /// As [`FaceIndex::read_from`], and where more bytes follow.
    pub fn open(path: &Path) -> Result<Self, StoredIndexError> {
        Ok(Self::of(stored::open(path)?))
    }

    /// Bytes that [`FaceIndex::build`] can be expected to end with, from the number of edges, their length and
    /// the extent: within a factor of two where grids and edges are of one size, more where crowded cells are cut.
    pub fn expected_bytes(edges: &[BorderEdge], layout: Layout) -> u64 {
        build::expected_bytes(edges, layout)
    }

    /// The grid that the point belongs to; `None` outside of all. Exact, and without allocation.
    #[inline]
    pub fn locate(&self, p: Point) -> Option<Owner> {
        let index = self.index.as_ref()?;
        path::owner(index.cells.face_at(p))
    }

    /// What a batch writes for a point outside of all grids.
    pub const OUTSIDE: u32 = batch::OUTSIDE_OWNER;

    /// What a batch writes for what is no position: NaN, infinite, or beyond 180 degrees of longitude or 90 of
    /// latitude.
    pub const NO_POSITION: u32 = batch::NO_POSITION;

    /// Looks up many points, the number of the grid of `points[i]` into `owners[i]`, or [`FaceIndex::OUTSIDE`]: what
    /// [`FaceIndex::locate`] answers, in less time each, as the reads of many points from memory overlap. On one thread,
    /// and without allocation. Points near one another are best given one after the other.
    ///
    /// # Errors
    /// [`LengthsDiffer`] unless there are as many places for answers as points; then none is written.
    ///
    /// ```
    /// # use wangge_coverage::{BorderEdge, Coverage, Member};
    /// # use wangge_locate::{FaceIndex, Layout};
    /// # use wangge_plane::{PlaneError, Point, Polygon, Ring, Shape};
    /// # fn block(west: i32, east: i32) -> Result<Shape, PlaneError> {
    /// #     let corners = [(west, 0), (east, 0), (east, 1_000_000), (west, 1_000_000)];
    /// #     let points = corners.iter().map(|&(x, y)| Point::new(x, y)).collect::<Result<_, _>>()?;
    /// #     Ok(Shape::new(vec![Polygon::new(Ring::new(points)?, vec![])]).expect("one part"))
    /// # }
    /// # let (west, east) = (block(0, 1_000_000)?, block(1_000_000, 2_000_000)?);
    /// # let members = [Member { code: "1", shape: &west }, Member { code: "2", shape: &east }];
    /// # let coverage = Coverage::build(&members).expect("seamless");
    /// # let edges: Vec<BorderEdge> = coverage.edges().collect();
    /// // blocks of a tenth of a degree, 0 in the west and 1 in the east, whose border is at 0.1 degrees
    /// let index = FaceIndex::build(&edges, Layout::default());
    /// let points = [Point::new(5, 5)?, Point::new(1_000_000, 5)?, Point::new(-1, 5)?];
    /// let mut owners = [0; 3];
    /// index.locate_batch(&points, &mut owners).expect("slices of one length");
    /// assert_eq!(owners, [0, 1, FaceIndex::OUTSIDE]);
    /// assert!(index.locate_batch(&points, &mut owners[1..]).is_err());
    /// # Ok::<(), PlaneError>(())
    /// ```
    pub fn locate_batch(&self, points: &[Point], owners: &mut [u32]) -> Result<(), LengthsDiffer> {
        batch::of_points(self.cells(), points, owners)
    }

    /// The same for positions in degrees, each rounded to the lattice as by [`Point::from_degrees`]. What that
    /// refuses gets [`FaceIndex::NO_POSITION`].
    ///
    /// # Errors
    /// [`LengthsDiffer`] unless the three slices are of one length; then nothing is written.
    pub fn locate_degrees(
        &self,
        lons: &[f64],
        lats: &[f64],
        owners: &mut [u32],
    ) -> Result<(), LengthsDiffer> {
        batch::of_degrees(self.cells(), lons, lats, owners)
    }

    /// Metres from the point to the nearest border, inner ones and rims alike; zero on a border, and
    /// `None` without any border.
    ///
    /// Edges are straight in longitude and latitude; lengths are measured in the plane that fits
    /// the ellipsoid of CGCS2000 at the middle latitude between the point and the place on the
    /// border. Up to 10 km the relative error stays below 2e-6, up to 100 km below 2e-4, away from the
    /// poles (beyond 80 degrees, ten times these). The shorter way around the earth counts.
    pub fn border_distance_m(&self, p: Point) -> Option<f64> {
        let index = self.index.as_ref()?;
        let near = Search::new(&index.cells, &index.blocks, p, f64::INFINITY).run()?;
        Some(near.distance_m)
    }

    /// The grid that holds the point (at distance zero), or else the nearest one within the
    /// tolerance in metres (its rim included; none below zero or NaN), measured like [`FaceIndex::border_distance_m`]. At equal distances, the lowest grid.
    ///
    /// ```
    /// # use wangge_coverage::{BorderEdge, Coverage, Member};
    /// # use wangge_locate::{FaceIndex, Layout};
    /// # use wangge_plane::{PlaneError, Point, Polygon, Ring, Shape};
    /// # fn block(west: i32, east: i32) -> Result<Shape, PlaneError> {
    /// #     let corners = [(west, 0), (east, 0), (east, 1_000_000), (west, 1_000_000)];
    /// #     let points = corners.iter().map(|&(x, y)| Point::new(x, y)).collect::<Result<_, _>>()?;
    /// #     Ok(Shape::new(vec![Polygon::new(Ring::new(points)?, vec![])]).expect("one part"))
    /// # }
    /// # let (west, east) = (block(0, 1_000_000)?, block(1_000_000, 2_000_000)?);
    /// # let members = [Member { code: "1", shape: &west }, Member { code: "2", shape: &east }];
    /// # let coverage = Coverage::build(&members).expect("seamless");
    /// # let edges: Vec<BorderEdge> = coverage.edges().collect();
    /// // blocks of a tenth of a degree, 0 in the west and 1 in the east, whose border is at 0.1 degrees
    /// let index = FaceIndex::build(&edges, Layout::default());
    /// // 100 lattice units west of the rim: 1e-5 degrees of the equator, 1.113 m
    /// let outside = Point::new(-100, 500_000)?;
    /// let near = index.nearest(outside, 5.0).expect("within 5 m");
    /// assert_eq!(near.owner.0, 0);
    /// assert!((near.distance_m - 1.113).abs() < 0.001);
    /// assert_eq!(index.nearest(outside, 1.0), None);
    /// # Ok::<(), PlaneError>(())
    /// ```
    pub fn nearest(&self, p: Point, tolerance_m: f64) -> Option<Near> {
        let index = self.index.as_ref()?;
        if tolerance_m.is_nan() || tolerance_m < 0.0 {
            return None;
        }
        if let Some(owner) = path::owner(index.cells.face_at(p)) {
            return Some(Near {
                owner,
                distance_m: 0.0,
            });
        }
        Search::new(&index.cells, &index.blocks, p, tolerance_m).run()
    }

    /// The grids that a position may be in which is known to some metres only, and how probably; with
    /// the ground outside of all. The largest share first; they add up to 1, and below 75 degrees of latitude each is off by less than 0.001.
    ///
    /// Lengths are measured in the plane that fits the ellipsoid of CGCS2000 around the point.
    ///
    /// ```
    /// use wangge_locate::{Accuracy, Spread};
    /// # use wangge_coverage::{BorderEdge, Coverage, Member};
    /// # use wangge_locate::{FaceIndex, Layout};
    /// # use wangge_plane::{PlaneError, Point, Polygon, Ring, Shape};
    /// # fn block(west: i32, east: i32) -> Result<Shape, PlaneError> {
    /// #     let corners = [(west, 0), (east, 0), (east, 1_000_000), (west, 1_000_000)];
    /// #     let points = corners.iter().map(|&(x, y)| Point::new(x, y)).collect::<Result<_, _>>()?;
    /// #     Ok(Shape::new(vec![Polygon::new(Ring::new(points)?, vec![])]).expect("one part"))
    /// # }
    /// # let (west, east) = (block(0, 1_000_000)?, block(1_000_000, 2_000_000)?);
    /// # let members = [Member { code: "1", shape: &west }, Member { code: "2", shape: &east }];
    /// # let coverage = Coverage::build(&members).expect("seamless");
    /// # let edges: Vec<BorderEdge> = coverage.edges().collect();
    /// // blocks of a tenth of a degree, 0 in the west and 1 in the east, whose border is at 0.1 degrees
    /// let index = FaceIndex::build(&edges, Layout::default());
    /// let on_the_border = Point::new(1_000_000, 500_000)?;
    /// let accuracy = Accuracy::new(10.0, Spread::Gaussian).expect("within bounds");
    /// let shares = index.shares(on_the_border, accuracy);
    /// assert_eq!(shares.len(), 2);
    /// assert!(shares.iter().all(|share| (share.share - 0.5).abs() < 0.001));
    /// # Ok::<(), PlaneError>(())
    /// ```
    pub fn shares(&self, p: Point, accuracy: Accuracy) -> Vec<Share> {
        self.index.as_ref().map_or_else(
            || {
                let everything = Share {
                    owner: None,
                    share: 1.0,
                };
                vec![everything]
            },
            |index| accuracy::shares(&index.cells, p, accuracy),
        )
    }

    /// The cells; `None` without edges.
    pub(crate) fn cells(&self) -> Option<&Cells> {
        self.index.as_ref().map(|index| &index.cells)
    }

    /// Bytes of memory that the index holds.
    pub fn memory_bytes(&self) -> usize {
        self.index.as_ref().map_or(0, |index| {
            index.cells.memory_bytes() + index.blocks.memory_bytes()
        })
    }
}
