//! Widths against GEOS, against widths worked out by hand, and against the slow way.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a test that panics has failed, and its numbers are small"
)]

mod drawing;

use drawing::{box_ring, picture, ring};
use proptest::prelude::*;
use rstest::rstest;
use wangge_coverage::{inscribed_width_m, is_narrower_than};
use wangge_plane::ellipsoid::metres_per_degree;
use wangge_plane::{LATTICE_UNIT_DEG, Polygon, Ring};

/// Twenty random polygons with their widths by GEOS 3.14, and the script that asked it.
const GEOS: &str = include_str!("geos/inscribed_width.tsv");

/// Metres per lattice unit on the equator, along it and across: a degree there is 111,319.491 m
/// and 110,574.276 m long.
const EAST: f64 = 0.011_131_949_1;
const NORTH: f64 = 0.011_057_427_6;

/// What the width may be off by: the bounds that the function states.
fn assert_width(name: &str, got: f64, expected: f64) {
    let off = got - expected;
    assert!(
        off <= expected * 1e-4 + 1e-7 && -off <= expected * 0.003 + 0.000_2,
        "{name}: {got}, expected {expected}"
    );
}

fn polygon_of(wkt: &str) -> Polygon {
    let rings = wkt
        .trim_start_matches("POLYGON ((")
        .trim_end_matches("))")
        .split("), (")
        .map(|corners| {
            let corners: Vec<(i32, i32)> = corners
                .split(", ")
                .map(|corner| {
                    let (x, y) = corner.split_once(' ').unwrap();
                    (x.parse().unwrap(), y.parse().unwrap())
                })
                .collect();
            ring(&corners)
        });
    let mut rings: Vec<Ring> = rings.collect();
    let shell = rings.remove(0);
    Polygon::new(shell, rings)
}

#[test]
fn widths_of_random_polygons_are_those_of_geos() {
    let mut compared = 0;
    for row in GEOS.lines() {
        let mut fields = row.split('\t');
        let name = fields.next().unwrap();
        let expected: f64 = fields.next().unwrap().parse().unwrap();
        let polygon = polygon_of(fields.next().unwrap());
        // GEOS itself stops within a ten-thousandth of area over perimeter
        let got = inscribed_width_m(&polygon);
        let off = got - expected;
        assert!(
            off <= expected * 5e-4 && -off <= expected * 0.003 + 0.000_2,
            "{name}: {got}, GEOS {expected}"
        );
        compared += 1;
    }
    assert_eq!(compared, 20);
}

#[rstest]
#[case::upright((0, -20), (5, 20), 5.0 * EAST)]
#[case::lying((-2000, 0), (2000, 4), 4.0 * NORTH)]
#[case::nearly_square((0, 0), (1000, 1000), 1000.0 * NORTH)]
#[case::one_unit_by_a_thousand_kilometres((-45_000_000, 0), (45_000_000, 1), NORTH)]
fn a_rectangle_is_as_wide_as_its_short_side(
    #[case] min: (i32, i32),
    #[case] max: (i32, i32),
    #[case] expected: f64,
) {
    let polygon = Polygon::new(box_ring((min.0, max.0), (min.1, max.1)), vec![]);
    // exactly: the best circle touches both long sides
    assert!((inscribed_width_m(&polygon) / expected - 1.0).abs() < 1e-7);
}

/// The inscribed circle of a right triangle has the diameter a + b - c.
#[rstest]
#[case(3000, 4000)]
#[case(100_000, 7)]
#[case(1, 1)]
fn a_right_triangle(
    #[case] a: i32,
    #[case] b: i32,
    #[values(1, -1)] x: i32,
    #[values(1, -1)] y: i32,
) {
    let polygon = Polygon::new(ring(&[(0, 0), (a * x, 0), (0, b * y)]), vec![]);
    let (a, b) = (f64::from(a) * EAST, f64::from(b) * NORTH);
    assert_width("triangle", inscribed_width_m(&polygon), a + b - a.hypot(b));
}

