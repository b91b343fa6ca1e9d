//! What stands, stays and moves in synthetic cities: held against `geo`, the class table, and the lists
//! that import reads.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot make its city has failed"
)]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use geo::Contains;
use rstest::rstest;
use wangge_generate::{City, CitySpec, DescribedCity, Fix, city};
use wangge_model::{
    ClassTable, Code, CodeSplit, Component, ComponentRules, Department, Departments, Device,
    Dwelling, LevelIndex, ListRow,
};
use wangge_plane::{Figure, Point, Polygon, Shape};

/// A point in lattice units, which `geo`'s predicates are exact on.
fn at(p: Point) -> geo_types::Coord {
    geo_types::Coord {
        x: f64::from(p.x()),
        y: f64::from(p.y()),
    }
}

fn polygons(shape: &Shape) -> geo_types::MultiPolygon {
    let ring = |points: &[Point]| {
        points
            .iter()
            .copied()
            .map(at)
            .collect::<geo_types::LineString>()
    };
    let polygon = |part: &Polygon| {
        let holes = part
            .holes()
            .iter()
            .map(|hole| ring(hole.points()))
            .collect();
        geo_types::Polygon::new(ring(part.shell().points()), holes)
    };
    shape.parts().iter().map(polygon).collect()
}

fn grids(city: &City) -> HashMap<&Code, geo_types::MultiPolygon> {
    let grids = city.grids.iter();
    grids
        .map(|grid| (&grid.unit.code, polygons(&grid.shape)))
        .collect()
}

fn is_in(figure: &Figure, ground: &geo_types::MultiPolygon) -> bool {
    match figure {
        Figure::Point(p) => ground.contains(&geo_types::Point(at(*p))),
        Figure::Line(line) => line.parts().all(|part| {
            ground.contains(
                &part
                    .iter()
                    .copied()
                    .map(at)
                    .collect::<geo_types::LineString>(),
            )
        }),
        Figure::Area(shape) => ground.contains(&polygons(shape)),
    }
}

fn described(name: &str) -> City {
    let described = DescribedCity::ALL
        .into_iter()
        .find(|city| city.name() == name);
    city(&described.unwrap().spec().unwrap(), 3).unwrap()
}

fn small() -> City {
    city(&CitySpec::sized(60).unwrap(), 7).unwrap()
}

#[rstest]
fn every_component_is_all_in_the_grid_that_it_names(#[values("longgang", "erdao")] name: &str) {
    let city = described(name);
    let grids = grids(&city);
    let components = city.components().unwrap();
    for component in &components {
        let grid = &grids[component.grid.as_ref().unwrap()];
        assert!(is_in(&component.figure, grid), "{component:?}");
    }
    for kind in [
        |figure: &Figure| matches!(figure, Figure::Line(_)),
        |figure: &Figure| matches!(figure, Figure::Area(_)),
    ] {
        let count = components.iter().filter(|one| kind(&one.figure)).count();
        assert!(count > 200, "{count}");
    }
}

#[rstest]
fn a_town_has_about_200_components_per_square_kilometre_and_the_country_few(
    #[values("longgang", "songzi", "laiyang", "erdao", "zhanggong")] name: &str,
) {
    let city = described(name);
    let mut km2: BTreeMap<&str, f64> = BTreeMap::new();
    let mut kind_of: HashMap<&Code, &str> = HashMap::new();
    for grid in &city.grids {
        let kind = grid.unit.kind.as_ref().unwrap().as_str();
        *km2.entry(kind).or_default() += grid.shape.area_m2() / 1e6;
        kind_of.insert(&grid.unit.code, kind);
    }
    let mut counts: BTreeMap<&str, f64> = BTreeMap::new();
    for component in city.components().unwrap() {
        *counts
            .entry(kind_of[component.grid.as_ref().unwrap()])
            .or_default() += 1.0;
    }
    let (town, country) = (
        counts["urban"] / km2["urban"],
        counts["rural"] / km2["rural"],
    );
    assert!((150.0..280.0).contains(&town), "{town} per km2 of town");
    assert!(
        (2.0..100.0).contains(&country),
        "{country} per km2 of country"
    );
}

