//! Tracks become visits: against a slow reference, by hand, and nothing is lost.

mod patchwork;

use geo::Contains;
use geo::line_intersection::{LineIntersection, line_intersection};
use patchwork::{Dice, Patchwork, Recipe};
use proptest::prelude::*;
use wangge_coverage::{BorderEdge, Owner};
use wangge_locate::{FaceIndex, Fix, Layout, Rejection, Track, TrackRules, VisitEnd};
use wangge_plane::{Point, Segment, ellipsoid};

const SECOND: i64 = 1_000_000;

/// Every run of time in a grid is a visit.
const RAW: TrackRules = TrackRules {
    hysteresis_m: 0.0,
    least_stay_us: 0,
    most_accuracy_m: 1e9,
    most_speed_m_s: 1e9,
    most_gap_us: 600 * SECOND,
};

fn city(seed: u64) -> Patchwork {
    Patchwork::sew(Recipe {
        columns: 9,
        rows: 7,
        step: (30_000, 22_000),
        spread: 1.0,
        pieces: 6,
        scale: 1,
        origin: (1_208_000_000, 406_000_000),
        seed,
        owners: Some((0..63).map(|n| (n % 11 != 5).then_some(n / 2)).collect()),
    })
}

/// A walk of somebody who reports now and then, goes out of the city, and stands at times.
fn walk(dice: &mut Dice, count: usize) -> Vec<Fix> {
    let (mut x, mut y) = (1_208_130_000, 406_070_000);
    let mut time_us = 0;
    (0..count)
        .map(|_| {
            let far = [0, 300, 9_000, 40_000][usize::try_from(dice.within(0, 3)).expect("small")];
            x = (x + dice.within(-far, far)).clamp(1_207_950_000, 1_208_320_000);
            y = (y + dice.within(-far, far)).clamp(405_950_000, 406_200_000);
            // never twice the same moment; sometimes a gap
            let pause = if dice.share() < 0.05 { 2_000 } else { 120 };
            time_us += dice.within(1, pause * SECOND);
            Fix {
                time_us,
                point: at(x, y),
                accuracy_m: None,
                number: 0,
            }
        })
        .collect()
}

fn at(x: i64, y: i64) -> Point {
    let coordinate = |value| i32::try_from(value).expect("on the lattice");
    Point::new(coordinate(x), coordinate(y)).expect("on the lattice")
}

/// (grid, from, to) of every run, by `geo` and by looking at every grid.
fn reference(
    polygons: &[(Owner, geo::MultiPolygon)],
    fixes: &[Fix],
    most_gap_us: i64,
) -> Vec<(Option<Owner>, f64, f64)> {
    let mut runs: Vec<(Option<Owner>, f64, f64)> = Vec::new();
    for pair in fixes.windows(2) {
        let (start, end) = (pair[0].time_us, pair[1].time_us);
        if end - start > most_gap_us {
            continue;
        }
        let place = |p: Point| geo::Coord {
            x: p.lon(),
            y: p.lat(),
        };
        let leg = geo::Line::new(place(pair[0].point), place(pair[1].point));
        let length = leg.delta().x.hypot(leg.delta().y);
        let mut cuts = vec![0.0, 1.0];
        for (_, polygon) in polygons.iter().filter(|_| length > 0.0) {
            for side in geo::LinesIter::lines_iter(polygon) {
                if let Some(LineIntersection::SinglePoint { intersection, .. }) =
                    line_intersection(leg, side)
                {
                    let gone = intersection - leg.start;
                    cuts.push(gone.x.hypot(gone.y) / length);
                }
            }
        }
        cuts.sort_by(f64::total_cmp);
        for cut in cuts.windows(2) {
            let middle = leg.start + leg.delta() * cut[0].midpoint(cut[1]);
            let owner = polygons
                .iter()
                .find(|(_, polygon)| polygon.contains(&geo::Point::from(middle)))
                .map(|(owner, _)| *owner);
            let moment = |share: f64| seconds(start) + share * seconds(end - start);
            let (from, to) = (moment(cut[0]), moment(cut[1]));
            match runs.last_mut() {
                Some(last) if last.0 == owner && (last.2 - from).abs() < 1e-9 => last.2 = to,
                _ => runs.push((owner, from, to)),
            }
        }
    }
    runs
}

