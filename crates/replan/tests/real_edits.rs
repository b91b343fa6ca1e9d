//! Edits of real boundaries: seamless still, and the ground as far as it was meant to change.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that panics has failed, and figures are told"
)]

mod board;
mod real;

use std::time::{Duration, Instant};

use board::{Grids, after, coverage, doubled_area, members, noded, point, rim};
use real::{points, read, real_data};
use rstest::rstest;
use wangge_coverage::{Outline, Owner, prove};
use wangge_plane::{Line, Shape};
use wangge_replan::{
    Atom, BalanceTerms, Blocks, Board, CutTerms, EditError, EditNote, Target, adjacent_units,
    balance, merge, move_border, split,
};

/// The middle of the box around a shape, as a line from west to east beyond it, or from south to
/// north.
fn across(shape: &Shape, to_north: bool) -> Line {
    let (low, high) = (shape.extent().min(), shape.extent().max());
    let (x, y) = (low.x().midpoint(high.x()), low.y().midpoint(high.y()));
    let beyond = 1000;
    let path = if to_north {
        vec![point(x, low.y() - beyond), point(x, high.y() + beyond)]
    } else {
        vec![point(low.x() - beyond, y), point(high.x() + beyond, y)]
    };
    Line::new([path]).unwrap()
}

fn assert_seamless(made: &Grids) {
    let verdict = prove(&members(made), Outline::OwnRim);
    assert!(verdict.seamless && verdict.noded, "{verdict:#?}");
}

/// How far borders were drawn off at most, metres.
fn most_off_m(notes: &[EditNote]) -> f64 {
    let offs = notes.iter().map(|note| match note {
        EditNote::VertexPutIn { off_m, .. } => *off_m,
        _ => 0.0,
    });
    offs.fold(0.0, f64::max)
}

/// What ground may be gained or lost where the edges around it are drawn off by a lattice unit, 1.12 cm,
/// at one vertex each: triangles.
fn most_moved_m2(shape: &Shape) -> f64 {
    let around_m: f64 = shape
        .segments()
        .map(|edge| wangge_plane::ellipsoid::distance_m(edge.start(), edge.end()))
        .sum();
    around_m * 0.0112 / 2.0
}

#[rstest]
#[case::wards("dc-grids/ward-2012.geojson", "WARD", 8)]
#[case::precincts("dc-grids/voting-precinct-2008.geojson", "NAME", 143)]
#[case::districts("dc-grids/single-member-district-2013.geojson", "SMD_ID", 296)]
fn every_grid_of_a_city_can_be_cut_and_put_together_again(
    #[case] file: &str,
    #[case] key: &str,
    #[case] count: usize,
) {
    let Some(folder) = real_data() else { return };
    let grids = read(&folder.join(file), key);
    assert_eq!(grids.len(), count);
    let whole = coverage(&grids).unwrap();
    let before = noded(&whole);
    let (mut parts, mut took, mut off_m) = (0, Duration::ZERO, 0.0f64);
    let step = count / 60 + 1;
    for (at, (code, shape)) in before.iter().enumerate().step_by(step) {
        let line = across(shape, at % 2 == 0);
        let begun = Instant::now();
        let edited = split(&whole, code, &line, CutTerms::default()).unwrap();
        took += begun.elapsed();
        let made = after(&before, &edited, code);
        // a seventh of all is proved whole, the others by their sum
        if at % 7 == 0 {
            assert_seamless(&made);
            let cut = coverage(&made).unwrap();
            let codes: Vec<String> = (0..edited.parts.len())
                .map(|part| format!("{code}+{part}"))
                .collect();
            let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
            let again = after(&made, &merge(&cut, &codes, code).unwrap(), "");
            assert_seamless(&again);
            let moved = again[code].area_m2() - shape.area_m2();
            assert!(moved.abs() <= most_moved_m2(shape), "{code}: {moved} m2");
        }
        let rim_moved: i128 = {
            let under = |grids: &Grids| {
                rim(grids)
                    .iter()
                    .map(|s| {
                        i128::from(wangge_plane::cross(
                            point(-770_000_000, 389_000_000),
                            s.start(),
                            s.end(),
                        ))
                    })
                    .sum::<i128>()
            };
            under(&made) - under(&before)
        };
        assert_eq!(
            doubled_area(&made) - doubled_area(&before),
            rim_moved,
            "{code}"
        );
        parts += edited.parts.len();
        off_m = off_m.max(most_off_m(&edited.notes));
    }
    println!(
        "{count} grids cut into {parts}, {took:?} in all, borders drawn off by {off_m:.4} m at most"
    );
    assert!(parts >= 2 * count.div_ceil(step) && off_m < 0.0112);
}

