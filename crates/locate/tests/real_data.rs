//! Real boundaries: the index against `geo` on a million points each, and the slow way where it is awkward.

mod patchwork;
mod real;

use geo::Contains;
use geo::indexed::IntervalTreeMultiPolygon;
use patchwork::{Dice, slowly};
use real::read;
use wangge_coverage::{BorderEdge, Coverage, Member, Owner};
use wangge_locate::{FaceIndex, Layout};
use wangge_plane::{Extent, Point, Shape};

/// Seamless by an independent check with GEOS 3.13 (the README of the data), and the property that
/// names a grid.
const SEAMLESS: [(&str, &str); 7] = [
    ("dc-grids/single-member-district-2013.geojson", "SMD_ID"),
    ("dc-grids/ward-2012.geojson", "WARD_ID"),
    (
        "dc-grids/advisory-neighborhood-commission-2013.geojson",
        "ANC_ID",
    ),
    ("cn-counties/211400_counties.geojson", "adcode"),
    ("cn-counties/360700_counties.geojson", "adcode"),
    ("calgary-wards/wards-2013.geojson", "ward_num"),
    ("calgary-wards/wards-2017.geojson", "ward_num"),
];

/// The grids of a file by code, in order, as owners are numbered.
fn grids(file: &str, code: &str) -> Option<Vec<(String, Shape)>> {
    let mut grids: Vec<(String, Shape)> = read(file)?
        .features
        .into_iter()
        .enumerate()
        .map(|(number, feature)| {
            let value = feature.property(code).cloned();
            let name =
                value.map_or_else(|| format!("feature {number:03}"), |value| value.to_string());
            let geometry = feature.geometry.expect("a geometry");
            let polygons = match geo_types::Geometry::<f64>::try_from(geometry).expect("a geometry")
            {
                geo_types::Geometry::Polygon(polygon) => geo_types::MultiPolygon(vec![polygon]),
                geo_types::Geometry::MultiPolygon(polygons) => polygons,
                other => unreachable!("{file} has polygons only, no {other:?}"),
            };
            let landed = Shape::land(&polygons).expect("on the lattice");
            (name, landed.shape.expect("it has area"))
        })
        .collect();
    grids.sort_by(|(one, _), (other, _)| one.cmp(other));
    Some(grids)
}

fn edges(grids: &[(String, Shape)]) -> Vec<BorderEdge> {
    let members: Vec<Member<'_>> = grids
        .iter()
        .map(|(code, shape)| Member { code, shape })
        .collect();
    Coverage::build(&members)
        .expect("seamless")
        .edges()
        .collect()
}

#[test]
fn a_million_points_of_each_real_coverage_get_the_grid_that_geo_finds() {
    for (file, code) in SEAMLESS {
        let Some(grids) = grids(file, code) else {
            return;
        };
        let edges = edges(&grids);
        let index = FaceIndex::build(&edges, Layout::default());
        let trees: Vec<_> = grids
            .iter()
            .map(|(_, shape)| {
                (
                    shape.extent(),
                    IntervalTreeMultiPolygon::new(&shape.to_degrees()),
                )
            })
            .collect();
        let extent = grids
            .iter()
            .map(|(_, shape)| shape.extent())
            .reduce(Extent::union)
            .expect("grids");
        let mut dice = Dice(1);
        let mut inside = 0;
        for _ in 0..1_000_000 {
            let p = within(extent, &mut dice);
            let at = geo::Point::new(p.lon(), p.lat());
            let expected = trees
                .iter()
                .zip(0u32..)
                .find(|((extent, tree), _)| extent.contains(p) && tree.contains(&at))
                .map(|(_, number)| Owner(number));
            let found = index.locate(p);
            inside += u32::from(found.is_some());
            if found != expected {
                let distance_m = index.border_distance_m(p).expect("there are borders");
                assert!(
                    distance_m < 0.02,
                    "{file}: {p:?} is in {found:?}, by geo in {expected:?}, {distance_m} m from a border"
                );
            }
        }
        assert!(inside > 100_000, "{file}: {inside} points inside");
    }
}

#[test]
fn on_the_vertices_of_real_coverages_every_layout_answers_as_the_slow_way_does() {
    for (file, code) in SEAMLESS {
        let Some(grids) = grids(file, code) else {
            return;
        };
        let edges = edges(&grids);
        let shapes: Vec<(Owner, Shape)> = grids
            .into_iter()
            .zip(0u32..)
            .map(|((_, shape), number)| (Owner(number), shape))
            .collect();
        let mut points: Vec<Point> = edges
            .iter()
            .flat_map(|edge| [edge.segment.start(), edge.segment.end()])
            .collect();
        points.sort_unstable();
        points.dedup();
        let every = points.len() / 300 + 1;
        let points: Vec<Point> = points.into_iter().step_by(every).collect();
        let expected: Vec<_> = points.iter().map(|&p| slowly(&shapes, p)).collect();
        for cell_bits in [None, Some(9), Some(12), Some(16), Some(31)] {
            let index = FaceIndex::build(
                &edges,
                Layout {
                    cell_bits,
                    ..Layout::default()
                },
            );
            for (&p, &owner) in points.iter().zip(&expected) {
                assert!(owner.is_some(), "{file}: a vertex has an owner");
                assert_eq!(
                    index.locate(p),
                    owner,
                    "{file}: at {p:?} with cells of {cell_bits:?} bits"
                );
            }
        }
    }
}

#[test]
fn the_citys_cases_are_in_the_wards_that_the_city_wrote() {
    let Some(wards) = grids("dc-grids/ward-2012.geojson", "WARD") else {
        return;
    };
    let Some(cases) = read("dc-grids/bulk-collection-last-30-days.geojson") else {
        return;
    };
    let index = FaceIndex::build(&edges(&wards), Layout::default());
    let mut checked = 0;
    for case in &cases.features {
        let ward = case
            .property("WARD")
            .expect("the city's own ward")
            .to_string();
        let geometry = case.geometry.clone().expect("a point");
        let at = geo_types::Point::<f64>::try_from(geometry).expect("a point");
        let p = Point::from_degrees(at.x(), at.y()).expect("on earth");
        let found = index
            .locate(p)
            .map(|owner| wards[owner.0 as usize].0.trim_matches('"'));
        assert_eq!(
            found,
            Some(ward.trim_matches('"').trim_start_matches("Ward ")),
            "at {p}"
        );
        checked += 1;
    }
    assert_eq!(checked, 4_280);
}

fn within(extent: Extent, dice: &mut Dice) -> Point {
    let mut narrow = |low: i32, high: i32| {
        i32::try_from(dice.within(i64::from(low), i64::from(high))).expect("between")
    };
    let (min, max) = (extent.min(), extent.max());
    Point::new(narrow(min.x(), max.x()), narrow(min.y(), max.y())).expect("in the extent")
}
