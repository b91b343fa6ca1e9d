//! Pieces to changes, and all of it in order.

use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use wangge_arrange::{Chains, Use};
use wangge_coverage::Member;
use wangge_plane::Shape;

use super::Plans;
use super::component::{Component, Rows, components};
use super::piece::{Bond, Laid};
use super::shift::shift_of_shapes_m;
use crate::{Change, ChangeKind, Diff, Piece, Rounding};

/// What became of the changed grids.
pub(super) struct Classified {
    pieces: Vec<Laid>,
    /// Of which the pieces are places in the list above.
    changes: Vec<Change>,
    /// Grids that were overlaid to find that nothing changed, in order.
    unchanged: Vec<(u32, u32)>,
}

/// What the component of a grid came to.
enum Outcome {
    Unchanged(u32, u32),
    Change(Change),
    /// Nothing, but for what its grids gained or gave up.
    Nothing,
}

impl Classified {
    pub(super) fn of(plans: Plans<'_>, old: &[u32], new: &[u32], pieces: Vec<Laid>) -> Self {
        let rows = Rows::of(old, new, &pieces);
        let components = components(plans, (old, new), &pieces, &rows);
        let looked = Look {
            plans,
            pieces: &pieces,
            rows: &rows,
        };
        let outcomes: Vec<Outcome> = components.par_iter().map(|c| looked.outcome(c)).collect();
        let mut unchanged = Vec::new();
        let mut changes = looked.one_sided(&components);
        for outcome in outcomes {
            match outcome {
                Outcome::Unchanged(old, new) => unchanged.push((old, new)),
                Outcome::Change(change) => changes.push(change),
                Outcome::Nothing => {}
            }
        }
        unchanged.sort_unstable();
        Self {
            pieces,
            changes,
            unchanged,
        }
    }

    /// All of it in order, with the grids of which only the code changed.
    pub(super) fn into_diff(
        mut self,
        plans: Plans<'_>,
        mut unchanged: Vec<(u32, u32)>,
        renamed: &[(u32, u32)],
        old_area_m2: f64,
    ) -> Diff {
        for &(old, new) in renamed {
            self.changes.push(Change {
                kind: ChangeKind::Renamed,
                old: vec![old],
                new: vec![new],
                pieces: vec![place(self.pieces.len())],
                area_m2: 0.0,
                max_shift_m: 0.0,
            });
            self.pieces.push(whole(plans, old, new));
        }
        unchanged.extend(&self.unchanged);
        unchanged.sort_unstable();
        let pieces = self.ordered_pieces(plans);
        let code = |change: &Change| {
            let old = change.old.first().map(|&at| plans.old_code(at));
            let new = change.new.first().map(|&at| plans.new_code(at));
            (old.or(new), new)
        };
        self.changes
            .sort_by(|a, b| (a.kind, code(a)).cmp(&(b.kind, code(b))));
        let changed_area_m2 = self
            .changes
            .iter()
            .filter(|change| !matches!(change.kind, ChangeKind::New | ChangeKind::Gone))
            .fold(0.0, |sum, change| sum + change.area_m2);
        Diff {
            rounding: rounding(plans, &unchanged, &pieces),
            unchanged,
            changes: self.changes,
            pieces,
            changed_area_m2,
            changed_share: if old_area_m2 > 0.0 {
                changed_area_m2 / old_area_m2
            } else {
                0.0
            },
        }
    }

    /// Takes the pieces in order of codes, without those of unchanged grids, and names them by their
    /// new places.
    fn ordered_pieces(&mut self, plans: Plans<'_>) -> Vec<Piece> {
        let mut pieces: Vec<(usize, Piece)> = std::mem::take(&mut self.pieces)
            .into_iter()
            .map(|laid| laid.piece)
            .enumerate()
            .filter(|(_, piece)| match (piece.old, piece.new) {
                (Some(old), Some(new)) => self.unchanged.binary_search(&(old, new)).is_err(),
                _ => true,
            })
            .collect();
        let order = |piece: &Piece| {
            let old = piece.old.map(|at| (plans.old_code(at), at));
            let new = piece.new.map(|at| (plans.new_code(at), at));
            // what is outside comes last
            (old.is_none(), old, new.is_none(), new)
        };
        pieces.sort_by(|(_, a), (_, b)| order(a).cmp(&order(b)));
        let places: FxHashMap<u32, u32> = pieces
            .iter()
            .map(|&(before, _)| place(before))
            .zip(0u32..)
            .collect();
        for change in &mut self.changes {
            let named = change.pieces.iter().filter_map(|at| places.get(at));
            change.pieces = named.copied().collect();
            change.pieces.sort_unstable();
        }
        pieces.into_iter().map(|(_, piece)| piece).collect()
    }
}

