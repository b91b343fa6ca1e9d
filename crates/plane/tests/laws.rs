//! The laws that the exact predicates obey, for all lattice points.
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "a test that panics has failed, and its numbers are small"
)]

use geo_types::polygon;
use proptest::prelude::*;
use wangge_plane::{
    Extent, Meeting, MeetingPair, Point, Polygon, Ring, Segment, Shape, Side, Turn, cross,
    ellipsoid, meetings, side_towards, turn,
};

const X: i32 = 1_800_000_000;
const Y: i32 = 900_000_000;

fn point(x: i32, y: i32) -> Point {
    Point::new(x, y).unwrap()
}

/// Any point of the lattice, the corners of the world often among them.
fn anywhere() -> impl Strategy<Value = Point> {
    let axis = |limit: i32| prop_oneof![4 => -limit..=limit, 1 => Just(limit), 1 => Just(-limit), 1 => -3..=3];
    (axis(X), axis(Y)).prop_map(|(x, y)| point(x, y))
}

/// Points so close together that most triples are degenerate.
fn crowded() -> impl Strategy<Value = Point> {
    (-4..=4, -4..=4).prop_map(|(x, y)| point(x, y))
}

fn either() -> impl Strategy<Value = Point> {
    prop_oneof![anywhere(), crowded()]
}

fn segment() -> impl Strategy<Value = Segment> {
    (crowded(), crowded()).prop_filter_map("two points", |(a, b)| Segment::new(a, b))
}

/// Orientation in 128 bits, term by term: the slow exact way.
fn slow_cross(a: Point, b: Point, c: Point) -> i128 {
    let [ax, ay, bx, by, cx, cy] = [a.x(), a.y(), b.x(), b.y(), c.x(), c.y()].map(i128::from);
    ax * by - ay * bx + bx * cy - by * cx + cx * ay - cy * ax
}

