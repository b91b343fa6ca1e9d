//! Plans of a store, and a file against a plan: who handles what before and after.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::small_city::{grids, whole};
use crate::support::drawing::{CELL, Grid, geojson, rectangle, without};
use crate::support::{Desk, run};
use crate::{changes, compared, diff, rows, text};

/// The small city after a redesign: the first grid takes the west of its neighbour in the next
/// community, one grid is cut into two, two are one.
fn redesigned() -> Vec<Grid> {
    let mut grids = grids();
    for end in ["1001001", "1002001", "2001002", "2001003", "2001004"] {
        grids = without(grids, &format!("21140300{end}"));
    }
    let half = CELL / 2;
    let grid = |end: &str, ring| Grid::new(&format!("21140300{end}"), ring).with("kind", "urban");
    grids.extend([
        grid("1001001", rectangle(0, 0, CELL + half, CELL)),
        grid("1002001", rectangle(CELL + half, 0, half, CELL)),
        grid("2001002", rectangle(3 * CELL, 0, half, CELL)),
        grid("2001005", rectangle(3 * CELL + half, 0, half, CELL)),
        grid("2001003", rectangle(2 * CELL, CELL, 2 * CELL, CELL)),
    ]);
    grids
}

const COMPONENTS: &str = "\
code,class,lon,lat
2114030101000001,0101,120.8012,40.7005
2114030101000002,0101,120.8005,40.7005
2114030101000003,0101,120.8038,40.7005
";

struct City {
    desk: Desk,
    store: PathBuf,
}

/// A store whose plan in force is `plan-1`, with everything in it, and the redesign as the draft
/// `2027`.
fn city() -> City {
    let desk = Desk::new();
    let store = whole(&desk);
    let components = desk.write("components.csv", COMPONENTS);
    let arguments = [
        "import",
        "components",
        text(&components),
        "--store",
        text(&store),
    ];
    run(&[&arguments[..], &["--crs", "EPSG:4490"]].concat()).expect_code(0);
    let new = desk.write("new.geojson", &geojson(&redesigned()));
    let arguments = ["import", "grids", text(&new), "--store", text(&store)];
    run(&[&arguments[..], &["--plan", "2027"]].concat()).expect_code(0);
    City { desk, store }
}

fn plan(store: &Path, name: &str) -> String {
    format!("{}#{name}", text(store))
}

#[test]
fn two_plans_of_a_store_are_compared_by_their_names() {
    let city = city();
    let (old, new) = (plan(&city.store, "plan-1"), plan(&city.store, "2027"));
    let report = compared(&old, &new, &[]);
    assert_eq!(
        (&report["old"], &report["new"]),
        (&json!("city.gpkg#plan-1"), &json!("city.gpkg#2027"))
    );
    assert_eq!(report["summary"]["unchanged"], 3);
    let kinds: Vec<String> = changes(&report).into_iter().map(|c| c.0).collect();
    assert_eq!(kinds, ["transfer", "split", "merge"]);
    // a store without a plan's name is its plan in force, and a file is as good as a plan
    assert_eq!(
        compared(text(&city.store), &new, &[])["changes"],
        report["changes"]
    );
    let file = city.desk.path("new.geojson");
    assert_eq!(
        compared(&old, text(&file), &[])["changes"],
        report["changes"]
    );
    // what the store has is counted without being asked for
    let crosswalk = report["crosswalk"].as_array().unwrap();
    let row = crosswalk
        .iter()
        .find(|r| r["old"] == "211403001002001" && r["new"] == "211403001001001");
    assert_eq!(row.unwrap()["component_codes"], json!(["2114030101000001"]));
}

#[test]
fn components_and_cases_change_departments_with_their_community() {
    let city = city();
    let cases = city.desk.write(
        "cases.csv",
        "id,class,opened,lon,lat\nA,0102,2026-11-01,120.8012,40.7005\nB,0102,,120.8005,40.7015\n",
    );
    let lists = city.desk.path("lists");
    let options = ["--work-lists", text(&lists), "--cases", text(&cases)];
    for new in [
        plan(&city.store, "2027"),
        text(&city.desk.path("new.geojson")).to_owned(),
    ] {
        diff(text(&city.store), &new, &options).expect_code(0);
        let (head, found) = rows(&lists, "components.csv");
        assert_eq!(
            head,
            "code,class,name,lon,lat,old_grid,new_grid,old_department_1,new_department_1,\
             old_department_2,new_department_2,old_department_3,new_department_3"
        );
        let cells: Vec<Vec<&str>> = found.iter().map(|row| row.split(',').collect()).collect();
        assert_eq!(cells.len(), 2, "{found:?}");
        // from the community of 乙 to that of 甲; the drains are the same all over the city
        assert_eq!(cells[0][0], "2114030101000001");
        assert_eq!(
            cells[0][5..9],
            ["211403001002001", "211403001001001", "C2", "C1"]
        );
        assert_eq!(cells[0][11..], ["DRAIN", "DRAIN"]);
        // the rule for the farms names the old grid, and not the new one that was cut off it
        assert_eq!(cells[1][0], "2114030101000003");
        assert_eq!(
            cells[1][5..9],
            ["211403002001002", "211403002001005", "C3FARM", "C3"]
        );
        let (_, found) = rows(&lists, "cases.csv");
        assert_eq!(found.len(), 1, "{found:?}");
        let cells: Vec<&str> = found[0].split(',').collect();
        assert_eq!(cells[0], "A");
        assert_eq!(cells[7..9], ["C2", "C1"]);
        assert_eq!(cells[13..], ["C2", "C1", ""]);
    }
}

