//! A stretch of a ring drawn anew, and the exact checks that nothing else comes of it.

use wangge_plane::{Extent, Meeting, Point, Ring, Segment, Side};

use super::borders::{Borders, Stretch};

/// A path of a ring and the path that takes its place, with the same two ends.
#[derive(Debug, Clone)]
pub(super) struct Bend {
    ring: usize,
    from: usize,
    old: Vec<Point>,
    new: Vec<Point>,
    grid: usize,
    neighbour: usize,
}

/// Ground between the old path and the new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Misfit {
    /// Around the ground, counter-clockwise.
    pub(super) ring: Ring,
    /// Whether the grid has lost the ground, and has not taken it from its neighbour.
    pub(super) missing: bool,
}

impl Bend {
    /// The path of a stretch from its vertex `from` to its vertex `to`, drawn by way of `inner`.
    pub(super) fn new(stretch: &Stretch, from: usize, to: usize, inner: &[Point]) -> Self {
        let old = stretch.points[from..=to].to_vec();
        let mut new = vec![old[0]];
        new.extend_from_slice(inner);
        new.extend(old[1..].last());
        Self {
            ring: stretch.ring,
            from: stretch.first + from,
            old,
            new,
            grid: stretch.grid,
            neighbour: stretch.neighbour,
        }
    }

    /// The ground between the two paths when they share nothing but their ends, and when no
    /// border of the two grids runs through that ground or along it.
    pub(super) fn misfit(&self, borders: &Borders<'_>) -> Option<Misfit> {
        let back = self.new[1..self.new.len() - 1].iter().rev();
        let ring = simple_ring(self.old.iter().chain(back).copied().collect())?;
        // the grid's ground lies to the left of its path
        let missing = ring.doubled_area() > 0;
        let ring = if missing { ring } else { ring.reversed() };
        self.stands_alone(borders, ring.extent(), |p| ring.side(p) != Side::Outside)
            .then_some(Misfit { ring, missing })
    }

    /// Whether the new path keeps clear of all borders of the two grids but the old path, and
    /// none of these has a vertex in the closed hull of the change, which lies in `extent`.
    ///
    /// A path that leaves the shared border and meets no other border of the two stays in their
    /// ground, so that no third grid needs to be looked at.
    pub(super) fn stands_alone(
        &self,
        borders: &Borders<'_>,
        extent: Extent,
        in_hull: impl Fn(Point) -> bool,
    ) -> bool {
        let replaced: Vec<Segment> = edges(&self.old).map(|edge| edge.canonical().0).collect();
        let drawn: Vec<Segment> = edges(&self.new).collect();
        [self.grid, self.neighbour]
            .into_iter()
            .flat_map(|grid| borders.edges(grid))
            .filter(|edge| edge.extent().meets(extent) && !replaced.contains(&edge.canonical().0))
            .all(|edge| {
                let clear = drawn
                    .iter()
                    .all(|new| matches!(new.meeting(edge), Meeting::Apart | Meeting::AtEnds));
                let start = edge.start();
                clear && (self.old.contains(&start) || !in_hull(start))
            })
    }

    /// The whole ring with the new path; `None` when fewer than three vertices are left.
    pub(super) fn redrawn(&self, borders: &Borders<'_>) -> Option<Ring> {
        redrawn(
            borders.points(self.ring),
            self.from,
            self.old.len(),
            &self.new,
        )
    }

    /// How the whole ring with the new path meets itself.
    pub(super) fn meetings(&self, borders: &Borders<'_>) -> Option<Vec<Meeting>> {
        let pairs = self.redrawn(borders)?.defects();
        Some(pairs.into_iter().map(|pair| pair.meeting).collect())
    }

    pub(super) const fn ring(&self) -> usize {
        self.ring
    }
}

/// A ring with `count` vertices from the one at `from` on replaced. It starts where it started,
/// when that vertex is still there.
pub(super) fn redrawn(points: &[Point], from: usize, count: usize, new: &[Point]) -> Option<Ring> {
    let length = points.len();
    let kept = (count..length).map(|step| points[(from + step) % length]);
    let mut all: Vec<Point> = new.iter().copied().chain(kept).collect();
    let start = all
        .iter()
        .position(|point| *point == points[0])
        .unwrap_or(0);
    all.rotate_left(start);
    let vertices = all.len();
    Ring::new(all)
        .ok()
        .filter(|ring| ring.points().len() == vertices)
}

