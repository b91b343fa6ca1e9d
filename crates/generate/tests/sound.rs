//! Synthetic cities against an independent check: directed edges on the lattice that must cancel,
//! exact meetings of all edges, slow lookups through every grid.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot make its city has failed"
)]

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rstest::rstest;
use wangge_generate::{City, CitySpec, DescribedCity, ProbePlace, city};
use wangge_model::{Code, GridKind, Severity, Unit};
use wangge_plane::{Segment, Shape, Side, meetings};

/// A chain of directed edges: how often each canonical edge is used forward less backward.
#[derive(Default, PartialEq, Debug)]
struct Chain(HashMap<Segment, i32>);

impl Chain {
    fn add(&mut self, shape: &Shape) {
        for segment in shape.segments() {
            let (edge, forward) = segment.canonical();
            *self.0.entry(edge).or_default() += if forward { 1 } else { -1 };
        }
    }

    fn of<'a>(shapes: impl IntoIterator<Item = &'a Shape>) -> Self {
        let mut chain = Self::default();
        for shape in shapes {
            chain.add(shape);
        }
        chain.0.retain(|_, times| *times != 0);
        chain
    }
}

fn assert_sound(city: &City) {
    // every ring simple, of the area its role asks for, without a vertex twice
    for grid in &city.grids {
        for part in grid.shape.parts() {
            assert!(part.shell().doubled_area() > 0, "{}", grid.unit.code);
            assert!(part.holes().iter().all(|hole| hole.doubled_area() < 0));
        }
        for ring in grid.shape.rings() {
            let points: BTreeSet<_> = ring.points().iter().collect();
            assert_eq!(points.len(), ring.points().len(), "{}", grid.unit.code);
        }
    }
    // no two borders cross, overlap or end on each other
    let mut edges: Vec<Segment> = city
        .grids
        .iter()
        .flat_map(|grid| grid.shape.segments().map(|segment| segment.canonical().0))
        .collect();
    edges.sort();
    edges.dedup();
    assert_eq!(meetings(&edges), []);
    // what is left after all borders cancel is the rim of the city, once
    let shapes = || city.grids.iter().map(|grid| &grid.shape);
    let residual = Chain::of(shapes());
    assert!(residual.0.values().all(|times| times.abs() == 1));
    let (top, ground) = &city.upper[0];
    assert_eq!(top.parent, None);
    assert_eq!(residual, Chain::of([ground]));
    assert!(
        ground.rings().all(|ring| ring.doubled_area() > 0),
        "the city has a hole"
    );
    let area: i128 = shapes().map(Shape::doubled_area).sum();
    assert_eq!(area, ground.doubled_area());
    assert_levels_nest(city);
}

fn assert_levels_nest(city: &City) {
    let mut below: BTreeMap<&Code, Vec<&Shape>> = BTreeMap::new();
    let all = city
        .upper
        .iter()
        .map(|(unit, shape)| (unit, shape))
        .chain(city.grids.iter().map(|grid| (&grid.unit, &grid.shape)));
    for (unit, shape) in all {
        if let Some(parent) = &unit.parent {
            below.entry(parent).or_default().push(shape);
        }
    }
    for (unit, shape) in &city.upper {
        assert_eq!(
            Chain::of(below[&unit.code].iter().copied()),
            Chain::of([shape]),
            "{} is not the union of what is below it",
            unit.code
        );
    }
}

fn longgang(seed: u64) -> City {
    city(&CitySpec::longgang().unwrap(), seed).unwrap()
}

fn of_level(city: &City, level: usize) -> Vec<&Unit> {
    city.units().filter(|unit| unit.level.0 == level).collect()
}

#[rstest]
fn longgang_is_sound_from_ten_seeds(#[values(1, 2, 3, 4, 5, 6, 7, 8, 403, 211_403)] seed: u64) {
    assert_sound(&longgang(seed));
}

#[rstest]
#[case::songzi(DescribedCity::SONGZI)]
#[case::laiyang(DescribedCity::LAIYANG)]
#[case::erdao(DescribedCity::ERDAO)]
#[case::zhanggong(DescribedCity::ZHANGGONG)]
fn every_described_city_is_sound(#[case] described: DescribedCity, #[values(1, 2)] seed: u64) {
    let city = city(&described.spec().unwrap(), seed).unwrap();
    assert_sound(&city);
    let units: Vec<Unit> = city.units().cloned().collect();
    let defects = city.scheme.check(&units);
    let off = defects
        .iter()
        .filter(|defect| defect.severity() != Severity::Warning)
        .count();
    assert_eq!(off, 0, "{defects:?}");
}

