//! The proof of seamlessness.

use rayon::prelude::*;
use wangge_arrange::{Arrangement, Chains, Face, Faces, Met, Share, Use};
use wangge_plane::{Extent, Ring, Segment, Shape};

use crate::cancel::{Sum, Vertices, sum};
use crate::simple::Soundness;
use crate::total::Total;

/// One grid as the proof takes it.
#[derive(Debug, Clone, Copy)]
pub struct Member<'a> {
    /// The grid's code.
    pub code: &'a str,
    /// Its ground.
    pub shape: &'a Shape,
}

/// What a coverage is measured against.
#[derive(Debug, Clone, Copy)]
pub enum Outline<'a> {
    /// The coverage's own rim: every hole in it is a gap.
    OwnRim,
    /// A given boundary: the grids cover all of it and nothing else.
    Shape(&'a Shape),
}

impl<'a> Outline<'a> {
    /// The boundary that was given, if one was.
    pub(crate) const fn given(self) -> Option<&'a Shape> {
        match self {
            Self::OwnRim => None,
            Self::Shape(shape) => Some(shape),
        }
    }
}

/// What a verdict was measured against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Against {
    /// The coverage's own rim.
    OwnRim,
    /// A given boundary.
    Outline,
}

/// Whether the grids cover their ground exactly once, and the numbers of the proof.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Every point of the covered ground lies in exactly one grid, off the borders.
    pub seamless: bool,
    /// Every border has the same vertices on both sides. Borders are cut where they have not, so
    /// that this alone keeps no coverage from being seamless.
    pub noded: bool,
    /// What the coverage was measured against.
    pub against: Against,
    /// Grids looked at.
    pub grids: usize,
    /// Directed edges of all grids, as the shapes have them.
    pub edges: usize,
    /// Different vertices of all grids.
    pub vertices: usize,
    /// Grids whose own boundary is sound: it does not cross itself, its holes lie in its shells
    /// and apart from each other, and it encloses ground.
    pub simple: usize,
    /// Edges that two grids share, in opposite directions.
    pub cancelled_edges: usize,
    /// Edges that the sum of all boundaries leaves.
    pub residual_edges: usize,
    /// Whether the sum of all boundaries is the outline's; `None` without one.
    pub outline_matches: Option<bool>,
    /// Twice the sum of the grids' areas in square lattice units, exact.
    pub doubled_area: i128,
    /// The sum of the grids' areas on the ellipsoid, square metres.
    pub area_m2: f64,
    /// The outline's area on the ellipsoid, square metres.
    pub outline_area_m2: Option<f64>,
}

