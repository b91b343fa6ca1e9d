//! Declaring systems: spellings, axis order, and what is no system.

use rstest::rstest;
use wangge_crs::{Crs, CrsError, Note, Policy, Transform};

fn to_lattice(from: &Crs, east: f64, north: f64) -> (f64, f64) {
    Transform::new(from, &Crs::Lattice, &Policy::default())
        .expect("a conversion")
        .convert(east, north)
        .expect("a point")
}

#[rstest]
#[case("EPSG:4490", Crs::Lattice)]
#[case("cgcs2000", Crs::Lattice)]
#[case("CGCS2000", Crs::Lattice)]
#[case("wgs84", Crs::wgs84())]
#[case("WGS84", Crs::wgs84())]
#[case("epsg:4326", Crs::wgs84())]
#[case(" EPSG:4326\n", Crs::wgs84())]
#[case("OGC:CRS84", Crs::wgs84())]
#[case("urn:ogc:def:crs:OGC:1.3:CRS84", Crs::wgs84())]
#[case("http://www.opengis.net/def/crs/OGC/1.3/CRS84", Crs::wgs84())]
#[case("urn:ogc:def:crs:EPSG::4490", Crs::Lattice)]
#[case("urn:ogc:def:crs:EPSG:8.8.1:4527", Crs::Epsg(4527))]
#[case("http://www.opengis.net/def/crs/EPSG/0/4527", Crs::Epsg(4527))]
#[case("https://www.opengis.net/def/crs/EPSG/0/4527", Crs::Epsg(4527))]
#[case("gcj02", Crs::Gcj02)]
#[case("GCJ-02", Crs::Gcj02)]
#[case("Bd09", Crs::Bd09)]
fn a_system_has_these_spellings(#[case] text: &str, #[case] crs: Crs) {
    assert_eq!(text.parse::<Crs>(), Ok(crs));
}

#[rstest]
#[case("")]
#[case("4490")]
#[case("EPSG:")]
#[case("EPSG:abc")]
#[case("EPSG:-1")]
#[case("EPSG:+4490")]
#[case("EPSG:99999999999999")]
#[case("ESRI:102100")]
#[case("WGS 84")]
#[case("urn:ogc:def:crs:EPSG:4490")]
#[case("北京54")]
#[case("[")]
fn this_is_no_system(#[case] text: &str) {
    assert!(
        matches!(text.parse::<Crs>(), Err(CrsError::NotASystem { .. })),
        "{text}"
    );
}

#[test]
fn a_code_that_epsg_does_not_have_is_an_error_that_names_it() {
    let error = Transform::new(&Crs::Epsg(1), &Crs::Lattice, &Policy::default()).unwrap_err();
    assert_eq!(error, CrsError::UnknownCode { code: 1 });
    assert!(error.to_string().contains("EPSG:1 "));
}

#[rstest]
#[case::geocentric("EPSG:4479", "geocentric")]
#[case::heights("EPSG:5737", "heights")]
#[case::rotated_pole(
    "+proj=ob_tran +o_proj=longlat +o_lon_p=0 +o_lat_p=40 +lon_0=10 +datum=WGS84",
    "rotated pole"
)]
fn a_system_without_two_ground_coordinates_is_refused(#[case] text: &str, #[case] kind: &str) {
    let crs: Crs = text.parse().unwrap();
    let error = Transform::new(&crs, &Crs::Lattice, &Policy::default()).unwrap_err();
    assert!(matches!(error, CrsError::Unsupported { .. }), "{error}");
    assert!(error.to_string().contains(kind), "{error}");
}

#[test]
fn a_compound_system_is_used_without_its_heights() {
    // CGCS2000 / zone 39 by parts, with heights of the Yellow Sea 1985 datum (EPSG:5737)
    let crs: Crs = format!(
        r#"COMPD_CS["with heights",{},VERT_CS["Yellow Sea 1985 height",VERT_DATUM["Yellow Sea 1985",2005],UNIT["metre",1],AXIS["Gravity-related height",UP]]]"#,
        plane("CGCS2000 zone", "China_2000", "", "")
    )
    .parse()
    .unwrap();
    let transform = Transform::new(&crs, &Crs::Lattice, &Policy::default()).unwrap();
    assert!(matches!(transform.notes(), [Note::HeightDropped { .. }]));
    let (lon, lat) = transform.convert(500_000.0, 4_429_529.030_237).unwrap();
    assert!((lon - 117.0).abs() < 1e-9 && (lat - 40.0).abs() < 1e-9);
}