#[rstest]
fn a_city_of_any_size_is_sound(#[values(1, 2, 3, 7, 40, 81, 300, 2500)] grids: usize) {
    for seed in 0..3 {
        let city = city(&CitySpec::sized(grids).unwrap(), seed).unwrap();
        assert_eq!(city.grids.len(), grids);
        assert_sound(&city);
        assert_eq!(
            city.scheme
                .check(&city.units().cloned().collect::<Vec<_>>())
                .iter()
                .filter(|defect| defect.severity() != Severity::Warning)
                .count(),
            0
        );
    }
}

/// The first throw of this city has two borders that meet, so that a second is needed.
#[test]
fn a_city_that_came_out_badly_is_thrown_again() {
    let city = city(&CitySpec::sized(91).unwrap(), 478).unwrap();
    assert_eq!(city.seed, 478);
    assert_sound(&city);
}

/// The counts are those that the demonstration city was asked to have.
#[test]
fn longgang_has_11_streets_62_communities_19_villages_and_448_grids() {
    let city = longgang(1);
    assert_eq!(of_level(&city, 0)[0].code.as_str(), "211403");
    assert_eq!(of_level(&city, 1).len(), 11);
    let communities = of_level(&city, 2);
    // communities 001 to 199, villages 200 to 399: the bureau of statistics' rule
    let of = |range: std::ops::RangeInclusive<u32>| {
        communities
            .iter()
            .filter(|unit| range.contains(&unit.code.as_str()[9..].parse().unwrap()))
            .count()
    };
    assert_eq!(
        (of(1..=199), of(200..=399), communities.len()),
        (62, 19, 81)
    );
    assert_eq!(of_level(&city, 3).len(), 448);
}

#[test]
fn every_unit_satisfies_the_scheme_but_for_a_few_sizes_to_look_at() {
    let city = longgang(1);
    let units: Vec<Unit> = city.units().cloned().collect();
    let defects = city.scheme.check(&units);
    assert!(
        defects
            .iter()
            .all(|defect| defect.severity() == Severity::Warning),
        "{defects:?}"
    );
    assert!(defects.len() < 20, "{}", defects.len());
    for unit in &units {
        assert!(unit.note.as_ref().unwrap().contains("synthetic"));
        assert_eq!(
            city.scheme.parent_of(unit, unit.parent.as_ref()).unwrap(),
            unit.parent
        );
    }
}

/// GB/T 34300-2017: 300 to 500 households in an urban base grid.
#[rstest]
fn nearly_all_urban_grids_have_300_to_500_households(#[values(1, 2, 3)] seed: u64) {
    let city = longgang(seed);
    let urban: Vec<u32> = city
        .grids
        .iter()
        .filter(|grid| grid.unit.kind == Some(GridKind::Urban))
        .map(|grid| grid.unit.households.unwrap())
        .collect();
    let within = urban
        .iter()
        .filter(|households| (300..=500).contains(*households))
        .count();
    assert!(urban.len() > 350);
    assert!(
        within * 100 >= urban.len() * 95,
        "{within} of {}",
        urban.len()
    );
}

/// Two islands, and two of the seven settlements in the fields, belong to grids elsewhere; every
/// other grid is one piece.
#[rstest]
fn only_islands_and_enclaves_are_parts_of_grids_elsewhere(#[values(1, 2, 3)] seed: u64) {
    let city = longgang(seed);
    let extra: usize = city
        .grids
        .iter()
        .map(|grid| grid.shape.parts().len() - 1)
        .sum();
    assert_eq!(extra, 4);
}

