//! Ground that is covered other than once: gaps, overlaps, and what lies beyond an outline.

use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use wangge_arrange::{Face, Region, pixel_of_crossing};
use wangge_plane::{LATTICE_UNIT_DEG, Point, Segment, ellipsoid};

use crate::defect::{Defect, DefectKind, Place, Weight};
use crate::neighbourhood::{Neighbourhood, OUTLINE};
use crate::proof::Member;
use crate::survey::{Terms, length, lies_in, measure};
use crate::width::inscribed_width_m;

/// Misfits up to this many lattice units wide are hairlines.
const HAIRLINE_UNITS: f64 = 2.0;

/// Everything that is covered other than once, in one neighbourhood.
pub(crate) struct Misfits<'a> {
    near: &'a Neighbourhood,
    members: &'a [Member<'a>],
    terms: &'a Terms<'a>,
    has_outline: bool,
    /// Members with exactly the same ground, two or more each, in order.
    twins: Vec<Vec<u32>>,
    /// The first of its twins for each that is not the first.
    stands_for: FxHashMap<u32, u32>,
}

/// A piece of misfitting ground, measured.
struct Piece {
    defect: Defect,
    /// One side of it, for drawing.
    side: Vec<Segment>,
    is_hairline: bool,
}

impl<'a> Misfits<'a> {
    pub(crate) fn of(
        near: &'a Neighbourhood,
        members: &'a [Member<'a>],
        has_outline: bool,
        terms: &'a Terms<'a>,
    ) -> Self {
        let twins = twins(near);
        let stands_for = twins
            .iter()
            .flat_map(|group| group[1..].iter().map(|&other| (other, group[0])))
            .collect();
        Self {
            near,
            members,
            terms,
            has_outline,
            twins,
            stands_for,
        }
    }

    /// The defects, hairlines gathered by border.
    pub(crate) fn into_defects(self) -> Vec<Defect> {
        let mut defects = self.duplicates();
        let laid = &self.near.arrangement;
        let uncovered = laid.walled_regions(|face| self.is_uncovered(face).then_some(()));
        let over = laid.regions(|face| self.overlapping(face));
        let outside = laid.regions(|face| self.outside(face));
        let mut pieces: Vec<Piece> = uncovered
            .par_iter()
            .map(|region| self.uncovered(region))
            .collect();
        pieces.par_extend(
            over.par_iter()
                .map(|region| self.covered_wrongly(region, DefectKind::Overlap)),
        );
        pieces.par_extend(
            outside
                .par_iter()
                .map(|region| self.covered_wrongly(region, DefectKind::OutsideParent)),
        );
        let seen = corners_of(&pieces);
        let (hairlines, wide): (Vec<Piece>, Vec<Piece>) = pieces
            .into_iter()
            .partition(|piece| piece.is_hairline && !piece.defect.members.is_empty());
        defects.extend(wide.into_iter().map(|piece| piece.defect));
        defects.extend(self.hairlines(hairlines, &seen));
        defects
    }

    fn code(&self, member: usize) -> String {
        self.members[member].code.to_owned()
    }

    fn is_uncovered(&self, face: Face) -> bool {
        !self.near.rest_covers(face)
            && self.near.owners(face).next().is_none()
            && (!self.has_outline || self.near.is_given(face))
    }

    /// The members that cover a face together, twins taken as one; `None` for one alone.
    fn overlapping(&self, face: Face) -> Option<Vec<u32>> {
        let mut owners: Vec<u32> = self.near.owners(face).collect();
        let different = owners
            .iter()
            .filter(|owner| !self.stands_for.contains_key(owner))
            .count();
        owners.sort_unstable();
        (different > 1).then_some(owners)
    }

    /// The members that cover a face which is not the outline's.
    fn outside(&self, face: Face) -> Option<Vec<u32>> {
        let owners: Vec<u32> = self.near.owners(face).collect();
        (self.has_outline && !self.near.is_given(face) && !owners.is_empty()).then_some(owners)
    }

    fn duplicates(&self) -> Vec<Defect> {
        let as_defect = |group: &Vec<u32>| {
            let ground = self.members[group[0] as usize].shape.parts().to_vec();
            let mut defect = Defect::new(
                DefectKind::DuplicateGrid,
                Weight::Breaks,
                group.iter().map(|&member| member as usize).collect(),
                Place::Ground(ground.clone()),
                |member| self.code(member),
            );
            measure(&mut defect, &ground);
            defect.count = Some(group.len());
            defect
        };
        self.twins.iter().map(as_defect).collect()
    }

    /// Ground that nobody covers: by how much of its border is the outline's, it is a gap, an
    /// inlet, or ground that was never covered.
    fn uncovered(&self, region: &Region<()>) -> Piece {
        let laid = &self.near.arrangement;
        let mut lengths: BTreeMap<u32, f64> = BTreeMap::new();
        let mut on_outline = 0.0;
        let mut around = 0.0;
        for piece in &region.boundary {
            let length = length(&[piece.directed]);
            around += length;
            let beyond = self.near.owners(piece.beyond);
            let shares = laid.chains().shares(piece.edge as usize);
            for owner in beyond {
                if shares.iter().any(|share| share.owner == owner) {
                    *lengths.entry(owner).or_default() += length;
                }
            }
            if shares.iter().any(|share| share.owner == OUTLINE)
                && !self.near.is_given(piece.beyond)
            {
                on_outline += length;
            }
        }
        let kind = if on_outline == 0.0 {
            DefectKind::Gap
        } else if 2.0 * on_outline < around {
            DefectKind::Inlet
        } else {
            DefectKind::ParentUncovered
        };
        let mut piece = self.measured(region, kind, lengths.keys().copied().collect());
        if let Some(ground) = self.terms.allowed_ground {
            piece.defect.allowed = lies_in(std::slice::from_ref(&region.polygon), ground);
        }
        let longest = lengths
            .into_iter()
            .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
        piece.side = self.side_of(region, longest.map(|(member, _)| member));
        piece
    }

    fn covered_wrongly(&self, region: &Region<Vec<u32>>, kind: DefectKind) -> Piece {
        let mut piece = self.measured(region, kind, region.label.clone());
        piece.side = self.side_of(region, region.label.first().copied());
        piece
    }

    fn measured<L>(&self, region: &Region<L>, kind: DefectKind, members: Vec<u32>) -> Piece {
        let ground = vec![region.polygon.clone()];
        let mut defect = Defect::new(
            kind,
            Weight::Breaks,
            members.into_iter().map(|member| member as usize).collect(),
            Place::Ground(ground.clone()),
            |member| self.code(member),
        );
        measure(&mut defect, &ground);
        let width_m = inscribed_width_m(&region.polygon);
        defect.width_m = Some(width_m);
        defect.sliver = width_m < self.terms.sliver_width_m;
        Piece {
            is_hairline: width_m <= hairline_m(region.polygon.shell().points()[0]),
            side: Vec::new(),
            defect,
        }
    }

    /// The edges around a region that are of one member's boundary, or all.
    fn side_of<L>(&self, region: &Region<L>, member: Option<u32>) -> Vec<Segment> {
        let chains = self.near.arrangement.chains();
        let of_member = region.boundary.iter().filter(|piece| {
            member.is_some_and(|member| chains.share_of(piece.edge as usize, member) != 0)
        });
        let side: Vec<Segment> = of_member.map(|piece| piece.directed).collect();
        if side.is_empty() {
            region.boundary.iter().map(|piece| piece.directed).collect()
        } else {
            side
        }
    }

    /// One defect for each border that has misfits of two units or less, crossings counted of
    /// which snap rounding leaves no ground.
    fn hairlines(&self, pieces: Vec<Piece>, seen: &[Point]) -> Vec<Defect> {
        let mut borders: BTreeMap<(Vec<usize>, bool), Vec<Piece>> = BTreeMap::new();
        for piece in pieces {
            borders
                .entry((piece.defect.members.clone(), piece.defect.allowed))
                .or_default()
                .push(piece);
        }
        let mut unseen = self.collapsed(seen);
        let mut defects = Vec::new();
        for ((border, allowed), pieces) in borders {
            let lost = unseen.remove(&border).unwrap_or_default();
            let mut defect = self.hairline(border, &pieces, lost);
            defect.allowed = allowed;
            defects.push(defect);
        }
        for (border, lost) in unseen {
            defects.push(self.hairline(border, &[], lost));
        }
        defects
    }

    /// What is narrower than the lattice, by border: edges that came to lie together, and crossings
    /// of which nothing else is left.
    fn collapsed(&self, seen: &[Point]) -> BTreeMap<Vec<usize>, Vec<Segment>> {
        let met = self.near.arrangement.met();
        let mut borders: BTreeMap<Vec<usize>, Vec<Segment>> = BTreeMap::new();
        let mut ends: FxHashSet<Point> = FxHashSet::default();
        for lost in &met.collapsed {
            let owners = lost.owners.iter().filter(|&&owner| owner < OUTLINE);
            let border: Vec<usize> = owners.map(|&owner| owner as usize).collect();
            let with_outline = self.has_outline && lost.owners.contains(&OUTLINE);
            // a boundary that meets itself is named already
            if border.len() > 1 || (with_outline && !border.is_empty()) {
                ends.extend([lost.edge.start(), lost.edge.end()]);
                borders.entry(border).or_default().push(lost.edge);
            }
        }
        for &[a, b] in &met.crossings {
            let at = pixel_of_crossing(a, b);
            if seen.binary_search(&at).is_err() && !ends.contains(&at) {
                let border = self.members_along([a, b]);
                if border.len() > 1 || (self.has_outline && !border.is_empty()) {
                    borders.entry(border).or_default().push(a);
                }
            }
        }
        borders
    }

    fn hairline(&self, border: Vec<usize>, pieces: &[Piece], lost: Vec<Segment>) -> Defect {
        let sum = |measure: fn(&Defect) -> Option<f64>| -> f64 {
            // an empty sum of f64 is -0
            let measures = pieces.iter().filter_map(|piece| measure(&piece.defect));
            measures.fold(0.0, |sum, measure| sum + measure)
        };
        let (area_m2, length_m) = (sum(|d| d.area_m2), sum(|d| d.length_m));
        let doubled = pieces
            .iter()
            .filter_map(|piece| piece.defect.doubled_area)
            .sum();
        let width_m = pieces
            .iter()
            .filter_map(|piece| piece.defect.width_m)
            .fold(0.0, f64::max);
        let count = pieces.len() + lost.len();
        let length_m = length_m + length(&lost);
        let mut edges: Vec<Segment> = pieces.iter().flat_map(|p| p.side.iter().copied()).collect();
        edges.extend(lost);
        Defect {
            area_m2: Some(area_m2),
            doubled_area: Some(doubled),
            width_m: Some(width_m),
            length_m: Some(length_m),
            count: Some(count),
            sliver: width_m < self.terms.sliver_width_m,
            ..Defect::new(
                DefectKind::Hairline,
                Weight::Breaks,
                border,
                Place::Edges(edges),
                |member| self.code(member),
            )
        }
    }

    /// The members of whose boundaries these pieces are parts.
    fn members_along(&self, pieces: [Segment; 2]) -> Vec<usize> {
        let along = |member: u32| {
            self.members[member as usize].shape.segments().any(|s| {
                pieces
                    .iter()
                    .any(|piece| s.holds(piece.start()) && s.holds(piece.end()))
            })
        };
        let box_of = pieces[0].extent().union(pieces[1].extent());
        self.near
            .members
            .iter()
            .copied()
            .filter(|&member| self.members[member as usize].shape.extent().meets(box_of))
            .filter(|&member| along(member))
            .map(|member| member as usize)
            .collect()
    }
}

