//! The certificate: counted by hand in small drawings, and given where the fast proof holds.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "a test that panics has failed, and its numbers are small"
)]

mod drawing;

use drawing::{box_ring, codes, members, picture, ring, shape, square};
use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Value, json};
use wangge_coverage::{Certificate, Group, Level, Member, Outline, prove};
use wangge_plane::{Meeting, Point, Polygon, Ring, Segment, Shape};

fn certify(shapes: &[Shape], outline: Option<&Shape>) -> Option<Certificate> {
    let codes = codes(shapes.len());
    let members = members(&codes, shapes);
    let certificate = Certificate::of(&members, outline, &[]);
    let verdict = prove(&members, outline.map_or(Outline::OwnRim, Outline::Shape));
    assert_eq!(certificate.is_some(), verdict.seamless);
    certificate
}

fn two_squares() -> Vec<Shape> {
    vec![square((0, 10), (0, 10)), square((10, 20), (0, 10))]
}

fn enclave() -> Vec<Shape> {
    let hole = box_ring((10, 20), (10, 20));
    vec![
        shape(box_ring((0, 30), (0, 30)), vec![hole.clone()]),
        shape(hole, vec![]),
    ]
}

fn t_junction() -> Vec<Shape> {
    vec![
        square((0, 10), (0, 20)),
        square((10, 20), (0, 13)),
        square((10, 20), (13, 20)),
    ]
}

/// A shell that runs to a vertex at its north, around a triangle to the south of it, and on.
fn notch() -> Vec<Shape> {
    let shell = [
        (0, 0),
        (40, 0),
        (40, 40),
        (20, 40),
        (30, 20),
        (10, 20),
        (20, 40),
        (0, 40),
    ];
    vec![
        shape(ring(&shell), vec![]),
        shape(ring(&[(10, 20), (30, 20), (20, 40)]), vec![]),
    ]
}

/// `[V, E, F, C]`, `[rings, simple, directed]`, `[cancelled, residual, pieces of the rim]`, and
/// the doubled area, all counted on paper.
#[rstest]
#[case::two_squares(two_squares(), [6, 7, 3, 1], [2, 2, 8], [1, 6, 1], 400)]
#[case::an_enclave_in_a_hole(enclave(), [8, 8, 3, 2], [3, 3, 12], [4, 4, 1], 1800)]
#[case::an_island_apart(
    vec![square((0, 10), (0, 10)), square((20, 30), (0, 10))],
    [8, 8, 3, 2], [2, 2, 8], [0, 8, 2], 400
)]
#[case::parts_that_touch_at_a_vertex(
    vec![Shape::new(vec![
        Polygon::new(box_ring((0, 10), (0, 10)), vec![]),
        Polygon::new(box_ring((10, 20), (10, 20)), vec![]),
    ]).unwrap()],
    [7, 8, 3, 1], [2, 2, 8], [0, 8, 1], 400
)]
#[case::four_parts_around_a_vertex(
    picture(&["ab", "ba"], 10, |_, _| (0, 0)).1,
    [9, 12, 5, 1], [4, 4, 16], [4, 8, 1], 800
)]
#[case::a_vertex_on_one_side_only(t_junction(), [8, 10, 4, 1], [3, 3, 12], [3, 7, 1], 800)]
#[case::a_ring_that_touches_itself(notch(), [7, 8, 3, 1], [2, 1, 11], [3, 5, 1], 3200)]
#[case::a_vertex_inside_an_edge_of_its_ring(
    vec![shape(
        ring(&[(0, 0), (40, 0), (40, 40), (30, 40), (20, 0), (10, 40), (0, 40)]),
        vec![],
    )],
    [7, 8, 3, 1], [1, 0, 7], [0, 8, 1], 2400
)]
#[case::a_spike(
    vec![shape(ring(&[(0, 0), (10, 0), (10, 10), (5, 10), (5, 5), (5, 10), (0, 10)]), vec![])],
    [5, 5, 2, 1], [1, 0, 7], [0, 5, 1], 200
)]
#[case::rings_in_rings(
    picture(&["aaaaa", "abbba", "abcba", "abbba", "aaaaa"], 10, |_, _| (0, 0)).1,
    [36, 36, 4, 3], [5, 5, 52], [16, 20, 1], 5000
)]
fn the_counts_are_those_of_the_drawing(
    #[case] shapes: Vec<Shape>,
    #[case] arrangement: [usize; 4],
    #[case] rings: [usize; 3],
    #[case] edges: [usize; 3],
    #[case] doubled_area: i128,
) {
    let found = certify(&shapes, None).unwrap();
    assert_eq!(
        [found.vertices, found.edges, found.faces, found.components],
        arrangement
    );
    assert_eq!(
        [found.rings, found.simple_rings, found.directed_edges],
        rings
    );
    let counted = [
        found.cancelled_edges,
        found.residual_edges,
        found.rim_components,
    ];
    assert_eq!(counted, edges);
    assert_eq!((found.grids, found.rim_holes), (shapes.len(), 0));
    assert_eq!(found.doubled_area, doubled_area);
}

