//! Shapes in few pieces of memory: a million of them are four lists, not millions of rings.

use wangge_plane::{Point, Polygon, Ring, Shape};

/// The shapes of all units, laid out one behind the other, and made anew when one is asked for.
///
/// Invariant: each list of ends is in order, and its last is the length of the list that it is of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Shapes {
    /// The vertices of all rings.
    points: Vec<Point>,
    /// Where each ring ends among the vertices.
    rings: Vec<u64>,
    /// Where the rings of each part end, the first of which is its shell.
    parts: Vec<u64>,
    /// Where the parts of each unit end; where the one before it ends when it has no ground.
    units: Vec<u64>,
}

impl Shapes {
    /// Room for so many units with so many vertices in all.
    pub(crate) fn with_capacity(units: usize, points: usize) -> Self {
        Self {
            points: Vec::with_capacity(points),
            rings: Vec::with_capacity(units),
            parts: Vec::with_capacity(units),
            units: Vec::with_capacity(units),
        }
    }

    /// Shapes that were laid out before; `None` where the lists are not those of any.
    pub(crate) fn restored(
        points: Vec<Point>,
        rings: Vec<u64>,
        parts: Vec<u64>,
        units: Vec<u64>,
    ) -> Option<Self> {
        let ends = |ends: &[u64], of: usize| {
            ends.is_sorted() && ends.last().copied().unwrap_or(0) == of as u64
        };
        let sound =
            ends(&rings, points.len()) && ends(&parts, rings.len()) && ends(&units, parts.len());
        sound.then_some(Self {
            points,
            rings,
            parts,
            units,
        })
    }

    /// Appends the ground of the next unit.
    pub(crate) fn push(&mut self, shape: Option<&Shape>) {
        for part in shape.into_iter().flat_map(Shape::parts) {
            for ring in part.rings() {
                self.points.extend_from_slice(ring.points());
                self.rings.push(self.points.len() as u64);
            }
            self.parts.push(self.rings.len() as u64);
        }
        self.units.push(self.parts.len() as u64);
    }

    /// How many units there are.
    pub(crate) fn len(&self) -> usize {
        self.units.len()
    }

    /// The ground of a unit; `None` for one without.
    pub(crate) fn get(&self, unit: usize) -> Option<Shape> {
        let ring = |ring: usize| Ring::new(self.points[between(&self.rings, ring)].to_vec()).ok();
        let part = |part: usize| {
            let mut rings = between(&self.parts, part).map(ring);
            let shell = rings.next()??;
            Some(Polygon::new(shell, rings.collect::<Option<_>>()?))
        };
        let parts = between(&self.units, unit).map(part);
        Shape::new(parts.collect::<Option<_>>()?)
    }

    /// The vertices, then the ends of rings, parts and units.
    pub(crate) fn lists(&self) -> (&[Point], [&[u64]; 3]) {
        (&self.points, [&self.rings, &self.parts, &self.units])
    }
}

/// What lies between the end before and the end at this place.
fn between(ends: &[u64], at: usize) -> std::ops::Range<usize> {
    let place = |end: u64| usize::try_from(end).unwrap_or(usize::MAX);
    let start = at.checked_sub(1).map_or(0, |before| place(ends[before]));
    start..place(ends[at])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ring(points: &[(i32, i32)]) -> Ring {
        let points = points.iter().map(|&(x, y)| Point::new(x, y).unwrap());
        Ring::new(points.collect()).unwrap()
    }

    fn square(x: i32, y: i32, side: i32) -> Ring {
        ring(&[(x, y), (x + side, y), (x + side, y + side), (x, y + side)])
    }

    fn any_shape() -> impl Strategy<Value = Option<Shape>> {
        let part =
            (0..100, 0..100, proptest::collection::vec(1..9, 0..3)).prop_map(|(x, y, holes)| {
                let holes = holes
                    .iter()
                    .zip(0..)
                    .map(|(side, at)| square(x + 20 * at, y + 1, *side));
                Polygon::new(square(x, y, 100), holes.collect())
            });
        proptest::collection::vec(part, 0..4).prop_map(Shape::new)
    }

    proptest! {
        #[test]
        fn shapes_come_back_as_they_went_in(all in proptest::collection::vec(any_shape(), 0..12)) {
            let mut shapes = Shapes::with_capacity(0, 0);
            for shape in &all {
                shapes.push(shape.as_ref());
            }
            prop_assert_eq!(shapes.len(), all.len());
            for (at, shape) in all.iter().enumerate() {
                prop_assert_eq!(&shapes.get(at), shape);
            }
            let (points, [rings, parts, units]) = shapes.lists();
            let again = Shapes::restored(points.into(), rings.into(), parts.into(), units.into());
            prop_assert_eq!(again.as_ref(), Some(&shapes));
        }

        #[test]
        fn lists_of_nothing_are_refused_or_read_without_a_panic(
            points in 0usize..6,
            lists in proptest::array::uniform3(proptest::collection::vec(0u64..7, 0..4)),
        ) {
            let points = vec![Point::new(0, 0).unwrap(); points];
            let [rings, parts, units] = lists;
            if let Some(shapes) = Shapes::restored(points, rings, parts, units) {
                for unit in 0..shapes.len() {
                    prop_assert_eq!(shapes.get(unit), None, "all points are one");
                }
            }
        }
    }
}
