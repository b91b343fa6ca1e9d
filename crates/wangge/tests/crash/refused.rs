//! A full disk, a store that may not be written, and one of a later version: a clear message in
//! both languages, and nothing lost.

use std::ffi::{OsStr, OsString};
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output};

use rusqlite::Connection;

use crate::city::{City, State};
use crate::recorder::{Note, Recording, on_a_small_disk};
use crate::support::run;
use crate::told::{refused, speaking};

/// An account without rights: <https://wiki.debian.org/SystemGroups>.
const NOBODY: u32 = 65_534;

fn spoken(language: &str, arguments: &[OsString]) -> Vec<OsString> {
    let mut arguments = arguments.to_vec();
    arguments.extend(["--lang".into(), language.into()]);
    arguments
}

/// By how many bytes the files of the store's folder grow in a change.
fn growth(recording: &Recording) -> u64 {
    let mut ends = std::collections::BTreeMap::new();
    for (name, bytes) in &recording.before {
        ends.insert(name.clone(), bytes.len());
    }
    let mut grown = 0;
    for note in &recording.notes {
        if let Note::Write {
            name,
            offset,
            bytes,
        } = note
        {
            let end = ends.entry(name.clone()).or_default();
            let new = offset + bytes.len();
            grown += new.saturating_sub(*end);
            *end = new.max(*end);
        }
    }
    grown as u64
}

/// The disk is full after so many bytes, for numbers from none to all that the change needs.
fn on_full_disks(city: &City, change: impl Fn(&Path) -> Vec<OsString>) {
    let fresh = |name: &str| city.copy_to(&city.desk.path(name));
    let before = State::of(&city.store).unwrap();
    let bytes = fs::read(&city.store).unwrap();
    let whole = fresh("whole");
    let needed = growth(&Recording::of(
        whole.parent().unwrap(),
        &change(&whole),
        None,
    ));
    assert!(needed > 10_000, "{needed}");
    for share in [0, 1, 30, 60, 90, 99] {
        let room = needed * share / 100;
        let store = fresh("full");
        let folder = store.parent().unwrap();
        refused(
            |language| on_a_small_disk(folder, room, &spoken(language, &change(&store))),
            &["city.gpkg"],
            "is full; nothing was changed",
            "磁盘已满；没有作任何修改",
        );
        assert_eq!(State::of(&store).unwrap(), before, "{share} %");
        assert!(fs::read(&store).unwrap() == bytes, "{share} %");
        // and with room it goes through
        run(&change(&store)).expect_code(0);
    }
}

#[test]
fn a_full_disk_stops_a_publication_and_nothing_is_lost() {
    on_full_disks(&City::with_draft(), City::publish);
}

#[test]
fn a_full_disk_stops_an_import_and_nothing_is_lost() {
    let city = City::new();
    on_full_disks(&city, |store| city.import(store));
}

/// The program run by an account that owns nothing here: root may write everywhere.
fn as_nobody<S: AsRef<OsStr>>(language: &str, arguments: &[S]) -> Command {
    let mut command = speaking(language, arguments);
    if is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// Whether that account can start the program at all: it may lie in a folder of root's.
fn nobody_can_run() -> bool {
    let ran = as_nobody("en", &["--version"]).output();
    let can = ran.is_ok_and(|ran| ran.status.success());
    if !can {
        println!("skipped: an account without rights cannot start the program");
    }
    can
}

fn allow(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_file_or_a_folder_that_may_not_be_written_is_told_and_nothing_is_lost() {
    if !nobody_can_run() {
        return;
    }
    let city = City::with_draft();
    allow(city.store.parent().unwrap(), 0o755);
    let store = city.copy_to(&city.desk.path("folder"));
    let folder = store.parent().unwrap();
    let bytes = fs::read(&store).unwrap();
    for (of_file, of_folder) in [(0o444, 0o777), (0o666, 0o555)] {
        allow(&store, of_file);
        allow(folder, of_folder);
        let publish = City::publish(&store);
        refused(
            |language| as_nobody(language, &publish).output().unwrap(),
            &["city.gpkg"],
            "cannot be written: check the rights on the file and on its folder",
            "不能写入：请检查该文件及其所在文件夹的权限",
        );
        // it can be read all the same
        let check = [
            OsStr::new("store"),
            OsStr::new("check"),
            OsStr::new("--store"),
            store.as_os_str(),
        ];
        let checked = as_nobody("en", &check).output().unwrap();
        assert_eq!(checked.status.code(), Some(0), "{checked:?}");
        assert!(fs::read(&store).unwrap() == bytes);
        assert_eq!(fs::read_dir(folder).unwrap().count(), 1);
    }
    allow(folder, 0o755);
}

#[test]
fn a_store_of_a_later_version_is_left_alone_by_every_command() {
    let city = City::with_draft();
    let file = Connection::open(&city.store).unwrap();
    let guard: String = file
        .query_row(
            "SELECT sql FROM sqlite_schema WHERE name = 'scheme_stays'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    let known: i64 = file
        .query_row("SELECT form FROM wangge_store", [], |row| row.get(0))
        .unwrap();
    file.execute_batch(&format!(
        "DROP TRIGGER scheme_stays; UPDATE wangge_store SET form = form + 1; {guard}"
    ))
    .unwrap();
    drop(file);
    let bytes = fs::read(&city.store).unwrap();
    let copy = city.desk.path("copy.gpkg");
    let store = city.store.to_str().unwrap();
    let words = |line: &[&str]| line.iter().map(OsString::from).collect::<Vec<_>>();
    let (known, found) = (known.to_string(), (known + 1).to_string());
    for command in [
        City::publish(&city.store),
        city.import(&city.store),
        words(&["validate", "--store", store]),
        words(&["locate", "--store", store, "120.8", "40.7"]),
        words(&["store", "check", "--store", store]),
        words(&[
            "store",
            "backup",
            "--store",
            store,
            "-o",
            copy.to_str().unwrap(),
        ]),
    ] {
        let run = |language: &str| -> Output { speaking(language, &command).output().unwrap() };
        refused(
            run,
            &["city.gpkg", &known, &found],
            "use the newer version that wrote it",
            "请使用写出它的较新版本",
        );
    }
    assert!(fs::read(&city.store).unwrap() == bytes);
    assert!(!copy.exists());
}
