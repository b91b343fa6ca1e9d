//! The index agrees with the slow exact way on every point, whatever its cells.

mod patchwork;

use patchwork::{Dice, Patchwork, Recipe, lattice_points_on, slowly};
use proptest::prelude::*;
use wangge_coverage::{BorderEdge, Owner};
use wangge_locate::{FaceIndex, Layout};
use wangge_plane::{Extent, Point, Shape};

/// Where on the lattice a patchwork lies.
#[derive(Debug, Clone, Copy)]
enum Site {
    Anywhere,
    /// Its first corner or its last on an end of the world.
    Corner {
        east: bool,
        north: bool,
    },
    /// From end to end.
    WholeWorld,
}

fn site() -> impl Strategy<Value = Site> {
    prop_oneof![
        3 => Just(Site::Anywhere),
        1 => any::<(bool, bool)>().prop_map(|(east, north)| Site::Corner { east, north }),
        1 => Just(Site::WholeWorld),
    ]
}

prop_compose! {
    fn recipe()(
        columns in 1usize..7,
        rows in 1usize..7,
        width in prop_oneof![4i64..40, Just(1_000), Just(131_072)],
        height in prop_oneof![4i64..40, Just(1_000), Just(131_072)],
        pieces in 1usize..5,
        scale in prop_oneof![3 => 1i64..7, 1 => Just(64)],
        place in (-1_000_000_000i64..1_000_000_000, -400_000_000i64..400_000_000),
        site in site(),
        owners in 1u32..9,
        holes in 0.0f64..0.5,
        seed in any::<u64>(),
    ) -> Recipe {
        let mut dice = Dice(seed ^ 1);
        let number = |dice: &mut Dice| u32::try_from(dice.within(0, i64::from(owners) - 1)).expect("few");
        let mut owners: Vec<Option<u32>> = (0..columns * rows)
            .map(|_| (dice.share() >= holes).then(|| number(&mut dice)))
            .collect();
        owners[0] = Some(0);
        let count = |n: usize| i64::try_from(n).expect("few");
        let (step, scale) = match site {
            Site::WholeWorld => ((3_600_000_000 / count(columns), 1_800_000_000 / count(rows)), 1),
            _ => ((width, height), scale),
        };
        // rounding must not make sides of many pieces cross
        let pieces = if step.0.min(step.1) < 10 * count(pieces) { 1 } else { pieces };
        let far = |low: bool, limit: i64, size: i64| if low { -limit } else { limit - size };
        let size = (scale * step.0 * count(columns), scale * step.1 * count(rows));
        let origin = match site {
            Site::Anywhere => place,
            Site::Corner { east, north } => {
                (far(!east, 1_800_000_000, size.0), far(!north, 900_000_000, size.1))
            }
            Site::WholeWorld => (-1_800_000_000, -900_000_000),
        };
        Recipe { columns, rows, step, spread: 1.0, pieces, scale, origin, seed, owners: Some(owners) }
    }
}

/// From one cell over everything to cells of one lattice unit, and each with crowded and empty leaves.
fn layouts() -> Vec<Layout> {
    let mut layouts = vec![Layout::default()];
    for (cell_bits, leaf_edges) in [
        (0, 4),
        (1, 1),
        (3, 2),
        (5, 1),
        (9, 1_000),
        (14, 1),
        (20, 3),
        (31, 1),
        (31, 1_000),
    ] {
        layouts.push(Layout {
            cell_bits: Some(cell_bits),
            leaf_edges,
            ..Layout::default()
        });
    }
    layouts
}

fn point(x: i64, y: i64) -> Option<Point> {
    Point::new(i32::try_from(x).ok()?, i32::try_from(y).ok()?).ok()
}

