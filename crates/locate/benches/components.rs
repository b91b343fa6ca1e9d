//! The ten nearest of a million components within 500 m, against what one would otherwise write: an R-tree
//! (`rstar`) over metres in the plane, and geodesics (`geo`) to what it finds, in the same run.
#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]
#![expect(clippy::cast_precision_loss, reason = "figures for people")]

#[path = "../tests/patchwork/mod.rs"]
mod patchwork;
mod process;

use std::hint::black_box;
use std::time::Instant;

use geo::{Distance, GeodesicMeasure};
use geographiclib_rs::Geodesic;
use patchwork::Dice;
use process::{provenance, resident_bytes, thread_time_ns};
use rstar::RTree;
use rstar::primitives::GeomWithData;
use wangge_locate::{ComponentIndex, Groups, IndexedComponent, Nearby, Shortlist};
use wangge_plane::{Figure, Point, ellipsoid};

const COMPONENTS: usize = 1_000_000;
const RADIUS_M: f64 = 500.0;
const LIMIT: usize = 10;
const CLASSES: u16 = 120;
const SEARCHES: usize = 20_000;

/// What one core must do in a second.
const WANTED_PER_S: f64 = 50_000.0;

/// Rounds of each side over all places, taken in turns; the fastest counts, which neighbours disturbed least.
const ROUNDS: usize = 7;

/// Where the middle of the city is, and how many lattice units make a kilometre there.
const MIDDLE: (i64, i64) = (1_208_000_000, 407_000_000);
const KILOMETRE: (f64, f64) = (118_300.0, 90_050.0);

fn main() {
    println!("{}", provenance());
    let mut dice = Dice(11);
    // 1,000 components per square kilometre
    let even: Vec<Point> = (0..COMPONENTS)
        .map(|_| within(&mut dice, MIDDLE, 31.6))
        .collect();
    // eighty towns of 2,000 per square kilometre and more, a third of all spread thin over the country between
    let towns: Vec<(i64, i64)> = (0..80)
        .map(|_| {
            let middle = within(&mut dice, MIDDLE, 110.0);
            (i64::from(middle.x()), i64::from(middle.y()))
        })
        .collect();
    let clustered: Vec<Point> = (0..COMPONENTS)
        .map(|number| {
            if number % 3 == 0 {
                return within(&mut dice, MIDDLE, 120.0);
            }
            let town = towns[number / 3 % towns.len()];
            // denser towards the middle
            let across = 3.0 * (dice.share() + dice.share());
            within(&mut dice, town, across)
        })
        .collect();
    measure("evenly spread, 1,000 per km2", &even, &mut dice);
    measure(
        "in towns of 400 to 10,000 per km2 and country of 23 per km2",
        &clustered,
        &mut dice,
    );
}

fn measure(name: &str, places: &[Point], dice: &mut Dice) {
    let groups: Vec<u16> = places
        .iter()
        .map(|_| u16::try_from(dice.within(0, i64::from(CLASSES) - 1)).expect("a class"))
        .collect();
    let start = Instant::now();
    let index =
        ComponentIndex::build(
            places
                .iter()
                .zip(&groups)
                .map(|(&p, &group)| IndexedComponent {
                    figure: Figure::Point(p),
                    group,
                }),
        );
    let built = start.elapsed();
    let before = resident_bytes();
    let start = Instant::now();
    let tree = TreeOfPoints::build(places, &groups);
    let tree_built = start.elapsed();
    let tree_bytes = resident_bytes().saturating_sub(before);
    println!("\n{} components {name}", places.len());
    println!(
        "  built in {:.2} s, {:.1} MB, {:.1} bytes per component; the R-tree in {:.2} s, {:.1} MB resident",
        built.as_secs_f64(),
        index.memory_bytes() as f64 / 1e6,
        index.memory_bytes() as f64 / places.len() as f64,
        tree_built.as_secs_f64(),
        tree_bytes as f64 / 1e6,
    );

    // where people are, components are: within 100 m of one
    let from: Vec<Point> = (0..SEARCHES)
        .map(|_| {
            let last = i64::try_from(places.len()).expect("a million") - 1;
            let at = usize::try_from(dice.within(0, last)).expect("an index");
            within(
                dice,
                (i64::from(places[at].x()), i64::from(places[at].y())),
                0.2,
            )
        })
        .collect();
    for (asked, groups, wanted) in [
        ("of any class", Groups::all(), Some(WANTED_PER_S)),
        ("of a twelfth of the classes", Groups::of([20..=29]), None),
        ("of one class", Groups::of([7..=7]), None),
    ] {
        let nearby = Nearby {
            radius_m: RADIUS_M,
            limit: LIMIT,
            groups: &groups,
        };
        let mut shortlist = Shortlist::default();
        let mut differing = 0;
        let mut found = 0;
        for &place in &from {
            let ours = index.near(place, nearby, &mut shortlist);
            let theirs = tree.near(place, nearby);
            found += ours.len();
            let same = ours.len() == theirs.len()
                && ours.iter().zip(&theirs).all(|(near, (component, metres))| {
                    near.component == *component && (near.distance_m - metres).abs() < 1e-6
                });
            differing += u32::from(!same);
        }
        let (mut ours_ns, mut theirs_ns) = (f64::INFINITY, f64::INFINITY);
        for _ in 0..ROUNDS {
            ours_ns = ours_ns.min(per_search(&from, |place| {
                index.near(place, nearby, &mut shortlist).len()
            }));
            theirs_ns = theirs_ns.min(per_search(&from, |place| tree.near(place, nearby).len()));
        }
        let per_s = 1e9 / ours_ns;
        let verdict = match wanted {
            None => String::new(),
            Some(wanted) if per_s >= wanted => format!(", at least {wanted} wanted"),
            Some(wanted) => format!(", {wanted} wanted: MISSED"),
        };
        println!(
            "  the {LIMIT} nearest {asked} within {RADIUS_M} m ({:.1} found): {:.2} us, {per_s:.0} per second and core{verdict}; rstar + geo {:.2} us: {:.1}x; {differing} of {} answers differ",
            found as f64 / from.len() as f64,
            ours_ns / 1e3,
            theirs_ns / 1e3,
            theirs_ns / ours_ns,
            from.len(),
        );
    }
    let geodesic_ns = per_search(&from, |place| ellipsoid::geodesic_m(place, from[0]));
    println!(
        "  one geodesic of that length and more: {:.2} us",
        geodesic_ns / 1e3
    );
}

