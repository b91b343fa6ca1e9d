//! Vertices of misfitting borders that lie near to each other become one.

use rstar::primitives::GeomWithData;
use rstar::{AABB, RTree};
use rustc_hash::{FxHashMap, FxHashSet};
use wangge_arrange::{Faces, Use};
use wangge_plane::{Point, Polygon, Ring, Segment, Shape, ellipsoid};

use super::{Change, ChangeKind, RepairTerms, with_shapes};
use crate::proof::{ALL, Member, Outline, Proof};
use crate::simple::Soundness;
use crate::survey::survey;

/// The shapes with their misfitting vertices snapped, and what moved; `None` where nothing does, or
/// where it would make more defects than there are.
///
/// A vertex moves to one that another grid has on the same misfit, by the snapping distance at
/// most. Vertices of locked grids and of the outer rim are moved to and never moved, and a vertex
/// moves for all grids that have it.
pub(super) fn snapped(
    members: &[Member<'_>],
    terms: &RepairTerms<'_>,
) -> Option<(Vec<Shape>, Vec<Change>)> {
    let proof = Proof::of(members, terms.measure.outline);
    let targets = targets(members, &proof, terms);
    if targets.is_empty() {
        return None;
    }
    let mut shapes: Vec<Shape> = members.iter().map(|m| m.shape.clone()).collect();
    let mut changes = Vec::new();
    for (at, member) in members.iter().enumerate() {
        let touched: Vec<Point> = member
            .shape
            .segments()
            .map(Segment::start)
            .filter(|p| targets.contains_key(p))
            .collect();
        let Some(&first) = touched.first() else {
            continue;
        };
        let Some(moved) = moved(member.shape, &targets) else {
            continue;
        };
        let was_sound = proof.soundness[at].is_sound();
        if moved.doubled_area() <= 0 || (was_sound && !Soundness::of(&moved).is_sound()) {
            continue;
        }
        shapes[at] = moved;
        changes.push(Change {
            kind: ChangeKind::Snapped,
            to: Some(at),
            from: Vec::new(),
            area_m2: 0.0,
            width_m: None,
            count: Some(touched.len()),
            at: Some(first),
            ground: None,
        });
    }
    let breaking = |members: &[Member<'_>]| {
        let found = survey(members, &terms.measure).defects;
        found.iter().filter(|d| d.breaks()).count()
    };
    let better = breaking(&with_shapes(members, &shapes)) <= breaking(members);
    (better && !changes.is_empty()).then_some((shapes, changes))
}

/// Where vertices move to.
fn targets(
    members: &[Member<'_>],
    proof: &Proof,
    terms: &RepairTerms<'_>,
) -> FxHashMap<Point, Point> {
    let is_locked = |m: u32| terms.locked.get(m as usize).copied().unwrap_or(false);
    let fixed = fixed(proof, &is_locked, members, terms);
    // vertices of what is left of the sum, with one grid that has each
    let mut vertices: Vec<(Point, u32)> = proof
        .residual
        .iter()
        .flat_map(|left: &Use| {
            let segment = left.segment();
            [
                (segment.start(), left.owner()),
                (segment.end(), left.owner()),
            ]
        })
        .collect();
    vertices.sort_unstable();
    vertices.dedup();
    let mut owners: FxHashMap<Point, Vec<u32>> = FxHashMap::default();
    for &(point, owner) in &vertices {
        owners.entry(point).or_default().push(owner);
    }
    let mut points: Vec<Point> = owners.keys().copied().collect();
    // what may not move comes first, and then what most grids have
    points.sort_unstable_by_key(|p| (!fixed.contains(p), usize::MAX - owners[p].len(), *p));
    let tree: RTree<GeomWithData<[f64; 2], Point>> = RTree::bulk_load(
        points
            .iter()
            .map(|&p| GeomWithData::new([p.lon(), p.lat()], p))
            .collect(),
    );
    let mut targets: FxHashMap<Point, Point> = FxHashMap::default();
    let mut settled: FxHashSet<Point> = FxHashSet::default();
    for &point in &points {
        if !settled.insert(point) {
            continue;
        }
        let scale = ellipsoid::metres_per_degree(point.lat());
        let reach = [terms.snap_m / scale.east, terms.snap_m / scale.north];
        let near = AABB::from_corners(
            [point.lon() - reach[0], point.lat() - reach[1]],
            [point.lon() + reach[0], point.lat() + reach[1]],
        );
        for other in tree.locate_in_envelope(near).map(|found| found.data) {
            let apart = ellipsoid::distance_m(point, other) <= terms.snap_m
                && !owners[&other].iter().any(|o| owners[&point].contains(o));
            if apart && !fixed.contains(&other) && settled.insert(other) {
                targets.insert(other, point);
            }
        }
    }
    targets
}

/// Vertices that may not move: those of locked grids, of the outline and of the outer rim.
fn fixed(
    proof: &Proof,
    is_locked: &impl Fn(u32) -> bool,
    members: &[Member<'_>],
    terms: &RepairTerms<'_>,
) -> FxHashSet<Point> {
    let mut fixed: FxHashSet<Point> = (0u32..)
        .zip(members)
        .filter(|(member, _)| is_locked(*member))
        .flat_map(|(_, m)| m.shape.segments().map(Segment::start))
        .collect();
    if terms.move_rim {
        return fixed;
    }
    if let Outline::Shape(outline) = terms.measure.outline {
        fixed.extend(outline.segments().map(Segment::start));
    }
    let laid = &proof.rest.arrangement;
    for (edge, segment) in laid.chains().segments().iter().enumerate() {
        let outer = [laid.left(edge), laid.right(edge)].contains(&Faces::OUTER);
        if outer && laid.chains().share_of(edge, ALL) != 0 {
            fixed.extend([segment.start(), segment.end()]);
        }
    }
    fixed
}

/// A shape with its vertices moved; `None` where a ring would be lost.
fn moved(shape: &Shape, targets: &FxHashMap<Point, Point>) -> Option<Shape> {
    let ring = |ring: &Ring| -> Option<Ring> {
        let points = ring.points().iter();
        Ring::new(
            points
                .map(|p| targets.get(p).copied().unwrap_or(*p))
                .collect(),
        )
        .ok()
    };
    let part = |part: &Polygon| -> Option<Polygon> {
        let holes = part
            .holes()
            .iter()
            .map(ring)
            .collect::<Option<Vec<Ring>>>()?;
        Some(Polygon::new(ring(part.shell())?, holes))
    };
    Shape::new(
        shape
            .parts()
            .iter()
            .map(part)
            .collect::<Option<Vec<Polygon>>>()?,
    )
}
