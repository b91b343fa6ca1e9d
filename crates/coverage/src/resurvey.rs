//! Grids under edit, and a survey of them that is kept up to date.

mod joined;
mod ledger;
mod patch;
mod residue;
mod roster;
mod site;
mod spot;
mod standing;
mod sums;

use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use wangge_arrange::Use;
use wangge_plane::{Extent, Segment, Shape};

use crate::defect::{Defect, Weight};
use crate::inlet::RimEdge;
use crate::misfit::Misfits;
use crate::neighbourhood::{self, Neighbourhood, meeting};
use crate::proof::{Against, Member, Verdict};
use crate::simple::Soundness;
use crate::survey::{Survey, Terms, broken, concluded, suspects, unseen_crossings};
use ledger::Ledger;
use residue::Residue;
use roster::{Grid, Roster};
use site::City;
use spot::Spots;
use standing::Standing;
use sums::Sums;

/// What is done to one grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// The grid with this code has this ground from now on, whether there was one or not.
    Put {
        /// The grid's code.
        code: String,
        /// Its ground.
        shape: Shape,
    },
    /// The grid with this code, if there is one, is no more.
    Remove {
        /// The grid's code.
        code: String,
    },
}

/// Grids under edit, with a survey that after each edit looks only at what the edit touched.
///
/// The survey is the one that [`survey`](crate::survey()) makes of the same grids in order of
/// their codes: the same verdict, the same defects.
///
/// ```
/// use wangge_coverage::{DefectKind, Edit, Resurvey, Terms};
/// use wangge_plane::{Point, Polygon, Ring, Shape};
///
/// let block = |west: i32, east: i32| -> Result<Shape, wangge_plane::PlaneError> {
///     let corners = [(west, 0), (east, 0), (east, 900), (west, 900)];
///     let points = corners.iter().map(|&(x, y)| Point::new(x, y)).collect::<Result<_, _>>()?;
///     Ok(Shape::new(vec![Polygon::new(Ring::new(points)?, vec![])]).expect("one part"))
/// };
/// let put = |code: &str, shape| Edit::Put { code: code.to_owned(), shape };
/// let grids = [("1".to_owned(), block(0, 500)?), ("2".to_owned(), block(500, 900)?)];
/// let mut kept = Resurvey::new(grids, &Terms::default());
/// assert!(kept.survey().verdict.seamless);
///
/// kept.edit([put("1", block(0, 700)?)]);
/// let [overlap] = &kept.survey().defects[..] else { panic!("one defect") };
/// assert_eq!((overlap.kind, &overlap.members[..]), (DefectKind::Overlap, &[0, 1][..]));
///
/// kept.edit([put("2", block(700, 900)?)]);
/// assert!(kept.survey().verdict.seamless);
/// # Ok::<(), wangge_plane::PlaneError>(())
/// ```
///
/// # What an edit costs
///
/// - The edges of the grids that are put or removed, before and after: each is looked at alone,
///   and their boundaries are taken out of the sum of all and put into it, edge by edge.
/// - The edges that the sum leaves, where they changed. Edges whose boxes meet hang together in a
///   patch; a patch that changed is noded and laid out again, the others stay as they are. To
///   know in what ground a patch lies, one ray to the west is cast through an index of all edges
///   that are left.
/// - The spots where something is wrong, where they changed. A spot is made of patches and of the
///   grids that have a part in what is wrong there; it is surveyed again if one of these changed.
///   To find the spots, the grids concerned are looked up in two indexes, those of spots that stay
///   as they are too.
///
/// The rim of the city is a patch of its own: an edit of a grid on the rim lays it out again,
/// n log n in its edges, and so does a defect that touches the rim. Everywhere else the size of
/// the city is in the depth of the indexes only.
///
/// # Memory
///
/// Besides the grids, about 40 bytes for every edge of them that a neighbour shares, and half as
/// many for every vertex.
#[derive(Debug)]
pub struct Resurvey {
    standing: Standing,
    roster: Roster,
    ledger: Ledger,
    residue: Residue,
    spots: Spots,
    sums: Sums,
    /// How often the outline runs along each of its edges.
    outline_edges: FxHashMap<Segment, i32>,
    outline_is_sound: bool,
    outline_area_m2: Option<f64>,
    outline_defects: Vec<Defect>,
    suspects: Vec<Defect>,
    /// All misfits, where the spots could not be told apart.
    everywhere: Option<Vec<Defect>>,
}

/// What exchanging grids did.
struct Exchanged {
    /// The slots whose grids changed, with the reach of those that have one now.
    slots: Vec<(u32, Option<Extent>)>,
    /// The edges whose uses may have changed.
    edges: Vec<Segment>,
}

