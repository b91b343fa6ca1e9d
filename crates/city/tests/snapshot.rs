//! A compiled city answers as the interface promises.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what helps tests may panic as tests do"
)]

mod drawing;

use std::collections::HashMap;

use drawing::{V1, grid, parts, shape, square, town, town_grids};
use rstest::rstest;
use serde_json::{Value, json};
use wangge_city::{
    City, CityError, GridQuery, LocateRequest, Shown, Status, feature_id, to_degrees_of,
};
use wangge_crs::Crs;
use wangge_plane::{Extent, Point};

fn asked(city: &City, lon: f64, lat: f64) -> Value {
    let request = LocateRequest {
        lon,
        lat,
        crs: &Crs::Lattice,
        near_m: None,
        subject: None,
        accuracy: None,
        components: None,
        shown: Shown::default(),
    };
    serde_json::to_value(city.locate(&request).unwrap()).unwrap()
}

fn code_at(city: &City, lon: f64, lat: f64) -> Option<String> {
    Some(asked(city, lon, lat)["grid"]["code"].as_str()?.to_owned())
}

/// Metres per degree of longitude and latitude on WGS 84, by the series of the US National
/// Geospatial-Intelligence Agency's calculator, good to a centimetre.
fn metres_per_degree(lat: f64) -> (f64, f64) {
    let phi = lat.to_radians();
    (
        111_412.84 * phi.cos() - 93.5 * (3.0 * phi).cos() + 0.118 * (5.0 * phi).cos(),
        111_132.92 - 559.82 * (2.0 * phi).cos() + 1.175 * (4.0 * phi).cos()
            - 0.0023 * (6.0 * phi).cos(),
    )
}

#[test]
fn an_answer_is_what_the_interface_says_and_no_member_more() {
    let answer = asked(&town(), 120.801, 40.705);
    // 0.001 degree east of the western border
    let metres = answer["border_distance_m"].as_f64().unwrap();
    assert!(
        (metres - 0.001 * metres_per_degree(40.705).0).abs() < 0.006,
        "{metres}"
    );
    assert_eq!(
        answer,
        json!({
            "version": "1.1",
            "status": "inside",
            "point": {"lon": 120.801, "lat": 40.705, "crs": "EPSG:4490"},
            "grid": {"id": 1, "code": "211403001001", "name": "网格001", "level": "grid", "kind": "urban"},
            // streets and districts: 2^52 and the first 52 bits of their codes' SHA-256, by Python's hashlib
            "chain": [
                {"id": 7_014_052_848_819_803_u64, "level": "district", "code": "211403", "name": "龙港区"},
                {"id": 5_144_784_973_647_783_u64, "level": "street", "code": "211403001", "name": "西街道"},
                {"id": 1, "level": "grid", "code": "211403001001", "name": "网格001"},
            ],
            "border_distance_m": metres,
        })
    );
}

#[test]
fn a_point_outside_has_no_grid_and_no_chain() {
    assert_eq!(
        asked(&town(), 120.799, 40.705),
        json!({
            "version": "1.1",
            "status": "outside",
            "point": {"lon": 120.799, "lat": 40.705, "crs": "EPSG:4490"},
        })
    );
}

#[rstest]
#[case::inside(120.8151, 40.7151, None)]
#[case::near(120.7999, 40.705, Some(1000.0))]
#[case::outside(120.0, -0.0, None)]
#[case::small(1e-9, 1e-7, None)]
fn the_written_answer_is_what_serde_writes(
    #[case] lon: f64,
    #[case] lat: f64,
    #[case] near_m: Option<f64>,
) {
    let mut grids = town_grids();
    grids[2].unit.name = Some("\"引号\"\\\u{1}".to_owned());
    grids[0].unit.name = None;
    grids[0].unit.kind = None;
    let mut parts = parts(V1, grids);
    parts.upper[1].name = Some("\"西\"".to_owned());
    let city = City::of_parts(parts).unwrap();
    for crs in ["EPSG:4490", "EPSG:4326", "gcj02"] {
        let crs: Crs = crs.parse().unwrap();
        let answer = city
            .locate(&LocateRequest {
                lon,
                lat,
                crs: &crs,
                near_m,
                subject: None,
                accuracy: None,
                components: None,
                shown: Shown::default(),
            })
            .unwrap();
        let mut written = Vec::new();
        answer.write_json(&mut written);
        assert_eq!(
            String::from_utf8(written).unwrap(),
            serde_json::to_string(&answer).unwrap()
        );
    }
}

