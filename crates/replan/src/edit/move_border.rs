//! The border between two neighbours drawn anew, and ground given from one to another.

use wangge_coverage::{Coverage, Owner};
use wangge_plane::{Line, Shape};

use super::ground::{boundary, edited, owner, redrawn};
use super::line::{distance_m, prolonged};
use super::overlay::Overlay;
use super::redraw::Label;
use super::split::near;
use super::{CutTerms, EditError, Edited};

/// Draws the border between two neighbours along a line.
///
/// The line cuts the ground of both together; each piece goes to the grid that had more of it, and to
/// `one` where they had the same. Pieces that the line leaves whole stay whose they were by the same
/// rule.
///
/// # Errors
/// [`EditError::NoSuchGrid`], [`EditError::OneGridOnly`], [`EditError::NotNeighbours`],
/// [`EditError::LineMisses`], [`EditError::EndsInside`] and [`EditError::NothingApart`], of the ground
/// of both together; [`EditError::NoGroundLeft`] where all pieces would go to one of them.
pub fn move_border(
    coverage: &Coverage,
    one: &str,
    other: &str,
    line: &Line,
    terms: CutTerms,
) -> Result<Edited, EditError> {
    let (a, b) = two(coverage, one, other)?;
    let shared = |side: Option<Owner>| side == Some(b);
    if !coverage
        .arcs_of(a)
        .any(|arc| shared(arc.left()) || shared(arc.right()))
    {
        return Err(EditError::NotNeighbours {
            one: one.to_owned(),
            other: other.to_owned(),
        });
    }
    let both = format!("{one} + {other}");
    let ground = boundary(coverage, &[a, b]);
    let (lines, notes) = prolonged(line, &ground, &both, terms)?;
    let (extent, lines) = near(&ground, &lines);
    let label = |overlay: &Overlay| {
        let Some(pieces) = overlay.pieces_of(&[a, b]) else {
            return Err(EditError::LineMisses {
                code: both.clone(),
                distance_m: distance_m(&line.segments().collect::<Vec<_>>(), &ground),
            });
        };
        if !pieces.iter().any(|piece| piece.is_cut) {
            return Err(EditError::NothingApart { code: both.clone() });
        }
        let mut labels = own_labels(overlay);
        for piece in &pieces {
            let of_a = piece
                .faces
                .iter()
                .filter(|&&face| overlay.owner(face) == Some(a));
            let had: i128 = of_a.map(|&face| overlay.doubled_area(face)).sum();
            let to = if 2 * had >= piece.doubled_area { a } else { b };
            for face in &piece.faces {
                labels[face.0 as usize] = Some(Label::Grid(to));
            }
        }
        Ok(labels)
    };
    let (overlay, redraw) = redrawn(coverage, extent, &lines, None, label)?;
    edited(coverage, &overlay, redraw, &[], notes)
}

/// Gives the part of one grid's ground that lies in a polygon to another grid.
///
/// What of the polygon lies in other grids stays theirs.
///
/// # Errors
/// [`EditError::NoSuchGrid`], [`EditError::OneGridOnly`]; [`EditError::NothingToGive`] where the
/// polygon holds nothing of the giver; [`EditError::NoGroundLeft`] where it holds all.
pub fn give(coverage: &Coverage, from: &str, to: &str, piece: &Shape) -> Result<Edited, EditError> {
    let (giver, taker) = two(coverage, from, to)?;
    let (extent, _) = near(&boundary(coverage, &[giver, taker]), &[]);
    let label = |overlay: &Overlay| {
        let mut labels = own_labels(overlay);
        let given = |face: &_| overlay.owner(*face) == Some(giver) && overlay.in_area(*face);
        let mut nothing = true;
        for face in overlay.faces().filter(given) {
            labels[face.0 as usize] = Some(Label::Grid(taker));
            nothing = false;
        }
        if nothing {
            return Err(EditError::NothingToGive {
                code: from.to_owned(),
            });
        }
        Ok(labels)
    };
    let (overlay, redraw) = redrawn(coverage, extent, &[], Some(piece), label)?;
    edited(coverage, &overlay, redraw, &[], Vec::new())
}

/// Two different grids.
fn two(coverage: &Coverage, one: &str, other: &str) -> Result<(Owner, Owner), EditError> {
    let (a, b) = (owner(coverage, one)?, owner(coverage, other)?);
    if a == b {
        return Err(EditError::OneGridOnly {
            code: one.to_owned(),
        });
    }
    Ok((a, b))
}

/// Every face stays its grid's.
fn own_labels(overlay: &Overlay) -> Vec<Option<Label>> {
    let grids = overlay.faces().map(|face| overlay.owner(face));
    grids.map(|grid| grid.map(Label::Grid)).collect()
}
