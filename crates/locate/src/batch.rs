//! Many lookups together, so that the processor waits for memory once for many of them.
//!
//! A lookup reads a cell's word, and where edges run through the cell, its node; each may be far from the processor. So a
//! block of points takes each step together: the reads of one step do not depend on one another, and a
//! processor has many of them under way at once. Points whose cell one face fills are done after the first step; the
//! others are gathered without a branch, which would be mispredicted every few points.

use std::hint::black_box;

use wangge_plane::Point;

use crate::cells::{Cells, Offset, part};
use crate::node::{Cell, Node};
use crate::path::OUTSIDE;

/// Points that take each step together: enough to have all reads under way that a processor can, and so few that what is
/// kept of them stays in the first cache.
const BLOCK: usize = 256;

/// Words from the head of a node to the end of what most lookups read of it.
const NODE_REACH: usize = 10;

/// What a batch writes for a point outside of all grids.
pub(crate) const OUTSIDE_OWNER: u32 = u32::MAX;

/// What a batch writes for what is no position.
pub(crate) const NO_POSITION: u32 = u32::MAX - 1;

/// The slices of a batch are not of one length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a batch needs as many longitudes as latitudes and places for answers, not {positions}, {latitudes} and {owners}"
)]
pub struct LengthsDiffer {
    /// Positions, or longitudes.
    pub positions: usize,
    /// Latitudes; as many as positions where these come as points.
    pub latitudes: usize,
    /// Places for answers.
    pub owners: usize,
}

/// The owners of points.
pub(crate) fn of_points(
    cells: Option<&Cells>,
    points: &[Point],
    owners: &mut [u32],
) -> Result<(), LengthsDiffer> {
    same_lengths(points.len(), points.len(), owners.len())?;
    let Some(cells) = cells else {
        owners.fill(OUTSIDE_OWNER);
        return Ok(());
    };
    for (points, owners) in points.chunks(BLOCK).zip(owners.chunks_mut(BLOCK)) {
        let mut offsets = [Offset::BEYOND; BLOCK];
        for (offset, &p) in offsets.iter_mut().zip(points) {
            *offset = cells.offset(p);
        }
        block(cells, &offsets, owners);
    }
    Ok(())
}

/// The owners of positions in degrees.
pub(crate) fn of_degrees(
    cells: Option<&Cells>,
    lons: &[f64],
    lats: &[f64],
    owners: &mut [u32],
) -> Result<(), LengthsDiffer> {
    same_lengths(lons.len(), lats.len(), owners.len())?;
    let positions = lons.chunks(BLOCK).zip(lats.chunks(BLOCK));
    for ((lons, lats), owners) in positions.zip(owners.chunks_mut(BLOCK)) {
        let mut offsets = [Offset::BEYOND; BLOCK];
        let mut all_are = true;
        for ((offset, &lon), &lat) in offsets.iter_mut().zip(lons).zip(lats) {
            let p = Point::of_degrees(lon, lat);
            all_are &= p.is_some();
            if let (Some(p), Some(cells)) = (p, cells) {
                *offset = cells.offset(p);
            }
        }
        match cells {
            Some(cells) => block(cells, &offsets, owners),
            None => owners.fill(OUTSIDE_OWNER),
        }
        if !all_are {
            for ((owner, &lon), &lat) in owners.iter_mut().zip(lons).zip(lats) {
                if Point::of_degrees(lon, lat).is_none() {
                    *owner = NO_POSITION;
                }
            }
        }
    }
    Ok(())
}

const fn same_lengths(
    positions: usize,
    latitudes: usize,
    owners: usize,
) -> Result<(), LengthsDiffer> {
    if positions == latitudes && positions == owners {
        Ok(())
    } else {
        Err(LengthsDiffer {
            positions,
            latitudes,
            owners,
        })
    }
}

/// The points of a block on their way down, by their place in it.
struct Block<'a> {
    offsets: &'a [Offset; BLOCK],
    /// The word that each has come to.
    words: [u32; BLOCK],
    /// Of the side of the cell that it has come to.
    bits: [u32; BLOCK],
    /// Those whose word leads to a node.
    waiting: [u16; BLOCK],
}

/// As many points as there are places for answers, a block at most.
fn block(cells: &Cells, offsets: &[Offset; BLOCK], owners: &mut [u32]) {
    let mut block = Block {
        offsets,
        words: [OUTSIDE; BLOCK],
        bits: [cells.frame().bits; BLOCK],
        waiting: [0; BLOCK],
    };
    let mut count = 0;
    let slots = cells.slots_of(offsets);
    let points = owners.iter_mut().zip(slots).zip(&mut block.words);
    for (((owner, slot), word), point) in points.zip(0u16..) {
        let found = cells.word(slot);
        *owner = owner_of(found);
        *word = found;
        // a place that the next one takes again, unless this point has come to a node
        block.waiting[count & (BLOCK - 1)] = point;
        count += usize::from(matches!(Cell::of(found), Cell::Node(_)));
    }
    while count > 0 {
        count = block.step_down(cells, owners, count);
    }
}

impl Block<'_> {
    /// Takes the waiting points one node further down, and says how many still wait.
    fn step_down(&mut self, cells: &Cells, owners: &mut [u32], count: usize) -> usize {
        let arena = cells.arena();
        let mut heads = [0u32; BLOCK];
        for (&point, head) in self.waiting[..count].iter().zip(&mut heads) {
            if let Cell::Node(at) = Cell::of(self.words[within(point)]) {
                *head = arena.head(at);
                // a node may go on in the next line of the cache: read as well, though nothing needs the word yet
                black_box(arena.head(at + NODE_REACH));
            }
        }
        let mut left = 0;
        for (k, head) in heads.into_iter().enumerate().take(count) {
            let point = within(self.waiting[k]);
            let bits = self.bits[point];
            let offset = self.offsets[point];
            let (Some(owner), Cell::Node(at)) =
                (owners.get_mut(point), Cell::of(self.words[point]))
            else {
                continue;
            };
            match arena.node_with(head, at) {
                Node::Leaf(leaf) => *owner = owner_of(cells.face_in(leaf, offset, bits)),
                Node::Grid(grid) => match part(grid, offset, bits) {
                    (Cell::Face(face), _) => *owner = owner_of(face),
                    (node, bits) => {
                        self.words[point] = node.word();
                        self.bits[point] = bits;
                        self.waiting[left] = self.waiting[k];
                        left += 1;
                    }
                },
            }
        }
        left
    }
}

/// A place in a block, which needs no check.
#[inline]
const fn within(point: u16) -> usize {
    point as usize & (BLOCK - 1)
}

/// What is written for a face.
#[inline]
const fn owner_of(face: u32) -> u32 {
    // the outside is face 0
    face.wrapping_sub(1)
}
