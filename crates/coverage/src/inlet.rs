//! Where the outer rim comes close to itself over uncovered ground: openings that may be meant to
//! be closed.

mod near;
mod rings;

use std::collections::BTreeMap;

use rayon::prelude::*;
use wangge_plane::{Extent, LATTICE_UNIT_DEG, Point, Polygon, Ring, Segment, ellipsoid};

use near::{Boxes, TOGETHER};
use rings::{Place, Rings};

/// How many times longer than wide an inlet is at least: what is shorter is a corner.
const LONGER_THAN_WIDE: f64 = 4.0;

/// A directed edge of the outer rim, with covered ground to its left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RimEdge {
    pub(crate) segment: Segment,
    pub(crate) member: u32,
}

/// Uncovered ground that is open to the outside by a narrow mouth, or lies between two parts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Inlet {
    /// The ground that would be closed by bridging the mouth.
    pub(crate) polygon: Polygon,
    /// The members along it, in order.
    pub(crate) members: Vec<u32>,
    /// The width of its mouth, metres; between two parts, the narrower of its ends.
    pub(crate) width_m: f64,
    /// Half its perimeter, metres.
    pub(crate) length_m: f64,
}

/// A bridge over uncovered ground from a vertex of the rim to the nearest place of another edge.
#[derive(Debug, Clone, Copy)]
struct Chord {
    from: usize,
    to: Place,
    length_m: f64,
}

/// The places where the rim comes closer to itself than a width in metres, over uncovered ground.
///
/// From each vertex of the rim the nearest other edge is looked for that lies no further than the
/// width, over uncovered ground. On one ring the bridge to it closes off a pocket, which is an
/// inlet when it is four times as long as its mouth is wide; of pockets in each other the outermost
/// counts. Between two rings, the ground between the first and the last of neighbouring bridges
/// is one. A measure for people: exact only in that the rim's vertices are.
pub(crate) fn inlets(rim: &[RimEdge], width_m: f64) -> Vec<Inlet> {
    let rings = Rings::of(rim);
    let boxes = Boxes::of((0..rings.len()).map(|at| rings.edge(at)));
    // vertices that follow each other have much the same edges around them
    let chords: Vec<Chord> = (0..rings.len().div_ceil(TOGETHER))
        .into_par_iter()
        .flat_map_iter(|block| {
            let first = block * TOGETHER;
            let reach: Vec<(usize, Extent)> = (first..rings.len().min(first + TOGETHER))
                .map(|from| (from, within(rings.vertex(from), width_m)))
                .collect();
            let of_all = reach.iter().map(|&(_, reach)| reach).reduce(Extent::union);
            let around = of_all.map(|reach| boxes.meeting(reach)).unwrap_or_default();
            let rings = &rings;
            reach
                .into_iter()
                .filter_map(move |(from, reach)| nearest(rings, &around, from, reach, width_m))
        })
        .collect();
    let mut found = pockets(&rings, &chords);
    found.extend(separations(&rings, &chords, width_m));
    found
}

/// A box that holds everything within a width of a point, and little more.
fn within(p: Point, width_m: f64) -> Extent {
    let scale = ellipsoid::metres_per_degree(p.lat());
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "more than fits is everything there is"
    )]
    let units =
        |metres_per_degree: f64| (width_m / metres_per_degree / LATTICE_UNIT_DEG).ceil() as u32;
    Extent::of([p])
        .unwrap_or_else(|| unreachable!("a point has a box"))
        .widened(units(scale.east), units(scale.north))
}

/// The shortest bridge from a vertex to one of the edges around it.
fn nearest(
    rings: &Rings,
    around: &[usize],
    from: usize,
    reach: Extent,
    width_m: f64,
) -> Option<Chord> {
    let p = rings.vertex(from);
    let around = || {
        let edges = around.iter().map(|&at| (at, rings.edge(at)));
        edges.filter(|(_, edge)| edge.extent().meets(reach))
    };
    let mut best: Option<Chord> = None;
    for (at, edge) in around() {
        // the edges at the vertex itself, of other visits of the walk too
        if edge.start() == p || edge.end() == p {
            continue;
        }
        let length_m = ellipsoid::distance_to_segment_m(p, edge);
        if length_m > width_m || best.is_some_and(|chord| chord.length_m <= length_m) {
            continue;
        }
        let to = rings.place_nearest(at, p);
        if rings.opens_towards(from, to.point) && rings.lies_outside(at, to.point, p) {
            best = Some(Chord { from, to, length_m });
        }
    }
    let chord = best?;
    let bridge = Segment::new(p, chord.to.point)?;
    let crossed = around().any(|(at, edge)| {
        let apart = [edge.start(), edge.end()]
            .into_iter()
            .all(|end| end != p && end != chord.to.point);
        at != chord.to.edge && apart && edge.meeting(bridge) == wangge_plane::Meeting::Crossing
    });
    (!crossed).then_some(chord)
}

