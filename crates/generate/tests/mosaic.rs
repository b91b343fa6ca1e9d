//! Plain coverages against an independent check: directed edges that must cancel, exact meetings.

use std::collections::{BTreeMap, BTreeSet};

use rstest::rstest;
use wangge_generate::mosaic::{comb, donut, mosaic};
use wangge_plane::{Polygon, Segment, Shape, meetings};

/// How often each edge is used forward less backward, where that is not 0.
fn chain<'a>(shapes: impl Iterator<Item = &'a Shape>) -> BTreeMap<Segment, i32> {
    let mut chain = BTreeMap::new();
    for (edge, forward) in shapes.flat_map(Shape::segments).map(Segment::canonical) {
        *chain.entry(edge).or_default() += if forward { 1 } else { -1 };
    }
    chain.retain(|_, times| *times != 0);
    chain
}

/// Every border cancels but a rim, which is used once; no two borders meet but at common ends.
fn assert_seamless(grids: &[(String, Shape)]) {
    let codes: BTreeSet<&str> = grids.iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(codes.len(), grids.len());
    for (code, shape) in grids {
        for part in shape.parts() {
            assert!(part.shell().doubled_area() > 0, "{code}");
            assert!(part.holes().iter().all(|hole| hole.doubled_area() < 0));
        }
    }
    let mut edges: Vec<Segment> = grids
        .iter()
        .flat_map(|(_, shape)| shape.segments().map(|edge| edge.canonical().0))
        .collect();
    edges.sort();
    edges.dedup();
    assert_eq!(meetings(&edges), []);
    let rim = chain(grids.iter().map(|(_, shape)| shape));
    assert!(rim.values().all(|times| times.abs() == 1));
    // one closed way around: as many edges as vertices, two at each
    let mut ends: BTreeMap<_, usize> = BTreeMap::new();
    for edge in rim.keys() {
        *ends.entry(edge.start()).or_default() += 1;
        *ends.entry(edge.end()).or_default() += 1;
    }
    assert!(ends.values().all(|&edges| edges == 2));
}

fn vertices(shape: &Shape) -> usize {
    shape.rings().map(|ring| ring.points().len()).sum()
}

#[rstest]
fn a_mosaic_is_seamless_and_has_the_vertices_asked_for(
    #[values(4, 5, 6, 7, 8, 85, 2_000)] count: usize,
    #[values((1, 1), (7, 5), (2, 9))] (columns, rows): (usize, usize),
) {
    let grids = mosaic(columns, rows, count, 3).unwrap();
    assert_eq!(grids.len(), columns * rows);
    assert!(grids.iter().all(|(_, shape)| vertices(shape) == count));
    assert_seamless(&grids);
}

#[test]
fn the_same_seed_gives_the_same_mosaic_and_another_seed_another() {
    let one = mosaic(5, 5, 85, 1).unwrap();
    assert_eq!(one, mosaic(5, 5, 85, 1).unwrap());
    assert_ne!(one, mosaic(5, 5, 85, 2).unwrap());
}

#[rstest]
fn a_donut_has_a_hole_for_each_island(
    #[values(1, 2, 4, 90)] islands: usize,
    #[values(4, 33)] count: usize,
) {
    let grids = donut(islands, count, 5).unwrap();
    assert_eq!(grids.len(), islands + 1);
    let [remainder] = grids[0].1.parts() else {
        panic!("the remainder is one part")
    };
    assert_eq!(remainder.holes().len(), islands);
    for (hole, (_, island)) in remainder.holes().iter().zip(&grids[1..]) {
        assert_eq!(vertices(island), count);
        assert_eq!(hole.doubled_area(), -island.doubled_area());
    }
    assert_seamless(&grids);
    // the holes are filled: what is left of all borders is the remainder's shell
    let shell = Shape::new(vec![Polygon::new(remainder.shell().clone(), Vec::new())]).unwrap();
    let all = chain(grids.iter().map(|(_, shape)| shape));
    assert_eq!(all, chain(std::iter::once(&shell)));
}

#[rstest]
fn the_back_of_a_comb_borders_every_tooth(
    #[values(1, 2, 77)] teeth: usize,
    #[values(4, 34)] count: usize,
) {
    let grids = comb(teeth, count, 5).unwrap();
    assert_eq!(grids.len(), teeth + 1);
    assert_seamless(&grids);
    let back: BTreeSet<Segment> = grids[0].1.segments().collect();
    for (code, tooth) in &grids[1..] {
        assert_eq!(vertices(tooth), count);
        let shared = tooth
            .segments()
            .filter(|edge| back.contains(&edge.reversed()));
        assert!(shared.count() >= count / 4, "{code}");
    }
}

#[test]
fn the_largest_of_each_fit_the_earth() {
    assert_eq!(mosaic(20_000, 1, 4, 1).unwrap().len(), 20_000);
    assert_eq!(mosaic(1, 20_000, 4, 1).unwrap().len(), 20_000);
    assert_eq!(comb(200_000, 4, 1).unwrap().len(), 200_001);
    assert_eq!(donut(1_000_000, 4, 1).unwrap().len(), 1_000_001);
}

#[rstest]
#[case::no_columns(mosaic(0, 1, 8, 1), "columns is 0: it should be between 1 and 20,000")]
#[case::rows(
    mosaic(1, 20_001, 8, 1),
    "rows is 20001: it should be between 1 and 20,000"
)]
#[case::vertices(mosaic(1, 1, 3, 1), "vertices is 3: it should be between 4 and 2,000")]
#[case::islands(donut(0, 8, 1), "islands is 0: it should be between 1 and 1,000,000")]
#[case::teeth(comb(0, 8, 1), "teeth is 0: it should be between 1 and 200,000")]
fn counts_that_make_no_coverage_are_refused(
    #[case] made: Result<Vec<(String, Shape)>, wangge_generate::GenerateError>,
    #[case] says: &str,
) {
    assert_eq!(made.unwrap_err().to_string(), says);
}
