//! Two who write at once: one wins, the other is told.

use std::ffi::OsString;
use std::process::{Output, Stdio};
use std::thread;

use crate::city::{City, State};
use crate::support::run;
use crate::told::{refused, speaking};

/// How often two start together: who comes first is left to chance.
const ROUNDS: usize = 6;

/// Starts both, and waits for both.
fn together(commands: [&[OsString]; 2]) -> [Output; 2] {
    let started = commands.map(|arguments| {
        let mut command = speaking("en", arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    });
    started.map(|child| child.wait_with_output().unwrap())
}

/// Of two outcomes the one that succeeded, and what the other said.
fn winner(outcomes: &[Output; 2]) -> (usize, String) {
    let codes = outcomes.each_ref().map(|output| output.status.code());
    let winner = match codes {
        [Some(0), Some(2)] => 0,
        [Some(2), Some(0)] => 1,
        other => panic!("{other:?}: {outcomes:?}"),
    };
    let said = String::from_utf8(outcomes[1 - winner].stderr.clone()).unwrap();
    (winner, said)
}

#[test]
fn of_two_who_publish_a_draft_one_wins_and_the_other_is_told() {
    let city = City::with_draft();
    for round in 0..ROUNDS {
        let store = city.copy_to(&city.desk.path(&format!("{round}")));
        let publish = City::publish(&store);
        let (_, said) = winner(&together([&publish, &publish]));
        assert!(said.contains("plan \"new\" is published"), "{said}");
        assert_eq!(State::of(&store).unwrap().in_force(), Some("new"));
    }
}

/// Both plans would begin at the same moment.
#[test]
fn of_two_who_publish_two_drafts_for_one_time_one_wins_and_the_other_is_told() {
    let city = City::with_draft();
    let mut other = city.import(&city.store);
    *other.last_mut().unwrap() = "other".into();
    run(&other).expect_code(0);
    for round in 0..ROUNDS {
        let store = city.copy_to(&city.desk.path(&format!("{round}")));
        let publish = |plan: &str| -> Vec<OsString> {
            let mut words = City::publish(&store);
            words.extend(["--effective".into(), "2199-01-01T00:00:00+08:00".into()]);
            let named = words.iter().position(|word| word == "new").unwrap();
            words[named] = plan.into();
            words
        };
        let plans = ["new", "other"];
        let (winner, said) = winner(&together([&publish("new"), &publish("other")]));
        let (won, lost) = (plans[winner], plans[1 - winner]);
        assert!(said.contains(&format!("plan \"{lost}\"")), "{said}");
        assert!(
            said.contains(&format!("plan \"{won}\" takes effect")),
            "{said}"
        );
        let state = State::of(&store).unwrap();
        assert_eq!(state.in_force(), Some("old"));
        assert_eq!(state.names(), ["old", "new", "other"]);
    }
}

#[test]
fn who_waits_too_long_for_a_writer_is_told_and_nothing_is_lost() {
    let city = City::with_draft();
    let before = std::fs::read(&city.store).unwrap();
    let writer = rusqlite::Connection::open(&city.store).unwrap();
    writer.execute_batch("BEGIN IMMEDIATE").unwrap();
    let publish = City::publish(&city.store);
    // both languages wait at the same time
    let [en, zh] = thread::scope(|scope| {
        let publish = &publish;
        ["en", "zh"]
            .map(|language| scope.spawn(move || speaking(language, publish).output().unwrap()))
            .map(|waiting| waiting.join().unwrap())
    });
    let run = |language: &str| {
        if language == "en" {
            en.clone()
        } else {
            zh.clone()
        }
    };
    refused(
        run,
        &["city.gpkg", "5s", "QGIS"],
        "another program is writing",
        "另一个程序正在写",
    );
    writer.execute_batch("ROLLBACK").unwrap();
    assert_eq!(std::fs::read(&city.store).unwrap(), before);
    run_after(&city);
}

/// The same publication goes through once nobody is in its way.
fn run_after(city: &City) {
    run(&City::publish(&city.store)).expect_code(0);
    assert_eq!(State::of(&city.store).unwrap().in_force(), Some("new"));
}
