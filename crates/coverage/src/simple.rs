//! Whether a grid's own boundary is sound: its winding number is 0 or 1 everywhere.

use wangge_arrange::{Arrangement, Met, Noding, Share, Use};
use wangge_plane::{Meeting, Polygon, Ring, Segment, Shape, winding_nudged};

/// Below this many edges a ring is looked at by sorting its edges from west to east.
const FEW_EDGES: usize = 4096;

/// Below this many rings each is asked which others lie around it.
const FEW_RINGS: usize = 12;

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

/// Edges that a ring of the shape runs along both ways, noded, in order. What two rings have in
/// common is no spike: parts may lie side by side.
fn spikes(shape: &Shape) -> Vec<Segment> {
    shape.rings().flat_map(spikes_of).collect()
}

fn spikes_of(ring: &Ring) -> Vec<Segment> {
    let mut edges: Vec<(Segment, bool)> = ring.segments().map(Segment::canonical).collect();
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

/// Whether all rings are simple, apart from each other, and lie as their roles say. A shape for
/// which this is not quickly seen is not plain.
fn is_plain(shape: &Shape) -> bool {
    let rings: Vec<&Ring> = shape.rings().collect();
    let edges = rings.iter().map(|ring| ring.points().len()).sum();
    if rings.len() > FEW_RINGS || edges > FEW_EDGES || !share_ends_only(&rings, edges) {
        return false;
    }
    shape.parts().iter().all(|part| {
        let roles = std::iter::once((part.shell(), 0)).chain(part.holes().iter().map(|h| (h, 1)));
        let mut sound = part.shell().doubled_area() > 0;
        if rings.len() > 1 {
            for (ring, around) in roles {
                let first = ring.points()[0];
                let others: i32 = rings
                    .iter()
                    .filter(|other| !std::ptr::eq(**other, ring))
                    .map(|other| winding_nudged(other.segments(), first))
                    .sum();
                sound &= others == around;
            }
        }
        sound
    })
}

/// An edge with the box around it, for the sweep.
struct Boxed {
    west: i32,
    east: i32,
    south: i32,
    north: i32,
    edge: Segment,
    /// The vertices' places: neighbours on a ring have one in common.
    from: u32,
    to: u32,
}

/// Whether edges meet only where one ends and the next of the same ring begins.
fn share_ends_only(rings: &[&Ring], edges: usize) -> bool {
    let mut boxed = Vec::with_capacity(edges);
    let mut first = 0u32;
    for ring in rings {
        let last = first + u32::try_from(ring.points().len()).unwrap_or(u32::MAX) - 1;
        for (from, edge) in (first..).zip(ring.segments()) {
            let (a, b) = (edge.start(), edge.end());
            boxed.push(Boxed {
                west: a.x().min(b.x()),
                east: a.x().max(b.x()),
                south: a.y().min(b.y()),
                north: a.y().max(b.y()),
                edge,
                from,
                to: if from == last { first } else { from + 1 },
            });
        }
        first = last + 1;
    }
    boxed.sort_unstable_by_key(|b| b.west);
    for (i, a) in boxed.iter().enumerate() {
        for b in &boxed[i + 1..] {
            if b.west > a.east {
                break;
            }
            if b.south > a.north || b.north < a.south {
                continue;
            }
            let allowed = if a.to == b.from || b.to == a.from {
                Meeting::AtEnds
            } else {
                Meeting::Apart
            };
            if a.edge.meeting(b.edge) != allowed {
                return false;
            }
        }
    }
    true
}