/// The cells of a list that quotes none, as import reads them.
fn rows(folder: &Path, file: &str) -> Vec<ListRow> {
    let text = std::fs::read_to_string(folder.join(file)).unwrap();
    let mut lines = text.lines();
    let columns: Vec<&str> = lines.next().unwrap().split(',').collect();
    let row = |(line, number): (&str, u64)| {
        assert!(!line.contains('"'), "{line}");
        let cells: BTreeMap<&str, &str> = columns.iter().copied().zip(line.split(',')).collect();
        let place = |column| {
            cells
                .get(column)
                .and_then(|cell: &&str| cell.parse::<f64>().ok())
        };
        let place = place("lon").zip(place("lat"));
        let place = place.map(|(lon, lat)| Figure::Point(Point::from_degrees(lon, lat).unwrap()));
        let cells = cells.into_iter().filter(|(_, cell)| !cell.is_empty());
        ListRow::new(number, cells).at(place)
    };
    lines.zip(1..).map(row).collect()
}

#[test]
fn import_reads_the_lists_without_a_fault_and_finds_what_the_city_has() {
    let city = described("longgang");
    let folder = tempfile::tempdir().unwrap();
    city.write(folder.path()).unwrap();
    let classes = ClassTable::read(&rows(folder.path(), "classes.csv")).unwrap();
    let departments = Departments::read(&rows(folder.path(), "departments.csv")).unwrap();
    let rules = ComponentRules {
        split: CodeSplit::new([6, 2, 2, 6]),
        class: None,
        classes: Some(&classes),
        departments: Some(&departments),
    };
    let mut faults = Vec::new();
    let read: Vec<Component> = rows(folder.path(), "components.csv")
        .iter()
        .filter_map(|row| Component::read(row, &rules, &mut faults))
        .collect();
    assert_eq!(faults, []);
    let components = city.components().unwrap();
    let points = components
        .iter()
        .filter(|one| matches!(one.figure, Figure::Point(_)));
    assert!(read.iter().eq(points));

    let (read, faults) = Device::read_sound(&rows(folder.path(), "devices.csv"));
    assert_eq!(faults, []);
    assert_eq!(read, city.devices(&components).unwrap());
    let codes: BTreeSet<&Code> = components.iter().map(|one| &one.code).collect();
    for device in &read {
        let unit = |code: &Code| {
            city.units()
                .find(|unit| unit.code == *code)
                .map(|unit| unit.level)
        };
        assert_eq!(
            device.check(unit, &departments, |code| codes.contains(code)),
            []
        );
    }

    let dwellings = rows(folder.path(), "households.csv");
    let (read, faults) = Dwelling::read_sound(&dwellings, &[wangge_model::ClassGeometry::Point]);
    assert_eq!(faults, []);
    assert_eq!(read, city.dwellings().unwrap());
    for file in ["readings.csv", "tracks.csv"] {
        let bytes = std::fs::metadata(folder.path().join(file)).unwrap().len();
        assert!(
            (100_000..15_000_000).contains(&bytes),
            "{file}: {bytes} bytes"
        );
    }
}

#[test]
fn codes_are_counted_up_by_class_and_the_class_table_says_how_each_is_drawn_and_known() {
    let city = described("longgang");
    let split = CodeSplit::new([6, 2, 2, 6]).unwrap();
    let table = include_str!("../../../data/classes/cjt214-2007.csv");
    let table: HashMap<&str, Vec<&str>> = table
        .lines()
        .filter(|line| line.starts_with("component,"))
        .map(|line| line.split(',').skip(1).collect())
        .map(|cells: Vec<&str>| (cells[0], cells))
        .collect();
    let components = city.components().unwrap();
    let mut last: BTreeMap<&str, u32> = BTreeMap::new();
    let mut states: BTreeMap<&str, u32> = BTreeMap::new();
    for component in &components {
        let (code, class) = (component.code.as_str(), component.class.as_str());
        assert_eq!(split.class(code), Some(class));
        assert_eq!(split.county(code), Some("211403"));
        let number: u32 = code[10..].parse().unwrap();
        let last = last.entry(class).or_default();
        assert_eq!(number, *last + 1);
        *last = number;
        let [_, name, _, geometry, accuracy] = table[class][..] else {
            panic!("five cells");
        };
        assert_eq!(component.name.as_deref(), Some(name));
        let drawn = match component.figure {
            Figure::Point(_) => "point",
            Figure::Line(_) => "line",
            Figure::Area(_) => "area",
        };
        assert_eq!(drawn, geometry, "{code}");
        let metres = BTreeMap::from([("A", 0.5), ("B", 1.0), ("C", 10.0)])[accuracy];
        assert_eq!(component.accuracy_m, Some(metres));
        assert!(
            component
                .changed
                .is_none_or(|changed| changed >= component.surveyed.unwrap())
        );
        *states.entry(component.state.unwrap().as_str()).or_default() += 1;
    }
    // every class that a town is known by
    for class in [
        "0101", "0103", "0118", "0201", "0210", "0211", "0216", "0305", "0402", "0405",
    ] {
        assert!(last.get(class).is_some_and(|&count| count > 20), "{class}");
    }
    assert_eq!(states.len(), 6);
    let intact = f64::from(states["intact"]) / f64::from(u32::try_from(components.len()).unwrap());
    assert!((0.92..0.96).contains(&intact), "{intact}");
}

