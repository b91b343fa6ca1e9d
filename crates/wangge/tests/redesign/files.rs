//! Two files: what is said of them in every form.

use serde_json::json;

use crate::support::drawing::{CELL, Grid, board, geojson, rectangle, without};
use crate::support::{Desk, run_in};
use crate::{changes, compared, diff, rows, text};

/// A cell of the board: 0.001 degree at 40.7 north is 84.515 m by 111.048 m (as the drawings say).
const CELL_M2: f64 = 84.515 * 111.048;

/// The board after a redesign: `c0r0` takes the west half of `c1r0`, `c2r0` is cut into two, `c0r2`
/// and `c1r2` are one, `c3r2` has another code.
fn redesigned() -> Vec<Grid> {
    let mut grids = board(4, 3);
    for code in ["c0r0", "c1r0", "c2r0", "c0r2", "c1r2", "c3r2"] {
        grids = without(grids, code);
    }
    let half = CELL / 2;
    let north = 2 * CELL;
    grids.extend([
        Grid::new("c0r0", rectangle(0, 0, CELL + half, CELL)),
        Grid::new("c1r0", rectangle(CELL + half, 0, half, CELL)),
        Grid::new("c2r0", rectangle(2 * CELL, 0, half, CELL)),
        Grid::new("c2r0b", rectangle(2 * CELL + half, 0, half, CELL)),
        Grid::new("c0r2", rectangle(0, north, 2 * CELL, CELL)),
        Grid::new("x", rectangle(3 * CELL, north, CELL, CELL)),
    ]);
    grids
}

struct Files {
    desk: Desk,
    old: String,
    new: String,
}

fn files() -> Files {
    let desk = Desk::new();
    let with_households = |grid: Grid| grid.with("households", 400);
    let old: Vec<Grid> = board(4, 3).into_iter().map(with_households).collect();
    let old = desk.write("old.geojson", &geojson(&old));
    let new = desk.write("new.geojson", &geojson(&redesigned()));
    Files {
        old: text(&old).to_owned(),
        new: text(&new).to_owned(),
        desk,
    }
}

#[test]
fn every_change_has_its_kind_and_its_ground() {
    let files = files();
    let report = compared(&files.old, &files.new, &[]);
    assert_eq!(
        (&report["old"], &report["new"]),
        (&json!("old.geojson"), &json!("new.geojson"))
    );
    let named = |kind: &str, old: &str, new: &str| (kind.into(), old.into(), new.into());
    assert_eq!(
        changes(&report),
        [
            named("renamed", "c3r2", "x"),
            named("transfer", "c0r0 c1r0", "c0r0 c1r0"),
            named("split", "c2r0", "c2r0 c2r0b"),
            named("merge", "c0r2 c1r2", "c0r2"),
        ]
    );
    assert_eq!(report["summary"]["unchanged"], 6);
    // half a cell goes over and half is cut off; what is merged has one heir, and goes to nobody else
    let changed = report["summary"]["changed_area_m2"].as_f64().unwrap();
    assert!((changed / CELL_M2 - 1.0).abs() < 1e-3, "{changed}");
    let share = report["summary"]["changed_share"].as_f64().unwrap();
    assert!((share - 1.0 / 12.0).abs() < 1e-4, "{share}");
}

#[test]
fn the_crosswalk_adds_up_to_the_lattice_areas_and_shares_households_by_ground() {
    let files = files();
    let report = compared(&files.old, &files.new, &[]);
    let crosswalk = report["crosswalk"].as_array().unwrap();
    let of = |old: &str, new: &str| {
        let row = crosswalk
            .iter()
            .find(|r| r["old"] == old && r["new"] == new);
        row.unwrap().clone()
    };
    // twice half a cell of 10,000 by 10,000 units
    let half = of("c1r0", "c0r0");
    assert_eq!(half["doubled_area"], "100000000");
    assert_eq!(
        (&half["households"], &half["households_by"]),
        (&json!(200), &json!("area"))
    );
    assert_eq!(of("c1r2", "c0r2")["doubled_area"], "200000000");
    assert_eq!(report["rounding"], json!([]));
    // 200 more of 400 than before
    let measured = report["measures"].as_array().unwrap();
    let grid = measured.iter().find(|grid| grid["code"] == "c0r0").unwrap();
    assert_eq!(
        (&grid["old"]["households"], &grid["new"]["households"]),
        (&json!(400), &json!(600))
    );
    // of a rectangle a by b: 4 pi a b / (2 (a + b))^2
    let (a, b) = (84.515, 111.048);
    let compact = 4.0 * std::f64::consts::PI * a * b / (4.0 * (a + b) * (a + b));
    let told = grid["old"]["compactness"].as_f64().unwrap();
    assert!((told - compact).abs() < 1e-3, "{told} {compact}");
}

#[test]
fn points_of_households_outweigh_the_records_of_grids() {
    let files = files();
    // three in the half that changes hands, of which one is an address with 10
    let points = files.desk.write(
        "households.csv",
        "households,population,lon,lat\n,,120.8011,40.7005\n,,120.8012,40.7005\n10,25,120.8013,40.7005\n5,8,120.8017,40.7005\n",
    );
    let options = ["--households", text(&points)];
    let report = compared(&files.old, &files.new, &options);
    let crosswalk = report["crosswalk"].as_array().unwrap();
    let row = crosswalk
        .iter()
        .find(|r| r["old"] == "c1r0" && r["new"] == "c0r0")
        .unwrap();
    assert_eq!(
        (&row["households"], &row["households_by"]),
        (&json!(12), &json!("points"))
    );
    assert_eq!(
        (&row["population"], &row["population_by"]),
        (&json!(25), &json!("points"))
    );
}

