//! Tracks of devices: which units they were in, from when to when.

mod moment;
mod patrol;
mod table;

use std::collections::HashMap;

use rayon::prelude::*;
use wangge_locate::{Fix, Leg, RejectedFix, Track, TrackRules, Visit, VisitEnd};
use wangge_model::LevelIndex;
use wangge_plane::Point;

pub use self::moment::{Clock, NotAMoment, micros, seconds};
pub use self::patrol::{Patrol, PatrolledUnit, STREET_REACH_M};
pub use self::table::VisitTable;
use crate::answer::UnitRef;
use crate::units::Place;
use crate::{City, CityError};

/// The longest name of a device, bytes.
pub const MOST_DEVICE_BYTES: usize = 256;

/// Positions of many devices, in any order: 32 bytes each.
#[derive(Debug, Default)]
pub struct Tracks {
    /// By a hash that nobody can foresee: names may come from anybody.
    numbers: HashMap<Box<str>, usize>,
    fixes: Vec<Vec<Fix>>,
}

/// A stay of a device in a unit, or outside of all.
#[derive(Debug, Clone, Copy)]
pub struct UnitVisit<'a> {
    /// The unit; `None` outside.
    pub unit: Option<UnitRef<'a>>,
    /// When it began, microseconds since 1970 in UTC.
    pub entered_us: i64,
    /// When it ended.
    pub left_us: i64,
    /// Metres that were gone.
    pub distance_m: f64,
    /// Positions; 0 where the device went through between two.
    pub fixes: u32,
    /// How it ended.
    pub end: VisitEnd,
    place: Option<Place>,
}

/// What the positions of one device come to.
#[derive(Debug, Clone)]
pub struct DeviceTrack<'a> {
    /// The device.
    pub device: &'a str,
    /// In the order of time.
    pub visits: Vec<UnitVisit<'a>>,
    /// Positions that were not used, in the order of time.
    pub rejected: Vec<RejectedFix>,
    /// Positions that were told more than once.
    pub repeated: u32,
    legs: Vec<Leg>,
}

impl Tracks {
    /// Takes a position of a device. The number is what it is told by when it is rejected.
    pub fn add(
        &mut self,
        device: &str,
        time_us: i64,
        point: Point,
        accuracy_m: Option<f32>,
        number: u32,
    ) {
        let fix = Fix {
            time_us,
            point,
            accuracy_m,
            number,
        };
        if let Some(&at) = self.numbers.get(device) {
            self.fixes[at].push(fix);
        } else {
            self.numbers.insert(device.into(), self.fixes.len());
            self.fixes.push(vec![fix]);
        }
    }

    /// Follows all devices on all cores, in the order of their names.
    ///
    /// # Errors
    /// [`CityError::UnknownLevel`].
    pub fn follow<'a>(
        &'a mut self,
        city: &'a City,
        rules: &TrackRules,
        level: Option<&str>,
    ) -> Result<Vec<DeviceTrack<'a>>, CityError> {
        let level = city.level_or_lowest(level)?;
        Ok(self
            .devices()
            .into_par_iter()
            .map(|(device, fixes)| {
                let track = city.index().follow(fixes, rules);
                city.device_track(device, track, level)
            })
            .collect())
    }

    /// The same on this thread alone, and in bounded memory: long ways over many grids come to far more than their
    /// positions.
    ///
    /// # Errors
    /// [`CityError::UnknownLevel`]; [`CityError::TooManyStays`] where all of them go more often than this from one grid
    /// into another.
    pub fn follow_here<'a>(
        &'a mut self,
        city: &'a City,
        rules: &TrackRules,
        level: Option<&str>,
        most_stays: usize,
    ) -> Result<Vec<DeviceTrack<'a>>, CityError> {
        let level = city.level_or_lowest(level)?;
        let mut room = most_stays;
        let devices = self.devices().into_iter();
        devices
            .map(|(device, fixes)| {
                let track = city.index().follow_within(fixes, rules, room);
                let track = track.ok_or(CityError::TooManyStays { most: most_stays })?;
                room = room.saturating_sub(track.visits.len());
                Ok(city.device_track(device, track, level))
            })
            .collect()
    }

    /// Each device and its positions, in the order of their names.
    fn devices(&mut self) -> Vec<(&str, &mut Vec<Fix>)> {
        let mut devices: Vec<(&str, usize)> = self
            .numbers
            .iter()
            .map(|(device, &at)| (&**device, at))
            .collect();
        devices.sort_unstable_by_key(|&(_, at)| at);
        let mut devices: Vec<(&str, &mut Vec<Fix>)> = devices
            .into_iter()
            .map(|(device, _)| device)
            .zip(&mut self.fixes)
            .collect();
        devices.sort_unstable_by_key(|&(device, _)| device);
        devices
    }
}

impl UnitVisit<'_> {
    /// `inside` a unit, or `outside`.
    pub const fn status(&self) -> &'static str {
        if self.unit.is_some() {
            "inside"
        } else {
            "outside"
        }
    }

    /// How long it was, microseconds.
    pub const fn dwell_us(&self) -> i64 {
        self.left_us.saturating_sub(self.entered_us)
    }
}

impl City {
    fn device_track<'a>(
        &'a self,
        device: &'a str,
        track: Track,
        level: LevelIndex,
    ) -> DeviceTrack<'a> {
        DeviceTrack {
            device,
            rejected: track.rejected,
            repeated: track.repeated,
            visits: self.of_units(&track.visits, level),
            legs: track.legs,
        }
    }

    /// Visits of grids as visits of units of a level: who goes from grid to grid within a unit stays in it.
    fn of_units(&self, visits: &[Visit], level: LevelIndex) -> Vec<UnitVisit<'_>> {
        let mut told: Vec<UnitVisit<'_>> = Vec::with_capacity(visits.len());
        for visit in visits {
            let place = visit.owner.map(|owner| self.unit_above(owner, level));
            match told.last_mut() {
                Some(last) if last.end == VisitEnd::Crossed && last.place == place => {
                    last.left_us = visit.left_us;
                    last.distance_m += visit.distance_m;
                    last.fixes += visit.fixes;
                    last.end = visit.end;
                }
                _ => told.push(UnitVisit {
                    unit: place.map(|place| self.unit_ref(self.ground.units.entry(place))),
                    entered_us: visit.entered_us,
                    left_us: visit.left_us,
                    distance_m: visit.distance_m,
                    fixes: visit.fixes,
                    end: visit.end,
                    place,
                }),
            }
        }
        told
    }
}
