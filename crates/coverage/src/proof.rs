//! The proof of seamlessness, and where it fails.

use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use wangge_plane::{Point, Polygon, Segment, Shape, ellipsoid};

use crate::chain::{ChainEdge, Chains};
use crate::faces::{Face, Faces, polygon_of};
use crate::rim::rim_edges;

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

/// What a verdict was measured against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Against {
    /// The coverage's own rim.
    OwnRim,
    /// A given boundary.
    Outline,
}

/// Why an edge has no proper match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// Ground on one side is covered more than once.
    CoveredTwice,
    /// Ground on one side is covered by nobody and enclosed by grids.
    Uncovered,
    /// The edge has a grid on one side only and is not part of the rim; edges that cross nearby
    /// leave open whether ground is missing or covered twice.
    Unpaired,
    /// Ground of the outline is missing along the edge.
    OutlineUncovered,
    /// The grid reaches beyond the outline.
    BeyondOutline,
}

/// An edge that keeps the coverage from being seamless.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmatchedEdge {
    /// The noded edge, in canonical direction.
    pub segment: Segment,
    /// The grids concerned, as places in the list of members; empty for an outline's edge alone.
    pub members: Vec<usize>,
    /// What is wrong along it.
    pub reason: Reason,
}

/// Two edges that cross, which the borders of a coverage never do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crossing {
    /// The edges as the shapes have them, in canonical direction.
    pub edges: [Segment; 2],
    /// The grids of either edge, as places in the list of members; empty for the outline.
    pub members: [Vec<usize>; 2],
}

/// Ground that is enclosed by grids and belongs to none.
#[derive(Debug, Clone, PartialEq)]
pub struct Gap {
    /// The uncovered ground.
    pub polygon: Polygon,
    /// Its area on the ellipsoid, square metres.
    pub area_m2: f64,
    /// Twice its area in square lattice units, exact.
    pub doubled_area: i128,
    /// The grids around it, as places in the list of members.
    pub members: Vec<usize>,
}

/// A vertex that one side of a border has and the other lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnmatchedVertex {
    /// Where it is.
    pub vertex: Point,
    /// The edge that runs through it without a vertex there.
    pub edge: Segment,
}

/// The proof, or the places where it fails.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Every point of the covered ground lies in exactly one grid, off the borders.
    pub seamless: bool,
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
    /// Noded edges that two grids share, in opposite directions.
    pub cancelled_edges: usize,
    /// Noded edges that the sum of all boundaries leaves.
    pub residual_edges: usize,
    /// Whether the sum of all boundaries is the outline's; `None` without one.
    pub outline_matches: Option<bool>,
    /// Twice the sum of the grids' areas in square lattice units, exact.
    pub doubled_area: i128,
    /// The sum of the grids' areas on the ellipsoid, square metres.
    pub area_m2: f64,
    /// The outline's area on the ellipsoid, square metres.
    pub outline_area_m2: Option<f64>,
    /// Edges that cross.
    pub crossings: Vec<Crossing>,
    /// Edges without a proper match.
    pub unmatched: Vec<UnmatchedEdge>,
    /// Enclosed ground that no grid covers, largest first. Not looked for where edges cross.
    pub gaps: Vec<Gap>,
    /// Vertices that the other side of their border lacks. Borders are split there before they
    /// are summed, so that these alone keep no coverage from being seamless.
    pub unmatched_vertices: Vec<UnmatchedVertex>,
    /// Edges that a grid runs along both ways, with the grid's place in the list of members.
    pub spikes: Vec<(Segment, usize)>,
    /// Grids without area, as places in the list of members.
    pub empty: Vec<usize>,
}

impl Verdict {
    /// Whether every border has the same vertices on both sides.
    pub fn noded(&self) -> bool {
        self.unmatched_vertices.is_empty()
    }
}