/// The grids with their pieces.
struct Look<'a> {
    plans: Plans<'a>,
    pieces: &'a [Laid],
    rows: &'a Rows,
}

impl Look<'_> {
    /// What happened to the grids of a component, apart from what they gained and gave up.
    fn outcome(&self, component: &Component) -> Outcome {
        let kind = component.kind(self.plans, self.pieces);
        if matches!(kind, ChangeKind::New | ChangeKind::Gone) {
            return Outcome::Nothing;
        }
        let touching = self.touching(component, |_| true, |_| true);
        let redrawn = self.touching(component, |p| p.leaves_old, |p| p.comes_to_new);
        let no_link = |at: &&usize| component.links.binary_search(at).is_err();
        let redrawn = redrawn.iter().filter(no_link).map(|&at| &self.pieces[at]);
        let redrawn = redrawn.filter(|laid| laid.bond == Bond::Narrow);
        let mut max_shift_m = redrawn.clone().map(|p| p.shift_m).fold(0.0, f64::max);
        if let (&[old], &[new]) = (component.old.as_slice(), component.new.as_slice()) {
            let is_redrawn = redrawn.clone().next().is_some();
            let has_more = touching.iter().map(|&at| &self.pieces[at]).any(|laid| {
                let Laid { piece, bond, .. } = laid;
                (*bond == Bond::Gained && piece.new == Some(new))
                    || (*bond == Bond::GivenUp && piece.old == Some(old))
            });
            let (before, after) = (self.old_shape(old), self.new_shape(new));
            if kind == ChangeKind::Redigitised && !is_redrawn && has_more {
                return Outcome::Nothing;
            }
            if !is_redrawn && !has_more && is_same_ground(before, after) {
                if kind == ChangeKind::Redigitised {
                    return Outcome::Unchanged(old, new);
                }
            } else if !has_more {
                // nothing else moved that the whole borders would tell of
                max_shift_m = shift_of_shapes_m(before, after);
            }
        }
        Outcome::Change(Change {
            kind,
            pieces: self.inner(component, &touching).map(place).collect(),
            area_m2: self.moved_m2(component, kind),
            max_shift_m,
            old: component.old.clone(),
            new: component.new.clone(),
        })
    }

    /// The pieces of a component's grids that are so to the old or to the new one, in order.
    fn touching(
        &self,
        component: &Component,
        to_old: impl Fn(&Laid) -> bool,
        to_new: impl Fn(&Laid) -> bool,
    ) -> Vec<usize> {
        let of_old = component.old.iter().flat_map(|at| &self.rows.of_old[at]);
        let of_new = component.new.iter().flat_map(|at| &self.rows.of_new[at]);
        let of_old = of_old.filter(|&&at| to_old(&self.pieces[at]));
        let of_new = of_new.filter(|&&at| to_new(&self.pieces[at]));
        let mut touching: Vec<usize> = of_old.chain(of_new).copied().collect();
        touching.sort_unstable();
        touching.dedup();
        touching
    }

    /// The pieces that belong to a component: those between its grids, and narrow ones outside one of
    /// the plans.
    fn inner<'a>(
        &'a self,
        component: &'a Component,
        touching: &'a [usize],
    ) -> impl Iterator<Item = usize> + 'a {
        touching.iter().copied().filter(|&at| {
            let Laid { piece, bond, .. } = &self.pieces[at];
            let is_in = |grids: &[u32], at: Option<u32>| at.is_none_or(|at| grids.contains(&at));
            matches!(bond, Bond::Narrow | Bond::Link)
                && is_in(&component.old, piece.old)
                && is_in(&component.new, piece.new)
        })
    }

    /// The area of what goes to a grid that is not the heir of the one that had it.
    fn moved_m2(&self, component: &Component, kind: ChangeKind) -> f64 {
        let heirs: FxHashMap<u32, Option<u32>> = component
            .old
            .iter()
            .map(|&old| (old, component.heir(self.plans, self.pieces, kind, old)))
            .collect();
        let links = component.links.iter().map(|&at| &self.pieces[at].piece);
        links
            .filter(|piece| piece.old.is_some_and(|old| heirs[&old] != piece.new))
            .fold(0.0, |sum, piece| sum + piece.area_m2)
    }

    /// Ground that was gained or given up, and grids that came from nothing or went.
    fn one_sided(&self, components: &[Component]) -> Vec<Change> {
        let mut gained: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        let mut given_up: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (at, laid) in self.pieces.iter().enumerate() {
            match (laid.bond, laid.piece.old, laid.piece.new) {
                (Bond::Gained, _, Some(new)) => gained.entry(new).or_default().push(at),
                (Bond::GivenUp, Some(old), _) => given_up.entry(old).or_default().push(at),
                _ => {}
            }
        }
        // of a grid that has no counterpart all ground that nobody else has, however narrow
        for component in components {
            match (component.old.as_slice(), component.new.as_slice()) {
                ([], &[new]) => {
                    let row = &self.rows.of_new[&new];
                    let own = row
                        .iter()
                        .filter(|&&at| self.pieces[at].piece.old.is_none());
                    let all = gained.entry(new).or_default();
                    all.extend(own.filter(|&&at| self.pieces[at].bond == Bond::Narrow));
                }
                (&[old], []) => {
                    let row = &self.rows.of_old[&old];
                    let own = row
                        .iter()
                        .filter(|&&at| self.pieces[at].piece.new.is_none());
                    let all = given_up.entry(old).or_default();
                    all.extend(own.filter(|&&at| self.pieces[at].bond == Bond::Narrow));
                }
                _ => {}
            }
        }
        let change = |kind, old: Vec<u32>, new: Vec<u32>, pieces: Vec<usize>| Change {
            kind,
            old,
            new,
            area_m2: pieces
                .iter()
                .fold(0.0, |sum, &at| sum + self.pieces[at].piece.area_m2),
            pieces: pieces.into_iter().map(place).collect(),
            max_shift_m: 0.0,
        };
        let gained = gained
            .into_iter()
            .map(|(new, pieces)| change(ChangeKind::New, vec![], vec![new], pieces));
        let given_up = given_up
            .into_iter()
            .map(|(old, pieces)| change(ChangeKind::Gone, vec![old], vec![], pieces));
        gained.chain(given_up).collect()
    }

    fn old_shape(&self, at: u32) -> &Shape {
        self.plans.old[at as usize].shape
    }

    fn new_shape(&self, at: u32) -> &Shape {
        self.plans.new[at as usize].shape
    }
}

