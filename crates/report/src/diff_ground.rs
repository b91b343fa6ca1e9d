//! The ground that each change is about.

use std::collections::HashMap;

use wangge_plane::Polygon;
use wangge_replan::{Change, ChangeKind, Diff, Piece};

use crate::diff::Sides;

/// The pieces of a diff by the changes that they belong to.
pub(crate) struct Grounds<'a> {
    diff: &'a Diff,
    sides: Sides<'a>,
    /// Ground along redrawn borders, by the grid that it leaves and by the one that gets it.
    narrow_of_old: HashMap<u32, Vec<usize>>,
    narrow_of_new: HashMap<u32, Vec<usize>>,
}

impl<'a> Grounds<'a> {
    pub(crate) fn of_diff(diff: &'a Diff, sides: Sides<'a>) -> Self {
        let mut narrow_of_old: HashMap<u32, Vec<usize>> = HashMap::new();
        let mut narrow_of_new: HashMap<u32, Vec<usize>> = HashMap::new();
        for (at, piece) in diff.pieces.iter().enumerate() {
            if piece.wider_than_tolerance || !sides.is_moved(piece) {
                continue;
            }
            if let Some(old) = piece.old {
                narrow_of_old.entry(old).or_default().push(at);
            }
            if let Some(new) = piece.new {
                narrow_of_new.entry(new).or_default().push(at);
            }
        }
        Self {
            diff,
            sides,
            narrow_of_old,
            narrow_of_new,
        }
    }

    /// What comes under another code, but for what is only drawn anew where there is more; along a
    /// border drawn anew what lies between the old one and the new; all ground of a change where
    /// neither is there.
    pub(crate) fn of(&self, change: &Change) -> Vec<&'a Polygon> {
        let pieces = || {
            change
                .pieces
                .iter()
                .map(|&at| &self.diff.pieces[at as usize])
        };
        let moved = || pieces().filter(|piece| self.sides.is_moved(piece));
        let wide: Vec<&Piece> = moved().filter(|p| p.wider_than_tolerance).collect();
        let mut shown: Vec<&Piece> = if wide.is_empty() {
            moved().collect()
        } else {
            wide
        };
        if shown.is_empty() && change.kind == ChangeKind::Redigitised {
            shown = self.along_the_border(change);
        }
        if shown.is_empty() {
            shown = pieces().collect();
        }
        if shown.is_empty() {
            let grids = self.sides.new.grids;
            let of_new = change.new.iter().map(|&at| grids[at as usize]);
            return of_new.flat_map(|grid| grid.shape.parts()).collect();
        }
        shown.into_iter().flat_map(|piece| &piece.ground).collect()
    }

    /// The same for a map, on which all ground of a grid would say too much of a border drawn anew.
    pub(crate) fn drawn(&self, change: &Change) -> Vec<&'a Polygon> {
        if change.kind != ChangeKind::Redigitised {
            return self.of(change);
        }
        let narrow = self.along_the_border(change).into_iter();
        narrow.flat_map(|piece| &piece.ground).collect()
    }

    fn along_the_border(&self, change: &Change) -> Vec<&'a Piece> {
        let left = change
            .old
            .iter()
            .filter_map(|at| self.narrow_of_old.get(at));
        let got = change
            .new
            .iter()
            .filter_map(|at| self.narrow_of_new.get(at));
        let all = left.chain(got).flatten();
        all.map(|&at| &self.diff.pieces[at]).collect()
    }
}
