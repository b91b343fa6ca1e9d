//! Points such as city components (部件): those near a place, nearest first.

use rstar::primitives::GeomWithData;
use rstar::{AABB, RTree};
use wangge_plane::Point;

use crate::metric::{AROUND, Ruler};

/// An index over points. Several may share a place.
#[derive(Debug)]
pub struct SiteIndex {
    tree: RTree<GeomWithData<[i64; 2], usize>>,
}

/// A site near a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SiteNear {
    /// Number of the site, as it came.
    pub site: usize,
    /// Metres between the two.
    pub distance_m: f64,
}

impl SiteIndex {
    /// An index over these points, numbered as they come.
    pub fn build(sites: impl IntoIterator<Item = Point>) -> Self {
        let sites = sites
            .into_iter()
            .enumerate()
            .map(|(number, p)| GeomWithData::new([i64::from(p.x()), i64::from(p.y())], number))
            .collect();
        Self {
            tree: RTree::bulk_load(sites),
        }
    }

    /// The sites within a radius in metres, its rim included, nearest first and by number where
    /// distances are equal; not more than `limit`.
    ///
    /// Distances are measured at the middle latitude, as [`wangge_plane::ellipsoid::distance_m`] does (relative error
    /// below 1e-6 up to 10 km), by the shorter way around the earth.
    pub fn within(&self, p: Point, radius_m: f64, limit: usize) -> Vec<SiteNear> {
        if radius_m.is_nan() || radius_m < 0.0 || limit == 0 {
            return Vec::new();
        }
        let (x, y) = (i64::from(p.x()), i64::from(p.y()));
        let ruler = Ruler::at(f64::from(p.y()));
        let floor = ruler.floor(radius_m);
        let (reach_x, reach_y) = (reach(radius_m / floor.east), reach(radius_m / floor.north));
        let mut found = Vec::new();
        for x in [x, x - AROUND, x + AROUND] {
            // half-way around, both ways would count a site twice
            let reach_x = reach_x.min(AROUND / 2 - i64::from(x != i64::from(p.x())));
            let near = AABB::from_corners([x - reach_x, y - reach_y], [x + reach_x, y + reach_y]);
            found.extend(
                self.tree
                    .locate_in_envelope(near)
                    .map(|site| {
                        let [site_x, site_y] = *site.geom();
                        SiteNear {
                            site: site.data,
                            distance_m: ruler.distance_m(units(site_x - x), units(site_y - y)),
                        }
                    })
                    .filter(|near| near.distance_m <= radius_m),
            );
        }
        let order = |one: &SiteNear, other: &SiteNear| {
            one.distance_m
                .total_cmp(&other.distance_m)
                .then(one.site.cmp(&other.site))
        };
        if found.len() > limit {
            found.select_nth_unstable_by(limit, order);
            found.truncate(limit);
        }
        found.sort_unstable_by(order);
        found
    }

    /// How many sites there are.
    pub fn len(&self) -> usize {
        self.tree.size()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.tree.size() == 0
    }
}

/// Lattice units that reach so far, and one for the rounding; no more than the whole earth.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "clamped to the size of the lattice"
)]
fn reach(units: f64) -> i64 {
    if units.is_nan() {
        // no radius at all, on a pole
        return AROUND;
    }
    units.clamp(0.0, AROUND as f64) as i64 + 1
}

#[expect(clippy::cast_precision_loss, reason = "lattice units are below 2^53")]
const fn units(value: i64) -> f64 {
    value as f64
}