/// The baseline.
struct TreeOfPoints {
    tree: RTree<GeomWithData<[f64; 2], (u32, u16)>>,
    degrees: Vec<geo::Point>,
    measure: GeodesicMeasure<Box<dyn FnOnce() -> Geodesic>>,
}

impl TreeOfPoints {
    fn build(places: &[Point], groups: &[u16]) -> Self {
        let points = places.iter().zip(groups).zip(0..);
        let points =
            points.map(|((&p, &group), number)| GeomWithData::new(metres(p), (number, group)));
        Self {
            tree: RTree::bulk_load(points.collect()),
            degrees: places
                .iter()
                .map(|p| geo::Point::new(p.lon(), p.lat()))
                .collect(),
            measure: GeodesicMeasure::new(ellipsoid::SEMI_MAJOR_M, ellipsoid::FLATTENING),
        }
    }

    fn near(&self, place: Point, nearby: Nearby<'_>) -> Vec<(u32, f64)> {
        let from = geo::Point::new(place.lon(), place.lat());
        let mut found: Vec<(u32, f64)> = self
            .tree
            .nearest_neighbor_iter_with_distance_2(metres(place))
            .take_while(|(_, metres2)| *metres2 <= nearby.radius_m * nearby.radius_m)
            .filter(|(entry, _)| nearby.groups.contains(entry.data.1))
            .take(nearby.limit)
            .map(|(entry, _)| {
                let number = entry.data.0;
                (
                    number,
                    self.measure.distance(from, self.degrees[number as usize]),
                )
            })
            .collect();
        found.sort_by(|one, other| one.1.total_cmp(&other.1));
        found
    }
}

/// A place in the plane that fits the city's middle.
fn metres(p: Point) -> [f64; 2] {
    let scale = ellipsoid::metres_per_degree(MIDDLE.1 as f64 * 1e-7);
    [p.lon() * scale.east, p.lat() * scale.north]
}

/// A place in a square so many kilometres wide.
fn within(dice: &mut Dice, middle: (i64, i64), kilometres: f64) -> Point {
    let mut at = |middle: i64, kilometre: f64| {
        #[expect(clippy::cast_possible_truncation, reason = "a city is small")]
        let offset = ((dice.share() - 0.5) * kilometres * kilometre) as i64;
        i32::try_from(middle + offset).expect("on earth")
    };
    Point::new(at(middle.0, KILOMETRE.0), at(middle.1, KILOMETRE.1)).expect("on earth")
}

/// Nanoseconds of this thread's processor time.
fn per_search<T>(places: &[Point], mut search: impl FnMut(Point) -> T) -> f64 {
    for &place in &places[..places.len() / 4] {
        black_box(search(place));
    }
    let start = thread_time_ns();
    for &place in places {
        black_box(search(place));
    }
    (thread_time_ns() - start) / places.len() as f64
}
