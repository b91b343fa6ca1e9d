//! Rings that are not simple: spikes and bow-ties.

use wangge_plane::{Meeting, Point, Segment, Side, turn};

use super::bend::{Bend, simple_ring};
use super::borders::Stretch;
use super::draft::{Draft, Site, Target, Wish, distance_m};
use super::frame::{Frame, moved, rounded_m, stepped, whole};
use super::{PlantedDefect, ReportKind};
use crate::board::Spot;

/// A way out of a vertex and back to it, over the grid's own ground or its neighbour's.
pub(super) fn spike(site: &Site<'_>, wish: &Wish) -> Option<Draft> {
    let stretch = site.stretch(3)?;
    let [p, v, q] = [stretch.points[0], stretch.points[1], stretch.points[2]];
    let frame = Frame::at(v);
    let across = wish.across(frame.way(p, q));
    let tip = match wish.target {
        Target::Metres { wanted, .. } => frame.end(v, across * wanted, |tip| {
            wish.target.takes(frame.distance(v, tip))
        })?,
        Target::Unit => stepped(v, across)?,
    };
    let edge = Segment::new(v, tip)?;
    let bend = Bend::new(&stretch, 1, 1, &[tip, v]);
    let ground = if wish.inward {
        stretch.grid
    } else {
        stretch.neighbour
    };
    let sound = site.grids[ground].shape.side(tip) == Side::Inside
        && bend.stands_alone(site.borders, edge.extent(), |point| edge.holds(point));
    if !sound {
        return None;
    }
    let mut draft = draft_of(site, wish, &stretch, &bend, tip)?;
    draft.defect.size_m = Some(rounded_m(distance_m(v, tip)));
    draft.defect.expect = vec![ReportKind::Spike];
    Some(draft)
}

/// A bump of four vertices beside an edge, the middle two of which are swapped.
///
/// ```text
///      x1 ←──── x2        u → h1 → x2 → x1 → h2 → w, where a sound bump would go
///         ╲    ╱          u → h1 → x1 → x2 → h2 → w
///           ╳
///      h1 ╱    ╲ h2
///  u ────          ──── w
/// ```
///
/// The two edges that cross halve each other at a point whose coordinates are odd halves of a
/// lattice unit: where they cross is no lattice point, and yet all areas are whole.
pub(super) fn bow_tie(site: &Site<'_>, wish: &Wish) -> Option<Draft> {
    let stretch = site.stretch(4)?;
    let [u, w] = [stretch.points[1], stretch.points[2]];
    let tie = Tie::beside(u, w, wish)?;
    let bump = simple_ring(vec![u, tie.h1, tie.x1, tie.x2, tie.h2, w])?;
    let one_side = [tie.h1, tie.x1, tie.x2, tie.h2]
        .iter()
        .all(|&point| turn(u, w, point) == wish.side());
    let bend = Bend::new(&stretch, 1, 2, &[tie.h1, tie.x2, tie.x1, tie.h2]);
    let sound = one_side
        && bend.stands_alone(site.borders, bump.extent(), |point| {
            bump.side(point) != Side::Outside
        })
        && bend.meetings(site.borders)? == [Meeting::Crossing];
    if !sound {
        return None;
    }
    let (beside, looped) = tie.areas(u, w)?;
    let mut draft = draft_of(site, wish, &stretch, &bend, tie.x1)?;
    let defect = &mut draft.defect;
    defect.size_m = Some(rounded_m(distance_m(tie.x1, tie.x2)));
    if wish.inward {
        defect.doubled_missing = beside;
    } else {
        defect.doubled_twice = beside;
    }
    defect.doubled_loop = looped;
    defect.expect = vec![ReportKind::SelfIntersection];
    defect.also = vec![ReportKind::Gap, ReportKind::Overlap, ReportKind::Hairline];
    Some(draft)
}

/// The four vertices of a bow-tie: the ways from `h1` to `x2` and from `x1` to `h2` cross in the
/// middle of both.
struct Tie {
    h1: Point,
    x1: Point,
    x2: Point,
    h2: Point,
}