#[test]
fn a_component_is_looked_after_by_the_department_that_handles_its_class() {
    let city = described("longgang");
    let names: HashMap<&Code, &Department> = city
        .departments
        .iter()
        .map(|one| (&one.code, one))
        .collect();
    let mut empty = 0;
    for component in city.components().unwrap() {
        // from data/cities/longgang.toml
        let expected = match component.class.as_str() {
            "0101" | "0102" | "0103" | "0104" => "211403-GPS",
            "0111" => "211403-RQ",
            "0118" => "211403-SZ",
            "0210" | "0211" => "211403-JJ",
            "0216" => "211403-HB",
            "0305" => "211403-HW",
            "0402" | "0405" => "211403-YL",
            _ => continue,
        };
        let own = &component.departments;
        for code in [&own.in_charge, &own.owner, &own.maintainer] {
            match code {
                Some(code) => assert_eq!(code.as_str(), expected, "{}", names[code].name),
                None => empty += 1,
            }
        }
    }
    assert!(empty > 1000, "some are empty, as in real lists");
}

#[test]
fn where_a_department_has_branches_they_keep_the_components_of_their_street() {
    let city = described("erdao");
    let street_of: HashMap<&Code, &Code> = city
        .upper
        .iter()
        .filter(|(unit, _)| unit.level == LevelIndex(2))
        .map(|(unit, _)| (&unit.code, unit.parent.as_ref().unwrap()))
        .collect();
    let parent_of: HashMap<&Code, &Code> = city
        .grids
        .iter()
        .map(|grid| (&grid.unit.code, grid.unit.parent.as_ref().unwrap()))
        .collect();
    let all: BTreeSet<&Code> = city.departments.iter().map(|one| &one.code).collect();
    let components = city.components().unwrap();
    let mut branches = 0;
    for component in &components {
        for (_, code) in component.departments.all() {
            assert!(all.contains(code), "{code}");
        }
        let own = &component.departments;
        let maintainer = own.maintainer.as_ref();
        if let Some(branch) = maintainer
            .filter(|code| code.as_str().contains("220105") && own.in_charge.as_ref() != Some(code))
        {
            let street = street_of[parent_of[component.grid.as_ref().unwrap()]];
            if branch.as_str().ends_with(street.as_str()) {
                branches += 1;
            }
        }
    }
    assert!(branches > 100, "{branches}");
}

#[rstest]
fn the_dwellings_of_a_grid_are_in_it_and_add_up_to_its_households_and_persons(
    #[values("longgang", "songzi", "laiyang", "erdao", "zhanggong")] name: &str,
) {
    let city = described(name);
    let grids = grids(&city);
    let mut sums: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    let dwellings = city.dwellings().unwrap();
    for dwelling in &dwellings {
        let code = dwelling.code.as_ref().unwrap().as_str();
        let grid = &code[..code.len() - 4];
        let (households, persons) = (dwelling.households.unwrap(), dwelling.population.unwrap());
        assert!(households > 0);
        let sum = sums.entry(grid).or_default();
        *sum = (sum.0 + households, sum.1 + persons);
        let ground = &grids[&Code::new(grid).unwrap()];
        assert!(is_in(&dwelling.figure, ground), "{code}");
    }
    for grid in &city.grids {
        let sum = sums[grid.unit.code.as_str()];
        let declared = (grid.unit.households.unwrap(), grid.unit.population.unwrap());
        assert_eq!(sum, declared, "{}", grid.unit.code);
    }
}