#[expect(clippy::cast_precision_loss, reason = "microseconds of some years")]
fn seconds(micros: i64) -> f64 {
    micros as f64 / 1e6
}

#[test]
fn visits_are_those_of_a_slow_reference() {
    let mut compared = 0;
    for seed in 0..40 {
        let patchwork = city(seed);
        let index = FaceIndex::build(&patchwork.edges(), Layout::default());
        let polygons: Vec<_> = patchwork
            .shapes()
            .iter()
            .map(|(owner, shape)| (*owner, shape.to_degrees()))
            .collect();
        let mut fixes = walk(&mut Dice(seed), 150);
        let expected = reference(&polygons, &fixes, RAW.most_gap_us);
        // a millisecond of somebody's way is less than what `geo` rounds
        let longer = |&(from, to): &(f64, f64)| to - from > 1e-3;
        let expected: Vec<_> = expected
            .iter()
            .filter(|run| longer(&(run.1, run.2)))
            .collect();
        let track = index.follow(&mut fixes, &RAW);
        let told: Vec<_> = track
            .visits
            .iter()
            .map(|visit| {
                (
                    visit.owner,
                    seconds(visit.entered_us),
                    seconds(visit.left_us),
                )
            })
            .filter(|run| longer(&(run.1, run.2)))
            .collect();
        assert_eq!(told.len(), expected.len(), "seed {seed}");
        for (told, expected) in told.iter().zip(expected) {
            assert_eq!(told.0, expected.0);
            assert!((told.1 - expected.1).abs() < 1e-3, "{told:?} {expected:?}");
            assert!((told.2 - expected.2).abs() < 1e-3, "{told:?} {expected:?}");
            compared += 1;
        }
    }
    assert!(compared > 1_500, "{compared}");
}

prop_compose! {
    fn rules()(
        hysteresis_m in prop_oneof![Just(0.0), 1.0f64..60.0],
        least_stay_s in 0i64..600,
        most_accuracy_m in 5.0f64..200.0,
        most_speed_m_s in 1.0f64..100.0,
        most_gap_s in 1i64..900,
    ) -> TrackRules {
        TrackRules {
            hysteresis_m,
            least_stay_us: least_stay_s * SECOND,
            most_accuracy_m,
            most_speed_m_s,
            most_gap_us: most_gap_s * SECOND,
        }
    }
}

/// A walk with all that receivers do: worse positions, moments told twice, jumps, no order.
fn messy(dice: &mut Dice, count: usize) -> Vec<Fix> {
    let mut fixes = walk(dice, count);
    for place in 0..fixes.len() {
        #[expect(clippy::cast_possible_truncation, reason = "metres")]
        let accuracy = (dice.share() * 150.0) as f32;
        fixes[place].accuracy_m = (dice.share() < 0.7).then_some(accuracy);
        if dice.share() < 0.05 {
            fixes[place].point = at(1_205_000_000, 404_000_000);
        }
        if dice.share() < 0.05 && place > 0 {
            fixes[place].time_us = fixes[place - 1].time_us;
        }
        if dice.share() < 0.05 && place > 0 {
            fixes[place] = fixes[place - 1];
        }
    }
    for (number, fix) in (0..).zip(&mut fixes) {
        fix.number = number;
    }
    fixes
}