#[test]
fn the_border_between_two_real_neighbours_moves() {
    let Some(folder) = real_data() else { return };
    let grids = read(
        &folder.join("dc-grids/voting-precinct-2008.geojson"),
        "NAME",
    );
    let whole = coverage(&grids).unwrap();
    let before = noded(&whole);
    let pairs = adjacent_units(&whole);
    let (mut moved, mut left_out) = (0, 0);
    for pair in pairs.iter().step_by(5) {
        let [a, b] = pair.atoms.map(|owner| whole.code(Owner(owner)).to_owned());
        let both = merge(&whole, &[&a, &b], &a).unwrap();
        let line = across(&both.changed[0].shape, moved % 2 == 0);
        match move_border(&whole, &a, &b, &line, CutTerms::default()) {
            Ok(edited) => {
                let made = after(&before, &edited, "");
                assert_seamless(&made);
                // the border between the two lies on the line alone
                let (shape_a, shape_b) = (&made[&a], &made[&b]);
                let area = shape_a.area_m2() + shape_b.area_m2();
                let was = before[&a].area_m2() + before[&b].area_m2();
                let most = most_moved_m2(&before[&a]) + most_moved_m2(&before[&b]);
                assert!((area - was).abs() <= most, "{a} {b}: {area} {was}");
                moved += 1;
            }
            Err(EditError::NoGroundLeft { .. }) => left_out += 1,
            Err(other) => panic!("{a} {b}: {other}"),
        }
    }
    println!("{moved} borders moved, {left_out} would have left a precinct without ground");
    assert!(moved > 20);
}

/// Litter cans stand for households, the streets are lines every 0.004 degrees.
#[test]
fn wards_are_cut_into_blocks_and_balanced_by_what_stands_in_them() {
    let Some(folder) = real_data() else { return };
    let grids = read(&folder.join("dc-grids/ward-2012.geojson"), "WARD");
    let cans = points(&folder.join("dc-grids/litter-cans.geojson"));
    let whole = coverage(&grids).unwrap();
    let before = noded(&whole);
    let extent = before
        .values()
        .map(Shape::extent)
        .reduce(wangge_plane::Extent::union)
        .unwrap();
    let (low, high) = (extent.min(), extent.max());
    let mut streets = Vec::new();
    for x in (low.x()..high.x()).step_by(40_000) {
        // a little aslant, as streets are
        streets.extend(Line::new([vec![
            point(x, low.y()),
            point(x + 3_777, high.y()),
        ]]));
    }
    for y in (low.y()..high.y()).step_by(40_000) {
        streets.extend(Line::new([vec![
            point(low.x(), y),
            point(high.x(), y + 2_333),
        ]]));
    }
    let begun = Instant::now();
    let blocks = Blocks::of(&whole, &streets);
    let cut = begun.elapsed();
    let places: Vec<_> = cans.iter().map(|&can| (can, 1)).collect();
    let (weights, outside) = blocks.weights(&places);
    // counted once more ward by ward
    for (owner, (_, ward)) in (0u32..).zip(&before) {
        let slow = cans
            .iter()
            .filter(|&&can| ward.winding_nudged(can) > 0)
            .count();
        let all = weights.iter().zip(blocks.grids());
        let fast: u64 = all
            .filter(|(_, grid)| grid.0 == owner)
            .map(|(weight, _)| *weight)
            .sum();
        assert_eq!(fast, slow as u64);
    }
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
        parent_of_grid: &vec![0; whole.owners()],
    };
    let begun = Instant::now();
    let balanced = balance(&board, BalanceTerms::new(300, 500).unwrap());
    let shared_out = begun.elapsed();
    let begun = Instant::now();
    let edited = blocks.redraw(&whole, &balanced.targets).unwrap();
    let drawn = begun.elapsed();
    let made = after(&before, &edited, "new");
    assert_seamless(&made);
    println!(
        "{} blocks ({} cans, {outside} outside) in {cut:?}, {} grids out of range after {shared_out:?}, \
         {} cans moved, {} grids drawn in {drawn:?}",
        blocks.len(),
        cans.len(),
        balanced.unmet.len(),
        balanced.moved,
        made.len(),
    );
    // each grid holds what the proposal says, counted anew
    for grid in &balanced.grids {
        let code = match grid.target {
            Target::Grid(owner) => whole.code(Owner(owner)).to_owned(),
            Target::New(new) => format!("new+{new}"),
        };
        let Some(after) = grid.after else {
            assert!(!made.contains_key(&code));
            continue;
        };
        let counted = cans
            .iter()
            .filter(|&&can| made[&code].winding_nudged(can) > 0)
            .count() as u64;
        // a can within a centimetre of a border may change sides
        assert!(
            counted.abs_diff(after) <= 1,
            "{code}: {counted} for {after}"
        );
    }
    assert!(balanced.unmet.is_empty(), "{:?}", balanced.unmet);
}
