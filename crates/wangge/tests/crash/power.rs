//! The power fails at every moment of a publication, an import and a copy.

use std::ffi::{OsStr, OsString};
use std::fmt::Debug;
use std::fs;
use std::path::Path;

use rstest::rstest;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::city::{City, State};
use crate::disk::{Disk, Fate, Files};
use crate::images::{Found, Image, Tally, judge_all};
use crate::recorder::{Note, Recording};

/// A folder in memory where there is one: what is tried here is the order of syncs, and the images
/// need not reach a disk.
fn quick_folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        tempfile::tempdir_in(memory).unwrap()
    } else {
        tempfile::tempdir().unwrap()
    }
}

/// Runs a change of a store under the recorder, and opens the store as every crash could leave it.
fn crashes(
    city: &City,
    change: impl Fn(&Path) -> Vec<OsString>,
    synchronous: Option<&str>,
    open_elsewhere: bool,
) -> Tally {
    let folder = quick_folder();
    let store = city.copy_to(&folder.path().join("store"));
    let old = State::of(&store).unwrap();
    let elsewhere = open_elsewhere.then(|| open_in_qgis(&store));
    let recording = Recording::of(store.parent().unwrap(), &change(&store), synchronous);
    drop(elsewhere);
    let new = State::of(&store).unwrap();
    assert_ne!(old, new);
    judge_all(&recording, all, |judge, image| {
        in_folder(&folder, judge, |place| opened(place, image, &old, &new))
    })
}

/// Every file of a store's folder counts.
const fn all(_: &str) -> bool {
    true
}

/// Lets a judge work in a new folder of its own.
fn in_folder<T>(folder: &TempDir, judge: usize, work: impl FnOnce(&Path) -> T) -> T {
    let place = folder.path().join(judge.to_string());
    fs::create_dir(&place).unwrap();
    let done = work(&place);
    fs::remove_dir_all(&place).unwrap();
    done
}

/// As QGIS has a GeoPackage open: in write-ahead logging.
fn open_in_qgis(store: &Path) -> Connection {
    let qgis = Connection::open(store).unwrap();
    qgis.pragma_update(None, "journal_mode", "WAL").unwrap();
    let count: i64 = qgis
        .query_row("SELECT count(*) FROM units", [], |row| row.get(0))
        .unwrap();
    assert!(count > 0);
    qgis
}

fn lay_out(folder: &Path, image: &Image) {
    for (name, bytes) in &image.files {
        fs::write(folder.join(name), bytes).unwrap();
    }
}

/// Lays an image out in a folder, opens its store and looks at it.
fn opened(folder: &Path, image: &Image, old: &State, new: &State) -> (Found, String) {
    lay_out(folder, image);
    let store = folder.join("city.gpkg");
    match State::of(&store) {
        Err(why) => (Found::Corrupt, why),
        Ok(found) => match found.goes_on(&store) {
            Err(why) => (Found::Corrupt, why),
            Ok(()) => sorted(&found, old, new, image.said),
        },
    }
}

fn sorted<T: PartialEq + Debug>(found: &T, old: &T, new: &T, said: bool) -> (Found, String) {
    let which = match () {
        () if found == new => Found::New,
        () if found != old => Found::Mixed,
        () if said => Found::Lost,
        () => Found::Old,
    };
    (which, format!("{found:?}"))
}

fn tell(what: &str, tally: &Tally) {
    println!(
        "{what}: {} images, {} of them different; {} old, {} new, {} corrupt, {} mixed, {} lost \
         what was acknowledged",
        tally.built, tally.opened, tally.old, tally.new, tally.corrupt, tally.mixed, tally.lost
    );
}

#[track_caller]
fn assert_safe(what: &str, tally: &Tally) {
    tell(what, tally);
    assert_eq!(tally.harm(), 0, "{what}: {tally:?}");
    // crashes fell before the commit and after it
    assert!(tally.old > 100 && tally.new > 0, "{what}: {tally:?}");
}

#[test]
fn no_crash_of_a_publication_harms_the_store() {
    let city = City::with_draft();
    assert_safe("publish", &crashes(&city, City::publish, None, false));
}

#[test]
fn no_crash_of_an_import_harms_the_store() {
    let city = City::new();
    let import = |store: &Path| city.import(store);
    assert_safe("import", &crashes(&city, import, None, false));
}

#[test]
fn no_crash_harms_a_store_that_qgis_has_open() {
    let city = City::with_draft();
    let publication = crashes(&city, City::publish, None, true);
    assert_safe("publish while QGIS has it open", &publication);
}

