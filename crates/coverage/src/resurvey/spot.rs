//! The spots of a city where something is wrong, each surveyed apart from the others.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use wangge_arrange::Use;
use wangge_plane::Extent;

use super::patch::{OUTLINE, is_covered};
use super::residue::Renewed;
use super::roster::Cast;
use super::site::{City, Site};
use crate::defect::Defect;
use crate::misfit::Misfits;
use crate::neighbourhood::{self, Boxes, Neighbourhood, boxed, meeting};
use crate::proof::Member;
use crate::survey::Terms;

/// All that is wrong with the ground, spot by spot.
#[derive(Debug, Default)]
pub(super) struct Spots {
    all: BTreeMap<u32, Spot>,
    next: u32,
    of_patch: FxHashMap<u32, u32>,
    of_grid: FxHashMap<u32, u32>,
    /// The slots of all spots' grids by their reach.
    grids: Boxes,
    /// The patches of all spots by the boxes around what is wrong on them.
    wrong: Boxes,
}

/// A site, surveyed.
#[derive(Debug)]
struct Spot {
    site: Site,
    /// The reach of its grids, in their order.
    reaches: Vec<Extent>,
    /// The boxes around what is wrong on its patches.
    wrong: Vec<(u32, Extent)>,
    /// Whether the rest of the city keeps apart from its grids.
    is_apart: bool,
    /// Grids are named by slots.
    defects: Vec<Defect>,
}

/// What is to be surveyed.
#[derive(Debug, Default)]
struct Loose {
    patches: BTreeSet<u32>,
    unsound: BTreeSet<u32>,
}

impl Spots {
    /// All misfits, their grids named by slots.
    pub(super) fn defects(&self) -> impl Iterator<Item = &Defect> {
        self.all.values().flat_map(|spot| &spot.defects)
    }

    /// Whether the rest of the city keeps apart from the grids that were looked into, as it does
    /// unless drawing crossings to the lattice made it otherwise.
    pub(super) fn are_apart(&self) -> bool {
        self.all.values().all(|spot| spot.is_apart)
    }

    /// Surveys the spots again that an edit touched: slots whose grids changed, with the reach of
    /// those that have one now, and patches.
    pub(super) fn update(
        &mut self,
        slots: &[(u32, Option<Extent>)],
        renewed: &Renewed,
        city: City<'_>,
        terms: &Terms<'_>,
    ) {
        let mut loose = Loose::default();
        let mut touched = self.touched(slots, renewed, city);
        let fresh = renewed.fresh.iter().copied();
        let wrong = fresh.filter(|id| city.sums.wrong.contains(id));
        loose.patches.extend(wrong);
        let unsound = slots.iter().map(|&(slot, _)| slot);
        let unsound = unsound.filter(|slot| city.sums.unsound.contains(slot));
        loose.unsound.extend(unsound);
        let sites = loop {
            for id in touched {
                self.loosen(id, &mut loose, city);
            }
            let sites = city.sites(&loose.patches, &loose.unsound);
            touched = sites.iter().flat_map(|s| self.near(s, city)).collect();
            if touched.is_empty() {
                break sites;
            }
        };
        let spots: Vec<Spot> = sites
            .into_par_iter()
            .map(|site| Spot::survey(site, city, terms))
            .collect();
        for spot in spots {
            self.settle(spot);
        }
    }

    /// The spots that have lost a part, or may have won one, or lie in other ground than before.
    ///
    /// Most edits that matter to a spot take a patch or a grid of it along, so that one reason
    /// would do where several are given here. They stay, since together they are what a site is
    /// made from: a spot is surveyed again when anything is other than it was surveyed with.
    fn touched(
        &self,
        slots: &[(u32, Option<Extent>)],
        renewed: &Renewed,
        city: City<'_>,
    ) -> BTreeSet<u32> {
        let mut touched = BTreeSet::new();
        for (id, _) in &renewed.gone {
            touched.extend(self.of_patch.get(id));
        }
        for (slot, reach) in slots {
            touched.extend(self.of_grid.get(slot));
            let Some(reach) = *reach else { continue };
            let on_patch = meeting(&self.wrong, reach).filter_map(|id| self.of_patch.get(&id));
            let by_unsound = meeting(&self.grids, reach)
                .filter(|slot| city.sums.unsound.contains(slot))
                .filter_map(|slot| self.of_grid.get(&slot));
            touched.extend(on_patch.chain(by_unsound));
        }
        if self.grids.size() > 0 {
            for id in &renewed.fresh {
                for edge in &city.residue.patches()[id].edges {
                    let near = meeting(&self.grids, edge.extent());
                    touched.extend(near.filter_map(|slot| self.of_grid.get(&slot)));
                }
            }
        }
        if let Some(changed) = renewed.changed {
            let moved = |spot: &Spot| {
                let site = &spot.site;
                let is_open = !is_covered(site.ambient, city.residue.has_outline());
                if !is_open && !changed.contains(site.least) {
                    return false;
                }
                let (ambient, around) = city.lies_in(site.least, &site.patches);
                ambient != site.ambient || around.is_some()
            };
            let moved = self.all.iter().filter(|(_, spot)| moved(spot));
            touched.extend(moved.map(|(&id, _)| id));
        }
        touched
    }

