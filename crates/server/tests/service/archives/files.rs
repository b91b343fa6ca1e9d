//! Files that are damaged, changed or replaced.

use std::fs::OpenOptions;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use rstest::rstest;
use wangge_tiles::archive::Archive;
use wangge_tiles::{Format, Shift, Source, TileAddress};

use super::shelf::{SOUTH, Shelf, alone, outcome, version_of};
use crate::house::drawing;

/// Where the bytes of a tile stand in a file.
fn place_of(path: &Path, tile: TileAddress) -> u64 {
    let stored = Archive::open(path).unwrap().stored(tile).unwrap().unwrap();
    let file = std::fs::read(path).unwrap();
    let found = file
        .windows(stored.bytes.len())
        .position(|window| window == stored.bytes);
    found.unwrap() as u64 + stored.bytes.len() as u64 / 2
}

fn spoil(path: &Path, place: u64) {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .open(path)
        .unwrap();
    let mut byte = [0];
    file.read_exact_at(&mut byte, place).unwrap();
    file.write_all_at(&[byte[0] ^ 0x55], place).unwrap();
}

#[test]
fn a_tile_that_is_damaged_is_an_error_of_the_server_and_the_others_are_answered() {
    let shelf = Shelf::new();
    let path = shelf.town("a.pmtiles");
    spoil(
        &path,
        place_of(&path, TileAddress::new(12, 3422, 1540).unwrap()),
    );
    let house = alone(&path);
    for accepted in ["", "gzip"] {
        let asked = [("Accept-Encoding", accepted)];
        let answer = house.get_with(&format!("/tiles/old/{SOUTH}"), &asked);
        assert_eq!(outcome(&answer), (500, "internal".to_owned()));
        let other = house.get_with("/tiles/old/12/3422/1539", &asked);
        assert_eq!(other.status, 200);
    }
}

#[rstest]
#[case::pmtiles("a.pmtiles")]
#[case::mbtiles("a.mbtiles")]
fn a_file_that_is_changed_while_it_is_served_answers_no_more_and_the_service_goes_on(
    #[case] name: &str,
) {
    let shelf = Shelf::new();
    let path = shelf.town(name);
    let house = alone(&path);
    let before = house.get(&format!("/tiles/old/{SOUTH}"));
    assert_eq!(before.status, 200);
    let file = OpenOptions::new().append(true).open(&path).unwrap();
    file.set_len(file.metadata().unwrap().len() / 2).unwrap();
    // what is known stays true: the version's contents
    let known = house.get(&format!("/tiles/old/{SOUTH}"));
    assert_eq!((known.status, &known.body), (200, &before.body));
    let unknown = house.get("/tiles/old/12/3422/1539");
    assert_eq!(outcome(&unknown), (503, "archive-changed".to_owned()));
    assert_eq!(house.get("/tiles/old").status, 200);
    assert_eq!(house.get("/healthz").status, 200);
    let ready = house.get("/readyz");
    assert_eq!(outcome(&ready), (503, "archive-changed".to_owned()));
}

/// Another time, another owner, another name: its bytes are what they were.
#[rstest]
#[case::pmtiles("a.pmtiles")]
#[case::mbtiles("a.mbtiles")]
fn a_file_that_is_touched_is_served_on(#[case] name: &str) {
    let shelf = Shelf::new();
    let path = shelf.town(name);
    let house = alone(&path);
    let file = OpenOptions::new().append(true).open(&path).unwrap();
    for (hours, row) in [(1, 1539), (2, 1540)] {
        let later = SystemTime::now() + Duration::from_secs(3600 * hours);
        file.set_modified(later).unwrap();
        let answer = house.get(&format!("/tiles/old/12/3422/{row}"));
        assert_eq!(answer.status, 200);
    }
    assert_eq!(house.get("/readyz").status, 200);
}

#[rstest]
#[case::pmtiles("a.pmtiles")]
#[case::mbtiles("a.mbtiles")]
fn other_bytes_are_found_whatever_the_file_says_of_its_time(#[case] name: &str) {
    let shelf = Shelf::new();
    let path = shelf.town(name);
    let house = alone(&path);
    let written = path.metadata().unwrap().modified().unwrap();
    let south = TileAddress::new(12, 3422, 1540).unwrap();
    spoil(&path, place_of(&path, south));
    let file = OpenOptions::new().append(true).open(&path).unwrap();
    file.set_modified(written).unwrap();
    // also of a tile whose own bytes are what they were
    let other = house.get("/tiles/old/12/3422/1539");
    assert_eq!(outcome(&other), (503, "archive-changed".to_owned()));
    spoil(&path, place_of(&path, south));
    let again = house.get("/tiles/old/12/3422/1539");
    assert_eq!(
        outcome(&again),
        (503, "archive-changed".to_owned()),
        "for good"
    );
}

/// As an export to the same name does it.
#[rstest]
#[case::pmtiles("a.pmtiles")]
#[case::mbtiles("a.mbtiles")]
fn a_file_that_another_takes_the_place_of_is_served_on(#[case] name: &str) {
    let shelf = Shelf::new();
    let path = shelf.town(name);
    let house = alone(&path);
    let version = version_of(&path);
    let tile = |z: u8, x: u32, y: u32| {
        let address = TileAddress::new(z, x, y).unwrap();
        let town = drawing::town();
        let tiles = town.tiles(Shift::None);
        tiles.tile(Source::City, address, Format::Mvt).unwrap()
    };
    let other = shelf.archive(
        &format!("other-{name}"),
        &drawing::town(),
        Source::Grids,
        Shift::Gcj02,
    );
    std::fs::rename(other, &path).unwrap();
    assert_ne!(version_of(&path), version);
    let (served, version, tile) = (&house, &version, &tile);
    std::thread::scope(|scope| {
        for y in [1539, 1540] {
            for _ in 0..4 {
                scope.spawn(move || {
                    let target = format!("/tiles/old/{version}/12/3422/{y}");
                    let answer = served.get(&target);
                    assert_eq!(answer.status, 200);
                    assert!(answer.body == tile(12, 3422, y));
                });
            }
        }
    });
    let restarted = alone(&path);
    assert_eq!(
        restarted.get("/tiles/old").headers["wangge-version"],
        version_of(&path)
    );
}