#[test]
fn people_on_post_in_grids_that_change_are_listed_without_their_names() {
    let city = city();
    let lists = city.desk.path("lists");
    let new = plan(&city.store, "2027");
    let options = ["--work-lists", text(&lists)];
    diff(text(&city.store), &new, &options).expect_code(0);
    let (head, found) = rows(&lists, "posts.csv");
    assert_eq!(head, "grid,post,vacant,change,new_grids");
    assert_eq!(
        found,
        [
            "211403001001001,head,false,transfer,211403001001001",
            "211403001001001,police,true,transfer,211403001001001",
            "211403001002001,police,false,transfer,211403001001001 211403001002001",
            "211403001002001,police,false,transfer,211403001001001 211403001002001",
            "211403002001002,head,false,split,211403002001002 211403002001005",
        ]
    );
    let written = std::fs::read_to_string(lists.join("posts.csv")).unwrap();
    assert!(!written.contains("赵某甲"));
    diff(
        text(&city.store),
        &new,
        &[&options[..], &["--show-contacts"]].concat(),
    )
    .expect_code(0);
    let (head, found) = rows(&lists, "posts.csv");
    assert_eq!(head, "grid,post,vacant,change,new_grids,name,phone");
    assert!(found[0].ends_with(",赵某甲,13900000001"), "{found:?}");
}

#[test]
fn a_plan_with_a_gap_is_compared_and_says_that_departments_are_missing() {
    let city = city();
    let gap = without(redesigned(), "211403001002002");
    let file = city.desk.write("gap.geojson", &geojson(&gap));
    let overlapping = [
        redesigned(),
        vec![Grid::new("211403001002009", rectangle(0, 0, 10, 10))],
    ];
    let overlapping = city
        .desk
        .write("overlapping.geojson", &geojson(&overlapping.concat()));
    let lists = city.desk.path("lists");
    let report = compared(text(&city.store), text(&file), &[]);
    let gone = changes(&report).into_iter().find(|c| c.0 == "gone");
    assert_eq!(gone.unwrap().1, "211403001002002");
    let options = ["--work-lists", text(&lists)];
    let ran = diff(text(&city.store), text(&overlapping), &options).expect_code(0);
    assert!(ran.message().contains("not seamless"), "{}", ran.err);
    assert_eq!(
        rows(&lists, "components.csv").0,
        "code,class,name,lon,lat,old_grid,new_grid"
    );
}

/// Ground of 乙社区 that comes to 甲社区, both urban. By the rules of the small city: at the first
/// tier each community handles everything itself; at the second, water manholes are the drains' in
/// the whole street, other utilities have a department of their own in the first grid of 甲 and the
/// street's elsewhere, and rubbish is 乙's own crew's there and the district's in urban grids. Two
/// police officers stand in the grid that gives ground.
#[test]
fn the_crosswalk_says_which_departments_and_posts_change() {
    let city = city();
    let report = compared(text(&city.store), &plan(&city.store, "2027"), &[]);
    let rows = report["crosswalk"].as_array().unwrap();
    let row = rows
        .iter()
        .find(|row| row["old"] == "211403001002001" && row["new"] == "211403001001001")
        .unwrap();
    assert_eq!(
        row["departments"],
        serde_json::json!([
            { "tier": 1, "old": "C2", "new": "C1", "classes": 6 },
            { "tier": 2, "old": "S1", "new": "S1UTIL", "classes": 1 },
            { "tier": 2, "old": "S1CLEAN", "new": "SAN", "classes": 1 },
        ])
    );
    assert_eq!(
        row["posts"],
        serde_json::json!([
            { "post": "police", "vacant": false },
            { "post": "police", "vacant": false },
        ])
    );
    let stays = rows
        .iter()
        .find(|row| row["old"] == "211403001002001" && row["new"] == "211403001002001")
        .unwrap();
    assert_eq!(stays["departments"], serde_json::Value::Null);
}
