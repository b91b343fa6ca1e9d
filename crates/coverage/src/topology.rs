//! A seamless coverage as nodes, arcs and owners.

use std::sync::OnceLock;

use rayon::prelude::*;
use wangge_plane::{Point, Segment, Shape, ellipsoid};

use crate::borders::borders;
use crate::cancel::place_on_curve;
use crate::ground::{Way, ground};
use crate::noded::noded;
use crate::proof::{Member, Outline, Proof, Verdict};
use crate::simple::Soundness;
use crate::{BorderEdge, Owner};

/// A shared border: a path between two nodes with the same two sides all along.
///
/// A node is a vertex where other than two edges meet. Invariant: at least two points, neighbours
/// differ, and the sides differ. As built, an arc runs from its lesser end; one that comes back to
/// its node, or has none and starts at its least vertex, turns to the lesser neighbour first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arc {
    pub(crate) points: Box<[Point]>,
    pub(crate) left: Option<Owner>,
    pub(crate) right: Option<Owner>,
}

impl Arc {
    /// A border that was built before; `None` with fewer than two points, with neighbours that do
    /// not differ, or with sides that do not.
    pub fn restored(
        points: Box<[Point]>,
        left: Option<Owner>,
        right: Option<Owner>,
    ) -> Option<Self> {
        let sound = points.len() > 1 && points.windows(2).all(|pair| pair[0] != pair[1]);
        (sound && left != right).then_some(Self {
            points,
            left,
            right,
        })
    }

    /// The vertices, ends included; the first is repeated at the end of a closed arc.
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// The grid to the left of the direction; `None` is outside.
    pub const fn left(&self) -> Option<Owner> {
        self.left
    }

    /// The grid to the right of the direction.
    pub const fn right(&self) -> Option<Owner> {
        self.right
    }

    /// The directed edges.
    pub fn segments(&self) -> impl Iterator<Item = Segment> + '_ {
        self.points
            .windows(2)
            .filter_map(|pair| Segment::new(pair[0], pair[1]))
    }
}

/// A seamless coverage: every border once, with the grid on either side.
///
/// Invariant: it has been proved seamless, within its own rim at least, but for gaps where it was
/// built around them.
///
/// ```
/// use wangge_coverage::{Coverage, Member};
/// # use wangge_plane::{PlaneError, Point, Polygon, Ring, Shape};
/// # fn block(west: i32, east: i32) -> Result<Shape, PlaneError> {
/// #     let corners = [(west, 0), (east, 0), (east, 1_000_000), (west, 1_000_000)];
/// #     let points = corners.iter().map(|&(x, y)| Point::new(x, y)).collect::<Result<_, _>>()?;
/// #     Ok(Shape::new(vec![Polygon::new(Ring::new(points)?, vec![])]).expect("one part"))
/// # }
/// let (west, east) = (block(0, 1_000_000)?, block(1_000_000, 2_000_000)?);
/// let members = [Member { code: "1", shape: &west }, Member { code: "2", shape: &east }];
/// let coverage = Coverage::build(&members).expect("seamless");
/// // the border between stands once, with the grid on either side
/// let (one, two) = (coverage.owner("1"), coverage.owner("2"));
/// let between = coverage.arcs().iter().filter(|arc| {
///     (arc.left(), arc.right()) == (one, two) || (arc.left(), arc.right()) == (two, one)
/// });
/// assert_eq!(between.count(), 1);
/// // both as one
/// let whole = coverage.dissolve(&[0, 0], 1);
/// let area_m2 = whole[0].as_ref().expect("it has grids").area_m2();
/// assert!((area_m2 / (west.area_m2() + east.area_m2()) - 1.0).abs() < 1e-12);
/// # Ok::<(), PlaneError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Coverage {
    /// In bytewise order: an owner is a place in this list.
    codes: Vec<Box<str>>,
    arcs: Vec<Arc>,
    /// The arcs of each owner: places in `arcs` from `arc_start[o]` to `arc_start[o + 1]`.
    arcs_by_owner: Vec<u32>,
    arc_start: Vec<u32>,
    /// Measured when it is asked for.
    area_m2: OnceLock<Vec<f64>>,
}

