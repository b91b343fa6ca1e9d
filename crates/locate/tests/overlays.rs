//! Overlapping shapes, and points near a place.

mod patchwork;

use geo::{Distance, Geodesic};
use patchwork::{Dice, lattice_points_on};
use wangge_locate::{OverlayIndex, SiteIndex};
use wangge_plane::{Point, Polygon, Ring, Shape, Side};

fn point(x: i64, y: i64) -> Point {
    let narrow = |value| i32::try_from(value).expect("a coordinate");
    Point::new(narrow(x), narrow(y)).expect("in range")
}

fn square(x: i64, y: i64, side: i64) -> Ring {
    Ring::new(vec![
        point(x, y),
        point(x + side, y),
        point(x + side, y + side),
        point(x, y + side),
    ])
    .expect("a square")
}

fn shape(shell: Ring, holes: Vec<Ring>) -> Shape {
    Shape::new(vec![Polygon::new(shell, holes)]).expect("one part")
}

#[test]
fn every_overlay_that_holds_the_point_is_found_in_order() {
    let index = OverlayIndex::build(vec![
        shape(square(0, 0, 100), vec![square(20, 20, 20)]),
        shape(square(50, 50, 100), vec![]),
        shape(square(0, 0, 1000), vec![]),
    ]);
    assert_eq!(index.holding(point(60, 60)), [0, 1, 2]);
    assert_eq!(index.holding(point(30, 30)), [2], "in the hole");
    assert_eq!(
        index.holding(point(20, 30)),
        [0, 2],
        "on the rim of the hole"
    );
    assert_eq!(index.holding(point(100, 50)), [0, 1, 2], "on two rims");
    assert_eq!(index.holding(point(150, 150)), [1, 2], "on a corner");
    assert_eq!(index.holding(point(1001, 0)), [] as [usize; 0]);
    assert_eq!(index.shapes().len(), 3);
}

#[test]
fn where_parts_of_one_overlay_overlap_it_holds_the_point() {
    let parts = vec![
        Polygon::new(square(0, 0, 100), vec![]),
        Polygon::new(square(50, 0, 100), vec![]),
    ];
    let index = OverlayIndex::build(vec![Shape::new(parts).expect("two parts")]);
    assert_eq!(index.holding(point(75, 50)), [0]);
}

#[test]
fn overlays_agree_with_a_look_at_every_shape() {
    let mut dice = Dice(1);
    let shapes: Vec<Shape> = (0..60)
        .map(|_| {
            let triangle: Vec<Point> = (0..3)
                .map(|_| point(dice.within(-200, 200), dice.within(-200, 200)))
                .collect();
            Ring::new(triangle)
        })
        .filter_map(Result::ok)
        .map(|ring| shape(ring, vec![]))
        .collect();
    let index = OverlayIndex::build(shapes.clone());
    let mut points: Vec<Point> = shapes
        .iter()
        .flat_map(Shape::segments)
        .flat_map(lattice_points_on)
        .collect();
    points.extend((0..2000).map(|_| point(dice.within(-210, 210), dice.within(-210, 210))));
    for p in points {
        let expected: Vec<usize> = (0..shapes.len())
            .filter(|&i| shapes[i].side(p) != Side::Outside)
            .collect();
        assert_eq!(index.holding(p), expected, "at {p:?}");
    }
}

fn geodesic_m(a: Point, b: Point) -> f64 {
    Geodesic.distance(
        geo::Point::new(a.lon(), a.lat()),
        geo::Point::new(b.lon(), b.lat()),
    )
}

#[test]
fn sites_within_a_radius_are_those_that_geodesics_reach_nearest_first() {
    let mut dice = Dice(2);
    // a town, one across the antimeridian, and the pole's surroundings
    for (x, y) in [
        (1_208_000_000, 406_000_000),
        (1_800_000_000, 100_000_000),
        (0, 890_000_000),
    ] {
        let near = |dice: &mut Dice| {
            let east = x + dice.within(-500_000, 500_000);
            let x = if east > 1_800_000_000 {
                east - 3_600_000_000
            } else {
                east
            };
            point(x, y + dice.within(-300_000, 300_000))
        };
        let sites: Vec<Point> = (0..3000).map(|_| near(&mut dice)).collect();
        let index = SiteIndex::build(sites.iter().copied());
        assert_eq!(index.len(), sites.len());
        for radius_m in [0.0, 50.0, 900.0, 20_000.0] {
            let p = near(&mut dice);
            let found = index.within(p, radius_m, usize::MAX);
            assert!(
                found
                    .windows(2)
                    .all(|pair| pair[0].distance_m <= pair[1].distance_m)
            );
            for near in &found {
                let expected = geodesic_m(p, sites[near.site]);
                assert!(
                    (near.distance_m - expected).abs() <= 2e-5 * expected + 1e-4,
                    "{near:?}, by geodesics {expected} m"
                );
            }
            let mut numbers: Vec<usize> = found.iter().map(|near| near.site).collect();
            numbers.sort_unstable();
            // those that an error of the distance could tip are left to either answer
            for (number, &site) in sites.iter().enumerate() {
                let expected = geodesic_m(p, site);
                if (expected - radius_m).abs() > 3e-5 * expected {
                    assert_eq!(
                        numbers.binary_search(&number).is_ok(),
                        expected < radius_m,
                        "site {number}, {expected} m away, radius {radius_m} m"
                    );
                }
            }
            let few = index.within(p, radius_m, 7);
            assert_eq!(few, found[..found.len().min(7)]);
        }
    }
}

#[test]
fn sites_on_one_place_come_by_number() {
    let index = SiteIndex::build([point(5, 5), point(0, 0), point(5, 5), point(5, 5)]);
    let found: Vec<usize> = index
        .within(point(5, 5), 0.0, 10)
        .iter()
        .map(|near| near.site)
        .collect();
    assert_eq!(found, [0, 2, 3]);
    assert_eq!(index.within(point(5, 5), 1.0, 2).len(), 2);
}

#[test]
fn the_whole_earth_is_searched_once() {
    let sites = [
        point(0, 0),
        point(1_800_000_000, 0),
        point(-1_800_000_000, 0),
        point(900_000_000, 900_000_000),
    ];
    let index = SiteIndex::build(sites);
    for p in sites {
        let mut found: Vec<usize> = index
            .within(p, f64::INFINITY, 100)
            .iter()
            .map(|near| near.site)
            .collect();
        found.sort_unstable();
        assert_eq!(found, [0, 1, 2, 3], "from {p:?}");
    }
}

#[test]
fn a_radius_that_is_none_finds_nothing() {
    let index = SiteIndex::build([point(0, 0)]);
    assert_eq!(index.within(point(0, 0), f64::NAN, 10), []);
    assert_eq!(index.within(point(0, 0), -1.0, 10), []);
    assert_eq!(index.within(point(0, 0), 1.0, 0), []);
    assert!(SiteIndex::build([]).is_empty());
    assert_eq!(SiteIndex::build([]).within(point(0, 0), 1.0, 10), []);
}
