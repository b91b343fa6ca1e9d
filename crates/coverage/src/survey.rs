//! A whole look at a coverage: the proof, or every defect by name.

use rustc_hash::FxHashMap;
use wangge_arrange::{Face, Faces, Use, pixel_of_crossing};
use wangge_plane::{Extent, Point, Polygon, Segment, Shape, ellipsoid};

use crate::defect::{Defect, DefectKind, Place, Weight};
use crate::form::unusual;
use crate::inlet::{RimEdge, inlets};
use crate::misfit::Misfits;
use crate::neighbourhood::{Neighbourhood, members_on};
use crate::proof::{ALL, Member, Outline, Proof, Rest, Verdict};
use crate::simple::Soundness;

/// What a survey looks for.
#[derive(Debug, Clone)]
pub struct Terms<'a> {
    /// What the coverage is measured against.
    pub outline: Outline<'a>,
    /// Gaps and overlaps narrower than this many metres are slivers.
    pub sliver_width_m: f64,
    /// Without an outline, openings of the rim narrower than this many metres are suspects.
    pub inlet_width_m: f64,
    /// Grids of less ground than this, square metres, are named; 0 for none.
    pub tiny_area_m2: f64,
    /// Grids that are nowhere this many metres wide are named; 0 for none.
    pub thin_width_m: f64,
    /// Ground that may be uncovered: a lake, another unit's enclave. A gap that lies in it wholly
    /// is allowed.
    pub allowed_ground: Option<&'a Shape>,
    /// Defects that may be, by their ids.
    pub allowed_ids: &'a [String],
}

impl Default for Terms<'_> {
    fn default() -> Self {
        Self {
            outline: Outline::OwnRim,
            sliver_width_m: 1.0,
            inlet_width_m: 1.0,
            tiny_area_m2: 0.0,
            thin_width_m: 0.0,
            allowed_ground: None,
            allowed_ids: &[],
        }
    }
}

/// The verdict over a coverage, and all that is wrong or worth knowing.
#[derive(Debug, Clone, PartialEq)]
pub struct Survey {
    /// The verdict; what was allowed does not keep a coverage from being seamless.
    pub verdict: Verdict,
    /// The heaviest first, and of one kind the largest first.
    pub defects: Vec<Defect>,
}

