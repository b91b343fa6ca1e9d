//! A change of datum is taken as nothing only where the table says so, and never silently.

use rstest::rstest;
use wangge_crs::{Crs, CrsError, DatumChangeReason, EqualDatum, Note, Policy, Transform};

const BALLPARK: Policy = Policy {
    allow_ballpark: true,
    china: wangge_crs::ChinaBounds::Box,
    area_margin_deg: 0.0,
};

fn to_lattice(from: &str, policy: &Policy) -> Result<Transform, CrsError> {
    Transform::new(&from.parse()?, &Crs::Lattice, policy)
}

#[rstest]
#[case::xian_1980("EPSG:4610")]
#[case::xian_1980_zone_39("EPSG:2363")]
#[case::xian_1980_117_east("EPSG:2384")]
#[case::beijing_1954("EPSG:4214")]
#[case::beijing_1954_zone_39("EPSG:2415")]
#[case::new_beijing("EPSG:4555")]
#[case::tokyo("EPSG:4301")]
#[case::tokyo_plane_5("EPSG:30165")]
#[case::hu_tzu_shan("EPSG:4236")]
#[case::unknown_datum("+proj=tmerc +lon_0=117 +x_0=500000 +ellps=krass")]
#[case::unknown_datum_on_grs80("+proj=longlat +ellps=GRS80")]
fn a_datum_that_only_ballpark_connects_is_refused(#[case] from: &str) {
    let refused = to_lattice(from, &Policy::default());
    assert!(
        matches!(refused, Err(CrsError::DatumChange { .. })),
        "{from}: {refused:?}"
    );
    // out of the lattice as well
    let to: Crs = from.parse().unwrap();
    assert!(matches!(
        Transform::new(&Crs::wgs84(), &to, &Policy::default()),
        Err(CrsError::DatumChange { .. })
    ));
}

#[test]
fn the_refusal_of_xian_1980_says_why_and_what_to_do() {
    let message = to_lattice("EPSG:2363", &Policy::default())
        .unwrap_err()
        .to_string();
    for part in [
        "EPSG:2363",
        "Xian 1980",
        "no transformation",
        "+towgs84",
        "--allow-ballpark",
    ] {
        assert!(message.contains(part), "{part} is not in: {message}");
    }
    let beijing = to_lattice("EPSG:4214", &Policy::default()).unwrap_err();
    assert!(
        matches!(
            beijing,
            CrsError::DatumChange {
                reason: DatumChangeReason::PartsOnly,
                ..
            }
        ),
        "{beijing}"
    );
}

#[test]
fn ballpark_is_done_when_it_is_allowed_and_noted() {
    let transform = to_lattice("EPSG:4610", &BALLPARK).unwrap();
    // PROJ leaves this datum change out: degrees stay as they are
    let (lon, lat) = transform.convert(117.0, 40.0).unwrap();
    assert!((lon - 117.0).abs() < 1e-12 && (lat - 40.0).abs() < 1e-12);
    assert!(
        matches!(transform.notes(), [Note::Ballpark { .. }]),
        "{:?}",
        transform.notes()
    );
}

#[test]
fn systems_of_one_datum_need_no_change_of_it() {
    // Xi'an 1980, from degrees to zone 39 and on to the plain zone: only a projection
    let policy = Policy::default();
    let (degrees, zone, plain) = (Crs::Epsg(4610), Crs::Epsg(2363), Crs::Epsg(2384));
    let (east, north) = Transform::new(&degrees, &zone, &policy)
        .unwrap()
        .convert(117.0, 40.0)
        .unwrap();
    assert!((east - 39_500_000.0).abs() < 1e-6);
    // length of the meridian from the equator to 40 N on IAG 1975 (a = 6378140, f = 1/298.257), by
    // the series in n (Krueger), worked out by hand
    assert!((north - meridian_m(6_378_140.0, 298.257, 40.0)).abs() < 1e-3);
    let (plain_east, plain_north) = Transform::new(&zone, &plain, &policy)
        .unwrap()
        .convert(east, north)
        .unwrap();
    assert!((plain_east - 500_000.0).abs() < 1e-6 && (plain_north - north).abs() < 1e-6);
}

