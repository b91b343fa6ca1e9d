//! Small plans, drawn as boards of cells.
#![allow(dead_code, reason = "each test file uses its own part of them")]

use std::collections::BTreeMap;

use wangge_coverage::Member;
use wangge_plane::{Point, Polygon, Ring, Shape};
use wangge_replan::{Diff, DiffTerms, diff};

/// The side of a cell in lattice units: 11 m at the equator.
pub(crate) const CELL: i32 = 1000;

/// Grids with their codes.
pub(crate) type Plan = Vec<(String, Shape)>;

pub(crate) fn members(plan: &Plan) -> Vec<Member<'_>> {
    let grids = plan.iter();
    grids.map(|(code, shape)| Member { code, shape }).collect()
}

pub(crate) fn diff_of(old: &Plan, new: &Plan) -> Diff {
    diff(&members(old), &members(new), &DiffTerms::default())
}

pub(crate) fn polygon(corners: &[(i32, i32)]) -> Polygon {
    let points = corners.iter().map(|&(x, y)| Point::new(x, y).unwrap());
    Polygon::new(Ring::new(points.collect()).unwrap(), vec![])
}

pub(crate) fn rectangle((west, south): (i32, i32), (east, north): (i32, i32)) -> Polygon {
    polygon(&[(west, south), (east, south), (east, north), (west, north)])
}

/// A plan drawn with a letter for each cell, which is the code of its grid; nobody has a cell with a
/// dot. Lines run from north to south.
pub(crate) fn drawn(board: &str) -> Plan {
    let mut cells: BTreeMap<char, Vec<Polygon>> = BTreeMap::new();
    let lines = board.split_whitespace().rev();
    for (y, line) in (0..).map(|y| y * CELL).zip(lines) {
        for (x, code) in (0..).map(|x| x * CELL).zip(line.chars()) {
            if code != '.' {
                let cell = rectangle((x, y), (x + CELL, y + CELL));
                cells.entry(code).or_default().push(cell);
            }
        }
    }
    let grids = cells.into_iter();
    grids
        .map(|(code, parts)| (code.to_string(), Shape::new(parts).unwrap()))
        .collect()
}

/// Grids side by side from one meridian to the next, two cells high.
pub(crate) fn strips(grids: &[(&str, i32, i32)]) -> Plan {
    let strip = |&(code, west, east): &(&str, i32, i32)| {
        let ground = rectangle((west, 0), (east, 2 * CELL));
        (code.to_owned(), Shape::new(vec![ground]).unwrap())
    };
    grids.iter().map(strip).collect()
}

/// Every change as its kind and its codes, "merge A B > A", and the codes of unchanged grids.
pub(crate) fn told(old: &Plan, new: &Plan, diff: &Diff) -> (Vec<String>, Vec<String>) {
    let codes = |plan: &Plan, places: &[u32]| -> String {
        let codes = places.iter().map(|&at| plan[at as usize].0.as_str());
        codes.collect::<Vec<_>>().join(" ")
    };
    let changes = diff.changes.iter().map(|change| {
        let (from, to) = (codes(old, &change.old), codes(new, &change.new));
        let told = format!("{} {from} > {to}", change.kind.name());
        told.replace("  ", " ").trim().to_owned()
    });
    let unchanged = diff.unchanged.iter().map(|&(o, n)| {
        assert_eq!(old[o as usize].0, new[n as usize].0);
        old[o as usize].0.clone()
    });
    (changes.collect(), unchanged.collect())
}
