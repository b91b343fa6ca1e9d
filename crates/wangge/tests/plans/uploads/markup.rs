//! KML and GPX, and what else XML can say.

use rstest::rstest;

use super::{Door, GEOJSON, GPX, KML, refused};
use crate::support::Desk;

const VRT: &[u8] = b"<OGRVRTDataSource><OGRVRTLayer name=\"x\"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>";

/// One grid with this as its code.
fn kml(head: &str, code: &str) -> Vec<u8> {
    format!(
        r#"<?xml version="1.0"?>{head}<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><ExtendedData><Data name="code"><value>{code}</value></Data></ExtendedData><Polygon><outerBoundaryIs><LinearRing><coordinates>120.8,40.7 120.801,40.7 120.801,40.701 120.8,40.7</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></Document></kml>"#
    )
    .into_bytes()
}

fn gpx(head: &str, name: &str) -> Vec<u8> {
    format!(
        r#"<?xml version="1.0"?>{head}<gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1"><wpt lat="1" lon="2"><name>{name}</name></wpt></gpx>"#
    )
    .into_bytes()
}

/// Ten entities, each ten times the one before: two gigabytes of laughter.
fn laughter() -> String {
    let mut entities = String::from(r#"<!ENTITY e0 "ha">"#);
    for level in 1..10 {
        let inner = format!("&e{};", level - 1).repeat(10);
        entities = format!(r#"{entities}<!ENTITY e{level} "{inner}">"#);
    }
    format!("<!DOCTYPE x [{entities}]>")
}

#[test]
fn markup_without_malice_is_read() {
    let door = Door::open();
    let [made, _] = door.answers("&map=code=code", KML, &kml("", "001001"));
    assert_eq!(made.status, 201, "{}", made.body);
    door.close();
}

#[rstest]
#[case::of_kml(KML, kml(&laughter(), "&e9;"))]
#[case::of_gpx(GPX, gpx(&laughter(), "&e9;"))]
fn entities_that_multiply_are_one_clear_problem(#[case] kind: &str, #[case] bytes: Vec<u8>) {
    refused(kind, &bytes, (422, "unreadable-file", "upload."));
}

#[rstest]
#[case::of_kml(KML, kml)]
#[case::of_gpx(GPX, gpx)]
fn an_external_entity_gives_nothing_away(
    #[case] kind: &str,
    #[case] body: fn(&str, &str) -> Vec<u8>,
) {
    let desk = Desk::new();
    // digits, so that it would make a code
    let secret = desk.write("secret.txt", "009731");
    let asking = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let door = Door::open();
    for place in [
        format!("file://{}", secret.display()),
        format!("http://{}/x", asking.local_addr().unwrap()),
    ] {
        let head = format!(r#"<!DOCTYPE x [<!ENTITY s SYSTEM "{place}">]>"#);
        for answer in door.answers("&map=code=code", kind, &body(&head, "&s;")) {
            assert_eq!(answer.status, 422, "{}", answer.body);
            assert!(!answer.body.contains("009731"), "{}", answer.body);
            door.gives_nothing_away(&answer);
        }
    }
    asking.set_nonblocking(true).unwrap();
    assert!(asking.accept().is_err(), "the server asked for it");
    door.is_unchanged();
    door.close();
}

#[rstest]
#[case::geojson(GEOJSON)]
#[case::table("text/csv")]
#[case::kml(KML)]
#[case::gpx(GPX)]
#[case::flatgeobuf("application/vnd.flatgeobuf")]
#[case::drawing("image/vnd.dxf")]
#[case::topojson("application/topo+json")]
fn a_virtual_layer_under_another_name_is_one_clear_problem(#[case] kind: &str) {
    refused(kind, VRT, (422, "unreadable-file", "upload."));
}
