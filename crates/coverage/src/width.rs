//! How wide ground is: the largest circle that fits into it.

mod ball;
mod ground;
mod search;

use std::f64::consts::PI;

use wangge_plane::{Point, Polygon};

use ground::Ground;
use search::Search;

/// The diameter in metres of the largest circle inscribed in the polygon, holes left out.
///
/// Measured in the plane that fits the ellipsoid at the middle latitude of the shell. The answer
/// is the size of a circle that does fit, up to rounding; the largest is larger by at most 0.3 %
/// and 0.2 mm. Rings may touch at vertices. Of a polygon whose rings cross, the answer is some
/// width.
///
/// The largest circle rests on something: below its middle, or level with it, it touches an edge
/// or a vertex. So a circle is rolled along every edge, and around every vertex, that has ground
/// above it, as large as the other edges allow. Each of those limits the circle by a radius that
/// has no peak inside a stretch of the way, so that an edge which keeps the circle small at both
/// ends of the stretch keeps it small all along. Stretches are cut where the limit changes hands,
/// until none is left in which a circle larger than the largest one met could rest. How long and
/// thin the ground is makes no difference.
///
/// Time grows a little faster than the number of edges: some microseconds for ten, some tenths of
/// a second for a hundred thousand.
///
/// ```
/// use wangge_coverage::inscribed_width_m;
/// use wangge_plane::{Point, Polygon, Ring};
///
/// // on the equator, 20 units by 40,000: 0.22 m by 0.4 km
/// let corners = [(0, -10), (40_000, -10), (40_000, 10), (0, 10)];
/// let points = corners.iter().map(|&(x, y)| Point::new(x, y)).collect::<Result<_, _>>()?;
/// let strip = Polygon::new(Ring::new(points)?, vec![]);
/// assert!((inscribed_width_m(&strip) - 20.0 * 0.011_057_43).abs() < 1e-6);
/// # Ok::<(), wangge_plane::PlaneError>(())
/// ```
pub fn inscribed_width_m(polygon: &Polygon) -> f64 {
    2.0 * Search::new(&Ground::of(polygon)).largest_m()
}

/// The largest circle inscribed in the polygon, as [`inscribed_width_m`] finds it: its middle, in the
/// widest part, where a label has the most room, and its radius in metres.
///
/// `None` where no circle fits: the polygon has no area. The middle is put on the lattice, so that of ground narrower than a
/// lattice unit it may lie beside it.
pub fn inscribed_circle(polygon: &Polygon) -> Option<(Point, f64)> {
    let ground = Ground::of(polygon);
    let (middle, radius_m) = Search::new(&ground).largest()?;
    Some((ground.point(middle)?, radius_m))
}

/// Whether no circle of this diameter in metres fits into the polygon.
///
/// The same as comparing [`inscribed_width_m`], within its bounds, but sooner: the area alone
/// answers for most small and most large ground, and the search ends with the first circle that
/// is large enough.
pub fn is_narrower_than(polygon: &Polygon, width_m: f64) -> bool {
    let ground = Ground::of(polygon);
    let radius_m = width_m / 2.0;
    if radius_m > ground.most_m() {
        return true;
    }
    // Were the radius of the largest circle not above this one, all ground would lie within it
    // of the boundary. Moved inwards by d, the boundary sweeps ground at no more than its own
    // length, and 2 pi d for each hole that it closes in on.
    let swept_m2 = ground.perimeter_m() * radius_m + ground.holes() * PI * radius_m * radius_m;
    ground.area_m2() <= swept_m2 && !Search::new(&ground).exceeds(radius_m)
}
