//! Archives hold what was drawn, read again what they hold, go on where they were ended, and refuse
//! what is none.
#![expect(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a test that panics has failed"
)]

mod support;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use rstest::rstest;
use sha2::{Digest as _, Sha256};
use wangge_generate::{CitySpec, city};
use wangge_tiles::archive::{
    Archive, ArchiveError, ArchiveNote, ExportStep, Exported, StoredTile, export,
};
use wangge_tiles::check::{Expected, Pyramid as _, check_tiles};
use wangge_tiles::{Format, Shift, Source, SourceTiles, TileAddress, TileSet};

static TILES: LazyLock<TileSet> = LazyLock::new(|| {
    let spec = CitySpec::sized(200).unwrap();
    let city = city(&spec, 1).unwrap();
    TileSet::of(Arc::new(support::synthetic(&city)), Shift::None)
});

fn note() -> ArchiveNote {
    ArchiveNote {
        name: "小城".to_owned(),
        description: "a synthetic city".to_owned(),
        version: "2026.1".to_owned(),
        bounds: TILES.bounds(Source::Grids).unwrap(),
        min_zoom: 0,
        max_zoom: 14,
        layers: TILES.layers(Source::Grids),
        holes: Vec::new(),
        shift: Shift::None,
    }
}

fn exported(path: &Path, zooms: RangeInclusive<u8>) -> Exported {
    let tiles = SourceTiles::new(&TILES, Source::Grids, zooms);
    export(&tiles, &note(), path, "key", &|_| {}).unwrap()
}

/// Every tile that the set has, drawn on its own.
fn drawn(zooms: RangeInclusive<u8>) -> BTreeMap<TileAddress, Vec<u8>> {
    let tiles = SourceTiles::new(&TILES, Source::Grids, zooms.clone());
    zooms
        .flat_map(|zoom| tiles.addresses(zoom))
        .filter_map(|tile| Some((tile, TILES.tile(Source::Grids, tile, Format::Mvt)?)))
        .collect()
}

fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[rstest]
#[case::pmtiles("city.pmtiles")]
#[case::mbtiles("city.mbtiles")]
fn an_archive_holds_every_tile_and_nothing_else(#[case] name: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    let done = exported(&path, 0..=14);
    let drawn = drawn(0..=14);
    assert!(drawn.len() > 50, "{}", drawn.len());
    assert_eq!(done.tiles, drawn.len() as u64);
    assert_eq!(done.bytes, path.metadata().unwrap().len());
    assert_eq!(done.resumed, 0);
    assert_eq!(files(folder.path()), [name]);

    let archive = Archive::open(&path).unwrap();
    let mut addresses = archive.all_addresses().unwrap().to_vec();
    addresses.sort_unstable();
    assert_eq!(addresses, drawn.keys().copied().collect::<Vec<_>>());
    for (tile, bytes) in &drawn {
        assert_eq!(archive.tile(*tile).unwrap().as_ref(), Some(bytes), "{tile}");
        let stored = archive.stored(*tile).unwrap().unwrap();
        assert!(stored.is_gzip);
    }
    let nowhere = TileAddress::new(14, 0, 0).unwrap();
    assert_eq!(archive.stored(nowhere).unwrap(), None::<StoredTile>);

    let metadata = archive.metadata().unwrap();
    assert_eq!(metadata["name"], "小城");
    assert_eq!(metadata["version"], "2026.1");
    let layers = metadata["vector_layers"].as_array().unwrap();
    assert_eq!(layers.len(), TILES.layers(Source::Grids).len());
    assert_eq!(layers[0]["fields"]["code"], "String");
    assert_eq!(archive.holes().unwrap(), Some(Vec::new()));
    let (bounds, min, max) = archive.frame().unwrap();
    assert_eq!((min, max), (0, 14));
    let near = |(a, b): (f64, f64)| (a - b).abs() < 1e-6;
    assert!(
        bounds.into_iter().zip(note().bounds).all(near),
        "{bounds:?}"
    );

    let report = check_tiles(&archive, Expected::default(), &|_| {}).unwrap();
    let zooms: Vec<u8> = report.zooms.iter().map(|zoom| zoom.zoom).collect();
    let mut first = drawn.keys().map(|tile| tile.z());
    assert_eq!(zooms, (first.next().unwrap()..=14).collect::<Vec<_>>());
    assert!(report.sound, "{:#?}", report.faults);
}