/// WKT 1 of a Gauss-Kruger system around 117 E.
fn plane(name: &str, datum: &str, towgs84: &str, axes: &str) -> String {
    format!(
        r#"PROJCS["{name}",GEOGCS["base",DATUM["{datum}",SPHEROID["CGCS2000",6378137,298.257222101]{towgs84}],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",117],PARAMETER["scale_factor",1],PARAMETER["false_easting",500000],PARAMETER["false_northing",0],UNIT["metre",1]{axes}]"#
    )
}

// 117 E 40 N in EPSG:4548, as four programs give it
const ON_THE_MERIDIAN: (f64, f64) = (500_000.0, 4_429_529.030_237);

#[rstest]
#[case::authority_order("EPSG:4548".to_owned())]
#[case::wkt_without_axes(plane("p", "China_2000", "", ""))]
#[case::wkt_easting_first(plane("p", "China_2000", "", r#",AXIS["E",EAST],AXIS["N",NORTH]"#))]
#[case::wkt_northing_first(plane("p", "China_2000", "", r#",AXIS["X",NORTH],AXIS["Y",EAST]"#))]
#[case::wkt_northing_first_bound(plane(
    "p",
    "of our own",
    ",TOWGS84[0,0,0,0,0,0,0]",
    r#",AXIS["X",NORTH],AXIS["Y",EAST]"#
))]
#[case::esri_names(plane("CGCS2000_3_Degree_GK_CM_117E", "D_China_2000", "", ""))]
#[case::proj_string("+proj=tmerc +lon_0=117 +x_0=500000 +ellps=GRS80 +towgs84=0,0,0".to_owned())]
#[case::proj_string_northing_first("+proj=tmerc +lon_0=117 +x_0=500000 +ellps=GRS80 +towgs84=0,0,0 +axis=neu".to_owned())]
#[case::wkt2_northing_first(
    r#"PROJCRS["p",BASEGEOGCRS["b",DATUM["China 2000",ELLIPSOID["CGCS2000",6378137,298.257222101]]],CONVERSION["c",METHOD["Transverse Mercator"],PARAMETER["Latitude of natural origin",0,ANGLEUNIT["degree",0.0174532925199433]],PARAMETER["Longitude of natural origin",117,ANGLEUNIT["degree",0.0174532925199433]],PARAMETER["Scale factor at natural origin",1,SCALEUNIT["unity",1]],PARAMETER["False easting",500000,LENGTHUNIT["metre",1]],PARAMETER["False northing",0,LENGTHUNIT["metre",1]]],CS[Cartesian,2],AXIS["(X)",north],AXIS["(Y)",east],LENGTHUNIT["metre",1]]"#.to_owned()
)]
fn easting_comes_first_whatever_the_definition_says(#[case] text: String) {
    let crs: Crs = text.parse().unwrap();
    let (lon, lat) = to_lattice(&crs, ON_THE_MERIDIAN.0, ON_THE_MERIDIAN.1);
    assert!(
        (lon - 117.0).abs() < 1e-9 && (lat - 40.0).abs() < 1e-9,
        "{lon} {lat}"
    );
    let there = Transform::new(&Crs::Lattice, &crs, &Policy::default())
        .unwrap()
        .convert(117.0, 40.0)
        .unwrap();
    assert!(
        (there.0 - ON_THE_MERIDIAN.0).abs() < 1e-5 && (there.1 - ON_THE_MERIDIAN.1).abs() < 1e-5,
        "{there:?}"
    );
}

#[rstest]
#[case::latitude_first(r#",AXIS["Lat",NORTH],AXIS["Lon",EAST]"#)]
#[case::longitude_first(r#",AXIS["Lon",EAST],AXIS["Lat",NORTH]"#)]
#[case::unsaid("")]
fn longitude_comes_first_whatever_the_definition_says(#[case] axes: &str) {
    let crs = Crs::from_wkt(&format!(
        r#"GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]{axes}]"#
    ))
    .unwrap();
    assert_eq!(to_lattice(&crs, 117.0, 40.0), (117.0, 40.0));
}

#[test]
fn a_system_that_counts_west_and_south_is_turned_east_and_north() {
    // S-JTSK / Krovak (EPSG:5513) has axes south and west, Krovak East North (EPSG:5514) east and
    // north; the guidance note of EPSG says that the numbers are each other's negatives
    let policy = Policy {
        allow_ballpark: true,
        ..Policy::default()
    };
    let point = (14.42, 50.08);
    let convert = |code| {
        Transform::new(&Crs::wgs84(), &Crs::Epsg(code), &policy)
            .unwrap()
            .convert(point.0, point.1)
            .unwrap()
    };
    let (a, b) = (convert(5513), convert(5514));
    assert!(
        (a.0 - b.0).abs() < 1e-6 && (a.1 - b.1).abs() < 1e-6,
        "{a:?} {b:?}"
    );
    assert!(a.0 < 0.0 && a.1 < 0.0);
}

