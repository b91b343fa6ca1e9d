//! The quick look against a slow one.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;
use wangge_plane::Polygon;

use super::*;

/// Every edge against every other, and every ring around every other.
fn is_plain_slowly(shape: &Shape) -> bool {
    let rings: Vec<&Ring> = shape.rings().collect();
    let edges: Vec<(usize, usize, Segment)> = rings
        .iter()
        .enumerate()
        .flat_map(|(ring, r)| r.segments().enumerate().map(move |(at, s)| (ring, at, s)))
        .collect();
    let joined = |ring: usize, at: usize, other: usize| {
        let count = rings[ring].points().len();
        (at + 1) % count == other || (other + 1) % count == at
    };
    let apart = edges.iter().enumerate().all(|(number, &(ring, at, a))| {
        edges[number + 1..].iter().all(|&(other, place, b)| {
            let ends = ring == other && joined(ring, at, place);
            a.meeting(b)
                == if ends {
                    Meeting::AtEnds
                } else {
                    Meeting::Apart
                }
        })
    });
    let mut roles = shape.parts().iter().flat_map(|part| {
        std::iter::once((part.shell(), 0)).chain(part.holes().iter().map(|h| (h, 1)))
    });
    apart
        && shape.parts().iter().all(|p| p.shell().doubled_area() > 0)
        && roles.all(|(ring, around)| {
            let others = rings.iter().filter(|other| !std::ptr::eq(**other, ring));
            let edges = others.flat_map(|other| other.segments());
            winding_nudged(edges, ring.points()[0]) == around
        })
}

/// What is done to one of many holes.
#[derive(Debug, Clone)]
enum Act {
    Move(Index, (i32, i32)),
    Vertex(Index, Index, (i32, i32)),
    /// Puts a part of its own into the hole, this much smaller than it.
    Fill(Index, i32),
    /// Puts a hole into the hole.
    Nest(Index),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let by = || (-14i32..15, -14i32..15);
    let at = any::<Index>;
    let act = prop_oneof![
        3 => (at(), by()).prop_map(|(hole, by)| Act::Move(hole, by)),
        3 => (at(), at(), by()).prop_map(|(hole, vertex, by)| Act::Vertex(hole, vertex, by)),
        2 => (at(), -1i32..4).prop_map(|(hole, by)| Act::Fill(hole, by)),
        1 => at().prop_map(Act::Nest),
    ];
    proptest::collection::vec(act, 0..3)
}

fn square(x: i32, y: i32, half: i32) -> Vec<(i32, i32)> {
    // eight vertices, and no chain of more than two edges
    let h = half;
    [
        (-h, -h),
        (0, 1 - h),
        (h, -h),
        (h - 1, 0),
        (h, h),
        (0, h - 1),
        (-h, h),
        (1 - h, 0),
    ]
    .map(|(dx, dy)| (x + dx, y + dy))
    .to_vec()
}

fn ring(points: &[(i32, i32)]) -> Option<Ring> {
    Ring::new(
        points
            .iter()
            .map(|&(x, y)| Point::new(x, y).unwrap())
            .collect(),
    )
    .ok()
}

/// One shell with as many holes, some of them spoilt.
fn sieve(side: i32, acts: &[Act]) -> Option<Shape> {
    let step = 20;
    let mut holes: Vec<Vec<(i32, i32)>> = (0..side * side)
        .map(|i| square(i % side * step, i / side * step, 7))
        .collect();
    let mut parts = Vec::new();
    for act in acts {
        let count = holes.len();
        match act {
            Act::Move(hole, (dx, dy)) => {
                for p in &mut holes[hole.index(count)] {
                    *p = (p.0 + dx, p.1 + dy);
                }
            }
            Act::Vertex(hole, vertex, (dx, dy)) => {
                let hole = &mut holes[hole.index(count)];
                let at = vertex.index(hole.len());
                hole[at] = (hole[at].0 + dx, hole[at].1 + dy);
            }
            Act::Fill(hole, by) => {
                let at = i32::try_from(hole.index(count)).unwrap() % (side * side);
                let part = square(at % side * step, at / side * step, 7 - by);
                parts.push(Polygon::new(ring(&part)?, vec![]));
            }
            Act::Nest(hole) => {
                let at = i32::try_from(hole.index(count)).unwrap() % (side * side);
                holes.push(square(at % side * step, at / side * step, 3));
            }
        }
    }
    let (low, high) = (-step, side * step);
    let shell = ring(&[(low, low), (high, low), (high, high), (low, high)])?;
    let holes: Option<Vec<Ring>> = holes.iter().map(|hole| ring(hole)).collect();
    parts.push(Polygon::new(shell, holes?));
    Shape::new(parts)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_quick_look_sees_what_the_slow_one_sees(side in 1i32..8, acts in acts()) {
        if let Some(shape) = sieve(side, &acts) {
            prop_assert_eq!(is_plain(&shape), is_plain_slowly(&shape));
        }
    }

    #[test]
    fn of_long_ragged_rings_too(
        steps in proptest::collection::vec((-6i32..7, -6i32..7), 3..300),
        round in any::<bool>(),
    ) {
        // around a circle, or anyhow
        let count = f64::from(u32::try_from(steps.len()).unwrap());
        let points: Vec<(i32, i32)> = (0u32..)
            .zip(&steps)
            .map(|(at, &(dx, dy))| {
                let turn = std::f64::consts::TAU * f64::from(at) / count;
                #[expect(clippy::cast_possible_truncation, reason = "a small number")]
                let along = |part: f64| if round { (part * count * 4.0) as i32 } else { 0 };
                (along(turn.cos()) + dx, along(turn.sin()) + dy)
            })
            .collect();
        if let Some(shape) = ring(&points).and_then(|r| Shape::new(vec![Polygon::new(r, vec![])])) {
            prop_assert_eq!(is_plain(&shape), is_plain_slowly(&shape));
        }
    }
}

#[test]
fn among_the_many_are_plain_ones_and_others() {
    let whole = sieve(7, &[]).unwrap();
    assert!(is_plain(&whole) && whole.rings().count() == 50);
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let any = any::<Index>().new_tree(&mut runner).unwrap().current();
    let nested = sieve(7, &[Act::Nest(any)]).unwrap();
    assert!(!is_plain(&nested));
}

/// On its way west the ring goes north, and back over the same edge.
#[test]
fn a_run_that_goes_one_way_goes_on_all_the_time() {
    let back = [
        (0, 0),
        (10, 0),
        (10, 10),
        (6, 10),
        (6, 14),
        (6, 11),
        (0, 11),
    ];
    let turned = |(x, y): (i32, i32)| (-y, x);
    let mut points = back.to_vec();
    for _ in 0..4 {
        let shape = ring(&points).and_then(|r| Shape::new(vec![Polygon::new(r, vec![])]));
        assert!(!is_plain(&shape.unwrap()));
        points = points.into_iter().map(turned).collect();
    }
}
