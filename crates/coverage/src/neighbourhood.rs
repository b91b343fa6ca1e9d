//! The grids around what is wrong, laid over each other, with the rest of the city as one.

use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use wangge_arrange::{Arrangement, Face, Use};
use wangge_plane::{Extent, Segment, Shape};

use crate::proof::{Member, Proof, Rest};

/// Places by the boxes around them.
pub(crate) type Boxes = RTree<GeomWithData<Rectangle<[f64; 2]>, u32>>;

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
    ambient: (i32, i32),
}

impl Neighbourhood {
    /// The neighbourhood of everything that keeps a proof from being one.
    ///
    /// The sum of all boundaries less those of the members looked into is the boundary of the
    /// rest, which covers its ground once and keeps apart from theirs, if all are in that have a
    /// part in what is wrong. That is checked, and where it is not so all members are looked into.
    pub(crate) fn of(members: &[Member<'_>], outline: Option<&Shape>, proof: &Proof) -> Self {
        let concerned = concerned(proof, outline.is_some());
        let near = Self::around(members, outline, proof, &concerned);
        if near.rest_keeps_apart() {
            return near;
        }
        let all: Vec<u32> = (0u32..).take(members.len()).collect();
        Self::around(members, outline, proof, &all)
    }

    /// The neighbourhood of these members, which keep all that is wrong to themselves.
    pub(crate) fn around(
        members: &[Member<'_>],
        outline: Option<&Shape>,
        proof: &Proof,
        concerned: &[u32],
    ) -> Self {
        let everybody = concerned.len() == members.len();
        let grids = concerned
            .iter()
            .map(|&member| (member, members[member as usize].shape));
        // less all of them nothing is left
        let left = (!everybody).then_some(&proof.residual[..]);
        let outline = outline.into_iter().flat_map(|o| Use::of_shape(o, OUTLINE));
        Self::laid(grids, left, outline, (0, 0))
    }

    /// Lays grids, in order of their owners, over what the sum of all boundaries leaves and over
    /// the outline, all of it inside `ambient`: how often the city, and the outline, wind around
    /// everything here by edges that are not among these.
    pub(crate) fn laid<'a>(
        grids: impl Iterator<Item = (u32, &'a Shape)>,
        left: Option<&[Use]>,
        outline: impl Iterator<Item = Use>,
        ambient: (i32, i32),
    ) -> Self {
        let mut uses: Vec<Use> = Vec::new();
        let mut members = Vec::new();
        for (member, shape) in grids {
            members.push(member);
            for this in Use::of_shape(shape, member) {
                uses.push(this);
                if left.is_some() {
                    uses.push(Use::times(this.segment(), REST, -this.multiplicity()));
                }
            }
        }
        let left = left.unwrap_or_default().iter();
        uses.extend(left.map(|left| Use::times(left.segment(), REST, left.multiplicity())));
        uses.extend(outline);
        Self {
            arrangement: Arrangement::of(uses),
            members,
            ambient,
        }
    }

    /// Whether the rest covers its ground once, and none of the members'.
    pub(crate) fn rest_keeps_apart(&self) -> bool {
        self.arrangement.faces().all(|face| {
            let rest = self.rest_winding(face);
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
        self.rest_winding(face) != 0
    }

    fn rest_winding(&self, face: Face) -> i32 {
        self.arrangement.winding(face, REST) + self.ambient.0
    }

    /// Whether the outline holds a face.
    pub(crate) fn is_given(&self, face: Face) -> bool {
        self.arrangement.winding(face, OUTLINE) + self.ambient.1 != 0
    }
}

/// The members that have a part in what is wrong: those whose own boundary is broken, those around
/// ground that nobody covers, and all near ground that is covered other than it should be.
pub(crate) fn concerned(proof: &Proof, has_outline: bool) -> Vec<u32> {
    let Wrong {
        members: mut found,
        extents: mut wrong,
        ..
    } = Wrong::of(&proof.rest, has_outline);
    for (member, soundness) in (0u32..).zip(&proof.soundness) {
        if !soundness.is_sound() {
            wrong.push(proof.extents[member as usize]);
        }
    }
    if !wrong.is_empty() {
        let boxes = (0u32..)
            .zip(&proof.extents)
            .map(|(member, extent)| boxed(*extent, member));
        let boxes = Boxes::bulk_load(boxes.collect());
        for extent in wrong {
            found.extend(meeting(&boxes, extent));
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// What is wrong with ground, as the sum of all boundaries tells it.
#[derive(Debug, Default)]
pub(crate) struct Wrong {
    /// Whether there is ground that nobody covers.
    pub(crate) uncovered: bool,
    /// The members around ground that nobody covers.
    pub(crate) members: Vec<u32>,
    /// Boxes around ground that is covered more than once, or should not be, and around edges that
    /// cross. All members that meet one have a part in it, or may have.
    pub(crate) extents: Vec<Extent>,
}

impl Wrong {
    pub(crate) fn of(rest: &Rest, has_outline: bool) -> Self {
        let expected = |face: Face| {
            let (all, given) = rest.windings(face);
            if has_outline {
                all == given && (all == 0 || all == 1)
            } else {
                all == 1
            }
        };
        let mut wrong = Self::default();
        for region in rest
            .arrangement
            .regions(|face| (!expected(face)).then(|| rest.windings(face)))
        {
            if region.label.0 == 0 {
                wrong.uncovered = true;
                let edges = region.boundary.iter().map(|b| b.directed.canonical().0);
                wrong
                    .members
                    .extend(edges.flat_map(|edge| members_on(rest, edge)));
            } else {
                wrong.extents.push(region.polygon.shell().extent());
            }
        }
        let crossing = rest.met.crossings.iter().flatten();
        wrong.extents.extend(crossing.map(|edge| edge.extent()));
        wrong.members.sort_unstable();
        wrong.members.dedup();
        wrong
    }

    /// Whether the ground is as it should be.
    pub(crate) const fn is_nothing(&self) -> bool {
        !self.uncovered && self.extents.is_empty()
    }
}

/// The members whose boundaries run along a noded edge, or came to nothing on it.
pub(crate) fn members_on(rest: &Rest, edge: Segment) -> Vec<u32> {
    let (chains, collapsed) = (&rest.chains, &rest.met.collapsed);
    let on = |at: usize| chains.shares(at).iter().map(|share| share.owner).collect();
    let mut owners: Vec<u32> = match chains.segments().binary_search(&edge) {
        Ok(at) if !chains.shares(at).is_empty() => on(at),
        _ => collapsed
            .binary_search_by_key(&edge, |at| at.edge)
            .map(|at| collapsed[at].owners.clone())
            .unwrap_or_default(),
    };
    owners.retain(|&owner| owner != u32::MAX);
    owners
}

/// A box with the place that it is around.
pub(crate) fn boxed(extent: Extent, place: u32) -> GeomWithData<Rectangle<[f64; 2]>, u32> {
    let [low, high] = corners(extent);
    GeomWithData::new(Rectangle::from_corners(low, high), place)
}

/// The places whose boxes meet a box.
pub(crate) fn meeting(boxes: &Boxes, extent: Extent) -> impl Iterator<Item = u32> + '_ {
    let [low, high] = corners(extent);
    boxes
        .locate_in_envelope_intersecting(AABB::from_corners(low, high))
        .map(|found| found.data)
}

pub(crate) fn corners(extent: Extent) -> [[f64; 2]; 2] {
    [extent.min(), extent.max()].map(|p| [f64::from(p.x()), f64::from(p.y())])
}