#[rstest]
#[case::inside(120.805, 40.705, Some("211403001001"))]
#[case::shared_border_goes_east(120.81, 40.705, Some("211403001002"))]
#[case::shared_border_goes_north(120.805, 40.71, Some("211403002001"))]
#[case::corner_of_four_goes_north_east(120.81, 40.71, Some("211403002002"))]
#[case::eastern_rim(120.82, 40.705, Some("211403001002"))]
#[case::northern_rim(120.805, 40.72, Some("211403002001"))]
#[case::enclave(120.815, 40.715, Some("211403001003"))]
#[case::western_border_of_the_enclave(120.814, 40.715, Some("211403001003"))]
#[case::eastern_border_of_the_enclave(120.816, 40.715, Some("211403002002"))]
#[case::beside_the_enclave(120.8139, 40.715, Some("211403002002"))]
#[case::outside(120.8201, 40.705, None)]
fn one_point_has_one_grid(#[case] lon: f64, #[case] lat: f64, #[case] code: Option<&str>) {
    assert_eq!(code_at(&town(), lon, lat).as_deref(), code);
}

#[test]
fn a_point_outside_is_near_within_the_tolerance_only() {
    let city = town();
    let away = 0.001 * metres_per_degree(40.705).0;
    let asked = |near_m| {
        city.locate(&LocateRequest {
            lon: 120.799,
            lat: 40.705,
            crs: &Crs::Lattice,
            near_m: Some(near_m),
            subject: None,
            accuracy: None,
            components: None,
            shown: Shown::default(),
        })
        .unwrap()
    };
    let near = asked(away + 0.1);
    assert_eq!(near.status, Status::Near);
    assert_eq!(near.grid.unwrap().code, "211403001001");
    assert!((near.distance_m.unwrap() - away).abs() < 0.006);
    assert_eq!(near.border_distance_m, None);
    assert_eq!(asked(away - 0.1).status, Status::Outside);
    assert_eq!(asked(0.0).status, Status::Outside);
}

#[rstest]
#[case("gcj02", "gcj02")]
#[case("bd09", "bd09")]
#[case("EPSG:4326", "EPSG:4326")]
#[case("EPSG:4528", "EPSG:4528")]
fn a_point_comes_back_in_the_system_it_was_asked_in(#[case] crs: &str, #[case] told: &str) {
    let crs: Crs = crs.parse().unwrap();
    let city = town();
    let point = Point::from_degrees(120.815, 40.715).unwrap();
    let (lon, lat) = to_degrees_of(&crs, point).unwrap();
    let answer = city
        .locate(&LocateRequest {
            lon,
            lat,
            crs: &crs,
            near_m: None,
            subject: None,
            accuracy: None,
            components: None,
            shown: Shown::default(),
        })
        .unwrap();
    let answer = serde_json::to_value(answer).unwrap();
    assert_eq!(
        answer["point"],
        json!({"lon": lon, "lat": lat, "crs": told})
    );
    assert_eq!(answer["grid"]["code"], "211403001003");
}

#[test]
fn the_same_numbers_in_another_system_are_another_place() {
    // GCJ-02 is shifted by some 500 m here: the enclave is 170 m wide
    let city = town();
    let crs = Crs::Gcj02;
    let answer = city.locate(&LocateRequest {
        lon: 120.815,
        lat: 40.715,
        crs: &crs,
        near_m: None,
        subject: None,
        accuracy: None,
        components: None,
        shown: Shown::default(),
    });
    assert_ne!(
        answer.unwrap().grid.map(|grid| grid.code),
        Some("211403001003")
    );
}

#[test]
fn upper_units_are_the_ground_of_their_grids() {
    let city = town();
    let area = |code: &str| {
        city.grid(code, &Crs::Lattice, Shown::default())
            .unwrap()
            .properties
            .unit
            .area_m2
    };
    let grids: f64 = town_grids()
        .into_iter()
        .map(|grid| area(grid.unit.code.as_str()))
        .sum();
    assert!((area("211403") - grids).abs() < 0.1);
    // 2 by 2 hundredths of a degree, as a trapezium on the ellipsoid
    let (east, north) = metres_per_degree(40.71);
    let expected = 4e-4 * east * north;
    assert!(
        (area("211403") / expected - 1.0).abs() < 1e-6,
        "{} {expected}",
        area("211403")
    );

    let street = serde_json::to_value(
        city.grid("211403002", &Crs::Lattice, Shown::default())
            .unwrap(),
    )
    .unwrap();
    assert_eq!(street["geometry"]["type"], "Polygon");
    assert_eq!(
        street["geometry"]["coordinates"].as_array().unwrap().len(),
        2,
        "a hole"
    );
    let other = serde_json::to_value(
        city.grid("211403001", &Crs::Lattice, Shown::default())
            .unwrap(),
    )
    .unwrap();
    assert_eq!(
        other["geometry"]["type"], "MultiPolygon",
        "with its enclave"
    );
}

