//! A day of tracks: grid workers on foot through their grids, sweepers along the streets of towns.

use rustc_hash::FxHashMap;
use wangge_model::{Code, Device};
use wangge_plane::Point;

use crate::City;
use crate::along::{Course, Ground};
use crate::board::Spot;
use crate::devices::{SWEEPER, TERMINAL};
use crate::dice::{Dice, Subject};
use crate::footprints::to_left;
use crate::terrain::LineClass;

/// At most so many terminals and so many sweepers leave a track: a file for trying, not a year's archive.
const MOST_WORKERS: usize = 240;
const MOST_SWEEPERS: usize = 80;

/// Where a device was.
#[derive(Debug, Clone, PartialEq)]
pub struct Fix {
    /// The device.
    pub device: Code,
    /// Seconds since midnight of [`City::day`].
    pub second: u32,
    /// Where it says it was.
    pub point: Point,
    /// How far off that may be, metres, as the device says.
    pub accuracy_m: f64,
}

/// How something moves through a day.
struct Round {
    /// Seconds since midnight.
    shifts: [(u32, u32); 2],
    every_s: u32,
    metres_per_s: f64,
    /// A chance at each fix to stay for a while.
    rests: f64,
    /// How far behind the kerb: on the pavement, or on the carriageway below zero.
    behind_kerb_m: f64,
}

const WORKER: Round = Round {
    shifts: [(8 * 3600, 11 * 3600 + 1800), (14 * 3600, 17 * 3600 + 1800)],
    every_s: 60,
    metres_per_s: 1.1,
    rests: 0.03,
    behind_kerb_m: 1.5,
};

const SWEEPING: Round = Round {
    shifts: [(4 * 3600 + 1800, 7 * 3600), (13 * 3600, 14 * 3600 + 1800)],
    every_s: 20,
    metres_per_s: 1.9,
    rests: 0.01,
    behind_kerb_m: -1.0,
};

impl City {
    /// A day of tracks of the terminals and sweepers among these devices, of at most 240 and 80 of them,
    /// in the order of time. Workers walk along the ways of their grid, on its side; sweepers drive along the
    /// streets of their community. Places have the noise that receivers have. They are drawn anew
    /// at each call, and come out the same.
    pub fn tracks(&self, devices: &[Device]) -> Vec<Fix> {
        let Some(ground) = self.ground() else {
            return Vec::new();
        };
        let mut dice = Dice::new(self.seed, Subject::Patrols);
        let mut fixes = Vec::new();
        let of_grids = self.ways_by_grid();
        let place_of: FxHashMap<&Code, usize> = self
            .grids
            .iter()
            .map(|grid| &grid.unit.code)
            .zip(0..)
            .collect();
        for device in some_of(devices, TERMINAL, MOST_WORKERS) {
            let grid = device.unit.as_ref().and_then(|unit| place_of.get(unit));
            if let Some(&grid) = grid {
                self.walk(
                    &ground,
                    device,
                    &of_grids[grid],
                    &WORKER,
                    &mut dice,
                    &mut fixes,
                );
            }
        }
        for device in some_of(devices, SWEEPER, MOST_SWEEPERS) {
            let Some(community) = &device.unit else {
                continue;
            };
            let in_community = |grid: Option<u32>| {
                let grid = grid.map(|grid| &self.grids[grid as usize]);
                grid.is_some_and(|grid| grid.unit.parent.as_ref() == Some(community))
            };
            let streets: Vec<(usize, usize)> = (0..)
                .zip(self.ways.iter())
                .filter(|(_, stretch)| {
                    (LineClass::Trunk..=LineClass::Street).contains(&stretch.class)
                        && stretch.sides.into_iter().any(in_community)
                })
                .map(|(number, stretch)| (number, usize::from(!in_community(stretch.sides[0]))))
                .collect();
            self.walk(&ground, device, &streets, &SWEEPING, &mut dice, &mut fixes);
        }
        fixes.sort_by(|a, b| (a.second, &a.device).cmp(&(b.second, &b.device)));
        fixes
    }

