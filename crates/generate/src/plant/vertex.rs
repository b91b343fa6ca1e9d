//! Defects of a single vertex: dropped, moved, one more; beside the border or exactly on it.

use wangge_plane::{Point, Segment, ellipsoid, turn};

use super::bend::{Bend, redrawn};
use super::draft::{Draft, Site, Target, Wish, distance_m};
use super::frame::{Frame, moved, rounded_m, stepped, whole};
use super::{LackedVertex, PlantedDefect, PlantedKind, ReportKind};

/// A grid that lacks a vertex of a border.
pub(super) fn dropped(site: &Site<'_>, wish: &Wish) -> Option<Draft> {
    let stretch = site.stretch(5)?;
    let [p, v, q] = [stretch.points[1], stretch.points[2], stretch.points[3]];
    let fits = match wish.target {
        Target::Metres { .. } => wish.target.takes(off_line(Frame::at(v), v, p, q)?),
        Target::Unit => within_a_unit(v, p, q),
    };
    // the ground of the vertex goes when the ring turns left there, and comes when it turns right
    if !fits || turn(p, v, q) != wish.side() {
        return None;
    }
    let size_m = ellipsoid::distance_to_segment_m(v, Segment::new(p, q)?);
    let bend = Bend::new(&stretch, 1, 3, &[]);
    site.misfit(wish, &stretch, &bend, v, size_m)
}

/// A grid that has a vertex of a border elsewhere: across the border, or nearly so.
pub(super) fn moved_across(site: &Site<'_>, wish: &Wish) -> Option<Draft> {
    let stretch = site.stretch(5)?;
    let [p, v, q] = [stretch.points[1], stretch.points[2], stretch.points[3]];
    let frame = Frame::at(v);
    let along = frame.way(p, q).direction();
    let across = wish.across(along);
    let to = match wish.target {
        Target::Metres { wanted, .. } => {
            // up to a slope of a half from the perpendicular
            let way = (across + along * (wish.chance - 0.5)).direction() * wanted;
            frame.end(v, way, |to| wish.target.takes(frame.distance(v, to)))?
        }
        Target::Unit => stepped(v, across)?,
    };
    let bend = Bend::new(&stretch, 1, 3, &[to]);
    site.misfit(wish, &stretch, &bend, to, distance_m(v, to))
}

/// A grid that has a vertex more, beside the border.
pub(super) fn extra_beside(site: &Site<'_>, wish: &Wish) -> Option<Draft> {
    let stretch = site.stretch(4)?;
    let [u, w] = [stretch.points[1], stretch.points[2]];
    let frame = Frame::at(u);
    let edge = frame.way(u, w);
    let share = 0.3 + 0.4 * wish.chance;
    let extra = match wish.target {
        Target::Metres { wanted, .. } => {
            let way = edge * share + wish.across(edge) * wanted;
            let fits = |x| off_line(frame, x, u, w).is_some_and(|size| wish.target.takes(size));
            frame.end(u, way, |x| fits(x) && turn(u, w, x) == wish.side())?
        }
        Target::Unit => next_to(u, w, share, wish)?,
    };
    let size_m = ellipsoid::distance_to_segment_m(extra, Segment::new(u, w)?);
    let bend = Bend::new(&stretch, 1, 2, &[extra]);
    site.misfit(wish, &stretch, &bend, extra, size_m)
}

/// A vertex exactly on an edge that one grid has and the other lacks: one more, or one of two that
/// both were given and one then dropped or moved.
///
/// The edge has lattice points between its ends.
pub(super) fn on_line(site: &Site<'_>, wish: &Wish) -> Option<Draft> {
    let stretch = site.stretch(4)?;
    let [u, w] = [stretch.points[1], stretch.points[2]];
    let way = w.from_origin(u);
    let steps = gcd(way.dx.unsigned_abs(), way.dy.unsigned_abs());
    let steps = i64::try_from(steps).ok().filter(|&steps| steps > 1)?;
    let on = |step: i64| moved(u, way.dx / steps * step, way.dy / steps * step);
    #[expect(
        clippy::cast_precision_loss,
        reason = "an edge has far fewer lattice points than 2^53"
    )]
    let first = 1 + whole(((steps - 2) as f64) * wish.chance);
    let vertex = on(first)?;
    // what the grid has, and what its neighbour has
    let (ours, theirs) = match wish.kind {
        PlantedKind::DroppedVertex => (None, Some(vertex)),
        PlantedKind::MovedVertex => {
            let to = (1..steps)
                .filter(|&step| step != first)
                .filter_map(on)
                .find(|&to| wish.target.takes(Frame::at(u).distance(vertex, to)))?;
            (Some(to), Some(vertex))
        }
        _ => (Some(vertex), None),
    };
    let code = |grid: usize| site.code(grid).clone();
    let lacks = |point: Point, grid: usize| LackedVertex {
        point,
        lacks: code(grid),
    };
    let place = ours.unwrap_or(vertex);
    let mut defect = PlantedDefect::new(wish.kind, code(stretch.grid), place);
    defect.grids = site.both(&stretch);
    let size_m = if wish.kind == PlantedKind::MovedVertex {
        distance_m(vertex, place)
    } else {
        0.0
    };
    defect.size_m = Some(rounded_m(size_m));
    defect.prepared = theirs;
    defect.expect = vec![ReportKind::UnmatchedVertex];
    defect
        .unmatched
        .extend(ours.map(|x| lacks(x, stretch.neighbour)));
    defect
        .unmatched
        .extend(theirs.map(|x| lacks(x, stretch.grid)));
    let mut edits = Vec::new();
    if let Some(x) = ours {
        let bend = Bend::new(&stretch, 1, 2, &[x]);
        edits.push((bend.ring(), bend.redrawn(site.borders)?));
    }
    if let Some(x) = theirs {
        // the neighbour's ring runs the other way
        let length = site.borders.points(stretch.ring).len();
        let (ring, from) = site
            .borders
            .mirror(stretch.ring, (stretch.first + 2) % length)?;
        let drawn = redrawn(site.borders.points(ring), from, 2, &[w, x, u])?;
        edits.push((ring, drawn));
    }
    Some(Draft {
        edits,
        copied: None,
        concerned: vec![stretch.grid, stretch.neighbour],
        defect,
    })
}

