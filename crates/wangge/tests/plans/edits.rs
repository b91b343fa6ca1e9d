//! What-if edits: split, merge, move a border, each in a draft, on the command line and over HTTP.

use std::fmt::Write as _;

use rstest::rstest;
use serde_json::{Value, json};

use crate::support::Desk;
use crate::support::service::Service;
use crate::{city, grid_at, json as parsed, plan, run, text};

/// A line in thousandths of a degree from the origin of the board.
fn line(points: &[(f64, f64)]) -> Value {
    let at = |&(x, y): &(f64, f64)| json!([120.8 + x / 1000.0, 40.7 + y / 1000.0]);
    let points: Vec<Value> = points.iter().map(at).collect();
    json!({ "type": "LineString", "coordinates": points })
}

fn file(desk: &Desk, points: &[(f64, f64)]) -> std::path::PathBuf {
    let feature = json!({ "type": "Feature", "properties": {}, "geometry": line(points) });
    desk.write("line.geojson", &feature.to_string())
}

#[test]
fn a_grid_is_cut_in_two_and_the_smaller_part_gets_a_code_that_was_never_used() {
    let desk = Desk::new();
    let store = city(&desk);
    // 001003 and all codes below it are used: the next is 001004
    let by = file(&desk, &[(1.25, -1.0), (1.25, 2.0)]);
    let split = ["split", "001002", "--by", text(&by), "--json"];
    let done = parsed(&plan(&store, &split).expect_code(0).out);
    assert_eq!(
        (&done["begun_from"], &done["plan"]["state"]),
        (&"2026".into(), &"draft".into())
    );
    assert_eq!(done["added"][0]["code"], "001004");
    let changed: Vec<&str> = done["changed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|grid| grid["code"].as_str().unwrap())
        .collect();
    // 002002 in the north only gets a vertex
    assert_eq!(changed, ["001002", "002002"]);
    let area = |grid: &Value, name: &str| grid[name].as_f64().unwrap();
    let (before, after) = (
        area(&done["changed"][0], "area_before_m2"),
        area(&done["changed"][0], "area_after_m2"),
    );
    let cut = area(&done["added"][0], "area_m2");
    assert!(
        (before - after - cut).abs() < 1e-3,
        "{before} {after} {cut}"
    );
    assert!((cut / before - 0.25).abs() < 1e-6);
    plan(&store, &["check"]).expect_code(0);
    run(&["publish", "--store", text(&store)]).expect_code(0);
    let west = [
        "locate",
        "--store",
        text(&store),
        "120.8012",
        "40.7005",
        "--json",
    ];
    let west = parsed(&run(&west).expect_code(0).out);
    assert_eq!(west["grid"]["code"], "001004");
    assert_eq!(west["chain"][0]["code"], "001");
    assert_eq!(grid_at(&store, 1, 0, &[]), "001002");
}

#[test]
fn grids_are_merged_under_the_code_of_one_or_a_new_one() {
    let desk = Desk::new();
    let store = city(&desk);
    let merge = [
        "merge", "001001", "001002", "--into", "001002", "--plan", "a", "--json",
    ];
    let done = parsed(&plan(&store, &merge).expect_code(0).out);
    assert_eq!(
        (&done["removed"], &done["changed"][0]["code"]),
        (&json!(["001001"]), &"001002".into())
    );
    let merge = ["merge", "001001", "001002", "--plan", "b", "--json"];
    let done = parsed(&plan(&store, &merge).expect_code(0).out);
    assert_eq!(
        (&done["removed"], &done["added"][0]["code"]),
        (&json!(["001001", "001002"]), &"001004".into())
    );
    let by_hand = [
        "merge", "001001", "001002", "--into", "001009", "--plan", "c", "--json",
    ];
    let done = parsed(&plan(&store, &by_hand).expect_code(0).out);
    assert_eq!(done["added"][0]["code"], "001009");
    for draft in ["a", "b", "c"] {
        plan(&store, &["check", draft]).expect_code(0);
    }
}

#[test]
fn a_border_moves_to_a_line_and_both_sides_move_with_it() {
    let desk = Desk::new();
    let store = city(&desk);
    let by = file(&desk, &[(1.2, -0.1), (1.3, 0.5), (1.2, 1.1)]);
    let moved = ["move-border", "001001", "001002", "--by", text(&by)];
    let told = plan(&store, &moved).expect_code(0);
    assert!(told.out.contains("001001 redrawn"), "{}", told.out);
    plan(&store, &["check"]).expect_code(0);
    run(&["publish", "--store", text(&store)]).expect_code(0);
    let near = [
        "locate",
        "--store",
        text(&store),
        "120.80125",
        "40.7005",
        "--json",
    ];
    assert_eq!(
        parsed(&run(&near).expect_code(0).out)["grid"]["code"],
        "001001"
    );
}

#[test]
fn an_end_that_stops_short_is_told_by_how_much_and_prolonged_when_allowed() {
    let desk = Desk::new();
    let store = city(&desk);
    let before = std::fs::read(&store).unwrap();
    let by = file(&desk, &[(1.5, -1.0), (1.5, 0.99)]);
    let split = ["split", "001002", "--by", text(&by)];
    let refused = plan(&store, &split).expect_code(2);
    // a hundredth of a cell: 1.11 m
    assert!(
        refused.message().contains("1.11 m before"),
        "{}",
        refused.err
    );
    assert_eq!(std::fs::read(&store).unwrap(), before);
    let split = ["split", "001002", "--by", text(&by), "--reach", "2"];
    plan(&store, &split).expect_code(0);
    plan(&store, &["check"]).expect_code(0);
}

#[rstest]
#[case::no_such_grid(&["merge", "001001", "009009"], "009009")]
#[case::one_twice(&["merge", "001001", "001001"], "001001")]
#[case::code_of_another(&["merge", "001001", "001002", "--into", "002001"], "002001")]
fn an_edit_that_cannot_be_made_changes_nothing(#[case] arguments: &[&str], #[case] named: &str) {
    let desk = Desk::new();
    let store = city(&desk);
    let before = std::fs::read(&store).unwrap();
    let refused = plan(&store, arguments).expect_code(2);
    assert!(refused.message().contains(named), "{}", refused.err);
    assert_eq!(std::fs::read(&store).unwrap(), before);
}

#[test]
fn the_same_goes_over_http() {
    let desk = Desk::new();
    let store = city(&desk);
    plan(&store, &["new", "2027"]).expect_code(0);
    let service = Service::start(&store, &["--allow-writes"]);
    let post = |what: &str, body: &Value| {
        let answer = service.post(
            &format!("/v1/plans/2/{what}"),
            "application/json",
            &body.to_string(),
        );
        (answer.status, parsed(&answer.body))
    };
    let across = line(&[(1.25, -1.0), (1.25, 2.0)]);
    let (status, split) = post("split", &json!({ "code": "001002", "line": across }));
    assert_eq!(
        (status, &split["added"][0]["code"]),
        (200, &"001004".into()),
        "{split}"
    );
    let (status, merged) = post(
        "merge",
        &json!({ "codes": ["001004", "001001"], "into": "001001" }),
    );
    assert_eq!(
        (status, &merged["removed"]),
        (200, &json!(["001004"])),
        "{merged}"
    );
    let border = line(&[(2.1, -0.1), (2.1, 1.1)]);
    let moved = json!({ "one": "001002", "other": "001003", "line": border });
    let (status, moved) = post("move-border", &moved);
    assert_eq!(
        (status, moved["changed"].as_array().unwrap().len()),
        (200, 3),
        "{moved}"
    );
    let ready = parsed(&service.get("/v1/plans/2/readiness").body);
    assert_eq!(ready["ready"], true, "{ready}");

    for (what, body, status, kind) in [
        (
            "split",
            json!({ "code": "009009", "line": across }),
            422,
            "bad-edit",
        ),
        (
            "split",
            json!({ "code": "001002", "line": line(&[(1.5, 0.5), (1.5, 0.5)]) }),
            400,
            "bad-parameter",
        ),
        (
            "split",
            json!({ "code": "001002", "line": line(&[(1.5, 0.5), (1.5, 0.6)]) }),
            422,
            "bad-edit",
        ),
        (
            "split",
            json!({ "code": "001002", "line": { "type": "Point", "coordinates": [1, 2] } }),
            400,
            "malformed-body",
        ),
        (
            "split",
            json!({ "code": "001002", "line": { "type": "LineString", "coordinates": [[1, 200], [2, 2]] } }),
            400,
            "out-of-range",
        ),
        (
            "split",
            json!({ "code": "001002", "line": across, "reach_m": -1 }),
            400,
            "bad-parameter",
        ),
        ("merge", json!({ "codes": [] }), 400, "bad-parameter"),
        ("merge", json!({ "codes": ["001001"] }), 422, "bad-edit"),
        (
            "move-border",
            json!({ "one": "001001", "other": "002003", "line": across }),
            422,
            "bad-edit",
        ),
    ] {
        let (found, told) = post(what, &body);
        assert_eq!(found, status, "{body} {told}");
        assert_eq!(
            told["type"],
            format!("urn:wangge:problem:{kind}"),
            "{body} {told}"
        );
    }
    let of_published = service.post(
        "/v1/plans/1/merge",
        "application/json",
        r#"{"codes":["001001","001002"]}"#,
    );
    assert_eq!(of_published.status, 409, "{}", of_published.body);
}

/// Four blocks of 300 households in 001002, cut by two streets that cross in its middle; 100 at the
/// other grids of its street, and 400 at those of the other.
fn with_households(desk: &Desk) -> std::path::PathBuf {
    let store = city(desk);
    let street = |points: &[(f64, f64)]| json!({ "type": "Feature", "properties": { "name": "路" }, "geometry": line(points) });
    let streets = json!({ "type": "FeatureCollection", "features": [
        street(&[(1.5, -1.0), (1.5, 1.5)]),
        street(&[(0.5, 0.5), (2.5, 0.5)]),
    ] });
    let streets = desk.write("streets.geojson", &streets.to_string());
    run(&["import", "streets", text(&streets), "--store", text(&store)]).expect_code(0);
    let mut rows = String::from("lon,lat,households\n");
    let mut at = |x: f64, y: f64, households: u32| {
        let (lon, lat) = (120.8 + x / 1000.0, 40.7 + y / 1000.0);
        writeln!(rows, "{lon},{lat},{households}").unwrap();
    };
    for (x, y) in [(1.25, 0.25), (1.75, 0.25), (1.25, 0.75), (1.75, 0.75)] {
        at(x, y, 300);
    }
    for x in [0.5, 2.5] {
        at(x, 0.25, 100);
    }
    for x in [0.5, 1.5, 2.5] {
        at(x, 1.25, 400);
    }
    let households = desk.write("households.csv", &rows);
    let import = [
        "import",
        "households",
        text(&households),
        "--store",
        text(&store),
        "--crs",
        "wgs84",
    ];
    run(&import).expect_code(0);
    store
}

#[test]
fn grids_get_as_many_households_as_they_should_have_by_whole_blocks() {
    let desk = Desk::new();
    let store = with_households(&desk);
    let balance = [
        "balance",
        "--target",
        "households=300..500",
        "--plan",
        "2027",
        "--json",
    ];
    let done = parsed(&plan(&store, &balance).expect_code(0).out);
    assert_eq!(done["unmet"], json!([]), "{done}");
    assert_eq!(done["outside"], 0);
    // nobody of the other street is touched, and 1,400 households come to three or four grids
    let grids = done["grids"].as_array().unwrap();
    let after: u64 = grids.iter().filter_map(|grid| grid["after"].as_u64()).sum();
    let before: u64 = grids
        .iter()
        .filter_map(|grid| grid["before"].as_u64())
        .sum();
    assert_eq!((before, after), (1400, 1400), "{done}");
    for grid in grids {
        assert!(grid["code"].as_str().unwrap().starts_with("001"), "{grid}");
        if let Some(households) = grid["after"].as_u64() {
            assert!((300..=500).contains(&households), "{grid}");
        }
    }
    plan(&store, &["check"]).expect_code(0);
    run(&["publish", "--store", text(&store)]).expect_code(0);
    assert_eq!(grid_at(&store, 0, 1, &[]), "002001");
    // what is in range stays
    let again = [
        "balance",
        "--target",
        "households=300..500",
        "--plan",
        "2028",
        "--json",
    ];
    let again = parsed(&plan(&store, &again).expect_code(0).out);
    assert_eq!(
        (&again["grids"], &again["edited"]),
        (&json!([]), &Value::Null)
    );
}

#[rstest]
#[case::no_range(&["--target", "households=500..300"], "500..300 is no range")]
#[case::no_streets(&["--target", "households=300..500"], "has no streets")]
#[case::upper_level(&["--target", "households=300..500", "--level", "street"], "lowest level")]
#[case::nothing_said(&[], "no limits of households")]
#[case::other_words(&["--target", "people=1..2"], "households=300..500")]
fn what_cannot_be_balanced_is_told(#[case] options: &[&str], #[case] why: &str) {
    let desk = Desk::new();
    let store = city(&desk);
    let all = [&["balance"][..], options].concat();
    let refused = plan(&store, &all).expect_code(2);
    assert!(refused.message().contains(why), "{}", refused.err);
}

#[test]
fn a_balance_is_proposed_over_http() {
    let desk = Desk::new();
    let store = with_households(&desk);
    plan(&store, &["new", "2027"]).expect_code(0);
    let service = Service::start(&store, &["--allow-writes"]);
    let target = "/v1/plans/2/balance";
    let done = service.post(target, "application/json", r#"{"households":[300,500]}"#);
    assert_eq!(done.status, 200, "{}", done.body);
    assert_eq!(parsed(&done.body)["unmet"], json!([]));
    let refused = service.post(target, "application/json", r#"{"households":[500,300]}"#);
    assert_eq!(refused.status, 400, "{}", refused.body);
}