fn meridian_m(a: f64, rf: f64, lat_deg: f64) -> f64 {
    let n = 1.0 / (2.0 * rf - 1.0);
    let (n2, n3, n4) = (n * n, n.powi(3), n.powi(4));
    let lat = lat_deg.to_radians();
    let radius = a / (1.0 + n) * (1.0 + n2 / 4.0 + n4 / 64.0);
    radius
        * (lat
            + (-1.5 * n + 9.0 / 16.0 * n3) * (2.0 * lat).sin()
            + (15.0 / 16.0 * n2 - 15.0 / 32.0 * n4) * (4.0 * lat).sin()
            - 35.0 / 48.0 * n3 * (6.0 * lat).sin()
            + 315.0 / 512.0 * n4 * (8.0 * lat).sin())
}

// Geocentric translation, rotation and scale worked out from the definition of the Position Vector
// transformation (EPSG method 9606) in this test, without PROJ
#[test]
fn given_parameters_are_used() {
    let text = "+proj=longlat +a=6378140 +rf=298.257 +towgs84=24,-123,-94,0.02,-0.25,-0.13,1.1";
    let transform = to_lattice(text, &Policy::default()).unwrap();
    let (lon, lat) = transform.convert(117.0, 40.0).unwrap();

    let sec = |s: f64| (s / 3600.0).to_radians();
    let (x, y, z) = geocentric(6_378_140.0, 1.0 / 298.257, 117.0, 40.0);
    let (rx, ry, rz, m) = (sec(0.02), sec(-0.25), sec(-0.13), 1.0 + 1.1e-6);
    let moved = (
        24.0 + m * (x - rz * y + ry * z),
        -123.0 + m * (rz * x + y - rx * z),
        -94.0 + m * (-ry * x + rx * y + z),
    );
    let (expected_lon, expected_lat) = geographic(6_378_137.0, 1.0 / 298.257_223_563, moved);
    assert!((lon - expected_lon).abs() < 1e-9, "{lon} {expected_lon}");
    assert!((lat - expected_lat).abs() < 1e-9, "{lat} {expected_lat}");
    assert!((lon - 117.0).abs() > 1e-5);
    assert!(matches!(transform.notes(), [Note::GivenParameters { .. }]));
}

fn geocentric(a: f64, f: f64, lon: f64, lat: f64) -> (f64, f64, f64) {
    let (lon, lat) = (lon.to_radians(), lat.to_radians());
    let e2 = f * (2.0 - f);
    let n = a / (1.0 - e2 * lat.sin().powi(2)).sqrt();
    (
        n * lat.cos() * lon.cos(),
        n * lat.cos() * lon.sin(),
        n * (1.0 - e2) * lat.sin(),
    )
}

fn geographic(a: f64, f: f64, (x, y, z): (f64, f64, f64)) -> (f64, f64) {
    let e2 = f * (2.0 - f);
    let p = x.hypot(y);
    let mut lat = z.atan2(p * (1.0 - e2));
    for _ in 0..20 {
        let n = a / (1.0 - e2 * lat.sin().powi(2)).sqrt();
        lat = (z + e2 * n * lat.sin()).atan2(p);
    }
    (y.atan2(x).to_degrees(), lat.to_degrees())
}

const XIAN_WKT: &str = r#"GEOGCS["Xian 1980",DATUM["Xian_1980",SPHEROID["IAG 1975",6378140,298.257]TOWGS],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]"#;

#[test]
fn wkt_that_is_bound_gives_parameters_and_zeros_do_not() {
    let with = |towgs84: &str| to_lattice(&XIAN_WKT.replace("TOWGS", towgs84), &Policy::default());
    assert!(matches!(
        with(""),
        Err(CrsError::DatumChange {
            reason: DatumChangeReason::Nothing,
            ..
        })
    ));
    assert!(matches!(
        with(",TOWGS84[0,0,0,0,0,0,0]"),
        Err(CrsError::DatumChange {
            reason: DatumChangeReason::TiedByZeros,
            ..
        })
    ));
    let given = with(",TOWGS84[24,-123,-94,0,0,0,0]").unwrap();
    assert!(matches!(given.notes(), [Note::GivenParameters { .. }]));
    assert!((given.convert(117.0, 40.0).unwrap().0 - 117.0).abs() > 1e-5);
}

