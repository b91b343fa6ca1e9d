//! What simplifying keeps, seen the slow way.
#![allow(dead_code, reason = "each test file uses its own part of the checks")]

use std::collections::BTreeSet;

use wangge_coverage::{Arc, Coverage, Outline, Owner, Simplified, Tolerance, Verdict, prove};
use wangge_plane::{Point, Shape, cross, ellipsoid};

use crate::drawing::{codes, members};

/// The coverage of these shapes, if they are seamless.
pub(crate) fn built(shapes: &[Shape]) -> Option<Coverage> {
    let codes = codes(shapes.len());
    Coverage::build(&members(&codes, shapes)).ok()
}

pub(crate) fn simplified(coverage: &Coverage, metres: f64) -> Simplified {
    coverage.simplify(Tolerance::of_metres(metres).unwrap())
}

pub(crate) fn prove_shapes(shapes: &[Shape]) -> Verdict {
    let codes = codes(shapes.len());
    prove(&members(&codes, shapes), Outline::OwnRim)
}

/// The area of a triangle by the lengths of its sides east and north, square metres.
pub(crate) fn triangle_m2(a: Point, v: Point, b: Point) -> f64 {
    let scale = ellipsoid::metres_per_degree(v.lat());
    let way = |p: Point| {
        let east = f64::from(p.x() - v.x()) * 1e-7 * scale.east;
        (east, f64::from(p.y() - v.y()) * 1e-7 * scale.north)
    };
    let ((ax, ay), (bx, by)) = (way(a), way(b));
    (ax * by - ay * bx).abs() / 2.0
}

pub(crate) fn in_triangle(p: Point, [a, b, c]: [Point; 3]) -> bool {
    let sides = [cross(a, b, p), cross(b, c, p), cross(c, a, p)];
    sides.iter().all(|&s| s >= 0) || sides.iter().all(|&s| s <= 0)
}

pub(crate) fn all_points(coverage: &Coverage) -> BTreeSet<Point> {
    let points = coverage.arcs().iter().flat_map(Arc::points);
    points.copied().collect()
}

/// Whether the one path is the other with vertices left out.
pub(crate) fn is_path_along(path: &[Point], whole: &[Point]) -> bool {
    let mut whole = whole.iter();
    path.iter().all(|p| whole.any(|q| q == p))
}

/// The holes of each part of a shape, in order of number.
pub(crate) fn holes(shape: &Shape) -> Vec<usize> {
    let mut holes: Vec<usize> = shape
        .parts()
        .iter()
        .map(|part| part.holes().len())
        .collect();
    holes.sort_unstable();
    holes
}

/// What must hold of every simplified coverage.
pub(crate) fn check(before: &Coverage, after: &Simplified, tolerance_m: f64) {
    let Simplified { coverage, .. } = after;
    let shapes = coverage.shapes();
    let verdict = prove_shapes(&shapes);
    assert!(verdict.seamless && verdict.noded, "{verdict:?}");
    assert_eq!(verdict.simple, before.owners());

    // the same borders, with vertices left out, and none but vertices between ends
    assert_eq!(before.arcs().len(), coverage.arcs().len());
    for (old, new) in before.arcs().iter().zip(coverage.arcs()) {
        assert_eq!((old.left(), old.right()), (new.left(), new.right()));
        assert_eq!(old.points().first(), new.points().first());
        assert_eq!(old.points().last(), new.points().last());
        assert!(is_path_along(new.points(), old.points()));
    }
    // each grid keeps its ground's form, and areas are those of the ground
    let grounds = before.shapes().into_iter().zip(&shapes);
    for (owner, (old, new)) in (0u32..).zip(grounds) {
        assert_eq!(holes(&old), holes(new));
        assert!(new.doubled_area() > 0);
        assert!((coverage.area_m2(Owner(owner)) - new.area_m2()).abs() < 1e-5);
        assert!(coverage.arcs_of(Owner(owner)).count() == before.arcs_of(Owner(owner)).count());
    }
    // built anew from its ground, it has the same borders
    let mut anew: Vec<_> = built(&shapes)
        .unwrap()
        .arcs()
        .iter()
        .map(undirected)
        .collect();
    let mut kept: Vec<_> = coverage.arcs().iter().map(undirected).collect();
    anew.sort();
    kept.sort();
    assert_eq!(anew, kept);

    let (old, new) = (all_points(before), all_points(coverage));
    assert_eq!(
        (after.vertices_before, after.vertices_after),
        (old.len(), new.len())
    );
    assert_eq!(after.held_back, held_back(coverage, &new, tolerance_m));
    let shift_m = largest_shift_m(before, coverage);
    assert!((after.largest_shift_m - shift_m).abs() <= 1e-3 * shift_m + 1e-9);
}

