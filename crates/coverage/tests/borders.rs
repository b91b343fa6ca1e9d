//! The borders of a coverage and the ground that they enclose, against the slow way.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "a test that panics has failed, and its numbers are small"
)]

mod drawing;
mod slow;

use std::collections::BTreeSet;

use drawing::{box_ring, codes, members, picture, ring, shape, square};
use proptest::prelude::*;
use slow::Border;
use wangge_coverage::{Coverage, Owner};
use wangge_plane::{Point, Polygon, Ring, Segment, Shape, turn};

/// Random letters on a few cells.
fn letters() -> impl Strategy<Value = Vec<String>> {
    (1usize..7, 1usize..7).prop_flat_map(|(w, h)| {
        let letter = prop_oneof![
            8 => proptest::sample::select(vec!['a', 'b', 'c', 'd', 'e']),
            1 => Just('.'),
        ];
        let row = proptest::collection::vec(letter, w);
        proptest::collection::vec(row.prop_map(|row| row.into_iter().collect()), h)
    })
}

/// A number that depends on a seed and two others alone.
fn dice(seed: u64, a: i32, b: i32) -> u64 {
    let mut z = seed ^ (((a as u64) << 32) | (b as u64 & 0xffff_ffff)).wrapping_mul(0x9e37_79b9);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// How a picture is drawn: the same ground, with liberties that leave it seamless.
#[derive(Debug, Clone, Copy)]
struct Style {
    seed: u64,
    /// How far corners are moved; without, everything lies on straight lines.
    wobble: i32,
    /// Of 16 edges, how many get a vertex in the middle that the other side does not have.
    halved: u64,
    /// Of 16 straight vertices, how many are left out.
    skipped: u64,
    /// Of 16 vertices, how many get a spike.
    spiked: u64,
}

fn styles() -> impl Strategy<Value = Style> {
    let few = || prop_oneof![3 => Just(0u64), 1 => 1u64..9];
    (
        any::<u64>(),
        prop_oneof![Just(0), Just(2)],
        few(),
        few(),
        few(),
    )
        .prop_map(|(seed, wobble, halved, skipped, spiked)| Style {
            seed,
            wobble,
            halved,
            skipped,
            spiked,
        })
}

/// The shapes of a picture in a style, coordinates times 4.
fn drawn(rows: &[String], style: Style) -> Option<Vec<Shape>> {
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    if rows.iter().all(|row| row.bytes().all(|b| b == b'.')) {
        return None;
    }
    let wobble = style.wobble;
    let moved = |bits: u64| (bits % (2 * wobble as u64 + 1)) as i32 - wobble;
    let (_, shapes) = picture(&rows, 8, |x, y| {
        let bits = dice(style.seed, x, y);
        (moved(bits), moved(bits >> 20))
    });
    let restyled = |(at, shape): (i32, &Shape)| {
        let parts = shape.parts().iter().map(|part| {
            let part = if dice(style.seed, at, -1).is_multiple_of(2) {
                joined_where_they_touch(part)
            } else {
                part.clone()
            };
            let ring = |ring: &Ring| restyled(ring, at, style);
            Polygon::new(ring(part.shell()), part.holes().iter().map(ring).collect())
        });
        Shape::new(parts.collect()).unwrap()
    };
    Some((0..).zip(&shapes).map(restyled).collect())
}

/// A polygon whose first hole, if it touches the shell, is drawn as a part of it.
fn joined_where_they_touch(part: &Polygon) -> Polygon {
    let shell = part.shell().points();
    for (at, hole) in part.holes().iter().enumerate() {
        let common = shell.iter().position(|p| hole.points().contains(p));
        let Some(on_shell) = common else { continue };
        let in_hole = hole
            .points()
            .iter()
            .position(|&p| p == shell[on_shell])
            .unwrap();
        let mut points = shell[..on_shell].to_vec();
        points.extend(&hole.points()[in_hole..]);
        points.extend(&hole.points()[..in_hole]);
        points.extend(&shell[on_shell..]);
        let mut holes = part.holes().to_vec();
        holes.remove(at);
        return Polygon::new(Ring::new(points).unwrap(), holes);
    }
    part.clone()
}

fn restyled(ring: &Ring, salt: i32, style: Style) -> Ring {
    let points = ring.points();
    let n = points.len();
    let mut out: Vec<Point> = Vec::new();
    for (i, &p) in points.iter().enumerate() {
        let (before, next) = (points[(i + n - 1) % n], points[(i + 1) % n]);
        let bits = dice(style.seed, p.x() * 1000 + p.y(), salt + 1);
        let straight = turn(before, p, next) == wangge_plane::Turn::Straight;
        if straight && bits % 16 < style.skipped {
            continue;
        }
        let here = Point::new(4 * p.x(), 4 * p.y()).unwrap();
        out.push(here);
        if (bits >> 8) % 16 < style.spiked {
            let reach = |bits: u64| (bits % 65) as i32 - 32;
            let tip = |x, y| Point::new(here.x() + x, here.y() + y).unwrap();
            let (x, y) = (reach(bits >> 16), reach(bits >> 24));
            out.push(tip(2 * x, 2 * y));
            // the way back is drawn in one or in two
            if bits >> 63 == 0 {
                out.push(tip(x, y));
            }
            out.push(here);
        }
        if (bits >> 32) % 16 < style.halved {
            out.push(Point::new(2 * (p.x() + next.x()), 2 * (p.y() + next.y())).unwrap());
        }
    }
    Ring::new(out).unwrap()
}

fn borders(coverage: &Coverage) -> Vec<Border> {
    let side = |owner: Option<Owner>| owner.map(|o| o.0);
    coverage
        .arcs()
        .iter()
        .map(|arc| (arc.points().to_vec(), side(arc.left()), side(arc.right())))
        .collect()
}

fn built(shapes: &[Shape]) -> Option<Coverage> {
    let codes = codes(shapes.len());
    Coverage::build(&members(&codes, shapes)).ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn borders_and_ground_are_those_of_the_slow_way(
        rows in letters(),
        style in styles(),
        groups in 1usize..4,
    ) {
        let Some(shapes) = drawn(&rows, style) else { return Ok(()) };
        let Some(coverage) = built(&shapes) else { return Ok(()) };
        let expected = slow::borders(&shapes);
        prop_assert_eq!(&borders(&coverage), &expected);

        let group_of: Vec<u32> = (0..shapes.len())
            .map(|i| (dice(style.seed, i as i32, -2) % groups as u64) as u32)
            .collect();
        prop_assert_eq!(
            coverage.dissolve(&group_of, groups),
            slow::dissolved(&expected, &group_of, groups)
        );
        let each: Vec<u32> = (0..shapes.len() as u32).collect();
        let ground = slow::dissolved(&expected, &each, shapes.len());
        prop_assert_eq!(coverage.shapes().into_iter().map(Some).collect::<Vec<_>>(), ground);
    }

    #[test]
    fn ground_is_what_the_grids_had(rows in letters(), style in styles()) {
        let Some(shapes) = drawn(&rows, style) else { return Ok(()) };
        let Some(coverage) = built(&shapes) else { return Ok(()) };
        for (owner, (before, after)) in shapes.iter().zip(coverage.shapes()).enumerate() {
            prop_assert_eq!(before.doubled_area(), after.doubled_area());
            // about 0.5 m2 to a square of a hundred units
            let area_m2 = coverage.area_m2(Owner(owner as u32));
            prop_assert!((area_m2 - after.area_m2()).abs() < 1e-6 && area_m2 > 0.0);
            let extent = before.extent();
            for x in extent.min().x() / 7..=extent.max().x() / 7 {
                for y in extent.min().y() / 7..=extent.max().y() / 7 {
                    let p = Point::new(7 * x, 7 * y).unwrap();
                    prop_assert_eq!(before.winding_nudged(p), after.winding_nudged(p));
                }
            }
        }
    }
}

#[test]
fn the_pictures_are_of_every_kind() {
    let mut seen = [0; 6];
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for _ in 0..600 {
        use proptest::strategy::ValueTree;
        let rows = letters().new_tree(&mut runner).unwrap().current();
        let style = styles().new_tree(&mut runner).unwrap().current();
        let Some(shapes) = drawn(&rows, style) else {
            continue;
        };
        let Some(coverage) = built(&shapes) else {
            continue;
        };
        let arcs = coverage.arcs();
        let closed = |points: &[Point]| points.first() == points.last();
        let ends_of = |p: Point| {
            arcs.iter()
                .filter(|arc| arc.points()[0] == p || arc.points().last() == Some(&p))
                .count()
        };
        let noded: BTreeSet<Segment> = coverage.edges().map(|e| e.segment).collect();
        let whole = |s: Segment| noded.contains(&s.canonical().0);
        let kinds = [
            arcs.iter()
                .any(|a| closed(a.points()) && ends_of(a.points()[0]) == 1),
            arcs.iter()
                .any(|a| closed(a.points()) && ends_of(a.points()[0]) > 1),
            arcs.iter().any(|a| a.points().len() == 2),
            style.spiked > 0,
            !shapes.iter().flat_map(Shape::segments).all(whole),
            shapes.iter().any(passes_a_vertex_twice),
        ];
        for (count, kind) in seen.iter_mut().zip(kinds) {
            *count += usize::from(kind);
        }
    }
    assert!(seen.iter().all(|&n| n > 10), "{seen:?}");
}

fn passes_a_vertex_twice(shape: &Shape) -> bool {
    shape.rings().any(|ring| {
        let mut points = ring.points().to_vec();
        points.sort_unstable();
        points.windows(2).any(|pair| pair[0] == pair[1])
    })
}

/// A hole of the one grid touches its own edge from the inside, where another grid lies outside:
/// the edge is shared as drawn, and yet has a vertex inside it.
///
/// ```text
/// +-----------------+
/// |       a         |
/// |    +-----+      |
/// |     \ c /       |
/// +------`v'--------+
/// |       b         |
/// +-----------------+
/// ```
#[test]
fn a_hole_that_touches_an_edge_from_inside_cuts_it_for_both_sides() {
    let hole = ring(&[(50, 0), (70, 30), (30, 30)]);
    let shapes = [
        shape(box_ring((0, 100), (0, 100)), vec![hole.clone()]),
        square((0, 100), (-100, 0)),
        shape(hole, vec![]),
    ];
    let coverage = built(&shapes).unwrap();
    let at = |x, y| Point::new(x, y).unwrap();
    let edges: Vec<Segment> = coverage.edges().map(|e| e.segment).collect();
    assert!(edges.contains(&Segment::new(at(0, 0), at(50, 0)).unwrap()));
    assert!(edges.contains(&Segment::new(at(50, 0), at(100, 0)).unwrap()));
    // the rim of each of a and b, the two halves of their border, and the hole from its touch on
    assert_eq!(coverage.arcs().len(), 5);
    assert_eq!(borders(&coverage), slow::borders(&shapes));
}

/// A grid with a long shell and a hole that touches it at a vertex, where another grid lies
/// outside: the shell is enough for one piece of work, and the hole must not be left to the next.
#[test]
fn a_hole_that_touches_a_long_shell_is_seen_from_both_sides() {
    let touch = (80_000, 100);
    let hole = ring(&[touch, (79_700, 150), (79_700, 50)]);
    let east = [(0, 0), (80_000, 0), touch];
    let zig_zag = (0..=40_000).rev().map(|i| (2 * i, 300 - 50 * (i % 2)));
    let zig_zag: Vec<(i32, i32)> = east.into_iter().chain(zig_zag).collect();
    let around = [
        (-100_000, -100),
        (80_300, -100),
        (80_300, 300),
        (80_000, 300),
        touch,
        (80_000, 0),
        (0, 0),
    ];
    let shapes = [
        shape(ring(&zig_zag), vec![hole.clone()]),
        shape(ring(&around), vec![]),
        shape(hole, vec![]),
    ];
    let coverage = built(&shapes).unwrap();
    assert_eq!(borders(&coverage), slow::borders(&shapes));
    let at = |y| Point::new(80_000, y).unwrap();
    let north = Segment::new(at(100), at(300)).unwrap();
    assert!(coverage.arcs().iter().any(|arc| arc.segments().eq([north])));
}

/// Drawn by hand: what borders there are, in which order, from where and which way round.
///
/// ```text
/// 20 +---------+---------+
///    |  +---+  |   .     |
///    |  | b |  |  / \    |
///    |  +---+  | / c_-'  |
///    |    a    |/_-'  d  |
///  0 +---------+---------+
///    0        20        40
/// ```
#[test]
fn borders_run_from_their_lesser_ends_and_closed_ones_to_the_lesser_neighbour() {
    let village = ring(&[(6, 8), (12, 8), (12, 14), (6, 14)]);
    let shapes = [
        shape(box_ring((0, 20), (0, 20)), vec![village.clone()]),
        shape(village, vec![]),
        shape(ring(&[(20, 0), (30, 6), (25, 12)]), vec![]),
        shape(
            ring(&[(20, 0), (40, 0), (40, 20), (20, 20)]),
            vec![ring(&[(20, 0), (30, 6), (25, 12)])],
        ),
    ];
    let path = |corners: &[(i32, i32)]| -> Vec<Point> {
        let corners = corners.iter();
        corners.map(|&(x, y)| Point::new(x, y).unwrap()).collect()
    };
    let expected = vec![
        // the enclave has no node: from its least vertex to its lesser neighbour
        (
            path(&[(6, 8), (6, 14), (12, 14), (12, 8), (6, 8)]),
            Some(0),
            Some(1),
        ),
        // the rim of the first, whose least vertex is no node
        (path(&[(20, 0), (0, 0), (0, 20), (20, 20)]), None, Some(0)),
        (path(&[(20, 0), (20, 20)]), Some(0), Some(3)),
        // back at its node, to the lesser neighbour first
        (
            path(&[(20, 0), (25, 12), (30, 6), (20, 0)]),
            Some(3),
            Some(2),
        ),
        (path(&[(20, 0), (40, 0), (40, 20), (20, 20)]), Some(3), None),
    ];
    let coverage = built(&shapes).unwrap();
    assert_eq!(borders(&coverage), expected);
    assert_eq!(
        coverage.shapes(),
        [
            shapes[0].clone(),
            shapes[1].clone(),
            shapes[2].clone(),
            shapes[3].clone(),
        ]
    );
}
