//! Changed grids in clusters that have nothing to do with each other.

use rustc_hash::FxHashMap;
use wangge_plane::Extent;

use super::Plans;
use super::joined::Joined;

/// Changed grids whose boxes meet, directly or over others: grids of different clusters share no
/// ground, and no edge of theirs crosses.
#[derive(Debug, Default)]
pub(super) struct Cluster {
    /// Places in the old list, in order.
    pub(super) old: Vec<u32>,
    /// Places in the new list, in order.
    pub(super) new: Vec<u32>,
}

pub(super) fn clusters(plans: Plans<'_>, old: &[u32], new: &[u32]) -> Vec<Cluster> {
    let of_old = old.iter().map(|&at| plans.old[at as usize].shape.extent());
    let of_new = new.iter().map(|&at| plans.new[at as usize].shape.extent());
    let boxes: Vec<Extent> = of_old.chain(of_new).collect();
    let mut joined = Joined::new(boxes.len());
    let mut from_west: Vec<u32> = (0u32..).take(boxes.len()).collect();
    from_west.sort_unstable_by_key(|&at| boxes[at as usize].min().x());
    // the boxes that reach the meridian looked at
    let mut open: Vec<u32> = Vec::new();
    for at in from_west {
        let here = boxes[at as usize];
        open.retain(|&other| boxes[other as usize].max().x() >= here.min().x());
        for &other in &open {
            if boxes[other as usize].meets(here) {
                joined.join(at, other);
            }
        }
        open.push(at);
    }
    let mut place: FxHashMap<u32, usize> = FxHashMap::default();
    let mut clusters: Vec<Cluster> = Vec::new();
    for (at, local) in (0u32..).take(boxes.len()).enumerate() {
        let root = joined.root(local);
        let cluster = *place.entry(root).or_insert_with(|| {
            clusters.push(Cluster::default());
            clusters.len() - 1
        });
        match at.checked_sub(old.len()) {
            None => clusters[cluster].old.push(old[at]),
            Some(at) => clusters[cluster].new.push(new[at]),
        }
    }
    clusters
}
