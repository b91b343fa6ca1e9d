//! GeoJSON and lines of text.

use std::net::TcpListener;

use rstest::rstest;

use super::{Door, GEOJSON, grids, refused};
use crate::cell;
use crate::support::drawing::geojson;

/// One grid with this ring.
fn ring(coordinates: &str) -> Vec<u8> {
    format!(
        r#"{{"type":"Feature","properties":{{"code":"001001"}},"geometry":{{"type":"Polygon","coordinates":[{coordinates}]}}}}"#
    )
    .into_bytes()
}

#[rstest]
#[case::nested_deep(vec![b'['; 1 << 20], "not a sound GeoJSON file")]
#[case::nested_a_million_deep_in_an_attribute(
    format!(r#"{{"type":"Feature","geometry":null,"properties":{{"a":{}}}}}"#, "[".repeat(1_000_000)).into_bytes(),
    "not a sound GeoJSON file"
)]
#[case::nested_a_million_deep_in_a_geometry(
    ring(&("[".repeat(1_000_000) + &"]".repeat(1_000_000))),
    "its geometry is unsound"
)]
#[case::no_number(ring("[[1e400,0],[1,0],[1,1],[1e400,0]]"), "number out of range")]
#[case::one_repeated_point(ring("[[1,1],[1,1],[1,1],[1,1]]"), "1 different vertices")]
#[case::ten_million_times_one_point(
    ring(&format!("[{}[1,2]]", "[1,2],".repeat(10_000_000))),
    "1 different vertices"
)]
#[case::off_the_earth(ring("[[1e300,0],[1e300,1],[0,1],[1e300,0]]"), "row 1")]
#[case::member_twice(
    br#"{"type":"Feature","properties":{"code":"001001","code":"001002"},"geometry":null}"#.to_vec(),
    "twice"
)]
#[case::empty(Vec::new(), "not a sound GeoJSON file")]
#[case::no_features(br#"{"type":"FeatureCollection","features":[]}"#.to_vec(), "nothing to read")]
fn hostile_text_is_one_clear_problem_and_changes_nothing(
    #[case] bytes: Vec<u8>,
    #[case] words: &str,
) {
    refused(GEOJSON, &bytes, (422, "unreadable-file", words));
}

#[test]
fn more_columns_than_the_limit_are_too_many() {
    let columns: Vec<String> = (0..501).map(|at| format!(r#""c{at}":1"#)).collect();
    let text = format!(
        r#"{{"type":"Feature","properties":{{{}}},"geometry":null}}"#,
        columns.join(",")
    );
    let wanted = (413, "file-too-large", "501 columns, the limit is 500");
    refused(GEOJSON, text.as_bytes(), wanted);
}

#[test]
fn text_longer_than_the_limit_is_too_long() {
    let text = format!(
        r#"{{"type":"Feature","properties":{{"code":"{}"}},"geometry":null}}"#,
        "0".repeat((64 << 10) + 1)
    );
    let wanted = (413, "file-too-large", "65537 bytes in one text value");
    refused(GEOJSON, text.as_bytes(), wanted);
}

#[test]
fn codes_of_no_level_are_told() {
    let text = geojson(&[cell("ABC", 0, 0)]);
    refused(GEOJSON, text.as_bytes(), (422, "bad-units", "ABC"));
}

#[test]
fn a_link_to_a_coordinate_system_is_not_followed() {
    let linked = TcpListener::bind("127.0.0.1:0").unwrap();
    let link = format!(
        r#"{{"crs":{{"type":"link","properties":{{"href":"http://{}/x","type":"ogcwkt"}}}},"#,
        linked.local_addr().unwrap()
    );
    let text = String::from_utf8(grids()).unwrap();
    let bytes = text.replacen('{', &link, 1).into_bytes();
    let door = Door::open();
    let wanted = (
        422,
        "unreadable-file",
        "does not state its coordinate system",
    );
    door.refuses("", GEOJSON, &bytes, wanted);
    door.takes("&crs=EPSG:4490", GEOJSON, &bytes);
    linked.set_nonblocking(true).unwrap();
    assert!(linked.accept().is_err(), "the server followed it");
    door.close();
}