/// The distance of a point from the line between two others, metres; `None` when its foot is not
/// between them, or it is on the line.
fn off_line(frame: Frame, x: Point, p: Point, q: Point) -> Option<f64> {
    let (line, to) = (frame.way(p, q), frame.way(p, x));
    let foot = line.dot(to);
    let between = foot > 0.0 && foot < line.dot(line);
    let off = line.cross(to).abs() / line.length();
    (between && off > 0.0).then_some(off)
}

/// Whether a point is at most one lattice unit off a line, measured on the lattice.
fn within_a_unit(v: Point, p: Point, q: Point) -> bool {
    let line = q.from_origin(p);
    let cross = i128::from(wangge_plane::cross(p, q, v));
    let square = i128::from(line.dx).pow(2) + i128::from(line.dy).pow(2);
    cross * cross <= square
}

/// The lattice point next to an edge, on the wished side, at a share of the way along it: at most
/// one unit off along one axis.
fn next_to(u: Point, w: Point, share: f64, wish: &Wish) -> Option<Point> {
    let way = w.from_origin(u);
    let steep = way.dy.abs() > way.dx.abs();
    let (long, short) = if steep {
        (way.dy, way.dx)
    } else {
        (way.dx, way.dy)
    };
    #[expect(clippy::cast_precision_loss, reason = "33 bits fit a double exactly")]
    let along = whole(long as f64 * share);
    let floor = (along * short).checked_div_euclid(long)?;
    (floor - 1..=floor + 1)
        .filter(|across| (across * long - along * short).abs() <= long.abs())
        .filter_map(|across| {
            let (dx, dy) = if steep {
                (across, along)
            } else {
                (along, across)
            };
            moved(u, dx, dy)
        })
        .find(|&point| turn(u, w, point) == wish.side())
}

fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use wangge_plane::Turn;

    use super::*;

    fn point(x: i32, y: i32) -> Point {
        Point::new(x, y).unwrap()
    }

    fn inward(inward: bool) -> Wish {
        Wish {
            kind: PlantedKind::ExtraVertex,
            target: Target::Unit,
            inward,
            on_line: false,
            chance: 0.5,
        }
    }

    #[rstest]
    #[case((1000, 7))]
    #[case((7, 1000))]
    #[case((-1000, 333))]
    #[case((-333, -1000))]
    #[case((1000, 0))]
    #[case((0, -1000))]
    #[case((1000, 1000))]
    fn the_next_lattice_point_is_on_its_side_and_at_most_a_unit_away(#[case] to: (i32, i32)) {
        let (u, w) = (point(5, 5), point(5 + to.0, 5 + to.1));
        for (way, side) in [(true, Turn::Left), (false, Turn::Right)] {
            let next = next_to(u, w, 0.5, &inward(way)).unwrap();
            assert_eq!(turn(u, w, next), side);
            assert!(within_a_unit(next, u, w));
        }
    }

    #[test]
    fn a_unit_off_the_line_is_measured_across_it() {
        let (p, q) = (point(0, 0), point(300, 400));
        // 5 lattice units of the line are 4 across and 3 along: (x, y) is off by |3 y - 4 x| / 5
        assert!(within_a_unit(point(151, 203), p, q));
        assert!(within_a_unit(point(151, 203 - 2), p, q));
        assert!(!within_a_unit(point(152, 200), p, q));
    }

    #[test]
    fn the_greatest_common_divisor_counts_the_lattice_steps_of_an_edge() {
        assert_eq!((gcd(12, 18), gcd(7, 0), gcd(0, 5), gcd(9, 4)), (6, 7, 5, 1));
    }
}
