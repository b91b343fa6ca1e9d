//! Who gets the ground that misfits.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;
use wangge_arrange::{Faces, Region};
use wangge_plane::{Polygon, Ring, ellipsoid};

use super::{Change, ChangeKind, RepairTerms};
use crate::neighbourhood::{Neighbourhood, OUTLINE, REST};
use crate::proof::Member;
use crate::survey::{length, lies_in};
use crate::width::inscribed_width_m;

/// The ground of a neighbourhood, to be settled.
pub(super) struct Ground<'a> {
    pub(super) near: &'a Neighbourhood,
    pub(super) members: &'a [Member<'a>],
    pub(super) terms: &'a RepairTerms<'a>,
    pub(super) has_outline: bool,
}

/// Whose each face is, and what was changed.
pub(super) struct Settlement {
    /// For each face its owners: one, none, or several where it could not be settled.
    pub(super) owners: Vec<Vec<u32>>,
    pub(super) changes: Vec<Change>,
}

impl Ground<'_> {
    pub(super) fn settle(&self) -> Settlement {
        let laid = &self.near.arrangement;
        let mut settlement = Settlement {
            owners: laid
                .faces()
                .map(|face| {
                    if self.near.rest_covers(face) {
                        vec![REST]
                    } else {
                        self.near.owners(face).collect()
                    }
                })
                .collect(),
            changes: Vec::new(),
        };
        if self.terms.move_rim && self.has_outline {
            self.cut_to_outline(&mut settlement);
        }
        self.settle_overlaps(&mut settlement);
        self.close_gaps(&mut settlement);
        settlement
    }

    fn is_locked(&self, member: u32) -> bool {
        let locked = self.terms.locked.get(member as usize);
        member >= OUTLINE || locked.copied().unwrap_or(false)
    }

    fn rank(&self, member: u32) -> f64 {
        let priority = self.terms.priority;
        priority
            .and_then(|of| of.get(member as usize).copied())
            .unwrap_or(0.0)
    }

    /// Takes ground outside the outline from those who may lose it.
    fn cut_to_outline(&self, settlement: &mut Settlement) {
        let laid = &self.near.arrangement;
        let outside = laid.regions(|face| {
            let owners: Vec<u32> = self.near.owners(face).collect();
            let may_go = !owners.is_empty() && !owners.iter().any(|&m| self.is_locked(m));
            (!self.near.is_given(face) && may_go).then_some(owners)
        });
        let inside: FxHashSet<u32> = laid
            .faces()
            .filter(|&face| self.near.is_given(face))
            .flat_map(|face| self.near.owners(face))
            .collect();
        for region in outside {
            // a grid that lies outside wholly is no grid of this city, which a person must decide
            if !region.label.iter().all(|member| inside.contains(member)) {
                continue;
            }
            for face in &region.faces {
                settlement.owners[face.0 as usize].clear();
            }
            let from = region.label.clone();
            settlement
                .changes
                .push(change(ChangeKind::CutToOutline, None, &from, &region));
        }
    }

    /// Leaves ground that several cover to one of them, so that nobody is emptied.
    fn settle_overlaps(&self, settlement: &mut Settlement) {
        let laid = &self.near.arrangement;
        let regions = laid.regions(|face| {
            let owners = &settlement.owners[face.0 as usize];
            (owners.len() > 1).then(|| owners.clone())
        });
        // faces that are a member's alone
        let mut alone: BTreeMap<u32, usize> = BTreeMap::new();
        for owners in &settlement.owners {
            if let [one] = owners.as_slice() {
                *alone.entry(*one).or_default() += 1;
            }
        }
        let mut decided: Vec<(usize, u32)> = Vec::new();
        let mut won: BTreeMap<u32, usize> = BTreeMap::new();
        // small ground first: what is a grid's only ground is not given to one that has more
        let mut order: Vec<usize> = (0..regions.len()).collect();
        order.sort_by_key(|&at| {
            let polygon = &regions[at].polygon;
            polygon.rings().map(Ring::doubled_area).sum::<i128>()
        });
        for at in order {
            if let Some(winner) = self.winner(&regions[at], &alone, &won, settlement) {
                *won.entry(winner).or_default() += 1;
                decided.push((at, winner));
            }
        }
        // who would be left with nothing keeps what was in question
        let kept = |member: u32, won: &BTreeMap<u32, usize>| {
            alone.contains_key(&member) || won.get(&member).is_some_and(|&n| n > 0)
        };
        loop {
            let mut open = vec![true; regions.len()];
            for &(at, _) in &decided {
                open[at] = false;
            }
            let in_question: FxHashSet<u32> = (0..regions.len())
                .filter(|&at| open[at])
                .flat_map(|at| regions[at].label.iter().copied())
                .collect();
            let emptied = decided.iter().position(|&(at, winner)| {
                let mut others = regions[at].label.iter().filter(|&&m| m != winner);
                others.any(|m| !kept(*m, &won) && !in_question.contains(m))
            });
            let Some(place) = emptied else { break };
            let (_, winner) = decided.swap_remove(place);
            if let Some(count) = won.get_mut(&winner) {
                *count -= 1;
            }
        }
        for (at, winner) in decided {
            let region = &regions[at];
            for face in &region.faces {
                settlement.owners[face.0 as usize] = vec![winner];
            }
            let from: Vec<u32> = region
                .label
                .iter()
                .copied()
                .filter(|&m| m != winner)
                .collect();
            let done = change(ChangeKind::OverlapSettled, Some(winner), &from, region);
            settlement.changes.push(done);
        }
    }

    /// Who keeps a piece of ground that several cover; `None` where that cannot be said.
    fn winner(
        &self,
        region: &Region<Vec<u32>>,
        alone: &BTreeMap<u32, usize>,
        won: &BTreeMap<u32, usize>,
        settlement: &Settlement,
    ) -> Option<u32> {
        let candidates = &region.label;
        let locked: Vec<u32> = candidates
            .iter()
            .copied()
            .filter(|&m| self.is_locked(m))
            .collect();
        match locked.as_slice() {
            [one] => return Some(*one),
            [] => {}
            _ => return None,
        }
        let has_ground = |m: &u32| alone.contains_key(m) || won.get(m).is_some_and(|&n| n > 0);
        let needy: Vec<u32> = candidates
            .iter()
            .copied()
            .filter(|m| !has_ground(m))
            .collect();
        let among = if needy.is_empty() { candidates } else { &needy };
        let borders = Self::borders(region, settlement);
        self.best(among, &borders)
    }

    /// Gives ground that nobody covers, and is enclosed, to a neighbour.
    fn close_gaps(&self, settlement: &mut Settlement) {
        let laid = &self.near.arrangement;
        let gaps = laid.regions(|face| {
            let owners = &settlement.owners[face.0 as usize];
            let wanted = !self.has_outline || self.near.is_given(face);
            (owners.is_empty() && wanted).then_some(())
        });
        for gap in gaps {
            let open = gap.boundary.iter().any(|piece| {
                let beyond = &settlement.owners[piece.beyond.0 as usize];
                beyond.is_empty()
                    && (piece.beyond == Faces::OUTER || !self.near.is_given(piece.beyond))
            });
            if open && !self.terms.move_rim {
                continue;
            }
            let width_m = inscribed_width_m(&gap.polygon);
            if width_m > self.terms.max_gap_width_m {
                continue;
            }
            let allowed = self.terms.measure.allowed_ground;
            if allowed.is_some_and(|ground| lies_in(std::slice::from_ref(&gap.polygon), ground)) {
                continue;
            }
            let borders = Self::borders(&gap, settlement);
            let may: Vec<u32> = borders
                .keys()
                .copied()
                .filter(|&m| !self.is_locked(m))
                .collect();
            let Some(winner) = self.best(&may, &borders) else {
                continue;
            };
            for face in &gap.faces {
                settlement.owners[face.0 as usize] = vec![winner];
            }
            settlement.changes.push(Change {
                width_m: Some(width_m),
                ..change(ChangeKind::GapClosed, Some(winner), &[], &gap)
            });
        }
    }

    /// How long each member's border with a region is, metres, counting ground that is its alone.
    fn borders<L>(region: &Region<L>, settlement: &Settlement) -> BTreeMap<u32, f64> {
        let mut borders = BTreeMap::new();
        for piece in &region.boundary {
            if let [one] = settlement.owners[piece.beyond.0 as usize].as_slice()
                && *one != REST
            {
                *borders.entry(*one).or_default() += length(&[piece.directed]);
            }
        }
        borders
    }

    /// The highest rank, then the longest border, then the first code.
    fn best(&self, among: &[u32], borders: &BTreeMap<u32, f64>) -> Option<u32> {
        let border = |m: u32| borders.get(&m).copied().unwrap_or(0.0);
        among.iter().copied().max_by(|&a, &b| {
            self.rank(a)
                .total_cmp(&self.rank(b))
                .then_with(|| border(a).total_cmp(&border(b)))
                .then_with(|| {
                    let code = |m: u32| self.members[m as usize].code;
                    code(b).cmp(code(a)).then(b.cmp(&a))
                })
        })
    }
}

fn change<L>(kind: ChangeKind, to: Option<u32>, from: &[u32], region: &Region<L>) -> Change {
    let polygon: &Polygon = &region.polygon;
    let edges = polygon.rings().flat_map(Ring::segments);
    Change {
        kind,
        to: to.map(|member| member as usize),
        from: from.iter().map(|&member| member as usize).collect(),
        area_m2: edges.map(ellipsoid::area_under_m2).sum::<f64>().abs(),
        width_m: None,
        count: None,
        at: polygon.shell().points().first().copied(),
        ground: Some(polygon.clone()),
    }
}
