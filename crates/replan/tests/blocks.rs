//! Blocks between streets, and grids drawn anew from them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that panics has failed"
)]

mod board;

use std::collections::BTreeMap;

use board::{
    Grids, after, assert_seamless, coverage, doubled_area, noded, picture, point, points, wobble,
};
use proptest::prelude::*;
use wangge_coverage::{Coverage, Owner};
use wangge_plane::{Line, Point, Shape};
use wangge_replan::{Atom, BalanceTerms, Blocks, Board, Edited, Target, adjacent_units, balance};

fn still(_: i32, _: i32) -> (i32, i32) {
    (0, 0)
}

fn streets(list: &[&[(i32, i32)]]) -> Vec<Line> {
    list.iter()
        .map(|part| Line::new([points(part)]).unwrap())
        .collect()
}

fn codes(coverage: &Coverage, blocks: &Blocks) -> String {
    let code = |owner: Owner| coverage.code(owner).to_owned();
    blocks.grids().into_iter().map(code).collect()
}

fn areas(blocks: &Blocks) -> Vec<i128> {
    let ground = blocks.ground().into_iter().map(Option::unwrap);
    ground
        .map(|polygon| {
            polygon
                .rings()
                .map(wangge_plane::Ring::doubled_area)
                .sum::<i128>()
                / 2
        })
        .collect()
}

/// Two grids with a street across both, one along half of a, and one that ends inside b.
fn two_grids() -> (Coverage, Blocks) {
    let coverage = coverage(&picture(&["ab"], (100, 100), still)).unwrap();
    let streets = streets(&[
        &[(-20, 40), (220, 40)],
        &[(50, 40), (50, 120)],
        &[(150, -10), (150, 30)],
    ]);
    let blocks = Blocks::of(&coverage, &streets);
    (coverage, blocks)
}

#[test]
fn streets_cut_grids_into_blocks_and_those_that_end_inside_cut_nothing() {
    let (coverage, blocks) = two_grids();
    let mut found: Vec<(char, i128)> = codes(&coverage, &blocks)
        .chars()
        .zip(areas(&blocks))
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ('a', 3000),
            ('a', 3000),
            ('a', 4000),
            ('b', 4000),
            ('b', 6000)
        ]
    );
    assert_eq!(blocks.len(), 5);
}

#[test]
fn blocks_are_neighbours_along_streets_and_borders() {
    let (_, blocks) = two_grids();
    let areas = areas(&blocks);
    // one degree of longitude on the equator is 111,319.5 m, one of latitude 110,574.3 m
    let (east, north) = (111_319.5e-7, 110_574.3e-7);
    let mut found: Vec<(i128, i128, f64)> = blocks
        .adjacent()
        .iter()
        .map(|pair| {
            let [a, b] = pair.atoms.map(|block| areas[block as usize]);
            (a.min(b), a.max(b), pair.length_m)
        })
        .collect();
    found.sort_by(|a, b| a.partial_cmp(b).unwrap());
    let expected = [
        (3000, 3000, 60.0 * north),
        (3000, 4000, 50.0 * east),
        (3000, 4000, 50.0 * east),
        (3000, 6000, 60.0 * north),
        (4000, 4000, 40.0 * north),
        (4000, 6000, 100.0 * east),
    ];
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!((found.0, found.1), (expected.0, expected.1));
        assert!(
            (found.2 / expected.2 - 1.0).abs() < 1e-6,
            "{found:?} {expected:?}"
        );
    }
}

#[test]
fn places_are_counted_in_their_blocks() {
    let (_, blocks) = two_grids();
    let areas = areas(&blocks);
    let places = [
        (point(10, 10), 3),
        (point(90, 10), 4),
        // on the border between a and b: the east of it
        (point(100, 20), 5),
        // on the street: the north of it
        (point(150, 40), 7),
        (point(150, 20), 11),
        (point(300, 20), 13),
    ];
    let (weights, outside) = blocks.weights(&places);
    assert_eq!(outside, 13);
    let grids = blocks.grids();
    let of = |grid: u32, area: i128| -> u64 {
        let all = weights.iter().zip(&areas).zip(&grids);
        all.filter(|((_, a), g)| (**a, g.0) == (area, grid))
            .map(|((w, _), _)| *w)
            .sum()
    };
    assert_eq!(
        (of(0, 4000), of(1, 4000), of(1, 6000), of(0, 3000)),
        (7, 16, 7, 0)
    );
}