#[test]
fn the_same_file_twice_changes_nothing() {
    let files = files();
    let report = compared(&files.old, &files.old, &["--fail-on-change"]);
    assert_eq!(report["summary"]["unchanged"], 12);
    assert_eq!(report["changes"], json!([]));
}

#[test]
fn a_change_is_an_error_only_when_asked() {
    let files = files();
    let text = diff(&files.old, &files.new, &[]).expect_code(0).out;
    assert!(
        text.starts_with("old.geojson -> new.geojson\n4 changes, 6 grids stay"),
        "{text}"
    );
    assert!(text.contains("c1r0 -> c0r0: 4692"), "{text}");
    diff(&files.old, &files.new, &["--fail-on-change"]).expect_code(1);
    let chinese = run_in("zh_CN.UTF-8", &["diff", &files.old, &files.new]);
    assert!(
        chinese
            .expect_code(0)
            .out
            .contains("4 处变化，6 个网格不变")
    );
}

#[test]
fn a_border_drawn_anew_within_the_tolerance_is_no_transfer() {
    let desk = Desk::new();
    let old = desk.write("old.geojson", &geojson(&board(2, 1)));
    // 50 units to the east are 42 cm here
    let moved = [
        Grid::new("c0r0", rectangle(0, 0, CELL + 50, CELL)),
        Grid::new("c1r0", rectangle(CELL + 50, 0, CELL - 50, CELL)),
    ];
    let new = desk.write("new.geojson", &geojson(&moved));
    let (old, new) = (text(&old), text(&new));
    let kinds = |options: &[&str]| -> Vec<String> {
        changes(&compared(old, new, options))
            .into_iter()
            .map(|c| c.0)
            .collect()
    };
    assert_eq!(kinds(&[]), ["redigitised", "redigitised"]);
    assert_eq!(kinds(&["--survey-tolerance", "0.3"]), ["transfer"]);
}

#[test]
fn every_form_goes_to_a_file_and_the_page_is_whole() {
    let files = files();
    let out = files.desk.path("report.html");
    let options = ["--format", "html", "-o", text(&out)];
    let ran = diff(&files.old, &files.new, &options).expect_code(0);
    assert_eq!(ran.out, "");
    let page = std::fs::read_to_string(&out).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"));
    let map = files.desk.path("map.geojson");
    diff(
        &files.old,
        &files.new,
        &["--format", "geojson", "-o", text(&map)],
    )
    .expect_code(0);
    let map = std::fs::read_to_string(&map).unwrap();
    let map: serde_json::Value = serde_json::from_str(&map).unwrap();
    let kinds: Vec<&str> = map["features"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["properties"]["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["renamed", "transfer", "split", "merge"]);
}

#[test]
fn lists_of_two_files_say_which_grid_has_what_now() {
    let files = files();
    let components = files.desk.write(
        "components.csv",
        "code,class,name,lon,lat\nlamp-1,0201,灯,120.8012,40.7005\nlamp-2,0201,,120.8018,40.7005\n=1+1,,,120.8028,40.7005\n",
    );
    // 1 moves, 2 stays 3 m from the new border (120.8015), 3 and 4 are far from it; 5 is nowhere
    let cases = files.desk.write(
        "cases.csv",
        "id,class,opened,lon,lat\n1,,2026-11-01,120.8012,40.7005\n2,,,120.801535,40.7005\n3,,,120.8018,40.7005\n4,,,120.8038,40.7025\n5,,,120.9,40.7\n",
    );
    let lists = files.desk.path("lists");
    let options = [
        "--components",
        text(&components),
        "--cases",
        text(&cases),
        "--date",
        "2027-01-01",
        "--work-lists",
        text(&lists),
    ];
    let ran = diff(&files.old, &files.new, &options).expect_code(0);
    assert!(
        ran.message()
            .contains("components 2, cases 3, posts 0, codes 3"),
        "{}",
        ran.err
    );
    let (head, found) = rows(&lists, "components.csv");
    assert_eq!(head, "code,class,name,lon,lat,old_grid,new_grid");
    assert_eq!(
        found,
        [
            "lamp-1,0201,灯,120.8012,40.7005,c1r0,c0r0",
            // what a spreadsheet would take for a formula is text
            "'=1+1,,,120.8028,40.7005,c2r0,c2r0b",
        ]
    );
    let (head, found) = rows(&lists, "cases.csv");
    assert_eq!(
        head,
        "id,class,opened,lon,lat,old_grid,new_grid,old_handler,new_handler,new_border_m"
    );
    // 35 units of 0.84515 cm from the border
    assert_eq!(
        found,
        [
            "1,,2026-11-01,120.8012,40.7005,c1r0,c0r0,c1r0,c0r0,",
            "2,,,120.801535,40.7005,c1r0,c1r0,c1r0,unclear,2.96",
            "4,,,120.8038,40.7025,c3r2,x,c3r2,x,",
        ]
    );
    let (head, found) = rows(&lists, "codes.csv");
    assert_eq!(head, "old,new,relation,date");
    assert_eq!(
        found,
        [
            "c3r2,x,renamed,2027-01-01",
            "c2r0,c2r0b,split,2027-01-01",
            "c1r2,c0r2,merge,2027-01-01",
        ]
    );
    for name in ["components", "cases", "posts", "codes"] {
        let bytes = std::fs::read(lists.join(name).with_extension("xlsx")).unwrap();
        assert!(bytes.starts_with(b"PK"), "{name}");
    }
    let nearer = [&options[..], &["--unclear-within", "2"]].concat();
    diff(&files.old, &files.new, &nearer).expect_code(0);
    assert_eq!(rows(&lists, "cases.csv").1.len(), 2);
}