#[rstest]
#[case::pmtiles("city.pmtiles")]
#[case::mbtiles("city.mbtiles")]
fn the_same_tiles_give_the_same_bytes(#[case] name: &str) {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let [one, other] = folders.each_ref().map(|folder| {
        let path = folder.path().join(name);
        exported(&path, 3..=13);
        std::fs::read(path).unwrap()
    });
    assert!(one == other);
}

#[rstest]
#[case::pmtiles("city.pmtiles")]
#[case::mbtiles("city.mbtiles")]
fn an_export_that_was_ended_goes_on(#[case] name: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    let tiles = SourceTiles::new(&TILES, Source::Grids, 0..=16);
    let ended = catch_unwind(AssertUnwindSafe(|| {
        export(&tiles, &note(), &path, "key", &|step| {
            if let ExportStep::Drawn { done, of } = step {
                assert!(of > 1024, "the city is too small for this test");
                assert!(done == 0, "ended");
            }
        })
    }));
    assert!(ended.is_err());
    let work = format!(".{name}.wangge-work");
    assert!(!path.exists());
    assert!(files(folder.path()).contains(&work));

    let steps = Cell::new(0);
    let done = export(&tiles, &note(), &path, "key", &|_| {
        steps.set(steps.get() + 1);
    })
    .unwrap();
    assert_eq!(done.resumed, 1024);
    assert_eq!(files(folder.path()), [name]);
    let whole = folder.path().join(format!("whole-{name}"));
    let again = export(&tiles, &note(), &whole, "key", &|_| {}).unwrap();
    assert_eq!((again.resumed, again.tiles), (0, done.tiles));
    assert!(std::fs::read(&path).unwrap() == std::fs::read(&whole).unwrap());
}

#[test]
fn what_was_drawn_for_another_version_is_thrown_away() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("city.pmtiles");
    let tiles = SourceTiles::new(&TILES, Source::Grids, 0..=16);
    let ended = catch_unwind(AssertUnwindSafe(|| {
        export(&tiles, &note(), &path, "key", &|step| {
            assert!(matches!(step, ExportStep::Drawn { done: 0, .. }), "ended");
        })
    }));
    assert!(ended.is_err());
    let done = export(&tiles, &note(), &path, "another key", &|_| {}).unwrap();
    assert_eq!(done.resumed, 0);
    assert_eq!(files(folder.path()), ["city.pmtiles"]);
}

#[test]
fn two_exports_to_one_file_do_not_mix() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("city.pmtiles");
    let tiles = SourceTiles::new(&TILES, Source::Grids, 0..=12);
    let first = export(&tiles, &note(), &path, "key", &|step| {
        if step == ExportStep::Writing {
            let second = export(&tiles, &note(), &path, "key", &|_| {});
            assert!(
                matches!(second, Err(ArchiveError::Busy { .. })),
                "{second:?}"
            );
        }
    });
    assert!(first.is_ok());
}

#[test]
fn an_export_of_nothing_says_so_and_leaves_no_archive() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("city.pmtiles");
    let tiles = SourceTiles::new(&TILES, Source::Overlays, 0..=12);
    let outcome = export(&tiles, &note(), &path, "key", &|_| {});
    assert!(
        matches!(outcome, Err(ArchiveError::Nothing { .. })),
        "{outcome:?}"
    );
    assert_eq!(files(folder.path()), [""; 0]);
    let outcome = export(
        &tiles,
        &note(),
        &folder.path().join("city.zip"),
        "key",
        &|_| {},
    );
    assert!(
        matches!(outcome, Err(ArchiveError::Extension { .. })),
        "{outcome:?}"
    );
    let nowhere = folder.path().join("no/such/folder/city.pmtiles");
    let outcome = export(&tiles, &note(), &nowhere, "key", &|_| {});
    assert!(
        matches!(outcome, Err(ArchiveError::Io { .. })),
        "{outcome:?}"
    );
}

