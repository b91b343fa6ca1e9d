//! Which edges of a rim come near a place.

use wangge_plane::{Extent, Segment};

/// How many edges, and how many boxes, share a box.
pub(super) const TOGETHER: usize = 8;

/// Boxes around neighbouring edges of a walk, boxes around these, and so on: what follows each
/// other lies together, so that no other order is needed.
pub(super) struct Boxes {
    /// The edges' own first, one around all last.
    levels: Vec<Vec<Extent>>,
}

impl Boxes {
    pub(super) fn of(edges: impl Iterator<Item = Segment>) -> Self {
        let mut levels = vec![edges.map(Segment::extent).collect::<Vec<Extent>>()];
        while let Some(below) = levels.last()
            && below.len() > 1
        {
            let around = |boxes: &[Extent]| boxes.iter().copied().reduce(Extent::union);
            levels.push(below.chunks(TOGETHER).filter_map(around).collect());
        }
        Self { levels }
    }

    /// The edges whose boxes meet a box, in order.
    pub(super) fn meeting(&self, extent: Extent) -> Vec<usize> {
        let mut found = Vec::new();
        self.search(self.levels.len() - 1, 0, extent, &mut found);
        found
    }

    /// Looks into box `at` of a level and those beside it that share a box.
    fn search(&self, level: usize, at: usize, extent: Extent, found: &mut Vec<usize>) {
        let boxes = self.levels[level]
            .iter()
            .enumerate()
            .skip(at)
            .take(TOGETHER);
        for (at, _) in boxes.filter(|(_, around)| around.meets(extent)) {
            match level {
                0 => found.push(at),
                _ => self.search(level - 1, at * TOGETHER, extent, found),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use wangge_plane::Point;

    use super::*;

    fn point() -> impl Strategy<Value = Point> {
        (0..=100, 0..=100).prop_map(|(x, y)| Point::new(x, y).unwrap())
    }

    proptest! {
        #[test]
        fn every_edge_whose_box_meets_is_found_in_order(
            corners in proptest::collection::vec(point(), 0..200),
            place in (point(), point()),
        ) {
            let edges: Vec<Segment> = corners
                .windows(2)
                .filter_map(|ends| Segment::new(ends[0], ends[1]))
                .collect();
            let extent = Extent::of([place.0, place.1]).unwrap();
            let slowly: Vec<usize> = (0..edges.len())
                .filter(|&at| edges[at].extent().meets(extent))
                .collect();
            let boxes = Boxes::of(edges.iter().copied());
            prop_assert_eq!(boxes.meeting(extent), slowly);
        }
    }
}
