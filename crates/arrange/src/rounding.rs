//! Paths finer than the lattice, drawn on it together.

use rayon::prelude::*;
use wangge_plane::Point;

use crate::hot::{HotPixels, Stroke};

/// A place finer than the lattice: in parts of a lattice unit, [`FinePoint::PER_UNIT`] each way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FinePoint {
    /// East.
    pub x: i64,
    /// North.
    pub y: i64,
}

impl FinePoint {
    /// Parts of a lattice unit.
    pub const PER_UNIT: i64 = 256;

    /// The lattice point whose pixel holds the place. A pixel reaches half a unit to each side and
    /// holds its west and south rims.
    ///
    /// `None` beyond the lattice.
    pub fn pixel(self) -> Option<Point> {
        let nearest = |v: i64| (v + Self::PER_UNIT / 2).div_euclid(Self::PER_UNIT);
        let x = i32::try_from(nearest(self.x)).ok()?;
        let y = i32::try_from(nearest(self.y)).ok()?;
        Point::new(x, y).ok()
    }
}

/// So few paths one thread draws by itself.
const FEW: usize = 64;

/// Paths drawn on the lattice together (snap rounding): each vertex goes to the lattice point whose
/// pixel it is in, and a path that passes the pixel of anybody's vertex passes through its lattice
/// point. So each path moves by half a unit at most in each direction, and none comes to lie on the other
/// side of another's vertex.
///
/// Where edges of the given paths cross each other between their vertices, the drawn ones may, too;
/// [`Chains`](crate::Chains) draws those to where they cross. Neighbours of a drawn path differ; one that
/// came down to a point is that point.
///
/// Vertices beyond the lattice are left out.
pub fn rounded(paths: &[Vec<FinePoint>]) -> Vec<Vec<Point>> {
    let vertices = paths.iter().flatten().filter_map(|vertex| vertex.pixel());
    let hot = HotPixels::new(vertices.collect());
    paths
        .par_iter()
        .with_min_len(FEW)
        .map(|path| {
            let mut drawn: Vec<Point> = Vec::with_capacity(path.len());
            drawn.extend(path.first().and_then(|vertex| vertex.pixel()));
            for ends in path.windows(2) {
                // the same edge, in whichever direction, passes the same pixels
                let (a, b) = ((ends[0].x, ends[0].y), (ends[1].x, ends[1].y));
                let passed = hot.along(Stroke::between(a, b, FinePoint::PER_UNIT));
                if a <= b {
                    drawn.extend(passed);
                } else {
                    drawn.extend(passed.into_iter().rev());
                }
            }
            drawn.dedup();
            drawn
        })
        .collect()
}