#[test]
fn a_lake_of_the_outline_is_a_hole_of_the_rim() {
    let lake = box_ring((10, 20), (10, 20));
    let outline = shape(box_ring((0, 30), (0, 30)), vec![lake]);
    let found = certify(std::slice::from_ref(&outline), Some(&outline)).unwrap();
    assert_eq!((found.rim_holes, found.rim_components), (1, 2));
    assert_eq!((found.vertices, found.faces), (8, 3));
    assert!(certify(std::slice::from_ref(&outline), None).is_none());
}

#[test]
fn vertices_of_the_outline_cut_the_edges_of_grids() {
    let outline = shape(ring(&[(0, 0), (5, 0), (20, 0), (20, 10), (0, 10)]), vec![]);
    let found = certify(&two_squares(), Some(&outline)).unwrap();
    // six corners of the grids, one of the outline
    assert_eq!((found.vertices, found.residual_edges), (7, 7));
    assert_eq!(found.directed_edges, 8);
}

/// The expected digests are `sha256sum`'s of the canonical text, written by hand.
#[test]
fn the_canonical_input_is_hashed() {
    let shapes = two_squares();
    let members =
        [("2", &shapes[1]), ("1", &shapes[0])].map(|(code, shape)| Member { code, shape });
    let outline = square((0, 20), (0, 10));
    let found = Certificate::of(&members, Some(&outline), &[]).unwrap();
    // grid 1, 0 0 10 0, 0 10 0 0, 10 0 10 10, 10 10 0 10, grid 2, 10 0 20 0, 10 10 10 0, 20 0 20 10,
    // 20 10 10 10
    assert_eq!(
        found.canonical_sha256,
        "6f1203ccb3c60b7a76b3833436f152e238564285a888c59aa5d856a625e52d43"
    );
    // outline, 0 0 20 0, 0 10 0 0, 20 0 20 10, 20 10 0 10
    assert_eq!(
        found.outline_sha256.as_deref(),
        Some("5d6bb7465599cefbef71e0147d45ab18dc058bd4e727a4dbec74aba7d7d46453")
    );
    let shapes = enclave();
    let members =
        [("10", &shapes[1]), ("1", &shapes[0])].map(|(code, shape)| Member { code, shape });
    // grid 1, 0 0 30 0, 0 30 0 0, 10 10 10 20, 10 20 20 20, 20 10 10 10, 20 20 20 10, 30 0 30 30,
    // 30 30 0 30, grid 10, 10 10 20 10, 10 20 10 10, 20 10 20 20, 20 20 10 20
    assert_eq!(
        Certificate::of(&members, None, &[])
            .unwrap()
            .canonical_sha256,
        "ef41d2dad619289a4da0e179351ac8c7d3696978607cb54b1311d6beca52d625"
    );
}