    /// The spots that a site has to be one with.
    fn near(&self, site: &Site, city: City<'_>) -> Vec<u32> {
        let patches = site.patches.iter().chain(&site.around);
        let of_patches = patches.filter_map(|id| self.of_patch.get(id));
        let of_grids = site.grids.iter().flat_map(|&slot| {
            let near = meeting(&self.grids, city.roster.grid(slot).reach);
            near.filter_map(|slot| self.of_grid.get(&slot))
        });
        of_patches.chain(of_grids).copied().collect()
    }

    /// Takes a spot apart into what is wrong there still.
    fn loosen(&mut self, id: u32, loose: &mut Loose, city: City<'_>) {
        let Some(spot) = self.all.remove(&id) else {
            return;
        };
        let site = &spot.site;
        for patch in &site.patches {
            self.of_patch.remove(patch);
            if city.sums.wrong.contains(patch) {
                loose.patches.insert(*patch);
            }
        }
        for (&slot, &reach) in site.grids.iter().zip(&spot.reaches) {
            self.of_grid.remove(&slot);
            self.grids.remove(&boxed(reach, slot));
            if city.sums.unsound.contains(&slot) {
                loose.unsound.insert(slot);
            }
        }
        for &(patch, extent) in &spot.wrong {
            self.wrong.remove(&boxed(extent, patch));
        }
    }

    /// Keeps a spot.
    fn settle(&mut self, spot: Spot) {
        let id = self.next;
        self.next += 1;
        let site = &spot.site;
        for patch in &site.patches {
            self.of_patch.insert(*patch, id);
        }
        for &(patch, extent) in &spot.wrong {
            self.wrong.insert(boxed(extent, patch));
        }
        for (&slot, &reach) in site.grids.iter().zip(&spot.reaches) {
            self.of_grid.insert(slot, id);
            self.grids.insert(boxed(reach, slot));
        }
        self.all.insert(id, spot);
    }
}

impl Spot {
    fn survey(site: Site, city: City<'_>, terms: &Terms<'_>) -> Self {
        let City {
            roster, residue, ..
        } = city;
        let cast = Cast::of(site.grids.clone(), roster);
        let members: Vec<Member<'_>> = cast
            .slots()
            .iter()
            .map(|&slot| roster.grid(slot).as_member())
            .collect();
        let patches = site.patches.iter().map(|&id| (id, &residue.patches()[&id]));
        let wrong = patches.clone().flat_map(|(id, patch)| {
            let extents = patch.wrong.extents.iter();
            extents.map(move |&extent| (id, extent))
        });
        let wrong = wrong.collect();
        let uses = patches.flat_map(|(_, patch)| residue.uses_of(patch));
        let (outline, left): (Vec<Use>, Vec<Use>) = uses.partition(|u| u.owner() == OUTLINE);
        let as_outline =
            |u: &Use| Use::times(u.segment(), neighbourhood::OUTLINE, u.multiplicity());
        let near = Neighbourhood::laid(
            (0u32..).zip(&members).map(|(at, m)| (at, m.shape)),
            Some(&left),
            outline.iter().map(as_outline),
            site.ambient,
        );
        let reaches = site.grids.iter().map(|&slot| roster.grid(slot).reach);
        let misfits = Misfits::of(&near, &members, residue.has_outline(), terms);
        Self {
            reaches: reaches.collect(),
            wrong,
            is_apart: near.rest_keeps_apart(),
            defects: cast.by_slots(misfits.into_defects()),
            site,
        }
    }
}