/// Pockets of one ring, the outermost of those that lie in each other.
fn pockets(rings: &Rings, chords: &[Chord]) -> Vec<Inlet> {
    let mut closed: Vec<(Chord, Place, Place, f64)> = chords
        .iter()
        .filter(|chord| rings.ring_of(chord.from) == rings.ring_of(chord.to.edge))
        .filter_map(|&chord| {
            let from = rings.place_of_vertex(chord.from);
            // the pocket lies to the right of the walk
            let (start, end) = if rings.doubled_area_between(&from, &chord.to) < 0 {
                (from, chord.to)
            } else if rings.doubled_area_between(&chord.to, &from) < 0 {
                (chord.to, from)
            } else {
                return None;
            };
            let length_m = f64::midpoint(rings.length_between(&start, &end), chord.length_m);
            let is_long = length_m >= LONGER_THAN_WIDE * chord.length_m;
            is_long.then_some((chord, start, end, length_m))
        })
        .collect();
    closed.sort_by(|a, b| b.3.total_cmp(&a.3));
    let mut taken = vec![false; rings.len()];
    let mut found = Vec::new();
    for (chord, start, end, length_m) in closed {
        let edges = rings.edges_between(&start, &end);
        if edges.iter().any(|&at| taken[at]) {
            continue;
        }
        for &at in &edges {
            taken[at] = true;
        }
        let Some(polygon) = ground(rings.path_between(&start, &end)) else {
            continue;
        };
        found.push(Inlet {
            polygon,
            members: rings.members(&edges),
            width_m: chord.length_m,
            length_m,
        });
    }
    found
}

/// Ground between two rings.
fn separations(rings: &Rings, chords: &[Chord], width_m: f64) -> Vec<Inlet> {
    let mut between: BTreeMap<(usize, usize), Vec<Chord>> = BTreeMap::new();
    for &chord in chords {
        let (a, b) = (rings.ring_of(chord.from), rings.ring_of(chord.to.edge));
        if a != b {
            between.entry((a, b)).or_default().push(chord);
        }
    }
    let mut found = Vec::new();
    let pairs: Vec<(usize, usize)> = between.keys().copied().collect();
    for (a, b) in pairs {
        // seen from the ring that has more bridges to the other, or from the first
        let (here, there) = (
            between[&(a, b)].len(),
            between.get(&(b, a)).map_or(0, Vec::len),
        );
        if here < there || (here == there && a > b) {
            continue;
        }
        for run in runs(rings, &between[&(a, b)], width_m) {
            let (first, last) = (run[0], run[run.len() - 1]);
            let (from, to) = (
                rings.place_of_vertex(first.from),
                rings.place_of_vertex(last.from),
            );
            // the other ring is walked the other way
            let mut path = rings.path_between(&from, &to);
            path.extend(rings.path_between(&last.to, &first.to));
            let mut edges = rings.edges_between(&from, &to);
            edges.extend(rings.edges_between(&last.to, &first.to));
            let width = first.length_m.min(last.length_m);
            let length_m = (rings.length_between(&from, &to)
                + rings.length_between(&last.to, &first.to)
                + first.length_m
                + last.length_m)
                / 2.0;
            let widest = run.iter().map(|chord| chord.length_m).fold(0.0, f64::max);
            if length_m < LONGER_THAN_WIDE * widest {
                continue;
            }
            if let Some(polygon) = ground(path) {
                found.push(Inlet {
                    polygon,
                    members: rings.members(&edges),
                    width_m: width,
                    length_m,
                });
            }
        }
    }
    found
}

/// Bridges that follow each other along a ring without a wide opening between them.
fn runs(rings: &Rings, chords: &[Chord], width_m: f64) -> Vec<Vec<Chord>> {
    // every vertex between the two has a bridge, or they are near to each other
    let follows = |before: &Chord, chord: &Chord| {
        let (a, b) = (
            rings.place_of_vertex(before.from),
            rings.place_of_vertex(chord.from),
        );
        rings.after(before.from) == chord.from
            || rings.length_between(&a, &b) <= LONGER_THAN_WIDE * width_m
    };
    let mut runs: Vec<Vec<Chord>> = Vec::new();
    for &chord in chords {
        match runs.last_mut() {
            Some(run) if run.last().is_some_and(|before| follows(before, &chord)) => {
                run.push(chord);
            }
            _ => runs.push(vec![chord]),
        }
    }
    // a ring has no beginning
    if runs.len() > 1
        && let (Some(last), Some(first)) = (runs.last(), runs.first())
        && follows(&last[last.len() - 1], &first[0])
    {
        let first = runs.remove(0);
        if let Some(last) = runs.last_mut() {
            last.extend(first);
        }
    }
    runs.retain(|run| run.len() > 1);
    runs
}

fn ground(path: Vec<Point>) -> Option<Polygon> {
    let ring = Ring::new(path).ok()?;
    (ring.doubled_area() != 0).then(|| Polygon::new(ring, Vec::new()))
}
