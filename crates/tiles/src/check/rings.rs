//! Are the rings of a unit what the specification of vector tiles asks for.

use rustc_hash::FxHashSet;
use serde::Serialize;
use wangge_plane::{Extent, Meeting, Point, Ring, Segment};

use super::tile::{DrawnUnit, EXTENT, Path};

/// What is wrong with a ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RingFault {
    /// Fewer than three different vertices.
    TooShort,
    /// It encloses nothing.
    NoArea,
    /// The first ring of a feature turns as a hole does.
    WrongWay,
    /// It crosses itself, or runs along one of its own edges.
    CrossesItself,
    /// A hole, or a part of it, is not in a shell of its unit.
    HoleOutside,
    /// Parts of one unit lie over each other.
    PartsOverlap,
}

/// The rings of one unit, turned as their roles ask, and what is wrong with them.
#[derive(Debug)]
pub(super) struct UnitRings {
    pub(super) edges: Vec<Segment>,
    pub(super) faults: Vec<RingFault>,
}

impl UnitRings {
    /// The rings of a unit. Only what shows in the tile itself counts as crossing: beyond it,
    /// vertices may have been left out.
    pub(super) fn of(unit: &DrawnUnit) -> Self {
        let mut rings = Self {
            edges: Vec::new(),
            faults: Vec::new(),
        };
        for feature in &unit.features {
            for (place, path) in feature.iter().enumerate() {
                match path {
                    Path::Short => rings.faults.push(RingFault::TooShort),
                    Path::Ring(ring) => rings.add(ring, place == 0),
                }
            }
        }
        rings.faults.sort_unstable();
        rings.faults.dedup();
        rings
    }

    /// Whether one of the rings crosses itself, so that no side of it is the ground.
    pub(super) fn is_tangled(&self) -> bool {
        self.faults.contains(&RingFault::CrossesItself)
    }

    fn add(&mut self, ring: &Ring, is_first: bool) {
        let is_tangled = crosses_itself(ring);
        if is_tangled {
            self.faults.push(RingFault::CrossesItself);
        }
        let area = ring.doubled_area();
        if area == 0 && !is_tangled && shown().is_some_and(|tile| ring.extent().meets(tile)) {
            self.faults.push(RingFault::NoArea);
        }
        if is_first && area < 0 && !is_tangled {
            self.faults.push(RingFault::WrongWay);
            self.edges.extend(ring.reversed().segments());
        } else {
            self.edges.extend(ring.segments());
        }
    }
}

fn crosses_itself(ring: &Ring) -> bool {
    let Some(shown) = shown() else { return false };
    let segments: Vec<Segment> = ring.segments().collect();
    let mut used: FxHashSet<Segment> = FxHashSet::default();
    let twice = segments
        .iter()
        .filter(|segment| segment.meets(shown))
        .any(|segment| !used.insert(segment.canonical().0));
    twice
        || ring.defects().into_iter().any(|pair| {
            let (a, b) = (
                segments[pair.first as usize],
                segments[pair.second as usize],
            );
            match pair.meeting {
                Meeting::Crossing => crosses_within(a, b),
                Meeting::Overlapping => a.meets(shown) && b.meets(shown),
                Meeting::Apart | Meeting::AtEnds | Meeting::EndOnInterior => false,
            }
        })
}

/// The tile without its buffer.
fn shown() -> Option<Extent> {
    Extent::of([Point::new(0, 0).ok()?, Point::new(EXTENT, EXTENT).ok()?])
}

/// Whether two segments that cross do so inside the tile itself. Exact.
pub(super) fn crosses_within(a: Segment, b: Segment) -> bool {
    let way = |s: Segment| {
        let v = s.end().from_origin(s.start());
        (i128::from(v.dx), i128::from(v.dy))
    };
    let ((ax, ay), (bx, by)) = (way(a), way(b));
    let between = b.start().from_origin(a.start());
    let (cx, cy) = (i128::from(between.dx), i128::from(between.dy));
    let (mut denominator, mut numerator) = (ax * by - ay * bx, cx * by - cy * bx);
    if denominator < 0 {
        (denominator, numerator) = (-denominator, -numerator);
    }
    let inside = |start: i32, step: i128| {
        let at = i128::from(start) * denominator + step * numerator;
        0 < at && at < i128::from(EXTENT) * denominator
    };
    inside(a.start().x(), ax) && inside(a.start().y(), ay)
}
