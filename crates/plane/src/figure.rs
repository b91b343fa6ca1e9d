//! What stands in a city: a point, a line or an area.

use crate::ellipsoid::distance_m;
use crate::{Extent, Point, Segment, Shape};

/// One or more chains of edges, of which none need meet another: a guard rail, a street.
///
/// Invariant: at least one part, each of two points or more, of which no two in a row are the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    parts: Vec<Box<[Point]>>,
}

/// The place of a thing.
///
/// ```
/// use wangge_plane::{Figure, Line, Point};
/// let rail = Line::new([vec![Point::new(0, 0)?, Point::new(8, 0)?, Point::new(8, 0)?]]);
/// let rail = Figure::Line(rail.expect("it has length"));
/// assert_eq!(rail.segments().count(), 1, "a repeated point is taken once");
/// assert_eq!(rail.middle(), Point::new(4, 0)?);
/// # Ok::<(), wangge_plane::PlaneError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Figure {
    /// A place without extent.
    Point(Point),
    /// A line.
    Line(Line),
    /// Ground.
    Area(Shape),
}

impl Line {
    /// A line of these parts; repeated points are taken once, and parts that have no length left
    /// out. `None` when nothing is left.
    pub fn new(parts: impl IntoIterator<Item = Vec<Point>>) -> Option<Self> {
        let parts: Vec<Box<[Point]>> = parts
            .into_iter()
            .map(|mut part| {
                part.dedup();
                part.into_boxed_slice()
            })
            .filter(|part| part.len() > 1)
            .collect();
        (!parts.is_empty()).then_some(Self { parts })
    }

    /// The parts, each from its first point to its last.
    pub fn parts(&self) -> impl ExactSizeIterator<Item = &[Point]> + Clone {
        self.parts.iter().map(AsRef::as_ref)
    }

    /// The edges of all parts.
    pub fn segments(&self) -> impl Iterator<Item = Segment> + Clone + '_ {
        self.parts.iter().flat_map(|part| {
            part.windows(2)
                .filter_map(|ends| Segment::new(ends[0], ends[1]))
        })
    }

    /// The box around it.
    pub fn extent(&self) -> Extent {
        Extent::of(self.parts.iter().flatten().copied())
            .unwrap_or_else(|| unreachable!("a line has points"))
    }
}

impl Figure {
    /// The box around it.
    pub fn extent(&self) -> Extent {
        match self {
            Self::Point(point) => {
                Extent::of([*point]).unwrap_or_else(|| unreachable!("a point is a box of no size"))
            }
            Self::Line(line) => line.extent(),
            Self::Area(shape) => shape.extent(),
        }
    }

    /// The point that stands for it: of a line the middle of its longest part, of an area a point
    /// in it, on the parallel through the middle of its box where that runs in it for longest. For
    /// labels and for who is responsible; rounded to the lattice, so an area narrower than a
    /// lattice unit may miss it.
    pub fn middle(&self) -> Point {
        match self {
            Self::Point(point) => *point,
            Self::Line(line) => middle_of_line(line),
            Self::Area(shape) => middle_of_area(shape),
        }
    }

    /// The edges of a line, or of the rings of an area; none of a point.
    pub fn segments(&self) -> impl Iterator<Item = Segment> + Clone + '_ {
        let (line, shape) = match self {
            Self::Point(_) => (None, None),
            Self::Line(line) => (Some(line), None),
            Self::Area(shape) => (None, Some(shape)),
        };
        let of_line = line.into_iter().flat_map(Line::segments);
        of_line.chain(shape.into_iter().flat_map(Shape::segments))
    }
}

fn middle_of_line(line: &Line) -> Point {
    let length_m = |part: &[Point]| -> f64 {
        part.windows(2)
            .map(|ends| distance_m(ends[0], ends[1]))
            .sum()
    };
    let longest = line
        .parts()
        .max_by(|a, b| length_m(a).total_cmp(&length_m(b)))
        .unwrap_or_else(|| unreachable!("a line has a part"));
    let mut left_m = length_m(longest) / 2.0;
    for ends in longest.windows(2) {
        let here_m = distance_m(ends[0], ends[1]);
        if here_m >= left_m {
            let share = if here_m > 0.0 { left_m / here_m } else { 0.0 };
            return between(ends[0], ends[1], share);
        }
        left_m -= here_m;
    }
    longest[longest.len() - 1]
}