fn sides(city: &City, code: &str) -> HashMap<String, Vec<String>> {
    let sides = serde_json::to_value(city.sides(code).unwrap()).unwrap();
    sides
        .as_object()
        .unwrap()
        .iter()
        .map(|(side, list)| {
            let names = list.as_array().unwrap().iter().map(|bordering| {
                let code = bordering["code"].as_str();
                assert_eq!(bordering["outside"] == true, code.is_none());
                code.unwrap_or("outside").to_owned()
            });
            (side.clone(), names.collect())
        })
        .collect()
}

#[rstest]
#[case("211403001001", &["211403001002"], &["outside"], &["outside"], &["211403002001"], &[])]
#[case("211403002002", &["outside"], &["211403001002"], &["211403002001"], &["outside"], &["211403001003"])]
#[case("211403001003", &["211403002002"], &["211403002002"], &["211403002002"], &["211403002002"], &[])]
#[case("211403", &["outside"], &["outside"], &["outside"], &["outside"], &[])]
#[case("211403002", &["outside"], &["211403001"], &["outside"], &["outside"], &["211403001"])]
fn a_unit_borders_on_its_four_sides(
    #[case] code: &str,
    #[case] east: &[&str],
    #[case] south: &[&str],
    #[case] west: &[&str],
    #[case] north: &[&str],
    #[case] inside: &[&str],
) {
    let sides = sides(&town(), code);
    assert_eq!(sides["east"], east);
    assert_eq!(sides["south"], south);
    assert_eq!(sides["west"], west);
    assert_eq!(sides["north"], north);
    assert_eq!(
        sides.get("inside").map_or(&[] as &[String], Vec::as_slice),
        inside
    );
}

#[test]
fn a_winding_border_faces_where_it_faces_as_a_whole() {
    // two grids whose common border runs north in steps of 1/20 of their side
    use wangge_plane::{Polygon, Ring, Shape};
    let corner = |x: f64, y: f64| Point::from_degrees(120.8 + x / 100.0, 40.7 + y / 100.0).unwrap();
    let mut steps = vec![corner(1.0, 0.0)];
    for i in 0..20_u32 {
        let y = f64::from(i) / 20.0;
        let x = if i % 2 == 0 { 1.04 } else { 1.0 };
        steps.push(corner(x, y));
        steps.push(corner(x, y + 0.05));
    }
    steps.dedup();
    let last = corner(1.0, 1.0);
    let mut west = vec![corner(0.0, 0.0)];
    west.extend(&steps);
    west.extend([last, corner(0.0, 1.0)]);
    let mut east: Vec<Point> = steps.clone();
    east.reverse();
    east.extend([corner(2.0, 0.0), corner(2.0, 1.0), last]);
    let of = |ring: Vec<Point>| {
        Shape::new(vec![Polygon::new(Ring::new(ring).unwrap(), vec![])]).unwrap()
    };
    let grids = vec![
        grid("211403001001", of(west)),
        grid("211403001002", of(east)),
    ];
    let city = City::of_parts(parts(V1, grids)).unwrap();
    let sides = sides(&city, "211403001001");
    assert_eq!(sides["east"], ["211403001002"]);
    assert_eq!(sides["north"], ["outside"]);
    assert_eq!(sides["south"], ["outside"]);
}

#[test]
fn one_unit_comes_with_what_is_above_and_below_it() {
    let city = town();
    let street = serde_json::to_value(
        city.grid("211403001", &Crs::Lattice, Shown::default())
            .unwrap(),
    )
    .unwrap();
    let properties = &street["properties"];
    assert_eq!(properties["level"], "street");
    assert_eq!(properties["parent"], "211403");
    assert_eq!(
        properties["parents"],
        json!([{"id": feature_id("211403"), "level": "district", "code": "211403", "name": "龙港区"}])
    );
    assert_eq!(properties["children"].as_array().unwrap().len(), 3);
    assert!(matches!(
        city.grid("nowhere", &Crs::Lattice, Shown::default()),
        Err(CityError::UnknownCode { .. })
    ));
}

fn listed(city: &City, query: GridQuery) -> Vec<String> {
    let mut codes = Vec::new();
    let mut query = query;
    loop {
        let page = city.grids(&query).unwrap();
        assert!(page.len() <= query.limit);
        for i in 0..page.len() {
            let feature = city.page_feature(&page, i, &Crs::Lattice).unwrap();
            codes.push(feature.properties.code.to_owned());
        }
        match page.next {
            None => return codes,
            next => query.cursor = next.map(|cursor| cursor.to_string().parse().unwrap()),
        }
    }
}

