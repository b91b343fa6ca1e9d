//! Laws of the diff over random plans, against counting cells.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_precision_loss,
    reason = "a test that panics has failed, and its numbers are small"
)]

mod boards;

use std::collections::{BTreeMap, BTreeSet};

use boards::{CELL, Plan, diff_of, polygon, told};
use proptest::prelude::*;
use wangge_plane::{Point, Polygon, Ring, Segment, Shape};
use wangge_replan::{ChangeKind, Diff};

/// Cells on each side of a board.
const SIDE: usize = 5;

/// For each cell the number of its grid; nobody has a cell with 0.
type Board = Vec<u8>;

/// How each corner of the board's cells is moved.
type Moves = Vec<(i32, i32)>;

fn board() -> impl Strategy<Value = Board> {
    proptest::collection::vec(0..6u8, SIDE * SIDE)
}

/// A board, and what is left of it when some of its cells are given to others and some codes are
/// made others.
fn boards() -> impl Strategy<Value = (Board, Board)> {
    let edits = proptest::collection::vec((0..SIDE * SIDE, 0..9u8), 0..6);
    let codes = proptest::collection::vec((1..6u8, 1..9u8), 0..3);
    (board(), edits, codes).prop_map(|(old, edits, codes)| {
        let mut new = old.clone();
        for (from, to) in codes {
            new.iter_mut()
                .filter(|code| **code == from)
                .for_each(|code| *code = to);
        }
        for (cell, code) in edits {
            new[cell] = code;
        }
        (old, new)
    })
}

/// Moves by so many units at most.
fn moves(by: i32) -> impl Strategy<Value = Moves> {
    proptest::collection::vec((-by..=by, -by..=by), (SIDE + 1) * (SIDE + 1))
}

fn still() -> Moves {
    vec![(0, 0); (SIDE + 1) * (SIDE + 1)]
}

/// The board's plan, each cell a part of its own; with `joined`, neighbours in a row as one part, so
/// that borders have vertices on one side only.
fn plan(board: &Board, moves: &Moves, joined: bool) -> Plan {
    let corner = |x: usize, y: usize| {
        let (dx, dy) = moves[y * (SIDE + 1) + x];
        let at = |i: usize| i32::try_from(i).unwrap() * CELL;
        (at(x) + dx, at(y) + dy)
    };
    let mut parts: BTreeMap<u8, Vec<Polygon>> = BTreeMap::new();
    for y in 0..SIDE {
        let row = &board[y * SIDE..(y + 1) * SIDE];
        let mut x = 0;
        for run in row.chunk_by(|a, b| joined && a == b) {
            let (west, east) = (x, x + run.len());
            x = east;
            if run[0] == 0 {
                continue;
            }
            let south = (west..=east).map(|x| corner(x, y));
            let north = (west..=east).rev().map(|x| corner(x, y + 1));
            let ring: Vec<(i32, i32)> = south.chain(north).collect();
            parts.entry(run[0]).or_default().push(polygon(&ring));
        }
    }
    let grids = parts.into_iter();
    grids
        .map(|(code, parts)| (code.to_string(), Shape::new(parts).unwrap()))
        .collect()
}

/// The pieces by codes, "" for nobody.
fn crosswalk(old: &Plan, new: &Plan, diff: &Diff) -> BTreeMap<(String, String), i128> {
    let code =
        |plan: &Plan, at: Option<u32>| at.map_or(String::new(), |at| plan[at as usize].0.clone());
    let pieces = diff.pieces.iter();
    let areas = pieces.map(|p| ((code(old, p.old), code(new, p.new)), p.doubled_area));
    areas.collect()
}

/// The same by counting cells, of the grids that are named.
fn counted(old: &Board, new: &Board) -> BTreeMap<(String, String), i128> {
    let mut cells: BTreeMap<(String, String), i128> = BTreeMap::new();
    let code = |code: u8| {
        if code == 0 {
            String::new()
        } else {
            code.to_string()
        }
    };
    for (&o, &n) in old.iter().zip(new).filter(|&(&o, &n)| (o, n) != (0, 0)) {
        *cells.entry((code(o), code(n))).or_default() += 2 * i128::from(CELL) * i128::from(CELL);
    }
    cells
}