#[test]
fn sensors_read_through_the_day_what_they_can() {
    let city = small();
    let components = city.components().unwrap();
    let devices = city.devices(&components).unwrap();
    let class_of: HashMap<&Code, &str> = components
        .iter()
        .map(|one| (&one.code, one.class.as_str()))
        .collect();
    let kind_of: HashMap<&Code, &str> = devices
        .iter()
        .map(|one| (&one.id, one.kind.as_deref().unwrap()))
        .collect();
    for device in &devices {
        match device.kind.as_deref().unwrap() {
            "fill-sensor" => assert_eq!(class_of[device.component.as_ref().unwrap()], "0305"),
            "water-level-sensor" => {
                assert_eq!(class_of[device.component.as_ref().unwrap()], "0103");
            }
            _ => assert!(device.unit.is_some() && device.component.is_none()),
        }
    }
    let readings = city.readings(&devices);
    assert!(readings.is_sorted_by_key(|reading| reading.second));
    let mut most: BTreeMap<&str, f64> = BTreeMap::new();
    let mut per_device: BTreeMap<&Code, usize> = BTreeMap::new();
    for reading in &readings {
        let kind = kind_of[&reading.device];
        assert!(reading.second < 86_400 && reading.value >= 0.0);
        let most = most.entry(kind).or_default();
        *most = most.max(reading.value);
        *per_device.entry(&reading.device).or_default() += 1;
    }
    assert!(
        most["fill-sensor"] > 90.0 && most["fill-sensor"] <= 100.0,
        "a bin is full"
    );
    assert!(most["water-level-sensor"] > 0.8 && most["water-level-sensor"] < 3.0);
    assert!(per_device.values().all(|&count| count == 24 || count == 48));
    assert_eq!(
        City::day(readings[0].second).len(),
        "2025-06-12T00:00:00+08:00".len()
    );
    assert_eq!(City::day(8 * 3600 + 61), "2025-06-12T08:01:01+08:00");
}

/// Metres between two lattice points of a city, near enough.
fn metres(a: Point, b: Point) -> f64 {
    wangge_plane::ellipsoid::distance_m(a, b)
}

#[test]
fn workers_walk_through_their_grid_and_sweepers_along_streets_no_faster_than_they_can() {
    let city = small();
    let components = city.components().unwrap();
    let devices = city.devices(&components).unwrap();
    let fixes = city.tracks(&devices);
    assert!(fixes.is_sorted_by_key(|fix| (fix.second, fix.device.clone())));
    let grids = grids(&city);
    let mut tracks: BTreeMap<&Code, Vec<&Fix>> = BTreeMap::new();
    for fix in &fixes {
        tracks.entry(&fix.device).or_default().push(fix);
    }
    let mut kinds = BTreeMap::<&str, u32>::new();
    for (device, track) in tracks {
        let device = devices.iter().find(|one| one.id == *device).unwrap();
        let kind = device.kind.as_deref().unwrap();
        *kinds.entry(kind).or_default() += 1;
        let most_m_per_s = if kind == "worker-terminal" { 1.4 } else { 2.4 };
        for pair in track.windows(2) {
            let seconds = f64::from(pair[1].second - pair[0].second);
            let noise_m = 2.5 * (pair[0].accuracy_m + pair[1].accuracy_m);
            let gone_m = metres(pair[0].point, pair[1].point);
            // around the corner of a junction from one kerb to the other
            let corner_m = 45.0;
            assert!(
                gone_m < seconds * most_m_per_s + noise_m + corner_m,
                "{pair:?}: {gone_m} m"
            );
        }
        let far = track
            .iter()
            .any(|fix| metres(fix.point, track[0].point) > 60.0);
        assert!(far, "{} stands still", device.id);
        if kind == "worker-terminal" {
            let grid = &grids[device.unit.as_ref().unwrap()];
            let inside = track
                .iter()
                .filter(|fix| is_in(&Figure::Point(fix.point), grid))
                .count();
            assert!(
                inside * 10 > track.len() * 6,
                "{inside} of {} in {}",
                track.len(),
                device.id
            );
        }
    }
    assert_eq!(kinds["worker-terminal"], 60);
    assert!(kinds["sweeper-tracker"] >= 8);
}
