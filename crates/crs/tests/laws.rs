//! Round trips over whole areas.

use proptest::prelude::*;
use wangge_crs::{
    ChinaBounds, Crs, Policy, Transform, bd09_to_gcj02, gcj02_to_bd09, gcj02_to_wgs84,
    wgs84_to_gcj02,
};

const DEG: f64 = 1e-9;

fn near(a: (f64, f64), b: (f64, f64), tolerance: f64) -> bool {
    (a.0 - b.0).abs() <= tolerance && (a.1 - b.1).abs() <= tolerance
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn gcj02_leads_back_over_the_whole_box(lon in 72.004..=137.8347, lat in 0.8293..=55.8271) {
        for bounds in [ChinaBounds::Box, ChinaBounds::Everywhere] {
            let (x, y) = wgs84_to_gcj02(lon, lat, bounds);
            let back = gcj02_to_wgs84(x, y, bounds).expect("an inverse");
            prop_assert!(near(back, (lon, lat), DEG), "{back:?}");
        }
    }

    #[test]
    fn gcj02_leads_back_over_the_narrow_box(lon in 73.661..135.049, lat in 3.861..53.549) {
        let (x, y) = wgs84_to_gcj02(lon, lat, ChinaBounds::NarrowBox);
        let back = gcj02_to_wgs84(x, y, ChinaBounds::NarrowBox).expect("an inverse");
        prop_assert!(near(back, (lon, lat), DEG), "{back:?}");
    }

    // the gap along the sides, where nothing is shifted to, is left out
    #[test]
    fn wgs84_leads_back_from_gcj02(lon in 72.1..137.7, lat in 0.9..55.7) {
        let (x, y) = gcj02_to_wgs84(lon, lat, ChinaBounds::Box).expect("an inverse");
        prop_assert!(near(wgs84_to_gcj02(x, y, ChinaBounds::Box), (lon, lat), DEG));
    }

    #[test]
    fn bd09_leads_back_over_the_whole_box(lon in 72.004..=137.8347, lat in 0.8293..=55.8271) {
        let (x, y) = gcj02_to_bd09(lon, lat);
        let back = bd09_to_gcj02(x, y).expect("an inverse");
        prop_assert!(near(back, (lon, lat), DEG), "{back:?}");
        let (x, y) = wgs84_to_gcj02(lon, lat, ChinaBounds::Box);
        let (x, y) = gcj02_to_bd09(x, y);
        let (x, y) = bd09_to_gcj02(x, y).expect("an inverse");
        let back = gcj02_to_wgs84(x, y, ChinaBounds::Box).expect("an inverse");
        prop_assert!(near(back, (lon, lat), DEG), "{back:?}");
    }

    // a kilometre beyond the sides of the box a position is its own
    #[test]
    fn outside_the_box_nothing_moves(
        (lon, lat) in prop_oneof![
            (prop_oneof![-180.0..71.98, 137.86..180.0], -89.0..89.0),
            (-180.0..180.0, prop_oneof![-89.0..0.81, 55.85..89.0]),
        ],
    ) {
        prop_assert_eq!(wgs84_to_gcj02(lon, lat, ChinaBounds::Box), (lon, lat));
        prop_assert_eq!(gcj02_to_wgs84(lon, lat, ChinaBounds::Box), Some((lon, lat)));
    }

    // near the poles the formula has no inverse, but always an end
    #[test]
    fn no_degrees_are_too_strange(lon in -400.0..=400.0, lat in -100.0..=100.0) {
        for bounds in [ChinaBounds::Box, ChinaBounds::NarrowBox, ChinaBounds::Everywhere] {
            let _ = gcj02_to_wgs84(lon, lat, bounds);
            let _ = bd09_to_gcj02(lon, lat);
        }
        let transform = Transform::new(&Crs::Bd09, &Crs::Gcj02, &Policy::default()).unwrap();
        if let Ok((x, y)) = transform.convert(lon, lat) {
            prop_assert!(x.abs() <= 180.0 && y.abs() <= 90.0);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    // within the area of use of each zone (3 degrees, 25 to 45 in China's latitudes)
    #[test]
    fn zones_lead_back(
        zone in 0u32..21,
        family in prop_oneof![Just(4513u32), Just(4534)],
        across in 0.01..0.99,
        lat in 27.0..45.0,
    ) {
        let policy = Policy { area_margin_deg: 30.0, ..Policy::default() };
        let lon = f64::from(75 + 3 * zone) + 3.0 * across - 1.5;
        let system = Crs::Epsg(family + zone);
        let there = Transform::of_this_thread(&Crs::Lattice, &system, &policy).unwrap();
        let back = Transform::of_this_thread(&system, &Crs::Lattice, &policy).unwrap();
        let (east, north) = there.convert(lon, lat).unwrap();
        prop_assert!(near(back.convert(east, north).unwrap(), (lon, lat), DEG));
    }
}

// systems of several kinds, each in its own area: to 0.2 mm on the ground, and to 3 mm where a
// change of datum leaves heights out
#[test]
fn projected_systems_lead_back() {
    for (text, west, south, east, north) in [
        ("EPSG:4527", 115.5, 24.4, 118.5, 46.7),
        ("EPSG:4498", 114.0, 22.2, 120.0, 51.5),
        ("EPSG:4549", 118.6, 24.5, 121.4, 53.0),
        ("EPSG:2447", 133.2, 34.2, 135.4, 35.6),
        ("EPSG:3826", 120.0, 20.5, 122.0, 26.7),
        ("EPSG:26985", -79.4, 37.98, -75.0, 39.7),
        ("EPSG:32650", 114.0, 0.5, 120.0, 80.0),
        ("EPSG:3857", -179.9, -85.0, 179.9, 85.0),
        ("EPSG:2326", 113.8, 22.15, 114.4, 22.55),
        (
            "+proj=tmerc +lon_0=120.85 +x_0=50000 +y_0=-4000000 +a=6378140 +rf=298.257 +towgs84=24,-123,-94,0.02,-0.25,-0.13,1.1",
            119.0,
            39.0,
            122.0,
            42.0,
        ),
    ] {
        let system: Crs = text.parse().unwrap();
        let policy = Policy::default();
        let there = Transform::new(&Crs::Lattice, &system, &policy).unwrap();
        let back = Transform::new(&system, &Crs::Lattice, &policy).unwrap();
        for i in 0..20 {
            for j in 0..20 {
                let lon = west + (east - west) * f64::from(i) / 19.0;
                let lat = south + (north - south) * f64::from(j) / 19.0;
                let (x, y) = there.convert(lon, lat).unwrap();
                let found = back.convert(x, y).unwrap();
                let changes_datum = text.contains("towgs84") || text == "EPSG:2326";
                let tolerance = if changes_datum { 3e-8 } else { 2e-9 };
                assert!(
                    near(found, (lon, lat), tolerance),
                    "{text}: {found:?} {lon} {lat}"
                );
            }
        }
    }
}
