//! How far a border moved.

use wangge_plane::{Extent, LATTICE_UNIT_DEG, Point, Segment, Shape, ellipsoid};

use super::piece::Side;

/// A vertex in metres, in the plane that fits the ellipsoid at the part's latitude.
type Place = (f64, f64);

/// How far apart the old and the new border are along narrow ground: the greatest distance in metres
/// from a vertex of either to the nearest point of the other. 0 where one of them is nowhere near.
///
/// Mostly the nearest border is at the other side of the ground. Where that is further away than the
/// tolerance, or there is none, it is looked for among all borders.
pub(super) fn shift_m(sides: &[Side], borders: &[Side], tolerance_m: f64) -> f64 {
    let has_both = sides.iter().any(|side| side.of_old) && sides.iter().any(|side| side.of_new);
    let across_m = shift_to_m(sides, sides);
    if has_both && across_m <= tolerance_m {
        return across_m;
    }
    let ends = sides.iter().map(|side| side.directed.extent());
    let Some(extent) = ends.reduce(Extent::union) else {
        return 0.0;
    };
    let around = widened(extent, across_m.max(tolerance_m));
    let near = borders.iter().copied();
    let near: Vec<Side> = near
        .filter(|side| side.directed.extent().meets(around))
        .collect();
    shift_to_m(sides, &near)
}

fn shift_to_m(sides: &[Side], borders: &[Side]) -> f64 {
    let old = |sides: &[Side]| edges(sides, |side| side.of_old);
    let new = |sides: &[Side]| edges(sides, |side| side.of_new);
    farthest_m(&old(sides), &new(borders)).max(farthest_m(&new(sides), &old(borders)))
}

fn edges(sides: &[Side], is_of: fn(&Side) -> bool) -> Vec<Segment> {
    let sides = sides.iter().filter(|side| is_of(side));
    sides.map(|side| side.directed).collect()
}

/// The box with so many metres more to each side.
fn widened(extent: Extent, by_m: f64) -> Extent {
    let units = |metres_per_degree: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "more units than a number holds are as many as it holds"
        )]
        let units = (by_m / (metres_per_degree * LATTICE_UNIT_DEG)).ceil() as u32;
        units
    };
    let furthest = extent.max().lat().abs().max(extent.min().lat().abs());
    let scale = ellipsoid::metres_per_degree(furthest);
    extent.widened(units(scale.east), units(scale.north))
}

/// The same between the whole boundaries of two shapes.
pub(super) fn shift_of_shapes_m(old: &Shape, new: &Shape) -> f64 {
    let edges = |shape: &Shape| -> Vec<Segment> { shape.segments().collect() };
    let (old, new) = (edges(old), edges(new));
    farthest_m(&old, &new).max(farthest_m(&new, &old))
}

/// The greatest distance from an end of these edges to the nearest of those; 0 where there are none.
fn farthest_m(from: &[Segment], to: &[Segment]) -> f64 {
    let (Some(first), false) = (from.first(), to.is_empty()) else {
        return 0.0;
    };
    let origin = first.start();
    let scale = ellipsoid::metres_per_degree(origin.lat());
    let place = |p: Point| -> Place {
        (
            (p.lon() - origin.lon()) * scale.east,
            (p.lat() - origin.lat()) * scale.north,
        )
    };
    let placed = |edge: &Segment| (place(edge.start()), place(edge.end()));
    let to: Vec<(Place, Place)> = to.iter().map(placed).collect();
    let mut greatest = 0.0;
    // neighbours in the one list mostly have neighbours in the other nearest
    let mut last = 0;
    for (start, end) in from.iter().map(placed) {
        for p in [start, end] {
            let (mut nearest, mut at) = (f64::INFINITY, last);
            for i in (last..to.len()).chain(0..last) {
                let here = square_of_distance(p, to[i]);
                if here < nearest {
                    (nearest, at) = (here, i);
                }
                // it will not be the greatest
                if nearest <= greatest {
                    break;
                }
            }
            last = at;
            if nearest > greatest {
                greatest = nearest;
            }
        }
    }
    greatest.sqrt()
}

fn square_of_distance(p: Place, (a, b): (Place, Place)) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let (px, py) = (p.0 - a.0, p.1 - a.1);
    let along = ((px * dx + py * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
    let (x, y) = (px - along * dx, py - along * dy);
    x * x + y * y
}