#[test]
fn a_file_in_the_place_of_the_work_file_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("city.pmtiles");
    let work = folder.path().join(".city.pmtiles.wangge-work");
    std::fs::write(
        &work,
        "the only copy of something else, long enough to be a page",
    )
    .unwrap();
    let tiles = SourceTiles::new(&TILES, Source::Grids, 0..=3);
    let outcome = export(&tiles, &note(), &path, "key", &|_| {});
    assert!(
        matches!(outcome, Err(ArchiveError::NotWork { .. })),
        "{outcome:?}"
    );
    let foreign =
        rusqlite::Connection::open(folder.path().join(".city.mbtiles.wangge-work")).unwrap();
    foreign
        .execute_batch("CREATE TABLE mine (a); INSERT INTO mine VALUES (1);")
        .unwrap();
    drop(foreign);
    let outcome = export(
        &tiles,
        &note(),
        &folder.path().join("city.mbtiles"),
        "key",
        &|_| {},
    );
    assert!(
        matches!(outcome, Err(ArchiveError::NotWork { .. })),
        "{outcome:?}"
    );
}

fn opened(path: &Path) -> Result<(), ArchiveError> {
    let archive = Archive::open(path)?;
    archive.metadata()?;
    archive.frame()?;
    for tile in archive.all_addresses()?.iter().take(50) {
        archive.tile(*tile)?;
    }
    Ok(())
}

#[rstest]
#[case::pmtiles("city.pmtiles")]
#[case::mbtiles("city.mbtiles")]
fn a_file_that_is_no_archive_is_refused_with_its_name(#[case] name: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    for bytes in [
        &b""[..],
        b"P",
        b"not an archive at all, but some text that goes on for a while",
        b"PMTiles\x03",
        b"SQLite format 3\0",
    ] {
        std::fs::write(&path, bytes).unwrap();
        let error = opened(&path).unwrap_err();
        assert!(error.to_string().contains(name), "{error}");
    }
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(opened(&path), Err(ArchiveError::Io { .. })));
    std::fs::create_dir(&path).unwrap();
    assert!(matches!(opened(&path), Err(ArchiveError::Io { .. })));
}

/// Cut short anywhere, or with a byte changed anywhere in what is not tiles: an error or an answer,
/// never a panic.
#[rstest]
#[case::pmtiles("city.pmtiles")]
#[case::mbtiles("city.mbtiles")]
fn a_damaged_archive_ends_in_an_error(#[case] name: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    exported(&path, 0..=10);
    let whole = std::fs::read(&path).unwrap();
    for part in 0..64 {
        std::fs::write(&path, &whole[..whole.len() * part / 64]).unwrap();
        assert!(opened(&path).is_err(), "cut to {part}/64");
    }
    let mut errors = 0;
    for place in (0..whole.len().min(20_000)).step_by(7) {
        let mut bytes = whole.clone();
        bytes[place] ^= 0xff;
        std::fs::write(&path, &bytes).unwrap();
        errors += usize::from(opened(&path).is_err());
    }
    assert!(errors > 5, "{errors}");
}

fn database(path: &Path, statements: &str) {
    let _ = std::fs::remove_file(path);
    let connection = rusqlite::Connection::open(path).unwrap();
    connection.execute_batch(statements).unwrap();
}