/// A test that could find nothing would prove nothing.
#[test]
fn without_syncs_the_same_crashes_do_harm() {
    let city = City::with_draft();
    let publication = crashes(&city, City::publish, Some("OFF"), false);
    tell("publish with synchronous=OFF", &publication);
    assert!(publication.corrupt > 0, "{publication:?}");
    assert!(publication.lost > 0, "{publication:?}");
}

/// Why the store is not content with FULL: the journal's name is taken away without the folder
/// being synced, and a crash brings back the journal, and with it the old plan.
#[test]
fn with_full_an_acknowledged_publication_can_be_lost() {
    let city = City::with_draft();
    let publication = crashes(&city, City::publish, Some("FULL"), false);
    tell("publish with synchronous=FULL", &publication);
    assert_eq!(
        publication.corrupt + publication.mixed,
        0,
        "{publication:?}"
    );
    assert!(publication.lost > 0, "{publication:?}");
}

/// The power fails again while the rest of a publication is undone.
#[test]
fn no_crash_harms_a_store_that_is_being_put_right() {
    let city = City::with_draft();
    let folder = quick_folder();
    let store = city.copy_to(&folder.path().join("store"));
    let watched = store.parent().unwrap();
    let old = State::of(&store).unwrap();
    let publication = Recording::of(watched, &City::publish(&store), None);
    let new = State::of(&store).unwrap();
    // all of the change is on the disk, and the journal is still there
    for (name, bytes) in last_with_journal(&publication) {
        fs::write(watched.join(name), bytes).unwrap();
    }
    let check = ["store", "check", "--store", store.to_str().unwrap()];
    let tally = judge_all(
        &Recording::of(watched, &check, None),
        all,
        |judge, image| {
            // what was undone had never been reported as done
            let image = Image {
                files: image.files.clone(),
                said: false,
            };
            in_folder(&folder, judge, |place| opened(place, &image, &old, &new))
        },
    );
    tell("store check after a crash", &tally);
    assert_eq!((tally.harm(), tally.new), (0, 0), "{tally:?}");
    assert!(tally.old > 20, "{tally:?}");
}

/// The folder just before the journal's name was taken away.
fn last_with_journal(recording: &Recording) -> Files {
    let mut disk = Disk::new(&recording.before);
    let commit = recording
        .notes
        .iter()
        .rposition(|note| matches!(note, Note::Unlink { .. }))
        .unwrap();
    for note in &recording.notes[..commit] {
        disk.follow(note).unwrap();
    }
    disk.image(&vec![Fate::Kept; disk.unsure()])
}

#[rstest]
#[case::a_new_copy(None)]
#[case::in_the_place_of_another(Some("old.gpkg"))]
fn no_crash_leaves_half_a_copy(#[case] replaced: Option<&str>) {
    let city = City::with_draft();
    let folder = quick_folder();
    let copies = folder.path().join("copies");
    fs::create_dir(&copies).unwrap();
    let copy = copies.join("copy.gpkg");
    let whole = Some(State::of(&city.store).unwrap());
    let before = replaced.map(|_| {
        let bare = City::new();
        fs::copy(&bare.store, &copy).unwrap();
        State::of(&copy).unwrap()
    });
    assert_ne!(whole, before);
    let words: [&OsStr; 7] = [
        "store".as_ref(),
        "backup".as_ref(),
        "--store".as_ref(),
        city.store.as_os_str(),
        "--output".as_ref(),
        copy.as_os_str(),
        "--force".as_ref(),
    ];
    let recording = Recording::of(&copies, &words, None);
    // what has no name yet is nobody's
    let named = |name: &str| !name.starts_with('.');
    let judge = |judge: usize, image: &Image| {
        in_folder(&folder, judge, |place| {
            lay_out(place, image);
            let copy = place.join("copy.gpkg");
            let found = copy.exists().then(|| State::of(&copy)).transpose();
            match found {
                Err(why) => (Found::Corrupt, why),
                Ok(found) => sorted(&found, &before, &whole, image.said),
            }
        })
    };
    let tally = judge_all(&recording, named, judge);
    tell("store backup", &tally);
    assert_eq!(tally.harm(), 0, "{tally:?}");
    assert_eq!((tally.old, tally.new), (1, 2), "{tally:?}");
    assert!(tally.built > 100, "{tally:?}");
    // a copy that is not synced before it is named, or whose name is not, would be found out
    let without = |forgotten: fn(&Note) -> bool| {
        let mut careless = recording.clone();
        careless.notes.retain(|note| !forgotten(note));
        judge_all(&careless, named, judge)
    };
    let unsynced = without(|note| matches!(note, Note::Sync { .. }));
    assert!(unsynced.corrupt > 0, "{unsynced:?}");
    let unnamed = without(|note| *note == Note::SyncFolder);
    assert!(unnamed.lost > 0, "{unnamed:?}");
}
