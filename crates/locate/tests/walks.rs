//! Ways are cut where the slow exact way finds another grid, and nowhere else.

mod patchwork;

use patchwork::{Dice, Patchwork, Recipe, lattice_points_on, slowly};
use proptest::prelude::*;
use wangge_coverage::{BorderEdge, Owner};
use wangge_locate::{FaceIndex, Fraction, Layout};
use wangge_plane::{Point, Segment, Shape};

fn layouts() -> Vec<Layout> {
    [
        (None, 6),
        (Some(0), 4),
        (Some(3), 2),
        (Some(9), 1_000),
        (Some(14), 1),
        (Some(31), 1),
    ]
    .into_iter()
    .map(|(cell_bits, leaf_edges)| Layout {
        cell_bits,
        leaf_edges,
        ..Layout::default()
    })
    .collect()
}

prop_compose! {
    fn recipe()(
        columns in 1usize..6,
        rows in 1usize..6,
        step in prop_oneof![(4i64..40, 4i64..40), Just((1_000, 800))],
        pieces in 1usize..4,
        scale in prop_oneof![Just(1i64), Just(6), Just(64)],
        owners in 1u32..7,
        holes in 0.0f64..0.5,
        seed in any::<u64>(),
    ) -> Recipe {
        let mut dice = Dice(seed ^ 1);
        let number = |dice: &mut Dice| u32::try_from(dice.within(0, i64::from(owners) - 1)).expect("few");
        let owners = (0..columns * rows)
            .map(|place| (place == 0 || dice.share() >= holes).then(|| number(&mut dice)))
            .collect();
        let pieces = if step.0.min(step.1) < 40 { 1 } else { pieces };
        Recipe {
            columns, rows, step, spread: 1.0, pieces, scale,
            origin: (1_208_000_000, 406_000_000), seed, owners: Some(owners),
        }
    }
}

/// Points to walk between: vertices, points on edges, points beside them, and anywhere.
fn places(edges: &[BorderEdge], dice: &mut Dice) -> Vec<Point> {
    let mut places = Vec::new();
    for edge in edges {
        places.extend(lattice_points_on(edge.segment).take(6));
    }
    let beside: Vec<Point> = places
        .iter()
        .filter_map(|p| {
            let (dx, dy) = (dice.within(-900, 900), dice.within(-900, 900));
            point(i64::from(p.x()) + dx, i64::from(p.y()) + dy)
        })
        .collect();
    places.extend(beside);
    places
}

fn point(x: i64, y: i64) -> Option<Point> {
    Point::new(i32::try_from(x).ok()?, i32::try_from(y).ok()?).ok()
}

