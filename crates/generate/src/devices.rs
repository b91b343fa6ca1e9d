//! Devices that report, and a day of what their sensors read.

use jiff::civil::date;
use rustc_hash::FxHashSet;
use wangge_model::{Code, Component, Device, Grid, GridKind, LevelIndex, ObjectKind};

use crate::dice::{Dice, Subject};
use crate::{City, GenerateError};

/// Of so many litter bins one has a fill sensor.
const BINS_PER_SENSOR: usize = 3;

/// Of so many storm drain manholes one has a sensor of the water's level.
const MANHOLES_PER_SENSOR: usize = 6;

/// More sensors of a kind than this no city has.
const MOST_SENSORS: usize = 2_000;

/// Kinds of devices.
pub(crate) const FILL_SENSOR: &str = "fill-sensor";
pub(crate) const LEVEL_SENSOR: &str = "water-level-sensor";
pub(crate) const SWEEPER: &str = "sweeper-tracker";
pub(crate) const TERMINAL: &str = "worker-terminal";

/// What a sensor read.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The device.
    pub device: Code,
    /// Seconds since midnight of [`City::day`].
    pub second: u32,
    /// How full a bin is, in percent; how high the water stands, in metres.
    pub value: f64,
}

impl City {
    /// The devices of the city by number: fill sensors in litter bins, sensors of the water's level in
    /// storm drains, trackers of sweepers in the communities of towns, and a terminal for every grid.
    ///
    /// # Errors
    /// None that a city which was made would show: [`GenerateError::Scheme`] for a code that is none.
    pub fn devices(&self, components: &[Component]) -> Result<Vec<Device>, GenerateError> {
        let mut devices: Vec<Device> = Vec::new();
        let handler = |object, class| {
            let handler = self.handler(object, class);
            handler.map(|department| department.code.clone())
        };
        let mut add = |id: String, kind: &str, unit: Option<&Code>, component, department| {
            devices.push(Device {
                row: devices.len() as u64 + 1,
                id: Code::new(&id)?,
                kind: Some(kind.to_owned()),
                unit: unit.cloned(),
                component,
                department,
            });
            Ok::<(), GenerateError>(())
        };
        for (class, prefix, kind, each) in [
            ("0305", "F", FILL_SENSOR, BINS_PER_SENSOR),
            ("0103", "L", LEVEL_SENSOR, MANHOLES_PER_SENSOR),
        ] {
            let of_class = components.iter();
            let of_class = of_class.filter(|one| one.class.as_str() == class);
            let each = each.max(of_class.clone().count().div_ceil(MOST_SENSORS));
            for component in of_class.step_by(each) {
                let department = handler(ObjectKind::Component, class);
                let code = component.code.clone();
                add(
                    format!("{prefix}{code}"),
                    kind,
                    None,
                    Some(code),
                    department,
                )?;
            }
        }
        for community in self.town_communities() {
            let department = handler(ObjectKind::Event, "0104");
            let id = format!("S{community}");
            add(id, SWEEPER, Some(community), None, department)?;
        }
        for grid in &self.grids {
            let code = &grid.unit.code;
            add(format!("T{code}"), TERMINAL, Some(code), None, None)?;
        }
        Ok(devices)
    }

    /// The communities with urban grids, by code.
    pub(crate) fn town_communities(&self) -> impl Iterator<Item = &Code> {
        let level = LevelIndex(self.scheme.lowest().0.saturating_sub(1));
        let urban = |grid: &&Grid| grid.unit.kind == Some(GridKind::Urban);
        let of_town: FxHashSet<&Code> = self
            .grids
            .iter()
            .filter(urban)
            .filter_map(|grid| grid.unit.parent.as_ref())
            .collect();
        let communities = self.upper.iter().map(|(unit, _)| unit);
        communities
            .filter(move |unit| unit.level == level && of_town.contains(&unit.code))
            .map(|unit| &unit.code)
    }

    /// The day that readings and tracks are of, as RFC 3339 has it with the time of China.
    pub fn day(second: u32) -> String {
        let day = date(2025, 6, 12);
        let (hour, minute) = (second / 3600, second / 60 % 60);
        format!("{day}T{hour:02}:{minute:02}:{:02}+08:00", second % 60)
    }

    /// A day of readings of the sensors among these devices, in the order of time: bins every hour, water
    /// every half hour, with a shower in the afternoon. They are drawn anew at each call, and come out
    /// the same.
    pub fn readings(&self, devices: &[Device]) -> Vec<Reading> {
        let mut dice = Dice::new(self.seed, Subject::Readings);
        let mut readings = Vec::new();
        for device in devices {
            match device.kind.as_deref() {
                Some(FILL_SENSOR) => a_day_of_a_bin(&device.id, &mut dice, &mut readings),
                Some(LEVEL_SENSOR) => a_day_of_a_drain(&device.id, &mut dice, &mut readings),
                _ => {}
            }
        }
        readings.sort_by(|a, b| (a.second, &a.device).cmp(&(b.second, &b.device)));
        readings
    }
}

/// Fills from hour to hour, faster by day, until somebody empties it.
fn a_day_of_a_bin(device: &Code, dice: &mut Dice, readings: &mut Vec<Reading>) {
    let start = u32::try_from(dice.below(3600)).unwrap_or(0);
    let emptied = 6 + dice.below(14);
    let rate = dice.between(2.0, 9.0);
    let mut full = dice.between(10.0, 60.0);
    for hour in 0..24_u32 {
        if hour as usize == emptied {
            full = dice.between(0.0, 8.0);
        }
        let busy = if (7..21).contains(&hour) { 1.0 } else { 0.2 };
        full = (full + rate * busy * dice.between(0.4, 1.6)).min(100.0);
        readings.push(Reading {
            device: device.clone(),
            second: hour * 3600 + start,
            value: whole_parts(full, 1.0),
        });
    }
}

/// A low level that breathes a little, and a shower that drains off again.
fn a_day_of_a_drain(device: &Code, dice: &mut Dice, readings: &mut Vec<Reading>) {
    const HALF_HOUR_S: u32 = 1800;
    let start = u32::try_from(dice.below(HALF_HOUR_S as usize)).unwrap_or(0);
    let base = dice.between(0.15, 0.45);
    let shower = dice.between(0.05, 0.9);
    let mut rain = 0.0;
    for step in 0..48_u32 {
        // from three to half past four
        rain = if (30..33).contains(&step) {
            rain + shower / 2.0
        } else {
            rain * 0.75
        };
        let level = base + rain + dice.between(-0.02, 0.02);
        readings.push(Reading {
            device: device.clone(),
            second: step * HALF_HOUR_S + start,
            value: whole_parts(level.max(0.0), 0.01),
        });
    }
}

/// Rounded to multiples of a part, so that files carry no more digits than a sensor has.
fn whole_parts(value: f64, part: f64) -> f64 {
    let per_one = (1.0 / part).round_ties_even();
    (value * per_one).round_ties_even() / per_one
}
