//! Boundaries as they are joined: without spikes, and with every vertex on both sides of a border.

use std::borrow::Cow;

use rayon::prelude::*;
use wangge_arrange::{Arrangement, InnerVertex, Met, Noding, Use};
use wangge_plane::{Extent, Point, Polygon, Ring, Segment, Shape};

use crate::cancel::sum;
use crate::proof::{Member, Proof};
use crate::simple::Soundness;

/// The shapes of members that a proof found seamless, with common vertices: edges of one shape, and
/// of two, meet at common ends only or are the same, and no shape runs along an edge both ways.
///
/// Where a boundary touches itself, it is drawn anew around its ground: its spikes fall away, and
/// it has a vertex wherever it touches. After that only edges that the sum of all boundaries
/// leaves can have a vertex inside them. For let the vertex `v` of a grid lie inside an edge that
/// the grids A and B share. Around `v`, the one's ground is all there is on the one side and the
/// other's on the other, since neither boundary comes to `v` again. So the ground of the grid with
/// the vertex would be theirs too. And where `v` lies inside an edge that is left, A alone is on
/// the one side of it; on the other side, what lies next to the edge at `v` begins there with an
/// edge that is left as well. So it is enough to look at what is left.
pub(crate) fn noded<'a>(members: &[Member<'a>], proof: &Proof) -> Vec<Cow<'a, Shape>> {
    let mut shapes: Vec<Cow<'a, Shape>> = members.iter().map(|m| Cow::Borrowed(m.shape)).collect();
    let touching: Vec<usize> = (0..members.len())
        .filter(|&at| proof.soundness[at] != Soundness::Plain)
        .collect();
    if touching.is_empty() {
        cut(&mut shapes, &proof.residual, &proof.rest.met.inner_vertices);
        return shapes;
    }
    let tidied: Vec<Option<Shape>> = touching
        .par_iter()
        .map(|&at| tidied(members[at].shape))
        .collect();
    for (&at, shape) in touching.iter().zip(tidied) {
        if let Some(shape) = shape {
            shapes[at] = Cow::Owned(shape);
        }
    }
    let drawn: Vec<&Shape> = shapes.iter().map(AsRef::as_ref).collect();
    let extents: Vec<Extent> = drawn.par_iter().map(|shape| shape.extent()).collect();
    let residual = sum(&drawn, &extents).residual;
    let mut left: Vec<Segment> = residual.iter().map(Use::segment).collect();
    left.dedup();
    let met = Met::of(&left);
    cut(&mut shapes, &residual, &met.inner_vertices);
    shapes
}

/// The same ground with rings that pass each vertex once and edges that meet at common ends.
fn tidied(shape: &Shape) -> Option<Shape> {
    let arrangement = Arrangement::of(Use::of_shape(shape, 0).collect());
    let parts = arrangement
        .regions(|face| (arrangement.winding(face, 0) == 1).then_some(()))
        .into_iter()
        .map(|region| region.polygon)
        .collect();
    Shape::new(parts)
}

/// Cuts edges at the vertices inside them, in the shapes that these are of.
fn cut(shapes: &mut [Cow<'_, Shape>], residual: &[Use], inner_vertices: &[InnerVertex]) {
    if inner_vertices.is_empty() {
        return;
    }
    let noding = Noding::at_vertices(&Met {
        inner_vertices: inner_vertices.to_vec(),
        ..Met::default()
    });
    let mut owners: Vec<u32> = residual.iter().map(Use::owner).collect();
    owners.sort_unstable();
    owners.dedup();
    for owner in owners {
        let shape = &mut shapes[owner as usize];
        let whole = |s: Segment| noding.pieces(s.canonical().0).nth(1).is_none();
        if !shape.segments().all(whole) {
            *shape = Cow::Owned(cut_shape(shape, &noding));
        }
    }
}

fn cut_shape(shape: &Shape, noding: &Noding) -> Shape {
    let cut_ring = |ring: &Ring| {
        let pieces = ring.segments().flat_map(|directed| {
            let (edge, forward) = directed.canonical();
            let mut starts: Vec<Point> = noding
                .pieces(edge)
                .map(|piece| if forward { piece.start() } else { piece.end() })
                .collect();
            if !forward {
                starts.reverse();
            }
            starts
        });
        Ring::new(pieces.collect()).unwrap_or_else(|_| unreachable!("a ring only gains vertices"))
    };
    let parts = shape
        .parts()
        .iter()
        .map(|part| {
            Polygon::new(
                cut_ring(part.shell()),
                part.holes().iter().map(cut_ring).collect(),
            )
        })
        .collect();
    Shape::new(parts).unwrap_or_else(|| unreachable!("a shape has a part"))
}