impl Resurvey {
    /// Surveys these grids for the first time; of grids with one code the last counts.
    ///
    /// Costs a few times what a survey of them costs.
    pub fn new(grids: impl IntoIterator<Item = (String, Shape)>, terms: &Terms<'_>) -> Self {
        let standing = Standing::of(terms);
        let name = |_: usize| String::new();
        let soundness = standing.outline.as_ref().map(Soundness::of);
        let mut outline_edges: FxHashMap<Segment, i32> = FxHashMap::default();
        for this in standing.outline.iter().flat_map(|o| Use::of_shape(o, 0)) {
            *outline_edges.entry(this.segment()).or_default() += this.multiplicity();
        }
        outline_edges.retain(|_, times| *times != 0);
        let mut all = Self {
            roster: Roster::default(),
            ledger: Ledger::default(),
            residue: Residue::new(standing.outline.is_some()),
            spots: Spots::default(),
            sums: Sums::default(),
            outline_edges,
            outline_is_sound: soundness.as_ref().is_none_or(Soundness::is_sound),
            outline_area_m2: standing.outline.as_ref().map(Shape::area_m2),
            outline_defects: soundness.map_or_else(Vec::new, |s| broken(None, &s, &name)),
            suspects: Vec::new(),
            everywhere: None,
            standing,
        };
        let put = |(code, shape)| Edit::Put { code, shape };
        all.edit(grids.into_iter().map(put));
        all
    }

