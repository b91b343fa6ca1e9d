//! Inputs that cannot be compared: an error that says what, where and what to do; nothing written.

use rstest::rstest;

use crate::support::drawing::{board, geojson};
use crate::support::{Desk, run_in};
use crate::{diff, text};

fn board_on(desk: &Desk) -> String {
    let file = desk.write("grids.geojson", &geojson(&board(2, 2)));
    text(&file).to_owned()
}

#[rstest]
#[case::no_such_file("nowhere.geojson", &["nowhere.geojson"])]
#[case::no_such_store("nowhere.gpkg#2026", &["nowhere.gpkg"])]
#[case::no_plan_after_the_sign("nowhere.gpkg#", &["nowhere.gpkg#"])]
fn what_is_not_there_is_named(#[case] new: &str, #[case] said: &[&str]) {
    let desk = Desk::new();
    let old = board_on(&desk);
    let missing = desk.path(new);
    let out = desk.path("out.json");
    for (a, b) in [
        (old.as_str(), text(&missing)),
        (text(&missing), old.as_str()),
    ] {
        let ran = diff(a, b, &["-o", text(&out)]).expect_code(2);
        for said in said {
            assert!(ran.message().contains(said), "{}", ran.err);
        }
        assert!(!out.exists());
    }
}

#[test]
fn a_plan_that_a_store_does_not_have_is_named() {
    let desk = Desk::new();
    let old = board_on(&desk);
    let store = desk.store("city.gpkg", crate::support::ONE_LEVEL);
    let named = format!("{}#2026", text(&store));
    let message = diff(&old, &named, &[]).expect_code(2).message();
    assert!(message.contains("2026"), "{message}");
    // and a store that has none in force
    let message = diff(&old, text(&store), &[]).expect_code(2).message();
    assert!(
        message.contains("no plan of the store is in force"),
        "{message}"
    );
}

#[test]
fn a_file_that_is_no_plan_is_refused() {
    let desk = Desk::new();
    let old = board_on(&desk);
    let twice = [board(2, 2), board(1, 1)].concat();
    let twice = desk.write("twice.geojson", &geojson(&twice));
    let message = diff(&old, text(&twice), &[]).expect_code(2).message();
    assert!(message.contains("c0r0"), "{message}");
    let broken = desk.write("broken.geojson", "{\"type\":\"FeatureCollection\",");
    let ran = diff(&old, text(&broken), &[]).expect_code(2);
    assert!(ran.message().contains("broken.geojson"), "{}", ran.err);
    assert!(!ran.err.contains("panicked"));
    let ran = diff(&old, &old, &["--code", "nothing"]).expect_code(2);
    assert!(ran.message().contains("nothing"), "{}", ran.err);
}

#[rstest]
#[case::components("--components", "lon,lat\n120.8,40.7\n", "code")]
#[case::cases("--cases", "number,lon,lat\n1,120.8,40.7\n", "id")]
fn a_list_without_the_column_it_needs_is_refused(
    #[case] option: &str,
    #[case] list: &str,
    #[case] column: &str,
) {
    let desk = Desk::new();
    let old = board_on(&desk);
    let file = desk.write("list.csv", list);
    let lists = desk.path("lists");
    let options = [option, text(&file), "--work-lists", text(&lists)];
    let message = diff(&old, &old, &options).expect_code(2).message();
    assert!(
        message.contains("list.csv") && message.contains(column),
        "{message}"
    );
    assert!(!lists.exists());
}

#[test]
fn rows_without_a_place_are_counted_and_not_lost_silently() {
    let desk = Desk::new();
    let old = board_on(&desk);
    let list = desk.write("list.csv", "code,lon,lat\na,120.8005,40.7005\nb,,\n");
    let ran = diff(&old, &old, &["--components", text(&list)]).expect_code(0);
    assert!(
        ran.message().contains("list.csv: 1 row without"),
        "{}",
        ran.err
    );
    let arguments = ["diff", &old, &old, "--components", text(&list)];
    let chinese = run_in("zh_CN.UTF-8", &arguments).expect_code(0);
    assert!(
        chinese.message().contains("list.csv 中有 1 行"),
        "{}",
        chinese.err
    );
}

#[test]
fn an_output_that_is_an_input_is_refused() {
    let desk = Desk::new();
    let old = board_on(&desk);
    let before = std::fs::read(&old).unwrap();
    let message = diff(&old, &old, &["-o", &old]).expect_code(2).message();
    assert!(message.contains("read by this command"), "{message}");
    assert_eq!(std::fs::read(&old).unwrap(), before);
}

#[rstest]
#[case::negative(&["--survey-tolerance", "-1"])]
#[case::no_number(&["--unclear-within", "near"])]
#[case::cases_without_lists(&["--cases", "cases.csv"])]
#[case::no_such_form(&["--format", "pdf"])]
fn bad_arguments_end_with_2(#[case] options: &[&str]) {
    let desk = Desk::new();
    let old = board_on(&desk);
    diff(&old, &old, options).expect_code(2);
}
