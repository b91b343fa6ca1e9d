//! Which stretches of a border two grids share, far from all others.

use wangge_model::Grid;
use wangge_plane::{Point, Ring, Segment};

use crate::board::index;

/// The rings of seamless grids, and what lies on their other side.
///
/// The ground of a ring lies to its left: shells run counter-clockwise and holes clockwise.
pub(super) struct Borders<'a> {
    rings: Vec<&'a Ring>,
    /// By ring: its grid.
    owner: Vec<u32>,
    /// By grid: its first ring; one more at the end.
    first_ring: Vec<u32>,
    /// Every vertex of every ring, by place.
    passes: Vec<Pass>,
}

/// A ring that passes through a point.
#[derive(Clone, Copy)]
struct Pass {
    point: Point,
    ring: u32,
    at: u32,
}

/// Vertices in a row that one ring shares with one neighbour and with nobody else.
///
/// The border between the two goes on at both ends.
#[derive(Debug, Clone)]
pub(super) struct Stretch {
    /// The ring, of all.
    pub(super) ring: usize,
    /// The place of the first vertex in the ring.
    pub(super) first: usize,
    /// The vertices in the order of the ring.
    pub(super) points: Vec<Point>,
    /// The grid whose ring it is.
    pub(super) grid: usize,
    /// The grid on the other side.
    pub(super) neighbour: usize,
}

impl<'a> Borders<'a> {
    pub(super) fn of(grids: &'a [Grid]) -> Self {
        let mut borders = Self {
            rings: Vec::new(),
            owner: Vec::new(),
            first_ring: vec![0],
            passes: Vec::new(),
        };
        for (grid, number) in grids.iter().zip(0..) {
            for ring in grid.shape.rings() {
                let place = index(borders.rings.len());
                let points = ring.points().iter().zip(0..);
                borders.passes.extend(points.map(|(&point, at)| Pass {
                    point,
                    ring: place,
                    at,
                }));
                borders.rings.push(ring);
                borders.owner.push(number);
            }
            borders.first_ring.push(index(borders.rings.len()));
        }
        borders
            .passes
            .sort_unstable_by_key(|pass| (pass.point, pass.ring, pass.at));
        borders
    }

    /// The places of a grid's rings among all.
    pub(super) fn rings_of(&self, grid: usize) -> std::ops::Range<usize> {
        self.first_ring[grid] as usize..self.first_ring[grid + 1] as usize
    }

    /// The vertices of a ring.
    pub(super) fn points(&self, ring: usize) -> &'a [Point] {
        self.rings[ring].points()
    }

    /// The grid of a ring.
    pub(super) fn grid_of(&self, ring: usize) -> usize {
        self.owner[ring] as usize
    }

    /// The edges of all rings of a grid.
    pub(super) fn edges(&self, grid: usize) -> impl Iterator<Item = Segment> + '_ {
        self.rings_of(grid)
            .flat_map(|ring| self.rings[ring].segments())
    }

    /// `count` vertices of a ring from one on, when all of them are shared with the same neighbour
    /// alone.
    pub(super) fn stretch(&self, ring: usize, first: usize, count: usize) -> Option<Stretch> {
        let points = self.points(ring);
        // what is left of the ring keeps it a ring whatever becomes of the stretch
        if points.len() < count + 3 {
            return None;
        }
        let grid = self.grid_of(ring);
        let mut neighbour = None;
        for step in 0..count {
            let (other, _) = self.mirror(ring, (first + step) % points.len())?;
            let beside = self.grid_of(other);
            if beside == grid || *neighbour.get_or_insert(beside) != beside {
                return None;
            }
        }
        Some(Stretch {
            ring,
            first,
            points: points
                .iter()
                .cycle()
                .skip(first)
                .take(count)
                .copied()
                .collect(),
            grid,
            neighbour: neighbour?,
        })
    }

    /// The other ring and its place at a vertex where exactly two rings pass, in opposite
    /// directions.
    pub(super) fn mirror(&self, ring: usize, at: usize) -> Option<(usize, usize)> {
        let point = self.points(ring)[at];
        let [a, b] = self.passes_at(point) else {
            return None;
        };
        let other = if a.ring as usize == ring && a.at as usize == at {
            b
        } else {
            a
        };
        let found = (other.ring as usize, other.at as usize);
        let (before, after) = self.beside(ring, at);
        (self.beside(found.0, found.1) == (after, before)).then_some(found)
    }

    /// Whether there is a grid on the other side of every edge of a grid.
    pub(super) fn is_inland(&self, grid: usize) -> bool {
        self.rings_of(grid).all(|ring| {
            (0..self.points(ring).len()).all(|at| {
                let (_, end) = self.beside(ring, at);
                let start = self.points(ring)[at];
                self.passes_at(end).iter().any(|pass| {
                    self.owner[pass.ring as usize] as usize != grid
                        && self.beside(pass.ring as usize, pass.at as usize).1 == start
                })
            })
        })
    }

    /// The other grids that a grid shares a vertex with, some more than once.
    pub(super) fn neighbours(&self, grid: usize) -> impl Iterator<Item = usize> + '_ {
        self.rings_of(grid)
            .flat_map(|ring| self.points(ring))
            .flat_map(|&point| self.passes_at(point))
            .map(|pass| self.owner[pass.ring as usize] as usize)
            .filter(move |&other| other != grid)
    }

    /// The vertices before and after one of a ring.
    fn beside(&self, ring: usize, at: usize) -> (Point, Point) {
        let points = self.points(ring);
        let count = points.len();
        (points[(at + count - 1) % count], points[(at + 1) % count])
    }

    fn passes_at(&self, point: Point) -> &[Pass] {
        let from = self.passes.partition_point(|pass| pass.point < point);
        let count = self.passes[from..]
            .iter()
            .take_while(|pass| pass.point == point)
            .count();
        &self.passes[from..from + count]
    }
}

