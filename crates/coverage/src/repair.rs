//! A proposal to mend a coverage: what misfits is given to one of its neighbours.

mod settle;
mod snap;

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;
use wangge_arrange::Face;
use wangge_plane::{Point, Polygon, Segment, Shape};

use crate::defect::Defect;
use crate::neighbourhood::{Neighbourhood, REST, concerned};
use crate::proof::{Member, Outline, Proof};
use crate::survey::{Terms, survey};
use settle::{Ground, Settlement};
use snap::snapped;

/// What a repair may do.
#[derive(Debug, Clone)]
pub struct RepairTerms<'a> {
    /// Vertices of misfitting borders this near to each other, metres, become one; 0 for none.
    pub snap_m: f64,
    /// Gaps up to this wide, metres, are given to a neighbour; wider ones may be meant.
    pub max_gap_width_m: f64,
    /// How each member ranks, by its place: ground in question goes to the highest rank, and
    /// among equals to the longest shared border. None for all equal.
    pub priority: Option<&'a [f64]>,
    /// Members that are never changed, by their places.
    pub locked: &'a [bool],
    /// Whether the outer rim may move: openings of the outline filled, and what lies beyond it cut
    /// off.
    pub move_rim: bool,
    /// What the coverage is measured against, and what may be uncovered.
    pub measure: Terms<'a>,
}

impl Default for RepairTerms<'_> {
    fn default() -> Self {
        Self {
            snap_m: 0.0,
            max_gap_width_m: 1.0,
            priority: None,
            locked: &[],
            move_rim: false,
            measure: Terms::default(),
        }
    }
}

/// What was done about one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ChangeKind {
    /// Vertices within the snapping distance became one.
    Snapped,
    /// Ground that nobody covered was given to a neighbour.
    GapClosed,
    /// Ground that several covered was left to one of them.
    OverlapSettled,
    /// Ground beyond the outline was cut off.
    CutToOutline,
    /// A boundary that crossed itself was drawn around the ground that it enclosed.
    Uncrossed,
    /// Edges that a grid ran along both ways were taken out.
    SpikeRemoved,
    /// Vertices that the other side of a border has were put in.
    VerticesInserted,
}

impl ChangeKind {
    /// The name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Snapped => "snapped",
            Self::GapClosed => "gap-closed",
            Self::OverlapSettled => "overlap-settled",
            Self::CutToOutline => "cut-to-outline",
            Self::Uncrossed => "uncrossed",
            Self::SpikeRemoved => "spike-removed",
            Self::VerticesInserted => "vertices-inserted",
        }
    }
}

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What was done.
    pub kind: ChangeKind,
    /// The grid that has the ground now, or whose boundary was changed, as a place in the list of
    /// members.
    pub to: Option<usize>,
    /// The grids that had it too and lost it.
    pub from: Vec<usize>,
    /// The ground on the ellipsoid, square metres; 0 where only lines change.
    pub area_m2: f64,
    /// The ground's width, metres.
    pub width_m: Option<f64>,
    /// How many vertices.
    pub count: Option<usize>,
    /// Where.
    pub at: Option<Point>,
    /// The ground, where there is some.
    pub ground: Option<Polygon>,
}

/// A mended coverage, and all that was changed.
#[derive(Debug, Clone)]
pub struct Repaired {
    /// The grids' ground, in the order of the members. What needed no change is as it was, vertex
    /// for vertex.
    pub shapes: Vec<Shape>,
    /// What was done.
    pub changes: Vec<Change>,
    /// What is left: all that a survey of the proposal finds.
    pub left: Vec<Defect>,
}