#[test]
fn where_blocks_stay_nothing_is_drawn_anew() {
    let (coverage, blocks) = two_grids();
    let stay: Vec<Target> = blocks
        .grids()
        .iter()
        .map(|owner| Target::Grid(owner.0))
        .collect();
    let edited = blocks.redraw(&coverage, &stay).unwrap();
    let nothing = Edited {
        changed: vec![],
        parts: vec![],
        removed: vec![],
        notes: vec![],
    };
    assert_eq!(edited, nothing);
}

/// A grid with 700 households is split along the street that leaves both parts in range.
#[test]
fn a_grid_is_split_along_a_street_by_its_households() {
    let (coverage, blocks) = two_grids();
    let places: Vec<(Point, u32)> = vec![
        (point(20, 20), 350),
        (point(20, 80), 150),
        (point(80, 80), 200),
        (point(120, 20), 200),
        (point(120, 80), 150),
    ];
    let (weights, _) = blocks.weights(&places);
    let atoms: Vec<Atom> = weights
        .iter()
        .zip(blocks.grids())
        .map(|(&weight, Owner(grid))| Atom {
            weight: u32::try_from(weight).unwrap(),
            grid,
        })
        .collect();
    let adjacent = blocks.adjacent();
    let board = Board {
        atoms: &atoms,
        adjacent: &adjacent,
        parent_of_grid: &[0, 0],
    };
    let balanced = balance(&board, BalanceTerms::new(300, 500).unwrap());
    assert!(balanced.unmet.is_empty());
    assert_eq!(balanced.moved, 350);
    let edited = blocks.redraw(&coverage, &balanced.targets).unwrap();
    let before = noded(&coverage);
    let made = after(&before, &edited, "new");
    assert_seamless(&before, &made, (200, 100));
    let doubled: Vec<i128> = made.values().map(|s| s.doubled_area() / 2).collect();
    // a and the new grid have 4,000 and 6,000 between them, b is as it was but for a vertex
    assert_eq!(doubled.iter().sum::<i128>(), 20_000);
    assert_eq!(made["b"].doubled_area(), 20_000);
    assert_eq!(edited.parts.len(), 1);
    // b has the vertex where the new border ends, and none where the street goes on
    assert_eq!(made["b"].segments().count(), 5);
}

#[test]
fn whole_units_are_neighbours_along_their_borders() {
    let coverage = coverage(&picture(&["abb", "abc"], (100, 100), still)).unwrap();
    let found: BTreeMap<[u32; 2], i64> = adjacent_units(&coverage)
        .into_iter()
        .map(|pair| {
            #[expect(clippy::cast_possible_truncation, reason = "centimetres")]
            let cm = (pair.length_m * 100.0).round() as i64;
            (pair.atoms, cm)
        })
        .collect();
    // 200 units of latitude, and 100 of longitude with 100 of latitude
    assert_eq!(found, BTreeMap::from([([0, 1], 221), ([1, 2], 222)]));
}