/// The one piece of a grid of which only the code changed.
fn whole(plans: Plans<'_>, old: u32, new: u32) -> Laid {
    let shape = plans.new[new as usize].shape;
    Laid {
        piece: Piece {
            old: Some(old),
            new: Some(new),
            doubled_area: shape.doubled_area(),
            area_m2: shape.area_m2(),
            wider_than_tolerance: true,
            ground: shape.parts().to_vec(),
        },
        bond: Bond::Link,
        shift_m: 0.0,
        leaves_old: true,
        comes_to_new: true,
    }
}

/// Whether two boundaries are the same once each is cut at the vertices of the other.
fn is_same_ground(a: &Shape, b: &Shape) -> bool {
    let less = Use::of_shape(b, 0).map(|of| Use::times(of.segment(), 0, -of.multiplicity()));
    let (left, _) = Chains::of(Use::of_shape(a, 0).chain(less).collect());
    left.is_empty()
}

/// What the pieces of each changed grid miss to its exact area.
fn rounding(plans: Plans<'_>, unchanged: &[(u32, u32)], pieces: &[Piece]) -> Vec<Rounding> {
    let mut old: Vec<Option<i128>> = vec![Some(0); plans.old.len()];
    let mut new: Vec<Option<i128>> = vec![Some(0); plans.new.len()];
    for &(o, n) in unchanged {
        old[o as usize] = None;
        new[n as usize] = None;
    }
    let exact = |areas: &mut [Option<i128>], members: &[Member<'_>]| {
        for (area, member) in areas.iter_mut().zip(members) {
            *area = area.map(|_| member.shape.doubled_area());
        }
    };
    exact(&mut old, plans.old);
    exact(&mut new, plans.new);
    for piece in pieces {
        let rows = [(&mut old, piece.old), (&mut new, piece.new)];
        for (areas, at) in rows {
            if let Some(left) = at.and_then(|at| areas[at as usize].as_mut()) {
                *left -= piece.doubled_area;
            }
        }
    }
    let missing = |areas: Vec<Option<i128>>| {
        let areas = (0u32..).zip(areas);
        areas.filter_map(|(at, left)| left.filter(|&left| left != 0).map(|left| (at, left)))
    };
    let of_old = missing(old).map(|(at, doubled_area)| Rounding {
        old: Some(at),
        new: None,
        doubled_area,
    });
    let of_new = missing(new).map(|(at, doubled_area)| Rounding {
        old: None,
        new: Some(at),
        doubled_area,
    });
    of_old.chain(of_new).collect()
}

fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or_else(|_| unreachable!("2^32 pieces are more than memory holds"))
}