#[test]
fn a_system_tied_by_zeros_on_the_same_ellipsoid_is_a_statement() {
    let zone = "+proj=tmerc +lon_0=120.85 +x_0=50000 +y_0=-4000000 +ellps=GRS80 +towgs84=0,0,0";
    let transform = to_lattice(zone, &Policy::default()).unwrap();
    let (lon, lat) = transform.convert(50_000.0, 500_000.0).unwrap();
    assert!((lon - 120.85).abs() < 1e-9 && (lat - 40.0).abs() < 1.0);
    assert!(transform.is_projected());
}

#[test]
fn every_datum_of_the_table_is_taken_as_equal_and_noted_with_its_error() {
    for datum in EqualDatum::all() {
        let system = wangge_crs::EqualSystem::of(match datum.epsg() {
            1043 => continue,
            6326 => 4326,
            6612 => 4612,
            1128 => 6668,
            1026 => 3824,
            6258 => 4258,
            6269 => 4269,
            6152 => 4152,
            6140 => 4617,
            6759 => 4759,
            1116 => 6318,
            1133 => 6783,
            other => unreachable!("a datum without a test: {other}"),
        })
        .expect("its geographic system");
        assert_eq!(system.datum().epsg(), datum.epsg());
        let transform = Transform::new(
            &Crs::from_epsg(system.epsg()),
            &Crs::Lattice,
            &Policy::default(),
        )
        .unwrap();
        let [note] = transform.notes() else {
            unreachable!("one note for {}", datum.name())
        };
        let text = note.to_string();
        assert!(text.contains(datum.name()), "{text}");
        assert!(text.contains(&format!("{} m", datum.error_m())), "{text}");
        assert!(text.contains(datum.source()), "{text}");
    }
}

// projected systems on datums of the table: JGD2000 plane V, TWD97 / TM2 121, NAD83 / Maryland,
// ETRS89 / UTM 32N, WGS 84 / UTM 50N, WGS 84 / pseudo-Mercator, NAD83(CSRS)v7 / UTM 10N
#[rstest]
#[case(2447, Some("Japanese Geodetic Datum 2000"))]
#[case(3826, Some("Taiwan Datum 1997"))]
#[case(26985, Some("North American Datum 1983"))]
#[case(25832, Some("European Terrestrial Reference System 1989 ensemble"))]
#[case(32650, Some("World Geodetic System 1984 ensemble"))]
#[case(3857, Some("World Geodetic System 1984 ensemble"))]
#[case(4527, None)]
#[case(4499, None)]
fn a_projected_system_has_its_datums_note(#[case] code: u32, #[case] datum: Option<&str>) {
    let transform = Transform::new(&Crs::Epsg(code), &Crs::Lattice, &Policy::default()).unwrap();
    assert!(transform.is_projected());
    match (datum, transform.notes()) {
        (None, []) => {}
        (Some(expected), [Note::DatumTakenAsEqual { datum, .. }]) => assert_eq!(*datum, expected),
        (_, notes) => unreachable!("{notes:?}"),
    }
}

#[test]
fn a_published_transformation_for_the_whole_area_is_used_and_noted() {
    // Hong Kong 1980 grid: EPSG:1825 "Hong Kong 1980 to WGS 84 (1)", accuracy 1 m
    let transform = to_lattice("EPSG:2326", &Policy::default()).unwrap();
    let [
        Note::DatumTransformed {
            operation,
            accuracy_m,
            ..
        },
    ] = transform.notes()
    else {
        unreachable!("{:?}", transform.notes())
    };
    assert!(
        operation.contains("Hong Kong 1980 to WGS 84 (1)"),
        "{operation}"
    );
    assert!((accuracy_m - 1.0).abs() < f64::EPSILON);
    // origin of the grid, Trig 2: Survey and Mapping Office, Explanatory Notes on Geodetic Datums in
    // Hong Kong: HK80 grid 836694.05 E, 819069.80 N is 22 18 43.68 N, 114 10 42.80 E on HK80, and
    // WGS 84 is 5.5 seconds south and 8.8 seconds east of it (recalled)
    let (lon, lat) = transform.convert(836_694.05, 819_069.80).unwrap();
    assert!(
        (lon - (114.0 + 10.0 / 60.0 + 51.6 / 3600.0)).abs() < 2e-4,
        "{lon}"
    );
    assert!(
        (lat - (22.0 + 18.0 / 60.0 + 38.2 / 3600.0)).abs() < 2e-4,
        "{lat}"
    );
}

