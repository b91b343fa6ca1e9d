//! Points outside the area of use, and what their messages and notes suggest.

use rstest::rstest;
use wangge_crs::{Crs, CrsError, Hint, Note, Policy, Transform};

fn to_lattice(from: &str) -> Transform {
    Transform::new(
        &from.parse().expect("a system"),
        &Crs::Lattice,
        &Policy::default(),
    )
    .expect("a conversion")
}

fn hint(error: &CrsError) -> Option<Hint> {
    match error {
        CrsError::OutsideArea { hint, .. }
        | CrsError::NotDegrees { hint, .. }
        | CrsError::NoPosition { hint, .. } => *hint,
        _ => None,
    }
}

#[rstest]
// 龙港 in zone 40 (EPSG:4528), as its file would have it
#[case::zone_39_given_zone_40(
    "EPSG:4527",
    40_571_817.089,
    4_509_826.491,
    "zone 40 with prefix: try EPSG:4528"
)]
#[case::plain_given_prefix(
    "EPSG:4549",
    40_571_817.089,
    4_509_826.491,
    "zone 40 with prefix: try EPSG:4528"
)]
#[case::prefix_missing(
    "EPSG:4528",
    571_817.089,
    4_509_826.491,
    "no zone prefix: try EPSG:4549"
)]
#[case::northing_first(
    "EPSG:4549",
    4_509_826.491,
    571_817.089,
    "northing and easting look swapped"
)]
#[case::northing_first_prefixed(
    "EPSG:4528",
    4_509_826.491,
    40_571_817.089,
    "northing and easting look swapped"
)]
#[case::northing_first_other_zone(
    "EPSG:4527",
    4_509_826.491,
    40_571_817.089,
    "zone 40 with prefix: try EPSG:4528"
)]
#[case::six_degrees(
    "EPSG:4549",
    21_318_000.0,
    4_509_826.491,
    "zone 21 with prefix: try EPSG:4499"
)]
#[case::degrees("EPSG:4528", 120.85, 40.72, "look like degrees")]
#[case::degrees_plain("EPSG:4549", 120.85, 40.72, "look like degrees")]
#[case::metres_as_degrees("EPSG:4490", 571_817.089, 4_509_826.491, "look like metres")]
#[case::prefixed_metres_as_degrees(
    "wgs84",
    40_571_817.089,
    4_509_826.491,
    "zone 40 with prefix: try EPSG:4528"
)]
#[case::latitude_first("wgs84", 40.72, 120.85, "longitude and latitude look swapped")]
#[case::latitude_first_gcj02("gcj02", 40.72, 120.85, "longitude and latitude look swapped")]
#[case::latitude_first_in_japan("EPSG:6668", 35.5, 134.2, "longitude and latitude look swapped")]
#[case::utm_swapped(
    "EPSG:32651",
    4_509_826.0,
    318_000.0,
    "northing and easting look swapped"
)]
fn a_wrong_declaration_is_an_error_that_suggests_the_right_one(
    #[case] declared: &str,
    #[case] east: f64,
    #[case] north: f64,
    #[case] suggestion: &str,
) {
    let error = to_lattice(declared).convert(east, north).unwrap_err();
    assert!(
        matches!(
            error,
            CrsError::OutsideArea { .. } | CrsError::NotDegrees { .. }
        ),
        "{error:?}"
    );
    assert!(error.to_string().contains(suggestion), "{error}");
}

#[test]
fn the_error_names_the_point_the_system_and_its_area() {
    // area of use of EPSG:4527 in the EPSG dataset v10.076
    let error = to_lattice("EPSG:4527")
        .convert(40_571_817.089, 4_509_826.491)
        .unwrap_err();
    let CrsError::OutsideArea { area, .. } = &error else {
        unreachable!("{error:?}")
    };
    assert!((area.sides()[0] - 115.5).abs() < 1e-9 && (area.sides()[2] - 118.5).abs() < 1e-9);
    let message = error.to_string();
    for part in [
        "40571817.089",
        "4509826.491",
        "EPSG:4527",
        "CGCS2000 / 3-degree Gauss-Kruger zone 39",
        "China - onshore between 115°30'E and 118°30'E",
        "115.5 to 118.5 east",
    ] {
        assert!(message.contains(part), "{part} is not in: {message}");
    }
}

#[test]
fn a_point_that_is_only_elsewhere_gets_no_suggestion() {
    let error = to_lattice("EPSG:4548")
        .convert(900_000.0, 4_429_529.0)
        .unwrap_err();
    assert_eq!(hint(&error), None, "{error}");
    let error = to_lattice("EPSG:4612").convert(117.0, 40.0).unwrap_err();
    assert_eq!(hint(&error), None, "{error}");
    assert!(error.to_string().contains("Japan"), "{error}");
}

