//! Coverages for tests, drawn by hand or at random, and what must hold of every edit.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    reason = "each test file uses its own part, and a test that panics has failed"
)]

use std::collections::{BTreeMap, BTreeSet};

use wangge_arrange::{Arrangement, Use};
use wangge_coverage::{Coverage, Member, Outline, prove};
use wangge_plane::{Line, Point, Polygon, Ring, Segment, Shape};
use wangge_replan::Edited;

/// Grids by their codes.
pub(crate) type Grids = BTreeMap<String, Shape>;

pub(crate) fn point(x: i32, y: i32) -> Point {
    Point::new(x, y).unwrap()
}

pub(crate) fn points(list: &[(i32, i32)]) -> Vec<Point> {
    list.iter().map(|&(x, y)| point(x, y)).collect()
}

/// A line of one part.
pub(crate) fn line(list: &[(i32, i32)]) -> Line {
    Line::new([points(list)]).unwrap()
}

/// Ground within one ring.
pub(crate) fn ground(corners: &[(i32, i32)]) -> Shape {
    let ring = Ring::new(points(corners)).unwrap();
    Shape::new(vec![Polygon::new(ring, vec![])]).unwrap()
}

/// A drawing with one letter per square cell, the northernmost row first; a dot is outside. Corners
/// of cells are moved as `wobble` says.
pub(crate) fn picture(
    rows: &[&str],
    size: (i32, i32),
    wobble: impl Fn(i32, i32) -> (i32, i32),
) -> Grids {
    let corner = |x: i32, y: i32| {
        let (dx, dy) = wobble(x, y);
        (x * size.0 + dx, y * size.1 + dy)
    };
    let mut uses: BTreeMap<char, Vec<Use>> = BTreeMap::new();
    for (y, row) in (0..).zip(rows.iter().rev()) {
        for (x, letter) in (0..).zip(row.chars()).filter(|(_, letter)| *letter != '.') {
            let corners = [
                corner(x, y),
                corner(x + 1, y),
                corner(x + 1, y + 1),
                corner(x, y + 1),
            ];
            let cell = ground(&corners);
            uses.entry(letter)
                .or_default()
                .extend(Use::of_shape(&cell, 0));
        }
    }
    uses.into_iter()
        .map(|(letter, uses)| {
            let cells = Arrangement::of(uses);
            let regions = cells.regions(|face| (cells.winding(face, 0) > 0).then_some(()));
            let polygons = regions.into_iter().map(|region| region.polygon).collect();
            (letter.to_string(), Shape::new(polygons).unwrap())
        })
        .collect()
}

/// A wobble of up to so many units to each side that depends on the corner and the seed alone.
pub(crate) fn wobble(seed: u64, most: (i32, i32)) -> impl Fn(i32, i32) -> (i32, i32) {
    move |x, y| {
        let place = (u64::from(x.cast_unsigned()) << 32) | u64::from(y.cast_unsigned());
        let mut z = seed ^ place.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z ^= z >> 31;
        let share = |bits: u64, most: i32| {
            let span = u64::from((2 * most + 1).cast_unsigned());
            i32::try_from(bits % span).unwrap() - most
        };
        (share(z, most.0), share(z >> 16, most.1))
    }
}

pub(crate) fn members(grids: &Grids) -> Vec<Member<'_>> {
    let member = |(code, shape)| Member { code, shape };
    grids
        .iter()
        .map(|(code, shape): (&String, &Shape)| member((code.as_str(), shape)))
        .collect()
}

/// The coverage of grids, unless they enclose ground that is nobody's.
pub(crate) fn coverage(grids: &Grids) -> Option<Coverage> {
    Coverage::build(&members(grids)).ok()
}

/// The grids as the coverage draws them: with every vertex that a neighbour has.
pub(crate) fn noded(coverage: &Coverage) -> Grids {
    let shapes = coverage.shapes();
    (0u32..)
        .zip(shapes)
        .map(|(o, shape)| (coverage.code(wangge_coverage::Owner(o)).to_owned(), shape))
        .collect()
}

