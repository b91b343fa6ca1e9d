//! Objects that boundaries cut, against cutting everything at every place where it meets.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use proptest::prelude::*;
use wangge_coverage::{Member, Object, cut_objects};
use wangge_plane::{Point, Polygon, Ring, Segment, Shape};

fn points(corners: &[(i32, i32)]) -> Vec<Point> {
    let point = |&(x, y): &(i32, i32)| Point::new(x, y).unwrap();
    corners.iter().map(point).collect()
}

fn shape(corners: &[(i32, i32)]) -> Shape {
    let shell = Ring::new(points(corners)).unwrap();
    let shell = if shell.doubled_area() < 0 {
        shell.reversed()
    } else {
        shell
    };
    Shape::new(vec![Polygon::new(shell, vec![])]).unwrap()
}

fn building(corners: &[(i32, i32)]) -> Object {
    let ground = shape(corners);
    Object {
        name: "building".to_owned(),
        edges: ground.segments().collect(),
        ground: Some(ground),
    }
}

fn pipe(corners: &[(i32, i32)]) -> Object {
    let ends = points(corners);
    let edges = ends
        .windows(2)
        .filter_map(|ends| Segment::new(ends[0], ends[1]));
    Object {
        name: "pipe".to_owned(),
        edges: edges.collect(),
        ground: None,
    }
}

/// How many edges of the grid's boundary cut an object.
fn cutting(object: &Object, grid: &Shape) -> usize {
    let members = [Member {
        code: "grid",
        shape: grid,
    }];
    let defects = cut_objects(&members, std::slice::from_ref(object));
    assert!(defects.len() <= 1);
    defects.first().map_or(0, |cut| cut.count.unwrap())
}

/// A place on the way along an edge: a fraction of it.
type Part = (i64, i64);

/// The places that cut an edge where it meets others, ends included, in order.
fn parts(edge: Segment, others: &[Segment]) -> Vec<Part> {
    let along = edge.end().from_origin(edge.start());
    let length = along.dx * along.dx + along.dy * along.dy;
    let mut parts: Vec<Part> = vec![(0, 1), (1, 1)];
    for other in others {
        let way = other.end().from_origin(other.start());
        let to = other.start().from_origin(edge.start());
        let det = along.dx * way.dy - along.dy * way.dx;
        if det == 0 {
            for p in [other.start(), other.end()] {
                let v = p.from_origin(edge.start());
                if edge.holds(p) {
                    parts.push((v.dx * along.dx + v.dy * along.dy, length));
                }
            }
        } else {
            let at = to.dx * way.dy - to.dy * way.dx;
            parts.push((at * det.signum(), det.abs()));
        }
    }
    parts.retain(|&(at, of)| (0..=of).contains(&at));
    parts.sort_by(|a, b| (a.0 * b.1).cmp(&(b.0 * a.1)));
    parts
}

/// Whether the middle of each piece of an edge is inside a boundary; `None` for one that lies on it.
fn sides(edge: Segment, boundary: &[Segment]) -> Vec<Option<bool>> {
    let along = edge.end().from_origin(edge.start());
    let parts = parts(edge, boundary);
    let pieces = parts
        .windows(2)
        .filter(|two| two[0].0 * two[1].1 < two[1].0 * two[0].1);
    let middle = |two: &[Part]| {
        let (at, of) = (
            two[0].0 * two[1].1 + two[1].0 * two[0].1,
            2 * two[0].1 * two[1].1,
        );
        let x = i64::from(edge.start().x()) * of + along.dx * at;
        let y = i64::from(edge.start().y()) * of + along.dy * at;
        let mut inside = false;
        for side in boundary {
            let [a, b] = [side.start(), side.end()].map(|p| {
                (
                    i128::from(i64::from(p.x()) * of - x),
                    i128::from(i64::from(p.y()) * of - y),
                )
            });
            let cross = a.0 * b.1 - a.1 * b.0;
            if cross == 0 && a.0 * b.0 <= 0 && a.1 * b.1 <= 0 {
                return None;
            }
            if (a.1 <= 0) != (b.1 <= 0) && (cross > 0) == (a.1 <= 0) {
                inside = !inside;
            }
        }
        Some(inside)
    };
    pieces.map(middle).collect()
}

