//! Several grids made one.

use wangge_arrange::{Arrangement, Use};
use wangge_coverage::Coverage;
use wangge_plane::Shape;

use super::ground::{boundary, owner};
use super::{EditError, EditNote, Edited, Redrawn};

/// Makes one grid of several, under the code of one of them or a new one.
///
/// The border around them stays, vertex for vertex; no other grid changes. Grids that share no
/// border make a grid of several pieces, which is told.
///
/// # Errors
/// [`EditError::NoSuchGrid`]; [`EditError::OneGridOnly`] without two different grids;
/// [`EditError::CodeTaken`] where `into` is the code of another grid.
pub fn merge(coverage: &Coverage, codes: &[&str], into: &str) -> Result<Edited, EditError> {
    let mut grids = codes
        .iter()
        .map(|code| owner(coverage, code))
        .collect::<Result<Vec<_>, _>>()?;
    grids.sort_unstable();
    grids.dedup();
    if grids.len() < 2 {
        return Err(EditError::OneGridOnly {
            code: grids.first().map_or("", |&o| coverage.code(o)).to_owned(),
        });
    }
    if coverage.owner(into).is_some_and(|o| !grids.contains(&o)) {
        return Err(EditError::CodeTaken {
            code: into.to_owned(),
        });
    }
    let edges = boundary(coverage, &grids);
    let arrangement = Arrangement::of(edges.into_iter().map(|s| Use::of(s, 0)).collect());
    let regions = arrangement.regions(|face| (arrangement.winding(face, 0) > 0).then_some(()));
    let polygons: Vec<_> = regions.into_iter().map(|region| region.polygon).collect();
    let pieces = polygons.len();
    let shape = Shape::new(polygons)
        .unwrap_or_else(|| unreachable!("grids of a coverage have ground together"));
    let code: Box<str> = into.into();
    let removed = grids.iter().map(|&o| coverage.code(o));
    let note = EditNote::SeveralPieces {
        code: Some(code.clone()),
        pieces,
    };
    Ok(Edited {
        removed: removed.filter(|&c| c != into).map(Into::into).collect(),
        changed: vec![Redrawn { code, shape }],
        parts: Vec::new(),
        notes: (pieces > 1).then_some(note).into_iter().collect(),
    })
}