    /// Walks along ways, from one to the next at its end, on the side that is given with each.
    fn walk(
        &self,
        ground: &Ground,
        device: &Device,
        ways: &[(usize, usize)],
        round: &Round,
        dice: &mut Dice,
        fixes: &mut Vec<Fix>,
    ) {
        if ways.is_empty() {
            return;
        }
        let mut at_junction: FxHashMap<u32, Vec<usize>> = FxHashMap::default();
        for (place, &(number, _)) in ways.iter().enumerate() {
            for end in self.ways.get(number).ends {
                at_junction.entry(end).or_default().push(place);
            }
        }
        let mut walker = Walker {
            city: self,
            ground,
            ways,
            at_junction,
            way: dice.below(ways.len()),
            forward: true,
            gone_m: 0.0,
            course: Course::new(ground, self.ways.get(ways[0].0).points),
        };
        walker.enter(walker.way, true);
        for (start, end) in round.shifts {
            let mut second = start + u32::try_from(dice.below(600)).unwrap_or(0);
            while second < end {
                // no signal, now and then
                if !dice.chance(0.01) {
                    let place = walker.spot(round.behind_kerb_m);
                    fixes.extend(fix(&device.id, second, place, ground, dice));
                }
                if dice.chance(round.rests) {
                    second += round.every_s * u32::try_from(2 + dice.below(8)).unwrap_or(2);
                    continue;
                }
                let way_m = f64::from(round.every_s) * round.metres_per_s * dice.between(0.6, 1.2);
                walker.go(way_m, dice);
                second += round.every_s;
            }
        }
    }
}

/// Some of the devices of a kind, from all over the list.
fn some_of<'a>(devices: &'a [Device], kind: &str, most: usize) -> impl Iterator<Item = &'a Device> {
    let of_kind: Vec<&Device> = devices
        .iter()
        .filter(|device| device.kind.as_deref() == Some(kind))
        .collect();
    let step = of_kind.len().div_ceil(most).max(1);
    of_kind.into_iter().step_by(step)
}

/// Somebody on a way.
struct Walker<'a> {
    city: &'a City,
    ground: &'a Ground,
    ways: &'a [(usize, usize)],
    /// By junction: the ways that end there, by their places in the list.
    at_junction: FxHashMap<u32, Vec<usize>>,
    way: usize,
    forward: bool,
    /// From the end that was entered at.
    gone_m: f64,
    course: Course,
}

impl Walker<'_> {
    fn enter(&mut self, way: usize, forward: bool) {
        (self.way, self.forward, self.gone_m) = (way, forward, 0.0);
        let points = self.city.ways.get(self.ways[way].0).points;
        self.course = Course::new(self.ground, points);
    }

    /// Goes on, at each junction along another way than the one that was come along, where there is one.
    fn go(&mut self, metres: f64, dice: &mut Dice) {
        let mut left = metres;
        // short ways are many in a minute, but not a thousand
        for _ in 0..1000 {
            let room = self.course.length() - self.gone_m;
            if left <= room {
                self.gone_m += left;
                return;
            }
            left -= room;
            let ends = self.city.ways.get(self.ways[self.way].0).ends;
            let junction = ends[usize::from(self.forward)];
            let here = self
                .at_junction
                .get(&junction)
                .map_or(&[][..], Vec::as_slice);
            let others: Vec<usize> = here
                .iter()
                .copied()
                .filter(|&way| way != self.way)
                .collect();
            if others.is_empty() {
                self.enter(self.way, !self.forward);
            } else {
                let next = others[dice.below(others.len())];
                let starts = self.city.ways.get(self.ways[next].0).ends[0] == junction;
                self.enter(next, starts);
            }
        }
    }

    /// On the side of the way that is given with it, so far behind its kerb.
    fn spot(&self, behind_kerb_m: f64) -> Spot {
        let (number, side) = self.ways[self.way];
        let kerb = self.city.ways.get(number).class.half_width_m();
        let along = if self.forward {
            self.gone_m
        } else {
            self.course.length() - self.gone_m
        };
        let left = to_left(side, kerb.unwrap_or(0.0) + behind_kerb_m);
        self.course.at(along, left)
    }
}

/// A fix at a spot with the noise of a receiver: a few metres, sometimes between high houses many.
fn fix(device: &Code, second: u32, spot: Spot, ground: &Ground, dice: &mut Dice) -> Option<Fix> {
    let accuracy_m = if dice.chance(0.02) {
        dice.between(25.0, 60.0)
    } else {
        dice.between(3.0, 9.0)
    };
    // the sum of four has the bell of a normal distribution, near enough, and ends at two deviations or so
    let mut bell = || (0..4).map(|_| dice.unit() - 0.5).sum::<f64>() * accuracy_m * 0.8;
    let noisy = spot + Spot::new(bell(), bell());
    Some(Fix {
        device: device.clone(),
        second,
        point: ground.point(noisy)?,
        accuracy_m: (accuracy_m * 10.0).round_ties_even() / 10.0,
    })
}
