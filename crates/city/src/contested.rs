//! Ground that several grids cover, where a person accepted that they do.

use wangge_coverage::{Coverage, DefectKind, Member, Owner, Place, RepairTerms, Terms, Verdict};
use wangge_coverage::{repair, survey};
use wangge_plane::{Extent, Point, Shape};

use crate::City;

/// The pieces of ground with more than one grid, in a city of few of them.
#[derive(Debug, Default)]
pub(crate) struct Contested {
    pieces: Vec<Piece>,
}

#[derive(Debug)]
struct Piece {
    extent: Extent,
    /// One polygon.
    ground: Shape,
    /// The grids that cover it, in order of codes.
    owners: Vec<Owner>,
}

impl Contested {
    /// Pieces of ground with the grids that cover each.
    pub(crate) fn of(pieces: impl IntoIterator<Item = (Shape, Vec<Owner>)>) -> Self {
        let pieces = pieces.into_iter().map(|(ground, owners)| Piece {
            extent: ground.extent(),
            ground,
            owners,
        });
        Self {
            pieces: pieces.collect(),
        }
    }

    /// The pieces: what [`Contested::of`] takes.
    pub(crate) fn pieces(&self) -> impl ExactSizeIterator<Item = (&Shape, &[Owner])> {
        let pieces = self.pieces.iter();
        pieces.map(|piece| (&piece.ground, piece.owners.as_slice()))
    }
}

/// The coverage of grids that a person has published: ground that they enclose and nobody covers
/// is outside, and ground that several cover is the one's with the lowest code.
///
/// # Errors
/// The verdict, where that does not make a coverage of them.
pub(crate) fn settled(members: &[Member<'_>]) -> Result<(Coverage, Contested), Box<Verdict>> {
    let verdict = match Coverage::build_around_gaps(members) {
        Ok(coverage) => return Ok((coverage, Contested::default())),
        Err(verdict) => verdict,
    };
    let found = survey(members, &Terms::default());
    // members come in order of codes
    let priority: Vec<f64> = (0u32..)
        .take(members.len())
        .map(|place| -f64::from(place))
        .collect();
    let terms = RepairTerms {
        max_gap_width_m: 0.0,
        priority: Some(&priority),
        ..RepairTerms::default()
    };
    let mended = repair(members, &terms);
    let mended: Vec<Member<'_>> = members
        .iter()
        .zip(&mended.shapes)
        .map(|(member, shape)| Member { shape, ..*member })
        .collect();
    let Ok(coverage) = Coverage::build_around_gaps(&mended) else {
        return Err(verdict);
    };
    let overlaps = found.defects.into_iter().filter(|defect| {
        defect.members.len() > 1
            && matches!(
                defect.kind,
                DefectKind::Overlap | DefectKind::Hairline | DefectKind::DuplicateGrid
            )
    });
    let mut pieces = Vec::new();
    for defect in overlaps {
        let owners = defect.members.iter();
        let owners: Vec<Owner> = owners
            .filter_map(|&member| coverage.owner(members[member].code))
            .collect();
        let Place::Ground(parts) = defect.place else {
            continue;
        };
        let parts = parts.into_iter();
        pieces.extend(parts.filter_map(|part| Some((Shape::new(vec![part])?, owners.clone()))));
    }
    Ok((coverage, Contested::of(pieces)))
}

impl City {
    /// The codes of the other grids that cover a point of this one's, where they overlap.
    pub(crate) fn also_at(&self, owner: Owner, point: Point) -> Vec<&str> {
        let mut also: Vec<Owner> = Vec::new();
        for piece in &self.ground.contested.pieces {
            if piece.extent.contains(point) && piece.ground.winding_nudged(point) != 0 {
                also.extend(piece.owners.iter().filter(|other| **other != owner));
            }
        }
        also.sort_unstable();
        also.dedup();
        also.into_iter()
            .map(|other| self.grid_code(other))
            .collect()
    }
}