/// Proposes how to mend a coverage.
///
/// The grids that have a part in what is wrong are laid over each other as in
/// [`survey`](crate::survey()). Each piece of ground that misfits is given to one grid as a whole,
/// and the grids are drawn anew from the ground that is theirs, so that neighbours have the same
/// border. No grid is emptied or left out, locked grids stay as they are, and the outer rim does
/// not move unless told. What cannot be settled so is left, and named.
///
/// ```
/// use wangge_coverage::{ChangeKind, Member, Outline, RepairTerms, prove, repair};
/// # use wangge_plane::{PlaneError, Point, Polygon, Ring, Shape};
/// # fn block(west: i32, east: i32) -> Result<Shape, PlaneError> {
/// #     let corners = [(west, 0), (east, 0), (east, 1_000_000), (west, 1_000_000)];
/// #     let points = corners.iter().map(|&(x, y)| Point::new(x, y)).collect::<Result<_, _>>()?;
/// #     Ok(Shape::new(vec![Polygon::new(Ring::new(points)?, vec![])]).expect("one part"))
/// # }
/// // both claim a strip that is 50 lattice units wide, half a metre
/// let (west, east) = (block(0, 1_000_000)?, block(999_950, 2_000_000)?);
/// let members = [Member { code: "1", shape: &west }, Member { code: "2", shape: &east }];
/// let mended = repair(&members, &RepairTerms::default());
/// assert_eq!(mended.changes[0].kind, ChangeKind::OverlapSettled);
/// assert!(mended.left.is_empty());
/// let now: Vec<Member<'_>> = members.iter().zip(&mended.shapes)
///     .map(|(member, shape)| Member { code: member.code, shape }).collect();
/// assert!(prove(&now, Outline::OwnRim).seamless);
/// # Ok::<(), PlaneError>(())
/// ```
pub fn repair(members: &[Member<'_>], terms: &RepairTerms<'_>) -> Repaired {
    let mut changes = Vec::new();
    let mut shapes: Vec<Shape> = members.iter().map(|m| m.shape.clone()).collect();
    if terms.snap_m > 0.0
        && let Some((moved, change)) = snapped(members, terms)
    {
        shapes = moved;
        changes.extend(change);
    }
    let after_snapping = with_shapes(members, &shapes);
    let proof = Proof::of(&after_snapping, terms.measure.outline);
    let drawn = Redrawn::of(&after_snapping, &proof, terms);
    changes.extend(drawn.changes);
    for (member, shape) in drawn.shapes {
        shapes[member] = shape;
    }
    changes.sort_by(|a, b| {
        (a.kind, b.area_m2)
            .partial_cmp(&(b.kind, a.area_m2))
            .unwrap_or(std::cmp::Ordering::Equal)
            .then_with(|| (a.to, a.at).cmp(&(b.to, b.at)))
    });
    let left = survey(&with_shapes(members, &shapes), &terms.measure).defects;
    Repaired {
        shapes,
        changes,
        left,
    }
}

fn with_shapes<'a>(members: &[Member<'a>], shapes: &'a [Shape]) -> Vec<Member<'a>> {
    members
        .iter()
        .zip(shapes)
        .map(|(member, shape)| Member { shape, ..*member })
        .collect()
}

/// The grids that come out other than they were.
struct Redrawn {
    shapes: BTreeMap<usize, Shape>,
    changes: Vec<Change>,
}

