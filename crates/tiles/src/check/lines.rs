//! Is a border drawn more than once.

use wangge_arrange::{Met, Noding};
use wangge_plane::{Extent, Point, Segment};

use super::tile::EXTENT;

/// The pieces of lines that several lines, or one several times, run along within the tile.
pub(super) fn drawn_twice(lines: &[Vec<Point>]) -> Vec<Segment> {
    let Some(tile) = Point::new(0, 0)
        .ok()
        .zip(Point::new(EXTENT, EXTENT).ok())
        .and_then(|(low, high)| Extent::of([low, high]))
    else {
        return Vec::new();
    };
    let mut all: Vec<Segment> = lines
        .iter()
        .flat_map(|line| line.windows(2))
        .filter_map(|pair| Some(Segment::new(pair[0], pair[1])?.canonical().0))
        .filter(|segment| segment.meets(tile))
        .collect();
    all.sort_unstable();
    let mut different = all.clone();
    different.dedup();
    let noding = Noding::at_vertices(&Met::of(&different));
    let mut pieces: Vec<Segment> = all
        .iter()
        .flat_map(|&segment| noding.pieces(segment))
        .filter(|piece| piece.meets(tile))
        .collect();
    pieces.sort_unstable();
    let mut twice: Vec<Segment> = pieces
        .chunk_by(|a, b| a == b)
        .filter(|same| same.len() > 1)
        .map(|same| same[0])
        .collect();
    // along the very side of the buffer or at a corner of the tile nothing is seen
    twice.retain(|piece| is_seen(*piece));
    twice
}

/// Whether more than a point of a segment lies in the tile.
fn is_seen(piece: Segment) -> bool {
    let inside =
        |a: i32, b: i32| a.min(b) < EXTENT && a.max(b) > 0 || a == b && (0..=EXTENT).contains(&a);
    let (a, b) = (piece.start(), piece.end());
    inside(a.x(), b.x()) && inside(a.y(), b.y())
}
