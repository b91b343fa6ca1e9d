//! The adaptive face grid of a coverage.

use wangge_coverage::{BorderEdge, Owner};
use wangge_plane::Point;

use crate::accuracy::{self, Accuracy, Share};
use crate::blocks::Blocks;
use crate::build;
use crate::cells::Cells;
use crate::nearest::{Near, Search};
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
    /// A cell that is cut takes at most six times what its edges alone would, so that memory stays
    /// within a small multiple of [`FaceIndex::expected_bytes`]. While it is built, the index takes about twice its
    /// own memory.
    pub fn build(edges: &[BorderEdge], layout: Layout) -> Self {
        Self {
            index: build::cells(edges, layout).map(|cells| Index {
                blocks: Blocks::over(&cells),
                cells,
            }),
        }
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
