//! Areas and lengths on the ellipsoid of CGCS2000, under edges that are straight in degrees.

mod middle;
mod zones;

use std::sync::LazyLock;

use geographiclib_rs::{Geodesic, InverseGeodesic};

use crate::{Point, Segment};
pub use middle::{NEAR_ERROR_M, geodesic_near_m};
use zones::mean_zone_of_short;

/// Semi-major axis of CGCS2000, metres (GB 22021-2008; EPSG ellipsoid 1024).
pub const SEMI_MAJOR_M: f64 = 6_378_137.0;

/// Flattening of CGCS2000. WGS 84's differs by 1.6e-11, 0.1 mm in the semi-minor axis.
pub const FLATTENING: f64 = 1.0 / 298.257_222_101;

const ECCENTRICITY_SQUARED: f64 = FLATTENING * (2.0 - FLATTENING);

/// The square of the semi-minor axis, square metres: areas of zones are measured with it.
const ZONE_M2: f64 = SEMI_MAJOR_M * SEMI_MAJOR_M * (1.0 - ECCENTRICITY_SQUARED);

/// The ellipsoid with its series for geodesics.
static GEODESIC: LazyLock<Geodesic> = LazyLock::new(|| Geodesic::new(SEMI_MAJOR_M, FLATTENING));

/// Metres per degree at one latitude.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MetresPerDegree {
    /// Along the parallel.
    pub east: f64,
    /// Along the meridian.
    pub north: f64,
}

/// How long a degree is at a latitude (degrees), by the radii of curvature in the prime vertical
/// and in the meridian.
pub fn metres_per_degree(lat_deg: f64) -> MetresPerDegree {
    let (sin, cos) = lat_deg.to_radians().sin_cos();
    let w2 = 1.0 - ECCENTRICITY_SQUARED * sin * sin;
    let w = w2.sqrt();
    let degree = 1f64.to_radians();
    MetresPerDegree {
        east: SEMI_MAJOR_M / w * cos * degree,
        north: SEMI_MAJOR_M * (1.0 - ECCENTRICITY_SQUARED) / (w2 * w) * degree,
    }
}

/// Signed area in square metres between an edge and the equator, as the edge's share of the area
/// to the left of a closed path: summed over a counter-clockwise ring it is the ring's area.
///
/// The integral of the authalic latitude function along the edge, with latitude linear in
/// longitude (Snyder, Map Projections - A Working Manual, 1987, equation 3-12), by
/// Gauss-Legendre quadrature. It is worked out in the edge's canonical direction, so that the two
/// directions of an edge are exact opposites and areas of parts add up.
pub fn area_under_m2(edge: Segment) -> f64 {
    let (canonical, forward) = edge.canonical();
    let (a, b) = (canonical.start(), canonical.end());
    let area = (a.lon() - b.lon()).to_radians() * mean_zone(a, b);
    if forward { area } else { -area }
}

/// Square metres that a square lattice unit has at a point's latitude, by the radii of curvature
/// there, to a relative error below 1e-11.
pub fn square_unit_m2(at: Point) -> f64 {
    zones::square_unit_m2(at)
}

/// Length in metres of the geodesic between two points, the shortest way on the ellipsoid anywhere on
/// earth, to about 15 nanometres (Karney, Algorithms for geodesics, Journal of Geodesy 87, 2013).
///
/// The slow measure, about half a microsecond: for what people are told, not for search.
///
/// ```
/// use wangge_plane::{Point, ellipsoid::geodesic_m};
/// let beijing = Point::from_degrees(116.3975, 39.9086)?;
/// let shanghai = Point::from_degrees(121.4737, 31.2304)?;
/// // as PROJ's geod has it on GRS 80
/// assert!((geodesic_m(beijing, shanghai) - 1_066_666.5128).abs() < 1e-3);
/// # Ok::<(), wangge_plane::PlaneError>(())
/// ```
pub fn geodesic_m(a: Point, b: Point) -> f64 {
    geodesic_between_m([a.lon(), a.lat()], [b.lon(), b.lat()])
}

/// [`geodesic_m`] between two places given as longitude and latitude in degrees.
pub fn geodesic_between_m(a: [f64; 2], b: [f64; 2]) -> f64 {
    GEODESIC.inverse(a[1], a[0], b[1], b[0])
}