/// A ring of these vertices when it is simple, with no vertex twice and some ground in it.
pub(super) fn simple_ring(points: Vec<Point>) -> Option<Ring> {
    let vertices = points.len();
    let mut different = points.clone();
    different.sort_unstable();
    different.dedup();
    let ring = Ring::new(points).ok()?;
    let simple = different.len() == vertices
        && ring.points().len() == vertices
        && ring.doubled_area() != 0
        && ring.defects().is_empty();
    simple.then_some(ring)
}

fn edges(path: &[Point]) -> impl Iterator<Item = Segment> + '_ {
    path.windows(2)
        .filter_map(|pair| Segment::new(pair[0], pair[1]))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::borders::tests::{drawn, path};
    use super::*;

    /// The middle vertex of the border of west, drawn back to the west.
    #[rstest]
    #[case::clear(&[(-60, 20), (-50, 20), (-50, 30), (-60, 30)], -30, true)]
    #[case::an_edge_runs_through(&[(-20, 10), (-15, 10), (-15, 50), (-20, 50)], -30, false)]
    #[case::an_edge_is_touched(&[(-40, 10), (-30, 10), (-30, 50), (-40, 50)], -30, false)]
    #[case::a_vertex_is_touched(&[(-40, 29), (-30, 30), (-40, 31)], -30, false)]
    #[case::an_enclave_lies_inside(&[(-10, 29), (-8, 29), (-8, 31), (-10, 31)], -30, false)]
    fn ground_that_another_border_runs_through_is_no_misfit(
        #[case] enclave: &[(i32, i32)],
        #[case] x: i32,
        #[case] stands_alone: bool,
    ) {
        let grids = drawn(enclave);
        let borders = Borders::of(&grids);
        let west = borders.rings_of(0).start;
        let points = borders.points(west);
        let first = points.iter().position(|p| (p.x(), p.y()) == (0, 10));
        let stretch = borders.stretch(west, first.unwrap(), 5).unwrap();
        let bend = Bend::new(&stretch, 1, 3, &path(&[(x, 30)]));
        let misfit = bend.misfit(&borders);
        assert_eq!(misfit.is_some(), stands_alone, "{misfit:?}");
        if let Some(misfit) = misfit {
            assert!(misfit.missing);
            // a triangle of 20 by 30
            assert_eq!(misfit.ring.doubled_area(), 600);
            let over = Bend::new(&stretch, 1, 3, &path(&[(7, 30)]));
            let over = over.misfit(&borders).unwrap();
            assert!(!over.missing);
            assert_eq!(over.ring.doubled_area(), 140);
        }
    }

    #[test]
    fn a_ring_is_drawn_anew_over_its_seam_and_starts_where_it_did() {
        let square = path(&[(0, 0), (9, 0), (9, 9), (0, 9)]);
        // the last vertex and the first, with one more between them
        let more = redrawn(&square, 3, 2, &path(&[(0, 9), (1, 5), (0, 0)])).unwrap();
        assert_eq!(
            more.points(),
            path(&[(0, 0), (9, 0), (9, 9), (0, 9), (1, 5)])
        );
        let fewer = redrawn(&square, 3, 3, &path(&[(0, 9), (9, 0)])).unwrap();
        assert_eq!(fewer.points(), path(&[(0, 9), (9, 0), (9, 9)]));
    }

    #[test]
    fn a_ring_that_meets_itself_is_not_simple() {
        assert!(simple_ring(path(&[(0, 0), (9, 0), (9, 9), (0, 9)])).is_some());
        assert_eq!(simple_ring(path(&[(0, 0), (9, 9), (9, 0), (0, 9)])), None);
        assert_eq!(
            simple_ring(path(&[(0, 0), (9, 0), (5, 5), (9, 9), (5, 5)])),
            None
        );
        assert_eq!(simple_ring(path(&[(0, 0), (9, 0), (4, 0)])), None);
    }
}