#[cfg(test)]
pub(super) mod tests {
    use wangge_model::{Code, LevelIndex, Unit};
    use wangge_plane::{Polygon, Shape};

    use super::*;

    pub(in super::super) fn path(points: &[(i32, i32)]) -> Vec<Point> {
        let point = |&(x, y): &(i32, i32)| Point::new(x, y).unwrap();
        points.iter().map(point).collect()
    }

    fn grid(code: &str, shell: &[(i32, i32)], holes: &[&[(i32, i32)]]) -> Grid {
        let ring = |points: &[(i32, i32)]| Ring::new(path(points)).unwrap();
        let holes = holes.iter().map(|hole| ring(hole)).collect();
        Grid {
            unit: Unit::new(Code::new(code).unwrap(), LevelIndex(0)),
            shape: Shape::new(vec![Polygon::new(ring(shell), holes)]).unwrap(),
        }
    }

    /// West and east share the border x = 0 from y = 0 to 60; an enclave lies in the west, and a
    /// fourth grid touches the north-east corner.
    ///
    /// ```text
    ///                        ╱╲
    ///    ┌──────────┬────────╲╱
    ///    │   ┌─┐    ┊        │
    ///    │   └─┘    ┊        │
    ///    └──────────┴────────┘
    /// ```
    pub(in super::super) fn drawn(enclave: &[(i32, i32)]) -> Vec<Grid> {
        let border: Vec<(i32, i32)> = (0..7).map(|step| (0, step * 10)).collect();
        let mut west = border.clone();
        west.extend([(-100, 60), (-100, 0)]);
        let mut east: Vec<_> = border.into_iter().rev().collect();
        east.extend([(100, 0), (100, 60)]);
        vec![
            grid("west", &west, &[enclave]),
            grid("east", &east, &[]),
            grid("enclave", enclave, &[]),
            grid("corner", &[(100, 60), (110, 70), (100, 80), (90, 70)], &[]),
        ]
    }

    const ENCLAVE: [(i32, i32); 4] = [(-60, 20), (-50, 20), (-50, 30), (-60, 30)];

    #[test]
    fn a_stretch_is_shared_by_two_grids_from_node_to_node() {
        let grids = drawn(&ENCLAVE);
        let borders = Borders::of(&grids);
        let east = borders.rings_of(1).start;
        let points = borders.points(east);
        let first = points
            .iter()
            .position(|p| (p.x(), p.y()) == (0, 50))
            .unwrap();
        let stretch = borders.stretch(east, first, 5).unwrap();
        assert_eq!(
            stretch.points,
            path(&[(0, 50), (0, 40), (0, 30), (0, 20), (0, 10)])
        );
        assert_eq!((stretch.grid, stretch.neighbour), (1, 0));
        // the vertices before and after it lie on the rim
        assert!(borders.stretch(east, first, 6).is_none());
        let before = (first + points.len() - 1) % points.len();
        assert!(borders.stretch(east, before, 2).is_none());
    }

    #[test]
    fn a_corner_that_two_grids_touch_is_no_border() {
        let grids = drawn(&ENCLAVE);
        let borders = Borders::of(&grids);
        let corner = borders.rings_of(3).start;
        let touching = borders.points(corner);
        let at = touching.iter().position(|p| p.x() == 100 && p.y() == 60);
        assert_eq!(borders.mirror(corner, at.unwrap()), None);
        assert_eq!(borders.neighbours(3).collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn only_the_enclave_has_grids_all_around_it() {
        let grids = drawn(&ENCLAVE);
        let borders = Borders::of(&grids);
        let inland: Vec<bool> = (0..4).map(|grid| borders.is_inland(grid)).collect();
        assert_eq!(inland, [false, false, true, false]);
        // the enclave's border is the hole's, all the way around
        let hole = borders.rings_of(0).end - 1;
        assert!((0..4).all(|at| borders.mirror(hole, at).is_some()));
    }

    /// ```text
    ///        ╱│ east
    ///      ╱  │
    ///    ╱────┤
    ///    south
    /// ```
    #[test]
    fn an_edge_on_the_rim_may_have_both_its_ends_in_common_with_others() {
        let grids = [
            grid("wedge", &[(0, 0), (10, 0), (10, 10)], &[]),
            grid("south", &[(0, 0), (0, -10), (10, -10), (10, 0)], &[]),
            grid("east", &[(10, 0), (20, 0), (20, 10), (10, 10)], &[]),
        ];
        let borders = Borders::of(&grids);
        assert!(!borders.is_inland(0));
    }
}