/// What happened to whom, by looking at who shares cells with whom.
fn called(cells: &BTreeMap<(String, String), i128>) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut changes, mut unchanged) = (BTreeSet::new(), BTreeSet::new());
    let links: Vec<(&String, &String)> = cells
        .keys()
        .filter(|(o, n)| !o.is_empty() && !n.is_empty())
        .map(|(o, n)| (o, n))
        .collect();
    for (o, n) in cells.keys() {
        match (o.is_empty(), n.is_empty()) {
            (true, _) => changes.insert(format!("new > {n}")),
            (_, true) => changes.insert(format!("gone {o} >")),
            _ => false,
        };
    }
    for &(first, _) in &links {
        let (mut olds, mut news) = (BTreeSet::from([first]), BTreeSet::new());
        for _ in &links {
            for &(o, n) in &links {
                if olds.contains(o) || news.contains(n) {
                    olds.insert(o);
                    news.insert(n);
                }
            }
        }
        let given: Vec<_> = links
            .iter()
            .filter(|(o, n)| olds.contains(o) && o != n)
            .collect();
        let goes_on = olds == news && olds.iter().all(|code| links.contains(&(code, code)));
        let one_way = given
            .iter()
            .all(|(giver, _)| given.iter().all(|(_, taker)| giver != taker));
        let kind = match (olds.len(), news.len()) {
            (1, 1) if olds == news => {
                let alone = cells
                    .keys()
                    .filter(|(o, n)| olds.contains(o) || news.contains(n));
                if alone.count() == 1 {
                    unchanged.insert(first.clone());
                }
                continue;
            }
            (1, 1) => "renamed",
            (1, _) => "split",
            (_, 1) => "merge",
            _ if goes_on && one_way => "transfer",
            _ => "recut",
        };
        let codes = |codes: BTreeSet<&String>| -> String {
            codes
                .into_iter()
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join(" ")
        };
        changes.insert(format!("{kind} {} > {}", codes(olds), codes(news)));
    }
    (changes, unchanged)
}

fn length(shape: &Shape) -> f64 {
    let length = |edge: Segment| {
        let way = edge.end().from_origin(edge.start());
        (way.dx as f64).hypot(way.dy as f64)
    };
    shape.segments().map(length).sum()
}

/// Rows and columns with their rounding are the grids' exact areas, and the rounding is small.
fn assert_sums(old: &Plan, new: &Plan, diff: &Diff) -> Result<(), TestCaseError> {
    for (is_old, plan) in [(true, old), (false, new)] {
        for (at, (code, shape)) in (0u32..).zip(plan) {
            let kept = diff.unchanged.iter();
            if kept.clone().any(|&(o, n)| at == if is_old { o } else { n }) {
                continue;
            }
            let pieces = diff.pieces.iter();
            let own = pieces.filter(|p| Some(at) == if is_old { p.old } else { p.new });
            let sum: i128 = own.map(|piece| piece.doubled_area).sum();
            let rounding = diff.rounding.iter();
            let own = rounding.filter(|r| Some(at) == if is_old { r.old } else { r.new });
            let rounded: i128 = own.map(|rounding| rounding.doubled_area).sum();
            prop_assert_eq!(sum + rounded, shape.doubled_area(), "{}", code);
            prop_assert!((rounded.abs() as f64) < 2.0 * length(shape));
        }
    }
    for piece in &diff.pieces {
        let rings = piece.ground.iter().flat_map(Polygon::rings);
        prop_assert_eq!(
            piece.doubled_area,
            rings.map(Ring::doubled_area).sum::<i128>()
        );
        let ground = Shape::new(piece.ground.clone()).unwrap();
        prop_assert!((piece.area_m2 - ground.area_m2()).abs() <= 1e-6);
    }
    Ok(())
}

/// Everybody is unchanged, or in one change between grids, or else their code is in a change of what
/// was gained and given up.
fn assert_nobody_is_lost(old: &Plan, new: &Plan, diff: &Diff) -> Result<(), TestCaseError> {
    let is_beside = |kind| matches!(kind, ChangeKind::New | ChangeKind::Gone);
    let beside: BTreeSet<&str> = diff
        .changes
        .iter()
        .filter(|change| is_beside(change.kind))
        .flat_map(|change| {
            let old = change.old.iter().map(|&at| old[at as usize].0.as_str());
            old.chain(change.new.iter().map(|&at| new[at as usize].0.as_str()))
        })
        .collect();
    for (is_old, plan) in [(true, old), (false, new)] {
        for (at, (code, _)) in (0u32..).zip(plan) {
            let kept = diff.unchanged.iter();
            let kept = kept.filter(|&&(o, n)| at == if is_old { o } else { n });
            let between = diff.changes.iter().filter(|change| {
                let grids = if is_old { &change.old } else { &change.new };
                !is_beside(change.kind) && grids.contains(&at)
            });
            let places = kept.count() + between.count();
            let is_beside = beside.contains(code.as_str());
            prop_assert!(places == 1 || (places == 0 && is_beside), "{}", code);
        }
    }
    Ok(())
}

/// The other way round, the same pieces, and every change turned round.
fn assert_mirrored(old: &Plan, new: &Plan, there: &Diff) -> Result<(), TestCaseError> {
    let back = diff_of(new, old);
    let turned = |pieces: BTreeMap<(String, String), i128>| -> BTreeMap<(String, String), i128> {
        let pieces = pieces.into_iter();
        pieces.map(|((a, b), area)| ((b, a), area)).collect()
    };
    prop_assert_eq!(
        crosswalk(old, new, there),
        turned(crosswalk(new, old, &back))
    );
    let mirrored = |change: String| -> String {
        let (kind, codes) = change.split_once(' ').unwrap();
        let (from, to) = codes.split_once('>').unwrap();
        let kind = match kind {
            "split" => "merge",
            "merge" => "split",
            "new" => "gone",
            "gone" => "new",
            same => same,
        };
        format!("{kind} {} > {}", to.trim(), from.trim())
            .replace("  ", " ")
            .trim()
            .to_owned()
    };
    let (changes, kept) = told(old, new, there);
    let (back_changes, back_kept) = told(new, old, &back);
    let set = |list: Vec<String>| -> BTreeSet<String> { list.into_iter().collect() };
    prop_assert_eq!(
        set(changes),
        back_changes
            .into_iter()
            .map(mirrored)
            .collect::<BTreeSet<_>>()
    );
    prop_assert_eq!(set(kept), set(back_kept));
    Ok(())
}

