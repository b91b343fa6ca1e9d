//! The grids around what is wrong, laid over each other, with the rest of the city as one.

use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use rustc_hash::FxHashSet;
use wangge_arrange::{Arrangement, Face, Use};
use wangge_plane::{Extent, Segment, Shape};

use crate::proof::{Member, Proof, Rest};

/// The owner that stands for all grids that are not looked into.
pub(crate) const REST: u32 = u32::MAX;
/// The owner that stands for the outline.
pub(crate) const OUTLINE: u32 = u32::MAX - 1;

/// The members that have a part in what is wrong, and the ground they make.
pub(crate) struct Neighbourhood {
    /// Owners are places of members, [`REST`] and [`OUTLINE`].
    pub(crate) arrangement: Arrangement,
    /// The members that are looked into, in order.
    pub(crate) members: Vec<u32>,
}

impl Neighbourhood {
    /// The neighbourhood of everything that keeps a proof from being one.
    ///
    /// The sum of all boundaries less those of the members looked into is the boundary of the
    /// rest, which covers its ground once and keeps apart from theirs, if all are in that have a
    /// part in what is wrong. That is checked, and where it is not so all members are looked into.
    pub(crate) fn of(members: &[Member<'_>], outline: Option<&Shape>, proof: &Proof) -> Self {
        let concerned = concerned(proof, outline.is_some());
        let near = Self::around(members, outline, proof, concerned);
        if near.rest_keeps_apart() {
            return near;
        }
        let all = (0u32..).take(members.len()).collect();
        Self::around(members, outline, proof, all)
    }

    /// The neighbourhood of these members, which keep all that is wrong to themselves.
    pub(crate) fn around(
        members: &[Member<'_>],
        outline: Option<&Shape>,
        proof: &Proof,
        concerned: Vec<u32>,
    ) -> Self {
        let mut uses: Vec<Use> = Vec::new();
        let everybody = concerned.len() == members.len();
        for &member in &concerned {
            for this in Use::of_shape(members[member as usize].shape, member) {
                uses.push(this);
                if !everybody {
                    uses.push(Use::times(this.segment(), REST, -this.multiplicity()));
                }
            }
        }
        if !everybody {
            uses.extend(
                proof
                    .residual
                    .iter()
                    .map(|left| Use::times(left.segment(), REST, left.multiplicity())),
            );
        }
        if let Some(outline) = outline {
            uses.extend(Use::of_shape(outline, OUTLINE));
        }
        Self {
            arrangement: Arrangement::of(uses),
            members: concerned,
        }
    }

    fn rest_keeps_apart(&self) -> bool {
        self.arrangement.faces().all(|face| {
            let rest = self.arrangement.winding(face, REST);
            rest == 0 || (rest == 1 && self.owners(face).next().is_none())
        })
    }

    /// The members looked into that lie on a face.
    pub(crate) fn owners(&self, face: Face) -> impl Iterator<Item = u32> + '_ {
        self.arrangement
            .owners(face)
            .iter()
            .map(|share| share.owner)
            .filter(|&owner| owner < OUTLINE)
    }

    /// Whether the rest of the city covers a face.
    pub(crate) fn rest_covers(&self, face: Face) -> bool {
        self.arrangement.winding(face, REST) != 0
    }

    /// Whether the outline holds a face.
    pub(crate) fn is_given(&self, face: Face) -> bool {
        self.arrangement.winding(face, OUTLINE) != 0
    }
}

/// The members that have a part in what is wrong: those whose own boundary is broken, those around
/// ground that nobody covers, and all near ground that is covered other than it should be.
pub(crate) fn concerned(proof: &Proof, has_outline: bool) -> Vec<u32> {
    let mut found: FxHashSet<u32> = FxHashSet::default();
    let mut wrong: Vec<Extent> = Vec::new();
    for (member, soundness) in (0u32..).zip(&proof.soundness) {
        if !soundness.is_sound() {
            wrong.push(proof.extents[member as usize]);
        }
    }
    let rest = &proof.rest;
    let expected = |face: Face| {
        let (all, given) = rest.windings(face);
        if has_outline {
            all == given && (all == 0 || all == 1)
        } else {
            all == 1
        }
    };
    for region in rest
        .arrangement
        .regions(|face| (!expected(face)).then(|| rest.windings(face)))
    {
        if region.label.0 == 0 {
            let edges = region.boundary.iter().map(|b| b.directed.canonical().0);
            found.extend(edges.flat_map(|edge| members_on(rest, edge)));
        } else {
            wrong.push(region.polygon.shell().extent());
        }
    }
    wrong.extend(
        rest.met
            .crossings
            .iter()
            .flatten()
            .map(|edge| edge.extent()),
    );
    if !wrong.is_empty() {
        let boxes = (0u32..)
            .zip(&proof.extents)
            .map(|(member, extent)| GeomWithData::new(rectangle(*extent), member))
            .collect();
        let tree: RTree<GeomWithData<Rectangle<[f64; 2]>, u32>> = RTree::bulk_load(boxes);
        for extent in wrong {
            let corners = corners(extent);
            let near = AABB::from_corners(corners[0], corners[1]);
            found.extend(tree.locate_in_envelope_intersecting(near).map(|b| b.data));
        }
    }
    let mut members: Vec<u32> = found.into_iter().collect();
    members.sort_unstable();
    members
}

/// The members whose boundaries run along a noded edge.
pub(crate) fn members_on(rest: &Rest, edge: Segment) -> Vec<u32> {
    let chains = &rest.chains;
    chains
        .segments()
        .binary_search(&edge)
        .map(|at| {
            let shares = chains.shares(at).iter().map(|share| share.owner);
            shares.filter(|&owner| owner != u32::MAX).collect()
        })
        .unwrap_or_default()
}

fn corners(extent: Extent) -> [[f64; 2]; 2] {
    [extent.min(), extent.max()].map(|p| [f64::from(p.x()), f64::from(p.y())])
}

fn rectangle(extent: Extent) -> Rectangle<[f64; 2]> {
    let [low, high] = corners(extent);
    Rectangle::from_corners(low, high)
}
