//! What the truth says of one defect, looked at from outside.

use std::collections::BTreeSet;

use wangge_generate::{PlantedDefect, PlantedKind, ReportKind};
use wangge_plane::{Meeting, Point, Ring, Segment, Shape, Side, ellipsoid, meetings};

use crate::look::{Case, chain};
use crate::misfit::assert_misfit;

/// Every field of a defect against the grids.
pub(crate) fn assert_true(case: &Case, defect: &PlantedDefect) {
    match defect.kind {
        PlantedKind::Duplicate => assert_duplicate(case, defect),
        PlantedKind::Spike => assert_spike(case, defect),
        PlantedKind::BowTie => assert_bow_tie(case, defect),
        _ if defect.misfit.is_some() => assert_misfit(case, defect),
        _ => assert_on_the_line(case, defect),
    }
    let areas = [
        defect.doubled_missing,
        defect.doubled_twice,
        defect.doubled_loop,
    ];
    assert!(areas.iter().all(|&area| area >= 0), "{defect:?}");
    assert!(!defect.expect.is_empty(), "{defect:?}");
    assert!(defect.grids.is_sorted() && defect.grids.contains(&defect.grid));
}

/// The other grid of a defect of two.
pub(crate) fn other(defect: &PlantedDefect) -> &str {
    let mut all = defect.grids.iter().chain(&defect.beside);
    all.find(|code| **code != defect.grid).unwrap().as_str()
}

/// No ground changed hands: split at the vertices in question, the borders are what they were.
fn assert_on_the_line(case: &Case, defect: &PlantedDefect) {
    assert_eq!(defect.expect, [ReportKind::UnmatchedVertex]);
    assert_eq!(defect.doubled_missing + defect.doubled_twice, 0);
    let splits: Vec<Point> = defect.unmatched.iter().map(|vertex| vertex.point).collect();
    for code in &defect.grids {
        let (before, after) = (case.before(code), case.after(code));
        assert_eq!(before.doubled_area(), after.doubled_area());
        assert_eq!(
            chain(before.segments(), &splits),
            chain(after.segments(), &splits)
        );
    }
    let has = |code: &str, p: Point| {
        let mut rings = case.after(code).rings();
        rings.any(|ring| ring.points().contains(&p))
    };
    for vertex in &defect.unmatched {
        let lacks = vertex.lacks.as_str();
        let owner = defect.grids.iter().find(|code| **code != vertex.lacks);
        assert!(has(owner.unwrap().as_str(), vertex.point) && !has(lacks, vertex.point));
        let on = |edge: &Segment| edge.holds(vertex.point);
        assert_eq!(case.after(lacks).segments().filter(on).count(), 1);
    }
    let lacking: Vec<&str> = defect.unmatched.iter().map(|v| v.lacks.as_str()).collect();
    let (grid, neighbour) = (defect.grid.as_str(), other(defect));
    match defect.kind {
        PlantedKind::DroppedVertex => {
            assert_eq!(lacking, [grid]);
            assert_eq!(defect.prepared, Some(splits[0]));
        }
        PlantedKind::MovedVertex => {
            assert_eq!(lacking, [neighbour, grid]);
            assert_eq!(defect.prepared, Some(splits[1]));
            let moved_m = ellipsoid::distance_m(splits[0], splits[1]);
            assert!((moved_m - defect.size_m.unwrap()).abs() < 1e-4);
        }
        _ => {
            assert_eq!(lacking, [neighbour]);
            assert_eq!(defect.prepared, None);
        }
    }
}

/// One edge more both ways, into ground of the two grids, and nothing else.
fn assert_spike(case: &Case, defect: &PlantedDefect) {
    assert_eq!(defect.expect, [ReportKind::Spike]);
    assert_eq!(defect.grids, std::slice::from_ref(&defect.grid));
    let (before, after) = (case.before(&defect.grid), case.after(&defect.grid));
    assert_eq!(
        chain(before.segments(), &[]),
        chain(after.segments(), &[]),
        "the two ways cancel"
    );
    let old: BTreeSet<Segment> = before.segments().collect();
    let new: Vec<Segment> = after
        .segments()
        .filter(|edge| !old.contains(edge))
        .collect();
    let [out, back] = new[..] else {
        panic!("{defect:?}")
    };
    assert_eq!((out, out.end()), (back.reversed(), defect.place));
    let length_m = ellipsoid::distance_m(out.start(), out.end());
    assert!((length_m - defect.size_m.unwrap()).abs() < 1e-4);
    let neighbour = case.after(other(defect));
    let inside = |shape: &Shape| shape.side(defect.place) == Side::Inside;
    assert!(inside(before) || inside(neighbour));
    for edge in before.segments().chain(neighbour.segments()) {
        let meeting = edge.meeting(out);
        assert!(matches!(meeting, Meeting::Apart | Meeting::AtEnds));
    }
}

