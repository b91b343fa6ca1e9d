//! The sum against one made edge by edge.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use wangge_plane::Polygon;

use super::*;

/// Closed walks over a few vertices, so that edges are shared, doubled and walked both ways,
/// by one walk and by several.
fn walks() -> impl Strategy<Value = Vec<Shape>> {
    let step = (0i32..5, 0i32..5);
    let walk = proptest::collection::vec(step, 3..40);
    let with_same = (walk, any::<bool>(), any::<bool>());
    proptest::collection::vec(with_same, 1..12).prop_map(|walks| {
        let mut shapes = Vec::new();
        for (walk, again, turned) in walks {
            let point = |&(x, y): &(i32, i32)| Point::new(x * 1_000, y * 1_000).unwrap();
            let mut points: Vec<Point> = walk.iter().map(point).collect();
            let mut add = |points: Vec<Point>| {
                let ring = Ring::new(points).ok()?;
                shapes.push(Shape::new(vec![Polygon::new(ring, vec![])])?);
                Some(())
            };
            add(points.clone());
            if again {
                if turned {
                    points.rotate_left(walk.len() / 2);
                }
                add(points);
            }
        }
        shapes
    })
}

/// The same rings as holes of one more shape: against all of them.
fn and_what_is_around(mut shapes: Vec<Shape>) -> Vec<Shape> {
    let far = |x, y| Point::new(x, y).unwrap();
    let shell = vec![far(-9_000, -9_000), far(9_000, -9_000), far(0, 9_000)];
    let holes = shapes.iter().flat_map(Shape::rings).cloned().collect();
    let around = Polygon::new(Ring::new(shell).unwrap(), holes);
    shapes.extend(Shape::new(vec![around]));
    shapes
}

fn check(shapes: &[Shape]) -> Result<(), TestCaseError> {
    let mut uses: BTreeMap<Segment, Vec<Use>> = BTreeMap::new();
    let mut vertices = BTreeSet::new();
    let mut edges = 0;
    for (owner, shape) in (0u32..).zip(shapes) {
        for directed in shape.segments() {
            edges += 1;
            vertices.insert(directed.start());
            let this = Use::of(directed, owner);
            uses.entry(this.segment()).or_default().push(this);
        }
    }
    let ways = |uses: &[Use], way: i32| uses.iter().filter(|u| u.multiplicity() == way).count();
    let cancelled: usize = uses.values().map(|u| ways(u, 1).min(ways(u, -1))).sum();
    let mut residual: Vec<Use> = uses
        .into_values()
        .filter(|u| ways(u, 1) != ways(u, -1))
        .flatten()
        .collect();
    residual.sort_unstable();
    let all: Vec<&Shape> = shapes.iter().collect();
    let extents: Vec<Extent> = shapes.iter().map(Shape::extent).collect();
    let found = sum(&all, &extents);
    prop_assert_eq!(found.edges, edges);
    prop_assert_eq!(found.vertices.count(), vertices.len());
    prop_assert_eq!(found.cancelled, cancelled);
    prop_assert_eq!(found.residual, residual);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn the_sum_of_walks_is_that_of_their_edges_one_by_one(shapes in walks()) {
        check(&shapes)?;
        check(&and_what_is_around(shapes))?;
    }
}
