//! Laws of coverages over random pictures, against the slow exact way.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::print_stdout,
    reason = "a test that panics has failed, and its numbers are small"
)]

mod drawing;

use drawing::{codes, members, picture};
use proptest::prelude::*;
use wangge_coverage::{Coverage, Outline, Owner, prove};
use wangge_plane::{Point, Polygon, Ring, Shape};

const SIZE: i32 = 8;

/// Random letters on up to 7 x 7 cells, corners moved by up to 3 units.
fn pictures() -> impl Strategy<Value = (Vec<String>, u64)> {
    (2usize..7, 2usize..7).prop_flat_map(|(w, h)| {
        (
            proptest::collection::vec(
                proptest::collection::vec(
                    proptest::sample::select(vec!['a', 'b', 'c', 'd', '.']),
                    w,
                )
                .prop_map(|row| row.into_iter().collect::<String>()),
                h,
            ),
            any::<u64>(),
        )
    })
}

/// A wobble that depends on the corner and the seed alone.
fn wobble(seed: u64) -> impl Fn(i32, i32) -> (i32, i32) {
    move |x, y| {
        let mut z = seed
            ^ (((x as u64) << 32) | (y as u64 & 0xffff_ffff)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z ^= z >> 31;
        ((z % 5) as i32 - 2, ((z >> 8) % 5) as i32 - 2)
    }
}

fn draw(rows: &[String], seed: u64) -> Option<(Vec<char>, Vec<Shape>)> {
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    rows.iter()
        .any(|row| row.contains(|c| c != '.'))
        .then(|| picture(&rows, SIZE, wobble(seed)))
}

/// Whether some dot of the picture is enclosed: no way of dots to the outside, not even diagonally
/// through a corner (ground that touches at a corner closes nothing off but what it surrounds).
fn has_enclosed_dot(rows: &[String]) -> bool {
    let (w, h) = (rows[0].len() + 2, rows.len() + 2);
    let mut open = vec![vec![true; w]; h];
    for (y, row) in rows.iter().enumerate() {
        for (x, c) in row.chars().enumerate() {
            open[y + 1][x + 1] = c == '.';
        }
    }
    let mut queue = vec![(0usize, 0usize)];
    let mut seen = vec![vec![false; w]; h];
    seen[0][0] = true;
    while let Some((x, y)) = queue.pop() {
        let next = [
            (x.wrapping_sub(1), y),
            (x + 1, y),
            (x, y.wrapping_sub(1)),
            (x, y + 1),
        ];
        for (nx, ny) in next {
            if nx < w && ny < h && open[ny][nx] && !seen[ny][nx] {
                seen[ny][nx] = true;
                queue.push((nx, ny));
            }
        }
    }
    (0..h).any(|y| (0..w).any(|x| open[y][x] && !seen[y][x]))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_picture_is_seamless_unless_it_encloses_a_dot((rows, seed) in pictures()) {
        let Some((_, shapes)) = draw(&rows, seed) else { return Ok(()) };
        let codes = codes(shapes.len());
        let verdict = prove(&members(&codes, &shapes), Outline::OwnRim);
        prop_assert_eq!(verdict.seamless, !has_enclosed_dot(&rows), "{:?}", verdict);
        prop_assert_eq!(verdict.simple, shapes.len());
        prop_assert!(verdict.noded);
    }

    #[test]
    fn dissolved_ground_is_the_ground_of_its_grids((rows, seed) in pictures()) {
        let Some((_, shapes)) = draw(&rows, seed) else { return Ok(()) };
        let codes = codes(shapes.len());
        let Ok(coverage) = Coverage::build(&members(&codes, &shapes)) else { return Ok(()) };
        let group_of: Vec<u32> = (0..shapes.len()).map(|i| (i % 2) as u32).collect();
        let dissolved = coverage.dissolve(&group_of, 2);
        for x in -3..=(7 * SIZE + 3) {
            for y in -3..=(7 * SIZE + 3) {
                let p = Point::new(x, y).unwrap();
                for (group, ground) in (0u32..).zip(&dissolved) {
                    let expected: i32 = shapes
                        .iter()
                        .zip(&group_of)
                        .filter(|(_, g)| **g == group)
                        .map(|(shape, _)| shape.winding_nudged(p))
                        .sum();
                    let got = ground.as_ref().map_or(0, |shape| shape.winding_nudged(p));
                    prop_assert_eq!(got, expected, "group {} at {:?}", group, p);
                }
            }
        }
        // each polygon: rings pass a vertex once, holes lie in the shell, areas add up
        for shape in dissolved.iter().flatten() {
            for ring in shape.rings() {
                let mut points = ring.points().to_vec();
                points.sort_unstable();
                points.dedup();
                prop_assert_eq!(points.len(), ring.points().len());
                prop_assert!(ring.defects().is_empty());
            }
            for part in shape.parts() {
                prop_assert!(part.shell().doubled_area() > 0);
                for hole in part.holes() {
                    prop_assert!(hole.doubled_area() < 0);
                    prop_assert!(hole.points().iter().all(|&p| part.shell().side(p) != wangge_plane::Side::Outside));
                }
            }
        }
        let total: i128 = dissolved.iter().flatten().map(Shape::doubled_area).sum();
        prop_assert_eq!(total, shapes.iter().map(Shape::doubled_area).sum::<i128>());
    }

    #[test]
    fn arcs_give_every_edge_once_with_its_true_sides((rows, seed) in pictures()) {
        let Some((_, shapes)) = draw(&rows, seed) else { return Ok(()) };
        let codes = codes(shapes.len());
        let Ok(coverage) = Coverage::build(&members(&codes, &shapes)) else { return Ok(()) };
        let mut from_arcs: Vec<_> = coverage
            .edges()
            .flat_map(|e| {
                let left = e.left.map(|o| (e.segment, o.0 as usize));
                let right = e.right.map(|o| (e.segment.reversed(), o.0 as usize));
                left.into_iter().chain(right)
            })
            .collect();
        from_arcs.sort_unstable();
        let mut from_shapes: Vec<_> = shapes
            .iter()
            .enumerate()
            .flat_map(|(i, shape)| shape.segments().map(move |s| (s, i)))
            .collect();
        from_shapes.sort_unstable();
        prop_assert_eq!(from_arcs, from_shapes);
        for arc in coverage.arcs() {
            prop_assert_ne!(arc.left(), arc.right());
            let (first, last) = (arc.points()[0], arc.points()[arc.points().len() - 1]);
            prop_assert!(first <= last);
        }
        for owner in 0..coverage.owners() as u32 {
            let of_owner: usize = coverage.arcs_of(Owner(owner)).map(|a| a.points().len() - 1).sum();
            prop_assert_eq!(of_owner, shapes[owner as usize].segments().count());
        }
    }

    /// A vertex of one grid is moved, or a grid left out or doubled: if the proof still says
    /// seamless, no sample point may have other than one grid inside the rim, or a negative winding.
    #[test]
    fn a_seamless_verdict_holds_at_every_sample_point(
        (rows, seed) in pictures(),
        which in any::<proptest::sample::Index>(),
        vertex in any::<proptest::sample::Index>(),
        (dx, dy) in (-2i32..=2, -2i32..=2),
    ) {
        let Some((_, mut shapes)) = draw(&rows, seed) else { return Ok(()) };
        let at = which.index(shapes.len());
        shapes[at] = moved(&shapes[at], vertex, dx, dy);
        let codes = codes(shapes.len());
        let verdict = prove(&members(&codes, &shapes), Outline::OwnRim);
        let mut sound = true;
        for x in -3..=(7 * SIZE + 3) {
            for y in -3..=(7 * SIZE + 3) {
                let p = Point::new(x, y).unwrap();
                let windings: Vec<i32> = shapes.iter().map(|s| s.winding_nudged(p)).collect();
                sound &= windings.iter().all(|&w| w >= 0) && windings.iter().sum::<i32>() <= 1;
            }
        }
        prop_assert!(sound || !verdict.seamless, "{:?}", verdict);
        prop_assert!(verdict.seamless || dx != 0 || dy != 0 || has_enclosed_dot(&rows) || !sound);
    }
}

fn moved(shape: &Shape, which: proptest::sample::Index, dx: i32, dy: i32) -> Shape {
    let ring = shape.parts()[0].shell();
    let at = which.index(ring.points().len());
    let mut points = ring.points().to_vec();
    points[at] = Point::new(points[at].x() + dx, points[at].y() + dy).unwrap();
    let Ok(ring) = Ring::new(points) else {
        return shape.clone();
    };
    let mut parts = shape.parts().to_vec();
    parts[0] = Polygon::new(ring, parts[0].holes().to_vec());
    Shape::new(parts).unwrap()
}