/// Looks for everything that is wrong with the boundaries of these grids.
///
/// The verdict is [`prove`](crate::prove)'s. Where it fails, the grids that have a part in it are
/// laid over each other, edges that cross are snap-rounded, and each connected piece of ground
/// that is uncovered, or covered by the same several grids, is one defect. Where everything is in
/// place this costs what the proof costs.
///
/// ```
/// use wangge_coverage::{DefectKind, Member, Terms, survey};
/// # use wangge_plane::{PlaneError, Point, Polygon, Ring, Shape};
/// # fn block(west: i32, east: i32) -> Result<Shape, PlaneError> {
/// #     let corners = [(west, 0), (east, 0), (east, 1_000_000), (west, 1_000_000)];
/// #     let points = corners.iter().map(|&(x, y)| Point::new(x, y)).collect::<Result<_, _>>()?;
/// #     Ok(Shape::new(vec![Polygon::new(Ring::new(points)?, vec![])]).expect("one part"))
/// # }
/// // the block in the east begins 200 lattice units, about 2.2 m, inside the one in the west
/// let (west, east) = (block(0, 1_000_000)?, block(999_800, 2_000_000)?);
/// let members = [Member { code: "1", shape: &west }, Member { code: "2", shape: &east }];
/// let found = survey(&members, &Terms::default());
/// assert!(!found.verdict.seamless);
/// assert_eq!(found.defects[0].kind, DefectKind::Overlap);
/// assert_eq!(found.defects[0].members, [0, 1]);
/// let width_m = found.defects[0].width_m.expect("an overlap has ground");
/// assert!((width_m - 2.2).abs() < 0.1);
/// # Ok::<(), PlaneError>(())
/// ```
pub fn survey(members: &[Member<'_>], terms: &Terms<'_>) -> Survey {
    let proof = Proof::of(members, terms.outline);
    let code = |member: usize| members[member].code.to_owned();
    let mut defects: Vec<Defect> = (0..)
        .zip(&proof.soundness)
        .flat_map(|(member, soundness)| broken(Some(member), soundness, &code))
        .collect();
    if let Some(outline) = &proof.outline {
        defects.extend(broken(None, outline, &code));
    }
    defects.extend(proof.empty.iter().map(|&m| empty(m as usize, &code)));
    defects.extend(unusual(members, terms.tiny_area_m2, terms.thin_width_m));
    defects.extend(unmatched_vertices(&proof.rest, &proof.residual, &code));
    if proof.seamless {
        if matches!(terms.outline, Outline::OwnRim) {
            defects.extend(suspects(&rim_of(&proof.rest), terms.inlet_width_m, &code));
        }
    } else {
        let outline = match terms.outline {
            Outline::OwnRim => None,
            Outline::Shape(shape) => Some(shape),
        };
        let near = Neighbourhood::of(members, outline, &proof);
        defects.extend(Misfits::of(&near, members, outline.is_some(), terms).into_defects());
        if outline.is_none() {
            defects.extend(suspects(&rim_of(&proof.rest), terms.inlet_width_m, &code));
        }
        let found = defects.iter().any(|d| d.weight == Weight::Breaks);
        if !found {
            let extents = &proof.extents;
            let near = |extent: Extent| {
                (0..members.len()).filter(move |&member| extents[member].meets(extent))
            };
            let shape = |member: usize| members[member].shape;
            let crossings = &proof.rest.met.crossings;
            defects.extend(unseen_crossings(crossings, near, shape, &code));
        }
    }
    concluded(proof.verdict(members, terms.outline), defects, terms)
}

/// The verdict by the defects, with those marked that are allowed, in order.
pub(crate) fn concluded(
    mut verdict: Verdict,
    mut defects: Vec<Defect>,
    terms: &Terms<'_>,
) -> Survey {
    for defect in &mut defects {
        defect.allowed |= terms.allowed_ids.contains(&defect.id);
    }
    verdict.seamless = !defects.iter().any(Defect::breaks);
    verdict.noded = !defects
        .iter()
        .any(|d| d.kind == DefectKind::UnmatchedVertex);
    defects.sort_by(|a, b| {
        let size = |d: &Defect| d.area_m2.or(d.length_m).unwrap_or_default();
        (a.allowed, a.weight, a.kind)
            .cmp(&(b.allowed, b.weight, b.kind))
            .then_with(|| size(b).total_cmp(&size(a)))
            .then_with(|| (&a.members, &a.id).cmp(&(&b.members, &b.id)))
    });
    Survey { verdict, defects }
}

/// What is wrong with the boundary of one grid on its own, or, without a grid, of the outline.
pub(crate) fn broken(
    member: Option<usize>,
    soundness: &Soundness,
    code: &impl Fn(usize) -> String,
) -> Vec<Defect> {
    let concerned = || member.into_iter().collect::<Vec<usize>>();
    let mut defects = Vec::new();
    if let Soundness::Broken {
        crossings, ground, ..
    } = soundness
    {
        let place = if ground.is_empty() {
            Place::Points(
                crossings
                    .iter()
                    .map(|&[a, b]| pixel_of_crossing(a, b))
                    .collect(),
            )
        } else {
            Place::Ground(ground.clone())
        };
        let kind = DefectKind::SelfIntersection;
        let mut defect = Defect::new(kind, Weight::Breaks, concerned(), place, code);
        if !ground.is_empty() {
            measure(&mut defect, ground);
        }
        defects.push(defect);
    }
    for chain in strung(soundness.spikes()) {
        let length_m = length(&chain);
        defects.push(Defect {
            length_m: Some(length_m),
            ..Defect::new(
                DefectKind::Spike,
                Weight::Suspect,
                concerned(),
                Place::Edges(chain),
                code,
            )
        });
    }
    defects
}

/// A grid that encloses no ground.
pub(crate) fn empty(member: usize, code: &impl Fn(usize) -> String) -> Defect {
    let kind = DefectKind::Empty;
    Defect::new(kind, Weight::Breaks, vec![member], Place::Nowhere, code)
}

/// Vertices of one side of a border that the other side lacks.
pub(crate) fn unmatched_vertices(
    rest: &Rest,
    residual: &[Use],
    code: &impl Fn(usize) -> String,
) -> Vec<Defect> {
    let mut defects = Vec::new();
    for cut in rest.met.inner_vertices.chunk_by(|a, b| a.edge == b.edge) {
        let edge = cut[0].edge;
        let ends: Vec<Point> = std::iter::once(edge.start())
            .chain(cut.iter().map(|inner| inner.vertex))
            .chain([edge.end()])
            .collect();
        // a piece fits where everything that runs along it comes to nothing
        let fits: Vec<bool> = ends
            .windows(2)
            .map(|ends| Segment::new(ends[0], ends[1]).is_some_and(|piece| rest.fits(piece)))
            .collect();
        let from = residual.partition_point(|left| left.segment() < edge);
        let mut lacking: Vec<usize> = residual[from..]
            .iter()
            .take_while(|left| left.segment() == edge)
            .map(|left| left.owner() as usize)
            .collect();
        lacking.dedup();
        for (at, inner) in cut.iter().enumerate() {
            if !(fits[at] || fits[at + 1]) {
                continue;
            }
            let each: Vec<Vec<usize>> = if lacking.is_empty() {
                vec![Vec::new()]
            } else {
                lacking.iter().map(|&member| vec![member]).collect()
            };
            for members in each {
                defects.push(Defect::new(
                    DefectKind::UnmatchedVertex,
                    Weight::Information,
                    members,
                    Place::Points(vec![inner.vertex]),
                    code,
                ));
            }
        }
    }
    defects
}

/// The outer rim, in order of edges, each edge with the city's ground to its left.
pub(crate) fn rim_of(rest: &Rest) -> Vec<RimEdge> {
    let arrangement = &rest.arrangement;
    let mut rim = Vec::new();
    for (edge, &segment) in arrangement.chains().segments().iter().enumerate() {
        let (left, right) = (arrangement.left(edge), arrangement.right(edge));
        let covered = |face: Face| face != Faces::OUTER && arrangement.winding(face, ALL) != 0;
        let directed = match (covered(left), covered(right)) {
            (true, false) if right == Faces::OUTER => segment,
            (false, true) if left == Faces::OUTER => segment.reversed(),
            _ => continue,
        };
        if let Some(&member) = members_on(rest, segment).first() {
            rim.push(RimEdge {
                segment: directed,
                member,
            });
        }
    }
    rim
}

/// Openings of the outer rim that may be meant to be closed.
pub(crate) fn suspects(
    rim: &[RimEdge],
    width_m: f64,
    code: &impl Fn(usize) -> String,
) -> Vec<Defect> {
    if width_m <= 0.0 {
        return Vec::new();
    }
    inlets(rim, width_m)
        .into_iter()
        .map(|inlet| {
            let members = inlet.members.iter().map(|&m| m as usize).collect();
            let ground = vec![inlet.polygon];
            let mut defect = Defect::new(
                DefectKind::Inlet,
                Weight::Suspect,
                members,
                Place::Ground(ground.clone()),
                code,
            );
            measure(&mut defect, &ground);
            defect.width_m = Some(inlet.width_m);
            defect.length_m = Some(inlet.length_m);
            defect
        })
        .collect()
}

/// Crossings of which snap rounding leaves no ground: hairlines of their borders. `near` names the
/// members whose boxes meet a box.
pub(crate) fn unseen_crossings<'a, I: Iterator<Item = usize>>(
    crossings: &[[Segment; 2]],
    near: impl Fn(Extent) -> I,
    shape: impl Fn(usize) -> &'a Shape,
    code: &impl Fn(usize) -> String,
) -> Vec<Defect> {
    let mut borders: FxHashMap<Vec<usize>, Vec<Point>> = FxHashMap::default();
    for &[a, b] in crossings {
        let holders = |piece: Segment| {
            let holds = move |s: Segment| s.holds(piece.start()) && s.holds(piece.end());
            let shape = &shape;
            near(piece.extent()).filter(move |&member| shape(member).segments().any(holds))
        };
        let mut concerned: Vec<usize> = holders(a).chain(holders(b)).collect();
        concerned.sort_unstable();
        concerned.dedup();
        borders
            .entry(concerned)
            .or_default()
            .push(pixel_of_crossing(a, b));
    }
    borders
        .into_iter()
        .map(|(concerned, points)| Defect {
            count: Some(points.len()),
            length_m: Some(0.0),
            width_m: Some(0.0),
            ..Defect::new(
                DefectKind::Hairline,
                Weight::Breaks,
                concerned,
                Place::Points(points),
                code,
            )
        })
        .collect()
}

