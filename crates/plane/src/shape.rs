//! Polygons with holes, and shapes of any number of them: what a grid covers.

use geo_types::{Coord, LineString, MultiPolygon};

use crate::ellipsoid;
use crate::{Extent, PlaneError, Point, Ring, Segment, Side};

/// A shell with any number of holes.
///
/// Invariant: the shell's doubled area is not negative and no hole's is positive: rings are
/// turned by their role, whatever a file says. Whether the holes lie in the shell is for the
/// coverage to prove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Polygon {
    shell: Ring,
    holes: Vec<Ring>,
}

impl Polygon {
    /// A polygon of these rings, each turned by its role.
    pub fn new(shell: Ring, holes: Vec<Ring>) -> Self {
        Self {
            shell: turned(shell, true),
            holes: holes.into_iter().map(|hole| turned(hole, false)).collect(),
        }
    }

    /// The outer ring, counter-clockwise.
    pub const fn shell(&self) -> &Ring {
        &self.shell
    }

    /// The holes, clockwise.
    pub fn holes(&self) -> &[Ring] {
        &self.holes
    }

    /// The shell, then the holes.
    pub fn rings(&self) -> impl Iterator<Item = &Ring> + Clone {
        std::iter::once(&self.shell).chain(&self.holes)
    }
}

/// One or more polygons: the ground of one grid, enclaves (飞地) included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    parts: Vec<Polygon>,
}

/// A shape that has come onto the lattice, and what that did to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Landed {
    /// The shape; `None` when no part of it was as large as the lattice.
    pub shape: Option<Shape>,
    /// Vertices that were rounded, the closing ones not counted.
    pub vertices: usize,
    /// How many of them were not on the lattice before.
    pub moved: usize,
    /// The largest of these moves, in metres.
    pub max_move_m: f64,
    /// Rings that fell below three vertices and were left out.
    pub collapsed_rings: usize,
    /// Vertices that a ring had several times in a row, once for each time too many.
    pub repeated: Vec<Point>,
}

impl Shape {
    /// A shape of these polygons; `None` without any.
    pub fn new(parts: Vec<Polygon>) -> Option<Self> {
        (!parts.is_empty()).then_some(Self { parts })
    }

    /// Rounds polygons in degrees onto the lattice.
    ///
    /// # Errors
    /// [`PlaneError::NotFinite`] and [`PlaneError::OutOfRange`], for the first bad coordinate.
    pub fn land(polygons: &MultiPolygon<f64>) -> Result<Landed, PlaneError> {
        let mut landing = Landing::default();
        let mut parts = Vec::new();
        for polygon in polygons {
            let shell = landing.ring(polygon.exterior())?;
            let mut holes = Vec::new();
            for interior in polygon.interiors() {
                holes.extend(landing.ring(interior)?);
            }
            if let Some(shell) = shell {
                parts.push(Polygon::new(shell, holes));
            }
        }
        Ok(Landed {
            shape: Self::new(parts),
            vertices: landing.vertices,
            moved: landing.moved,
            max_move_m: landing.max_move_m,
            collapsed_rings: landing.collapsed_rings,
            repeated: landing.repeated,
        })
    }

    /// The polygons, at least one.
    pub fn parts(&self) -> &[Polygon] {
        &self.parts
    }

    /// Every ring of every part.
    pub fn rings(&self) -> impl Iterator<Item = &Ring> + Clone {
        self.parts.iter().flat_map(Polygon::rings)
    }