fn shuffled(fixes: &[Fix], dice: &mut Dice) -> Vec<Fix> {
    let mut fixes = fixes.to_vec();
    for place in (1..fixes.len()).rev() {
        let other = dice.within(0, i64::try_from(place).expect("few"));
        fixes.swap(place, usize::try_from(other).expect("an index"));
    }
    fixes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn no_position_no_time_and_no_way_is_lost_or_counted_twice(
        seed in any::<u64>(), count in 0usize..120, rules in rules(),
    ) {
        let index = FaceIndex::build(&city(3).edges(), Layout::default());
        let mut dice = Dice(seed);
        let fixes = messy(&mut dice, count);
        let track = index.follow(&mut fixes.clone(), &rules);
        prop_assert_eq!(&index.follow(&mut shuffled(&fixes, &mut dice), &rules), &track, "in any order");

        let told: u32 = track.visits.iter().map(|visit| visit.fixes).sum();
        let rejected = u32::try_from(track.rejected.len()).expect("few");
        prop_assert_eq!(told + rejected + track.repeated, u32::try_from(count).expect("few"));

        let way_m: f64 = track.legs.iter().map(|leg| ellipsoid::distance_m(leg.from, leg.to)).sum();
        let told_m: f64 = track.visits.iter().map(|visit| visit.distance_m).sum();
        prop_assert!((way_m - told_m).abs() < 1e-6 * (1.0 + way_m), "{} {}", way_m, told_m);

        for pair in track.visits.windows(2) {
            prop_assert!(pair[0].entered_us <= pair[0].left_us);
            match pair[0].end {
                VisitEnd::Crossed => {
                    prop_assert_eq!(pair[0].left_us, pair[1].entered_us);
                    prop_assert_ne!(pair[0].owner, pair[1].owner);
                }
                VisitEnd::Gap => prop_assert!(pair[1].entered_us - pair[0].left_us > rules.most_gap_us),
                VisitEnd::TrackEnd => prop_assert!(false, "it ends once"),
            }
        }
        if let Some(last) = track.visits.last() {
            prop_assert_eq!(last.end, VisitEnd::TrackEnd);
        }
    }
}

/// Two grids of 2 km by 1 km side by side on the equator: the border between them at longitude 0.02.
fn pair() -> FaceIndex {
    let at = |x, y| Point::new(x, y).expect("on the lattice");
    let (west, east) = (Some(Owner(0)), Some(Owner(1)));
    let edges: Vec<BorderEdge> = [
        (at(0, 0), at(200_000, 0), west, None),
        (at(200_000, 0), at(400_000, 0), east, None),
        (at(0, 100_000), at(200_000, 100_000), None, west),
        (at(200_000, 100_000), at(400_000, 100_000), None, east),
        (at(0, 0), at(0, 100_000), None, west),
        (at(200_000, 0), at(200_000, 100_000), west, east),
        (at(400_000, 0), at(400_000, 100_000), east, None),
    ]
    .into_iter()
    .map(|(a, b, left, right)| BorderEdge {
        segment: Segment::new(a, b).expect("two points"),
        left,
        right,
    })
    .collect();
    FaceIndex::build(&edges, Layout::default())
}

/// Metres east of the border in the middle of the two grids' height, and seconds.
fn fix(second: i64, east_m: f64) -> Fix {
    #[expect(clippy::cast_possible_truncation, reason = "metres to units")]
    let x = 200_000 + (east_m / 0.011_131_949).round() as i32;
    Fix {
        time_us: second * SECOND,
        point: Point::new(x, 50_000).expect("on the lattice"),
        accuracy_m: None,
        number: u32::try_from(second).expect("positive"),
    }
}

/// (grid, entered, left in seconds, positions) of each visit.
fn told(track: &Track) -> Vec<(Option<u32>, f64, f64, u32)> {
    track
        .visits
        .iter()
        .map(|visit| {
            let moment = |us: i64| (seconds(us) * 10.0).round() / 10.0;
            let grid = visit.owner.map(|owner| owner.0);
            (
                grid,
                moment(visit.entered_us),
                moment(visit.left_us),
                visit.fixes,
            )
        })
        .collect()
}

/// The number of each position that was not used, and why.
fn rejected(track: &Track) -> Vec<(u32, Rejection)> {
    let told = track.rejected.iter();
    told.map(|rejected| (rejected.fix.number, rejected.why))
        .collect()
}

fn follow(fixes: &[Fix]) -> Track {
    pair().follow(&mut fixes.to_vec(), &TrackRules::default())
}