/// A border's points and sides, whichever way it runs.
pub(crate) fn undirected(arc: &Arc) -> (Vec<Point>, Option<Owner>, Option<Owner>) {
    let backwards: Vec<Point> = arc.points().iter().rev().copied().collect();
    let ways = [
        (arc.points().to_vec(), arc.left(), arc.right()),
        (backwards, arc.right(), arc.left()),
    ];
    ways.into_iter().min().unwrap()
}

/// Counts the vertices within the tolerance that are left, and sees that each has a reason to be.
pub(crate) fn held_back(coverage: &Coverage, all: &BTreeSet<Point>, tolerance_m: f64) -> usize {
    let arcs = coverage.arcs();
    let ends = |arc: &Arc| {
        let (a, b) = (arc.points()[0], arc.points()[arc.points().len() - 1]);
        (a.min(b), a.max(b))
    };
    let mut count = 0;
    for arc in arcs {
        for three in arc.points().windows(3) {
            let &[a, v, b] = three else { unreachable!() };
            if triangle_m2(a, v, b) > tolerance_m * tolerance_m {
                continue;
            }
            count += 1;
            let (first, last) = ends(arc);
            let last_triangle = first == last && arc.points().len() == 4;
            // another border joins the same nodes and is straight
            let straight = |other: &Arc| ends(other) == (first, last) && other.points().len() == 2;
            let last_bend = arc.points().len() == 3 && arcs.iter().any(straight);
            let in_the_way = |p: &Point| ![a, v, b].contains(p) && in_triangle(*p, [a, v, b]);
            assert!(
                last_triangle || last_bend || all.iter().any(in_the_way),
                "{v:?} could go"
            );
        }
    }
    count
}

/// How far a vertex that went lies from the part of its border that took its place.
pub(crate) fn largest_shift_m(before: &Coverage, after: &Coverage) -> f64 {
    let mut largest = 0.0;
    for (old, new) in before.arcs().iter().zip(after.arcs()) {
        let mut segments = new.segments().peekable();
        for &p in &old.points()[1..old.points().len() - 1] {
            let segment = *segments.peek().unwrap();
            if p == segment.end() {
                segments.next();
            } else {
                largest = f64::max(largest, ellipsoid::distance_to_segment_m(p, segment));
            }
        }
    }
    largest
}

/// A border thinned the slow way, with nothing in its way: the smallest triangle of all goes,
/// again and again. `None` where something was in the way of it.
pub(crate) fn thinned_slowly(
    arc: &Arc,
    all: &BTreeSet<Point>,
    tolerance_m: f64,
) -> Option<Vec<Point>> {
    let mut points = arc.points().to_vec();
    while points.len() > 2 {
        let smallest = points
            .windows(3)
            .map(|t| triangle_m2(t[0], t[1], t[2]))
            .zip(1usize..)
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .unwrap();
        if smallest.0 > tolerance_m * tolerance_m {
            return Some(points);
        }
        let (_, at) = smallest;
        let [a, v, b] = [points[at - 1], points[at], points[at + 1]];
        let closed = points[0] == points[points.len() - 1];
        let free = |p: &Point| [a, v, b].contains(p) || !in_triangle(*p, [a, v, b]);
        if (closed && points.len() == 4) || !all.iter().all(free) {
            return None;
        }
        points.remove(at);
    }
    Some(points)
}
