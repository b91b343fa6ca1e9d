//! Zip archives.

use std::io::{Cursor, Write};

use rstest::rstest;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::{Door, ZIP, grids, refused, zipped};
use crate::json;
use crate::support::Desk;
use crate::support::service::Service;

/// A gigabyte of blanks that packs to a megabyte.
fn bomb() -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive
        .start_file("grids.geojson", SimpleFileOptions::default())
        .unwrap();
    let blanks = vec![b' '; 1 << 20];
    for _ in 0..1024 {
        archive.write_all(&blanks).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn entries(count: u32) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for entry in 0..count {
        archive
            .start_file(format!("{entry}.geojson"), stored)
            .unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn link() -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive
        .add_symlink("grids.geojson", "/etc/passwd", SimpleFileOptions::default())
        .unwrap();
    archive.finish().unwrap().into_inner()
}

/// Archives in archives, ten in each, five deep.
fn nested() -> Vec<u8> {
    let mut inner = zipped(&[("grids.geojson", &grids())]);
    for _ in 0..4 {
        let names: Vec<String> = (0..10).map(|entry| format!("{entry}.zip")).collect();
        let entries: Vec<(&str, &[u8])> = names
            .iter()
            .map(|name| (name.as_str(), inner.as_slice()))
            .collect();
        inner = zipped(&entries);
    }
    inner
}

/// An archive whose directory says that its entry is small, and of which the entry is not.
fn lying() -> Vec<u8> {
    let mut bytes = bomb();
    let directory = bytes
        .windows(4)
        .rposition(|window| window == b"PK\x01\x02")
        .unwrap();
    bytes[directory + 24..directory + 28].copy_from_slice(&10_u32.to_le_bytes());
    bytes
}

/// The six grids under a name that a Chinese Windows packed: 网格.geojson in GBK, unmarked.
fn named_in_gbk() -> Vec<u8> {
    let mut bytes = zipped(&[("QQQQ.geojson", &grids())]);
    let places: Vec<usize> = (0..bytes.len() - 4)
        .filter(|&at| bytes[at..].starts_with(b"QQQQ"))
        .collect();
    assert_eq!(places.len(), 2);
    for at in places {
        bytes[at..at + 4].copy_from_slice(b"\xCD\xF8\xB8\xF1");
    }
    bytes
}

#[rstest]
#[case::bomb(bomb(), 413, "file-too-large", "times its packed size")]
#[case::bomb_that_says_it_is_small(lying(), 413, "file-too-large", "times its packed size")]
#[case::path_out(zipped(&[("../../evil.geojson", b"{}")]), 422, "unreadable-file", "leads out")]
#[case::absolute_path(zipped(&[("/etc/evil.geojson", b"{}")]), 422, "unreadable-file", "leads out")]
#[case::path_of_windows(zipped(&[("..\\evil.geojson", b"{}")]), 422, "unreadable-file", "leads out")]
#[case::drive(zipped(&[("C:\\evil.geojson", b"{}")]), 422, "unreadable-file", "leads out")]
#[case::path_out_beside_a_good_file(
    zipped(&[("grids.geojson", &grids()), ("../../evil.geojson", b"{}")]),
    422,
    "unreadable-file",
    "leads out"
)]
#[case::link(link(), 422, "unreadable-file", "pack the file itself")]
#[case::more_entries_than_the_limit(
    entries(1_001),
    413,
    "file-too-large",
    "1001 archive entries, the limit is 1000"
)]
#[case::entries_of_65000(
    entries(65_000),
    413,
    "file-too-large",
    "65000 archive entries, the limit is 1000"
)]
#[case::archives_in_archives(
    nested(),
    422,
    "unreadable-file",
    "archives in archives are not opened"
)]
#[case::no_archive(b"PK but no".to_vec(), 422, "unreadable-file", "it is no zip file")]
#[case::nothing_known_in_it(zipped(&[("evil.vrt", b"<x/>")]), 422, "unreadable-file", "no file of a known format")]
fn a_hostile_archive_is_one_clear_problem_and_changes_nothing(
    #[case] bytes: Vec<u8>,
    #[case] status: u16,
    #[case] problem: &str,
    #[case] words: &str,
) {
    refused(ZIP, &bytes, (status, problem, words));
}

#[test]
fn an_archive_with_names_in_gbk_comes_in_and_is_named_right() {
    let door = Door::open();
    let told = door.takes("", ZIP, &named_in_gbk());
    let notes = told["notes"].to_string();
    assert!(notes.contains("网格.geojson"), "{notes}");
    door.close();
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
