//! Drafts from the plan in force, edited, checked, published, rolled back.

use rstest::rstest;

use crate::support::Desk;
use crate::support::drawing::{CELL, Grid, geojson, rectangle};
use crate::{city, grid_at, import_into, json, merged, plan, run, text};

#[test]
fn a_redesign_is_begun_edited_checked_published_and_taken_back() {
    let desk = Desk::new();
    let store = city(&desk);
    let begun = plan(&store, &["new", "2027", "--note", "合并两个网格"]).expect_code(0);
    assert!(
        begun.out.contains("from the plan 2026: 6 grids"),
        "{}",
        begun.out
    );

    // what is drawn anew takes the place of what has its code, what is gone is taken out
    let changed = desk.write("changed.geojson", &geojson(&[merged()]));
    let refused = import_into(&store, "2027", &changed, &[]).expect_code(2);
    assert!(refused.message().contains("001001"), "{}", refused.err);
    import_into(&store, "2027", &changed, &["--update"]).expect_code(0);
    let unsound = plan(&store, &["check", "2027"]).expect_code(1);
    assert!(
        unsound.out.contains("grids 001001 001002"),
        "{}",
        unsound.out
    );
    plan(&store, &["remove-grids", "001002", "--plan", "2027"]).expect_code(0);
    let sound = plan(&store, &["check", "2027", "--json"]).expect_code(0);
    let sound = json(&sound.out);
    assert_eq!(
        (&sound["ready"], &sound["state"]),
        (&true.into(), &"checked".into())
    );

    // nothing has happened yet to what is in force
    assert_eq!(grid_at(&store, 1, 0, &[]), "001002");
    let published = run(&[
        "publish",
        "--store",
        text(&store),
        "--plan",
        "2027",
        "--json",
    ]);
    let published = json(&published.expect_code(0).out);
    assert_eq!(published["grids"], 5);
    assert_eq!(grid_at(&store, 1, 0, &[]), "001001");

    // back: what was published before is published again, as a plan of its own
    let back = run(&[
        "publish",
        "--store",
        text(&store),
        "--plan",
        "2026",
        "--json",
    ]);
    let back = json(&back.expect_code(0).out);
    assert_eq!(
        (&back["plan"], &back["again"]),
        (&"2026 (2)".into(), &"2026".into())
    );
    assert_eq!(grid_at(&store, 1, 0, &[]), "001002");

    let list = json(&plan(&store, &["list", "--json"]).expect_code(0).out);
    let told: Vec<String> = list["plans"]
        .as_array()
        .unwrap()
        .iter()
        .map(|plan| format!("{} {} {}", plan["plan"], plan["state"], plan["in_force"]))
        .collect();
    assert_eq!(
        told,
        [
            r#""2026" "superseded" false"#,
            r#""2027" "superseded" false"#,
            r#""2026 (2)" "published" true"#,
        ]
    );
    let shown = plan(&store, &["show", "2027"]).expect_code(0);
    assert!(shown.out.contains("begun from  2026"), "{}", shown.out);
    assert!(shown.out.contains("合并两个网格"), "{}", shown.out);
}

#[test]
fn the_log_says_who_did_what_from_which_version_to_which() {
    let desk = Desk::new();
    let store = city(&desk);
    plan(&store, &["new", "2027"]).expect_code(0);
    plan(&store, &["remove", "2027"]).expect_code(0);
    let log = plan(&store, &["log", "--json"]).expect_code(0);
    let lines: Vec<_> = log.out.lines().map(json).collect();
    let told: Vec<String> = lines
        .iter()
        .map(|line| {
            let cell = |name: &str| line[name].as_str().unwrap_or("-").to_owned();
            [cell("action"), cell("plan"), cell("before"), cell("after")].join(" ")
        })
        .collect();
    assert_eq!(
        told,
        [
            "units-imported 2026 - 1.1",
            "plan-published 2026 1.1 1.2",
            "plan-begun 2027 - 2.1",
            "plan-removed 2027 2.1 -",
        ]
    );
    let account = std::env::var("SUDO_USER")
        .or_else(|_| std::env::var("LOGNAME"))
        .or_else(|_| std::env::var("USER"))
        .unwrap_or_else(|_| "unknown".to_owned());
    assert!(lines.iter().all(|line| line["who"] == account.as_str()));
    let last = plan(&store, &["log", "--last", "1", "--plan", "2027"]).expect_code(0);
    assert_eq!(last.out.lines().count(), 1);
    assert!(last.out.contains("plan-removed"), "{}", last.out);
}

#[rstest]
#[case::published(&["remove", "2026"], "is published and cannot be changed")]
#[case::unknown(&["remove", "2099"], "there is no plan \"2099\" in the store; it has 2026")]
#[case::unknown_shown(&["show", "2099"], "there is no plan \"2099\"")]
#[case::same_name(&["new", "2026"], "there is a plan \"2026\" already")]
#[case::from_nothing(&["new", "2027", "--from", "2099"], "there is no plan \"2099\"")]
#[case::grids_of_published(&["remove-grids", "001001", "--plan", "2026"], "is published and cannot be changed")]
#[case::no_draft(&["remove-grids", "001001"], "the store has no draft: begin one with `wangge plan new`")]
#[case::nothing_to_check(&["check"], "the store has no draft")]
fn what_cannot_be_done_with_a_plan_is_told(#[case] arguments: &[&str], #[case] why: &str) {
    let desk = Desk::new();
    let store = city(&desk);
    let before = std::fs::read(&store).unwrap();
    let refused = plan(&store, arguments).expect_code(2);
    assert!(refused.message().contains(why), "{}", refused.err);
    assert_eq!(std::fs::read(&store).unwrap(), before);
}

#[test]
fn grids_that_are_not_there_are_not_taken_out() {
    let desk = Desk::new();
    let store = city(&desk);
    plan(&store, &["new", "2027"]).expect_code(0);
    let refused = plan(&store, &["remove-grids", "001001", "009009"]).expect_code(2);
    assert!(
        refused
            .message()
            .contains("1 of the codes is not in plan \"2027\": 009009"),
        "{}",
        refused.err
    );
    let shown = json(&plan(&store, &["show", "2027", "--json"]).expect_code(0).out);
    assert_eq!(shown["grids"], 6);
}

#[test]
fn a_plan_may_be_replaced_as_a_whole_and_shares_what_did_not_change() {
    let desk = Desk::new();
    let store = city(&desk);
    plan(&store, &["new", "2027"]).expect_code(0);
    let shapes = || -> i64 {
        let file = rusqlite::Connection::open(&store).unwrap();
        let count = "SELECT count(*) FROM shapes";
        file.query_row(count, [], |row| row.get(0)).unwrap()
    };
    assert_eq!(shapes(), 6);
    let mut all = crate::six();
    all.retain(|grid| !["001001", "001002"].contains(&grid.code()));
    all.push(Grid::new("001001", rectangle(0, 0, 2 * CELL, CELL)));
    let file = desk.write("all.geojson", &geojson(&all));
    import_into(&store, "2027", &file, &["--replace"]).expect_code(0);
    // four that stay, two that the plan in force has, one that is new
    assert_eq!(shapes(), 7);
    run(&["publish", "--store", text(&store)]).expect_code(0);
    assert_eq!(grid_at(&store, 1, 0, &[]), "001001");
}