/// Distance in metres between two points, in the plane that fits the ellipsoid at their middle
/// latitude. The relative error stays below 1e-6 up to 10 km (away from the poles).
pub fn distance_m(a: Point, b: Point) -> f64 {
    let scale = metres_per_degree(a.lat().midpoint(b.lat()));
    ((b.lon() - a.lon()) * scale.east).hypot((b.lat() - a.lat()) * scale.north)
}

/// Distance in metres from a point to the nearest point of an edge that is straight in degrees,
/// in the plane that fits the ellipsoid at the point's latitude. The relative error stays below
/// 1e-3 up to 10 km, and 1e-6 up to 10 m.
pub fn distance_to_segment_m(p: Point, edge: Segment) -> f64 {
    let scale = metres_per_degree(p.lat());
    let to_plane = |q: Point| {
        (
            (q.lon() - p.lon()) * scale.east,
            (q.lat() - p.lat()) * scale.north,
        )
    };
    let (ax, ay) = to_plane(edge.start());
    let (bx, by) = to_plane(edge.end());
    let (dx, dy) = (bx - ax, by - ay);
    let along = (-(ax * dx + ay * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
    (ax + along * dx).hypot(ay + along * dy)
}

/// Mean over the edge's latitudes of the area of the zone from the equator, per radian of
/// longitude.
fn mean_zone(a: Point, b: Point) -> f64 {
    // nodes and weights on -1 to 1 (Abramowitz and Stegun, table 25.4)
    const FIVE: [(f64, f64); 5] = [
        (0.0, 0.568_888_888_888_888_9),
        (-0.538_469_310_105_683_1, 0.478_628_670_499_366_47),
        (0.538_469_310_105_683_1, 0.478_628_670_499_366_47),
        (-0.906_179_845_938_664, 0.236_926_885_056_189_08),
        (0.906_179_845_938_664, 0.236_926_885_056_189_08),
    ];
    // below a hundredth of a degree the fourth derivative adds less than an f64 can tell
    const SHORT_DEG: f64 = 0.01;

    let (low, high) = (a.lat(), b.lat());
    let height = high - low;
    if height.abs() < SHORT_DEG {
        return mean_zone_of_short(a, b);
    }
    let panel = |from: f64, to: f64| -> f64 {
        let (middle, half) = (from.midpoint(to), (to - from) / 2.0);
        FIVE.iter()
            .map(|&(node, weight)| {
                weight * zone_per_radian((middle + half * node).to_radians().sin())
            })
            .sum::<f64>()
            / 2.0
    };
    let panels = height.abs().ceil();
    let step = height / panels;
    let mut sum = 0.0;
    let mut i = 0.0;
    while i < panels {
        sum += panel(low + step * i, low + step * (i + 1.0));
        i += 1.0;
    }
    sum / panels
}

/// Area from the equator to a latitude with this sine, per radian of longitude, in square metres.
///
/// Snyder's closed form is sin / (1 - e2 sin2) + atanh(e sin) / e, halved; this is its series in
/// e2 sin2, of which the ninth term is less than an f64 can tell.
fn zone_per_radian(sin: f64) -> f64 {
    const TERMS: [f64; 8] = [
        16.0 / 15.0,
        14.0 / 13.0,
        12.0 / 11.0,
        10.0 / 9.0,
        8.0 / 7.0,
        6.0 / 5.0,
        4.0 / 3.0,
        2.0,
    ];
    let by = ECCENTRICITY_SQUARED * sin * sin;
    let q = TERMS.iter().fold(0.0, |sum, term| sum * by + term);
    ZONE_M2 / 2.0 * sin * q
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The closed form (Snyder 1987, equation 3-12).
    pub(super) fn closed_form(lat_deg: f64) -> f64 {
        let e = ECCENTRICITY_SQUARED.sqrt();
        let sin = lat_deg.to_radians().sin();
        let q = sin / (1.0 - ECCENTRICITY_SQUARED * sin * sin) + (e * sin).atanh() / e;
        ZONE_M2 / 2.0 * q
    }

    #[test]
    fn the_zone_is_that_of_the_closed_form() {
        for step in -90..=90 {
            let lat = f64::from(step);
            let zone = zone_per_radian(lat.to_radians().sin());
            let error = (zone - closed_form(lat)).abs();
            assert!(error <= 1e-15 * ZONE_M2, "{lat}: {error}");
        }
    }
}
