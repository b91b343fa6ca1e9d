//! Components near a place and in a box: against geodesics to every one of them, and a look at every one.

mod patchwork;

use geo::{Distance, GeodesicMeasure, Intersects};
use geographiclib_rs::Geodesic;
use patchwork::{Dice, lattice_points_on};
use proptest::prelude::*;
use wangge_locate::{ComponentIndex, ComponentNear, Groups, IndexedComponent, Nearby, Shortlist};
use wangge_plane::{Extent, Figure, Line, Point, Polygon, Ring, Segment, Shape, Side};

const X_LIMIT: i64 = 1_800_000_000;
const Y_LIMIT: i64 = 900_000_000;

/// A point of the lattice; what is beyond the antimeridian comes in from the other side, what is beyond
/// a pole stands on it.
fn point(x: i64, y: i64) -> Point {
    let x = if x.abs() > X_LIMIT {
        (x + X_LIMIT).rem_euclid(2 * X_LIMIT) - X_LIMIT
    } else {
        x
    };
    let narrow = |value| i32::try_from(value).expect("a coordinate");
    Point::new(narrow(x), narrow(y.clamp(-Y_LIMIT, Y_LIMIT))).expect("in range")
}

fn near(dice: &mut Dice, (x, y): (i64, i64), reach: i64) -> Point {
    point(
        x + dice.within(-reach, reach),
        y + dice.within(-reach, reach),
    )
}

fn of(figure: Figure, group: u16) -> IndexedComponent {
    IndexedComponent { figure, group }
}

/// A geodesic in metres by Karney's algorithm as `geo` has it, on the ellipsoid of GB 22021.
fn geodesic_m(from: geo::Point, to: geo::Point) -> f64 {
    thread_local! {
        static MEASURE: GeodesicMeasure<Box<dyn FnOnce() -> Geodesic>> =
            GeodesicMeasure::new(6_378_137.0, 1.0 / 298.257_222_101);
    }
    MEASURE.with(|measure| measure.distance(from, to))
}

fn degrees(p: Point) -> geo::Point {
    geo::Point::new(p.lon(), p.lat())
}

/// The answer without an index: a geodesic to each point.
fn slowly(points: &[(Point, u16)], place: Point, nearby: Nearby<'_>) -> Vec<ComponentNear> {
    let from = degrees(place);
    let all = points.iter().zip(0..);
    let mut found: Vec<ComponentNear> = all
        .filter(|((_, group), _)| nearby.groups.contains(*group))
        .map(|((p, _), component)| ComponentNear {
            component,
            distance_m: geodesic_m(from, degrees(*p)),
        })
        .filter(|near| near.distance_m <= nearby.radius_m)
        .collect();
    found.sort_by(|one, other| {
        let nearer = one.distance_m.total_cmp(&other.distance_m);
        nearer.then(one.component.cmp(&other.component))
    });
    found.truncate(nearby.limit);
    found
}

/// The same components in the same order, each at its distance to a tenth of a micrometre.
fn assert_same(found: &[ComponentNear], expected: &[ComponentNear], said: &str) {
    let components =
        |all: &[ComponentNear]| -> Vec<u32> { all.iter().map(|near| near.component).collect() };
    assert_eq!(components(found), components(expected), "{said}");
    for (near, expected) in found.iter().zip(expected) {
        assert!(
            (near.distance_m - expected.distance_m).abs() < 1e-7,
            "{said}: {near:?} {expected:?}"
        );
    }
}

fn assert_exact(points: &[(Point, u16)], places: &[Point], radii_m: &[f64]) {
    let items = points.iter().map(|&(p, group)| of(Figure::Point(p), group));
    let index = ComponentIndex::build(items);
    assert_eq!(index.len(), points.len());
    let mut shortlist = Shortlist::default();
    let some = [
        Groups::all(),
        Groups::of([3..=4]),
        Groups::of([0..=0, 7..=90]),
    ];
    for &place in places {
        for &radius_m in radii_m {
            for limit in [1, 10, usize::MAX] {
                for groups in &some {
                    let nearby = Nearby {
                        radius_m,
                        limit,
                        groups,
                    };
                    let expected = slowly(points, place, nearby);
                    let found = index.near(place, nearby, &mut shortlist);
                    assert_same(found, &expected, &format!("from {place:?}, {nearby:?}"));
                }
            }
        }
    }
}

