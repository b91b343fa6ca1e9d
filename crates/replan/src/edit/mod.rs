//! Edits of a coverage that leave it seamless.
//!
//! A border is drawn once for both its sides, so what an edit draws anew it draws for every grid
//! concerned. Where a new border meets an old one, the meeting point is rounded to the lattice: it
//! becomes a vertex of the old border on both its sides, and may draw it off by less than a lattice
//! unit, about a centimetre. Everything else stays, vertex for vertex.

mod error;
pub(crate) mod ground;
mod line;
mod merge;
mod move_border;
pub(crate) mod overlay;
pub(crate) mod redraw;
mod split;

use wangge_plane::{Point, Shape};

pub use error::EditError;
pub use merge::merge;
pub use move_border::{give, move_border};
pub use split::split;

/// How lines cut.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CutTerms {
    /// An end of the line that stops inside the ground is prolonged straight on by at most so many
    /// metres, to the border or to another part of the line.
    pub reach_m: f64,
}

impl Default for CutTerms {
    /// No end is prolonged.
    fn default() -> Self {
        Self { reach_m: 0.0 }
    }
}

/// A grid with its new ground.
#[derive(Debug, Clone, PartialEq)]
pub struct Redrawn {
    /// The grid's code.
    pub code: Box<str>,
    /// Its ground from now on.
    pub shape: Shape,
}

/// What an edit makes of a coverage: take away `removed`, put in `changed`, and give a code to each of
/// `parts`. The result is seamless.
#[derive(Debug, Clone, PartialEq)]
pub struct Edited {
    /// Every grid that goes on under its code and is drawn otherwise than it was, in order of codes.
    /// Neighbours that only got a vertex are among them.
    pub changed: Vec<Redrawn>,
    /// Ground that has no code yet: of a split, the largest first; of a balance, by their numbers.
    pub parts: Vec<Shape>,
    /// Codes that have no ground any more, in order.
    pub removed: Vec<Box<str>>,
    /// What a person should know of it.
    pub notes: Vec<EditNote>,
}

/// What a person should know of an edit that was made.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum EditNote {
    /// An old border got a vertex where a new one meets it.
    VertexPutIn {
        /// The vertex.
        at: Point,
        /// The grids on both sides before the edit; `None` is outside all.
        between: [Option<Box<str>>; 2],
        /// How far the vertex lies off the old border, metres; 0 where it lies exactly on it.
        off_m: f64,
    },
    /// An end of the line was prolonged.
    EndProlonged {
        /// The end as it was drawn.
        end: Point,
        /// By how much, metres.
        by_m: f64,
    },
    /// Pieces of ground that the line did not cut stay with the largest part.
    PiecesUntouched {
        /// How many.
        pieces: usize,
    },
    /// A grid has several pieces that do not hang together.
    SeveralPieces {
        /// The grid's code; `None` for ground that has no code yet.
        code: Option<Box<str>>,
        /// How many.
        pieces: usize,
    },
}
