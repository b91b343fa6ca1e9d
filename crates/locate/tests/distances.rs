//! Distances to borders and the nearest grid: against geodesics, and the same from every layout.

mod patchwork;

use geo::{Distance, Geodesic};
use patchwork::{Dice, Patchwork, Recipe};
use wangge_coverage::{BorderEdge, Owner};
use wangge_locate::{FaceIndex, Layout, Near};
use wangge_plane::{Point, Segment};

fn point(x: i64, y: i64) -> Point {
    let narrow = |value| i32::try_from(value).expect("a coordinate");
    Point::new(narrow(x), narrow(y)).expect("in range")
}

/// Metres along the geodesic (Karney 2013, as `geo` has it) to the nearest place of an edge that is
/// straight in degrees, found by thirds.
fn geodesic_m(p: Point, segment: Segment) -> f64 {
    let (a, b) = (segment.start(), segment.end());
    let to = |share: f64| {
        let at = geo::Point::new(
            a.lon() + (b.lon() - a.lon()) * share,
            a.lat() + (b.lat() - a.lat()) * share,
        );
        Geodesic.distance(geo::Point::new(p.lon(), p.lat()), at)
    };
    let (mut low, mut high) = (0.0, 1.0);
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

fn geodesic_to_any_m(p: Point, edges: &[BorderEdge]) -> f64 {
    edges
        .iter()
        .map(|edge| geodesic_m(p, edge.segment))
        .fold(f64::INFINITY, f64::min)
}

fn small(origin: (i64, i64), seed: u64) -> Vec<BorderEdge> {
    let mut dice = Dice(seed);
    let owners = (0..9)
        .map(|_| (dice.share() > 0.3).then(|| u32::try_from(dice.within(0, 5)).expect("few")))
        .collect();
    Patchwork::sew(Recipe {
        columns: 3,
        rows: 3,
        step: (60_000, 40_000),
        spread: 1.0,
        pieces: 2,
        scale: 1,
        origin,
        seed,
        owners: Some(owners),
    })
    .edges()
}

fn layouts() -> impl Iterator<Item = Layout> {
    [None, Some(2), Some(7), Some(12), Some(17), Some(31)]
        .into_iter()
        .flat_map(|cell_bits| {
            [1, 6].map(|leaf_edges| Layout {
                cell_bits,
                leaf_edges,
                ..Layout::default()
            })
        })
}

/// One cell that holds all edges: a search without an index.
const UNCUT: Layout = Layout {
    cell_bits: Some(31),
    cells_per_edge: 1,
    leaf_edges: u32::MAX,
};

/// Places at which errors are stated: how far away, and the relative error allowed there.
fn assert_near_geodesic(origin: (i64, i64), reach: i64, allowed: f64) {
    let mut dice = Dice(3);
    for seed in 0..4 {
        let edges = small(origin, seed);
        if edges.is_empty() {
            continue;
        }
        let index = FaceIndex::build(&edges, Layout::default());
        for _ in 0..12 {
            let p = point(
                (origin.0 + dice.within(-reach, reach)).clamp(-1_800_000_000, 1_800_000_000),
                (origin.1 + dice.within(-reach, reach)).clamp(-900_000_000, 900_000_000),
            );
            let found = index.border_distance_m(p).expect("there are borders");
            let expected = geodesic_to_any_m(p, &edges);
            // a tenth of a millimetre for geodesics of almost no length
            assert!(
                (found - expected).abs() <= allowed * expected + 1e-4,
                "from {p:?}: {found} m, by geodesics {expected} m"
            );
        }
    }
}

#[test]
fn up_to_10_km_the_error_is_below_two_parts_in_a_million() {
    for origin in [
        (1_208_000_000, 406_000_000),
        (0, 0),
        (-700_000_000, -550_000_000),
        (250_000_000, 700_000_000),
    ] {
        assert_near_geodesic(origin, 600_000, 2e-6);
    }
}

#[test]
fn up_to_100_km_the_error_is_below_two_parts_in_ten_thousand() {
    for origin in [
        (1_208_000_000, 406_000_000),
        (0, 0),
        (250_000_000, 700_000_000),
    ] {
        assert_near_geodesic(origin, 6_000_000, 2e-4);
    }
}

#[test]
fn near_the_poles_the_error_is_ten_times_larger() {
    assert_near_geodesic((250_000_000, 850_000_000), 600_000, 2e-5);
}

#[test]
fn the_way_around_the_antimeridian_counts() {
    let edges = small((1_799_700_000, 200_000_000), 2);
    let index = FaceIndex::build(&edges, Layout::default());
    for (x, y) in [
        (-1_799_950_000, 200_050_000),
        (-1_799_000_000, 199_000_000),
        (1_799_000_000, 200_000_000),
        (-1_800_000_000, 200_060_000),
    ] {
        let p = point(x, y);
        let found = index.border_distance_m(p).expect("there are borders");
        let expected = geodesic_to_any_m(p, &edges);
        assert!(
            (found - expected).abs() <= 1e-5 * expected + 1e-4,
            "from {p:?}: {found} m, by geodesics {expected} m"
        );
    }
}

#[test]
fn every_layout_finds_the_border_that_a_search_without_cells_finds() {
    let mut dice = Dice(5);
    for seed in 0..12 {
        let edges = if seed % 3 == 0 {
            small((-1_800_000_000, 899_860_000), seed)
        } else {
            small((1_208_000_000, 406_000_000), seed)
        };
        if edges.is_empty() {
            continue;
        }
        let corner = edges[0].segment.start();
        let mut points: Vec<Point> = edges.iter().map(|edge| edge.segment.end()).collect();
        for reach in [3_000, 90_000, 3_000_000, 900_000_000, 3_600_000_000] {
            for _ in 0..20 {
                points.push(point(
                    (i64::from(corner.x()) + dice.within(-reach, reach))
                        .clamp(-1_800_000_000, 1_800_000_000),
                    (i64::from(corner.y()) + dice.within(-reach, reach))
                        .clamp(-900_000_000, 900_000_000),
                ));
            }
        }
        let uncut = FaceIndex::build(&edges, UNCUT);
        for layout in layouts() {
            let index = FaceIndex::build(&edges, layout);
            for &p in &points {
                assert_eq!(
                    index.border_distance_m(p),
                    uncut.border_distance_m(p),
                    "from {p:?} with {layout:?}"
                );
                for tolerance_m in [0.0, 30.0, 2_000.0, f64::INFINITY] {
                    assert_eq!(
                        index.nearest(p, tolerance_m),
                        uncut.nearest(p, tolerance_m),
                        "from {p:?} with {layout:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn on_a_border_the_distance_is_nothing() {
    let edges = small((1_208_000_000, 406_000_000), 4);
    let index = FaceIndex::build(&edges, Layout::default());
    for edge in &edges {
        for p in patchwork::lattice_points_on(edge.segment) {
            assert_eq!(index.border_distance_m(p), Some(0.0));
            assert_eq!(index.nearest(p, 0.0).map(|near| near.distance_m), Some(0.0));
        }
    }
}

/// Two squares of 1000 units, 1 above 0, with an edge in common from (0, 1000) to (1000, 1000).
fn two_squares(lower: u32, upper: u32) -> FaceIndex {
    let (lower, upper) = (Some(Owner(lower)), Some(Owner(upper)));
    let edge = |start: (i64, i64), end: (i64, i64), left, right| BorderEdge {
        segment: Segment::new(point(start.0, start.1), point(end.0, end.1)).expect("they differ"),
        left,
        right,
    };
    let edges = [
        edge((0, 0), (1000, 0), lower, None),
        edge((0, 1000), (1000, 1000), upper, lower),
        edge((0, 2000), (1000, 2000), None, upper),
        edge((0, 0), (0, 1000), None, lower),
        edge((1000, 0), (1000, 1000), lower, None),
        edge((0, 1000), (0, 2000), None, upper),
        edge((1000, 1000), (1000, 2000), upper, None),
    ];
    FaceIndex::build(&edges, Layout::default())
}

#[test]
fn the_lowest_of_equally_near_grids_is_the_nearest() {
    for (lower, upper) in [(0, 1), (1, 0)] {
        let index = two_squares(lower, upper);
        let owner = |x, y| index.nearest(point(x, y), 1e4).map(|near| near.owner.0);
        assert_eq!(
            owner(2000, 1000),
            Some(0),
            "beside the vertex that both have"
        );
        assert_eq!(owner(-500, 1000), Some(0));
        assert_eq!(owner(2000, 999), Some(lower));
        assert_eq!(owner(2000, 1001), Some(upper));
    }
}

#[test]
fn the_tolerance_holds_what_is_exactly_as_far() {
    let index = two_squares(0, 1);
    let p = point(2000, 500);
    let near = index
        .nearest(p, f64::INFINITY)
        .expect("any grid is near enough");
    // 1000 units of 1e-7 degree on the equator, by the semi-major axis
    let expected = 6_378_137.0 * (1e-4f64).to_radians();
    assert!((near.distance_m - expected).abs() < 1e-6, "{near:?}");
    assert_eq!(index.nearest(p, near.distance_m), Some(near));
    assert_eq!(index.nearest(p, near.distance_m * 0.999), None);
    assert_eq!(index.nearest(p, f64::NAN), None);
    assert_eq!(index.nearest(p, -1.0), None);
}

#[test]
fn inside_the_grid_itself_is_the_nearest() {
    let index = two_squares(0, 1);
    assert_eq!(
        index.nearest(point(400, 1700), 5.0),
        Some(Near {
            owner: Owner(1),
            distance_m: 0.0
        })
    );
}
