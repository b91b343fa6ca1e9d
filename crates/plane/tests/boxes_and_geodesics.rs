//! Segments in boxes against `geo`, and geodesics against published figures.

use geo::Intersects;
use proptest::prelude::*;
use wangge_plane::{Extent, Point, Segment, ellipsoid};

fn any_point(reach: i32) -> impl Strategy<Value = Point> {
    let coordinate = -reach..=reach;
    (coordinate.clone(), coordinate).prop_map(|(x, y)| Point::new(x, y).expect("on the lattice"))
}

proptest! {
    #[test]
    fn a_segment_meets_a_box_where_geo_says_so(
        (a, b, low, high) in prop_oneof![Just(6), Just(900_000_000)].prop_flat_map(|reach| {
            (any_point(reach), any_point(reach), any_point(reach), any_point(reach))
        }),
    ) {
        let Some(segment) = Segment::new(a, b) else { return Ok(()) };
        let extent = Extent::of([low, high]).expect("two points");
        let at = |p: Point| geo::Coord { x: f64::from(p.x()), y: f64::from(p.y()) };
        let rect = geo::Rect::new(at(low), at(high));
        let expected = rect.intersects(&geo::Line::new(at(a), at(b)));
        prop_assert_eq!(segment.meets(extent), expected);
        prop_assert_eq!(segment.reversed().meets(extent), expected);
    }
}

/// Degrees of minutes and seconds.
fn degrees(whole: f64, minutes: f64, seconds: f64) -> f64 {
    whole + minutes / 60.0 + seconds / 3600.0
}

#[test]
fn the_geodesic_from_flinders_peak_to_buninyong_is_as_long_as_geoscience_australia_says() {
    // the test line of the Geocentric Datum of Australia Technical Manual, on GRS 80, which is CGCS2000's
    // ellipsoid to 0.1 mm in the axis: 54,972.271 m
    let flinders_peak = [
        degrees(144.0, 25.0, 29.524_40),
        -degrees(37.0, 57.0, 3.720_30),
    ];
    let buninyong = [
        degrees(143.0, 55.0, 35.383_90),
        -degrees(37.0, 39.0, 10.156_10),
    ];
    let metres = ellipsoid::geodesic_between_m(flinders_peak, buninyong);
    assert!((metres - 54_972.271).abs() < 5e-4, "{metres}");
}

#[test]
fn a_quarter_of_the_meridian_is_a_quarter_of_the_meridian() {
    // GRS 80 (Moritz, Geodetic Reference System 1980): 10,001,965.7293 m
    let equator = Point::new(1_200_000_000, 0).expect("on earth");
    let pole = Point::new(-700_000_000, 900_000_000).expect("on earth");
    let metres = ellipsoid::geodesic_m(equator, pole);
    assert!((metres - 10_001_965.729_3).abs() < 1e-3, "{metres}");
}
