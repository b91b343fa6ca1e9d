//! Published and independently computed positions, with their sources and tolerances.

use rstest::rstest;
use wangge_crs::{
    ChinaBounds, Crs, Formula, Policy, Transform, bd09_to_gcj02, gcj02_to_bd09, gcj02_to_wgs84,
    wgs84_to_gcj02,
};

fn convert(from: &str, to: &str, east: f64, north: f64) -> (f64, f64) {
    Transform::new(
        &from.parse().expect("a system"),
        &to.parse().expect("a system"),
        &Policy::default(),
    )
    .expect("a conversion")
    .convert(east, north)
    .expect("a point")
}

#[track_caller]
fn assert_near(found: (f64, f64), expected: (f64, f64), tolerance: f64) {
    assert!(
        (found.0 - expected.0).abs() <= tolerance && (found.1 - expected.1).abs() <= tolerance,
        "{found:?} is not within {tolerance} of {expected:?}"
    );
}

// PROJ 9.5.1 through its own command line: EPSG:4490 to the zone's code, rounded to 1 mm
#[rstest]
#[case::longgang(120.85, 40.72, 4549, 4528, 571_817.089, 4_509_826.491)]
#[case::songzi(111.76, 30.17, 4546, 4525, 573_205.337, 3_339_202.570)]
#[case::laiyang(120.71, 36.98, 4549, 4528, 563_215.287, 4_094_527.040)]
#[case::erdao(125.38, 43.87, 4551, 4530, 450_163.670, 4_859_564.814)]
#[case::zhanggong(114.93, 25.86, 4547, 4526, 593_222.114, 2_861_654.419)]
fn a_place_has_its_gauss_kruger_coordinates(
    #[case] lon: f64,
    #[case] lat: f64,
    #[case] plain: u32,
    #[case] prefixed: u32,
    #[case] east: f64,
    #[case] north: f64,
) {
    let millions = f64::from(prefixed - 4513 + 25) * 1e6;
    let (plain, prefixed) = (format!("EPSG:{plain}"), format!("EPSG:{prefixed}"));
    assert_near(convert("EPSG:4490", &plain, lon, lat), (east, north), 6e-4);
    assert_near(
        convert("EPSG:4490", &prefixed, lon, lat),
        (east + millions, north),
        6e-4,
    );
    assert_near(convert(&plain, "EPSG:4490", east, north), (lon, lat), 1e-8);
    assert_near(
        convert(&prefixed, "EPSG:4490", east + millions, north),
        (lon, lat),
        1e-8,
    );
}

// one answer of PROJ 9.1.1, of PROJ 9.6.2, of GDAL 3.6.2 and of the proj crate 0.25 and 0.31
#[test]
fn the_origin_of_zone_39_at_40_north_is_where_four_programs_put_it() {
    let north = 4_429_529.030_236_589;
    let point = (117.0, 40.0);
    assert_near(
        convert("EPSG:4326", "EPSG:4490", point.0, point.1),
        point,
        0.0,
    );
    assert_near(
        convert("EPSG:4490", "EPSG:4527", point.0, point.1),
        (39_500_000.0, north),
        1e-6,
    );
    assert_near(
        convert("EPSG:4490", "EPSG:4548", point.0, point.1),
        (500_000.0, north),
        1e-6,
    );
    assert_near(
        convert("EPSG:4527", "EPSG:4490", 39_500_000.0, north),
        point,
        1e-11,
    );
}

// WGS 84 to GCJ-02: test vectors of eviltransform (1 to 3) and coordtransform (4)
#[rstest]
#[case((121.527_210_6, 31.177_427_6), (121.531_541_859_215, 31.175_303_983_645_97))]
#[case((113.912_316, 22.543_847), (113.917_176_480_836_3, 22.540_796_131_694_766))]
#[case((116.377_817, 39.911_954), (116.384_047_224_556_57, 39.913_345_455_360_69))]
#[case((116.404, 39.915), (116.410_244_499_169_38, 39.916_404_281_501_64))]
fn gcj02_is_as_the_public_libraries_publish_it(
    #[case] wgs84: (f64, f64),
    #[case] gcj02: (f64, f64),
) {
    assert_near(
        wgs84_to_gcj02(wgs84.0, wgs84.1, ChinaBounds::Box),
        gcj02,
        1e-9,
    );
    assert_near(convert("wgs84", "gcj02", wgs84.0, wgs84.1), gcj02, 1e-9);
    assert_near(convert("gcj02", "wgs84", gcj02.0, gcj02.1), wgs84, 1e-9);
}

// the exact inverse was computed apart from this program, iterated to 1e-12; the one-step inverse
// of coordtransform's test is 0.6 m away from it
#[test]
fn the_inverse_of_gcj02_is_exact_and_not_one_step() {
    let exact = (116.397_755_754_574_82, 39.913_596_235_609_38);
    let one_step = (116.397_755_500_830_61, 39.913_595_718_498_36);
    let back = gcj02_to_wgs84(116.404, 39.915, ChinaBounds::Box).expect("an inverse");
    assert_near(back, exact, 1e-9);
    assert!((back.1 - one_step.1).abs() > 1e-7);
    assert_near(back, one_step, 1e-6);
}

// coordtransform's tests. Its inverse is one step, up to 0.23 m away from the exact one
#[test]
fn bd09_is_as_the_public_libraries_publish_it() {
    assert_near(
        gcj02_to_bd09(116.404, 39.915),
        (116.410_369_493_710_29, 39.921_336_993_510_21),
        1e-9,
    );
    assert_near(
        bd09_to_gcj02(116.404, 39.915).expect("an inverse"),
        (116.397_627_291_193_15, 39.908_656_739_576_31),
        3e-6,
    );
}

