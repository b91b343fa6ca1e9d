//! Whose departments and posts change with a piece of ground: for the crosswalk.

use std::collections::BTreeMap;

use rayon::prelude::*;
use wangge_model::{ListKind, Post};
use wangge_replan::Piece;
use wangge_report::{DepartmentChange, PostOfGrid};

use super::Comparison;
use super::handling::Handling;
use crate::City;
use crate::handling::{Shown, Subject};

/// What changes of duties, piece by piece.
pub(super) struct Duties {
    pub(super) departments: Vec<Vec<DepartmentChange>>,
    pub(super) posts: Vec<Vec<PostOfGrid>>,
}

impl Duties {
    /// Of the pieces of a comparison. Departments are told where a store says who handles what and
    /// both plans are seamless; posts where a store has them.
    pub(super) fn of(comparison: &Comparison) -> Self {
        let pieces = &comparison.diff.pieces;
        let has_rules = comparison.store().is_some_and(|store| {
            let rules = store.contents.lists.rows(ListKind::Rules);
            !rules.is_empty()
        });
        let moves = pieces.iter().any(|piece| comparison.moved(piece).is_some());
        let handling = if has_rules && moves {
            // a plan that has no city tells nobody's departments
            Handling::of(comparison).ok().flatten()
        } else {
            None
        };
        let departments = pieces.par_iter().map(|piece| {
            let codes = comparison.moved(piece);
            match (codes, &handling) {
                (Some((old, new)), Some(handling)) => handling.changes(old, new),
                _ => Vec::new(),
            }
        });
        let rows = comparison
            .store()
            .map(|store| store.contents.lists.rows(ListKind::Posts));
        let (posts, _) = Post::read_sound(rows.unwrap_or_default());
        let mut of_grid: BTreeMap<&str, Vec<PostOfGrid>> = BTreeMap::new();
        for post in &posts {
            of_grid
                .entry(post.unit.as_str())
                .or_default()
                .push(PostOfGrid {
                    post: post.post.clone(),
                    vacant: post.name.is_none() && post.department.is_none(),
                });
        }
        let posts = pieces.iter().map(|piece| {
            let codes = comparison.moved(piece);
            let own = codes.and_then(|(old, _)| of_grid.get(old));
            own.cloned().unwrap_or_default()
        });
        Self {
            departments: departments.collect(),
            posts: posts.collect(),
        }
    }
}

impl Comparison {
    /// The codes of a piece that comes under another one.
    fn moved(&self, piece: &Piece) -> Option<(&str, &str)> {
        let old = self.old.grids[piece.old? as usize].code.as_str();
        let new = self.new.grids[piece.new? as usize].code.as_str();
        (piece.wider_than_tolerance && old != new).then_some((old, new))
    }
}

impl Handling {
    /// The departments that take over between two grids, by tier.
    fn changes(&self, old: &str, new: &str) -> Vec<DepartmentChange> {
        let mut counts: BTreeMap<(u32, Option<String>, Option<String>), usize> = BTreeMap::new();
        for class in self.old.responsibility().classes.minors() {
            let subject = Subject {
                object: class.object,
                class: class.code.as_str(),
            };
            let (before, after) = (
                handlers(&self.old, old, subject),
                handlers(&self.new, new, subject),
            );
            for &tier in &self.tiers {
                let (old, new) = (before.get(&tier), after.get(&tier));
                if old != new {
                    *counts
                        .entry((tier, old.cloned(), new.cloned()))
                        .or_default() += 1;
                }
            }
        }
        counts
            .into_iter()
            .map(|((tier, old, new), classes)| DepartmentChange {
                tier,
                old,
                new,
                classes,
            })
            .collect()
    }
}

fn handlers(city: &City, grid: &str, subject: Subject<'_>) -> BTreeMap<u32, String> {
    let Some(owner) = city.coverage().owner(grid) else {
        return BTreeMap::new();
    };
    let handlers = city.handlers(owner, None, subject, Shown::default());
    handlers
        .unwrap_or_default()
        .into_iter()
        .map(|handler| (handler.tier, handler.department.code.to_owned()))
        .collect()
}