    /// Every directed edge of every ring: the shape's boundary as a chain.
    pub fn segments(&self) -> impl Iterator<Item = Segment> + Clone + '_ {
        self.rings().flat_map(Ring::segments)
    }

    /// The box around it.
    pub fn extent(&self) -> Extent {
        self.parts
            .iter()
            .map(|part| part.shell.extent())
            .reduce(Extent::union)
            .unwrap_or_else(|| unreachable!("a shape has a part"))
    }

    /// Twice the area in square lattice units. Exact.
    pub fn doubled_area(&self) -> i128 {
        self.rings().map(Ring::doubled_area).sum()
    }

    /// Area on the ellipsoid in square metres, see [`ellipsoid::area_under_m2`].
    pub fn area_m2(&self) -> f64 {
        self.segments().map(ellipsoid::area_under_m2).sum()
    }

    /// Where the point lies, by the even-odd rule over all rings. Exact, and slow on purpose:
    /// it looks at every edge.
    ///
    /// ```
    /// use geo_types::{MultiPolygon, polygon};
    /// use wangge_plane::{Point, Shape, Side};
    /// let drawn = polygon![
    ///     (x: 120.80, y: 40.70), (x: 120.81, y: 40.70), (x: 120.81, y: 40.71), (x: 120.80, y: 40.71),
    /// ];
    /// let landed = Shape::land(&MultiPolygon::new(vec![drawn]))?;
    /// assert_eq!(landed.moved, 0, "these have 7 decimals or fewer");
    /// let shape = landed.shape.expect("as large as the lattice");
    /// assert_eq!(shape.side(Point::from_degrees(120.805, 40.705)?), Side::Inside);
    /// assert_eq!(shape.side(Point::from_degrees(120.80, 40.705)?), Side::On);
    /// // the geodesic polygon, whose sides hardly differ here, has 938,459.4 m2 by PROJ
    /// assert!((shape.area_m2() - 938_459.4).abs() < 1.0);
    /// # Ok::<(), wangge_plane::PlaneError>(())
    /// ```
    pub fn side(&self, p: Point) -> Side {
        if self.segments().any(|s| s.holds(p)) {
            Side::On
        } else if self.winding_nudged(p) % 2 == 0 {
            Side::Outside
        } else {
            Side::Inside
        }
    }

    /// The winding number around the nudged point: see [`Ring::winding_nudged`].
    pub fn winding_nudged(&self, p: Point) -> i32 {
        self.rings().map(|ring| ring.winding_nudged(p)).sum()
    }

    /// The same ground in degrees, rings closed, for writers of formats.
    pub fn to_degrees(&self) -> MultiPolygon<f64> {
        self.parts
            .iter()
            .map(|part| {
                geo_types::Polygon::new(
                    line_string(&part.shell),
                    part.holes.iter().map(line_string).collect(),
                )
            })
            .collect()
    }
}

/// The sums that a shape gathers on its way onto the lattice.
#[derive(Default)]
struct Landing {
    vertices: usize,
    moved: usize,
    max_move_m: f64,
    collapsed_rings: usize,
    repeated: Vec<Point>,
}

impl Landing {
    fn ring(&mut self, line: &LineString<f64>) -> Result<Option<Ring>, PlaneError> {
        let coords = match line.0.as_slice() {
            [first, rest @ .., last] if first == last && !rest.is_empty() => {
                &line.0[..line.0.len() - 1]
            }
            all => all,
        };
        let mut points = Vec::with_capacity(coords.len());
        for &Coord { x, y } in coords {
            let p = Point::from_degrees(x, y)?;
            self.vertices += 1;
            #[expect(clippy::float_cmp, reason = "a move is any change of the number")]
            if p.lon() != x || p.lat() != y {
                self.moved += 1;
                let scale = ellipsoid::metres_per_degree(p.lat());
                let move_m = ((x - p.lon()) * scale.east).hypot((y - p.lat()) * scale.north);
                self.max_move_m = self.max_move_m.max(move_m);
            }
            points.push(p);
        }
        let next = points.iter().cycle().skip(1);
        let repeated: Vec<Point> = points
            .iter()
            .zip(next)
            .filter(|(point, next)| point == next)
            .map(|(point, _)| *point)
            .collect();
        match Ring::new(points) {
            Ok(ring) => {
                self.repeated.extend(repeated);
                Ok(Some(ring))
            }
            Err(PlaneError::RingTooShort { .. }) => {
                self.collapsed_rings += 1;
                Ok(None)
            }
            Err(other) => Err(other),
        }
    }
}

fn turned(ring: Ring, counter_clockwise: bool) -> Ring {
    let area = ring.doubled_area();
    if (area > 0) == counter_clockwise || area == 0 {
        ring
    } else {
        ring.reversed()
    }
}

fn line_string(ring: &Ring) -> LineString<f64> {
    let mut line: LineString<f64> = ring
        .points()
        .iter()
        .map(|p| Coord {
            x: p.lon(),
            y: p.lat(),
        })
        .collect();
    line.close();
    line
}