fn middle_of_area(shape: &Shape) -> Point {
    let extent = shape.extent();
    // between two rows of the lattice, so that it runs through no vertex
    let row = f64::from(extent.min().y())
        .midpoint(f64::from(extent.max().y()))
        .floor()
        + 0.5;
    let mut crossings: Vec<f64> = shape
        .segments()
        .filter(|edge| (f64::from(edge.start().y()) < row) != (f64::from(edge.end().y()) < row))
        .map(|edge| {
            let (a, b) = (edge.start(), edge.end());
            let share = (row - f64::from(a.y())) / (f64::from(b.y()) - f64::from(a.y()));
            f64::from(a.x()) + share * (f64::from(b.x()) - f64::from(a.x()))
        })
        .collect();
    crossings.sort_unstable_by(f64::total_cmp);
    let width = |pair: &&[f64]| pair[1] - pair[0];
    let widest = crossings
        .chunks_exact(2)
        .max_by(|a, b| width(a).total_cmp(&width(b)));
    let vertex = shape.segments().next().map(Segment::start);
    widest
        .and_then(|pair| rounded(pair[0].midpoint(pair[1]), row))
        .or(vertex)
        .unwrap_or_else(|| unreachable!("a shape has edges"))
}

/// The lattice point nearest to a share of the way from one point to another.
fn between(a: Point, b: Point, share: f64) -> Point {
    let at = |from: i32, to: i32| f64::from(from) + share * (f64::from(to) - f64::from(from));
    rounded(at(a.x(), b.x()), at(a.y(), b.y())).unwrap_or(a)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "between points of the lattice"
)]
fn rounded(x: f64, y: f64) -> Option<Point> {
    Point::new(x.round_ties_even() as i32, y.round_ties_even() as i32).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(places: &[(i32, i32)]) -> Vec<Point> {
        let place = |&(x, y)| Point::new(x, y).unwrap();
        places.iter().map(place).collect()
    }

    #[test]
    fn a_line_has_no_part_without_length_and_no_point_twice_in_a_row() {
        let line = Line::new([
            points(&[(0, 0), (0, 0), (3, 0), (3, 0), (3, 4)]),
            points(&[(9, 9), (9, 9)]),
            vec![],
        ])
        .unwrap();
        let parts: Vec<&[Point]> = line.parts().collect();
        assert_eq!(parts, [points(&[(0, 0), (3, 0), (3, 4)])]);
        assert_eq!(line.segments().count(), 2);
        assert_eq!(
            Line::new([points(&[(1, 1)]), points(&[(2, 2), (2, 2)])]),
            None
        );
    }

    #[test]
    fn the_middle_of_a_line_is_half_way_along_its_longest_part() {
        let line = Line::new([
            points(&[(0, 900), (0, 901)]),
            points(&[(0, 0), (100, 0), (100, 300)]),
        ]);
        // at the equator 100 units to the east are as long as 100.67 to the north, and half of
        // 400.67 goes 99.66 up
        assert_eq!(
            Figure::Line(line.unwrap()).middle(),
            Point::new(100, 100).unwrap()
        );
    }

    #[test]
    fn the_middle_of_an_area_lies_in_it_where_its_centroid_does_not() {
        // a U that is open to the north, its right arm the broader one
        let corners = [
            (0, 0),
            (90, 0),
            (90, 60),
            (50, 60),
            (50, 20),
            (10, 20),
            (10, 60),
            (0, 60),
        ];
        let ring = crate::Ring::new(points(&corners)).unwrap();
        let shape = Shape::new(vec![crate::Polygon::new(ring, vec![])]).unwrap();
        let middle = Figure::Area(shape.clone()).middle();
        assert_eq!(middle, Point::new(70, 30).unwrap());
        assert_eq!(shape.side(middle), crate::Side::Inside);
    }

    #[test]
    fn the_box_of_a_figure_is_around_all_of_it() {
        let corners = |extent: Extent| (extent.min(), extent.max());
        let line = Line::new([points(&[(5, -1), (0, 2)]), points(&[(9, 9), (8, 0)])]).unwrap();
        let (min, max) = corners(Figure::Line(line).extent());
        assert_eq!(
            [min, max],
            [Point::new(0, -1).unwrap(), Point::new(9, 9).unwrap()]
        );
        let place = Point::new(7, 7).unwrap();
        assert_eq!(corners(Figure::Point(place).extent()), (place, place));
    }
}
