//! Directed edges of boundaries, with their owners.

use wangge_plane::{Segment, Shape};

/// One owner's use of an edge.
///
/// Invariant: the segment is in canonical direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Use {
    pub(crate) segment: Segment,
    pub(crate) owner: u32,
    pub(crate) multiplicity: i32,
}

/// What one owner adds to a noded edge, or how often its boundary winds around a face. Never zero.
///
/// On an edge it is how often the owner's boundary runs along the canonical direction less how
/// often it runs against it: positive with the owner's ground to the left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share {
    /// The owner.
    pub owner: u32,
    /// How often.
    pub multiplicity: i32,
}

impl Use {
    /// The use of a directed edge that has its owner's ground to the left.
    pub fn of(directed: Segment, owner: u32) -> Self {
        Self::times(directed, owner, 1)
    }

    /// The same, this many times; a negative number turns the edge round.
    pub fn times(directed: Segment, owner: u32, multiplicity: i32) -> Self {
        let (segment, forward) = directed.canonical();
        Self {
            segment,
            owner,
            multiplicity: if forward { multiplicity } else { -multiplicity },
        }
    }

    /// Every edge of a shape's boundary.
    pub fn of_shape(shape: &Shape, owner: u32) -> impl Iterator<Item = Self> + '_ {
        shape.segments().map(move |s| Self::of(s, owner))
    }

    /// The edge, in canonical direction.
    pub const fn segment(&self) -> Segment {
        self.segment
    }

    /// Whose boundary it belongs to.
    pub const fn owner(&self) -> u32 {
        self.owner
    }

    /// How often it runs along the canonical direction.
    pub const fn multiplicity(&self) -> i32 {
        self.multiplicity
    }
}
