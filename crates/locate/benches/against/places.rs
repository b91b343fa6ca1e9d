//! Where lookups are asked for: anywhere, along streets, and on borders.

#![allow(dead_code, reason = "benches each take what they need")]

use wangge_coverage::BorderEdge;
use wangge_plane::Extent;

use crate::patchwork::{Dice, lattice_points_on};

/// Positions in degrees.
#[derive(Clone, Default)]
pub(crate) struct Places {
    pub(crate) lons: Vec<f64>,
    pub(crate) lats: Vec<f64>,
}

impl Places {
    pub(crate) fn len(&self) -> usize {
        self.lons.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (f64, f64)> {
        self.lons.iter().copied().zip(self.lats.iter().copied())
    }

    /// The same, neighbours on the ground one after the other (along a curve of Morton).
    pub(crate) fn sorted(&self) -> Self {
        let mut places: Vec<(f64, f64)> = self.iter().collect();
        places.sort_by_cached_key(|&(lon, lat)| {
            let spread = |degrees: f64| {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "on earth"
                )]
                let units = ((degrees + 180.0) * 1e7) as u64;
                (0..32).fold(0u64, |bits, bit| bits | (units >> bit & 1) << (2 * bit))
            };
            spread(lon) | spread(lat) << 1
        });
        places.into_iter().collect()
    }
}

impl FromIterator<(f64, f64)> for Places {
    fn from_iter<T: IntoIterator<Item = (f64, f64)>>(places: T) -> Self {
        let (lons, lats) = places.into_iter().unzip();
        Self { lons, lats }
    }
}

/// Anywhere in the extent, off the lattice.
pub(crate) fn uniform(edges: &[BorderEdge], count: usize) -> Places {
    let extents = edges.iter().map(|edge| edge.segment.extent());
    let Some(extent) = extents.reduce(Extent::union) else {
        return Places::default();
    };
    let (min, max) = (extent.min(), extent.max());
    let mut dice = Dice(1);
    let mut between = |low: f64, high: f64| low + (high - low) * dice.share();
    (0..count)
        .map(|_| (between(min.lon(), max.lon()), between(min.lat(), max.lat())))
        .collect()
}

/// Within some 10 m of places on edges drawn at random: streets bound grids, and people are on streets.
pub(crate) fn along_streets(edges: &[BorderEdge], count: usize) -> Places {
    let mut dice = Dice(2);
    (0..count)
        .map(|_| {
            let edge = drawn(edges, &mut dice);
            let (a, b) = (edge.segment.start(), edge.segment.end());
            let along = dice.share();
            let at = |a: f64, b: f64, share: f64| a + (b - a) * along + 2e-4 * (share - 0.5);
            let (east, north) = (dice.share(), dice.share());
            (at(a.lon(), b.lon(), east), at(a.lat(), b.lat(), north))
        })
        .collect()
}

/// Exactly on edges drawn at random: any of their lattice points, ends included.
pub(crate) fn on_borders(edges: &[BorderEdge], count: usize) -> Places {
    let mut dice = Dice(3);
    (0..count)
        .map(|_| {
            let on = lattice_points_on(drawn(edges, &mut dice).segment);
            let on: Vec<_> = on.collect();
            let at = usize::try_from(dice.next() % on.len() as u64).unwrap_or(0);
            (on[at].lon(), on[at].lat())
        })
        .collect()
}

fn drawn<'a>(edges: &'a [BorderEdge], dice: &mut Dice) -> &'a BorderEdge {
    let most = i64::try_from(edges.len()).unwrap_or(i64::MAX) - 1;
    &edges[usize::try_from(dice.within(0, most)).unwrap_or(0)]
}