/// Points around a place, with some that many share and some far from all others.
fn board(dice: &mut Dice, origin: (i64, i64), reach: i64, count: usize) -> Vec<(Point, u16)> {
    let mut points: Vec<(Point, u16)> = Vec::with_capacity(count);
    for _ in 0..count {
        let p = match points.last() {
            Some(&(last, _)) if dice.share() < 0.3 => last,
            _ if dice.share() < 0.05 => near(dice, origin, reach * 50),
            _ => near(dice, origin, reach),
        };
        points.push((p, u16::try_from(dice.within(0, 12)).expect("small")));
    }
    points
}

/// A town, the ends of the world, and its middle.
const ORIGINS: [(i64, i64); 8] = [
    (1_208_000_000, 406_000_000),
    (X_LIMIT, 100_000_000),
    (-X_LIMIT, -700_000_000),
    (0, Y_LIMIT),
    (X_LIMIT, -Y_LIMIT),
    (300_000_000, 899_990_000),
    (0, 0),
    (-770_000_000, 389_000_000),
];

#[test]
fn the_nearest_points_are_those_of_a_geodesic_to_every_one() {
    let mut dice = Dice(2);
    for origin in ORIGINS {
        for (reach, count) in [(3, 60), (2_000, 400), (90_000, 700), (20_000_000, 120)] {
            let points = board(&mut dice, origin, reach, count);
            let mut places: Vec<Point> = (0..6).map(|_| near(&mut dice, origin, reach)).collect();
            places.push(point(origin.0, origin.1));
            places.push(points[0].0);
            places.push(near(&mut dice, origin, 4_000_000));
            assert_exact(
                &points,
                &places,
                &[0.0, 40.0, 500.0, 30_000.0, f64::INFINITY],
            );
        }
    }
}