#[test]
fn a_system_in_feet_keeps_its_feet() {
    // NAD83 / Maryland (ftUS), EPSG:2248, against the same in metres, EPSG:26985: 3937 feet are
    // 1200 m; the false easting in feet is rounded to 1/1000 foot (0.3 mm)
    let there = |code| {
        Transform::new(&Crs::wgs84(), &Crs::Epsg(code), &Policy::default())
            .unwrap()
            .convert(-77.0, 38.9)
            .unwrap()
    };
    let (feet, metres) = (there(2248), there(26985));
    assert!((feet.0 * 1200.0 / 3937.0 - metres.0).abs() < 3e-4);
    assert!((feet.1 * 1200.0 / 3937.0 - metres.1).abs() < 3e-4);
}

#[test]
fn a_datum_name_alone_does_not_make_a_datum() {
    // called China 2000, but on the ellipsoid of Krassowsky
    let text = plane("p", "China_2000", "", "").replace("6378137,298.257222101", "6378245,298.3");
    let crs: Crs = text.parse().unwrap();
    assert!(matches!(
        Transform::new(&crs, &Crs::Lattice, &Policy::default()),
        Err(CrsError::DatumChange { .. })
    ));
}

#[test]
fn a_definition_may_not_open_files_by_path() {
    for text in [
        "+proj=longlat +ellps=bessel +nadgrids=/etc/passwd",
        "+proj=longlat +ellps=bessel +nadgrids=@../../x.gsb",
        "+init=/tmp/evil:1",
        r#"GEOGCS["x",DATUM["y",SPHEROID["z",6377397.155,299.15],EXTENSION["PROJ4_GRIDS","/etc/passwd"]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]"#,
    ] {
        assert!(
            matches!(text.parse::<Crs>(), Err(CrsError::GridPath { .. })),
            "{text}"
        );
    }
    assert!(
        "+proj=longlat +ellps=bessel +nadgrids=local.gsb"
            .parse::<Crs>()
            .is_ok()
    );
}

#[test]
fn a_thread_keeps_its_conversions() {
    let (from, to, policy) = (Crs::Lattice, Crs::Epsg(4527), Policy::default());
    let first = Transform::of_this_thread(&from, &to, &policy).unwrap();
    let second = Transform::of_this_thread(&from, &to, &policy).unwrap();
    assert!(std::rc::Rc::ptr_eq(&first, &second));
    let margin = Policy {
        area_margin_deg: 0.5,
        ..policy
    };
    let other = Transform::of_this_thread(&from, &to, &margin).unwrap();
    assert!(!std::rc::Rc::ptr_eq(&first, &other));
    for code in 4513..4533 {
        Transform::of_this_thread(&from, &Crs::Epsg(code), &policy).unwrap();
    }
    let refused = || Transform::of_this_thread(&from, &Crs::Epsg(99_999), &policy).unwrap_err();
    assert_eq!(refused(), refused());
    let again = Transform::of_this_thread(&from, &to, &policy).unwrap();
    assert_eq!(
        again.convert(117.0, 40.0).unwrap(),
        first.convert(117.0, 40.0).unwrap()
    );
}

// what drawing programs wrote beside real Shapefiles: WGS 84 degrees in Chongqing, JGD2000 degrees
// in Tottori
#[test]
fn prj_files_of_real_data_are_read() {
    let root = std::env::var_os("WANGGE_REAL_DATA").map_or_else(
        || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        std::path::PathBuf::from,
    );
    if !root.is_dir() {
        println!("skipped: no real data");
        return;
    }
    for (file, point, expected) in [
        (
            "chongqing-gbk/区县界_area.prj",
            (106.5, 29.5),
            "World Geodetic System 1984 ensemble",
        ),
        (
            "tottori-chome/31-tottori-all.prj",
            (134.2, 35.5),
            "Japanese Geodetic Datum 2000",
        ),
    ] {
        let Ok(text) = std::fs::read_to_string(root.join(file)) else {
            println!("skipped: no {file}");
            continue;
        };
        let crs = Crs::from_wkt(&text).unwrap();
        let transform = Transform::new(&crs, &Crs::Lattice, &Policy::default()).unwrap();
        assert_eq!(transform.convert(point.0, point.1), Ok(point), "{file}");
        assert!(
            matches!(transform.notes(), [Note::DatumTakenAsEqual { datum, .. }] if *datum == expected),
            "{:?}",
            transform.notes()
        );
    }
}