/// The lattice points of the way, each with its exact share as a whole number of steps, and its grid by
/// the slow exact way: within a stretch they must be its own, and between two of different grids there is a cut.
fn assert_exact(index: &FaceIndex, shapes: &[(Owner, Shape)], from: Point, to: Point) {
    let stretches = index.walk(from, to);
    assert_eq!(stretches[0].from, Fraction::START);
    assert_eq!(stretches[stretches.len() - 1].to, Fraction::END);
    for pair in stretches.windows(2) {
        assert_eq!(pair[0].to, pair[1].from);
        assert_ne!(pair[0].owner, pair[1].owner, "{from:?} {to:?}");
    }
    let Some(way) = Segment::new(from, to) else {
        assert_eq!(stretches.len(), 1);
        assert_eq!(stretches[0].owner, slowly(shapes, from));
        return;
    };
    let on_way: Vec<Point> = lattice_points_on(way).collect();
    let steps = i64::try_from(on_way.len() - 1).expect("few");
    for (step, &p) in (0..).zip(&on_way) {
        let expected = slowly(shapes, p);
        // `between` rounds: told in millionths of a step, so that only a cut within one is in doubt
        let place = step * 1_000_000;
        let holders: Vec<Option<Owner>> = stretches
            .iter()
            .filter(|stretch| {
                stretch.from.between(0, steps * 1_000_000) <= place
                    && place <= stretch.to.between(0, steps * 1_000_000)
            })
            .map(|stretch| stretch.owner)
            .collect();
        // a moment without length: at an end, at a vertex, or where the way touches a rim from outside
        let is_end = p == from || p == to;
        let moment = shapes
            .iter()
            .flat_map(|(_, shape)| shape.segments())
            .any(|edge| {
                let touched = holders.iter().all(Option::is_none) || is_end;
                edge.start() == p || (touched && edge.holds(p))
            });
        assert!(
            holders.contains(&expected) || moment,
            "{from:?} {to:?} at {p:?}: {expected:?}, {stretches:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn every_lattice_point_of_a_way_is_in_its_stretch(recipe in recipe()) {
        let mut dice = Dice(recipe.seed ^ 2);
        let scale = recipe.scale;
        let patchwork = Patchwork::sew(recipe);
        let (edges, shapes) = (patchwork.edges(), patchwork.shapes());
        let places = places(&edges, &mut dice);
        let indexes: Vec<FaceIndex> =
            layouts().into_iter().map(|layout| FaceIndex::build(&edges, layout)).collect();
        let pick = |dice: &mut Dice| places[usize::try_from(dice.next() % places.len() as u64).expect("an index")];
        for _ in 0..12 {
            let (from, to) = (pick(&mut dice), pick(&mut dice));
            // ways that hold many lattice points: their ends differ by multiples of the scale, or of 60
            let snap = |a: i32, b: i32| {
                let unit = i32::try_from(scale * 10).expect("small");
                a + (b - a) / unit * unit
            };
            let to = Point::new(snap(from.x(), to.x()), snap(from.y(), to.y())).expect("between two");
            let stretches = indexes[0].walk(from, to);
            for index in &indexes {
                prop_assert_eq!(&index.walk(from, to), &stretches, "whatever the cells");
                // back is the same way, but for the rule on borders that it runs along
                let back = index.walk(to, from);
                prop_assert_eq!(back.len(), stretches.len());
                for (one, other) in stretches.iter().zip(back.iter().rev()) {
                    prop_assert_eq!(one.owner, other.owner);
                    prop_assert_eq!(one.from.between(0, 1 << 40), (1 << 40) - other.to.between(0, 1 << 40));
                }
            }
            assert_exact(&indexes[0], &shapes, from, to);
        }
    }
}

/// Two grids side by side, 10 by 20 units each.
fn pair() -> Vec<BorderEdge> {
    let (west, east) = (Some(Owner(0)), Some(Owner(1)));
    [
        ((0, 0), (10, 0), west, None),
        ((10, 0), (20, 0), east, None),
        ((0, 20), (10, 20), None, west),
        ((10, 20), (20, 20), None, east),
        ((0, 0), (0, 20), None, west),
        ((10, 0), (10, 20), west, east),
        ((20, 0), (20, 20), east, None),
    ]
    .into_iter()
    .map(|(a, b, left, right)| {
        let at = |(x, y)| Point::new(x, y).expect("on the lattice");
        let segment = Segment::new(at(a), at(b)).expect("two points");
        BorderEdge {
            segment,
            left,
            right,
        }
    })
    .collect()
}

/// From, to, and each stretch with its end in 60ths of the way.
type Case = ((i32, i32), (i32, i32), &'static [(Option<u32>, i64)]);

/// By hand: where a way lies on borders, on rims, through vertices and beside everything.
#[test]
fn ways_along_and_through_borders_are_cut_as_by_hand() {
    let cases: [Case; 11] = [
        // across both and out again on both sides
        (
            (-10, 5),
            (30, 5),
            &[(None, 15), (Some(0), 30), (Some(1), 45), (None, 60)],
        ),
        // along the border between them: to the east
        (
            (10, -10),
            (10, 30),
            &[(None, 15), (Some(1), 45), (None, 60)],
        ),
        // along the eastern rim, where the moved point is outside
        (
            (20, -10),
            (20, 30),
            &[(None, 15), (Some(1), 45), (None, 60)],
        ),
        // along the northern rim, backwards
        (
            (30, 20),
            (-10, 20),
            &[(None, 15), (Some(1), 30), (Some(0), 45), (None, 60)],
        ),
        // a part of the southern rim
        ((4, 0), (8, 0), &[(Some(0), 60)]),
        // through the vertex in the middle of the southern rim, from south-west to north-east
        ((5, -5), (15, 5), &[(None, 30), (Some(1), 60)]),
        // it touches the corner, and no more
        ((-5, 5), (5, -5), &[(None, 60)]),
        // to the rim and no further
        ((15, 5), (20, 5), &[(Some(1), 60)]),
        // from the rim outwards
        ((20, 5), (25, 5), &[(None, 60)]),
        // far away
        ((1000, 1000), (1001, 1000), &[(None, 60)]),
        // nowhere to go, on the rim
        ((20, 5), (20, 5), &[(Some(1), 60)]),
    ];
    for layout in layouts() {
        let index = FaceIndex::build(&pair(), layout);
        for (from, to, expected) in cases {
            let at = |(x, y)| Point::new(x, y).expect("on the lattice");
            let told: Vec<(Option<u32>, i64)> = index
                .walk(at(from), at(to))
                .iter()
                .map(|stretch| {
                    (
                        stretch.owner.map(|owner| owner.0),
                        stretch.to.between(0, 60),
                    )
                })
                .collect();
            assert_eq!(told, expected, "{from:?} {to:?}");
        }
    }
}

/// Ends of the world, whose products are the largest.
#[test]
fn the_longest_ways_do_not_overflow() {
    let at = |x, y| Point::new(x, y).expect("on the lattice");
    let (w, e, s, n) = (-1_800_000_000, 1_800_000_000, -900_000_000, 900_000_000);
    let edges: Vec<BorderEdge> = [
        (at(w, s), at(e, s), Some(Owner(0)), None),
        (at(w, n), at(e, n), None, Some(Owner(1))),
        (at(w, s), at(w, n), None, Some(Owner(1))),
        (at(e, s), at(e, n), Some(Owner(0)), None),
        (at(w, s), at(e, n), Some(Owner(1)), Some(Owner(0))),
    ]
    .into_iter()
    .map(|(a, b, left, right)| BorderEdge {
        segment: Segment::new(a, b).expect("two points"),
        left,
        right,
    })
    .collect();
    let index = FaceIndex::build(&edges, Layout::default());
    let told: Vec<_> = index
        .walk(at(w, n), at(e, s))
        .iter()
        .map(|stretch| (stretch.owner, stretch.to.between(0, 1_000)))
        .collect();
    assert_eq!(told, [(Some(Owner(1)), 500), (Some(Owner(0)), 1_000)]);
    let along = index.walk(at(w, s), at(e, n));
    assert_eq!(along.len(), 1);
    assert_eq!(along[0].owner, Some(Owner(0)), "east of the border");
    assert_eq!(Fraction::END.between(i64::MIN, i64::MAX), i64::MAX);
    assert_eq!(Fraction::START.between(i64::MIN, i64::MAX), i64::MIN);
}
