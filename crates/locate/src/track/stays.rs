//! What was heard without a gap, as visits.

use std::collections::BTreeMap;

use wangge_coverage::Owner;
use wangge_plane::{Point, ellipsoid};

use super::{Fix, TrackRules, Visit, VisitEnd};
use crate::FaceIndex;

/// A run of time in one grid, as the straight ways have it.
struct Run {
    owner: Option<Owner>,
    from_us: i64,
    to_us: i64,
    distance_m: f64,
    fixes: u32,
    /// Whether it went deep into its grid.
    is_deep: bool,
}

impl Run {
    const fn length_us(&self) -> i64 {
        self.to_us.saturating_sub(self.from_us)
    }

    /// Whether it is a stay of its own. What has no length is none: a way only touched the grid.
    const fn counts(&self, rules: &TrackRules) -> bool {
        let length_us = self.length_us();
        length_us > 0 && (self.is_deep || length_us >= rules.least_stay_us)
    }
}

/// The visits of positions that follow each other without a gap, the last with this end. `None` where their
/// runs are more than there is room for; the room is what is left of it.
pub(super) fn visits(
    index: &FaceIndex,
    fixes: &[Fix],
    rules: &TrackRules,
    end: VisitEnd,
    room: &mut usize,
) -> Option<Vec<Visit>> {
    let runs = runs(index, fixes, rules, *room)?;
    *room -= runs.len();
    let owners = settled(&runs, rules);
    let mut visits: Vec<Visit> = Vec::new();
    for (run, owner) in runs.iter().zip(owners) {
        match visits.last_mut() {
            Some(last) if last.owner == owner => {
                last.left_us = run.to_us;
                last.distance_m += run.distance_m;
                last.fixes += run.fixes;
            }
            _ => visits.push(Visit {
                owner,
                entered_us: run.from_us,
                left_us: run.to_us,
                distance_m: run.distance_m,
                fixes: run.fixes,
                end: VisitEnd::Crossed,
            }),
        }
    }
    if let Some(last) = visits.last_mut() {
        last.end = end;
    }
    Some(visits)
}

/// The grids one after another, whether they count as stays or not, if they are at most so many.
fn runs(index: &FaceIndex, fixes: &[Fix], rules: &TrackRules, most: usize) -> Option<Vec<Run>> {
    let mut runs: Vec<Run> = Vec::new();
    let depth_m = |fix: &Fix| {
        rules
            .hysteresis_m
            .max(f64::from(fix.accuracy_m.unwrap_or(0.0)))
    };
    let is_deep = |p: Point, depth_m: f64| {
        depth_m <= 0.0
            || index
                .border_distance_m(p)
                .is_none_or(|away_m| away_m >= depth_m)
    };
    for (place, fix) in fixes.iter().enumerate() {
        let owner = index.locate(fix.point);
        let run = extended(&mut runs, owner, fix.time_us);
        run.fixes += 1;
        if !run.is_deep {
            run.is_deep = is_deep(fix.point, depth_m(fix));
        }
        let Some(next) = fixes.get(place + 1) else {
            break;
        };
        let length_m = ellipsoid::distance_m(fix.point, next.point);
        let depth_m = depth_m(fix).max(depth_m(next));
        for stretch in index.walk(fix.point, next.point) {
            let (from, to) = (stretch.from.as_f64(), stretch.to.as_f64());
            let to_us = stretch.to.between(fix.time_us, next.time_us);
            let run = extended(&mut runs, stretch.owner, to_us);
            run.distance_m += length_m * (to - from);
            if !run.is_deep && fix.point != next.point {
                let middle = between(fix.point, next.point, from.midpoint(to));
                run.is_deep = middle.is_some_and(|middle| is_deep(middle, depth_m));
            }
        }
        if runs.len() > most {
            return None;
        }
    }
    (runs.len() <= most).then_some(runs)
}

/// The last run, if it is in this grid, or a new one; it lasts until this moment.
fn extended(runs: &mut Vec<Run>, owner: Option<Owner>, to_us: i64) -> &mut Run {
    let from_us = runs.last().map_or(to_us, |last| last.to_us);
    if runs.last().is_none_or(|last| last.owner != owner) {
        runs.push(Run {
            owner,
            from_us,
            to_us,
            distance_m: 0.0,
            fixes: 0,
            is_deep: false,
        });
    }
    let at = runs.len() - 1;
    let run = &mut runs[at];
    run.to_us = to_us;
    run
}

/// The grid that each run is given to.
fn settled(runs: &[Run], rules: &TrackRules) -> Vec<Option<Owner>> {
    let stays: Vec<usize> = (0..runs.len())
        .filter(|&place| runs[place].counts(rules))
        .collect();
    let (Some(&first), Some(&last)) = (stays.first(), stays.last()) else {
        return vec![longest(runs); runs.len()];
    };
    let mut owners = vec![None; runs.len()];
    owners[..=first].fill(runs[first].owner);
    owners[last..].fill(runs[last].owner);
    for pair in stays.windows(2) {
        let (one, other) = (pair[0], pair[1]);
        // up to the moment when its grid was last left
        let left = (one..other)
            .rev()
            .find(|&place| runs[place].owner == runs[one].owner)
            .unwrap_or(one);
        owners[one..=left].fill(runs[one].owner);
        owners[left + 1..=other].fill(runs[other].owner);
    }
    owners
}

/// The grid of the most time, of several the first.
fn longest(runs: &[Run]) -> Option<Owner> {
    // of each grid: the time, and where it comes first, counted from the end
    let mut times: BTreeMap<Option<Owner>, (i64, usize)> = BTreeMap::new();
    for (run, to_end) in runs.iter().zip((0..runs.len()).rev()) {
        let (time_us, _) = times.entry(run.owner).or_insert((0, to_end));
        *time_us += run.length_us();
    }
    let most = times.into_iter().max_by_key(|&(_, most)| most);
    most.and_then(|(owner, _)| owner)
}

fn between(a: Point, b: Point, share: f64) -> Option<Point> {
    let lon = a.lon() + share * (b.lon() - a.lon());
    let lat = a.lat() + share * (b.lat() - a.lat());
    Point::from_degrees(lon, lat).ok()
}
