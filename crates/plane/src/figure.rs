//! What stands in a city: a point, a line or an area.

use crate::{Extent, Point, Segment, Shape};

/// One or more chains of edges, of which none need meet another: a guard rail, a street.
///
/// Invariant: at least one part, each of two points or more, of which no two in a row are the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    parts: Vec<Box<[Point]>>,
}

/// The place of a thing.
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
