//! How a city was patrolled: which units were visited how long and by whom, which were not, and how much of
//! their streets.

use std::collections::BTreeMap;

use rayon::prelude::*;
use wangge_coverage::Owner;
use wangge_locate::{Fraction, Leg, Swept};
use wangge_plane::{Segment, ellipsoid};

use super::DeviceTrack;
use crate::answer::UnitRef;
use crate::units::Place;
use crate::{City, CityError};

/// A street is walked along where a track is this near, metres.
pub const STREET_REACH_M: f64 = 25.0;

/// What tracks come to by unit.
#[derive(Debug)]
pub struct Patrol<'a> {
    units: Vec<PatrolledUnit<'a>>,
}

/// A unit and who was there.
#[derive(Debug, Clone)]
pub struct PatrolledUnit<'a> {
    /// The unit.
    pub unit: UnitRef<'a>,
    /// How often somebody was there.
    pub visits: u64,
    /// How long, microseconds of all devices together.
    pub dwell_us: i64,
    /// What they went there, metres.
    pub distance_m: f64,
    /// Each device and its microseconds there.
    pub devices: BTreeMap<&'a str, i64>,
    /// When the first of them came and the last left, microseconds since 1970 in UTC; `None` where nobody was.
    pub seen_us: Option<(i64, i64)>,
    /// Streets in the unit, and what of them is near a track, metres. On a border they belong to the unit that points
    /// on it belong to.
    pub street_m: f64,
    /// See `street_m`.
    pub walked_m: f64,
}

impl PatrolledUnit<'_> {
    /// What of the streets was walked along; `None` without streets.
    pub fn street_share(&self) -> Option<f64> {
        (self.street_m > 0.0).then(|| (self.walked_m / self.street_m).min(1.0))
    }
}

impl<'a> Patrol<'a> {
    /// Adds up tracks by the units of the level that they were followed in. With a reach in metres, streets too.
    ///
    /// # Errors
    /// [`CityError::UnknownLevel`].
    pub fn of(
        city: &'a City,
        tracks: &[DeviceTrack<'a>],
        level: Option<&str>,
        street_reach_m: Option<f64>,
    ) -> Result<Self, CityError> {
        let level = city.level_or_lowest(level)?;
        let range = city.ground.units.level(level);
        let first = range.start;
        let mut units: Vec<PatrolledUnit<'a>> = range
            .map(|place| PatrolledUnit {
                unit: city.unit_ref(city.ground.units.entry(place)),
                visits: 0,
                dwell_us: 0,
                distance_m: 0.0,
                devices: BTreeMap::new(),
                seen_us: None,
                street_m: 0.0,
                walked_m: 0.0,
            })
            .collect();
        let at = |place: Place| (place - first) as usize;
        for track in tracks {
            for visit in &track.visits {
                let Some(place) = visit.place else { continue };
                let unit = &mut units[at(place)];
                let dwell_us = visit.left_us.saturating_sub(visit.entered_us);
                unit.visits += 1;
                unit.dwell_us = unit.dwell_us.saturating_add(dwell_us);
                unit.distance_m += visit.distance_m;
                let of_device = unit.devices.entry(track.device).or_default();
                *of_device = of_device.saturating_add(dwell_us);
                let (from, to) = unit.seen_us.unwrap_or((visit.entered_us, visit.left_us));
                unit.seen_us = Some((from.min(visit.entered_us), to.max(visit.left_us)));
            }
        }
        if let Some(reach_m) = street_reach_m {
            let legs = tracks.iter().flat_map(|track| &track.legs).copied();
            for (owner, length_m, walked_m) in city.streets_walked(legs, reach_m) {
                let unit = &mut units[at(city.unit_above(owner, level))];
                unit.street_m += length_m;
                unit.walked_m += walked_m;
            }
        }
        units.sort_by(|one, other| one.unit.code.cmp(other.unit.code));
        Ok(Self { units })
    }

    /// All units of the level, by code.
    pub fn units(&self) -> &[PatrolledUnit<'a>] {
        &self.units
    }
}

impl City {
    /// Whether there are streets to walk along.
    pub fn has_streets(&self) -> bool {
        !self.responsibility().streets.is_empty()
    }

    /// The pieces of streets in each grid: its length in metres, and what of it is near these ways.
    fn streets_walked(
        &self,
        legs: impl Iterator<Item = Leg>,
        reach_m: f64,
    ) -> Vec<(Owner, f64, f64)> {
        let swept = Swept::by(legs, reach_m);
        let streets = &self.responsibility().streets;
        let pieces = streets.par_iter().flat_map_iter(|street| {
            street
                .line
                .segments()
                .flat_map(|edge| self.edge_walked(edge, &swept))
        });
        pieces.collect()
    }

    fn edge_walked(&self, edge: Segment, swept: &Swept) -> Vec<(Owner, f64, f64)> {
        let length_m = ellipsoid::distance_m(edge.start(), edge.end());
        let walked = swept.along(edge);
        self.index()
            .walk(edge.start(), edge.end())
            .into_iter()
            .filter_map(|stretch| {
                let (from, to) = (share(stretch.from), share(stretch.to));
                let near: f64 = walked
                    .iter()
                    .map(|&(start, end)| (end.min(to) - start.max(from)).max(0.0))
                    .sum();
                Some((stretch.owner?, (to - from) * length_m, near * length_m))
            })
            .collect()
    }
}

fn share(fraction: Fraction) -> f64 {
    fraction.as_f64()
}
