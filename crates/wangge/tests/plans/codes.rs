//! Retired codes: they come back for the ground that they had, and for no other.

use crate::support::Desk;
use crate::support::drawing::{CELL, Grid, geojson, rectangle};
use crate::{cell, city, import_into, json, merged, plan, run, text};

/// The plan 2027, in which 001002 is part of 001001, is in force.
fn after_the_merge(desk: &Desk) -> std::path::PathBuf {
    let store = city(desk);
    plan(&store, &["new", "2027"]).expect_code(0);
    let file = desk.write("merged.geojson", &geojson(&[merged()]));
    import_into(&store, "2027", &file, &["--update"]).expect_code(0);
    plan(&store, &["remove-grids", "001002"]).expect_code(0);
    run(&["publish", "--store", text(&store)]).expect_code(0);
    store
}

#[test]
fn a_retired_code_is_not_given_to_other_ground() {
    let desk = Desk::new();
    let store = after_the_merge(&desk);
    plan(&store, &["new", "2028"]).expect_code(0);
    // 001003 is cut in two, and one half is called by the code that was retired
    let halves = [
        Grid::new("001003", rectangle(2 * CELL, 0, CELL / 2, CELL)),
        Grid::new("001002", rectangle(2 * CELL + CELL / 2, 0, CELL / 2, CELL)),
    ];
    let file = desk.write("halves.geojson", &geojson(&halves));
    import_into(&store, "2028", &file, &["--update"]).expect_code(0);
    let check = json(&plan(&store, &["check", "--json"]).expect_code(1).out);
    let objection = &check["objections"][0];
    assert_eq!(check["objections"].as_array().unwrap().len(), 1);
    assert_eq!(objection["kind"], "retired-code");
    assert!(objection["detail"].as_str().unwrap().contains("001002"));
    let accept = format!("{}=原编码沿用", objection["id"].as_str().unwrap());
    run(&["publish", "--store", text(&store), "--accept", &accept]).expect_code(0);
}

#[test]
fn it_comes_back_for_the_ground_that_it_had_however_that_is_drawn() {
    let desk = Desk::new();
    let store = after_the_merge(&desk);
    plan(&store, &["new", "2028"]).expect_code(0);
    // the same square with one more vertex on its south side
    let (west, east) = (CELL, 2 * CELL);
    let ring = vec![
        (west, 0),
        (west + 10, 0),
        (east, 0),
        (east, CELL),
        (west, CELL),
        (west, 0),
    ];
    let again = [cell("001001", 0, 0), Grid::new("001002", ring)];
    let file = desk.write("again.geojson", &geojson(&again));
    import_into(&store, "2028", &file, &["--update"]).expect_code(0);
    plan(&store, &["check"]).expect_code(0);
    run(&["publish", "--store", text(&store)]).expect_code(0);
}

#[test]
fn a_retired_code_of_an_upper_level_is_not_given_to_other_ground_either() {
    let desk = Desk::new();
    let store = city(&desk);
    // all of street 002 goes to street 001
    plan(&store, &["new", "2027", "--empty"]).expect_code(0);
    let one: Vec<Grid> = (0..6)
        .map(|at| cell(&format!("001{:03}", at + 1), at % 3, at / 3))
        .collect();
    let file = desk.write("one.geojson", &geojson(&one));
    import_into(&store, "2027", &file, &[]).expect_code(0);
    run(&["publish", "--store", text(&store)]).expect_code(0);
    // and the eastern column becomes a street of the old number
    plan(&store, &["new", "2028"]).expect_code(0);
    plan(&store, &["remove-grids", "001003", "001006"]).expect_code(0);
    let east = [cell("002011", 2, 0), cell("002012", 2, 1)];
    let file = desk.write("east.geojson", &geojson(&east));
    import_into(&store, "2028", &file, &[]).expect_code(0);
    let check = json(&plan(&store, &["check", "--json"]).expect_code(1).out);
    assert_eq!(check["objections"].as_array().unwrap().len(), 1);
    let detail = check["objections"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("the code 002 was retired"), "{detail}");
}