fn bbox(west: f64, south: f64, east: f64, north: f64) -> Option<Extent> {
    let corner = |lon, lat| Point::from_degrees(lon, lat).unwrap();
    Extent::of([corner(west, south), corner(east, north)])
}

#[rstest]
#[case(1)]
#[case(2)]
#[case(5)]
#[case(6)]
fn pages_add_up_to_the_whole_whatever_their_size(#[case] limit: usize) {
    let city = town();
    let expected: Vec<String> = town_grids()
        .iter()
        .map(|g| g.unit.code.to_string())
        .collect();
    let query = GridQuery {
        limit,
        ..GridQuery::default()
    };
    assert_eq!(listed(&city, query), expected);
}

#[rstest]
#[case::inside_a_grid(bbox(120.802, 40.702, 120.803, 40.703), &["211403001001"])]
#[case::in_the_hole_is_the_enclave_only(bbox(120.8145, 40.7145, 120.8155, 40.7155), &["211403001003"])]
#[case::a_point_of_the_rim(bbox(120.82, 40.715, 120.83, 40.716), &["211403002002"])]
#[case::a_common_corner(bbox(120.81, 40.71, 120.81, 40.71), &["211403001001", "211403001002", "211403002001", "211403002002"])]
#[case::a_strip_across(bbox(120.79, 40.704, 120.83, 40.705), &["211403001001", "211403001002"])]
#[case::elsewhere(bbox(121.0, 40.7, 121.1, 40.8), &[])]
fn a_box_finds_the_ground_that_shares_a_point_with_it(
    #[case] bbox: Option<Extent>,
    #[case] codes: &[&str],
) {
    let query = GridQuery {
        bbox,
        limit: 10,
        ..GridQuery::default()
    };
    assert_eq!(listed(&town(), query), codes);
}

#[test]
fn a_list_keeps_to_its_level_and_its_parent() {
    let city = town();
    let query = |level: Option<&str>, parent: Option<&str>| GridQuery {
        level: level.map(str::to_owned),
        parent: parent.map(str::to_owned),
        limit: 10,
        ..GridQuery::default()
    };
    assert_eq!(
        listed(&city, query(Some("street"), None)),
        ["211403001", "211403002"]
    );
    assert_eq!(
        listed(&city, query(None, Some("211403002"))),
        ["211403002001", "211403002002"]
    );
    assert_eq!(listed(&city, query(None, Some("211403"))).len(), 5);
    assert!(matches!(
        city.grids(&query(Some("street"), Some("211403001"))),
        Err(CityError::NotAbove { .. })
    ));
    assert!(matches!(
        city.grids(&query(Some("village"), None)),
        Err(CityError::UnknownLevel { .. })
    ));
}

#[test]
fn a_cursor_of_another_version_is_refused() {
    let old = town();
    let page = old
        .grids(&GridQuery {
            limit: 1,
            ..GridQuery::default()
        })
        .unwrap();
    let new = City::of_parts(parts("1.2".parse().unwrap(), town_grids())).unwrap();
    let next = GridQuery {
        limit: 1,
        cursor: page.next,
        ..GridQuery::default()
    };
    assert!(matches!(
        new.grids(&next),
        Err(CityError::CursorExpired { .. })
    ));
}

#[test]
fn grids_that_overlap_are_no_city() {
    let mut grids = town_grids();
    grids.push(grid(
        "211403001004",
        shape(square(0.5, 0.5, 1.5, 1.5), vec![]),
    ));
    assert!(matches!(
        City::of_parts(parts(V1, grids)),
        Err(CityError::NotSeamless { .. })
    ));
}

#[test]
fn a_code_used_twice_is_no_city() {
    let mut grids = town_grids();
    grids.push(grid(
        "211403001001",
        shape(square(2.0, 0.0, 3.0, 1.0), vec![]),
    ));
    assert!(matches!(
        City::of_parts(parts(V1, grids)),
        Err(CityError::CodeTwice { code }) if code.as_str() == "211403001001"
    ));
    assert!(matches!(
        City::of_parts(parts(V1, vec![])),
        Err(CityError::NoGrids { .. })
    ));
}

#[test]
fn a_number_given_to_two_codes_is_no_city() {
    let mut doubled = parts(V1, town_grids());
    for id in doubled.feature_ids.values_mut() {
        *id = 7;
    }
    assert!(matches!(
        City::of_parts(doubled),
        Err(CityError::FeatureIdTwice { id: 7, .. })
    ));
}