/// In the corner of an L the circle touches both outer walls and the inner corner: with arms of
/// width w its radius r is (w - r) times the root of 2.
#[rstest]
fn the_corner_of_an_l(#[values(1, -1)] x: i32, #[values(1, -1)] y: i32) {
    // metres on both axes but for a hundred-thousandth
    let corner = |east: f64, north: f64| {
        (
            x * (east / EAST).round() as i32,
            y * (north / NORTH).round() as i32,
        )
    };
    let polygon = Polygon::new(
        ring(&[
            corner(0.0, 0.0),
            corner(50_000.0, 0.0),
            corner(50_000.0, 1_000.0),
            corner(1_000.0, 1_000.0),
            corner(1_000.0, 50_000.0),
            corner(0.0, 50_000.0),
        ]),
        vec![],
    );
    let expected = 2.0 * 1_000.0 * 2f64.sqrt() / (1.0 + 2f64.sqrt());
    assert_width("L", inscribed_width_m(&polygon), expected);
}

/// A star of four points, in which the circle touches nothing but the four corners between them.
#[test]
fn a_circle_between_four_corners() {
    let (tip, dent) = (10_000, 4_000);
    let star = [
        (tip, tip),
        (0, dent),
        (-tip, tip),
        (-dent, 0),
        (-tip, -tip),
        (0, -dent),
        (tip, -tip),
        (dent, 0),
    ];
    let polygon = Polygon::new(ring(&star), vec![]);
    // the corners above and below are nearer than those to the east and west, but the circle
    // cannot leave them by going sideways
    let expected = 2.0 * f64::from(dent) * NORTH;
    assert_width("star", inscribed_width_m(&polygon), expected);
}

/// Under a ceiling, over two small holes, the circle rests on their tips: with these 2 a apart and
/// h below the ceiling its radius r has (h - r)2 + a2 = r2. The floor behind the holes is in the
/// way of a circle that leans far to either side of a tip, and not in this one's.
#[test]
fn a_circle_on_two_tips() {
    let holes = [-500, 500].map(|x| ring(&[(x - 300, 1000), (x + 300, 1000), (x, 2000)]));
    let polygon = Polygon::new(box_ring((-5000, 5000), (0, 11_000)), holes.to_vec());
    let (a, h) = (500.0 * EAST, 9_000.0 * NORTH);
    assert_width("tips", inscribed_width_m(&polygon), (h * h + a * a) / h);
}

/// The shell reaches into the ground as a spike, and a hole touches its tip from the other side.
/// The hole has more than half of the turn there: a circle on the tip would lie in the hole.
#[test]
fn a_hole_that_holds_the_tip_of_a_spike() {
    let spiked = ring(&[
        (-50, -50),
        (50, -50),
        (50, 50),
        (-50, 50),
        (-50, 1),
        (0, 0),
        (-50, -1),
    ]);
    let hole = ring(&[(0, 0), (-10, 40), (45, 40), (45, -40), (-10, -40)]);
    let polygon = Polygon::new(spiked, vec![hole]);
    // the slow way may be a thousandth below
    let (got, slow) = (inscribed_width_m(&polygon), slow_width_m(&polygon));
    assert!((got / slow - 1.0).abs() < 0.004, "{got}, {slow}");
}

/// A thousand small holes take no area and little length, and leave no room for a large circle.
#[test]
fn holes_like_dots_make_ground_narrow() {
    let holes = (0..32).flat_map(|i| (0..32).map(move |j| (300 * i + 300, 300 * j + 300)));
    let holes = holes.map(|(x, y)| ring(&[(x, y), (x + 1, y), (x, y + 1)]));
    let polygon = Polygon::new(box_ring((0, 9900), (0, 9900)), holes.collect());
    // between four dots a circle has the diameter of their square's diagonal
    let expected = (300.0 * EAST).hypot(300.0 * NORTH);
    assert!(is_narrower_than(&polygon, 1.01 * expected));
    assert!(!is_narrower_than(&polygon, 0.98 * expected));
}