#[test]
fn points_all_around_the_earth_are_found_from_anywhere() {
    let mut dice = Dice(4);
    let points: Vec<(Point, u16)> = (0..300)
        .map(|_| {
            (
                point(
                    dice.within(-X_LIMIT, X_LIMIT),
                    dice.within(-Y_LIMIT, Y_LIMIT),
                ),
                3,
            )
        })
        .chain(
            [-X_LIMIT, 0, X_LIMIT]
                .into_iter()
                .flat_map(|x| [-Y_LIMIT, 0, Y_LIMIT].map(|y| (point(x, y), 3))),
        )
        .collect();
    let places: Vec<Point> = points.iter().rev().step_by(9).map(|&(p, _)| p).collect();
    assert_exact(&points, &places, &[0.0, 1e6, 1.2e7, f64::INFINITY]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_board_is_searched_exactly(
        seed in any::<u64>(),
        origin in prop::sample::select(ORIGINS.to_vec()),
        reach_bits in 0..28_u32,
        count in 0..300_usize,
        radius_m in prop::sample::select(vec![0.0, 0.02, 3.0, 700.0, 2e5]),
    ) {
        let mut dice = Dice(seed);
        let reach = 1_i64 << reach_bits;
        let points = board(&mut dice, origin, reach, count);
        let places: Vec<Point> = (0..3).map(|_| near(&mut dice, origin, reach)).collect();
        assert_exact(&points, &places, &[radius_m]);
    }
}

#[test]
fn points_on_one_place_come_by_number() {
    let at = |x, y| of(Figure::Point(point(x, y)), 1);
    let index = ComponentIndex::build([at(5, 5), at(0, 0), at(5, 5), at(5, 5)]);
    let mut shortlist = Shortlist::default();
    let groups = Groups::all();
    let mut numbers = |radius_m, limit| -> Vec<u32> {
        let nearby = Nearby {
            radius_m,
            limit,
            groups: &groups,
        };
        let found = index.near(point(5, 5), nearby, &mut shortlist);
        found.iter().map(|near| near.component).collect()
    };
    assert_eq!(numbers(0.0, 10), [0, 2, 3]);
    assert_eq!(numbers(1.0, 2), [0, 2]);
    assert_eq!(numbers(1.0, 10), [0, 2, 3, 1]);
}

#[test]
fn a_point_takes_sixteen_bytes_and_a_railing_of_sixteen_edges_two_hundred() {
    let mut dice = Dice(14);
    let mut bytes_each = |figure: &mut dyn FnMut(&mut Dice) -> Figure, count: usize| {
        let figures = (0..count).map(|_| of(figure(&mut dice), 5));
        let index = ComponentIndex::build(figures);
        index.memory_bytes() / count
    };
    let mut lamp = |dice: &mut Dice| Figure::Point(near(dice, ORIGINS[0], 900_000));
    assert_eq!(bytes_each(&mut lamp, 50_000), 15);
    let mut railing = |dice: &mut Dice| {
        let vertices = (0..17).map(|_| near(dice, ORIGINS[0], 900_000)).collect();
        Figure::Line(Line::new([vertices]).expect("vertices differ"))
    };
    assert_eq!(bytes_each(&mut railing, 5_000), 191);
}

#[test]
fn a_radius_that_is_none_finds_nothing() {
    let index = ComponentIndex::build([of(Figure::Point(point(0, 0)), 0)]);
    let mut shortlist = Shortlist::default();
    let (all, none) = (Groups::all(), Groups::of([]));
    for (radius_m, limit, groups) in [
        (f64::NAN, 10, &all),
        (-1.0, 10, &all),
        (1.0, 0, &all),
        (1.0, 10, &none),
    ] {
        let nearby = Nearby {
            radius_m,
            limit,
            groups,
        };
        assert_eq!(index.near(point(0, 0), nearby, &mut shortlist), []);
    }
    let nothing = ComponentIndex::build([]);
    let nearby = Nearby {
        radius_m: 1e9,
        limit: 10,
        groups: &all,
    };
    assert!(nothing.is_empty());
    assert_eq!(nothing.near(point(0, 0), nearby, &mut shortlist), []);
    let mut found = vec![1, 2];
    nothing.in_box(whole_earth(), &all, &mut found);
    assert_eq!(found, [] as [u32; 0]);
}

fn whole_earth() -> Extent {
    Extent::of([point(-X_LIMIT, -Y_LIMIT), point(X_LIMIT, Y_LIMIT)]).expect("two points")
}

/// Metres to the nearest place of an edge: a geodesic to each of many places on it, and by thirds around the
/// nearest of these.
fn slowly_to_edge_m(place: Point, edge: Segment) -> f64 {
    const PLACES: i32 = 32;
    if edge.holds(place) {
        return 0.0;
    }
    let from = degrees(place);
    let (a, b) = (edge.start(), edge.end());
    let to = |share: f64| {
        let share = share.clamp(0.0, 1.0);
        let at = geo::Point::new(
            a.lon() + (b.lon() - a.lon()) * share,
            a.lat() + (b.lat() - a.lat()) * share,
        );
        geodesic_m(from, at)
    };
    let share = |step: i32| f64::from(step) / f64::from(PLACES);
    let lowest = (0..=PLACES).min_by(|&one, &other| to(share(one)).total_cmp(&to(share(other))));
    let lowest = lowest.expect("places");
    let (mut low, mut high) = (share(lowest - 1), share(lowest + 1));
    for _ in 0..45 {
        let third = (high - low) / 3.0;
        if to(low + third) < to(high - third) {
            high -= third;
        } else {
            low += third;
        }
    }
    to(low).min(to(0.0)).min(to(1.0))
}

fn slowly_to_figure_m(place: Point, figure: &Figure) -> f64 {
    match figure {
        Figure::Point(p) => geodesic_m(degrees(place), degrees(*p)),
        Figure::Area(shape) if shape.side(place) != Side::Outside => 0.0,
        figure => figure
            .segments()
            .map(|edge| slowly_to_edge_m(place, edge))
            .fold(f64::INFINITY, f64::min),
    }
}

/// A line of a few parts, a star-shaped area, a square with a hole, or a point.
fn any_figure(dice: &mut Dice, origin: (i64, i64), reach: i64) -> Figure {
    let size = (reach / 10).max(4);
    let middle = (
        (origin.0 + dice.within(-reach, reach)).clamp(size - X_LIMIT, X_LIMIT - size),
        (origin.1 + dice.within(-reach, reach)).clamp(size - Y_LIMIT, Y_LIMIT - size),
    );
    match dice.within(0, 3) {
        0 => Figure::Point(near(dice, middle, size)),
        1 => {
            let parts = (0..dice.within(1, 3)).map(|_| {
                let points = dice.within(2, 40);
                (0..points).map(|_| near(dice, middle, size)).collect()
            });
            let parts: Vec<Vec<Point>> = parts.collect();
            Line::new(parts).map_or(Figure::Point(point(middle.0, middle.1)), Figure::Line)
        }
        _ => {
            let rim = |dice: &mut Dice, share: f64, vertices: i32| -> Option<Ring> {
                let points = (0..vertices).map(|step| {
                    let angle = std::f64::consts::TAU * f64::from(step) / f64::from(vertices);
                    let radius = share * (0.6 + 0.4 * dice.share()) * whole(size);
                    let (sin, cos) = angle.sin_cos();
                    point(
                        middle.0 + rounded(radius * cos),
                        middle.1 + rounded(radius * sin),
                    )
                });
                Ring::new(points.collect()).ok()
            };
            let vertices = i32::try_from(dice.within(5, 60)).expect("few");
            let (shell, hole) = (rim(dice, 1.0, vertices), rim(dice, 0.5, 7));
            let polygon = shell.map(|shell| Polygon::new(shell, hole.into_iter().collect()));
            polygon
                .and_then(|polygon| Shape::new(vec![polygon]))
                .map_or(Figure::Point(point(middle.0, middle.1)), Figure::Area)
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
fn whole(value: i64) -> f64 {
    value as f64
}

#[expect(clippy::cast_possible_truncation, reason = "far below 2^53")]
fn rounded(value: f64) -> i64 {
    value.round() as i64
}

/// Every answer is within a millimetre of the slow one, and so is every place in the order.
fn assert_within_a_millimetre(figures: &[Figure], places: &[Point]) {
    const MILLIMETRE: f64 = 1e-3;
    let index = ComponentIndex::build(figures.iter().cloned().map(|figure| of(figure, 0)));
    let mut shortlist = Shortlist::default();
    for &place in places {
        let slow: Vec<f64> = figures
            .iter()
            .map(|figure| slowly_to_figure_m(place, figure))
            .collect();
        let mut sorted = slow.clone();
        sorted.sort_by(f64::total_cmp);
        for (radius_m, limit) in [(f64::INFINITY, 5), (sorted[sorted.len() / 2], usize::MAX)] {
            let nearby = Nearby {
                radius_m,
                limit,
                groups: &Groups::all(),
            };
            let found = index.near(place, nearby, &mut shortlist);
            let within = |slack: f64| {
                sorted
                    .iter()
                    .filter(|&&slow_m| slow_m <= radius_m + slack)
                    .count()
            };
            assert!(
                found.len() >= limit.min(within(-MILLIMETRE)),
                "from {place:?}: {found:?}"
            );
            assert!(
                found.len() <= limit.min(within(MILLIMETRE)),
                "from {place:?}: {found:?}"
            );
            for (near, nth_m) in found.iter().zip(&sorted) {
                let slow_m = slow[near.component as usize];
                assert!(
                    (near.distance_m - slow_m).abs() < MILLIMETRE
                        && (near.distance_m - nth_m).abs() < MILLIMETRE,
                    "from {place:?}: {near:?}, slowly {slow_m} m, in its turn {nth_m} m: {:?}",
                    figures[near.component as usize]
                );
                assert!(
                    slow_m > 0.0 || near.distance_m == 0.0,
                    "in it the distance is none"
                );
            }
        }
    }
}

#[test]
fn lines_and_areas_are_as_far_as_their_nearest_place_to_a_millimetre() {
    let mut dice = Dice(6);
    for origin in ORIGINS {
        for reach in [40, 30_000, 300_000] {
            let figures: Vec<Figure> = (0..16)
                .map(|_| any_figure(&mut dice, origin, reach))
                .collect();
            let mut places: Vec<Point> = (0..4).map(|_| near(&mut dice, origin, reach)).collect();
            places.extend(
                figures
                    .iter()
                    .step_by(5)
                    .filter_map(|figure| figure.segments().next().map(Segment::start)),
            );
            assert_within_a_millimetre(&figures, &places);
        }
    }
}

#[test]
fn far_lines_and_areas_are_as_far_as_their_nearest_place_to_a_millimetre() {
    let mut dice = Dice(8);
    for origin in ORIGINS {
        let figures: Vec<Figure> = (0..6)
            .map(|_| any_figure(&mut dice, origin, 60_000_000))
            .collect();
        let places = [
            near(&mut dice, origin, 3_000_000),
            near(&mut dice, origin, 60_000_000),
        ];
        assert_within_a_millimetre(&figures, &places);
    }
}

#[test]
fn on_a_border_and_inside_the_distance_is_exactly_nothing() {
    let ring = |side: i64, inset: i64| {
        let (low, high) = (inset, side - inset);
        Ring::new(vec![
            point(low, low),
            point(high, low),
            point(high, high),
            point(low, high),
        ])
    };
    let polygon = Polygon::new(
        ring(90, 0).expect("a shell"),
        vec![ring(90, 30).expect("a hole")],
    );
    let area = Shape::new(vec![polygon]).expect("a part");
    let line = Line::new([vec![point(-7, -7), point(200, 407)]]).expect("a line");
    let figures = [Figure::Area(area.clone()), Figure::Line(line.clone())];
    let index = ComponentIndex::build(figures.into_iter().map(|figure| of(figure, 0)));
    let mut shortlist = Shortlist::default();
    let mut at_nothing = |place| -> Vec<u32> {
        let nearby = Nearby {
            radius_m: 0.0,
            limit: 9,
            groups: &Groups::all(),
        };
        let found = index.near(place, nearby, &mut shortlist);
        assert!(found.iter().all(|near| near.distance_m == 0.0));
        found.iter().map(|near| near.component).collect()
    };
    assert_eq!(at_nothing(point(10, 10)), [0]);
    assert_eq!(at_nothing(point(45, 45)), [] as [u32; 0], "in the hole");
    assert_eq!(
        at_nothing(point(0, 7)),
        [0, 1],
        "on a border and on the line"
    );
    for edge in area.segments() {
        for place in lattice_points_on(edge) {
            assert!(at_nothing(place).contains(&0), "{place:?}");
        }
    }
    for edge in line.segments() {
        for place in lattice_points_on(edge) {
            assert!(at_nothing(place).contains(&1), "{place:?}");
        }
    }
}

#[test]
fn a_box_finds_what_geo_finds_in_it() {
    let mut dice = Dice(9);
    for (origin, reach) in [
        (ORIGINS[0], 60),
        (ORIGINS[0], 80_000),
        (ORIGINS[6], 900_000_000),
    ] {
        let figures: Vec<Figure> = (0..700)
            .map(|_| any_figure(&mut dice, origin, reach))
            .collect();
        let components = figures.iter().cloned().zip(0..);
        let index =
            ComponentIndex::build(components.map(|(figure, number)| of(figure, number % 70)));
        let mut found = Vec::new();
        for size in [0, reach / 40, reach / 3, 2 * reach] {
            for _ in 0..12 {
                let corner = near(&mut dice, origin, reach);
                let (x, y) = (i64::from(corner.x()), i64::from(corner.y()));
                let across = (x + dice.within(0, size)).min(X_LIMIT);
                let extent =
                    Extent::of([corner, point(across, y + dice.within(0, size))]).expect("two");
                for groups in [Groups::all(), Groups::of([4..=9, 66..=300])] {
                    index.in_box(extent, &groups, &mut found);
                    let expected: Vec<u32> = (0..)
                        .zip(&figures)
                        .filter(|(number, figure)| {
                            let group = u16::try_from(number % 70).expect("small");
                            groups.contains(group) && geo_meets(figure, extent)
                        })
                        .map(|(number, _)| number)
                        .collect();
                    assert_eq!(found, expected, "{extent:?}");
                }
            }
        }
        index.in_box(whole_earth(), &Groups::all(), &mut found);
        assert!(
            found.iter().copied().eq(0..700),
            "the whole earth holds all, in order"
        );
    }
}

/// `geo`'s predicates are exact too, on whole numbers.
fn geo_meets(figure: &Figure, extent: Extent) -> bool {
    let at = |p: Point| geo::Coord {
        x: f64::from(p.x()),
        y: f64::from(p.y()),
    };
    let (low, high) = (at(extent.min()), at(extent.max()));
    let rect = geo::Rect::new(low, high);
    match figure {
        Figure::Point(p) => rect.intersects(&at(*p)),
        Figure::Line(line) => line
            .segments()
            .any(|edge| rect.intersects(&geo::Line::new(at(edge.start()), at(edge.end())))),
        Figure::Area(shape) => shape.parts().iter().any(|part| {
            let ring = |ring: &Ring| ring.points().iter().map(|&p| at(p)).collect();
            let holes = part.holes().iter().map(ring).collect();
            geo::Polygon::new(ring(part.shell()), holes).intersects(&rect)
        }),
    }
}