#[test]
fn the_moment_of_a_crossing_is_where_the_border_is() {
    // 30 m before it, and 60 m behind it half a minute later
    let track = follow(&[fix(0, -30.0), fix(30, 60.0)]);
    assert_eq!(
        told(&track),
        [(Some(0), 0.0, 10.0, 1), (Some(1), 10.0, 30.0, 1)]
    );
    assert_eq!(track.visits[0].end, VisitEnd::Crossed);
    assert!((track.visits[0].distance_m - 30.0).abs() < 0.02);
}

#[test]
fn standing_at_a_border_does_not_flicker() {
    let mut fixes = vec![fix(0, -50.0)];
    // half of the positions a few metres on the other side
    fixes.extend((1..40).map(|n| fix(10 * n, if n % 2 == 0 { -3.0 } else { 6.0 })));
    assert_eq!(told(&follow(&fixes)), [(Some(0), 0.0, 390.0, 40)]);
    // then it goes over: it was on the western side for the last time at second 400
    fixes.extend([fix(400, -2.0), fix(404, 2.0), fix(420, 50.0)]);
    assert_eq!(
        told(&follow(&fixes)),
        [(Some(0), 0.0, 402.0, 41), (Some(1), 402.0, 420.0, 2)]
    );
}

#[test]
fn a_long_stay_close_to_the_border_counts() {
    let mut fixes = vec![fix(0, -50.0), fix(20, -5.0)];
    fixes.extend((3..30).map(|n| fix(10 * n, 5.0)));
    let visits = told(&follow(&fixes));
    assert_eq!(visits.len(), 2, "{visits:?}");
    assert_eq!(visits[1].0, Some(1));
}

#[test]
fn a_position_known_badly_does_not_open_a_visit() {
    let vague = |second, east_m, accuracy_m| Fix {
        accuracy_m: Some(accuracy_m),
        ..fix(second, east_m)
    };
    let fixes = [
        vague(0, -40.0, 5.0),
        vague(30, 25.0, 60.0),
        vague(60, -40.0, 5.0),
    ];
    assert_eq!(told(&follow(&fixes)), [(Some(0), 0.0, 60.0, 3)]);
    let fixes = [
        vague(0, -40.0, 5.0),
        vague(30, 25.0, 5.0),
        vague(60, -40.0, 5.0),
    ];
    assert_eq!(told(&follow(&fixes)).len(), 3);
    let fixes = [
        vague(0, -40.0, 5.0),
        vague(30, 25.0, 101.0),
        vague(60, -40.0, 5.0),
    ];
    let track = follow(&fixes);
    assert_eq!(rejected(&track), [(30, Rejection::Inaccurate)]);
}

#[test]
fn a_grid_that_was_driven_through_between_two_positions_is_visited() {
    let track = follow(&[fix(0, -2100.0), fix(100, -100.0), fix(200, 2400.0)]);
    // west of the rim is outside, which is 2,226 m from the border; so is 174 m of the end
    let visits = told(&track);
    assert_eq!(visits.len(), 3, "{visits:?}");
    assert_eq!(
        (visits[1].0, visits[1].3),
        (Some(1), 0),
        "no position in it"
    );
    assert_eq!((visits[2].0, visits[2].3), (None, 1));
}

#[test]
fn jumps_that_nobody_makes_are_listed() {
    let far = |second| fix(second, 1900.0);
    // one in the middle
    let track = follow(&[fix(0, -50.0), fix(10, -60.0), far(20), fix(30, -70.0)]);
    assert_eq!(rejected(&track), [(20, Rejection::ImpossibleSpeed)]);
    assert_eq!(told(&track), [(Some(0), 0.0, 30.0, 3)]);
    // the first
    let track = follow(&[far(0), fix(10, -50.0), fix(20, -60.0)]);
    assert_eq!(rejected(&track), [(0, Rejection::ImpossibleSpeed)]);
    // the shorter of two stories
    let track = follow(&[
        fix(0, -50.0),
        far(10),
        far(15),
        fix(20, -55.0),
        far(25),
        fix(30, -60.0),
        fix(40, -65.0),
    ]);
    let numbers: Vec<u32> = rejected(&track).iter().map(|&(number, _)| number).collect();
    assert_eq!(numbers, [10, 15, 25]);
    // in two minutes one gets there
    let track = follow(&[fix(0, -50.0), fix(120, 1900.0)]);
    assert!(track.rejected.is_empty());
}