    /// The grids in order of codes. Defects name them by their places here.
    pub fn members(&self) -> Vec<Member<'_>> {
        let member = |&slot: &u32| self.roster.grid(slot).as_member();
        self.roster.slots().iter().map(member).collect()
    }

    /// Changes grids, and surveys again what that touches. Of edits of one grid the last counts.
    pub fn edit(&mut self, edits: impl IntoIterator<Item = Edit>) {
        let mut last: BTreeMap<String, Option<Shape>> = BTreeMap::new();
        for edit in edits {
            match edit {
                Edit::Put { code, shape } => last.insert(code, Some(shape)),
                Edit::Remove { code } => last.insert(code, None),
            };
        }
        let roster = &self.roster;
        last.retain(|code, shape| {
            let slot = roster.slot(code);
            slot.map(|slot| &roster.grid(slot).shape) != shape.as_ref()
        });
        let terms = self.standing.terms();
        let grids: Vec<(String, Option<Grid>)> = last
            .into_par_iter()
            .map(|(code, shape)| {
                let grid = shape.map(|shape| Grid::of(code.clone(), shape, &terms));
                (code, grid)
            })
            .collect();
        let Exchanged { slots, edges } = self.exchange(grids);
        let changes = edges.into_iter().map(|edge| (edge, self.left_on(edge)));
        let changes = changes.collect();
        let renewed = self.residue.update(changes, &self.roster);
        let mut rim_changed = false;
        for (id, patch) in &renewed.gone {
            rim_changed |= !patch.rim.is_empty();
            self.sums.take_patch(*id, patch);
        }
        for &id in &renewed.fresh {
            let patch = &self.residue.patches()[&id];
            rim_changed |= !patch.rim.is_empty();
            self.sums.add_patch(id, patch);
        }
        if rim_changed {
            self.suspects = self.suspects_of_rim();
        }
        let city = City {
            roster: &self.roster,
            residue: &self.residue,
            sums: &self.sums,
        };
        let terms = self.standing.terms();
        self.spots.update(&slots, &renewed, city, &terms);
        self.everywhere = (!self.spots.are_apart()).then(|| self.misfits_everywhere());
        // nothing is left that names a slot without its grid
        let freed = slots.iter().filter(|(_, reach)| reach.is_none());
        self.roster.free(freed.map(|&(slot, _)| slot));
    }

    /// The verdict and the defects, put together from what is known of grids, patches and spots.
    ///
    /// Costs what copying and sorting the defects costs.
    pub fn survey(&self) -> Survey {
        let roster = &self.roster;
        let patches = self.residue.patches();
        let mut defects = self.outline_defects.clone();
        for &slot in &self.sums.remarked {
            let place = roster.place(slot);
            defects.extend(roster.grid(slot).remarks.iter().map(|remark| Defect {
                members: vec![place],
                ..remark.clone()
            }));
        }
        let unmatched = self.sums.unmatched.iter();
        let unmatched = unmatched.flat_map(|id| &patches[id].unmatched);
        defects.extend(unmatched.map(|defect| self.placed(defect)));
        match &self.everywhere {
            Some(everywhere) => defects.extend(everywhere.iter().cloned()),
            None => defects.extend(self.spots.defects().map(|defect| self.placed(defect))),
        }
        defects.extend(self.suspects.iter().map(|defect| self.placed(defect)));
        if !defects.iter().any(|defect| defect.weight == Weight::Breaks) {
            let unseen = self.unseen_crossings();
            defects.extend(unseen.iter().map(|defect| self.placed(defect)));
        }
        concluded(self.verdict(), defects, &self.standing.terms())
    }

    /// The numbers of the proof; whether it is one is for the defects to say.
    fn verdict(&self) -> Verdict {
        let sums = &self.sums;
        let outline = self.standing.outline.as_ref();
        Verdict {
            seamless: false,
            noded: false,
            against: outline.map_or(Against::OwnRim, |_| Against::Outline),
            grids: self.roster.len(),
            edges: self.ledger.edges(),
            vertices: self.ledger.vertices(),
            simple: sums.simple,
            cancelled_edges: self.ledger.cancelled() + sums.cancelled,
            residual_edges: sums.left,
            outline_matches: outline.map(|_| self.outline_is_sound && sums.off_outline == 0),
            doubled_area: sums.doubled_area,
            area_m2: sums.area.area_m2(),
            outline_area_m2: self.outline_area_m2,
        }
    }

    /// Puts grids in the place of those with their codes.
    fn exchange(&mut self, grids: Vec<(String, Option<Grid>)>) -> Exchanged {
        // what was never laid out has all edges that do not cancel to lay out
        let is_first = self.residue.is_empty();
        let mut edges: FxHashSet<Segment> = FxHashSet::default();
        let mut touch = |grid: &Grid| {
            if !is_first {
                edges.extend(grid.shape.segments().map(|edge| edge.canonical().0));
            }
        };
        let mut entered = Vec::new();
        let mut slots = Vec::new();
        let mut admitted = Vec::new();
        for (code, grid) in grids {
            let (slot, old) = match (self.roster.slot(&code), grid) {
                (Some(slot), Some(grid)) => {
                    entered.push(slot);
                    (slot, self.roster.replace(slot, grid))
                }
                (Some(slot), None) => {
                    slots.push((slot, None));
                    (slot, self.roster.remove(slot))
                }
                (None, Some(grid)) => {
                    admitted.push(grid);
                    continue;
                }
                (None, None) => continue,
            };
            touch(&old);
            self.ledger.take(&old.shape, slot);
            self.sums.take_grid(slot, &old);
        }
        let rings = admitted.iter().flat_map(|grid| grid.shape.rings());
        self.ledger
            .reserve(rings.map(|ring| ring.points().len()).sum());
        entered.extend(self.roster.admit(admitted));
        for slot in entered {
            let grid = self.roster.grid(slot);
            touch(grid);
            slots.push((slot, Some(grid.reach)));
            self.ledger.add(&grid.shape, slot);
            self.sums.add_grid(slot, grid);
        }
        if is_first {
            edges.extend(self.ledger.unsettled());
            edges.extend(self.outline_edges.keys());
        }
        Exchanged {
            slots,
            edges: edges.into_iter().collect(),
        }
    }

    /// Every use of an edge if the edge does not cancel, and the outline's.
    fn left_on(&self, edge: Segment) -> Vec<Use> {
        let mut uses = self.ledger.left(edge);
        let outline = self.outline_edges.get(&edge);
        uses.extend(outline.map(|&times| Use::times(edge, patch::OUTLINE, times)));
        uses
    }

    fn suspects_of_rim(&self) -> Vec<Defect> {
        let roster = &self.roster;
        let rims = self.sums.rims.iter();
        let mut rim: Vec<RimEdge> = rims
            .flat_map(|id| &self.residue.patches()[id].rim)
            .map(|&(segment, slot)| RimEdge {
                segment,
                member: u32::try_from(roster.place(slot)).unwrap_or(u32::MAX),
            })
            .collect();
        rim.sort_unstable_by_key(|edge| edge.segment.canonical());
        let code = |place: usize| roster.grid(roster.slots()[place]).code.to_string();
        let mut suspects = suspects(&rim, self.standing.inlet_width_m, &code);
        for member in suspects.iter_mut().flat_map(|d| &mut d.members) {
            *member = roster.slots()[*member] as usize;
        }
        suspects
    }

    /// The misfits of all grids laid over each other, named by their places.
    fn misfits_everywhere(&self) -> Vec<Defect> {
        let members = self.members();
        let outline = self.standing.outline.as_ref();
        let near = Neighbourhood::laid(
            (0u32..)
                .zip(&members)
                .map(|(at, member)| (at, member.shape)),
            None,
            outline
                .into_iter()
                .flat_map(|o| Use::of_shape(o, neighbourhood::OUTLINE)),
            (0, 0),
        );
        Misfits::of(&near, &members, outline.is_some(), &self.standing.terms()).into_defects()
    }

    /// See [`unseen_crossings`], named by slots.
    fn unseen_crossings(&self) -> Vec<Defect> {
        let roster = &self.roster;
        let crossed = self.sums.crossed.iter();
        let mut crossings: Vec<[Segment; 2]> = crossed
            .flat_map(|id| self.residue.patches()[id].crossings.iter().copied())
            .collect();
        crossings.sort_unstable();
        unseen_crossings(
            &crossings,
            |extent| meeting(&roster.boxes, extent).map(|slot| slot as usize),
            |slot| &self.grid(slot).shape,
            &|slot| self.grid(slot).code.to_string(),
        )
    }

    fn grid(&self, slot: usize) -> &Grid {
        self.roster.grid(u32::try_from(slot).unwrap_or(u32::MAX))
    }

    /// A defect with its grids named by places instead of slots.
    fn placed(&self, defect: &Defect) -> Defect {
        let place = |&slot: &usize| self.roster.place(u32::try_from(slot).unwrap_or(u32::MAX));
        let mut members: Vec<usize> = defect.members.iter().map(place).collect();
        members.sort_unstable();
        Defect {
            members,
            ..defect.clone()
        }
    }
}
