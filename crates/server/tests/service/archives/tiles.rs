//! The tiles of archives, and what is no tile.

use std::collections::BTreeMap;
use std::fs::{FileTimes, OpenOptions};
use std::time::{Duration, SystemTime};

use rstest::rstest;
use wangge_tiles::archive::Archive;
use wangge_tiles::{Format, Shift, Source, TileAddress};

use super::shelf::{SOUTH, Shelf, alone, beside, gunzipped, outcome, version_of};
use crate::house::drawing;

/// What is there, what is empty and what is outside, and every byte.
#[rstest]
#[case::pmtiles("a.pmtiles")]
#[case::mbtiles("a.mbtiles")]
fn an_archive_answers_what_the_city_answers(#[case] name: &str) {
    let shelf = Shelf::new();
    let path = shelf.town(name);
    let house = beside(&path);
    let version = version_of(&path);
    let mut connection = house.connect();
    let mut counted = BTreeMap::<u16, usize>::new();
    for z in 0..=13_u8 {
        // the town's tile, and two more on each side of it
        let (x, y) = (3422_u32 << 1 >> (13 - z), 1540_u32 << 1 >> (13 - z));
        for (x, y) in (x.saturating_sub(2)..=x + 2)
            .flat_map(|x| (y.saturating_sub(2)..=y + 2).map(move |y| (x, y)))
            .filter(|&(x, y)| x >> z == 0 && y >> z == 0)
        {
            let tile = format!("{z}/{x}/{y}");
            let drawn = connection.get(&format!("/tiles/city/{tile}"));
            let stored = connection.get(&format!("/tiles/old/{tile}"));
            assert_eq!(drawn.status, stored.status, "{tile}");
            *counted.entry(stored.status).or_default() += 1;
            if stored.status == 404 {
                assert_eq!(drawn.problem(), stored.problem());
                continue;
            }
            assert!(drawn.body == stored.body, "{tile}");
            let packed = connection.get_with(
                &format!("/tiles/old/{version}/{tile}"),
                &[("Accept-Encoding", "gzip")],
            );
            assert_eq!(packed.status, stored.status);
            if packed.status == 200 {
                assert_eq!(packed.headers["content-encoding"], "gzip");
                assert!(gunzipped(&packed.body) == drawn.body, "{tile}");
            }
        }
    }
    assert!(
        counted[&200] > 10 && counted[&404] > 100,
        "tiles by status: {counted:?}"
    );
}

#[test]
fn what_is_stored_goes_out_as_it_is_to_who_takes_it() {
    let shelf = Shelf::new();
    let path = shelf.town("a.pmtiles");
    let archive = Archive::open(&path).unwrap();
    let address = TileAddress::new(12, 3422, 1540).unwrap();
    let stored = archive.stored(address).unwrap().unwrap();
    let plain = drawing::town()
        .tiles(Shift::None)
        .tile(Source::City, address, Format::Mvt)
        .unwrap();
    let version = version_of(&path);
    let house = alone(&path);
    let mut tags = Vec::new();
    for (accepted, coding) in [
        ("", None),
        ("br, zstd", None),
        ("gzip;q=0", None),
        ("gzip, deflate, br, zstd", Some("gzip")),
        ("br, gzip;q=0.1", Some("gzip")),
    ] {
        let asked = ("Accept-Encoding", accepted);
        let answer = house.get_with(&format!("/tiles/old/{SOUTH}"), &[asked]);
        assert_eq!(answer.status, 200);
        let said = answer.headers.get("content-encoding").map(String::as_str);
        assert_eq!(said, coding, "{accepted}");
        let bytes = match coding {
            Some(_) => &stored.bytes,
            None => &plain,
        };
        assert!(&answer.body == bytes, "{accepted}");
        assert_eq!(
            answer.headers["content-type"],
            "application/vnd.mapbox-vector-tile"
        );
        assert_eq!(answer.headers["vary"], "accept, accept-encoding");
        assert_eq!(answer.headers["cache-control"], "public, no-cache");
        assert_eq!(answer.headers["wangge-version"], version);
        let tag = answer.headers["etag"].clone();
        assert!(tag.starts_with('"'), "a strong tag: {tag}");
        for target in [
            format!("/tiles/old/{SOUTH}"),
            format!("/tiles/old/{version}/{SOUTH}.mvt"),
        ] {
            let known = house.get_with(&target, &[asked, ("If-None-Match", &tag)]);
            assert_eq!((known.status, &known.headers["etag"]), (304, &tag));
        }
        tags.push((coding, tag));
    }
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), 2, "one tag for each coding: {tags:?}");
    let kept = house.get(&format!("/tiles/old/{version}/{SOUTH}"));
    assert_eq!(
        kept.headers["cache-control"],
        "public, max-age=31536000, immutable"
    );
}

