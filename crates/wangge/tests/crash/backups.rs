//! `wangge store backup`: a copy while others write, and what it refuses.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rusqlite::Connection;
use serde_json::Value;

use crate::city::{City, State};
use crate::recorder::{files, on_a_small_disk};
use crate::support::run;
use crate::support::service::Service;
use crate::told::{refused, speaking};

fn backup<'a>(store: &'a Path, copy: &'a Path, more: &'a [&'a str]) -> Vec<&'a OsStr> {
    let mut arguments: Vec<&OsStr> = ["store", "backup", "--store"].map(OsStr::new).to_vec();
    arguments.extend([store.as_os_str(), OsStr::new("-o"), copy.as_os_str()]);
    arguments.extend(more.iter().map(OsStr::new));
    arguments
}

/// A copy in a folder of its own, which is all that lies there.
fn copied(city: &City, name: &str) -> PathBuf {
    let folder = city.desk.path(name);
    fs::create_dir(&folder).unwrap();
    let copy = folder.join("copy.gpkg");
    run(&backup(&city.store, &copy, &[])).expect_code(0);
    assert!(files(&folder).keys().eq(["copy.gpkg"]));
    copy
}

#[test]
fn a_copy_is_the_same_store_and_says_so() {
    let city = City::with_draft();
    let copy = copied(&city, "en");
    assert_eq!(State::of(&copy), State::of(&city.store));
    let second = city.desk.path("second.gpkg");
    let zh = run(&backup(&city.store, &second, &["--lang", "zh"])).expect_code(0);
    assert!(zh.out.contains("字节，检查完好"), "{zh:?}");
    let third = city.desk.path("third.gpkg");
    let json = run(&backup(&city.store, &third, &["--json"])).expect_code(0);
    let json: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json["bytes"], third.metadata().unwrap().len());
    assert_eq!(json["whole"], true);
}

#[test]
fn copies_made_while_another_program_imports_are_each_of_one_moment() {
    let city = City::new();
    let ended = AtomicBool::new(false);
    thread::scope(|scope| {
        let imports = scope.spawn(|| {
            for number in 0..6 {
                let mut import = city.import(&city.store);
                *import.last_mut().unwrap() = format!("plan {number}").into();
                run(&import).expect_code(0);
            }
            ended.store(true, Ordering::Relaxed);
        });
        let mut copies: u32 = 0;
        while copies == 0 || !ended.load(Ordering::Relaxed) {
            let copy = copied(&city, &format!("copy {copies}"));
            let state = State::of(&copy).unwrap();
            // every plan that is there is there with all that was committed before it
            let expected: Vec<String> = (0..state.names().len() - 1)
                .map(|number| format!("plan {number}"))
                .collect();
            assert!(
                state.names()[1..].iter().eq(&expected),
                "{:?}",
                state.names()
            );
            copies += 1;
        }
        imports.join().unwrap();
        println!("{copies} copies during 6 imports");
    });
    let last = State::of(&copied(&city, "last")).unwrap();
    assert_eq!(last.names().len(), 7);
}

#[test]
fn a_store_that_qgis_has_open_is_copied_into_one_file() {
    let city = City::new();
    let qgis = Connection::open(&city.store).unwrap();
    qgis.pragma_update(None, "journal_mode", "WAL").unwrap();
    // what is committed lies in the log, not in the file; what is not committed counts for nothing
    run(&city.import(&city.store)).expect_code(0);
    qgis.execute_batch("BEGIN; CREATE TABLE scratch (a)")
        .unwrap();
    let copy = copied(&city, "copy");
    qgis.execute_batch("ROLLBACK").unwrap();
    // 18 and 19: how the file is written and read, 1 with a rollback journal, 2 with a log:
    // https://www.sqlite.org/fileformat2.html
    assert_eq!(fs::read(&copy).unwrap()[18..20], [1, 1]);
    assert_eq!(State::of(&copy).unwrap().names(), ["old", "new"]);
    assert_eq!(State::of(&copy), State::of(&city.store));
}

#[test]
fn an_interrupted_write_is_undone_before_the_copy() {
    let city = City::new();
    let before = State::of(&city.store).unwrap();
    let other = Connection::open(&city.store).unwrap();
    other.pragma_update(None, "cache_size", 1).unwrap();
    other
        .execute_batch("BEGIN; UPDATE gpkg_contents SET description = hex(zeroblob(9000))")
        .unwrap();
    let folder = city.desk.path("crashed");
    let crashed = city.copy_to(&folder);
    let journal = |store: &Path| store.with_file_name("city.gpkg-journal");
    fs::copy(journal(&city.store), journal(&crashed)).unwrap();
    other.execute_batch("ROLLBACK").unwrap();
    let copy = city.desk.path("copy.gpkg");
    let ran = run(&backup(&crashed, &copy, &[])).expect_code(0);
    assert!(ran.err.contains("it was undone"), "{ran:?}");
    assert_eq!(State::of(&copy).unwrap(), before);
    assert!(files(&folder).keys().eq(["city.gpkg"]));
}