/// Ground between 1,000 blocks: the widest place is a crossing, from corner to corner.
#[test]
fn streets_between_a_thousand_blocks() {
    let blocks = (0..40).flat_map(|i| (0..25).map(move |j| (100 * i, 100 * j)));
    let holes: Vec<Ring> = blocks
        .map(|(x, y)| box_ring((x + 10, x + 100), (y + 10, y + 100)))
        .collect();
    let polygon = Polygon::new(box_ring((0, 4010), (0, 2510)), holes);
    let expected = (10.0 * EAST).hypot(10.0 * NORTH);
    assert_width("streets", inscribed_width_m(&polygon), expected);
}

/// A round lake with an island off its middle: as wide as the rest of the diameter.
#[test]
fn a_ring_of_ground_with_ten_thousand_edges() {
    let round = |radius_m: f64, east_m: f64| {
        let corners: Vec<(i32, i32)> = (0..5000)
            .map(|i| {
                let (sin, cos) = (f64::from(i) / 5000.0 * std::f64::consts::TAU).sin_cos();
                (
                    ((radius_m * cos + east_m) / EAST).round() as i32,
                    (radius_m * sin / NORTH).round() as i32,
                )
            })
            .collect();
        ring(&corners)
    };
    let polygon = Polygon::new(round(3000.0, 0.0), vec![round(1000.0, 500.0)]);
    assert_width("round", inscribed_width_m(&polygon), 2500.0);
}

/// A slot of one unit along a staircase of 100,000 edges, 1 km long: in the middle of every step
/// the circle touches the steps on both sides; in every corner it has a little more room.
#[test]
fn a_hairline_of_a_hundred_thousand_edges() {
    let steps = 25_000;
    let mut corners = Vec::new();
    for i in 0..steps {
        corners.extend([(4 * i, 4 * i), (4 * i + 4, 4 * i)]);
    }
    corners.push((4 * steps, 4 * steps));
    for i in (0..steps).rev() {
        corners.extend([(4 * i + 3, 4 * i + 4), (4 * i + 3, 4 * i + 1)]);
        corners.push((4 * i - 1, 4 * i + 1));
    }
    let polygon = Polygon::new(ring(&corners), vec![]);
    // touching two walls and the corner across, as in the corner of an L
    let expected = 2.0 * NORTH * 2f64.sqrt() / (1.0 + 2f64.sqrt());
    let got = inscribed_width_m(&polygon);
    assert!((got / expected - 1.0).abs() < 0.01, "{got}, not {expected}");
}

#[test]
fn ground_of_no_area_has_no_width() {
    let polygon = Polygon::new(ring(&[(0, 0), (100, 0), (50, 0)]), vec![]);
    assert!(inscribed_width_m(&polygon) <= 0.0);
    assert!(is_narrower_than(&polygon, 0.001));
}