/// How two segments meet, from the exact parameters of the crossing as fractions.
fn slow_meeting(s: Segment, t: Segment) -> Meeting {
    let at = |p: Point| (i128::from(p.x()), i128::from(p.y()));
    let ((ax, ay), (bx, by)) = (at(s.start()), at(s.end()));
    let ((cx, cy), (dx, dy)) = (at(t.start()), at(t.end()));
    let det = (bx - ax) * (dy - cy) - (by - ay) * (dx - cx);
    let u = (cx - ax) * (dy - cy) - (cy - ay) * (dx - cx);
    let v = (cx - ax) * (by - ay) - (cy - ay) * (bx - ax);
    if det != 0 {
        let (det, u, v) = if det < 0 { (-det, -u, -v) } else { (det, u, v) };
        let within = |w: i128| (0..=det).contains(&w);
        let end = |w: i128| w == 0 || w == det;
        return match (within(u) && within(v), end(u), end(v)) {
            (false, ..) => Meeting::Apart,
            (true, true, true) => Meeting::AtEnds,
            (true, false, false) => Meeting::Crossing,
            _ => Meeting::EndOnInterior,
        };
    }
    if u != 0 {
        return Meeting::Apart;
    }
    // on one line: positions along it
    let along = |x: i128, y: i128| (x - ax) * (bx - ax) + (y - ay) * (by - ay);
    let (s0, s1) = (0, along(bx, by));
    let (t0, t1) = (
        along(cx, cy).min(along(dx, dy)),
        along(cx, cy).max(along(dx, dy)),
    );
    let (low, high) = (s0.max(t0), s1.min(t1));
    match low.cmp(&high) {
        std::cmp::Ordering::Greater => Meeting::Apart,
        std::cmp::Ordering::Equal => Meeting::AtEnds,
        std::cmp::Ordering::Less => Meeting::Overlapping,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn orientation_equals_its_value_in_128_bits(a in either(), b in either(), c in either()) {
        prop_assert_eq!(i128::from(cross(a, b, c)), slow_cross(a, b, c));
    }

    #[test]
    fn orientation_is_antisymmetric_and_cyclic(a in either(), b in either(), c in either()) {
        prop_assert_eq!(cross(a, b, c), -cross(a, c, b));
        prop_assert_eq!(cross(a, b, c), -cross(b, a, c));
        prop_assert_eq!(cross(a, b, c), cross(b, c, a));
        prop_assert_eq!(cross(a, b, c), cross(c, a, b));
        prop_assert_eq!(turn(a, b, c) == Turn::Left, turn(c, b, a) == Turn::Right);
    }

    #[test]
    fn the_triangles_of_four_points_add_up(a in either(), b in either(), c in either(), d in either()) {
        let t = |p, q, r| i128::from(cross(p, q, r));
        prop_assert_eq!(t(a, b, c) + t(a, c, d), t(a, b, d) + t(b, c, d));
    }

    #[test]
    fn a_path_is_at_first_where_a_step_of_a_thousandth_leads(
        corners in proptest::collection::vec(crowded(), 3..9),
        from in crowded(),
        towards in crowded(),
    ) {
        prop_assume!(from != towards);
        if let Ok(ring) = Ring::new(corners) {
            let large = |p: Point| point(1000 * p.x(), 1000 * p.y());
            let moved = point(
                1000 * from.x() + towards.x() - from.x(),
                1000 * from.y() + towards.y() - from.y(),
            );
            let fine = Ring::new(ring.points().iter().copied().map(large).collect()).unwrap();
            prop_assert_eq!(side_towards(ring.segments(), from, towards), fine.side(moved));
        }
    }

    #[test]
    fn segments_meet_as_their_fractions_say(s in segment(), t in segment()) {
        prop_assert_eq!(s.meeting(t), slow_meeting(s, t));
    }

    #[test]
    fn meeting_does_not_depend_on_order_or_direction(s in segment(), t in segment()) {
        prop_assert_eq!(s.meeting(t), t.meeting(s));
        prop_assert_eq!(s.meeting(t), s.reversed().meeting(t));
        prop_assert_eq!(s.meeting(t), s.meeting(t.reversed()));
    }

    #[test]
    fn a_point_comes_back_from_degrees(p in either()) {
        prop_assert_eq!(Point::from_degrees(p.lon(), p.lat()).unwrap(), p);
    }

    #[test]
    fn both_ways_from_degrees_are_one(
        lon in prop_oneof![-181.0..=181.0f64, any::<f64>(), halves(1_800_000_000)],
        lat in prop_oneof![-91.0..=91.0f64, any::<f64>(), halves(900_000_000)],
    ) {
        prop_assert_eq!(Point::of_degrees(lon, lat), Point::from_degrees(lon, lat).ok());
        prop_assert_eq!(Point::of_degrees(lon, 0.0), Point::from_degrees(lon, 0.0).ok());
        prop_assert_eq!(Point::of_degrees(0.0, lat), Point::from_degrees(0.0, lat).ok());
    }

    #[test]
    fn rounding_goes_to_the_nearest_lattice_point(lon in -180.0..=180.0f64, lat in -90.0..=90.0f64) {
        let p = Point::from_degrees(lon, lat).unwrap();
        // half a unit, and the last bits of a double at 180 degrees
        prop_assert!((p.lon() - lon).abs() <= 0.500_001e-7);
        prop_assert!((p.lat() - lat).abs() <= 0.500_001e-7);
    }

    #[test]
    fn a_ring_and_its_reverse_have_opposite_areas(points in proptest::collection::vec(either(), 3..9)) {
        let Ok(ring) = Ring::new(points) else { return Ok(()) };
        prop_assert_eq!(ring.doubled_area(), -ring.reversed().doubled_area());
        prop_assert_eq!(ring.reversed().reversed(), ring.clone());
        // the shoelace sum over coordinates
        let shoelace: i128 = ring
            .segments()
            .map(|s| {
                let (a, b) = (s.start(), s.end());
                i128::from(a.x()) * i128::from(b.y()) - i128::from(a.y()) * i128::from(b.x())
            })
            .sum();
        prop_assert_eq!(ring.doubled_area(), shoelace);
    }

    #[test]
    fn area_is_additive_along_a_cut(points in proptest::collection::vec(crowded(), 4..9), at in 2usize..7) {
        let at = at.min(points.len() - 2);
        let (Ok(whole), Ok(one), Ok(two)) = (
            Ring::new(points.clone()),
            Ring::new(points[..=at].to_vec()),
            Ring::new([&points[..1], &points[at..]].concat()),
        ) else {
            return Ok(());
        };
        prop_assert_eq!(whole.doubled_area(), one.doubled_area() + two.doubled_area());
    }

    #[test]
    fn ellipsoidal_area_is_additive_too(points in proptest::collection::vec(anywhere(), 4..9), at in 2usize..7) {
        let at = at.min(points.len() - 2);
        let rings = [
            Ring::new(points.clone()),
            Ring::new(points[..=at].to_vec()),
            Ring::new([&points[..1], &points[at..]].concat()),
        ];
        let [Ok(whole), Ok(one), Ok(two)] = rings else { return Ok(()) };
        let area = |ring: &Ring| ring.segments().map(ellipsoid::area_under_m2).sum::<f64>();
        // 5e14 m2 is the Earth; doubles hold 16 digits of it
        prop_assert!((area(&whole) - area(&one) - area(&two)).abs() < 10.0);
    }

    #[test]
    fn one_of_the_two_sides_of_a_ring_holds_each_point(
        points in proptest::collection::vec(crowded(), 3..8),
        p in crowded(),
    ) {
        let Ok(ring) = Ring::new(points) else { return Ok(()) };
        prop_assert_eq!(ring.winding_nudged(p), -ring.reversed().winding_nudged(p));
        // against the moved point in a lattice 1000 times finer, where the move is (10, 1)
        let fine: Vec<Point> = ring.points().iter().map(|q| point(q.x() * 1000, q.y() * 1000)).collect();
        let moved = point(p.x() * 1000 + 10, p.y() * 1000 + 1);
        let fine = Ring::new(fine).unwrap();
        prop_assert_ne!(fine.side(moved), Side::On);
        prop_assert_eq!(fine.side(moved) == Side::Inside, ring.winding_nudged(p) % 2 != 0);
    }

    #[test]
    fn meetings_finds_the_pairs_that_looking_at_all_of_them_finds(
        segments in proptest::collection::vec(
            (either(), either()).prop_filter_map("two points", |(a, b)| Segment::new(a, b)), 0..80),
    ) {
        let mut slow = Vec::new();
        for (i, a) in segments.iter().enumerate() {
            for (j, b) in segments.iter().enumerate().skip(i + 1) {
                let meeting = slow_meeting(*a, *b);
                if !matches!(meeting, Meeting::Apart | Meeting::AtEnds) {
                    slow.push(MeetingPair { first: i as u32, second: j as u32, meeting });
                }
            }
        }
        prop_assert_eq!(meetings(&segments), slow);
    }
}

#[test]
fn meetings_of_many_segments_through_one_point_are_all_found() {
    let spokes: Vec<Segment> = (1..=300)
        .map(|i| Segment::new(point(-i, -1000), point(i, 1000)).unwrap())
        .collect();
    let pairs = meetings(&spokes);
    assert_eq!(pairs.len(), 300 * 299 / 2);
    assert!(pairs.iter().all(|pair| pair.meeting == Meeting::Crossing));
}

/// Degrees of half and whole units, up to the ends of the axis and one step of a double beyond.
fn halves(limit: i32) -> impl Strategy<Value = f64> {
    let limit = f64::from(limit) / 1e7;
    let ends = prop_oneof![
        Just(limit),
        Just(limit.next_up()),
        Just(-limit),
        Just((-limit).next_down())
    ];
    prop_oneof![
        (-20_000_000i32..20_000_000).prop_map(|k| (f64::from(k) + 0.5) * 1e-7),
        (-20_000_000i32..20_000_000).prop_map(|k| f64::from(k) / 2e7),
        ends,
    ]
}

#[test]
fn a_half_goes_to_the_even_neighbour() {
    // 0.5 and 1.5 units, exact in binary once scaled
    let half = |units: f64| Point::from_degrees(units * 1e-7, 0.0).unwrap().x();
    assert_eq!((half(0.5), half(1.5), half(2.5), half(-0.5)), (0, 2, 2, 0));
}

#[test]
fn numbers_that_are_no_position_are_refused_with_the_axis_and_the_value() {
    let message = |lon, lat| Point::from_degrees(lon, lat).unwrap_err().to_string();
    assert_eq!(
        message(f64::NAN, 0.0),
        "the longitude is NaN, not a finite number"
    );
    assert_eq!(
        message(0.0, f64::INFINITY),
        "the latitude is inf, not a finite number"
    );
    assert_eq!(
        message(180.000_000_01, 0.0),
        "the longitude 180.00000001 is outside -180 to 180 degrees"
    );
    assert_eq!(
        message(0.0, -91.0),
        "the latitude -91 is outside -90 to 90 degrees"
    );
    assert!(Point::new(i32::MIN, 0).is_err() && Point::new(0, 900_000_001).is_err());
}

#[test]
fn a_ring_needs_three_different_vertices() {
    let (a, b) = (point(0, 0), point(5, 5));
    assert!(Ring::new(vec![a, b, a]).is_err());
    assert!(Ring::new(vec![a, a, b, b, a]).is_err());
    assert!(Ring::new(vec![]).is_err());
    let ring = Ring::new(vec![a, b, point(5, 0), point(5, 0), a]).unwrap();
    assert_eq!(ring.points().len(), 3);
}

#[test]
fn a_polygon_turns_its_rings_by_their_roles() {
    let square = |low: i32, high: i32| {
        Ring::new(vec![
            point(low, low),
            point(low, high),
            point(high, high),
            point(high, low),
        ])
        .unwrap()
    };
    let polygon = Polygon::new(square(0, 10), vec![square(2, 4).reversed()]);
    assert_eq!(polygon.shell().doubled_area(), 200);
    assert_eq!(polygon.holes()[0].doubled_area(), -8);
    let shape = Shape::new(vec![polygon]).unwrap();
    assert_eq!(shape.doubled_area(), 192);
    assert_eq!(shape.side(point(3, 3)), Side::Outside);
    assert_eq!(shape.side(point(2, 3)), Side::On);
    assert_eq!(shape.side(point(1, 3)), Side::Inside);
}

#[test]
fn landing_counts_what_it_moved_and_what_fell_together() {
    let polygons: geo_types::MultiPolygon<f64> = vec![polygon![
        exterior: [(x: 0.0, y: 0.0), (x: 1.0, y: 0.0), (x: 1.0, y: 1.000_000_04), (x: 0.0, y: 1.0)],
        interiors: [[(x: 0.5, y: 0.5), (x: 0.500_000_001, y: 0.5), (x: 0.5, y: 0.500_000_001)]]
    ]]
    .into();
    let landed = Shape::land(&polygons).unwrap();
    assert_eq!(
        (landed.vertices, landed.moved, landed.collapsed_rings),
        (7, 3, 1)
    );
    // 4e-8 degree of latitude at the equator: 110,574 m a degree
    assert!((landed.max_move_m - 0.004_423).abs() < 1e-5);
    assert!(landed.shape.unwrap().parts()[0].holes().is_empty());
}

/// The area of WGS 84 is 510,065,621,724,088 m2 (Karney, `GeographicLib`, `EllipsoidArea`).
/// CGCS2000 has the same semi-major axis; its flattening is 1.64e-11 larger, which takes two
/// thirds of that, 1.09e-11, off the area.
#[test]
fn the_whole_ellipsoid_has_its_known_area() {
    let world = Ring::new(vec![
        point(-X, -Y),
        point(0, -Y),
        point(X, -Y),
        point(X, Y),
        point(0, Y),
        point(-X, Y),
    ])
    .unwrap();
    let area: f64 = world.segments().map(ellipsoid::area_under_m2).sum();
    assert!(
        (area / 5.100_656_217_240_88e14 - 1.0 + 1.09e-11).abs() < 1e-12,
        "{area}"
    );
}

/// The geodesic area of a small square differs from the area under straight edges by far less
/// than a millionth: an independent algorithm (Karney) on the same ground.
#[test]
fn a_small_square_has_the_area_that_geodesics_give_it() {
    use geo::GeodesicArea;
    let degrees = polygon![
        (x: 120.85, y: 40.72), (x: 120.851, y: 40.7201), (x: 120.8512, y: 40.721), (x: 120.8499, y: 40.7208)
    ];
    let shape = Shape::land(&degrees.clone().into()).unwrap().shape.unwrap();
    let expected = degrees.geodesic_area_unsigned();
    assert!(
        (shape.area_m2() / expected - 1.0).abs() < 1e-6,
        "{} {expected}",
        shape.area_m2()
    );
}

/// A collinear vertex on a 10 km east-west edge changes a geodesic area by thousands of square
/// metres; here it changes nothing.
#[test]
fn a_collinear_vertex_does_not_change_an_area() {
    let without = Ring::new(vec![
        point(0, 400_000_000),
        point(1_200_000, 400_000_000),
        point(600_000, 401_000_000),
    ])
    .unwrap();
    let with = Ring::new(vec![
        point(0, 400_000_000),
        point(500_000, 400_000_000),
        point(1_200_000, 400_000_000),
        point(600_000, 401_000_000),
    ])
    .unwrap();
    let area = |ring: &Ring| ring.segments().map(ellipsoid::area_under_m2).sum::<f64>();
    assert!((area(&without) - area(&with)).abs() < 1e-3);
}

/// Lengths of a degree at 40 N, from the series in the U.S. National Geospatial-Intelligence
/// Agency's table for WGS 84: 85,394 m and 111,035 m.
#[test]
fn a_degree_is_as_long_as_the_tables_say() {
    let scale = ellipsoid::metres_per_degree(40.0);
    assert!((scale.east - 85_394.0).abs() < 1.0, "{}", scale.east);
    assert!((scale.north - 111_035.0).abs() < 1.0, "{}", scale.north);
}

/// A vertex drawn twice in a row is told once for each time too many, across the seam of the ring
/// too: where a file repeats the first vertex to close it.
#[test]
fn repeated_vertices_are_told_across_the_seam_too() {
    let drawn = polygon![
        (x: 0.0, y: 0.0), (x: 1.0, y: 0.0), (x: 1.0, y: 0.0), (x: 1.0, y: 1.0),
        (x: 0.0, y: 0.0), (x: 0.0, y: 0.0),
    ];
    let landed = Shape::land(&drawn.into()).unwrap();
    assert_eq!(landed.repeated, [point(10_000_000, 0), point(0, 0)]);
}

#[test]
fn a_box_is_widened_as_far_as_the_lattice_goes() {
    let extent = Extent::of([point(3, -4), point(5, 6)]).unwrap();
    let wide = extent.widened(10, 1);
    assert_eq!((wide.min(), wide.max()), (point(-7, -5), point(15, 7)));
    let all = extent.widened(u32::MAX, u32::MAX);
    assert_eq!((all.min(), all.max()), (point(-X, -Y), point(X, Y)));
}
