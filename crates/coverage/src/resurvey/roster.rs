//! The grids under edit, each with what is known of it alone.

use wangge_plane::{Extent, Point, Ring, Shape};

use crate::defect::Defect;
use crate::form::unusual;
use crate::neighbourhood::{Boxes, boxed};
use crate::proof::{Member, reach};
use crate::simple::Soundness;
use crate::survey::{Terms, broken, empty};

/// Above this many, grids that come in are sorted in together.
const FEW: usize = 16;

/// A grid and what is known of it alone.
#[derive(Debug)]
pub(super) struct Grid {
    pub(super) code: Box<str>,
    pub(super) shape: Shape,
    /// The box around all its rings.
    pub(super) reach: Extent,
    /// Its least vertex.
    pub(super) least: Point,
    pub(super) doubled_area: i128,
    pub(super) area_m2: f64,
    /// Whether its winding number is 0 or 1 everywhere.
    pub(super) is_sound: bool,
    /// What is wrong with it or worth knowing of it; their member is 0.
    pub(super) remarks: Vec<Defect>,
}

impl Grid {
    pub(super) fn of(code: String, shape: Shape, terms: &Terms<'_>) -> Self {
        let soundness = Soundness::of(&shape);
        let doubled_area = shape.doubled_area();
        let name = |_| code.clone();
        let mut remarks = broken(Some(0), &soundness, &name);
        if doubled_area <= 0 {
            remarks.push(empty(0, &name));
        }
        let alone = Member {
            code: &code,
            shape: &shape,
        };
        remarks.extend(unusual(&[alone], terms.tiny_area_m2, terms.thin_width_m));
        let points = shape.rings().flat_map(Ring::points);
        Self {
            reach: reach(&shape),
            least: points
                .copied()
                .min()
                .unwrap_or_else(|| unreachable!("a shape has vertices")),
            doubled_area,
            area_m2: shape.area_m2(),
            is_sound: soundness.is_sound(),
            remarks,
            code: code.into_boxed_str(),
            shape,
        }
    }

    pub(super) fn as_member(&self) -> Member<'_> {
        Member {
            code: &self.code,
            shape: &self.shape,
        }
    }

    /// Whether its boundary is sound and it encloses ground.
    pub(super) fn is_simple(&self) -> bool {
        self.is_sound && self.doubled_area > 0
    }
}

/// The grids by slots, which stay theirs as long as they are there.
#[derive(Debug, Default)]
pub(super) struct Roster {
    grids: Vec<Option<Grid>>,
    /// Slots in order of their codes.
    order: Vec<u32>,
    free: Vec<u32>,
    /// Slots by the reach of their grids.
    pub(super) boxes: Boxes,
}

impl Roster {
    /// How many grids there are.
    pub(super) const fn len(&self) -> usize {
        self.order.len()
    }

    /// The slots in order of codes.
    pub(super) fn slots(&self) -> &[u32] {
        &self.order
    }

    pub(super) fn grid(&self, slot: u32) -> &Grid {
        self.grids[slot as usize]
            .as_ref()
            .unwrap_or_else(|| unreachable!("what names a slot falls away with its grid"))
    }

    pub(super) fn slot(&self, code: &str) -> Option<u32> {
        let at = self.search(code).ok()?;
        Some(self.order[at])
    }

    /// The place of a grid in the order of codes.
    pub(super) fn place(&self, slot: u32) -> usize {
        self.search(&self.grid(slot).code)
            .unwrap_or_else(|_| unreachable!("every grid is in the order"))
    }

    /// Puts a grid into the slot of the one that has its code.
    pub(super) fn replace(&mut self, slot: u32, grid: Grid) -> Grid {
        let old = self.grids[slot as usize].replace(grid);
        let old = old.unwrap_or_else(|| unreachable!("the slot is taken"));
        let now = self.grid(slot).reach;
        if old.reach != now {
            self.boxes.remove(&boxed(old.reach, slot));
            self.boxes.insert(boxed(now, slot));
        }
        old
    }

    /// Takes a grid out. Its slot stays empty until [`Roster::free`].
    pub(super) fn remove(&mut self, slot: u32) -> Grid {
        self.order.remove(self.place(slot));
        let old = self.grids[slot as usize].take();
        let old = old.unwrap_or_else(|| unreachable!("the slot is taken"));
        self.boxes.remove(&boxed(old.reach, slot));
        old
    }

    /// Lets slots be taken again, once nothing is left that names the grids they had.
    pub(super) fn free(&mut self, slots: impl IntoIterator<Item = u32>) {
        self.free.extend(slots);
    }

    /// Takes in grids with new codes, and says where they are.
    pub(super) fn admit(&mut self, grids: Vec<Grid>) -> Vec<u32> {
        let mut slots = Vec::with_capacity(grids.len());
        for grid in grids {
            let slot = self.free.pop().unwrap_or_else(|| {
                self.grids.push(None);
                u32::try_from(self.grids.len() - 1)
                    .unwrap_or_else(|_| unreachable!("2^32 grids are more than a memory holds"))
            });
            self.grids[slot as usize] = Some(grid);
            slots.push(slot);
        }
        let boxes = slots.iter().map(|&slot| boxed(self.grid(slot).reach, slot));
        if self.order.is_empty() {
            self.boxes = Boxes::bulk_load(boxes.collect());
        } else {
            let boxes: Vec<_> = boxes.collect();
            for new in boxes {
                self.boxes.insert(new);
            }
        }
        if slots.len() > FEW {
            let mut order = std::mem::take(&mut self.order);
            order.extend(&slots);
            order.sort_by(|&a, &b| self.grid(a).code.cmp(&self.grid(b).code));
            self.order = order;
        } else {
            for &slot in &slots {
                if let Err(at) = self.search(&self.grid(slot).code) {
                    self.order.insert(at, slot);
                }
            }
        }
        slots
    }

    fn search(&self, code: &str) -> Result<usize, usize> {
        self.order
            .binary_search_by(|&slot| (*self.grid(slot).code).cmp(code))
    }
}

/// Some grids, numbered in order of their codes, as a survey of them alone numbers them.
#[derive(Debug)]
pub(super) struct Cast {
    slots: Vec<u32>,
    places: rustc_hash::FxHashMap<u32, u32>,
}

impl Cast {
    /// These grids, each once.
    pub(super) fn of(mut slots: Vec<u32>, roster: &Roster) -> Self {
        slots.sort_unstable();
        slots.dedup();
        slots.sort_by(|&a, &b| roster.grid(a).code.cmp(&roster.grid(b).code));
        let places = slots.iter().copied().zip(0u32..).collect();
        Self { slots, places }
    }

    /// The number of a grid, by its slot.
    pub(super) fn place(&self, slot: u32) -> u32 {
        self.places[&slot]
    }

    /// The slot of a grid, by its number.
    pub(super) fn slot(&self, place: u32) -> u32 {
        self.slots[place as usize]
    }

    pub(super) fn slots(&self) -> &[u32] {
        &self.slots
    }

    /// Names the grids of defects by their slots.
    pub(super) fn by_slots(&self, mut defects: Vec<Defect>) -> Vec<Defect> {
        for member in defects.iter_mut().flat_map(|d| &mut d.members) {
            *member = self.slots[*member] as usize;
        }
        defects
    }
}