/// The grids after an edit; parts get the codes `code+0`, `code+1`, …
pub(crate) fn after(before: &Grids, edited: &Edited, code: &str) -> Grids {
    let mut grids = before.clone();
    for gone in &edited.removed {
        assert!(grids.remove(&**gone).is_some(), "{gone} was no grid");
    }
    for changed in &edited.changed {
        grids.insert(changed.code.to_string(), changed.shape.clone());
    }
    for (at, part) in edited.parts.iter().enumerate() {
        assert!(grids.insert(format!("{code}+{at}"), part.clone()).is_none());
    }
    grids
}

pub(crate) fn doubled_area(grids: &Grids) -> i128 {
    grids.values().map(Shape::doubled_area).sum()
}

/// The rim of all grids together: the edges that do not cancel.
pub(crate) fn rim(grids: &Grids) -> BTreeSet<Segment> {
    let mut rim = BTreeSet::new();
    for edge in grids.values().flat_map(Shape::segments) {
        if !rim.remove(&edge.reversed()) {
            assert!(rim.insert(edge), "{edge:?} twice");
        }
    }
    rim
}

/// What must hold of every edit: the grids are seamless still, with the same vertices on both sides
/// of each border, and nothing moved by a unit or more but where it was meant to.
///
/// Seamlessness is proved, and looked at once more point by point: every lattice point of the box
/// that lies inside the rim, off it by two units, is in exactly one grid.
pub(crate) fn assert_seamless(before: &Grids, after: &Grids, size: (i32, i32)) {
    let verdict = prove(&members(after), Outline::OwnRim);
    assert!(verdict.seamless, "{verdict:#?}");
    assert!(verdict.noded, "{verdict:#?}");
    let old_rim = rim(before);
    // where the rim got vertices, it is drawn through them, off by less than a unit
    let new_rim = rim(after);
    for edge in new_rim.difference(&old_rim) {
        for p in [edge.start(), edge.end()] {
            assert!(
                old_rim.iter().any(|old| within_a_unit(p, *old)),
                "{p:?} is not on the old rim"
            );
        }
    }
    for x in (0..size.0).step_by(1.max(size.0 / 50).cast_unsigned() as usize) {
        for y in (0..size.1).step_by(1.max(size.1 / 50).cast_unsigned() as usize) {
            let p = point(x, y);
            if old_rim.iter().any(|edge| within(p, *edge, 2)) {
                continue;
            }
            let count = |grids: &Grids| grids.values().map(|s| s.winding_nudged(p)).sum::<i32>();
            assert_eq!(count(after), count(before), "at {p:?}");
            assert!(
                after.values().all(|shape| shape.winding_nudged(p) >= 0),
                "at {p:?}"
            );
        }
    }
}

/// Whether a point lies less than a unit from an edge's line, beside the edge: exact.
pub(crate) fn within_a_unit(p: Point, edge: Segment) -> bool {
    within(p, edge, 1)
}

/// Whether a point is within so many units of an edge, by distance squared in whole numbers.
pub(crate) fn within(p: Point, edge: Segment, units: i64) -> bool {
    let (a, b) = (edge.start(), edge.end());
    let (v, w) = (b.from_origin(a), p.from_origin(a));
    let squared = |x: i64, y: i64| x * x + y * y;
    let along = v.dx * w.dx + v.dy * w.dy;
    let length = squared(v.dx, v.dy);
    if along <= 0 {
        squared(w.dx, w.dy) <= units * units
    } else if along >= length {
        let u = p.from_origin(b);
        squared(u.dx, u.dy) <= units * units
    } else {
        let across = v.dx * w.dy - v.dy * w.dx;
        i128::from(across) * i128::from(across) <= i128::from(units * units) * i128::from(length)
    }
}

/// Sizes of cells: so small that vertices, borders and lines come within a unit of each other all the
/// time, so large that they do not, and so long and thin that what is drawn off by a unit would run
/// over vertices far away.
pub(crate) const SIZES: [(i32, i32); 5] = [(8, 8), (15, 15), (40, 40), (300, 5), (900, 7)];

/// Every lattice point of a box of so many cells, or some of them where there are many.
pub(crate) fn samples(size: (i32, i32), cells: i32) -> Vec<Point> {
    let step = |size: i32| 1.max(size / 40).cast_unsigned() as usize;
    (-1..cells * size.0)
        .step_by(step(size.0))
        .flat_map(|x| {
            (-1..cells * size.1)
                .step_by(step(size.1))
                .map(move |y| point(x, y))
        })
        .collect()
}