impl Coverage {
    /// Builds the topology of these grids, and proves it.
    ///
    /// The arcs are in order of their points.
    ///
    /// # Errors
    /// The verdict, when the grids are not seamless within their own rim.
    pub fn build(members: &[Member<'_>]) -> Result<Self, Box<Verdict>> {
        Self::built(members, |proof| proof.seamless)
    }

    /// The same of grids that may leave ground uncovered which they enclose: a gap that a person
    /// accepted is outside.
    ///
    /// # Errors
    /// The verdict, when grids overlap or the boundary of one is not sound.
    pub fn build_around_gaps(members: &[Member<'_>]) -> Result<Self, Box<Verdict>> {
        Self::built(members, Proof::covers_at_most_once)
    }

    fn built(
        members: &[Member<'_>],
        is_sound: impl Fn(&Proof) -> bool,
    ) -> Result<Self, Box<Verdict>> {
        let mut members = members.to_vec();
        members.sort_by_key(|member| member.code);
        let proof = Proof::of(&members, Outline::OwnRim);
        if !is_sound(&proof) {
            return Err(Box::new(proof.verdict(&members, Outline::OwnRim)));
        }
        let shapes = noded(&members, &proof);
        let mut order: Vec<(u64, u32)> = (0u32..)
            .zip(&proof.extents)
            .map(|(owner, extent)| (place_on_curve(*extent), owner))
            .collect();
        let plain: Vec<bool> = proof
            .soundness
            .iter()
            .map(|soundness| *soundness == Soundness::Plain)
            .collect();
        drop(proof);
        order.par_sort_unstable();
        let order: Vec<u32> = order.into_iter().map(|(_, owner)| owner).collect();
        let arcs = borders(&shapes, &order, &plain);
        let (arc_start, arcs_by_owner) = by_owner(&arcs, members.len());
        Ok(Self {
            codes: members.iter().map(|member| member.code.into()).collect(),
            arcs,
            arcs_by_owner,
            arc_start,
            area_m2: OnceLock::new(),
        })
    }

    /// A coverage that was built before, from what [`Coverage::code`] and [`Coverage::arcs`] told
    /// of it: in time that is linear, and without another proof.
    ///
    /// Its codes must be in bytewise order and its sides among them, or it is `None`. That is all
    /// that is looked at: of arcs that are not those of a seamless coverage, whatever else is asked
    /// says nothing.
    pub fn restored(codes: Vec<Box<str>>, arcs: Vec<Arc>) -> Option<Self> {
        let in_order = codes.windows(2).all(|pair| pair[0] < pair[1]);
        let is_there = |side: Option<Owner>| side.is_none_or(|o| (o.0 as usize) < codes.len());
        let sound = |arc: &Arc| is_there(arc.left) && is_there(arc.right);
        if !in_order || u32::try_from(arcs.len()).is_err() || !arcs.iter().all(sound) {
            return None;
        }
        let (arc_start, arcs_by_owner) = by_owner(&arcs, codes.len());
        Some(Self {
            codes,
            arcs,
            arcs_by_owner,
            arc_start,
            area_m2: OnceLock::new(),
        })
    }

    /// The same grids with their borders drawn otherwise: the arcs in their places.
    pub(crate) fn with_arcs(&self, arcs: Vec<Arc>) -> Self {
        Self {
            codes: self.codes.clone(),
            arcs,
            arcs_by_owner: self.arcs_by_owner.clone(),
            arc_start: self.arc_start.clone(),
            area_m2: OnceLock::new(),
        }
    }

    /// The areas of all owners, each border measured once. By one thread: whoever asks may hold
    /// others up meanwhile, and must not be given their work to do.
    fn measured(&self) -> Vec<f64> {
        let under: Vec<f64> = self
            .arcs
            .iter()
            .map(|arc| arc.segments().map(ellipsoid::area_under_m2).sum())
            .collect();
        let of_owner = |owner: u32| {
            let arcs = self.places_of(Owner(owner)).iter().map(|&arc| arc as usize);
            arcs.map(|arc| {
                if self.arcs[arc].left == Some(Owner(owner)) {
                    under[arc]
                } else {
                    -under[arc]
                }
            })
            .sum()
        };
        (0u32..).take(self.codes.len()).map(of_owner).collect()
    }

    /// How many grids there are.
    pub fn owners(&self) -> usize {
        self.codes.len()
    }

    /// The code of an owner.
    ///
    /// # Panics
    /// With an owner of another coverage.
    pub fn code(&self, owner: Owner) -> &str {
        &self.codes[owner.0 as usize]
    }

    /// The owner with this code.
    pub fn owner(&self, code: &str) -> Option<Owner> {
        let place = self.codes.binary_search_by(|c| (**c).cmp(code)).ok()?;
        u32::try_from(place).ok().map(Owner)
    }

    /// A grid's area on the ellipsoid, square metres: the sum of what lies under its borders, so
    /// that areas of neighbours add up.
    ///
    /// # Panics
    /// With an owner of another coverage.
    pub fn area_m2(&self, owner: Owner) -> f64 {
        self.area_m2.get_or_init(|| self.measured())[owner.0 as usize]
    }

    /// Every border, once.
    pub fn arcs(&self) -> &[Arc] {
        &self.arcs
    }

    /// The borders of one grid.
    ///
    /// # Panics
    /// With an owner of another coverage.
    pub fn arcs_of(&self, owner: Owner) -> impl Iterator<Item = &Arc> {
        self.places_of(owner)
            .iter()
            .map(|&arc| &self.arcs[arc as usize])
    }

    /// Every noded edge, once, in canonical direction.
    pub fn edges(&self) -> impl Iterator<Item = BorderEdge> + '_ {
        self.arcs.iter().flat_map(|arc| {
            arc.segments().map(|directed| {
                let (segment, forward) = directed.canonical();
                let (left, right) = if forward {
                    (arc.left, arc.right)
                } else {
                    (arc.right, arc.left)
                };
                BorderEdge {
                    segment,
                    left,
                    right,
                }
            })
        })
    }

    /// The ground of one grid, as [`Coverage::dissolve`] draws it: with every vertex that a
    /// neighbour has.
    ///
    /// # Panics
    /// With an owner of another coverage.
    pub fn shape(&self, owner: Owner) -> Shape {
        let ways: Vec<Way<'_>> = self
            .arcs_of(owner)
            .map(|arc| Way {
                points: &arc.points,
                forward: arc.left == Some(owner),
            })
            .collect();
        ground(&ways).unwrap_or_else(|| unreachable!("a grid of a seamless coverage has ground"))
    }

    /// The ground of every grid, in order of owners.
    pub fn shapes(&self) -> Vec<Shape> {
        (0u32..)
            .take(self.codes.len())
            .collect::<Vec<u32>>()
            .into_par_iter()
            .map(|owner| self.shape(Owner(owner)))
            .collect()
    }

    /// The ground of each group of grids, as one shape: borders inside a group fall away.
    ///
    /// `group_of` names each owner's group, `groups` says how many there are; a group without
    /// grids has no shape. Each polygon of a shape is one connected piece of ground; its rings
    /// touch at vertices at most. Exact: borders keep their vertices.
    ///
    /// # Panics
    /// When `group_of` is shorter than the owners or names a group beyond `groups`.
    pub fn dissolve(&self, group_of: &[u32], groups: usize) -> Vec<Option<Shape>> {
        let group = |owner: Option<Owner>| owner.map(|o| group_of[o.0 as usize]);
        let mut ways: Vec<Vec<Way<'_>>> = vec![Vec::new(); groups];
        for arc in &self.arcs {
            let (left, right) = (group(arc.left), group(arc.right));
            if left == right {
                continue;
            }
            for (side, forward) in [(left, true), (right, false)] {
                if let Some(side) = side {
                    ways[side as usize].push(Way {
                        points: &arc.points,
                        forward,
                    });
                }
            }
        }
        ways.par_iter().map(|ways| ground(ways)).collect()
    }

    fn places_of(&self, owner: Owner) -> &[u32] {
        let owner = owner.0 as usize;
        let range = self.arc_start[owner] as usize..self.arc_start[owner + 1] as usize;
        &self.arcs_by_owner[range]
    }
}

/// For each owner where its arcs begin, and the arcs of all owners, by counting.
fn by_owner(arcs: &[Arc], owners: usize) -> (Vec<u32>, Vec<u32>) {
    let sides = |arc: &Arc| [arc.left, arc.right].into_iter().flatten();
    let mut start = vec![0u32; owners + 1];
    for Owner(owner) in arcs.iter().flat_map(sides) {
        start[owner as usize + 1] += 1;
    }
    for owner in 0..owners {
        start[owner + 1] += start[owner];
    }
    let mut next = start.clone();
    let mut places = vec![0; start[owners] as usize];
    for (place, arc) in (0u32..).zip(arcs) {
        for Owner(owner) in sides(arc) {
            places[next[owner as usize] as usize] = place;
            next[owner as usize] += 1;
        }
    }
    (start, places)
}