#[test]
fn a_foreign_archive_of_images_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("images.mbtiles");
    let tables = "CREATE TABLE metadata (name TEXT, value TEXT);
        CREATE TABLE tiles (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_data BLOB);";
    database(
        &path,
        &format!("{tables} INSERT INTO metadata VALUES ('format', 'png');"),
    );
    match Archive::open(&path) {
        Err(ArchiveError::NotVector { found, .. }) => assert_eq!(found, "png"),
        other => panic!("{other:?}"),
    }
    // rows as others write them: columns out of the pyramid, text where bytes should be
    database(
        &path,
        &format!(
            "{tables} INSERT INTO metadata VALUES ('format', 'pbf'), ('bounds', 'here'), ('minzoom', 2.0);
             INSERT INTO tiles VALUES (1, 0, 0, x'1f8b00'), (99, 0, 0, x''), (1, 7, 0, x''), (2, -1, 3, x''), (1, 1, 1, 'text');"
        ),
    );
    let archive = Archive::open(&path).unwrap();
    assert_eq!(archive.all_addresses().unwrap().len(), 2);
    let south_west = TileAddress::new(1, 0, 1).unwrap();
    assert!(matches!(
        archive.tile(south_west),
        Err(ArchiveError::Tile { .. })
    ));
    let north_east = TileAddress::new(1, 1, 0).unwrap();
    assert!(archive.tile(north_east).is_err());
    assert_eq!(archive.frame().unwrap().0[0], -180.0);
}

/// Its digest is that of the file, and stays that of the file that was opened.
#[rstest]
#[case::pmtiles("city.pmtiles")]
#[case::mbtiles("city.mbtiles")]
fn an_archive_knows_whether_it_is_what_was_opened(#[case] name: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    exported(&path, 0..=10);
    let whole = std::fs::read(&path).unwrap();
    let digest: [u8; 32] = Sha256::digest(&whole).into();
    let archive = Archive::open(&path).unwrap();
    assert_eq!(archive.digest().unwrap(), digest);
    assert_eq!(archive.shift().unwrap(), Shift::None);
    archive.unchanged().unwrap();
    let some = archive.all_addresses().unwrap()[0];
    let tile = archive.tile(some).unwrap();

    // another file by its name
    let other = folder.path().join(format!("other-{name}"));
    exported(&other, 0..=3);
    std::fs::rename(&other, &path).unwrap();
    archive.unchanged().unwrap();
    assert_eq!(archive.digest().unwrap(), digest);
    assert_eq!(archive.tile(some).unwrap(), tile);

    // the same file with something else in it
    let archive = Archive::open(&path).unwrap();
    let file = std::fs::OpenOptions::new()
        .append(true)
        .open(&path)
        .unwrap();
    file.set_len(100).unwrap();
    for outcome in [archive.unchanged(), archive.digest().map(|_| ())] {
        assert!(
            matches!(outcome, Err(ArchiveError::Changed { .. })),
            "{outcome:?}"
        );
    }
}

#[rstest]
#[case::pmtiles("city.pmtiles")]
#[case::mbtiles("city.mbtiles")]
fn an_archive_says_in_which_system_it_is_drawn(#[case] name: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    let tiles = SourceTiles::new(&TILES, Source::Grids, 0..=3);
    let note = ArchiveNote {
        shift: Shift::Gcj02,
        ..note()
    };
    export(&tiles, &note, &path, "key", &|_| {}).unwrap();
    assert_eq!(Archive::open(&path).unwrap().shift().unwrap(), Shift::Gcj02);
}

#[test]
fn an_archive_that_is_being_written_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a ?#%城.mbtiles");
    exported(&path, 0..=3);
    Archive::open(&path).unwrap();
    for ending in ["-wal", "-journal"] {
        let beside = folder.path().join(format!("a ?#%城.mbtiles{ending}"));
        std::fs::write(&beside, "what is not in it yet").unwrap();
        let outcome = Archive::open(&path);
        assert!(
            matches!(outcome, Err(ArchiveError::BeingWritten { .. })),
            "{outcome:?}"
        );
        std::fs::remove_file(&beside).unwrap();
    }
}

#[test]
fn a_pmtiles_archive_that_lacks_its_last_byte_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("city.pmtiles");
    exported(&path, 0..=9);
    Archive::open(&path).unwrap();
    let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len(file.metadata().unwrap().len() - 1).unwrap();
    let refused = Archive::open(&path).unwrap_err();
    assert!(refused.to_string().contains("cut short"), "{refused}");
}