#[test]
fn longgang_lies_in_its_place_with_its_area() {
    let city = longgang(1);
    let ground = &city.upper[0].1;
    let extent = ground.extent();
    assert!(
        extent.min().lon() > 120.70 && extent.max().lon() < 121.05,
        "{extent:?}"
    );
    assert!(
        extent.min().lat() > 40.57 && extent.max().lat() < 40.83,
        "{extent:?}"
    );
    let km2 = ground.area_m2() / 1e6;
    assert!((170.0..190.0).contains(&km2), "{km2}");
    let mut areas: Vec<f64> = city.grids.iter().map(|grid| grid.shape.area_m2()).collect();
    areas.sort_by(f64::total_cmp);
    // a dense middle and wide fields
    let (median, tenth) = (areas[areas.len() / 2], areas[areas.len() * 9 / 10]);
    assert!(
        median < 250_000.0,
        "half of the grids are smaller than {median} m2"
    );
    assert!(
        tenth > 1_000_000.0,
        "a tenth of the grids are larger than {tenth} m2"
    );
}

#[test]
fn longgang_has_a_grid_in_the_hole_of_another_and_enclaves_of_grids_elsewhere() {
    let city = longgang(1);
    let shells: BTreeSet<Vec<_>> = city
        .grids
        .iter()
        .filter(|grid| grid.shape.parts().len() == 1)
        .map(|grid| sorted(grid.shape.parts()[0].shell().points()))
        .collect();
    let filled = city
        .grids
        .iter()
        .flat_map(|grid| grid.shape.parts())
        .flat_map(wangge_plane::Polygon::holes)
        .filter(|hole| shells.contains(&sorted(hole.points())))
        .count();
    assert!(filled >= 2, "{filled}");
    let parted = |shapes: Vec<&Shape>| shapes.iter().filter(|s| s.parts().len() > 1).count();
    assert!(parted(city.grids.iter().map(|grid| &grid.shape).collect()) >= 3);
    let streets = city.upper.iter().filter(|(unit, _)| unit.level.0 == 1);
    assert!(parted(streets.map(|(_, shape)| shape).collect()) >= 2);
}

fn sorted(points: &[wangge_plane::Point]) -> Vec<wangge_plane::Point> {
    let mut points = points.to_vec();
    points.sort();
    points
}

/// The half-open rule, slowly: the grid that winds around the nudged point; where none does, the
/// lowest code of those whose border the point lies on.
#[test]
fn the_truth_agrees_with_a_slow_look_at_every_grid() {
    let city = longgang(3);
    for probe in city.probes.iter().step_by(3) {
        let near = city
            .grids
            .iter()
            .filter(|grid| grid.shape.extent().contains(probe.point));
        let touching: Vec<_> = near
            .filter(|grid| grid.shape.side(probe.point) != Side::Outside)
            .collect();
        let holders: Vec<_> = touching
            .iter()
            .filter(|grid| grid.shape.winding_nudged(probe.point) == 1)
            .collect();
        assert!(holders.len() <= 1);
        let expected = holders
            .first()
            .map(|grid| &grid.unit.code)
            .or_else(|| touching.iter().map(|grid| &grid.unit.code).min());
        assert_eq!(probe.grid.as_ref(), expected, "{probe:?}");
        let on_rim = city.upper[0].1.side(probe.point);
        let place = match (on_rim, touching.len()) {
            (Side::Outside, _) => ProbePlace::Outside,
            (Side::On, _) => ProbePlace::Rim,
            (Side::Inside, 1) => ProbePlace::Inside,
            (Side::Inside, _) => ProbePlace::Border,
        };
        assert_eq!(probe.place, place, "{probe:?}");
    }
    for place in [
        ProbePlace::Inside,
        ProbePlace::Border,
        ProbePlace::Rim,
        ProbePlace::Outside,
    ] {
        assert!(
            city.probes
                .iter()
                .filter(|probe| probe.place == place)
                .count()
                > 10,
            "{place:?}"
        );
    }
}

/// Numbers of grids in one community run from north-west to south-east: the first is nowhere
/// south of the last by more than a community is high.
#[test]
fn the_first_grid_of_a_community_lies_north_of_its_last() {
    let city = longgang(1);
    let mut of: BTreeMap<&Code, Vec<f64>> = BTreeMap::new();
    for grid in &city.grids {
        let extent = grid.shape.parts()[0].shell().extent();
        let middle = f64::midpoint(extent.min().lat(), extent.max().lat());
        of.entry(grid.unit.parent.as_ref().unwrap())
            .or_default()
            .push(middle);
    }
    let many: Vec<_> = of.values().filter(|middles| middles.len() > 3).collect();
    let north = many.iter().filter(|m| m[0] > m[m.len() - 1]).count();
    assert!(north * 10 >= many.len() * 9, "{north} of {}", many.len());
}
