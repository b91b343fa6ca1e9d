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
        for (&p, &expected) in points.iter().zip(&truth) {
            assert_eq!(index.locate(p), expected, "at {p:?} with {layout:?}");
        }
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
