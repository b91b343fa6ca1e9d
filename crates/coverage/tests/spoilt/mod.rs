//! Polygons that are as they come, and pictures that were spoilt.
#![allow(dead_code, reason = "each test file uses its own part of them")]

use proptest::prelude::*;
use wangge_plane::{Point, Polygon, Ring, Shape};

use crate::drawing::picture;

/// Any polygons on a board of 9 by 9 units, holes and parts anywhere.
pub(crate) fn arbitrary_shapes(most: usize, unit: i32) -> impl Strategy<Value = Vec<Shape>> {
    let ring = proptest::collection::vec((0i32..9, 0i32..9), 3..7).prop_filter_map(
        "three vertices",
        move |corners: Vec<(i32, i32)>| {
            let points = corners
                .iter()
                .map(|&(x, y)| Point::new(x * unit, y * unit).unwrap())
                .collect();
            Ring::new(points).ok()
        },
    );
    let polygon = (ring.clone(), proptest::collection::vec(ring, 0..2))
        .prop_map(|(shell, holes)| Polygon::new(shell, holes));
    let shape = proptest::collection::vec(polygon, 1..3).prop_map(|p| Shape::new(p).unwrap());
    proptest::collection::vec(shape, 1..=most)
}

/// A picture of cells `size` units wide, of which some vertices were moved, dropped or drawn twice, or a grid repeated.
pub(crate) fn spoilt_pictures(size: i32, unit: i32) -> impl Strategy<Value = Vec<Shape>> {
    let rows = proptest::collection::vec(
        proptest::collection::vec(proptest::sample::select(vec!['a', 'b', 'c', '.']), 3)
            .prop_map(|row| row.into_iter().collect::<String>()),
        1..4,
    );
    let edits = proptest::collection::vec(
        (0usize..4, any::<prop::sample::Index>(), -3i32..4, -3i32..4),
        0..3,
    );
    (rows, edits).prop_filter_map("some ground", move |(rows, edits)| {
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        if rows.iter().all(|row| row.chars().all(|c| c == '.')) {
            return None;
        }
        let (_, mut shapes) = picture(&rows, size * unit, |_, _| (0, 0));
        for (what, index, dx, dy) in edits {
            let at = index.index(shapes.len());
            let spoilt = spoil(&shapes[at], what, index, (dx * unit, dy * unit));
            match spoilt {
                Some(shape) if what == 3 => shapes.push(shape),
                Some(shape) => shapes[at] = shape,
                None => {}
            }
        }
        Some(shapes)
    })
}

fn spoil(shape: &Shape, what: usize, index: prop::sample::Index, by: (i32, i32)) -> Option<Shape> {
    if what == 3 {
        return Some(shape.clone());
    }
    let mut parts = shape.parts().to_vec();
    let part = index.index(parts.len());
    let mut points = parts[part].shell().points().to_vec();
    let at = index.index(points.len());
    match what {
        0 => points[at] = Point::new(points[at].x() + by.0, points[at].y() + by.1).ok()?,
        1 => {
            points.remove(at);
        }
        _ => {
            let to = Point::new(points[at].x() + by.0, points[at].y() + by.1).ok()?;
            let back = points[at];
            points.splice(at..at, [back, to]);
        }
    }
    parts[part] = Polygon::new(Ring::new(points).ok()?, parts[part].holes().to_vec());
    Shape::new(parts)
}