// fixtures of gcoord, which come from a map service: its GCJ-02 is up to 0.8 m from the formula
// (1e-5 degree), its BD-09 up to 0.012 m from the formula applied to its GCJ-02 (2e-7 degree)
#[rstest]
#[case::longgang((120.831_749_9, 40.709_582_6), (120.836_942_5, 40.711_044_4), (120.843_340_9, 40.717_408_6))]
#[case::zhanggong((114.930_308_1, 25.835_019_7), (114.935_032_8, 25.831_833), (114.941_532_1, 25.837_927_1))]
#[case::changchun((125.317_058_7, 43.814_633_5), (125.323_553_3, 43.817_078_2), (125.330_153_7, 43.822_838_4))]
fn a_city_is_where_a_map_service_shows_it(
    #[case] wgs84: (f64, f64),
    #[case] gcj02: (f64, f64),
    #[case] bd09: (f64, f64),
) {
    assert_near(convert("wgs84", "gcj02", wgs84.0, wgs84.1), gcj02, 1e-5);
    assert_near(convert("gcj02", "bd09", gcj02.0, gcj02.1), bd09, 2e-7);
    assert_near(convert("wgs84", "bd09", wgs84.0, wgs84.1), bd09, 1e-5);
    assert_near(convert("bd09", "wgs84", bd09.0, bd09.1), wgs84, 1e-5);
}

// the libraries' own test of the box
#[test]
fn outside_the_box_gcj02_changes_nothing() {
    let alaska_side = (-177.0, 45.0);
    assert_eq!(
        convert("wgs84", "gcj02", alaska_side.0, alaska_side.1),
        alaska_side
    );
    assert_eq!(wgs84_to_gcj02(183.0, 45.0, ChinaBounds::Box), (183.0, 45.0));
    assert_eq!(
        convert("gcj02", "wgs84", alaska_side.0, alaska_side.1),
        alaska_side
    );
}

// measured over 200,000 points by another program: the shift is 20 to 714 m, mean 408 m; GCJ-02 to
// BD-09 763 to 987 m
#[test]
fn shifts_have_the_size_that_was_measured_elsewhere() {
    let metres = |a: (f64, f64), b: (f64, f64)| {
        let north = (b.1 - a.1) * 111_200.0;
        let east = (b.0 - a.0) * 111_320.0 * a.1.to_radians().cos();
        north.hypot(east)
    };
    let (mut sum, mut count) = (0.0, 0.0);
    let mut lon = 73.5;
    while lon < 135.1 {
        let mut lat = 18.0;
        while lat < 53.6 {
            let gcj02 = wgs84_to_gcj02(lon, lat, ChinaBounds::Box);
            let shift = metres((lon, lat), gcj02);
            assert!((15.0..720.0).contains(&shift), "{shift} m at {lon} {lat}");
            let more = metres(gcj02, gcj02_to_bd09(gcj02.0, gcj02.1));
            assert!((755.0..995.0).contains(&more), "{more} m at {lon} {lat}");
            sum += shift;
            count += 1.0;
            lat += 0.171;
        }
        lon += 0.173;
    }
    let mean: f64 = sum / count;
    assert!((mean - 408.0).abs() < 5.0, "mean {mean} m");
}

// distances from WGS 84 to GCJ-02 and to BD-09 in five places, worked out elsewhere, whole metres
#[rstest]
#[case::longgang(120.85, 40.72, 463.0, 1299.0)]
#[case::songzi(111.76, 30.17, 624.0, 1239.0)]
#[case::laiyang(120.71, 36.98, 436.0, 1261.0)]
#[case::erdao(125.38, 43.87, 602.0, 1433.0)]
#[case::zhanggong(114.93, 25.86, 593.0, 1167.0)]
fn a_wrong_declaration_moves_a_place_this_far(
    #[case] lon: f64,
    #[case] lat: f64,
    #[case] gcj02_m: f64,
    #[case] bd09_m: f64,
) {
    let metres = |to: &str| {
        let there = convert("wgs84", to, lon, lat);
        let sin2 = lat.to_radians().sin().powi(2);
        let w2 = 1.0 - 0.006_694_38 * sin2;
        let north = (there.1 - lat).to_radians() * 6_335_439.3 / (w2 * w2.sqrt());
        let east = (there.0 - lon).to_radians() * 6_378_137.0 / w2.sqrt() * lat.to_radians().cos();
        north.hypot(east)
    };
    assert!(
        (metres("gcj02") - gcj02_m).abs() < 2.0,
        "{}",
        metres("gcj02")
    );
    assert!((metres("bd09") - bd09_m).abs() < 2.0, "{}", metres("bd09"));
}

#[test]
fn a_formula_gives_what_the_transform_gives_and_may_be_shared() {
    fn shared<T: Send + Sync + Copy>(_: &T) {}
    let policy = Policy::default();
    let systems = [
        "wgs84",
        "cgcs2000",
        "gcj02",
        "bd09",
        "EPSG:4326",
        "OGC:CRS84",
    ];
    for from in systems {
        for to in systems {
            let (from, to): (Crs, Crs) = (from.parse().unwrap(), to.parse().unwrap());
            let formula = Formula::new(&from, &to, &policy).expect("a formula");
            shared(&formula);
            let transform = Transform::new(&from, &to, &policy).unwrap();
            assert_eq!(
                formula.convert(120.85, 40.72).unwrap(),
                transform.convert(120.85, 40.72).unwrap()
            );
        }
    }
    assert!(Formula::new(&Crs::Lattice, &Crs::Epsg(4527), &policy).is_none());
}
