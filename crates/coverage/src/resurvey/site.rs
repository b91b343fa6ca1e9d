//! Where something is wrong: patches, and the grids that have a part in it.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;
use wangge_plane::Point;

use super::joined::Joined;
use super::patch::{Windings, is_covered};
use super::residue::Residue;
use super::roster::Roster;
use super::sums::Sums;
use crate::neighbourhood::meeting;

/// A city as it is now.
#[derive(Debug, Clone, Copy)]
pub(super) struct City<'a> {
    pub(super) roster: &'a Roster,
    pub(super) residue: &'a Residue,
    pub(super) sums: &'a Sums,
}

/// Things that may be wrong with each other's help, and with nobody else's.
///
/// Grids of two sites have boxes that do not meet, and so have a grid of one site and an edge of
/// a patch of another or of none. So whatever cuts, crosses or draws an edge here is of this site,
/// and all that lies outside winds around all of it alike.
#[derive(Debug)]
pub(super) struct Site {
    /// In order.
    pub(super) patches: Vec<u32>,
    /// Slots.
    pub(super) grids: Vec<u32>,
    /// The least vertex of all.
    pub(super) least: Point,
    /// The windings around all of it by what is not of it.
    pub(super) ambient: Windings,
    /// The patch, none of its own, that bounds the ground in which it lies, where that is wrong.
    pub(super) around: Option<u32>,
}

/// A thing that a site is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Part {
    Patch(u32),
    Grid(u32),
}

/// Parts that come to be joined to sites.
struct Parts {
    all: Vec<Part>,
    places: FxHashMap<Part, u32>,
    joined: Joined,
}

impl City<'_> {
    /// The sites made by what is wrong on some patches and with some unsound grids.
    pub(super) fn sites(self, patches: &BTreeSet<u32>, unsound: &BTreeSet<u32>) -> Vec<Site> {
        let boxes = &self.roster.boxes;
        let mut parts = Parts::new();
        for &id in patches {
            parts.place(Part::Patch(id));
            let wrong = &self.residue.patches()[&id].wrong;
            let inside = wrong.extents.iter();
            let inside = inside.flat_map(|&extent| meeting(boxes, extent));
            for slot in wrong.members.iter().copied().chain(inside) {
                parts.join(Part::Patch(id), Part::Grid(slot));
            }
        }
        for &slot in unsound {
            for other in meeting(boxes, self.roster.grid(slot).reach) {
                parts.join(Part::Grid(slot), Part::Grid(other));
            }
        }
        for part in parts.all.clone() {
            let Part::Grid(slot) = part else { continue };
            let reach = self.roster.grid(slot).reach;
            for id in self.residue.near(reach) {
                parts.join(part, Part::Patch(id));
            }
            for other in meeting(boxes, reach).map(Part::Grid) {
                if parts.places.contains_key(&other) {
                    parts.join(part, other);
                }
            }
        }
        loop {
            let sets = parts.joined.sets();
            let part = |at: u32| parts.all[at as usize];
            let sites: Vec<Site> = sets
                .iter()
                .map(|set| self.site(set.iter().map(|&at| part(at))))
                .collect();
            // what lies in ground that is wrong bounds it
            let enclosed: Vec<(u32, u32)> = sets
                .iter()
                .zip(&sites)
                .filter_map(|(set, site)| {
                    let around = parts.places.get(&Part::Patch(site.around?))?;
                    Some((set[0], *around))
                })
                .collect();
            if enclosed.is_empty() {
                return sites;
            }
            for (inner, outer) in enclosed {
                parts.joined.join(inner, outer);
            }
        }
    }

    fn site(self, parts: impl Iterator<Item = Part>) -> Site {
        let mut patches = Vec::new();
        let mut grids = Vec::new();
        let mut least: Option<Point> = None;
        for part in parts {
            let here = match part {
                Part::Patch(id) => {
                    patches.push(id);
                    let homes = self.residue.patches()[&id].homes.iter();
                    homes.map(|&(home, _)| home).min()
                }
                Part::Grid(slot) => {
                    let grid = self.roster.grid(slot);
                    grids.push(slot);
                    Some(grid.least)
                }
            };
            least = least.into_iter().chain(here).min();
        }
        patches.sort_unstable();
        let least = least.unwrap_or_else(|| unreachable!("a site has a part"));
        let (ambient, around) = self.lies_in(least, &patches);
        Site {
            patches,
            grids,
            least,
            ambient,
            around,
        }
    }

    /// The windings around the least vertex of a site, and the patch, none of its own, that bounds
    /// the ground there where it is wrong.
    pub(super) fn lies_in(self, least: Point, patches: &[u32]) -> (Windings, Option<u32>) {
        let (ambient, west) = self.residue.west_of(least);
        let west = west.map(|edge| self.residue.patch_of(edge));
        let around = west
            .filter(|_| !is_covered(ambient, self.residue.has_outline()))
            .filter(|id| self.sums.wrong.contains(id))
            .filter(|id| patches.binary_search(id).is_err());
        (ambient, around)
    }
}

impl Parts {
    fn new() -> Self {
        Self {
            all: Vec::new(),
            places: FxHashMap::default(),
            joined: Joined::new(0),
        }
    }

    fn place(&mut self, part: Part) -> u32 {
        let next = self.joined.next();
        let place = *self.places.entry(part).or_insert(next);
        if place == next {
            self.all.push(part);
            self.joined.grow();
        }
        place
    }

    fn join(&mut self, a: Part, b: Part) {
        let (a, b) = (self.place(a), self.place(b));
        self.joined.join(a, b);
    }
}
