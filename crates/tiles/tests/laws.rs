//! Random ground so small that rounding spoils it, and what tiles make of it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "a test that panics has failed, and its numbers are small"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use support::{decoded, ground, plain};
use wangge_coverage::{Coverage, Member, Outline, prove};
use wangge_plane::{Point, Polygon, Ring, Shape};
use wangge_tiles::{MAX_ZOOM, Shift, Source, TileAddress, TileSet};

/// A chequered coverage of random letters, its corners moved at random.
#[derive(Debug, Clone)]
struct Board {
    letters: Vec<Vec<u8>>,
    /// The side of a cell, lattice units. At the finest zoom a unit is 13 of them.
    side: i32,
    seed: u64,
    /// The south-west corner.
    origin: (i32, i32),
}

fn boards() -> impl Strategy<Value = Board> {
    let rows = (1usize..9, 1usize..9, 2u8..20).prop_flat_map(|(w, h, letters)| {
        proptest::collection::vec(proptest::collection::vec(0..letters, w), h)
    });
    (
        rows,
        6i32..400,
        any::<u64>(),
        -3000i32..3000,
        -3000i32..3000,
    )
        .prop_map(|(letters, side, seed, x, y)| Board {
            letters,
            side,
            seed,
            // the corner of four tiles of the finest zoom
            origin: (1_208_001_708 + x, 407_115_000 + y),
        })
}

impl Board {
    fn corner(&self, column: usize, row: usize) -> Point {
        let mut z = self.seed ^ ((column as u64) << 32 | row as u64).wrapping_mul(0x9e37_79b9);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let wobble = self.side / 3;
        let moved = |bits: u64| (bits % (2 * wobble as u64 + 1)) as i32 - wobble;
        Point::new(
            self.origin.0 + column as i32 * self.side + moved(z),
            self.origin.1 + row as i32 * self.side + moved(z >> 32),
        )
        .unwrap()
    }

    fn shapes(&self) -> Vec<(String, Shape)> {
        let mut cells: Vec<(String, Shape)> = Vec::new();
        for (row, letters) in self.letters.iter().enumerate() {
            for column in 0..letters.len() {
                let corners = [(0, 0), (1, 0), (1, 1), (0, 1)]
                    .map(|(dx, dy)| self.corner(column + dx, row + dy));
                let ring = Ring::new(corners.to_vec()).unwrap();
                let shape = Shape::new(vec![Polygon::new(ring, vec![])]).unwrap();
                cells.push((format!("{row}{column}"), shape));
            }
        }
        let members: Vec<Member<'_>> = cells
            .iter()
            .map(|(code, shape)| Member { code, shape })
            .collect();
        let coverage = Coverage::build(&members).unwrap();
        let letters: Vec<u32> = self
            .letters
            .iter()
            .flatten()
            .map(|&l| u32::from(l))
            .collect();
        let shapes = coverage.dissolve(&letters, 20);
        (0..)
            .zip(shapes)
            .filter_map(|(letter, shape)| Some((format!("{letter:02}"), shape?)))
            .collect()
    }
}

fn check(board: &Board, shift: Shift) -> Result<(), TestCaseError> {
    let shapes = board.shapes();
    let Ok(content) = std::panic::catch_unwind(|| plain(&shapes)) else {
        // a letter that encloses ground of others may not be seamless on its own
        return Ok(());
    };
    let set = TileSet::of(content, shift);
    for zoom in [12, 15, MAX_ZOOM] {
        let mut codes = BTreeSet::new();
        let mut labels: BTreeMap<String, usize> = BTreeMap::new();
        let middle = Point::new(board.origin.0, board.origin.1).unwrap();
        for tile in around(middle, zoom, shift) {
            let Some(decoded) = decoded(&set, Source::Grids, tile) else {
                continue;
            };
            let ground = ground(&decoded, "grid_grid");
            codes.extend(ground.iter().map(|(code, _)| code.clone()));
            let members: Vec<Member<'_>> = ground
                .iter()
                .map(|(code, shape)| Member { code, shape })
                .collect();
            if !members.is_empty() {
                let verdict = prove(&members, Outline::OwnRim);
                prop_assert!(verdict.seamless && verdict.noded, "{} {:?}", tile, verdict);
            }
            for layer in decoded.layers.iter().filter(|layer| layer.name == "label") {
                for feature in &layer.features {
                    *labels
                        .entry(format!("{:?}", feature.properties[0]))
                        .or_default() += 1;
                }
            }
        }
        let labels_are_single = labels.values().all(|&times| times == 1);
        prop_assert!(labels_are_single);
        // on ground of a few square units there is no room for a triangle each
        let units = board.letters.len() * board.letters[0].len() * board.side.pow(2) as usize / 137;
        if zoom == MAX_ZOOM && units > 2 * shapes.len() {
            prop_assert_eq!(codes.len(), shapes.len(), "zoom {}", zoom);
            prop_assert_eq!(labels.len(), shapes.len());
        }
    }
    Ok(())
}

/// The tiles within one of the tile that holds a place.
fn around(at: Point, zoom: u8, shift: Shift) -> Vec<TileAddress> {
    let (lon, lat) = shift.place(at.lon(), at.lat());
    let tiles = f64::from(1u32 << zoom);
    let x = ((lon + 180.0) / 360.0 * tiles) as u32;
    let y = ((1.0 - lat.to_radians().tan().asinh() / std::f64::consts::PI) / 2.0 * tiles) as u32;
    (x - 1..=x + 1)
        .flat_map(|x| (y - 1..=y + 1).map(move |y| (x, y)))
        .filter_map(|(x, y)| TileAddress::new(zoom, x, y))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn ground_that_rounding_spoils_is_seamless_and_all_there(board in boards()) {
        check(&board, Shift::None)?;
    }

    #[test]
    fn shifted_too(board in boards()) {
        check(&board, Shift::Gcj02)?;
    }
}
