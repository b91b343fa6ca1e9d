//! Borders joined to ground: rings and polygons.

use wangge_arrange::{Face, Faces, polygon_of};
use wangge_plane::{Point, Polygon, Ring, Segment, Shape};

/// A border as some ground has it.
#[derive(Clone, Copy)]
pub(crate) struct Way<'a> {
    pub(crate) points: &'a [Point],
    /// Whether the ground lies to the left of the points' direction.
    pub(crate) forward: bool,
}

/// The ground that these borders enclose, all of them, with each polygon one connected piece;
/// rings start at their least vertices, shells and holes are in order of these. `None` without
/// borders.
pub(crate) fn ground(ways: &[Way<'_>]) -> Option<Shape> {
    if ways.is_empty() {
        return None;
    }
    let parts = match rings_apart(ways) {
        Some(rings) => parts_of(rings).unwrap_or_else(|| parts_by_faces(ways)),
        None => parts_by_faces(ways),
    };
    Shape::new(parts)
}

impl<'a> Way<'a> {
    fn start(&self) -> Point {
        self.points[if self.forward {
            0
        } else {
            self.points.len() - 1
        }]
    }

    fn end(&self) -> Point {
        self.points[if self.forward {
            self.points.len() - 1
        } else {
            0
        }]
    }

    /// The vertices in the ground's direction, without the last.
    fn vertices(self) -> impl Iterator<Item = Point> + use<'a> {
        let (last, points) = (self.points.len() - 1, self.points);
        (0..last).map(move |i| points[if self.forward { i } else { last - i }])
    }

    fn segments(self) -> impl Iterator<Item = Segment> + use<'a> {
        self.points.windows(2).filter_map(move |pair| {
            if self.forward {
                Segment::new(pair[0], pair[1])
            } else {
                Segment::new(pair[1], pair[0])
            }
        })
    }
}

/// The rings of ways that lead on in one way only; `None` where the ground touches itself.
fn rings_apart(ways: &[Way<'_>]) -> Option<Vec<Ring>> {
    let mut starts: Vec<(Point, usize)> = ways.iter().map(Way::start).zip(0..).collect();
    starts.sort_unstable();
    if starts.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return None;
    }
    let mut walked = vec![false; ways.len()];
    let mut rings = Vec::new();
    for first in 0..ways.len() {
        if walked[first] {
            continue;
        }
        let mut points = Vec::new();
        let mut at = first;
        while !walked[at] {
            walked[at] = true;
            points.extend(ways[at].vertices());
            let end = ways[at].end();
            let next = starts.binary_search_by_key(&end, |&(p, _)| p).ok()?;
            at = starts[next].1;
        }
        let least = (0..points.len()).min_by_key(|&i| points[i])?;
        points.rotate_left(least);
        rings.push(Ring::new(points).ok()?);
    }
    Some(rings)
}

/// The polygons of rings that touch nothing; `None` where it takes more to see which hole lies in
/// which shell.
fn parts_of(rings: Vec<Ring>) -> Option<Vec<Polygon>> {
    let (mut shells, mut holes): (Vec<Ring>, Vec<Ring>) =
        rings.into_iter().partition(|ring| ring.doubled_area() > 0);
    let least_first = |ring: &Ring| ring.points()[0];
    shells.sort_unstable_by_key(least_first);
    holes.sort_unstable_by_key(least_first);
    if holes.is_empty() {
        return Some(
            shells
                .into_iter()
                .map(|shell| Polygon::new(shell, vec![]))
                .collect(),
        );
    }
    let [shell] = <[Ring; 1]>::try_from(shells).ok()?;
    Some(vec![Polygon::new(shell, holes)])
}

/// The long way: the faces between the edges.
fn parts_by_faces(ways: &[Way<'_>]) -> Vec<Polygon> {
    let mut edges: Vec<(Segment, bool)> = ways
        .iter()
        .flat_map(|way| way.segments())
        .map(Segment::canonical)
        .collect();
    edges.sort_unstable();
    let segments: Vec<Segment> = edges.iter().map(|&(segment, _)| segment).collect();
    let faces = Faces::of(&segments);
    let mut boundaries: Vec<Vec<Segment>> = vec![Vec::new(); faces.count()];
    for (i, &(segment, forward)) in edges.iter().enumerate() {
        let (Face(face), directed) = if forward {
            (faces.left(i), segment)
        } else {
            (faces.right(i), segment.reversed())
        };
        boundaries[face as usize].push(directed);
    }
    boundaries
        .iter()
        .filter_map(|boundary| polygon_of(boundary))
        .collect()
}
