//! Ground that an edit redraws: cut by lines into pieces, and given to grids or to new parts.

use rustc_hash::FxHashSet;
use wangge_arrange::Face;
use wangge_coverage::{Coverage, Owner};
use wangge_plane::{Extent, Segment, Shape};

use super::overlay::{Extents, Joined, Overlay};
use super::redraw::{Label, Redraw};
use super::{EditError, EditNote, Edited, Redrawn};

/// A piece of the ground of one or two grids, as lines cut it.
pub(crate) struct Piece {
    pub(crate) faces: Vec<Face>,
    /// Twice its area, square lattice units.
    pub(crate) doubled_area: i128,
    /// Whether a line cut it from other ground.
    pub(crate) is_cut: bool,
}

/// The boundary of the ground of some grids together, with the ground to its left.
pub(crate) fn boundary(coverage: &Coverage, ground: &[Owner]) -> Vec<Segment> {
    let mine = |side: Option<Owner>| side.is_some_and(|side| ground.contains(&side));
    let mut edges = Vec::new();
    for &owner in ground {
        for arc in coverage.arcs_of(owner) {
            match (mine(arc.left()), mine(arc.right())) {
                (true, false) => edges.extend(arc.segments()),
                (false, true) => edges.extend(arc.segments().map(Segment::reversed)),
                _ => {}
            }
        }
    }
    edges
}

impl Overlay {
    /// The ground of some grids together as lines cut it, the largest piece first; `None` when no
    /// line runs inside it.
    pub(crate) fn pieces_of(&self, ground: &[Owner]) -> Option<Vec<Piece>> {
        let mine = |face: Face| self.owner(face).is_some_and(|o| ground.contains(&o));
        let mut whole = Joined::new(self.face_count());
        let mut cut = Joined::new(self.face_count());
        let mut meets = false;
        for (_, beside, is_line) in self.walls() {
            let (left, right) = (beside.left, beside.right);
            if !(mine(left) && mine(right)) {
                continue;
            }
            meets |= is_line;
            whole.join(left.0, right.0);
            if !is_line {
                cut.join(left.0, right.0);
            }
        }
        let faces = self.faces().filter(|&face| mine(face));
        let mut rooted: Vec<(u32, Face)> = faces.map(|face| (cut.root(face.0), face)).collect();
        rooted.sort_unstable();
        let mut pieces_in = vec![0u32; self.face_count()];
        let groups: Vec<&[(u32, Face)]> = rooted.chunk_by(|a, b| a.0 == b.0).collect();
        for group in &groups {
            pieces_in[whole.root(group[0].0) as usize] += 1;
        }
        let mut pieces: Vec<Piece> = groups
            .into_iter()
            .map(|group| Piece {
                faces: group.iter().map(|&(_, face)| face).collect(),
                doubled_area: group.iter().map(|&(_, face)| self.doubled_area(face)).sum(),
                is_cut: pieces_in[whole.root(group[0].0) as usize] > 1,
            })
            .collect();
        // faces are numbered from the west, so that the order is a fixed one
        pieces.sort_by_key(|piece| std::cmp::Reverse(piece.doubled_area));
        meets.then_some(pieces)
    }
}

/// Lays lines and an area over the grids in a box, lets `label` give the faces away, and draws the
/// result; looks at more grids where a border that is drawn anew turns out to be theirs too.
pub(crate) fn redrawn(
    coverage: &Coverage,
    extent: Extent,
    lines: &[Segment],
    area: Option<&Shape>,
    mut label: impl FnMut(&Overlay) -> Result<Vec<Option<Label>>, EditError>,
) -> Result<(Overlay, Redraw), EditError> {
    let extents = Extents::of(coverage);
    let mut owners = extents.near(extent);
    loop {
        let overlay = Overlay::of(coverage, owners, lines, area);
        let labels = label(&overlay)?;
        let redraw = overlay.redraw(|face| labels[face.0 as usize]);
        let reached = redraw
            .put_in
            .iter()
            .map(|&(edge, _)| overlay.edges[edge].segment.extent())
            .reduce(Extent::union)
            .map_or_else(FxHashSet::default, |extent| extents.near(extent));
        if reached.is_subset(&overlay.owners) {
            return Ok((overlay, redraw));
        }
        owners = &overlay.owners | &reached;
    }
}

/// What a redraw makes of the coverage; `removed` are grids that go.
pub(crate) fn edited(
    coverage: &Coverage,
    overlay: &Overlay,
    mut redraw: Redraw,
    removed: &[Owner],
    mut notes: Vec<EditNote>,
) -> Result<Edited, EditError> {
    notes.extend(overlay.notes(coverage, &redraw));
    let mut looked_at: Vec<Owner> = overlay.owners.iter().copied().collect();
    looked_at.sort_unstable();
    let mut changed = Vec::new();
    for owner in looked_at {
        if removed.contains(&owner) {
            continue;
        }
        let code: Box<str> = coverage.code(owner).into();
        let Some(shape) = redraw.shapes.remove(&Label::Grid(owner)) else {
            return Err(EditError::NoGroundLeft {
                code: code.into_string(),
            });
        };
        if is_changed(coverage, owner, &shape) {
            let pieces = shape.parts().len();
            if pieces > coverage.shape(owner).parts().len() {
                notes.push(EditNote::SeveralPieces {
                    code: Some(code.clone()),
                    pieces,
                });
            }
            changed.push(Redrawn { code, shape });
        }
    }
    let parts: Vec<Shape> = redraw.shapes.into_values().collect();
    for part in parts.iter().filter(|part| part.parts().len() > 1) {
        notes.push(EditNote::SeveralPieces {
            code: None,
            pieces: part.parts().len(),
        });
    }
    Ok(Edited {
        changed,
        parts,
        removed: removed.iter().map(|&o| coverage.code(o).into()).collect(),
        notes,
    })
}

/// The grid with a code.
pub(crate) fn owner(coverage: &Coverage, code: &str) -> Result<Owner, EditError> {
    coverage.owner(code).ok_or_else(|| EditError::NoSuchGrid {
        code: code.to_owned(),
    })
}

fn is_changed(coverage: &Coverage, owner: Owner, shape: &Shape) -> bool {
    let mut before = boundary(coverage, &[owner]);
    let mut after: Vec<Segment> = shape.segments().collect();
    before.sort_unstable();
    after.sort_unstable();
    before != after
}