/// Four vertices more on one edge; the ring crosses itself once, between them.
fn assert_bow_tie(case: &Case, defect: &PlantedDefect) {
    assert_eq!(defect.expect, [ReportKind::SelfIntersection]);
    assert_eq!(defect.grids, std::slice::from_ref(&defect.grid));
    let (before, after) = (case.before(&defect.grid), case.after(&defect.grid));
    let old: BTreeSet<Segment> = before.segments().collect();
    let new: Vec<Segment> = after
        .segments()
        .filter(|edge| !old.contains(edge))
        .collect();
    assert_eq!(new.len(), 5, "{defect:?}");
    // the new edges in the order of the ring
    let at = new
        .iter()
        .position(|edge| !new.iter().any(|before| before.end() == edge.start()))
        .unwrap();
    let mut path = vec![new[at].start()];
    while let Some(next) = new
        .iter()
        .find(|edge| edge.start() == *path.last().unwrap())
    {
        path.push(next.end());
    }
    let [u, h1, x2, x1, h2, w] = path[..] else {
        panic!("{defect:?}")
    };
    assert!(old.contains(&Segment::new(u, w).unwrap()));
    let met: Vec<Meeting> = after
        .rings()
        .flat_map(Ring::defects)
        .map(|pair| pair.meeting)
        .collect();
    assert_eq!(met, [Meeting::Crossing]);
    let (forth, back) = (Segment::new(h1, x2).unwrap(), Segment::new(x1, h2).unwrap());
    assert_eq!(forth.meeting(back), Meeting::Crossing);
    // swapped back, the bump is simple
    let bump = Ring::new(vec![u, h1, x1, x2, h2, w]).unwrap();
    assert_eq!(bump.defects(), []);
    // the diagonals halve each other, so that the loop is a quarter of their parallelogram
    let (a, b) = (x2.from_origin(h1), x1.from_origin(h2));
    assert_eq!(
        i64::from(h1.x()) + i64::from(x2.x()),
        i64::from(x1.x()) + i64::from(h2.x())
    );
    assert_eq!(
        i64::from(h1.y()) + i64::from(x2.y()),
        i64::from(x1.y()) + i64::from(h2.y())
    );
    let twist = i128::from(a.dx) * i128::from(b.dy) - i128::from(a.dy) * i128::from(b.dx);
    assert_eq!(twist.abs() % 4, 0);
    assert_eq!(defect.doubled_loop, twist.abs() / 4);
    // inside of the grid the loop is wound around once more, outside of it backwards
    let missing = defect.doubled_missing > 0;
    let (beside, looped) = (
        defect.doubled_missing + defect.doubled_twice,
        defect.doubled_loop,
    );
    assert!(defect.doubled_missing == 0 || defect.doubled_twice == 0);
    assert_eq!(
        after.doubled_area() - before.doubled_area(),
        if missing {
            looped - beside
        } else {
            beside - looped
        }
    );
    assert_eq!(bump.doubled_area() < 0, missing, "{defect:?}");
    let mut edges: Vec<Segment> = before
        .segments()
        .chain(case.after(other(defect)).segments())
        .chain(bump.segments())
        .map(|edge| edge.canonical().0)
        .collect();
    edges.sort();
    edges.dedup();
    assert_eq!(meetings(&edges), [], "{defect:?}");
    let size_m = ellipsoid::distance_m(x1, x2);
    assert!((size_m - defect.size_m.unwrap()).abs() < 1e-4);
}

fn assert_duplicate(case: &Case, defect: &PlantedDefect) {
    assert_eq!(defect.expect, [ReportKind::DuplicateGrid]);
    let original = other(defect);
    assert!(!case.clean.contains_key(defect.grid.as_str()));
    assert_eq!(case.after(&defect.grid), case.before(original));
    assert_eq!(case.after(original), case.before(original));
    // away from the rim: every edge has another grid on its other side
    let borders: BTreeSet<Segment> = case.clean.values().flat_map(Shape::segments).collect();
    let inland = |edge: Segment| borders.contains(&edge.reversed());
    assert!(case.before(original).segments().all(inland));
    assert_eq!(
        (defect.doubled_twice, defect.doubled_missing),
        (case.before(original).doubled_area(), 0)
    );
}