impl Tie {
    /// A bow-tie next to an edge, on the wished side.
    fn beside(u: Point, w: Point, wish: &Wish) -> Option<Self> {
        let frame = Frame::at(u);
        let edge = frame.way(u, w);
        let (along, across) = (edge.direction(), wish.across(edge));
        let (size_m, height_m) = match wish.target {
            Target::Metres { wanted, .. } => (wanted, wanted * 1.2),
            // the smallest diagonals are a unit or three long to either axis: four keep them clear
            Target::Unit => (frame.east_m, frame.east_m.max(frame.north_m) * 4.0),
        };
        let middle = frame.units(edge * (0.35 + 0.3 * wish.chance) + across * height_m);
        // twice the crossing, from `u`, both coordinates odd
        let crossing = (odd(middle.x * 2.0), odd(middle.y * 2.0));
        // the two diagonals
        let forth = frame.units(along * size_m + across * (size_m * 1.2));
        let back = frame.units(along * -size_m + across * (size_m * 1.2));
        let mut found: Option<(f64, Self)> = None;
        for a in odds_near(forth) {
            for b in odds_near(back) {
                let twist = a.0 * b.1 - a.1 * b.0;
                if twist == 0 || twist % 4 != 0 {
                    continue;
                }
                let end = |way: (i64, i64), sign: i64| {
                    let (x, y) = (crossing.0 + sign * way.0, crossing.1 + sign * way.1);
                    moved(u, x / 2, y / 2)
                };
                let tie = Self {
                    h1: end(a, -1)?,
                    x2: end(a, 1)?,
                    x1: end(b, 1)?,
                    h2: end(b, -1)?,
                };
                let off = off(a, forth) + off(b, back);
                let fits = wish.target.takes(frame.distance(tie.x1, tie.x2));
                if fits && found.as_ref().is_none_or(|(least, _)| off < *least) {
                    found = Some((off, tie));
                }
            }
        }
        found.map(|(_, tie)| tie)
    }

    /// Twice the areas between the edge and the crossing, and of the loop beyond it.
    fn areas(&self, u: Point, w: Point) -> Option<(i128, i128)> {
        // twice the coordinates, from `u`, make the crossing whole
        let twice = |p: Point| {
            let way = p.from_origin(u);
            (i128::from(way.dx) * 2, i128::from(way.dy) * 2)
        };
        let ((ax, ay), (bx, by)) = (twice(self.h1), twice(self.x2));
        let crossing = (i128::midpoint(ax, bx), i128::midpoint(ay, by));
        let beside = [(0, 0), (ax, ay), crossing, twice(self.h2), twice(w)];
        let looped = [crossing, (bx, by), twice(self.x1)];
        Some((quarter(&beside)?, quarter(&looped)?))
    }
}

/// A quarter of twice the area of a path in doubled coordinates, either way around, when it is
/// whole.
fn quarter(path: &[(i128, i128)]) -> Option<i128> {
    let after = path.iter().cycle().skip(1);
    let doubled: i128 = path
        .iter()
        .zip(after)
        .map(|(a, b)| a.0 * b.1 - a.1 * b.0)
        .sum();
    (doubled % 4 == 0).then_some(doubled.abs() / 4)
}

/// The nearest odd number.
fn odd(value: f64) -> i64 {
    2 * whole((value - 1.0) / 2.0) + 1
}

/// The four ways with odd coordinates around a way in lattice units.
fn odds_near(way: Spot) -> impl Iterator<Item = (i64, i64)> {
    let around = |value: f64| {
        let near = odd(value);
        let next = if i64_real(near) > value {
            near - 2
        } else {
            near + 2
        };
        [near, next]
    };
    let (xs, ys) = (around(way.x), around(way.y));
    xs.into_iter()
        .flat_map(move |x| ys.into_iter().map(move |y| (x, y)))
}

/// How far a way is off another, squared, in lattice units.
fn off(way: (i64, i64), from: Spot) -> f64 {
    let off = Spot::new(i64_real(way.0), i64_real(way.1)) - from;
    off.dot(off)
}

fn i64_real(value: i64) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a way of some metres in lattice units"
    )]
    let value = value as f64;
    value
}

/// A draft of one redrawn ring of which nothing is said yet but the grids.
fn draft_of(
    site: &Site<'_>,
    wish: &Wish,
    stretch: &Stretch,
    bend: &Bend,
    place: Point,
) -> Option<Draft> {
    let grid = site.code(stretch.grid).clone();
    let mut defect = PlantedDefect::new(wish.kind, grid.clone(), place);
    defect.grids = vec![grid];
    defect.beside = vec![site.code(stretch.neighbour).clone()];
    Some(Draft {
        edits: vec![(bend.ring(), bend.redrawn(site.borders)?)],
        copied: None,
        concerned: vec![stretch.grid, stretch.neighbour],
        defect,
    })
}
