//! Files from people who do not mean well, or do not know what they send.

use std::io::{Cursor, Write};

use rstest::rstest;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::support::Desk;
use crate::support::drawing::geojson;
use crate::support::service::Service;
use crate::{city, json, plan};

fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        archive
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A gigabyte of zeros that packs to a megabyte.
fn bomb() -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive
        .start_file("grids.geojson", SimpleFileOptions::default())
        .unwrap();
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..1024 {
        archive.write_all(&zeros).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A GeoPackage that lists a table which reads a file of the server.
fn reading_files() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.gpkg");
    let file = rusqlite::Connection::open(&path).unwrap();
    file.execute_batch(
        "PRAGMA application_id = 1196444487;
         CREATE TABLE gpkg_spatial_ref_sys (srs_name, srs_id, organization, organization_coordsys_id, definition, description);
         CREATE TABLE gpkg_contents (table_name, data_type, identifier, description, last_change, min_x, min_y, max_x, max_y, srs_id);
         CREATE TABLE gpkg_geometry_columns (table_name, column_name, geometry_type_name, srs_id, z, m);
         INSERT INTO gpkg_contents (table_name, data_type, srs_id) VALUES ('passwd', 'features', 4326);
         INSERT INTO gpkg_geometry_columns VALUES ('passwd', 'geom', 'POLYGON', 4326, 0, 0);
         PRAGMA writable_schema = 1;
         INSERT INTO sqlite_master VALUES ('table', 'passwd', 'passwd', 0,
           'CREATE VIRTUAL TABLE passwd USING VirtualText(''/etc/passwd'', UTF-8)');",
    )
    .unwrap();
    drop(file);
    std::fs::read(&path).unwrap()
}

#[rstest]
#[case::zip_bomb("application/zip", bomb(), 413, "file-too-large")]
#[case::path_out(
    "application/zip",
    zipped(&[("../../evil.geojson", b"{}")]),
    422,
    "unreadable-file"
)]
#[case::absolute_path(
    "application/zip",
    zipped(&[("/etc/evil.geojson", b"{}")]),
    422,
    "unreadable-file"
)]
#[case::many_entries(
    "application/zip",
    zipped(&(0..1_001).map(|_| ("", b"" as &[u8])).enumerate().map(|(i, (_, b))| (Box::leak(format!("{i}.geojson").into_boxed_str()) as &str, b)).collect::<Vec<_>>()),
    413,
    "file-too-large"
)]
#[case::no_zip("application/zip", b"PK but no".to_vec(), 422, "unreadable-file")]
#[case::table_that_reads_files(
    "application/geopackage+sqlite3",
    reading_files(),
    422,
    "unreadable-file"
)]
#[case::says_geojson_and_is_a_vrt(
    "application/geo+json",
    b"<OGRVRTDataSource><OGRVRTLayer name=\"x\"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>".to_vec(),
    422,
    "unreadable-file"
)]
#[case::says_geopackage_and_is_geojson(
    "application/geopackage+sqlite3",
    b"{\"type\":\"FeatureCollection\",\"features\":[]}".to_vec(),
    422,
    "unreadable-file"
)]
#[case::says_csv_and_is_a_vrt(
    "text/csv",
    b"<OGRVRTDataSource><OGRVRTLayer name=\"x\"><SrcDataSource>http://127.0.0.1:9/</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>".to_vec(),
    422,
    "unreadable-file"
)]
#[case::nested_deep("application/geo+json", vec![b'['; 1 << 20], 422, "unreadable-file")]
#[case::no_numbers(
    "application/geo+json",
    b"{\"type\":\"Feature\",\"properties\":{\"code\":\"001001\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[1e400,0],[1,0],[1,1],[1e400,0]]]}}".to_vec(),
    422,
    "unreadable-file"
)]
#[case::entity_bomb(
    "application/vnd.google-earth.kml+xml",
    b"<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><kml><Document><name>&b;</name></Document></kml>".to_vec(),
    422,
    "unreadable-file"
)]
#[case::empty("application/geo+json", Vec::new(), 422, "unreadable-file")]
#[case::codes_of_no_level(
    "application/geo+json",
    geojson(&[crate::cell("ABC", 0, 0)]).into_bytes(),
    422,
    "bad-units"
)]
#[case::no_file_type("text/plain", b"001001".to_vec(), 415, "unsupported-media-type")]
fn a_hostile_file_is_one_clear_problem_and_changes_nothing(
    #[case] kind: &str,
    #[case] bytes: Vec<u8>,
    #[case] status: u16,
    #[case] problem: &str,
) {
    let desk = Desk::new();
    let store = city(&desk);
    plan(&store, &["new", "2027"]).expect_code(0);
    let before = std::fs::read(&store).unwrap();
    let service = Service::start(&store, &["--allow-writes"]);
    for target in ["/v1/plans?name=x", "/v1/plans/2/grids?existing=update"] {
        let answer = service.request("POST", target, kind, &bytes);
        assert_eq!(answer.status, status, "{}", answer.body);
        let told = json(&answer.body);
        assert_eq!(
            told["type"],
            format!("urn:wangge:problem:{problem}"),
            "{told}"
        );
        assert!(!answer.body.contains("root:"), "{told}");
        assert!(!answer.body.contains("/tmp/"), "{told}");
    }
    assert_eq!(std::fs::read(&store).unwrap(), before);
    assert_eq!(service.get("/readyz").status, 200);
    let (_, log) = service.stop();
    assert!(!log.contains("ERROR"), "{log}");
}

#[test]
fn a_file_over_the_limit_is_told_by_its_announcement_or_when_it_passes_it() {
    let desk = Desk::new();
    let store = city(&desk);
    let config = desk.write("config.toml", "[limits]\nupload_bytes = 1000\n");
    let options = ["--allow-writes", "--config", config.to_str().unwrap()];
    let service = Service::start(&store, &options);
    let answer = service.request("POST", "/v1/plans?name=x", "text/csv", &[b'x'; 1001]);
    assert_eq!(answer.status, 413, "{}", answer.body);
    assert_eq!(
        json(&answer.body)["type"],
        "urn:wangge:problem:body-too-large"
    );
    let answer = service.request("POST", "/v1/plans?name=x", "text/csv", &[b'x'; 1000]);
    assert_eq!(answer.status, 422, "{}", answer.body);
}

#[test]
fn a_zipped_shapefile_with_chinese_attributes_comes_in() {
    let Some(data) = crate::support::real_data() else {
        return;
    };
    let desk = Desk::new();
    let scheme =
        "city = \'c\'\nname = \'c\'\n[[level]]\nid = \'grid\'\nname = \'g\'\ncode = \'^.+$\'";
    let store = desk.store("cq.gpkg", scheme);
    let folder = data.join("chongqing-gbk");
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.contains("_area.") {
            entries.push((name, std::fs::read(&path).unwrap()));
        }
    }
    let entries: Vec<(&str, &[u8])> = entries
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
        .collect();
    let service = Service::start(&store, &["--allow-writes"]);
    let target = "/v1/plans?name=cq&crs=wgs84&map=code=ADMINCODE,name=NAME&encoding=GBK";
    let answer = service.request("POST", target, "application/zip", &zipped(&entries));
    assert_eq!(answer.status, 201, "{}", answer.body);
    assert_eq!(json(&answer.body)["plan"]["grids"], 38);
}
