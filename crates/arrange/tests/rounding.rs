//! Laws of paths drawn on the lattice together, and of the polygons of ground.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that panics has failed"
)]

use std::cmp::Ordering;
use std::collections::BTreeSet;

use proptest::prelude::*;
use wangge_arrange::{Arrangement, Face, Faces, FinePoint, Use, polygons_of, rounded};
use wangge_plane::{Point, Polygon, Ring, Segment, meetings};

const HALF: i64 = FinePoint::PER_UNIT / 2;

fn rings(board: i32) -> impl Strategy<Value = Vec<Ring>> {
    let ring = proptest::collection::vec((0..=board, 0..=board), 3..8).prop_filter_map(
        "three vertices",
        |corners| {
            let points = corners.iter().map(|&(x, y)| Point::new(x, y).unwrap());
            Ring::new(points.collect()).ok()
        },
    );
    proptest::collection::vec(ring, 1..5)
}

fn laid(rings: &[Ring]) -> Arrangement {
    let uses = (0u32..)
        .zip(rings)
        .flat_map(|(owner, ring)| ring.segments().map(move |segment| Use::of(segment, owner)));
    Arrangement::of(uses.collect())
}

/// Edges that meet at common ends only, finer than the lattice.
fn fine_edges(rings: &[Ring]) -> Vec<Vec<FinePoint>> {
    let fine = |p: Point| FinePoint {
        x: i64::from(p.x()),
        y: i64::from(p.y()),
    };
    let chains = laid(rings);
    let segments = chains.chains().segments().iter();
    segments
        .map(|s| vec![fine(s.start()), fine(s.end())])
        .collect()
}

/// Whether a closed edge has a point in a half-open pixel: the stretches of it that lie within the
/// pixel's columns and rows, as fractions of its length, have something in common.
fn passes_slowly(ends: &[FinePoint], pixel: Point) -> bool {
    let (a, b) = (ends[0], ends[1]);
    // fractions with a positive denominator, and whether the end itself is in
    let mut from = ((0i128, 1i128), true);
    let mut to = ((1i128, 1i128), true);
    for (start, end, middle) in [(a.x, b.x, pixel.x()), (a.y, b.y, pixel.y())] {
        let (low, high) = (
            i64::from(middle) * FinePoint::PER_UNIT - HALF,
            i64::from(middle) * FinePoint::PER_UNIT + HALF,
        );
        let way = i128::from(end - start);
        let at = |side: i64| {
            let along = i128::from(side - start);
            if way < 0 {
                (-along, -way)
            } else {
                (along, way)
            }
        };
        match way.cmp(&0) {
            Ordering::Equal => {
                if start < low || start >= high {
                    return false;
                }
            }
            Ordering::Greater => {
                from = later(from, (at(low), true));
                to = sooner(to, (at(high), false));
            }
            Ordering::Less => {
                from = later(from, (at(high), false));
                to = sooner(to, (at(low), true));
            }
        }
    }
    let order = (from.0.0 * to.0.1).cmp(&(to.0.0 * from.0.1));
    order == Ordering::Less || (order == Ordering::Equal && from.1 && to.1)
}

type End = ((i128, i128), bool);

fn later(a: End, b: End) -> End {
    match (a.0.0 * b.0.1).cmp(&(b.0.0 * a.0.1)) {
        Ordering::Less => b,
        Ordering::Greater => a,
        Ordering::Equal => (a.0, a.1 && b.1),
    }
}

fn sooner(a: End, b: End) -> End {
    match (a.0.0 * b.0.1).cmp(&(b.0.0 * a.0.1)) {
        Ordering::Less => a,
        Ordering::Greater => b,
        Ordering::Equal => (a.0, a.1 && b.1),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    /// Snap-rounded edges never cross, and have no vertex inside (Guibas and Marimont 1998).
    #[test]
    fn drawn_edges_meet_at_common_ends_only(rings in rings(6 * 256)) {
        let drawn = rounded(&fine_edges(&rings));
        let pieces: BTreeSet<Segment> = drawn
            .iter()
            .flat_map(|path| path.windows(2))
            .map(|ends| Segment::new(ends[0], ends[1]).unwrap().canonical().0)
            .collect();
        let pieces: Vec<Segment> = pieces.into_iter().collect();
        prop_assert!(meetings(&pieces).is_empty(), "{:?}", pieces);
    }

    #[test]
    fn a_path_goes_through_every_vertex_whose_pixel_it_passes_and_no_other(rings in rings(6 * 256)) {
        let edges = fine_edges(&rings);
        let pixels: BTreeSet<Point> =
            edges.iter().flatten().map(|vertex| vertex.pixel().unwrap()).collect();
        for (edge, path) in edges.iter().zip(rounded(&edges)) {
            let passed: BTreeSet<Point> =
                pixels.iter().copied().filter(|&p| passes_slowly(edge, p)).collect();
            prop_assert_eq!(path.iter().copied().collect::<BTreeSet<_>>(), passed);
            prop_assert_eq!(path[0], edge[0].pixel().unwrap());
            prop_assert_eq!(path[path.len() - 1], edge[1].pixel().unwrap());
        }
    }

    #[test]
    fn the_way_back_is_the_same(rings in rings(6 * 256)) {
        let edges = fine_edges(&rings);
        let back: Vec<Vec<FinePoint>> =
            edges.iter().map(|edge| edge.iter().rev().copied().collect()).collect();
        for (there, mut back) in rounded(&edges).into_iter().zip(rounded(&back)) {
            back.reverse();
            prop_assert_eq!(there, back);
        }
    }

    /// The polygons of ground are those of its connected pieces, found one by one.
    #[test]
    fn ground_falls_into_its_connected_pieces(rings in rings(9)) {
        let laid = laid(&rings);
        let is_ground = |face: Face| face != Faces::OUTER && laid.winding(face, 0) != 0;
        let mut boundary = Vec::new();
        for (edge, &segment) in laid.chains().segments().iter().enumerate() {
            match (is_ground(laid.left(edge)), is_ground(laid.right(edge))) {
                (true, false) => boundary.push(segment),
                (false, true) => boundary.push(segment.reversed()),
                _ => {}
            }
        }
        let sorted = |mut polygons: Vec<Vec<Vec<Point>>>| {
            polygons.sort();
            polygons
        };
        let of_ground = sorted(polygons_of(&boundary).iter().map(told).collect());
        let regions = laid.regions(|face| is_ground(face).then_some(()));
        let one_by_one = sorted(regions.iter().map(|region| told(&region.polygon)).collect());
        prop_assert_eq!(of_ground, one_by_one);
    }
}

/// The rings of a polygon, each from its least vertex.
fn told(polygon: &Polygon) -> Vec<Vec<Point>> {
    let mut rings: Vec<Vec<Point>> = polygon
        .rings()
        .map(|ring| {
            let mut points = ring.points().to_vec();
            let least = (0..points.len()).min_by_key(|&at| points[at]).unwrap();
            points.rotate_left(least);
            points
        })
        .collect();
    rings[1..].sort();
    rings
}
