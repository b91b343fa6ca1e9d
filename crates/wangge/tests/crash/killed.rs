//! Imports and publications that are killed at moments of all kinds.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::chance::Chance;
use crate::city::{City, State};
use crate::support::run;

/// Of each of the two kinds of change.
const KILLS: u32 = 100;

/// The least span that kills are spread over: some steps are too short to be seen.
const NO_LESS: Duration = Duration::from_millis(2);

/// How far the program had come.
#[derive(Debug, Default)]
struct Phases {
    /// Nothing of the change was on the disk.
    before: u32,
    /// The journal was there, and the store untouched.
    prepared: u32,
    /// The store was being written.
    committing: u32,
    /// The change was there.
    after: u32,
    /// Of those, how often the program had said so.
    acknowledged: u32,
}

/// What a moment is counted from.
#[derive(Debug, Clone, Copy)]
enum Sign {
    Start,
    /// The journal appears.
    Journal,
    /// The store changes.
    Write,
}

/// How long a change takes from one sign to the next.
#[derive(Debug)]
struct Course {
    whole: Duration,
    from_journal: Duration,
    from_write: Duration,
}

/// A store to be changed, and the program that changes it.
struct Victim {
    store: PathBuf,
    journal: PathBuf,
    untouched: (i64, i64),
    child: Child,
}

impl Victim {
    fn start(store: &Path, change: &[OsString]) -> Self {
        let untouched = touched(store);
        let child = Command::new(env!("CARGO_BIN_EXE_wangge"))
            .args(change)
            .env("LC_ALL", "C.UTF-8")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self {
            store: store.to_owned(),
            journal: store.with_file_name("city.gpkg-journal"),
            untouched,
            child,
        }
    }

    /// Waits for a sign, or for the end.
    fn wait_for(&mut self, sign: Sign) {
        loop {
            let seen = match sign {
                Sign::Start => true,
                Sign::Journal => self.journal.exists(),
                Sign::Write => touched(&self.store) != self.untouched,
            };
            if seen || self.child.try_wait().unwrap().is_some() {
                return;
            }
            thread::yield_now();
        }
    }

    /// Kills it, unless it has ended, and tells whether it had said that it is done.
    fn kill(mut self) -> bool {
        // it may have ended
        let _ = self.child.kill();
        let ended = self.child.wait_with_output().unwrap();
        ended.status.success() || !ended.stdout.is_empty()
    }
}

/// When a file was last written to.
fn touched(file: &Path) -> (i64, i64) {
    let metadata = fs::metadata(file).unwrap();
    (metadata.mtime(), metadata.mtime_nsec())
}

impl Course {
    /// Of a run that is left alone.
    fn of(store: &Path, change: &[OsString]) -> Self {
        let begun = Instant::now();
        let mut victim = Victim::start(store, change);
        let mut reached = |sign| {
            victim.wait_for(sign);
            begun.elapsed()
        };
        let (journal, write) = (reached(Sign::Journal), reached(Sign::Write));
        let mut committed = write;
        while victim.journal.exists() {
            committed = begun.elapsed();
        }
        let ended = victim.child.wait_with_output().unwrap();
        assert!(ended.status.success());
        Self {
            whole: begun.elapsed(),
            from_journal: write.saturating_sub(journal).max(NO_LESS),
            from_write: committed.saturating_sub(write).max(NO_LESS),
        }
    }

    /// Where the next kill falls: half of them anywhere, the others where the store is at stake.
    fn moment(&self, round: u32, chance: &mut Chance) -> (Sign, Duration) {
        let (sign, span) = match round % 4 {
            0 | 2 => (Sign::Start, self.whole),
            1 => (Sign::Journal, self.from_journal),
            _ => (Sign::Write, self.from_write),
        };
        let share = f64::from(u32::try_from(chance.below(1_200)).unwrap()) / 1_000.0;
        (sign, span.mul_f64(share))
    }
}

/// Kills a change of the store again and again, and looks at what is left each time.
fn kill_all(city: &City, what: &str, change: impl Fn(&Path) -> Vec<OsString>) -> Phases {
    let folder = city.desk.path(what);
    let fresh = || {
        let _ = fs::remove_dir_all(&folder);
        city.copy_to(&folder)
    };
    let old = State::of(&city.store).unwrap();
    let store = fresh();
    let course = Course::of(&store, &change(&store));
    let new = State::of(&store).unwrap();
    assert_ne!(old, new);

    let mut chance = Chance::new(20_261_126);
    let mut phases = Phases::default();
    for round in 0..KILLS {
        let store = fresh();
        let (sign, delay) = course.moment(round, &mut chance);
        let mut victim = Victim::start(&store, &change(&store));
        victim.wait_for(sign);
        thread::sleep(delay);
        let journal = victim.journal.clone();
        let acknowledged = victim.kill();
        let at = format!("{what}, round {round}, {delay:?} after {sign:?}");

        let changed = fs::read(&store).unwrap() != fs::read(&city.store).unwrap();
        let phase = match (journal.exists(), changed) {
            (false, false) => &mut phases.before,
            (true, false) => &mut phases.prepared,
            (true, true) => &mut phases.committing,
            (false, true) => &mut phases.after,
        };
        *phase += 1;
        phases.acknowledged += u32::from(acknowledged);
        // until its first sync a journal begins with nothing, and there is nothing to undo
        let hot = fs::read(&journal).is_ok_and(|journal| journal.first().is_some_and(|&b| b != 0));
        let checked = run(&[
            "store".as_ref(),
            "check".as_ref(),
            "--json".as_ref(),
            "--store".as_ref(),
            store.as_os_str(),
        ]);
        assert_eq!(checked.code, 0, "{at}: {checked:?}");
        let checked: Value = serde_json::from_str(&checked.out).unwrap();
        assert_eq!(checked["whole"], true, "{at}");
        assert_eq!(checked["undone"], hot, "{at}: {checked}");
        let found = State::of(&store).unwrap_or_else(|why| panic!("{at}: {why}"));
        assert!(found == old || found == new, "{at}: {found:?}");
        assert!(!acknowledged || found == new, "{at}: it was acknowledged");
        found
            .goes_on(&store)
            .unwrap_or_else(|why| panic!("{at}: {why}"));
    }
    println!("{what}: {KILLS} killed: {phases:?}; {course:?}");
    phases
}

#[test]
fn two_hundred_kills_leave_the_old_plan_or_the_new() {
    let (bare, drafted) = (City::new(), City::with_draft());
    let all = thread::scope(|scope| {
        let imports = scope.spawn(|| kill_all(&bare, "import", |store| bare.import(store)));
        let publications = scope.spawn(|| kill_all(&drafted, "publish", City::publish));
        [imports, publications].map(|kills| kills.join().unwrap())
    });
    for phases in all {
        // they fell before the change, in it, and after it
        let during = phases.prepared + phases.committing;
        assert!(phases.before >= 5, "{phases:?}");
        assert!(during >= 5 && phases.committing >= 1, "{phases:?}");
        assert!(phases.after >= 5 && phases.acknowledged >= 1, "{phases:?}");
    }
}
