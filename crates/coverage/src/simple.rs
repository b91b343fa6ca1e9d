//! Whether a grid's own boundary is sound: its winding number is 0 or 1 everywhere.

mod plain;

use wangge_arrange::{Arrangement, Met, Noding, Share, Use};
use wangge_plane::{Polygon, Ring, Segment, Shape};

use plain::is_plain;

/// What one grid's own boundary is like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Soundness {
    /// No two edges share more than a common end, and rings lie as their roles say.
    Plain,
    /// The boundary touches itself, and yet the winding number is 0 or 1 everywhere.
    Touching {
        /// Edges that the grid runs along both ways.
        spikes: Vec<Segment>,
    },
    /// The winding number is something else somewhere.
    Broken {
        /// Edges that the grid runs along both ways.
        spikes: Vec<Segment>,
        /// Where edges cross each other.
        crossings: Vec<[Segment; 2]>,
        /// Ground that is enclosed wrongly, or more than once; what a crossing makes may be less
        /// than the lattice can hold.
        ground: Vec<Polygon>,
    },
}

impl Soundness {
    /// How sound a shape's boundary is. Exact; n log n.
    pub(crate) fn of(shape: &Shape) -> Self {
        if is_plain(shape) {
            Self::Plain
        } else {
            Self::looked_into(shape)
        }
    }

    /// Whether the winding number is 0 or 1 everywhere.
    pub(crate) const fn is_sound(&self) -> bool {
        !matches!(self, Self::Broken { .. })
    }

    /// Edges that the grid runs along both ways.
    pub(crate) fn spikes(&self) -> &[Segment] {
        match self {
            Self::Plain => &[],
            Self::Touching { spikes } | Self::Broken { spikes, .. } => spikes,
        }
    }

    /// The long way: the arrangement of the boundary alone.
    fn looked_into(shape: &Shape) -> Self {
        let arrangement = Arrangement::of(Use::of_shape(shape, 0).collect());
        let spikes = spikes(shape);
        let crossings = arrangement.met().crossings.clone();
        let wrong = |shares: &[Share]| shares.iter().any(|share| share.multiplicity != 1);
        let ground: Vec<Polygon> = arrangement
            .regions(|face| wrong(arrangement.owners(face)).then_some(()))
            .into_iter()
            .map(|region| region.polygon)
            .collect();
        if crossings.is_empty() && ground.is_empty() {
            Self::Touching { spikes }
        } else {
            Self::Broken {
                spikes,
                crossings,
                ground,
            }
        }
    }
}

/// Edges that a part of the shape runs along both ways, noded: a ring out and back, a hole along its
/// shell or along another hole. What two parts have in common is no spike: they lie side by side.
fn spikes(shape: &Shape) -> Vec<Segment> {
    shape.parts().iter().flat_map(spikes_of).collect()
}

fn spikes_of(part: &Polygon) -> Vec<Segment> {
    let edges = part.rings().flat_map(Ring::segments);
    let mut edges: Vec<(Segment, bool)> = edges.map(Segment::canonical).collect();
    edges.sort_unstable();
    let mut unique: Vec<Segment> = edges.iter().map(|&(segment, _)| segment).collect();
    unique.dedup();
    let noding = Noding::at_vertices(&Met::of(&unique));
    let mut pieces: Vec<(Segment, bool)> = edges
        .iter()
        .flat_map(|&(segment, forward)| {
            noding.pieces(segment).map(move |piece| {
                let (canonical, along) = piece.canonical();
                (canonical, along == forward)
            })
        })
        .collect();
    pieces.sort_unstable();
    pieces.dedup();
    pieces
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|ways| ways.len() > 1)
        .map(|ways| ways[0].0)
        .collect()
}