// a city's four parameters: rotation and scale around the origin and two offsets, worked out here
// from EPSG:4548 (CGCS2000, 117 E)
#[test]
fn a_pipeline_gives_a_city_its_four_parameters() {
    let (dx, dy, angle_sec, scale) = (-450_000.0, -4_400_000.0, 1800.0, 1.000_02);
    let plane = Transform::new(&Crs::Lattice, &Crs::Epsg(4548), &Policy::default()).unwrap();
    let (east, north) = plane.convert(117.2, 40.1).unwrap();
    let angle = f64::to_radians(angle_sec / 3600.0);
    let expected = (
        dx + scale * (angle.cos() * east - angle.sin() * north),
        dy + scale * (angle.sin() * east + angle.cos() * north),
    );
    let affine = format!(
        "+step +proj=affine +xoff={dx} +yoff={dy} +s11={} +s12={} +s21={} +s22={}",
        scale * angle.cos(),
        -scale * angle.sin(),
        scale * angle.sin(),
        scale * angle.cos()
    );
    let projection = "+step +proj=tmerc +lon_0=117 +x_0=500000 +ellps=GRS80";
    for text in [
        format!("+proj=pipeline {projection} {affine}"),
        format!(
            "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad {projection} {affine}"
        ),
    ] {
        let city: Crs = text.parse().unwrap();
        let there = Transform::new(&Crs::Lattice, &city, &Policy::default()).unwrap();
        let found = there.convert(117.2, 40.1).unwrap();
        assert!(
            (found.0 - expected.0).abs() < 1e-3 && (found.1 - expected.1).abs() < 1e-3,
            "{found:?} {expected:?}"
        );
        assert!(matches!(there.notes(), [Note::GivenParameters { .. }]));
        let back = Transform::new(&city, &Crs::Lattice, &Policy::default()).unwrap();
        let (lon, lat) = back.convert(found.0, found.1).unwrap();
        assert!((lon - 117.2).abs() < 1e-9 && (lat - 40.1).abs() < 1e-9);
        assert!(back.is_projected());
        assert!(back.convert(1e9, 1e9).is_err());
    }
    let broken: Crs = "+proj=pipeline +step +proj=nonsense".parse().unwrap();
    assert!(matches!(
        Transform::new(&broken, &Crs::Lattice, &Policy::default()),
        Err(CrsError::Unreadable { .. })
    ));
}

#[test]
fn zeros_between_equal_datums_are_no_parameters() {
    let wkt = r#"GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563],TOWGS84[0,0,0,0,0,0,0]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]"#;
    let transform = to_lattice(wkt, &Policy::default()).unwrap();
    assert!(
        matches!(
            transform.notes(),
            [Note::DatumTakenAsEqual {
                datum: "World Geodetic System 1984 ensemble",
                ..
            }]
        ),
        "{:?}",
        transform.notes()
    );
}

// every GPS fix and every request of a server may come at once
#[test]
fn threads_convert_side_by_side() {
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for code in [4527, 4548, 4527, 4498] {
                    let transform = Transform::of_this_thread(
                        &Crs::Epsg(code),
                        &Crs::Lattice,
                        &Policy::default(),
                    )
                    .unwrap();
                    let east = match code {
                        4527 => 39_500_000.0,
                        4548 => 500_000.0,
                        _ => 20_500_000.0,
                    };
                    let (lon, lat) = transform.convert(east, 4_429_529.030_237).unwrap();
                    assert!((lon - 117.0).abs() < 1e-9 && (lat - 40.0).abs() < 1e-9);
                }
            });
        }
    });
}