#[test]
fn a_receiver_that_is_off_for_long_does_not_end_the_track() {
    let good = |second: i64| {
        fix(
            second,
            -50.0 - f64::from(i32::try_from(second % 7).expect("small")),
        )
    };
    let off = |second: i64| {
        fix(
            second,
            90_000.0 + 10.0 * f64::from(i32::try_from(second % 5).expect("small")),
        )
    };
    let fixes: Vec<Fix> = (0..300)
        .map(good)
        .chain((300..550).map(off))
        .chain((550..840).map(good))
        .collect();
    let track = follow(&fixes);
    assert_eq!(track.rejected.len(), 250);
    assert!(
        track
            .rejected
            .iter()
            .all(|rejected| (300..550).contains(&rejected.fix.number))
    );
}

#[test]
fn the_same_moment_counts_once() {
    let track = follow(&[
        fix(0, -50.0),
        fix(10, -60.0),
        fix(10, -60.0),
        fix(20, -70.0),
    ]);
    assert_eq!((track.repeated, track.rejected.len()), (1, 0));
    // and elsewhere at the same moment: the place that is known is kept
    let known = Fix {
        accuracy_m: Some(4.0),
        number: 11,
        ..fix(10, -62.0)
    };
    let track = follow(&[fix(0, -50.0), fix(10, -60.0), known, fix(20, -70.0)]);
    assert_eq!(track.rejected.len(), 1);
    assert_eq!(track.rejected[0].why, Rejection::SameTime);
    assert_eq!(told(&track), [(Some(0), 0.0, 20.0, 3)]);
}

#[test]
fn across_a_gap_nothing_is_said() {
    let track = follow(&[
        fix(0, -50.0),
        fix(30, -60.0),
        fix(631, -70.0),
        fix(640, -75.0),
    ]);
    assert_eq!(
        told(&track),
        [(Some(0), 0.0, 30.0, 2), (Some(0), 631.0, 640.0, 2)]
    );
    assert_eq!(track.visits[0].end, VisitEnd::Gap);
    assert_eq!(track.legs.len(), 2);
    // 10 minutes are none
    let track = follow(&[fix(0, -50.0), fix(600, -60.0)]);
    assert_eq!(told(&track), [(Some(0), 0.0, 600.0, 2)]);
}

#[test]
fn little_and_nothing_are_answered_too() {
    assert_eq!(follow(&[]), Track::default());
    let track = follow(&[fix(5, 40.0)]);
    assert_eq!(told(&track), [(Some(1), 5.0, 5.0, 1)]);
    assert_eq!(track.visits[0].end, VisitEnd::TrackEnd);
    // at the border all the time: where it was longest
    let track = follow(&[fix(0, -3.0), fix(10, 3.0), fix(100, 3.0)]);
    assert_eq!(told(&track), [(Some(1), 0.0, 100.0, 3)]);
    // times at the ends of the clock
    let mut fixes = [fix(0, -3.0), fix(1, 3.0)];
    (fixes[0].time_us, fixes[1].time_us) = (i64::MIN, i64::MAX);
    assert_eq!(follow(&fixes).visits.len(), 2);
}

#[test]
fn a_track_is_not_followed_into_more_grids_than_there_is_room_for() {
    let rules = TrackRules::default();
    // to and fro, then after a gap once more
    let fixes = [-30.0, 30.0, -30.0, 30.0]
        .into_iter()
        .zip([0, 60, 120, 900])
        .map(|(east_m, second)| fix(second, east_m));
    let fixes: Vec<Fix> = fixes.collect();
    let index = pair();
    let within = |room| index.follow_within(&mut fixes.clone(), &rules, room);
    let track = follow(&fixes);
    assert_eq!(track.visits.len(), 4);
    assert_eq!(within(4).as_ref(), Some(&track));
    for room in 0..4 {
        assert_eq!(within(room), None, "{room}");
    }
}