#[test]
fn the_area_holds_out_of_the_lattice_too() {
    let into =
        |code| Transform::new(&Crs::wgs84(), &Crs::from_epsg(code), &Policy::default()).unwrap();
    assert!(into(4527).convert(117.0, 40.0).is_ok());
    for (code, lon, lat) in [
        (4527, 120.85, 40.72),
        (4612, 117.0, 40.0),
        (4528, 40.72, 120.85),
    ] {
        let error = into(code).convert(lon, lat).unwrap_err();
        assert!(
            matches!(
                error,
                CrsError::OutsideArea { .. } | CrsError::NotDegrees { .. }
            ),
            "{error:?}"
        );
    }
    assert_eq!(hint(&into(4528).convert(40.72, 80.0).unwrap_err()), None);
    // Xinjiang, latitude first: both numbers could be either
    let error = into(4515).convert(40.0, 81.0).unwrap_err();
    assert_eq!(hint(&error), Some(Hint::LatitudeFirst), "{error}");
}

#[test]
fn a_margin_lets_a_city_reach_beyond_its_zone() {
    // 118.6 E, a tenth of a degree east of zone 39
    let with = |area_margin_deg| {
        let policy = Policy {
            area_margin_deg,
            ..Policy::default()
        };
        Transform::new(&Crs::Lattice, &Crs::Epsg(4527), &policy)
            .unwrap()
            .convert(118.6, 40.0)
    };
    assert!(matches!(with(0.0), Err(CrsError::OutsideArea { .. })));
    assert!(with(0.11).is_ok());
}

#[test]
fn the_lattice_itself_is_used_worldwide() {
    for (lon, lat) in [(-77.0, 38.9), (117.0, 40.0), (180.0, 90.0), (-180.0, -90.0)] {
        assert_eq!(to_lattice("cgcs2000").convert(lon, lat), Ok((lon, lat)));
        assert_eq!(to_lattice("wgs84").convert(lon, lat), Ok((lon, lat)));
    }
}

#[rstest]
#[case(f64::NAN, 40.0)]
#[case(117.0, f64::INFINITY)]
#[case(f64::NEG_INFINITY, f64::NAN)]
fn numbers_that_are_not_finite_are_refused_everywhere(#[case] east: f64, #[case] north: f64) {
    for system in [
        "cgcs2000",
        "wgs84",
        "gcj02",
        "bd09",
        "EPSG:4527",
        "+proj=longlat +datum=WGS84",
    ] {
        assert!(
            matches!(
                to_lattice(system).convert(east, north),
                Err(CrsError::NotFinite { .. })
            ),
            "{system}"
        );
    }
}

#[test]
fn a_system_without_an_area_refuses_what_does_not_lead_back() {
    let transform = to_lattice("+proj=tmerc +lon_0=117 +x_0=500000 +ellps=GRS80 +towgs84=0,0,0");
    for (east, north) in [
        (500_000.0, 4e7),
        (1e9, 1e9),
        (39_500_000.0, 4_429_529.0),
        (f64::MAX, 0.0),
    ] {
        let found = transform.convert(east, north);
        assert!(
            matches!(found, Err(CrsError::NoPosition { .. })),
            "{east} {north}: {found:?}"
        );
    }
}

#[rstest]
#[case::right("EPSG:4528", [40_550_000.0, 4_500_000.0, 40_580_000.0, 4_520_000.0], None)]
#[case::right_degrees("wgs84", [120.7, 40.6, 121.0, 40.8], None)]
#[case::right_gcj02("gcj02", [120.7, 40.6, 121.0, 40.8], None)]
#[case::washington("wgs84", [-77.2, 38.7, -76.9, 39.0], None)]
#[case::projected_as_degrees("cgcs2000", [40_550_000.0, 4_500_000.0, 40_580_000.0, 4_520_000.0], Some("try EPSG:4528"))]
#[case::six_digits_as_degrees("cgcs2000", [550_000.0, 4_500_000.0, 580_000.0, 4_520_000.0], Some("look like metres"))]
#[case::degrees_as_projected("EPSG:4549", [120.7, 40.6, 121.0, 40.8], Some("look like degrees"))]
#[case::degrees_as_local("+proj=tmerc +lon_0=117 +ellps=GRS80 +towgs84=0,0,0", [120.7, 40.6, 121.0, 40.8], Some("look like degrees"))]
#[case::another_zone("EPSG:4527", [40_550_000.0, 4_500_000.0, 40_580_000.0, 4_520_000.0], Some("try EPSG:4528"))]
#[case::outside_its_area("EPSG:4612", [120.7, 40.6, 121.0, 40.8], Some("Japan"))]
#[case::swapped("wgs84", [40.6, 120.7, 40.8, 121.0], Some("swapped"))]
#[case::swapped_in_xinjiang("cgcs2000", [40.6, 79.7, 40.8, 80.0], Some("swapped"))]
#[case::gcj02_in_america("gcj02", [-77.2, 38.7, -76.9, 39.0], Some("nothing of it"))]
fn an_extent_that_does_not_fit_its_declaration_is_noted(
    #[case] declared: &str,
    #[case] extent: [f64; 4],
    #[case] why: Option<&str>,
) {
    match (to_lattice(declared).plausibility(extent), why) {
        (None, None) => {}
        (Some(note @ Note::Implausible { .. }), Some(part)) => {
            assert!(note.to_string().contains(part), "{note}");
        }
        (note, expected) => unreachable!("{note:?}, expected {expected:?}"),
    }
}
