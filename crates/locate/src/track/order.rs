//! Positions in the order of time, without those that cannot be.
//!
//! # Which are kept
//!
//! One position can follow another when the time between them is enough for the distance at the highest speed,
//! less what both may be off. Kept is the longest chain of positions each of which can follow the one before. So
//! a position far off is left out and not the track behind it; and where a receiver is off for a while, the shorter of two
//! stories goes. It is found by dynamic programming: the longest chain that ends at a position is one longer
//! than the longest that ends at one it can follow. Looking back ends where no longer chain can come any more, in
//! a sound track after one step, and after [`LOOK_BACK`] positions at the latest; of those before, the end of
//! the longest chain is tried.

use wangge_plane::ellipsoid;

use super::{Fix, RejectedFix, Rejection, TrackRules};

/// Positions that are looked back over, at most.
const LOOK_BACK: usize = 200;

/// Seconds of a microsecond.
const US: f64 = 1e-6;

/// The positions of a device, put in order.
pub(super) struct Ordered {
    pub(super) kept: Vec<Fix>,
    pub(super) rejected: Vec<RejectedFix>,
    pub(super) repeated: u32,
}

pub(super) fn ordered(fixes: &mut [Fix], rules: &TrackRules) -> Ordered {
    // of the same moment the best known comes first
    fixes.sort_by(|one, other| {
        let known = |fix: &Fix| fix.accuracy_m.unwrap_or(f32::INFINITY);
        one.time_us
            .cmp(&other.time_us)
            .then(one.point.cmp(&other.point))
            .then(known(one).total_cmp(&known(other)))
            .then(one.number.cmp(&other.number))
    });
    let mut repeated = 0;
    let mut rejected = Vec::new();
    let mut sound: Vec<Fix> = Vec::with_capacity(fixes.len());
    let mut before: Option<&Fix> = None;
    for fix in &*fixes {
        let is_repeated =
            before.is_some_and(|last| (last.time_us, last.point) == (fix.time_us, fix.point));
        before = Some(fix);
        if is_repeated {
            repeated += 1;
        } else if f64::from(fix.accuracy_m.unwrap_or(0.0)) > rules.most_accuracy_m {
            rejected.push(RejectedFix {
                fix: *fix,
                why: Rejection::Inaccurate,
            });
        } else {
            sound.push(*fix);
        }
    }
    let kept = longest_chain(&sound, rules);
    let mut next = kept.iter().copied().peekable();
    let mut chain = Vec::with_capacity(kept.len());
    for (place, fix) in sound.iter().enumerate() {
        if next.next_if_eq(&place).is_some() {
            chain.push(*fix);
            continue;
        }
        let same_time = |&place: &usize| sound[place].time_us == fix.time_us;
        // the one kept of this moment is the last that was, or the next that will be
        let elsewhere = chain
            .last()
            .is_some_and(|last: &Fix| last.time_us == fix.time_us)
            || next.peek().is_some_and(same_time);
        let why = if elsewhere {
            Rejection::SameTime
        } else {
            Rejection::ImpossibleSpeed
        };
        rejected.push(RejectedFix { fix: *fix, why });
    }
    rejected.sort_by_key(|rejected| (rejected.fix.time_us, rejected.fix.number));
    Ordered {
        kept: chain,
        rejected,
        repeated,
    }
}

/// The places of the longest chain; of several the one that ends first.
fn longest_chain(fixes: &[Fix], rules: &TrackRules) -> Vec<usize> {
    // of each place: the length of the longest chain to it, the place before it, and the longest length so far
    let mut lengths: Vec<u32> = Vec::with_capacity(fixes.len());
    let mut befores: Vec<usize> = Vec::with_capacity(fixes.len());
    let mut longest: Vec<u32> = Vec::with_capacity(fixes.len());
    let mut end = None;
    for (place, fix) in fixes.iter().enumerate() {
        let (mut length, mut before) = (0, place);
        for earlier in (place.saturating_sub(LOOK_BACK)..place).rev() {
            if longest[earlier] <= length {
                break;
            }
            if lengths[earlier] > length && can_follow(&fixes[earlier], fix, rules) {
                (length, before) = (lengths[earlier], earlier);
            }
        }
        // a receiver that was off for long: the best story from before that
        if let Some(earlier) = end
            && earlier + LOOK_BACK < place
            && lengths[earlier] > length
            && can_follow(&fixes[earlier], fix, rules)
        {
            (length, before) = (lengths[earlier], earlier);
        }
        let so_far = longest.last().copied().unwrap_or(0);
        lengths.push(length + 1);
        befores.push(before);
        longest.push(so_far.max(length + 1));
        if length + 1 > so_far {
            end = Some(place);
        }
    }
    let mut chain = Vec::new();
    let mut at = end;
    while let Some(place) = at {
        chain.push(place);
        at = (befores[place] != place).then_some(befores[place]);
    }
    chain.reverse();
    chain
}

fn can_follow(one: &Fix, next: &Fix, rules: &TrackRules) -> bool {
    let micros = next.time_us.saturating_sub(one.time_us);
    if micros <= 0 {
        return false;
    }
    let off_m =
        f64::from(one.accuracy_m.unwrap_or(0.0)) + f64::from(next.accuracy_m.unwrap_or(0.0));
    ellipsoid::distance_m(one.point, next.point) - off_m <= rules.most_speed_m_s * seconds(micros)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a speed is not told to the microsecond"
)]
fn seconds(micros: i64) -> f64 {
    micros as f64 * US
}