/// Whether a line has a part inside a grid and a part outside.
fn is_on_both_sides(line: &[Segment], grid: &[Segment]) -> bool {
    let sides: Vec<bool> = line
        .iter()
        .flat_map(|&edge| sides(edge, grid))
        .flatten()
        .collect();
    sides.contains(&true) && sides.contains(&false)
}

fn corner() -> impl Strategy<Value = (i32, i32)> {
    (0..=5, 0..=5)
}

/// A ring that meets itself nowhere, on a board so small that most vertices lie on other edges.
fn simple() -> impl Strategy<Value = Vec<(i32, i32)>> {
    proptest::collection::vec(corner(), 3..8).prop_filter("a simple ring", |corners| {
        let mut different = corners.clone();
        different.sort_unstable();
        different.dedup();
        different.len() == corners.len()
            && Ring::new(points(corners))
                .is_ok_and(|ring| ring.doubled_area() != 0 && ring.defects().is_empty())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { max_global_rejects: 1_000_000, ..ProptestConfig::with_cases(3000) })]

    #[test]
    fn a_building_is_cut_by_edges_with_its_ground_to_both_sides(grid in simple(), object in simple()) {
        let (grid, object) = (shape(&grid), building(&object));
        let cut = grid
            .segments()
            .filter(|&edge| sides(edge, &object.edges).contains(&Some(true)))
            .count();
        prop_assert_eq!(cutting(&object, &grid), cut);
    }

    #[test]
    fn a_pipe_is_cut_where_it_leaves_a_grid(
        grid in simple(),
        line in proptest::collection::vec(corner(), 2..6),
        closed: bool,
    ) {
        let mut line = line;
        if closed {
            line.push(line[0]);
        }
        let (grid, object) = (shape(&grid), pipe(&line));
        let boundary: Vec<Segment> = grid.segments().collect();
        prop_assert_eq!(cutting(&object, &grid) > 0, is_on_both_sides(&object.edges, &boundary));
    }
}

const GRID: [(i32, i32); 4] = [(0, 0), (10, 0), (10, 10), (0, 10)];

/// The boundary passes through two corners of the building and crosses none of its edges.
#[test]
fn a_building_is_cut_from_corner_to_corner() {
    let building = building(&[(5, -2), (7, 0), (5, 2), (3, 0)]);
    assert_eq!(cutting(&building, &shape(&GRID)), 1);
}

#[test]
fn a_building_up_to_a_boundary_is_whole() {
    for corners in [
        [(2, 0), (8, 0), (8, 5), (2, 5)],
        [(2, 0), (8, 0), (8, -5), (2, -5)],
        [(0, 0), (10, 0), (10, 10), (0, 10)],
        [(-5, -5), (0, 0), (-5, 5), (-9, 0)],
    ] {
        assert_eq!(cutting(&building(&corners), &shape(&GRID)), 0);
    }
}

#[test]
fn a_pipe_is_cut_at_its_own_vertex_on_the_boundary() {
    assert_eq!(cutting(&pipe(&[(5, -5), (5, 0), (6, 5)]), &shape(&GRID)), 1);
    // out by a corner of the grid: both edges there
    assert_eq!(cutting(&pipe(&[(-5, -5), (5, 5)]), &shape(&GRID)), 2);
    // along the boundary for a while, then on: the edge beside it
    assert_eq!(
        cutting(&pipe(&[(3, 5), (3, 0), (6, 0), (6, -5)]), &shape(&GRID)),
        1
    );
    // twice over one edge, and the count is of edges
    assert_eq!(
        cutting(
            &pipe(&[(3, 5), (3, 0), (4, -5), (5, 0), (5, 5)]),
            &shape(&GRID)
        ),
        1
    );
}

#[test]
fn a_pipe_that_touches_a_boundary_is_whole() {
    for line in [
        &[(3, 5), (5, 0), (7, 5)][..],
        &[(3, -5), (5, 0), (7, -5)],
        &[(3, -5), (3, 0), (8, 0), (8, -5)],
        &[(3, 5), (3, 0)],
        &[(0, 0), (10, 0)],
        &[(-5, 5), (5, -5)],
    ] {
        assert_eq!(cutting(&pipe(line), &shape(&GRID)), 0, "{line:?}");
    }
}