impl Redrawn {
    fn of(members: &[Member<'_>], proof: &Proof, terms: &RepairTerms<'_>) -> Self {
        let outline = match terms.measure.outline {
            Outline::OwnRim => None,
            Outline::Shape(shape) => Some(shape),
        };
        let near = neighbourhood(members, outline, proof);
        let ground = Ground {
            near: &near,
            members,
            terms,
            has_outline: outline.is_some(),
        };
        let Settlement {
            owners,
            mut changes,
        } = ground.settle();
        let mut shapes = drawn_from(&near, &owners);
        shapes.retain(|&member, shape| {
            let is_locked = terms.locked.get(member).copied().unwrap_or(false);
            !is_locked && !same_boundary(shape, members[member].shape)
        });
        for (&member, shape) in &shapes {
            changes.extend(lines_changed(member, members[member].shape, shape, proof));
        }
        Self { shapes, changes }
    }
}

/// The neighbourhood of what is wrong, with every grid in it that has an edge which is cut or
/// drawn elsewhere there: a border is changed on both sides or on none.
fn neighbourhood(members: &[Member<'_>], outline: Option<&Shape>, proof: &Proof) -> Neighbourhood {
    let mut inside = concerned(proof, outline.is_some());
    for (member, soundness) in (0u32..).zip(&proof.soundness) {
        if !soundness.spikes().is_empty() {
            inside.push(member);
        }
    }
    for cut in &proof.rest.met.inner_vertices {
        let from = proof
            .residual
            .partition_point(|left| left.segment() < cut.edge);
        let uses = proof.residual[from..]
            .iter()
            .take_while(|left| left.segment() == cut.edge);
        inside.extend(uses.map(wangge_arrange::Use::owner));
    }
    loop {
        inside.sort_unstable();
        inside.dedup();
        let near = Neighbourhood::around(members, outline, proof, &inside);
        let affected = affected(&near, members, proof);
        if affected.is_empty() {
            return near;
        }
        inside.extend(affected);
    }
}

/// The grids outside a neighbourhood of whose borders it has pieces only, or has them elsewhere.
fn affected(near: &Neighbourhood, members: &[Member<'_>], proof: &Proof) -> Vec<u32> {
    let inside: FxHashSet<u32> = near.members.iter().copied().collect();
    let mut borders: FxHashSet<Segment> = FxHashSet::default();
    for &member in &near.members {
        let shape = members[member as usize].shape;
        borders.extend(shape.segments().map(|s| s.canonical().0));
    }
    borders.extend(proof.residual.iter().map(wangge_arrange::Use::segment));
    let chains = near.arrangement.chains();
    let whole: FxHashSet<Segment> = (0..chains.len())
        .filter(|&edge| !chains.shares(edge).is_empty())
        .map(|edge| chains.segments()[edge])
        .collect();
    let Some(reach) = near
        .members
        .iter()
        .map(|&member| proof.extents[member as usize])
        .reduce(wangge_plane::Extent::union)
    else {
        return Vec::new();
    };
    (0u32..)
        .zip(members)
        .filter(|(member, _)| !inside.contains(member))
        .filter(|(member, _)| proof.extents[*member as usize].meets(reach))
        .filter(|(_, m)| {
            m.shape.segments().any(|s| {
                let edge = s.canonical().0;
                borders.contains(&edge) && !whole.contains(&edge)
            })
        })
        .map(|(member, _)| member)
        .collect()
}

/// The ground of each member looked into, from the faces that are its own.
fn drawn_from(near: &Neighbourhood, owners: &[Vec<u32>]) -> BTreeMap<usize, Shape> {
    let of = |face: Face| owners[face.0 as usize].as_slice();
    let mut parts: BTreeMap<u32, Vec<Polygon>> = BTreeMap::new();
    // grids that still share ground are drawn one by one
    let shared: FxHashSet<u32> = owners
        .iter()
        .filter(|owners| owners.len() > 1)
        .flatten()
        .copied()
        .collect();
    let alone = |face: Face| match of(face) {
        [one] if *one != REST && !shared.contains(one) => Some(*one),
        _ => None,
    };
    for region in near.arrangement.regions(alone) {
        parts.entry(region.label).or_default().push(region.polygon);
    }
    for &member in &shared {
        let regions = near
            .arrangement
            .regions(|face| of(face).contains(&member).then_some(member));
        for region in regions {
            parts.entry(member).or_default().push(region.polygon);
        }
    }
    parts
        .into_iter()
        .filter_map(|(member, polygons)| Some((member as usize, Shape::new(polygons)?)))
        .collect()
}

fn same_boundary(a: &Shape, b: &Shape) -> bool {
    let sorted = |shape: &Shape| {
        let mut edges: Vec<Segment> = shape.segments().collect();
        edges.sort_unstable();
        edges
    };
    sorted(a) == sorted(b)
}

/// What changed of a boundary's lines: what crossed, what ran both ways, and new vertices.
fn lines_changed(member: usize, old: &Shape, new: &Shape, proof: &Proof) -> Vec<Change> {
    let change = |kind, count, at| Change {
        kind,
        to: Some(member),
        from: Vec::new(),
        area_m2: 0.0,
        width_m: None,
        count: Some(count),
        at,
        ground: None,
    };
    let mut changes = Vec::new();
    let soundness = &proof.soundness[member];
    if !soundness.is_sound() {
        let at = old.parts().first().map(|p| p.shell().points()[0]);
        return vec![change(ChangeKind::Uncrossed, 1, at)];
    }
    let spikes = soundness.spikes();
    if let Some(first) = spikes.first() {
        changes.push(change(
            ChangeKind::SpikeRemoved,
            spikes.len(),
            Some(first.start()),
        ));
    }
    let vertices =
        |shape: &Shape| -> FxHashSet<Point> { shape.segments().map(Segment::start).collect() };
    let before = vertices(old);
    let mut put_in: Vec<Point> = vertices(new)
        .into_iter()
        .filter(|p| !before.contains(p) && old.segments().any(|s| s.holds(*p)))
        .collect();
    put_in.sort_unstable();
    if let Some(&first) = put_in.first() {
        changes.push(change(
            ChangeKind::VerticesInserted,
            put_in.len(),
            Some(first),
        ));
    }
    changes
}
