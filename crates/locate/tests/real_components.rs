//! Real components: the litter cans and traffic signal cabinets of a city, against geodesics.

mod patchwork;
mod real;

use geo::{Distance, GeodesicMeasure};
use patchwork::Dice;
use real::read;
use wangge_locate::{ComponentIndex, ComponentNear, Groups, IndexedComponent, Nearby, Shortlist};
use wangge_plane::{Extent, Figure, Point};

const RADIUS_M: f64 = 500.0;

/// 500 m along a meridian are less than this everywhere: a degree has 110,574 m at least.
const REACH_DEG: f64 = 0.005;

fn points(file: &str) -> Option<Vec<Point>> {
    let points = read(file)?.features.into_iter().map(|feature| {
        let geometry = feature.geometry.expect("a geometry");
        let at = geo_types::Point::<f64>::try_from(geometry).expect("a point");
        Point::from_degrees(at.x(), at.y()).expect("on earth")
    });
    Some(points.collect())
}

/// The same components in the same order, each at its distance to a tenth of a micrometre.
fn assert_same(found: &[ComponentNear], expected: &[ComponentNear], said: &str) {
    let components =
        |all: &[ComponentNear]| -> Vec<u32> { all.iter().map(|near| near.component).collect() };
    assert_eq!(components(found), components(expected), "{said}");
    for (near, expected) in found.iter().zip(expected) {
        assert!(
            (near.distance_m - expected.distance_m).abs() < 1e-7,
            "{said}: {near:?} {expected:?}"
        );
    }
}

#[test]
fn ten_thousand_searches_find_what_a_geodesic_to_every_component_finds() {
    let (Some(cans), Some(cabinets)) = (
        points("dc-grids/litter-cans.geojson"),
        points("dc-grids/traffic-signal-cabinets.geojson"),
    ) else {
        return;
    };
    assert_eq!((cans.len(), cabinets.len()), (5_265, 1_412));
    let components: Vec<(Point, u16)> = cans
        .iter()
        .map(|&can| (can, 0))
        .chain(cabinets.iter().map(|&cabinet| (cabinet, 1)))
        .collect();
    let index = ComponentIndex::build(components.iter().map(|&(p, group)| IndexedComponent {
        figure: Figure::Point(p),
        group,
    }));
    let extent = Extent::of(components.iter().map(|&(p, _)| p)).expect("components");
    let measure = GeodesicMeasure::new(6_378_137.0, 1.0 / 298.257_222_101);
    let mut dice = Dice(12);
    let mut shortlist = Shortlist::default();
    let mut found_in_all = 0;
    for search in 0..10_000 {
        let mut from = |low: i32, high: i32| {
            i32::try_from(dice.within(low.into(), high.into())).expect("between")
        };
        let (min, max) = (extent.min(), extent.max());
        let mut place =
            Point::new(from(min.x(), max.x()), from(min.y(), max.y())).expect("between");
        if search % 4 == 0 {
            // someone stands at a component
            place = components[search * 7 % components.len()].0;
        }
        let groups = [Groups::all(), Groups::of([0..=0]), Groups::of([1..=1])];
        let groups = &groups[search % 3];
        let nearby = Nearby {
            radius_m: RADIUS_M,
            limit: 10,
            groups,
        };
        let at = |p: Point| geo::Point::new(p.lon(), p.lat());
        let mut expected: Vec<ComponentNear> = (0..)
            .zip(&components)
            .filter(|(_, (_, group))| groups.contains(*group))
            .filter(|(_, (p, _))| (p.lat() - place.lat()).abs() < REACH_DEG)
            .map(|(component, (p, _))| ComponentNear {
                component,
                distance_m: measure.distance(at(place), at(*p)),
            })
            .filter(|near| near.distance_m <= RADIUS_M)
            .collect();
        expected.sort_by(|one, other| {
            let nearer = one.distance_m.total_cmp(&other.distance_m);
            nearer.then(one.component.cmp(&other.component))
        });
        expected.truncate(10);
        let found = index.near(place, nearby, &mut shortlist);
        assert_same(found, &expected, &format!("from {place:?}"));
        found_in_all += found.len();
    }
    assert!(found_in_all > 30_000, "{found_in_all} found in all");
}