/// The width by halving squares, the slow way: within a thousandth.
fn slow_width_m(polygon: &Polygon) -> f64 {
    let extent = polygon.shell().extent();
    let lat = f64::from(extent.min().y().midpoint(extent.max().y())) * LATTICE_UNIT_DEG;
    let degree = metres_per_degree(lat);
    let at = |x: i32, y: i32| {
        (
            f64::from(x) * degree.east * LATTICE_UNIT_DEG,
            f64::from(y) * degree.north * LATTICE_UNIT_DEG,
        )
    };
    let edges: Vec<_> = polygon
        .rings()
        .flat_map(Ring::segments)
        .map(|s| {
            (
                at(s.start().x(), s.start().y()),
                at(s.end().x(), s.end().y()),
            )
        })
        .collect();
    // positive inside
    let clearance = |x: f64, y: f64| {
        let mut inside = false;
        let mut nearest = f64::INFINITY;
        for &((ax, ay), (bx, by)) in &edges {
            if (ay > y) != (by > y) && x < ax + (y - ay) / (by - ay) * (bx - ax) {
                inside = !inside;
            }
            let (dx, dy) = (bx - ax, by - ay);
            let along = (((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
            nearest = nearest.min((ax + along * dx - x).hypot(ay + along * dy - y));
        }
        if inside { nearest } else { -nearest }
    };
    let low = at(extent.min().x(), extent.min().y());
    let high = at(extent.max().x(), extent.max().y());
    let half = ((high.0 - low.0).max(high.1 - low.1)) / 2.0;
    let mut best = 0.0f64;
    let mut squares = vec![(
        f64::midpoint(low.0, high.0),
        f64::midpoint(low.1, high.1),
        half,
    )];
    while let Some((x, y, half)) = squares.pop() {
        let here = clearance(x, y);
        best = best.max(here);
        if here + half * 2f64.sqrt() > best * 1.001 + 1e-6 {
            let h = half / 2.0;
            squares.extend([
                (x - h, y - h, h),
                (x + h, y - h, h),
                (x - h, y + h, h),
                (x + h, y + h, h),
            ]);
        }
    }
    2.0 * best
}

fn boards() -> impl Strategy<Value = Vec<Polygon>> {
    (
        proptest::collection::vec(proptest::collection::vec("[a.]", 5), 5),
        proptest::collection::vec((-3i32..=3, -3i32..=3), 36),
        prop_oneof![Just(1), Just(1000)],
    )
        .prop_filter_map("ground", |(rows, wobble, size)| {
            let rows: Vec<String> = rows.iter().map(|row| row.concat()).collect();
            let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
            let (_, shapes) = rows.iter().any(|row| row.contains('a')).then(|| {
                picture(&rows, 8 * size, |x, y| {
                    let (dx, dy) = wobble[(6 * x + y) as usize];
                    (dx * size, dy * size)
                })
            })?;
            Some(shapes[0].parts().to_vec())
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Ground of random cells, whose rings touch wherever cells meet at a corner.
    #[test]
    fn the_width_is_that_of_the_slow_way(parts in boards()) {
        for part in parts {
            let slow = slow_width_m(&part);
            let got = inscribed_width_m(&part);
            prop_assert!(got <= slow * 1.002 + 1e-6, "{} above {}", got, slow);
            prop_assert!(got >= slow * 0.997 - 0.000_2, "{} below {}", got, slow);
        }
    }

    #[test]
    fn narrower_is_what_the_width_says(parts in boards(), width in 0.001f64..1.0) {
        for part in parts {
            let slow = slow_width_m(&part);
            if width < slow * 0.997 - 0.000_3 {
                prop_assert!(!is_narrower_than(&part, width));
            }
            if width > slow * 1.002 + 0.000_3 {
                prop_assert!(is_narrower_than(&part, width));
            }
        }
    }

    /// Rings that cross and overlap have no width to speak of, but an answer all the same.
    #[test]
    fn rings_that_cross_get_an_answer(
        rings in proptest::collection::vec(proptest::collection::vec((-20i32..20, -20i32..20), 3..12), 1..5),
        size in prop_oneof![Just(1), Just(1_000_000)],
    ) {
        let mut rings: Vec<Ring> = rings
            .into_iter()
            .filter_map(|corners| {
                let points = corners.iter().map(|&(x, y)| wangge_plane::Point::new(x * size, y * size).unwrap());
                Ring::new(points.collect()).ok()
            })
            .collect();
        prop_assume!(!rings.is_empty());
        let shell = rings.remove(0);
        let polygon = Polygon::new(shell, rings);
        let width = inscribed_width_m(&polygon);
        prop_assert!(width.is_finite() && width >= 0.0);
        let _ = is_narrower_than(&polygon, 0.1);
    }
}
