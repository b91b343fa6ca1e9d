//! A city of blocks, redesigned: one grid in a hundred has a part in a change.

use wangge_coverage::Member;
use wangge_plane::{Point, Polygon, Ring, Shape};

pub(crate) type Plan = Vec<(String, Shape)>;

/// A change in each square of blocks with so many on each side, of two grids on average.
const APART: usize = 14;
/// How far a border moves, lattice units: 22 m.
const MOVE: i32 = 2_000;
/// Vertices at either end of a border that stay.
const ENDS: usize = 4;

pub(crate) fn members(plan: &Plan) -> Vec<Member<'_>> {
    let grids = plan.iter();
    grids.map(|(code, shape)| Member { code, shape }).collect()
}

/// The plan with borders moved, grids merged and grids split, in turn. Blocks stand row by row in a
/// square, each with its sides from the south, so many vertices each.
pub(crate) fn redesigned(old: &Plan, per_side: usize) -> Plan {
    let side = old.len().isqrt();
    let mut rings: Vec<Option<Vec<Point>>> = old.iter().map(|grid| Some(corners(grid))).collect();
    let mut added: Vec<(String, Vec<Point>)> = Vec::new();
    let places = (APART..side - APART).step_by(APART).flat_map(|y| {
        (APART..side - APART)
            .step_by(APART)
            .map(move |x| y * side + x)
    });
    for (turn, at) in places.enumerate() {
        let (west, east) = (corners(&old[at]), corners(&old[at + 1]));
        match turn % 4 {
            0 | 1 => {
                let inner = |from: usize| from + ENDS..from + per_side - ENDS;
                rings[at] = Some(moved(west, inner(per_side)));
                rings[at + 1] = Some(moved(east, inner(3 * per_side + 1)));
            }
            2 => {
                let (south, rest) = west.split_at(per_side);
                let north = &rest[per_side..];
                rings[at] = Some([south, &east[..3 * per_side], north].concat());
                rings[at + 1] = None;
            }
            _ => {
                for at in [at, at + 1] {
                    let whole = corners(&old[at]);
                    let (below, above) = (per_side / 2, 3 * per_side - per_side / 2);
                    let west = [&whole[..=below], &whole[above..]].concat();
                    rings[at] = Some(west);
                    added.push((format!("{}-2", old[at].0), whole[below..=above].to_vec()));
                }
            }
        }
    }
    let kept = old.iter().zip(rings);
    let kept = kept.filter_map(|((code, _), ring)| Some((code.clone(), ring?)));
    kept.chain(added)
        .map(|(code, ring)| (code, shape(ring)))
        .collect()
}

/// The same plan, each ring written from another vertex.
pub(crate) fn turned(plan: &Plan) -> Plan {
    let turned = |grid: &(String, Shape)| {
        let mut ring = corners(grid);
        ring.rotate_left(5);
        (grid.0.clone(), shape(ring))
    };
    plan.iter().map(turned).collect()
}

fn corners((_, shape): &(String, Shape)) -> Vec<Point> {
    shape.parts()[0].shell().points().to_vec()
}

fn shape(ring: Vec<Point>) -> Shape {
    let ring = Ring::new(ring).unwrap();
    Shape::new(vec![Polygon::new(ring, vec![])]).unwrap()
}

fn moved(mut ring: Vec<Point>, vertices: std::ops::Range<usize>) -> Vec<Point> {
    for p in &mut ring[vertices] {
        *p = Point::new(p.x() + MOVE, p.y()).unwrap();
    }
    ring
}