#[test]
fn a_coverage_with_a_defect_has_no_certificate() {
    let (_, whole) = picture(&["aab", "cdb", "eee"], 10, |_, _| (0, 0));
    assert!(certify(&whole, None).is_some());
    let outline = square((0, 30), (0, 30));
    assert!(certify(&whole, Some(&outline)).is_some());
    // the grid in the middle is missing, and one at the rim
    assert!(certify(&without(&whole, 3), None).is_none());
    assert!(certify(&without(&whole, 4), Some(&outline)).is_none());
    assert!(certify(&whole, Some(&square((0, 30), (0, 31)))).is_none());
    let mut doubled = whole.clone();
    doubled.push(whole[3].clone());
    assert!(certify(&doubled, None).is_none());
    let mut moved = whole.clone();
    moved[3] = shape(ring(&[(10, 10), (20, 10), (21, 20), (10, 20)]), vec![]);
    assert!(certify(&moved, None).is_none());
    let mut crossed = whole.clone();
    crossed[3] = shape(ring(&[(10, 10), (20, 20), (20, 10), (10, 21)]), vec![]);
    assert!(certify(&crossed, None).is_none());
    let mut flat = whole.clone();
    flat.push(shape(ring(&[(40, 0), (50, 0), (45, 0)]), vec![]));
    assert!(certify(&flat, None).is_none());
    let ground = Polygon::new(box_ring((0, 30), (0, 30)), vec![]);
    let twice = Shape::new(vec![ground.clone(), ground]).unwrap();
    assert!(certify(std::slice::from_ref(&twice), Some(&twice)).is_none());
    // two grids that overlap fill two holes that overlap: all boundaries cancel
    let (one, two) = (box_ring((10, 60), (10, 60)), box_ring((20, 40), (20, 40)));
    let cancelling = [
        shape(box_ring((0, 100), (0, 70)), vec![one.clone(), two.clone()]),
        shape(one, vec![]),
        shape(two, vec![]),
    ];
    assert!(certify(&cancelling, None).is_none());
}

#[test]
fn what_cannot_be_named_is_not_certified() {
    let shapes = two_squares();
    let of = |codes: [&str; 2], levels: &[Level<'_>]| {
        let members = [0, 1].map(|i| Member {
            code: codes[i],
            shape: &shapes[i],
        });
        Certificate::of(&members, None, levels)
    };
    assert!(of(["1", "2"], &[]).is_some());
    assert!(of(["1", "1"], &[]).is_none());
    assert!(of(["1", "2\n3"], &[]).is_none());
    let level = |units: &[&[usize]]| Level {
        id: "district",
        groups: units
            .iter()
            .map(|members| Group {
                code: "d",
                members: members.to_vec(),
            })
            .collect(),
    };
    assert!(of(["1", "2"], &[level(&[&[1, 0]])]).is_some());
    assert!(of(["1", "2"], &[level(&[&[0]])]).is_none());
    assert!(of(["1", "2"], &[level(&[&[0, 1], &[1]])]).is_none());
    assert!(of(["1", "2"], &[level(&[&[0, 1, 2]])]).is_none());
    assert!(Certificate::of(&[], None, &[]).is_none());
}

/// A spike that is drawn as one edge out and two back crosses the border of its neighbours.
#[test]
fn a_seamless_coverage_with_crossing_edges_is_not_certified() {
    let spiked = ring(&[
        (0, 0),
        (10, 0),
        (10, 5),
        (30, 5),
        (20, 5),
        (10, 5),
        (10, 10),
        (0, 10),
    ]);
    let shapes = [
        shape(spiked, vec![]),
        shape(
            ring(&[(10, 0), (15, 0), (16, 10), (10, 10), (10, 5)]),
            vec![],
        ),
        shape(ring(&[(15, 0), (40, 0), (40, 10), (16, 10)]), vec![]),
    ];
    let codes = codes(shapes.len());
    let members = members(&codes, &shapes);
    assert!(prove(&members, Outline::OwnRim).seamless);
    assert!(Certificate::of(&members, None, &[]).is_none());
}

#[test]
fn areas_of_upper_levels_are_sums_and_print_as_text() {
    let shapes = [two_squares(), vec![square((20, 50), (0, 10))]].concat();
    let codes = codes(3);
    let levels = [Level {
        id: "district",
        groups: vec![
            Group {
                code: "east",
                members: vec![2],
            },
            Group {
                code: "west",
                members: vec![0, 1],
            },
        ],
    }];
    let found = Certificate::of(&members(&codes, &shapes), None, &levels).unwrap();
    let printed = serde_json::to_value(&found).unwrap();
    assert_eq!(
        printed["levels"],
        json!([{
            "level": "district",
            "doubled_area": "1000",
            "units": [
                {"code": "east", "doubled_area": "600", "grids": ["002"]},
                {"code": "west", "doubled_area": "400", "grids": ["000", "001"]},
            ],
        }])
    );
    assert_eq!(printed["doubled_area"], "1000");
    assert_eq!(printed["residual_equals"], "own-rim");
    assert_eq!(printed["lattice_unit_deg"], json!(1e-7));
    assert_eq!(printed["outline_sha256"], Value::Null);
}