#[test]
fn a_copy_is_made_over_nothing_but_what_is_given_up() {
    let city = City::new();
    let store = &city.store;
    let bytes = fs::read(store).unwrap();
    let try_to = |copy: &Path, more: &'static [&'static str], en: &str, zh: &str| {
        let name = copy.file_name().unwrap().to_str().unwrap();
        let run = |language: &str| {
            let arguments = backup(store, copy, more);
            speaking(language, &arguments).output().unwrap()
        };
        refused(run, &[name], en, zh);
    };
    let kept = city.desk.write("kept.gpkg", "mine");
    try_to(
        &kept,
        &[],
        "--force replaces",
        "如要覆盖该文件，请加 --force",
    );
    assert_eq!(fs::read(&kept).unwrap(), b"mine");
    let nowhere = city.desk.path("no folder").join("copy.gpkg");
    try_to(
        &nowhere,
        &[],
        "No such file or directory",
        "文件或文件夹不存在",
    );
    let folder = city.desk.path("folder");
    fs::create_dir(&folder).unwrap();
    try_to(&folder, &["--force"], "is already there", "已经存在");
    // the store itself, by its name and by another
    let link = city.desk.path("link.gpkg");
    std::os::unix::fs::symlink(store, &link).unwrap();
    for itself in [store, &link] {
        for more in [&[][..], &["--force"]] {
            try_to(itself, more, "is the store itself", "就是数据库本身");
        }
    }
    // a journal that waits for a file of that name would be played back into the copy
    city.desk.write("gone.gpkg-journal", "what is left");
    let gone = city.desk.path("gone.gpkg");
    try_to(&gone, &[], "is left of an earlier", "留下的");
    try_to(&gone, &["--force"], "is left of an earlier", "留下的");
    assert!(fs::read(store).unwrap() == bytes);

    run(&backup(store, &kept, &["--force"])).expect_code(0);
    assert_eq!(State::of(&kept), State::of(store));
    let hidden = fs::read_dir(store.parent().unwrap()).unwrap().any(|entry| {
        let name = entry.unwrap().file_name();
        name.to_str().unwrap().starts_with('.')
    });
    assert!(!hidden, "something was left");
}

#[test]
fn a_full_disk_leaves_no_copy_and_keeps_the_one_before() {
    let city = City::new();
    let folder = city.desk.path("full");
    fs::create_dir(&folder).unwrap();
    let copy = folder.join("copy.gpkg");
    let size = city.store.metadata().unwrap().len();
    for before in [None, Some("the copy of yesterday")] {
        if let Some(text) = before {
            fs::write(&copy, text).unwrap();
        }
        for room in [0, 5_000, size / 2, size - 1] {
            let run = |language: &str| {
                let more = ["--force", "--lang", language];
                on_a_small_disk(&folder, room, &backup(&city.store, &copy, &more))
            };
            refused(run, &["copy.gpkg"], "is full", "磁盘已满");
            let left = files(&folder);
            assert_eq!(
                left.len(),
                usize::from(before.is_some()),
                "{:?}",
                left.keys()
            );
            assert!(
                left.values()
                    .all(|bytes| Some(&bytes[..]) == before.map(str::as_bytes))
            );
        }
    }
}

#[test]
fn a_store_that_is_not_whole_is_not_copied() {
    let city = City::new();
    let file = Connection::open(&city.store).unwrap();
    file.execute_batch("DROP TRIGGER codes_stay").unwrap();
    let copy = city.desk.path("copy.gpkg");
    refused(
        |language| {
            speaking(language, &backup(&city.store, &copy, &[]))
                .output()
                .unwrap()
        },
        &["city.gpkg", "codes_stay", "wangge store check"],
        "is not whole",
        "不完好",
    );
    assert!(!copy.exists());
    let notes = city.desk.write("notes.gpkg", "这不是数据库");
    refused(
        |language| {
            speaking(language, &backup(&notes, &copy, &[]))
                .output()
                .unwrap()
        },
        &["notes.gpkg"],
        "is not a wangge store",
        "不是 wangge 数据库",
    );
    assert!(!copy.exists());
}

#[test]
fn who_serves_and_who_copies_are_not_in_each_others_way() {
    let city = City::new();
    let service = Service::start(&city.store, &[]);
    let ended = AtomicBool::new(false);
    thread::scope(|scope| {
        let lookups = scope.spawn(|| {
            let mut lookups = 0;
            while lookups == 0 || !ended.load(Ordering::Relaxed) {
                let answer = service.get("/v1/locate?lon=120.8005&lat=40.7005");
                assert_eq!(answer.status, 200, "{answer:?}");
                lookups += 1;
            }
            lookups
        });
        for number in 0..5 {
            let copy = copied(&city, &format!("{number}"));
            assert_eq!(State::of(&copy), State::of(&city.store));
        }
        ended.store(true, Ordering::Relaxed);
        println!("{} lookups during 5 copies", lookups.join().unwrap());
    });
    let (status, log) = service.stop();
    assert!(status.success(), "{log}");
    assert!(!log.contains("WARN") && !log.contains("ERROR"), "{log}");
}