/// Proves that the members cover the outline exactly once, or says where they do not.
///
/// The boundaries, turned by their roles and split at every vertex that lies on them, are summed
/// as chains of directed edges with integer multiplicities. No two edges may cross, and around
/// each face of the plane that the edges cut out, all edges must agree on the one grid (or none)
/// that lies there. Then each grid's winding number is 1 on its own faces and 0 elsewhere, no
/// face has two grids, and what the sum leaves is the boundary of the covered ground: it must be
/// the outline, or, without one, have no hole.
///
/// Exact: nothing is compared with a tolerance. The work grows as n log n with the edges.
pub fn prove(members: &[Member<'_>], outline: Outline<'_>) -> Verdict {
    let outline_shape = match outline {
        Outline::OwnRim => None,
        Outline::Shape(shape) => Some(shape),
    };
    let chains = Chains::of(members.iter().map(|m| m.shape), outline_shape);
    judge(members, outline_shape, &chains)
}

pub(crate) fn judge(members: &[Member<'_>], outline: Option<&Shape>, chains: &Chains) -> Verdict {
    let empty: Vec<usize> = members
        .iter()
        .enumerate()
        .filter(|(_, m)| m.shape.doubled_area() <= 0)
        .map(|(i, _)| i)
        .collect();
    let findings = if chains.crossings.is_empty() {
        Findings::by_faces(&chains.edges)
    } else {
        Findings::by_rim(&chains.edges)
    };
    let mut unmatched = findings.unmatched;
    let outline_matches = outline.map(|_| {
        let misfits: Vec<_> = chains.edges.iter().filter_map(outline_misfit).collect();
        let matches = misfits.is_empty();
        unmatched.extend(misfits);
        matches
    });
    unmatched.sort_unstable_by_key(|edge| (edge.segment, edge.reason));
    unmatched.dedup_by_key(|edge| edge.segment);

    let covered_once = chains.crossings.is_empty() && findings.consistent && empty.is_empty();
    let complete = outline_matches.unwrap_or(findings.gaps.is_empty());
    let seamless = covered_once && complete;
    let gaps = match outline_matches {
        // holes of the outline are no gaps
        Some(true) => Vec::new(),
        _ => findings.gaps,
    };
    Verdict {
        seamless,
        against: if outline.is_some() {
            Against::Outline
        } else {
            Against::OwnRim
        },
        grids: members.len(),
        edges: chains.directed_edges,
        vertices: count_vertices(&chains.edges),
        simple: if covered_once {
            members.len()
        } else {
            members.par_iter().filter(|m| is_simple(m.shape)).count()
        },
        cancelled_edges: chains
            .edges
            .iter()
            .filter(|e| e.sum() == 0 && !e.shares.is_empty())
            .count(),
        residual_edges: chains.edges.iter().filter(|e| e.sum() != 0).count(),
        outline_matches,
        doubled_area: members.iter().map(|m| m.shape.doubled_area()).sum(),
        area_m2: members.par_iter().map(|m| m.shape.area_m2()).sum(),
        outline_area_m2: outline.map(Shape::area_m2),
        crossings: chains
            .crossings
            .iter()
            .map(|crossing| Crossing {
                edges: crossing.edges,
                members: crossing.members.clone().map(places),
            })
            .collect(),
        unmatched,
        gaps,
        unmatched_vertices: chains
            .inner_vertices
            .iter()
            .map(|inner| UnmatchedVertex {
                vertex: inner.vertex,
                edge: inner.edge,
            })
            .collect(),
        spikes: chains
            .spikes
            .iter()
            .map(|&(segment, member)| (segment, member as usize))
            .collect(),
        empty,
    }
}

/// Whether one shape alone is sound: its winding number is 0 or 1 everywhere, and it has area.
pub(crate) fn is_simple(shape: &Shape) -> bool {
    let chains = Chains::of([shape], None);
    chains.crossings.is_empty()
        && shape.doubled_area() > 0
        && Findings::by_faces(&chains.edges).consistent
}

/// What the edges say about the ground between them.
struct Findings {
    /// All edges around each face agree.
    consistent: bool,
    unmatched: Vec<UnmatchedEdge>,
    gaps: Vec<Gap>,
}

impl Findings {
    /// Takes every face of edges that do not cross, and asks the edges around it who lies there.
    fn by_faces(edges: &[ChainEdge]) -> Self {
        let edges: Vec<&ChainEdge> = edges.iter().filter(|e| !e.shares.is_empty()).collect();
        let segments: Vec<Segment> = edges.iter().map(|e| e.segment).collect();
        let faces = Faces::of(&segments);
        let mut unmatched = Vec::new();
        let mut claims: Vec<BTreeMap<Option<u32>, usize>> = vec![BTreeMap::new(); faces.count()];
        // nobody covers the unbounded face
        claims[Faces::OUTER.0 as usize].insert(None, 0);
        for (i, edge) in edges.iter().enumerate() {
            let Some((left, right)) = edge.sides() else {
                unmatched.push(unmatched_edge(edge, None, Reason::CoveredTwice));
                continue;
            };
            for (face, claim) in [(faces.left(i), left), (faces.right(i), right)] {
                *claims[face.0 as usize].entry(claim).or_default() += 1;
            }
        }
        // where edges disagree, the claim of most of them stands and the others are named
        let standing: Vec<Option<u32>> = claims
            .iter()
            .enumerate()
            .map(|(face, claims)| {
                if face == Faces::OUTER.0 as usize {
                    return None;
                }
                let most = claims.iter().max_by_key(|(_, count)| **count);
                most.and_then(|(claim, _)| *claim)
            })
            .collect();
        let torn: Vec<bool> = claims.iter().map(|claims| claims.len() > 1).collect();
        for (i, edge) in edges.iter().enumerate() {
            let Some((left, right)) = edge.sides() else {
                continue;
            };
            for (face, claim) in [(faces.left(i), left), (faces.right(i), right)] {
                let stands = standing[face.0 as usize];
                if torn[face.0 as usize] && claim != stands {
                    unmatched.push(unmatched_edge(edge, stands, Reason::CoveredTwice));
                }
            }
        }
        let consistent = unmatched.is_empty();
        let gaps = gaps(&edges, &faces, &torn, &standing, &mut unmatched);
        Self {
            consistent,
            unmatched,
            gaps,
        }
    }

    /// Where edges cross there are no faces to ask; what is not the rim is unpaired.
    fn by_rim(edges: &[ChainEdge]) -> Self {
        let rim = rim_edges(edges);
        let unmatched = edges
            .iter()
            .filter(|e| !e.shares.is_empty())
            .filter_map(|edge| {
                if edge.sides().is_none() {
                    Some(unmatched_edge(edge, None, Reason::CoveredTwice))
                } else if edge.sum() != 0 && !rim.contains(&edge.segment) {
                    Some(unmatched_edge(edge, None, Reason::Unpaired))
                } else {
                    None
                }
            })
            .collect();
        Self {
            consistent: false,
            unmatched,
            gaps: Vec::new(),
        }
    }
}

/// The bounded faces that nobody claims.
fn gaps(
    edges: &[&ChainEdge],
    faces: &Faces,
    torn: &[bool],
    standing: &[Option<u32>],
    unmatched: &mut Vec<UnmatchedEdge>,
) -> Vec<Gap> {
    let is_gap = |face: Face| {
        face != Faces::OUTER && !torn[face.0 as usize] && standing[face.0 as usize].is_none()
    };
    let mut boundaries: FxHashMap<Face, (Vec<Segment>, Vec<usize>)> = FxHashMap::default();
    for (i, edge) in edges.iter().enumerate() {
        let Some((left, right)) = edge.sides() else {
            continue;
        };
        let sides = [
            (faces.left(i), left, right, edge.segment),
            (faces.right(i), right, left, edge.segment.reversed()),
        ];
        for (face, claim, beyond, directed) in sides {
            // an edge whose sides are the same grid's has none left to claim a face
            if claim.is_none() && is_gap(face) {
                let (boundary, around) = boundaries.entry(face).or_default();
                boundary.push(directed);
                around.extend(beyond.map(|member| member as usize));
                unmatched.push(unmatched_edge(edge, None, Reason::Uncovered));
            }
        }
    }
    let mut gaps: Vec<Gap> = boundaries
        .into_values()
        .filter_map(|(boundary, mut members)| {
            members.sort_unstable();
            members.dedup();
            let polygon = polygon_of(&boundary)?;
            Some(Gap {
                area_m2: boundary.iter().copied().map(ellipsoid::area_under_m2).sum(),
                doubled_area: polygon.rings().map(wangge_plane::Ring::doubled_area).sum(),
                polygon,
                members,
            })
        })
        .collect();
    gaps.sort_by(|a, b| {
        b.area_m2
            .total_cmp(&a.area_m2)
            .then_with(|| a.members.cmp(&b.members))
            .then_with(|| a.polygon.shell().points().cmp(b.polygon.shell().points()))
    });
    gaps
}

/// The misfit of an edge where the sum of the members is not the outline.
fn outline_misfit(edge: &ChainEdge) -> Option<UnmatchedEdge> {
    let sum = edge.sum();
    if sum == edge.outline {
        return None;
    }
    let reason = if edge.outline == 0 {
        Reason::BeyondOutline
    } else {
        Reason::OutlineUncovered
    };
    Some(unmatched_edge(edge, None, reason))
}

fn unmatched_edge(edge: &ChainEdge, also: Option<u32>, reason: Reason) -> UnmatchedEdge {
    let mut members: Vec<u32> = edge.shares.iter().map(|share| share.member).collect();
    members.extend(also);
    UnmatchedEdge {
        segment: edge.segment,
        members: places(members),
        reason,
    }
}

fn places(mut members: Vec<u32>) -> Vec<usize> {
    members.sort_unstable();
    members.dedup();
    members.into_iter().map(|member| member as usize).collect()
}

fn count_vertices(edges: &[ChainEdge]) -> usize {
    let mut ends: Vec<Point> = edges
        .iter()
        .filter(|e| !e.shares.is_empty())
        .flat_map(|e| [e.segment.start(), e.segment.end()])
        .collect();
    ends.par_sort_unstable();
    ends.dedup();
    ends.len()
}