/// Proves that the members cover the outline exactly once, or finds that they do not.
///
/// The boundaries, turned by their roles, are summed as chains of directed edges; edges that run
/// both ways cancel. Three things make the proof:
///
/// 1. Each grid's winding number is 0 or 1 everywhere, and 1 somewhere.
/// 2. What the sum leaves, split at every vertex that lies on it, crosses nothing. It winds around
///    each point as often as all grids together do.
/// 3. It winds 0 or 1 times everywhere; with an outline, as often as the outline does, and without
///    one it has no hole.
///
/// A sum of windings that are 0 or 1 each is 1 where exactly one of them is. An edge that cancels
/// adds nothing to the sum, wherever other vertices lie on it, so only what is left need be split.
///
/// Exact: nothing is compared with a tolerance. Linear in the edges of all grids, and n log n in
/// those that are left.
pub fn prove(members: &[Member<'_>], outline: Outline<'_>) -> Verdict {
    Proof::of(members, outline).verdict(members, outline)
}

/// What a verdict is drawn from.
pub(crate) struct Proof {
    pub(crate) seamless: bool,
    /// Directed edges.
    edges: usize,
    vertices: Vertices,
    /// Pairs of edges that cancel as drawn.
    cancelled: usize,
    /// Twice the area of each member, square lattice units.
    doubled: Vec<i128>,
    pub(crate) extents: Vec<Extent>,
    pub(crate) soundness: Vec<Soundness>,
    /// How sound the outline's boundary is, if one was given.
    pub(crate) outline: Option<Soundness>,
    /// Whether the sum of all boundaries is the outline's, if one was given.
    outline_matches: Option<bool>,
    /// Places of members without area.
    pub(crate) empty: Vec<u32>,
    /// What the sum of all boundaries leaves, as drawn; owners are places of members.
    pub(crate) residual: Vec<Use>,
    /// The same, noded together with the outline's.
    pub(crate) rest: Rest,
}

/// The owner that stands for all members together.
pub(crate) const ALL: u32 = 0;
/// The owner that stands for the outline.
pub(crate) const GIVEN: u32 = 1;

/// What is left of all boundaries and the outline's, laid over each other.
pub(crate) struct Rest {
    /// Where edges met other than at common ends.
    pub(crate) met: Met,
    /// Noded edges with their members; the outline is owner `u32::MAX`.
    pub(crate) chains: Chains,
    /// The windings of [`ALL`] and [`GIVEN`].
    pub(crate) arrangement: Arrangement,
    ambient: (i32, i32),
}

/// The box around all rings of a shape: a hole may lie outside its shell.
pub(crate) fn reach(shape: &Shape) -> Extent {
    shape
        .rings()
        .map(Ring::extent)
        .reduce(Extent::union)
        .unwrap_or_else(|| unreachable!("a shape has a ring"))
}

impl Proof {
    pub(crate) fn of(members: &[Member<'_>], outline: Outline<'_>) -> Self {
        let shapes: Vec<&Shape> = members.iter().map(|m| m.shape).collect();
        let extents: Vec<Extent> = shapes.par_iter().map(|shape| reach(shape)).collect();
        let Sum {
            edges,
            vertices,
            cancelled,
            residual,
        } = sum(&shapes, &extents);
        let doubled: Vec<i128> = shapes.par_iter().map(|s| s.doubled_area()).collect();
        let empty: Vec<u32> = (0u32..)
            .zip(&doubled)
            .filter(|(_, area)| **area <= 0)
            .map(|(member, _)| member)
            .collect();
        let given = outline.given();
        let given_uses = given.into_iter().flat_map(|s| Use::of_shape(s, u32::MAX));
        let left = residual.iter().copied().chain(given_uses).collect();
        // laying out what is left is work for one core: the other looks at the grids meanwhile
        let (rest, soundness) = rayon::join(
            || Rest::of(left, (0, 0)),
            || {
                shapes
                    .par_iter()
                    .map(|shape| Soundness::of(shape))
                    .collect::<Vec<_>>()
            },
        );
        let outline = given.map(Soundness::of);
        let outline_matches = outline
            .as_ref()
            .map(|soundness| soundness.is_sound() && rest.matches_outline());
        let mut proof = Self {
            seamless: false,
            edges,
            vertices,
            cancelled,
            doubled,
            extents,
            soundness,
            outline,
            outline_matches,
            empty,
            residual,
            rest,
        };
        proof.seamless = proof.simple() == members.len()
            && proof.rest.met.crossings.is_empty()
            && proof.rest.winds_once(given.is_none())
            && outline_matches.unwrap_or(true);
        proof
    }

    /// Whether every point off the borders lies in one member at most, whatever is left uncovered.
    pub(crate) fn covers_at_most_once(&self) -> bool {
        self.simple() == self.soundness.len()
            && self.rest.met.crossings.is_empty()
            && self.rest.winds_once(false)
    }

    /// How many members have a sound boundary that encloses ground.
    fn simple(&self) -> usize {
        let members = self.soundness.iter().zip(&self.doubled);
        members
            .filter(|(soundness, doubled)| soundness.is_sound() && **doubled > 0)
            .count()
    }

    /// The verdict with all its figures, of the same members and outline.
    pub(crate) fn verdict(&self, members: &[Member<'_>], outline: Outline<'_>) -> Verdict {
        let areas_m2: Vec<f64> = members.par_iter().map(|m| m.shape.area_m2()).collect();
        let given = outline.given();
        Verdict {
            seamless: self.seamless,
            noded: self.rest.met.inner_vertices.is_empty(),
            against: given.map_or(Against::OwnRim, |_| Against::Outline),
            grids: members.len(),
            edges: self.edges,
            vertices: self.vertices.count(),
            simple: self.simple(),
            cancelled_edges: self.cancelled + self.rest.cancelled(),
            residual_edges: self.rest.left(),
            outline_matches: self.outline_matches,
            doubled_area: self.doubled.iter().sum(),
            area_m2: areas_m2.into_iter().collect::<Total>().area_m2(),
            outline_area_m2: given.map(Shape::area_m2),
        }
    }
}

impl Rest {
    /// Lays uses over each other that have a place inside `ambient`: how often all members, and
    /// the outline, wind around everything here by edges that are not among these.
    pub(crate) fn of(uses: Vec<Use>, ambient: (i32, i32)) -> Self {
        let (chains, met) = Chains::of(uses);
        let together =
            chains.with_owners(&met, |owner| if owner == u32::MAX { GIVEN } else { ALL });
        Self {
            arrangement: Arrangement::over(together, Met::default()),
            met,
            chains,
            ambient,
        }
    }

    /// How many noded edges all members together leave.
    pub(crate) fn left(&self) -> usize {
        (0..self.chains.len())
            .filter(|&edge| self.sum_of_members(edge) != 0)
            .count()
    }

    /// How many noded edges members share that cancel once they are cut.
    pub(crate) fn cancelled(&self) -> usize {
        let is_member = |share: &Share| share.owner != u32::MAX;
        (0..self.chains.len())
            .filter(|&edge| {
                self.sum_of_members(edge) == 0 && self.chains.shares(edge).iter().any(is_member)
            })
            .count()
    }

    /// What all members add to a noded edge together.
    pub(crate) fn sum_of_members(&self, edge: usize) -> i32 {
        self.chains.sum(edge) - self.chains.share_of(edge, u32::MAX)
    }

    /// How often all members wind around a face, and how often the outline does.
    pub(crate) fn windings(&self, face: Face) -> (i32, i32) {
        (
            self.arrangement.winding(face, ALL) + self.ambient.0,
            self.arrangement.winding(face, GIVEN) + self.ambient.1,
        )
    }

    /// Whether everything that runs along a noded edge comes to nothing: a border that fits.
    pub(crate) fn fits(&self, edge: Segment) -> bool {
        self.chains
            .segments()
            .binary_search(&edge)
            .is_ok_and(|at| self.sum_of_members(at) == self.chains.share_of(at, u32::MAX))
    }

    /// Whether the members wind around every face as often as the outline does.
    pub(crate) fn matches_outline(&self) -> bool {
        self.met.crossings.is_empty()
            && self.arrangement.faces().all(|face| {
                let (all, given) = self.windings(face);
                all == given
            })
    }

    /// Whether the members wind 0 or 1 times around every face, and, where holes count, around
    /// every bounded one.
    fn winds_once(&self, holes_count: bool) -> bool {
        self.arrangement.faces().all(|face| {
            let (all, _) = self.windings(face);
            all == 1 || (all == 0 && (!holes_count || face == Faces::OUTER))
        })
    }
}
