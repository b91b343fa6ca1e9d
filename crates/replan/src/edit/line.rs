//! Lines that cut: where their ends are, and what lies ahead of an end that stops short.

use wangge_arrange::pixel_of_crossing;
use wangge_plane::{Extent, Line, Meeting, Point, Segment, ellipsoid, winding_nudged};

use super::{CutTerms, EditError, EditNote};

/// How far beyond what lies ahead an end is prolonged, in lattice units: a line that ended where it
/// meets the border, rounded, might not reach it.
const BEYOND: [i64; 4] = [1, 2, 4, 8];

/// The edges of a line, each end that stops inside the ground prolonged to what lies ahead of it.
///
/// `ground` is the boundary of the ground, which lies to the left of its edges.
///
/// # Errors
/// [`EditError::EndsInside`] where that is too far.
pub(crate) fn prolonged(
    line: &Line,
    ground: &[Segment],
    code: &str,
    terms: CutTerms,
) -> Result<(Vec<Segment>, Vec<EditNote>), EditError> {
    let parts: Vec<Vec<Segment>> = line.parts().map(edges_of).collect();
    let drawn: Vec<Segment> = parts.iter().flatten().copied().collect();
    let mut segments = drawn.clone();
    let mut notes = Vec::new();
    let mut first = 0;
    for part in &parts {
        let last = first + part.len() - 1;
        let is_closed = part[0].start() == part[part.len() - 1].end();
        let ends = [(first, part[0].reversed()), (last, part[part.len() - 1])];
        for (own, towards) in ends.into_iter().filter(|_| !is_closed) {
            let end = towards.end();
            let others = || {
                let others = drawn.iter().enumerate();
                others.filter(|(at, _)| *at != own).map(|(_, edge)| *edge)
            };
            let rests = |edge: Segment| edge.holds(end);
            if winding_nudged(ground.iter().copied(), end) == 0
                || ground.iter().copied().any(rests)
                || others().any(rests)
            {
                continue;
            }
            let met: Vec<Segment> = ground.iter().copied().chain(others()).collect();
            let (misses_m, way) = ahead(towards, &met);
            if misses_m > terms.reach_m {
                return Err(EditError::EndsInside {
                    code: code.to_owned(),
                    end,
                    misses_m,
                    reach_m: terms.reach_m,
                });
            }
            segments.extend(way);
            notes.push(EditNote::EndProlonged {
                end,
                by_m: misses_m,
            });
        }
        first = last + 1;
    }
    Ok((segments, notes))
}

/// How far a line is from ground, metres: 0 where it touches it.
pub(crate) fn distance_m(line: &[Segment], ground: &[Segment]) -> f64 {
    let mut least = f64::INFINITY;
    for &edge in line {
        for &of_ground in ground {
            if edge.meeting(of_ground) != Meeting::Apart {
                return 0.0;
            }
            for (from, to) in [(edge, of_ground), (of_ground, edge)] {
                for end in [from.start(), from.end()] {
                    least = least.min(ellipsoid::distance_to_segment_m(end, to));
                }
            }
        }
    }
    least
}

fn edges_of(part: &[Point]) -> Vec<Segment> {
    part.windows(2)
        .filter_map(|ends| Segment::new(ends[0], ends[1]))
        .collect()
}

/// How far it is straight on from the end of an edge to the first of others, metres, and the way
/// there and a little beyond.
fn ahead(towards: Segment, others: &[Segment]) -> (f64, Option<Segment>) {
    let end = towards.end();
    let Some(ray) = ray(towards, others) else {
        return (f64::INFINITY, None);
    };
    let squared = |p: Point| {
        let v = p.from_origin(end);
        i128::from(v.dx) * i128::from(v.dx) + i128::from(v.dy) * i128::from(v.dy)
    };
    let first = others
        .iter()
        .flat_map(|&other| hits(ray, other))
        .filter(|&hit| hit != end)
        .min_by_key(|&hit| (squared(hit), hit));
    let Some(hit) = first else {
        return (f64::INFINITY, None);
    };
    let reaches = |way: &Segment| {
        let way = *way;
        others
            .iter()
            .any(|&other| way.meeting(other) != Meeting::Apart)
    };
    let way = BEYOND
        .iter()
        .filter_map(|&units| Segment::new(end, beyond(hit, towards, units)?))
        .find(reaches)
        .or_else(|| Segment::new(end, hit));
    (ellipsoid::distance_m(end, hit), way)
}

/// An edge prolonged straight on beyond the box around all others, or as far as the lattice goes.
fn ray(towards: Segment, others: &[Segment]) -> Option<Segment> {
    let end = towards.end();
    let way = end.from_origin(towards.start());
    let extent = Extent::of(others.iter().flat_map(|s| [s.start(), s.end()]))?;
    let (low, high) = (extent.min(), extent.max());
    let times = |from: i32, way: i64, low: i32, high: i32| match way.signum() {
        1 => Some((i64::from(high) - i64::from(from)).max(0) / way + 1),
        -1 => Some((i64::from(from) - i64::from(low)).max(0) / -way + 1),
        _ => None,
    };
    let in_x = times(end.x(), way.dx, low.x(), high.x());
    let in_y = times(end.y(), way.dy, low.y(), high.y());
    let often = in_x.into_iter().chain(in_y).min()?;
    let at = |times: i64| -> Option<Point> {
        let x = i32::try_from(i64::from(end.x()) + times * way.dx).ok()?;
        let y = i32::try_from(i64::from(end.y()) + times * way.dy).ok()?;
        Point::new(x, y).ok()
    };
    let far = at(often).or_else(|| at(often - 1))?;
    Segment::new(end, far)
}

/// The points, rounded to the lattice, in which a ray meets an edge first.
fn hits(ray: Segment, edge: Segment) -> Vec<Point> {
    match ray.meeting(edge) {
        Meeting::Apart => Vec::new(),
        Meeting::Crossing => vec![pixel_of_crossing(ray, edge)],
        _ => [edge.start(), edge.end(), ray.end()]
            .into_iter()
            .filter(|&p| ray.holds(p) && edge.holds(p))
            .collect(),
    }
}

/// The point so many units beyond another, in the direction of an edge.
fn beyond(hit: Point, towards: Segment, units: i64) -> Option<Point> {
    let way = towards.end().from_origin(towards.start());
    let longest = way.dx.abs().max(way.dy.abs());
    let share = |way: i64| (2 * way * units + longest).div_euclid(2 * longest);
    let x = i32::try_from(i64::from(hit.x()) + share(way.dx)).ok()?;
    let y = i32::try_from(i64::from(hit.y()) + share(way.dy)).ok()?;
    Point::new(x, y).ok()
}