fn boards() -> impl Strategy<Value = (Vec<String>, u64)> {
    (2usize..5, 2usize..5).prop_flat_map(|(w, h)| {
        let letters = proptest::sample::select(vec!['a', 'b', 'c', 'd']);
        let row = proptest::collection::vec(letters, w).prop_map(|row| row.into_iter().collect());
        (proptest::collection::vec(row, h), any::<u64>())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(800))]

    #[test]
    fn what_was_seamless_is_seamless_with_blocks_in_any_grids(
        (rows, seed) in boards(),
        size in proptest::sample::select(board::SIZES.to_vec()),
        lines in proptest::collection::vec(proptest::collection::vec((-20..180, -20..180), 2..4), 1..5),
        shuffle in proptest::collection::vec(0usize..40, 64),
        places in proptest::collection::vec(((-10..170, -10..170), 1u32..9), 0..30),
    ) {
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let grids = picture(&rows, size, wobble(seed, (size.0 / 3, size.1 / 3)));
        let Some(coverage) = coverage(&grids) else { return Ok(()) };
        let scaled = |p: &(i32, i32)| point(p.0 * size.0 / 40, p.1 * size.1 / 40);
        let streets: Vec<Line> = lines
            .iter()
            .filter_map(|part| Line::new([part.iter().map(scaled).collect()]))
            .collect();
        let blocks = Blocks::of(&coverage, &streets);

        // counted by looking at every block
        let places: Vec<(Point, u32)> = places.iter().map(|(p, weight)| (scaled(p), *weight)).collect();
        let ground: Vec<Shape> = blocks
            .ground()
            .into_iter()
            .map(|polygon| Shape::new(vec![polygon.unwrap()]).unwrap())
            .collect();
        let slow: Vec<u64> = ground
            .iter()
            .map(|block| places.iter().filter(|(p, _)| block.winding_nudged(*p) > 0).map(|(_, w)| u64::from(*w)).sum())
            .collect();
        let (weights, outside) = blocks.weights(&places);
        prop_assert_eq!(&weights, &slow);
        let all: u64 = places.iter().map(|(_, weight)| u64::from(*weight)).sum();
        prop_assert_eq!(weights.iter().sum::<u64>() + outside, all);

        let owners = blocks.grids();
        let stay: Vec<Target> = owners.iter().map(|owner| Target::Grid(owner.0)).collect();
        let same = blocks.redraw(&coverage, &stay).unwrap();
        prop_assert!(same.parts.is_empty() && same.removed.is_empty());
        prop_assert!(same.changed.is_empty(), "{:?}", same);

        // some blocks go to other grids or new ones, which are numbered in order
        let mut numbers: BTreeMap<usize, u32> = BTreeMap::new();
        let targets: Vec<Target> = owners
            .iter()
            .zip(shuffle.iter().cycle())
            .map(|(owner, &to)| {
                if to < owners.len().min(8) {
                    Target::Grid(owners[to].0)
                } else if to > 32 {
                    let next = u32::try_from(numbers.len()).unwrap();
                    Target::New(*numbers.entry(to).or_insert(next))
                } else {
                    Target::Grid(owner.0)
                }
            })
            .collect();
        let edited = blocks.redraw(&coverage, &targets).unwrap();
        prop_assert_eq!(edited.parts.len(), numbers.len());
        let before: Grids = noded(&coverage);
        let made = after(&before, &edited, "new");
        assert_seamless(&before, &made, (4 * size.0, 4 * size.1));
        // each grid has the ground of its blocks, but for what is drawn off by less than a unit
        for p in board::samples(size, 4) {
            let is_near = |shape: &Shape| shape.segments().any(|s| board::within(p, s, 2));
            let Some(block) = ground.iter().position(|g| g.winding_nudged(p) > 0) else { continue };
            // the blocks are drawn to the lattice, the borders between grids as they were
            if is_near(&ground[block]) || before.values().any(is_near) {
                continue;
            }
            let code = match targets[block] {
                Target::Grid(grid) => coverage.code(Owner(grid)).to_owned(),
                Target::New(new) => format!("new+{new}"),
            };
            prop_assert_eq!(made[&code].winding_nudged(p), 1, "{:?} of {}", p, code);
        }
        let rim_area = |grids: &Grids| board::rim(grids).iter().map(|s| {
            i128::from(wangge_plane::cross(point(0, 0), s.start(), s.end()))
        }).sum::<i128>();
        prop_assert_eq!(doubled_area(&made) - doubled_area(&before), rim_area(&made) - rim_area(&before));
    }
}
