//! From the coordinates of a file to degrees of the lattice, with edges kept where they were.
//!
//! An edge that is straight in a projected system is bent in longitude and latitude. It is divided
//! until its pieces, straight in degrees, stray from it by no more than [`SAG_LIMIT_M`]. The
//! division is worked out in the edge's canonical direction (from its lower end, by x, then y), so
//! that the two areas beside a border get the same vertices whichever way each runs along it.

use geo_types::{Coord, LineString, MultiPolygon, Polygon};
use wangge_crs::{CrsError, Transform};
use wangge_plane::ellipsoid::metres_per_degree;

/// How far a straight piece may lie from the edge, metres. Together with the rounding of its ends
/// onto the lattice (at most 0.79 cm) it stays within the 1 cm that is promised.
pub(crate) const SAG_LIMIT_M: f64 = 0.002;

/// Pieces longer than this are looked at in three places: a long bow may cross its chord.
const LOOK_TWICE_M: f64 = 1_000.0;

/// An edge is divided into at most 2^16 pieces.
const DEPTH_LIMIT: u32 = 16;

/// Converts areas, and counts the vertices it adds.
pub(crate) struct Densifier<'t> {
    transform: &'t Transform,
    straight: bool,
    pub(crate) added: usize,
}

impl<'t> Densifier<'t> {
    /// `straight` says that edges stay straight: the system's degrees are the lattice's.
    pub(crate) fn new(transform: &'t Transform, straight: bool) -> Self {
        Self {
            transform,
            straight,
            added: 0,
        }
    }

    pub(crate) fn polygons(
        &mut self,
        polygons: &MultiPolygon<f64>,
    ) -> Result<MultiPolygon<f64>, CrsError> {
        let mut parts = Vec::with_capacity(polygons.0.len());
        for polygon in polygons {
            let shell = self.line(polygon.exterior())?;
            let holes = polygon
                .interiors()
                .iter()
                .map(|hole| self.line(hole))
                .collect::<Result<_, _>>()?;
            parts.push(Polygon::new(shell, holes));
        }
        Ok(MultiPolygon(parts))
    }

    /// A line, or a ring as one that ends where it begins.
    pub(crate) fn line(&mut self, given: &LineString<f64>) -> Result<LineString<f64>, CrsError> {
        let mut line = Vec::with_capacity(given.0.len());
        let mut before: Option<(Coord<f64>, Coord<f64>)> = None;
        for &given in &given.0 {
            let converted = self.convert(given)?;
            if let Some((from, at)) = before
                && !self.straight
            {
                self.between((from, at), (given, converted), &mut line)?;
            }
            line.push(converted);
            before = Some((given, converted));
        }
        Ok(LineString(line))
    }

    /// The vertices that an edge needs between its ends.
    fn between(
        &mut self,
        start: (Coord<f64>, Coord<f64>),
        end: (Coord<f64>, Coord<f64>),
        line: &mut Vec<Coord<f64>>,
    ) -> Result<(), CrsError> {
        let first = line.len();
        let forwards = before(start.0, end.0);
        let (low, high) = if forwards { (start, end) } else { (end, start) };
        self.divide(low, high, DEPTH_LIMIT, line)?;
        if !forwards {
            line[first..].reverse();
        }
        self.added += line.len() - first;
        Ok(())
    }

    fn divide(
        &self,
        low: (Coord<f64>, Coord<f64>),
        high: (Coord<f64>, Coord<f64>),
        depth: u32,
        line: &mut Vec<Coord<f64>>,
    ) -> Result<(), CrsError> {
        // nothing is between the ends, or they lie on two sides of the antimeridian
        if low.0 == high.0 || (low.1.x - high.1.x).abs() > 180.0 || depth == 0 {
            return Ok(());
        }
        let middle = midway(low.0, high.0);
        let centre = self.convert(middle)?;
        let mut strays = stray_m(centre, low.1, high.1) > SAG_LIMIT_M;
        if !strays && length_m(low.1, high.1) > LOOK_TWICE_M {
            for quarter in [midway(low.0, middle), midway(middle, high.0)] {
                strays |= stray_m(self.convert(quarter)?, low.1, high.1) > SAG_LIMIT_M;
            }
        }
        if strays {
            self.divide(low, (middle, centre), depth - 1, line)?;
            line.push(centre);
            self.divide((middle, centre), high, depth - 1, line)?;
        }
        Ok(())
    }

    fn convert(&self, given: Coord<f64>) -> Result<Coord<f64>, CrsError> {
        let (x, y) = self.transform.convert(given.x, given.y)?;
        Ok(Coord { x, y })
    }
}

fn before(a: Coord<f64>, b: Coord<f64>) -> bool {
    a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)).is_lt()
}

fn midway(a: Coord<f64>, b: Coord<f64>) -> Coord<f64> {
    Coord {
        x: f64::midpoint(a.x, b.x),
        y: f64::midpoint(a.y, b.y),
    }
}

fn length_m(a: Coord<f64>, b: Coord<f64>) -> f64 {
    let scale = metres_per_degree(f64::midpoint(a.y, b.y));
    ((b.x - a.x) * scale.east).hypot((b.y - a.y) * scale.north)
}

/// Distance in metres from a point to a chord, all in degrees.
fn stray_m(p: Coord<f64>, a: Coord<f64>, b: Coord<f64>) -> f64 {
    let scale = metres_per_degree(p.y);
    let (px, py) = ((p.x - a.x) * scale.east, (p.y - a.y) * scale.north);
    let (bx, by) = ((b.x - a.x) * scale.east, (b.y - a.y) * scale.north);
    let square = bx * bx + by * by;
    let t = if square > 0.0 {
        ((px * bx + py * by) / square).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (px - t * bx).hypot(py - t * by)
}