/// Members that lie on exactly the same faces.
fn twins(near: &Neighbourhood) -> Vec<Vec<u32>> {
    let mut faces_of: FxHashMap<u32, Vec<Face>> = FxHashMap::default();
    let mut suspected: Vec<u32> = Vec::new();
    for face in near.arrangement.faces() {
        let owners: Vec<u32> = near.owners(face).collect();
        for &owner in &owners {
            faces_of.entry(owner).or_default().push(face);
        }
        if owners.len() > 1 {
            suspected.extend(owners);
        }
    }
    suspected.sort_unstable();
    suspected.dedup();
    let mut groups: BTreeMap<&[Face], Vec<u32>> = BTreeMap::new();
    for owner in suspected {
        if let Some(faces) = faces_of.get(&owner) {
            groups.entry(faces).or_default().push(owner);
        }
    }
    groups
        .into_values()
        .filter(|group| group.len() > 1)
        .collect()
}

/// The vertices of all misfitting ground, in order.
fn corners_of(pieces: &[Piece]) -> Vec<Point> {
    let mut points: Vec<Point> = pieces
        .iter()
        .filter_map(|piece| match &piece.defect.place {
            Place::Ground(parts) => Some(parts),
            _ => None,
        })
        .flatten()
        .flat_map(wangge_plane::Polygon::rings)
        .flat_map(|ring| ring.points().iter().copied())
        .collect();
    points.sort_unstable();
    points.dedup();
    points
}

/// Two lattice units in metres, in the direction in which they are longer.
fn hairline_m(at: Point) -> f64 {
    let scale = ellipsoid::metres_per_degree(at.lat());
    // a width is good to a hundredth
    1.01 * HAIRLINE_UNITS * LATTICE_UNIT_DEG * scale.north.max(scale.east)
}