/// Points where an index could go wrong: on and one unit beside vertices and edges, on and beside the
/// corners and sides of cells of every size, on the extent and beyond, and anywhere.
fn awkward_points(edges: &[BorderEdge], dice: &mut Dice) -> Vec<Point> {
    let extent = edges
        .iter()
        .map(|e| e.segment.extent())
        .reduce(Extent::union)
        .expect("there are edges");
    let (min, max) = (extent.min(), extent.max());
    let mut around = Vec::new();
    let mut exact = Vec::new();
    for edge in edges {
        around.extend([edge.segment.start(), edge.segment.end()]);
        exact.extend(lattice_points_on(edge.segment).take(70));
    }
    let pick = |dice: &mut Dice| {
        (
            dice.within(i64::from(min.x()) - 3, i64::from(max.x()) + 3),
            dice.within(i64::from(min.y()) - 3, i64::from(max.y()) + 3),
        )
    };
    let mut random = Vec::new();
    for bits in 0..32 {
        let corner =
            |at: i64, start: i32| ((at - i64::from(start)) >> bits << bits) + i64::from(start);
        for _ in 0..8 {
            let (x, y) = pick(dice);
            random.push((x, y));
            for (dx, dy) in [(0, 0), (-1, 0), (0, -1), (-1, -1)] {
                random.push((corner(x, min.x()) + dx, corner(y, min.y()) + dy));
                random.push((corner(x, min.x()) + dx, y));
                random.push((x, corner(y, min.y()) + dy));
            }
        }
        // a cell's side through a vertex's height, and the other way round
        let v = around[usize::try_from(dice.next() % around.len() as u64).expect("an index")];
        random.push((corner(i64::from(v.x()), min.x()), i64::from(v.y())));
        random.push((i64::from(v.x()), corner(i64::from(v.y()), min.y())));
    }
    for p in around.iter().chain(exact.iter().step_by(5)) {
        let (x, y) = (i64::from(p.x()), i64::from(p.y()));
        random.extend((-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (x + dx, y + dy))));
    }
    exact.extend(random.into_iter().filter_map(|(x, y)| point(x, y)));
    exact.sort_unstable();
    exact.dedup();
    exact
}

fn assert_exact(
    edges: &[BorderEdge],
    shapes: &[(Owner, Shape)],
    points: &[Point],
    layouts: &[Layout],
) {
    let truth: Vec<_> = points.iter().map(|&p| slowly(shapes, p)).collect();
    for &layout in layouts {
        let index = FaceIndex::build(edges, layout);
        assert_every_way(&index, points, &truth, layout);
        assert_every_way(&read_back(&index), points, &truth, layout);
    }
}

/// Written and read again.
fn read_back(index: &FaceIndex) -> FaceIndex {
    let mut bytes = Vec::new();
    index.write_to(&mut bytes).expect("written to memory");
    FaceIndex::read_from(&mut bytes.as_slice()).expect("as written")
}

