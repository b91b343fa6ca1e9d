//! Borders drawn with fewer vertices, each once, so that neighbours stay neighbours.

mod border;
mod row;
mod thinning;

use rayon::prelude::*;

use crate::simplify::row::Row;
use crate::simplify::thinning::Thinning;
use crate::{Arc, Coverage};

/// How far borders may be simplified: the size of the smallest detail that stays, metres.
///
/// A vertex goes when the triangle it makes with its two neighbours is at most as large as a
/// square with this side. So a bend twice as wide as the tolerance goes when it is no higher than
/// the tolerance; a longer one goes only when it is flatter, and a narrower one though it is higher.
///
/// Invariant: finite and not negative.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Tolerance {
    metres: f64,
}

impl Tolerance {
    /// A tolerance of so many metres; `None` for a negative number, an infinite one and NaN.
    ///
    /// With 0, only vertices go that lie straight between their neighbours.
    pub fn of_metres(metres: f64) -> Option<Self> {
        (metres.is_finite() && metres >= 0.0).then_some(Self { metres })
    }

    /// The tolerance, metres.
    pub const fn metres(self) -> f64 {
        self.metres
    }

    /// The largest triangle that goes, square metres.
    fn area_m2(self) -> f64 {
        self.metres * self.metres
    }
}

/// A coverage with fewer vertices, and what was done to make it.
#[derive(Debug, Clone)]
pub struct Simplified {
    /// The coverage. Its arcs are those of the coverage it was made from, in the same places, with
    /// the same ends and sides; a closed arc keeps its first vertex and its direction.
    pub coverage: Coverage,
    /// Different vertices before.
    pub vertices_before: usize,
    /// Different vertices after.
    pub vertices_after: usize,
    /// Vertices that stay although they are below the tolerance, since without them borders would
    /// cross, touch or fall together.
    pub held_back: usize,
    /// How far the farthest vertex that went lies from the border that was drawn without it, metres.
    pub largest_shift_m: f64,
}

impl Coverage {
    /// The same coverage with fewer vertices (Visvalingam and Whyatt 1993): of each border, the
    /// vertex goes that makes the smallest triangle with its neighbours, again and again, as long
    /// as there is one within the tolerance and nothing is in its way. Triangles are measured in
    /// the plane that fits the ellipsoid at the vertex's latitude.
    ///
    /// No border and no grid is lost. Ends of arcs stay, and so do their sides, what lies next to
    /// what, and what lies in what; each grid keeps its rings and has area. So the result is
    /// seamless, and so are the units that [`Coverage::dissolve`] makes of it: their borders are
    /// the same lines.
    ///
    /// The result is the same with any number of threads. What is simplified with a tolerance stays
    /// as it is when simplified with it again; where nothing is in the way, simplifying further
    /// with a larger tolerance gives what that gives at once. Vertices are only ever left out, so
    /// that of levels that are each made from the one before, with larger and larger tolerances,
    /// each has its vertices from the one before.
    ///
    /// n log n in the vertices, as long as few are in each other's way.
    ///
    /// ```
    /// use wangge_coverage::{Coverage, Member, Tolerance};
    /// use wangge_plane::{Point, Polygon, Ring, Shape};
    /// // two squares; the border between them has a step of 10 lattice units, about a decimetre
    /// let shape = |corners: &[(i32, i32)]| -> Result<Shape, wangge_plane::PlaneError> {
    ///     let points = corners.iter().map(|&(x, y)| Point::new(x, y)).collect::<Result<_, _>>()?;
    ///     Ok(Shape::new(vec![Polygon::new(Ring::new(points)?, vec![])]).expect("one part"))
    /// };
    /// let step = [(1_000_000, 0), (1_000_000, 500_000), (1_000_010, 500_010), (1_000_000, 1_000_000)];
    /// let west = shape(&[&[(0, 0)], &step[..], &[(0, 1_000_000)]].concat())?;
    /// let mut back = step;
    /// back.reverse();
    /// let east = shape(&[&[(2_000_000, 0), (2_000_000, 1_000_000)], &back[..]].concat())?;
    /// let members = [Member { code: "1", shape: &west }, Member { code: "2", shape: &east }];
    /// let coverage = Coverage::build(&members).expect("seamless");
    /// let fewer = coverage.simplify(Tolerance::of_metres(100.0).expect("not negative"));
    /// assert_eq!(fewer.vertices_before - fewer.vertices_after, 2);
    /// // both sides have lost the same vertices: it is still a coverage
    /// assert_eq!(fewer.coverage.owners(), 2);
    /// # Ok::<(), wangge_plane::PlaneError>(())
    /// ```
    pub fn simplify(&self, tolerance: Tolerance) -> Simplified {
        let mut row = Row::of(self.arcs());
        let vertices_before = row.vertices();
        let held_back = Thinning::of(&mut row, tolerance.area_m2()).finish();
        let arcs: Vec<Arc> = self
            .arcs()
            .par_iter()
            .enumerate()
            .map(|(at, arc)| Arc {
                points: row.path(at),
                left: arc.left(),
                right: arc.right(),
            })
            .collect();
        let largest_shift_m = (0..arcs.len())
            .into_par_iter()
            .map(|arc| row.largest_shift_m(arc))
            .reduce(|| 0.0, f64::max);
        Simplified {
            vertices_after: row.vertices(),
            coverage: self.with_arcs(arcs),
            vertices_before,
            held_back,
            largest_shift_m,
        }
    }
}