fn without(shapes: &[Shape], place: usize) -> Vec<Shape> {
    let mut shapes = shapes.to_vec();
    shapes.remove(place);
    shapes
}

/// Any polygons on a small board, holes and parts anywhere.
fn arbitrary_shapes() -> impl Strategy<Value = Vec<Shape>> {
    let ring = proptest::collection::vec((0i32..6, 0i32..6), 3..6).prop_filter_map(
        "three vertices",
        |corners| {
            let points = corners.iter().map(|&(x, y)| Point::new(x, y).unwrap());
            Ring::new(points.collect()).ok()
        },
    );
    let polygon = (ring.clone(), proptest::collection::vec(ring, 0..2))
        .prop_map(|(shell, holes)| Polygon::new(shell, holes));
    let shape = proptest::collection::vec(polygon, 1..3).prop_map(|p| Shape::new(p).unwrap());
    proptest::collection::vec(shape, 1..4)
}

/// A picture without wobble of which a vertex was moved, dropped, or followed by a spike.
fn spoilt_pictures() -> impl Strategy<Value = Vec<Shape>> {
    let row = proptest::collection::vec(proptest::sample::select(vec!['a', 'b', 'c', '.']), 3)
        .prop_map(|row| row.into_iter().collect::<String>());
    let edit = (0..3, any::<prop::sample::Index>(), -4i32..5, -4i32..5);
    let edits = proptest::collection::vec(edit, 0..3);
    (proptest::collection::vec(row, 1..4), edits).prop_filter_map("ground", |(rows, edits)| {
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        if rows.iter().all(|row| row.chars().all(|c| c == '.')) {
            return None;
        }
        let (_, mut shapes) = picture(&rows, 4, |_, _| (0, 0));
        for (what, index, dx, dy) in edits {
            let at = index.index(shapes.len());
            let mut parts = shapes[at].parts().to_vec();
            let mut points = parts[0].shell().points().to_vec();
            let vertex = index.index(points.len());
            let here = points[vertex];
            let there = Point::new(here.x() + dx, here.y() + dy).unwrap();
            match what {
                0 => points[vertex] = there,
                1 => drop(points.remove(vertex)),
                _ => drop(points.splice(vertex..vertex, [here, there])),
            }
            if let Ok(shell) = Ring::new(points) {
                parts[0] = Polygon::new(shell, parts[0].holes().to_vec());
                shapes[at] = Shape::new(parts).unwrap();
            }
        }
        Some(shapes)
    })
}

/// Whether edges cross as drawn, those left out that a grid draws as often one way as the other.
fn cross_as_drawn(shapes: &[Shape]) -> bool {
    let edges: Vec<Segment> = shapes
        .iter()
        .flat_map(|shape| {
            let all: Vec<Segment> = shape.segments().collect();
            let times = |e: Segment| all.iter().filter(|&&other| other == e).count();
            all.iter()
                .copied()
                .filter(|&e| times(e) != times(e.reversed()))
                .collect::<Vec<_>>()
        })
        .collect();
    edges
        .iter()
        .any(|a| edges.iter().any(|b| a.meeting(*b) == Meeting::Crossing))
}

fn both_proofs_agree(shapes: &[Shape], outline: Option<&Shape>) -> Result<(), TestCaseError> {
    let codes = codes(shapes.len());
    let members = members(&codes, shapes);
    let fast = prove(&members, outline.map_or(Outline::OwnRim, Outline::Shape)).seamless;
    let all: Vec<Shape> = shapes.iter().chain(outline).cloned().collect();
    let slow = Certificate::of(&members, outline, &[]);
    prop_assert_eq!(
        slow.is_some(),
        fast && !shapes.is_empty() && !cross_as_drawn(&all)
    );
    if let Some(found) = slow {
        prop_assert_eq!(found.edges, found.cancelled_edges + found.residual_edges);
        prop_assert_eq!(
            found.vertices + found.faces,
            1 + found.components + found.edges
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn the_certificate_is_given_where_the_fast_proof_holds(shapes in arbitrary_shapes()) {
        both_proofs_agree(&shapes, None)?;
        let (outline, shapes) = shapes.split_last().unwrap();
        both_proofs_agree(shapes, Some(outline))?;
    }

    #[test]
    fn a_spoilt_picture_is_certified_where_the_fast_proof_holds(shapes in spoilt_pictures()) {
        both_proofs_agree(&shapes, None)?;
    }
}
