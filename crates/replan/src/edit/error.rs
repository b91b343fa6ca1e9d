//! Why an edit cannot be made.

use wangge_plane::Point;

/// Why an edit was not made: what was wrong, where, and what would be right.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// No grid has this code.
    #[error("there is no grid {code}: name one of the plan's grids")]
    NoSuchGrid {
        /// The code as given.
        code: String,
    },
    /// An edit that needs several grids was given too few.
    #[error("the grid {code} is named alone: name at least two different grids")]
    OneGridOnly {
        /// The only code given, or nothing.
        code: String,
    },
    /// The code that grids shall have together is that of another grid.
    #[error("{code} is the code of another grid: name one of the grids to merge, or a new code")]
    CodeTaken {
        /// The code as given.
        code: String,
    },
    /// The line runs nowhere inside the ground it shall cut.
    #[error(
        "the line runs nowhere inside {code}: at its nearest it is {distance_m:.2} m away; draw it \
         across the grid"
    )]
    LineMisses {
        /// The grid.
        code: String,
        /// From the nearest vertex of the line to the grid, metres; 0 where it runs along the border.
        distance_m: f64,
    },
    /// An end of the line stops inside the ground it shall cut.
    #[error(
        "the line stops at {end} inside {code}, {misses_m:.2} m before what lies ahead: draw it \
         across, or let it be prolonged by up to so much (it was by {reach_m} m)"
    )]
    EndsInside {
        /// The grid.
        code: String,
        /// The end.
        end: Point,
        /// From the end straight on to the border or to another part of the line, metres.
        misses_m: f64,
        /// How far ends were prolonged at most, metres.
        reach_m: f64,
    },
    /// The line runs inside the ground but leaves it in one piece.
    #[error(
        "the line leaves {code} in one piece: it must lead from border to border, or back to where \
         it began"
    )]
    NothingApart {
        /// The grid, or the two between which a border shall move.
        code: String,
    },
    /// Two grids that share no border have none to move.
    #[error("{one} and {other} share no border: name two neighbours")]
    NotNeighbours {
        /// The one.
        one: String,
        /// The other.
        other: String,
    },
    /// A grid would have nothing left.
    #[error(
        "{code} would have no ground left: draw the line so that each grid keeps some, or merge"
    )]
    NoGroundLeft {
        /// The grid.
        code: String,
    },
    /// The ground to be given away is not the giver's.
    #[error("nothing of the piece lies in {code}: draw it over the ground that shall be given")]
    NothingToGive {
        /// The grid that shall give.
        code: String,
    },
}