/// Puts the measures of its ground into a defect.
pub(crate) fn measure(defect: &mut Defect, ground: &[Polygon]) {
    let rings = || ground.iter().flat_map(Polygon::rings);
    let edges = || rings().flat_map(wangge_plane::Ring::segments);
    defect.area_m2 = Some(edges().map(ellipsoid::area_under_m2).sum::<f64>().abs());
    defect.doubled_area = Some(rings().map(wangge_plane::Ring::doubled_area).sum());
    defect.length_m = Some(
        ground
            .iter()
            .flat_map(|part| part.shell().segments())
            .map(|edge| ellipsoid::distance_m(edge.start(), edge.end()))
            .sum::<f64>()
            / 2.0,
    );
}

pub(crate) fn length(edges: &[Segment]) -> f64 {
    edges
        .iter()
        .map(|edge| ellipsoid::distance_m(edge.start(), edge.end()))
        .sum()
}

/// Edges that hang together by their ends.
fn strung(edges: &[Segment]) -> Vec<Vec<Segment>> {
    let mut chains: Vec<Vec<Segment>> = Vec::new();
    for &edge in edges {
        let touches = |chain: &Vec<Segment>| {
            chain.iter().any(|other| {
                [other.start(), other.end()]
                    .into_iter()
                    .any(|end| end == edge.start() || end == edge.end())
            })
        };
        let (joined, apart): (Vec<_>, Vec<_>) = chains.into_iter().partition(touches);
        chains = apart;
        let mut chain: Vec<Segment> = joined.into_iter().flatten().collect();
        chain.push(edge);
        chains.push(chain);
    }
    chains
}

/// Whether some ground lies in other ground wholly.
pub(crate) fn lies_in(ground: &[Polygon], other: &Shape) -> bool {
    let uses = ground
        .iter()
        .flat_map(Polygon::rings)
        .flat_map(wangge_plane::Ring::segments)
        .map(|edge| wangge_arrange::Use::of(edge, 0))
        .chain(wangge_arrange::Use::of_shape(other, 1));
    let laid = wangge_arrange::Arrangement::of(uses.collect());
    laid.faces()
        .all(|face| laid.winding(face, 0) == 0 || laid.winding(face, 1) != 0)
}