#[test]
fn an_archive_is_of_the_time_that_its_file_was_written() {
    let shelf = Shelf::new();
    let path = shelf.town("a.mbtiles");
    // 2026-01-02T03:04:05Z, which was a Friday
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_323_045);
    let file = OpenOptions::new().write(true).open(&path).unwrap();
    file.set_times(FileTimes::new().set_modified(time)).unwrap();
    let house = alone(&path);
    let date = "Fri, 02 Jan 2026 03:04:05 GMT";
    let target = format!("/tiles/old/{SOUTH}");
    assert_eq!(house.get(&target).headers["last-modified"], date);
    // another file may have been served with the same time
    let again = house.get_with(&target, &[("If-Modified-Since", date)]);
    assert_eq!(again.status, 200);
}

#[rstest]
#[case::other_version("/tiles/old/0123456789abcdef/12/3422/1540", 404, "unknown-version")]
#[case::of_the_city("/tiles/old/1.1/12/3422/1540", 404, "unknown-version")]
#[case::far_away("/tiles/old/12/0/0", 404, "tile-outside")]
#[case::beyond_its_zooms("/tiles/old/14/13690/6160", 404, "tile-outside")]
#[case::beyond_all_zooms("/tiles/old/17/109522/49279", 404, "tile-outside")]
#[case::no_zoom("/tiles/old/31/0/0", 400, "bad-tile-address")]
#[case::row_too_far("/tiles/old/0/0/1", 400, "bad-tile-address")]
#[case::text("/tiles/old/a/b/c", 400, "bad-tile-address")]
#[case::other_form("/tiles/old/12/3422/1540.png", 400, "bad-tile-address")]
#[case::mlt("/tiles/old/12/3422/1540.mlt", 404, "format-not-offered")]
#[case::plan("/tiles/old/12/3422/1540?plan=2027", 400, "bad-parameter")]
#[case::time("/tiles/old?at=2026-12-01T00:00:00Z", 400, "bad-parameter")]
#[case::system("/tiles/old?crs=gcj02", 400, "bad-parameter")]
#[case::style_of_a_plan("/styles/day.json?source=old&plan=1", 400, "bad-parameter")]
#[case::style_in_a_system("/styles/day.json?source=old&crs=gcj02", 400, "bad-parameter")]
#[case::style_of_nothing("/styles/day.json?source=older", 404, "unknown-source")]
#[case::other_name("/tiles/older", 404, "unknown-source")]
#[case::other_case("/tiles/OLD/12/3422/1540", 404, "unknown-source")]
fn what_an_archive_cannot_answer_is_a_problem(
    #[case] target: &str,
    #[case] status: u16,
    #[case] problem: &str,
) {
    let shelf = Shelf::new();
    let path = shelf.town("a.pmtiles");
    for house in [beside(&path), alone(&path)] {
        for language in ["en", "zh"] {
            let answer = house.get_with(target, &[("Accept-Language", language)]);
            assert_eq!(outcome(&answer), (status, problem.to_owned()), "{target}");
            assert_eq!(answer.headers["cache-control"], "no-store");
        }
    }
}

#[test]
fn mvt_is_answered_whatever_accept_says() {
    let shelf = Shelf::new();
    let house = alone(&shelf.town("a.pmtiles"));
    let asked = [("Accept", "application/vnd.maplibre-tile")];
    let answer = house.get_with(&format!("/tiles/old/{SOUTH}"), &asked);
    assert_eq!(
        answer.headers["content-type"],
        "application/vnd.mapbox-vector-tile"
    );
}
