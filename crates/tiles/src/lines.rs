//! Edges joined to lines between the points where other than two of them meet.

use wangge_plane::Point;

/// An edge with what lies to its sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SidedEdge {
    pub(crate) from: Point,
    pub(crate) to: Point,
    /// `None` is nobody's ground.
    pub(crate) left: Option<u32>,
    pub(crate) right: Option<u32>,
}

impl SidedEdge {
    /// The same edge the other way.
    pub(crate) const fn reversed(self) -> Self {
        Self {
            from: self.to,
            to: self.from,
            left: self.right,
            right: self.left,
        }
    }

    const fn sides(self) -> (Option<u32>, Option<u32>) {
        (self.left, self.right)
    }
}

/// The edges one after the other along lines; each goes on from the one before it where that line
/// goes on. A line has the same sides all along. Each edge is there once.
pub(crate) fn in_lines(edges: &[SidedEdge]) -> Vec<SidedEdge> {
    // each edge by both of its ends
    let mut ends: Vec<(Point, u32)> = (0u32..)
        .zip(edges)
        .flat_map(|(at, edge)| [(edge.from, at), (edge.to, at)])
        .collect();
    ends.sort_unstable();
    let mut walk = Walk {
        edges,
        ends: &ends,
        used: vec![false; edges.len()],
        lines: Vec::with_capacity(edges.len()),
    };
    // from the ends of lines first, then around those that have none
    for meeting in ends.chunk_by(|a, b| a.0 == b.0) {
        if meeting.len() != 2 {
            for &(from, edge) in meeting {
                walk.follow(from, edge);
            }
        }
    }
    for &(from, edge) in &ends {
        walk.follow(from, edge);
    }
    walk.lines
}

struct Walk<'a> {
    edges: &'a [SidedEdge],
    ends: &'a [(Point, u32)],
    used: Vec<bool>,
    lines: Vec<SidedEdge>,
}

impl Walk<'_> {
    fn follow(&mut self, mut from: Point, first: u32) {
        let mut next = Some(first);
        let mut sides = None;
        while let Some(at) = next {
            if self.used[at as usize] {
                return;
            }
            let edge = self.edges[at as usize];
            let edge = if edge.from == from {
                edge
            } else {
                edge.reversed()
            };
            if *sides.get_or_insert(edge.sides()) != edge.sides() {
                return;
            }
            self.used[at as usize] = true;
            self.lines.push(edge);
            from = edge.to;
            let start = self.ends.partition_point(|end| end.0 < from);
            let mut here = self.ends[start..]
                .iter()
                .take_while(|end| end.0 == from)
                .map(|end| end.1);
            next = match (here.next(), here.next(), here.next()) {
                (Some(a), Some(b), None) => Some(if a == at { b } else { a }),
                _ => None,
            };
        }
    }
}
