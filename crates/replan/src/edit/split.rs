//! A grid cut into parts by a line.

use wangge_coverage::Coverage;
use wangge_plane::{Extent, Line, Segment};

use super::ground::{boundary, edited, owner, redrawn};
use super::line::{distance_m, prolonged};
use super::overlay::Overlay;
use super::redraw::Label;
use super::{CutTerms, EditError, EditNote, Edited};

/// Cuts a grid into the connected pieces that a line leaves of it.
///
/// The line may begin and end beyond the grid, where it cuts nothing, on its border or at a vertex,
/// and cross the grid several times; a closed one cuts out what it goes around. The parts have no
/// codes yet, the largest comes first; the grid's own code goes, and may be given to one of them.
/// Pieces of the grid that lay apart before, and that the line leaves whole, stay with the largest
/// part.
///
/// # Errors
/// [`EditError::NoSuchGrid`], [`EditError::LineMisses`], [`EditError::EndsInside`],
/// [`EditError::NothingApart`]; [`EditError::NoGroundLeft`] for a grid so narrow beside the line
/// that it has no ground on the lattice.
///
/// ```
/// use wangge_coverage::{Coverage, Member};
/// use wangge_plane::{Line, Point, Polygon, Ring, Shape};
/// use wangge_replan::{CutTerms, split};
///
/// let points = |list: &[(i32, i32)]| -> Result<Vec<Point>, wangge_plane::PlaneError> {
///     list.iter().map(|&(x, y)| Point::new(x, y)).collect()
/// };
/// let square = Ring::new(points(&[(0, 0), (100, 0), (100, 100), (0, 100)])?)?;
/// let shape = Shape::new(vec![Polygon::new(square, vec![])]).expect("one part");
/// let coverage = Coverage::build(&[Member { code: "1", shape: &shape }]).expect("seamless");
/// let line = Line::new([points(&[(40, -50), (40, 150)])?]).expect("a line");
/// let edited = split(&coverage, "1", &line, CutTerms::default()).expect("two parts");
/// let areas: Vec<i128> = edited.parts.iter().map(Shape::doubled_area).collect();
/// assert_eq!(areas, [2 * 60 * 100, 2 * 40 * 100]);
/// # Ok::<(), wangge_plane::PlaneError>(())
/// ```
pub fn split(
    coverage: &Coverage,
    code: &str,
    line: &Line,
    terms: CutTerms,
) -> Result<Edited, EditError> {
    let grid = owner(coverage, code)?;
    let ground = boundary(coverage, &[grid]);
    let (lines, mut notes) = prolonged(line, &ground, code, terms)?;
    let (extent, lines) = near(&ground, &lines);
    let mut untouched = 0;
    let label = |overlay: &Overlay| {
        let Some(pieces) = overlay.pieces_of(&[grid]) else {
            return Err(EditError::LineMisses {
                code: code.to_owned(),
                distance_m: distance_m(&line.segments().collect::<Vec<_>>(), &ground),
            });
        };
        if !pieces.iter().any(|piece| piece.is_cut) {
            return Err(EditError::NothingApart {
                code: code.to_owned(),
            });
        }
        let grids = overlay.faces().map(|face| overlay.owner(face));
        let mut labels: Vec<Option<Label>> = grids.map(|grid| grid.map(Label::Grid)).collect();
        untouched = 0;
        let mut parts = 0..;
        for piece in &pieces {
            let part = if piece.is_cut {
                parts.next().unwrap_or_default()
            } else {
                untouched += 1;
                0
            };
            for face in &piece.faces {
                labels[face.0 as usize] = Some(Label::Part(part));
            }
        }
        Ok(labels)
    };
    let (overlay, redraw) = redrawn(coverage, extent, &lines, None, label)?;
    if untouched > 0 {
        notes.push(EditNote::PiecesUntouched { pieces: untouched });
    }
    let mut edited = edited(coverage, &overlay, redraw, &[grid], notes)?;
    let parts = &mut edited.parts;
    parts.sort_by_key(|part| std::cmp::Reverse(part.doubled_area()));
    Ok(edited)
}

/// The box around ground, and those edges of a line that come into it.
pub(crate) fn near(ground: &[Segment], lines: &[Segment]) -> (Extent, Vec<Segment>) {
    let extent = Extent::of(ground.iter().flat_map(|edge| [edge.start(), edge.end()]))
        .unwrap_or_else(|| unreachable!("a grid of a coverage has a boundary"));
    let reach = extent.widened(2, 2);
    let lines = lines.iter().copied().filter(|edge| edge.meets(reach));
    (extent, lines.collect())
}
