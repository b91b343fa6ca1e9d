//! Drawings of the classic defects that others made, each with what is wrong with it.
//!
//! `clean_fixtures/expected.txt` says what, and `clean_fixtures/verify.py` checks that against GEOS.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a test that panics has failed, and its numbers are small"
)]

mod real;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::path::Path;

use geo_types::{Coord, Geometry, LineString, MultiPolygon, Polygon};
use geojson::{GeoJson, GeometryValue};
use real::real_data;
use wangge_coverage::{Member, Outline, Terms, prove, survey};
use wangge_plane::Shape;

/// A kind of defect and the grids concerned, by their numbers.
type What = (String, Vec<usize>);

/// What is said of a drawing.
#[derive(Debug, PartialEq)]
struct Told {
    name: String,
    /// How many degrees a unit of its file is.
    unit: f64,
    seamless: bool,
    /// How many defects there are, and twice their area together in square units of the lattice.
    expected: BTreeMap<What, (RangeInclusive<usize>, Option<f64>)>,
    /// What may be reported.
    allowed: BTreeSet<What>,
}

#[test]
fn every_drawing_has_the_defects_that_are_expected_of_it() {
    let Some(folder) = real_data() else { return };
    let folder = folder.join("clean-fixtures");
    let text = include_str!("clean_fixtures/expected.txt");
    let told = read_expected(text);
    let drawn = std::fs::read_dir(&folder).unwrap().count();
    assert_eq!(told.len(), drawn, "a drawing is missing");
    let wrong: Vec<String> = told
        .iter()
        .flat_map(|told| {
            let path = folder.join(&told.name).with_extension("json");
            let differences = differences(told, &shapes(&path, told.unit));
            differences
                .into_iter()
                .map(|difference| format!("{}: {difference}", told.name))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn what_differs_from_a_drawing_is_told() {
    let square = |x: f64| {
        let corners = [(x, 0.0), (x + 1.0, 0.0), (x + 1.0, 1.0), (x, 1.0)];
        let polygon = Polygon::new(LineString::from(corners.to_vec()), vec![]);
        Shape::land(&MultiPolygon(vec![polygon]))
            .unwrap()
            .shape
            .unwrap()
    };
    let told =
        |lines: &str| read_expected(&format!("drawing d\nexpect seamless {lines}")).remove(0);
    let overlapping = [square(0.0), square(0.5)];
    let right = "false\nexpect 1 overlap 0 1 ~ 100000000000000";
    for lines in [
        right,
        "false\nexpect 1-2 overlap 0 1",
        "false\nmay overlap 0 1",
    ] {
        assert!(
            differences(&told(lines), &overlapping).is_empty(),
            "{lines}"
        );
    }
    for lines in [
        "true\nmay overlap 0 1",
        "false",
        "false\nexpect 2 overlap 0 1",
        "false\nexpect 1 overlap 0 1 ~ 104000000000000",
        "false\nexpect 1 overlap 0 1\nexpect 1 gap 0",
        "false\nexpect 1 overlap 0",
    ] {
        assert!(
            !differences(&told(lines), &overlapping).is_empty(),
            "{lines}"
        );
    }
}

/// Where a survey says other than what is expected.
fn differences(told: &Told, shapes: &[Shape]) -> Vec<String> {
    let codes: Vec<String> = (0..shapes.len()).map(|i| format!("{i:02}")).collect();
    let members: Vec<Member<'_>> = codes
        .iter()
        .zip(shapes)
        .map(|(code, shape)| Member { code, shape })
        .collect();
    let terms = Terms {
        inlet_width_m: 0.0,
        ..Terms::default()
    };
    let survey = survey(&members, &terms);
    let mut differences = Vec::new();
    let proved = prove(&members, Outline::OwnRim).seamless;
    if (proved, survey.verdict.seamless) != (told.seamless, told.seamless) {
        differences.push(format!("proved to be seamless: {proved}"));
    }
    let mut found: BTreeMap<What, (usize, f64)> = BTreeMap::new();
    for defect in survey.defects {
        let what = (defect.kind.name().to_owned(), defect.members);
        let (count, area) = found.entry(what).or_default();
        *count += 1;
        *area += defect.doubled_area.unwrap_or_default() as f64;
    }
    for (what, (count, area)) in &told.expected {
        let (reported, covered) = found.remove(what).unwrap_or_default();
        if !count.contains(&reported) {
            differences.push(format!("{count:?} of {what:?} expected, {reported} found"));
        }
        if let Some(area) = area.filter(|area| (covered / area - 1.0).abs() > 0.03) {
            differences.push(format!("{what:?} of {area} expected, {covered} found"));
        }
    }
    found.retain(|what, _| !told.allowed.contains(what));
    let others = found
        .iter()
        .map(|(what, (count, _))| format!("{count} of {what:?} not expected"));
    differences.extend(others);
    differences
}

fn read_expected(text: &str) -> Vec<Told> {
    let mut drawings: Vec<Told> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let what = |kind: &str, grids: &[&str]| {
            let grids = grids.iter().map(|grid| grid.parse().unwrap());
            (kind.to_owned(), grids.collect())
        };
        match (words.as_slice(), drawings.last_mut()) {
            ([], _) => {}
            (["drawing", name, unit @ ..], _) => drawings.push(Told {
                name: (*name).to_owned(),
                unit: unit.get(1).map_or(1.0, |unit| unit.parse().unwrap()),
                seamless: false,
                expected: BTreeMap::new(),
                allowed: BTreeSet::new(),
            }),
            (["expect", "seamless", seamless], Some(told)) => {
                told.seamless = seamless.parse().unwrap();
            }
            (["expect", count, kind, grids @ .., "~", area], Some(told)) => {
                let area = Some(area.parse().unwrap());
                told.expected
                    .insert(what(kind, grids), (range(count), area));
            }
            (["expect", count, kind, grids @ ..], Some(told)) => {
                told.expected
                    .insert(what(kind, grids), (range(count), None));
            }
            (["may", kind, grids @ ..], Some(told)) => {
                told.allowed.insert(what(kind, grids));
            }
            _ => panic!("{line}"),
        }
    }
    drawings
}

/// "4", or "4-5".
fn range(text: &str) -> RangeInclusive<usize> {
    let (fewest, most) = text.split_once('-').unwrap_or((text, text));
    fewest.parse().unwrap()..=most.parse().unwrap()
}

/// The shapes of a file: of its features, of a collection's geometries, or its only one.
fn shapes(path: &Path, unit: f64) -> Vec<Shape> {
    let text = std::fs::read_to_string(path).unwrap();
    let geometries = match text.parse().unwrap() {
        GeoJson::FeatureCollection(collection) => collection
            .features
            .into_iter()
            .map(|feature| feature.geometry.unwrap())
            .collect(),
        GeoJson::Geometry(geometry) => match geometry.value {
            GeometryValue::GeometryCollection { geometries } => geometries,
            _ => vec![geometry],
        },
        GeoJson::Feature(feature) => panic!("{feature:?} is one feature"),
    };
    geometries
        .into_iter()
        .map(|geometry| {
            let polygons = match Geometry::try_from(geometry).unwrap() {
                Geometry::Polygon(polygon) => MultiPolygon(vec![polygon]),
                Geometry::MultiPolygon(polygons) => polygons,
                other => panic!("{other:?} is no polygon"),
            };
            let drawn = polygons.iter().map(|polygon| in_degrees(polygon, unit));
            Shape::land(&drawn.collect()).unwrap().shape.unwrap()
        })
        .collect()
}

fn in_degrees(polygon: &Polygon<f64>, unit: f64) -> Polygon<f64> {
    let ring = |line: &LineString<f64>| {
        let scaled = line.coords().map(|c| Coord {
            x: c.x * unit,
            y: c.y * unit,
        });
        LineString(scaled.collect())
    };
    let holes = polygon.interiors().iter().map(ring).collect();
    Polygon::new(ring(polygon.exterior()), holes)
}