/// A random path, which may cross itself and come to nothing.
fn tangle() -> impl Strategy<Value = Shape> {
    let corners = proptest::collection::vec((0..40, 0..40), 3..7);
    proptest::collection::vec(corners, 1..3).prop_filter_map("three vertices", |rings| {
        let ring = |corners: &Vec<(i32, i32)>| {
            let points = corners
                .iter()
                .map(|&(x, y)| Point::new(40 * x, 40 * y).unwrap());
            Ring::new(points.collect()).ok()
        };
        let parts = rings
            .iter()
            .filter_map(ring)
            .map(|ring| Polygon::new(ring, vec![]));
        Shape::new(parts.collect())
    })
}

fn tangled_plan() -> impl Strategy<Value = Plan> {
    proptest::collection::vec(tangle(), 0..5).prop_map(|shapes| {
        let codes = (0..).map(|i: usize| i.to_string());
        codes.zip(shapes).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_crosswalk_counts_the_cells((old, new) in boards(), joined in any::<bool>()) {
        let cells = counted(&old, &new);
        let (changes, unchanged) = called(&cells);
        let (old, new) = (plan(&old, &still(), false), plan(&new, &still(), joined));
        let diff = diff_of(&old, &new);
        let (found, kept) = told(&old, &new, &diff);
        prop_assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), changes);
        prop_assert_eq!(kept.into_iter().collect::<BTreeSet<_>>(), unchanged.clone());
        let own = |code: &String| unchanged.contains(code);
        let cells: BTreeMap<_, _> = cells.into_iter().filter(|((o, n), _)| o != n || !own(o)).collect();
        prop_assert_eq!(crosswalk(&old, &new, &diff), cells);
        prop_assert!(diff.rounding.is_empty());
        assert_sums(&old, &new, &diff)?;
        assert_nobody_is_lost(&old, &new, &diff)?;
        assert_mirrored(&old, &new, &diff)?;
    }

    /// Corners move by 0.4 m at most: cells are lost to nobody, and what moved is narrow.
    #[test]
    fn a_survey_made_anew_changes_no_kind((old, new) in boards(), before in moves(18), after in moves(18)) {
        let (changes, unchanged) = called(&counted(&old, &new));
        let (old, new) = (plan(&old, &before, false), plan(&new, &after, false));
        let diff = diff_of(&old, &new);
        let (found, kept) = told(&old, &new, &diff);
        let (redrawn, found): (BTreeSet<_>, BTreeSet<_>) =
            found.into_iter().partition(|change| change.starts_with("redigitised"));
        prop_assert_eq!(&found, &changes);
        for code in unchanged {
            let is_redrawn = redrawn.contains(&format!("redigitised {code} > {code}"));
            prop_assert!(is_redrawn != kept.contains(&code));
        }
        for change in &diff.changes {
            prop_assert!(change.max_shift_m < 1.0);
        }
        assert_sums(&old, &new, &diff)?;
        assert_nobody_is_lost(&old, &new, &diff)?;
        assert_mirrored(&old, &new, &diff)?;
    }

    #[test]
    fn rows_and_columns_add_up((old, new) in boards(), before in moves(330), after in moves(330)) {
        let (old, new) = (plan(&old, &before, false), plan(&new, &after, false));
        let diff = diff_of(&old, &new);
        assert_sums(&old, &new, &diff)?;
        assert_nobody_is_lost(&old, &new, &diff)?;
        assert_mirrored(&old, &new, &diff)?;
    }

    #[test]
    fn a_plan_does_not_differ_from_itself(board in board(), moves in moves(330)) {
        let (old, new) = (plan(&board, &moves, false), plan(&board, &moves, true));
        let diff = diff_of(&old, &new);
        prop_assert_eq!(diff.unchanged.len(), old.len());
        prop_assert!(diff.changes.is_empty() && diff.pieces.is_empty() && diff.rounding.is_empty());
        prop_assert!(diff.changed_area_m2 == 0.0 && diff.changed_share == 0.0);
    }

    #[test]
    fn tangles_are_no_trouble(old in tangled_plan(), new in tangled_plan()) {
        let diff = diff_of(&old, &new);
        assert_nobody_is_lost(&old, &new, &diff)?;
        let back = diff_of(&new, &old);
        prop_assert_eq!(diff.pieces.len(), back.pieces.len());
        prop_assert_eq!(diff.changes.len(), back.changes.len());
    }
}