/// One by one, as a batch of points and as a batch of positions.
fn assert_every_way(index: &FaceIndex, points: &[Point], truth: &[Option<Owner>], layout: Layout) {
    let lons: Vec<f64> = points.iter().map(|p| p.lon()).collect();
    let lats: Vec<f64> = points.iter().map(|p| p.lat()).collect();
    let mut by_points = vec![7; points.len()];
    let mut by_degrees = by_points.clone();
    index
        .locate_batch(points, &mut by_points)
        .expect("one length");
    index
        .locate_degrees(&lons, &lats, &mut by_degrees)
        .expect("one length");
    for (k, (&p, &expected)) in points.iter().zip(truth).enumerate() {
        let number = expected.map_or(FaceIndex::OUTSIDE, |owner| owner.0);
        assert_eq!(index.locate(p), expected, "at {p:?} with {layout:?}");
        assert_eq!(by_points[k], number, "at {p:?} in a batch with {layout:?}");
        assert_eq!(by_degrees[k], number, "at {p:?} in degrees with {layout:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 160, ..ProptestConfig::default() })]

    #[test]
    fn every_layout_answers_as_the_slow_exact_way_does(recipe in recipe()) {
        let mut dice = Dice(recipe.seed ^ 2);
        let patchwork = Patchwork::sew(recipe);
        let edges = patchwork.edges();
        assert_exact(&edges, &patchwork.shapes(), &awkward_points(&edges, &mut dice), &layouts());
    }
}

/// A city of 900 grids with edges that hold many lattice points.
fn city(seed: u64) -> Patchwork {
    Patchwork::sew(Recipe {
        columns: 30,
        rows: 30,
        step: (2_000, 1_500),
        spread: 1.0,
        pieces: 6,
        scale: 24,
        origin: (1_208_000_000, 406_000_000),
        seed,
        owners: None,
    })
}

#[test]
fn two_hundred_thousand_points_on_shared_borders_have_one_grid_each_in_every_layout() {
    let patchwork = city(7);
    let edges = patchwork.edges();
    let shapes = patchwork.shapes();
    let extents: Vec<Extent> = shapes.iter().map(|(_, shape)| shape.extent()).collect();
    let shared: Vec<&BorderEdge> = edges
        .iter()
        .filter(|e| e.left.is_some() && e.right.is_some())
        .collect();
    let mut dice = Dice(8);
    let mut points = Vec::new();
    while points.len() < 200_000 {
        let edge = shared[usize::try_from(dice.next() % shared.len() as u64).expect("an index")];
        let on: Vec<Point> = lattice_points_on(edge.segment).collect();
        points.push(on[usize::try_from(dice.next() % on.len() as u64).expect("an index")]);
    }
    let expected: Vec<Owner> = points
        .iter()
        .map(|&p| {
            let holders: Vec<Owner> = shapes
                .iter()
                .zip(&extents)
                .filter(|(_, extent)| extent.contains(p))
                .filter(|((_, shape), _)| shape.winding_nudged(p) != 0)
                .map(|((owner, _), _)| *owner)
                .collect();
            // a shared border may end on the rim: there, the lowest grid that touches
            match holders.as_slice() {
                [owner] => *owner,
                [] => slowly(&shapes, p).expect("a border holds the point"),
                more => panic!("{p:?} is in {more:?}"),
            }
        })
        .collect();
    let expected: Vec<Option<Owner>> = expected.into_iter().map(Some).collect();
    for layout in layouts() {
        let index = FaceIndex::build(&edges, layout);
        assert_every_way(&index, &points, &expected, layout);
    }
}

#[test]
fn away_from_borders_geo_finds_the_same_grid() {
    use geo::Intersects;

    let mut dice = Dice(9);
    let mut owners: Vec<Option<u32>> = (0..900)
        .map(|_| (dice.share() > 0.1).then(|| u32::try_from(dice.within(0, 59)).expect("few")))
        .collect();
    owners[0] = None;
    let patchwork = Patchwork::sew(Recipe {
        owners: Some(owners),
        ..city(9).recipe
    });
    let edges = patchwork.edges();
    let index = FaceIndex::build(&edges, Layout::default());
    let polygons: Vec<_> = patchwork
        .shapes()
        .into_iter()
        .map(|(owner, shape)| (owner, shape.extent(), shape.to_degrees()))
        .collect();
    let (mut compared, mut outside) = (0, 0);
    while compared < 30_000 {
        let x = i32::try_from(dice.within(1_207_900_000, 1_209_600_000)).expect("a longitude");
        let y = i32::try_from(dice.within(405_900_000, 407_200_000)).expect("a latitude");
        let p = Point::new(x, y).expect("in range");
        if index
            .border_distance_m(p)
            .is_none_or(|distance_m| distance_m < 0.05)
        {
            continue;
        }
        let at = geo::Point::new(p.lon(), p.lat());
        // patches are closed, so that a seam between two of one grid does not count as a hole
        let found = polygons
            .iter()
            .find(|(_, extent, polygon)| extent.contains(p) && polygon.intersects(&at));
        assert_eq!(index.locate(p), found.map(|(owner, ..)| *owner), "at {p:?}");
        compared += 1;
        outside += usize::from(found.is_none());
    }
    assert!(
        (1_000..25_000).contains(&outside),
        "inside and outside are both met: {outside} outside"
    );
}

#[test]
fn no_edges_hold_nothing() {
    let index = FaceIndex::build(&[], Layout::default());
    let p = Point::new(0, 0).expect("in range");
    assert_eq!(index.locate(p), None);
    assert_eq!(index.border_distance_m(p), None);
    assert_eq!(index.nearest(p, f64::INFINITY), None);
    assert_eq!(index.memory_bytes(), 0);
}

#[test]
fn memory_is_foretold_within_a_factor_of_two() {
    let edges = city(10).edges();
    for cell_bits in [None, Some(8), Some(11), Some(14)] {
        let layout = Layout {
            cell_bits,
            ..Layout::default()
        };
        let expected = FaceIndex::expected_bytes(&edges, layout);
        let held = FaceIndex::build(&edges, layout).memory_bytes() as u64;
        assert!(
            expected / 2 < held && held < expected * 2,
            "{cell_bits:?}: {held} held, {expected} expected"
        );
    }
}

#[test]
fn long_edges_over_a_fine_net_do_not_fill_the_memory() {
    // 2,000 strips, each from one end to the other
    let patchwork = Patchwork::sew(Recipe {
        columns: 1,
        rows: 2_000,
        step: (40_000_000, 20_000),
        pieces: 1,
        scale: 1,
        ..city(1).recipe
    });
    let edges = patchwork.edges();
    let index = FaceIndex::build(
        &edges,
        Layout {
            cell_bits: Some(4),
            ..Layout::default()
        },
    );
    let per_edge = index.memory_bytes() / edges.len();
    assert!(per_edge < 20_000, "{per_edge} bytes per edge");
}

#[test]
fn many_edges_at_one_vertex_cost_little_memory() {
    // a fan of 500 wedges around one vertex
    let hub = Point::new(1_208_000_000, 406_000_000).expect("in range");
    let spoke = |k: i32| {
        let angle = std::f64::consts::TAU * f64::from(k) / 500.0;
        #[expect(clippy::cast_possible_truncation, reason = "a million at most")]
        let at = |middle: i32, part: f64| middle + (part * 1e6) as i32;
        Point::new(at(hub.x(), angle.cos()), at(hub.y(), angle.sin())).expect("in range")
    };
    let border = |start: Point, end: Point, left: Option<u32>, right: Option<u32>| {
        let (segment, forward) = wangge_plane::Segment::new(start, end)
            .expect("they differ")
            .canonical();
        let (left, right) = if forward {
            (left, right)
        } else {
            (right, left)
        };
        BorderEdge {
            segment,
            left: left.map(Owner),
            right: right.map(Owner),
        }
    };
    let mut edges = Vec::new();
    let mut shapes = Vec::new();
    for k in 0..500 {
        let grid = u32::try_from(k).expect("not negative");
        edges.push(border(hub, spoke(k), Some(grid), Some((grid + 499) % 500)));
        edges.push(border(spoke(k), spoke((k + 1) % 500), Some(grid), None));
        let ring =
            wangge_plane::Ring::new(vec![hub, spoke(k), spoke((k + 1) % 500)]).expect("a wedge");
        let wedge = wangge_plane::Polygon::new(ring, Vec::new());
        shapes.push((Owner(grid), Shape::new(vec![wedge]).expect("one part")));
    }
    let mut dice = Dice(11);
    let points: Vec<Point> = awkward_points(&edges, &mut dice)
        .into_iter()
        .step_by(97)
        .collect();
    assert_exact(&edges, &shapes, &points, &layouts());
    for layout in [
        Layout::default(),
        Layout {
            cell_bits: Some(20),
            ..Layout::default()
        },
    ] {
        let bytes = FaceIndex::build(&edges, layout).memory_bytes();
        assert!(
            bytes < 1_000_000,
            "{bytes} bytes for 1,000 edges with {layout:?}"
        );
    }
}
