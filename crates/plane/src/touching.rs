//! Which segments meet: the pairs among many, found by cutting space in halves.

use crate::{Meeting, Point, Segment, cross};

/// Two segments that share a point other than a common end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MeetingPair {
    /// Index of the one, the smaller.
    pub first: u32,
    /// Index of the other.
    pub second: u32,
    /// How they meet: never [`Meeting::Apart`], never [`Meeting::AtEnds`].
    pub meeting: Meeting,
}

/// Below this many segments every pair is looked at.
const FEW: usize = 24;

/// Above this many segments the two halves go to two cores.
const MANY: usize = 8192;

/// Every pair of segments that meet elsewhere than at a common end, in order of their indices.
///
/// Space is halved until few segments are left in a box, so that short segments crowded in one
/// corner and long ones across the whole cost n log n together. A box stops halving when the
/// halves are no smaller than the whole (many segments through one point): there, pairs are
/// looked at one by one. Exact.
///
/// # Panics
/// With more than `u32::MAX` segments.
pub fn meetings(segments: &[Segment]) -> Vec<MeetingPair> {
    let ids: Vec<u32> = (0..u32::try_from(segments.len())
        .unwrap_or_else(|_| unreachable!("2^32 segments are 64 GB of them")))
        .collect();
    let Some(region) = Region::around(segments) else {
        return Vec::new();
    };
    let mut pairs = search(segments, ids, region);
    pairs.sort_unstable_by_key(|pair| (pair.first, pair.second));
    pairs.dedup();
    pairs
}

/// A closed box in lattice units, free of a point's bounds.
#[derive(Clone, Copy)]
struct Region {
    x: (i32, i32),
    y: (i32, i32),
}

impl Region {
    fn around(segments: &[Segment]) -> Option<Self> {
        let ends = segments.iter().flat_map(|s| [s.start(), s.end()]);
        let extent = crate::Extent::of(ends)?;
        Some(Self {
            x: (extent.min().x(), extent.max().x()),
            y: (extent.min().y(), extent.max().y()),
        })
    }

    /// The two closed halves, which share the line between them, so that every point of the whole
    /// is in one of them; `None` for a box too small to halve.
    fn halves(self) -> Option<(Self, Self)> {
        let width = i64::from(self.x.1) - i64::from(self.x.0);
        let height = i64::from(self.y.1) - i64::from(self.y.0);
        if width.max(height) < 2 {
            return None;
        }
        Some(if width >= height {
            let middle = self.x.0.midpoint(self.x.1);
            (
                Self {
                    x: (self.x.0, middle),
                    ..self
                },
                Self {
                    x: (middle, self.x.1),
                    ..self
                },
            )
        } else {
            let middle = self.y.0.midpoint(self.y.1);
            (
                Self {
                    y: (self.y.0, middle),
                    ..self
                },
                Self {
                    y: (middle, self.y.1),
                    ..self
                },
            )
        })
    }

    fn meets(self, s: Segment) -> bool {
        let (a, b) = (s.start(), s.end());
        if a.x().max(b.x()) < self.x.0
            || a.x().min(b.x()) > self.x.1
            || a.y().max(b.y()) < self.y.0
            || a.y().min(b.y()) > self.y.1
        {
            return false;
        }
        // all four corners strictly on one side of the line keep the segment out of the box
        let corners = [
            (self.x.0, self.y.0),
            (self.x.0, self.y.1),
            (self.x.1, self.y.0),
            (self.x.1, self.y.1),
        ];
        let sides =
            corners.map(|(x, y)| Point::new(x, y).map_or(0, |corner| cross(a, b, corner).signum()));
        !(sides.iter().all(|&side| side > 0) || sides.iter().all(|&side| side < 0))
    }
}

fn search(segments: &[Segment], ids: Vec<u32>, region: Region) -> Vec<MeetingPair> {
    if ids.len() > FEW
        && let Some((low, high)) = region.halves()
    {
        let pick = |half: Region| -> Vec<u32> {
            ids.iter()
                .copied()
                .filter(|&id| half.meets(segments[id as usize]))
                .collect()
        };
        let (in_low, in_high) = (pick(low), pick(high));
        let smaller = in_low.len().max(in_high.len()) < ids.len();
        let worth = in_low.len() + in_high.len() < ids.len() + ids.len() / 2 + FEW;
        if smaller || worth {
            let parallel = ids.len() > MANY;
            drop(ids);
            let (mut found, rest) = if parallel {
                rayon::join(
                    || search(segments, in_low, low),
                    || search(segments, in_high, high),
                )
            } else {
                (
                    search(segments, in_low, low),
                    search(segments, in_high, high),
                )
            };
            found.extend(rest);
            return found;
        }
    }
    every_pair(segments, &ids)
}

fn every_pair(segments: &[Segment], ids: &[u32]) -> Vec<MeetingPair> {
    let mut pairs = Vec::new();
    for (i, &first) in ids.iter().enumerate() {
        let a = segments[first as usize];
        let box_a = a.extent();
        for &second in &ids[i + 1..] {
            let b = segments[second as usize];
            if !box_a.meets(b.extent()) {
                continue;
            }
            let meeting = a.meeting(b);
            if !matches!(meeting, Meeting::Apart | Meeting::AtEnds) {
                pairs.push(MeetingPair {
                    first: first.min(second),
                    second: first.max(second),
                    meeting,
                });
            }
        }
    }
    pairs
}
